//! What reports of charges share: a header that names the columns in any order, rows of quoted cells, and a `cost` that
//! every question can sum.
//!
//! Columns that a kind knows have their type; any other is kept as text under its own name, up to a limit. Where a
//! column holds a map (tags), each entry is a column of its own. Which records carry a `cost` is the kind's to say, so
//! that a report's totals are never added to what they are the total of.

mod header;
mod maps;
mod money;
mod parquet;
pub(super) mod rows;
mod sheet;
#[cfg(test)]
pub(super) mod testing;

use super::{Confidence, Options, Reader, Sample};
use crate::base::Facts;
use std::borrow::Cow;

pub(super) use money::{Standing, region_of};
pub(super) use sheet::SheetReader;

/// Rows looked at to find the header: a report may begin with a title.
const ROWS_BEFORE_HEADER: usize = 4;

/// One kind of report.
pub(super) struct Kind {
    pub facts: &'static Facts,
    /// The name that a column is kept under.
    pub name: fn(&str) -> Cow<'_, str>,
    /// Are these the columns of such a report?
    pub judge: fn(&Names<'_>) -> Option<Confidence>,
    /// What a cell holds that has no value, besides nothing.
    pub nulls: &'static [&'static str],
    /// Columns of JSON maps, and what stands between the column's name and a key's in the name of an entry.
    pub maps: &'static [&'static str],
    pub joint: &'static str,
    /// Columns that `cost` is the sum of. The first group counts of which the file has any column.
    pub costs: &'static [&'static [&'static str]],
    /// Those of them that need no remark.
    pub expected: &'static [&'static str],
    /// The column that tells charges from totals, and what its values say; without it every record is a charge.
    pub standing: Option<Stands>,
    /// The column whose value stands in where a record has no time.
    pub period: &'static str,
    pub currency: &'static str,
    pub derived: &'static [Derived],
}

/// A column, and what a record is by its value.
pub(super) type Stands = (&'static str, fn(&[u8]) -> Standing);

/// A text field that no column has: the first of several columns that gives a value.
pub(super) struct Derived {
    pub name: &'static str,
    pub from: &'static [&'static str],
    pub make: for<'a> fn(&'a [u8]) -> Option<&'a [u8]>,
}

/// The field that every kind sums.
pub(super) const COST: &str = "cost";

impl Kind {
    /// Is it a field that is made here, whatever column of the name a file has?
    fn is_made(&self, name: &str) -> bool {
        name == COST || self.derived.iter().any(|d| d.name == name)
    }

    /// The known field of a column, by the name it is kept under.
    fn known(&self, name: &str) -> Option<usize> {
        let fields = self.facts.fields;
        let exact = fields.iter().position(|f| f.name == name);
        exact
            .or_else(|| fields.iter().position(|f| f.name.eq_ignore_ascii_case(name)))
            .filter(|&at| fields.get(at).is_some_and(|f| !self.is_made(f.name)))
    }

    /// A report is recognised by its header alone.
    pub fn probe(&self, sample: &Sample<'_>) -> Option<Confidence> {
        if parquet::is_parquet(sample) {
            return parquet::probe(self, sample);
        }
        self.find(sample).map(|(_, sure)| sure)
    }

    /// A reader of a report in either form.
    pub fn reader(&'static self, sample: &Sample<'_>, options: &Options) -> Box<dyn Reader> {
        match parquet::is_parquet(sample) {
            true => parquet::reader(self, options),
            false => Box::new(SheetReader::new(self, sample, options)),
        }
    }

    /// The header's delimiter, and how surely it is one.
    fn find(&self, sample: &Sample<'_>) -> Option<(u8, Confidence)> {
        if matches!(sample.head.trim_ascii_start().first(), Some(b'{' | b'[' | b'<')) {
            return None;
        }
        let lines = sample.head.split(|&b| b == b'\n').map(<[u8]>::trim_ascii);
        let lines = lines.filter(|l| !l.is_empty()).take(ROWS_BEFORE_HEADER);
        lines.into_iter().find_map(|line| {
            let delimiter = super::sheet::delimiter(line);
            Some((delimiter, self.judge(&rows::cells(line, delimiter))?))
        })
    }

    fn judge(&self, cells: &[Cow<'_, [u8]>]) -> Option<Confidence> {
        let texts: Vec<Cow<'_, str>> = cells.iter().map(|c| String::from_utf8_lossy(c)).collect();
        let names = texts.iter().map(|t| (self.name)(t.trim())).collect();
        (self.judge)(&Names(names))
    }
}

/// The names that a header's columns are kept under.
pub(super) struct Names<'a>(Vec<Cow<'a, str>>);

impl Names<'_> {
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|n| n.eq_ignore_ascii_case(name))
    }

    /// How many of these there are.
    pub fn count(&self, names: &[&str]) -> usize {
        names.iter().filter(|name| self.has(name)).count()
    }
}
