//! What type is a column, and what is it for?

use super::binder::Cell;
use super::{FIELDS, NAMES, SOURCE, TIME, plain};
use crate::base::hash::FastMap;
use crate::base::{FieldType, decimal, time};
use std::net::IpAddr;

/// Times before 1980 and after 2100 are none: a counter is not taken for one.
const EARLIEST: i64 = 315_532_800 * time::SECOND;
const LATEST: i64 = 4_102_444_800 * time::SECOND;
/// Columns that are looked at in a sample.
const MOST: usize = 1000;

/// What the values of a sample say of its columns.
#[derive(Default)]
pub(in super::super) struct Votes {
    /// In the order in which they were met.
    pub(super) columns: Vec<Vote>,
    by_name: FastMap<String, usize>,
}

#[derive(Default)]
pub(super) struct Vote {
    pub name: String,
    values: u64,
    /// Of each type, as far as a value can be told to be of it.
    integers: u64,
    decimals: u64,
    floats: u64,
    bools: u64,
    addresses: u64,
    times: u64,
    lists: u64,
    /// Times, numbers since 1970 counted too.
    moments: u64,
    /// Digits that are no number when they are written again: an identifier.
    identifiers: u64,
}

impl Vote {
    /// Four of five are enough: what is not of the column's type is kept beside it.
    fn most(&self, n: u64) -> bool {
        n > 0 && n * 5 >= self.values * 4
    }

    pub fn ty(&self) -> FieldType {
        let numbers = self.integers + self.decimals + self.floats;
        if self.lists > 0 {
            FieldType::List
        } else if self.most(numbers) && self.identifiers == 0 {
            match (self.floats, self.decimals) {
                (0, 0) => FieldType::Integer,
                (0, _) => FieldType::Decimal,
                _ => FieldType::Float,
            }
        } else if self.most(self.times) {
            FieldType::Time
        } else if self.most(self.addresses) {
            FieldType::Address
        } else if self.most(self.bools) {
            FieldType::Bool
        } else {
            FieldType::Text
        }
    }
}

impl Votes {
    pub fn add(&mut self, name: &str, cell: Cell<'_>) {
        if cell.is_empty() {
            return;
        }
        let at = match self.by_name.get(name) {
            Some(at) => *at,
            None if self.columns.len() >= MOST => return,
            None => {
                self.by_name.insert(name.to_owned(), self.columns.len());
                self.columns.push(Vote {
                    name: name.to_owned(),
                    ..Vote::default()
                });
                self.columns.len() - 1
            }
        };
        let Some(vote) = self.columns.get_mut(at) else {
            return;
        };
        vote.values += 1;
        vote.moments += u64::from(moment(cell).is_some());
        let is_digits = |text: &[u8]| text.iter().all(u8::is_ascii_digit);
        let of_type = match of(cell) {
            FieldType::Integer => &mut vote.integers,
            FieldType::Decimal => &mut vote.decimals,
            FieldType::Float => &mut vote.floats,
            FieldType::Bool => &mut vote.bools,
            FieldType::Address => &mut vote.addresses,
            FieldType::Time => &mut vote.times,
            FieldType::List => &mut vote.lists,
            FieldType::Text => match cell {
                Cell::Text(text) | Cell::Number(text) if is_digits(text) => &mut vote.identifiers,
                _ => return,
            },
        };
        *of_type += 1;
    }

    /// Which of [`FIELDS`] each column is for, and how surely: the lowest number is the surest.
    pub(super) fn purposes(&self) -> Vec<Option<(usize, usize)>> {
        let by_name = |vote: &Vote| purpose(&vote.name, vote.ty(), vote.most(vote.moments));
        let mut out: Vec<Option<(usize, usize)>> = self.columns.iter().map(by_name).collect();
        // Where no name says so, the first column whose values are of the kind.
        for (field, ty) in [(TIME, FieldType::Time), (SOURCE, FieldType::Address)] {
            if out.iter().flatten().any(|(found, _)| *found == field) {
                continue;
            }
            let columns = self.columns.iter().zip(&mut out);
            let mut free = columns.filter(|(vote, purpose)| purpose.is_none() && vote.ty() == ty);
            if let Some((_, purpose)) = free.next() {
                *purpose = Some((field, usize::MAX));
            }
        }
        out
    }

    /// Is there a time in the records?
    pub fn has_time(&self) -> bool {
        self.purposes().iter().flatten().any(|(field, _)| *field == TIME)
    }
}

