//! Names and places of addresses, in words: whichever source knows best.

use super::aws::AwsPlace;
use super::mmdb::Place;
use super::network::{Found, Hint, Interface, Subnet, Vpc};
use super::special::{Class, class, special_use};
use super::table::NamedNet;
use super::told::SourceKind;
use super::{Group, GroupKind, Name, Naming};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::net::{IpAddr, Ipv4Addr};

impl Naming {
    /// What the address is called, after the best source that knows it. Seen from elsewhere it may be another's.
    ///
    /// The person's own list comes first, then what is described of the network, AWS's ranges, MaxMind DBs and the
    /// special-use ranges. An address of which no more is known than public or private has no name.
    pub fn name(&self, addr: IpAddr, hint: &Hint<'_>) -> Option<Name> {
        let found = || {
            self.network()
                .find(addr, hint)
                .map(|found| self.described(addr, &found))
        };
        if let Some(named) = self.named(addr).first() {
            return Some(of_list(named, found()));
        }
        found()
            .or_else(|| self.aws(addr).map(|aws| of_aws(&aws, &self.aws_services(addr))))
            .or_else(|| self.place(addr).map(|(net, place)| of_place(net, &place)))
            .or_else(|| of_special(addr))
    }

    /// Where the address stands, the outermost group first. Never empty.
    pub fn group_path(&self, addr: IpAddr, hint: &Hint<'_>) -> Vec<Group> {
        match self.network().find(addr, hint) {
            Some(Found::Interface(interface)) => return self.to_interface(interface),
            Some(Found::Subnet(subnet)) => {
                return self.to_vpc(&subnet.account, &subnet.vpc, Some(subnet));
            }
            Some(Found::Vpc(vpc)) => return self.to_vpc(&vpc.account, &vpc.id, None),
            Some(Found::Interfaces(all)) => return self.to_several(addr, &all),
            Some(Found::Vpcs(ids)) => return several_vpcs(addr, &ids),
            None => {}
        }
        let mut path = vec![outermost(addr)];
        let named = self.named(addr);
        if !named.is_empty() {
            let nets = named.iter().rev();
            path.extend(nets.map(|n| Group::new(GroupKind::Named, n.net, &n.name)));
            return path;
        }
        if let Some(aws) = self.aws(addr) {
            path.push(Group::new(
                GroupKind::AwsService,
                aws.service,
                &aws.service_title(),
            ));
            path.push(Group::new(GroupKind::AwsRegion, aws.region, aws.region_title()));
            return path;
        }
        if let Some((_, place)) = self.place(addr) {
            let code = if place.country_code.is_empty() {
                &place.country
            } else {
                &place.country_code
            };
            if !code.is_empty() {
                path.push(Group::new(GroupKind::Country, code, place.country_title()));
            }
            let asn = place
                .asn
                .map_or_else(|| place.organisation.clone(), |n| format!("AS{n}"));
            if asn.is_empty() {
                path.push(block(addr));
            } else {
                path.push(Group::new(GroupKind::Asn, asn, &place.asn_title()));
            }
            return path;
        }
        match special_use(addr).filter(|special| !special.class.is_internal()) {
            Some(special) => path.push(Group::new(GroupKind::Special, special.net, special.name)),
            None => path.push(block(addr)),
        }
        path
    }

    fn to_vpc(&self, account: &str, vpc: &str, subnet: Option<&Subnet>) -> Vec<Group> {
        let mut path = Vec::new();
        let told = self.network().vpc(vpc);
        // A shared subnet stands where its VPC does, whoever uses it.
        let owner = told.map(|v| v.account.as_str()).filter(|id| !id.is_empty());
        let owner = owner.or(subnet.map(|s| s.account.as_str()).filter(|id| !id.is_empty()));
        let account = owner.unwrap_or(account);
        if !account.is_empty() {
            let name = self.account_name(account).unwrap_or(account);
            path.push(Group::new(GroupKind::Account, account, name));
        }
        if !vpc.is_empty() {
            let name = told.map(|v| v.name.as_str()).unwrap_or_default();
            path.push(Group::new(GroupKind::Vpc, vpc, name));
        }
        if let Some(subnet) = subnet {
            path.push(Group::new(GroupKind::Subnet, &subnet.id, &subnet.name));
        }
        path
    }

    fn to_subnet(&self, interface: &Interface) -> Vec<Group> {
        let subnet = self.network().subnet(&interface.subnet);
        let mut path = self.to_vpc(&interface.account, &interface.vpc, subnet);
        if subnet.is_none() && !interface.subnet.is_empty() {
            path.push(Group::new(GroupKind::Subnet, &interface.subnet, ""));
        }
        path
    }

    fn to_interface(&self, interface: &Interface) -> Vec<Group> {
        let mut path = self.to_subnet(interface);
        path.push(match &interface.owner {
            Some(owner) if !owner.id.is_empty() => Group {
                kind: GroupKind::Owner(owner.kind),
                id: owner.id.clone(),
                name: self.network().owner_name(owner).to_owned(),
            },
            _ => Group::new(
                GroupKind::Interface,
                &interface.id,
                &self.interface_title(interface),
            ),
        });
        path
    }

