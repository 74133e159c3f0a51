//! Assets: what is there, and is it in the state it should be in?

use crate::checklist::{Domain, Item, Source};
use crate::posture::{Question, Service};

pub(super) const ITEMS: &[Item] = &[
    Item {
        id: "inventory-kept",
        domain: Domain::Assets,
        question: "Is there an inventory of resources that keeps itself current?",
        asks_for: "AWS Config recording every type in every Region that is used.",
        looks_at: &[
            Source::Check("config-recorder"),
            Source::Posture(Service::Config, Question::Logged),
            Source::Posture(Service::Config, Question::Complete),
            Source::File("config-items"),
        ],
        helps: "aws configservice describe-configuration-recorders and describe-configuration-recorder-status, or files that AWS Config delivered",
    },
    Item {
        id: "rules-evaluated",
        domain: Domain::Assets,
        question: "Is the configuration compared with rules, and are deviations followed up?",
        asks_for: "Results of AWS Config rules with dates, and what became of deviations.",
        looks_at: &[Source::File("config-compliance")],
        helps: "aws configservice get-compliance-details-by-config-rule --config-rule-name RULE",
    },
    Item {
        id: "changes-approved",
        domain: Domain::Assets,
        question: "Can changes to configuration be traced to an approval?",
        asks_for: "Changes in the log, each with a ticket.",
        looks_at: &[],
        helps: "the change records: no export from AWS holds them; judge them by hand beside the history in Config",
    },
    Item {
        id: "built-from-code",
        domain: Domain::Assets,
        question: "Are environments built from templates, so that they can be built again?",
        asks_for: "CloudFormation stacks or another tool's state for what is in production.",
        looks_at: &[Source::File("stacks")],
        helps: "aws cloudformation describe-stacks",
    },
    Item {
        id: "images-hardened",
        domain: Domain::Assets,
        question: "Are machines started from images that are known and maintained?",
        asks_for: "Own images with their dates, and how they are hardened.",
        looks_at: &[Source::File("images")],
        helps: "aws ec2 describe-images --owners self",
    },
    Item {
        id: "systems-supported",
        domain: Domain::Assets,
        question: "Do machines and functions run on software that is still supported?",
        asks_for: "No operating system, database or runtime beyond its end of support.",
        looks_at: &[
            Source::Check("ec2-windows-support"),
            Source::Check("ec2-sql-server-support"),
            Source::Check("lambda-runtimes"),
        ],
        helps: "aws ec2 describe-instances, describe-images, and aws lambda list-functions",
    },
    Item {
        id: "systems-managed",
        domain: Domain::Assets,
        question: "Are machines managed: known to Systems Manager or another tool?",
        asks_for: "Instances with an agent that reports, compared with all instances.",
        looks_at: &[Source::File("managed-instances")],
        helps: "aws ssm describe-instance-information",
    },
    Item {
        id: "patched",
        domain: Domain::Assets,
        question: "Are systems patched within the time that the policy sets?",
        asks_for: "Patch states of instances, and databases that take minor upgrades.",
        looks_at: &[Source::Check("rds-minor-upgrades"), Source::File("patch-states")],
        helps: "aws ssm describe-instance-patch-states, and aws rds describe-db-instances",
    },
    Item {
        id: "weaknesses-known",
        domain: Domain::Assets,
        question: "Are machines and images scanned for known weaknesses, and are findings mended?",
        asks_for: "Findings of a scanner with dates, and images scanned as they are pushed.",
        looks_at: &[Source::Check("ecr-scan-on-push"), Source::File("inspector")],
        helps: "aws inspector2 list-findings, and aws ecr describe-repositories",
    },
    Item {
        id: "metadata-protected",
        domain: Domain::Assets,
        question: "Do instances demand the second version of the metadata service?",
        asks_for: "Instances whose metadata options require tokens.",
        looks_at: &[Source::Check("instance-metadata-v1")],
        helps: "aws ec2 describe-instances",
    },
    Item {
        id: "leftovers-removed",
        domain: Domain::Assets,
        question: "Is what is not used any more found and removed?",
        asks_for: "No volumes without an instance, no addresses without a use.",
        looks_at: &[Source::Check("ebs-unattached"), Source::Check("eip-unassociated")],
        helps: "aws ec2 describe-volumes, and aws ec2 describe-addresses",
    },
];
