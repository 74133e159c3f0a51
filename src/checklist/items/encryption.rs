//! Encryption: is data unreadable to whom it is not meant for?

use crate::checklist::{Domain, Item, Source};
use crate::posture::{Question, Service};

pub(super) const ITEMS: &[Item] = &[
    Item {
        id: "data-classified",
        domain: Domain::Encryption,
        question: "Is it known which data is where, and which of it has to be encrypted?",
        asks_for: "A classification that names buckets, databases and volumes.",
        looks_at: &[],
        helps: "the classification: no export from AWS holds it; judge it by hand",
    },
    Item {
        id: "volumes-encrypted",
        domain: Domain::Encryption,
        question: "Are volumes encrypted, and new ones by default?",
        asks_for: "Volumes with a key, and encryption by default left on.",
        looks_at: &[
            Source::Check("ebs-encryption"),
            Source::Rule("ebs-default-encryption-disabled"),
        ],
        helps: "aws ec2 describe-volumes, and CloudTrail events",
    },
    Item {
        id: "databases-encrypted",
        domain: Domain::Encryption,
        question: "Are databases and their snapshots encrypted?",
        asks_for: "Databases whose storage is encrypted.",
        looks_at: &[Source::Check("rds-encryption")],
        helps: "aws rds describe-db-instances",
    },
    Item {
        id: "buckets-encrypted",
        domain: Domain::Encryption,
        question: "Do buckets encrypt what is put into them, with the keys that the policy demands?",
        asks_for: "Default encryption of every bucket, and no change that removed it.",
        looks_at: &[
            Source::Rule("s3-encryption-removed"),
            Source::Posture(Service::S3Access, Question::Encrypted),
        ],
        helps: "AWS Config items of AWS::S3::Bucket, and CloudTrail events",
    },
    Item {
        id: "transit-encrypted",
        domain: Domain::Encryption,
        question: "Is data encrypted on its way?",
        asks_for: "Listeners with a current TLS policy, and none without TLS for data that matters.",
        looks_at: &[Source::Check("elb-listener-security")],
        helps: "aws elbv2 describe-listeners, or aws elb describe-load-balancers",
    },
    Item {
        id: "certificates-valid",
        domain: Domain::Encryption,
        question: "Are certificates valid, and renewed before they end?",
        asks_for: "Certificates with the days that are left.",
        looks_at: &[
            Source::Check("iam-certificates-expiring"),
            Source::Check("cloudfront-iam-certificates"),
            Source::File("certificates"),
        ],
        helps: "aws iam list-server-certificates, and aws acm list-certificates",
    },
    Item {
        id: "keys-known",
        domain: Domain::Encryption,
        question: "Is there a list of KMS keys with owner and purpose?",
        asks_for: "The keys, their policies and who may use them.",
        looks_at: &[Source::File("kms-keys"), Source::Rule("kms-key-policy-public")],
        helps: "aws kms describe-key --key-id KEY for every key, and CloudTrail events",
    },
    Item {
        id: "keys-turned",
        domain: Domain::Encryption,
        question: "Are KMS keys rotated?",
        asks_for: "Rotation on for every key of one's own, and not turned off.",
        looks_at: &[Source::Rule("kms-rotation-disabled")],
        helps: "aws kms get-key-rotation-status --key-id KEY, and CloudTrail events",
    },
    Item {
        id: "keys-not-lost",
        domain: Domain::Encryption,
        question: "Can no key be disabled or deleted without someone noticing?",
        asks_for: "No deletion that was not meant, and an alarm on it.",
        looks_at: &[
            Source::Rule("kms-key-deletion-scheduled"),
            Source::Rule("kms-key-disabled"),
            Source::Topic("cmk-disabled-or-deleted"),
        ],
        helps: "CloudTrail events, with aws logs describe-metric-filters and aws cloudwatch describe-alarms",
    },
    Item {
        id: "nothing-public",
        domain: Domain::Encryption,
        question: "Is no bucket or snapshot open to everyone?",
        asks_for: "Buckets that block public access, and snapshots that are private.",
        looks_at: &[
            Source::Check("s3-bucket-permissions"),
            Source::Check("s3-public-access-block"),
            Source::Check("ebs-public-snapshots"),
            Source::Check("rds-public-snapshots"),
        ],
        helps: "AWS Config items of AWS::S3::Bucket, aws ec2 describe-snapshot-attribute, and aws rds describe-db-snapshot-attributes",
    },
    Item {
        id: "secrets-kept",
        domain: Domain::Encryption,
        question: "Are secrets kept in a store for them, and not read by whom they are not for?",
        asks_for: "The list of secrets, when each was last turned, and who reads them.",
        looks_at: &[Source::File("secrets"), Source::Rule("secrets-read-many")],
        helps: "aws secretsmanager list-secrets, and CloudTrail events",
    },
];
