//! What differs between two configuration items? In plain words, in counts, and line by line.
//!
//! Both sides are brought to one spelling ([`spelling`]), built into trees that know their hashes ([`tree`]), matched
//! ([`delta`]), searched for what moved ([`moves`]), and then told twice: as sentences ([`plain`]) and as lines of
//! JSON ([`lines`]). Time grows with the size of both sides, not with their product.

mod delta;
mod lines;
mod moves;
mod permissions;
mod plain;
mod policy;
mod spelling;
mod tree;

use delta::{Delta, Pair};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::hash::BuildHasher;
use tree::Tree;

/// The difference between two values.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Diff {
    /// Security group rules, policy statements, tags, relationships and single values, most telling first. Rules and
    /// statements that did not change stand among them with [`Sign::Same`].
    pub plain: Vec<PlainRow>,
    /// Both sides as JSON, members in the order of their names, unchanged runs and counters folded.
    pub lines: Vec<Line>,
    pub counts: Counts,
}

/// How many members and items changed, each counted once at the highest place where it did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub added: usize,
    pub removed: usize,
    pub changed: usize,
    /// The same value under another name.
    pub renamed: usize,
    /// The same content at another place, in another list or member.
    pub moved: usize,
    /// Items at another position of a list whose order means nothing: no change.
    pub reordered: usize,
    /// Counters and times that differ: no change.
    pub counters: usize,
}

impl Counts {
    /// What changed in meaning.
    pub fn changes(&self) -> usize {
        self.added + self.removed + self.changed + self.renamed + self.moved
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Sign {
    Same,
    Added,
    Removed,
    Changed,
    Moved,
}

impl Sign {
    /// The sign that stands before a row. Moved is `>` in text; on screen it is a violet `~`.
    pub fn text(self) -> &'static str {
        match self {
            Sign::Same => " ",
            Sign::Added => "+",
            Sign::Removed => "-",
            Sign::Changed => "~",
            Sign::Moved => ">",
        }
    }
}

/// One change in plain terms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlainRow {
    pub sign: Sign,
    /// One sentence without a full stop: `rule added: 0.0.0.0/0 on tcp/22`.
    pub sentence: String,
    /// Where it is: `ipPermissions`, `blockDeviceMappings[/dev/xvdb].ebs`. Empty for the item as a whole.
    pub path: String,
    pub what: What,
}

/// What a row is about, with the cells that its table shows: the new state, or the old one of what was removed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum What {
    /// The item as a whole: created, deleted.
    Item,
    /// A rule of a security group.
    Rule {
        /// `inbound` or `outbound`.
        direction: String,
        /// `tcp/22 ssh`, `all`, `icmp type 8`.
        port: String,
        /// A CIDR block, a security group or a prefix list.
        peer: String,
        description: Option<String>,
        /// `whole internet (IPv4)`, `16 addresses`, `members of sg-0c3d4e`.
        reach: String,
        /// Anyone may come in, or anything be reached.
        whole_internet: bool,
    },
    /// A statement of a policy document.
    Statement {
        effect: String,
        /// `anyone`, `AWS arn:…, Service ec2.amazonaws.com`; `None` in policies that are attached to a principal.
        principal: Option<String>,
        action: String,
        resource: String,
        condition: Option<String>,
    },
    Tag {
        key: String,
        old: Option<String>,
        new: Option<String>,
    },
    Relationship {
        /// `is associated with`.
        name: String,
        resource_type: String,
        resource_id: String,
    },
    /// Any other member or item.
    Value {
        old: Option<String>,
        new: Option<String>,
    },
}

/// One line of the structure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Line numbers from 1 in the old and the new side; of a fold, the first.
    pub old: Option<u32>,
    pub new: Option<u32>,
    pub kind: Kind,
    /// Levels, not columns.
    pub indent: u16,
    pub text: String,
    /// Byte ranges of `text` that differ, on character boundaries, in order ([`Line::pieces`]).
    pub spans: Vec<Span>,
    /// `moved from ipPermissions[tcp 443 443]`.
    pub note: Option<String>,
    /// Only counts or dates the item; folded unless everything is shown. A fold: has such lines in it.
    pub counter: bool,
}

