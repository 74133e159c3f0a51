//! The toolbar, the graph or its table, and the figures beside it.

mod asked;
mod changes;
mod conversations;
mod figures;
mod flows;
mod outside;
mod picture;
mod rejects;
mod skipped;
mod table;
mod tables;

use super::model::places::legs::{self, LeftOut, ONCE, ask_legs, legs};
use super::model::places::services::{ask_services, services, told_by};
use super::model::places::{PLACE, Placed, places};
use super::model::*;
use crate::base::size;
use crate::chart::{Chosen, Zone};
use crate::naming::Group;
use crate::query::Expr;
use crate::session::Session;
use crate::views::download::Download;
use crate::views::show_query::ShowQuery;
use crate::views::states::NoMatch;
use crate::widgets::{Segmented, Select, TWIN_KEY};
use asked::together;
use changes::Changes;
use conversations::{Conversations, OfPair};
use figures::Figures;
use flows::Flows;
use leptos::prelude::*;
use picture::Graph;
use rejects::Rejects;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use table::PairTable;

/// How the pairs are shown.
const SHAPES: [(&str, &str); 7] = [
    ("graph", "Graph"),
    ("sankey", "Sankey"),
    ("matrix", "Matrix"),
    ("table", "Table"),
    ("conversations", "Conversations"),
    ("changes", "Changes"),
    ("rejects", "Rejects"),
];

pub fn mount(session: Session) -> AnyView {
    view! { <Traffic session /> }.into_any()
}

