//! A grouped result as what charts are made of: series over time, or amounts by name, each with the rows behind it.

use super::shape::Shape;
use crate::base::TimeRange;
use crate::chart::{self, Amount, Frame, Ink, Lines, Pie, Rank, Ranked, Scene, Slice, Trace, Unit};
use crate::language::insights::{Num, Table, Value};

/// Series or slices told apart by colour; what is left is one more.
const MOST: usize = 7;
/// Bars.
const BARS: usize = 20;
/// Times with a place of their own where nothing is, so that lines are broken there.
const GRID: i64 = 2000;
/// Decimals kept of amounts that are no whole numbers.
const PLACES: u32 = 4;
const OTHER: &str = "other";

/// What is drawn, and for each datum's payload the row it stands for; what stands for several has none.
#[derive(Clone, Debug)]
pub struct Drawn {
    pub scene: Scene,
    pub rows: Vec<Option<usize>>,
}

/// How amounts of a column are kept and written.
struct Amounts {
    at: usize,
    unit: Unit,
    scale: f64,
    /// Their sum says something.
    adds: bool,
}

impl Amounts {
    fn of(table: &Table, at: usize) -> Amounts {
        let name = table.columns.get(at).map_or("", |c| c.name.as_str());
        let whole = table
            .rows
            .iter()
            .filter_map(|r| r.get(at)?.number())
            .all(|n| matches!(n, Num::Int(_)));
        let low = name.to_ascii_lowercase();
        let plain = name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == ' ');
        let unit = match whole {
            true if low.contains("bytes") => Unit::Bytes,
            true if low.starts_with("count(") => Unit::count("records"),
            true if plain => Unit::count(name),
            _ => Unit::Decimal {
                noun: name.to_owned(),
                places: if whole { 0 } else { PLACES },
            },
        };
        let means = [
            "avg", "min", "max", "pct", "median", "stddev", "earliest", "latest",
        ];
        Amounts {
            at,
            unit,
            scale: if whole { 1.0 } else { 10f64.powi(PLACES as i32) },
            adds: whole && !means.iter().any(|m| low.starts_with(m)),
        }
    }

    fn get(&self, row: &[Value]) -> Option<Amount> {
        match row.get(self.at)?.number()? {
            Num::Int(n) => Some(n.saturating_mul(self.scale as i128)),
            Num::Float(f) => Some((f * self.scale).round() as i128),
        }
    }
}

/// What a row's group is called.
fn name_of(row: &[Value], names: &[usize]) -> String {
    let part = |at: &usize| match row.get(*at) {
        Some(Value::Absent) | None => "none".to_owned(),
        Some(value) => value.display(),
    };
    names.iter().map(part).collect::<Vec<_>>().join(" · ")
}

fn title(table: &Table, amount: usize, names: &[usize]) -> String {
    let name = |at: &usize| table.columns.get(*at).map_or("", |c| c.name.as_str());
    let by: Vec<&str> = names.iter().map(name).collect();
    match by.is_empty() {
        true => name(&amount).to_owned(),
        false => format!("{} by {}", name(&amount), by.join(", ")),
    }
}

/// The title of a chart of this column.
pub fn title_of(table: &Table, shape: &Shape, amount: usize) -> String {
    match shape {
        Shape::Names { names, .. } => title(table, amount, names),
        Shape::Time { names, amounts, .. } if names.is_empty() => {
            let all: Vec<String> = amounts
                .iter()
                .take(MOST + 1)
                .map(|a| title(table, *a, &[]))
                .collect();
            all.join(", ")
        }
        Shape::Time { names, .. } => title(table, amount, names),
    }
}

/// Series of a result over time.
struct Series {
    times: Vec<i64>,
    step_ns: i64,
    traces: Vec<Trace>,
    /// By trace, then time.
    rows: Vec<Vec<Option<usize>>>,
}

