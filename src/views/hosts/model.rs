//! What is asked of logs of hosts, Unix and Windows alike: by roles, and by what happened (`event`).

use crate::base::{Value, size};
use crate::chart::{Ink, Unit};
use crate::query::{Agg, Expr, Key};
use crate::views::board::{
    Board, By, Chosen, Column, Fact, Figure, Groups, Of, OverTime, Panel, Ranking, Show, percent, share,
};

pub const KINDS: &[&str] = &[
    "syslog",
    "journald",
    "windows-event",
    "apache-error",
    "nginx-error",
];
const UNIX: &[&str] = &["syslog", "journald"];
const WINDOWS: &[&str] = &["windows-event"];

pub static BOARD: Board = Board {
    id: "hosts",
    title: "Hosts",
    noun: "log records",
    kinds: KINDS,
    choices: &[],
    panels,
};

/// Severities of something that went wrong, as the kinds spell them.
const BAD: [&str; 12] = [
    "emerg",
    "emergency",
    "panic",
    "alert",
    "crit",
    "critical",
    "err",
    "error",
    "Error",
    "Critical",
    "fatal",
    "EMERG",
];
/// Somebody came in, or tried to.
const SIGN_INS: [&str; 2] = ["login", "invalid user"];
const AS_OTHERS: [&str; 2] = ["sudo", "su"];

fn of(events: &[&str]) -> Expr {
    Expr::any_of("event", events)
}

fn came_in() -> Expr {
    Expr::Or(vec![of(&SIGN_INS), Expr::eq("category", "logon")])
}

fn failed() -> Expr {
    Expr::eq("outcome", "failed")
}

fn bad() -> Expr {
    Expr::any_of("severity", &BAD)
}

fn figures() -> Show {
    let count = |title: &'static str, of: Expr| Figure {
        title,
        kinds: &[],
        aggs: vec![Agg::CountIf(of)],
        tell: |values| Fact::new(size::count(values.first()?.as_i64()?), ""),
    };
    let distinct = |title: &'static str, field: &str| Figure {
        title,
        kinds: &[],
        aggs: vec![Agg::Distinct(field.to_owned())],
        tell: |values| Fact::new(size::count(values.first()?.as_i64()?), ""),
    };
    let failed = Figure {
        title: "Failed sign-ins",
        kinds: &[],
        aggs: vec![Agg::CountIf(came_in().and(failed())), Agg::CountIf(came_in())],
        tell: |values| {
            let [failed, all] = values else { return None };
            let note = share(failed, all).map_or_else(String::new, percent);
            Fact::new(size::count(failed.as_i64()?), note)
        },
    };
    let cleared = Figure {
        kinds: WINDOWS,
        ..count("Logs cleared", Expr::eq("category", "log cleared"))
    };
    Show::Figures(
        vec![
            count("Records", Expr::All),
            distinct("Hosts", "resource"),
            count("Errors", bad()),
            failed,
            Figure {
                kinds: UNIX,
                ..count("As somebody else", of(&AS_OTHERS))
            },
            cleared,
        ],
        None,
    )
}

fn plain(value: &Value) -> String {
    match value.is_absent() {
        true => "not told".to_owned(),
        false => value.to_text(),
    }
}

fn named(title: &'static str, field: &'static str, width: f64) -> By {
    By {
        absent: "not told",
        ..By::field(title, field, width)
    }
}

fn table(by: Vec<By>, more: Vec<Column>) -> Show {
    let first = Column::new("Records", 90.0, Of::Amount(Agg::Count, Unit::count("records")));
    let times = [
        Column::new("First", 176.0, Of::Plain(Agg::Min("@timestamp".into()))),
        Column::new("Last", 176.0, Of::Plain(Agg::Max("@timestamp".into()))),
    ];
    Show::Groups(Groups {
        by,
        columns: std::iter::once(first).chain(more).chain(times).collect(),
        most: Agg::Count,
        by_size_of: None,
    })
}

fn part(title: &'static str, of: Expr) -> Column {
    Column::new(title, 96.0, Of::Share(Agg::CountIf(of), Agg::Count))
}

