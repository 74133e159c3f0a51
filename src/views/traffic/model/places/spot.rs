//! Where does an address stand in the picture? The innermost group that says something about it, and the boxes around.

use super::INTERNET;
use crate::chart::{NodeKind, Zone};
use crate::naming::{Class, Group, GroupKind, OwnerKind, class};
use ipnet::IpNet;
use std::net::IpAddr;

/// A box.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Around {
    pub id: String,
    pub name: String,
    /// Empty for the number of its nodes.
    pub detail: String,
    pub zone: Zone,
    pub nets: Vec<IpNet>,
}

impl Around {
    pub fn new(id: &str, name: &str, zone: Zone) -> Around {
        Around {
            id: id.to_owned(),
            name: name.to_owned(),
            detail: String::new(),
            zone,
            nets: Vec::new(),
        }
    }
}

/// What is a node where there is room.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Leaf {
    pub id: String,
    pub label: String,
    pub sublabel: String,
    pub kind: NodeKind,
    pub nat: bool,
    /// What shows more of it.
    pub opens: Option<String>,
    pub nets: Vec<IpNet>,
}

impl Leaf {
    fn new(id: &str, label: &str, sublabel: &str, kind: NodeKind) -> Leaf {
        Leaf {
            id: id.to_owned(),
            label: label.to_owned(),
            sublabel: sublabel.to_owned(),
            kind,
            nat: false,
            opens: None,
            nets: Vec::new(),
        }
    }

    /// In words that tell it from others.
    pub fn name(&self) -> String {
        let (id, label) = (&self.id, &self.label);
        if id == label || self.kind == NodeKind::Address {
            label.clone()
        } else if id.contains(' ') {
            // Made of two groups, of which the wider is said below.
            format!("{label}, {}", self.sublabel)
        } else {
            format!("{label} ({id})")
        }
    }

    /// A whole box as one node.
    pub fn of_box(around: &Around) -> Leaf {
        Leaf {
            nets: around.nets.clone(),
            opens: Some(around.id.clone()),
            ..Leaf::new(&around.id, &around.name, "", NodeKind::Named)
        }
    }
}

/// Where an address stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Spot {
    /// Around the box, where that is a subnet.
    pub vpc: Option<Around>,
    pub around: Around,
    pub leaf: Leaf,
    /// A wider node for it.
    pub country: Option<Leaf>,
}

impl Spot {
    /// What addresses of the same node have in common.
    pub fn key(&self) -> (&str, &str) {
        (&self.around.id, &self.leaf.id)
    }

    fn at(around: Around, leaf: Leaf) -> Spot {
        Spot {
            vpc: None,
            around,
            leaf,
            country: None,
        }
    }
}

/// Where an end of a pair stands.
pub(super) fn spot(
    text: &str,
    path: &impl Fn(IpAddr) -> Vec<Group>,
    nets: &impl Fn(&Group) -> Vec<IpNet>,
) -> Spot {
    let Ok(addr) = text.parse::<IpAddr>() else {
        let label = if text.is_empty() { "no address" } else { text };
        let around = Around::new("none", "Not an address", Zone::Inside);
        return Spot::at(around, Leaf::new(text, label, "", NodeKind::Address));
    };
    let path = path(addr);
    let of = |kind: GroupKind| path.iter().find(|group| group.kind == kind);
    let account = of(GroupKind::Account);
    match (of(GroupKind::Vpc), of(GroupKind::Subnet)) {
        (None, None) if account.is_none() => elsewhere(text, addr, &path),
        (vpc, subnet) => own(text, &path, [account, vpc, subnet], nets),
    }
}

