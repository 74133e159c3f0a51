mod compare;
mod list;
mod related;
mod side;
mod tables;

use super::history::{Item, ask_history, compared, items};
use super::model::{
    BARS, KINDS, Resource, ResourceKey, Type, ask_resource, ask_resources, ask_timeline, ask_types,
    resources, short, timeline, types,
};
use crate::base::time;
use crate::chart::{Datum, Frame, Scene};
use crate::session::{Job, JobResult, Session};
use crate::views::download::{Download, Table};
use crate::views::shared::{NotShared, bucket_width, width_word};
use crate::views::states::NoMatch;
use crate::widgets::chart::{Build, ChartOrTable};
use crate::widgets::format;
use crate::widgets::keys::on_keys;
use compare::History;
use leptos::prelude::*;
use list::List;
use side::Side;
use std::sync::Arc;

/// Items read from their file at once, to say what changed.
const BATCH: usize = 16;

/// What the view's parts share. A handle.
#[derive(Clone, Copy)]
struct Page {
    session: Session,
    /// The type whose resources are listed; empty for all.
    kind: Signal<String>,
    search: RwSignal<String>,
    /// Types with items in the range.
    types: Memo<Vec<Type>>,
    /// Resources with items in the range.
    listed: Memo<Vec<Resource>>,
    /// The resource shown.
    chosen: Memo<Option<Resource>>,
    items: Memo<Arc<Vec<Item>>>,
    /// Items of it that are only counted, in a file that was shared without them.
    unlisted: Memo<u64>,
    /// The items compared: the older (none: with nothing) and the newer.
    pair: Memo<(Option<usize>, usize)>,
    /// What each item changed, as far as it has been read.
    summaries: RwSignal<Arc<Vec<String>>>,
    /// Nothing matches the filter and range.
    none: Memo<bool>,
}

impl Page {
    fn new(session: Session) -> Page {
        let kind = Signal::derive(move || session.choice("type", ""));
        let search = RwSignal::new(String::new());
        let range = Memo::new(move |_| session.range.get());
        let scoped = move |until| {
            let mut q = ask_types(until);
            q.filter = q.filter.and(session.filter.get());
            q
        };
        let within = session
            .answer(move || Some(session.scoped(ask_types(None))))
            .answer;
        let until = session
            .answer(move || Some(scoped(Some(range.get()?.to_ns))))
            .answer;
        let before = session
            .answer(move || Some(scoped(Some(range.get()?.from_ns))))
            .answer;
        let types = Memo::new(move |_| {
            let Some(within) = within.get() else {
                return Vec::new();
            };
            match (until.get(), before.get()) {
                (Some(until), Some(before)) => types(&within, &until, Some(&before)),
                _ => types(&within, &within, None),
            }
        });
        let answer = session.answer(move || {
            let mut q = ask_resources(&kind.get(), search.get().trim(), range.get());
            q.filter = q.filter.and(session.filter.get());
            Some(q)
        });
        let listed = Memo::new(move |_| {
            let found = answer.answer.get().map(|a| resources(&a, range.get()));
            let mut found = found.unwrap_or_default();
            found.retain(|r| r.in_range > 0);
            found
        });
        // The resource in the URL, listed or not; else the first of the list.
        let wanted = Memo::new(move |_| {
            let text = session.choice("resource", "");
            (!text.is_empty()).then(|| ResourceKey::read(&text))
        });
        let in_list = Memo::new(move |_| {
            let wanted = wanted.get()?;
            listed.with(|l| l.iter().find(|r| wanted.means(&r.key)).cloned())
        });
        let asked = session.answer(move || match in_list.with(Option::is_some) {
            true => None,
            false => Some(ask_resource(&wanted.get()?, range.get())),
        });
        let chosen = Memo::new(move |_| {
            let first = || listed.with(|l| l.first().cloned());
            if wanted.with(Option::is_none) {
                return first();
            }
            in_list.get().or_else(|| {
                let answer = asked.answer.get()?;
                resources(&answer, range.get()).into_iter().next().or_else(first)
            })
        });
        let key = Memo::new(move |_| chosen.with(|c| c.as_ref().map(|c| c.key.clone())));
        let history = session.answer(move || key.with(|k| k.as_ref().map(ask_history)));
        let items = Memo::new(move |_| Arc::new(history.answer.get().map(|a| items(&a)).unwrap_or_default()));
        let unlisted = Memo::new(move |_| history.answer.get().map_or(0, |a| a.unlisted));
        let pair = Memo::new(move |_| {
            let (before, after) = (session.choice("before", ""), session.choice("after", ""));
            items.with(|l| compared(l, &before, &after))
        });
        let none = Memo::new(move |_| {
            within.get().is_some_and(|a| a.rows.is_empty()) && session.rows_of(&KINDS) > 0
        });
        Page {
            session,
            kind,
            search,
            types,
            listed,
            chosen,
            items,
            unlisted,
            pair,
            summaries: RwSignal::new(Arc::default()),
            none,
        }
    }

