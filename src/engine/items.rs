//! The books of what was opened: every item with its outcome, and the sums over them.
//!
//! An `AWSLogs/` folder is 100,000 items. Sums and groups are therefore kept up as items change; nothing that the page
//! does several times a second walks all of them.

use super::parts::Readers;
use super::port::{ItemId, MemberOutcome, Outcome};
use crate::base::{Notes, TimeRange};
use crate::unpack::S3Key;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Where an item is on its way.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    Waiting,
    Reading { read_bytes: u64, records: u64 },
    Done,
}

/// What became of an item, in one word; the ones to look at first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    Failed,
    Partial,
    Reading,
    Waiting,
    Cancelled,
    Same,
    Read,
}

/// What a path says about a delivered file; empty where it does not.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyPlace {
    pub account: String,
    pub region: String,
    /// `YYYY-MM-DD`, UTC.
    pub day: String,
}

/// An opened item.
#[derive(Clone, Debug)]
pub struct Item {
    pub id: ItemId,
    pub name: String,
    /// Packed; 0 until it is read where its size was not asked before.
    pub bytes: u64,
    /// Is its size known?
    pub sized: bool,
    pub progress: Progress,
    pub outcome: Option<Outcome>,
    /// Records of this item that another one has too.
    pub duplicates: u64,
    /// The item with the same bytes that was read before; this one's rows are not kept.
    pub same_as: Option<ItemId>,
    /// What its path says.
    pub place: Arc<KeyPlace>,
    /// Where it is grouped: what its path says, and what its records say where that says nothing.
    pub grouped: Arc<KeyPlace>,
    /// The workers that read it.
    pub(super) readers: Readers,
    /// It can not be read in parts.
    pub(super) whole_only: bool,
    removed: bool,
}

impl Item {
    /// Records kept, duplicates and a repeated file's left out.
    pub fn records(&self) -> u64 {
        match (&self.outcome, &self.progress) {
            _ if self.same_as.is_some() => 0,
            (Some(o), _) => o
                .members
                .iter()
                .map(|m| m.kept)
                .sum::<u64>()
                .saturating_sub(self.duplicates),
            (None, Progress::Reading { records, .. }) => *records,
            _ => 0,
        }
    }

    /// Records that are kept from another item: its own duplicates, or all of a file that was opened before.
    pub fn repeated(&self) -> u64 {
        match self.same_as {
            Some(_) => self.members().map(|m| m.kept).sum(),
            None => self.duplicates,
        }
    }

    pub fn rejected(&self) -> Notes {
        let mut all = Notes::default();
        for m in self.members() {
            all.merge(&m.rejected);
        }
        all
    }

    fn rejected_count(&self) -> u64 {
        self.members().map(|m| m.rejected.total()).sum()
    }

    pub fn members(&self) -> impl Iterator<Item = &MemberOutcome> {
        self.outcome.iter().flat_map(|o| &o.members)
    }

    /// Numbers by which its members are found.
    fn member_numbers(&self) -> impl Iterator<Item = u32> {
        let most = match self.readers {
            Readers::One(_) => 1,
            Readers::Several(_) => usize::MAX,
        };
        self.members().flat_map(MemberOutcome::numbers).take(most)
    }

    pub fn span(&self) -> Option<TimeRange> {
        self.members().filter_map(|m| m.span).reduce(TimeRange::union)
    }

    /// The registry id of its members where they agree; of the most records where they do not; `None` unread.
    pub fn kind(&self) -> Option<&str> {
        let known = self.members().filter(|m| m.kind.is_some());
        known.max_by_key(|m| m.kept)?.kind.as_deref()
    }

    /// Everything that went wrong, as one sentence each.
    pub fn errors(&self) -> Vec<String> {
        let several = self.members().nth(1).is_some();
        self.members()
            .filter_map(|m| {
                let e = m.error.as_ref()?;
                Some(if several {
                    format!("{}: {e}", m.path)
                } else {
                    e.clone()
                })
            })
            .collect()
    }

