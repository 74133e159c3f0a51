//! Does a file hold what its manifest says, and is this the file that was opened?

use super::{Input, Manifest, hex};
use crate::base::page::{FINDINGS, MANIFEST, NAMES, NOTES, PRINTED_CLOSES, PRINTED_OPENS};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// What came of comparing a part with the manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The part's name.
    pub name: String,
    pub verdict: Verdict,
}

/// Hashes in hex.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Same,
    Changed {
        expected: String,
        found: String,
    },
    /// The manifest lists it and the file does not hold it.
    Missing,
    /// The file holds it and the manifest does not list it, or lists it once and it is there again.
    Unlisted,
}

/// Compares the parts of a file with the manifest: those it lists in its order, then those it does not. The manifest
/// itself is no part of what it lists and is passed over.
pub fn verify<N: Into<String>, B: AsRef<[u8]>>(
    manifest: &Manifest,
    parts: impl Iterator<Item = (N, B)>,
) -> Vec<Checked> {
    let hash = |bytes: &B| Sha256::digest(bytes.as_ref()).into();
    verify_hashes(manifest, parts.map(|(name, bytes)| (name, hash(&bytes))))
}

/// The same for parts that have been hashed where they were read.
pub fn verify_hashes<N: Into<String>>(
    manifest: &Manifest,
    parts: impl Iterator<Item = (N, [u8; 32])>,
) -> Vec<Checked> {
    let mut found: BTreeMap<String, [u8; 32]> = BTreeMap::new();
    let mut unlisted = Vec::new();
    let blocks = manifest
        .blocks
        .iter()
        .map(|b| (b.name.as_str(), b.sha256.as_str()));
    let listed: Vec<(&str, &str)> = blocks
        .chain(manifest.notes_sha256.as_deref().map(|hash| (NOTES, hash)))
        .chain(manifest.findings_sha256.as_deref().map(|hash| (FINDINGS, hash)))
        .chain(manifest.names_sha256.as_deref().map(|hash| (NAMES, hash)))
        .collect();
    for (name, hash) in parts {
        let name = name.into();
        if name == MANIFEST {
            continue;
        }
        let known = listed.iter().any(|(listed, _)| *listed == name);
        if !known || found.contains_key(&name) {
            unlisted.push(name);
        } else {
            found.insert(name, hash);
        }
    }
    let verdict = |name: &str, expected: &str| match found.get(name).map(hex) {
        None => Verdict::Missing,
        Some(found) if found == expected => Verdict::Same,
        Some(found) => Verdict::Changed {
            expected: expected.to_owned(),
            found,
        },
    };
    let checked = listed.iter().map(|(name, expected)| Checked {
        name: (*name).to_owned(),
        verdict: verdict(name, expected),
    });
    let unlisted = unlisted.into_iter().map(|name| Checked {
        name,
        verdict: Verdict::Unlisted,
    });
    checked.chain(unlisted).collect()
}

/// The printed layer of a file: what stands between `<main id="report">` and the next `</main>`, exactly. Its SHA-256
/// is [`Manifest::printed_sha256`].
pub fn printed(html: &[u8]) -> Option<&[u8]> {
    let from = memchr::memmem::find(html, PRINTED_OPENS.as_bytes())? + PRINTED_OPENS.len();
    let inside = html.get(from..)?;
    inside.get(..memchr::memmem::find(inside, PRINTED_CLOSES.as_bytes())?)
}

/// How a file at hand stands to the inputs; a number is its position in [`Manifest::inputs`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Match {
    /// These very bytes were opened, by this name.
    Same(usize),
    /// These very bytes were opened, by another name.
    Renamed(usize),
    /// A file of this name was opened and had other bytes.
    Changed { input: usize, expected: String },
    /// A file of this name and size was opened and not read to its end: there is no hash to compare.
    NotHashed(usize),
    /// Nothing of the kind was opened.
    Unknown,
}

/// Looks for a file among the inputs. `sha256` in hex; of `name`, folders count only where several inputs end alike.
pub fn match_input(manifest: &Manifest, sha256: &str, bytes: u64, name: &str) -> Match {
    let inputs = &manifest.inputs;
    let best = |fits: &dyn Fn(&Input) -> bool| {
        let candidates = inputs.iter().enumerate().filter(|(_, input)| fits(input));
        // `max_by_key` takes the last of equals; the first is meant.
        candidates
            .rev()
            .max_by_key(|(_, input)| likeness(&input.name, name))
    };
    let own_hash = |input: &super::Input| {
        let hash = input.sha256.as_deref();
        hash.is_some_and(|hash| hash.eq_ignore_ascii_case(sha256)) && input.bytes == bytes
    };
    if let Some((at, input)) = best(&own_hash) {
        return if likeness(&input.name, name) > 0 {
            Match::Same(at)
        } else {
            Match::Renamed(at)
        };
    }
    let named = |input: &super::Input| likeness(&input.name, name) > 0;
    if let Some((at, _)) = best(&|input| named(input) && input.sha256.is_none() && input.bytes == bytes) {
        return Match::NotHashed(at);
    }
    match best(&|input| named(input) && input.sha256.is_some()) {
        Some((
            input,
            Input {
                sha256: Some(hash), ..
            },
        )) => Match::Changed {
            input,
            expected: hash.clone(),
        },
        _ => Match::Unknown,
    }
}

/// How many names two paths have in common, counted from the end.
fn likeness(a: &str, b: &str) -> usize {
    let parts = a.rsplit('/').zip(b.rsplit('/'));
    parts.take_while(|(a, b)| a == b).count()
}
