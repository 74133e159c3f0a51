//! A table as Parquet: columns of the types their values have.

use super::Sheet;
use super::block::{BlockColumn, Cells, WriteError, write_columns};
use super::json::unique;
use crate::base::{FieldType, Value};
use crate::table::ABSENT_INT;
use std::collections::HashMap;

/// The largest whole number that a float keeps as it is.
const MOST_EXACT: i128 = 1 << 53;

/// The table as a Parquet file. A column whose values are of several types, or of none that Parquet has, is of texts; a
/// head that stands twice is numbered.
pub fn parquet(sheet: &Sheet) -> Result<Vec<u8>, WriteError> {
    let column = |(at, name): (usize, String)| {
        let cells: Vec<&Value> = sheet
            .rows
            .iter()
            .map(|r| r.get(at).unwrap_or(&Value::Absent))
            .collect();
        let ty = type_of(&cells);
        BlockColumn {
            name,
            cells: cells_of(&cells, ty),
            ty,
        }
    };
    let columns: Vec<BlockColumn> = unique(&sheet.columns)
        .into_iter()
        .enumerate()
        .map(column)
        .collect();
    write_columns(sheet.rows.len(), &columns)
}

/// The type that keeps every value of a column as it is.
fn type_of(cells: &[&Value]) -> FieldType {
    let mut there = cells.iter().filter(|v| !v.is_absent()).peekable();
    if there.peek().is_none() {
        return FieldType::Text;
    }
    let all = |fits: fn(&Value) -> bool| cells.iter().all(|v| v.is_absent() || fits(v));
    // The number that stands for none can not be a value.
    if all(|v| matches!(v, Value::Int(n) if *n != ABSENT_INT)) {
        FieldType::Integer
    } else if all(|v| matches!(v, Value::Time(n) if *n != ABSENT_INT)) {
        FieldType::Time
    } else if all(|v| matches!(v, Value::Decimal(n) if i64::try_from(*n).is_ok_and(|n| n != ABSENT_INT))) {
        FieldType::Decimal
    } else if all(|v| matches!(v, Value::Bool(_))) {
        FieldType::Bool
    } else if all(is_float) {
        FieldType::Float
    } else {
        FieldType::Text
    }
}

fn is_float(value: &Value) -> bool {
    match value {
        Value::Float(f) => !f.is_nan(),
        Value::Int(n) => i128::from(*n).abs() <= MOST_EXACT,
        _ => false,
    }
}

fn cells_of(cells: &[&Value], ty: FieldType) -> Cells {
    match ty {
        FieldType::Integer | FieldType::Time | FieldType::Bool => {
            Cells::Ints(cells.iter().map(|v| v.as_i64().unwrap_or(ABSENT_INT)).collect())
        }
        FieldType::Decimal => {
            let units = |v: &&Value| match v {
                Value::Decimal(n) => i64::try_from(*n).unwrap_or(ABSENT_INT),
                _ => ABSENT_INT,
            };
            Cells::Ints(cells.iter().map(units).collect())
        }
        FieldType::Float => Cells::Floats(cells.iter().map(|v| v.as_f64().unwrap_or(f64::NAN)).collect()),
        _ => {
            let mut known: HashMap<String, u32> = HashMap::new();
            let mut texts: Vec<Vec<u8>> = Vec::new();
            let mut code = |value: &Value| {
                if value.is_absent() {
                    return 0;
                }
                *known.entry(value.to_text()).or_insert_with_key(|text| {
                    texts.push(text.clone().into_bytes());
                    texts.len() as u32
                })
            };
            let codes = cells.iter().map(|v| code(v)).collect();
            Cells::Texts { codes, texts }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::parquet::file::reader::{FileReader, SerializedFileReader};

    #[test]
    fn a_table_comes_back_as_it_was_saved() {
        let rows = vec![
            vec![
                Value::Int(i64::MAX),
                "a".into(),
                Value::Float(0.5),
                Value::Time(7),
                Value::Big(1 << 70),
                Value::Bool(true),
            ],
            vec![
                Value::Absent,
                Value::Absent,
                Value::Int(2),
                Value::Absent,
                Value::Int(1),
                Value::Absent,
            ],
        ];
        let names = ["n", "@kind", "avg(x)", "t", "big", "n"];
        let bytes = parquet(&Sheet::new(&names, rows)).unwrap();
        let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap();
        let read: Vec<String> = reader
            .get_row_iter(None)
            .unwrap()
            .map(|r| r.unwrap().to_string())
            .collect();
        assert!(read[0].contains("n: 9223372036854775807"), "{read:?}");
        assert!(read[0].contains("@kind: \"a\""), "{read:?}");
        assert!(read[0].contains("big: \"1180591620717411303424\""), "{read:?}");
        assert!(read[0].contains("n (2): true"), "{read:?}");
        assert!(
            read[1].contains("n: null") && read[1].contains("avg(x): 2"),
            "{read:?}"
        );
    }

    #[test]
    fn a_table_without_rows_is_no_file() {
        assert!(matches!(
            parquet(&Sheet::new(&["a"], Vec::new())),
            Err(WriteError::Empty)
        ));
    }
}
