//! Whose is this address, and where does it stand?
//!
//! [`Naming`] puts together what the person dropped: their own list of networks, answers of the command line and AWS
//! Config items, AWS's `ip-ranges.json`, MaxMind DBs. Only the special-use ranges are built in; without a file that says
//! so, an address is public and not AWS's.

mod aws;
mod mmdb;
mod network;
mod ranges;
mod recognise;
mod say;
mod slim;
mod special;
mod table;
mod told;

pub use aws::{AwsPlace, AwsPrefix};
pub use mmdb::{Place, TAIL};
pub use network::{
    CONFIG, Described, Found, Hint, INVENTORY, Interface, Network, Owner, OwnerKind, Resource, Subnet, Vpc,
};
pub use recognise::{NamingKind, recognise, recognise_tail};
pub use special::{Class, Special, class, special_use};
pub use table::NamedNet;
pub use told::{NamingError, Problem, Rejected, SourceKind, SourceTold};

use aws::AwsRanges;
use ipnet::IpNet;
use mmdb::Mmdb;
use ranges::{Ranges, as_text};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::net::IpAddr;
use table::Table;

/// What an address is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Name {
    pub text: String,
    /// What else is known, in a sentence's part.
    pub detail: String,
    pub source: SourceKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum GroupKind {
    Internet,
    AwsService,
    AwsRegion,
    Country,
    Asn,
    /// A network that nobody named.
    Network,
    /// One that the person did.
    Named,
    Account,
    Vpc,
    Subnet,
    /// What an interface belongs to.
    Owner(OwnerKind),
    Interface,
    /// Internal addresses of which no description tells.
    Private,
    /// Which of several it is, is not known.
    Ambiguous,
    /// Addresses that are no host's on a network.
    SpecialUse,
    /// One special-use range.
    Special,
}

/// One step of the way to an address. The id is unique among the groups beside it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Group {
    pub kind: GroupKind,
    pub id: String,
    pub name: String,
}

impl Group {
    /// Without a name it is called by its id.
    fn new(kind: GroupKind, id: impl ToString, name: &str) -> Group {
        let id = id.to_string();
        let name = if name.is_empty() {
            id.clone()
        } else {
            name.to_owned()
        };
        Group { kind, id, name }
    }
}

/// Everything that gives names, for the addresses that are asked for.
#[derive(Debug, Default)]
pub struct Naming {
    tables: Vec<(Table, SourceTold)>,
    network: Network,
    /// What a shared file brought of the network.
    brought: Described,
    aws: Option<(AwsRanges, SourceTold)>,
    mmdbs: Vec<(Mmdb, SourceTold)>,
    /// What MaxMind DBs said of the addresses that a shared file shows.
    places: Ranges<Place>,
    /// What a shared file was made with, in place of the sources themselves.
    carried: Vec<SourceTold>,
}

/// What a few addresses are called, apart from the files that say so: [`Naming`] is made of it again, and answers the
/// same for these addresses.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Slim {
    named: Vec<NamedNet>,
    network: Described,
    aws: Vec<AwsPrefix>,
    places: Vec<SlimPlace>,
    sources: Vec<SourceTold>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct SlimPlace {
    #[serde(with = "as_text")]
    net: IpNet,
    place: Place,
}

impl Naming {
    /// Reads a dropped file. One of the same name takes the place of an earlier one; of AWS's ranges there is one.
    pub fn read(&mut self, kind: NamingKind, file: &str, bytes: Vec<u8>) -> Result<SourceTold, NamingError> {
        let told = match kind {
            NamingKind::AwsRanges => {
                let (ranges, told) = AwsRanges::read(file, &bytes)?;
                self.aws = Some((ranges, told.clone()));
                self.carried.retain(|other| other.kind != SourceKind::AwsRanges);
                told
            }
            NamingKind::Mmdb => {
                let (mmdb, told) = Mmdb::read(file, bytes)?;
                self.mmdbs.retain(|(_, other)| other.file != file);
                self.mmdbs.push((mmdb, told.clone()));
                told
            }
            NamingKind::Table => {
                let (table, told) = Table::read(file, &bytes)?;
                self.tables.retain(|(_, other)| other.file != file);
                self.tables.push((table, told.clone()));
                told
            }
        };
        Ok(told)
    }

    /// Takes in a described thing, see [`Network::add`]. Whether anything was read of it.
    pub fn add(&mut self, kind: &str, item_type: &str, body: &Value, account: &str, region: &str) -> bool {
        self.network.add(kind, item_type, body, account, region)
    }

    /// Forgets everything that was described, before it is added anew; not what a shared file brought.
    pub fn forget_described(&mut self) {
        self.network = Network::from(self.brought.clone());
    }

    /// Forgets a file. Whether there was one of this name.
    pub fn remove(&mut self, file: &str) -> bool {
        let before = self.sources().len();
        self.tables.retain(|(_, told)| told.file != file);
        self.mmdbs.retain(|(_, told)| told.file != file);
        self.aws = self.aws.take().filter(|(_, told)| told.file != file);
        self.sources().len() < before
    }

    /// Whether there is nothing but what is built in.
    pub fn is_empty(&self) -> bool {
        self.sources().is_empty()
    }

