//! Inputs to begin with: the fixtures of the tests, and containers made of them.

use super::diff::BETWEEN;
use flate2::{Compression, write::GzEncoder};
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use trailbeam::base::FieldType;
use trailbeam::share::block::{Block, BlockColumn, Cells, write};

type Seeds = Vec<(String, Vec<u8>)>;

fn entries(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display()));
    let mut paths: Vec<PathBuf> = entries.map(|e| e.expect("an entry").path()).collect();
    paths.sort();
    paths
}

fn root(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder)
}

/// Every fixture of every format.
fn fixtures() -> Seeds {
    let mut seeds = Seeds::new();
    for dir in entries(&root("formats")) {
        for file in entries(&dir).iter().filter(|p| p.is_file()) {
            let name = |p: &Path| p.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let bytes = std::fs::read(file).expect("a readable fixture");
            seeds.push((format!("{}-{}", name(&dir), name(file)), bytes));
        }
    }
    assert!(seeds.len() > 100, "the fixtures were not found");
    seeds
}

/// What a member can be.
pub fn exports() -> Seeds {
    let mut seeds = fixtures();
    let message =
        "2 111122223333 eni-1 192.0.2.1 192.0.2.2 443 49152 6 3 180 1700000000 1700000060 ACCEPT OK";
    let time = "2023-11-14T22:13:20.000Z";
    seeds.push((
        "logs-export".into(),
        format!("{time} {message}\n{time} {message}\n").into(),
    ));
    let events = format!(
        r#"{{"events":[{{"timestamp":1700000000000,"message":"{message}","ingestionTime":1}}],"nextForwardToken":"f/1"}}"#
    );
    seeds.push(("logs-answer".into(), events.into()));
    let delivery = format!(
        r#"{{"messageType":"DATA_MESSAGE","owner":"111122223333","logGroup":"g","logStream":"s","subscriptionFilters":["f"],"logEvents":[{{"id":"1","timestamp":1700000000000,"message":"{message}"}}]}}"#
    );
    seeds.push(("logs-delivery".into(), delivery.into()));
    seeds.push(("flow-parquet".into(), parquet()));
    seeds.push(("block".into(), block()));
    seeds
}

/// A shared block with a column of every type.
fn block() -> Vec<u8> {
    let texts = |codes: &[u32]| Cells::Texts {
        codes: codes.to_vec(),
        texts: vec![b"192.0.2.1".to_vec(), b"a\x1fb".to_vec()],
    };
    let column = |name: &str, ty, cells| BlockColumn {
        name: name.to_owned(),
        ty,
        cells,
    };
    let block = Block {
        kind: "vpc-flow".to_owned(),
        rows: 4,
        columns: vec![
            column("srcaddr", FieldType::Address, texts(&[1, 0, 1, 1])),
            column(
                "start",
                FieldType::Time,
                Cells::Ints(vec![1_700_000_000_000_000_000; 4]),
            ),
            column(
                "bytes",
                FieldType::Integer,
                Cells::Ints(vec![6, 1 << 40, i64::MIN, -3]),
            ),
            column("odd", FieldType::Bool, Cells::Ints(vec![0, 1, 1, i64::MIN])),
            column(
                "share",
                FieldType::Float,
                Cells::Floats(vec![0.5, f64::NAN, 0.25, 0.5]),
            ),
            column("tags", FieldType::List, texts(&[2, 1, 0, 2])),
            column("@message", FieldType::Text, texts(&[1, 2, 0, 1])),
        ],
    };
    write(&block).expect("a block")
}

/// A flow log of three rows in two row groups, with a null.
fn parquet() -> Vec<u8> {
    let schema =
        "message flow { optional binary srcaddr (utf8); required int64 start; optional int64 bytes; }";
    let schema = Arc::new(parse_message_type(schema).expect("a schema"));
    let properties = Arc::new(WriterProperties::builder().build());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, properties).expect("a writer");
    for rows in [2usize, 1] {
        let mut group = writer.next_row_group().expect("a row group");
        while let Some(mut column) = group.next_column().expect("a column") {
            let levels = vec![1; rows];
            if let parquet::column::writer::ColumnWriter::ByteArrayColumnWriter(_) = column.untyped() {
                let texts = vec![ByteArray::from("192.0.2.1"); rows];
                column
                    .typed::<ByteArrayType>()
                    .write_batch(&texts, Some(&levels), None)
                    .map(drop)
            } else {
                let times = vec![1_700_000_000; rows];
                column
                    .typed::<Int64Type>()
                    .write_batch(&times, Some(&levels), None)
                    .map(drop)
            }
            .expect("values are written");
            column.close().expect("a column ends");
        }
        group.close().expect("a row group ends");
    }
    writer.into_inner().expect("a file")
}