    /// Down to the last group that all of them share.
    fn to_several(&self, addr: IpAddr, all: &[&Interface]) -> Vec<Group> {
        let mut paths = all.iter().map(|i| self.to_subnet(i));
        let mut shared = paths.next().unwrap_or_default();
        for path in paths {
            let same = shared.iter().zip(&path).take_while(|(a, b)| a.id == b.id).count();
            shared.truncate(same);
        }
        if !shared.iter().any(|group| group.kind == GroupKind::Vpc) {
            let mut vpcs: Vec<&str> = all.iter().map(|i| i.vpc.as_str()).collect();
            vpcs.sort_unstable();
            vpcs.dedup();
            return several_vpcs(addr, &vpcs);
        }
        let ids: Vec<&str> = all.iter().map(|i| i.id.as_str()).collect();
        let name = format!("One of {} interfaces", ids.len());
        shared.push(Group::new(GroupKind::Ambiguous, ids.join("|"), &name));
        shared
    }

    fn described(&self, addr: IpAddr, found: &Found<'_>) -> Name {
        let (text, detail) = match found {
            Found::Interface(interface) => self.of_interface(interface),
            Found::Subnet(subnet) => (
                self.in_subnet(addr, subnet),
                self.around(&subnet.account, &subnet.vpc),
            ),
            Found::Vpc(vpc) => (in_vpc(addr, vpc), self.around(&vpc.account, &vpc.id)),
            Found::Interfaces(all) => {
                let titles = all.iter().map(|i| labelled(&self.interface_title(i), &i.id));
                let text = format!("One of {} interfaces", all.len());
                (text, titles.collect::<Vec<_>>().join("; "))
            }
            Found::Vpcs(ids) => {
                let titles = ids.iter().map(|id| self.vpc_words(id));
                let text = format!("In one of {} VPCs", ids.len());
                (text, titles.collect::<Vec<_>>().join("; "))
            }
        };
        Name {
            text,
            detail,
            source: SourceKind::Inventory,
        }
    }

    fn interface_title(&self, interface: &Interface) -> String {
        let titles = match &interface.owner {
            Some(owner) => [
                self.network().resource_name(&owner.id),
                &interface.name,
                owner.short(),
                owner.kind.title(),
            ],
            None => [&interface.name, &interface.description, "", ""],
        };
        let title = titles.into_iter().find(|title| !title.is_empty());
        title.unwrap_or(&interface.id).to_owned()
    }

    fn of_interface(&self, interface: &Interface) -> (String, String) {
        let owner = interface.owner.as_ref().map(|owner| {
            let id = if owner.id.is_empty() {
                String::new()
            } else {
                format!(" {}", owner.id)
            };
            format!("{}{id}", owner.kind.title())
        });
        let is_owner = interface.stands_in;
        let own = (!is_owner).then(|| format!("interface {}", interface.id));
        let subnet = self.network().subnet(&interface.subnet);
        let subnet = match subnet {
            Some(subnet) => format!("subnet {}", labelled(&subnet.name, &subnet.id)),
            None if interface.subnet.is_empty() => String::new(),
            None => format!("subnet {}", interface.subnet),
        };
        let around = self.around(&interface.account, &interface.vpc);
        let parts = [owner.unwrap_or_default(), own.unwrap_or_default(), subnet, around];
        (self.interface_title(interface), joined(&parts))
    }

    /// AWS keeps the first addresses of a subnet for itself.
    fn in_subnet(&self, addr: IpAddr, subnet: &Subnet) -> String {
        let title = if subnet.name.is_empty() {
            &subnet.id
        } else {
            &subnet.name
        };
        let of_vpc = self
            .network()
            .vpc(&subnet.vpc)
            .is_some_and(|vpc| is_resolver(addr, vpc));
        let router = subnet.nets.iter().any(|net| nth(net, 1) == Some(addr));
        match (of_vpc, router) {
            (true, _) => format!("VPC resolver, {title}"),
            (_, true) => format!("VPC router, {title}"),
            _ => format!("Subnet {title}"),
        }
    }

    fn around(&self, account: &str, vpc: &str) -> String {
        let vpc_words = if vpc.is_empty() {
            String::new()
        } else {
            self.vpc_words(vpc)
        };
        let told = self.network().vpc(vpc).map(|v| v.account.as_str());
        let account = told.filter(|id| !id.is_empty()).unwrap_or(account);
        joined(&[vpc_words, self.account_words(account)])
    }

    fn vpc_words(&self, id: &str) -> String {
        let vpc = self.network().vpc(id);
        let words = format!("VPC {}", labelled(vpc.map_or("", |vpc| &vpc.name), id));
        match vpc.map_or("", |vpc| &vpc.region) {
            "" => words,
            region => format!("{words} in {region}"),
        }
    }

    fn account_words(&self, id: &str) -> String {
        if id.is_empty() {
            return String::new();
        }
        format!(
            "account {}",
            labelled(self.account_name(id).unwrap_or_default(), id)
        )
    }
}

