//! What people judged, and the file that keeps it.
//!
//! `{"version":1,"judgements":{"root-used-seldom":{"verdict":"satisfied","note":"…","name":"…","at":"2026-11-11T01:26:18Z"}}}`.
//! A judgement of an item that is not known here (an older or newer list) is kept and written again.

use super::item;
use crate::base::time::{iso, parse_iso};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;

/// A longer file is not read (bytes).
pub const MAX_BYTES: usize = 4 << 20;

/// What is written.
pub const VERSION: u64 = 1;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    Satisfied,
    NotSatisfied,
    NotApplicable,
}

impl Verdict {
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Satisfied => "satisfied",
            Verdict::NotSatisfied => "not satisfied",
            Verdict::NotApplicable => "not applicable",
        }
    }
}

/// What a person said of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judgement {
    pub verdict: Verdict,
    /// Why, in plain text.
    #[serde(default)]
    pub note: String,
    /// Who.
    #[serde(default)]
    pub name: String,
    /// When; written as ISO 8601 in UTC.
    #[serde(rename = "at", serialize_with = "write_time", deserialize_with = "read_time")]
    pub at_ns: i64,
}

fn write_time<S: Serializer>(ns: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&iso(*ns))
}

fn read_time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse_iso(text.as_bytes())
        .ok_or_else(|| serde::de::Error::custom(format!("`{text}` is no time (ISO 8601)")))
}

/// Judgements by the item's id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ByHand {
    pub judgements: BTreeMap<String, Judgement>,
}

/// As it is written.
#[derive(Serialize)]
struct Written<'j> {
    version: u64,
    judgements: &'j BTreeMap<String, Judgement>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    #[serde(rename = "version")]
    _version: u64,
    judgements: BTreeMap<String, Judgement>,
}

/// Read first, so that a newer file is told as one and not as faulty.
#[derive(Deserialize)]
struct Head {
    version: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ByHandError {
    TooLong {
        bytes: usize,
    },
    /// A version that is not known here.
    Version(u64),
    /// Not as it is written: where, and what.
    Faulty {
        line: usize,
        column: usize,
        what: String,
    },
}

impl fmt::Display for ByHandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ByHandError::TooLong { bytes } => {
                let size = |n: usize| crate::base::size::bytes(n as f64);
                write!(
                    f,
                    "The file has {}, and judgements of more than {} are not read. Open the file that was saved here.",
                    size(*bytes),
                    size(MAX_BYTES)
                )
            }
            ByHandError::Version(version) => write!(
                f,
                "The judgements are of version {version}, and version {VERSION} is known here. Open them in the release that wrote them."
            ),
            ByHandError::Faulty { line, column, what } => write!(
                f,
                "The judgements are not as they are written, at line {line}, column {column}: {what}. Mend that place, or save them anew."
            ),
        }
    }
}

impl Error for ByHandError {}

impl From<serde_json::Error> for ByHandError {
    fn from(error: serde_json::Error) -> Self {
        let text = error.to_string();
        let place = format!(" at line {} column {}", error.line(), error.column());
        ByHandError::Faulty {
            line: error.line(),
            column: error.column(),
            what: text.strip_suffix(&place).unwrap_or(&text).to_owned(),
        }
    }
}

impl ByHand {
    /// Reads what [`ByHand::write`] wrote, wherever it was kept.
    pub fn read(bytes: &[u8]) -> Result<ByHand, ByHandError> {
        if bytes.len() > MAX_BYTES {
            return Err(ByHandError::TooLong { bytes: bytes.len() });
        }
        let Head { version } = serde_json::from_slice(bytes)?;
        if version != VERSION {
            return Err(ByHandError::Version(version));
        }
        let Read { judgements, .. } = serde_json::from_slice(bytes)?;
        Ok(ByHand { judgements })
    }

    /// The same judgements make the same text.
    pub fn write(&self) -> Result<String, ByHandError> {
        let written = Written {
            version: VERSION,
            judgements: &self.judgements,
        };
        Ok(serde_json::to_string(&written)?)
    }

    /// Judgements of items that are not known here.
    pub fn unknown(&self) -> impl Iterator<Item = (&str, &Judgement)> {
        let unknown = self.judgements.iter().filter(|(id, _)| item(id).is_none());
        unknown.map(|(id, judgement)| (id.as_str(), judgement))
    }
}
