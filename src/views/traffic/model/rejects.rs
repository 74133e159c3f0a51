//! Which flow records have to be seen to tell why something was rejected, and how they are handed on.

use super::ports;
use super::{KINDS, flows, rejected};
use crate::base::Value;
use crate::diagnosis::{Action, Direction, FlowGroup, LogStatus, Lost, Ports, Traffic};
use crate::query::{Agg, Answer, Expr, Key, Order, Query};

/// Groups of a question.
const MOST: usize = 20_000;
/// Addresses whose accepted flows are asked for by name; of more, all accepted flows are.
const MOST_ENDS: usize = 150;
/// Groups that a diagnosis' filter names one by one.
const MOST_NAMED: usize = 12;

/// Keys that are asked of every flow beside its ports, in the order in which rows have them.
const KEYS: [&str; 14] = [
    "interface-id",
    "account-id",
    "vpc-id",
    "subnet-id",
    "tgw-attachment-id",
    "srcaddr",
    "dstaddr",
    "protocol",
    "action",
    "flow-direction",
    "tcp-flags",
    "reject-reason",
    "log-status",
    "type",
];
const LOST: [&str; 4] = [
    "packets-lost-no-route",
    "packets-lost-blackhole",
    "packets-lost-mtu-exceeded",
    "packets-lost-ttl-expired",
];
/// Items of inventories and types of AWS Config that say what filters there are.
const DESCRIBING: [&str; 12] = [
    "SecurityGroup",
    "NetworkAcl",
    "NetworkInterface",
    "Subnet",
    "Instance",
    "PrefixList",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::NetworkAcl",
    "AWS::EC2::NetworkInterface",
    "AWS::EC2::Subnet",
    "AWS::EC2::Instance",
    "AWS::EC2::PrefixList",
];

/// Whether a description tells of the network's filters.
pub fn describes(_kind: &str, item_type: &str) -> bool {
    DESCRIBING.contains(&item_type)
}

fn grouped(kind: &str, ports: [Option<&str>; 2], filter: Expr) -> Query {
    let field = |name: &str| Key::Field(name.to_owned());
    let names = ports.into_iter().flatten();
    let by: Vec<Key> = KEYS.iter().copied().chain(names).map(field).collect();
    let time = || "@timestamp".to_owned();
    let sums = ["packets", "bytes"].iter().chain(&LOST);
    let mut aggs = vec![Agg::Count, Agg::Min(time()), Agg::Max(time())];
    aggs.extend(sums.map(|name| Agg::Sum((*name).to_owned())));
    Query::groups(&[kind], by, aggs)
        .filter(filter)
        .order(Order::Desc(0))
        .limit(MOST)
}

/// How a group's rows tell their ports: both, or only the service's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    Destination,
    Source,
    Both,
    /// It has none: lines without traffic.
    None,
}

/// Questions for these flows: a caller's port is one of thousands and tells nothing, so that only the service's is asked
/// where it is clear which one that is.
fn ask(filter: &Expr) -> Vec<(&'static str, Told, Query)> {
    let [to, from, unclear] = ports::classes();
    let parts = [
        (Told::Destination, [None, Some("dstport")], to),
        (Told::Source, [Some("srcport"), None], from),
        (Told::Both, [Some("srcport"), Some("dstport")], unclear),
    ];
    KINDS
        .iter()
        .flat_map(|kind| {
            parts.iter().map(|(told, names, class)| {
                let filter = flows().and(class.clone()).and(filter.clone());
                (*kind, *told, grouped(kind, *names, filter))
            })
        })
        .collect()
}

/// What was rejected or lost, and where nothing was recorded.
pub fn ask_rejects() -> Vec<(&'static str, Told, Query)> {
    let lost = LOST.iter().map(|name| Expr::Compare {
        field: (*name).to_owned(),
        op: crate::query::Op::Gt,
        value: Value::Int(0),
    });
    let mut all = ask(&Expr::Or([rejected()].into_iter().chain(lost).collect()));
    let holes = Expr::In {
        field: "log-status".to_owned(),
        values: ["NODATA", "SKIPDATA"].map(str::to_owned).to_vec(),
    };
    all.extend(
        KINDS
            .iter()
            .map(|kind| (*kind, Told::None, grouped(kind, [None, None], holes.clone()))),
    );
    all
}

