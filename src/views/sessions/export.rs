//! Sessions in a report: who called, back to whom that leads, what was new, at what hours, and what was denied first.

use super::model::{asked, began, end, is_unsure, kind, person};
use crate::base::{Value, size};
use crate::query::{Answer, Query};
use crate::session::lives::{KINDS, ask_grants, ask_people, people};
use crate::sessions::{
    BASELINE_RULE, Book, Chain, FirstSeen, Grant, HOURS_RULE, IDLE_RULE, Link, RECOVERED_RULE, Recovered,
    Sameness, Session, SessionKind,
};
use crate::share::report::{Asks, Cell, Export, Scope, Section, Table, instant};
use crate::views::printed::{folded, nothing, summed};
use crate::widgets::format;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Rows of the list of sessions, and of the others.
const SESSION_ROWS: usize = 200;
const LIST_ROWS: usize = 100;
/// Ways back to a person.
const CHAINS: usize = 60;

pub const EXPORT: Export = |asks, scope| Box::pin(tell(asks, scope));

async fn tell(asks: &dyn Asks, scope: &Scope) -> Section {
    let mut section = Section::new("sessions", "Sessions");
    if let Some(why) = nothing(asks, scope, &KINDS, "CloudTrail events").await {
        section.paragraph(why);
        return section;
    }
    let mut answers: Vec<Arc<Answer>> = Vec::new();
    for query in ask_people() {
        answers.push(asks.ask(scope.scoped(query)).await);
    }
    let [uses, habits, hours, outcomes] = answers.as_slice() else {
        return section;
    };
    let given = asks.ask(scope.scoped(ask_grants())).await;
    let grants: Vec<Grant> = scope.giving.iter().filter_map(Grant::of).collect();
    let lost = (given.matched + given.unlisted).saturating_sub(grants.len() as u64);
    let (people, left_out) = people([uses, habits, hours, outcomes], grants);
    let lives = people.clone().lives();
    section.note = size::counted(lives.sessions.len() as u64, "sessions");
    if lost > 0 {
        section.caution(format!(
            "{} that give somebody credentials are in this report without their original text: what they lead to is not told.",
            size::counted(lost, "records")
        ));
    }
    if left_out > 0 {
        let n = size::counted(left_out, "groups of calls");
        section.caution(format!("{n} are too many to be looked at."));
    }
    let sums = summed(asks, scope.scoped(Query::groups(&KINDS, Vec::new(), Vec::new()))).await;
    if sums > 0 {
        section.caution(format!(
            "{} are known as sums alone, which keep neither ARNs nor programs: their sessions are told as far as keys and names go.",
            size::counted(sums, "events")
        ));
    }
    folded(&mut section, &answers);

    section.heading("Sessions");
    section.paragraph(IDLE_RULE);
    let rows = lives.sessions.iter().take(SESSION_ROWS).map(session_row);
    let heads = [
        "First call",
        "Who",
        "Principal",
        "Kind",
        "Began",
        "#Calls",
        "#Failed",
        "=Address",
        "Lasted",
        "End",
    ];
    let table = Table::new(&heads, rows.collect()).of(lives.sessions.len() as u64);
    section.table(table, "No event of this period has a time.");

    section.heading("Back to the person");
    section.paragraph(
        "From a key or a role's session to whoever asked for it, as far as the records lead. A service's own calls are left out.",
    );
    let (rows, count) = chains(&Book::new(&people.uses, &people.grants), &lives.sessions);
    let table = Table::new(&["=Credentials", "Person", "How it is known", "Way"], rows).of(count);
    section.table(table, "No session of this period was given by another one.");

    section.heading("First seen");
    section.paragraph(BASELINE_RULE);
    let seen = &lives.first.seen;
    let rows = seen.iter().take(LIST_ROWS).map(first_row).collect();
    let heads = [
        "First call",
        "Principal",
        "New",
        "=Service",
        "Region",
        "=Network",
        "Program",
        "#Calls",
    ];
    let table = Table::new(&heads, rows).of(seen.len() as u64);
    section.table(table, "Nothing was new to any principal that can be judged.");
    if !lives.first.not_judged.is_empty() {
        section.paragraph(format!(
            "Of {} there is too little time to know what is usual.",
            size::counted(lives.first.not_judged.len() as u64, "principals")
        ));
    }

    section.heading("Unusual hours");
    section.paragraph(HOURS_RULE);
    let unusual = lives
        .hours
        .iter()
        .flat_map(|h| h.unusual.iter().map(move |u| (h, u)));
    let count = unusual.clone().count() as u64;
    let rows = unusual.take(LIST_ROWS).map(|(hours, one)| {
        vec![
            time(one.at_ns),
            Cell::text(&hours.principal),
            Cell::count(one.calls),
            Cell::count(hours.calls),
            Cell::count(hours.days as u64),
        ]
    });
    let heads = ["Hour", "Principal", "#Calls", "#Of its calls", "#Days with calls"];
    let table = Table::new(&heads, rows.collect()).of(count);
    section.table(table, "Nobody whose hours are known called at another hour.");

    section.heading("Denied, then allowed");
    section.paragraph(RECOVERED_RULE);
    let rows = lives.recovered.iter().take(LIST_ROWS).map(recovered_row);
    let heads = [
        "Denied",
        "Principal",
        "=Call",
        "=Service",
        "=Error",
        "Allowed",
        "To",
        "Same",
    ];
    let table = Table::new(&heads, rows.collect()).of(lives.recovered.len() as u64);
    section.table(table, "No call was denied first and allowed later.");
    section
}

