//! What a cell is compared with, made ready once per question.

use super::address::parse_address;
use super::ask::Op;
use crate::base::hash::FastSet;
use crate::base::value::LIST_SEPARATOR;
use crate::base::{FieldType, Value, decimal, time};
use ipnet::IpNet;
use memchr::memmem;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::net::IpAddr;
use std::ops::Range;

/// A number somebody wrote, or a numeric value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Number {
    Int(i128),
    Float(f64),
}

impl Number {
    pub fn parse(text: &str) -> Option<Number> {
        let text = text.trim();
        if let Ok(n) = text.parse() {
            return Some(Number::Int(n));
        }
        // Rust also reads "inf" and "nan", which in a log are words.
        let numeric = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'));
        let float = text.parse().ok().filter(|f: &f64| numeric && f.is_finite());
        float.map(Number::Float)
    }

    /// The value as a field of this type would hold it: text typed by a person is read as the field's type is.
    pub fn coerce(value: &Value, ty: FieldType) -> Option<Number> {
        if ty == FieldType::Decimal {
            return Number::units(value);
        }
        match value {
            Value::Int(n) | Value::Time(n) => Some(Number::Int((*n).into())),
            Value::Big(n) => Some(Number::Int(*n)),
            Value::Float(f) => Some(Number::Float(*f)),
            Value::Decimal(units) => Some(match units % decimal::ONE {
                0 => Number::Int(units / decimal::ONE),
                _ => Number::Float(decimal::float(*units)),
            }),
            Value::Bool(b) => Some(Number::Int((*b).into())),
            Value::Text(s) => Number::coerce_text(s, ty),
            Value::Absent | Value::List(_) => None,
        }
    }

    /// A number in a decimal's units; one that lies between two of them is a float.
    fn units(value: &Value) -> Option<Number> {
        let written = match value {
            Value::Decimal(units) => return Some(Number::Int(*units)),
            Value::Bool(b) => return Some(Number::Int(i128::from(*b) * decimal::ONE)),
            Value::Time(n) => return Some(Number::Int(i128::from(*n).saturating_mul(decimal::ONE))),
            Value::Int(_) | Value::Big(_) | Value::Float(_) | Value::Text(_) => value.to_text(),
            _ => return None,
        };
        let found = decimal::parse(written.trim().as_bytes())?;
        Some(match found.is_rounded {
            false => Number::Int(found.units),
            true => Number::Float(written.trim().parse::<f64>().ok()? * decimal::ONE as f64),
        })
    }

    pub fn coerce_text(text: &str, ty: FieldType) -> Option<Number> {
        match ty {
            FieldType::Decimal => Number::units(&Value::Text(text.to_owned())),
            FieldType::Time => match Number::parse(text) {
                Some(Number::Int(n)) => time::from_epoch(i64::try_from(n).ok()?),
                _ => time::parse_iso(text.as_bytes()),
            }
            .map(|ns| Number::Int(ns.into())),
            FieldType::Bool if text.eq_ignore_ascii_case("true") => Some(Number::Int(1)),
            FieldType::Bool if text.eq_ignore_ascii_case("false") => Some(Number::Int(0)),
            _ => Number::parse(text),
        }
    }

    pub fn as_f64(self) -> f64 {
        match self {
            Number::Int(n) => n as f64,
            Number::Float(f) => f,
        }
    }

    fn cmp(self, other: Number) -> Ordering {
        match (self, other) {
            (Number::Int(a), Number::Int(b)) => a.cmp(&b),
            (a, b) => a.as_f64().total_cmp(&b.as_f64()),
        }
    }

