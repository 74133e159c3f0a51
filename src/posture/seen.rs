//! What the logs themselves show: records, the names of the files they came in, and what was lost.

use super::key::{self, Delivered};
use crate::base::TimeRange;
use crate::base::time::{HOUR, MINUTE};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The kind under which records of CloudTrail data events stand (`managementEvent` is false): they are counted apart from
/// `cloudtrail`, which stands for management events.
pub const CLOUDTRAIL_DATA: &str = "cloudtrail-data";

/// Names of files that are kept as examples.
const EXAMPLES: usize = 3;

/// Records of one kind, account and region.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Records {
    pub account: String,
    /// `global` or empty for what has none.
    pub region: String,
    /// Registry id, or [`CLOUDTRAIL_DATA`]; for records that only a wrapper tells of, `log-group`.
    pub kind: String,
    /// The VPC of flow logs where the records say it, otherwise nothing.
    pub subject: Option<String>,
    /// The filter that takes these records, as one types it; it is what opens them.
    pub filter: String,
    /// A count over the kind, grouped by account and region.
    pub records: u64,
    /// The times of the first and last.
    pub first_ns: Option<i64>,
    pub last_ns: Option<i64>,
    /// The starts of the hours (UTC) that hold a record, in order, each once: a count by the hour without the empty ones.
    pub hours: Vec<i64>,
}

impl Records {
    /// Hours between the first and the last that hold nothing; neighbours are one range.
    pub fn empty_hours(&self) -> Vec<TimeRange> {
        key::gaps(&self.hours, HOUR)
            .into_iter()
            .map(|gap| TimeRange::new(gap.from_ns.saturating_add(HOUR), gap.to_ns))
            .collect()
    }
}

/// The files of one kind, account and region, by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Files {
    pub files: u64,
    /// Named as AWS documents.
    pub named: u64,
    /// Not so; a few of them.
    pub unnamed: Vec<String>,
    /// Named for another account or region than their records are of; a few of them.
    pub elsewhere: Vec<String>,
    /// `o-…`: they were delivered by a trail of this organization.
    pub organizations: BTreeSet<String>,
    /// The times in their names, in order, each minute once.
    pub times: BTreeSet<i64>,
}

impl Files {
    /// Ranges without a file that are longer than deliveries are apart.
    pub fn gaps(&self, apart_ns: i64) -> Vec<TimeRange> {
        let times: Vec<i64> = self.times.iter().copied().collect();
        key::gaps(&times, apart_ns)
    }
}

/// What flow logs say of their own losses, by network interface.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowStatus {
    pub account: String,
    pub region: String,
    pub interface: String,
    /// Where the records say it.
    pub vpc: Option<String>,
    /// Counts by the field `log-status`: `OK`, `NODATA` and `SKIPDATA`.
    pub ok: u64,
    pub no_data: u64,
    pub skip_data: u64,
}

/// Events whose size comes near what can be passed on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LargeEvents {
    pub account: String,
    pub region: String,
    pub kind: String,
    /// Records of at least [`super::limits::EVENT_NEAR_BYTES`], by the length of their original text.
    pub near: u64,
    /// Of these, records longer than [`super::limits::EVENT_BYTES`].
    pub over: u64,
}

/// An account, a region and a kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Whose {
    pub account: String,
    pub region: String,
    pub kind: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    pub records: Vec<Records>,
    /// Filled by [`Seen::add_file`]; a list of pairs, so that it can be written as JSON.
    pub files: Vec<(Whose, Files)>,
    pub flows: Vec<FlowStatus>,
    pub large: Vec<LargeEvents>,
}

impl Seen {
    /// Notes a file by its name. `whose` is what its records say; what is left empty is taken from the name.
    pub fn add_file(&mut self, whose: &Whose, path: &str) {
        let read = key::read(path);
        let from_name = read.as_ref().ok();
        let or_name = |own: &str, named: fn(&Delivered) -> Option<&str>| match own {
            "" => from_name.and_then(named).unwrap_or_default().to_owned(),
            own => own.to_owned(),
        };
        let whose = Whose {
            account: or_name(&whose.account, |d| d.account.as_deref()),
            region: or_name(&whose.region, |d| d.region.as_deref()),
            kind: or_name(&whose.kind, |d| Some(d.what.kind())),
        };
        let files = match self.files.binary_search_by(|(known, _)| known.cmp(&whose)) {
            Ok(at) => self.files.get_mut(at),
            Err(at) => {
                self.files.insert(at, (whose.clone(), Files::default()));
                self.files.get_mut(at)
            }
        };
        if let Some((_, files)) = files {
            files.add(&whose, path, read.ok());
        }
    }

