//! The signals of a session and how they follow the engine and the URL.

use super::audit::{Audit, Auditing};
use super::kept::{RuleFile, kept_by_hand, kept_rules, kept_suppressions};
use super::notes::kept_notes;
use super::proof::Matched;
use super::report::{self, Report};
use super::standing::Standing;
use super::url::State;
use super::{FieldState, ItemId, KindState, Zone};
use crate::base::{TimeRange, Value};
use crate::checklist::ByHand;
use crate::engine::client::{Client, client, pause, spawn};
use crate::engine::conductor::Event;
use crate::evidence::{Note, Pin};
use crate::findings::suppress::Suppressions;
use crate::query::{Expr, Op, Place};
use crate::rules::book::WrittenRule;
use leptos::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

/// While files are read, the page's bars and counts are brought up to date this often (ms).
const REFRESH_MS: f64 = 300.0;
/// Views ask for the first time this long after reading began (ms): what is read sooner is asked once, when all is there.
const FIRST_ASK_MS: f64 = 900.0;
/// Questions take time from reading: between two rounds of them passes this many times what the last one took.
const ASK_SHARE: f64 = 5.0;
/// When no more than this is left to read as far as can be told (ms), views wait for the whole.
const NEARLY_DONE_MS: f64 = 1500.0;
/// How often it is looked whether something is due, or reading is done (ms).
const LOOK_MS: i32 = 16;
/// How long it takes until it is looked again whether reading is done.
const SETTLE_MS: i32 = 15;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// What the system says.
    #[default]
    System,
    Light,
    Dark,
}

/// What the person is looking at. A handle: copies are the same session.
#[derive(Clone, Copy)]
pub struct Session {
    pub view: RwSignal<String>,
    pub filter: RwSignal<Expr>,
    pub range: RwSignal<Option<TimeRange>>,
    pub zone: RwSignal<Zone>,
    pub theme: RwSignal<Theme>,
    /// The record in the split panel.
    pub open: RwSignal<Option<Place>>,
    /// Rises when files that name addresses come or go.
    pub(super) names: RwSignal<u64>,
    /// A moment that somebody picked (ns): every chart over time marks it.
    pub moment: RwSignal<Option<i64>>,
    pub choices: RwSignal<BTreeMap<String, String>>,
    /// Rises when rows were added, hidden or removed.
    pub rows: RwSignal<u64>,
    /// Rises when an item's state changed.
    pub items: RwSignal<u64>,
    pub kinds: RwSignal<Vec<KindState>>,
    pub loading: RwSignal<bool>,
    /// Memory ran out while reading (bytes held then).
    pub full: RwSignal<Option<u64>>,
    /// A worker died: the browser's words.
    pub broken: RwSignal<Option<String>>,
    /// Fields of every loaded kind, for suggestions.
    pub fields: RwSignal<Arc<Vec<FieldState>>>,
    /// Fields being read from the original records because a filter asks for them.
    pub extracting: RwSignal<Vec<String>>,
    /// Filter patterns whose records are being looked for.
    pub marking: RwSignal<Vec<String>>,
    /// Fields that no record has, as far as was looked.
    pub missing: RwSignal<Vec<String>>,
    /// A sentence for people who do not see the page change.
    pub say: RwSignal<String>,
    /// What the person should know and may close: a sentence or two.
    pub notice: RwSignal<Option<String>>,
    /// What was pinned, in the order of the narrative.
    pub notes: RwSignal<Vec<Note>>,
    /// What a note is being written about.
    pub pinning: RwSignal<Option<Pin>>,
    /// A log is being described: by the lines of a source, or of none.
    pub describing: RwSignal<Option<Option<ItemId>>>,
    /// The shared file that this page is, if it is one.
    pub report: RwSignal<Option<Arc<Report>>>,
    /// Files that were dropped on a shared file, and how they stand to its inputs.
    pub matched: RwSignal<Vec<(String, Matched)>>,
    /// What all rules and checks said last; `None` before they were run.
    pub audit: RwSignal<Option<Arc<Audit>>>,
    /// They are being run.
    pub auditing: RwSignal<Option<Auditing>>,
    pub(super) audit_wanted: RwSignal<bool>,
    /// Files of rules that were written or dropped, and the rules in them.
    pub rule_files: RwSignal<Vec<RuleFile>>,
    pub own_rules: RwSignal<Arc<Vec<WrittenRule>>>,
    /// Findings that somebody does not want to see again.
    pub suppressed: RwSignal<Arc<Suppressions>>,
    /// The logging posture and what the checklist's questions come to; `None` before that was wanted.
    pub standing: RwSignal<Option<Arc<Standing>>>,
    pub(super) standing_wanted: RwSignal<bool>,
    /// Items of the checklist that somebody judged.
    pub by_hand: RwSignal<Arc<ByHand>>,
    due: StoredValue<bool>,
    /// When reading began (ms), and when views were last told to ask meanwhile.
    loading_since_ms: StoredValue<f64>,
    asked_ms: StoredValue<f64>,
    /// Fields that were looked for in the original records already.
    tried: StoredValue<Vec<String>>,
}

