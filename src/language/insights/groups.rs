//! Groups of `stats`: by the texts of their keys, found without memory of their own when the group is known.

use super::aggregate::{Aggregate, Key, State};
use super::code::Context;
use super::natural::Natural;
use super::plan::Stage;
use super::pushdown::Folded;
use super::value::{MILLISECOND, Value};
use crate::base::hash::FastMap;
use serde::{Deserialize, Serialize};

/// The texts of a combination of values, each with its length before it.
pub type Keys = Vec<u8>;

/// Appends a value's text. Returns whether it has one.
pub fn append(keys: &mut Keys, value: &Value) -> bool {
    let start = keys.len();
    keys.extend_from_slice(&[0; 4]);
    match value {
        Value::Int(i) => append_int(keys, *i),
        Value::Text(t) => keys.extend_from_slice(t.as_bytes()),
        // A time's text is that of its ms; the number says the same and is written faster.
        Value::Time(t) => {
            keys.push(0xff);
            append_int(keys, t.div_euclid(MILLISECOND));
        }
        other => match other.text() {
            Some(text) => keys.extend_from_slice(text.as_bytes()),
            None => {
                keys.truncate(start);
                keys.extend_from_slice(&u32::MAX.to_le_bytes());
                return false;
            }
        },
    }
    let length = u32::try_from(keys.len() - start - 4).unwrap_or(u32::MAX - 1);
    if let Some(head) = keys.get_mut(start..start + 4) {
        head.copy_from_slice(&length.to_le_bytes());
    }
    true
}

fn append_int(out: &mut Vec<u8>, i: i64) {
    if i < 0 {
        out.push(b'-');
    }
    let mut digits = [0u8; 20];
    let mut rest = i.unsigned_abs();
    let mut at = digits.len();
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
        at -= 1;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(digits.get(at..).unwrap_or_default());
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Group {
    by: Vec<Value<'static>>,
    states: Vec<State>,
}

/// Groups and what their aggregates have seen.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Groups {
    groups: Vec<Group>,
    /// Groups by their keys; built anew where it did not travel.
    #[serde(skip)]
    index: FastMap<Keys, usize>,
    #[serde(skip)]
    keys: Keys,
    /// The kinds of the values at hand.
    #[serde(skip)]
    ranks: Vec<u8>,
}

/// Of values with one text, the kind that is kept does not depend on which came first.
pub fn rank(value: &Value) -> u8 {
    match value {
        Value::Int(_) => 0,
        Value::Wide(_) => 1,
        Value::Float(_) => 2,
        Value::Bool(_) => 3,
        Value::Time(_) => 4,
        Value::Text(_) => 5,
        // As a key both are absent.
        Value::Node(_) | Value::Absent => 6,
    }
}

fn settle(kept: &mut Value<'static>, value: Value) {
    if rank(&value) < rank(kept) {
        *kept = value.into_owned();
    }
}

impl Groups {
    pub fn push(&mut self, stage: &Stage, on: &Context, key: Key) {
        let Stage::Stats { by, aggregates, .. } = stage else {
            return;
        };
        let mut keys = std::mem::take(&mut self.keys);
        keys.clear();
        self.ranks.clear();
        for group in by {
            let value = group.code.eval(on);
            self.ranks.push(rank(&value));
            append(&mut keys, &value);
        }
        let at = self.find(&keys, aggregates, || {
            by.iter()
                .map(|g| without_node(g.code.eval(on)).into_owned())
                .collect()
        });
        self.keys = keys;
        let Some(group) = self.groups.get_mut(at) else {
            return;
        };
        for ((kept, rank_now), by) in group.by.iter_mut().zip(&self.ranks).zip(by) {
            if *rank_now < rank(kept) {
                settle(kept, by.code.eval(on));
            }
        }
        for (state, aggregate) in group.states.iter_mut().zip(aggregates) {
            let value = aggregate
                .of
                .as_ref()
                .map(|code| code.eval(on))
                .unwrap_or_default();
            state.push(value, key);
        }
    }

