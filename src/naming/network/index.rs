//! Described networks, by address.

use super::{Described, Interface};
use crate::naming::ranges::Ranges;
use ipnet::IpNet;
use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    /// As they and all others tell them.
    pub interfaces: BTreeMap<String, Interface>,
    by_addr: HashMap<IpAddr, Vec<String>>,
    by_prefix: Ranges<Vec<String>>,
    /// Who has such a block.
    blocks: Ranges<Vec<Block>>,
}

/// A VPC's block, or that of one of its subnets.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Block {
    vpc: String,
    subnet: Option<String>,
}

/// The narrowest block of a VPC around an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Holder {
    pub subnet: Option<String>,
}

impl Index {
    pub fn of(told: &Described) -> Index {
        let mut interfaces = told.interfaces.clone();
        for (id, part) in &told.parts {
            match interfaces.get_mut(id) {
                Some(known) => known.fill(part),
                None => {
                    interfaces.insert(id.clone(), part.clone());
                }
            }
        }
        for interface in interfaces.values_mut() {
            if interface.vpc.is_empty()
                && let Some(subnet) = told.subnets.get(&interface.subnet)
            {
                interface.vpc.clone_from(&subnet.vpc);
            }
        }
        let mut by_addr: HashMap<IpAddr, Vec<String>> = HashMap::new();
        let mut prefixes: Vec<(IpNet, Vec<String>)> = Vec::new();
        for interface in interfaces.values() {
            for addr in &interface.addrs {
                by_addr.entry(*addr).or_default().push(interface.id.clone());
            }
            prefixes.extend(
                interface
                    .prefixes
                    .iter()
                    .map(|net| (*net, vec![interface.id.clone()])),
            );
        }
        let of_vpcs = told.vpcs.values().flat_map(|vpc| {
            let block = Block {
                vpc: vpc.id.clone(),
                subnet: None,
            };
            vpc.nets.iter().map(move |net| (*net, vec![block.clone()]))
        });
        let of_subnets = told.subnets.values().flat_map(|subnet| {
            let block = Block {
                vpc: subnet.vpc.clone(),
                subnet: Some(subnet.id.clone()),
            };
            subnet.nets.iter().map(move |net| (*net, vec![block.clone()]))
        });
        Index {
            by_addr,
            by_prefix: Ranges::new(prefixes, |all, more| all.extend(more)),
            blocks: Ranges::new(of_vpcs.chain(of_subnets).collect(), |all, more| all.extend(more)),
            interfaces,
        }
    }

    /// The interfaces that have the address; those to which a block around it is delegated, if none has it itself.
    pub fn having(&self, addr: IpAddr) -> Vec<&Interface> {
        let exact = self.by_addr.get(&addr);
        let ids = exact.or_else(|| self.by_prefix.narrowest(addr).map(|(_, ids)| ids));
        let ids = ids.map_or(&[][..], Vec::as_slice);
        ids.iter().filter_map(|id| self.interfaces.get(id)).collect()
    }

    /// The VPCs that hold the address, each with its narrowest block.
    pub fn holding(&self, addr: IpAddr) -> BTreeMap<&str, Holder> {
        let mut found: BTreeMap<&str, Holder> = BTreeMap::new();
        for (_, blocks) in self.blocks.holding(addr) {
            for block in blocks {
                let holder = found.entry(block.vpc.as_str()).or_insert(Holder { subnet: None });
                if holder.subnet.is_none() {
                    holder.subnet.clone_from(&block.subnet);
                }
            }
        }
        found
    }
}
