//! A JSON text gone over once: every value's kind and place, in the order of the text.

use super::{JsonError, MAX_DEPTH, Problem};
use std::borrow::Cow;
use std::collections::HashMap;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Null,
    True,
    False,
    Number,
    /// A string without escapes.
    Plain,
    /// A string with escapes.
    Escaped,
    Array,
    Object,
}

/// A string's place is that between its quotes.
#[derive(Clone, Copy, Debug)]
struct Entry {
    kind: Kind,
    at: u32,
    end: u32,
    /// The entry behind this one and everything inside it.
    next: u32,
}

/// The values of one text. An object's keys and values alternate.
#[derive(Clone, Debug)]
pub struct Tape<'t> {
    text: &'t str,
    entries: Vec<Entry>,
}

/// A value on a tape.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    tape: &'a Tape<'a>,
    at: u32,
    entry: Entry,
}

impl<'t> Tape<'t> {
    /// Goes over a text that is one JSON value, with white space around it or not.
    pub fn read(text: &'t str) -> Result<Self, JsonError> {
        if u32::try_from(text.len()).is_err() {
            return Err(JsonError {
                at: 0,
                problem: Problem::TooLong,
            });
        }
        let mut reader = Reader {
            bytes: text.as_bytes(),
            at: 0,
            entries: Vec::with_capacity(text.len() / 12 + 2),
        };
        reader.document()?;
        Ok(Tape {
            text,
            entries: reader.entries,
        })
    }

    /// The whole value. A tape that was read always has one.
    pub fn root(&self) -> Option<Item<'_>> {
        self.item(0)
    }

    fn item(&self, at: u32) -> Option<Item<'_>> {
        let entry = *self.entries.get(at as usize)?;
        Some(Item {
            tape: self,
            at,
            entry,
        })
    }
}

impl<'a> Item<'a> {
    pub fn kind(self) -> Kind {
        self.entry.kind
    }

    /// The text of the source: a number's digits; a string without its quotes, escapes as they are.
    pub fn source(self) -> &'a str {
        self.tape
            .text
            .get(self.entry.at as usize..self.entry.end as usize)
            .unwrap_or_default()
    }

    /// A string's text, escapes replaced.
    pub fn text(self) -> Cow<'a, str> {
        match self.entry.kind {
            Kind::Escaped => Cow::Owned(unescaped(self.source())),
            _ => Cow::Borrowed(self.source()),
        }
    }

    fn is(self, text: &str) -> bool {
        match self.entry.kind {
            Kind::Escaped => unescaped(self.source()) == text,
            _ => self.source() == text,
        }
    }

    /// An array's elements; nothing for any other value.
    pub fn elements(self) -> Elements<'a> {
        let inside = self.entry.kind == Kind::Array;
        Elements {
            tape: self.tape,
            at: self.at + 1,
            end: if inside { self.entry.next } else { 0 },
        }
    }

    /// An object's keys and values, equal keys all of them; nothing for any other value.
    pub fn members(self) -> Members<'a> {
        let inside = self.entry.kind == Kind::Object;
        Members(Elements {
            tape: self.tape,
            at: self.at + 1,
            end: if inside { self.entry.next } else { 0 },
        })
    }

    /// The value of a key: of equal ones the last.
    pub fn get(self, key: &str) -> Option<Item<'a>> {
        self.members()
            .filter(|(k, _)| k.is(key))
            .last()
            .map(|(_, value)| value)
    }

    /// An object's values without those that a later equal key replaces.
    pub fn values(self) -> impl Iterator<Item = Item<'a>> {
        let mut last: HashMap<Cow<'a, str>, u32> = HashMap::new();
        for (key, value) in self.members() {
            last.insert(key.text(), value.at);
        }
        self.members()
            .filter(move |(key, value)| last.get(&key.text()) == Some(&value.at))
            .map(|(_, value)| value)
    }
}

/// What stands inside an array.
pub struct Elements<'a> {
    tape: &'a Tape<'a>,
    at: u32,
    end: u32,
}

impl<'a> Iterator for Elements<'a> {
    type Item = Item<'a>;

    fn next(&mut self) -> Option<Item<'a>> {
        if self.at >= self.end {
            return None;
        }
        let item = self.tape.item(self.at)?;
        self.at = item.entry.next;
        Some(item)
    }
}

/// The keys of an object, each with its value.
pub struct Members<'a>(Elements<'a>);

impl<'a> Iterator for Members<'a> {
    type Item = (Item<'a>, Item<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        Some((self.0.next()?, self.0.next()?))
    }
}

