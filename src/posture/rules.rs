//! The rule of every cell in words: when it is evidenced, when it is contradicted, and which file would tell.

use super::{Question, Service, State};
use serde::Serialize;

/// When a cell is what. A state without words can not come about: no file would show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Rule {
    pub evidenced: Option<&'static str>,
    pub contradicted: Option<&'static str>,
    /// The file or command that would tell.
    pub helps: &'static str,
}

impl Rule {
    /// Whether the state can come about.
    pub fn can(&self, state: State) -> bool {
        match state {
            State::Evidenced => self.evidenced.is_some(),
            State::Contradicted => self.contradicted.is_some(),
            State::NoData => true,
        }
    }
}

const fn when(evidenced: &'static str, contradicted: &'static str, helps: &'static str) -> Rule {
    Rule {
        evidenced: Some(evidenced),
        contradicted: Some(contradicted),
        helps,
    }
}

/// What nothing that can be exported tells.
const fn never(helps: &'static str) -> Rule {
    Rule {
        evidenced: None,
        contradicted: None,
        helps,
    }
}

const BUCKET_FILE: &str = "AWS Config items of AWS::S3::Bucket for the bucket that the logs go to: aws configservice get-resource-config-history --resource-type AWS::S3::Bucket --resource-id BUCKET";
const GROUP_FILE: &str = "aws logs describe-log-groups, in the account and region of the log group";
const EITHER_FILE: &str =
    "aws logs describe-log-groups for a log group, or AWS Config items of AWS::S3::Bucket for a bucket";
const FILTER_FILE: &str = "aws logs describe-subscription-filters --log-group-name GROUP for every log group";
const FILES: &str = "the files themselves, under the keys that they have in their bucket";
const ALARMS: &str =
    "aws cloudwatch describe-alarms, aws logs describe-metric-filters and aws sns list-subscriptions";

const KEPT_IN_BUCKET: Rule = when(
    "The bucket's lifecycle ends no object, or none before 90 days (CIS Controls 8.10).",
    "An enabled rule of the bucket's lifecycle ends objects sooner.",
    BUCKET_FILE,
);
const KEPT_IN_GROUP: Rule = when(
    "The log group has no retention, which is for ever, or one of at least 90 days (CIS Controls 8.10).",
    "A log group's retention is shorter.",
    GROUP_FILE,
);
const KEPT_IN_EITHER: Rule = when(
    "The bucket or log group that it goes to keeps it for ever, or at least 90 days (CIS Controls 8.10).",
    "None of the places that it goes to does.",
    EITHER_FILE,
);
const S3_KEY_IN_BUCKET: Rule = when(
    "The bucket encrypts by default with S3's own keys; these logs can not be delivered under a KMS key.",
    "It encrypts with a KMS key, or not at all by default.",
    BUCKET_FILE,
);
const OWN_KEY_IN_GROUP: Rule = when(
    "Every log group names a KMS key.",
    "A log group names none: CloudWatch Logs encrypts it with keys of its own.",
    GROUP_FILE,
);
const OWN_KEY_IN_EITHER: Rule = when(
    "Every bucket and log group that it goes to encrypts with a KMS key.",
    "One of them does not.",
    EITHER_FILE,
);
const NAMED_FILES: Rule = when(
    "Every file that was opened has the name that AWS documents, for the account and region of its records.",
    "One has not.",
    FILES,
);
const NAMED_GROUP: Rule = when(
    "A log group with the name that the service gives is described.",
    "Log groups of the account and region are described, and that one is not among them.",
    GROUP_FILE,
);
const NAMED_EITHER: Rule = when(
    "Every file has the name that AWS documents; a log group is named as a path.",
    "One is not.",
    "the files under the keys that they have in their bucket, or the description of where they go",
);
const CENTRAL_BUCKET: Rule = when(
    "The bucket belongs to another account, or logs of several accounts end in it.",
    "It belongs to the account itself, and no other's logs are known to end there.",
    BUCKET_FILE,
);
const CENTRAL_GROUP: Rule = when(
    "The log group is another account's, or a subscription filter sends its events to one.",
    "Its subscription filters send events within the account alone.",
    FILTER_FILE,
);
const CENTRAL_EITHER: Rule = when(
    "The bucket belongs to another account or takes logs of several, or the log group's events are sent to another account.",
    "All of it stays in the account.",
    "AWS Config items of AWS::S3::Bucket for a bucket, or aws logs describe-subscription-filters --log-group-name GROUP for a log group",
);
const ALARMED: Rule = when(
    "A chain from its log group, or from the service's own events, ends at a confirmed subscription.",
    "Every chain that is known breaks.",
    ALARMS,
);
const ALARMED_CHANGES: Rule = when(
    "The CIS topic on changes to it, or a chain from its log group or the service's own events, ends at a confirmed subscription.",
    "Every chain that is known breaks.",
    ALARMS,
);

