//! Databases: saved, in more than one zone, encrypted, and reached by whom.

use super::body::Body;
use super::judge::{Category, Check, CheckFacts, Need, Sheet, Verdict};
use super::known::{Known, Resource};
use super::ports::Rule;
use super::say::{count, some, yellow_unless};
use super::security_groups::{GROUP, GROUPS, inbound};

const INSTANCE: &str = "AWS::RDS::DBInstance";
const CLUSTER: &str = "AWS::RDS::DBCluster";
const INSTANCES: Need = Need {
    types: &[INSTANCE],
    command: "aws rds describe-db-instances, or AWS Config items of AWS::RDS::DBInstance",
};
const SNAPSHOTS: &[&str] = &["AWS::RDS::DBSnapshot", "AWS::RDS::DBClusterSnapshot"];
const ATTRIBUTES: &[&str] = &["DBSnapshotAttributes", "DBClusterSnapshotAttributes"];
/// Ports that a database's group should not share with everybody.
const RISKY: &[i64] = &[20, 21, 22, 1433, 1434, 3306, 3389, 4333, 5432, 5500];

pub(super) const CHECKS: &[Check] = &[
    Check::each(
        CheckFacts {
            id: "rds-backups",
            trusted_advisor: Some("opQPADkZvH"),
            title: "Databases without automatic backups",
            category: Category::FaultTolerance,
            criteria: "Red: the backup retention period is 0 days.",
            beyond: "Read replicas, which inherit no backups, are left out. AWS Backup is not looked at.",
            needs: &[INSTANCES],
        },
        backups,
    ),
    Check::each(
        CheckFacts {
            id: "rds-multi-az",
            trusted_advisor: Some("f2iK5R6Dep"),
            title: "Databases in a single zone",
            category: Category::FaultTolerance,
            criteria: "Yellow: the instance is deployed in a single Availability Zone.",
            beyond: "Aurora instances are left out, because their storage spans zones; so are read replicas.",
            needs: &[INSTANCES],
        },
        multi_az,
    ),
    Check::each(
        CheckFacts {
            id: "rds-public-snapshots",
            trusted_advisor: Some("rSs93HQwa1"),
            title: "RDS snapshots that anybody can restore",
            category: Category::Security,
            criteria: "Red: everybody may restore the snapshot.",
            beyond: "Accounts that it is shared with by their number are not judged. Snapshots of clusters count too.",
            needs: &[Need {
                types: &[
                    "AWS::RDS::DBSnapshot",
                    "AWS::RDS::DBClusterSnapshot",
                    "DBSnapshotAttributes",
                    "DBClusterSnapshotAttributes",
                ],
                command: "aws rds describe-db-snapshot-attributes for each snapshot, or AWS Config items of AWS::RDS::DBSnapshot",
            }],
        },
        public_snapshot,
    ),
    Check::each_of(
        &[INSTANCE],
        CheckFacts {
            id: "rds-security-groups",
            trusted_advisor: Some("nNauJisYIT"),
            title: "Databases reached from too many addresses",
            category: Category::Security,
            criteria: "Red: a rule of the database's security groups lets in a /0 range. Yellow: it lets in more than one address, or a group that itself is open to everybody on port 20, 21, 22, 1433, 1434, 3306, 3389, 4333, 5432 or 5500.",
            beyond: "Rules of VPC security groups are judged that open the database's port; IPv6 counts (::/0 as everybody, /128 as one address). Groups of EC2-Classic are gone.",
            needs: &[INSTANCES, GROUPS],
        },
        access,
    ),
    Check::each(
        CheckFacts {
            id: "rds-public-access",
            trusted_advisor: None,
            title: "Databases with a public address",
            category: Category::Security,
            criteria: "Green: the instance is private. Yellow: it is publicly accessible.",
            beyond: "Security groups and routes may still keep everybody out.",
            needs: &[INSTANCES],
        },
        |db, _| {
            yellow_unless(
                db.get("PubliclyAccessible").bool().map(|public| !public),
                "The instance is private.",
                "The instance is publicly accessible.",
            )
        },
    ),
    Check::each(
        CheckFacts {
            id: "rds-encryption",
            trusted_advisor: None,
            title: "Databases that are not encrypted",
            category: Category::Security,
            criteria: "Green: storage is encrypted. Yellow: it is not.",
            beyond: "Which key encrypts it is not looked at.",
            needs: &[INSTANCES],
        },
        |db, _| {
            yellow_unless(
                db.get("StorageEncrypted").bool(),
                "Storage is encrypted.",
                "Storage is not encrypted.",
            )
        },
    ),
    Check::each(
        CheckFacts {
            id: "rds-minor-upgrades",
            trusted_advisor: None,
            title: "Databases without minor version upgrades",
            category: Category::OperationalExcellence,
            criteria: "Green: minor versions are installed automatically. Yellow: they are not.",
            beyond: "Whether a newer version is there is not known.",
            needs: &[INSTANCES],
        },
        |db, _| {
            yellow_unless(
                db.get("AutoMinorVersionUpgrade").bool(),
                "Minor versions are installed automatically.",
                "Minor versions are not installed automatically.",
            )
        },
    ),
    Check::each(
        CheckFacts {
            id: "rds-deletion-protection",
            trusted_advisor: None,
            title: "Databases that can be deleted at once",
            category: Category::FaultTolerance,
            criteria: "Green: deletion protection is on. Yellow: it is off.",
            beyond: "Instances of a cluster are protected by the cluster and left out.",
            needs: &[INSTANCES],
        },
        deletion,
    ),
    Check::together(
        CheckFacts {
            id: "aurora-accessibility",
            trusted_advisor: Some("xuy7H1avtl"),
            title: "Aurora clusters both public and private",
            category: Category::FaultTolerance,
            criteria: "Yellow: some instances of a cluster are publicly accessible and some are not.",
            beyond: "Clusters with a single known instance are green.",
            needs: &[INSTANCES],
        },
        accessibility,
    ),
];

