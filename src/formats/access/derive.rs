//! What a request's parts say.

use crate::base::time;
use std::borrow::Cow;

/// `13/Dec/2021:09:29:20 +0000`, the time of Apache's common log format.
pub(in crate::formats) fn clf(text: &[u8]) -> Option<i64> {
    const MONTHS: [&[u8]; 12] = [
        b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec",
    ];
    let number = |from: usize, to: usize| -> Option<u32> {
        let digits = text.get(from..to)?;
        digits
            .iter()
            .all(u8::is_ascii_digit)
            .then(|| digits.iter().fold(0, |n, d| n * 10 + u32::from(d - b'0')))
    };
    let signs = [(2, b'/'), (6, b'/'), (11, b':'), (14, b':'), (17, b':')];
    if signs.iter().any(|(at, sign)| text.get(*at) != Some(sign)) {
        return None;
    }
    let month = MONTHS.iter().position(|m| text.get(3..6) == Some(*m))? as u32 + 1;
    let utc = time::from_parts(
        number(7, 11)?.into(),
        month,
        number(0, 2)?,
        number(12, 14)?,
        number(15, 17)?,
        number(18, 20)?,
        0,
    )?;
    let shift = match text.get(20..).map(<[u8]>::trim_ascii).unwrap_or_default() {
        [] | [b'Z'] => 0,
        [sign @ (b'+' | b'-'), zone @ ..] if zone.len() == 4 && zone.iter().all(u8::is_ascii_digit) => {
            let two = |a: u8, b: u8| i64::from(a - b'0') * 10 + i64::from(b - b'0');
            let minutes = two(zone[0], zone[1]) * 60 + two(zone[2], zone[3]);
            if *sign == b'-' { -minutes } else { minutes }
        }
        _ => return None,
    };
    utc.checked_sub(shift * time::MINUTE)
}

/// `10.0.0.1:80`, `[2001:db8::1]:80` or `2001:db8::1:80`: the last colon is the port's.
pub(in crate::formats) fn endpoint(text: &[u8]) -> (&[u8], Option<u16>) {
    let cut = memchr::memrchr(b':', text).filter(|at| {
        let port = text.get(at + 1..).unwrap_or_default();
        !port.is_empty() && port.len() < 6 && port.iter().all(u8::is_ascii_digit)
    });
    let (address, port) = match cut {
        Some(at) => text.split_at(at),
        None => (text, &b""[..]),
    };
    let port = std::str::from_utf8(port.get(1..).unwrap_or_default());
    let inside = address.strip_prefix(b"[").and_then(|a| a.strip_suffix(b"]"));
    (inside.unwrap_or(address), port.ok().and_then(|p| p.parse().ok()))
}

/// `METHOD URL PROTOCOL`; the URL may hold spaces.
pub(in crate::formats) fn request(text: &[u8]) -> (&[u8], &[u8], &[u8]) {
    let text = text.trim_ascii();
    let Some(first) = memchr::memchr(b' ', text) else {
        return (text, b"", b"");
    };
    let (method, rest) = (
        text.get(..first).unwrap_or_default(),
        text.get(first + 1..).unwrap_or_default(),
    );
    match memchr::memrchr(b' ', rest) {
        Some(last) => (
            method,
            rest.get(..last).unwrap_or_default().trim_ascii(),
            rest.get(last + 1..).unwrap_or_default(),
        ),
        None => (method, rest, b""),
    }
}

/// A URL's host, without its port, and its path: decoded once, without a query.
pub(in crate::formats) fn target(url: &[u8]) -> (&[u8], Cow<'_, [u8]>) {
    let (host, rest) = match memchr::memmem::find(url, b"://") {
        // Behind the scheme; a scheme inside of a query is none.
        Some(at) if !url.get(..at).unwrap_or_default().contains(&b'/') => {
            let rest = url.get(at + 3..).unwrap_or_default();
            let end = memchr::memchr2(b'/', b'?', rest).unwrap_or(rest.len());
            rest.split_at(end)
        }
        _ => (&b""[..], url),
    };
    let host = endpoint(host).0;
    let end = memchr::memchr2(b'?', b'#', rest).unwrap_or(rest.len());
    let path = rest.get(..end).unwrap_or_default();
    let path = match (path, host) {
        ([], []) => path,
        ([], _) => b"/",
        _ => path,
    };
    (host, percent(path))
}

