//! Reports delivered as Parquet: each row is handed on as the cells of a sheet would be, under the same names.
//!
//! An entry of a map stands in two columns, `tags.key_value.key` and `tags.key_value.value`: both become the one cell of the
//! map, as the sheets of version 2 write it. Floats are written as shortly as they stay the same ones.

use super::Kind;
use super::sheet::Report;
use crate::formats::columnar::{Cell, Cells, Held, MAGIC, Rows};
use crate::formats::{Confidence, Options, Reader, Sample};
use crate::table::RowSink;
use std::borrow::Cow;

/// How surely a Parquet file is a report of this kind; `None` where it is no Parquet file.
pub(super) fn probe(kind: &Kind, sample: &Sample<'_>) -> Option<Confidence> {
    let names = sample.parquet_columns()?;
    let (heads, _) = heads(names.iter().map(String::as_str));
    kind.judge(&heads)
}

pub(super) fn is_parquet(sample: &Sample<'_>) -> bool {
    sample.head.starts_with(MAGIC)
}

pub(super) fn reader(kind: &'static Kind, options: &Options) -> Box<dyn Reader> {
    Box::new(Held::new(Files {
        report: Report::new(kind, b',', &options.extra_fields),
        leaves: Vec::new(),
        cells: Vec::new(),
        key: Vec::new(),
    }))
}

/// What a column of the file is to the sheet.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Leaf {
    /// The cell of this position.
    Cell(usize),
    /// A key, or a value, of the map in the cell of this position.
    Key(usize),
    Value(usize),
}

/// The heads of the sheet, and what each column of the file is to it.
fn heads<'n>(names: impl Iterator<Item = &'n str>) -> (Vec<Cow<'n, [u8]>>, Vec<Leaf>) {
    let mut heads: Vec<Cow<'n, [u8]>> = Vec::new();
    let mut leaves = Vec::new();
    for name in names {
        let map = name.split_once('.').map(|(map, _)| map);
        let (head, leaf): (&str, fn(usize) -> Leaf) = match map {
            Some(map) if name.ends_with(".key") => (map, Leaf::Key),
            Some(map) if name.ends_with(".value") => (map, Leaf::Value),
            _ => (name, Leaf::Cell),
        };
        let known = heads.iter().position(|h| **h == *head.as_bytes());
        let at = known.filter(|_| map.is_some()).unwrap_or(heads.len());
        if at == heads.len() {
            heads.push(Cow::Borrowed(head.as_bytes()));
        }
        leaves.push(leaf(at));
    }
    (heads, leaves)
}

struct Files {
    report: Report,
    leaves: Vec<Leaf>,
    cells: Vec<Vec<u8>>,
    /// Keys of the map being read: its values come after all of them.
    key: Vec<(usize, String)>,
}

impl Rows for Files {
    const OF: &'static str = "a bill's columns";

    fn columns(&mut self, names: &[&str], sink: &mut RowSink<'_>) -> bool {
        let (heads, leaves) = heads(names.iter().copied());
        if self.report.kind.judge(&heads).is_none() {
            return false;
        }
        self.cells = vec![Vec::new(); heads.len()];
        self.leaves = leaves;
        self.report.begin(&heads, sink);
        true
    }

    fn row(&mut self, ordinal: u64, cells: &mut Cells<'_>, sink: &mut RowSink<'_>) {
        let Files {
            report,
            leaves,
            cells: texts,
            key: keys,
        } = self;
        texts.iter_mut().for_each(Vec::clear);
        keys.clear();
        let mut value = 0;
        let mut maps: Vec<(usize, serde_json::Map<String, serde_json::Value>)> = Vec::new();
        cells.each(&mut |at, cell| match leaves.get(at) {
            Some(Leaf::Cell(to)) => {
                if let Some(text) = texts.get_mut(*to) {
                    text.extend_from_slice(&cell.to_text());
                }
            }
            Some(Leaf::Key(to)) => keys.push((*to, String::from_utf8_lossy(&cell.to_text()).into_owned())),
            Some(Leaf::Value(to)) => {
                if maps.last().is_none_or(|(map, _)| map != to) {
                    maps.push((*to, serde_json::Map::new()));
                    value = keys.iter().position(|(map, _)| map == to).unwrap_or(keys.len());
                }
                if cell != Cell::Null
                    && let (Some((_, map)), Some((_, key))) =
                        (maps.last_mut(), keys.get(value).filter(|(m, _)| m == to))
                {
                    let text = String::from_utf8_lossy(&cell.to_text()).into_owned();
                    map.insert(key.clone(), text.into());
                }
                value += 1;
            }
            None => {}
        });
        for (to, map) in maps {
            if let Some(text) = texts.get_mut(to) {
                *text = serde_json::Value::Object(map).to_string().into_bytes();
            }
        }
        let row: Vec<Cow<'_, [u8]>> = texts.iter().map(|t| Cow::Borrowed(t.as_slice())).collect();
        match report.record(&row, sink) {
            Ok(()) => sink.end(ordinal, 0),
            Err(reason) => sink.reject(reason, ordinal, MAGIC),
        }
    }

