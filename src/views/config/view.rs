use super::diff::{Kind, Line, Sign, diff};
use super::model::*;
use crate::base::{Value, size, time};
use crate::chart::{Datum, Frame, LifeLine, Scene, lifeline};
use crate::session::Session;
use crate::widgets::{ChartBox, Icon, Segmented, Select, chart::Build, format};
use leptos::prelude::*;
use std::sync::Arc;

pub fn mount(session: Session) -> AnyView {
    view! { <Config session /> }.into_any()
}

#[component]
fn Config(session: Session) -> impl IntoView {
    let kind = Signal::derive(move || session.choice("type", ""));
    let search = RwSignal::new(String::new());
    let types = session.answer(move || Some(session.scoped(ask_types())));
    let listed =
        session.answer(move || Some(session.scoped(ask_resources(&kind.get(), search.get().trim()))));
    let list = Memo::new(move |_| listed.answer.get().map(|a| resources(&a)).unwrap_or_default());
    // The resource in the URL, or the first of the list.
    let chosen = Memo::new(move |_| {
        let id = session.choice("resource", "");
        let find = |id: &str| list.with(|l| l.iter().find(|r| r.id == id).cloned());
        let named = if id.is_empty() { None } else { find(&id) };
        named.or_else(|| list.with(|l| l.iter().find(|r| !r.id.is_empty()).cloned()))
    });
    let history = session.answer(move || chosen.get().map(|r| ask_history(&r.kind, &r.id)));
    let items = Memo::new(move |_| history.answer.get().map(|a| items(&a)).unwrap_or_default());
    // The items as JSON, read from the original text.
    let bodies = RwSignal::new(Arc::new(Vec::<Option<serde_json::Value>>::new()));
    Effect::new(move |_| {
        let list = items.get();
        let places: Vec<_> = list.iter().map(|i| i.place.clone()).collect();
        bodies.set(Arc::default());
        session.originals_in_order(places, move |texts| {
            let parsed = texts
                .iter()
                .map(|t| t.as_deref().and_then(|t| session.config_item(t)));
            bodies.try_set(Arc::new(parsed.collect()));
        });
    });
    let summaries = Memo::new(move |_| {
        let all = bodies.get();
        (0..all.len())
            .map(|n| {
                let before = n.checked_sub(1).and_then(|p| all[p].as_ref());
                diff(before, all[n].as_ref()).summary()
            })
            .collect::<Vec<_>>()
    });
    let from = RwSignal::new(None::<usize>);
    let to = RwSignal::new(0usize);
    Effect::new(move |_| {
        let n = items.with(Vec::len);
        to.set(n.saturating_sub(1));
        from.set(n.checked_sub(2));
    });
    let select = move |n: usize| {
        to.set(n);
        from.set(n.checked_sub(1));
    };
    let evaluations = session.answer(move || chosen.get().map(|r| ask_compliance(&r.id)));
    let span = move || {
        let list = items.get();
        let (a, b) = (list.first()?.at_ns, list.last()?.at_ns);
        Some(crate::base::TimeRange::new(a, b.max(a + 1)))
    };
    let scene = move |width: f64| -> Option<Scene> {
        let range = span()?;
        let rules = evaluations
            .answer
            .get()
            .map(|a| rules(&a, range))
            .unwrap_or_default();
        let changes = items.with(|i| summaries.with(|s| changes(i, s)));
        Some(lifeline(&LifeLine {
            title: "Changes",
            frame: Frame {
                width,
                height: 100.0,
                range,
                offset_min: session.offset_min(range.from_ns),
            },
            changes: &changes,
            rules: &rules,
            from: from.get(),
            to: Some(to.get()),
        }))
    };
    let height = Memo::new(move |_| scene(600.0).map_or(80.0, |s| s.height));
    let make: Build = Arc::new(move |width, _| scene(width));
    let picked = Callback::new(move |d: Datum| {
        if d.series == 0 {
            select(d.payload);
        }
    });
    let type_rows = move || {
        let rows = types.answer.get().map(|a| a.rows.clone()).unwrap_or_default();
        rows.into_iter()
            .map(|r| {
                let name = r.first().map(Value::to_text).unwrap_or_default();
                let n = |i: usize| r.get(i).and_then(Value::as_i64).unwrap_or(0);
                let (here, go) = (name.clone(), name.clone());
                view! {
                    <button
                        type="button"
                        class="config-pick"
                        title=format!("{} resources, {} items", n(2), n(1))
                        aria-pressed=move || (kind.get() == here).to_string()
                        on:click=move |_| session.choose("type", if kind.get_untracked() == go { "" } else { &go })
                    >
                        <span class="clip">{name.trim_start_matches("AWS::").replace("::", " ")}</span>
                        <span class="num">{size::count(n(2))}" · "{size::count(n(1))}</span>
                    </button>
                }
            })
            .collect_view()
    };
    let resource_rows = move || {
        list.get()
            .into_iter()
            .map(|r| {
                let (here, id) = (r.id.clone(), r.id.clone());
                let name = if r.name.is_empty() || r.name == r.id { r.id.clone() } else { format!("{} {}", r.id, r.name) };
                let gone = r.status.starts_with("ResourceDeleted");
                view! {
                    <button
                        type="button"
                        class="config-pick"
                        title=format!("{name} ({})", r.status)
                        aria-pressed=move || chosen.with(|c| c.as_ref().is_some_and(|c| c.id == here)).to_string()
                        on:click=move |_| session.choose("resource", &id)
                    >
                        {gone.then(|| view! { <Icon name="circle-minus" /> })}
                        <span class="mono clip">{name.clone()}</span>
                        <span class="num">{size::count(r.items)}</span>
                    </button>
                }
            })
            .collect_view()
    };
    let when = move |n: usize| {
        items
            .with(|l| {
                l.get(n)
                    .map(|i| format::date_time(i.at_ns, session.offset_min(i.at_ns)))
            })
            .unwrap_or_default()
    };
    let item_options = Signal::derive(move || {
        let n = items.with(Vec::len);
        let mut out = vec![(String::new(), "nothing".to_owned())];
        out.extend((0..n).map(|i| (i.to_string(), when(i))));
        out
    });
    let everything = RwSignal::new("changes".to_owned());
    let compared = Memo::new_with_compare(
        move |_| {
            let all = bodies.get();
            let side = |n: Option<usize>| n.and_then(|n| all.get(n).and_then(Option::as_ref));
            (!all.is_empty()).then(|| Arc::new(diff(side(from.get()), side(Some(to.get())))))
        },
        |_, _| true,
    );
    let moment = RwSignal::new(String::new());
    let go_to_moment = move |_| {
        if let Some(at) = time::parse_iso(moment.get_untracked().trim().as_bytes()) {
            match items.with_untracked(|l| state_at(l, at)) {
                Some(n) => {
                    to.set(n);
                    from.set(None);
                    session.say.set(format!("State recorded {}.", when(n)));
                }
                None => session
                    .say
                    .set("Nothing was recorded of this resource by then.".to_owned()),
            }
        }
    };
    let plain = move || {
        let d = compared.get()?;
        let shown: Vec<_> = d
            .plain
            .iter()
            .filter(|r| everything.get() == "everything" || r.sign != Sign::Same)
            .take(400)
            .cloned()
            .collect();
        Some(
            shown
                .into_iter()
                .map(|r| {
                    view! {
                        <tr class=sign_class(r.sign)>
                            <td class="sign">{r.sign.text()}</td>
                            <td>{r.sentence}</td>
                            <td class="mono faint">{r.path}</td>
                        </tr>
                    }
                })
                .collect_view(),
        )
    };
    let lines = move || {
        let d = compared.get()?;
        let all = everything.get() == "everything";
        Some(d.lines.iter().map(|l| diff_line(l, all)).collect_view())
    };
    let changes_table = move || {
        let list = items.get();
        let words = summaries.get();
        (0..list.len())
            .rev()
            .map(|n| {
                view! {
                    <tr class:is-selected=move || to.get() == n on:click=move |_| select(n)>
                        <td class="mono nowrap"><button type="button" class="row-button">{when(n)}</button></td>
                        <td>{words.get(n).cloned().unwrap_or_else(|| "…".to_owned())}</td>
                        <td class="faint">{list[n].status.clone()}</td>
                    </tr>
                }
            })
            .collect_view()
    };
    let open_record = move |_| {
        session
            .open
            .set(items.with_untracked(|l| l.get(to.get_untracked()).map(|i| i.place.clone())))
    };
    let title = move || chosen.get().map(|r| r.id);
    view! {
        <section class="view view-flush">
            <div class="config">
                <div class="config-list">
                    <h2>"Resources"</h2>
                    <input
                        class="field"
                        type="search"
                        aria-label="Find a resource by id, name or tag"
                        placeholder="Id, name, tag"
                        prop:value=move || search.get()
                        on:input=move |e| search.set(event_target_value(&e))
                    />
                    <h3 class="faint small">"Type · resources · items"</h3>
                    <div class="config-scroll" tabindex="0" role="region" aria-label="Types">{type_rows}</div>
                    <h3 class="faint small">"Resource · items"</h3>
                    <div class="config-scroll" tabindex="0" role="region" aria-label="Resources">{resource_rows}</div>
                </div>
                <div class="config-main" tabindex="0" role="region" aria-label="History of the resource">
                    <div class="config-head">
                        <h2 class="mono">{title} " " <span class="quiet">{move || chosen.get().map(|r| r.name)}</span></h2>
                        <p class="quiet small">{move || chosen.get().map(|r| format!("{} · {} items · {}", r.kind, r.items, r.status))}</p>
                    </div>
                    <div class="config-life" style=move || format!("height:{}px", height.get())>
                        <ChartBox make on_pick=picked />
                    </div>
                    <div class="config-between">
                        <Select
                            label="From"
                            options=item_options
                            value=Signal::derive(move || from.get().map(|n| n.to_string()).unwrap_or_default())
                            on_change=move |v: String| from.set(v.parse().ok())
                        />
                        <Icon name="arrow-right" />
                        <Select
                            label="To"
                            options=item_options
                            value=Signal::derive(move || to.get().to_string())
                            on_change=move |v: String| if let Ok(n) = v.parse() { to.set(n) }
                        />
                        <Segmented label="Show" options=vec![("changes", "Changes"), ("everything", "Everything")] value=everything small=true />
                        <span class="grow"></span>
                        <label class="row small">
                            <span class="quiet">"State at"</span>
                            <input class="field mono" style="width:190px" placeholder="2026-11-11T02:00:00Z" prop:value=move || moment.get()
                                on:input=move |e| moment.set(event_target_value(&e)) on:change=go_to_moment />
                        </label>
                        <button type="button" class="button button-small" on:click=open_record>
                            <Icon name="braces" />
                            "Record"
                        </button>
                    </div>
                    <table class="plain"><tbody>{plain}</tbody></table>
                    <div class="diff" role="region" aria-label="Structure" tabindex="0">{lines}</div>
                    <div class="panel-head">
                        <h3>"Changes"</h3>
                        <span class="counter">{move || items.with(Vec::len)}</span>
                    </div>
                    <table class="table" style="flex:none"><tbody>{changes_table}</tbody></table>
                </div>
                <Side session items=items.into() at=to.into() id=Signal::derive(move || chosen.get().map(|c| c.id).unwrap_or_default()) />
            </div>
        </section>
    }
}

