//! Four tables over one answer, and beside them the session that is chosen.

use super::model::{asked, began, calls, end, is_unsure, kind, person};
use crate::base::{TimeRange, size};
use crate::query::Expr;
use crate::session::{Known, Session};
use crate::sessions::{self, BASELINE_RULE, Dimension, HOURS_RULE, IDLE_RULE, RECOVERED_RULE, Sameness};
use crate::views::first::calls_of;
use crate::views::local_table::{Field, Head, LocalTable};
use crate::views::people::{ChainView, EntityLink, SeenList, people};
use crate::widgets::{Icon, Segmented, format};
use leptos::prelude::*;
use std::sync::Arc;

pub fn mount(session: Session) -> AnyView {
    view! { <Sessions session /> }.into_any()
}

const TABS: [(&str, &str); 4] = [
    ("sessions", "Sessions"),
    ("first", "First seen"),
    ("hours", "Unusual hours"),
    ("allowed", "Denied, then allowed"),
];

const SESSIONS: &[Head] = &[
    ("First call", 176.0, false),
    ("Who", 136.0, false),
    ("Principal", 190.0, false),
    ("Kind", 100.0, false),
    ("Began", 130.0, false),
    ("Calls", 76.0, true),
    ("Failed", 66.0, true),
    ("Address", 132.0, false),
    ("Lasted", 90.0, true),
    ("End", 96.0, false),
];
const FIRST: &[Head] = &[
    ("First call", 176.0, false),
    ("Principal", 190.0, false),
    ("New", 170.0, false),
    ("Service", 170.0, false),
    ("Region", 110.0, false),
    ("Network", 140.0, false),
    ("Agent", 130.0, false),
    ("Calls", 76.0, true),
];
const HOURS: &[Head] = &[
    ("Hour", 176.0, false),
    ("Principal", 240.0, false),
    ("Calls", 76.0, true),
    ("Of its calls", 96.0, true),
    ("Days with calls", 110.0, true),
];
const ALLOWED: &[Head] = &[
    ("Denied", 176.0, false),
    ("Principal", 190.0, false),
    ("Call", 200.0, false),
    ("Service", 160.0, false),
    ("Error", 150.0, false),
    ("Allowed", 176.0, false),
    ("To", 190.0, false),
    ("Same", 100.0, false),
];

type Rows = Arc<Vec<Vec<Field>>>;

#[component]
fn Sessions(session: Session) -> impl IntoView {
    let known = people(session);
    let tab = RwSignal::new(session.choice("people", "sessions"));
    Effect::new(move |_| {
        let now = tab.get();
        if untrack(|| session.choice("people", "sessions")) != now {
            session.choose("people", &now);
        }
    });
    // A link may ask for another of them while the page is here.
    Effect::new(move |_| {
        let asked = session.choice("people", "sessions");
        if tab.get_untracked() != asked {
            tab.set(asked);
        }
    });
    let chosen = RwSignal::new(None::<usize>);
    // What was chosen stands elsewhere in another answer.
    Effect::new(move |_| {
        known.track();
        chosen.set(None);
    });
    let when = move |ns: i64| format::date_time(ns, session.offset_min(ns));
    let table = move |tab: &str| {
        known.with(|known| {
            let lives = &known.as_ref()?.lives;
            Some(match tab {
                "first" => first_rows(&lives.first, when),
                "hours" => hour_rows(&lives.hours, when),
                "allowed" => allowed_rows(&lives.recovered, when),
                _ => session_rows(&lives.sessions, when),
            })
        })
    };
    let count = move |tab: &str| {
        known.with(|known| {
            let lives = &known.as_ref()?.lives;
            Some(match tab {
                "first" => lives.first.seen.len(),
                "hours" => lives.hours.iter().map(|h| h.unusual.len()).sum(),
                "allowed" => lives.recovered.len(),
                _ => lives.sessions.len(),
            })
        })
    };
    let rule = move || match tab.get().as_str() {
        "first" => BASELINE_RULE,
        "hours" => HOURS_RULE,
        "allowed" => RECOVERED_RULE,
        _ => IDLE_RULE,
    };
    let lacking = move || {
        let lost = known.with(|k| k.as_ref().map_or(0, |k| k.left_out));
        let unjudged = known.with(|k| k.as_ref().map_or(0, |k| k.lives.first.not_judged.len()));
        let unknown = known.with(|k| {
            k.as_ref()
                .map_or(0, |k| k.lives.hours.iter().filter(|h| !h.is_known).count())
        });
        let mut says = Vec::new();
        if lost > 0 {
            says.push(format!(
                "{} could not be looked at: they were not shared, or are too many.",
                size::counted(lost, "records")
            ));
        }
        match tab.get().as_str() {
            "first" if unjudged > 0 => says.push(format!(
                "Of {} there is too little time to know what is usual.",
                size::counted(unjudged as u64, "principals")
            )),
            "hours" if unknown > 0 => says.push(format!(
                "Of {} there are too few calls to know their hours.",
                size::counted(unknown as u64, "principals")
            )),
            _ => {}
        }
        says.join(" ")
    };
    let shown = move || {
        let now = tab.get();
        let heads: &'static [Head] = match now.as_str() {
            "first" => FIRST,
            "hours" => HOURS,
            "allowed" => ALLOWED,
            _ => SESSIONS,
        };
        let rows = Memo::new(move |_| tab.with(|t| table(t)).unwrap_or_default());
        let title = TABS.iter().find(|t| t.0 == now).map_or("", |t| t.1);
        let open = move |at: usize| match now.as_str() {
            "sessions" => chosen.set(Some(at)),
            other => show(session, &known, other, at),
        };
        view! { <LocalTable label=title heads rows on_open=open selected=chosen /> }
    };
    let options = TABS.to_vec();
    view! {
        <section class="view view-flush sessions">
            <div class="toolbar">
                <h2>"Sessions"</h2>
                <Segmented label="Show" options=options value=tab />
                <span class="quiet small">{move || count(&tab.get()).map_or("being worked out …".to_owned(), |n| size::count(n as u64))}</span>
                <span class="grow"></span>
            </div>
            <p class="sessions-rule">{rule} " " <span class="status-yellow">{lacking}</span></p>
            <div class="sessions-body" class:is-open=move || chosen.get().is_some() && tab.get() == "sessions">
                <div class="sessions-main">{shown}</div>
                {move || {
                    let at = chosen.get().filter(|_| tab.get() == "sessions")?;
                    let known = known.get()?;
                    let one = known.lives.sessions.get(at)?.clone();
                    Some(view! { <Side session known one chosen /> })
                }}
            </div>
        </section>
    }
}

