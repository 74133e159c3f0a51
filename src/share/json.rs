//! A table as JSON: an object a row, keyed by the heads of its columns.

use crate::base::Value;

/// The largest whole number that every reader of JSON keeps as it is: many take numbers for 64-bit floats.
const MOST_EXACT: i128 = 1 << 53;

/// Rows as a JSON array of objects, an object a line, its keys in the order of the columns. What has no value is
/// `null`; a whole number beyond 2^53 is a string, as is a float that JSON has no sign for. `first` and `last` say
/// whether the array begins and ends here: a long table is written a portion at a time.
pub fn json(columns: &[String], rows: &[Vec<Value>], first: bool, last: bool) -> Vec<u8> {
    let keys: Vec<String> = unique(columns).iter().map(|k| quoted(k)).collect();
    let mut out = String::new();
    if first {
        out.push('[');
    }
    for (n, row) in rows.iter().enumerate() {
        out.push_str(if first && n == 0 { "\n{" } else { ",\n{" });
        for (at, key) in keys.iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            out.push_str(key);
            out.push(':');
            out.push_str(&written(row.get(at).unwrap_or(&Value::Absent)));
        }
        out.push('}');
    }
    if last {
        out.push_str("\n]\n");
    }
    out.into_bytes()
}

/// Heads that each stand once: an object holds a key once, and a check may call two of its columns the same.
pub(super) fn unique(columns: &[String]) -> Vec<String> {
    let mut out: Vec<String> = Vec::with_capacity(columns.len());
    for column in columns {
        let numbered = (2..).map(|n| format!("{column} ({n})"));
        let free = std::iter::once(column.clone())
            .chain(numbered)
            .find(|name| !out.contains(name));
        out.extend(free);
    }
    out
}

/// A value as JSON, as [`json`] writes it.
pub fn written(value: &Value) -> String {
    let whole = |n: i128| match n.unsigned_abs() <= MOST_EXACT.unsigned_abs() {
        true => n.to_string(),
        false => quoted(&n.to_string()),
    };
    match value {
        Value::Absent => "null".to_owned(),
        Value::Bool(b) => b.to_string(),
        Value::Int(n) => whole((*n).into()),
        Value::Big(n) => whole(*n),
        // As it is written, where a reader's float holds it.
        Value::Decimal(n) if n.unsigned_abs() <= MOST_EXACT.unsigned_abs() => value.to_text(),
        Value::Float(f) if f.is_finite() => serde_json::Value::from(*f).to_string(),
        Value::List(list) => serde_json::Value::from(list.as_slice()).to_string(),
        Value::Float(_) | Value::Decimal(_) | Value::Time(_) | Value::Text(_) => quoted(&value.to_text()),
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn names(list: &[&str]) -> Vec<String> {
        list.iter().map(|s| (*s).to_owned()).collect()
    }

    fn text(bytes: Vec<u8>) -> String {
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn rows_are_objects_in_the_order_of_the_columns() {
        let rows = vec![
            vec!["=1+1 \"x\"\n".into(), Value::Int(7), Value::Absent],
            vec![
                Value::List(names(&["a", "b"])),
                Value::Bool(true),
                Value::Time(1_500_000_000),
            ],
        ];
        assert_eq!(
            text(json(&names(&["z", "a", "Time"]), &rows, true, true)),
            "[\n{\"z\":\"=1+1 \\\"x\\\"\\n\",\"a\":7,\"Time\":null},\n\
             {\"z\":[\"a\",\"b\"],\"a\":true,\"Time\":\"1970-01-01T00:00:01.500Z\"}\n]\n"
        );
    }

    #[test]
    fn numbers_that_a_float_would_change_are_strings() {
        let exact = 1i64 << 53;
        let row = vec![
            Value::Int(exact),
            Value::Int(exact + 1),
            Value::Int(-exact),
            Value::Int(i64::MIN),
            Value::Big(1 << 80),
            Value::Float(0.5),
            Value::Float(f64::NAN),
        ];
        assert_eq!(
            text(json(
                &names(&["a", "b", "c", "d", "e", "f", "g"]),
                &[row],
                true,
                true
            )),
            "[\n{\"a\":9007199254740992,\"b\":\"9007199254740993\",\"c\":-9007199254740992,\
             \"d\":\"-9223372036854775808\",\"e\":\"1208925819614629174706176\",\"f\":0.5,\"g\":\"NaN\"}\n]\n"
        );
    }

    #[test]
    fn a_head_that_stands_twice_is_two_keys() {
        let row = vec![Value::Int(1), Value::Int(2), Value::Int(3)];
        assert_eq!(
            text(json(
                &names(&["Region", "Region", "Region (2)"]),
                &[row],
                true,
                true
            )),
            "[\n{\"Region\":1,\"Region (2)\":2,\"Region (2) (2)\":3}\n]\n"
        );
        assert_eq!(text(json(&names(&["a"]), &[], true, true)), "[\n]\n");
    }

    proptest! {
        #[test]
        fn portions_make_the_same_text_as_the_whole(
            cells in prop::collection::vec((any::<String>(), any::<i64>()), 0..8),
            cut in 0usize..9,
        ) {
            let columns = names(&["text", "number"]);
            let rows: Vec<Vec<Value>> = cells.iter().map(|(t, n)| vec![Value::Text(t.clone()), Value::Int(*n)]).collect();
            // The first portion of rows that there are is never empty.
            let (head, tail) = rows.split_at(cut.clamp(rows.len().min(1), rows.len()));
            let mut parts = json(&columns, head, true, false);
            parts.extend(json(&columns, tail, false, true));
            let whole = json(&columns, &rows, true, true);
            prop_assert_eq!(&parts, &whole);
            let read: Vec<serde_json::Value> = serde_json::from_slice(&whole).unwrap();
            prop_assert_eq!(read.len(), cells.len());
            for (row, (t, n)) in read.iter().zip(&cells) {
                prop_assert_eq!(row["text"].as_str(), Some(t.as_str()));
                let number = row["number"].as_i64().map_or_else(|| row["number"].as_str().unwrap().to_owned(), |n| n.to_string());
                prop_assert_eq!(number, n.to_string());
            }
        }
    }
}
