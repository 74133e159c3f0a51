//! A value with what a comparison needs of it: hashes with and without order, its lines, its one-line form.

use super::spelling::{MAX_DEPTH, Place, is_ordered};
use serde_json::Value;

/// A container of scalars alone is shown on one line up to this many characters.
const INLINE_CHARS: usize = 72;

pub(super) struct Tree {
    /// Position in its own tree, in order of reading; unique there.
    pub id: u32,
    pub node: Node,
    /// Equal for equal content: no order where order means nothing, no counters, `22` as `"22"`.
    pub same: u128,
    /// Equal only for what is written the same.
    pub exact: u128,
    /// The lines it begins and ends on, from 1.
    pub line: u32,
    pub end: u32,
    /// Everything on one line, where it fits.
    pub inline: bool,
    /// A counter or time of its parent, not configuration.
    pub counter: bool,
}

pub(super) enum Node {
    /// `text` is its content; `is_text` when JSON writes it in quotation marks.
    Scalar {
        text: String,
        is_text: bool,
    },
    Object(Vec<(String, Tree)>),
    List {
        items: Vec<Tree>,
        ordered: bool,
    },
}

impl Tree {
    /// The tree of a value in its one spelling. `seed` must be the same for trees that are compared.
    pub(super) fn new(value: &Value, seed: u64) -> Tree {
        let mut builder = Builder { seed, id: 0, line: 1 };
        builder.tree(value, Place::of_root(value), "", 0)
    }

    pub(super) fn member(&self, key: &str) -> Option<&Tree> {
        match &self.node {
            Node::Object(members) => members.iter().find(|(k, _)| k == key).map(|(_, t)| t),
            _ => None,
        }
    }

    /// A member by its name in lower camel case or, as the EC2 API of the command line writes it, upper.
    pub(super) fn member_any_case(&self, key: &str) -> Option<&Tree> {
        match &self.node {
            Node::Object(members) => members
                .iter()
                .find(|(k, _)| k.eq_ignore_ascii_case(key))
                .map(|(_, t)| t),
            _ => None,
        }
    }

    pub(super) fn items(&self) -> &[Tree] {
        match &self.node {
            Node::List { items, .. } => items,
            _ => &[],
        }
    }

