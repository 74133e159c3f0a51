//! Blobs and buffers of the browser as [`ByteSource`]s.

use crate::unpack::{ByteSource, MemorySource};
use js_sys::{ArrayBuffer, Uint8Array};
use send_wrapper::SendWrapper;
use std::io;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, FileReaderSync};

/// How much is read from a Blob at once, somewhere (bytes), …
const BLOCK: usize = 1 << 20;
/// … and where reading goes on from there: each read waits for the browser, which is half as fast with the smaller ones.
const BLOCK_IN_ORDER: usize = 4 << 20;

/// A Blob read in a worker, where reading may block.
struct BlobSource {
    blob: SendWrapper<Blob>,
    reader: SendWrapper<FileReaderSync>,
    len: u64,
    block: Vec<u8>,
    block_at: u64,
}

impl ByteSource for BlobSource {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&mut self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let mut done = 0;
        while done < buf.len() {
            let at = offset + done as u64;
            if at >= self.len {
                break;
            }
            let cached = self.block_at..self.block_at + self.block.len() as u64;
            if !cached.contains(&at) {
                let goes_on = !self.block.is_empty() && at == cached.end;
                let block = if goes_on { BLOCK_IN_ORDER } else { BLOCK };
                let end = (at + block as u64).min(self.len);
                let slice = self.blob.slice_with_f64_and_f64(at as f64, end as f64);
                let buffer = slice
                    .and_then(|s| self.reader.read_as_array_buffer(&s))
                    .map_err(refused)?;
                let bytes = Uint8Array::new(&buffer);
                self.block.resize(bytes.length() as usize, 0);
                bytes.copy_to(&mut self.block);
                self.block_at = at;
                if self.block.is_empty() {
                    break;
                }
            }
            let from = (at - self.block_at) as usize;
            let n = (self.block.len() - from).min(buf.len() - done);
            buf[done..done + n].copy_from_slice(&self.block[from..from + n]);
            done += n;
        }
        Ok(done)
    }
}

/// The browser's reason, in its words: a file that was moved, changed or locked since it was opened.
fn refused(error: JsValue) -> io::Error {
    let text = error
        .dyn_ref::<js_sys::Error>()
        .map_or_else(|| format!("{error:?}"), |e| String::from(e.message()));
    io::Error::other(format!("the browser could not read the file again ({text})"))
}

/// What came beside a message, as a source; `None` for nothing.
pub fn source_of(value: &JsValue) -> Option<Box<dyn ByteSource>> {
    if let Some(buffer) = value.dyn_ref::<ArrayBuffer>() {
        return Some(Box::new(MemorySource::new(Uint8Array::new(buffer).to_vec())));
    }
    let blob = value.dyn_ref::<Blob>()?;
    Some(Box::new(BlobSource {
        len: blob.size() as u64,
        blob: SendWrapper::new(blob.clone()),
        reader: SendWrapper::new(FileReaderSync::new().ok()?),
        block: Vec::new(),
        block_at: 0,
    }))
}
