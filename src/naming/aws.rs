//! Which AWS service and Region has this address? After `ip-ranges.json` as AWS publishes it.

use super::ranges::{Ranges, as_text};
use super::told::{NamingError, Problem, Rejects, SourceKind, SourceTold};
use crate::base::time::parse_iso;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::Arc;

/// Stands for all of AWS; every prefix of another service is listed under it as well.
const UMBRELLA: &str = "AMAZON";

/// What is said of one prefix. Names stand thousands of times and are shared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwsPrefix {
    #[serde(with = "as_text")]
    pub net: IpNet,
    pub region: Arc<str>,
    pub border_group: Arc<str>,
    /// Most specific first.
    pub services: Vec<Arc<str>>,
}

/// What is said of one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AwsPlace<'a> {
    /// The prefix that the service was told of.
    pub net: IpNet,
    /// The most specific: `S3` rather than `EC2`, and that rather than `AMAZON`.
    pub service: &'a str,
    /// `GLOBAL` for what has no Region.
    pub region: &'a str,
    /// A Region, or a Local or Wavelength Zone's group.
    pub border_group: &'a str,
}

impl AwsPlace<'_> {
    /// `AWS S3`; `AWS` where the prefix is told of all of AWS only.
    pub fn service_title(&self) -> String {
        match self.service {
            UMBRELLA => "AWS".to_owned(),
            service => format!("AWS {service}"),
        }
    }

    pub fn region_title(&self) -> &str {
        match self.region {
            "" => "no Region told",
            region if region.eq_ignore_ascii_case("GLOBAL") => "global",
            region => region,
        }
    }
}

#[derive(Clone, Debug, Default)]
pub struct AwsRanges(Ranges<AwsPrefix>);

impl AwsRanges {
    pub fn read(file: &str, bytes: &[u8]) -> Result<(Self, SourceTold), NamingError> {
        let error = |problem| NamingError {
            kind: SourceKind::AwsRanges,
            file: file.to_owned(),
            problem,
        };
        let missing = |path, says: &str| {
            let says = says.to_owned();
            error(Problem::Missing { path, says })
        };
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        if bytes.trim_ascii().is_empty() {
            return Err(error(Problem::Empty));
        }
        let whole: Value = serde_json::from_slice(bytes).map_err(|e| {
            error(Problem::NotJson {
                line: e.line(),
                column: e.column(),
                says: e
                    .to_string()
                    .split(" at line")
                    .next()
                    .unwrap_or_default()
                    .to_owned(),
            })
        })?;
        let mut reader = Reader::default();
        let mut lists = 0;
        for list in LISTS {
            match whole.get(list.path) {
                Some(Value::Array(rows)) => {
                    lists += 1;
                    reader.list(list, rows);
                }
                Some(_) => return Err(missing(list.path, "it is no array")),
                None => {}
            }
        }
        if lists == 0 {
            return Err(missing("prefixes", "there is no such array, nor ipv6_prefixes"));
        }
        let rejected = reader.rejects.into_list();
        if reader.nets.is_empty() {
            return Err(match rejected.into_iter().next() {
                Some(r) => error(Problem::NothingKept {
                    place: r.first.into_iter().next().unwrap_or_default(),
                    reason: r.reason,
                }),
                None => error(Problem::Empty),
            });
        }
        let ranges = AwsRanges::of(reader.nets);
        let told = SourceTold {
            kind: SourceKind::AwsRanges,
            file: file.to_owned(),
            what: SourceKind::AwsRanges.title().to_owned(),
            entries: Some(ranges.0.len() as u64),
            rejected,
            of: whole.get("createDate").and_then(Value::as_str).and_then(created),
            note: String::new(),
        };
        Ok((ranges, told))
    }

