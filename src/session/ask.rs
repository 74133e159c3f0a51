//! How views ask: the latest question wins, a stale answer is never shown.

use super::Session;
use crate::base::block::{SOURCE, SOURCE_OFFSET};
use crate::base::{FieldType, Value};
use crate::engine::port::{AskId, Range};
use crate::query::{Answer, Expr, Partial, Place, Query, Rows, Select, Sort, Window, window};
use leptos::prelude::*;
use std::sync::Arc;

/// An answer on screen.
#[derive(Clone, Copy)]
pub struct Answered {
    /// The newest answer; stays while the next one is on its way.
    pub answer: Signal<Option<Arc<Answer>>>,
    /// A newer question is being answered.
    pub asking: Signal<bool>,
}

/// A record opened: its fields as read and its original text.
#[derive(Clone, Debug)]
pub struct Record {
    pub place: Place,
    /// Names, types and values of the kind's fields that the record has.
    pub fields: Vec<(String, FieldType, Value)>,
    /// The original text, or why it is not there.
    pub text: Result<String, String>,
    /// The file and member it came from.
    pub item: String,
    pub path: String,
}

impl Session {
    /// Asks whenever something that `ask` reads changes, or rows do; `None` asks nothing.
    pub fn answer(self, ask: impl Fn() -> Option<Query> + 'static) -> Answered {
        let answer = RwSignal::new(None::<Arc<Answer>>);
        let asking = RwSignal::new(false);
        let last = StoredValue::new(None::<AskId>);
        Effect::new(move |_| {
            self.rows.track();
            let engine = self.engine();
            if let Some(id) = last.get_value() {
                engine.drop_ask(id);
            }
            let Some(query) = ask() else {
                last.set_value(None);
                answer.set(None);
                asking.set(false);
                return;
            };
            asking.set(true);
            let id = engine.ask(query, move |a| {
                answer.try_set(Some(a));
                asking.try_set(false);
            });
            last.set_value(Some(id));
        });
        on_cleanup(move || {
            if let Some(Some(id)) = last.try_get_value() {
                self.engine().drop_ask(id);
            }
        });
        Answered {
            answer: answer.into(),
            asking: asking.into(),
        }
    }

    /// A question about these kinds under the page's filter and range (tracked).
    pub fn scoped(self, query: Query) -> Query {
        query.within(self.range.get(), &self.filter.get())
    }

    /// Which records are those of the member of this path at this offset. Read from a shared file, a record bears its
    /// source in columns.
    pub fn at_place(self, path: &str, offset: i64) -> Expr {
        let numbers: Vec<Expr> = self.engine().with(|c| {
            let mut all = c.items().iter().flat_map(|i| i.members());
            let member = all.find(|m| m.path == path);
            let numbers = member.iter().flat_map(|m| m.numbers());
            numbers.map(|n| Expr::eq("@member", i64::from(n))).collect()
        });
        match numbers.is_empty() {
            true => Expr::eq(SOURCE, path).and(Expr::eq(SOURCE_OFFSET, offset)),
            false => Expr::Or(numbers).and(Expr::eq("@offset", offset)),
        }
    }

    /// Opens the record that was read at a place of a source, of any kind where none is named; says so where it is not here.
    pub fn open_record(self, kind: &str, source: &str, offset: u64) {
        let engine = self.engine();
        let filter = self.at_place(source, i64::try_from(offset).unwrap_or(i64::MAX));
        let query = Query {
            kinds: Some(kind.to_owned())
                .filter(|k| !k.is_empty())
                .into_iter()
                .collect(),
            range: None,
            filter,
            select: Select::Rows(Rows {
                columns: Vec::new(),
                sort: Sort::by_time(),
                window: Window::From {
                    start: None,
                    count: 1,
                },
            }),
        };
        engine.ask(query, move |answer| match answer.places.first() {
            Some(place) => {
                self.open.try_set(Some(place.clone()));
            }
            None => {
                self.say
                    .try_set("The record is not here: it was not shared, or its file is closed.".into());
            }
        });
    }

