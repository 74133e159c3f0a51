//! What changes from line to line: times, addresses, identifiers, numbers (CWL_AnalyzeLogData_Patterns).
//!
//! AWS tells tokens by trained models. Here a token is what its spelling says, so that the same lines give the same patterns
//! everywhere.

use std::net::{Ipv4Addr, Ipv6Addr};

/// How much of a text is looked at, in characters: as the service does.
pub const LOOKED_AT: usize = 1500;

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum TokenKind {
    Time,
    Date,
    Uuid,
    Ip,
    Id,
    Number,
}

impl TokenKind {
    pub fn label(self) -> &'static str {
        match self {
            TokenKind::Time => "Time",
            TokenKind::Date => "Date",
            TokenKind::Uuid => "UUID",
            TokenKind::Ip => "IP",
            TokenKind::Id => "ID",
            TokenKind::Number => "Number",
        }
    }
}

/// A token at bytes `start..end` of the text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Found {
    pub kind: TokenKind,
    pub start: usize,
    pub end: usize,
}

/// The beginning of a text that is looked at.
pub fn cut(text: &str) -> &str {
    match text.char_indices().nth(LOOKED_AT) {
        Some((end, _)) => text.get(..end).unwrap_or(text),
        None => text,
    }
}

/// Writes the pattern of a text and lists its tokens.
pub fn tokenize(text: &str, pattern: &mut String, found: &mut Vec<Found>) {
    pattern.clear();
    found.clear();
    let mut at = 0;
    // A token begins only where a word does.
    let mut in_word = false;
    while let Some(rest) = text.get(at..).filter(|t| !t.is_empty()) {
        let token = if in_word { None } else { token_at(text, at) };
        if let Some((kind, length)) = token.filter(|(_, length)| *length > 0) {
            found.push(Found {
                kind,
                start: at,
                end: at + length,
            });
            pattern.push('<');
            pattern.push_str(kind.label());
            pattern.push('-');
            match u32::try_from(found.len())
                .ok()
                .and_then(|n| char::from_digit(n, 10))
            {
                Some(digit) => pattern.push(digit),
                None => pattern.push_str(&found.len().to_string()),
            }
            pattern.push('>');
            at += length;
            in_word = text
                .get(..at)
                .and_then(|t| t.chars().next_back())
                .is_some_and(is_word);
            continue;
        }
        // The rest of a word at once: nothing begins inside of it.
        let word = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        let length = if word > 0 {
            word
        } else {
            rest.chars().next().map_or(1, char::len_utf8)
        };
        pattern.push_str(rest.get(..length).unwrap_or_default());
        at += length;
        in_word = word > 0;
    }
}

fn is_word(c: char) -> bool {
    match c.is_ascii() {
        true => c == '_' || c.is_ascii_alphanumeric(),
        false => c.is_alphanumeric(),
    }
}

fn in_id(c: char) -> bool {
    c == '-' || is_word(c)
}

fn token_at(text: &str, at: usize) -> Option<(TokenKind, usize)> {
    let rest = text.get(at..)?;
    let first = rest.chars().next()?;
    let b = rest.as_bytes();
    if first.is_ascii_digit() || first.is_ascii_alphabetic() {
        if let Some(n) = time(b) {
            return Some((TokenKind::Time, n));
        }
        if let Some(n) = fits(b, b"dddd-dd-dd") {
            return Some((TokenKind::Date, n));
        }
        if let Some(n) = uuid(b) {
            return Some((TokenKind::Uuid, n));
        }
    }
    if (first.is_ascii_hexdigit() || first == ':')
        && let Some(n) = ip(rest)
    {
        return Some((TokenKind::Ip, n));
    }
    if is_word(first)
        && let Some(n) = id(rest)
    {
        return Some((TokenKind::Id, n));
    }
    if first.is_ascii_digit() || ((first == '-' || first == '+') && b.get(1).is_some_and(u8::is_ascii_digit))
    {
        return number(rest).map(|n| (TokenKind::Number, n));
    }
    None
}

/// The shape's length, when the bytes begin with it: `d` is a digit, `T` is `T` or a space.
fn fits(b: &[u8], shape: &[u8]) -> Option<usize> {
    let is = b.len() >= shape.len()
        && b.iter().zip(shape).all(|(b, s)| match s {
            b'd' => b.is_ascii_digit(),
            b'T' => matches!(b, b'T' | b' '),
            s => b == s,
        });
    is.then_some(shape.len())
}

fn digits(b: &[u8]) -> usize {
    b.iter().take_while(|b| b.is_ascii_digit()).count()
}

