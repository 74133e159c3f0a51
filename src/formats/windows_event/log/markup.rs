//! Binary XML: tokens, templates that are written once a chunk, and values that are put into them.

use super::super::element::{Builder, Child, Element};
use super::{u16_at, u32_at, value};
use crate::base::hash::FastMap;
use std::rc::Rc;

/// Templates and markup inside of values, at most so deep.
const MAX_DEPTH: u32 = 8;
/// Elements inside of each other, at most.
const MAX_ELEMENTS: usize = 64;
/// Tokens and bytes of values of one record: a template that names itself, or one value a thousand times, would have no end.
const MAX_TOKENS: u32 = 50_000;
const MAX_BYTES: usize = 2 << 20;

const END_OF_FILE: u8 = 0x00;
const OPEN: u8 = 0x01;
const CLOSE_START: u8 = 0x02;
const CLOSE_EMPTY: u8 = 0x03;
const END_ELEMENT: u8 = 0x04;
const VALUE: u8 = 0x05;
const ATTRIBUTE: u8 = 0x06;
const CDATA: u8 = 0x07;
const CHARACTER: u8 = 0x08;
const ENTITY: u8 = 0x09;
const PI_TARGET: u8 = 0x0a;
const PI_DATA: u8 = 0x0b;
const TEMPLATE: u8 = 0x0c;
const SUBSTITUTION: u8 = 0x0d;
const OPTIONAL: u8 = 0x0e;
const FRAGMENT: u8 = 0x0f;
/// More of its kind follow, or attributes.
const MORE: u8 = 0x40;

type Fault = &'static str;
const SHORT: Fault = "record that ends inside its markup";
const ENDLESS: Fault = "record whose markup has no end";
const STRANGE: Fault = "record with markup that is not known";

/// Reads the markup of a chunk's records.
pub(super) struct Markup<'c> {
    chunk: &'c [u8],
    /// Names by where they stand.
    names: FastMap<u32, Rc<str>>,
    builder: Builder,
    tokens: u32,
    bytes: usize,
}

/// The values of a template's instance: type, and where they stand.
type Values = [(u8, usize, usize)];

/// A part of the chunk that is being read.
#[derive(Clone, Copy)]
struct Part<'v> {
    end: usize,
    values: &'v Values,
    /// Elements say which of them they depend on: in all markup but that inside of values.
    has_dependency: bool,
    depth: u32,
}

