//! What the built-in signals say, worst first.

use super::model::{self, Lead, leads, range_of};
use crate::base::size;
use crate::base::time::SECOND;
use crate::evidence::Pin;
use crate::query::{Agg, Expr, Query};
use crate::rules::Finding;
use crate::session::Session;
use crate::share::Sheet;
use crate::views::download::{Download, Table};
use crate::views::pin::PinButton;
use crate::views::shared::{Judged, severity};
use crate::views::states::Partial;
use crate::widgets::{Icon, StatusTag, format};
use leptos::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

#[component]
pub fn Leads(session: Session, #[prop(into)] signals: Signal<Arc<Vec<Judged>>>) -> impl IntoView {
    // Rules with several findings whose list is open, by title.
    let open = RwSignal::new(BTreeSet::<String>::new());
    let told = Memo::new(move |_| leads(signals.get().iter().flat_map(|s| s.findings.clone())));
    let head = move || {
        let rules = signals.get();
        let found: usize = told.with(|t| t.iter().map(|l| l.findings.len()).sum());
        let noun = if found == 1 { "lead" } else { "leads" };
        let fired = told.with(Vec::len);
        (!rules.is_empty()).then(|| {
            format!(
                "{found} {noun} from {fired} of {}",
                size::counted(rules.len() as u64, "rules")
            )
        })
    };
    let body = move || {
        let rules = signals.get();
        if rules.is_empty() || session.loading.get() && told.with(Vec::is_empty) {
            return view! { <p class="small quiet leads-note">"The rules are judged once everything is read."</p> }.into_any();
        }
        if told.with(Vec::is_empty) {
            return view! { <p class="small quiet leads-note">"Nothing under this filter and range."</p> }
                .into_any();
        }
        let list = told.get();
        list.into_iter()
            .map(|lead| view_lead(session, lead, open))
            .collect_view()
            .into_any()
    };
    let quiet = move || {
        let rules = signals.get();
        let waiting: Vec<String> = rules
            .iter()
            .filter_map(|s| Some(format!("{}: {}", s.rule.title, s.needs.clone()?)))
            .collect();
        (!waiting.is_empty()).then(|| {
            view! {
                <p class="small quiet leads-note" title=waiting.join("\n")>
                    <StatusTag status="none" text=format!("{} could not be evaluated", size::counted(waiting.len() as u64, "rules")) />
                    " from these files. Not evaluated is not a pass."
                </p>
            }
        })
    };
    let tables = Arc::new(move || {
        let said = Table::held("Signals", "signals", move || signals.with(|s| sheet(session, s)));
        let records = move || {
            let evidence = |f: &Finding| {
                let values = f.evidence.kinds.clone();
                let field = "@kind".to_owned();
                Expr::In { field, values }.and(f.evidence.filter.clone())
            };
            let all: Vec<Expr> = signals.with(|s| s.iter().flat_map(|j| &j.findings).map(evidence).collect());
            let query = Query::groups(&[], Vec::new(), vec![Agg::Count]).filter(Expr::Or(all.clone()));
            (!all.is_empty()).then(|| session.scoped(query))
        };
        vec![said.of_records(records)]
    });
    view! {
        <div class="panel-head">
            <h2>"Look here first"</h2>
            <span class="counter clip">{head}</span>
            <span class="grow"></span>
            <Partial session />
            <Download session what="the signals" tables small=true />
        </div>
        <div class="panel-body" tabindex="0" role="region" aria-label="Signals">
            {body}
            {quiet}
        </div>
    }
}

/// What every rule said: a row a finding, and one for each rule that found nothing or could not look.
fn sheet(session: Session, rules: &[Judged]) -> Sheet {
    let title = |kind: &str| {
        session
            .kinds
            .with(|all| all.iter().find(|k| k.kind == kind).map(|k| k.title.clone()))
    };
    model::signal_sheet(rules, |finding| {
        model::detail(finding, title(&finding.subject).as_deref())
    })
}

/// A rule's one finding; or its title over a list of them that opens.
fn view_lead(session: Session, lead: Lead, open: RwSignal<BTreeSet<String>>) -> AnyView {
    let Lead { title, findings, .. } = lead;
    let count = findings.len();
    let Some(first) = findings.first().cloned() else {
        return ().into_any();
    };
    if count == 1 {
        return view_finding(session, first, Some(title));
    }
    let (class, icon, word) = severity(lead.severity);
    let is_open = {
        let title = title.clone();
        Signal::derive(move || open.with(|o| o.contains(&title)))
    };
    let toggle = {
        let title = title.clone();
        move |_| {
            open.update(|o| {
                if !o.remove(&title) {
                    o.insert(title.clone());
                }
            });
        }
    };
    view! {
        <button type="button" class="lead" aria-expanded=move || is_open.get().to_string() on:click=toggle>
            <span class=format!("severity severity-{class}")><Icon name=icon /></span>
            <span class="strong clip" title=title.clone()>{title.clone()}</span>
            <span class="small where">
                <span class="faint">{count}" times"</span>
                <span class=format!("severity severity-{class}")>{word}</span>
                {move || view! { <Icon name=if is_open.get() { "chevron-up" } else { "chevron-down" } /> }}
            </span>
            <span class="detail quiet small">
                <span class="faint mono when">{when(session, &first)}</span>
                {detail(session, &first)}
            </span>
        </button>
        <Show when=move || is_open.get()>
            {findings.clone().into_iter().map(|f| view_finding(session, f, None)).collect_view()}
        </Show>
    }
    .into_any()
}

/// A finding: a click shows its records in the view that shows them best. Without a title it stands under its rule's.
fn view_finding(session: Session, finding: Finding, title: Option<String>) -> AnyView {
    let (class, icon, word) = severity(finding.severity);
    let under = title.is_none();
    let (time, detail) = (when(session, &finding), detail(session, &finding));
    let to = view_title(&finding.view);
    let name = finding.title.clone();
    let about = {
        let finding = finding.clone();
        move || {
            Some(Pin::Finding {
                title: finding.title.clone(),
                filter: finding.evidence.filter.clone(),
                range: range_of(&finding),
            })
        }
    };
    let show = move |_| {
        let range = range_of(&finding).or_else(|| session.range.get_untracked());
        session.show(&finding.view, finding.evidence.filter.clone(), range);
    };
    view! {
        <div class="lead-row">
        <button type="button" class="lead" class:is-under=under on:click=show>
            {title.map(|title| {
                view! {
                    <span class=format!("severity severity-{class}")><Icon name=icon /></span>
                    <span class="strong clip" title=title.clone()>{title.clone()}</span>
                    <span class="small where">
                        <span class=format!("severity severity-{class}")>{word}</span>
                        <span class="to">{to}</span>
                    </span>
                }
            })}
            <span class="detail quiet small" title=detail.clone()>
                <span class="faint mono when">{time}</span>
                {detail.clone()}
            </span>
        </button>
        <PinButton session what=name about />
        </div>
    }
    .into_any()
}

/// To the second: what AWS tells of most records.
fn when(session: Session, finding: &Finding) -> Option<String> {
    let at = finding.first_ns?;
    Some(format::table_time(
        at - at.rem_euclid(SECOND),
        session.offset_min(at),
    ))
}

fn detail(session: Session, finding: &Finding) -> String {
    let title = session.kinds.with(|all| {
        let known = all.iter().find(|k| k.kind == finding.subject);
        known.map(|k| k.title.clone())
    });
    model::detail(finding, title.as_deref())
}

/// `trail` → `Trail`.
fn view_title(id: &str) -> String {
    let mut letters = id.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
