//! What to share: the dialog. The file is made while it is looked at, so the sizes it shows are those it has.

use super::build::{Made, Stopped, build};
use super::choices::Choices;
use super::records::{RecordChoice, State, change, measure_others};
use crate::base::{size, time};
use crate::engine::client::{pause, spawn};
use crate::evidence::manifest::Records;
use crate::session::Session;
use crate::views::EXPORTS;
use crate::widgets::{Icon, StatusTag, dom};
use leptos::html;
use leptos::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;

/// A file that mail and ticket systems still take (bytes); above, it is said what to leave out.
const LARGE: u64 = 20_000_000;
/// How long choices rest before the file is made anew (ms).
const REST_MS: i32 = 350;

thread_local! {
    // Counted by reference: it belongs to the page, not to the scope that touches it first.
    static OPEN: ArcRwSignal<bool> = ArcRwSignal::new(false);
    // A Blob is nothing that a signal can hold.
    static MADE: RefCell<Option<Rc<Made>>> = const { RefCell::new(None) };
}

fn is_open() -> ArcRwSignal<bool> {
    OPEN.with(Clone::clone)
}

/// Opens the dialog.
#[component]
pub fn ShareButton(session: Session) -> impl IntoView {
    let waiting = move || session.loading.get();
    view! {
        <button
            type="button"
            class="button button-primary"
            disabled=waiting
            title=move || if waiting() { "Files are still being read" } else { "Share as one HTML file" }
            on:click=move |_| is_open().set(true)
        >
            <Icon name="share-2" />
            "Share"
        </button>
    }
}

/// What the page shows now, as choices.
pub fn choices_of_page(session: Session) -> Choices {
    let filter = session.filter.get_untracked();
    let range = session.range.get_untracked();
    let now_ns = (js_sys::Date::now() as i64).saturating_mul(1_000_000);
    let shown = |id: &&str| {
        let view = crate::views::VIEWS.iter().find(|v| v.id == *id);
        // The page of one thing, where one is chosen.
        let chosen = *id != "entity" || untrack(|| !session.choice("entity", "").is_empty());
        chosen && view.is_none_or(|v| untrack(|| !v.is_empty(session)))
    };
    Choices {
        title: "Log evidence report".into(),
        scope: String::new(),
        author: String::new(),
        created_ns: now_ns - now_ns.rem_euclid(time::SECOND),
        everything: filter == crate::query::Expr::All && range.is_none(),
        filter,
        range,
        views: EXPORTS
            .iter()
            .map(|(id, ..)| *id)
            .filter(shown)
            .map(str::to_owned)
            .collect(),
        records: Records::Findings,
        originals: true,
        leave_out: Vec::new(),
    }
}

