//! Fields of simple JSON kinds, by a table of paths.

use super::path::{PathId, Paths, Seg, segments};
use super::records::Record;
use super::value::{Kind, Raw};
use super::walk::{Hit, Walker};
use crate::base::value::LIST_SEPARATOR;
use crate::base::{FieldType, decimal};
use crate::formats::Options;
use crate::table::{ABSENT_INT, Code, Recent, RowSink};
use std::sync::Arc;

/// Sets cells from a record's wanted values: a path leads to a field, the field's type says how a value is read.
///
/// - Text and address: a string's content; numbers, booleans, arrays and objects as they are written.
/// - List: an array's items, or every value that the path leads to.
/// - Text of a field asked for by a path to several values (`a[].b`): the values, joined by `, `.
/// - Integer, float, bool: also from a string that holds one.
/// - Time: ISO 8601, or a Unix time as number or string.
///
/// Null is absent. A value that is not of its field's type leaves the cell absent and is counted
/// ([`Columns::finish`]).
pub struct Columns {
    plan: Arc<Plan>,
    /// One for each of the plan's fields.
    targets: Vec<Target>,
    resolved: bool,
    walker: Walker,
    items: Paths,
    item_hits: Vec<Hit>,
}

/// Which paths lead to which fields: worked out once, used by the readers of every one of 100,000 files.
#[derive(Default)]
pub struct Plan {
    wanted: Vec<String>,
    /// Name, and whether its path leads to several values, which are then gathered.
    fields: Vec<(String, bool)>,
    /// The fields of each wanted path, by position; empty for one that a format reads itself.
    by_path: Vec<Vec<usize>>,
}

impl Plan {
    /// `map` is `(path, field name)`. The person's own fields ([`Options::extra_fields`]) are added as text, each
    /// under its path.
    pub fn new(map: &[(&str, &str)], options: &Options) -> Plan {
        let mut plan = Plan::default();
        for (path, name) in map {
            plan.add(path, name);
        }
        for path in &options.extra_fields {
            if !map.iter().any(|(_, name)| name == path) {
                plan.add(path, path);
            }
        }
        plan
    }

    fn add(&mut self, path: &str, name: &str) {
        let id = self.want(path);
        let field = match self.fields.iter().position(|f| f.0 == name) {
            Some(at) => at,
            None => {
                let several = segments(path).iter().any(Seg::is_any);
                self.fields.push((name.to_owned(), several));
                self.fields.len() - 1
            }
        };
        if let Some(fields) = self.by_path.get_mut(id) {
            fields.push(field);
        }
    }

    /// A path whose values the format reads itself, with [`Record::get`] and the id returned.
    pub fn want(&mut self, path: &str) -> PathId {
        if let Some(id) = self.wanted.iter().position(|p| p == path) {
            return id;
        }
        self.wanted.push(path.to_owned());
        self.by_path.push(Vec::new());
        self.wanted.len() - 1
    }

    /// All wanted paths, for [`super::JsonReader::new`] or [`Paths::new`].
    pub fn wanted(&self) -> &[String] {
        &self.wanted
    }
}

#[derive(Default)]
struct Target {
    field: usize,
    /// Its path leads to several values: they are gathered.
    several: bool,
    ty: FieldType,
    /// The last short text.
    recent: Recent,
    /// The last long text as it stood in the file, and its code: most columns repeat themselves.
    last: Vec<u8>,
    last_code: Code,
    /// How often it was the same again, less how often it was not; a column of ever new texts is not compared.
    luck: i32,
    /// Values gathered so far.
    items: Vec<u8>,
    has_items: bool,
    /// Values that are not of the field's type, and the offset of the first record with one.
    misfits: u64,
    first_misfit: u64,
}

impl Columns {
    pub fn new(plan: Arc<Plan>) -> Columns {
        let target = |&(_, several): &(String, bool)| Target {
            several,
            ..Target::default()
        };
        Columns {
            targets: plan.fields.iter().map(target).collect(),
            plan,
            resolved: false,
            walker: Walker::default(),
            items: Paths::new(&["[]"]),
            item_hits: Vec::new(),
        }
    }