impl Line {
    /// The text in pieces, each with whether it differs from the other side.
    pub fn pieces(&self) -> Vec<(bool, &str)> {
        let mut out = Vec::with_capacity(self.spans.len() * 2 + 1);
        let mut at = 0;
        for s in &self.spans {
            out.push((false, self.text.get(at..s.start).unwrap_or_default()));
            out.push((true, self.text.get(s.start..s.end).unwrap_or_default()));
            at = s.end;
        }
        out.push((false, self.text.get(at..).unwrap_or_default()));
        out.retain(|(_, text)| !text.is_empty());
        out
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Kind {
    Same,
    Added,
    Removed,
    /// Stands elsewhere; the note says where it came from or went.
    Moved,
    /// One side of a line that differs in part: the old line has no new number, the new line no old one.
    Changed,
    /// Lines that are not shown until asked for, and the names of what is in them.
    Folded {
        lines: Vec<Line>,
        what: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

impl Diff {
    /// Rows that tell of a change.
    pub fn changes(&self) -> impl Iterator<Item = &PlainRow> {
        self.plain.iter().filter(|r| r.sign != Sign::Same)
    }

    /// The whole difference in one sentence, for a list of changes.
    pub fn summary(&self) -> String {
        let Some(first) = self.changes().min_by_key(|r| r.rank()) else {
            return match self.counts {
                c if c.changes() > 0 => "changed".to_owned(),
                c if c.reordered > 0 => "order changed only".to_owned(),
                c if c.counters > 0 => "only counters and times changed".to_owned(),
                _ => "no change".to_owned(),
            };
        };
        match self.changes().count() - 1 {
            _ if first.what == What::Item => first.sentence.clone(),
            0 => first.sentence.clone(),
            1 => format!("{}; and 1 more change", first.sentence),
            n => format!("{}; and {n} more changes", first.sentence),
        }
    }
}

impl PlainRow {
    /// Most telling first.
    fn rank(&self) -> u8 {
        match self.what {
            What::Item => 0,
            What::Rule { whole_internet, .. } if whole_internet && self.sign == Sign::Added => 1,
            What::Rule { .. } => 2,
            What::Statement { .. } => 3,
            What::Value { .. } => 4,
            What::Relationship { .. } => 5,
            What::Tag { .. } => 6,
        }
    }

    /// The cells of the row's own table, in its order; none for values and the item.
    pub fn cells(&self) -> Vec<String> {
        let or_none = |o: &Option<String>| o.clone().unwrap_or_else(|| "none".to_owned());
        match &self.what {
            What::Item | What::Value { .. } => Vec::new(),
            What::Rule {
                direction,
                port,
                peer,
                description,
                reach,
                ..
            } => vec![
                direction.clone(),
                port.clone(),
                peer.clone(),
                or_none(description),
                reach.clone(),
            ],
            What::Statement {
                effect,
                principal,
                action,
                resource,
                condition,
            } => vec![
                effect.clone(),
                or_none(principal),
                action.clone(),
                resource.clone(),
                or_none(condition),
            ],
            What::Tag { key, old, new } => vec![key.clone(), or_none(old), or_none(new)],
            What::Relationship {
                name,
                resource_type,
                resource_id,
            } => vec![name.clone(), resource_type.clone(), resource_id.clone()],
        }
    }
}

/// A configuration item in the one spelling that is compared: JSON inside strings unfolded, members named as in S3 files.
pub fn spelled(item: &Value) -> Value {
    spelling::normal(item)
}

/// Compares two configuration items, or any two values. `before` is absent for what was created, `after` for what is
/// gone.
pub fn diff(before: Option<&Value>, after: Option<&Value>) -> Diff {
    // Nobody who writes a log can know the seed, so nobody can make two values look like one.
    let seed = crate::base::hash::FastHash::default().hash_one(0u8);
    let tree = |v: &Value| Tree::new(&spelling::normal(v), seed);
    let (a, b) = (before.map(tree), after.map(tree));
    let root = match (&a, &b) {
        (None, None) => return Diff::default(),
        (Some(a), None) => Pair::Old(a),
        (None, Some(b)) => Pair::New(b),
        (Some(a), Some(b)) => Pair::Both(Delta::of(a, b)),
    };
    let moves = moves::Moves::find(&root);
    let mut counts = Counts::default();
    count(&root, &moves, &mut counts);
    Diff {
        plain: plain::rows(&root, &moves),
        lines: lines::of(&root, &moves),
        counts,
    }
}

fn count(pair: &Pair<'_>, moves: &moves::Moves, counts: &mut Counts) {
    let d = match pair {
        // What moved is counted where it stands now.
        Pair::Old(t) => {
            counts.removed += usize::from(moves.to(t).is_none());
            return;
        }
        Pair::New(t) if moves.from(t).is_some() => {
            counts.moved += 1;
            return;
        }
        Pair::New(_) => {
            counts.added += 1;
            return;
        }
        Pair::Both(d) => d,
    };
    counts.changed += usize::from(d.is_replaced() || d.order_matters);
    for e in &d.entries {
        if e.is_counter() {
            counts.counters += usize::from(!matches!(&e.pair, Pair::Both(d) if d.is_same()));
            continue;
        }
        counts.renamed += usize::from(e.renamed().is_some());
        counts.reordered += usize::from(e.reordered && !d.order_matters);
        count(&e.pair, moves, counts);
    }
}

#[cfg(test)]
mod tests;
