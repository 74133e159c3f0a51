//! What views tell in a report, over the built-in sample.

use super::EXPORTS;
use super::printed::{first_rows, missing};
use crate::base::{TimeRange, Value, time};
use crate::engine::local::Local;
use crate::query::{Agg, Answer, Expr, Key, Op, Query};
use crate::sample;
pub(super) use crate::sample::story::LEAKED_KEY;
use crate::share::report::{
    Answering, Asks, Block, CSS, Cell, Cover, Input, MAX_ROWS, Scope, Section, Table, examined, folio_css,
    header, html,
};
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, OnceLock};
use std::task::{Context, Poll, Waker};

/// A whole engine that answers at once.
pub(super) struct Now(Mutex<Local>);

impl Now {
    /// The sample, read by so many shards.
    fn sample(shards: usize) -> Now {
        let files = (0..sample::SAMPLE_FILES).map(sample::make);
        Now::of(shards, files.map(|f| (f.name, f.bytes)).collect())
    }

    /// These files, read by so many shards.
    pub(super) fn of(shards: usize, files: Vec<(String, Vec<u8>)>) -> Now {
        let mut local = Local::new(shards);
        local.open(files);
        Now(Mutex::new(local))
    }

    pub(super) fn now(&self, query: Query) -> Answer {
        self.0.lock().unwrap().ask(&query)
    }

    pub(super) fn scope(&self) -> Scope {
        let kinds = self.0.lock().unwrap().conductor.kinds();
        let span = kinds.iter().filter_map(|k| k.span).reduce(TimeRange::union);
        Scope {
            kinds: kinds.iter().map(|k| (k.kind.clone(), k.title.clone())).collect(),
            span,
            width: 680.0,
            checklist: crate::checklist::evaluate(&Default::default(), &Default::default()),
            ..Scope::default()
        }
    }

    fn inputs(&self) -> Vec<Input> {
        let scope = self.scope();
        let title = |id: &str| scope.title_of(id).to_owned();
        let of = |item: crate::engine::items::Item| Input {
            name: item.name.clone(),
            bytes: item.bytes,
            sha256: "0".repeat(64),
            kind: item.kind().map(title).unwrap_or_default(),
            kept: item.records(),
            duplicates: item.duplicates,
            rejected: item
                .rejected()
                .0
                .iter()
                .map(|n| (n.reason.to_string(), n.count))
                .collect(),
            first_ns: item.span().map(|s| s.from_ns),
            last_ns: item.span().map(|s| s.to_ns - 1),
            error: item.errors().into_iter().next(),
        };
        let items = self.0.lock().unwrap().items();
        items.into_iter().map(of).collect()
    }
}

impl Asks for Now {
    fn ask(&self, query: Query) -> Answering<'_> {
        Box::pin(std::future::ready(Arc::new(self.now(query))))
    }
}

/// The outcome of a future that never has to wait.
pub(super) fn block_on<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(out) => out,
        Poll::Pending => panic!("it waits"),
    }
}

fn tell(asks: &Now, scope: &Scope) -> Vec<Section> {
    EXPORTS
        .iter()
        .map(|(_, _, export)| block_on(export(asks, scope)))
        .collect()
}

/// The page as the sample is told, by so many shards.
fn page(asks: &Now, scope: &Scope) -> String {
    let mut sections = tell(asks, scope);
    let (holes, waiting) = block_on(missing(asks, scope));
    sections.push(examined(&asks.inputs(), &holes, &waiting));
    let cover = Cover {
        title: "Access key leak".into(),
        scope: "What the leaked key did, and what it touched".into(),
        author: "Platform security".into(),
        created_ns: Some(1_794_644_400 * time::SECOND),
        accounts: vec!["111122223333".into()],
        period: scope.span,
        records: 12,
        ..Cover::default()
    };
    html(&cover, &sections)
}

pub(super) fn tables(section: &Section) -> Vec<&Table> {
    let table = |b: &'_ Block| matches!(b, Block::Table(_));
    let blocks = section.blocks.iter().filter(|b| table(b));
    blocks
        .filter_map(|b| match b {
            Block::Table(t) => Some(t),
            _ => None,
        })
        .collect()
}

