//! Uses and grants, laid out so that each question is a few look-ups.

use super::chain::SLACK_NS;
use super::grant::{Grant, merged};
use super::identity::Identity;
use super::{Chain, KeyLife, Session, Use};
use crate::base::hash::FastMap;
use crate::base::time::HOUR;

/// How long before a call a session may have been opened: the longest that STS gives.
const LONGEST_NS: i64 = 36 * HOUR;

type Places<K> = FastMap<K, Vec<usize>>;

/// Everything that is known of who called, ready to be asked.
pub struct Book<'a> {
    pub(super) uses: &'a [Use],
    pub(super) grants: Vec<Grant>,
    /// The latest time that any record has: what ends later has not ended in these files.
    pub(super) last_ns: i64,
    uses_by_key: Places<&'a str>,
    uses_by_arn: Places<&'a str>,
    /// Granted credentials by the key id that was given.
    given: Places<String>,
    /// Granted credentials by whom they act as.
    opened: Places<String>,
    /// What was done to a long-term key.
    changes: Places<String>,
    /// What was asked for with a key, granted or not.
    asked: Places<String>,
}

/// What a key's grants say about where it came from.
pub(super) enum Source<'b> {
    /// This one, at least as far as who asked.
    One(&'b Grant),
    /// They disagree on who asked.
    Several(Vec<&'b Grant>),
    None,
}

impl<'a> Book<'a> {
    pub fn new(uses: &'a [Use], grants: &[Grant]) -> Book<'a> {
        let mut book = Book {
            uses,
            grants: merged(grants),
            last_ns: i64::MIN,
            uses_by_key: Places::default(),
            uses_by_arn: Places::default(),
            given: Places::default(),
            opened: Places::default(),
            changes: Places::default(),
            asked: Places::default(),
        };
        for (n, one) in uses.iter().enumerate() {
            book.last_ns = book.last_ns.max(one.last_ns);
            add(&mut book.uses_by_key, &one.who.key, n);
            add(&mut book.uses_by_arn, &one.who.arn, n);
        }
        for (n, grant) in book.grants.iter().enumerate() {
            book.last_ns = book.last_ns.max(grant.at_ns);
            add_owned(&mut book.asked, &grant.by.key, n);
            if grant.kind.is_of_keys() {
                add_owned(&mut book.changes, &grant.key, n);
            } else if grant.is_granted() {
                add_owned(&mut book.given, &grant.key, n);
                add_owned(&mut book.opened, &grant.arn, n);
            }
        }
        book
    }

    /// The grants, each once, oldest first.
    pub fn grants(&self) -> &[Grant] {
        &self.grants
    }

    /// Everyone's sessions, oldest first.
    pub fn sessions(&self) -> Vec<Session> {
        super::session::sessions(self)
    }

    /// The way from a key id or an ARN back to the person. Of a key or ARN that stands with several others it
    /// is the way of those used first; the others are told beside it.
    pub fn chain(&self, asked: &str) -> Chain {
        super::chain::chain(self, asked)
    }

    /// The way from an identity, in calls from `first_ns` to `last_ns`, back to the person.
    pub fn chain_of(&self, who: &Identity, first_ns: i64, last_ns: i64) -> Chain {
        super::chain::chain_of(self, who, first_ns, last_ns)
    }

    /// What is known of a key from the day it was made.
    pub fn key_life(&self, key: &str) -> KeyLife {
        super::key_life::key_life(self, key)
    }

    /// A key's uses, or an ARN's.
    pub(super) fn uses_of(&self, asked: &str) -> impl Iterator<Item = &'a Use> + Clone {
        let places = self
            .uses_by_key
            .get(asked)
            .or_else(|| self.uses_by_arn.get(asked));
        let uses: &'a [Use] = self.uses;
        places.into_iter().flatten().filter_map(move |n| uses.get(*n))
    }

    fn at<'b>(
        &'b self,
        places: Option<&'b Vec<usize>>,
    ) -> impl DoubleEndedIterator<Item = &'b Grant> + use<'a, 'b> {
        places.into_iter().flatten().filter_map(|n| self.grants.get(*n))
    }

    pub(super) fn given(&self, key: &str) -> impl DoubleEndedIterator<Item = &Grant> {
        self.at(self.given.get(key))
    }

    pub(super) fn changes(&self, key: &str) -> impl DoubleEndedIterator<Item = &Grant> {
        self.at(self.changes.get(key))
    }

    pub(super) fn asked_with(&self, key: &str) -> impl DoubleEndedIterator<Item = &Grant> {
        self.at(self.asked.get(key))
    }

    /// The grant that gave a key to whoever used it at a time. The same key id may stand in several records:
    /// then it is the latest before that time, and the first where there is none.
    pub(super) fn gave(&self, who: &Identity, at_ns: i64) -> Option<&Grant> {
        let fits = |grant: &&Grant| who.arn.is_empty() || grant.arn.is_empty() || grant.arn == who.arn;
        if who.key.is_empty() {
            return None;
        }
        let before = |grant: &&Grant| grant.at_ns <= at_ns.saturating_add(SLACK_NS);
        self.given(&who.key)
            .rev()
            .filter(before)
            .find(fits)
            .or_else(|| self.given(&who.key).find(fits))
    }

    /// Where a key came from, and whether its grants agree.
    pub(super) fn source(&self, who: &Identity, at_ns: i64) -> Source<'_> {
        let Some(grant) = self.gave(who, at_ns) else {
            return Source::None;
        };
        let fits = |other: &&Grant| who.arn.is_empty() || other.arn.is_empty() || other.arn == who.arn;
        let others = self.given(&who.key).filter(fits);
        match askers(grant, others) {
            several if several.len() > 1 => Source::Several(several),
            _ => Source::One(grant),
        }
    }

    /// Grants that opened a session of an ARN in whose lifetime all of `first_ns` to `last_ns` lies, latest
    /// first. A grant of another key did not open it, nor did the session itself.
    pub(super) fn openers(
        &self,
        who: &Identity,
        first_ns: i64,
        last_ns: i64,
    ) -> impl Iterator<Item = &Grant> {
        let from = first_ns.saturating_sub(LONGEST_NS);
        let to = first_ns.saturating_add(SLACK_NS);
        let places = self.opened.get(who.arn.as_str()).map_or(&[][..], Vec::as_slice);
        let at = |n: &usize| self.grants.get(*n).map_or(i64::MAX, |grant| grant.at_ns);
        let before = places.partition_point(|n| at(n) <= to);
        let places = places.get(..before).unwrap_or(&[]);
        let near = places
            .iter()
            .rev()
            .filter_map(|n| self.grants.get(*n))
            .take_while(move |g| g.at_ns >= from);
        let (key, arn) = (who.key.clone(), who.arn.clone());
        let source_identity = who.source_identity.clone();
        near.filter(move |grant| {
            let other_key = !key.is_empty() && !grant.key.is_empty() && grant.key != key;
            let itself = grant.by.arn == arn && grant.by.key == key;
            let other_source = !source_identity.is_empty()
                && !grant.source_identity.is_empty()
                && grant.source_identity != source_identity;
            let ended = grant.end_ns().saturating_add(SLACK_NS) < last_ns;
            !other_key && !itself && !other_source && !ended
        })
    }

    /// The sign-in whose console session a call with an unknown key belongs to; the sign-in itself is a call
    /// without one.
    pub(super) fn sign_in(&self, one: &Use) -> Option<&Grant> {
        let is_sign_in = |grant: &&Grant| grant.kind.opens_console();
        if one.who.key.is_empty() {
            let places = self
                .opened
                .get(one.who.arn.as_str())
                .map_or(&[][..], Vec::as_slice);
            let at = |n: &usize| self.grants.get(*n).map_or(i64::MAX, |grant| grant.at_ns);
            let from = places.partition_point(|n| at(n) < one.first_ns);
            let during = places
                .get(from..)
                .unwrap_or(&[])
                .iter()
                .filter_map(|n| self.grants.get(*n));
            let mut during = during.take_while(|grant| grant.at_ns <= one.last_ns);
            let itself = during.find(|grant| is_sign_in(grant) && grant.address == one.address);
            if itself.is_some() {
                return itself;
            }
        }
        self.openers(&one.who, one.first_ns, one.last_ns).find(is_sign_in)
    }
}

/// One grant of each who asked: `first`'s asker first.
pub(super) fn askers<'b>(first: &'b Grant, others: impl Iterator<Item = &'b Grant>) -> Vec<&'b Grant> {
    let mut several = vec![first];
    for other in others {
        let is_same = |known: &&Grant| match (known.by.arn.is_empty(), other.by.arn.is_empty()) {
            (false, false) => known.by.arn == other.by.arn,
            _ => known.by.label() == other.by.label(),
        };
        if !several.iter().any(is_same) {
            several.push(other);
        }
    }
    several
}

fn add<'a>(places: &mut Places<&'a str>, key: &'a str, n: usize) {
    if !key.is_empty() {
        places.entry(key).or_default().push(n);
    }
}

fn add_owned(places: &mut Places<String>, key: &str, n: usize) {
    if !key.is_empty() {
        places.entry_ref(key).or_default().push(n);
    }
}
