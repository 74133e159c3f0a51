//! A condition made ready for one table: segment → the rows that meet it.

use super::ask::{Expr, Op};
use super::bits::Bits;
use super::needle::{Finder, Number, Relation, TextTest, denies};
use super::resolve::{PATTERN, Source};
use super::verdicts::{Verdicts, between, pick_ints};
use crate::base::{FieldType, Role, TimeRange, Value};
use crate::table::{ABSENT, ABSENT_INT, Code, Column, Ints, Pool, Segment, Table};

/// A condition on the rows of one table.
#[derive(Debug)]
pub(super) struct Predicate {
    node: Node,
}

#[derive(Debug)]
enum Node {
    All,
    Nothing,
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
    /// The field's value passes; or, where `denied`, it does not or there is none.
    Test {
        source: Source,
        denied: bool,
        test: Test,
    },
    /// Any text column contains it, or any integer column is it.
    Anywhere {
        finder: Finder,
        integer: Option<i64>,
        texts: Vec<usize>,
        integers: Vec<usize>,
        hits: Hits,
    },
    /// A filter pattern takes the row's original text; or, where `denied`, does not.
    Taken {
        pattern: Box<str>,
        denied: bool,
    },
    /// The row's time is inside.
    Within {
        field: usize,
        range: TimeRange,
    },
}

#[derive(Debug)]
enum Test {
    /// Has a value.
    Present,
    /// No value passes.
    Never,
    Between(i64, i64),
    /// Sorted.
    OneOf(Vec<i64>),
    Text(TextTest, FieldType, Verdicts),
    /// An integer, time, boolean or float, written out.
    Written(TextTest, FieldType),
    Float(Relation, f64),
    FloatOneOf(Vec<f64>),
}

impl Predicate {
    pub fn new(expr: &Expr, table: &Table) -> Predicate {
        Predicate {
            node: compile(expr, table),
        }
    }

    /// The filter of a query: its condition within its range.
    pub fn within(range: Option<TimeRange>, expr: &Expr, table: &Table) -> Predicate {
        let node = compile(expr, table);
        let node = match (range, table.role(Role::Time)) {
            (None, _) => node,
            (Some(_), None) => Node::Nothing,
            (Some(range), Some(field)) => match node {
                Node::All => Node::Within { field, range },
                node => Node::And(vec![Node::Within { field, range }, node]),
            },
        };
        Predicate { node }
    }

    /// Meets every row the condition, whatever it holds?
    pub fn is_all(&self) -> bool {
        matches!(self.node, Node::All)
    }

    /// Those of the rows `of` that meet the condition.
    pub fn select(&mut self, pool: &Pool, segment: &Segment, of: &Bits) -> Bits {
        Context { pool, segment }.select(&mut self.node, of)
    }
}

fn compile(expr: &Expr, table: &Table) -> Node {
    match expr {
        Expr::All => Node::All,
        Expr::And(all) => Node::And(all.iter().map(|e| compile(e, table)).collect()),
        Expr::Or(any) => Node::Or(any.iter().map(|e| compile(e, table)).collect()),
        Expr::Not(e) => Node::Not(Box::new(compile(e, table))),
        Expr::Text(text) => anywhere(text, table),
        Expr::Exists { field } => test(table, field, false, |_| Test::Present),
        Expr::Compare { field, op, value } if field == PATTERN => match (value, op) {
            (Value::Text(pattern), Op::Eq | Op::Ne) => Node::Taken {
                pattern: pattern.as_str().into(),
                denied: *op == Op::Ne,
            },
            _ => Node::Nothing,
        },
        Expr::Compare { field, op, value } => match (value, op) {
            (Value::Absent, Op::Eq) => test(table, field, true, |_| Test::Present),
            (Value::Absent, Op::Ne) => test(table, field, false, |_| Test::Present),
            (Value::Absent, _) => Node::Nothing,
            _ => test(table, field, denies(*op), |ty| comparison(*op, value, ty)),
        },
        Expr::In { field, values } => test(table, field, false, |ty| one_of(values, ty)),
    }
}

fn test(table: &Table, name: &str, denied: bool, test: impl FnOnce(FieldType) -> Test) -> Node {
    match Source::of(table, name) {
        None => Node::Nothing,
        // One text for the whole table: decided here.
        Some(Source::Kind) => {
            let passes = match test(FieldType::Text) {
                Test::Text(t, ..) => t.holds(table.facts.id.as_bytes()),
                Test::Present => true,
                _ => false,
            };
            if passes != denied {
                Node::All
            } else {
                Node::Nothing
            }
        }
        Some(source) => Node::Test {
            source,
            denied,
            test: test(source.ty(table)),
        },
    }
}