#[component]
pub fn ShareDialog(session: Session) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let choices = RwSignal::new(None::<Choices>);
    let state = RwSignal::new(State::default());
    let round = StoredValue::new(0u64);
    Effect::new(move |_| {
        if is_open().get() {
            choices.set(Some(untrack(|| choices_of_page(session))));
            if let Some(d) = dialog.get_untracked() {
                // A dialog that is open already stays open.
                let _ = d.show_modal();
            }
        }
    });
    // Every change makes the file anew; what was begun before is given up.
    Effect::new(move |_| {
        let Some(wanted) = choices.get() else { return };
        let mine = round.get_value() + 1;
        round.set_value(mine);
        let go_on = move || round.try_get_value() == Some(mine);
        state.update(|s| {
            s.doing = Some("Measuring".into());
            s.failed = None;
            s.measures(&wanted);
        });
        spawn(async move {
            pause(REST_MS).await;
            if !go_on() {
                return;
            }
            let say = move |what: &str| {
                let what = what.to_owned();
                state.try_update(|s| s.doing = Some(what));
            };
            match build(session, wanted.clone(), go_on, say).await {
                Ok(made) => {
                    state.try_update(|s| {
                        s.doing = None;
                        s.failed = None;
                        s.sizes = made.sizes.clone();
                        s.bytes = made.bytes;
                        s.sha256 = made.manifest_sha256.clone();
                        s.masked = made.manifest.masked.iter().map(|m| m.values).sum();
                        s.inputs = made.manifest.inputs.len();
                        s.learn_made(wanted.records, wanted.originals);
                    });
                    MADE.with(|m| *m.borrow_mut() = Some(Rc::new(made)));
                    measure_others(session, wanted, state, go_on).await;
                }
                Err(Stopped::Unwanted) => {}
                Err(Stopped::Failed(why)) => {
                    state.try_update(|s| {
                        s.doing = None;
                        s.failed = Some(why);
                    });
                }
            }
        });
    });
    let close = move || {
        round.update_value(|r| *r += 1);
        choices.set(None);
        state.set(State::default());
        MADE.with(|m| *m.borrow_mut() = None);
        is_open().set(false);
        if let Some(d) = dialog.get_untracked() {
            d.close();
        }
    };
    let save = move |_| {
        let made = MADE.with(|m| m.borrow().clone());
        let title = choices.with_untracked(|c| c.as_ref().map(|c| c.title.clone()));
        if let (Some(made), Some(title)) = (made, title) {
            dom::save_blob(&file_name(&title), &made.blob);
            session.say.set("The report is saved.".into());
        }
    };
    let ready = move || state.with(|s| s.doing.is_none() && s.failed.is_none() && s.bytes > 0);
    view! {
        <dialog class="share" node_ref=dialog aria-labelledby="share-title" on:close=move |_| close()>
            <Show when=move || choices.with(Option::is_some)>
                <div class="share-head">
                    <div class="grow">
                        <h2 id="share-title">"Share as one HTML file"</h2>
                        <p class="quiet small">
                            "Opens offline in any browser, reads and prints without scripts, can be filtered and verified. Nothing is uploaded: you save a file."
                        </p>
                    </div>
                    <button type="button" class="button button-quiet button-icon" aria-label="Close" on:click=move |_| close()>
                        <Icon name="x" />
                    </button>
                </div>
                <div class="share-body">
                    <div class="share-left">
                        <Words choices />
                        <Contents choices state />
                        <RecordChoice session choices state />
                    </div>
                    <div class="share-right">
                        <LeaveOut session choices />
                        <Proof state />
                    </div>
                </div>
                <div class="share-foot">
                    <Weight state />
                    <span class="grow"></span>
                    <button type="button" class="button" on:click=move |_| close()>"Cancel"</button>
                    <button type="button" class="button button-primary" disabled=move || !ready() on:click=save>
                        <Icon name="download" />
                        "Save the report"
                    </button>
                </div>
            </Show>
        </dialog>
    }
}

/// `Access key leak, 11 Nov` → `access-key-leak-11-nov.html`.
fn file_name(title: &str) -> String {
    let plain = |c: char| {
        if c.is_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    let words: String = title.chars().map(plain).collect();
    let name: Vec<&str> = words.split('-').filter(|w| !w.is_empty()).collect();
    let name: String = name.join("-").chars().take(80).collect();
    format!("{}.html", if name.is_empty() { "report" } else { &name })
}

/// Title, author, what it covers, when it is written.
#[component]
fn Words(choices: RwSignal<Option<Choices>>) -> impl IntoView {
    let field = move |label: &'static str,
                      get: fn(&Choices) -> String,
                      set: fn(&mut Choices, String),
                      hint: &'static str| {
        view! {
            <label class="stack">
                <span class="quiet small">{label}</span>
                <input
                    class="field"
                    type="text"
                    placeholder=hint
                    prop:value=move || choices.with(|c| c.as_ref().map(get).unwrap_or_default())
                    on:change=move |e| change(choices, |c| set(c, event_target_value(&e)))
                />
            </label>
        }
    };
    let wrong = RwSignal::new(false);
    let created = move || choices.with(|c| c.as_ref().map(|c| time::iso(c.created_ns)).unwrap_or_default());
    let narrowed = move || {
        choices.with(|c| {
            c.as_ref()
                .is_some_and(|c| c.range.is_some() || c.filter != crate::query::Expr::All)
        })
    };
    view! {
        <div class="share-words">
            {field("Title", |c| c.title.clone(), |c, t| c.title = t, "Access key leak, 11 November 2026")}
            {field("Prepared by", |c| c.author.clone(), |c, t| c.author = t, "Platform security")}
            {field("What it covers", |c| c.scope.clone(), |c, t| c.scope = t, "For internal audit: account 111122223333")}
            <label class="stack">
                <span class="quiet small">"Written, UTC"</span>
                <input
                    class="field mono"
                    type="text"
                    aria-invalid=move || wrong.get().then_some("true")
                    prop:value=created
                    on:change=move |e| match time::parse_iso(event_target_value(&e).trim().as_bytes()) {
                        Some(ns) => {
                            wrong.set(false);
                            change(choices, |c| c.created_ns = ns);
                        }
                        None => wrong.set(true),
                    }
                />
            </label>
            <Show when=narrowed>
                <div class="segmented" role="group" aria-label="What is shared">
                    <button
                        type="button"
                        aria-pressed=move || choices.with(|c| c.as_ref().is_some_and(|c| !c.everything)).to_string()
                        on:click=move |_| change(choices, |c| c.everything = false)
                    >
                        "This filter and range"
                    </button>
                    <button
                        type="button"
                        aria-pressed=move || choices.with(|c| c.as_ref().is_some_and(|c| c.everything)).to_string()
                        on:click=move |_| change(choices, |c| c.everything = true)
                    >
                        "Everything"
                    </button>
                </div>
            </Show>
        </div>
    }
}

