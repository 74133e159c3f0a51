//! The manifest of a shared file: what was opened and what came of it, what was left out, and a hash of every part.
//!
//! It stands in the file as canonical JSON ([`super::canonical`]); its own SHA-256 stands on the report's first page.
//! FORMAT.md lists the fields for people.

mod check;
mod parse;
#[cfg(test)]
mod tests;
mod whole;

use super::canonical;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use check::{Checked, Match, Verdict, match_input, printed, verify, verify_hashes};
pub use parse::{MAX_BYTES, ManifestError, Problem};

/// The version of this layout.
pub const VERSION: u64 = 1;
/// What a shared file is made of and from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`VERSION`].
    #[serde(with = "whole")]
    pub version: u64,
    pub tool: Tool,
    /// When it was shared, ISO 8601 in UTC. Given from outside, so that the same choices make the same bytes.
    pub created: String,
    pub title: String,
    /// What the report is about, in its author's words.
    pub scope: String,
    pub author: String,
    /// The page's filter as it is typed ([`crate::query::text::write`]); empty where there was none.
    pub filter: String,
    pub range: Option<Range>,
    /// Ids of the views told, in their order.
    pub views: Vec<String>,
    pub records: Records,
    /// The original text of the records is inside.
    pub originals: bool,
    /// Fields that were taken out of every record.
    pub left_out: Vec<String>,
    /// Secrets that were masked, by what they are.
    pub masked: Vec<Masked>,
    pub inputs: Vec<Input>,
    pub blocks: Vec<Block>,
    /// Of the UTF-8 text inside `<main id="report">`, exactly as it stands in the file.
    pub printed_sha256: String,
    /// Of the part [`crate::base::page::NOTES`]; `None` where there are no notes.
    pub notes_sha256: Option<String>,
    /// Of the part [`crate::base::page::FINDINGS`]; `None` where there is none.
    pub findings_sha256: Option<String>,
    /// Of the part [`crate::base::page::NAMES`]; not there where there is none, as in files that were written before
    /// there were names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub names_sha256: Option<String>,
    /// Holes in what was opened: where records of a kind are to be expected and there are none.
    pub coverage: Vec<Gap>,
}

/// Which program wrote it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    pub name: String,
    pub version: String,
    /// Of the program's wasm before it was packed; `None` where it is not known.
    pub program_sha256: Option<String>,
}

/// ISO 8601 times in UTC; `to` is not inside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Range {
    pub from: String,
    pub to: String,
}

/// Which records are inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Records {
    None,
    /// Those that findings rest on.
    Findings,
    /// Those that meet the page's filter.
    Filter,
    All,
}

/// How many secrets of a sort were masked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Masked {
    /// [`super::mask::What::word`].
    pub what: String,
    #[serde(with = "whole")]
    pub values: u64,
}

/// A file that was opened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// With the folders it was opened in.
    pub name: String,
    /// As it was opened (packed).
    #[serde(with = "whole")]
    pub bytes: u64,
    /// `None` where it was not read to its end.
    pub sha256: Option<String>,
    /// Registry ids of its members' kinds.
    pub kinds: Vec<String>,
    pub members: Vec<Member>,
    /// Records kept, without its duplicates.
    #[serde(with = "whole")]
    pub kept: u64,
    #[serde(with = "whole")]
    pub duplicates: u64,
    #[serde(with = "whole")]
    pub rejected: u64,
    /// Times of its first and last record.
    pub first: Option<String>,
    pub last: Option<String>,
    /// The name of an input with the same bytes, whose records count instead of its own.
    pub same_as: Option<String>,
    pub error: Option<String>,
}

/// A file inside an input, or the input itself where it is no container.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    pub path: String,
    /// Registry id; `None` where no kind recognised it.
    pub kind: Option<String>,
    /// Unpacked.
    #[serde(with = "whole")]
    pub bytes: u64,
    /// Records read, duplicates included.
    #[serde(with = "whole")]
    pub kept: u64,
    /// `None` where they are only known for the whole input.
    #[serde(with = "whole::option")]
    pub duplicates: Option<u64>,
    pub rejected: Vec<Rejected>,
    pub first: Option<String>,
    pub last: Option<String>,
    pub error: Option<String>,
}

