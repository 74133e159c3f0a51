//! Everything that was found, imported or here, in one list; what was evaluated; and what changed between two reports.

mod changes;
mod evaluated;
mod imported;
mod items;
mod list;
mod subjects;
mod suppress;

use super::model::*;
use super::names::{Names, ask_names};
use super::ours::{self, Grouping, Unseen};
use super::resources::check_sheet;
use crate::base::{Value, size};
use crate::findings::Source;
use crate::query::{Agg, Expr, Key, Op, Query};
use crate::session::Session;
use crate::views::download::{Download, Table};
use crate::views::shared::sheet;
use crate::views::show_query::{ShowQuery, records};
use crate::views::states::NoMatch;
use crate::widgets::{Icon, Select};
use leptos::prelude::*;
use std::sync::Arc;
use suppress::Asking;
use wasm_bindgen::JsCast;

/// Fields of the CSV of all findings.
const DOWNLOADED: [&str; 9] = [
    "findingStatus",
    "findingExcluded",
    "severityLabel",
    "findingTitle",
    "resource",
    "account",
    "region",
    "@timestamp",
    "metadata",
];
/// What the page shows.
const TABS: [(&str, &str); 3] = [
    ("", "Findings"),
    ("evaluated", "Evaluated"),
    ("changes", "Changes"),
];

/// What the view's parts share. A handle.
#[derive(Clone, Copy)]
struct Page {
    session: Session,
    /// Every check under the filter and range.
    all: Memo<Arc<Vec<Check>>>,
    /// Those of the chosen category and status, in the chosen order.
    shown: Memo<Arc<Vec<Check>>>,
    /// The check whose findings stand below.
    picked: Memo<Option<Check>>,
    grouping: Memo<Grouping>,
    unseen: Memo<Unseen>,
    /// What is about to be suppressed.
    asking: RwSignal<Option<Asking>>,
    order: RwSignal<(By, bool)>,
    /// Nothing matches the filter and range.
    none: Memo<bool>,
}

impl Page {
    fn new(session: Session) -> Page {
        let answer = session.answer(move || Some(session.scoped(ask()))).answer;
        let named = session.answer(move || Some(ask_names())).answer;
        session.want_audit();
        let grouping = Memo::new(move |_| Grouping::of(&session.choice("by", "")));
        let unseen = Memo::new(move |_| Unseen {
            suppressed: session.suppressed.get(),
            fold: session.choice("fold", "") == "yes",
        });
        let all = Memo::new(move |_| {
            let names = named.get().map(|a| Names::new(&a)).unwrap_or_default();
            // A filter is about findings: what has none does not meet it.
            let names = match session.filter.with(|f| *f == Expr::All) {
                true => names,
                false => names.with_results(),
            };
            let imported = answer.get().map(|a| checks(&a, &names)).unwrap_or_default();
            let unseen = unseen.get();
            let mut all: Vec<Check> = (imported.into_iter())
                .map(|c| ours::imported(c, &unseen.suppressed))
                .collect();
            session.audit.with(|audit| {
                let entries = audit.iter().flat_map(|a| a.entries.iter());
                all.extend(entries.map(|e| ours::line(e, &unseen)));
            });
            sort(&mut all, By::Status, false);
            Arc::new(all)
        });
        let order = RwSignal::new((By::default(), false));
        let shown = Memo::new(move |_| {
            let (category, status) = (session.choice("category", ""), session.choice("status", ""));
            let (from, severity) = (session.choice("from", ""), session.choice("severity", ""));
            let subject = session.choice("subject", "");
            let keep = |c: &&Check| {
                (category.is_empty() || c.category == category)
                    && (severity.is_empty() || c.severity.is_some_and(|s| s.word() == severity))
                    && (subject.is_empty() || c.is_about(&subject))
                    && match &c.ours {
                        _ if from.is_empty() => true,
                        Some(entry) => entry.source.id() == from,
                        None => c.kinds.contains(&from),
                    }
                    && match status.as_str() {
                        "" => true,
                        "excluded" => c.excluded > 0,
                        id => c.status.id() == id,
                    }
            };
            let mut list: Vec<Check> = all.with(|a| a.iter().filter(keep).cloned().collect());
            let (by, descending) = order.get();
            sort(&mut list, by, descending);
            Arc::new(list)
        });
        let picked = Memo::new(move |_| {
            let key = session.choice("check", "");
            all.with(|a| a.iter().find(|c| c.key == key).cloned())
        });
        let none = Memo::new(move |_| {
            let ours = session.audit.with(|a| a.is_some());
            answer.with(Option::is_some) && all.with(|a| a.is_empty()) && !ours && session.rows_of(&KINDS) > 0
        });
        Page {
            session,
            all,
            shown,
            picked,
            grouping,
            unseen,
            asking: RwSignal::new(None),
            order,
            none,
        }
    }
}

