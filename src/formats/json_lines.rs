//! JSON objects of no kind that is known: one a line, one behind the other, or in an array.
//!
//! What stands in objects inside is a column under its path (`httpRequest.clientIp`); an array of texts and numbers is a list.
//! Arrays of objects are no columns: what is in them is found by its path when it is asked for.

use super::general::{self, Binder, Cell, Votes};
use super::json::document::Extra;
use super::json::lazy::{Json, State};
use super::json::{JsonReader, Kind, OnRecord, Record, Spec, Top};
use super::{Confidence, LogFormat, Options, Reader, Sample};
use crate::base::{Facts, Group};
use crate::table::RowSink;
use std::borrow::Cow;

pub struct JsonLines;

static FACTS: Facts = Facts {
    id: "json-lines",
    title: "JSON lines",
    records: "records",
    group: Group::Host,
    spec_url: "https://jsonlines.org/",
    shapes: &[
        "objects one a line, or in an array, of no kind above",
        "columns and types by what the records hold",
    ],
    export_hint: "any export as JSON lines",
    fields: general::FIELDS,
    columns: general::COLUMNS,
    aliases: &[],
    dedupe: false,
};

/// Records of the sample that types are told from.
const SAMPLED: usize = 500;
/// Objects inside of each other whose fields are columns, and items of a list.
const DEPTH: usize = 6;
const ITEMS: usize = 200;

const SPEC: Spec = Spec {
    records: &[],
    context: &[],
    any_kind: false,
};

/// What a shared file says of itself is no log.
fn is_part_of_report(path: &str) -> bool {
    use crate::base::page::{FINDINGS, MANIFEST, NAMES, NOTES};
    let inside = path.rsplit_once('/');
    inside.is_some_and(|(page, name)| {
        [FINDINGS, MANIFEST, NAMES, NOTES].contains(&name) && page.to_ascii_lowercase().contains(".htm")
    })
}

impl LogFormat for JsonLines {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn probe(&self, sample: &Sample<'_>) -> Option<Confidence> {
        if is_part_of_report(sample.path) {
            return None;
        }
        let shape = sample.shape();
        let is_one = match shape.top {
            Top::Lines => shape.keys().next().is_some(),
            Top::Array => shape.kind("[]") == Some(Kind::Object) && shape.keys().next().is_some(),
            // A document, unless it is one line that tells its time: of a log that has one record.
            Top::Object => {
                let head = sample.head.trim_ascii();
                sample.whole && !head.contains(&b'\n') && votes(head).has_time()
            }
            Top::NotJson => false,
        };
        is_one.then_some(Confidence::Possible)
    }

    fn reader(&self, sample: &Sample<'_>, options: &Options) -> Box<dyn Reader> {
        let rows = Rows {
            binder: Binder::new(&votes(sample.head)),
            extra: Extra::new(&options.extra_fields),
        };
        Box::new(JsonReader::new::<&str>(SPEC, &[], rows))
    }
}

/// What the first records say of their fields.
fn votes(head: &[u8]) -> Votes {
    let mut votes = Votes::default();
    let mut add = |record: Json<'_>| {
        let is_whole = record.state() == State::Whole && record.is_object();
        if is_whole {
            flatten(record, "", 0, &mut |name, cell| votes.add(name, cell));
        }
        is_whole
    };
    let mut rest = head;
    for _ in 0..SAMPLED {
        rest = rest.trim_ascii_start();
        rest = rest.strip_prefix(b",").unwrap_or(rest);
        let Some((value, used)) = Json::first(rest, 0) else {
            break;
        };
        if value.is_array() {
            value.elements().take(SAMPLED).for_each(|record| {
                add(record);
            });
        } else if !add(value) {
            break;
        }
        rest = rest.get(used..).unwrap_or_default();
    }
    votes
}

struct Rows {
    binder: Binder,
    extra: Extra,
}

impl OnRecord for Rows {
    fn record(&mut self, record: &Record<'_>, sink: &mut RowSink<'_>) {
        let Some(value) = Json::of(record.bytes) else {
            return;
        };
        let binder = &mut self.binder;
        flatten(value, "", 0, &mut |name, cell| binder.set(name, cell, sink));
        if !self.extra.is_empty() {
            self.extra.fill(record.bytes, sink);
        }
        self.binder.end(record.offset, record.bytes.len() as u64, sink);
    }

    fn finish(&mut self, sink: &mut RowSink<'_>) {
        self.binder.finish(sink);
    }
}

/// Calls `f` with every value of an object and its path.
fn flatten(object: Json<'_>, path: &str, depth: usize, f: &mut dyn FnMut(&str, Cell<'_>)) {
    for (key, value) in object.object().fields {
        let inner;
        let name = match path {
            "" => &*key,
            _ => {
                inner = format!("{path}.{key}");
                inner.as_str()
            }
        };
        if value.is_object() {
            if depth + 1 < DEPTH {
                flatten(value, name, depth + 1, f);
            } else {
                f(name, Cell::Quoted(value.text()));
            }
        } else if value.is_array() {
            let is_plain = |item: &Json<'_>| !item.is_object() && !item.is_array();
            if value.elements().all(|item| is_plain(&item)) {
                let items: Vec<Cow<'_, str>> = value.elements().take(ITEMS).filter_map(Json::plain).collect();
                f(name, Cell::List(&items));
            }
        } else if let Some(text) = value.str() {
            f(name, Cell::Quoted(text.as_bytes()));
        } else {
            match value.text() {
                b"null" => {}
                b"true" => f(name, Cell::Bool(true)),
                b"false" => f(name, Cell::Bool(false)),
                number => f(name, Cell::Number(number)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_part_of_report;
    #[test]
    fn what_a_shared_file_says_of_itself_is_no_log() {
        assert!(is_part_of_report("report.html/manifest.json"));
        assert!(!is_part_of_report("logs/manifest.json") && !is_part_of_report("report.html/app.json"));
    }

    #[test]
    fn fixtures() {
        crate::formats::testing::fixtures("json-lines");
    }
}
