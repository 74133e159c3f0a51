//! What the name of a delivered file says, and whether it is the name that AWS documents.
//!
//! Names are of the documentation of each service: CloudTrail log files and digests, flow logs, AWS Config history and
//! snapshots, load balancers' access, connection and health check logs, Resolver query logs, GuardDuty exports, S3 server access
//! logs and CloudFront standard logs. The folders before a name may be missing; where they are there, they have to agree with it.

use crate::base::TimeRange;
use crate::base::time::from_parts;
use std::error::Error;
use std::fmt;

/// Whose delivery a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    CloudTrail,
    Digest,
    Insight,
    VpcFlow,
    Config,
    Balancer(Balancer),
    ResolverQuery,
    GuardDuty,
    S3Access,
    CloudFront,
}

/// Which log of which kind of load balancer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Balancer {
    Application,
    Network,
    Classic,
    Connections,
    HealthChecks,
}

impl What {
    /// The kind of its records.
    pub fn kind(self) -> &'static str {
        match self {
            What::CloudTrail | What::Insight => "cloudtrail",
            What::Digest => "cloudtrail-digest",
            What::VpcFlow => "vpc-flow",
            What::Config => "config",
            What::Balancer(Balancer::Application) => "alb",
            What::Balancer(Balancer::Network) => "nlb",
            What::Balancer(Balancer::Classic) => "clb",
            What::Balancer(Balancer::Connections) => "alb-connection",
            What::Balancer(Balancer::HealthChecks) => "alb-health",
            What::ResolverQuery => "route53-resolver",
            What::GuardDuty => "guardduty",
            What::S3Access => "s3-access",
            What::CloudFront => "cloudfront",
        }
    }

    /// Whether records of a kind come in such files.
    pub fn fits(self, kind: &str) -> bool {
        // Flow logs of a transit gateway are named like those of a VPC.
        self.kind() == kind || self == What::VpcFlow && kind == "tgw-flow"
    }
}

/// What a name says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    pub what: What,
    pub account: Option<String>,
    pub region: Option<String>,
    /// `o-…`
    pub organization: Option<String>,
    /// When it was delivered, or when the period that it is of began or ended, as the service has it.
    pub at_ns: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyError {
    /// Nothing in it is a service's.
    Unknown,
    /// A service's, but not as it is documented.
    Unconventional { expected: &'static str },
    /// The folders say otherwise than the name.
    Folders,
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeyError::Unknown => f.write_str(
                "The name is not one that an AWS service gives. Keep the names that files have in their bucket.",
            ),
            KeyError::Unconventional { expected } => {
                write!(f, "The name is not as it is documented: {expected}. Keep the name that the file has in its bucket.")
            }
            KeyError::Folders => f.write_str(
                "The folders name another account, region or service than the file's name. Keep files under the key they have in their bucket.",
            ),
        }
    }
}

impl Error for KeyError {}

/// Reads a key, a path in a dropped folder or a bare name.
pub fn read(path: &str) -> Result<Delivered, KeyError> {
    let segments: Vec<&str> = path.split(['/', '\\']).collect();
    let Some((name, folders)) = segments.split_last() else {
        return Err(KeyError::Unknown);
    };
    let folders = Folders::read(folders);
    let found = vended(name)
        .or_else(|| guardduty(name, &folders))
        .or_else(|| s3_access(name))
        .or_else(|| cloudfront(name));
    let Some(mut delivered) = found.transpose()? else {
        return Err(folders
            .expected()
            .map_or(KeyError::Unknown, |expected| KeyError::Unconventional {
                expected,
            }));
    };
    folders.agree(&mut delivered)?;
    Ok(delivered)
}

/// What the folders after `AWSLogs` say.
#[derive(Default)]
struct Folders<'p> {
    account: Option<&'p str>,
    organization: Option<&'p str>,
    service: Option<&'p str>,
    region: Option<&'p str>,
}

