//! What a question calls a field, and where a kind keeps it.

use crate::base::value::LIST_SEPARATOR;
use crate::base::{FieldType, Role, block, decimal, time};
use crate::formats;
use crate::language::insights::{FieldPath, Value, own_name};
use crate::language::json::Json;
use crate::table::{ABSENT, ABSENT_INT, Code, Column, Field, Pool, Segment, Table};
use std::borrow::Cow;

/// Where the values of a name come from in the records of one kind.
#[derive(Clone, Debug, PartialEq)]
pub enum From {
    /// No record of the kind can have it.
    Nothing,
    Kind,
    /// The file and member that the record was read from.
    Path,
    /// The log group, where the container tells.
    Log,
    Stream,
    /// A handle of the record: its path and where in it the record begins.
    Pointer,
    Column {
        field: usize,
        how: How,
    },
    /// The original text.
    Message,
    /// The original text, as JSON.
    Json(FieldPath),
}

/// As what a column's values are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    AsIs,
    /// A time as the log writes it: in ISO 8601, …
    Iso,
    /// … or in seconds since 1970.
    Seconds,
}

impl From {
    /// Must a record's original text be read for it?
    pub fn is_of_text(&self) -> bool {
        matches!(self, From::Message | From::Json(_))
    }

    pub fn of(table: &Table, name: &str) -> From {
        let kind = table.facts.id;
        let as_is = |field| From::Column {
            field,
            how: How::AsIs,
        };
        match name {
            "@timestamp" => return table.role(Role::Time).map_or(From::Nothing, as_is),
            "@message" => return From::Message,
            "@kind" => return From::Kind,
            "@source" => return table.field(block::SOURCE).map_or(From::Path, as_is),
            "@ptr" => return From::Pointer,
            "@log" => return From::Log,
            "@logStream" => return From::Stream,
            _ => {}
        }
        let has = |own: &str| table.field(own).is_some_and(|f| table.knows(f));
        let alias = || {
            let mut aliases = table.facts.aliases.iter();
            aliases
                .find(|(alias, own)| *alias == name && has(own))
                .map(|a| a.1)
        };
        // As Athena and Parquet write it: `cs(User-Agent)` is cs_user_agent.
        let underscored = || {
            let mut fields = table.fields.iter();
            let alike =
                |f: &&Field| name.contains('_') && has(&f.name) && underscored(&f.name).eq(name.chars());
            fields.find(alike).map(|f| f.name.as_str())
        };
        let own = own_name(kind, name, has)
            .or_else(|| alias().map(Cow::Borrowed))
            .or_else(|| underscored().map(Cow::Borrowed));
        match own.and_then(|own| table.field(&own)) {
            Some(field) => From::Column {
                field,
                how: how(table, field),
            },
            None if formats::has_more(kind) => From::Json(FieldPath::new(name)),
            None => From::Nothing,
        }
    }
}

/// A name in lower case, with `_` for what is neither letter nor digit; none at the end.
fn underscored(name: &str) -> impl Iterator<Item = char> {
    let is_part = |c: char| c.is_alphanumeric() || c == '.' || c == '@';
    let name = name.trim_end_matches(move |c| !is_part(c));
    name.chars().map(move |c| match is_part(c) {
        true => c.to_ascii_lowercase(),
        false => '_',
    })
}

fn how(table: &Table, field: usize) -> How {
    match table.fields.get(field).map(|f| f.ty) {
        Some(FieldType::Time) if formats::has_more(table.facts.id) => How::Iso,
        Some(FieldType::Time) => How::Seconds,
        _ => How::AsIs,
    }
}

/// A cell as the language sees it.
pub fn cell<'a>(
    pool: &'a Pool,
    table: &Table,
    segment: &'a Segment,
    row: usize,
    field: usize,
    how: How,
) -> Value<'a> {
    let (Some(column), Some(f)) = (segment.column(field), table.fields.get(field)) else {
        return Value::Absent;
    };
    match column {
        Column::Codes(codes) => match (codes.get(row) as Code, f.ty) {
            (ABSENT, _) => Value::Absent,
            (code, FieldType::List) => {
                let items = pool.get(code).split(|b| LIST_SEPARATOR.contains(b));
                let text = |item| Json::String(String::from_utf8_lossy(item).into_owned());
                Value::from(Json::Array(items.map(text).collect()))
            }
            (code, _) => Value::Text(pool.text(code)),
        },
        Column::Ints(ints) => match (ints.get(row), f.ty, how) {
            (ABSENT_INT, ..) => Value::Absent,
            (t, FieldType::Time, How::AsIs) => Value::Time(t),
            (t, FieldType::Time, How::Iso) => Value::from(time::iso(t)),
            (t, FieldType::Time, How::Seconds) => Value::Int(t.div_euclid(time::SECOND)),
            (b, FieldType::Bool, _) => Value::Bool(b != 0),
            // The language knows no decimals.
            (units, FieldType::Decimal, _) => Value::Float(decimal::float(units.into())),
            (i, ..) => Value::Int(i),
        },
        Column::Floats(floats) => match floats.get(row) {
            Some(x) if !x.is_nan() => Value::Float(*x),
            _ => Value::Absent,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_with_underscores_too() {
        for (own, asked) in [
            ("account-id", "account_id"),
            ("cs(User-Agent)", "cs_user_agent"),
            ("Remote IP", "remote_ip"),
            ("lineItem/UsageType", "lineitem_usagetype"),
            ("x.y-z", "x.y_z"),
        ] {
            assert_eq!(underscored(own).collect::<String>(), asked);
        }
    }
}
