//! A structured question and the text that is written of it have the same answer.

use trailbeam::base::Value;
use trailbeam::base::time::{HOUR, MINUTE};
use trailbeam::engine::local::Local;
use trailbeam::engine::port::{Language, Question};
use trailbeam::language::insights::time_text;
use trailbeam::query::{Agg, Expr, Key, Op, Order, Query, Rows, Select, Sort, Window, fields_of};
use trailbeam::session::FieldState;
use trailbeam::session::written::{Written, insights_of};

fn event(n: usize) -> String {
    let name = ["GetObject", "PutObject", "ConsoleLogin"][n % 3];
    let error = if n.is_multiple_of(5) {
        r#""errorCode":"AccessDenied","#
    } else {
        ""
    };
    format!(
        r#"{{"eventVersion":"1.09","userIdentity":{{"type":"IAMUser","userName":"u{}","arn":"arn:aws:iam::111122223333:user/u{}"}},"eventTime":"2026-11-11T{:02}:{:02}:01Z","eventSource":"s3.amazonaws.com","eventName":"{name}",{error}"awsRegion":"eu-west-1","sourceIPAddress":"198.51.100.{}","userAgent":"test","requestID":"r-{n}","eventID":"e-{n}","readOnly":{},"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"111122223333","eventCategory":"Management"}}"#,
        n % 4,
        n % 4,
        n / 60 % 24,
        n % 60,
        n % 6,
        n.is_multiple_of(3)
    )
}

fn flows(n: usize) -> String {
    let mut out = String::from(
        "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n",
    );
    for i in 0..n {
        let action = if i % 4 == 0 { "REJECT" } else { "ACCEPT" };
        let start = 1_794_355_200 + i * 17;
        out.push_str(&format!(
            "2 111122223333 eni-{} 10.0.{}.{} 203.0.113.9 4{:04} {} 6 1 {} {start} {} {action} OK\n",
            i % 3,
            i % 2,
            i % 5,
            i % 1000,
            [22, 443][i % 2],
            i * 10,
            start + 60
        ));
    }
    out.push_str("2 111122223333 eni-1 - - - - - - - 1794355200 1794355260 - NODATA\n");
    out
}

