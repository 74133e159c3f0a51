use super::model::*;
use super::names::{Names, ask_headings, ask_names, headings};
use super::resources::{FIELDS, Heading, Source, check_sheet, columns, status, value};
use crate::base::{FieldType, Value, size};
use crate::evidence::Pin;
use crate::query::{Agg, Answer, Expr, Key, Op, Query};
use crate::session::Session;
use crate::share::Sheet;
use crate::views::download::{Download, Table};
use crate::views::pin::PinButton;
use crate::views::shared::{Cells, RecordTable, severity, sheet};
use crate::views::show_query::{ShowQuery, records};
use crate::views::states::NoMatch;
use crate::widgets::table::{Cell, Column, Row};
use crate::widgets::{Icon, Select, StatusTag, format};
use leptos::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;
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
/// Rows of the table of checks in the page.
const MOST_SHOWN: usize = 1000;

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
    order: RwSignal<(By, bool)>,
    /// Nothing matches the filter and range.
    none: Memo<bool>,
}

impl Page {
    fn new(session: Session) -> Page {
        let answer = session.answer(move || Some(session.scoped(ask()))).answer;
        let named = session.answer(move || Some(ask_names())).answer;
        let all = Memo::new(move |_| {
            let names = named.get().map(|a| Names::new(&a)).unwrap_or_default();
            // A filter is about findings: what has none does not meet it.
            let names = match session.filter.with(|f| *f == Expr::All) {
                true => names,
                false => names.with_results(),
            };
            Arc::new(answer.get().map(|a| checks(&a, &names)).unwrap_or_default())
        });
        let order = RwSignal::new((By::default(), false));
        let shown = Memo::new(move |_| {
            let (category, status) = (session.choice("category", ""), session.choice("status", ""));
            let keep = |c: &&Check| {
                (category.is_empty() || c.category == category)
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
            answer.with(Option::is_some) && all.with(|a| a.is_empty()) && session.rows_of(&KINDS) > 0
        });
        Page {
            session,
            all,
            shown,
            picked,
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
                <Categories page />
                <LeftOut page />
                <Checks page />
                <Show when=move || page.picked.with(Option::is_some)>
                    <Resources page />
                </Show>
            </div>
        </section>
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
    let count = move || {
        let list = page.shown.get();
        let red = list.iter().filter(|c| c.status == Status::Red).count();
        let found: u64 = list.iter().map(Check::total).sum();
        let checks = size::counted(list.len() as u64, "checks");
        format!("{checks}, {red} red · {}", size::counted(found, "findings"))
    };
    let tables = Arc::new(move || vec![checks_table(page), findings_table(page)]);
    view! {
        <div class="toolbar findings-tools">
            <h2>"Findings"</h2>
            <Select label="Status" options=statuses value=status on_change=move |v: String| session.choose("status", &v) />
            <Select label="Account" options=values("account") value=Signal::stored(String::new()) on_change=narrow("account") />
            <Select label="Region" options=values("region") value=Signal::stored(String::new()) on_change=narrow("region") />
            <span class="quiet small nowrap">{count}</span>
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
        let shown = page
            .shown
            .with(|s| s.iter().map(|c| c.filter.clone()).collect::<Vec<_>>());
        let all = shown.len() == page.all.with(|a| a.len());
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
    let waiting = Memo::new(move |_| page.shown.with(|s| s.iter().filter(|c| c.total() == 0).count()));
    let plural =
        |n: u64, one: &str, many: &str| format!("{} {}", size::count(n), if n == 1 { one } else { many });
    view! {
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

/// Heads of the table of checks: what they sort by, their words, their width, whether they are figures.
const HEADS: [(Option<By>, &str, &str, bool); 8] = [
    (Some(By::Status), "Status", "width:182px", false),
    (Some(By::Title), "Check", "width:30%", false),
    (Some(By::Severity), "Severity", "width:100px", false),
    (None, "Resources", "", false),
    (Some(By::Findings), "Findings", "width:78px", true),
    (Some(By::Flagged), "Flagged", "width:78px", true),
    (Some(By::Excluded), "Excluded", "width:78px", true),
    (Some(By::Finder), "From", "width:126px", false),
];

#[component]
fn Checks(page: Page) -> impl IntoView {
    let order = page.order;
    let head = move |(by, title, style, numeric): (Option<By>, &'static str, &'static str, bool)| {
        let direction = move || by.and_then(|by| order.with(|(now, d)| (*now == by).then_some(*d)));
        let aria = move || match direction() {
            Some(true) => "descending",
            Some(false) => "ascending",
            None => "none",
        };
        let arrow = move || {
            direction().map(|d| view! { <Icon name=if d { "chevron-down" } else { "chevron-up" } /> })
        };
        let inner = match by {
            // Figures begin with the largest.
            Some(by) => view! {
                <button
                    type="button"
                    class="th-button"
                    on:click=move |_| order.update(|(now, d)| {
                        *d = if *now == by { !*d } else { numeric };
                        *now = by;
                    })
                >
                    {title}
                    {arrow}
                </button>
            }
            .into_any(),
            None => title.into_any(),
        };
        view! { <th scope="col" class:num=numeric style=style aria-sort=aria>{inner}</th> }
    };
    let rows = move || {
        page.shown.with(|s| {
            s.iter()
                .take(MOST_SHOWN)
                .map(|c| check_row(page, c))
                .collect_view()
        })
    };
    let note = move || match page.shown.with(|s| s.len()) {
        0 => Some("No check has this category and status.".to_owned()),
        n if n > MOST_SHOWN => Some(format!(
            "The first {} of {} checks. A category or a filter shows the others.",
            size::count(MOST_SHOWN as u64),
            size::count(n as u64)
        )),
        _ => None,
    };
    view! {
        <div class="findings-list" tabindex="0" role="region" aria-label="Checks">
            <table class="table">
                <thead>
                    <tr>{HEADS.map(head).collect_view()}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            {move || note().map(|n| view! { <p class="faint small findings-end">{n}</p> })}
        </div>
    }
}

fn check_row(page: Page, c: &Check) -> impl IntoView + use<> {
    let (key, here) = (c.key.clone(), c.key.clone());
    let (class, word) = c.status.shown();
    let selected = move || page.picked.with(|p| p.as_ref().is_some_and(|p| p.key == here));
    let matters = c.severity.map(|s| {
        let (class, icon, word) = severity(s);
        view! {
            <span class=format!("severity severity-{class}")>
                <Icon name=icon />
                {word}
            </span>
        }
    });
    let resources = c.resources.join(", ");
    view! {
        <tr class:is-selected=selected on:click=move |_| page.session.choose("check", &key)>
            <td><StatusTag status=class text=word /></td>
            <td>
                <button type="button" class="row-button clip strong" title=c.title.clone()>{c.title.clone()}</button>
            </td>
            <td>{matters}</td>
            <td class="clip" title=resources.clone()>{resources.clone()}</td>
            <td class="num">{size::count(c.total())}</td>
            <td class="num">{size::count(c.flagged())}</td>
            <td class="num">{size::count(c.excluded)}</td>
            <td class="clip quiet">{c.finders()}</td>
        </tr>
    }
}

/// A check, for a note on it.
fn pin(check: &Check) -> Pin {
    Pin::Finding {
        title: check.title.clone(),
        filter: findings().and(check.filter.clone()),
        range: None,
    }
}

/// The findings of the chosen check, each under the check's own headings.
#[component]
fn Resources(page: Page) -> impl IntoView {
    let session = page.session;
    let described = session.answer(move || Some(ask_headings())).answer;
    let described: Memo<BTreeMap<String, Vec<String>>> =
        Memo::new(move |_| described.get().map(|a| headings(&a)).unwrap_or_default());
    let metadata = Memo::new(move |_| {
        let key = page
            .picked
            .with(|c| c.as_ref().map(|c| c.key.clone()))
            .unwrap_or_default();
        described.with(|d| d.get(&key).cloned()).unwrap_or_default()
    });
    let heads = Memo::new(move |_| {
        let check = page.picked.get().unwrap_or_default();
        metadata.with(|m| columns(&check, m))
    });
    let specs = Signal::derive(move || heads.with(|h| h.iter().enumerate().map(spec).collect::<Vec<_>>()));
    let cells: Cells = Arc::new(move |answer, offset_min| {
        heads.with_untracked(|h| metadata.with_untracked(|m| rows(h, m, answer, offset_min)))
    });
    let query = move || {
        // Rows are made anew when their headings are known.
        heads.track();
        let q = Query::groups(&KINDS, Vec::new(), vec![Agg::Count]);
        let check = page.picked.get()?;
        Some(session.scoped(q.filter(findings().and(check.filter))))
    };
    let fields = Signal::stored(FIELDS.map(str::to_owned).to_vec());
    let order = RwSignal::new(("findingStatus".to_owned(), true));
    let total = move || page.picked.with(|c| c.as_ref().map_or(0, Check::total));
    let tables = Arc::new(move || {
        let rows = move || Some((query()?, fields.get(), order.get()));
        let made = move |answer: &Answer| {
            let row = |heads: &[Heading], m: &[String], r: &Vec<Value>| {
                heads.iter().map(|h| value(h, m, r)).collect()
            };
            heads.with(|h| {
                metadata.with(|m| Sheet {
                    columns: h.iter().map(|h| h.title.clone()).collect(),
                    rows: answer.rows.iter().map(|r| row(h, m, r)).collect(),
                })
            })
        };
        vec![Table::records("Findings of the check", "check-findings", rows, made).of_findings()]
    });
    // As high as its rows need, up to what the style sheet grants.
    let height = move || format!("height:{}px", 84 + 28 * total().clamp(1, 100));
    let result = move || {
        let key = page
            .picked
            .with(|c| c.as_ref().map(|c| c.key.clone()))
            .unwrap_or_default();
        format!("aws support describe-trusted-advisor-check-result --check-id {key}")
    };
    view! {
        <div class="findings-records" style=height>
            <div class="panel-head">
                <h3 class="clip">{move || page.picked.get().map(|c| c.title)}</h3>
                <span class="counter">{move || {
                    let noun = if total() == 1 { "finding" } else { "findings" };
                    format!("{} {noun}; a row opens its record", size::count(total()))
                }}</span>
                <span class="grow"></span>
                <PinButton session what="this check" about=move || page.picked.with_untracked(|c| c.as_ref().map(pin)) />
                <Download session what="the findings of the check" tables small=true class="menu-up" />
                <button
                    type="button"
                    class="button button-quiet button-icon"
                    aria-label="Close the check"
                    on:click=move |_| close(page)
                >
                    <Icon name="x" />
                </button>
            </div>
            <Show
                when=move || { total() > 0 }
                fallback=move || view! {
                    <p class="quiet findings-end">
                        "No result of this check is loaded. This makes the file: "
                        <code class="mono">{result}</code>
                    </p>
                }
            >
                <RecordTable
                    session
                    label="Findings of the check"
                    query=Arc::new(query)
                    columns=fields
                    sort=order
                    specs=specs
                    cells=cells.clone()
                />
            </Show>
        </div>
    }
}

fn spec((at, heading): (usize, &Heading)) -> Column {
    let field = heading.field();
    let width = match heading.source {
        Source::Status => 176.0,
        Source::Severity => 92.0,
        Source::AllMetadata => 420.0,
        Source::Metadata(_) => 150.0,
        Source::Field(n) => match FIELDS[n] {
            "resource" => 220.0,
            "findingTitle" => 340.0,
            _ => 130.0,
        },
    };
    Column {
        id: field.map_or_else(|| format!("metadata {at}"), str::to_owned),
        title: heading.title.clone(),
        width,
        numeric: false,
        mono: field == Some("resource"),
        sortable: field.is_some(),
    }
}

fn rows(heads: &[Heading], metadata: &[String], answer: &Answer, offset_min: i32) -> Vec<Row> {
    let cell = |heading: &Heading, row: &[Value]| {
        let shown = value(heading, metadata, row);
        let (class, icon) = match heading.source {
            Source::Status => {
                let (status, _) = status(row);
                (status_class(status), Some(status.icon()))
            }
            Source::Severity => match severity_of(&row.get(2).map(Value::to_text).unwrap_or_default()) {
                Some(s) => (severity_class(s), Some(severity(s).1)),
                None => ("cell-absent", None),
            },
            _ if shown.is_absent() => ("cell-absent", None),
            _ if matches!(shown, Value::Time(_)) => ("cell-time", None),
            _ => ("", None),
        };
        Cell {
            text: format::cell(&shown, FieldType::Text, "", offset_min),
            class,
            icon,
        }
    };
    let row = |row: &Vec<Value>| Row {
        cells: heads.iter().map(|h| cell(h, row)).collect(),
        class: "",
    };
    answer.rows.iter().map(row).collect()
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
