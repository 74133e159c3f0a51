//! The SHA-256 of everything an item holds, taken while it is read for other reasons.

use super::ByteSource;
use sha2::{Digest, Sha256};
use std::io;

/// A source that hashes what is read of it, and afterwards reads what nobody read.
///
/// Bytes count in the order of the file. A read that carries on where the hash stands is hashed as it passes; one that
/// leaves out a little (a zip's local header) has the gap read with it; anything else waits for [`Hashing::hash_more`].
pub struct Hashing {
    source: Box<dyn ByteSource>,
    /// `None`: nobody wants the hash.
    hash: Option<Sha256>,
    /// Bytes from the beginning that are in the hash.
    hashed: u64,
}

impl Hashing {
    /// Gaps up to this many bytes are filled at once.
    const GAP: u64 = 64 * 1024;
    /// The buffer that gaps and the rest are read through (bytes).
    const PIECE: usize = 64 * 1024;

    pub fn new(source: Box<dyn ByteSource>) -> Self {
        Hashing {
            source,
            hash: Some(Sha256::new()),
            hashed: 0,
        }
    }

    /// Gives the hash up: reading costs nothing more than the source does.
    pub fn without_hash(mut self) -> Self {
        self.leave_hash();
        self
    }

    pub fn into_inner(self) -> Box<dyn ByteSource> {
        self.source
    }

    /// Gives the hash up.
    pub fn leave_hash(&mut self) {
        self.hash = None;
    }

    /// Begins the hash, from the first byte on.
    pub fn hash_anew(&mut self) {
        self.hash = Some(Sha256::new());
        self.hashed = 0;
    }

    pub fn is_hashing(&self) -> bool {
        self.hash.is_some()
    }

    /// Bytes from the beginning that are in the hash.
    pub fn hashed_bytes(&self) -> u64 {
        self.hashed
    }

    /// Hashes at most about `budget_bytes` of what is missing; true when nothing is.
    pub fn hash_more(&mut self, budget_bytes: u64) -> io::Result<bool> {
        let end = self.hashed.saturating_add(budget_bytes).min(self.source.len());
        self.hash_up_to(end)?;
        Ok(self.hashed >= self.source.len())
    }

    /// The SHA-256 of the whole source; reads what is missing, `None` when it was given up.
    pub fn finish(&mut self) -> io::Result<Option<[u8; 32]>> {
        self.hash_up_to(self.source.len())?;
        Ok(self.hash.clone().map(|h| h.finalize().into()))
    }

    fn hash_up_to(&mut self, end: u64) -> io::Result<()> {
        let Some(hash) = &mut self.hash else {
            self.hashed = self.hashed.max(end);
            return Ok(());
        };
        let mut piece =
            vec![0; Self::PIECE.min(usize::try_from(end.saturating_sub(self.hashed)).unwrap_or(Self::PIECE))];
        while self.hashed < end {
            let want = piece
                .len()
                .min(usize::try_from(end - self.hashed).unwrap_or(usize::MAX));
            let n = self.source.read_at(self.hashed, &mut piece[..want])?;
            if n == 0 {
                return Err(io::Error::new(
                    io::ErrorKind::UnexpectedEof,
                    "shorter than it was when it was opened",
                ));
            }
            hash.update(&piece[..n.min(want)]);
            self.hashed += n as u64;
        }
        Ok(())
    }
}

impl ByteSource for Hashing {
    fn len(&self) -> u64 {
        self.source.len()
    }

    fn read_at(&mut self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.source.read_at(offset, buf)?.min(buf.len());
        let end = offset.saturating_add(n as u64);
        if self.hash.is_some() && n > 0 && end > self.hashed {
            let gap = offset.saturating_sub(self.hashed);
            if gap > 0 && gap <= Self::GAP {
                self.hash_up_to(offset)?;
            }
            if offset <= self.hashed
                && let Some(hash) = &mut self.hash
            {
                // `hashed - offset` is less than `n`, so it fits.
                hash.update(&buf[(self.hashed - offset) as usize..n]);
                self.hashed = end;
            }
        }
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unpack::MemorySource;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_order_of_reads_gives_the_hash_of_the_whole(
            len in 0usize..300_000,
            reads in proptest::collection::vec((0u64..320_000, 1usize..90_000), 0..12),
            budget in 1u64..200_000,
        ) {
            let bytes: Vec<u8> = (0..len).map(|i| (i * 31 % 251) as u8).collect();
            let mut source = Hashing::new(Box::new(MemorySource::new(bytes.clone())));
            for (at, n) in reads {
                let mut buf = vec![0; n];
                let got = source.read_at(at, &mut buf).unwrap();
                let want = bytes.get(at as usize..).unwrap_or_default();
                prop_assert_eq!(&buf[..got], &want[..want.len().min(n)]);
            }
            let mut slices = 0;
            while !source.hash_more(budget).unwrap() {
                slices += 1;
                prop_assert!(slices <= len as u64 / budget + 1);
            }
            let whole: [u8; 32] = Sha256::digest(&bytes).into();
            prop_assert_eq!(source.finish().unwrap(), Some(whole));
        }
    }

    #[test]
    fn a_source_read_in_order_is_not_read_again() {
        struct Counting(MemorySource, u64);
        impl ByteSource for Counting {
            fn len(&self) -> u64 {
                self.0.len()
            }
            fn read_at(&mut self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
                // A byte may be asked for once only.
                assert!(offset >= self.1, "byte {offset} read twice");
                let n = self.0.read_at(offset, buf)?;
                self.1 = offset + n as u64;
                Ok(n)
            }
        }
        let mut source = Hashing::new(Box::new(Counting(MemorySource::new(vec![7; 100_000]), 0)));
        let mut buf = [0; 1000];
        for at in (0..100_000).step_by(1000) {
            assert_eq!(source.read_at(at, &mut buf).unwrap(), 1000);
        }
        assert!(source.finish().unwrap().is_some());
    }
}
