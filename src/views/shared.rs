//! What several views need of the same answers: buckets of time, series by kind, record tables.

use crate::base::{Role, TimeRange, Value, time};
use crate::chart::{Buckets, Ink, Series};
use crate::query::Answer;

/// Widths a bucket may have, in nanoseconds.
const WIDTHS: [i64; 26] = [
    1_000_000,
    10_000_000,
    100_000_000,
    time::SECOND,
    2 * time::SECOND,
    5 * time::SECOND,
    10 * time::SECOND,
    30 * time::SECOND,
    time::MINUTE,
    2 * time::MINUTE,
    5 * time::MINUTE,
    10 * time::MINUTE,
    30 * time::MINUTE,
    time::HOUR,
    2 * time::HOUR,
    3 * time::HOUR,
    6 * time::HOUR,
    12 * time::HOUR,
    time::DAY,
    7 * time::DAY,
    14 * time::DAY,
    30 * time::DAY,
    60 * time::DAY,
    90 * time::DAY,
    180 * time::DAY,
    365 * time::DAY,
];

/// The narrowest round width that cuts a range into at most `most` buckets.
pub fn bucket_width(range: TimeRange, most: i64) -> i64 {
    let exact = range.width_ns() / most.max(1);
    let fitting = WIDTHS.iter().copied().find(|&w| w >= exact);
    fitting.unwrap_or_else(|| exact.max(1))
}

/// What a bucket is called in a title: `Records an hour`.
pub fn width_word(width_ns: i64) -> String {
    match width_ns {
        time::SECOND => "a second".into(),
        time::MINUTE => "a minute".into(),
        time::HOUR => "an hour".into(),
        time::DAY => "a day".into(),
        w if w % time::DAY == 0 => format!("in {} days", w / time::DAY),
        w if w % time::HOUR == 0 => format!("in {} hours", w / time::HOUR),
        w if w % time::MINUTE == 0 => format!("in {} minutes", w / time::MINUTE),
        w if w % time::SECOND == 0 => format!("in {} seconds", w / time::SECOND),
        w => format!("in {} ms", w / 1_000_000),
    }
}

/// Buckets of a width that cover a range.
pub fn buckets(range: TimeRange, step_ns: i64) -> Buckets {
    let from_ns = range.from_ns.div_euclid(step_ns) * step_ns;
    // The range's end is outside of it.
    let len = ((range.to_ns - from_ns).max(1) - 1).div_euclid(step_ns) + 1;
    Buckets {
        from_ns,
        step_ns,
        len: len.clamp(1, 5000) as usize,
    }
}

/// The ink of the n-th series; the last is for what is left.
pub fn series_ink(n: usize) -> Ink {
    const INKS: [Ink; 7] = [
        Ink::Series1,
        Ink::Series2,
        Ink::Series3,
        Ink::Series4,
        Ink::Series5,
        Ink::Series6,
        Ink::Series7,
    ];
    INKS.get(n).copied().unwrap_or(Ink::Series8)
}

/// Series over time out of rows `(time, name, count)`: the largest seven by name, the rest together as `other`.
pub fn series_over_time(
    answer: &Answer,
    range: TimeRange,
    step_ns: i64,
    name: impl Fn(&Value) -> String,
) -> (Buckets, Vec<Series>) {
    series_of_amounts(answer, range, step_ns, name, |n| n.as_i64().unwrap_or(0).into())
}

/// The same of amounts in a unit of their own.
pub fn series_of_amounts(
    answer: &Answer,
    range: TimeRange,
    step_ns: i64,
    name: impl Fn(&Value) -> String,
    amount: impl Fn(&Value) -> i128,
) -> (Buckets, Vec<Series>) {
    let buckets = buckets(range, step_ns);
    let mut all: Vec<Series> = Vec::new();
    for row in &answer.rows {
        let [at, key, count] = row.as_slice() else {
            continue;
        };
        let Some(at) = at.as_i64() else { continue };
        let slot = (at - buckets.from_ns).div_euclid(step_ns);
        let Some(slot) = usize::try_from(slot).ok().filter(|&s| s < buckets.len) else {
            continue;
        };
        let name = name(key);
        let at = match all.iter().position(|s| s.name == name) {
            Some(at) => at,
            None => {
                all.push(Series {
                    name,
                    ink: Ink::Series8,
                    values: vec![0; buckets.len],
                    below: false,
                });
                all.len() - 1
            }
        };
        all[at].values[slot] += amount(count);
    }
    all.sort_by(|a, b| b.total().cmp(&a.total()).then_with(|| a.name.cmp(&b.name)));
    if all.len() > 8 {
        let mut other = all.split_off(7).into_iter();
        if let Some(mut first) = other.next() {
            for s in other {
                for (sum, v) in first.values.iter_mut().zip(&s.values) {
                    *sum += v;
                }
            }
            first.name = "other".into();
            all.push(first);
        }
    }
    for (n, s) in all.iter_mut().enumerate() {
        s.ink = if s.name == "other" {
            Ink::Series8
        } else {
            series_ink(n)
        };
    }
    (buckets, all)
}

