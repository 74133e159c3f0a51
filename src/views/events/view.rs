use super::model::COMMON;
use crate::query::{Agg, Query};
use crate::session::Session;
use crate::views::download::{Download, Table};
use crate::views::shared::{RecordTable, sheet};
use crate::views::show_query::{ShowQuery, records};
use crate::views::states::NoMatch;
use crate::widgets::{Icon, Menu, Select};
use leptos::prelude::*;
use std::sync::Arc;

pub fn mount(session: Session) -> AnyView {
    view! { <Events session /> }.into_any()
}

#[component]
fn Events(session: Session) -> impl IntoView {
    let kind = Signal::derive(move || {
        let chosen = session.choice("kind", "");
        let loaded = session.kinds.with(|k| k.iter().any(|k| k.kind == chosen));
        match session.kinds.with(|k| (k.len() == 1).then(|| k[0].kind.clone())) {
            Some(only) => only,
            None if loaded => chosen,
            None => String::new(),
        }
    });
    let kinds = Signal::derive(move || {
        let mut all = vec![(String::new(), "all kinds".to_owned())];
        session
            .kinds
            .with(|k| all.extend(k.iter().map(|k| (k.kind.clone(), k.title.clone()))));
        all
    });
    let defaults = Signal::derive(move || {
        let kind = kind.get();
        if kind.is_empty() {
            return COMMON.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>();
        }
        session.default_columns(&kind)
    });
    let columns = Signal::derive(move || {
        let chosen = session.choice("columns", "");
        let mut list: Vec<String> = chosen
            .split(',')
            .filter(|c| !c.is_empty())
            .map(str::to_owned)
            .collect();
        if list.is_empty() {
            list = defaults.get();
        }
        list
    });
    let sort = RwSignal::new(("@timestamp".to_owned(), true));
    let asked = move || {
        let kind = kind.get();
        let kinds: Vec<&str> = if kind.is_empty() {
            Vec::new()
        } else {
            vec![kind.as_str()]
        };
        Query::groups(&kinds, Vec::new(), vec![Agg::Count])
    };
    let ask = move || session.scoped(asked());
    let query = Arc::new(move || Some(ask()));
    let count = session.answer(move || Some(ask()));
    let matched = move || count.answer.get().map(|a| a.matched);
    let heading = move || {
        let m = matched().unwrap_or(0);
        let all = session.rows_of(
            &[kind.get()]
                .iter()
                .map(String::as_str)
                .filter(|k| !k.is_empty())
                .collect::<Vec<_>>(),
        );
        format!(
            "{} of {}",
            crate::base::size::count(m),
            crate::base::size::count(all)
        )
    };
    let fields = move || {
        let kind = kind.get();
        let mut names: Vec<String> = vec!["@timestamp".into(), "@kind".into()];
        session.fields.with(|all| {
            for f in all.iter().filter(|f| kind.is_empty() || f.kind == kind) {
                if !names.contains(&f.name) {
                    names.push(f.name.clone());
                }
            }
        });
        names
            .into_iter()
            .map(|name| {
                let shown = {
                    let name = name.clone();
                    move || columns.with(|c| c.contains(&name))
                };
                let toggle = {
                    let name = name.clone();
                    move |_| {
                        let mut list = columns.get_untracked();
                        match list.iter().position(|c| *c == name) {
                            Some(at) => {
                                list.remove(at);
                            }
                            None => list.push(name.clone()),
                        }
                        session.choose("columns", &list.join(","));
                    }
                };
                view! {
                    <label class="line">
                        <input type="checkbox" prop:checked=shown on:change=toggle />
                        {name}
                    </label>
                }
            })
            .collect_view()
    };
    let columns_button = view! {
        <Icon name="settings-2" />
        "Columns"
    }
    .into_any();
    let tables = Arc::new(move || {
        let rows = move || Some((ask(), columns.get(), sort.get()));
        vec![Table::records("Events", "events", rows, sheet)]
    });
    let none = move || matched() == Some(0) && session.rows_of(&[]) > 0;
    view! {
        <section class="view view-flush">
            <div class="toolbar">
                <h2>"Events"</h2>
                <Select
                    label="Kind"
                    options=kinds
                    value=kind
                    on_change=move |k: String| {
                        session.choose("kind", &k);
                        session.choose("columns", "");
                        // The column that was sorted by may not be there any more.
                        sort.set(("@timestamp".to_owned(), true));
                    }
                />
                <span class="quiet small">{heading}</span>
                <span class="grow"></span>
                <ShowQuery session query=move || Some(records(asked(), columns.get(), sort.get())) />
                <Download session what="the events" tables />
                <Menu button=columns_button label="Columns">
                    <div class="columns-list">{fields}</div>
                    <button type="button" class="button" on:click=move |_| session.choose("columns", "")>"Usual columns"</button>
                </Menu>
            </div>
            <Show when=none>
                <NoMatch session kinds=&[] noun="records" />
            </Show>
            <div class="events-table" hidden=none>
                <RecordTable session label="Records" query=query.clone() columns sort />
            </div>
        </section>
    }
}
