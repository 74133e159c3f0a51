use super::*;
use crate::base::Value;
use crate::formats::{self, LogFormat, SAMPLE_BYTES};
use crate::table::{ABSENT, ABSENT_INT, Column, RowSink, Shard, Stats};
use proptest::prelude::*;
use std::fmt::Write as _;
use std::path::Path;

const DEFAULT: &str =
    "2 111122223333 eni-0a1 10.0.1.5 10.0.2.9 49152 443 6 12 5120 1767225600 1767225655 ACCEPT OK\n";

fn sample(bytes: &[u8]) -> Sample<'_> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    Sample {
        path: "",
        head: &bytes[..bytes.len().min(SAMPLE_BYTES)],
        whole: bytes.len() <= SAMPLE_BYTES,
    }
}

/// What a member became: its rows as `offset+len name=value …`, and what was said about it.
#[derive(Debug, PartialEq)]
struct Read {
    rows: Vec<String>,
    stats: Stats,
}

fn read(kind: &'static Kind, bytes: &[u8], chunk: usize, options: &Options) -> Read {
    let mut shard = Shard::default();
    let mut stats = Stats::default();
    let mut reader = kind.reader(&sample(bytes), options);
    let (pool, table) = shard.table_mut(kind.facts);
    for chunk in bytes.chunks(chunk.max(1)) {
        reader.feed(chunk, &mut RowSink::new(pool, table, &mut stats, 0, 0));
    }
    reader.finish(&mut RowSink::new(pool, table, &mut stats, 0, 0));
    shard.seal();
    let mut rows = Vec::new();
    let table = shard.table(kind.facts.id).unwrap();
    for segment in &table.segments {
        for row in 0..segment.rows {
            let origin = segment.origin(row);
            let mut line = format!("{}+{}", origin.offset, origin.len);
            for (at, field) in table.fields.iter().enumerate() {
                let value = match segment.column(at) {
                    Some(Column::Codes(c)) if c.get(row) != i64::from(ABSENT) => {
                        Value::Text(shard.text(c.get(row) as u32).into_owned())
                    }
                    Some(Column::Ints(i)) if i.get(row) != ABSENT_INT => match field.ty {
                        crate::base::FieldType::Time => Value::Time(i.get(row)),
                        _ => Value::Int(i.get(row)),
                    },
                    _ => continue,
                };
                write!(line, " {}={}", field.name, value.to_text()).unwrap();
            }
            rows.push(line);
        }
    }
    Read { rows, stats }
}

fn vpc(bytes: &[u8]) -> Read {
    read(&formats::vpc_flow::KIND, bytes, usize::MAX, &Options::default())
}

fn detected(bytes: &[u8]) -> Option<&'static str> {
    let vpc = formats::vpc_flow::VpcFlow.probe(&sample(bytes));
    let tgw = formats::tgw_flow::TgwFlow.probe(&sample(bytes));
    match (vpc, tgw) {
        (None, None) => None,
        (v, t) => Some(if v > t { "vpc-flow" } else { "tgw-flow" }),
    }
}

fn options_of(fixture: &Path) -> Options {
    let format = std::fs::read_to_string(fixture.with_extension("format"));
    Options {
        flow_formats: format.into_iter().collect(),
        ..Options::default()
    }
}

fn check_fixture(kind: &'static Kind, path: &Path) {
    let bytes = std::fs::read(path).unwrap();
    let name = path.file_name().unwrap().to_str().unwrap();
    if name.starts_with("not-this-format") {
        assert_eq!(detected(&bytes), None, "{name}");
        return;
    }
    let options = options_of(path);
    let whole = read(kind, &bytes, usize::MAX, &options);
    for chunk in [1, 7, 64 * 1024] {
        assert_eq!(
            read(kind, &bytes, chunk, &options),
            whole,
            "{name} in chunks of {chunk}"
        );
    }
    for end in 0..bytes.len() {
        let cut = read(kind, &bytes[..end], 64, &options);
        assert!(cut.stats.kept <= whole.stats.kept + 1, "{name} cut at {end}");
    }
    let found = detected(&bytes);
    // A custom format without an id or an action looks like any list of numbers: it is opened by the person who has it.
    if name != "headerless-custom.log" || found.is_some() {
        assert_eq!(found, Some(kind.facts.id), "{name}");
    }
    let mut text = whole.rows.join("\n");
    write!(text, "\n\nkept {}", whole.stats.kept).unwrap();
    for n in &whole.stats.rejected.0 {
        write!(
            text,
            "\nrejected {} at {:?}: {}: {:?}",
            n.count, n.offsets, n.reason, n.first_text
        )
        .unwrap();
    }
    for r in &whole.stats.remarks {
        write!(text, "\nremark: {r}").unwrap();
    }
    insta::with_settings!({ snapshot_path => path.with_file_name("snapshots"), prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("rows", text);
    });
}

#[test]
fn vpc_fixtures() {
    insta::glob!("../../../tests/formats/vpc-flow", "*.log", |path| check_fixture(
        &formats::vpc_flow::KIND,
        path
    ));
}