    /// What is loaded; first what a shared file was made with.
    pub fn sources(&self) -> Vec<SourceTold> {
        let dropped = |told: &&SourceTold| !told.file.is_empty();
        let mut sources = self.carried.clone();
        sources.extend(self.tables.iter().map(|(_, told)| told).filter(dropped).cloned());
        if !sources.iter().any(|told| told.kind == SourceKind::Inventory) {
            sources.extend(self.described_told());
        }
        sources.extend(self.aws.iter().map(|(_, told)| told).filter(dropped).cloned());
        sources.extend(self.mmdbs.iter().map(|(_, told)| told).filter(dropped).cloned());
        sources
    }

    fn described_told(&self) -> Option<SourceTold> {
        let told = self.network.told();
        if told.is_empty() {
            return None;
        }
        let counts = [
            (told.accounts.len(), "accounts"),
            (told.vpcs.len(), "VPCs"),
            (told.subnets.len(), "subnets"),
            (told.interfaces.len(), "interfaces"),
        ];
        let note: Vec<String> = counts.iter().map(|(n, what)| format!("{n} {what}")).collect();
        Some(SourceTold {
            kind: SourceKind::Inventory,
            file: String::new(),
            what: SourceKind::Inventory.title().to_owned(),
            entries: Some(told.len() as u64),
            rejected: Vec::new(),
            of: None,
            note: note.join(", "),
        })
    }

    pub fn account_name(&self, id: &str) -> Option<&str> {
        self.network.account_name(id)
    }

    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The person's own names of the networks around an address, the narrowest first. Of two lists that name the same
    /// network the later one counts.
    pub fn named(&self, addr: IpAddr) -> Vec<&NamedNet> {
        let mut all: Vec<&NamedNet> = self
            .tables
            .iter()
            .rev()
            .flat_map(|(table, _)| table.find(addr))
            .collect();
        all.sort_by_key(|named| Reverse(named.net.prefix_len()));
        all.dedup_by_key(|named| named.net);
        all
    }

    /// What AWS says of the address in its ranges.
    pub fn aws(&self, addr: IpAddr) -> Option<AwsPlace<'_>> {
        self.aws.as_ref().and_then(|(ranges, _)| ranges.find(addr))
    }

    /// Every service that AWS says has the address, the most specific first.
    pub fn aws_services(&self, addr: IpAddr) -> Vec<&str> {
        self.aws
            .as_ref()
            .map(|(ranges, _)| ranges.services(addr))
            .unwrap_or_default()
    }

    /// What MaxMind DBs say of the address together, and of which network all of them say so.
    pub fn place(&self, addr: IpAddr) -> Option<(IpNet, Place)> {
        let read = self.mmdbs.iter().filter_map(|(mmdb, _)| mmdb.find(addr));
        let carried = self
            .places
            .narrowest(addr)
            .map(|(net, place)| (net, place.clone()));
        read.chain(carried)
            .reduce(|(net, mut place), (other_net, other)| {
                place.fill(other);
                let narrower = if other_net.prefix_len() > net.prefix_len() {
                    other_net
                } else {
                    net
                };
                (narrower, place)
            })
    }

    /// Names for these addresses and accounts alone, so that whatever is shared tells of no others.
    pub fn slim(&self, addrs: &[IpAddr], accounts: &[&str]) -> Slim {
        let mut named: BTreeMap<IpNet, &NamedNet> = BTreeMap::new();
        let mut aws: BTreeMap<IpNet, &AwsPrefix> = BTreeMap::new();
        let mut places: BTreeMap<IpNet, Place> = BTreeMap::new();
        for addr in addrs {
            named.extend(self.named(*addr).into_iter().map(|n| (n.net, n)));
            let prefixes = self.aws.iter().flat_map(|(ranges, _)| ranges.prefixes(*addr));
            aws.extend(prefixes.map(|p| (p.net, p)));
            places.extend(self.place(*addr));
        }
        let network = self.network.only(addrs, accounts);
        let places: Vec<SlimPlace> = places
            .into_iter()
            .map(|(net, place)| SlimPlace { net, place })
            .collect();
        let mut sources = self.sources();
        for told in &mut sources {
            // How much of it is here, and nothing of the rest.
            told.entries = Some(match told.kind {
                SourceKind::Table => named.len(),
                SourceKind::Inventory => network.len(),
                SourceKind::AwsRanges => aws.len(),
                SourceKind::Mmdb => places.len(),
                SourceKind::Special => 0,
            } as u64);
            told.rejected.clear();
            told.note.clear();
        }
        Slim {
            named: named.into_values().cloned().collect(),
            network,
            aws: aws.into_values().cloned().collect(),
            places,
            sources,
        }
    }
}

impl From<Slim> for Naming {
    fn from(slim: Slim) -> Self {
        let carried = |kind: SourceKind| SourceTold {
            kind,
            file: String::new(),
            what: kind.title().to_owned(),
            entries: None,
            rejected: Vec::new(),
            of: None,
            note: String::new(),
        };
        let places = slim.places.into_iter().map(|p| (p.net, p.place)).collect();
        Naming {
            tables: vec![(Table::of(slim.named), carried(SourceKind::Table))],
            network: Network::from(slim.network.clone()),
            brought: slim.network,
            aws: Some((AwsRanges::of(slim.aws), carried(SourceKind::AwsRanges))),
            mmdbs: Vec::new(),
            places: Ranges::new(places, |_, _| {}),
            carried: slim.sources,
        }
    }
}

#[cfg(test)]
mod tests;
