//! What the shop in front of the network was asked: the balancer's access logs and the decisions of its web ACL.

use super::random::Random;
use super::story::*;
use super::{SampleFile, file, gzip};
use crate::base::time::{HOUR, MINUTE, SECOND, iso};
use serde_json::json;
use std::fmt::Write;

/// A day's requests are a file.
const BALANCER: usize = DAYS;
pub const FILES: usize = BALANCER + 1;

const LOAD_BALANCER: &str = "app/web/50dc6c495c0c9188";
const TARGETS: &str =
    "arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/web/73e2d6bc24d8a067";
const WEB_ACL: &str =
    "arn:aws:wafv2:eu-central-1:111122223333:regional/webacl/web/5d3f1c2a-9b7e-4c61-8f04-2a6d90b1e7c3";
const SCANNER: &str = "203.0.113.67";
/// Paths that no shop has.
const PROBED: [&str; 8] = [
    "/.env",
    "/.git/config",
    "/wp-login.php",
    "/phpmyadmin/",
    "/server-status",
    "/actuator/env",
    "/login?user=' OR 1=1 --",
    "/backup.zip",
];
const ASKED: [(&str, &str, i64, i64); 7] = [
    // Method, path, milliseconds at most, bytes at most.
    ("GET", "/", 60, 42_000),
    ("GET", "/products", 140, 64_000),
    ("GET", "/products/4711", 90, 38_000),
    ("GET", "/assets/shop.js", 12, 210_000),
    ("GET", "/search?q=lamp", 420, 51_000),
    ("POST", "/cart", 130, 1_800),
    ("POST", "/checkout", 900, 2_400),
];
const AGENTS: [&str; 4] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X)",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605.1.15",
    "ExampleShopApp/7.2",
];

pub fn make(index: usize) -> SampleFile {
    match index {
        day if day < BALANCER => requests(day),
        _ => decisions(),
    }
}

/// One request at the balancer.
struct Request<'a> {
    at: i64,
    client: &'a str,
    method: &'a str,
    path: &'a str,
    agent: &'a str,
    tls: &'a str,
    /// The machine that answers; none where the balancer does itself.
    target: Option<&'a str>,
    status: i64,
    milliseconds: i64,
    bytes: i64,
}

fn line(text: &mut String, r: &Request<'_>, random: &mut Random) {
    let end = r.at + r.milliseconds * SECOND / 1000;
    let seconds = |ms: i64| format!("{}.{:03}", ms / 1000, ms % 1000);
    let (target, times, answered) = match r.target {
        Some(address) => (
            format!("{address}:8080"),
            format!("0.001 {} 0.000", seconds(r.milliseconds)),
            match r.status {
                502 => "-".to_owned(),
                status => status.to_string(),
            },
        ),
        None => ("-".to_owned(), "-1 -1 -1".to_owned(), "-".to_owned()),
    };
    let (group, action) = match r.target {
        Some(_) => (TARGETS, "waf,forward"),
        None => ("-", "waf"),
    };
    let trace = format!("Root=1-{:08x}-{}{}", r.at / SECOND, random.hex(16), random.hex(8));
    let port = random.within(32_768, 61_000);
    // Writing to a string has no way to fail.
    let _ = writeln!(
        text,
        "h2 {} {LOAD_BALANCER} {}:{port} {target} {times} {} {answered} {} {} \"{} https://shop.example.com:443{} HTTP/2.0\" \
         \"{}\" TLS_AES_128_GCM_SHA256 {} {group} \"{trace}\" \"shop.example.com\" \"session-reused\" 0 {} \"{action}\" \"-\" \
         \"-\" \"{target}\" \"{answered}\" \"-\" \"-\" TID_{}{} \"-\" \"-\" \"-\"",
        iso(end),
        r.client,
        r.status,
        random.within(90, 900),
        r.bytes,
        r.method,
        r.path.replace(' ', "%20"),
        r.agent,
        r.tls,
        iso(r.at),
        random.hex(16),
        random.hex(16),
    );
}

