//! What the view's tables are saved as: files, their groups where they are many, and why records were not read.

use super::view::status;
use crate::base::Value;
use crate::base::hash::hex;
use crate::session::{Item, MemberOutcome, Session};
use crate::share::Sheet;
use crate::views::download::{Table, count, text};
use leptos::prelude::*;
use std::collections::BTreeSet;

/// Every table of the view, of all that was opened.
pub fn all(session: Session) -> Vec<Table> {
    vec![
        Table::held("Files", "sources", move || files(session)),
        Table::held("Groups", "source-groups", move || groups(session)),
        Table::held("Records not read", "not-read-records", move || not_read(session)),
    ]
}

/// What several members say, each once.
fn of_members(item: &Item, of: fn(&MemberOutcome) -> &Vec<String>) -> Value {
    let all: BTreeSet<&String> = item.members().flat_map(of).collect();
    match all.is_empty() {
        true => Value::Absent,
        false => Value::List(all.into_iter().cloned().collect()),
    }
}

fn kind_title(session: Session, kind: &str) -> Value {
    let title = session
        .kinds
        .with(|all| all.iter().find(|k| k.kind == kind).map(|k| k.title.clone()));
    text(title.unwrap_or_else(|| kind.to_owned()))
}

fn files(session: Session) -> Sheet {
    const COLUMNS: [&str; 16] = [
        "File",
        "Recognised as",
        "Members",
        "Bytes",
        "Records",
        "Memory",
        "Duplicates",
        "Not read",
        "First",
        "Last",
        "Outcome",
        "Problem",
        "Accounts",
        "Regions",
        "SHA-256",
        "Same as",
    ];
    let title = |kind: Option<&str>| kind_title(session, kind.unwrap_or_default());
    let rows = session.engine().with(|c| {
        let row = |item: &Item| {
            // A span's end is one behind its last record.
            let (first, last) = match item.span() {
                Some(s) => (Value::Time(s.from_ns), Value::Time(s.to_ns - 1)),
                None => (Value::Absent, Value::Absent),
            };
            let sha256 = item.outcome.as_ref().and_then(|o| o.sha256);
            let same = item.same_as.and_then(|id| c.items().get(id));
            vec![
                Value::Text(item.name.clone()),
                title(item.kind()),
                count(item.members().count() as u64),
                count(item.bytes),
                count(item.records()),
                count(c.memory_of(item)),
                count(item.repeated()),
                count(item.rejected().total()),
                first,
                last,
                status(item.verdict()).1.into(),
                text(item.problem().unwrap_or_default()),
                of_members(item, |m| &m.accounts),
                of_members(item, |m| &m.regions),
                text(sha256.map(|h| hex(&h)).unwrap_or_default()),
                text(same.map(|i| i.name.clone()).unwrap_or_default()),
            ]
        };
        c.items().iter().map(row).collect()
    });
    Sheet::new(&COLUMNS, rows)
}

fn groups(session: Session) -> Sheet {
    const COLUMNS: [&str; 11] = [
        "Account",
        "Region",
        "Day",
        "Recognised as",
        "Files",
        "Bytes",
        "Records",
        "Duplicates",
        "Not read",
        "Outcome",
        "First problem",
    ];
    let rows = session.engine().with(|c| {
        let rows = c.items().groups().iter().map(|(key, group)| {
            let tally = group.tally;
            vec![
                text(key.place.account.as_str()),
                text(key.place.region.as_str()),
                text(key.place.day.as_str()),
                kind_title(session, &key.kind),
                count(tally.files),
                count(tally.bytes),
                count(tally.records),
                count(tally.duplicates),
                count(tally.rejected),
                status(key.verdict).1.into(),
                text(group.first_problem.clone().unwrap_or_default()),
            ]
        });
        rows.collect()
    });
    Sheet::new(&COLUMNS, rows)
}

/// A row for each member and reason.
fn not_read(session: Session) -> Sheet {
    const COLUMNS: [&str; 6] = [
        "File",
        "Member",
        "Reason",
        "Records",
        "First offsets",
        "First text",
    ];
    let rows = session.engine().with(|c| {
        let mut rows = Vec::new();
        for item in c.items().problems() {
            for member in item.members() {
                let place = || [Value::Text(item.name.clone()), Value::Text(member.path.clone())];
                if let Some(error) = &member.error {
                    let mut row = Vec::from(place());
                    row.extend([
                        Value::Text(error.clone()),
                        Value::Absent,
                        Value::Absent,
                        Value::Absent,
                    ]);
                    rows.push(row);
                }
                for note in &member.rejected.0 {
                    let offsets = note.offsets.iter().map(u64::to_string).collect();
                    let mut row = Vec::from(place());
                    row.extend([
                        Value::Text(note.reason.to_string()),
                        count(note.count),
                        Value::List(offsets),
                        text(note.first_text.clone()),
                    ]);
                    rows.push(row);
                }
            }
        }
        rows
    });
    Sheet::new(&COLUMNS, rows)
}
