//! What a written rule asks, and what it makes of the answers.

use super::{Asks, PatternAsk, WrittenRule};
use crate::base::{Value, size, time};
use crate::query::{Answer, Expr, PATTERN, Query, text};
use crate::rules::counting::{Counting, Group};
use crate::rules::hits::{Found, Hit, Of, is};
use crate::rules::{Finding, Verdict, lacking, said};

/// Findings told, the largest first.
const MOST: usize = 50;
/// Columns of a row that a sentence tells.
const TOLD: usize = 6;
/// Names of a column that holds numbers of records.
const COUNTS: [&str; 3] = ["count", "count(*)", "n"];

impl<'r> From<&'r WrittenRule> for Of<'r> {
    fn from(rule: &'r WrittenRule) -> Self {
        Of {
            id: &rule.id,
            title: &rule.title,
            severity: rule.severity,
            kinds: rule.kinds.clone(),
            view: &rule.view,
        }
    }
}

impl WrittenRule {
    /// Asked of everything loaded, of a pattern's rule; narrow it with [`Query::within`]. A Logs Insights query is asked as
    /// it is, about [`WrittenRule::records_asked`].
    pub fn ask(&self) -> Option<Query> {
        let Asks::Pattern(ask) = &self.asks else {
            return None;
        };
        let kinds: Vec<&str> = self.kinds.iter().map(String::as_str).collect();
        Some(self.counting(ask).query(&kinds, Expr::eq(PATTERN, &*ask.pattern)))
    }

    /// The records that it looks at, as a filter.
    pub fn records_asked(&self) -> Expr {
        let kinds: Vec<&str> = self.kinds.iter().map(String::as_str).collect();
        Expr::any_of("@kind", &kinds)
    }

    /// What a pattern's rule finds in the answer to [`WrittenRule::ask`]. Call [`WrittenRule::verdict`], which first looks
    /// whether there was anything to judge.
    pub fn judge(&self, answer: &Answer) -> Vec<Finding> {
        let Asks::Pattern(ask) = &self.asks else {
            return Vec::new();
        };
        let rows = answer.rows.iter().map(|r| Hit(r));
        let groups = self.counting(ask).groups(rows).into_iter();
        groups.map(|g| self.found(ask, g).finding(self)).collect()
    }

    /// What a pattern's rule says to the answer to [`WrittenRule::ask`].
    pub fn verdict(&self, answer: &Answer) -> Verdict {
        let asked = self.ask().into_iter().collect();
        let answers = std::slice::from_ref(answer);
        let missing = |answer: &Answer| match answer.unknown_fields.as_slice() {
            [] => None,
            fields => Some(format!("records that have {}", fields.join(" and "))),
        };
        let lacks = lacking(asked, answers, || self.needs.clone());
        let lacks = lacks.map(|needs| match answer.unlisted {
            0 if answer.scanned > 0 => missing(answer).unwrap_or(needs),
            _ => needs,
        });
        said(lacks, || self.judge(answer))
    }

    /// What a query's rule finds in the query's result: a finding for each row that reaches the threshold, the largest first
    /// where there is one.
    pub fn judge_table(&self, columns: &[String], rows: &[Vec<Value>]) -> Vec<Finding> {
        let Asks::Query(ask) = &self.asks else {
            return Vec::new();
        };
        let shape = TableShape::of(self, columns, rows);
        let mut told: Vec<Hit<'_>> = rows.iter().map(|r| Hit(r)).collect();
        if let Some(least) = ask.threshold {
            let size = |r: &Hit<'_>| shape.measure.and_then(|at| r.value(at).as_f64());
            told.retain(|r| size(r).is_some_and(|n| n >= least as f64));
            told.sort_by(|a, b| size(b).partial_cmp(&size(a)).unwrap_or(std::cmp::Ordering::Equal));
        }
        let base = ask.evidence.as_deref().map(text::parse);
        // It was checked when the rule was read; of one that can not be read no record is shown.
        let base = match base {
            None => Expr::All,
            Some(read) => read.unwrap_or(!Expr::All),
        };
        let found = |row: Hit<'_>| shape.found(columns, row, base.clone()).finding(self);
        told.into_iter().take(MOST).map(found).collect()
    }

    fn counting<'r>(&'r self, ask: &'r PatternAsk) -> Counting<'r> {
        Counting {
            by: self.group_by.iter().map(String::as_str).collect(),
            names: ask.names.as_deref(),
            distinct: ask.distinct.as_deref(),
            least: ask.threshold,
            width_ns: ask.window_ns,
            most: MOST,
        }
    }

