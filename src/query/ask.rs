//! Questions and answers as data: what views write, what travels to the workers and back.

use crate::base::{FieldType, TimeRange, Value};
use serde::{Deserialize, Serialize};

/// A question about rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Query {
    /// Registry ids; empty asks every kind.
    pub kinds: Vec<String>,
    /// Rows whose time is inside; rows without a time are left out when a range is given.
    pub range: Option<TimeRange>,
    pub filter: Expr,
    pub select: Select,
}

/// A condition on a row.
///
/// A name is resolved in each kind on its own: a field's exact name; then a name that is equal without regard to case
/// and with `-`, `:`, `/`, space and `_` alike; then the kind's aliases; then a role's word (`account`, `actor`); then
/// the fields every row has (`@kind`, `@timestamp`, `@member`, `@offset` and `@length` of its text in bytes, and
/// [`super::PATTERN`]). A row whose kind has no such field matches no comparison, not even `!=`; a row whose kind has the
/// field without a value matches `!=`, and `=` [`Value::Absent`].
///
/// A value is read as the field's type is: the text `443` is a number for an integer field, an ISO 8601 time or Unix
/// time for a time field; what can not be read so is equal to nothing. On text fields `<` and its like compare as
/// addresses where the value and the field are, as numbers where the value is one, and else by bytes; a list meets them
/// when any of its items does.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Expr {
    #[default]
    All,
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Not(Box<Expr>),
    Compare {
        field: String,
        op: Op,
        value: Value,
    },
    /// The field has one of these texts.
    In {
        field: String,
        values: Vec<String>,
    },
    Exists {
        field: String,
    },
    /// Any text column contains this, without regard to ASCII case.
    Text(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Op {
    /// Equal. Text is compared exactly; an address also with a CIDR block (`10.0.0.0/8`); a list when any item is, or
    /// all of it is the list compared with.
    Eq,
    Ne,
    /// Contains, without regard to ASCII case.
    Contains,
    NotContains,
    StartsWith,
    Lt,
    Le,
    Gt,
    Ge,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Select {
    Groups(Groups),
    Rows(Rows),
}

/// Rows put into groups, each with aggregates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Groups {
    pub by: Vec<Key>,
    pub aggs: Vec<Agg>,
    pub order: Order,
    /// Groups beyond it are summed into [`Answer::other`].
    pub limit: usize,
}

/// What rows are grouped by. A row without the field falls into the group whose key is absent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Key {
    Field(String),
    /// The row's time, cut down to a multiple of the width.
    Time {
        width_ns: i64,
    },
    /// An address cut to its network, written as CIDR; what is no address stays as it is.
    Network {
        field: String,
        v4_bits: u8,
        v6_bits: u8,
    },
    /// A number cut down to its first [`SCALE_BITS`](super::SCALE_BITS) binary digits: few groups, however many values
    /// there are, and each value within 1/64 of its group's. Percentiles are counted from it.
    Scale {
        field: String,
    },
    /// The row's kind (registry id).
    Kind,
    /// The member the row came from ([`crate::table::MemberId`] as an integer).
    Member,
    /// Whether the row meets a condition, as a boolean.
    If(Expr),
    /// The first of these that the row has.
    First(Vec<Key>),
}

/// An aggregate. None depends on which shard a row is in, nor on the order in which files were read, but for the last
/// bits of a sum of floats.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Agg {
    /// Records: a row that stands for several counts as all of them, here and in `CountIf`.
    Count,
    /// Records of the group that also meet this.
    CountIf(Expr),
    /// Exact sum of an integer field ([`Value::Big`] where it leaves 64 bits), or of a float field. Zero where no row
    /// has a value. A row that stands for several records holds their sum already.
    Sum(String),
    /// Sum over the rows that also meet this.
    SumIf(String, Expr),
    Min(String),
    Max(String),
    /// Number of different values, exact.
    Distinct(String),
    /// The value of a field in the group's earliest row, absent if that row has none. Rows without a time come last. Of
    /// rows of one time it is the one with the smallest value, one without a value last; where a question has several
    /// `Earliest`, their values count in turn, so that all of them are of one row.
    Earliest(String),
    /// The value of a field in the group's latest row. Rows without a time come first. Of rows of one time it is the
    /// one with the largest value, one without a value last; several are of one row, as with `Earliest`.
    Latest(String),
    /// Up to `n` different values as a list: those met first in time, values of one time smallest first. Rows without
    /// a time come last.
    Some(String, usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Order {
    /// By the aggregate of this position, largest first; ties by key.
    Desc(usize),
    Asc(usize),
    /// By the keys, smallest first.
    Key,
}

/// Single rows, in an order, a window at a time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rows {
    /// Field names; `@kind`, `@timestamp`, `@member`, `@offset`, `@length` besides those of the kinds.
    pub columns: Vec<String>,
    pub sort: Sort,
    pub window: Window,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sort {
    pub field: String,
    pub descending: bool,
}

impl Sort {
    /// Oldest first.
    pub fn by_time() -> Sort {
        Sort {
            field: "@timestamp".to_owned(),
            descending: false,
        }
    }
}

/// A place in the order of all shards together: the sort value, then the shard, then the row; descending is the whole
/// order turned round. Total, and stable while a shard's rows do not change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cursor {
    pub value: Value,
    pub shard: u32,
    /// `table << 40 | segment << 16 | row in segment`.
    pub row: u64,
}

