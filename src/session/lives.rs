//! What is asked of a trail about the people in it, and what comes of the answers.

use crate::base::Value;
use crate::base::time::HOUR;
use crate::query::{Agg, Answer, Expr, Key, Order, Query, Rows, Select, Sort, Window};
use crate::sessions::{EVENT_NAMES, Grant, Habit, HourCalls, Identity, Outcomes, People, Use, agent_family};
use serde_json::Value as Json;

/// Groups of a question, and records that give credentials.
const MOST_GROUPS: usize = 60_000;
const MOST_GRANTS: usize = 20_000;

/// Registry ids of the trail's events.
pub const KINDS: [&str; 1] = ["cloudtrail"];
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

/// The event itself, out of whatever it was exported in.
pub fn event(text: &[u8]) -> Option<Json> {
    let outer: Json = serde_json::from_slice(text).ok()?;
    if let Some(inner) = outer.get("CloudTrailEvent").and_then(Json::as_str) {
        return serde_json::from_str(inner).ok();
    }
    match outer.get("detail") {
        Some(detail) if detail.get("eventName").is_some() => Some(detail.clone()),
        _ => Some(outer),
    }
}

/// What a group of calls agrees in.
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

/// Who called hour by hour, what they used, when, and what came of it.
pub fn ask_people() -> [Query; 4] {
    let hour = || Key::Time { width_ns: HOUR };
    let outcomes = [
        "principal",
        "userIdentity.accessKeyId",
        "eventSource",
        "eventName",
        "errorCode",
    ];
    [
        grouped(WHO.iter().map(|f| field(f)).chain([hour()]).collect()),
        ask_habits(),
        grouped(vec![field("principal"), hour()]),
        grouped(outcomes.iter().map(|f| field(f)).collect()),
    ]
}

/// What principals used, from where and with what.
pub fn ask_habits() -> Query {
    let network = Key::Network {
        field: NETWORK.to_owned(),
        v4_bits: 24,
        v6_bits: 48,
    };
    grouped(vec![
        field("principal"),
        field("eventSource"),
        field("awsRegion"),
        network,
        field("userAgent"),
    ])
}

/// Out of the answer to [`ask_habits`].
pub fn habits(answer: &Answer) -> Vec<Habit> {
    rows(answer, 5, |r| Habit {
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

/// The records that give somebody credentials.
pub fn ask_grants() -> Query {
    Query {
        kinds: KINDS.map(str::to_owned).to_vec(),
        range: None,
        filter: Expr::In {
            field: "eventName".to_owned(),
            values: EVENT_NAMES.map(str::to_owned).to_vec(),
        },
        select: Select::Rows(Rows {
            columns: Vec::new(),
            sort: Sort::by_time(),
            window: Window::From {
                start: None,
                count: MOST_GRANTS,
            },
        }),
    }
}

/// The people, out of the answers to [`ask_people`] and the records that give credentials; and how many groups there was
/// no room for.
pub fn people(answers: [&Answer; 4], grants: Vec<Grant>) -> (People, u64) {
    let [uses, habits, hours, outcomes] = answers;
    let left_out = |answer: &&Answer| answer.groups.saturating_sub(answer.rows.len() as u64);
    let left_out = answers.iter().map(left_out).sum();
    let people = People {
        uses: rows(uses, WHO.len() + 1, |r| Use {
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
        habits: self::habits(habits),
        hours: rows(hours, 2, |r| HourCalls {
            principal: r.text(0),
            at_ns: r.first(),
            calls: r.count(),
        }),
        outcomes: rows(outcomes, 5, |r| Outcomes {
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
    (people, left_out)
}
