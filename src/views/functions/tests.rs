//! The board over written logs.

use super::model::{BOARD, enough_mb, gb_seconds};
use crate::views::board::{Chosen, Panel};
use crate::views::tests::Now;
use std::sync::Arc;

/// Ten invocations through CloudWatch Logs: the first cold, the last timed out.
fn logs() -> Now {
    let mut events = Vec::new();
    let mut event = |at: i64, message: String| {
        events.push(serde_json::json!({"timestamp": 1_772_442_900_000i64 + at, "message": message, "logStreamName": "s"}));
    };
    for n in 0..10i64 {
        let id = format!("6f0c1e6a-0000-4000-8000-{n:012}");
        let (init, status, ms) = match n {
            0 => ("\tInit Duration: 200.00 ms", "", 50),
            9 => ("", "\tStatus: timeout", 3000),
            _ => ("", "", 20),
        };
        event(n * 1000, format!("START RequestId: {id} Version: $LATEST"));
        if n == 9 {
            event(
                n * 1000 + 5,
                format!("2026-03-02T09:15:04.000Z {id} Task timed out after 3.00 seconds"),
            );
        }
        event(n * 1000 + 10, format!("END RequestId: {id}"));
        event(
            n * 1000 + 10,
            format!(
                "REPORT RequestId: {id}\tDuration: {ms}.00 ms\tBilled Duration: {ms} ms\tMemory Size: 1024 MB\tMax Memory Used: 200 MB{init}{status}"
            ),
        );
    }
    let events = serde_json::Value::Array(events);
    let group = format!(
        r#"{{"messageType":"DATA_MESSAGE","owner":"111122223333","logGroup":"/aws/lambda/front","logStream":"s","logEvents":{events}}}"#
    );
    Now::of(2, vec![("front.json".into(), group.into_bytes())])
}

fn panel(id: &str) -> Panel {
    let all = BOARD.panels(&Chosen(&|_| None, None));
    all.into_iter()
        .find(|p| p.id == id)
        .expect("a panel of this name")
}

#[test]
fn invocations_are_counted_once_each() {
    let asks = logs();
    let panel = panel("figures");
    let answers: Vec<_> = panel
        .asks(&BOARD, 1)
        .into_iter()
        .map(|q| Arc::new(asks.now(q)))
        .collect();
    let told: Vec<String> = panel
        .facts(&answers, |_| true)
        .iter()
        .map(|f| format!("{}: {} ({})", f.title, f.value, f.note))
        .collect();
    assert_eq!(
        told,
        [
            "Invocations: 10 ()",
            "Failed: 1 (10.0 %)",
            "Timed out: 1 ()",
            "Cold starts: 1 (10.0 %)",
            "Functions: 1 ()",
            "Duration: 20 ms (p95 2.98 s, p99 2.98 s, most 3 s)",
        ]
    );
}

#[test]
fn memory_that_nobody_used_is_told_in_what_it_costs() {
    let asks = logs();
    let panel = panel("memory");
    let answers: Vec<_> = panel
        .asks(&BOARD, 1)
        .into_iter()
        .map(|q| Arc::new(asks.now(q)))
        .collect();
    let rows = panel.rows(&answers).rows;
    let (keys, cells) = &rows[0];
    assert_eq!(
        (keys[0].to_text(), keys[1].as_i64()),
        ("front".to_owned(), Some(1024))
    );
    let texts: Vec<&str> = cells.iter().map(|c| c.text.as_str()).collect();
    // 3,210 ms at 1 GB; at 240 MB they would be 0.75.
    assert_eq!(texts, ["10", "200", "200", "240", "3.21", "2.46", "< 0.01"]);
    let price = cells.last().and_then(|c| c.value.as_f64()).unwrap_or(0.0);
    assert!((price - 2.4577 * 0.000_016_666_7).abs() < 1e-7, "{price}");
}

#[test]
fn enough_is_never_more_than_there_is_nor_less_than_one_can_have() {
    assert_eq!(
        [enough_mb(10, 128), enough_mb(200, 1024), enough_mb(1000, 1024)],
        [128, 240, 1024]
    );
    assert!((gb_seconds(1000.0, 512) - 0.5).abs() < 1e-12);
}
