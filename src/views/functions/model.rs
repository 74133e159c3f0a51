//! What is asked of functions' logs.

use crate::base::{Value, size};
use crate::chart::{Ink, Unit};
use crate::query::{Agg, Expr, Key};
use crate::views::board::{
    Board, By, Chosen, Column, Fact, Figure, Groups, Measure, Of, OverTime, Panel, Ranking, Show, Told, paid,
    percent, share,
};

pub const KINDS: &[&str] = &["lambda"];
/// The panel whose rows are requests.
pub const REQUESTS: &str = "requests";

pub static BOARD: Board = Board {
    id: "functions",
    title: "Functions",
    noun: "log lines",
    kinds: KINDS,
    choices: &[],
    panels,
};

/// A report, which there is one of for every invocation.
fn reports() -> Expr {
    Expr::eq("type", "report")
}

fn failed() -> Expr {
    reports().and(Expr::eq("outcome", "failed"))
}

/// An invocation for which an environment had to be started.
fn cold() -> Expr {
    reports().and(Expr::exists("initDurationMs"))
}

/// Written in the text format; in JSON the report's status says it.
fn timeouts() -> [Agg; 2] {
    [
        Agg::CountIf(Expr::eq("type", "timeout")),
        Agg::CountIf(reports().and(Expr::eq("status", "timeout"))),
    ]
}

fn invocations() -> Unit {
    Unit::count("invocations")
}

fn duration() -> Measure {
    Measure {
        title: "Duration",
        field: "durationMs",
        unit: Unit::Duration,
    }
}

fn memory() -> Measure {
    Measure {
        title: "Memory",
        field: "maxMemoryUsedMB",
        unit: Unit::count("MB"),
    }
}

fn init() -> Measure {
    Measure {
        title: "Init",
        field: "initDurationMs",
        unit: Unit::Duration,
    }
}

fn count(n: &Value) -> String {
    size::count(n.as_i64().unwrap_or(0))
}

fn most(values: &[Value]) -> i64 {
    values.iter().filter_map(Value::as_i64).max().unwrap_or(0)
}

fn figures() -> Show {
    let part = |title: &'static str, of: Expr| Figure {
        title,
        kinds: &[],
        aggs: vec![Agg::CountIf(of), Agg::CountIf(reports())],
        tell: |values| {
            let [part, whole] = values else { return None };
            Fact::new(count(part), percent(share(part, whole)?))
        },
    };
    let [lines, told] = timeouts();
    Show::Figures(
        vec![
            Figure {
                title: "Invocations",
                kinds: &[],
                aggs: vec![Agg::CountIf(reports())],
                tell: |values| Fact::new(count(values.first()?), ""),
            },
            part("Failed", failed()),
            Figure {
                title: "Timed out",
                kinds: &[],
                // In the text format a line says so, and newer reports do as well: they are the same ones.
                aggs: vec![lines, told],
                tell: |values| Fact::new(size::count(most(values)), ""),
            },
            part("Cold starts", cold()),
            Figure {
                title: "Functions",
                kinds: &[],
                aggs: vec![Agg::Distinct("functionName".into())],
                tell: |values| {
                    let n = values.first()?.as_i64().filter(|n| *n > 0)?;
                    Fact::new(size::count(n), "")
                },
            },
        ],
        Some(duration()),
    )
}

/// Room that is left above what was used at most.
const HEADROOM: f64 = 1.2;
/// What AWS lets a function have (MB), in steps of one.
const LEAST_MB: f64 = 128.0;

/// The list price of x86 in us-east-1. <https://aws.amazon.com/lambda/pricing/>
const USD_PER_GB_SECOND: f64 = 0.000_016_666_7;

/// The smallest memory that would hold what was used, with room above it; never more than it has.
pub fn enough_mb(used_mb: i64, has_mb: i64) -> i64 {
    let wanted = (used_mb as f64 * HEADROOM).max(LEAST_MB).ceil() as i64;
    wanted.min(has_mb)
}

