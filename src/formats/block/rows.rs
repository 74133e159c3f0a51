//! A block's columns put together to rows.

use super::column::{Column, Decoded, Dictionary, Values, text_of};
use super::file::{Described, File};
use super::{Fault, MAGIC};
use crate::base::FieldType;
use crate::base::block::{COUNT, MESSAGE, OFFSET, SOURCE_OFFSET};
use crate::base::value::LIST_SEPARATOR;
use crate::formats::json::document::Extra;
use crate::table::{ABSENT, ABSENT_INT, Code, RowSink};

/// Values unpacked at a time, of all columns together; a block as it is written stays far below.
const MAX_LOADED: usize = 1 << 25;
/// Rows that are put together before the next column is looked at: few enough to stay in the processor's cache.
const BATCH_ROWS: usize = 4096;
/// A text of the dictionary that was not asked for yet.
const UNASKED: Code = Code::MAX;

/// What becomes of a column.
#[derive(Clone, Copy)]
enum To {
    Field(usize),
    /// How many records the row stands for.
    Count,
    /// Only the length of the original text is kept.
    Length,
    /// The same, and fields are looked for in it.
    Text,
}

/// Reads every row group; one that can not be read is noted. `extra_fields` are looked for in the records' original texts.
pub(super) fn read(file: &File<'_>, extra_fields: &[String], sink: &mut RowSink<'_>) {
    let mut columns: Vec<(&Described, To)> = file.columns.iter().filter_map(|c| bind(c, sink)).collect();
    // What is a column is not looked for.
    let mut unknown = extra_fields.to_vec();
    unknown.retain(|name| !file.columns.iter().any(|c| c.name == *name));
    let mut extra = Extra::new(&unknown);
    if !extra.is_empty() {
        for (_, to) in &mut columns {
            if matches!(to, To::Length) {
                *to = To::Text;
            }
        }
    }
    let mut from = 0;
    for (group, rows) in file.groups().enumerate() {
        let mut at = from;
        if let Err((name, fault)) =
            read_group(file, group, (&columns, &mut extra), &mut at, from + rows, sink)
        {
            let left = from + rows - at;
            let reason =
                format!("row group {group}: {left} rows can not be read: column “{name}” has {fault}");
            sink.reject(reason, at, MAGIC);
        }
        from += rows;
    }
}

/// Where a column's values go.
fn bind<'a>(column: &'a Described, sink: &mut RowSink<'_>) -> Option<(&'a Described, To)> {
    let mut pass = |why: &str| {
        let remark = format!("The column “{}” is passed over: {why}.", column.name);
        sink.stats.remarks.push(remark);
    };
    if let Some(fault) = column.fault {
        pass(fault);
        return None;
    }
    let to = match column.name.as_str() {
        COUNT if column.ty == FieldType::Integer => To::Count,
        MESSAGE if column.ty == FieldType::Text => To::Length,
        COUNT | MESSAGE => {
            pass("it is not of its type");
            return None;
        }
        OFFSET => To::Field(sink.field(SOURCE_OFFSET, column.ty)),
        name => To::Field(sink.field(name, column.ty)),
    };
    if let To::Field(field) = to {
        let kept = sink.field_type(field);
        let is_float = |ty| ty == FieldType::Float;
        if kept.is_text() != column.ty.is_text() || is_float(kept) != is_float(column.ty) {
            let remark = format!(
                "The column “{}” is passed over: the field is of another type.",
                column.name
            );
            sink.stats.remarks.push(remark);
            return None;
        }
    }
    Some((column, to))
}

