//! Which services speak in plain text, and which ports does nobody know? Short lists to look at, out of flows by the
//! port that serves.

#[cfg(test)]
mod tests;

use super::pairs::PAIRS;
use super::{KINDS, amount, flows, ports, rejected};
use crate::base::{Value, size};
use crate::chart::{Amount, Unit};
use crate::query::{Agg, Answer, Expr, Key, Order, Query};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// What is said beside services in plain text.
pub const PLAIN: &str = "Accepted flows over TCP or UDP whose service port is one that a protocol without \
    encryption is registered for: whoever is on the way can read them, passwords too. The port is all that \
    is known: what was sent there may be another protocol, or one that begins to encrypt later (STARTTLS).";
/// What is said beside unusual ports.
pub const UNUSUAL: &str = "Service ports from 1024 to 32767 in the own networks that accepted TCP or UDP \
    traffic from outside, are not among the services known here, and are served by one address only. Flows \
    whose two ports do not tell the serving side are not judged.";

/// IANA's numbers of the protocols that have ports.
const TCP: i64 = 6;
const UDP: i64 = 17;
/// Ports below are registered one by one, ports from the second on are the callers'.
const REGISTERED: std::ops::Range<i64> = 1024..32_768;

/// Servers that a filter names.
const MOST_NAMED: usize = 20;

/// A protocol in plain text: its ports, over what, and what takes its place.
struct Plain {
    ports: &'static [i64],
    over: &'static [i64],
    name: &'static str,
    instead: &'static str,
}

const fn plain(
    ports: &'static [i64],
    over: &'static [i64],
    name: &'static str,
    instead: &'static str,
) -> Plain {
    Plain {
        ports,
        over,
        name,
        instead,
    }
}

const BOTH: &[i64] = &[TCP, UDP];

const PROTOCOLS: &[Plain] = &[
    plain(&[20, 21], &[TCP], "FTP", "SFTP or FTPS"),
    plain(&[23], &[TCP], "Telnet", "SSH or Session Manager"),
    plain(
        &[25],
        &[TCP],
        "SMTP",
        "STARTTLS, or submission over TLS on port 465",
    ),
    plain(&[69], &[UDP], "TFTP", "SFTP or HTTPS"),
    plain(&[80, 8080], &[TCP], "HTTP", "HTTPS"),
    plain(&[110], &[TCP], "POP3", "POP3 over TLS on port 995"),
    plain(&[143], &[TCP], "IMAP", "IMAP over TLS on port 993"),
    plain(
        &[161, 162],
        BOTH,
        "SNMP",
        "SNMPv3 with authentication and privacy",
    ),
    plain(&[389], BOTH, "LDAP", "LDAP over TLS on port 636"),
    plain(&[512, 513, 514], &[TCP], "rexec, rlogin or rsh", "SSH"),
    plain(&[514], &[UDP], "syslog", "syslog over TLS on port 6514"),
    plain(&[873], &[TCP], "rsync", "rsync over SSH"),
    plain(&[1883], &[TCP], "MQTT", "MQTT over TLS on port 8883"),
    plain(&[5900], &[TCP], "VNC", "VNC through SSH or a VPN"),
    plain(&[6379], &[TCP], "Redis", "encryption in transit"),
    plain(&[11211], BOTH, "Memcached", "encryption in transit"),
];

/// Accepted flows between a client and the port of a server, both ways together.
#[derive(Clone, Debug, PartialEq)]
pub struct Served {
    pub client: String,
    pub server: String,
    pub port: i64,
    pub protocol: i64,
    /// The ports leave no doubt which side serves.
    pub clear: bool,
    pub flows: Amount,
    pub bytes: Amount,
    /// Flows that the server sent.
    pub answers: Amount,
}

/// The questions whose answers [`served`] takes: together they hold every accepted flow that has ports once.
pub fn ask_served() -> Vec<Query> {
    let keys: [&[&str]; 3] = [&["dstport"], &["srcport"], &["srcport", "dstport"]];
    ports::classes()
        .into_iter()
        .zip(keys)
        .map(|(class, ports)| {
            let ends = ["srcaddr", "dstaddr", "protocol"];
            let by = ends.iter().chain(ports).map(|f| Key::Field((*f).to_owned()));
            let aggs = vec![Agg::Count, amount("bytes", None)];
            let has_ports = Expr::any_of("protocol", &["6", "17"]);
            Query::groups(&KINDS, by.collect(), aggs)
                .filter(flows().and(!rejected()).and(has_ports).and(class))
                .order(Order::Desc(0))
                .limit(PAIRS)
        })
        .collect()
}