/// Every time there is, and those between where they follow each other evenly.
fn grid(table: &Table, time: usize) -> (Vec<i64>, i64) {
    let mut times: Vec<i64> = table.rows.iter().filter_map(|r| r.get(time)?.time()).collect();
    times.sort_unstable();
    times.dedup();
    let gaps = times
        .windows(2)
        .filter_map(|w| w.get(1)?.checked_sub(*w.first()?));
    let step = gaps.clone().min().unwrap_or(1).max(1);
    if let (Some(&first), Some(&last)) = (times.first(), times.last())
        && gaps.clone().all(|gap| gap % step == 0)
        && (last.saturating_sub(first)) / step < GRID
    {
        let len = (last - first) / step;
        times = (0..=len).map(|n| first + n * step).collect();
    }
    (times, step)
}

fn series(table: &Table, time: usize, names: &[usize], amounts: &[Amounts]) -> Series {
    let (times, step_ns) = grid(table, time);
    let mut traces: Vec<Trace> = Vec::new();
    let mut rows: Vec<Vec<Option<usize>>> = Vec::new();
    let mut put = |name: String, at: usize, row: usize, amount: Amount| {
        let trace = traces.iter().position(|t| t.name == name).unwrap_or_else(|| {
            traces.push(Trace {
                name,
                ink: Ink::Series8,
                values: vec![None; times.len()],
            });
            rows.push(vec![None; times.len()]);
            traces.len() - 1
        });
        if let Some(slot) = traces.get_mut(trace).and_then(|t| t.values.get_mut(at)) {
            *slot = Some(slot.unwrap_or(0).saturating_add(amount));
        }
        if let Some(slot) = rows.get_mut(trace).and_then(|r| r.get_mut(at)) {
            *slot = Some(row);
        }
    };
    for (n, row) in table.rows.iter().enumerate() {
        let Some(at) = row.get(time).and_then(Value::time) else {
            continue;
        };
        let Ok(at) = times.binary_search(&at) else {
            continue;
        };
        for amount in amounts {
            let name = match names.is_empty() {
                true => title(table, amount.at, &[]),
                false => name_of(row, names),
            };
            if let Some(value) = amount.get(row) {
                put(name, at, n, value);
            }
        }
    }
    Series {
        times,
        step_ns,
        traces,
        rows,
    }
}

impl Series {
    /// The largest by total; the rest together where a sum of them says something, else left out.
    fn largest(mut self, adds: bool) -> Series {
        let total = |t: &Trace| {
            t.values
                .iter()
                .flatten()
                .fold(0, |sum: Amount, v| sum.saturating_add(*v))
        };
        let mut all: Vec<(Trace, Vec<Option<usize>>)> =
            self.traces.drain(..).zip(self.rows.drain(..)).collect();
        all.sort_by(|a, b| {
            total(&b.0)
                .cmp(&total(&a.0))
                .then_with(|| a.0.name.cmp(&b.0.name))
        });
        if all.len() > MOST + 1 {
            let rest = all.split_off(MOST);
            if adds {
                let sum = |at: usize| {
                    let values = rest.iter().filter_map(|(t, _)| *t.values.get(at)?);
                    values.reduce(Amount::saturating_add)
                };
                let values = (0..self.times.len()).map(sum).collect();
                let trace = Trace {
                    name: OTHER.to_owned(),
                    ink: Ink::Series8,
                    values,
                };
                all.push((trace, vec![None; self.times.len()]));
            }
        }
        for (n, (trace, _)) in all.iter_mut().enumerate() {
            trace.ink = if trace.name == OTHER {
                Ink::Series8
            } else {
                Ink::series(n)
            };
        }
        (self.traces, self.rows) = all.into_iter().unzip();
        self
    }
}

