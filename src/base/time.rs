//! Times are nanoseconds since 1970-01-01T00:00:00Z in an `i64` (years 1678 to 2262).

use serde::{Deserialize, Serialize};

pub const SECOND: i64 = 1_000_000_000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

/// A half-open range of time, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TimeRange {
    pub from_ns: i64,
    pub to_ns: i64,
}

impl TimeRange {
    pub fn new(from_ns: i64, to_ns: i64) -> Self {
        TimeRange { from_ns, to_ns }
    }
    pub fn contains(self, t: i64) -> bool {
        self.from_ns <= t && t < self.to_ns
    }
    pub fn width_ns(self) -> i64 {
        self.to_ns.saturating_sub(self.from_ns)
    }
    pub fn union(self, o: TimeRange) -> TimeRange {
        TimeRange::new(self.from_ns.min(o.from_ns), self.to_ns.max(o.to_ns))
    }
}

/// Days since 1970-01-01 of a proleptic Gregorian date (Howard Hinnant, chrono-compatible low-level date algorithms).
pub fn days_from_civil(year: i64, month: u32, day: u32) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let yoe = y - era * 400;
    let m = i64::from(month);
    let doy = (153 * (if m > 2 { m - 3 } else { m + 9 }) + 2) / 5 + i64::from(day) - 1;
    let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    era * 146_097 + doe - 719_468
}

/// `(year, month, day)` of a day number.
pub fn civil_from_days(days: i64) -> (i64, u32, u32) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z - era * 146_097;
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = (doy - (153 * mp + 2) / 5 + 1) as u32;
    let month = (if mp < 10 { mp + 3 } else { mp - 9 }) as u32;
    (yoe + era * 400 + i64::from(month <= 2), month, day)
}

/// A time taken apart, in the zone the caller shifted it to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Civil {
    pub year: i64,
    pub month: u32,
    pub day: u32,
    pub hour: u32,
    pub minute: u32,
    pub second: u32,
    pub nanos: u32,
    /// 0 = Monday.
    pub weekday: u32,
}

pub fn civil(ns: i64) -> Civil {
    let days = ns.div_euclid(DAY);
    let rest = ns.rem_euclid(DAY);
    let (year, month, day) = civil_from_days(days);
    let s = rest / SECOND;
    Civil {
        year,
        month,
        day,
        hour: (s / 3600) as u32,
        minute: (s / 60 % 60) as u32,
        second: (s % 60) as u32,
        nanos: (rest % SECOND) as u32,
        weekday: (days + 3).rem_euclid(7) as u32,
    }
}

/// Nanoseconds of a date and time in UTC; `None` when a part is out of its range or the year leaves `i64`.
pub fn from_parts(
    year: i64,
    month: u32,
    day: u32,
    hour: u32,
    minute: u32,
    second: u32,
    nanos: u32,
) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(leap),
        1..=12 => 31,
        _ => return None,
    };
    // 60 is a leap second: counted into the next minute, as everyone does.
    if day == 0 || day > last || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let secs = days_from_civil(year, month, day) * 86_400 + i64::from(hour * 3600 + minute * 60 + second);
    secs.checked_mul(SECOND)?.checked_add(i64::from(nanos))
}

