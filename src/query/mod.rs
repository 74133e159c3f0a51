//! What do the rows say? The one language that views and rules speak: Query → Partial (a shard) → Answer.
//!
//! Every shard answers a [`Query`] with a [`Partial`]; partials merge associatively; the merged one is finished into an
//! [`Answer`]. One shard or eight is a number, not a design.

mod ask;

pub use ask::*;
