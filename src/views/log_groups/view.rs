//! Groups and, under those that are open, their streams; beside them what is known of the group that is chosen.

use super::model::{Filter, GroupKey, LogGroup, Retention, ask_described, ask_loaded, ask_matched, groups};
use crate::base::{Value, size};
use crate::query::{Agg, Expr, Query};
use crate::session::Session;
use crate::share::Sheet;
use crate::views::download::{Download, Table};
use crate::views::local_table::{Field, Head, LocalTable};
use crate::views::states::Partial;
use crate::widgets::{Icon, StatusTag, format};
use leptos::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const HEADS: &[Head] = &[
    ("Group and streams", 270.0, false),
    ("Events loaded", 104.0, true),
    ("Bytes loaded", 108.0, true),
    ("First", 176.0, false),
    ("Last", 176.0, false),
    ("Stored", 90.0, true),
    ("Retention", 136.0, false),
    ("Encryption", 150.0, false),
    ("Class", 120.0, false),
    ("Filters", 76.0, true),
];
/// Streams that are shown of a group.
const STREAMS: usize = 200;
/// Filters whose patterns are looked for.
const PATTERNS: usize = 200;

/// A row of the tree: a group, or one of its streams.
#[derive(Clone, PartialEq)]
enum Row {
    Group(usize),
    Stream(usize, String),
    /// So many streams more.
    More(usize, usize),
}

pub fn mount(session: Session) -> AnyView {
    view! { <LogGroups session /> }.into_any()
}

#[component]
fn LogGroups(session: Session) -> impl IntoView {
    let loaded = session.answer(move || Some(session.scoped(ask_loaded())));
    // Descriptions are of no time, and of no record that a filter is about.
    let described = session.answer(move || Some(ask_described()));
    let all = Memo::new(move |_| {
        let (loaded, described) = (loaded.answer.get(), described.answer.get());
        Arc::new(groups(
            &loaded.unwrap_or_default(),
            &described.unwrap_or_default(),
        ))
    });
    let open = RwSignal::new(BTreeSet::<GroupKey>::new());
    let chosen = RwSignal::new(None::<GroupKey>);
    let tree = Memo::new(move |_| {
        let mut out = Vec::new();
        all.with(|all| {
            for (at, group) in all.iter().enumerate() {
                out.push(Row::Group(at));
                if open.with(|o| o.contains(&group.key())) {
                    let names = group.streams.keys().take(STREAMS).cloned();
                    out.extend(names.map(|name| Row::Stream(at, name)));
                    let more = group.streams.len().saturating_sub(STREAMS);
                    if more > 0 {
                        out.push(Row::More(at, more));
                    }
                }
            }
        });
        Arc::new(out)
    });
    let when = move |ns: i64| format::date_time(ns, session.offset_min(ns));
    let rows = Memo::new(move |_| {
        let made = all.with(|all| {
            tree.with(|tree| {
                let row = |row: &Row| match row {
                    Row::Group(at) => all
                        .get(*at)
                        .map(|g| group_row(g, open.with(|o| o.contains(&g.key())), when)),
                    Row::Stream(at, name) => all.get(*at).map(|g| stream_row(g, name, when)),
                    Row::More(_, n) => Some(more_row(*n)),
                };
                tree.iter().filter_map(row).collect::<Vec<_>>()
            })
        });
        Arc::new(made)
    });
    let pick = move |at: usize| {
        let row = tree.with_untracked(|t| t.get(at).cloned());
        let group_at = |at: usize| all.with_untracked(|all| all.get(at).cloned());
        match row {
            Some(Row::Group(at)) => {
                if let Some(group) = group_at(at) {
                    open.update(|o| {
                        if !o.remove(&group.key()) {
                            o.insert(group.key());
                        }
                    });
                    chosen.set(Some(group.key()));
                }
            }
            Some(Row::Stream(at, stream)) => {
                if let Some(group) = group_at(at) {
                    let of = match stream.is_empty() {
                        true => !Expr::exists("logStream"),
                        false => Expr::eq("logStream", stream.as_str()),
                    };
                    let filter = group.records().and(of);
                    session.show("events", filter, session.range.get_untracked());
                }
            }
            _ => {}
        }
    };
    let selected = Signal::derive(move || {
        let key = chosen.get()?;
        tree.with(|t| {
            let is = |row: &Row| matches!(row, Row::Group(at) if all.with(|all| all.get(*at).is_some_and(|g| g.key() == key)));
            t.iter().position(is)
        })
    });
    let forever = move || all.with(|all| all.iter().filter(|g| g.retention() == Retention::Never).count());
    let tables = Arc::new(move || {
        vec![Table::held("Log groups", "log-groups", move || {
            all.with_untracked(|all| sheet(all))
        })]
    });
    let counts = move || {
        let groups = all.with(|all| all.len());
        let streams: usize = all.with(|all| all.iter().map(|g| g.streams.len()).sum());
        format!(
            "{}, {}",
            size::counted(groups as u64, "groups"),
            size::counted(streams as u64, "streams")
        )
    };
    view! {
        <section class="view view-flush">
            <div class="toolbar">
                <h2>"Log groups"</h2>
                <span class="quiet small">{counts}</span>
                {move || {
                    let n = forever();
                    (n > 0).then(|| view! { <StatusTag status="yellow" text=format!("{} never expire", size::counted(n as u64, "groups")) /> })
                }}
                <Partial session />
                <span class="grow"></span>
                <Download session what="log groups" tables />
            </div>
            <p class="log-groups-note">
                "Counted is what was read out of each group, whatever kind it is: functions' lines, CloudTrail, flow logs, or what has no kind of its own. A row opens a group; a stream leads to its events."
            </p>
            <div class="log-groups-body" class:is-open=move || chosen.get().is_some()>
                <div class="log-groups-main">
                    <LocalTable label="Log groups and their streams" heads=HEADS rows on_open=pick selected own_order=true />
                </div>
                {move || {
                    let key = chosen.get()?;
                    let group = all.with(|all| all.iter().find(|g| g.key() == key).cloned())?;
                    Some(view! { <Side session group chosen /> })
                }}
            </div>
        </section>
    }
}