/// Reads `2026-11-11T01:26:18Z`, with an optional fraction (1 to 9 digits, more are cut), `T` or a space between,
/// and `Z`, `±hh:mm`, `±hhmm`, `±hh` or nothing (UTC) behind. A date alone is its midnight.
pub fn parse_iso(text: &[u8]) -> Option<i64> {
    fn two(b: &[u8]) -> Option<u32> {
        let (a, c) = (b.first()?.wrapping_sub(b'0'), b.get(1)?.wrapping_sub(b'0'));
        (a < 10 && c < 10).then(|| u32::from(a) * 10 + u32::from(c))
    }
    let b = text.trim_ascii();
    let year = i64::from(two(b)? * 100 + two(b.get(2..)?)?);
    if *b.get(4)? != b'-' || *b.get(7)? != b'-' {
        return None;
    }
    let (month, day) = (two(&b[5..])?, two(&b[8..])?);
    if b.len() == 10 {
        return from_parts(year, month, day, 0, 0, 0, 0);
    }
    if !matches!(b[10], b'T' | b't' | b' ') || *b.get(13)? != b':' {
        return None;
    }
    let (hour, minute) = (two(&b[11..])?, two(b.get(14..)?)?);
    let (mut second, mut nanos, mut at) = (0, 0u32, 16);
    if b.get(16) == Some(&b':') {
        second = two(&b[17..])?;
        at = 19;
        if matches!(b.get(19), Some(b'.' | b',')) {
            at = 20;
            let mut scale = 100_000_000;
            while let Some(d) = b.get(at).filter(|d| d.is_ascii_digit()) {
                nanos += u32::from(d - b'0') * scale;
                scale /= 10;
                at += 1;
            }
            if at == 20 {
                return None;
            }
        }
    }
    let mut zone = b[at..].trim_ascii_start();
    if zone == b"UTC" || zone == b"GMT" {
        zone = b"Z";
    }
    let shift_min: i64 = match zone {
        b"" | b"Z" | b"z" => 0,
        [sign @ (b'+' | b'-'), rest @ ..] => {
            let h = i64::from(two(rest)?);
            let m = match rest.len() {
                2 => 0,
                4 => i64::from(two(&rest[2..])?),
                5 if rest[2] == b':' => i64::from(two(&rest[3..])?),
                _ => return None,
            };
            if h > 23 || m > 59 {
                return None;
            }
            (h * 60 + m) * if *sign == b'-' { -1 } else { 1 }
        }
        _ => return None,
    };
    from_parts(year, month, day, hour, minute, second, nanos)?.checked_sub(shift_min * MINUTE)
}

/// A Unix time whose unit shows in its size: seconds below 10^11, milliseconds below 10^14, then micro-, then nanoseconds.
pub fn from_epoch(n: i64) -> Option<i64> {
    match n.unsigned_abs() {
        0..100_000_000_000 => n.checked_mul(SECOND),
        100_000_000_000..100_000_000_000_000 => n.checked_mul(1_000_000),
        100_000_000_000_000..100_000_000_000_000_000 => n.checked_mul(1_000),
        _ => Some(n),
    }
}

/// ISO 8601 in UTC with as many fraction digits (0, 3, 6 or 9) as the time has.
pub fn iso(ns: i64) -> String {
    let c = civil(ns);
    let mut s = format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
        c.year, c.month, c.day, c.hour, c.minute, c.second
    );
    if c.nanos != 0 {
        let (v, w) = if c.nanos.is_multiple_of(1_000_000) {
            (c.nanos / 1_000_000, 3)
        } else if c.nanos.is_multiple_of(1000) {
            (c.nanos / 1000, 6)
        } else {
            (c.nanos, 9)
        };
        s.push_str(&format!(".{v:0w$}"));
    }
    s.push('Z');
    s
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iso_reads_what_it_writes() {
        for t in [
            "1970-01-01T00:00:00Z",
            "2026-11-11T01:26:18Z",
            "2000-02-29T23:59:59.123Z",
            "1999-12-31T23:59:59.000001Z",
        ] {
            assert_eq!(iso(parse_iso(t.as_bytes()).unwrap()), t);
        }
    }

    #[test]
    fn zones_and_spaces_are_understood() {
        let want = parse_iso(b"2022-02-07T22:23:37Z");
        assert_eq!(parse_iso(b"2022-02-08 09:23:37+11:00"), want);
        assert_eq!(parse_iso(b"2022-02-07T22:23:37 UTC"), want);
        assert_eq!(parse_iso(b"2022-02-07T17:23:37-0500"), want);
    }

    #[test]
    fn nonsense_is_refused() {
        for t in [
            "",
            "2026",
            "2026-13-01",
            "2026-02-30T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:00:00.Z",
            "2026-01-01T00:00:00X",
        ] {
            assert_eq!(parse_iso(t.as_bytes()), None, "{t}");
        }
    }

    #[test]
    fn epochs_show_their_unit() {
        let want = Some(1_700_000_000 * SECOND);
        assert_eq!(from_epoch(1_700_000_000), want);
        assert_eq!(from_epoch(1_700_000_000_000), want);
        assert_eq!(from_epoch(1_700_000_000_000_000), want);
    }
}
