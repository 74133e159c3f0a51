//! Top bar, navigation, content with its split panel, status bar.

use super::{
    brush::TimeBrush,
    describe, door,
    filterbar::FilterBar,
    focus, intake,
    loading::{Loading, Trouble},
    pin::PinDialog,
    record::RecordPanel,
    remote, share,
    start::Start,
};
use crate::base::size;
use crate::session::{Session, Theme, Zone};
use crate::views::{VIEWS, View};
use crate::widgets::{Empty, Icon, dom::Look, format};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

#[component]
pub fn Shell(session: Session) -> impl IntoView {
    let has_items = move || {
        session.items.track();
        session.engine().with(|c| !c.items().is_empty())
    };
    let has_items = Memo::new(move |_| has_items());
    // A view is mounted once, not with every change of the number of rows.
    let shown = Memo::new(move |_| {
        let view = current(session);
        (view.id, view.is_empty(session))
    });
    Effect::new(move |_| {
        let asked = session.view.get();
        if !asked.is_empty() && !VIEWS.iter().any(|v| v.id == asked) {
            let said = format!("There is no view “{asked}”: the overview is shown.");
            session.notice.set(Some(said));
        }
    });
    view! {
        {session.is_report().then(|| view! { <share::PrintedBar /> })}
        <div class="app">
            <TopBar session has_items=has_items.into() />
            <Nav session has_items=has_items.into() />
            <main class="main" id="main" tabindex="-1">
                <h1 class="visually-hidden">"Trailbeam: " {move || current(session).title}</h1>
                <Show when=move || has_items.get() || session.is_report() fallback=move || view! { <Trouble session /> <Start session /> }>
                    <FilterBar session />
                    <TimeBrush session />
                    <Trouble session />
                    <div class="content" id="view" tabindex="-1" role="region" aria-label="View">
                        {move || {
                            let (id, empty) = shown.get();
                            let view = view_of(id);
                            if empty { view_empty(session, view).into_any() } else { (view.mount)(session) }
                        }}
                        <Show when=move || session.open.with(Option::is_some)>
                            <RecordPanel session />
                        </Show>
                    </div>
                    // Below everything: what a person is about to click stays where it is when reading ends.
                    <Loading session />
                </Show>
            </main>
            <StatusBar session />
            <p class="visually-hidden" role="status" aria-live="polite">{move || session.say.get()}</p>
            <intake::Inputs session />
            <intake::DropVeil session />
            <remote::UrlDialog session />
            <share::ShareDialog session />
            <PinDialog session />
            <describe::DescribeDialog session />
        </div>
    }
}

fn current(session: Session) -> &'static View {
    session.view.with(|id| view_of(id))
}

fn view_of(id: &str) -> &'static View {
    VIEWS.iter().find(|v| v.id == id).unwrap_or(&VIEWS[0])
}

/// Why a view has nothing to show, and which file would fill it.
fn view_empty(session: Session, view: &'static View) -> impl IntoView {
    let title = Signal::derive(move || {
        if session.loading.get() {
            format!("No {} read yet; files are still being read.", view.noun)
        } else {
            format!("No {} are loaded.", view.noun)
        }
    });
    view! {
        <section class="view">
            <Empty title>
                <p>{view.empty}</p>
            </Empty>
        </section>
    }
}

