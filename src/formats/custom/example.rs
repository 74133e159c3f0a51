//! Described by one line in which the fields are marked.
//!
//! What stands between marks is taken as it is, but for spaces (as many as there are) and numbers (any). A mark's own text tells
//! which others may stand in its place: numbers for a number, anything up to the next separator for a text. The example itself
//! must come out with exactly the marked values; where a wide guess misses that, narrower ones are tried.

use super::Mark;
use super::clock::Clock;
use super::compile::{Column, regex};
use super::looks;
use crate::base::{FieldType, Role};
use crate::language::Fault;
use regex::bytes::Regex;

/// Guesses that are checked, before each mark is taken by the shape of its text.
const TRIES: usize = 24;

/// How freely texts are read.
#[derive(Clone, Copy, PartialEq)]
enum Care {
    /// Each mark by its own guess.
    Guessed,
    /// By runs of digits and letters.
    Shape,
    /// As they are.
    Literal,
}

pub(super) fn build(line: &str, marks: &[Mark]) -> Result<(Regex, Vec<Column>), Fault> {
    if let Some(at) = line.find(['\n', '\r']) {
        let at = chars(line, at);
        let says = "An example is one line. Take the first line of a record; what continues it is told by the rule for lines.";
        return Err(Fault::new("several-lines", at, at + 1, says));
    }
    let marks = checked(line, marks)?;
    let columns: Vec<Column> = marks.iter().map(|m| column(line, m)).collect();
    let guesses: Vec<Vec<String>> = (0..marks.len()).map(|at| guesses(line, &marks, at)).collect();
    let mut chosen = vec![0; marks.len()];
    for _ in 0..TRIES {
        let text = written(line, &marks, Care::Guessed, |at| {
            guesses
                .get(at)
                .and_then(|g| g.get(*chosen.get(at)?))
                .cloned()
                .unwrap_or_default()
        });
        let Ok(regex) = regex(&text, &[]) else { break };
        let Some(wrong) = misses(&regex, line, &marks) else {
            return Ok((regex, columns));
        };
        // The first that is wrong, or one before it that still can be narrower.
        let narrower = |at: &usize| {
            chosen
                .get(*at)
                .is_some_and(|c| c + 1 < guesses.get(*at).map_or(0, Vec::len))
        };
        let at = (0..=wrong)
            .rev()
            .find(narrower)
            .or_else(|| (wrong..marks.len()).find(narrower));
        match at.and_then(|at| chosen.get_mut(at)) {
            Some(guess) => *guess += 1,
            None => break,
        }
    }
    for care in [Care::Shape, Care::Literal] {
        let inside = |at: usize| {
            let text = marks
                .get(at)
                .and_then(|m| line.get(m.from..m.to))
                .unwrap_or_default();
            match care {
                Care::Literal => regex::escape(text),
                _ => shape(text),
            }
        };
        let regex = regex(&written(line, &marks, care, inside), &[])?;
        if misses(&regex, line, &marks).is_none() {
            return Ok((regex, columns));
        }
    }
    let says =
        "These marks can not be told apart in other lines. Mark other parts of the line, or write a regex.";
    Err(Fault::new("unclear-marks", 0, line.chars().count(), says))
}

/// Keeps the marks that still fit a line after it was changed.
pub fn mend_marks(line: &str, marks: &mut Vec<Mark>) {
    marks.retain(|m| m.from < m.to && line.get(m.from..m.to).is_some());
    marks.sort_by_key(|m| m.from);
    let mut end = 0;
    marks.retain(|m| {
        let fits = m.from >= end;
        end = if fits { m.to } else { end };
        fits
    });
}

/// Bytes as characters.
fn chars(line: &str, at: usize) -> usize {
    line.char_indices().take_while(|(byte, _)| *byte < at).count()
}

fn checked(line: &str, marks: &[Mark]) -> Result<Vec<Mark>, Fault> {
    let mut marks = marks.to_vec();
    marks.sort_by_key(|m| m.from);
    if marks.is_empty() {
        let says = "No field is marked yet. Select a part of the line and give it a name.";
        return Err(Fault::new("no-field", 0, line.chars().count(), says));
    }
    let mut end = 0;
    for (at, mark) in marks.iter().enumerate() {
        let place = (
            chars(line, mark.from.min(line.len())),
            chars(line, mark.to.min(line.len())),
        );
        let fault = |what, says: String| Err(Fault::new(what, place.0, place.1, says));
        let name = &mark.name;
        if name.trim().is_empty() {
            return fault("no-name", "A marked field has no name. Write one.".to_owned());
        }
        if mark.from >= mark.to || line.get(mark.from..mark.to).is_none() {
            return fault(
                "outside",
                format!("The mark of {name} is not inside of the line. Mark it again."),
            );
        }
        if mark.from < end {
            return fault(
                "overlap",
                format!("{name} overlaps the field before it. Take one of the marks away."),
            );
        }
        if marks.iter().take(at).any(|m| m.name == *name) {
            return fault(
                "duplicate-field",
                format!("Two fields are called {name}. Give one of them another name."),
            );
        }
        end = mark.to;
    }
    Ok(marks)
}