/// The calls behind a row of the other tables.
fn show(session: Session, known: &RwSignal<Option<Arc<Known>>>, tab: &str, at: usize) {
    let found = known.with_untracked(|known| {
        let lives = &known.as_ref()?.lives;
        let principal = |name: &str| Expr::eq("principal", name);
        match tab {
            "first" => {
                let seen = lives.first.seen.get(at)?;
                Some((calls_of(seen), None))
            }
            "hours" => {
                let mut all = lives
                    .hours
                    .iter()
                    .flat_map(|h| h.unusual.iter().map(move |u| (h, u)));
                let (hours, unusual) = all.nth(at)?;
                let range = TimeRange::new(
                    unusual.at_ns,
                    unusual.at_ns.saturating_add(crate::base::time::HOUR),
                );
                Some((principal(&hours.principal), Some(range)))
            }
            _ => {
                let one = lives.recovered.get(at)?;
                let who = Expr::In {
                    field: "principal".to_owned(),
                    values: vec![one.denied.principal.clone(), one.allowed.principal.clone()],
                };
                Some((who.and(Expr::eq("eventName", one.call.as_str())), None))
            }
        }
    });
    if let Some((filter, range)) = found {
        session.show("trail", filter, range.or(session.range.get_untracked()));
    }
}

fn session_rows(all: &[sessions::Session], when: impl Fn(i64) -> String) -> Rows {
    let row = |s: &sessions::Session| {
        let who = Field::text(person(s));
        let address = s.addresses.first().map(|a| a.value.clone()).unwrap_or_default();
        let more = s.addresses.len().saturating_sub(1);
        let address = if more > 0 {
            format!("{address} +{more}")
        } else {
            address
        };
        let lasted = s.last_ns.saturating_sub(s.first_ns);
        vec![
            Field::number(s.first_ns, when(s.first_ns)).class("cell-time"),
            if is_unsure(s) {
                who.class("cell-absent").icon("circle-help")
            } else {
                who
            },
            Field::text(s.principal.clone()),
            Field::text(kind(s.kind)),
            Field::text(began(&s.began)),
            Field::number(s.calls as i64, size::count(s.calls)),
            Field::number(s.errors as i64, size::count(s.errors)).class(if s.errors > 0 {
                "cell-error"
            } else {
                ""
            }),
            Field::text(address),
            Field::number(lasted, format::duration(lasted)),
            Field::text(end(s.end)),
        ]
    };
    Arc::new(all.iter().map(row).collect())
}

fn first_rows(all: &sessions::FirstSeens, when: impl Fn(i64) -> String) -> Rows {
    let row = |seen: &sessions::FirstSeen| {
        let habit = &seen.habit;
        let new: Vec<&str> = seen.new.iter().map(|d| d.word()).collect();
        let marked = |dimension: Dimension, text: &str| {
            let field = Field::text(text);
            if seen.new.contains(&dimension) {
                field.class("strong").icon("flag")
            } else {
                field
            }
        };
        vec![
            Field::number(habit.first_ns, when(habit.first_ns)).class("cell-time"),
            Field::text(habit.principal.clone()),
            Field::text(new.join(", ")),
            marked(Dimension::Service, &habit.service),
            marked(Dimension::Region, &habit.region),
            marked(Dimension::Network, &habit.network),
            marked(Dimension::Agent, &habit.agent),
            Field::number(habit.calls as i64, size::count(habit.calls)),
        ]
    };
    Arc::new(all.seen.iter().map(row).collect())
}

