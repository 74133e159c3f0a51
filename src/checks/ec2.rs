//! Instances, volumes, snapshots and addresses: spread over zones, saved, paid for and used.

use super::judge::{ACCOUNT, Category, Check, CheckFacts, Need, Sheet, Verdict};
use super::known::{Known, Resource};
use super::say::{count, yellow_unless};
use super::security_groups::{INSTANCE, INSTANCES};
use crate::base::time::iso;
use std::collections::BTreeMap;

pub(super) const VOLUME: &str = "AWS::EC2::Volume";
const SNAPSHOT: &str = "Snapshot";
const VOLUMES: Need = Need {
    types: &[VOLUME],
    command: "aws ec2 describe-volumes, or AWS Config items of AWS::EC2::Volume",
};

pub(super) const CHECKS: &[Check] = &[
    Check::together(
        CheckFacts {
            id: "ec2-zone-balance",
            trusted_advisor: Some("wuy7G1zxql"),
            title: "Instances unevenly spread over zones",
            category: Category::FaultTolerance,
            criteria: "Red: all instances of a Region run in one Availability Zone. Yellow: the fullest zone in use has over 20 % more instances than the emptiest. Green otherwise.",
            beyond: "The difference is counted in parts of the fullest zone. Stopped instances are left out, and a Region with a single instance is not judged.",
            needs: &[INSTANCES],
        },
        zone_balance,
    ),
    Check::each(
        CheckFacts {
            id: "instance-metadata-v1",
            trusted_advisor: None,
            title: "Instances that answer old metadata requests",
            category: Category::Security,
            criteria: "Green: the instance asks for a token (IMDSv2), or metadata is off. Yellow: it answers without a token (IMDSv1).",
            beyond: "Whether anything uses the old way shows in the metric MetadataNoToken, which is not in the files.",
            needs: &[INSTANCES],
        },
        metadata,
    ),
    Check::together(
        CheckFacts {
            id: "ebs-snapshot-age",
            trusted_advisor: Some("H7IgTzjTYb"),
            title: "Volumes without a recent snapshot",
            category: Category::FaultTolerance,
            criteria: "Green: the newest completed snapshot is at most 7 days old. Yellow: 7 to 30 days. Red: more than 30 days, or the volume has none.",
            beyond: "Backups elsewhere (AWS Backup of files, the application's own) are not seen.",
            needs: &[
                VOLUMES,
                Need {
                    types: &[SNAPSHOT],
                    command: "aws ec2 describe-snapshots --owner-ids self",
                },
            ],
        },
        snapshot_age,
    ),
    Check::each(
        CheckFacts {
            id: "ebs-public-snapshots",
            trusted_advisor: Some("ePs02jT06w"),
            title: "EBS snapshots that anybody can read",
            category: Category::Security,
            criteria: "Red: everybody may make a volume of the snapshot.",
            beyond: "Accounts that it is shared with by their number are not judged.",
            needs: &[Need {
                types: &["SnapshotAttribute"],
                command: "aws ec2 describe-snapshot-attribute --attribute createVolumePermission for each snapshot",
            }],
        },
        public_snapshot,
    ),
    Check::each(
        CheckFacts {
            id: "ebs-unattached",
            trusted_advisor: Some("DAvU99Dc4C"),
            title: "Volumes that nothing uses",
            category: Category::CostOptimizing,
            criteria: "Yellow: the volume is attached to nothing.",
            beyond: "Attached volumes with less than one operation a day are published as yellow too; that needs metrics and is not judged.",
            needs: &[VOLUMES],
        },
        unattached,
    ),
    Check::each(
        CheckFacts {
            id: "ebs-encryption",
            trusted_advisor: None,
            title: "Volumes that are not encrypted",
            category: Category::Security,
            criteria: "Green: the volume is encrypted. Yellow: it is not.",
            beyond: "Which key encrypts it is not looked at.",
            needs: &[VOLUMES],
        },
        |volume, _| yellow_unless(volume.get("Encrypted").bool(), "The volume is encrypted.", "The volume is not encrypted."),
    ),
    Check::each(
        CheckFacts {
            id: "eip-unassociated",
            trusted_advisor: Some("Z4AUBRNSmz"),
            title: "Elastic IP addresses that nothing uses",
            category: Category::CostOptimizing,
            criteria: "Yellow: the address is not associated with a running instance.",
            beyond: "An address of a network interface or a NAT gateway is used. Whether its instance runs is told when instances are among the files.",
            needs: &[Need {
                types: &["AWS::EC2::EIP"],
                command: "aws ec2 describe-addresses, or AWS Config items of AWS::EC2::EIP",
            }],
        },
        address,
    )
    .also(&[INSTANCE]),
    Check::each(
        CheckFacts {
            id: "ri-expiration",
            trusted_advisor: Some("1e93e4c0b5"),
            title: "Reserved Instances that expire",
            category: Category::CostOptimizing,
            criteria: "Yellow: the lease ends within 30 days, or ended in the last 30 days.",
            beyond: "Leases that ended earlier are not judged. Savings Plans are not looked at.",
            needs: &[Need {
                types: &["ReservedInstance"],
                command: "aws ec2 describe-reserved-instances",
            }],
        },
        lease,
    ),
];

