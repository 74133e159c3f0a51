//! Marks in a compressed stream: places where unpacking can begin again without what comes before.
//!
//! A deflate block ([RFC 1951](https://www.rfc-editor.org/rfc/rfc1951)) refers back over at most 32 KiB, and begins at any
//! bit. So a mark is a bit in the packed stream and the 32 KiB unpacked before it; or the first byte of a gzip member
//! ([RFC 1952](https://www.rfc-editor.org/rfc/rfc1952)), which needs nothing.
//!
//! zlib-rs stops between blocks when asked to, but says only up to which byte it has read, not how many bits of that
//! byte were left over. There are eight answers, and they are tried: from the right one the very bytes come out that
//! the stream goes on with. A mark is kept when of all eight exactly one does so; it is then the right one.
//!
//! Fast compressors (zlib-ng's level 1) write one block without end, in the codes that the RFC fixes. There any symbol will
//! do: when zlib-rs has used up what it was given, the symbol it waits for began at most 31 bits before. An empty
//! header of such a block leads to it.

use super::error::ErrorKind;
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use zlib_rs::{Inflate, InflateFlush, Status};

/// Unpacked bytes between two marks, at first: some 30 ms of unpacking in a browser.
pub(super) const SPACING: u64 = 8 << 20;
/// More marks than this in one stream, …
const MOST_MARKS: usize = 512;
/// … or more memory for them (bytes), and every other one is dropped: 2 MiB suffice for 1 GiB even if no window packs.
const MOST_BYTES: usize = 2 << 20;
/// How far back a block may refer (bytes).
pub(super) const WINDOW: usize = 32 << 10;
/// How much has to come out of a trial (bytes).
const TRIAL: usize = 1024;
/// The longest symbol of a block with fixed codes but for its last bit: 8 bits and 5 more for a length, 5 and 13 for a
/// distance.
const MOST_SYMBOL_BITS: u8 = 30;
/// So many bytes are read up to a pause.
const PAUSE: usize = 64;
/// After a trial that told nothing, the next one is made this part of the spacing later.
const RETRY: u64 = 64;

/// How the stream is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Gzip,
    Deflate,
}

#[derive(Clone, Debug)]
pub(super) struct Mark {
    /// Bytes unpacked before it.
    pub unpacked: u64,
    /// The byte of the packed stream that unpacking begins with.
    pub packed: u64,
    pub at: At,
}

#[derive(Clone, Debug)]
pub(super) enum At {
    /// The first byte of a gzip member.
    Member,
    /// A block, or a symbol inside one.
    Block {
        bit: Bit,
        /// What it may refer back to, deflated.
        window: Arc<[u8]>,
    },
}

/// Which bit it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bit {
    /// So many bits of the first byte belong to what came before (0 to 7).
    pub taken: u8,
    /// It is inside a block with fixed codes; is that the last block?
    pub inside: Option<bool>,
}

impl Bit {
    /// So many bits before the end of a byte.
    fn back(bits: u8, inside: Option<bool>) -> Self {
        let taken = (8 - bits % 8) % 8;
        Bit { taken, inside }
    }
}

impl Mark {
    fn memory(&self) -> usize {
        size_of::<Mark>()
            + match &self.at {
                At::Member => 0,
                At::Block { window, .. } => window.len(),
            }
    }
}

/// The marks of one stream. Whoever unpacks it adds to them while others look.
#[derive(Debug)]
pub(super) struct Marks {
    pub method: Method,
    /// Where the packed stream begins in the item (bytes).
    pub start: u64,
    list: Mutex<List>,
}

#[derive(Debug)]
struct List {
    spacing: u64,
    /// Ascending.
    marks: Vec<Mark>,
    bytes: usize,
}

impl Marks {
    pub fn new(method: Method, start: u64, spacing: u64) -> Arc<Self> {
        let list = List {
            spacing,
            marks: Vec::new(),
            bytes: 0,
        };
        Arc::new(Marks {
            method,
            start,
            list: Mutex::new(list),
        })
    }

