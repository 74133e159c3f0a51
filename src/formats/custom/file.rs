//! Descriptions as a file: read, written, and recognised when it is dropped.
//!
//! ```toml
//! [[log_format]]
//! name = "Shop"
//! example = '2026-03-02 09:15:01,123 INFO [main] order 17 paid by alice'
//! lines = "matching"               # a line that does not match goes on with the record before; or begins = '^\d{4}-'
//! time_format = "iso"              # found where it is not told; also zone = "+02:00", year = 2026
//!
//! [[log_format.field]]
//! name = "time"
//! text = "2026-03-02 09:15:01,123" # of an example: the part of the line that is marked
//! type = "time"
//! role = "time"
//! ```
//!
//! In the place of `example` stands `regex`, `apache`, `grok` or `cloudwatch`.

use super::{Compiled, CustomFormat, FieldRule, Lines, Mark, Meaning, Way, looks};
use crate::base::{Facts, FieldSpec as F, Group, Role};
use crate::formats::{Confidence, LogFormat, Options, Reader, Sample};
use crate::table::RowSink;
use std::fmt::Write;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A larger file is no description.
const MAX_FILE: usize = 1 << 20;
const HEADER: &str = "[[log_format]]";
const KEYS: &[&str] = &[
    "name",
    "example",
    "regex",
    "apache",
    "grok",
    "cloudwatch",
    "lines",
    "begins",
    "time_format",
    "zone",
    "year",
    "field",
];
const FIELD_KEYS: &[&str] = &["name", "text", "at", "type", "role"];

/// What is wrong with a file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileFault {
    /// From 1.
    pub line: usize,
    /// The byte of the file.
    pub at: usize,
    pub says: String,
}

impl std::fmt::Display for FileFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: {}", self.line, self.says)
    }
}

/// Does a file's beginning say that it holds descriptions?
pub fn is_one(text: &[u8]) -> bool {
    let mut lines = text.split(|b| *b == b'\n').map(<[u8]>::trim_ascii);
    lines.any(|line| {
        let line = line.split(|b| *b == b'#').next().unwrap_or_default();
        let plain: Vec<u8> = line
            .iter()
            .copied()
            .filter(|b| !b.is_ascii_whitespace())
            .collect();
        plain == HEADER.as_bytes()
    })
}

/// A file's descriptions that can be read by, with where each begins, and what is wrong with the others.
pub fn read(text: &str) -> (Vec<(usize, CustomFormat)>, Vec<FileFault>) {
    let (file, errors) = DeTable::parse_recoverable(text);
    let mut faults: Vec<FileFault> = Vec::new();
    for error in errors {
        let at = error.span().map_or(text.len(), |s| s.start);
        let why = error.message().trim_end_matches('.');
        faults.push(fault(text, at, format!("This is no TOML: {why}.")));
    }
    let is_toml = faults.is_empty();
    let mut formats: Vec<(usize, CustomFormat)> = Vec::new();
    for (key, value) in file.get_ref() {
        match (&**key.get_ref(), value.get_ref()) {
            ("log_format", DeValue::Array(items)) => {
                for item in items.iter() {
                    let mut entry = Entry {
                        text,
                        faults: Vec::new(),
                    };
                    let at = begins(item);
                    let format = entry.format(item);
                    if entry.faults.is_empty()
                        && let Err(wrong) = Compiled::new(&format)
                    {
                        entry.faults.push(fault(
                            text,
                            at,
                            format!("“{}” can not be read by: {wrong}", format.name),
                        ));
                    }
                    if entry.faults.is_empty() && is_toml {
                        formats.push((at, format));
                    }
                    faults.append(&mut entry.faults);
                }
            }
            (other, _) => faults.push(fault(
                text,
                key.span().start,
                format!("`{other}` is no key of a description. Each description begins with {HEADER}."),
            )),
        }
    }
    if formats.is_empty() && faults.is_empty() {
        faults.push(fault(
            text,
            0,
            format!("There is no description in this file. Each begins with {HEADER}."),
        ));
    }
    faults.sort_by_key(|f| f.at);
    (formats, faults)
}