#[component]
fn TopBar(session: Session, has_items: Signal<bool>) -> impl IntoView {
    let zone = move |z: Zone| {
        let name = if z == Zone::Utc { "UTC" } else { "Local" };
        view! {
            <button
                type="button"
                aria-pressed=move || (session.zone.get() == z).to_string()
                on:click=move |_| session.zone.set(z)
            >
                {name}
            </button>
        }
    };
    let theme_name = move || match session.theme.get() {
        Theme::System => "Colours: as the system",
        Theme::Light => "Colours: light",
        Theme::Dark => "Colours: dark",
    };
    let next_theme = move |_| {
        session.theme.update(|t| {
            *t = match *t {
                Theme::System => Theme::Light,
                Theme::Light => Theme::Dark,
                Theme::Dark => Theme::System,
            }
        })
    };
    let search = RwSignal::new(String::new());
    let submit = move |e: web_sys::KeyboardEvent| {
        if e.key() == "Enter" && !search.get_untracked().trim().is_empty() {
            session.narrow(crate::query::Expr::Text(search.get_untracked().trim().to_owned()));
            session.go("events");
            search.set(String::new());
        }
    };
    view! {
        <header class="topbar">
            <focus::SkipLink />
            <a class="brand" href="#/" aria-label="Trailbeam, overview">
                <svg viewBox="0 0 24 24" aria-hidden="true">
                    <path class="beam-far" d="M8 12 22 4v16z"></path>
                    <path class="beam" d="M8 12 22 8v8z"></path>
                    <circle class="beam" cx="6" cy="12" r="3"></circle>
                </svg>
                <span class="word">"Trailbeam"</span>
            </a>
            {match session.shared_file() {
                Some(report) => view! { <share::ReportBar report /> }.into_any(),
                None => view! {
                    <door::Badge />
                    <Show
                        when=move || has_items.get()
                        fallback=|| view! { <span class="workspace quiet">"No files open"</span> }
                    >
                        <intake::AddButton session />
                    </Show>
                }
                .into_any(),
            }}
            <label class="search">
                <Icon name="search" />
                <span class="visually-hidden">"Search every record for an address, key, resource or text"</span>
                <input
                    id="search"
                    type="search"
                    placeholder="Address, key, resource, event or text"
                    prop:value=move || search.get()
                    on:input=move |e| search.set(event_target_value(&e))
                    on:keydown=submit
                />
                <kbd class="kbd" aria-hidden="true">"/"</kbd>
            </label>
            <div class="segmented" role="group" aria-label="Time zone">{zone(Zone::Utc)} {zone(Zone::Local)}</div>
            <button type="button" class="button button-quiet button-icon" aria-label=theme_name title=theme_name on:click=next_theme>
                <Icon name="sun" />
            </button>
            <super::keys::Help />
            <Show when=move || has_items.get() && !session.is_report()>
                <share::ShareButton session />
            </Show>
        </header>
    }
}

#[component]
fn Nav(session: Session, has_items: Signal<bool>) -> impl IntoView {
    let groups = ["", "Views", "Ask", "Audit"];
    // A shared file was not read from its sources here: what they were, its proof tells.
    let is_report = session.is_report();
    let here = move |v: &&'static View| {
        if v.only_shared {
            is_report
        } else {
            !(is_report && v.id == "sources")
        }
    };
    let item = move |view: &'static View| {
        let rows = move || session.rows_of(view.kinds);
        let count = move || {
            if view.kinds.is_empty() || !has_items.get() {
                String::new()
            } else if view.is_empty(session) {
                "no file".to_owned()
            } else if rows() == 0 {
                String::new()
            } else if rows() >= 1_000_000 {
                size::short(rows() as f64)
            } else {
                size::count(rows())
            }
        };
        let here = move || current(session).id == view.id;
        view! {
            <li>
                <button
                    type="button"
                    class="nav-item"
                    class:is-empty=move || has_items.get() && view.is_empty(session)
                    aria-current=move || here().then_some("page")
                    title=view.title
                    on:click=move |_| {
                        session.open.set(None);
                        session.go(view.id);
                    }
                >
                    <Icon name=view.icon />
                    <span class="word">{view.title}</span>
                    <span class="count">{count}</span>
                </button>
            </li>
        }
    };
    view! {
        <nav class="nav" aria-label="Views">
            {groups
                .into_iter()
                .map(|group| {
                    let views = VIEWS.iter().filter(move |v| v.group == group).filter(here);
                    view! {
                        {(!group.is_empty()).then(|| view! { <p class="nav-group">{group}</p> })}
                        <ul>{views.map(item).collect_view()}</ul>
                    }
                })
                .collect_view()}
        </nav>
    }
}

