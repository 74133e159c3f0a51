//! The account's own filters, and the panel of one.

use super::load::{Page, known};
use super::parts::{Lints, Missing, Panel, Pattern, Sentences, Steps, tag};
use super::topics::end_of;
use crate::base::size;
use crate::chart::{Frame, Scene};
use crate::monitoring::Coverage;
use crate::monitoring::filters::Answer;
use crate::monitoring::lint::covers;
use crate::query::{Expr, PATTERN};
use crate::views::alarms::model::alarms::Gathered;
use crate::views::alarms::model::filters::{Metric, Row};
use crate::views::alarms::model::metrics::sums;
use crate::views::alarms::model::steps::{ends, of_path};
use crate::views::alarms::model::{NEEDS_EVENTS, plural};
use crate::views::shared::capital;
use crate::widgets::chart::Build;
use crate::widgets::{ChartOrTable, Icon};
use leptos::prelude::*;
use std::sync::Arc;

const HEADS: [(&str, &str, bool); 6] = [
    ("Filter", "", false),
    ("Log group", "width:18%", false),
    ("Wrong with its pattern", "width:184px", false),
    ("Covers", "width:24%", false),
    ("Events taken", "width:100px", true),
    ("Where it ends", "width:190px", false),
];

#[component]
pub fn Filters(page: Page) -> impl IntoView {
    let session = page.session;
    let picked = Memo::new(move |_| {
        let key = session.choice("metric-filter", "");
        page.filters
            .with(|all| all.iter().find(|r| r.key() == key).cloned())
    });
    let none = Memo::new(move |_| page.filters.with(|f| f.is_empty()));
    let looked = move || page.given.with(Option::is_some);
    let title = move || {
        let has = page
            .given
            .with(|g| g.as_ref().is_some_and(|g| g.setup.has(Answer::MetricFilters)));
        match has {
            true => "The account has no metric filter.",
            false => "No metric filters are loaded.",
        }
    };
    let rows = move || {
        page.filters
            .with(|all| all.iter().map(|r| row(page, r)).collect_view())
    };
    view! {
        <Show
            when=move || !none.get()
            fallback=move || looked().then(|| view! {
                <Missing
                    title=title()
                    says="The answer of the first command fills the page; the others tell where each chain ends."
                    commands=[Answer::MetricFilters, Answer::Alarms, Answer::LogGroups, Answer::Subscriptions].map(Answer::command).to_vec()
                />
            })
        >
            <div class="alarms-list" tabindex="0" role="region" aria-label="Filters">
                <table class="table alarms-filters">
                    <thead><tr>{HEADS.map(|(title, style, num)| view! { <th scope="col" class:num=num style=style>{title}</th> }).collect_view()}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </Show>
        {move || picked.get().map(|r| view! { <Detail page row=r /> })}
    }
}

fn row(page: Page, r: &Row) -> impl IntoView + use<> {
    let session = page.session;
    let (key, here) = (r.key(), r.key());
    let selected = move || session.choice("metric-filter", "") == here;
    let pattern = r.filter.filter_pattern.clone();
    let count = move || taken(page, &pattern).map_or_else(|| "–".to_owned(), size::count);
    let covered = match r.covers() {
        none if none.is_empty() => "–".to_owned(),
        some => some.join("; "),
    };
    let end = r.paths.first().map(|p| ends(&p.end));
    let (name, group) = (r.filter.filter_name.clone(), r.filter.log_group_name.clone());
    view! {
        <tr class:is-selected=selected on:click=move |_| session.choose("metric-filter", &key)>
            <td><button type="button" class="row-button clip strong" title=name.clone()>{name.clone()}</button></td>
            <td class="mono clip" title=group.clone()>{group.clone()}</td>
            <td>{tag(r.said())}</td>
            <td class="clip" title=covered.clone()>{covered.clone()}</td>
            <td class="num">{count}</td>
            <td>{end.map(tag)}</td>
        </tr>
    }
}

/// How many of the events that are loaded a pattern takes (tracked); nothing where that is not known.
fn taken(page: Page, pattern: &str) -> Option<u64> {
    page.metrics.with(|m| m.counts.get(pattern).copied())
}

#[component]
fn Detail(page: Page, row: Row) -> impl IntoView {
    let session = page.session;
    let pattern = StoredValue::new(row.filter.filter_pattern.clone());
    let is_read = row.is_read;
    let count = move || pattern.with_value(|p| taken(page, p));
    let events = move || match count() {
        Some(n) => format!(
            "It takes {} of those that are loaded.",
            plural(n, "event", "events")
        ),
        None if !is_read => "It is not read, so that it takes nothing.".to_owned(),
        None if known(session).is_none() => format!("What it takes is not evaluable: needs {NEEDS_EVENTS}."),
        None => "What it takes is being looked for.".to_owned(),
    };
    let show = move || {
        count().is_some_and(|n| n > 0).then(|| {
            view! {
                <button
                    type="button"
                    class="button button-small"
                    on:click=move |_| {
                        session.show("trail", pattern.with_value(|p| Expr::eq(PATTERN, p.as_str())), None);
                    }
                >
                    "Show the events"
                </button>
            }
        })
    };
    let key = row.key();
    let metrics: Vec<_> = row
        .metrics
        .iter()
        .enumerate()
        .map(|(at, m)| view! { <MetricOf page filter=key.clone() at metric=m.clone() /> })
        .collect();
    let ways: Vec<_> = row
        .paths
        .iter()
        .map(|p| {
            view! {
                <Steps steps=of_path(p) />
                <p class="alarms-says">{end_of(&p.end)}</p>
                <Sentences all=p.remarks.clone() />
            }
        })
        .collect();
    let text = row.filter.filter_pattern.clone();
    view! {
        <Panel
            session
            title=row.filter.filter_name.clone()
            note=row.filter.log_group_name.clone()
            choice="metric-filter"
            tools=show.into_any()
        >
            {if text.is_empty() {
                view! { <p class="quiet">"The pattern is empty: it takes every event."</p> }.into_any()
            } else {
                view! { <Pattern text lints=row.lints.clone() /> }.into_any()
            }}
            <p>{events}</p>
            {row.remark.clone().map(|r| view! { <p class="small quiet">{r}</p> })}
            <Lints lints=row.lints.clone() />
            <h3>"What it covers"</h3>
            {is_read.then(|| view! { <Covered coverage=row.coverage.clone() nearly_everything=row.nearly_everything /> })}
            {(!ways.is_empty()).then(|| view! { <h3>"From the event to a person"</h3> })}
            {ways}
            <h3>"Its metrics"</h3>
            {if metrics.is_empty() {
                view! { <p class="quiet">"It publishes no metric."</p> }.into_any()
            } else {
                metrics.into_any()
            }}
        </Panel>
    }
}