fn group_row(group: &LogGroup, is_open: bool, when: impl Fn(i64) -> String) -> Vec<Field> {
    let name = match group.name.as_str() {
        "" => "no group told",
        name => name,
    };
    let time = |ns: Option<i64>| match ns {
        Some(ns) => Field::number(ns, when(ns)).class("cell-time"),
        None => Field::text(""),
    };
    let retention = Field::text(group.retention().words());
    let about = group.about.as_ref();
    let stored = about.and_then(|a| a.stored_bytes);
    let filters = (group.metric_filters.len() + group.subscriptions.len()) as i64;
    vec![
        Field::text(name).icon(if is_open { "chevron-down" } else { "chevron-right" }),
        Field::number(group.loaded.events, size::count(group.loaded.events)),
        Field::number(group.loaded.bytes as i64, size::bytes(group.loaded.bytes as f64)),
        time(group.loaded.span.map(|s| s.0)),
        time(group.loaded.span.map(|s| s.1)),
        match stored {
            Some(n) => Field::number(n, size::bytes(n as f64)),
            None => Field::text("not known").class("cell-absent"),
        },
        match group.retention() {
            Retention::Never => retention.icon("triangle-alert"),
            Retention::NotKnown => retention.class("cell-absent"),
            Retention::Days(_) => retention,
        },
        Field::text(group.encryption()),
        match about {
            Some(about) => Field::text(about.class.clone()),
            None => Field::text("not known").class("cell-absent"),
        },
        Field::number(filters, size::count(filters)),
    ]
}

fn stream_row(group: &LogGroup, name: &str, when: impl Fn(i64) -> String) -> Vec<Field> {
    let stream = group.streams.get(name);
    let loaded = stream.map(|s| s.loaded).unwrap_or_default();
    let last = loaded.span.map(|s| s.1).or(stream.and_then(|s| s.last_event_ns));
    let time = |ns: Option<i64>| match ns {
        Some(ns) => Field::number(ns, when(ns)).class("cell-time"),
        None => Field::text(""),
    };
    let shown = if name.is_empty() { "no stream told" } else { name };
    let mut row = vec![
        Field::text(format!("\u{2003}{shown}")),
        Field::number(loaded.events, size::count(loaded.events)),
        Field::number(loaded.bytes as i64, size::bytes(loaded.bytes as f64)),
        time(loaded.span.map(|s| s.0)),
        time(last),
    ];
    row.resize_with(HEADS.len(), || Field::text(""));
    row
}

