//! A rule that is data: which records count, by what they are grouped, and how many make a signal.

use super::counting::{Counting, Group};
use super::hits::{Found, Hit, counted, is};
use super::{Finding, Rule, RuleFacts};
use crate::base::Value;
use crate::base::time::MINUTE;
use crate::query::{Answer, Expr, Query};

/// Fires for each group of matching records that is large enough.
pub struct Signal {
    pub facts: RuleFacts,
    /// The records that count.
    pub filter: fn() -> Expr,
    /// Fields that tell groups apart; the first is what a finding is about.
    pub by: &'static [&'static str],
    /// The field whose values a sentence names.
    pub names: &'static str,
    /// Records a group needs.
    pub least: u64,
    /// They must fall within this many minutes.
    pub within_minutes: Option<u16>,
    /// Findings told, the largest groups first.
    pub most: usize,
    /// The sentence: `{0}`, `{1}` are the group's values, `{count call}` how many of what, `{names}` values of `names`.
    pub detail: &'static str,
}

impl Rule for Signal {
    fn facts(&self) -> &RuleFacts {
        &self.facts
    }

    fn ask(&self) -> Vec<Query> {
        vec![self.counting().query(self.facts.kinds, (self.filter)())]
    }

    fn judge(&self, answers: &[Answer]) -> Vec<Finding> {
        let rows = answers.iter().flat_map(|a| &a.rows).map(|r| Hit(r));
        let groups = self.counting().groups(rows).into_iter();
        groups.map(|g| self.found(g).finding(&self.facts)).collect()
    }
}

impl Signal {
    fn counting(&self) -> Counting<'_> {
        Counting {
            by: self.by.to_vec(),
            names: Some(self.names),
            distinct: None,
            least: self.least,
            width_ns: self.within_minutes.map(|m| i64::from(m) * MINUTE),
            most: self.most,
        }
    }

    fn found(&self, g: Group<'_>) -> Found {
        let text = |v: &Value| Hit(std::slice::from_ref(v)).text(0);
        let mut detail = String::new();
        let mut rest = self.detail;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            detail.push_str(before);
            match (name.strip_prefix("count "), name.parse::<usize>()) {
                (Some(noun), _) => detail.push_str(&counted(g.count, noun)),
                (_, Ok(i)) => detail.push_str(&g.keys.get(i).map_or_else(String::new, |v| text(v))),
                _ if g.names.is_empty() => detail.push_str("unknown"),
                _ => detail.push_str(&g.names.join(", ")),
            }
            rest = after;
        }
        detail.push_str(rest);
        let here = self.by.iter().zip(&g.keys).map(|(field, v)| is(field, v));
        Found {
            subject: g.keys.first().map_or_else(String::new, |v| text(v)),
            detail,
            count: g.count,
            first_ns: g.first_ns,
            last_ns: g.last_ns,
            filter: here.fold((self.filter)(), Expr::and),
            within: self.within_minutes.is_some(),
        }
    }
}
