//! How the lines of a described log write when something was.
//!
//! A clock is a word (`iso`, `epoch-ms`), a pattern of strptime's conversions (`%d/%b/%Y:%H:%M:%S %z`), or found: the first
//! that reads the value, beginning with the one that read the value before.

use crate::base::time::{self, DAY, MINUTE, SECOND};
use crate::language::Fault;

/// Words for ways to write a time: what each is, and the pattern where it is one.
pub const WORDS: &[(&str, &str, &str)] = &[
    ("iso", "2026-03-02T09:15:01.123Z, 2026-03-02 09:15:01,123", ""),
    ("epoch", "since 1970, the unit shows in the size", ""),
    ("epoch-s", "seconds since 1970, with or without a fraction", ""),
    ("epoch-ms", "milliseconds since 1970", ""),
    ("epoch-us", "microseconds since 1970", ""),
    ("epoch-ns", "nanoseconds since 1970", ""),
    ("apache", "02/Mar/2026:09:15:01 +0100", "%d/%b/%Y:%H:%M:%S %z"),
    ("syslog", "Mar  2 09:15:01 (no year)", "%b %d %H:%M:%S"),
    ("ctime", "Mon Mar  2 09:15:01 2026", "%a %b %d %H:%M:%S %Y"),
    (
        "rfc2822",
        "Mon, 02 Mar 2026 09:15:01 +0100",
        "%a, %d %b %Y %H:%M:%S %z",
    ),
    ("slashes", "2026/03/02 09:15:01", "%Y/%m/%d %H:%M:%S"),
    ("dots", "02.03.2026 09:15:01", "%d.%m.%Y %H:%M:%S"),
    ("day-first", "02/03/2026 09:15:01", "%d/%m/%Y %H:%M:%S"),
    ("month-first", "03/02/2026 09:15:01", "%m/%d/%Y %H:%M:%S"),
];

/// Patterns that are tried when nobody says how times are written, beside ISO 8601 and [`WORDS`].
const OTHERS: &[&str] = &[
    "%Y%m%d %H:%M:%S",
    "%Y%m%dT%H%M%S",
    "%y%m%d %H:%M:%S",
    "%d %b %Y %H:%M:%S",
    "%d-%b-%Y %H:%M:%S",
    "%b %d %Y %H:%M:%S",
    "%b %d, %Y %I:%M:%S %p",
    "%m/%d/%Y %I:%M:%S %p",
    "%Y-%m-%d-%H.%M.%S",
];
/// The two that one value may fit equally.
const AMBIGUOUS: [&str; 2] = ["day-first", "month-first"];

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
/// Numbers since 1970 before 1980 or after 2100 are counters, no times.
const EARLIEST: i64 = 315_532_800 * SECOND;
const LATEST: i64 = 4_102_444_800 * SECOND;

/// One way to write a time.
#[derive(Clone, Debug, PartialEq)]
enum Way {
    Iso,
    /// Nanoseconds of one; `None`: as its size says.
    Epoch(Option<i64>),
    Pattern(Vec<Item>),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Item {
    /// As many spaces as there are, also none.
    Space,
    Byte(u8),
    Part(u8),
}

/// Reads times.
#[derive(Clone, Debug)]
pub struct Clock {
    /// Their words or patterns beside them, the likeliest first.
    ways: Vec<(String, Way)>,
    /// Nobody said which it is.
    found: bool,
    shift_ns: i64,
    year: Option<i64>,
    /// The year of a time without one is that of the last such day before this.
    before_ns: Option<i64>,
}

impl Clock {
    /// Of a description's words; a fault's place is in the word.
    pub fn new(word: &str, zone: &str, year: Option<i32>) -> Result<Clock, Fault> {
        let word = word.trim();
        let found = matches!(word, "" | "found");
        let ways = match found {
            true => all(),
            false => vec![(word.to_owned(), one(word)?)],
        };
        Ok(Clock {
            ways,
            found,
            shift_ns: shift(zone)?,
            year: year.map(i64::from),
            before_ns: None,
        })
    }

