//! A report read row by row.

use super::Kind;
use super::header::{Binder, Column, Header};
use super::money::{self, Standing, Sums};
use super::rows::{self, Part, Rows};
use crate::base::{FieldType, decimal, size, time};
use crate::formats::{Options, Reader, Sample};
use crate::table::{ABSENT_INT, RowSink, Shard, Stats};
use std::borrow::Cow;

/// What the title begins with that AWS writes above or below the rows.
const TITLE: &[u8] = b"Don't see your tags";
/// Currencies named in a remark.
const CURRENCIES_SHOWN: usize = 5;

pub(in crate::formats) struct SheetReader {
    rows: Rows,
    report: Report,
}

impl SheetReader {
    pub fn new(kind: &'static Kind, sample: &Sample<'_>, options: &Options) -> SheetReader {
        let delimiter = kind.find(sample).map_or(b',', |(delimiter, _)| delimiter);
        SheetReader::of(kind, delimiter, &options.extra_fields)
    }

    fn of(kind: &'static Kind, delimiter: u8, asked: &[String]) -> SheetReader {
        SheetReader {
            rows: Rows::new(delimiter),
            report: Report::new(kind, delimiter, asked),
        }
    }

    /// Reads a whole report. Which of its records count only all of it can tell, so it is read twice.
    pub fn read_whole(&mut self, report: &[u8], sink: &mut RowSink<'_>) {
        let kind = self.report.kind;
        let mut first = SheetReader::of(kind, self.report.delimiter, &[]);
        let (mut shard, mut stats) = (Shard::default(), Stats::default());
        let (pool, table) = shard.table_mut(kind.facts);
        let mut aside = RowSink::new(pool, table, &mut stats, 0, 0);
        first.feed(report, &mut aside);
        first.finish(&mut aside);
        self.report.together_counts = first.report.sums.together_counts();
        self.feed(report, sink);
        self.finish(sink);
    }
}

impl Reader for SheetReader {
    fn feed(&mut self, chunk: &[u8], sink: &mut RowSink<'_>) {
        let report = &mut self.report;
        self.rows.feed(chunk, &mut |part| report.part(part, sink));
    }

    fn finish(&mut self, sink: &mut RowSink<'_>) {
        let report = &mut self.report;
        self.rows.finish(&mut |part| report.part(part, sink));
        report.finish(sink);
    }
}

pub(super) struct Report {
    pub kind: &'static Kind,
    delimiter: u8,
    binder: Binder,
    header: Option<Header>,
    together_counts: bool,
    sums: Sums,
    currencies: Vec<Vec<u8>>,
    /// Amounts with more places than are kept, and those that are larger than is kept.
    rounded: u64,
    too_large: u64,
}

impl Report {
    pub fn new(kind: &'static Kind, delimiter: u8, asked: &[String]) -> Report {
        Report {
            kind,
            delimiter,
            binder: Binder::new(kind, asked),
            header: None,
            together_counts: true,
            sums: Sums::default(),
            currencies: Vec::new(),
            rounded: 0,
            too_large: 0,
        }
    }

    fn part(&mut self, part: Part<'_>, sink: &mut RowSink<'_>) {
        let (offset, text) = match part {
            Part::Row { offset, text } => (offset, text),
            Part::Bad { offset, text, reason } => return sink.reject(reason, offset, text),
        };
        let cells = rows::cells(text, self.delimiter);
        let is_title = cells.first().is_some_and(|c| c.starts_with(TITLE));
        let wanted = self.header.as_ref().map(|h| h.columns.len());
        match wanted {
            _ if is_title => {}
            _ if self.is_header(&cells) => self.begin(&cells, sink),
            None if cells.len() == 1 => {}
            None => sink.reject("no header of a billing report before this line", offset, text),
            Some(n) if n != cells.len() => {
                sink.reject(format!("{} cells instead of {n}", cells.len()), offset, text);
            }
            Some(_) => match self.record(&cells, sink) {
                Ok(()) => sink.end(offset, text.len() as u64),
                Err(reason) => sink.reject(reason, offset, text),
            },
        }
    }

