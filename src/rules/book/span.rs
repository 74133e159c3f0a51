//! Lengths of time as a rule file writes them: `90s`, `10m`, `2h`, `1d`.

use crate::base::time::{DAY, HOUR, MINUTE, SECOND};

const UNITS: [(char, i64); 4] = [('d', DAY), ('h', HOUR), ('m', MINUTE), ('s', SECOND)];
/// Longer than any log: what is added to a time stays a time.
const LONGEST: i64 = 3660 * DAY;

/// Nanoseconds; `None` for what is no such text, for nothing, and beyond ten years.
pub(super) fn parse(text: &str) -> Option<i64> {
    let unit = text.chars().next_back()?;
    let &(_, ns) = UNITS.iter().find(|(letter, _)| *letter == unit)?;
    let number = text.strip_suffix(unit)?;
    if !number.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let total = number.parse::<i64>().ok()?.checked_mul(ns)?;
    (1..=LONGEST).contains(&total).then_some(total)
}

/// In the largest unit that leaves nothing over.
pub(super) fn text(ns: i64) -> String {
    let even = UNITS.iter().find(|(_, unit)| ns % unit == 0);
    let (letter, unit) = even.copied().unwrap_or(('s', SECOND));
    format!("{}{letter}", ns / unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_as_they_are_written() {
        for (written, ns) in [
            ("90s", 90 * SECOND),
            ("10m", 10 * MINUTE),
            ("2h", 2 * HOUR),
            ("1d", DAY),
        ] {
            assert_eq!((parse(written), text(ns)), (Some(ns), written.to_owned()));
        }
        assert_eq!(text(60 * MINUTE), "1h");
        for not in [
            "",
            "m",
            "0m",
            "10",
            "10 m",
            "+1m",
            "-1m",
            "1.5h",
            "1w",
            "99999999999d",
            "ä",
        ] {
            assert_eq!(parse(not), None, "{not}");
        }
    }
}