fn column(line: &str, mark: &Mark) -> Column {
    let value = line.get(mark.from..mark.to).unwrap_or_default().as_bytes();
    let column = Column::named(&mark.name);
    match looks::type_of(std::iter::once(value)) {
        FieldType::Text => column,
        FieldType::Time => column.ty(FieldType::Time).role(Role::Time),
        ty => column.ty(ty),
    }
}

/// Which mark does not come out as it was marked.
fn misses(regex: &Regex, line: &str, marks: &[Mark]) -> Option<usize> {
    let Some(found) = regex.captures(line.as_bytes()) else {
        return Some(marks.len().saturating_sub(1));
    };
    (0..marks.len()).find(|&at| {
        let group = found.name(&format!("tb{at}"));
        let is = group.map(|g| (g.start(), g.end()));
        is != marks.get(at).map(|m| (m.from, m.to))
    })
}

/// The regex of a line: groups for its marks, the rest between.
fn written(line: &str, marks: &[Mark], care: Care, inside: impl Fn(usize) -> String) -> String {
    let mut out = String::from("^");
    let mut from = 0;
    for (at, mark) in marks.iter().enumerate() {
        out.push_str(&between(line.get(from..mark.from).unwrap_or_default(), care));
        out.push_str(&format!("(?P<tb{at}>{})", inside(at)));
        from = mark.to;
    }
    let tail = line.get(from..).unwrap_or_default();
    match care {
        Care::Literal => out.push_str(&regex::escape(tail)),
        _ if tail.trim().is_empty() => out.push_str(r"\s*$"),
        _ => {
            // What separates the last field from the rest; the rest may be anything.
            let end = tail.find(|c: char| c.is_alphanumeric()).unwrap_or(tail.len());
            out.push_str(&between(tail.get(..end).unwrap_or_default(), care));
            out.push_str(".*$");
        }
    }
    out
}

/// A text that is not marked: as it is, but for spaces and for words with digits in them.
fn between(text: &str, care: Care) -> String {
    if care == Care::Literal {
        return regex::escape(text);
    }
    runs(text, |run, kind| match kind {
        Run::Space => r"\s+".to_owned(),
        Run::Word if run.bytes().any(|b| b.is_ascii_digit()) => "[0-9A-Za-z]+".to_owned(),
        _ => regex::escape(run),
    })
}

/// A text by runs: digits, letters and spaces may be others, signs are as they are.
fn shape(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let is: fn(char) -> bool = match c {
            c if c.is_ascii_digit() => |c| c.is_ascii_digit(),
            c if c.is_ascii_alphabetic() => |c| c.is_ascii_alphabetic(),
            c if c.is_ascii_whitespace() => |c| c.is_ascii_whitespace(),
            _ => |_| false,
        };
        let end = rest.find(|c| !is(c)).unwrap_or(rest.len());
        let end = if end == 0 { c.len_utf8() } else { end };
        let (run, behind) = rest.split_at(end);
        match c {
            c if c.is_ascii_digit() => out.push_str("[0-9]+"),
            c if c.is_ascii_alphabetic() => out.push_str("[A-Za-z]+"),
            c if c.is_ascii_whitespace() => out.push_str(r"\s+"),
            _ => out.push_str(&regex::escape(run)),
        }
        rest = behind;
    }
    out
}

enum Run {
    Space,
    Word,
    Sign,
}

fn runs(text: &str, each: impl Fn(&str, Run) -> String) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let (kind, is): (Run, fn(char) -> bool) = match c {
            c if c.is_ascii_whitespace() => (Run::Space, |c| c.is_ascii_whitespace()),
            c if c.is_ascii_alphanumeric() => (Run::Word, |c| c.is_ascii_alphanumeric()),
            _ => (Run::Sign, |c| {
                !c.is_ascii_whitespace() && !c.is_ascii_alphanumeric()
            }),
        };
        let (run, behind) = rest.split_at(rest.find(|c| !is(c)).unwrap_or(rest.len()));
        out.push_str(&each(run, kind));
        rest = behind;
    }
    out
}