/// An address of the person's own networks.
fn own(
    text: &str,
    path: &[Group],
    [account, vpc, subnet]: [Option<&Group>; 3],
    nets: &impl Fn(&Group) -> Vec<IpNet>,
) -> Spot {
    let outer = match vpc.or(account) {
        Some(group) => Around {
            detail: account
                .filter(|account| account.id != group.id)
                .map_or_else(String::new, |account| account.name.clone()),
            nets: vpc.map(nets).unwrap_or_default(),
            ..Around::new(&group.id, &group.name, Zone::Inside)
        },
        None => Around::new("vpc", "VPC not described", Zone::Inside),
    };
    let around = match subnet {
        Some(group) => {
            let nets = nets(group);
            let detail: Vec<String> = nets.iter().map(IpNet::to_string).collect();
            Around {
                detail: detail.join(", "),
                nets,
                ..Around::new(&group.id, &group.name, Zone::Inside)
            }
        }
        None => {
            let id = format!("{} other", outer.id);
            Around::new(&id, "Subnet not described", Zone::Inside)
        }
    };
    let leaf = match path.last() {
        Some(group) => match group.kind {
            GroupKind::Owner(kind) => Leaf {
                nat: kind == OwnerKind::NatGateway,
                ..Leaf::new(&group.id, &group.name, kind.title(), mark(kind))
            },
            GroupKind::Interface => Leaf::new(&group.id, &group.name, "", NodeKind::Host),
            GroupKind::Ambiguous => Leaf::new(text, text, &group.name, NodeKind::Address),
            _ => Leaf::new(text, text, "", NodeKind::Address),
        },
        None => Leaf::new(text, text, "", NodeKind::Address),
    };
    Spot {
        vpc: Some(outer),
        ..Spot::at(around, leaf)
    }
}

fn mark(kind: OwnerKind) -> NodeKind {
    match kind {
        OwnerKind::NatGateway | OwnerKind::LoadBalancer | OwnerKind::TransitGateway => NodeKind::Gateway,
        OwnerKind::VpcEndpoint => NodeKind::Service,
        _ => NodeKind::Host,
    }
}

/// An address that is described as nobody's own: on the internet, AWS's, private.
fn elsewhere(text: &str, addr: IpAddr, path: &[Group]) -> Spot {
    let of = |kind: GroupKind| path.iter().find(|group| group.kind == kind);
    if let Some(service) = of(GroupKind::AwsService) {
        let region = of(GroupKind::AwsRegion);
        let (id, name) = region.map_or(("", ""), |region| (region.id.as_str(), region.name.as_str()));
        let id = format!("{} {id}", service.id);
        return Spot::at(aws(), Leaf::new(&id, &service.name, name, NodeKind::Service));
    }
    let last = path.last();
    let innermost = |kind: NodeKind| match last {
        Some(group) => Leaf {
            nets: group.id.parse().into_iter().collect(),
            ..Leaf::new(&group.id, &group.name, "", kind)
        },
        None => Leaf::new(text, text, "", kind),
    };
    let kind = match last.map(|group| group.kind) {
        Some(GroupKind::Named | GroupKind::Asn | GroupKind::Special) => NodeKind::Named,
        _ => NodeKind::Address,
    };
    let leaf = innermost(kind);
    match path.first().map(|group| group.kind) {
        Some(GroupKind::SpecialUse) if class(addr) == Class::AwsLocal => {
            Spot::at(aws(), innermost(NodeKind::Service))
        }
        Some(GroupKind::SpecialUse) => Spot::at(Around::new("special", "Special use", Zone::Inside), leaf),
        Some(GroupKind::Internet) => {
            let around = Around::new(INTERNET, "Internet", Zone::Internet);
            let country =
                of(GroupKind::Country).map(|group| Leaf::new(&group.id, &group.name, "", NodeKind::Named));
            let asn = of(GroupKind::Asn).is_some();
            match country {
                // A network that nobody names says less than its country.
                Some(country) if !asn => Spot::at(around, country),
                Some(country) => {
                    let leaf = Leaf {
                        id: format!("{} {}", country.id, leaf.id),
                        sublabel: country.label.clone(),
                        ..leaf
                    };
                    Spot {
                        country: Some(country),
                        ..Spot::at(around, leaf)
                    }
                }
                None => Spot::at(around, leaf),
            }
        }
        _ => {
            let around = Around::new("private", "Private, not described", Zone::Inside);
            let several = of(GroupKind::Ambiguous).map_or("", |group| group.name.as_str());
            let leaf = Leaf {
                sublabel: several.to_owned(),
                ..leaf
            };
            Spot::at(around, leaf)
        }
    }
}

fn aws() -> Around {
    Around::new("aws", "AWS services", Zone::AwsServices)
}
