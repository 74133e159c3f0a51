//! Findings that somebody looked at and does not want to see again, with the reason: a file that can be saved, kept with the
//! logs and dropped again.

use super::{Entry, Item};
use serde::{Deserialize, Serialize};
use std::error::Error;
use std::fmt;

/// What the file says of itself.
pub const NAME: &str = "suppressions";
const VERSION: u32 = 1;

/// One decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppression {
    /// [`Entry::id`], or an imported check's key.
    pub rule: String,
    /// [`Item::subject`]; all that the rule finds where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    pub reason: String,
    pub author: String,
    /// When it was decided (ISO 8601).
    pub at: String,
}

/// The file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppressions {
    trailbeam: String,
    version: u32,
    #[serde(default)]
    pub suppressions: Vec<Suppression>,
    /// Principals that act by themselves; a star stands for any text.
    #[serde(default)]
    pub automation: Vec<String>,
}

impl Default for Suppressions {
    fn default() -> Self {
        Suppressions {
            trailbeam: NAME.to_owned(),
            version: VERSION,
            suppressions: Vec::new(),
            automation: Vec::new(),
        }
    }
}

/// Why a file is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotRead {
    /// What is wrong, and where.
    Json(String),
    Newer(u32),
}

impl fmt::Display for NotRead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotRead::Json(why) => write!(
                f,
                "This is no file of suppressions as Trailbeam saves it: {why}. Mend it there, or save a new one on the findings \
                 page."
            ),
            NotRead::Newer(version) => write!(
                f,
                "This file of suppressions has version {version}; this Trailbeam reads version {VERSION}. Open it with a newer one."
            ),
        }
    }
}

impl Error for NotRead {}

impl Suppressions {
    pub fn read(bytes: &[u8]) -> Result<Suppressions, NotRead> {
        let file: Suppressions = serde_json::from_slice(bytes).map_err(|e| NotRead::Json(e.to_string()))?;
        match file {
            _ if file.trailbeam != NAME => Err(NotRead::Json(format!("trailbeam is not \"{NAME}\""))),
            _ if file.version > VERSION => Err(NotRead::Newer(file.version)),
            file => Ok(file),
        }
    }

    pub fn write(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// Takes in the decisions of another file; of one thing the later one holds.
    pub fn merge(&mut self, other: Suppressions) {
        for s in other.suppressions {
            self.add(s);
        }
        for principal in other.automation {
            if !self.automation.contains(&principal) {
                self.automation.push(principal);
            }
        }
    }

    pub fn add(&mut self, one: Suppression) {
        let same = |s: &Suppression| s.rule == one.rule && s.subject == one.subject;
        match self.suppressions.iter_mut().find(|s| same(s)) {
            Some(known) if known.at <= one.at => *known = one,
            Some(_) => {}
            None => self.suppressions.push(one),
        }
    }

    pub fn remove(&mut self, rule: &str, subject: Option<&str>) {
        self.suppressions
            .retain(|s| s.rule != rule || s.subject.as_deref() != subject);
    }

    /// The decision about a rule as a whole, or about one of its subjects.
    pub fn of(&self, rule: &str, subject: Option<&str>) -> Option<&Suppression> {
        let mut all = self.suppressions.iter().filter(|s| s.rule == rule);
        all.find(|s| s.subject.is_none() || s.subject.as_deref() == subject)
    }

    pub fn hides(&self, entry: &Entry, item: &Item) -> bool {
        self.of(&entry.id, Some(&item.subject)).is_some()
    }
}
