//! What tar, zip and shared files have in common for a walk: entries, one at a time, each a stream.

use super::stack::{Ctx, Fault, Flow, Layer, Within};

/// What a bounded look for an archive's next entry brought.
pub(super) enum Next {
    /// Call again.
    Again,
    Entry {
        path: String,
        /// Unpacked size, where the archive says it.
        size: Option<u64>,
        /// The entry can be named and not read.
        fault: Option<Fault>,
    },
    End,
}

/// A container of several entries. `below` are the layers it stands on; it is the one at level `below.len()`.
pub(super) trait Archive: Send {
    fn name(&self) -> &'static str;
    /// Passes over what is left of the entry at hand and looks for the next one: one bounded piece of work.
    fn next_entry(&mut self, below: &mut [Layer], ctx: &mut Ctx) -> Result<Next, Fault>;
    /// Appends at most `max` bytes of the entry at hand.
    fn read(
        &mut self,
        below: &mut [Layer],
        ctx: &mut Ctx,
        out: &mut Vec<u8>,
        max: usize,
    ) -> Result<Flow, Fault>;
    /// Where the entry at hand lies, if it lies there in one piece and as it is read.
    fn within(&self) -> Option<Within> {
        None
    }
    /// Does passing over an entry cost next to nothing where the archive is the item itself?
    fn seeks(&self) -> bool {
        false
    }
}
