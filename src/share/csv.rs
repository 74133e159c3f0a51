//! A table as CSV that no spreadsheet runs.

use crate::base::Value;

/// Characters that make a spreadsheet take a cell for a formula, their full-width forms included.
const TRIGGERS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// Rows as CSV (RFC 4180, UTF-8, CRLF). A cell that would start a formula is led by an apostrophe; numbers stay numbers.
pub fn csv(columns: &[String], rows: &[Vec<Value>], header: bool) -> Vec<u8> {
    let mut out = String::new();
    if header {
        line(columns.iter().map(|c| cell(&Value::Text(c.clone()))), &mut out);
    }
    for row in rows {
        line(row.iter().map(cell), &mut out);
    }
    out.into_bytes()
}

fn line(cells: impl Iterator<Item = String>, out: &mut String) {
    for (i, c) in cells.enumerate() {
        if i > 0 {
            out.push(',');
        }
        out.push_str(&c);
    }
    out.push_str("\r\n");
}

fn cell(value: &Value) -> String {
    let text = value.to_text();
    let number = matches!(
        value,
        Value::Int(_) | Value::Big(_) | Value::Float(_) | Value::Decimal(_)
    );
    // A spreadsheet looks behind leading blanks as well.
    let armed = !number && text.trim_start_matches(' ').starts_with(TRIGGERS);
    let text = if armed { format!("'{text}") } else { text };
    if text.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn formulas_are_disarmed_and_numbers_are_not() {
        let rows = vec![vec![
            "=cmd|' /C calc'!A0".into(),
            "a,b \"c\"".into(),
            Value::Int(-5),
            Value::Absent,
            " @x".into(),
        ]];
        let csv = String::from_utf8(csv(&["=h".into(), "b".into()], &rows, true)).unwrap();
        assert_eq!(csv, "'=h,b\r\n'=cmd|' /C calc'!A0,\"a,b \"\"c\"\"\",-5,,' @x\r\n");
    }

    proptest! {
        #[test]
        fn no_cell_starts_a_formula_and_every_cell_comes_back(cells in prop::collection::vec(any::<String>(), 1..6)) {
            let rows = vec![cells.iter().map(|c| Value::Text(c.clone())).collect()];
            let out = csv(&[], &rows, false);
            let mut reader = ::csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(out.as_slice());
            let record = reader.records().next();
            if let Some(Ok(record)) = record {
                for (got, want) in record.iter().zip(&cells) {
                    prop_assert!(!got.starts_with(['=', '+', '-', '@', '\t', '\r']));
                    let armed = format!("'{want}");
                    prop_assert!(got == want || got == armed.as_str());
                }
            }
        }
    }
}
