//! The ways in and out: VPN tunnels, NAT gateways, names, CloudFront; and images on their way in.

use super::body::Body;
use super::judge::{Category, Check, CheckFacts, Need, Sheet, Verdict};
use super::known::{Known, Resource};
use super::say::{some, yellow_unless};
use std::collections::{BTreeMap, BTreeSet};

const RECORD: &str = "ResourceRecordSet";
const RECORDS: Need = Need {
    types: &[RECORD],
    command: "aws route53 list-resource-record-sets for each hosted zone",
};
const NAT: &str = "AWS::EC2::NatGateway";
const SUBNET: &str = "AWS::EC2::Subnet";
const VPC: &str = "AWS::EC2::VPC";
const DISTRIBUTIONS: Need = Need {
    types: &["AWS::CloudFront::Distribution"],
    command: "aws cloudfront get-distribution for each distribution, or AWS Config items of AWS::CloudFront::Distribution",
};

pub(super) const CHECKS: &[Check] = &[
    Check::each(
        CheckFacts {
            id: "vpn-tunnels",
            trusted_advisor: Some("S45wrEXrLz"),
            title: "VPN connections without a second tunnel",
            category: Category::FaultTolerance,
            criteria: "Yellow: one tunnel is up, or none.",
            beyond: "State is that of the moment of the export.",
            needs: &[Need {
                types: &["AWS::EC2::VPNConnection"],
                command: "aws ec2 describe-vpn-connections, or AWS Config items of AWS::EC2::VPNConnection",
            }],
        },
        tunnels,
    ),
    Check::together(
        CheckFacts {
            id: "nat-zones",
            trusted_advisor: None,
            title: "NAT gateways in fewer zones than subnets",
            category: Category::FaultTolerance,
            criteria: "Green: every zone with subnets of a VPC has a NAT gateway, if the VPC has any. Yellow: zones share one in another zone.",
            beyond: "Which subnets route to which gateway is not looked at; a zone of public subnets alone needs none.",
            needs: &[
                Need {
                    types: &[NAT],
                    command: "aws ec2 describe-nat-gateways, or AWS Config items of AWS::EC2::NatGateway",
                },
                Need {
                    types: &[SUBNET],
                    command: "aws ec2 describe-subnets, or AWS Config items of AWS::EC2::Subnet",
                },
            ],
        },
        nat_zones,
    ),
    Check::together(
        CheckFacts {
            id: "route53-spf",
            trusted_advisor: Some("c9D319e7sG"),
            title: "Mail domains without SPF",
            category: Category::Security,
            criteria: "Yellow: a name with an MX record has no TXT or SPF record with a valid SPF value.",
            beyond: "A value that begins with v=spf1 is taken for valid. A null MX (.), which takes no mail, is left out. DKIM and DMARC are not looked at.",
            needs: &[RECORDS],
        },
        spf,
    ),
    Check::each(
        CheckFacts {
            id: "route53-alias",
            trusted_advisor: Some("B913Ef6fb4"),
            title: "CNAMEs that could be aliases",
            category: Category::Performance,
            criteria: "Yellow: a CNAME points to an S3 website, a CloudFront distribution or a load balancer.",
            beyond: "Other CNAMEs and aliases are green; records of other types are left out.",
            needs: &[RECORDS],
        },
        alias,
    ),
    Check::each(
        CheckFacts {
            id: "cloudfront-headers",
            trusted_advisor: Some("N415c450f2"),
            title: "CloudFront behaviors that spoil the cache",
            category: Category::Performance,
            criteria: "Yellow: a cache behavior forwards headers that make nearly each request its own: all of them, Date or User-Agent.",
            beyond: "Cache policies stand in answers of their own and are not looked at.",
            needs: &[DISTRIBUTIONS],
        },
        headers,
    ),
    Check::each(
        CheckFacts {
            id: "cloudfront-access-logs",
            trusted_advisor: None,
            title: "Distributions without access logs",
            category: Category::OperationalExcellence,
            criteria: "Green: standard logging is on. Yellow: it is off.",
            beyond: "Logging by way of CloudWatch (v2) and real-time logs are not in these files.",
            needs: &[DISTRIBUTIONS],
        },
        |distribution, _| {
            let logging = distribution.get("DistributionConfig").get("Logging");
            yellow_unless(
                logging.get("Enabled").bool(),
                "Access logs are written.",
                "No access logs are written.",
            )
        },
    ),
    Check::each(
        CheckFacts {
            id: "ecr-scan-on-push",
            trusted_advisor: None,
            title: "Repositories whose images nobody scans",
            category: Category::OperationalExcellence,
            criteria: "Green: images are scanned when they are pushed. Yellow: they are not.",
            beyond: "Scanning that is set for the whole registry is not in these files.",
            needs: &[Need {
                types: &["AWS::ECR::Repository"],
                command: "aws ecr describe-repositories, or AWS Config items of AWS::ECR::Repository",
            }],
        },
        |repository, _| {
            let scanning = repository.get("ImageScanningConfiguration");
            yellow_unless(
                scanning.get("ScanOnPush").bool(),
                "Images are scanned when they are pushed.",
                "Images are not scanned when they are pushed.",
            )
        },
    ),
];

