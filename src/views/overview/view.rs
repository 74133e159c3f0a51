//! The page's first view: facts, records over time, what was not read.

use super::coverage::Coverage;
use super::leads::Leads;
use super::model::{BARS, ask_over_time, ask_timeless, leads, marked, over_time, stack_name};
use crate::base::time::MINUTE;
use crate::base::{Group, TimeRange, Value, size};
use crate::chart::{Datum, EVENT_SERIES, Frame, HOLE_SERIES};
use crate::evidence::manifest::Input;
use crate::query::{Agg, Expr, Key, Query};
use crate::session::{Item, Session};
use crate::share::Sheet;
use crate::views::download::{Download, Table, count};
use crate::views::holes::{Gap, all_gaps, gap_words, hatched};
use crate::views::shared::{Judged, bucket_width, judged, series_by_kind, series_over_time, width_word};
use crate::views::show_query::ShowQuery;
use crate::views::states::{Partial, Timeless};
use crate::widgets::{ChartOrTable, Icon, Select, StatusTag, chart::Build, format};
use leptos::prelude::*;
use std::sync::Arc;

pub fn mount(session: Session) -> AnyView {
    let signals = judged(session);
    let gaps = all_gaps(session);
    view! {
        <section class="view">
            <Facts session gaps />
            <div class="overview">
                <section class="panel">
                    <OverTime session signals gaps />
                </section>
                <section class="panel">
                    <Leads session signals />
                </section>
                <section class="panel">
                    <Coverage session gaps />
                </section>
                <section class="panel">
                    <Unread session />
                </section>
            </div>
        </section>
    }
    .into_any()
}

/// The span, the records and what they come from by group of kinds, findings by status, holes: of all that is loaded.
#[component]
fn Facts(session: Session, gaps: Memo<Arc<Vec<Gap>>>) -> impl IntoView {
    let span = move || {
        let s = session.span()?;
        // A span's end is one behind its last record.
        let length = match s.width_ns() {
            ..=1 => "one moment".to_owned(),
            ns => format::duration(ns),
        };
        Some((length, format::days(s, session.offset_min(s.from_ns))))
    };
    let of_group = move |group: Group, name: &'static str| {
        let text = move || {
            session.kinds.with(|k| {
                let mine: Vec<_> = k.iter().filter(|k| k.group == group).collect();
                let rows: u64 = mine.iter().map(|k| k.rows).sum();
                let list: Vec<String> = mine
                    .iter()
                    .map(|k| format!("{}: {}", k.title, size::count(k.rows)))
                    .collect();
                let kinds = match mine.as_slice() {
                    [] => String::new(),
                    [one] => one.title.clone(),
                    many => format!("{} kinds", many.len()),
                };
                (rows, kinds, list.join("\n"))
            })
        };
        view! {
            <div class="fact">
                <dt>{name}</dt>
                <dd class="clip" title=move || text().2>
                    {move || if text().0 == 0 { "no file".to_owned() } else { size::count(text().0) }}
                    " "
                    <small>{move || text().1}</small>
                </dd>
            </div>
        }
    };
    let holes = move || {
        if session.loading.get() {
            return view! { <small>"while reading, not known"</small> }.into_any();
        }
        let all = gaps.get();
        match all.len() {
            0 => view! { <small>"none found"</small> }.into_any(),
            n => {
                let list = all
                    .iter()
                    .map(|g| gap_words(session, g))
                    .collect::<Vec<_>>()
                    .join("\n");
                let text = format!("{n} {}", if n == 1 { "hole" } else { "holes" });
                view! { <span title=list><StatusTag status="yellow" text /></span> }.into_any()
            }
        }
    };
    view! {
        <div class="facts-box">
            <dl class="facts">
                <div class="fact">
                    <dt>"Span"</dt>
                    <dd>{move || span().map(|s| s.0)} " " <small>{move || span().map(|s| s.1)}</small></dd>
                </div>
                {of_group(Group::Infrastructure, "Infrastructure")}
                {of_group(Group::AwsService, "AWS service logs")}
                {of_group(Group::Host, "Host-based logs")}
                <div class="fact">
                    <dt>"Findings"</dt>
                    <dd><Findings session /></dd>
                </div>
                <div class="fact">
                    <dt>"Missing"</dt>
                    <dd>{holes}</dd>
                </div>
            </dl>
            <Notes session />
        </div>
    }
}

