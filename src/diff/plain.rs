//! The difference in plain terms: what a person would say changed.

use super::delta::{Delta, Entry, Pair};
use super::moves::{Moves, step};
use super::spelling::is_tags;
use super::tree::{Node, Tree, cut};
use super::{PlainRow, Sign, What, permissions, policy};
use crate::base::hash::FastSet;

/// Characters of a value that a sentence shows.
const VALUE_CHARS: usize = 80;
/// Characters of a path that a sentence shows.
const PATH_CHARS: usize = 100;

pub(super) fn rows(root: &Pair<'_>, moves: &Moves) -> Vec<PlainRow> {
    let mut t = Teller {
        moves,
        rows: Vec::new(),
        item: false,
    };
    t.root(root);
    let mut rows = t.rows;
    // What is a value by itself has no path to begin with.
    for r in &mut rows {
        if let Some(rest) = r.sentence.strip_prefix(": ") {
            r.sentence = rest.to_owned();
        }
    }
    // Tags of EC2 resources stand in the item and in its configuration: one change, said once.
    let mut said: FastSet<String> = FastSet::default();
    rows.retain(|r| !matches!(r.what, What::Tag { .. }) || said.insert(r.sentence.clone()));
    rows.sort_by_key(|r| match r.what {
        What::Item => 0,
        What::Rule { .. } => 1,
        What::Statement { .. } => 2,
        What::Value { .. } => 3,
        What::Relationship { .. } => 4,
        What::Tag { .. } => 5,
    });
    rows
}

struct Teller<'m> {
    moves: &'m Moves,
    rows: Vec<PlainRow>,
    /// The root is a configuration item.
    item: bool,
}

fn is_item(t: &Tree) -> bool {
    t.member("resourceType").is_some() && t.member("resourceId").is_some()
}

/// The recorder has said that the resource is gone.
fn is_deleted(t: &Tree) -> bool {
    t.member("configurationItemStatus")
        .and_then(Tree::text)
        .is_some_and(|s| s.starts_with("ResourceDeleted"))
}

/// The middle of a long path says least.
fn short_path(path: &str) -> String {
    let chars = path.chars().count();
    if chars <= PATH_CHARS {
        return path.to_owned();
    }
    let tail: String = path.chars().skip(chars - PATH_CHARS / 2).collect();
    format!("{}{tail}", cut(path, PATH_CHARS / 2))
}

fn value(t: &Tree) -> String {
    match t.text() {
        Some("") => "(empty)".to_owned(),
        _ => t.short(VALUE_CHARS),
    }
}