fn time(ns: i64) -> Cell {
    Cell::Value(Value::Time(ns))
}

fn session_row(s: &Session) -> Vec<Cell> {
    let who = match is_unsure(s) && s.who.is_some() {
        true => format!("{} (not certain)", person(s)),
        false => person(s),
    };
    let address = s.addresses.first().map(|a| a.value.clone()).unwrap_or_default();
    let address = match s.addresses.len().saturating_sub(1) {
        0 => address,
        more => format!("{address} +{more}"),
    };
    vec![
        time(s.first_ns),
        Cell::text(who),
        Cell::text(&s.principal),
        Cell::text(kind(s.kind)),
        Cell::text(began(&s.began)),
        Cell::count(s.calls),
        Cell::count(s.errors),
        Cell::text(address),
        Cell::text(format::duration(s.last_ns.saturating_sub(s.first_ns))),
        Cell::text(end(s.end)),
    ]
}

/// The ways back that sessions have, one of each, and how many there are.
fn chains(book: &Book<'_>, sessions: &[Session]) -> (Vec<Vec<Cell>>, u64) {
    let mut seen = BTreeSet::new();
    let mut rows = Vec::new();
    let mut count = 0;
    for session in sessions.iter().filter(|s| s.kind != SessionKind::Service) {
        let of = asked(session);
        if of.is_empty() || !seen.insert(of.clone()) {
            continue;
        }
        let chain = book.chain(&of);
        if chain.links.is_empty() && chain.broken_at.is_none() {
            continue;
        }
        count += 1;
        if rows.len() < CHAINS {
            rows.push(chain_row(of, &chain));
        }
    }
    (rows, count)
}

fn chain_row(of: String, chain: &Chain) -> Vec<Cell> {
    let person = chain.person.as_ref().map(|p| p.name.clone());
    let mut way: Vec<String> = chain.links.iter().map(link).collect();
    way.extend(chain.broken_at.clone());
    if !chain.candidates.is_empty() {
        let all: Vec<String> = chain
            .candidates
            .iter()
            .map(|c| format!("{} by {} at {}", c.kind.event_name(), c.by, instant(c.at_ns)))
            .collect();
        way.push(format!("It may have been: {}.", all.join("; ")));
    }
    vec![
        Cell::text(of),
        Cell::text(person.unwrap_or_else(|| "not known".to_owned())),
        Cell::text(chain.confidence.word()),
        Cell::text(way.join(" → ")),
    ]
}

/// `2026-11-11 01:26:18Z AssumeRole by ana from 198.51.100.7 gave ASIA… (certain: by key)`
fn link(link: &Link) -> String {
    let given = match link.to.key.is_empty() {
        true => &link.to.label,
        false => &link.to.key,
    };
    format!(
        "{} {} by {} from {} gave {given} ({})",
        instant(link.by.at_ns),
        link.by.kind.event_name(),
        link.by.by,
        link.by.address,
        link.confidence.word()
    )
}

fn first_row(seen: &FirstSeen) -> Vec<Cell> {
    let habit = &seen.habit;
    let new: Vec<&str> = seen.new.iter().map(|d| d.word()).collect();
    vec![
        time(habit.first_ns),
        Cell::text(&habit.principal),
        Cell::text(new.join(", ")),
        Cell::text(&habit.service),
        Cell::text(&habit.region),
        Cell::text(&habit.network),
        Cell::text(&habit.agent),
        Cell::count(habit.calls),
    ]
}

