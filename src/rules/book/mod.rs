//! Rules of one's own: a file of them, read, asked, judged and written again.
//!
//! The file is TOML; each `[[rule]]` is a rule, and `attack_version` at the top names the version of MITRE ATT&CK.
//!
//! | key | |
//! |---|---|
//! | `id` | kebab-case, once in a file |
//! | `title`, `text` | what is told, and what it means and what to do |
//! | `severity` | `critical`, `high`, `medium`, `low` or `info` |
//! | `kinds` | registry ids of the records it reads; `["cloudtrail"]` if left out |
//! | `pattern` | a CloudWatch Logs filter pattern: the records that count |
//! | `query` | or a Logs Insights query: each row of its result is a finding |
//! | `group_by` | fields that tell findings apart, the first is what one is about; of a query the names of columns |
//! | `threshold` | records a group needs; of a query the least value of the column `count`, or else of the first with numbers |
//! | `distinct` | pattern only: count different values of this field in the place of records |
//! | `window` | pattern only: they fall within this time (`90s`, `10m`, `2h`, `1d`), to the minute |
//! | `names` | pattern only: a field whose values the finding names |
//! | `evidence` | query only: the records a finding rests on, as in the filter bar; those of its group are shown |
//! | `view` | where evidence is shown best: `trail`, `traffic`, `config`, `findings` or `events` |
//! | `needs` | which file makes it evaluable |
//! | `attack` | technique ids of MITRE ATT&CK |
//! | `source` | whose rule it was, with a link |
//!
//! A query may name the times of a finding's first and last record `first` and `last`.
//! TOML only: patterns stand in it as they are, and files that are passed on have one spelling.

mod fault;
mod judge;
mod kinds;
mod read;
mod span;
mod write;

#[cfg(test)]
mod tests;

use super::Severity;
use crate::base::size;
pub use fault::RuleFault;
pub use kinds::{KINDS, KindFacts, VIEWS, kind_facts};
pub use read::read;
use serde::{Deserialize, Serialize};
pub use write::write;

/// A rule that somebody wrote. What was left out has its default value here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WrittenRule {
    /// Kebab-case.
    pub id: String,
    pub title: String,
    pub severity: Severity,
    /// What it means and what to do.
    pub text: String,
    /// Registry ids of the kinds it reads; never empty.
    pub kinds: Vec<String>,
    pub asks: Asks,
    /// Fields (of a query: columns) that tell findings apart; the first is what a finding is about.
    pub group_by: Vec<String>,
    /// Which file makes it evaluable.
    pub needs: String,
    /// The id of the view that shows its records best.
    pub view: String,
    /// Technique ids of MITRE ATT&CK, and the version they are of.
    pub attack: Vec<String>,
    pub attack_version: Option<String>,
    /// Whose rule it was.
    pub source: Option<String>,
}

/// How a rule asks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Asks {
    Pattern(PatternAsk),
    Query(QueryAsk),
}

/// Records that a CloudWatch Logs filter pattern takes, counted by groups.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatternAsk {
    pub pattern: String,
    /// Records, or different values of `distinct`, that a group needs.
    pub threshold: u64,
    pub distinct: Option<String>,
    /// They fall within this many nanoseconds.
    pub window_ns: Option<i64>,
    /// The field whose values a finding names.
    pub names: Option<String>,
}

/// Rows of a Logs Insights query.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QueryAsk {
    pub query: String,
    /// What the column `count`, or else the first with numbers, has to reach.
    pub threshold: Option<u64>,
    /// The records that findings rest on, in the filter bar's language.
    pub evidence: Option<String>,
}

/// What was read of a file: the rules that can be asked, and why others can not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Book {
    pub rules: Vec<WrittenRule>,
    pub faults: Vec<RuleFault>,
}

impl WrittenRule {
    /// The pattern, of a rule that is one.
    pub fn pattern(&self) -> Option<&str> {
        match &self.asks {
            Asks::Pattern(ask) => Some(&ask.pattern),
            Asks::Query(_) => None,
        }
    }

    /// The Logs Insights query, of a rule that is one.
    pub fn query(&self) -> Option<&str> {
        match &self.asks {
            Asks::Query(ask) => Some(&ask.query),
            Asks::Pattern(_) => None,
        }
    }

    /// When it fires, in a sentence.
    pub fn states(&self) -> String {
        let records = self.records();
        match &self.asks {
            Asks::Pattern(ask) => {
                let of = match &ask.distinct {
                    Some(field) => format!("{} different values of {field} in {records}", ask.threshold),
                    None => size::counted(ask.threshold, records),
                };
                let within = ask
                    .window_ns
                    .map_or(String::new(), |w| format!(" within {}", span::text(w)));
                let by = match self.group_by.as_slice() {
                    [] => String::new(),
                    fields => format!(" of one {}", fields.join(" and ")),
                };
                format!("At least {of}{by}{within} that the pattern takes.")
            }
            Asks::Query(ask) => match ask.threshold {
                Some(least) => format!("Each row of the query's result that reaches {least}."),
                None => "Each row of the query's result.".to_owned(),
            },
        }
    }

    /// What the records of its first kind are called.
    fn records(&self) -> &'static str {
        let facts = self.kinds.first().and_then(|k| kind_facts(k));
        facts.map_or("records", |f| f.records)
    }
}
