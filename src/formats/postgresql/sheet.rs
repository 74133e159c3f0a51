//! csvlog: 23 columns, 24 from version 13, 26 from 14 on.
//! <https://www.postgresql.org/docs/current/runtime-config-logging.html#RUNTIME-CONFIG-LOGGING-CSVLOG>

use super::Entry;
use super::text::is_severity;
use crate::formats::billing::rows::{self, Part, Rows};
use crate::formats::database::times::{Zones, stamp};
use crate::formats::database::{cut_last, int};
use crate::formats::lines::sample_lines;
use crate::formats::{Reader, Sample};
use crate::table::RowSink;
use std::borrow::Cow;

const COLUMNS: std::ops::RangeInclusive<usize> = 23..=26;
const SEVERITY: usize = 11;

/// A row of it, or the columns' names where a table was exported.
pub(super) fn is_one(sample: &Sample<'_>) -> bool {
    let line = sample_lines(sample).next().unwrap_or_default();
    if is_header(line) {
        return true;
    }
    if !line.first().is_some_and(u8::is_ascii_digit) {
        return false;
    }
    // The first message may go on in further lines.
    let head = sample.head.trim_ascii_start();
    let text = head.get(..4096).unwrap_or(head);
    is_row(&rows::cells(text, b','))
}

fn is_header(line: &[u8]) -> bool {
    line.starts_with(b"log_time,user_name,database_name,process_id,")
}

fn is_row(cells: &[Cow<'_, [u8]>]) -> bool {
    let cell = |at: usize| cells.get(at).map_or(&b""[..], |c| &**c);
    let is_session =
        |text: &[u8]| !text.is_empty() && text.iter().all(|b| b.is_ascii_hexdigit() || *b == b'.');
    cells.len() > SEVERITY && is_severity(cell(SEVERITY)) && stamp(cell(0)).is_some() && is_session(cell(5))
}

pub(super) struct CsvLog {
    rows: Rows,
    zones: Zones,
}

impl Default for CsvLog {
    fn default() -> Self {
        CsvLog {
            rows: Rows::new(b','),
            zones: Zones::default(),
        }
    }
}

impl Reader for CsvLog {
    fn feed(&mut self, chunk: &[u8], sink: &mut RowSink<'_>) {
        let CsvLog { rows, zones } = self;
        rows.feed(chunk, &mut |p| part(p, zones, sink));
    }

    fn finish(&mut self, sink: &mut RowSink<'_>) {
        let CsvLog { rows, zones } = self;
        rows.finish(&mut |p| part(p, zones, sink));
        sink.stats.remarks.extend(zones.remarks());
    }
}

fn part(part: Part<'_>, zones: &mut Zones, sink: &mut RowSink<'_>) {
    let (offset, text) = match part {
        Part::Row { offset, text } => (offset, text),
        Part::Bad { offset, text, reason } => return sink.reject(reason, offset, text),
    };
    if is_header(text) {
        return;
    }
    let mut cells = rows::cells(text, b',');
    if !COLUMNS.contains(&cells.len()) {
        let reason = format!(
            "{} cells instead of 23 to 26; the row is cut or damaged",
            cells.len()
        );
        return sink.reject(reason, offset, text);
    }
    if !is_row(&cells) {
        let reason = "no time, session and severity where csvlog has them; its columns are in another order";
        return sink.reject(reason, offset, text);
    }
    let mut take = |at: usize| cells.get_mut(at).map(std::mem::take).unwrap_or_default();
    let (time, remote, start) = (take(0), take(4), take(8));
    let mut number = |at: usize| int(&take(at));
    let (pid, line, txid) = (number(3), number(6), number(10));
    let (internal_pos, query_pos, leader, query_id) = (number(17), number(20), number(24), number(25));
    let (host, port) = match cut_last(&remote, b':').map(|(host, port)| (host, int(port))) {
        Some((host, Some(port))) => (host, Some(port)),
        _ => (&*remote, None),
    };
    let time = stamp(&time).inspect(|stamp| zones.meet(stamp));
    let entry = Entry {
        time_ns: time.map(|t| t.ns),
        session_start: stamp(&start).map(|t| t.ns),
        user: take(1),
        database: take(2),
        host: Cow::Borrowed(host),
        port,
        pid,
        session: take(5),
        line,
        tag: take(7),
        vxid: take(9),
        txid,
        severity: take(11),
        state: take(12),
        message: take(13),
        detail: take(14),
        hint: take(15),
        internal_query: take(16),
        internal_pos,
        context: take(18),
        statement: take(19),
        query_pos,
        location: take(21),
        application: take(22),
        backend: take(23),
        leader,
        query_id,
    };
    super::row(&entry, (offset, text.len() as u64), None, sink);
}
