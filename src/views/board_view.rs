//! A board on the page: its panels, each asked anew when range, filter, rows or choices change.

use super::board::{Board, Chosen, Fact, MadeRow, Panel, Rows, Show, Told, amount};
use super::download::{Download, MOST_GROUPS, Table};
use super::holes::{Gap, all_gaps, hatched};
use super::local_table::{By, Field, Head, LocalTable};
use super::shared::{Rank, RankRows, width_word};
use super::show_query::ShowQuery;
use super::states::{NoMatch, Partial};
use crate::base::{TimeRange, Value, size};
use crate::chart::{Datum, Frame};
use crate::query::{Agg, Answer, Expr, Op, Query, Rows as Listed, Select as Selecting, Sort, Window};
use crate::session::Session;
use crate::widgets::chart::Build;
use crate::widgets::{ChartOrTable, Select};
use leptos::prelude::*;
use std::sync::Arc;

/// Answers of a panel, in the order of its questions; empty until all are there.
type Answers = Memo<Option<Vec<Arc<Answer>>>>;
/// What a click on a row of a panel's table does: the panel's id and the keys of the group.
pub type OnRow = Callback<(&'static str, Vec<Value>)>;

/// The whole view: a head with the choices, and the panels beneath.
#[component]
pub fn BoardView(
    session: Session,
    board: &'static Board,
    /// Instead of narrowing the filter to the row.
    #[prop(optional, into)]
    on_row: Option<OnRow>,
    /// More controls in the head.
    #[prop(optional, into)]
    tools: Option<AnyView>,
    /// Stands after the panels.
    #[prop(optional, into)]
    after: Option<AnyView>,
) -> impl IntoView {
    let panels = Memo::new(move |_| {
        let chosen = |id: &str| session.choices.with(|c| c.get(id).cloned());
        let span = session.shown_range_of(board.kinds);
        let all = board.panels(&Chosen(&chosen, span)).into_iter();
        let here = |p: &Panel| session.rows_of(p.kinds_on(board)) > 0;
        Same(all.filter(here).map(Arc::new).collect())
    });
    let gaps = all_gaps(session);
    let counted = session.answer(move || {
        let count = Query::groups(board.kinds, Vec::new(), vec![Agg::Count]);
        Some(session.scoped(count))
    });
    let is_empty = Memo::new(move |_| {
        let none = counted
            .answer
            .with(|a| a.as_ref().is_some_and(|a| a.matched == 0));
        none && !session.loading.get()
    });
    // In a shared file, records may be known in sums alone.
    let summed = session.answer(move || {
        session.shared_file()?;
        let select = Selecting::Rows(Listed {
            columns: Vec::new(),
            sort: Sort::by_time(),
            window: Window::From {
                start: None,
                count: 1,
            },
        });
        let all = Query::groups(board.kinds, Vec::new(), Vec::new());
        Some(session.scoped(Query { select, ..all }))
    });
    let in_sums = Memo::new(move |_| summed.answer.with(|a| a.as_ref().is_some_and(|a| a.unlisted > 0)));
    let choices = board.choices.iter().map(|choice| {
        let usual = choice.options.first().map_or("", |o| o.0);
        let value = Signal::derive(move || session.choice(choice.id, usual));
        let options: Vec<(String, String)> = choice
            .options
            .iter()
            .map(|(id, words)| ((*id).to_owned(), (*words).to_owned()))
            .collect();
        view! { <Select label=choice.label options=options value on_change=move |v: String| session.choose(choice.id, &v) /> }
    });
    let choices = choices.collect_view();
    let body = move || {
        if is_empty.get() {
            return view! { <NoMatch session kinds=board.kinds noun=board.noun /> }.into_any();
        }
        let in_sums = in_sums.get();
        let shown = panels.get().0.into_iter().filter_map(|panel| {
            let panel = match in_sums {
                true => Arc::new((*panel).clone().in_sums()?),
                false => panel,
            };
            Some(one(session, board, panel, gaps, on_row))
        });
        let shown: Vec<AnyView> = shown.collect();
        let said = in_sums.then(|| view! { <p class="board-note quiet small">"Only sums of some of these records were shared: percentiles and extremes need the records and are left out."</p> });
        view! { {said} {shown} }.into_any()
    };
    view! {
        <section class="view view-flush">
            <div class="toolbar">
                <h2>{board.title}</h2>
                <span class="quiet small">
                    {move || counted.answer.get().map(|a| size::counted(a.matched, board.noun))}
                </span>
                <Partial session />
                <span class="grow"></span>
                {choices}
                {tools}
            </div>
            <div class="board" tabindex="0" role="region" aria-label=board.title>
                {body}
                {after}
            </div>
        </section>
    }
}

/// Panels, the same as long as they ask the same.
#[derive(Clone)]
struct Same(Vec<Arc<Panel>>);

impl PartialEq for Same {
    fn eq(&self, other: &Same) -> bool {
        self.0.len() == other.0.len() && self.0.iter().zip(&other.0).all(|(a, b)| a.is_same(b))
    }
}

/// Asks what a panel asks.
fn answers(session: Session, board: &'static Board, panel: Arc<Panel>, step: Signal<Option<i64>>) -> Answers {
    let questions = panel.asks(board, 1).len();
    let parts: Vec<_> = (0..questions)
        .map(|n| {
            let panel = panel.clone();
            session.answer(move || {
                let step = match panel.is_over_time() {
                    true => step.get()?,
                    false => 1,
                };
                let query = panel.asks(board, step).into_iter().nth(n)?;
                Some(match panel.is_scoped(n) {
                    true => session.scoped(query),
                    false => query,
                })
            })
        })
        .collect();
    Memo::new(move |_| parts.iter().map(|p| p.answer.get()).collect())
}

fn one(
    session: Session,
    board: &'static Board,
    panel: Arc<Panel>,
    gaps: Memo<Arc<Vec<Gap>>>,
    on_row: Option<OnRow>,
) -> AnyView {
    let of = panel.clone();
    let step = Signal::derive(move || {
        let range = session.shown_range_of(board.kinds);
        range.map(|r| of.step_in(r))
    });
    let told = answers(session, board, panel.clone(), step);
    match &panel.show {
        Show::Figures(..) => figures(session, panel, told),
        Show::OverTime(_) | Show::Percentiles(_) | Show::Parts(_) => {
            chart(session, board, panel, told, step, gaps)
        }
        Show::Ranking(_) => ranking(session, board, panel, told),
        Show::Groups(_) => groups(session, board, panel, told, on_row),
        Show::Made(_) => made(session, board, panel, told),
    }
}

fn figures(session: Session, panel: Arc<Panel>, told: Answers) -> AnyView {
    let facts = move || {
        let answers = told.get().unwrap_or_default();
        let has = |kinds: &[&str]| session.rows_of(kinds) > 0;
        let fact = |fact: Fact| {
            let title = format!("{} {} {}", fact.title, fact.value, fact.note);
            view! {
                <div class="fact" title=title>
                    <dt>{fact.title}</dt>
                    <dd>{fact.value} " " <small>{fact.note}</small></dd>
                </div>
            }
        };
        panel.facts(&answers, has).into_iter().map(fact).collect_view()
    };
    view! { <dl class="facts board-wide">{facts}</dl> }.into_any()
}

fn chart(
    session: Session,
    board: &'static Board,
    panel: Arc<Panel>,
    told: Answers,
    step: Signal<Option<i64>>,
    gaps: Memo<Arc<Vec<Gap>>>,
) -> AnyView {
    let make: Build = {
        let panel = panel.clone();
        Arc::new(move |width, height| {
            let range = session.shown_range_of(board.kinds)?;
            let answers = told.get()?;
            let frame = Frame {
                width,
                height,
                range,
                offset_min: session.offset_min(range.from_ns),
            };
            let holes = gaps.with(|gaps| hatched(session, gaps, board.kinds));
            panel.scene(frame, &answers, step.get()?, &holes)
        })
    };
    let head = panel.title.clone();
    let title = Signal::derive(move || match step.get() {
        Some(step) => format!("{head} {}", width_word(step)),
        None => head.clone(),
    });
    // A bar is a stretch of time: a click goes there.
    let picked = Callback::new(move |picked: Datum| {
        if let Some(step) = step.get_untracked() {
            let range = TimeRange::new(picked.x, picked.x.saturating_add(step));
            session.range.set(Some(range));
        }
    });
    let asked = panel.clone();
    let query = move || asked.asks(board, step.get()?).into_iter().next();
    let tools = view! { <ShowQuery session query small=true /> };
    let twin = {
        let (make, title, id) = (make.clone(), panel.title.clone(), panel.id);
        Arc::new(move || {
            let make = make.clone();
            vec![Table::twin(&title, &format!("{}-{id}", board.id), move || {
                make(800.0, 240.0)
            })]
        })
    };
    let download = view! { <Download session what="the chart's figures" tables=twin small=true /> };
    let note = note(&panel);
    let class = class(&panel, "board-chart");
    let is_bars = matches!(panel.show, Show::OverTime(_));
    let chart = match is_bars {
        true => {
            view! { <ChartOrTable title make on_pick=picked tools=tools.into_any() download=download.into_any() /> }
                .into_any()
        }
        false => {
            view! { <ChartOrTable title make tools=tools.into_any() download=download.into_any() /> }.into_any()
        }
    };
    view! { <section class=class>{chart}{note}</section> }.into_any()
}

fn note(panel: &Panel) -> Option<impl IntoView + use<>> {
    (!panel.note.is_empty()).then(|| view! { <p class="board-note quiet small">{panel.note}</p> })
}

fn class(panel: &Panel, own: &str) -> String {
    let wide = if panel.wide { " board-wide" } else { "" };
    format!("panel {own}{wide}")
}

/// The head of a panel without a chart.
fn head(session: Session, board: &'static Board, panel: &Arc<Panel>, count: AnyView) -> AnyView {
    let asked = panel.clone();
    let query = move || asked.asks(board, 1).into_iter().next();
    let tables = {
        let panel = panel.clone();
        Arc::new(move || {
            let (asks, makes) = (panel.clone(), panel.clone());
            let queries = move || {
                let all = asks.asks(board, 1).into_iter().enumerate();
                all.map(|(n, q)| match n {
                    _ if !asks.is_scoped(n) => q,
                    0 => session.scoped(q.limit(MOST_GROUPS)),
                    _ => session.scoped(q),
                })
                .collect()
            };
            let file = format!("{}-{}", board.id, panel.id);
            vec![Table::asked(&panel.title, &file, queries, move |a| {
                makes.sheet(a)
            })]
        })
    };
    view! {
        <div class="panel-head">
            <h2>{panel.title.clone()}</h2>
            {count}
            <span class="grow"></span>
            <ShowQuery session query small=true />
            <Download session what=panel.title.clone() tables small=true />
        </div>
    }
    .into_any()
}

fn ranking(session: Session, board: &'static Board, panel: Arc<Panel>, told: Answers) -> AnyView {
    let Show::Ranking(ranking) = &panel.show else {
        return ().into_any();
    };
    let (field, unit, reject) = (ranking.field, ranking.unit.clone(), ranking.reject);
    let condition = panel.filter.clone();
    let rows = Signal::derive(move || {
        let answer = told.get().and_then(|a| a.into_iter().next());
        let rows = answer.map(|a| a.rows.clone()).unwrap_or_default();
        let rank = |row: Vec<Value>| {
            let value = row.first().cloned().unwrap_or_default();
            let amount = row.get(1).and_then(|v| amount(v, &unit, ""))?;
            let condition = condition.clone();
            (amount > 0).then(|| Rank {
                label: match value.is_absent() {
                    true => "none".to_owned(),
                    false => value.to_text(),
                },
                amount: amount as f64,
                shown: unit.long(amount),
                pick: Arc::new(move || {
                    if condition != Expr::All {
                        session.narrow(condition.clone());
                    }
                    session.narrow_to(field, Op::Eq, value.clone());
                }),
            })
        };
        rows.into_iter().filter_map(rank).collect::<Vec<_>>()
    });
    let of = move || {
        let groups = told.get()?.first()?.groups;
        (groups > 0).then(|| size::count(groups))
    };
    let count = view! { <span class="counter">{of}</span> }.into_any();
    let head = head(session, board, &panel, count);
    let note = note(&panel);
    let class = class(&panel, "board-ranks");
    view! {
        <section class=class>
            {head}
            {note}
            <RankRows rows reject none="None." />
        </section>
    }
    .into_any()
}

fn groups(
    session: Session,
    board: &'static Board,
    panel: Arc<Panel>,
    told: Answers,
    on_row: Option<OnRow>,
) -> AnyView {
    let Show::Groups(of) = &panel.show else {
        return ().into_any();
    };
    let by = of.by.iter().map(|b| (b.title, b.width, false));
    let columns = of.columns.iter().map(|c| (c.title, c.width, c.of.is_figure()));
    let heads: Vec<Head> = by.chain(columns).collect();
    let absent: Vec<&'static str> = of.by.iter().map(|b| b.absent).collect();
    let made = {
        let panel = panel.clone();
        Memo::new(move |_| Arc::new(told.get().map(|a| panel.rows(&a)).unwrap_or_default()))
    };
    let rows = Memo::new(move |_| {
        made.with(|made: &Arc<Rows>| {
            let row = |(keys, cells): &(Vec<Value>, Vec<Told>)| {
                let keys = keys.iter().zip(&absent).map(|(key, absent)| match key {
                    Value::Absent => Field::text(*absent).class("cell-absent"),
                    Value::Time(ns) => {
                        let told = crate::widgets::format::date_time(*ns, session.offset_min(*ns));
                        Field::number(*ns, told).class("cell-time")
                    }
                    key => Field::text(key.to_text()),
                });
                keys.chain(cells.iter().map(|told| field(session, told)))
                    .collect()
            };
            Arc::new(made.rows.iter().map(row).collect::<Vec<Vec<Field>>>())
        })
    });
    let count = move || {
        made.with(|made| match made.groups as usize > made.rows.len() {
            true => format!(
                "{} of {}",
                size::count(made.rows.len() as u64),
                size::count(made.groups)
            ),
            false => size::count(made.groups),
        })
    };
    let picked = panel.clone();
    let open = move |at: usize| {
        let keys = made.with_untracked(|made| made.rows.get(at).map(|r| r.0.clone()));
        let Some(keys) = keys else { return };
        match on_row {
            Some(on) => on.run((picked.id, keys)),
            None => {
                for (field, value) in picked.narrowed(&keys) {
                    session.narrow_to(&field, Op::Eq, value);
                }
            }
        }
    };
    table(session, board, panel, heads, rows, count, open)
}

/// A table out of several answers; a row leads to its records.
fn made(session: Session, board: &'static Board, panel: Arc<Panel>, told: Answers) -> AnyView {
    let Show::Made(of) = &panel.show else {
        return ().into_any();
    };
    let (heads, make) = (of.columns.to_vec(), of.rows);
    let made = Memo::new(move |_| Arc::new(told.get().map(|a| make(&a)).unwrap_or_default()));
    let rows = Memo::new(move |_| {
        made.with(|made: &Arc<Vec<MadeRow>>| {
            let row = |row: &MadeRow| row.cells.iter().map(|told| field(session, told)).collect();
            Arc::new(made.iter().map(row).collect::<Vec<Vec<Field>>>())
        })
    });
    let open = move |at: usize| {
        let of = made.with_untracked(|made| made.get(at).and_then(|r| r.of.clone()));
        if let Some((filter, range)) = of {
            session.show("events", filter, range.or(session.range.get_untracked()));
        }
    };
    let count = move || made.with(|made| size::count(made.len() as u64));
    let has_rows = Memo::new(move |_| made.with(|made| !made.is_empty()));
    let shown = move || {
        let (panel, heads) = (panel.clone(), heads.clone());
        has_rows
            .get()
            .then(|| table(session, board, panel, heads, rows, count, open))
    };
    view! { {shown} }.into_any()
}

/// A panel that is a table, as high as its rows need.
fn table(
    session: Session,
    board: &'static Board,
    panel: Arc<Panel>,
    heads: Vec<Head>,
    rows: Memo<Arc<Vec<Vec<Field>>>>,
    count: impl Fn() -> String + Copy + Send + Sync + 'static,
    open: impl Fn(usize) + Clone + Send + Sync + 'static,
) -> AnyView {
    let count = view! { <span class="counter">{count}</span> }.into_any();
    let head = head(session, board, &panel, count);
    let note = note(&panel);
    let class = class(&panel, "board-table");
    let label = panel.title.clone();
    // Head, heads and rows: a table of few rows is no higher than they are.
    let above = if panel.note.is_empty() { 84 } else { 128 };
    let height = move || format!("height:{}px", above + 29 * rows.with(|rows| rows.len()).min(9));
    view! {
        <section class=class style=height>
            {head}
            {note}
            <LocalTable label heads rows on_open=open selected=Signal::stored(None::<usize>) own_order=true />
        </section>
    }
    .into_any()
}

/// A cell with what it is sorted by.
fn field(session: Session, told: &Told) -> Field {
    if let Value::Time(ns) = told.value {
        let text = crate::widgets::format::date_time(ns, session.offset_min(ns));
        return Field::number(ns, text).class("cell-time");
    }
    let by = match &told.value {
        Value::Big(n) => By::Number(i64::try_from(*n).unwrap_or(i64::MAX)),
        Value::Int(n) => By::Number(*n),
        Value::Decimal(units) => By::Number(i64::try_from(*units / 100_000).unwrap_or(i64::MAX)),
        // Far finer than what is written.
        Value::Float(f) => By::Number((f * 1e6) as i64),
        Value::Absent => By::Number(i64::MIN),
        other => By::Text(other.to_text().to_lowercase()),
    };
    let mut out = Field::text(told.text.clone());
    out.by = by;
    match told.value.is_absent() {
        true => out.class("cell-absent"),
        false => out,
    }
}