/// What was let pass between the same ends.
pub fn ask_accepted(rejects: &[FlowGroup]) -> Vec<(&'static str, Told, Query)> {
    let mut ends: Vec<String> = (rejects.iter())
        .flat_map(|g| [g.src.clone(), g.dst.clone()])
        .filter(|a| !a.is_empty())
        .collect();
    ends.sort();
    ends.dedup();
    let is = |field: &str| Expr::In {
        field: field.to_owned(),
        values: ends.clone(),
    };
    let between = match ends.len() {
        1..=MOST_ENDS => is("srcaddr").and(is("dstaddr")),
        _ => Expr::All,
    };
    ask(&Expr::eq("action", "ACCEPT").and(between))
}

/// Flow groups out of an answer.
pub fn groups(kind: &str, told: Told, answer: &Answer) -> Vec<FlowGroup> {
    answer.rows.iter().map(|row| group(kind, told, row)).collect()
}

fn group(kind: &str, told: Told, row: &[Value]) -> FlowGroup {
    let cell = |at: usize| row.get(at).filter(|v| !v.is_absent());
    let text = |at: usize| cell(at).map(Value::to_text).filter(|t| !t.is_empty());
    let number = |at: usize| cell(at).and_then(Value::as_i64);
    let port = |at: usize| number(at).and_then(|n| u16::try_from(n).ok()).map(Ports::one);
    let first = KEYS.len();
    let (src_port, dst_port, aggs) = match told {
        Told::Destination => (None, port(first), first + 1),
        Told::Source => (port(first), None, first + 1),
        Told::Both => (port(first), port(first + 1), first + 2),
        Told::None => (None, None, first),
    };
    let caller = |known: Option<Ports>| known.or_else(|| (told != Told::None).then_some(Ports::EPHEMERAL));
    let (src_port, dst_port) = match (src_port, dst_port) {
        (None, Some(_)) => (caller(None), dst_port),
        (Some(_), None) => (src_port, caller(None)),
        both => both,
    };
    let sum = |at: usize| number(aggs + at).and_then(|n| u64::try_from(n).ok()).unwrap_or(0);
    let flags = number(10).and_then(|n| u16::try_from(n).ok());
    FlowGroup {
        traffic: match kind {
            "tgw-flow" => Traffic::TransitGateway,
            _ => Traffic::Vpc,
        },
        interface: text(0),
        account: text(1),
        vpc: text(2),
        subnet: text(3),
        attachment: text(4),
        src: text(5).unwrap_or_default(),
        dst: text(6).unwrap_or_default(),
        src_port,
        dst_port,
        protocol: number(7).and_then(|n| u8::try_from(n).ok()),
        action: match text(8).as_deref() {
            Some("ACCEPT") => Some(Action::Accept),
            Some("REJECT") => Some(Action::Reject),
            _ => None,
        },
        flow_direction: match text(9).as_deref() {
            Some("ingress") => Some(Direction::Ingress),
            Some("egress") => Some(Direction::Egress),
            _ => None,
        },
        tcp_flags: flags,
        tcp_flags_seen: flags.into_iter().collect(),
        reject_reason: text(11),
        log_status: match text(12).as_deref() {
            Some("OK") => Some(LogStatus::Ok),
            Some("NODATA") => Some(LogStatus::NoData),
            Some("SKIPDATA") => Some(LogStatus::SkipData),
            _ => None,
        },
        lost: Lost {
            no_route: sum(5),
            blackhole: sum(6),
            mtu_exceeded: sum(7),
            ttl_expired: sum(8),
        },
        count: sum(0),
        first_ns: number(aggs + 1).unwrap_or(0),
        last_ns: number(aggs + 2).unwrap_or(0),
        packets: sum(3),
        bytes: sum(4),
    }
}