    /// The integers `lo..=hi` that stand in this relation to the number; `lo > hi` when there are none.
    pub fn bounds(self, op: Relation) -> (i64, i64) {
        let (floor, ceil) = match self {
            Number::Int(n) => (n, n),
            Number::Float(f) if f.is_nan() => return (0, -1),
            // `as` saturates, far beyond what a cell holds.
            Number::Float(f) => (f.floor() as i128, f.ceil() as i128),
        };
        let (lo, hi) = match op {
            Relation::Equal => (ceil, floor),
            Relation::Less => (i128::MIN, ceil.saturating_sub(1)),
            Relation::LessOrEqual => (i128::MIN, floor),
            Relation::Greater => (floor.saturating_add(1), i128::MAX),
            Relation::GreaterOrEqual => (ceil, i128::MAX),
        };
        let (least, most) = (i128::from(i64::MIN) + 1, i128::from(i64::MAX));
        if lo > hi || lo > most || hi < least {
            return (0, -1);
        }
        (lo.max(least) as i64, hi.min(most) as i64)
    }
}

/// The operators that order two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Relation {
    /// The relation behind an operator, for `!=` the one it denies.
    pub fn of(op: Op) -> Option<Relation> {
        Some(match op {
            Op::Eq | Op::Ne => Relation::Equal,
            Op::Lt => Relation::Less,
            Op::Le => Relation::LessOrEqual,
            Op::Gt => Relation::Greater,
            Op::Ge => Relation::GreaterOrEqual,
            Op::Contains | Op::NotContains | Op::StartsWith => return None,
        })
    }

    pub fn holds(self, order: Ordering) -> bool {
        match self {
            Relation::Equal => order.is_eq(),
            Relation::Less => order.is_lt(),
            Relation::LessOrEqual => order.is_le(),
            Relation::Greater => order.is_gt(),
            Relation::GreaterOrEqual => order.is_ge(),
        }
    }
}

/// Does the operator deny the one beside it (`!=`, not contains)?
pub(super) fn denies(op: Op) -> bool {
    matches!(op, Op::Ne | Op::NotContains)
}

/// A condition on one text, without the denial of `!=` and not-contains.
#[derive(Debug)]
pub(super) enum TextTest {
    OneOf(Exact),
    Address(IpAddr),
    Network(IpNet),
    Contains(Finder),
    StartsWith(Vec<u8>),
    /// By bytes.
    Ordered(Relation, Vec<u8>),
    /// Against texts that are numbers; others do not match.
    Number(Relation, Number),
    /// Against texts that are addresses.
    AddressOrder(Relation, IpAddr),
    Any(Vec<TextTest>),
}

impl TextTest {
    pub fn new(op: Op, value: &Value, ty: FieldType) -> TextTest {
        let text = match value {
            // A list stands for the whole cell.
            Value::List(items) => items.join("\u{1f}"),
            v => v.to_text(),
        };
        match Relation::of(op) {
            None if op == Op::StartsWith => TextTest::StartsWith(text.into_bytes()),
            None => TextTest::Contains(Finder::new(text.as_bytes())),
            Some(Relation::Equal) => TextTest::equal(&text, ty),
            Some(relation) => {
                if let Some(ip) = address(&text, ty) {
                    TextTest::AddressOrder(relation, ip)
                } else if let Some(n) = Number::parse(&text) {
                    TextTest::Number(relation, n)
                } else {
                    TextTest::Ordered(relation, text.into_bytes())
                }
            }
        }
    }

    fn equal(text: &str, ty: FieldType) -> TextTest {
        match address(text, ty) {
            // Of these there is one spelling.
            Some(IpAddr::V4(ip)) => {
                return TextTest::OneOf(Exact::new(std::iter::once(ip.to_string().as_str())));
            }
            Some(ip) => return TextTest::Address(ip),
            None => {}
        }
        if let (FieldType::Address, Ok(net)) = (ty, text.trim().parse::<IpNet>()) {
            TextTest::Network(net)
        } else {
            TextTest::OneOf(Exact::new(std::iter::once(text)))
        }
    }

