//! What watches a region as a whole: AWS Config, GuardDuty, Security Hub.

use super::{Goes, Stream, Streams, World, is_of, put};
use crate::posture::described::{Detector, Of, Recorder};
use crate::posture::{Question, Service};

pub(super) fn gather(world: &World<'_>, streams: &mut Streams) {
    let described = world.described;
    for recorder in &described.recorders {
        put(
            streams,
            &recorder.of,
            Service::Config,
            None,
            of_recorder(world, recorder),
        );
    }
    for status in &described.recorder_statuses {
        let has_recorder =
            |r: &Recorder| r.name == status.name && is_of(&r.of, &status.of.account, &status.of.region);
        if !described.recorders.iter().any(has_recorder) {
            let alone = Recorder {
                of: status.of.clone(),
                name: status.name.clone(),
                ..Recorder::default()
            };
            put(
                streams,
                &status.of,
                Service::Config,
                None,
                of_recorder(world, &alone),
            );
        }
    }
    for detector in &described.detectors {
        put(
            streams,
            &detector.of,
            Service::Guardduty,
            None,
            of_detector(world, detector),
        );
    }
    for hub in &described.hubs {
        let mut stream = Stream::new("Security Hub".to_owned(), &hub.arn, &hub.of);
        stream.yes(Question::Logged, "Security Hub is on.");
        stream.either(
            Question::Complete,
            hub.auto_enable,
            "Security Hub turns on new controls of its standards by itself.",
            "Security Hub does not turn on new controls of its standards by itself.",
        );
        administrator(world, "security-hub", &hub.of, &mut stream);
        put(streams, &hub.of, Service::SecurityHub, None, stream);
    }
}

fn of_recorder(world: &World<'_>, recorder: &Recorder) -> Stream {
    let name = &recorder.name;
    let Of { account, region, .. } = &recorder.of;
    let mut stream = Stream::new(format!("recorder {name}"), name, &recorder.of);
    let statuses = &world.described.recorder_statuses;
    let status = statuses
        .iter()
        .find(|s| s.name == *name && is_of(&s.of, account, region));
    stream.either(
        Question::Logged,
        status.and_then(|s| s.recording),
        &format!("Recorder {name} is recording."),
        &format!("Recorder {name} is stopped."),
    );
    let failed = status.filter(|s| {
        s.last_status
            .as_deref()
            .is_some_and(|s| s.eq_ignore_ascii_case("FAILURE"))
    });
    if let Some(failed) = failed {
        let error = failed.last_error.as_deref().unwrap_or("no reason is given");
        stream.no(Question::Complete, format!("Recorder {name} fails: {error}."));
    }
    stream.either(
        Question::Complete,
        recorder.all_supported,
        &format!("Recorder {name} records every type that Config supports."),
        &format!("Recorder {name} records chosen types alone."),
    );
    for channel in world
        .described
        .channels
        .iter()
        .filter(|c| is_of(&c.of, account, region))
    {
        stream.goes.extend(channel.bucket.as_deref().map(Goes::bucket));
        if channel.kms_key.is_some() {
            stream.yes(
                Question::Encrypted,
                format!("Delivery channel {} encrypts with a KMS key.", channel.name),
            );
        }
    }
    stream
}

fn of_detector(world: &World<'_>, detector: &Detector) -> Stream {
    let Of { account, region, .. } = &detector.of;
    let mut stream = Stream::new("detector".to_owned(), &detector.id, &detector.of);
    stream.either(
        Question::Logged,
        detector.enabled,
        "GuardDuty is on.",
        "GuardDuty's detector is disabled.",
    );
    if !detector.off.is_empty() {
        stream.no(
            Question::Complete,
            format!(
                "These features of GuardDuty are off: {}.",
                detector.off.join(", ")
            ),
        );
    } else if !detector.on.is_empty() {
        stream.yes(
            Question::Complete,
            format!(
                "Every feature of GuardDuty that is told is on: {}.",
                detector.on.join(", ")
            ),
        );
    }
    for target in world
        .described
        .publishing
        .iter()
        .filter(|p| is_of(&p.of, account, region))
    {
        stream
            .goes
            .extend(target.destination.as_deref().map(Goes::bucket));
        if let Some(status) = target.status.as_deref().filter(|s| *s != "PUBLISHING") {
            stream.no(Question::Complete, format!("The export of findings is {status}."));
        }
        if target.kms_key.is_some() {
            stream.yes(
                Question::Encrypted,
                "Exported findings are encrypted with a KMS key.",
            );
        }
    }
    administrator(world, "guardduty", &detector.of, &mut stream);
    stream
}

/// Findings are central when an administrator account sees them.
fn administrator(world: &World<'_>, service: &str, of: &Of, stream: &mut Stream) {
    let fits = |own: &Of| own.account == of.account && is_of(own, &of.account, &of.region);
    // The answer does not say whose administrator it tells: it counts where one account is known.
    let accounts: std::collections::BTreeSet<&str> =
        world.places.iter().map(|(account, _)| *account).collect();
    let found = world
        .described
        .administrators
        .iter()
        .filter(|a| a.service == service);
    for admin in found.filter(|a| fits(&a.of) || a.of.account.is_empty() && accounts.len() <= 1) {
        let status = admin.status.as_deref().unwrap_or("not told");
        stream.either(
            Question::Central,
            Some(status.eq_ignore_ascii_case("Enabled")),
            &format!("Account {} administers it and sees its findings.", admin.admin),
            &format!(
                "Account {} was to administer it, but the membership is {status}.",
                admin.admin
            ),
        );
    }
}
