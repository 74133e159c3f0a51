//! Exported log files, read, asked and drawn in one browser tab: bytes → unpack → detect → read → table → query → view.
//!
//! The modules stand in the order of the pipeline; each says in its first line which question it answers.

#![forbid(unsafe_code)]

pub mod base;
pub mod unpack;
pub mod table;
pub mod formats;
pub mod sample;
pub mod query;
pub mod language;
pub mod monitoring;
pub mod rules;
pub mod checks;
pub mod posture;
pub mod checklist;
pub mod findings;
pub mod evidence;
pub mod diff;
pub mod sessions;
pub mod naming;
pub mod diagnosis;
pub mod chart;
pub mod share;
pub mod engine;
pub mod session;
pub mod widgets;
pub mod views;
pub mod style;

#[cfg(target_arch = "wasm32")]
pub mod app;
