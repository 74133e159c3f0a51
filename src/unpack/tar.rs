//! tar: ustar, GNU (long names) and pax (paths and sizes), read as a stream.

use super::archive::{Archive, Next};
use super::error::ErrorKind;
use super::stack::{self, Ctx, Fault, Flow, Layer, Within};
use ::tar::{EntryType, Header};

const BLOCK: usize = 512;
/// Long names and pax headers are small; a longer one is passed over (bytes).
const MAX_EXTENSION: u64 = 1 << 20;

#[derive(Default)]
pub(super) struct Tar {
    /// Bytes of the archive that are done with.
    at: u64,
    /// Where the entry at hand begins.
    entry_at: u64,
    /// What is left of the entry at hand.
    left: u64,
    /// What fills the entry up to a whole block.
    padding: u64,
    /// A header, or an extension of the next one, as far as it has come.
    partial: Vec<u8>,
    /// The extension being read into `partial`, and its length.
    extension: Option<(EntryType, usize)>,
    /// The entry at hand was given out.
    given: bool,
    /// What extensions said about the next entry.
    told: Told,
    /// Blocks of zeros seen in a row: they end the archive.
    zero_blocks: u32,
    /// The last header was damaged: looking for the next good one.
    lost: bool,
}

#[derive(Default)]
struct Told {
    path: Option<Vec<u8>>,
    size: Option<u64>,
    sparse: bool,
}

impl Tar {
    /// Both magics there are, at their place; archives from before they were thought of have a header that adds up.
    pub fn starts(head: &[u8]) -> bool {
        let magic = head.get(257..265);
        matches!(
            magic,
            Some([b'u', b's', b't', b'a', b'r', b'\0', ..] | b"ustar  \0")
        ) || head.get(..BLOCK).and_then(checked).is_some()
    }

    fn fault(&self, level: usize, kind: ErrorKind) -> Fault {
        Fault::new(level, "tar", kind, self.at)
    }

    /// Fills `partial` up to `len`: whether it is full, and whether the archive has ended.
    fn collect(&mut self, below: &mut [Layer], ctx: &mut Ctx, len: usize) -> Result<(bool, bool), Fault> {
        let before = self.partial.len();
        let flow = stack::read(below, ctx, &mut self.partial, len.saturating_sub(before))?;
        self.at += (self.partial.len() - before) as u64;
        Ok((self.partial.len() >= len, flow == Flow::End))
    }

    fn header(&mut self, level: usize) -> Result<Next, Fault> {
        let block = std::mem::take(&mut self.partial);
        if block.iter().all(|&b| b == 0) {
            self.zero_blocks = self.zero_blocks.saturating_add(1);
            return Ok(Next::Again);
        }
        let Some(header) = checked(&block) else {
            if self.lost {
                return Ok(Next::Again);
            }
            self.lost = true;
            let kind = if self.zero_blocks >= 2 {
                ErrorKind::Corrupt("other data after the archive's end")
            } else {
                ErrorKind::Corrupt("an entry's header; looking for the next good one")
            };
            let offset = self.at - BLOCK as u64;
            return Err(Fault {
                alive: true,
                offset,
                ..self.fault(level, kind)
            });
        };
        self.zero_blocks = 0;
        self.lost = false;
        self.given = false;
        let kind = header.entry_type();
        // `checked` has read the size before.
        let mut size = header.entry_size().unwrap_or(0);
        if kind.is_gnu_longname() || kind.is_pax_local_extensions() {
            self.padding = padding(size);
            if size <= MAX_EXTENSION {
                self.extension = Some((kind, size as usize));
            } else {
                self.left = size;
            }
            return Ok(Next::Again);
        }
        if matches!(kind.as_byte(), b'K' | b'g') {
            // Long link targets and global pax headers; what was told about the next entry still stands.
            self.left = size;
            self.padding = padding(size);
            return Ok(Next::Again);
        }
        let told = std::mem::take(&mut self.told);
        size = told.size.unwrap_or(size);
        self.left = size;
        self.padding = padding(size);
        let path = told.path.unwrap_or_else(|| header.path_bytes().into_owned());
        let has_content = match kind.as_byte() {
            // Links, devices, directories, pipes and GNU's notes for itself.
            b'1'..=b'6' | b'V' | b'M' | b'D' => false,
            _ => path.last() != Some(&b'/'),
        };
        if !has_content {
            return Ok(Next::Again);
        }
        let sparse = told.sparse || kind.is_gnu_sparse();
        let fault = sparse.then(|| Fault {
            alive: true,
            ..self.fault(level, ErrorKind::Unsupported("a sparse file in a tar"))
        });
        let text = String::from_utf8_lossy(&path);
        let path = text.trim_start_matches("./").to_owned();
        self.given = true;
        self.entry_at = self.at;
        Ok(Next::Entry {
            path,
            size: Some(size),
            fault,
        })
    }