#[component]
fn StatusBar(session: Session) -> impl IntoView {
    let records = move || {
        session.items.track();
        let n: u64 = session.kinds.with(|k| k.iter().map(|k| k.rows).sum());
        let sources = match session.shared_file() {
            Some(report) => report.manifest.inputs.len() as u64,
            None => session.engine().with(|c| c.items().tally().files),
        };
        match sources {
            0 => "No records yet".to_owned(),
            s => format!(
                "{} from {}",
                size::counted(n, "records"),
                size::counted(s, "sources")
            ),
        }
    };
    let span = move || {
        session
            .span()
            .map(|s| format::range(s, session.offset_min(s.from_ns)))
    };
    let zone = move || {
        let at = session.span().map_or(0, |s| s.from_ns);
        format::zone_name(session.offset_min(at))
    };
    let unread = move || {
        session.items.track();
        let (records, files) = match session.shared_file() {
            Some(report) => {
                let inputs = &report.manifest.inputs;
                let broken = inputs.iter().filter(|i| i.error.is_some()).count() as u64;
                (inputs.iter().map(|i| i.rejected).sum(), broken)
            }
            None => {
                let tally = session.engine().with(|c| c.items().tally());
                (tally.rejected, tally.problem_files)
            }
        };
        let said =
            |n: u64, noun: &str, what: &str| (n > 0).then(|| format!("{} {what}", size::counted(n, noun)));
        let parts = [
            said(records, "records", "not read"),
            said(files, "files", "with a problem"),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    };
    let engine = move || {
        session.items.track();
        session.rows.track();
        let e = session.engine();
        let (memory, busy) = e.with(|c| (c.memory(), c.busy()));
        let workers = match (busy, e.workers()) {
            (0, 1) => "1 worker idle".to_owned(),
            (0, n) => format!("{n} workers idle"),
            (b, n) => format!("{b} of {n} workers reading"),
        };
        (
            format!("last answer {:.0} ms", e.last_answer_ms()),
            workers,
            memory,
        )
    };
    let limit = session.engine().memory_limit() as f64;
    view! {
        <footer class="statusbar">
            <span class="row"><Icon name="layers" />{records}</span>
            {move || span().map(|s| view! { <span class="row"><Icon name="calendar" />{s}" "{zone()}</span> })}
            {move || {
                unread()
                    .map(|t| view! {
                        <button type="button" class="row link status-yellow" on:click=move |_| session.go(if session.is_report() { "proof" } else { "sources" })>
                            <Icon name="triangle-alert" />{t}
                        </button>
                    })
            }}
            <span class="grow"></span>
            <span class="row of-answer"><Icon name="clock" />{move || engine().0}</span>
            <span class="row of-workers"><Icon name="cpu" />{move || engine().1}</span>
            <span class="row" title="Memory that the tables in the workers take, of what they may take before reading stops">
                <Icon name="hard-drive" />
                {move || format!("{} of {}", size::bytes(engine().2 as f64), size::bytes(limit))}
                <span class="meter" aria-hidden="true">
                    <i style=move || format!("width:{:.0}%", (engine().2 as f64 / limit * 100.0).min(100.0))></i>
                </span>
            </span>
        </footer>
    }
}

/// Puts the chosen theme on the page and tells charts when colours change.
pub fn follow_theme(session: Session) {
    let look = expect_context::<Look>();
    Effect::new(move |_| {
        let theme = session.theme.get();
        let root = web_sys::window()
            .and_then(|w| w.document())
            .and_then(|d| d.document_element());
        if let Some(root) = root {
            // Setting an attribute fails only for a name that is none.
            let _ = match theme {
                Theme::System => root.remove_attribute("data-theme"),
                Theme::Light => root.set_attribute("data-theme", "light"),
                Theme::Dark => root.set_attribute("data-theme", "dark"),
            };
        }
        look.0.update(|v| *v += 1);
    });
    let changed = Closure::<dyn FnMut()>::new(move || look.0.update(|v| *v += 1));
    if let Some(window) = web_sys::window()
        && let Ok(Some(query)) = window.match_media("(prefers-color-scheme: dark)")
    {
        // Listening to a media query can not fail.
        let _ = query.add_event_listener_with_callback("change", changed.as_ref().unchecked_ref());
    }
    changed.forget();
}
