//! What could not be read, grouped so that a person can act on it.

use serde::{Deserialize, Serialize};

/// How many first offsets are kept for a reason.
pub const OFFSETS_KEPT: usize = 5;
/// How much of the first offending text is kept, in bytes.
pub const TEXT_KEPT: usize = 200;

/// Why a record was not kept. The text is a sentence fragment a person reads: "12 fields instead of 14".
pub type Reason = std::borrow::Cow<'static, str>;

/// Records that were kept and of which a reader counts how many there are: "17 NODATA, 2 SKIPDATA lines".
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Marked {
    /// What such a member calls a record, singular.
    pub record: Reason,
    /// By mark, in the order met first.
    pub counts: Vec<(Reason, u64)>,
}

impl Marked {
    pub fn add(&mut self, record: impl Into<Reason>, mark: impl Into<Reason>, n: u64) {
        let mark = mark.into();
        match self.counts.iter_mut().find(|(m, _)| *m == mark) {
            Some((_, sum)) => *sum += n,
            None if n > 0 => {
                self.record = record.into();
                self.counts.push((mark, n));
            }
            None => {}
        }
    }

    pub fn merge(&mut self, other: &Marked) {
        for (mark, n) in &other.counts {
            self.add(other.record.clone(), mark.clone(), *n);
        }
    }

    /// In words, and what else is worth saying behind it.
    pub fn and(&self, remarks: &[String]) -> Vec<String> {
        self.words().into_iter().chain(remarks.iter().cloned()).collect()
    }

    /// In words; `None` when there are none.
    fn words(&self) -> Option<String> {
        let sum: u64 = self.counts.iter().map(|c| c.1).sum();
        let mut counts = self.counts.clone();
        counts.sort();
        let counts: Vec<String> = (counts.iter())
            .map(|(mark, n)| format!("{} {mark}", super::size::count(*n)))
            .collect();
        let s = if sum == 1 { "" } else { "s" };
        (sum > 0).then(|| format!("{} {}{s}", counts.join(", "), self.record))
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Note {
    pub reason: Reason,
    /// How many records it took.
    pub count: u64,
    /// Byte offsets of the first few in the member's unpacked bytes.
    pub offsets: Vec<u64>,
    /// The beginning of the first offending text, lossily decoded.
    pub first_text: String,
}

/// Reasons with counts, first offsets and the first offending text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Notes(pub Vec<Note>);

impl Notes {
    /// Distinct reasons kept; a hostile file can not grow the list without end.
    const MAX_REASONS: usize = 64;

    pub fn add(&mut self, reason: impl Into<Reason>, offset: u64, text: &[u8]) {
        let reason = reason.into();
        let full = self.0.len() >= Self::MAX_REASONS;
        let found = self.0.iter_mut().position(|n| n.reason == reason);
        let at = match found {
            Some(at) => at,
            None if full => {
                let last = self.0.len() - 1;
                self.0[last].reason = "other reasons".into();
                last
            }
            None => {
                let cut = &text[..text.len().min(TEXT_KEPT)];
                self.0.push(Note {
                    reason,
                    count: 0,
                    offsets: Vec::new(),
                    first_text: String::from_utf8_lossy(cut).into_owned(),
                });
                self.0.len() - 1
            }
        };
        let note = &mut self.0[at];
        note.count += 1;
        if note.offsets.len() < OFFSETS_KEPT {
            note.offsets.push(offset);
        }
    }

    pub fn total(&self) -> u64 {
        self.0.iter().map(|n| n.count).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn merge(&mut self, other: &Notes) {
        for n in &other.0 {
            if let Some(mine) = self.0.iter_mut().find(|m| m.reason == n.reason) {
                mine.count += n.count;
                for &o in &n.offsets {
                    if mine.offsets.len() < OFFSETS_KEPT {
                        mine.offsets.push(o);
                    }
                }
            } else if self.0.len() < Self::MAX_REASONS {
                self.0.push(n.clone());
            } else if let Some(last) = self.0.last_mut() {
                last.reason = "other reasons".into();
                last.count += n.count;
            }
        }
    }
}