    /// Where a time tells no year and the description none: the year in the path, or the last time before files were opened.
    pub(super) fn of_member(mut self, path: &str, opened_ns: Option<i64>) -> Clock {
        self.year = self.year.or_else(|| year_in(path));
        self.before_ns = opened_ns;
        self
    }

    /// Does it look like a time to anyone, a number since 1970 left aside?
    pub(super) fn looks_like_time(value: &[u8]) -> bool {
        thread_local! {
            static CLOCK: Clock = Clock::new("", "", Some(2000)).unwrap_or(Clock {
                ways: Vec::new(), found: true, shift_ns: 0, year: None, before_ns: None,
            });
        }
        let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
        // A plain number or a word is none; the longest has names of day and month.
        (digits >= 5 && digits < value.len() && value.len() <= 48)
            && CLOCK.with(|clock| {
                let mut ways = clock.ways.iter();
                ways.any(|(_, way)| !matches!(way, Way::Epoch(_)) && way.read(value, clock).is_some())
            })
    }

    /// Puts the way first that reads most of these values; returns its word. `None` where none reads any.
    pub fn learn<'v>(&mut self, values: impl Iterator<Item = &'v [u8]> + Clone) -> Option<String> {
        let score = |way: &Way| values.clone().filter(|v| way.read(v, self).is_some()).count();
        let mut best: Option<(usize, usize)> = None;
        for (at, (_, way)) in self.ways.iter().enumerate() {
            let n = score(way);
            if n > 0 && best.is_none_or(|(_, most)| n > most) {
                best = Some((at, n));
            }
        }
        let (at, _) = best?;
        let way = self.ways.remove(at);
        let word = way.0.clone();
        self.ways.insert(0, way);
        if AMBIGUOUS.contains(&word.as_str()) {
            // The other one would read some of what this one can not, a month off.
            self.ways
                .retain(|(w, _)| *w == word || !AMBIGUOUS.contains(&w.as_str()));
        }
        Some(word)
    }

    pub fn is_found(&self) -> bool {
        self.found
    }

    /// Nanoseconds since 1970.
    pub fn read(&mut self, value: &[u8]) -> Option<i64> {
        let value = value.trim_ascii();
        let mut ways = self.ways.iter().enumerate();
        let (at, read) = ways.find_map(|(at, (_, way))| Some((at, way.read(value, self)?)))?;
        let is_sure = |(word, _): &(String, Way)| !AMBIGUOUS.contains(&word.as_str());
        if at > 0 && self.ways.get(at).is_some_and(is_sure) {
            self.ways.swap(0, at);
        }
        Some(read)
    }
}

fn all() -> Vec<(String, Way)> {
    let words = WORDS.iter().map(|w| w.0).filter(|w| !w.starts_with("epoch-"));
    let (epoch, written): (Vec<&str>, Vec<&str>) = words.partition(|w| *w == "epoch");
    let every = written.into_iter().chain(OTHERS.iter().copied()).chain(epoch);
    every.filter_map(|w| Some((w.to_owned(), one(w).ok()?))).collect()
}

fn one(word: &str) -> Result<Way, Fault> {
    let unit = |ns: i64| Ok(Way::Epoch(Some(ns)));
    match word {
        "iso" => Ok(Way::Iso),
        "epoch" => Ok(Way::Epoch(None)),
        "epoch-s" => unit(SECOND),
        "epoch-ms" => unit(1_000_000),
        "epoch-us" => unit(1000),
        "epoch-ns" => unit(1),
        _ => match WORDS.iter().find(|w| w.0 == word) {
            Some((_, _, pattern)) => items(pattern).map(Way::Pattern),
            None if word.contains('%') => items(word).map(Way::Pattern),
            None => {
                let words: Vec<&str> = WORDS.iter().map(|w| w.0).collect();
                let says = format!(
                    "“{word}” is no way to write a time. Write one of {}, or a pattern such as %Y-%m-%d %H:%M:%S.",
                    words.join(", ")
                );
                Err(Fault::new("unknown-time-format", 0, word.chars().count(), says))
            }
        },
    }
}

