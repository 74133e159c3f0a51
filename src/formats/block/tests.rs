use super::*;
use crate::base::block::{COUNT, FIELDS_KEY, KIND, MAX_ROWS, OFFSET, SOURCE, SOURCE_OFFSET};
use crate::base::{FieldType, Value};
use crate::formats::testing;
use crate::share::block::{Block, BlockColumn, Cells, WriteError, write};
use crate::table::{ABSENT_INT, Shard, Stats};
use proptest::prelude::*;

fn column(name: &str, ty: FieldType, cells: Cells) -> BlockColumn {
    BlockColumn {
        name: name.to_owned(),
        ty,
        cells,
    }
}

/// A column of texts, `None` where there is none.
fn texts_of(name: &str, ty: FieldType, values: &[Option<&str>]) -> BlockColumn {
    let mut texts = Vec::new();
    let mut code = |v: &Option<&str>| match v {
        Some(text) => {
            texts.push(text.as_bytes().to_vec());
            texts.len() as u32
        }
        None => 0,
    };
    let codes = values.iter().map(&mut code).collect();
    column(name, ty, Cells::Texts { codes, texts })
}

fn block(kind: &str, rows: usize, columns: Vec<BlockColumn>) -> Block {
    Block {
        kind: kind.to_owned(),
        rows,
        columns,
    }
}

/// Three flows, with every column that a block has for itself.
fn flows() -> Block {
    let columns = vec![
        texts_of(
            "srcaddr",
            FieldType::Address,
            &[Some("10.0.0.1"), None, Some("10.0.0.1")],
        ),
        column(
            "bytes",
            FieldType::Integer,
            Cells::Ints(vec![840, ABSENT_INT, i64::MAX]),
        ),
        column(
            "start",
            FieldType::Time,
            Cells::Ints(vec![1_767_225_600_000_000_000; 3]),
        ),
        column(
            "ratio",
            FieldType::Float,
            Cells::Floats(vec![0.5, f64::NAN, -0.0]),
        ),
        column("odd", FieldType::Bool, Cells::Ints(vec![1, ABSENT_INT, 0])),
        texts_of("tags", FieldType::List, &[Some("a\x1fb"), Some(""), None]),
        column(COUNT, FieldType::Integer, Cells::Ints(vec![1, 2, 3])),
        texts_of(SOURCE, FieldType::Text, &[Some("a.log"); 3]),
        column(OFFSET, FieldType::Integer, Cells::Ints(vec![0, 100, 200])),
        texts_of(
            "@message",
            FieldType::Text,
            &[Some("first"), None, Some("the third")],
        ),
    ];
    block("vpc-flow", 3, columns)
}

/// Reads a block as what it is recognised as.
fn read(bytes: &[u8], chunk: usize) -> (Shard, Stats) {
    let format = crate::formats::detect(&testing::sample("", bytes)).expect("a block");
    testing::read(format, "", bytes, chunk, &Options::default())
}

/// A cell as it has to be read.
fn expected(column: &BlockColumn, row: usize) -> Value {
    let lossy = |text: &[u8]| String::from_utf8_lossy(text).into_owned();
    match &column.cells {
        Cells::Ints(v) => match (v[row], column.ty) {
            (ABSENT_INT, _) => Value::Absent,
            (b, FieldType::Bool) => Value::Bool(b != 0),
            (t, FieldType::Time) => Value::Time(t),
            (i, _) => Value::Int(i),
        },
        Cells::Floats(v) if v[row].is_nan() => Value::Absent,
        Cells::Floats(v) => Value::Float(v[row]),
        Cells::Texts { codes, texts } => match (codes[row] as usize).checked_sub(1) {
            None => Value::Absent,
            Some(at) if column.ty == FieldType::List => {
                Value::List(texts[at].split(|b| *b == 0x1f).map(lossy).collect())
            }
            Some(at) => Value::Text(lossy(&texts[at])),
        },
    }
}

