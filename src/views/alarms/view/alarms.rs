//! The account's own alarms, and the panel of one: what it would have done over the events.

use super::load::Page;
use super::parts::{Missing, Panel, Sentences, tag};
use crate::base::size;
use crate::chart::Frame;
use crate::monitoring::filters::{Answer, StateValue};
use crate::session::Session;
use crate::views::alarms::model::alarms::{Judged, Ran, Row, chart_title, state, strip};
use crate::views::alarms::model::metrics::{curve, with_threshold};
use crate::views::alarms::model::plural;
use crate::widgets::chart::Build;
use crate::widgets::{ChartOrTable, Icon, format};
use leptos::prelude::*;
use std::sync::Arc;

const HEADS: [(&str, &str, bool); 6] = [
    ("Alarm", "width:24%", false),
    ("Rule", "", false),
    ("State at the end", "width:150px", false),
    ("In its file", "width:150px", false),
    ("Times in alarm", "width:108px", true),
    ("Tells", "width:140px", false),
];
/// Changes of state that are listed.
const MOST_CHANGES: usize = 200;

#[component]
pub fn AlarmList(page: Page) -> impl IntoView {
    let session = page.session;
    let picked = Memo::new(move |_| {
        let key = session.choice("alarm", "");
        page.alarms
            .with(|all| all.iter().find(|r| r.key() == key).cloned())
    });
    let none = Memo::new(move |_| page.alarms.with(|a| a.is_empty()));
    let looked = move || page.given.with(Option::is_some);
    let title = move || {
        let has = page
            .given
            .with(|g| g.as_ref().is_some_and(|g| g.setup.has(Answer::Alarms)));
        match has {
            true => "The account has no alarm.",
            false => "No alarms are loaded.",
        }
    };
    let rows = move || {
        page.alarms
            .with(|all| all.iter().map(|r| row(session, r)).collect_view())
    };
    view! {
        <Show
            when=move || !none.get()
            fallback=move || looked().then(|| view! {
                <Missing
                    title=title()
                    says="The answers of these commands fill the page: the alarms, and the filters whose metrics they are on."
                    commands=[Answer::Alarms, Answer::MetricFilters].map(Answer::command).to_vec()
                />
            })
        >
            <div class="alarms-list" tabindex="0" role="region" aria-label="Alarms">
                <table class="table alarms-alarms">
                    <thead><tr>{HEADS.map(|(title, style, num)| view! { <th scope="col" class:num=num style=style>{title}</th> }).collect_view()}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </Show>
        {move || picked.get().map(|r| view! { <Detail session row=r /> })}
    }
}

fn row(session: Session, r: &Row) -> impl IntoView + use<> {
    let (key, here) = (r.key(), r.key());
    let selected = move || session.choice("alarm", "") == here;
    let times = r
        .times()
        .map_or_else(|| "–".to_owned(), |n| size::count(n as u64));
    let (name, rule) = (r.name.clone(), r.rule.clone());
    let in_file = match r.in_file {
        Some(value) => tag(state(value)).into_any(),
        None => "–".into_any(),
    };
    view! {
        <tr class:is-selected=selected on:click=move |_| session.choose("alarm", &key)>
            <td><button type="button" class="row-button clip strong" title=name.clone()>{name.clone()}</button></td>
            <td class="clip" title=rule.clone()>{rule.clone()}</td>
            <td>{tag(r.now())}</td>
            <td>{in_file}</td>
            <td class="num">{times}</td>
            <td>{tag(r.tells())}</td>
        </tr>
    }
}

#[component]
fn Detail(session: Session, row: Row) -> impl IntoView {
    let metric = row
        .metric
        .clone()
        .unwrap_or_else(|| "no single metric".to_owned());
    let filters = match row.filters.is_empty() {
        true => "no filter that is loaded".to_owned(),
        false => row.filters.join(", "),
    };
    let actions = match row.actions.is_empty() {
        true => view! { <p class="quiet">"No action is set for the state ALARM."</p> }.into_any(),
        false => {
            let item = |a: &String| view! { <li class="mono alarms-wrap">{a.clone()}</li> };
            view! { <ul>{row.actions.iter().map(item).collect_view()}</ul> }.into_any()
        }
    };
    let body = match &row.judged {
        Judged::Waiting => view! { <p class="quiet">"Its metric is being gathered."</p> }.into_any(),
        Judged::Not(why) => view! {
            <p class="message alarms-message">
                <Icon name="circle-dashed" />
                <span><strong>"Not evaluated."</strong> " " {why.clone()}</span>
            </p>
        }
        .into_any(),
        Judged::Ran(ran) => view! { <Course session row=row.clone() ran=(**ran).clone() /> }.into_any(),
    };
    view! {
        <Panel session title=row.name.clone() note=row.arn.clone().unwrap_or_default() choice="alarm">
            <dl class="alarms-facts">
                <dt>"Rule"</dt>
                <dd>{row.rule.clone()}</dd>
                <dt>"Metric"</dt>
                <dd><span class="mono">{metric}</span> ", of " {filters}</dd>
                <dt>"State at the end"</dt>
                <dd>{tag(row.now())} {row.differs().map(|d| view! { " " <span class="quiet">{d}</span> })}</dd>
                <dt>"Tells"</dt>
                <dd>{tag(row.tells())} " " {end_words(&row)} {actions}</dd>
            </dl>
            {body}
        </Panel>
    }
}

fn end_words(row: &Row) -> impl IntoView + use<> {
    view! { <span class="quiet">{crate::views::alarms::model::steps::why(&row.end)}</span> }
}