#[track_caller]
fn named<'a>(sections: &'a [Section], id: &str) -> &'a Section {
    let found = sections.iter().find(|s| s.id == id);
    found.unwrap_or_else(|| panic!("no section {id}"))
}

#[track_caller]
pub(super) fn table<'a>(section: &'a Section, first: &str) -> &'a Table {
    let found = tables(section).into_iter().find(|t| {
        let heads: Vec<&str> = t.columns.iter().map(|c| c.title.as_str()).collect();
        heads.join(" ").starts_with(first)
    });
    found.unwrap_or_else(|| panic!("no table {first} in {}", section.id))
}

pub(super) fn headings(section: &Section) -> Vec<&str> {
    let text = |b: &'_ Block| matches!(b, Block::Heading(_));
    let blocks = section.blocks.iter().filter(|b| text(b));
    blocks
        .filter_map(|b| match b {
            Block::Heading(t) => Some(t.as_str()),
            _ => None,
        })
        .collect()
}

fn figure(cell: &Cell) -> i64 {
    match cell {
        Cell::Value(v) => v.as_i64().unwrap_or(-1),
        _ => -1,
    }
}

pub(super) fn sum(table: &Table, column: usize) -> i64 {
    table.rows.iter().map(|r| figure(&r[column])).sum()
}

pub(super) fn charts(section: &Section) -> usize {
    section
        .blocks
        .iter()
        .filter(|b| matches!(b, Block::Chart(_)))
        .count()
}

/// The night of the leak, in one shard and in four.
fn night() -> Scope {
    let all = one().scope();
    let from = 1_794_355_200 * time::SECOND;
    let range = TimeRange::new(from, from + 10 * time::HOUR);
    Scope {
        range: Some(range),
        span: Some(range),
        ..all
    }
}

/// The sample in one shard, opened once for all tests.
pub(super) fn one() -> &'static Now {
    static ONE: OnceLock<Now> = OnceLock::new();
    ONE.get_or_init(|| Now::sample(1))
}

