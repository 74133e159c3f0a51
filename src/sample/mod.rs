//! What is there to see without a file of one's own? A made-up account and one night in it, the same bytes every time.
//!
//! A leaked access key is used from a new network, climbs a chain of roles, opens a security group, and 38.6 GB leave
//! through it; findings turn red, and in the morning it is closed. Addresses are those kept for documentation
//! (RFC 5737), keys and account number those of AWS's own examples. [`story`] holds what several kinds tell.

mod bill;
mod config;
mod findings;
mod flow;
mod functions;
mod inventory;
mod machines;
mod random;
mod storage;
pub(crate) mod story;
mod trail;
mod web;

use crate::base::{TimeRange, time};
use flate2::{Compression, write::GzEncoder};
use serde_json::Value;
use std::io::Write;

/// A file of the sample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SampleFile {
    /// Its path, as in the bucket it would be delivered to.
    pub name: String,
    /// Registry id.
    pub kind: &'static str,
    /// Records a reader keeps, those counted that another file repeats.
    pub records: u64,
    /// Records a reader has to reject.
    pub rejected: u64,
    pub bytes: Vec<u8>,
}

/// How many files each part has, and how it makes one of them.
type Part = (usize, fn(usize) -> SampleFile);

const PARTS: [Part; 10] = [
    (trail::FILES, trail::make),
    (flow::FILES, flow::make),
    (config::FILES, config::make),
    (findings::FILES, findings::make),
    (inventory::FILES, inventory::make),
    (bill::FILES, bill::make),
    (web::FILES, web::make),
    (storage::FILES, storage::make),
    (functions::FILES, functions::make),
    (machines::FILES, machines::make),
];

/// How many files the sample has.
pub const SAMPLE_FILES: usize = trail::FILES
    + flow::FILES
    + config::FILES
    + findings::FILES
    + inventory::FILES
    + bill::FILES
    + web::FILES
    + storage::FILES
    + functions::FILES
    + machines::FILES;

/// The days the story is told over: 9 to 13 November 2026, UTC. The histories of some resources begin earlier.
pub const SPAN: TimeRange = TimeRange {
    from_ns: 1_794_182_400 * time::SECOND,
    to_ns: 1_794_614_400 * time::SECOND,
};

/// Makes the file of this number; numbers beyond [`SAMPLE_FILES`] begin again.
pub fn make(index: usize) -> SampleFile {
    let mut at = index % SAMPLE_FILES;
    for (files, make) in PARTS {
        if at < files {
            return make(at);
        }
        at -= files;
    }
    // The remainder is below the sum of all parts.
    unreachable!("file {index} of the sample is in none of its parts")
}

/// A file that nothing in it has to be rejected of.
fn file(name: String, kind: &'static str, records: usize, bytes: Vec<u8>) -> SampleFile {
    SampleFile {
        name,
        kind,
        records: records as u64,
        rejected: 0,
        bytes,
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 4), Compression::fast());
    // Writing to memory has no way to fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

/// What the AWS command line prints.
fn printed(answer: &Value) -> Vec<u8> {
    format!("{answer:#}\n").into_bytes()
}

#[cfg(test)]
mod tests;
