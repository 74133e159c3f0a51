//! Queries and rows by the throw of dice.

use super::naive::{Cell, Command, Cond, Fold, Item, Key, Op, Row};
use super::{Record, START, from_ms};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Throws made beforehand; behind the last one every throw is the least.
pub struct Dice<'d>(std::slice::Iter<'d, u16>);

pub fn throws() -> impl Strategy<Value = Vec<u16>> {
    proptest::collection::vec(any::<u16>(), 0..90)
}

impl Dice<'_> {
    pub fn of(throws: &[u16]) -> Dice<'_> {
        Dice(throws.iter())
    }

    pub fn below(&mut self, n: usize) -> usize {
        self.0.next().map_or(0, |throw| usize::from(*throw) % n.max(1))
    }

    fn one<'a>(&mut self, of: &'a [String]) -> &'a str {
        let at = self.below(of.len());
        &of[at]
    }

    fn word(&mut self, of: &[&str]) -> String {
        of[self.below(of.len())].to_owned()
    }

    fn some<T>(&mut self, most: usize, mut make: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..=self.below(most)).map(|_| make(self)).collect()
    }
}

fn literal(dice: &mut Dice) -> Cell {
    match dice.below(6) {
        0 | 1 => Cell::Int(dice.below(9) as i64 - 4),
        2 => Cell::Float(dice.below(5) as f64 - 2.5),
        3 => Cell::Bool(dice.below(2) == 0),
        _ => Cell::Text(dice.word(&["a", "ab", "1", "2", "01", "b1", "", "true", "-1.5"])),
    }
}

fn condition(dice: &mut Dice, names: &[String], depth: usize) -> Cond {
    const OPS: [Op; 6] = [Op::Eq, Op::Ne, Op::Lt, Op::Le, Op::Gt, Op::Ge];
    let name = dice.one(names).to_owned();
    let kinds = if depth == 0 { 7 } else { 10 };
    match dice.below(kinds) {
        0..=2 => {
            let op = OPS[dice.below(6)];
            Cond::Compare(name, op, literal(dice), dice.below(3) == 2)
        }
        3 => Cond::Among(name, dice.some(3, literal)),
        4 => Cond::Present(name),
        5 => Cond::Holds(name, dice.word(&["a", "1", "b", "01", "."])),
        6 => match dice.below(2) {
            0 => Cond::Fields(name, OPS[dice.below(6)], dice.one(names).to_owned()),
            _ => Cond::Bare(name),
        },
        7 => Cond::All(dice.some(2, |d| condition(d, names, depth - 1))),
        8 => Cond::Any(dice.some(2, |d| condition(d, names, depth - 1))),
        _ => Cond::Not(Box::new(condition(dice, names, depth - 1))),
    }
}

/// The names that a query may use so far, and how many it has made.
struct Writer<'d> {
    dice: Dice<'d>,
    names: Vec<String>,
    made: usize,
    commands: Vec<Command>,
}

impl Writer<'_> {
    fn new_name(&mut self) -> String {
        self.made += 1;
        format!("n{}", self.made)
    }

    fn filter(&mut self) {
        let cond = condition(&mut self.dice, &self.names, 2);
        self.commands.push(Command::Filter(cond));
    }

    fn fields(&mut self, also: &[&str]) {
        let mut items = Vec::new();
        for _ in 0..=self.dice.below(3) {
            let of = self.dice.one(&self.names).to_owned();
            items.push(match self.dice.below(3) {
                0 => Item::Plain(of),
                1 if !also.is_empty() => Item::Plain(self.dice.word(also)),
                _ => {
                    let name = self.new_name();
                    self.names.push(name.clone());
                    Item::Plus(of, self.dice.below(4) as i64, name)
                }
            });
        }
        self.commands.push(Command::Fields(items));
    }

    fn sort(&mut self, also: &[&str]) {
        let mut names = self.names.clone();
        names.extend(also.iter().map(|n| (*n).to_owned()));
        let keys = self.dice.some(2, |d| (d.one(&names).to_owned(), d.below(2) == 1));
        self.commands.push(Command::Sort(keys));
    }

    fn limit(&mut self) {
        let n = 1 + self.dice.below(12);
        self.commands.push(match self.dice.below(3) {
            0 => Command::Tail(n),
            _ => Command::Limit(n),
        });
    }

    fn stats(&mut self, has_time: bool) {
        let (mut folds, mut by) = (Vec::new(), Vec::new());
        let mut names = Vec::new();
        for _ in 0..self.dice.below(3) {
            let key = match self.dice.below(4) {
                0 if has_time => Key::Minutes(1 + self.dice.below(3) as i64, self.new_name()),
                _ => Key::Field(self.dice.one(&self.names).to_owned()),
            };
            let (Key::Field(name) | Key::Minutes(_, name)) = &key;
            if !names.contains(name) {
                names.push(name.clone());
                by.push(key);
            }
        }
        for _ in 0..=self.dice.below(3) {
            let of = self.dice.one(&self.names).to_owned();
            let fold = match self.dice.below(7) {
                0 => Fold::Rows,
                1 => Fold::Count(of),
                2 => Fold::Sum(of),
                3 => Fold::Avg(of),
                4 => Fold::Min(of),
                5 => Fold::Max(of),
                _ => Fold::Distinct(of),
            };
            let name = self.new_name();
            names.push(name.clone());
            folds.push((fold, name));
        }
        self.commands.push(Command::Stats(folds, by));
        self.names = names;
    }
}

