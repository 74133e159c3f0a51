//! CloudTrail: trails cover regions and accounts besides their own.

use super::{Goes, Stream, Streams, World, is_of, place};
use crate::base::size::counted;
use crate::posture::described::{Selectors, Trail};
use crate::posture::{Question, Service};

/// The types of resources whose data events are asked for.
pub(super) const DATA_TYPES: [(&str, &str); 2] = [
    ("AWS::S3::Object", "S3 objects"),
    ("AWS::Lambda::Function", "Lambda functions"),
];

pub(super) fn gather(world: &World<'_>, streams: &mut Streams) {
    let trails: Vec<Trail> = world
        .described
        .trails
        .iter()
        .map(|trail| with_status(world, trail))
        .collect();
    let mut places = world.places.clone();
    places.extend(
        trails
            .iter()
            .map(|t| (t.of.account.as_str(), t.home_region.as_str())),
    );
    for (account, region) in places {
        let own = trails.iter().filter(|t| {
            t.of.account == account || t.organization == Some(true) && world.organized.contains(account)
        });
        let (here, elsewhere): (Vec<&Trail>, Vec<&Trail>) =
            own.partition(|t| t.home_region == region || t.multi_region == Some(true));
        if here.is_empty() && elsewhere.is_empty() {
            continue;
        }
        let management = place(streams, account, region, Service::CloudtrailManagement, None);
        management.extend(here.iter().map(|trail| of_management(trail)));
        if here.is_empty() {
            management.push(uncovered(&elsewhere));
        }
        let data: Vec<Stream> = here.iter().filter_map(|trail| of_data(trail)).collect();
        if !data.is_empty() {
            place(streams, account, region, Service::CloudtrailData, None).extend(data);
        }
    }
}

/// A trail with what other answers tell of it.
fn with_status(world: &World<'_>, trail: &Trail) -> Trail {
    let mut trail = trail.clone();
    let only = world.described.trails.len() == 1;
    let is_named = |name: &str| name == trail.arn || name == trail.name;
    let status = world
        .described
        .trail_statuses
        .iter()
        .find(|s| match s.trail.is_empty() {
            true => only && is_of(&s.of, &trail.of.account, &trail.of.region),
            false => is_named(&s.trail),
        });
    let selectors = world
        .described
        .trail_selectors
        .iter()
        .find(|s| is_named(&s.trail));
    if let Some(status) = status {
        trail.is_logging = status.is_logging.or(trail.is_logging);
        trail.delivery_error = status.delivery_error.clone().or(trail.delivery_error);
    }
    if let Some(selectors) = selectors {
        trail.selectors = Some(selectors.selectors.clone());
    }
    trail
}

/// What both kinds of events have in common.
fn base(trail: &Trail) -> Stream {
    let name = &trail.name;
    let mut stream = Stream::new(format!("trail {name}"), &trail.arn, &trail.of);
    if let Some(error) = &trail.delivery_error {
        stream.no(
            Question::Complete,
            format!("Trail {name} has a delivery error: {error}."),
        );
    }
    stream.either(
        Question::Encrypted,
        Some(trail.kms_key.is_some()),
        &format!("Trail {name} encrypts its files with a KMS key."),
        &format!("Trail {name} names no KMS key; S3 encrypts its files with keys of its own."),
    );
    if trail.organization == Some(true) {
        stream.yes(Question::Central, format!("Trail {name} is an organization's."));
    }
    stream.goes.extend(trail.bucket.as_deref().map(Goes::bucket));
    stream.goes.extend(trail.log_group.as_deref().map(Goes::group));
    stream
}

fn of_management(trail: &Trail) -> Stream {
    let name = &trail.name;
    let mut stream = base(trail);
    let (reads, writes) = match &trail.selectors {
        Some(s) => (Some(s.management_reads), Some(s.management_writes)),
        None => (None, None),
    };
    match (trail.is_logging, reads, writes) {
        (Some(false), ..) => stream.no(Question::Logged, format!("Trail {name} is not logging.")),
        (_, Some(false), Some(false)) => {
            stream.no(
                Question::Logged,
                format!("Trail {name} takes no management events."),
            );
        }
        (Some(true), ..) => stream.yes(Question::Logged, format!("Trail {name} is logging.")),
        _ => {}
    }
    let gaps = [
        (
            trail.multi_region == Some(false),
            format!("takes events of {} alone", trail.home_region),
        ),
        (
            trail.validation == Some(false),
            "has no log file validation, so that a missing file is not noticed".to_owned(),
        ),
        (reads == Some(false), "leaves out reads".to_owned()),
        (writes == Some(false), "leaves out writes".to_owned()),
    ];
    let told: Vec<&str> = gaps
        .iter()
        .filter(|(is, _)| *is)
        .map(|(_, says)| says.as_str())
        .collect();
    if !told.is_empty() {
        stream.no(Question::Complete, format!("Trail {name} {}.", told.join(", ")));
    } else if trail.multi_region == Some(true) && trail.validation == Some(true) && reads.is_some() {
        stream.yes(
            Question::Complete,
            format!("Trail {name} takes reads and writes of all regions, and its files can be validated."),
        );
    }
    stream
}

fn of_data(trail: &Trail) -> Option<Stream> {
    let name = &trail.name;
    let Selectors { data, narrowed, .. } = trail.selectors.as_ref()?;
    let mut stream = base(trail);
    let wanted = |(ty, _): &&(&str, &str)| data.iter().any(|d| d == ty);
    let taken: Vec<&str> = DATA_TYPES.iter().filter(wanted).map(|(_, says)| *says).collect();
    let missing: Vec<&str> = DATA_TYPES
        .iter()
        .filter(|ty| !wanted(ty))
        .map(|(_, says)| *says)
        .collect();
    match (trail.is_logging, taken.is_empty()) {
        (Some(false), _) => stream.no(Question::Logged, format!("Trail {name} is not logging.")),
        (_, true) => {
            stream.no(
                Question::Logged,
                format!("Trail {name} takes no data events of S3 objects or Lambda functions."),
            );
        }
        (_, false) => {
            stream.yes(
                Question::Logged,
                format!("Trail {name} takes data events of {}.", taken.join(" and ")),
            );
        }
    }
    if !missing.is_empty() {
        stream.no(
            Question::Complete,
            format!("Trail {name} takes no data events of {}.", missing.join(" or ")),
        );
    } else if *narrowed {
        stream.no(
            Question::Complete,
            format!("Trail {name} takes data events of chosen resources alone, or only reads or writes."),
        );
    } else {
        stream.yes(
            Question::Complete,
            format!("Trail {name} takes data events of all S3 objects and Lambda functions."),
        );
    }
    Some(stream)
}

/// A region that no trail takes events of.
fn uncovered(elsewhere: &[&Trail]) -> Stream {
    let mut stream = Stream::absent("no trail".to_owned());
    let count = counted(elsewhere.len() as u64, "trails");
    let names: Vec<&str> = elsewhere.iter().take(3).map(|t| t.name.as_str()).collect();
    stream.no(
        Question::Logged,
        format!(
            "No trail takes events of this region: of the account, {count} of other regions is known ({}).",
            names.join(", ")
        ),
    );
    stream
}
