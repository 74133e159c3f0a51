//! A description → what reads its lines.

use super::clock::Clock;
use super::{CustomFormat, Lines, Meaning, Way, apache, delimited, example, grok, looks};
use crate::base::{FieldType, Role};
use crate::formats::Sample;
use crate::language::Fault;
use crate::language::pattern::Pattern;
use regex::bytes::{CaptureLocations, Regex, RegexBuilder};
use std::borrow::Cow;

/// The longest pattern, in characters.
pub const MAX_PATTERN: usize = 8192;
/// Columns of the widest description.
const MAX_FIELDS: usize = 200;
/// What a pattern may take, compiled.
const SIZE_LIMIT: usize = 2 << 20;
const NEST_LIMIT: u32 = 64;
/// Lines of a sample that are looked at to tell whose it is.
const LOOKED_AT: usize = 100;
/// A line longer than this tells nothing of itself; it is looked at when it is read.
const LONGEST_LOOKED_AT: usize = 16 << 10;

/// Which part of a description is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Name,
    Pattern,
    Lines,
    Clock,
    Zone,
}

impl Part {
    /// What it is called on the page.
    pub fn title(self) -> &'static str {
        match self {
            Part::Name => "name",
            Part::Pattern => "pattern",
            Part::Lines => "first line of a record",
            Part::Clock => "time format",
            Part::Zone => "zone",
        }
    }
}

/// Why a description can not be read by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    pub part: Part,
    pub fault: Fault,
}

impl std::fmt::Display for Wrong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.part.title(), self.fault)
    }
}

/// A field as the pattern tells it, then as the description does.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Column {
    pub name: String,
    pub ty: Option<FieldType>,
    pub role: Option<Role>,
    /// The description names the role; others give way.
    pub is_told: bool,
}

impl Column {
    pub(super) fn named(name: impl Into<String>) -> Column {
        Column {
            name: name.into(),
            ..Column::default()
        }
    }

    pub(super) fn ty(mut self, ty: FieldType) -> Column {
        self.ty = Some(ty);
        self
    }

    pub(super) fn role(mut self, role: Role) -> Column {
        self.role = Some(role);
        self
    }
}

/// A pattern written as a regex. Groups named `tb0`, `tb1` … are the columns; others are fields of their own names.
#[derive(Debug, Default)]
pub(super) struct Built {
    pub regex: String,
    pub columns: Vec<Column>,
    /// Where parts of the regex stand in the pattern: byte of the one, character of the other.
    pub places: Vec<(usize, usize)>,
    /// How the pattern says that times are written.
    pub clock: Option<String>,
}

impl Built {
    /// What follows in the regex stands here in the pattern.
    pub fn place(&mut self, at: usize) {
        self.places.push((self.regex.len(), at));
    }

    pub fn literal(&mut self, text: &str) {
        self.regex.push_str(&regex::escape(text));
    }

    /// A group that is a column.
    pub fn group(&mut self, column: Column, inside: &str) {
        let at = self.columns.len();
        self.regex.push_str(&format!("(?P<tb{at}>{inside})"));
        self.columns.push(column);
    }
}

#[derive(Debug)]
enum Matcher {
    Regex {
        regex: Regex,
        /// Group and column.
        groups: Vec<(usize, usize)>,
    },
    Delimited(Box<Pattern>),
}

#[derive(Debug)]
enum Begins {
    Each,
    Matching,
    Regex(Regex),
}

/// A description, ready to read lines.
#[derive(Debug)]
pub struct Compiled {
    pub name: String,
    pub columns: Vec<Column>,
    pub clock: Clock,
    matcher: Matcher,
    begins: Begins,
}

/// Room for what a match finds, kept from line to line.
pub struct Room(Option<CaptureLocations>);

/// The values of a line by column.
pub type Values<'l> = Vec<Option<Cow<'l, [u8]>>>;

