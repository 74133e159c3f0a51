//! The language a second time, as plainly as can be: all rows in memory, sorted whole, grouped in a table of texts. It follows
//! the description of the language and shares nothing with the evaluator.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::{self, Display};

#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Absent,
    Int(i64),
    Float(f64),
    Bool(bool),
    /// In ms.
    Time(i64),
    Text(String),
    /// A list, as its JSON.
    List(String),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Op {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

#[derive(Clone, Debug)]
pub enum Cond {
    All(Vec<Cond>),
    Any(Vec<Cond>),
    Not(Box<Cond>),
    Present(String),
    /// A field and a literal, and whether the literal stands on the left.
    Compare(String, Op, Cell, bool),
    Fields(String, Op, String),
    Among(String, Vec<Cell>),
    Holds(String, String),
    Bare(String),
}

#[derive(Clone, Debug)]
pub enum Item {
    Plain(String),
    Plus(String, i64, String),
}

#[derive(Clone, Debug)]
pub enum Fold {
    Rows,
    Count(String),
    Sum(String),
    Avg(String),
    Min(String),
    Max(String),
    Distinct(String),
}

#[derive(Clone, Debug)]
pub enum Key {
    Field(String),
    /// `@timestamp` cut to minutes, under this name.
    Minutes(i64, String),
}

#[derive(Clone, Debug)]
pub enum Command {
    Filter(Cond),
    Fields(Vec<Item>),
    Stats(Vec<(Fold, String)>, Vec<Key>),
    Sort(Vec<(String, bool)>),
    Limit(usize),
    Tail(usize),
    Dedup(Vec<String>),
}

#[derive(Clone, Debug)]
pub struct Row {
    pub cells: BTreeMap<String, Cell>,
    pub place: u128,
}

/// What a query comes to.
pub struct Answer {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Cell>>,
    /// The places of the records, where rows are records.
    pub places: Option<Vec<u128>>,
    pub matched: usize,
    pub total: usize,
}

impl Cell {
    pub fn number(&self) -> Option<f64> {
        match self {
            Cell::Int(n) | Cell::Time(n) => Some(*n as f64),
            Cell::Float(f) => Some(*f),
            Cell::Bool(b) => Some(f64::from(u8::from(*b))),
            Cell::Text(t) => {
                let digits = t.strip_prefix(['-', '+']).unwrap_or(t);
                let is_number = digits
                    .split('.')
                    .all(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()))
                    && digits.matches('.').count() < 2;
                is_number.then(|| t.parse().expect("digits are a number"))
            }
            Cell::Absent | Cell::List(_) => None,
        }
    }

    pub fn text(&self) -> Option<String> {
        Some(match self {
            Cell::Int(n) => n.to_string(),
            Cell::Float(f) => f.to_string(),
            Cell::Bool(b) => u8::from(*b).to_string(),
            // All on the day of the tests' records.
            Cell::Time(ms) => {
                let (s, ms) = ((ms - 1_699_920_000_000) / 1000, ms % 1000);
                format!(
                    "2023-11-14 {:02}:{:02}:{:02}.{ms:03}",
                    s / 3600,
                    s / 60 % 60,
                    s % 60
                )
            }
            Cell::Text(t) => t.clone(),
            Cell::Absent | Cell::List(_) => return None,
        })
    }

    fn of_number(n: Option<f64>) -> Cell {
        match n {
            None => Cell::Absent,
            Some(n) if n.fract() == 0.0 => Cell::Int(n as i64),
            Some(n) => Cell::Float(n),
        }
    }

    /// Of values of one text, the first of these kinds is the group's.
    fn rank(&self) -> usize {
        match self {
            Cell::Int(_) => 0,
            Cell::Float(_) => 1,
            Cell::Bool(_) => 2,
            Cell::Time(_) => 3,
            Cell::Text(_) => 4,
            Cell::Absent | Cell::List(_) => 5,
        }
    }
}

pub fn compare(left: &Cell, op: Op, right: &Cell) -> bool {
    if matches!(left, Cell::List(_)) || matches!(right, Cell::List(_)) {
        return false;
    }
    if *left == Cell::Absent || *right == Cell::Absent {
        return op == Op::Ne;
    }
    let equal = match (left, right) {
        (Cell::Text(a), Cell::Text(b)) => a == b,
        (Cell::Bool(b), Cell::Text(t)) | (Cell::Text(t), Cell::Bool(b)) => match t.as_str() {
            "true" | "1" => *b,
            "false" | "0" => !*b,
            _ => false,
        },
        _ => left.number().is_some() && left.number() == right.number(),
    };
    let order = match (left.number(), right.number(), left, right) {
        (Some(a), Some(b), ..) => a.partial_cmp(&b),
        (_, _, Cell::Text(a), Cell::Text(b)) => Some(a.cmp(b)),
        _ => None,
    };
    match op {
        Op::Eq => equal,
        Op::Ne => !equal,
        Op::Lt => order == Some(Ordering::Less),
        Op::Le => matches!(order, Some(Ordering::Less | Ordering::Equal)),
        Op::Gt => order == Some(Ordering::Greater),
        Op::Ge => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
    }
}