pub fn mount(session: Session) -> AnyView {
    view! { <Findings session /> }.into_any()
}

#[component]
fn Findings(session: Session) -> impl IntoView {
    let page = Page::new(session);
    close_on_escape(page);
    view! {
        <section class="view view-flush findings">
            <Toolbar page />
            <Show when=move || page.none.get()>
                <NoMatch session kinds=&KINDS noun="findings" />
            </Show>
            <div class="findings-body" hidden=move || page.none.get()>
                {move || match page.session.choice("tab", "").as_str() {
                    "evaluated" => view! { <evaluated::Evaluated page /> }.into_any(),
                    "changes" => view! { <changes::Changes page /> }.into_any(),
                    _ => view! { <Found page /> }.into_any(),
                }}
            </div>
            <suppress::SuppressDialog page />
        </section>
    }
}

/// The list, and what stands below it.
#[component]
fn Found(page: Page) -> impl IntoView {
    let is_ours = move || page.picked.with(|c| c.as_ref().is_some_and(|c| c.ours.is_some()));
    let is_imported = move || page.picked.with(|c| c.as_ref().is_some_and(|c| c.ours.is_none()));
    view! {
        <Categories page />
        <LeftOut page />
        <Show
            when=move || page.grouping.get() == Grouping::Rule
            fallback=move || view! { <subjects::Subjects page /> }
        >
            <list::Checks page />
        </Show>
        <Show when=is_imported>
            <imported::Resources page />
        </Show>
        <Show when=is_ours>
            <items::Items page />
        </Show>
    }
}

/// Escape closes the record first, then the check; focus goes back to where the check was opened.
fn close_on_escape(page: Page) {
    // Effects run behind the event: at the key that closes the record, it still counts as open.
    let record = StoredValue::new(false);
    Effect::new(move |_| record.set_value(page.session.open.with(Option::is_some)));
    let listener = window_event_listener(leptos::ev::keydown, move |e| {
        if e.key() == "Escape" && !record.get_value() && page.picked.with_untracked(Option::is_some) {
            close(page);
        }
    });
    on_cleanup(move || listener.remove());
}

fn close(page: Page) {
    let opener = document().query_selector(".findings-list .is-selected .row-button");
    page.session.choose("check", "");
    if let Some(opener) = opener
        .ok()
        .flatten()
        .and_then(|o| o.dyn_into::<web_sys::HtmlElement>().ok())
    {
        // A row that has left the table takes no focus.
        let _ = opener.focus();
    }
}

