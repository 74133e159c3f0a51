//! Groups made as few as a block may have, and written as its rows.

use super::groups::{Gather, Groups};
use super::{Cell, Dim, MOST_GROUPS, Part};
use crate::base::FieldType;
use crate::base::block::{COUNT, OTHER};
use crate::share::block::{Block, BlockColumn, Cells};
use crate::table::ABSENT_INT;
use std::cmp::Reverse;

/// Rows that each stand for several records, and what was made coarser to have so few of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summed {
    /// The kind's time field (the bucket's start), the dims and sums that records know, and [`COUNT`].
    pub block: Block,
    /// Records that the rows stand for.
    pub records: u64,
    /// The final width of a time bucket (ns).
    pub width_ns: i64,
    /// Dims some of whose values are not told apart.
    pub dropped: Vec<Dropped>,
    /// Records whose caller's port was left out, because the other port is the service's.
    pub callers_ports: u64,
    /// Sums that left 64 bits and are written as the most that fits.
    pub clipped: u64,
}

/// A dim with more values than were kept. The others are [`OTHER`] where it is text; where it is a number or a
/// boolean they have no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dropped {
    pub dim: String,
    pub kept: u64,
    pub of: u64,
}

/// What is left of the code of a value that is not kept, in a dim that is no text.
const NONE: u32 = 0;

/// Makes rows of what all shards say together, at most `budget_rows`.
///
/// While there are more, the time bucket is widened, up to a day; then the rarest values of the widest
/// dim are folded, one level for all dims: those with more values than the level keep that many of the most frequent
/// (by records, ties by value). Where even days without any dim are too many, days are put together.
pub fn finish(mut part: Part, budget_rows: usize) -> Summed {
    let budget = budget_rows.clamp(1, MOST_GROUPS);
    part.settle(budget);
    let mut dropped = Vec::new();
    if part.groups.len() > budget {
        dropped = fold(&mut part, budget);
        let several = |starts: &[i64]| starts.iter().any(|s| Some(s) != starts.first());
        while part.groups.len() > budget && part.width_ns < i64::MAX / 2 && several(&part.groups.starts) {
            part.widen(part.width_ns * 2);
        }
    }
    write(part, dropped)
}

/// The order in which the values of a dim are kept.
struct Ranked {
    /// By code; the most frequent value has rank 0. [`OTHER`] has none: it is always kept.
    ranks: Vec<Option<usize>>,
    values: usize,
    /// What a value that is not kept becomes.
    folded: u32,
}

impl Ranked {
    fn of(at: usize, dim: &mut Dim, groups: &Groups) -> Ranked {
        let is_text = dim.ty.is_some_and(FieldType::is_text);
        let other = Cell::Text(OTHER.as_bytes().to_vec());
        let folded = match dim.values.iter().position(|v| *v == other) {
            _ if !is_text => NONE,
            Some(at) => at as u32 + 1,
            None => {
                dim.values.push(other);
                dim.values.len() as u32
            }
        };
        let mut records = vec![0u64; dim.values.len()];
        for g in 0..groups.len() {
            let code = groups.codes(g).get(at).copied().unwrap_or(0) as usize;
            let of_code = code.checked_sub(1).and_then(|v| records.get_mut(v));
            if let (Some(n), Some(count)) = (of_code, groups.counts.get(g)) {
                *n = n.saturating_add(*count);
            }
        }
        let mut order: Vec<(Reverse<u64>, &Cell, usize)> = dim
            .values
            .iter()
            .zip(&records)
            .enumerate()
            .filter(|(value, (_, n))| **n > 0 && *value as u32 + 1 != folded)
            .map(|(value, (cell, n))| (Reverse(*n), cell, value + 1))
            .collect();
        order.sort_unstable();
        let mut ranks = vec![None; dim.values.len() + 1];
        for (rank, (_, _, code)) in order.iter().enumerate() {
            if let Some(to) = ranks.get_mut(*code) {
                *to = Some(rank);
            }
        }
        Ranked {
            ranks,
            values: order.len(),
            folded,
        }
    }

    fn at_level(&self, level: usize, code: u32) -> u32 {
        match self.ranks.get(code as usize) {
            Some(Some(rank)) if *rank >= level => self.folded,
            _ => code,
        }
    }
}

fn fold(part: &mut Part, budget: usize) -> Vec<Dropped> {
    let groups = &part.groups;
    let dims = part.dims.iter_mut().enumerate();
    let ranked: Vec<Ranked> = dims.map(|(at, dim)| Ranked::of(at, dim, groups)).collect();
    let at_level = |level: usize| {
        let mut fewer = Gather::on(Groups::new(ranked.len(), part.sums.len()));
        fewer.take(
            groups,
            |start| start,
            |dim, code| ranked.get(dim).map_or(code, |r| r.at_level(level, code)),
        );
        fewer.done()
    };
    // What fits at a level fits at every lower one: a lower level only puts more groups together.
    let most = ranked.iter().map(|r| r.values).max().unwrap_or(0);
    let (mut fits, mut too_many) = (0, most);
    while too_many > fits + 1 {
        let middle = fits + (too_many - fits) / 2;
        if at_level(middle).len() > budget {
            too_many = middle;
        } else {
            fits = middle;
        }
    }
    let fewer = at_level(fits);
    let cut = part.dims.iter().zip(&ranked).filter(|(_, r)| r.values > fits);
    let dropped = cut.map(|(dim, r)| Dropped {
        dim: dim.name.clone(),
        kept: fits as u64,
        of: r.values as u64,
    });
    let dropped = dropped.collect();
    part.groups = fewer;
    dropped
}

