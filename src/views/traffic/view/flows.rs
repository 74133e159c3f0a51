//! The same pairs as ribbons and as a matrix: over one selection with the graph and the table.

use super::Legend;
use crate::chart::{
    Amount, Crossing, Datum, End, Ink, Matrix, OTHERS, Picked, Ribbon, Sankey, Scene, Unit, matrix, sankey,
};
use crate::session::Session;
use crate::views::traffic::model::Drawn;
use crate::widgets::{ChartBox, chart::Build};
use leptos::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The ends of the pairs by side, and the pairs by their places in the two lists.
struct Sides {
    from: Vec<End>,
    to: Vec<End>,
    flows: Vec<(usize, usize, Amount, Amount)>,
}

fn sides(session: Session, drawn: &Drawn, names: &BTreeMap<String, String>) -> Sides {
    fn place(list: &mut Vec<End>, at: &mut BTreeMap<String, usize>, id: &str, name: Option<String>) -> usize {
        if let Some(&known) = at.get(id) {
            return known;
        }
        let named = name.is_some();
        list.push(End {
            id: id.to_owned(),
            name: name.unwrap_or_else(|| {
                if id.is_empty() {
                    "no port".to_owned()
                } else {
                    id.to_owned()
                }
            }),
            detail: if named { id.to_owned() } else { String::new() },
            ink: Ink::InkQuiet,
        });
        at.insert(id.to_owned(), list.len() - 1);
        list.len() - 1
    }
    let name = |id: &str| names.get(id).cloned().or_else(|| session.end_name(id));
    let (mut from, mut to) = (Vec::new(), Vec::new());
    let (mut from_at, mut to_at) = (BTreeMap::new(), BTreeMap::new());
    let flows = drawn
        .pairs
        .iter()
        .chain(&drawn.rest)
        .map(|p| {
            let a = place(&mut from, &mut from_at, &p.from, name(&p.from));
            let b = place(&mut to, &mut to_at, &p.to, name(&p.to));
            (a, b, p.accepted, p.rejected)
        })
        .collect();
    Sides { from, to, flows }
}

/// Pairs as ribbons (`matrix` false) or as a matrix; what is picked narrows the filter.
#[component]
pub fn Flows(
    session: Session,
    drawn: Signal<Option<Arc<Drawn>>>,
    names: Signal<Arc<BTreeMap<String, String>>>,
    unit: Signal<Unit>,
    as_matrix: bool,
) -> impl IntoView {
    let held = Memo::new_with_compare(
        move |_| {
            let drawn = drawn.get()?;
            Some(Arc::new(names.with(|names| sides(session, &drawn, names))))
        },
        |_, _| true,
    );
    let chosen = RwSignal::new(None::<Picked>);
    // What was chosen stands elsewhere in other pairs.
    Effect::new(move |_| {
        held.track();
        chosen.set(None);
    });
    let make: Build = Arc::new(move |width, height| -> Option<Scene> {
        let sides = held.get()?;
        Some(if as_matrix {
            let cells: Vec<Crossing> = (sides.flows.iter())
                .map(|&(row, column, accepted, rejected)| Crossing {
                    row,
                    column,
                    accepted,
                    rejected,
                })
                .collect();
            matrix(&Matrix {
                title: "Traffic",
                width,
                height,
                unit: unit.get(),
                rows: &sides.from,
                columns: &sides.to,
                cells: &cells,
            })
        } else {
            with_sankey(&sides, width, height, unit.get(), chosen.get(), sankey)
        })
    });
    let narrow = move |pair: usize| {
        let filter = drawn.with_untracked(|d| {
            let d = d.as_ref()?;
            d.asked.pair_filter(d.pairs.get(pair)?)
        });
        if let Some(filter) = filter {
            session.narrow(filter);
        }
    };
    // The first press selects, the second narrows, as in the graph.
    let picked = move |datum: Datum| {
        let Some(sides) = held.get_untracked() else { return };
        if as_matrix {
            if datum.payload < OTHERS {
                narrow(datum.payload);
            }
            return;
        }
        let what = with_sankey(&sides, 800.0, 400.0, untrack(|| unit.get()), None, |s| {
            s.picked(&datum)
        });
        if what.is_none() || chosen.get_untracked() != what {
            chosen.set(what);
            return;
        }
        match what {
            Some(Picked::Flow(pair)) => narrow(pair),
            Some(Picked::End(column, at)) => {
                let list = match column {
                    crate::chart::Column::Left => &sides.from,
                    _ => &sides.to,
                };
                let filter = drawn.with_untracked(|d| {
                    let d = d.as_ref()?;
                    d.asked.node_filter(&list.get(at)?.id, d.pairs.iter())
                });
                if let Some(filter) = filter {
                    session.narrow(filter);
                }
            }
            None => {}
        }
    };
    view! {
        <div class="traffic-picture traffic-flows">
            <Legend />
            <ChartBox make on_pick=picked />
        </div>
    }
}

fn with_sankey<T>(
    sides: &Sides,
    width: f64,
    height: f64,
    unit: Unit,
    chosen: Option<Picked>,
    then: impl FnOnce(&Sankey<'_>) -> T,
) -> T {
    let flows: Vec<Ribbon> = (sides.flows.iter())
        .map(|&(from, to, accepted, rejected)| Ribbon {
            from,
            through: None,
            to,
            accepted,
            rejected,
        })
        .collect();
    then(&Sankey {
        title: "Traffic",
        width,
        height,
        unit,
        left: &sides.from,
        middle: &[],
        right: &sides.to,
        flows: &flows,
        chosen,
    })
}
