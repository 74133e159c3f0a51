//! Group questions over one shard, a segment at a time.

use super::aggs::{Column as AggColumn, Times, Total, is_settled, keep_max, keep_min, keep_some, told_by};
use super::ask::{Agg, Groups};
use super::atom::{Atom, MadeTexts, TextList, Texts};
use super::bits::Bits;
use super::keys::{Keyer, Picked, typed};
use super::partial::GroupsPart;
use super::predicate::Predicate;
use super::resolve::Source;
use crate::base::hash::{FastMap, FastSet};
use crate::base::{FieldType, Role};
use crate::table::{ABSENT, ABSENT_INT, Column, Pool, Segment, Table};
use std::borrow::Cow;

/// A group question on its way through a shard.
pub(super) struct GroupsRun {
    aggs: Vec<Agg>,
    keyer: Keyer,
    columns: Vec<AggColumn>,
    /// The pairs a `Distinct` has met, by aggregate.
    seen: Vec<FastSet<(u32, Atom)>>,
    /// By table, then by aggregate.
    inputs: FastMap<usize, Vec<Input>>,
    made: MadeTexts,
    rows: Vec<u32>,
    groups: Vec<u32>,
    values: Vec<i64>,
}

/// What an aggregate reads in one table.
struct Input {
    value: Cells,
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
        let mut cells = |name: Option<&str>| Cells::new(name, table, pool, made);
        Input {
            value: cells(name.map(String::as_str)),
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
            seen: groups.aggs.iter().map(|_| FastSet::default()).collect(),
            aggs: groups.aggs.clone(),
            inputs: FastMap::default(),
            made: MadeTexts::default(),
            rows: Vec::new(),
            groups: Vec::new(),
            values: Vec::new(),
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
        bits.list(&mut self.rows);
        let picked = Picked {
            pool,
            segment,
            bits,
            rows: &self.rows,
        };
        self.keyer
            .number(table_at, table, &picked, &mut self.made, &mut self.groups);
        let groups = self.keyer.groups();
        let rows = self.rows.iter().map(|&r| r as usize);
        let rows = rows.zip(self.groups.iter().map(|&g| g as usize));
        let texts = self.made.with(pool);
        // Rows without a time are the last to be the earliest or the latest. The end of a span is beyond it.
        let early = |time: Option<i64>| time.unwrap_or(i64::MAX);
        let late = |time: Option<i64>| time.unwrap_or(ABSENT_INT);
        let times = Times {
            first: early(segment.span.map(|s| s.from_ns)),
            last: late(segment.span.map(|s| s.to_ns)),
        };
        for ((column, seen), input) in self.columns.iter_mut().zip(&mut self.seen).zip(inputs) {
            column.widen(groups);
            let only = input.only.as_mut().map(|p| p.select(pool, segment, bits));
            let rows = rows
                .clone()
                .filter(|(row, _)| only.as_ref().is_none_or(|only| only.has(*row)));
            match column {
                AggColumn::Count(n) if segment.weights().is_some() => {
                    rows.for_each(|(row, g)| n[g] = n[g].saturating_add(segment.weight(row)));
                }
                AggColumn::Count(n) if only.is_none() => {
                    self.groups.iter().for_each(|&g| n[g as usize] += 1);
                }
                AggColumn::Count(n) => rows.for_each(|(_, g)| n[g] += 1),
                AggColumn::Sum(totals) => {
                    sum(
                        input,
                        &picked,
                        &self.groups,
                        only.as_ref(),
                        totals,
                        &mut self.values,
                    );
                }
                AggColumn::Min(v) => rows.for_each(|(row, g)| {
                    keep_min(&mut v[g], input.value.atom(segment, row), &texts);
                }),
                AggColumn::Max(v) => rows.for_each(|(row, g)| {
                    keep_max(&mut v[g], input.value.atom(segment, row), &texts);
                }),
                AggColumn::Distinct(v) => {
                    let mut last = (u32::MAX, Atom::Absent);
                    for (row, g) in rows {
                        let pair = (g as u32, input.value.atom(segment, row));
                        if pair != last && !pair.1.is_absent() && seen.insert(pair) {
                            v.push(pair);
                        }
                        last = pair;
                    }
                }
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
    pub fn finish(mut self, pool: &Pool) -> GroupsPart {
        let groups = self.keyer.groups();
        let mut keys = self.keyer.atoms();
        self.columns.iter_mut().for_each(|c| c.widen(groups));
        let from = self.made.with(pool);
        let mut texts = TextList::default();
        let mut taken: FastMap<u32, u32> = FastMap::default();
        let mut lossy = false;
        let mut number = |n: u32| {
            *taken.entry(n).or_insert_with(|| {
                let text = from.text(n);
                lossy |= matches!(text, Cow::Owned(_));
                texts.push(&text)
            })
        };
        for atom in &mut keys {
            *atom = atom.renumbered(&mut number);
        }
        for column in &mut self.columns {
            column.renumber(&mut number);
        }
        let part = GroupsPart {
            groups: groups as u32,
            keys,
            columns: self.columns,
            texts,
        };
        if lossy {
            // Different bytes that are not UTF-8 are shown alike: merging makes one group of them.
            let mut whole = GroupsPart::new(&self.aggs);
            whole.merge(part);
            return whole;
        }
        part
    }
}

fn sum(
    input: &Input,
    picked: &Picked<'_>,
    groups: &[u32],
    only: Option<&Bits>,
    totals: &mut [Total],
    values: &mut Vec<i64>,
) {
    let is_asked = |row: u32| only.is_none_or(|only| only.has(row as usize));
    let field = match input.value.source {
        Some(Source::Field(field)) => field,
        Some(Source::Origin(part)) => {
            for (&row, &g) in picked.rows.iter().zip(groups).filter(|(r, _)| is_asked(**r)) {
                totals[g as usize].add_int(part.of(picked.segment, row as usize));
            }
            return;
        }
        Some(Source::Kind) | None => return,
    };
    match picked.segment.column(field) {
        Some(Column::Ints(ints)) => {
            picked.read(ints, values);
            for ((&v, &g), &row) in values.iter().zip(groups).zip(picked.rows) {
                if v != ABSENT_INT && is_asked(row) {
                    totals[g as usize].add_int(v);
                }
            }
        }
        Some(Column::Floats(floats)) => {
            for (&row, &g) in picked.rows.iter().zip(groups) {
                match floats.get(row as usize) {
                    Some(x) if !x.is_nan() && is_asked(row) => totals[g as usize].add_float(*x),
                    _ => {}
                }
            }
        }
        Some(Column::Codes(_)) | None => {}
    }
}
