//! Where does an address stand in the person's own networks? Account, VPC, subnet, interface and what that belongs to,
//! after answers of the command line and AWS Config items.
//!
//! Private addresses are used many times over. Where several VPCs hold one, the VPC from which it was seen decides; when
//! that is not known either, it is said that several do.

mod index;
mod item;
mod owner;
mod read;

pub use owner::{Owner, OwnerKind};

use index::Index;
use ipnet::IpNet;
use item::Item;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::OnceLock;

use super::ranges::as_text;

/// Registry ids of the kinds whose records describe things.
pub const INVENTORY: &str = "aws-inventory";
pub const CONFIG: &str = "config";

/// From where an address was seen; what is not known is empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hint<'a> {
    pub account: &'a str,
    pub region: &'a str,
    pub vpc: &'a str,
    pub subnet: &'a str,
    pub interface: &'a str,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Vpc {
    pub id: String,
    pub name: String,
    pub account: String,
    pub region: String,
    /// The primary one first.
    #[serde(with = "as_text::list")]
    pub nets: Vec<IpNet>,
    /// When this was so; the newest description counts. An answer of the command line is newer than any Config item.
    pub at: i64,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Subnet {
    pub id: String,
    pub name: String,
    pub vpc: String,
    pub account: String,
    pub region: String,
    pub zone: String,
    #[serde(with = "as_text::list")]
    pub nets: Vec<IpNet>,
    pub at: i64,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Interface {
    pub id: String,
    pub name: String,
    pub description: String,
    pub subnet: String,
    pub vpc: String,
    pub account: String,
    pub region: String,
    /// Private, public and IPv6.
    pub addrs: Vec<IpAddr>,
    /// Blocks that are delegated to it.
    #[serde(with = "as_text::list")]
    pub prefixes: Vec<IpNet>,
    pub owner: Option<Owner>,
    pub at: i64,
    /// No interface, but something that told an address and not its interface.
    pub stands_in: bool,
}

impl Interface {
    fn take(&mut self, addr: Option<IpAddr>) {
        if let Some(addr) = addr.filter(|addr| !self.addrs.contains(addr)) {
            self.addrs.push(addr);
        }
    }

    /// What another description of it tells beyond this one.
    fn fill(&mut self, other: &Interface) {
        for (own, others) in [
            (&mut self.name, &other.name),
            (&mut self.description, &other.description),
            (&mut self.subnet, &other.subnet),
            (&mut self.vpc, &other.vpc),
            (&mut self.account, &other.account),
            (&mut self.region, &other.region),
        ] {
            if own.is_empty() {
                own.clone_from(others);
            }
        }
        for addr in &other.addrs {
            self.take(Some(*addr));
        }
        for net in &other.prefixes {
            if !self.prefixes.contains(net) {
                self.prefixes.push(*net);
            }
        }
        match (&self.owner, &other.owner) {
            (None, Some(_)) => self.owner.clone_from(&other.owner),
            // An owner without an id is a kind of owner only.
            (Some(own), Some(more)) if own.id.is_empty() && own.kind == more.kind => {
                self.owner.clone_from(&other.owner);
            }
            _ => {}
        }
        self.stands_in &= other.stands_in;
    }
}

/// Something that owns interfaces, with a name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Resource {
    pub kind: OwnerKind,
    pub id: String,
    pub name: String,
    pub account: String,
    pub region: String,
    pub at: i64,
}

/// Everything that was told.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Described {
    pub accounts: BTreeMap<String, String>,
    pub vpcs: BTreeMap<String, Vpc>,
    pub subnets: BTreeMap<String, Subnet>,
    pub interfaces: BTreeMap<String, Interface>,
    /// What others tell of interfaces: instances, NAT gateways, addresses.
    pub parts: BTreeMap<String, Interface>,
    pub resources: BTreeMap<String, Resource>,
    /// Ids of what was deleted.
    pub gone: BTreeSet<String>,
}

impl Described {
    fn part(&mut self, part: Interface) {
        match self.parts.get_mut(&part.id) {
            Some(known) => known.fill(&part),
            None => {
                self.parts.insert(part.id.clone(), part);
            }
        }
    }

    fn resource(&mut self, item: &Item<'_>, kind: OwnerKind, id: &str, name: &str, region: &str) {
        let region = if region.is_empty() {
            item.region()
        } else {
            region.to_owned()
        };
        let new = Resource {
            kind,
            id: id.to_owned(),
            name: name.to_owned(),
            account: item.account(),
            region,
            at: item.at,
        };
        newest(&mut self.resources, id, new, |old| old.at);
    }

