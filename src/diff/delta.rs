//! Which part became which: two trees matched, by content first, then by identity, then by likeness.
//!
//! Hash maps find equal content and equal identity, so that lists of thousands cost what they hold; likeness, which
//! compares each with each, is tried on short rests only.

use super::tree::{Node, Tree};
use crate::base::hash::{FastMap, FastSet};
use std::collections::VecDeque;

/// The rest of two lists is compared each with each up to this many on a side.
const ALIKE_MAX: usize = 32;
/// A scalar that moves or changes its name is recognised by its content from this length on.
const TELLING_CHARS: usize = 4;

/// Two trees and what became of them.
pub(super) struct Delta<'a> {
    pub a: &'a Tree,
    pub b: &'a Tree,
    /// Empty where both are the same to the letter, or where one replaces the other.
    pub entries: Vec<Entry<'a>>,
    /// A list that keeps its items and not their order, where order means something.
    pub order_matters: bool,
}

/// A member or item: on both sides or on one.
pub(super) struct Entry<'a> {
    /// The member's name before and after; `None` for items of a list, and on the side where it is not.
    pub old_key: Option<&'a str>,
    pub new_key: Option<&'a str>,
    pub pair: Pair<'a>,
    /// An item that stands elsewhere in its list than before.
    pub reordered: bool,
}

pub(super) enum Pair<'a> {
    Both(Delta<'a>),
    Old(&'a Tree),
    New(&'a Tree),
}

impl<'a> Delta<'a> {
    pub(super) fn of(a: &'a Tree, b: &'a Tree) -> Delta<'a> {
        let mut order_matters = false;
        let entries = match (&a.node, &b.node) {
            _ if a.exact == b.exact => Vec::new(),
            (Node::Object(old), Node::Object(new)) => members(old, new),
            (Node::List { items: old, ordered }, Node::List { items: new, .. }) => {
                let entries = items(old, new);
                order_matters = *ordered && entries.iter().any(|e| e.reordered);
                entries
            }
            _ => Vec::new(),
        };
        Delta {
            a,
            b,
            entries,
            order_matters,
        }
    }

    /// The same content, though perhaps in another order or with other counters.
    pub(super) fn is_same(&self) -> bool {
        self.a.same == self.b.same
    }

    /// One value stands where another stood: two scalars, or things of different kinds.
    pub(super) fn is_replaced(&self) -> bool {
        !self.is_same()
            && !matches!(
                (&self.a.node, &self.b.node),
                (Node::Object(_), Node::Object(_)) | (Node::List { .. }, Node::List { .. })
            )
    }
}

impl<'a> Entry<'a> {
    fn old(key: Option<&'a str>, tree: &'a Tree) -> Self {
        Entry {
            old_key: key,
            new_key: None,
            pair: Pair::Old(tree),
            reordered: false,
        }
    }

    fn new(key: Option<&'a str>, tree: &'a Tree) -> Self {
        Entry {
            old_key: None,
            new_key: key,
            pair: Pair::New(tree),
            reordered: false,
        }
    }

    pub(super) fn renamed(&self) -> Option<(&'a str, &'a str)> {
        match (self.old_key, self.new_key) {
            (Some(old), Some(new)) if old != new => Some((old, new)),
            _ => None,
        }
    }

    /// Counts or dates, on whichever side it is.
    pub(super) fn is_counter(&self) -> bool {
        match &self.pair {
            Pair::Both(d) => d.a.counter && d.b.counter,
            Pair::Old(t) | Pair::New(t) => t.counter,
        }
    }
}

/// Content that is unlikely to be the same by chance.
pub(super) fn is_telling(t: &Tree) -> bool {
    match &t.node {
        Node::Scalar { text, .. } => {
            text.chars().count() >= TELLING_CHARS
                && !matches!(text.as_str(), "true" | "false" | "null" | "none")
        }
        Node::Object(m) => !m.is_empty(),
        Node::List { items, .. } => !items.is_empty(),
    }
}

fn members<'a>(old: &'a [(String, Tree)], new: &'a [(String, Tree)]) -> Vec<Entry<'a>> {
    let old_by_key: FastMap<&str, &Tree> = old.iter().map(|(k, t)| (k.as_str(), t)).collect();
    let new_keys: FastSet<&str> = new.iter().map(|(k, _)| k.as_str()).collect();
    let gone = || old.iter().filter(|(k, _)| !new_keys.contains(k.as_str()));
    let come = || new.iter().filter(|(k, _)| !old_by_key.contains_key(k.as_str()));

    // A name that changed: one member gone and one come with the same content, and no other like it.
    let unique = |seen: &mut dyn Iterator<Item = &'a (String, Tree)>| {
        let mut by_content: FastMap<u128, Option<&'a (String, Tree)>> = FastMap::default();
        for m in seen.filter(|(_, t)| is_telling(t) && !t.counter) {
            by_content
                .entry(m.1.same)
                .and_modify(|e| *e = None)
                .or_insert(Some(m));
        }
        by_content
    };
    let (gone_by, come_by) = (unique(&mut gone()), unique(&mut come()));
    let was = |t: &Tree| -> Option<&'a (String, Tree)> {
        (*come_by.get(&t.same)?)?;
        *gone_by.get(&t.same)?
    };

    let mut entries = Vec::with_capacity(new.len());
    for (key, t) in new {
        let before = old_by_key.get(key.as_str()).map(|&o| (key.as_str(), o));
        match before.or_else(|| was(t).filter(|_| !t.counter).map(|(k, o)| (k.as_str(), o))) {
            Some((old_key, o)) => entries.push(Entry {
                old_key: Some(old_key),
                new_key: Some(key),
                pair: Pair::Both(Delta::of(o, t)),
                reordered: false,
            }),
            None => entries.push(Entry::new(Some(key), t)),
        }
    }
    let renamed: FastSet<&str> = entries
        .iter()
        .filter_map(|e| e.renamed().map(|(old, _)| old))
        .collect();
    let mut rest: Vec<Entry<'a>> = gone()
        .filter(|(k, _)| !renamed.contains(k.as_str()))
        .map(|(k, t)| Entry::old(Some(k), t))
        .collect();
    entries.append(&mut rest);
    // Members stand in the order of their names on both sides, so those gone find their place among the others.
    entries.sort_by(|x, y| x.name().cmp(y.name()));
    entries
}

