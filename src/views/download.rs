//! How a table leaves a view: as CSV, as JSON, and where its rows lead to records, as these stand in their files.

use crate::base::Value;
use crate::chart::Scene;
use crate::query::{Answer, Query, Sort};
use crate::session::{Listed, Session};
use crate::share::{Sheet, SheetAs, findings};
use crate::widgets::{Done, DownloadMenu, Offer, Way, dom};
use leptos::prelude::*;
use std::sync::Arc;

/// Rows fetched at once.
const PORTION: usize = 5000;
/// A download of original records stops here: more is a job for the files themselves.
const MAX_ORIGINALS: u64 = 200_000;
/// Rows of a grouped answer in a file; the page shows the first few.
pub const MOST_GROUPS: usize = 100_000;

/// The sheet that answers make.
type OfAnswers = Arc<dyn Fn(&[Arc<Answer>]) -> Sheet + Send + Sync>;
/// Which records, their columns and their order.
type Listing = Arc<dyn Fn() -> Option<(Query, Vec<String>, Sort)> + Send + Sync>;

/// What a table's rows are made from when it is saved.
#[derive(Clone)]
enum Rows {
    /// The page has them.
    Held(Arc<dyn Fn() -> Sheet + Send + Sync>),
    /// The answers to questions that are asked then.
    Asked(Arc<dyn Fn() -> Vec<Query> + Send + Sync>, OfAnswers),
    /// The records of a question, fetched a portion at a time.
    Records(Records),
}

/// Records of a question: which, in which order, and the sheet their rows make.
#[derive(Clone)]
struct Records {
    /// `None` while there is nothing to ask about.
    query: Listing,
    sheet: Arc<dyn Fn(&Answer) -> Sheet + Send + Sync>,
}

type Ask = Arc<dyn Fn() -> Option<(Query, Sort)> + Send + Sync>;

/// A table that can be saved.
#[derive(Clone)]
pub struct Table {
    title: String,
    /// The name of its files, without what says their form.
    file: String,
    rows: Rows,
    originals: Option<Ask>,
    /// Whether it is of findings, which other tools read in forms of their own.
    findings: bool,
}

impl Table {
    fn new(title: impl Into<String>, file: impl Into<String>, rows: Rows) -> Table {
        Table {
            title: title.into(),
            file: file.into(),
            rows,
            originals: None,
            findings: false,
        }
    }

    /// A table that the page holds.
    pub fn held(title: &str, file: &str, sheet: impl Fn() -> Sheet + Send + Sync + 'static) -> Table {
        Table::new(title, file, Rows::Held(Arc::new(sheet)))
    }

    /// A table that is made of answers: all of them, where the page shows the first.
    pub fn asked(
        title: &str,
        file: &str,
        queries: impl Fn() -> Vec<Query> + Send + Sync + 'static,
        sheet: impl Fn(&[Arc<Answer>]) -> Sheet + Send + Sync + 'static,
    ) -> Table {
        Table::new(title, file, Rows::Asked(Arc::new(queries), Arc::new(sheet)))
    }

    /// A table of records, each row one of them. The sheet is made of each portion's rows.
    pub fn records(
        title: &str,
        file: &str,
        query: impl Fn() -> Option<(Query, Vec<String>, (String, bool))> + Send + Sync + 'static,
        sheet: impl Fn(&Answer) -> Sheet + Send + Sync + 'static,
    ) -> Table {
        let query: Listing = Arc::new(move || {
            let (query, columns, (field, descending)) = query()?;
            Some((query, columns, Sort { field, descending }))
        });
        let same = query.clone();
        let rows = Rows::Records(Records {
            query,
            sheet: Arc::new(sheet),
        });
        Table {
            originals: Some(Arc::new(move || {
                let (query, _, sort) = same()?;
                Some((query, sort))
            })),
            ..Table::new(title, file, rows)
        }
    }

    /// A chart's figures.
    pub fn twin(title: &str, file: &str, scene: impl Fn() -> Option<Scene> + Send + Sync + 'static) -> Table {
        Table::held(title, file, move || scene().map(twin_sheet).unwrap_or_default())
    }

    /// The records that its rows lead to, the earliest first.
    pub fn of_records(mut self, query: impl Fn() -> Option<Query> + Send + Sync + 'static) -> Table {
        self.originals = Some(Arc::new(move || Some((query()?, Sort::by_time()))));
        self
    }

