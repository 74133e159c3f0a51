//! Reading a manifest that anyone may have written.

use super::{Manifest, VERSION};
use crate::base::page::{FINDINGS, MANIFEST, NAMES, NOTES, is_part_name};
use crate::base::{size, time};
use std::collections::BTreeSet;
use std::fmt;

/// A longer manifest is not read (bytes); one of 100,000 files takes some 60 MB.
pub const MAX_BYTES: usize = 128 << 20;
/// More values than this are not read: an empty text takes three bytes in the file and 24 in memory.
const MAX_VALUES: usize = 8 << 20;

/// Why bytes are no manifest, with the place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestError {
    /// Where: a byte (`byte 120`) or a field (`blocks[2].sha256`).
    pub at: String,
    pub problem: Problem,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Longer than [`MAX_BYTES`], or with too many values.
    TooLarge,
    /// No JSON, or not with the fields and types of a manifest; the text is the parser's.
    Json(String),
    /// A later version than the one that is read here.
    Version(u64),
    /// The same values in another spelling: its hash would be that of other bytes.
    NotCanonical,
    /// No SHA-256 in lower-case hex.
    Hash(String),
    /// No ISO 8601 time.
    Time(String),
    /// No name of a part, or one that stands twice.
    Name(String),
}

impl fmt::Display for ManifestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{MANIFEST}, {}: ", self.at)?;
        match &self.problem {
            Problem::TooLarge => write!(
                f,
                "longer than {} or with more than {} values; not read",
                size::bytes(MAX_BYTES as f64),
                size::count(MAX_VALUES as u64)
            ),
            Problem::Json(why) => write!(f, "not as a manifest is written: {why}"),
            Problem::Version(n) => write!(
                f,
                "version {n} of the manifest, {VERSION} is the latest that is read here; open it with a later release"
            ),
            Problem::NotCanonical => write!(
                f,
                "not in canonical form (RFC 8785): it was changed after it was written"
            ),
            Problem::Hash(text) => write!(f, "`{text}` is no SHA-256 in hex"),
            Problem::Time(text) => write!(f, "`{text}` is no time (ISO 8601)"),
            Problem::Name(text) => write!(f, "`{text}` is no name of a part, or stands twice"),
        }
    }
}

impl std::error::Error for ManifestError {}

pub(super) fn parse(bytes: &[u8]) -> Result<Manifest, ManifestError> {
    let at_byte = |at: usize, problem| ManifestError {
        at: format!("byte {at}"),
        problem,
    };
    if bytes.len() > MAX_BYTES {
        return Err(at_byte(MAX_BYTES, Problem::TooLarge));
    }
    if let Some(at) = memchr::memchr_iter(b',', bytes).nth(MAX_VALUES) {
        return Err(at_byte(at, Problem::TooLarge));
    }
    // A later version has other fields: say so, not which of them is unknown here.
    #[derive(serde::Deserialize)]
    struct Head {
        #[serde(with = "super::whole")]
        version: u64,
    }
    let json = |e: serde_json::Error| at_byte(place(bytes, &e), Problem::Json(without_place(&e)));
    let Head { version } = serde_json::from_slice(bytes).map_err(json)?;
    if version != VERSION {
        return Err(ManifestError {
            at: "version".to_owned(),
            problem: Problem::Version(version),
        });
    }
    let manifest: Manifest = serde_json::from_slice(bytes).map_err(json)?;
    let canonical = manifest.bytes();
    if canonical != bytes {
        let same = canonical.iter().zip(bytes).take_while(|(a, b)| a == b).count();
        return Err(at_byte(same, Problem::NotCanonical));
    }
    check(&manifest)?;
    Ok(manifest)
}

/// Where the parser stopped, as a byte offset.
fn place(bytes: &[u8], e: &serde_json::Error) -> usize {
    let lines = bytes.split_inclusive(|&b| b == b'\n');
    let before: usize = lines.take(e.line().saturating_sub(1)).map(<[u8]>::len).sum();
    (before + e.column()).min(bytes.len())
}

fn without_place(e: &serde_json::Error) -> String {
    let text = e.to_string();
    text.rfind(" at line ")
        .and_then(|at| text.get(..at))
        .unwrap_or(&text)
        .to_owned()
}

fn check(m: &Manifest) -> Result<(), ManifestError> {
    time("created", Some(&m.created))?;
    hash("printed_sha256", Some(&m.printed_sha256))?;
    hash("notes_sha256", m.notes_sha256.as_deref())?;
    hash("findings_sha256", m.findings_sha256.as_deref())?;
    hash("names_sha256", m.names_sha256.as_deref())?;
    hash("tool.program_sha256", m.tool.program_sha256.as_deref())?;
    if let Some(range) = &m.range {
        time("range.from", Some(&range.from))?;
        time("range.to", Some(&range.to))?;
    }
    for (i, input) in m.inputs.iter().enumerate() {
        let at = |field: &str| format!("inputs[{i}].{field}");
        hash(at("sha256"), input.sha256.as_deref())?;
        time(at("first"), input.first.as_deref())?;
        time(at("last"), input.last.as_deref())?;
        for (k, member) in input.members.iter().enumerate() {
            let at = |field: &str| at(&format!("members[{k}].{field}"));
            time(at("first"), member.first.as_deref())?;
            time(at("last"), member.last.as_deref())?;
        }
    }
    let mut names = BTreeSet::new();
    for (i, block) in m.blocks.iter().enumerate() {
        let at = |field: &str| format!("blocks[{i}].{field}");
        hash(at("sha256"), Some(&block.sha256))?;
        let own = matches!(block.name.as_str(), MANIFEST | NOTES | FINDINGS | NAMES);
        if own || !is_part_name(block.name.as_bytes()) || !names.insert(&block.name) {
            return Err(ManifestError {
                at: at("name"),
                problem: Problem::Name(block.name.clone()),
            });
        }
    }
    for (i, gap) in m.coverage.iter().enumerate() {
        time(format!("coverage[{i}].from"), Some(&gap.from))?;
        time(format!("coverage[{i}].to"), Some(&gap.to))?;
    }
    Ok(())
}

fn hash(at: impl Into<String>, text: Option<&str>) -> Result<(), ManifestError> {
    let digit = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
    match text {
        Some(t) if t.len() != 64 || !t.bytes().all(digit) => Err(ManifestError {
            at: at.into(),
            problem: Problem::Hash(t.to_owned()),
        }),
        _ => Ok(()),
    }
}

fn time(at: impl Into<String>, text: Option<&str>) -> Result<(), ManifestError> {
    match text {
        Some(t) if time::parse_iso(t.as_bytes()).is_none() => Err(ManifestError {
            at: at.into(),
            problem: Problem::Time(t.to_owned()),
        }),
        _ => Ok(()),
    }
}
