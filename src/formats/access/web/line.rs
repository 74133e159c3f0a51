//! A line's values, and the request that they are.

use crate::base::time;
use crate::formats::access::{clf, endpoint};
use std::borrow::Cow;

/// Values before a request's time at most: a user's name may hold spaces.
pub(super) const MAX_BEFORE_TIME: usize = 8;

/// Values of a line that are looked at; no request has so many.
const MOST_VALUES: usize = 80;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Around {
    Nothing,
    Quotes,
    Brackets,
}

/// A value and where it stands in its line.
#[derive(Clone, Copy, Debug)]
pub(in crate::formats) struct Part<'a> {
    pub text: &'a [u8],
    from: usize,
    to: usize,
    around: Around,
}

impl Part<'_> {
    pub fn is_quoted(&self) -> bool {
        self.around == Around::Quotes
    }

    pub fn is_in_brackets(&self) -> bool {
        self.around == Around::Brackets
    }

    pub(super) fn is_none(&self) -> bool {
        self.text.is_empty() || self.text == b"-"
    }
}

/// A line that is a request.
#[derive(Debug)]
pub(in crate::formats) struct Request<'a> {
    pub(super) text: &'a [u8],
    pub vhost: &'a [u8],
    pub host: &'a [u8],
    pub logname: &'a [u8],
    pub user: &'a [u8],
    pub time: Part<'a>,
    pub line: Part<'a>,
    pub status: &'a [u8],
    pub bytes: &'a [u8],
    /// What stands behind the size.
    pub rest: &'a [Part<'a>],
}

/// Cuts a line into its values.
pub(super) fn cut<'a>(line: &'a [u8], out: &mut Vec<Part<'a>>) {
    out.clear();
    let mut at = 0;
    loop {
        while line.get(at).is_some_and(|b| *b <= b' ') {
            at += 1;
        }
        let Some(first) = line.get(at).filter(|_| out.len() < MOST_VALUES) else {
            return;
        };
        let inside = match first {
            b'"' => Some((quote(line, at + 1), Around::Quotes)),
            b'[' => ends(line, at + 1, b']').map(|end| (end, Around::Brackets)),
            _ => None,
        };
        let (from, to, next, around) = match inside {
            Some((end, around)) => (at + 1, end, end + 1, around),
            None => {
                let rest = line.get(at..).unwrap_or_default();
                let end = at + memchr::memchr2(b' ', b'\t', rest).unwrap_or(rest.len());
                (at, end, end, Around::Nothing)
            }
        };
        out.push(Part {
            text: line.get(from..to).unwrap_or_default(),
            from,
            to,
            around,
        });
        at = next;
    }
}

/// The first sign from `from` on that a space or the line's end follows.
fn ends(line: &[u8], from: usize, sign: u8) -> Option<usize> {
    let rest = line.get(from..)?;
    let mut all = memchr::memchr_iter(sign, rest).map(|at| from + at);
    all.find(|at| line.get(at + 1).is_none_or(|b| *b <= b' '))
}

/// Where a quoted value that begins at `from` ends: at a quote that nothing escapes and a space follows; old servers did
/// not escape.
fn quote(line: &[u8], from: usize) -> usize {
    let rest = line.get(from..).unwrap_or_default();
    let is_escaped = |at: usize| {
        let before = line.get(from..at).unwrap_or_default();
        before.iter().rev().take_while(|b| **b == b'\\').count() % 2 == 1
    };
    let is_last = |at: usize| line.get(at + 1).is_none_or(|b| *b <= b' ');
    let mut all = memchr::memchr_iter(b'"', rest).map(|at| from + at);
    all.clone()
        .find(|at| is_last(*at) && !is_escaped(*at))
        .or_else(|| all.rfind(|at| is_last(*at)))
        .unwrap_or(line.len())
}

fn is_address(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|s| s.parse::<std::net::IpAddr>().is_ok())
}

/// `www.example.com:443`
fn has_port(text: &[u8]) -> bool {
    endpoint(text).1.is_some() && !is_address(text)
}

pub(super) fn digits(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(u8::is_ascii_digit)
}

