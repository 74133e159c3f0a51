//! Disaster recovery: what if a zone, a Region or an account is lost?

use crate::checklist::{Domain, Item, Source};

pub(super) const ITEMS: &[Item] = &[
    Item {
        id: "plan-states-targets",
        domain: Domain::Recovery,
        question: "Does a plan state how soon each system has to be back, and how much data may be lost?",
        asks_for: "The plan with its targets for each system.",
        looks_at: &[],
        helps: "the plan: no export from AWS holds it; judge it by hand",
    },
    Item {
        id: "backups-planned",
        domain: Domain::Recovery,
        question: "Is there a backup plan for everything that has to be restored?",
        asks_for: "Backup plans, and the resources that they protect.",
        looks_at: &[
            Source::File("backup-plans"),
            Source::File("recovery-points"),
            Source::Rule("backup-plan-deleted"),
        ],
        helps: "aws backup list-backup-plans, and aws backup list-protected-resources",
    },
    Item {
        id: "databases-backed-up",
        domain: Domain::Recovery,
        question: "Are databases backed up by themselves?",
        asks_for: "A retention above nothing, and backups that were not turned off.",
        looks_at: &[Source::Check("rds-backups"), Source::Rule("rds-backups-off")],
        helps: "aws rds describe-db-instances, and CloudTrail events",
    },
    Item {
        id: "volumes-backed-up",
        domain: Domain::Recovery,
        question: "Are there recent snapshots of volumes?",
        asks_for: "Snapshots not older than the data may be.",
        looks_at: &[Source::Check("ebs-snapshot-age")],
        helps: "aws ec2 describe-volumes, and aws ec2 describe-snapshots --owner-ids self",
    },
    Item {
        id: "objects-recoverable",
        domain: Domain::Recovery,
        question: "Can deleted or overwritten objects be restored?",
        asks_for: "Versions on for buckets that matter, and left so.",
        looks_at: &[
            Source::Check("s3-bucket-versioning"),
            Source::Rule("s3-versioning-suspended"),
            Source::Rule("s3-replication-removed"),
        ],
        helps: "AWS Config items of AWS::S3::Bucket, and CloudTrail events",
    },
    Item {
        id: "backups-protected",
        domain: Domain::Recovery,
        question: "Are backups safe from whoever can delete what they are of?",
        asks_for: "Vaults that are locked or in another account, and no deletion.",
        looks_at: &[
            Source::File("backup-vaults"),
            Source::Rule("backups-deleted"),
            Source::Rule("backup-vault-deleted"),
        ],
        helps: "aws backup list-backup-vaults, and CloudTrail events",
    },
    Item {
        id: "deletion-guarded",
        domain: Domain::Recovery,
        question: "Are databases guarded against being deleted by mistake?",
        asks_for: "Deletion protection on.",
        looks_at: &[Source::Check("rds-deletion-protection")],
        helps: "aws rds describe-db-instances",
    },
    Item {
        id: "zones-spread",
        domain: Domain::Recovery,
        question: "Does the loss of one zone leave systems running?",
        asks_for: "Databases, groups of instances, load balancers and gateways in several zones.",
        looks_at: &[
            Source::Check("rds-multi-az"),
            Source::Check("asg-zones"),
            Source::Check("elb-zones"),
            Source::Check("nat-zones"),
            Source::Check("ec2-zone-balance"),
        ],
        helps: "aws rds describe-db-instances, aws autoscaling describe-auto-scaling-groups, aws elbv2 describe-load-balancers, aws ec2 describe-nat-gateways and describe-instances",
    },
    Item {
        id: "failures-replaced",
        domain: Domain::Recovery,
        question: "Are failed machines replaced by themselves?",
        asks_for: "Groups of instances that ask the load balancer's health check and have room to grow.",
        looks_at: &[Source::Check("asg-health-check"), Source::Check("asg-capacity")],
        helps: "aws autoscaling describe-auto-scaling-groups",
    },
    Item {
        id: "restore-tried",
        domain: Domain::Recovery,
        question: "Was a restore tried within a year?",
        asks_for: "Restores with their dates and how long they took.",
        looks_at: &[Source::File("restore-jobs")],
        helps: "aws backup list-restore-jobs; that the data was right has to be judged by hand",
    },
];
