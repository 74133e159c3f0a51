//! What each source answers, good and damaged, and which of several is heard first.

mod described;
mod hidden;
mod mmdb;
mod order;
mod random;
mod recognised;
mod sources;
mod writer;

use super::*;
use serde_json::json;

pub(super) const ACCOUNT: &str = "111122223333";
pub(super) const OTHER: &str = "444455556666";

pub(super) fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// The kinds' and names' of a path in one line.
pub(super) fn path(naming: &Naming, addr: &str, hint: &Hint<'_>) -> String {
    let groups = naming.group_path(ip(addr), hint);
    let names: Vec<String> = groups.into_iter().map(|g| g.name).collect();
    names.join(" > ")
}

pub(super) fn called(naming: &Naming, addr: &str) -> String {
    let name = naming.name(ip(addr), &Hint::default());
    name.map(|name| name.text).unwrap_or_default()
}

pub(super) fn inventory(naming: &mut Naming, item_type: &str, body: Value) {
    assert!(
        naming.add(INVENTORY, item_type, &body, "", "eu-central-1"),
        "{item_type}"
    );
}

pub(super) fn tag(name: &str) -> Value {
    json!([{"Key": "Team", "Value": "example"}, {"Key": "Name", "Value": name}])
}

/// A VPC with a public and a private subnet, after the shapes in the command line's reference.
pub(super) fn two_subnets() -> Naming {
    let mut naming = Naming::default();
    inventory(
        &mut naming,
        "Account",
        json!({"Id": ACCOUNT, "Arn": format!("arn:aws:organizations::{OTHER}:account/o-example/{ACCOUNT}"),
               "Email": "prod@example.com", "Name": "Production", "Status": "ACTIVE"}),
    );
    inventory(
        &mut naming,
        "Vpc",
        json!({"CidrBlock": "10.0.0.0/16", "VpcId": "vpc-0a", "OwnerId": ACCOUNT, "IsDefault": false,
               "CidrBlockAssociationSet": [
                   {"CidrBlock": "10.0.0.0/16", "CidrBlockState": {"State": "associated"}},
                   {"CidrBlock": "10.9.0.0/16", "CidrBlockState": {"State": "disassociated"}}],
               "Ipv6CidrBlockAssociationSet": [
                   {"Ipv6CidrBlock": "2001:db8:a::/56", "Ipv6CidrBlockState": {"State": "associated"}}],
               "Tags": tag("prod")}),
    );
    for (id, cidr, name) in [
        ("subnet-0pub", "10.0.1.0/24", "public-a"),
        ("subnet-0prv", "10.0.2.0/24", "private-a"),
    ] {
        inventory(
            &mut naming,
            "Subnet",
            json!({"SubnetId": id, "VpcId": "vpc-0a", "CidrBlock": cidr, "OwnerId": ACCOUNT,
                   "AvailabilityZone": "eu-central-1a", "Tags": tag(name)}),
        );
    }
    naming
}
