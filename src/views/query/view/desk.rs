//! What is on the page: the text, what is said of it, the question that runs and its result.

use super::super::examples::for_kinds;
use super::super::kept::{Kept, Past};
use crate::language::Fault;
use crate::language::insights::Table;
use crate::session::{AskId, Checked, Heard, Inquiry, Language, Session};
use crate::widgets::Code;
use leptos::prelude::*;
use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

/// A text is checked when nothing was typed for so long.
const REST: Duration = Duration::from_millis(250);
/// A question that took no longer is asked again by itself when filter, range or records change (ms).
const QUICK_MS: f64 = 500.0;
/// Under which the browser keeps queries.
const KEY: &str = "trailbeam-queries";

thread_local! {
    static DRAFT: RefCell<Option<Draft>> = const { RefCell::new(None) };
}

/// Text and language.
type Written = (String, String);

/// What was being written when the person went to another view.
struct Draft {
    written: Written,
    /// What the URL had then: if it has something else now, that is what the person came for.
    link: Written,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub enum Phase {
    #[default]
    Idle,
    Running,
    /// Original records are read again: so many of so many.
    Reading(u64, u64),
    Done(f64),
    Stopped,
    Failed(String),
}

impl Phase {
    pub fn is_running(&self) -> bool {
        matches!(self, Phase::Running | Phase::Reading(..))
    }
}

/// A question, and what came of it.
#[derive(Clone, Default)]
pub struct Run {
    pub phase: Phase,
    /// What was asked, and of which state of the records.
    pub asked: Option<(Inquiry, u64)>,
    pub table: Option<Arc<Table>>,
}

/// What is said of a text.
#[derive(Clone)]
pub struct Said {
    pub text: String,
    pub result: Result<Checked, Fault>,
}

/// The page's state. A handle: copies are the same page.
#[derive(Clone, Copy)]
pub struct Desk {
    pub session: Session,
    pub code: Code,
    /// `filter`, or empty for Insights: as the URL has it.
    pub lang: RwSignal<String>,
    pub said: RwSignal<Option<Said>>,
    pub run: RwSignal<Run>,
    pub kept: RwSignal<Kept>,
    /// Filter, range or records are not those of the result any more.
    pub stale: Memo<bool>,
    /// The text in the other language, for whoever goes back to it.
    aside: StoredValue<Written>,
    /// Text and language as they were last put into the URL or taken from it.
    linked: StoredValue<Written>,
    asking: StoredValue<Option<AskId>>,
    /// Rises with every question: what an older one still says is void.
    round: StoredValue<u64>,
}

impl Desk {
    pub fn new(session: Session) -> Desk {
        let link = untrack(|| (session.choice("q", ""), session.choice("lang", "")));
        // What was being written goes before what was asked last, which is not asked again then.
        let draft = DRAFT.take().filter(|d| d.link == link);
        let linked = draft.as_ref().map_or_else(Default::default, |_| link.clone());
        let (text, lang) = draft.map_or(link, |d| d.written);
        let run = RwSignal::new(Run::default());
        let stale = Memo::new(move |_| {
            let (range, filter, rows) = (session.range.get(), session.filter.get(), session.rows.get());
            run.with(|r| {
                let other = |(asked, of): &(Inquiry, u64)| {
                    asked.range != range || asked.filter != filter || *of != rows
                };
                !r.phase.is_running() && r.asked.as_ref().is_some_and(other)
            })
        });
        let desk = Desk {
            session,
            code: Code::new(text),
            lang: RwSignal::new(lang),
            said: RwSignal::new(None),
            run,
            kept: RwSignal::new(read_kept()),
            stale,
            aside: StoredValue::new((String::new(), String::new())),
            linked: StoredValue::new(linked),
            asking: StoredValue::new(None),
            round: StoredValue::new(0),
        };
        desk.begin_with_example();
        desk.follow_url();
        desk.check_at_rest();
        desk.keep_up();
        on_cleanup(move || {
            desk.drop_question();
            let now = (desk.code.text.get_untracked(), desk.lang.get_untracked());
            if desk.linked.with_value(|l| *l != now) {
                let link = untrack(|| (session.choice("q", ""), session.choice("lang", "")));
                DRAFT.set(Some(Draft { written: now, link }));
            }
        });
        desk
    }