/// The rows in order of time, then of the dims' values; no time and no value come first.
fn write(part: Part, dropped: Vec<Dropped>) -> Summed {
    let groups = &part.groups;
    let sorted: Vec<Sorted> = part.dims.iter().map(Sorted::of).collect();
    let place = |dim: usize, code: u32| {
        let places = sorted.get(dim).map(|s| s.places.as_slice()).unwrap_or_default();
        places.get(code as usize).copied().unwrap_or(0)
    };
    let places = |g: usize| groups.codes(g).iter().enumerate().map(|(d, &c)| place(d, c));
    let mut order: Vec<usize> = (0..groups.len()).collect();
    let start = |g: usize| groups.starts.get(g).copied().unwrap_or(ABSENT_INT);
    order.sort_unstable_by(|&a, &b| start(a).cmp(&start(b)).then_with(|| places(a).cmp(places(b))));

    let count = |g: usize| groups.counts.get(g).copied().unwrap_or(0);
    let mut columns = Vec::new();
    if let Some(name) = part.time {
        columns.push(BlockColumn {
            name,
            ty: FieldType::Time,
            cells: Cells::Ints(order.iter().map(|&g| start(g)).collect()),
        });
    }
    for (at, (dim, sorted)) in part.dims.iter().zip(&sorted).enumerate() {
        if let Some(ty) = dim.ty {
            let places = order
                .iter()
                .map(|&g| place(at, groups.codes(g).get(at).copied().unwrap_or(0)));
            columns.push(BlockColumn {
                name: dim.name.clone(),
                ty,
                cells: sorted.cells(ty, places),
            });
        }
    }
    columns.push(BlockColumn {
        name: COUNT.to_owned(),
        ty: FieldType::Integer,
        cells: Cells::Ints(
            order
                .iter()
                .map(|&g| i64::try_from(count(g)).unwrap_or(i64::MAX))
                .collect(),
        ),
    });
    let mut clipped = 0;
    for (at, (name, known)) in part.sums.iter().enumerate() {
        if *known {
            let cells = order
                .iter()
                .map(|&g| narrow(groups.totals(g).get(at).copied().flatten(), &mut clipped));
            columns.push(BlockColumn {
                name: name.clone(),
                ty: FieldType::Integer,
                cells: Cells::Ints(cells.collect()),
            });
        }
    }
    Summed {
        records: groups.counts.iter().fold(0, |all, n| all.saturating_add(*n)),
        width_ns: part.width_ns,
        dropped,
        callers_ports: part.callers_ports,
        clipped,
        block: Block {
            kind: part.kind,
            rows: order.len(),
            columns,
        },
    }
}

fn narrow(total: Option<i128>, clipped: &mut u64) -> i64 {
    let Some(total) = total else { return ABSENT_INT };
    let (least, most) = (i128::from(ABSENT_INT) + 1, i128::from(i64::MAX));
    *clipped += u64::from(total < least || total > most);
    total.clamp(least, most) as i64
}

/// A dim's values in order.
struct Sorted<'a> {
    values: Vec<&'a Cell>,
    /// By code: one more than its value's position in `values`; 0 for none.
    places: Vec<usize>,
}

impl Sorted<'_> {
    fn of(dim: &Dim) -> Sorted<'_> {
        let mut values: Vec<(&Cell, usize)> = dim.values.iter().zip(1..).collect();
        values.sort_unstable();
        let mut places = vec![0; values.len() + 1];
        for (at, (_, code)) in values.iter().enumerate() {
            if let Some(place) = places.get_mut(*code) {
                *place = at + 1;
            }
        }
        Sorted {
            values: values.into_iter().map(|(value, _)| value).collect(),
            places,
        }
    }

    /// The values at these places as a column; only texts that are there are listed.
    fn cells(&self, ty: FieldType, places: impl Iterator<Item = usize>) -> Cells {
        let value = |place: usize| place.checked_sub(1).and_then(|at| self.values.get(at));
        if ty == FieldType::Float {
            return Cells::Floats(
                places
                    .map(|p| value(p).map_or(f64::NAN, |v| v.as_float()))
                    .collect(),
            );
        }
        if !ty.is_text() {
            let int = |p: usize| match value(p) {
                Some(Cell::Int(n)) => *n,
                _ => ABSENT_INT,
            };
            return Cells::Ints(places.map(int).collect());
        }
        let places: Vec<usize> = places.collect();
        let mut codes = vec![0u32; self.values.len() + 1];
        for &place in places.iter().filter(|p| **p > 0) {
            if let Some(code) = codes.get_mut(place) {
                *code = 1;
            }
        }
        let mut texts = Vec::new();
        for (code, value) in codes.iter_mut().skip(1).zip(&self.values) {
            if let (1, Cell::Text(text)) = (*code, value) {
                texts.push(text.clone());
                *code = texts.len() as u32;
            }
        }
        let code = |place: usize| codes.get(place).copied().unwrap_or(0);
        Cells::Texts {
            codes: places.into_iter().map(code).collect(),
            texts,
        }
    }
}