impl Entry<'_> {
    fn name(&self) -> &str {
        self.new_key.or(self.old_key).unwrap_or_default()
    }
}

fn items<'a>(old: &'a [Tree], new: &'a [Tree]) -> Vec<Entry<'a>> {
    // partner[j] is the old item that became new item j.
    let mut partner: Vec<Option<usize>> = vec![None; new.len()];
    let mut taken = vec![false; old.len()];
    match_by(old, new, &mut partner, &mut taken, |t| Some(t.same));
    match_by(old, new, &mut partner, &mut taken, identity);
    match_alike(old, new, &mut partner, &mut taken);

    let stays = longest_rising(&partner);
    let mut entries = Vec::with_capacity(new.len());
    let mut next_gone = (0..old.len()).filter(|&i| !taken[i]).peekable();
    for (j, t) in new.iter().enumerate() {
        let Some(i) = partner[j] else {
            entries.push(Entry::new(None, t));
            continue;
        };
        // What is gone stands before the first item that kept its place and came after it.
        if stays.contains(&j) {
            while let Some(g) = next_gone.next_if(|&g| g < i) {
                entries.push(Entry::old(None, &old[g]));
            }
        }
        entries.push(Entry {
            old_key: None,
            new_key: None,
            pair: Pair::Both(Delta::of(&old[i], t)),
            reordered: !stays.contains(&j),
        });
    }
    entries.extend(next_gone.map(|g| Entry::old(None, &old[g])));
    entries
}

/// Pairs items of equal key, the first with the first.
fn match_by(
    old: &[Tree],
    new: &[Tree],
    partner: &mut [Option<usize>],
    taken: &mut [bool],
    key: impl Fn(&Tree) -> Option<u128>,
) {
    let mut waiting: FastMap<u128, VecDeque<usize>> = FastMap::default();
    for (i, t) in old.iter().enumerate().filter(|&(i, _)| !taken[i]) {
        if let Some(k) = key(t) {
            waiting.entry(k).or_default().push_back(i);
        }
    }
    if waiting.is_empty() {
        return;
    }
    for (t, p) in new.iter().zip(partner.iter_mut()).filter(|(_, p)| p.is_none()) {
        *p = key(t)
            .and_then(|k| waiting.get_mut(&k))
            .and_then(VecDeque::pop_front);
        if let Some(i) = *p {
            taken[i] = true;
        }
    }
}

/// Members that say which one an item is, most telling first; the first of a set must be there, the others count.
const IDENTITIES: &[&[&str]] = &[
    &["resourceId", "resourceType", "name"],
    &["sid"],
    &["id"],
    &["arn"],
    &["key"],
    &["ipProtocol", "fromPort", "toPort"],
    &["cidrIp"],
    &["cidrIpv6"],
    &["prefixListId"],
    &["groupId", "userId"],
    &["ruleNumber", "egress"],
    &["destinationCidrBlock"],
    &["destinationIpv6CidrBlock"],
    &["destinationPrefixListId"],
    &["cidrBlock"],
    &["deviceName"],
    &["networkInterfaceId"],
    &["instanceId"],
    &["volumeId"],
    &["targetGroupArn"],
    &["listenerArn"],
    &["ruleArn"],
    &["policyArn"],
    &["policyName"],
    &["userName"],
    &["roleName"],
    &["attachmentId"],
    &["associationId"],
    &["routeTableId"],
    &["subnetId"],
    &["vpcId"],
    &["privateIpAddress"],
    &["groupName"],
    &["name"],
    &["containerPort", "protocol"],
];

