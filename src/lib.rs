//! Exported log files, read, asked and drawn in one browser tab: bytes → unpack → detect → read → table → query → view.
//!
//! The modules stand in the order of the pipeline; each says in its first line which question it answers.

#![forbid(unsafe_code)]

#[cfg(target_arch = "wasm32")]
pub mod app;
pub mod base;
pub mod engine;
pub mod formats;
pub mod query;
pub mod table;
pub mod unpack;
pub mod widgets;
