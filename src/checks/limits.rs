//! Service limits: how near to a quota the account is.

use super::judge::{Category, Check, CheckFacts, Need, Verdict};
use super::known::{Known, Resource};
use super::quota::{Count, Limit, QUOTA, RDS_QUOTA, SUMMARY, applied, held_against};
use super::security_groups::{GROUPS, counted};

const INTERFACE: &str = "AWS::EC2::NetworkInterface";
const CRITERIA: &str = "Yellow: 80 % of the quota or more is used. Red: all of it.";
const DEFAULTS: &str = "AWS's default quota counts unless `aws service-quotas list-service-quotas --service-code` ec2 or vpc was exported too. An answer that names no Region counts as one Region.";

/// A quota for a Region.
const fn regional(
    id: &'static str,
    trusted_advisor: &'static str,
    title: &'static str,
    needs: &'static [Need],
    limit: Limit,
) -> Check {
    let facts = CheckFacts {
        id,
        trusted_advisor: Some(trusted_advisor),
        title,
        category: Category::ServiceLimits,
        criteria: CRITERIA,
        beyond: DEFAULTS,
        needs,
    };
    Check::limit(facts, limit).also(&[QUOTA])
}

const fn of_iam(
    id: &'static str,
    trusted_advisor: &'static str,
    title: &'static str,
    what: &'static str,
    used: &'static str,
    quota: &'static str,
) -> Check {
    let facts = CheckFacts {
        id,
        trusted_advisor: Some(trusted_advisor),
        title,
        category: Category::ServiceLimits,
        criteria: CRITERIA,
        beyond: "Numbers and quotas are those of the account summary.",
        needs: &[Need {
            types: &[SUMMARY],
            command: "aws iam get-account-summary",
        }],
    };
    let count = Count::Summary { used, quota };
    Check::limit(facts, Limit { what, count })
}

const fn of_rds(
    id: &'static str,
    trusted_advisor: &'static str,
    title: &'static str,
    what: &'static str,
    name: &'static str,
) -> Check {
    let facts = CheckFacts {
        id,
        trusted_advisor: Some(trusted_advisor),
        title,
        category: Category::ServiceLimits,
        criteria: CRITERIA,
        beyond: "Numbers and quotas are those that RDS itself reports.",
        needs: &[Need {
            types: &[RDS_QUOTA],
            command: "aws rds describe-account-attributes",
        }],
    };
    let count = Count::Rds { name };
    Check::limit(facts, Limit { what, count })
}

pub(super) const CHECKS: &[Check] = &[
    regional(
        "limit-vpcs",
        "jL7PP0l7J9",
        "VPCs in a Region",
        &[Need {
            types: &["AWS::EC2::VPC"],
            command: "aws ec2 describe-vpcs, or AWS Config items of AWS::EC2::VPC",
        }],
        Limit {
            what: "VPCs",
            count: Count::PerRegion {
                ty: "AWS::EC2::VPC",
                quota_code: "L-F678F1CE",
                default: 5,
            },
        },
    ),
    regional(
        "limit-internet-gateways",
        "kM7QQ0l7J9",
        "Internet gateways in a Region",
        &[Need {
            types: &["AWS::EC2::InternetGateway"],
            command: "aws ec2 describe-internet-gateways, or AWS Config items of AWS::EC2::InternetGateway",
        }],
        Limit {
            what: "internet gateways",
            count: Count::PerRegion {
                ty: "AWS::EC2::InternetGateway",
                quota_code: "L-A4707A72",
                default: 5,
            },
        },
    ),
    regional(
        "limit-elastic-ips",
        "lN7RR0l7J9",
        "Elastic IP addresses in a Region",
        &[Need {
            types: &["AWS::EC2::EIP"],
            command: "aws ec2 describe-addresses, or AWS Config items of AWS::EC2::EIP",
        }],
        Limit {
            what: "Elastic IP addresses",
            count: Count::PerRegion {
                ty: "AWS::EC2::EIP",
                quota_code: "L-0263D0A3",
                default: 5,
            },
        },
    ),
    of_iam("limit-iam-users", "qS7VV0l7J9", "IAM users", "users", "Users", "UsersQuota"),
    of_iam("limit-iam-groups", "sU7XX0l7J9", "IAM groups", "groups", "Groups", "GroupsQuota"),
    of_iam("limit-iam-roles", "oQ7TT0l7J9", "IAM roles", "roles", "Roles", "RolesQuota"),
    of_iam(
        "limit-iam-policies",
        "pR7UU0l7J9",
        "IAM policies of the account's own",
        "policies",
        "Policies",
        "PoliciesQuota",
    ),
    of_iam(
        "limit-iam-instance-profiles",
        "nO7SS0l7J9",
        "IAM instance profiles",
        "instance profiles",
        "InstanceProfiles",
        "InstanceProfilesQuota",
    ),
    of_iam(
        "limit-iam-server-certificates",
        "rT7WW0l7J9",
        "IAM server certificates",
        "server certificates",
        "ServerCertificates",
        "ServerCertificatesQuota",
    ),
    of_rds("limit-rds-instances", "XG0aXHpIEt", "RDS instances", "DB instances", "DBInstances"),
    of_rds("limit-rds-clusters", "gjqMBn6pjz", "RDS clusters", "DB clusters", "DBClusters"),
    of_rds(
        "limit-rds-snapshots",
        "dV84wpqRUs",
        "Manual RDS snapshots",
        "manual snapshots",
        "ManualSnapshots",
    ),
    of_rds(
        "limit-rds-storage",
        "P1jhKWEmLa",
        "RDS storage",
        "GiB of storage",
        "AllocatedStorage",
    ),
    Check::each(
        CheckFacts {
            id: "limit-security-group-rules",
            trusted_advisor: None,
            title: "Rules in a security group",
            category: Category::ServiceLimits,
            criteria: CRITERIA,
            beyond: "The default quota is 60 inbound and 60 outbound rules, counted by themselves for IPv4 and IPv6; here both families are counted together, and the fuller direction decides.",
            needs: &[GROUPS],
        },
        group_rules,
    )
    .also(&[QUOTA]),
    Check::each(
        CheckFacts {
            id: "limit-interface-security-groups",
            trusted_advisor: None,
            title: "Security groups on a network interface",
            category: Category::ServiceLimits,
            criteria: "Yellow: four of the five groups of the default quota. Red: the quota is used up.",
            beyond: DEFAULTS,
            needs: &[Need {
                types: &[INTERFACE],
                command: "aws ec2 describe-network-interfaces, or AWS Config items of AWS::EC2::NetworkInterface",
            }],
        },
        interface_groups,
    )
    .also(&[QUOTA]),
];

fn group_rules(group: &Resource<'_>, known: &Known<'_>) -> Verdict {
    let Some((inside, outside)) = counted(group) else {
        return Verdict::Unknown;
    };
    let (quota, source) = applied(known, group, "L-0EA8095F", 60);
    let way = if inside >= outside {
        "inbound rules"
    } else {
        "outbound rules"
    };
    let used = i64::try_from(inside.max(outside)).unwrap_or(i64::MAX);
    held_against(used, quota, way, source)
}

fn interface_groups(interface: &Resource<'_>, known: &Known<'_>) -> Verdict {
    let Some(body) = interface.with("Groups") else {
        return Verdict::Unknown;
    };
    let (quota, source) = applied(known, interface, "L-2AFB9258", 5);
    let used = i64::try_from(body.get("Groups").len()).unwrap_or(i64::MAX);
    held_against(used, quota, "security groups", source)
}
