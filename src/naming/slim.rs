//! The names in a shared file, without what is left out of it.

use super::network::{Described, Interface};
use super::{Slim, SourceKind};
use ipnet::IpNet;
use std::collections::BTreeSet;

/// Whether a text may not be told.
type Hides<'a> = &'a dyn Fn(&str) -> bool;

impl Slim {
    /// Without what `hides` says may not be told. What would tell it in other words goes too: a place as a whole, the
    /// name of an interface whose id or owner is hidden. Nothing takes the place of what went: where an address has no
    /// name any more, no network of another VPC lends it one.
    pub fn without(mut self, hides: Hides<'_>) -> Slim {
        self.named
            .retain(|named| !hides(&named.name) && !hides_net(named.net, hides));
        for named in &mut self.named {
            clear(&mut named.detail, hides);
        }
        self.aws.retain(|prefix| {
            let texts = [&prefix.region, &prefix.border_group];
            let mut texts = texts.into_iter().chain(&prefix.services);
            !hides_net(prefix.net, hides) && !texts.any(|text| hides(text))
        });
        self.places.retain(|slim| {
            let place = &slim.place;
            let asn = place.asn.map(|n| n.to_string()).unwrap_or_default();
            let texts = [
                place.country_code.as_str(),
                &place.country,
                &place.city,
                &place.organisation,
                &asn,
                &format!("AS{asn}"),
            ];
            !hides_net(slim.net, hides) && !texts.into_iter().any(hides)
        });
        self.network.without(hides);
        for told in &mut self.sources {
            for text in [&mut told.file, &mut told.what, &mut told.note] {
                clear(text, hides);
            }
        }
        self.count();
        self
    }

    /// Says something of every source.
    pub fn noted(mut self, note: &str) -> Slim {
        for told in &mut self.sources {
            note.clone_into(&mut told.note);
        }
        self
    }

    /// Whether it names nothing.
    pub fn is_empty(&self) -> bool {
        self.named.is_empty() && self.network.is_empty() && self.aws.is_empty() && self.places.is_empty()
    }

    /// Sources say how much of them is here; those of which nothing is are not told.
    fn count(&mut self) {
        let (named, aws, places) = (self.named.len(), self.aws.len(), self.places.len());
        let network = self.network.len();
        for told in &mut self.sources {
            told.entries = Some(match told.kind {
                SourceKind::Table => named,
                SourceKind::Inventory => network,
                SourceKind::AwsRanges => aws,
                SourceKind::Mmdb => places,
                SourceKind::Special => 0,
            } as u64);
        }
        self.sources.retain(|told| told.entries != Some(0));
        // In whichever order files were dropped.
        self.sources
            .sort_by(|a, b| (a.kind, &a.file, &a.what).cmp(&(b.kind, &b.file, &b.what)));
    }
}

impl Described {
    fn without(&mut self, hides: Hides<'_>) {
        // Of which VPC what may not be told was, and where it stood.
        let mut gone: Vec<(String, Vec<IpNet>)> = Vec::new();
        let mut gone_vpcs = BTreeSet::new();
        self.vpcs.retain(|id, vpc| {
            let keeps = !hides(id);
            if !keeps {
                gone.push((id.clone(), std::mem::take(&mut vpc.nets)));
                gone_vpcs.insert(id.clone());
            }
            keeps
        });
        self.subnets.retain(|id, subnet| {
            // Without its VPC a subnet could be any that has the same addresses.
            let keeps = !hides(id) && !gone_vpcs.contains(&subnet.vpc);
            if !keeps {
                gone.push((subnet.vpc.clone(), std::mem::take(&mut subnet.nets)));
            }
            keeps
        });
        let hidden = |interface: &Interface| {
            hides(&interface.id) || interface.owner.as_ref().is_some_and(|owner| hides(&owner.id))
        };
        let mut nameless = BTreeSet::new();
        self.interfaces.retain(|_, interface| {
            interface.addrs.retain(|addr| !hides(&addr.to_string()));
            let keeps = !hidden(interface);
            if !keeps {
                nameless.extend(interface.addrs.iter().copied());
                let nets = interface.addrs.iter().map(|addr| IpNet::from(*addr)).collect();
                gone.push((interface.vpc.clone(), nets));
            }
            keeps
        });
        self.interfaces.retain(|_, interface| {
            interface.addrs.retain(|addr| !nameless.contains(addr));
            !interface.addrs.is_empty()
        });
        let mut owners = self.interfaces.values().filter_map(|i| i.owner.as_ref());
        let owners: BTreeSet<String> = owners.by_ref().map(|owner| owner.id.clone()).collect();
        self.resources
            .retain(|id, resource| owners.contains(id) && !hides(id) && !hides(&resource.name));
        self.accounts.retain(|id, name| !hides(id) && !hides(name));

        // Addresses that were there are not those of another VPC.
        let lent = |vpc: &str, net: &IpNet| {
            let elsewhere = gone.iter().filter(|(of, _)| of != vpc);
            let mut nets = elsewhere.flat_map(|(_, nets)| nets);
            hides_net(*net, hides) || nets.any(|g| g.contains(net) || net.contains(g))
        };
        for vpc in self.vpcs.values_mut() {
            vpc.nets.retain(|net| !lent(&vpc.id, net));
            for text in [&mut vpc.name, &mut vpc.account, &mut vpc.region] {
                clear(text, hides);
            }
        }
        for subnet in self.subnets.values_mut() {
            subnet.nets.retain(|net| !lent(&subnet.vpc, net));
            // A zone's name begins with its Region's.
            if hides(&subnet.region) {
                subnet.zone.clear();
            }
            for text in [
                &mut subnet.name,
                &mut subnet.account,
                &mut subnet.region,
                &mut subnet.zone,
            ] {
                clear(text, hides);
            }
        }
        for interface in self.interfaces.values_mut() {
            for text in [
                &mut interface.name,
                &mut interface.description,
                &mut interface.subnet,
                &mut interface.vpc,
                &mut interface.account,
                &mut interface.region,
            ] {
                clear(text, hides);
            }
        }
        for resource in self.resources.values_mut() {
            for text in [&mut resource.account, &mut resource.region] {
                clear(text, hides);
            }
        }
        let kept = |id: &String| {
            self.interfaces.contains_key(id) || self.vpcs.contains_key(id) || self.subnets.contains_key(id)
        };
        self.gone.retain(kept);
        self.parts.clear();
    }
}

/// A network of one address is that address.
fn hides_net(net: IpNet, hides: Hides<'_>) -> bool {
    hides(&net.to_string()) || net.prefix_len() == net.max_prefix_len() && hides(&net.addr().to_string())
}

fn clear(text: &mut String, hides: Hides<'_>) {
    if hides(text) {
        text.clear();
    }
}
