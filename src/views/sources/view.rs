use super::model::{Group, Verdict, groups};
use crate::base::size;
use crate::session::{Item, Progress, Session};
use crate::widgets::{Icon, StatusTag, format};
use leptos::prelude::*;

/// More items than this are shown as groups.
const SINGLE_ROWS: usize = 200;

pub fn mount(session: Session) -> AnyView {
    view! { <Sources session /> }.into_any()
}

#[component]
fn Sources(session: Session) -> impl IntoView {
    // A group opened into its items, and the item whose outcome is shown.
    let inside = RwSignal::new(None::<Vec<u32>>);
    let chosen = RwSignal::new(None::<u32>);
    let items = move || {
        session.items.track();
        session.engine().with(|c| {
            let all = c.items();
            match inside.get() {
                Some(ids) => all.filter(|i| ids.contains(&i.id)).cloned().collect::<Vec<_>>(),
                None => all.cloned().collect(),
            }
        })
    };
    let items = Memo::new_with_compare(move |_| items(), |_, _| true);
    let summary = move || {
        items.with(|list| {
            let read = list.iter().filter(|i| i.progress == Progress::Done).count();
            let bytes: u64 = list.iter().map(|i| i.bytes).sum();
            format!(
                "{} sources · {} · {} read",
                size::count(list.len() as u64),
                size::bytes(bytes as f64),
                size::count(read as u64)
            )
        })
    };
    let title_of = move |kind: &str| {
        session
            .kinds
            .with(|k| k.iter().find(|k| k.kind == kind).map(|k| k.title.clone()))
            .unwrap_or_else(|| kind.to_owned())
    };
    let body = move || {
        let list = items.get();
        if list.len() > SINGLE_ROWS {
            groups(list.iter(), |p| session.place_of(p))
                .into_iter()
                .map(|g| {
                    view! { <GroupRow group=g.clone() title=title_of(&g.key.kind) inside chosen /> }
                        .into_any()
                })
                .collect_view()
        } else {
            list.into_iter()
                .map(|i| {
                    let title = i.kind().map(title_of).unwrap_or_default();
                    view! { <ItemRow session item=i title chosen /> }.into_any()
                })
                .collect_view()
        }
    };
    let confirm_clear = RwSignal::new(false);
    view! {
        <section class="view view-flush">
            <div class="toolbar">
                <h2>"Sources"</h2>
                <span class="quiet small">{summary}</span>
                <Show when=move || inside.with(Option::is_some)>
                    <button type="button" class="button button-small" on:click=move |_| inside.set(None)>
                        <Icon name="arrow-left" />
                        "All groups"
                    </button>
                </Show>
                <span class="grow"></span>
                <Show
                    when=move || confirm_clear.get()
                    fallback=move || view! {
                        <button type="button" class="button" on:click=move |_| confirm_clear.set(true)>"Remove all"</button>
                    }
                >
                    <span class="small">"Forget everything that was read?"</span>
                    <button
                        type="button"
                        class="button button-primary"
                        on:click=move |_| {
                            session.engine().clear();
                            session.open.set(None);
                            session.items.update(|v| *v += 1);
                        }
                    >
                        "Remove all"
                    </button>
                    <button type="button" class="button" on:click=move |_| confirm_clear.set(false)>"Keep"</button>
                </Show>
            </div>
            <div class="content">
                <div class="sources-table" tabindex="0" role="region" aria-label="Sources">
                    <table class="table">
                        <thead>
                            <tr>
                                <th scope="col" style="width:32%">"File"</th>
                                <th scope="col" style="width:15%">"Recognised as"</th>
                                <th scope="col" class="num">"Bytes"</th>
                                <th scope="col" class="num">"Records"</th>
                                <th scope="col" class="num">"Duplicates"</th>
                                <th scope="col" class="num">"Not read"</th>
                                <th scope="col" style="width:18%">"Outcome"</th>
                                <th scope="col" style="width:48px"><span class="visually-hidden">"Remove"</span></th>
                            </tr>
                        </thead>
                        <tbody>{body}</tbody>
                    </table>
                </div>
                {move || {
                    session.items.track();
                    let item = session.engine().item(chosen.get()?)?;
                    Some(view! { <Detail session item chosen /> })
                }}
            </div>
        </section>
    }
}

