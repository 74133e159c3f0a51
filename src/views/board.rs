//! A dashboard as data: its panels, each with the question that it is the answer to. Page and report show the same.
//!
//! A panel is of figures, of amounts over time, of percentiles, of where time goes, of the most frequent values, or of
//! groups in a table. A view that is a board says which panels it has, and nothing about how they are drawn.

pub use super::board_cells::{Of, Told, amount, paid, percent, share};
use super::board_cells::{mean, of_amount};
pub use super::board_made::{Made, MadeColumn, MadeRow};
use super::percentiles::{LEVELS, Spread, by_group, over_time};
use super::shared::{bucket_width, buckets, series_ink, series_of_amounts};
use crate::base::{TimeRange, Value};
use crate::chart::{Bars, Frame, Hole, Ink, Lines, Scene, Series, Trace, Unit, lines, stacked_bars};
use crate::query::{Agg, Answer, Expr, Key, Order, Query};
use crate::share::Sheet;
use std::sync::Arc;

/// Points in a chart over time.
pub const POINTS: i64 = 100;
/// Points in a chart whose step was chosen.
pub const MOST_POINTS: i64 = 1_000;
/// Values in a ranking.
pub const RANKED: usize = 10;
/// Groups in a table on the page.
pub const LISTED: usize = 200;

/// A view made of panels.
pub struct Board {
    /// The view's id.
    pub id: &'static str,
    pub title: &'static str,
    /// What its records are called, plural.
    pub noun: &'static str,
    /// Registry ids of the kinds it is about.
    pub kinds: &'static [&'static str],
    pub choices: &'static [Choice],
    pub panels: fn(&Chosen<'_>) -> Vec<Panel>,
}

/// Something that a person chooses for the whole board; it stands in the URL.
pub struct Choice {
    pub id: &'static str,
    pub label: &'static str,
    /// Value and words; the first is the usual one.
    pub options: &'static [(&'static str, &'static str)],
}

/// What is chosen, by the choices' ids; and the time that is shown, where there is any.
pub struct Chosen<'a>(pub &'a dyn Fn(&str) -> Option<String>, pub Option<TimeRange>);

impl Chosen<'_> {
    /// What is chosen, if it is one of the choice's options, and else the first of them.
    pub fn of(&self, choice: &Choice) -> &'static str {
        let chosen = (self.0)(choice.id);
        let known = choice.options.iter().find(|o| Some(o.0) == chosen.as_deref());
        known.or(choice.options.first()).map_or("", |o| o.0)
    }
}

/// One part of a board.
#[derive(Clone)]
pub struct Panel {
    /// Names its files.
    pub id: &'static str,
    pub title: String,
    /// How it is measured, or what it does not know.
    pub note: &'static str,
    /// It is shown where there are records of these; empty: of any of the board's.
    pub kinds: &'static [&'static str],
    /// Which of their records.
    pub filter: Expr,
    /// As wide as the board.
    pub wide: bool,
    /// How much time a point of its chart is, where that is chosen (ns).
    pub step_ns: Option<i64>,
    pub show: Show,
}

/// What a panel shows.
#[derive(Clone)]
pub enum Show {
    Figures(Vec<Figure>, Option<Measure>),
    /// Amounts over time, stacked by what they are of.
    OverTime(OverTime),
    /// Percentiles over time.
    Percentiles(Measure),
    /// Mean lengths of what a record's time is made of: name and field. Negative ones are none.
    Parts(Vec<(&'static str, &'static str)>),
    Ranking(Ranking),
    Groups(Groups),
    /// Rows out of several answers; nothing is shown where there are none.
    Made(Made),
}

/// A number: its name, field and unit.
#[derive(Clone)]
pub struct Measure {
    pub title: &'static str,
    pub field: &'static str,
    pub unit: Unit,
}

impl Measure {
    /// Its largest value.
    fn most(&self) -> Agg {
        Agg::Max(self.field.to_owned())
    }
}

/// A figure of all records.
#[derive(Clone)]
pub struct Figure {
    pub title: &'static str,
    /// It is shown where there are records of these; empty: of any of the board's.
    pub kinds: &'static [&'static str],
    pub aggs: Vec<Agg>,
    /// The figure out of its aggregates' values; `None` where there is nothing to tell.
    pub tell: fn(&[Value]) -> Option<Fact>,
}

/// A figure in words: what is large, what stands beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fact {
    pub title: String,
    pub value: String,
    pub note: String,
}

