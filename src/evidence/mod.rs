//! What makes an answer provable? What was opened and what came of it, by hash; notes; secrets that are masked.

pub mod note;

pub use note::{Note, Pin};