/// A pattern's conversions.
fn items(pattern: &str) -> Result<Vec<Item>, Fault> {
    const KNOWN: &[u8] = b"YymdeHIMSfLNbBhaApzZjs";
    let mut out = Vec::new();
    let mut chars = pattern.chars().enumerate().peekable();
    while let Some((at, c)) = chars.next() {
        if c.is_whitespace() {
            if out.last() != Some(&Item::Space) {
                out.push(Item::Space);
            }
            continue;
        }
        if c != '%' {
            let mut bytes = [0; 4];
            out.extend(c.encode_utf8(&mut bytes).bytes().map(Item::Byte));
            continue;
        }
        // `%-d`, `%3f`: how it is padded does not matter here.
        while chars.next_if(|(_, c)| *c == '-' || c.is_ascii_digit()).is_some() {}
        let conversion = chars.next().map(|(_, c)| c);
        let more: &str = match conversion {
            Some('T') => "%H:%M:%S",
            Some('D') => "%m/%d/%y",
            Some('F') => "%Y-%m-%d",
            Some('R') => "%H:%M",
            Some('%') => {
                out.push(Item::Byte(b'%'));
                continue;
            }
            Some(c) if c.is_ascii() && KNOWN.contains(&(c as u8)) => {
                out.push(Item::Part(c as u8));
                continue;
            }
            other => {
                let found = other.map_or_else(|| "nothing".to_owned(), |c| format!("“{c}”"));
                let says = format!(
                    "{found} behind the percent sign is no part of a time. Known are %Y %y %m %d %e %b %a %H %I %M %S %f %p %z %Z %j %s %T %F %D; a percent sign itself is %%."
                );
                return Err(Fault::new("unknown-conversion", at, at + 2, says));
            }
        };
        out.extend(items(more)?);
    }
    Ok(out)
}

/// `+02:00`, `-0530`, `UTC`; empty is UTC.
fn shift(zone: &str) -> Result<i64, Fault> {
    let zone = zone.trim();
    if zone.is_empty() {
        return Ok(0);
    }
    match offset(zone.as_bytes()) {
        Some((ns, n)) if n == zone.len() => Ok(ns),
        _ => Err(Fault::new(
            "unknown-zone",
            0,
            zone.chars().count(),
            format!("“{zone}” is no zone. Write how far it is from UTC: +02:00."),
        )),
    }
}

/// A zone at the beginning of a text: nanoseconds east of UTC, and how many bytes it takes.
fn offset(text: &[u8]) -> Option<(i64, usize)> {
    for name in [&b"UTC"[..], b"GMT", b"Z"] {
        if text.starts_with(name) {
            return Some((0, name.len()));
        }
    }
    let sign = match text.first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let two = |at: usize| digits(text.get(at..)?, 2, 2);
    let (hours, _) = two(1)?;
    let (minutes, end) = match text.get(3) {
        Some(b':') => (two(4)?.0, 6),
        Some(b) if b.is_ascii_digit() => (two(3)?.0, 5),
        _ => (0, 3),
    };
    (hours < 24 && minutes < 60).then_some((sign * (hours * 60 + minutes) * MINUTE, end))
}

/// A number of so many digits, and how many there are.
fn digits(text: &[u8], least: usize, most: usize) -> Option<(i64, usize)> {
    let n = text.iter().take(most).take_while(|b| b.is_ascii_digit()).count();
    let number = text.iter().take(n).fold(0i64, |sum, b| {
        sum.saturating_mul(10).saturating_add(i64::from(b - b'0'))
    });
    (n >= least && n > 0).then_some((number, n))
}

