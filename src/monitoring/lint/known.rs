//! Names and values that occur in CloudTrail records, to tell a slip from a choice.
//!
//! docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html and
//! cloudtrail-event-reference-user-identity.html.

use crate::monitoring::probes;
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// Top-level fields of a record.
const FIELDS: &[&str] = &[
    "eventVersion",
    "userIdentity",
    "eventTime",
    "eventSource",
    "eventName",
    "awsRegion",
    "sourceIPAddress",
    "userAgent",
    "errorCode",
    "errorMessage",
    "requestParameters",
    "responseElements",
    "additionalEventData",
    "requestID",
    "eventID",
    "eventType",
    "apiVersion",
    "managementEvent",
    "readOnly",
    "resources",
    "recipientAccountId",
    "serviceEventDetails",
    "sharedEventID",
    "vpcEndpointId",
    "vpcEndpointAccountId",
    "eventCategory",
    "addendum",
    "sessionCredentialFromConsole",
    "eventContext",
    "edgeDeviceDetails",
    "tlsDetails",
    "insightDetails",
];

/// Fields below others that the topics ask for.
const INNER: &[&str] = &[
    "userIdentity.type",
    "userIdentity.principalId",
    "userIdentity.arn",
    "userIdentity.accountId",
    "userIdentity.accessKeyId",
    "userIdentity.userName",
    "userIdentity.invokedBy",
    "userIdentity.sessionContext",
    "additionalEventData.MFAUsed",
    "additionalEventData.LoginTo",
    "additionalEventData.MobileVersion",
    "responseElements.ConsoleLogin",
];

/// Fields by which a pattern shows that it is about CloudTrail; others occur in many logs.
const MARKS: &[&str] = &[
    "eventName",
    "eventSource",
    "userIdentity",
    "additionalEventData",
    "sourceIPAddress",
    "awsRegion",
    "recipientAccountId",
    "managementEvent",
];

/// Fields that every record has.
const ALWAYS: &[&str] = &[
    "eventVersion",
    "eventTime",
    "eventSource",
    "eventName",
    "awsRegion",
    "sourceIPAddress",
    "eventType",
    "eventID",
];

/// Fields with a few values only.
const CLOSED: &[(&str, &[&str])] = &[
    (
        "userIdentity.type",
        &[
            "Root",
            "IAMUser",
            "AssumedRole",
            "Role",
            "FederatedUser",
            "Directory",
            "AWSAccount",
            "AWSService",
            "IdentityCenterUser",
            "SAMLUser",
            "WebIdentityUser",
            "Unknown",
        ],
    ),
    (
        "eventType",
        &[
            "AwsApiCall",
            "AwsServiceEvent",
            "AwsConsoleAction",
            "AwsConsoleSignIn",
            "AwsVpceEvent",
            "AwsVpceEvents",
            "AwsMcpEvent",
            "AwsCloudTrailInsight",
        ],
    ),
    ("additionalEventData.MFAUsed", &["Yes", "No"]),
    ("responseElements.ConsoleLogin", &["Success", "Failure"]),
    (
        "eventCategory",
        &["Management", "Data", "NetworkActivity", "Insight"],
    ),
];

/// Error codes and messages of the topics; many others occur.
const OPEN: &[&str] = &[
    "AccessDenied",
    "AccessDenied*",
    "AccessDeniedException",
    "UnauthorizedOperation",
    "*UnauthorizedOperation",
    "Client.UnauthorizedOperation",
    "Failed authentication",
    "delivery.logs.amazonaws.com",
    "HeadBucket",
];

pub fn is_field(name: &str) -> bool {
    FIELDS.contains(&name)
}

pub fn is_mark(name: &str) -> bool {
    MARKS.iter().any(|mark| mark.eq_ignore_ascii_case(name))
}

pub fn is_always_there(path: &str) -> bool {
    ALWAYS.contains(&path)
}

/// The right spelling of a path that differs in case alone.
pub fn path_in_case(path: &str) -> Option<&'static str> {
    let mut all = FIELDS.iter().chain(INNER);
    if all.clone().any(|known| *known == path) {
        return None;
    }
    all.find(|known| known.eq_ignore_ascii_case(path)).copied()
}

/// All values that the field may have, if they are few.
pub fn closed(path: &str) -> Option<&'static [&'static str]> {
    CLOSED
        .iter()
        .find(|(name, _)| *name == path)
        .map(|(_, values)| *values)
}

/// The calls that the topics are about or lie near, and their sources.
pub fn event_names() -> &'static BTreeSet<&'static str> {
    static NAMES: OnceLock<BTreeSet<&'static str>> = OnceLock::new();
    NAMES.get_or_init(|| probes::written().iter().map(|probe| probe.event_name).collect())
}

/// A known value that is this text but for white space.
pub fn without_space(text: &str) -> Option<&'static str> {
    let bare = |text: &str| text.split_whitespace().collect::<String>();
    let wanted = bare(text);
    let closed = CLOSED.iter().flat_map(|(_, values)| values.iter());
    let mut all = closed.chain(OPEN).chain(event_names()).copied();
    all.find(|known| bare(known) == wanted)
}

/// A known value that this is a slip of: another case, or one letter more, less, other or moved.
pub fn slip(path: &str, value: &str) -> Option<&'static str> {
    let names = event_names();
    let values: Vec<&'static str> = match path {
        "eventName" => names.iter().copied().collect(),
        _ => closed(path)?.to_vec(),
    };
    if values.contains(&value) {
        return None;
    }
    let in_case = values.iter().find(|known| known.eq_ignore_ascii_case(value));
    // Of short words many are one letter apart.
    let near = || {
        let mut long = values.iter().filter(|known| known.chars().count() > 5);
        long.find(|known| is_one_edit_away(known, value))
    };
    in_case.or_else(near).copied()
}

/// One letter put in, left out, changed, or two neighbours exchanged.
pub fn is_one_edit_away(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let (short, long) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
    if long.len() - short.len() > 1 || a == b {
        return false;
    }
    let same = short.iter().zip(long.iter()).take_while(|(x, y)| x == y).count();
    let rest = |chars: &[char], skip: usize| chars.get(same + skip..).unwrap_or_default().to_vec();
    if short.len() < long.len() {
        return rest(short, 0) == rest(long, 1);
    }
    let swapped = short.get(same) == long.get(same + 1) && short.get(same + 1) == long.get(same);
    rest(short, 1) == rest(long, 1) || (swapped && rest(short, 2) == rest(long, 2))
}
