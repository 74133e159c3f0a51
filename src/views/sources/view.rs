use super::tables;
use crate::base::{TimeRange, size};
use crate::session::{Group, GroupKey, Item, ItemId, MemberOutcome, Progress, Session, Verdict};
use crate::views::download::Download;
use crate::views::name_sources::NameSources;
use crate::widgets::{Icon, StatusTag, format};
use leptos::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

/// More items than this are shown as groups.
const SINGLE_ROWS: u64 = 200;
/// Rows added by "Show more".
const PAGE_ROWS: usize = 200;

pub fn mount(session: Session) -> AnyView {
    view! { <Sources session /> }.into_any()
}

/// What the table lists.
#[derive(Clone, Debug, Default, PartialEq)]
struct Listing {
    groups: Vec<(GroupKey, Group)>,
    items: Vec<Line>,
    /// How many rows there are, listed or not.
    all: usize,
}

/// An item's row.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Line {
    id: u32,
    name: String,
    kind: String,
    members: usize,
    bytes: u64,
    read_bytes: Option<u64>,
    records: u64,
    duplicates: u64,
    rejected: u64,
    broken: bool,
    verdict: Verdict,
    span: Option<(i64, i64)>,
    /// The first error or reason.
    problem: Option<String>,
}

impl Line {
    fn of(item: &Item) -> Line {
        Line {
            id: item.id,
            name: item.name.clone(),
            kind: item.kind().unwrap_or_default().to_owned(),
            members: item.members().count(),
            bytes: item.bytes,
            read_bytes: match item.progress {
                Progress::Reading { read_bytes, .. } => Some(read_bytes),
                _ => None,
            },
            records: item.records(),
            duplicates: item.repeated(),
            rejected: item.rejected().total(),
            broken: !item.errors().is_empty(),
            span: item.span().map(|s| (s.from_ns, s.to_ns)),
            problem: item.problem(),
            verdict: item.verdict(),
        }
    }
}

/// The status colour's name and the word beside it.
pub(super) fn status(verdict: Verdict) -> (&'static str, &'static str) {
    match verdict {
        Verdict::Failed => ("red", "Not read"),
        Verdict::Partial => ("yellow", "Read in part"),
        Verdict::Reading => ("info", "Reading"),
        Verdict::Waiting => ("none", "Waiting"),
        Verdict::Cancelled => ("none", "Cancelled"),
        Verdict::Same => ("none", "Same file, not counted twice"),
        Verdict::Read => ("ok", "Read"),
    }
}

