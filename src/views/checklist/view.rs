use crate::checklist::{Answered, Domain, Judgement, Standing, Verdict};
use crate::session::Session;
use crate::share::Sheet;
use crate::views::download::{Download, Table};
use crate::views::proofs::{self, proofs};
use crate::widgets::{Empty, Icon, Select, StatusTag, dom, format};
use js_sys::Array;
use leptos::prelude::*;
use std::sync::Arc;

const FILE: &str = "trailbeam-checklist.json";
const VERDICTS: [Verdict; 3] = [Verdict::Satisfied, Verdict::NotSatisfied, Verdict::NotApplicable];

pub fn mount(session: Session) -> AnyView {
    view! { <Checklist session /> }.into_any()
}

/// Sign, words and id of where an item stands.
fn shown(standing: Standing) -> (&'static str, String, &'static str) {
    match standing {
        Standing::Evidenced => ("ok", "Evidenced".to_owned(), "evidenced"),
        Standing::Contradicted => ("red", "Contradicted".to_owned(), "contradicted"),
        Standing::ByHand(Verdict::NotSatisfied) => ("yellow", "By hand: not satisfied".to_owned(), "by-hand"),
        Standing::ByHand(verdict) => ("info", format!("By hand: {}", verdict.word()), "by-hand"),
        Standing::NoData => ("none", "No data".to_owned(), "no-data"),
    }
}

#[component]
fn Checklist(session: Session) -> impl IntoView {
    session.want_standing();
    let all: Memo<Vec<Answered>> = Memo::new(move |_| {
        let by_hand = session.by_hand.get();
        session
            .standing
            .with(|s| s.as_ref().map(|s| s.checklist(&by_hand)).unwrap_or_default())
    });
    let state = Signal::derive(move || session.choice("state", ""));
    let states: Vec<(String, String)> = [
        ("", "all"),
        ("evidenced", "Evidenced"),
        ("contradicted", "Contradicted"),
        ("by-hand", "Judged by hand"),
        ("no-data", "No data"),
    ]
    .map(|(id, name)| (id.to_owned(), name.to_owned()))
    .to_vec();
    let count = move || {
        all.with(|all| {
            let of = |id: &str| all.iter().filter(|a| shown(a.standing()).2 == id).count();
            format!(
                "{} of {} answered: {} evidenced, {} contradicted, {} by hand. {} without data, which is not a pass",
                all.len() - of("no-data"),
                all.len(),
                of("evidenced"),
                of("contradicted"),
                of("by-hand"),
                of("no-data"),
            )
        })
    };
    let save = move |_| {
        if let Ok(text) = session.by_hand.with_untracked(|b| b.write()) {
            dom::save(FILE, "application/json", &Array::of1(&text.into()));
        }
    };
    let tables = Arc::new(move || {
        vec![Table::held("Audit checklist", "checklist", move || {
            all.with(|a| sheet(a))
        })]
    });
    let domains = move || {
        let state = state.get();
        Domain::ALL
            .into_iter()
            .map(|domain| {
                let items = all.with(|all| {
                    let mine = all.iter().filter(|a| a.item.domain == domain);
                    let mine = mine.filter(|a| state.is_empty() || shown(a.standing()).2 == state);
                    mine.map(|a| item(session, a)).collect::<Vec<_>>()
                });
                let counts = all.with(|all| {
                    let mine = all.iter().filter(|a| a.item.domain == domain);
                    let answered = mine.clone().filter(|a| a.standing() != Standing::NoData).count();
                    format!("{answered} of {}", mine.count())
                });
                (!items.is_empty()).then(|| {
                    view! {
                        <section class="checklist-domain">
                            <h3>{domain.title()} <span class="counter">{counts}</span></h3>
                            <ul class="checklist-items">{items}</ul>
                        </section>
                    }
                })
            })
            .collect_view()
    };
    view! {
        <section class="view view-flush checklist">
            <div class="toolbar">
                <h2>"Audit checklist"</h2>
                <Select label="State" options=states value=state on_change=move |v: String| session.choose("state", &v) />
                <span class="quiet small">{count}</span>
                <span class="grow"></span>
                {(!session.is_report()).then(|| view! {
                    <button type="button" class="button" title=format!("Save what was judged by hand as {FILE}; drop it to take it in") on:click=save>
                        <Icon name="download" />
                        "Save judgements"
                    </button>
                })}
                <Download session what="the checklist" tables />
            </div>
            <Show
                when=move || session.standing.with(Option::is_some)
                fallback=|| view! { <Empty title="Working it out: rules are run and descriptions read." /> }
            >
                <div class="checklist-body" tabindex="0" role="region" aria-label="Audit checklist">
                    <p class="quiet small checklist-intro">
                        "The domains are those of AWS’s guide to auditing the use of AWS; the questions are Trailbeam’s. What files say is worked "
                        "out from everything opened; what no file tells, you can judge with a note and your name."
                    </p>
                    {domains}
                </div>
            </Show>
        </section>
    }
}

