//! What a trail says of the people in it: groups of calls, and the records that give somebody credentials.

use super::Session;
use super::lives::{self, ask_grants, ask_people, event};
use crate::base::TimeRange;
use crate::engine::later::later;
use crate::engine::port::{Job, JobResult};
<<<<<<< HEAD
use crate::query::{Agg, Answer, Expr, Key, Order, Query, Rows, Select, Sort, Window};
use crate::sessions::{
    Chain, EVENT_NAMES, FirstSeens, Grant, Habit, HourCalls, Identity, KeyLife, Lives, Outcomes, People, Use,
    agent_family,
};
use serde_json::Value as Json;
=======
use crate::query::{Answer, Expr};
use crate::sessions::{Chain, Grant, KeyLife, Lives, People};
>>>>>>> part-share
use std::sync::Arc;

/// What is known of a trail's people, and how much of it there was no room for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Known {
    pub people: People,
    pub lives: Lives,
    /// Groups of calls, and records whose text is not here.
    pub left_out: u64,
}

<<<<<<< HEAD
const KINDS: [&str; 1] = ["cloudtrail"];
const NETWORK: &str = "sourceIPAddress";

fn field(name: &str) -> Key {
    Key::Field(name.to_owned())
}

fn grouped(by: Vec<Key>) -> Query {
    let time = || "@timestamp".to_owned();
    let failed = Expr::eq("outcome", "failed");
    let aggs = vec![
        Agg::Count,
        Agg::CountIf(failed),
        Agg::Min(time()),
        Agg::Max(time()),
    ];
    Query::groups(&KINDS, by, aggs)
        .filter(Expr::exists("@timestamp"))
        .order(Order::Key)
        .limit(MOST_GROUPS)
}

/// A row's keys as texts, then what [`grouped`] counts.
struct Row<'a> {
    cells: &'a [Value],
    keys: usize,
}

impl Row<'_> {
    fn text(&self, at: usize) -> String {
        match self.cells.get(at) {
            None | Some(Value::Absent) => String::new(),
            Some(value) => value.to_text(),
        }
    }
    fn number(&self, at: usize) -> i64 {
        self.cells
            .get(self.keys + at)
            .and_then(Value::as_i64)
            .unwrap_or(0)
    }
    fn count(&self) -> u64 {
        u64::try_from(self.number(0)).unwrap_or(0)
    }
    fn errors(&self) -> u64 {
        u64::try_from(self.number(1)).unwrap_or(0)
    }
    fn first(&self) -> i64 {
        self.number(2)
    }
    fn last(&self) -> i64 {
        self.number(3)
    }
}

fn rows<'a, T>(answer: &'a Answer, keys: usize, of: impl Fn(Row<'a>) -> T) -> Vec<T> {
    let row = |cells: &'a Vec<Value>| of(Row { cells, keys });
    answer.rows.iter().map(row).collect()
}

/// What habits are told apart by.
fn habit_keys() -> Vec<Key> {
    let network = Key::Network {
        field: NETWORK.to_owned(),
        v4_bits: 24,
        v6_bits: 48,
    };
    vec![
        field("principal"),
        field("eventSource"),
        field("awsRegion"),
        network,
        field("userAgent"),
    ]
}

/// Out of groups by [`habit_keys`].
fn habits_of(answer: &Answer) -> Vec<Habit> {
    rows(answer, habit_keys().len(), |r| Habit {
        principal: r.text(0),
        service: r.text(1),
        region: r.text(2),
        network: r.text(3),
        agent: agent_family(&r.text(4)),
        first_ns: r.first(),
        last_ns: r.last(),
        calls: r.count(),
    })
}

/// The event itself, out of whatever it was exported in.
fn event(text: &[u8]) -> Option<Json> {
    let outer: Json = serde_json::from_slice(text).ok()?;
    if let Some(inner) = outer.get("CloudTrailEvent").and_then(Json::as_str) {
        return serde_json::from_str(inner).ok();
    }
    match outer.get("detail") {
        Some(detail) if detail.get("eventName").is_some() => Some(detail.clone()),
        _ => Some(outer),
    }
}

=======
>>>>>>> part-share
impl Session {
    /// What the trail says of the people in it, under a range and filter.
    pub async fn people(self, range: Option<TimeRange>, filter: Expr) -> Known {
        let [uses, habits, hours, outcomes] = ask_people().map(|query| {
            let query = query.within(range, &filter);
            later(|on| {
                self.engine().ask_later(query, on);
            })
<<<<<<< HEAD
        };
        const WHO: [&str; 11] = [
            "userIdentity.accessKeyId",
            "principal",
            "userIdentity.type",
            "userIdentity.arn",
            "userIdentity.userName",
            "userIdentity.accountId",
            "userIdentity.sessionContext.sessionIssuer.arn",
            "userIdentity.sessionContext.sourceIdentity",
            "userIdentity.invokedBy",
            NETWORK,
            "userAgent",
        ];
        let hour = || Key::Time { width_ns: HOUR };
        let uses = ask(WHO.iter().map(|f| field(f)).chain([hour()]).collect());
        let habits = ask(habit_keys());
        let hours = ask(vec![field("principal"), hour()]);
        let outcomes = ask([
            "principal",
            "userIdentity.accessKeyId",
            "eventSource",
            "eventName",
            "errorCode",
        ]
        .iter()
        .map(|f| field(f))
        .collect());
        let (grants, mut left_out) = self.grants(range, &filter).await;
        let (uses, habits, hours, outcomes) = (uses.await, habits.await, hours.await, outcomes.await);
        for answer in [&uses, &habits, &hours, &outcomes] {
            left_out += answer.groups.saturating_sub(answer.rows.len() as u64);
        }
        let people = People {
            uses: rows(&uses, WHO.len() + 1, |r| Use {
                first_ns: r.first(),
                last_ns: r.last(),
                who: Identity {
                    key: r.text(0),
                    kind: r.text(2),
                    arn: r.text(3),
                    name: r.text(4),
                    account: r.text(5),
                    issuer: r.text(6),
                    source_identity: r.text(7),
                    invoked_by: r.text(8),
                    provider: String::new(),
                },
                principal: r.text(1),
                address: r.text(9),
                agent: r.text(10),
                calls: r.count(),
                errors: r.errors(),
            }),
            grants,
            habits: habits_of(&habits),
            hours: rows(&hours, 2, |r| HourCalls {
                principal: r.text(0),
                at_ns: r.first(),
                calls: r.count(),
            }),
            outcomes: rows(&outcomes, 5, |r| Outcomes {
                principal: r.text(0),
                key: r.text(1),
                service: r.text(2),
                call: r.text(3),
                error: r.text(4),
                person: String::new(),
                first_ns: r.first(),
                last_ns: r.last(),
                calls: r.count(),
            }),
        };
=======
        });
        let (grants, lost) = self.grants(range, &filter).await;
        let (uses, habits, hours, outcomes): (Arc<Answer>, Arc<Answer>, Arc<Answer>, Arc<Answer>) =
            (uses.await, habits.await, hours.await, outcomes.await);
        let (people, left_out) = lives::people([&uses, &habits, &hours, &outcomes], grants);
        let left_out = left_out + lost;
>>>>>>> part-share
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
            self.engine().ask_later(grouped(habit_keys()), on);
        })
        .await;
        let left_out = habits.groups.saturating_sub(habits.rows.len() as u64);
        let people = People {
            habits: habits_of(&habits),
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
