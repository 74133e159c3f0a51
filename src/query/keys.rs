//! Group keys: the rows of a segment → small numbers of their groups.

use super::ask::Key;
use super::atom::{Atom, MadeTexts};
use super::bits::Bits;
use super::needle::parse_address;
use super::predicate::Predicate;
use super::resolve::{OriginPart, Source};
use crate::base::hash::FastMap;
use crate::base::{FieldType, Role};
use crate::table::{ABSENT, ABSENT_INT, Code, Column, Ints, Pool, Segment, Table};
use ipnet::IpNet;

/// The picked rows of one segment.
pub(super) struct Picked<'a> {
    pub pool: &'a Pool,
    pub segment: &'a Segment,
    pub bits: &'a Bits,
    /// The same rows, ascending.
    pub rows: &'a [u32],
}

impl Picked<'_> {
    /// The picked rows' values, in order.
    pub fn read(&self, ints: &Ints, out: &mut Vec<i64>) {
        if self.rows.len() == self.segment.rows {
            ints.unpack(self.segment.rows, out);
        } else {
            out.clear();
            out.extend(self.rows.iter().map(|&row| ints.get(row as usize)));
        }
    }
}

/// The number of a row whose key is not known yet.
const UNSET: u32 = u32::MAX;

/// The different values of one key, numbered as they are met.
#[derive(Default)]
struct Dict {
    numbers: FastMap<Atom, u32>,
    atoms: Vec<Atom>,
}

impl Dict {
    fn number(&mut self, atom: Atom) -> u32 {
        *self.numbers.entry(atom).or_insert_with(|| {
            self.atoms.push(atom);
            (self.atoms.len() - 1) as u32
        })
    }
}

/// Numbers already known, by small non-negative integers (codes, ports).
#[derive(Default)]
struct Known(Vec<u32>);

impl Known {
    #[inline]
    fn of(&mut self, at: usize, number: impl FnOnce() -> u32) -> u32 {
        if at >= self.0.len() {
            self.0.resize(at + 1, UNSET);
        }
        if self.0[at] == UNSET {
            self.0[at] = number();
        }
        self.0[at]
    }
}

/// Where one key's values come from in one table.
enum KeySource {
    Nothing,
    Constant(Atom),
    Origin(OriginPart),
    Codes {
        field: usize,
        list: bool,
        known: Known,
    },
    Ints {
        field: usize,
        ty: FieldType,
        known: Known,
    },
    Floats(usize),
    Time {
        field: usize,
        width_ns: i64,
    },
    Network {
        field: usize,
        v4_bits: u8,
        v6_bits: u8,
        known: Known,
    },
    If(Box<Predicate>),
    First(Vec<KeySource>),
}

impl KeySource {
    fn new(key: &Key, table: &Table, pool: &Pool, made: &mut MadeTexts) -> KeySource {
        let known = Known::default();
        match key {
            Key::Field(name) => match Source::of(table, name) {
                None => KeySource::Nothing,
                Some(Source::Kind) => KeySource::new(&Key::Kind, table, pool, made),
                Some(Source::Origin(part)) => KeySource::Origin(part),
                Some(Source::Field(field)) => match Source::Field(field).ty(table) {
                    FieldType::Float => KeySource::Floats(field),
                    ty if ty.is_text() => KeySource::Codes {
                        field,
                        list: ty == FieldType::List,
                        known,
                    },
                    ty => KeySource::Ints { field, ty, known },
                },
            },
            Key::Time { width_ns } => {
                table
                    .role(Role::Time)
                    .map_or(KeySource::Nothing, |field| KeySource::Time {
                        field,
                        width_ns: (*width_ns).max(1),
                    })
            }
            Key::Network {
                field,
                v4_bits,
                v6_bits,
            } => match Source::of(table, field) {
                Some(Source::Field(at)) if is_one_text(Source::Field(at).ty(table)) => KeySource::Network {
                    field: at,
                    v4_bits: (*v4_bits).min(32),
                    v6_bits: (*v6_bits).min(128),
                    known,
                },
                _ => KeySource::new(&Key::Field(field.clone()), table, pool, made),
            },
            Key::Kind => KeySource::Constant(Atom::Text(made.number(table.facts.id, pool))),
            Key::Member => KeySource::Origin(OriginPart::Member),
            Key::If(expr) => KeySource::If(Box::new(Predicate::new(expr, table))),
            Key::First(keys) => KeySource::First(
                keys.iter()
                    .map(|k| KeySource::new(k, table, pool, made))
                    .collect(),
            ),
        }
    }

