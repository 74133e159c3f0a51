//! Marks in a compressed stream: places where unpacking can begin again without what comes before.
//!
//! A deflate block ([RFC 1951](https://www.rfc-editor.org/rfc/rfc1951)) refers back over at most 32 KiB, and begins at any
//! bit. So a mark is a bit in the packed stream and the 32 KiB unpacked before it; or the first byte of a gzip member
//! ([RFC 1952](https://www.rfc-editor.org/rfc/rfc1952)), which needs nothing.
//!
//! zlib-rs stops between blocks when asked to, but says only up to which byte it has read, not how many bits of that
//! byte were left over. There are eight answers, and they are tried: from the right one the very bytes come out that
//! the stream goes on with. A mark is kept when of all eight exactly one does so; it is then the right one.

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
    /// A block: so many bits of its first byte belong to the one before (0 to 7), and what it may refer back to, deflated.
    Block { taken_bits: u8, window: Arc<[u8]> },
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
}

/// A place between blocks, until it is known which bit it is.
struct Trial {
    unpacked: u64,
    /// The first byte that the blocks before did not need.
    packed: u64,
    window: Vec<u8>,
    /// Bits left over, and what came out of them.
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
        }
    }

    /// A stop between two blocks is of use.
    pub fn wants_block(&self) -> bool {
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
        let [(left_bits, outcome)] = trial.tries.as_slice() else {
            return;
        };
        if outcome.bytes.len() < TRIAL {
            return;
        }
        let taken_bits = (8 - left_bits) % 8;
        let Some(window) = pack(&trial.window) else { return };
        self.due = trial.unpacked
            + self.marks.push(Mark {
                unpacked: trial.unpacked,
                packed: trial.packed - u64::from(taken_bits != 0),
                at: At::Block { taken_bits, window },
            });
    }

    /// Unpacking has stopped between two blocks: `packed` bytes were read, `last` is the last of them, `rest` follows.
    pub fn block(&mut self, packed: u64, unpacked: u64, last: Option<u8>, rest: &[u8]) {
        if !self.wants_block() {
            return;
        }
        let mut window = std::mem::take(&mut self.tail);
        window.drain(..window.len().saturating_sub(WINDOW));
        let mut inflate = Inflate::new(false, 15);
        let tries = (0..8).filter(|&left| left == 0 || last.is_some());
        let tries = tries.filter_map(|left| {
            let outcome = attempt(&mut inflate, &window, left, last, rest)?;
            Some((left, outcome))
        });
        self.trial = Some(Trial {
            unpacked,
            packed,
            tries: tries.collect(),
            window,
            seen: 0,
        });
    }

    /// The stream that was unpacked has ended.
    pub fn end(&mut self) {
        self.trial = None;
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

/// What comes out when `left` bits of the byte before `rest` are still to be read; `None` if it is no deflate data.
fn attempt(inflate: &mut Inflate, window: &[u8], left: u8, last: Option<u8>, rest: &[u8]) -> Option<Outcome> {
    inflate.reset(false);
    let lead = last.filter(|_| left > 0).map(|byte| (8 - left, byte));
    begin(inflate, window, lead).ok()?;
    let mut bytes = vec![0; TRIAL];
    let (mut used, mut made) = (0, 0);
    loop {
        let before = (inflate.total_in(), inflate.total_out());
        let status = inflate.decompress(&rest[used..], &mut bytes[made..], InflateFlush::NoFlush);
        let status = status.ok()?;
        used += (inflate.total_in() - before.0) as usize;
        made += (inflate.total_out() - before.1) as usize;
        let ended = status == Status::StreamEnd;
        let stuck = before == (inflate.total_in(), inflate.total_out());
        if ended || stuck || made >= TRIAL || used >= rest.len() {
            bytes.truncate(made);
            return Some(Outcome {
                ended: ended && made < TRIAL,
                bytes,
            });
        }
    }
}

/// Gets a fresh raw inflate ready to go on where `window` was the last that was unpacked. `lead`: so many bits (1 to 7)
/// of this byte belong to what came before; it is read here.
pub(super) fn begin(inflate: &mut Inflate, window: &[u8], lead: Option<(u8, u8)>) -> Result<(), ErrorKind> {
    let refused = |_| ErrorKind::Corrupt("no deflate data");
    if !window.is_empty() {
        inflate.set_dictionary(window).map_err(refused)?;
    }
    if let Some((taken_bits, byte)) = lead {
        let input = led(taken_bits, byte);
        let mut used = 0;
        while used < input.len() {
            let before = inflate.total_in();
            inflate
                .decompress(&input[used..], &mut [0; 8], InflateFlush::NoFlush)
                .map_err(refused)?;
            let new = (inflate.total_in() - before) as usize;
            if new == 0 {
                return Err(ErrorKind::Corrupt("no deflate data"));
            }
            used += new;
        }
    }
    Ok(())
}

/// Empty blocks that end `taken_bits` bits (1 to 7) into the last byte, whose other bits are those of `byte`.
///
/// zlib-rs begins with whole bytes. An empty block with fixed codes has 10 bits, so a few of them move everything by 2, 4
/// or 6 bits; an empty block with codes of its own can be made 91 bits long, which is odd.
fn led(taken_bits: u8, byte: u8) -> Vec<u8> {
    let mut bits = Bits::default();
    if taken_bits % 2 == 1 {
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
    while bits.len % 8 != usize::from(taken_bits % 8) {
        bits.push(0b010, 3); // Not the last; fixed codes.
        bits.push(0, 7); // The end of the block.
    }
    if let Some(last) = bits.bytes.last_mut() {
        *last |= byte & (0xffu8 << (taken_bits % 8));
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
        // A stored block of five bytes, moved by so many bits.
        for taken in 1..8u8 {
            for byte in [0u8, 0xff] {
                let led = led(taken, byte);
                let mut inflate = Inflate::new(false, 15);
                let mut out = [0; 16];
                // Only the bits before are blocks; those of the byte itself are the test's to choose.
                let clean = super::led(taken, 0);
                assert_eq!(led.last().map(|b| b >> taken), Some(byte >> taken));
                assert_eq!(led.len(), clean.len());
                // Zeros that follow begin a stored block that never comes.
                let status = inflate.decompress(&clean, &mut out, InflateFlush::NoFlush);
                assert!(status.is_ok(), "{taken}: {status:?}");
                assert_eq!((inflate.total_in(), inflate.total_out()), (clean.len() as u64, 0));
            }
        }
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
                    taken_bits: 3,
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
