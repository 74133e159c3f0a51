//! Security groups: what they let in, and how many rules they have.

use super::judge::{Category, Check, CheckFacts, Need, Verdict};
use super::known::{Known, Resource};
use super::ports::{Rule, rules};
use super::say::{count, some};

pub(super) const GROUP: &str = "AWS::EC2::SecurityGroup";
pub(super) const GROUPS: Need = Need {
    types: &[GROUP],
    command: "aws ec2 describe-security-groups, or AWS Config items of AWS::EC2::SecurityGroup",
};
pub(super) const INSTANCE: &str = "AWS::EC2::Instance";
pub(super) const INSTANCES: Need = Need {
    types: &[INSTANCE],
    command: "aws ec2 describe-instances, or AWS Config items of AWS::EC2::Instance",
};

/// Ports that nobody should reach from everywhere.
const RISKY: &[i64] = &[20, 21, 1433, 1434, 3306, 3389, 4333, 5432, 5500];
/// Ports of mail and the web, meant for everybody.
const PUBLIC: &[i64] = &[25, 80, 443, 465];
const PUBLIC_STRICT: &[i64] = &[25, 80, 443];
/// Beyond this many rules, a group slows down what it protects.
const MANY_RULES: usize = 50;

pub(super) const CHECKS: &[Check] = &[
    Check::each(
        CheckFacts {
            id: "sg-specific-ports",
            trusted_advisor: Some("HCP4007jGY"),
            title: "Risky ports open to everybody",
            category: Category::Security,
            criteria: "Red: inbound from 0.0.0.0/0 to port 20, 21, 1433, 1434, 3306, 3389, 4333, 5432 or 5500. Green: only to ports 25, 80, 443 and 465. Yellow: to any other port.",
            beyond: "::/0 (IPv6) counts like 0.0.0.0/0, which the published criteria leave out. ICMP has no ports and is not judged. Whether anything uses the group is not looked at.",
            needs: &[GROUPS],
        },
        specific_ports,
    ),
    Check::each(
        CheckFacts {
            id: "sg-unrestricted",
            trusted_advisor: Some("1iG5NDGVre"),
            title: "Inbound rules without any restriction",
            category: Category::Security,
            criteria: "Red: an inbound rule from a /0 range to ports other than 25, 80 and 443.",
            beyond: "::/0 (IPv6) counts as well. Port 465 is red here and green among the risky ports, as published. ICMP is not judged.",
            needs: &[GROUPS],
        },
        unrestricted,
    ),
    Check::each(
        CheckFacts {
            id: "sg-default-rules",
            trusted_advisor: None,
            title: "Default security groups with rules",
            category: Category::Security,
            criteria: "Red: a VPC's default group lets in traffic from a /0 range. Yellow: it has any other rule. Green: it has none.",
            beyond: "The CIS AWS Foundations benchmark wants the default group to restrict all traffic. Default egress rules count.",
            needs: &[GROUPS],
        },
        default_group,
    ),
    Check::each(
        CheckFacts {
            id: "sg-many-rules",
            trusted_advisor: Some("tfg86AVHAZ"),
            title: "Security groups with many rules",
            category: Category::Performance,
            criteria: "Yellow: a group has more than 50 rules.",
            beyond: "Inbound and outbound rules are added up; each source of a rule counts as one, as in AWS's quota. EC2-Classic and its limit of 100 are gone.",
            needs: &[GROUPS],
        },
        many_rules,
    ),
    Check::each_of(
        &[INSTANCE],
        CheckFacts {
            id: "instance-many-rules",
            trusted_advisor: Some("j3DFqYTe29"),
            title: "Instances under many security group rules",
            category: Category::Performance,
            criteria: "Yellow: the groups of an instance have more than 50 rules together.",
            beyond: "Groups of further network interfaces are not added. An instance is left out when one of its groups was not exported.",
            needs: &[INSTANCES, GROUPS],
        },
        instance_rules,
    ),
];

/// The rules that let traffic in; `None` when the description leaves them out.
pub(super) fn inbound<'a>(group: &Resource<'a>) -> Option<Vec<Rule<'a>>> {
    Some(rules(group.with("IpPermissions")?.get("IpPermissions")))
}