/// GB-seconds of so long a time with so much memory: a GB has 1,024 MB.
pub fn gb_seconds(billed_ms: f64, memory_mb: i64) -> f64 {
    billed_ms / 1000.0 * memory_mb as f64 / 1024.0
}

/// Key: function and its memory. Values: the most that was used, billed milliseconds.
fn memory_of(keys: &[Value], values: &[Value]) -> Option<(i64, i64, f64)> {
    let has = keys.get(1)?.as_i64()?;
    let (used, billed) = (values.first()?.as_i64()?, values.get(1)?.as_f64()?);
    Some((has, used, billed))
}

fn used_and_billed() -> Vec<Agg> {
    vec![
        Agg::Max("maxMemoryUsedMB".into()),
        Agg::Sum("billedDurationMs".into()),
    ]
}

fn told(value: f64) -> Told {
    Told {
        text: match value {
            v if v >= 100.0 => size::count(v.round() as i64),
            v => format!("{v:.2}"),
        },
        value: Value::Float(value),
    }
}

fn memories() -> Groups {
    let computed = |tell: fn(&[Value], &[Value]) -> Option<Told>| Of::Computed {
        aggs: used_and_billed(),
        tell,
    };
    Groups {
        by: vec![
            By {
                absent: "not known",
                ..By::field("Function", "functionName", 200.0)
            },
            By {
                absent: "not known",
                ..By::field("Has MB", "memorySizeMB", 80.0)
            },
        ],
        columns: vec![
            Column::new("Invocations", 96.0, Of::Amount(Agg::Count, invocations())),
            Column::new("p95 used MB", 104.0, Of::Level(memory(), 0.95)),
            Column::new(
                "Most used MB",
                110.0,
                Of::Amount(Agg::Max("maxMemoryUsedMB".into()), Unit::count("MB")),
            ),
            Column::new(
                "Enough MB",
                94.0,
                computed(|keys, values| {
                    let (has, used, _) = memory_of(keys, values)?;
                    let enough = enough_mb(used, has);
                    Some(Told {
                        text: size::count(enough),
                        value: Value::Int(enough),
                    })
                }),
            ),
            Column::new(
                "GB-s billed",
                100.0,
                computed(|keys, values| {
                    let (has, _, billed) = memory_of(keys, values)?;
                    Some(told(gb_seconds(billed, has)))
                }),
            ),
            Column::new(
                "GB-s too many",
                110.0,
                computed(|keys, values| {
                    let (has, used, billed) = memory_of(keys, values)?;
                    let enough = enough_mb(used, has);
                    Some(told(gb_seconds(billed, has) - gb_seconds(billed, enough)))
                }),
            ),
            Column::new(
                "USD too many",
                110.0,
                computed(|keys, values| {
                    let (has, used, billed) = memory_of(keys, values)?;
                    let enough = enough_mb(used, has);
                    let much = gb_seconds(billed, has) - gb_seconds(billed, enough);
                    let price = much * USD_PER_GB_SECOND;
                    Some(Told {
                        text: paid(price),
                        value: Value::Float(price),
                    })
                }),
            ),
        ],
        most: Agg::Sum("billedDurationMs".into()),
        by_size_of: None,
    }
}

fn functions() -> Groups {
    let [lines, reported] = timeouts();
    Groups {
        by: vec![By {
            absent: "not known",
            ..By::field("Function", "functionName", 200.0)
        }],
        columns: vec![
            Column::new(
                "Invocations",
                96.0,
                Of::Amount(Agg::CountIf(reports()), invocations()),
            ),
            Column::new(
                "Failed",
                78.0,
                Of::Share(Agg::CountIf(failed()), Agg::CountIf(reports())),
            ),
            Column::new(
                "Timed out",
                84.0,
                Of::Computed {
                    aggs: vec![lines, reported],
                    tell: |_, values| {
                        let most = most(values);
                        Some(Told {
                            text: size::count(most),
                            value: Value::Int(most),
                        })
                    },
                },
            ),
            Column::new(
                "Cold",
                78.0,
                Of::Share(Agg::CountIf(cold()), Agg::CountIf(reports())),
            ),
            Column::new("p50", 80.0, Of::Level(duration(), 0.5)),
            Column::new("p95", 80.0, Of::Level(duration(), 0.95)),
            Column::new("p99", 80.0, Of::Level(duration(), 0.99)),
            Column::new(
                "Longest",
                84.0,
                Of::Amount(Agg::Max("durationMs".into()), Unit::Duration),
            ),
            Column::new("p95 init", 84.0, Of::Level(init(), 0.95)),
            Column::new("Last", 176.0, Of::Plain(Agg::Max("@timestamp".into()))),
        ],
        most: Agg::CountIf(reports()),
        by_size_of: None,
    }
}