/// The records of some groups: each by name where they are few, else by their ends.
pub fn filter<'a>(groups: impl Iterator<Item = &'a FlowGroup> + Clone) -> Expr {
    let action = |g: &FlowGroup| match g.action {
        Some(Action::Reject) => rejected(),
        Some(Action::Accept) => Expr::eq("action", "ACCEPT"),
        None => Expr::All,
    };
    let one = |g: &FlowGroup| {
        let port = |field: &str, ports: Option<Ports>| match ports.and_then(Ports::single) {
            Some(n) => Expr::eq(field, i64::from(n)),
            None => Expr::All,
        };
        let ends = Expr::eq("srcaddr", g.src.as_str()).and(Expr::eq("dstaddr", g.dst.as_str()));
        ends.and(port("srcport", g.src_port))
            .and(port("dstport", g.dst_port))
            .and(action(g))
    };
    if groups.clone().count() <= MOST_NAMED {
        let mut all: Vec<Expr> = Vec::new();
        for filter in groups.map(one) {
            if !all.contains(&filter) {
                all.push(filter);
            }
        }
        return match all.len() {
            1 => all.pop().unwrap_or_default(),
            _ => Expr::Or(all),
        };
    }
    let values = |of: fn(&FlowGroup) -> &String| {
        let mut all: Vec<String> = groups.clone().map(|g| of(g).clone()).collect();
        all.sort();
        all.dedup();
        all
    };
    let among = |field: &str, values: Vec<String>| match values.len() {
        0 | 201.. => Expr::All,
        _ => Expr::In {
            field: field.to_owned(),
            values,
        },
    };
    let actions = groups.clone().next().map_or(Expr::All, action);
    among("srcaddr", values(|g| &g.src))
        .and(among("dstaddr", values(|g| &g.dst)))
        .and(actions)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(told: Told) -> Vec<Value> {
        let mut row: Vec<Value> = vec![
            "eni-1".into(),
            "111122223333".into(),
            Value::Absent,
            Value::Absent,
            Value::Absent,
            "10.0.0.5".into(),
            "10.0.1.9".into(),
            Value::Int(6),
            "REJECT".into(),
            "ingress".into(),
            Value::Int(2),
            Value::Absent,
            "OK".into(),
            "IPv4".into(),
        ];
        match told {
            Told::Both => row.extend([Value::Int(40_001), Value::Int(40_002)]),
            Told::None => {}
            _ => row.push(Value::Int(443)),
        }
        row.extend([3, 10, 20, 7, 700, 0, 0, 0, 0].map(Value::Int));
        row
    }

    #[test]
    fn a_row_is_a_group_whichever_port_it_tells() {
        let group = |told| group("vpc-flow", told, &row(told));
        let to = group(Told::Destination);
        assert_eq!(
            (to.src_port, to.dst_port),
            (Some(Ports::EPHEMERAL), Some(Ports::one(443)))
        );
        let from = group(Told::Source);
        assert_eq!(
            (from.src_port, from.dst_port),
            (Some(Ports::one(443)), Some(Ports::EPHEMERAL))
        );
        let both = group(Told::Both);
        assert_eq!(
            (both.src_port, both.dst_port),
            (Some(Ports::one(40_001)), Some(Ports::one(40_002)))
        );
        for told in [to, from, both, group(Told::None)] {
            assert_eq!(
                (told.count, told.packets, told.bytes, told.first_ns, told.last_ns),
                (3, 7, 700, 10, 20)
            );
            assert_eq!(
                (told.action, told.flow_direction, told.tcp_flags),
                (Some(Action::Reject), Some(Direction::Ingress), Some(2))
            );
        }
    }

    #[test]
    fn few_groups_are_named_and_many_by_their_ends() {
        let group = |n: usize| FlowGroup {
            src: format!("10.0.0.{n}"),
            dst: "10.0.1.9".into(),
            dst_port: Some(Ports::one(443)),
            action: Some(Action::Reject),
            ..FlowGroup::default()
        };
        let few = [group(1), group(1)];
        let written = crate::query::text::write(&filter(few.iter()));
        assert_eq!(
            written,
            "srcaddr = 10.0.0.1 and dstaddr = 10.0.1.9 and dstport = 443 and action = REJECT"
        );
        let many: Vec<FlowGroup> = (0..40).map(group).collect();
        let written = crate::query::text::write(&filter(many.iter()));
        assert!(
            written.contains("action = REJECT") && !written.contains(" or "),
            "{written}"
        );
    }
}