fn item(session: Session, a: &Answered) -> impl IntoView + use<> {
    let (class, word, _) = shown(a.standing());
    let id = a.item.id;
    let open = Signal::derive(move || session.choice("item", "") == id);
    let toggle = move |_| session.choose("item", if open.get_untracked() { "" } else { id });
    let a = Arc::new(a.clone());
    let detail = a.clone();
    view! {
        <li class="checklist-item">
            <button type="button" class="checklist-question" aria-expanded=move || open.get().to_string() on:click=toggle>
                <span class="checklist-state"><StatusTag status=class text=word /></span>
                <span class="grow">{a.item.question}</span>
                {a.differs().then(|| view! { <span class="faint small">"the person says otherwise"</span> })}
                <Icon name="chevron-down" />
            </button>
            <Show when=move || open.get()>
                {
                    let detail = detail.clone();
                    move || item_detail(session, &detail)
                }
            </Show>
        </li>
    }
}

fn item_detail(session: Session, a: &Answered) -> impl IntoView + use<> {
    let sources: Vec<_> = a
        .sources
        .iter()
        .map(|(_, answer)| {
            let (class, word) = proofs::shown(answer.state);
            view! {
                <li>
                    <StatusTag status=class text=word /> " " {answer.says.clone()}
                    {proofs(session, &answer.proofs)}
                </li>
            }
        })
        .collect();
    let known = a.by_hand.clone();
    let told = known.clone().map(|j| {
        let at = format::table_time(j.at_ns, session.offset_min(j.at_ns));
        view! {
            <p>
                <Icon name="message-square-text" />
                " Judged by hand: " <strong>{j.verdict.word()}</strong> ", " {j.name} ", " {at} ". " {j.note}
            </p>
        }
    });
    view! {
        <div class="checklist-detail">
            <p class="quiet">"Evidence would be: " {a.item.asks_for}</p>
            <p>{a.says.clone()}</p>
            <ul class="checklist-sources">{sources}</ul>
            {a.helps.map(|h| view! { <p class="quiet">"What would help: " <span class="mono small">{h}</span></p> })}
            {told}
            {(!session.is_report()).then(|| judging(session, a.item.id, known))}
        </div>
    }
}

/// A person's own judgement.
fn judging(session: Session, id: &'static str, known: Option<Judgement>) -> impl IntoView {
    let is_known = known.is_some();
    let known = known.unwrap_or(Judgement {
        verdict: Verdict::Satisfied,
        note: String::new(),
        name: session.by_hand.with_untracked(|b| {
            b.judgements
                .values()
                .last()
                .map(|j| j.name.clone())
                .unwrap_or_default()
        }),
        at_ns: 0,
    });
    let (verdict, note, name) = (
        RwSignal::new(known.verdict),
        RwSignal::new(known.note),
        RwSignal::new(known.name),
    );
    let filled = move || !note.with(|n| n.trim().is_empty()) && !name.with(|n| n.trim().is_empty());
    let save = move |e: web_sys::SubmitEvent| {
        e.prevent_default();
        if !untrack(filled) {
            return;
        }
        let judgement = Judgement {
            verdict: verdict.get_untracked(),
            note: note.with_untracked(|n| n.trim().to_owned()),
            name: name.with_untracked(|n| n.trim().to_owned()),
            at_ns: (js_sys::Date::now() * 1e6) as i64,
        };
        session.judge_by_hand(|all| {
            all.judgements.insert(id.to_owned(), judgement);
        });
        session.say.set("The judgement is kept.".into());
    };
    view! {
        <form class="checklist-judge" on:submit=save>
            <div class="segmented" role="group" aria-label="Judgement">
                {VERDICTS.map(|v| view! {
                    <button type="button" aria-pressed=move || (verdict.get() == v).to_string() on:click=move |_| verdict.set(v)>
                        {v.word()}
                    </button>
                })}
            </div>
            <input
                type="text"
                class="grow"
                aria-label="Note"
                placeholder="Why: what was seen, where"
                prop:value=move || note.get()
                on:input=move |e| note.set(event_target_value(&e))
            />
            <input
                type="text"
                aria-label="Your name"
                placeholder="Your name"
                prop:value=move || name.get()
                on:input=move |e| name.set(event_target_value(&e))
            />
            <button type="submit" class="button button-primary" disabled=move || !filled()>"Judge"</button>
            {is_known.then(|| view! {
                <button
                    type="button"
                    class="button"
                    on:click=move |_| session.judge_by_hand(|all| {
                        all.judgements.remove(id);
                    })
                >
                    "Take back"
                </button>
            })}
        </form>
    }
}

fn sheet(all: &[Answered]) -> Sheet {
    let columns = [
        "Domain",
        "Item",
        "Question",
        "State",
        "What the files say",
        "By hand",
        "Note",
        "Name",
        "What would help",
    ];
    let row = |a: &Answered| {
        let hand = a.by_hand.as_ref();
        vec![
            a.item.domain.title().into(),
            a.item.id.into(),
            a.item.question.into(),
            shown(a.standing()).1.as_str().into(),
            a.says.as_str().into(),
            hand.map_or("", |j| j.verdict.word()).into(),
            hand.map_or("", |j| j.note.as_str()).into(),
            hand.map_or("", |j| j.name.as_str()).into(),
            a.helps.unwrap_or_default().into(),
        ]
    };
    Sheet {
        columns: columns.map(str::to_owned).to_vec(),
        rows: all.iter().map(row).collect(),
    }
}
