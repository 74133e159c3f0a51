//! The structure: both sides as one run of JSON lines, with what is unchanged folded.

use super::delta::{Delta, Entry, Pair};
use super::moves::Moves;
use super::tree::{Node, Tree, quoted};
use super::{Kind, Line, Span};

/// Unchanged lines shown before and after a change.
const CONTEXT: usize = 2;
/// A run shorter than this is shown rather than folded.
const FOLD_MIN: usize = 4;
/// Names told of a folded run.
const NAMES: usize = 6;
/// A changed value is marked as a whole up to this length, beyond it without the ends that did not change.
const WHOLE_CHARS: usize = 40;

pub(super) fn of(root: &Pair<'_>, moves: &Moves) -> Vec<Line> {
    let mut w = Writer {
        moves,
        out: Vec::new(),
    };
    let here = Spot::default();
    match root {
        Pair::Both(d) => w.delta(d, here),
        Pair::Old(t) => w.side(t, here, Side::Old, Kind::Removed),
        Pair::New(t) => w.side(t, here, Side::New, Kind::Added),
    }
    fold(w.out)
}

#[derive(Clone, Copy)]
enum Side {
    Old,
    New,
    /// The same on both; the number is what to add to a new line number to get the old one.
    Both(i64),
}

impl Side {
    fn numbers(self, line: u32) -> (Option<u32>, Option<u32>) {
        match self {
            Side::Old => (Some(line), None),
            Side::New => (None, Some(line)),
            Side::Both(shift) => (u32::try_from(i64::from(line) + shift).ok(), Some(line)),
        }
    }
}

/// Where in the text something is written.
#[derive(Clone, Copy, Default)]
struct Spot<'a> {
    old_key: Option<&'a str>,
    new_key: Option<&'a str>,
    indent: u16,
    comma: bool,
    /// Inside an item that stands elsewhere in its list than before.
    moved: bool,
    counter: bool,
}

struct Writer<'m> {
    moves: &'m Moves,
    out: Vec<Line>,
}

fn prefix(key: Option<&str>) -> String {
    key.map_or_else(String::new, |k| format!("{}: ", quoted(k)))
}

fn brackets(t: &Tree) -> (&'static str, &'static str) {
    match t.node {
        Node::List { .. } => ("[", "]"),
        _ => ("{", "}"),
    }
}

