//! The signals that need no code: one entry each.

use super::{RuleFacts, Severity, Signal};
use crate::query::{Expr, Op};

const TRAIL: &[&str] = &["cloudtrail"];
pub(super) const TRAIL_NEEDS: &str =
    "CloudTrail events: a file from the trail's bucket, or the answer of lookup-events";
const FLOWS: &[&str] = &["vpc-flow"];
pub(super) const FLOWS_NEED: &str = "a VPC flow log export";

fn test(field: &str, op: Op, value: &str) -> Expr {
    Expr::Compare {
        field: field.to_owned(),
        op,
        value: value.into(),
    }
}

/// The call was answered, not refused.
fn succeeded() -> Expr {
    !Expr::exists("errorCode")
}

/// A call that stops, deletes or narrows what is recorded and watched.
pub(super) const LOGGING_CHANGED: Signal = Signal {
    facts: RuleFacts {
        id: "logging-changed",
        title: "Logging or monitoring stopped or changed",
        severity: Severity::Critical,
        states: "A call that stops, deletes or narrows CloudTrail, flow logs, AWS Config, GuardDuty, Security Hub or log \
                 groups, and succeeded.",
        kinds: TRAIL,
        needs: TRAIL_NEEDS,
        view: "trail",
    },
    filter: || {
        let calls = [
            "StopLogging",
            "DeleteTrail",
            "UpdateTrail",
            "PutEventSelectors",
            "DeleteEventDataStore",
            "StopEventDataStoreIngestion",
            "DeleteFlowLogs",
            "StopConfigurationRecorder",
            "DeleteConfigurationRecorder",
            "DeleteDeliveryChannel",
            "DeleteDetector",
            "DisassociateMembers",
            "DisableSecurityHub",
            "DeleteLogGroup",
            "DeleteLogStream",
        ];
        Expr::any_of("eventName", &calls).and(succeeded())
    },
    by: &["principal", "eventName"],
    names: "resource",
    least: 1,
    within_minutes: None,
    most: 50,
    detail: "{0} made {count call} of {1} on {names}",
};

/// CIS AWS Foundations 4.3 ("root" in metric filters), without the calls that AWS services make for the account.
pub(super) const ROOT_USED: Signal = Signal {
    facts: RuleFacts {
        id: "root-used",
        title: "Root user was active",
        severity: Severity::High,
        states: "Any event of the root user that no AWS service made on its behalf.",
        kinds: TRAIL,
        needs: TRAIL_NEEDS,
        view: "trail",
    },
    filter: || {
        Expr::eq("userIdentity.type", "Root")
            .and(!Expr::exists("userIdentity.invokedBy"))
            .and(Expr::ne("eventType", "AwsServiceEvent"))
    },
    by: &["recipientAccountId"],
    names: "eventName",
    least: 1,
    within_minutes: None,
    most: 50,
    detail: "Root of account {0} made {count call}: {names}",
};

pub(super) const INGRESS_OPENED: Signal = Signal {
    facts: RuleFacts {
        id: "ingress-opened",
        title: "Security group opened to the internet",
        severity: Severity::High,
        states: "AuthorizeSecurityGroupIngress with 0.0.0.0/0 or ::/0, and it succeeded.",
        kinds: TRAIL,
        needs: TRAIL_NEEDS,
        view: "trail",
    },
    filter: || {
        Expr::eq("eventName", "AuthorizeSecurityGroupIngress")
            .and(Expr::exists("openedTo"))
            .and(succeeded())
    },
    by: &["resource", "principal"],
    names: "openedTo",
    least: 1,
    within_minutes: None,
    most: 50,
    detail: "{1} opened {0} to {names}",
};

pub(super) const CREDENTIALS_MADE: Signal = Signal {
    facts: RuleFacts {
        id: "credentials-made",
        title: "IAM credentials or administrators created",
        severity: Severity::High,
        states: "CreateUser, CreateAccessKey, CreateLoginProfile or UpdateLoginProfile that succeeded, or a policy whose \
                 name holds AdministratorAccess attached to a user, group or role.",
        kinds: TRAIL,
        needs: TRAIL_NEEDS,
        view: "trail",
    },
    filter: || {
        let made = [
            "CreateUser",
            "CreateAccessKey",
            "CreateLoginProfile",
            "UpdateLoginProfile",
        ];
        let attached = ["AttachUserPolicy", "AttachGroupPolicy", "AttachRolePolicy"];
        let admin = test("resource", Op::Contains, "AdministratorAccess");
        Expr::Or(vec![
            Expr::any_of("eventName", &made),
            Expr::any_of("eventName", &attached).and(admin),
        ])
        .and(succeeded())
    },
    by: &["principal", "eventName"],
    names: "resource",
    least: 1,
    within_minutes: None,
    most: 50,
    detail: "{0} made {count call} of {1}: {names}",
};

