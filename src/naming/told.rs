//! What went wrong with a source, and what was left out of one that is good.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Who told a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum SourceKind {
    /// The person's own list of networks.
    Table,
    /// Answers of the command line and AWS Config items.
    Inventory,
    /// AWS's `ip-ranges.json`.
    AwsRanges,
    /// A MaxMind DB.
    Mmdb,
    /// The special-use ranges that are built in.
    Special,
}

impl SourceKind {
    pub fn title(self) -> &'static str {
        match self {
            SourceKind::Table => "List of networks",
            SourceKind::Inventory => "Described network",
            SourceKind::AwsRanges => "AWS IP ranges",
            SourceKind::Mmdb => "MaxMind DB",
            SourceKind::Special => "Special-use ranges",
        }
    }
}

/// A source that is loaded, as a list of sources shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceTold {
    pub kind: SourceKind,
    /// The name it was dropped under; empty for what was read from several files.
    pub file: String,
    /// What it calls itself: `GeoLite2-Country`, `AWS IP ranges`.
    pub what: String,
    /// Networks, or described things; nothing where the file does not say without being read through.
    pub entries: Option<u64>,
    pub rejected: Vec<Rejected>,
    /// When its publisher made it, in nanoseconds.
    pub of: Option<i64>,
    pub note: String,
}

/// Entries that were left out for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejected {
    /// What is wrong and what to do.
    pub reason: String,
    pub count: u64,
    /// Where the first of them stand: `line 7`, `prefixes[3].ip_prefix`.
    pub first: Vec<String>,
}

/// Places that are named of each reason.
const PLACES: usize = 5;

/// Counts what is left out, by reason.
#[derive(Clone, Debug, Default)]
pub(super) struct Rejects(Vec<Rejected>);

impl Rejects {
    pub fn add(&mut self, reason: &str, place: impl FnOnce() -> String) {
        let at = self.0.iter().position(|r| r.reason == reason);
        let at = at.unwrap_or_else(|| {
            self.0.push(Rejected {
                reason: reason.to_owned(),
                count: 0,
                first: Vec::new(),
            });
            self.0.len() - 1
        });
        if let Some(rejected) = self.0.get_mut(at) {
            rejected.count += 1;
            if rejected.first.len() < PLACES {
                rejected.first.push(place());
            }
        }
    }

    pub fn into_list(self) -> Vec<Rejected> {
        self.0
    }
}

/// Why a file gives no names at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamingError {
    pub kind: SourceKind,
    pub file: String,
    pub problem: Problem,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// No JSON from this line and column on.
    NotJson {
        line: usize,
        column: usize,
        says: String,
    },
    /// What has to stand at this path does not, or is of another type.
    Missing { path: &'static str, says: String },
    /// Bytes that are no text.
    NotText { line: u64 },
    /// The first line names no column of networks, or none of names.
    NoColumn { line: u64, column: &'static str },
    /// Not one entry could be read; the first reason and where.
    NothingKept { reason: String, place: String },
    /// There is nothing in it.
    Empty,
    /// The metadata at the end of a MaxMind DB is not there.
    NoMetadata,
    /// The database breaks its own rules; the words are the reader's.
    Damaged { says: String },
    /// A MaxMind DB that holds neither places nor autonomous systems.
    OtherContent { database: String },
}

impl fmt::Display for NamingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = if self.file.is_empty() {
            self.kind.title()
        } else {
            &self.file
        };
        write!(f, "{file}: ")?;
        match &self.problem {
            Problem::NotJson { line, column, says } => write!(
                f,
                "not JSON at line {line}, column {column} ({says}). Download it again, as it is."
            ),
            Problem::Missing { path, says } => write!(
                f,
                "nothing usable at {path}: {says}. Take ip-ranges.json as AWS publishes it."
            ),
            Problem::NotText { line } => {
                write!(f, "line {line} is no UTF-8 text. Save the list as CSV in UTF-8.")
            }
            Problem::NoColumn { line, column } => write!(
                f,
                "line {line} names no column for the {column}. Call the columns cidr and name, or leave the header out."
            ),
            Problem::NothingKept { reason, place } => {
                write!(f, "no entry could be used; the first, {place}: {reason}")
            }
            Problem::Empty => write!(
                f,
                "there is nothing in it. Choose the file again, or export it anew."
            ),
            Problem::NoMetadata => write!(
                f,
                "no MaxMind DB metadata at its end. Unpack the download and drop the whole .mmdb file."
            ),
            Problem::Damaged { says } => {
                write!(f, "the database is damaged ({says}). Download it again.")
            }
            Problem::OtherContent { database } => write!(
                f,
                "{database} holds neither countries, cities nor autonomous systems. Drop a Country, City or ASN database."
            ),
        }
    }
}

impl std::error::Error for NamingError {}
