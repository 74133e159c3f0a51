//! Traffic in a report: the graph, bytes over time, the largest pairs, what was rejected, service ports.

use super::model::*;
use crate::base::{Value, size};
use crate::chart::{Camera, GraphView, LayoutInput, Zone, graph as graph_scene, layout};
use crate::query::{Answer, Expr};
use crate::share::report::{Asks, Cell, Export, Scope, Section, Table, period};
use crate::views::printed::{choice, frame, nothing};
use crate::views::shared::{bucket_width, capital, width_word};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Rows of the table of pairs.
const PAIR_ROWS: usize = 60;
/// Rows of the other lists.
const LIST_ROWS: usize = 20;
/// Height of a chart over time (CSS pixels).
const HEIGHT: f64 = 170.0;
/// Height of the graph: for each node of its fullest zone, at least, and at most a page less its head.
const NODE_HEIGHT: f64 = 44.0;
const LEAST_HEIGHT: f64 = 240.0;
const MOST_HEIGHT: f64 = 780.0;

pub const EXPORT: Export = |asks, scope| Box::pin(tell(asks, scope));

async fn tell(asks: &dyn Asks, scope: &Scope) -> Section {
    let mut section = Section::new("traffic", "Traffic");
    if let Some(why) = nothing(asks, scope, &KINDS, "flow log records").await {
        section.paragraph(why);
        return section;
    }
    let known = |choices: &[(&str, &str)], name: &str, usual: &str| {
        let chosen = choice(scope, name, usual);
        let known = choices.iter().find(|(id, _)| *id == chosen);
        known.map_or(usual, |(id, _)| id).to_owned()
    };
    let grouping = known(&GROUPINGS, "group", "subnet");
    let measure = known(&MEASURES, "measure", "bytes");
    let unit = unit_of(&measure);
    let names = names(&*asks.ask(ask_names()).await);
    let (drawn, word) = (
        drawn(asks, scope, &grouping, &measure, &names).await,
        GROUPINGS
            .iter()
            .find(|(id, _)| *id == grouping)
            .map_or("", |(_, w)| w),
    );
    section.heading(&format!("Who sent to whom, by {word}"));
    if drawn.graph.nodes.is_empty() {
        section.paragraph("No record of this period carries traffic.");
    } else {
        section.chart(picture(scope, &drawn, &measure));
        if grouping == "port" {
            section.paragraph(ports::HOW);
        }
    }
    if let Some(lines) = empty_lines(&*asks.ask(scope.scoped(ask_empty_lines())).await) {
        section.paragraph(format!("{lines}."));
    }

    if let Some(range) = scope.span {
        section.note = period(range);
        let step = bucket_width(range, BARS);
        let answer = asks.ask(scope.scoped(ask_over_time(step))).await;
        let at = MEASURES.iter().position(|(m, _)| *m == measure).unwrap_or(0);
        section.heading(&format!("{} over time, {}", capital(&measure), width_word(step)));
        let asked = skipped::ask_skipped(Some(range));
        let interfaces = match scope.filter {
            Expr::All => None,
            _ => Some(asks.ask(scope.scoped(skipped::ask_interfaces())).await),
        };
        let stretches = skipped::stretches(&*asks.ask(asked).await, interfaces.as_deref(), Some(range));
        let holes = skipped::holes(&stretches, range, step, period);
        section.chart(over_time(&answer, at, frame(scope, range, HEIGHT), step, &holes));
    }

    section.heading("The largest pairs");
    let end = |id: &str| match names.get(id) {
        Some(name) => Cell::text(format!("{id} {name}")),
        None => Cell::text(if id.is_empty() { "no port" } else { id }),
    };
    let rows = ordered(drawn.pairs.clone(), By::Total, true);
    let count = rows.len() as u64;
    let rows = rows.into_iter().take(PAIR_ROWS).map(|p| {
        vec![
            end(&p.from),
            end(&p.to),
            Cell::count(p.accepted),
            Cell::count(p.rejected),
            Cell::count(p.flows),
        ]
    });
    let (accepted, refused) = (format!("#{measure} accepted"), format!("#{measure} rejected"));
    let columns = ["=From", "=To", &accepted, &refused, "#Flows"].map(heading);
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let table = Table::new(&columns, rows.collect()).of(count);
    section.table(table, "No record of this period carries traffic.");
    if let Some(rest) = &drawn.rest {
        section.paragraph(format!(
            "Smaller pairs that are not told apart carried {} accepted and {} rejected in {}.",
            unit.long(rest.accepted),
            unit.long(rest.rejected),
            size::counted(rest.flows, "flows")
        ));
    }

    section.heading("Rejected pairs");
    let refused = asks.ask(scope.scoped(ask_refused(LIST_ROWS))).await;
    let rows = refused.rows.iter().map(|r| {
        let text = |i: usize| r.get(i).map(Value::to_text).unwrap_or_default();
        vec![
            end(&text(0)),
            end(&text(1)),
            Cell::text(ports::port_name(&text(2))),
            Cell::Value(r.get(3).cloned().unwrap_or_default()),
        ]
    });
    let table = Table::new(&["=From", "=To", "Destination port", "#Flows"], rows.collect());
    section.table(table.of(refused.groups), "Nothing was rejected in this period.");

    section.heading("Service ports");
    let mut answers = Vec::new();
    for query in ports::ask_top() {
        answers.push(asks.ask(scope.scoped(query)).await);
    }
    let all = ports::top(&answers, usize::MAX);
    let count = all.len() as u64;
    let row = |(port, n): (String, i64)| vec![Cell::text(ports::port_name(&port)), Cell::count(n)];
    let rows = all.into_iter().take(LIST_ROWS).map(row).collect();
    let table = Table::new(&["Port", "#Flows"], rows).of(count);
    section.table(table, "No record of this period carries traffic.");
    section.paragraph(ports::HOW);
    section
}

