//! What the resource was related to at the moment that is shown, as a graph that leads on.

use super::super::around::relationship;
use super::super::history::state_at;
use super::super::model::moment;
use super::super::related::*;
use super::Page;
use crate::base::{size, time};
use crate::chart::Datum;
use crate::views::download::{Download, Table};
use crate::widgets::chart::Build;
use crate::widgets::{ChartBox, Segmented, TwinTable};
use leptos::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

#[component]
pub fn Related(page: Page) -> impl IntoView {
    let session = page.session;
    let steps = RwSignal::new("1".to_owned());
    let as_table = RwSignal::new("graph".to_owned());
    let two = Memo::new(move |_| steps.get() == "2");
    // The moment of the URL, else that of the newer item.
    let at = Memo::new(move |_| {
        let chosen = moment(&session.choice("moment", "")).ok();
        chosen.or_else(|| page.items.with(|l| l.get(page.pair.get().1).map(|i| i.at_ns)))
    });
    let center = Memo::new(move |_| {
        let (at, chosen) = (at.get()?, page.chosen.get()?);
        let item = page
            .items
            .with(|l| state_at(l, at).and_then(|n| l.get(n).cloned()))?;
        Some(Standing {
            key: chosen.key,
            name: chosen.name,
            status: item.status,
            relationships: item.relationships.iter().map(|t| relationship(t)).collect(),
        })
    });
    let id = Memo::new(move |_| center.with(|c| c.as_ref().map(|c| c.key.id.clone())));
    let namers = session
        .answer(move || Some(ask_naming(&[id.get()?], at.get()?)))
        .answer;
    let near = Memo::new(move |_| {
        let namers = naming(&*namers.get()?);
        center.with(|c| Some(Arc::new(next_ids(c.as_ref(), namers))))
    });
    let standing = move |ids: Memo<Option<Arc<Vec<String>>>>| {
        let answer = session
            .answer(move || Some(ask_standing(&ids.get().filter(|ids| !ids.is_empty())?, at.get()?)))
            .answer;
        Memo::new(move |_| Arc::new(answer.get().map(|a| standings(&a)).unwrap_or_default()))
    };
    let first = standing(near);
    let far_namers = session
        .answer(move || {
            let ids = near.get().filter(|ids| two.get() && !ids.is_empty())?;
            Some(ask_naming(&ids, at.get()?))
        })
        .answer;
    let far = Memo::new(move |_| {
        let (near, namers) = (near.get()?, naming(&*far_namers.get()?));
        let mut ids = first.with(|first| next_ids(first.iter(), namers));
        ids.retain(|i| near.binary_search(i).is_err() && id.with(|id| id.as_ref() != Some(i)));
        Some(Arc::new(ids))
    });
    let second = standing(far);
    let found = Memo::new(move |_| {
        let center = center.get()?;
        let (first, mut asked) = (first.get(), BTreeSet::from([center.key.id.clone()]));
        asked.extend(near.get()?.iter().cloned());
        let mut known = first.to_vec();
        if two.get() {
            known.extend(second.get().iter().cloned());
            asked.extend(far.get().iter().flat_map(|ids| ids.iter().cloned()));
        }
        let all = related(&center, &known, &asked, if two.get() { 2 } else { 1 });
        let drawn = picture(&all);
        Some(Arc::new((all, drawn)))
    });
    let drawn = move |width: f64| {
        let found = found.get()?;
        Some(scene(&found.0, &found.1, width))
    };
    let make: Build = Arc::new(move |width, _| drawn(width));
    let height = Memo::new(move |_| drawn(900.0).map_or(150.0, |s| s.height));
    let picked = Callback::new(move |d: Datum| {
        let (Some(found), Some(at)) = (found.get_untracked(), at.get_untracked()) else {
            return;
        };
        let (all, drawn) = (&found.0, &found.1);
        let chosen = (d.series == 0).then(|| drawn.of.get(d.payload).copied().flatten());
        // Nothing is chosen by what is chosen already.
        let Some(one) = chosen.flatten().filter(|&n| n > 0).and_then(|n| all.all.get(n)) else {
            return;
        };
        match one.presence {
            Presence::Here | Presence::Deleted => {
                page.go(&one.key);
                session.choose("moment", &time::iso(at));
            }
            Presence::NamedOnly | Presence::NotLooked => session.open_entity(&one.key.id),
        }
    });
    let says = move || {
        let found = found.get()?;
        let mut text = summary(&found.0);
        if found.1.counted > 0 {
            text.push_str(&format!(
                " {} stand in the table alone.",
                size::counted(found.1.counted as u64, "resources")
            ));
        }
        let asked = near.with(|ids| ids.as_ref().map_or(0, |ids| ids.len()));
        if two.get() && asked > MOST_NAMED {
            text.push_str(&format!(
                " Who names them was asked of {MOST_NAMED} of {} neighbours.",
                size::count(asked as u64)
            ));
        }
        Some(text)
    };
    let none = move || {
        let early = center.with(Option::is_none) && page.items.with(|l| !l.is_empty());
        early.then(|| view! { <p class="quiet config-none">"Nothing was recorded of it by then."</p> })
    };
    let twin = move || drawn(900.0);
    let tables = Arc::new(move || vec![Table::twin("Relationships", "config-relationships", twin)]);
    view! {
        <section class="config-related" aria-label="Relationships">
            <div class="panel-head">
                <h3>"Relationships " {move || at.get().map(|at| page.when(at))}</h3>
                <span class="grow"></span>
                <Segmented label="How far" options=vec![("1", "One step"), ("2", "Two steps")] value=steps small=true />
                <Segmented label="Show as" options=vec![("graph", "Graph"), ("table", "Table")] value=as_table small=true />
                <Download session what="the relationships" tables small=true />
            </div>
            <p class="quiet small config-cut">{says}</p>
            {none}
            {move || match as_table.get().as_str() {
                "table" => {
                    let twin = Signal::derive(move || twin().map(Arc::new));
                    view! { <TwinTable scene=twin /> }.into_any()
                }
                _ => {
                    let make = make.clone();
                    view! {
                        <div class="config-graph" style=move || format!("height:{}px", height.get())>
                            <ChartBox make on_pick=picked />
                        </div>
                    }
                        .into_any()
                }
            }}
        </section>
    }
}
