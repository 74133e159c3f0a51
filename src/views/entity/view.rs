//! The page of one thing: who it is, the timeline of all sources, what it touched, and the records.

use super::model::*;
use super::pick::{Fullest, PickBox};
use crate::base::{Role, TimeRange, size};
use crate::chart::{Buckets, Datum, Frame, HOLE_SERIES};
use crate::query::{Agg, Answer, Expr, Query};
use crate::session::Session;
use crate::share::Sheet;
use crate::views::download::{Download, Table};
use crate::views::holes::{all_gaps, hatched};
use crate::views::people::{ChainView, EntityLink, KeyLifeView, people_of_all};
use crate::views::shared::{RecordTable, bucket_width, buckets, sheet};
use crate::views::show_query::{ShowQuery, records};
use crate::widgets::{ChartBox, Icon, Segmented, TWIN_KEY, TwinTable, chart::Build, dom, format};
use leptos::prelude::*;
use std::net::IpAddr;
use std::sync::Arc;

/// Columns of the records: what all kinds share.
const COLUMNS: [&str; 8] = [
    "@timestamp",
    "@kind",
    "actor",
    "action",
    "outcome",
    "source",
    "destination",
    "resource",
];

pub fn mount(session: Session) -> AnyView {
    let value = Memo::new(move |_| session.choice("entity", ""));
    (move || {
        let value = value.get();
        if value.is_empty() {
            return view! { <Start session /> }.into_any();
        }
        view! { <Entity session value /> }.into_any()
    })
    .into_any()
}

/// Nobody is chosen yet.
#[component]
fn Start(session: Session) -> impl IntoView {
    view! {
        <section class="view entity">
            <div class="view-head">
                <h1>"Entity"</h1>
                <PickBox session now=String::new() />
            </div>
            <p class="quiet">"Everything that every source says about one thing, on one timeline. Type it, or take one of those that the logs say most about."</p>
            <Fullest session />
        </section>
    }
}

/// Answers of a round of questions, once all of them are in.
fn answers(
    session: Session,
    ask: impl Fn() -> Option<Vec<Query>> + Copy + Send + Sync + 'static,
    of: usize,
) -> Memo<Option<Vec<Arc<Answer>>>> {
    let each: Vec<_> = (0..of)
        .map(move |n| session.answer(move || ask()?.into_iter().nth(n)).answer)
        .collect();
    Memo::new(move |_| each.iter().map(|answer| answer.get()).collect())
}

#[component]
fn Entity(session: Session, value: String) -> impl IntoView {
    let held = StoredValue::new(value.clone());
    let own = held;
    let known = session.answer(move || Some(ask_names(&own.get_value()))).answer;
    let others = Memo::new(move |_| {
        let value = held.get_value();
        let mut all = known.get().map(|a| aliases(&value, &a)).unwrap_or_default();
        if let Some(name) = short_name(&value).filter(|n| !all.iter().any(|a| a.name == *n)) {
            all.push(Alias {
                name,
                what: "the end of the ARN".to_owned(),
                is_own: true,
            });
        }
        all
    });
    let alone = Memo::new(move |_| session.choice("alone", "") == "yes");
    let names = Memo::new(move |_| {
        let mut names = vec![held.get_value()];
        if !alone.get() {
            others.with(|o| names.extend(o.iter().filter(|a| a.is_own).map(|a| a.name.clone())));
        }
        names
    });
    let ask_sums = move || {
        let asked = ask_marks(&names.get(), None);
        Some(asked.into_iter().map(|q| session.scoped(q)).collect())
    };
    let sums = answers(session, ask_sums, 2);
    let nowhere = Buckets {
        from_ns: 0,
        step_ns: 1,
        len: 0,
    };
    let all = Memo::new(move |_| Arc::new(sums.get().map(|s| told(&s, nowhere)).unwrap_or_default()));
    // Its own time is shown, unless a range is chosen.
    let range = Memo::new(move |_| session.range.get().or_else(|| all.with(|all| span(all))));
    let ask_all = move || {
        let step = bucket_width(range.get()?, BUCKETS);
        let asked = ask_marks(&names.get(), Some(step));
        Some(asked.into_iter().map(|q| session.scoped(q)).collect())
    };
    let marks = answers(session, ask_all, 2);
    let drawn = Memo::new(move |_| {
        let Some(range) = range.get() else {
            // Nothing of it has a time; what there is stands in the list of sources.
            return sums.get().map(|_| (nowhere, all.get(), TimeRange::new(0, 1)));
        };
        let buckets = buckets(range, bucket_width(range, BUCKETS));
        Some((buckets, Arc::new(told(&marks.get()?, buckets)), range))
    });
    let everything = move || {
        let names = names.get();
        let filter = all.with(|all| {
            let parts: Vec<Expr> = all.iter().map(|t| t.filter(&names)).collect();
            if parts.is_empty() {
                anywhere(&names)
            } else {
                Expr::Or(parts)
            }
        });
        Query::groups(&[], Vec::new(), vec![Agg::Count]).filter(filter)
    };
    view! {
        <section class="view entity">
            <Head session value=value.clone() all others alone />
            <Timeline session drawn names />
            <Origin session value=value.clone() all />
            <div class="entity-below">
                <Touched session names />
                <Records session query=Signal::derive(everything) value />
            </div>
        </section>
    }
}

