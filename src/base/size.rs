//! Counts and sizes as people read them.

/// `1234567` → `1,234,567`.
pub fn count(n: impl Into<i128>) -> String {
    let n: i128 = n.into();
    let digits = n.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3 + 1);
    if n < 0 {
        out.push('-');
    }
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// A number of things whose plural is `noun`: `1 record`, `12,345 flows`, `1 query`.
pub fn counted(n: impl Into<i128>, noun: &str) -> String {
    let n: i128 = n.into();
    match (n, noun.strip_suffix("ies"), noun.strip_suffix('s')) {
        (1, Some(stem), _) => format!("1 {stem}y"),
        (1, None, Some(stem)) => format!("1 {stem}"),
        _ => format!("{} {noun}", count(n)),
    }
}

/// Three significant digits: `2.57 M`, `214 K`, `31`.
pub fn short(n: f64) -> String {
    scaled(n, 1000.0, &["", " K", " M", " G", " T", " P"])
}

/// Decimal bytes: `38.6 GB`, `512 B`.
pub fn bytes(n: f64) -> String {
    scaled(n, 1000.0, &[" B", " kB", " MB", " GB", " TB", " PB"])
}

/// A length of time given in nanoseconds: `350 µs`, `12.3 ms`, `1.25 s`, `3.5 min`.
pub fn duration(ns: f64) -> String {
    const MINUTE: f64 = 60e9;
    let places = |amount: f64, unit: &str| {
        let digits = usize::from(amount.abs() < 99.95);
        let text = format!("{amount:.digits$}");
        format!("{} {unit}", text.strip_suffix(".0").unwrap_or(&text))
    };
    match ns.abs() {
        a if a < 59.95e9 => scaled(ns, 1000.0, &[" ns", " µs", " ms", " s"]),
        a if a < 59.95 * MINUTE => places(ns / MINUTE, "min"),
        _ => places(ns / MINUTE / 60.0, "h"),
    }
}

fn scaled(n: f64, step: f64, units: &[&str]) -> String {
    let sign = if n < 0.0 { "-" } else { "" };
    let mut v = n.abs();
    let mut unit = 0;
    while v >= step * 0.9995 && unit + 1 < units.len() {
        v /= step;
        unit += 1;
    }
    let digits = if unit == 0 || v >= 99.95 {
        0
    } else if v >= 9.995 {
        1
    } else {
        2
    };
    let mut s = format!("{v:.digits$}");
    if s.contains('.') {
        s = s.trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    format!("{sign}{s}{}", units[unit])
}

#[cfg(test)]
mod tests {
    #[test]
    fn counts_have_thousands_separators() {
        assert_eq!(super::count(0), "0");
        assert_eq!(super::count(999), "999");
        assert_eq!(super::count(-1234567), "-1,234,567");
    }

    #[test]
    fn a_length_of_time_has_the_unit_that_fits_it() {
        let told = [0.0, 350e3, 12.34e6, 999.96e6, 59.9e9, 60e9, 90e9, 7200e9].map(super::duration);
        assert_eq!(
            told,
            [
                "0 ns", "350 µs", "12.3 ms", "1 s", "59.9 s", "1 min", "1.5 min", "2 h"
            ]
        );
    }

    #[test]
    fn sizes_keep_three_digits() {
        assert_eq!(super::bytes(512.0), "512 B");
        assert_eq!(super::bytes(38_600_000_000.0), "38.6 GB");
        assert_eq!(super::bytes(999_999.0), "1 MB");
        assert_eq!(super::short(2_573_361.0), "2.57 M");
    }
}
