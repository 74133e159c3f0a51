//! What is described of the network: interfaces, subnets, security groups, network ACLs, prefix lists.

use super::acl::Acl;
use super::net::Cidr;
use super::read;
use super::security::Group;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// Filled by [`Described::add`]. Of two descriptions of one thing the newer counts, of equally old ones the later added.
/// One without a time, as the command line gives it, counts as the newest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Described {
    pub(super) interfaces: Table<Interface>,
    pub(super) subnets: Table<Subnet>,
    pub(super) groups: Table<Group>,
    pub(super) acls: Table<Acl>,
    pub(super) lists: Table<Vec<Cidr>>,
    /// Which interfaces have an address.
    holders: BTreeMap<IpAddr, BTreeSet<String>>,
    /// Which network ACL guards a subnet, by the newest that says so.
    guards: BTreeMap<String, BTreeSet<String>>,
}

/// Things by their id.
pub(super) type Table<T> = BTreeMap<String, At<T>>;

/// Something, and when it was so.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct At<T> {
    pub at_ns: Option<i64>,
    pub it: T,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Interface {
    pub addresses: Vec<IpAddr>,
    /// Public IPv4 addresses; flow logs show the private ones in their place.
    pub public: Vec<IpAddr>,
    pub subnet: String,
    pub vpc: String,
    /// `None` when the description leaves them out.
    pub groups: Option<Vec<String>>,
    pub kind: String,
    /// The instance, or what the service wrote about it.
    pub owner: String,
}

impl Interface {
    /// `NAT gateway`, `network load balancer`; nothing for an ordinary interface.
    pub fn service(&self) -> Option<String> {
        match self.kind.as_str() {
            "" | "interface" | "efa" | "efa-only" | "trunk" | "branch" => None,
            "nat_gateway" | "natGateway" => Some("NAT gateway".to_owned()),
            kind => Some(kind.replace('_', " ")),
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Subnet {
    pub vpc: String,
    pub ranges: Vec<Cidr>,
}

/// What one description turned out to tell.
pub(super) enum Told {
    Interface(String, Interface),
    Subnet(String, Subnet),
    Group(String, Group),
    Acl(String, Acl),
    List(String, Vec<Cidr>),
}

fn put<T: PartialEq>(table: &mut Table<T>, id: String, it: T, at_ns: Option<i64>) -> bool {
    if id.is_empty() {
        return false;
    }
    let age = |at: Option<i64>| at.unwrap_or(i64::MAX);
    let older = table.get(&id).is_none_or(|known| age(known.at_ns) <= age(at_ns));
    if older {
        table.insert(id, At { at_ns, it });
    }
    older
}

impl Described {
    /// Takes one item: `kind` is `aws-inventory` with its item type (`SecurityGroup`, `NetworkAcl`, `NetworkInterface`,
    /// `Subnet`, `Instance`, `PrefixList`), or `config` with AWS Config's resource type. Anything else is let pass.
    pub fn add(&mut self, kind: &str, item_type: &str, body: &Value, at_ns: Option<i64>) {
        for told in read::told(kind, item_type, body) {
            match told {
                Told::Interface(id, it) => self.put_interface(id, it, at_ns),
                Told::Subnet(id, it) => _ = put(&mut self.subnets, id, it, at_ns),
                Told::Group(id, it) => _ = put(&mut self.groups, id, it, at_ns),
                Told::Acl(id, it) => self.put_acl(id, it, at_ns),
                Told::List(id, it) => _ = put(&mut self.lists, id, it, at_ns),
            }
        }
    }

    pub fn is_empty(&self) -> bool {
        self.interfaces.is_empty()
            && self.subnets.is_empty()
            && self.groups.is_empty()
            && self.acls.is_empty()
            && self.lists.is_empty()
    }

    fn put_interface(&mut self, id: String, mut it: Interface, at_ns: Option<i64>) {
        let known = self.interfaces.get(&id);
        // An instance's description knows less of an interface than its own.
        if let Some(known) = known
            && known.it.addresses.len() > it.addresses.len()
            && known.it.groups == it.groups
        {
            it.addresses.clone_from(&known.it.addresses);
            it.public.clone_from(&known.it.public);
        }
        let before = known.map(|k| k.it.addresses.clone()).unwrap_or_default();
        let after = it.addresses.clone();
        if put(&mut self.interfaces, id.clone(), it, at_ns) {
            for gone in before {
                if let Some(holders) = self.holders.get_mut(&gone) {
                    holders.remove(&id);
                }
            }
            for address in after {
                self.holders.entry(address).or_default().insert(id.clone());
            }
        }
    }

    fn put_acl(&mut self, id: String, it: Acl, at_ns: Option<i64>) {
        let before = self
            .acls
            .get(&id)
            .map(|k| k.it.subnets.clone())
            .unwrap_or_default();
        let after = it.subnets.clone();
        if put(&mut self.acls, id.clone(), it, at_ns) {
            for gone in before {
                if let Some(guards) = self.guards.get_mut(&gone) {
                    guards.remove(&id);
                }
            }
            for subnet in after {
                self.guards.entry(subnet).or_default().insert(id.clone());
            }
        }
    }

    /// The interfaces that have an address.
    pub(super) fn holders(&self, address: IpAddr) -> impl Iterator<Item = (&str, &At<Interface>)> {
        let ids = self.holders.get(&address).into_iter().flatten();
        ids.filter_map(|id| Some((id.as_str(), self.interfaces.get(id)?)))
    }

    /// The one interface that has an address, if no other has it too.
    pub(super) fn only_holder(&self, address: IpAddr) -> Option<(&str, &At<Interface>)> {
        let mut found = self.holders(address);
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }

    /// The network ACL of a subnet. Of several descriptions that claim it, the newest.
    pub(super) fn guard(&self, subnet: &str) -> Option<(&str, &At<Acl>)> {
        let ids = self.guards.get(subnet)?.iter();
        let acls = ids.filter_map(|id| Some((id.as_str(), self.acls.get(id)?)));
        acls.max_by_key(|(_, acl)| acl.at_ns.unwrap_or(i64::MAX))
    }

    pub(super) fn in_subnet(&self, subnet: &str, address: IpAddr) -> bool {
        let ranges = self.subnets.get(subnet).map(|s| s.it.ranges.as_slice());
        ranges.unwrap_or_default().iter().any(|range| range.has(address))
    }

    /// The range of the described subnet that holds all of these addresses.
    pub(super) fn range_of(&self, addresses: &BTreeSet<IpAddr>) -> Option<Cidr> {
        let mut ranges = self.subnets.values().flat_map(|s| s.it.ranges.iter().copied());
        ranges.find(|range| addresses.iter().all(|a| range.has(*a)))
    }
}
