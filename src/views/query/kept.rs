//! Queries that were asked before, and those that were saved: kept by the browser from visit to visit.

use serde::{Deserialize, Serialize};

/// Of the queries asked, the last ones.
const MOST: usize = 50;
/// Saved queries; nobody has more, and a store is small.
const MOST_SAVED: usize = 500;

/// A query that was asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Past {
    pub text: String,
    /// `filter`, or empty for Insights.
    pub lang: String,
    pub at_ms: i64,
    /// How many rows came of it.
    pub rows: u64,
}

/// A query with a name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Saved {
    pub name: String,
    pub text: String,
    pub lang: String,
}

/// All that is kept; the newest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Kept {
    pub past: Vec<Past>,
    pub saved: Vec<Saved>,
}

impl Kept {
    /// What a store holds; what can not be read counts as nothing.
    pub fn read(text: &str) -> Kept {
        let mut kept: Kept = serde_json::from_str(text).unwrap_or_default();
        kept.past.truncate(MOST);
        kept.saved.truncate(MOST_SAVED);
        kept
    }

    pub fn write(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// A query was asked; asked again, it moves to the front.
    pub fn asked(&mut self, past: Past) {
        self.past.retain(|p| p.text != past.text || p.lang != past.lang);
        self.past.insert(0, past);
        self.past.truncate(MOST);
    }

    /// Saves under a name; another query of that name is replaced.
    pub fn save(&mut self, saved: Saved) {
        self.saved.retain(|s| s.name != saved.name);
        self.saved.insert(0, saved);
        self.saved.truncate(MOST_SAVED);
    }

    pub fn forget(&mut self, name: &str) {
        self.saved.retain(|s| s.name != name);
    }
}

/// A name for a query that has none: what its first comment says, else its first line.
pub fn name_for(text: &str) -> String {
    let mut lines = text.lines().map(str::trim).filter(|l| !l.is_empty());
    let first = lines.next().unwrap_or_default();
    let said = first.trim_start_matches(['#', ' ']);
    said.chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn past(text: &str, rows: u64) -> Past {
        Past {
            text: text.into(),
            lang: String::new(),
            at_ms: 7,
            rows,
        }
    }

    #[test]
    fn the_last_fifty_are_kept_each_once() {
        let mut kept = Kept::default();
        (0..60).for_each(|n| kept.asked(past(&n.to_string(), n)));
        kept.asked(past("30", 1));
        assert_eq!(kept.past.len(), MOST);
        assert_eq!(kept.past[0], past("30", 1));
        assert_eq!(kept.past.iter().filter(|p| p.text == "30").count(), 1);
        assert_eq!(Kept::read(&kept.write()), kept);
    }

    #[test]
    fn a_store_that_can_not_be_read_holds_nothing() {
        assert_eq!(Kept::read("[1,"), Kept::default());
        assert_eq!(Kept::read("{\"saved\":3}"), Kept::default());
        let of_later = "{\"saved\":[{\"name\":\"a\",\"text\":\"b\",\"lang\":\"\",\"more\":1}]}";
        assert_eq!(Kept::read(of_later).saved.len(), 1);
    }

    #[test]
    fn a_name_is_what_the_comment_says() {
        assert_eq!(
            name_for("\n# Who reached port 22\nfields a"),
            "Who reached port 22"
        );
        assert_eq!(name_for("fields a"), "fields a");
        let mut kept = Kept::default();
        let saved = |text: &str| Saved {
            name: "n".into(),
            text: text.into(),
            lang: String::new(),
        };
        kept.save(saved("a"));
        kept.save(saved("b"));
        assert_eq!(kept.saved, [saved("b")]);
        kept.forget("n");
        assert!(kept.saved.is_empty());
    }
}
