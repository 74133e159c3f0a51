//! What rules share: reading an answer's rows, and writing findings.

use super::{Evidence, Finding, RuleFacts, Severity};
use crate::base::{TimeRange, Value};
use crate::query::Expr;

/// A row of an answer; a cell that is not there is absent.
#[derive(Clone, Copy)]
pub(super) struct Hit<'a>(pub &'a [Value]);

impl<'a> Hit<'a> {
    pub(super) fn value(self, at: usize) -> &'a Value {
        self.0.get(at).unwrap_or(&Value::Absent)
    }

    /// A number of records.
    pub(super) fn count(self, at: usize) -> u64 {
        let n = self.value(at).as_i64().unwrap_or(0);
        u64::try_from(n).unwrap_or(0)
    }

    /// A sum that may leave 64 bits.
    pub(super) fn sum(self, at: usize) -> i128 {
        match *self.value(at) {
            Value::Big(n) => n,
            ref v => v.as_i64().map_or(0, i128::from),
        }
    }

    pub(super) fn time(self, at: usize) -> Option<i64> {
        self.value(at).as_i64()
    }

    /// What is written for a person.
    pub(super) fn text(self, at: usize) -> String {
        match self.value(at) {
            Value::Absent => "unknown".to_owned(),
            v => v.to_text(),
        }
    }
}

/// The field has this value, or none.
pub(super) fn is(field: &str, value: &Value) -> Expr {
    match value {
        Value::Absent => !Expr::exists(field),
        // A comparison with a list holds when any item is equal; here all of them are meant.
        Value::List(items) => items
            .iter()
            .map(|item| Expr::eq(field, item.as_str()))
            .fold(Expr::All, Expr::and),
        v => Expr::eq(field, v.clone()),
    }
}

/// `1 call`, `1,204 calls`.
pub(super) fn counted(n: u64, noun: &str) -> String {
    let s = if n == 1 { "" } else { "s" };
    format!("{} {noun}{s}", crate::base::size::count(n))
}

/// What a rule has found, before its facts are added.
pub(super) struct Found {
    pub subject: String,
    pub detail: String,
    pub count: u64,
    pub first_ns: Option<i64>,
    pub last_ns: Option<i64>,
    pub filter: Expr,
    /// Narrow the evidence to the time from first to last?
    pub within: bool,
}

/// What every finding of a rule says of the rule.
pub(super) struct Of<'r> {
    pub id: &'r str,
    pub title: &'r str,
    pub severity: Severity,
    pub kinds: Vec<String>,
    pub view: &'r str,
}

impl<'r> From<&'r RuleFacts> for Of<'r> {
    fn from(facts: &'r RuleFacts) -> Self {
        Of {
            id: facts.id,
            title: facts.title,
            severity: facts.severity,
            kinds: facts.kinds.iter().map(|k| (*k).to_owned()).collect(),
            view: facts.view,
        }
    }
}

impl Found {
    pub(super) fn finding<'r>(self, of: impl Into<Of<'r>>) -> Finding {
        let of = of.into();
        let span = self.first_ns.zip(self.last_ns).filter(|_| self.within);
        Finding {
            rule: of.id.to_owned(),
            title: of.title.to_owned(),
            severity: of.severity,
            detail: self.detail,
            subject: self.subject,
            count: self.count,
            first_ns: self.first_ns,
            last_ns: self.last_ns,
            evidence: Evidence {
                kinds: of.kinds,
                filter: self.filter,
                range: span.map(|(first, last)| TimeRange::new(first, last.saturating_add(1))),
            },
            view: of.view.to_owned(),
        }
    }
}