/// Writes a block, reads it in chunks of `chunk` bytes, and compares every cell.
fn comes_back(block: &Block, chunk: usize) {
    let bytes = write(block).expect("a block that can be written");
    assert_eq!(kind_of(&bytes[..100.min(bytes.len())]), Some(block.kind.as_str()));
    let (shard, stats) = read(&bytes, chunk);
    // A row with a count is the sum of so many records.
    let counts = block.columns.iter().find(|c| c.name == COUNT).map(|c| &c.cells);
    let records = match counts {
        Some(Cells::Ints(counts)) => counts.iter().sum(),
        _ => block.rows as i64,
    };
    assert_eq!((stats.kept as i64, stats.rejected.0), (records, Vec::new()));
    assert_eq!(stats.remarks, Vec::<String>::new());
    let table = shard.table(&block.kind).expect("a table of this kind");
    let places: Vec<_> = (table.segments.iter())
        .flat_map(|s| (0..s.rows).map(move |row| (s, row)))
        .collect();
    for column in &block.columns {
        let name = match column.name.as_str() {
            OFFSET => SOURCE_OFFSET,
            name => name,
        };
        let field = table.field(name);
        for (row, (segment, at)) in places.iter().enumerate() {
            let want = expected(column, row);
            let origin = segment.origin(*at);
            assert_eq!(origin.offset, row as u64);
            match name {
                MESSAGE => {
                    let want = want.as_str().map_or(0, str::len);
                    assert_eq!(origin.len, want as u64, "the length of row {row}");
                }
                COUNT => {}
                _ => {
                    let field = field.unwrap_or_else(|| panic!("no field {name}"));
                    let got = table.value(&shard.pool, segment, *at, field);
                    // As text, so that 0.0 is not -0.0.
                    assert_eq!(format!("{got:?}"), format!("{want:?}"), "{name} of row {row}");
                }
            }
        }
    }
    if let Some(message) = block.columns.iter().find(|c| c.name == MESSAGE) {
        let rows: Vec<u64> = (0..block.rows as u64).step_by(3).collect();
        for (row, text) in rows.iter().zip(texts(&bytes, &rows)) {
            let want = match expected(message, *row as usize) {
                Value::Text(text) => Ok(text.into_bytes()),
                _ => Err(NOT_SHARED.to_owned()),
            };
            assert_eq!(text, want, "the text of row {row}");
        }
    }
}

#[test]
fn every_type_comes_back() {
    comes_back(&flows(), usize::MAX);
    let bytes = write(&flows()).unwrap();
    let format = of("vpc-flow").unwrap();
    let rows = testing::check(format, "", &bytes, &Options::default());
    assert!(rows.contains("@0+5\n"), "{rows}");
    assert!(rows.contains("tags = [\"a\", \"b\"]"), "{rows}");
    assert!(rows.contains("@sourceOffset = 100"), "{rows}");
    assert!(!rows.contains("the third"), "{rows}");
}

#[test]
fn equal_blocks_give_equal_bytes() {
    let mut other = flows();
    // Texts that no row has, and others in another place, do not change what is written.
    if let Cells::Texts { codes, texts } = &mut other.columns[0].cells {
        texts.insert(0, b"unused".to_vec());
        codes.iter_mut().filter(|c| **c > 0).for_each(|c| *c += 1);
    }
    assert_eq!(write(&flows()).unwrap(), write(&other).unwrap());
}

#[test]
fn no_beginning_and_no_changed_byte_does_harm() {
    let bytes = write(&flows()).unwrap();
    let format = of("vpc-flow").unwrap();
    let harmless = |bytes: &[u8]| {
        let (shard, stats) = testing::read(format, "", bytes, usize::MAX, &Options::default());
        let rows = shard.table("vpc-flow").map_or(0, |t| t.shown());
        assert_eq!(rows, stats.kept);
        drop(texts(bytes, &[0, 2, 9]));
        stats
    };
    for end in 0..bytes.len() {
        assert_eq!(harmless(&bytes[..end]).kept, 0);
    }
    for at in 0..bytes.len() {
        for bit in [0, 3, 7] {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            harmless(&changed);
        }
    }
}

