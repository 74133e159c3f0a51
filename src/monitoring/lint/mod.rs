//! What is wrong with a filter pattern, and what to write instead.
//!
//! A pattern that AWS refuses costs a minute; one that it takes and that means something else costs the alarm. Three degrees:
//! broken patterns are not read, or compare with text that was never meant; misleading ones are read otherwise than they
//! look; notes are worth knowing. The rules are those of
//! docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html.

mod known;
mod meaning;
mod mend;
mod scan;
#[cfg(test)]
mod tests;

use super::probes::{Coverage, coverage};
use crate::language::Fault;
use crate::language::pattern::Pattern;
use serde::Serialize;

/// One finding. Places are in characters of the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lint {
    /// Stays the same: `line-wrap`.
    pub code: &'static str,
    pub severity: Severity,
    pub at: usize,
    pub end: usize,
    /// For a person: what is wrong, what follows from it.
    pub says: String,
    /// A whole pattern that is read and is likely what was meant.
    pub instead: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    Broken,
    Misleading,
    Note,
}

impl Lint {
    fn new(code: &'static str, severity: Severity, at: usize, end: usize, says: impl Into<String>) -> Self {
        Lint {
            code,
            severity,
            at,
            end,
            says: says.into(),
            instead: None,
        }
    }

    fn of(fault: Fault, severity: Severity) -> Self {
        Lint::new(fault.what, severity, fault.at, fault.end, fault.says)
    }

    fn instead(mut self, text: Option<String>) -> Self {
        self.instead = text.filter(|text| Pattern::parse(text).is_ok());
        self
    }
}

/// A text beyond this, in characters, is no pattern with something wrong: AWS takes a quarter of it.
const LONGEST: usize = 4096;

/// Everything that is worth saying, broken things first.
///
/// A broken text is mended as a whole and the mended one is given with every finding; what it means is only told of texts
/// that are not broken, as the rest would be about text that nobody meant.
pub fn lint(text: &str) -> Vec<Lint> {
    let parsed = Pattern::parse(text);
    if let (Err(fault), true) = (&parsed, text.chars().nth(LONGEST).is_some()) {
        return vec![Lint::of(fault.clone(), Severity::Broken)];
    }
    let mended = mend::mend(text);
    let mut found = match (&parsed, mended.causes.is_empty()) {
        (Ok(parsed), true) => meaning::lints(text, parsed),
        (Err(fault), true) => vec![Lint::of(fault.clone(), Severity::Broken)],
        (_, false) => broken(&mended),
    };
    found.sort_by_key(|lint| (lint.severity, lint.at));
    found
}

fn broken(mended: &mend::Mended) -> Vec<Lint> {
    let read = Pattern::parse(&mended.text);
    let instead = read.is_ok().then(|| mended.text.clone());
    let mut found: Vec<Lint> = mended
        .causes
        .iter()
        .map(|cause| {
            Lint::new(
                cause.code,
                Severity::Broken,
                cause.at,
                cause.end,
                cause.says.clone(),
            )
            .instead(instead.clone())
        })
        .collect();
    match read {
        Ok(parsed) => {
            let says = format!(
                "Mended, the pattern is read and {}.",
                covers(&coverage(&parsed.pattern))
            );
            found.push(Lint::new("mended", Severity::Note, 0, 0, says).instead(instead));
        }
        // Something else is wrong as well: the reader's own words say what.
        Err(fault) => {
            let at = mended.origin(fault.at);
            let end = mended.origin(fault.end).max(at);
            found.push(Lint::new(fault.what, Severity::Broken, at, end, fault.says));
        }
    }
    found
}

/// Which topics, in words, to go on a sentence: `covers “Anything the root user does”`.
pub fn covers(coverage: &[Coverage]) -> String {
    let name = |c: &Coverage| match c.topic() {
        Some(topic) => format!("“{}”", topic.title),
        None => c.topic.to_owned(),
    };
    let (whole, part): (Vec<_>, Vec<_>) = coverage.iter().partition(|c| c.is_complete());
    // A filter about something else may take an event or two in passing.
    let (much, little): (Vec<_>, Vec<_>) = part.into_iter().partition(|c| c.is_half());
    let mut said: Vec<String> = Vec::new();
    if !whole.is_empty() {
        said.push(format!(
            "covers {}",
            whole.into_iter().map(name).collect::<Vec<_>>().join(", ")
        ));
    }
    for c in much {
        said.push(format!("takes {} of the {} events of {}", c.taken, c.of, name(c)));
    }
    match little.len() {
        0 => {}
        1..=3 => {
            let some = little.into_iter().map(name).collect::<Vec<_>>().join(", ");
            said.push(format!("takes some events of {some}"));
        }
        many => said.push(format!("takes some events of {many} other topics")),
    }
    if said.is_empty() {
        return "covers none of the topics of the CIS benchmark".to_owned();
    }
    said.join("; ")
}
