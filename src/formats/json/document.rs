//! Kinds that are exported as JSON documents: what their envelopes are, how a value becomes a row, by a table.
//!
//! A kind says with a table of [`Column`]s where a field stands, recognises a value and hands its records to [`Rows`].
//! Envelopes that AWS and its clients put around any of them are taken off here: EventBridge events, SNS notifications
//! (also inside Lambda events), recorded SDK answers (`{"status_code":200,"data":{…}}`).

use super::lazy::{Json, Object, State};
use super::{JsonReader, OnRecord, Record, Spec};
use crate::base::{FieldSpec, FieldType};
use crate::formats::{Confidence, Options, Reader, Sample};
use crate::table::RowSink;
use std::borrow::Cow;

/// Where a field's value stands in a record.
#[derive(Clone, Copy)]
enum Source {
    /// At the path that is the field's name.
    Own,
    /// At the first of these paths that has a value; a list gathers all of them. `@account`, `@region` and `@time` are
    /// those of the envelope.
    Paths(&'static [&'static str]),
    /// The kind's own code sets it.
    Derived,
}

/// A field and where its value stands.
#[derive(Clone, Copy)]
pub struct Column {
    pub spec: FieldSpec,
    source: Source,
}

impl Column {
    /// The names or paths its value stands under.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        let paths = match self.source {
            Source::Paths(paths) => paths,
            _ => &[],
        };
        let own = matches!(self.source, Source::Own).then_some(self.spec.name);
        own.into_iter().chain(paths.iter().copied())
    }
}

/// A field that stands under its own name.
pub const fn own(spec: FieldSpec) -> Column {
    Column {
        spec,
        source: Source::Own,
    }
}

/// A field that stands under one of these paths.
pub const fn from(spec: FieldSpec, paths: &'static [&'static str]) -> Column {
    Column {
        spec,
        source: Source::Paths(paths),
    }
}

/// A field that the kind's code sets.
pub const fn derived(spec: FieldSpec) -> Column {
    Column {
        spec,
        source: Source::Derived,
    }
}

/// The fields of a table of columns, for the kind's facts.
pub const fn specs<const N: usize>(columns: &[Column; N]) -> [FieldSpec; N] {
    let mut out = [FieldSpec::text(""); N];
    let mut at = 0;
    while at < N {
        out[at] = columns[at].spec;
        at += 1;
    }
    out
}

/// What the envelopes around a value say about it.
#[derive(Clone, Debug, Default)]
pub struct Around {
    pub account: Option<String>,
    pub region: Option<String>,
    pub time: Option<i64>,
    /// `detail-type` of an EventBridge event.
    pub detail_type: Option<String>,
}

impl Around {
    fn get(&self, name: &str) -> Option<&str> {
        match name {
            "@account" => self.account.as_deref(),
            "@region" => self.region.as_deref(),
            _ => None,
        }
    }
}

/// Envelopes inside envelopes, at most.
const MAX_ENVELOPES: u32 = 6;

/// What is inside of envelopes, its fields, and what the envelopes said.
type Opened<'f> = &'f mut dyn FnMut(Json<'_>, &Object<'_>, &Around);

/// Takes the envelopes off and calls `f` with what is inside.
pub fn open(value: Json<'_>, around: &Around, f: Opened<'_>) {
    unfold(value, &value.object(), around, MAX_ENVELOPES, f);
}

