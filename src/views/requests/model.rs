//! What is asked of requests, whoever logged them.

use crate::base::{Value, size};
use crate::chart::{Ink, Unit};
use crate::query::{Agg, Expr, Key, Op};
use crate::views::board::{
    Board, By, Chosen, Column, Fact, Figure, Groups, Measure, Of, OverTime, Panel, Ranking, Show, percent,
    share,
};

/// Kinds whose records are requests, or connections that carry them.
pub const KINDS: &[&str] = &[
    "alb",
    "clb",
    "nlb",
    "alb-connection",
    "s3-access",
    "cloudfront",
    "cloudfront-realtime",
    "waf",
    "apache-access",
    "nginx-access",
    "iis",
    "haproxy",
];
const BALANCERS: &[&str] = &["alb", "clb"];
const BEHIND: &[&str] = &["alb", "clb", "nlb"];
const S3: &[&str] = &["s3-access"];
const CLOUDFRONT: &[&str] = &["cloudfront", "cloudfront-realtime"];
const WAF: &[&str] = &["waf"];
/// Kinds that tell a status.
const WITH_STATUS: &[&str] = &[
    "alb",
    "clb",
    "s3-access",
    "cloudfront",
    "cloudfront-realtime",
    "waf",
    "apache-access",
    "nginx-access",
    "iis",
    "haproxy",
];

pub static BOARD: Board = Board {
    id: "requests",
    title: "Requests",
    noun: "requests",
    kinds: KINDS,
    choices: &[],
    panels,
};

fn compare(field: &str, op: Op, value: impl Into<Value>) -> Expr {
    Expr::Compare {
        field: field.to_owned(),
        op,
        value: value.into(),
    }
}

pub fn failed() -> Expr {
    Expr::eq("outcome", "failed")
}

/// A status from one to another, both of it.
fn status(from: i64, to: i64) -> Expr {
    compare("status", Op::Ge, from).and(compare("status", Op::Le, to))
}

/// Refused for who asked, and not for how it was asked.
pub fn denied() -> Expr {
    Expr::Or(vec![
        Expr::eq("status", 401),
        Expr::eq("status", 403),
        Expr::eq("action", "BLOCK"),
    ])
}

/// Of S3: nobody signed the request.
fn anonymous() -> Expr {
    Expr::eq("@kind", "s3-access").and(!Expr::exists("requester"))
}

/// Answered by an edge, without the origin.
fn from_cache() -> Expr {
    Expr::any_of("x-edge-result-type", &["Hit", "RefreshHit", "OriginShieldHit"])
}

/// Looked for in a cache: errors and redirects of the edge itself are not.
fn cacheable() -> Expr {
    Expr::any_of(
        "x-edge-result-type",
        &["Hit", "RefreshHit", "OriginShieldHit", "Miss"],
    )
}

fn requests() -> Unit {
    Unit::count("requests")
}

fn latency() -> Measure {
    Measure {
        title: "Latency",
        field: "latency",
        unit: Unit::Duration,
    }
}

/// `2xx`; what is no status is said in words.
fn status_class(value: &Value) -> String {
    match value.as_i64() {
        Some(n @ 100..=599) => format!("{}xx", n / 100),
        Some(_) => "no answer".to_owned(),
        None => "no status".to_owned(),
    }
}

fn status_ink(class: &str) -> Option<Ink> {
    Some(match class {
        "2xx" => Ink::Accept,
        "3xx" => Ink::Series3,
        "4xx" => Ink::StatusYellow,
        "5xx" => Ink::StatusRed,
        "1xx" => Ink::Series5,
        _ => Ink::Series8,
    })
}

/// What serves requests, by the kind of its log.
fn server(kind: &Value) -> String {
    let short = match kind.as_str() {
        Some("alb") => "Application Load Balancer",
        Some("clb") => "Classic Load Balancer",
        Some("nlb") => "Network Load Balancer",
        Some("alb-connection") => "connections",
        Some("s3-access") => "S3",
        Some("cloudfront") => "CloudFront",
        Some("cloudfront-realtime") => "CloudFront, real-time",
        Some("waf") => "WAF",
        Some("apache-access") => "Apache and alike",
        Some("nginx-access") => "nginx",
        Some("iis") => "IIS",
        Some("haproxy") => "HAProxy",
        _ => return plain(kind),
    };
    short.to_owned()
}

fn plain(value: &Value) -> String {
    match value.is_absent() {
        true => "none".to_owned(),
        false => value.to_text(),
    }
}

fn count(n: &Value) -> String {
    size::count(n.as_i64().unwrap_or(0))
}

/// A part with its share of the whole beside it.
fn part_of(values: &[Value]) -> Option<Fact> {
    let [part, whole] = values else { return None };
    Fact::new(count(part), percent(share(part, whole)?))
}