    /// Its rows are findings, which other tools read as OCSF or ASFF.
    pub fn of_findings(mut self) -> Table {
        self.findings = true;
        self
    }

    fn offer(self, session: Session) -> Offer {
        let mut ways: Vec<Way> = Vec::new();
        for as_ in SheetAs::ALL {
            let (rows, file) = (self.rows.clone(), self.file.clone());
            ways.push(Way {
                title: as_.title(),
                hint: "",
                save: Arc::new(move |done| save(session, &rows, as_, &file, done)),
            });
        }
        if let Some(ask) = self.originals.clone().filter(|_| self.findings) {
            for as_ in FindingsAs::ALL {
                let ask = ask.clone();
                ways.push(Way {
                    title: as_.title(),
                    hint: as_.hint(),
                    save: Arc::new(move |done| save_findings(session, ask(), as_, done)),
                });
            }
        }
        if let Some(ask) = self.originals {
            let file = self.file;
            ways.push(Way {
                title: "Original records",
                hint: "The records as they stand in their files",
                save: Arc::new(move |done| save_originals(session, ask(), format!("{file}.txt"), done)),
            });
        }
        Offer {
            title: self.title,
            ways,
        }
    }
}

/// A menu that saves these tables; which they are is asked when it opens.
#[component]
pub fn Download(
    session: Session,
    /// What is saved, after "Download".
    #[prop(into)]
    what: String,
    tables: Arc<dyn Fn() -> Vec<Table> + Send + Sync>,
    #[prop(optional)] small: bool,
    #[prop(optional, into)] class: String,
) -> impl IntoView {
    let offers = Arc::new(move || untrack(|| tables().into_iter().map(|t| t.offer(session)).collect()));
    view! { <DownloadMenu what offers small class /> }
}

/// Saves bytes as a file.
pub fn put(name: &str, mime: &str, bytes: &[u8]) {
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(bytes));
    dom::save(name, mime, &parts);
}

fn save(session: Session, rows: &Rows, as_: SheetAs, file: &str, done: Done) {
    let name = format!("{file}.{}", as_.extension());
    let whole = move |sheet: &Sheet| {
        put(&name, as_.mime(), &as_.whole(sheet));
        done.try_run(None);
    };
    match rows {
        Rows::Held(sheet) => whole(&untrack(|| sheet())),
        Rows::Asked(queries, sheet) => {
            let sheet = sheet.clone();
            let queries = untrack(|| queries());
            ask_all(session, queries, Vec::new(), move |answers| {
                whole(&untrack(|| sheet(&answers)))
            });
        }
        Rows::Records(records) => {
            let Some((query, columns, sort)) = untrack(|| (records.query)()) else {
                return whole(&Sheet::default());
            };
            let made = records.sheet.clone();
            let name = format!("{file}.{}", as_.extension());
            session.list(query, columns, sort, move |listed| {
                let parts = js_sys::Array::new();
                let not_shared = listed.unlisted();
                next_portion(listed, 0, parts, made, as_, move |parts| {
                    dom::save(&name, as_.mime(), &parts);
                    done.try_run((not_shared > 0).then(|| {
                        let records = crate::base::size::counted(not_shared, "records");
                        format!("{records} are not in the file: only sums of them were shared.")
                    }));
                });
            });
        }
    }
}

/// Asks one question after the other.
fn ask_all(
    session: Session,
    mut left: Vec<Query>,
    mut have: Vec<Arc<Answer>>,
    on: impl FnOnce(Vec<Arc<Answer>>) + 'static,
) {
    if left.is_empty() {
        return on(have);
    }
    let next = left.remove(0);
    session.engine().ask(next, move |answer| {
        have.push(answer);
        ask_all(session, left, have, on);
    });
}

fn next_portion(
    listed: Listed,
    at: u64,
    parts: js_sys::Array,
    made: Arc<dyn Fn(&Answer) -> Sheet + Send + Sync>,
    as_: SheetAs,
    on: impl FnOnce(js_sys::Array) + 'static,
) {
    let total = listed.total();
    listed.clone().window(at, PORTION, move |answer| {
        let to = at + answer.rows.len() as u64;
        let last = answer.rows.is_empty() || to >= total;
        let text = as_.portion(&untrack(|| made(&answer)), at == 0, last);
        parts.push(&js_sys::Uint8Array::from(text.as_slice()));
        if last {
            on(parts);
        } else {
            next_portion(listed, to, parts, made, as_, on);
        }
    });
}

