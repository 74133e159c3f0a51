//! Where do the ticks of an axis stand, and what do they say? Times from years to nanoseconds, and amounts.

use crate::base::TimeRange;
use crate::base::size;
use crate::base::time::{self, Civil, DAY, HOUR, MINUTE, SECOND};

/// Amounts are exact; only their place on the chart passes through a float.
pub type Amount = i128;

/// What is counted, and how it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Things, by their plural: `records`.
    Count(String),
    Bytes,
    /// A length of time; amounts are nanoseconds.
    Duration,
    /// What has decimals, by its name; an amount is in units of the last of so many places.
    Decimal {
        noun: String,
        places: u32,
    },
}

impl Unit {
    pub fn count(noun: &str) -> Self {
        Unit::Count(noun.to_owned())
    }

    /// For an axis or a legend: `20 K`, `4 GB`.
    pub fn short(&self, amount: f64) -> String {
        match self {
            _ if amount == 0.0 => "0".to_owned(),
            Unit::Count(_) => size::short(amount),
            Unit::Bytes => size::bytes(amount),
            Unit::Duration => size::duration(amount),
            Unit::Decimal { places, .. } => {
                let amount = amount / 10f64.powi(*places as i32);
                match amount.abs() < 100.0 {
                    true => plain(format!("{amount:.2}")),
                    false => size::short(amount),
                }
            }
        }
    }

    /// For a label that is read out: `12,345 records`, `38.6 GB`.
    pub fn long(&self, amount: Amount) -> String {
        match self {
            Unit::Count(noun) => size::counted(amount, noun),
            Unit::Bytes => size::bytes(amount as f64),
            Unit::Duration => size::duration(amount as f64),
            Unit::Decimal { noun, .. } => format!("{noun} {}", self.exact(amount)),
        }
    }

    /// For a table: `12,345`, `0.25`.
    pub fn exact(&self, amount: Amount) -> String {
        let places = match self {
            Unit::Decimal { places, .. } => places,
            // Nanoseconds, written in milliseconds.
            Unit::Duration => &6,
            Unit::Count(_) | Unit::Bytes => return size::count(amount),
        };
        let one = 10u128.saturating_pow(*places);
        let all = amount.unsigned_abs();
        let sign = if amount < 0 { "-" } else { "" };
        let whole = Amount::try_from(all / one).unwrap_or(Amount::MAX);
        plain(format!(
            "{sign}{}.{:0width$}",
            size::count(whole),
            all % one,
            width = *places as usize
        ))
    }

    /// The head of a table column; a table's figures are exact.
    pub fn column(&self) -> &str {
        match self {
            Unit::Count(noun) | Unit::Decimal { noun, .. } => noun,
            Unit::Bytes => "bytes",
            Unit::Duration => "ms",
        }
    }
}

/// Without zeros behind the point.
fn plain(text: String) -> String {
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// Steps of 1, 2 or 5 times a power of ten, from 0 to the first at or above `max`: about `wanted` of them above zero.
/// Amounts are whole, so no step is below 1.
pub fn amounts(max: f64, wanted: usize) -> Vec<f64> {
    let max = if max.is_finite() { max.max(1.0) } else { 1.0 };
    let step = nice_step(max / wanted.max(1) as f64).max(1.0);
    let count = (max / step - 1e-9).ceil().max(1.0) as usize;
    (0..=count).map(|i| i as f64 * step).collect()
}

/// The smallest of 1, 2, 5 × 10ⁿ that is not below `rough`.
fn nice_step(rough: f64) -> f64 {
    let power = 10f64.powf(rough.max(1e-12).log10().floor());
    [1.0, 2.0, 5.0]
        .into_iter()
        .map(|m| m * power)
        .find(|&step| step >= rough * (1.0 - 1e-9))
        .unwrap_or(10.0 * power)
}

/// How far apart time ticks stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Ns(i64),
    Days(i64),
    Months(i64),
    Years(i64),
}