    /// Numbers the picked rows that have no number yet and for which this has a value.
    fn fill(
        &mut self,
        picked: &Picked<'_>,
        dict: &mut Dict,
        made: &mut MadeTexts,
        values: &mut Vec<i64>,
        out: &mut [u32],
    ) {
        let segment = picked.segment;
        match self {
            KeySource::Nothing => {}
            KeySource::Constant(atom) => {
                // Numbered only when a row asks: a number without rows would be a group without rows.
                for n in out.iter_mut().filter(|n| **n == UNSET) {
                    *n = dict.number(*atom);
                }
            }
            KeySource::Origin(part) => {
                for (&row, n) in picked.rows.iter().zip(out).filter(|(_, n)| **n == UNSET) {
                    *n = dict.number(Atom::Int(part.of(segment, row as usize)));
                }
            }
            KeySource::Codes { field, list, known } => {
                if let Some(Column::Codes(codes)) = segment.column(*field) {
                    picked.read(codes, values);
                    let list = *list;
                    fill(values, i64::from(ABSENT), out, |code| {
                        let code = code as Code;
                        known.of(code as usize, || {
                            dict.number(if list { Atom::List(code) } else { Atom::Text(code) })
                        })
                    });
                }
            }
            KeySource::Ints { field, ty, known } => {
                if let Some(Column::Ints(ints)) = segment.column(*field) {
                    picked.read(ints, values);
                    let ty = *ty;
                    let mut last = (ABSENT_INT, UNSET);
                    fill(values, ABSENT_INT, out, |n| {
                        let mut number = || dict.number(typed(n, ty));
                        match u16::try_from(n) {
                            Ok(small) => known.of(small.into(), number),
                            Err(_) => {
                                if last.0 != n {
                                    last = (n, number());
                                }
                                last.1
                            }
                        }
                    });
                }
            }
            KeySource::Floats(field) => {
                if let Some(Column::Floats(floats)) = segment.column(*field) {
                    for (&row, n) in picked.rows.iter().zip(out).filter(|(_, n)| **n == UNSET) {
                        match floats.get(row as usize) {
                            Some(f) if !f.is_nan() => *n = dict.number(Atom::float(*f)),
                            _ => {}
                        }
                    }
                }
            }
            KeySource::Time { field, width_ns } => {
                if let Some(Column::Ints(ints)) = segment.column(*field) {
                    picked.read(ints, values);
                    // Times mostly come in order: the bucket of the row before is kept.
                    let (mut from, mut to, mut number) = (0, 0, UNSET);
                    fill(values, ABSENT_INT, out, |t| {
                        if number == UNSET || t < from || t >= to {
                            from = t.saturating_sub(t.rem_euclid(*width_ns));
                            to = from.saturating_add(*width_ns);
                            number = dict.number(Atom::Time(from));
                        }
                        number
                    });
                }
            }
            KeySource::Network {
                field,
                v4_bits,
                v6_bits,
                known,
            } => {
                if let Some(Column::Codes(codes)) = segment.column(*field) {
                    picked.read(codes, values);
                    fill(values, i64::from(ABSENT), out, |code| {
                        let code = code as Code;
                        known.of(code as usize, || {
                            let text = network(picked.pool.get(code), *v4_bits, *v6_bits);
                            let number = text.map_or(code, |t| made.number(&t, picked.pool));
                            dict.number(Atom::Text(number))
                        })
                    });
                }
            }
            KeySource::If(predicate) => {
                let yes = predicate.select(picked.pool, segment, picked.bits);
                for (&row, n) in picked.rows.iter().zip(out).filter(|(_, n)| **n == UNSET) {
                    *n = dict.number(Atom::Bool(yes.has(row as usize)));
                }
            }
            KeySource::First(sources) => {
                for source in sources {
                    source.fill(picked, dict, made, values, out);
                }
            }
        }
    }
}

#[inline]
fn fill(values: &[i64], absent: i64, out: &mut [u32], mut number: impl FnMut(i64) -> u32) {
    for (&v, n) in values.iter().zip(out) {
        if *n == UNSET && v != absent {
            *n = number(v);
        }
    }
}

fn is_one_text(ty: FieldType) -> bool {
    ty.is_text() && ty != FieldType::List
}

/// An integer cell as the atom it stands for.
pub(super) fn typed(n: i64, ty: FieldType) -> Atom {
    match ty {
        FieldType::Time => Atom::Time(n),
        FieldType::Bool => Atom::Bool(n != 0),
        _ => Atom::Int(n),
    }
}