    /// What was seen of a kind, account and region.
    pub(super) fn files_of(&self, account: &str, region: &str, kinds: &[&str]) -> Vec<&Files> {
        let fits = |whose: &Whose| {
            whose.account == account && whose.region == region && kinds.contains(&whose.kind.as_str())
        };
        self.files
            .iter()
            .filter(|(whose, _)| fits(whose))
            .map(|(_, files)| files)
            .collect()
    }

    /// What was added by another part of the files.
    pub fn merge(&mut self, other: Seen) {
        for records in other.records {
            let same = |r: &&mut Records| {
                (&r.account, &r.region, &r.kind, &r.subject)
                    == (&records.account, &records.region, &records.kind, &records.subject)
            };
            match self.records.iter_mut().find(same) {
                Some(known) => known.merge(records),
                None => self.records.push(records),
            }
        }
        for (whose, files) in other.files {
            match self.files.binary_search_by(|(known, _)| known.cmp(&whose)) {
                Ok(at) => {
                    if let Some((_, known)) = self.files.get_mut(at) {
                        known.merge(files);
                    }
                }
                Err(at) => self.files.insert(at, (whose, files)),
            }
        }
        for flow in other.flows {
            let same = |f: &&mut FlowStatus| {
                (&f.account, &f.region, &f.interface) == (&flow.account, &flow.region, &flow.interface)
            };
            match self.flows.iter_mut().find(same) {
                Some(known) => {
                    known.ok += flow.ok;
                    known.no_data += flow.no_data;
                    known.skip_data += flow.skip_data;
                    known.vpc = known.vpc.take().or(flow.vpc);
                }
                None => self.flows.push(flow),
            }
        }
        other.large.into_iter().for_each(|large| self.add_large(large));
    }

    /// Adds to what is known of large records of an account, a region and a kind.
    pub fn add_large(&mut self, large: LargeEvents) {
        let same = |l: &&mut LargeEvents| {
            (&l.account, &l.region, &l.kind) == (&large.account, &large.region, &large.kind)
        };
        match self.large.iter_mut().find(same) {
            Some(known) => {
                known.near += large.near;
                known.over += large.over;
            }
            None => self.large.push(large),
        }
    }
}

impl Records {
    fn merge(&mut self, other: Records) {
        self.records += other.records;
        self.first_ns = [self.first_ns, other.first_ns].into_iter().flatten().min();
        self.last_ns = self.last_ns.max(other.last_ns);
        self.hours.extend(other.hours);
        self.hours.sort_unstable();
        self.hours.dedup();
    }
}

impl Files {
    fn add(&mut self, whose: &Whose, path: &str, delivered: Option<Delivered>) {
        self.files += 1;
        let example = |list: &mut Vec<String>| {
            if list.len() < EXAMPLES {
                list.push(path.to_owned());
            }
        };
        let Some(delivered) = delivered.filter(|d| d.what.fits(&whose.kind)) else {
            example(&mut self.unnamed);
            return;
        };
        self.named += 1;
        let differs = |named: &Option<String>, own: &str| named.as_deref().is_some_and(|n| n != own);
        // A file of global events is named for the region of its trail.
        if differs(&delivered.account, &whose.account)
            || whose.region != "global" && differs(&delivered.region, &whose.region)
        {
            example(&mut self.elsewhere);
        }
        self.organizations.extend(delivered.organization);
        let minute = |at: i64| at.div_euclid(MINUTE).saturating_mul(MINUTE);
        self.times.extend(delivered.at_ns.map(minute));
    }

    fn merge(&mut self, other: Files) {
        self.files += other.files;
        self.named += other.named;
        for (mine, theirs) in [
            (&mut self.unnamed, other.unnamed),
            (&mut self.elsewhere, other.elsewhere),
        ] {
            mine.extend(theirs);
            mine.truncate(EXAMPLES);
        }
        self.organizations.extend(other.organizations);
        self.times.extend(other.times);
    }
}