/// What stands encoded as `%2F`, decoded once.
pub(super) fn percent(text: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'%', text).is_none() {
        return Cow::Borrowed(text);
    }
    let hex = |b: Option<&u8>| b.and_then(|b| char::from(*b).to_digit(16));
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match (byte, hex(text.get(at + 1)), hex(text.get(at + 2))) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                at += 3;
            }
            _ => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    Cow::Owned(out)
}

/// What came of a request of this status; none where no answer was sent.
pub(in crate::formats) fn outcome(status: Option<i64>) -> &'static [u8] {
    match status {
        Some(100..400) => b"ok",
        _ => b"failed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_the_common_log_format_has_a_zone() {
        let at = |text: &str| clf(text.as_bytes()).map(time::iso);
        assert_eq!(
            at("13/Dec/2021:09:29:20 +0000").as_deref(),
            Some("2021-12-13T09:29:20Z")
        );
        assert_eq!(
            at("01/Jan/2022:00:30:00 +0130").as_deref(),
            Some("2021-12-31T23:00:00Z")
        );
        for wrong in [
            "32/Dec/2021:09:29:20 +0000",
            "13/Dez/2021:09:29:20 +0000",
            "13/Dec/2021:9:29:20 +0000",
            "13/Dec/2021:09:29:20 +00",
        ] {
            assert_eq!(at(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_last_colon_is_the_port_s() {
        let split = |text: &'static str| {
            let (address, port) = endpoint(text.as_bytes());
            (std::str::from_utf8(address).unwrap(), port)
        };
        assert_eq!(split("10.0.0.1:80"), ("10.0.0.1", Some(80)));
        assert_eq!(split("[2001:db8::1]:8080"), ("2001:db8::1", Some(8080)));
        assert_eq!(split("2001:db8::1:8080"), ("2001:db8::1", Some(8080)));
        assert_eq!(split("lambda"), ("lambda", None));
        assert_eq!(split("10.0.0.1:99999"), ("10.0.0.1", None), "no port is so large");
    }

    #[test]
    fn a_url_may_hold_spaces() {
        assert_eq!(
            request(b"GET http://a.example:80/x y?z HTTP/1.1"),
            (&b"GET"[..], &b"http://a.example:80/x y?z"[..], &b"HTTP/1.1"[..])
        );
        assert_eq!(
            request(b"- http://a.example:80- -"),
            (&b"-"[..], &b"http://a.example:80-"[..], &b"-"[..])
        );
        assert_eq!(request(b"-"), (&b"-"[..], &b""[..], &b""[..]));
    }

    #[test]
    fn a_path_is_decoded_once_and_has_no_query() {
        let parts = |url: &'static str| {
            let (host, path) = target(url.as_bytes());
            (
                String::from_utf8_lossy(host).into_owned(),
                String::from_utf8_lossy(&path).into_owned(),
            )
        };
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(
            parts("https://a.example:443/x%20y%252F?q=1"),
            pair("a.example", "/x y%2F")
        );
        assert_eq!(parts("https://a.example"), pair("a.example", "/"));
        assert_eq!(parts("/login?next=https://b.example/"), pair("", "/login"));
        assert_eq!(parts("/half%2"), pair("", "/half%2"));
    }

    #[test]
    fn no_answer_is_a_failure() {
        assert_eq!(
            [None, Some(0), Some(200), Some(304), Some(400), Some(503)].map(outcome),
            [&b"failed"[..], b"failed", b"ok", b"ok", b"failed", b"failed"]
        );
    }
}