    /// Several reports may stand one behind the other, each with its header.
    fn is_header(&self, cells: &[Cow<'_, [u8]>]) -> bool {
        let is_again = |header: &Header| {
            let first = header.columns.first().zip(cells.first());
            first.is_some_and(|(column, cell)| {
                (self.kind.name)(String::from_utf8_lossy(cell).trim()) == column.name
            })
        };
        self.header.as_ref().is_none_or(is_again) && self.kind.judge(cells).is_some()
    }

    /// The heads of the columns below.
    pub fn begin(&mut self, cells: &[Cow<'_, [u8]>], sink: &mut RowSink<'_>) {
        self.end_header(sink);
        self.header = Some(Header::of(cells, &mut self.binder, sink));
    }

    /// Sets the cells of a record; an error is why it can not be read.
    pub fn record(&mut self, cells: &[Cow<'_, [u8]>], sink: &mut RowSink<'_>) -> Result<(), String> {
        let Some(header) = &mut self.header else {
            return Ok(());
        };
        let value = |at: usize| {
            let text = cells.get(at).map_or(&b""[..], |c| c.trim_ascii());
            let is_null = self.kind.nulls.iter().any(|null| null.as_bytes() == text);
            if is_null { b"" } else { text }
        };
        for (at, column) in header.columns.iter_mut().enumerate() {
            let text = value(at);
            if text.is_empty() {
                continue;
            }
            if column.ty == FieldType::Decimal
                && let Some(amount) = decimal::parse(text)
            {
                self.rounded += u64::from(amount.is_rounded);
                self.too_large += u64::from(kept(amount.units).is_none());
            }
            if !set(column, text, &mut self.binder, sink) {
                if column.is_needed {
                    let (name, what) = (&column.name, article(column.ty));
                    return Err(format!("{name} is not {what}; open the report as AWS wrote it"));
                }
                column.unread += 1;
            }
        }
        let is_empty = |at: Option<usize>| at.is_none_or(|at| value(at).is_empty());
        if is_empty(header.start)
            && let Some(period) = header.period.and_then(|at| moment(value(at)))
        {
            sink.int(header.time, period);
        }
        for (made, (field, columns)) in self.kind.derived.iter().zip(&header.derived) {
            if let Some(text) = columns.iter().find_map(|&at| (made.make)(value(at))) {
                sink.text(*field, text);
            }
        }
        if let Some(code) = header.currency.map(&value).filter(|code| !code.is_empty())
            && !self.currencies.iter().any(|known| known == code)
            && self.currencies.len() < CURRENCIES_SHOWN
        {
            self.currencies.push(code.to_vec());
        }
        let standing = match self.kind.standing.zip(header.standing) {
            Some(((_, standing), at)) => standing(value(at)),
            None => Standing::Charge,
        };
        let amounts = header.costs.iter().filter_map(|&at| decimal::parse(value(at)));
        let cost = amounts.fold(None, |sum: Option<i128>, n| Some(sum.unwrap_or(0) + n.units));
        let Some(cost) = cost else { return Ok(()) };
        self.sums.add(standing, cost);
        if standing == Standing::Charge || standing == Standing::Together && self.together_counts {
            match kept(cost) {
                Some(units) => sink.int(header.cost, units),
                None => self.too_large += 1,
            }
        }
        Ok(())
    }

    /// Says what is to be known of the rows below a header.
    fn end_header(&mut self, sink: &mut RowSink<'_>) {
        let Some(header) = self.header.take() else { return };
        header.remark(self.kind, sink);
        for column in header.columns.iter().filter(|c| c.unread > 0) {
            let (name, what, n) = (&column.name, article(column.ty), column.unread);
            let s = if n == 1 { "" } else { "s" };
            let remark = format!("{name} is not {what} in {n} record{s}");
            sink.stats.remarks.push(remark);
        }
    }

    /// Says what is to be known of the report.
    pub fn finish(&mut self, sink: &mut RowSink<'_>) {
        self.end_header(sink);
        self.binder.remark(sink);
        self.sums.remark(self.together_counts, sink);
        for (n, what) in [
            (
                self.rounded,
                "have more than 11 decimal places and are rounded to those",
            ),
            (
                self.too_large,
                "are beyond 92 million and are left out of their field",
            ),
        ] {
            if n > 0 {
                let remark = format!("{} {what}", size::counted(n, "amounts"));
                sink.stats.remarks.push(remark);
            }
        }
        if self.currencies.len() > 1 {
            let names: Vec<Cow<'_, str>> = self
                .currencies
                .iter()
                .map(|c| String::from_utf8_lossy(c))
                .collect();
            let remark = format!("costs in {}: they do not add up", names.join(", "));
            sink.stats.remarks.push(remark);
        }
    }
}

/// Units as a cell holds them.
fn kept(units: i128) -> Option<i64> {
    i64::try_from(units).ok().filter(|n| *n != ABSENT_INT)
}

fn article(ty: FieldType) -> &'static str {
    match ty {
        FieldType::Time => "a time",
        FieldType::Bool => "true or false",
        _ => "a number",
    }
}

/// A time in ISO 8601; the oldest reports write the date with slashes.
fn moment(text: &[u8]) -> Option<i64> {
    time::parse_iso(text).or_else(|| {
        let dashed: Vec<u8> = text.iter().map(|&b| if b == b'/' { b'-' } else { b }).collect();
        time::parse_iso(&dashed)
    })
}

/// Sets the cells of a column's fields; false when the text is not of the field's type.
fn set(column: &mut Column, text: &[u8], binder: &mut Binder, sink: &mut RowSink<'_>) -> bool {
    for &field in &column.texts {
        sink.text(field, text);
    }
    if let Some(keys) = &mut column.keys
        && keys.set(&column.name, text, binder, sink)
    {
        return true;
    }
    let Some(field) = column.field else { return true };
    match column.ty {
        FieldType::Time => moment(text).map(|t| sink.int(field, t)),
        FieldType::Float => money::number(text).map(|n| sink.float(field, n)),
        FieldType::Decimal => decimal::parse(text).map(|amount| {
            if let Some(units) = kept(amount.units) {
                sink.int(field, units);
            }
        }),
        _ => {
            let code = sink.code_after(&mut column.last, text);
            sink.set_code(field, code);
            Some(())
        }
    }
    .is_some()
}
