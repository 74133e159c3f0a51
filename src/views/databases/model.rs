//! What is asked of logs of databases, whichever engine wrote them: `event` says what happened, `fingerprint` which statement.

use crate::base::{Value, size};
use crate::chart::{Ink, Unit};
use crate::query::{Agg, Expr, Key};
use crate::views::board::{
    Board, By, Chosen, Column, Fact, Figure, Groups, Measure, Of, OverTime, Panel, Ranking, Show, percent,
    share,
};

pub const KINDS: &[&str] = &[
    "postgresql",
    "mysql-slow",
    "mysql-error",
    "mysql-general",
    "mysql-audit",
    "mssql-error",
    "oracle-alert",
    "oracle-audit",
];

pub static BOARD: Board = Board {
    id: "databases",
    title: "Databases",
    noun: "log records",
    kinds: KINDS,
    choices: &[],
    panels,
};

/// What happened that somebody has to look at.
const BAD: [&str; 7] = [
    "error",
    "crash",
    "deadlock",
    "failed login",
    "too many connections",
    "lost connection",
    "canceled statement",
];
const SIGN_INS: [&str; 2] = ["login", "failed login"];
const LOCKS: [&str; 2] = ["lock wait", "deadlock"];
/// Logs of what was done to which object.
const AUDITS: &[&str] = &["mysql-audit", "oracle-audit", "postgresql"];

fn of(events: &[&str]) -> Expr {
    Expr::any_of("event", events)
}

/// A plan that was logged with a statement's duration is of the same statement.
fn timed() -> Expr {
    of(&["slow statement"]).and(Expr::exists("fingerprint"))
}

fn duration() -> Measure {
    Measure {
        title: "Statements that were timed",
        field: "duration_us",
        unit: Unit::Duration,
    }
}

fn sum(field: &str) -> Agg {
    Agg::Sum(field.to_owned())
}

fn figures() -> Show {
    let count = |title: &'static str, of: Expr| Figure {
        title,
        kinds: &[],
        aggs: vec![Agg::CountIf(of)],
        tell: |values| Fact::new(size::count(values.first()?.as_i64()?), ""),
    };
    let failed = Figure {
        title: "Failed logins",
        kinds: &[],
        aggs: vec![Agg::CountIf(of(&["failed login"])), Agg::CountIf(of(&SIGN_INS))],
        tell: |values| {
            let [failed, all] = values else { return None };
            let note = share(failed, all).map_or_else(String::new, percent);
            Fact::new(size::count(failed.as_i64()?), note)
        },
    };
    let people = Figure {
        title: "Users",
        kinds: &[],
        aggs: vec![Agg::Distinct("actor".into())],
        tell: |values| Fact::new(size::count(values.first()?.as_i64()?), ""),
    };
    Show::Figures(
        vec![
            count("Records", Expr::All),
            count("Errors", of(&["error", "crash"])),
            failed,
            count("Deadlocks", of(&["deadlock"])),
            count("Lock waits", of(&["lock wait"])),
            people,
        ],
        Some(duration()),
    )
}

fn plain(value: &Value) -> String {
    match value.is_absent() {
        true => "not told".to_owned(),
        false => value.to_text(),
    }
}

fn times() -> [Column; 2] {
    [
        Column::new("First", 176.0, Of::Plain(Agg::Min("@timestamp".into()))),
        Column::new("Last", 176.0, Of::Plain(Agg::Max("@timestamp".into()))),
    ]
}

fn named(title: &'static str, field: &'static str, width: f64) -> By {
    By {
        absent: "not told",
        ..By::field(title, field, width)
    }
}

fn counted(by: Vec<By>, noun: &str, more: Vec<Column>) -> Show {
    let first = Column::new("Records", 90.0, Of::Amount(Agg::Count, Unit::count(noun)));
    Show::Groups(Groups {
        by,
        columns: std::iter::once(first).chain(more).chain(times()).collect(),
        most: Agg::Count,
        by_size_of: None,
    })
}

