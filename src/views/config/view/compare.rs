//! One resource: its life line, the difference between any two of its items, or its state at a moment.

use super::super::history::*;
use super::super::model::{moment, short};
use super::super::state::{Row, rows};
use super::related::Related;
use super::{Page, tables};
use crate::base::{size, time};
use crate::chart::{Compliance, Datum, Frame, LifeLine, Scene, lifeline};
use crate::diff::{Diff, Kind, Line, Sign, spelled};
use crate::query::Place;
use crate::session::{Job, JobResult};
use crate::share::Sheet;
use crate::views::download::{Download, Table};
use crate::views::people::EntityButton;
use crate::widgets::chart::Build;
use crate::widgets::{ChartBox, Icon, Menu, Segmented, Select, StatusTag};
use leptos::prelude::*;
use std::sync::Arc;

/// Changes in plain words, and lines of the structure, that stand in the page.
const MOST_PLAIN: usize = 400;
const MOST_LINES: usize = 2000;

/// What is shown of the items compared, or around the newer one.
const SHOWN: [(&str, &str); 3] = [
    ("changes", "Changes"),
    ("everything", "Everything"),
    ("related", "Relationships"),
];

#[component]
pub fn History(page: Page) -> impl IntoView {
    let session = page.session;
    let at = Memo::new(move |_| session.choice("moment", ""));
    let everything = RwSignal::new("changes".to_owned());
    let around = Memo::new(move |_| everything.get() == "related");
    let body = move || match at.get().as_str() {
        _ if around.get() => view! { <Related page /> }.into_any(),
        "" => view! { <Comparison page everything /> }.into_any(),
        text => state_at_moment(page, text).into_any(),
    };
    view! {
        <Head page />
        <Life page />
        <Controls page everything />
        {body}
        <Changes page />
    }
}

/// Which resource, where it is, what its rules last said.
#[component]
fn Head(page: Page) -> impl IntoView {
    let about = move || {
        page.chosen.get().map(|r| {
            let mut parts = vec![short(&r.key.kind), r.key.region.clone(), r.key.account.clone()];
            parts.push(match r.in_range == r.items {
                true => size::counted(r.items, "items"),
                false => format!(
                    "{}, {} in the range",
                    size::counted(r.items, "items"),
                    size::count(r.in_range)
                ),
            });
            parts.push(r.status);
            parts.retain(|p| !p.is_empty());
            parts.join(" · ")
        })
    };
    view! {
        <div class="config-head">
            <h2>
                <span class="mono">{move || page.chosen.get().map(|r| r.key.id)}</span>
                " "
                <span class="quiet">{move || page.chosen.get().map(|r| r.name)}</span>
                {move || page.chosen.get().map(|r| view! { <EntityButton session=page.session value=r.key.id /> })}
            </h2>
            <p class="quiet small">{about}</p>
        </div>
    }
}