impl Way {
    fn read(&self, value: &[u8], clock: &Clock) -> Option<i64> {
        match self {
            Way::Iso => {
                let at = time::parse_iso(value)?;
                let date_alone = value.trim_ascii().len() <= 10;
                let behind = value.get(10..).unwrap_or_default();
                let zoned = behind
                    .iter()
                    .any(|b| matches!(b, b'Z' | b'z' | b'+' | b'-' | b'U' | b'G'));
                match zoned && !date_alone {
                    true => Some(at),
                    false => at.checked_sub(clock.shift_ns),
                }
            }
            Way::Epoch(unit) => {
                epoch(value, *unit).filter(|at| unit.is_some() || (EARLIEST..LATEST).contains(at))
            }
            Way::Pattern(items) => parsed(items, value, clock),
        }
    }
}

/// `1772442901`, `1772442901.123`
fn epoch(value: &[u8], unit: Option<i64>) -> Option<i64> {
    let (whole, fraction) = match memchr::memchr(b'.', value) {
        Some(at) => (value.get(..at)?, value.get(at + 1..)?),
        None => (value, &b""[..]),
    };
    let (number, n) = digits(whole, 1, 19)?;
    if n != whole.len() || !fraction.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let at = match unit {
        Some(ns) => number.checked_mul(ns)?,
        None => time::from_epoch(number)?,
    };
    let is_seconds = unit == Some(SECOND) || unit.is_none() && number < 100_000_000_000;
    match is_seconds {
        true => at.checked_add(fraction_ns(fraction)),
        false => Some(at),
    }
}

fn fraction_ns(digits: &[u8]) -> i64 {
    let tenth =
        |n: i64, at: usize| n * 10 + digits.get(at).map_or(0, |d| i64::from(d.wrapping_sub(b'0') % 10));
    (0..9).fold(0, tenth)
}

/// A day's or a month's name: which of `names` it begins, by three letters or wholly, and its length.
fn name(text: &[u8]) -> Option<(i64, usize)> {
    let n = text.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let word = text.get(..n)?.to_ascii_lowercase();
    let is = |month: &&str| {
        word == month.as_bytes()
            || n == 3 && month.as_bytes().starts_with(&word)
            || word == b"sept" && month.starts_with("sept")
    };
    let at = MONTHS.iter().position(is)?;
    Some((at as i64 + 1, n))
}

