//! What the view's tables are saved as: the pairs, the lists beside the graph, and the charts' figures.

use super::conversations::sheet;
use super::skipped::{has_filter, hatched};
use crate::base::Value;
use crate::chart::Frame;
use crate::query::{Agg, Answer, Query};
use crate::session::Session;
use crate::share::Sheet;
use crate::views::download::{MOST_GROUPS, Table, count, rows_of, twin_sheet};
use crate::views::shared::{bucket_width, capital};
use crate::views::traffic::model::conversations::Listed;
use crate::views::traffic::model::skipped::{Stretch, ask_interfaces, ask_skipped, stretches};
use crate::views::traffic::model::*;
use leptos::prelude::*;
use std::sync::Arc;

/// Every table of the view under the page's filter and range; the conversations where they are on screen.
pub fn all(
    session: Session,
    drawn: Signal<Option<Arc<Drawn>>>,
    measure: Signal<String>,
    talks: RwSignal<Option<Arc<Listed>>>,
) -> Vec<Table> {
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
    tables.push(skipped_table(session));
    if let Some(found) = talks.get_untracked() {
        tables.insert(
            1,
            Table::held("Conversations", "traffic-conversations", move || sheet(&found)),
        );
    }
    tables
}

/// The questions for skipped records; the second is there where the page has a filter.
fn ask_holes(session: Session) -> Vec<Query> {
    let mut all = vec![ask_skipped(session.range.get())];
    if has_filter(session) {
        all.push(session.scoped(ask_interfaces()));
    }
    all
}

fn holes_of(session: Session, answers: &[Arc<Answer>]) -> Vec<Stretch> {
    let interfaces = answers.get(1).map(|a| &**a);
    answers
        .first()
        .map(|lines| stretches(lines, interfaces, session.range.get()))
        .unwrap_or_default()
}

/// When an interface's records were skipped.
fn skipped_table(session: Session) -> Table {
    Table::asked(
        "Skipped records",
        "traffic-skipped",
        move || ask_holes(session),
        move |answers| {
            let rows = holes_of(session, answers).into_iter().map(|s| {
                let (from, to) = (s.range.from_ns, s.range.to_ns);
                vec![
                    Value::Text(s.interface),
                    Value::Time(from),
                    Value::Time(to),
                    count(s.lines),
                ]
            });
            Sheet::new(&["Interface", "From", "To", "SKIPDATA lines"], rows.collect())
        },
    )
}

/// A measure over time, as the chart beside the graph shows it.
fn over_time_table(session: Session, measure: usize, name: &'static str) -> Table {
    let step = move || session.shown_range_of(&KINDS).map(|r| bucket_width(r, BARS));
    Table::asked(
        &format!("{} over time", capital(name)),
        &format!("traffic-{name}-over-time"),
        move || {
            let over_time = step().map(|s| session.scoped(ask_over_time(s)));
            over_time.into_iter().chain(ask_holes(session)).collect()
        },
        move |answers| {
            let (Some(answer), Some(range), Some(step_ns)) =
                (answers.first(), session.shown_range_of(&KINDS), step())
            else {
                return Sheet::default();
            };
            let frame = Frame {
                width: 800.0,
                height: 100.0,
                range,
                offset_min: session.offset_min(range.from_ns),
            };
            let holes = hatched(session, &holes_of(session, &answers[1..]), range, step_ns);
            twin_sheet(over_time(answer, measure, frame, step_ns, &holes))
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