impl Session {
    /// Makes the page's session, follows the engine and the URL.
    pub fn start() -> Session {
        let (state, not_read) = State::read_noting(&hash());
        let found = report::find();
        let shared = found.is_some();
        let (report, notes) = match found {
            Some((report, notes)) => (Some(Arc::new(report)), notes),
            None => (None, kept_notes()),
        };
        // What was left out of a shared file, none of its records has.
        let left_out = report
            .as_ref()
            .map(|r| r.manifest.left_out.clone())
            .unwrap_or_default();
        let (rule_files, suppressed, by_hand) = match &report {
            Some(r) => (
                r.rule_files.clone(),
                (*r.suppressions).clone(),
                (*r.by_hand).clone(),
            ),
            None => (kept_rules(), kept_suppressions(), kept_by_hand()),
        };
        let s = Session {
            view: RwSignal::new(state.view),
            filter: RwSignal::new(state.filter),
            range: RwSignal::new(state.range),
            zone: RwSignal::new(state.zone),
            theme: RwSignal::new(Theme::default()),
            open: RwSignal::new(None),
            names: RwSignal::new(0),
            moment: RwSignal::new(None),
            choices: RwSignal::new(state.choices),
            rows: RwSignal::new(0),
            items: RwSignal::new(0),
            kinds: RwSignal::new(Vec::new()),
            loading: RwSignal::new(false),
            full: RwSignal::new(None),
            broken: RwSignal::new(None),
            fields: RwSignal::new(Arc::default()),
            extracting: RwSignal::new(Vec::new()),
            marking: RwSignal::new(Vec::new()),
            missing: RwSignal::new(left_out.clone()),
            say: RwSignal::new(String::new()),
            notice: RwSignal::new(in_vain(&not_read)),
            notes: RwSignal::new(notes),
            pinning: RwSignal::new(None),
            describing: RwSignal::new(None),
            report: RwSignal::new(report),
            matched: RwSignal::new(Vec::new()),
            audit: RwSignal::new(None),
            auditing: RwSignal::new(None),
            audit_wanted: RwSignal::new(false),
            rule_files: RwSignal::new(rule_files),
            own_rules: RwSignal::new(Arc::default()),
            suppressed: RwSignal::new(Arc::new(suppressed)),
            by_hand: RwSignal::new(Arc::new(by_hand)),
            standing: RwSignal::new(None),
            standing_wanted: RwSignal::new(false),
            due: StoredValue::new(false),
            loading_since_ms: StoredValue::new(0.0),
            asked_ms: StoredValue::new(0.0),
            tried: StoredValue::new(left_out),
        };
        client().listen(move |event| s.hear(event));
        Effect::new(move |was: Option<bool>| {
            let loading = s.loading.get();
            if loading && was != Some(true) {
                s.loading_since_ms.set_value(js_sys::Date::now());
            }
            loading
        });
        s.mirror_url();
        s.follow_patterns();
        s.read_rules();
        s.follow_audit();
        s.follow_standing();
        if shared {
            s.loading.set(true);
            spawn(async move {
                client().open(report::blocks(), true).await;
                s.items.try_update(|v| *v += 1);
            });
        }
        s
    }

    /// Looks for fields that are no columns in the original records, once each; [`Session::rows`] rises when they are.
    pub fn extract(self, fields: Vec<String>) {
        let new: Vec<String> = self
            .tried
            .with_value(|t| fields.into_iter().filter(|f| !t.contains(f)).collect());
        // A shared file without original texts has nothing to look into.
        let texts = |r: &Option<Arc<Report>>| r.as_ref().is_none_or(|r| r.manifest.originals);
        if !self.report.with_untracked(texts)
            || new.is_empty()
            || self.loading.get_untracked()
            || !self.extracting.with_untracked(Vec::is_empty)
        {
            return;
        }
        self.tried.update_value(|t| t.extend(new.iter().cloned()));
        self.extracting.set(new.clone());
        let kinds: Vec<String> = self
            .kinds
            .with_untracked(|k| k.iter().map(|k| k.kind.clone()).collect());
        client().extract(new, &kinds);
    }

    pub fn engine(self) -> Client {
        client()
    }

    fn hear(self, event: &Event) {
        match event {
            Event::Full { memory } => self.full.set(Some(*memory)),
            Event::Broken { why } => self.broken.set(Some(why.clone())),
            Event::Extracted { fields, found } => {
                self.extracting.set(Vec::new());
                if *found == 0 {
                    self.missing.update(|m| m.extend(fields.iter().cloned()));
                    self.say.set(format!("No record has {}.", fields.join(", ")));
                }
            }
            Event::Idle => self.say.set(format!(
                "Reading is done: {}.",
                crate::base::size::counted(client().with(|c| c.items().tally().records), "records")
            )),
            _ => {}
        }
        self.refresh_soon();
    }