#[test]
fn every_view_tells_something_of_the_sample() {
    let asks = one();
    let scope = asks.scope();
    let sections = tell(asks, &scope);
    let told: Vec<(&str, &str)> = sections
        .iter()
        .map(|s| (s.id.as_str(), s.title.as_str()))
        .collect();
    let wanted: Vec<(&str, &str)> = EXPORTS.iter().map(|(id, title, _)| (*id, *title)).collect();
    assert_eq!(told, wanted);
    let [
        overview,
        findings,
        alarms,
        trail,
        sessions,
        traffic,
        requests,
        functions,
        log_groups,
        databases,
        hosts,
        costs,
        config,
        account,
        entity,
        checklist,
        events,
    ] = sections.as_slice()
    else {
        panic!("seventeen views");
    };
    // Guessed at, come in, and from there on to another machine and the database.
    let signed_in = format!("{:?}", table(hosts, "Who From How"));
    assert!(
        signed_in.contains("203.0.113.66") && signed_in.contains("Administrator"),
        "{signed_in}"
    );
    assert!(format!("{:?}", table(hosts, "Who As Command")).contains("/etc/shadow"));
    assert!(format!("{:?}", table(hosts, "Category Event Who")).contains("log cleared"));
    assert!(!table(databases, "Statement Calls").rows.is_empty());
    let failed = table(databases, "User From Event");
    assert!(format!("{failed:?}").contains("failed login"), "{failed:?}");
    assert!(!table(costs, "Service Cost").rows.is_empty());
    // What left in the night was read from the bucket; its log and its bill stand side by side.
    let usage = table(costs, "Bucket Day");
    assert_eq!(usage.rows.len(), 5, "a bucket's five days");
    let clients = table(requests, "Client");
    assert!(!clients.rows.is_empty());
    let configured = table(functions, "Function Account");
    assert_eq!(configured.rows.len(), 2);
    let groups = table(log_groups, "Log group Account");
    assert_eq!(
        (groups.rows.len(), sum(groups, 3) > 1_000),
        (2, true),
        "{:?}",
        groups.rows
    );
    assert_eq!(headings(checklist).len(), 9);
    let begins = |section: &Section, wanted: &[&str]| {
        let found = headings(section);
        assert_eq!(found.len(), wanted.len(), "{found:?}");
        assert!(
            found.iter().zip(wanted).all(|(f, w)| f.starts_with(w)),
            "{found:?}"
        );
    };
    begins(overview, &["Records over time", "Leads", "Coverage"]);
    begins(findings, &["By category", "Checks"]);
    begins(alarms, &["Topics of the CIS", "Alarms that are described"]);
    begins(
        trail,
        &[
            "Events over time, a lane for each principal",
            "Error codes",
            "Console sign-ins",
            "Events",
        ],
    );
    begins(
        traffic,
        &[
            "Who sent to whom, by subnet",
            "Bytes over time",
            "The largest pairs",
            "Rejected pairs",
            "Service ports",
        ],
    );
    begins(config, &["Resources by type", "Items recorded", "Changes"]);
    begins(
        sessions,
        &[
            "Sessions",
            "Back to the person",
            "First seen",
            "Unusual hours",
            "Denied, then allowed",
        ],
    );
    begins(account, &["What was there", "What differs", "What rules said"]);
    begins(entity, &[]);
    assert_eq!(
        [
            overview, findings, alarms, trail, sessions, traffic, config, account, entity, events
        ]
        .map(charts),
        [2, 0, 0, 1, 0, 2, 1, 0, 0, 0]
    );

    let count = |kinds: &[&str], filter: Expr| {
        asks.now(Query::groups(kinds, Vec::new(), vec![Agg::Count]).filter(filter))
            .matched as i64
    };
    // Trail.
    assert_eq!(
        table(trail, "Time Principal").total as i64,
        count(&["cloudtrail"], Expr::All)
    );
    assert_eq!(table(trail, "Time Principal").rows.len(), MAX_ROWS);
    let failed = count(&["cloudtrail"], Expr::exists("errorCode"));
    let errors = table(trail, "Error code");
    assert_eq!(errors.rows.len() as u64, errors.total);
    assert_eq!(sum(errors, 1), failed);
    // Traffic: every flow is in a pair, or in the sentence about the smaller ones.
    let flows = &["vpc-flow", "tgw-flow"];
    let rejected = count(flows, Expr::eq("action", "REJECT"));
    let refused = table(traffic, "From To Destination");
    assert!(sum(refused, 3) <= rejected && sum(refused, 3) > 0);
    let pairs = table(traffic, "From To Bytes");
    assert!(pairs.rows.len() <= 60 && pairs.total >= pairs.rows.len() as u64);
    let bytes: Vec<i64> = pairs.rows.iter().map(|r| figure(&r[2]) + figure(&r[3])).collect();
    assert!(bytes.windows(2).all(|w| w[0] >= w[1]), "the largest first");
    // Config.
    let types = asks.now(Query::groups(
        &["config"],
        vec![Key::Field("resourceType".into())],
        vec![Agg::Distinct("resourceId".into())],
    ));
    let resources: i64 = types
        .rows
        .iter()
        .filter(|r| !r[0].is_absent())
        .filter_map(|r| r[1].as_i64())
        .sum();
    assert_eq!(sum(table(config, "Type Resources"), 1), resources);
    let items = table(config, "Recorded");
    assert_eq!(items.total as i64, count(&["config"], Expr::exists("resourceId")));
    // Findings: all but the descriptions in a list of checks.
    let finders = [
        "trusted-advisor",
        "asff",
        "guardduty",
        "inspector",
        "prowler",
        "ocsf-finding",
        "config-compliance",
    ];
    let all = count(&finders, !Expr::eq("recordType", "check"));
    assert_eq!(sum(table(findings, "Status"), 4), all);
    let statuses: Vec<&str> = table(findings, "Status")
        .rows
        .iter()
        .map(|r| match &r[0] {
            Cell::Status { status, .. } => *status,
            _ => "",
        })
        .collect();
    let rank = |s: &str| {
        ["red", "yellow", "ok", "none"]
            .iter()
            .position(|known| *known == s)
    };
    assert!(
        statuses.windows(2).all(|w| rank(w[0]) <= rank(w[1])),
        "worst first"
    );
    // Events and coverage hold every record that has a time.
    let timed = count(&[], Expr::exists("@timestamp"));
    assert_eq!(table(events, "Time Kind").total as i64, timed);
    assert_eq!(sum(table(overview, "Account"), 3), timed);
    assert!(!table(overview, "Severity").rows.is_empty());
    let holes: Vec<&Block> = overview
        .blocks
        .iter()
        .filter(|b| matches!(b, Block::Caution(t) if t.starts_with("No CloudTrail")))
        .collect();
    assert_eq!(holes.len(), 1, "the hole of the sample is named");
}

