//! What all JSON logs share: finding records in their containers, and reading fields of a record by path.
//!
//! [`Shape`] tells what a file looks like (for probes), [`Records`] finds the records in whatever they are wrapped in,
//! [`Paths`] and [`Walker`] take wanted values out of a record in one pass over its bytes, and [`Columns`] maps them to
//! cells by a table. Nothing here builds a tree of values. [`document`] does the same for kinds whose answers have to be
//! seen as a whole, by [`lazy`] values.

mod columns;
pub mod document;
pub mod lazy;
pub mod objects;
mod path;
mod records;
mod shape;
mod value;
mod walk;

pub use columns::{Columns, Plan};
pub use path::{PathId, Paths};
pub use records::{JsonReader, OnRecord, Record, Records, Spec};
pub use shape::{Shape, Top};
pub use value::{Kind, Raw, minify, unescape};
pub use walk::{Fault, Hit, MAX_DEPTH, Walker, members};
