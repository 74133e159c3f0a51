//! Group keys: the rows of a segment → small numbers of their values.

use super::address::parse_address;
use super::ask::Key;
use super::atom::{Atom, MadeTexts};
use super::bits::Bits;
use super::dict::{Dict, UNSET};
use super::predicate::Predicate;
use super::resolve::{OriginPart, Source};
use crate::base::hash::FastMap;
use crate::base::{FieldType, Role};
use crate::table::{ABSENT, ABSENT_INT, Code, Column, Ints, Pool, Segment, Table, Word, each_width};
use ipnet::IpNet;

/// The picked rows of one segment.
pub(super) struct Picked<'a> {
    pub pool: &'a Pool,
    pub segment: &'a Segment,
    pub bits: &'a Bits,
    pub rows: Rows<'a>,
}

/// The same rows by their numbers, ascending.
#[derive(Clone, Copy)]
pub(super) enum Rows<'a> {
    /// So many, all of the segment: no list is made of them.
    All(usize),
    These(&'a [u32]),
}

impl Rows<'_> {
    pub fn len(self) -> usize {
        match self {
            Rows::All(rows) => rows,
            Rows::These(rows) => rows.len(),
        }
    }

    /// The row at a position among these.
    #[inline]
    pub fn at(self, position: usize) -> usize {
        match self {
            Rows::All(_) => position,
            Rows::These(rows) => rows.get(position).map_or(0, |row| *row as usize),
        }
    }

    /// Does something with every row's value and its number beside it.
    #[inline]
    pub fn each<W: Copy>(self, words: &[W], numbers: &mut [u32], mut with: impl FnMut(W, &mut u32)) {
        match self {
            Rows::All(_) => words.iter().zip(numbers).for_each(|(&w, n)| with(w, n)),
            Rows::These(rows) => {
                for (&row, n) in rows.iter().zip(numbers) {
                    if let Some(&w) = words.get(row as usize) {
                        with(w, n);
                    }
                }
            }
        }
    }

    /// The same with numbers that are only read.
    #[inline]
    pub fn each_with<W: Copy>(self, words: &[W], numbers: &[u32], mut with: impl FnMut(W, u32)) {
        match self {
            Rows::All(_) => words.iter().zip(numbers).for_each(|(&w, &n)| with(w, n)),
            Rows::These(rows) => {
                for (&row, &n) in rows.iter().zip(numbers) {
                    if let Some(&w) = words.get(row as usize) {
                        with(w, n);
                    }
                }
            }
        }
    }
}

/// Numbers already known, by small non-negative integers (codes, ports).
#[derive(Default)]
pub(super) struct Known(Vec<u32>);

impl Known {
    /// Makes room for integers up to `most`.
    fn reserve(&mut self, most: i64) {
        let room = usize::try_from(most).unwrap_or(0) + 1;
        if self.0.len() < room {
            self.0.resize(room, UNSET);
        }
    }

    #[inline]
    fn of(&mut self, at: usize, number: impl FnOnce() -> u32) -> u32 {
        match self.0.get(at) {
            Some(&known) if known != UNSET => known,
            _ => self.learn(at, number),
        }
    }

    /// Apart, so that the loops over rows stay small.
    #[cold]
    #[inline(never)]
    fn learn(&mut self, at: usize, number: impl FnOnce() -> u32) -> u32 {
        let number = number();
        if let Some(known) = self.0.get_mut(at) {
            *known = number;
        }
        number
    }
}

/// Where one key's values come from in one table.
pub(super) enum KeySource {
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
    /// Integers, or floats, by their first digits.
    Scale(Source),
    Time {
        field: usize,
        width_ns: i64,
    },
    Network {
        field: usize,
        /// Of IPv4 and of IPv6.
        bits: (u8, u8),
        known: Known,
        networks: FastMap<IpNet, u32>,
    },
    If(Box<Predicate>),
    First(Vec<KeySource>),
}

