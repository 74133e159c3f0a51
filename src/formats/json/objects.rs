//! Kinds whose records are JSON objects with every field at a path of its own: what they are, by a table.

use super::{Columns, JsonReader, OnRecord, PathId, Plan, Raw, Record, Spec};
use crate::base::Facts;
use crate::formats::{Confidence, LogFormat, Options, Reader, Sample};
use crate::table::RowSink;
use std::borrow::Cow;
use std::sync::Arc;

/// A kind of such records.
pub struct Objects {
    pub facts: &'static Facts,
    /// The envelopes its records come in, besides lines, arrays and objects one behind the other.
    pub spec: Spec,
    /// Paths that every record of the kind has a value at, and records of other kinds do not.
    pub marks: &'static [&'static str],
    /// Paths of fields that do not stand under their own name.
    pub elsewhere: &'static [(&'static str, &'static str)],
    /// Fields that [`Objects::derive`] sets.
    pub derived: &'static [&'static str],
    /// Paths of the values that it derives them from.
    pub parts: &'static [&'static str],
    pub derive: fn(&Parts<'_>, &mut Derived<'_, '_>),
}

/// The values of [`Objects::parts`] in a record, by position; null is none.
pub struct Parts<'a>(Vec<Option<Raw<'a>>>);

impl<'a> Parts<'a> {
    pub fn get(&self, at: usize) -> Option<Raw<'a>> {
        self.0.get(at).copied().flatten()
    }

    /// A text, or what is written there; empty where there is none.
    pub fn text(&self, at: usize) -> Cow<'a, [u8]> {
        self.get(at).and_then(|raw| raw.text()).unwrap_or_default()
    }

    pub fn integer(&self, at: usize) -> Option<i64> {
        std::str::from_utf8(&self.text(at)).ok()?.parse().ok()
    }
}

/// Where what is derived goes.
pub struct Derived<'s, 'r> {
    sink: &'s mut RowSink<'r>,
    /// By position in [`Objects::derived`].
    fields: &'s [usize],
}

impl Derived<'_, '_> {
    /// Sets the derived field of this position; no text is none.
    pub fn text(&mut self, at: usize, text: &[u8]) {
        if let Some(field) = self.fields.get(at).filter(|_| !text.is_empty()) {
            self.sink.text(*field, text);
        }
    }

    /// A time in nanoseconds, or another integer.
    pub fn integer(&mut self, at: usize, value: i64) {
        if let Some(field) = self.fields.get(at) {
            self.sink.int(*field, value);
        }
    }

    pub fn float(&mut self, at: usize, value: f64) {
        if let Some(field) = self.fields.get(at) {
            self.sink.float(*field, value);
        }
    }
}

impl LogFormat for Objects {
    fn facts(&self) -> &'static Facts {
        self.facts
    }

    fn probe(&self, sample: &Sample<'_>) -> Option<Confidence> {
        let has = sample.shape().record_has(self.marks);
        has.then_some(Confidence::Certain)
    }

    fn reader(&self, _: &Sample<'_>, options: &Options) -> Box<dyn Reader> {
        let own = self.facts.fields.iter().map(|f| (f.name, f.name));
        let is_elsewhere = |name: &str| self.elsewhere.iter().any(|(_, field)| *field == name);
        let map: Vec<(&str, &str)> = own
            .filter(|(name, _)| !self.derived.contains(name) && !is_elsewhere(name))
            .chain(self.elsewhere.iter().copied())
            .collect();
        let mut plan = Plan::new(&map, options);
        let mut wanted = |paths: &[&str]| paths.iter().map(|path| plan.want(path)).collect::<Vec<PathId>>();
        let (marks, parts) = (wanted(self.marks), wanted(self.parts));
        let plan = Arc::new(plan);
        let field = |name: &&str| self.facts.field(name).unwrap_or_default();
        let rows = ObjectRows {
            title: self.facts.title,
            marks,
            parts,
            derived: self.derived.iter().map(field).collect(),
            derive: self.derive,
            columns: Columns::new(plan.clone()),
        };
        Box::new(JsonReader::new(self.spec, plan.wanted(), rows))
    }
}

struct ObjectRows {
    title: &'static str,
    marks: Vec<PathId>,
    parts: Vec<PathId>,
    derived: Vec<usize>,
    derive: fn(&Parts<'_>, &mut Derived<'_, '_>),
    columns: Columns,
}

impl OnRecord for ObjectRows {
    fn record(&mut self, record: &Record<'_>, sink: &mut RowSink<'_>) {
        if self.marks.iter().any(|path| record.get(*path).is_none()) {
            let why = format!("no record of {}", self.title);
            return sink.reject(why, record.offset, record.bytes);
        }
        self.columns.fill(record, sink);
        let value = |path: &PathId| record.get(*path).filter(|raw| !raw.is_null());
        let parts = Parts(self.parts.iter().map(value).collect());
        let fields = &self.derived;
        (self.derive)(&parts, &mut Derived { sink, fields });
        sink.end(record.offset, record.bytes.len() as u64);
    }

    fn finish(&mut self, sink: &mut RowSink<'_>) {
        self.columns.finish(sink);
    }
}
