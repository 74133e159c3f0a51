//! From records to rows that stand for several: counts and sums by time and some fields, as few as a file may carry.
//!
//! Every shard says its [`Part`]; parts merge in any order; the merged one is finished into a block of at most so many
//! rows. What was made coarser for that is said beside the block ([`Summed`]). The block is the same whatever the
//! number of shards and the order in which records were read.

mod finish;
mod groups;
mod kept;
#[cfg(test)]
mod tests;

pub use finish::{Dropped, Summed, finish};
pub use kept::{budget_rows, dims};

use crate::base::hash::FastMap;
use crate::base::time::{DAY, HOUR, MINUTE, SECOND};
use crate::base::{FieldType, Role};
use crate::query::{Query, select};
use crate::table::{ABSENT, ABSENT_INT, Code, Column, Segment, Shard, Table};
use groups::{Gather, Groups};
use serde::{Deserialize, Serialize};

/// Widths of time buckets in nanoseconds, each a multiple of the one before: a row's wider bucket follows from its
/// narrower one, so that it makes no difference who widens, and when.
const WIDTHS: [i64; 13] = [
    SECOND,
    5 * SECOND,
    10 * SECOND,
    30 * SECOND,
    MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    30 * MINUTE,
    HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
];

/// Groups that a part holds while a wider bucket could make them fewer; no block has more rows.
const MOST_GROUPS: usize = 1 << 20;

/// Below it only a service listens; from the second on systems take the ports they call from.
const SERVICE_PORTS: [i64; 2] = [1024, 32_768];

/// What is to be summed up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ask {
    /// Registry id.
    pub kind: String,
    /// Which records: kinds, range and filter; its select is ignored.
    pub query: Query,
    /// The narrowest time bucket wanted, in nanoseconds; one that a day is a multiple of, else it is never widened.
    pub width_ns: i64,
    /// Names of the fields by which rows are told apart, exactly as the kind has them.
    pub dims: Vec<String>,
    /// Names of integer fields that are summed.
    pub sums: Vec<String>,
}

impl Ask {
    /// How a kind's records are summed up when no records are shared.
    pub fn of(kind: &str, query: Query) -> Ask {
        let owned = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect();
        let (by, sums) = dims(kind);
        Ask {
            kind: kind.to_owned(),
            query,
            width_ns: MINUTE,
            dims: owned(by),
            sums: owned(sums),
        }
    }
}

/// A value by which rows are told apart. A list is one text, its items joined as a table keeps them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
enum Cell {
    Int(i64),
    /// The bits of a float, turned so that they are ordered as the floats are.
    Float(i64),
    Text(Vec<u8>),
}

impl Cell {
    fn float(f: f64) -> Cell {
        // Adding zero makes one value of 0.0 and -0.0.
        let bits = (f + 0.0).to_bits() as i64;
        Cell::Float(bits ^ (((bits >> 63) as u64) >> 1) as i64)
    }

    fn as_float(&self) -> f64 {
        match self {
            Cell::Float(bits) => f64::from_bits((bits ^ (((bits >> 63) as u64) >> 1) as i64) as u64),
            _ => f64::NAN,
        }
    }

    fn into_text(self) -> Cell {
        match self {
            Cell::Int(n) => Cell::Text(n.to_string().into_bytes()),
            Cell::Float(_) => Cell::Text(self.as_float().to_string().into_bytes()),
            text => text,
        }
    }
}

/// A field by which rows are told apart, and its values; a group's code is one more than a value's position, or 0
/// where there is none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Dim {
    name: String,
    /// `None` where no row asked so far knows the field.
    ty: Option<FieldType>,
    values: Vec<Cell>,
}

/// What some shards say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    kind: String,
    width_ns: i64,
    /// The field of the kind's time, where rows know it.
    time: Option<String>,
    dims: Vec<Dim>,
    /// The summed fields, and whether some row knows them.
    sums: Vec<(String, bool)>,
    groups: Groups,
    callers_ports: u64,
}

impl Part {
    /// What a shard without rows says; the beginning of a merge.
    pub fn empty(ask: &Ask) -> Part {
        let dim = |name: &String| Dim {
            name: name.clone(),
            ..Dim::default()
        };
        Part {
            kind: ask.kind.clone(),
            width_ns: ask.width_ns.max(1),
            time: None,
            dims: ask.dims.iter().map(dim).collect(),
            sums: ask.sums.iter().map(|s| (s.clone(), false)).collect(),
            groups: Groups::new(ask.dims.len(), ask.sums.len()),
            callers_ports: 0,
        }
    }

