//! What is on the page: the file that is open, its text, what is wrong with it, and what a dry run said of it.

use super::super::catalogue::Theme;
use super::super::model;
use crate::base::{TimeRange, size};
use crate::findings::{Entry, Source, of_rule};
use crate::query::{Expr, PATTERN};
use crate::rules::Verdict;
use crate::rules::book::{self, Asks, Book, WrittenRule};
use crate::session::{Auditing, RuleFile, Session, Trial};
use crate::widgets::Code;
use leptos::prelude::*;
use std::sync::Arc;
use std::time::Duration;

/// A text is read and kept when nothing was typed for so long.
const REST: Duration = Duration::from_millis(350);
/// The URL's name for the file that is open.
const CHOICE: &str = "rules";
/// What stands before the name of a built-in file in the URL.
const BUILT_IN: &str = "catalogue/";

/// The file in the editor.
#[derive(Clone, Debug, PartialEq)]
pub enum Open {
    Own(String),
    BuiltIn(Theme),
}

/// What came of a dry run, and of what it was.
#[derive(Clone, Debug, PartialEq)]
pub struct Tried {
    of: Open,
    text: String,
    range: Option<TimeRange>,
    filter: Expr,
    rows: u64,
    /// Each rule with what it said.
    pub said: Vec<(WrittenRule, Arc<Entry>)>,
    pub took_ms: f64,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub enum Run {
    #[default]
    Idle,
    Going(Auditing),
    Stopped,
    Done(Arc<Tried>),
}

/// A handle: copies are the same page.
#[derive(Clone, Copy)]
pub struct Page {
    pub session: Session,
    pub code: Code,
    pub open: Memo<Option<Open>>,
    /// The text as it was when nothing was typed for a while.
    pub settled: RwSignal<String>,
    /// What that text holds.
    pub book: Memo<Arc<Book>>,
    pub run: RwSignal<Run>,
    /// What was deleted last, to be taken back.
    pub deleted: RwSignal<Option<RuleFile>>,
    /// Text, filter, range or records are not those of the dry run any more.
    pub stale: Memo<bool>,
    /// The file and text that the editor was last given, or that were last kept.
    known: StoredValue<Option<(Open, String)>>,
    /// Rises with every dry run: what an older one still says is void.
    round: StoredValue<u64>,
}

impl Page {
    pub fn new(session: Session) -> Page {
        session.want_audit();
        let open = Memo::new(move |_| opened(session));
        let settled = RwSignal::new(String::new());
        let book = Memo::new(move |_| Arc::new(settled.with(|t| read(t))));
        let code = Code::new(String::new());
        let run = RwSignal::new(Run::default());
        let stale = Memo::new(move |_| {
            let (range, filter, rows) = (session.range.get(), session.filter.get(), session.rows.get());
            run.with(|r| match r {
                Run::Done(t) => {
                    t.range != range || t.filter != filter || t.rows != rows || settled.with(|s| *s != t.text)
                }
                _ => false,
            })
        });
        let page = Page {
            session,
            code,
            open,
            settled,
            book,
            run,
            deleted: RwSignal::new(None),
            stale,
            known: StoredValue::new(None),
            round: StoredValue::new(0),
        };
        page.follow_files();
        page.keep_at_rest();
        on_cleanup(move || {
            page.keep();
            page.round.try_update_value(|r| *r += 1);
        });
        page
    }

    /// May the text be changed?
    pub fn can_write(self) -> bool {
        !self.session.is_report() && self.open.with(|o| matches!(o, Some(Open::Own(_))))
    }

    /// The name of the file that is open, where it is one's own.
    pub fn own_name(self) -> Option<String> {
        self.open.with(|o| match o {
            Some(Open::Own(name)) => Some(name.clone()),
            _ => None,
        })
    }

