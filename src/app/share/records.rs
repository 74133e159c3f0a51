//! Which single records go into the file, and what each choice would take.

use super::build::measure;
use super::choices::Choices;
use crate::base::size;
use crate::evidence::manifest::Records;
use crate::session::Session;
use leptos::prelude::*;

/// Of more bytes than these (as opened), nobody measures what was not chosen where every original text would be read.
const MOST_UNASKED: u64 = 64 << 20;

/// Which single records: the choice, its name, what it means.
const TOLD: [(Records, &str, &str); 4] = [
    (Records::None, "None", "sums, charts and tables of them only"),
    (
        Records::Findings,
        "Behind findings and notes",
        "the others as sums",
    ),
    (
        Records::Filter,
        "In the filter",
        "what the filter and range hold now; the others as sums",
    ),
    (Records::All, "All", "every record that is shared"),
];

/// What came of making the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// What is being done.
    pub doing: Option<String>,
    pub failed: Option<String>,
    /// Sizes by name, and the whole.
    pub sizes: Vec<(String, u64)>,
    pub bytes: u64,
    pub sha256: String,
    pub masked: u64,
    pub inputs: usize,
    /// What records and sums take, by choice, as far as it was measured; and in which scope.
    known: Vec<((Records, bool), u64)>,
    scope: Option<(bool, Vec<String>)>,
}

impl State {
    pub fn bytes_of(&self, records: Records, originals: bool) -> Option<u64> {
        self.known
            .iter()
            .find(|(choice, _)| *choice == wants(records, originals))
            .map(|k| k.1)
    }

    /// What was made tells what its records and sums take.
    pub fn learn_made(&mut self, records: Records, originals: bool) {
        let of_blocks = |p: &&(String, u64)| p.0.ends_with(", records") || p.0.ends_with(", sums");
        let bytes = self.sizes.iter().filter(of_blocks).map(|p| p.1).sum();
        self.learn(records, originals, bytes);
    }

    /// Forgets what was measured of something else.
    pub fn measures(&mut self, choices: &Choices) {
        let scope = Some((choices.everything, choices.leave_out.clone()));
        if self.scope != scope {
            self.known.clear();
            self.scope = scope;
        }
    }

    fn learn(&mut self, records: Records, originals: bool, bytes: u64) {
        if self.bytes_of(records, originals).is_none() {
            self.known.push((wants(records, originals), bytes));
        }
    }
}

/// Without records there are no original texts.
fn wants(records: Records, originals: bool) -> (Records, bool) {
    (records, originals && records != Records::None)
}

/// What the choices that were not made would take, one after the other, as long as nothing else is wanted.
pub async fn measure_others(
    session: Session,
    made: Choices,
    state: RwSignal<State>,
    go_on: impl Fn() -> bool + Copy,
) {
    let loaded = session.engine().with(|c| c.items().tally().bytes);
    let others = TOLD
        .iter()
        .map(|t| (t.0, made.originals))
        .chain([(made.records, !made.originals)]);
    for (records, originals) in others {
        let known = state.try_with(|s| s.bytes_of(records, originals).is_some());
        // Nobody asked yet: the texts of very many records would take the memory that the choice itself needs.
        let heavy = records == Records::All && originals && loaded > MOST_UNASKED;
        if known != Some(false) || heavy {
            continue;
        }
        let choices = Choices {
            records,
            originals,
            ..made.clone()
        };
        match measure(session, choices, go_on).await {
            Ok(bytes) => {
                state.try_update(|s| s.learn(records, originals, bytes));
            }
            Err(_) => return,
        }
    }
}

/// Changes the choices, if there are any.
pub fn change(choices: RwSignal<Option<Choices>>, f: impl FnOnce(&mut Choices)) {
    choices.update(|c| {
        if let Some(c) = c {
            f(c);
        }
    });
}

/// Which single records.
#[component]
pub fn RecordChoice(
    session: Session,
    choices: RwSignal<Option<Choices>>,
    state: RwSignal<State>,
) -> impl IntoView {
    let now = move || choices.with(|c| c.as_ref().map(|c| c.records));
    let total = move || size::counted(session.total(), "records");
    let originals = move || choices.with(|c| c.as_ref().is_some_and(|c| c.originals));
    let of_records = move |records: Records| {
        let bytes = state.with(|s| s.bytes_of(records, originals()));
        bytes.map_or_else(|| "…".to_owned(), |b| size::bytes(b as f64))
    };
    // What the texts add, or would add.
    let of_originals = move || {
        let records = now().filter(|r| *r != Records::None)?;
        let (with, without) = state.with(|s| (s.bytes_of(records, true), s.bytes_of(records, false)));
        Some(format!(
            "+ {}",
            size::bytes(with?.saturating_sub(without?) as f64)
        ))
    };
    view! {
        <fieldset class="share-records">
            <legend><h3>"Records"</h3></legend>
            {TOLD
                .into_iter()
                .map(|(records, name, what)| {
                    view! {
                        <label class="share-row">
                            <input
                                type="radio"
                                name="share-records"
                                prop:checked=move || now() == Some(records)
                                on:change=move |_| change(choices, |c| c.records = records)
                            />
                            <span class="grow">
                                {name} " " <span class="quiet small">{what}</span>
                                {(records == Records::All).then(|| view! { <span class="quiet small">", " {total}</span> })}
                            </span>
                            <span class="num quiet small">{move || of_records(records)}</span>
                        </label>
                    }
                })
                .collect_view()}
            <label class="share-row">
                <input
                    type="checkbox"
                    prop:checked=move || choices.with(|c| c.as_ref().is_some_and(|c| c.originals))
                    disabled=move || now() == Some(Records::None)
                    on:change=move |_| change(choices, |c| c.originals = !c.originals)
                />
                <span class="grow">
                    "With their original text" " "
                    <span class="quiet small">"as it stands in the files; else only columns"</span>
                </span>
                <span class="num quiet small">{of_originals}</span>
            </label>
        </fieldset>
    }
}