/// Who it is, by its form and by other names, and how much is said of it.
#[component]
fn Head(
    session: Session,
    value: String,
    all: Memo<Arc<Vec<Told>>>,
    others: Memo<Vec<Alias>>,
    alone: Memo<bool>,
) -> impl IntoView {
    let what = form(&value).unwrap_or_default();
    let span = move || {
        all.with(|all| {
            let first = all.iter().filter_map(|t| t.first_ns).min()?;
            let last = all.iter().filter_map(|t| t.last_ns).max()?;
            let when = |ns: i64| format::date_time(ns, session.offset_min(ns));
            Some((when(first), when(last)))
        })
    };
    let figure = move |of: fn(&Told) -> u64| all.with(|all| all.iter().map(of).sum::<u64>());
    let names = move || {
        let all = others.get();
        (!all.is_empty()).then(|| {
            let links = all
                .into_iter()
                .map(|alias| {
                    view! { <span class="entity-alias"><EntityLink session value=alias.name /><small class="faint">{alias.what}</small></span> }
                })
                .collect_view();
            view! {
                <div class="entity-names">
                    <span class="quiet small">"Also known as"</span>
                    {links}
                    <label class="line small">
                        <input
                            type="checkbox"
                            prop:checked=move || !alone.get()
                            on:change=move |_| session.choose("alone", if alone.get_untracked() { "" } else { "yes" })
                        />
                        "Count their records too"
                    </label>
                </div>
            }
        })
    };
    let address = value.parse::<IpAddr>().ok();
    if address.is_some() {
        session.beside(session.describe_network());
    }
    // What an address is called, and by what.
    let called = move || {
        let name = session.name_of(address?)?;
        Some(view! {
            <p class="entity-called">
                <Icon name="tag" />
                <span class="strong">{name.text}</span>
                <span class="quiet small">{name.detail}</span>
                <span class="faint small">{name.source.title()}</span>
            </p>
        })
    };
    let copied = value.clone();
    view! {
        <div class="view-head entity-head">
            <h1 class="mono clip" title=value.clone()>{value.clone()}</h1>
            <button
                type="button"
                class="button button-quiet button-icon"
                aria-label="Copy it"
                title="Copy"
                on:click=move |_| dom::copy(&copied)
            >
                <Icon name="copy" />
            </button>
            <span class="badge" hidden=what.is_empty()>{what}</span>
            <span class="grow"></span>
            <PickBox session now=value />
        </div>
        {called}
        {names}
        <dl class="facts">
            <div class="fact"><dt>"Records"</dt><dd>{move || size::count(figure(|t| t.count))}</dd></div>
            <div class="fact"><dt>"Failed or rejected"</dt><dd>{move || size::count(figure(|t| t.failed))}</dd></div>
            <div class="fact"><dt>"First"</dt><dd>{move || span().map_or("no time".to_owned(), |s| s.0)}</dd></div>
            <div class="fact"><dt>"Last"</dt><dd>{move || span().map_or("no time".to_owned(), |s| s.1)}</dd></div>
        </dl>
    }
}

type Drawn = Option<(Buckets, Arc<Vec<Told>>, TimeRange)>;