/// What may stand in the place of a mark's text, the widest first.
fn guesses(line: &str, marks: &[Mark], at: usize) -> Vec<String> {
    let Some(mark) = marks.get(at) else {
        return Vec::new();
    };
    let text = line.get(mark.from..mark.to).unwrap_or_default();
    let value = text.as_bytes();
    let next = line.get(mark.to..).and_then(|rest| rest.chars().next());
    let mut out: Vec<String> = Vec::new();
    if looks::integer(value).is_some() {
        out.push(r"-?\d+|-".to_owned());
        out.push(r"-?\d+".to_owned());
    } else if looks::float(value).is_some() && value.contains(&b'.') {
        out.push(r"-?\d+(?:\.\d+)?|-".to_owned());
    } else if looks::is_address(value) {
        out.push(r"[0-9A-Fa-f:.]+|-".to_owned());
    } else if Clock::looks_like_time(value) {
        out.push(time_shape(text));
    } else {
        match next {
            None => out.push(".*".to_owned()),
            Some('"') if line.get(..mark.from).is_some_and(|t| t.ends_with('"')) => {
                out.push(r#"(?:[^"\\]|\\.)*"#.to_owned());
                out.push(r#"[^"]*"#.to_owned());
            }
            Some(c) if c.is_ascii_whitespace() && !text.contains(|c: char| c.is_ascii_whitespace()) => {
                out.push(r"\S+".to_owned());
            }
            Some(c) if c.is_ascii_punctuation() && !text.contains(c) => {
                out.push(format!("[^{}]*", regex::escape(&c.to_string())));
            }
            Some(_) => {}
        }
        out.push(".*?".to_owned());
        out.push(".*".to_owned());
    }
    out.push(shape(text));
    out
}

/// A time by its shape; a sign of a zone may be the other one.
fn time_shape(text: &str) -> String {
    runs(text, |run, kind| match kind {
        Run::Space => r"\s+".to_owned(),
        Run::Word => shape(run),
        Run::Sign if run == "+" => "[+-]".to_owned(),
        Run::Sign => regex::escape(run),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(line: &str, parts: &[(&str, &str)]) -> Vec<Mark> {
        let mut from = 0;
        parts
            .iter()
            .map(|(name, text)| {
                let at = from + line[from..].find(text).expect("a part of the line");
                from = at + text.len();
                Mark {
                    name: (*name).to_owned(),
                    from: at,
                    to: from,
                }
            })
            .collect()
    }

    const LINE: &str =
        r#"2026-03-02 09:15:01,123 INFO [main] 192.0.2.7 "GET /a b" order 17 took 0.25 s: paid by alice"#;

    #[test]
    fn lines_like_the_example_match() {
        let marks = marks(
            LINE,
            &[
                ("time", "2026-03-02 09:15:01,123"),
                ("level", "INFO"),
                ("thread", "main"),
                ("client", "192.0.2.7"),
                ("request", "GET /a b"),
                ("took", "0.25"),
                ("message", "paid by alice"),
            ],
        );
        let (regex, columns) = build(LINE, &marks).unwrap();
        let other = r#"2026-03-03 10:00:00,001 ERROR [pool-1] 2001:db8::1 "POST /c?d=\"e\"" order 1234 took 12 s: refused"#;
        let found = regex.captures(other.as_bytes()).unwrap();
        let values: Vec<&str> = (1..found.len())
            .map(|i| std::str::from_utf8(&found[i]).unwrap())
            .collect();
        assert_eq!(
            values,
            [
                "2026-03-03 10:00:00,001",
                "ERROR",
                "pool-1",
                "2001:db8::1",
                r#"POST /c?d=\"e\""#,
                "12",
                "refused"
            ]
        );
        assert_eq!(columns[0].role, Some(Role::Time));
        assert_eq!(columns[3].ty, Some(FieldType::Address));
        assert!(!regex.is_match(b"something else"));
    }

    #[test]
    fn what_is_behind_the_last_mark_may_be_anything() {
        let line = "user=alice done";
        let (regex, _) = build(line, &marks(line, &[("user", "alice")])).unwrap();
        let found = regex.captures(b"user=bob is not done at all").unwrap();
        assert_eq!(&found[1], b"bob");
    }

    #[test]
    fn marks_that_can_not_be_are_told() {
        let mark = |name: &str, from, to| Mark {
            name: name.to_owned(),
            from,
            to,
        };
        let what = |marks: &[Mark]| build("äb c", marks).unwrap_err().what;
        assert_eq!(what(&[]), "no-field");
        assert_eq!(what(&[mark("a", 1, 2)]), "outside");
        assert_eq!(what(&[mark("", 0, 2)]), "no-name");
        assert_eq!(what(&[mark("a", 0, 3), mark("b", 2, 3)]), "overlap");
        assert_eq!(what(&[mark("a", 0, 2), mark("a", 2, 3)]), "duplicate-field");
    }
}