/// Dots for the changes, bands for what the rules said of the resource.
#[component]
fn Life(page: Page) -> impl IntoView {
    let session = page.session;
    let evaluations = session
        .answer(move || page.chosen.with(|c| c.as_ref().map(|c| ask_compliance(&c.key))))
        .answer;
    let range = Memo::new(move |_| {
        let evaluated = evaluations.get();
        page.items.with(|i| life(i, evaluated.as_deref(), session.span()))
    });
    let rules = Memo::new(move |_| match (evaluations.get(), range.get()) {
        (Some(answer), Some(range)) => rules(&answer, range),
        _ => Vec::new(),
    });
    let scene = move |width: f64| -> Option<Scene> {
        let range = range.get()?;
        let (from, to) = page.pair.get();
        let changes = page.items.with(|i| page.summaries.with(|s| changes(i, s)));
        Some(rules.with(|rules| {
            lifeline(&LifeLine {
                title: "Changes",
                frame: Frame {
                    width,
                    height: 100.0,
                    range,
                    offset_min: session.offset_min(range.from_ns),
                },
                changes: &changes,
                rules,
                from,
                to: Some(to),
            })
        }))
    };
    let height = Memo::new(move |_| scene(600.0).map_or(80.0, |s| s.height));
    let make: Build = Arc::new(move |width, _| scene(width));
    let picked = Callback::new(move |d: Datum| {
        if d.series == 0 {
            page.select(d.payload);
        }
    });
    let said = move || {
        let (worst, count, since) = rules.with(|r| standing(r))?;
        let of = rules.with(Vec::len);
        let (class, word) = match worst {
            Compliance::Compliant => ("ok", "Compliant"),
            Compliance::NonCompliant => ("red", "Not compliant"),
            Compliance::Unknown => ("none", "Not evaluated"),
        };
        let whom = if of == 1 {
            String::new()
        } else {
            format!(" by {count} of {of} rules")
        };
        let text = format!("{word}{whom} since {}", page.when(since));
        Some(view! { <p class="config-standing small"><StatusTag status=class text=text /></p> })
    };
    view! {
        {said}
        <div class="config-life" style=move || format!("height:{}px", height.get())>
            <ChartBox make on_pick=picked />
        </div>
    }
}

#[component]
fn Controls(page: Page, everything: RwSignal<String>) -> impl IntoView {
    let session = page.session;
    // An item by its time: what the URL says.
    let stamp = move |n: usize| {
        page.items
            .with(|l| l.get(n).map(|i| time::iso(i.at_ns)))
            .unwrap_or_default()
    };
    let options = move |nothing: bool| {
        let mut out = Vec::new();
        if nothing {
            out.push(("nothing".to_owned(), "nothing".to_owned()));
        }
        page.items
            .with(|l| out.extend(l.iter().map(|i| (time::iso(i.at_ns), page.when(i.at_ns)))));
        out
    };
    let before = Signal::derive(move || page.pair.get().0.map_or("nothing".to_owned(), stamp));
    let after = Signal::derive(move || stamp(page.pair.get().1));
    let compare = move |name: &'static str, value: String| {
        // Both ends are said, so that a change of one leaves the other.
        let (from, to) = untrack(|| (before.get(), after.get()));
        session.choose("moment", "");
        session.choose("before", &from);
        session.choose("after", &to);
        session.choose(name, &value);
    };
    let open_record = move |_| {
        let place = page
            .items
            .with_untracked(|l| l.get(page.pair.get_untracked().1).map(|i| i.place.clone()));
        session.open.set(place);
    };
    let step = move |by: isize, label: &'static str, icon: &'static str| {
        view! {
            <button type="button" class="button button-small button-icon" aria-label=label title=label on:click=move |_| page.step(by)>
                <Icon name=icon />
            </button>
        }
    };
    view! {
        <div class="config-between">
            <Select label="From" options=Signal::derive(move || options(true)) value=before on_change=move |v: String| compare("before", v) />
            <Icon name="arrow-right" />
            <Select label="To" options=Signal::derive(move || options(false)) value=after on_change=move |v: String| compare("after", v) />
            {step(-1, "Previous change (P)", "arrow-left")}
            {step(1, "Next change (N)", "arrow-right")}
            <Segmented label="Show" options=SHOWN.to_vec() value=everything small=true />
            <span class="grow"></span>
            <MomentMenu page />
            <button type="button" class="button button-small" on:click=open_record>
                <Icon name="braces" />
                "Record"
            </button>
        </div>
    }
}

