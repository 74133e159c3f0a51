//! What several views show of a trail's people: who they are, the way back to them, the life of a key.

use crate::base::size;
use crate::query::Expr;
use crate::session::{Known, Session};
use crate::sessions::{Chain, FirstSeens, KeyLife, Seen, UNUSED_RULE};
use crate::widgets::{Icon, format};
use leptos::prelude::*;
use std::sync::Arc;

/// What the trail says of its people under the page's filter and range; asked anew when something changes.
pub fn people(session: Session) -> RwSignal<Option<Arc<Known>>> {
    people_within(session, move || session.filter.get())
}

/// The same of everything, whatever the filter says.
pub fn people_of_all(session: Session) -> RwSignal<Option<Arc<Known>>> {
    people_within(session, || Expr::All)
}

fn people_within(session: Session, filter: impl Fn() -> Expr + 'static) -> RwSignal<Option<Arc<Known>>> {
    let known = RwSignal::new(None);
    let round = StoredValue::new(0u64);
    Effect::new(move |_| {
        session.rows.track();
        let scope = (session.range.get(), filter());
        if session.loading.get() || session.rows_of(&["cloudtrail"]) == 0 {
            return;
        }
        let mine = round.get_value() + 1;
        round.set_value(mine);
        session.beside(async move {
            let found = session.people(scope.0, scope.1).await;
            if round.try_get_value() == Some(mine) {
                known.try_set(Some(Arc::new(found)));
            }
        });
    });
    known
}

/// What principals did for the first time, by everything that is loaded, while it is wanted; and how many groups of calls
/// there was no room for.
pub fn first_seen(session: Session, wanted: Signal<bool>) -> RwSignal<Option<Arc<(FirstSeens, u64)>>> {
    let known = RwSignal::new(None);
    let round = StoredValue::new(0u64);
    Effect::new(move |_| {
        session.rows.track();
        if !wanted.get() || session.loading.get() || session.rows_of(&["cloudtrail"]) == 0 {
            return;
        }
        let mine = round.get_value() + 1;
        round.set_value(mine);
        session.beside(async move {
            let found = session.first_seen().await;
            if round.try_get_value() == Some(mine) {
                known.try_set(Some(Arc::new(found)));
            }
        });
    });
    known
}

/// A value that leads to its page.
#[component]
pub fn EntityLink(session: Session, #[prop(into)] value: String) -> impl IntoView {
    let shown = value.clone();
    view! {
        <button
            type="button"
            class="link mono clip entity-link"
            title=format!("{value}: everything about it")
            on:click=move |_| session.open_entity(&value)
        >
            {shown}
        </button>
    }
}

/// A small button that leads to a value's page, beside what else is done with it.
#[component]
pub fn EntityButton(session: Session, #[prop(into)] value: String) -> impl IntoView {
    let label = format!("Everything about {value}");
    view! {
        <button
            type="button"
            class="button button-quiet button-icon button-small entity-button"
            aria-label=label.clone()
            title=label
            on:click=move |_| session.open_entity(&value)
        >
            <Icon name="crosshair" />
        </button>
    }
}

