//! A record as the language asks for it: from columns, and from its original text where that is at hand.

use super::fields::{From, How, cell};
use crate::base::block;
use crate::formats::{self, LoggedIn};
use crate::language::insights::{Row, Value};
use crate::language::json::{Item, Json, Kind, Tape};
use crate::language::pattern::{Kind as PatternKind, Pattern, Step};
use crate::table::{Segment, Shard, Table};
use std::borrow::Cow;

/// A row of a segment.
#[derive(Clone, Copy)]
pub struct Place<'s> {
    pub shard: &'s Shard,
    pub table: &'s Table,
    pub segment: &'s Segment,
    pub row: usize,
    /// The path of the member that it came from.
    pub path: &'s str,
    /// Where the lines of the member were logged.
    pub logs: &'s [LoggedIn],
}

impl<'s> Place<'s> {
    fn logged_in(&self) -> Option<&'s LoggedIn> {
        let offset = self.segment.origin(self.row).offset;
        let behind = self.logs.partition_point(|l| l.from <= offset);
        self.logs.get(behind.checked_sub(1)?)
    }
}

/// An original text.
#[derive(Clone, Copy)]
pub struct Text<'t> {
    pub message: &'t str,
    /// The JSON objects whose fields are the record's, the innermost last.
    pub objects: &'t [Item<'t>],
}

/// A record, asked for fields by their place in `fields`.
pub struct Asked<'a> {
    pub place: Place<'a>,
    pub fields: &'a [From],
    /// Not at hand: what is of the text is absent.
    pub text: Option<Text<'a>>,
}

impl Row for Asked<'_> {
    fn get(&self, field: usize) -> Value<'_> {
        let p = &self.place;
        match self.fields.get(field) {
            None | Some(From::Nothing) => Value::Absent,
            Some(From::Kind) => Value::from(p.table.facts.id),
            Some(From::Path) => Value::from(p.path),
            Some(From::Log) => optional(p.logged_in().and_then(|l| l.log.as_deref())),
            Some(From::Stream) => optional(p.logged_in().and_then(|l| l.stream.as_deref())),
            Some(From::Pointer) => {
                let offset = p.segment.origin(p.row).offset;
                Value::from(format!("{}@{offset}", p.path))
            }
            Some(From::Column { field, how }) => cell(&p.shard.pool, p.table, p.segment, p.row, *field, *how),
            Some(From::Message) => self.text.map_or(Value::Absent, |t| Value::from(t.message)),
            Some(From::Json(path)) => {
                let objects = self.text.map_or(&[][..], |t| t.objects);
                let found = objects.iter().rev().map(|o| path.on_tape(*o));
                found.into_iter().find(|v| !v.is_absent()).unwrap_or_default()
            }
        }
    }
}

fn optional(text: Option<&str>) -> Value<'_> {
    text.map_or(Value::Absent, Value::from)
}

/// Keys under which a record lies in another: an EventBridge event, and an answer of CloudTrail's `lookup-events`, which holds
/// the event as a text.
const INSIDE: [&str; 2] = ["detail", "CloudTrailEvent"];

/// Goes over a text, as JSON where that is asked for and it is an object.
pub fn with_text<T>(message: &str, as_json: bool, then: impl FnOnce(Text<'_>) -> T) -> T {
    let trimmed = message.trim_ascii();
    let tape = (as_json && trimmed.starts_with('{'))
        .then(|| Tape::read(trimmed).ok())
        .flatten();
    let Some(outer) = tape.as_ref().and_then(Tape::root) else {
        let objects = &[];
        return then(Text { message, objects });
    };
    let held: Option<Cow<'_, str>> = INSIDE.iter().filter_map(|key| outer.get(key)).find_map(|inside| {
        match inside.kind() == Kind::Object {
            true => Some(Cow::Borrowed(inside.source())),
            false => Some(inside.text()).filter(|t| t.starts_with('{')),
        }
    });
    let inner = held.as_ref().and_then(|text| Tape::read(text).ok());
    let objects: Vec<Item<'_>> = [Some(outer), inner.as_ref().and_then(Tape::root)]
        .into_iter()
        .flatten()
        .collect();
    then(Text {
        message,
        objects: &objects,
    })
}

/// Is the record taken by a filter pattern? One about JSON is about the innermost object, unless it names what only the outer
/// one has (`$.detail.eventName`).
pub fn takes(pattern: &Pattern, text: Text<'_>) -> bool {
    let (PatternKind::Json(json), Some((inner, around))) = (pattern.kind(), text.objects.split_last()) else {
        return pattern.matches(text.message);
    };
    let only_in = |outer: &Item<'_>| {
        json.tests().iter().any(|test| match test.selector.steps.first() {
            Some(Step::Key(key)) => outer.get(key).is_some() && inner.get(key).is_none(),
            _ => false,
        })
    };
    json.matches_nodes(around.iter().find(|outer| only_in(outer)).unwrap_or(inner))
}

/// What stands for the original text of a record that has none: its fields as compact JSON, nested where the kind's are.
pub fn written(place: &Place<'_>) -> String {
    let nested = formats::has_more(place.table.facts.id);
    let mut all = Json::Object(Vec::new());
    for (field, f) in place.table.fields.iter().enumerate() {
        if block::OWN.contains(&f.name.as_str()) || f.name == block::SOURCE_OFFSET {
            continue;
        }
        let how = match From::of(place.table, &f.name) {
            From::Column { how, .. } => how,
            _ => How::AsIs,
        };
        let value = cell(
            &place.shard.pool,
            place.table,
            place.segment,
            place.row,
            field,
            how,
        );
        if let Some(json) = json_of(&value) {
            let path: Vec<&str> = match nested {
                true => f.name.split('.').collect(),
                false => vec![&f.name],
            };
            put(&mut all, &path, json);
        }
    }
    all.to_string()
}

fn json_of(value: &Value<'_>) -> Option<Json> {
    Some(match value {
        Value::Absent => return None,
        Value::Bool(b) => Json::Bool(*b),
        Value::Node(node) => node.json().clone(),
        Value::Text(t) => Json::String(t.to_string()),
        Value::Time(_) => Json::String(value.text()?.into_owned()),
        number => Json::Number(number.text()?.into_owned()),
    })
}

/// Puts a value to its place; what stands in the way stays.
fn put(into: &mut Json, path: &[&str], value: Json) {
    let (Json::Object(members), Some((key, rest))) = (into, path.split_first()) else {
        return;
    };
    let at = members.iter().position(|(k, _)| k == key);
    match (at, rest.is_empty()) {
        (None, true) => members.push(((*key).to_owned(), value)),
        (Some(_), true) => {}
        (at, false) => {
            let at = at.unwrap_or_else(|| {
                members.push(((*key).to_owned(), Json::Object(Vec::new())));
                members.len() - 1
            });
            if let Some((_, inner)) = members.get_mut(at) {
                put(inner, rest, value);
            }
        }
    }
}