impl<'p> Folders<'p> {
    fn read(folders: &[&'p str]) -> Self {
        let mut found = Folders::default();
        let Some(at) = folders.iter().rposition(|f| *f == "AWSLogs") else {
            return found;
        };
        for &folder in folders.iter().skip(at + 1) {
            match folder.split_once('=') {
                Some(("aws-account-id", v)) => found.account = Some(v),
                Some(("aws-service", v)) => found.service = Some(v),
                Some(("aws-region", v)) => found.region = Some(v),
                Some(_) => {}
                None if found.account.is_none() && folder.starts_with("o-") => {
                    found.organization = Some(folder)
                }
                None if found.account.is_none() && is_account(folder) => found.account = Some(folder),
                None if found.account.is_some() && found.service.is_none() => found.service = Some(folder),
                None if found.region.is_none() && is_region(folder) => found.region = Some(folder),
                None => {}
            }
        }
        found
    }

    /// How a file in these folders is named.
    fn expected(&self) -> Option<&'static str> {
        let service = self.service?;
        SERVICES
            .iter()
            .find(|s| s.word == service)
            .map(|s| s.expected)
            .or((service == "GuardDuty")
                .then_some("AWSLogs/ACCOUNT/GuardDuty/REGION/YYYY/MM/DD/UUID.jsonl.gz"))
    }

    /// Fills in what the name does not say; what both say has to be the same.
    fn agree(&self, delivered: &mut Delivered) -> Result<(), KeyError> {
        let one = |name: &mut Option<String>, folder: Option<&str>| match (name.as_deref(), folder) {
            (Some(name), Some(folder)) if name != folder => Err(KeyError::Folders),
            (None, Some(folder)) => {
                *name = Some(folder.to_owned());
                Ok(())
            }
            _ => Ok(()),
        };
        one(&mut delivered.account, self.account)?;
        one(&mut delivered.region, self.region)?;
        delivered.organization = self.organization.map(str::to_owned);
        let service = SERVICES
            .iter()
            .find(|s| s.what.kind() == delivered.what.kind() && s.what == delivered.what);
        match (service, self.service) {
            (Some(named), Some(folder)) if named.word != folder => Err(KeyError::Folders),
            _ => Ok(()),
        }
    }
}

/// A service whose files are named `ACCOUNT_SERVICE_…`.
struct Vended {
    word: &'static str,
    what: What,
    /// Whether a region follows.
    region: bool,
    expected: &'static str,
    endings: &'static [&'static str],
}

const SERVICES: &[Vended] = &[
    Vended {
        word: "CloudTrail",
        what: What::CloudTrail,
        region: true,
        expected: "ACCOUNT_CloudTrail_REGION_YYYYMMDDTHHmmZ_UNIQUE.json.gz",
        endings: &[".json.gz", ".json"],
    },
    Vended {
        word: "CloudTrail-Digest",
        what: What::Digest,
        region: true,
        expected: "ACCOUNT_CloudTrail-Digest_REGION_TRAIL_HOME-REGION_YYYYMMDDTHHmmSSZ.json.gz",
        endings: &[".json.gz", ".json"],
    },
    Vended {
        word: "CloudTrail-Insight",
        what: What::Insight,
        region: true,
        expected: "ACCOUNT_CloudTrail-Insight_REGION_YYYYMMDDTHHmmZ_UNIQUE.json.gz",
        endings: &[".json.gz", ".json"],
    },
    Vended {
        word: "vpcflowlogs",
        what: What::VpcFlow,
        region: true,
        expected: "ACCOUNT_vpcflowlogs_REGION_FLOW-LOG-ID_YYYYMMDDTHHmmZ_HASH.log.gz",
        endings: &[".log.gz", ".log.parquet", ".log"],
    },
    Vended {
        word: "Config",
        what: What::Config,
        region: true,
        expected: "ACCOUNT_Config_REGION_ConfigHistory_TYPE_START_END_N.json.gz or ACCOUNT_Config_REGION_ConfigSnapshot_TIME_ID.json.gz",
        endings: &[".json.gz", ".json"],
    },
    Vended {
        word: "elasticloadbalancing",
        what: What::Balancer(Balancer::Classic),
        region: true,
        expected: "ACCOUNT_elasticloadbalancing_REGION_BALANCER_YYYYMMDDTHHmmZ_….log.gz",
        endings: &[".log.gz", ".log"],
    },
    Vended {
        word: "vpcdnsquerylogs",
        what: What::ResolverQuery,
        region: false,
        expected: "ACCOUNT_vpcdnsquerylogs_VPC-ID_YYYYMMDDTHHmmZ_HASH.log.gz",
        endings: &[".log.gz", ".log"],
    },
];