fn tunnels(connection: &Resource<'_>, _: &Known<'_>) -> Verdict {
    let Some(body) = connection.with("VgwTelemetry") else {
        return Verdict::Unknown;
    };
    if body.get("State").is("deleted") || body.get("State").get("Value").is("deleted") {
        return Verdict::Other;
    }
    let all = body.get("VgwTelemetry");
    let up = all.list().filter(|t| t.get("Status").is("UP")).count();
    let text = format!("{up} of {} tunnels are up.", all.len());
    if up < 2 {
        Verdict::Yellow(text)
    } else {
        Verdict::Green(text)
    }
}

fn nat_zones(known: &Known<'_>, sheet: &mut Sheet) {
    type Own<'s, 'a> = (&'s Resource<'a>, BTreeSet<&'a str>);
    let mut vpcs: BTreeMap<(&str, &str), Own<'_, '_>> = BTreeMap::new();
    for nat in known.all(NAT) {
        let state = nat.get("State");
        if state.is("deleted") || state.is("failed") || state.is("deleting") {
            continue;
        }
        let vpc = nat.get("VpcId").text();
        let subnet = known.find(SUBNET, nat.get("SubnetId").text(), nat);
        let zone = subnet.map_or("", |s| s.get("AvailabilityZone").text());
        if vpc.is_empty() || zone.is_empty() {
            sheet.note(nat, Verdict::Unknown);
            continue;
        }
        let own = vpcs
            .entry((nat.account, vpc))
            .or_insert_with(|| (nat, BTreeSet::new()));
        own.1.insert(zone);
    }
    for ((_, vpc), (nat, zones)) in vpcs {
        let subnets = known.near(SUBNET, nat).filter(|s| s.get("VpcId").text() == vpc);
        let used: BTreeSet<&str> = subnets.map(|s| s.get("AvailabilityZone").text()).collect();
        let without: Vec<_> = used
            .difference(&zones)
            .copied()
            .filter(|z| !z.is_empty())
            .collect();
        let verdict = if without.is_empty() {
            Verdict::Green(format!("A NAT gateway in each of {}.", some(&zones)))
        } else {
            Verdict::Yellow(format!(
                "NAT gateways in {}, none in {}.",
                some(&zones),
                some(without)
            ))
        };
        sheet.note_as(nat, VPC, vpc, "", verdict);
    }
}

/// The values of a record, without their quotes.
fn values<'a>(record: &Resource<'a>) -> impl Iterator<Item = &'a str> {
    let values = record.get("ResourceRecords").list();
    values.map(|v| v.get("Value").text().trim_matches('"'))
}

fn spf(known: &Known<'_>, sheet: &mut Sheet) {
    let name = |record: &Resource<'_>| record.get("Name").text().to_ascii_lowercase();
    let mut with: BTreeSet<String> = BTreeSet::new();
    for record in known.all(RECORD) {
        let kind = record.get("Type");
        let valid = |value: &str| value.to_ascii_lowercase().starts_with("v=spf1");
        if (kind.is("TXT") || kind.is("SPF")) && values(record).any(valid) {
            with.insert(name(record));
        }
    }
    for record in known.all(RECORD).iter().filter(|r| r.get("Type").is("MX")) {
        let name = name(record);
        let verdict = if values(record).all(|v| v.ends_with(" .")) {
            Verdict::Other
        } else if with.contains(&name) {
            Verdict::Green(format!("{name} has an SPF value."))
        } else {
            Verdict::Yellow(format!("{name} takes mail and has no SPF value."))
        };
        sheet.note(record, verdict);
    }
}

fn alias(record: &Resource<'_>, _: &Known<'_>) -> Verdict {
    if record.get("AliasTarget").is_there() {
        return Verdict::Green("An alias.".to_owned());
    }
    if !record.get("Type").is("CNAME") {
        return Verdict::Other;
    }
    let target = values(record).next().unwrap_or_default();
    let name = target.trim_end_matches('.').to_ascii_lowercase();
    let ours = name.ends_with(".cloudfront.net")
        || name.ends_with(".elb.amazonaws.com")
        || name.contains(".s3-website") && name.ends_with(".amazonaws.com");
    if ours {
        Verdict::Yellow(format!("A CNAME to {target}; an alias saves a query."))
    } else {
        Verdict::Green(format!("A CNAME to {target}."))
    }
}

fn headers(distribution: &Resource<'_>, _: &Known<'_>) -> Verdict {
    const SPOILING: &[&str] = &["*", "Date", "User-Agent"];
    let config = distribution.get("DistributionConfig");
    let behaviors = if config.is_there() {
        config
    } else {
        distribution.with("DefaultCacheBehavior").unwrap_or(Body::NONE)
    };
    let default = behaviors.get("DefaultCacheBehavior");
    if !default.is_there() {
        return Verdict::Unknown;
    }
    let mut found: Vec<String> = Vec::new();
    for behavior in std::iter::once(default).chain(behaviors.get("CacheBehaviors").list()) {
        let path = match behavior.get("PathPattern").text() {
            "" => "the default behavior",
            path => path,
        };
        let headers = behavior.at("ForwardedValues.Headers").list().map(Body::text);
        let bad = headers.filter(|h| SPOILING.iter().any(|s| s.eq_ignore_ascii_case(h)));
        found.extend(bad.map(|h| format!("{h} in {path}")));
    }
    if found.is_empty() {
        Verdict::Green("No behavior forwards such headers.".to_owned())
    } else {
        Verdict::Yellow(format!("Forwarded: {}.", some(found)))
    }
}