/// The time of a request: of the common log format, ISO 8601 (`$time_iso8601`), or seconds, milli- or microseconds
/// since 1970 (`%{sec}t`, `%{msec}t`, `%{usec}t`).
pub(super) fn instant(text: &[u8]) -> Option<i64> {
    if let Some(at) = clf(text).or_else(|| time::parse_iso(text)) {
        return Some(at);
    }
    let whole = text.split(|b| *b == b'.').next().unwrap_or_default();
    let is_number = digits(whole) && text.iter().all(|b| b.is_ascii_digit() || *b == b'.');
    std::str::from_utf8(whole)
        .ok()
        .filter(|_| is_number)
        .and_then(|s| s.parse().ok())
        .and_then(time::from_epoch)
}

impl<'a> Request<'a> {
    /// A line's values as a request, where they are in the places of one.
    pub fn of(line: &'a [u8], parts: &'a [Part<'a>]) -> Option<Request<'a>> {
        let text = |at: usize| parts.get(at).map_or(&b""[..], |p| p.text);
        let before = parts.iter().take(MAX_BEFORE_TIME + 1);
        let in_brackets = before.clone().position(|p| p.around == Around::Brackets);
        // All that is not known is a dash.
        let no_time = || (parts.len() == 7 && parts.iter().all(Part::is_none)).then_some(3);
        let at = in_brackets.or_else(no_time).filter(|at| *at >= 3)?;
        let has_vhost = at > 3 && (has_port(text(0)) || is_address(text(1)) && !is_address(text(0)));
        let first = usize::from(has_vhost);
        // Nothing but a user's name holds spaces.
        if at > first + 3 && text(first + 1) != b"-" {
            return None;
        }
        let user = match (parts.get(first + 2), parts.get(at.checked_sub(1)?)) {
            (Some(from), Some(to)) => line.get(from.from..to.to)?,
            _ => return None,
        };
        let [time, asked, status, bytes] = *parts.get(at..at + 4)? else {
            return None;
        };
        let is_number = |part: &Part<'_>| part.is_none() || digits(part.text);
        let is_right = asked.is_quoted() || asked.text == b"-";
        if !is_right || !is_number(&status) || !is_number(&bytes) {
            return None;
        }
        Some(Request {
            text: line,
            vhost: if has_vhost { text(0) } else { b"" },
            host: text(first),
            logname: text(first + 1),
            user,
            time,
            line: asked,
            status: status.text,
            bytes: bytes.text,
            rest: parts.get(at + 4..).unwrap_or_default(),
        })
    }

    /// No other log's line looks like it.
    pub(super) fn is_sure(&self) -> bool {
        let is_time = || clf(self.time.text).is_some() || time::parse_iso(self.time.text).is_some();
        self.line.is_quoted() && self.status.len() == 3 && is_time()
    }

    pub fn status(&self) -> Option<i64> {
        std::str::from_utf8(self.status).ok()?.parse().ok()
    }
}

/// Values that are lists, as nginx writes them of several upstreams (`a, b : c`), are one.
pub(super) fn with_lists<'a>(line: &'a [u8], parts: &[Part<'a>]) -> Vec<Part<'a>> {
    let mut out: Vec<Part<'a>> = Vec::with_capacity(parts.len());
    let mut goes_on = false;
    for part in parts {
        let is_colon = part.text == b":" && part.around == Around::Nothing;
        match out.last_mut().filter(|_| goes_on || is_colon) {
            Some(last) => {
                last.to = part.to;
                last.text = line.get(last.from..last.to).unwrap_or_default();
            }
            None => out.push(*part),
        }
        goes_on = is_colon || part.around == Around::Nothing && part.text.ends_with(b",");
    }
    out
}

pub(super) fn float(text: &[u8]) -> Option<f64> {
    let value: f64 = std::str::from_utf8(text).ok()?.parse().ok()?;
    value.is_finite().then_some(value)
}

/// `203.0.113.9, 10.0.0.1`: nothing but addresses, or `unknown` for one.
pub(super) fn addresses(text: &[u8]) -> Option<Vec<&[u8]>> {
    let all: Vec<&[u8]> = text.split(|b| *b == b',').map(<[u8]>::trim_ascii).collect();
    let is_one = |item: &&[u8]| is_address(item) || is_address(endpoint(item).0) || *item == b"unknown";
    all.iter().all(is_one).then_some(all)
}

/// `\"`, `\\` and `\xhh` as the signs they stand for; as written, where that is no text.
pub(super) fn unescaped(text: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'\\', text).is_none() {
        return Cow::Borrowed(text);
    }
    let hex = |b: Option<&u8>| b.and_then(|b| char::from(*b).to_digit(16));
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        let code = (hex(text.get(at + 2)), hex(text.get(at + 3)));
        let (sign, len) = match (byte, text.get(at + 1), code) {
            (b'\\', Some(b'x'), (Some(high), Some(low))) => ((high * 16 + low) as u8, 4),
            (b'\\', Some(sign @ (b'"' | b'\\')), _) => (*sign, 2),
            _ => (*byte, 1),
        };
        out.push(sign);
        at += len;
    }
    let is_text = std::str::from_utf8(&out).is_ok_and(|t| !t.contains(char::is_control));
    if is_text {
        Cow::Owned(out)
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T>(line: &str, each: impl Fn(&Request<'_>) -> T) -> Option<T> {
        let mut parts = Vec::new();
        cut(line.as_bytes(), &mut parts);
        Request::of(line.as_bytes(), &parts).map(|r| each(&r))
    }

    fn who(line: &str) -> Option<[String; 4]> {
        let own = |text: &[u8]| String::from_utf8_lossy(text).into_owned();
        read(line, |r| {
            [own(r.vhost), own(r.host), own(r.user), own(r.line.text)]
        })
    }

    #[test]
    fn what_stands_before_the_time_is_told_apart() {
        const BEHIND: &str = r#"[10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 5"#;
        let of = |before: &str| who(&format!("{before} {BEHIND}")).map(|all| all[..3].join("|"));
        assert_eq!(of("192.0.2.1 - frank").as_deref(), Some("|192.0.2.1|frank"));
        assert_eq!(
            of("192.0.2.1 - frank von B").as_deref(),
            Some("|192.0.2.1|frank von B")
        );
        assert_eq!(
            of("www.example.com:443 192.0.2.1 - -").as_deref(),
            Some("www.example.com:443|192.0.2.1|-")
        );
        assert_eq!(
            of("www.example.com 2001:db8::1 - -").as_deref(),
            Some("www.example.com|2001:db8::1|-")
        );
        assert_eq!(of("Mar  2 09:15:01 web nginx: 192.0.2.1 - -"), None, "syslog's");
        assert_eq!(of("192.0.2.1 frank"), None);
    }

    #[test]
    fn quotes_are_escaped() {
        let line = r#"192.0.2.1 - - [10/Oct/2000:13:55:36 -0700] "GET /\" HTTP/1.0" 200 - "-" "a \"b\" \\""#;
        let agent = |r: &Request<'_>| String::from_utf8_lossy(&unescaped(r.rest[1].text)).into_owned();
        assert_eq!(read(line, agent).as_deref(), Some(r#"a "b" \"#));
        assert_eq!(
            unescaped(br"]&\xDF(V"),
            Cow::Borrowed(&br"]&\xDF(V"[..]),
            "no text"
        );
        assert_eq!(unescaped(br"\x22a\x22"), Cow::Borrowed(&b"\"a\""[..]));
    }

    #[test]
    fn times_are_told_in_several_ways() {
        let of = |text: &str| instant(text.as_bytes()).map(time::iso);
        assert_eq!(of("1772442901").as_deref(), Some("2026-03-02T09:15:01Z"));
        assert_eq!(of("1772442901123").as_deref(), Some("2026-03-02T09:15:01.123Z"));
        assert_eq!(
            of("2026-03-02T10:15:01+01:00").as_deref(),
            Some("2026-03-02T09:15:01Z")
        );
        assert_eq!(of("yesterday"), None);
    }
}
