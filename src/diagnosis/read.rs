//! Reading descriptions in both spellings: the command line's `IpPermissions` and AWS Config's `ipPermissions`.

use super::acl::{Acl, Entry};
use super::described::{Interface, Subnet, Told};
use super::net::{Cidr, ICMP, ICMP6, Ports, Scope, TCP, UDP, is_icmp};
use super::security::{Group, Peer, Rule};
use serde_json::Value;
use std::net::IpAddr;

/// A value, or nothing; what is missing reads as empty.
#[derive(Clone, Copy)]
struct Body<'a>(Option<&'a Value>);

impl<'a> Body<'a> {
    /// The value under a key, whatever the case of its letters.
    fn get(self, key: &str) -> Body<'a> {
        let Some(Value::Object(fields)) = self.0 else {
            return Body(None);
        };
        let same = || {
            fields
                .iter()
                .find(|(k, _)| k.eq_ignore_ascii_case(key))
                .map(|(_, v)| v)
        };
        Body(fields.get(key).or_else(same).filter(|v| !v.is_null()))
    }

    fn any(self, keys: &[&str]) -> Body<'a> {
        let found = keys.iter().map(|key| self.get(key)).find(|b| b.0.is_some());
        found.unwrap_or(Body(None))
    }

    fn text(self) -> &'a str {
        self.0.and_then(Value::as_str).unwrap_or_default()
    }

    fn id(self) -> String {
        self.text().to_owned()
    }

    fn int(self) -> Option<i64> {
        match self.0? {
            Value::Number(n) => n.as_i64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    fn yes(self) -> bool {
        match self.0 {
            Some(Value::Bool(yes)) => *yes,
            _ => self.text().eq_ignore_ascii_case("true"),
        }
    }

    fn list(self) -> impl Iterator<Item = Body<'a>> {
        let list = self.0.and_then(Value::as_array).map(Vec::as_slice);
        list.unwrap_or_default().iter().map(|v| Body(Some(v)))
    }

    /// Texts that stand in the list themselves or under one of these keys.
    fn texts(self, keys: &[&str]) -> impl Iterator<Item = &'a str> {
        let texts = self.list().map(|b| {
            if b.text().is_empty() {
                b.any(keys).text()
            } else {
                b.text()
            }
        });
        texts.filter(|text| !text.is_empty())
    }
}

/// What one item tells. An instance tells of each of its interfaces.
pub(super) fn told(kind: &str, item_type: &str, body: &Value) -> Vec<Told> {
    let whole = Body(Some(body));
    match kind {
        // An item's configuration, as JSON or as text that holds JSON, or the item itself where it was taken out already.
        "config" => match whole.get("configuration").0 {
            None => of_type(item_type, whole),
            Some(Value::String(text)) => {
                let inner = serde_json::from_str::<Value>(text).ok();
                inner.map_or_else(Vec::new, |inner| of_type(item_type, Body(Some(&inner))))
            }
            inner => of_type(item_type, Body(inner)),
        },
        "aws-inventory" => of_type(item_type, whole),
        _ => Vec::new(),
    }
}

