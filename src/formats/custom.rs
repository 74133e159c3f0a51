//! Logs that a person described: which lines they have, what the parts of a line are called and mean.
//!
//! A [`CustomFormat`] says it in one of five ways: by an example whose fields are marked, by a regex with named groups, by an
//! Apache `LogFormat`, by a grok pattern, by a space-delimited filter pattern of CloudWatch. It is saved as a small TOML file
//! ([`file`]), which is recognised when it is dropped (`log-format`) and then describes whatever no other kind is sure of.
//!
//! Fields are columns of the names that the description gives; what one means (its role) fills a column of that role beside it, so
//! that timeline, search and entities find it whatever it is called. A value that is not of its column's type is kept as text in
//! `NAME.text`. A time that tells no zone is taken as UTC, or as in the zone that the description names; one without a year as
//! of the description's year, the year in the file's path, or the last time before the file was opened.

mod apache;
mod clock;
mod compile;
mod delimited;
mod example;
pub mod file;
mod grok;
mod kind;
mod looks;
pub mod marking;
pub mod preview;
mod reader;

pub use clock::{Clock, WORDS as CLOCKS};
pub use compile::{Column, Compiled, MAX_PATTERN, Part, Wrong};
pub use example::mend_marks;
pub use file::LogFormatFile;
pub use kind::CustomLog;
pub use looks::{TYPES, role_by_name, type_of, type_word};

use crate::base::{FieldType, Role};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, OnceLock};

/// How the lines are described.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Way {
    /// The pattern is one line; its fields are [`CustomFormat::marks`].
    #[default]
    Example,
    Regex,
    Apache,
    Grok,
    CloudWatch,
}

impl Way {
    /// Every way: its key in a file, and what people call it.
    pub const ALL: &'static [(Way, &'static str, &'static str)] = &[
        (Way::Example, "example", "by example"),
        (Way::Regex, "regex", "regular expression with named groups"),
        (Way::Apache, "apache", "Apache LogFormat"),
        (Way::Grok, "grok", "grok"),
        (
            Way::CloudWatch,
            "cloudwatch",
            "CloudWatch space-delimited pattern",
        ),
    ];

    pub fn key(self) -> &'static str {
        Self::ALL.iter().find(|w| w.0 == self).map_or("", |w| w.1)
    }

    pub fn from_key(key: &str) -> Option<Way> {
        Self::ALL.iter().find(|w| w.1 == key).map(|w| w.0)
    }
}

/// A field marked in the example: the bytes `from..to` of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    pub name: String,
    pub from: usize,
    pub to: usize,
}

/// Which lines are one record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Lines {
    /// Each line is one.
    #[default]
    Each,
    /// A line that does not match goes on with the record before it.
    Matching,
    /// A record begins with a line in which this regex is found.
    Begins(String),
}

/// What is said of a field beside the pattern.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldRule {
    pub name: String,
    /// Without one: what the pattern tells, or what the values look like.
    pub ty: Option<FieldType>,
    pub role: Meaning,
}

/// What a field means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Meaning {
    /// What the pattern or the name tells.
    #[default]
    Found,
    /// Nothing that other logs have as well.
    Nothing,
    Told(Role),
}

/// A described log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomFormat {
    /// Of two with one name, the one told last holds.
    pub name: String,
    pub way: Way,
    pub pattern: String,
    pub marks: Vec<Mark>,
    pub lines: Lines,
    /// How the time is written: a word of [`CLOCKS`] or `%Y-%m-%d %H:%M:%S`; empty: as it is found to be.
    pub clock: String,
    /// `+02:00`: the zone of times that tell none; empty: UTC.
    pub zone: String,
    /// The year of times that tell none.
    pub year: Option<i32>,
    pub fields: Vec<FieldRule>,
}

impl CustomFormat {
    pub fn rule(&self, name: &str) -> Option<&FieldRule> {
        self.fields.iter().find(|f| f.name == name)
    }

    /// The rule of a field, added where there is none.
    pub fn rule_mut(&mut self, name: &str) -> &mut FieldRule {
        let at = self.fields.iter().position(|f| f.name == name);
        let at = at.unwrap_or_else(|| {
            self.fields.push(FieldRule {
                name: name.to_owned(),
                ..FieldRule::default()
            });
            self.fields.len() - 1
        });
        &mut self.fields[at]
    }
}

/// The descriptions that members are read by, most recent first; each is compiled once.
#[derive(Default, Serialize, Deserialize)]
pub struct Described {
    formats: Vec<CustomFormat>,
    #[serde(skip)]
    compiled: OnceLock<Vec<Arc<Compiled>>>,
}

impl Described {
    pub fn new(formats: Vec<CustomFormat>) -> Self {
        Described {
            formats,
            compiled: OnceLock::new(),
        }
    }

    pub fn formats(&self) -> &[CustomFormat] {
        &self.formats
    }

    pub fn is_empty(&self) -> bool {
        self.formats.is_empty()
    }

    /// Puts a description before the others; one of the same name gives way.
    pub fn put(&mut self, format: CustomFormat) {
        let mut formats = std::mem::take(&mut self.formats);
        formats.retain(|f| f.name != format.name);
        formats.insert(0, format);
        formats.truncate(MAX_FORMATS);
        *self = Described::new(formats);
    }

    /// Those that can be read by; what is wrong with others is said where they are written.
    fn compiled(&self) -> &[Arc<Compiled>] {
        self.compiled.get_or_init(|| {
            let read = self.formats.iter().take(MAX_FORMATS);
            read.filter_map(|f| Compiled::new(f).ok()).map(Arc::new).collect()
        })
    }

    /// The description that most of a sample's first lines are written by; at least half of them must be.
    pub(super) fn of(&self, sample: &super::Sample<'_>) -> Option<&Arc<Compiled>> {
        if self.is_empty() || sample.head.contains(&0) {
            return None;
        }
        let mut best: Option<(&Arc<Compiled>, u32)> = None;
        for compiled in self.compiled() {
            let share = compiled.share_of(sample);
            if share >= LEAST_SHARE && best.is_none_or(|(_, most)| share > most) {
                best = Some((compiled, share));
            }
        }
        best.map(|(compiled, _)| compiled)
    }
}

/// More descriptions are not looked through for each member.
pub const MAX_FORMATS: usize = 64;
/// Of a thousand lines, so many must match.
const LEAST_SHARE: u32 = 500;

impl Clone for Described {
    fn clone(&self) -> Self {
        Described::new(self.formats.clone())
    }
}

impl PartialEq for Described {
    fn eq(&self, other: &Self) -> bool {
        self.formats == other.formats
    }
}

impl std::fmt::Debug for Described {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(&self.formats).finish()
    }
}

#[cfg(test)]
mod tests;
