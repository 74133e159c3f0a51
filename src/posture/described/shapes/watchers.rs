//! AWS Config, GuardDuty and Security Hub.

use super::or_arn;
use crate::posture::described::body::{Body, at, flag, list, text};
use crate::posture::described::read::put;
use crate::posture::described::{
    Administrator, Channel, Described, Detector, Hub, Of, Publishing, Recorder, RecorderStatus,
};

pub(super) fn recorder(into: &mut Described, body: &Body<'_>, of: Of) {
    let of = or_arn(of, body.text("arn").as_deref());
    put(
        &mut into.recorders,
        Recorder {
            of: or_arn(of, body.text("roleARN").as_deref()),
            name: body.text("name").unwrap_or_default(),
            all_supported: body.flag("recordingGroup.allSupported"),
            global_types: body.flag("recordingGroup.includeGlobalResourceTypes"),
        },
    );
}

pub(super) fn recorder_status(into: &mut Described, body: &Body<'_>, of: Of) {
    put(
        &mut into.recorder_statuses,
        RecorderStatus {
            of: or_arn(of, body.text("arn").as_deref()),
            name: body.text("name").unwrap_or_default(),
            recording: body.flag("recording"),
            last_status: body.text("lastStatus"),
            last_error: body.first(&["lastErrorMessage", "lastErrorCode"]),
        },
    );
}

pub(super) fn channel(into: &mut Described, body: &Body<'_>, of: Of) {
    put(
        &mut into.channels,
        Channel {
            of: or_arn(of, body.text("snsTopicARN").as_deref()),
            name: body.text("name").unwrap_or_default(),
            bucket: body.text("s3BucketName"),
            kms_key: body.text("s3KmsKeyArn"),
        },
    );
}

pub(super) fn detector(into: &mut Described, body: &Body<'_>, of: Of) {
    let (mut on, mut off) = (Vec::new(), Vec::new());
    for feature in list(body.main(), "Features").unwrap_or_default() {
        let name = text(feature, "Name").unwrap_or_default();
        match flag(feature, "Status") {
            Some(true) => on.push(name),
            Some(false) => off.push(name),
            None => {}
        }
    }
    put(
        &mut into.detectors,
        Detector {
            of: or_arn(of, body.text("ServiceRole").as_deref()),
            id: body.first(&["DetectorId", "Id"]).unwrap_or_default(),
            enabled: body.flag("Status").or_else(|| body.flag("Enable")),
            on,
            off,
        },
    );
}

pub(super) fn hub(into: &mut Described, body: &Body<'_>, of: Of) {
    let arn = body.first(&["HubArn", "Arn"]).unwrap_or_default();
    put(
        &mut into.hubs,
        Hub {
            of: or_arn(of, Some(&arn)),
            arn,
            auto_enable: body.flag("AutoEnableControls"),
        },
    );
}

pub(super) fn publishing(into: &mut Described, body: &Body<'_>, of: Of) {
    put(
        &mut into.publishing,
        Publishing {
            of: or_arn(of, body.text("DestinationProperties.KmsKeyArn").as_deref()),
            id: body.text("DestinationId").unwrap_or_default(),
            status: body.text("Status"),
            destination: body.text("DestinationProperties.DestinationArn"),
            kms_key: body.text("DestinationProperties.KmsKeyArn"),
        },
    );
}

pub(super) fn administrator(into: &mut Described, body: &Body<'_>, mut of: Of) {
    let root = at(body.main(), "Administrator").unwrap_or(body.main());
    let Some(admin) = text(root, "AccountId") else {
        return;
    };
    // The only account that the answer names is the administrator's.
    if of.account == admin {
        of.account.clear();
    }
    let (status, service) = match text(root, "RelationshipStatus") {
        Some(status) => (Some(status), "guardduty"),
        None => (text(root, "MemberStatus"), "security-hub"),
    };
    put(
        &mut into.administrators,
        Administrator {
            of,
            service: service.to_owned(),
            admin,
            status,
        },
    );
}