    /// Puts what the session has into the editor: another file was opened, or the same was dropped anew.
    fn follow_files(self) {
        Effect::new(move |_| {
            let open = self.open.get();
            let text = open.as_ref().map(|o| text_of(self.session, o));
            let now = open.zip(text);
            let before = self.known.get_value();
            if now == before {
                return;
            }
            let other = now.as_ref().map(|n| &n.0) != before.as_ref().map(|b| &b.0);
            if other {
                self.keep();
                self.stop();
                self.run.set(Run::Idle);
            }
            let text = now.as_ref().map(|n| n.1.clone()).unwrap_or_default();
            self.known.set_value(now);
            self.code.set(&text);
            self.settled.set(text);
        });
    }

    fn keep_at_rest(self) {
        let timer = StoredValue::new(None::<TimeoutHandle>);
        let stop = move || {
            if let Some(Some(handle)) = timer.try_get_value() {
                handle.clear();
            }
        };
        Effect::new(move |_| {
            self.code.text.track();
            stop();
            timer.set_value(set_timeout_with_handle(move || self.rest(), REST).ok());
        });
        on_cleanup(stop);
    }

    fn rest(self) {
        self.keep();
        let text = self.code.text.get_untracked();
        if self.settled.with_untracked(|s| *s != text) {
            self.settled.set(text);
        }
    }

    /// Gives the session what was typed since the last time.
    fn keep(self) {
        let known = self.known.try_get_value().flatten();
        let (Some((Open::Own(name), before)), Some(text)) = (known, self.code.text.try_get_untracked())
        else {
            return;
        };
        if text == before || self.session.is_report() {
            return;
        }
        self.known
            .set_value(Some((Open::Own(name.clone()), text.clone())));
        self.session.change_rules(|files| {
            if let Some(file) = files.iter_mut().find(|f| f.name == name) {
                file.text = text;
            }
        });
    }

    pub fn show(self, open: &Open) {
        let id = match open {
            Open::Own(name) => name.clone(),
            Open::BuiltIn(theme) => format!("{BUILT_IN}{}", theme.name),
        };
        self.session.choose(CHOICE, &id);
    }

    fn names(self) -> Vec<String> {
        let files = self.session.rule_files;
        files.with_untracked(|all| all.iter().map(|f| f.name.clone()).collect())
    }

    /// Ids of all of one's own rules, as they are typed now.
    fn ids(self) -> Vec<String> {
        self.keep();
        self.session.rule_files.with_untracked(|files| {
            let rules = files.iter().flat_map(|f| book::read(&f.text).rules);
            rules.map(|r| r.id).collect()
        })
    }

    /// A new file with an example in it.
    pub fn begin(self) {
        let text = model::example(&self.ids());
        let name = self.add(text);
        self.session
            .say
            .set(format!("{name} was made, with an example in it."));
    }

    fn add(self, text: String) -> String {
        let name = model::new_name(&self.names());
        let file = RuleFile {
            name: name.clone(),
            text,
        };
        self.session.change_rules(|files| files.push(file));
        self.show(&Open::Own(name.clone()));
        name
    }

    /// Gives the open file another name.
    pub fn rename(self, wanted: &str) -> Result<(), &'static str> {
        let Some(before) = untrack(|| self.own_name()) else {
            return Ok(());
        };
        let others: Vec<String> = self.names().into_iter().filter(|n| *n != before).collect();
        let name = model::renamed(wanted, &others)?;
        self.keep();
        // The text in the editor stays the same one, with all that can be taken back in it.
        let text = self.code.text.get_untracked();
        self.known.set_value(Some((Open::Own(name.clone()), text)));
        self.session.change_rules(|files| {
            if let Some(file) = files.iter_mut().find(|f| f.name == before) {
                file.name.clone_from(&name);
            }
        });
        self.run.update(|r| {
            if let Run::Done(tried) = r {
                Arc::make_mut(tried).of = Open::Own(name.clone());
            }
        });
        self.show(&Open::Own(name));
        Ok(())
    }

