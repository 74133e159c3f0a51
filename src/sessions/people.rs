//! Everything that can be told of a trail's people at once: work for a worker.

use super::{
    Book, Chain, FirstSeens, Grant, Habit, HourCalls, Hours, KeyLife, Outcomes, Recovered, Session, Use,
    first_seen, recovered, unusual_hours,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a trail's answers say of the people in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct People {
    pub uses: Vec<Use>,
    pub grants: Vec<Grant>,
    pub habits: Vec<Habit>,
    pub hours: Vec<HourCalls>,
    /// Without their person, which the sessions tell.
    pub outcomes: Vec<Outcomes>,
}

/// What comes of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Lives {
    pub sessions: Vec<Session>,
    pub first: FirstSeens,
    pub hours: Vec<Hours>,
    pub recovered: Vec<Recovered>,
}

impl People {
    pub fn lives(mut self) -> Lives {
        let sessions = Book::new(&self.uses, &self.grants).sessions();
        let mut persons: BTreeMap<(&str, &str), &str> = BTreeMap::new();
        let ids: Vec<String> = (sessions.iter())
            .map(|s| s.who.as_ref().map(super::Person::id).unwrap_or_default())
            .collect();
        for (session, id) in sessions.iter().zip(&ids) {
            for key in &session.keys {
                persons.insert((&session.principal, key), id);
            }
        }
        for outcome in &mut self.outcomes {
            let person = persons.get(&(outcome.principal.as_str(), outcome.key.as_str()));
            outcome.person = person.copied().unwrap_or_default().to_owned();
        }
        Lives {
            first: first_seen(&self.habits),
            hours: unusual_hours(&self.hours),
            recovered: recovered(&self.outcomes),
            sessions,
        }
    }

    /// The way from a key or an ARN back to a person, and the life of a key.
    pub fn origin(&self, of: &str) -> (Chain, Option<KeyLife>) {
        let book = Book::new(&self.uses, &self.grants);
        let life = (!of.starts_with("arn:")).then(|| book.key_life(of));
        (book.chain(of), life)
    }
}
