use crate::posture::{Cell, Question, Row, State, rule};
use crate::session::Session;
use crate::share::Sheet;
use crate::views::download::{Download, Table};
use crate::views::proofs::{proofs, shown};
use crate::widgets::{Empty, Icon, Select, StatusTag};
use leptos::prelude::*;
use std::sync::Arc;

pub fn mount(session: Session) -> AnyView {
    view! { <Posture session /> }.into_any()
}

fn key(row: &Row) -> String {
    format!(
        "{}|{}|{}|{}",
        row.account,
        row.region,
        row.service.id(),
        row.subject.as_deref().unwrap_or_default()
    )
}

#[component]
fn Posture(session: Session) -> impl IntoView {
    session.want_standing();
    let standing = session.standing;
    let account = Signal::derive(move || session.choice("account", ""));
    let accounts = Signal::derive(move || {
        let mut all = vec![(String::new(), "all".to_owned())];
        standing.with(|s| {
            for row in s.iter().flat_map(|s| &s.posture.rows) {
                if !row.account.is_empty() && !all.iter().any(|(a, _)| *a == row.account) {
                    all.push((row.account.clone(), row.account.clone()));
                }
            }
        });
        all
    });
    let rows: Memo<Vec<Row>> = Memo::new(move |_| {
        let account = account.get();
        standing.with(|s| {
            let rows = s.iter().flat_map(|s| &s.posture.rows);
            rows.filter(|r| account.is_empty() || r.account == account)
                .cloned()
                .collect()
        })
    });
    let picked = Memo::new(move |_| {
        let (chosen, question) = (session.choice("cell", ""), session.choice("question", ""));
        let question = Question::ALL.into_iter().find(|q| q.id() == question)?;
        rows.with(|all| all.iter().find(|r| key(r) == chosen).cloned())
            .map(|r| (r, question))
    });
    let count = move || {
        let of = |state: State| {
            rows.with(|all| {
                all.iter()
                    .flat_map(|r| &r.cells)
                    .filter(|c| c.state == state)
                    .count()
            })
        };
        let [yes, no, none] = [State::Evidenced, State::Contradicted, State::NoData].map(of);
        format!("{yes} evidenced, {no} contradicted, {none} without data, which is not a pass")
    };
    let tables = Arc::new(move || {
        vec![Table::held("Logging posture", "posture", move || {
            let columns = [
                "Account",
                "Region",
                "Service",
                "About",
                "Question",
                "State",
                "What was seen",
                "What would help",
            ];
            let mut out = Vec::new();
            rows.with(|all| {
                for row in all {
                    for (question, cell) in Question::ALL.iter().zip(&row.cells) {
                        out.push(vec![
                            row.account.as_str().into(),
                            row.region.as_str().into(),
                            row.service.title().into(),
                            row.subject.clone().unwrap_or_default().as_str().into(),
                            question.asks().into(),
                            cell.state.word().into(),
                            cell.says.as_str().into(),
                            cell.helps.clone().unwrap_or_default().as_str().into(),
                        ]);
                    }
                }
            });
            Sheet {
                columns: columns.map(str::to_owned).to_vec(),
                rows: out,
            }
        })]
    });
    let cell = move |row: &Row, question: Question, cell: &Cell| {
        let (class, word) = shown(cell.state);
        let (id, here) = (key(row), key(row));
        let pressed =
            move || picked.with(|p| p.as_ref().is_some_and(|(r, q)| key(r) == here && *q == question));
        let label = format!(
            "{} {} {}: {}, {word}",
            row.account,
            row.region,
            row.service.title(),
            question.id()
        );
        view! {
            <td class="posture-cell">
                <button
                    type="button"
                    class="posture-state"
                    aria-label=label
                    aria-pressed=move || pressed().to_string()
                    title=cell.says.clone()
                    on:click=move |_| {
                        session.choose("cell", &id);
                        session.choose("question", question.id());
                    }
                >
                    <StatusTag status=class text=word />
                </button>
            </td>
        }
    };
    let body = move || {
        rows.with(|all| {
            all.iter()
                .map(|row| {
                    let cells = Question::ALL.into_iter().zip(&row.cells).map(|(q, c)| cell(row, q, c)).collect_view();
                    view! {
                        <tr>
                            <th scope="row">
                                <span class="strong">{row.service.title()}</span>
                                {row.subject.clone().map(|s| view! { <span class="mono faint small">" " {s}</span> })}
                            </th>
                            <td class="mono">{row.account.clone()}</td>
                            <td>{row.region.clone()}</td>
                            {cells}
                        </tr>
                    }
                })
                .collect_view()
        })
    };
    let remarks = move || {
        standing.with(|s| {
            let all = s.iter().flat_map(|s| &s.posture.remarks);
            let row = |r: &crate::posture::Remark| view! {
                <li><strong class="mono">{r.about.clone()}</strong> " (" {r.account.clone()} " " {r.region.clone()} "): " {r.says.clone()}</li>
            };
            let rows: Vec<_> = all.take(200).map(row).collect();
            (!rows.is_empty()).then(|| view! {
                <section class="posture-remarks">
                    <h3>"Worth knowing"</h3>
                    <ul>{rows}</ul>
                </section>
            })
        })
    };
    view! {
        <section class="view view-flush posture">
            <div class="toolbar">
                <h2>"Logging posture"</h2>
                <Select label="Account" options=accounts value=account on_change=move |v: String| session.choose("account", &v) />
                <span class="quiet small">{count}</span>
                <span class="grow"></span>
                <Download session what="the posture" tables />
            </div>
            <Show
                when=move || standing.with(Option::is_some)
                fallback=|| view! { <Empty title="Working it out: rules are run and descriptions read." /> }
            >
                <div class="posture-body" tabindex="0" role="region" aria-label="Logging posture">
                    <Show
                        when=move || { rows.with(|r| !r.is_empty()) }
                        fallback=|| view! {
                            <Empty title="Nothing opened tells of a service's logs.">
                                <p class="quiet">
                                    "Logs themselves do, and AWS Config items or answers such as "
                                    <code class="mono">"aws cloudtrail describe-trails"</code> ", "
                                    <code class="mono">"aws ec2 describe-flow-logs"</code> ", "
                                    <code class="mono">"aws logs describe-log-groups"</code> "."
                                </p>
                            </Empty>
                        }
                    >
                        <table class="table">
                            <thead>
                                <tr>
                                    <th scope="col">"Service"</th>
                                    <th scope="col">"Account"</th>
                                    <th scope="col">"Region"</th>
                                    {Question::ALL.map(|q| view! { <th scope="col" title=q.asks()>{heading(q)}</th> })}
                                </tr>
                            </thead>
                            <tbody>{body}</tbody>
                        </table>
                    </Show>
                    {remarks}
                </div>
                {move || picked.get().map(|(row, question)| detail(session, &row, question))}
            </Show>
        </section>
    }
}