#[test]
fn tgw_fixtures() {
    insta::glob!("../../../tests/formats/tgw-flow", "*.log", |path| check_fixture(
        &formats::tgw_flow::KIND,
        path
    ));
}

#[test]
fn a_line_too_long_is_rejected_and_the_next_is_read() {
    let mut text = DEFAULT.as_bytes().to_vec();
    text.extend(std::iter::repeat_n(b'7', 3 << 20));
    text.push(b'\n');
    text.extend_from_slice(DEFAULT.as_bytes());
    for chunk in [4096, 1 << 22] {
        let got = read(&formats::vpc_flow::KIND, &text, chunk, &Options::default());
        assert_eq!(got.stats.kept, 2);
        assert_eq!(got.stats.rejected.0.len(), 1);
        assert_eq!(got.stats.rejected.0[0].reason, "line longer than 1 MiB");
        assert_eq!(got.stats.rejected.0[0].offsets, [DEFAULT.len() as u64]);
    }
}

#[test]
fn hostile_headers_do_not_add_columns_without_end() {
    let mut text = String::new();
    for i in 0..1000 {
        writeln!(text, "version srcaddr dstaddr bytes x{i} y{i} z{i}").unwrap();
        writeln!(text, "2 10.0.0.1 10.0.0.2 1 a b c").unwrap();
    }
    let got = vpc(text.as_bytes());
    assert_eq!(got.stats.kept, 1000);
    assert_eq!(got.stats.rejected.total(), 1000 - 256 / 3);
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
    let got = read(&formats::vpc_flow::KIND, text, 7, &options);
    assert_eq!(
        got.rows[1],
        "40+39 srcaddr=10.0.0.3 dstaddr=10.0.0.4 bytes=841 start=2026-01-01T00:00:01Z action=REJECT"
    );
    assert!(got.stats.rejected.is_empty());
}

#[test]
fn formats_come_from_describe_flow_logs() {
    let answer = serde_json::json!({"FlowLogs": [
        {"LogFormat": "${version} ${srcaddr}"},
        {"LogFormat": "${version} ${srcaddr}"},
        {"LogFormat": 7},
        {},
        {"LogFormat": "${dstaddr}"},
    ]});
    assert_eq!(
        flow_formats_from_inventory(&answer),
        ["${version} ${srcaddr}", "${dstaddr}"]
    );
    assert!(flow_formats_from_inventory(&serde_json::json!([])).is_empty());
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
            _ if is_text => value.to_owned(),
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
            let got = vpc(format!("{header}{line}\n").as_bytes());
            match plainly(&line) {
                Some(cells) => {
                    let cells: Vec<String> = cells.iter().map(|(n, v)| format!(" {n}={v}")).collect();
                    let want = format!("{}+{}{}", header.len(), line.len(), cells.concat());
                    prop_assert_eq!(got.rows, [want]);
                }
                None => prop_assert_eq!((got.stats.kept, got.stats.rejected.total()), (0, 1)),
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
        let got = read(&formats::vpc_flow::KIND, &text, chunk, &options);
        let is_record = |l: &&[u8]| l.iter().any(|&b| b > b' ') && layout::header_names(l, KIND.facts.fields).is_none();
        let records = text.split(|&b| b == b'\n').filter(is_record).count() as u64;
        prop_assert_eq!(got.stats.kept + got.stats.rejected.total(), records);
        prop_assert_eq!(read(&formats::vpc_flow::KIND, &text, usize::MAX, &options), got);
    }
}

use crate::formats::vpc_flow::KIND;

/// `cargo test --release throughput -- --ignored --nocapture`
#[test]
#[ignore = "a measurement"]
fn throughput() {
    let mut text = String::new();
    let mut n = 0x2545_f491_4f6c_dd1du64;
    while text.len() < 200 << 20 {
        n ^= n << 13;
        n ^= n >> 7;
        n ^= n << 17;
        let (a, b, p) = (n % 2000, n >> 11 & 0xfff, n >> 40 & 0xffff);
        let start = 1_767_225_600 + text.len() / 10_000;
        writeln!(
            text,
            "2 111122223333 eni-{:017x} 10.0.{}.{} 172.31.{}.{} {p} 443 6 {} {} {start} {} ACCEPT OK",
            n % 600,
            a / 250,
            a % 250,
            b / 250,
            b % 250,
            n % 97,
            n % 99_991,
            start + 55
        )
        .unwrap();
    }
    for _ in 0..3 {
        let mut shard = Shard::default();
        let mut stats = Stats::default();
        let (pool, table) = shard.table_mut(KIND.facts);
        let mut reader = KIND.reader(&sample(text.as_bytes()), &Options::default());
        let begun = std::time::Instant::now();
        for chunk in text.as_bytes().chunks(256 << 10) {
            reader.feed(chunk, &mut RowSink::new(pool, table, &mut stats, 0, 0));
        }
        let secs = begun.elapsed().as_secs_f64();
        println!("{} rows, {:.0} MB/s", stats.kept, text.len() as f64 / 1e6 / secs);
    }
}
