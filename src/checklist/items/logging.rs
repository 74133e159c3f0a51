//! Logging and monitoring: would it be known what happened, and would anyone look?

use crate::checklist::{Domain, Item, Source};
use crate::posture::{Question, Service};

pub(super) const ITEMS: &[Item] = &[
    Item {
        id: "api-logged",
        domain: Domain::Logging,
        question: "Is every call to AWS logged, in all Regions?",
        asks_for: "A trail of all Regions that is logging, with reads and writes.",
        looks_at: &[
            Source::Check("cloudtrail-logging"),
            Source::Check("cloudtrail-all-regions"),
            Source::Posture(Service::CloudtrailManagement, Question::Logged),
            Source::Posture(Service::CloudtrailManagement, Question::Complete),
        ],
        helps: "aws cloudtrail describe-trails, get-trail-status and get-event-selectors",
    },
    Item {
        id: "data-access-logged",
        domain: Domain::Logging,
        question: "Is access to the data that matters logged?",
        asks_for: "Data events of S3 and Lambda, or access logs of buckets.",
        looks_at: &[
            Source::Posture(Service::CloudtrailData, Question::Logged),
            Source::Posture(Service::S3Access, Question::Logged),
        ],
        helps: "aws cloudtrail get-event-selectors --trail-name TRAIL, or AWS Config items of AWS::S3::Bucket",
    },
    Item {
        id: "logs-intact",
        domain: Domain::Logging,
        question: "Can it be shown that log files were not changed?",
        asks_for: "Validation on, and a validation of the digest files that found nothing.",
        looks_at: &[
            Source::Check("cloudtrail-validation"),
            Source::File("digest-validation"),
        ],
        helps: "the trail's digest files, beside its log files",
    },
    Item {
        id: "logs-apart",
        domain: Domain::Logging,
        question: "Are logs kept where those who are logged can not change them?",
        asks_for: "Logs in an account of their own, with few who may write there.",
        looks_at: &[
            Source::Posture(Service::CloudtrailManagement, Question::Central),
            Source::Posture(Service::VpcFlow, Question::Central),
            Source::Posture(Service::Config, Question::Central),
        ],
        helps: "aws cloudtrail describe-trails, and AWS Config items of AWS::S3::Bucket for the buckets that logs go to",
    },
    Item {
        id: "logs-kept",
        domain: Domain::Logging,
        question: "Are logs kept as long as the policy demands?",
        asks_for: "Retention of log groups and lifecycles of log buckets.",
        looks_at: &[
            Source::Check("log-group-retention"),
            Source::Posture(Service::CloudtrailManagement, Question::Retained),
            Source::Posture(Service::VpcFlow, Question::Retained),
            Source::Posture(Service::LogGroups, Question::Retained),
        ],
        helps: "aws logs describe-log-groups, and AWS Config items of AWS::S3::Bucket for the buckets that logs go to",
    },
    Item {
        id: "logs-encrypted",
        domain: Domain::Logging,
        question: "Are logs encrypted with a key of one's own?",
        asks_for: "Keys of the trail, of log groups and of buckets.",
        looks_at: &[
            Source::Posture(Service::CloudtrailManagement, Question::Encrypted),
            Source::Posture(Service::LogGroups, Question::Encrypted),
        ],
        helps: "aws cloudtrail describe-trails, and aws logs describe-log-groups",
    },
    Item {
        id: "front-ends-logged",
        domain: Domain::Logging,
        question: "Are requests to public applications logged?",
        asks_for: "Access logs of load balancers and distributions.",
        looks_at: &[
            Source::Posture(Service::ElbAccess, Question::Logged),
            Source::Posture(Service::Cloudfront, Question::Logged),
        ],
        helps: "AWS Config items of AWS::ElasticLoadBalancingV2::LoadBalancer, and aws cloudfront get-distribution --id DISTRIBUTION",
    },
    Item {
        id: "workloads-logged",
        domain: Domain::Logging,
        question: "Do databases, functions and clusters write their logs?",
        asks_for: "Exported logs of databases, log groups of functions, audit logs of clusters.",
        looks_at: &[
            Source::Posture(Service::Rds, Question::Logged),
            Source::Posture(Service::LogGroups, Question::Logged),
            Source::Posture(Service::EksAudit, Question::Logged),
        ],
        helps: "aws rds describe-db-instances, aws logs describe-log-groups, and aws eks describe-cluster --name CLUSTER",
    },
    Item {
        id: "threats-detected",
        domain: Domain::Logging,
        question: "Is a threat detection service on in every Region that is used?",
        asks_for: "GuardDuty's detectors and Security Hub, enabled and left so.",
        looks_at: &[
            Source::Posture(Service::Guardduty, Question::Logged),
            Source::Posture(Service::SecurityHub, Question::Logged),
            Source::Rule("guardduty-detector-disabled"),
            Source::Rule("securityhub-standards-disabled"),
        ],
        helps: "aws guardduty get-detector --detector-id DETECTOR, and aws securityhub describe-hub",
    },
    Item {
        id: "logging-not-stopped",
        domain: Domain::Logging,
        question: "Was logging never stopped or weakened unnoticed?",
        asks_for: "No event that stopped it, and an alarm on such.",
        looks_at: &[
            Source::Rule("logging-changed"),
            Source::Topic("cloudtrail-changes"),
            Source::Topic("config-changes"),
        ],
        helps: "CloudTrail events, with aws logs describe-metric-filters and aws cloudwatch describe-alarms",
    },
    Item {
        id: "someone-told",
        domain: Domain::Logging,
        question: "Is a person told of what the benchmark wants to be told?",
        asks_for: "Alarms on refused calls, sign-ins without MFA, the root user, and buckets' policies.",
        looks_at: &[
            Source::Topic("unauthorized-api-calls"),
            Source::Topic("console-sign-in-without-mfa"),
            Source::Topic("root-usage"),
            Source::Topic("s3-bucket-policy-changes"),
        ],
        helps: "aws logs describe-metric-filters, aws cloudwatch describe-alarms and aws sns list-subscriptions",
    },
    Item {
        id: "logs-reviewed",
        domain: Domain::Logging,
        question: "Does someone look at the logs regularly, and is that recorded?",
        asks_for: "Dates of reviews, by whom, and what was found.",
        looks_at: &[],
        helps: "the records of reviews: no export from AWS holds them; judge them by hand",
    },
];
