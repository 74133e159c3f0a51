//! What was opened, in an order that does not depend on how it was dropped.

use super::masked;
use crate::base::hash::hex;
use crate::base::time;
use crate::evidence::manifest::{Input, Member, Rejected};
use crate::session::{Item, ItemId, MemberOutcome, Session};
use crate::share::report::{self, Scope};
use std::collections::{BTreeMap, BTreeSet};

/// The sources of a shared file, by number.
pub struct Sources {
    pub items: Vec<Item>,
    /// By source: the name it goes by. Of files with the same bytes, whichever was read, the first name.
    names: Vec<String>,
}

impl Sources {
    /// Of everything that is open, sorted by name; of files with the same bytes only one is counted.
    pub fn of(session: Session) -> Sources {
        let mut items: Vec<Item> = session.engine().with(|c| c.items().iter().cloned().collect());
        items.sort_by(|a, b| (&a.name, sha(a), a.bytes).cmp(&(&b.name, sha(b), b.bytes)));
        let mut first: BTreeMap<[u8; 32], String> = BTreeMap::new();
        for item in &items {
            if let Some(sha) = sha(item) {
                first.entry(sha).or_insert_with(|| item.name.clone());
            }
        }
        let name = |item: &Item| {
            sha(item)
                .and_then(|s| first.get(&s))
                .unwrap_or(&item.name)
                .clone()
        };
        let names = items.iter().map(name).collect();
        Sources { items, names }
    }

    /// By item, its number: that of its name.
    pub fn numbers(&self) -> Vec<(ItemId, u32)> {
        let mut numbers: BTreeMap<&str, u32> = BTreeMap::new();
        for (n, name) in self.names.iter().enumerate() {
            numbers.entry(name).or_insert(n as u32);
        }
        let read = self
            .items
            .iter()
            .zip(&self.names)
            .filter(|(i, _)| i.same_as.is_none());
        read.map(|(item, name)| (item.id, numbers.get(name.as_str()).copied().unwrap_or(0)))
            .collect()
    }

    /// By source and member, the path under which its records stand in the file.
    pub fn paths(&self) -> Vec<((u32, u64), String)> {
        let numbers: BTreeMap<ItemId, u32> = self.numbers().into_iter().collect();
        let mut out = Vec::new();
        for (item, name) in self.items.iter().zip(&self.names) {
            let Some(&number) = numbers.get(&item.id) else {
                continue;
            };
            for member in item.members() {
                out.push(((number, member.index), renamed(&member.path, &item.name, name)));
            }
        }
        out
    }

    /// What the manifest says of each. `duplicates`: by source and member, records that repeat others.
    pub fn inputs(&self, duplicates: &BTreeMap<(u32, u64), u64>) -> Vec<Input> {
        let numbers: BTreeMap<ItemId, u32> = self.numbers().into_iter().collect();
        let both = || self.items.iter().zip(&self.names);
        // Whichever of equal files was read, the first by name tells what is in it.
        let of_name = both().filter(|(i, _)| i.same_as.is_none());
        let of_name: BTreeMap<&str, &Item> = of_name.map(|(i, n)| (n.as_str(), i)).collect();
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut out = Vec::new();
        for (item, name) in both() {
            let is_first = seen.insert(name);
            let read = of_name.get(name.as_str()).copied().unwrap_or(item);
            let number = numbers.get(&read.id).copied().unwrap_or(u32::MAX);
            let members: Vec<Member> = read
                .members()
                .filter(|_| is_first)
                .map(|m| {
                    let repeated = duplicates.get(&(number, m.index)).copied().unwrap_or(0);
                    member(m, renamed(&m.path, &read.name, name), repeated)
                })
                .collect();
            let mut kinds: Vec<String> = members.iter().filter_map(|m| m.kind.clone()).collect();
            kinds.sort_unstable();
            kinds.dedup();
            let duplicates = members.iter().filter_map(|m| m.duplicates).sum();
            let span = read.span().filter(|_| is_first);
            let errors = read.errors();
            out.push(Input {
                name: item.name.clone(),
                bytes: item.bytes,
                sha256: sha(item).map(|s| hex(&s)),
                kinds,
                kept: members
                    .iter()
                    .map(|m| m.kept)
                    .sum::<u64>()
                    .saturating_sub(duplicates),
                duplicates,
                rejected: members.iter().flat_map(|m| &m.rejected).map(|r| r.count).sum(),
                first: span.map(|s| time::iso(s.from_ns)),
                last: span.map(|s| time::iso(s.to_ns - 1)),
                same_as: (!is_first).then(|| name.clone()),
                error: (!errors.is_empty() && is_first).then(|| masked(&errors.join(" "))),
                members,
            });
        }
        out
    }

    /// The inputs for the printed layer.
    pub fn told(&self, inputs: &[Input], scope: &Scope) -> Vec<report::Input> {
        let at = |t: &Option<String>| t.as_ref().and_then(|t| time::parse_iso(t.as_bytes()));
        let one = |i: &Input| {
            let mut rejected: BTreeMap<&str, u64> = BTreeMap::new();
            for r in i.members.iter().flat_map(|m| &m.rejected) {
                *rejected.entry(&r.reason).or_default() += r.count;
            }
            let kinds: Vec<&str> = i.kinds.iter().map(|k| scope.title_of(k)).collect();
            let same = i
                .same_as
                .as_ref()
                .map(|first| format!("The same bytes as {first}, counted there."));
            report::Input {
                name: i.name.clone(),
                bytes: i.bytes,
                sha256: i.sha256.clone().unwrap_or_default(),
                kind: match &i.same_as {
                    Some(_) => "same file again".to_owned(),
                    None => kinds.join(", "),
                },
                kept: i.kept,
                duplicates: i.duplicates,
                rejected: rejected.into_iter().map(|(r, n)| (r.to_owned(), n)).collect(),
                first_ns: at(&i.first),
                last_ns: at(&i.last),
                error: i.error.clone().or(same),
            }
        };
        inputs.iter().map(one).collect()
    }
}

/// A member's path under another name of its file.
fn renamed(path: &str, from: &str, to: &str) -> String {
    match path.strip_prefix(from) {
        Some(rest) => format!("{to}{rest}"),
        None => path.to_owned(),
    }
}

fn member(m: &MemberOutcome, path: String, repeated: u64) -> Member {
    let rejected = m.rejected.0.iter().map(|n| Rejected {
        reason: masked(&n.reason),
        count: n.count,
        offsets: n.offsets.clone(),
        text: None,
    });
    Member {
        path,
        kind: m.kind.clone(),
        bytes: m.bytes,
        kept: m.kept,
        duplicates: Some(repeated),
        rejected: rejected.collect(),
        first: m.span.map(|s| time::iso(s.from_ns)),
        last: m.span.map(|s| time::iso(s.to_ns - 1)),
        error: m.error.as_deref().map(masked),
    }
}

fn sha(item: &Item) -> Option<[u8; 32]> {
    item.outcome.as_ref()?.sha256
}