    /// Tells the views once for everything that happens within [`REFRESH_MS`], and at once when reading is done.
    fn refresh_soon(self) {
        if self.due.get_value() {
            return;
        }
        self.due.set_value(true);
        let asked_ms = js_sys::Date::now();
        spawn(async move {
            loop {
                pause(LOOK_MS).await;
                let loading = client().with(|c| c.is_loading());
                if !loading || js_sys::Date::now() - asked_ms >= REFRESH_MS {
                    break;
                }
            }
            self.due.set_value(false);
            self.refresh();
        });
    }

    /// Is it time for the views to ask, while files are being read?
    fn may_ask(self) -> bool {
        let now = js_sys::Date::now();
        let pause_ms = ASK_SHARE * client().last_answer_ms();
        let reading_ms = now - self.loading_since_ms.get_value();
        let (read, all) = client().with(|c| {
            let tally = c.items().tally();
            match tally.unsized_files {
                0 => (tally.read_bytes as f64, tally.bytes as f64),
                _ => (tally.read_files as f64, tally.files as f64),
            }
        });
        let left_ms = reading_ms * (all - read) / read.max(1.0);
        let enough = now - self.asked_ms.get_value() >= pause_ms.max(REFRESH_MS)
            && reading_ms >= FIRST_ASK_MS
            && left_ms >= NEARLY_DONE_MS;
        // The next questions wait until these are answered.
        let may = enough && !client().with(|c| c.is_asked());
        if may {
            self.asked_ms.set_value(now);
        }
        may
    }

    /// Until whatever was opened is read and duplicates are found; then the signals say what is loaded now, and not what was
    /// last told: on a busy machine that can be long ago.
    pub async fn settled(self) {
        while !client().with(|c| c.is_settled()) {
            pause(SETTLE_MS).await;
        }
        self.refresh();
    }

    fn refresh(self) {
        let (kinds, loading) = client().with(|c| (c.kinds(), c.is_loading()));
        let rows_changed = self.kinds.with_untracked(|k| *k != kinds);
        self.loading.set(loading);
        self.items.update(|v| *v += 1);
        if !loading || rows_changed && self.may_ask() {
            self.kinds.set(kinds);
            self.rows.update(|v| *v += 1);
            client().fields(move |f| {
                if self.fields.with_untracked(|known| **known != f) {
                    self.fields.set(Arc::new(f));
                }
            });
        }
    }

    /// Records loaded, of all kinds.
    pub fn total(self) -> u64 {
        self.kinds.with_untracked(|k| k.iter().map(|k| k.rows).sum())
    }

    /// Rows of these kinds (tracked).
    pub fn rows_of(self, kinds: &[&str]) -> u64 {
        self.kinds.with(|all| {
            let mine = all
                .iter()
                .filter(|k| kinds.is_empty() || kinds.contains(&k.kind.as_str()));
            mine.map(|k| k.rows).sum()
        })
    }

    /// The time everything loaded spans (tracked). Inventories say when things were made, not when something happened:
    /// they count only where there is nothing else.
    pub fn span(self) -> Option<TimeRange> {
        self.kinds.with(|all| {
            let of = |inventory: bool| {
                let mine = all.iter().filter(|k| (k.kind == "aws-inventory") == inventory);
                mine.filter_map(|k| k.span).reduce(TimeRange::union)
            };
            of(false).or_else(|| of(true))
        })
    }

    /// The range chosen, or all there is (tracked).
    pub fn shown_range(self) -> Option<TimeRange> {
        self.range.get().or_else(|| self.span())
    }

    /// The range chosen, or all that records of these kinds span (tracked): other kinds may reach back for years.
    pub fn shown_range_of(self, kinds: &[&str]) -> Option<TimeRange> {
        self.range.get().or_else(|| self.span_of(kinds))
    }

    /// The time that records of these kinds span (tracked).
    pub fn span_of(self, kinds: &[&str]) -> Option<TimeRange> {
        self.kinds.with(|all| {
            let mine = all.iter().filter(|k| kinds.contains(&k.kind.as_str()));
            mine.filter_map(|k| k.span).reduce(TimeRange::union)
        })
    }

    /// A view's choice, with what holds when none was made (tracked).
    pub fn choice(self, name: &str, default: &str) -> String {
        self.choices
            .with(|c| c.get(name).filter(|v| !v.is_empty()).cloned())
            .unwrap_or_else(|| default.to_owned())
    }

