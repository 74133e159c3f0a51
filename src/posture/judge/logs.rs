//! What the logs themselves say: records that are there, hours that are empty, names of files, records that were skipped.

use crate::base::TimeRange;
use crate::base::size::{count, counted};
use crate::base::time::{HOUR, MINUTE, SECOND, iso};
use crate::posture::limits::{CLOUDTRAIL_APART, FLOW_AGGREGATION, FLOW_PUBLISHED};
use crate::posture::seen::{Files, Records};
use crate::posture::streams::{Fact, Scope, Stream, World};
use crate::posture::{Proof, Question, Service, State};

pub(super) fn facts(world: &World<'_>, scope: &Scope, streams: &[Stream]) -> Vec<Fact> {
    let mut facts = Vec::new();
    let kinds = scope.service.kinds();
    let is_here = |r: &&Records| {
        r.account == scope.account && r.region == scope.region && kinds.contains(&r.kind.as_str())
    };
    let records = world.seen.records.iter().filter(is_here);
    // Records that name another VPC are of another row; those that name none are of the row that names none.
    let records: Vec<&Records> = records
        .filter(|r| scope.service != Service::VpcFlow || r.subject == scope.subject)
        .collect();
    for records in records.iter().filter(|r| r.records > 0) {
        facts.push(there(records));
    }
    let file_kinds: &[&str] = match scope.service {
        // Data events come in the same files.
        Service::CloudtrailData => &["cloudtrail"],
        _ => kinds,
    };
    let files = world.seen.files_of(&scope.account, &scope.region, file_kinds);
    gaps(scope, streams, &records, &files, &mut facts);
    lost(world, scope, &mut facts);
    names(&files, &mut facts);
    let trails = [Service::CloudtrailManagement, Service::CloudtrailData];
    if let Some(organization) = files
        .iter()
        .flat_map(|f| &f.organizations)
        .next()
        .filter(|_| trails.contains(&scope.service))
    {
        facts.push(Fact {
            question: Question::Central,
            state: State::Evidenced,
            says: format!("Its files were delivered by a trail of organization {organization}."),
            proofs: Vec::new(),
        });
    }
    facts
}

fn range(records: &Records) -> Option<TimeRange> {
    Some(TimeRange::new(
        records.first_ns?,
        records.last_ns?.saturating_add(1),
    ))
}

fn open(records: &Records, range: Option<TimeRange>) -> Proof {
    Proof::Records {
        kind: records.kind.clone(),
        filter: records.filter.clone(),
        range,
    }
}

fn there(records: &Records) -> Fact {
    let when = match (records.first_ns, records.last_ns) {
        (Some(first), Some(last)) => format!(" of {} to {}", whole(first), whole(last)),
        _ => String::new(),
    };
    Fact {
        question: Question::Logged,
        state: State::Evidenced,
        says: format!("{}{when} were opened.", counted(records.records, "records")),
        proofs: vec![open(records, range(records))],
    }
}

/// A time without its fraction.
fn whole(ns: i64) -> String {
    iso(ns.div_euclid(SECOND).saturating_mul(SECOND))
}

fn between(gap: TimeRange) -> String {
    format!("{} to {}", whole(gap.from_ns), whole(gap.to_ns))
}