/// Findings of every tool by status.
#[component]
fn Findings(session: Session) -> impl IntoView {
    let counts = session.answer(move || {
        let q = Query::groups(&[], vec![Key::Field("findingStatus".into())], vec![Agg::Count]);
        Some(q.filter(Expr::exists("findingStatus")))
    });
    let count = move |status: &str| {
        let answer = counts.answer.get()?;
        let row = answer
            .rows
            .iter()
            .find(|r| r.first().and_then(Value::as_str) == Some(status))?;
        row.get(1).and_then(Value::as_i64).filter(|&n| n > 0)
    };
    const STATUSES: [(&str, &str); 3] = [("red", "red"), ("yellow", "yellow"), ("ok", "ok")];
    move || {
        let told = STATUSES.iter().filter_map(|(status, word)| {
            let text = format!("{} {word}", size::count(count(status)?));
            Some(view! { <StatusTag status=*status text /> " " })
        });
        let told: Vec<_> = told.collect();
        if told.is_empty() {
            return view! { <small>"no file"</small> }.into_any();
        }
        told.into_iter().collect_view().into_any()
    }
}

/// What the figures do not follow, and records that no time range can hold.
#[component]
fn Notes(session: Session) -> impl IntoView {
    let timeless = session.answer(move || (!session.loading.get()).then(ask_timeless));
    let narrowed = move || session.range.with(Option::is_some) || session.filter.with(|f| *f != Expr::All);
    let sentence = move || {
        let answer = timeless.answer.get().filter(|a| a.matched > 0)?;
        let kinds = answer.rows.iter().filter_map(|r| {
            let (kind, n) = (r.first()?.to_text(), r.get(1)?.as_i64()?);
            let title = session
                .kinds
                .with(|all| all.iter().find(|k| k.kind == kind).map(|k| k.title.clone()));
            Some(format!("{} {}", title.unwrap_or(kind), size::count(n)))
        });
        let kinds: Vec<String> = kinds.collect();
        Some((answer.matched, kinds.join(", ")))
    };
    view! {
        <p class="facts-note small quiet">
            {move || sentence().map(|(records, of)| view! { <Timeless session records of /> " " })}
            {move || narrowed().then_some("The figures above are of everything loaded.")}
        </p>
    }
}

/// Records over time, stacked.
#[component]
fn OverTime(session: Session, signals: Signal<Arc<Vec<Judged>>>, gaps: Memo<Arc<Vec<Gap>>>) -> impl IntoView {
    // The first lead of each of the worst rules, with its range.
    let marked = Memo::new(move |_| marked(leads(signals.get().iter().flat_map(|s| s.findings.clone()))));
    let by = Signal::derive(move || session.choice("stack", "kind"));
    let step = move || session.shown_range().map(|r| bucket_width(r, BARS));
    let counts = session.answer(move || Some(session.scoped(ask_over_time(&by.get(), step()?))));
    let make: Build = Arc::new(move |width, height| {
        let range = session.shown_range()?;
        let answer = counts.answer.get()?;
        let step_ns = step()?;
        let (buckets, series) = if by.get() == "kind" {
            session.kinds.with(|k| series_by_kind(&answer, range, step_ns, k))
        } else {
            series_over_time(&answer, range, step_ns, stack_name)
        };
        let holes = gaps.with(|gaps| hatched(session, gaps, &[]));
        let frame = Frame {
            width,
            height,
            range,
            offset_min: session.offset_min(range.from_ns),
        };
        Some(over_time(frame, buckets, &series, &holes, &marked.get()))
    });
    let title =
        Signal::derive(move || step().map_or("Records".to_owned(), |s| format!("Records {}", width_word(s))));
    let picked = Callback::new(move |picked: Datum| {
        let around = |r: TimeRange| {
            let room = (r.width_ns() * 3).max(30 * MINUTE);
            TimeRange::new(r.from_ns - room, r.to_ns + room)
        };
        let range = match picked.series {
            EVENT_SERIES => marked.with_untracked(|m| m.get(picked.payload).map(|m| m.2)),
            HOLE_SERIES => gaps.with_untracked(|g| g.get(picked.payload).map(|g| around(g.range))),
            _ => untrack(step).map(|step_ns| TimeRange::new(picked.x, picked.x.saturating_add(step_ns))),
        };
        if range.is_some() {
            session.range.set(range);
        }
    });
    let options = vec![
        ("kind".to_owned(), "source".to_owned()),
        ("account".to_owned(), "account".to_owned()),
        ("region".to_owned(), "region".to_owned()),
    ];
    let tools = view! {
        <Partial session />
        <Select label="Stack by" options=options value=by on_change=move |v: String| session.choose("stack", &v) />
        <ShowQuery session query=move || Some(ask_over_time(&by.get(), step()?)) small=true />
    };
    let twin = {
        let make = make.clone();
        Arc::new(move || {
            vec![Table::twin("Records over time", "records-over-time", {
                let make = make.clone();
                move || make(800.0, 240.0)
            })]
        })
    };
    let download = view! { <Download session what="the chart's figures" tables=twin small=true /> };
    view! { <ChartOrTable title make on_pick=picked tools=tools.into_any() download=download.into_any() /> }
}

