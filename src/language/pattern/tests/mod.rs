//! Tests by kind of pattern, and what holds for any of them.

mod delimited;
mod errors;
mod json;
mod properties;
mod regexes;
mod text;
mod words;

use super::*;

fn pattern(text: &str) -> Pattern {
    match Pattern::parse(text) {
        Ok(parsed) => parsed.pattern,
        Err(fault) => panic!("{text}: {fault}"),
    }
}

/// Which of the messages match, by their index.
fn matched(text: &str, messages: &[&str]) -> Vec<usize> {
    let pattern = pattern(text);
    (0..messages.len())
        .filter(|i| messages.get(*i).is_some_and(|m| pattern.matches(m)))
        .collect()
}

fn warnings(text: &str) -> Vec<(&'static str, usize, usize)> {
    let parsed = Pattern::parse(text).expect("a pattern");
    parsed.warnings.iter().map(|w| (w.what, w.at, w.end)).collect()
}

fn hints(text: &str) -> Vec<(&'static str, usize, usize)> {
    pattern(text)
        .hints()
        .iter()
        .map(|h| (h.what, h.at, h.end))
        .collect()
}
