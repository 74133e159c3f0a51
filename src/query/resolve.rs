//! A name in a question → a field of a kind.

use super::ask::{Agg, Expr, Key, Op, Query, Select};
use crate::base::block::OTHER;
use crate::base::{FieldType, Role, Value};
use crate::table::{Code, Column, Ints, Pool, Segment, Shard, Table};
use serde::{Deserialize, Serialize};

/// Where the values of a name stand in one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The table's field of this number.
    Field(usize),
    /// `@kind`: the registry id.
    Kind,
    /// `@member`, `@offset` and `@length`: where the row came from.
    Origin(OriginPart),
}

/// Which part of a row's origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OriginPart {
    Member,
    /// The first byte of its text in the member.
    Offset,
    /// How many bytes its text has.
    Length,
}

impl OriginPart {
    pub fn of(self, segment: &Segment, row: usize) -> i64 {
        match self {
            OriginPart::Member => segment.member(row).into(),
            OriginPart::Offset => segment.offsets().get(row),
            OriginPart::Length => segment.lengths().get(row),
        }
    }

    /// The same of every row.
    pub fn all(self, segment: &Segment) -> &Ints {
        match self {
            OriginPart::Member => segment.members(),
            OriginPart::Offset => segment.offsets(),
            OriginPart::Length => segment.lengths(),
        }
    }
}

impl Source {
    /// Resolves a name as [`Expr`] describes. A field that is not known of the table's rows is none.
    pub fn of(table: &Table, name: &str) -> Option<Source> {
        let by_name = |name: &str| {
            table
                .field(name)
                .or_else(|| table.fields.iter().position(|f| alike(&f.name, name)))
        };
        let alias = || {
            let aliases = table.facts.aliases.iter();
            aliases
                .filter(|(alias, _)| alike(alias, name))
                .find_map(|(_, field)| by_name(field))
        };
        by_name(name)
            .or_else(alias)
            .or_else(|| table.role(Role::from_word(name)?))
            .map(Source::Field)
            .or_else(|| match name {
                // Without the sign where no field of the kind has that name.
                "@kind" | "kind" => Some(Source::Kind),
                "@member" => Some(Source::Origin(OriginPart::Member)),
                "@offset" => Some(Source::Origin(OriginPart::Offset)),
                "@length" => Some(Source::Origin(OriginPart::Length)),
                "@timestamp" => table.role(Role::Time).map(Source::Field),
                _ => None,
            })
            .filter(|source| match source {
                Source::Field(field) => table.knows(*field),
                Source::Kind | Source::Origin(_) => true,
            })
    }

    /// Are some of its values not told apart, in rows that stand for several records?
    pub fn is_folded(self, table: &Table, pool: &Pool) -> bool {
        let Source::Field(field) = self else { return false };
        let mut summed = table.segments.iter().filter(|s| s.weights().is_some()).peekable();
        if summed.peek().is_none() {
            return false;
        }
        let Some(other) = pool.find(OTHER.as_bytes()) else {
            return false;
        };
        let has = |s: &Segment| match s.column(field) {
            Some(Column::Codes(codes)) => {
                (0..s.rows).any(|row| codes.get(row) as Code == other && s.is_sum(row))
            }
            _ => false,
        };
        summed.any(has)
    }

    pub fn ty(self, table: &Table) -> FieldType {
        match self {
            Source::Field(at) => table.fields.get(at).map_or(FieldType::Text, |f| f.ty),
            Source::Kind => FieldType::Text,
            Source::Origin(_) => FieldType::Integer,
        }
    }

    pub fn unit(self, table: &Table) -> &'static str {
        match self {
            Source::Field(at) => table.fields.get(at).map_or("", |f| f.unit),
            Source::Origin(OriginPart::Length) => "B",
            Source::Kind | Source::Origin(_) => "",
        }
    }

    pub fn value(self, shard: &Shard, table: &Table, segment: &Segment, row: usize) -> Value {
        match self {
            Source::Field(at) => table.value(&shard.pool, segment, row, at),
            Source::Kind => table.facts.id.into(),
            Source::Origin(part) => Value::Int(part.of(segment, row)),
        }
    }
}

/// Equal without regard to ASCII case, and with `-`, `:`, `/`, space and `_` alike.
fn alike(a: &str, b: &str) -> bool {
    fn plain(c: u8) -> u8 {
        match c {
            b'-' | b':' | b'/' | b' ' => b'_',
            c => c.to_ascii_lowercase(),
        }
    }
    a.len() == b.len() && a.bytes().map(plain).eq(b.bytes().map(plain))
}