#[test]
fn the_same_text_twice_and_from_any_number_of_shards() {
    let four = Now::sample(4);
    let told = page(&four, &four.scope());
    let asks = one();
    let printed = page(asks, &asks.scope());
    if told != printed {
        let differs = printed.lines().zip(told.lines()).find(|(a, b)| a != b);
        panic!("{differs:?}");
    }
    assert!(told == page(&four, &four.scope()), "twice");
    if let Ok(folder) = std::env::var("TRAILBEAM_PRINT") {
        write(&folder, "whole", &told);
        write(&folder, "night", &page(&four, &night()));
    }
}

#[test]
fn a_narrower_scope_tells_less_and_an_empty_one_says_why() {
    let asks = one();
    let night = night();
    let sections = tell(asks, &night);
    let events = asks.now(night.scoped(Query::groups(&["cloudtrail"], Vec::new(), vec![Agg::Count])));
    assert_eq!(
        table(named(&sections, "trail"), "Time Principal").total,
        events.matched
    );
    let coverage = table(named(&sections, "overview"), "Account");
    let all = asks.now(night.scoped(Query::groups(&[], Vec::new(), vec![Agg::Count])));
    assert_eq!(sum(coverage, 3), all.matched as i64);

    let none = Scope {
        filter: Expr::Compare {
            field: "eventName".into(),
            op: Op::Eq,
            value: "NeverCalled".into(),
        },
        ..asks.scope()
    };
    // The checklist is about everything opened, the alarms about the benchmark's topics, whatever filter and range say.
    let of_filter = |s: &Section| !["checklist", "alarms"].contains(&s.id.as_str());
    // Descriptions of log groups are of no record that a filter is about.
    let of_sample = |s: &Section| of_filter(s) && s.id != "log-groups";
    for section in tell(asks, &none).into_iter().filter(of_sample) {
        let [Block::Paragraph(why)] = section.blocks.as_slice() else {
            panic!("{}: {:?}", section.id, section.blocks);
        };
        assert!(why.starts_with("None of "), "{why}");
    }
    let empty = Now(Mutex::new(Local::new(1)));
    for section in tell(&empty, &empty.scope()).into_iter().filter(of_filter) {
        let [Block::Paragraph(why)] = section.blocks.as_slice() else {
            panic!("{}: {:?}", section.id, section.blocks);
        };
        assert!(why.starts_with("No ") && why.contains("were opened"), "{why}");
    }
}

#[test]
fn choices_of_the_views_are_followed() {
    let asks = one();
    let mut scope = night();
    for (name, value) in [
        ("lanes", "service"),
        ("group", "interface"),
        ("measure", "flows"),
        ("category", "security"),
        ("kind", "vpc-flow"),
        ("stack", "region"),
        ("columns", "srcaddr,dstaddr,@timestamp"),
    ] {
        scope.choices.insert(name.into(), value.into());
    }
    let sections = tell(asks, &scope);
    assert!(headings(named(&sections, "trail"))[0].ends_with("service"));
    assert!(headings(named(&sections, "traffic"))[0].ends_with("interface"));
    assert!(headings(named(&sections, "traffic"))[1].starts_with("Flows over time"));
    let heads: Vec<&str> = tables(named(&sections, "events"))[0]
        .columns
        .iter()
        .map(|c| c.title.as_str())
        .collect();
    assert_eq!(heads, ["Time", "srcaddr", "dstaddr"]);
}

