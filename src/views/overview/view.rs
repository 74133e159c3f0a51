use super::model::{CoverageRow, coverage};
use crate::base::{Group, TimeRange, size, time};
use crate::chart::{Bars, Frame, Unit, stacked_bars};
use crate::query::{Agg, Expr, Key, Order, Query};
use crate::session::{Item, Session};
use crate::views::shared::{bucket_width, series_by_kind, series_over_time, width_word};
use crate::widgets::{ChartOrTable, Icon, Select, StatusTag, chart::Build, format};
use leptos::prelude::*;
use std::sync::Arc;

/// Kinds that write all the time, so that silence is a hole.
const GAPLESS: [&str; 3] = ["cloudtrail", "vpc-flow", "tgw-flow"];
/// Bars in the chart.
const BARS: i64 = 120;
/// Cells in a row of the coverage grid.
const CELLS: i64 = 60;

pub fn mount(session: Session) -> AnyView {
    view! {
        <section class="view">
            <Facts session />
            <div class="overview">
                <section class="panel">
                    <OverTime session />
                </section>
                <section class="panel">
                    <Leads session />
                </section>
                <section class="panel">
                    <Coverage session />
                </section>
                <section class="panel">
                    <Unread session />
                </section>
            </div>
        </section>
    }
    .into_any()
}

/// The span, the records and what they come from, by group of kinds.
#[component]
fn Facts(session: Session) -> impl IntoView {
    let span = move || {
        let s = session.span()?;
        let off = session.offset_min(s.from_ns);
        Some((
            format::duration(s.width_ns()),
            format!(
                "{} – {}",
                format::minute(s.from_ns, off),
                format::minute(s.to_ns, off)
            ),
        ))
    };
    let of_group = move |group: Group, name: &'static str| {
        let text = move || {
            session.kinds.with(|k| {
                let mine: Vec<_> = k.iter().filter(|k| k.group == group).collect();
                let rows: u64 = mine.iter().map(|k| k.rows).sum();
                let kinds = mine
                    .iter()
                    .map(|k| k.title.as_str())
                    .collect::<Vec<_>>()
                    .join(", ");
                (rows, kinds)
            })
        };
        view! {
            <div class="fact">
                <dt>{name}</dt>
                <dd class="clip" title=move || text().1>
                    {move || if text().0 == 0 { "no file".to_owned() } else { size::count(text().0) }}
                    " "
                    <small>{move || text().1}</small>
                </dd>
            </div>
        }
    };
    view! {
        <dl class="facts">
            <div class="fact">
                <dt>"Span"</dt>
                <dd>{move || span().map(|s| s.0)} " " <small>{move || span().map(|s| s.1)}</small></dd>
            </div>
            {of_group(Group::Infrastructure, "Infrastructure")}
            {of_group(Group::AwsService, "AWS service logs")}
            {of_group(Group::Host, "Host-based logs")}
        </dl>
    }
}

/// Records over time, stacked.
#[component]
fn OverTime(session: Session) -> impl IntoView {
    let by = Signal::derive(move || session.choice("stack", "kind"));
    let step = move || session.shown_range().map(|r| bucket_width(r, BARS));
    let counts = session.answer(move || {
        let key = match by.get().as_str() {
            "account" => Key::Field("account".into()),
            "region" => Key::Field("region".into()),
            _ => Key::Kind,
        };
        let q = Query::groups(&[], vec![Key::Time { width_ns: step()? }, key], vec![Agg::Count]);
        Some(session.scoped(q.order(Order::Key).limit(50_000)))
    });
    let make: Build = Arc::new(move |width, height| {
        let range = session.shown_range()?;
        let answer = counts.answer.get()?;
        let step_ns = step()?;
        let (buckets, series) = if by.get() == "kind" {
            session.kinds.with(|k| series_by_kind(&answer, range, step_ns, k))
        } else {
            series_over_time(&answer, range, step_ns, |v| {
                if v.is_absent() {
                    "not named".to_owned()
                } else {
                    v.to_text()
                }
            })
        };
        Some(stacked_bars(&Bars {
            title: "Records",
            frame: Frame {
                width,
                height,
                range,
                offset_min: session.offset_min(range.from_ns),
            },
            buckets,
            unit: Unit::count("records"),
            series: &series,
            holes: &[],
            events: &[],
        }))
    });
    let title =
        Signal::derive(move || step().map_or("Records".to_owned(), |s| format!("Records {}", width_word(s))));
    let picked = Callback::new(move |picked: crate::chart::Datum| {
        let Some((range, step_ns)) = untrack(|| session.shown_range().zip(step())) else {
            return;
        };
        let Some(answer) = counts.answer.get_untracked() else {
            return;
        };
        let (buckets, series) = session
            .kinds
            .with_untracked(|k| series_by_kind(&answer, range, step_ns, k));
        session
            .range
            .set(Some(buckets.range(picked.payload / series.len().max(1))));
    });
    let options = vec![
        ("kind".to_owned(), "source".to_owned()),
        ("account".to_owned(), "account".to_owned()),
        ("region".to_owned(), "region".to_owned()),
    ];
    let tools = view! { <Select label="Stack by" options=options value=by on_change=move |v: String| session.choose("stack", &v) /> };
    view! { <ChartOrTable title make on_pick=picked tools=tools.into_any() /> }
}