/// Asks for the moment whose state is shown; what is no time is refused with words.
#[component]
fn MomentMenu(page: Page) -> impl IntoView {
    let session = page.session;
    let open = RwSignal::new(false);
    let refused = RwSignal::new(String::new());
    let written = RwSignal::new(session.choice("moment", ""));
    let show = move || match moment(&written.get_untracked()) {
        Ok(at) => {
            refused.set(String::new());
            open.set(false);
            session.choose("moment", &time::iso(at));
        }
        Err(why) => refused.set(why),
    };
    let key = move |e: web_sys::KeyboardEvent| {
        if e.key() == "Enter" {
            e.prevent_default();
            show();
        }
    };
    let button = view! { <Icon name="history" /> "State at" }.into_any();
    view! {
        <Menu button label="State at a moment" class="config-moment" open>
            <label class="stack small">
                "The state of the resource at (UTC)"
                <input
                    class="field mono"
                    placeholder="2026-11-11 02:00"
                    aria-invalid=move || (!refused.with(String::is_empty)).to_string()
                    prop:value=move || written.get()
                    on:input=move |e| written.set(event_target_value(&e))
                    on:keydown=key
                />
            </label>
            <p class="config-refused small" role="alert">{move || refused.get()}</p>
            <button type="button" class="button button-primary button-small" on:click=move |_| show()>"Show the state"</button>
        </Menu>
    }
}

/// Reads an item's original text and hands it on, unless another was asked for since.
fn with_originals(
    page: Page,
    places: Vec<Place>,
    round: StoredValue<u64>,
    on: impl FnOnce(Vec<Option<Vec<u8>>>) + 'static,
) {
    let mine = round.get_value() + 1;
    round.set_value(mine);
    page.session.originals_in_order(places, move |texts| {
        if round.try_get_value() == Some(mine) {
            on(texts);
        }
    });
}

/// What differs between two items, in words and line by line.
#[component]
fn Comparison(page: Page, everything: RwSignal<String>) -> impl IntoView {
    let session = page.session;
    let found = RwSignal::new(None::<Result<Arc<Diff>, String>>);
    let round = StoredValue::new(0u64);
    Effect::new(move |_| {
        let (from, to) = page.pair.get();
        let place = |n: usize| page.items.with(|l| l.get(n).map(|i| i.place.clone()));
        found.set(None);
        let Some(newer) = place(to) else { return };
        let places: Vec<Place> = [Some(newer), from.and_then(place)]
            .into_iter()
            .flatten()
            .collect();
        with_originals(page, places, round, move |texts| {
            if texts.iter().any(Option::is_none) {
                let why = "The file that holds this record is no longer open.";
                found.set(Some(Err(why.to_owned())));
                return;
            }
            let mine = round.get_value();
            let mut texts = texts.into_iter();
            let (after, before) = (texts.next().flatten(), texts.next().flatten());
            session.engine().job(Job::Diff { before, after }, move |result| {
                if round.try_get_value() != Some(mine) {
                    return;
                }
                found.try_set(Some(match result {
                    Ok(JobResult::Diff(diff)) => Ok(Arc::from(diff)),
                    Ok(_) => return,
                    Err(why) => Err(why),
                }));
            });
        });
    });
    let all = move || everything.get() == "everything";
    let plain = move || match found.get() {
        None => None,
        Some(Err(why)) => Some(view! { <p class="message message-yellow">{why}</p> }.into_any()),
        Some(Ok(diff)) => Some(plain_table(&diff, all()).into_any()),
    };
    let lines = move || match found.get() {
        Some(Ok(diff)) => Some(structure(&diff, all())),
        _ => None,
    };
    let tables = Arc::new(move || {
        let sheet = move || match found.get() {
            Some(Ok(diff)) => tables::changes(&diff, all()),
            _ => Sheet::default(),
        };
        vec![Table::held("What differs", "config-changes", sheet)]
    });
    let download = move || {
        let known = found.with(|f| matches!(f, Some(Ok(_))));
        let tables = tables.clone();
        known
            .then(|| view! { <Download session what="what differs" tables small=true class="config-save" /> })
    };
    view! {
        {download}
        {plain}
        <div class="diff" role="region" aria-label="Structure" tabindex="0">{lines}</div>
    }
}

