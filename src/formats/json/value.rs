//! One JSON value as it stands in the file, and what can be read from it.

use crate::base::time;
use std::borrow::Cow;

/// What a JSON value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Object,
    Array,
    String,
    Number,
    True,
    False,
    Null,
}

impl Kind {
    /// The kind of a valid value, by its first byte.
    pub fn of(value: &[u8]) -> Option<Kind> {
        Some(match value.first()? {
            b'{' => Kind::Object,
            b'[' => Kind::Array,
            b'"' => Kind::String,
            b't' => Kind::True,
            b'f' => Kind::False,
            b'n' => Kind::Null,
            _ => Kind::Number,
        })
    }

    /// With its article, for a reason that a person reads: "a string where an object was expected".
    pub fn words(self) -> &'static str {
        match self {
            Kind::Object => "an object",
            Kind::Array => "an array",
            Kind::String => "a text",
            Kind::Number => "a number",
            Kind::True => "`true`",
            Kind::False => "`false`",
            Kind::Null => "`null`",
        }
    }
}

/// A value as it stands in the file: a string with its quotes and escapes, an object with its spaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Raw<'a> {
    pub kind: Kind,
    pub bytes: &'a [u8],
}

impl<'a> Raw<'a> {
    pub fn is_null(&self) -> bool {
        self.kind == Kind::Null
    }

    /// A string's content, unescaped; `None` for any other kind.
    pub fn string(&self) -> Option<Cow<'a, [u8]>> {
        match self.kind {
            Kind::String => Some(unescape(self.quoted())),
            _ => None,
        }
    }

    /// The value as text: a string's content; numbers, `true`, `false`, objects and arrays as they are written (without
    /// insignificant white space); `None` for null.
    pub fn text(&self) -> Option<Cow<'a, [u8]>> {
        match self.kind {
            Kind::Null => None,
            Kind::String => Some(unescape(self.quoted())),
            Kind::Object | Kind::Array => {
                let mut out = Vec::with_capacity(self.bytes.len());
                minify(self.bytes, &mut out);
                Some(Cow::Owned(out))
            }
            _ => Some(Cow::Borrowed(self.bytes)),
        }
    }

    /// An integer that fits, from a number or from a string that holds one.
    pub fn int(&self) -> Option<i64> {
        let text = self.plain()?;
        std::str::from_utf8(text).ok()?.parse().ok()
    }

    pub fn float(&self) -> Option<f64> {
        let text = self.plain()?;
        std::str::from_utf8(text).ok()?.parse().ok()
    }

    /// `true`, `false`, or a string that says so.
    pub fn bool(&self) -> Option<bool> {
        match self.kind {
            Kind::True => Some(true),
            Kind::False => Some(false),
            Kind::String if self.quoted().eq_ignore_ascii_case(b"true") => Some(true),
            Kind::String if self.quoted().eq_ignore_ascii_case(b"false") => Some(false),
            _ => None,
        }
    }

    /// Nanoseconds since 1970-01-01T00:00:00Z, from an ISO 8601 text or a Unix time (a number, with or without a
    /// fraction, or a string that holds one).
    pub fn time(&self) -> Option<i64> {
        let text = self.plain()?;
        if self.kind == Kind::String
            && let Some(t) = time::parse_iso(text)
        {
            return Some(t);
        }
        epoch(text)
    }

    /// The bytes of a number, or of a string between its quotes.
    fn plain(&self) -> Option<&'a [u8]> {
        match self.kind {
            Kind::Number => Some(self.bytes),
            Kind::String => Some(self.quoted()),
            _ => None,
        }
    }

    fn quoted(&self) -> &'a [u8] {
        match self.bytes {
            [b'"', inner @ .., b'"'] => inner,
            other => other,
        }
    }
}

/// A Unix time written as a decimal: exact where there is no exponent.
fn epoch(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?.trim();
    if let Ok(whole) = text.parse::<i64>() {
        return time::from_epoch(whole);
    }
    if let Some((whole, fraction)) = text.split_once('.')
        && fraction.bytes().all(|b| b.is_ascii_digit())
        && let Ok(seconds) = whole.parse::<i64>()
        && seconds.unsigned_abs() < 100_000_000_000
    {
        let mut nanos = 0i64;
        let mut scale = 100_000_000;
        for digit in fraction.bytes() {
            nanos += i64::from(digit - b'0') * scale;
            scale /= 10;
        }
        let sign = if whole.starts_with('-') { -1 } else { 1 };
        return seconds.checked_mul(time::SECOND)?.checked_add(sign * nanos);
    }
    let seconds: f64 = text.parse().ok()?;
    if !seconds.is_finite() {
        return None;
    }
    if seconds.abs() < 1e11 {
        // A float of this size is good to about a microsecond; more digits would be made up.
        Some(((seconds * 1e6).round() as i64).checked_mul(1000)?)
    } else if seconds.abs() < 9e18 {
        time::from_epoch(seconds as i64)
    } else {
        None
    }
}