fn is_replica(db: &Resource<'_>) -> bool {
    let source = db.get("ReadReplicaSourceDBInstanceIdentifier");
    !source.text().is_empty()
}

fn is_aurora(db: &Resource<'_>) -> bool {
    db.get("Engine").text().starts_with("aurora")
}

fn backups(db: &Resource<'_>, _: &Known<'_>) -> Verdict {
    if is_replica(db) {
        return Verdict::Other;
    }
    match db.get("BackupRetentionPeriod").int() {
        Some(0) => Verdict::Red("Backups are kept for 0 days.".to_owned()),
        Some(days) => Verdict::Green(format!("Backups are kept for {}.", count(days, "day"))),
        None => Verdict::Unknown,
    }
}

fn multi_az(db: &Resource<'_>, _: &Known<'_>) -> Verdict {
    if is_replica(db) || is_aurora(db) {
        return Verdict::Other;
    }
    yellow_unless(
        db.get("MultiAZ").bool(),
        "A standby is in another zone.",
        "The instance is in a single zone.",
    )
}

fn deletion(db: &Resource<'_>, _: &Known<'_>) -> Verdict {
    if !db.get("DBClusterIdentifier").text().is_empty() {
        return Verdict::Other;
    }
    yellow_unless(
        db.get("DeletionProtection").bool(),
        "Deletion protection is on.",
        "Deletion protection is off.",
    )
}

/// The attributes of a snapshot, from its own answer or from Config.
fn attributes(snapshot: &Resource<'_>) -> Option<serde_json::Value> {
    let keys = ["DBSnapshotAttributes", "DBClusterSnapshotAttributes"];
    let own = keys.iter().find_map(|key| snapshot.with(key).map(|b| b.get(key)));
    let extra = || {
        keys.iter()
            .filter_map(|key| snapshot.extra(key))
            .find(|b| b.is_there())
    };
    own.or_else(extra)?.parsed()
}