    pub(super) fn members(&self) -> &[(String, Tree)] {
        match &self.node {
            Node::Object(members) => members,
            _ => &[],
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match &self.node {
            Node::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    pub(super) fn is_scalar(&self) -> bool {
        matches!(self.node, Node::Scalar { .. })
    }

    /// All of it on one line, cut after `chars` characters.
    pub(super) fn short(&self, chars: usize) -> String {
        match &self.node {
            Node::Scalar { text, .. } => cut(text, chars),
            _ => {
                let mut out = String::new();
                self.write(&mut out, chars.saturating_mul(4));
                cut(&out, chars)
            }
        }
    }

    /// Appends its one-line form; stops soon after `bytes` of output.
    pub(super) fn write(&self, out: &mut String, bytes: usize) {
        if out.len() > bytes {
            return;
        }
        match &self.node {
            Node::Scalar { text, is_text: true } => out.push_str(&quoted(text)),
            Node::Scalar { text, .. } => out.push_str(text),
            Node::Object(members) if members.is_empty() => out.push_str("{}"),
            Node::List { items, .. } if items.is_empty() => out.push_str("[]"),
            Node::Object(members) => {
                out.push_str("{ ");
                for (i, (key, t)) in members.iter().enumerate() {
                    if out.len() > bytes {
                        break;
                    }
                    out.push_str(if i > 0 { ", " } else { "" });
                    out.push_str(&quoted(key));
                    out.push_str(": ");
                    t.write(out, bytes);
                }
                out.push_str(" }");
            }
            Node::List { items, .. } => {
                out.push('[');
                for (i, t) in items.iter().enumerate() {
                    if out.len() > bytes {
                        break;
                    }
                    out.push_str(if i > 0 { ", " } else { "" });
                    t.write(out, bytes);
                }
                out.push(']');
            }
        }
    }
}

/// The first `chars` characters, with an ellipsis when there are more.
pub(super) fn cut(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Text as JSON writes it.
pub(super) fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

struct Builder {
    seed: u64,
    id: u32,
    line: u32,
}

/// What a hash is of, so that an empty list is no empty object and `[1]` is not `1`.
#[derive(Clone, Copy)]
enum Tag {
    Scalar = 1,
    Object,
    Set,
    List,
    Text,
}

impl Builder {
    fn hash(&self, tag: Tag, bytes: &[u8]) -> u128 {
        crate::base::hash::identity(self.seed.wrapping_add(tag as u64), bytes)
    }

    fn tree(&mut self, value: &Value, place: Place, key: &str, depth: usize) -> Tree {
        let id = self.id;
        self.id = self.id.saturating_add(1);
        let line = self.line;
        self.line += 1;
        let (node, same, exact) = match value {
            Value::Object(o) if depth < MAX_DEPTH => {
                let members: Vec<(String, Tree)> = o
                    .iter()
                    .map(|(k, v)| {
                        let mut t = self.tree(v, place.member(k), k, depth + 1);
                        t.counter = place.is_counter(k);
                        (k.clone(), t)
                    })
                    .collect();
                let pairs = |hash: &dyn Fn(&Tree) -> u128, all: bool| {
                    let mut bytes = Vec::new();
                    for (k, t) in members.iter().filter(|(_, t)| all || !t.counter) {
                        bytes.extend_from_slice(&self.hash(Tag::Scalar, k.as_bytes()).to_le_bytes());
                        bytes.extend_from_slice(&hash(t).to_le_bytes());
                    }
                    self.hash(Tag::Object, &bytes)
                };
                let (same, exact) = (pairs(&|t| t.same, false), pairs(&|t| t.exact, true));
                (Node::Object(members), same, exact)
            }
            Value::Array(a) if depth < MAX_DEPTH => {
                let inside = if place == Place::Item {
                    Place::Inside
                } else {
                    place
                };
                let items: Vec<Tree> = a.iter().map(|v| self.tree(v, inside, "", depth + 1)).collect();
                let bytes = |hash: fn(&Tree) -> u128| -> Vec<u8> {
                    items.iter().flat_map(|t| hash(t).to_le_bytes()).collect()
                };
                let ordered = is_ordered(key) && place == Place::Inside;
                let exact = self.hash(Tag::List, &bytes(|t| t.exact));
                let same = if ordered {
                    self.hash(Tag::List, &bytes(|t| t.same))
                } else {
                    // The sum does not depend on the order and does on how often an item occurs.
                    let sum = items.iter().fold(0u128, |s, t| s.wrapping_add(t.same));
                    self.hash(Tag::Set, &sum.to_le_bytes())
                };
                (Node::List { items, ordered }, same, exact)
            }
            v => {
                let text = scalar_text(v);
                let is_text = v.is_string();
                // A resource is discovered once and then OK; that is the recorder's progress, not a change.
                let discovered = key == "configurationItemStatus" && text == "ResourceDiscovered";
                let same = self.hash(Tag::Scalar, if discovered { b"OK" } else { text.as_bytes() });
                let exact = self.hash(if is_text { Tag::Text } else { Tag::Scalar }, text.as_bytes());
                (Node::Scalar { text, is_text }, same, exact)
            }
        };
        let inline = fits_one_line(&node);
        if inline {
            self.line = line + 1;
        } else {
            self.line += 1;
        }
        let mut tree = Tree {
            id,
            node,
            same,
            exact,
            line,
            end: self.line - 1,
            inline,
            counter: false,
        };
        if inline {
            tree.put_on_line(line);
        }
        tree
    }
}

impl Tree {
    fn put_on_line(&mut self, line: u32) {
        (self.line, self.end) = (line, line);
        match &mut self.node {
            Node::Object(members) => members.iter_mut().for_each(|(_, t)| t.put_on_line(line)),
            Node::List { items, .. } => items.iter_mut().for_each(|t| t.put_on_line(line)),
            Node::Scalar { .. } => {}
        }
    }
}

fn fits_one_line(node: &Node) -> bool {
    let scalar_chars = |t: &Tree| match &t.node {
        Node::Scalar { text, .. } => Some(text.chars().count() + 2),
        Node::Object(m) if m.is_empty() => Some(2),
        Node::List { items, .. } if items.is_empty() => Some(2),
        _ => None,
    };
    let fits = |sum: usize, width: Option<usize>| width.map(|w| sum + w + 2).filter(|&s| s <= INLINE_CHARS);
    match node {
        Node::Scalar { .. } => true,
        Node::Object(members) => members
            .iter()
            .map(|(k, t)| scalar_chars(t).map(|w| w + k.chars().count() + 4))
            .try_fold(0, fits)
            .is_some(),
        Node::List { items, .. } => items.iter().map(scalar_chars).try_fold(0, fits).is_some(),
    }
}

/// A scalar's content without regard to how it is written: `22`, `22.0` and `"22"` are one.
fn scalar_text(value: &Value) -> String {
    match value {
        Value::String(s) => s.clone(),
        Value::Number(n) => match n.as_f64() {
            Some(f) if n.is_f64() && f.fract() == 0.0 && f.abs() < 9.0e15 => format!("{}", f as i64),
            _ => n.to_string(),
        },
        other => other.to_string(),
    }
}