impl Compiled {
    pub fn new(format: &CustomFormat) -> Result<Compiled, Wrong> {
        let of = |part| move |fault| Wrong { part, fault };
        let name = format.name.trim();
        if name.is_empty() || name.chars().count() > 100 {
            let says = "A described log has a name of 1 to 100 characters. Write one.";
            return Err(of(Part::Name)(Fault::new("name", 0, 0, says)));
        }
        let pattern = || {
            if format.pattern.trim().is_empty() {
                return Err(Fault::new(
                    "empty",
                    0,
                    0,
                    "There is no pattern yet. Write one, or mark fields in a line.",
                ));
            }
            if format.pattern.chars().nth(MAX_PATTERN).is_some() {
                let length = format.pattern.chars().count();
                let says = format!(
                    "A pattern has at most {MAX_PATTERN} characters, this one has {length}. Shorten it."
                );
                return Err(Fault::new("too-long", MAX_PATTERN, length, says));
            }
            matcher(format)
        };
        let (matcher, mut columns, said) = pattern().map_err(of(Part::Pattern))?;
        for column in &mut columns {
            let rule = format.rule(&column.name);
            column.ty = rule.and_then(|r| r.ty).or(column.ty);
            match rule.map_or(Meaning::Found, |r| r.role) {
                Meaning::Told(role) => (column.role, column.is_told) = (Some(role), true),
                Meaning::Nothing => (column.role, column.is_told) = (None, true),
                Meaning::Found => {
                    let by_name = looks::role_by_name(&column.name);
                    // A time that is told to be something else is none.
                    let fits =
                        |r: &Role| *r != Role::Time || column.ty.is_none_or(|ty| ty == FieldType::Time);
                    column.role = column.role.or(by_name.filter(fits));
                }
            }
        }
        only_one_each(&mut columns);
        let begins = match &format.lines {
            Lines::Each => Begins::Each,
            Lines::Matching => Begins::Matching,
            Lines::Begins(pattern) if pattern.trim().is_empty() => {
                let says = "Write the regex that the first line of a record matches, such as ^\\d{4}-.";
                return Err(of(Part::Lines)(Fault::new("empty", 0, 0, says)));
            }
            Lines::Begins(pattern) => Begins::Regex(regex(pattern, &[]).map_err(of(Part::Lines))?),
        };
        // A zone that is wrong is told as such.
        Clock::new("", &format.zone, None).map_err(of(Part::Zone))?;
        let word = match matches!(format.clock.trim(), "" | "found") {
            true => said.as_deref().unwrap_or_default(),
            false => &format.clock,
        };
        let clock = Clock::new(word, &format.zone, format.year).map_err(of(Part::Clock))?;
        Ok(Compiled {
            name: name.to_owned(),
            columns,
            clock,
            matcher,
            begins,
        })
    }

    pub fn room(&self) -> Room {
        Room(match &self.matcher {
            Matcher::Regex { regex, .. } => Some(regex.capture_locations()),
            Matcher::Delimited(_) => None,
        })
    }

    /// The values of a line, by column; `false` where the pattern does not match.
    pub fn values<'l>(&self, line: &'l [u8], room: &mut Room, out: &mut Values<'l>) -> bool {
        out.clear();
        out.resize(self.columns.len(), None);
        match &self.matcher {
            Matcher::Regex { regex, groups } => {
                let Some(found) = room.0.as_mut() else {
                    return false;
                };
                if regex.captures_read(found, line).is_none() {
                    return false;
                }
                for &(group, column) in groups {
                    if let Some(cell) = out.get_mut(column)
                        && cell.is_none()
                        && let Some((from, to)) = found.get(group)
                    {
                        *cell = line.get(from..to).map(Cow::Borrowed);
                    }
                }
                true
            }
            Matcher::Delimited(pattern) => delimited::values(pattern, &self.columns, line, out),
        }
    }

    pub fn matches(&self, line: &[u8]) -> bool {
        match &self.matcher {
            Matcher::Regex { regex, .. } => regex.is_match(line),
            Matcher::Delimited(pattern) => pattern.matches(&String::from_utf8_lossy(line)),
        }
    }

    /// Does a record begin with this line?
    pub fn begins(&self, line: &[u8]) -> bool {
        match &self.begins {
            Begins::Each => true,
            Begins::Matching => self.matches(line),
            Begins::Regex(regex) => regex.is_match(line),
        }
    }

    /// Is every line a record?
    pub fn is_each(&self) -> bool {
        matches!(self.begins, Begins::Each)
    }

    /// Of a thousand of a sample's records, how many are written so.
    pub fn share_of(&self, sample: &Sample<'_>) -> u32 {
        let (mut records, mut fit, mut first) = (0u32, 0u32, None);
        for line in lines(sample).take(LOOKED_AT) {
            if line.len() > LONGEST_LOOKED_AT || !self.is_each() && first.is_some() && !self.begins(line) {
                continue;
            }
            let is_one = self.matches(line);
            first.get_or_insert(is_one);
            records += 1;
            fit += u32::from(is_one);
        }
        (fit * 1000).checked_div(records).unwrap_or(0)
    }
}

/// The first complete lines of a sample, blank ones left out.
pub(super) fn lines<'a>(sample: &Sample<'a>) -> impl Iterator<Item = &'a [u8]> + use<'a> {
    let head = sample.head;
    let end = match memchr::memrchr(b'\n', head) {
        _ if sample.whole => head.len(),
        Some(at) => at,
        None => 0,
    };
    let lines = head.get(..end).unwrap_or_default().split(|&b| b == b'\n');
    lines
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .filter(|line| !line.trim_ascii().is_empty())
}

/// Of two fields with one role, the one that the description names has it, or the first. A time may be in several.
fn only_one_each(columns: &mut [Column]) {
    for at in 0..columns.len() {
        let Some((role, is_told)) = columns.get(at).and_then(|c| Some((c.role?, c.is_told))) else {
            continue;
        };
        let others = columns
            .iter()
            .enumerate()
            .filter(|(i, c)| *i != at && c.role == Some(role));
        let gives_way = others.clone().any(|(i, c)| match (c.is_told, is_told) {
            (true, false) => true,
            (true, true) => role != Role::Time && i < at,
            (false, false) => i < at,
            (false, true) => false,
        });
        if gives_way && let Some(column) = columns.get_mut(at) {
            column.role = None;
        }
    }
}