    pub fn one_of(values: &[String], ty: FieldType) -> TextTest {
        if ty != FieldType::Address {
            return TextTest::OneOf(Exact::new(values.iter().map(String::as_str)));
        }
        let (mut exact, mut others) = (Vec::new(), Vec::new());
        for value in values {
            match TextTest::equal(value, ty) {
                TextTest::OneOf(Exact { texts, .. }) => exact.extend(texts),
                other => others.push(other),
            }
        }
        let exact = TextTest::OneOf(Exact::of(exact.into_iter().collect()));
        if others.is_empty() {
            return exact;
        }
        others.push(exact);
        TextTest::Any(others)
    }

    /// The one text that passes, where that is all there is to it.
    pub fn only(&self) -> Option<&[u8]> {
        match self {
            TextTest::OneOf(exact) => exact.only(),
            _ => None,
        }
    }

    pub fn holds(&self, text: &[u8]) -> bool {
        match self {
            TextTest::OneOf(exact) => exact.has(text),
            TextTest::Address(ip) => parse_address(text) == Some(*ip),
            TextTest::Network(net) => parse_address(text).is_some_and(|ip| net.contains(&ip)),
            TextTest::Contains(finder) => finder.is_in(text),
            TextTest::StartsWith(start) => text.starts_with(start),
            TextTest::Ordered(relation, needle) => relation.holds(text.cmp(needle)),
            TextTest::Number(relation, n) => std::str::from_utf8(text)
                .ok()
                .and_then(Number::parse)
                .is_some_and(|cell| relation.holds(cell.cmp(*n))),
            TextTest::AddressOrder(relation, ip) => {
                parse_address(text).is_some_and(|cell| relation.holds(cell.cmp(ip)))
            }
            TextTest::Any(tests) => tests.iter().any(|t| t.holds(text)),
        }
    }

    /// Whether a cell passes: a list when any of its items does. As a whole it is only compared with another list: joined,
    /// `b, a` stands behind `b`, which no item of it does.
    pub fn holds_in(&self, cell: &[u8], ty: FieldType) -> bool {
        if ty != FieldType::List {
            return self.holds(cell);
        }
        let is_separator = |b: &u8| *b == LIST_SEPARATOR[0];
        let whole = match self {
            TextTest::Ordered(_, value) => value.iter().any(is_separator),
            _ => true,
        };
        whole && self.holds(cell) || cell.split(is_separator).any(|item| self.holds(item))
    }
}

fn address(text: &str, ty: FieldType) -> Option<IpAddr> {
    (ty == FieldType::Address)
        .then(|| text.trim().parse().ok())
        .flatten()
}

/// Texts to be equal to.
#[derive(Debug)]
pub(super) struct Exact {
    texts: FastSet<Vec<u8>>,
    /// Some text has U+FFFD, as which bytes that are not UTF-8 are shown: they too are to be found again.
    lossy: bool,
}

impl Exact {
    fn new<'a>(texts: impl Iterator<Item = &'a str>) -> Exact {
        Exact::of(texts.map(|t| t.as_bytes().to_vec()).collect())
    }

    fn of(texts: FastSet<Vec<u8>>) -> Exact {
        let lossy = texts
            .iter()
            .any(|t| memmem::find(t, "\u{fffd}".as_bytes()).is_some());
        Exact { texts, lossy }
    }

    fn only(&self) -> Option<&[u8]> {
        let only = self.texts.iter().next().filter(|_| self.texts.len() == 1)?;
        (!self.lossy).then_some(only)
    }

    fn has(&self, text: &[u8]) -> bool {
        self.texts.contains(text)
            || self.lossy
                && match String::from_utf8_lossy(text) {
                    Cow::Owned(shown) => self.texts.contains(shown.as_bytes()),
                    Cow::Borrowed(_) => false,
                }
    }
}

/// Finds a text within others without regard to ASCII case.
#[derive(Debug)]
pub(super) struct Finder {
    needle: Vec<u8>,
    /// Position in the needle of the byte that is looked for first.
    anchor: usize,
    /// Where no letter is in it.
    plain: Option<Box<memmem::Finder<'static>>>,
}