fn plain_table(diff: &Diff, all: bool) -> impl IntoView + use<> {
    let shown: Vec<_> = diff
        .plain
        .iter()
        .filter(|r| all || r.sign != Sign::Same)
        .cloned()
        .collect();
    let more = shown.len().saturating_sub(MOST_PLAIN);
    let rows = shown.into_iter().take(MOST_PLAIN).map(|r| {
        view! {
            <tr class=sign_class(r.sign)>
                <td class="sign">{r.sign.text()}</td>
                <td>{r.sentence}</td>
                <td class="mono faint">{r.path}</td>
            </tr>
        }
    });
    let none = diff.changes().next().is_none().then(|| diff.summary());
    view! {
        {none.map(|n| view! { <p class="quiet config-none">{n}</p> })}
        <table class="plain"><tbody>{rows.collect_view()}</tbody></table>
        {more_of(more, "changes")}
    }
}

/// The lines of the structure, folds opened when everything is shown.
fn structure(diff: &Diff, all: bool) -> AnyView {
    let mut lines: Vec<&Line> = Vec::new();
    let mut more = 0usize;
    for line in &diff.lines {
        let inside: &[Line] = match &line.kind {
            Kind::Folded { lines, .. } if all => lines,
            _ => std::slice::from_ref(line),
        };
        let room = MOST_LINES.saturating_sub(lines.len());
        lines.extend(inside.iter().take(room));
        more += inside.len().saturating_sub(room);
    }
    let shown = lines.into_iter().map(diff_line).collect_view();
    view! { {shown} {more_of(more, "lines")} }.into_any()
}

fn more_of(n: usize, what: &'static str) -> Option<impl IntoView> {
    (n > 0).then(|| {
        let text = format!("{} more {what}; the record has them all.", size::count(n as u64));
        view! { <p class="faint small config-none">{text}</p> }
    })
}

/// The state at the moment of the URL.
fn state_at_moment(page: Page, text: &str) -> impl IntoView + use<> {
    let session = page.session;
    let back = move || {
        view! { <button type="button" class="link" on:click=move |_| session.choose("moment", "")>"Compare items instead"</button> }
    };
    let at = match moment(text) {
        Ok(at) => at,
        Err(why) => {
            return view! { <p class="message message-red"><span>{why} " " {back()}</span></p> }.into_any();
        }
    };
    let state = RwSignal::new(None::<Option<(Vec<Row>, usize)>>);
    let round = StoredValue::new(0u64);
    let found = Memo::new(move |_| page.items.with(|l| state_at(l, at)));
    Effect::new(move |_| {
        state.set(None);
        let place = found
            .get()
            .and_then(|n| page.items.with(|l| l.get(n).map(|i| i.place.clone())));
        let Some(place) = place else { return };
        with_originals(page, vec![place], round, move |mut texts| {
            let item = texts
                .pop()
                .flatten()
                .and_then(|t| session.config_item(&t))
                .map(|mut item| {
                    // What a notification adds is about the change, not the resource.
                    if let Some(members) = item.as_object_mut() {
                        members.remove("configurationItemDiff");
                    }
                    rows(&spelled(&item))
                });
            state.set(Some(item));
        });
    });
    let head = move || {
        let recorded = found
            .get()
            .and_then(|n| page.items.with(|l| l.get(n).map(|i| (i.at_ns, i.status.clone()))));
        match recorded {
            Some((t, status)) => format!("As recorded {} ({status}).", page.when(t)),
            None => match page.items.with(|l| l.first().map(|i| i.at_ns)) {
                Some(first) => format!(
                    "Nothing was recorded by then; the first item is of {}.",
                    page.when(first)
                ),
                None => String::new(),
            },
        }
    };
    let values = move || {
        match state.get() {
        None => ().into_any(),
        Some(None) => view! { <p class="message message-yellow">"The file that holds this record is no longer open."</p> }.into_any(),
        Some(Some((rows, more))) => {
            let rows = rows.into_iter().map(|r| {
                let style = format!("padding-left:{}px", 16 + 18 * r.depth.min(20));
                view! { <dt style=style>{r.name}</dt><dd class="mono">{r.value}</dd> }
            });
            view! { <dl class="config-state">{rows.collect_view()}</dl> {more_of(more, "values")} }.into_any()
        }
    }
    };
    view! {
        <div class="config-stated" role="region" aria-label="State at a moment">
            <h3>"State at " {move || page.when(at)}</h3>
            <p class="quiet small">{head} " " {back()}</p>
            {values}
        </div>
    }
    .into_any()
}