impl Writer<'_> {
    fn push(&mut self, numbers: (Option<u32>, Option<u32>), kind: Kind, spot: Spot<'_>, text: String) {
        self.out.push(Line {
            old: numbers.0,
            new: numbers.1,
            kind,
            indent: spot.indent,
            text,
            spans: Vec::new(),
            note: None,
            counter: spot.counter,
        });
    }

    /// All lines of one tree, as they stand on one side or, unchanged, on both.
    fn side(&mut self, t: &Tree, spot: Spot<'_>, side: Side, kind: Kind) {
        let key = prefix(match side {
            Side::Old => spot.old_key,
            _ => spot.new_key,
        });
        let comma = if spot.comma { "," } else { "" };
        if t.inline {
            let mut text = key;
            t.write(&mut text, usize::MAX);
            text.push_str(comma);
            return self.push(side.numbers(t.line), kind, spot, text);
        }
        let (open, close) = brackets(t);
        self.push(side.numbers(t.line), kind.clone(), spot, format!("{key}{open}"));
        let inside = |key, last: bool| Spot {
            old_key: key,
            new_key: key,
            indent: spot.indent.saturating_add(1),
            comma: !last,
            ..spot
        };
        let count = t.members().len() + t.items().len();
        for (i, (k, m)) in t.members().iter().enumerate() {
            self.side(m, inside(Some(k), i + 1 == count), side, kind.clone());
        }
        for (i, m) in t.items().iter().enumerate() {
            self.side(m, inside(None, i + 1 == count), side, kind.clone());
        }
        self.push(side.numbers(t.end), kind, spot, format!("{close}{comma}"));
    }

    fn delta(&mut self, d: &Delta<'_>, spot: Spot<'_>) {
        let renamed = spot.old_key != spot.new_key;
        let quiet = if spot.moved { Kind::Moved } else { Kind::Same };
        if d.a.exact == d.b.exact && !renamed {
            let shift = i64::from(d.a.line) - i64::from(d.b.line);
            return self.side(d.b, spot, Side::Both(shift), quiet);
        }
        let both = (Some(d.a.line), Some(d.b.line));
        if d.a.inline && d.b.inline {
            if d.is_same() && !renamed && !d.order_matters {
                let mut text = prefix(spot.new_key);
                d.b.write(&mut text, usize::MAX);
                text.push_str(if spot.comma { "," } else { "" });
                return self.push(both, quiet, spot, text);
            }
            return self.changed_line(d, spot);
        }
        if d.is_replaced() {
            self.side(d.a, spot, Side::Old, Kind::Removed);
            return self.side(d.b, spot, Side::New, Kind::Added);
        }
        let (open, close) = brackets(d.b);
        let head = |key| format!("{}{open}", prefix(key));
        if renamed {
            for (key, numbers) in [(spot.old_key, (both.0, None)), (spot.new_key, (None, both.1))] {
                self.push(numbers, Kind::Changed, spot, head(key));
                self.mark(key.map_or(0..0, |k| 0..quoted(k).len()));
            }
        } else {
            self.push(both, quiet.clone(), spot, head(spot.new_key));
        }
        if d.entries.is_empty() {
            // Renamed, and otherwise the same.
            let shift = i64::from(d.a.line) - i64::from(d.b.line);
            let start = self.out.len();
            self.side(d.b, spot, Side::Both(shift), quiet.clone());
            // Its own brackets are written here already.
            self.out.pop();
            if start < self.out.len() {
                self.out.remove(start);
            }
        }
        let last = d.entries.len().saturating_sub(1);
        for (i, entry) in d.entries.iter().enumerate() {
            self.entry(entry, spot, i < last);
        }
        let close = format!("{close}{}", if spot.comma { "," } else { "" });
        self.push((Some(d.a.end), Some(d.b.end)), quiet, spot, close);
    }

    fn entry(&mut self, entry: &Entry<'_>, parent: Spot<'_>, comma: bool) {
        let differs = !matches!(&entry.pair, Pair::Both(d) if d.is_same());
        let spot = Spot {
            old_key: entry.old_key,
            new_key: entry.new_key,
            indent: parent.indent.saturating_add(1),
            comma,
            moved: parent.moved || entry.reordered,
            counter: parent.counter || entry.is_counter() && differs,
        };
        let start = self.out.len();
        let note = match &entry.pair {
            Pair::Both(d) => {
                self.delta(d, spot);
                entry.reordered.then(|| "moved in its list".to_owned())
            }
            Pair::Old(t) => {
                let to = self.moves.to(t);
                self.side(
                    t,
                    spot,
                    Side::Old,
                    if to.is_some() { Kind::Moved } else { Kind::Removed },
                );
                to.map(|path| format!("moved to {path}"))
            }
            Pair::New(t) => {
                let from = self.moves.from(t);
                self.side(
                    t,
                    spot,
                    Side::New,
                    if from.is_some() { Kind::Moved } else { Kind::Added },
                );
                from.map(|path| format!("moved from {path}"))
            }
        };
        if let Some(first) = self.out.get_mut(start) {
            first.note = note;
        }
    }

    /// Two one-line forms: the old line and the new one, with what differs marked.
    fn changed_line(&mut self, d: &Delta<'_>, spot: Spot<'_>) {
        let renamed = spot.old_key != spot.new_key;
        for (side, t, key) in [(Side::Old, d.a, spot.old_key), (Side::New, d.b, spot.new_key)] {
            let old = matches!(side, Side::Old);
            let mut text = prefix(key);
            let start = text.len();
            let mut spans = Vec::new();
            if renamed {
                spans.push(0..start.saturating_sub(2));
            }
            if t.is_scalar() || d.is_replaced() || d.order_matters || d.entries.is_empty() {
                t.write(&mut text, usize::MAX);
                if !d.is_same() {
                    let other = if old { d.b } else { d.a };
                    spans.push(changed_part(&text, start, other));
                }
            } else {
                text.push_str(if t.members().is_empty() { "[" } else { "{ " });
                let mine = d.entries.iter().filter(|e| side_of(e, old).is_some());
                let count = t.members().len() + t.items().len();
                // The old side's items stand in the old order.
                let mut mine: Vec<&Entry<'_>> = mine.collect();
                mine.sort_by_key(|e| side_of(e, old).map_or(0, |t| t.id));
                for (i, e) in mine.iter().enumerate() {
                    let at = text.len();
                    text.push_str(&prefix(if old { e.old_key } else { e.new_key }));
                    if let Some(m) = side_of(e, old) {
                        let value_at = text.len();
                        m.write(&mut text, usize::MAX);
                        match &e.pair {
                            Pair::Both(inner) if inner.is_same() && e.renamed().is_none() => {}
                            Pair::Both(_) if e.renamed().is_none() => spans.push(value_at..text.len()),
                            _ => spans.push(at..text.len()),
                        }
                    }
                    text.push_str(if i + 1 < count { ", " } else { "" });
                }
                text.push_str(if t.members().is_empty() { "]" } else { " }" });
            }
            text.push_str(if spot.comma { "," } else { "" });
            self.push(side.numbers(t.line), Kind::Changed, spot, text);
            for span in spans {
                self.mark(span);
            }
        }
    }

    fn mark(&mut self, span: std::ops::Range<usize>) {
        if let Some(line) = self.out.last_mut()
            && !span.is_empty()
        {
            line.spans.push(Span {
                start: span.start,
                end: span.end,
            });
        }
    }
}

fn side_of<'a>(entry: &Entry<'a>, old: bool) -> Option<&'a Tree> {
    match &entry.pair {
        Pair::Both(d) => Some(if old { d.a } else { d.b }),
        Pair::Old(t) if old => Some(t),
        Pair::New(t) if !old => Some(t),
        _ => None,
    }
}

