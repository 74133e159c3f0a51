//! How did resources change? Histories of configuration items, and what differs between any two.

pub mod diff;
