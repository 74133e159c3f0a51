//! Cells as people read them.

use crate::base::{FieldType, Value, size, time};

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// `11 Nov 2026, 01:26:18` in the zone `offset_min` east of UTC.
pub fn date_time(ns: i64, offset_min: i32) -> String {
    let c = time::civil(shifted(ns, offset_min));
    format!(
        "{} {} {}, {:02}:{:02}:{:02}",
        c.day,
        MONTHS[(c.month as usize - 1).min(11)],
        c.year,
        c.hour,
        c.minute,
        c.second
    )
}

/// `11 Nov 2026 01:26:18`, with milliseconds where the time has them: what a table cell shows.
pub fn table_time(ns: i64, offset_min: i32) -> String {
    let c = time::civil(shifted(ns, offset_min));
    let mut s = format!(
        "{:02} {} {} {:02}:{:02}:{:02}",
        c.day,
        MONTHS[(c.month as usize - 1).min(11)],
        c.year,
        c.hour,
        c.minute,
        c.second
    );
    if c.nanos > 0 {
        s.push_str(&format!(".{:03}", c.nanos / 1_000_000));
    }
    s
}

/// `11 Nov 2026, 01:26`.
pub fn minute(ns: i64, offset_min: i32) -> String {
    let mut s = date_time(ns, offset_min);
    s.truncate(s.len().saturating_sub(3));
    s
}

/// The days of a range, its year once where it is one: `14 Aug – 13 Nov 2026`.
pub fn days(r: crate::base::TimeRange, offset_min: i32) -> String {
    let day = |ns: i64| time::civil(shifted(ns, offset_min));
    // A range's end is outside of it.
    let (a, b) = (day(r.from_ns), day(r.to_ns.saturating_sub(1).max(r.from_ns)));
    let month = |c: &time::Civil| MONTHS[(c.month as usize).saturating_sub(1).min(11)];
    let end = format!("{} {} {}", b.day, month(&b), b.year);
    match (a.year == b.year, a.month == b.month, a.day == b.day) {
        (true, true, true) => end,
        (true, true, false) => format!("{} – {end}", a.day),
        (true, ..) => format!("{} {} – {end}", a.day, month(&a)),
        _ => format!("{} {} {} – {end}", a.day, month(&a), a.year),
    }
}

/// `UTC`, `UTC+1`, `UTC+5:30`.
pub fn zone_name(offset_min: i32) -> String {
    match (offset_min / 60, offset_min.abs() % 60) {
        (0, 0) => "UTC".to_owned(),
        (h, 0) => format!("UTC{h:+}"),
        (h, m) => format!("UTC{}{}:{m:02}", if offset_min < 0 { "-" } else { "+" }, h.abs()),
    }
}

/// `5 d`, `8 h`, `12 min`, `4.2 s`: a length of time in its largest fitting unit.
pub fn duration(ns: i64) -> String {
    let s = ns as f64 / 1e9;
    let (v, unit) = match s.abs() {
        x if x >= 2.0 * 86_400.0 => (s / 86_400.0, "d"),
        x if x >= 2.0 * 3600.0 => (s / 3600.0, "h"),
        x if x >= 120.0 => (s / 60.0, "min"),
        x if x >= 1.0 => (s, "s"),
        _ => (s * 1000.0, "ms"),
    };
    let text = if v.abs() < 10.0 && (v - v.round()).abs() > 0.05 {
        format!("{v:.1}")
    } else {
        format!("{v:.0}")
    };
    format!("{text} {unit}")
}

/// `11 Nov 2026, 01:00 – 09:00 · 8 h`.
pub fn range(r: crate::base::TimeRange, offset_min: i32) -> String {
    let (a, b) = (minute(r.from_ns, offset_min), minute(r.to_ns, offset_min));
    let same_day = a.split_once(',').map(|x| x.0) == b.split_once(',').map(|x| x.0);
    let end = if same_day {
        b.split_once(", ").map_or(b.clone(), |x| x.1.to_owned())
    } else {
        b
    };
    format!("{a} – {end} · {}", duration(r.width_ns()))
}

/// `11 Nov 2026, 01:00 – 09:00`: a range without its length.
pub fn span(r: crate::base::TimeRange, offset_min: i32) -> String {
    let whole = range(r, offset_min);
    match whole.rsplit_once(" · ") {
        Some((span, _)) => span.to_owned(),
        None => whole,
    }
}

/// A cell's text. Integers without a unit are shown as written (ports, accounts), counts and bytes with separators.
pub fn cell(value: &Value, ty: FieldType, unit: &str, offset_min: i32) -> String {
    match value {
        Value::Absent => "–".to_owned(),
        Value::Time(ns) => table_time(*ns, offset_min),
        Value::Int(i) if ty == FieldType::Time => table_time(*i, offset_min),
        Value::Int(i) if !unit.is_empty() => size::count(*i),
        Value::Big(i) if !unit.is_empty() => size::count(*i),
        Value::Int(i) if ty == FieldType::Bool => (*i != 0).to_string(),
        other => other.to_text(),
    }
}

fn shifted(ns: i64, offset_min: i32) -> i64 {
    ns.saturating_add(i64::from(offset_min) * time::MINUTE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_well() {
        let t = time::parse_iso(b"2026-11-11T01:26:18.250Z").unwrap();
        assert_eq!(date_time(t, 0), "11 Nov 2026, 01:26:18");
        assert_eq!(table_time(t, 60), "11 Nov 2026 02:26:18.250");
        let r = crate::base::TimeRange::new(t, t + 8 * time::HOUR);
        assert_eq!(range(r, 0), "11 Nov 2026, 01:26 – 09:26 · 8 h");
        let day = time::DAY;
        let days = |from: i64, to: i64| days(crate::base::TimeRange::new(t + from * day, t + to * day), 0);
        assert_eq!(days(0, 0), "11 Nov 2026");
        assert_eq!(days(0, 2), "11 – 13 Nov 2026");
        assert_eq!(days(-60, 2), "12 Sep – 13 Nov 2026");
        assert_eq!(days(-600, 2), "21 Mar 2025 – 13 Nov 2026");
        assert_eq!(zone_name(330), "UTC+5:30");
        assert_eq!(zone_name(-60), "UTC-1");
    }
}