#[test]
fn pages_and_row_numbers_run_through() {
    let rows = 70_000usize;
    let ints = |f: &dyn Fn(usize) -> i64| Cells::Ints((0..rows).map(f).collect());
    let texts: Vec<Vec<u8>> = (0..5000)
        .map(|n| format!("10.0.{}.{}", n / 250, n % 250).into())
        .collect();
    let messages: Vec<Vec<u8>> = (0..rows).map(|n| format!("message {n}").into()).collect();
    let lists: Vec<Vec<u8>> = (0..300usize)
        .map(|n| {
            (0..n % 7)
                .map(|i| format!("item {}", i * n))
                .collect::<Vec<_>>()
                .join("\x1f")
                .into()
        })
        .collect();
    let columns = vec![
        column(
            "end",
            FieldType::Time,
            ints(&|n| (n as i64 / 6 + n as i64 % 50) * 1_000_000_000),
        ),
        column(
            "packets",
            FieldType::Integer,
            ints(&|n| {
                if n % 11 == 0 {
                    ABSENT_INT
                } else {
                    (n * n) as i64 % 91
                }
            }),
        ),
        column(
            "bytes",
            FieldType::Integer,
            ints(&|n| (n as i64).wrapping_mul(0x9e37_79b9_7f4a_7c15u64 as i64)),
        ),
        column("same", FieldType::Bool, ints(&|_| 1)),
        column("odd", FieldType::Bool, ints(&|n| n as i64 % 3 % 2)),
        column(
            "srcaddr",
            FieldType::Address,
            Cells::Texts {
                codes: (0..rows).map(|n| (n * n % 5001) as u32).collect(),
                texts,
            },
        ),
        column(
            "lists",
            FieldType::List,
            Cells::Texts {
                codes: (0..rows).map(|n| (n * 31 % 301) as u32).collect(),
                texts: lists,
            },
        ),
        column(
            MESSAGE,
            FieldType::Text,
            Cells::Texts {
                codes: (1..=rows as u32).collect(),
                texts: messages,
            },
        ),
    ];
    comes_back(&block("vpc-flow", rows, columns), 1 << 16);
}

#[test]
fn what_a_block_can_not_hold_is_refused() {
    let ints = |len| Cells::Ints(vec![1; len]);
    let of = |rows, columns| write(&block("vpc-flow", rows, columns)).unwrap_err();
    assert_eq!(of(0, Vec::new()), WriteError::Empty);
    assert_eq!(
        of(MAX_ROWS + 1, Vec::new()),
        WriteError::TooManyRows(MAX_ROWS + 1)
    );
    let whys = [
        vec![column("a", FieldType::Integer, ints(2))],
        vec![column("a", FieldType::Text, ints(1))],
        vec![column(KIND, FieldType::Integer, ints(1))],
        vec![
            column("a", FieldType::Integer, ints(1)),
            column("a", FieldType::Bool, ints(1)),
        ],
        vec![column(
            "a",
            FieldType::Text,
            Cells::Texts {
                codes: vec![2],
                texts: vec![b"x".to_vec()],
            },
        )],
    ];
    for columns in whys {
        assert!(
            matches!(of(1, columns.clone()), WriteError::Column(..)),
            "{columns:?}"
        );
    }
}

#[test]
fn a_block_of_an_unknown_kind_is_not_taken_for_another() {
    let mut unknown = flows();
    unknown.kind = "of-tomorrow".to_owned();
    let bytes = write(&unknown).unwrap();
    assert_eq!(kind_of(&bytes), Some("of-tomorrow"));
    assert_eq!(testing::detect("flow.parquet", &bytes), None);
    // Beyond the sample, any Parquet is first read as a flow log.
    let (_, stats) = testing::read_as("vpc-flow", "", &bytes, 100, &Options::default());
    assert_eq!(stats.kept, 0);
    assert!(stats.rejected.0[0].reason.contains("block"), "{stats:?}");
}

#[test]
fn what_is_not_as_the_file_says_is_told() {
    let bytes = write(&flows()).unwrap();
    let swap = |from: &str, to: &str| {
        assert_eq!(from.len(), to.len());
        let at = bytes
            .windows(from.len())
            .rposition(|w| w == from.as_bytes())
            .unwrap();
        let mut bytes = bytes.clone();
        bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
        read(&bytes, usize::MAX).1
    };
    let stats = swap("\"bytes\":\"Integer\"", "\"bytes\":\"Address\"");
    assert_eq!(stats.kept, 1 + 2 + 3, "rows of sums");
    assert_eq!(
        stats.remarks,
        ["The column “bytes” is passed over: it is not of the type that the file says."]
    );
    let stats = swap(FIELDS_KEY, "trailbeam.meadow");
    assert_eq!(stats.rejected.total(), 1);
    let stats = swap("trailbeam.block", "trailbeam.glock");
    assert_eq!(
        stats.rejected.0[0].reason,
        "block that can not be read: it is Parquet, and no block"
    );
}

#[test]
fn originals_that_were_not_shared_are_said_to_be_so() {
    let mut silent = flows();
    silent.columns.retain(|c| c.name != MESSAGE);
    let bytes = write(&silent).unwrap();
    assert_eq!(texts(&bytes, &[0, 1]), vec![Err(NOT_SHARED.to_owned()); 2]);
    let bytes = write(&flows()).unwrap();
    assert_eq!(
        texts(&bytes, &[0, 1, 2, 3]),
        [
            Ok(b"first".to_vec()),
            Err(NOT_SHARED.to_owned()),
            Ok(b"the third".to_vec()),
            Err("The block has no such row.".to_owned()),
        ]
    );
}