fn fault(text: &str, at: usize, says: String) -> FileFault {
    let before = text.as_bytes().get(..at.min(text.len())).unwrap_or_default();
    FileFault {
        line: memchr::memchr_iter(b'\n', before).count() + 1,
        at,
        says,
    }
}

fn begins(item: &Spanned<DeValue<'_>>) -> usize {
    let keys = item.get_ref().as_table().into_iter().flat_map(DeTable::keys);
    keys.map(|k| k.span().start).fold(item.span().start, usize::min)
}

struct Entry<'t> {
    text: &'t str,
    faults: Vec<FileFault>,
}

type Item<'a, 'v> = &'a Spanned<DeValue<'v>>;

impl Entry<'_> {
    fn wrong(&mut self, at: usize, says: impl Into<String>) {
        self.faults.push(fault(self.text, at, says.into()));
    }

    fn string(&mut self, key: &str, value: Item<'_, '_>) -> String {
        match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            _ => {
                self.wrong(
                    value.span().start,
                    format!("{key} is a text. Write it in quotes."),
                );
                String::new()
            }
        }
    }

    fn number(&mut self, key: &str, value: Item<'_, '_>) -> i64 {
        let number = match value.get_ref() {
            DeValue::Integer(n) => n.as_str().parse().ok(),
            _ => None,
        };
        number.unwrap_or_else(|| {
            self.wrong(
                value.span().start,
                format!("{key} is a whole number. Write it without quotes."),
            );
            0
        })
    }

    fn format(&mut self, item: Item<'_, '_>) -> CustomFormat {
        let mut format = CustomFormat::default();
        let Some(table) = item.get_ref().as_table() else {
            self.wrong(
                item.span().start,
                format!("A description is a table. Write {HEADER} above its keys."),
            );
            return format;
        };
        let mut ways = 0;
        let mut fields = None;
        for (key, value) in table {
            let word: &str = key.get_ref();
            if let Some(way) = Way::from_key(word) {
                ways += 1;
                format.way = way;
                format.pattern = self.string(word, value);
                continue;
            }
            match word {
                "name" => format.name = self.string(word, value),
                "begins" => format.lines = Lines::Begins(self.string(word, value)),
                "lines" => match self.string(word, value).as_str() {
                    "each" => {}
                    "matching" if format.lines == Lines::Each => format.lines = Lines::Matching,
                    "matching" => self.wrong(value.span().start, "Either lines or begins tells where a record begins. Take one of them away."),
                    _ => self.wrong(value.span().start, "lines is \"each\" or \"matching\"; or begins = '…' with the regex of a record's first line."),
                },
                "time_format" => format.clock = self.string(word, value),
                "zone" => format.zone = self.string(word, value),
                "year" => format.year = i32::try_from(self.number(word, value)).ok(),
                "field" => fields = Some(value),
                other => self.wrong(
                    key.span().start,
                    format!("`{other}` is no key of a description. Known are {}.", KEYS.join(", ")),
                ),
            }
        }
        if ways != 1 {
            let says = "A description has one pattern: example, regex, apache, grok or cloudwatch. Write one of them.";
            self.wrong(begins(item), says);
        }
        match fields.map(|f| (f, f.get_ref())) {
            None => {}
            Some((_, DeValue::Array(items))) => {
                let mut from = 0;
                for item in items.iter() {
                    self.field(item, &mut format, &mut from);
                }
            }
            Some((value, _)) => self.wrong(
                value.span().start,
                "Fields are a list. Write [[log_format.field]], with two brackets, above each.",
            ),
        }
        format
    }

    fn field(&mut self, item: Item<'_, '_>, format: &mut CustomFormat, from: &mut usize) {
        let Some(table) = item.get_ref().as_table() else {
            return self.wrong(item.span().start, "A field is a table with a name.");
        };
        let mut rule = FieldRule::default();
        let (mut marked, mut at) = (None, None);
        for (key, value) in table {
            match &**key.get_ref() {
                "name" => rule.name = self.string("name", value),
                "text" => marked = Some(self.string("text", value)),
                "at" => at = usize::try_from(self.number("at", value)).ok(),
                "type" => {
                    let word = self.string("type", value);
                    rule.ty = looks::TYPES.iter().find(|t| t.0 == word).map(|t| t.1);
                    if rule.ty.is_none() {
                        let known: Vec<&str> = looks::TYPES.iter().map(|t| t.0).collect();
                        self.wrong(
                            value.span().start,
                            format!("{word} is no type. Write one of {}.", known.join(", ")),
                        );
                    }
                }
                "role" => {
                    let word = self.string("role", value);
                    rule.role = match (word.as_str(), Role::from_word(&word)) {
                        ("none", _) => Meaning::Nothing,
                        (_, Some(role)) => Meaning::Told(role),
                        _ => {
                            let known: Vec<&str> = Role::WORDS.iter().map(|r| r.0).collect();
                            let says =
                                format!("{word} is no role. Write one of {}, or none.", known.join(", "));
                            self.wrong(value.span().start, says);
                            Meaning::Found
                        }
                    };
                }
                other => self.wrong(
                    key.span().start,
                    format!(
                        "`{other}` is no key of a field. Known are {}.",
                        FIELD_KEYS.join(", ")
                    ),
                ),
            }
        }
        if rule.name.is_empty() {
            return self.wrong(begins(item), "A field has a name. Write name = \"…\".");
        }
        if let Some(text) = marked {
            let line = &format.pattern;
            let begin = at.filter(|at| line.get(*at..).is_some_and(|rest| rest.starts_with(&text)));
            let found = begin.or_else(|| Some(*from + line.get(*from..)?.find(&text)?));
            match found.filter(|_| format.way == Way::Example && !text.is_empty()) {
                Some(begin) => {
                    *from = begin + text.len();
                    format.marks.push(Mark {
                        name: rule.name.clone(),
                        from: begin,
                        to: *from,
                    });
                }
                None => self.wrong(
                    begins(item),
                    format!("The text of {} does not stand in the example behind the field before it. Copy it from there.", rule.name),
                ),
            }
        }
        if rule.ty.is_some() || rule.role != Meaning::Found {
            format.fields.push(rule);
        }
    }
}