/// Files listed under "Not read"; the Sources view has all of them.
const UNREAD_SHOWN: usize = 100;

/// What was not read of an input: its name, how many records, and why.
fn told(input: &Input) -> Option<(String, u64, String)> {
    let reasons = input.members.iter().flat_map(|m| &m.rejected);
    let why = input
        .error
        .clone()
        .or_else(|| Some(reasons.map(|r| &r.reason).next()?.clone()))?;
    Some((input.name.clone(), input.rejected, why))
}

/// What could not be read.
#[component]
fn Unread(session: Session) -> impl IntoView {
    let report = session.shared_file();
    let to = if report.is_some() { "proof" } else { "sources" };
    let list = move |most: usize| {
        if let Some(report) = &report {
            // What this page opened are blocks: what they were made from, the manifest tells.
            return report
                .manifest
                .inputs
                .iter()
                .filter_map(told)
                .take(most)
                .collect();
        }
        session.items.track();
        session.engine().with(|c| {
            let problem = |i: &Item| {
                let rejected = i.rejected();
                let first = i.errors().into_iter().next();
                let why = first.or_else(|| Some(rejected.0.first()?.reason.to_string()))?;
                Some((i.name.clone(), rejected.total(), why))
            };
            c.items()
                .problems()
                .filter_map(problem)
                .take(most)
                .collect::<Vec<_>>()
        })
    };
    let list =
        StoredValue::new(Arc::new(list) as Arc<dyn Fn(usize) -> Vec<(String, u64, String)> + Send + Sync>);
    let list = move |most: usize| list.get_value()(most);
    let tables = Arc::new(move || {
        let row = |(name, n, why): (String, u64, String)| {
            let records = if n > 0 { count(n) } else { Value::Absent };
            vec![Value::Text(name), records, Value::Text(why)]
        };
        let sheet = move || {
            let rows = list(usize::MAX).into_iter().map(row).collect();
            Sheet::new(&["File", "Records not read", "Why"], rows)
        };
        vec![Table::held("Not read", "not-read", sheet)]
    });
    let body = move || {
        let bad = list(UNREAD_SHOWN);
        if bad.is_empty() && session.loading.get() {
            return view! { <p class="small quiet leads-note">"Nothing so far; reading goes on."</p> }
                .into_any();
        }
        if bad.is_empty() {
            return view! { <div class="empty"><StatusTag status="ok" text="Everything that was opened was read." /></div> }.into_any();
        }
        bad.into_iter()
            .map(|(name, count, why)| {
                let n = if count > 0 {
                    size::counted(count, "records")
                } else {
                    "the file".to_owned()
                };
                view! {
                    <button type="button" class="lead" on:click=move |_| session.go(to)>
                        <span class="severity severity-medium"><Icon name="triangle-alert" /></span>
                        <span class="mono small clip" title=name.clone()>{name.clone()}</span>
                        <span class="detail quiet small" title=why.clone()>{n}" not read: " {why.clone()}</span>
                    </button>
                }
            })
            .collect_view()
            .into_any()
    };
    view! {
        <div class="panel-head"><h2>"Not read"</h2><span class="grow"></span><Partial session />
            <Download session what="what was not read" tables small=true />
        </div>
        <div class="panel-body" tabindex="0" role="region" aria-label="What could not be read">{body}</div>
    }
}