    /// Takes in a group made elsewhere.
    pub fn absorb(&mut self, stage: &Stage, by: &[Value], folded: &[Folded]) {
        let Stage::Stats { aggregates, .. } = stage else {
            return;
        };
        let at = self.find(&keys_of(by), aggregates, || {
            by.iter()
                .map(|value| without_node(value.share()).into_owned())
                .collect()
        });
        let Some(group) = self.groups.get_mut(at) else {
            return;
        };
        for (kept, value) in group.by.iter_mut().zip(by) {
            settle(kept, value.share());
        }
        for (state, folded) in group.states.iter_mut().zip(folded) {
            state.absorb(folded);
        }
    }

    /// The place of a group; it is made where there is none of these keys.
    fn find(
        &mut self,
        keys: &Keys,
        aggregates: &[Aggregate],
        by: impl FnOnce() -> Vec<Value<'static>>,
    ) -> usize {
        self.rebuild();
        if let Some(&at) = self.index.get(keys) {
            return at;
        }
        let at = self.groups.len();
        self.index.insert(keys.clone(), at);
        self.groups.push(Group {
            by: by(),
            states: states(aggregates),
        });
        at
    }

    fn rebuild(&mut self) {
        if self.index.len() == self.groups.len() {
            return;
        }
        self.index.clear();
        for (at, group) in self.groups.iter().enumerate() {
            self.index.insert(keys_of(&group.by), at);
        }
    }

    pub fn merge(&mut self, other: Groups) {
        self.rebuild();
        for theirs in other.groups {
            let keys = keys_of(&theirs.by);
            match self.index.get(&keys).and_then(|at| self.groups.get_mut(*at)) {
                Some(ours) => {
                    for (kept, value) in ours.by.iter_mut().zip(theirs.by) {
                        settle(kept, value);
                    }
                    for (a, b) in ours.states.iter_mut().zip(theirs.states) {
                        a.merge(b);
                    }
                }
                None => {
                    self.index.insert(keys, self.groups.len());
                    self.groups.push(theirs);
                }
            }
        }
    }

    pub fn len(&self) -> usize {
        self.groups.len()
    }

    pub fn is_exact(&self) -> bool {
        self.groups.iter().all(|g| g.states.iter().all(State::is_exact))
    }

    /// Each group's key values and aggregates, ordered by the keys.
    pub fn finish(self, stage: &Stage) -> Vec<(Vec<Value<'static>>, Vec<Value<'static>>)> {
        let Stage::Stats { by, aggregates, .. } = stage else {
            return Vec::new();
        };
        let mut groups = self.groups;
        if by.is_empty() && groups.is_empty() {
            groups.push(Group {
                by: Vec::new(),
                states: states(aggregates),
            });
        }
        let mut sorted: Vec<(Vec<Natural>, Group)> = groups
            .into_iter()
            .map(|g| (g.by.iter().map(Natural::of).collect(), g))
            .collect();
        sorted.sort_by(|(a, _), (b, _)| {
            a.iter()
                .zip(b)
                .map(|(x, y)| x.order(y))
                .find(|o| o.is_ne())
                .unwrap_or(std::cmp::Ordering::Equal)
        });
        sorted
            .into_iter()
            .map(|(_, group)| (group.by, group.states.into_iter().map(State::finish).collect()))
            .collect()
    }
}

/// A map or list has no text: as a key it is absent.
fn without_node(value: Value) -> Value {
    if value.is_node() { Value::Absent } else { value }
}

fn states(aggregates: &[Aggregate]) -> Vec<State> {
    aggregates
        .iter()
        .map(|a| State::new(a.kind, a.of.is_some()))
        .collect()
}

fn keys_of(by: &[Value]) -> Keys {
    let mut keys = Keys::new();
    for value in by {
        append(&mut keys, value);
    }
    keys
}
