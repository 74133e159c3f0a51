//! RE2's regexes in the `regex` crate without its Unicode tables.
//!
//! Classes such as `\d` are those of ASCII, as in RE2; `(?i)` is written out; what only the crate gives a meaning to is
//! written so that it stands for itself. Sources: RE2's syntax page; the crate's documentation.

use regex::{Regex, RegexBuilder};
use std::iter::Peekable;
use std::str::Chars;

/// What one compiled regex may take.
const SIZE_LIMIT: usize = 1 << 20;
const NEST_LIMIT: u32 = 40;

pub fn compile(pattern: &str) -> Result<Regex, String> {
    let rust = translate(pattern)?;
    RegexBuilder::new(&rust)
        .size_limit(SIZE_LIMIT)
        .nest_limit(NEST_LIMIT)
        .build()
        .map_err(|e| reason(&e.to_string()))
}

pub fn check(pattern: &str) -> Result<(), String> {
    compile(pattern).map(|_| ())
}

/// Names of the groups that have one, and how many there are.
pub fn groups(pattern: &str) -> (Vec<String>, usize) {
    let Ok(regex) = compile(pattern) else {
        return (Vec::new(), 0);
    };
    let named = regex.capture_names().flatten().map(str::to_owned).collect();
    (named, regex.captures_len() - 1)
}

/// The crate's message draws the pattern over several lines; its last line says what is wrong.
fn reason(message: &str) -> String {
    let last = message.lines().last().unwrap_or(message);
    let why = last.trim().trim_start_matches("error: ");
    format!("The regex can not be read: {why}.")
}

const DIGIT: &str = "0-9";
const WORD: &str = "0-9A-Za-z_";
const SPACE: &str = r"\t\n\x0c\r ";

struct Translator<'a> {
    chars: Peekable<Chars<'a>>,
    out: String,
    /// Whether letters match without regard to case, for each open group.
    ignore_case: Vec<bool>,
}

fn translate(pattern: &str) -> Result<String, String> {
    let mut t = Translator {
        chars: pattern.chars().peekable(),
        out: String::with_capacity(pattern.len() + 16),
        ignore_case: vec![false],
    };
    while let Some(c) = t.chars.next() {
        match c {
            '\\' => t.escape()?,
            '[' => t.class()?,
            '(' => t.group()?,
            ')' => {
                if t.ignore_case.len() > 1 {
                    t.ignore_case.pop();
                }
                t.out.push(')');
            }
            '{' => t.brace(),
            '^' | '$' | '.' | '|' | '*' | '+' | '?' => t.out.push(c),
            c => t.literal(c),
        }
    }
    Ok(t.out)
}

/// A character that stands for itself, outside and inside of a class.
fn push_escaped(out: &mut String, c: char) {
    if c.is_ascii_punctuation() && !matches!(c, '<' | '>') {
        out.push('\\');
    }
    out.push(c);
}

/// The other case of a letter, where it is one character.
fn other_case(c: char) -> Option<char> {
    let mut lower = c.to_lowercase();
    let mut upper = c.to_uppercase();
    let other = |first: Option<char>, second: Option<char>| first.filter(|o| *o != c && second.is_none());
    other(lower.next(), lower.next()).or_else(|| other(upper.next(), upper.next()))
}