/// Statements of one form, by the time that all of them took.
fn statements() -> Show {
    let whole = |title: &'static str, width: f64, agg: Agg, unit: Unit| {
        Column::new(title, width, Of::Amount(agg, unit))
    };
    Show::Groups(Groups {
        by: vec![By::field("Statement", "fingerprint", 420.0)],
        columns: vec![
            whole("Calls", 80.0, Agg::Count, Unit::count("calls")),
            whole("Total", 90.0, sum("duration_us"), Unit::Duration),
            Column::new(
                "Mean",
                84.0,
                Of::Mean(sum("duration_us"), Agg::Count, Unit::Duration),
            ),
            Column::new("p95", 84.0, Of::Level(duration(), 0.95)),
            whole("Longest", 90.0, Agg::Max("duration_us".into()), Unit::Duration),
            whole("Rows sent", 92.0, sum("rows_sent"), Unit::count("rows")),
            whole("examined", 96.0, sum("rows_examined"), Unit::count("rows")),
            Column::new("Last example", 420.0, Of::Plain(Agg::Latest("statement".into()))),
        ],
        most: sum("duration_us"),
        by_size_of: None,
    })
}

fn panels(_: &Chosen<'_>) -> Vec<Panel> {
    let over = Show::OverTime(OverTime {
        by: Key::Field("event".to_owned()),
        agg: Agg::Count,
        unit: Unit::count("records"),
        name: plain,
        ink: |name| BAD.contains(&name).then_some(Ink::StatusRed),
    });
    let ranking = |field: &'static str, unit: &str| {
        Show::Ranking(Ranking {
            field,
            agg: Agg::Count,
            unit: Unit::count(unit),
            reject: true,
        })
    };
    let message = || Column::new("Last message", 460.0, Of::Plain(Agg::Latest("message".into())));
    vec![
        Panel::new("figures", "", figures()),
        Panel::new("events", "What happened", over).wide(),
        Panel::new("duration", "Duration of statements", Show::Percentiles(duration()))
            .filter(timed())
            .note("Of statements that were logged with their duration: those above a threshold, as a rule. Percentiles are within 1.6 %."),
        Panel::new("failing", "Who failed to log in", ranking("actor", "failed logins")).filter(of(&["failed login"])),
        Panel::new("statements", "Statements by the time they took", statements())
            .filter(timed())
            .note("Statements of one form are one: literals, lists and white space are taken out. By the time that all calls took together.")
            .wide(),
        Panel::new(
            "errors",
            "Errors",
            counted(
                vec![named("Event", "event", 130.0), named("Severity", "severity", 100.0), named("Database", "resource", 140.0)],
                "records",
                vec![message()],
            ),
        )
        .filter(of(&BAD).and(!of(&["failed login"])))
        .wide(),
        Panel::new(
            "logins",
            "Logins",
            counted(
                vec![named("User", "actor", 150.0), named("From", "source", 150.0), named("Event", "event", 110.0)],
                "logins",
                vec![message()],
            ),
        )
        .filter(of(&SIGN_INS))
        .wide(),
        Panel::new(
            "locks",
            "Locks",
            counted(
                vec![named("Event", "event", 110.0), named("Database", "resource", 140.0), named("User", "actor", 130.0)],
                "records",
                vec![message()],
            ),
        )
        .filter(of(&LOCKS))
        .wide(),
        Panel::new(
            "audit",
            "Audit trail by user and object",
            counted(
                vec![
                    named("User", "actor", 140.0),
                    named("Operation", "operation", 120.0),
                    named("Object", "resource", 260.0),
                    named("Outcome", "outcome", 90.0),
                ],
                "records",
                Vec::new(),
            ),
        )
        .of(AUDITS)
        .filter(Expr::Or(vec![Expr::any_of("@kind", &["mysql-audit", "oracle-audit"]), of(&["audit"])]))
        .note("What audit plugins and pgaudit recorded: who did what to which object, and whether it was let.")
        .wide(),
        Panel::new("clients", "Clients with errors", ranking("source", "records")).filter(of(&BAD)),
    ]
}