impl Row {
    pub fn get(&self, name: &str) -> Cell {
        self.cells.get(name).cloned().unwrap_or(Cell::Absent)
    }
}

impl Cond {
    pub fn holds(&self, row: &Row) -> bool {
        match self {
            Cond::All(parts) => parts.iter().all(|p| p.holds(row)),
            Cond::Any(parts) => parts.iter().any(|p| p.holds(row)),
            Cond::Not(inner) => !inner.holds(row),
            Cond::Present(name) => row.get(name) != Cell::Absent,
            Cond::Compare(name, op, literal, false) => compare(&row.get(name), *op, literal),
            Cond::Compare(name, op, literal, true) => compare(literal, *op, &row.get(name)),
            Cond::Fields(left, op, right) => compare(&row.get(left), *op, &row.get(right)),
            Cond::Among(name, list) => list.iter().any(|l| compare(&row.get(name), Op::Eq, l)),
            Cond::Holds(name, text) => row.get(name).text().is_some_and(|t| t.contains(text.as_str())),
            Cond::Bare(name) => match row.get(name) {
                Cell::Text(_) | Cell::Time(_) => false,
                cell => cell.number().is_some_and(|n| n != 0.0),
            },
        }
    }
}

/// Runs of digits by length, then value; all else by code point.
fn chunks(text: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut in_digits = false;
    for c in text.chars() {
        match all.last_mut() {
            Some(last) if in_digits && c.is_ascii_digit() => last.push(c),
            _ => all.push(c.to_string()),
        }
        in_digits = c.is_ascii_digit();
    }
    all
}

/// Texts, then numbers; what is absent is not asked for.
fn natural(a: &Cell, b: &Cell) -> Ordering {
    let text = |cell: &Cell| cell.text().unwrap_or_default();
    match (a.number(), b.number()) {
        (Some(x), Some(y)) => x
            .partial_cmp(&y)
            .unwrap_or(Ordering::Equal)
            .then_with(|| text(a).cmp(&text(b))),
        (Some(_), None) => Ordering::Greater,
        (None, Some(_)) => Ordering::Less,
        (None, None) => {
            let (x, y) = (chunks(&text(a)), chunks(&text(b)));
            let is_digits = |c: &str| c.starts_with(|c: char| c.is_ascii_digit());
            x.iter()
                .zip(&y)
                .map(|(c, d)| match is_digits(c) && is_digits(d) {
                    true => c.len().cmp(&d.len()).then_with(|| c.cmp(d)),
                    false => c.chars().next().cmp(&d.chars().next()),
                })
                .find(|o| o.is_ne())
                .unwrap_or_else(|| x.len().cmp(&y.len()))
        }
    }
}

fn sorted(a: &Cell, b: &Cell, descending: bool) -> Ordering {
    match (a.text(), b.text()) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
        _ if descending => natural(b, a),
        _ => natural(a, b),
    }
}

fn sort(rows: &mut [Row], keys: &[(String, bool)]) {
    rows.sort_by(|a, b| {
        keys.iter()
            .map(|(name, descending)| sorted(&a.get(name), &b.get(name), *descending))
            .find(|o| o.is_ne())
            .unwrap_or(Ordering::Equal)
    });
}

fn fold(fold: &Fold, rows: &[Row]) -> Cell {
    let cells = |name: &str| rows.iter().map(|r| r.get(name)).collect::<Vec<_>>();
    let numbers = |name: &str| cells(name).iter().filter_map(Cell::number).collect::<Vec<f64>>();
    let best = |name: &str, wanted: Ordering| {
        let least = |a: Cell, b: Cell| if natural(&b, &a) == wanted { b } else { a };
        let all = numbers(name);
        match all.is_empty() {
            true => cells(name)
                .into_iter()
                .filter(|c| matches!(c, Cell::Text(_)))
                .reduce(least)
                .unwrap_or(Cell::Absent),
            false => all
                .into_iter()
                .map(|n| Cell::of_number(Some(n)))
                .reduce(least)
                .unwrap_or(Cell::Absent),
        }
    };
    match fold {
        Fold::Rows => Cell::Int(rows.len() as i64),
        Fold::Count(name) => match cells(name).iter().filter(|c| **c != Cell::Absent).count() {
            0 => Cell::Absent,
            n => Cell::Int(n as i64),
        },
        Fold::Sum(name) | Fold::Avg(name) => {
            let all = numbers(name);
            let over = if matches!(fold, Fold::Avg(_)) {
                all.len() as f64
            } else {
                1.0
            };
            Cell::of_number((!all.is_empty()).then(|| all.iter().sum::<f64>() / over))
        }
        Fold::Min(name) => best(name, Ordering::Less),
        Fold::Max(name) => best(name, Ordering::Greater),
        Fold::Distinct(name) => {
            let texts: HashSet<String> = cells(name).iter().filter_map(Cell::text).collect();
            Cell::Int(texts.len() as i64)
        }
    }
}

