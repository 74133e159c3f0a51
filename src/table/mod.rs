//! How are rows kept? In columns of 64 Ki rows, packed to the narrowest width, texts as codes of one dictionary.
//!
//! A [`Shard`] is what one worker holds: a [`Pool`] of texts and a [`Table`] per kind. Formats write through
//! [`RowSink`] and never see how it is kept; queries read [`Segment`]s and never see how it was written.

mod column;
mod index;
mod pool;
mod read;
mod short;
mod envelope;
mod sink;
mod store;

pub(crate) use column::each_width;
pub use column::{ABSENT_INT, Column, Frame, Ints, Word, Words};
pub use envelope::{Envelope, Told};
pub use pool::{ABSENT, Code, EMPTY, Pool};
pub use short::Recent;
pub use sink::{Met, RowSink, Stats};
pub use store::{Field, MemberId, Origin, SEGMENT_ROWS, Segment, Shard, Table};