/// Inbound and outbound rules, counted as AWS counts them.
pub(super) fn counted(group: &Resource<'_>) -> Option<(usize, usize)> {
    let body = group.with("IpPermissions")?;
    let sum = |key: &str| rules(body.get(key)).iter().map(Rule::count).sum();
    Some((sum("IpPermissions"), sum("IpPermissionsEgress")))
}

fn specific_ports(group: &Resource<'_>, _: &Known<'_>) -> Verdict {
    let Some(rules) = inbound(group) else {
        return Verdict::Unknown;
    };
    let open: Vec<&Rule<'_>> = rules
        .iter()
        .filter(|r| r.is_open() && r.ports.is_some())
        .collect();
    let risky: Vec<i64> = RISKY
        .iter()
        .copied()
        .filter(|p| open.iter().any(|r| r.has(*p)))
        .collect();
    let of_risk = open.iter().filter(|r| risky.iter().any(|p| r.has(*p)));
    if !risky.is_empty() {
        let ports = risky.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
        return Verdict::Red(format!("Opens {ports} to everybody: {}.", some(of_risk)));
    }
    let others: Vec<_> = open.iter().filter(|r| !r.is_within(PUBLIC)).collect();
    if !others.is_empty() {
        return Verdict::Yellow(format!("Opens other ports to everybody: {}.", some(others)));
    }
    if open.is_empty() {
        Verdict::Green("No port is open to everybody.".to_owned())
    } else {
        Verdict::Green(format!("Only ports of web and mail are open: {}.", some(open)))
    }
}

fn unrestricted(group: &Resource<'_>, _: &Known<'_>) -> Verdict {
    let Some(rules) = inbound(group) else {
        return Verdict::Unknown;
    };
    let mut open = rules
        .iter()
        .filter(|r| r.is_open() && !r.is_within(PUBLIC_STRICT))
        .peekable();
    if open.peek().is_some() {
        Verdict::Red(format!("Lets everybody in: {}.", some(open)))
    } else {
        Verdict::Green("No rule from a /0 range beyond ports 25, 80 and 443.".to_owned())
    }
}

fn default_group(group: &Resource<'_>, _: &Known<'_>) -> Verdict {
    if group.get("GroupName").text() != "default" {
        return Verdict::Other;
    }
    let (Some(rules), Some((inside, outside))) = (inbound(group), counted(group)) else {
        return Verdict::Unknown;
    };
    let mut open = rules.iter().filter(|r| r.is_open()).peekable();
    if open.peek().is_some() {
        Verdict::Red(format!("The default group lets everybody in: {}.", some(open)))
    } else if inside + outside > 0 {
        Verdict::Yellow(format!(
            "The default group has {inside} inbound and {outside} outbound rules."
        ))
    } else {
        Verdict::Green("The default group has no rules.".to_owned())
    }
}

fn above_fifty(rules: usize, of: &str) -> Verdict {
    let text = format!("{of} {}; 50 are usual at most.", count(rules, "rule"));
    if rules > MANY_RULES {
        Verdict::Yellow(text)
    } else {
        Verdict::Green(text)
    }
}

fn many_rules(group: &Resource<'_>, _: &Known<'_>) -> Verdict {
    match counted(group) {
        Some((inside, outside)) => above_fifty(inside + outside, "The group has"),
        None => Verdict::Unknown,
    }
}

fn instance_rules(instance: &Resource<'_>, known: &Known<'_>) -> Verdict {
    let Some(body) = instance.with("SecurityGroups") else {
        return Verdict::Unknown;
    };
    let groups = body.get("SecurityGroups").list().map(|g| g.get("GroupId").text());
    let mut sum = 0;
    let mut names = Vec::new();
    for id in groups {
        let Some((inside, outside)) = known.find(GROUP, id, instance).and_then(counted) else {
            return Verdict::Unknown;
        };
        sum += inside + outside;
        names.push(id);
    }
    above_fifty(
        sum,
        &format!("{} on this instance have", count(names.len(), "group")),
    )
}