/// A string's content without its escapes; `quoted` is what stands between the quotes. A lone surrogate and an escape
/// that is none become U+FFFD.
pub fn unescape(quoted: &[u8]) -> Cow<'_, [u8]> {
    let Some(first) = memchr::memchr(b'\\', quoted) else {
        return Cow::Borrowed(quoted);
    };
    let mut out = Vec::with_capacity(quoted.len());
    let (before, mut rest) = quoted.split_at(first);
    out.extend_from_slice(before);
    while let [b'\\', after @ ..] = rest {
        let (code, after) = match after {
            [b'u', more @ ..] => unicode(more),
            [c, more @ ..] => (simple_escape(*c), more),
            [] => (char::REPLACEMENT_CHARACTER, after),
        };
        out.extend_from_slice(code.encode_utf8(&mut [0; 4]).as_bytes());
        let next = memchr::memchr(b'\\', after).unwrap_or(after.len());
        let (plain, more) = after.split_at(next);
        out.extend_from_slice(plain);
        rest = more;
    }
    Cow::Owned(out)
}

fn simple_escape(c: u8) -> char {
    match c {
        b'"' | b'\\' | b'/' => char::from(c),
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        _ => char::REPLACEMENT_CHARACTER,
    }
}

/// The character of a `\u` escape (with its second half, where it has one) and what follows.
fn unicode(text: &[u8]) -> (char, &[u8]) {
    fn four(text: &[u8]) -> Option<(u32, &[u8])> {
        let (digits, rest) = text.split_at_checked(4)?;
        let mut v = 0;
        for &d in digits {
            v = v * 16 + char::from(d).to_digit(16)?;
        }
        Some((v, rest))
    }
    let Some((high, rest)) = four(text) else {
        return (char::REPLACEMENT_CHARACTER, text);
    };
    if (0xd800..0xdc00).contains(&high)
        && let [b'\\', b'u', more @ ..] = rest
        && let Some((low, after)) = four(more)
        && (0xdc00..0xe000).contains(&low)
    {
        let code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
        return (char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), after);
    }
    (char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER), rest)
}

/// Appends a valid JSON text without its insignificant white space.
pub fn minify(json: &[u8], out: &mut Vec<u8>) {
    let mut rest = json;
    while let Some(quote) = memchr::memchr(b'"', rest) {
        let (outside, from_quote) = rest.split_at(quote);
        push_dense(outside, out);
        let mut end = 1;
        loop {
            let tail = from_quote.get(end..).unwrap_or(&[]);
            match memchr::memchr2(b'"', b'\\', tail) {
                None => end = from_quote.len(),
                Some(i) if tail.get(i) == Some(&b'\\') => {
                    end += i + 2;
                    continue;
                }
                Some(i) => end += i + 1,
            }
            break;
        }
        let (string, after) = from_quote.split_at(end.min(from_quote.len()));
        out.extend_from_slice(string);
        rest = after;
    }
    push_dense(rest, out);
}

fn push_dense(outside: &[u8], out: &mut Vec<u8>) {
    out.extend(
        outside
            .iter()
            .filter(|b| !matches!(b, b' ' | b'\n' | b'\r' | b'\t')),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> Raw<'_> {
        let kind = match text.as_bytes()[0] {
            b'"' => Kind::String,
            b'{' => Kind::Object,
            b't' => Kind::True,
            _ => Kind::Number,
        };
        Raw {
            kind,
            bytes: text.as_bytes(),
        }
    }

    #[test]
    fn escapes_are_undone() {
        let un = |s: &'static str| String::from_utf8(unescape(s.as_bytes()).into_owned()).unwrap();
        assert_eq!(un(r"plain"), "plain");
        assert_eq!(un(r#"a\"b\\c\/\n\u00e9\u20AC"#), "a\"b\\c/\né€");
        assert_eq!(un(r"\ud83d\ude00!"), "😀!");
        assert_eq!(un(r"\ud83d!\ude00"), "\u{fffd}!\u{fffd}");
        assert_eq!(un(r"\ud83d\u0041"), "\u{fffd}A");
        assert_eq!(un(r"\u12"), "\u{fffd}12");
        assert_eq!(un("end\\"), "end\u{fffd}");
    }

    #[test]
    fn integers_stay_exact() {
        assert_eq!(raw("9223372036854775807").int(), Some(i64::MAX));
        assert_eq!(raw("9223372036854775808").int(), None);
        assert_eq!(raw("\"-7\"").int(), Some(-7));
        assert_eq!(raw("1.5").int(), None);
        assert_eq!(raw("1e3").float(), Some(1000.0));
    }

    #[test]
    fn times_come_in_three_spellings() {
        let want = time::parse_iso(b"2021-11-18T17:41:02.123Z");
        assert_eq!(raw("\"2021-11-18T09:41:02.123-08:00\"").time(), want);
        assert_eq!(raw("1637257262.123").time(), want);
        assert_eq!(raw("\"1637257262123\"").time(), want);
        assert_eq!(raw("1.637257262123E9").time(), want);
        assert_eq!(raw("\"soon\"").time(), None);
        assert_eq!(raw("1e400").time(), None);
        assert_eq!(raw("-0.5").time(), Some(-500_000_000));
    }

    #[test]
    fn minified_text_keeps_what_is_in_strings() {
        let mut out = Vec::new();
        minify(
            b" { \"a \\\" b\" : [ 1 ,\r\n\t2 ] , \"c\\\\\" : null } ",
            &mut out,
        );
        assert_eq!(String::from_utf8(out).unwrap(), r#"{"a \" b":[1,2],"c\\":null}"#);
    }
}
