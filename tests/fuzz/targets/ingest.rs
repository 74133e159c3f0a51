//! Any bytes as a member: wrappers off, recognised, read; whole and in chunks.

use super::Dice;
use trailbeam::formats::testing::{dump_all, sample};
use trailbeam::formats::{self, LogFormat, Options, WRAPPERS};
use trailbeam::table::{RowSink, Shard, Stats};

pub fn run(data: &[u8]) {
    let mut dice = Dice::of(data);
    let mut inside = data.to_vec();
    for _ in 0..3 {
        let Some(wrapper) = WRAPPERS.iter().find(|w| w.probe(&sample("", &inside))) else {
            break;
        };
        let unwrapped = |cuts: &[usize]| {
            let (mut unwrap, mut out) = (wrapper.unwrapper(), Vec::new());
            for chunk in pieces(&inside, cuts) {
                unwrap.feed(chunk, &mut out);
            }
            unwrap.finish(&mut out);
            out
        };
        let whole = unwrapped(&[]);
        let cuts = cuts(inside.len(), &mut dice);
        assert!(unwrapped(&cuts) == whole, "{} cut at {cuts:?}", wrapper.id());
        inside = whole;
    }
    let Some(format) = formats::detect(&sample("", &inside)) else {
        return;
    };
    if formats::block::kind_of(&inside).is_some() {
        let rows = [0, 1, 2, 1 << 20];
        assert_eq!(formats::block::texts(&inside, &rows).len(), rows.len());
    }
    let options = Options {
        flow_formats: match dice.below(4) {
            0 => vec!["${srcaddr} ${dstaddr} ${start} ${end} ${action}".to_owned()],
            _ => Vec::new(),
        },
        extra_fields: match dice.below(2) {
            0 => ["requestParameters.groupId", "a.*[].b", "Resources[1].Id", "x.0"]
                .map(str::to_owned)
                .into(),
            _ => Vec::new(),
        },
        ..Options::default()
    };
    let whole = read(format, &inside, &[], &options);
    let cuts = cuts(inside.len(), &mut dice);
    let parts = read(format, &inside, &cuts, &options);
    let id = format.facts().id;
    assert!(parts == whole, "{id} cut at {cuts:?}:\n{parts}\nwhole:\n{whole}");
}

/// Reads the member and shows what came of it, once what holds for every reader has been checked.
fn read(format: &dyn LogFormat, bytes: &[u8], cuts: &[usize], options: &Options) -> String {
    let (mut shard, mut stats) = (Shard::default(), Stats::default());
    let mut reader = format.reader(&sample("", bytes), options);
    let (pool, table) = shard.table_mut(format.facts());
    let mut sink = RowSink::new(pool, table, &mut stats, 0, 7);
    for chunk in pieces(bytes, cuts) {
        reader.feed(chunk, &mut sink);
    }
    reader.finish(&mut sink);
    shard.seal();

    let id = format.facts().id;
    let table = shard.table(id).expect("a table of this kind");
    let rows: usize = table.segments.iter().map(|s| s.rows).sum();
    assert_eq!(rows as u64, stats.kept, "{id}: rows, and records kept");
    // In a block a place is a row, and equal rows take no bytes.
    let end = match formats::block::kind_of(bytes) {
        Some(_) => u64::MAX,
        None => bytes.len() as u64,
    };
    for segment in &table.segments {
        for row in 0..segment.rows {
            let origin = segment.origin(row);
            let inside = origin.offset.checked_add(origin.len).is_some_and(|to| to <= end);
            assert!(inside, "{id}: a record at {origin:?} of {end} bytes");
        }
    }
    for note in &stats.rejected.0 {
        assert!(note.count > 0 && !note.reason.is_empty(), "{id}: {note:?}");
        assert!(
            note.offsets.iter().all(|&at| at <= end),
            "{id}: {note:?} of {end} bytes"
        );
    }
    dump_all(&shard, &stats, id)
}

/// Where to cut: every byte, or a few places.
fn cuts(len: usize, dice: &mut Dice) -> Vec<usize> {
    if dice.below(8) == 0 {
        return (1..len).collect();
    }
    let mut cuts: Vec<usize> = (0..1 + dice.below(6)).map(|_| dice.below(len + 1)).collect();
    cuts.sort_unstable();
    cuts
}

fn pieces<'a>(bytes: &'a [u8], cuts: &[usize]) -> impl Iterator<Item = &'a [u8]> {
    let mut from = 0;
    let ends: Vec<usize> = cuts.iter().copied().chain([bytes.len()]).collect();
    ends.into_iter().map(move |to| {
        let piece = &bytes[from..to];
        from = to;
        piece
    })
}
