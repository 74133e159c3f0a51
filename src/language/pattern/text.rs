//! Text patterns: `ERROR -DEBUG "connection lost"` (FilterAndPatternSyntax, "unstructured log events").

use super::cursor::{Cursor, Span};
use super::regex::Regex;
use super::value::quote;
use crate::language::Fault;
use memchr::memmem::Finder;
use std::fmt;

/// Terms in the order of the text; none matches every event.
#[derive(Clone, Debug)]
pub struct TextPattern {
    pub terms: Vec<Term>,
}

#[derive(Clone, Debug)]
pub struct Term {
    pub sign: Sign,
    pub content: Content,
    /// Without the sign.
    pub span: Span,
    finder: Finder<'static>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// The message contains it.
    Required,
    /// `?`: one of these is enough; without any meaning beside a term of another kind.
    Optional,
    /// `-`: the message does not contain it.
    Excluded,
}

#[derive(Clone, Debug)]
pub enum Content {
    /// Without quotes.
    Word(String),
    /// In quotes; here without them and their escapes.
    Quoted(String),
    Regex(Regex),
}

impl TextPattern {
    pub(super) fn read(cursor: &mut Cursor) -> Result<Self, Fault> {
        let mut terms = Vec::new();
        cursor.space();
        while cursor.peek().is_some() {
            terms.push(Term::read(cursor)?);
            cursor.space();
        }
        Ok(TextPattern { terms })
    }

    /// Whether every term is optional, so that one of them has to be found.
    pub fn is_choice(&self) -> bool {
        !self.terms.is_empty() && self.terms.iter().all(|t| t.sign == Sign::Optional)
    }

    /// Nothing is asked: no term, or only white space in quotes.
    pub fn is_everything(&self) -> bool {
        match self.terms.as_slice() {
            [] => true,
            [term] => match &term.content {
                Content::Quoted(text) => term.sign == Sign::Required && text.trim().is_empty(),
                _ => false,
            },
            _ => false,
        }
    }

    pub fn matches(&self, message: &str) -> bool {
        if self.is_everything() {
            return true;
        }
        if self.is_choice() {
            return self.terms.iter().any(|t| t.is_in(message));
        }
        self.terms.iter().all(|term| match term.sign {
            Sign::Required => term.is_in(message),
            Sign::Optional => true,
            Sign::Excluded => !term.is_in(message),
        })
    }

    /// AWS asks for quotes around anything but letters, digits and `_`.
    pub(super) fn warnings(&self) -> Vec<Fault> {
        let plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        self.terms
            .iter()
            .filter_map(|term| match &term.content {
                Content::Word(word) if !plain(word) => Some(term.span.fault(
                    "quote-term",
                    format!("AWS asks for quotes around a term with other characters than letters, digits and _: write {}.", quote(word)),
                )),
                _ => None,
            })
            .collect()
    }
}

impl Term {
    fn read(cursor: &mut Cursor) -> Result<Term, Fault> {
        let start = cursor.at;
        let sign = match cursor.peek() {
            Some('?') => Sign::Optional,
            Some('-') => Sign::Excluded,
            _ => Sign::Required,
        };
        if sign != Sign::Required {
            cursor.next();
            cursor.space();
        }
        let at = cursor.at;
        let content = match cursor.peek() {
            None => {
                let sign = Span {
                    at: start,
                    end: start + 1,
                };
                return Err(sign.fault(
                    "expected-term",
                    "A term is expected behind this sign. A sign that is meant itself stands in quotes.",
                ));
            }
            Some('"') => Content::Quoted(cursor.quoted()?),
            Some('%') => Content::Regex(cursor.regex()?),
            Some(c @ ('?' | '-' | '*')) => {
                let sign = Span { at, end: at + 1 };
                return Err(sign.fault(
                    "expected-term",
                    format!("A term can not begin with {c}. Put it in quotes."),
                ));
            }
            Some(_) => Content::Word(cursor.while_is(|c| !c.is_whitespace())),
        };
        let finder = match &content {
            Content::Word(text) | Content::Quoted(text) => Finder::new(text).into_owned(),
            Content::Regex(_) => Finder::new("").into_owned(),
        };
        Ok(Term {
            sign,
            content,
            span: cursor.since(at),
            finder,
        })
    }

    /// Whether the message contains it, whatever its sign.
    pub fn is_in(&self, message: &str) -> bool {
        match &self.content {
            Content::Regex(regex) => regex.is_in(message),
            Content::Word(_) | Content::Quoted(_) => self.finder.find(message.as_bytes()).is_some(),
        }
    }

    pub fn regex(&self) -> Option<&Regex> {
        match &self.content {
            Content::Regex(regex) => Some(regex),
            _ => None,
        }
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.sign {
            Sign::Required => "",
            Sign::Optional => "?",
            Sign::Excluded => "-",
        })?;
        match &self.content {
            Content::Word(word) => f.write_str(word),
            Content::Quoted(text) => f.write_str(&quote(text)),
            Content::Regex(regex) => write!(f, "%{}%", regex.source()),
        }
    }
}

impl fmt::Display for TextPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, term) in self.terms.iter().enumerate() {
            if i > 0 {
                f.write_str(" ")?;
            }
            term.fmt(f)?;
        }
        Ok(())
    }
}
