//! Flow logs delivered as Parquet: the fields under their names with underscores, any subset of them, in any order.
//!
//! A Parquet file is read from its end, so the member is held until it is complete. Its records have no text of their
//! own: a row's offset is its number in the file (from 0), and its length is 0.

use super::Kind;
use super::layout::{Layout, Read, Slot};
use super::read::{Tally, clear_traffic};
use super::scan::number;
use crate::base::time;
use crate::formats::columnar::{Cell, Cells, Held, Rows};
use crate::formats::{Confidence, Reader, Sample};
use crate::table::{ABSENT_INT, RowSink};

/// A Parquet file says what is in it at its end: only a whole one can be recognised by its columns.
pub(super) fn probe(kind: &Kind, sample: &Sample<'_>) -> Option<Confidence> {
    match sample.parquet_columns() {
        Some(names) => kind.judge_names(&names.iter().map(String::as_str).collect::<Vec<_>>()),
        None if sample.whole => None,
        // Larger than what is held to be recognised. Nobody but flow logs is delivered so.
        None if kind.transit => Some(Confidence::Possible),
        None => Some(Confidence::Likely),
    }
}

pub(super) fn reader(kind: &'static Kind) -> Box<dyn Reader> {
    Box::new(Held::new(Flows {
        kind,
        layout: Layout::named(&[], kind.facts.fields),
        tally: Tally::default(),
    }))
}

struct Flows {
    kind: &'static Kind,
    layout: Layout,
    tally: Tally,
}

impl Rows for Flows {
    const OF: &'static str = "flow-log columns";

    fn columns(&mut self, names: &[&str], sink: &mut RowSink<'_>) -> bool {
        self.layout = Layout::named(names, self.kind.facts.fields);
        if !self.layout.slots.iter().any(|s| is_flow_column(&s.name)) {
            return false;
        }
        for slot in &mut self.layout.slots {
            slot.bind(sink);
        }
        true
    }

    fn row(&mut self, ordinal: u64, cells: &mut Cells<'_>, sink: &mut RowSink<'_>) {
        let mut status: &[u8] = b"";
        let mut bad = None;
        let time_field = self.kind.time_field();
        cells.each(&mut |at, cell| {
            let Some(slot) = self.layout.slots.get_mut(at) else {
                return;
            };
            if slot.read == Read::Status {
                status = match cell {
                    Cell::Text(b"NODATA") => b"NODATA",
                    Cell::Text(b"SKIPDATA") => b"SKIPDATA",
                    _ => b"",
                };
            }
            if !set(slot, &cell, time_field, sink) {
                bad.get_or_insert_with(|| {
                    let text = cell.to_text().into_owned();
                    (slot.complaint(&text), text)
                });
            }
        });
        if let Some((reason, text)) = bad {
            sink.reject(reason, ordinal, &text);
            return;
        }
        if self.tally.count(status) {
            clear_traffic(&self.layout.slots, sink);
        }
        sink.end(ordinal, 0);
    }

    fn finish(&mut self, sink: &mut RowSink<'_>) {
        if self.tally.records > 0
            && let Some(remark) = self.layout.remark_on_time()
        {
            sink.stats.remarks.push(remark.to_owned());
        }
        self.tally.remark("row", sink);
    }
}

/// Could only a flow log have a column of this name?
fn is_flow_column(name: &str) -> bool {
    matches!(
        name,
        "srcaddr" | "dstaddr" | "interface-id" | "log-status" | "tgw-id"
    ) || name.starts_with("pkt-")
}

/// A cell as an integer, where it is one.
fn to_int(cell: &Cell<'_>) -> Option<i64> {
    match *cell {
        Cell::Int(i) | Cell::Time(i) => Some(i),
        Cell::Bool(b) => Some(b.into()),
        // Beyond 2^53 a float no longer tells neighbours apart.
        Cell::Float(f) if f.fract() == 0.0 && f.abs() < 9_007_199_254_740_992.0 => Some(f as i64),
        Cell::Float(_) | Cell::Null => None,
        Cell::Decimal(n, 0) => i64::try_from(n).ok(),
        Cell::Decimal(..) => None,
        Cell::Text(t) => number(t).filter(|(_, len)| *len == t.len()).map(|(n, _)| n),
    }
}

/// Sets a cell of the row; false when the value is not of the field's type.
fn set(slot: &mut Slot, cell: &Cell<'_>, time_field: usize, sink: &mut RowSink<'_>) -> bool {
    if matches!(cell, Cell::Text(b"" | b"-") | Cell::Null) {
        return true;
    }
    match slot.read {
        Read::Text | Read::Status => {
            let text = match cell {
                // Account ids are twelve digits, also where a table made them numbers.
                Cell::Int(id) if slot.name.ends_with("account-id") => format!("{id:012}").into_bytes().into(),
                _ => cell.to_text(),
            };
            let code = sink.code_after(&mut slot.last, &text);
            sink.set_code(slot.field, code);
        }
        Read::Integer => match to_int(cell) {
            Some(ABSENT_INT) | None => return false,
            Some(value) => sink.int(slot.field, value),
        },
        Read::Time | Read::LoneEnd => {
            let ns = match cell {
                Cell::Time(ns) => Some(*ns),
                _ => to_int(cell).and_then(time::from_epoch),
            };
            match ns {
                Some(ABSENT_INT) | None => return false,
                Some(ns) => {
                    sink.int(slot.field, ns);
                    if slot.read == Read::LoneEnd {
                        sink.int(time_field, ns);
                    }
                }
            }
        }
    }
    true
}