#[component]
fn Toolbar(page: Page) -> impl IntoView {
    let session = page.session;
    let status = Signal::derive(move || session.choice("status", ""));
    let mut statuses = vec![(String::new(), "all".to_owned())];
    statuses.extend(Status::ALL.map(|s| (s.id().to_owned(), s.shown().1.to_owned())));
    statuses.push(("excluded".to_owned(), "With excluded items".to_owned()));
    let values = move |field: &'static str| {
        let answer = session.answer(move || {
            let q = Query::groups(&KINDS, vec![Key::Field(field.into())], vec![Agg::Count]);
            Some(q.limit(200))
        });
        Signal::derive(move || {
            let rows = answer.answer.get().map(|a| a.rows.clone()).unwrap_or_default();
            let named = rows.iter().filter_map(|r| r.first()).filter(|v| !v.is_absent());
            let mut list = vec![(String::new(), "all".to_owned())];
            list.extend(named.map(Value::to_text).map(|n| (n.clone(), n)));
            list
        })
    };
    let narrow = move |field: &'static str| {
        Callback::new(move |v: String| {
            if !v.is_empty() {
                session.narrow_to(field, Op::Eq, v.as_str().into());
            }
        })
    };
    let chosen = move |name: &'static str| {
        let value = Signal::derive(move || session.choice(name, ""));
        let choose = Callback::new(move |v: String| session.choose(name, &v));
        (value, choose)
    };
    let all = || vec![(String::new(), "all".to_owned())];
    let sources = Signal::derive(move || {
        let mut list = all();
        page.all.with(|checks| {
            let here = |s: Source| {
                checks
                    .iter()
                    .any(|c| c.ours.as_ref().is_some_and(|e| e.source == s))
            };
            list.extend(
                Source::ALL
                    .into_iter()
                    .filter(|s| here(*s))
                    .map(|s| (s.id().to_owned(), s.title().to_owned())),
            );
            let imported = |k: &&&str| {
                checks
                    .iter()
                    .any(|c| c.ours.is_none() && c.kinds.iter().any(|own| own == **k))
            };
            list.extend(
                KINDS
                    .iter()
                    .filter(imported)
                    .map(|k| ((*k).to_owned(), finder(k).to_owned())),
            );
        });
        list
    });
    let mut severities = all();
    severities.extend(["critical", "high", "medium", "low", "info"].map(|s| (s.to_owned(), s.to_owned())));
    let groupings: Vec<(String, String)> = Grouping::ALL
        .into_iter()
        .map(|(_, id, name)| (if id == "rule" { "" } else { id }.to_owned(), name.to_owned()))
        .collect();
    let ((severity, on_severity), (from, on_from), (by, on_by)) =
        (chosen("severity"), chosen("from"), chosen("by"));
    let folds = move || session.choice("fold", "") == "yes";
    let is_list = Memo::new(move |_| session.choice("tab", "").is_empty());
    let progress = move || {
        session.auditing.get().map(|a| match a.of {
            of if of > a.read => format!(
                "Rules are run: {} of {} original records read again",
                size::count(a.read),
                size::count(of)
            ),
            _ => format!("Rules are run: {} of {}", a.done, a.rules),
        })
    };
    let count = move || {
        let list = page.shown.get();
        let red = list.iter().filter(|c| c.status == Status::Red).count();
        let found: u64 = list.iter().map(Check::total).sum();
        let checks = size::counted(list.len() as u64, "checks");
        format!("{checks}, {red} red · {}", size::counted(found, "findings"))
    };
    let tables = Arc::new(move || {
        let ours = Table::held("Findings of rules and checks", "rule-findings", move || {
            page.shown.with(|s| ours::sheet(s))
        });
        vec![checks_table(page), findings_table(page), ours]
    });
    view! {
        <div class="toolbar findings-tools">
            <h2>"Findings"</h2>
            <div class="segmented" role="group" aria-label="Show">
                {TABS.map(|(id, title)| view! {
                    <button
                        type="button"
                        aria-pressed=move || (session.choice("tab", "") == id).to_string()
                        on:click=move |_| session.choose("tab", id)
                    >
                        {title}
                    </button>
                })}
            </div>
            <Show when=move || is_list.get()>
                <Select label="Group by" options=groupings.clone() value=by on_change=on_by />
            </Show>
            <Select label="Status" options=statuses value=status on_change=move |v: String| session.choose("status", &v) />
            <Select label="Severity" options=severities value=severity on_change=on_severity />
            <Select label="From" options=sources value=from on_change=on_from />
            <Select label="Account" options=values("account") value=Signal::stored(String::new()) on_change=narrow("account") />
            <Select label="Region" options=values("region") value=Signal::stored(String::new()) on_change=narrow("region") />
            <button
                type="button"
                class="button button-quiet"
                aria-pressed=move || folds().to_string()
                title="Leave out what AWS services, their roles and named automation did"
                on:click=move |_| session.choose("fold", if untrack(folds) { "" } else { "yes" })
            >
                <Icon name="layers" />
                "Fold automation"
            </button>
            <suppress::Suppressed page />
            <span class="quiet small nowrap">{count}</span>
            <span class="quiet small nowrap" role="status">{progress}</span>
            <span class="grow"></span>
            <ShowQuery session query=move || Some(ask_shown(page)) />
            <Download session what="checks and findings" tables />
        </div>
    }
}

/// The checks shown, in their order; their records are the findings of these checks.
fn checks_table(page: Page) -> Table {
    let session = page.session;
    let records = move || {
        let shown = page.shown.with(|s| {
            s.iter()
                .filter(|c| c.ours.is_none())
                .map(|c| c.filter.clone())
                .collect::<Vec<_>>()
        });
        let all = shown.len() == page.all.with(|a| a.iter().filter(|c| c.ours.is_none()).count());
        let filter = match all {
            true => findings(),
            false => findings().and(Expr::Or(shown)),
        };
        Some(session.scoped(Query::groups(&KINDS, Vec::new(), vec![Agg::Count]).filter(filter)))
    };
    let table = Table::held("Checks", "checks", move || page.shown.with(|s| check_sheet(s)));
    table.of_records(records)
}

/// Findings of every kind.
fn ask_findings() -> Query {
    Query::groups(&KINDS, Vec::new(), vec![Agg::Count]).filter(findings())
}