/// Which part of the ordered rows is asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Window {
    /// How many there are, and every `step`-th row's place, for finding a window's start later.
    Survey { step: usize },
    /// `count` rows of each shard from this place on (`None`: the beginning), and how many stand before it.
    From { start: Option<Cursor>, count: usize },
}

/// A column of an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AnswerColumn {
    pub name: String,
    pub ty: FieldType,
    pub unit: String,
}

/// What all shards together say.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    pub columns: Vec<AnswerColumn>,
    /// Groups: keys, then aggregates. Rows: the columns asked for.
    pub rows: Vec<Vec<Value>>,
    /// Where each row stands (row answers only).
    pub places: Vec<Place>,
    /// Records looked at: those of the kinds asked, before range and filter.
    pub scanned: u64,
    /// Records that met the question; of a row question those that can be listed.
    pub matched: u64,
    /// Rows: records that met the question and can not be listed, because they are only known in rows that stand for
    /// several.
    pub unlisted: u64,
    /// Groups before the limit.
    pub groups: u64,
    /// The aggregates over all groups beyond the limit, when there are any. `Distinct`, `Earliest`, `Latest` and
    /// `Some` are absent here.
    pub other: Option<Vec<Value>>,
    /// Names in the question that no loaded kind has; a typing mistake or a file that is missing.
    pub unknown_fields: Vec<String>,
    /// Names in the question some of whose values were too many to be told apart in rows that stand for several
    /// records: groups of them are too few, and a filter may miss records.
    pub folded_fields: Vec<String>,
    /// Rows: how many stand before the window.
    pub before: u64,
}

/// A row's place: which shard, which table and row there, and where its original text is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    pub shard: u32,
    pub kind: String,
    /// `segment << 16 | row in segment`, within the kind's table.
    pub row: u64,
    pub member: u32,
    pub offset: u64,
    pub len: u64,
}

impl Query {
    pub fn groups(kinds: &[&str], by: Vec<Key>, aggs: Vec<Agg>) -> Query {
        Query {
            kinds: kinds.iter().map(|k| (*k).to_owned()).collect(),
            range: None,
            filter: Expr::All,
            select: Select::Groups(Groups {
                by,
                aggs,
                order: Order::Desc(0),
                limit: 1000,
            }),
        }
    }

    /// The same question about the rows that also meet `filter` within `range`.
    pub fn within(mut self, range: Option<TimeRange>, filter: &Expr) -> Query {
        self.range = range;
        self.filter = self.filter.and(filter.clone());
        self
    }

    pub fn order(mut self, order: Order) -> Query {
        if let Select::Groups(g) = &mut self.select {
            g.order = order;
        }
        self
    }

    pub fn limit(mut self, limit: usize) -> Query {
        if let Select::Groups(g) = &mut self.select {
            g.limit = limit;
        }
        self
    }

    pub fn filter(mut self, filter: Expr) -> Query {
        self.filter = self.filter.and(filter);
        self
    }
}

impl Expr {
    pub fn eq(field: &str, value: impl Into<Value>) -> Expr {
        Expr::Compare {
            field: field.to_owned(),
            op: Op::Eq,
            value: value.into(),
        }
    }

    pub fn ne(field: &str, value: impl Into<Value>) -> Expr {
        Expr::Compare {
            field: field.to_owned(),
            op: Op::Ne,
            value: value.into(),
        }
    }

    pub fn any_of(field: &str, values: &[&str]) -> Expr {
        Expr::In {
            field: field.to_owned(),
            values: values.iter().map(|v| (*v).to_owned()).collect(),
        }
    }

    pub fn exists(field: &str) -> Expr {
        Expr::Exists {
            field: field.to_owned(),
        }
    }

    pub fn and(self, other: Expr) -> Expr {
        match (self, other) {
            (Expr::All, e) | (e, Expr::All) => e,
            (Expr::And(mut a), Expr::And(b)) => {
                a.extend(b);
                Expr::And(a)
            }
            (Expr::And(mut a), e) => {
                a.push(e);
                Expr::And(a)
            }
            (a, b) => Expr::And(vec![a, b]),
        }
    }
}

impl std::ops::Not for Expr {
    type Output = Expr;
    fn not(self) -> Expr {
        match self {
            Expr::Not(e) => *e,
            e => Expr::Not(Box::new(e)),
        }
    }
}