/// Records over time by kind, under the titles of the kinds loaded.
pub fn series_by_kind(
    answer: &Answer,
    range: TimeRange,
    step_ns: i64,
    kinds: &[crate::session::KindState],
) -> (Buckets, Vec<Series>) {
    series_over_time(answer, range, step_ns, |kind| {
        let id = kind.to_text();
        kinds
            .iter()
            .find(|k| k.kind == id)
            .map_or(id, |k| k.title.clone())
    })
}

/// A column's head: virtual fields by what they are.
pub fn title(name: &str) -> String {
    match name {
        "@timestamp" => "Time".into(),
        "@kind" => "Kind".into(),
        other => other.into(),
    }
}

/// A column's head where several kinds share it: what the field means, as words.
pub fn common_title(name: &str) -> String {
    let words = match Role::from_word(name) {
        Some(Role::SourceAddress) => "source address",
        Some(Role::DestinationAddress) => "destination address",
        Some(role) => role.word(),
        None => return title(name),
    };
    capital(words)
}

/// A word with its first letter large.
pub fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

#[cfg(target_arch = "wasm32")]
pub use judged::*;
#[cfg(target_arch = "wasm32")]
pub use records::*;

/// A severity's css class, icon and word.
pub fn severity(severity: crate::rules::Severity) -> (&'static str, &'static str, &'static str) {
    use crate::rules::Severity::*;
    match severity {
        Critical => ("critical", "octagon-alert", "Critical"),
        High => ("high", "triangle-alert", "High"),
        Medium => ("medium", "circle-alert", "Medium"),
        Low => ("low", "info", "Low"),
        Info => ("info", "info", "Info"),
    }
}

#[cfg(target_arch = "wasm32")]
mod judged {
    use crate::base::TimeRange;
    use crate::query::Answer;
    use crate::rules::{RULES, Rule, RuleFacts, Told};
    use crate::session::Session;
    pub use crate::views::judge::Judged;
    use leptos::prelude::*;
    use std::cell::{Cell, RefCell};
    use std::rc::Rc;
    use std::sync::Arc;

    /// Answers to one rule's questions, as they come in.
    type Answers = Vec<Option<Arc<Answer>>>;

    /// Every rule's verdict, kept up to date; the last ones stay while new ones are on their way.
    pub fn judged(session: Session) -> Signal<Arc<Vec<Judged>>> {
        judge_within(session, |_| true, move || session.range.get())
    }

    /// Every rule's verdict over the whole span, whatever range is chosen.
    pub fn judged_everywhere(session: Session) -> Signal<Arc<Vec<Judged>>> {
        judge_within(session, |_| true, || None)
    }

    /// The verdicts of the rules that a view cares for.
    pub fn judged_by(session: Session, wanted: fn(&RuleFacts) -> bool) -> Signal<Arc<Vec<Judged>>> {
        judge_within(session, wanted, move || session.range.get())
    }