#[test]
fn rows_of_the_moment_at_the_cut_do_not_depend_on_the_shards() {
    let lines = |from: usize| {
        let mut text = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n".to_owned();
        for n in 0..700 {
            text.push_str(&format!(
                "2 111122223333 eni-0a 10.0.{}.{} 10.0.0.5 1 2 6 1 1 1794360400 1794360460 ACCEPT OK\n",
                from + n / 200,
                n % 200
            ));
        }
        text.into_bytes()
    };
    let told = |shards: usize, turned: bool| {
        let mut files = vec![("a.log".to_owned(), lines(0)), ("b.log".to_owned(), lines(10))];
        if turned {
            files.reverse();
        }
        let mut local = Local::new(shards);
        for file in files {
            local.open(vec![file]);
        }
        let asks = Now(Mutex::new(local));
        let query = Query::groups(&["vpc-flow"], Vec::new(), vec![Agg::Count]);
        let first = block_on(first_rows(&asks, query, "start", &["srcaddr"]));
        assert_eq!((first.rows.len(), first.total), (MAX_ROWS, 1400));
        first.rows
    };
    let rows = told(1, false);
    assert!(rows.iter().all(|r| matches!(r[0], Value::Time(_))));
    assert_eq!(rows, told(2, false));
    assert_eq!(rows, told(3, true));
}

/// The page as a file of its own, to look at.
fn write(folder: &str, name: &str, main: &str) {
    let hash = "b41d7a90e6f203c8".repeat(4);
    let css = [
        include_str!("../../style/tokens.css"),
        &crate::chart::svg_css(),
        CSS,
        &folio_css("Access key leak", &hash),
    ]
    .concat();
    let head = header("Access key leak", &hash);
    let text = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Access key leak</title>\n<style>{css}</style>\n</head>\n<body>\n{head}\n<main id=\"report\">{main}</main>\n</body>\n</html>\n"
    );
    std::fs::write(format!("{folder}/{name}.html"), text).expect("a file");
    std::fs::write(format!("{folder}/{name}.main"), main).expect("a file");
}

#[test]
fn the_questions_find_what_the_story_tells() {
    use super::questions::QUESTIONS;
    use crate::sample::story::{BUILD_SERVER, GROUP, LEAKED_KEY, OPENED_EVENT};
    let asks = Now::sample(2);
    let count = |id: &str, about: &str, also: &str| {
        let question = QUESTIONS.iter().find(|q| q.id == id).unwrap();
        let filter = question
            .expr(about)
            .unwrap()
            .and(crate::query::text::parse(also).unwrap());
        asks.now(Query::groups(&["cloudtrail"], Vec::new(), vec![Agg::Count]).filter(filter))
            .matched
    };
    assert_eq!(count("opened", "", &format!("eventID = {OPENED_EVENT}")), 1);
    assert_eq!(count("world", "", &format!("eventID = {OPENED_EVENT}")), 1);
    assert_eq!(count("changed", GROUP, &format!("eventID = {OPENED_EVENT}")), 1);
    assert_eq!(
        count("changed", GROUP, "eventName ^ Describe"),
        0,
        "who only looked changed nothing"
    );
    assert_eq!(count("changed", "sg-of-nobody", ""), 0);
    assert!(count("key", LEAKED_KEY, &format!("sourceIPAddress != {BUILD_SERVER}")) > 0);
    assert!(count("denied", "", "") > 0 && count("deleted", "", "errorCode:*") == 0);
    assert!(count("access", "", "eventName = CreateAccessKey") > 0);
}
