//! Why was it rejected? Every reject under the page's filter, put into diagnoses with their evidence.

use crate::base::size;
use crate::diagnosis::{Certainty, Described, Diagnosis, FlowGroup};
use crate::session::{Job, JobResult, Session};
use crate::views::traffic::model::rejects::{ask_accepted, ask_rejects, describes, filter, groups};
use crate::widgets::{Icon, StatusTag, format};
use leptos::prelude::*;
use std::sync::Arc;

/// Diagnoses in the page at first.
const SHOWN: usize = 40;

/// What was looked at, and what came of it.
#[derive(Clone, Debug, Default)]
struct Found {
    groups: Vec<FlowGroup>,
    all: Vec<Diagnosis>,
    is_described: bool,
    /// Groups that there was no room for.
    left_out: u64,
}

async fn look(session: Session) -> Result<Found, String> {
    let mut out = Found::default();
    let mut flows = Vec::new();
    for (kind, told, query) in ask_rejects() {
        let answer = session.answered(untrack(|| session.scoped(query))).await;
        out.left_out += answer.groups.saturating_sub(answer.rows.len() as u64);
        flows.extend(groups(kind, told, &answer));
    }
    for (kind, told, query) in ask_accepted(&flows) {
        let answer = session.answered(untrack(|| session.scoped(query))).await;
        out.left_out += answer.groups.saturating_sub(answer.rows.len() as u64);
        flows.extend(groups(kind, told, &answer));
    }
    let inventory = session.inventory(describes).await;
    let mut described = Described::default();
    for item in &inventory.all {
        let at_ns = item.at_ns.filter(|_| item.kind == "config");
        described.add(item.kind, &item.item_type, &item.body, at_ns);
    }
    out.is_described = !described.is_empty();
    let job = Job::Diagnose {
        groups: flows.clone(),
        described: Box::new(described),
    };
    out.groups = flows;
    match session.job(job).await? {
        JobResult::Diagnoses(all) => out.all = all,
        _ => return Err("The worker answered something else.".to_owned()),
    }
    Ok(out)
}

#[component]
pub fn Rejects(session: Session) -> impl IntoView {
    let found = RwSignal::new(None::<Result<Arc<Found>, String>>);
    let asking = RwSignal::new(false);
    let round = StoredValue::new(0u64);
    Effect::new(move |_| {
        session.rows.track();
        session.filter.track();
        session.range.track();
        if session.loading.get() {
            return;
        }
        let mine = round.get_value() + 1;
        round.set_value(mine);
        asking.set(true);
        session.beside(async move {
            let all = look(session).await;
            if round.try_get_value() == Some(mine) {
                asking.try_set(false);
                found.try_set(Some(all.map(Arc::new)));
            }
        });
    });
    let shown = RwSignal::new(SHOWN);
    let list = move || {
        match found.get() {
        None => view! { <p class="quiet rejects-note" role="status">"Looking at what was rejected …"</p> }.into_any(),
        Some(Err(why)) => view! { <p class="status-red rejects-note" role="alert">{why}</p> }.into_any(),
        Some(Ok(found)) if found.all.is_empty() => {
            view! { <p class="quiet rejects-note">"Nothing was rejected here, refused or left without an answer."</p> }.into_any()
        }
        Some(Ok(found)) => {
            let is_stopped = |one: &&Diagnosis| !one.verdict.was_let_pass();
            let card = |one: &Diagnosis| view! { <Card session found=found.clone() one=one.clone() /> };
            let cards = found.all.iter().filter(is_stopped).take(shown.get()).map(card).collect_view();
            let stopped = found.all.iter().filter(is_stopped).count();
            let more = stopped.saturating_sub(shown.get());
            // Who was let pass and got no answer is another question, and there may be many of them.
            let passed = found.all.len() - stopped;
            let others = (passed > 0).then(|| {
                let cards = found.all.iter().filter(|one| !is_stopped(one)).take(SHOWN).map(card).collect_view();
                let says = format!("Let pass, and refused or without a recorded answer: {}", size::counted(passed as u64, "diagnoses"));
                let open = stopped == 0;
                view! { <details class="rejects-passed" open=open><summary>{says}</summary>{cards}</details> }
            });
            let none = (stopped == 0).then(|| view! { <p class="quiet rejects-note">"Nothing was rejected here."</p> });
            view! {
                {none}
                {cards}
                <Show when=move || { more > 0 }>
                    <button type="button" class="button" on:click=move |_| shown.update(|n| *n += SHOWN)>
                        {format!("{} more", size::count(more as u64))}
                    </button>
                </Show>
                {others}
            }
            .into_any()
        }
    }
    };
    let head = move || {
        let found = found.get()?.ok()?;
        let mut says = format!(
            "{}, out of {} of flows that agree in ends, service port, action and flags.",
            size::counted(found.all.len() as u64, "diagnoses"),
            size::counted(found.groups.len() as u64, "groups")
        );
        if !found.is_described {
            says.push_str(" No security group or network ACL is described: open the answers of aws ec2 describe-security-groups, describe-network-acls, describe-network-interfaces and describe-subnets, or AWS Config files, and the rule is named.");
        }
        if found.left_out > 0 {
            says.push_str(&format!(
                " {} more groups were not looked at: narrow the range or the filter.",
                size::count(found.left_out)
            ));
        }
        Some(says)
    };
    view! {
        <div class="rejects" tabindex="0" role="region" aria-label="Why flows were rejected" aria-busy=move || asking.get().to_string()>
            <p class="quiet small rejects-note">
                "Of every flow under the filter: select an end or a pair in the graph and press it again to ask about it alone. "
                {head}
            </p>
            {list}
        </div>
    }
}