/// Lines or stacked areas of a result over time.
pub fn over_time(
    table: &Table,
    shape: &Shape,
    amount: usize,
    stacked: bool,
    size: (f64, f64),
    offset_min: i32,
) -> Option<Drawn> {
    let Shape::Time { time, names, amounts } = shape else {
        return None;
    };
    let split = !names.is_empty();
    let mut columns: Vec<Amounts> = amounts
        .iter()
        .filter(|at| !split || **at == amount)
        .take(MOST + 1)
        .map(|at| Amounts::of(table, *at))
        .collect();
    let first = columns.first()?;
    let mut unit = first.unit.clone();
    let adds = first.adds;
    // Columns on one axis are of one unit, or of none.
    if columns.iter().any(|c| c.unit != unit || c.scale != first.scale) {
        let scale = columns.iter().map(|c| c.scale).fold(1.0, f64::max);
        columns.iter_mut().for_each(|c| c.scale = scale);
        unit = Unit::Decimal {
            noun: String::new(),
            places: if scale > 1.0 { PLACES } else { 0 },
        };
    }
    let mut series = series(table, *time, names, &columns);
    series = match split {
        true => series.largest(adds),
        false => {
            let all = series.traces.iter_mut().enumerate();
            all.for_each(|(n, t)| t.ink = Ink::series(n));
            series
        }
    };
    let (from, to) = (*series.times.first()?, *series.times.last()?);
    // A line ends at its last time, an area of bins too.
    let range = TimeRange::new(from, to.saturating_add(1));
    let scene = chart::lines(&Lines {
        title: &title_of(table, shape, amount),
        frame: Frame {
            width: size.0,
            height: size.1,
            range,
            offset_min,
        },
        times: &series.times,
        step_ns: series.step_ns,
        unit,
        traces: &series.traces,
        stacked,
    });
    let row = |at: usize| {
        series
            .rows
            .iter()
            .map(move |rows| rows.get(at).copied().flatten())
    };
    let rows = (0..series.times.len()).flat_map(row).collect();
    Some(Drawn { scene, rows })
}

/// A name, its amount, and its row; what is put together has none.
type Part = (String, Amount, Option<usize>);

/// The largest amounts by name; the rest together where a sum says something.
fn parts(table: &Table, names: &[usize], amounts: &Amounts, most: usize) -> (Vec<Part>, usize) {
    let mut all: Vec<Part> = table
        .rows
        .iter()
        .enumerate()
        .filter_map(|(n, row)| Some((name_of(row, names), amounts.get(row)?, Some(n))))
        .collect();
    let of = all.len();
    all.sort_by_key(|(_, amount, _)| std::cmp::Reverse(*amount));
    if all.len() > most + 1 {
        let rest = all.split_off(most);
        if amounts.adds {
            let sum = rest.iter().fold(0, |sum: Amount, p| sum.saturating_add(p.1));
            all.push((OTHER.to_owned(), sum, None));
        }
    }
    (all, of)
}

/// Bars of a result by name.
pub fn bars(table: &Table, shape: &Shape, amount: usize, width: f64) -> Option<Drawn> {
    let Shape::Names { names, .. } = shape else {
        return None;
    };
    let amounts = Amounts::of(table, amount);
    let (parts, of) = parts(table, names, &amounts, BARS);
    let ranks: Vec<Rank> = parts
        .iter()
        .map(|(name, amount, _)| Rank {
            name: name.clone(),
            amount: *amount,
            selected: false,
        })
        .collect();
    let scene = chart::bars_h(&Ranked {
        title: &title(table, amount, names),
        width,
        unit: amounts.unit,
        ranks: &ranks,
        of: of as u64,
        rejected: false,
    });
    let rows = parts.into_iter().map(|p| p.2).collect();
    Some(Drawn { scene, rows })
}

