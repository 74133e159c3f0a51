//! Lines of values whose names a `#Fields:` line tells, as the W3C's extended log format has them
//! (<https://www.w3.org/TR/WD-logfile.html>), or a list that was given.

use super::named::{NamedRows, Names};
use super::tokens;
use crate::base::time;
use crate::formats::lines::{Line, Lines};
use crate::formats::{Reader, Sample};
use crate::table::RowSink;

const FIELDS: &[u8] = b"#Fields:";
const DATE: &[u8] = b"#Date:";
/// Separators that a delivery may choose, the usual one first.
const SEPARATORS: [u8; 5] = [b'\t', b' ', b',', b'|', b';'];
/// Values behind the last named one that are kept; a longer line is not this log.
const MAX_UNNAMED: usize = 32;

/// The names of a `#Fields:` line.
pub(in crate::formats) fn names_of(line: &[u8]) -> Option<Vec<String>> {
    let rest = line.strip_prefix(FIELDS)?;
    let names = rest.split(|b| b.is_ascii_whitespace() || *b == b',');
    let names = names.filter(|n| !n.is_empty());
    Some(names.map(|n| String::from_utf8_lossy(n).into_owned()).collect())
}

/// The names that the first `#Fields:` line of a sample tells.
pub(in crate::formats) fn sample_names(sample: &Sample<'_>) -> Option<Vec<String>> {
    let lines = sample.head.split(|b| *b == b'\n');
    let lines = lines.take_while(|line| line.starts_with(b"#") || line.trim_ascii().is_empty());
    lines.filter_map(|line| names_of(line.trim_ascii_end())).next()
}

/// How much of a sample its `#Fields:` line ends.
pub(in crate::formats) fn head_end(sample: &Sample<'_>) -> Option<usize> {
    let mut end = 0;
    for line in sample.head.split_inclusive(|b| *b == b'\n') {
        if !line.starts_with(b"#") && !line.trim_ascii().is_empty() {
            return None;
        }
        end += line.len();
        if line.starts_with(FIELDS) && line.ends_with(b"\n") {
            return Some(end);
        }
    }
    None
}

/// Which separator cuts a line into so many values, or else the one that cuts it most.
fn separator(line: &[u8], names: usize) -> u8 {
    let values = |sign: &u8| memchr::memchr_iter(*sign, line).count() + 1;
    let exact = SEPARATORS.iter().find(|s| values(s) == names);
    let tab = SEPARATORS.first().filter(|s| values(s) > 1);
    let most = || SEPARATORS.iter().max_by_key(|s| values(s));
    exact.or(tab).or_else(most).copied().unwrap_or(b'\t')
}

/// Reads such lines.
pub(in crate::formats) struct W3cReader {
    lines: Lines,
    rows: LineRows,
}

struct LineRows {
    names: NamedRows,
    /// The number of each value's name; none before a list of names.
    layout: Option<Vec<usize>>,
    /// How many values have names; the layout goes on with those that have none.
    named: usize,
    separator: Option<u8>,
    /// Names given, to be bound when the first line comes.
    given: Option<Vec<String>>,
    /// Said of a line while there is no list of names.
    unknown: &'static str,
    /// The names given were guessed at by the lines' looks.
    guessed: bool,
    has_lines: bool,
    /// A line with fewer values than there are names is damaged.
    are_whole: bool,
}

impl W3cReader {
    /// `given` are the names until a line tells others; `unknown` is why a line can not be read without any.
    pub fn new(names: &'static Names, given: Option<Vec<String>>, unknown: &'static str) -> W3cReader {
        W3cReader {
            lines: Lines::default(),
            rows: LineRows {
                names: NamedRows::new(names),
                layout: None,
                named: 0,
                separator: None,
                given,
                unknown,
                guessed: false,
                has_lines: false,
                are_whole: false,
            },
        }
    }

    /// The names given are a guess: with a list told, it is worth reading again.
    pub fn guessed(mut self, guessed: bool) -> W3cReader {
        self.rows.guessed = guessed;
        self
    }

    /// Every value that is named stands in every line.
    pub fn whole_lines(mut self) -> W3cReader {
        self.rows.are_whole = true;
        self
    }
}

impl Reader for W3cReader {
    fn feed(&mut self, chunk: &[u8], sink: &mut RowSink<'_>) {
        let W3cReader { lines, rows } = self;
        lines.feed(chunk, |line| rows.line(line, sink));
    }

    fn finish(&mut self, sink: &mut RowSink<'_>) {
        let W3cReader { lines, rows } = self;
        lines.finish(|line| rows.line(line, sink));
    }
}

impl LineRows {
    fn bind(&mut self, names: &[String], sink: &mut RowSink<'_>) {
        self.layout = Some(names.iter().map(|name| self.names.bind(name, sink)).collect());
        self.named = names.len();
        self.separator = None;
    }

    fn line(&mut self, line: Line<'_>, sink: &mut RowSink<'_>) {
        let Line {
            offset,
            text,
            too_long,
        } = line;
        if too_long {
            return sink.reject("line longer than 1 MiB", offset, text);
        }
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        if text.iter().all(|&b| b <= b' ') {
            return;
        }
        if text.starts_with(b"#") {
            if let Some(names) = names_of(text) {
                // What follows depends on this line, wherever reading began.
                sink.stats.depends |= self.has_lines;
                self.bind(&names, sink);
            } else if let Some(at) = text.strip_prefix(DATE).and_then(time::parse_iso) {
                sink.stats.depends |= self.has_lines;
                self.names.begin_day(at);
            }
            return;
        }
        self.has_lines = true;
        if self.layout.is_none() {
            match self.given.take() {
                Some(names) => {
                    sink.stats.guessed |= self.guessed;
                    self.bind(&names, sink);
                }
                None => return sink.reject(self.unknown, offset, text),
            }
        }
        let LineRows {
            names,
            layout: Some(layout),
            separator: sign,
            are_whole,
            named,
            ..
        } = self
        else {
            return;
        };
        // Some servers write every value in quotes.
        if text.starts_with(b"\"") {
            let mut values = Vec::with_capacity(layout.len());
            tokens::cut(text, &mut values);
            if values.len() != *named {
                let why = format!("{} values where {named} are named", values.len());
                return sink.reject(why, offset, text);
            }
            for (at, (from, to)) in layout.iter().zip(values) {
                names.set(*at, text.get(from..to).unwrap_or_default(), sink);
            }
            return names.end(offset, text, text.len() as u64, sink);
        }
        let sign = *sign.get_or_insert_with(|| separator(text, layout.len()));
        let count = memchr::memchr_iter(sign, text).count() + 1;
        if count > layout.len() + MAX_UNNAMED {
            let why = format!("{count} values where {} are named", layout.len());
            return sink.reject(why, offset, text);
        }
        if *are_whole && count < *named {
            let why = format!("{count} values where {named} are named: the line was cut");
            return sink.reject(why, offset, text);
        }
        let mut from = 0;
        let ends = memchr::memchr_iter(sign, text).chain(std::iter::once(text.len()));
        for (n, end) in ends.enumerate() {
            let value = text.get(from..end).unwrap_or_default();
            from = end + 1;
            if layout.len() <= n {
                layout.push(names.bind(&format!("field{}", n + 1), sink));
            }
            if let Some(at) = layout.get(n) {
                names.set(*at, value.trim_ascii_end(), sink);
            }
        }
        names.end(offset, text, text.len() as u64, sink);
    }
}