/// The length of a separator and digits behind it, or 0.
fn fraction(b: &[u8], separators: &[u8]) -> usize {
    match b.split_first() {
        Some((s, rest)) if separators.contains(s) && digits(rest) > 0 => 1 + digits(rest),
        _ => 0,
    }
}

const MONTHS: [&[u8]; 12] = [
    b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec",
];

fn month(b: &[u8]) -> bool {
    b.first().is_some_and(|c| b"JFMASOND".contains(c)) && MONTHS.iter().any(|m| b.starts_with(m))
}

fn time(b: &[u8]) -> Option<usize> {
    if let Some(mut n) = fits(b, b"dddd-dd-ddTdd:dd:dd") {
        n += fraction(b.get(n..)?, b".,");
        let zone = b.get(n..)?;
        let signed = zone.first().is_some_and(|s| matches!(s, b'+' | b'-'));
        n += match zone.get(1..) {
            Some(_) if zone.starts_with(b"Z") => 1,
            Some(offset) if signed => fits(offset, b"dd:dd")
                .or_else(|| fits(offset, b"dddd"))
                .map_or(0, |n| n + 1),
            _ => 0,
        };
        return Some(n);
    }
    if let Some(n) = fits(b, b"dd:dd:dd") {
        return Some(n + fraction(b.get(n..)?, b"."));
    }
    // Syslog's `Oct  5 13:04:06`.
    if month(b) && b.get(3) == Some(&b' ') {
        let day = b.get(4..)?;
        let spaces = usize::from(day.starts_with(b" "));
        let width = digits(day.get(spaces..)?);
        if (1..=2).contains(&width) {
            let clock = 4 + spaces + width;
            if b.get(clock) == Some(&b' ') && fits(b.get(clock + 1..)?, b"dd:dd:dd").is_some() {
                return Some(clock + 9);
            }
        }
    }
    // Apache's `10/Oct/2000:13:55:36 -0700`.
    if fits(b, b"dd/").is_some() && month(b.get(3..)?) {
        let rest = b.get(6..)?;
        let n = 6 + fits(rest, b"/dddd:dd:dd:dd")?;
        let zone = b.get(n..)?;
        let has_zone = fits(zone, b" +dddd").or_else(|| fits(zone, b" -dddd"));
        return Some(n + has_zone.unwrap_or(0));
    }
    None
}

fn uuid(b: &[u8]) -> Option<usize> {
    let candidate = b.get(..36)?;
    let is = candidate.iter().enumerate().all(|(i, b)| match i {
        8 | 13 | 18 | 23 => *b == b'-',
        _ => b.is_ascii_hexdigit(),
    });
    let goes_on = b
        .get(36)
        .is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    (is && !goes_on).then_some(36)
}

fn ip(text: &str) -> Option<usize> {
    let run = text
        .bytes()
        .take_while(|b| b.is_ascii_hexdigit() || matches!(b, b'.' | b':'))
        .count();
    let run = text.get(..run)?;
    let ends = |n: usize| !text.get(n..).and_then(|t| t.chars().next()).is_some_and(is_word);
    if run.bytes().filter(|b| *b == b':').count() >= 2 && run.bytes().any(|b| b.is_ascii_digit()) {
        let address = run.trim_end_matches('.');
        let address = if address.ends_with("::") {
            address
        } else {
            address.trim_end_matches(':')
        };
        if ends(address.len()) && address.parse::<Ipv6Addr>().is_ok() {
            return Some(address.len());
        }
    }
    let n = run
        .bytes()
        .take_while(|b| b.is_ascii_digit() || *b == b'.')
        .count();
    let address = run.get(..n)?.trim_end_matches('.');
    (ends(address.len()) && address.parse::<Ipv4Addr>().is_ok()).then_some(address.len())
}

fn id(text: &str) -> Option<usize> {
    let (mut has_digit, mut has_other, mut length) = (false, false, 0);
    for c in text.chars().take_while(|c| in_id(*c)) {
        if c.is_ascii_digit() {
            has_digit = true;
        } else {
            has_other = true;
        }
        length += c.len_utf8();
    }
    (has_digit && has_other).then_some(length)
}

fn number(text: &str) -> Option<usize> {
    let b = text.as_bytes();
    let sign = usize::from(matches!(b.first(), Some(b'+' | b'-')));
    let mut n = sign + digits(b.get(sign..)?);
    let ends = |n: usize| !text.get(n..).and_then(|t| t.chars().next()).is_some_and(is_word);
    let more = fraction(b.get(n..)?, b".");
    if more > 0 && ends(n + more) {
        n += more;
    }
    ends(n).then_some(n)
}
