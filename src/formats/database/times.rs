//! Times and durations as database servers write them. What tells no zone is taken as UTC.

use crate::base::time::{self, HOUR, MINUTE};

/// How a zone's name was understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::formats) enum Zone {
    Sure,
    /// An abbreviation that several zones have.
    Ambiguous,
    /// Taken as UTC.
    Unknown,
}

/// Abbreviations with their distance from UTC in minutes, as PostgreSQL itself understands them; those that it leaves to be
/// configured, because zones share them, are marked.
/// <https://www.postgresql.org/docs/current/datetime-config-files.html>
const ZONES: &[(&str, i64, bool)] = &[
    ("UTC", 0, false),
    ("GMT", 0, false),
    ("Z", 0, false),
    ("WET", 0, false),
    ("WEST", 60, false),
    ("BST", 60, true),
    ("CET", 60, false),
    ("CEST", 120, false),
    ("EET", 120, false),
    ("EEST", 180, false),
    ("SAST", 120, false),
    ("IST", 120, true),
    ("MSK", 180, false),
    ("PKT", 300, false),
    ("WIB", 420, false),
    ("HKT", 480, false),
    ("AWST", 480, false),
    ("JST", 540, false),
    ("KST", 540, false),
    ("ACST", 570, false),
    ("ACDT", 630, false),
    ("AEST", 600, false),
    ("AEDT", 660, false),
    ("NZST", 720, false),
    ("NZDT", 780, false),
    ("NST", -210, false),
    ("NDT", -150, false),
    ("AST", -240, true),
    ("ADT", -180, true),
    ("EST", -300, false),
    ("EDT", -240, false),
    ("CST", -360, true),
    ("CDT", -300, true),
    ("MST", -420, true),
    ("MDT", -360, false),
    ("PST", -480, true),
    ("PDT", -420, false),
    ("AKST", -540, false),
    ("AKDT", -480, false),
    ("HST", -600, false),
];

/// `2026-03-02 09:15:01`, at the beginning of a text.
const CIVIL: &[u8] = b"0000-00-00 00:00:00";

/// A date and time at the beginning of a text.
pub(in crate::formats) struct Stamp<'a> {
    pub ns: i64,
    pub zone: Zone,
    /// The abbreviation, where one was written.
    pub name: &'a [u8],
    pub rest: &'a [u8],
}

/// Does a text begin like this one, digits for its zeros?
pub(in crate::formats) fn begins_like(text: &[u8], like: &[u8]) -> bool {
    text.len() >= like.len()
        && text.iter().zip(like).all(|(&b, &want)| match want {
            b'0' => b.is_ascii_digit(),
            _ => b == want,
        })
}

