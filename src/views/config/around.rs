//! What happened around a change: the CloudTrail events that made it or stand near it, and what the resource was
//! related to then.

use super::history::Item;
use super::model::{KINDS, ResourceKey};
use crate::base::{TimeRange, Value, time};
use crate::query::{Agg, Answer, Expr, Key, Order, Place, Query, Rows, Select, Sort, Window};
pub use crate::views::relationship::{Relationship, relationship};

/// How far before a change the event that made it is looked for: Config records some minutes behind.
const BEFORE: i64 = 10 * time::MINUTE;
/// How far around a change everything about the resource is shown.
pub const AROUND: i64 = 30 * time::MINUTE;
/// Events listed.
const MOST_EVENTS: usize = 60;

const COLUMNS: [&str; 9] = [
    "eventTime",
    "eventName",
    "principal",
    "eventID",
    "errorCode",
    "sourceIPAddress",
    "userIdentity.accessKeyId",
    "userIdentity.sessionContext.attributes.mfaAuthenticated",
    "readOnly",
];

/// CloudTrail events that the item names, and those around it that name the resource.
pub fn ask_around(item: &Item, id: &str) -> Query {
    let named = Expr::In {
        field: "eventID".into(),
        values: item.related_events.clone(),
    };
    Query {
        kinds: vec!["cloudtrail".to_owned()],
        range: Some(around(item)),
        filter: Expr::Or(vec![named, Expr::Text(id.to_owned())]),
        select: Select::Rows(Rows {
            columns: COLUMNS.map(str::to_owned).to_vec(),
            sort: Sort::by_time(),
            window: Window::From {
                start: None,
                count: MOST_EVENTS,
            },
        }),
    }
}

/// The time around an item.
pub fn around(item: &Item) -> TimeRange {
    TimeRange::new(
        item.at_ns.saturating_sub(AROUND),
        item.at_ns.saturating_add(AROUND),
    )
}

/// A CloudTrail event near a change.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub at_ns: i64,
    pub name: String,
    pub principal: String,
    pub error: String,
    pub address: String,
    pub access_key: String,
    pub mfa: String,
    /// The item names it: it made the change.
    pub certain: bool,
    /// It changes something, succeeded, and came shortly before the item was recorded.
    likely: bool,
    pub place: Place,
}

/// Out of the answer to [`ask_around`], in the order of time.
pub fn events(answer: &Answer, item: &Item) -> Vec<Event> {
    let event = |(r, place): (&Vec<Value>, &Place)| {
        let text = |n: usize| r.get(n).map(Value::to_text).unwrap_or_default();
        let at_ns = r.first().and_then(Value::as_i64).unwrap_or(0);
        let reads = matches!(r.get(8), Some(Value::Bool(true) | Value::Int(1)));
        let before = (0..=BEFORE).contains(&item.at_ns.saturating_sub(at_ns));
        Event {
            at_ns,
            name: text(1),
            principal: text(2),
            error: text(4),
            address: text(5),
            access_key: text(6),
            mfa: text(7),
            certain: item.related_events.contains(&text(3)),
            likely: !reads && before && text(4).is_empty(),
            place: place.clone(),
        }
    };
    let mut out: Vec<Event> = answer.rows.iter().zip(&answer.places).map(event).collect();
    out.sort_by_key(|e| e.at_ns);
    out
}

/// The event that made the change: the one that the item names, else the last likely one before it.
pub fn cause(events: &[Event]) -> Option<usize> {
    let certain = events.iter().rposition(|e| e.certain);
    certain.or_else(|| events.iter().rposition(|e| e.likely))
}

/// The key of what a relationship names: nothing is known of the account and Region it is in.
pub fn named(by: &Relationship) -> ResourceKey {
    ResourceKey {
        kind: by.kind.clone(),
        id: by.id.clone(),
        ..ResourceKey::default()
    }
}

/// Which of these resources have items here.
pub fn ask_known(ids: Vec<String>) -> Query {
    let by = vec![Key::Field("resourceType".into()), Key::Field("resourceId".into())];
    Query::groups(&KINDS, by, vec![Agg::Count])
        .filter(Expr::In {
            field: "resourceId".into(),
            values: ids,
        })
        .order(Order::Key)
}

/// Type and id of each, out of the answer to [`ask_known`].
pub fn known(answer: &Answer) -> Vec<(String, String)> {
    let text = |v: Option<&Value>| v.map(Value::to_text).unwrap_or_default();
    let pair = |r: &Vec<Value>| (text(r.first()), text(r.get(1)));
    answer.rows.iter().map(pair).collect()
}
