//! Any two values, one behind the other with a line of dashes between them, compared as configurations.

use serde_json::Value;
use trailbeam::diff::{Counts, Diff, Kind, Line, diff};

/// What stands between the two sides.
pub const BETWEEN: &str = "\n---\n";

pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let (before, after) = text.split_once(BETWEEN).unwrap_or((text, ""));
    let side = |text: &str| serde_json::from_str::<Value>(text).ok();
    let (before, after) = (side(before), side(after));
    let told = diff(before.as_ref(), after.as_ref());
    readable(&told);
    let back = diff(after.as_ref(), before.as_ref());
    readable(&back);
    assert_eq!(told.counts.changes() > 0, back.counts.changes() > 0);
    for side in before.iter().chain(&after) {
        let same = diff(Some(side), Some(side));
        assert_eq!(same.counts, Counts::default());
        assert_eq!(same.changes().count(), 0);
        assert_eq!(same.summary(), "no change");
    }
}

/// What a view shows of it can be shown.
fn readable(d: &Diff) {
    assert!(!d.summary().is_empty());
    assert_eq!(d.counts.changes() > 0, d.changes().count() > 0, "{d:?}");
    for row in d.changes() {
        assert!(!row.sentence.is_empty());
        let _ = row.cells();
    }
    let mut lines = Vec::new();
    flatten(&d.lines, &mut lines);
    for line in &lines {
        let pieces: String = line.pieces().iter().map(|(_, text)| *text).collect();
        assert_eq!(pieces, line.text);
    }
    // Items stand in the order of the new side; what one side writes in one line may be opened for the other.
    for side in [|l: &Line| l.old, |l: &Line| l.new] {
        let mut numbers: Vec<u32> = lines.iter().filter_map(|l| side(l)).collect();
        numbers.sort_unstable();
        numbers.dedup();
        assert!(
            numbers.iter().copied().eq(1..=numbers.len() as u32),
            "{numbers:?}"
        );
    }
}

fn flatten<'a>(lines: &'a [Line], out: &mut Vec<&'a Line>) {
    for line in lines {
        match &line.kind {
            Kind::Folded { lines, .. } => flatten(lines, out),
            _ => out.push(line),
        }
    }
}
