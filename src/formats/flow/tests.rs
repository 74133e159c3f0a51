use super::*;
use crate::formats::tgw_flow::TgwFlow;
use crate::formats::vpc_flow::{FACTS, VpcFlow};
use crate::formats::{LogFormat, testing};
use crate::table::Stats;
use proptest::prelude::*;
use std::fmt::Write as _;
use std::path::Path;

const DEFAULT: &str =
    "2 111122223333 eni-0a1 10.0.1.5 10.0.2.9 49152 443 6 12 5120 1767225600 1767225655 ACCEPT OK\n";

/// The rows of VPC flow logs as text, and what was said about them.
fn vpc(bytes: &[u8], chunk: usize, options: &Options) -> (String, Stats) {
    let (shard, stats) = testing::read(&VpcFlow, "", bytes, chunk, options);
    (testing::dump(&shard, "vpc-flow"), stats)
}

fn detected(bytes: &[u8]) -> Option<&'static str> {
    testing::detect("", bytes)
}

fn options_of(fixture: &Path) -> Options {
    let format = std::fs::read_to_string(fixture.with_extension("format"));
    Options {
        flow_formats: format.into_iter().collect(),
        ..Options::default()
    }
}

fn check_fixture(format: &dyn LogFormat, path: &Path) {
    let bytes = std::fs::read(path).unwrap();
    let name = path.file_name().unwrap().to_str().unwrap();
    let found = detected(&bytes);
    if name.starts_with("not-this-format") {
        assert!(!matches!(found, Some("vpc-flow" | "tgw-flow")), "{name}");
        return;
    }
    assert_eq!(found, Some(format.facts().id), "{name}");
    let rows = testing::check(format, name, &bytes, &options_of(path));
    insta::with_settings!({ snapshot_path => path.with_file_name("snapshots"), prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("rows", rows);
    });
}

#[test]
fn vpc_fixtures() {
    insta::glob!("../../../tests/formats/vpc-flow", "*.log", |path| check_fixture(
        &VpcFlow, path
    ));
}

#[test]
fn tgw_fixtures() {
    insta::glob!("../../../tests/formats/tgw-flow", "*.log", |path| check_fixture(
        &TgwFlow, path
    ));
}

#[test]
fn a_line_too_long_is_rejected_and_the_next_is_read() {
    let mut text = DEFAULT.as_bytes().to_vec();
    text.extend(std::iter::repeat_n(b'7', 3 << 20));
    text.push(b'\n');
    text.extend_from_slice(DEFAULT.as_bytes());
    for chunk in [4096, 1 << 22] {
        let (_, stats) = vpc(&text, chunk, &Options::default());
        assert_eq!(stats.kept, 2);
        assert_eq!(stats.rejected.0.len(), 1);
        assert_eq!(stats.rejected.0[0].reason, "line longer than 1 MiB");
        assert_eq!(stats.rejected.0[0].offsets, [DEFAULT.len() as u64]);
    }
}

#[test]
fn hostile_headers_do_not_add_columns_without_end() {
    let mut text = String::new();
    for i in 0..1000 {
        writeln!(text, "version srcaddr dstaddr bytes x{i} y{i} z{i}").unwrap();
        writeln!(text, "2 10.0.0.1 10.0.0.2 1 a b c").unwrap();
    }
    let (_, stats) = vpc(text.as_bytes(), usize::MAX, &Options::default());
    assert_eq!(stats.kept, 1000);
    assert_eq!(stats.rejected.total(), 1000 - 256 / 3);
}

#[test]
fn the_format_that_fits_is_taken_whatever_its_place() {
    let text = b"10.0.0.1 10.0.0.2 840 1767225600 ACCEPT\n10.0.0.3 10.0.0.4 841 1767225601 REJECT\n";
    let swapped = "${dstaddr} ${srcaddr} ${start} ${bytes} ${action}".to_owned();
    let right = "${srcaddr} ${dstaddr} ${bytes} ${start} ${action}".to_owned();
    let options = Options {
        flow_formats: vec!["${version}".to_owned(), swapped, right],
        ..Options::default()
    };
    let (rows, stats) = vpc(text, 7, &options);
    let want = [
        "@40+39",
        "  srcaddr = \"10.0.0.3\"",
        "  dstaddr = \"10.0.0.4\"",
        "  bytes = 841",
        "  start = 2026-01-01T00:00:01Z",
        "  action = \"REJECT\"\n",
    ];
    assert!(rows.ends_with(&want.join("\n")), "{rows}");
    assert!(stats.rejected.is_empty());
}