impl Teller<'_> {
    fn root(&mut self, root: &Pair<'_>) {
        let whole = |sentence: &str, sign| PlainRow {
            sign,
            sentence: sentence.to_owned(),
            path: String::new(),
            what: What::Item,
        };
        match root {
            Pair::New(t) => {
                self.item = is_item(t);
                self.rows.push(whole("created", Sign::Added));
                self.one_sided(t, Sign::Added, "");
            }
            Pair::Old(t) => {
                self.item = is_item(t);
                self.rows.push(whole("deleted", Sign::Removed));
                self.one_sided(t, Sign::Removed, "");
            }
            Pair::Both(d) => {
                self.item = is_item(d.a) && is_item(d.b);
                let (sentence, sign) = match (is_deleted(d.a), is_deleted(d.b)) {
                    (false, true) => ("deleted", Sign::Removed),
                    (true, false) => ("created again", Sign::Added),
                    _ => return self.delta(d, ""),
                };
                self.rows.push(whole(sentence, sign));
                for (i, e) in d.entries.iter().enumerate() {
                    if let Pair::Old(t) | Pair::New(t) = e.pair {
                        self.special(e, &step("", e, i), t, sign);
                    }
                }
            }
        }
    }

    fn value_row(
        &mut self,
        sign: Sign,
        sentence: String,
        path: &str,
        old: Option<&Tree>,
        new: Option<&Tree>,
    ) {
        self.rows.push(PlainRow {
            sign,
            sentence,
            path: path.to_owned(),
            what: What::Value {
                old: old.map(value),
                new: new.map(value),
            },
        });
    }

    fn delta(&mut self, d: &Delta<'_>, path: &str) {
        let groups = permissions::has_any(d.a) || permissions::has_any(d.b);
        let mut rules_told = false;
        if groups {
            let rows = permissions::compare(Some(d.a), Some(d.b));
            rules_told = rows.iter().any(|r| r.sign != Sign::Same);
            self.rows.extend(rows);
        }
        if d.is_replaced() {
            let sentence = format!("{}: {} → {}", short_path(path), value(d.a), value(d.b));
            return self.value_row(Sign::Changed, sentence, path, Some(d.a), Some(d.b));
        }
        if d.order_matters {
            let sentence = format!("{}: order changed, and it matters here", short_path(path));
            self.value_row(Sign::Changed, sentence, path, Some(d.a), Some(d.b));
        }
        let in_list = matches!(d.b.node, Node::List { .. });
        for (i, e) in d.entries.iter().enumerate().filter(|(_, e)| !e.is_counter()) {
            let key = e.new_key.or(e.old_key).unwrap_or_default();
            if groups && rules_told && permissions::is_member(key) {
                continue;
            }
            // A text in a list is told by itself, not by its position.
            let scalar = match &e.pair {
                Pair::Both(d) => d.a.is_scalar() && d.b.is_scalar(),
                Pair::Old(t) | Pair::New(t) => t.is_scalar(),
            };
            let at = if in_list && scalar {
                path.to_owned()
            } else {
                step(path, e, i)
            };
            self.entry(e, key, &at, path, in_list && scalar);
        }
    }

    fn entry(&mut self, e: &Entry<'_>, key: &str, at: &str, parent: &str, listed: bool) {
        let shown = short_path(at);
        // First of all: also what is now called `tags` had another name before.
        if let (Pair::Both(d), Some((old, new))) = (&e.pair, e.renamed()) {
            let was = if parent.is_empty() || parent == "configuration" {
                old.to_owned()
            } else {
                format!("{parent}.{old}")
            };
            let sentence = format!("{} renamed to {new} (= {})", short_path(&was), value(d.b));
            return self.value_row(Sign::Changed, sentence, at, Some(d.a), Some(d.b));
        }
        match &e.pair {
            Pair::Both(d) if self.is_relationships(key, parent) => self.relationships(d),
            Pair::Both(d) if is_tags(key) && !d.b.members().is_empty() => self.tags(d, at),
            Pair::Both(d) if policy::is_statements(key, d.b) && !d.is_same() => {
                self.rows.extend(policy::compare(d, at));
            }
            Pair::Both(d) if !d.is_same() || permissions::has_any(d.b) => self.delta(d, at),
            Pair::Both(_) => {}
            Pair::New(t) => match self.moves.from(t) {
                Some(from) => {
                    let sentence = format!("{} moved to {shown}", short_path(from));
                    self.value_row(Sign::Moved, sentence, at, Some(t), Some(t));
                }
                None if self.special(e, at, t, Sign::Added) => {}
                None if listed => {
                    let sentence = format!("{shown}: {} added", value(t));
                    self.value_row(Sign::Added, sentence, at, None, Some(t));
                }
                None => {
                    let sentence = format!("{shown} added: {}", value(t));
                    self.value_row(Sign::Added, sentence, at, None, Some(t));
                }
            },
            Pair::Old(t) if self.moves.to(t).is_some() => {}
            Pair::Old(t) if self.special(e, at, t, Sign::Removed) => {}
            Pair::Old(t) if listed => {
                let sentence = format!("{shown}: {} removed", value(t));
                self.value_row(Sign::Removed, sentence, at, Some(t), None);
            }
            Pair::Old(t) => {
                let sentence = format!("{shown} removed (was {})", value(t));
                self.value_row(Sign::Removed, sentence, at, Some(t), None);
            }
        }
    }

    fn is_relationships(&self, key: &str, parent: &str) -> bool {
        self.item && parent.is_empty() && key == "relationships"
    }

    /// What is on one side only, told by the rules, statements, tags and relationships in it. False if it has none.
    fn special(&mut self, e: &Entry<'_>, at: &str, t: &Tree, sign: Sign) -> bool {
        let before = self.rows.len();
        match e.new_key.or(e.old_key) {
            Some(key) => self.member(key, t, sign, at),
            None => self.one_sided(t, sign, at),
        }
        self.rows.len() > before
    }

    fn one_sided(&mut self, t: &Tree, sign: Sign, path: &str) {
        if permissions::has_any(t) {
            let sides = if sign == Sign::Added {
                (None, Some(t))
            } else {
                (Some(t), None)
            };
            self.rows.extend(permissions::compare(sides.0, sides.1));
        }
        for (key, m) in t.members().iter().filter(|(_, m)| !m.counter) {
            let at = if path.is_empty() {
                key.clone()
            } else {
                format!("{path}.{key}")
            };
            self.member(key, m, sign, &at);
        }
        for (i, m) in t.items().iter().enumerate() {
            self.one_sided(m, sign, &format!("{path}[{i}]"));
        }
    }

    fn member(&mut self, key: &str, t: &Tree, sign: Sign, at: &str) {
        let added = sign == Sign::Added;
        if self.item && at == "relationships" {
            for r in t.items() {
                self.relationship(r, sign);
            }
        } else if is_tags(key) && t.members().iter().all(|(_, v)| v.is_scalar()) {
            for (name, v) in t.members() {
                let (old, new) = if added { (None, Some(v)) } else { (Some(v), None) };
                self.tag(name, old, new, at);
            }
        } else if policy::is_statements(key, t) {
            self.rows.extend(policy::all(t, sign, at));
        } else {
            self.one_sided(t, sign, at);
        }
    }

    fn tags(&mut self, d: &Delta<'_>, at: &str) {
        if d.is_replaced() {
            return self.delta(d, at);
        }
        for e in &d.entries {
            match (&e.pair, e.renamed()) {
                (Pair::Both(v), Some((old, new))) => {
                    let text = Some(value(v.b));
                    self.rows.push(PlainRow {
                        sign: Sign::Changed,
                        sentence: format!("tag renamed: {old} to {new} (= {})", value(v.b)),
                        path: at.to_owned(),
                        what: What::Tag {
                            key: new.to_owned(),
                            old: text.clone(),
                            new: text,
                        },
                    });
                }
                (Pair::Both(v), None) if v.is_same() => {}
                (Pair::Both(v), None) => self.tag(e.new_key.unwrap_or_default(), Some(v.a), Some(v.b), at),
                (Pair::Old(t), _) => self.tag(e.old_key.unwrap_or_default(), Some(t), None, at),
                (Pair::New(t), _) => self.tag(e.new_key.unwrap_or_default(), None, Some(t), at),
            }
        }
    }

    fn tag(&mut self, key: &str, old: Option<&Tree>, new: Option<&Tree>, at: &str) {
        let (old, new) = (old.map(value), new.map(value));
        let (sign, sentence) = match (&old, &new) {
            (Some(o), Some(n)) => (Sign::Changed, format!("tag changed: {key} = {n} (was {o})")),
            (Some(o), None) => (Sign::Removed, format!("tag removed: {key} (was {o})")),
            (_, n) => (
                Sign::Added,
                format!("tag added: {key} = {}", n.as_deref().unwrap_or_default()),
            ),
        };
        self.rows.push(PlainRow {
            sign,
            sentence,
            path: at.to_owned(),
            what: What::Tag {
                key: key.to_owned(),
                old,
                new,
            },
        });
    }

    fn relationships(&mut self, d: &Delta<'_>) {
        for e in &d.entries {
            match &e.pair {
                Pair::New(t) => self.relationship(t, Sign::Added),
                Pair::Old(t) => self.relationship(t, Sign::Removed),
                Pair::Both(inner) if !inner.is_same() => self.delta(inner, "relationships"),
                Pair::Both(_) => {}
            }
        }
    }

    fn relationship(&mut self, t: &Tree, sign: Sign) {
        let text = |name: &str| t.member(name).and_then(Tree::text).unwrap_or_default();
        let (id, resource_type) = (text("resourceId"), text("resourceType"));
        let id = if id.is_empty() { text("resourceName") } else { id };
        // `Is associated with NetworkInterface`: the last word repeats the type.
        let name = text("name");
        let name = name
            .strip_prefix("Is ")
            .map_or_else(|| name.to_owned(), |n| format!("is {n}"));
        let verb = match sign {
            Sign::Removed => "no longer related",
            _ => "related",
        };
        let noun = resource_type.rsplit("::").next().unwrap_or_default();
        let bare = name.strip_suffix(noun).map_or(name.as_str(), str::trim_end);
        self.rows.push(PlainRow {
            sign,
            sentence: format!("{verb}: {id} ({name})"),
            path: "relationships".to_owned(),
            what: What::Relationship {
                name: bare.to_owned(),
                resource_type: resource_type.to_owned(),
                resource_id: id.to_owned(),
            },
        });
    }
}