/// Reads the rows `*at..end`; the column that ends it, and why.
fn read_group<'a>(
    file: &'a File<'_>,
    group: usize,
    (bound, extra): (&[(&'a Described, To)], &mut Extra),
    at: &mut u64,
    end: u64,
    sink: &mut RowSink<'_>,
) -> Result<(), (&'a str, Fault)> {
    let mut columns = Vec::with_capacity(bound.len());
    for &(described, to) in bound {
        let pages = file
            .pages(group, described)
            .map_err(|e| (described.name.as_str(), e))?;
        columns.push(Loading {
            described,
            to,
            column: Column::new(described, pages),
            codes: Vec::new(),
            loaded: Loaded::Ints(Vec::new()),
            row: 0,
        });
    }
    // A field that sums are told apart by is known, also where no row has a value in it.
    let summed = bound.iter().any(|(_, to)| matches!(to, To::Count));
    // Values in `loaded` of all columns.
    let mut held = 0;
    while *at < end {
        let mut rows = usize::try_from(end - *at).map_or(BATCH_ROWS, |n| n.min(BATCH_ROWS));
        for c in &mut columns {
            while c.waiting() == 0 {
                let before = c.loaded.len();
                c.load(sink).map_err(|e| (c.described.name.as_str(), e))?;
                held = held + c.loaded.len() - before;
                if held > MAX_LOADED {
                    return Err((&c.described.name, "pages too large to be held beside the others"));
                }
            }
            rows = rows.min(c.waiting());
        }
        for row in 0..rows {
            let (mut count, mut len) = (0, 0);
            for c in &columns {
                let place = c.row + row;
                match (&c.loaded, c.to) {
                    (Loaded::Codes(codes), To::Field(field)) => match codes.get(place) {
                        Some(&code) if code != ABSENT => sink.set_code(field, code),
                        _ if summed => sink.absent(field),
                        _ => {}
                    },
                    (Loaded::Ints(ints), to) => match (ints.get(place), to) {
                        (Some(&value), _) if value == ABSENT_INT => {
                            if let To::Field(field) = to
                                && summed
                            {
                                sink.absent(field);
                            }
                        }
                        (Some(&value), To::Field(field)) => sink.int(field, value),
                        (Some(&value), To::Count) => count = value,
                        (Some(&value), To::Length | To::Text) => len = value as u64,
                        (None, _) => {}
                    },
                    (Loaded::Originals(texts), _) => {
                        if let Some(Some(text)) = texts.get(place) {
                            len = text.len() as u64;
                            extra.fill(text, sink);
                        }
                    }
                    (Loaded::Floats(floats), To::Field(field)) => match floats.get(place) {
                        Some(&float) if !float.is_nan() => sink.float(field, float),
                        _ if summed => sink.absent(field),
                        _ => {}
                    },
                    _ => {}
                }
            }
            if summed && count < 1 {
                sink.reject(
                    "a row of sums that does not say of how many records",
                    *at + row as u64,
                    MAGIC,
                );
                continue;
            }
            if summed {
                sink.weight(count);
            }
            sink.end(*at + row as u64, len);
        }
        columns.iter_mut().for_each(|c| c.row += rows);
        *at += rows as u64;
    }
    Ok(())
}

/// A column of a row group, one page of it loaded.
struct Loading<'a> {
    described: &'a Described,
    to: To,
    column: Column<'a>,
    /// Codes of the dictionary's texts, or [`UNASKED`].
    codes: Vec<Code>,
    loaded: Loaded,
    /// The next row of what is loaded.
    row: usize,
}

/// A page as the table takes it, one value a row.
enum Loaded {
    /// Also lengths of texts.
    Ints(Vec<i64>),
    Floats(Vec<f64>),
    Codes(Vec<Code>),
    /// Texts in which fields are looked for.
    Originals(Vec<Option<Vec<u8>>>),
}

impl Loaded {
    fn len(&self) -> usize {
        match self {
            Loaded::Ints(v) => v.len(),
            Loaded::Floats(v) => v.len(),
            Loaded::Codes(v) => v.len(),
            Loaded::Originals(v) => v.len(),
        }
    }
}

impl Loading<'_> {
    fn waiting(&self) -> usize {
        self.loaded.len() - self.row.min(self.loaded.len())
    }

    /// Loads the next page; a fault where there is none.
    fn load(&mut self, sink: &mut RowSink<'_>) -> Result<(), Fault> {
        let page = self.column.page()?.ok_or("fewer values than rows")?;
        let decoded = self.column.decode(&page)?;
        self.row = 0;
        self.loaded = match (self.to, self.described.ty) {
            (To::Length, _) => Loaded::Ints(self.lengths(&decoded)),
            (To::Text, _) => Loaded::Originals(self.originals(&decoded)),
            (_, FieldType::List) => Loaded::Codes(self.lists(&decoded, sink)?),
            (_, ty) if ty.is_text() => Loaded::Codes(self.codes_of(&decoded, sink)),
            (_, FieldType::Float) => {
                let words = words(&decoded);
                Loaded::Floats(self.spread(&decoded, f64::NAN, |at| {
                    f64::from_bits(words.get(at).copied().unwrap_or_default())
                }))
            }
            _ => {
                let words = words(&decoded);
                Loaded::Ints(self.spread(&decoded, ABSENT_INT, |at| {
                    words.get(at).copied().unwrap_or_default() as i64
                }))
            }
        };
        Ok(())
    }

    /// One value a row: that of its number among those that are there, or `absent`.
    fn spread<T: Clone>(&self, decoded: &Decoded, absent: T, mut value: impl FnMut(usize) -> T) -> Vec<T> {
        let mut next = 0;
        let cell = |d: &u32| {
            if *d < self.described.full {
                return absent.clone();
            }
            next += 1;
            value(next - 1)
        };
        decoded.defined.iter().map(cell).collect()
    }

    fn lengths(&self, decoded: &Decoded) -> Vec<i64> {
        self.spread(decoded, ABSENT_INT, |at| {
            let len = match &decoded.values {
                Values::Indices(indices) => {
                    let index = indices.get(at).copied().unwrap_or_default();
                    self.column.dictionary.text(index).len()
                }
                Values::Texts(_, ranges) => ranges.get(at).map_or(0, |r| r.len()),
                Values::Words(_) => 0,
            };
            len as i64
        })
    }

    fn originals(&self, decoded: &Decoded) -> Vec<Option<Vec<u8>>> {
        self.spread(decoded, None, |at| match &decoded.values {
            Values::Indices(indices) => {
                let index = indices.get(at).copied().unwrap_or_default();
                Some(self.column.dictionary.text(index).to_vec())
            }
            Values::Texts(bytes, ranges) => Some(text_of(bytes, ranges.get(at)).to_vec()),
            Values::Words(_) => None,
        })
    }

    fn codes_of(&mut self, decoded: &Decoded, sink: &mut RowSink<'_>) -> Vec<Code> {
        let mut known = std::mem::take(&mut self.codes);
        if let (Dictionary::Texts(_, ranges), true) = (&self.column.dictionary, known.is_empty()) {
            known = vec![UNASKED; ranges.len()];
        }
        let codes = self.spread(decoded, ABSENT, |at| match &decoded.values {
            Values::Indices(indices) => {
                let index = indices.get(at).copied().unwrap_or_default();
                match known.get_mut(index as usize) {
                    Some(code) if *code != UNASKED => *code,
                    Some(code) => {
                        *code = sink.code(self.column.dictionary.text(index));
                        *code
                    }
                    None => ABSENT,
                }
            }
            Values::Texts(bytes, ranges) => sink.code(text_of(bytes, ranges.get(at))),
            Values::Words(_) => ABSENT,
        });
        self.codes = known;
        codes
    }

    /// Lists, their items joined as they are kept.
    fn lists(&self, decoded: &Decoded, sink: &mut RowSink<'_>) -> Result<Vec<Code>, Fault> {
        let mut codes = Vec::new();
        let (mut value, mut joined) = (0, Vec::new());
        // Whether the row has an item, even an empty one.
        let mut some = false;
        let entries = decoded.defined.iter().zip(&decoded.repeats);
        for (entry, (defined, repeats)) in entries.enumerate() {
            match (entry, *repeats) {
                (0, 0) => {}
                (0, _) => return Err("a list that goes on from another page"),
                (_, 0) => {
                    codes.push(if some { sink.code(&joined) } else { ABSENT });
                    joined.clear();
                    some = false;
                }
                _ => {}
            }
            if *defined < self.described.full {
                continue;
            }
            if some {
                joined.extend(LIST_SEPARATOR);
            }
            some = true;
            joined.extend_from_slice(match &decoded.values {
                Values::Indices(indices) => {
                    let index = indices.get(value).copied().unwrap_or_default();
                    self.column.dictionary.text(index)
                }
                Values::Texts(bytes, ranges) => text_of(bytes, ranges.get(value)),
                Values::Words(_) => &[],
            });
            value += 1;
        }
        if !decoded.defined.is_empty() {
            codes.push(if some { sink.code(&joined) } else { ABSENT });
        }
        Ok(codes)
    }
}

fn words(decoded: &Decoded) -> &[u64] {
    match &decoded.values {
        Values::Words(words) => words,
        _ => &[],
    }
}