impl Fact {
    pub fn new(value: impl Into<String>, note: impl Into<String>) -> Option<Fact> {
        Some(Fact {
            title: String::new(),
            value: value.into(),
            note: note.into(),
        })
    }
}

#[derive(Clone)]
pub struct OverTime {
    pub by: Key,
    pub agg: Agg,
    pub unit: Unit,
    /// What a group is called; groups of one name are one series.
    pub name: fn(&Value) -> String,
    /// The ink of a name that has one of its own.
    pub ink: fn(&str) -> Option<Ink>,
}

#[derive(Clone)]
pub struct Ranking {
    /// A click narrows the filter to a value of it.
    pub field: &'static str,
    pub agg: Agg,
    pub unit: Unit,
    /// What is counted was rejected or failed.
    pub reject: bool,
}

/// Groups of records as the rows of a table.
#[derive(Clone)]
pub struct Groups {
    /// What groups are told apart by; a click narrows the filter to a group's fields.
    pub by: Vec<By>,
    pub columns: Vec<Column>,
    /// The aggregate by which the largest groups are chosen.
    pub most: Agg,
    /// The column by whose size, whatever its sign, rows stand; else they stand as they were chosen.
    pub by_size_of: Option<usize>,
}

#[derive(Clone)]
pub struct By {
    pub title: &'static str,
    pub key: Key,
    /// CSS pixels.
    pub width: f64,
    /// What a record without a value is called.
    pub absent: &'static str,
}

impl By {
    pub fn field(title: &'static str, field: &'static str, width: f64) -> By {
        By {
            title,
            key: Key::Field(field.to_owned()),
            width,
            absent: "none",
        }
    }
}

#[derive(Clone)]
pub struct Column {
    pub title: &'static str,
    /// CSS pixels.
    pub width: f64,
    pub of: Of,
}

impl Column {
    pub fn new(title: &'static str, width: f64, of: Of) -> Column {
        Column { title, width, of }
    }
}

/// A table of groups: the keys of each, what its cells tell, and how many groups there are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    pub rows: Vec<(Vec<Value>, Vec<Told>)>,
    pub groups: u64,
}

fn unit_at(answer: &Answer, column: usize) -> &str {
    answer.columns.get(column).map_or("", |c| c.unit.as_str())
}

impl Board {
    pub fn panels(&self, chosen: &Chosen<'_>) -> Vec<Panel> {
        (self.panels)(chosen)
    }
}

impl Panel {
    /// Of all the board's records, half as wide as the board.
    pub fn new(id: &'static str, title: impl Into<String>, show: Show) -> Panel {
        Panel {
            id,
            title: title.into(),
            note: "",
            kinds: &[],
            filter: Expr::All,
            wide: false,
            step_ns: None,
            show,
        }
    }