/// What the built-in signals say, worst first.
#[component]
fn Leads(session: Session) -> impl IntoView {
    let signals = crate::views::shared::judged(session);
    let head = move || {
        let s = signals.get();
        let fired = s.iter().filter(|s| !s.findings.is_empty()).count();
        format!("{fired} of {} signals", s.len())
    };
    let leads = move || {
        let mut all: Vec<_> = signals.get().iter().flat_map(|s| s.findings.clone()).collect();
        all.sort_by_key(|f| (f.severity, f.first_ns));
        all.into_iter()
            .map(|f| {
                let (class, icon, word) = crate::views::shared::severity(f.severity);
                let evidence = f.evidence.clone();
                let view = f.view.clone();
                let when = f.first_ns.map(|t| format::table_time(t, session.offset_min(t)));
                view! {
                    <button
                        type="button"
                        class="lead"
                        on:click=move |_| session.show(&view, evidence.filter.clone(), evidence.range)
                    >
                        <span class=format!("severity severity-{class}")><Icon name=icon /><span class="visually-hidden">{word}</span></span>
                        <span class="what">
                            <p class="strong">{f.title.clone()}</p>
                            <p class="quiet small" title=f.detail.clone()>{f.detail.clone()}</p>
                        </span>
                        <span class="faint small mono">{when}</span>
                    </button>
                }
            })
            .collect_view()
    };
    let quiet = move || {
        let s = signals.get();
        let waiting: Vec<_> = s
            .iter()
            .filter_map(|s| s.needs.clone().map(|n| (s.rule.title, n)))
            .collect();
        (!waiting.is_empty()).then(|| {
            let list = waiting.iter().map(|(t, n)| format!("{t}: {n}")).collect::<Vec<_>>().join("\n");
            view! {
                <p class="small quiet" style="padding:var(--space-3) var(--space-4)" title=list>
                    <StatusTag status="none" text=format!("{} signals could not be evaluated", waiting.len()) />
                    " from these files. Not evaluated is not a pass."
                </p>
            }
        })
    };
    view! {
        <div class="panel-head">
            <h2>"Look here first"</h2>
            <span class="counter">{head}</span>
        </div>
        <div class="panel-body" tabindex="0" role="region" aria-label="Signals">
            {leads}
            {quiet}
        </div>
    }
}