fn opened() -> (Local, Vec<FieldState>) {
    let mut local = Local::new(2);
    let events: Vec<String> = (0..300).map(event).collect();
    let trail = format!(r#"{{"Records":[{}]}}"#, events.join(","));
    local.open(vec![
        ("trail.json".into(), trail.into_bytes()),
        ("flows.log".into(), flows(500).into_bytes()),
    ]);
    let mut known: Vec<FieldState> = Vec::new();
    for field in local.shards().flat_map(fields_of) {
        let field = FieldState {
            kind: field.kind,
            name: field.name,
            ty: field.ty,
            role: field.role,
            unit: field.unit,
        };
        if !known.contains(&field) {
            known.push(field);
        }
    }
    (local, known)
}

/// As the language tells it.
fn cell(value: &Value) -> String {
    match value {
        Value::Bool(b) => u8::from(*b).to_string(),
        Value::Time(ns) => time_text(*ns),
        other => other.to_text(),
    }
}

/// Asks both ways; the rows, put in order.
fn both(local: &mut Local, known: &[FieldState], query: &Query) -> (Vec<String>, Vec<String>, Written) {
    let sorted = |mut rows: Vec<String>| {
        rows.sort();
        rows
    };
    let answer = local.ask(query);
    let rows = answer
        .rows
        .iter()
        .map(|r| r.iter().map(cell).collect::<Vec<_>>().join(" | "));
    let asked = sorted(rows.collect());
    let written = insights_of(query, known);
    let question = Question {
        language: Language::Insights,
        text: written.text.clone(),
        range: None,
        filter: Expr::All,
        now: 0,
        data: None,
    };
    let table = local
        .inquire(&question)
        .unwrap_or_else(|why| panic!("{}\n{why}", written.text));
    let rows = table
        .rows
        .iter()
        .map(|r| r.iter().map(|v| v.export()).collect::<Vec<_>>().join(" | "));
    (asked, sorted(rows.collect()), written)
}

fn by(name: &str) -> Key {
    Key::Field(name.to_owned())
}

fn network(field: &str) -> Key {
    Key::Network {
        field: field.to_owned(),
        v4_bits: 24,
        v6_bits: 128,
    }
}

fn compare(field: &str, op: Op, value: impl Into<Value>) -> Expr {
    Expr::Compare {
        field: field.to_owned(),
        op,
        value: value.into(),
    }
}

#[test]
fn groups_are_the_same_in_both() {
    let (mut local, known) = opened();
    let flow =
        |by: Vec<Key>, aggs: Vec<Agg>| Query::groups(&["vpc-flow"], by, aggs).filter(Expr::exists("srcaddr"));
    let trail = |by: Vec<Key>, aggs: Vec<Agg>| Query::groups(&["cloudtrail"], by, aggs);
    let sum = || Agg::Sum("bytes".into());
    let refused = || Expr::eq("action", "REJECT");
    let hour = || Key::Time { width_ns: HOUR };
    let count = || vec![Agg::Count];
    let queries = [
        flow(
            vec![by("srcaddr"), by("dstaddr")],
            vec![
                sum(),
                Agg::SumIf("bytes".into(), refused()),
                Agg::CountIf(refused()),
            ],
        ),
        flow(vec![network("srcaddr"), by("dstport")], vec![sum(), Agg::Count]),
        flow(
            vec![by("interface-id")],
            vec![
                Agg::Min("bytes".into()),
                Agg::Max("bytes".into()),
                Agg::Distinct("srcaddr".into()),
            ],
        ),
        flow(vec![by("dstport")], count()).filter(Expr::eq("srcaddr", "10.0.1.0/24")),
        flow(vec![by("dstport")], count()).filter(!Expr::eq("srcaddr", "10.0.1.0/24")),
        flow(vec![by("action")], count()).filter(Expr::Or(vec![
            compare("bytes", Op::Ge, 3000),
            Expr::any_of("dstport", &["22"]),
        ])),
        flow(vec![Key::If(refused())], count()).filter(compare("action", Op::StartsWith, "A")),
        flow(vec![Key::First(vec![by("vpc-id"), by("action")])], count()),
        trail(
            vec![by("principal"), hour()],
            vec![
                Agg::CountIf(Expr::eq("readOnly", Value::Bool(true))),
                Agg::Count,
                Agg::CountIf(Expr::eq("outcome", "failed")),
            ],
        )
        .order(Order::Key),
        trail(vec![by("errorCode")], count()).filter(Expr::exists("errorCode")),
        trail(vec![by("eventName")], count()).filter(Expr::eq("errorCode", Value::Absent)),
        trail(vec![by("eventName")], count()).filter(compare("eventName", Op::Contains, "OBJECT")),
        trail(vec![by("eventName")], count()).filter(compare("eventTime", Op::Lt, "2026-11-11T02:00:00Z")),
        trail(
            vec![by("userIdentity.type")],
            vec![
                Agg::Latest("eventName".into()),
                Agg::Earliest("sourceIPAddress".into()),
            ],
        ),
        Query::groups(&[], vec![Key::Time { width_ns: 5 * MINUTE }, Key::Kind], count()).order(Order::Key),
        Query::groups(&[], vec![by("account"), Key::Kind], count()),
        Query::groups(&[], vec![by("source")], count()).filter(Expr::ne("source", Value::Absent)),
        Query::groups(&[], vec![], count()).filter(Expr::Text("accessdenied".into())),
    ];
    for query in queries {
        let (asked, heard, written) = both(&mut local, &known, &query);
        assert!(!asked.is_empty(), "{}", written.text);
        assert_eq!(asked, heard, "{}", written.text);
        assert!(written.lacks.is_empty(), "{}", written.text);
    }
}

#[test]
fn records_are_the_same_in_both() {
    let (mut local, known) = opened();
    let columns = ["@timestamp", "@kind", "action", "account", "source"];
    let query = Query {
        kinds: Vec::new(),
        range: None,
        filter: Expr::ne("source", Value::Absent).and(Expr::ne("action", "ACCEPT")),
        select: Select::Rows(Rows {
            columns: columns.map(str::to_owned).to_vec(),
            sort: Sort::by_time(),
            window: Window::From {
                start: None,
                count: 1000,
            },
        }),
    };
    let (asked, heard, written) = both(&mut local, &known, &query);
    assert_eq!(asked, heard, "{}", written.text);
    assert_eq!(asked.len(), 300 + 125, "{}", written.text);
}