/// A description as a file that is read as the same again.
pub fn write(format: &CustomFormat) -> String {
    let mut out = format!("{HEADER}\n");
    let mut text = |key: &str, value: &str| {
        let _ = writeln!(out, "{key} = {}", quoted(value));
    };
    text("name", &format.name);
    text(format.way.key(), &format.pattern);
    match &format.lines {
        Lines::Each => {}
        Lines::Matching => text("lines", "matching"),
        Lines::Begins(pattern) => text("begins", pattern),
    }
    for (key, value) in [("time_format", &format.clock), ("zone", &format.zone)] {
        if !value.is_empty() {
            text(key, value);
        }
    }
    if let Some(year) = format.year {
        let _ = writeln!(out, "year = {year}");
    }
    let mut from = 0;
    let marks = format.marks.iter().filter(|_| format.way == Way::Example);
    for mark in marks.clone() {
        let _ = writeln!(out, "\n[[log_format.field]]\nname = {}", quoted(&mark.name));
        if let Some(text) = format.pattern.get(mark.from..mark.to) {
            let _ = writeln!(out, "text = {}", quoted(text));
            // Said only where it is not the next such text.
            let next = format.pattern.get(from..).and_then(|rest| rest.find(text));
            if next != mark.from.checked_sub(from) {
                let _ = writeln!(out, "at = {}", mark.from);
            }
            from = mark.to;
        }
        if let Some(rule) = format.rule(&mark.name) {
            meaning(&mut out, rule);
        }
    }
    for rule in &format.fields {
        let is_said = marks.clone().any(|m| m.name == rule.name);
        if !is_said && (rule.ty.is_some() || rule.role != Meaning::Found) {
            let _ = writeln!(out, "\n[[log_format.field]]\nname = {}", quoted(&rule.name));
            meaning(&mut out, rule);
        }
    }
    out
}