/// Every item with what it changed; a row compares it with the one before.
#[component]
fn Changes(page: Page) -> impl IntoView {
    let rows = move || {
        let (items, words) = (page.items.get(), page.summaries.get());
        (0..items.len())
            .rev()
            .map(|n| {
                let said = words.get(n).cloned().unwrap_or_else(|| "…".to_owned());
                view! {
                    <tr class:is-selected=move || page.pair.get().1 == n on:click=move |_| page.select(n)>
                        <td class="mono nowrap">
                            <button type="button" class="row-button">{page.when(items[n].at_ns)}</button>
                        </td>
                        <td title=said.clone()>{said.clone()}</td>
                        <td class="faint">{items[n].status.clone()}</td>
                    </tr>
                }
            })
            .collect_view()
    };
    let cut = move || (page.items.with(|l| l.len()) >= MOST_ITEMS).then(|| format!("the first {MOST_ITEMS}"));
    view! {
        <div class="panel-head">
            <h3>"History"</h3>
            <span class="counter">{move || page.items.with(|l| size::counted(l.len() as u64, "items"))} " " {cut}</span>
            <span class="grow"></span>
            <Download session=page.session what="the history" tables=Arc::new(move || tables::of_history(page)) small=true />
        </div>
        <table class="table config-changes">
            <thead>
                <tr>
                    <th scope="col" style="width:190px">"Recorded"</th>
                    <th scope="col">"What changed"</th>
                    <th scope="col" style="width:150px">"Status"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

fn sign_class(sign: Sign) -> &'static str {
    match sign {
        Sign::Same => "",
        Sign::Added => "is-added",
        Sign::Removed => "is-removed",
        Sign::Changed => "is-changed",
        Sign::Moved => "is-moved",
    }
}

fn diff_line(line: &Line) -> AnyView {
    let number = |n: Option<u32>| n.map(|n| n.to_string());
    let (class, sign) = match &line.kind {
        Kind::Same => ("", " "),
        Kind::Added => ("is-added", "+"),
        Kind::Removed => ("is-removed", "-"),
        Kind::Moved => ("is-moved", "~"),
        Kind::Changed if line.old.is_some() => ("is-removed", "-"),
        Kind::Changed => ("is-added", "+"),
        Kind::Folded { lines, what } => {
            let text = format!(
                "{} without change: {what}",
                size::counted(lines.len() as u64, "lines")
            );
            return view! {
                <div class="diff-line is-fold">
                    <span></span><span></span><span class="sign">"⋯"</span><span>{text}</span>
                </div>
            }
            .into_any();
        }
    };
    let piece = |(differs, text): (bool, &str)| {
        let text = text.to_owned();
        match differs {
            true => view! { <mark>{text}</mark> }.into_any(),
            false => text.into_any(),
        }
    };
    let pieces = line.pieces().into_iter().map(piece).collect_view();
    let indent = "  ".repeat(line.indent.into());
    let note = line
        .note
        .clone()
        .map(|n| view! { <span class="diff-note">"   "{n}</span> });
    view! {
        <div class=format!("diff-line {class}")>
            <span>{number(line.old)}</span>
            <span>{number(line.new)}</span>
            <span class="sign">{sign}</span>
            <span>{indent}{pieces}{note}</span>
        </div>
    }
    .into_any()
}