impl Key {
    fn name(&self) -> &str {
        match self {
            Key::Field(name) | Key::Minutes(_, name) => name,
        }
    }

    fn of(&self, row: &Row) -> Cell {
        match (self, row.get("@timestamp")) {
            (Key::Minutes(n, _), Cell::Time(ms)) => Cell::Time(ms - ms.rem_euclid(n * 60_000)),
            (Key::Minutes(..), _) => Cell::Absent,
            (Key::Field(name), _) => match row.get(name) {
                Cell::List(_) => Cell::Absent,
                cell => cell,
            },
        }
    }
}

/// Its keys and rows.
type Group = (Vec<Cell>, Vec<Row>);

fn stats(rows: Vec<Row>, folds: &[(Fold, String)], by: &[Key]) -> Vec<Row> {
    let mut groups: HashMap<Vec<Option<String>>, Group> = HashMap::new();
    if by.is_empty() {
        groups.insert(Vec::new(), (Vec::new(), Vec::new()));
    }
    for row in rows {
        let keys: Vec<Cell> = by.iter().map(|k| k.of(&row)).collect();
        let group = groups
            .entry(keys.iter().map(Cell::text).collect())
            .or_insert_with(|| (keys.clone(), Vec::new()));
        for (kept, key) in group.0.iter_mut().zip(keys) {
            if key.rank() < kept.rank() {
                *kept = key;
            }
        }
        group.1.push(row);
    }
    let made = groups.into_values().map(|(keys, rows)| {
        let mut cells: BTreeMap<String, Cell> = by.iter().map(|k| k.name().to_owned()).zip(keys).collect();
        cells.extend(folds.iter().map(|(f, name)| (name.clone(), fold(f, &rows))));
        Row { cells, place: 0 }
    });
    let mut made: Vec<Row> = made.collect();
    let keys: Vec<(String, bool)> = by.iter().map(|k| (k.name().to_owned(), false)).collect();
    sort(&mut made, &keys);
    made
}

fn dedup(rows: &mut Vec<Row>, by: &[String]) {
    let mut seen = HashSet::new();
    rows.retain(|row| {
        let texts: Option<Vec<String>> = by.iter().map(|name| row.get(name).text()).collect();
        texts.is_none_or(|texts| seen.insert(texts))
    });
}

/// Runs a query over records.
pub fn run(query: &[Command], mut rows: Vec<Row>) -> Answer {
    rows.sort_by_key(|row| match row.get("@timestamp") {
        Cell::Time(ms) => (ms, row.place),
        _ => (i64::MIN, row.place),
    });
    let (mut base, mut listed): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    let (mut matched, mut is_record) = (None, true);
    let mut total = 0;
    let mut has_sort = false;
    for command in query {
        if !matches!(
            command,
            Command::Filter(_) | Command::Fields(_) | Command::Sort(_)
        ) {
            matched.get_or_insert(rows.len());
        }
        total = rows.len();
        match command {
            Command::Filter(cond) => rows.retain(|row| cond.holds(row)),
            Command::Fields(items) => {
                for item in items {
                    let name = match item {
                        Item::Plain(name) => name,
                        Item::Plus(of, n, name) => {
                            for row in &mut rows {
                                let sum = row.get(of).number().map(|x| x + *n as f64);
                                row.cells.insert(name.clone(), Cell::of_number(sum));
                            }
                            name
                        }
                    };
                    if !listed.contains(name) {
                        listed.push(name.clone());
                    }
                }
            }
            Command::Stats(folds, by) => {
                rows = stats(rows, folds, by);
                base = by.iter().map(|k| k.name().to_owned()).collect();
                base.extend(folds.iter().map(|(_, name)| name.clone()));
                listed.clear();
                is_record = false;
            }
            Command::Sort(keys) => {
                sort(&mut rows, keys);
                has_sort = true;
            }
            Command::Limit(n) => rows.truncate(*n),
            Command::Tail(n) => drop(rows.drain(..rows.len().saturating_sub(*n))),
            Command::Dedup(by) => {
                if !has_sort && is_record {
                    sort(&mut rows, &[("@timestamp".to_owned(), true)]);
                }
                dedup(&mut rows, by);
            }
        }
    }
    if !matches!(query.last(), Some(Command::Limit(_) | Command::Tail(_))) {
        total = rows.len();
    }
    listed.retain(|name| !base.contains(name));
    base.extend(listed);
    if base.is_empty() {
        base = vec!["@timestamp".to_owned(), "@message".to_owned()];
    }
    Answer {
        rows: rows
            .iter()
            .map(|row| base.iter().map(|name| row.get(name)).collect())
            .collect(),
        places: is_record.then(|| rows.iter().map(|row| row.place).collect()),
        matched: matched.unwrap_or(rows.len()),
        columns: base,
        total,
    }
}