    pub fn of(mut self, kinds: &'static [&'static str]) -> Panel {
        self.kinds = kinds;
        self
    }

    pub fn filter(mut self, filter: Expr) -> Panel {
        self.filter = filter;
        self
    }

    pub fn note(mut self, note: &'static str) -> Panel {
        self.note = note;
        self
    }

    pub fn every(mut self, step_ns: Option<i64>) -> Panel {
        self.step_ns = step_ns;
        self
    }

    /// How much time a point of its chart is: what was chosen, where that makes no more than [`MOST_POINTS`].
    pub fn step_in(&self, range: TimeRange) -> i64 {
        let fits = |step: &i64| *step > 0 && range.width_ns() / step <= MOST_POINTS;
        self.step_ns
            .filter(fits)
            .unwrap_or_else(|| bucket_width(range, POINTS))
    }

    /// Whether its question of this number is asked under the page's filter and range.
    pub fn is_scoped(&self, question: usize) -> bool {
        match &self.show {
            Show::Made(made) => question < made.asks.len(),
            _ => true,
        }
    }

    pub fn wide(mut self) -> Panel {
        self.wide = true;
        self
    }

    /// The kinds whose records it is about.
    pub fn kinds_on(&self, board: &Board) -> &'static [&'static str] {
        match self.kinds {
            [] => board.kinds,
            own => own,
        }
    }

    /// Is it drawn over time?
    pub fn is_over_time(&self) -> bool {
        matches!(
            self.show,
            Show::OverTime(_) | Show::Percentiles(_) | Show::Parts(_)
        )
    }

    /// What sums of records can tell of it: percentiles and extremes they can not. `None` where that is all.
    pub fn in_sums(mut self) -> Option<Panel> {
        match &mut self.show {
            Show::Percentiles(_) => return None,
            Show::Figures(_, measure) => *measure = None,
            Show::Groups(groups) => groups.columns.retain(|c| match &c.of {
                Of::Level(..) => false,
                Of::Amount(agg, _) | Of::Plain(agg) => !is_extreme(agg),
                Of::Computed { aggs, .. } => !aggs.iter().any(is_extreme),
                Of::Share(..) | Of::Mean(..) => true,
            }),
            Show::OverTime(_) | Show::Parts(_) | Show::Ranking(_) | Show::Made(_) => {}
        }
        Some(self)
    }

    /// Does it ask and show the same as another?
    pub fn is_same(&self, other: &Panel) -> bool {
        let facts = |p: &Panel| (p.id, p.title.clone(), p.kinds, p.filter.clone(), p.step_ns);
        let asks = |p: &Panel| {
            let none = Board {
                id: "",
                title: "",
                noun: "",
                kinds: &[],
                choices: &[],
                panels: |_| Vec::new(),
            };
            p.asks(&none, 1)
        };
        facts(self) == facts(other) && asks(self) == asks(other)
    }

    /// What it asks, a moment of its charts being so wide. At least one question.
    pub fn asks(&self, board: &Board, step_ns: i64) -> Vec<Query> {
        let kinds = self.kinds_on(board);
        let time = Key::Time { width_ns: step_ns };
        let ask = |by: Vec<Key>, aggs: Vec<Agg>| Query::groups(kinds, by, aggs).filter(self.filter.clone());
        let scaled = |by: Vec<Key>, of: &Measure| {
            let field = of.field.to_owned();
            let by = by.into_iter().chain([Key::Scale { field }]).collect();
            ask(by, vec![Agg::Count]).order(Order::Key).limit(300_000)
        };
        match &self.show {
            Show::Figures(figures, measure) => {
                let most = measure.iter().map(Measure::most);
                let aggs = figures.iter().flat_map(|f| f.aggs.clone()).chain(most).collect();
                let first = ask(Vec::new(), aggs);
                std::iter::once(first)
                    .chain(measure.iter().map(|m| scaled(Vec::new(), m)))
                    .collect()
            }
            Show::OverTime(over) => vec![
                ask(vec![time, over.by.clone()], vec![over.agg.clone()])
                    .order(Order::Key)
                    .limit(100_000),
            ],
            Show::Percentiles(measure) => vec![scaled(vec![time], measure)],
            Show::Parts(parts) => {
                let of = |(_, field): &(&str, &str)| {
                    let known = Expr::Compare {
                        field: (*field).to_owned(),
                        op: crate::query::Op::Ge,
                        value: Value::Int(0),
                    };
                    [
                        Agg::SumIf((*field).to_owned(), known.clone()),
                        Agg::CountIf(known),
                    ]
                };
                vec![ask(vec![time], parts.iter().flat_map(of).collect()).order(Order::Key)]
            }
            Show::Ranking(ranking) => vec![
                ask(
                    vec![Key::Field(ranking.field.to_owned())],
                    vec![ranking.agg.clone()],
                )
                .limit(RANKED),
            ],
            Show::Groups(groups) => {
                let by: Vec<Key> = groups.by.iter().map(|b| b.key.clone()).collect();
                let mut aggs = vec![groups.most.clone(), Agg::Count];
                aggs.extend(groups.measures().into_iter().map(Measure::most));
                aggs.extend(groups.columns.iter().flat_map(|c| c.of.aggs()));
                let first = ask(by.clone(), aggs).limit(LISTED);
                let measures = groups.measures().into_iter();
                std::iter::once(first)
                    .chain(measures.map(|m| scaled(by.clone(), m)))
                    .collect()
            }
            Show::Made(made) => made.queries(),
        }
    }

    /// The figures, if it has any; kinds without records have none.
    pub fn facts(&self, answers: &[Arc<Answer>], has: impl Fn(&[&str]) -> bool) -> Vec<Fact> {
        let Show::Figures(figures, measure) = &self.show else {
            return Vec::new();
        };
        let row = answers.first().and_then(|a| a.rows.first());
        let row = row.map_or(&[] as &[Value], Vec::as_slice);
        let mut at = 0;
        let mut out = Vec::new();
        for figure in figures {
            let end = at + figure.aggs.len();
            let told = row.get(at..end).and_then(figure.tell);
            at = end;
            if let Some(fact) = told.filter(|_| figure.kinds.is_empty() || has(figure.kinds)) {
                out.push(Fact {
                    title: figure.title.to_owned(),
                    ..fact
                });
            }
        }
        if let (Some(measure), Some(answer)) = (measure, answers.get(1))
            && let Some(spread) = by_group(answer, 0).into_iter().next().map(|(_, s)| s)
            && let Some([p50, p95, p99]) = spread.levels()
        {
            let unit = unit_at(answer, 0);
            // The largest value is known exactly.
            let most = row.get(at).and_then(Value::as_f64).unwrap_or(f64::INFINITY);
            let told = |value: f64| {
                let value = value.min(most);
                amount(&Value::Float(value), &measure.unit, unit)
                    .map_or_else(String::new, |n| measure.unit.long(n))
            };
            out.push(Fact {
                title: measure.title.to_owned(),
                value: told(p50),
                note: format!("p95 {}, p99 {}, most {}", told(p95), told(p99), told(most)),
            });
        }
        out
    }

    /// The chart, if it is one.
    pub fn scene(
        &self,
        frame: Frame,
        answers: &[Arc<Answer>],
        step_ns: i64,
        holes: &[Hole],
    ) -> Option<Scene> {
        let answer = answers.first()?;
        let range = frame.range;
        match &self.show {
            Show::OverTime(over) => {
                let unit = unit_at(answer, 2).to_owned();
                let of = |v: &Value| amount(v, &over.unit, &unit).unwrap_or(0);
                let (buckets, mut series) = series_of_amounts(answer, range, step_ns, over.name, of);
                coloured(&mut series, over.ink);
                Some(stacked_bars(&Bars {
                    title: &self.title,
                    frame,
                    buckets,
                    unit: over.unit.clone(),
                    series: &series,
                    holes,
                    events: &[],
                }))
            }
            Show::Percentiles(measure) => {
                let spreads = over_time(answer);
                let unit = unit_at(answer, 1);
                let trace = |(n, (name, level)): (usize, &(&str, f64))| Trace {
                    name: (*name).to_owned(),
                    ink: series_ink(n),
                    values: spreads
                        .iter()
                        .map(|(_, s)| amount(&Value::Float(s.level(*level)?), &measure.unit, unit))
                        .collect(),
                };
                let traces: Vec<Trace> = LEVELS.iter().enumerate().map(trace).collect();
                let times: Vec<i64> = spreads.iter().map(|(at, _)| *at).collect();
                Some(lines(&Lines {
                    title: &self.title,
                    frame,
                    times: &times,
                    step_ns,
                    unit: measure.unit.clone(),
                    traces: &traces,
                    stacked: false,
                }))
            }
            Show::Parts(parts) => {
                let all = buckets(range, step_ns);
                let times: Vec<i64> = (0..all.len).map(|i| all.range(i).from_ns).collect();
                let trace = |(n, (name, _)): (usize, &(&'static str, &str))| {
                    let unit = unit_at(answer, 1 + 2 * n);
                    let mut values = vec![None; all.len];
                    for row in &answer.rows {
                        let at = row.first().and_then(Value::as_i64);
                        let slot = at.map(|at| (at - all.from_ns).div_euclid(step_ns));
                        let slot = slot.and_then(|s| usize::try_from(s).ok());
                        if let Some(cell) = slot.and_then(|s| values.get_mut(s)) {
                            *cell = mean(row.get(1 + 2 * n), row.get(2 + 2 * n), &Unit::Duration, unit);
                        }
                    }
                    Trace {
                        name: (*name).to_owned(),
                        ink: series_ink(n),
                        values,
                    }
                };
                let traces: Vec<Trace> = parts.iter().enumerate().map(trace).collect();
                Some(lines(&Lines {
                    title: &self.title,
                    frame,
                    times: &times,
                    step_ns,
                    unit: Unit::Duration,
                    traces: &traces,
                    stacked: true,
                }))
            }
            _ => None,
        }
    }

    /// The table, if it is one of groups.
    pub fn rows(&self, answers: &[Arc<Answer>]) -> Rows {
        let (Show::Groups(groups), Some(answer)) = (&self.show, answers.first()) else {
            return Rows::default();
        };
        let keys = groups.by.len();
        let measures = groups.measures();
        let spreads: Vec<Vec<(Vec<Value>, Spread)>> =
            answers.iter().skip(1).map(|a| by_group(a, keys)).collect();
        let rows = answer.rows.iter().map(|row| {
            let mine = row.get(..keys).unwrap_or_default();
            let records = row.get(keys + 1).and_then(Value::as_i64).unwrap_or(0);
            // Groups of so many values that not all could be told have no percentiles.
            let spread_of = |of: &Measure| {
                let at = measures.iter().position(|m| m.field == of.field)?;
                let (_, spread) = spreads.get(at)?.iter().find(|(k, _)| k == mine)?;
                let unit = answers.get(1 + at).map(|a| unit_at(a, keys))?;
                let most = row.get(keys + 2 + at).and_then(Value::as_f64);
                (spread.records() == records).then_some((spread, unit, most.unwrap_or(f64::INFINITY)))
            };
            let mut at = keys + 2 + measures.len();
            let cells = groups.columns.iter().map(|column| {
                let end = at + column.of.aggs().len();
                let values = row.get(at..end).unwrap_or_default();
                let unit = unit_at(answer, at);
                at = end;
                match &column.of {
                    Of::Level(measure, level) => {
                        let found = spread_of(measure);
                        let value = found.and_then(|(s, unit, most)| {
                            let value = s.level(*level)?.min(most);
                            amount(&Value::Float(value), &measure.unit, unit)
                        });
                        of_amount(value, &measure.unit)
                    }
                    of => of.told(mine, values, unit),
                }
            });
            (mine.to_vec(), cells.collect())
        });
        let mut rows: Vec<(Vec<Value>, Vec<Told>)> = rows.collect();
        if let Some(column) = groups.by_size_of {
            let size = |row: &(Vec<Value>, Vec<Told>)| {
                let value = row.1.get(column).and_then(|told| told.value.as_f64());
                value.unwrap_or(0.0).abs()
            };
            rows.sort_by(|a, b| size(b).total_cmp(&size(a)));
        }
        Rows {
            rows,
            groups: answer.groups,
        }
    }

    /// Its answers as they are saved, where it is no chart.
    pub fn sheet(&self, answers: &[Arc<Answer>]) -> Sheet {
        match &self.show {
            Show::Groups(groups) => {
                let heads = groups.by.iter().map(|b| b.title);
                let heads: Vec<&str> = heads.chain(groups.columns.iter().map(|c| c.title)).collect();
                let row = |(keys, cells): (Vec<Value>, Vec<Told>)| {
                    keys.into_iter()
                        .chain(cells.into_iter().map(|c| c.value))
                        .collect()
                };
                Sheet::new(&heads, self.rows(answers).rows.into_iter().map(row).collect())
            }
            Show::Made(made) => made.sheet(answers),
            Show::Ranking(ranking) => {
                let rows = answers.first().map(|a| a.rows.clone()).unwrap_or_default();
                Sheet::new(&[self.title.as_str(), ranking.unit.column()], rows)
            }
            _ => {
                let facts = self.facts(answers, |_| true).into_iter();
                let row = |f: Fact| vec![Value::Text(f.title), Value::Text(f.value), Value::Text(f.note)];
                Sheet::new(&["Figure", "Value", "Note"], facts.map(row).collect())
            }
        }
    }

    /// A group's records: its key's fields with these values. `None` for a key that is no field.
    pub fn narrowed(&self, keys: &[Value]) -> Vec<(String, Value)> {
        let by = match &self.show {
            Show::Groups(groups) => groups.by.iter().map(|b| &b.key).collect(),
            _ => Vec::new(),
        };
        let pair = |(key, value): (&Key, &Value)| match key {
            Key::Field(field) | Key::Network { field, .. } => Some((field.clone(), value.clone())),
            Key::Kind => Some(("@kind".to_owned(), value.clone())),
            _ => None,
        };
        by.into_iter().zip(keys).filter_map(pair).collect()
    }
}

/// A least or largest value, other than a time.
fn is_extreme(agg: &Agg) -> bool {
    match agg {
        Agg::Min(field) | Agg::Max(field) => field != "@timestamp",
        _ => false,
    }
}

impl Groups {
    /// The measures that columns tell percentiles of, each once.
    fn measures(&self) -> Vec<&Measure> {
        let mut out: Vec<&Measure> = Vec::new();
        for column in &self.columns {
            if let Of::Level(measure, _) = &column.of
                && !out.iter().any(|m| m.field == measure.field)
            {
                out.push(measure);
            }
        }
        out
    }
}

/// Series whose names have inks of their own get those; the others keep theirs.
fn coloured(series: &mut [Series], ink: fn(&str) -> Option<Ink>) {
    for one in series {
        if let Some(own) = ink(&one.name) {
            one.ink = own;
        }
    }
}