#[component]
fn Card(session: Session, found: Arc<Found>, one: Diagnosis) -> impl IntoView {
    let (status, word) = match one.certainty {
        Certainty::Certain => ("ok", "Certain"),
        Certainty::Likely => ("info", "Likely"),
        Certainty::NotKnown => ("yellow", "Can not be known"),
    };
    let of = one.groups.clone();
    let kept = found.clone();
    let show = move |_| {
        let flows = of.iter().filter_map(|n| kept.groups.get(*n));
        session.show("events", filter(flows), session.range.get_untracked());
    };
    let when = move |ns: i64| format::date_time(ns, session.offset_min(ns));
    let evidence = one
        .evidence
        .iter()
        .map(|e| {
            let text = e.text.clone();
            let groups = e.groups.clone();
            let kept = found.clone();
            match groups.is_empty() {
                true => view! { <li>{text}</li> }.into_any(),
                false => {
                    let show = move |_| {
                        let flows = groups.iter().filter_map(|n| kept.groups.get(*n));
                        session.show("events", filter(flows), session.range.get_untracked());
                    };
                    view! { <li>{text} " " <button type="button" class="link small" on:click=show>"Records"</button></li> }.into_any()
                }
            }
        })
        .collect_view();
    let rule = one.rule.clone().map(|rule| {
        let at = rule.at_ns.map(|at| format!(", described {}", when(at)));
        view! { <dt>"Rule"</dt><dd class="wrap"><code>{rule.text}</code>{at}</dd> }
    });
    let allow = one
        .would_allow
        .clone()
        .map(|text| view! { <dt>"Would allow it"</dt><dd class="wrap"><code>{text}</code></dd> });
    let missing = one
        .missing
        .iter()
        .map(|m| view! { <dt>"Not known"</dt><dd class="wrap">{format!("{} ({} would tell)", m.what, m.told_by)}</dd> })
        .collect_view();
    view! {
        <article class="panel reject">
            <div class="panel-head">
                <h3>{one.title.clone()}</h3>
                <StatusTag status=status text=word />
                <span class="grow"></span>
                <span class="num quiet small">
                    {format!("{}, {}", size::counted(one.count, "flows"), size::counted(one.packets, "packets"))}
                </span>
                <button type="button" class="button button-small" on:click=show>
                    "Flows"
                    <Icon name="arrow-right" />
                </button>
            </div>
            <div class="panel-body">
                <p>{one.says.clone()}</p>
                <ul class="reject-evidence small">{evidence}</ul>
                <dl class="pairs">
                    {rule}
                    {allow}
                    {missing}
                    <dt>"When"</dt><dd>{format!("{} to {}", when(one.first_ns), when(one.last_ns))}</dd>
                </dl>
            </div>
        </article>
    }
}
