//! Counting records by groups: what every rule that is data asks and how its answer is taken apart.

use super::hits::Hit;
use crate::base::time::MINUTE;
use crate::base::{TimeRange, Value};
use crate::query::{Agg, Expr, Key, Order, Query};
use std::collections::BTreeMap;

/// Values named in a sentence, at most.
pub(super) const NAMED: usize = 5;
/// Groups asked for where they are counted by the minute.
const MINUTES: usize = 20_000;

/// Which groups of records are large enough.
pub(super) struct Counting<'c> {
    /// Fields that tell groups apart.
    pub by: Vec<&'c str>,
    /// The field whose values are collected.
    pub names: Option<&'c str>,
    /// A group is as large as it has different values of this field; else as it has records.
    pub distinct: Option<&'c str>,
    /// How large a group has to be.
    pub least: u64,
    /// Within this time, to the minute.
    pub width_ns: Option<i64>,
    /// Groups wanted, the largest first.
    pub most: usize,
}

/// Records of one group, or of its largest burst.
pub(super) struct Group<'a> {
    pub keys: Vec<&'a Value>,
    pub count: u64,
    pub first_ns: Option<i64>,
    pub last_ns: Option<i64>,
    pub names: Vec<String>,
    /// What the threshold is held against.
    pub size: u64,
}

/// The part of a group in one minute, of one value where values are counted.
struct Part<'a> {
    minute: i64,
    value: Option<String>,
    group: Group<'a>,
}

impl Counting<'_> {
    pub fn query(&self, kinds: &[&str], filter: Expr) -> Query {
        let mut by: Vec<Key> = self.by.iter().map(|f| Key::Field((*f).to_owned())).collect();
        let mut limit = self.most;
        if self.width_ns.is_some() {
            by.extend(self.distinct.map(|f| Key::Field(f.to_owned())));
            by.push(Key::Time { width_ns: MINUTE });
            limit = MINUTES;
        }
        let time = || "@timestamp".to_owned();
        let mut aggs = vec![Agg::Count, Agg::Min(time()), Agg::Max(time())];
        aggs.extend(self.names.map(|f| Agg::Some(f.to_owned(), NAMED)));
        let mut order = Order::Desc(0);
        if let Some(field) = self.distinct.filter(|_| self.width_ns.is_none()) {
            order = Order::Desc(aggs.len());
            aggs.push(Agg::Distinct(field.to_owned()));
        }
        Query::groups(kinds, by, aggs)
            .filter(filter)
            .order(order)
            .limit(limit)
    }

    /// The groups that are large enough, of an answer to [`Counting::query`]; the largest first.
    pub fn groups<'a>(&self, rows: impl Iterator<Item = Hit<'a>>) -> Vec<Group<'a>> {
        let mut groups: Vec<Group<'a>> = match self.width_ns {
            None => rows.map(|r| self.group(r, self.by.len())).collect(),
            Some(width) => self.bursts(rows, width),
        };
        groups.retain(|g| g.size >= self.least);
        groups.sort_by_key(|g| std::cmp::Reverse(g.size));
        groups.truncate(self.most);
        groups
    }

    /// A row with `keys` keys before its aggregates.
    fn group<'a>(&self, row: Hit<'a>, keys: usize) -> Group<'a> {
        let named = usize::from(self.names.is_some());
        let names = match row.value(keys + 3) {
            _ if named == 0 => Vec::new(),
            Value::List(names) => names.clone(),
            Value::Absent => Vec::new(),
            one => vec![one.to_text()],
        };
        let size = match self.distinct {
            Some(_) if self.width_ns.is_none() => row.count(keys + 3 + named),
            _ => row.count(keys),
        };
        Group {
            keys: (0..self.by.len()).map(|i| row.value(i)).collect(),
            count: row.count(keys),
            first_ns: row.time(keys + 1),
            last_ns: row.time(keys + 2),
            names,
            size,
        }
    }

    /// The largest burst of each group: the run of so many minutes that is largest, and what of the same size it
    /// touches.
    fn bursts<'a>(&self, rows: impl Iterator<Item = Hit<'a>>, width_ns: i64) -> Vec<Group<'a>> {
        let own = self.by.len();
        let keys = own + usize::from(self.distinct.is_some());
        let mut by_key: BTreeMap<Vec<String>, Vec<Part<'a>>> = BTreeMap::new();
        for row in rows {
            // A record without the field has no value of it that could be different.
            let value = self.distinct.map(|_| row.value(own));
            if value.is_some_and(Value::is_absent) {
                continue;
            }
            if let Some(minute) = row.time(keys) {
                by_key
                    .entry((0..own).map(|i| row.text(i)).collect())
                    .or_default()
                    .push(Part {
                        minute,
                        value: value.map(Value::to_text),
                        group: self.group(row, keys + 1),
                    });
            }
        }
        let burst_of = |mut parts: Vec<Part<'a>>| {
            parts.sort_by_key(|p| p.minute);
            let burst = burst(&parts, width_ns, self.least)?;
            let inside = |p: &Part<'_>| burst.contains(p.minute);
            let size = size(parts.iter().filter(|p| inside(p)));
            let groups = parts.into_iter().filter(inside).map(|p| p.group);
            groups.reduce(Group::joined).map(|g| Group { size, ..g })
        };
        by_key.into_values().filter_map(burst_of).collect()
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

