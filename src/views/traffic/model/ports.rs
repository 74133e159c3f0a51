//! Which of a flow's two ports is the service's? The other one is the caller's, picked for one connection only.

use super::{KINDS, flows};
use crate::base::Value;
use crate::query::{Agg, Answer, Expr, Key, Op, Query};
use std::collections::BTreeMap;

/// From here on systems take the ports they call from (Linux; IANA's own range begins at 49152).
const EPHEMERAL: i64 = 32_768;
/// Below it only a service listens.
const SYSTEM: i64 = 1024;

/// What is said beside figures by service port.
pub const HOW: &str = "The service port is the serving side's: the well-known or lower of a flow's two ports. Ports from 32768 on are taken as the caller's.";

fn port(field: &str, op: Op, value: i64) -> Expr {
    Expr::Compare {
        field: field.to_owned(),
        op,
        value: value.into(),
    }
}

/// The flow's destination (or source) clearly is the service.
fn serves(source: bool) -> Expr {
    let (own, other) = if source {
        ("srcport", "dstport")
    } else {
        ("dstport", "srcport")
    };
    let over = |limit: i64| port(own, Op::Lt, limit).and(port(other, Op::Ge, limit));
    Expr::Or(vec![over(SYSTEM), over(EPHEMERAL)])
}

/// Flows whose destination serves, whose source serves, and those where the two ports have to be compared: each flow is
/// in one of them.
pub fn classes() -> [Expr; 3] {
    let unclear = !Expr::Or(vec![serves(false), serves(true)]);
    [serves(false), serves(true), unclear]
}

/// Whether the source serves, of two ports that [`classes`] left open: a known service does, else the lower port.
pub fn source_serves(source: &str, destination: &str) -> bool {
    let key = |p: &str| {
        let number: u32 = p.parse().unwrap_or(u32::MAX);
        (service(p).is_empty() || number == u32::MAX, number)
    };
    key(source) < key(destination)
}

/// Service ports by flows.
pub fn ask_top() -> Vec<Query> {
    let by = |fields: &[&str]| fields.iter().map(|f| Key::Field((*f).to_owned())).collect();
    let keys: [Vec<Key>; 3] = [by(&["dstport"]), by(&["srcport"]), by(&["srcport", "dstport"])];
    classes()
        .into_iter()
        .zip(keys)
        .map(|(class, keys)| Query::groups(&KINDS, keys, vec![Agg::Count]).filter(flows().and(class)))
        .collect()
}

/// The largest service ports out of the answers to [`ask_top`].
pub fn top(answers: &[impl AsRef<Answer>], most: usize) -> Vec<(String, i64)> {
    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    for row in answers.iter().flat_map(|a| &a.as_ref().rows) {
        let (port, n) = match row.as_slice() {
            [port, n] => (port, n),
            [a, b, n] if source_serves(&a.to_text(), &b.to_text()) => (a, n),
            [_, b, n] => (b, n),
            _ => continue,
        };
        *sums.entry(port.to_text()).or_default() += n.as_i64().unwrap_or(0);
    }
    let mut all: Vec<(String, i64)> = sums.into_iter().collect();
    all.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    all.truncate(most);
    all
}

/// Flows of a service, both ways.
pub fn either_way(port: &str) -> Expr {
    let is = |field: &str| match port {
        "" => Expr::eq(field, Value::Absent),
        p => Expr::eq(field, p),
    };
    Expr::Or(vec![is("dstport"), is("srcport")])
}

/// A port with the service it usually is (IANA).
pub fn port_name(port: &str) -> String {
    match (port, service(port)) {
        ("", _) => "no port".to_owned(),
        (port, "") => port.to_owned(),
        (port, name) => format!("{port} {name}"),
    }
}

fn service(port: &str) -> &'static str {
    match port {
        "0" => "icmp or none",
        "20" | "21" => "ftp",
        "22" => "ssh",
        "23" => "telnet",
        "25" => "smtp",
        "53" => "dns",
        "80" => "http",
        "110" => "pop3",
        "123" => "ntp",
        "143" => "imap",
        "389" => "ldap",
        "443" => "https",
        "445" => "smb",
        "636" => "ldaps",
        "1433" => "mssql",
        "1521" => "oracle",
        "2049" => "nfs",
        "3306" => "mysql",
        "3389" => "rdp",
        "5432" => "postgresql",
        "5439" => "redshift",
        "6379" => "redis",
        "8080" => "http",
        "8443" => "https",
        "9092" => "kafka",
        "9200" => "elasticsearch",
        "11211" => "memcached",
        "27017" => "mongodb",
        _ => "",
    }
}