fn parsed(items: &[Item], value: &[u8], clock: &Clock) -> Option<i64> {
    let mut rest = value.trim_ascii();
    let (mut year, mut month, mut day) = (None, None, None);
    let (mut hour, mut minute, mut second, mut nanos) = (0, 0, 0, 0);
    let (mut afternoon, mut zone, mut since, mut of_year) = (None, None, None, None);
    for item in items {
        let mut take = |least: usize, most: usize| {
            let (number, n) = digits(rest, least, most)?;
            rest = rest.get(n..)?;
            Some(number)
        };
        match item {
            Item::Space => rest = rest.trim_ascii_start(),
            Item::Byte(b) => rest = rest.strip_prefix(&[*b])?,
            Item::Part(part) => match part {
                b'Y' => year = Some(take(4, 4)?),
                b'y' => {
                    let short = take(2, 2)?;
                    year = Some(short + if short < 69 { 2000 } else { 1900 });
                }
                b'm' => month = Some(take(1, 2)?),
                b'd' | b'e' => {
                    rest = rest.trim_ascii_start();
                    let (number, n) = digits(rest, 1, 2)?;
                    rest = rest.get(n..)?;
                    day = Some(number);
                }
                b'H' | b'I' => hour = take(1, 2)?,
                b'M' => minute = take(2, 2)?,
                b'S' => {
                    second = take(2, 2)?;
                    // A fraction may always follow.
                    if let [b'.' | b',', behind @ ..] = rest
                        && let Some((_, n)) = digits(behind, 1, 12)
                        && !matches!(items.last(), Some(Item::Part(b'f' | b'L' | b'N')))
                    {
                        nanos = fraction_ns(behind.get(..n)?);
                        rest = behind.get(n..)?;
                    }
                }
                b'f' | b'L' | b'N' => {
                    let (_, n) = digits(rest, 1, 12)?;
                    nanos = fraction_ns(rest.get(..n)?);
                    rest = rest.get(n..)?;
                }
                b'b' | b'B' | b'h' => {
                    let (number, n) = name(rest)?;
                    month = Some(number);
                    rest = rest.get(n..)?;
                }
                b'a' | b'A' => {
                    let n = rest.iter().take_while(|b| b.is_ascii_alphabetic()).count();
                    rest = rest.get(n..).filter(|_| n >= 2)?;
                }
                b'p' => {
                    let half = rest.get(..2)?.to_ascii_lowercase();
                    afternoon = Some(match half.as_slice() {
                        b"am" => false,
                        b"pm" => true,
                        _ => return None,
                    });
                    rest = rest.get(2..)?;
                }
                b'z' => {
                    let (ns, n) = offset(rest)?;
                    zone = Some(ns);
                    rest = rest.get(n..)?;
                }
                // A zone's name tells nothing for sure: only UTC's is understood, others are passed over.
                b'Z' => {
                    if let Some((ns, n)) = offset(rest) {
                        zone = Some(ns);
                        rest = rest.get(n..)?;
                    } else {
                        let n = rest.iter().take_while(|b| b.is_ascii_alphabetic()).count();
                        rest = rest.get(n..).filter(|_| n > 0)?;
                    }
                }
                b'j' => of_year = Some(take(1, 3)?),
                b's' => since = Some(take(1, 12)?),
                _ => return None,
            },
        }
    }
    // A zone may always stand behind.
    if !rest.is_empty() {
        let (ns, n) = offset(rest.trim_ascii_start())?;
        if n != rest.trim_ascii_start().len() || zone.is_some() {
            return None;
        }
        zone = Some(ns);
    }
    if let Some(seconds) = since {
        return seconds.checked_mul(SECOND)?.checked_add(nanos);
    }
    if let Some(afternoon) = afternoon {
        hour = hour % 12 + if afternoon { 12 } else { 0 };
    }
    let part = |n: i64| u32::try_from(n).ok();
    let (hour, minute, second, nanos) = (part(hour)?, part(minute)?, part(second)?, part(nanos)?);
    let in_year = |year: i64| match (of_year, month, day) {
        (Some(n @ 1..=366), None, None) => {
            let first = time::from_parts(year, 1, 1, hour, minute, second, nanos)?;
            first.checked_add((n - 1) * DAY)
        }
        (_, month, day) => {
            let (month, day) = (part(month?)?, part(day?)?);
            time::from_parts(year, month, day, hour, minute, second, nanos)
        }
    };
    let at = match (year.or(clock.year), clock.before_ns) {
        (Some(year), _) => in_year(year)?,
        (None, Some(before)) => {
            let last = before.saturating_add(DAY);
            let this = time::civil(before).year;
            // Leap years are up to eight years apart.
            (0..=9)
                .filter_map(|back| in_year(this + 1 - back))
                .find(|t| *t <= last)?
        }
        (None, None) => return None,
    };
    at.checked_sub(zone.unwrap_or(clock.shift_ns))
}

