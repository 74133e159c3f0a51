//! Times as programs on a host write them. What tells no zone is taken as UTC.

use super::access::clf;
use crate::base::time;

/// English months by their number less one.
const MONTHS: [&[u8]; 12] = [
    b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec",
];
const DAYS: [&[u8]; 7] = [b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat", b"Sun"];

/// What rsyslog and others write for a month where the system speaks another language (German, French, Spanish, Italian,
/// Portuguese, Dutch, Swedish), in small letters, without a point behind.
const OTHER_MONTHS: &[(&str, u32)] = &[
    ("janv", 1),
    ("jän", 1),
    ("ene", 1),
    ("gen", 1),
    ("févr", 2),
    ("fév", 2),
    ("fev", 2),
    ("mär", 3),
    ("märz", 3),
    ("mrz", 3),
    ("mars", 3),
    ("mrt", 3),
    ("avr", 4),
    ("abr", 4),
    ("mai", 5),
    ("maj", 5),
    ("mei", 5),
    ("mag", 5),
    ("juin", 6),
    ("giu", 6),
    ("juni", 6),
    ("juil", 7),
    ("lug", 7),
    ("juli", 7),
    ("août", 8),
    ("aou", 8),
    ("ago", 8),
    ("sept", 9),
    ("set", 9),
    ("okt", 10),
    ("out", 10),
    ("ott", 10),
    ("déc", 12),
    ("dez", 12),
    ("dic", 12),
];

/// A month by its short name; 1 is January.
pub(super) fn month(name: &[u8]) -> Option<u32> {
    if let Some(at) = MONTHS.iter().position(|m| m.eq_ignore_ascii_case(name)) {
        return Some(at as u32 + 1);
    }
    let name = std::str::from_utf8(name.strip_suffix(b".").unwrap_or(name)).ok()?;
    if name.len() > 6 {
        return None;
    }
    let name = name.to_lowercase();
    if let Some(at) = MONTHS
        .iter()
        .position(|m| m.eq_ignore_ascii_case(name.as_bytes()))
    {
        return Some(at as u32 + 1);
    }
    OTHER_MONTHS.iter().find(|(own, _)| *own == name).map(|(_, n)| *n)
}

/// Digits alone, at most nine of them.
pub(super) fn number(digits: &[u8]) -> Option<u32> {
    let is_one = (1..10).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
    is_one.then(|| digits.iter().fold(0, |n, d| n * 10 + u32::from(d - b'0')))
}

/// A time of day: hour, minute, second, nanoseconds.
pub(super) type OfDay = (u32, u32, u32, u32);

/// `22:14:15` or `22:14:15.003`, and what stands behind it.
pub(super) fn time_of_day(text: &[u8]) -> Option<(OfDay, &[u8])> {
    let two = |at: usize| number(text.get(at..at + 2)?);
    if text.get(2) != Some(&b':') || text.get(5) != Some(&b':') {
        return None;
    }
    let (hour, minute, second) = (two(0)?, two(3)?, two(6)?);
    let rest = text.get(8..)?;
    let (nanos, rest) = match rest {
        [b'.' | b',', fraction @ ..] if fraction.first().is_some_and(u8::is_ascii_digit) => {
            let end = fraction.iter().position(|b| !b.is_ascii_digit());
            let (digits, rest) = fraction.split_at(end.unwrap_or(fraction.len()));
            let tenth = |n: u32, at: usize| n * 10 + digits.get(at).map_or(0, |d| u32::from(d - b'0'));
            ((0..9).fold(0, tenth), rest)
        }
        _ => (0, rest),
    };
    (hour < 24 && minute < 60 && second < 61).then_some(((hour, minute, second, nanos), rest))
}

/// A date and a time of day as nanoseconds since 1970.
pub(super) fn at((year, month, day): (i64, u32, u32), (hour, minute, second, nanos): OfDay) -> Option<i64> {
    time::from_parts(year, month, day, hour, minute, second, nanos)
}

/// Splits a text at its first space; further spaces belong to neither part.
pub(super) fn word(text: &[u8]) -> (&[u8], &[u8]) {
    let end = memchr::memchr(b' ', text).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    (word, rest.trim_ascii_start())
}

/// A time of syslog without a year (RFC 3164), or with one as Cisco's devices write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Yearless {
    pub year: Option<i64>,
    pub month: u32,
    pub day: u32,
    pub of_day: OfDay,
}

impl Yearless {
    /// `Oct 11 22:14:15`, `Oct  1 22:14:15.003`, `Oct 11 2026 22:14:15`, and what stands behind it.
    pub fn read(text: &[u8]) -> Option<(Yearless, &[u8])> {
        let (name, rest) = word(text);
        let month = (3..9).contains(&name.len()).then(|| month(name)).flatten()?;
        let (day, rest) = word(rest);
        let day = number(day).filter(|d| (1..32).contains(d) && day.len() < 3)?;
        let (first, after) = word(rest);
        let (year, rest) = match number(first).filter(|_| first.len() == 4) {
            Some(year) => (Some(i64::from(year)), after),
            None => (None, rest),
        };
        let (of_day, rest) = time_of_day(rest)?;
        let stamp = Yearless {
            year,
            month,
            day,
            of_day,
        };
        Some((stamp, rest))
    }

    /// When it was, in this year; the 29th of February only in years that have one.
    pub fn in_year(self, year: i64) -> Option<i64> {
        at((self.year.unwrap_or(year), self.month, self.day), self.of_day)
    }