/// `2026-03-02 09:15:01.123 CET`: a date, a time with or without a fraction, and a zone's name, a distance from UTC, or nothing.
pub(in crate::formats) fn stamp(text: &[u8]) -> Option<Stamp<'_>> {
    if !begins_like(text, CIVIL) {
        return None;
    }
    let digits = |from: usize| {
        let rest = text.get(from..).unwrap_or_default();
        rest.iter().take_while(|b| b.is_ascii_digit()).count()
    };
    let mut end = CIVIL.len();
    if matches!(text.get(end), Some(b'.' | b',')) && digits(end + 1) > 0 {
        end += 1 + digits(end + 1);
    }
    let (civil, rest) = text.split_at_checked(end)?;
    let ns = time::parse_iso(civil)?;
    let after = rest.strip_prefix(b" ").unwrap_or(rest);
    let sure = |ns, zone, name, rest| Some(Stamp { ns, zone, name, rest });
    if let [sign @ (b'+' | b'-'), ..] = after {
        let is_part = |b: &&u8| b.is_ascii_digit() || **b == b':';
        let length = after.iter().skip(1).take_while(is_part).count();
        // A colon behind it is the prefix's.
        let numbers = after.get(1..=length)?;
        let numbers = numbers.strip_suffix(b":").unwrap_or(numbers);
        let number = |part: Option<&[u8]>| part.and_then(super::int);
        let hours = number(numbers.get(..2))?;
        let minutes = number(numbers.get(2..).map(|m| m.strip_prefix(b":").unwrap_or(m))).unwrap_or(0);
        let shift = (hours * HOUR + minutes * MINUTE) * if *sign == b'-' { -1 } else { 1 };
        return sure(
            ns.checked_sub(shift)?,
            Zone::Sure,
            b"",
            after.get(1 + numbers.len()..)?,
        );
    }
    let length = after.iter().take_while(|b| b.is_ascii_uppercase()).count();
    let (name, behind) = after.split_at_checked(length)?;
    // `LOG:` and its like stand where the zone would.
    let is_zone = (1..=5).contains(&length)
        && !behind
            .first()
            .is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_')
        && !(behind.starts_with(b":  "));
    if !is_zone {
        return sure(ns, Zone::Sure, b"", rest);
    }
    let known = ZONES.iter().find(|(zone, ..)| zone.as_bytes() == name);
    match known {
        Some((_, minutes, shared)) => {
            let zone = if *shared { Zone::Ambiguous } else { Zone::Sure };
            sure(ns.checked_sub(minutes * MINUTE)?, zone, name, behind)
        }
        None => sure(ns, Zone::Unknown, name, behind),
    }
}

/// What is to be known of the zones that a log's times are written in.
#[derive(Default)]
pub(in crate::formats) struct Zones {
    met: Vec<(Vec<u8>, Zone)>,
}

impl Zones {
    const MOST: usize = 8;

    pub fn meet(&mut self, stamp: &Stamp<'_>) {
        if stamp.zone != Zone::Sure
            && self.met.len() < Self::MOST
            && !self.met.iter().any(|(name, _)| name == stamp.name)
        {
            self.met.push((stamp.name.to_vec(), stamp.zone));
        }
    }

    /// In words.
    pub fn remarks(&mut self) -> impl Iterator<Item = String> {
        std::mem::take(&mut self.met).into_iter().map(|(name, zone)| {
            let name = String::from_utf8_lossy(&name).into_owned();
            let known = ZONES.iter().find(|(zone, ..)| *zone == name);
            match (zone, known) {
                (Zone::Ambiguous, Some((_, minutes, _))) => {
                    let (sign, m) = (if *minutes < 0 { '-' } else { '+' }, minutes.abs());
                    format!(
                        "times in {name}, which several zones are called, are taken as UTC{sign}{:02}:{:02}",
                        m / 60,
                        m % 60
                    )
                }
                _ => format!("the time zone {name} is not known; its times are taken as UTC"),
            }
        })
    }
}

/// `260302 09:15:01` or `260302  9:15:01`, as MySQL up to 5.6 and MariaDB write a time, and what stands behind it. Years from
/// 70 on are of the last century.
pub(in crate::formats) fn short(text: &[u8]) -> Option<(i64, &[u8])> {
    let two = |at: usize| -> Option<u32> {
        let pair = text.get(at..at + 2)?;
        let pair = pair.strip_prefix(b" ").unwrap_or(pair);
        let is_number = pair.iter().all(u8::is_ascii_digit);
        is_number.then(|| pair.iter().fold(0, |n, d| n * 10 + u32::from(d - b'0')))
    };
    let is_day = text.len() >= 15
        && text.iter().take(6).all(u8::is_ascii_digit)
        && text.get(6) == Some(&b' ')
        && text.get(9) == Some(&b':')
        && text.get(12) == Some(&b':');
    if !is_day {
        return None;
    }
    let year = i64::from(two(0)?);
    let century = if year < 70 { 2000 } else { 1900 };
    let ns = time::from_parts(century + year, two(2)?, two(4)?, two(7)?, two(10)?, two(13)?, 0)?;
    Some((ns, text.get(15..)?))
}

