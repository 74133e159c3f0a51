//! What waits to be read, and in which pieces it goes to the workers.

use super::port::ItemId;
use crate::base::hash::FastSet;
use std::cmp::Reverse;
use std::collections::{BTreeSet, VecDeque};

/// Items up to this size are read by the page in batches (bytes): a message a file would cost more than the file.
pub const SMALL_BYTES: u64 = 256 << 10;
/// What one of unknown size is counted as (bytes).
const UNSIZED_BYTES: u64 = 16 << 10;
/// Items in a batch at most.
const BATCH_ITEMS: usize = 500;
/// Bytes in a batch at most.
const BATCH_BYTES: u64 = 8 << 20;

/// Work for one worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A large item, read from its Blob by the worker.
    One(ItemId),
    /// Small items, whose bytes are sent along.
    Batch(Vec<ItemId>),
}

/// Items waiting: the largest first, so that no worker is left with one at the end, then small ones as they came.
#[derive(Default)]
pub struct Queue {
    large: BTreeSet<(Reverse<u64>, ItemId)>,
    small: VecDeque<(ItemId, u64)>,
}

impl Queue {
    /// `bytes`: its size; one whose size is not known is taken for small until it is read.
    pub fn push(&mut self, id: ItemId, bytes: Option<u64>) {
        if let Some(bytes) = bytes.filter(|&b| b > SMALL_BYTES) {
            self.large.insert((Reverse(bytes), id));
        } else {
            self.small.push_back((id, bytes.unwrap_or(UNSIZED_BYTES)));
        }
    }

    /// The next piece where `workers` share what waits.
    pub fn next(&mut self, workers: usize) -> Option<Piece> {
        if let Some((_, id)) = self.large.pop_first() {
            return Some(Piece::One(id));
        }
        let fair = self.small.len().div_ceil(workers.max(1)).clamp(1, BATCH_ITEMS);
        let mut bytes = 0;
        let mut batch = Vec::new();
        while batch.len() < fair
            && let Some(&(id, size)) = self.small.front()
            && (batch.is_empty() || bytes + size <= BATCH_BYTES)
        {
            self.small.pop_front();
            bytes += size;
            batch.push(id);
        }
        (!batch.is_empty()).then_some(Piece::Batch(batch))
    }

    /// Does an item wait that a worker would read from its Blob?
    pub fn has_large(&self) -> bool {
        !self.large.is_empty()
    }

    pub fn is_empty(&self) -> bool {
        self.large.is_empty() && self.small.is_empty()
    }

    pub fn remove(&mut self, gone: &FastSet<ItemId>) {
        self.large.retain(|(_, id)| !gone.contains(id));
        self.small.retain(|(id, _)| !gone.contains(id));
    }

    /// Takes everything out.
    pub fn drain(&mut self) -> Vec<ItemId> {
        let large = std::mem::take(&mut self.large).into_iter().map(|(_, id)| id);
        let small = std::mem::take(&mut self.small).into_iter().map(|(id, _)| id);
        large.chain(small).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_items_go_first_and_small_ones_in_fair_batches() {
        let mut q = Queue::default();
        for id in 0..10 {
            q.push(id, Some(1000));
        }
        q.push(10, Some(5 << 20));
        q.push(11, Some(9 << 20));
        assert_eq!(q.next(2), Some(Piece::One(11)));
        assert_eq!(q.next(2), Some(Piece::One(10)));
        assert_eq!(q.next(2), Some(Piece::Batch((0..5).collect())));
        let gone: FastSet<ItemId> = [5, 6].into_iter().collect();
        q.remove(&gone);
        assert_eq!(q.next(1), Some(Piece::Batch(vec![7, 8, 9])));
        assert_eq!(q.next(1), None);
        assert!(q.is_empty());
    }

    #[test]
    fn a_batch_is_bounded_in_items_and_bytes() {
        let mut q = Queue::default();
        for id in 0..2000 {
            q.push(id, Some(SMALL_BYTES));
        }
        let Some(Piece::Batch(batch)) = q.next(1) else {
            panic!("a batch")
        };
        assert_eq!(batch.len() as u64, BATCH_BYTES / SMALL_BYTES);
        let mut q = Queue::default();
        for id in 0..2000 {
            q.push(id, Some(1));
        }
        assert_eq!(q.next(1), Some(Piece::Batch((0..500).collect())));
    }
}