/// [`open`] of a value whose fields are known already.
fn unfold(value: Json<'_>, object: &Object<'_>, around: &Around, left: u32, f: Opened<'_>) {
    let Some(left) = left.checked_sub(1) else {
        return f(value, object, around);
    };
    let mut deeper = |inner: Json<'_>, around: &Around| unfold(inner, &inner.object(), around, left, f);
    if let Some(detail) = object
        .get("detail")
        .filter(|d| d.is_object() && object.has("detail-type"))
    {
        let owned = |key: &str| object.text(key).map(Cow::into_owned);
        let around = Around {
            account: owned("account").or_else(|| around.account.clone()),
            region: owned("region").or_else(|| around.region.clone()),
            time: object.get("time").and_then(Json::time).or(around.time),
            detail_type: owned("detail-type"),
        };
        return deeper(detail, &around);
    }
    if let Some(data) = object
        .get("data")
        .filter(|d| d.is_object() && object.has("status_code"))
    {
        return deeper(data, around);
    }
    if (object.has("TopicArn") || object.has("MessageId"))
        && let Some(string) = object.get("Message")
        && let Some(text) = string.embedded()
        && let Some(inner) = string.within(&text)
    {
        return deeper(inner, around);
    }
    // A Lambda event of SNS.
    if let Some(records) = object.get("Records").filter(|r| r.is_array()) {
        let inside = |r: Json<'_>| matches!(r.get("Sns"), Some(sns) if sns.is_object());
        if records.elements().next().is_some_and(inside) {
            return records
                .elements()
                .for_each(|r| deeper(r.get("Sns").unwrap_or(r), around));
        }
    }
    f(value, object, around);
}

/// A kind that is exported as JSON documents.
pub trait Kind: Default + Send + 'static {
    /// Paths from the outermost object to arrays that are read element by element, however long they are: the kind
    /// sees the elements only.
    const STREAMED: &'static [&'static str] = &[];
    /// What a record of the kind is called, for "no … in this value".
    const RECORD: &'static str;

    fn columns() -> &'static [Column];
    /// Does a value whose envelopes are off belong to the kind? It may be cut off anywhere.
    fn probe(value: Json<'_>, object: &Object<'_>, around: &Around) -> Option<Confidence>;
    /// Hands the records of a value to `rows`; false when it has none of the kind.
    fn read(&mut self, value: Json<'_>, around: &Around, rows: &mut Rows<'_, '_>) -> bool;
}

/// How many values at the beginning of a member a probe looks at.
const PROBED: usize = 3;

/// A value at the beginning of a member, with its fields.
pub struct Document<'a> {
    value: Json<'a>,
    object: Object<'a>,
}

impl<'a> Document<'a> {
    /// The first values of a text, or the first elements of arrays there.
    pub fn first_of(head: &'a [u8]) -> Vec<Document<'a>> {
        let mut out = Vec::new();
        let mut keep = |value: Json<'a>| {
            let object = value.object();
            out.push(Document { value, object });
        };
        let (mut rest, mut at) = (head, 0);
        for _ in 0..PROBED {
            if !matches!(rest.trim_ascii_start().first(), Some(b'{' | b'[')) {
                break;
            }
            let Some((value, used)) = Json::first(rest, at) else {
                break;
            };
            if value.is_array() {
                value.elements().take(PROBED).for_each(&mut keep);
            } else {
                keep(value);
            }
            rest = rest.get(used..).unwrap_or_default();
            at += used as u64;
        }
        out
    }
}

/// How sure a kind is that a sample is its own.
pub fn probe<K: Kind>(sample: &Sample<'_>) -> Option<Confidence> {
    let mut best = None;
    for Document { value, object } in sample.documents() {
        unfold(
            *value,
            object,
            &Around::default(),
            MAX_ENVELOPES,
            &mut |inner, object, around| best = best.max(K::probe(inner, object, around)),
        );
    }
    best
}

/// The reader of a kind.
pub fn reader<K: Kind>(options: &Options) -> Box<dyn Reader> {
    let spec = Spec {
        records: K::STREAMED,
        context: &[],
        any_kind: true,
    };
    let documents = Documents {
        kind: K::default(),
        extra: Extra::new(&options.extra_fields),
    };
    Box::new(JsonReader::new::<&str>(spec, &[], documents))
}

struct Documents<K> {
    kind: K,
    extra: Extra,
}

impl<K: Kind> OnRecord for Documents<K> {
    fn record(&mut self, record: &Record<'_>, sink: &mut RowSink<'_>) {
        let Some((value, _)) = Json::first(record.bytes, record.offset) else {
            return;
        };
        self.extra.resolve(sink);
        let mut rows = Rows {
            sink,
            columns: K::columns(),
            extra: &self.extra,
        };
        let (kind, mut known) = (&mut self.kind, true);
        open(value, &Around::default(), &mut |inner, _, around| {
            known &= kind.read(inner, around, &mut rows);
        });
        if !known {
            rows.reject(value, &format!("no {} in this value", K::RECORD));
        }
    }
}