    fn judge_within(
        session: Session,
        wanted: fn(&RuleFacts) -> bool,
        range: impl Fn() -> Option<TimeRange> + 'static,
    ) -> Signal<Arc<Vec<Judged>>> {
        if let Some(report) = session.shared_file() {
            return Signal::stored(Arc::new(told(&report.verdicts, wanted)));
        }
        let rules: Vec<&'static dyn Rule> = RULES.iter().copied().filter(|r| wanted(r.facts())).collect();
        let rules = Arc::new(rules);
        let out = RwSignal::new(Arc::new(Vec::new()));
        // A round of questions; answers of an older one are void.
        let round = StoredValue::new(0u64);
        Effect::new(move |_| {
            session.rows.track();
            // Dozens of questions at every refresh would keep the workers from reading: judged once all is read.
            if session.loading.get() {
                return;
            }
            let scope = (range(), session.filter.get());
            let mine = round.get_value() + 1;
            round.set_value(mine);
            let answers: Rc<RefCell<Vec<Answers>>> = Rc::default();
            let left = Rc::new(Cell::new(0usize));
            let asked: Vec<Vec<_>> = rules.iter().map(|r| r.ask()).collect();
            left.set(asked.iter().map(Vec::len).sum());
            *answers.borrow_mut() = asked.iter().map(|q| vec![None; q.len()]).collect();
            for (r, queries) in asked.into_iter().enumerate() {
                for (q, query) in queries.into_iter().enumerate() {
                    let (answers, left, rules) = (answers.clone(), left.clone(), rules.clone());
                    session
                        .engine()
                        .ask_later(query.within(scope.0, &scope.1), move |answer| {
                            answers.borrow_mut()[r][q] = Some(answer);
                            left.set(left.get() - 1);
                            if left.get() == 0 && round.try_get_value() == Some(mine) {
                                out.try_set(Arc::new(judge(&rules, &answers.borrow())));
                            }
                        });
                }
            }
        });
        out.into()
    }

    /// A shared file holds what the rules said of all records: what is inside may be a part of them, and sums.
    fn told(verdicts: &[Told], wanted: fn(&RuleFacts) -> bool) -> Vec<Judged> {
        verdicts
            .iter()
            .filter_map(Judged::told)
            .filter(|j| wanted(j.rule))
            .collect()
    }

    fn judge(rules: &[&'static dyn Rule], answers: &[Answers]) -> Vec<Judged> {
        rules
            .iter()
            .zip(answers)
            .map(|(rule, answers)| {
                let answers: Vec<Answer> = answers.iter().flatten().map(|a| (**a).clone()).collect();
                Judged::of(*rule, &answers)
            })
            .collect()
    }
}

#[cfg(target_arch = "wasm32")]
mod records {
    use super::{common_title, title};
    use crate::base::{FieldType, Value};
    use crate::query::{Answer, Place, Query, Sort};
    use crate::session::{RowSource, Session, Zone};
    use crate::share::Sheet;
    use crate::widgets::table::{Cell, Column, Fetch, Row, VirtualTable};
    use crate::widgets::{StatusTag, format};
    use leptos::prelude::*;
    use std::collections::HashMap;
    use std::sync::Arc;

    /// Makes the rows of a table out of an answer, for clocks so many minutes east of UTC.
    pub type Cells = Arc<dyn Fn(&Answer, i32) -> Vec<Row> + Send + Sync>;

    /// A table of records of some kinds under the page's filter; a row opens its record.
    #[component]
    pub fn RecordTable(
        session: Session,
        #[prop(into)] label: String,
        /// Kinds and any further condition; `None` shows nothing.
        query: Arc<dyn Fn() -> Option<Query> + Send + Sync>,
        /// Names of the columns.
        #[prop(into)]
        columns: Signal<Vec<String>>,
        /// Field and whether it descends.
        sort: RwSignal<(String, bool)>,
        /// Widths of columns (CSS pixels) that are not the usual ones.
        #[prop(optional)]
        sized: Option<fn(&str) -> Option<f64>>,
        /// Columns shown, where they are not the fields asked for ([`Cells`] fills them).
        #[prop(optional, into)]
        specs: Option<Signal<Vec<Column>>>,
        #[prop(optional)] cells: Option<Cells>,
    ) -> impl IntoView {
        let source = RowSource::new(session, move || {
            let (field, descending) = sort.get();
            Some((query()?, columns.get(), Sort { field, descending }))
        });
        // Places of the rows fetched lately, to open them by their position.
        let places = RwSignal::new(HashMap::<u64, Place>::new());
        // Rows are words by the clock that was chosen when they came: another clock needs them anew.
        let of_clock = move |version: u64, zone: Zone| version * 2 + u64::from(zone == Zone::Local);
        let version = Signal::derive(move || of_clock(source.version.get(), session.zone.get()));
        let fetch: Fetch = Arc::new(move |offset, count, on| {
            let cells = cells.clone();
            source.window(offset, count, move |version, answer| {
                let version = of_clock(version, session.zone.get_untracked());
                places.try_update_untracked(|p| {
                    if p.len() > 20_000 {
                        p.clear();
                    }
                    p.extend((offset..).zip(answer.places.iter().cloned()));
                });
                let offset_min = untrack(|| offset_of(session, &answer));
                let made = match &cells {
                    Some(cells) => cells(&answer, offset_min),
                    None => rows(&answer, offset_min),
                };
                on(version, made);
            });
        });
        let by_field = Signal::derive(move || {
            let fields = session.fields.get();
            let mixed = columns.with(|c| c.iter().any(|c| c == "@kind"));
            let spec = |name: &String| {
                let known = fields.iter().find(|f| f.name == *name);
                let ty = known.map(|f| f.ty);
                let numeric = matches!(
                    ty,
                    Some(FieldType::Integer | FieldType::Decimal | FieldType::Float)
                );
                Column {
                    id: name.clone(),
                    title: if mixed { common_title(name) } else { title(name) },
                    width: sized.and_then(|of| of(name)).unwrap_or_else(|| width(name, ty)),
                    numeric,
                    mono: !matches!(ty, Some(FieldType::Text) | None)
                        || name.contains("Id")
                        || name.contains("ARN"),
                    sortable: true,
                }
            };
            columns.get().iter().map(spec).collect::<Vec<_>>()
        });
        let selected = Signal::derive(move || {
            let open = session.open.get()?;
            places.with(|p| p.iter().find(|(_, at)| **at == open).map(|(i, _)| *i))
        });
        let open = Callback::new(move |i: u64| {
            let place = places.with_untracked(|p| p.get(&i).cloned());
            if place.is_some() {
                session.open.set(place);
                places.update(|_| {});
            }
        });
        view! {
            {move || (source.unlisted() > 0).then(|| view! { <NotShared records=Signal::derive(move || source.unlisted()) /> })}
            <VirtualTable
                label=label
                total=Signal::derive(move || source.total())
                version
                columns=specs.unwrap_or(by_field)
                fetch=fetch
                sort=sort
                on_open=open
                selected=selected
            />
        }
    }