/// What an instance is doing: `running`, `stopped`; Config wraps it once more.
pub(super) fn state<'a>(instance: &Resource<'a>) -> &'a str {
    let state = instance.get("State");
    state.any(&["Name", "Value"]).text()
}

pub(super) fn zone<'a>(instance: &Resource<'a>) -> &'a str {
    let own = instance.get("Placement").get("AvailabilityZone").text();
    if own.is_empty() {
        instance.get("AvailabilityZone").text()
    } else {
        own
    }
}

/// Whether two numbers differ by more than a fifth of the greater.
pub(super) fn is_uneven(most: usize, least: usize) -> bool {
    (most - least.min(most)) * 5 > most
}

/// `eu-west-1a 3, eu-west-1b 1`
pub(super) fn listed(zones: &BTreeMap<&str, usize>) -> String {
    let each: Vec<String> = zones.iter().map(|(zone, n)| format!("{zone} {n}")).collect();
    each.join(", ")
}

fn zone_balance(known: &Known<'_>, sheet: &mut Sheet) {
    type Region<'s, 'a> = (&'s Resource<'a>, BTreeMap<&'a str, usize>);
    let mut regions: BTreeMap<(&str, &str), Region<'_, '_>> = BTreeMap::new();
    for instance in known.all(INSTANCE) {
        let zone = zone(instance);
        if zone.is_empty() || state(instance).is_empty() {
            sheet.note(instance, Verdict::Unknown);
        } else if state(instance) == "running" {
            // Answers do not name their Region; zones do.
            let region = match instance.region {
                "" => zone.trim_end_matches(|c: char| c.is_ascii_lowercase()),
                region => region,
            };
            let own = regions
                .entry((instance.account, region))
                .or_insert_with(|| (instance, BTreeMap::new()));
            *own.1.entry(zone).or_default() += 1;
        }
    }
    for ((account, region), (first, zones)) in regions {
        let (most, least) = (
            zones.values().max().copied().unwrap_or_default(),
            zones.values().min().copied().unwrap_or_default(),
        );
        let text = format!("Running instances: {}.", listed(&zones));
        let verdict = match zones.len() {
            1 if most < 2 => Verdict::Other,
            1 => Verdict::Red(text),
            _ if is_uneven(most, least) => Verdict::Yellow(text),
            _ => Verdict::Green(text),
        };
        sheet.note_as(first, ACCOUNT, &format!("{account} {region}"), region, verdict);
    }
}

fn metadata(instance: &Resource<'_>, _: &Known<'_>) -> Verdict {
    let options = instance.get("MetadataOptions");
    if state(instance) == "terminated" {
        return Verdict::Other;
    }
    match (
        options.get("HttpEndpoint").text(),
        options.get("HttpTokens").text(),
    ) {
        ("disabled", _) => Verdict::Green("Metadata is off.".to_owned()),
        (_, "required") => Verdict::Green("A token is required.".to_owned()),
        (_, "optional") => Verdict::Yellow("Metadata is given without a token.".to_owned()),
        _ => Verdict::Unknown,
    }
}

fn snapshot_age(known: &Known<'_>, sheet: &mut Sheet) {
    let mut of_volume: BTreeMap<&str, Vec<(i64, &Resource<'_>)>> = BTreeMap::new();
    for snapshot in known.all(SNAPSHOT) {
        let state = snapshot.get("State");
        if let Some(at) = snapshot.get("StartTime").time()
            && !state.is("error")
            && !state.is("pending")
        {
            let volume = snapshot.get("VolumeId").text();
            of_volume.entry(volume).or_default().push((at, snapshot));
        }
    }
    for volume in known.all(VOLUME) {
        let own = of_volume.get(volume.id).into_iter().flatten();
        let newest = own.filter(|(_, s)| s.is_near(volume)).max_by_key(|(at, _)| *at);
        let verdict = match newest {
            Some((at, snapshot)) => age(known.days_since(*at), snapshot.id),
            None if known.saw_near(SNAPSHOT, volume) => {
                Verdict::Red("The volume has no snapshot.".to_owned())
            }
            None => Verdict::Unknown,
        };
        sheet.note(volume, verdict);
    }
}

fn age(days: i64, id: &str) -> Verdict {
    let text = format!("The newest snapshot, {id}, is {} old.", count(days, "day"));
    match days {
        31.. => Verdict::Red(text),
        8.. => Verdict::Yellow(text),
        _ => Verdict::Green(text),
    }
}

fn public_snapshot(snapshot: &Resource<'_>, _: &Known<'_>) -> Verdict {
    let mut who = snapshot.get("CreateVolumePermissions").list();
    if who.any(|permission| permission.get("Group").text() == "all") {
        Verdict::Red("Everybody may make a volume of it.".to_owned())
    } else {
        Verdict::Green("It is not public.".to_owned())
    }
}

fn unattached(volume: &Resource<'_>, _: &Known<'_>) -> Verdict {
    let Some(body) = volume.with("State") else {
        return Verdict::Unknown;
    };
    let state = body.get("State");
    let state = if state.text().is_empty() {
        state.get("Value").text()
    } else {
        state.text()
    };
    let size = body.get("Size").int().unwrap_or_default();
    match state {
        "available" => Verdict::Yellow(format!("Attached to nothing, {size} GiB.")),
        "in-use" => Verdict::Green("Attached.".to_owned()),
        _ => Verdict::Other,
    }
}

fn address(address: &Resource<'_>, known: &Known<'_>) -> Verdict {
    let Some(body) = address.with("PublicIp") else {
        return Verdict::Unknown;
    };
    let ip = body.get("PublicIp").text();
    let user = body
        .any(&["InstanceId", "NetworkInterfaceId", "AssociationId"])
        .text();
    if user.is_empty() {
        return Verdict::Yellow(format!("{ip} is associated with nothing."));
    }
    match known.find(INSTANCE, user, address).map(state) {
        Some(state) if !state.is_empty() && state != "running" => {
            Verdict::Yellow(format!("{ip} belongs to {user}, which is {state}."))
        }
        _ => Verdict::Green(format!("{ip} belongs to {user}.")),
    }
}

fn lease(reserved: &Resource<'_>, known: &Known<'_>) -> Verdict {
    let Some(end) = reserved.get("End").time() else {
        return Verdict::Unknown;
    };
    let day = iso(end).chars().take(10).collect::<String>();
    let ago = known.days_since(end);
    let text = format!(
        "{} {} end on {day}.",
        reserved.get("InstanceCount").int().unwrap_or(1),
        reserved.get("InstanceType").text()
    );
    match ago {
        31.. => Verdict::Other,
        -30.. => Verdict::Yellow(text),
        _ => Verdict::Green(text),
    }
}
