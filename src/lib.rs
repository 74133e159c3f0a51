//! Exported log files, read, asked and drawn in one browser tab: bytes → unpack → detect → read → table → query → view.
//!
//! The modules stand in the order of the pipeline; each says in its first line which question it answers.

#![forbid(unsafe_code)]

pub mod base;
pub mod chart;
pub mod formats;
pub mod query;
pub mod table;
pub mod unpack;
