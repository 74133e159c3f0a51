//! What a trail says of the people in it: groups of calls, and the records that give somebody credentials.

use super::Session;
use super::lives::{self, ask_grants, ask_habits, ask_people, event};
use crate::base::TimeRange;
use crate::engine::later::later;
use crate::engine::port::{Job, JobResult};
use crate::query::{Answer, Expr};
use crate::sessions::{Chain, FirstSeens, Grant, KeyLife, Lives, People};
use std::sync::Arc;

/// What is known of a trail's people, and how much of it there was no room for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Known {
    pub people: People,
    pub lives: Lives,
    /// Groups of calls, and records whose text is not here.
    pub left_out: u64,
}

impl Session {
    /// What the trail says of the people in it, under a range and filter.
    pub async fn people(self, range: Option<TimeRange>, filter: Expr) -> Known {
        let [uses, habits, hours, outcomes] = ask_people().map(|query| {
            let query = query.within(range, &filter);
            later(|on| {
                self.engine().ask_later(query, on);
            })
        });
        let (grants, lost) = self.grants(range, &filter).await;
        let (uses, habits, hours, outcomes): (Arc<Answer>, Arc<Answer>, Arc<Answer>, Arc<Answer>) =
            (uses.await, habits.await, hours.await, outcomes.await);
        let (people, left_out) = lives::people([&uses, &habits, &hours, &outcomes], grants);
        let left_out = left_out + lost;
        let asked = people.clone();
        let lives = self.job(Job::Lives(Box::new(asked))).await;
        Known {
            people,
            lives: match lives {
                Ok(JobResult::Lives(lives)) => *lives,
                _ => Lives::default(),
            },
            left_out,
        }
    }

    /// What principals did for the first time, by everything that is loaded: a range or filter would cut away what came
    /// before. With it, how many groups of calls there was no room for.
    pub async fn first_seen(self) -> (FirstSeens, u64) {
        let habits: Arc<Answer> = later(|on| {
            self.engine().ask_later(ask_habits(), on);
        })
        .await;
        let left_out = habits.groups.saturating_sub(habits.rows.len() as u64);
        let people = People {
            habits: lives::habits(&habits),
            ..People::default()
        };
        match self.job(Job::Lives(Box::new(people))).await {
            Ok(JobResult::Lives(lives)) => (lives.first, left_out),
            _ => (FirstSeens::default(), left_out),
        }
    }

    /// The records that give somebody credentials, and how many of them are not here.
    async fn grants(self, range: Option<TimeRange>, filter: &Expr) -> (Vec<Grant>, u64) {
        let query = ask_grants().within(range, filter);
        let answer: Arc<Answer> = later(|on| {
            self.engine().ask_later(query, on);
        })
        .await;
        let asked = answer.matched + answer.unlisted;
        let texts = later(|on| self.originals_in_order(answer.places.clone(), on)).await;
        let grants: Vec<Grant> = (texts.into_iter().flatten())
            .filter_map(|text| Grant::of(&event(&text)?))
            .collect();
        let lost = asked.saturating_sub(grants.len() as u64);
        (grants, lost)
    }

    /// The way from a key or an ARN back to a person, and the key's life.
    pub async fn origin(self, known: &Known, of: &str) -> Option<(Chain, Option<KeyLife>)> {
        let (people, of) = (Box::new(known.people.clone()), of.to_owned());
        match self.job(Job::Origin { people, of }).await {
            Ok(JobResult::Origin(told)) => Some(*told),
            _ => None,
        }
    }
}
