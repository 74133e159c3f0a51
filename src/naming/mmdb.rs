//! Which country, city and autonomous system has this address? After a MaxMind DB that the person dropped.

use super::told::{NamingError, Problem, SourceKind, SourceTold};
use ipnet::IpNet;
use maxminddb::Reader;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// What stands before the metadata, near the end of the file.
pub const MARKER: &[u8] = b"\xAB\xCD\xEFMaxMind.com";
/// The metadata is looked for in so many last bytes, as the format says.
pub const TAIL: usize = 128 * 1024;

/// What a database says of an address; empty where it says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Two letters, ISO 3166-1.
    pub country_code: String,
    pub country: String,
    pub city: String,
    pub asn: Option<u32>,
    pub organisation: String,
}

impl Place {
    pub fn is_empty(&self) -> bool {
        *self == Place::default()
    }

    /// What this one does not know is taken from another database.
    pub fn fill(&mut self, other: Place) {
        if self.country_code.is_empty() && self.country.is_empty() {
            self.country_code = other.country_code;
            self.country = other.country;
            self.city = other.city;
        } else if self.city.is_empty() && self.country_code == other.country_code {
            self.city = other.city;
        }
        if self.asn.is_none() && self.organisation.is_empty() {
            self.asn = other.asn;
            self.organisation = other.organisation;
        }
    }

    /// `Germany`, or `DE` where no name is told.
    pub fn country_title(&self) -> &str {
        if self.country.is_empty() {
            &self.country_code
        } else {
            &self.country
        }
    }

    /// `Example Networks (AS64496)`.
    pub fn asn_title(&self) -> String {
        match (self.asn, self.organisation.as_str()) {
            (Some(n), "") => format!("AS{n}"),
            (Some(n), organisation) => format!("{organisation} (AS{n})"),
            (None, organisation) => organisation.to_owned(),
        }
    }
}

pub struct Mmdb(Reader<Vec<u8>>);

impl std::fmt::Debug for Mmdb {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Mmdb")
            .field(&self.0.metadata().database_type)
            .finish()
    }
}

impl Mmdb {
    pub fn read(file: &str, bytes: Vec<u8>) -> Result<(Self, SourceTold), NamingError> {
        let error = |problem| NamingError {
            kind: SourceKind::Mmdb,
            file: file.to_owned(),
            problem,
        };
        if bytes.is_empty() {
            return Err(error(Problem::Empty));
        }
        if !has_marker(&bytes) {
            return Err(error(Problem::NoMetadata));
        }
        let reader =
            Reader::from_source(bytes).map_err(|e| error(Problem::Damaged { says: e.to_string() }))?;
        let meta = reader.metadata();
        let database = meta.database_type.clone();
        if !CONTENT.iter().any(|word| database.contains(word)) {
            return Err(error(Problem::OtherContent { database }));
        }
        let told = SourceTold {
            kind: SourceKind::Mmdb,
            file: file.to_owned(),
            what: database,
            entries: None,
            rejected: Vec::new(),
            of: i64::try_from(meta.build_epoch)
                .ok()
                .and_then(|s| s.checked_mul(1_000_000_000)),
            note: if meta.ip_version == 4 {
                "IPv4 only".to_owned()
            } else {
                String::new()
            },
        };
        Ok((Mmdb(reader), told))
    }

    /// What it says of the address, and of which network it says so. A record that can not be read says nothing.
    pub fn find(&self, addr: IpAddr) -> Option<(IpNet, Place)> {
        let addr = addr.to_canonical();
        let found = self.0.lookup(addr).ok().filter(|found| found.has_data())?;
        let record = found.decode::<Record>().ok().flatten()?;
        let place = Place::from(record);
        if place.is_empty() {
            return None;
        }
        let net = found.network().ok();
        let net = net.and_then(|net| IpNet::new(net.ip(), net.prefix()).ok());
        // A database of IPv6 alone may answer with a network that holds all of IPv4.
        let net = net
            .filter(|net| net.contains(&addr))
            .unwrap_or_else(|| addr.into());
        Some((net.trunc(), place))
    }
}

/// Whether the metadata begins in the last part of a file.
pub fn has_marker(bytes: &[u8]) -> bool {
    let tail = bytes.get(bytes.len().saturating_sub(TAIL)..).unwrap_or_default();
    tail.windows(MARKER.len()).any(|window| window == MARKER)
}

/// Words of the types of databases that hold what is looked for.
const CONTENT: &[&str] = &["Country", "City", "ASN", "ISP", "Enterprise", "Location"];

#[derive(Default, Deserialize)]
#[serde(default)]
struct Record {
    country: Option<Named>,
    registered_country: Option<Named>,
    city: Option<Named>,
    autonomous_system_number: Option<u32>,
    autonomous_system_organization: Option<String>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Named {
    iso_code: String,
    names: BTreeMap<String, String>,
}

impl Named {
    fn name(self) -> String {
        let mut names = self.names;
        names
            .remove("en")
            .or_else(|| names.into_values().next())
            .unwrap_or_default()
    }
}

impl From<Record> for Place {
    fn from(record: Record) -> Place {
        // Where an address is registered, if nobody knows where it is used.
        let country = record
            .country
            .filter(|c| !c.iso_code.is_empty() || !c.names.is_empty());
        let country = country.or(record.registered_country).unwrap_or_default();
        Place {
            country_code: country.iso_code.clone(),
            country: country.name(),
            city: record.city.map(Named::name).unwrap_or_default(),
            asn: record.autonomous_system_number,
            organisation: record.autonomous_system_organization.unwrap_or_default(),
        }
    }
}
