//! Where the members of one item lie, noted by the [`Walk`](super::Walk) that goes through it.

use super::marks::{Marks, SPACING};
use super::stack::Lies;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Where members lie, shared between the walk that notes it and whoever reads them again meanwhile.
///
/// Only members that lie in one piece are noted, in the item itself or in one compressed stream in it: plain files,
/// `.gz`, the entries of `.zip`, `.tar` and `.tar.gz`. Others, and those that begin and end within the first 8 MiB, are
/// found by another walk.
#[derive(Clone, Debug, Default)]
pub struct Places(Arc<Mutex<Noted>>);

#[derive(Debug)]
struct Noted {
    /// Unpacked bytes between two marks, to begin with.
    spacing: u64,
    /// Length of the item (bytes).
    len: u64,
    /// Streams are numbered from 1 on; 0 is the item itself.
    streams: Vec<Arc<Marks>>,
    members: BTreeMap<u64, Member>,
}

#[derive(Debug)]
struct Member {
    place: Place,
    confirmed: bool,
}

impl Default for Noted {
    fn default() -> Self {
        Noted {
            spacing: SPACING,
            len: 0,
            streams: Vec::new(),
            members: BTreeMap::new(),
        }
    }
}

/// Where a member lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The number of the stream.
    pub stream: u32,
    /// Its first byte in what the stream unpacks to.
    pub at: u64,
    /// Bytes of it that are known to be there.
    pub bytes: u64,
}

impl Places {
    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn begin_item(&self, len: u64) {
        self.noted().len = len;
    }

    /// With marks so many unpacked bytes apart, and nothing so near that it is not noted; 8 MiB else.
    pub fn every(spacing: u64) -> Self {
        Places(Arc::new(Mutex::new(Noted {
            spacing,
            ..Noted::default()
        })))
    }

    pub(super) fn spacing(&self) -> u64 {
        self.noted().spacing
    }

    /// A member begins.
    pub(super) fn begin(&self, index: u64, lies: Lies) {
        let noted = &mut *self.noted();
        let (stream, at) = match lies {
            Lies::Plain(at) => (0, at),
            Lies::Packed(marks, at) => {
                if noted.streams.last().is_none_or(|last| !Arc::ptr_eq(last, &marks)) {
                    noted.streams.push(marks);
                }
                (noted.streams.len(), at)
            }
        };
        let Ok(stream) = u32::try_from(stream) else { return };
        let place = Place { stream, at, bytes: 0 };
        let confirmed = false;
        noted.members.insert(index, Member { place, confirmed });
    }

    /// So many bytes of the member were given out.
    pub(super) fn grew(&self, index: u64, bytes: u64) {
        if let Some(member) = self.noted().members.get_mut(&index) {
            member.place.bytes = bytes;
        }
    }

    /// The member is at its end: it is forgotten if another walk finds it as fast.
    pub(super) fn end(&self, index: u64) {
        let noted = &mut *self.noted();
        let Some(Member { place, .. }) = noted.members.get(&index) else {
            return;
        };
        if place.at + place.bytes >= noted.spacing {
            return;
        }
        let stream = place.stream;
        noted.members.remove(&index);
        // A stream of which nothing is noted goes too; members of one stand next to each other.
        let before = noted.members.last_key_value();
        if stream as usize == noted.streams.len() && before.is_none_or(|(_, m)| m.place.stream != stream) {
            noted.streams.pop();
        }
    }

    /// What is read of this member is counted in its bytes as they lie there. Until that was said, [`Places::of`] does
    /// not tell where it lies.
    pub fn confirm(&self, index: u64) {
        if let Some(member) = self.noted().members.get_mut(&index) {
            member.confirmed = true;
        }
    }

    /// Where the member lies, if that is known.
    pub fn of(&self, index: u64) -> Option<Place> {
        let noted = self.noted();
        let member = noted.members.get(&index)?;
        member.confirmed.then_some(member.place)
    }

    pub fn is_empty(&self) -> bool {
        self.noted().members.is_empty()
    }

    /// Bytes of memory, about.
    pub fn memory(&self) -> u64 {
        let noted = self.noted();
        let members = noted.members.len() * (size_of::<Member>() + 2 * size_of::<u64>());
        let marks: usize = noted.streams.iter().map(|s| s.memory()).sum();
        (members + marks) as u64
    }

    /// Length of the item (bytes).
    pub(super) fn item_len(&self) -> u64 {
        self.noted().len
    }

    /// A compressed stream by its number.
    pub(super) fn stream(&self, number: u32) -> Option<Arc<Marks>> {
        let at = (number as usize).checked_sub(1)?;
        self.noted().streams.get(at).cloned()
    }
}
