//! What went from one place to another: gone here and come there with the same content, and nothing else like it.

use super::delta::{Delta, Entry, Pair, is_telling, label};
use super::tree::Tree;
use crate::base::hash::FastMap;

/// Paths of what moved, by the tree's id on the side where it stands.
#[derive(Default)]
pub(super) struct Moves {
    to: FastMap<u32, String>,
    from: FastMap<u32, String>,
}

impl Moves {
    /// Where this part of the old tree stands now.
    pub(super) fn to(&self, old: &Tree) -> Option<&str> {
        self.to.get(&old.id).map(String::as_str)
    }

    /// Where this part of the new tree stood before.
    pub(super) fn from(&self, new: &Tree) -> Option<&str> {
        self.from.get(&new.id).map(String::as_str)
    }

    pub(super) fn find(root: &Pair<'_>) -> Moves {
        let mut seen = Seen::default();
        if let Pair::Both(d) = root {
            seen.delta(d, "");
        }
        let mut moves = Moves::default();
        for (content, gone) in seen.gone {
            if let (Some((old, from)), Some(Some((new, to)))) = (gone, seen.come.get(&content)) {
                moves.to.insert(old, to.clone());
                moves.from.insert(*new, from);
            }
        }
        moves
    }
}

/// One-sided parts by content: id and path, or `None` once there are several alike.
#[derive(Default)]
struct Seen {
    gone: FastMap<u128, Option<(u32, String)>>,
    come: FastMap<u128, Option<(u32, String)>>,
}

impl Seen {
    fn delta(&mut self, d: &Delta<'_>, path: &str) {
        if d.is_same() {
            return;
        }
        for (i, entry) in d.entries.iter().enumerate().filter(|(_, e)| !e.is_counter()) {
            let (map, t) = match &entry.pair {
                Pair::Both(inner) if inner.is_same() => continue,
                Pair::Both(inner) => {
                    self.delta(inner, &step(path, entry, i));
                    continue;
                }
                Pair::Old(t) => (&mut self.gone, t),
                Pair::New(t) => (&mut self.come, t),
            };
            if is_telling(t) {
                map.entry(t.same)
                    .and_modify(|e| *e = None)
                    .or_insert_with(|| Some((t.id, step(path, entry, i))));
            }
        }
    }
}

/// The path of an entry below `path`: `ipPermissions[tcp 22 22].ipv4Ranges`. The configuration's own members have no
/// prefix.
pub(super) fn step(path: &str, entry: &Entry<'_>, index: usize) -> String {
    let key = match &entry.pair {
        Pair::Old(_) => entry.old_key,
        _ => entry.new_key,
    };
    let t = match &entry.pair {
        Pair::Both(d) => d.b,
        Pair::Old(t) | Pair::New(t) => t,
    };
    match key {
        Some(key) if path.is_empty() || path == "configuration" => key.to_owned(),
        Some(key) => format!("{path}.{key}"),
        None => format!("{path}[{}]", label(t).unwrap_or_else(|| index.to_string())),
    }
}