/// One lane a source and role.
#[component]
fn Timeline(session: Session, drawn: Memo<Drawn>, names: Memo<Vec<String>>) -> impl IntoView {
    let as_table = RwSignal::new("lanes".to_owned());
    let gaps = all_gaps(session);
    let holes = Memo::new(move |_| gaps.with(|gaps| hatched(session, gaps, &[])));
    let title = move |kind: &str| {
        session.kinds.with(|all| {
            let known = all.iter().find(|k| k.kind == kind);
            known.map_or_else(|| kind.to_owned(), |k| k.title.clone())
        })
    };
    let make: Build = Arc::new(move |width, _| {
        let (buckets, all, range) = drawn.get()?;
        let frame = Frame {
            width,
            height: 0.0,
            range,
            offset_min: session.offset_min(range.from_ns),
        };
        (!all.is_empty()).then(|| holes.with(|holes| scene(frame, buckets, &all, holes, title)))
    });
    let twin = {
        let make = make.clone();
        Memo::new(move |_| make(900.0, 200.0).map(Arc::new))
    };
    let picked = move |datum: Datum| {
        let Some((buckets, ..)) = drawn.get_untracked().filter(|_| datum.series != HOLE_SERIES) else {
            return;
        };
        session.range.set(Some(buckets.range(datum.payload)));
    };
    let height = move || {
        let lanes = drawn.with(|d| d.as_ref().map_or(0, |d| d.1.len()));
        let px = crate::chart::LANES_TOP + crate::chart::LANE_HEIGHT * lanes.max(1) as f64;
        format!("display:flex;height:{px}px")
    };
    let sources = move || {
        let all = drawn
            .with(|d| d.as_ref().map(|d| d.1.clone()))
            .unwrap_or_default();
        all.iter()
            .map(|told| {
                let filter = told.filter(&names.get());
                let view = view_of(&told.kind);
                let words = format!("{} {}", title(&told.kind), told.says());
                view! {
                    <button
                        type="button"
                        class="button button-small"
                        title=format!("{words}: shows its records")
                        on:click=move |_| session.show(view, filter.clone(), session.range.get_untracked())
                    >
                        {words.clone()}
                        <Icon name="arrow-right" />
                    </button>
                }
            })
            .collect_view()
    };
    // Of a trail people ask the same few things about a thing, by what it is there.
    let questions = move || {
        let all = drawn
            .with(|d| d.as_ref().map(|d| d.1.clone()))
            .unwrap_or_default();
        let value = names.with(|n| n.first().cloned()).unwrap_or_default();
        let asked = all
            .iter()
            .filter(|t| t.kind == "cloudtrail")
            .filter_map(|t| t.question());
        asked
            .filter_map(|question| {
                let filter = question.expr(&value).ok()?;
                let typed = question.typed(&value);
                Some(view! {
                    <button
                        type="button"
                        class="button button-small"
                        title=typed
                        on:click=move |_| session.show("trail", filter.clone(), session.range.get_untracked())
                    >
                        <Icon name="circle-help" />
                        {question.asks}
                    </button>
                })
            })
            .collect_view()
    };
    let none = move || drawn.with(|d| d.as_ref().is_some_and(|d| d.1.is_empty()));
    view! {
        <section class="panel entity-time">
            <div class="panel-head">
                <h2>"Timeline"</h2>
                <span class="grow"></span>
                <Segmented label="Show as" options=vec![("lanes", "Lanes"), ("table", "Table")] value=as_table small=true key=TWIN_KEY />
            </div>
            <div class="entity-sources">{sources} {questions}</div>
            <p class="quiet" style="padding:0 var(--space-4) var(--space-4)" hidden=move || !none()>
                "No record names it. It is looked for as it is written: letter by letter, an address in any spelling."
            </p>
            <div class="entity-lanes" hidden=none>
                {move || if as_table.get() == "table" {
                    view! { <TwinTable scene=Signal::derive(move || twin.get()) /> }.into_any()
                } else {
                    let make = make.clone();
                    view! { <div style=height><ChartBox make on_pick=picked /></div> }.into_any()
                }}
            </div>
        </section>
    }
}

/// Who is behind it, where it acts in a trail.
#[component]
fn Origin(session: Session, value: String, all: Memo<Arc<Vec<Told>>>) -> impl IntoView {
    // An ARN or a key leads back to somebody; a name alone may be anybody's.
    let leads = value.starts_with("arn:") || value.starts_with("AKIA") || value.starts_with("ASIA");
    if !leads {
        return ().into_any();
    }
    let acts = Memo::new(move |_| all.with(|all| all.iter().any(Told::is_caller)));
    let known = people_of_all(session);
    let found = RwSignal::new(None);
    let of = StoredValue::new(value);
    Effect::new(move |_| {
        if let Some(known) = known.get().filter(|_| acts.get()) {
            session.beside(async move {
                let told = session.origin(&known, &of.get_value()).await;
                found.try_set(told);
            });
        }
    });
    let shown = move || {
        let (chain, life) = found.get()?;
        let life =
            life.map(|life| view! { <div><h3>"The key's life"</h3><KeyLifeView session life /></div> });
        Some(view! {
            <section class="panel entity-origin">
                <div class="panel-head"><h2>"Who is behind it"</h2></div>
                <div class="panel-body entity-origins">
                    <ChainView session chain />
                    {life}
                </div>
            </section>
        })
    };
    shown.into_any()
}

/// The view that shows a kind best.
fn view_of(kind: &str) -> &'static str {
    let own = crate::views::VIEWS.iter().find(|v| v.kinds.contains(&kind));
    own.map_or("events", |v| v.id)
}