fn message() -> Column {
    Column::new("Last message", 480.0, Of::Plain(Agg::Latest("message".into())))
}

fn panels(_: &Chosen<'_>) -> Vec<Panel> {
    let over = Show::OverTime(OverTime {
        by: Key::Field("severity".to_owned()),
        agg: Agg::Count,
        unit: Unit::count("records"),
        name: plain,
        ink: |name| match name {
            name if BAD.contains(&name) => Some(Ink::StatusRed),
            "warning" | "warn" | "Warning" => Some(Ink::StatusYellow),
            _ => None,
        },
    });
    let ranking = |field: &'static str, unit: &str, reject: bool| {
        Show::Ranking(Ranking {
            field,
            agg: Agg::Count,
            unit: Unit::count(unit),
            reject,
        })
    };
    let who = || vec![named("Who", "actor", 150.0), named("From", "source", 150.0)];
    let host = || named("Host", "resource", 160.0);
    vec![
        Panel::new("figures", "", figures()),
        Panel::new("severities", "Records by severity", over).wide(),
        Panel::new(
            "hosts",
            "Hosts",
            table(
                vec![host()],
                vec![
                    part("Errors", bad()),
                    part("Failed sign-ins", came_in().and(failed())),
                ],
            ),
        )
        .wide(),
        Panel::new(
            "units",
            "Programs and units",
            table(
                vec![named("Program", "service", 220.0), host()],
                vec![part("Errors", bad()), message()],
            ),
        )
        .wide(),
        Panel::new(
            "failed",
            "Failed sign-ins",
            table(
                who(),
                vec![
                    Column::new(
                        "Hosts",
                        80.0,
                        Of::Amount(Agg::Distinct("resource".into()), Unit::count("hosts")),
                    ),
                    message(),
                ],
            ),
        )
        .filter(came_in().and(failed()))
        .wide(),
        Panel::new(
            "signed-in",
            "Sign-ins",
            table(
                [who(), vec![named("How", "event", 170.0), host()]].concat(),
                Vec::new(),
            ),
        )
        .filter(came_in().and(!failed()))
        .wide(),
        Panel::new(
            "sudo",
            "Done as somebody else",
            table(
                vec![
                    named("Who", "actor", 130.0),
                    named("As", "target_user", 110.0),
                    named("Command", "command", 380.0),
                    named("Outcome", "outcome", 84.0),
                    host(),
                ],
                Vec::new(),
            ),
        )
        .of(UNIX)
        .filter(of(&AS_OTHERS))
        .wide(),
        Panel::new(
            "units-changed",
            "Services",
            table(
                vec![
                    named("Event", "event", 170.0),
                    named("Unit", "unit", 260.0),
                    host(),
                ],
                Vec::new(),
            ),
        )
        .of(UNIX)
        .filter(Expr::exists("unit").and(Expr::exists("event")))
        .wide(),
        Panel::new(
            "changes",
            "Accounts, groups, policies, services and cleared logs",
            table(
                vec![
                    named("Category", "category", 120.0),
                    named("Event", "event", 210.0),
                    named("Who", "actor", 150.0),
                    host(),
                ],
                vec![message()],
            ),
        )
        .of(WINDOWS)
        .filter(Expr::any_of(
            "category",
            &[
                "account",
                "group",
                "policy",
                "service",
                "log cleared",
                "scheduled task",
                "malware",
                "directory",
            ],
        ))
        .wide(),
        Panel::new(
            "processes",
            "Processes that were started",
            table(
                vec![
                    named("Process", "NewProcessName", 320.0),
                    named("Who", "actor", 150.0),
                    host(),
                ],
                vec![Column::new(
                    "Last command line",
                    420.0,
                    Of::Plain(Agg::Latest("CommandLine".into())),
                )],
            ),
        )
        .of(WINDOWS)
        .filter(Expr::exists("NewProcessName"))
        .wide(),
        Panel::new(
            "sources",
            "Where failed sign-ins came from",
            ranking("source", "sign-ins", true),
        )
        .filter(came_in().and(failed())),
        Panel::new("events", "What happened", ranking("event", "records", false))
            .filter(Expr::exists("event")),
    ]
}