/// A string that was read, so every escape is one.
fn unescaped(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some((plain, escape)) = rest.split_once('\\') {
        out.push_str(plain);
        let mut chars = escape.chars();
        match chars.next() {
            Some('b') => out.push('\x08'),
            Some('f') => out.push('\x0c'),
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some('u') => {
                let unit = |at: usize| u32::from_str_radix(escape.get(at..at + 4)?, 16).ok();
                let high = unit(1).unwrap_or_default();
                let (code, width) = match (high, unit(7)) {
                    (0xd800..=0xdbff, Some(low)) => (0x1_0000 + ((high & 0x3ff) << 10) + (low & 0x3ff), 11),
                    _ => (high, 5),
                };
                out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                rest = escape.get(width..).unwrap_or_default();
                continue;
            }
            Some(itself) => out.push(itself),
            None => {}
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
    out
}

struct Reader<'t> {
    bytes: &'t [u8],
    at: usize,
    entries: Vec<Entry>,
}

type Read<T> = Result<T, JsonError>;

impl Reader<'_> {
    fn fail<T>(&self, problem: Problem) -> Read<T> {
        let problem = if self.at >= self.bytes.len() {
            Problem::End
        } else {
            problem
        };
        Err(JsonError { at: self.at, problem })
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// The next byte that is no white space.
    fn token(&mut self) -> Option<u8> {
        while let Some(byte) = self.peek() {
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                return Some(byte);
            }
            self.at += 1;
        }
        None
    }

    fn push(&mut self, kind: Kind, at: usize, end: usize) {
        let next = self.entries.len() as u32 + 1;
        self.entries.push(Entry {
            kind,
            at: at as u32,
            end: end as u32,
            next,
        });
    }

    /// Without recursion: `open` holds the entries of what is not closed yet.
    fn document(&mut self) -> Read<()> {
        let mut open: Vec<usize> = Vec::new();
        loop {
            let Some(byte) = self.token() else {
                return self.fail(Problem::End);
            };
            let opened = match byte {
                b'{' | b'[' => {
                    if open.len() >= MAX_DEPTH {
                        return self.fail(Problem::TooDeep);
                    }
                    open.push(self.entries.len());
                    let kind = if byte == b'{' { Kind::Object } else { Kind::Array };
                    self.push(kind, self.at, self.at + 1);
                    self.at += 1;
                    true
                }
                _ => {
                    self.scalar(byte)?;
                    false
                }
            };
            if !self.onward(&mut open, opened)? {
                break;
            }
        }
        match self.token() {
            None => Ok(()),
            Some(_) => self.fail(Problem::Unexpected),
        }
    }

    /// Behind a value or an opening bracket: closes what ends here and goes on to the next value. False at the end.
    fn onward(&mut self, open: &mut Vec<usize>, mut opened: bool) -> Read<bool> {
        loop {
            let Some(&inside) = open.last() else {
                return Ok(false);
            };
            let object = self.entries.get(inside).is_some_and(|e| e.kind == Kind::Object);
            let closing = if object { b'}' } else { b']' };
            match self.token() {
                Some(byte) if byte == closing => {
                    self.at += 1;
                    let (end, next) = (self.at as u32, self.entries.len() as u32);
                    if let Some(entry) = self.entries.get_mut(inside) {
                        (entry.end, entry.next) = (end, next);
                    }
                    open.pop();
                    opened = false;
                    continue;
                }
                Some(b',') if !opened => self.at += 1,
                Some(_) if opened => {}
                _ => return self.fail(Problem::Unexpected),
            }
            if object {
                if self.token() != Some(b'"') {
                    return self.fail(Problem::Unexpected);
                }
                self.string()?;
                if self.token() != Some(b':') {
                    return self.fail(Problem::Unexpected);
                }
                self.at += 1;
            }
            return Ok(true);
        }
    }

    fn scalar(&mut self, byte: u8) -> Read<()> {
        match byte {
            b'"' => self.string(),
            b'n' => self.word(b"null", Kind::Null),
            b't' => self.word(b"true", Kind::True),
            b'f' => self.word(b"false", Kind::False),
            b'-' | b'0'..=b'9' => self.number(),
            _ => self.fail(Problem::Unexpected),
        }
    }

    fn word(&mut self, word: &[u8], kind: Kind) -> Read<()> {
        let at = self.at;
        for expected in word {
            if self.peek() != Some(*expected) {
                return self.fail(Problem::Unexpected);
            }
            self.at += 1;
        }
        self.push(kind, at, self.at);
        Ok(())
    }

    fn digits(&mut self) -> Read<()> {
        if !self.peek().is_some_and(|b| b.is_ascii_digit()) {
            return self.fail(Problem::Number);
        }
        while self.peek().is_some_and(|b| b.is_ascii_digit()) {
            self.at += 1;
        }
        Ok(())
    }

    fn number(&mut self) -> Read<()> {
        let at = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
            if self.peek().is_some_and(|b| b.is_ascii_digit()) {
                return self.fail(Problem::Number);
            }
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        self.push(Kind::Number, at, self.at);
        Ok(())
    }

    fn string(&mut self) -> Read<()> {
        self.at += 1;
        let at = self.at;
        let mut kind = Kind::Plain;
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            let special = rest.iter().position(|b| matches!(b, b'"' | b'\\' | 0..=0x1f));
            self.at += special.unwrap_or(rest.len());
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => {
                    kind = Kind::Escaped;
                    self.at += 1;
                    self.escape()?;
                }
                _ => return self.fail(Problem::Control),
            }
        }
        self.push(kind, at, self.at);
        self.at += 1;
        Ok(())
    }

    fn escape(&mut self) -> Read<()> {
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.at += 1;
                Ok(())
            }
            Some(b'u') => {
                self.at += 1;
                match self.unit()? {
                    0xd800..=0xdbff => {
                        if self.bytes.get(self.at..self.at + 2) != Some(b"\\u") {
                            return self.fail(Problem::Escape);
                        }
                        self.at += 2;
                        match self.unit()? {
                            0xdc00..=0xdfff => Ok(()),
                            _ => self.fail(Problem::Escape),
                        }
                    }
                    0xdc00..=0xdfff => self.fail(Problem::Escape),
                    _ => Ok(()),
                }
            }
            _ => self.fail(Problem::Escape),
        }
    }

    fn unit(&mut self) -> Read<u32> {
        let mut unit = 0;
        for _ in 0..4 {
            let Some(digit) = self.peek().and_then(|b| char::from(b).to_digit(16)) else {
                return self.fail(Problem::Escape);
            };
            unit = unit << 4 | digit;
            self.at += 1;
        }
        Ok(unit)
    }
}