fn or_not_known(text: &str) -> String {
    match text {
        "" => "not known".to_owned(),
        text => text.to_owned(),
    }
}

fn more_row(n: usize) -> Vec<Field> {
    let mut row = vec![
        Field::text(format!("\u{2003}and {}", size::counted(n as u64, "more streams"))).class("cell-absent"),
    ];
    row.resize_with(HEADS.len(), || Field::text(""));
    row
}

fn sheet(all: &[LogGroup]) -> Sheet {
    let number = |n: i128| Value::Big(n);
    let time = |ns: Option<i64>| ns.map_or(Value::Absent, Value::Time);
    let row = |g: &LogGroup| {
        vec![
            Value::Text(g.name.clone()),
            Value::Text(g.account.clone()),
            number(g.streams.len() as i128),
            number(g.loaded.events.into()),
            number(g.loaded.bytes),
            time(g.loaded.span.map(|s| s.0)),
            time(g.loaded.span.map(|s| s.1)),
            g.about
                .as_ref()
                .and_then(|a| a.stored_bytes)
                .map_or(Value::Absent, |n| number(n.into())),
            Value::Text(g.retention().words()),
            Value::Text(g.encryption()),
            Value::Text(
                g.about
                    .as_ref()
                    .map_or_else(|| "not known".to_owned(), |a| a.class.clone()),
            ),
            number(g.metric_filters.len() as i128),
            number(g.subscriptions.len() as i128),
        ]
    };
    Sheet::new(
        &[
            "Log group",
            "Account",
            "Streams",
            "Events loaded",
            "Bytes loaded",
            "First",
            "Last",
            "Bytes stored",
            "Retention",
            "Encryption",
            "Class",
            "Metric filters",
            "Subscription filters",
        ],
        all.iter().map(row).collect(),
    )
}

