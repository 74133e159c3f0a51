//! Who was it, and what did they do from sign-in to last call?
//!
//! Everything here works on groups of calls ([`Use`]) and on the records that give someone credentials
//! ([`Grant`]); single calls never come here. A [`Book`] holds both and answers: [`Book::sessions`],
//! [`Book::chain`], [`Book::key_life`]. Beside it stand [`first_seen`], [`unusual_hours`] and [`recovered`],
//! each over groups of its own. What the records do not tell is never guessed: a chain ends with the file
//! that would tell, and a link says how it is known. Rules are stated in constants that a page can show.
//! Nothing depends on the order of what is given.

pub mod agent;
mod book;
mod chain;
mod expiry;
mod first_seen;
mod grant;
mod hours;
mod identity;
mod key_life;
mod network;
mod people;
mod person;
mod recovered;
mod session;
#[cfg(test)]
mod tests;

pub use agent::agent_family;
pub use book::Book;
pub use chain::{Chain, Confidence, Link, MAX_LINKS, Node, SLACK_NS};
pub use first_seen::{
    BASELINE_MIN_NS, BASELINE_RULE, BASELINE_SHARE, Dimension, FirstSeen, FirstSeens, Habit, first_seen,
};
pub use grant::{EVENT_NAMES, Given, Grant, GrantKind};
pub use hours::{HOURS_RULE, HourCalls, Hours, MIN_CALLS, MIN_DAYS, UnusualHour, unusual_hours};
pub use identity::{Identity, KeyKind, key_kind};
pub use key_life::{Change, KeyLife, UNUSED_NS, UNUSED_RULE};
pub use network::network;
pub use people::{Lives, People};
pub use person::{Person, PersonKind};
pub use recovered::{Outcomes, RECOVERED_RULE, Recovered, Sameness, Side, is_denial, recovered};
pub use session::{Began, End, IDLE_NS, IDLE_RULE, Session, SessionKind};

use serde::{Deserialize, Serialize};

/// Calls that agree in who made them, from where and with what. To be asked for hour by hour: sessions of
/// long-term keys are told apart by idle time, and a group can not be split.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Use {
    pub first_ns: i64,
    pub last_ns: i64,
    pub who: Identity,
    /// The name a person would call them by: `mara.lind`, `role/session`, `root`.
    pub principal: String,
    pub address: String,
    pub agent: String,
    pub calls: u64,
    pub errors: u64,
}

/// A value, and the calls that had it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Seen {
    pub value: String,
    pub calls: u64,
    pub errors: u64,
    pub first_ns: i64,
    pub last_ns: i64,
}

impl Seen {
    /// The values of some uses: those of most calls first. Uses without the value are left out.
    fn all<'a>(uses: impl Iterator<Item = &'a Use>, value: impl Fn(&'a Use) -> &'a str) -> Vec<Seen> {
        let mut by_value: std::collections::BTreeMap<&str, Seen> = std::collections::BTreeMap::new();
        for one in uses {
            let text = value(one);
            if text.is_empty() {
                continue;
            }
            let seen = by_value.entry(text).or_insert_with(|| Seen {
                value: text.to_owned(),
                calls: 0,
                errors: 0,
                first_ns: one.first_ns,
                last_ns: one.last_ns,
            });
            seen.calls = seen.calls.saturating_add(one.calls);
            seen.errors = seen.errors.saturating_add(one.errors);
            seen.first_ns = seen.first_ns.min(one.first_ns);
            seen.last_ns = seen.last_ns.max(one.last_ns);
        }
        let mut seen: Vec<Seen> = by_value.into_values().collect();
        seen.sort_by(|a, b| b.calls.cmp(&a.calls).then_with(|| a.value.cmp(&b.value)));
        seen
    }
}