/// Which of [`FIELDS`] a column of this name and type is for.
pub(super) fn purpose(name: &str, ty: FieldType, is_time: bool) -> Option<(usize, usize)> {
    const DEEPEST: usize = 16;
    let depth = name.matches('.').count().min(DEEPEST - 1);
    let (whole, last) = (plain(name), plain(name.rsplit('.').next().unwrap_or(name)));
    NAMES
        .iter()
        .zip(FIELDS)
        .enumerate()
        .find_map(|(field, (names, spec))| {
            let at = names.iter().position(|n| *n == whole || *n == last)?;
            let fits = match spec.ty {
                FieldType::Time => is_time,
                FieldType::Integer => ty == FieldType::Integer,
                FieldType::Address => ty == FieldType::Address,
                // An account is a number in some exports, a status in most.
                _ => matches!(ty, FieldType::Text | FieldType::Integer | FieldType::Bool),
            };
            // The least deep of a name is the record's own.
            fits.then_some((field, at * DEEPEST + depth))
        })
}

/// The type of one value.
pub(super) fn of(cell: Cell<'_>) -> FieldType {
    let text = match cell {
        Cell::Bool(_) => return FieldType::Bool,
        Cell::List(_) => return FieldType::List,
        Cell::Number(text) => return number(text).unwrap_or(FieldType::Text),
        // What stands in quotes is no number, whatever it looks like: an account's id, a version.
        Cell::Quoted(text) => text,
        Cell::Text(text) => match number(text) {
            Some(ty) => return ty,
            None => text,
        },
    };
    if is_moment(text) {
        FieldType::Time
    } else if is_address(text) {
        FieldType::Address
    } else if matches!(cell, Cell::Text(_))
        && (text.eq_ignore_ascii_case(b"true") || text.eq_ignore_ascii_case(b"false"))
    {
        FieldType::Bool
    } else {
        FieldType::Text
    }
}

/// A number's type; `None` for what is none, and for what would be another one when written again (`007`, `1e400`).
fn number(text: &[u8]) -> Option<FieldType> {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    if !digits.first()?.is_ascii_digit()
        || (digits.len() > 1 && digits[0] == b'0' && digits[1].is_ascii_digit())
    {
        return None;
    }
    if digits.iter().all(u8::is_ascii_digit) {
        let fits = std::str::from_utf8(text).ok()?.parse::<i64>().is_ok();
        return fits.then_some(FieldType::Integer);
    }
    let is_plain = digits.iter().all(|b| b.is_ascii_digit() || *b == b'.') && digits.last() != Some(&b'.');
    if is_plain && let Some(amount) = decimal::parse(text) {
        let fits = !amount.is_rounded && i64::try_from(amount.units).is_ok();
        return Some(if fits {
            FieldType::Decimal
        } else {
            FieldType::Float
        });
    }
    let float: f64 = std::str::from_utf8(text).ok()?.parse().ok()?;
    float.is_finite().then_some(FieldType::Float)
}

fn is_address(text: &[u8]) -> bool {
    // The longest is an IPv6 address that ends in one of IPv4.
    text.len() <= 45
        && text.iter().any(|b| matches!(b, b'.' | b':'))
        && std::str::from_utf8(text).is_ok_and(|t| t.parse::<IpAddr>().is_ok())
}

/// A date, alone or with a time of day.
fn is_moment(text: &[u8]) -> bool {
    written(text).is_some()
}

/// A time as logs write it: ISO 8601, or `02/Mar/2026:09:15:01 +0100`.
fn written(text: &[u8]) -> Option<i64> {
    time::parse_iso(text).or_else(|| of_web_server(text))
}

/// `02/Mar/2026:09:15:01 +0100`, in brackets or not, as web servers write it.
fn of_web_server(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?.trim_matches(['[', ']']);
    let (date, clock) = text.split_once(':')?;
    let mut date = date.split('/');
    let (day, month, year) = (date.next()?, date.next()?, date.next()?);
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let month = MONTHS.iter().position(|m| *m == month)? + 1;
    let day: u32 = day.parse().ok()?;
    time::parse_iso(format!("{year}-{month:02}-{day:02}T{clock}").as_bytes())
}

/// Is this a time of day without a zone?
pub(super) fn lacks_zone(cell: Cell<'_>) -> bool {
    let (Cell::Text(text) | Cell::Quoted(text)) = cell else {
        return false;
    };
    let clock = text.get(10..).unwrap_or_default();
    let has_zone = clock
        .iter()
        .any(|b| matches!(b, b'Z' | b'z' | b'+' | b'-' | b'C'));
    !has_zone && clock.len() > 1 && time::parse_iso(text).is_some()
}