    fn list(&self) -> MutexGuard<'_, List> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The last one at or before an unpacked offset; none is the beginning.
    pub fn before(&self, unpacked: u64) -> Option<Mark> {
        let list = self.list();
        let after = list.marks.partition_point(|m| m.unpacked <= unpacked);
        list.marks.get(after.checked_sub(1)?).cloned()
    }

    /// How many there are.
    #[cfg(test)]
    pub fn count(&self) -> usize {
        self.list().marks.len()
    }

    /// Bytes of memory.
    pub fn memory(&self) -> usize {
        size_of::<Self>() + self.list().bytes
    }

    /// Adds one that lies behind all others: after how many unpacked bytes the next one is wanted.
    fn push(&self, mark: Mark) -> u64 {
        let mut list = self.list();
        list.bytes += mark.memory();
        list.marks.push(mark);
        if list.marks.len() > MOST_MARKS || list.bytes > MOST_BYTES {
            list.spacing *= 2;
            let mut at = 0;
            list.marks.retain(|_| {
                at += 1;
                at % 2 == 0
            });
            list.bytes = list.marks.iter().map(Mark::memory).sum();
        }
        list.spacing
    }
}

/// Makes marks while a stream is unpacked.
pub(super) struct Marker {
    marks: Arc<Marks>,
    /// Where the next mark is wanted (unpacked bytes).
    due: u64,
    /// What was unpacked last, from when a mark was due.
    tail: Vec<u8>,
    trial: Option<Trial>,
    /// The member's first block has fixed codes and goes on; is it the last one?
    fixed: Option<bool>,
    /// Its header has been read.
    opened: bool,
}

/// A place where unpacking has paused, until it is known which bit it is.
struct Trial {
    unpacked: u64,
    /// The first byte that was not read.
    packed: u64,
    inside: Option<bool>,
    window: Vec<u8>,
    /// Bits before that byte, and what came out from there on.
    tries: Vec<(u8, Outcome)>,
    /// So much came out of the stream since.
    seen: usize,
}

struct Outcome {
    bytes: Vec<u8>,
    /// It came to an end before enough was there.
    ended: bool,
}

impl Marker {
    pub fn new(marks: Arc<Marks>) -> Self {
        let due = marks.list().spacing;
        Marker {
            marks,
            due,
            tail: Vec::new(),
            trial: None,
            fixed: None,
            opened: false,
        }
    }

    /// The first byte of deflate data, the header of a block in its lowest bits.
    pub fn begins(&mut self, byte: u8) {
        self.fixed = (byte & 0b110 == 0b010).then_some(byte & 1 == 1);
        self.opened = false;
    }

    /// Where unpacking is to stop. To be sure of being inside the first block, the header of another is not missed.
    pub fn flush(&self) -> InflateFlush {
        match self.fixed {
            Some(_) => InflateFlush::Trees,
            None if self.wants_block() => InflateFlush::Block,
            None => InflateFlush::NoFlush,
        }
    }

    /// It may have gone on to another block.
    pub fn lost(&mut self) {
        self.fixed = None;
    }

    /// Blocks may never end: a pause after so many bytes of the input is of use.
    pub fn wants_pause(&self, input: &[u8]) -> Option<usize> {
        // A literal has at most 9 bits.
        let enough = input.len() >= PAUSE + 2 * TRIAL;
        (enough && self.fixed.is_some() && self.wants_block()).then_some(PAUSE)
    }

    /// A stop between two blocks is of use.
    fn wants_block(&self) -> bool {
        self.trial.is_none() && self.tail.len() >= WINDOW
    }

