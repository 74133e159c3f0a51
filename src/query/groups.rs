//! Group questions over one shard, a segment at a time.

use super::aggs::{Column as AggColumn, Times, is_settled, keep_max, keep_min, keep_some, told_by};
use super::ask::{Agg, Groups, Key};
use super::atom::{Atom, MadeTexts, TextList, Texts, is_made};
use super::bits::Bits;
use super::dict::UNSET;
use super::keyer::Keyer;
use super::keys::{KeySource, Picked, Rows, typed};
use super::parts::GroupsPart;
use super::predicate::Predicate;
use super::resolve::Source;
use super::totals::Totals;
use crate::base::hash::FastMap;
use crate::base::{FieldType, Role};
use crate::table::{ABSENT, ABSENT_INT, Column, Pool, Segment, Table, each_width};
use std::borrow::Cow;

/// A group question on its way through a shard.
pub(super) struct GroupsRun {
    aggs: Vec<Agg>,
    keyer: Keyer,
    columns: Vec<AggColumn>,
    /// By table, then by aggregate.
    inputs: FastMap<usize, Vec<Input>>,
    made: MadeTexts,
    rows: Vec<u32>,
    groups: Vec<u32>,
    /// Used by a `Distinct` while it looks at a segment: groups and values.
    distinct: (Vec<u32>, Vec<u32>),
}

/// What an aggregate reads in one table.
struct Input {
    value: Cells,
    /// A `Distinct`'s values, numbered.
    numbers: Option<KeySource>,
    /// What tells rows of one time apart, the aggregate's own value among it.
    ties: Vec<Cells>,
    only: Option<Predicate>,
    time: Option<usize>,
}

/// The values of a name in one table.
struct Cells {
    source: Option<Source>,
    ty: FieldType,
    /// The atom of every row, where the table has one for all.
    constant: Option<Atom>,
}

impl Input {
    fn new(aggs: &[Agg], at: usize, table: &Table, pool: &Pool, made: &mut MadeTexts) -> Input {
        let (name, only) = match aggs.get(at) {
            None | Some(Agg::Count) => (None, None),
            Some(Agg::CountIf(e)) => (None, Some(e)),
            Some(Agg::SumIf(f, e)) => (Some(f), Some(e)),
            Some(
                Agg::Sum(f)
                | Agg::Min(f)
                | Agg::Max(f)
                | Agg::Distinct(f)
                | Agg::Earliest(f)
                | Agg::Latest(f)
                | Agg::Some(f, _),
            ) => (Some(f), None),
        };
        let numbers = match aggs.get(at) {
            Some(Agg::Distinct(f)) => Some(KeySource::new(&Key::Field(f.clone()), table, pool, made)),
            _ => None,
        };
        let mut cells = |name: Option<&str>| Cells::new(name, table, pool, made);
        Input {
            value: cells(name.map(String::as_str)),
            numbers,
            ties: told_by(aggs, at).0.into_iter().map(|f| cells(Some(f))).collect(),
            only: only.map(|e| Predicate::new(e, table)),
            time: table.role(Role::Time),
        }
    }

    fn time(&self, segment: &Segment, row: usize) -> Option<i64> {
        match segment.column(self.time?)? {
            Column::Ints(ints) => Some(ints.get(row)).filter(|&t| t != ABSENT_INT),
            _ => None,
        }
    }

    fn tie(&self, at: usize, segment: &Segment, row: usize) -> Atom {
        self.ties.get(at).map_or(Atom::Absent, |c| c.atom(segment, row))
    }
}

impl Cells {
    fn new(name: Option<&str>, table: &Table, pool: &Pool, made: &mut MadeTexts) -> Cells {
        let source = name.and_then(|n| Source::of(table, n));
        Cells {
            source,
            ty: source.map_or(FieldType::Text, |s| s.ty(table)),
            constant: (source == Some(Source::Kind)).then(|| Atom::Text(made.number(table.facts.id, pool))),
        }
    }