#[component]
fn ItemRow(session: Session, item: Item, title: String, chosen: RwSignal<Option<u32>>) -> impl IntoView {
    let id = item.id;
    let (status, word) = Verdict::of(&item).status();
    let rejected = item.rejected().total();
    let bytes = match item.progress {
        Progress::Reading { read_bytes, .. } => {
            format!(
                "{} of {}",
                size::bytes(read_bytes as f64),
                size::bytes(item.bytes as f64)
            )
        }
        _ => size::bytes(item.bytes as f64),
    };
    let broken = !item.errors().is_empty();
    let word = if rejected > 0 && status == "yellow" {
        let also = if broken { ", file damaged" } else { "" };
        format!("{} not read{also}", size::count(rejected))
    } else if broken && status == "yellow" {
        "Read in part, file damaged".to_owned()
    } else {
        word.to_owned()
    };
    let members = item.outcome.as_ref().map_or(0, |o| o.members.len());
    view! {
        <tr class:is-selected=move || chosen.get() == Some(id)>
            <td>
                <button type="button" class="row-button mono clip" title=item.name.clone() on:click=move |_| chosen.set(Some(id))>
                    {item.name.clone()}
                </button>
            </td>
            <td>{title} {(members > 1).then(|| view! { <span class="faint">{format!(" {members} members")}</span> })}</td>
            <td class="num">{bytes}</td>
            <td class="num">{size::count(item.records())}</td>
            <td class="num">{size::count(item.duplicates)}</td>
            <td class="num">{size::count(rejected)}</td>
            <td><StatusTag status text=word /></td>
            <td>
                <button
                    type="button"
                    class="button button-quiet button-icon button-small"
                    aria-label=format!("Remove {}", item.name)
                    title="Remove this source"
                    on:click=move |_| {
                        session.engine().remove(&[id]);
                        session.items.update(|v| *v += 1);
                    }
                >
                    <Icon name="x" />
                </button>
            </td>
        </tr>
    }
}

#[component]
fn GroupRow(
    group: Group,
    title: String,
    inside: RwSignal<Option<Vec<u32>>>,
    chosen: RwSignal<Option<u32>>,
) -> impl IntoView {
    let (status, word) = group.verdict.status();
    let name = [&group.key.account, &group.key.region, &group.key.day]
        .into_iter()
        .filter(|p| !p.is_empty())
        .cloned()
        .collect::<Vec<_>>()
        .join(" · ");
    let name = if name.is_empty() {
        "other files".to_owned()
    } else {
        name
    };
    let files = format!("{} files", size::count(group.items.len() as u64));
    let ids = group.items.clone();
    view! {
        <tr>
            <td>
                <button
                    type="button"
                    class="row-button clip"
                    on:click=move |_| {
                        chosen.set(ids.first().copied());
                        inside.set(Some(ids.iter().copied().take(SINGLE_ROWS).collect()));
                    }
                >
                    <strong>{name}</strong>
                    " "
                    <span class="faint">{files}</span>
                </button>
            </td>
            <td>{title}</td>
            <td class="num">{size::bytes(group.bytes as f64)}</td>
            <td class="num">{size::count(group.records)}</td>
            <td class="num">{size::count(group.duplicates)}</td>
            <td class="num">{size::count(group.rejected.total())}</td>
            <td title=group.first_error.unwrap_or_default()><StatusTag status text=word /></td>
            <td></td>
        </tr>
    }
}