/// One group: what is set, which quotas are used, and what its filters match.
#[component]
fn Side(session: Session, group: LogGroup, chosen: RwSignal<Option<GroupKey>>) -> impl IntoView {
    let matched = RwSignal::new(None::<BTreeMap<String, u64>>);
    let filters: Vec<Filter> = group
        .metric_filters
        .iter()
        .chain(&group.subscriptions)
        .cloned()
        .collect();
    let patterns: Vec<String> = filters.iter().map(|f| f.pattern.clone()).take(PATTERNS).collect();
    let of = group.clone();
    let kinds: Vec<String> = group.kinds.keys().cloned().collect();
    let events = group.loaded.events;
    if events > 0 {
        session.beside(async move {
            let mut counts = BTreeMap::new();
            let sought: Vec<String> = patterns
                .iter()
                .filter(|p| !p.trim().is_empty())
                .cloned()
                .collect();
            let kinds: Vec<&str> = kinds.iter().map(String::as_str).collect();
            let (range, filter) = (session.range.get_untracked(), session.filter.get_untracked());
            session.taken_by(&sought, &kinds, |_, _| {}).await;
            for pattern in sought {
                let query = ask_matched(&of, &pattern).within(range, &filter);
                let answer = session.answered(query).await;
                counts.insert(pattern, answer.matched);
            }
            matched.try_set(Some(counts));
        });
    }
    let of = move |filter: &Filter| {
        let pattern = filter.pattern.clone();
        move || match matched.get() {
            _ if events == 0 => "its events are not loaded".to_owned(),
            // An empty pattern takes every event.
            _ if pattern.trim().is_empty() => format!("takes all {}", size::counted(events, "events loaded")),
            None => "being looked for …".to_owned(),
            Some(counts) => format!(
                "takes {} loaded",
                size::counted(counts.get(&pattern).copied().unwrap_or(0), "events")
            ),
        }
    };
    let list = |filters: &[Filter]| match filters {
        [] => ().into_any(),
        filters => {
            let item = |f: &Filter| {
                let to = (!f.destination.is_empty()).then(|| format!("to {}", f.destination));
                let said = of(f);
                let pattern = match f.pattern.as_str() {
                    "" => "(every event)".to_owned(),
                    pattern => pattern.to_owned(),
                };
                view! {
                    <li>
                        <span class="strong">{f.name.clone()}</span>
                        " "
                        <code class="small">{pattern}</code>
                        <br />
                        <span class="quiet small">{said} " " {to}</span>
                    </li>
                }
            };
            view! { <ul>{filters.iter().map(item).collect_view()}</ul> }.into_any()
        }
    };
    let quota = |(title, used, most): (&'static str, Option<u64>, u64)| {
        let text = match used {
            Some(n) => format!("{} of {}", size::count(n), size::count(most)),
            None => "not known".to_owned(),
        };
        view! { <dt>{title}</dt><dd>{text}</dd> }
    };
    let quotas = group.quotas().into_iter().map(quota).collect_view();
    let when = move |ns: i64| format::date_time(ns, session.offset_min(ns));
    let filter = group.records();
    let show = move |_| session.show("events", filter.clone(), session.range.get_untracked());
    let about = group.about.clone();
    let created = about.as_ref().and_then(|a| a.created_ns).map(when);
    let title = |id: &str| {
        let here = session
            .kinds
            .with_untracked(|all| all.iter().find(|k| k.kind == id).map(|k| k.title.clone()));
        here.unwrap_or_default()
    };
    let read_as: Vec<String> = group
        .kinds
        .iter()
        .map(|(kind, n)| format!("{} {}", size::count(*n), title(kind)))
        .collect();
    let read_as = match read_as.is_empty() {
        true => "nothing of it is loaded".to_owned(),
        false => read_as.join(", "),
    };
    let protected = match about.as_ref().and_then(|a| a.is_protected) {
        Some(true) => "yes",
        Some(false) => "no",
        None => "not known",
    };
    let status = match group.retention() {
        Retention::Never => Some(view! { <StatusTag status="yellow" text="never expires" /> }),
        _ => None,
    };
    let retention = status.is_none().then(|| group.retention().words());
    let listed = session.answer(move || {
        let all = Query::groups(&["aws-inventory"], Vec::new(), vec![Agg::Count]);
        Some(all.filter(Expr::any_of("itemType", &["MetricFilter", "SubscriptionFilter"])))
    });
    let none = move || match listed.answer.get().is_some_and(|a| a.matched > 0) {
        true => "None in the files.",
        false => {
            "Not known: drop the answers of aws logs describe-metric-filters and describe-subscription-filters."
        }
    };
    let metric = list(&group.metric_filters);
    let subscribed = list(&group.subscriptions);
    let none_metric = group.metric_filters.is_empty().then_some(none);
    let none_subscribed = group.subscriptions.is_empty().then_some(none);
    view! {
        <aside class="log-groups-side" aria-label="Log group" tabindex="0">
            <div class="sessions-head">
                <h2 class="clip grow" title=group.name.clone()>{group.name.clone()}</h2>
                <button type="button" class="button button-small" on:click=show>
                    "Its events"
                    <Icon name="arrow-right" />
                </button>
                <button type="button" class="button button-quiet button-icon" aria-label="Close the log group" on:click=move |_| chosen.set(None)>
                    <Icon name="x" />
                </button>
            </div>
            <dl class="pairs">
                <dt>"Account"</dt><dd>{or_not_known(&group.account)}</dd>
                <dt>"Read as"</dt><dd class="wrap">{read_as}</dd>
                <dt>"Retention"</dt><dd>{status}{retention}</dd>
                <dt>"Encryption"</dt><dd class="wrap">{group.encryption()}</dd>
                <dt>"Class"</dt><dd>{about.as_ref().map_or("not known".to_owned(), |a| a.class.clone())}</dd>
                <dt>"Deletion protection"</dt><dd>{protected}</dd>
                <dt>"Created"</dt><dd>{created.unwrap_or_else(|| "not known".to_owned())}</dd>
                {quotas}
            </dl>
            <h3>"Metric filters"</h3>
            <p class="quiet small">{none_metric}</p>
            {metric}
            <h3>"Subscription filters"</h3>
            <p class="quiet small">{none_subscribed}</p>
            {subscribed}
        </aside>
    }
}