    /// Deletes the open file; [`Page::take_back`] brings it back.
    pub fn delete(self) {
        self.keep();
        let Some(name) = untrack(|| self.own_name()) else {
            return;
        };
        self.session.change_rules(|files| {
            if let Some(at) = files.iter().position(|f| f.name == name) {
                self.deleted.set(Some(files.remove(at)));
            }
        });
        self.session.choose(CHOICE, "");
        self.session.say.set(format!("{name} was deleted."));
    }

    pub fn take_back(self) {
        let Some(mut file) = self.deleted.get_untracked() else {
            return;
        };
        self.deleted.set(None);
        let names = self.names();
        if names.contains(&file.name) {
            file.name = model::new_name(&names);
        }
        let name = file.name.clone();
        self.session.change_rules(|files| files.push(file));
        self.show(&Open::Own(name));
    }

    /// Puts a built-in rule at the end of the open file, or into a new one where none is open.
    pub fn copy(self, rule: &WrittenRule) {
        let taken = self.ids();
        let own = untrack(|| self.own_name()).or_else(|| self.names().pop());
        let (name, id) = match own {
            None => {
                let (text, id) = model::copied(rule, "", &taken);
                (self.add(text), id)
            }
            Some(name) if untrack(|| self.own_name()).as_ref() == Some(&name) => {
                let text = self.code.text.get_untracked();
                let (new, id) = model::copied(rule, &text, &taken);
                let end = text.chars().count();
                self.code.insert(&new, end, end);
                // The browser tells of an insertion by an event; where it had to be done without, the text is there already.
                self.rest();
                if let Some(line) = self.code.text.with_untracked(|t| model::line_of_rule(t, &id)) {
                    self.go_to_line(line);
                }
                (name, id)
            }
            Some(name) => {
                let before = self.session.rule_files.with_untracked(|files| {
                    let file = files.iter().find(|f| f.name == name);
                    file.map(|f| f.text.clone()).unwrap_or_default()
                });
                let (new, id) = model::copied(rule, &before, &taken);
                self.session.change_rules(|files| {
                    if let Some(file) = files.iter_mut().find(|f| f.name == name) {
                        file.text.push_str(&new);
                    }
                });
                self.show(&Open::Own(name.clone()));
                (name, id)
            }
        };
        self.session.say.set(format!("{id} was copied into {name}."));
    }

    /// The caret and the sight, at a place in the text.
    pub fn go_to(self, line: usize, column: usize) {
        let at = self
            .code
            .text
            .with_untracked(|t| model::place_of(t, line, column));
        self.code.go_to(at);
        request_animation_frame(move || {
            let selector = format!(".rules .code-line:nth-child({line})");
            if let Ok(Some(element)) = document().query_selector(&selector) {
                let options = web_sys::ScrollIntoViewOptions::new();
                options.set_block(web_sys::ScrollLogicalPosition::Center);
                element.scroll_into_view_with_scroll_into_view_options(&options);
            }
        });
    }

    fn go_to_line(self, line: usize) {
        self.go_to(line, 1);
    }

    /// Where a rule begins in the text.
    pub fn go_to_rule(self, id: &str) {
        if let Some(line) = self.code.text.with_untracked(|t| model::line_of_rule(t, id)) {
            self.go_to_line(line);
        }
    }