/// Findings as what other tools read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FindingsAs {
    Ocsf,
    Asff,
}

impl FindingsAs {
    const ALL: [FindingsAs; 2] = [FindingsAs::Ocsf, FindingsAs::Asff];

    fn title(self) -> &'static str {
        match self {
            FindingsAs::Ocsf => "OCSF",
            FindingsAs::Asff => "ASFF",
        }
    }

    fn hint(self) -> &'static str {
        match self {
            FindingsAs::Ocsf => "Findings as OCSF, for other tools",
            FindingsAs::Asff => "Findings as Security Hub reads them",
        }
    }
}

fn save_findings(session: Session, asked: Option<(Query, Sort)>, as_: FindingsAs, done: Done) {
    let Some((query, _)) = asked else {
        done.try_run(None);
        return;
    };
    let columns = findings::COLUMNS.map(str::to_owned).to_vec();
    session.list(query, columns, Sort::by_time(), move |listed| {
        let (most, says) = cut(listed.total(), "findings");
        listed.window(0, most, move |answer| {
            let told = findings::Told::of_rows(&answer);
            let now_ns = (js_sys::Date::now() as i64).saturating_mul(1_000_000);
            let (name, text) = match as_ {
                FindingsAs::Ocsf => ("findings-ocsf.json", findings::ocsf(&told, now_ns)),
                FindingsAs::Asff => ("findings-asff.json", findings::asff(&told, now_ns)),
            };
            put(name, "application/json", &text);
            done.try_run(says);
        });
    });
}

/// Saves the original text of the rows of a question, one record after the other.
fn save_originals(session: Session, asked: Option<(Query, Sort)>, name: String, done: Done) {
    let Some((query, sort)) = asked else {
        done.try_run(None);
        return;
    };
    session.list(query, vec!["@timestamp".to_owned()], sort, move |listed| {
        let (most, says) = cut(listed.total(), "records");
        listed.window(0, most, move |answer| {
            let wanted = answer.places.len();
            session.originals(answer.places, move |texts| {
                if texts.is_empty() {
                    let none = match wanted {
                        0 => "There is no record to save.",
                        _ => "These records have no original text here: it was not shared, or their files are closed.",
                    };
                    done.try_run(Some(none.to_owned()));
                    return;
                }
                let missing = (wanted - texts.len()) as u64;
                let parts = js_sys::Array::new();
                for mut text in texts {
                    text.push(b'\n');
                    parts.push(&js_sys::Uint8Array::from(text.as_slice()));
                }
                dom::save(&name, "text/plain;charset=utf-8", &parts);
                let left_out = (missing > 0).then(|| {
                    let records = crate::base::size::counted(missing, "records");
                    format!("{records} of them have no original text here and were left out.")
                });
                done.try_run(says.or(left_out));
            });
        });
    });
}

/// How many rows are saved at once, and what is said where there are more.
fn cut(total: u64, noun: &str) -> (usize, Option<String>) {
    let most = total.min(MAX_ORIGINALS);
    let says = (total > most).then(|| {
        format!(
            "The first {} of {} {noun} were saved: narrow the filter or the range for the others.",
            crate::base::size::count(most),
            crate::base::size::count(total)
        )
    });
    (most as usize, says)
}

/// A chart's figures.
pub fn twin_sheet(scene: Scene) -> Sheet {
    let twin = scene.table;
    let columns = twin.columns.into_iter().map(|c| (c.name, c.numeric));
    Sheet::of_texts(columns.collect(), twin.rows)
}

/// The rows of some answers, as they are.
pub fn rows_of(answers: &[Arc<Answer>]) -> Vec<Vec<Value>> {
    answers.iter().flat_map(|a| a.rows.iter().cloned()).collect()
}

/// A text as a cell; one that is empty is none.
pub fn text(text: impl Into<String>) -> Value {
    let text = text.into();
    match text.is_empty() {
        true => Value::Absent,
        false => Value::Text(text),
    }
}

/// A count as a cell.
pub fn count(n: impl Into<i128>) -> Value {
    Value::Big(n.into())
}
