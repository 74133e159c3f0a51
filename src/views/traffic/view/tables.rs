//! What the view's tables are saved as: the pairs, the lists beside the graph, and the charts' figures.

use crate::base::Value;
use crate::chart::Frame;
use crate::query::{Agg, Query};
use crate::session::Session;
use crate::share::Sheet;
use crate::views::download::{MOST_GROUPS, Table, count, rows_of, twin_sheet};
use crate::views::shared::{bucket_width, capital};
use crate::views::traffic::model::*;
use leptos::prelude::*;
use std::sync::Arc;

/// Every table of the view under the page's filter and range.
pub fn all(session: Session, drawn: Signal<Option<Arc<Drawn>>>, measure: Signal<String>) -> Vec<Table> {
    let records = move || session.scoped(Query::groups(&KINDS, Vec::new(), vec![Agg::Count]));
    let pairs = Table::held("Pairs", "traffic", move || {
        drawn.get().map(|d| pair_sheet(&d)).unwrap_or_default()
    });
    let talkers = Table::asked(
        "Top talkers",
        "traffic-talkers",
        move || vec![session.scoped(ask_talkers(&measure.get(), MOST_GROUPS))],
        move |answers| Sheet::new(&["Source address", &capital(&measure.get())], rows_of(answers)),
    );
    let ports = Table::asked(
        "Service ports",
        "traffic-ports",
        move || ports::ask_top().into_iter().map(|q| session.scoped(q)).collect(),
        |answers| {
            let all = ports::top(answers, MOST_GROUPS).into_iter();
            let rows = all.map(|(port, n)| vec![Value::Text(ports::port_name(&port)), count(n)]);
            Sheet::new(&["Service port", "Flows"], rows.collect())
        },
    );
    let refused = Table::asked(
        "Rejected",
        "traffic-rejected",
        move || vec![session.scoped(ask_refused(MOST_GROUPS))],
        |answers| {
            let heads = ["Source address", "Destination address", "Port", "Flows"];
            Sheet::new(&heads, rows_of(answers))
        },
    );
    let mut tables = vec![
        pairs.of_records(move || Some(records())),
        talkers.of_records(move || Some(records())),
        ports.of_records(move || Some(records())),
        refused.of_records(move || Some(records().filter(rejected()))),
    ];
    tables.extend(
        MEASURES
            .iter()
            .enumerate()
            .map(|(n, (name, _))| over_time_table(session, n, name)),
    );
    tables
}

/// A measure over time, as the chart beside the graph shows it.
fn over_time_table(session: Session, measure: usize, name: &'static str) -> Table {
    let step = move || session.shown_range().map(|r| bucket_width(r, BARS));
    Table::asked(
        &format!("{} over time", capital(name)),
        &format!("traffic-{name}-over-time"),
        move || {
            step()
                .map(|s| session.scoped(ask_over_time(s)))
                .into_iter()
                .collect()
        },
        move |answers| {
            let (Some(answer), Some(range), Some(step_ns)) = (answers.first(), session.shown_range(), step())
            else {
                return Sheet::default();
            };
            let frame = Frame {
                width: 800.0,
                height: 100.0,
                range,
                offset_min: session.offset_min(range.from_ns),
            };
            twin_sheet(over_time(answer, measure, frame, step_ns))
        },
    )
}

fn pair_sheet(drawn: &Drawn) -> Sheet {
    let columns = pair_columns(&drawn.asked.measure);
    let rows = drawn.pairs.iter().chain(&drawn.rest).map(|p| {
        vec![
            Value::Text(p.from.clone()),
            Value::Text(p.to.clone()),
            count(p.accepted),
            count(p.rejected),
            count(p.flows),
        ]
    });
    Sheet {
        columns: columns.into_iter().map(|c| c.0).collect(),
        rows: rows.collect(),
    }
}