fn heading(name: &str) -> String {
    match name.strip_prefix('#') {
        Some(name) => format!("#{}", capital(name)),
        None => name.to_owned(),
    }
}

/// The graph under the report's filter and range, as the view draws it first.
async fn drawn(
    asks: &dyn Asks,
    scope: &Scope,
    grouping: &str,
    measure: &str,
    names: &BTreeMap<String, String>,
) -> Drawn {
    let mut owned = Owned::default();
    if Asked::needs_owned(grouping) {
        let mut answers: Vec<Arc<Answer>> = Vec::new();
        for query in ask_owned() {
            answers.push(asks.ask(query).await);
        }
        owned = learn(&answers);
    }
    let asked = Asked {
        grouping: grouping.to_owned(),
        measure: measure.to_owned(),
        owned,
    };
    let mut answers = Vec::new();
    for query in asked.queries() {
        answers.push(asks.ask(scope.scoped(query)).await);
    }
    let (pairs, rest) = asked.pairs(&answers);
    graph(asked, pairs, rest, &BTreeMap::new(), names)
}

fn picture(scope: &Scope, drawn: &Drawn, measure: &str) -> crate::chart::Scene {
    let mut zones: BTreeMap<Zone, usize> = BTreeMap::new();
    for zone in &drawn.zones {
        *zones.entry(*zone).or_default() += 1;
    }
    let fullest = zones.values().copied().max().unwrap_or(0) as f64;
    let wanted = (fullest * NODE_HEIGHT + 60.0).clamp(LEAST_HEIGHT, MOST_HEIGHT);
    let placed = layout::layout(&LayoutInput {
        graph: drawn.graph.clone(),
        width: scope.width,
        height: wanted,
    });
    let camera = Camera::fit(&placed, scope.width, MOST_HEIGHT);
    let height = (placed.height * camera.scale).ceil().clamp(80.0, MOST_HEIGHT);
    graph_scene(&GraphView {
        title: "Traffic",
        width: scope.width,
        height,
        graph: &drawn.graph,
        placed: &placed,
        camera: Camera::fit(&placed, scope.width, height),
        unit: unit_of(measure),
        chosen: None,
    })
}