/// A query of commands that `naive` runs.
pub fn query(throws: &[u16]) -> Vec<Command> {
    let mut w = Writer {
        dice: Dice::of(throws),
        names: ["a", "b", "x"].map(str::to_owned).to_vec(),
        made: 0,
        commands: Vec::new(),
    };
    let shape = w.dice.below(8);
    for _ in 0..w.dice.below(3) {
        match w.dice.below(3) {
            0 => w.fields(&["@message", "@timestamp"]),
            _ => w.filter(),
        }
    }
    match shape {
        0 | 1 => {
            (0..w.dice.below(3)).for_each(|_| w.sort(&["@timestamp"]));
            w.limit();
            if w.dice.below(3) == 2 {
                w.filter();
                w.sort(&["@timestamp"]);
                w.limit();
            }
        }
        2 => w.sort(&["@timestamp"]),
        3 => {
            (0..w.dice.below(2)).for_each(|_| w.sort(&["@timestamp"]));
            let by = w.dice.some(2, |d| d.one(&w.names).to_owned());
            w.commands.push(Command::Dedup(by));
            (0..w.dice.below(2)).for_each(|_| w.limit());
        }
        _ => {
            w.stats(true);
            if shape == 7 {
                (0..w.dice.below(2)).for_each(|_| w.filter());
                w.stats(false);
            }
            (0..w.dice.below(2)).for_each(|_| w.fields(&[]));
            (0..w.dice.below(2)).for_each(|_| w.filter());
            (0..w.dice.below(2)).for_each(|_| w.sort(&[]));
            (0..w.dice.below(2)).for_each(|_| w.limit());
        }
    }
    w.commands
}

/// A `stats` over fields, behind filters that test fields against literals.
pub fn grouping_query(throws: &[u16]) -> Vec<Command> {
    let mut w = Writer {
        dice: Dice::of(throws),
        names: ["a", "b", "x"].map(str::to_owned).to_vec(),
        made: 0,
        commands: Vec::new(),
    };
    for _ in 0..w.dice.below(3) {
        w.filter();
    }
    w.stats(true);
    w.commands
}

/// Records and the same for `naive`.
pub fn rows() -> impl Strategy<Value = Vec<(Record, Row)>> {
    let cell = prop_oneof![
        2 => Just(Cell::Absent),
        4 => (-4i64..5).prop_map(Cell::Int),
        2 => (-3i64..3).prop_map(|n| Cell::Float(n as f64 + 0.5)),
        4 => "[ab1-2]{0,3}".prop_map(Cell::Text),
        1 => proptest::sample::select(vec!["-1.5", "01", "true", "2.5", "-"]).prop_map(|t| Cell::Text(t.to_owned())),
        1 => any::<bool>().prop_map(Cell::Bool),
        1 => Just(Cell::List("[1,\"a\"]".to_owned())),
    ];
    let row = (cell.clone(), cell.clone(), cell, 0i64..300_000);
    proptest::collection::vec(row, 0..40).prop_map(|rows| {
        let make = |(place, (a, b, x, ms)): (u128, (Cell, Cell, Cell, i64))| {
            let line = format!("{{\"a\":{a},\"b\":{b},\"x\":{x}}}");
            let mut record = Record::line(None, &line);
            let ms = (ms % 11 != 0).then_some(START + ms);
            record.time = ms.and_then(from_ms);
            let cells: BTreeMap<String, Cell> = [
                ("a", a),
                ("b", b),
                ("x", x),
                ("@message", Cell::Text(line)),
                ("@timestamp", ms.map_or(Cell::Absent, Cell::Time)),
            ]
            .map(|(name, cell)| (name.to_owned(), cell))
            .into();
            (record, Row { cells, place })
        };
        (0..).zip(rows).map(make).collect()
    })
}

