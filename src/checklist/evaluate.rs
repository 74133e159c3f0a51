//! What the sources of an item come to.

use super::ids::{FILES, File};
use super::{Answer, Answered, ByHand, Item, Source, Told, items, posture_id};
use crate::base::size::{count, counted};
use crate::posture::{Posture, Proof, Question, Row, Service, State};
use std::collections::BTreeMap;

/// Sentences and proofs that are put together at most.
const LISTED: usize = 3;

/// Every item, in the order of the domains.
pub fn evaluate(told: &Told, by_hand: &ByHand) -> Vec<Answered> {
    items().map(|item| answered(item, told, by_hand)).collect()
}

fn answered(item: &'static Item, told: &Told, by_hand: &ByHand) -> Answered {
    let mut sources: Vec<(Source, Answer)> = Vec::new();
    let mut without = Vec::new();
    for source in item.looks_at {
        match told
            .answers
            .get(&source.id())
            .filter(|answer| answer.state != State::NoData)
        {
            Some(answer) => sources.push((*source, answer.clone())),
            None => without.push(*source),
        }
    }
    let state = [State::Contradicted, State::Evidenced]
        .into_iter()
        .find(|state| sources.iter().any(|(_, answer)| answer.state == *state))
        .unwrap_or(State::NoData);
    let open = !without.is_empty() || state == State::NoData;
    Answered {
        says: says(item, state, &sources, &without),
        state,
        helps: open.then_some(item.helps),
        by_hand: by_hand.judgements.get(item.id).cloned(),
        item,
        sources,
        without,
    }
}

fn says(item: &Item, state: State, sources: &[(Source, Answer)], without: &[Source]) -> String {
    if item.looks_at.is_empty() {
        return "No file that is read here tells it: a person has to judge.".to_owned();
    }
    if state == State::NoData {
        return "Nothing that was opened tells it.".to_owned();
    }
    let deciding: Vec<&str> = sources
        .iter()
        .filter(|(_, a)| a.state == state)
        .map(|(_, answer)| answer.says.as_str())
        .collect();
    let mut text = first(&deciding);
    if !without.is_empty() {
        let ids: Vec<String> = without.iter().take(LISTED).map(|source| source.id()).collect();
        let more = without.len().saturating_sub(LISTED);
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        let of = item.looks_at.len();
        text.push_str(&format!(
            " No data: {} of {of} sources ({}{more}).",
            without.len(),
            ids.join(", ")
        ));
    }
    text
}

/// The first sentences, and how many more there are.
fn first(says: &[&str]) -> String {
    let mut text = says.iter().take(LISTED).copied().collect::<Vec<_>>().join(" ");
    let more = says.len().saturating_sub(LISTED);
    if more > 0 {
        text.push_str(&format!(" And {more} more."));
    }
    text
}

/// One answer for each service and question: a row that contradicts decides, and evidence needs no row against it.
pub(super) fn take_posture(told: &mut Told, posture: &Posture) {
    for service in Service::ALL {
        let rows: Vec<&Row> = posture.rows.iter().filter(|row| row.service == service).collect();
        for question in Question::ALL.iter().filter(|_| !rows.is_empty()) {
            told.answers.insert(
                posture_id(service, *question),
                over_rows(service, *question, &rows),
            );
        }
    }
}

fn over_rows(service: Service, question: Question, rows: &[&Row]) -> Answer {
    let of = |state: State| rows.iter().filter(move |row| row.cell(question).state == state);
    let state = [State::Contradicted, State::Evidenced]
        .into_iter()
        .find(|state| of(*state).next().is_some())
        .unwrap_or(State::NoData);
    let told: Vec<String> = of(state)
        .map(|row| format!("{}: {}", whose(row), row.cell(question).says))
        .collect();
    let told: Vec<&str> = told.iter().map(String::as_str).collect();
    let mut says = format!("{} – {}", service.title(), first(&told));
    let open = of(State::NoData).count();
    if state != State::NoData && open > 0 {
        says.push_str(&format!(
            " Not told in {} of {}.",
            open,
            counted(rows.len() as u64, "rows")
        ));
    }
    let proofs = of(state).flat_map(|row| row.cell(question).evidence.iter().cloned());
    let proofs: Vec<Proof> = proofs.take(2 * LISTED).collect();
    Answer { state, says, proofs }
}

fn whose(row: &Row) -> String {
    let parts = [
        Some(row.account.as_str()),
        Some(row.region.as_str()),
        row.subject.as_deref(),
    ];
    let parts: Vec<&str> = parts
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect();
    if parts.is_empty() {
        "account not told".to_owned()
    } else {
        parts.join(" ")
    }
}

/// A file that is there is evidence of that alone, and says so.
pub(super) fn take_files(told: &mut Told, counts: &BTreeMap<String, u64>) {
    for file in FILES {
        let found = |name: &&&str| counts.get(**name).is_some_and(|n| *n > 0);
        let there: Vec<&str> = file.known_by.iter().filter(found).copied().collect();
        if !there.is_empty() {
            let records: u64 = there.iter().filter_map(|name| counts.get(*name)).sum();
            told.tell(Source::File(file.id), is_there(file, records, &there));
        }
    }
}

fn is_there(file: &File, records: u64, names: &[&str]) -> Answer {
    let records = if records == 1 {
        "1 record".to_owned()
    } else {
        format!("{} records", count(records))
    };
    Answer {
        state: State::Evidenced,
        says: format!("{}: {records} opened; what they say is not judged.", file.title),
        proofs: names.iter().map(|name| open(name)).collect(),
    }
}

/// The records of a kind, of a resource type or of an item type.
fn open(name: &str) -> Proof {
    let (kind, filter) = match name {
        _ if name.contains("::") => ("config", format!("resourceType = \"{name}\"")),
        _ if name.starts_with(|c: char| c.is_ascii_uppercase()) => {
            ("aws-inventory", format!("itemType = {name}"))
        }
        kind => (kind, "*".to_owned()),
    };
    Proof::Records {
        kind: kind.to_owned(),
        filter,
        range: None,
    }
}