/// Flows by service out of the answers to [`ask_served`], and how many flows are beyond their limits.
pub fn served(answers: &[impl AsRef<Answer>]) -> (Vec<Served>, Amount) {
    let mut sums: BTreeMap<(String, String, i64, i64, bool), [Amount; 3]> = BTreeMap::new();
    let mut rest = 0;
    for (class, answer) in answers.iter().map(AsRef::as_ref).enumerate() {
        for row in &answer.rows {
            let (from, to, protocol, port, source, flows, bytes) = match row.as_slice() {
                [from, to, protocol, port, flows, bytes] => {
                    (from, to, protocol, port, class == 1, flows, bytes)
                }
                [from, to, protocol, a, b, flows, bytes] => {
                    let source = ports::source_serves(&a.to_text(), &b.to_text());
                    (
                        from,
                        to,
                        protocol,
                        if source { a } else { b },
                        source,
                        flows,
                        bytes,
                    )
                }
                _ => continue,
            };
            let (Some(port), Some(protocol)) = (port.as_i64(), protocol.as_i64()) else {
                continue;
            };
            let (client, server) = if source { (to, from) } else { (from, to) };
            let key = (client.to_text(), server.to_text(), port, protocol, class < 2);
            let [all, sent, answers] = sums.entry(key).or_default();
            *all += exact(flows);
            *sent += exact(bytes);
            *answers += if source { exact(flows) } else { 0 };
        }
        rest += answer
            .other
            .as_ref()
            .and_then(|sums| sums.first())
            .map_or(0, exact);
    }
    let list = sums.into_iter().map(
        |((client, server, port, protocol, clear), [flows, bytes, answers])| Served {
            client,
            server,
            port,
            protocol,
            clear,
            flows,
            bytes,
            answers,
        },
    );
    (list.collect(), rest)
}

fn exact(value: &Value) -> Amount {
    match value {
        Value::Big(big) => *big,
        value => value.as_i64().unwrap_or(0).into(),
    }
}

/// Something to look at.
#[derive(Clone, Debug, PartialEq)]
pub struct Oddity {
    pub port: i64,
    pub protocol: i64,
    /// `Telnet`; of an unusual port its number.
    pub title: String,
    /// The client and the server, those with the most bytes first.
    pub between: Vec<(String, String)>,
    pub flows: Amount,
    pub bytes: Amount,
    /// Some of it goes between an address inside and one that is not.
    pub leaves: bool,
    pub says: String,
}

impl Oddity {
    /// Accepted flows of this port at these servers, both ways; at any server where they are many.
    pub fn filter(&self) -> Expr {
        let mut servers: Vec<&str> = self.between.iter().map(|(_, server)| server.as_str()).collect();
        servers.sort_unstable();
        servers.dedup();
        let port = self.port.to_string();
        let side = |port_field: &str, address_field: &str| {
            let at_port = Expr::eq(port_field, port.as_str());
            match servers.as_slice() {
                [one] => at_port.and(Expr::eq(address_field, *one)),
                some if some.len() <= MOST_NAMED => at_port.and(Expr::any_of(address_field, some)),
                _ => at_port,
            }
        };
        Expr::eq("protocol", self.protocol.to_string().as_str())
            .and(Expr::Or(vec![
                side("dstport", "dstaddr"),
                side("srcport", "srcaddr"),
            ]))
            .and(!rejected())
    }
}