    fn finish(&mut self, sink: &mut RowSink<'_>) {
        self.report.finish(sink);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::testing;
    use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
    use parquet::file::properties::WriterProperties;
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;
    use std::sync::Arc;

    const SCHEMA: &str = "message report {
        optional binary line_item_usage_account_id (utf8);
        optional int64 line_item_usage_start_date (timestamp_millis);
        optional binary line_item_product_code (utf8);
        optional binary line_item_line_item_type (utf8);
        optional binary line_item_usage_type (utf8);
        optional binary line_item_currency_code (utf8);
        optional double line_item_unblended_cost;
        optional binary bill_payer_account_id (utf8);
        optional binary identity_line_item_id (utf8);
        optional group resource_tags (map) { repeated group key_value { required binary key (utf8); optional binary value (utf8); } }
    }";

    fn report() -> Vec<u8> {
        let schema = Arc::new(parse_message_type(SCHEMA).expect("a schema"));
        let mut bytes = Vec::new();
        let properties = Arc::new(WriterProperties::builder().build());
        let mut writer = SerializedFileWriter::new(&mut bytes, schema, properties).expect("a writer");
        let mut group = writer.next_row_group().expect("a group");
        let texts = |all: [&str; 2]| all.map(|t| ByteArray::from(t.as_bytes().to_vec()));
        let columns: [[&str; 2]; 8] = [
            ["111122223333", "111122223333"],
            ["", ""],
            ["AmazonS3", "AmazonEC2"],
            ["Usage", "Usage"],
            ["EU-Requests-Tier1", "EU-BoxUsage:t3.micro"],
            ["USD", "USD"],
            ["", ""],
            ["111122223333", "111122223333"],
        ];
        for at in 0..11 {
            let mut column = group.next_column().expect("a column").expect("one more");
            match at {
                1 => {
                    let times = [1_772_442_900_000i64, 1_772_446_500_000];
                    column
                        .typed::<Int64Type>()
                        .write_batch(&times, Some(&[1, 1]), None)
                        .expect("times");
                }
                6 => {
                    column
                        .typed::<DoubleType>()
                        .write_batch(&[1.0e-8, 0.1], Some(&[1, 1]), None)
                        .expect("costs");
                }
                8 => {
                    column
                        .typed::<ByteArrayType>()
                        .write_batch(&texts(["a", "b"]), Some(&[1, 1]), None)
                        .expect("ids");
                }
                // Two tags, the first without a value: the second keeps its own. Then none.
                9 => {
                    let keys = texts(["user:env", "user:team"]);
                    column
                        .typed::<ByteArrayType>()
                        .write_batch(&keys, Some(&[2, 2, 0]), Some(&[0, 1, 0]))
                        .expect("keys");
                }
                10 => {
                    let values = [ByteArray::from(b"shop".to_vec())];
                    column
                        .typed::<ByteArrayType>()
                        .write_batch(&values, Some(&[2, 3, 0]), Some(&[0, 1, 0]))
                        .expect("values");
                }
                at => {
                    column
                        .typed::<ByteArrayType>()
                        .write_batch(&texts(columns[at]), Some(&[1, 1]), None)
                        .expect("texts");
                }
            }
            column.close().expect("closed");
        }
        group.close().expect("closed");
        writer.close().expect("closed");
        bytes
    }

    #[test]
    fn a_report_reads_as_its_sheet_would() {
        let bytes = report();
        assert_eq!(testing::detect("report.parquet", &bytes), Some("cur"));
        assert_eq!(testing::detect("", &bytes), Some("cur"));
        for chunk in [1, 100, 1 << 16] {
            let (shard, stats) = testing::read_as("cur", "", &bytes, chunk, &Options::default());
            assert_eq!((stats.kept, stats.rejected.total()), (2, 0));
            let rows = testing::dump(&shard, "cur");
            assert!(
                rows.contains("line_item_usage_start_date = 2026-03-02T09:15:00Z"),
                "{rows}"
            );
            assert!(rows.contains("resource_tags_user_team = \"shop\""), "{rows}");
            assert!(!rows.contains("resource_tags_user_env"), "{rows}");
            assert!(rows.contains("cost = 0.00000001"), "{rows}");
        }
    }

    #[test]
    fn no_beginning_of_a_report_is_too_much() {
        let bytes = report();
        for end in (0..bytes.len()).step_by(37) {
            testing::read_as("cur", "", &bytes[..end], 64, &Options::default());
        }
    }

    #[test]
    fn the_two_columns_of_a_map_are_one_cell() {
        let (heads, leaves) = heads(["a", "tags.key_value.key", "tags.key_value.value", "b.c"].into_iter());
        let heads: Vec<String> = heads
            .iter()
            .map(|h| String::from_utf8_lossy(h).into_owned())
            .collect();
        assert_eq!(heads, ["a", "tags", "b.c"]);
        assert_eq!(
            leaves,
            [Leaf::Cell(0), Leaf::Key(1), Leaf::Value(1), Leaf::Cell(2)]
        );
    }
}