fn of_list(named: &NamedNet, below: Option<Name>) -> Name {
    let below = below
        .map(|name| joined(&[name.text, name.detail]))
        .unwrap_or_default();
    Name {
        text: named.name.clone(),
        detail: joined(&[named.detail.clone(), named.net.to_string(), below]),
        source: SourceKind::Table,
    }
}

fn of_aws(aws: &AwsPlace<'_>, services: &[&str]) -> Name {
    let others: Vec<&str> = services.iter().copied().filter(|s| *s != aws.service).collect();
    let also = if others.is_empty() {
        String::new()
    } else {
        format!("also {}", others.join(", "))
    };
    let border = match aws.border_group {
        group if group.is_empty() || group == aws.region => String::new(),
        group => format!("network border group {group}"),
    };
    Name {
        text: format!("{}, {}", aws.service_title(), aws.region_title()),
        detail: joined(&[aws.net.to_string(), also, border]),
        source: SourceKind::AwsRanges,
    }
}

fn of_place(net: IpNet, place: &Place) -> Name {
    let city = if place.organisation.is_empty() {
        place.city.as_str()
    } else {
        ""
    };
    let asn = if place.organisation.is_empty() && place.country_title().is_empty() {
        place.asn_title()
    } else {
        String::new()
    };
    let text = joined(&[&place.organisation, city, place.country_title(), &asn]);
    let number = place.asn.map(|n| format!("AS{n}")).unwrap_or_default();
    let country = place.country_title();
    let country = match place.country_code.as_str() {
        "" => country.to_owned(),
        code if code == country => country.to_owned(),
        code => format!("{country} ({code})"),
    };
    Name {
        text,
        detail: joined(&[number, place.city.clone(), country, net.to_string()]),
        source: SourceKind::Mmdb,
    }
}

fn of_special(addr: IpAddr) -> Option<Name> {
    let special = special_use(addr).filter(|special| !special.class.is_internal())?;
    Some(Name {
        text: special.name.to_owned(),
        detail: joined(&[special.net, special.by]),
        source: SourceKind::Special,
    })
}

fn in_vpc(addr: IpAddr, vpc: &Vpc) -> String {
    let title = labelled(&vpc.name, &vpc.id);
    if is_resolver(addr, vpc) {
        format!("VPC resolver, {title}")
    } else {
        format!("VPC {title}")
    }
}

/// The primary block's third address answers DNS.
fn is_resolver(addr: IpAddr, vpc: &Vpc) -> bool {
    vpc.nets.first().and_then(|net| nth(net, 2)) == Some(addr.to_canonical())
}

/// An address of an IPv4 block by its number.
fn nth(net: &IpNet, n: u32) -> Option<IpAddr> {
    let IpNet::V4(v4) = net else {
        return None;
    };
    let addr = Ipv4Addr::from_bits(v4.network().to_bits().checked_add(n)?);
    v4.contains(&addr).then_some(IpAddr::V4(addr))
}

fn outermost(addr: IpAddr) -> Group {
    match class(addr) {
        Class::Public | Class::Documentation | Class::Transition | Class::Benchmark => {
            Group::new(GroupKind::Internet, "internet", "Internet")
        }
        class if class.is_internal() => Group::new(GroupKind::Private, "private", "Private, not described"),
        _ => Group::new(GroupKind::SpecialUse, "special", "Special use"),
    }
}

fn several_vpcs(addr: IpAddr, ids: &[&str]) -> Vec<Group> {
    let first = match class(addr) {
        class if class.is_internal() => Group::new(GroupKind::Private, "private", "Private"),
        _ => outermost(addr),
    };
    let name = format!("In one of {} VPCs", ids.len());
    vec![
        first,
        Group::new(GroupKind::Ambiguous, ids.join("|"), &name),
        block(addr),
    ]
}

/// The network that an address stands in where nobody names one: as wide as such networks commonly are.
fn block(addr: IpAddr) -> Group {
    let addr = addr.to_canonical();
    let internal = class(addr).is_internal();
    let net = match addr {
        IpAddr::V4(v4) => Ipv4Net::new(v4, if internal { 24 } else { 16 }).map(IpNet::V4),
        IpAddr::V6(v6) => Ipv6Net::new(v6, if internal { 64 } else { 32 }).map(IpNet::V6),
    };
    let net = net.map_or_else(|_| addr.to_string(), |net| net.trunc().to_string());
    Group::new(GroupKind::Network, &net, &net)
}

/// `prod (vpc-0a1b)`, or the id alone.
fn labelled(name: &str, id: &str) -> String {
    if name.is_empty() || name == id {
        id.to_owned()
    } else {
        format!("{name} ({id})")
    }
}

/// What is not empty, with commas.
fn joined<T: AsRef<str>>(parts: &[T]) -> String {
    let said = parts.iter().map(AsRef::as_ref).filter(|part| !part.is_empty());
    said.collect::<Vec<&str>>().join(", ")
}