/// The same rule said plainly: split, parse, compare.
fn plainly(line: &str) -> Option<Vec<(&str, String)>> {
    const NAMES: [&str; 14] = [
        "version",
        "account-id",
        "interface-id",
        "srcaddr",
        "dstaddr",
        "srcport",
        "dstport",
        "protocol",
        "packets",
        "bytes",
        "start",
        "end",
        "action",
        "log-status",
    ];
    let values: Vec<&str> = line.split_ascii_whitespace().collect();
    if values.len() != NAMES.len() {
        return None;
    }
    let mut out = Vec::new();
    for (name, value) in NAMES.into_iter().zip(values) {
        if value == "-" {
            continue;
        }
        let is_text = matches!(
            name,
            "account-id" | "interface-id" | "srcaddr" | "dstaddr" | "action" | "log-status"
        );
        let text = match name {
            _ if is_text => format!("{value:?}"),
            _ if !value.bytes().all(|b| b.is_ascii_digit()) => return None,
            "start" | "end" => crate::base::time::iso(crate::base::time::from_epoch(value.parse().ok()?)?),
            _ => value.parse::<i64>().ok()?.to_string(),
        };
        out.push((name, text));
    }
    Some(out)
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => Just("-".to_owned()),
        4 => any::<u16>().prop_map(|n| n.to_string()),
        2 => any::<i64>().prop_map(|n| n.to_string()),
        1 => "[0-9]{18,21}",
        2 => "10\\.0\\.0\\.[0-9]{1,2}",
        1 => "[a-zA-Z0-9:.-]{1,50}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn lines_read_as_they_would_plainly(
        numbers in prop::collection::vec(prop::collection::vec(value(), 14), 1..6), texts in value()
    ) {
        let header = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n";
        for mut values in numbers {
            // Half the lines get numbers where numbers belong, or hardly any would be kept.
            if values[0].starts_with('-') || values[0].len() == 5 {
                for at in [0, 5, 6, 7, 8, 9, 10, 11] {
                    values[at] = (at * 1_000_003).to_string();
                }
            }
            values[3].clone_from(&texts);
            let line = values.join(" ");
            let (rows, stats) = vpc(format!("{header}{line}\n").as_bytes(), usize::MAX, &Options::default());
            match plainly(&line) {
                Some(cells) => {
                    let cells: Vec<String> = cells.iter().map(|(n, v)| format!("  {n} = {v}\n")).collect();
                    prop_assert_eq!(rows, format!("@{}+{}\n{}", header.len(), line.len(), cells.concat()));
                }
                None => prop_assert_eq!((stats.kept, stats.rejected.total()), (0, 1)),
            }
        }
    }

    #[test]
    fn any_bytes_are_kept_or_rejected(
        bytes in prop::collection::vec(prop_oneof![Just(b'\n'), Just(b' '), Just(b'1'), any::<u8>()], 0..600),
        chunk in 1usize..80,
    ) {
        let mut text = DEFAULT.as_bytes().to_vec();
        text.extend_from_slice(&bytes);
        let options = Options::default();
        let (rows, stats) = vpc(&text, chunk, &options);
        let is_record = |l: &&[u8]| l.iter().any(|&b| b > b' ') && layout::header_names(l, FACTS.fields).is_none();
        let records = text.split(|&b| b == b'\n').filter(is_record).count() as u64;
        prop_assert_eq!(stats.kept + stats.rejected.total(), records);
        prop_assert_eq!(vpc(&text, usize::MAX, &options), (rows, stats));
    }
}

