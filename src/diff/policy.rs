//! Policy statements in plain terms.

use super::delta::{Delta, Pair};
use super::tree::{Node, Tree, cut};
use super::{PlainRow, Sign, What};

/// Characters of a part that a sentence shows.
const PART_CHARS: usize = 120;

/// A statement taken apart into lists of words, each part as `(noun, words)`.
struct Statement {
    sid: Option<String>,
    effect: String,
    action: Vec<String>,
    condition: Vec<String>,
    principal: Vec<String>,
    resource: Vec<String>,
}

/// Is this the list of statements of a policy document?
pub(super) fn is_statements(key: &str, t: &Tree) -> bool {
    key == "Statement" && t.items().iter().any(|s| s.member("Effect").is_some())
}

/// The rows of a list of statements that is on both sides, unchanged statements too.
pub(super) fn compare(d: &Delta<'_>, path: &str) -> Vec<PlainRow> {
    let mut rows = Vec::new();
    for (i, entry) in d.entries.iter().enumerate() {
        match &entry.pair {
            Pair::New(t) => rows.push(one_sided(t, Sign::Added, path)),
            Pair::Old(t) => rows.push(one_sided(t, Sign::Removed, path)),
            Pair::Both(d) => {
                let (old, new) = (Statement::read(d.a), Statement::read(d.b));
                let name = new.sid.clone().unwrap_or_else(|| (i + 1).to_string());
                if d.is_same() {
                    rows.push(new.row(Sign::Same, format!("statement {name}"), path));
                } else {
                    let how = old.difference(&new);
                    rows.push(new.row(Sign::Changed, format!("statement {name} changed: {how}"), path));
                }
            }
        }
    }
    rows
}

/// The rows of a list of statements that is on one side only.
pub(super) fn all(list: &Tree, sign: Sign, path: &str) -> Vec<PlainRow> {
    list.items().iter().map(|t| one_sided(t, sign, path)).collect()
}

fn one_sided(t: &Tree, sign: Sign, path: &str) -> PlainRow {
    let s = Statement::read(t);
    let verb = if sign == Sign::Added { "added" } else { "removed" };
    let name = s.sid.as_ref().map_or(String::new(), |sid| format!(" {sid}"));
    let sentence = format!("statement{name} {verb}: {}", s.told());
    s.row(sign, sentence, path)
}

impl Statement {
    fn read(t: &Tree) -> Statement {
        let text = |name: &str| t.member(name).and_then(Tree::text).map(str::to_owned);
        let mut s = Statement {
            sid: text("Sid").filter(|sid| !sid.is_empty()),
            effect: text("Effect").unwrap_or_default(),
            action: Vec::new(),
            condition: Vec::new(),
            principal: Vec::new(),
            resource: Vec::new(),
        };
        for (name, part) in t.members() {
            match name.as_str() {
                "Action" => s.action.extend(words(part)),
                "NotAction" => s.action.extend(words(part).map(|w| format!("all but {w}"))),
                "Resource" => s.resource.extend(words(part)),
                "NotResource" => s.resource.extend(words(part).map(|w| format!("all but {w}"))),
                "Principal" => s.principal.extend(principals(part)),
                "NotPrincipal" => s
                    .principal
                    .extend(principals(part).map(|w| format!("all but {w}"))),
                "Condition" => {
                    for (operator, tests) in part.members() {
                        for (key, values) in tests.members() {
                            s.condition
                                .extend(words(values).map(|v| format!("{operator} {key} {v}")));
                        }
                    }
                }
                _ => {}
            }
        }
        s
    }

    /// `Allow s3:GetObject on arn:aws:s3:::example/* for anyone`.
    fn told(&self) -> String {
        let part = |words: &[String]| cut(&words.join(", "), PART_CHARS);
        let mut out = format!("{} {}", self.effect, part(&self.action));
        for (word, words) in [
            (" on ", &self.resource),
            (" for ", &self.principal),
            (" if ", &self.condition),
        ] {
            if !words.is_empty() {
                out.push_str(word);
                out.push_str(&part(words));
            }
        }
        out
    }

    fn difference(&self, new: &Statement) -> String {
        let mut out = Vec::new();
        if self.effect != new.effect {
            out.push(format!("effect {} to {}", self.effect, new.effect));
        }
        for (noun, was, is) in [
            ("action", &self.action, &new.action),
            ("condition", &self.condition, &new.condition),
            ("principal", &self.principal, &new.principal),
            ("resource", &self.resource, &new.resource),
        ] {
            let known =
                |list: &[String]| -> crate::base::hash::FastSet<String> { list.iter().cloned().collect() };
            let (before, after) = (known(was), known(is));
            let come = is.iter().filter(|w| !before.contains(*w));
            let gone = was.iter().filter(|w| !after.contains(*w));
            out.extend(come.map(|w| format!("{noun} {w} added")));
            out.extend(gone.map(|w| format!("{noun} {w} removed")));
        }
        if out.is_empty() {
            out.push("in its details".to_owned());
        }
        cut(&out.join(", "), PART_CHARS * 3)
    }

    fn row(&self, sign: Sign, sentence: String, path: &str) -> PlainRow {
        let or_none = |words: &[String]| (!words.is_empty()).then(|| words.join(", "));
        PlainRow {
            sign,
            sentence,
            path: path.to_owned(),
            what: What::Statement {
                effect: self.effect.clone(),
                principal: or_none(&self.principal),
                action: self.action.join(", "),
                resource: self.resource.join(", "),
                condition: or_none(&self.condition),
            },
        }
    }
}

/// The texts of a list, or of one value.
fn words(t: &Tree) -> impl Iterator<Item = String> {
    let items = match &t.node {
        Node::List { items, .. } => items.as_slice(),
        _ => std::slice::from_ref(t),
    };
    items.iter().map(|t| t.short(PART_CHARS))
}

fn principals(t: &Tree) -> impl Iterator<Item = String> {
    t.members().iter().flat_map(|(kind, names)| {
        words(names).map(move |name| match (kind.as_str(), name.as_str()) {
            ("AWS", "*") => "anyone".to_owned(),
            _ => format!("{kind} {name}"),
        })
    })
}