    /// Fetches the fields and the original text of a record.
    pub fn record(self, place: Place, on: impl FnOnce(Record) + 'static) {
        let engine = self.engine();
        let known = self.fields.get_untracked();
        let mine: Vec<(String, FieldType)> = known
            .iter()
            .filter(|f| f.kind == place.kind)
            .map(|f| (f.name.clone(), f.ty))
            .collect();
        let found = engine.with(|c| {
            c.items()
                .member(place.member)
                .map(|(i, m)| (i.id, i.name.clone(), m.index, m.path.clone()))
        });
        let query = Query {
            kinds: vec![place.kind.clone()],
            range: None,
            filter: Expr::eq("@member", i64::from(place.member))
                .and(Expr::eq("@offset", place.offset as i64)),
            select: Select::Rows(Rows {
                columns: mine.iter().map(|(n, _)| n.clone()).collect(),
                sort: Sort::by_time(),
                window: Window::From {
                    start: None,
                    count: 1,
                },
            }),
        };
        engine.ask(query, move |answer| {
            let values = answer.rows.first().cloned().unwrap_or_default();
            let fields = mine
                .into_iter()
                .zip(values)
                .filter(|(_, v)| !v.is_absent())
                .map(|((n, t), v)| (n, t, v))
                .collect();
            let mut record = Record {
                place: place.clone(),
                fields,
                text: Err("The file this record came from is no longer open.".to_owned()),
                item: String::new(),
                path: String::new(),
            };
            let Some((item, name, index, path)) = found else {
                return on(record);
            };
            record.item = name;
            record.path = path;
            if place.len == 0 {
                record.text = Err(
                    "There is no original text: this kind of file keeps none per record, or it was not shared. The fields are all there is.".to_owned(),
                );
                return on(record);
            }
            let range = Range {
                index,
                offset: place.offset,
                len: place.len,
            };
            self.engine().fetch(item, vec![range], move |mut texts| {
                if let Some(text) = texts.pop() {
                    record.text = text.map(|t| String::from_utf8_lossy(&t).into_owned());
                }
                on(record);
            });
        });
    }
}

impl Session {
    /// Fetches original texts; those that are no longer there are left out.
    pub fn originals(self, places: Vec<Place>, on: impl FnOnce(Vec<Vec<u8>>) + 'static) {
        self.originals_in_order(places, move |texts| on(texts.into_iter().flatten().collect()));
    }

    /// Fetches original texts, one for each place; `None` where one is no longer there.
    pub fn originals_in_order(self, places: Vec<Place>, on: impl FnOnce(Vec<Option<Vec<u8>>>) + 'static) {
        let engine = self.engine();
        // By item: its number, and for each of its ranges the place in the answer.
        let mut by_item: std::collections::BTreeMap<u32, Vec<(usize, Range)>> = Default::default();
        engine.with(|c| {
            for (at, p) in places.iter().enumerate() {
                if let Some((item, member)) = c.items().member(p.member)
                    && p.len > 0
                {
                    let range = Range {
                        index: member.index,
                        offset: p.offset,
                        len: p.len,
                    };
                    by_item.entry(item.id).or_default().push((at, range));
                }
            }
        });
        let texts = std::rc::Rc::new(std::cell::RefCell::new(vec![None; places.len()]));
        let left = std::rc::Rc::new(std::cell::Cell::new(by_item.len()));
        if by_item.is_empty() {
            return on(vec![None; places.len()]);
        }
        let on = std::rc::Rc::new(std::cell::Cell::new(Some(on)));
        for (item, wanted) in by_item {
            let (slots, ranges): (Vec<usize>, Vec<Range>) = wanted.into_iter().unzip();
            let (texts, left, on) = (texts.clone(), left.clone(), on.clone());
            engine.fetch(item, ranges, move |found| {
                for (slot, text) in slots.into_iter().zip(found) {
                    if let (Ok(t), Some(place)) = (text, texts.borrow_mut().get_mut(slot)) {
                        *place = Some(t);
                    }
                }
                left.set(left.get() - 1);
                if left.get() == 0
                    && let Some(on) = on.take()
                {
                    let all = std::mem::take(&mut *texts.borrow_mut());
                    on(all);
                }
            });
        }
    }
}

/// Rows in order, fetched a window at a time.
#[derive(Clone, Copy)]
pub struct RowSource {
    session: Session,
    survey: RwSignal<Option<Arc<(Query, Partial)>>>,
    total: RwSignal<u64>,
    unlisted: RwSignal<u64>,
    /// Rises with every new survey: windows of an older one are void.
    pub version: RwSignal<u64>,
}

