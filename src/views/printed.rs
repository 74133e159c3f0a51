//! What several views need to tell what they show in a report: rows in an order that no worker decides, verdicts, gaps.

use crate::base::{TimeRange, Value};
use crate::chart::{Frame, Hole};
use crate::query::{Agg, Answer, Expr, Key, Order, Query, Rows, Select, Sort, Window};
use crate::rules::{RULES, RuleFacts};
use crate::share::report::{Asks, Cell, MAX_ROWS, Scope, Section, period};
use crate::views::holes::{DELIVERED, Gap, ask_gaps, gaps};
use crate::views::judge::Judged;
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// The first rows of a question by time, at most [`MAX_ROWS`], and how many there are.
pub struct First {
    /// The time, then the columns asked for.
    pub rows: Vec<Vec<Value>>,
    pub total: u64,
}

/// The first rows of `query` (its kinds, range and filter; its selection is replaced) that have a time, the oldest first.
///
/// Rows of one moment stand by their other columns: which worker read them, and in which order, is not told, so the
/// same records give the same table whoever read them.
pub async fn first_rows(asks: &dyn Asks, query: Query, time: &str, columns: &[&str]) -> First {
    let names: Vec<String> = std::iter::once(time)
        .chain(columns.iter().copied())
        .map(str::to_owned)
        .collect();
    let query = query.filter(Expr::exists(time));
    let answer = asks
        .ask(Query {
            select: Select::Rows(Rows {
                columns: names.clone(),
                sort: Sort {
                    field: time.to_owned(),
                    descending: false,
                },
                window: Window::From {
                    start: None,
                    count: MAX_ROWS,
                },
            }),
            ..query.clone()
        })
        .await;
    let total = answer.matched;
    let mut rows = answer.rows.clone();
    // Of the moment at which the list is cut, every shard may have more rows than it told.
    let last = rows.get(MAX_ROWS - 1).and_then(|r| r.first().cloned());
    if let Some(last) = last.filter(|_| total > MAX_ROWS as u64) {
        rows.retain(|r| r.first().is_some_and(|t| t.order(&last) == Ordering::Less));
        let by = names.into_iter().map(Key::Field).collect();
        let kinds: Vec<&str> = query.kinds.iter().map(String::as_str).collect();
        let mut same = Query::groups(&kinds, by, vec![Agg::Count])
            .filter(query.filter.clone())
            .filter(Expr::eq(time, last))
            .order(Order::Key)
            .limit(MAX_ROWS);
        same.range = query.range;
        for row in &asks.ask(same).await.rows {
            let Some((count, cells)) = row.split_last() else {
                continue;
            };
            let times = usize::try_from(count.as_i64().unwrap_or(0)).unwrap_or(0);
            let room = MAX_ROWS.saturating_sub(rows.len());
            rows.extend(std::iter::repeat_n(cells.to_vec(), times.min(room)));
        }
    }
    rows.sort_by(|a, b| {
        let pairs = a.iter().zip(b);
        pairs.fold(Ordering::Equal, |o, (a, b)| o.then_with(|| a.order(b)))
    });
    rows.truncate(MAX_ROWS);
    First { rows, total }
}

/// The verdicts of the rules that a view cares for, under the report's filter and range.
pub async fn judged(asks: &dyn Asks, scope: &Scope, wanted: fn(&RuleFacts) -> bool) -> Vec<Judged> {
    if let Some(verdicts) = &scope.verdicts {
        return verdicts
            .iter()
            .filter_map(Judged::told)
            .filter(|j| wanted(j.rule))
            .collect();
    }
    let mut out = Vec::new();
    for rule in RULES.iter().copied().filter(|r| wanted(r.facts())) {
        let mut answers: Vec<Answer> = Vec::new();
        for query in rule.ask() {
            answers.push((*asks.ask(scope.scoped(query)).await).clone());
        }
        out.push(Judged::of(rule, &answers));
    }
    out
}

/// The gaps of everything shared, in order of time.
pub async fn all_gaps(asks: &dyn Asks, scope: &Scope) -> Vec<Gap> {
    if let Some(gaps) = &scope.gaps {
        return gaps.iter().filter_map(Gap::told).collect();
    }
    let mut all = Vec::new();
    for (kinds, width_ns) in DELIVERED {
        all.extend(gaps(&*asks.ask(ask_gaps(kinds, width_ns)).await, width_ns));
    }
    all.sort_by(|a, b| {
        let key = |g: &Gap| {
            (
                g.range.from_ns,
                g.kind.clone(),
                g.account.clone(),
                g.region.clone(),
            )
        };
        key(a).cmp(&key(b))
    });
    all
}

