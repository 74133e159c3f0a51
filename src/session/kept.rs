//! What the person decided and wrote beside the logs: rules, suppressions. Kept until the tab is closed, saved as files, and
//! taken in again when these are dropped.

use super::Session;
use crate::checklist::ByHand;
use crate::findings::suppress::{NAME, Suppression, Suppressions};
use crate::rules::book::{self, WrittenRule};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

const RULES_KEY: &str = "trailbeam-rules";
const CHECKLIST_KEY: &str = "trailbeam-checklist";
const SUPPRESSIONS_KEY: &str = "trailbeam-suppressions";

/// A file of rules, as it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleFile {
    pub name: String,
    pub text: String,
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.session_storage().ok().flatten()
}

fn kept(key: &str) -> Option<String> {
    storage()?.get_item(key).ok().flatten()
}

fn keep(session: Session, key: &str, text: &str) {
    if !session.is_report()
        && let Some(storage) = storage()
    {
        // A full store keeps what it had; what was decided stays in the page.
        let _ = storage.set_item(key, text);
    }
}

/// What was kept over a reload.
pub(super) fn kept_rules() -> Vec<RuleFile> {
    kept(RULES_KEY)
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default()
}

pub(super) fn kept_suppressions() -> Suppressions {
    kept(SUPPRESSIONS_KEY)
        .and_then(|text| Suppressions::read(text.as_bytes()).ok())
        .unwrap_or_default()
}

pub(super) fn kept_by_hand() -> ByHand {
    kept(CHECKLIST_KEY)
        .and_then(|text| ByHand::read(text.as_bytes()).ok())
        .unwrap_or_default()
}

/// The rules of all files that can be asked; of two with one id the first.
fn rules_of(files: &[RuleFile]) -> Vec<WrittenRule> {
    let mut rules: Vec<WrittenRule> = Vec::new();
    for rule in files.iter().flat_map(|f| book::read(&f.text).rules) {
        if !rules.iter().any(|r| r.id == rule.id) {
            rules.push(rule);
        }
    }
    rules
}

impl Session {
    /// Changes the files of rules, and with them what is run.
    pub fn change_rules(self, change: impl FnOnce(&mut Vec<RuleFile>)) {
        self.rule_files.update(|files| {
            change(files);
            keep(self, RULES_KEY, &serde_json::to_string(files).unwrap_or_default());
        });
        self.read_rules();
    }

    pub(super) fn read_rules(self) {
        let rules = self.rule_files.with_untracked(|files| rules_of(files));
        if self.own_rules.with_untracked(|known| **known != rules) {
            self.own_rules.set(Arc::new(rules));
        }
    }

    /// Changes what is suppressed.
    pub fn change_suppressions(self, change: impl FnOnce(&mut Suppressions)) {
        self.suppressed.update(|all| {
            let mut new = (**all).clone();
            change(&mut new);
            keep(self, SUPPRESSIONS_KEY, &new.write());
            *all = Arc::new(new);
        });
    }

    /// Changes what was judged by hand.
    pub fn judge_by_hand(self, change: impl FnOnce(&mut ByHand)) {
        self.by_hand.update(|all| {
            let mut new = (**all).clone();
            change(&mut new);
            if let Ok(text) = new.write() {
                keep(self, CHECKLIST_KEY, &text);
            }
            *all = Arc::new(new);
        });
    }

    /// Does not show what a rule finds, or what it finds about one subject.
    pub fn suppress(self, rule: &str, subject: Option<&str>, reason: &str, author: &str) {
        let at = crate::base::time::iso((js_sys::Date::now() * 1e6) as i64);
        let one = Suppression {
            rule: rule.to_owned(),
            subject: subject.map(str::to_owned),
            reason: reason.trim().to_owned(),
            author: author.trim().to_owned(),
            at,
        };
        self.change_suppressions(|all| all.add(one));
    }

    /// Takes in a file that Trailbeam saved, or one of rules; `None` for any other file. What is said of it is for the person.
    pub fn take_own(self, name: &str, text: &str) -> Option<String> {
        if name.ends_with(".toml") {
            let book = book::read(text);
            if book.rules.is_empty() && !text.contains("[[rule]]") {
                return None;
            }
            let file = RuleFile {
                name: name.to_owned(),
                text: text.to_owned(),
            };
            self.change_rules(|files| {
                files.retain(|f| f.name != file.name);
                files.push(file);
            });
            let rules = crate::base::size::counted(book.rules.len() as u64, "rules");
            return Some(match book.faults.len() {
                0 => format!("{name}: {rules} taken in."),
                n => format!("{name}: {rules} taken in, {n} can not be asked; the rules page says why."),
            });
        }
        // The checklist's file says what it is by what is in it.
        let file = name.rsplit('/').next().unwrap_or(name);
        if file.starts_with("trailbeam-checklist") {
            return Some(match ByHand::read(text.as_bytes()) {
                Ok(read) => {
                    let n = read.judgements.len() as u64;
                    self.judge_by_hand(|all| all.judgements.extend(read.judgements));
                    format!(
                        "{name}: {} taken in.",
                        crate::base::size::counted(n, "judgements")
                    )
                }
                Err(why) => format!("{name}: {why}"),
            });
        }
        if !text.contains("\"trailbeam\"") || !text.contains(NAME) {
            return None;
        }
        Some(match Suppressions::read(text.as_bytes()) {
            Ok(file) => {
                let n = file.suppressions.len() as u64;
                self.change_suppressions(|all| all.merge(file));
                format!(
                    "{name}: {} taken in.",
                    crate::base::size::counted(n, "suppressions")
                )
            }
            Err(why) => format!("{name}: {why}"),
        })
    }
}
