//! Where a value begins and ends, by what stands around it.

use super::{MASKED, What};
use std::ops::Range;

/// A value, and the quote that a mask needs where the value had none and JSON wants one.
pub struct Found {
    pub at: Range<usize>,
    pub quote: Vec<u8>,
}

impl Found {
    fn bare(at: Range<usize>) -> Found {
        Found {
            at,
            quote: Vec::new(),
        }
    }
}

/// A quote as it is spelled: `"`, `'`, and with backslashes in front inside other strings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quote {
    pub sign: u8,
    /// 0 in a text, 1 inside a JSON string, 3 inside a string inside a string.
    pub backslashes: usize,
}

impl Quote {
    pub fn len(self) -> usize {
        self.backslashes + 1
    }

    /// Strings it stands inside of.
    fn depth(self) -> u32 {
        self.backslashes.trailing_ones()
    }

    fn spelled(self) -> Vec<u8> {
        let mut out = vec![b'\\'; self.backslashes];
        out.push(self.sign);
        out
    }
}

/// The quote at `at`.
pub fn quote_at(text: &[u8], at: usize) -> Option<Quote> {
    let rest = text.get(at..)?;
    let backslashes = rest.iter().take(32).take_while(|&&b| b == b'\\').count();
    let sign = *rest.get(backslashes)?;
    // Strings inside each other double what escapes: 0, 1, 3, 7, …
    let whole = (backslashes + 1).is_power_of_two();
    (matches!(sign, b'"' | b'\'') && whole).then_some(Quote { sign, backslashes })
}

/// The first place that is no blank; line ends and tabs as strings escape them are blanks too.
pub fn past_blanks(text: &[u8], mut at: usize) -> usize {
    loop {
        let rest = text.get(at..).unwrap_or_default();
        if matches!(rest, [b' ' | b'\t' | b'\n' | b'\r', ..]) {
            at += 1;
            continue;
        }
        let backslashes = rest.iter().take(8).take_while(|&&b| b == b'\\').count();
        if !matches!(rest.get(backslashes), Some(b'n' | b'r' | b't')) || !backslashes.is_power_of_two() {
            return at;
        }
        at += backslashes + 1;
    }
}

/// What stands between the quote at `open` and the one that closes it, or the end of the line where none does.
pub fn quoted(text: &[u8], open: usize, quote: Quote) -> Range<usize> {
    let from = open + quote.len();
    let mut at = from;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let stop = memchr::memchr2(quote.sign, b'\n', rest);
        let Some(stop) = stop.map(|n| at + n) else {
            return from..unclosed(text, from, text.len(), quote);
        };
        if text.get(stop) == Some(&b'\n') {
            return from..unclosed(text, from, stop, quote);
        }
        let inside = text.get(from..stop).unwrap_or_default();
        let run = inside.iter().rev().take_while(|&&b| b == b'\\').count();
        // A quote inside the value is escaped once more than the quotes around it; with fewer, an outer string ends.
        if run.trailing_ones() <= quote.depth() {
            let kept = (1 << run.trailing_ones()) - 1;
            return from..stop - kept;
        }
        at = stop + 1;
    }
}

/// Where a value ends whose quote is not closed before `end`: `'` may stand in a string between `"`, with which it ends.
fn unclosed(text: &[u8], from: usize, end: usize, quote: Quote) -> usize {
    let body = text.get(from..end).unwrap_or_default();
    let outer = match quote.sign {
        b'\'' => memchr::memchr(b'"', body),
        _ => None,
    };
    let Some(inside) = outer.and_then(|at| body.get(..at)) else {
        return end;
    };
    let escapes = inside.iter().rev().take_while(|&&b| b == b'\\').count();
    from + inside.len() - escapes
}