mod parquet_files {
    use super::*;
    use ::parquet::data_type::{ByteArray, ByteArrayType, Int32Type, Int64Type};
    use ::parquet::file::properties::WriterProperties;
    use ::parquet::file::writer::SerializedFileWriter;
    use ::parquet::schema::parser::parse_message_type;
    use std::sync::Arc;

    /// The columns of a test file: a schema line, and the values of its rows.
    enum Values {
        I32(Vec<Option<i32>>),
        I64(Vec<Option<i64>>),
        Text(Vec<Option<&'static str>>),
    }

    /// Writes a Parquet file in row groups of two rows.
    fn write(columns: &[(&str, Values)]) -> Vec<u8> {
        let schema: String = columns
            .iter()
            .map(|(name, values)| match values {
                Values::I32(_) => format!("optional int32 {name};"),
                Values::I64(_) => format!("optional int64 {name};"),
                Values::Text(_) => format!("optional binary {name} (utf8);"),
            })
            .collect();
        let schema = Arc::new(parse_message_type(&format!("message flow {{ {schema} }}")).unwrap());
        let mut bytes = Vec::new();
        let mut writer =
            SerializedFileWriter::new(&mut bytes, schema, Arc::new(WriterProperties::builder().build()))
                .unwrap();
        let rows = columns.iter().map(|(_, v)| v.len()).max().unwrap();
        for from in (0..rows).step_by(2) {
            let mut group = writer.next_row_group().unwrap();
            for (_, values) in columns {
                let mut column = group.next_column().unwrap().unwrap();
                let to = rows.min(from + 2);
                match values {
                    Values::I32(v) => {
                        let (there, levels) = split(&v[from..to], |v| *v);
                        column
                            .typed::<Int32Type>()
                            .write_batch(&there, Some(&levels), None)
                            .unwrap();
                    }
                    Values::I64(v) => {
                        let (there, levels) = split(&v[from..to], |v| *v);
                        column
                            .typed::<Int64Type>()
                            .write_batch(&there, Some(&levels), None)
                            .unwrap();
                    }
                    Values::Text(v) => {
                        let (there, levels) = split(&v[from..to], |v| ByteArray::from(*v));
                        column
                            .typed::<ByteArrayType>()
                            .write_batch(&there, Some(&levels), None)
                            .unwrap();
                    }
                }
                column.close().unwrap();
            }
            group.close().unwrap();
        }
        writer.close().unwrap();
        bytes
    }

    fn split<V, T>(values: &[Option<V>], to: impl Fn(&V) -> T) -> (Vec<T>, Vec<i16>) {
        let there = values.iter().flatten().map(to).collect();
        (there, values.iter().map(|v| i16::from(v.is_some())).collect())
    }

    impl Values {
        fn len(&self) -> usize {
            match self {
                Values::I32(v) => v.len(),
                Values::I64(v) => v.len(),
                Values::Text(v) => v.len(),
            }
        }
    }

    fn flows() -> Vec<u8> {
        write(&[
            ("version", Values::I32(vec![Some(5); 3])),
            ("account_id", Values::Text(vec![Some("111122223333"); 3])),
            (
                "srcaddr",
                Values::Text(vec![Some("10.0.0.1"), Some("10.0.0.9"), Some("10.0.0.1")]),
            ),
            (
                "dstaddr",
                Values::Text(vec![Some("10.0.0.2"), Some("10.0.0.9"), None]),
            ),
            ("bytes", Values::I64(vec![Some(i64::MAX), Some(7), None])),
            (
                "start",
                Values::I64(vec![
                    Some(1_767_225_600),
                    Some(1_767_225_660),
                    Some(1_767_225_720_123),
                ]),
            ),
            (
                "log_status",
                Values::Text(vec![Some("OK"), Some("SKIPDATA"), Some("NODATA")]),
            ),
            (
                "pkt_dst_aws_service",
                Values::Text(vec![Some("S3"), None, Some("-")]),
            ),
            ("team", Values::Text(vec![Some("shop"), None, None])),
        ])
    }