impl KeySource {
    pub fn new(key: &Key, table: &Table, pool: &Pool, made: &mut MadeTexts) -> KeySource {
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
                    bits: ((*v4_bits).min(32), (*v6_bits).min(128)),
                    known,
                    networks: FastMap::default(),
                },
                _ => KeySource::new(&Key::Field(field.clone()), table, pool, made),
            },
            Key::Scale { field } => match Source::of(table, field) {
                Some(source) if is_number(source.ty(table)) => KeySource::Scale(source),
                _ => KeySource::Nothing,
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
    pub fn fill(&mut self, picked: &Picked<'_>, dict: &mut Dict, made: &mut MadeTexts, out: &mut [u32]) {
        let segment = picked.segment;
        match self {
            KeySource::Nothing => {}
            KeySource::Constant(atom) => constant(out, || dict.number(*atom)),
            KeySource::Origin(part) => {
                by_value(part.all(segment), picked.rows, out, |n| dict.number(Atom::Int(n)));
            }
            KeySource::Codes { field, list, known } => {
                if let Some(Column::Codes(codes)) = segment.column(*field) {
                    by_code(codes, known, picked.rows, out, |code| {
                        dict.number(if *list { Atom::List(code) } else { Atom::Text(code) })
                    });
                }
            }
            KeySource::Ints { field, ty, known } => {
                if let Some(Column::Ints(ints)) = segment.column(*field) {
                    let number = |n: i64| dict.number(typed(n, *ty));
                    match ints.span() {
                        // Ports and their like: what was met in another segment needs no look into the dictionary.
                        Some((0.., most @ ..=0xffff)) => {
                            known.reserve(most);
                            by_known(ints, known, picked.rows, out, number);
                        }
                        _ => by_value(ints, picked.rows, out, number),
                    }
                }
            }
            KeySource::Floats(field) => {
                if let Some(Column::Floats(floats)) = segment.column(*field) {
                    picked.rows.each(floats, out, |f, n| {
                        if *n == UNSET && !f.is_nan() {
                            *n = dict.number(Atom::float(f));
                        }
                    });
                }
            }
            KeySource::Scale(source) => {
                let mut number = |f: f64| dict.number(Atom::float(scaled(f)));
                match source {
                    Source::Kind => {}
                    Source::Origin(part) => {
                        by_value(part.all(segment), picked.rows, out, |n| number(n as f64));
                    }
                    Source::Field(field) => match segment.column(*field) {
                        Some(Column::Ints(ints)) => by_value(ints, picked.rows, out, |n| number(n as f64)),
                        Some(Column::Floats(floats)) => picked.rows.each(floats, out, |f, n| {
                            if *n == UNSET && !f.is_nan() {
                                *n = number(f);
                            }
                        }),
                        _ => {}
                    },
                }
            }
            KeySource::Time { field, width_ns } => {
                if let Some(Column::Ints(ints)) = segment.column(*field) {
                    let mut buckets = Buckets::new(*width_ns, ints);
                    by_value(ints, picked.rows, out, |t| buckets.number(t, dict));
                }
            }
            KeySource::Network {
                field,
                bits,
                known,
                networks,
            } => {
                if let Some(Column::Codes(codes)) = segment.column(*field) {
                    by_code(codes, known, picked.rows, out, |code| {
                        let Some(net) = network(picked.pool.get(code), *bits) else {
                            return dict.number(Atom::Text(code));
                        };
                        // Of many addresses few networks are written out.
                        *networks.entry(net).or_insert_with(|| {
                            let text = made.number(&net.to_string(), picked.pool);
                            dict.number(Atom::Text(text))
                        })
                    });
                }
            }
            KeySource::If(predicate) => {
                let yes = predicate.select(picked.pool, segment, picked.bits);
                let mut numbers = [UNSET; 2];
                for (at, n) in out.iter_mut().enumerate().filter(|(_, n)| **n == UNSET) {
                    let is_met = yes.has(picked.rows.at(at));
                    let number = &mut numbers[usize::from(is_met)];
                    if *number == UNSET {
                        *number = dict.number(Atom::Bool(is_met));
                    }
                    *n = *number;
                }
            }
            KeySource::First(sources) => {
                for source in sources {
                    source.fill(picked, dict, made, out);
                }
            }
        }
    }
}

/// Binary digits that [`Key::Scale`] keeps of a number.
pub const SCALE_BITS: u32 = 6;

/// A number cut down to its first binary digits.
fn scaled(f: f64) -> f64 {
    // The leading digit of a float is not written.
    let cut = f64::MANTISSA_DIGITS - SCALE_BITS;
    f64::from_bits(f.to_bits() >> cut << cut)
}

fn is_number(ty: FieldType) -> bool {
    matches!(ty, FieldType::Integer | FieldType::Float)
}

/// Numbers rows that are all alike. The number is asked for only when there is one: a number without rows would be a
/// group without rows.
fn constant(out: &mut [u32], mut number: impl FnMut() -> u32) {
    let mut kept = UNSET;
    for n in out.iter_mut().filter(|n| **n == UNSET) {
        if kept == UNSET {
            kept = number();
        }
        *n = kept;
    }
}