    pub fn language(self) -> Language {
        match self.lang.with(|l| l == "filter") {
            true => Language::Filter,
            false => Language::Insights,
        }
    }

    fn kinds(self) -> Vec<(String, u64)> {
        let kinds = self.session.kinds;
        kinds.with(|all| all.iter().map(|k| (k.kind.clone(), k.rows)).collect())
    }

    /// The examples for what is loaded (tracked).
    pub fn examples(self) -> Vec<(&'static str, &'static str)> {
        let kinds = self.kinds();
        let all = for_kinds(&kinds, self.language());
        all.map(|e| (e.title, e.text)).collect()
    }

    /// An empty page begins with the first example, as soon as it is known what is loaded.
    fn begin_with_example(self) {
        Effect::new(move |_| {
            let first = self.examples().into_iter().next();
            let empty = self.code.text.with_untracked(String::is_empty);
            let untouched = self.run.with_untracked(|r| r.asked.is_none());
            let known = !self.session.kinds.with(Vec::is_empty);
            if let Some((_, text)) = first.filter(|_| empty && untouched && known) {
                self.code.set(text);
            }
        });
    }

    /// A link's query is asked at once, as soon as there are records; so is one that "back" leads to.
    fn follow_url(self) {
        let session = self.session;
        Effect::new(move |_| {
            let linked = (session.choice("q", ""), session.choice("lang", ""));
            let ready = session.rows_of(&[]) > 0 && !session.loading.get();
            if linked.0.is_empty() || !ready || self.linked.with_value(|l| *l == linked) {
                return;
            }
            self.lang.set(linked.1.clone());
            self.code.set(&linked.0);
            self.linked.set_value(linked);
            untrack(|| self.ask());
        });
    }

    fn check_at_rest(self) {
        let timer = StoredValue::new(None::<TimeoutHandle>);
        let stop = move || {
            if let Some(Some(handle)) = timer.try_get_value() {
                handle.clear();
            }
        };
        Effect::new(move |_| {
            self.code.text.track();
            self.lang.track();
            self.session.fields.track();
            stop();
            timer.set_value(set_timeout_with_handle(move || self.check(), REST).ok());
        });
        on_cleanup(stop);
    }

    fn check(self) {
        let text = self.code.text.get_untracked();
        let said = (!text.trim().is_empty()).then(|| Said {
            result: self.session.check(untrack(|| self.language()), &text),
            text,
        });
        self.said.set(said);
    }

    /// What is said of the text as it is now (tracked).
    pub fn said_now(self) -> Option<Said> {
        let text = self.code.text.get();
        self.said.get().filter(|s| s.text == text)
    }

    /// Asks again by itself where that is quick.
    fn keep_up(self) {
        Effect::new(move |_| {
            let quick = self
                .run
                .with(|r| matches!(r.phase, Phase::Done(ms) if ms < QUICK_MS));
            if self.stale.get() && quick && !self.session.loading.get() {
                untrack(|| self.again());
            }
        });
    }

    /// Goes to the other language, and to what was written in it.
    pub fn turn_to(self, lang: &str) {
        if self.lang.with_untracked(|l| l == lang) {
            return;
        }
        let now = (self.lang.get_untracked(), self.code.text.get_untracked());
        let (other, text) = self.aside.get_value();
        self.aside.set_value(now);
        self.lang.set(lang.to_owned());
        let text = match other == lang && !text.is_empty() {
            true => Some(text),
            false => untrack(|| self.examples()).first().map(|e| e.1.to_owned()),
        };
        self.code.set(&text.unwrap_or_default());
    }

    /// Another text, in its language.
    pub fn write(self, text: &str, lang: &str) {
        self.lang.set(lang.to_owned());
        self.code.set(text);
    }

    /// Asks what is written, and puts it into the URL; of a text that can not be read it says where.
    pub fn ask(self) {
        let text = self.code.text.get_untracked();
        let lang = self.lang.get_untracked();
        self.code.offering.set(Default::default());
        if text.trim().is_empty() {
            self.session.say.set("There is no query to run.".to_owned());
            return;
        }
        let linked = (text.clone(), lang.clone());
        self.linked.set_value(linked);
        self.session.choose("q", &text);
        self.session.choose("lang", &lang);
        self.put(Inquiry {
            language: untrack(|| self.language()),
            text,
            range: self.session.range.get_untracked(),
            filter: self.session.filter.get_untracked(),
        });
    }

