//! Governance: who answers for what is run in AWS, and does anyone know all of it?

use crate::checklist::{Domain, Item, Source};

pub(super) const ITEMS: &[Item] = &[
    Item {
        id: "accounts-known",
        domain: Domain::Governance,
        question: "Is there a complete and current list of the AWS accounts that the organization answers for?",
        asks_for: "A list of accounts with their owners and purposes, compared with what the organization's management account lists.",
        looks_at: &[Source::File("accounts")],
        helps: "aws organizations list-accounts, run in the management account",
    },
    Item {
        id: "accounts-stay",
        domain: Domain::Governance,
        question: "Do accounts stay under the organization's control?",
        asks_for: "A procedure for accounts that join and leave, and no account that left without one.",
        looks_at: &[
            Source::Rule("organization-left"),
            Source::Rule("organization-account-removed"),
        ],
        helps: "CloudTrail events of the organization's management account",
    },
    Item {
        id: "units-reflect-risk",
        domain: Domain::Governance,
        question: "Are accounts grouped by what they are for, so that production, test and security are apart?",
        asks_for: "Organizational units with the policies that are attached to them.",
        looks_at: &[Source::File("organizational-units")],
        helps: "aws organizations list-organizational-units-for-parent --parent-id ROOT",
    },
    Item {
        id: "guardrails",
        domain: Domain::Governance,
        question: "Do policies of the organization limit what accounts may do, and do they stay in force?",
        asks_for: "Service control policies, where they are attached, and who may change them.",
        looks_at: &[
            Source::Rule("organization-policy-type-disabled"),
            Source::Topic("organizations-changes"),
        ],
        helps: "CloudTrail events of the management account, with aws logs describe-metric-filters and aws cloudwatch describe-alarms",
    },
    Item {
        id: "offered-products",
        domain: Domain::Governance,
        question: "Is what teams may deploy offered to them as approved products?",
        asks_for: "Portfolios with their products and who may launch them, and what was launched from them.",
        looks_at: &[Source::File("portfolios"), Source::File("provisioned-products")],
        helps: "aws servicecatalog list-portfolios, and aws servicecatalog search-provisioned-products",
    },
    Item {
        id: "policy-covers-cloud",
        domain: Domain::Governance,
        question: "Do the security policies say how AWS is used, and were they reviewed within a year?",
        asks_for: "The policy with its date, owner and scope.",
        looks_at: &[],
        helps: "the policy itself: no export from AWS holds it; judge it by hand",
    },
    Item {
        id: "risk-assessed",
        domain: Domain::Governance,
        question: "Was the risk of what runs in AWS assessed, with an owner for each risk?",
        asks_for: "A risk register that names AWS accounts, services and data, with dates.",
        looks_at: &[],
        helps: "the risk register: no export from AWS holds it; judge it by hand",
    },
    Item {
        id: "regions-approved",
        domain: Domain::Governance,
        question: "Is AWS used only in the Regions that were approved?",
        asks_for: "The list of approved Regions, and activity in no other.",
        looks_at: &[Source::Rule("new-region")],
        helps: "CloudTrail events of every Region, from a trail of all Regions",
    },
    Item {
        id: "contacts-reachable",
        domain: Domain::Governance,
        question: "Would AWS reach the right person about security, billing and operations?",
        asks_for: "Alternate contacts of each account that name a team which answers.",
        looks_at: &[Source::File("contacts")],
        helps: "aws account get-alternate-contact --alternate-contact-type SECURITY, likewise BILLING and OPERATIONS",
    },
    Item {
        id: "posture-reviewed",
        domain: Domain::Governance,
        question: "Is the set-up compared with a benchmark, regularly and with someone who follows up?",
        asks_for: "Results of Security Hub, a scanner or Trusted Advisor with dates, and what became of red ones.",
        looks_at: &[
            Source::File("posture-findings"),
            Source::File("trusted-advisor"),
            Source::Rule("findings-red"),
        ],
        helps: "aws securityhub get-findings, Prowler's output, or aws support describe-trusted-advisor-check-result",
    },
];
