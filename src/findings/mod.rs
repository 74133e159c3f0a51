//! What was found, whoever found it: signals, rules, the benchmark's topics, rules of one's own and checks, in one shape.
//!
//! An [`Entry`] is a rule with what came of it; its [`Item`]s are what it found, each about one principal, resource or account.
//! Nothing that could not be evaluated passes: such an entry says which file would help.

pub mod automation;
pub mod history;
mod of;
mod slim;
pub mod suppress;

#[cfg(test)]
mod tests;

use crate::query::text;
use crate::rules::{Evidence, Severity};
pub use of::{monitored, of_check, of_rule, of_signal};
use serde::{Deserialize, Serialize};
pub use slim::{slim, whole};

/// What came of a finding or check, worst first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Status {
    Red,
    Yellow,
    Green,
    #[default]
    None,
}

impl Status {
    pub const ALL: [Status; 4] = [Status::Red, Status::Yellow, Status::Green, Status::None];

    /// The word in the `findingStatus` column.
    pub fn id(self) -> &'static str {
        match self {
            Status::Red => "red",
            Status::Yellow => "yellow",
            Status::Green => "green",
            Status::None => "none",
        }
    }

    /// The sign beside the words.
    pub fn icon(self) -> &'static str {
        match self {
            Status::Red => "circle-x",
            Status::Yellow => "triangle-alert",
            Status::Green => "circle-check",
            Status::None => "circle-dashed",
        }
    }

    /// The status colour's name, and the words beside it.
    pub fn shown(self) -> (&'static str, &'static str) {
        match self {
            Status::Red => ("red", "Action recommended"),
            Status::Yellow => ("yellow", "Investigate"),
            Status::Green => ("ok", "No problem found"),
            Status::None => ("none", "Not available"),
        }
    }

    /// What a word of the `findingStatus` column says.
    pub fn of(word: &str) -> Status {
        Status::ALL
            .into_iter()
            .find(|s| s.id() == word)
            .unwrap_or_default()
    }

    /// Of records that a rule of this severity takes.
    pub fn of_severity(severity: Severity) -> Status {
        match severity {
            Severity::Critical | Severity::High => Status::Red,
            Severity::Medium | Severity::Low | Severity::Info => Status::Yellow,
        }
    }
}

/// Who looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// Signals from the logs that the overview tells of.
    Signal,
    /// The built-in catalogue of rules.
    Catalogue,
    /// Metric filters of the CIS AWS Foundations benchmark.
    Monitoring,
    /// Rules that the person wrote or dropped.
    Own,
    /// Checks over described resources.
    Check,
}

impl Source {
    pub const ALL: [Source; 5] = [
        Source::Signal,
        Source::Catalogue,
        Source::Monitoring,
        Source::Own,
        Source::Check,
    ];

    pub fn id(self) -> &'static str {
        match self {
            Source::Signal => "signal",
            Source::Catalogue => "catalogue",
            Source::Monitoring => "monitoring",
            Source::Own => "own",
            Source::Check => "check",
        }
    }

    /// What people call it.
    pub fn title(self) -> &'static str {
        match self {
            Source::Signal => "Signal",
            Source::Catalogue => "Log rule",
            Source::Monitoring => "CIS metric filter",
            Source::Own => "Own rule",
            Source::Check => "Derived check",
        }
    }
}

/// Where a description stands in what was opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub path: String,
    pub offset: u64,
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Item {
    pub status: Status,
    /// The actor, resource, address or account it is about.
    pub subject: String,
    pub principal: Option<String>,
    pub resource: Option<String>,
    pub account: Option<String>,
    pub region: Option<String>,
    /// One sentence: who, what, how often, or with which values.
    pub detail: String,
    /// Records it rests on.
    pub count: u64,
    pub first_ns: Option<i64>,
    pub last_ns: Option<i64>,
    pub evidence: Option<Evidence>,
    /// The one record that says it.
    pub place: Option<Place>,
    /// The id of the view that shows it.
    pub view: String,
}

/// A rule and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Unique among all sources.
    pub id: String,
    pub source: Source,
    pub title: String,
    /// One of the categories of the findings page.
    pub category: String,
    /// Checks have none.
    pub severity: Option<Severity>,
    /// When it fires, or by which criteria it judges.
    pub states: String,
    /// What it means and what to do; may be empty.
    pub advice: String,
    /// What it is elsewhere: techniques of MITRE ATT&CK, numbers of a benchmark, a check's id.
    pub references: Vec<String>,
    /// The pattern or query that is run.
    pub asks: Option<String>,
    /// Registry ids of the kinds it reads.
    pub kinds: Vec<String>,
    /// Which file would make it evaluable; `None` where it was evaluated.
    pub needs: Option<String>,
    pub items: Vec<Item>,
    /// Things that would be judged if more was told of them.
    pub unjudged: u64,
}

impl Entry {
    /// The worst of what it found; green where it looked and found nothing.
    pub fn status(&self) -> Status {
        match self.needs {
            Some(_) => Status::None,
            None => self.worst(&self.items),
        }
    }

    /// The same, of some of its items.
    pub fn worst<'i>(&self, items: impl IntoIterator<Item = &'i Item>) -> Status {
        items.into_iter().map(|i| i.status).min().unwrap_or(Status::Green)
    }

    /// Did it find anything that asks for a look?
    pub fn fired(&self) -> bool {
        self.items.iter().any(|i| i.status <= Status::Yellow)
    }

    /// Records its findings rest on.
    pub fn count(&self) -> u64 {
        self.items.iter().map(|i| i.count).fold(0, u64::saturating_add)
    }

    pub fn first_ns(&self) -> Option<i64> {
        self.items.iter().filter_map(|i| i.first_ns).min()
    }

    pub fn last_ns(&self) -> Option<i64> {
        self.items.iter().filter_map(|i| i.last_ns).max()
    }

    /// What to ask for its records: the pattern or query of a rule, else the filter of what it found.
    pub fn query(&self) -> String {
        if let Some(asks) = &self.asks {
            return asks.clone();
        }
        let filters = self
            .items
            .iter()
            .filter_map(|i| Some(i.evidence.as_ref()?.filter.clone()));
        let mut filters: Vec<_> = filters.take(50).collect();
        match filters.len() {
            0 => String::new(),
            1 => filters.pop().map_or(String::new(), |f| text::write(&f)),
            _ => text::write(&crate::query::Expr::Or(filters)),
        }
    }
}

/// The worst first; what could not be evaluated last.
pub fn sort(entries: &mut [Entry]) {
    let key = |e: &Entry| {
        (
            e.status(),
            e.severity.is_none(),
            e.severity,
            e.source,
            e.title.clone(),
        )
    };
    entries.sort_by_cached_key(key);
}