/// What a file can be: containers of fixtures, and containers of those.
pub fn containers() -> Seeds {
    let log = b"2 111122223333 eni-1 192.0.2.1 192.0.2.2 443 49152 6 3 180 1700000000 1700000060 ACCEPT OK\n"
        .repeat(3);
    let files: [(&str, &[u8]); 3] = [
        ("AWSLogs/a.log", &log),
        ("empty", b""),
        ("b.json", b"{\"Records\":[]}"),
    ];
    let (zip, stored, tar) = (
        zip(&files, zip::CompressionMethod::Deflated),
        zip(&files, zip::CompressionMethod::Stored),
        tar(&files),
    );
    let gzip_of_gzip = gzip(&gzip(&log));
    let mixed = self::tar(&[
        ("in.zip", &zip),
        ("in.gz", &gzip_of_gzip),
        ("in.bz2", &bzip2(&log)),
        ("in.zst", &zstd(&log)),
    ]);
    let page = page(&[
        ("manifest.json", b"{}"),
        ("records/a.parquet", &log),
        ("in.gz", &gzip(&log)),
    ]);
    [
        ("plain", log.clone()),
        ("report-gz", gzip(&page)),
        ("report", page),
        ("gzip", gzip(&log)),
        ("gzip-two", [gzip(&log), gzip(&log)].concat()),
        ("gzip-behind", [&gzip(&log)[..], b"more"].concat()),
        ("gzip-gzip", gzip_of_gzip),
        ("bzip2", bzip2(&log)),
        ("zstd", zstd(&log)),
        ("tar-gz", gzip(&tar)),
        (
            "zip-zip",
            self::zip(&[("in.zip", &zip), ("x", b"y")], zip::CompressionMethod::Stored),
        ),
        ("zip", zip),
        ("zip-stored", stored),
        ("tar", tar),
        ("mixed", mixed),
    ]
    .map(|(name, bytes)| (name.to_owned(), bytes))
    .into()
}

/// A shared file of these parts.
fn page(parts: &[(&str, &[u8])]) -> Vec<u8> {
    use trailbeam::base::{base64, page::*};
    let mut out = format!("{BEGINS}><body>{PRINTED_OPENS}<p>x</p>{PRINTED_CLOSES}");
    for (name, bytes) in parts {
        out.push_str(&[PART_OPENS, name, PART_OPENED, "\n"].concat());
        base64::encode(bytes, &mut out);
        out.push_str(PART_CLOSES);
    }
    out.push_str("</body>");
    out.push_str(ENDS);
    out.into_bytes()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::fast());
    writer.write_all(bytes).expect("memory");
    writer.finish().expect("memory")
}

fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut writer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    writer.write_all(bytes).expect("memory");
    writer.finish().expect("memory")
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        writer.append_data(&mut header, name, *bytes).expect("memory");
    }
    writer.into_inner().expect("memory")
}

fn zip(files: &[(&str, &[u8])], method: zip::CompressionMethod) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(method);
    for (name, bytes) in files {
        writer.start_file(*name, options).expect("memory");
        writer.write_all(bytes).expect("memory");
    }
    writer.finish().expect("memory").into_inner()
}

/// Documents of every kind.
pub fn documents() -> Seeds {
    let mut seeds = fixtures();
    seeds.retain(|(name, _)| name.ends_with("json") || name.ends_with("ndjson"));
    let odd = r#" {"":{"a":[1,-0,1.5e-3,true,false,null,[],{}],"\u00e9\ud83d\ude00\"":"\\\/\b\f\n\r\t","a":9223372036854775807},"b":[[[0]]]} "#;
    seeds.push(("odd".into(), odd.into()));
    seeds
}

/// Filters with every sign of the language.
pub fn filters() -> Seeds {
    let texts = [
        "action = REJECT and (dstport = 22 or dstport >= 3389) not srcaddr = 10.0.0.0/8",
        "userIdentity.arn ^ arn:aws:iam:: errorCode:* @timestamp < 2026-11-11T00:00:00Z",
        "eventName in (RunInstances, \"a b\", \"*\") or \"some \\\"words\\\\\" and not (a != - or b !: c)",
        "field\nvalue with = signs, (and) \"quotes\"",
        "*",
        "é ü = ß",
    ];
    texts
        .iter()
        .zip(0..)
        .map(|(text, n): (_, usize)| (n.to_string(), text.as_bytes().to_vec()))
        .collect()
}