/// A time, or a number since 1970 that can be one.
pub(super) fn moment(cell: Cell<'_>) -> Option<i64> {
    let text = match cell {
        Cell::Bool(_) | Cell::List(_) => return None,
        Cell::Number(text) | Cell::Quoted(text) | Cell::Text(text) => text,
    };
    if let Some(at) = written(text) {
        return Some(at);
    }
    let (whole, part) = match text.iter().position(|b| *b == b'.') {
        Some(point) => (text.get(..point)?, text.get(point + 1..)?),
        None => (text, &b""[..]),
    };
    let number: i64 = std::str::from_utf8(whole).ok()?.parse().ok()?;
    if !part.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let at = time::from_epoch(number)?;
    // Seconds with a fraction.
    let digits = part.iter().chain(std::iter::repeat(&b'0')).take(9);
    let nanos = digits.fold(0i64, |n, d| n * 10 + i64::from(d - b'0'));
    let is_seconds = number.unsigned_abs() < 100_000_000_000;
    let at = if is_seconds { at.checked_add(nanos)? } else { at };
    (EARLIEST..LATEST).contains(&at).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_told_from_values() {
        let text = |t: &'static str| of(Cell::Text(t.as_bytes()));
        assert_eq!(text("42"), FieldType::Integer);
        assert_eq!(text("-7"), FieldType::Integer);
        assert_eq!(text("012345678901"), FieldType::Text);
        assert_eq!(text("99999999999999999999"), FieldType::Text);
        assert_eq!(text("0.5"), FieldType::Decimal);
        assert_eq!(text("0.1234567890123"), FieldType::Float);
        assert_eq!(text("1e9"), FieldType::Float);
        assert_eq!(text("192.0.2.7"), FieldType::Address);
        assert_eq!(text("2001:db8::1"), FieldType::Address);
        assert_eq!(text("1.2.3"), FieldType::Text);
        assert_eq!(text("2026-03-02T09:15:01Z"), FieldType::Time);
        assert_eq!(text("02/Mar/2026:09:15:01 +0100"), FieldType::Time);
        assert_eq!(text("TRUE"), FieldType::Bool);
        assert_eq!(text("yes"), FieldType::Text);
        assert_eq!(of(Cell::Quoted(b"111122223333")), FieldType::Text);
    }

    #[test]
    fn a_column_is_of_the_type_that_most_of_its_values_have() {
        let ty = |values: &[&'static str]| {
            let mut votes = Votes::default();
            for value in values {
                votes.add("a", Cell::Text(value.as_bytes()));
            }
            votes.columns[0].ty()
        };
        assert_eq!(ty(&["1", "2", "3", "4", "none"]), FieldType::Integer);
        assert_eq!(ty(&["1", "2", "3", "none"]), FieldType::Text);
        assert_eq!(ty(&["1", "2.5"]), FieldType::Decimal);
        assert_eq!(ty(&["1", "2", "3", "4", "5", "6", "07"]), FieldType::Text);
    }

    #[test]
    fn numbers_since_1970_are_times_where_they_can_be() {
        let at = |t: &'static str| moment(Cell::Number(t.as_bytes()));
        assert_eq!(at("1772442901"), Some(1_772_442_901 * time::SECOND));
        assert_eq!(
            at("1772442901.25"),
            Some(1_772_442_901 * time::SECOND + 250_000_000)
        );
        assert_eq!(
            at("1772442901250"),
            Some(1_772_442_901 * time::SECOND + 250_000_000)
        );
        assert_eq!(at("17"), None);
        assert_eq!(at("-1772442901"), None);
    }

    #[test]
    fn the_column_of_a_time_is_found_by_name_or_by_content() {
        let mut votes = Votes::default();
        votes.add("id", Cell::Number(b"1772442901"));
        votes.add("seen.at", Cell::Quoted(b"2026-03-02T09:15:01Z"));
        assert!(votes.has_time());
        votes.add("time", Cell::Number(b"17"));
        assert_eq!(votes.purposes(), [None, Some((TIME, usize::MAX)), None]);
        votes.add("Event_Time", Cell::Number(b"1772442901"));
        let found = votes.purposes();
        assert!(found[1].is_none() && found[3].is_some_and(|(field, _)| field == TIME));
    }
}
