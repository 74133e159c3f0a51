//! Answers as lines that a person can check.

use super::super::{Began, Book, Chain, End, Given, KeyLife, Person, Seen, Session};
use crate::base::time::iso;

/// The day and the time: `11 02:44:04`.
fn time(ns: i64) -> String {
    let text = iso(ns);
    let short = text.strip_prefix("2026-11-").unwrap_or(&text);
    short.trim_end_matches('Z').replace('T', " ")
}

fn word(value: impl serde::Serialize) -> String {
    let value = serde_json::to_value(value).expect("serde");
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn person(person: Option<&Person>) -> String {
    let Some(person) = person else {
        return "nobody known".to_owned();
    };
    let by = if person.provider.is_empty() {
        String::new()
    } else {
        format!(" by {}", person.provider)
    };
    format!("{} {}{by}", word(person.kind), person.name)
}

fn given(given: &Given) -> String {
    let refused = if given.error.is_empty() {
        String::new()
    } else {
        format!(" refused: {}", given.error)
    };
    format!(
        "{} by {} at {}{refused}",
        given.kind.event_name(),
        given.by,
        time(given.at_ns)
    )
}

fn values(seen: &[Seen]) -> String {
    seen.iter()
        .map(|s| format!("{} ×{}", s.value, s.calls))
        .collect::<Vec<_>>()
        .join(", ")
}

pub fn session(s: &Session) -> String {
    let began = match &s.began {
        Began::Given(by) => given(by),
        Began::AfterPause => "after a pause".to_owned(),
        Began::NotInFiles(_) => "not in these files".to_owned(),
        Began::ByItself => "by itself".to_owned(),
    };
    let end = match s.end {
        End::Expired { at_ns } => format!("expired {}", time(at_ns)),
        End::KeyDeleted { at_ns } => format!("key deleted {}", time(at_ns)),
        End::KeyDisabled { at_ns } => format!("key disabled {}", time(at_ns)),
        End::LastCall => "last call".to_owned(),
    };
    let passed = if s.by_services > 0 {
        format!(", {} by services", s.by_services)
    } else {
        String::new()
    };
    format!(
        "{} {} | {} ({}) | began: {began} | {} | {} calls, {} failed{passed} from {} | {} to {} | {end}",
        word(s.kind),
        s.principal,
        person(s.who.as_ref()),
        word(s.confidence),
        s.keys.join(" "),
        s.calls,
        s.errors,
        values(&s.addresses),
        time(s.first_ns),
        time(s.last_ns),
    )
}

pub fn chain(c: &Chain) -> Vec<String> {
    let mut lines = vec![format!(
        "{}: {} ({})",
        c.of.label,
        person(c.person.as_ref()),
        word(c.confidence)
    )];
    for link in &c.links {
        lines.push(format!(
            "  {} -> {} | {} | {}",
            link.from.label,
            link.to.label,
            given(&link.by),
            word(link.confidence)
        ));
    }
    lines.extend(c.broken_at.iter().map(|text| format!("  broken: {text}")));
    lines.extend(
        c.candidates
            .iter()
            .map(|by| format!("  candidate: {}", given(by))),
    );
    lines.extend(
        c.also
            .iter()
            .map(|node| format!("  also: {} {}", node.label, node.key)),
    );
    lines
}

pub fn life(l: &KeyLife) -> Vec<String> {
    let mut lines = vec![format!(
        "{} {} | made: {} | {} calls, {} failed | {} to {} | {} | {} after its end",
        word(l.kind),
        l.key,
        l.made
            .as_ref()
            .map_or_else(|| "not in these files".to_owned(), given),
        l.calls,
        l.errors,
        l.first_ns.map(time).unwrap_or_default(),
        l.last_ns.map(time).unwrap_or_default(),
        values(&l.addresses),
        l.calls_after_end,
    )];
    lines.extend(
        l.changes
            .iter()
            .map(|c| format!("  {}: {}", c.status, given(&c.given))),
    );
    lines.extend(
        l.granted
            .iter()
            .map(|g| format!("  gave: {} -> {}", given(g), g.arn)),
    );
    lines.extend(
        l.unused
            .iter()
            .map(|r| format!("  unused: {} to {}", time(r.from_ns), time(r.to_ns))),
    );
    lines.extend(l.deleted.iter().map(|g| format!("  deleted: {}", given(g))));
    lines
}

/// The answer to a line of a story: `sessions`, `chain KEY`, `life KEY`.
pub fn answer(book: &Book<'_>, question: &str) -> Vec<String> {
    match question.split_once(' ') {
        None if question == "sessions" => book.sessions().iter().map(session).collect(),
        Some(("chain", of)) => chain(&book.chain(of)),
        Some(("life", key)) => life(&book.key_life(key)),
        _ => panic!("no such question: {question}"),
    }
}
