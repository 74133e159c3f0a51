//! Words and numbers of a line, eight bytes at a time.

use crate::table::ABSENT_INT;

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = ONES << 7;

/// Which byte the lowest flag (a byte's highest bit) stands in; 8 where there is none.
#[inline]
fn first_flag(flags: u64) -> usize {
    flags.trailing_zeros() as usize / 8
}

#[inline]
pub(super) fn skip_separators(text: &[u8]) -> &[u8] {
    let mut rest = text;
    while let [b, after @ ..] = rest
        && *b <= b' '
    {
        rest = after;
    }
    rest
}

/// Bytes up to the first separator, which is whatever does not stand above the space.
#[inline]
pub(super) fn word_len(text: &[u8]) -> usize {
    let mut at = 0;
    while let Some(eight) = text.get(at..).and_then(<[u8]>::first_chunk) {
        let x = u64::from_le_bytes(*eight);
        // Borrows only run upwards from a byte that is a separator itself: the lowest flag is right.
        let flags = x.wrapping_sub(ONES * 0x21) & !x & HIGH;
        if flags != 0 {
            return at + first_flag(flags);
        }
        at += 8;
    }
    let tail = text.get(at..).unwrap_or_default();
    at + tail.iter().position(|&b| b <= b' ').unwrap_or(tail.len())
}

/// The number at the beginning and its length; [`ABSENT_INT`] for `-`; `None` for anything else, and beyond `i64`.
#[inline]
pub(super) fn number(text: &[u8]) -> Option<(i64, usize)> {
    let Some(eight) = text.first_chunk() else {
        return by_bytes(text);
    };
    let digits = u64::from_le_bytes(*eight) ^ (ONES * 0x30);
    let flags = (digits.wrapping_add(ONES * 0x76) | digits) & HIGH;
    if flags == 0 {
        return more_than_eight(eight_digits(digits), text);
    }
    let len = first_flag(flags);
    // A separator ends it; anything else, and no digit at all, is looked at closely.
    if len == 0 || text.get(len).is_none_or(|&b| b > b' ') {
        return by_bytes(text);
    }
    // Zeros before it do not change it.
    Some((eight_digits(digits << (64 - 8 * len)) as i64, len))
}

/// The value of eight digits (0 to 9 each), the first in the lowest byte.
#[inline]
fn eight_digits(digits: u64) -> u64 {
    const PAIRS: u64 = 0x0000_00ff_0000_00ff;
    let twos = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    let low = (twos & PAIRS).wrapping_mul(100 + (1_000_000 << 32));
    let high = (twos >> 16 & PAIRS).wrapping_mul(1 + (10_000 << 32));
    low.wrapping_add(high) >> 32
}

/// Goes on where the first eight bytes are digits of this value.
#[inline]
fn more_than_eight(value: u64, text: &[u8]) -> Option<(i64, usize)> {
    let mut value = value;
    let mut len = 8;
    while let Some(digit) = text.get(len).map(|b| b.wrapping_sub(b'0')).filter(|d| *d <= 9)
        && len < 18
    {
        value = value * 10 + u64::from(digit);
        len += 1;
    }
    if text.get(len).is_none_or(|&b| b <= b' ') {
        return Some((value as i64, len));
    }
    by_bytes(text)
}

fn by_bytes(text: &[u8]) -> Option<(i64, usize)> {
    let len = text.iter().take_while(|b| b.is_ascii_digit()).count();
    if text.get(len).is_some_and(|&b| b > b' ') {
        let is_absent = text.starts_with(b"-") && text.get(1).is_none_or(|&b| b <= b' ');
        return is_absent.then_some((ABSENT_INT, 1));
    }
    let digits = std::str::from_utf8(text.get(..len)?).ok()?;
    Some((digits.parse().ok()?, len))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_word_ends_at_its_first_separator(text in prop::collection::vec(prop_oneof![Just(b' '), Just(b'\t'), any::<u8>(), 0x21u8..0x7f], 0..40)) {
            let want = text.iter().position(|&b| b <= b' ').unwrap_or(text.len());
            prop_assert_eq!(word_len(&text), want);
        }

        #[test]
        fn a_number_is_what_the_library_reads(n in prop_oneof![any::<u64>(), 0u64..100_000, 1_000_000_000u64..2_000_000_000], zeros in 0usize..3, rest in prop_oneof![Just(""), Just(" "), Just(" 12345678"), Just("x 1"), Just("\t")]) {
            let digits = format!("{}{n}", "0".repeat(zeros));
            let text = format!("{digits}{rest}");
            let want = digits.parse::<i64>().ok().filter(|_| !rest.starts_with('x'));
            prop_assert_eq!(number(text.as_bytes()), want.map(|n| (n, digits.len())));
        }
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in [
            "",
            " ",
            "-1",
            "x",
            "12x",
            "1.5",
            "12345678x",
            "99999999999999999999",
            "1234567é",
        ] {
            assert_eq!(number(text.as_bytes()), None, "{text}");
        }
        assert_eq!(number(b"-"), Some((ABSENT_INT, 1)));
        assert_eq!(number(b"- 12345678"), Some((ABSENT_INT, 1)));
    }

    #[test]
    fn numbers_stay_exact_to_the_last() {
        assert_eq!(number(b"0"), Some((0, 1)));
        assert_eq!(number(b"443 6"), Some((443, 3)));
        assert_eq!(number(b"9223372036854775807"), Some((i64::MAX, 19)));
        assert_eq!(number(b"00000000000000000000000000007 "), Some((7, 29)));
        assert_eq!(number(b"- x"), Some((ABSENT_INT, 1)));
        for bad in [
            "9223372036854775808",
            "99999999999999999999",
            "",
            "x",
            "4x",
            "-1",
            "1.5",
            "--",
        ] {
            assert_eq!(number(bad.as_bytes()), None, "{bad}");
        }
    }
}