/// A field of a loaded kind, for suggestions and column choosers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldInfo {
    pub kind: String,
    pub name: String,
    pub ty: FieldType,
    pub role: Option<Role>,
    pub unit: String,
}

/// The fields of every kind in a shard, in the order of its tables.
pub fn fields_of(shard: &Shard) -> Vec<FieldInfo> {
    let of_table = |t: &Table| {
        let kind = t.facts.id.to_owned();
        let info = move |f: &crate::table::Field| FieldInfo {
            kind: kind.clone(),
            name: f.name.clone(),
            ty: f.ty,
            role: f.role,
            unit: f.unit.to_owned(),
        };
        let known = t.fields.iter().enumerate().filter(|(at, _)| t.knows(*at));
        known.map(|(_, f)| info(f)).collect::<Vec<_>>()
    };
    shard.tables.iter().flat_map(of_table).collect()
}

/// The names that mean something in every kind.
pub(super) const EVERYONES: [&str; 6] = ["@kind", "@timestamp", "@member", "@offset", "@length", PATTERN];

/// A condition on it is on the record's original text: `=` a filter pattern that takes it. Which rows do, somebody has to have
/// found out before and [marked](crate::table::Segment::mark) under the pattern; one that was not looked at meets nothing.
pub const PATTERN: &str = "@pattern";

/// The patterns that a condition names.
pub fn patterns(expr: &Expr) -> Vec<&str> {
    match expr {
        Expr::And(all) | Expr::Or(all) => all.iter().flat_map(patterns).collect(),
        Expr::Not(inner) => patterns(inner),
        Expr::Compare {
            field,
            op: Op::Eq | Op::Ne,
            value,
        } if field == PATTERN => value.as_str().into_iter().collect(),
        _ => Vec::new(),
    }
}

/// Every name a question uses, once, in order of appearance, without those that mean something in every kind
/// ([`EVERYONES`]).
pub fn names(query: &Query) -> Vec<String> {
    let mut out = Vec::new();
    of_expr(&query.filter, &mut out);
    match &query.select {
        Select::Groups(g) => {
            g.by.iter().for_each(|k| of_key(k, &mut out));
            for agg in &g.aggs {
                match agg {
                    Agg::Count => {}
                    Agg::CountIf(e) => of_expr(e, &mut out),
                    Agg::SumIf(f, e) => {
                        note(f, &mut out);
                        of_expr(e, &mut out);
                    }
                    Agg::Sum(f)
                    | Agg::Min(f)
                    | Agg::Max(f)
                    | Agg::Distinct(f)
                    | Agg::Earliest(f)
                    | Agg::Latest(f)
                    | Agg::Some(f, _) => note(f, &mut out),
                }
            }
        }
        Select::Rows(r) => {
            r.columns.iter().for_each(|c| note(c, &mut out));
            note(&r.sort.field, &mut out);
        }
    }
    out
}

fn note(name: &str, out: &mut Vec<String>) {
    if !EVERYONES.contains(&name) && !out.iter().any(|n| n == name) {
        out.push(name.to_owned());
    }
}

fn of_key(key: &Key, out: &mut Vec<String>) {
    match key {
        Key::Field(f) | Key::Network { field: f, .. } | Key::Scale { field: f } => note(f, out),
        Key::Time { .. } | Key::Kind | Key::Member => {}
        Key::If(e) => of_expr(e, out),
        Key::First(keys) => keys.iter().for_each(|k| of_key(k, out)),
    }
}

fn of_expr(expr: &Expr, out: &mut Vec<String>) {
    match expr {
        Expr::All | Expr::Text(_) => {}
        Expr::And(all) | Expr::Or(all) => all.iter().for_each(|e| of_expr(e, out)),
        Expr::Not(e) => of_expr(e, out),
        Expr::Compare { field, .. } | Expr::In { field, .. } | Expr::Exists { field } => note(field, out),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_people_type_are_alike() {
        assert!(alike("lineItem/UsageType", "lineitem_usagetype"));
        assert!(alike("pkt-srcaddr", "PKT_SRCADDR"));
        assert!(!alike("pktsrcaddr", "pkt-srcaddr"));
        assert!(!alike("a.b", "a-b"));
    }
}
