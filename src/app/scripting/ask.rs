//! `trailbeam.ask`: rows put into groups, for scripts.

use super::settle::promise;
use crate::base::time::{self, MINUTE};
use crate::base::{FieldType, TimeRange, Value};
use crate::query::{Agg, Answer, Key, Order, Query, text};
use crate::session::Session;
use crate::share::json_value;
use js_sys::{JSON, Object, Promise, SyntaxError, TypeError};
use serde::Deserialize;
use std::sync::Arc;
use wasm_bindgen::{JsCast, JsValue};

/// Groups that an answer has unless the script says so.
const USUAL_LIMIT: usize = 10_000;
/// Groups that an answer has at most.
const MOST_LIMIT: usize = 1_000_000;

/// The parts of a question.
const PARTS: [&str; 6] = ["kinds", "filter", "range", "by", "take", "limit"];

/// A question as a script writes it; each part is optional.
#[derive(Deserialize)]
#[serde(default)]
struct Asked {
    /// Registry ids; none is every kind.
    kinds: Vec<String>,
    /// As in the filter bar.
    filter: String,
    range: Option<Span>,
    by: Vec<By>,
    /// `count`, `sum(bytes)`, `distinct(srcaddr)`, `min(…)`, `max(…)`, `earliest(…)`, `latest(…)`.
    take: Vec<String>,
    limit: usize,
}

impl Default for Asked {
    fn default() -> Self {
        Asked {
            kinds: Vec::new(),
            filter: String::new(),
            range: None,
            by: Vec::new(),
            take: vec!["count".to_owned()],
            limit: USUAL_LIMIT,
        }
    }
}

/// ISO 8601.
#[derive(Deserialize)]
pub(super) struct Span {
    from: String,
    to: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum By {
    Field(String),
    Minutes { minutes: u32 },
}

/// Groups, the largest of the first aggregate first. Resolves with `{columns: [{name, type}], rows, groups, matched,
/// scanned, unknownFields}`. Whole numbers beyond 2^53 are strings, times ISO 8601. What can not be understood is
/// refused with a `TypeError` or `SyntaxError` that says why.
pub(super) fn ask(session: Session, what: &JsValue) -> Promise {
    let query = match query(what) {
        Ok(query) => query,
        Err(why) => return Promise::reject(&why),
    };
    promise(|settle| {
        session.engine().ask(query, move |answer: Arc<Answer>| {
            let written = JSON::parse(&write(&answer)).unwrap_or(JsValue::NULL);
            settle.done(&written);
        });
    })
}

fn query(what: &JsValue) -> Result<Query, JsValue> {
    let wrong = |why: &str| JsValue::from(TypeError::new(why));
    if let Some(object) = what.dyn_ref::<Object>() {
        let names = Object::keys(object);
        let mut names = names.iter().filter_map(|k| k.as_string());
        if let Some(unknown) = names.find(|k| !PARTS.contains(&k.as_str())) {
            return Err(wrong(&format!("{unknown} is none of {}", PARTS.join(", "))));
        }
    }
    let asked: Asked = match what.is_undefined() {
        true => Asked::default(),
        false => serde_wasm_bindgen::from_value(what.clone()).map_err(|e| wrong(&e.to_string()))?,
    };
    let filter = text::parse(&asked.filter).map_err(|e| SyntaxError::new(&e.to_string()))?;
    let range = match asked.range {
        None => None,
        Some(given) => Some(span(given).map_err(wrong)?),
    };
    let by = asked.by.into_iter().map(|by| match by {
        By::Field(name) => Key::Field(name),
        By::Minutes { minutes } => Key::Time {
            width_ns: i64::from(minutes.max(1)) * MINUTE,
        },
    });
    let take: Option<Vec<Agg>> = asked.take.iter().map(|t| aggregate(t)).collect();
    let take = take.filter(|t| !t.is_empty()).ok_or_else(|| {
        wrong("take is a list of count, sum(field), distinct(field), min(field), max(field), earliest(field), latest(field)")
    })?;
    let kinds: Vec<&str> = asked.kinds.iter().map(String::as_str).collect();
    Ok(Query::groups(&kinds, by.collect(), take)
        .within(range, &filter)
        .order(Order::Desc(0))
        .limit(asked.limit.min(MOST_LIMIT)))
}

/// A range as a script writes it, or what is wrong with it.
pub(super) fn span(Span { from, to }: Span) -> Result<TimeRange, &'static str> {
    let at = |text: &str| time::parse_iso(text.as_bytes());
    let span = at(&from).zip(at(&to)).filter(|(from, to)| from < to);
    let (from, to) = span.ok_or("range is {from, to} in ISO 8601, from before to")?;
    Ok(TimeRange::new(from, to))
}

fn aggregate(text: &str) -> Option<Agg> {
    let text = text.trim();
    if text == "count" {
        return Some(Agg::Count);
    }
    let (name, rest) = text.split_once('(')?;
    let field = rest.strip_suffix(')')?.trim().to_owned();
    Some(match name.trim() {
        "sum" => Agg::Sum(field),
        "distinct" => Agg::Distinct(field),
        "min" => Agg::Min(field),
        "max" => Agg::Max(field),
        "earliest" => Agg::Earliest(field),
        "latest" => Agg::Latest(field),
        _ => return None,
    })
}

fn write(answer: &Answer) -> String {
    let list = |items: Vec<String>| format!("[{}]", items.join(","));
    let quoted = |text: &str| json_value(&Value::Text(text.to_owned()));
    let columns = answer.columns.iter().map(|c| {
        format!(
            "{{\"name\":{},\"type\":{}}}",
            quoted(&c.name),
            quoted(type_name(c.ty))
        )
    });
    let rows = answer
        .rows
        .iter()
        .map(|row| list(row.iter().map(json_value).collect()));
    let unknown = answer.unknown_fields.iter().map(|f| quoted(f));
    let count = |n: u64| json_value(&Value::Big(n.into()));
    format!(
        "{{\"columns\":{},\"rows\":{},\"groups\":{},\"matched\":{},\"scanned\":{},\"unknownFields\":{}}}",
        list(columns.collect()),
        list(rows.collect()),
        count(answer.groups),
        count(answer.matched),
        count(answer.scanned),
        list(unknown.collect()),
    )
}

fn type_name(ty: FieldType) -> &'static str {
    match ty {
        FieldType::Text => "text",
        FieldType::Integer => "integer",
        FieldType::Float => "float",
        FieldType::Decimal => "decimal",
        FieldType::Bool => "bool",
        FieldType::Time => "time",
        FieldType::Address => "address",
        FieldType::List => "list",
    }
}