fn hour_rows(all: &[sessions::Hours], when: impl Fn(i64) -> String) -> Rows {
    let mut rows = Vec::new();
    for hours in all {
        for unusual in &hours.unusual {
            rows.push(vec![
                Field::number(unusual.at_ns, when(unusual.at_ns)).class("cell-time"),
                Field::text(hours.principal.clone()),
                Field::number(unusual.calls as i64, size::count(unusual.calls)),
                Field::number(hours.calls as i64, size::count(hours.calls)),
                Field::number(hours.days as i64, size::count(hours.days as u64)),
            ]);
        }
    }
    Arc::new(rows)
}

fn allowed_rows(all: &[sessions::Recovered], when: impl Fn(i64) -> String) -> Rows {
    let row = |one: &sessions::Recovered| {
        vec![
            Field::number(one.denied.first_ns, when(one.denied.first_ns)).class("cell-time"),
            Field::text(one.denied.principal.clone()),
            Field::text(one.call.clone()),
            Field::text(one.service.clone()),
            Field::text(one.errors.join(", ")).class("cell-error"),
            Field::number(one.allowed.first_ns, when(one.allowed.first_ns)).class("cell-time"),
            Field::text(one.allowed.principal.clone()),
            Field::text(match one.same {
                Sameness::Principal => "principal",
                Sameness::Person => "person",
            }),
        ]
    };
    Arc::new(all.iter().map(row).collect())
}

/// One session: who, how, from where, and the way back.
#[component]
fn Side(
    session: Session,
    known: Arc<Known>,
    one: sessions::Session,
    chosen: RwSignal<Option<usize>>,
) -> impl IntoView {
    let chain = RwSignal::new(None);
    let of = asked(&one);
    session.beside(async move {
        let told = session.origin(&known, &of).await;
        chain.try_set(told.map(|t| t.0));
    });
    let when = move |ns: i64| format::date_time(ns, session.offset_min(ns));
    let span = TimeRange::new(one.first_ns, one.last_ns.saturating_add(1));
    let filter = calls(&one);
    let show = move |_| session.show("trail", filter.clone(), Some(span));
    let began = match &one.began {
        sessions::Began::NotInFiles(why) => why.clone(),
        began => super::model::began(began),
    };
    let ended = match one.end {
        sessions::End::Expired { at_ns } => format!("expired {}", when(at_ns)),
        sessions::End::KeyDeleted { at_ns } => format!("key deleted {}", when(at_ns)),
        sessions::End::KeyDisabled { at_ns } => format!("key disabled {}", when(at_ns)),
        sessions::End::LastCall => "nothing says why; it is the last call".to_owned(),
    };
    let keys = one
        .keys
        .iter()
        .filter(|k| !k.is_empty())
        .map(|key| view! { <EntityLink session value=key.clone() /> })
        .collect_view();
    view! {
        <aside class="sessions-side" aria-label="Session" tabindex="0">
            <div class="sessions-head">
                <h2 class="clip grow" title=one.principal.clone()>{one.principal.clone()}</h2>
                <button type="button" class="button button-small" on:click=show>
                    "Its calls"
                    <Icon name="arrow-right" />
                </button>
                <button type="button" class="button button-quiet button-icon" aria-label="Close the session" on:click=move |_| chosen.set(None)>
                    <Icon name="x" />
                </button>
            </div>
            <dl class="pairs">
                <dt>"Principal"</dt><dd><EntityLink session value=one.principal.clone() /></dd>
                <dt>"Account"</dt><dd><EntityLink session value=one.account.clone() /></dd>
                <dt>"Key"</dt><dd>{keys}</dd>
                <dt>"Began"</dt><dd class="wrap">{began}</dd>
                <dt>"First call"</dt><dd>{when(one.first_ns)}</dd>
                <dt>"Last call"</dt><dd>{when(one.last_ns)}</dd>
                <dt>"End"</dt><dd>{ended}</dd>
                <dt>"Calls"</dt>
                <dd>{format!("{}, {} failed, {} by services in its name", size::count(one.calls), size::count(one.errors), size::count(one.by_services))}</dd>
            </dl>
            <h3>"Back to the person"</h3>
            {move || chain.get().map(|chain| view! { <ChainView session chain /> })}
            <h3>"From"</h3>
            <SeenList session all=one.addresses.clone() />
            <h3>"With"</h3>
            <SeenList session all=one.agents.clone() plain=true />
        </aside>
    }
}
