//! What do the rows say? The one language that views and rules speak: Query → Partial (a shard) → Answer.
//!
//! Every shard answers a [`Query`] with a [`Partial`]; partials merge associatively; the merged one is finished into an
//! [`Answer`]. One shard or eight is a number, not a design.

mod address;
mod aggs;
mod ask;
mod atom;
mod bits;
mod dict;
mod groups;
mod keyer;
mod keys;
mod needle;
mod pairs;
mod partial;
mod parts;
mod picks;
mod predicate;
mod resolve;
mod rows;
mod run;
mod select;
pub mod text;
mod totals;
mod verdicts;
pub mod window;
mod wire;

pub use ask::*;
pub use keys::SCALE_BITS;
pub use partial::Partial;
pub use resolve::{FieldInfo, PATTERN, fields_of, names, patterns};
pub use rows::RowCache;
pub use run::{Run, answer_now};
pub use select::{Selected, Selection, select};

#[cfg(test)]
mod tests;
