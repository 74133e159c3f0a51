//! What all findings share, whoever found them: six derived columns under the same names in every kind, so that one
//! view counts, groups and filters them together.
//!
//! | column | what it says |
//! |---|---|
//! | `findingTitle` | one line for people |
//! | `findingStatus` | `red` action recommended (failed, not compliant, active and high or critical) · `yellow` to be looked into (warning, active and medium or low) · `green` nothing to do (passed, compliant, resolved, informational) · `none` not available |
//! | `severityLabel` | `critical`, `high`, `medium`, `low`, `informational`; absent where the finder has no severity |
//! | `findingCategory` | a Trusted Advisor category; `security` for other finders; absent where only a list of checks not loaded knows it |
//! | `findingExcluded` | suppressed, muted, archived or excluded by a person |
//! | `checkKey` | the check, rule or generator that found it: findings of one key are one line of the summary |

use super::json::document::{Cells, Column, derived};
use crate::base::{FieldSpec, Role};

/// The shared columns; every kind of findings ends with them.
const COLUMNS: [Column; 6] = [
    derived(FieldSpec::text("findingTitle").role(Role::Message)),
    derived(FieldSpec::text("findingStatus")),
    derived(FieldSpec::text("severityLabel").role(Role::Severity)),
    derived(FieldSpec::text("findingCategory")),
    derived(FieldSpec::bool("findingExcluded")),
    derived(FieldSpec::text("checkKey")),
];

/// How many columns [`columns`] adds.
pub const ADDED: usize = COLUMNS.len();

/// A kind's own columns with the shared ones behind them: `M` is [`ADDED`] more than `own.len()`.
pub const fn columns<const M: usize>(own: &[Column]) -> [Column; M] {
    let mut out = [COLUMNS[0]; M];
    let mut at = 0;
    while at < M {
        out[at] = if at < own.len() {
            own[at]
        } else {
            COLUMNS[at - own.len()]
        };
        at += 1;
    }
    out
}

/// The light of a finding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Light {
    Red,
    Yellow,
    Green,
    #[default]
    None,
}

impl Light {
    pub fn word(self) -> &'static str {
        match self {
            Light::Red => "red",
            Light::Yellow => "yellow",
            Light::Green => "green",
            Light::None => "none",
        }
    }

    /// Of a check's verdict in any of the words that AWS and open tools use; `None` for a word that is no verdict.
    pub fn of_verdict(word: &str) -> Option<Light> {
        let word = word.trim().to_ascii_lowercase().replace([' ', '-'], "_");
        Some(match word.as_str() {
            "failed" | "fail" | "failure" | "non_compliant" | "error" | "red" | "danger" => Light::Red,
            "warning" | "warn" | "yellow" | "manual" => Light::Yellow,
            "passed" | "pass" | "ok" | "green" | "compliant" | "success" | "good" => Light::Green,
            "not_available" | "none" | "blue" | "unknown" | "not_applicable" | "insufficient_data"
            | "info" => Light::None,
            _ => return None,
        })
    }

    /// Of a finding that is still open.
    pub fn of_severity(label: Option<Severity>) -> Light {
        match label {
            Some(Severity::Critical | Severity::High) => Light::Red,
            Some(Severity::Medium | Severity::Low) => Light::Yellow,
            Some(Severity::Informational) => Light::Green,
            None => Light::None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    Critical,
    High,
    Medium,
    Low,
    Informational,
}

impl Severity {
    pub fn word(self) -> &'static str {
        match self {
            Severity::Critical => "critical",
            Severity::High => "high",
            Severity::Medium => "medium",
            Severity::Low => "low",
            Severity::Informational => "informational",
        }
    }

    pub fn of_word(word: &str) -> Option<Severity> {
        Some(match word.trim().to_ascii_lowercase().as_str() {
            "critical" | "fatal" => Severity::Critical,
            "high" => Severity::High,
            "medium" | "moderate" => Severity::Medium,
            "low" => Severity::Low,
            "informational" | "info" | "information" => Severity::Informational,
            _ => return None,
        })
    }

    /// Security Hub's `Severity.Normalized`, 0 to 100 (AWS Security Finding Format).
    pub fn of_normalized(n: i64) -> Severity {
        match n {
            ..=0 => Severity::Informational,
            1..=39 => Severity::Low,
            40..=69 => Severity::Medium,
            70..=89 => Severity::High,
            _ => Severity::Critical,
        }
    }

    /// GuardDuty's 0.1 to 10.
    pub fn of_guardduty(n: f64) -> Severity {
        match n {
            n if n >= 9.0 => Severity::Critical,
            n if n >= 7.0 => Severity::High,
            n if n >= 4.0 => Severity::Medium,
            n if n > 0.0 => Severity::Low,
            _ => Severity::Informational,
        }
    }
}

/// A category in Trusted Advisor's words, from any of its spellings (`cost_optimizing`, `costOptimizing`, `Cost optimization`).
pub fn category(text: &str) -> Option<&'static str> {
    let letters: String = text
        .chars()
        .filter(char::is_ascii_alphabetic)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    Some(match letters.as_str() {
        "costoptimizing" | "costoptimization" | "costoptimisation" => "cost_optimizing",
        "security" => "security",
        "faulttolerance" | "reliability" => "fault_tolerance",
        "performance" => "performance",
        "servicelimits" | "servicequotas" => "service_limits",
        "operationalexcellence" => "operational_excellence",
        _ => return None,
    })
}

/// The shared columns of one finding.
#[derive(Clone, Debug, Default)]
pub struct Finding<'a> {
    pub title: &'a str,
    pub light: Light,
    pub severity: Option<Severity>,
    /// `None`: security. Empty: not known here.
    pub category: Option<&'static str>,
    pub excluded: bool,
    pub check: &'a str,
}

impl Finding<'_> {
    pub fn write(&self, cells: &mut Cells<'_, '_>) {
        cells.text("findingTitle", self.title.trim());
        cells.text("findingStatus", self.light.word());
        cells.text("severityLabel", self.severity.map_or("", Severity::word));
        cells.text("findingCategory", self.category.unwrap_or("security"));
        cells.bool("findingExcluded", self.excluded);
        cells.text("checkKey", self.check);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severities_of_every_finder_meet() {
        assert_eq!(Severity::of_guardduty(8.9), Severity::High);
        assert_eq!(Severity::of_guardduty(9.0), Severity::Critical);
        assert_eq!(Severity::of_guardduty(3.9), Severity::Low);
        assert_eq!(Severity::of_normalized(0), Severity::Informational);
        assert_eq!(Severity::of_normalized(69), Severity::Medium);
        assert_eq!(Severity::of_normalized(90), Severity::Critical);
        assert_eq!(Severity::of_word("Moderate"), Some(Severity::Medium));
        assert_eq!(Severity::of_word("UNTRIAGED"), None);
    }

    #[test]
    fn categories_have_one_spelling() {
        assert_eq!(category("costOptimizing"), Some("cost_optimizing"));
        assert_eq!(category("Cost Optimization"), Some("cost_optimizing"));
        assert_eq!(category("fault_tolerance"), Some("fault_tolerance"));
        assert_eq!(category("Software and Configuration Checks"), None);
    }
}