impl<'c> Markup<'c> {
    pub fn new(chunk: &'c [u8]) -> Markup<'c> {
        Markup {
            chunk,
            names: FastMap::default(),
            builder: Builder::default(),
            tokens: 0,
            bytes: 0,
        }
    }

    /// The element of the record whose markup this is.
    pub fn record(&mut self, at: usize, end: usize) -> Result<Element, Fault> {
        self.builder = Builder::default();
        self.tokens = 0;
        self.bytes = 0;
        let part = Part {
            end,
            values: &[],
            has_dependency: true,
            depth: 0,
        };
        self.part(at, part)?;
        if self.builder.depth() > 0 {
            return Err(SHORT);
        }
        self.builder.root.take().ok_or("record without markup")
    }

    fn u8(&self, at: usize, end: usize) -> Result<u8, Fault> {
        let byte = self.chunk.get(at).filter(|_| at < end);
        byte.copied().ok_or(SHORT)
    }

    fn u16(&self, at: usize) -> Result<u16, Fault> {
        u16_at(self.chunk, at).ok_or(SHORT)
    }

    fn u32(&self, at: usize) -> Result<u32, Fault> {
        u32_at(self.chunk, at).ok_or(SHORT)
    }

    /// Reads tokens up to the part's end; returns where it ended.
    fn part(&mut self, from: usize, part: Part<'_>) -> Result<usize, Fault> {
        if part.depth > MAX_DEPTH {
            return Err(ENDLESS);
        }
        let mut at = from;
        while at < part.end {
            self.tokens += 1;
            if self.tokens > MAX_TOKENS {
                return Err(ENDLESS);
            }
            let token = self.u8(at, part.end)?;
            at += 1;
            at = match token & !MORE {
                END_OF_FILE => return Ok(at),
                OPEN => self.open(at, token & MORE != 0, part)?,
                CLOSE_START => {
                    self.builder.content();
                    at
                }
                CLOSE_EMPTY | END_ELEMENT => {
                    self.builder.end();
                    at
                }
                VALUE => {
                    let ty = self.u8(at, part.end)?;
                    let (text, next) = self.text(at + 1)?;
                    if ty != 0x01 {
                        return Err(STRANGE);
                    }
                    self.put(Child::Text(text));
                    next
                }
                ATTRIBUTE => {
                    let (name, next) = self.name(at)?;
                    self.builder.attribute(name.to_string());
                    next
                }
                CDATA | PI_DATA => {
                    let (text, next) = self.text(at)?;
                    if token & !MORE == CDATA {
                        self.put(Child::Text(text));
                    }
                    next
                }
                CHARACTER => {
                    let c = char::from_u32(u32::from(self.u16(at)?));
                    self.put(Child::Text(c.unwrap_or(char::REPLACEMENT_CHARACTER).to_string()));
                    at + 2
                }
                ENTITY => {
                    let (name, next) = self.name(at)?;
                    let text = match &*name {
                        "lt" => "<",
                        "gt" => ">",
                        "amp" => "&",
                        "quot" => "\"",
                        "apos" => "'",
                        _ => return Err(STRANGE),
                    };
                    self.put(Child::Text(text.to_owned()));
                    next
                }
                PI_TARGET => self.name(at)?.1,
                TEMPLATE => self.template(at, part)?,
                SUBSTITUTION | OPTIONAL => {
                    let (index, _) = (self.u16(at)?, self.u8(at + 2, part.end)?);
                    self.substitute(usize::from(index), part)?;
                    at + 3
                }
                FRAGMENT => at + 3,
                _ => return Err(STRANGE),
            };
        }
        Ok(at)
    }

    /// The beginning of an element.
    fn open(&mut self, at: usize, has_attributes: bool, part: Part<'_>) -> Result<usize, Fault> {
        if self.builder.depth() >= MAX_ELEMENTS {
            return Err(ENDLESS);
        }
        let (usual, other) = match part.has_dependency {
            true => (at + 2, at),
            false => (at, at + 2),
        };
        // Forwarded events have none where others have.
        let at = match !self.is_element(usual, part.end) && self.is_element(other, part.end) {
            true => other,
            false => usual,
        };
        // The element's length stands before its name; its end is told by tokens as well.
        let (name, next) = self.name(at + 4)?;
        self.builder.begin(name.to_string());
        Ok(next + if has_attributes { 4 } else { 0 })
    }

    /// Can an element's length and name stand here?
    fn is_element(&self, at: usize, end: usize) -> bool {
        let (Ok(length), Ok(name)) = (self.u32(at), self.u32(at + 4)) else {
            return false;
        };
        let (length, name) = (length as usize, name as usize);
        name + 8 < self.chunk.len() && length >= 4 && length <= end.saturating_sub(at + 4)
    }

    /// A name, by where it stands; it may stand right here.
    fn name(&mut self, at: usize) -> Result<(Rc<str>, usize), Fault> {
        // Where the next name of the same hash stands, and the hash.
        const HEAD: usize = 6;
        let place = self.u32(at)?;
        let here = at + 4;
        let from = place as usize;
        let count = usize::from(self.u16(from.saturating_add(HEAD))?);
        let next = match from == here {
            true => here + HEAD + 2 + count * 2 + 2,
            false => here,
        };
        if let Some(name) = self.names.get(&place) {
            return Ok((name.clone(), next));
        }
        let text = self.chunk.get(from + HEAD + 2..from + HEAD + 2 + count * 2);
        let name: Rc<str> = value::wide(text.ok_or(SHORT)?).into();
        self.names.insert(place, name.clone());
        Ok((name, next))
    }

    /// A text with its length before it.
    fn text(&self, at: usize) -> Result<(String, usize), Fault> {
        let end = at + 2 + usize::from(self.u16(at)?) * 2;
        let bytes = self.chunk.get(at + 2..end).ok_or(SHORT)?;
        Ok((value::wide(bytes), end))
    }

    /// A template and the values for it.
    fn template(&mut self, at: usize, part: Part<'_>) -> Result<usize, Fault> {
        // The next template's place, the template's GUID, its length.
        const HEAD: usize = 24;
        const MOST_VALUES: usize = 4096;
        // A version and the template's number stand before.
        let place = self.u32(at + 5)? as usize;
        let here = at + 9;
        let length = self.u32(place.saturating_add(HEAD - 4))? as usize;
        let body = place.saturating_add(HEAD);
        let values_at = match place == here {
            true => body.saturating_add(length),
            false => here,
        };
        let count = self.u32(values_at)? as usize;
        if count > MOST_VALUES {
            return Err(STRANGE);
        }
        let described = values_at + 4;
        let mut from = described + count * 4;
        let mut values = Vec::with_capacity(count);
        for n in 0..count {
            let size = usize::from(self.u16(described + n * 4)?);
            let ty = self.u8(described + n * 4 + 2, self.chunk.len())?;
            let to = from + size;
            if to > part.end {
                return Err(SHORT);
            }
            values.push((ty, from, to));
            from = to;
        }
        let inside = Part {
            end: body.saturating_add(length).min(self.chunk.len()),
            values: &values,
            has_dependency: true,
            depth: part.depth + 1,
        };
        self.part(body, inside)?;
        Ok(from)
    }

    fn substitute(&mut self, index: usize, part: Part<'_>) -> Result<(), Fault> {
        // A value that the instance leaves out is none.
        let Some(&(ty, from, to)) = part.values.get(index) else {
            return Ok(());
        };
        self.bytes += to - from;
        if self.bytes > MAX_BYTES {
            return Err(ENDLESS);
        }
        if ty == value::MARKUP {
            let inside = Part {
                end: to,
                values: &[],
                has_dependency: false,
                depth: part.depth + 1,
            };
            self.part(from, inside)?;
            return Ok(());
        }
        let bytes = self.chunk.get(from..to).ok_or(SHORT)?;
        if let Some(child) = value::read(ty, bytes)? {
            self.put(child);
        }
        Ok(())
    }

    fn put(&mut self, child: Child) {
        self.builder.put(child);
    }
}
