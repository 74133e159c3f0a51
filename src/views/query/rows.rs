//! A result's rows as cells of a table, in any order, and as a sheet to be saved.

use super::shape::keys;
use crate::base::size;
use crate::language::insights::{Kind, Table, Value};
use crate::session::{cell_of, json_of};
use crate::share::{Sheet, json_value};
use crate::widgets::format;
use std::cmp::Ordering;

/// Rows that a column's width is taken from.
const SAMPLE: usize = 200;
/// Characters of a cell that are shown; the rest of a long message is in the record.
const MOST_CHARS: usize = 2000;

/// The rows by a column, what has no value last whichever way.
pub fn order(table: &Table, by: Option<(usize, bool)>) -> Vec<u32> {
    let mut all: Vec<u32> = (0..table.rows.len() as u32).collect();
    let Some((column, descending)) = by else {
        return all;
    };
    let cell = |row: &u32| table.rows.get(*row as usize).and_then(|r| r.get(column));
    all.sort_by(|a, b| match (cell(a), cell(b)) {
        (Some(a), Some(b)) => compare(a, b, descending),
        _ => Ordering::Equal,
    });
    all
}

fn compare(a: &Value, b: &Value, descending: bool) -> Ordering {
    let turned = |o: Ordering| if descending { o.reverse() } else { o };
    match (a.is_absent(), b.is_absent()) {
        (true, true) => return Ordering::Equal,
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        (false, false) => {}
    }
    turned(match (a, b) {
        (Value::Time(a), Value::Time(b)) => a.cmp(b),
        _ => match (a.number(), b.number()) {
            (Some(a), Some(b)) => a.order(b),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => a.export().cmp(&b.export()),
        },
    })
}

/// How a column is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Face {
    pub name: String,
    pub numeric: bool,
    pub mono: bool,
    /// Figures with their thousands apart: what was counted and summed, not ports and accounts.
    pub grouped: bool,
    /// CSS pixels.
    pub width: f64,
}

pub fn faces(table: &Table, offset_min: i32) -> Vec<Face> {
    let keys = keys(table);
    let face = |(at, column): (usize, &crate::language::insights::Column)| {
        let mut face = Face {
            name: column.name.clone(),
            numeric: column.kind == Kind::Number,
            mono: column.kind != Kind::Number,
            grouped: keys.as_ref().is_some_and(|keys| !keys.contains(&at)),
            width: 0.0,
        };
        let cells = table.rows.iter().take(SAMPLE).filter_map(|r| r.get(at));
        let longest = cells
            .map(|v| cell(v, &face, offset_min).chars().count())
            .max()
            .unwrap_or(0);
        let chars = longest.max(column.name.chars().count() + 2) as f64;
        face.width = (chars * 7.4 + 20.0).clamp(64.0, 420.0);
        face
    };
    table.columns.iter().enumerate().map(face).collect()
}

/// A cell's text.
pub fn cell(value: &Value, face: &Face, offset_min: i32) -> String {
    match value {
        Value::Time(ns) => format::table_time(*ns, offset_min),
        Value::Int(n) if face.grouped => size::count(*n),
        Value::Wide(n) if face.grouped => size::count(**n),
        Value::Text(t) if t.len() <= MOST_CHARS => one_line(t),
        other => {
            let text = other.display();
            match text.char_indices().nth(MOST_CHARS) {
                Some((at, _)) => format!("{}…", one_line(text.get(..at).unwrap_or_default())),
                None => one_line(&text),
            }
        }
    }
}

/// A table's rows are of one line each.
fn one_line(text: &str) -> String {
    match text.contains(['\n', '\r', '\t']) {
        true => text.split_whitespace().collect::<Vec<_>>().join(" "),
        false => text.to_owned(),
    }
}

/// The rows in this order, to be saved.
pub fn sheet(table: &Table, order: &[u32]) -> Sheet {
    let row = |at: &u32| table.rows.get(*at as usize);
    Sheet {
        columns: table.columns.iter().map(|c| c.name.clone()).collect(),
        rows: order
            .iter()
            .filter_map(row)
            .map(|r| r.iter().map(cell_of).collect())
            .collect(),
    }
}

/// The same as JSON: an object a row, maps and lists as such.
pub fn json(table: &Table, order: &[u32]) -> String {
    let keys: Vec<String> = table
        .columns
        .iter()
        .map(|c| json_value(&c.name.as_str().into()))
        .collect();
    let row = |at: &u32| {
        let values = table.rows.get(*at as usize)?.iter().map(json_of);
        let members = keys
            .iter()
            .zip(values)
            .map(|(key, value)| format!("{key}:{value}"));
        Some(format!("{{{}}}", members.collect::<Vec<_>>().join(",")))
    };
    let rows: Vec<String> = order.iter().filter_map(row).collect();
    format!("[\n{}\n]\n", rows.join(",\n"))
}

#[cfg(test)]
mod tests {
    use super::super::shape::tests::grouped;
    use super::*;
    use crate::share::SheetAs;

    fn table() -> Table {
        let columns = [("dstport", Kind::Number), ("sum(bytes)", Kind::Number)];
        let row = |port: Value<'static>, bytes: i64| vec![port, Value::Int(bytes)];
        grouped(
            &columns,
            1,
            vec![
                row(Value::Int(443), 1),
                row(Value::Absent, 12_345),
                row(Value::from("22"), i64::MAX),
                row(Value::from("x"), 5),
            ],
        )
    }

    #[test]
    fn rows_are_ordered_by_value_and_what_is_absent_comes_last() {
        let table = table();
        assert_eq!(order(&table, None), [0, 1, 2, 3]);
        assert_eq!(order(&table, Some((0, false))), [2, 0, 3, 1]);
        assert_eq!(order(&table, Some((0, true))), [3, 0, 2, 1]);
        assert_eq!(order(&table, Some((1, true))), [2, 1, 3, 0]);
    }

    #[test]
    fn what_was_summed_has_its_thousands_apart_and_a_port_has_not() {
        let faces = faces(&table(), 0);
        assert!(!faces[0].grouped && faces[1].grouped);
        assert_eq!(cell(&Value::Int(49152), &faces[0], 0), "49152");
        assert_eq!(cell(&Value::Int(49152), &faces[1], 0), "49,152");
        assert_eq!(cell(&Value::from("a\n b"), &faces[0], 0), "a b");
        assert_eq!(
            cell(&Value::Time(1_500_000_000), &faces[0], 60),
            "01 Jan 1970 01:00:01.500"
        );
        assert!(cell(&Value::from("x".repeat(9000)), &faces[0], 0).chars().count() < 2100);
    }

    #[test]
    fn a_saved_sheet_has_numbers_in_full() {
        let sheet = sheet(&table(), &[2, 1]);
        let csv = String::from_utf8(SheetAs::Csv.whole(&sheet)).unwrap();
        assert_eq!(csv, "dstport,sum(bytes)\r\n22,9223372036854775807\r\n,12345\r\n");
        assert_eq!(
            json(&table(), &[2, 1]),
            "[\n{\"dstport\":\"22\",\"sum(bytes)\":\"9223372036854775807\"},\n{\"dstport\":null,\"sum(bytes)\":12345}\n]\n"
        );
    }
}