/// The members that identify an object, as `(name, tree)`.
fn identifying(t: &Tree) -> Option<Vec<(&'static str, &Tree)>> {
    if !matches!(t.node, Node::Object(_)) {
        return None;
    }
    IDENTITIES.iter().find_map(|names| {
        t.member_any_case(names.first()?).filter(|m| m.is_scalar())?;
        let found = names.iter().filter_map(|n| Some((*n, t.member_any_case(n)?)));
        Some(found.collect())
    })
}

fn identity(t: &Tree) -> Option<u128> {
    let mut bytes = Vec::new();
    for (name, m) in identifying(t)? {
        bytes.extend_from_slice(name.as_bytes());
        bytes.extend_from_slice(&m.same.to_le_bytes());
    }
    Some(crate::base::hash::identity(0, &bytes))
}

/// What an item of a list is called in a path: its identity, or nothing when it has none.
pub(super) fn label(t: &Tree) -> Option<String> {
    let parts = identifying(t)?;
    let texts: Vec<&str> = parts
        .iter()
        .filter(|(n, _)| !matches!(*n, "resourceType" | "name" | "userId") || parts.len() == 1)
        .filter_map(|(_, m)| m.text())
        .collect();
    Some(texts.join(" "))
}

/// Pairs what is left by how much it has in common; one left on each side became the other.
fn match_alike(old: &[Tree], new: &[Tree], partner: &mut [Option<usize>], taken: &mut [bool]) {
    let gone: Vec<usize> = (0..old.len()).filter(|&i| !taken[i]).collect();
    let come: Vec<usize> = (0..new.len()).filter(|&j| partner[j].is_none()).collect();
    if let (&[i], &[j]) = (gone.as_slice(), come.as_slice())
        && identity(&old[i]).is_none()
        && identity(&new[j]).is_none()
        && std::mem::discriminant(&old[i].node) == std::mem::discriminant(&new[j].node)
    {
        partner[j] = Some(i);
        taken[i] = true;
        return;
    }
    if gone.len() > ALIKE_MAX || come.len() > ALIKE_MAX {
        return;
    }
    let mut pairs: Vec<(u32, usize, usize)> = Vec::new();
    for &i in &gone {
        for &j in &come {
            let percent = likeness(&old[i], &new[j]);
            if percent >= 50 && may_change_into(&old[i], &new[j]) {
                pairs.push((percent, i, j));
            }
        }
    }
    pairs.sort_by_key(|&(percent, i, j)| (std::cmp::Reverse(percent), i, j));
    for (_, i, j) in pairs {
        if !taken[i] && partner[j].is_none() {
            partner[j] = Some(i);
            taken[i] = true;
        }
    }
}

/// Different identities are different things; only a permission is told by ports that it may change.
fn may_change_into(a: &Tree, b: &Tree) -> bool {
    let first = |t| identifying(t).and_then(|parts| parts.first().map(|&(name, _)| name));
    matches!(
        (first(a), first(b)),
        (None, None) | (Some("ipProtocol"), Some("ipProtocol"))
    )
}

/// Members in common, in percent of the larger one's.
fn likeness(a: &Tree, b: &Tree) -> u32 {
    let (common, of) = match (&a.node, &b.node) {
        (Node::Object(old), Node::Object(new)) => {
            let equal = new
                .iter()
                .filter(|(k, t)| a.member(k).is_some_and(|o| o.same == t.same));
            (equal.count(), old.len().max(new.len()))
        }
        (Node::List { items: old, .. }, Node::List { items: new, .. }) => {
            let known: FastSet<u128> = old.iter().map(|t| t.same).collect();
            let equal = new.iter().filter(|t| known.contains(&t.same));
            (equal.count(), old.len().max(new.len()))
        }
        _ => (0, 1),
    };
    u32::try_from(common * 100 / of.max(1)).unwrap_or(0)
}

/// The new positions of the longest run of partners that kept their order: what is not in it has moved.
fn longest_rising(partner: &[Option<usize>]) -> FastSet<usize> {
    // tails[l] is the position that ends the best run of length l + 1 so far (patience sorting).
    let mut tails: Vec<(usize, usize)> = Vec::new();
    let mut before: FastMap<usize, usize> = FastMap::default();
    for (j, i) in partner.iter().enumerate().filter_map(|(j, p)| Some((j, (*p)?))) {
        let at = tails.partition_point(|&(_, end)| end < i);
        if let Some(&(previous, _)) = at.checked_sub(1).and_then(|p| tails.get(p)) {
            before.insert(j, previous);
        }
        match tails.get_mut(at) {
            Some(tail) => *tail = (j, i),
            None => tails.push((j, i)),
        }
    }
    let mut stays = FastSet::default();
    let mut at = tails.last().map(|&(j, _)| j);
    while let Some(j) = at {
        stays.insert(j);
        at = before.get(&j).copied();
    }
    stays
}