    /// The first thing to know of what went wrong: an error, or why a record was not kept.
    pub fn problem(&self) -> Option<String> {
        let error = self.errors().into_iter().next();
        error.or_else(|| Some(self.rejected().0.first()?.reason.to_string()))
    }

    pub fn verdict(&self) -> Verdict {
        if self.same_as.is_some() {
            return Verdict::Same;
        }
        let Some(outcome) = &self.outcome else {
            return match self.progress {
                Progress::Waiting => Verdict::Waiting,
                _ => Verdict::Reading,
            };
        };
        let failed = outcome.members.iter().any(|m| m.error.is_some());
        let rejected = outcome.members.iter().any(|m| !m.rejected.is_empty());
        if outcome.cancelled {
            Verdict::Cancelled
        } else if failed && outcome.members.iter().all(|m| m.kept == 0) {
            Verdict::Failed
        } else if failed || rejected {
            Verdict::Partial
        } else {
            Verdict::Read
        }
    }

    /// The group it is shown in among many.
    pub fn group(&self) -> GroupKey {
        GroupKey {
            verdict: self.verdict(),
            kind: self.kind().unwrap_or_default().to_owned(),
            place: self.grouped.clone(),
        }
    }

    /// These read it now.
    pub(super) fn begin(&mut self, readers: Readers) {
        self.readers = readers;
        self.progress = Progress::Reading {
            read_bytes: 0,
            records: 0,
        };
    }

    /// What came of it.
    pub(super) fn end(&mut self, outcome: Outcome) {
        self.progress = Progress::Done;
        self.bytes = outcome.bytes;
        self.sized = true;
        self.outcome = Some(outcome);
        let found = self.found_place();
        if *self.grouped != found {
            self.grouped = Arc::new(found);
        }
    }

    /// It is to be read once more.
    pub(super) fn wait(&mut self) {
        self.same_as = None;
        self.outcome = None;
        self.progress = Progress::Waiting;
        self.grouped = self.place.clone();
    }

    fn found_place(&self) -> KeyPlace {
        let found = |of: fn(&MemberOutcome) -> &Vec<String>, path: &str| {
            if !path.is_empty() {
                return path.to_owned();
            }
            let all: BTreeSet<&str> = self.members().flat_map(of).map(String::as_str).collect();
            all.into_iter().collect::<Vec<_>>().join(", ")
        };
        KeyPlace {
            account: found(|m| &m.accounts, &self.place.account),
            region: found(|m| &m.regions, &self.place.region),
            day: self.place.day.clone(),
        }
    }

    fn tally(&self) -> Tally {
        let done = self.progress == Progress::Done;
        let read_bytes = match self.progress {
            Progress::Done => self.bytes,
            Progress::Reading { read_bytes, .. } => read_bytes.min(self.bytes),
            Progress::Waiting => 0,
        };
        let counts = self.same_as.is_none();
        Tally {
            files: 1,
            unsized_files: u64::from(!self.sized && !done),
            bytes: self.bytes,
            read_files: done.into(),
            read_bytes,
            records: self.records(),
            duplicates: self.duplicates,
            rejected: if counts { self.rejected_count() } else { 0 },
            problem_files: u64::from(counts && self.members().any(|m| m.error.is_some())),
        }
    }
}

/// Sums over items.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Tally {
    pub files: u64,
    /// Files still to be read whose size is not known: a share of all bytes can not be told.
    pub unsized_files: u64,
    /// As opened (packed).
    pub bytes: u64,
    pub read_files: u64,
    pub read_bytes: u64,
    pub records: u64,
    pub duplicates: u64,
    pub rejected: u64,
    /// Files with an error.
    pub problem_files: u64,
}

impl Tally {
    fn each(&mut self, other: Tally, f: impl Fn(u64, u64) -> u64) {
        for (mine, theirs) in [
            (&mut self.files, other.files),
            (&mut self.unsized_files, other.unsized_files),
            (&mut self.bytes, other.bytes),
            (&mut self.read_files, other.read_files),
            (&mut self.read_bytes, other.read_bytes),
            (&mut self.records, other.records),
            (&mut self.duplicates, other.duplicates),
            (&mut self.rejected, other.rejected),
            (&mut self.problem_files, other.problem_files),
        ] {
            *mine = f(*mine, theirs);
        }
    }