    /// Says that records are counted and can not be listed.
    #[component]
    pub fn NotShared(#[prop(into)] records: Signal<u64>) -> impl IntoView {
        let text = move || {
            format!(
                "{} were not shared: they are in charts and counts as sums.",
                crate::base::size::counted(records.get(), "records")
            )
        };
        view! { <p class="not-shared" role="status">{move || view! { <StatusTag status="none" text=text() /> }}</p> }
    }

    /// Ranked bars out of rows `(value, amount)`; a click narrows the filter to the value.
    #[component]
    pub fn Ranks(
        session: Session,
        #[prop(into)] answer: Signal<Option<Arc<Answer>>>,
        field: &'static str,
        /// What is counted was rejected or failed.
        #[prop(optional)]
        reject: bool,
        /// Said when there is nothing.
        none: &'static str,
        /// How an amount is written.
        #[prop(optional)]
        bytes: bool,
    ) -> impl IntoView {
        let ranked = Signal::derive(move || {
            let rows = answer.get().map(|a| a.rows.clone()).unwrap_or_default();
            rows.into_iter()
                .map(|r| {
                    let value = r.first().cloned().unwrap_or_default();
                    let amount = r.get(1).and_then(Value::as_f64).unwrap_or(0.0);
                    Rank {
                        label: if value.is_absent() {
                            "none".to_owned()
                        } else {
                            value.to_text()
                        },
                        amount,
                        shown: if bytes {
                            crate::base::size::bytes(amount)
                        } else {
                            crate::base::size::count(amount as i64)
                        },
                        pick: Arc::new(move || {
                            session.narrow_to(field, crate::query::Op::Eq, value.clone());
                        }),
                    }
                })
                .collect::<Vec<_>>()
        });
        view! { <RankRows rows=ranked reject none /> }
    }

    /// A ranked bar.
    #[derive(Clone)]
    pub struct Rank {
        pub label: String,
        pub amount: f64,
        /// The amount as it is written.
        pub shown: String,
        /// What a click does.
        pub pick: Arc<dyn Fn() + Send + Sync>,
    }

    /// Ranked bars to click.
    #[component]
    pub fn RankRows(
        #[prop(into)] rows: Signal<Vec<Rank>>,
        /// What is counted was rejected or failed.
        #[prop(optional)]
        reject: bool,
        /// Said when there is nothing.
        none: &'static str,
    ) -> impl IntoView {
        move || {
            let rows = rows.get();
            if rows.is_empty() {
                return view! { <p class="faint small" style="padding:0 var(--space-4)">{none}</p> }
                    .into_any();
            }
            let most = rows.iter().map(|r| r.amount).fold(1.0, f64::max);
            rows.into_iter()
                .map(|r| {
                    let share = r.amount / most;
                    view! {
                        <button
                            type="button"
                            class="rank"
                            class:is-reject=reject
                            title=r.label.clone()
                            on:click=move |_| (r.pick)()
                        >
                            <span
                                class="fill"
                                style=format!("width:calc((100% - 2 * var(--space-4)) * {share:.3})")
                            ></span>
                            <span class="clip">{r.label.clone()}</span>
                            <span class="num">{r.shown}</span>
                        </button>
                    }
                })
                .collect_view()
                .into_any()
        }
    }