fn comparison(op: Op, value: &Value, ty: FieldType) -> Test {
    let number = Number::coerce(value, ty);
    match (ty, Relation::of(op)) {
        (ty, _) if ty.is_text() => Test::Text(TextTest::new(op, value, ty), ty, Verdicts::default()),
        (_, None) => Test::Written(TextTest::new(op, value, FieldType::Text), ty),
        (FieldType::Float, Some(relation)) => {
            number.map_or(Test::Never, |n| Test::Float(relation, n.as_f64()))
        }
        (_, Some(relation)) => number.map_or(Test::Never, |n| {
            let (lo, hi) = n.bounds(relation);
            Test::Between(lo, hi)
        }),
    }
}

fn one_of(values: &[String], ty: FieldType) -> Test {
    let numbers = || values.iter().filter_map(|v| Number::coerce_text(v, ty));
    if ty.is_text() {
        Test::Text(TextTest::one_of(values, ty), ty, Verdicts::default())
    } else if ty == FieldType::Float {
        Test::FloatOneOf(numbers().map(Number::as_f64).collect())
    } else {
        let exact = numbers().map(|n| n.bounds(Relation::Equal));
        let mut set: Vec<i64> = exact.filter(|(lo, hi)| lo == hi).map(|(n, _)| n).collect();
        set.sort_unstable();
        Test::OneOf(set)
    }
}

fn anywhere(text: &str, table: &Table) -> Node {
    if text.is_empty() {
        return Node::All;
    }
    let of_type = |wanted: &dyn Fn(FieldType) -> bool| {
        let fields = table.fields.iter().enumerate();
        fields.filter(|(_, f)| wanted(f.ty)).map(|(at, _)| at).collect()
    };
    Node::Anywhere {
        finder: Finder::new(text.as_bytes()),
        // Only as the integer is written: `0443` and `+443` are not how a port reads.
        integer: text.parse().ok().filter(|n: &i64| n.to_string() == text),
        texts: of_type(&FieldType::is_text),
        integers: of_type(&|ty| ty == FieldType::Integer),
        hits: Hits::default(),
    }
}

/// The texts of a pool that a finder is in: looked for in all of them at once, for most texts stand in many rows, and what is
/// in none of them needs no look at rows at all.
#[derive(Debug, Default)]
struct Hits {
    /// Ascending.
    codes: Vec<Code>,
    /// Texts that were searched.
    searched: usize,
    verdicts: Verdicts,
}

impl Hits {
    /// Each hit of so few is compared by itself.
    const FEW: usize = 3;

    fn search(&mut self, finder: &Finder, pool: &Pool) {
        if self.searched < pool.len() {
            let found = pool.search(self.searched as Code, |text| finder.find(text));
            self.codes.extend(found);
            self.searched = pool.len();
        }
    }

    /// The rows `of` whose text is a hit.
    fn pick(&mut self, column: &Ints, of: &Bits) -> Bits {
        let Some((least, most)) = column.span() else {
            return of.nothing();
        };
        let from = self.codes.partition_point(|c| i64::from(*c) < least);
        let to = self.codes.partition_point(|c| i64::from(*c) <= most);
        let within = self.codes.get(from..to).unwrap_or_default();
        if within.len() > Self::FEW {
            return self.verdicts.pick(column, self.searched, of, |code| {
                within.binary_search(&code).is_ok()
            });
        }
        let mut found = of.nothing();
        for code in within {
            found.add(&between(column, of, (*code).into(), (*code).into()));
        }
        found
    }
}

/// One segment being asked.
struct Context<'a> {
    pool: &'a Pool,
    segment: &'a Segment,
}