/// Every how many rows the shards mark a place.
const STEP: usize = 512;

impl RowSource {
    /// Follows `query` (kinds, range, filter) with these columns and order.
    pub fn new(
        session: Session,
        query: impl Fn() -> Option<(Query, Vec<String>, Sort)> + Send + Sync + 'static,
    ) -> Self {
        let query = Signal::derive(move || {
            query().map(|(q, columns, sort)| Query {
                select: Select::Rows(Rows {
                    columns,
                    sort,
                    window: Window::Survey { step: STEP },
                }),
                ..q
            })
        });
        let source = RowSource {
            session,
            survey: RwSignal::new(None),
            total: RwSignal::new(0),
            unlisted: RwSignal::new(0),
            version: RwSignal::new(0),
        };
        let last = StoredValue::new(None::<AskId>);
        Effect::new(move |_| {
            session.rows.track();
            if let Some(id) = last.get_value() {
                session.engine().drop_ask(id);
            }
            let Some(asked) = query.get() else {
                source.survey.set(None);
                source.total.set(0);
                source.unlisted.set(0);
                source.version.update(|v| *v += 1);
                return;
            };
            let query = asked.clone();
            let id = session.engine().ask_parts(asked, move |parts| {
                let Some(survey) = parts.into_iter().reduce(merged) else {
                    return;
                };
                source.total.try_set(survey.matched());
                source.unlisted.try_set(survey.unlisted());
                source.survey.try_set(Some(Arc::new((query, survey))));
                source.version.try_update(|v| *v += 1);
            });
            last.set_value(Some(id));
        });
        source
    }

    /// Rows there are (tracked).
    pub fn total(self) -> u64 {
        self.total.get()
    }

    /// Records that meet the question and are no rows: only sums of them were shared (tracked).
    pub fn unlisted(self) -> u64 {
        self.unlisted.get()
    }

    /// Fetches `count` rows from `offset` on; `on` also gets the version they belong to.
    pub fn window(self, offset: u64, count: usize, on: impl FnOnce(u64, Answer) + 'static) {
        let version = self.version.get_untracked();
        let Some(survey) = self.survey.get_untracked() else {
            return;
        };
        fetch_window(self.session, &survey, offset, count, move |answer| {
            on(version, answer)
        });
    }
}

/// Rows of a question as they were when it was asked, fetched a window at a time.
#[derive(Clone)]
pub struct Listed {
    session: Session,
    survey: Arc<(Query, Partial)>,
}

impl Session {
    /// Lists the rows of a question (kinds, range, filter) with these columns and order, once.
    pub fn list(self, query: Query, columns: Vec<String>, sort: Sort, on: impl FnOnce(Listed) + 'static) {
        let query = Query {
            select: Select::Rows(Rows {
                columns,
                sort,
                window: Window::Survey { step: STEP },
            }),
            ..query
        };
        self.engine().ask_parts(query.clone(), move |parts| {
            if let Some(survey) = parts.into_iter().reduce(merged) {
                on(Listed {
                    session: self,
                    survey: Arc::new((query, survey)),
                });
            }
        });
    }
}

impl Listed {
    /// Rows there are.
    pub fn total(&self) -> u64 {
        self.survey.1.matched()
    }

    /// Records that meet the question and are no rows: only sums of them were shared.
    pub fn unlisted(&self) -> u64 {
        self.survey.1.unlisted()
    }

    /// Fetches `count` rows from `offset` on.
    pub fn window(&self, offset: u64, count: usize, on: impl FnOnce(Answer) + 'static) {
        fetch_window(self.session, &self.survey, offset, count, on);
    }
}

fn fetch_window(
    session: Session,
    survey: &(Query, Partial),
    offset: u64,
    count: usize,
    on: impl FnOnce(Answer) + 'static,
) {
    let (query, survey) = survey;
    let asked = window::plan(survey, query, offset, count).query(query);
    session.engine().ask_parts(asked.clone(), move |parts| {
        if let Some(all) = parts.into_iter().reduce(merged) {
            on(window::assemble(all, &asked, offset, count));
        }
    });
}

fn merged(mut a: Partial, b: Partial) -> Partial {
    a.merge(b);
    a
}