/// How much there is in a run of parts, kept up as they come and go.
#[derive(Default)]
struct Tally<'p> {
    records: u64,
    /// Each value with the number of parts that have it.
    values: BTreeMap<&'p str, u64>,
    of_values: bool,
}

impl<'p> Tally<'p> {
    fn add(&mut self, part: &'p Part<'_>) {
        self.records += part.group.count;
        if let Some(value) = &part.value {
            self.of_values = true;
            *self.values.entry(value).or_default() += 1;
        }
    }

    fn take(&mut self, part: &'p Part<'_>) {
        self.records -= part.group.count;
        let Some(value) = part.value.as_deref() else {
            return;
        };
        if let Some(parts) = self.values.get_mut(value) {
            *parts -= 1;
            if *parts == 0 {
                self.values.remove(value);
            }
        }
    }

    fn size(&self) -> u64 {
        match self.of_values {
            true => self.values.len() as u64,
            false => self.records,
        }
    }
}

fn size<'p, 'a: 'p>(parts: impl Iterator<Item = &'p Part<'a>>) -> u64 {
    let mut tally = Tally::default();
    parts.for_each(|p| tally.add(p));
    tally.size()
}

/// The largest stretch of time of those in which every part belongs to some run of `width_ns` that is at least `least`
/// large. `parts` are in order of time.
fn burst(parts: &[Part<'_>], width_ns: i64, least: u64) -> Option<TimeRange> {
    let mut stretches: Vec<TimeRange> = Vec::new();
    let mut run = parts.iter().peekable();
    let mut tally = Tally::default();
    for part in parts {
        let minute = part.minute;
        tally.add(part);
        while let Some(gone) = run.next_if(|oldest| oldest.minute <= minute.saturating_sub(width_ns)) {
            tally.take(gone);
        }
        if tally.size() < least {
            continue;
        }
        let from = run.peek().map_or(minute, |oldest| oldest.minute);
        let found = TimeRange::new(from, minute.saturating_add(MINUTE));
        match stretches.last_mut().filter(|last| found.from_ns < last.to_ns) {
            Some(last) => *last = last.union(found),
            None => stretches.push(found),
        }
    }
    let inside = |r: &TimeRange| {
        let from = parts.partition_point(|p| p.minute < r.from_ns);
        let rest = parts.get(from..).unwrap_or_default();
        size(rest.iter().take_while(|p| p.minute < r.to_ns))
    };
    stretches.into_iter().max_by_key(inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(minute: i64, count: u64, value: Option<&str>) -> Part<'static> {
        Part {
            minute: minute * MINUTE,
            value: value.map(str::to_owned),
            group: Group {
                keys: Vec::new(),
                count,
                first_ns: None,
                last_ns: None,
                names: Vec::new(),
                size: count,
            },
        }
    }

    fn minutes(counts: &[(i64, u64)]) -> Vec<Part<'static>> {
        counts.iter().map(|&(m, n)| part(m, n, None)).collect()
    }

    fn range(from: i64, to: i64) -> Option<TimeRange> {
        Some(TimeRange::new(from * MINUTE, to * MINUTE))
    }

    #[test]
    fn a_burst_may_begin_at_any_minute() {
        // Five before and five after a full ten minutes: a fixed grid would miss it.
        assert_eq!(burst(&minutes(&[(9, 5), (10, 5)]), 10 * MINUTE, 10), range(9, 11));
        assert_eq!(burst(&minutes(&[(0, 5), (9, 5)]), 10 * MINUTE, 10), range(0, 10));
        assert_eq!(burst(&minutes(&[(0, 5), (10, 5)]), 10 * MINUTE, 10), None);
        assert_eq!(burst(&[], 10 * MINUTE, 1), None);
    }

    #[test]
    fn bursts_that_touch_are_one_and_the_largest_is_told() {
        let counts = minutes(&[(0, 10), (5, 1), (12, 9), (500, 11)]);
        assert_eq!(burst(&counts, 10 * MINUTE, 10), range(0, 13));
    }

    #[test]
    fn a_value_counts_once_however_often_it_comes() {
        let parts = |values: &[(i64, &str)]| -> Vec<Part<'static>> {
            values.iter().map(|&(m, v)| part(m, 100, Some(v))).collect()
        };
        let repeated = parts(&[(0, "a"), (0, "b"), (3, "a"), (4, "b")]);
        assert_eq!(burst(&repeated, 10 * MINUTE, 3), None);
        let different = parts(&[(0, "a"), (5, "b"), (9, "c"), (30, "d")]);
        assert_eq!(burst(&different, 10 * MINUTE, 3), range(0, 10));
        // What left the run does not count, though it was there.
        let passed = parts(&[(0, "a"), (6, "b"), (12, "c")]);
        assert_eq!(burst(&passed, 10 * MINUTE, 3), None);
    }
}
