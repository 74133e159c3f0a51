//! The table of constellations, and what holds for any flows at all.

mod random;

use super::*;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Table {
    items: BTreeMap<String, Item>,
    constellations: Vec<Constellation>,
}

#[derive(Deserialize)]
struct Item {
    #[serde(default = "inventory")]
    kind: String,
    #[serde(rename = "type")]
    ty: String,
    /// Seconds.
    at: Option<i64>,
    body: Value,
}

fn inventory() -> String {
    "aws-inventory".to_owned()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Constellation {
    case: String,
    flows: Vec<String>,
    described: Vec<String>,
    expect: Vec<Expected>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    verdict: String,
    certainty: Option<String>,
    count: Option<u64>,
    /// What is named somewhere in the words.
    #[serde(default)]
    names: Vec<String>,
    #[serde(default)]
    not: Vec<String>,
    #[serde(default)]
    missing: Vec<String>,
    /// The resource whose rule explains it.
    rule: Option<String>,
    allow: Option<String>,
}

fn end(text: &str) -> (String, Option<Ports>) {
    let split = match text.strip_prefix('[').and_then(|rest| rest.split_once("]:")) {
        Some(v6) => Some(v6),
        None => text.split_once(':'),
    };
    let Some((address, port)) = split else {
        return (text.to_owned(), None);
    };
    let (first, last) = port.split_once('-').unwrap_or((port, port));
    let ports = Ports {
        first: first.parse().unwrap(),
        last: last.parse().unwrap(),
    };
    (address.to_owned(), Some(ports))
}

/// `eni-db 10.0.3.7:40000 > 10.0.5.9:5432 tcp REJECT in flags=2 n=3`; `-` is no interface, `tgw` a transit gateway.
fn flow(line: &str) -> FlowGroup {
    let mut words = line.split_whitespace().peekable();
    let mut group = FlowGroup {
        count: 1,
        first_ns: 1000 * 1_000_000_000,
        last_ns: 1060 * 1_000_000_000,
        ..FlowGroup::default()
    };
    match words.next().unwrap() {
        "-" => {}
        "tgw" => group.traffic = Traffic::TransitGateway,
        id => group.interface = Some(id.to_owned()),
    }
    if words.peek().is_some_and(|word| !word.contains('=')) {
        (group.src, group.src_port) = end(words.next().unwrap());
        assert_eq!(words.next(), Some(">"), "{line}");
        (group.dst, group.dst_port) = end(words.next().unwrap());
    }
    for word in words {
        let (key, value) = word.split_once('=').unwrap_or((word, ""));
        match key {
            "tcp" => group.protocol = Some(6),
            "udp" => group.protocol = Some(17),
            "icmp" => group.protocol = Some(1),
            "ACCEPT" => group.action = Some(Action::Accept),
            "REJECT" => group.action = Some(Action::Reject),
            "in" => group.flow_direction = Some(Direction::Ingress),
            "out" => group.flow_direction = Some(Direction::Egress),
            "flags" => group.tcp_flags_seen = value.split(',').map(|v| v.parse().unwrap()).collect(),
            "reason" => group.reject_reason = Some(value.to_owned()),
            "n" => group.count = value.parse().unwrap(),
            "att" => group.attachment = Some(value.to_owned()),
            "status" if value == "SKIPDATA" => group.log_status = Some(LogStatus::SkipData),
            "status" => group.log_status = Some(LogStatus::NoData),
            "at" => {
                let (first, last) = value.split_once('-').unwrap();
                group.first_ns = first.parse::<i64>().unwrap() * 1_000_000_000;
                group.last_ns = last.parse::<i64>().unwrap() * 1_000_000_000;
            }
            "lost" => match value.split_once(':').unwrap() {
                ("no_route", n) => group.lost.no_route = n.parse().unwrap(),
                (_, n) => group.lost.blackhole = n.parse().unwrap(),
            },
            _ => panic!("{word} in {line}"),
        }
    }
    group.tcp_flags = group.tcp_flags_seen.iter().copied().reduce(|a, b| a | b);
    group.packets = group.count;
    group
}

fn table() -> Table {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/diagnosis/constellations.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn described<'a>(table: &Table, names: impl Iterator<Item = &'a String>) -> Described {
    let mut described = Described::default();
    for name in names {
        let item = table.items.get(name).unwrap_or_else(|| panic!("no item {name}"));
        described.add(
            &item.kind,
            &item.ty,
            &item.body,
            item.at.map(|s| s * 1_000_000_000),
        );
    }
    described
}

fn words(d: &Diagnosis) -> String {
    let mut all = vec![d.says.clone()];
    all.extend(d.evidence.iter().map(|e| e.text.clone()));
    all.extend(d.rule.iter().map(|r| format!("{}: {}", r.resource, r.text)));
    all.extend(d.would_allow.iter().cloned());
    all.join("\n")
}

fn faults(expected: &Expected, d: &Diagnosis) -> Vec<String> {
    let mut faults = Vec::new();
    let mut want = |holds: bool, what: String| {
        if !holds {
            faults.push(what);
        }
    };
    let all = words(d);
    want(
        d.verdict.id() == expected.verdict,
        format!("verdict {}", d.verdict.id()),
    );
    if let Some(certainty) = &expected.certainty {
        want(
            d.certainty.id() == certainty,
            format!("certainty {}", d.certainty.id()),
        );
    }
    if let Some(count) = expected.count {
        want(d.count == count, format!("count {}", d.count));
    }
    for name in &expected.names {
        want(all.contains(name), format!("does not name {name}"));
    }
    for name in &expected.not {
        want(!all.contains(name), format!("names {name}"));
    }
    for what in &expected.missing {
        let told = |m: &Missing| m.what.contains(what) || m.told_by.contains(what);
        want(d.missing.iter().any(told), format!("does not miss {what}"));
    }
    if let Some(rule) = &expected.rule {
        want(
            d.rule.as_ref().is_some_and(|r| r.resource == *rule),
            format!("rule {:?}", d.rule),
        );
    }
    if let Some(allow) = &expected.allow {
        want(
            d.would_allow.as_ref().is_some_and(|a| a.contains(allow)),
            format!("would allow {:?}", d.would_allow),
        );
    }
    faults
}

#[test]
fn every_constellation_is_diagnosed_as_the_table_says() {
    let table = table();
    let mut faulty = String::new();
    for c in &table.constellations {
        let groups: Vec<FlowGroup> = c.flows.iter().map(|line| flow(line)).collect();
        let found = diagnose(&groups, &described(&table, c.described.iter()));
        let mut faults: Vec<String> = c
            .expect
            .iter()
            .zip(&found)
            .flat_map(|(e, d)| faults(e, d))
            .collect();
        if found.len() != c.expect.len() {
            faults.push(format!("{} diagnoses", found.len()));
        }
        // `DIAGNOSIS_WORDS=1` shows what is said.
        if !faults.is_empty() || std::env::var_os("DIAGNOSIS_WORDS").is_some() {
            faulty.push_str(&format!("\n# {}\n{}\n", c.case, faults.join("\n")));
            for d in &found {
                faulty.push_str(&format!(
                    "[{} {}] {}\n",
                    d.verdict.id(),
                    d.certainty.id(),
                    words(d)
                ));
                for m in &d.missing {
                    faulty.push_str(&format!("  missing: {}: {}\n", m.what, m.told_by));
                }
            }
        }
    }
    assert!(faulty.is_empty(), "{faulty}");
}

#[test]
fn every_verdict_has_its_own_id_and_is_in_the_table_or_here() {
    let ids: std::collections::BTreeSet<&str> = Verdict::ALL.iter().map(|v| v.id()).collect();
    assert_eq!(ids.len(), Verdict::ALL.len());
    let table = table();
    let tried = |id: &str| {
        table
            .constellations
            .iter()
            .flat_map(|c| &c.expect)
            .any(|e| e.verdict == id)
    };
    let left: Vec<&str> = ids.into_iter().filter(|id| !tried(id)).collect();
    assert_eq!(left, ["mtu-exceeded", "ttl-expired"]);
}

/// Both spellings of everything, a configuration inside a text, and things that are none of it.
#[test]
fn descriptions_are_read_in_every_spelling() {
    let table = table();
    let item = |name: &str| table.items.get(name).unwrap();
    let of_config = item("sg-db, closed, of Config");
    let mut as_text = of_config.body.clone();
    as_text["configuration"] = Value::String(of_config.body["configuration"].to_string());
    let mut alone = Described::default();
    alone.add("config", &of_config.ty, &of_config.body["configuration"], None);
    for body in [&as_text, &of_config.body] {
        let mut described = Described::default();
        described.add("config", &of_config.ty, body, None);
        assert!(!described.is_empty());
        assert_eq!(described, alone);
    }
    let mut nothing = Described::default();
    nothing.add("aws-inventory", "Vpc", &item("sg-db, open").body, None);
    nothing.add("cloudtrail", "SecurityGroup", &item("sg-db, open").body, None);
    nothing.add(
        "aws-inventory",
        "SecurityGroup",
        &serde_json::json!({"GroupId": "sg-1"}),
        None,
    );
    nothing.add(
        "aws-inventory",
        "NetworkInterface",
        &serde_json::json!([1, "a"]),
        None,
    );
    assert!(nothing.is_empty());
}

#[test]
fn the_newer_description_counts() {
    let table = table();
    let names = [
        "sg-db, open, later",
        "sg-db, open, earlier",
        "eni-db",
        "eni-db of Config",
        "acl-db, entry 90 denies",
    ];
    let read = |names: &[&str]| {
        described(
            &table,
            names.iter().map(|n| n.to_string()).collect::<Vec<_>>().iter(),
        )
    };
    let mut other = names;
    other.swap(0, 1);
    assert_eq!(read(&names), read(&other));
    let group = read(&names).groups.get("sg-db").cloned().unwrap();
    assert_eq!(group.at_ns, Some(5000 * 1_000_000_000));
}

#[test]
fn what_is_said_survives_the_way_to_the_page() {
    let table = table();
    let all = described(&table, table.items.keys());
    let groups: Vec<FlowGroup> = table
        .constellations
        .iter()
        .flat_map(|c| &c.flows)
        .map(|l| flow(l))
        .collect();
    let found = diagnose(&groups, &all);
    let there =
        |bytes: Vec<u8>| postcard::from_bytes::<(Vec<FlowGroup>, Described, Vec<Diagnosis>)>(&bytes).unwrap();
    let sent = (groups, all, found);
    assert_eq!(there(postcard::to_allocvec(&sent).unwrap()), sent);
}
