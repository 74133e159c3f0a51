//! A regex and the text that has to be there for it to match: most rows are told apart by that text alone.

use super::re2;
use memchr::memmem::Finder;
use regex::Regex;

/// A regex that is tried only where the text it needs is found.
#[derive(Clone)]
pub struct Matcher {
    regex: Regex,
    needle: Option<Needle>,
    /// The regex is nothing but its needle.
    literal: bool,
}

#[derive(Clone)]
enum Needle {
    Exact(Box<Finder<'static>>),
    /// In ASCII letters of any case.
    AnyCase(Vec<u8>),
}

impl Needle {
    fn is_in(&self, text: &[u8]) -> bool {
        match self {
            Needle::Exact(finder) => finder.find(text).is_some(),
            Needle::AnyCase(needle) => {
                let Some(&first) = needle.first() else { return true };
                let starts =
                    memchr::memchr2_iter(first.to_ascii_lowercase(), first.to_ascii_uppercase(), text);
                starts.into_iter().any(|at| {
                    text.get(at..at + needle.len())
                        .is_some_and(|t| t.eq_ignore_ascii_case(needle))
                })
            }
        }
    }
}

impl Matcher {
    pub fn new(pattern: &str) -> Result<Matcher, String> {
        let regex = re2::compile(pattern)?;
        let required = required(pattern);
        let literal = required.as_ref().is_some_and(|r| r.whole);
        let needle = required.map(|r| match r.ignore_case {
            true => Needle::AnyCase(r.text.into_bytes()),
            false => Needle::Exact(Box::new(Finder::new(r.text.as_bytes()).into_owned())),
        });
        Ok(Matcher {
            regex,
            needle,
            literal,
        })
    }

    pub fn is_match(&self, text: &str) -> bool {
        match &self.needle {
            Some(needle) if !needle.is_in(text.as_bytes()) => false,
            Some(_) if self.literal => true,
            _ => self.regex.is_match(text),
        }
    }

    pub fn captures<'t>(&self, text: &'t str) -> Option<regex::Captures<'t>> {
        match &self.needle {
            Some(needle) if !needle.is_in(text.as_bytes()) => None,
            _ => self.regex.captures(text),
        }
    }

    pub fn regex(&self) -> &Regex {
        &self.regex
    }
}

/// A text that every match holds.
#[derive(Debug, PartialEq)]
struct Required {
    text: String,
    ignore_case: bool,
    /// The whole pattern is this text.
    whole: bool,
}

/// The longest run of characters that stand for themselves, outside of groups; `None` where a pattern has alternatives or no
/// such run. Of what is unusual it makes nothing: a needle that is missed only costs time.
fn required(pattern: &str) -> Option<Required> {
    let (pattern, ignore_case) = match pattern.strip_prefix("(?i)") {
        Some(rest) => (rest, true),
        None => (pattern, false),
    };
    let mut runs: Vec<String> = vec![String::new()];
    let mut whole = true;
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        let literal = match c {
            '|' => return None,
            '\\' => match chars.next() {
                Some(c) if !c.is_ascii_alphanumeric() => Some(c),
                // Its characters would have to be read as such.
                Some('Q' | 'x' | '0') => return None,
                _ => None,
            },
            '[' => {
                class(&mut chars)?;
                None
            }
            '(' => {
                group(&mut chars)?;
                None
            }
            '.' | '^' | '$' | ')' | '{' | '}' | '*' | '+' | '?' => None,
            c => Some(c),
        };
        let literal = literal.filter(|c| c.is_ascii() || !ignore_case);
        let optional = matches!(chars.peek(), Some('*' | '?' | '{'));
        whole &= literal.is_some() && !optional;
        match literal {
            Some(c) if !optional => runs.last_mut()?.push(c),
            _ => runs.push(String::new()),
        }
        // `ab+c` holds `ab` and `bc`, not `abc`.
        if chars.peek() == Some(&'+') {
            runs.push(String::new());
        }
        // What a brace holds is no text.
        if c == '{' {
            chars.by_ref().find(|c| *c == '}');
        }
    }
    let text = runs
        .into_iter()
        .max_by_key(String::len)
        .filter(|t| !t.is_empty())?;
    Some(Required {
        text,
        ignore_case,
        whole,
    })
}

/// Passes a class over.
fn class(chars: &mut std::iter::Peekable<std::str::Chars>) -> Option<()> {
    chars.next_if_eq(&'^');
    chars.next_if_eq(&']');
    loop {
        match chars.next()? {
            '\\' => {
                chars.next();
            }
            // A class of POSIX ends with a bracket of its own: rare, and left to the regex.
            '[' => return None,
            ']' => return Some(()),
            _ => {}
        }
    }
}

/// Passes a group over. Flags for what follows it are left to the regex.
fn group(chars: &mut std::iter::Peekable<std::str::Chars>) -> Option<()> {
    let mut ahead = chars.clone();
    if ahead.next() == Some('?') && !matches!(ahead.next(), Some('<' | 'P' | ':')) {
        return None;
    }
    let mut depth = 1usize;
    while depth > 0 {
        match chars.next()? {
            '\\' => {
                chars.next();
            }
            '[' => class(chars)?,
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needle(pattern: &str) -> Option<String> {
        required(pattern).map(|r| r.text)
    }

    #[test]
    fn a_needle_is_in_every_match() {
        for (pattern, expected) in [
            ("ERROR", Some("ERROR")),
            ("(?i)error", Some("error")),
            ("id \\d+k", Some("id ")),
            ("ab+c", Some("ab")),
            ("ab?cd", Some("cd")),
            ("ab{2}cd", Some("cd")),
            ("a|b", None),
            ("(a|bcd)ef", Some("ef")),
            ("[abc]x\\.y", Some("x.y")),
            ("\\Qa.b\\E", None),
            ("(?<n>abc)", None),
            ("x(?i)abc", None),
            (".*", None),
        ] {
            assert_eq!(needle(pattern).as_deref(), expected, "{pattern}");
        }
    }

    #[test]
    fn it_matches_as_the_regex_alone() {
        let texts = [
            "", "error", "an ERROR", "abbc", "abc", "acd", "abcd", "id 7k", "idk", "x.y", "axzy", "ef",
            "bcdef",
        ];
        for pattern in [
            "ERROR",
            "(?i)ERROR",
            "ab+c",
            "ab?cd",
            "ab*c",
            "id \\d+k",
            "[abc]x\\.y",
            "(a|bcd)ef",
            "^ef$",
            "b{2}",
        ] {
            let matcher = Matcher::new(pattern).unwrap();
            for text in texts {
                assert_eq!(
                    matcher.is_match(text),
                    matcher.regex.is_match(text),
                    "{pattern} {text}"
                );
                assert_eq!(
                    matcher.captures(text).is_some(),
                    matcher.regex.is_match(text),
                    "{pattern} {text}"
                );
            }
        }
    }
}