    /// `new` was unpacked, which makes `unpacked` bytes.
    pub fn unpacked(&mut self, new: &[u8], unpacked: u64) {
        if let Some(trial) = &mut self.trial {
            trial.compare(new);
            if trial.seen >= TRIAL {
                self.decide(unpacked);
            }
        } else if unpacked >= self.due {
            let new = new.get(new.len().saturating_sub(WINDOW)..).unwrap_or_default();
            self.tail.extend_from_slice(new);
            if self.tail.len() > 4 * WINDOW {
                self.tail.drain(..self.tail.len() - WINDOW);
            }
        }
    }

    fn decide(&mut self, unpacked: u64) {
        self.due = unpacked + self.marks.list().spacing / RETRY;
        let Some(mut trial) = self.trial.take() else {
            return;
        };
        // One that has ended did so before the stream did.
        trial.tries.retain(|(_, o)| !o.ended);
        let [(back, outcome)] = trial.tries.as_slice() else {
            return;
        };
        if outcome.bytes.len() < TRIAL {
            return;
        }
        let bit = Bit::back(*back, trial.inside);
        let Some(window) = pack(&trial.window) else { return };
        self.due = trial.unpacked
            + self.marks.push(Mark {
                unpacked: trial.unpacked,
                packed: trial.packed - u64::from(back.div_ceil(8)),
                at: At::Block { bit, window },
            });
    }

    /// Unpacking has stopped between two blocks: `packed` bytes were read, `before` are the last of them, `rest` follows.
    pub fn block(&mut self, packed: u64, unpacked: u64, before: &[u8], rest: &[u8]) {
        self.lost();
        self.attempt(packed, unpacked, before, rest, 7);
    }

    /// It has stopped and nothing came out: behind the header of a block, if headers are looked out for.
    pub fn nothing(&mut self) {
        // Of the first one that was to be expected.
        if std::mem::replace(&mut self.opened, true) {
            self.lost();
        }
    }

    /// It has paused because the input was used up, inside the first block.
    pub fn pause(&mut self, packed: u64, unpacked: u64, before: &[u8], rest: &[u8]) {
        if self.fixed.is_some() {
            self.attempt(packed, unpacked, before, rest, MOST_SYMBOL_BITS);
        }
    }

    /// Tries all bits from `most_back` before `rest` on.
    fn attempt(&mut self, packed: u64, unpacked: u64, before: &[u8], rest: &[u8], most_back: u8) {
        if !self.wants_block() || before.len() < usize::from(most_back).div_ceil(8) {
            return;
        }
        let mut window = std::mem::take(&mut self.tail);
        window.drain(..window.len().saturating_sub(WINDOW));
        let mut inflate = Inflate::new(false, 15);
        let tries = (0..=most_back).filter_map(|back| {
            let bytes = before.get(before.len() - usize::from(back.div_ceil(8))..)?;
            let outcome = attempt(&mut inflate, &window, Bit::back(back, self.fixed), bytes, rest)?;
            Some((back, outcome))
        });
        self.trial = Some(Trial {
            unpacked,
            packed,
            inside: self.fixed,
            tries: tries.collect(),
            window,
            seen: 0,
        });
    }

    /// The stream that was unpacked has ended.
    pub fn end(&mut self) {
        self.trial = None;
        self.fixed = None;
        self.tail.clear();
    }

    /// A gzip member begins.
    pub fn member(&mut self, packed: u64, unpacked: u64) {
        self.end();
        if unpacked >= self.due {
            self.due = unpacked
                + self.marks.push(Mark {
                    unpacked,
                    packed,
                    at: At::Member,
                });
        }
    }
}

impl Trial {
    /// Gives up the tries that said something else.
    fn compare(&mut self, new: &[u8]) {
        let seen = self.seen;
        self.tries.retain(|(_, o)| {
            let said = o.bytes.get(seen..).unwrap_or_default();
            let n = said.len().min(new.len());
            said[..n] == new[..n]
        });
        self.seen += new.len();
    }
}