#[component]
fn Sources(session: Session) -> impl IntoView {
    // A group opened into its items, the item whose outcome is shown, and how many rows are listed.
    let inside = RwSignal::new(None::<GroupKey>);
    let chosen = RwSignal::new(None::<u32>);
    let most = RwSignal::new(PAGE_ROWS);
    let listing = Memo::new(move |_| {
        session.items.track();
        let most = most.get();
        session.engine().with(|c| {
            let items = c.items();
            let group = inside.get();
            if group.is_none() && items.tally().files > SINGLE_ROWS {
                let all = items.groups();
                let listed = all.iter().take(most).map(|(k, g)| (k.clone(), g.clone()));
                return Listing {
                    groups: listed.collect(),
                    all: all.len(),
                    ..Listing::default()
                };
            }
            let mut all = 0;
            let mut lines = Vec::new();
            for item in items.iter() {
                if group
                    .as_ref()
                    .is_none_or(|g| item.grouped == g.place && item.group() == *g)
                {
                    all += 1;
                    if lines.len() < most {
                        lines.push(Line::of(item));
                    }
                }
            }
            Listing {
                items: lines,
                all,
                ..Listing::default()
            }
        })
    });
    let summary = move || {
        session.items.track();
        let tally = session.engine().with(|c| c.items().tally());
        let memory = session.engine().with(|c| c.memory());
        format!(
            "{} · {} · {} read · {} of memory, {} left",
            size::counted(tally.files, "sources"),
            size::bytes(tally.bytes as f64),
            size::count(tally.read_files),
            size::bytes(memory as f64),
            size::bytes(session.engine().memory_limit().saturating_sub(memory) as f64),
        )
    };
    let more = move || {
        let left = listing.with(|l| l.all - l.groups.len() - l.items.len());
        (left > 0).then(|| {
            view! {
                <tr>
                    <td colspan="10">
                        <button type="button" class="button button-small" on:click=move |_| most.update(|m| *m += PAGE_ROWS)>
                            {format!("Show {} more of {}", PAGE_ROWS.min(left), size::count(left as u64))}
                        </button>
                    </td>
                </tr>
            }
        })
    };
    let title_of = move |kind: &str| {
        session
            .kinds
            .with(|k| k.iter().find(|k| k.kind == kind).map(|k| k.title.clone()))
            .unwrap_or_else(|| kind.to_owned())
    };
    let show = move |group: Option<GroupKey>| {
        most.set(PAGE_ROWS);
        chosen.set(None);
        inside.set(group);
    };
    let confirm_clear = RwSignal::new(false);
    // The group that is to be removed, once more asked about.
    let doubted = RwSignal::new(None::<GroupKey>);
    let remove_group = Callback::new(move |key: GroupKey| {
        let ids: Vec<ItemId> = session.engine().with(|c| {
            let mine = c
                .items()
                .iter()
                .filter(|i| i.grouped == key.place && i.group() == key);
            mine.map(|i| i.id).collect()
        });
        doubted.set(None);
        session.engine().remove(&ids);
        session.items.update(|v| *v += 1);
    });
    let tables = Arc::new(move || tables::all(session));
    view! {
        <section class="view view-flush">
            <div class="toolbar">
                <h2>"Sources"</h2>
                <span class="quiet small">{summary}</span>
                <Show when=move || inside.with(Option::is_some)>
                    <button type="button" class="button button-small" on:click=move |_| show(None)>
                        <Icon name="arrow-left" />
                        "All groups"
                    </button>
                </Show>
                <span class="grow"></span>
                <Download session what="the sources" tables />
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
                                <th scope="col">"File"</th>
                                <th scope="col" style="width:11%">"Recognised as"</th>
                                <th scope="col" class="num" style="width:84px">"Bytes"</th>
                                <th scope="col" class="num" style="width:84px">"Records"</th>
                                <th scope="col" class="num" style="width:88px">"Duplicates"</th>
                                <th scope="col" class="num" style="width:84px">"Not read"</th>
                                <th scope="col" style="width:14%">"Span"</th>
                                <th scope="col" style="width:13%">"Outcome"</th>
                                <th scope="col" class="num" style="width:76px" title="About how much memory its records take in the tables">"Memory"</th>
                                <th scope="col" style="width:48px"><span class="visually-hidden">"Remove"</span></th>
                            </tr>
                        </thead>
                        <tbody>
                            <For
                                each=move || listing.get().groups
                                key=|(key, group)| (key.clone(), group.tally)
                                children=move |(key, group)| {
                                    let kind = key.kind.clone();
                                    let title = Signal::derive(move || title_of(&kind));
                                    let on_open = Callback::new(move |g| show(Some(g)));
                                    view! { <GroupRow session key group title on_open doubted on_remove=remove_group /> }
                                }
                            />
                            <For
                                each=move || listing.get().items
                                key=Line::clone
                                children=move |line| {
                                    let kind = line.kind.clone();
                                    let title = Signal::derive(move || title_of(&kind));
                                    view! { <ItemRow session line title chosen /> }
                                }
                            />
                            {more}
                        </tbody>
                    </table>
                    <NameSources session />
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
fn ItemRow(
    session: Session,
    line: Line,
    title: Signal<String>,
    chosen: RwSignal<Option<u32>>,
) -> impl IntoView {
    let id = line.id;
    let (status, word) = status(line.verdict);
    let bytes = match line.read_bytes {
        Some(read) => format!(
            "{} of {}",
            size::bytes(read as f64),
            size::bytes(line.bytes as f64)
        ),
        None => size::bytes(line.bytes as f64),
    };
    let word = if line.rejected > 0 && status == "yellow" {
        let also = if line.broken { ", file damaged" } else { "" };
        format!("{} not read{also}", size::count(line.rejected))
    } else if line.broken && status == "yellow" {
        "Read in part, file damaged".to_owned()
    } else {
        word.to_owned()
    };
    let members = line.members;
    let problem = line.problem.clone();
    let span = move || {
        let (from_ns, to_ns) = line.span?;
        Some(format::span(
            TimeRange::new(from_ns, to_ns),
            session.offset_min(from_ns),
        ))
    };
    let (whole, remove) = (line.name.clone(), format!("Remove {}", line.name));
    let memory = move || {
        session.items.track();
        let engine = session.engine();
        let item = engine.item(id)?;
        Some(size::bytes(engine.with(|c| c.memory_of(&item)) as f64))
    };
    view! {
        <tr class:is-selected=move || chosen.get() == Some(id)>
            <td>
                <button type="button" class="row-button mono clip" title=whole.clone() aria-label=whole on:click=move |_| chosen.set(Some(id))>
                    <PathName path=line.name />
                </button>
            </td>
            <td>{title} {(members > 1).then(|| view! { <span class="faint">{format!(" {members} members")}</span> })}</td>
            <td class="num">{bytes}</td>
            <td class="num">{size::count(line.records)}</td>
            <td class="num">{size::count(line.duplicates)}</td>
            <td class="num">{size::count(line.rejected)}</td>
            <td class="quiet small clip">{span}</td>
            <td class="clip" title=problem>
                <StatusTag status text=word />
                {line.problem.map(|p| view! { " " <span class="faint small">{p}</span> })}
            </td>
            <td class="num">{memory}</td>
            <td>
                <button
                    type="button"
                    class="button button-quiet button-icon button-small"
                    aria-label=remove
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

/// A path that is cut at its beginning where there is no room: the end of a name tells files apart.
#[component]
fn PathName(path: String) -> impl IntoView {
    let at = path.trim_end_matches('/').rfind('/').map_or(0, |at| at + 1);
    let (folders, name) = path.split_at(at);
    // Text that runs to the left is cut on the left; what stands in it still runs to the right.
    view! {
        <span class="path clip" dir="rtl">
            <bdi dir="ltr"><span class="faint">{folders.to_owned()}</span>{name.to_owned()}</bdi>
        </span>
    }
}

#[component]
fn GroupRow(
    session: Session,
    key: GroupKey,
    group: Group,
    title: Signal<String>,
    on_open: Callback<GroupKey>,
    doubted: RwSignal<Option<GroupKey>>,
    on_remove: Callback<GroupKey>,
) -> impl IntoView {
    let (status, word) = status(key.verdict);
    let place = &key.place;
    let parts = [&place.account, &place.region, &place.day].into_iter();
    let name = parts
        .filter(|p| !p.is_empty())
        .cloned()
        .collect::<Vec<_>>()
        .join(" · ");
    let name = if name.is_empty() {
        "other files".to_owned()
    } else {
        name
    };
    let tally = group.tally;
    let files = size::counted(tally.files, "files");
    let problem = group.first_problem.unwrap_or_default();
    let whole = problem.clone();
    let kind = key.kind.clone();
    let memory = move || {
        session.items.track();
        let engine = session.engine();
        let bytes = engine.with(|c| c.memory_of_records(&kind, tally.records + tally.duplicates));
        size::bytes(bytes as f64)
    };
    let key = StoredValue::new(key);
    let asked = move || doubted.with(|d| key.with_value(|k| d.as_ref() == Some(k)));
    let remove = format!("Remove {files} of {name}");
    let question = format!("Remove {files}?");
    let says = format!("{name}, {files}");
    let outcome = move || {
        match asked() {
        false => {
            let problem = problem.clone();
            view! {
                <StatusTag status text=word />
                {(!problem.is_empty()).then(|| view! { " " <span class="faint small">{problem}</span> })}
            }
            .into_any()
        }
        true => view! {
            <span class="row sources-doubt">
                <span class="small">{question.clone()}</span>
                <button type="button" class="button button-primary button-small" on:click=move |_| on_remove.run(key.get_value())>"Remove"</button>
                <button type="button" class="button button-small" on:click=move |_| doubted.set(None)>"Keep"</button>
            </span>
        }
        .into_any(),
    }
    };
    view! {
        <tr>
            <td>
                <button type="button" class="row-button sources-group" title=says on:click=move |_| on_open.run(key.get_value())>
                    <strong class="clip">{name}</strong>
                    <span class="faint nowrap">{files}</span>
                </button>
            </td>
            <td>{title}</td>
            <td class="num">{size::bytes(tally.bytes as f64)}</td>
            <td class="num">{size::count(tally.records)}</td>
            <td class="num">{size::count(tally.duplicates)}</td>
            <td class="num">{size::count(tally.rejected)}</td>
            <td></td>
            <td class="clip" title=whole>{outcome}</td>
            <td class="num">{memory}</td>
            <td>
                <button
                    type="button"
                    class="button button-quiet button-icon button-small"
                    aria-label=remove
                    title="Remove these sources"
                    on:click=move |_| doubted.set(Some(key.get_value()))
                >
                    <Icon name="x" />
                </button>
            </td>
        </tr>
    }
}

/// Everything known of one item.
#[component]
fn Detail(session: Session, item: Item, chosen: RwSignal<Option<u32>>) -> impl IntoView {
    let (status, word) = status(item.verdict());
    let sha = item
        .outcome
        .as_ref()
        .and_then(|o| o.sha256)
        .map(|h| crate::base::hash::hex(&h));
    let span = item
        .span()
        .map(|s| format::range(s, session.offset_min(s.from_ns)));
    let same = item
        .same_as
        .and_then(|i| session.engine().item(i))
        .map(|i| i.name);
    let place = item.place.clone();
    // What the records say, and what the path says where they say nothing.
    let named = |from_records: &dyn Fn(&MemberOutcome) -> &[String], from_path: &str| {
        let found: BTreeSet<&String> = item.members().flat_map(from_records).collect();
        if found.is_empty() {
            return from_path.to_owned();
        }
        let list: Vec<&str> = found.into_iter().map(String::as_str).collect();
        list.join(", ")
    };
    let accounts = named(&|m| &m.accounts, &place.account);
    let regions = named(&|m| &m.regions, &place.region);
    let fact = |name: &'static str, value: String| {
        (!value.is_empty()).then(|| view! { <dt>{name}</dt><dd><span class="value">{value}</span></dd> })
    };
    let notes = item.rejected();
    let id = item.id;
    let is_unknown = item.members().any(|m| m.kind.is_none() && m.bytes > 0);
    let describable = !session.is_report() && (is_unknown || item.kind() == Some("custom"));
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
        .flat_map(|m| m.words())
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
                {describable
                    .then(|| view! {
                        <button type="button" class="button" on:click=move |_| session.describing.set(Some(Some(id)))>
                            <Icon name="pencil" />
                            "Describe its lines"
                        </button>
                    })}
                <dl class="record-pairs">
                    {fact("Recognised as", item.kind().unwrap_or("").to_owned())}
                    {fact("Records", size::count(item.records()))}
                    {fact("Duplicates", size::count(item.repeated()))}
                    {fact("Not read", size::count(notes.total()))}
                    {fact("Time span", span.unwrap_or_default())}
                    {fact("Accounts", accounts)}
                    {fact("Regions", regions)}
                    {fact("Account in its name", place.account.clone())}
                    {fact("Region in its name", place.region.clone())}
                    {fact("Day in its name", place.day.clone())}
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
