//! The benchmark's topics, and the panel of one.

use super::load::Page;
use super::parts::{Panel, Pattern, Sentences, Steps, lints_of, tag};
use crate::base::size;
use crate::monitoring::Coverage;
use crate::query::{Expr, PATTERN};
use crate::session::Session;
use crate::views::alarms::model::steps::{of_topic, why};
use crate::views::alarms::model::topics::{By, Happened, Row, Seen, ask, sort};
use crate::views::shared::severity;
use crate::views::show_query::ShowQuery;
use crate::widgets::{Icon, StatusTag, format};
use leptos::prelude::*;

/// Heads: what they sort by, their words, their width, whether they are figures.
const HEADS: [(Option<By>, &str, &str, bool); 8] = [
    (Some(By::Number), "No.", "width:56px", false),
    (Some(By::Title), "Topic", "", false),
    (Some(By::Severity), "Severity", "width:96px", false),
    (Some(By::Events), "Events", "width:78px", true),
    (None, "First", "width:172px", false),
    (Some(By::Last), "Last", "width:172px", false),
    (None, "Filter", "width:150px", false),
    (Some(By::Ends), "Would anyone be told?", "width:196px", false),
];

#[component]
pub fn Topics(page: Page) -> impl IntoView {
    let session = page.session;
    let order = RwSignal::new((By::default(), false));
    let rows = Memo::new(move |_| {
        let mut rows = page.topics.get().to_vec();
        let (by, descending) = order.get();
        sort(&mut rows, by, descending);
        rows
    });
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
            Some(by) => view! {
                <button
                    type="button"
                    class="th-button"
                    on:click=move |_| order.update(|(now, d)| {
                        // Figures and times begin with the largest.
                        *d = if *now == by { !*d } else { matches!(by, By::Events | By::Last) };
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
    let picked = Memo::new(move |_| {
        let id = session.choice("topic", "");
        page.topics.with(|t| t.iter().find(|r| r.topic.id == id).cloned())
    });
    let needs = move || {
        page.topics.with(|t| {
            t.iter().find_map(|r| match &r.seen {
                Seen::NotEvaluable(needs) => Some(needs.clone()),
                _ => None,
            })
        })
    };
    view! {
        {move || needs().map(|needs| view! {
            <p class="message alarms-note">
                <Icon name="circle-dashed" />
                <span><strong>"What happened is not evaluable."</strong>" Needs " {needs} "."</span>
            </p>
        })}
        <Scope page />
        <div class="alarms-list" tabindex="0" role="region" aria-label="Topics">
            <table class="table alarms-topics">
                <thead><tr>{HEADS.map(head).collect_view()}</tr></thead>
                <tbody>{move || rows.with(|all| all.iter().map(|r| row(session, r)).collect_view())}</tbody>
            </table>
        </div>
        {move || picked.get().map(|r| view! { <Detail page row=r /> })}
    }
}

/// Counts of topics follow the page's filter and range; that is said where there is one.
#[component]
fn Scope(page: Page) -> impl IntoView {
    let session = page.session;
    let narrowed = move || session.range.with(Option::is_some) || session.filter.with(|f| *f != Expr::All);
    view! {
        <Show when=narrowed>
            <p class="small quiet alarms-scope">
                "Events are counted within the page’s filter and range. Filters and alarms are run over all events that are loaded."
            </p>
        </Show>
    }
}

fn time(session: Session, ns: Option<i64>) -> String {
    ns.map_or_else(
        || "–".to_owned(),
        |ns| format::table_time(ns, session.offset_min(ns)),
    )
}

fn row(session: Session, r: &Row) -> impl IntoView + use<> {
    let id = r.topic.id;
    let selected = move || session.choice("topic", "") == id;
    let (class, icon, word) = severity(r.severity);
    let (count, first, last) = match &r.seen {
        Seen::Happened(Happened {
            count,
            first_ns,
            last_ns,
        }) => (
            size::count(*count),
            time(session, *first_ns),
            time(session, *last_ns),
        ),
        Seen::Waiting => ("…".to_owned(), "–".to_owned(), "–".to_owned()),
        Seen::NotEvaluable(_) => ("–".to_owned(), "–".to_owned(), "–".to_owned()),
    };
    let (filter, told) = (r.filter(), r.ends());
    view! {
        <tr class:is-selected=selected on:click=move |_| session.choose("topic", id)>
            <td class="num-text">{r.number.unwrap_or("–")}</td>
            <td>
                <button type="button" class="row-button clip strong" title=r.topic.title>{r.topic.title}</button>
            </td>
            <td>
                <span class=format!("severity severity-{class}")>
                    <Icon name=icon />
                    {word}
                </span>
            </td>
            <td class="num">{count}</td>
            <td class="mono clip">{first}</td>
            <td class="mono clip">{last}</td>
            <td class="mono clip" title=filter.clone()>{if filter.is_empty() { "–".to_owned() } else { filter.clone() }}</td>
            <td>{tag(told)}</td>
        </tr>
    }
}

#[component]
fn Detail(page: Page, row: Row) -> impl IntoView {
    let session = page.session;
    let topic = row.topic;
    // Another version makes another row, and with it another panel.
    let version = untrack(|| page.version());
    let number = match row.number {
        Some(n) => format!("{n} in {version}"),
        None => format!("not in {version}"),
    };
    let security_hub = topic.security_hub.map(|id| format!("Security Hub {id}"));
    let note = [Some(number), security_hub]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" · ");
    let seen = row.seen.clone();
    let events = move || match &seen {
        Seen::Waiting => "The rules that look for its events are being run.".to_owned(),
        Seen::NotEvaluable(needs) => format!("Not evaluable: needs {needs}."),
        Seen::Happened(h) if h.count == 0 => "No event of it in what is loaded.".to_owned(),
        Seen::Happened(h) => format!(
            "{}, first {}, last {}.",
            size::counted(h.count, if h.count == 1 { "event" } else { "events" }),
            time(session, h.first_ns),
            time(session, h.last_ns)
        ),
    };
    let show = (row.events().is_some_and(|h| h.count > 0)).then(|| {
        view! {
            <button
                type="button"
                class="button button-small"
                on:click=move |_| session.show("trail", Expr::eq(PATTERN, topic.pattern), None)
            >
                "Show the events"
            </button>
            <ShowQuery session small=true query=move || Some(ask(topic.pattern)) />
        }
        .into_any()
    });
    let remarks = row
        .chain
        .path
        .as_ref()
        .map(|p| p.remarks.clone())
        .unwrap_or_default();
    let helps = row.chain.helps().map(|a| a.command());
    let takes = row.chain.coverage.as_ref().map(|c| taken(c, &row.filter()));
    let published = topic.published.iter().map(|p| {
        let said = match p.wrong {
            Some(wrong) => view! {
                <p class="status status-yellow alarms-wrong">
                    <Icon name="triangle-alert" />
                    <span>{wrong}</span>
                </p>
            }
            .into_any(),
            None => view! { <p class="quiet small">"Written otherwise; it takes the same."</p> }.into_any(),
        };
        view! {
            <div class="alarms-published">
                <p class="small strong">{format!("Published in {}", p.versions)}</p>
                {said}
                <Pattern text=p.pattern lints=lints_of(p.pattern) />
            </div>
        }
    });
    let published: Vec<_> = published.collect();
    view! {
        <Panel session title=topic.title note choice="topic" tools=show.unwrap_or_else(|| ().into_any())>
            <p>{topic.why} " " <span class="quiet">{events}</span></p>
            <h3>"From the event to a person"</h3>
            <Steps steps=of_topic(&row.chain) />
            <p class="alarms-says">
                {tag(row.ends())}
                " "
                {row.chain.says.clone()}
                {helps.map(|c| view! { " " <code class="mono">{c}</code> " tells." })}
            </p>
            {takes.map(|t| view! { <p class="small quiet">{t}</p> })}
            <Sentences all=remarks />
            <h3>"The pattern that is run"</h3>
            <Pattern text=topic.pattern />
            {topic.note.map(|n| view! { <p class="small quiet">{n}</p> })}
            {(!published.is_empty()).then(|| view! { <h3>"Also published"</h3> })}
            {published}
        </Panel>
    }
}

fn taken(c: &Coverage, filter: &str) -> String {
    format!(
        "{filter} takes {} of the {} written events of this topic, and {} of those that no topic is about.",
        c.taken, c.of, c.beyond
    )
}

/// A way’s end, as a tag and the sentence behind it.
pub fn end_of(end: &crate::monitoring::chain::End) -> impl IntoView + use<> {
    let (status, text) = crate::views::alarms::model::steps::ends(end);
    view! {
        <StatusTag status text />
        " "
        <span>{why(end)}</span>
    }
}