    /// Asks the last question again, of the range, filter and records as they are now.
    pub fn again(self) {
        let last = self.run.with_untracked(|r| r.asked.as_ref().map(|a| a.0.clone()));
        if let Some(last) = last {
            self.put(Inquiry {
                range: self.session.range.get_untracked(),
                filter: self.session.filter.get_untracked(),
                ..last
            });
        }
    }

    fn put(self, inquiry: Inquiry) {
        self.drop_question();
        let mine = self.round.get_value() + 1;
        self.round.set_value(mine);
        let rows = self.session.rows.get_untracked();
        self.run.update(|r| {
            // A result stays while the same is asked again.
            let same = r
                .asked
                .as_ref()
                .is_some_and(|(a, _)| a.text == inquiry.text && a.language == inquiry.language);
            if !same {
                r.table = None;
            }
            r.phase = Phase::Running;
            r.asked = Some((inquiry.clone(), rows));
        });
        let heard = move |heard: Heard| {
            if self.round.try_get_value() == Some(mine) {
                self.hear(heard);
            }
        };
        match self.session.inquire(&inquiry, heard) {
            // It may be answered already.
            Ok(id) if self.run.with_untracked(|r| r.phase.is_running()) => self.asking.set_value(Some(id)),
            Ok(_) => {}
            Err(fault) => {
                let at = fault.at;
                self.run.set(Run::default());
                self.said.set(Some(Said {
                    text: inquiry.text,
                    result: Err(fault),
                }));
                self.code.go_to(at);
            }
        }
    }

    fn hear(self, heard: Heard) {
        match heard {
            Heard::Reading { read, of } => self.run.update(|r| r.phase = Phase::Reading(read, of)),
            Heard::Partial(table) => self.run.update(|r| r.table = Some(table)),
            Heard::Done { table, elapsed_ms } => {
                self.asking.set_value(None);
                self.session.say.set(format!(
                    "The query is done: {}.",
                    crate::base::size::counted(table.rows.len() as u64, "rows")
                ));
                let asked = self.run.with_untracked(|r| r.asked.as_ref().map(|a| a.0.clone()));
                if let Some(asked) = asked {
                    let past = Past {
                        lang: lang_of(asked.language).to_owned(),
                        text: asked.text,
                        at_ms: js_sys::Date::now() as i64,
                        rows: table.rows.len() as u64,
                    };
                    self.keep(|kept| kept.asked(past));
                }
                self.run.update(|r| {
                    r.phase = Phase::Done(elapsed_ms);
                    r.table = Some(table);
                });
            }
            Heard::Failed(why) => {
                self.asking.set_value(None);
                self.session.say.set(why.clone());
                self.run.update(|r| {
                    r.phase = Phase::Failed(why);
                    r.table = None;
                });
            }
        }
    }

    /// The person does not want to wait: what is there stays, as a part.
    pub fn stop(self) {
        self.drop_question();
        self.run.update(|r| r.phase = Phase::Stopped);
    }

    fn drop_question(self) {
        if let Some(Some(id)) = self.asking.try_get_value() {
            self.asking.set_value(None);
            self.session.drop_inquiry(id);
        }
        self.round.try_update_value(|r| *r += 1);
    }

    /// Changes what the browser keeps; other tabs may have changed it since.
    pub fn keep(self, change: impl FnOnce(&mut Kept)) {
        let mut kept = match storage() {
            Some(_) => read_kept(),
            None => self.kept.get_untracked(),
        };
        change(&mut kept);
        if let Some(storage) = storage() {
            // A full or forbidden store keeps what it had; the page keeps all until it is closed.
            let _ = storage.set_item(KEY, &kept.write());
        }
        self.kept.set(kept);
    }
}

/// As the URL and what is kept call a language.
pub fn lang_of(language: Language) -> &'static str {
    match language {
        Language::Insights => "",
        Language::Filter => "filter",
    }
}

/// A browser may forbid it, in a private window or for files.
fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

fn read_kept() -> Kept {
    let text = storage().and_then(|s| s.get_item(KEY).ok().flatten());
    text.map(|t| Kept::read(&t)).unwrap_or_default()
}