impl Finder {
    pub fn new(needle: &[u8]) -> Finder {
        /// Letters that logs use most, most frequent last; a byte not here is rarer still.
        const COMMON: &[u8] = b"zqjxkvbywfgphmdculsnortiae-.:/0123456789";
        let rarity = |b: &u8| {
            COMMON
                .iter()
                .position(|c| *c == b.to_ascii_lowercase())
                .map_or(0, |p| p + 1)
        };
        let anchor = needle.iter().enumerate().min_by_key(|(_, b)| rarity(b));
        let has_letter = needle.iter().any(u8::is_ascii_alphabetic);
        Finder {
            plain: (!has_letter).then(|| Box::new(memmem::Finder::new(needle).into_owned())),
            anchor: anchor.map_or(0, |(at, _)| at),
            needle: needle.to_vec(),
        }
    }

    pub fn is_in(&self, text: &[u8]) -> bool {
        self.find(text).is_some()
    }

    /// Where it stands first.
    pub fn find(&self, text: &[u8]) -> Option<Range<usize>> {
        let to = |at: usize| at..at + self.needle.len();
        if let Some(plain) = &self.plain {
            return plain.find(text).map(to);
        }
        let rare = self.needle.get(self.anchor)?;
        let room = text.len().checked_sub(self.needle.len())?;
        let hay = text.get(self.anchor..=self.anchor + room)?;
        let fits = |at: &usize| {
            text.get(to(*at))
                .is_some_and(|t| t.eq_ignore_ascii_case(&self.needle))
        };
        memchr::memchr2_iter(rare.to_ascii_lowercase(), rare.to_ascii_uppercase(), hay)
            .find(fits)
            .map(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn finder_finds_what_a_lowered_search_finds(hay in "[aAbB.é]{0,12}", needle in "[aAbB.é]{0,3}") {
            let want = hay.to_ascii_lowercase().contains(&needle.to_ascii_lowercase());
            prop_assert_eq!(Finder::new(needle.as_bytes()).is_in(hay.as_bytes()), want);
        }

        #[test]
        fn bounds_are_the_integers_that_hold(x in prop_oneof![(-40i64..40).prop_map(|n| n as f64 / 4.0), Just(1e30), Just(-1e30)], n in -12i64..12) {
            for op in [Relation::Equal, Relation::Less, Relation::LessOrEqual, Relation::Greater, Relation::GreaterOrEqual] {
                let (lo, hi) = Number::Float(x).bounds(op);
                let want = (n as f64).partial_cmp(&x).is_some_and(|o| op.holds(o));
                prop_assert_eq!(lo <= n && n <= hi, want, "{:?} {} {}", op, n, x);
            }
        }
    }

    #[test]
    fn addresses_match_blocks_and_other_spellings() {
        let test = |value: &str| TextTest::new(Op::Eq, &value.into(), FieldType::Address);
        assert!(test("10.0.0.0/8").holds(b"10.1.2.3"));
        assert!(!test("10.0.0.0/8").holds(b"11.1.2.3"));
        assert!(!test("10.0.0.0/8").holds(b"db.example.com"));
        assert!(test("2001:DB8::1").holds(b"2001:db8:0::1"));
        assert!(test("db.example.com").holds(b"db.example.com"));
        assert!(!TextTest::new(Op::Eq, &"10.0.0.0/8".into(), FieldType::Text).holds(b"10.1.2.3"));
    }

    #[test]
    fn typed_numbers_and_times_become_the_field_s() {
        let read = |text: &str, ty| Number::coerce(&text.into(), ty);
        assert_eq!(read("443", FieldType::Integer), Some(Number::Int(443)));
        assert_eq!(read("TRUE", FieldType::Bool), Some(Number::Int(1)));
        let second = Some(Number::Int(time::SECOND.into()));
        assert_eq!(read("1970-01-01T00:00:01Z", FieldType::Time), second);
        assert_eq!(read("1", FieldType::Time), second);
        assert_eq!(read("nan", FieldType::Float), None);
        assert_eq!(read("1.2.3.4", FieldType::Integer), None);
    }
}