/// Services in plain text by the rule in [`PLAIN`]: those that leave the own networks first, then by bytes.
pub fn plain_text(served: &[Served], inside: impl Fn(IpAddr) -> bool) -> Vec<Oddity> {
    let mut found: BTreeMap<(i64, i64), (&Plain, Vec<&Served>)> = BTreeMap::new();
    for flow in served {
        let fits = |p: &&Plain| p.ports.contains(&flow.port) && p.over.contains(&flow.protocol);
        if let Some(protocol) = PROTOCOLS.iter().find(fits) {
            let (_, flows) = found
                .entry((flow.port, flow.protocol))
                .or_insert_with(|| (protocol, Vec::new()));
            flows.push(flow);
        }
    }
    let all = found.into_values().filter_map(|(protocol, flows)| {
        let leaves = flows
            .iter()
            .any(|f| is_inside(&f.client, &inside) != is_inside(&f.server, &inside));
        let mut odd = oddity(flows, protocol.name.to_owned(), leaves)?;
        let way = if leaves {
            ", some of it beyond the own networks"
        } else {
            ""
        };
        odd.says
            .push_str(&format!("{way}. Instead: {}.", protocol.instead));
        Some(odd)
    });
    sorted(all)
}

/// Unusual ports by the rule in [`UNUSUAL`], by bytes. `inside` says of an address whether it is in the own networks.
pub fn unusual(served: &[Served], inside: impl Fn(IpAddr) -> bool) -> Vec<Oddity> {
    let mut servers: BTreeMap<(i64, i64), BTreeSet<&str>> = BTreeMap::new();
    let mut from_outside: BTreeMap<(i64, i64), Vec<&Served>> = BTreeMap::new();
    let judged = served
        .iter()
        .filter(|f| f.clear && REGISTERED.contains(&f.port) && !is_known(f.port));
    for flow in judged {
        let port = (flow.port, flow.protocol);
        servers.entry(port).or_default().insert(&flow.server);
        let comes_in = is_inside(&flow.server, &inside) && !is_inside(&flow.client, &inside);
        if comes_in && flow.flows > flow.answers {
            from_outside.entry(port).or_default().push(flow);
        }
    }
    let all = from_outside.into_iter().filter_map(|(port, flows)| {
        if servers.get(&port).map_or(0, BTreeSet::len) != 1 {
            return None;
        }
        let answered = flows.iter().any(|f| f.answers > 0);
        let mut odd = oddity(flows, port.0.to_string(), true)?;
        odd.says.push_str(if answered {
            ". It answered."
        } else {
            ". No answer is recorded."
        });
        Some(odd)
    });
    sorted(all)
}

/// Whether the service of the port has a name.
fn is_known(port: i64) -> bool {
    let number = port.to_string();
    ports::port_name(&number) != number
}

fn is_inside(address: &str, inside: &impl Fn(IpAddr) -> bool) -> bool {
    address.parse().is_ok_and(inside)
}

/// The flows of a port as one; its sentence is to be ended.
fn oddity(mut flows: Vec<&Served>, title: String, leaves: bool) -> Option<Oddity> {
    flows.sort_by_key(|f| Reverse(f.bytes));
    let first = flows.first()?;
    let (port, protocol) = (first.port, first.protocol);
    let mut seen = BTreeSet::new();
    let between: Vec<(String, String)> = flows
        .iter()
        .filter(|f| seen.insert((&f.client, &f.server)))
        .map(|f| (f.client.clone(), f.server.clone()))
        .collect();
    let bytes = flows.iter().map(|f| f.bytes).sum();
    let over = if protocol == UDP { "udp" } else { "tcp" };
    let named = title == port.to_string();
    let what = if named {
        format!("{over}/{port}")
    } else {
        format!("{title} ({over}/{port})")
    };
    let more = match between.len() {
        0 | 1 => String::new(),
        n => format!(" and {}", size::counted(n as i128 - 1, "other pairs")),
    };
    let says = format!(
        "{what}: {} from {} to {}{more}",
        Unit::Bytes.long(bytes),
        first.client,
        first.server
    );
    Some(Oddity {
        port,
        protocol,
        title,
        flows: flows.iter().map(|f| f.flows).sum(),
        bytes,
        between,
        leaves,
        says,
    })
}

fn sorted(all: impl Iterator<Item = Oddity>) -> Vec<Oddity> {
    let mut all: Vec<Oddity> = all.collect();
    all.sort_by_key(|odd| (!odd.leaves, Reverse(odd.bytes)));
    all
}