/// Which views, in which order.
#[component]
fn Contents(choices: RwSignal<Option<Choices>>, state: RwSignal<State>) -> impl IntoView {
    let chosen =
        Memo::new(move |_| choices.with(|c| c.as_ref().map(|c| c.views.clone()).unwrap_or_default()));
    let rows = move || {
        let mine = chosen.get();
        let titles = |id: &str| EXPORTS.iter().find(|e| e.0 == id).map_or("", |e| e.1);
        let others = EXPORTS
            .iter()
            .map(|e| e.0)
            .filter(|id| !mine.iter().any(|m| m == id));
        let all: Vec<String> = mine.iter().cloned().chain(others.map(str::to_owned)).collect();
        let count = mine.len();
        all.into_iter()
            .enumerate()
            .map(|(at, id)| {
                let on = at < count;
                let title = titles(&id);
                let (toggled, moved) = (id.clone(), id.clone());
                let size = move || {
                    let name = format!("{title}, printed");
                    let found = state.with(|s| s.sizes.iter().find(|p| p.0 == name).map(|p| p.1));
                    on.then(|| found.map(|b| size::bytes(b as f64))).flatten()
                };
                let shift = move |down: bool| {
                    let id = moved.clone();
                    move |_| {
                        change(choices, |c| {
                            if let Some(at) = c.views.iter().position(|v| *v == id) {
                                let to = if down { at + 1 } else { at.wrapping_sub(1) };
                                if to < c.views.len() {
                                    c.views.swap(at, to);
                                }
                            }
                        });
                    }
                };
                view! {
                    <li class="share-row">
                        <label class="row grow">
                            <input
                                type="checkbox"
                                prop:checked=on
                                on:change=move |_| change(choices, |c| match c.views.iter().position(|v| *v == toggled) {
                                    Some(at) => drop(c.views.remove(at)),
                                    None => c.views.push(toggled.clone()),
                                })
                            />
                            {title}
                        </label>
                        <span class="num quiet small">{size}</span>
                        <button type="button" class="button button-quiet button-icon button-small" aria-label=format!("{title} up") disabled=!on || at == 0 on:click=shift(false)>
                            <Icon name="chevron-up" />
                        </button>
                        <button type="button" class="button button-quiet button-icon button-small" aria-label=format!("{title} down") disabled={!on || at + 1 >= count} on:click=shift(true)>
                            <Icon name="chevron-down" />
                        </button>
                    </li>
                }
            })
            .collect_view()
    };
    view! {
        <h3>"Contents"</h3>
        <ul class="share-list">{rows}</ul>
    }
}