#[component]
fn Traffic(session: Session) -> impl IntoView {
    let grouping = Signal::derive(move || session.choice("group", "subnet"));
    let measure = Signal::derive(move || session.choice("measure", "bytes"));
    let shape = RwSignal::new(session.choice("as", "graph"));
    Effect::new(move |_| {
        let now = shape.get();
        if untrack(|| session.choice("as", "graph")) != now {
            session.choose("as", &now);
        }
    });
    // A link may ask for another of them while the page is here.
    Effect::new(move |_| {
        let asked = session.choice("as", "graph");
        if shape.get_untracked() != asked {
            shape.set(asked);
        }
    });
    let opened = RwSignal::new(BTreeMap::<Zone, usize>::new());
    let opened_places = RwSignal::new(BTreeMap::<String, usize>::new());
    let chosen = RwSignal::new(None::<Chosen>);
    let names = known_names(session);
    let shown = shown(session, grouping, measure, (opened, opened_places), names);
    let drawn: Signal<Option<Arc<Drawn>>> = Signal::derive(move || shown.get().map(|s| s.0));
    // Places are named by what is described of the network.
    Effect::new(move |_| {
        session.rows.track();
        if grouping.get() == PLACE.0 && !session.loading.get() {
            session.beside(session.describe_network());
        }
    });
    // A new graph has new numbers.
    Effect::new(move |_| {
        drawn.track();
        chosen.set(None);
    });
    let pick = Callback::new(move |c: Chosen| {
        // The first click selects, the second acts: "other" opens, a node or an edge narrows the filter.
        if chosen.get_untracked() != Some(c) {
            chosen.set(Some(c));
            return;
        }
        let Some((d, placed)) = shown.get_untracked() else {
            return;
        };
        let narrowed = match (c, placed) {
            (Chosen::Node(n), Some(placed)) => match placed.placed.opens(n) {
                Some(id) => {
                    let id = id.to_owned();
                    opened_places.update(|o| *o.entry(id).or_default() += 1);
                    None
                }
                None => placed.placed.node_filter(n),
            },
            (Chosen::Edge(e), Some(placed)) => placed.placed.edge_filter(e),
            (c, None) => match c {
                Chosen::Node(n) if d.members.get(n).is_some_and(|m| m.len() > 1) => {
                    if let Some(zone) = d.zones.get(n) {
                        opened.update(|o| *o.entry(*zone).or_default() += 1);
                    }
                    None
                }
                Chosen::Node(n) => d.node_filter(n),
                Chosen::Edge(e) => d.edge_filter(e),
            },
        };
        if let Some(f) = narrowed {
            session.narrow(f);
        }
    });
    let words = |all: &[(&str, &str)]| -> Vec<(String, String)> {
        all.iter()
            .map(|(id, word)| ((*id).to_owned(), (*word).to_owned()))
            .collect()
    };
    // The conversations on screen, while they are.
    let talks = RwSignal::new(None);
    let tables = Arc::new(move || tables::all(session, drawn, measure, talks));
    let pair = Memo::new(move |_| match (shape.get().as_str(), chosen.get()?) {
        ("graph", Chosen::Edge(e)) => shown.with(|s| both_ways(s.as_ref()?, e)),
        _ => None,
    });
    let nothing = Memo::new(move |_| {
        drawn.with(|d| d.as_ref().is_some_and(|d| d.pairs.is_empty() && d.rest.is_none()))
    });
    view! {
        <section class="view view-flush traffic">
            <div class="toolbar">
                <h2>"Traffic"</h2>
                <Segmented label="Show as" options=SHAPES.to_vec() value=shape small=true key=TWIN_KEY />
                <Select label="Group by" options=words(&[&[PLACE], GROUPINGS.as_slice()].concat()) value=grouping on_change=move |v: String| {
                    opened.set(BTreeMap::new());
                    opened_places.set(BTreeMap::new());
                    session.choose("group", &v);
                } />
                <Select label="Measure" options=words(&[MEASURES.as_slice(), &[REJECTS]].concat()) value=measure on_change=move |v: String| session.choose("measure", &v) />
                <span class="grow"></span>
                <ShowQuery session query=move || Some(ask_pairs(&grouping.get(), &measure.get())) />
                <Download session what="the tables of the traffic" tables />
            </div>
            {move || {
                let left_out = shown.get()?.1?.left_out;
                (left_out.legs > 0).then(|| {
                    let unit = unit_of(&measure.get());
                    view! {
                        <p class="small quiet traffic-once" title=ONCE>
                            {format!(
                                "Counted once: {} of what NAT gateways hand on were left out, {} in {}.",
                                unit.long(left_out.total()),
                                size::counted(left_out.flows, "flows"),
                                size::counted(left_out.legs as u64, "legs")
                            )}
                        </p>
                    }
                })
            }}
            <div class="traffic-body">
                {move || match (nothing.get(), shape.get().as_str()) {
                    (true, _) => view! { <NoMatch session kinds=&KINDS noun="flows" /> }.into_any(),
                    (_, shape @ ("sankey" | "matrix")) => {
                        let unit = Signal::derive(move || unit_of(&measure.get()));
                        view! { <Flows session drawn names unit as_matrix=shape == "matrix" /> }.into_any()
                    }
                    (_, "changes") => {
                        let unit = Signal::derive(move || unit_of(&measure.get()));
                        view! { <Changes session drawn names unit /> }.into_any()
                    }
                    (_, "conversations") => view! { <Conversations session measure names found=talks /> }.into_any(),
                    (_, "rejects") => view! { <Rejects session /> }.into_any(),
                    (_, "table") => view! { <PairTable session drawn names measure /> }.into_any(),
                    _ => view! { <Graph drawn chosen unit=Signal::derive(move || unit_of(&measure.get())) on_pick=pick session /> }.into_any(),
                }}
                <aside class="traffic-side" aria-label="Figures">
                    <OfPair session measure pair=pair.into() />
                    <Figures session measure names />
                </aside>
            </div>
        </section>
    }
}

/// What lines and marks mean.
#[component]
fn Legend() -> impl IntoView {
    view! {
        <ul class="legend" aria-label="Legend">
            <li><i class="swatch-line" style="color:var(--accept)"></i>"accepted"</li>
            <li><i class="swatch-line swatch-dash" style="color:var(--reject)"></i>"rejected"</li>
        </ul>
    }
}

/// A graph, and where its nodes are places, what is known of these.
type Shown = (Arc<Drawn>, Option<Arc<Once>>);

/// Places, of traffic that is counted once.
struct Once {
    placed: Placed,
    left_out: LeftOut,
}

/// What was opened: zones, and places by their ids.
type Opened = (RwSignal<BTreeMap<Zone, usize>>, RwSignal<BTreeMap<String, usize>>);