impl Translator<'_> {
    fn ignores_case(&self) -> bool {
        self.ignore_case.last().copied().unwrap_or(false)
    }

    fn literal(&mut self, c: char) {
        match other_case(c).filter(|_| self.ignores_case()) {
            Some(other) => {
                self.out.push('[');
                push_escaped(&mut self.out, c);
                push_escaped(&mut self.out, other);
                self.out.push(']');
            }
            None => push_escaped(&mut self.out, c),
        }
    }

    fn escape(&mut self) -> Result<(), String> {
        let Some(c) = self.chars.next() else {
            return Err("The regex ends with a single backslash.".to_owned());
        };
        let class = |letter: char| match letter {
            'd' | 'D' => DIGIT,
            'w' | 'W' => WORD,
            _ => SPACE,
        };
        match c {
            'd' | 'w' | 's' => self.out.push_str(&format!("[{}]", class(c))),
            'D' | 'W' | 'S' => self
                .out
                .push_str(&format!("[^{}]", class(c.to_ascii_lowercase()))),
            'b' => self.out.push_str(r"(?-u:\b)"),
            'B' => self.out.push_str(r"(?-u:\B)"),
            'A' | 'z' => self.out.extend(['\\', c]),
            'Q' => {
                let mut text = String::new();
                for c in self.chars.by_ref() {
                    text.push(c);
                    if text.ends_with("\\E") {
                        text.truncate(text.len() - 2);
                        break;
                    }
                }
                for c in text.chars() {
                    self.literal(c);
                }
            }
            'p' | 'P' => return Err("Classes of Unicode (\\p) are not supported in a regex.".to_owned()),
            c => {
                let c = self.character(c)?;
                self.literal(c);
            }
        }
        Ok(())
    }

    /// The character an escape stands for, its backslash taken.
    fn character(&mut self, c: char) -> Result<char, String> {
        Ok(match c {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'f' => '\x0c',
            'v' => '\x0b',
            'a' => '\x07',
            'x' => {
                let mut hex = String::new();
                if self.chars.next_if_eq(&'{').is_some() {
                    hex.extend(std::iter::from_fn(|| self.chars.next_if(char::is_ascii_hexdigit)).take(8));
                    if self.chars.next() != Some('}') {
                        return Err(r"A } is missing behind \x{.".to_owned());
                    }
                } else {
                    hex.extend(std::iter::from_fn(|| self.chars.next_if(char::is_ascii_hexdigit)).take(2));
                }
                u32::from_str_radix(&hex, 16)
                    .ok()
                    .and_then(char::from_u32)
                    .ok_or_else(|| r"Behind \x stand two hexadecimal digits.".to_owned())?
            }
            '0' => {
                let octal: String = std::iter::from_fn(|| self.chars.next_if(|c| ('0'..='7').contains(c)))
                    .take(2)
                    .collect();
                u32::from_str_radix(&octal, 8)
                    .ok()
                    .and_then(char::from_u32)
                    .unwrap_or('\0')
            }
            c if c.is_ascii_digit() => return Err("A regex has no back-references.".to_owned()),
            c if c.is_ascii_alphabetic() => return Err(format!("\\{c} has no meaning in a regex.")),
            c => c,
        })
    }

    /// `(`, with the flags behind `(?`.
    fn group(&mut self) -> Result<(), String> {
        let mut ignore_case = self.ignores_case();
        if self.chars.next_if_eq(&'?').is_none() {
            self.out.push('(');
            self.ignore_case.push(ignore_case);
            return Ok(());
        }
        let named = self.chars.next_if_eq(&'P').is_some();
        if named || self.chars.peek() == Some(&'<') {
            self.out.push_str("(?P");
            for c in self.chars.by_ref() {
                if matches!(c, '=' | '!') {
                    return Err("A regex has no look-around and no back-references.".to_owned());
                }
                self.out.push(c);
                if c == '>' {
                    break;
                }
            }
            self.ignore_case.push(ignore_case);
            return Ok(());
        }
        let (mut flags, mut on) = (String::new(), true);
        loop {
            match self.chars.next() {
                Some('i') => ignore_case = on,
                Some('-') if on => {
                    on = false;
                    flags.push('-');
                }
                Some(c @ ('m' | 's' | 'U')) => flags.push(c),
                Some(c @ (':' | ')')) => {
                    let flags = flags.trim_end_matches('-');
                    match (c, flags) {
                        (':', flags) => {
                            self.out.push_str(&format!("(?{flags}:"));
                            self.ignore_case.push(ignore_case);
                        }
                        (_, flags) => {
                            if !flags.is_empty() {
                                self.out.push_str(&format!("(?{flags})"));
                            }
                            if let Some(last) = self.ignore_case.last_mut() {
                                *last = ignore_case;
                            }
                        }
                    }
                    return Ok(());
                }
                Some('=' | '!') => return Err("A regex has no look-around.".to_owned()),
                _ => return Err("Behind (? stand flags (i, m, s, U) or a name.".to_owned()),
            }
        }
    }

    /// A brace is a repetition only when it is written as one.
    fn brace(&mut self) {
        let mut inner = String::new();
        let mut ahead = self.chars.clone();
        for c in ahead.by_ref() {
            if c == '}' || inner.len() > 9 {
                break;
            }
            inner.push(c);
        }
        let is_number = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
        let repeats = match inner.split_once(',') {
            None => is_number(&inner),
            Some((low, high)) => is_number(low) && (high.is_empty() || is_number(high)),
        };
        if repeats {
            self.out.push_str(&format!("{{{inner}}}"));
            self.chars = ahead;
        } else {
            self.out.push_str(r"\{");
        }
    }

    fn class(&mut self) -> Result<(), String> {
        const UNCLOSED: &str = "A ] is missing in the regex.";
        self.out.push('[');
        if self.chars.next_if_eq(&'^').is_some() {
            self.out.push('^');
        }
        let mut first = true;
        loop {
            let c = self.chars.next().ok_or(UNCLOSED)?;
            let low = match c {
                ']' if !first => break,
                '[' if self.chars.peek() == Some(&':') => {
                    self.posix()?;
                    first = false;
                    continue;
                }
                '\\' => match self.chars.next().ok_or(UNCLOSED)? {
                    'd' => {
                        self.out.push_str(DIGIT);
                        None
                    }
                    'w' => {
                        self.out.push_str(WORD);
                        None
                    }
                    's' => {
                        self.out.push_str(SPACE);
                        None
                    }
                    'D' => {
                        self.out.push_str(&format!("[^{DIGIT}]"));
                        None
                    }
                    'W' => {
                        self.out.push_str(&format!("[^{WORD}]"));
                        None
                    }
                    'S' => {
                        self.out.push_str(&format!("[^{SPACE}]"));
                        None
                    }
                    'p' | 'P' => {
                        return Err("Classes of Unicode (\\p) are not supported in a regex.".to_owned());
                    }
                    c => Some(self.character(c)?),
                },
                c => Some(c),
            };
            first = false;
            let Some(low) = low else { continue };
            let mut ahead = self.chars.clone();
            let is_range = ahead.next() == Some('-') && ahead.peek().is_some_and(|c| *c != ']');
            let mut high = low;
            if is_range {
                self.chars.next();
                high = match self.chars.next().ok_or(UNCLOSED)? {
                    '\\' => {
                        let c = self.chars.next().ok_or(UNCLOSED)?;
                        self.character(c)?
                    }
                    c => c,
                };
            }
            self.range(low, high);
        }
        self.out.push(']');
        Ok(())
    }

    fn range(&mut self, low: char, high: char) {
        let push = |out: &mut String, low: char, high: char| {
            push_escaped(out, low);
            if low != high {
                out.push('-');
                push_escaped(out, high);
            }
        };
        push(&mut self.out, low, high);
        if !self.ignores_case() {
            return;
        }
        if low == high {
            if let Some(other) = other_case(low) {
                push_escaped(&mut self.out, other);
            }
            return;
        }
        for (from, to) in [('a', 'z'), ('A', 'Z')] {
            let (from, to) = (low.max(from), high.min(to));
            if from <= to {
                let swap = |c: char| {
                    if c.is_ascii_lowercase() {
                        c.to_ascii_uppercase()
                    } else {
                        c.to_ascii_lowercase()
                    }
                };
                push(&mut self.out, swap(from), swap(to));
            }
        }
    }

    /// `[:alpha:]` and the like, the opening bracket taken.
    fn posix(&mut self) -> Result<(), String> {
        let mut name = String::new();
        for c in self.chars.by_ref() {
            if c == ']' {
                break;
            }
            name.push(c);
        }
        let any_case = self.ignores_case() && matches!(name.as_str(), ":upper:" | ":lower:");
        self.out.push_str(if any_case { "A-Za-z" } else { "" });
        if !any_case {
            self.out.push_str(&format!("[{name}]"));
        }
        Ok(())
    }
}
