//! Blocks from end to end: shared records are opened, asked, and their originals read; and how large and how fast.

use std::time::Instant;
use trailbeam::base::FieldType;
use trailbeam::base::block::{MESSAGE, OFFSET, SOURCE};
use trailbeam::engine::local::Local;
use trailbeam::engine::port::Range;
use trailbeam::formats::testing;
use trailbeam::formats::{self, Options};
use trailbeam::query::{Agg, Query};
use trailbeam::share::block::{Block, BlockColumn, Cells, write};
use trailbeam::table::{ABSENT, Column, Shard};

/// A table of a shard as the block that would be shared of it, with where each row was read.
fn block_of(shard: &Shard, kind: &str) -> Block {
    let table = shard.table(kind).expect("a table of this kind");
    let rows = || {
        table
            .segments
            .iter()
            .flat_map(|s| (0..s.rows).map(move |row| (s, row)))
    };
    let mut columns: Vec<BlockColumn> = Vec::new();
    for (at, field) in table.fields.iter().enumerate() {
        let cells = if field.ty.is_text() {
            let code = |c: &Column, row| c.code(row);
            let codes: Vec<u32> = rows()
                .map(|(s, row)| s.column(at).map_or(ABSENT, |c| code(c, row)))
                .collect();
            // The pool's codes as they are: most of its texts are other columns'.
            let texts = (1..shard.pool.len() as u32)
                .map(|c| shard.pool.get(c).to_vec())
                .collect();
            Cells::Texts { codes, texts }
        } else {
            let value = |c: &Column, row| match c {
                Column::Ints(ints) => ints.get(row),
                _ => panic!("no flow log has floats"),
            };
            Cells::Ints(
                rows()
                    .map(|(s, row)| {
                        s.column(at)
                            .map_or(trailbeam::table::ABSENT_INT, |c| value(c, row))
                    })
                    .collect(),
            )
        };
        let there = match &cells {
            Cells::Texts { codes, .. } => codes.iter().any(|c| *c != 0),
            Cells::Ints(ints) => ints.iter().any(|i| *i != trailbeam::table::ABSENT_INT),
            Cells::Floats(_) => true,
        };
        if there {
            columns.push(BlockColumn {
                name: field.name.clone(),
                ty: field.ty,
                cells,
            });
        }
    }
    Block {
        kind: kind.to_owned(),
        rows: rows().count(),
        columns,
    }
}

/// Reads flow logs below the folder `TRAILBEAM_LOGS`, writes them as one block and reads that.
#[test]
#[ignore = "measures; needs TRAILBEAM_LOGS"]
fn flow_logs_as_a_block() {
    use std::io::Read;
    fn files(dir: &std::path::Path, out: &mut Vec<std::path::PathBuf>) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => files(&path, out),
                false if path.extension().is_some_and(|e| e == "gz") => out.push(path),
                false => {}
            }
        }
    }
    let root = std::env::var("TRAILBEAM_LOGS").expect("TRAILBEAM_LOGS");
    let mut paths = Vec::new();
    files(std::path::Path::new(&root), &mut paths);
    paths.sort();
    let mut shard = Shard::default();
    let mut stats = trailbeam::table::Stats::default();
    let format = formats::FORMATS
        .iter()
        .find(|f| f.facts().id == "vpc-flow")
        .unwrap();
    for (member, path) in (0..).zip(&paths) {
        let mut text = Vec::new();
        flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap())
            .read_to_end(&mut text)
            .unwrap();
        let mut reader = format.reader(&testing::sample("", &text), &Options::default());
        let (pool, table) = shard.table_mut(format.facts());
        let mut sink = trailbeam::table::RowSink::new(pool, table, &mut stats, member, 7);
        reader.feed(&text, &mut sink);
        reader.finish(&mut sink);
    }
    shard.seal();
    let mut block = block_of(&shard, "vpc-flow");
    let segments = &shard.table("vpc-flow").unwrap().segments;
    let origins: Vec<_> = (segments.iter())
        .flat_map(|s| (0..s.rows).map(move |row| s.origin(row)))
        .collect();
    block.columns.push(BlockColumn {
        name: SOURCE.to_owned(),
        ty: FieldType::Text,
        cells: Cells::Texts {
            codes: origins.iter().map(|o| o.member + 1).collect(),
            texts: paths
                .iter()
                .map(|p| p.display().to_string().into_bytes())
                .collect(),
        },
    });
    block.columns.push(BlockColumn {
        name: OFFSET.to_owned(),
        ty: FieldType::Integer,
        cells: Cells::Ints(origins.iter().map(|o| o.offset as i64).collect()),
    });
    let start = Instant::now();
    let bytes = write(&block).unwrap();
    println!(
        "{} rows, {} columns: {} bytes written in {:?}",
        block.rows,
        block.columns.len(),
        bytes.len(),
        start.elapsed()
    );
    if let Ok(to) = std::env::var("TRAILBEAM_BLOCK") {
        std::fs::write(to, &bytes).unwrap();
    }
    for _ in 0..3 {
        let start = Instant::now();
        let format = formats::detect(&testing::sample("", &bytes)).unwrap();
        let (read, stats) = testing::read(format, "", &bytes, usize::MAX, &Options::default());
        println!("{} rows read in {:?}", stats.kept, start.elapsed());
        assert_eq!(stats.kept as usize, block.rows);
        assert!(stats.rejected.is_empty(), "{:?}", stats.rejected);
        let mut again = block_of(&read, "vpc-flow");
        again
            .columns
            .truncate(shard.table("vpc-flow").unwrap().fields.len());
        assert_eq!(again.rows, block.rows);
    }
    assert!(MESSAGE.starts_with('@'));
}