    /// Adds what other shards say to the same [`Ask`].
    pub fn merge(&mut self, mut other: Part) {
        if self.dims.len() != other.dims.len() || self.sums.len() != other.sums.len() {
            // Parts of different questions are not merged.
            return;
        }
        let width_ns = self.width_ns.max(other.width_ns);
        self.widen(width_ns);
        other.widen(width_ns);
        self.time = self.time.take().or(other.time);
        for ((_, mine), (_, theirs)) in self.sums.iter_mut().zip(&other.sums) {
            *mine |= theirs;
        }
        let numbers: Vec<Vec<u32>> = self
            .dims
            .iter_mut()
            .zip(other.dims)
            .map(|(mine, theirs)| mine.take(theirs))
            .collect();
        let mut all = Gather::on(std::mem::take(&mut self.groups));
        all.take(
            &other.groups,
            |start| start,
            |dim, code| renumbered(&numbers, dim, code),
        );
        self.groups = all.done();
        self.callers_ports = self.callers_ports.saturating_add(other.callers_ports);
        self.settle(MOST_GROUPS);
    }

    /// Puts groups into wider buckets; `width_ns` is a multiple of the width so far.
    fn widen(&mut self, width_ns: i64) {
        if width_ns > self.width_ns {
            self.width_ns = width_ns;
            let mut wider = Gather::on(Groups::new(self.dims.len(), self.sums.len()));
            wider.take(&self.groups, |start| bucket(start, width_ns), |_, code| code);
            self.groups = wider.done();
        }
    }

    /// Widens the buckets while there are more than `most` groups, up to a day. What is too much for a shard is too
    /// much for all together: it makes no difference that a shard widens first.
    fn settle(&mut self, most: usize) {
        while self.groups.len() > most {
            let wider = WIDTHS
                .into_iter()
                .find(|w| *w > self.width_ns && w % self.width_ns == 0);
            let Some(width_ns) = wider else { return };
            self.widen(width_ns);
        }
    }
}

impl Dim {
    /// Adds values not yet here; answers the code here of each of the other's codes.
    fn take(&mut self, mut other: Dim) -> Vec<u32> {
        match (self.ty, other.ty) {
            (Some(mine), Some(theirs)) if mine != theirs => {
                self.write_out();
                other.write_out();
            }
            (mine, theirs) => self.ty = mine.or(theirs),
        }
        let mut known: FastMap<Cell, u32> = FastMap::default();
        for (code, value) in (1u32..).zip(&self.values) {
            known.entry(value.clone()).or_insert(code);
        }
        let values = &mut self.values;
        let mut take = |value: Cell| {
            *known.entry(value).or_insert_with_key(|value| {
                values.push(value.clone());
                values.len() as u32
            })
        };
        std::iter::once(0)
            .chain(other.values.into_iter().map(&mut take))
            .collect()
    }

    /// A field that shards keep as different types becomes text.
    fn write_out(&mut self) {
        self.ty = Some(FieldType::Text);
        let values = std::mem::take(&mut self.values);
        self.values = values.into_iter().map(Cell::into_text).collect();
    }
}

fn renumbered(numbers: &[Vec<u32>], dim: usize, code: u32) -> u32 {
    let of_dim = numbers.get(dim).and_then(|n| n.get(code as usize));
    of_dim.copied().unwrap_or(0)
}

/// The start of the bucket that a time falls into; no time stays none.
fn bucket(t: i64, width_ns: i64) -> i64 {
    if t == ABSENT_INT {
        return t;
    }
    // The first value of all is "no time".
    t.saturating_sub(t.rem_euclid(width_ns)).max(ABSENT_INT + 1)
}