/// Topics by what the pattern takes of their written events.
#[component]
pub fn Covered(coverage: Vec<Coverage>, nearly_everything: bool) -> impl IntoView {
    let words = format!("It {}.", covers(&coverage));
    let warning = nearly_everything.then(|| {
        view! {
            <p class="status status-yellow alarms-wrong">
                <Icon name="triangle-alert" />
                <span>"It takes nearly every event: an alarm on it says nothing of any topic."</span>
            </p>
        }
    });
    let row = |c: Coverage| {
        let title = c.topic().map_or(c.topic, |t| t.title);
        let missed = match c.missed.is_empty() {
            true => "–".to_owned(),
            false => c.missed.join(", "),
        };
        let said = match (c.is_complete(), c.is_half()) {
            (true, _) => ("ok", "All".to_owned()),
            (false, true) => ("yellow", "A part".to_owned()),
            _ => ("none", "In passing".to_owned()),
        };
        view! {
            <tr>
                <td>{title}</td>
                <td>{tag(said)}</td>
                <td class="num">{c.taken}</td>
                <td class="num">{c.of}</td>
                <td class="mono alarms-wrap">{missed}</td>
            </tr>
        }
    };
    let table = (!coverage.is_empty()).then(|| {
        view! {
            <div class="alarms-scroll">
                <table class="table table-tight alarms-covered">
                    <thead>
                        <tr>
                            <th scope="col">"Topic"</th>
                            <th scope="col">"Taken"</th>
                            <th scope="col" class="num">"Events"</th>
                            <th scope="col" class="num">"Of"</th>
                            <th scope="col">"Not taken"</th>
                        </tr>
                    </thead>
                    <tbody>{coverage.into_iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        }
    });
    view! {
        <p>{capital(&words)}</p>
        {warning}
        {table}
    }
}

/// A metric: what is published, and how it went.
#[component]
fn MetricOf(page: Page, filter: String, at: usize, metric: Metric) -> impl IntoView {
    let session = page.session;
    let name = metric.name();
    let t = &metric.transformation;
    let default = match metric.default_value() {
        Some(value) => format!(", and {value} for a minute with events of which none matches"),
        None => String::new(),
    };
    let words = format!("Each match publishes {}{default}.", t.metric_value);
    let mut remarks = metric.remarks.clone();
    let is_evaluated = match &metric.value {
        Ok(_) => true,
        // The remark says the same of what can not be read.
        Err(why) => {
            if remarks.is_empty() {
                remarks.push(why.clone());
            }
            false
        }
    };
    let mine = Memo::new(move |_| {
        page.metrics.with(|m| {
            let found = m
                .gathered
                .iter()
                .find(|g: &&Gathered| g.filter == filter && g.at == at);
            found.cloned()
        })
    });
    let default_value = metric.default_value();
    let series =
        Memo::new(move |_| mine.with(|g| g.as_ref().map(|g| Arc::new(g.minutes.series(default_value)))));
    let drawn = {
        let name = name.clone();
        move |width: f64, height: f64| -> Option<(Scene, String)> {
            let range = session.range.get().or_else(|| known(session))?;
            let frame = Frame {
                width,
                height,
                range,
                offset_min: session.offset_min(range.from_ns),
            };
            Some(sums(&*series.get()?, range, &name, frame))
        }
    };
    let word = {
        let drawn = drawn.clone();
        Memo::new(move |_| drawn(400.0, 150.0).map(|d| d.1).unwrap_or_default())
    };
    let title = {
        let name = name.clone();
        Signal::derive(move || format!("{name}, sum {}", word.get()))
    };
    let make: Build = Arc::new(move |width, height| drawn(width, height).map(|d| d.0));
    let cut = move || mine.with(|g| g.as_ref().map(|g| g.remarks.clone()).unwrap_or_default());
    let has_points = move || series.with(|s| s.as_ref().is_some_and(|s| !s.points().is_empty()));
    let state = move || {
        if !is_evaluated {
            return None;
        }
        if known(session).is_none() {
            return Some(format!("Not evaluable: needs {NEEDS_EVENTS}."));
        }
        match series.with(Option::is_some) {
            false => Some("The metric is being gathered.".to_owned()),
            true if !has_points() => Some("No data point was published.".to_owned()),
            true => None,
        }
    };
    view! {
        <p><span class="mono strong">{name}</span> " " <span class="quiet">{words}</span></p>
        <Sentences all=remarks />
        {move || view! { <Sentences all=cut() /> }}
        {move || state().map(|s| view! { <p class="quiet">{s}</p> })}
        <Show when=has_points>
            <div class="panel alarms-chart"><ChartOrTable title make=make.clone() /></div>
        </Show>
    }
}