fn part(title: &'static str, kinds: &'static [&'static str], of: Expr, whole: Agg) -> Figure {
    Figure {
        title,
        kinds,
        aggs: vec![Agg::CountIf(of), whole],
        tell: part_of,
    }
}

fn figures() -> Show {
    let bytes = Figure {
        title: "Sent",
        kinds: &[],
        aggs: vec![Agg::Sum("bytes".into())],
        tell: |values| {
            let bytes = values.first()?.as_f64().filter(|b| *b > 0.0)?;
            Fact::new(size::bytes(bytes), "")
        },
    };
    let clients = Figure {
        title: "Clients",
        kinds: &[],
        aggs: vec![Agg::Distinct("source".into())],
        tell: |values| Fact::new(count(values.first()?), ""),
    };
    let all = Figure {
        title: "Requests",
        kinds: &[],
        aggs: vec![Agg::Count],
        tell: |values| Fact::new(count(values.first()?), ""),
    };
    let cache = Figure {
        title: "From cache",
        kinds: CLOUDFRONT,
        aggs: vec![Agg::CountIf(from_cache()), Agg::CountIf(cacheable())],
        tell: |values| {
            let [hits, of] = values else { return None };
            Fact::new(percent(share(hits, of)?), format!("of {}", count(of)))
        },
    };
    Show::Figures(
        vec![
            all,
            part("Failed", &[], failed(), Agg::Count),
            part("Server errors", WITH_STATUS, status(500, 599), Agg::Count),
            part("Client errors", WITH_STATUS, status(400, 499), Agg::Count),
            part("Denied", WITH_STATUS, denied(), Agg::Count),
            part(
                "Anonymous",
                S3,
                anonymous(),
                Agg::CountIf(Expr::eq("@kind", "s3-access")),
            ),
            cache,
            bytes,
            clients,
        ],
        Some(latency()),
    )
}

fn ranked(id: &'static str, title: &'static str, field: &'static str) -> Panel {
    ranked_by(id, title, field, Agg::Count, requests())
}

fn ranked_by(id: &'static str, title: &'static str, field: &'static str, agg: Agg, unit: Unit) -> Panel {
    let ranking = Ranking {
        field,
        agg,
        unit,
        reject: false,
    };
    Panel::new(id, title, Show::Ranking(ranking))
}

/// The most frequent values among what failed or was refused.
fn rejected(id: &'static str, title: &'static str, field: &'static str, of: Expr) -> Panel {
    let ranking = Ranking {
        field,
        agg: Agg::Count,
        unit: requests(),
        reject: true,
    };
    Panel::new(id, title, Show::Ranking(ranking)).filter(of)
}

fn percentiles(id: &'static str, title: &'static str, field: &'static str) -> Panel {
    let measure = Measure {
        title,
        field,
        unit: Unit::Duration,
    };
    Panel::new(id, title, Show::Percentiles(measure))
}

fn clients() -> Groups {
    Groups {
        by: vec![By::field("Client", "source", 150.0)],
        columns: vec![
            Column::new("Requests", 84.0, Of::Amount(Agg::Count, requests())),
            Column::new("Failed", 80.0, Of::Share(Agg::CountIf(failed()), Agg::Count)),
            Column::new("Denied", 72.0, Of::Amount(Agg::CountIf(denied()), requests())),
            Column::new("Sent", 84.0, Of::Amount(Agg::Sum("bytes".into()), Unit::Bytes)),
            Column::new("p95 latency", 96.0, Of::Level(latency(), 0.95)),
            Column::new(
                "Paths",
                72.0,
                Of::Amount(Agg::Distinct("requestPath".into()), Unit::count("paths")),
            ),
            Column::new(
                "Agents",
                72.0,
                Of::Amount(Agg::Distinct("userAgent".into()), Unit::count("agents")),
            ),
            Column::new("First", 176.0, Of::Plain(Agg::Min("@timestamp".into()))),
            Column::new("Last", 176.0, Of::Plain(Agg::Max("@timestamp".into()))),
        ],
        most: Agg::Count,
        by_size_of: None,
    }
}

fn targets() -> Groups {
    let target_time = || compare("target_processing_time", Op::Ge, 0);
    Groups {
        by: vec![
            By {
                absent: "none (not dispatched)",
                ..By::field("Target", "destination", 150.0)
            },
            By::field("Port", "destinationPort", 70.0),
        ],
        columns: vec![
            Column::new("Requests", 84.0, Of::Amount(Agg::Count, requests())),
            Column::new("Failed", 80.0, Of::Share(Agg::CountIf(failed()), Agg::Count)),
            Column::new(
                "Its own 5xx",
                90.0,
                Of::Amount(
                    Agg::CountIf(compare("target_status_code", Op::Ge, 500)),
                    requests(),
                ),
            ),
            Column::new(
                "Mean answer",
                108.0,
                Of::Mean(
                    Agg::SumIf("target_processing_time".into(), target_time()),
                    Agg::CountIf(target_time()),
                    Unit::Duration,
                ),
            ),
            Column::new(
                "p95 answer",
                96.0,
                Of::Level(
                    Measure {
                        title: "Answer",
                        field: "target_processing_time",
                        unit: Unit::Duration,
                    },
                    0.95,
                ),
            ),
            Column::new("Last", 176.0, Of::Plain(Agg::Max("@timestamp".into()))),
        ],
        most: Agg::Count,
        by_size_of: None,
    }
}

fn panels(_: &Chosen<'_>) -> Vec<Panel> {
    let over = |by: Key, agg: Agg, unit: Unit, name: fn(&Value) -> String, ink: fn(&str) -> Option<Ink>| {
        Show::OverTime(OverTime {
            by,
            agg,
            unit,
            name,
            ink,
        })
    };
    let field = |name: &str| Key::Field(name.to_owned());
    vec![
        Panel::new("figures", "", figures()),
        Panel::new(
            "status",
            "Requests",
            over(field("status"), Agg::Count, requests(), status_class, status_ink),
        )
        .wide(),
        percentiles("latency", "Latency", "latency")
            .note("From a request's arrival to its answer, as far as the log tells both. Percentiles are within 1.6 %."),
        Panel::new(
            "parts",
            "Where the time goes",
            Show::Parts(vec![
                ("balancer", "request_processing_time"),
                ("target", "target_processing_time"),
                ("response", "response_processing_time"),
            ]),
        )
        .of(BALANCERS)
        .note("Means of the requests that were dispatched: until the balancer passes it on, until the target begins to answer, until the answer is on its way."),
        percentiles("turn-around", "S3 turn-around", "turn_around_time")
            .of(S3)
            .note("How long S3 itself worked on a request, without the transfer."),
        percentiles("first-byte", "CloudFront first byte", "time-to-first-byte").of(CLOUDFRONT),
        Panel::new(
            "bytes",
            "Bytes sent",
            over(Key::Kind, Agg::Sum("bytes".into()), Unit::Bytes, server, |_| None),
        ),
        Panel::new(
            "cache",
            "Cache results",
            over(field("x-edge-result-type"), Agg::Count, requests(), plain, |_| None),
        )
        .of(CLOUDFRONT),
        Panel::new(
            "waf-actions",
            "WAF actions",
            over(field("action"), Agg::Count, requests(), plain, |name| match name {
                "ALLOW" => Some(Ink::Accept),
                "BLOCK" => Some(Ink::Reject),
                _ => None,
            }),
        )
        .of(WAF),
        Panel::new("clients", "Clients", Show::Groups(clients())).wide(),
        Panel::new("targets", "Targets", Show::Groups(targets())).of(BEHIND).wide(),
        ranked("paths", "Paths", "requestPath"),
        rejected("failed-paths", "Paths that failed", "requestPath", failed()),
        ranked("hosts", "Hosts", "requestHost"),
        ranked("agents", "User agents", "userAgent"),
        ranked_by(
            "bytes-paths",
            "Bytes by path",
            "requestPath",
            Agg::Sum("bytes".into()),
            Unit::Bytes,
        ),
        rejected("errors", "Errors", "requestError", Expr::exists("requestError").and(failed())),
        rejected("denied", "Clients that were denied", "source", denied()),
        ranked("methods", "Methods", "requestMethod"),
        ranked("operations", "Operations", "operation").of(S3),
        ranked("requesters", "Requesters", "requester").of(S3),
        rejected("anonymous", "Keys asked for by nobody known", "key", anonymous()).of(S3),
        rejected("rules", "Rules that blocked", "terminatingRuleId", Expr::eq("action", "BLOCK")).of(WAF),
        ranked("tls", "TLS versions", "tlsProtocol"),
        ranked("ciphers", "TLS ciphers", "tlsCipher"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_has_a_class() {
        let of = |n: i64| status_class(&Value::Int(n));
        assert_eq!(
            [of(200), of(404), of(503), of(0)],
            ["2xx", "4xx", "5xx", "no answer"]
        );
        assert_eq!(status_class(&Value::Absent), "no status");
    }

    #[test]
    fn panels_have_names_of_their_own() {
        let panels = BOARD.panels(&Chosen(&|_| None, None));
        let ids: std::collections::BTreeSet<&str> = panels.iter().map(|p| p.id).collect();
        assert_eq!(ids.len(), panels.len());
    }
}