/// A pie of a result by name.
pub fn pie(table: &Table, shape: &Shape, amount: usize, size: (f64, f64)) -> Option<Drawn> {
    let Shape::Names { names, .. } = shape else {
        return None;
    };
    let amounts = Amounts::of(table, amount);
    let (parts, _) = parts(table, names, &amounts, MOST);
    let slice = |(n, (name, amount, row)): (usize, &Part)| Slice {
        name: name.clone(),
        ink: if row.is_none() {
            Ink::Series8
        } else {
            Ink::series(n)
        },
        amount: *amount,
    };
    let slices: Vec<Slice> = parts.iter().enumerate().map(slice).collect();
    let scene = chart::pie(&Pie {
        title: &title(table, amount, names),
        width: size.0,
        height: size.1,
        unit: amounts.unit,
        slices: &slices,
    });
    let rows = parts.into_iter().map(|p| p.2).collect();
    Some(Drawn { scene, rows })
}

#[cfg(test)]
mod tests {
    use super::super::shape::tests::grouped;
    use super::*;
    use crate::base::time::MINUTE;
    use crate::language::insights::Kind;

    fn drawn(table: &Table) -> Drawn {
        let shape = Shape::of(table).unwrap();
        let amount = shape.amounts()[0];
        match shape {
            Shape::Time { .. } => over_time(table, &shape, amount, false, (400.0, 200.0), 0),
            Shape::Names { .. } => pie(table, &shape, amount, (400.0, 200.0)),
        }
        .unwrap()
    }

    #[test]
    fn every_point_leads_to_its_row_and_a_missing_time_breaks_the_line() {
        let columns = [
            ("bin(1m)", Kind::Timestamp),
            ("action", Kind::Text),
            ("n", Kind::Number),
        ];
        let row = |at: i64, name: &'static str, n: i64| {
            vec![Value::Time(at * MINUTE), Value::from(name), Value::Int(n)]
        };
        let table = grouped(
            &columns,
            2,
            vec![row(0, "A", 5), row(0, "R", 1), row(1, "A", 6), row(3, "A", 7)],
        );
        let drawn = drawn(&table);
        let twin: Vec<&[String]> = drawn.scene.table.rows.iter().map(Vec::as_slice).collect();
        assert_eq!(twin.len(), 4);
        assert_eq!(twin[2][1..], ["", ""]);
        assert_eq!(twin[0][1..], ["5", "1"]);
        for datum in &drawn.scene.data {
            let row = drawn.rows[datum.payload].unwrap();
            let n = table.rows[row][2].export();
            assert!(datum.label.ends_with(&format!(": {n} n")), "{} {n}", datum.label);
        }
    }

    #[test]
    fn the_rest_is_put_together_where_a_sum_says_something() {
        let rows = |of: fn(i64) -> Value<'static>| (0..12).map(|n| vec![Value::Int(n), of(n)]).collect();
        let sums = drawn(&grouped(
            &[("k", Kind::Number), ("count(*)", Kind::Number)],
            1,
            rows(Value::Int),
        ));
        let last = sums.scene.table.rows.last().unwrap();
        assert_eq!(last[..2], ["other", "10"]);
        assert_eq!(sums.rows.last(), Some(&None));
        let means = drawn(&grouped(
            &[("k", Kind::Number), ("avg(x)", Kind::Number)],
            1,
            rows(|n| Value::Float(n as f64 + 0.5)),
        ));
        assert_eq!(means.scene.table.rows.len(), MOST);
        assert_eq!(means.scene.table.rows[0][..2], ["11", "11.5"]);
    }

    #[test]
    fn columns_of_several_units_share_an_axis_of_none() {
        let columns = [
            ("bin(1m)", Kind::Timestamp),
            ("count(*)", Kind::Number),
            ("avg(x)", Kind::Number),
        ];
        let row = |at: i64| vec![Value::Time(at * MINUTE), Value::Int(2), Value::Float(0.5)];
        let drawn = drawn(&grouped(&columns, 1, vec![row(0), row(1)]));
        assert_eq!(drawn.scene.table.rows[0][1..], ["2", "0.5"]);
        assert_eq!(drawn.rows, [Some(0), Some(0), Some(1), Some(1)]);
    }
}
