//! A pattern's characters, read from left to right. Positions are those of the errors: in characters.

use super::regex::{self, Regex};
use super::value::{Form, Value};
use crate::language::Fault;

/// A stretch of the pattern's text, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub at: usize,
    /// Behind the last one.
    pub end: usize,
}

impl Span {
    pub fn fault(self, what: &'static str, says: impl Into<String>) -> Fault {
        Fault::new(what, self.at, self.end, says)
    }
}

pub struct Cursor {
    chars: Vec<char>,
    pub at: usize,
    /// Where reading ends: the closing bracket, or the end of the trimmed text.
    pub limit: usize,
}

impl Cursor {
    /// Over the text without the white space around it.
    pub fn new(text: &str) -> Self {
        let chars: Vec<char> = text.chars().collect();
        let blank = |c: &&char| c.is_whitespace();
        let at = chars.iter().take_while(blank).count();
        let limit = chars.len() - chars.iter().rev().take_while(blank).count();
        Cursor {
            chars,
            at,
            limit: limit.max(at),
        }
    }

    pub fn peek(&self) -> Option<char> {
        self.ahead(0)
    }

    pub fn ahead(&self, n: usize) -> Option<char> {
        let at = self.at + n;
        if at < self.limit {
            self.chars.get(at).copied()
        } else {
            None
        }
    }

    /// The last character there is.
    pub fn last(&self) -> Option<char> {
        self.chars.get(self.at..self.limit)?.last().copied()
    }

    pub fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += 1;
        Some(c)
    }

    pub fn eat(&mut self, text: &str) -> bool {
        let found = text.chars().enumerate().all(|(i, c)| self.ahead(i) == Some(c));
        if found {
            self.at += text.chars().count();
        }
        found
    }

    pub fn space(&mut self) {
        self.while_is(char::is_whitespace);
    }

    pub fn while_is(&mut self, belongs: impl Fn(char) -> bool) -> String {
        let mut text = String::new();
        while let Some(c) = self.peek().filter(|c| belongs(*c)) {
            text.push(c);
            self.at += 1;
        }
        text
    }

    /// A name of a field or key.
    pub fn name(&mut self) -> String {
        self.while_is(is_name)
    }

    /// The name that stands here, without going on.
    pub fn word(&self) -> String {
        let rest = self.chars.get(self.at..self.limit).unwrap_or_default();
        rest.iter().copied().take_while(|c| is_name(*c)).collect()
    }

    pub fn since(&self, at: usize) -> Span {
        Span { at, end: self.at }
    }

    /// The token that stands here: a word, a sign; nothing at the end.
    pub fn token(&self) -> Span {
        let one = usize::from(self.peek().is_some());
        Span {
            at: self.at,
            end: self.at + self.word().chars().count().max(one),
        }
    }

    pub fn fault(&self, what: &'static str, says: impl Into<String>) -> Fault {
        self.token().fault(what, says)
    }

    /// For messages: what stands here.
    pub fn found(&self) -> String {
        let token = self.token();
        match self.chars.get(token.at..token.end) {
            Some([]) | None => "the end".to_owned(),
            Some(token) => format!("`{}`", token.iter().collect::<String>()),
        }
    }

    /// `"…"`, at the opening quote. `\"` and `\\` are the only escapes.
    pub fn quoted(&mut self) -> Result<String, Fault> {
        let at = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            match self.next() {
                Some('"') => return Ok(text),
                Some('\\') => match self.peek() {
                    Some(c @ ('"' | '\\')) => {
                        text.push(c);
                        self.at += 1;
                    }
                    _ => text.push('\\'),
                },
                Some(c) => text.push(c),
                None => {
                    return Err(self.since(at).fault(
                        "unclosed-quote",
                        "This quote is not closed. Put a \" at the end of the text; one inside it is written \\\".",
                    ));
                }
            }
        }
    }

    /// `%…%`, at the opening sign.
    pub fn regex(&mut self) -> Result<Regex, Fault> {
        let at = self.at;
        self.at += 1;
        let source = self.while_is(|c| c != '%');
        if !self.eat("%") {
            return Err(self.since(at).fault(
                "unclosed-regex",
                "This regex is not closed. Put a % behind it; a percent sign inside it is written \\x25.",
            ));
        }
        if source.is_empty() {
            return Err(self.since(at).fault(
                "empty-regex",
                "Nothing stands between the two percent signs. Write a regex there, or leave them out.",
            ));
        }
        Regex::compile(&source).map_err(|problem| match problem {
            regex::Problem::Character { at: offset, says } => Span {
                at: at + 1 + offset,
                end: at + 2 + offset,
            }
            .fault("regex-character", says),
            regex::Problem::Syntax(says) => Span {
                at: at + 1,
                end: self.at - 1,
            }
            .fault("regex-syntax", says),
        })
    }

    /// Characters up to white space, a joining word, or one of those that end it.
    pub fn bare(&mut self, ends: &[char]) -> String {
        let mut text = String::new();
        while let Some(c) = self.peek() {
            let joins = matches!(c, '&' | '|') && self.ahead(1) == Some(c);
            if c.is_whitespace() || joins || ends.contains(&c) {
                break;
            }
            text.push(c);
            self.at += 1;
        }
        text
    }

    /// What `=` and `!=` compare with.
    pub fn value(&mut self, ends: &[char]) -> Result<Value, Fault> {
        let at = self.at;
        let form = match self.peek() {
            Some('"') => Form::Quoted(self.quoted()?),
            Some('%') => Form::Regex(self.regex()?),
            Some('=') => {
                return Err(self.fault(
                    "expected-value",
                    "A value is expected behind the operator. Equality is written with one =.",
                ));
            }
            _ => Form::Bare(self.bare(ends)),
        };
        match form {
            Form::Bare(text) if text.is_empty() => Err(self.fault(
                "expected-value",
                format!(
                    "A value is expected here, not {}: a number, a text in quotes, or a %regex%.",
                    self.found()
                ),
            )),
            form => Ok(Value::new(form, self.since(at))),
        }
    }
}

pub fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '@' | ':' | '/')
}
