//! What the page shows, as plain data: what is known of an account's set-up, what became of each topic, what every filter
//! takes and what every alarm would have done.

pub mod alarms;
pub mod filters;
pub mod given;
pub mod metrics;
pub mod sheets;
pub mod steps;
#[cfg(test)]
mod tests;
pub mod topics;

pub use given::Given;

/// The kind of records that filters are run over.
pub const KIND: &str = "cloudtrail";
/// The file that lets topics, filters and alarms be evaluated.
pub const NEEDS_EVENTS: &str =
    "CloudTrail events: a file from the trail’s bucket, or the answer of aws cloudtrail lookup-events";

/// A status by the end of its colour token's name (`red`, `yellow`, `ok`, `none`), and the words beside it.
pub type Said = (&'static str, String);

/// `1 time`, `3 times`
pub fn plural(n: u64, one: &str, many: &str) -> String {
    format!(
        "{} {}",
        crate::base::size::count(n),
        if n == 1 { one } else { many }
    )
}
