//! The board over the built-in sample's bill.

use super::model::BOARD;
use crate::sample;
use crate::share::report::Block;
use crate::views::board::{Chosen, Panel};
use crate::views::tests::{Now, block_on, table};
use std::sync::Arc;

fn bill() -> Now {
    let files = (0..sample::SAMPLE_FILES).map(sample::make);
    let bills = files.filter(|f| f.kind == "cur");
    Now::of(2, bills.map(|f| (f.name, f.bytes)).collect())
}

fn panel(id: &str, tag: &str) -> Panel {
    let all = BOARD.panels(&Chosen(&|name| (name == "tag").then(|| tag.to_owned()), None));
    all.into_iter()
        .find(|p| p.id == id)
        .expect("a panel of this name")
}

#[test]
fn services_add_up_to_the_bill() {
    let asks = bill();
    let cost_of = |panel: &Panel, cell: usize| -> f64 {
        let answers: Vec<_> = panel
            .asks(&BOARD, 1)
            .into_iter()
            .map(|q| Arc::new(asks.now(q)))
            .collect();
        panel
            .rows(&answers)
            .rows
            .iter()
            .filter_map(|r| r.1[cell].value.as_f64())
            .sum()
    };
    let [services, accounts, usage] = ["services", "accounts", "usage"].map(|id| cost_of(&panel(id, ""), 0));
    assert!(services > 0.0);
    assert!((services - accounts).abs() < 1e-6 && (services - usage).abs() < 1e-6);
}

#[test]
fn movers_stand_by_how_much_they_moved() {
    let asks = bill();
    let span = asks.scope().span;
    let all = BOARD.panels(&Chosen(
        &|name| (name == "cost-by").then(|| "resource".to_owned()),
        span,
    ));
    let movers = all.into_iter().find(|p| p.id == "movers").expect("movers");
    let answers: Vec<_> = movers
        .asks(&BOARD, 1)
        .into_iter()
        .map(|q| Arc::new(asks.now(q)))
        .collect();
    let rows = movers.rows(&answers).rows;
    let of = |cell: usize| -> Vec<f64> { rows.iter().filter_map(|r| r.1[cell].value.as_f64()).collect() };
    let (before, after, change) = (of(0), of(1), of(2));
    assert!(rows.len() > 2);
    for ((before, after), change) in before.iter().zip(&after).zip(&change) {
        assert!((after - before - change).abs() < 1e-9);
    }
    assert!(
        change.windows(2).all(|two| two[0].abs() >= two[1].abs()),
        "{change:?}"
    );
    // Both periods together are the bill.
    let bill: f64 = before.iter().chain(&after).sum();
    let services = panel("services", "");
    let answers: Vec<_> = services
        .asks(&BOARD, 1)
        .into_iter()
        .map(|q| Arc::new(asks.now(q)))
        .collect();
    let all: f64 = services
        .rows(&answers)
        .rows
        .iter()
        .filter_map(|r| r.1[0].value.as_f64())
        .sum();
    assert!((bill - all).abs() < 1e-6, "{bill} of {all}");
}

#[test]
fn a_report_tells_what_was_paid() {
    let asks = bill();
    let section = block_on(super::EXPORT(&asks, &asks.scope()));
    assert!(section.blocks.iter().any(|b| matches!(b, Block::Chart(_))));
    assert!(!table(&section, "Service Cost").rows.is_empty());
}

#[test]
fn without_bills_a_report_says_so() {
    let asks = Now::of(1, Vec::new());
    assert_eq!(block_on(super::EXPORT(&asks, &asks.scope())).blocks.len(), 1);
}