/// `ACCOUNT_SERVICE_REGION_…_TIME_….ending`
fn vended(name: &str) -> Option<Result<Delivered, KeyError>> {
    const BEFORE: [(&str, Balancer); 2] = [
        ("conn_log.", Balancer::Connections),
        ("health_check_log.", Balancer::HealthChecks),
    ];
    let marked = BEFORE
        .iter()
        .find_map(|(mark, which)| Some((name.strip_prefix(mark)?, *which)));
    let bare = marked.map_or(name, |(bare, _)| bare);
    let (account, rest) = bare.split_once('_').filter(|(account, _)| is_account(account))?;
    let (word, rest) = rest.split_once('_')?;
    let service = SERVICES.iter().find(|s| s.word == word)?;
    let read = || {
        let stem = service
            .endings
            .iter()
            .find_map(|ending| rest.strip_suffix(ending))?;
        let (region, stem) = match service.region {
            true => stem
                .split_once('_')
                .filter(|(region, _)| is_region(region))
                .map(|(r, s)| (Some(r), s))?,
            false => (None, stem),
        };
        let parts: Vec<&str> = stem.split('_').collect();
        let (what, at_ns) = match (service.what, parts.as_slice()) {
            (What::CloudTrail | What::Insight, [time, unique]) if is_unique(unique) => {
                (service.what, minute(time)?)
            }
            // The trail's name may hold underscores.
            (What::Digest, [_, .., home, time]) if is_region(home) => (service.what, second(time)?),
            (What::VpcFlow, [flow, time, hash]) if flow.starts_with("fl-") && is_unique(hash) => {
                (service.what, minute(time)?)
            }
            (What::Config, ["ConfigHistory", ty, from, to, n]) if ty.contains("::") && is_number(n) => {
                second(from)?;
                (service.what, second(to)?)
            }
            (What::Config, ["ConfigSnapshot", time, id]) if is_unique(&id.replace('-', "")) => {
                (service.what, second(time)?)
            }
            (What::Balancer(_), [balancer, time, rest @ ..]) if (1..=2).contains(&rest.len()) => {
                let of_name = match balancer {
                    b if b.starts_with("app.") => Balancer::Application,
                    b if b.starts_with("net.") => Balancer::Network,
                    _ => Balancer::Classic,
                };
                (
                    What::Balancer(marked.map_or(of_name, |(_, which)| which)),
                    minute(time)?,
                )
            }
            (What::ResolverQuery, [vpc, time, hash]) if vpc.starts_with("vpc-") && is_unique(hash) => {
                (service.what, minute(time)?)
            }
            _ => return None,
        };
        Some(Delivered {
            what,
            account: Some(account.to_owned()),
            region: region.map(str::to_owned),
            organization: None,
            at_ns: Some(at_ns),
        })
    };
    let read = read().filter(|d| marked.is_none() || matches!(d.what, What::Balancer(_)));
    Some(read.ok_or(KeyError::Unconventional {
        expected: service.expected,
    }))
}

/// `UUID.jsonl.gz`, in its folders: the name alone is anyone's.
fn guardduty(name: &str, folders: &Folders<'_>) -> Option<Result<Delivered, KeyError>> {
    let id = name
        .strip_suffix(".jsonl.gz")
        .or_else(|| name.strip_suffix(".jsonl"))?;
    let is_id = id.len() == 36 && is_unique(&id.replace('-', ""));
    (folders.service == Some("GuardDuty") && is_id).then(|| Ok(plain(What::GuardDuty, None)))
}

