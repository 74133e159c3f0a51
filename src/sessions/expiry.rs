//! When credentials expire, in the spellings that records have.

use crate::base::time::{from_epoch, from_parts, parse_iso};
use serde_json::Value;

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// Reads `credentials.expiration`: ISO 8601, a Unix time, or `Nov 11, 2026, 2:22:31 AM` with or without the
/// second comma.
pub fn expiry(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => parse_iso(text.as_bytes()).or_else(|| in_words(text)),
        Value::Number(n) => n.as_i64().and_then(from_epoch),
        _ => None,
    }
}

/// `Nov 11, 2026, 2:22:31 AM`, in UTC; a narrow space may stand before `AM`.
fn in_words(text: &str) -> Option<i64> {
    let mut parts = text
        .split(|c: char| c.is_whitespace() || c == ',')
        .filter(|part| !part.is_empty());
    let name = parts.next()?.get(..3)?.to_ascii_lowercase();
    let month = (1..).zip(MONTHS).find(|(_, m)| *m == name)?.0;
    let day = parts.next()?.parse().ok()?;
    let year = parts
        .next()?
        .parse()
        .ok()
        .filter(|year| (1970..10_000).contains(year))?;
    let mut clock = parts.next()?.splitn(3, ':');
    let mut part = || clock.next()?.parse::<u32>().ok();
    let (hour, minute, second) = (part()?, part()?, part()?);
    let hour = match parts.next().map(str::to_ascii_uppercase).as_deref() {
        Some("AM") if (1..=12).contains(&hour) => hour % 12,
        Some("PM") if (1..=12).contains(&hour) => hour % 12 + 12,
        None | Some("UTC") => hour,
        Some(_) => return None,
    };
    from_parts(year, month, day, hour, minute, second, 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::iso;
    use serde_json::json;

    #[test]
    fn every_spelling_is_read() {
        for (value, want) in [
            (json!("2026-11-11T02:22:31Z"), Some("2026-11-11T02:22:31Z")),
            (json!("Nov 11, 2026 2:22:31 AM"), Some("2026-11-11T02:22:31Z")),
            (json!("Nov 11, 2026, 2:22:31 PM"), Some("2026-11-11T14:22:31Z")),
            (
                json!("Nov 11, 2026, 12:22:31\u{202f}AM"),
                Some("2026-11-11T00:22:31Z"),
            ),
            (json!("Nov 11, 2026, 12:22:31 PM"), Some("2026-11-11T12:22:31Z")),
            (json!(1_794_363_751), Some("2026-11-11T02:22:31Z")),
            (json!("Nov 31, 2026, 2:22:31 AM"), None),
            (json!("Nov 11, 2026, 14:22:31 PM"), None),
            (json!("Nov 11, 99999999, 1:22:31 PM"), None),
            (json!("in an hour"), None),
            (json!(""), None),
            (json!(null), None),
        ] {
            assert_eq!(expiry(&value).map(iso).as_deref(), want, "{value}");
        }
    }
}
