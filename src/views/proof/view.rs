use crate::base::hash::hex;
use crate::base::size;
use crate::evidence::manifest::{Checked, Input, Verdict};
use crate::session::{Matched, Report, Session};
use crate::views::name_sources::NameSources;
use crate::widgets::{Icon, StatusTag, dom};
use leptos::prelude::*;
use std::sync::Arc;

pub fn mount(session: Session) -> AnyView {
    match session.shared_file() {
        Some(report) => view! { <Proof session report /> }.into_any(),
        None => view! {
            <section class="view">
                <p>"This page is no shared file: what was opened stands under Sources."</p>
            </section>
        }
        .into_any(),
    }
}

#[component]
fn Proof(session: Session, report: Arc<Report>) -> impl IntoView {
    let checked = RwSignal::new(None::<Vec<Checked>>);
    let busy = RwSignal::new(false);
    let verify = move || {
        busy.set(true);
        session.verify(move |found| {
            busy.try_set(false);
            checked.try_set(Some(found));
        });
    };
    // A reader should not have to ask whether the file is whole.
    verify();
    let manifest = report.manifest.clone();
    let told = move || {
        let Some(all) = checked.get() else {
            return view! { <StatusTag status="info" text="Verifying every part".to_owned() /> }.into_any();
        };
        let wrong: Vec<&str> = all
            .iter()
            .filter(|c| c.verdict != Verdict::Same)
            .map(|c| c.name.as_str())
            .collect();
        match wrong.as_slice() {
            [] => {
                let text = format!(
                    "{} are as the manifest says",
                    size::counted(all.len() as u64, "parts")
                );
                view! { <StatusTag status="ok" text /> }.into_any()
            }
            some => {
                let text = format!("Not as the manifest says: {}", some.join(", "));
                view! { <span role="alert"><StatusTag status="red" text /></span> }.into_any()
            }
        }
    };
    let problems = report.problems.clone();
    let facts = [
        ("Manifest, SHA-256", hex_of(&report.manifest_text)),
        (
            "Written by",
            format!("{} {}", manifest.tool.name, manifest.tool.version),
        ),
        (
            "Program, SHA-256",
            manifest
                .tool
                .program_sha256
                .clone()
                .unwrap_or_else(|| "not known".into()),
        ),
        ("Written", manifest.created.clone()),
        ("Filter", or_none(&manifest.filter)),
        (
            "Range",
            manifest
                .range
                .as_ref()
                .map_or_else(|| "everything".into(), |r| format!("{} to {}", r.from, r.to)),
        ),
        ("Records shared", records_word(&report)),
        ("Left out", or_none(&manifest.left_out.join(", "))),
        ("Masked", {
            let all = manifest
                .masked
                .iter()
                .map(|m| format!("{}: {}", m.what, size::count(m.values)));
            or_none(&all.collect::<Vec<_>>().join(", "))
        }),
    ];
    view! {
        <section class="view view-flush">
            <div class="toolbar">
                <h2>"Proof"</h2>
                {told}
                <span class="grow"></span>
                <button type="button" class="button" disabled=move || busy.get() on:click=move |_| verify()>
                    <Icon name="refresh-cw" />
                    "Verify again"
                </button>
                <button type="button" class="button" on:click=move |_| save(session, "manifest.json")>
                    <Icon name="download" />
                    "Manifest"
                </button>
            </div>
            <div class="proof" tabindex="0" role="region" aria-label="Proof">
                {problems
                    .into_iter()
                    .map(|p| view! { <p class="message message-red" role="alert"><Icon name="circle-x" />{p}</p> })
                    .collect_view()}
                <dl class="proof-facts">
                    {facts
                        .into_iter()
                        .map(|(name, value)| view! { <dt>{name}</dt><dd class="mono">{value}</dd> })
                        .collect_view()}
                </dl>
                <h3>"Parts of this file"</h3>
                <Parts session report=report.clone() checked />
                <NameSources session />
                <h3>"Files it was made from"</h3>
                <p class="quiet small">
                    "Drop the original files on this page: each is compared with the manifest by its SHA-256, and goes nowhere."
                </p>
                <Dropped session report=report.clone() />
                <Inputs inputs=report.manifest.inputs.clone() />
            </div>
        </section>
    }
}

/// Saves a part as a file of its own.
fn save(session: Session, name: &str) {
    let file = name.replace('/', "-");
    session.part_bytes(name, move |bytes| {
        let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes.as_slice()));
        dom::save(&file, "application/octet-stream", &parts);
    });
}

fn hex_of(text: &str) -> String {
    use sha2::{Digest, Sha256};
    hex(&Sha256::digest(text.as_bytes()))
}

fn or_none(text: &str) -> String {
    if text.is_empty() {
        "none".into()
    } else {
        text.to_owned()
    }
}

fn records_word(report: &Report) -> String {
    use crate::evidence::manifest::Records;
    let word = match report.manifest.records {
        Records::None => "none; sums of them",
        Records::Findings => "those that findings and notes rest on; sums of the others",
        Records::Filter => "those in the filter; sums of the others",
        Records::All => "all in the filter and range",
    };
    let with = if report.manifest.originals {
        ", with their original text"
    } else {
        ", columns only"
    };
    match report.manifest.records {
        Records::None => word.to_owned(),
        _ => format!("{word}{with}"),
    }
}