/// The findings of the check that is open, or all.
fn ask_shown(page: Page) -> Query {
    let of_check = page.picked.with(|c| c.as_ref().map(|c| c.filter.clone()));
    let query = ask_findings().filter(of_check.unwrap_or_default());
    records(query, DOWNLOADED.map(str::to_owned).to_vec(), by_status())
}

fn by_status() -> (String, bool) {
    ("findingStatus".to_owned(), true)
}

/// Every finding of the filter and range, one a row.
fn findings_table(page: Page) -> Table {
    let all = move || {
        let columns = DOWNLOADED.map(str::to_owned).to_vec();
        Some((page.session.scoped(ask_findings()), columns, by_status()))
    };
    Table::records("Findings", "findings", all, sheet).of_findings()
}

/// A counter for each category and status; a click shows the category alone.
#[component]
fn Categories(page: Page) -> impl IntoView {
    let session = page.session;
    let category = move || session.choice("category", "");
    let counter = move |id: &'static str, s: Status| {
        let n = move || page.all.with(|a| counters(a, id)[s as usize]);
        let (class, word) = s.shown();
        view! {
            <span class=format!("status status-{class}") class:is-zero=move || n() == 0 title=word>
                <Icon name=s.icon() />
                {n}
                <span class="visually-hidden">{word}</span>
            </span>
        }
    };
    let tab = move |(id, name): (&'static str, &'static str)| {
        let toggle = move |_| {
            let now = untrack(category);
            session.choose("category", if now == id { "" } else { id });
            // The check that was open may be of another one.
            session.choose("check", "");
        };
        view! {
            <button
                type="button"
                class="category"
                aria-pressed=move || (category() == id).to_string()
                on:click=toggle
            >
                <strong>{name}</strong>
                <span class="counts">{Status::ALL.map(|s| counter(id, s)).collect_view()}</span>
            </button>
        }
    };
    view! {
        <div class="categories" role="group" aria-label="Categories">
            {CATEGORIES.map(tab).collect_view()}
        </div>
    }
}

/// What is not among the checks, and why: findings without a time, checks without a result.
#[component]
fn LeftOut(page: Page) -> impl IntoView {
    let session = page.session;
    let timeless = session.answer(move || {
        session.range.get()?;
        Some(ask_timeless().within(None, &session.filter.get()))
    });
    let timeless = Memo::new(move |_| timeless.answer.get().map_or(0, |a| a.matched));
    let waiting = Memo::new(move |_| {
        page.shown
            .with(|s| s.iter().filter(|c| c.ours.is_none() && c.total() == 0).count())
    });
    let plural =
        |n: u64, one: &str, many: &str| format!("{} {}", size::count(n), if n == 1 { one } else { many });
    let subject = move || session.choice("subject", "");
    view! {
        <Show when=move || !subject().is_empty()>
            <p class="message findings-note">
                <Icon name="filter" />
                <span>
                    "Rules that name " <strong class="mono">{subject}</strong> ". "
                    <button type="button" class="link" on:click=move |_| session.choose("subject", "")>"Show all"</button>
                </span>
            </p>
        </Show>
        <Show when=move || { timeless.get() > 0 }>
            <p class="message findings-note">
                <Icon name="clock" />
                <span>
                    {move || plural(timeless.get(), "finding bears", "findings bear")}
                    " no time: no range holds them. "
                    <button type="button" class="link" on:click=move |_| session.range.set(None)>"Whole range"</button>
                </span>
            </p>
        </Show>
        <Show when=move || { waiting.get() > 0 }>
            <p class="message findings-note">
                <Icon name="circle-dashed" />
                <span>
                    <strong>{move || plural(waiting.get() as u64, "check is", "checks are")} " not available."</strong>
                    " The list of checks names them, and no result of them is loaded; that is not a pass. "
                    "For each, this makes the file that helps: "
                    <code class="mono">"aws support describe-trusted-advisor-check-result --check-id ID"</code>
                </span>
            </p>
        </Show>
    }
}

fn status_class(status: Status) -> &'static str {
    match status {
        Status::Red => "status-red",
        Status::Yellow => "status-yellow",
        Status::Green => "status-ok",
        Status::None => "status-none",
    }
}

fn severity_class(severity: crate::rules::Severity) -> &'static str {
    use crate::rules::Severity::*;
    match severity {
        Critical => "severity-critical",
        High => "severity-high",
        Medium => "severity-medium",
        Low => "severity-low",
        Info => "severity-info",
    }
}