/// Fields asked for beyond a kind's columns.
pub struct Extra {
    /// The field's name, its path, and its number once the table is known.
    fields: Vec<(String, String, Option<usize>)>,
}

impl Extra {
    pub fn new(names: &[String]) -> Self {
        let path = |name: &String| name.replace("[]", "").replace('[', ".").replace(']', "");
        Extra {
            fields: names.iter().map(|n| (n.clone(), path(n), None)).collect(),
        }
    }

    /// Sets the fields of one record whose original text this is; a text that is no JSON object has none.
    pub fn fill(&mut self, text: &[u8], sink: &mut RowSink<'_>) {
        let Some((value, _)) = Json::first(text, 0) else {
            return;
        };
        if value.state() != State::Whole || !value.is_object() {
            return;
        }
        self.resolve(sink);
        let object = value.object();
        for (_, path, field) in &self.fields {
            if let Some(field) = *field {
                let ty = sink.field_type(field);
                fill_cell(sink, field, ty, &object, &[path], &Around::default());
            }
        }
    }

    /// No field is asked for.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    fn resolve(&mut self, sink: &mut RowSink<'_>) {
        for (name, _, field) in &mut self.fields {
            if field.is_none() {
                *field = Some(sink.field(name, FieldType::List));
            }
        }
    }
}

/// Takes the records of a kind.
pub struct Rows<'r, 's> {
    sink: &'r mut RowSink<'s>,
    columns: &'static [Column],
    extra: &'r Extra,
}