/// A number as a whole number of its units of so many decimal places: `scaled(b"0.003464", 6)` is 3464. What is beyond is cut.
pub(in crate::formats) fn scaled(text: &[u8], places: u32) -> Option<i64> {
    let text = text.trim_ascii();
    let (whole, fraction) = super::cut(text, b'.').unwrap_or((text, b""));
    let digits = |d: &[u8]| d.iter().all(u8::is_ascii_digit);
    if whole.is_empty() || !digits(whole) || !digits(fraction) {
        return None;
    }
    let mut sum: i64 = super::int(whole)?;
    for place in 0..places as usize {
        let digit = fraction.get(place).map_or(0, |d| i64::from(d - b'0'));
        sum = sum.checked_mul(10)?.checked_add(digit)?;
    }
    Some(sum)
}

/// `0:00:02.112` or `838:59:59` in microseconds.
pub(in crate::formats) fn clock(text: &[u8]) -> Option<i64> {
    let mut parts = text.trim_ascii().splitn(3, |b| *b == b':');
    let (hours, minutes) = (super::int(parts.next()?)?, super::int(parts.next()?)?);
    let seconds = scaled(parts.next()?, 6)?;
    let minutes = hours.checked_mul(60)?.checked_add(minutes)?;
    minutes.checked_mul(60_000_000)?.checked_add(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn iso(text: &str) -> String {
        stamp(text.as_bytes()).map_or_else(String::new, |s| {
            format!("{}|{}", time::iso(s.ns), String::from_utf8_lossy(s.rest))
        })
    }

    #[test]
    fn stamps_have_zones_by_name_by_distance_or_none() {
        assert_eq!(
            iso("2026-03-02 09:15:01 UTC:192.0.2.1"),
            "2026-03-02T09:15:01Z|:192.0.2.1"
        );
        assert_eq!(
            iso("2026-03-02 09:15:01.123 CET [7]"),
            "2026-03-02T08:15:01.123Z| [7]"
        );
        assert_eq!(iso("2026-03-02 09:15:01 +05:30 x"), "2026-03-02T03:45:01Z| x");
        assert_eq!(iso("2026-03-02 09:15:01-07:x"), "2026-03-02T16:15:01Z|:x");
        assert_eq!(
            iso("2026-03-02 09:15:01 LOG:  x"),
            "2026-03-02T09:15:01Z| LOG:  x"
        );
        assert_eq!(iso("2026-03-02T09:15:01Z"), "");
        let zone = |text: &str| stamp(text.as_bytes()).map(|s| s.zone);
        assert_eq!(zone("2026-03-02 09:15:01 CST [7]"), Some(Zone::Ambiguous));
        assert_eq!(zone("2026-03-02 09:15:01 XYZ [7]"), Some(Zone::Unknown));
    }

    #[test]
    fn short_times_pad_the_hour() {
        let (ns, rest) = short(b"260302  9:15:01 [Note]").unwrap_or_default();
        assert_eq!(
            (time::iso(ns).as_str(), rest),
            ("2026-03-02T09:15:01Z", &b" [Note]"[..])
        );
        assert!(short(b"260302 99:15:01").is_none());
        assert!(short(b"26030 209:15:01").is_none());
    }

    #[test]
    fn durations_are_whole_microseconds() {
        assert_eq!(scaled(b"0.003464", 6), Some(3464));
        assert_eq!(scaled(b"2", 6), Some(2_000_000));
        assert_eq!(scaled(b"100.50", 3), Some(100_500));
        assert_eq!(scaled(b"1.2345678", 6), Some(1_234_567));
        assert_eq!(scaled(b"-", 6), None);
        assert_eq!(scaled(b"99999999999999999999", 6), None);
        assert_eq!(clock(b"0:00:02.112"), Some(2_112_000));
        assert_eq!(clock(b"01:00:00"), Some(3_600_000_000));
    }
}
