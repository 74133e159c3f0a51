//! Closer, farther and along the time axis: what wheel and drag do with a range.

use crate::base::TimeRange;
use crate::base::time::SECOND;

/// No closer: CloudTrail tells the second.
const CLOSEST: i64 = SECOND;

/// A range scaled by `factor` around `part` (0 to 1) of its width, within all there is.
pub fn zoomed(range: TimeRange, all: TimeRange, part: f64, factor: f64) -> TimeRange {
    let width = range.width_ns() as f64;
    let most = all.width_ns().max(1) as f64;
    let wanted = (width * factor).clamp((CLOSEST as f64).min(most), most);
    let from = range.from_ns as f64 + part.clamp(0.0, 1.0) * (width - wanted);
    within(from as i64, wanted as i64, all)
}

/// A range moved by `part` of its width, within all there is.
pub fn moved(range: TimeRange, all: TimeRange, part: f64) -> TimeRange {
    let by = (range.width_ns() as f64 * part) as i64;
    within(range.from_ns.saturating_add(by), range.width_ns(), all)
}

/// The stretch between two parts (0 to 1) of a range.
pub fn between(range: TimeRange, a: f64, b: f64) -> TimeRange {
    let at = |part: f64| {
        let by = range.width_ns() as f64 * part.clamp(0.0, 1.0);
        range.from_ns.saturating_add(by as i64)
    };
    let (from, to) = (at(a.min(b)), at(a.max(b)));
    TimeRange::new(from, to.max(from.saturating_add(CLOSEST)))
}

/// A range whose ends are whole seconds, as CloudTrail's times are and a person would type them.
pub fn to_seconds(range: TimeRange) -> TimeRange {
    let floor = |ns: i64| ns - ns.rem_euclid(SECOND);
    let (from, to) = (
        floor(range.from_ns),
        floor(range.to_ns.saturating_add(SECOND - 1)),
    );
    TimeRange::new(from, to.max(from.saturating_add(SECOND)))
}

fn within(from_ns: i64, width_ns: i64, all: TimeRange) -> TimeRange {
    let width = width_ns.min(all.width_ns());
    let from = from_ns.min(all.to_ns.saturating_sub(width)).max(all.from_ns);
    TimeRange::new(from, from.saturating_add(width))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::{DAY, HOUR};

    const YEARS: TimeRange = TimeRange {
        from_ns: 0,
        to_ns: 4000 * DAY,
    };

    #[test]
    fn the_time_under_the_pointer_stays() {
        let closer = zoomed(TimeRange::new(0, 10 * DAY), YEARS, 0.5, 0.5);
        assert_eq!((closer.from_ns, closer.to_ns), (DAY * 5 / 2, DAY * 15 / 2));
        let left = zoomed(TimeRange::new(0, 10 * DAY), YEARS, 0.0, 0.1);
        assert_eq!((left.from_ns, left.to_ns), (0, DAY));
    }

    #[test]
    fn from_years_to_a_second_and_back_to_all() {
        let mut r = YEARS;
        for _ in 0..100 {
            r = zoomed(r, YEARS, 0.3, 0.5);
        }
        assert_eq!(r.width_ns(), SECOND);
        for _ in 0..100 {
            r = zoomed(r, YEARS, 0.3, 2.0);
        }
        assert_eq!(r, YEARS);
    }

    #[test]
    fn moving_stops_at_the_ends() {
        let r = TimeRange::new(HOUR, 3 * HOUR);
        assert_eq!(moved(r, YEARS, 0.5), TimeRange::new(2 * HOUR, 4 * HOUR));
        assert_eq!(moved(r, YEARS, -5.0), TimeRange::new(0, 2 * HOUR));
        assert_eq!(moved(r, YEARS, 1e9).to_ns, YEARS.to_ns);
    }

    #[test]
    fn ranges_end_on_seconds() {
        let half = SECOND / 2;
        assert_eq!(
            to_seconds(TimeRange::new(half, SECOND + half)),
            TimeRange::new(0, 2 * SECOND)
        );
        assert_eq!(
            to_seconds(TimeRange::new(SECOND, SECOND)),
            TimeRange::new(SECOND, 2 * SECOND)
        );
    }

    #[test]
    fn a_stretch_is_the_same_from_either_end() {
        let r = TimeRange::new(0, 10 * HOUR);
        assert_eq!(between(r, 0.8, 0.2), TimeRange::new(2 * HOUR, 8 * HOUR));
        assert_eq!(between(r, 0.2, 0.8), between(r, 0.8, 0.2));
        assert_eq!(between(r, 0.5, 0.5).width_ns(), SECOND);
    }
}
