//! Incident response: what happens when something happens?

use crate::checklist::{Domain, Item, Source};
use crate::posture::{Question, Service};

pub(super) const ITEMS: &[Item] = &[
    Item {
        id: "plan-covers-aws",
        domain: Domain::Incidents,
        question: "Does the response plan say what to do in AWS, and who does it?",
        asks_for: "The plan with its date, roles, and steps for keys, instances and accounts.",
        looks_at: &[],
        helps: "the plan: no export from AWS holds it; judge it by hand",
    },
    Item {
        id: "plan-tried",
        domain: Domain::Incidents,
        question: "Was the plan tried within a year?",
        asks_for: "Records of an exercise, and what was learned.",
        looks_at: &[],
        helps: "the records of the exercise: no export from AWS holds them; judge them by hand",
    },
    Item {
        id: "findings-handled",
        domain: Domain::Incidents,
        question: "Are findings of threat detection handled in time?",
        asks_for: "Findings with when each was closed, and why.",
        looks_at: &[Source::File("guardduty"), Source::Rule("findings-red")],
        helps: "aws guardduty get-findings --detector-id DETECTOR --finding-ids …, or aws securityhub get-findings",
    },
    Item {
        id: "alarms-reach",
        domain: Domain::Incidents,
        question: "Do alarms reach someone who is on duty?",
        asks_for: "Subscriptions that are confirmed, and who is behind them.",
        looks_at: &[
            Source::Posture(Service::CloudtrailManagement, Question::Alarmed),
            Source::Posture(Service::Guardduty, Question::Alarmed),
            Source::Topic("root-usage"),
        ],
        helps: "aws cloudwatch describe-alarms, and aws sns list-subscriptions; who is behind them has to be judged by hand",
    },
    Item {
        id: "evidence-at-hand",
        domain: Domain::Incidents,
        question: "Would there be enough to find out what happened?",
        asks_for: "Calls, traffic and configuration, kept and readable.",
        looks_at: &[
            Source::Posture(Service::CloudtrailManagement, Question::Logged),
            Source::Posture(Service::CloudtrailManagement, Question::Retained),
            Source::Posture(Service::VpcFlow, Question::Logged),
            Source::Posture(Service::Config, Question::Logged),
        ],
        helps: "aws cloudtrail describe-trails and get-trail-status, aws ec2 describe-flow-logs, aws configservice describe-configuration-recorder-status",
    },
    Item {
        id: "evidence-kept",
        domain: Domain::Incidents,
        question: "Does evidence outlast an attacker who can delete?",
        asks_for: "Logs in another account, and no deletion of logs or snapshots.",
        looks_at: &[
            Source::Posture(Service::CloudtrailManagement, Question::Central),
            Source::Rule("logging-changed"),
            Source::Rule("ebs-snapshots-deleted"),
        ],
        helps: "aws cloudtrail describe-trails, AWS Config items of AWS::S3::Bucket, and CloudTrail events",
    },
    Item {
        id: "access-for-responders",
        domain: Domain::Incidents,
        question: "Can responders get the access that they need, and is its use noticed?",
        asks_for: "Roles for emergencies, who may take them, and an alarm on it.",
        looks_at: &[],
        helps: "roles and their use: list them with aws iam list-roles and judge them by hand",
    },
    Item {
        id: "provider-notices",
        domain: Domain::Incidents,
        question: "Are notices of AWS about the account read?",
        asks_for: "Events of AWS Health, and a security contact that answers.",
        looks_at: &[Source::File("health-events"), Source::File("contacts")],
        helps: "aws health describe-events, and aws account get-alternate-contact --alternate-contact-type SECURITY",
    },
];