    fn atom(&self, segment: &Segment, row: usize) -> Atom {
        match self.source {
            None => Atom::Absent,
            Some(Source::Kind) => self.constant.unwrap_or(Atom::Absent),
            Some(Source::Origin(part)) => Atom::Int(part.of(segment, row)),
            Some(Source::Field(field)) => match segment.column(field) {
                None => Atom::Absent,
                Some(Column::Codes(codes)) => match codes.get(row) as u32 {
                    ABSENT => Atom::Absent,
                    code if self.ty == FieldType::List => Atom::List(code),
                    code => Atom::Text(code),
                },
                Some(Column::Ints(ints)) => match ints.get(row) {
                    ABSENT_INT => Atom::Absent,
                    n => typed(n, self.ty),
                },
                Some(Column::Floats(floats)) => match floats.get(row) {
                    Some(f) if !f.is_nan() => Atom::float(*f),
                    _ => Atom::Absent,
                },
            },
        }
    }
}

impl GroupsRun {
    pub fn new(groups: &Groups) -> GroupsRun {
        GroupsRun {
            keyer: Keyer::new(&groups.by),
            columns: AggColumn::all(&groups.aggs),
            aggs: groups.aggs.clone(),
            inputs: FastMap::default(),
            made: MadeTexts::default(),
            rows: Vec::new(),
            groups: Vec::new(),
            distinct: (Vec::new(), Vec::new()),
        }
    }

    /// Adds the rows `bits` of a segment.
    pub fn add(&mut self, pool: &Pool, table: &Table, table_at: usize, segment_at: usize, bits: &Bits) {
        let Some(segment) = table.segments.get(segment_at) else {
            return;
        };
        let made = &mut self.made;
        let inputs = self.inputs.entry(table_at).or_insert_with(|| {
            let input = |at| Input::new(&self.aggs, at, table, pool, made);
            (0..self.aggs.len()).map(input).collect()
        });
        // The commonest question needs no row.
        if self.keyer.is_one_group() && self.aggs == [Agg::Count] {
            if let Some(AggColumn::Count(n)) = self.columns.first_mut() {
                n.resize(1, 0);
                n[0] = n[0].saturating_add(bits.records(segment));
            }
            return;
        }
        let whole = bits.is_whole();
        if !whole {
            bits.list(&mut self.rows);
        }
        let picked = Picked {
            pool,
            segment,
            bits,
            rows: if whole {
                Rows::All(segment.rows)
            } else {
                Rows::These(&self.rows)
            },
        };
        self.keyer
            .number(table_at, table, &picked, &mut self.made, &mut self.groups);
        let of = self.keyer.groups.len();
        let groups = &self.groups;
        let rows = groups.iter().enumerate();
        let rows = rows.map(|(at, &g)| (picked.rows.at(at), g as usize));
        // Rows without a time are the last to be the earliest or the latest. The end of a span is beyond it.
        let early = |time: Option<i64>| time.unwrap_or(i64::MAX);
        let late = |time: Option<i64>| time.unwrap_or(ABSENT_INT);
        let times = Times {
            first: early(segment.span.map(|s| s.from_ns)),
            last: late(segment.span.map(|s| s.to_ns)),
        };
        for (column, input) in self.columns.iter_mut().zip(inputs) {
            column.widen(of);
            let only = input.only.as_mut().map(|p| p.select(pool, segment, bits));
            let rows = rows
                .clone()
                .filter(|(row, _)| only.as_ref().is_none_or(|only| only.has(*row)));
            if let (AggColumn::Distinct(distinct), Some(source)) = (&mut *column, &mut input.numbers) {
                let (pairs, values) = &mut self.distinct;
                pairs.clone_from(groups);
                values.clear();
                values.resize(groups.len(), UNSET);
                source.fill(&picked, &mut distinct.values, &mut self.made, values);
                distinct.add(pairs, values, of);
                continue;
            }
            let texts = self.made.with(pool);
            match column {
                AggColumn::Distinct(_) => {}
                AggColumn::Count(n) if segment.weights().is_some() => {
                    rows.for_each(|(row, g)| n[g] = n[g].saturating_add(segment.weight(row)));
                }
                AggColumn::Count(n) => match (&only, self.keyer.is_one_group()) {
                    (only, true) => n[0] += only.as_ref().unwrap_or(bits).count() as u64,
                    (None, false) => groups.iter().for_each(|&g| n[g as usize] += 1),
                    (Some(_), false) => rows.for_each(|(_, g)| n[g] += 1),
                },
                AggColumn::Sum(totals) => sum(input, &picked, groups, only.as_ref(), totals),
                AggColumn::Min(v) => rows.for_each(|(row, g)| {
                    keep_min(&mut v.0[g], input.value.atom(segment, row), &texts);
                }),
                AggColumn::Max(v) => rows.for_each(|(row, g)| {
                    keep_max(&mut v.0[g], input.value.atom(segment, row), &texts);
                }),
                AggColumn::Earliest(ends) => rows.for_each(|(row, g)| {
                    if !ends.is_beyond(g, times) {
                        let time = early(input.time(segment, row));
                        ends.keep(g, time, |at| input.tie(at, segment, row), &texts);
                    }
                }),
                AggColumn::Latest(ends) => rows.for_each(|(row, g)| {
                    if !ends.is_beyond(g, times) {
                        let time = late(input.time(segment, row));
                        ends.keep(g, time, |at| input.tie(at, segment, row), &texts);
                    }
                }),
                AggColumn::Some(n, v) => {
                    let n = *n as usize;
                    for (row, g) in rows {
                        if is_settled(&v[g], n, times.first) {
                            continue;
                        }
                        let time = early(input.time(segment, row));
                        if is_settled(&v[g], n, time) {
                            continue;
                        }
                        let atom = input.value.atom(segment, row);
                        if !atom.is_absent() {
                            keep_some(&mut v[g], n, time, atom, &texts);
                        }
                    }
                }
            }
        }
    }