/// From the person to the credentials, link by link, each with how it is known.
#[component]
pub fn ChainView(session: Session, chain: Chain) -> impl IntoView {
    let when = move |ns: i64| format::date_time(ns, session.offset_min(ns));
    let person = match &chain.person {
        Some(person) => view! {
            <li>
                <Icon name="user" />
                <span class="strong">{person.name.clone()}</span>
                <span class="quiet small">{format!("known {}", chain.confidence.word())}</span>
            </li>
        }
        .into_any(),
        None => view! {
            <li class="status-yellow">
                <Icon name="circle-help" />
                <span>"Who is behind it is not known."</span>
            </li>
        }
        .into_any(),
    };
    let links = chain
        .links
        .iter()
        .map(|link| {
            let by = &link.by;
            let name = if link.to.key.is_empty() { link.to.label.clone() } else { link.to.key.clone() };
            let at = by.at_ns;
            view! {
                <li>
                    <Icon name="arrow-down" />
                    <button type="button" class="link num small" title="Marks this moment in every chart" on:click=move |_| session.moment.set(Some(at))>
                        {when(at)}
                    </button>
                    <span>{by.kind.event_name()}</span>
                    <span class="quiet small">"from"</span>
                    <EntityLink session value=by.address.clone() />
                    <span class="quiet small">"gave"</span>
                    <EntityLink session value=name />
                    <span class="quiet small">{link.to.label.clone()} ", " {link.confidence.word()}</span>
                </li>
            }
        })
        .collect_view();
    let broken = chain
        .broken_at
        .clone()
        .map(|why| view! { <li class="quiet small"><Icon name="circle-help" />{why}</li> });
    let may_be = (!chain.candidates.is_empty()).then(|| {
        let all: Vec<String> = chain
            .candidates
            .iter()
            .map(|c| format!("{} by {} at {}", c.kind.event_name(), c.by, when(c.at_ns)))
            .collect();
        view! { <li class="quiet small"><Icon name="circle-help" />{format!("It may have been: {}.", all.join("; "))}</li> }
    });
    view! { <ol class="chain">{person} {links} {broken} {may_be}</ol> }
}

/// Values with their calls: addresses, agents.
#[component]
pub fn SeenList(session: Session, all: Vec<Seen>, #[prop(optional)] plain: bool) -> impl IntoView {
    let rows = all
        .into_iter()
        .take(12)
        .map(|seen| {
            let failed = (seen.errors > 0).then(|| format!(", {} failed", size::count(seen.errors)));
            view! {
                <li>
                    {if plain {
                        view! { <span class="clip small" title=seen.value.clone()>{seen.value.clone()}</span> }.into_any()
                    } else {
                        view! { <EntityLink session value=seen.value.clone() /> }.into_any()
                    }}
                    <span class="num quiet small">{size::counted(seen.calls, "calls")} {failed}</span>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="seen-list">{rows}</ul> }
}

/// A key from the day it was made.
#[component]
pub fn KeyLifeView(session: Session, life: KeyLife) -> impl IntoView {
    let when = move |ns: i64| format::date_time(ns, session.offset_min(ns));
    let made = match &life.made {
        Some(made) => format!(
            "{} by {} at {}",
            made.kind.event_name(),
            made.by,
            when(made.at_ns)
        ),
        None => "before these files begin, or in a file that is not here".to_owned(),
    };
    let used = match (life.first_ns, life.last_ns) {
        (Some(first), Some(last)) => format!(
            "{} to {}: {}, {} failed",
            when(first),
            when(last),
            size::counted(life.calls, "calls"),
            size::count(life.errors)
        ),
        _ => "by no call in these files".to_owned(),
    };
    let changes = life
        .changes
        .iter()
        .map(|change| {
            let refused = if change.given.error.is_empty() {
                ""
            } else {
                " (refused)"
            };
            let text = format!(
                "{}: {} by {}{refused}",
                when(change.given.at_ns),
                change.status,
                change.given.by
            );
            view! { <dt>"Status"</dt><dd>{text}</dd> }
        })
        .collect_view();
    let unused = life
        .unused
        .iter()
        .map(|range| view! { <dt title=UNUSED_RULE>"Unused"</dt><dd>{format!("{} to {}", when(range.from_ns), when(range.to_ns))}</dd> })
        .collect_view();
    let expires = life
        .expires_ns
        .map(|at| view! { <dt>"Expires"</dt><dd>{when(at)}</dd> });
    let after = (life.calls_after_end > 0).then(|| {
        view! { <dt>"After its end"</dt><dd class="status-red">{size::counted(life.calls_after_end, "calls")}</dd> }
    });
    view! {
        <dl class="pairs">
            <dt>"Made"</dt><dd>{made}</dd>
            <dt>"Used"</dt><dd>{used}</dd>
            {expires}
            {changes}
            {unused}
            {after}
        </dl>
    }
}
