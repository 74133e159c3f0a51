//! A shared file compared with its manifest, and files with its inputs.

use super::Session;
use super::report::part;
use crate::base::base64;
use crate::base::hash::hex;
use crate::base::page::MANIFEST;
use crate::engine::client::{breathe, spawn};
use crate::engine::port::{Job, JobResult};
use crate::evidence::manifest::{self, Checked, Match, Verdict};
use leptos::prelude::*;
use sha2::{Digest, Sha256};
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

/// How a dropped file stands to the inputs; a number is its position in the manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Matched {
    Reading,
    Failed(String),
    Same(usize),
    Renamed(usize),
    Changed(usize),
    NotHashed(usize),
    Unknown,
}

/// How much of a file is hashed before the page answers again (bytes).
const SLICE: f64 = 4e6;

async fn bytes_of(blob: &Blob) -> Option<Vec<u8>> {
    let buffer = JsFuture::from(blob.array_buffer()).await.ok()?;
    Some(js_sys::Uint8Array::new(&buffer).to_vec())
}

impl Session {
    /// Hashes every part of the file anew and compares it with the manifest; then the printed layer, the program and
    /// the hash that the first screen states.
    pub fn verify(self, on: impl FnOnce(Vec<Checked>) + 'static) {
        let Some(report) = self.shared_file() else {
            return on(Vec::new());
        };
        let engine = self.engine();
        spawn(async move {
            let mut hashes: Vec<(String, [u8; 32])> = Vec::new();
            let mut broken: Vec<Checked> = Vec::new();
            for name in &report.parts {
                let bytes = match part(name) {
                    Some(blob) => bytes_of(&blob).await,
                    None => None,
                };
                let job = Job::Digest {
                    bytes: bytes.unwrap_or_default(),
                    base64: true,
                };
                match engine.job_on(engine.quietest(), job).await {
                    Ok(JobResult::Digest(hash)) => hashes.push((name.clone(), hash)),
                    // What is no base64 any more has no hash to compare.
                    _ => broken.push(Checked {
                        name: name.clone(),
                        verdict: Verdict::Changed {
                            expected: String::new(),
                            found: "no base64".into(),
                        },
                    }),
                }
            }
            let mut all = manifest::verify_hashes(&report.manifest, hashes.into_iter());
            all.retain(|c| !broken.iter().any(|b| b.name == c.name));
            all.splice(0..0, broken);
            let compare = |name: &str, expected: &str, found: String| Checked {
                name: name.to_owned(),
                verdict: if expected == found {
                    Verdict::Same
                } else {
                    Verdict::Changed {
                        expected: expected.to_owned(),
                        found,
                    }
                },
            };
            let sha = |bytes: &[u8]| hex(&Sha256::digest(bytes));
            all.push(compare(
                "printed layer",
                &report.manifest.printed_sha256,
                sha(report.printed.as_bytes()),
            ));
            if let Some(expected) = &report.manifest.tool.program_sha256 {
                let found = match crate::engine::boot::program().await {
                    Ok((_, wasm)) => sha(&wasm),
                    Err(_) => "not readable".into(),
                };
                all.push(compare("program", expected, found));
            }
            all.push(compare(
                MANIFEST,
                &report.stated_sha256,
                sha(report.manifest_text.as_bytes()),
            ));
            on(all);
        });
    }

    /// Compares files with the inputs of the manifest.
    pub fn match_files(self, files: Vec<(String, Option<Blob>)>) {
        let Some(report) = self.shared_file() else { return };
        spawn(async move {
            for (name, blob) in files {
                let at = self.matched.with_untracked(Vec::len);
                self.matched.update(|m| m.push((name.clone(), Matched::Reading)));
                let found = match blob {
                    Some(blob) => match hash_of(&blob).await {
                        Some(hash) => {
                            let bytes = blob.size() as u64;
                            match manifest::match_input(&report.manifest, &hash, bytes, &name) {
                                Match::Same(at) => Matched::Same(at),
                                Match::Renamed(at) => Matched::Renamed(at),
                                Match::Changed { input, .. } => Matched::Changed(input),
                                Match::NotHashed(at) => Matched::NotHashed(at),
                                Match::Unknown => Matched::Unknown,
                            }
                        }
                        None => Matched::Failed("The browser could not read it".into()),
                    },
                    None => Matched::Failed("The browser could not read it".into()),
                };
                self.matched.try_update(|m| {
                    if let Some(row) = m.get_mut(at) {
                        row.1 = found;
                    }
                });
            }
        });
    }

    /// Reads a part of the shared file.
    pub fn part_bytes(self, name: &str, on: impl FnOnce(Vec<u8>) + 'static) {
        let Some(blob) = part(name) else { return };
        spawn(async move {
            let text = bytes_of(&blob).await.unwrap_or_default();
            if let Some(bytes) = base64::decoded(&text) {
                on(bytes);
            }
        });
    }
}

/// The SHA-256 of a file, in slices between which the page answers.
async fn hash_of(blob: &Blob) -> Option<String> {
    let mut hash = Sha256::new();
    let mut at = 0.0;
    while at < blob.size() {
        let end = (at + SLICE).min(blob.size());
        let slice = blob.slice_with_f64_and_f64(at, end).ok()?;
        hash.update(bytes_of(&slice).await?);
        at = end;
        breathe().await;
    }
    Some(hex(&hash.finalize()))
}
