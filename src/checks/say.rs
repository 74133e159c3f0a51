//! How reasons are put: short lists, numbers with their noun.

use super::judge::Verdict;
use std::fmt::Display;

/// `a, b, c and 4 more`
pub fn some<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    let mut items = items.into_iter();
    let first: Vec<String> = items.by_ref().take(3).map(|item| item.to_string()).collect();
    let text = first.join(", ");
    match items.count() {
        0 => text,
        more => format!("{text} and {more} more"),
    }
}

/// `1 rule`, `2 rules`
pub fn count(n: impl TryInto<i64>, noun: &str) -> String {
    match n.try_into().unwrap_or(i64::MAX) {
        1 => format!("1 {noun}"),
        n => format!("{n} {noun}s"),
    }
}

/// Green when it is so, yellow when not; nothing is known when nothing is said.
pub fn yellow_unless(good: Option<bool>, is: &str, is_not: &str) -> Verdict {
    match good {
        Some(true) => Verdict::Green(is.to_owned()),
        Some(false) => Verdict::Yellow(is_not.to_owned()),
        None => Verdict::Unknown,
    }
}