    /// How many things are described.
    pub fn len(&self) -> usize {
        self.accounts.len()
            + self.vpcs.len()
            + self.subnets.len()
            + self.interfaces.len()
            + self.resources.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0 && self.parts.is_empty()
    }
}

/// Where an address was found.
#[derive(Clone, Debug, PartialEq)]
pub enum Found<'a> {
    Interface(&'a Interface),
    /// No described interface has it; this subnet's block holds it.
    Subnet(&'a Subnet),
    /// The same of a VPC's, whose subnets are not described.
    Vpc(&'a Vpc),
    /// Several interfaces have it, at different times or in different networks.
    Interfaces(Vec<&'a Interface>),
    /// Several VPCs hold it, by these ids.
    Vpcs(Vec<&'a str>),
}

#[derive(Clone, Debug, Default)]
pub struct Network {
    told: Described,
    /// Made when first asked for.
    index: OnceLock<Index>,
}

impl From<Described> for Network {
    fn from(told: Described) -> Self {
        Network {
            told,
            index: OnceLock::new(),
        }
    }
}

impl Network {
    /// Whether items of this type tell anything here.
    pub fn knows(item_type: &str) -> bool {
        read::knows(item_type)
    }

    /// Takes in a described thing. `kind` is the registry id of its format, `item_type` its `itemType` or `resourceType`,
    /// `body` the item of the answer or the whole configuration item. Whether anything was read of it.
    pub fn add(&mut self, kind: &str, item_type: &str, body: &Value, account: &str, region: &str) -> bool {
        let item = Item::of(kind, body, account, region);
        let read = read::read(&mut self.told, item_type, &item);
        if read {
            self.index = OnceLock::new();
        }
        read
    }

    pub fn told(&self) -> &Described {
        &self.told
    }

    fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::of(&self.told))
    }

    pub fn account_name(&self, id: &str) -> Option<&str> {
        self.told.accounts.get(id).map(String::as_str)
    }

    pub fn interface(&self, id: &str) -> Option<&Interface> {
        self.index().interfaces.get(id)
    }

    pub fn subnet(&self, id: &str) -> Option<&Subnet> {
        self.told.subnets.get(id)
    }

    pub fn vpc(&self, id: &str) -> Option<&Vpc> {
        self.told.vpcs.get(id)
    }

    /// What the owner of an interface is called.
    pub fn owner_name<'a>(&'a self, owner: &'a Owner) -> &'a str {
        item::first([self.resource_name(&owner.id), owner.short()])
    }

    /// The name that a described resource has; empty without one.
    pub fn resource_name(&self, id: &str) -> &str {
        self.told.resources.get(id).map_or("", |r| r.name.as_str())
    }

    /// The VPC in which an address was seen.
    fn home<'a>(&'a self, hint: &Hint<'a>) -> &'a str {
        let of_interface = self.interface(hint.interface).map_or("", |i| i.vpc.as_str());
        let of_subnet = self.subnet(hint.subnet).map_or("", |s| s.vpc.as_str());
        item::first([hint.vpc, of_interface, of_subnet])
    }

    pub fn find(&self, addr: IpAddr, hint: &Hint<'_>) -> Option<Found<'_>> {
        let addr = addr.to_canonical();
        let home = self.home(hint);
        let index = self.index();
        let mut having = index.having(addr);
        let mut holders = index.holding(addr);
        if let Some(own) = having.iter().find(|i| i.id == hint.interface) {
            return Some(Found::Interface(own));
        }
        // Whoever else has the address elsewhere, in this VPC it is this VPC's.
        if !home.is_empty() && (holders.contains_key(home) || having.iter().any(|i| i.vpc == home)) {
            having.retain(|i| i.vpc == home);
            holders.retain(|vpc, _| *vpc == home);
        }
        narrow(&mut having, |i| !i.stands_in);
        narrow(&mut having, |i| !self.told.gone.contains(&i.id));
        narrow(&mut having, |i| same(&i.account, hint.account));
        narrow(&mut having, |i| same(&i.region, hint.region));
        match having.as_slice() {
            [] => self.holder(holders, hint),
            [one] => Some(Found::Interface(one)),
            _ => Some(Found::Interfaces(having)),
        }
    }

    /// The narrowest block of the one VPC that is left.
    fn holder<'a>(&'a self, holders: BTreeMap<&'a str, index::Holder>, hint: &Hint<'_>) -> Option<Found<'a>> {
        let mut vpcs: Vec<&'a str> = holders.keys().copied().collect();
        let of = |id: &str| self.vpc(id);
        narrow(&mut vpcs, |id| !self.told.gone.contains(*id));
        narrow(&mut vpcs, |id| {
            of(id).is_some_and(|v| same(&v.account, hint.account))
        });
        narrow(&mut vpcs, |id| {
            of(id).is_some_and(|v| same(&v.region, hint.region))
        });
        let [id] = vpcs.as_slice() else {
            return if vpcs.is_empty() {
                None
            } else {
                Some(Found::Vpcs(vpcs))
            };
        };
        let holder = holders.get(id)?;
        let subnet = holder.subnet.as_deref().and_then(|id| self.subnet(id));
        match subnet {
            Some(subnet) => Some(Found::Subnet(subnet)),
            None => self.vpc(id).map(Found::Vpc),
        }
    }

    /// What is needed to find these addresses again, from wherever they are seen, and these accounts' names.
    pub fn only(&self, addrs: &[IpAddr], accounts: &[&str]) -> Described {
        let mut slim = Described::default();
        let index = self.index();
        let mut vpcs = BTreeSet::new();
        let mut subnets = BTreeSet::new();
        for addr in addrs.iter().map(IpAddr::to_canonical) {
            for interface in index.having(addr) {
                let kept = slim.interfaces.entry(interface.id.clone());
                let kept = kept.or_insert_with(|| Interface {
                    addrs: Vec::new(),
                    prefixes: Vec::new(),
                    ..interface.clone()
                });
                kept.take(Some(addr));
                vpcs.insert(interface.vpc.as_str());
                subnets.insert(interface.subnet.as_str());
                let resource = interface
                    .owner
                    .as_ref()
                    .and_then(|o| self.told.resources.get(&o.id));
                if let Some(resource) = resource {
                    slim.resources.insert(resource.id.clone(), resource.clone());
                }
            }
            for (vpc, holder) in index.holding(addr) {
                vpcs.insert(vpc);
                subnets.extend(
                    holder
                        .subnet
                        .as_deref()
                        .and_then(|id| self.subnet(id))
                        .map(|s| s.id.as_str()),
                );
            }
        }
        vpcs.extend(
            subnets
                .iter()
                .filter_map(|id| self.subnet(id))
                .map(|s| s.vpc.as_str()),
        );
        let copied = |id: &&str| self.vpc(id).map(|vpc| (vpc.id.clone(), vpc.clone()));
        slim.vpcs.extend(vpcs.iter().filter_map(copied));
        let copied = |id: &&str| self.subnet(id).map(|subnet| (subnet.id.clone(), subnet.clone()));
        slim.subnets.extend(subnets.iter().filter_map(copied));
        let shown = |id: &String| {
            slim.interfaces.contains_key(id) || slim.vpcs.contains_key(id) || slim.subnets.contains_key(id)
        };
        slim.gone = self.told.gone.iter().filter(|id| shown(id)).cloned().collect();
        let of_vpcs = slim.vpcs.values().map(|v| v.account.as_str());
        let of_subnets = slim.subnets.values().map(|s| s.account.as_str());
        let of_interfaces = slim.interfaces.values().map(|i| i.account.as_str());
        let all = of_vpcs
            .chain(of_subnets)
            .chain(of_interfaces)
            .chain(accounts.iter().copied());
        let named = all.filter_map(|id| self.told.accounts.get_key_value(id));
        slim.accounts = named.map(|(id, name)| (id.clone(), name.clone())).collect();
        slim
    }
}

/// Keeps the newest description; of equally new ones the last.
fn newest<T>(map: &mut BTreeMap<String, T>, id: &str, new: T, at: fn(&T) -> i64) {
    if map.get(id).is_none_or(|old| at(old) <= at(&new)) {
        map.insert(id.to_owned(), new);
    }
}

/// Whether both are known and the same.
fn same(own: &str, hinted: &str) -> bool {
    !hinted.is_empty() && own == hinted
}

/// Leaves those that fit, if any do.
fn narrow<T>(list: &mut Vec<T>, fits: impl Fn(&T) -> bool) {
    if list.len() > 1 && list.iter().any(&fits) {
        list.retain(fits);
    }
}