impl Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Cell::Absent => f.write_str("null"),
            Cell::Int(n) | Cell::Time(n) => write!(f, "{n}"),
            Cell::Float(n) => write!(f, "{n}"),
            Cell::Bool(b) => write!(f, "{b}"),
            Cell::Text(t) => write!(f, "\"{t}\""),
            Cell::List(json) => f.write_str(json),
        }
    }
}

fn joined<T: Display>(parts: &[T], by: &str) -> String {
    parts.iter().map(T::to_string).collect::<Vec<_>>().join(by)
}

impl Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Op::Eq => "=",
            Op::Ne => "!=",
            Op::Lt => "<",
            Op::Le => "<=",
            Op::Gt => ">",
            Op::Ge => ">=",
        })
    }
}

impl Display for Cond {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Cond::All(parts) => write!(f, "({})", joined(parts, " and ")),
            Cond::Any(parts) => write!(f, "({})", joined(parts, " or ")),
            Cond::Not(inner) => match &**inner {
                Cond::Among(name, list) => write!(f, "{name} not in [{}]", joined(list, ", ")),
                Cond::Holds(name, text) => write!(f, "{name} not like \"{text}\""),
                other => write!(f, "not ({other})"),
            },
            Cond::Present(name) => write!(f, "isPresent({name})"),
            Cond::Compare(name, op, literal, false) => write!(f, "{name} {op} {literal}"),
            Cond::Compare(name, op, literal, true) => write!(f, "{literal} {op} {name}"),
            Cond::Fields(left, op, right) => write!(f, "{left} {op} {right}"),
            Cond::Among(name, list) => write!(f, "{name} in [{}]", joined(list, ", ")),
            Cond::Holds(name, text) => write!(f, "{name} like \"{text}\""),
            Cond::Bare(name) => f.write_str(name),
        }
    }
}

impl Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Item::Plain(name) => f.write_str(name),
            Item::Plus(of, n, name) => write!(f, "{of} + {n} as {name}"),
        }
    }
}

impl Display for Fold {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Fold::Rows => f.write_str("count(*)"),
            Fold::Count(name) => write!(f, "count({name})"),
            Fold::Sum(name) => write!(f, "sum({name})"),
            Fold::Avg(name) => write!(f, "avg({name})"),
            Fold::Min(name) => write!(f, "min({name})"),
            Fold::Max(name) => write!(f, "max({name})"),
            Fold::Distinct(name) => write!(f, "count_distinct({name})"),
        }
    }
}

impl Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Command::Filter(cond) => write!(f, "filter {cond}"),
            Command::Fields(items) => write!(f, "fields {}", joined(items, ", ")),
            Command::Stats(folds, by) => {
                let folds: Vec<String> = folds.iter().map(|(f, name)| format!("{f} as {name}")).collect();
                let by: Vec<String> = by
                    .iter()
                    .map(|key| match key {
                        Key::Field(name) => name.clone(),
                        Key::Minutes(n, name) => format!("bin({n}m) as {name}"),
                    })
                    .collect();
                let word = if by.is_empty() { "" } else { " by " };
                write!(f, "stats {}{word}{}", folds.join(", "), by.join(", "))
            }
            Command::Sort(keys) => {
                let way = |d: bool| if d { "desc" } else { "asc" };
                let keys: Vec<String> = keys.iter().map(|(n, d)| format!("{n} {}", way(*d))).collect();
                write!(f, "sort {}", keys.join(", "))
            }
            Command::Limit(n) => write!(f, "limit {n}"),
            Command::Tail(n) => write!(f, "tail {n}"),
            Command::Dedup(by) => write!(f, "dedup {}", by.join(", ")),
        }
    }
}

/// A query as a person writes it.
pub fn text(query: &[Command]) -> String {
    joined(query, " | ")
}