/// Who did it, and what the resource was related to then.
#[component]
fn Side(session: Session, items: Signal<Vec<Item>>, at: Signal<usize>, id: Signal<String>) -> impl IntoView {
    let item = Memo::new(move |_| items.with(|l| l.get(at.get()).cloned()));
    let around = session.answer(move || {
        if session.rows_of(&["cloudtrail"]) == 0 {
            return None;
        }
        item.get().map(|i| ask_around(&i, &id.get()))
    });
    let events = move || {
        let Some(i) = item.get() else { return ().into_any() };
        if session.rows_of(&["cloudtrail"]) == 0 {
            return view! { <li class="quiet">"No CloudTrail is loaded; its files would say who made this change."</li> }.into_any();
        }
        let Some(answer) = around.answer.get() else {
            return ().into_any();
        };
        if answer.rows.is_empty() {
            return view! { <li class="quiet">"No CloudTrail event of the ten minutes before names this resource."</li> }.into_any();
        }
        answer
            .rows
            .iter()
            .zip(&answer.places)
            .map(|(r, place)| {
                let text = |n: usize| r.get(n).map(Value::to_text).unwrap_or_default();
                let at = r.first().and_then(Value::as_i64).unwrap_or(0);
                let certain = i.related_events.contains(&text(3));
                let before = format::duration((i.at_ns - at).abs());
                let (icon, class, word) = if certain {
                    ("circle-check", "ok", "Certain: named in relatedEvents")
                } else {
                    ("triangle-alert", "yellow", "Likely: by time and resource")
                };
                let place = place.clone();
                view! {
                    <li>
                        <button type="button" class="link" on:click=move |_| session.open.set(Some(place.clone()))>{text(1)}</button>
                        " by " {text(2)} <br />
                        <span class="faint">{before}" before it was recorded"</span> <br />
                        <span class=format!("status status-{class}")><Icon name=icon />{word}</span>
                    </li>
                }
            })
            .collect_view()
            .into_any()
    };
    let related = move || {
        let list = item.get().map(|i| i.relationships).unwrap_or_default();
        if list.is_empty() {
            return view! { <li class="faint">"None recorded."</li> }.into_any();
        }
        list.into_iter()
            .map(|r| view! { <li>{r}</li> })
            .collect_view()
            .into_any()
    };
    view! {
        <aside class="config-side" aria-label="Around the change">
            <h3>"Who did it"</h3>
            <ul>{events}</ul>
            <h3>"Relationships then"</h3>
            <ul>{related}</ul>
        </aside>
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

/// A line of the structure; folds are opened when everything is shown.
fn diff_line(line: &Line, all: bool) -> AnyView {
    let number = |n: Option<u32>| n.map(|n| n.to_string());
    let (class, sign) = match &line.kind {
        Kind::Same => ("", " "),
        Kind::Added => ("is-added", "+"),
        Kind::Removed => ("is-removed", "-"),
        Kind::Moved => ("is-moved", "~"),
        Kind::Changed if line.old.is_some() => ("is-removed", "-"),
        Kind::Changed => ("is-added", "+"),
        Kind::Folded { lines, what } => {
            if all {
                return lines
                    .iter()
                    .take(5000)
                    .map(|l| diff_line(l, true))
                    .collect_view()
                    .into_any();
            }
            let text = format!("{} lines without change: {what}", lines.len());
            return view! {
                <div class="diff-line is-fold">
                    <span></span><span></span><span class="sign">"⋯"</span><span>{text}</span>
                </div>
            }
            .into_any();
        }
    };
    let pieces = line
        .pieces()
        .into_iter()
        .map(|(differs, text)| {
            let text = text.to_owned();
            if differs {
                view! { <mark>{text}</mark> }.into_any()
            } else {
                text.into_any()
            }
        })
        .collect_view();
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
