//! A chunk: a header, and records behind each other. Names and templates are found by their place in the chunk.

use super::markup::Markup;
use super::{CHUNK, CHUNK_MAGIC, damage, u32_at, u64_at};

/// Where the first record begins.
const RECORDS: usize = 512;
const RECORD_MAGIC: &[u8] = &[0x2a, 0x2a, 0, 0];
/// A record's magic, size, number and time; its size once more behind it.
const RECORD_HEAD: usize = 24;
const RECORD_TAIL: usize = 4;
/// Records that a gap in their numbers can stand for. A larger one says that a number is damaged.
const MOST_MISSING: u64 = 4096;

/// Where a chunk stands in its file.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub number: u64,
    pub at: u64,
}

impl Place {
    fn said(self, inside: usize) -> String {
        let (number, at) = (self.number, self.at + inside as u64);
        format!("chunk {number}, byte {at} of the .evtx file")
    }
}

/// One record as it stands in the chunk.
#[derive(Clone, Copy)]
struct Record {
    at: usize,
    size: usize,
    number: u64,
}

/// The record that begins here, if one does.
fn record_at(chunk: &[u8], at: usize) -> Option<Record> {
    chunk.get(at..)?.strip_prefix(RECORD_MAGIC)?;
    let size = u32_at(chunk, at + 4)? as usize;
    let number = u64_at(chunk, at + 8)?;
    let sizes = RECORD_HEAD + RECORD_TAIL..=CHUNK - RECORDS;
    sizes.contains(&size).then_some(Record { at, size, number })
}

/// It is all there: its size stands behind it once more.
fn is_whole(chunk: &[u8], record: Record) -> bool {
    let tail = record.at + record.size - RECORD_TAIL;
    u32_at(chunk, tail).is_some_and(|again| again as usize == record.size)
}

/// Writes the events of a chunk, and what of it can not be read. True where its checksum is another than it says.
pub(super) fn read(chunk: &[u8], place: Place, out: &mut Vec<u8>) -> bool {
    if chunk.iter().all(|b| *b == 0) {
        // Room that was not used yet.
        return false;
    }
    let has_magic = chunk.starts_with(CHUNK_MAGIC);
    if !has_magic && record_at(chunk, RECORDS).is_none() {
        let why = "64 KiB without a chunk's header and without a record: overwritten or damaged";
        damage(why, &place.said(0), out);
        return false;
    }
    // Up to here the header says that there are records; it may be from before the last of them, or damaged.
    let used = u32_at(chunk, 48).filter(|_| has_magic).map(|n| n as usize);
    let used = used.filter(|n| (RECORDS..=CHUNK).contains(n));
    let last_number = u64_at(chunk, 32).filter(|_| has_magic && used.is_some());
    let mut markup = Markup::new(chunk);
    let mut at = RECORDS;
    let mut last: Option<u64> = None;
    loop {
        let found = record_at(chunk, at).filter(|r| {
            // Behind the last one stands what the chunk held before: older records.
            let follows = || last.is_none_or(|n| Some(r.number) == n.checked_add(1));
            used.is_some_and(|used| at < used) || follows()
        });
        match found {
            Some(record) if is_whole(chunk, record) => {
                missing(last, record.number, place.said(at), out);
                if let Err(why) = event(&mut markup, chunk, record, out) {
                    damage(
                        why,
                        &format!("record {} in {}", record.number, place.said(at)),
                        out,
                    );
                }
                last = Some(record.number);
                at += record.size;
            }
            _ => {
                let end = used.unwrap_or(RECORDS).min(chunk.len());
                match next_whole(chunk, at + 1, end) {
                    Some(next) => {
                        // Numbers tell how many stood between; without them it is at least one.
                        let said = place.said(at);
                        if last.is_none_or(|n| {
                            record_at(chunk, next).is_none_or(|r| r.number <= n.saturating_add(1))
                        }) {
                            damage(BROKEN, &said, out);
                        }
                        at = next;
                    }
                    None => {
                        end_of(chunk, at, end, last, last_number, place, out);
                        break;
                    }
                }
            }
        }
    }
    has_magic && used.is_some_and(|used| is_changed(chunk, used))
}

const BROKEN: &str = "record whose beginning or end is damaged";
const CUT: &str = "the file ends inside a chunk; copy the log again";

/// What is missing behind the last record that was found.
fn end_of(
    chunk: &[u8],
    at: usize,
    end: usize,
    last: Option<u64>,
    last_number: Option<u64>,
    place: Place,
    out: &mut Vec<u8>,
) {
    let why = if chunk.len() < CHUNK { CUT } else { BROKEN };
    let lost = match (last, last_number) {
        (Some(last), Some(number)) if number > last && number - last <= MOST_MISSING => number - last,
        (None, Some(number)) => match u64_at(chunk, 24) {
            Some(first) if number >= first && number - first < MOST_MISSING && chunk.len() >= RECORDS => {
                number - first + 1
            }
            _ => 1,
        },
        // The header does not say: something that begins as a record, or room that is said to be used.
        _ => {
            let is_cut = || record_at(chunk, at).is_some_and(|r| r.at + r.size > chunk.len());
            u64::from(at < end || chunk.len() < CHUNK && is_cut())
        }
    };
    for _ in 0..lost {
        damage(why, &place.said(at), out);
    }
}

/// Says of every record whose number is left out that it was not found.
fn missing(last: Option<u64>, number: u64, said: String, out: &mut Vec<u8>) {
    let Some(gap) = last.and_then(|last| number.checked_sub(last)?.checked_sub(1)) else {
        return;
    };
    if gap <= MOST_MISSING {
        for _ in 0..gap {
            damage(BROKEN, &said, out);
        }
    }
}

/// Where the next record begins that is all there.
fn next_whole(chunk: &[u8], from: usize, end: usize) -> Option<usize> {
    let room = chunk.get(from..end)?;
    memchr::memmem::find_iter(room, RECORD_MAGIC)
        .map(|at| from + at)
        .find(|at| record_at(chunk, *at).is_some_and(|r| is_whole(chunk, r)))
}

fn event(
    markup: &mut Markup<'_>,
    chunk: &[u8],
    record: Record,
    out: &mut Vec<u8>,
) -> Result<(), &'static str> {
    let end = (record.at + record.size - RECORD_TAIL).min(chunk.len());
    let root = markup.record(record.at + RECORD_HEAD, end)?;
    if root.name != "Event" {
        return Err("record that is no event");
    }
    root.write(out);
    out.push(b'\n');
    Ok(())
}

/// Do the records have another checksum than the header says?
fn is_changed(chunk: &[u8], used: usize) -> bool {
    let (Some(records), Some(said)) = (chunk.get(RECORDS..used), u32_at(chunk, 52)) else {
        return true;
    };
    let mut crc = flate2::Crc::new();
    crc.update(records);
    crc.sum() != said
}