fn of_type(item_type: &str, body: Body<'_>) -> Vec<Told> {
    match item_type.rsplit("::").next().unwrap_or_default() {
        "SecurityGroup" => group(body).into_iter().collect(),
        "NetworkAcl" => vec![Told::Acl(body.get("NetworkAclId").id(), acl(body))],
        "NetworkInterface" => vec![interface(body)],
        "Subnet" => vec![subnet(body)],
        "Instance" => body
            .get("NetworkInterfaces")
            .list()
            .map(|own| of_instance(own, body))
            .collect(),
        "PrefixList" => list(body).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn addresses<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<IpAddr> {
    let mut found: Vec<IpAddr> = texts.filter_map(|text| text.parse().ok()).collect();
    found.sort_unstable();
    found.dedup();
    found
}

fn interface(body: Body<'_>) -> Told {
    let private = body.get("PrivateIpAddresses");
    let own = std::iter::once(body.get("PrivateIpAddress").text())
        .chain(private.list().map(|p| p.get("PrivateIpAddress").text()))
        .chain(body.get("Ipv6Addresses").texts(&["Ipv6Address"]));
    let public = std::iter::once(body)
        .chain(private.list())
        .map(|p| p.get("Association").get("PublicIp").text());
    let groups = body.any(&["Groups", "GroupSet"]);
    let owner = [body.get("Attachment").get("InstanceId"), body.get("Description")];
    let it = Interface {
        addresses: addresses(own),
        public: addresses(public),
        subnet: body.get("SubnetId").id(),
        vpc: body.get("VpcId").id(),
        groups: groups.0.map(|_| {
            let mut ids: Vec<String> = groups.texts(&["GroupId"]).map(str::to_owned).collect();
            ids.sort();
            ids
        }),
        kind: body.get("InterfaceType").id(),
        owner: owner
            .iter()
            .map(|b| b.text())
            .find(|t| !t.is_empty())
            .unwrap_or_default()
            .to_owned(),
    };
    Told::Interface(body.get("NetworkInterfaceId").id(), it)
}

fn of_instance(own: Body<'_>, instance: Body<'_>) -> Told {
    let told = interface(own);
    match told {
        Told::Interface(id, mut it) => {
            it.owner = instance.get("InstanceId").id();
            Told::Interface(id, it)
        }
        other => other,
    }
}

fn subnet(body: Body<'_>) -> Told {
    let v6 = body.get("Ipv6CidrBlockAssociationSet").texts(&["Ipv6CidrBlock"]);
    let ranges = std::iter::once(body.get("CidrBlock").text()).chain(v6);
    let it = Subnet {
        vpc: body.get("VpcId").id(),
        ranges: ranges.filter_map(Cidr::read).collect(),
    };
    Told::Subnet(body.get("SubnetId").id(), it)
}

fn list(body: Body<'_>) -> Option<Told> {
    let entries = body.any(&["Cidrs", "Entries"]);
    entries.0?;
    let ranges = entries.texts(&["Cidr"]).filter_map(Cidr::read).collect();
    Some(Told::List(body.get("PrefixListId").id(), ranges))
}

/// `None` when the rules are left out: a group without rules is something else.
fn group(body: Body<'_>) -> Option<Told> {
    let inbound = body.get("IpPermissions");
    inbound.0?;
    let it = Group {
        inbound: inbound.list().filter_map(rule).collect(),
        outbound: body.get("IpPermissionsEgress").list().filter_map(rule).collect(),
    };
    Some(Told::Group(body.get("GroupId").id(), it))
}

/// `None` for a rule whose protocol is no protocol: nothing matches it.
fn rule(body: Body<'_>) -> Option<Rule> {
    let (from, to) = (body.get("FromPort").int(), body.get("ToPort").int());
    let mut peers: Vec<Peer> = ["IpRanges", "Ipv4Ranges", "Ipv6Ranges"]
        .iter()
        .flat_map(|key| body.get(key).texts(&["CidrIp", "CidrIpv6"]))
        .filter_map(|text| Cidr::read(text).map(Peer::Range))
        .collect();
    let named = |key: &str, id: &'static str| {
        body.get(key)
            .texts(&[])
            .map(str::to_owned)
            .chain(body.get(key).list().map(move |b| b.get(id).id()))
            .filter(|id| !id.is_empty())
            .collect::<Vec<_>>()
    };
    peers.extend(named("UserIdGroupPairs", "GroupId").into_iter().map(Peer::Group));
    peers.extend(named("PrefixListIds", "PrefixListId").into_iter().map(Peer::List));
    // Config lists IPv4 ranges twice: as objects, and as the texts it began with.
    peers.sort();
    peers.dedup();
    Some(Rule {
        scope: scope(body.get("IpProtocol"), from, to, from)?,
        peers,
    })
}

fn acl(body: Body<'_>) -> Acl {
    let mut subnets: Vec<String> = body
        .get("Associations")
        .texts(&["SubnetId"])
        .map(str::to_owned)
        .collect();
    subnets.sort();
    let mut entries: Vec<Entry> = body.get("Entries").list().filter_map(entry).collect();
    entries.sort();
    Acl { subnets, entries }
}

fn entry(body: Body<'_>) -> Option<Entry> {
    let ports = body.get("PortRange");
    let icmp = body.any(&["IcmpTypeCode", "Icmp"]).get("Type").int();
    Some(Entry {
        egress: body.get("Egress").yes(),
        number: body.get("RuleNumber").int()?,
        allows: body.get("RuleAction").text().eq_ignore_ascii_case("allow"),
        scope: scope(
            body.get("Protocol"),
            ports.get("From").int(),
            ports.get("To").int(),
            icmp,
        )?,
        range: Cidr::read(body.any(&["CidrBlock", "Ipv6CidrBlock"]).text())?,
    })
}

fn scope(protocol: Body<'_>, from: Option<i64>, to: Option<i64>, icmp: Option<i64>) -> Option<Scope> {
    let protocol = match protocol.text().to_ascii_lowercase().as_str() {
        "-1" | "all" => None,
        "tcp" => Some(TCP),
        "udp" => Some(UDP),
        "icmp" => Some(ICMP),
        "icmpv6" | "icmp6" => Some(ICMP6),
        _ => match protocol.int()? {
            -1 => None,
            number => Some(u8::try_from(number).ok()?),
        },
    };
    let port = |n: i64| u16::try_from(n.clamp(0, i64::from(u16::MAX))).unwrap_or_default();
    let ports = match (from, to) {
        (None, None) | (Some(-1), _) => Ports::ALL,
        (Some(from), to) => Ports {
            first: port(from),
            last: port(to.unwrap_or(from)),
        },
        (None, Some(to)) => Ports::one(port(to)),
    };
    let about_icmp = protocol.is_some_and(is_icmp);
    Some(Scope {
        protocol,
        ports: if about_icmp { Ports::ALL } else { ports },
        icmp_type: icmp.filter(|kind| about_icmp && *kind >= 0),
    })
}