/// A value without quotes in a URL, a form, a command line or a log's text.
pub fn word(text: &[u8], from: usize) -> Range<usize> {
    let rest = text.get(from..).unwrap_or_default();
    let ends = |at: usize| match rest.get(at) {
        None => true,
        Some(b) if b.is_ascii_whitespace() || *b < 0x20 => true,
        Some(b'&' | b'"' | b'\'' | b'<' | b'>' | b'`' | b'|' | b';') => true,
        Some(b'\\') => matches!(
            rest.get(at + 1),
            None | Some(b'"' | b'\'' | b'\\' | b'n' | b'r' | b't' | b'u')
        ),
        Some(b'%') => rest.get(at..at + 3).is_some_and(|e| matches!(e, b"%26" | b"%20")),
        // The next of several `name=value`.
        Some(b',') => rest.get(at + 1).is_none_or(|&next| {
            let word = rest.get(at + 1..).unwrap_or_default();
            let name = word
                .iter()
                .take_while(|b| b.is_ascii_alphanumeric() || b"_-.".contains(b))
                .count();
            next.is_ascii_whitespace()
                || next == b'"'
                || next == b'\''
                || name > 0 && matches!(word.get(name), Some(b'=' | b':'))
        }),
        Some(_) => false,
    };
    let len = (0..=rest.len()).find(|&at| ends(at)).unwrap_or(rest.len());
    let value = rest.get(..len).unwrap_or_default();
    let closers = value.iter().rev().take_while(|b| b")]},".contains(b)).count();
    // A mask ends with a bracket of its own.
    let masked = value.starts_with(MASKED.as_bytes()) && len - closers < MASKED.len();
    let end = if masked { MASKED.len() } else { len - closers };
    from..from + end
}

/// A JSON value that is no string, behind a name in quotes: a number gets quotes; objects and words are no secrets.
pub fn bare_json(text: &[u8], from: usize, quote: Quote) -> Option<Found> {
    let rest = text.get(from..).unwrap_or_default();
    let len = rest
        .iter()
        .take_while(|b| b.is_ascii_alphanumeric() || b"+-.".contains(b))
        .count();
    let value = rest.get(..len)?;
    let number = value.first().is_some_and(|b| b.is_ascii_digit() || *b == b'-');
    number.then(|| Found {
        at: from..from + len,
        quote: quote.spelled(),
    })
}

/// Everything that stands at `from` as the value of something: a string, a list's strings, a bare word.
pub fn values_at(text: &[u8], from: usize, name_quote: Option<Quote>, out: &mut Vec<Found>) {
    let mut at = past_blanks(text, from);
    let list =
        text.get(at) == Some(&b'[') && !text.get(at..).unwrap_or_default().starts_with(MASKED.as_bytes());
    if list && name_quote.is_some() {
        at = past_blanks(text, at + 1);
        while let Some(quote) = quote_at(text, at) {
            let inside = quoted(text, at, quote);
            at = past_blanks(text, inside.end + quote.len());
            out.push(Found::bare(inside));
            if text.get(at) != Some(&b',') {
                return;
            }
            at = past_blanks(text, at + 1);
        }
        return;
    }
    match (quote_at(text, at), name_quote) {
        (Some(quote), _) => out.push(Found::bare(quoted(text, at, quote))),
        (None, Some(quote)) if quote.sign == b'"' => out.extend(bare_json(text, at, quote)),
        // Behind a name at the end of a line stands nothing of its own.
        (None, _) if text.get(from..at).unwrap_or_default().contains(&b'\n') => {}
        (None, _) => out.push(Found::bare(word(text, at))),
    }
}

/// Is this value of a secret's name really one? Not where AWS has hidden it, where it says yes or no, or where it can not
/// be one.
pub fn is_secret(what: What, value: &[u8]) -> bool {
    const HIDDEN: &[&[u8]] = &[
        b"HIDDEN_DUE_TO_SECURITY_REASONS",
        b"<sensitiveDataRemoved>",
        b"true",
        b"false",
        b"null",
        b"none",
        b"-",
    ];
    let value = value.trim_ascii();
    let hidden = value.is_empty()
        || value == MASKED.as_bytes()
        || value.iter().all(|&b| b == b'*')
        || HIDDEN.iter().any(|word| word.eq_ignore_ascii_case(value));
    if hidden {
        return false;
    }
    let long = value.len() >= 16;
    // Base64 and hex, as they are and as URLs and JSON escape them.
    let digits = |more: &[u8]| {
        value
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || b"+/=%\\_-~".contains(b) || more.contains(b))
    };
    match what {
        What::SecretKey | What::SessionToken | What::Signature => long && digits(b""),
        What::PrivateKey | What::Token => long && !value.starts_with(b"arn:"),
        What::Password => !value.starts_with(b"arn:") && !value.starts_with(b"{{resolve:"),
        What::Authorization => true,
    }
}
