//! What is wrong with a text: errors refuse it, warnings and hints go beside its evaluation.

use serde::Serialize;
use std::error::Error;
use std::fmt;

/// One finding in a query or pattern.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// A code that stays the same: `unclosed-quote`.
    pub what: &'static str,
    /// Where the token begins, in characters from 0; the end of the text when something is missing.
    pub at: usize,
    /// Behind the token's last character.
    pub end: usize,
    /// For a person: what is wrong, what was expected, what to do.
    pub says: String,
}

impl Fault {
    pub fn new(what: &'static str, at: usize, end: usize, says: impl Into<String>) -> Self {
        Fault {
            what,
            at,
            end,
            says: says.into(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} at character {})", self.says, self.what, self.at)
    }
}

impl Error for Fault {}