/// What comes out from this bit of `before` on, which `rest` follows; `None` if it is no deflate data.
fn attempt(inflate: &mut Inflate, window: &[u8], bit: Bit, before: &[u8], rest: &[u8]) -> Option<Outcome> {
    inflate.reset(false);
    if !window.is_empty() {
        inflate.set_dictionary(window).ok()?;
    }
    let lead = before.first().copied();
    let led = lead_to(inflate, bit, lead).ok()?;
    let mut bytes = vec![0; TRIAL];
    let mut made = 0;
    for input in [before.get(led..).unwrap_or_default(), rest] {
        let mut used = 0;
        loop {
            let was = (inflate.total_in(), inflate.total_out());
            let status = inflate.decompress(&input[used..], &mut bytes[made..], InflateFlush::NoFlush);
            let status = status.ok()?;
            used += (inflate.total_in() - was.0) as usize;
            made += (inflate.total_out() - was.1) as usize;
            let ended = status == Status::StreamEnd;
            if ended || made >= TRIAL {
                bytes.truncate(made);
                let ended = ended && made < TRIAL;
                return Some(Outcome { bytes, ended });
            }
            if was == (inflate.total_in(), inflate.total_out()) || used >= input.len() {
                break;
            }
        }
    }
    bytes.truncate(made);
    let ended = false;
    Some(Outcome { bytes, ended })
}

/// Gets a raw inflate that knows its window ready to go on at a bit. `first`: the byte it is in, of which no more is to be
/// given then; returns whether it was needed, as its length.
pub(super) fn lead_to(inflate: &mut Inflate, bit: Bit, first: Option<u8>) -> Result<usize, ErrorKind> {
    let broken = ErrorKind::Corrupt("no deflate data");
    let first = match (bit.taken, first) {
        (0, _) => None,
        (_, Some(first)) => Some(first),
        (_, None) => return Err(broken),
    };
    let input = led(bit, first.unwrap_or(0));
    let mut used = 0;
    while used < input.len() {
        let before = inflate.total_in();
        // So few bits are no literal: nothing comes out.
        let status = inflate.decompress(&input[used..], &mut [0; 8], InflateFlush::NoFlush);
        let new = (inflate.total_in() - before) as usize;
        if status.is_err() || new == 0 {
            return Err(broken);
        }
        used += new;
    }
    Ok(usize::from(first.is_some()))
}

/// Empty blocks, and the header of a block that is gone into, that end `bit.taken` bits into their last byte, whose
/// other bits are those of `byte`.
///
/// zlib-rs begins with whole bytes. An empty block with fixed codes has 10 bits, so a few of them move everything by 2, 4
/// or 6 bits; an empty block with codes of its own can be made 91 bits long, which is odd.
fn led(bit: Bit, byte: u8) -> Vec<u8> {
    let mut bits = Bits::default();
    let header = if bit.inside.is_some() { 3 } else { 0 };
    let shift = usize::from(bit.taken + 8 - header) % 8;
    if shift % 2 == 1 {
        bits.push(0b100, 3); // Not the last; dynamic codes.
        bits.push(0, 5); // 257 literal and length codes,
        bits.push(0, 5); // one distance code,
        bits.push(14, 4); // 18 lengths of the codes of lengths, in the RFC's order:
        for symbol in [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1] {
            // 1 has the code 0, 18 (zeros: 11 and seven bits more) the code 1.
            bits.push(u32::from(symbol == 18 || symbol == 1), 3);
        }
        bits.push(0, 1); // The first literal has one bit,
        bits.push(1, 1);
        bits.push(138 - 11, 7);
        bits.push(1, 1);
        bits.push(117 - 11, 7); // the other 255 none,
        bits.push(0, 1); // the end of the block one bit,
        bits.push(0, 1); // and the distance as well.
        bits.push(1, 1); // The end of the block.
    }
    while bits.len % 8 != shift {
        bits.push(0b010, 3); // Not the last; fixed codes.
        bits.push(0, 7); // The end of the block.
    }
    if let Some(last) = bit.inside {
        bits.push(0b010 | u32::from(last), 3);
    }
    if bit.taken > 0
        && let Some(last) = bits.bytes.last_mut()
    {
        *last |= byte & (0xffu8 << (bit.taken % 8));
    }
    bits.bytes
}