fn slowest() -> Groups {
    Groups {
        by: vec![By::field("Request", "requestId", 290.0)],
        columns: vec![
            Column::new("Function", 200.0, Of::Plain(Agg::Latest("functionName".into()))),
            Column::new(
                "Duration",
                90.0,
                Of::Amount(Agg::Max("durationMs".into()), Unit::Duration),
            ),
            Column::new(
                "Init",
                84.0,
                Of::Amount(Agg::Max("initDurationMs".into()), Unit::Duration),
            ),
            Column::new(
                "Used MB",
                84.0,
                Of::Amount(Agg::Max("maxMemoryUsedMB".into()), Unit::count("MB")),
            ),
            Column::new("Outcome", 84.0, Of::Plain(Agg::Latest("outcome".into()))),
            Column::new("Ended", 176.0, Of::Plain(Agg::Max("@timestamp".into()))),
        ],
        most: Agg::Max("durationMs".into()),
        by_size_of: None,
    }
}

fn plain(value: &Value) -> String {
    match value.is_absent() {
        true => "not known".to_owned(),
        false => value.to_text(),
    }
}

fn panels(_: &Chosen<'_>) -> Vec<Panel> {
    let over = |field: &str, ink: fn(&str) -> Option<Ink>| {
        Show::OverTime(OverTime {
            by: Key::Field(field.to_owned()),
            agg: Agg::Count,
            unit: invocations(),
            name: plain,
            ink,
        })
    };
    let ranking = |field: &'static str, reject: bool, unit: &str| {
        Show::Ranking(Ranking {
            field,
            agg: Agg::Count,
            unit: Unit::count(unit),
            reject,
        })
    };
    vec![
        Panel::new("figures", "", figures()),
        Panel::new(
            "outcomes",
            "Invocations",
            over("outcome", |name| match name {
                "ok" => Some(Ink::Accept),
                "failed" => Some(Ink::StatusRed),
                _ => None,
            }),
        )
        .filter(reports())
        .wide(),
        Panel::new("duration", "Duration", Show::Percentiles(duration()))
            .filter(reports())
            .note("Of invocations, without the init of cold starts. Percentiles are within 1.6 %."),
        Panel::new("init", "Init of cold starts", Show::Percentiles(init())).filter(cold()),
        Panel::new("functions", "By function", Show::Groups(functions()))
            .filter(Expr::any_of("type", &["report", "timeout"]))
            .wide(),
        Panel::new("memory", "Memory", Show::Groups(memories()))
            .filter(reports())
            .note("Enough is what was used at most and a fifth of it, never below 128 MB. The GB-seconds too many hold while invocations take as long with less memory; less memory is less CPU, too. Their price is the list price of x86 in us-east-1, 0.0000166667 USD a GB-second; arm64 and other Regions differ.")
            .wide(),
        super::configured::panel(),
        Panel::new(REQUESTS, "Slowest requests", Show::Groups(slowest()))
            .filter(reports())
            .note("A row leads to the request's lines.")
            .wide(),
        Panel::new("errors", "Types of errors", ranking("errorType", true, "lines"))
            .filter(Expr::exists("errorType")),
        Panel::new("failing", "Functions that failed", ranking("functionName", true, "invocations")).filter(failed()),
        Panel::new("levels", "Levels of lines", ranking("level", false, "lines")).filter(Expr::exists("level")),
        Panel::new("versions", "Versions invoked", ranking("version", false, "lines")).filter(Expr::eq("type", "start")),
    ]
}