/// Everything known of one item.
#[component]
fn Detail(session: Session, item: Item, chosen: RwSignal<Option<u32>>) -> impl IntoView {
    let (status, word) = Verdict::of(&item).status();
    let sha = item
        .outcome
        .as_ref()
        .and_then(|o| o.sha256)
        .map(|h| h.iter().map(|b| format!("{b:02x}")).collect::<String>());
    let span = item
        .span()
        .map(|s| format::range(s, session.offset_min(s.from_ns)));
    let same = item
        .same_as
        .and_then(|i| session.engine().item(i))
        .map(|i| i.name);
    let (account, region, day) = session.place_of(&item.name);
    let fact = |name: &'static str, value: String| {
        (!value.is_empty()).then(|| view! { <dt>{name}</dt><dd><span class="value">{value}</span></dd> })
    };
    let notes = item.rejected();
    let reasons = notes
        .0
        .iter()
        .map(|n| {
            let offsets = n
                .offsets
                .iter()
                .map(|o| size::count(*o))
                .collect::<Vec<_>>()
                .join(", ");
            view! {
                <div class="reason">
                    <p><strong>{size::count(n.count)}</strong> " not read: " {n.reason.to_string()}</p>
                    <p class="faint">"at byte " {offsets}</p>
                    <pre class="code">{n.first_text.clone()}</pre>
                </div>
            }
        })
        .collect_view();
    let remarks: Vec<String> = item
        .outcome
        .iter()
        .flat_map(|o| &o.members)
        .flat_map(|m| m.remarks.clone())
        .collect();
    let members = item
        .outcome
        .as_ref()
        .map(|o| o.members.clone())
        .unwrap_or_default();
    let member_rows = (members.len() > 1).then(|| {
        members
            .into_iter()
            .take(500)
            .map(|m| {
                view! {
                    <tr>
                        <td class="mono clip" title=m.path.clone()>{m.path.clone()}</td>
                        <td>{m.kind.unwrap_or_else(|| "unknown".into())}</td>
                        <td class="num">{size::count(m.kept)}</td>
                    </tr>
                }
            })
            .collect_view()
    });
    view! {
        <aside class="split sources-detail" aria-label="Outcome">
            <div class="split-head">
                <h2 class="clip grow" title=item.name.clone()>{item.name.clone()}</h2>
                <button type="button" class="button button-quiet button-icon" aria-label="Close" on:click=move |_| chosen.set(None)>
                    <Icon name="x" />
                </button>
            </div>
            <div class="split-body" tabindex="0" role="region" aria-label="Outcome of this source">
                <StatusTag status text=word />
                {same.map(|s| view! { <p>"It has the same SHA-256 as " <strong>{s}</strong> ", so its records are counted once."</p> })}
                {item.errors().into_iter().map(|e| view! { <div class="message message-red"><Icon name="circle-x" /><p>{e}</p></div> }).collect_view()}
                <dl class="record-pairs">
                    {fact("Recognised as", item.kind().unwrap_or("").to_owned())}
                    {fact("Records", size::count(item.records()))}
                    {fact("Duplicates", size::count(item.duplicates))}
                    {fact("Not read", size::count(notes.total()))}
                    {fact("Time span", span.unwrap_or_default())}
                    {fact("Account", account)}
                    {fact("Region", region)}
                    {fact("Day in its name", day)}
                    {fact("Bytes", size::count(item.bytes))}
                </dl>
                {sha.map(|s| view! { <p class="sha"><span class="faint">"SHA-256 "</span>{s}</p> })}
                {remarks.into_iter().map(|r| view! { <p class="quiet small">{r}</p> }).collect_view()}
                {reasons}
                {member_rows
                    .map(|rows| view! {
                        <table class="table table-tight">
                            <thead><tr><th scope="col">"Member"</th><th scope="col">"Kind"</th><th scope="col" class="num">"Records"</th></tr></thead>
                            <tbody>{rows}</tbody>
                        </table>
                    })}
            </div>
        </aside>
    }
}