fn meaning(out: &mut String, rule: &FieldRule) {
    if let Some(ty) = rule.ty {
        let _ = writeln!(out, "type = {}", quoted(looks::type_word(ty)));
    }
    match rule.role {
        Meaning::Found => {}
        Meaning::Nothing => out.push_str("role = \"none\"\n"),
        Meaning::Told(role) => {
            let _ = writeln!(out, "role = {}", quoted(role.word()));
        }
    }
}

/// A text as TOML: in the quotes that leave it as it is, where some do.
fn quoted(value: &str) -> String {
    let plain = value.chars().all(|c| !c.is_control());
    if plain && !value.contains(['"', '\\']) {
        return format!("\"{value}\"");
    }
    if plain && !value.contains('\'') {
        return format!("'{value}'");
    }
    let mut out = String::from('"');
    for c in value.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(out, "\\U{:08X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Saved descriptions: reading one tells how other files are read.
pub struct LogFormatFile;

static FACTS: Facts = Facts {
    id: "log-format",
    title: "Saved descriptions of logs",
    records: "descriptions",
    group: Group::Host,
    spec_url: "https://toml.io/en/v1.0.0",
    shapes: &["TOML with [[log_format]]; files that were not recognised are read by it"],
    export_hint: "Describe a log, “Save as a file”",
    fields: &[
        F::text("name").role(Role::Id),
        F::text("way"),
        F::text("pattern").role(Role::Message),
        F::list("fields"),
    ],
    columns: &["name", "way", "pattern", "fields"],
    aliases: &[],
    dedupe: false,
};

impl LogFormat for LogFormatFile {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn probe(&self, sample: &Sample<'_>) -> Option<Confidence> {
        is_one(sample.head).then_some(Confidence::Certain)
    }

    fn reader(&self, _: &Sample<'_>, _: &Options) -> Box<dyn Reader> {
        Box::new(FileReader::default())
    }

    fn has_more(&self) -> bool {
        false
    }
}

#[derive(Default)]
struct FileReader {
    held: Vec<u8>,
    too_long: bool,
}

impl Reader for FileReader {
    fn feed(&mut self, chunk: &[u8], _: &mut RowSink<'_>) {
        self.too_long |= self.held.len() + chunk.len() > MAX_FILE;
        if !self.too_long {
            self.held.extend_from_slice(chunk);
        }
    }

    fn finish(&mut self, sink: &mut RowSink<'_>) {
        if self.too_long {
            return sink.reject(
                "a file of descriptions has at most 1 MiB: save each description on its own",
                0,
                b"",
            );
        }
        let text = self.held.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.held);
        let bom = self.held.len() - text.len();
        let Ok(text) = std::str::from_utf8(text) else {
            return sink.reject("a file of descriptions is UTF-8 text: save it so", 0, b"");
        };
        let (formats, faults) = read(text);
        let begins: Vec<usize> = formats.iter().map(|f| f.0).collect();
        for (nth, (at, format)) in formats.iter().enumerate() {
            let end = begins.get(nth + 1).copied().unwrap_or(text.len());
            let fields: Vec<String> = Compiled::new(format)
                .map(|c| c.columns.into_iter().map(|c| c.name).collect())
                .unwrap_or_default();
            for (field, value) in [format.name.as_str(), format.way.key(), format.pattern.as_str()]
                .into_iter()
                .enumerate()
            {
                sink.text(field, value.as_bytes());
            }
            sink.list(3, &fields);
            sink.end((bom + at) as u64, (end - at) as u64);
            sink.stats.described.push(write(format));
        }
        for fault in faults {
            let line = text
                .get(fault.at..)
                .and_then(|t| t.lines().next())
                .unwrap_or_default();
            sink.reject(fault.to_string(), (bom + fault.at) as u64, line.as_bytes());
        }
    }
}