const DIGESTS: &str = "the trail's digest files, whose validation tells of missing log files, and aws cloudtrail describe-trails with get-event-selectors --trail-name TRAIL";

/// In the order of [`Service::ALL`] and [`Question::ALL`].
pub const RULES: &[(Service, [Rule; 7])] = &[
    (
        Service::CloudtrailManagement,
        [
            when(
                "A trail that takes events of the region is logging, or management events of it were opened.",
                "Every trail that takes events of the region is stopped or takes no management events, or none of the account's trails takes events of it.",
                "aws cloudtrail describe-trails, and aws cloudtrail get-trail-status --name TRAIL",
            ),
            when(
                "A trail takes reads and writes of all regions, and its files can be validated. Hours without an event, or longer without a file, leave it open.",
                "The trails have a delivery error, one region, no validation, or leave out reads or writes.",
                DIGESTS,
            ),
            KEPT_IN_EITHER,
            when(
                "Every trail names a KMS key, and so does the log group that it writes to.",
                "One names none.",
                "aws cloudtrail describe-trails, and aws logs describe-log-groups for its log group",
            ),
            NAMED_EITHER,
            when(
                "A trail is an organization's, its bucket belongs to another account or takes logs of several, or its log group is sent on.",
                "All of it stays in the account.",
                "aws cloudtrail describe-trails, and AWS Config items of AWS::S3::Bucket for the trail's bucket",
            ),
            ALARMED_CHANGES,
        ],
    ),
    (
        Service::CloudtrailData,
        [
            when(
                "A trail takes data events of S3 objects or Lambda functions, or such events were opened.",
                "Every trail whose event selectors are known takes none of them, or is stopped.",
                "aws cloudtrail get-event-selectors --trail-name TRAIL",
            ),
            when(
                "A trail takes data events of all S3 objects and Lambda functions, reads and writes.",
                "It leaves out one of the types, resources, or reads or writes, or has a delivery error.",
                "aws cloudtrail get-event-selectors --trail-name TRAIL",
            ),
            KEPT_IN_EITHER,
            when(
                "Every trail names a KMS key, and so does the log group that it writes to.",
                "One names none.",
                "aws cloudtrail describe-trails, and aws logs describe-log-groups for its log group",
            ),
            NAMED_EITHER,
            when(
                "A trail is an organization's, its bucket belongs to another account or takes logs of several, or its log group is sent on.",
                "All of it stays in the account.",
                "aws cloudtrail describe-trails, and AWS Config items of AWS::S3::Bucket for the trail's bucket",
            ),
            ALARMED,
        ],
    ),
    (
        Service::VpcFlow,
        [
            when(
                "A flow log on the VPC, or on a part of it, is active, or its records were opened.",
                "None of the flow logs described in the region is on it, or those on it are not active.",
                "aws ec2 describe-flow-logs, and aws ec2 describe-vpcs",
            ),
            when(
                "A flow log on the VPC takes all traffic and delivers it. Hours without a record, and files further apart than the aggregation interval and five minutes, leave it open.",
                "The flow logs can not deliver, take accepted or rejected traffic alone or are on some subnets alone; or records say SKIPDATA.",
                "aws ec2 describe-flow-logs, and aws ec2 describe-subnets where flow logs are on subnets",
            ),
            KEPT_IN_EITHER,
            OWN_KEY_IN_EITHER,
            NAMED_EITHER,
            CENTRAL_EITHER,
            ALARMED,
        ],
    ),
    (
        Service::Config,
        [
            when(
                "The recorder is recording, or configuration items were opened.",
                "It is stopped.",
                "aws configservice describe-configuration-recorder-status",
            ),
            when(
                "The recorder records every type that Config supports.",
                "It records chosen types alone, or its last delivery failed.",
                "aws configservice describe-configuration-recorders, and describe-configuration-recorder-status",
            ),
            when(
                "The delivery channel's bucket ends no object, or none before 90 days (CIS Controls 8.10).",
                "An enabled rule of its lifecycle ends objects sooner.",
                "aws configservice describe-delivery-channels, and AWS Config items of AWS::S3::Bucket for its bucket",
            ),
            when(
                "The delivery channel names a KMS key, or its bucket encrypts by default with one.",
                "The bucket encrypts with S3's own keys, or not at all by default.",
                "aws configservice describe-delivery-channels, and AWS Config items of AWS::S3::Bucket for its bucket",
            ),
            NAMED_FILES,
            when(
                "The delivery channel's bucket belongs to another account, or logs of several accounts end in it.",
                "It belongs to the account itself, and no other's logs are known to end there.",
                "aws configservice describe-delivery-channels, and AWS Config items of AWS::S3::Bucket for its bucket",
            ),
            ALARMED_CHANGES,
        ],
    ),
    (
        Service::S3Access,
        [
            when(
                "Every bucket whose logging is known writes access logs, or such logs were opened.",
                "A bucket has no target for access logs.",
                "AWS Config items of AWS::S3::Bucket",
            ),
            when(
                "Every bucket whose logging is known writes access logs; AWS does not guarantee their delivery.",
                "Requests to a bucket leave no record.",
                "AWS Config items of AWS::S3::Bucket",
            ),
            KEPT_IN_BUCKET,
            S3_KEY_IN_BUCKET,
            NAMED_FILES,
            CENTRAL_BUCKET,
            ALARMED,
        ],
    ),
    (
        Service::ElbAccess,
        [
            when(
                "Every load balancer whose attributes are known writes access logs, or such logs were opened.",
                "access_logs.s3.enabled is false for one.",
                "AWS Config items of AWS::ElasticLoadBalancingV2::LoadBalancer, which hold the attributes",
            ),
            when(
                "Every load balancer whose attributes are known writes access logs; AWS does not guarantee their delivery.",
                "Requests to a load balancer leave no record.",
                "AWS Config items of AWS::ElasticLoadBalancingV2::LoadBalancer, which hold the attributes",
            ),
            KEPT_IN_BUCKET,
            S3_KEY_IN_BUCKET,
            NAMED_FILES,
            CENTRAL_BUCKET,
            ALARMED,
        ],
    ),
    (
        Service::Cloudfront,
        [
            when(
                "Every distribution whose configuration is known writes standard logs, or such logs were opened.",
                "Standard logs are off in a distribution's configuration.",
                "aws cloudfront get-distribution --id DISTRIBUTION",
            ),
            when(
                "Every distribution whose configuration is known writes standard logs; AWS does not guarantee their delivery.",
                "Requests to a distribution leave no record that its configuration tells of.",
                "aws cloudfront get-distribution --id DISTRIBUTION",
            ),
            KEPT_IN_BUCKET,
            when(
                "The bucket encrypts by default, with whichever keys.",
                "It does not.",
                BUCKET_FILE,
            ),
            NAMED_FILES,
            CENTRAL_BUCKET,
            ALARMED,
        ],
    ),
    (
        Service::Rds,
        [
            when(
                "Every database exports a log to CloudWatch Logs, or records of one were opened.",
                "A database exports none.",
                "aws rds describe-db-instances",
            ),
            when(
                "Every database exports all logs that its engine can export.",
                "A database does not export one that its engine can.",
                "aws rds describe-db-instances",
            ),
            KEPT_IN_GROUP,
            OWN_KEY_IN_GROUP,
            NAMED_GROUP,
            CENTRAL_GROUP,
            ALARMED,
        ],
    ),
    (
        Service::LogGroups,
        [
            when(
                "A log group holds events, or its events were opened.",
                "Every log group that is described holds nothing.",
                GROUP_FILE,
            ),
            when(
                "Every function that is described has its log group.",
                "The log group of a function is not among those described.",
                "aws lambda list-functions, and aws logs describe-log-groups",
            ),
            KEPT_IN_GROUP,
            OWN_KEY_IN_GROUP,
            when(
                "Every log group is named as a path (`/team/service`), by which permissions and subscriptions can be given.",
                "One is not.",
                GROUP_FILE,
            ),
            CENTRAL_GROUP,
            ALARMED,
        ],
    ),
    (
        Service::ResolverQuery,
        [
            when(
                "A query log is set up and on a VPC, or its records were opened.",
                "Those described are on no VPC, or were not set up.",
                "aws route53resolver list-resolver-query-log-configs",
            ),
            when(
                "A query log is on as many VPCs as are known in the account and region.",
                "It is on fewer.",
                "aws route53resolver list-resolver-query-log-configs, and aws ec2 describe-vpcs",
            ),
            KEPT_IN_EITHER,
            OWN_KEY_IN_EITHER,
            NAMED_EITHER,
            CENTRAL_EITHER,
            ALARMED,
        ],
    ),
    (
        Service::EksAudit,
        [
            when(
                "Every cluster writes audit logs, or such logs were opened.",
                "A cluster does not.",
                "aws eks describe-cluster --name CLUSTER",
            ),
            when(
                "Every cluster writes all five types of control plane logs.",
                "A cluster leaves out one of them.",
                "aws eks describe-cluster --name CLUSTER",
            ),
            KEPT_IN_GROUP,
            OWN_KEY_IN_GROUP,
            NAMED_GROUP,
            CENTRAL_GROUP,
            ALARMED,
        ],
    ),
    (
        Service::Guardduty,
        [
            when(
                "The detector is enabled, or findings were opened.",
                "It is disabled.",
                "aws guardduty get-detector --detector-id DETECTOR",
            ),
            when(
                "Every feature of the detector that is told is on.",
                "A feature is off, or the export of findings does not work.",
                "aws guardduty get-detector --detector-id DETECTOR",
            ),
            when(
                "Findings are exported to a bucket that ends no object, or none before 90 days (CIS Controls 8.10). GuardDuty itself keeps them for 90 days.",
                "The bucket's lifecycle ends objects sooner.",
                "aws guardduty describe-publishing-destination, and AWS Config items of AWS::S3::Bucket for its bucket",
            ),
            when(
                "Exported findings are encrypted with a KMS key.",
                "The bucket that they are exported to encrypts with S3's own keys, or not at all by default.",
                "aws guardduty describe-publishing-destination",
            ),
            NAMED_FILES,
            when(
                "Another account administers the detector, or findings are exported to another account's bucket.",
                "The membership is not enabled, or the bucket is the account's own.",
                "aws guardduty get-administrator-account --detector-id DETECTOR",
            ),
            ALARMED,
        ],
    ),
    (
        Service::SecurityHub,
        [
            Rule {
                evidenced: Some("The hub is described, or findings were opened."),
                // Where it is off, describe-hub fails and leaves no file.
                contradicted: None,
                helps: "aws securityhub describe-hub",
            },
            when(
                "The hub turns on new controls of its standards by itself.",
                "It does not.",
                "aws securityhub describe-hub",
            ),
            never(
                "Security Hub keeps findings for a time of its own; keep what get-findings answers, or where an EventBridge rule sends it.",
            ),
            never("Security Hub encrypts findings with keys of its own and has no setting to export."),
            never("Findings have no file of their own; there is no name to judge."),
            when(
                "Another account administers the hub.",
                "The membership is not enabled.",
                "aws securityhub get-administrator-account",
            ),
            ALARMED,
        ],
    ),
];

const _: () = assert!(RULES.len() == Service::ALL.len(), "a service has no rules");

/// The rule of a cell.
pub fn rule(service: Service, question: Question) -> &'static Rule {
    const NONE: Rule = never("");
    let rules = RULES.iter().find(|(of, _)| *of == service);
    rules
        .and_then(|(_, rules)| rules.get(question.at()))
        .unwrap_or(&NONE)
}