/// What one shard says. Its rows are read in one go.
pub fn part(shard: &Shard, ask: &Ask) -> Part {
    let mut part = Part::empty(ask);
    let asked = ask.query.kinds.is_empty() || ask.query.kinds.contains(&ask.kind);
    let Some(table) = shard.table(&ask.kind).filter(|_| asked) else {
        return part;
    };
    let fields = Fields::of(table, ask);
    part.time = fields
        .time
        .and_then(|f| table.fields.get(f))
        .map(|f| f.name.clone());
    for (dim, field) in part.dims.iter_mut().zip(&fields.dims) {
        dim.ty = field.and_then(|f| table.fields.get(f)).map(|f| f.ty);
    }
    for ((_, known), field) in part.sums.iter_mut().zip(&fields.sums) {
        *known = field.is_some();
    }
    let query = Query {
        kinds: vec![ask.kind.clone()],
        ..ask.query.clone()
    };
    let mut numbers: Vec<FastMap<i64, u32>> = ask.dims.iter().map(|_| FastMap::default()).collect();
    let mut gather = Gather::on(std::mem::take(&mut part.groups));
    let mut codes = vec![0; ask.dims.len()];
    let mut totals = vec![None; ask.sums.len()];
    for selected in select(shard, &query) {
        let Some((_, segment)) = selected.of(shard) else {
            continue;
        };
        let columns: Vec<Option<&Column>> = fields.dims.iter().map(|f| segment.column((*f)?)).collect();
        for row in selected.rows.iter().map(|&row| row as usize) {
            let raw = |dim: usize| columns.get(dim).copied().flatten().and_then(|c| raw(c, row));
            let callers = fields.ports.and_then(|ports| callers(ports.map(raw), ports));
            if callers.is_some() {
                part.callers_ports = part.callers_ports.saturating_add(segment.weight(row));
            }
            for (at, code) in codes.iter_mut().enumerate() {
                *code = match (raw(at), part.dims.get_mut(at), numbers.get_mut(at)) {
                    (Some(value), Some(dim), Some(numbers)) if callers != Some(at) => {
                        *numbers.entry(value).or_insert_with(|| {
                            dim.values
                                .push(cell(value, columns.get(at).copied().flatten(), shard));
                            dim.values.len() as u32
                        })
                    }
                    _ => 0,
                };
            }
            for (total, field) in totals.iter_mut().zip(&fields.sums) {
                *total = field.and_then(|f| int(segment, f, row)).map(i128::from);
            }
            let time = fields.time.and_then(|f| int(segment, f, row));
            let start = bucket(time.unwrap_or(ABSENT_INT), part.width_ns);
            gather.add(start, &codes, segment.weight(row), &totals);
        }
        part.groups = gather.done();
        part.settle(MOST_GROUPS);
        gather = Gather::on(std::mem::take(&mut part.groups));
    }
    part.groups = gather.done();
    part
}

/// Where an [`Ask`]'s fields stand in a table.
struct Fields {
    time: Option<usize>,
    dims: Vec<Option<usize>>,
    sums: Vec<Option<usize>>,
    /// Positions among the dims of the source's port and the destination's.
    ports: Option<[usize; 2]>,
}

impl Fields {
    fn of(table: &Table, ask: &Ask) -> Fields {
        let known = |f: &usize| table.knows(*f);
        let field = |name: &String| table.field(name).filter(known);
        let dims: Vec<Option<usize>> = ask.dims.iter().map(field).collect();
        let port = |role| {
            let field = table.role(role)?;
            dims.iter().position(|f| *f == Some(field))
        };
        Fields {
            time: table.role(Role::Time).filter(known),
            sums: ask.sums.iter().map(field).collect(),
            ports: port(Role::SourcePort)
                .zip(port(Role::DestinationPort))
                .map(<[usize; 2]>::from),
            dims,
        }
    }
}

/// The dim of the port that was picked for one connection only, where the other clearly is a service's. It tells
/// nothing but connections apart, so it is left out.
fn callers(ports: [Option<i64>; 2], dims: [usize; 2]) -> Option<usize> {
    let [Some(source), Some(destination)] = ports else {
        return None;
    };
    let over = |service: i64, caller: i64| SERVICE_PORTS.iter().any(|&p| service < p && caller >= p);
    match (over(source, destination), over(destination, source)) {
        (true, false) => Some(dims[1]),
        (false, true) => Some(dims[0]),
        _ => None,
    }
}

fn int(segment: &Segment, field: usize, row: usize) -> Option<i64> {
    match segment.column(field)? {
        Column::Ints(ints) => Some(ints.get(row)).filter(|&n| n != ABSENT_INT),
        Column::Codes(_) | Column::Floats(_) => None,
    }
}

/// What tells a column's values apart: an integer, a code of the pool, the bits of a float.
fn raw(column: &Column, row: usize) -> Option<i64> {
    match column {
        Column::Ints(ints) => Some(ints.get(row)).filter(|&n| n != ABSENT_INT),
        Column::Codes(codes) => Some(codes.get(row)).filter(|&c| c != i64::from(ABSENT)),
        Column::Floats(floats) => match floats.get(row).copied().map(Cell::float) {
            Some(Cell::Float(bits)) if !Cell::Float(bits).as_float().is_nan() => Some(bits),
            _ => None,
        },
    }
}

fn cell(raw: i64, column: Option<&Column>, shard: &Shard) -> Cell {
    match column {
        Some(Column::Codes(_)) => Cell::Text(shard.pool.get(raw as Code).to_vec()),
        Some(Column::Floats(_)) => Cell::Float(raw),
        _ => Cell::Int(raw),
    }
}