/// Numbers rows by their value where it is known what is to be known of small ones.
fn by_known(
    ints: &Ints,
    known: &mut Known,
    rows: Rows<'_>,
    out: &mut [u32],
    mut number: impl FnMut(i64) -> u32,
) {
    let frame = ints.frame();
    each_width!(ints.words(),
    same => if frame.min != ABSENT_INT {
        constant(out, || known.of(frame.min as usize, || number(frame.min)));
    },
    v => rows.each(v, out, |w, n| {
        if *n == UNSET && !w.is_absent() {
            let value = frame.offset(w.wide());
            *n = known.of(value as usize, || number(value));
        }
    }));
}

fn by_code(
    codes: &Ints,
    known: &mut Known,
    rows: Rows<'_>,
    out: &mut [u32],
    mut number: impl FnMut(Code) -> u32,
) {
    let Some((_, most)) = codes.span() else { return };
    known.reserve(most);
    let mut number = |code: i64| match code as Code {
        ABSENT => UNSET,
        code => number(code),
    };
    by_known(codes, known, rows, out, &mut number);
}

/// Numbers rows by their value; the number of a value is asked for once where there can not be many.
fn by_value(ints: &Ints, rows: Rows<'_>, out: &mut [u32], mut number: impl FnMut(i64) -> u32) {
    /// Up to here a table of all values is in the cache.
    const DENSE: u64 = 1 << 16;
    let frame = ints.frame();
    let mut last = (ABSENT_INT, UNSET);
    if ints.domain() <= DENSE {
        let mut known = Known(vec![UNSET; ints.domain() as usize]);
        each_width!(ints.words(),
        same => if frame.min != ABSENT_INT {
            constant(out, || number(frame.min));
        },
        v => rows.each(v, out, |w, n| {
            if *n == UNSET && !w.is_absent() {
                let steps = w.wide();
                *n = known.of(steps as usize, || number(frame.offset(steps)));
            }
        }));
        return;
    }
    each_width!(ints.words(), same => {}, v => rows.each(v, out, |w, n| {
        let value = frame.value(w);
        if *n == UNSET && value != ABSENT_INT {
            if last.0 != value {
                last = (value, number(value));
            }
            *n = last.1;
        }
    }));
}

/// The buckets of one segment's times.
struct Buckets {
    width: i64,
    /// Where the first of them begins, and their numbers; none where they are too many or reach beyond what a time is.
    first: i64,
    known: Known,
    /// Times mostly come in order: the bucket of the row before is kept.
    last: (i64, i64, u32),
}

impl Buckets {
    fn new(width: i64, times: &Ints) -> Buckets {
        let (min, max) = times.span().unwrap_or((0, 0));
        let first = min.checked_sub(min.rem_euclid(width));
        let count = first
            .and_then(|first| max.checked_sub(first))
            .map_or(u64::MAX, |n| n as u64 / width as u64);
        let room = if count < 1 << 16 { count + 1 } else { 0 };
        Buckets {
            width,
            first: first.unwrap_or(0),
            known: Known(vec![UNSET; room as usize]),
            last: (0, 0, UNSET),
        }
    }

    #[inline]
    fn number(&mut self, time: i64, dict: &mut Dict) -> u32 {
        let (from, to, number) = self.last;
        if number != UNSET && from <= time && time < to {
            return number;
        }
        let mut number = |from: i64| dict.number(Atom::Time(from));
        self.last = if self.known.0.is_empty() {
            let from = time.saturating_sub(time.rem_euclid(self.width));
            (from, from.saturating_add(self.width), number(from))
        } else {
            let at = time.wrapping_sub(self.first) as u64 / self.width as u64;
            let from = self.first + at as i64 * self.width;
            (
                from,
                from.saturating_add(self.width),
                self.known.of(at as usize, || number(from)),
            )
        };
        self.last.2
    }
}

fn is_one_text(ty: FieldType) -> bool {
    ty.is_text() && ty != FieldType::List
}

/// An integer cell as the atom it stands for.
pub(super) fn typed(n: i64, ty: FieldType) -> Atom {
    match ty {
        FieldType::Time => Atom::Time(n),
        FieldType::Decimal => Atom::Decimal(n),
        FieldType::Bool => Atom::Bool(n != 0),
        _ => Atom::Int(n),
    }
}

/// The network of an address.
fn network(text: &[u8], (v4_bits, v6_bits): (u8, u8)) -> Option<IpNet> {
    let ip = parse_address(text)?;
    let bits = if ip.is_ipv4() { v4_bits } else { v6_bits };
    Some(IpNet::new(ip, bits).ok()?.trunc())
}