    pub fn of(prefixes: Vec<AwsPrefix>) -> Self {
        let nets = prefixes.into_iter().map(|p| (p.net, p)).collect();
        AwsRanges(Ranges::new(nets, |kept, other| {
            // The Region is that of the most specific service.
            if best_rank(&other) > best_rank(kept) {
                kept.region = other.region;
                kept.border_group = other.border_group;
            }
            kept.services.extend(other.services);
            in_order(&mut kept.services);
        }))
    }

    pub fn find(&self, addr: IpAddr) -> Option<AwsPlace<'_>> {
        let specific = |p: &&AwsPrefix| p.services.first().is_some_and(|s| &**s != UMBRELLA);
        let best = self
            .prefixes(addr)
            .find(specific)
            .or_else(|| self.prefixes(addr).next())?;
        Some(AwsPlace {
            net: best.net,
            service: best.services.first()?,
            region: &best.region,
            border_group: &best.border_group,
        })
    }

    /// Every service that is told of the address, most specific first.
    pub fn services(&self, addr: IpAddr) -> Vec<&str> {
        let all = self
            .prefixes(addr)
            .flat_map(|p| p.services.iter().map(AsRef::as_ref));
        let mut services: Vec<&str> = all.collect();
        in_order(&mut services);
        services
    }

    /// Everything that is said of an address, the narrowest first.
    pub fn prefixes(&self, addr: IpAddr) -> impl Iterator<Item = &AwsPrefix> {
        self.0.holding(addr).map(|(_, prefix)| prefix)
    }
}

/// An array of the file.
struct List {
    path: &'static str,
    key: &'static str,
    v4: bool,
}

const LISTS: &[List] = &[
    List {
        path: "prefixes",
        key: "ip_prefix",
        v4: true,
    },
    List {
        path: "ipv6_prefixes",
        key: "ipv6_prefix",
        v4: false,
    },
];

#[derive(Default)]
struct Reader {
    nets: Vec<AwsPrefix>,
    names: HashSet<Arc<str>>,
    rejects: Rejects,
}

impl Reader {
    fn list(&mut self, list: &List, rows: &[Value]) {
        for (i, row) in rows.iter().enumerate() {
            let at = |key: &str| format!("{}[{i}].{key}", list.path);
            let text = |key: &str| row.get(key).and_then(Value::as_str).unwrap_or_default().trim();
            let net = text(list.key).parse::<IpNet>().ok();
            let Some(net) = net.filter(|net| matches!(net, IpNet::V4(_)) == list.v4) else {
                self.rejects.add("no network in CIDR notation", || at(list.key));
                continue;
            };
            if text("service").is_empty() {
                self.rejects.add("no service is named", || at("service"));
                continue;
            }
            let prefix = AwsPrefix {
                net: net.trunc(),
                region: self.name(text("region")),
                border_group: self.name(text("network_border_group")),
                services: vec![self.name(text("service"))],
            };
            self.nets.push(prefix);
        }
    }

    fn name(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.names.get(text) {
            return known.clone();
        }
        let name: Arc<str> = text.into();
        self.names.insert(name.clone());
        name
    }
}

fn best_rank(prefix: &AwsPrefix) -> Option<u8> {
    prefix.services.first().map(|service| rank(service))
}

/// How much a service's name says: EC2's prefixes hold those of services that run on it.
fn rank(service: &str) -> u8 {
    match service {
        UMBRELLA => 0,
        "EC2" => 1,
        _ => 2,
    }
}

fn in_order<S: AsRef<str> + Ord>(services: &mut Vec<S>) {
    services.sort_by(|a, b| rank(b.as_ref()).cmp(&rank(a.as_ref())).then_with(|| a.cmp(b)));
    services.dedup();
}

/// `2026-01-31-13-04-55`, in UTC.
fn created(text: &str) -> Option<i64> {
    let parts: Vec<&str> = text.trim().split('-').collect();
    let [year, month, day, hour, minute, second] = parts.as_slice() else {
        return None;
    };
    parse_iso(format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z").as_bytes())
}