/// Why records of a member were not kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rejected {
    pub reason: String,
    #[serde(with = "whole")]
    pub count: u64,
    /// Byte offsets of the first few in the member's unpacked bytes.
    #[serde(with = "whole::list")]
    pub offsets: Vec<u64>,
    /// The beginning of the first of them; `None` where originals are not shared.
    pub text: Option<String>,
}

/// A part that holds records.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Block {
    /// The part's name.
    pub name: String,
    /// Registry id.
    pub kind: String,
    #[serde(with = "whole")]
    pub rows: u64,
    #[serde(with = "whole")]
    pub bytes: u64,
    pub sha256: String,
    /// Its rows are sums of records; `None` where they are records.
    pub summed: Option<Summed>,
}

/// How records were summed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Summed {
    /// Rows stand for times cut down to a multiple of this.
    #[serde(with = "whole")]
    pub width_ns: u64,
    pub dims: Vec<Dim>,
}

/// A field by which sums are told apart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dim {
    pub name: String,
    /// Values that are told apart, …
    #[serde(with = "whole")]
    pub kept: u64,
    /// … of so many; the others are [`crate::base::block::OTHER`].
    #[serde(with = "whole")]
    pub of: u64,
}

/// A hole; a text that is not known is empty.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gap {
    /// Registry id.
    pub kind: String,
    pub account: String,
    pub region: String,
    pub from: String,
    pub to: String,
}

impl Records {
    pub const ALL: [Records; 4] = [Records::None, Records::Findings, Records::Filter, Records::All];

    /// The word in the manifest.
    pub fn word(self) -> &'static str {
        match self {
            Records::None => "none",
            Records::Findings => "findings",
            Records::Filter => "filter",
            Records::All => "all",
        }
    }

    pub fn of(word: &str) -> Option<Records> {
        Records::ALL.into_iter().find(|r| r.word() == word)
    }
}

impl Manifest {
    /// What stands for a manifest that can not be read: nothing is known.
    pub fn unknown() -> Manifest {
        Manifest {
            version: VERSION,
            tool: Tool {
                name: String::new(),
                version: String::new(),
                program_sha256: None,
            },
            created: String::new(),
            title: String::new(),
            scope: String::new(),
            author: String::new(),
            filter: String::new(),
            range: None,
            views: Vec::new(),
            records: Records::None,
            originals: false,
            left_out: Vec::new(),
            masked: Vec::new(),
            inputs: Vec::new(),
            blocks: Vec::new(),
            printed_sha256: String::new(),
            notes_sha256: None,
            findings_sha256: None,
            names_sha256: None,
            coverage: Vec::new(),
        }
    }

    /// The canonical bytes, as they stand in the file. Not base64.
    pub fn bytes(&self) -> Vec<u8> {
        // `whole` writes large numbers as strings, and there are no others: the tests hold every field to it.
        canonical::to_vec(self).expect("a manifest's numbers are integers")
    }

    /// SHA-256 of [`Manifest::bytes`], in hex: what the report shows on its first page.
    pub fn sha256(&self) -> String {
        hex(&Sha256::digest(self.bytes()).into())
    }

    /// Reads a manifest from anywhere. Only the canonical bytes of a sound manifest are taken for one, so that its hash
    /// speaks of everything in it.
    pub fn parse(bytes: &[u8]) -> Result<Manifest, ManifestError> {
        parse::parse(bytes)
    }
}

/// A hash in lower-case hex.
pub fn hex(hash: &[u8; 32]) -> String {
    use std::fmt::Write;
    let mut out = String::with_capacity(64);
    for b in hash {
        let _ = write!(out, "{b:02x}");
    }
    out
}