impl Context<'_> {
    fn select(&self, node: &mut Node, of: &Bits) -> Bits {
        match node {
            Node::All => of.clone(),
            Node::Nothing => of.nothing(),
            Node::Taken { pattern, denied } => match self.segment.mark(pattern) {
                Some(bits) => {
                    of.pick(|row| (bits.get(row / 64).is_some_and(|w| w >> (row % 64) & 1 == 1)) != *denied)
                }
                None => of.nothing(),
            },
            Node::And(all) => {
                let mut left = of.clone();
                for node in all {
                    if left.is_empty() {
                        break;
                    }
                    left = self.select(node, &left);
                }
                left
            }
            Node::Or(any) => {
                let (mut found, mut left) = (of.nothing(), of.clone());
                for node in any {
                    if left.is_empty() {
                        break;
                    }
                    let hits = self.select(node, &left);
                    left.remove(&hits);
                    found.add(&hits);
                }
                found
            }
            Node::Not(node) => {
                let hits = self.select(node, of);
                without(of, &hits)
            }
            Node::Test { source, denied, test } => {
                let hits = self.test(*source, test, of);
                if *denied { without(of, &hits) } else { hits }
            }
            Node::Anywhere {
                finder,
                integer,
                texts,
                integers,
                hits,
            } => {
                hits.search(finder, self.pool);
                self.anywhere(hits, *integer, texts, integers, of)
            }
            Node::Within { field, range } => match self.segment.span {
                Some(span) if span.from_ns < range.to_ns && range.from_ns < span.to_ns => {
                    // The last moment of the range is outside; the first value is "absent".
                    let (lo, hi) = (range.from_ns.max(ABSENT_INT + 1), range.to_ns.saturating_sub(1));
                    self.test(Source::Field(*field), &mut Test::Between(lo, hi), of)
                }
                _ => of.nothing(),
            },
        }
    }

    fn test(&self, source: Source, test: &mut Test, of: &Bits) -> Bits {
        let segment = self.segment;
        let field = match source {
            Source::Field(field) => field,
            Source::Kind => return of.nothing(),
            Source::Origin(part) => {
                return match test {
                    Test::Between(lo, hi) => between(part.all(segment), of, *lo, *hi),
                    test => pick_ints(part.all(segment), of, |v| passes_int(test, v)),
                };
            }
        };
        match (segment.column(field), test) {
            (None, _) | (_, Test::Never) => of.nothing(),
            (Some(Column::Codes(codes)), Test::Text(text, ty, verdicts)) => {
                if let Some(only) = text.only().filter(|_| *ty != FieldType::List) {
                    return match self.pool.find(only) {
                        None => of.nothing(),
                        Some(code) => between(codes, of, code.into(), code.into()),
                    };
                }
                let pool = self.pool;
                verdicts.pick(codes, pool.len(), of, |code| {
                    code != ABSENT && text.holds_in(pool.get(code), *ty)
                })
            }
            (Some(Column::Codes(codes)), Test::Present) => {
                between(codes, of, i64::from(ABSENT) + 1, Code::MAX.into())
            }
            (Some(Column::Codes(_)), _) => of.nothing(),
            (Some(Column::Ints(ints)), Test::Present) => between(ints, of, ABSENT_INT + 1, i64::MAX),
            (Some(Column::Ints(ints)), Test::Between(lo, hi)) => between(ints, of, *lo, *hi),
            (Some(Column::Ints(ints)), test) => pick_ints(ints, of, |v| passes_int(test, v)),
            (Some(Column::Floats(floats)), test) => of.pick(|row| {
                let v = floats.get(row).copied().unwrap_or(f64::NAN);
                !v.is_nan()
                    && match &*test {
                        Test::Present => true,
                        Test::Float(relation, x) => v.partial_cmp(x).is_some_and(|o| relation.holds(o)),
                        Test::FloatOneOf(set) => set.contains(&v),
                        Test::Written(text, _) => text.holds(Value::Float(v).to_text().as_bytes()),
                        _ => false,
                    }
            }),
        }
    }

    fn anywhere(
        &self,
        hits: &mut Hits,
        integer: Option<i64>,
        texts: &[usize],
        integers: &[usize],
        of: &Bits,
    ) -> Bits {
        let segment = self.segment;
        let (mut found, mut left) = (of.nothing(), of.clone());
        let mut add = |hits: Bits, left: &mut Bits| {
            left.remove(&hits);
            found.add(&hits);
        };
        for &field in texts {
            if let Some(Column::Codes(codes)) = segment.column(field) {
                add(hits.pick(codes, &left), &mut left);
            }
        }
        for &field in integers {
            if let (Some(n), Some(Column::Ints(ints))) = (integer, segment.column(field)) {
                add(between(ints, &left, n, n), &mut left);
            }
        }
        found
    }
}

fn passes_int(test: &Test, v: i64) -> bool {
    v != ABSENT_INT
        && match test {
            Test::Present => true,
            Test::Between(lo, hi) => *lo <= v && v <= *hi,
            Test::OneOf(set) => set.binary_search(&v).is_ok(),
            Test::Written(text, ty) => text.holds(typed(v, *ty).to_text().as_bytes()),
            _ => false,
        }
}

/// An integer cell as the value it stands for.
fn typed(v: i64, ty: FieldType) -> Value {
    match ty {
        FieldType::Time => Value::Time(v),
        FieldType::Decimal => Value::Decimal(v.into()),
        FieldType::Bool => Value::Bool(v != 0),
        _ => Value::Int(v),
    }
}

fn without(of: &Bits, hits: &Bits) -> Bits {
    let mut left = of.clone();
    left.remove(hits);
    left
}