pub(super) const SIGNED_IN_WITHOUT_MFA: Signal = Signal {
    facts: RuleFacts {
        id: "signed-in-without-mfa",
        title: "Console sign-in without MFA",
        severity: Severity::Medium,
        states: "A successful ConsoleLogin of an IAM or root user whose additionalEventData.MFAUsed is not Yes. Federated \
                 sessions prove MFA elsewhere and are left out.",
        kinds: TRAIL,
        needs: TRAIL_NEEDS,
        view: "trail",
    },
    filter: || {
        Expr::eq("eventName", "ConsoleLogin")
            .and(Expr::eq("responseElements.ConsoleLogin", "Success"))
            .and(Expr::any_of("userIdentity.type", &["IAMUser", "Root"]))
            .and(Expr::ne("additionalEventData.MFAUsed", "Yes"))
    },
    by: &["principal"],
    names: "sourceIPAddress",
    least: 1,
    within_minutes: None,
    most: 50,
    detail: "{0} signed in without MFA, {count time}, from {names}",
};

pub(super) const SIGN_INS_FAILED: Signal = Signal {
    facts: RuleFacts {
        id: "sign-ins-failed",
        title: "Many failed console sign-ins",
        severity: Severity::Medium,
        states: "At least 5 failed ConsoleLogin events from one address within 10 minutes.",
        kinds: TRAIL,
        needs: TRAIL_NEEDS,
        view: "trail",
    },
    filter: || {
        Expr::eq("eventName", "ConsoleLogin").and(Expr::eq("responseElements.ConsoleLogin", "Failure"))
    },
    by: &["sourceIPAddress"],
    names: "principal",
    least: 5,
    within_minutes: Some(10),
    most: 50,
    detail: "{count failed sign-in} from {0} as {names}",
};

pub(super) const ACCESS_DENIED: Signal = Signal {
    facts: RuleFacts {
        id: "access-denied",
        title: "Burst of denied calls",
        severity: Severity::Medium,
        states: "At least 10 calls of one principal within 10 minutes refused with an error code that begins with \
                 AccessDenied or holds UnauthorizedOperation.",
        kinds: TRAIL,
        needs: TRAIL_NEEDS,
        view: "trail",
    },
    filter: || {
        Expr::Or(vec![
            test("errorCode", Op::StartsWith, "AccessDenied"),
            test("errorCode", Op::Contains, "UnauthorizedOperation"),
        ])
    },
    by: &["principal"],
    names: "eventName",
    least: 10,
    within_minutes: Some(10),
    most: 50,
    detail: "{count call} of {0} were denied in a burst: {names}",
};

pub(super) const FINDINGS_RED: Signal = Signal {
    facts: RuleFacts {
        id: "findings-red",
        title: "Imported findings recommend action",
        severity: Severity::Medium,
        states: "Findings of an imported tool whose status is red (action recommended) and that are not excluded.",
        kinds: &[
            "trusted-advisor",
            "asff",
            "guardduty",
            "inspector",
            "prowler",
            "ocsf-finding",
        ],
        needs: "findings of Trusted Advisor, Security Hub, GuardDuty, Inspector or Prowler",
        view: "findings",
    },
    filter: || {
        Expr::eq("findingStatus", "red").and(!Expr::eq("findingExcluded", crate::base::Value::Bool(true)))
    },
    by: &["@kind"],
    names: "findingTitle",
    least: 1,
    within_minutes: None,
    most: 10,
    detail: "{0}: {count finding} with action recommended, among them {names}",
};

pub(super) const REJECTED_PAIRS: Signal = Signal {
    facts: RuleFacts {
        id: "rejected-pairs",
        title: "Rejected again and again",
        severity: Severity::Low,
        states: "At least 50 rejected flows from one address to another; the ten largest pairs are told.",
        kinds: FLOWS,
        needs: FLOWS_NEED,
        view: "traffic",
    },
    filter: || Expr::eq("action", "REJECT"),
    by: &["srcaddr", "dstaddr"],
    names: "dstport",
    least: 50,
    within_minutes: None,
    most: 10,
    detail: "{count flow} from {0} to {1} rejected, port {names}",
};

pub(super) const RESOURCES_DELETED: Signal = Signal {
    facts: RuleFacts {
        id: "resources-deleted",
        title: "Resources deleted",
        severity: Severity::Low,
        states: "Configuration items with status ResourceDeleted or ResourceDeletedNotRecorded.",
        kinds: &["config"],
        needs: "AWS Config history or snapshot files",
        view: "config",
    },
    filter: || {
        let deleted = ["ResourceDeleted", "ResourceDeletedNotRecorded"];
        Expr::any_of("configurationItemStatus", &deleted)
    },
    by: &["resourceType"],
    names: "resourceId",
    least: 1,
    within_minutes: None,
    most: 20,
    detail: "{count resource} of type {0} deleted: {names}",
};

pub(super) const FLOWS_SKIPPED: Signal = Signal {
    facts: RuleFacts {
        id: "flows-skipped",
        title: "Flow records skipped",
        severity: Severity::Info,
        states: "SKIPDATA records: AWS could not capture all traffic of an interface then. NODATA says that there was \
                 none and does not count.",
        kinds: FLOWS,
        needs: FLOWS_NEED,
        // They are no traffic.
        view: "events",
    },
    filter: || Expr::eq("log-status", "SKIPDATA"),
    by: &["interface-id"],
    names: "account-id",
    least: 1,
    within_minutes: None,
    most: 50,
    detail: "{count capture window} of {0} in account {names} skipped: traffic sums there are too low",
};
