//! Every check against written descriptions: one that alarms, one that is fine, and files that do not tell.

mod facts;
mod fixtures;
mod harness;
mod random;