/// What is inside, and whether it is as the manifest says.
#[component]
fn Parts(session: Session, report: Arc<Report>, checked: RwSignal<Option<Vec<Checked>>>) -> impl IntoView {
    let rows = move || {
        let all = checked.get().unwrap_or_default();
        all.into_iter()
            .map(|c| {
                let block = report.manifest.blocks.iter().find(|b| b.name == c.name);
                let rows = block.map(|b| size::count(b.rows)).unwrap_or_default();
                let bytes = block.map(|b| size::bytes(b.bytes as f64)).unwrap_or_default();
                let (status, text) = match &c.verdict {
                    Verdict::Same => ("ok", "As the manifest says".to_owned()),
                    Verdict::Changed { .. } => ("red", "Changed".to_owned()),
                    Verdict::Missing => ("red", "Missing".to_owned()),
                    Verdict::Unlisted => ("red", "Not in the manifest".to_owned()),
                };
                let detail = match &c.verdict {
                    Verdict::Changed { expected, found } => format!("should be {expected}, is {found}"),
                    _ => block.map(|b| b.sha256.clone()).unwrap_or_default(),
                };
                let name = c.name.clone();
                let saved = report.parts.contains(&name).then(|| {
                    let label = format!("Save {name}");
                    let part = name.clone();
                    view! {
                        <button type="button" class="button button-quiet button-icon button-small" aria-label=label.clone() title=label on:click=move |_| save(session, &part)>
                            <Icon name="download" />
                        </button>
                    }
                });
                view! {
                    <tr>
                        <td class="mono">{name}</td>
                        <td class="num">{rows}</td>
                        <td class="num">{bytes}</td>
                        <td><StatusTag status text /></td>
                        <td class="mono clip" title=detail.clone()>{detail.clone()}</td>
                        <td>{saved}</td>
                    </tr>
                }
            })
            .collect_view()
    };
    view! {
        <table class="table proof-parts">
            <thead>
                <tr>
                    <th scope="col" style="width:24%">"Part"</th>
                    <th scope="col" class="num" style="width:80px">"Rows"</th>
                    <th scope="col" class="num" style="width:90px">"Bytes"</th>
                    <th scope="col" style="width:180px">"Verdict"</th>
                    <th scope="col">"SHA-256"</th>
                    <th scope="col" style="width:40px"><span class="visually-hidden">"Save"</span></th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

/// Files dropped to be compared.
#[component]
fn Dropped(session: Session, report: Arc<Report>) -> impl IntoView {
    let rows = move || {
        let inputs = &report.manifest.inputs;
        let name_of = |at: usize| inputs.get(at).map(|i| i.name.clone()).unwrap_or_default();
        session.matched.with(|all| {
            all.iter()
                .map(|(name, matched)| {
                    let (status, text) = match matched {
                        Matched::Reading => ("info", "Being read".to_owned()),
                        Matched::Failed(why) => ("red", why.clone()),
                        Matched::Same(_) => ("ok", "The very file that was opened".to_owned()),
                        Matched::Renamed(at) => ("ok", format!("The very file that was opened as {}", name_of(*at))),
                        Matched::Changed(at) => ("red", format!("{} was opened with other content", name_of(*at))),
                        Matched::NotHashed(at) => {
                            ("yellow", format!("{} was not read to its end: it has no hash to compare", name_of(*at)))
                        }
                        Matched::Unknown => ("none", "No such file was opened".to_owned()),
                    };
                    view! { <li class="row"><span class="mono">{name.clone()}</span><StatusTag status text /></li> }
                })
                .collect_view()
        })
    };
    view! { <ul class="proof-dropped" aria-label="Dropped files" aria-live="polite">{rows}</ul> }
}

/// Inputs shown, at most.
const ROWS: usize = 500;

#[component]
fn Inputs(inputs: Vec<Input>) -> impl IntoView {
    let all = inputs.len();
    let rows = inputs.into_iter().take(ROWS).map(|i| {
        let what = match (&i.error, &i.same_as) {
            (Some(why), _) => view! { <StatusTag status="red" text=why.clone() /> }.into_any(),
            (None, Some(first)) => {
                view! { <StatusTag status="none" text=format!("The same bytes as {first}") /> }.into_any()
            }
            (None, None) if i.rejected > 0 => {
                view! { <StatusTag status="yellow" text="Read in part".to_owned() /> }.into_any()
            }
            (None, None) => view! { <StatusTag status="ok" text="Read".to_owned() /> }.into_any(),
        };
        let sha = i.sha256.clone().unwrap_or_else(|| "not read to its end".into());
        view! {
            <tr>
                <td class="mono clip" title=i.name.clone()>{i.name.clone()}</td>
                <td>{i.kinds.join(", ")}</td>
                <td class="num">{size::bytes(i.bytes as f64)}</td>
                <td class="num">{size::count(i.kept)}</td>
                <td class="num">{size::count(i.duplicates)}</td>
                <td class="num">{size::count(i.rejected)}</td>
                <td>{what}</td>
                <td class="mono clip" title=sha.clone()>{sha.clone()}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <table class="table proof-inputs">
            <thead>
                <tr>
                    <th scope="col" style="width:24%">"File"</th>
                    <th scope="col" style="width:12%">"Recognised as"</th>
                    <th scope="col" class="num" style="width:84px">"Bytes"</th>
                    <th scope="col" class="num" style="width:80px">"Records"</th>
                    <th scope="col" class="num" style="width:84px">"Duplicates"</th>
                    <th scope="col" class="num" style="width:74px">"Not read"</th>
                    <th scope="col" style="width:170px">"Outcome"</th>
                    <th scope="col">"SHA-256"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
        {(all > ROWS).then(|| view! { <p class="faint small">{format!("{ROWS} of {} files are shown; the manifest lists all.", size::count(all as u64))}</p> })}
    }
}