/// The network of an address, as CIDR.
fn network(text: &[u8], v4_bits: u8, v6_bits: u8) -> Option<String> {
    let ip = parse_address(text)?;
    let bits = if ip.is_ipv4() { v4_bits } else { v6_bits };
    Some(IpNet::new(ip, bits).ok()?.trunc().to_string())
}

/// The keys of a question over every table of a shard: picked rows → group numbers.
pub(super) struct Keyer {
    keys: Vec<Key>,
    /// By table, then by key; made when the table's first segment comes.
    sources: Vec<Option<Vec<KeySource>>>,
    dicts: Vec<Dict>,
    /// `pairs[i]` joins the number of keys `0..=i` with that of key `i + 1`.
    pairs: Vec<Pairs>,
    values: Vec<i64>,
    next: Vec<u32>,
}

/// Pairs of numbers, numbered as they are met.
#[derive(Default)]
struct Pairs {
    numbers: FastMap<u64, u32>,
    pairs: Vec<(u32, u32)>,
}

impl Keyer {
    pub fn new(keys: &[Key]) -> Keyer {
        Keyer {
            keys: keys.to_vec(),
            sources: Vec::new(),
            dicts: keys.iter().map(|_| Dict::default()).collect(),
            pairs: keys.iter().skip(1).map(|_| Pairs::default()).collect(),
            values: Vec::new(),
            next: Vec::new(),
        }
    }

    /// Writes each picked row's group number into `out` (cleared first). Numbers are dense, over all tables.
    pub fn number(
        &mut self,
        table_at: usize,
        table: &Table,
        picked: &Picked<'_>,
        made: &mut MadeTexts,
        out: &mut Vec<u32>,
    ) {
        out.clear();
        if self.keys.is_empty() {
            out.resize(picked.rows.len(), 0);
            return;
        }
        if self.sources.len() <= table_at {
            self.sources.resize_with(table_at + 1, || None);
        }
        let keys = &self.keys;
        let sources = self.sources[table_at].get_or_insert_with(|| {
            keys.iter()
                .map(|k| KeySource::new(k, table, picked.pool, made))
                .collect()
        });
        for (at, (source, dict)) in sources.iter_mut().zip(&mut self.dicts).enumerate() {
            let numbers = if at == 0 { &mut *out } else { &mut self.next };
            numbers.clear();
            numbers.resize(picked.rows.len(), UNSET);
            source.fill(picked, dict, made, &mut self.values, numbers);
            let mut absent = UNSET;
            for n in numbers.iter_mut().filter(|n| **n == UNSET) {
                if absent == UNSET {
                    absent = dict.number(Atom::Absent);
                }
                *n = absent;
            }
            if at > 0 {
                self.pairs[at - 1].join(out, &self.next);
            }
        }
    }

    /// Are there no keys?
    pub fn is_one_group(&self) -> bool {
        self.keys.is_empty()
    }

    /// Groups so far. A question without keys has the one group of everything.
    pub fn groups(&self) -> usize {
        match (self.pairs.last(), self.dicts.first()) {
            (Some(last), _) => last.pairs.len(),
            (None, Some(only)) => only.atoms.len(),
            (None, None) => 1,
        }
    }

    /// The keys of every group, one after another.
    pub fn atoms(&self) -> Vec<Atom> {
        let width = self.dicts.len();
        let mut out = vec![Atom::Absent; self.groups() * width];
        for (group, keys) in out.chunks_mut(width.max(1)).enumerate() {
            let mut number = group as u32;
            for at in (0..keys.len()).rev() {
                let mine = match at.checked_sub(1).and_then(|p| self.pairs.get(p)) {
                    Some(pairs) => {
                        let (left, right) = pairs.pairs[number as usize];
                        number = left;
                        right
                    }
                    None => number,
                };
                keys[at] = self.dicts[at].atoms[mine as usize];
            }
        }
        out
    }
}

impl Pairs {
    fn join(&mut self, left: &mut [u32], right: &[u32]) {
        let mut last = (u64::MAX, 0);
        for (l, &r) in left.iter_mut().zip(right) {
            let pair = u64::from(*l) << 32 | u64::from(r);
            if last.0 != pair {
                let pairs = &mut self.pairs;
                let number = *self.numbers.entry(pair).or_insert_with(|| {
                    pairs.push((*l, r));
                    (pairs.len() - 1) as u32
                });
                last = (pair, number);
            }
            *l = last.1;
        }
    }
}