/// What stands beside it, in the order in which it came first.
#[component]
fn Touched(session: Session, names: Memo<Vec<String>>) -> impl IntoView {
    let tab = RwSignal::new("touched".to_owned());
    // Only what is shown is asked.
    let ask = move |which: &'static str, roles: &'static [(Role, &'static str)]| {
        let asked = move || {
            let names = names.get();
            let each = roles
                .iter()
                .map(|(role, _)| session.scoped(ask_beside(&names, *role)));
            tab.with(|tab| tab == which).then(|| each.collect())
        };
        answers(session, asked, roles.len())
    };
    let (found, done) = (ask("touched", &BESIDE), ask("did", &DEEDS));
    let rows = Memo::new(move |_| {
        let names = names.get();
        let (answers, roles): (_, &[(Role, &str)]) = match tab.get().as_str() {
            "did" => (done.get()?, &DEEDS),
            _ => (found.get()?, &BESIDE),
        };
        let word = |at: usize| roles.get(at).map_or("", |r| r.1);
        let all = beside(&names, &answers);
        Some(
            all.into_iter()
                .map(|b| (word(b.role), roles.get(b.role).map(|r| r.0), b))
                .collect::<Vec<_>>(),
        )
    });
    let lines = move || {
        let Some(all) = rows.get() else {
            return Vec::new();
        };
        let is_thing = tab.with(|t| t == "touched");
        all.into_iter()
            .map(|(word, role, b)| {
                let when = |ns: Option<i64>| ns.map(|ns| format::date_time(ns, session.offset_min(ns)));
                let first = b.first_ns.map(|ns| format::minute(ns, session.offset_min(ns)));
                let last = when(b.last_ns);
                let span = format!(
                    "First: {}. Last: {}. Marks the first moment in every chart.",
                    when(b.first_ns).unwrap_or_default(),
                    last.unwrap_or_default()
                );
                let at = b.first_ns;
                let value = b.value.clone();
                let link = match (is_thing, role) {
                    (false, Some(role)) => {
                        let shown = value.clone();
                        let names = names.get();
                        let show = move |_| {
                            let filter = anywhere(&names).and(typed(role, &value));
                            session.show("events", filter, session.range.get_untracked());
                        };
                        view! { <button type="button" class="link mono clip entity-link" on:click=show>{shown}</button> }.into_any()
                    }
                    _ => view! { <EntityLink session value /> }.into_any(),
                };
                view! {
                    <tr>
                        <td class="num">
                            <button type="button" class="link" title=span on:click=move |_| session.moment.set(at)>
                                {first}
                            </button>
                        </td>
                        <td class="quiet">{word}</td>
                        <td>{link}</td>
                        <td class="num">{size::count(b.count)}</td>
                        <td class="num" class:cell-error=move || { b.failed > 0 }>{size::count(b.failed)}</td>
                    </tr>
                }
            })
            .collect::<Vec<_>>()
    };
    let count = move || rows.with(|r| r.as_ref().map_or(0, Vec::len));
    view! {
        <section class="panel entity-touched">
            <div class="panel-head">
                <h2>"What it touched"</h2>
                <span class="counter">{move || size::count(count() as i64)}</span>
                <span class="grow"></span>
                <Segmented label="List" options=vec![("touched", "Touched"), ("did", "Did")] value=tab small=true />
            </div>
            <div class="panel-body entity-scroll" tabindex="0" role="region" aria-label="What it touched, by time">
                <table class="table table-tight">
                    <colgroup><col style="width:132px" /><col style="width:128px" /><col /><col style="width:70px" /><col style="width:58px" /></colgroup>
                    <thead>
                        <tr><th class="num">"First"</th><th>"What"</th><th>"Value"</th><th class="num">"Records"</th><th class="num">"Failed"</th></tr>
                    </thead>
                    <tbody>{lines}</tbody>
                </table>
            </div>
        </section>
    }
}

/// All records of it, of every kind.
#[component]
fn Records(session: Session, query: Signal<Query>, value: String) -> impl IntoView {
    let columns = Signal::stored(COLUMNS.map(str::to_owned).to_vec());
    let sort = RwSignal::new(("@timestamp".to_owned(), false));
    let scoped = move || session.scoped(query.get());
    let count = session.answer(move || Some(scoped()));
    let matched = move || count.answer.get().map_or(0, |a| a.matched);
    let tables = Arc::new(move || {
        let rows = move || Some((scoped(), columns.get(), sort.get()));
        vec![Table::records(
            "Records",
            "entity",
            rows,
            sheet as fn(&Answer) -> Sheet,
        )]
    });
    view! {
        <section class="panel entity-records">
            <div class="panel-head">
                <h2>"Records"</h2>
                <span class="counter">{move || size::count(matched())}</span>
                <span class="grow"></span>
                <ShowQuery session query=move || Some(records(query.get(), columns.get(), sort.get())) />
                <Download session what="the records" tables />
            </div>
            <RecordTable session label=format!("Records of {value}") query=Arc::new(move || Some(scoped())) columns sort />
        </section>
    }
}