fn cells(ty: FieldType, rows: usize) -> BoxedStrategy<Cells> {
    let int = match ty {
        FieldType::Bool => prop_oneof![Just(ABSENT_INT), 0i64..2].boxed(),
        _ => prop_oneof![
            Just(ABSENT_INT),
            any::<i64>(),
            -3i64..300,
            Just(1_767_225_600_000_000_000)
        ]
        .boxed(),
    };
    let text = prop_oneof![
        "[a-c\\x1f]{0,4}".prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..12)
    ];
    match ty {
        FieldType::Float => {
            prop::collection::vec(prop_oneof![any::<f64>(), Just(f64::NAN), Just(0.25)], rows)
                .prop_map(Cells::Floats)
                .boxed()
        }
        ty if ty.is_text() => (1usize..8)
            .prop_flat_map(move |n| {
                let codes = prop::collection::vec(0..=n as u32, rows);
                (codes, prop::collection::vec(text.clone(), n))
            })
            .prop_map(|(codes, texts)| Cells::Texts { codes, texts })
            .boxed(),
        _ => prop::collection::vec(int, rows).prop_map(Cells::Ints).boxed(),
    }
}

fn any_block() -> impl Strategy<Value = Block> {
    use FieldType::*;
    let types = || prop::sample::select(vec![Text, Address, List, Integer, Time, Float, Bool]);
    (1usize..200, prop::collection::vec(types(), 0..6), any::<bool>()).prop_flat_map(|(rows, types, told)| {
        let mut columns: Vec<BoxedStrategy<BlockColumn>> = Vec::new();
        for (at, ty) in types.into_iter().enumerate() {
            let name = format!("field.{at}");
            columns.push(
                cells(ty, rows)
                    .prop_map(move |cells| column(&name, ty, cells))
                    .boxed(),
            );
        }
        if told {
            columns.push(
                cells(Text, rows)
                    .prop_map(|cells| column(MESSAGE, Text, cells))
                    .boxed(),
            );
        }
        columns.prop_map(move |columns| block("cloudtrail", rows, columns))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_block_comes_back(block in any_block(), chunk in prop::sample::select(vec![1, 7, usize::MAX])) {
        comes_back(&block, chunk);
        prop_assert_eq!(write(&block), write(&block.clone()));
    }

    #[test]
    fn changed_blocks_do_no_harm(
        block in any_block(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)
    ) {
        let mut bytes = write(&block).expect("a block that can be written");
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let format = of("cloudtrail").expect("a registered kind");
        let (_, stats) = testing::read(format, "", &bytes, usize::MAX, &Options::default());
        prop_assert!(stats.kept <= MAX_ROWS as u64);
        drop(texts(&bytes, &[0, 1, 150]));
    }
}

#[test]
fn fields_that_are_no_columns_are_found_in_the_original_texts() {
    let messages = [
        Some(r#"{"requestParameters":{"groupId":"sg-1","ids":["a","b"]}}"#),
        Some("not json"),
        None,
        Some(r#"{"requestParameters":{"groupId":"sg-2"}}"#),
    ];
    let columns = vec![
        texts_of(
            "eventName",
            FieldType::Text,
            &[Some("A"), Some("B"), Some("C"), Some("D")],
        ),
        texts_of("@message", FieldType::Text, &messages),
    ];
    let bytes = write(&block("cloudtrail", 4, columns)).expect("a block");
    let options = Options {
        extra_fields: [
            "requestParameters.groupId",
            "requestParameters.ids[]",
            "eventName",
        ]
        .map(str::to_owned)
        .to_vec(),
        ..Options::default()
    };
    let format = crate::formats::detect(&testing::sample("", &bytes)).expect("a block");
    let (shard, stats) = testing::read(format, "", &bytes, 100, &options);
    assert_eq!(stats.kept, 4);
    let table = shard.table("cloudtrail").expect("a table of this kind");
    let cells = |name: &str| -> Vec<String> {
        let field = table.field(name).expect("a field");
        let rows = table
            .segments
            .iter()
            .flat_map(|s| (0..s.rows).map(move |row| (s, row)));
        rows.map(|(s, row)| table.value(&shard.pool, s, row, field).to_text())
            .collect()
    };
    assert_eq!(cells("requestParameters.groupId"), ["sg-1", "", "", "sg-2"]);
    assert_eq!(cells("requestParameters.ids[]"), ["a, b", "", "", ""]);
    assert_eq!(cells("eventName"), ["A", "B", "C", "D"]);
}
