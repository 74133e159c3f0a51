//! A chain as it is drawn: its links in order, each with what it is and what is known of it.

use crate::monitoring::Coverage;
use crate::monitoring::chain::{Break, End, Link, Path, TopicChain};

/// The links and what they are called.
const LINKS: [(Link, &str); 6] = [
    (Link::Group, "Log group"),
    (Link::Filter, "Metric filter"),
    (Link::Metric, "Metric"),
    (Link::Alarm, "Alarm"),
    (Link::Action, "Action"),
    (Link::Subscription, "Subscription"),
];

/// What a link is called.
pub fn name(link: Link) -> &'static str {
    LINKS
        .iter()
        .find(|(l, _)| *l == link)
        .map_or("", |(_, name)| name)
}

/// A link as it is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub link: Link,
    pub name: &'static str,
    /// `ok`, `yellow`, `red`, `none`.
    pub status: &'static str,
    /// One or two words beside the status.
    pub word: &'static str,
    /// What stands there by name; empty where nothing is known of it.
    pub what: String,
    /// What breaks, or what is not known.
    pub says: String,
}

/// The links of a topic's best chain.
pub fn of_topic(chain: &TopicChain) -> Vec<Step> {
    of(chain.path.as_ref(), &chain.end, chain.coverage.as_ref())
}

/// The links of one way from a filter.
pub fn of_path(path: &Path) -> Vec<Step> {
    of(Some(path), &path.end, None)
}

fn of(path: Option<&Path>, end: &End, coverage: Option<&Coverage>) -> Vec<Step> {
    let weak: Option<&Break> = match end {
        End::Told { .. } => None,
        End::Broken(why) | End::NotKnown(why) => Some(why),
    };
    let granted = path.is_some_and(|p| p.remarks.iter().any(|r| r.contains("taken for granted")));
    let part = coverage.filter(|c| !c.is_complete());
    LINKS
        .iter()
        .map(|&(link, name)| {
            let what = path.and_then(|p| what(p, link, end)).unwrap_or_default();
            let (status, word, says) = match weak {
                Some(why) if why.link() == link => match end {
                    End::NotKnown(_) => ("none", "Not known", why.to_string()),
                    _ => ("red", "Broken", why.to_string()),
                },
                Some(why) if why.link() < link => ("none", "Not reached", String::new()),
                _ => match link {
                    Link::Group if path.is_none() => ("none", "Not known", String::new()),
                    Link::Group if granted => (
                        "none",
                        "Taken for granted",
                        "No trail is described that writes into it.".to_owned(),
                    ),
                    Link::Filter => match part {
                        Some(c) => (
                            "yellow",
                            "Takes a part",
                            format!("{} of {} events; not {}.", c.taken, c.of, c.missed.join(", ")),
                        ),
                        None => ("ok", "Holds", String::new()),
                    },
                    _ => ("ok", "Holds", String::new()),
                },
            };
            Step {
                link,
                name,
                status,
                word,
                what,
                says,
            }
        })
        .collect()
}

fn what(path: &Path, link: Link, end: &End) -> Option<String> {
    match link {
        Link::Group => Some(path.log_group.clone()),
        Link::Filter => Some(path.filter.clone()),
        Link::Metric => path.metric.clone(),
        Link::Alarm => path.alarm.clone(),
        Link::Action => path.action.clone(),
        Link::Subscription => match end {
            End::Told { subscriptions } => {
                Some(super::plural(*subscriptions as u64, "confirmed", "confirmed"))
            }
            _ => None,
        },
    }
}

/// Where a way ends, in a word or two.
pub fn ends(end: &End) -> super::Said {
    match end {
        End::Told { .. } => ("ok", "Told".to_owned()),
        End::Broken(Break::NoFilter { .. }) => ("red", "No filter".to_owned()),
        End::Broken(why) => (
            "red",
            format!("Broken at the {}", name(why.link()).to_lowercase()),
        ),
        End::NotKnown(_) => ("none", "Not known".to_owned()),
    }
}

/// Why a way ends there; empty where someone is told.
pub fn why(end: &End) -> String {
    match end {
        End::Told { subscriptions } => format!(
            "{} told.",
            super::plural(
                *subscriptions as u64,
                "confirmed subscription is",
                "confirmed subscriptions are"
            )
        ),
        End::Broken(why) | End::NotKnown(why) => why.to_string(),
    }
}
