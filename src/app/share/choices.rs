//! What a person chooses to share.

use crate::base::TimeRange;
use crate::evidence::manifest::Records;
use crate::query::{Expr, Op};
use crate::rules::Finding;
use crate::views::findings::model::KINDS as FINDING_KINDS;

/// Everything that the file depends on besides what is loaded.
#[derive(Clone, Debug, PartialEq)]
pub struct Choices {
    pub title: String,
    /// What the report covers, in the person's words.
    pub scope: String,
    pub author: String,
    /// When it was written (ns).
    pub created_ns: i64,
    /// All that is loaded, or only what is in the page's filter and range.
    pub everything: bool,
    /// The page's filter and range.
    pub filter: Expr,
    pub range: Option<TimeRange>,
    /// Ids of views, in the order of the report.
    pub views: Vec<String>,
    pub records: Records,
    /// With the text of every single record as it stood in its file.
    pub originals: bool,
    /// Fields that are dropped.
    pub leave_out: Vec<String>,
}

impl Choices {
    /// The filter and range of everything in the file.
    pub fn scope_of(&self) -> (Expr, Option<TimeRange>) {
        match self.everything {
            true => (Expr::All, None),
            false => (self.filter.clone(), self.range),
        }
    }

    /// Which records of the scope stand in the file as such; `None`: all of them.
    pub fn chosen(&self, findings: &[Finding], pinned: &[Expr]) -> Option<Expr> {
        match self.records {
            Records::All => None,
            Records::None => Some(nothing()),
            Records::Filter if !self.everything => None,
            Records::Filter => {
                let within = self.range.map_or(Expr::All, within);
                match self.filter.clone().and(within) {
                    Expr::All => None,
                    some => Some(some),
                }
            }
            Records::Findings => {
                let imported = Expr::In {
                    field: "@kind".into(),
                    values: FINDING_KINDS.iter().map(|k| (*k).to_owned()).collect(),
                };
                let behind = findings.iter().map(|f| {
                    let kinds = Expr::In {
                        field: "@kind".into(),
                        values: f.evidence.kinds.clone(),
                    };
                    let range = f.evidence.range.map_or(Expr::All, within);
                    kinds.and(f.evidence.filter.clone()).and(range)
                });
                let all = std::iter::once(imported)
                    .chain(behind)
                    .chain(pinned.iter().cloned());
                Some(Expr::Or(all.collect()))
            }
        }
    }
}

/// Matches no record.
fn nothing() -> Expr {
    Expr::In {
        field: "@kind".into(),
        values: Vec::new(),
    }
}

/// Records whose time is in a range, as a condition.
pub fn within(range: TimeRange) -> Expr {
    let at = |op, ns| Expr::Compare {
        field: "@timestamp".into(),
        op,
        value: crate::base::Value::Time(ns),
    };
    at(Op::Ge, range.from_ns).and(at(Op::Lt, range.to_ns))
}