fn flows(messages: bool) -> Block {
    let rows = 1000usize;
    let column = |name: &str, ty, cells| BlockColumn {
        name: name.to_owned(),
        ty,
        cells,
    };
    let text = |codes: Vec<u32>, texts: Vec<String>| Cells::Texts {
        codes,
        texts: texts.into_iter().map(String::into_bytes).collect(),
    };
    let hosts = (0..10).map(|n| format!("10.0.0.{n}")).collect();
    let mut columns = vec![
        column(
            "srcaddr",
            FieldType::Address,
            text((0..rows).map(|n| n as u32 % 10 + 1).collect(), hosts),
        ),
        column(
            "bytes",
            FieldType::Integer,
            Cells::Ints((0..rows as i64).collect()),
        ),
        column(
            "start",
            FieldType::Time,
            Cells::Ints(
                (0..rows as i64)
                    .map(|n| (1_700_000_000 + n) * 1_000_000_000)
                    .collect(),
            ),
        ),
        column(
            SOURCE,
            FieldType::Text,
            text(vec![1; rows], vec!["logs.zip/a.log".to_owned()]),
        ),
        column(
            OFFSET,
            FieldType::Integer,
            Cells::Ints((0..rows as i64).map(|n| n * 100).collect()),
        ),
    ];
    if messages {
        let lines = (0..rows).map(|n| format!("line {n}")).collect();
        columns.push(column(
            MESSAGE,
            FieldType::Text,
            text((1..=rows as u32).collect(), lines),
        ));
    }
    Block {
        kind: "vpc-flow".to_owned(),
        rows,
        columns,
    }
}

#[test]
fn a_block_is_opened_asked_and_its_originals_read() {
    for shards in [1, 3] {
        let mut local = Local::new(shards);
        let ids = local.open(vec![("shared.parquet".into(), write(&flows(true)).unwrap())]);
        let item = local.items().remove(0);
        assert_eq!(item.records(), 1000);
        assert_eq!(item.members().next().unwrap().kind.as_deref(), Some("vpc-flow"));
        let index = item.members().next().unwrap().index;
        let count = |local: &mut Local, filter: &str| {
            let filter = trailbeam::query::text::parse(filter).unwrap();
            let query = Query::groups(&["vpc-flow"], Vec::new(), vec![Agg::Count]).filter(filter);
            local.ask(&query).matched
        };
        assert_eq!(count(&mut local, "srcaddr = 10.0.0.3"), 100);
        assert_eq!(count(&mut local, "@source = logs.zip/a.log and bytes >= 990"), 10);
        assert_eq!(count(&mut local, "@sourceOffset = 99900"), 1);
        // The row's own place is its number in the block.
        assert_eq!(count(&mut local, "@offset = 999"), 1);
        let range = |row, len| Range {
            index,
            offset: row,
            len,
        };
        let texts = local.fetch(ids[0], vec![range(999, 8), range(7, 6), range(7, 6)]);
        assert_eq!(
            texts,
            [
                Ok(b"line 999".to_vec()),
                Ok(b"line 7".to_vec()),
                Ok(b"line 7".to_vec())
            ]
        );
    }
}

#[test]
fn originals_that_were_not_shared_are_not_made_up() {
    let mut local = Local::new(1);
    let ids = local.open(vec![("shared.parquet".into(), write(&flows(false)).unwrap())]);
    let index = local.items()[0].members().next().unwrap().index;
    let texts = local.fetch(
        ids[0],
        vec![Range {
            index,
            offset: 3,
            len: 10,
        }],
    );
    assert_eq!(texts, [Err("The original text was not shared.".to_owned())]);
}

#[test]
fn a_block_of_an_unknown_kind_says_so() {
    let mut block = flows(false);
    block.kind = "of-tomorrow".to_owned();
    let mut local = Local::new(1);
    local.open(vec![("shared.parquet".into(), write(&block).unwrap())]);
    let error = local.items()[0]
        .members()
        .next()
        .unwrap()
        .error
        .clone()
        .unwrap_or_default();
    assert!(error.contains("a block of the kind “of-tomorrow”"), "{error}");
}
