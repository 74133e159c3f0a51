//! Files on the page's thread: asked for their size and read many at a time, in slices between which the page answers.
//!
//! A browser looks at the disk, and waits for it, when a chosen file is first asked for its size, or made part of a
//! Blob: half a millisecond and more, which for a folder of 100,000 files is a minute. Files of such a folder are
//! therefore listed without; that they are looked at is left to when they are read, a few in each slice.

use super::client::breathe;
use super::queue::SMALL_BYTES;
use js_sys::{Array, Uint8Array};
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

/// How long the page's thread works on files before it does its other work (ms).
const SLICE_MS: f64 = 10.0;
/// Files read with one call: a call for each costs eight times as much.
const TOGETHER: usize = 64;
/// The same of files whose size is not known yet: for each of them the page waits for the disk.
const UNSIZED_TOGETHER: usize = 24;

/// Time on the page's thread.
pub struct Slice {
    began: f64,
}

impl Slice {
    pub fn begin() -> Self {
        Slice {
            began: js_sys::Date::now(),
        }
    }

    pub fn is_over(&self) -> bool {
        js_sys::Date::now() - self.began >= SLICE_MS
    }

    /// Lets the page do its other work if this slice is over, and begins the next.
    pub async fn rest(&mut self) {
        if self.is_over() {
            breathe().await;
            *self = Slice::begin();
        }
    }
}

/// A file of the person's, as long as it is open.
#[derive(Clone)]
pub struct Held {
    pub blob: Blob,
    /// Is its size there without waiting for the disk?
    pub sized: bool,
}

/// Many small files' bytes, one after the other.
pub struct Together {
    pub lengths: Vec<Length>,
    pub bytes: Uint8Array,
}

/// What came of reading one of many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    Bytes(u32),
    /// Removed, changed or forbidden since it was listed.
    Gone,
    /// Too large to be read with others. Its size in bytes.
    Large(u64),
}

impl Length {
    pub fn bytes(self) -> Option<u32> {
        match self {
            Length::Bytes(n) => Some(n),
            Length::Gone | Length::Large(_) => None,
        }
    }

    pub fn large(self) -> Option<u64> {
        match self {
            Length::Large(n) => Some(n),
            Length::Gone | Length::Bytes(_) => None,
        }
    }
}

/// Reads small files; `None` stands for one that is no longer open.
pub async fn read_together(files: &[Option<Held>]) -> Together {
    let mut lengths = Vec::with_capacity(files.len());
    let mut parts = Vec::new();
    let mut slice = Slice::begin();
    let sized = files.iter().flatten().all(|f| f.sized);
    for some in files.chunks(if sized { TOGETHER } else { UNSIZED_TOGETHER }) {
        let mut of_these: Vec<Length> = some.iter().map(length).collect();
        match read_joined(some, &of_these).await {
            Some(bytes) => parts.push(bytes),
            // One of them is gone: each on its own.
            None => {
                for (file, length) in some.iter().zip(&mut of_these) {
                    let Length::Bytes(_) = length else { continue };
                    match read_joined(std::slice::from_ref(file), &[*length]).await {
                        Some(bytes) => parts.push(bytes),
                        None => *length = Length::Gone,
                    }
                    slice.rest().await;
                }
            }
        }
        lengths.extend(of_these);
        slice.rest().await;
    }
    let bytes = Uint8Array::new_with_length(parts.iter().map(Uint8Array::length).sum());
    let mut at = 0;
    for part in &parts {
        bytes.set(part, at);
        at += part.length();
    }
    Together { lengths, bytes }
}

/// What is known of a file before it is read. The first to ask waits for the disk; what was found is kept.
fn length(file: &Option<Held>) -> Length {
    let Some(file) = file else { return Length::Gone };
    // Made part of a Blob, a file remembers what it is; asked for its size alone, it looks again each time.
    if !file.sized && Blob::new_with_blob_sequence(&Array::of1(&file.blob)).is_err() {
        return Length::Gone;
    }
    match file.blob.size() as u64 {
        large if large > SMALL_BYTES && !file.sized => Length::Large(large),
        small => Length::Bytes(small as u32),
    }
}

/// Reads those of some files that are small with one call; `None` where one can not be read or has another length than
/// it said.
async fn read_joined(files: &[Option<Held>], lengths: &[Length]) -> Option<Uint8Array> {
    let list = Array::new();
    let mut expected = 0u64;
    for (file, length) in files.iter().zip(lengths) {
        if let (Some(file), Some(bytes)) = (file, length.bytes()) {
            expected += u64::from(bytes);
            list.push(&file.blob);
        }
    }
    let joined = Blob::new_with_blob_sequence(&list).ok()?;
    let buffer = JsFuture::from(joined.array_buffer()).await.ok()?;
    let bytes = Uint8Array::new(&buffer);
    (u64::from(bytes.length()) == expected).then_some(bytes)
}