    /// Sets the cells of a record's row; the row is not ended.
    pub fn fill(&mut self, record: &Record<'_>, sink: &mut RowSink<'_>) {
        if !self.resolved {
            for (t, (name, _)) in self.targets.iter_mut().zip(&self.plan.fields) {
                t.field = sink.field(name, FieldType::Text);
                t.ty = sink.field_type(t.field);
            }
            self.resolved = true;
        }
        let mut gathered = false;
        for hit in record.hits {
            let raw = hit.raw(record.bytes);
            if raw.is_null() {
                continue;
            }
            for &target in self.plan.by_path.get(hit.path).map_or(&[][..], |t| t) {
                let Some(target) = self.targets.get_mut(target) else {
                    continue;
                };
                if target.ty == FieldType::List {
                    gathered = true;
                    if raw.kind == Kind::Array
                        && self
                            .walker
                            .walk(raw.bytes, &self.items, &mut self.item_hits)
                            .is_ok()
                    {
                        for item in &self.item_hits {
                            target.item(item.raw(raw.bytes));
                        }
                    } else {
                        target.item(raw);
                    }
                } else if target.several && target.ty == FieldType::Text {
                    gathered = true;
                    target.item(raw);
                } else if !target.set(raw, sink) {
                    if target.misfits == 0 {
                        target.first_misfit = record.offset;
                    }
                    target.misfits += 1;
                }
            }
        }
        if gathered {
            for t in self.targets.iter_mut().filter(|t| t.has_items) {
                sink.text(t.field, &t.items);
                t.items.clear();
                t.has_items = false;
            }
        }
    }

    /// Says which values could not be read as what their fields are.
    pub fn finish(&mut self, sink: &mut RowSink<'_>) {
        let named = self.targets.iter().zip(&self.plan.fields);
        for (t, (name, _)) in named.filter(|(t, _)| t.misfits > 0) {
            let what = match t.ty {
                FieldType::Time => "a time",
                FieldType::Integer => "an integer",
                FieldType::Bool => "true or false",
                _ => "a number",
            };
            sink.stats.remarks.push(format!(
                "`{name}` is not {what} in {}, first in the one at byte {}",
                crate::base::size::counted(t.misfits, "records"),
                t.first_misfit
            ));
        }
    }
}

impl Target {
    fn item(&mut self, raw: Raw<'_>) {
        if let Some(text) = raw.text() {
            if self.has_items {
                let separator: &[u8] = if self.ty == FieldType::List {
                    &LIST_SEPARATOR
                } else {
                    b", "
                };
                self.items.extend_from_slice(separator);
            }
            self.has_items = true;
            self.items.extend_from_slice(&text);
        }
    }

    fn code(&mut self, raw: Raw<'_>, sink: &mut RowSink<'_>) -> Code {
        const GIVEN_UP: i32 = -200;
        const SURE: i32 = 1000;
        // The usual case, without the way through a copy-on-write.
        let plain = match raw.bytes {
            [b'"', text @ .., b'"'] if memchr::memchr(b'\\', text).is_none() => Some(text),
            _ => None,
        };
        if let Some(short) = plain.filter(|t| t.len() <= Recent::MAX_BYTES) {
            return sink.code_after(&mut self.recent, short);
        }
        if self.luck > GIVEN_UP && self.last_code != 0 && self.last == raw.bytes {
            self.luck = SURE.min(self.luck + 2);
            return self.last_code;
        }
        let code = match plain {
            Some(text) => sink.code(text),
            None => sink.code(&raw.text().unwrap_or_default()),
        };
        if self.luck > GIVEN_UP {
            self.luck -= 1;
            self.last.clear();
            self.last.extend_from_slice(raw.bytes);
            self.last_code = code;
        }
        code
    }

    /// Sets the cell; false if the value is not of the field's type.
    fn set(&mut self, raw: Raw<'_>, sink: &mut RowSink<'_>) -> bool {
        let int = match self.ty {
            FieldType::Integer => raw.int().or_else(|| whole(raw)),
            FieldType::Time => raw.time(),
            FieldType::Decimal => units(&raw.text().unwrap_or_default()),
            FieldType::Bool => raw.bool().map(i64::from),
            FieldType::Float => {
                if let Some(x) = raw.float() {
                    sink.float(self.field, x);
                    return true;
                }
                None
            }
            FieldType::Text | FieldType::Address | FieldType::List => {
                let code = self.code(raw, sink);
                sink.set_code(self.field, code);
                return true;
            }
        };
        if let Some(x) = int {
            sink.int(self.field, x);
        }
        // An empty string says "no value" in several AWS answers.
        int.is_some() || raw.bytes == b"\"\""
    }
}

/// An amount in a decimal's units, where a cell holds it.
fn units(text: &[u8]) -> Option<i64> {
    let amount = decimal::parse(text)?;
    i64::try_from(amount.units).ok().filter(|n| *n != ABSENT_INT)
}

/// A whole number that is written as a float (`12.0`, `1E3`), while floats are exact.
fn whole(raw: Raw<'_>) -> Option<i64> {
    let x = raw.float()?;
    (x.fract() == 0.0 && x.abs() < 9_007_199_254_740_992.0).then_some(x as i64)
}