/// What goes along an edge and back: an edge is one way, and a conversation is both.
fn both_ways((drawn, placed): &Shown, edge: usize) -> Option<conversations::Chosen> {
    let edges = &drawn.graph.edges;
    let one = edges.get(edge)?;
    let records = |n: usize| match placed {
        Some(once) => once.placed.edge_filter(n),
        None => drawn.edge_filter(n),
    };
    let back = edges
        .iter()
        .position(|e| (e.from, e.to) == (one.to, one.from) && one.from != one.to);
    let there = records(edge)?;
    let records = match back.and_then(records) {
        Some(back) => Expr::Or(vec![there, back]),
        None => there,
    };
    let name = |n: usize| drawn.graph.nodes.get(n).map_or("", |node| node.label.as_str());
    let title = format!("{} and {}", name(one.from), name(one.to));
    Some(conversations::Chosen { title, records })
}

/// Adds a condition to the filter when it is called.
fn narrow(session: Session, condition: Expr) -> Arc<dyn Fn() + Send + Sync> {
    Arc::new(move || session.narrow(condition.clone()))
}

/// The graph of what is asked for now.
fn shown(
    session: Session,
    grouping: Signal<String>,
    measure: Signal<String>,
    (opened, opened_places): Opened,
    names: Signal<Arc<BTreeMap<String, String>>>,
) -> Signal<Option<Shown>> {
    let needs_owned = Memo::new(move |_| Asked::needs_owned(&grouping.get()));
    let evidence = together(session, move || needs_owned.get().then(|| ((), ask_owned())));
    let owned = Memo::new(move |_| evidence.with(|e| e.as_ref().map(|e| learn(&e.1))));
    let evidence = together(session, move || {
        (grouping.get() == PLACE.0).then(|| ((), ask_services().to_vec()))
    });
    let services = Memo::new(move |_| {
        evidence.with(|e| {
            let answers = e.as_ref().map(|e| services(e.1.iter().map(|a| &**a)));
            Arc::new(answers.unwrap_or_default())
        })
    });
    let answered = together(session, move || {
        let grouping = grouping.get();
        let is_place = grouping == PLACE.0;
        let asked = Asked {
            // A place is told by the address that stands there.
            grouping: if is_place { "address".to_owned() } else { grouping },
            measure: measure.get(),
            owned: if needs_owned.get() {
                owned.get()?
            } else {
                Owned::default()
            },
        };
        let all = match is_place {
            true => vec![ask_legs(&asked.measure)],
            false => asked.queries(),
        };
        let queries = all.into_iter().map(|q| session.scoped(q)).collect();
        Some(((asked, is_place), queries))
    });
    Memo::new_with_compare(
        move |_| {
            let answered = answered.get()?;
            let ((asked, is_place), answers) = &*answered;
            if *is_place {
                let (legs, rest) = legs(answers.first()?);
                let legs::Once { pairs, left_out } = legs::once(legs);
                let services = services.get();
                let path = |ip: IpAddr| told_by(session.group_path(ip), services.get(&ip.to_string()));
                let nets = |group: &Group| session.nets_of(group);
                let mut placed = places(asked.clone(), pairs, rest, &opened_places.get(), path, nets);
                placed.packets = true;
                let drawn = Arc::new(placed.drawn.clone());
                return Some((drawn, Some(Arc::new(Once { placed, left_out }))));
            }
            let (pairs, rest) = asked.pairs(answers);
            let mut names = (*names.get()).clone();
            for end in pairs.iter().flat_map(|p| [&p.from, &p.to]) {
                if !names.contains_key(end)
                    && let Some(name) = session.end_name(end)
                {
                    names.insert(end.clone(), name);
                }
            }
            let drawn = graph(asked.clone(), pairs, rest, &opened.get(), &names);
            Some((Arc::new(drawn), None))
        },
        |_, _| true,
    )
    .into()
}

/// Names of ids, addresses and networks out of loaded inventories.
fn known_names(session: Session) -> Signal<Arc<BTreeMap<String, String>>> {
    let answer = session.answer(move || (session.rows_of(&["aws-inventory"]) > 0).then(ask_names));
    let known = Memo::new(move |_| {
        answer
            .answer
            .with(|a| Arc::new(a.as_ref().map(|a| self::names(a)).unwrap_or_default()))
    });
    known.into()
}