    /// What this shard says, its texts taken along.
    pub fn finish(mut self, groups: &Groups, pool: &Pool) -> GroupsPart {
        let of = self.keyer.groups.len();
        self.columns.iter_mut().for_each(|c| c.widen(of));
        let from = self.made.with(pool);
        let mut texts = TextList::default();
        let mut taken = Taken::default();
        let mut lossy = false;
        let mut number = |n: u32| {
            taken.of(n, || {
                let text = from.text(n);
                lossy |= matches!(text, Cow::Owned(_));
                texts.push(&text)
            })
        };
        let mut keys = self.keyer.groups;
        keys.dicts.iter_mut().for_each(|dict| dict.renumber(&mut number));
        self.columns.iter_mut().for_each(|c| c.renumber(&mut number));
        let part = GroupsPart {
            keys,
            columns: self.columns,
            texts,
            any: true,
        };
        if lossy {
            // Different bytes that are not UTF-8 are shown alike: merging makes one group of them.
            let mut whole = GroupsPart::new(groups);
            whole.take(part);
            return whole;
        }
        part
    }
}

/// The numbers under which texts are taken along, by their numbers in the shard.
#[derive(Default)]
struct Taken {
    /// Of the pool's.
    codes: Vec<u32>,
    /// Of those made.
    made: FastMap<u32, u32>,
}

impl Taken {
    fn of(&mut self, number: u32, take: impl FnOnce() -> u32) -> u32 {
        if is_made(number) {
            return *self.made.entry(number).or_insert_with(take);
        }
        let at = number as usize;
        if at >= self.codes.len() {
            self.codes.resize(at + 1, UNSET);
        }
        if self.codes[at] == UNSET {
            self.codes[at] = take();
        }
        self.codes[at]
    }
}

fn sum(input: &Input, picked: &Picked<'_>, groups: &[u32], only: Option<&Bits>, totals: &mut Totals) {
    let rows = picked.rows;
    let is_asked = |row: usize| only.is_none_or(|only| only.has(row));
    let ints = match input.value.source {
        Some(Source::Origin(part)) => part.all(picked.segment),
        Some(Source::Field(field)) => match picked.segment.column(field) {
            Some(Column::Ints(ints)) => ints,
            Some(Column::Floats(floats)) => {
                for (at, &g) in groups.iter().enumerate() {
                    let row = rows.at(at);
                    match floats.get(row) {
                        Some(x) if !x.is_nan() && is_asked(row) => totals.add_float(g as usize, *x),
                        _ => {}
                    }
                }
                return;
            }
            Some(Column::Codes(_)) | None => return,
        },
        Some(Source::Kind) | None => return,
    };
    let frame = ints.frame();
    let mut add = |group: u32, value: i64| {
        if value != ABSENT_INT {
            totals.add_int(group as usize, value);
        }
    };
    if let Some(only) = only {
        for (at, &g) in groups.iter().enumerate() {
            let row = rows.at(at);
            if only.has(row) {
                add(g, ints.get(row));
            }
        }
        return;
    }
    each_width!(ints.words(),
        same => groups.iter().for_each(|&g| add(g, frame.min)),
        v => rows.each_with(v, groups, |w, g| add(g, frame.value(w))));
}