/// How it went: the states over time, the metric with its threshold, every change.
#[component]
fn Course(session: Session, row: Row, ran: Ran) -> impl IntoView {
    let times = row.times().unwrap_or(0) as u64;
    let lasted = match times {
        0 => String::new(),
        _ => format!(", {} in all", format::duration(ran.evaluation.alarm_ns)),
    };
    let summary = match times {
        0 => "It would not have gone off over the events that are loaded.".to_owned(),
        n => format!("It would have gone off {}{lasted}.", plural(n, "time", "times")),
    };
    let drawn = curve(&ran.series, &ran.rule, ran.known);
    let title = chart_title(&row, &ran, &drawn);
    let metric = row.metric.clone().unwrap_or_default();
    let (rule, known) = (ran.rule.clone(), ran.known);
    let make: Build = Arc::new(move |width, height| {
        let frame = Frame {
            width,
            height,
            range: known,
            offset_min: session.offset_min(known.from_ns),
        };
        Some(with_threshold(&drawn, &rule, &metric, frame))
    });
    let chart = match ran.series.points().is_empty() {
        true => view! { <p class="quiet">"No data point was published in that time."</p> }.into_any(),
        false => view! { <div class="panel alarms-chart"><ChartOrTable title make /></div> }.into_any(),
    };
    view! {
        <h3>"Over the events that are loaded"</h3>
        <p>{summary}</p>
        <Sentences all=ran.remarks.clone() />
        <Strip session ran=ran.clone() />
        {chart}
        <Changes session ran />
    }
}

/// The states over time: each has a pattern of its own, and its word where there is room.
#[component]
fn Strip(session: Session, ran: Ran) -> impl IntoView {
    let known = ran.known;
    let whole = known.width_ns().max(1) as f64;
    let all = strip(&ran.evaluation, known);
    let time = move |ns: i64| format::date_time(ns, session.offset_min(ns));
    let stretches = all.clone();
    let summary = move || {
        let of = |wanted: StateValue| {
            let ns: i64 = stretches
                .iter()
                .filter(|s| s.state == wanted)
                .map(|s| s.range.width_ns())
                .sum();
            format!("{} {}", state(wanted).1, format::duration(ns))
        };
        format!(
            "States from {} to {}: {}, {}, {}",
            time(known.from_ns),
            time(known.to_ns),
            of(StateValue::Ok),
            of(StateValue::Alarm),
            of(StateValue::InsufficientData)
        )
    };
    let piece = move |s: &crate::views::alarms::model::alarms::Stretch| {
        let (class, icon) = looks(s.state);
        let width = s.range.width_ns() as f64 * 100.0 / whole;
        let left = (s.range.from_ns - known.from_ns) as f64 * 100.0 / whole;
        let word = state(s.state).1;
        let range = s.range;
        let told = word.clone();
        let title = move || {
            format!(
                "{told}, {}",
                format::range(range, session.offset_min(range.from_ns))
            )
        };
        view! {
            <span
                class=format!("alarms-stretch is-{class}")
                style=format!("left:{left:.4}%;width:max({width:.4}%,2px)")
                title=title
            >
                {(width > 14.0).then(|| view! { <b><Icon name=icon />{word.clone()}</b> })}
            </span>
        }
    };
    let key = [StateValue::Ok, StateValue::Alarm, StateValue::InsufficientData].map(|s| {
        let (class, _) = looks(s);
        view! {
            <li><i class=format!("alarms-swatch is-{class}")></i> {state(s).1}</li>
        }
    });
    view! {
        <div class="alarms-strip" role="img" aria-label=summary>{all.iter().map(piece).collect_view()}</div>
        <div class="alarms-strip-scale">
            <span class="faint micro">{move || time(known.from_ns)}</span>
            <ul class="legend">{key.collect_view()}</ul>
            <span class="faint micro">{move || time(known.to_ns)}</span>
        </div>
    }
}

/// A state's css class and sign.
fn looks(state: StateValue) -> (&'static str, &'static str) {
    match state {
        StateValue::Ok => ("ok", "circle-check"),
        StateValue::Alarm => ("alarm", "circle-x"),
        StateValue::InsufficientData => ("insufficient", "circle-dashed"),
    }
}

/// Every change of state, with why.
#[component]
fn Changes(session: Session, ran: Ran) -> impl IntoView {
    let count = ran.evaluation.changes.len();
    let rows = move || {
        ran.evaluation
            .changes
            .iter()
            .take(MOST_CHANGES)
            .map(|c| {
                view! {
                    <tr>
                        <td class="mono nowrap">{format::table_time(c.time_ns, session.offset_min(c.time_ns))}</td>
                        <td>{tag(state(c.from))}</td>
                        <td>{tag(state(c.to))}</td>
                        <td class="alarms-wrap">{c.reason.clone()}</td>
                    </tr>
                }
            })
            .collect_view()
    };
    let more = (count > MOST_CHANGES).then(|| {
        let told = format!(
            "The first {} of {} changes.",
            size::count(MOST_CHANGES as u64),
            size::count(count as u64)
        );
        view! { <p class="small quiet">{told}</p> }
    });
    if count == 0 {
        return view! { <p class="quiet">"Its state does not change in that time."</p> }.into_any();
    }
    view! {
        <h3>"Changes of state"</h3>
        <div class="alarms-scroll">
            <table class="table table-tight alarms-changes">
                <thead>
                    <tr>
                        <th scope="col">"Time"</th>
                        <th scope="col">"From"</th>
                        <th scope="col">"To"</th>
                        <th scope="col">"Why"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {more}
    }
    .into_any()
}
