//! How does an answer leave the page? As CSV that no spreadsheet runs, as JSON, and as one HTML file that still answers questions.
//!
//! A shared file has a printed layer ([`report`]: sections as HTML that needs no script) and, under it, its records as
//! Parquet ([`block`]), which the program inlined beside them reads again. FORMAT.md describes the file.

pub mod aggregate;
pub mod block;
pub mod collect;
mod csv;
pub mod findings;
pub mod hidden;
mod json;
pub mod page;
mod parquet;
pub mod report;
mod sheet;

pub use csv::csv;
pub use json::{json, written as json_value};
pub use parquet::parquet;
pub use sheet::{Sheet, SheetAs};
