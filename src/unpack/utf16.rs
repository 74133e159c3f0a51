//! UTF-16 text, as spreadsheets and PowerShell save it: given out as UTF-8, a mark of the byte order taken off.
//!
//! It is a layer like a compressed stream: what is told of places inside the member counts bytes of the UTF-8 text.

use super::decoder::{Codec, Decoded, State};
use super::error::ErrorKind;

pub(super) struct Utf16 {
    big_endian: bool,
    /// The mark has been passed.
    begun: bool,
    /// Text that had no room yet: a character's bytes may be asked for one by one.
    held: Vec<u8>,
    /// Halves of characters without their other half.
    lone: u64,
}

/// What it is called among a member's containers.
pub const NAME: &str = "UTF-16";
const MARK: usize = 2;

impl Utf16 {
    pub fn new(head: &[u8]) -> Self {
        Utf16 {
            big_endian: head.starts_with(&[0xfe, 0xff]),
            begun: false,
            held: Vec::new(),
            lone: 0,
        }
    }

    /// A byte order mark, and then characters that stand in texts: other data may begin with these two bytes.
    pub fn starts(head: &[u8]) -> bool {
        let big_endian = match head {
            [0xff, 0xfe, ..] => false,
            [0xfe, 0xff, ..] => true,
            _ => return false,
        };
        let rest = head.get(MARK..).unwrap_or_default();
        let units: Vec<u16> = (rest.chunks_exact(2))
            .map(|pair| unit(pair, big_endian))
            .collect();
        // A pair may be cut where the head ends.
        let whole = match units.split_last() {
            Some((last, before)) if is_first(*last) => before,
            _ => &units,
        };
        let control = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\x0c' | '\x1b');
        char::decode_utf16(whole.iter().copied()).all(|c| c.is_ok_and(|c| !control(c)))
    }
}

impl Utf16 {
    /// The first character and how many bytes it takes; `None` where more of the input is needed. Half a character
    /// becomes the sign for one that can not be read.
    fn next(&mut self, input: &[u8], last: bool) -> Option<(char, usize)> {
        let at = |n: usize| Some(unit(input.get(n..n + 2)?, self.big_endian));
        let first = at(0)?;
        if !is_first(first) && !is_second(first) {
            return Some((char::from_u32(first.into())?, 2));
        }
        let second = at(2);
        if is_first(first) && second.is_none() && !last {
            return None;
        }
        let pair = [first, second.unwrap_or_default()];
        if let Some(Ok(c)) = char::decode_utf16(pair).next() {
            return Some((c, 4));
        }
        self.lone += 1;
        Some((char::REPLACEMENT_CHARACTER, 2))
    }
}

fn unit(pair: &[u8], big_endian: bool) -> u16 {
    match (pair, big_endian) {
        (&[a, b], true) => u16::from_be_bytes([a, b]),
        (&[a, b], false) => u16::from_le_bytes([a, b]),
        _ => 0,
    }
}

fn is_first(unit: u16) -> bool {
    (0xd800..0xdc00).contains(&unit)
}

fn is_second(unit: u16) -> bool {
    (0xdc00..0xe000).contains(&unit)
}

impl Codec for Utf16 {
    fn name(&self) -> &'static str {
        NAME
    }

    fn decode(
        &mut self,
        input: &[u8],
        last: bool,
        out: &mut Vec<u8>,
        max: usize,
    ) -> Result<Decoded, ErrorKind> {
        let mut used = 0;
        if !self.begun && input.len() >= MARK {
            self.begun = true;
            used = MARK;
        }
        while self.begun && self.held.len() < max {
            let Some((c, taken)) = self.next(input.get(used..).unwrap_or_default(), last) else {
                break;
            };
            self.held.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            used += taken;
        }
        let given = self.held.len().min(max);
        out.extend(self.held.drain(..given));
        let left = input.len().saturating_sub(used);
        let state = match left {
            _ if used > 0 || given > 0 => State::Going,
            _ if !last => State::Starved,
            0 if self.lone > 0 => return Err(ErrorKind::BrokenText { halves: self.lone }),
            0 => State::Ended { sound: true },
            _ => return Err(ErrorKind::OddByte),
        };
        Ok(Decoded { used, state })
    }

    fn restart(&mut self, _input: &[u8]) -> bool {
        false
    }
}
