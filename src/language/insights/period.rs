//! Periods such as `5m` (CWL_QuerySyntax-operations-functions, "Datetime functions"), and times cut to them.

use crate::base::time::{DAY, HOUR, MINUTE, SECOND, civil, days_from_civil};

/// So many of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// As written; [`Period::effective`] is what counts.
    pub amount: u64,
    pub unit: Unit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Millisecond,
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

/// A unit, its short name, its cap (0: none) and every word for it.
type Words = (Unit, &'static str, u64, &'static [&'static str]);

const UNITS: &[Words] = &[
    (
        Unit::Millisecond,
        "ms",
        1000,
        &["millisecond", "ms", "msec", "milliseconds", "msecs"],
    ),
    (Unit::Second, "s", 60, &["second", "s", "sec", "seconds", "secs"]),
    (Unit::Minute, "m", 60, &["minute", "m", "min", "minutes", "mins"]),
    (Unit::Hour, "h", 24, &["hour", "h", "hr", "hours", "hrs"]),
    (Unit::Day, "d", 0, &["day", "d", "days"]),
    (Unit::Week, "w", 0, &["week", "w", "weeks"]),
    (
        Unit::Month,
        "mo",
        0,
        &["month", "mo", "mon", "months", "mos", "mons"],
    ),
    (
        Unit::Quarter,
        "q",
        0,
        &["quarter", "q", "qtr", "quarters", "qtrs"],
    ),
    (Unit::Year, "y", 0, &["year", "y", "yr", "years", "yrs"]),
];

impl Unit {
    pub fn from_word(word: &str) -> Option<Unit> {
        UNITS
            .iter()
            .find(|u| u.3.iter().any(|w| w.eq_ignore_ascii_case(word)))
            .map(|u| u.0)
    }

    fn words(self) -> &'static Words {
        UNITS.iter().find(|u| u.0 == self).unwrap_or(&UNITS[0])
    }

    pub fn short(self) -> &'static str {
        self.words().1
    }
}

impl Period {
    /// The amount that counts: a number above the unit's cap is silently the cap.
    pub fn effective(self) -> u64 {
        match self.unit.words().2 {
            0 => self.amount,
            cap => self.amount.min(cap),
        }
    }

    pub fn is_capped(self) -> bool {
        self.effective() != self.amount
    }

    /// Nanoseconds between boundaries where these are the multiples of a width: weeks begin on Mondays, and longer units are of
    /// different lengths.
    pub fn width_ns(self) -> Option<i64> {
        let unit = match self.unit {
            Unit::Millisecond => SECOND / 1000,
            Unit::Second => SECOND,
            Unit::Minute => MINUTE,
            Unit::Hour => HOUR,
            Unit::Day => DAY,
            Unit::Week | Unit::Month | Unit::Quarter | Unit::Year => return None,
        };
        unit.checked_mul(i64::try_from(self.effective()).ok().filter(|n| *n > 0)?)
    }

    /// The last boundary at or before a time. Buckets are aligned to UTC whatever is displayed.
    pub fn floor(self, ns: i64) -> Option<i64> {
        let n = i64::try_from(self.effective()).ok().filter(|n| *n > 0)?;
        let fixed = |width: i64, origin: i64| {
            let width = width.checked_mul(n)?;
            ns.checked_sub(ns.checked_sub(origin)?.rem_euclid(width))
        };
        match self.unit {
            Unit::Millisecond => fixed(SECOND / 1000, 0),
            Unit::Second => fixed(SECOND, 0),
            Unit::Minute => fixed(MINUTE, 0),
            Unit::Hour => fixed(HOUR, 0),
            Unit::Day => fixed(DAY, 0),
            // 1970-01-05 was the first Monday.
            Unit::Week => fixed(7 * DAY, 4 * DAY),
            Unit::Month => month_floor(ns, n),
            Unit::Quarter => month_floor(ns, n.checked_mul(3)?),
            Unit::Year => month_floor(ns, n.checked_mul(12)?),
        }
    }

    /// The first boundary at or after a time.
    pub fn ceil(self, ns: i64) -> Option<i64> {
        let floor = self.floor(ns)?;
        if floor == ns { Some(ns) } else { self.next(floor) }
    }

    /// The boundary behind one.
    pub fn next(self, floor: i64) -> Option<i64> {
        let n = i64::try_from(self.effective()).ok()?;
        let fixed = |width: i64| floor.checked_add(width.checked_mul(n)?);
        match self.unit {
            Unit::Millisecond => fixed(SECOND / 1000),
            Unit::Second => fixed(SECOND),
            Unit::Minute => fixed(MINUTE),
            Unit::Hour => fixed(HOUR),
            Unit::Day => fixed(DAY),
            Unit::Week => fixed(7 * DAY),
            Unit::Month => month_start(months(floor).checked_add(n)?),
            Unit::Quarter => month_start(months(floor).checked_add(n.checked_mul(3)?)?),
            Unit::Year => month_start(months(floor).checked_add(n.checked_mul(12)?)?),
        }
    }
}

/// Months since January 1970.
fn months(ns: i64) -> i64 {
    let c = civil(ns);
    (c.year - 1970) * 12 + i64::from(c.month) - 1
}

fn month_start(months: i64) -> Option<i64> {
    let year = 1970 + months.div_euclid(12);
    if !(1600..=2300).contains(&year) {
        return None;
    }
    let month = u32::try_from(months.rem_euclid(12)).ok()? + 1;
    days_from_civil(year, month, 1).checked_mul(DAY)
}

fn month_floor(ns: i64, width: i64) -> Option<i64> {
    let m = months(ns);
    month_start(m.checked_sub(m.rem_euclid(width))?)
}

/// A time one calendar month earlier, on the last day of that month where it has no such day.
pub fn month_before(ns: i64) -> Option<i64> {
    let c = civil(ns);
    let start = month_start(months(ns) - 1)?;
    let end = month_start(months(ns))?;
    let days = (end - start) / DAY;
    let day = i64::from(c.day).min(days);
    start
        .checked_add((day - 1) * DAY)?
        .checked_add(ns.rem_euclid(DAY))
}