/// An expression of any kind, of this tightness at least; deeper ones are in parentheses.
fn expression(dice: &mut Dice, level: usize, depth: usize) -> String {
    if depth == 0 {
        return dice.word(&[
            "a", "b.c", "`x-y`", "l[0]", "1", "1.5", ".5", "2e3", "\"t\"", "'it\\'s'", "true", "@message",
        ]);
    }
    let deeper = |dice: &mut Dice, level| expression(dice, level, depth - 1);
    match level {
        0 => dice.some(3, |d| deeper(d, 1)).join(" or "),
        1 => dice.some(3, |d| deeper(d, 2)).join(" and "),
        2 => {
            let sign = dice.word(&["", "", "not ", "! "]);
            sign + &deeper(dice, 3)
        }
        3 => {
            let left = deeper(dice, 4);
            match dice.below(6) {
                0 => left + " " + &dice.word(&["=", "!=", "<", "<=", ">", ">="]) + " " + &deeper(dice, 4),
                1 => {
                    left + " "
                        + &dice.word(&["like", "not like", "=~"])
                        + " "
                        + &dice.word(&["\"t\"", "/a\\/b(c|d)/"])
                }
                2 => {
                    let list = dice.some(3, |d| deeper(d, 4)).join(", ");
                    left + &dice.word(&[" in", " not in"]) + " [" + &list + "]"
                }
                _ => left,
            }
        }
        4 => dice.some(3, |d| deeper(d, 5)).join(&dice.word(&[" + ", " - "])),
        5 => dice
            .some(3, |d| deeper(d, 6))
            .join(&dice.word(&[" * ", " / ", " % "])),
        6 => dice.word(&["", "", "-", "+"]) + &deeper(dice, 7),
        7 => {
            let base = deeper(dice, 8);
            match dice.below(4) {
                3 => base + " ^ " + &deeper(dice, 6),
                _ => base,
            }
        }
        _ => {
            let inner = deeper(dice, 0);
            match dice.below(9) {
                0 => format!("({inner})"),
                1 => format!("abs({inner})"),
                2 => format!("jsonParse({inner}).a[0]"),
                3 => format!("concat({inner}, {})", deeper(dice, 0)),
                4 => format!("if({inner}, {}, {})", deeper(dice, 0), deeper(dice, 0)),
                5 => format!("ispresent({inner})"),
                6 => format!("datefloor({inner}, {})", dice.word(&["5m", "2hrs", "1mo"])),
                7 => format!("coalesce({inner}, {})", deeper(dice, 0)),
                _ => format!("regexReplace({inner}, \"a+\", \"b\")"),
            }
        }
    }
}

/// A text with commands of every kind.
pub fn any_query(throws: &[u16]) -> String {
    let mut dice = Dice::of(throws);
    let mut commands = Vec::new();
    for at in 0..=dice.below(3) {
        let level = dice.below(9);
        let e = expression(&mut dice, level, 4);
        let prim = expression(&mut dice, 8, 2);
        commands.push(match dice.below(7) {
            0 => format!("fields a, {e} as f{at}, {prim}"),
            1 => format!("filter {e}"),
            2 => format!("parse {prim} \"x*y\\\"*\" as p{at}, q{at}"),
            3 if at == 1 => format!("parse (csv) \"a*\" as s{at}"),
            3 => format!("parse /(?<g{at}>a\\/b)/{}", dice.word(&["", " multi"])),
            4 => format!(
                "parse {prim} {}",
                dice.word(&[&format!("logfmt as m{at}"), &format!("csv as c{at}, d{at}")])
            ),
            5 => format!("unnest {prim} into u{at}"),
            _ => format!("filterIndex a = 1 and b in [\"x\", 2] | unmask a | display {e}"),
        });
    }
    let e = expression(&mut dice, 0, 4);
    commands.push(match dice.below(6) {
        0 => format!("stats count(*), max({e}) - 1 as m, pct(a, 95) by {e}, bin(5m) | sort m desc"),
        1 => format!("sort {e} desc, a | limit 7"),
        2 => "dedup a, `x-y` | limit any 3".to_owned(),
        3 => format!("pattern {}", expression(&mut dice, 8, 3)),
        4 => "pattern @message | diff previousDay".to_owned(),
        _ => "tail 5".to_owned(),
    });
    commands.join(" | ")
}
