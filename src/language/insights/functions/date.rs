//! Dates as texts: read by the pattern letters of Java's `DateTimeFormatter`, written by those of `strftime`.

use super::zones::{Zone, offset};
use crate::base::time::{Civil, DAY, MINUTE, civil, days_from_civil, from_parts};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

struct Reader<'t> {
    rest: &'t str,
}

impl<'t> Reader<'t> {
    fn literal(&mut self, c: char) -> Option<()> {
        self.rest = self.rest.strip_prefix(c)?;
        Some(())
    }

    fn number(&mut self, least: usize, most: usize) -> Option<u32> {
        let n = self
            .rest
            .bytes()
            .take(most)
            .take_while(u8::is_ascii_digit)
            .count();
        let (digits, rest) = self.rest.split_at_checked(n).filter(|_| n >= least)?;
        self.rest = rest;
        digits.parse().ok()
    }

    /// The number of the name that stands here, in full or by its first three letters.
    fn name(&mut self, names: &[&str]) -> Option<u32> {
        for (i, name) in names.iter().enumerate() {
            for part in [*name, &name[..3]] {
                if self
                    .rest
                    .get(..part.len())
                    .is_some_and(|t| t.eq_ignore_ascii_case(part))
                {
                    self.rest = self.rest.get(part.len()..)?;
                    return u32::try_from(i).ok();
                }
            }
        }
        None
    }

    /// `Z` or an offset.
    fn zone(&mut self) -> Option<i64> {
        for zulu in ["Z", "UTC", "GMT"] {
            if let Some(rest) = self.rest.strip_prefix(zulu) {
                self.rest = rest;
                return Some(0);
            }
        }
        let n = self
            .rest
            .bytes()
            .take(6)
            .take_while(|b| b.is_ascii_digit() || b"+-:".contains(b))
            .count();
        let (text, rest) = self.rest.split_at_checked(n)?;
        self.rest = rest;
        offset(text)
    }
}

/// Nanoseconds since 1970; `None` where the text does not fit the pattern.
pub fn parse(text: &str, pattern: &str, zone: Zone) -> Option<i64> {
    let mut t = Reader { rest: text };
    let (mut year, mut month, mut day) = (1970, 1, 1);
    let (mut hour, mut minute, mut second, mut nanos) = (0, 0, 0, 0u32);
    let (mut half, mut shift) = (None, None);
    let mut letters = pattern.chars().peekable();
    while let Some(c) = letters.next() {
        if c == '\'' {
            if letters.next_if_eq(&'\'').is_some() {
                t.literal('\'')?;
                continue;
            }
            for c in letters.by_ref() {
                if c == '\'' {
                    break;
                }
                t.literal(c)?;
            }
            continue;
        }
        let mut width = 1;
        while c.is_ascii_alphabetic() && letters.next_if_eq(&c).is_some() {
            width += 1;
        }
        // One letter takes as many digits as there are.
        let (least, most) = if width == 1 { (1, 2) } else { (width, width) };
        match c {
            'y' | 'u' if width == 2 => year = 2000 + i64::from(t.number(2, 2)?),
            'y' | 'u' => year = i64::from(t.number(4, 4)?),
            'M' | 'L' if width >= 3 => month = t.name(&MONTHS)? + 1,
            'M' | 'L' => month = t.number(least, most)?,
            'd' => day = t.number(least, most)?,
            'E' => {
                t.name(&DAYS)?;
            }
            'H' | 'k' => hour = t.number(least, most)? % 24,
            'h' | 'K' => hour = t.number(least, most)? % 12,
            'm' => minute = t.number(least, most)?,
            's' => second = t.number(least, most)?,
            'S' | 'n' => {
                let digits = u32::try_from(width).ok().filter(|w| *w <= 9)?;
                nanos = t.number(width, width)?.checked_mul(10u32.pow(9 - digits))?;
            }
            'a' => half = Some(half_day(&mut t)?),
            'X' | 'x' | 'Z' | 'z' | 'V' | 'O' => shift = Some(t.zone()?),
            c if c.is_ascii_alphabetic() => return None,
            c => t.literal(c)?,
        }
    }
    if !t.rest.is_empty() {
        return None;
    }
    if half == Some(1) {
        hour += 12;
    }
    let local = from_parts(year, month, day, hour, minute, second, nanos)?;
    match shift {
        Some(minutes) => local.checked_sub(minutes * MINUTE),
        None => zone.to_utc(local),
    }
}

fn half_day(t: &mut Reader) -> Option<u32> {
    let half = t.rest.get(..2)?;
    let which = ["am", "pm"].iter().position(|h| h.eq_ignore_ascii_case(half))?;
    t.rest = t.rest.get(2..)?;
    u32::try_from(which).ok()
}