    fn add(&mut self, other: Tally) {
        self.each(other, u64::saturating_add);
    }

    fn subtract(&mut self, other: Tally) {
        self.each(other, u64::saturating_sub);
    }
}

/// What items of a group have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupKey {
    pub verdict: Verdict,
    /// Registry id; empty where no kind is known.
    pub kind: String,
    pub place: Arc<KeyPlace>,
}

/// Items that share verdict, kind, account, region and day.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Group {
    pub tally: Tally,
    /// The first error or reason met, for the group's row.
    pub first_problem: Option<String>,
}

/// All items, removed ones left out of everything but their numbers.
#[derive(Default)]
pub struct Items {
    all: Vec<Item>,
    books: Books,
    /// Files of a folder mostly come from one place.
    last_place: Arc<KeyPlace>,
}

/// What is kept up as items change.
#[derive(Default)]
struct Books {
    tally: Tally,
    groups: BTreeMap<GroupKey, Group>,
    problems: BTreeSet<ItemId>,
    /// Member numbers of every item with an outcome: the first, where its members are numbered in a row, else all.
    by_member: BTreeMap<u32, ItemId>,
}

impl Items {
    /// Takes an item of this name (path) and size in bytes, if that is known; it waits.
    pub fn push(&mut self, name: String, bytes: Option<u64>) -> ItemId {
        let id = self.all.len() as ItemId;
        let key = S3Key::parse(&name);
        let place = KeyPlace {
            account: key.account.unwrap_or_default(),
            region: key.region.unwrap_or_default(),
            day: key.day.unwrap_or_default(),
        };
        if *self.last_place != place {
            self.last_place = Arc::new(place);
        }
        let item = Item {
            id,
            name,
            bytes: bytes.unwrap_or_default(),
            sized: bytes.is_some(),
            progress: Progress::Waiting,
            outcome: None,
            duplicates: 0,
            same_as: None,
            place: self.last_place.clone(),
            grouped: self.last_place.clone(),
            readers: Readers::One(0),
            whole_only: false,
            removed: false,
        };
        self.books.enter(&item);
        self.all.push(item);
        id
    }

    /// Changes an item and what the books say of it; `None` for one that is removed or was never opened.
    pub fn change<T>(&mut self, id: ItemId, f: impl FnOnce(&mut Item) -> T) -> Option<T> {
        let item = self.all.get_mut(id as usize).filter(|i| !i.removed)?;
        self.books.strike(item);
        let out = f(item);
        self.books.enter(item);
        Some(out)
    }

    pub fn remove(&mut self, id: ItemId) {
        if let Some(item) = self.all.get_mut(id as usize).filter(|i| !i.removed) {
            self.books.strike(item);
            item.removed = true;
            item.outcome = None;
        }
    }

    pub fn get(&self, id: ItemId) -> Option<&Item> {
        self.all.get(id as usize).filter(|i| !i.removed)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Item> {
        self.all.iter().filter(|i| !i.removed)
    }

    pub fn is_empty(&self) -> bool {
        self.books.tally.files == 0
    }

    pub fn tally(&self) -> Tally {
        self.books.tally
    }

    /// Those to look at first come first.
    pub fn groups(&self) -> &BTreeMap<GroupKey, Group> {
        &self.books.groups
    }

    /// Items that were not read, or not in full.
    pub fn problems(&self) -> impl Iterator<Item = &Item> {
        self.books.problems.iter().filter_map(|&id| self.get(id))
    }

    /// The item and member that a member number belongs to.
    pub fn member(&self, member: u32) -> Option<(&Item, &MemberOutcome)> {
        let (_, &id) = self.books.by_member.range(..=member).next_back()?;
        let item = self.get(id)?;
        let found = item.members().find(|m| m.numbers().any(|n| n == member))?;
        Some((item, found))
    }
}

impl Books {
    fn enter(&mut self, item: &Item) {
        let tally = item.tally();
        self.tally.add(tally);
        let group = self.groups.entry(item.group()).or_default();
        group.tally.add(tally);
        if tally.problem_files > 0 || tally.rejected > 0 {
            self.problems.insert(item.id);
            if group.first_problem.is_none() {
                group.first_problem = item.problem();
            }
        }
        for number in item.member_numbers() {
            self.by_member.insert(number, item.id);
        }
    }