    /// The last time it was so, seen from another time: a day after it at most, for clocks differ.
    pub fn before(self, reference_ns: i64) -> Option<i64> {
        let last = reference_ns.saturating_add(time::DAY);
        let year = time::civil(reference_ns).year;
        // Leap years are up to eight years apart.
        let years = (0..=9).map(|back| year + 1 - back);
        years.filter_map(|y| self.in_year(y)).find(|t| *t <= last)
    }
}

/// `Sun Dec 04 04:47:44 2005`, `Wed Oct 11 14:32:52.123456 2000`
pub(super) fn ctime(text: &[u8]) -> Option<i64> {
    let (day_name, rest) = word(text);
    let (month_name, rest) = word(rest);
    let (day, rest) = word(rest);
    if !DAYS.contains(&day_name) {
        return None;
    }
    let (of_day, rest) = time_of_day(rest)?;
    let year = number(rest.trim_ascii()).filter(|y| (1000..10_000).contains(y))?;
    at((year.into(), month(month_name)?, number(day)?), of_day)
}

/// `2021/04/01 13:02:31`, and what stands behind it.
pub(super) fn slashed(text: &[u8]) -> Option<(i64, &[u8])> {
    if [4, 7].iter().any(|at| text.get(*at) != Some(&b'/')) || text.get(10) != Some(&b' ') {
        return None;
    }
    let part = |from: usize, to: usize| number(text.get(from..to)?);
    let (of_day, rest) = time_of_day(text.get(11..)?)?;
    Some((at((part(0, 4)?.into(), part(5, 7)?, part(8, 10)?), of_day)?, rest))
}

/// `25/Feb/2019:16:19:48.143`, the time of Apache's common log format with a fraction in the place of a zone.
pub(super) fn clf_fraction(text: &[u8]) -> Option<i64> {
    let (whole, fraction) = text.split_at_checked(20)?;
    let seconds = clf(whole)?;
    match fraction {
        [] => Some(seconds),
        [b'.', digits @ ..] if (1..=9).contains(&digits.len()) => {
            let scale = 10_u32.pow(9 - digits.len() as u32);
            seconds.checked_add(i64::from(number(digits)? * scale))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(at: Option<i64>) -> Option<String> {
        at.map(time::iso)
    }

    #[test]
    fn months_have_names_in_several_languages() {
        let of = |name: &str| month(name.as_bytes());
        assert_eq!(
            [of("Oct"), of("oct."), of("okt"), of("août"), of("Mär")],
            [Some(10), Some(10), Some(10), Some(8), Some(3)]
        );
        assert_eq!(
            [of("févr."), of("Dez"), of("MMM"), of("")],
            [Some(2), Some(12), None, None]
        );
    }

    #[test]
    fn a_time_without_a_year_was_the_last_time_it_was_so() {
        let of = |text: &str, reference: &str| {
            let (stamp, rest) = Yearless::read(text.as_bytes())?;
            assert_eq!(rest, b" host x");
            said(stamp.before(time::parse_iso(reference.as_bytes())?))
        };
        let now = "2026-03-02T09:15:00Z";
        assert_eq!(
            of("Mar  2 09:14:59 host x", now).as_deref(),
            Some("2026-03-02T09:14:59Z")
        );
        assert_eq!(
            of("Mar  3 09:14:59 host x", now).as_deref(),
            Some("2026-03-03T09:14:59Z")
        );
        assert_eq!(
            of("Mar  4 09:14:59 host x", now).as_deref(),
            Some("2025-03-04T09:14:59Z")
        );
        assert_eq!(
            of("Dec 31 23:59:59.5 host x", now).as_deref(),
            Some("2025-12-31T23:59:59.500Z")
        );
        assert_eq!(
            of("Feb 29 01:15:43 host x", now).as_deref(),
            Some("2024-02-29T01:15:43Z")
        );
        assert_eq!(
            of("Feb 29 2012 01:15:43 host x", now).as_deref(),
            Some("2012-02-29T01:15:43Z")
        );
        assert_eq!(of("Feb 30 01:15:43 host x", now), None);
        let new_year = "2025-12-31T23:30:00Z";
        assert_eq!(
            of("Jan  1 00:10:00 host x", new_year).as_deref(),
            Some("2026-01-01T00:10:00Z")
        );
    }

    #[test]
    fn times_of_servers() {
        assert_eq!(
            said(ctime(b"Sun Dec 04 04:47:44 2005")).as_deref(),
            Some("2005-12-04T04:47:44Z")
        );
        assert_eq!(
            said(ctime(b"Wed Oct 11 14:32:52.123456 2000")).as_deref(),
            Some("2000-10-11T14:32:52.123456Z")
        );
        assert_eq!(ctime(b"Sun Dec 04 04:47:44"), None);
        assert_eq!(
            slashed(b"2021/04/01 13:02:31 [error]").map(|(at, rest)| (time::iso(at), rest)),
            Some(("2021-04-01T13:02:31Z".to_owned(), &b" [error]"[..]))
        );
        assert_eq!(
            said(clf_fraction(b"25/Feb/2019:16:19:48.143")).as_deref(),
            Some("2019-02-25T16:19:48.143Z")
        );
        assert_eq!(clf_fraction(b"25/Feb/2019:16:19:48 +0000"), None);
    }
}
