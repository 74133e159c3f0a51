//! A rule that is data: which records count, by what they are grouped, and how many make a signal.

use super::hits::{Found, Hit, counted, is};
use super::{Finding, Rule, RuleFacts};
use crate::base::time::MINUTE;
use crate::base::{TimeRange, Value};
use crate::query::{Agg, Answer, Expr, Key, Query};
use std::collections::BTreeMap;

/// Values named in a sentence, at most.
const NAMED: usize = 5;
/// Groups asked for where they are counted by the minute.
const MINUTES: usize = 20_000;

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
        let mut by: Vec<Key> = self.by.iter().map(|f| Key::Field((*f).to_owned())).collect();
        let mut limit = self.most;
        if self.within_minutes.is_some() {
            by.push(Key::Time { width_ns: MINUTE });
            limit = MINUTES;
        }
        let time = || "@timestamp".to_owned();
        let aggs = vec![
            Agg::Count,
            Agg::Min(time()),
            Agg::Max(time()),
            Agg::Some(self.names.to_owned(), NAMED),
        ];
        let query = Query::groups(self.facts.kinds, by, aggs);
        vec![query.filter((self.filter)()).limit(limit)]
    }

    fn judge(&self, answers: &[Answer]) -> Vec<Finding> {
        let rows = answers.iter().flat_map(|a| &a.rows).map(|r| Hit(r));
        let mut groups: Vec<Group<'_>> = match self.within_minutes {
            None => rows.map(|r| self.group(r, self.by.len())).collect(),
            Some(minutes) => self.bursts(rows, minutes),
        };
        groups.retain(|g| g.count >= self.least);
        groups.sort_by_key(|g| std::cmp::Reverse(g.count));
        groups.truncate(self.most);
        groups
            .into_iter()
            .map(|g| self.found(g).finding(&self.facts))
            .collect()
    }
}

/// Records of one group, or of its largest burst.
struct Group<'a> {
    keys: Vec<&'a Value>,
    count: u64,
    first_ns: Option<i64>,
    last_ns: Option<i64>,
    names: Vec<String>,
}

impl Signal {
    /// A row with `keys` keys before its aggregates.
    fn group<'a>(&self, row: Hit<'a>, keys: usize) -> Group<'a> {
        Group {
            keys: (0..self.by.len()).map(|i| row.value(i)).collect(),
            count: row.count(keys),
            first_ns: row.time(keys + 1),
            last_ns: row.time(keys + 2),
            names: match row.value(keys + 3) {
                Value::List(names) => names.clone(),
                Value::Absent => Vec::new(),
                one => vec![one.to_text()],
            },
        }
    }

    /// The largest burst of each group: the run of so many minutes that holds the most records, and what of the same
    /// size it touches.
    fn bursts<'a>(&self, rows: impl Iterator<Item = Hit<'a>>, minutes: u16) -> Vec<Group<'a>> {
        let width = i64::from(minutes) * MINUTE;
        let mut by_key: BTreeMap<Vec<String>, Vec<(i64, Group<'a>)>> = BTreeMap::new();
        for row in rows {
            let key = (0..self.by.len()).map(|i| row.text(i)).collect();
            if let Some(minute) = row.time(self.by.len()) {
                let group = self.group(row, self.by.len() + 1);
                by_key.entry(key).or_default().push((minute, group));
            }
        }
        let mut out = Vec::new();
        for mut minutes in by_key.into_values() {
            minutes.sort_by_key(|&(minute, _)| minute);
            let counts: Vec<(i64, u64)> = minutes.iter().map(|(minute, g)| (*minute, g.count)).collect();
            let Some(burst) = burst(&counts, width, self.least) else {
                continue;
            };
            let inside = minutes.into_iter().filter(|&(minute, _)| burst.contains(minute));
            out.extend(inside.map(|(_, g)| g).reduce(Group::joined));
        }
        out
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

impl<'a> Group<'a> {
    fn joined(mut self, other: Group<'a>) -> Group<'a> {
        self.count += other.count;
        self.first_ns = self.first_ns.min(other.first_ns);
        self.last_ns = self.last_ns.max(other.last_ns);
        for name in other.names {
            if self.names.len() < NAMED && !self.names.contains(&name) {
                self.names.push(name);
            }
        }
        self
    }
}

/// The stretch of time with the most records of those in which every record is part of some run of `width_ns` that
/// holds `least` records. `counts` are records by minute, in order of time.
fn burst(counts: &[(i64, u64)], width_ns: i64, least: u64) -> Option<TimeRange> {
    let mut stretches: Vec<TimeRange> = Vec::new();
    let mut run = counts.iter().copied().peekable();
    let mut sum = 0u64;
    for &(minute, n) in counts {
        sum += n;
        while let Some((_, gone)) = run.next_if(|&(oldest, _)| oldest <= minute - width_ns) {
            sum -= gone;
        }
        if sum < least {
            continue;
        }
        let from = run.peek().map_or(minute, |&(oldest, _)| oldest);
        let found = TimeRange::new(from, minute + MINUTE);
        match stretches.last_mut().filter(|last| found.from_ns < last.to_ns) {
            Some(last) => *last = last.union(found),
            None => stretches.push(found),
        }
    }
    let inside = |r: &TimeRange| -> u64 {
        let from = counts.partition_point(|&(m, _)| m < r.from_ns);
        let rest = counts.get(from..).unwrap_or_default();
        rest.iter()
            .take_while(|(m, _)| *m < r.to_ns)
            .map(|(_, n)| n)
            .sum()
    };
    stretches.into_iter().max_by_key(inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes(counts: &[(i64, u64)]) -> Vec<(i64, u64)> {
        counts.iter().map(|&(m, n)| (m * MINUTE, n)).collect()
    }

    #[test]
    fn a_burst_may_begin_at_any_minute() {
        let range = |from: i64, to: i64| Some(TimeRange::new(from * MINUTE, to * MINUTE));
        // Five before and five after a full ten minutes: a fixed grid would miss it.
        assert_eq!(burst(&minutes(&[(9, 5), (10, 5)]), 10 * MINUTE, 10), range(9, 11));
        assert_eq!(burst(&minutes(&[(0, 5), (9, 5)]), 10 * MINUTE, 10), range(0, 10));
        assert_eq!(burst(&minutes(&[(0, 5), (10, 5)]), 10 * MINUTE, 10), None);
        assert_eq!(burst(&[], 10 * MINUTE, 1), None);
    }

    #[test]
    fn bursts_that_touch_are_one_and_the_largest_is_told() {
        let counts = minutes(&[(0, 10), (5, 1), (12, 9), (500, 11)]);
        assert_eq!(
            burst(&counts, 10 * MINUTE, 10),
            Some(TimeRange::new(0, 13 * MINUTE))
        );
    }
}