    fn strike(&mut self, item: &Item) {
        let tally = item.tally();
        self.tally.subtract(tally);
        let key = item.group();
        if let Some(group) = self.groups.get_mut(&key) {
            group.tally.subtract(tally);
            if group.tally.files == 0 {
                self.groups.remove(&key);
            }
        }
        self.problems.remove(&item.id);
        for number in item.member_numbers() {
            self.by_member.remove(&number);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn outcome(id: ItemId, kept: u64, error: bool) -> Outcome {
        Outcome {
            item: id,
            members: vec![MemberOutcome {
                member: id * 10,
                kind: Some("cloudtrail".into()),
                kept,
                error: error.then(|| "broken".to_owned()),
                ..MemberOutcome::default()
            }],
            ..Outcome::default()
        }
    }

    #[test]
    fn groups_name_what_the_records_say_where_the_path_says_nothing() {
        let mut items = Items::default();
        let named = "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/01/02/a.json.gz";
        for name in ["a.json", named, "b.json"] {
            items.push(name.to_owned(), Some(1));
        }
        for (id, account) in [(0, "444455556666"), (1, "444455556666"), (2, "444455556666")] {
            let mut outcome = outcome(id, 1, false);
            outcome.members[0].accounts = vec![account.to_owned()];
            outcome.members[0].regions = vec!["us-east-1".to_owned(), "eu-west-1".to_owned()];
            items.change(id, |i| i.end(outcome));
        }
        let groups: Vec<(&str, &str, u64)> = (items.groups().iter())
            .map(|(k, g)| (k.place.account.as_str(), k.place.region.as_str(), g.tally.files))
            .collect();
        assert_eq!(
            groups,
            [
                ("111122223333", "eu-west-1", 1),
                ("444455556666", "eu-west-1, us-east-1", 2)
            ]
        );
        items.change(0, |i| i.wait());
        assert_eq!(items.get(0).map(|i| i.grouped.account.as_str()), Some(""));
    }

    proptest! {
        /// Whatever happens to items in whatever order, the books say what a walk over all of them says.
        #[test]
        fn sums_follow_every_change(steps in prop::collection::vec((0u8..7, 0u32..12, 0u64..50), 1..120)) {
            let mut items = Items::default();
            for (what, id, n) in steps {
                match what {
                    0 => {
                        items.push(format!("AWSLogs/{:012}/CloudTrail/eu-west-1/2026/01/0{}/a", n % 3, n % 9 + 1), (n % 2 == 0).then_some(n));
                    }
                    1 => {
                        items.change(id, |i| i.progress = Progress::Reading { read_bytes: n, records: n });
                    }
                    2 | 3 => {
                        items.change(id, |i| {
                            i.progress = Progress::Done;
                            i.outcome = Some(outcome(id, n, what == 3));
                        });
                    }
                    4 => {
                        items.change(id, |i| i.duplicates += n);
                    }
                    5 => {
                        items.change(id, |i| i.same_as = (n % 2 == 0).then_some(0));
                    }
                    _ => items.remove(id),
                }
                let mut all = Tally::default();
                let mut groups: BTreeMap<GroupKey, Tally> = BTreeMap::new();
                for item in items.iter() {
                    all.add(item.tally());
                    groups.entry(item.group()).or_default().add(item.tally());
                    if item.outcome.is_some() {
                        prop_assert_eq!(items.member(item.id * 10).map(|(i, _)| i.id), Some(item.id));
                    }
                }
                prop_assert_eq!(items.tally(), all);
                let kept: BTreeMap<_, _> = items.groups().iter().map(|(k, g)| (k.clone(), g.tally)).collect();
                prop_assert_eq!(kept, groups);
            }
        }
    }
}
