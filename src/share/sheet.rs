//! A table as it leaves the page, in the form that was asked for.

use super::{csv, json};
use crate::base::Value;

/// The heads of a table and its rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Value>>,
}

impl Sheet {
    /// A table under these heads.
    pub fn new(columns: &[&str], rows: Vec<Vec<Value>>) -> Sheet {
        Sheet {
            columns: columns.iter().map(|c| (*c).to_owned()).collect(),
            rows,
        }
    }

    /// A table of cells as people read them; `1,234` of a column of figures is a number again.
    pub fn of_texts(columns: Vec<(String, bool)>, rows: Vec<Vec<String>>) -> Sheet {
        let numeric: Vec<bool> = columns.iter().map(|c| c.1).collect();
        let cell = |(at, text): (usize, String)| match numeric.get(at) {
            Some(true) => figure(&text).unwrap_or(Value::Text(text)),
            _ => Value::Text(text),
        };
        let row = |row: Vec<String>| row.into_iter().enumerate().map(cell).collect();
        Sheet {
            columns: columns.into_iter().map(|c| c.0).collect(),
            rows: rows.into_iter().map(row).collect(),
        }
    }
}

/// The whole number that a text of figures writes.
fn figure(text: &str) -> Option<Value> {
    let plain = text.replace(',', "").replace('−', "-");
    let number: i128 = plain.parse().ok()?;
    Some(i64::try_from(number).map_or(Value::Big(number), Value::Int))
}

/// What a table is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SheetAs {
    Csv,
    Json,
}

impl SheetAs {
    pub const ALL: [SheetAs; 2] = [SheetAs::Csv, SheetAs::Json];

    /// What it is called.
    pub fn title(self) -> &'static str {
        match self {
            SheetAs::Csv => "CSV",
            SheetAs::Json => "JSON",
        }
    }

    /// What the name of its file ends with.
    pub fn extension(self) -> &'static str {
        match self {
            SheetAs::Csv => "csv",
            SheetAs::Json => "json",
        }
    }

    pub fn mime(self) -> &'static str {
        match self {
            SheetAs::Csv => "text/csv;charset=utf-8",
            SheetAs::Json => "application/json",
        }
    }

    /// A part of a table that is written a portion at a time.
    pub fn portion(self, sheet: &Sheet, first: bool, last: bool) -> Vec<u8> {
        match self {
            SheetAs::Csv => csv(&sheet.columns, &sheet.rows, first),
            SheetAs::Json => json(&sheet.columns, &sheet.rows, first, last),
        }
    }

    /// The whole of a table.
    pub fn whole(self, sheet: &Sheet) -> Vec<u8> {
        self.portion(sheet, true, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_numbers_again_and_other_texts_stay() {
        let columns = vec![("From".to_owned(), false), ("bytes".to_owned(), true)];
        let rows = [["1,234", "1,234"], ["=1+1", "9,007,199,254,740,993"], ["", "–"]];
        let rows = rows.map(|r| r.map(str::to_owned).to_vec()).to_vec();
        let sheet = Sheet::of_texts(columns, rows);
        assert_eq!(sheet.rows[0], ["1,234".into(), Value::Int(1234)]);
        assert_eq!(sheet.rows[1][1], Value::Int(9_007_199_254_740_993));
        assert_eq!(sheet.rows[2][1], Value::Text("–".into()));
        let csv = String::from_utf8(SheetAs::Csv.whole(&sheet)).unwrap();
        assert!(csv.contains("'=1+1,9007199254740993\r\n"), "{csv}");
    }
}