impl Rows<'_, '_> {
    /// A record that is an object of its own; `fill` sets the derived fields.
    pub fn row(
        &mut self,
        item: Json<'_>,
        around: &Around,
        fill: impl FnOnce(&Object<'_>, &mut Cells<'_, '_>),
    ) {
        self.row_of(item, item, around, fill);
    }

    /// A record whose fields stand in `item` and whose original text is `place`, the value around it.
    pub fn row_of(
        &mut self,
        place: Json<'_>,
        item: Json<'_>,
        around: &Around,
        fill: impl FnOnce(&Object<'_>, &mut Cells<'_, '_>),
    ) {
        if item.state() != State::Whole {
            return self.reject(item, "");
        }
        if !item.is_object() {
            return self.reject(item, "a record is an object in braces; this is not");
        }
        let object = item.object();
        for (field, column) in self.columns.iter().enumerate() {
            let name = [column.spec.name];
            let paths = match column.source {
                Source::Own => &name[..],
                Source::Paths(paths) => paths,
                Source::Derived => continue,
            };
            fill_cell(self.sink, field, column.spec.ty, &object, paths, around);
        }
        for (name, path, field) in &self.extra.fields {
            if let Some(field) = *field
                && !self.columns.iter().any(|c| c.spec.name == name)
            {
                let ty = self.sink.field_type(field);
                fill_cell(self.sink, field, ty, &object, &[path], around);
            }
        }
        fill(
            &object,
            &mut Cells {
                sink: &mut *self.sink,
                columns: self.columns,
            },
        );
        let (offset, len) = place.origin();
        self.sink.end(offset, len);
    }

    /// Notes a value that is no record; why its text is broken or cut goes before `reason`.
    pub fn reject(&mut self, value: Json<'_>, reason: &str) {
        let (offset, _) = value.origin();
        let reason: Cow<'static, str> = match value.state() {
            State::Cut => "the file ends inside the record".into(),
            State::Broken(why) => why.into(),
            State::Whole => reason.to_owned().into(),
        };
        self.sink.reject(reason, offset, value.text());
    }
}

fn fill_cell(
    sink: &mut RowSink<'_>,
    field: usize,
    ty: FieldType,
    object: &Object<'_>,
    paths: &[&str],
    around: &Around,
) {
    if ty == FieldType::List {
        let mut all: Vec<String> = Vec::new();
        for path in paths {
            object.visit(path, &mut |v| texts(v, &mut all));
        }
        all.retain(|t| !t.is_empty());
        let mut seen = crate::base::hash::FastSet::default();
        all.retain(|t| seen.insert(t.clone()));
        return sink.list(field, &all);
    }
    for path in paths {
        let mut done = false;
        if let Some(text) = around.get(path) {
            sink.text(field, text.as_bytes());
            done = true;
        } else if *path == "@time" {
            if let Some(t) = around.time {
                sink.int(field, t);
                done = true;
            }
        } else {
            object.visit(path, &mut |v| done = done || set(sink, field, ty, v));
        }
        if done {
            return;
        }
    }
}

fn set(sink: &mut RowSink<'_>, field: usize, ty: FieldType, value: Json<'_>) -> bool {
    let done = match ty {
        FieldType::Time => value.time().map(|t| sink.int(field, t)),
        FieldType::Integer => value.int().map(|i| sink.int(field, i)),
        FieldType::Bool => value.bool().map(|b| sink.bool(field, b)),
        FieldType::Float => value.float().map(|f| sink.float(field, f)),
        _ => value
            .plain()
            .filter(|t| !t.is_empty())
            .map(|t| sink.text(field, t.as_bytes())),
    };
    done.is_some()
}

/// The texts of a value in a list: a tag is `key=value`, a map is its tags.
pub fn texts(value: Json<'_>, out: &mut Vec<String>) {
    if !value.is_object() {
        return out.extend(value.plain().map(Cow::into_owned));
    }
    let object = value.object();
    let tag = [("Key", "Value"), ("TagKey", "TagValue"), ("name", "value")]
        .into_iter()
        .find_map(|(k, v)| Some((object.text(k)?, object.get(v)?.plain().unwrap_or_default())));
    match tag {
        Some((key, value)) => out.push(format!("{key}={value}")),
        None => {
            for (key, value) in &object.fields {
                if value.is_array() {
                    let inner: Vec<_> = value.elements().filter_map(Json::plain).collect();
                    out.push(format!("{key}: {}", inner.join(", ")));
                } else {
                    out.push(format!("{key}={}", value.plain().unwrap_or_default()));
                }
            }
        }
    }
}

/// Sets derived fields of the row being read, by name.
pub struct Cells<'c, 's> {
    sink: &'c mut RowSink<'s>,
    columns: &'static [Column],
}

impl<'c, 's> Cells<'c, 's> {
    pub fn new(sink: &'c mut RowSink<'s>, columns: &'static [Column]) -> Self {
        Cells { sink, columns }
    }

    fn at(&self, name: &str) -> Option<usize> {
        let at = self.columns.iter().position(|c| c.spec.name == name);
        debug_assert!(at.is_some(), "no column {name}");
        at
    }

    pub fn text(&mut self, name: &str, text: &str) {
        if let Some(field) = self.at(name).filter(|_| !text.is_empty()) {
            self.sink.text(field, text.as_bytes());
        }
    }

    pub fn bool(&mut self, name: &str, value: bool) {
        if let Some(field) = self.at(name) {
            self.sink.bool(field, value);
        }
    }

    /// A `${field}` format that flow logs without a header may be written in.
    pub fn learn_flow_format(&mut self, format: &str) {
        let known = &mut self.sink.stats.flow_formats;
        if format.contains("${") && !known.iter().any(|f| f == format) {
            known.push(format.to_owned());
        }
    }

    /// An integer or a time.
    pub fn int(&mut self, name: &str, value: i64) {
        if let Some(field) = self.at(name) {
            self.sink.int(field, value);
        }
    }

    pub fn float(&mut self, name: &str, value: f64) {
        if let Some(field) = self.at(name) {
            self.sink.float(field, value);
        }
    }

    pub fn list(&mut self, name: &str, items: &[String]) {
        if let Some(field) = self.at(name) {
            self.sink.list(field, items);
        }
    }
}
