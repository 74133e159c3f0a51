//! Notes that a person pins to what they found.

use crate::base::TimeRange;
use crate::query::Expr;
use serde::{Deserialize, Serialize};

/// A note; the list of them in order reads as the report's narrative.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// Plain text.
    pub text: String,
    pub pin: Pin,
}

/// What a note is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Pin {
    /// One record, known by where it was read.
    Record {
        kind: String,
        /// The file and member, as [`crate::base::block::SOURCE`].
        source: String,
        offset: u64,
        /// What it is called on screen: its event name, its action.
        title: String,
        at_ns: Option<i64>,
    },
    /// A finding: a rule's, or one that was imported.
    Finding {
        title: String,
        /// The records it rests on.
        filter: Expr,
        range: Option<TimeRange>,
    },
    /// What a view showed of a range.
    Range {
        /// The view's id.
        view: String,
        filter: Expr,
        range: TimeRange,
    },
    Moment {
        at_ns: i64,
    },
    /// The report as a whole.
    Report,
}

impl Pin {
    /// When it is about, for the order of the narrative (ns).
    pub fn at_ns(&self) -> Option<i64> {
        match self {
            Pin::Record { at_ns, .. } => *at_ns,
            Pin::Finding { range, .. } => range.map(|r| r.from_ns),
            Pin::Range { range, .. } => Some(range.from_ns),
            Pin::Moment { at_ns } => Some(*at_ns),
            Pin::Report => None,
        }
    }
}