    /// Shows a resource, from its last change.
    fn go(self, key: &ResourceKey) {
        for name in ["before", "after", "moment"] {
            self.session.choose(name, "");
        }
        self.session.choose("resource", &key.write());
    }

    /// Compares an item with the one before it.
    fn select(self, n: usize) {
        let at = self.items.with_untracked(|l| l.get(n).map(|i| i.at_ns));
        self.session.choose("moment", "");
        self.session.choose("before", "");
        self.session
            .choose("after", &at.map(time::iso).unwrap_or_default());
    }

    /// Goes so many changes on (tracked by nothing).
    fn step(self, by: isize) {
        let (_, after) = self.pair.get_untracked();
        let last = self.items.with_untracked(|l| l.len().saturating_sub(1));
        self.select(after.saturating_add_signed(by).min(last));
    }

    /// `11 Nov 2026, 01:27:41` in the page's zone (tracked).
    fn when(self, at_ns: i64) -> String {
        format::date_time(at_ns, self.session.offset_min(at_ns))
    }

    /// Says what every item changed, a batch after the other, off the page's thread.
    fn summarise(self) {
        let round = StoredValue::new(0u64);
        Effect::new(move |_| {
            let items = self.items.get();
            let mine = round.get_value() + 1;
            round.set_value(mine);
            self.summaries.set(Arc::default());
            if !items.is_empty() {
                self.summarise_from(items, 0, round, mine);
            }
        });
    }

    fn summarise_from(self, items: Arc<Vec<Item>>, from: usize, round: StoredValue<u64>, mine: u64) {
        let to = (from + BATCH).min(items.len());
        let places = items[from.saturating_sub(1)..to].iter().map(|i| i.place.clone());
        let session = self.session;
        session.originals_in_order(places.collect(), move |mut texts| {
            if round.try_get_value() != Some(mine) {
                return;
            }
            if from == 0 {
                texts.insert(0, None);
            }
            session.engine().job(Job::Changes { texts }, move |result| {
                let Ok(JobResult::Changes(said)) = result else {
                    return;
                };
                if round.try_get_value() != Some(mine) {
                    return;
                }
                self.summaries.update(|s| Arc::make_mut(s).extend(said));
                if to < items.len() {
                    self.summarise_from(items, to, round, mine);
                }
            });
        });
    }
}

pub fn mount(session: Session) -> AnyView {
    view! { <Config session /> }.into_any()
}

#[component]
fn Config(session: Session) -> impl IntoView {
    let page = Page::new(session);
    page.summarise();
    on_keys(&["n", "p"], move |key| page.step(if key == "n" { 1 } else { -1 }));
    view! {
        <section class="view view-flush">
            <Show when=move || page.none.get()>
                <NoMatch session kinds=&KINDS noun="configuration items" />
            </Show>
            <div class="config" hidden=move || page.none.get()>
                <List page />
                <div class="config-main" tabindex="0" role="region" aria-label="History of the resource">
                    <div class="config-timeline">
                        <Timeline page />
                    </div>
                    <Show when=move || page.unlisted.with(|n| *n != 0)>
                        <NotShared records=page.unlisted />
                    </Show>
                    <History page />
                </div>
                <Side page />
            </div>
        </section>
    }
}

/// Items of all resources over time, stacked by type; a bar narrows to its time and type.
#[component]
fn Timeline(page: Page) -> impl IntoView {
    let session = page.session;
    let step = move || session.shown_range().map(|r| bucket_width(r, BARS));
    let counts = session
        .answer(move || Some(session.scoped(ask_timeline(step()?))))
        .answer;
    let series = move |width: f64, height: f64| -> Option<(Scene, Vec<String>)> {
        let (range, answer) = (session.shown_range()?, counts.get()?);
        let frame = Frame {
            width,
            height,
            range,
            offset_min: session.offset_min(range.from_ns),
        };
        Some(timeline(&answer, frame, step()?))
    };
    let make: Build = Arc::new(move |width, height| series(width, height).map(|(scene, _)| scene));
    let title = Signal::derive(move || {
        step().map_or("Items recorded".to_owned(), |s| {
            format!("Items recorded {}", width_word(s))
        })
    });
    let picked = Callback::new(move |picked: Datum| {
        let Some((_, names)) = untrack(|| series(800.0, 100.0)) else {
            return;
        };
        let Some(width) = untrack(step) else { return };
        let name = names.get(picked.series).cloned().unwrap_or_default();
        let kind = page
            .types
            .with_untracked(|t| t.iter().find(|t| short(&t.name) == name).map(|t| t.name.clone()));
        session.choose("type", &kind.unwrap_or_default());
        session.range.set(Some(crate::base::TimeRange::new(
            picked.x,
            picked.x.saturating_add(width),
        )));
    });
    let twin = Arc::new(move || {
        let figures = move || series(800.0, 240.0).map(|(scene, _)| scene);
        vec![Table::twin("Items recorded", "config-over-time", figures)]
    });
    let download = view! { <Download session what="the chart's figures" tables=twin small=true /> };
    view! { <ChartOrTable title make on_pick=picked download=download.into_any() /> }
}
