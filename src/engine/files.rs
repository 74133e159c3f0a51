//! Files on the page's thread: asked for their size and read many at a time, in slices between which the page answers.
//!
//! A browser looks at the disk, and waits for it, when a chosen file is first asked for its size: half a millisecond
//! and more. For a folder of 100,000 files that is a minute in which nothing may stand still.

use super::client::breathe;
use js_sys::{Array, Uint8Array};
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

/// How long the page's thread works on files before it does its other work (ms).
const SLICE_MS: f64 = 10.0;
/// Files read with one call: a call for each costs four times as much.
const TOGETHER: usize = 48;

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

/// The bytes of small files, one after the other, and how many are whose. One that is gone since it was listed has
/// none, and its outcome says so.
pub async fn read_together(blobs: &[Option<Blob>]) -> (Vec<u32>, Uint8Array) {
    let mut lengths = Vec::with_capacity(blobs.len());
    let mut parts = Vec::new();
    let mut slice = Slice::begin();
    for some in blobs.chunks(TOGETHER) {
        match read_joined(some).await {
            Some(bytes) => {
                lengths.extend(some.iter().map(|b| b.as_ref().map_or(0, |b| b.size() as u32)));
                parts.push(bytes);
            }
            // One of them is gone: each on its own.
            None => {
                for blob in some {
                    let bytes = match blob {
                        Some(blob) => read(blob).await,
                        None => None,
                    };
                    lengths.push(bytes.as_ref().map_or(0, Uint8Array::length));
                    parts.extend(bytes);
                }
            }
        }
        slice.rest().await;
    }
    let all = Uint8Array::new_with_length(parts.iter().map(Uint8Array::length).sum());
    let mut at = 0;
    for part in &parts {
        all.set(part, at);
        at += part.length();
    }
    (lengths, all)
}

/// Reads files with one call; `None` where one can not be read or has another length than it said.
async fn read_joined(blobs: &[Option<Blob>]) -> Option<Uint8Array> {
    let list = Array::new();
    let mut expected = 0.0;
    for blob in blobs.iter().flatten() {
        expected += blob.size();
        list.push(blob);
    }
    let joined = Blob::new_with_blob_sequence(&list).ok()?;
    let bytes = read(&joined).await?;
    (f64::from(bytes.length()) == expected).then_some(bytes)
}

async fn read(blob: &Blob) -> Option<Uint8Array> {
    let buffer = JsFuture::from(blob.array_buffer()).await.ok()?;
    Some(Uint8Array::new(&buffer))
}