/// Which account, region and time has records of which kind.
#[component]
fn Coverage(session: Session) -> impl IntoView {
    let step = move || {
        session
            .shown_range()
            .map(|s| bucket_width(s, CELLS).max(time::MINUTE))
    };
    let counts = session.answer(move || {
        let by = vec![
            Key::Field("account".into()),
            Key::Field("region".into()),
            Key::Kind,
            Key::Time { width_ns: step()? },
        ];
        Some(
            Query::groups(&[], by, vec![Agg::Count])
                .order(Order::Key)
                .limit(60_000)
                // Not the filter: what it leaves out is no hole.
                .within(session.range.get(), &Expr::All),
        )
    });
    let rows = Memo::new(move |_| -> Vec<CoverageRow> {
        let (Some(range), Some(step), Some(answer)) = (session.shown_range(), step(), counts.answer.get())
        else {
            return Vec::new();
        };
        coverage(&answer, range, step, |k| GAPLESS.contains(&k))
    });
    let body = move || {
        let (Some(range), Some(step_ns)) = (session.shown_range(), step()) else {
            return ().into_any();
        };
        let from = range.from_ns.div_euclid(step_ns) * step_ns;
        let titles = session.kinds.get();
        rows.get()
            .into_iter()
            .take(80)
            .map(|r| {
                let most = r.cells.iter().copied().max().unwrap_or(1).max(1);
                let off = session.offset_min(range.from_ns);
                let cells = r
                    .cells
                    .iter()
                    .enumerate()
                    .map(|(i, &n)| {
                        let at = from + i as i64 * step_ns;
                        let hole = r.holes.contains(&i);
                        let class = if hole {
                            "cell cell-hole".to_owned()
                        } else if n == 0 {
                            "cell cell-none".to_owned()
                        } else {
                            format!("cell heat-{}", 1 + (((n as f64).ln_1p() / (most as f64).ln_1p()) * 4.0).round() as i64)
                        };
                        let said = if hole { "a hole: no records".to_owned() } else { format!("{} records", size::count(n)) };
                        let label = format!("{}: {said}", format::minute(at, off));
                        view! {
                            <i class=class title=label on:click=move |_| session.range.set(Some(TimeRange::new(at, at + step_ns)))></i>
                        }
                    })
                    .collect_view();
                let kind = titles.iter().find(|k| k.kind == r.kind).map_or(r.kind.clone(), |k| k.title.clone());
                let named = |s: &str| if s.is_empty() { "–".to_owned() } else { s.to_owned() };
                let summary = format!("{} of {} cells have records, {} holes", r.cells.iter().filter(|c| **c > 0).count(), r.cells.len(), r.holes.len());
                view! {
                    <tr>
                        <td class="mono">{named(&r.account)}</td>
                        <td>{named(&r.region)}</td>
                        <td>{kind}</td>
                        <td class="num">{size::count(r.total)}</td>
                        <td style="width:60%"><span class="cells" role="img" aria-label=summary>{cells}</span></td>
                    </tr>
                }
            })
            .collect_view()
            .into_any()
    };
    let width = move || step().map(|s| width_word(s).replace("in ", ""));
    view! {
        <div class="panel-head">
            <h2>"Coverage"</h2>
            <span class="counter">"a cell is " {width}</span>
            <span class="grow"></span>
            <ul class="legend">
                <li><i class="cell heat-2"></i>"fewer"</li>
                <li><i class="cell heat-5"></i>"more records"</li>
                <li><i class="cell cell-hole"></i>"hole: expected, not there"</li>
                <li><i class="cell cell-none"></i>"none"</li>
            </ul>
        </div>
        <div class="panel-body" tabindex="0" role="region" aria-label="Coverage">
            <table class="coverage">
                <thead>
                    <tr>
                        <th scope="col">"Account"</th>
                        <th scope="col">"Region"</th>
                        <th scope="col">"Source"</th>
                        <th scope="col" class="num">"Records"</th>
                        <th scope="col">"Over time"</th>
                    </tr>
                </thead>
                <tbody>{body}</tbody>
            </table>
        </div>
    }
}

/// Files listed under "Not read"; the Sources view has all of them.
const UNREAD_SHOWN: usize = 100;

/// What could not be read.
#[component]
fn Unread(session: Session) -> impl IntoView {
    let list = move || {
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
                .take(UNREAD_SHOWN)
                .collect::<Vec<_>>()
        })
    };
    let body = move || {
        let bad = list();
        if bad.is_empty() {
            return view! { <div class="empty"><StatusTag status="ok" text="Everything that was opened was read." /></div> }.into_any();
        }
        bad.into_iter()
            .map(|(name, count, why)| {
                let n = if count > 0 {
                    format!("{} records", size::count(count))
                } else {
                    "the file".to_owned()
                };
                view! {
                    <button type="button" class="lead" on:click=move |_| session.go("sources")>
                        <span class="severity severity-medium"><Icon name="triangle-alert" /></span>
                        <span class="what">
                            <p class="mono small" title=name.clone()>{name.clone()}</p>
                            <p class="quiet small" title=why.clone()>{n}" not read: " {why.clone()}</p>
                        </span>
                    </button>
                }
            })
            .collect_view()
            .into_any()
    };
    view! {
        <div class="panel-head"><h2>"Not read"</h2></div>
        <div class="panel-body" tabindex="0" role="region" aria-label="What could not be read">{body}</div>
    }
}