/// The range of `text` from `start` on that differs from how `other` is written: all of a short value.
fn changed_part(text: &str, start: usize, other: &Tree) -> std::ops::Range<usize> {
    let all = start..text.len();
    let mine = text.get(start..).unwrap_or_default();
    if mine.chars().count() <= WHOLE_CHARS || !other.is_scalar() {
        return all;
    }
    let mut theirs = String::new();
    other.write(&mut theirs, usize::MAX);
    let shared = |a: &mut dyn Iterator<Item = char>, b: &mut dyn Iterator<Item = char>| -> usize {
        a.zip(b)
            .take_while(|(x, y)| x == y)
            .map(|(x, _)| x.len_utf8())
            .sum()
    };
    let head = shared(&mut mine.chars(), &mut theirs.chars());
    let room = mine.len().min(theirs.len()) - head;
    let tail = shared(&mut mine.chars().rev(), &mut theirs.chars().rev()).min(room);
    // Both ends are whole characters of `mine`; where they meet inside one, all of it is marked.
    if mine.is_char_boundary(mine.len() - tail) && head + tail < mine.len() {
        start + head..text.len() - tail
    } else {
        all
    }
}

/// Folds long runs of quiet lines, and counters with them.
fn fold(lines: Vec<Line>) -> Vec<Line> {
    let keep = kept(&lines);
    let mut out: Vec<Line> = Vec::new();
    let mut run: Vec<Line> = Vec::new();
    let end_run = |out: &mut Vec<Line>, run: &mut Vec<Line>| {
        let run = std::mem::take(run);
        if run.len() >= FOLD_MIN || run.iter().any(|l| l.counter) {
            out.push(folded(run));
        } else {
            out.extend(run);
        }
    };
    for (line, keep) in lines.into_iter().zip(keep) {
        if keep {
            end_run(&mut out, &mut run);
            out.push(line);
        } else {
            run.push(line);
        }
    }
    end_run(&mut out, &mut run);
    out
}

/// Which lines stay in sight: changes, their context, and the lines that open what they stand in.
fn kept(lines: &[Line]) -> Vec<bool> {
    let loud: Vec<bool> = lines.iter().map(|l| !l.counter && !is_quiet(&l.kind)).collect();
    let mut keep = loud.clone();
    let mut since = usize::MAX;
    for ((k, &loud), line) in keep.iter_mut().zip(&loud).zip(lines) {
        since = if loud { 0 } else { since.saturating_add(1) };
        *k |= since <= CONTEXT && !line.counter;
    }
    // Backwards: context before a change, and each line of a lower indent than all between it and the change.
    let (mut until, mut indent) = (usize::MAX, 0);
    for (i, line) in lines.iter().enumerate().rev() {
        if loud.get(i).copied().unwrap_or(false) {
            (until, indent) = (0, line.indent);
        } else {
            until = until.saturating_add(1);
        }
        let opens = line.indent < indent;
        if opens {
            indent = line.indent;
        }
        if let Some(k) = keep.get_mut(i) {
            *k |= (until <= CONTEXT || opens) && !line.counter;
        }
    }
    keep
}

fn is_quiet(kind: &Kind) -> bool {
    match kind {
        Kind::Same | Kind::Folded { .. } => true,
        Kind::Moved | Kind::Added | Kind::Removed | Kind::Changed => false,
    }
}

fn folded(lines: Vec<Line>) -> Line {
    let first = |side: fn(&Line) -> Option<u32>| lines.iter().find_map(side);
    // What stands in it as a whole is at the outermost level met so far; what is deeper is a part of that.
    let names = |of: &dyn Fn(&Line) -> bool| {
        let mut outermost = u16::MAX;
        let mut entries = 0;
        let mut names: Vec<&str> = Vec::new();
        // The brackets around everything are nobody's name.
        for l in lines.iter().filter(|l| l.indent > 0 && of(l)) {
            if l.indent <= outermost {
                outermost = l.indent;
                names.extend(named(l));
                entries += usize::from(!l.text.starts_with([']', '}']));
            }
        }
        // A line that changed stands there twice.
        names.dedup();
        let more = names.len().saturating_sub(NAMES);
        names.truncate(NAMES);
        match (names.is_empty(), more) {
            (true, _) if entries == 1 => "1 entry".to_owned(),
            (true, _) if entries > 1 => format!("{entries} entries"),
            (_, 0) => names.join(", "),
            (_, n) => format!("{} and {n} more", names.join(", ")),
        }
    };
    let what = names(&|l| !l.counter);
    let counters = names(&|l| l.counter);
    Line {
        old: first(|l| l.old),
        new: first(|l| l.new),
        indent: lines.iter().map(|l| l.indent).min().unwrap_or(0),
        text: String::new(),
        spans: Vec::new(),
        note: (!counters.is_empty()).then(|| format!("counters and times differ: {counters}")),
        counter: !counters.is_empty(),
        kind: Kind::Folded { lines, what },
    }
}

/// The member that a line begins.
fn named(line: &Line) -> Option<&str> {
    let text = line.text.strip_prefix('"')?;
    text.get(..text.find("\": ")?)
}
