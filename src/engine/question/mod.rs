//! Questions in the logs' own languages, answered in parts: from columns, and from the original records read again where a
//! question is about them.
//!
//! Every worker runs an [`Inquest`] over its rows and hands over a [`Piece`]; pieces are put together by a [`Conclusion`].

mod columns;
mod conclusion;
mod fields;
mod inquest;
mod reading;
mod record;
mod sweep;

pub use conclusion::{Conclusion, Found, Head, take};
pub use inquest::{Inquest, Piece};
pub use sweep::{Marks, Sweep, marked};

use super::port::{AskId, ItemId, Language, Question, Taken};
use crate::base::TimeRange;
use crate::base::hash::FastMap;
use crate::formats::LoggedIn;
use crate::language::Fault;
use crate::language::insights::{self, Clock, Known, Plan, Table};
use crate::language::pattern::Pattern;
use crate::table::{MemberId, Shard};
use crate::unpack::{ByteSource, Places};
use reading::Source;
use std::sync::Arc;

const NS_PER_MS: i64 = 1_000_000;

/// What a filter pattern answers with.
const OF_FILTER: &str = "fields @timestamp, @source, @message | sort @timestamp asc";

/// What comes of a question: any number of `Reading` and `Partial`, then `Done` or `Failed`.
#[derive(Clone, Debug)]
pub enum Heard {
    /// Original records are read again: so many of so many.
    Reading {
        read: u64,
        of: u64,
    },
    /// The answer of what has been looked at so far.
    Partial(Arc<Table>),
    Done {
        table: Arc<Table>,
        elapsed_ms: f64,
    },
    /// Why there is no answer, for the person.
    Failed(String),
}

/// What a host knows of where its rows came from.
pub struct Ground<'h> {
    pub shard: &'h Shard,
    pub members: &'h FastMap<MemberId, (ItemId, u64)>,
    pub paths: &'h FastMap<MemberId, Box<str>>,
    pub logs: &'h FastMap<MemberId, Vec<LoggedIn>>,
}

/// What came of a step.
pub enum Turn {
    /// There is more to do.
    More,
    /// The sources of these items are needed.
    Wants(Vec<ItemId>),
    /// Nothing can be done before they come.
    Waits,
    /// A [`Piece`], encoded.
    Done(Vec<u8>),
    Marked(Marks),
}

/// What a worker does with rows, and with their original texts where these are needed.
pub enum Work {
    Inquest(Box<Inquest>),
    Sweep(Box<Sweep>),
}

impl Work {
    pub fn id(&self) -> AskId {
        match self {
            Work::Inquest(i) => i.id,
            Work::Sweep(s) => s.id,
        }
    }

    /// Can something be done?
    pub fn is_busy(&self) -> bool {
        match self {
            Work::Inquest(i) => i.is_busy(),
            Work::Sweep(s) => s.is_busy(),
        }
    }

    /// Rows have moved: it begins again.
    pub fn restart(&mut self) {
        match self {
            Work::Inquest(i) => i.restart(),
            Work::Sweep(s) => s.restart(),
        }
    }

    /// Takes the source of an item that was wanted.
    pub fn give(
        &mut self,
        item: ItemId,
        name: String,
        bytes: Option<Box<dyn ByteSource>>,
        places: Option<Places>,
    ) {
        let source = Source {
            item,
            name,
            bytes,
            places,
        };
        match self {
            Work::Inquest(i) => i.give(source),
            Work::Sweep(s) => s.give(source),
        }
    }

    /// How many original records were read, of how many; `None` while none are to be.
    pub fn progress(&self) -> Option<(u64, u64)> {
        match self {
            Work::Inquest(i) => i.progress(),
            Work::Sweep(s) => s.progress(),
        }
    }

    /// What has been found so far, when it is worth being told again: a [`Piece`].
    pub fn so_far(&mut self) -> Option<Piece> {
        match self {
            Work::Inquest(i) => i.so_far(),
            Work::Sweep(_) => None,
        }
    }

    /// A bounded piece of work.
    pub fn step(&mut self, ground: &Ground<'_>) -> Turn {
        match self {
            Work::Inquest(i) => i.step(ground),
            Work::Sweep(s) => s.step(ground),
        }
    }
}

/// What comes of looking for the records that filter patterns take: any number of `Reading`, then `Done`.
#[derive(Clone, Debug)]
pub enum Marking {
    /// Original records are read again: so many of so many.
    Reading {
        read: u64,
        of: u64,
    },
    Done(Taken),
}

/// A question, ready to be run.
struct Asked {
    plan: Plan,
    /// Only records that it takes are looked at.
    pattern: Option<Pattern>,
    /// The window, and what `diff` compares it with.
    window: Option<TimeRange>,
    compared: Option<TimeRange>,
}

impl Asked {
    fn new(question: &Question) -> Result<Asked, Fault> {
        let kinds: Vec<&str> = super::kinds().collect();
        let known = Known {
            kinds: &kinds,
            fields: &[],
        };
        let (text, pattern) = match question.language {
            Language::Insights => (question.text.as_str(), None),
            Language::Filter => (OF_FILTER, Some(Pattern::parse(&question.text)?.pattern)),
        };
        let span = question.range.or(question.data);
        let plan = insights::parse(text, &known)?.plan(Clock {
            now: question.now,
            start: span.map_or(0, |s| s.from_ns.div_euclid(NS_PER_MS)),
            end: span.map_or(0, |s| s.to_ns.div_euclid(NS_PER_MS)),
        });
        let windows = span.and_then(|data| plan.windows(question.range, question.data.unwrap_or(data)));
        let (window, compared) = match windows {
            Some((window, compared)) => (Some(window), Some(compared)),
            None => (question.range, None),
        };
        Ok(Asked {
            plan,
            pattern,
            window,
            compared,
        })
    }
}

/// A record's place among all: its item, the member in it and where in that it begins. The same however many workers read.
pub fn place(item: ItemId, index: u64, offset: u64) -> u128 {
    let index = u32::try_from(index).unwrap_or(u32::MAX);
    u128::from(item) << 96 | u128::from(index) << 64 | u128::from(offset)
}

/// Item, member's index and offset of a place.
pub fn parts_of(place: u128) -> (ItemId, u64, u64) {
    let index = (place >> 64) as u32;
    ((place >> 96) as ItemId, index.into(), place as u64)
}