/// Filter patterns and Insights queries, with lines to run over.
pub fn queries() -> Seeds {
    let texts = [
        "{ ($.eventName = \"Delete*\") && ($.a[*].b != 7 || $.c NOT EXISTS) }\n{\"eventName\":\"DeleteTrail\",\"a\":[{\"b\":8}]}\n{}",
        "[ip, user, ..., status = 4* || status = %5\\d\\d%, bytes > 1e3]\n10.0.0.1 - \"GET /\" 404 1500\n10.0.0.1 - x 500 1",
        "?ERROR ?WARN -\"ok then\" %took \\d+ ms%\nERROR took 12 ms\nWARN ok then",
        "fields @timestamp, strlen(@message) as n | filter n > 3 and @message like /(?i)err/ | stats count(*) as c, pct(n, 90) by bin(5m) | sort c desc\nERROR a\nerr b",
        "parse @message \"user=*, latency := *\" as who, ms | stats avg(ms), latest(who) by who | limit 5\nuser=a, latency := 12\nuser=b, latency := x",
        "pattern @message | sort @sampleCount desc\n2026-01-01 12:00:00 id 7f-1 took 5 ms\nid 8 took 6 ms",
        "fields jsonParse(@message) as j | unnest j.items into i | dedup i.id # all of them\n{\"items\":[{\"id\":1},{\"id\":1},{\"id\":2}]}",
        "filter isIpv4InSubnet(src, '10.0.0.0/8') and not (port in [22, 3389]) | tail 3\n{\"src\":\"10.1.2.3\",\"port\":443}",
    ];
    texts
        .iter()
        .zip(0..)
        .map(|(text, n): (_, usize)| (n.to_string(), text.as_bytes().to_vec()))
        .collect()
}

/// Links to the page.
pub fn links() -> Seeds {
    let texts = [
        "#/trail?filter=eventName%20%3D%20StopLogging&from=2026-11-11T00:00:00Z&to=2026-11-12T00:00:00.5Z&lanes=eventSource",
        "#/?zone=local&a=b%2Cc+d",
        "#/traffic",
        "",
    ];
    texts
        .iter()
        .zip(0..)
        .map(|(text, n): (_, usize)| (n.to_string(), text.as_bytes().to_vec()))
        .collect()
}

/// Texts with secrets in them, and the documents that have none.
pub fn secrets() -> Seeds {
    let mut seeds = documents();
    seeds.retain(|(_, bytes)| bytes.len() < 20_000);
    let texts = [
        r#"{"password":"a\"b","p":"{\"sessionToken\":\"0123456789abcdef\"}","pwd":5,"Authorization":["Basic YTpi"]}"#,
        "https://u:p@h/?X-Amz-Signature=0123456789abcdef&Signature=0123456789abcdef%3D --password x",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nAKIAIOSFODNN7EXAMPLE,0123456789012345678901234567890123456789",
        "Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln\n<Password>x</Password>%22pwd%22%3A%22x%22",
        r#"{"name":"DB_PASSWORD","value":"x"} ["--secret-key", "0123456789abcdef"]"#,
    ];
    for (n, text) in texts.iter().enumerate() {
        seeds.push((format!("secret-{n}"), text.as_bytes().to_vec()));
    }
    seeds
}

/// Manifests and notes.
pub fn manifests() -> Seeds {
    let notes = r#"[{"pin":{"moment":{"at":"2026-11-11T00:00:00Z"}},"text":"x"},{"pin":{"range":{"filter":"a = b","range":{"from":"2026-11-11T00:00:00Z","to":"2026-11-12T00:00:00Z"},"view":"trail"}},"text":""},{"pin":"report","text":"y"}]"#;
    let hash = "0a".repeat(32);
    let manifest = format!(
        r#"{{"author":"","blocks":[{{"bytes":4,"kind":"vpc-flow","name":"records/vpc-flow.parquet","rows":1,"sha256":"{hash}","summed":{{"dims":[{{"kept":1,"name":"srcaddr","of":2}}],"width_ns":60000000000}}}}],"coverage":[],"created":"2026-11-11T00:00:00Z","filter":"","findings_sha256":null,"inputs":[{{"bytes":"9007199254740993","duplicates":0,"error":null,"first":null,"kept":1,"kinds":["vpc-flow"],"last":null,"members":[{{"bytes":4,"duplicates":null,"error":null,"first":null,"kept":1,"kind":"vpc-flow","last":null,"path":"a","rejected":[{{"count":1,"offsets":[0],"reason":"r","text":null}}]}}],"name":"a","rejected":1,"same_as":null,"sha256":"{hash}"}}],"left_out":[],"masked":[],"notes_sha256":null,"originals":false,"printed_sha256":"{hash}","range":null,"records":"all","scope":"","title":"","tool":{{"name":"Trailbeam","program_sha256":null,"version":"0"}},"version":1,"views":[]}}"#
    );
    vec![
        ("notes".into(), notes.into()),
        ("manifest".into(), manifest.into()),
    ]
}

/// Both sides of the fixtures of differences.
pub fn pairs() -> Seeds {
    let mut seeds = Seeds::new();
    for dir in entries(&root("diff")) {
        let side = |name: &str| std::fs::read_to_string(dir.join(name)).unwrap_or_default();
        let text = [side("before.json"), side("after.json")].join(BETWEEN);
        let name = dir.file_name().unwrap_or_default().to_string_lossy().into_owned();
        seeds.push((name, text.into_bytes()));
    }
    assert!(seeds.len() >= 20, "the fixtures were not found");
    seeds
}