impl Step {
    /// About how long it is.
    fn ns(self) -> i64 {
        match self {
            Step::Ns(n) => n,
            Step::Days(n) => n.saturating_mul(DAY),
            Step::Months(n) => n.saturating_mul(30 * DAY),
            Step::Years(n) => n.saturating_mul(365 * DAY),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeTick {
    pub at_ns: i64,
    pub label: String,
    /// Begins a larger unit (a day among hours, a year among months).
    pub major: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeTicks {
    pub step: Step,
    pub ticks: Vec<TimeTick>,
}

/// No axis has more; it also bounds the work for a range that is nonsense.
const TICKS_MAX: usize = 400;

/// The ticks that fit into `width` scene pixels when each has `spacing` of them, in the zone `offset_min` minutes east
/// of UTC.
pub fn times(range: TimeRange, width: f64, spacing: f64, offset_min: i32) -> TimeTicks {
    let span = (i128::from(range.to_ns) - i128::from(range.from_ns)).max(1);
    let room = (width / spacing.max(1.0)).clamp(1.0, TICKS_MAX as f64 / 2.0);
    let step = choose_step(span as f64 / room);
    let shift = i64::from(offset_min) * MINUTE;
    let from = range.from_ns.saturating_add(shift);
    let to = range.to_ns.saturating_add(shift);
    let mut ticks = Vec::new();
    let mut at = first_at_or_after(from, step);
    while let Some(local) = at.filter(|&t| t <= to && ticks.len() < TICKS_MAX) {
        let (label, major) = tick_label(local, step, ticks.is_empty());
        ticks.push(TimeTick {
            at_ns: local.saturating_sub(shift),
            label,
            major,
        });
        at = advance(local, step);
    }
    TimeTicks { step, ticks }
}

fn choose_step(rough_ns: f64) -> Step {
    const CLOCK: [i64; 16] = [
        SECOND,
        2 * SECOND,
        5 * SECOND,
        10 * SECOND,
        15 * SECOND,
        30 * SECOND,
        MINUTE,
        2 * MINUTE,
        5 * MINUTE,
        10 * MINUTE,
        15 * MINUTE,
        30 * MINUTE,
        HOUR,
        2 * HOUR,
        3 * HOUR,
        6 * HOUR,
    ];
    const CALENDAR: [Step; 7] = [
        Step::Ns(12 * HOUR),
        Step::Days(1),
        Step::Days(2),
        Step::Days(7),
        Step::Months(1),
        Step::Months(3),
        Step::Months(6),
    ];
    if rough_ns <= SECOND as f64 / 2.0 {
        // AWS writes times to the millisecond at best.
        return Step::Ns(nice_step(rough_ns.max(1e6)) as i64);
    }
    CLOCK
        .iter()
        .map(|&ns| Step::Ns(ns))
        .chain(CALENDAR)
        .find(|s| s.ns() as f64 >= rough_ns)
        .unwrap_or_else(|| Step::Years(nice_step(rough_ns / (365 * DAY) as f64).max(1.0) as i64))
}

/// Local times here; `None` beyond the years an `i64` holds.
fn first_at_or_after(local: i64, step: Step) -> Option<i64> {
    let day = || local.div_euclid(DAY) + i64::from(local.rem_euclid(DAY) != 0);
    match step {
        Step::Ns(ns) => {
            let over = local.rem_euclid(ns);
            local.checked_add(if over == 0 { 0 } else { ns - over })
        }
        // Weeks begin on Monday; 1970-01-05 was the first.
        Step::Days(7) => (day() + (4 - day()).rem_euclid(7)).checked_mul(DAY),
        // Other steps restart with each month, so that its first is always among them.
        Step::Days(n) => {
            let mut d = day();
            while (i64::from(time::civil_from_days(d).2) - 1) % n != 0 {
                d += 1;
            }
            d.checked_mul(DAY)
        }
        Step::Months(_) | Step::Years(_) => {
            let every = months_of(step);
            let c = time::civil(local);
            let mut month = c.year * 12 + i64::from(c.month) - 1;
            if local != month_start(month)? {
                month += 1;
            }
            month_start(month + (-month).rem_euclid(every))
        }
    }
}

fn advance(local: i64, step: Step) -> Option<i64> {
    match step {
        Step::Ns(ns) => local.checked_add(ns),
        Step::Days(7) => local.checked_add(7 * DAY),
        Step::Days(_) => first_at_or_after(local.checked_add(DAY)?, step),
        Step::Months(_) | Step::Years(_) => {
            let c = time::civil(local);
            month_start(c.year * 12 + i64::from(c.month) - 1 + months_of(step))
        }
    }
}

fn months_of(step: Step) -> i64 {
    match step {
        Step::Months(n) => n.max(1),
        Step::Years(n) => n.max(1).saturating_mul(12),
        Step::Ns(_) | Step::Days(_) => 1,
    }
}

/// Midnight of the first day of a month counted from year 0.
fn month_start(month: i64) -> Option<i64> {
    let days = time::days_from_civil(month.div_euclid(12), month.rem_euclid(12) as u32 + 1, 1);
    days.checked_mul(DAY)
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

fn month(c: Civil) -> &'static str {
    MONTHS[(c.month as usize).saturating_sub(1).min(11)]
}

fn weekday(c: Civil) -> &'static str {
    DAYS[(c.weekday as usize).min(6)]
}

fn tick_label(local: i64, step: Step, first: bool) -> (String, bool) {
    let c = time::civil(local);
    let midnight = local.rem_euclid(DAY) == 0;
    match step {
        Step::Years(_) => (c.year.to_string(), c.year % 10 == 0),
        Step::Months(_) if c.month == 1 || first => (format!("{} {}", month(c), c.year), c.month == 1),
        Step::Months(_) => (month(c).to_owned(), false),
        Step::Days(7) => (format!("{} {}", c.day, month(c)), c.day <= 7),
        Step::Days(_) if c.day == 1 || first => {
            (format!("{} {} {}", weekday(c), c.day, month(c)), c.day == 1)
        }
        Step::Days(_) => (format!("{} {}", weekday(c), c.day), false),
        Step::Ns(_) if midnight => (format!("{} {} {}", weekday(c), c.day, month(c)), true),
        Step::Ns(ns) => (clock(c, ns), false),
    }
}

/// The time of day with as many digits as a step needs.
fn clock(c: Civil, step_ns: i64) -> String {
    let mut text = format!("{:02}:{:02}", c.hour, c.minute);
    if step_ns % MINUTE != 0 {
        text.push_str(&format!(":{:02}", c.second));
    }
    if step_ns % SECOND != 0 {
        let digits = (1..=9).find(|&d| step_ns % 10i64.pow(9 - d) == 0).unwrap_or(9) as usize;
        let nanos = format!("{:09}", c.nanos);
        text.push('.');
        text.push_str(nanos.get(..digits).unwrap_or(&nanos));
    }
    text
}

/// How times are written in labels and tables of one chart: no finer than its buckets, with the year where it is in doubt.
#[derive(Clone, Copy, Debug)]
pub struct Stamp {
    /// Minutes east of UTC.
    pub offset_min: i32,
    /// The finest difference that matters.
    pub step_ns: i64,
    pub year: bool,
}

impl Stamp {
    pub fn new(range: TimeRange, step_ns: i64, offset_min: i32) -> Self {
        let shift = i64::from(offset_min) * MINUTE;
        let year = |ns: i64| time::civil(ns.saturating_add(shift)).year;
        Stamp {
            offset_min,
            step_ns: step_ns.max(1),
            year: year(range.from_ns) != year(range.to_ns.saturating_sub(1)),
        }
    }

    /// `11 Nov 01:00`, `11 Nov 2026`, `01:00:10.5` with its day.
    pub fn write(&self, ns: i64) -> String {
        let c = time::civil(ns.saturating_add(i64::from(self.offset_min) * MINUTE));
        let mut text = format!("{} {}", c.day, month(c));
        if self.year {
            text.push_str(&format!(" {}", c.year));
        }
        if self.step_ns % DAY != 0 {
            text.push(' ');
            text.push_str(&clock(c, self.step_ns));
        }
        text
    }

    /// The time of day alone: `01:00`.
    pub fn time(&self, ns: i64) -> String {
        let c = time::civil(ns.saturating_add(i64::from(self.offset_min) * MINUTE));
        clock(c, self.step_ns)
    }

    /// `UTC`, `UTC+02:00`.
    pub fn zone(&self) -> String {
        match self.offset_min {
            0 => "UTC".to_owned(),
            m => format!(
                "UTC{}{:02}:{:02}",
                if m < 0 { '-' } else { '+' },
                m.unsigned_abs() / 60,
                m.unsigned_abs() % 60
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_decimals_is_written_with_them() {
        let unit = Unit::Decimal {
            noun: "load".to_owned(),
            places: 4,
        };
        assert_eq!(
            [2500, 12_345_678, 0].map(|n| unit.exact(n)),
            ["0.25", "1,234.5678", "0"]
        );
        assert_eq!(
            [2500.0, 12_345_678.0, 0.0].map(|n| unit.short(n)),
            ["0.25", "1.23 K", "0"]
        );
        assert_eq!(unit.long(2500), "load 0.25");
    }

    fn at(iso: &str) -> i64 {
        time::parse_iso(iso.as_bytes()).unwrap()
    }

    fn labels(from: &str, to: &str, width: f64, offset_min: i32) -> Vec<String> {
        times(TimeRange::new(at(from), at(to)), width, 70.0, offset_min)
            .ticks
            .into_iter()
            .map(|t| t.label)
            .collect()
    }

    #[test]
    fn spans_from_milliseconds_to_decades() {
        let cases: [(&str, &str, &[&str]); 10] = [
            (
                "2026-11-11T01:00:00.1Z",
                "2026-11-11T01:00:00.35Z",
                &["01:00:00.10", "01:00:00.15", "01:00:00.20"],
            ),
            (
                "2026-11-11T01:00:00Z",
                "2026-11-11T01:00:09Z",
                &["01:00:00", "01:00:02", "01:00:04"],
            ),
            (
                "2026-11-11T01:00:00Z",
                "2026-11-11T01:20:00Z",
                &["01:00", "01:05", "01:10"],
            ),
            (
                "2026-11-11T01:00:00Z",
                "2026-11-11T09:00:00Z",
                &["02:00", "04:00", "06:00"],
            ),
            (
                "2026-11-10T20:00:00Z",
                "2026-11-11T20:00:00Z",
                &["Wed 11 Nov", "06:00", "12:00"],
            ),
            (
                "2026-11-09T00:00:00Z",
                "2026-11-14T00:00:00Z",
                &["Mon 9 Nov", "Tue 10", "Wed 11"],
            ),
            (
                "2026-10-20T00:00:00Z",
                "2026-11-20T00:00:00Z",
                &["26 Oct", "2 Nov", "9 Nov"],
            ),
            (
                "2025-11-20T00:00:00Z",
                "2026-11-20T00:00:00Z",
                &["Jan 2026", "Apr", "Jul"],
            ),
            (
                "2019-06-01T00:00:00Z",
                "2026-06-01T00:00:00Z",
                &["2020", "2022", "2024"],
            ),
            (
                "1970-01-01T00:00:00Z",
                "2026-01-01T00:00:00Z",
                &["1970", "1980", "1990"],
            ),
        ];
        for (from, to, want) in cases {
            let got = labels(from, to, 480.0, 0);
            assert_eq!(
                got.get(..want.len()),
                Some(
                    want.iter()
                        .map(|s| (*s).to_owned())
                        .collect::<Vec<_>>()
                        .as_slice()
                ),
                "{from} to {to}: {got:?}"
            );
            assert!(got.len() <= 9, "{got:?}");
        }
    }

    #[test]
    fn ticks_stand_on_the_local_clock() {
        let ticks = times(
            TimeRange::new(at("2026-11-10T20:00:00Z"), at("2026-11-11T20:00:00Z")),
            480.0,
            70.0,
            330,
        );
        let midnight = ticks.ticks.iter().find(|t| t.major).unwrap();
        assert_eq!(midnight.label, "Thu 12 Nov");
        assert_eq!(
            midnight.at_ns,
            at("2026-11-11T18:30:00Z"),
            "the day begins in Kolkata"
        );
    }

    #[test]
    fn nonsense_ranges_end() {
        for (from, to) in [
            (0, 0),
            (10, -10),
            (i64::MIN, i64::MAX),
            (i64::MAX, i64::MAX),
            (i64::MAX - 5, i64::MAX),
        ] {
            let ticks = times(TimeRange::new(from, to), 500.0, 70.0, 0).ticks;
            assert!(ticks.len() <= TICKS_MAX);
            assert!(ticks.windows(2).all(|w| w[0].at_ns < w[1].at_ns));
            assert!(ticks.iter().all(|t| from <= t.at_ns && t.at_ns <= to));
        }
        assert!(times(TimeRange::new(0, DAY), 0.0, 70.0, 0).ticks.len() < 3);
    }

    #[test]
    fn amounts_take_round_steps() {
        assert_eq!(amounts(44_012.0, 4), [0.0, 20_000.0, 40_000.0, 60_000.0]);
        assert_eq!(amounts(4.0, 4), [0.0, 1.0, 2.0, 3.0, 4.0]);
        assert_eq!(amounts(0.0, 4), [0.0, 1.0]);
        assert_eq!(amounts(f64::NAN, 4), [0.0, 1.0]);
        let huge = amounts(1.7e38, 4);
        assert!(huge.len() <= 6 && huge.last().is_some_and(|&top| top >= 1.7e38));
    }

    #[test]
    fn labels_are_as_fine_as_the_buckets() {
        let range = TimeRange::new(at("2026-11-09T00:00:00Z"), at("2026-11-14T00:00:00Z"));
        let t = at("2026-11-11T01:00:00Z");
        assert_eq!(Stamp::new(range, HOUR, 0).write(t), "11 Nov 01:00");
        assert_eq!(Stamp::new(range, DAY, 0).write(t), "11 Nov");
        assert_eq!(Stamp::new(range, SECOND, -210).write(t), "10 Nov 21:30:00");
        assert_eq!(Stamp::new(range, HOUR, -210).zone(), "UTC-03:30");
        let years = TimeRange::new(at("2025-11-09T00:00:00Z"), at("2026-11-14T00:00:00Z"));
        assert_eq!(Stamp::new(years, DAY, 0).write(t), "11 Nov 2026");
    }

    #[test]
    fn one_thing_is_singular() {
        assert_eq!(Unit::count("records").long(1), "1 record");
        assert_eq!(Unit::count("queries").long(1), "1 query");
        assert_eq!(Unit::count("flows").long(12_345), "12,345 flows");
        assert_eq!(Unit::Bytes.long(38_600_000_000), "38.6 GB");
    }
}