/// Writes a time by a `strftime` pattern, on a zone's clock.
pub fn format(ns: i64, pattern: &str, zone: Zone) -> String {
    let minutes = zone.at(ns);
    let local = ns.saturating_add(minutes * MINUTE);
    let mut out = String::new();
    write(&mut out, pattern, &civil(local), (ns, minutes, zone), 0);
    out
}

fn write(out: &mut String, pattern: &str, c: &Civil, at: (i64, i64, Zone), depth: usize) {
    let (ns, minutes, zone) = at;
    let mut letters = pattern.chars().peekable();
    let hour12 = |h: u32| if h.is_multiple_of(12) { 12 } else { h % 12 };
    let day = days_from_civil(c.year, c.month, c.day);
    let of_year = day - days_from_civil(c.year, 1, 1);
    let name = |names: &[&'static str], i: u32| names.get(i as usize).copied().unwrap_or_default();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            out.push(letter);
            continue;
        }
        let bare = letters.next_if_eq(&'-').is_some();
        let mut digits = String::new();
        while let Some(d) = letters.next_if(char::is_ascii_digit) {
            digits.push(d);
        }
        let Some(letter) = letters.next() else {
            out.push('%');
            return;
        };
        let mut number = |n: i64, width: usize| match bare {
            true => out.push_str(&n.to_string()),
            false => out.push_str(&format!("{n:0width$}")),
        };
        match letter {
            'Y' => number(c.year, 4),
            'C' => number(c.year.div_euclid(100), 2),
            'y' => number(c.year.rem_euclid(100), 2),
            'm' => number(c.month.into(), 2),
            'd' => number(c.day.into(), 2),
            'e' => out.push_str(&format!("{:2}", c.day)),
            'H' => number(c.hour.into(), 2),
            'I' => number(hour12(c.hour).into(), 2),
            'k' => out.push_str(&format!("{:2}", c.hour)),
            'l' => out.push_str(&format!("{:2}", hour12(c.hour))),
            'M' => number(c.minute.into(), 2),
            'S' => number(c.second.into(), 2),
            'j' => number(of_year + 1, 3),
            'L' => number((c.nanos / 1_000_000).into(), 3),
            'f' => number((c.nanos / 1000).into(), 6),
            'N' => {
                let width = digits.parse::<usize>().unwrap_or(9).clamp(1, 9);
                out.push_str(format!("{:09}", c.nanos).get(..width).unwrap_or_default());
            }
            'B' => out.push_str(name(&MONTHS, c.month - 1)),
            'b' | 'h' => out.push_str(name(&MONTHS, c.month - 1).get(..3).unwrap_or_default()),
            'A' => out.push_str(name(&DAYS, c.weekday)),
            'a' => out.push_str(name(&DAYS, c.weekday).get(..3).unwrap_or_default()),
            'u' => number(i64::from(c.weekday) + 1, 1),
            'w' => number(i64::from((c.weekday + 1) % 7), 1),
            'U' => number((of_year + 7 - i64::from((c.weekday + 1) % 7)) / 7, 2),
            'W' => number((of_year + 7 - i64::from(c.weekday)) / 7, 2),
            'V' => number(iso_week(day, c.weekday).1, 2),
            'G' => number(iso_week(day, c.weekday).0, 4),
            'p' => out.push_str(if c.hour < 12 { "AM" } else { "PM" }),
            'P' => out.push_str(if c.hour < 12 { "am" } else { "pm" }),
            's' => out.push_str(&ns.div_euclid(1_000_000_000).to_string()),
            'Q' => out.push_str(&ns.div_euclid(1_000_000).to_string()),
            'z' | 'Z' if letter == 'z' || zone.name().is_empty() => {
                let sign = if minutes < 0 { '-' } else { '+' };
                out.push_str(&format!(
                    "{sign}{:02}{:02}",
                    minutes.abs() / 60,
                    minutes.abs() % 60
                ));
            }
            'Z' => out.push_str(zone.name()),
            'n' => out.push('\n'),
            't' => out.push('\t'),
            '%' => out.push('%'),
            _ => match letter {
                'F' if depth == 0 => write(out, "%Y-%m-%d", c, at, 1),
                'T' | 'X' if depth == 0 => write(out, "%H:%M:%S", c, at, 1),
                'R' if depth == 0 => write(out, "%H:%M", c, at, 1),
                'D' | 'x' if depth == 0 => write(out, "%m/%d/%y", c, at, 1),
                'r' if depth == 0 => write(out, "%I:%M:%S %p", c, at, 1),
                'c' if depth == 0 => write(out, "%a %b %e %H:%M:%S %Y", c, at, 1),
                other => out.extend(['%', other]),
            },
        }
    }
}

/// Year and week by ISO 8601: the week of its Thursday.
fn iso_week(day: i64, weekday: u32) -> (i64, i64) {
    let thursday = day - i64::from(weekday) + 3;
    let year = civil(thursday.saturating_mul(DAY)).year;
    (year, (thursday - days_from_civil(year, 1, 1)) / 7 + 1)
}