/// Fields that are dropped from the data.
#[component]
fn LeaveOut(session: Session, choices: RwSignal<Option<Choices>>) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let names = Memo::new(move |_| {
        let mut all: Vec<String> = session
            .fields
            .with(|f| f.iter().map(|f| f.name.clone()).collect());
        all.sort_unstable();
        all.dedup();
        all
    });
    let out = move || choices.with(|c| c.as_ref().map(|c| c.leave_out.clone()).unwrap_or_default());
    let add = move || {
        let name = typed.get_untracked().trim().to_owned();
        if names.with_untracked(|n| n.contains(&name)) {
            change(choices, |c| {
                if !c.leave_out.contains(&name) {
                    c.leave_out.push(name);
                    c.leave_out.sort_unstable();
                }
            });
            typed.set(String::new());
        }
    };
    view! {
        <h3>"Left out"</h3>
        <p class="quiet small">
            "A field named here is dropped from the data, not hidden. Records that had it are shared without their original text."
        </p>
        <div class="row">
            <input
                class="field grow"
                type="text"
                list="share-fields"
                aria-label="Field to leave out"
                placeholder="sourceIPAddress"
                prop:value=move || typed.get()
                on:input=move |e| typed.set(event_target_value(&e))
                on:change=move |_| add()
            />
            <datalist id="share-fields">
                {move || names.get().into_iter().map(|n| view! { <option value=n></option> }).collect_view()}
            </datalist>
            <button type="button" class="button" on:click=move |_| add()>"Leave out"</button>
        </div>
        <ul class="share-tokens">
            {move || out()
                .into_iter()
                .map(|name| {
                    let gone = name.clone();
                    view! {
                        <li class="token">
                            <span class="mono">{name.clone()}</span>
                            <button
                                type="button"
                                aria-label=format!("Share {name} after all")
                                on:click=move |_| change(choices, |c| c.leave_out.retain(|n| *n != gone))
                            >
                                <Icon name="x" />
                            </button>
                        </li>
                    }
                })
                .collect_view()}
        </ul>
        <p class="quiet small">
            "Secret keys, session tokens, signatures, passwords and private keys are always masked."
        </p>
    }
}

/// What makes the file provable.
#[component]
fn Proof(state: RwSignal<State>) -> impl IntoView {
    let row = |name: &'static str, value: Signal<String>| {
        view! {
            <dt>{name}</dt>
            <dd class="mono clip" title=move || value.get()>{move || value.get()}</dd>
        }
    };
    let inputs = Signal::derive(move || state.with(|s| size::counted(s.inputs as u64, "inputs")));
    let hash = Signal::derive(move || {
        state.with(|s| match s.sha256.as_str() {
            "" => "–".to_owned(),
            hash => hash.to_owned(),
        })
    });
    let masked = Signal::derive(move || state.with(|s| size::counted(s.masked, "values")));
    view! {
        <h3>"Proof"</h3>
        <dl class="share-proof">
            {row("Manifest", inputs)}
            {row("Its SHA-256", hash)}
            {row("Masked", masked)}
        </dl>
        <p class="quiet small">
            "Write the hash into the mail or ticket that the file goes with: who opens the file sees the same one, and can verify every part against it."
        </p>
    }
}

/// How large it is, of what.
#[component]
fn Weight(state: RwSignal<State>) -> impl IntoView {
    let told = move || {
        state.with(|s| {
            if let Some(why) = &s.failed {
                return view! { <p class="status-red small" role="alert"><Icon name="circle-x" />{why.clone()}</p> }.into_any();
            }
            if s.bytes == 0 {
                let doing = s.doing.clone().unwrap_or_default();
                return view! { <p class="quiet small" role="status">{doing}"…"</p> }.into_any();
            }
            let part = |ends: &str| -> u64 { s.sizes.iter().filter(|p| p.0.ends_with(ends)).map(|p| p.1).sum() };
            let parts = [
                ("program", part("program")),
                ("records", part(", records")),
                ("sums", part(", sums")),
                ("printed layer, notes, manifest", part(", printed") + part("manifest") + part("notes")),
            ];
            let line = parts.iter().filter(|p| p.1 > 0).map(|(name, bytes)| format!("{name} {}", size::bytes(*bytes as f64)));
            let line = line.collect::<Vec<_>>().join(" · ");
            let large = (s.bytes > LARGE).then(|| {
                let mut all = s.sizes.clone();
                all.retain(|p| p.0.ends_with(", records"));
                all.sort_by_key(|p| std::cmp::Reverse(p.1));
                let most = all.first().map(|p| format!(" The largest part is {} ({}).", p.0, size::bytes(p.1 as f64)));
                format!(
                    "Many mail and ticket systems refuse files over 20 MB. Share records as sums, fewer of them, or without their original text.{}",
                    most.unwrap_or_default()
                )
            });
            let doing = s.doing.clone();
            view! {
                <div class="stack">
                    <p class="small">
                        <span class="strong">{size::bytes(s.bytes as f64)}</span> " of 20 MB "
                        <span class="quiet">{line}</span>
                    </p>
                    {large.map(|text| view! { <StatusTag status="yellow" text /> })}
                    {doing.map(|d| view! { <p class="quiet small" role="status">{d}"…"</p> })}
                </div>
            }
            .into_any()
        })
    };
    view! { <div class="share-weight">{told}</div> }
}
