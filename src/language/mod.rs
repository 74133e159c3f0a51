//! What do the logs' own query languages say? CloudWatch Logs filter patterns and Insights queries: read, checked, evaluated.
//!
//! Pure text and values: where records come from and where answers go is for others. A text that can not be evaluated wholly
//! is refused with a [`Fault`]; nothing is ever left out silently.

pub mod fault;
pub mod insights;
pub mod json;
pub mod pattern;

pub use fault::Fault;
