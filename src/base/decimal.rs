//! Money is decimal: amounts in units of the last of so many places, whole numbers all the way.

/// Decimal places that are kept. Bills have 10, FOCUS exports 11; a line item of 64 bits may then be some 92 million.
pub const PLACES: u32 = 11;
/// Units of one.
pub const ONE: i128 = 10i128.pow(PLACES);

/// An amount as it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    pub units: i128,
    /// Digits beyond the last place were not all zero: the amount is the nearest one, of two as near the even one.
    pub is_rounded: bool,
}

/// An amount as reports write it: digits with a point, perhaps a sign and an exponent. `None` for anything else, and for what no
/// bill holds.
pub fn parse(text: &[u8]) -> Option<Decimal> {
    /// Digits and exponents beyond these are no amounts.
    const MOST_DIGITS: usize = 60;
    const MOST_EXPONENT: i32 = 40;
    let (is_negative, text) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let end = text
        .iter()
        .position(|b| matches!(b, b'e' | b'E'))
        .unwrap_or(text.len());
    let (mantissa, exponent) = text.split_at(end);
    let exponent: i32 = match exponent.get(1..) {
        None => 0,
        Some(digits) => std::str::from_utf8(digits).ok()?.parse().ok()?,
    };
    let point = mantissa.iter().position(|b| *b == b'.').unwrap_or(mantissa.len());
    let (whole, part) = mantissa.split_at(point);
    let part = part.get(1..).unwrap_or_default();
    if whole.len() + part.len() == 0
        || whole.len() + part.len() > MOST_DIGITS
        || exponent.abs() > MOST_EXPONENT
        || !whole.iter().chain(part).all(u8::is_ascii_digit)
    {
        return None;
    }
    // How many of the digits count: those before the last place.
    let kept = whole.len() as i32 + exponent + PLACES as i32;
    let digits = whole.iter().chain(part);
    let mut units: i128 = 0;
    let mut behind: Vec<u8> = Vec::new();
    let mut read = 0;
    for digit in digits {
        if read < kept {
            units = units.checked_mul(10)?.checked_add(i128::from(digit - b'0'))?;
        } else {
            behind.push(digit - b'0');
        }
        read += 1;
    }
    while read < kept {
        units = units.checked_mul(10)?;
        read += 1;
    }
    // Where nothing is kept, zeros stand between the last place and the first digit.
    let zeros = (-kept).max(0) as usize;
    let is_rounded = behind.iter().any(|d| *d > 0);
    if is_rounded && zeros == 0 {
        let half = behind.first().copied().unwrap_or(0).cmp(&5).then_with(|| {
            match behind.iter().skip(1).any(|d| *d > 0) {
                true => std::cmp::Ordering::Greater,
                false => std::cmp::Ordering::Equal,
            }
        });
        units += match half {
            std::cmp::Ordering::Less => 0,
            std::cmp::Ordering::Equal => units % 2,
            std::cmp::Ordering::Greater => 1,
        };
    }
    Some(Decimal {
        units: if is_negative { -units } else { units },
        is_rounded,
    })
}

/// The decimal that a float is written as.
pub fn of_float(f: f64) -> Option<Decimal> {
    f.is_finite().then(|| parse(f.to_string().as_bytes())).flatten()
}

/// An amount without zeros behind its last digit: `12.34`, `-0.00000001`.
pub fn text(units: i128) -> String {
    let one = ONE.unsigned_abs();
    let all = units.unsigned_abs();
    let sign = if units < 0 { "-" } else { "" };
    let (whole, part) = (all / one, all % one);
    if part == 0 {
        return format!("{sign}{whole}");
    }
    let part = format!("{part:0width$}", width = PLACES as usize);
    format!("{sign}{whole}.{}", part.trim_end_matches('0'))
}

/// An amount as a float, for what is drawn.
pub fn float(units: i128) -> f64 {
    // Of two exact floats, where the amount has no more digits than one holds.
    units as f64 / ONE as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn units(text: &str) -> Option<i128> {
        parse(text.as_bytes()).map(|d| d.units)
    }

    #[test]
    fn amounts_are_read_as_reports_write_them() {
        assert_eq!(units("1.0E-8"), Some(1000));
        assert_eq!(units("-12.340000000000000"), Some(-12 * ONE - 34 * ONE / 100));
        assert_eq!(units("1.5e3"), Some(1500 * ONE));
        assert_eq!(units("+7"), Some(7 * ONE));
        assert_eq!(units(".5"), Some(ONE / 2));
        for wrong in [
            "", "-", ".", "1,5", "inf", "NaN", "1e999", "$5", "1.2.3", "1e", "0x1",
        ] {
            assert_eq!(units(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn digits_beyond_the_last_place_are_told() {
        let of = |text: &str| parse(text.as_bytes()).map(|d| (d.units, d.is_rounded));
        assert_eq!(of("0.000000000014"), Some((1, true)));
        assert_eq!(of("0.000000000015"), Some((2, true)));
        assert_eq!(of("0.000000000025"), Some((2, true)));
        assert_eq!(of("0.0000000000251"), Some((3, true)));
        assert_eq!(of("1e-30"), Some((0, true)));
        assert_eq!(of("0.000000000010"), Some((1, false)));
    }

    proptest! {
        #[test]
        fn an_amount_is_read_as_it_was_written(n in any::<i64>()) {
            let written = text(n.into());
            prop_assert_eq!(parse(written.as_bytes()), Some(Decimal { units: n.into(), is_rounded: false }));
        }

        #[test]
        fn sums_of_decimals_are_exact(cents in prop::collection::vec(-1_000_000_000i64..1_000_000_000, 0..50)) {
            let written: Vec<String> = cents.iter().map(|c| format!("{}{}.{:02}", if *c < 0 { "-" } else { "" }, c.abs() / 100, c.abs() % 100)).collect();
            let sum: i128 = written.iter().filter_map(|t| parse(t.as_bytes())).map(|d| d.units).sum();
            let want: i64 = cents.iter().sum();
            prop_assert_eq!(sum, i128::from(want) * ONE / 100);
        }

        #[test]
        fn any_bytes_are_survived(text in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = parse(&text);
        }
    }
}