    fn found(&self, ask: &PatternAsk, group: Group<'_>) -> Found {
        let values: Vec<String> = group.keys.iter().map(|v| shown(v)).collect();
        let subject = values.first().cloned().unwrap_or_else(|| self.title.clone());
        let mut detail = subject.clone();
        for (field, value) in self.group_by.iter().zip(&values).skip(1) {
            detail.push_str(&format!(", {field} {value}"));
        }
        detail.push_str(": ");
        if let Some(field) = &ask.distinct {
            detail.push_str(&format!(
                "{} different values of {field} in ",
                size::count(group.size)
            ));
        }
        detail.push_str(&size::counted(group.count, self.records()));
        if let Some(span) = ask.window_ns.filter(|_| ask.threshold > 1) {
            detail.push_str(&format!(
                ", {} or more within {}",
                ask.threshold,
                super::span::text(span)
            ));
        }
        if let Some(field) = ask.names.as_ref().filter(|_| !group.names.is_empty()) {
            detail.push_str(&format!("; {field} {}", group.names.join(", ")));
        }
        let here = self
            .group_by
            .iter()
            .zip(&group.keys)
            .map(|(field, v)| is(field, v));
        Found {
            subject,
            detail,
            count: group.count,
            first_ns: group.first_ns,
            last_ns: group.last_ns,
            filter: here.fold(Expr::eq(PATTERN, &*ask.pattern), Expr::and),
            within: true,
        }
    }
}

fn shown(value: &Value) -> String {
    Hit(std::slice::from_ref(value)).text(0)
}

/// Which column of a result is what.
struct TableShape {
    /// Those that tell findings apart.
    by: Vec<usize>,
    /// What a threshold is held against.
    measure: Option<usize>,
    count: Option<usize>,
    first: Option<usize>,
    last: Option<usize>,
}

impl TableShape {
    fn of(rule: &WrittenRule, columns: &[String], rows: &[Vec<Value>]) -> TableShape {
        let column = |name: &str| columns.iter().position(|c| c == name);
        let by: Vec<usize> = rule.group_by.iter().filter_map(|name| column(name)).collect();
        let (first, last) = (column("first"), column("last"));
        let count = COUNTS.iter().find_map(|name| column(name));
        let numbers = |at: &usize| {
            let mut cells = rows
                .iter()
                .map(|r| Hit(r).value(*at))
                .filter(|v| !v.is_absent())
                .peekable();
            let number = |v: &Value| {
                matches!(
                    v,
                    Value::Int(_) | Value::Big(_) | Value::Float(_) | Value::Decimal(_)
                )
            };
            cells.peek().is_some() && cells.all(number)
        };
        let free = |at: &usize| !by.contains(at) && Some(*at) != first && Some(*at) != last;
        let measure = column("count").or_else(|| (0..columns.len()).filter(free).find(numbers));
        TableShape {
            by,
            measure,
            count,
            first,
            last,
        }
    }

    fn found(&self, columns: &[String], row: Hit<'_>, base: Expr) -> Found {
        let name = |at: usize| columns.get(at).map_or("", String::as_str);
        let subject = match self.by.first() {
            Some(&at) => row.text(at),
            None => row.text(0),
        };
        let head = self.by.first().copied().unwrap_or(0);
        let told: Vec<String> = (0..columns.len())
            .filter(|&at| at != head && Some(at) != self.first && Some(at) != self.last)
            .filter(|&at| !row.value(at).is_absent())
            .take(TOLD)
            .map(|at| format!("{} {}", name(at), number_or_text(row.value(at))))
            .collect();
        let detail = match told.is_empty() {
            true => subject.clone(),
            false => format!("{subject}: {}", told.join(", ")),
        };
        let time = |at: Option<usize>| at.and_then(|at| instant(row.value(at)));
        let filter = self.by.iter().map(|&at| is(name(at), row.value(at)));
        Found {
            subject,
            detail,
            count: self.count.map_or(1, |at| row.count(at)),
            first_ns: time(self.first),
            last_ns: time(self.last),
            filter: filter.fold(base, Expr::and),
            within: true,
        }
    }
}

fn number_or_text(value: &Value) -> String {
    match value {
        Value::Int(_) | Value::Big(_) => match value.as_i64() {
            // Ports and codes are no amounts.
            Some(n) if n.unsigned_abs() < 100_000 => n.to_string(),
            Some(n) => size::count(n),
            None => value.to_text(),
        },
        _ => value.to_text(),
    }
}

/// A time, also as a query's result writes it.
fn instant(value: &Value) -> Option<i64> {
    match value {
        Value::Time(ns) => Some(*ns),
        Value::Text(text) => time::parse_iso(text.as_bytes()),
        // Queries count milliseconds.
        Value::Int(ms) => time::from_epoch(*ms),
        _ => None,
    }
}