/// Gaps that lie in the report's time, at least in part.
pub fn within(gaps: Vec<Gap>, range: Option<TimeRange>) -> Vec<Gap> {
    let seen = |gap: &Gap| range.is_none_or(|r| gap.range.from_ns < r.to_ns && r.from_ns < gap.range.to_ns);
    gaps.into_iter().filter(seen).collect()
}

/// `No CloudTrail from … to …, 111122223333 eu-central-1`
pub fn gap_told(scope: &Scope, gap: &Gap) -> String {
    let place = [gap.account.as_str(), gap.region.as_str()];
    let place: Vec<&str> = place.into_iter().filter(|p| !p.is_empty()).collect();
    let title = scope.title_of(&gap.kind);
    format!("No {title} from {}, {}", period(gap.range), place.join(" "))
}

/// Gaps of these kinds (empty: all), as charts hatch them.
pub fn hatched(scope: &Scope, gaps: &[Gap], kinds: &[&str]) -> Vec<Hole> {
    gaps.iter()
        .filter(|gap| kinds.is_empty() || kinds.contains(&gap.kind.as_str()))
        .map(|gap| Hole {
            range: gap.range,
            label: gap_told(scope, gap),
        })
        .collect()
}

/// What is missing from everything shared, for [`crate::share::report::examined`]: a sentence for each hole; rules
/// that could not be evaluated, each with the file that would help.
pub async fn missing(asks: &dyn Asks, scope: &Scope) -> (Vec<String>, Vec<(String, String)>) {
    let holes = all_gaps(asks, scope)
        .await
        .iter()
        .map(|g| gap_told(scope, g))
        .collect();
    let rules = judged(asks, scope, |_| true).await.into_iter();
    let waiting = rules.filter_map(|j| Some((j.rule.title.to_owned(), j.needs?)));
    (holes, waiting.collect())
}

/// Why there is nothing to tell of these kinds (empty: all), if so.
pub async fn nothing(asks: &dyn Asks, scope: &Scope, kinds: &[&str], noun: &str) -> Option<String> {
    let count = Query::groups(kinds, Vec::new(), vec![Agg::Count]);
    let answer = asks.ask(scope.scoped(count)).await;
    match (answer.matched, answer.scanned) {
        (0, 0) => Some(format!(
            "No {noun} were opened: there is nothing to tell of them."
        )),
        (0, all) => Some(format!(
            "None of {} {noun} are within the filter and period of this report.",
            crate::base::size::count(all)
        )),
        _ => None,
    }
}

/// How many of the records that a question (its kinds, range and filter) is about are known in sums alone.
pub async fn summed(asks: &dyn Asks, query: Query) -> u64 {
    let select = Select::Rows(Rows {
        columns: Vec::new(),
        sort: Sort::by_time(),
        window: Window::From {
            start: None,
            count: 1,
        },
    });
    asks.ask(Query { select, ..query }).await.unlisted
}

/// Says so where sums put values together that the answers would have told apart.
pub fn folded(section: &mut Section, answers: &[impl AsRef<Answer>]) {
    let fields = answers.iter().flat_map(|a| &a.as_ref().folded_fields);
    let fields: BTreeSet<&str> = fields.map(String::as_str).collect();
    if !fields.is_empty() {
        let fields: Vec<&str> = fields.into_iter().collect();
        section.caution(format!(
            "Of {} the sums in this report keep the most frequent values alone: groups of the others are missing here.",
            fields.join(", ")
        ));
    }
}

/// The room of a chart over the report's time; ticks are in UTC.
pub fn frame(scope: &Scope, range: TimeRange, height: f64) -> Frame {
    Frame {
        width: scope.width,
        height,
        range,
        offset_min: 0,
    }
}

/// The report's choice of this name, or the usual one.
pub fn choice<'a>(scope: &'a Scope, name: &str, usual: &'a str) -> &'a str {
    let chosen = scope.choices.get(name).map(String::as_str);
    chosen.filter(|c| !c.is_empty()).unwrap_or(usual)
}

/// A cell for each value of a row.
pub fn cells(row: Vec<Value>) -> Vec<Cell> {
    row.into_iter().map(Cell::Value).collect()
}