/// Times without records or files leave open whether all is there: not every file may have been opened. Only where something
/// is written all the time: of other services, nothing may have happened.
fn gaps(scope: &Scope, streams: &[Stream], records: &[&Records], files: &[&Files], facts: &mut Vec<Fact>) {
    let meaning = match scope.service {
        Service::VpcFlow => {
            "An interface without traffic is recorded too: a delivery is missing, or its file was not opened."
        }
        Service::CloudtrailManagement => {
            "Nothing tells whether nothing happened, a delivery is missing or its file was not opened."
        }
        _ => return,
    };
    let mut doubt = |says: String, proofs: Vec<Proof>| {
        facts.push(Fact {
            question: Question::Complete,
            state: State::NoData,
            says: format!("{says} {meaning}"),
            proofs,
        });
    };
    for records in records {
        let empty = records.empty_hours();
        if let Some(first) = empty.first() {
            let hours: i64 = empty.iter().map(|gap| gap.width_ns() / HOUR).sum();
            let hours = if hours == 1 {
                "1 hour holds".to_owned()
            } else {
                format!("{} hours hold", count(hours))
            };
            doubt(
                format!(
                    "{hours} no record between the first and the last, as {}.",
                    between(*first)
                ),
                empty
                    .iter()
                    .take(3)
                    .map(|gap| open(records, Some(*gap)))
                    .collect(),
            );
        }
    }
    let apart = match scope.service {
        Service::CloudtrailManagement => CLOUDTRAIL_APART,
        Service::VpcFlow => aggregation(streams).saturating_add(FLOW_PUBLISHED),
        _ => return,
    };
    for gaps in files.iter().map(|files| files.gaps(apart)) {
        if let Some(first) = gaps.first() {
            let stretches = match gaps.len() {
                1 => "1 stretch".to_owned(),
                n => format!("{} stretches", count(n as u64)),
            };
            let minutes = apart / MINUTE;
            doubt(
                format!(
                    "The files' names leave {stretches} of more than {minutes} minutes without a delivery, as {}.",
                    between(*first)
                ),
                Vec::new(),
            );
        }
    }
}

/// The longest aggregation interval of the row's flow logs.
fn aggregation(streams: &[Stream]) -> i64 {
    let seconds = streams
        .iter()
        .filter_map(|s| i64::try_from(s.aggregation?).ok())
        .max();
    seconds.map_or(FLOW_AGGREGATION, |s| s.saturating_mul(SECOND))
}

/// Records that flow logs say they skipped.
fn lost(world: &World<'_>, scope: &Scope, facts: &mut Vec<Fact>) {
    if scope.service != Service::VpcFlow {
        return;
    }
    let flows = world
        .skipped
        .iter()
        .filter(|f| f.account == scope.account && f.region == scope.region);
    let flows = flows.filter(|f| f.vpc.is_none() || f.vpc == scope.subject);
    let (mut interfaces, mut skipped) = (Vec::new(), 0u64);
    for flow in flows {
        interfaces.push(flow.interface.as_str());
        skipped += flow.skip_data;
    }
    if let Some(first) = interfaces.first() {
        facts.push(Fact {
            question: Question::Complete,
            state: State::Contradicted,
            says: format!(
                "{} say SKIPDATA, of {}, as {first}: flows were not recorded.",
                counted(skipped, "records"),
                counted(interfaces.len() as u64, "interfaces")
            ),
            proofs: interfaces
                .iter()
                .take(3)
                .map(|interface| Proof::Records {
                    kind: "vpc-flow".to_owned(),
                    filter: format!("interface-id = {interface} log-status = SKIPDATA"),
                    range: None,
                })
                .collect(),
        });
    }
}

/// Whether files have the names that their service gives.
fn names(files: &[&Files], facts: &mut Vec<Fact>) {
    for files in files.iter().filter(|f| f.files > 0) {
        let (state, says) = match (files.unnamed.first(), files.elsewhere.first()) {
            (None, None) => (
                State::Evidenced,
                format!("{} named as AWS documents.", are(files.files)),
            ),
            (Some(example), _) => {
                let wrong = files.files.saturating_sub(files.named);
                let all = counted(files.files, "files");
                (
                    State::Contradicted,
                    format!(
                        "Of {all}, {} not named as AWS documents: {example}.",
                        are_of(wrong)
                    ),
                )
            }
            (None, Some(example)) => (
                State::Contradicted,
                format!("A file is named for another account or region than its records are of: {example}."),
            ),
        };
        facts.push(Fact {
            question: Question::Named,
            state,
            says,
            proofs: Vec::new(),
        });
    }
}

fn are(files: u64) -> String {
    match files {
        1 => "1 file is".to_owned(),
        n => format!("{} files are", count(n)),
    }
}

fn are_of(files: u64) -> String {
    match files {
        1 => "1 is".to_owned(),
        n => format!("{} are", count(n)),
    }
}
