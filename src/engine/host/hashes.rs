//! Hashes of items that are worked out elsewhere while the items are read.
//!
//! A browser hashes several times as fast as a program in it, and on another core. Only who has the bytes can ask it, so
//! the hash comes as a message of its own, before or after the item is read.

use super::{Host, Read, Send};
use crate::base::hash::{FastMap, FastSet};
use crate::engine::port::ItemId;

/// An item's SHA-256, or `None` where the browser could not say.
type Hash = Option<[u8; 32]>;

#[derive(Default)]
pub(super) struct Hashes {
    awaited: FastSet<ItemId>,
    /// Those that came before their items were read.
    given: FastMap<ItemId, Hash>,
    /// Items that are read and wait for their hash.
    read: Vec<Read>,
}

impl Hashes {
    /// Does an item wait for nothing but its hash?
    pub(super) fn is_awaited(&self) -> bool {
        !self.read.is_empty()
    }

    pub(super) fn forget(&mut self, gone: &FastSet<ItemId>) {
        self.read.retain(|r| !gone.contains(&r.item));
    }
}

impl Host {
    /// The hash of an item that was opened just now will be told ([`Host::hashed`]).
    pub fn expect_hash(&mut self, item: ItemId) {
        if let Some(read) = self.reads.iter_mut().rfind(|r| r.item == item && !r.again) {
            read.walk.leave_hash();
            self.hashes.awaited.insert(item);
        }
    }

    /// Tells it. Where there is none, the item is hashed here.
    pub fn hashed(&mut self, item: ItemId, hash: Hash, send: Send<'_>) {
        if !self.hashes.awaited.remove(&item) {
            return;
        }
        match self.hashes.read.iter().position(|r| r.item == item) {
            Some(at) => {
                let read = self.hashes.read.swap_remove(at);
                self.finish_with(read, hash, send);
            }
            None => {
                self.hashes.given.insert(item, hash);
            }
        }
    }

    /// An item is read: it is done when its hash is known. `own` is what was worked out here.
    pub(super) fn is_read(&mut self, read: Read, own: Hash, send: Send<'_>) {
        if self.hashes.awaited.contains(&read.item) && !read.again {
            self.hashes.read.push(read);
        } else if let Some(hash) = self.hashes.given.remove(&read.item).filter(|_| !read.again) {
            self.finish_with(read, hash, send);
        } else {
            self.finish(read, own, false, send);
        }
    }

    fn finish_with(&mut self, mut read: Read, hash: Hash, send: Send<'_>) {
        if hash.is_some() {
            self.finish(read, hash, false, send);
        } else {
            read.walk.hash_anew();
            self.reads.push_front(read);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::port::{FromShard, Part, ToShard};
    use crate::unpack::MemorySource;
    use sha2::{Digest, Sha256};

    const TEXT: &[u8] = b"2 1 eni-1 10.0.0.1 10.0.0.2 1 2 6 1 1 1700000000 1700000060 ACCEPT OK\n";

    fn run(host: &mut Host, said: &mut Vec<FromShard>) {
        while host.pump(&mut || false, &mut |m| said.push(m)) {}
    }

    /// A host that has been given an item whose hash is awaited.
    fn opened() -> Host {
        let mut host = Host::default();
        let open = ToShard::Open {
            item: 3,
            name: "a.log".to_owned(),
            part: Part::WHOLE,
        };
        host.handle(open, Some(Box::new(MemorySource::new(TEXT))), &mut |_| {});
        host.expect_hash(3);
        host
    }

    fn told(said: &[FromShard]) -> Vec<Hash> {
        let outcomes = said.iter().filter_map(|m| match m {
            FromShard::Outcomes(all) => Some(all.iter().map(|o| o.sha256)),
            _ => None,
        });
        outcomes.flatten().collect()
    }

    #[test]
    fn an_item_is_done_when_its_hash_is_known() {
        for before in [true, false] {
            let (mut host, mut said) = (opened(), Vec::new());
            let hash = Some([7; 32]);
            if before {
                host.hashed(3, hash, &mut |m| said.push(m));
            }
            run(&mut host, &mut said);
            assert_eq!(told(&said), if before { vec![hash] } else { vec![] });
            assert_eq!(said.iter().any(|m| matches!(m, FromShard::Idle)), before);
            host.hashed(3, hash, &mut |m| said.push(m));
            assert_eq!(told(&said), [hash]);
            assert!(said.iter().any(|m| matches!(m, FromShard::Idle)));
        }
    }

    #[test]
    fn what_the_browser_does_not_say_is_worked_out_here() {
        for before in [true, false] {
            let (mut host, mut said) = (opened(), Vec::new());
            if before {
                host.hashed(3, None, &mut |m| said.push(m));
            }
            run(&mut host, &mut said);
            host.hashed(3, None, &mut |m| said.push(m));
            run(&mut host, &mut said);
            assert_eq!(told(&said), [Some(Sha256::digest(TEXT).into())]);
        }
    }
}