    #[test]
    fn columns_become_the_fields_they_are() {
        let bytes = flows();
        assert_eq!(detected(&bytes), Some("vpc-flow"));
        let (rows, stats) = vpc(&bytes, 7, &Options::default());
        insta::assert_snapshot!(rows, @r#"
        @0+0
          version = 5
          account-id = "111122223333"
          srcaddr = "10.0.0.1"
          dstaddr = "10.0.0.2"
          bytes = 9223372036854775807
          start = 2026-01-01T00:00:00Z
          log-status = "OK"
          pkt-dst-aws-service = "S3"
          team = "shop"
        @1+0
          version = 5
          account-id = "111122223333"
          start = 2026-01-01T00:01:00Z
          log-status = "SKIPDATA"
        @2+0
          version = 5
          account-id = "111122223333"
          start = 2026-01-01T00:02:00.123Z
          log-status = "NODATA"
        "#);
        assert_eq!(stats.kept, 3);
        assert_eq!(stats.words(), ["1 NODATA, 1 SKIPDATA rows"]);
        assert!(stats.rejected.is_empty());
    }

    #[test]
    fn renamed_and_text_columns_are_understood() {
        let bytes = write(&[
            ("account", Values::I64(vec![Some(1_234), Some(111_122_223_333)])),
            (
                "sourceaddress",
                Values::Text(vec![Some("10.0.0.1"), Some("10.0.0.2")]),
            ),
            ("destinationport", Values::Text(vec![Some("443"), Some("https")])),
            ("endtime", Values::I64(vec![Some(1_767_225_600_000_000), Some(1)])),
        ]);
        let (rows, stats) = vpc(&bytes, usize::MAX, &Options::default());
        insta::assert_snapshot!(rows, @r#"
        @0+0
          account-id = "000000001234"
          srcaddr = "10.0.0.1"
          dstport = 443
          start = 2026-01-01T00:00:00Z
          end = 2026-01-01T00:00:00Z
        "#);
        assert_eq!(stats.rejected.0.len(), 1);
        let note = &stats.rejected.0[0];
        assert_eq!(
            (&*note.reason, &note.offsets[..], &*note.first_text),
            ("dstport is not a number", &[1][..], "https")
        );
        assert_eq!(
            stats.remarks,
            ["the format has no start: end stands in its place"]
        );
    }

    #[test]
    fn transit_gateway_columns_are_told_apart() {
        let bytes = write(&[
            ("tgw_id", Values::Text(vec![Some("tgw-0a1")])),
            ("srcaddr", Values::Text(vec![Some("10.0.0.1")])),
            ("packets_lost_blackhole", Values::I64(vec![Some(3)])),
            ("start", Values::I64(vec![Some(1_767_225_600)])),
        ]);
        assert_eq!(detected(&bytes), Some("tgw-flow"));
        let (shard, _) = testing::read(&TgwFlow, "", &bytes, 64, &Options::default());
        assert!(testing::dump(&shard, "tgw-flow").contains("packets-lost-blackhole = 3"));
    }

    #[test]
    fn other_parquet_files_are_refused_with_their_columns() {
        let bytes = write(&[
            ("line_item_usage_type", Values::Text(vec![Some("x")])),
            ("region", Values::Text(vec![Some("eu-west-1")])),
        ]);
        assert_eq!(detected(&bytes), None);
        let (_, stats) = vpc(&bytes, 64, &Options::default());
        assert_eq!(
            stats.rejected.0[0].reason,
            "Parquet file without flow-log columns: has line_item_usage_type, region"
        );
    }

    #[test]
    fn a_damaged_file_is_noted() {
        let bytes = flows();
        for end in (4..bytes.len()).step_by(3) {
            let (_, stats) = vpc(&bytes[..end], usize::MAX, &Options::default());
            assert_eq!((stats.kept, stats.rejected.total()), (0, 1), "cut at {end}");
        }
        // Whatever byte is wrong: an error or other values, never a panic.
        for at in 4..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << (at % 8);
            vpc(&damaged, usize::MAX, &Options::default());
        }
    }
}