fn requests(day: usize) -> SampleFile {
    let mut random = Random::new(0x7765_6200 + day as u64);
    let start = at(FIRST_DAY + day as u32, 0, 0, 0);
    let hosts = hosts();
    let web: Vec<&str> = hosts
        .iter()
        .filter(|h| h.name.starts_with("web"))
        .map(|h| h.address.as_str())
        .collect();
    let mut text = String::new();
    let mut count = 0;
    for minute in 0..24 * 60 {
        let t = start + minute * MINUTE;
        let (low, high) = if busy(t) { (1, 4) } else { (0, 2) };
        for _ in 0..random.within(low, high) {
            let (method, path, slowest, most) = random.pick(&ASKED);
            let client = format!("192.0.2.{}", random.within(50, 190));
            // While the database failed over in the morning, one machine in two answers late or not at all.
            let troubled = (at(12, 9, 5, 0)..at(12, 9, 40, 0)).contains(&t);
            let status = match random.within(0, 400) {
                _ if troubled && random.within(0, 3) == 0 => 502,
                0..3 => 503,
                3..14 => 404,
                14..20 if method == "POST" => 403,
                20..50 => 304,
                _ => 200,
            };
            line(
                &mut text,
                &Request {
                    at: t + random.within(0, 59_000) * SECOND / 1000,
                    client: &client,
                    method,
                    path,
                    agent: random.pick(&AGENTS),
                    tls: if random.within(0, 25) == 0 {
                        "TLSv1.2"
                    } else {
                        "TLSv1.3"
                    },
                    target: Some(random.pick(&web)),
                    status,
                    milliseconds: random.within(2, slowest) * if troubled { 9 } else { 1 },
                    bytes: random.within(200, most),
                },
                &mut random,
            );
            count += 1;
        }
    }
    for (t, path) in probes().filter(|(t, _)| (start..start + 24 * HOUR).contains(t)) {
        let blocked = path.contains('\'') || path.starts_with("/.");
        line(
            &mut text,
            &Request {
                at: t,
                client: SCANNER,
                method: "GET",
                path,
                agent: "Mozilla/5.0 zgrab/0.x",
                tls: "TLSv1.2",
                target: (!blocked).then(|| web[0]),
                status: if blocked { 403 } else { 404 },
                milliseconds: 3,
                bytes: 520,
            },
            &mut random,
        );
        count += 1;
    }
    let name = format!(
        "AWSLogs/{ACCOUNT}/elasticloadbalancing/{HOME}/{}/{ACCOUNT}_elasticloadbalancing_{HOME}_app.web.50dc6c495c0c9188_{}_192.0.2.60_{}.log.gz",
        day_path(start),
        stamp(start + 23 * HOUR + 55 * MINUTE),
        random.hex(8)
    );
    file(name, "alb", count, gzip(text.as_bytes()))
}

/// The night's scan of the shop: when, and what was asked for.
fn probes() -> impl Iterator<Item = (i64, &'static str)> {
    (0..64).map(|n: i64| (at(11, 0, 41, n * 3), PROBED[n as usize % PROBED.len()]))
}

fn decisions() -> SampleFile {
    let mut random = Random::new(0x7761_6600);
    let mut text = String::new();
    let mut count = 0;
    for (t, path) in probes() {
        let (uri, args) = path.split_once('?').unwrap_or((path, ""));
        let (rule, ty, action) = match () {
            () if path.contains('\'') => ("AWS-AWSManagedRulesSQLiRuleSet", "MANAGED_RULE_GROUP", "BLOCK"),
            () if path.starts_with("/.") => {
                ("AWS-AWSManagedRulesCommonRuleSet", "MANAGED_RULE_GROUP", "BLOCK")
            }
            () => ("Default_Action", "REGULAR", "ALLOW"),
        };
        let decision = json!({
            "timestamp": t / 1_000_000,
            "formatVersion": 1,
            "webaclId": WEB_ACL,
            "terminatingRuleId": rule,
            "terminatingRuleType": ty,
            "action": action,
            "terminatingRuleMatchDetails": [],
            "httpSourceName": "ALB",
            "httpSourceId": format!("{ACCOUNT}-{LOAD_BALANCER}"),
            "ruleGroupList": [],
            "rateBasedRuleList": [],
            "nonTerminatingMatchingRules": [],
            "requestHeadersInserted": null,
            "responseCodeSent": null,
            "httpRequest": {
                "clientIp": SCANNER,
                "country": "NL",
                "headers": [
                    {"name": "host", "value": "shop.example.com"},
                    {"name": "user-agent", "value": "Mozilla/5.0 zgrab/0.x"}
                ],
                "uri": uri,
                "args": args,
                "httpVersion": "HTTP/2.0",
                "httpMethod": "GET",
                "requestId": format!("1-{:08x}-{}{}", t / SECOND, random.hex(16), random.hex(8)),
            },
            "labels": [],
        });
        let _ = writeln!(text, "{decision}");
        count += 1;
    }
    let name = format!(
        "AWSLogs/{ACCOUNT}/WAFLogs/{HOME}/web/{}/00/40/{ACCOUNT}_waflogs_{HOME}_web_{}_1a2b3c4d.log.gz",
        day_path(at(11, 0, 40, 0)),
        stamp(at(11, 0, 40, 0))
    );
    file(name, "waf", count, gzip(text.as_bytes()))
}