/// Bits in deflate's order: the lowest of every byte first.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    len: usize,
}

impl Bits {
    fn push(&mut self, value: u32, bits: usize) {
        for bit in 0..bits {
            if self.len.is_multiple_of(8) {
                self.bytes.push(0);
            }
            if let Some(last) = self.bytes.last_mut() {
                *last |= ((value >> bit & 1) as u8) << (self.len % 8);
            }
            self.len += 1;
        }
    }
}

/// A window as a mark keeps it: that of a log packs to some 6 KiB.
fn pack(window: &[u8]) -> Option<Arc<[u8]>> {
    let mut out = Vec::with_capacity(WINDOW + 1024);
    let mut deflate = Compress::new(Compression::fast(), false);
    let status = deflate
        .compress_vec(window, &mut out, FlushCompress::Finish)
        .ok()?;
    (status == flate2::Status::StreamEnd).then(|| out.into())
}

pub(super) fn unpack(packed: &[u8]) -> Result<Vec<u8>, ErrorKind> {
    let mut out = Vec::with_capacity(WINDOW + 1);
    let status = Decompress::new(false).decompress_vec(packed, &mut out, FlushDecompress::Finish);
    match status {
        Ok(flate2::Status::StreamEnd) => Ok(out),
        _ => Err(ErrorKind::Corrupt("no deflate data")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_blocks_lead_to_every_bit() {
        for taken in 0..8u8 {
            for inside in [None, Some(false), Some(true)] {
                let bit = Bit { taken, inside };
                let clean = led(bit, 0);
                let led = led(bit, 0xff);
                assert_eq!(led.len(), clean.len());
                if taken > 0 {
                    assert_eq!(led.last().map(|b| b >> taken), Some(0xff >> taken));
                }
                let mut inflate = Inflate::new(false, 15);
                assert_eq!(lead_to(&mut inflate, bit, Some(0)), Ok(usize::from(taken > 0)));
                assert_eq!((inflate.total_in(), inflate.total_out()), (clean.len() as u64, 0));
            }
        }
        let bit = Bit::back(3, None);
        assert_eq!(bit.taken, 5);
        assert!(lead_to(&mut Inflate::new(false, 15), bit, None).is_err());
    }

    #[test]
    fn memory_is_bounded_and_marks_stay_even() {
        let marks = Marks::new(Method::Gzip, 0, SPACING);
        let window: Arc<[u8]> = vec![7; WINDOW].into();
        let mut at = 0;
        // A tebibyte of which no window packs.
        while at < 1 << 40 {
            at += marks.push(Mark {
                unpacked: at,
                packed: at / 2,
                at: At::Block {
                    bit: Bit::back(3, None),
                    window: window.clone(),
                },
            });
            assert!(marks.memory() <= MOST_BYTES + 2 * WINDOW);
        }
        let list = marks.list();
        assert!(list.marks.len() > 20);
        let gaps: Vec<u64> = list
            .marks
            .windows(2)
            .map(|w| w[1].unpacked - w[0].unpacked)
            .collect();
        assert!(gaps.iter().all(|&g| g <= list.spacing), "{gaps:?}");
        drop(list);
        let mark = marks.before(1 << 39).unwrap();
        assert!(mark.unpacked <= 1 << 39);
        assert!(Marks::new(Method::Deflate, 0, SPACING).before(u64::MAX).is_none());
    }

    #[test]
    fn windows_are_kept_whole() {
        let noise: Vec<u8> = (0..WINDOW as u64)
            .map(|i| (i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as u8)
            .collect();
        for window in [vec![b'a'; WINDOW], noise] {
            let packed = pack(&window).unwrap();
            assert_eq!(unpack(&packed).unwrap(), window);
        }
        assert!(unpack(b"\xff\xff").is_err());
    }
}