fn public_snapshot(snapshot: &Resource<'_>, known: &Known<'_>) -> Verdict {
    let is_attributes = ATTRIBUTES.contains(&snapshot.ty);
    let Some(attributes) = attributes(snapshot) else {
        // Its attributes may have been exported by themselves, and are judged there.
        let mut pairs = ATTRIBUTES.iter().filter(|_| SNAPSHOTS.contains(&snapshot.ty));
        let told = pairs.any(|ty| known.find(ty, snapshot.id, snapshot).is_some());
        return if told && !is_attributes {
            Verdict::Other
        } else {
            Verdict::Unknown
        };
    };
    let shared = |attribute: Body<'_>| {
        attribute.get("AttributeName").is("restore")
            && attribute.get("AttributeValues").list().any(|v| v.text() == "all")
    };
    if Body::of(&attributes).list().any(shared) {
        Verdict::Red("Everybody may restore it.".to_owned())
    } else {
        Verdict::Green("It is not public.".to_owned())
    }
}

/// Whether a range is one address.
fn is_single(cidr: &str) -> bool {
    cidr.ends_with("/32") || cidr.ends_with("/128")
}

fn access(db: &Resource<'_>, known: &Known<'_>) -> Verdict {
    let Some(body) = db.with("VpcSecurityGroups") else {
        return Verdict::Unknown;
    };
    let port = [body.get("Endpoint").get("Port"), body.get("DbInstancePort")]
        .iter()
        .find_map(|p| p.int())
        .filter(|p| *p > 0);
    let (mut wide, mut indirect) = (Vec::new(), Vec::new());
    for own in body.get("VpcSecurityGroups").list() {
        let id = own.get("VpcSecurityGroupId").text();
        let Some(rules) = known.find(GROUP, id, db).and_then(inbound) else {
            return Verdict::Unknown;
        };
        let rules: Vec<Rule<'_>> = rules
            .into_iter()
            .filter(|r| r.ports.is_some() && port.is_none_or(|p| r.has(p)))
            .collect();
        if let Some(open) = rules.iter().find(|r| r.is_open()) {
            return Verdict::Red(format!("{id} lets everybody in: {open}."));
        }
        let many = rules
            .iter()
            .flat_map(|r| &r.cidrs)
            .copied()
            .filter(|c| !is_single(c));
        wide.extend(many.map(|cidr| format!("{cidr} by {id}")));
        for other in rules.iter().flat_map(|r| &r.groups) {
            let open = known.find(GROUP, other, db).and_then(inbound).unwrap_or_default();
            let mut open = open.iter().filter(|r| r.is_open());
            if open.any(|r| RISKY.iter().any(|p| r.has(*p))) {
                indirect.push((*other).to_owned());
            }
        }
    }
    if !indirect.is_empty() {
        Verdict::Yellow(format!(
            "Lets in groups that are open to everybody: {}.",
            some(indirect)
        ))
    } else if !wide.is_empty() {
        Verdict::Yellow(format!("Lets in more than one address: {}.", some(wide)))
    } else {
        Verdict::Green("Only single addresses and other groups are let in.".to_owned())
    }
}

fn accessibility(known: &Known<'_>, sheet: &mut Sheet) {
    let mut clusters: std::collections::BTreeMap<_, Vec<&Resource<'_>>> = Default::default();
    for db in known.all(INSTANCE).iter().filter(|db| is_aurora(db)) {
        let id = db.get("DBClusterIdentifier").text();
        clusters.entry((db.account, db.region, id)).or_default().push(db);
    }
    for ((_, _, id), members) in clusters {
        let Some(first) = members.first() else { continue };
        let public: Vec<_> = members
            .iter()
            .filter(|m| m.get("PubliclyAccessible").yes())
            .collect();
        let verdict = if members
            .iter()
            .any(|m| m.get("PubliclyAccessible").bool().is_none())
        {
            Verdict::Unknown
        } else if public.is_empty() || public.len() == members.len() {
            let how = if public.is_empty() { "private" } else { "public" };
            Verdict::Green(format!("All of {} are {how}.", count(members.len(), "instance")))
        } else {
            Verdict::Yellow(format!(
                "{} of {} are public: {}.",
                public.len(),
                count(members.len(), "instance"),
                some(public.iter().map(|m| m.id))
            ))
        };
        sheet.note_as(first, CLUSTER, id, id, verdict);
    }
}