/// `[prefix]YYYY-mm-DD-HH-MM-SS-UNIQUE`
fn s3_access(name: &str) -> Option<Result<Delivered, KeyError>> {
    let unique_at = name.rfind('-')?;
    let (stem, unique) = (name.get(..unique_at)?, name.get(unique_at + 1..)?);
    let time = stem.get(stem.len().checked_sub(19)?..)?;
    let parts: Vec<&str> = time.split('-').collect();
    let [year, month, day, hour, minute, second] = parts.as_slice() else {
        return None;
    };
    let at = from_parts(
        digits(year, 4)?.into(),
        digits(month, 2)?,
        digits(day, 2)?,
        digits(hour, 2)?,
        digits(minute, 2)?,
        digits(second, 2)?,
        0,
    )?;
    let fits = unique.len() == 16
        && unique
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    fits.then(|| Ok(plain(What::S3Access, Some(at))))
}

/// `DISTRIBUTION.YYYY-MM-DD-HH.UNIQUE.gz`
fn cloudfront(name: &str) -> Option<Result<Delivered, KeyError>> {
    let stem = name.strip_suffix(".gz")?;
    let parts: Vec<&str> = stem.split('.').collect();
    let [distribution, hour, unique] = parts.as_slice() else {
        return None;
    };
    let time: Vec<&str> = hour.split('-').collect();
    let [year, month, day, hour] = time.as_slice() else {
        return None;
    };
    let at = from_parts(
        digits(year, 4)?.into(),
        digits(month, 2)?,
        digits(day, 2)?,
        digits(hour, 2)?,
        0,
        0,
        0,
    )?;
    let fits = distribution.len() >= 12
        && distribution
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        && is_unique(unique);
    fits.then(|| Ok(plain(What::CloudFront, Some(at))))
}

fn plain(what: What, at_ns: Option<i64>) -> Delivered {
    Delivered {
        what,
        account: None,
        region: None,
        organization: None,
        at_ns,
    }
}

/// Ranges between neighbours of a sorted list that are farther apart than they should be.
pub fn gaps(times: &[i64], apart_ns: i64) -> Vec<TimeRange> {
    let pairs = times.iter().zip(times.iter().skip(1));
    pairs
        .filter(|(from, to)| to.saturating_sub(**from) > apart_ns)
        .map(|(from, to)| TimeRange::new(*from, *to))
        .collect()
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && is_number(text)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_unique(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// `us-east-1`, `us-gov-west-1`
fn is_region(text: &str) -> bool {
    let mut parts = text.rsplit('-');
    let number = parts.next().unwrap_or_default();
    let words: Vec<&str> = parts.collect();
    is_number(number)
        && number.len() <= 2
        && (2..=3).contains(&words.len())
        && words
            .iter()
            .all(|w| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase()))
}

fn digits(text: &str, len: usize) -> Option<u32> {
    if text.len() == len && is_number(text) {
        text.parse().ok()
    } else {
        None
    }
}

/// `YYYYMMDDTHHmmZ`
fn minute(text: &str) -> Option<i64> {
    time(text, 4)
}

/// `YYYYMMDDTHHmmSSZ`
fn second(text: &str) -> Option<i64> {
    time(text, 6)
}

fn time(text: &str, len: usize) -> Option<i64> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    digits(date, 8)?;
    digits(time, len)?;
    let two = |text: &str, at: usize| digits(text.get(at..at + 2)?, 2);
    from_parts(
        digits(date.get(..4)?, 4)?.into(),
        two(date, 4)?,
        two(date, 6)?,
        two(time, 0)?,
        two(time, 2)?,
        if len == 6 { two(time, 4)? } else { 0 },
        0,
    )
}