/// What reads lines, their columns, and how the pattern says that times are written.
type Read = (Matcher, Vec<Column>, Option<String>);

fn matcher(format: &CustomFormat) -> Result<Read, Fault> {
    let built = match format.way {
        Way::CloudWatch => {
            let (pattern, columns) = delimited::read(&format.pattern)?;
            return Ok((Matcher::Delimited(Box::new(pattern)), columns, None));
        }
        Way::Example => {
            let (regex, columns) = example::build(&format.pattern, &format.marks)?;
            let (matcher, columns) = of_regex(regex, columns);
            return Ok((matcher, columns, None));
        }
        Way::Regex => Built {
            regex: format.pattern.clone(),
            ..Built::default()
        },
        Way::Apache => apache::build(&format.pattern)?,
        Way::Grok => grok::build(&format.pattern)?,
    };
    let regex = regex(&built.regex, &built.places)?;
    let (matcher, columns) = of_regex(regex, built.columns);
    if columns.is_empty() {
        let says = match format.way {
            Way::Grok => "The pattern names no field. Write %{WORD:name} for each part that is one.",
            _ => "The pattern names no field. Put each part that is one into a named group: (?<name>\\S+).",
        };
        return Err(Fault::new("no-field", 0, format.pattern.chars().count(), says));
    }
    if columns.len() > MAX_FIELDS {
        let says = format!(
            "A line has at most {MAX_FIELDS} fields here, the pattern names {}.",
            columns.len()
        );
        return Err(Fault::new("too-many-fields", 0, 0, says));
    }
    Ok((matcher, columns, built.clock))
}

/// Which group is which column.
fn of_regex(regex: Regex, own: Vec<Column>) -> (Matcher, Vec<Column>) {
    let mut columns: Vec<Column> = Vec::new();
    let mut groups = Vec::new();
    for (group, name) in regex.capture_names().enumerate() {
        let Some(name) = name else { continue };
        let told = name
            .strip_prefix("tb")
            .and_then(|n| own.get(n.parse::<usize>().ok()?));
        let column = told.cloned().unwrap_or_else(|| Column::named(name));
        let known = columns.iter().position(|c| c.name == column.name);
        let at = known.unwrap_or_else(|| {
            columns.push(column);
            columns.len() - 1
        });
        groups.push((group, at));
    }
    (Matcher::Regex { regex, groups }, columns)
}

/// A regex over bytes; what is wrong with it is told at its place in the pattern.
pub(super) fn regex(text: &str, places: &[(usize, usize)]) -> Result<Regex, Fault> {
    let built = RegexBuilder::new(text)
        .unicode(false)
        .size_limit(SIZE_LIMIT)
        .nest_limit(NEST_LIMIT)
        .build();
    built.map_err(|error| {
        let all = text.chars().count();
        let regex::Error::Syntax(told) = error else {
            let says = "The pattern becomes too large. Use smaller numbers in braces, or fewer alternatives.";
            return Fault::new("too-large", 0, all, says);
        };
        let why = told.lines().last().unwrap_or_default().trim();
        let why = why.strip_prefix("error: ").unwrap_or(why).trim_end_matches('.');
        let hint = if why.contains("look-around") {
            " Say what stands there instead of looking around."
        } else if why.contains("Unicode") || why.contains("UTF-8") {
            " Classes hold ASCII characters; a period stands for any."
        } else if why.contains("duplicate capture group") {
            " Give each group a name of its own."
        } else {
            ""
        };
        let (at, end) = carets(&told, text).unwrap_or((0, all));
        let (at, end) = match places.is_empty() {
            true => (at, end),
            false => {
                let byte = text.char_indices().nth(at).map_or(text.len(), |(b, _)| b);
                let place = places.iter().rev().find(|p| p.0 <= byte).map_or(0, |p| p.1);
                (place, place + 1)
            }
        };
        Fault::new(
            "regex",
            at,
            end,
            format!("The regex can not be read: {why}.{hint}"),
        )
    })
}

/// Where the error of a regex points: `^` below the pattern, which is set in by four.
fn carets(told: &str, text: &str) -> Option<(usize, usize)> {
    if text.contains('\n') {
        return None;
    }
    let mut lines = told.lines().skip_while(|l| l.trim_start() != text.trim_start());
    let (pattern, below) = (lines.next()?, lines.next()?);
    let inset = pattern.chars().count().checked_sub(text.chars().count())?;
    // Of two places the last: the name that is there already.
    let end = below.trim_end().chars().count();
    let n = below.trim_end().chars().rev().take_while(|c| *c == '^').count();
    let at = end.checked_sub(n)?.checked_sub(inset).filter(|_| n > 0)?;
    Some((at, at + n))
}
