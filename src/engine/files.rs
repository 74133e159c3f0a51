//! Files on the page's thread: asked for their size and read many at a time, in slices between which the page answers.
//!
//! A browser looks at the disk, and waits for it, when a chosen file is first asked for its size: half a millisecond
//! and more, which for a folder of 100,000 files is a minute. Files of such a folder are therefore listed without, and
//! read as streams, which wait for nothing.

use super::client::breathe;
use super::queue::SMALL_BYTES;
use js_sys::{Array, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, ReadableStreamDefaultReader};

/// How long the page's thread works on files before it does its other work (ms).
const SLICE_MS: f64 = 10.0;
/// Files read with one call: a call for each costs four times as much.
const TOGETHER: usize = 64;

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
    for some in files.chunks(TOGETHER) {
        let sized = some.iter().flatten().all(|f| f.sized);
        match if sized { read_joined(some).await } else { None } {
            Some(bytes) => {
                lengths.extend(some.iter().map(|f| {
                    f.as_ref()
                        .map_or(Length::Gone, |f| Length::Bytes(f.blob.size() as u32))
                }));
                parts.push(bytes);
            }
            // Not sized, or one of them is gone: each on its own.
            None => read_streams(some, &mut lengths, &mut parts).await,
        }
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

/// Reads files with one call; `None` where one can not be read or has another length than it said.
async fn read_joined(files: &[Option<Held>]) -> Option<Uint8Array> {
    let list = Array::new();
    let mut expected = 0.0;
    for file in files.iter().flatten() {
        expected += file.blob.size();
        list.push(&file.blob);
    }
    let joined = Blob::new_with_blob_sequence(&list).ok()?;
    let buffer = JsFuture::from(joined.array_buffer()).await.ok()?;
    let bytes = Uint8Array::new(&buffer);
    (f64::from(bytes.length()) == expected).then_some(bytes)
}

/// One file being read as a stream.
struct Reading {
    reader: ReadableStreamDefaultReader,
    parts: Vec<Uint8Array>,
    bytes: u64,
    /// `None` until it is at its end.
    length: Option<Length>,
}

/// Reads files as streams, all at once: the page waits for none of them, and learns their sizes on the way.
async fn read_streams(files: &[Option<Held>], lengths: &mut Vec<Length>, parts: &mut Vec<Uint8Array>) {
    let mut readings: Vec<Option<Reading>> = files
        .iter()
        .map(|f| {
            Some(Reading {
                reader: f.as_ref()?.blob.stream().get_reader().unchecked_into(),
                parts: Vec::new(),
                bytes: 0,
                length: None,
            })
        })
        .collect();
    loop {
        let mut open: Vec<(usize, &mut Reading)> = (readings.iter_mut().enumerate())
            .filter_map(|(i, r)| Some((i, r.as_mut().filter(|r| r.length.is_none())?)))
            .collect();
        if open.is_empty() {
            break;
        }
        let reads: Array = open.iter().map(|(_, r)| JsValue::from(r.reader.read())).collect();
        // Never fails: it waits for failures too.
        let settled = JsFuture::from(Promise::all_settled(&reads)).await;
        let settled = settled.map(|s| Array::from(&s)).unwrap_or_default();
        for (at, (i, reading)) in open.iter_mut().enumerate() {
            reading.take(&settled.get(at as u32));
            if reading.bytes > SMALL_BYTES && reading.length.is_none() {
                // What was read of it is let go; it is read again by a worker, in pieces.
                let _ = reading.reader.cancel();
                let size = files[*i].as_ref().map_or(0.0, |f| f.blob.size());
                reading.length = Some(Length::Large(size as u64));
            }
        }
    }
    for reading in readings {
        let Some(Reading {
            parts: mine, length, ..
        }) = reading
        else {
            lengths.push(Length::Gone);
            continue;
        };
        let length = length.unwrap_or(Length::Gone);
        if matches!(length, Length::Bytes(_)) {
            parts.extend(mine);
        }
        lengths.push(length);
    }
}

impl Reading {
    /// Takes what a read was settled with.
    fn take(&mut self, settled: &JsValue) {
        let field = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).unwrap_or(JsValue::UNDEFINED);
        let step = field(settled, "value");
        if step.is_undefined() {
            self.length = Some(Length::Gone);
        } else if field(&step, "done").is_truthy() {
            self.length = Some(Length::Bytes(self.bytes as u32));
        } else if let Ok(part) = field(&step, "value").dyn_into::<Uint8Array>() {
            self.bytes += u64::from(part.length());
            self.parts.push(part);
        }
    }
}