fn heading(question: Question) -> &'static str {
    match question {
        Question::Logged => "Logged",
        Question::Complete => "Complete",
        Question::Retained => "Retained",
        Question::Encrypted => "Encrypted",
        Question::Named => "Named",
        Question::Central => "Central",
        Question::Alarmed => "Alarmed",
    }
}

/// What one cell says, why, and the way to what it rests on.
fn detail(session: Session, row: &Row, question: Question) -> impl IntoView + use<> {
    let cell = row.cell(question).clone();
    let rule = rule(row.service, question);
    let (class, word) = shown(cell.state);
    view! {
        <div class="posture-detail" role="region" aria-label="What the cell says">
            <div class="panel-head">
                <h3 class="clip">{row.service.title()} ": " {question.asks()}</h3>
                <StatusTag status=class text=word />
                <span class="grow"></span>
                <button
                    type="button"
                    class="button button-quiet button-icon"
                    aria-label="Close"
                    on:click=move |_| session.choose("cell", "")
                >
                    <Icon name="x" />
                </button>
            </div>
            <div class="posture-says">
                <p>{cell.says.clone()}</p>
                {cell.helps.clone().map(|h| view! { <p class="quiet">"What would tell: " {h}</p> })}
                {proofs(session, &cell.evidence)}
                <dl class="posture-rule">
                    <dt>"Evidenced when"</dt>
                    <dd>{rule.evidenced}</dd>
                    <dt>"Contradicted when"</dt>
                    <dd>{rule.contradicted}</dd>
                </dl>
            </div>
        </div>
    }
}