    /// Records as they are saved: under the heads that their columns have in the table.
    pub fn sheet(answer: &Answer) -> Sheet {
        let mixed = answer.columns.iter().any(|c| c.name == "@kind");
        let head = |name: &str| if mixed { common_title(name) } else { title(name) };
        Sheet {
            columns: answer.columns.iter().map(|c| head(&c.name)).collect(),
            rows: answer.rows.clone(),
        }
    }

    /// The clock's offset at the first time in the answer.
    fn offset_of(session: Session, answer: &Answer) -> i32 {
        let first = answer.rows.first().and_then(|row| {
            let time = row.iter().find(|v| matches!(v, Value::Time(_)))?;
            time.as_i64()
        });
        session.offset_min(first.unwrap_or(0))
    }

    fn rows(answer: &Answer, offset: i32) -> Vec<Row> {
        answer
            .rows
            .iter()
            .map(|values| {
                let cells = values.iter().zip(&answer.columns).map(|(v, c)| Cell {
                    text: format::cell(v, c.ty, &c.unit, offset),
                    class: class(&c.name, v),
                    icon: icon(&c.name, v),
                });
                Row {
                    cells: cells.collect(),
                    class: "",
                }
            })
            .collect()
    }

    fn class(name: &str, value: &Value) -> &'static str {
        match (name, value) {
            (_, Value::Absent) => "cell-absent",
            (_, Value::Time(_)) => "cell-time",
            ("errorCode", _) => "cell-error",
            ("outcome", Value::Text(t)) if t == "failed" || t == "REJECT" => "cell-error",
            ("outcome", Value::Text(t)) if t == "ok" => "cell-ok",
            ("action", Value::Text(t)) if t == "REJECT" => "cell-error",
            _ => "",
        }
    }

    fn icon(name: &str, value: &Value) -> Option<&'static str> {
        match (name, value) {
            ("errorCode", Value::Text(_)) => Some("circle-x"),
            ("outcome", Value::Text(t)) => match t.as_str() {
                "ok" => Some("circle-check"),
                "failed" => Some("circle-x"),
                "REJECT" => Some("ban"),
                _ => None,
            },
            ("action", Value::Text(t)) if t == "REJECT" => Some("ban"),
            _ => None,
        }
    }

    fn width(name: &str, ty: Option<FieldType>) -> f64 {
        match (name, ty) {
            ("@timestamp", _) | (_, Some(FieldType::Time)) => 176.0,
            ("@kind", _) => 110.0,
            (_, Some(FieldType::Integer | FieldType::Decimal | FieldType::Float)) => 88.0,
            (_, Some(FieldType::Bool)) => 80.0,
            (_, Some(FieldType::Address)) => 132.0,
            ("eventName" | "findingTitle" | "resource" | "principal" | "resourceId", _) => 200.0,
            _ => 150.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_round_and_few() {
        let day = TimeRange::new(0, time::DAY);
        assert_eq!(bucket_width(day, 160), 10 * time::MINUTE);
        assert_eq!(bucket_width(TimeRange::new(0, 5 * time::DAY), 120), time::HOUR);
        assert_eq!(buckets(day, time::HOUR).len, 24);
        let days = |n: i64| bucket_width(TimeRange::new(0, n * time::DAY), 90) / time::DAY;
        assert_eq!(
            [90, 1000, 3 * 365, 10 * 365, 20 * 365, 40 * 365].map(days),
            [1, 14, 14, 60, 90, 180]
        );
        // From a millisecond to a year, few charts are left with less than a third of their bars.
        assert!(WIDTHS.windows(2).all(|w| w[0] < w[1] && w[1] <= 10 * w[0]));
        let from_seconds = WIDTHS
            .iter()
            .skip_while(|w| **w < time::SECOND)
            .collect::<Vec<_>>();
        assert!(from_seconds.windows(2).all(|w| *w[1] <= 7 * *w[0]));
    }
}