/// A year that a path tells: `app-2026-03-02.log`, `logs/2026/03/app.log`.
fn year_in(path: &str) -> Option<i64> {
    let bytes = path.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let found = (0..bytes.len()).rev().find(|&at| {
        let four = (at..at + 4).all(is_digit);
        let begins = at == 0 || !is_digit(at - 1);
        // Behind it: nothing more, or month and day.
        let run = (at..bytes.len()).take_while(|&i| is_digit(i)).count();
        four && begins && matches!(run, 4 | 6 | 8 | 14) && {
            let year = path.get(at..at + 4).and_then(|y| y.parse::<i64>().ok());
            year.is_some_and(|y| (1980..2100).contains(&y))
        }
    })?;
    path.get(found..found + 4)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> String {
        let mut clock = Clock::new("", "", Some(2026)).unwrap();
        clock
            .read(text.as_bytes())
            .map_or_else(|| "none".to_owned(), time::iso)
    }

    #[test]
    fn common_ways_to_write_a_time_are_found() {
        for (text, is) in [
            ("2026-03-02T09:15:01.123Z", "2026-03-02T09:15:01.123Z"),
            ("2026-03-02 09:15:01,123", "2026-03-02T09:15:01.123Z"),
            ("02/Mar/2026:09:15:01 +0100", "2026-03-02T08:15:01Z"),
            ("Mar  2 09:15:01", "2026-03-02T09:15:01Z"),
            ("Mon Mar  2 09:15:01.5 2026", "2026-03-02T09:15:01.500Z"),
            ("Mon, 02 Mar 2026 09:15:01 GMT", "2026-03-02T09:15:01Z"),
            ("2026/03/02 09:15:01", "2026-03-02T09:15:01Z"),
            ("02.03.2026 09:15:01", "2026-03-02T09:15:01Z"),
            ("02-Mar-2026 09:15:01.250", "2026-03-02T09:15:01.250Z"),
            ("03/02/2026 9:15:01 PM", "2026-03-02T21:15:01Z"),
            ("25/12/2026 09:15:01", "2026-12-25T09:15:01Z"),
            ("12/25/2026 09:15:01", "2026-12-25T09:15:01Z"),
            ("1772442901", "2026-03-02T09:15:01Z"),
            ("1772442901.25", "2026-03-02T09:15:01.250Z"),
            ("1772442901123", "2026-03-02T09:15:01.123Z"),
            ("42", "none"),
            ("yesterday", "none"),
        ] {
            assert_eq!(found(text), is, "{text}");
        }
    }

    #[test]
    fn a_zone_that_was_told_is_that_of_times_without_one() {
        let mut clock = Clock::new("iso", "+02:00", None).unwrap();
        let at = |clock: &mut Clock, text: &str| clock.read(text.as_bytes()).map(time::iso).unwrap();
        assert_eq!(at(&mut clock, "2026-03-02 09:15:01"), "2026-03-02T07:15:01Z");
        assert_eq!(at(&mut clock, "2026-03-02T09:15:01Z"), "2026-03-02T09:15:01Z");
    }

    #[test]
    fn a_year_comes_from_the_path_or_from_when_it_was_opened() {
        let of = |path: &str, opened: Option<&str>| {
            let opened = opened.and_then(|t| time::parse_iso(t.as_bytes()));
            let mut clock = Clock::new("syslog", "", None).unwrap().of_member(path, opened);
            clock.read(b"Dec 31 23:59:59").map(time::iso)
        };
        assert_eq!(
            of("messages-20250101", None).as_deref(),
            Some("2025-12-31T23:59:59Z")
        );
        assert_eq!(
            of("messages", Some("2026-03-02")).as_deref(),
            Some("2025-12-31T23:59:59Z")
        );
        assert_eq!(of("messages", None), None);
        assert_eq!(year_in("host-111122223333.log"), None);
    }

    #[test]
    fn a_sample_tells_days_from_months() {
        let mut clock = Clock::new("", "", None).unwrap();
        let values = ["02/03/2026 09:15:01", "03/25/2026 09:15:01"];
        assert_eq!(
            clock.learn(values.iter().map(|v| v.as_bytes())).as_deref(),
            Some("month-first")
        );
        assert_eq!(
            clock.read(b"02/03/2026 00:00:00").map(time::iso).as_deref(),
            Some("2026-02-03T00:00:00Z")
        );
        assert_eq!(clock.read(b"25/03/2026 00:00:00"), None);
    }

    #[test]
    fn what_is_no_pattern_is_said() {
        let says = |word: &str| Clock::new(word, "", None).unwrap_err();
        assert_eq!(says("soon").what, "unknown-time-format");
        let fault = says("%Y %Q");
        assert_eq!((fault.what, fault.at), ("unknown-conversion", 3));
        assert_eq!(Clock::new("", "Paris", None).unwrap_err().what, "unknown-zone");
    }
}