    fn extend(&mut self, kind: EntryType) {
        let data = std::mem::take(&mut self.partial);
        if kind.is_gnu_longname() {
            let end = memchr::memchr(0, &data).unwrap_or(data.len());
            self.told.path = data.get(..end).map(<[u8]>::to_vec);
            return;
        }
        for (key, value) in PaxRecords(&data) {
            match key {
                b"path" => self.told.path = Some(value.to_vec()),
                b"size" => self.told.size = std::str::from_utf8(value).ok().and_then(|v| v.parse().ok()),
                b"GNU.sparse.name" => self.told.path = Some(value.to_vec()),
                _ if key.starts_with(b"GNU.sparse.") => self.told.sparse = true,
                _ => {}
            }
        }
    }
}

fn padding(size: u64) -> u64 {
    size.wrapping_neg() % BLOCK as u64
}

/// The header, if its checksum and its size hold.
fn checked(block: &[u8]) -> Option<&Header> {
    if block.len() != BLOCK {
        return None;
    }
    let header = Header::from_byte_slice(block);
    let recorded = header.cksum().ok()?;
    // The checksum counts its own field as spaces.
    let (before, rest) = block.split_at(148);
    let sum = |b: &[u8]| b.iter().map(|&b| u32::from(b)).sum::<u32>();
    let computed = sum(before) + 8 * u32::from(b' ') + sum(rest.get(8..)?);
    (computed == recorded && header.entry_size().is_ok()).then_some(header)
}

/// `"27 path=some/long/name\n"`, one after the other; ends at the first that is none.
struct PaxRecords<'a>(&'a [u8]);

impl<'a> Iterator for PaxRecords<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let space = memchr::memchr(b' ', self.0)?;
        let len: usize = std::str::from_utf8(self.0.get(..space)?).ok()?.parse().ok()?;
        let record = self.0.get(space + 1..len)?.strip_suffix(b"\n")?;
        self.0 = self.0.get(len..)?;
        let equals = memchr::memchr(b'=', record)?;
        Some((record.get(..equals)?, record.get(equals + 1..)?))
    }
}

impl Archive for Tar {
    fn name(&self) -> &'static str {
        "tar"
    }

    fn seeks(&self) -> bool {
        true
    }

    fn next_entry(&mut self, below: &mut [Layer], ctx: &mut Ctx) -> Result<Next, Fault> {
        let level = below.len();
        if let Some((kind, len)) = self.extension {
            let (full, ended) = self.collect(below, ctx, len)?;
            if full {
                self.extension = None;
                self.extend(kind);
            } else if ended {
                return Err(self.fault(level, ErrorKind::Truncated));
            }
            return Ok(Next::Again);
        }
        if self.left > 0 {
            let in_entry = self.given;
            let skipped = stack::skip(below, ctx, self.left);
            let (skipped, flow) = skipped.map_err(|fault| Fault { in_entry, ..fault })?;
            self.at += skipped;
            self.left -= skipped.min(self.left);
            if flow == Flow::End && self.left > 0 {
                return Err(Fault {
                    in_entry,
                    ..self.fault(level, ErrorKind::Truncated)
                });
            }
            return Ok(Next::Again);
        }
        if self.padding > 0 {
            let (skipped, flow) = stack::skip(below, ctx, self.padding)?;
            self.at += skipped;
            self.padding = if flow == Flow::End {
                0
            } else {
                self.padding - skipped.min(self.padding)
            };
            return Ok(Next::Again);
        }
        let (full, ended) = self.collect(below, ctx, BLOCK)?;
        if full {
            return self.header(level);
        }
        if ended {
            // Without its blocks of zeros nobody knows whether an entry is missing.
            let complete = self.partial.is_empty() && (self.zero_blocks > 0 || self.lost);
            return if complete {
                Ok(Next::End)
            } else {
                Err(self.fault(level, ErrorKind::Truncated))
            };
        }
        Ok(Next::Again)
    }

    fn read(
        &mut self,
        below: &mut [Layer],
        ctx: &mut Ctx,
        out: &mut Vec<u8>,
        max: usize,
    ) -> Result<Flow, Fault> {
        if self.left == 0 {
            return Ok(Flow::End);
        }
        let before = out.len();
        let want = max.min(usize::try_from(self.left).unwrap_or(max));
        let flow = stack::read(below, ctx, out, want)?;
        let got = (out.len() - before) as u64;
        self.at += got;
        self.left -= got.min(self.left);
        match flow {
            _ if self.left == 0 => Ok(Flow::End),
            Flow::End => Err(self.fault(below.len(), ErrorKind::Truncated)),
            Flow::More => Ok(Flow::More),
        }
    }

    fn within(&self) -> Option<Within> {
        Some(Within::Stream(self.entry_at))
    }
}