    /// Tries the rules of the open file over what is loaded.
    pub fn try_now(self) {
        let Some(of) = self.open.get_untracked() else {
            return;
        };
        self.rest();
        self.stop();
        let text = self.code.text.get_untracked();
        let rules = self.book.get_untracked().rules.clone();
        if rules.is_empty() {
            self.run.set(Run::Idle);
            self.session
                .say
                .set("No rule of this file can be asked.".to_owned());
            return;
        }
        let mine = self.round.get_value();
        let session = self.session;
        let (range, filter) = (session.range.get_untracked(), session.filter.get_untracked());
        let began = js_sys::Date::now();
        self.run.set(Run::Going(Auditing {
            rules: rules.len(),
            ..Auditing::default()
        }));
        session.dry_run(rules, move |trial| {
            if self.round.try_get_value() != Some(mine) {
                return false;
            }
            match trial {
                Trial::Going(state) => self.run.set(Run::Going(state)),
                Trial::Done(all) => {
                    let tried = Tried {
                        of: of.clone(),
                        text: text.clone(),
                        range,
                        filter: filter.clone(),
                        rows: session.rows.get_untracked(),
                        said: all.into_iter().map(entry).collect(),
                        took_ms: js_sys::Date::now() - began,
                    };
                    session.say.set(tried.summary());
                    self.run.set(Run::Done(Arc::new(tried)));
                }
            }
            true
        });
    }

    /// What a dry run that is not over still says is void.
    pub fn stop(self) {
        self.round.try_update_value(|r| *r += 1);
        self.run.update(|r| {
            if matches!(r, Run::Going(_)) {
                *r = Run::Stopped;
            }
        });
    }

    /// Opens all records of a rule: those that its pattern takes, or its query where it can be changed.
    pub fn ask(self, rule: &WrittenRule) {
        match &rule.asks {
            Asks::Pattern(ask) => {
                self.session
                    .show(&rule.view, Expr::eq(PATTERN, ask.pattern.as_str()), None);
            }
            Asks::Query(ask) => {
                self.session.choose("q", &ask.query);
                for other in ["lang", "show"] {
                    self.session.choose(other, "");
                }
                self.session.go("query");
            }
        }
    }
}

impl Tried {
    /// What came of it, in a sentence.
    pub fn summary(&self) -> String {
        let fired = self.said.iter().filter(|(_, e)| !e.items.is_empty()).count();
        let lacking = self.said.iter().filter(|(_, e)| e.needs.is_some()).count();
        let quiet = self.said.len() - fired - lacking;
        let rules = size::counted(self.said.len() as u64, "rules");
        format!("{rules} tried: {fired} fired, {quiet} quiet, {lacking} not evaluated.")
    }

    /// What was said of this very rule.
    pub fn of(&self, rule: &WrittenRule) -> Option<&Arc<Entry>> {
        self.said.iter().find(|(r, _)| r == rule).map(|(_, e)| e)
    }
}

fn entry((rule, verdict): (WrittenRule, Verdict)) -> (WrittenRule, Arc<Entry>) {
    let entry = of_rule(Source::Own, &rule, &verdict);
    (rule, Arc::new(entry))
}

/// What can be asked of a text; nothing is wrong with one that is empty.
pub fn read(text: &str) -> Book {
    match text.trim().is_empty() {
        true => Book::default(),
        false => book::read(text),
    }
}

/// The file that the URL names, or else the first of one's own (tracked).
fn opened(session: Session) -> Option<Open> {
    let chosen = session.choice(CHOICE, "");
    if let Some(theme) = chosen.strip_prefix(BUILT_IN).and_then(Theme::of) {
        return Some(Open::BuiltIn(theme));
    }
    let own = session.rule_files.with(|files| {
        let named = files.iter().find(|f| f.name == chosen);
        named.or(files.first()).map(|f| f.name.clone())
    });
    // A shared file has the built-in rules to look at.
    own.map(Open::Own).or_else(|| {
        Theme::all()
            .next()
            .filter(|_| session.is_report())
            .map(Open::BuiltIn)
    })
}

/// Its text as it was kept (tracked).
fn text_of(session: Session, open: &Open) -> String {
    match open {
        Open::BuiltIn(theme) => theme.text.to_owned(),
        Open::Own(name) => session.rule_files.with(|files| {
            let file = files.iter().find(|f| f.name == *name);
            file.map(|f| f.text.clone()).unwrap_or_default()
        }),
    }
}
