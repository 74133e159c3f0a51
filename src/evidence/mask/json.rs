//! JSON stays JSON. Where a secret begins and ends is told from the bytes near it, and they can deceive: in
//! `{"password=": ""}` the quote that ends the key looks like the one that begins a value. Where a mask would break the
//! document, it is laid over the contents of strings and over numbers, and never over what stands between them.

use super::{MASKED, Secret};
use serde::de::IgnoredAny;
use std::ops::Range;

/// Is this one whole JSON document?
pub fn is_json(text: &[u8]) -> bool {
    let begins = text.trim_ascii_start().first();
    matches!(begins, Some(b'{' | b'[' | b'"')) && serde_json::from_slice::<IgnoredAny>(text).is_ok()
}

/// What of the secrets stands in the strings of a JSON document: a part of a string, or all of it where the rest would be
/// no string any more. Numbers are secrets as a whole. Sorted by where they begin.
pub fn over_strings(text: &[u8], secrets: Vec<Secret>) -> Vec<Secret> {
    let strings = strings(text);
    let mut out = Vec::with_capacity(secrets.len());
    for secret in secrets {
        let from = strings.partition_point(|string| string.end <= secret.at.start);
        let strings = strings.get(from..).unwrap_or_default();
        let before = out.len();
        for string in strings.iter().take_while(|string| string.start < secret.at.end) {
            let at = secret.at.start.max(string.start)..secret.at.end.min(string.end);
            if text.get(at.clone()) != Some(MASKED.as_bytes()) {
                out.push(Secret {
                    at: if stays_string(text, string, &at) {
                        at
                    } else {
                        string.clone()
                    },
                    what: secret.what,
                    quote: Vec::new(),
                });
            }
        }
        if out.len() == before && !secret.quote.is_empty() {
            out.push(secret);
        }
    }
    out.sort_by_key(|secret| (secret.at.start, std::cmp::Reverse(secret.at.end)));
    out
}

/// Is a string still one when a part of what stands between its quotes is masked?
fn stays_string(text: &[u8], string: &Range<usize>, part: &Range<usize>) -> bool {
    let piece = |at: Range<usize>| text.get(at).unwrap_or_default();
    let (before, behind) = (piece(string.start..part.start), piece(part.end..string.end));
    is_json(&[b"\"", before, MASKED.as_bytes(), behind, b"\""].concat())
}

/// What stands between the quotes of each string of a JSON document, in order; empty strings are left out.
fn strings(text: &[u8]) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut open = None;
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        match (byte, open) {
            (b'\\', Some(_)) => at += 1,
            (b'"', None) => open = Some(at + 1),
            (b'"', Some(from)) => {
                if from < at {
                    out.push(from..at);
                }
                open = None;
            }
            _ => {}
        }
        at += 1;
    }
    out
}
