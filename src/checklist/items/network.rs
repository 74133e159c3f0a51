//! Network: what can be reached from where?

use crate::checklist::{Domain, Item, Source};
use crate::posture::{Question, Service};

pub(super) const ITEMS: &[Item] = &[
    Item {
        id: "network-known",
        domain: Domain::Network,
        question: "Is there a current picture of the networks: VPCs, subnets, and what joins them?",
        asks_for: "A diagram that agrees with the VPCs and subnets there are.",
        looks_at: &[Source::File("networks")],
        helps: "aws ec2 describe-vpcs, describe-subnets and describe-route-tables",
    },
    Item {
        id: "ingress-limited",
        domain: Domain::Network,
        question: "Is what the internet may reach limited to what is meant to be public?",
        asks_for: "Security groups without rules for every address, but those of public services.",
        looks_at: &[
            Source::Check("sg-unrestricted"),
            Source::Check("sg-specific-ports"),
            Source::Rule("ingress-opened"),
        ],
        helps: "aws ec2 describe-security-groups, and CloudTrail events",
    },
    Item {
        id: "default-groups-closed",
        domain: Domain::Network,
        question: "Do default security groups let nothing through?",
        asks_for: "Default security groups without rules.",
        looks_at: &[Source::Check("sg-default-rules")],
        helps: "aws ec2 describe-security-groups",
    },
    Item {
        id: "subnet-filters",
        domain: Domain::Network,
        question: "Do network ACLs hold as a second line where they are relied upon?",
        asks_for: "Network ACLs with their subnets, and no change that opened them.",
        looks_at: &[Source::File("network-acls"), Source::Rule("network-acl-opened")],
        helps: "aws ec2 describe-network-acls, and CloudTrail events",
    },
    Item {
        id: "databases-inside",
        domain: Domain::Network,
        question: "Are databases out of reach from outside?",
        asks_for: "Databases that are not publicly accessible, behind groups that admit known sources.",
        looks_at: &[
            Source::Check("rds-public-access"),
            Source::Check("rds-security-groups"),
        ],
        helps: "aws rds describe-db-instances, and aws ec2 describe-security-groups",
    },
    Item {
        id: "connections-approved",
        domain: Domain::Network,
        question: "Was every connection to other networks approved: peerings, gateways, routes?",
        asks_for: "Approvals of peerings and gateways that agree with the changes in the log.",
        looks_at: &[
            Source::Rule("vpc-peering-accepted"),
            Source::Rule("route-to-internet"),
            Source::Topic("network-gateway-changes"),
            Source::Topic("route-table-changes"),
        ],
        helps: "CloudTrail events, with aws logs describe-metric-filters and aws cloudwatch describe-alarms",
    },
    Item {
        id: "network-changes-told",
        domain: Domain::Network,
        question: "Is someone told when networks or security groups change?",
        asks_for: "Alarms on changes that end at a person.",
        looks_at: &[
            Source::Topic("security-group-changes"),
            Source::Topic("network-acl-changes"),
            Source::Topic("vpc-changes"),
        ],
        helps: "aws logs describe-metric-filters, aws cloudwatch describe-alarms and aws sns list-subscriptions",
    },
    Item {
        id: "traffic-recorded",
        domain: Domain::Network,
        question: "Is traffic of every VPC recorded?",
        asks_for: "Active flow logs of all traffic on every VPC.",
        looks_at: &[
            Source::Check("vpc-flow-logs"),
            Source::Posture(Service::VpcFlow, Question::Logged),
            Source::Posture(Service::VpcFlow, Question::Complete),
        ],
        helps: "aws ec2 describe-flow-logs, and aws ec2 describe-vpcs",
    },
    Item {
        id: "scans-noticed",
        domain: Domain::Network,
        question: "Would scans and unusual outward transfers be seen?",
        asks_for: "Flow logs that are looked at, with what was found.",
        looks_at: &[Source::Rule("port-scan"), Source::Rule("large-outbound")],
        helps: "VPC flow logs",
    },
    Item {
        id: "web-protected",
        domain: Domain::Network,
        question: "Are public web applications protected against attacks on them, and does that stay in place?",
        asks_for: "Web ACLs with the resources that they protect.",
        looks_at: &[Source::File("web-acls"), Source::Rule("waf-removed")],
        helps: "aws wafv2 list-web-acls --scope REGIONAL, and CloudTrail events",
    },
    Item {
        id: "balancers-match",
        domain: Domain::Network,
        question: "Do load balancers let through only what they listen to?",
        asks_for: "Security groups of load balancers that match their listeners.",
        looks_at: &[Source::Check("elb-security-groups")],
        helps: "aws elbv2 describe-load-balancers and describe-listeners, and aws ec2 describe-security-groups",
    },
    Item {
        id: "tunnels-redundant",
        domain: Domain::Network,
        question: "Do connections to the organization's own sites survive the loss of one tunnel?",
        asks_for: "VPN connections with two tunnels up.",
        looks_at: &[Source::Check("vpn-tunnels")],
        helps: "aws ec2 describe-vpn-connections",
    },
];
