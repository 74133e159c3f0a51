//! The board over written logs: what is asked is what is told.

use super::client::{ask_minutes, visits};
use super::model::BOARD;
use crate::base::Value;
use crate::share::report::{Block, Cell, Section};
use crate::views::board::{Chosen, Panel, Rows};
use crate::views::tests::{Now, block_on, table};
use std::sync::Arc;

/// Requests through a balancer, one a second: path, status, seconds that the target took.
fn balanced(requests: &[(&str, u16, f64)]) -> Vec<u8> {
    let line = |(n, (path, status, seconds)): (usize, &(&str, u16, f64))| {
        format!(
            "https 2026-03-02T09:15:{:02}.000000Z app/front/0123456789abcdef 203.0.113.{}:4000 10.0.2.17:80 0.001 {seconds} 0.000 {status} {status} 100 1000 \"GET https://www.example.com:443{path} HTTP/1.1\" \"curl/8.5.0\" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/front/1 \"Root=1-0-0\" \"www.example.com\" \"-\" 1 2026-03-02T09:15:00.000000Z \"forward\" \"-\" \"-\" \"10.0.2.17:80\" \"{status}\" \"-\" \"-\" TID_0\n",
            n % 60,
            n % 2 + 1,
        )
    };
    requests
        .iter()
        .enumerate()
        .map(line)
        .collect::<String>()
        .into_bytes()
}

/// Of 100 requests, two failed; the slowest five took a second.
fn hundred() -> Now {
    let request = |n: usize| match n {
        0 => ("/admin", 403, 0.010),
        1 => ("/pay", 503, 1.0),
        2..6 => ("/pay", 200, 1.0),
        _ => ("/", 200, 0.010),
    };
    let all: Vec<_> = (0..100).map(request).collect();
    Now::of(2, vec![("front.log".into(), balanced(&all))])
}

fn panel(id: &str) -> Panel {
    let all = BOARD.panels(&Chosen(&|_| None, None));
    all.into_iter()
        .find(|p| p.id == id)
        .expect("a panel of this name")
}

fn rows(asks: &Now, id: &str) -> Rows {
    let panel = panel(id);
    let answers: Vec<_> = panel
        .asks(&BOARD, 1)
        .into_iter()
        .map(|q| Arc::new(asks.now(q)))
        .collect();
    panel.rows(&answers)
}

#[test]
fn figures_are_of_all_requests() {
    let asks = hundred();
    let panel = panel("figures");
    let answers: Vec<_> = panel
        .asks(&BOARD, 1)
        .into_iter()
        .map(|q| Arc::new(asks.now(q)))
        .collect();
    let facts = panel.facts(&answers, |kinds| kinds.contains(&"alb"));
    let told: Vec<String> = facts
        .iter()
        .map(|f| format!("{}: {} ({})", f.title, f.value, f.note))
        .collect();
    assert_eq!(
        told,
        [
            "Requests: 100 ()",
            "Failed: 2 (2.00 %)",
            "Server errors: 1 (1.00 %)",
            "Client errors: 1 (1.00 %)",
            "Denied: 1 (1.00 %)",
            "Sent: 100 kB ()",
            "Clients: 2 ()",
            // 11 ms is whole and small; 1001 ms is told within 1/64.
            "Latency: 11 ms (p95 11 ms, p99 1 s, most 1 s)",
        ]
    );
}

#[test]
fn targets_tell_their_own_errors_and_how_long_they_took() {
    let told = rows(&hundred(), "targets");
    assert_eq!(told.groups, 1);
    let (keys, cells) = &told.rows[0];
    assert_eq!(keys[0], Value::from("10.0.2.17"));
    let texts: Vec<&str> = cells.iter().map(|c| c.text.as_str()).collect();
    assert_eq!(&texts[..4], ["100", "2.00 %", "1", "59.5 ms"]);
}

#[test]
fn a_client_is_narrowed_to_by_its_address() {
    let told = rows(&hundred(), "clients");
    let requests: Vec<&str> = told.rows.iter().map(|r| r.1[0].text.as_str()).collect();
    assert_eq!(requests, ["50", "50"]);
    let narrowed = panel("clients").narrowed(&told.rows[0].0);
    assert_eq!(narrowed[0].0, "source");
}

#[test]
fn a_clients_requests_are_cut_into_sessions() {
    let asks = hundred();
    let all = visits(&asks.now(ask_minutes("203.0.113.1")));
    assert_eq!(
        all.iter().map(|v| (v.requests, v.failed)).collect::<Vec<_>>(),
        [(50, 1)]
    );
    assert_eq!(visits(&asks.now(ask_minutes("203.0.113.9"))), []);
}

fn told(asks: &Now) -> Section {
    block_on(super::EXPORT(asks, &asks.scope()))
}

#[test]
fn a_report_tells_the_same() {
    let section = told(&hundred());
    let charts = section.blocks.iter().filter(|b| matches!(b, Block::Chart(_)));
    // Status, latency, parts, bytes.
    assert_eq!(charts.count(), 4);
    let failed = table(&section, "Paths that failed");
    let paths: Vec<String> = failed
        .rows
        .iter()
        .map(|row| match &row[0] {
            Cell::Value(value) => value.to_text(),
            other => format!("{other:?}"),
        })
        .collect();
    assert_eq!(paths, ["/admin", "/pay"]);
}

#[test]
fn without_requests_a_report_says_so() {
    let asks = Now::of(1, Vec::new());
    let section = told(&asks);
    assert_eq!(section.blocks.len(), 1);
}