    pub fn choose(self, name: &str, value: &str) {
        self.choices.update(|c| {
            c.insert(name.to_owned(), value.to_owned());
        });
    }

    /// The fields that a table of this kind shows before anyone chooses (tracked).
    pub fn default_columns(self, kind: &str) -> Vec<String> {
        self.kinds
            .with(|k| k.iter().find(|k| k.kind == kind).map(|k| k.columns.clone()))
            .unwrap_or_default()
    }

    /// The configuration item in a record's original text, in one spelling whatever it was exported as.
    pub fn config_item(self, text: &[u8]) -> Option<serde_json::Value> {
        client().config_item(text)
    }

    pub fn go(self, view: &str) {
        self.view.set(view.to_owned());
    }

    /// Shows everything that is said of a value: filter and range would hide some of it.
    pub fn open_entity(self, value: &str) {
        self.choose("entity", value);
        self.filter.set(Expr::All);
        self.range.set(None);
        self.open.set(None);
        self.go("entity");
    }

    /// Adds a condition to the filter.
    pub fn narrow(self, condition: Expr) {
        self.filter.update(|f| {
            let old = std::mem::take(f);
            *f = old.and(condition);
        });
    }

    /// Adds `field op value`, or `field` is absent for an absent value.
    pub fn narrow_to(self, field: &str, op: Op, value: Value) {
        let field = field.to_owned();
        self.narrow(match (value, op) {
            (Value::Absent, Op::Ne) => Expr::Exists { field },
            (Value::Absent, _) => !Expr::Exists { field },
            (Value::List(items), op) => match items.into_iter().next() {
                Some(first) => Expr::Compare {
                    field,
                    op,
                    value: Value::Text(first),
                },
                None => !Expr::Exists { field },
            },
            (value, op) => Expr::Compare { field, op, value },
        });
    }

    /// Shows what a finding stands on: its filter, its time, its view.
    pub fn show(self, view: &str, filter: Expr, range: Option<TimeRange>) {
        self.filter.set(filter);
        self.range.set(range);
        self.open.set(None);
        self.view.set(view.to_owned());
    }

    /// Minutes to add to UTC for the clock shown at a time (tracked).
    pub fn offset_min(self, at_ns: i64) -> i32 {
        match self.zone.get() {
            Zone::Utc => 0,
            Zone::Local => {
                let date = js_sys::Date::new(&(at_ns as f64 / 1e6).into());
                -(date.get_timezone_offset() as i32)
            }
        }
    }

    pub fn state(self) -> State {
        State {
            view: self.view.get(),
            filter: self.filter.get(),
            range: self.range.get(),
            zone: self.zone.get(),
            choices: self.choices.get(),
        }
    }

    /// Writes the state into the URL's hash and takes it from there on back and forward.
    fn mirror_url(self) {
        // Went the person to another place (view, thing looked at, filter, range), or did only a view's choice or the clock
        // change? Only the first is a step that "back" takes back.
        let place = |state: &State| {
            let entity = state.choices.get("entity").cloned();
            (state.view.clone(), entity, state.filter.clone(), state.range)
        };
        Effect::new(move |before: Option<State>| {
            let state = self.state();
            let now = state.write();
            if let Some(window) = web_sys::window()
                && hash() != now
                && let Ok(history) = window.history()
            {
                let nothing = wasm_bindgen::JsValue::NULL;
                // Refused only when called hundreds of times a second; the next change writes it again.
                let _ = match before {
                    Some(before) if place(&before) != place(&state) => {
                        history.push_state_with_url(&nothing, "", Some(&now))
                    }
                    _ => history.replace_state_with_url(&nothing, "", Some(&now)),
                };
            }
            state
        });
        let back = Closure::<dyn FnMut()>::new(move || {
            let (state, not_read) = State::read_noting(&hash());
            if let Some(notice) = in_vain(&not_read) {
                self.notice.set(Some(notice));
            }
            if state == untrack(|| self.state()) {
                return;
            }
            self.view.set(state.view);
            self.filter.set(state.filter);
            self.range.set(state.range);
            self.zone.set(state.zone);
            self.choices.set(state.choices);
        });
        if let Some(window) = web_sys::window() {
            // Adding a listener to the window can not fail.
            let _ = window.add_event_listener_with_callback("popstate", back.as_ref().unchecked_ref());
            let _ = window.add_event_listener_with_callback("hashchange", back.as_ref().unchecked_ref());
        }
        back.forget();
    }
}

/// What is said of a link that could not be followed in all it says.
fn in_vain(not_read: &[String]) -> Option<String> {
    (!not_read.is_empty()).then(|| {
        format!(
            "The link to this page could not be followed in full: not understood was {}. The rest of it is shown.",
            not_read.join("; ")
        )
    })
}

fn hash() -> String {
    web_sys::window()
        .and_then(|w| w.location().hash().ok())
        .unwrap_or_default()
}
