//! What is wrong with a rule file: where it stands and what to write instead.

use std::error::Error;
use std::fmt;
use std::ops::Range;

/// Why a rule was not taken, or a part of the file not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleFault {
    /// The rule's id, or `rule 3` where it has none; empty for what is outside of any rule.
    pub rule: String,
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
    /// A code that stays the same: `unknown-key`.
    pub what: &'static str,
    /// What is wrong and what to write instead.
    pub says: String,
}

impl fmt::Display for RuleFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Line {}, column {}", self.line, self.column)?;
        if !self.rule.is_empty() {
            write!(f, ", {}", self.rule)?;
        }
        write!(f, ": {}", self.says)
    }
}

impl Error for RuleFault {}

/// A fault at a byte of the file; its rule is not known yet.
pub(super) struct Raw {
    pub at: usize,
    pub what: &'static str,
    pub says: String,
}

impl Raw {
    pub fn new(at: usize, what: &'static str, says: impl Into<String>) -> Raw {
        Raw {
            at,
            what,
            says: says.into(),
        }
    }

    pub fn of(self, rule: &str, text: &str) -> RuleFault {
        let before = text.get(..self.at).unwrap_or(text);
        let line = before.rsplit('\n').next().unwrap_or_default();
        RuleFault {
            rule: rule.to_owned(),
            line: before.matches('\n').count() + 1,
            column: line.chars().count() + 1,
            what: self.what,
            says: self.says,
        }
    }
}

/// The byte of the file at which the character `at` of a value stands, where the value is written without escapes; else where
/// the value begins.
pub(super) fn inside(text: &str, value: &Range<usize>, content: &str, at: usize) -> usize {
    let written = text.get(value.clone()).unwrap_or_default();
    let Some(begin) = written.find(content) else {
        return value.start;
    };
    let bytes: usize = content.chars().take(at).map(char::len_utf8).sum();
    value.start + begin + bytes
}

/// Of these words the one that is nearest to what was written, if it is near.
pub(super) fn nearest<'w>(written: &str, words: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let far = 1 + written.chars().count() / 3;
    let near = words.into_iter().map(|w| (distance(written, w), w));
    near.filter(|(d, _)| *d <= far).min().map(|(_, w)| w)
}

/// ` Did you mean …?`, or nothing.
pub(super) fn meant<'w>(written: &str, words: impl IntoIterator<Item = &'w str>) -> String {
    match nearest(written, words) {
        Some(word) => format!(" Did you mean `{word}`?"),
        None => String::new(),
    }
}

/// How many letters have to be put in, taken out or changed.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().take(64).enumerate() {
        let mut diagonal = std::mem::replace(&mut row, vec![i + 1]);
        diagonal.reverse();
        let mut corner = diagonal.pop().unwrap_or(i);
        for &cb in &b {
            let above = diagonal.pop().unwrap_or(usize::MAX - 1);
            let left = row.last().copied().unwrap_or(i);
            let changed = corner + usize::from(!ca.eq_ignore_ascii_case(&cb));
            row.push(changed.min(above + 1).min(left + 1));
            corner = above;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_counted() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", ""), 3);
        assert_eq!(distance("treshold", "threshold"), 1);
        assert_eq!(distance("Kitten", "sitting"), 3);
        assert_eq!(nearest("servity", ["text", "severity"]), Some("severity"));
        assert_eq!(nearest("colour", ["id", "text"]), None);
    }

    #[test]
    fn places_are_lines_and_characters() {
        let text = "a = 1\nö = 'ä…'\n";
        let fault = Raw::new(text.find('…').unwrap(), "x", "y").of("", text);
        assert_eq!((fault.line, fault.column), (2, 7));
        assert_eq!(fault.to_string(), "Line 2, column 7: y");
    }
}