fn recovered_row(one: &Recovered) -> Vec<Cell> {
    vec![
        time(one.denied.first_ns),
        Cell::text(&one.denied.principal),
        Cell::text(&one.call),
        Cell::text(&one.service),
        Cell::text(one.errors.join(", ")),
        time(one.allowed.first_ns),
        Cell::text(&one.allowed.principal),
        Cell::text(match one.same {
            Sameness::Principal => "principal",
            Sameness::Person => "person",
        }),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::share::report::Block;
    use crate::views::tests::{Now, block_on, sum, table};

    #[test]
    fn sessions_lead_back_as_far_as_the_shared_records_do() {
        let ana = serde_json::json!({"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/ana", "userName": "ana",
            "accountId": "111122223333", "accessKeyId": "AKIAEXAMPLEANA"});
        let arn = "arn:aws:sts::111122223333:assumed-role/ops/nightly";
        let role = serde_json::json!({"type": "AssumedRole", "arn": arn, "accountId": "111122223333",
            "accessKeyId": "ASIAEXAMPLEOPS"});
        let event = |minute: u32,
                     who: &serde_json::Value,
                     source: &str,
                     name: &str,
                     more: serde_json::Value| {
            let mut event = serde_json::json!({"eventVersion": "1.09", "userIdentity": who, "eventSource": source,
                "eventTime": format!("2026-11-11T01:{minute:02}:00Z"), "eventName": name, "awsRegion": "eu-central-1",
                "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2", "eventID": format!("e-{minute}"),
                "eventType": "AwsApiCall", "recipientAccountId": "111122223333"});
            for (key, value) in more.as_object().unwrap() {
                event[key] = value.clone();
            }
            event
        };
        let s3 = "s3.amazonaws.com";
        let gave = event(
            5,
            &ana,
            "sts.amazonaws.com",
            "AssumeRole",
            serde_json::json!({"requestParameters": {"roleArn": "arn:aws:iam::111122223333:role/ops", "roleSessionName": "nightly"},
                "responseElements": {"credentials": {"accessKeyId": "ASIAEXAMPLEOPS"}, "assumedRoleUser": {"arn": arn}}}),
        );
        let denied = serde_json::json!({"errorCode": "AccessDenied"});
        let none = serde_json::json!({});
        let events = [
            event(1, &ana, s3, "GetObject", denied),
            gave.clone(),
            event(6, &role, s3, "ListBuckets", none.clone()),
            event(9, &ana, s3, "GetObject", none),
        ];
        let trail = serde_json::json!({ "Records": events }).to_string();
        let asks = Now::of(2, vec![("trail.json".into(), trail.into_bytes())]);
        let told = |giving: Vec<serde_json::Value>| {
            let scope = Scope {
                giving,
                ..asks.scope()
            };
            block_on(EXPORT(&asks, &scope))
        };
        let cautions = |section: &Section| -> usize {
            section
                .blocks
                .iter()
                .filter(|b| matches!(b, Block::Caution(_)))
                .count()
        };
        let texts = |row: &[Cell]| -> Vec<String> {
            let text = |c: &Cell| match c {
                Cell::Text(text) => text.clone(),
                _ => String::new(),
            };
            row.iter().map(text).collect()
        };
        let whole = told(vec![gave]);
        assert_eq!(cautions(&whole), 0);
        let sessions = table(&whole, "First call Who");
        assert_eq!((sessions.total, sum(sessions, 5), sum(sessions, 6)), (2, 4, 1));
        let ways = table(&whole, "Credentials Person");
        let way = ways
            .rows
            .iter()
            .map(|r| texts(r))
            .find(|r| r[0] == "ASIAEXAMPLEOPS")
            .unwrap();
        assert_eq!((way[1].as_str(), way[2].as_str()), ("ana", "certain: by key"));
        assert!(
            way[3].contains("AssumeRole by ana from 198.51.100.7 gave ASIAEXAMPLEOPS"),
            "{way:?}"
        );
        let allowed = table(&whole, "Denied Principal");
        assert_eq!(allowed.rows.len(), 1);
        assert_eq!(texts(&allowed.rows[0])[2], "GetObject");

        // Without the record's text the way ends, and that is said.
        let part = told(Vec::new());
        assert_eq!(cautions(&part), 1);
        let ways = table(&part, "Credentials Person");
        assert!(
            ways.rows
                .iter()
                .all(|r| texts(r)[1] != "ana" || texts(r)[0] != "ASIAEXAMPLEOPS")
        );
    }
}
