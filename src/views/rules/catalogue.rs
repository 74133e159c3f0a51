//! The built-in rules by theme, what came of each, and finding one.

use super::model::line_of_rule;
use crate::base::size;
use crate::findings::Entry;
use crate::rules::book::WrittenRule;
use crate::rules::catalogue::{FILES, catalogue};

/// What the files of the catalogue are about.
const TITLES: &[(&str, &str)] = &[
    ("logging", "Logging and detection"),
    ("iam", "IAM"),
    ("signin", "Signing in"),
    ("organizations", "Organizations"),
    ("s3", "S3"),
    ("rds", "RDS"),
    ("recovery", "Backups and recovery"),
    ("kms", "KMS"),
    ("secrets", "Secrets"),
    ("network", "Network"),
    ("ec2", "EC2"),
    ("lambda", "Lambda"),
    ("recon", "Reconnaissance"),
    ("flows", "Flow logs"),
];

/// A file of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    pub name: &'static str,
    pub text: &'static str,
}

impl Theme {
    /// All of them, in the catalogue's order.
    pub fn all() -> impl Iterator<Item = Theme> {
        FILES.iter().map(|(name, text)| Theme { name, text })
    }

    pub fn of(name: &str) -> Option<Theme> {
        Theme::all().find(|t| t.name == name)
    }

    pub fn title(self) -> &'static str {
        let found = TITLES.iter().find(|(name, _)| *name == self.name);
        found.map_or(self.name, |(_, title)| *title)
    }

    /// Its rules, in its order.
    pub fn rules(self) -> impl Iterator<Item = &'static WrittenRule> {
        catalogue()
            .iter()
            .filter(move |r| line_of_rule(self.text, &r.id).is_some())
    }
}

/// What came of a rule the last time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// It was not run yet.
    #[default]
    Open,
    Fired {
        groups: u64,
        records: u64,
    },
    Quiet,
    NotEvaluated,
}

impl Standing {
    /// Ids and words, to choose by.
    pub const CHOICES: [(&'static str, &'static str); 3] =
        [("fired", "Fired"), ("quiet", "Quiet"), ("none", "Not evaluated")];

    pub fn of(entry: Option<&Entry>) -> Standing {
        match entry {
            None => Standing::Open,
            Some(e) if e.needs.is_some() => Standing::NotEvaluated,
            Some(e) if e.items.is_empty() => Standing::Quiet,
            Some(e) => Standing::Fired {
                groups: e.items.len() as u64,
                records: e.count(),
            },
        }
    }

    pub fn id(self) -> &'static str {
        match self {
            Standing::Open => "",
            Standing::Fired { .. } => "fired",
            Standing::Quiet => "quiet",
            Standing::NotEvaluated => "none",
        }
    }

    pub fn words(self) -> String {
        match self {
            Standing::Open => "not run yet".to_owned(),
            Standing::Fired { groups, records } => format!(
                "fired: {}, {}",
                size::counted(groups, "findings"),
                size::counted(records, "records")
            ),
            Standing::Quiet => "quiet".to_owned(),
            Standing::NotEvaluated => "not evaluated".to_owned(),
        }
    }
}

/// Which rules are looked for; empty parts take all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Words, each in title or id, or a severity.
    pub typed: String,
    /// [`Standing::id`].
    pub standing: String,
}

impl Wanted {
    pub fn is_all(&self) -> bool {
        self.typed.trim().is_empty() && self.standing.is_empty()
    }

    pub fn takes(&self, rule: &WrittenRule, standing: Standing) -> bool {
        let (title, id) = (rule.title.to_lowercase(), rule.id.as_str());
        let has = |word: &str| {
            let word = word.to_lowercase();
            title.contains(&word) || id.contains(&word) || rule.severity.word() == word
        };
        (self.standing.is_empty() || standing.id() == self.standing) && self.typed.split_whitespace().all(has)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::{Source, of_rule};
    use crate::rules::Verdict;

    #[test]
    fn every_rule_stands_in_one_theme_with_a_title() {
        let mut ids: Vec<&str> = Theme::all()
            .flat_map(|t| t.rules().map(|r| r.id.as_str()))
            .collect();
        assert_eq!(ids.len(), catalogue().len());
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), catalogue().len());
        assert!(Theme::all().all(|t| t.title() != t.name));
        assert!(Theme::of("iam").is_some() && Theme::of("iam.toml").is_none());
    }

    #[test]
    fn rules_are_found_by_title_id_severity_and_what_came_of_them() {
        let rule = Theme::of("iam").unwrap().rules().next().unwrap();
        let takes = |typed: &str, standing: &str| {
            let wanted = Wanted {
                typed: typed.to_owned(),
                standing: standing.to_owned(),
            };
            wanted.takes(rule, Standing::Quiet)
        };
        assert!(takes("", "") && takes("POLICY every", "quiet") && takes("high", ""));
        assert!(takes(&rule.id, "") && !takes("policy nothing", "") && !takes("", "fired"));
        assert!(!takes("medium", ""));
    }

    #[test]
    fn a_rule_without_its_file_is_no_quiet_one() {
        let rule = &catalogue()[0];
        let of = |verdict: Verdict| Standing::of(Some(&of_rule(Source::Catalogue, rule, &verdict)));
        assert_eq!(of(Verdict::Quiet).words(), "quiet");
        let needs = "a trail".to_owned();
        assert_eq!(of(Verdict::NotEvaluable { needs }).id(), "none");
        assert_eq!(Standing::of(None), Standing::Open);
    }
}
