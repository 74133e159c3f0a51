//! Answers of the AWS command line that give names to ids.

use super::story::*;
use super::{SampleFile, file, printed};
use serde_json::{Value, json};

pub const FILES: usize = 5;

pub fn make(index: usize) -> SampleFile {
    let (command, key, items) = match index {
        0 => ("describe-security-groups", "SecurityGroups", groups()),
        1 => ("describe-network-interfaces", "NetworkInterfaces", interfaces()),
        2 => ("describe-instances", "Reservations", instances()),
        3 => ("describe-vpcs", "Vpcs", vpcs()),
        _ => ("list-accounts", "Accounts", accounts()),
    };
    let name = format!("cli/{command}.json");
    file(name, "aws-inventory", items.len(), printed(&json!({key: items})))
}

fn named(name: &str) -> Value {
    json!([{"Key": "Name", "Value": name}])
}

fn groups() -> Vec<Value> {
    let all = json!([{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}], "Ipv6Ranges": [], "PrefixListIds": [],
                      "UserIdGroupPairs": []}]);
    // As they were at 02:00 that night.
    [
        (
            GROUP,
            "bastion-ssh",
            "SSH from the office to the bastion",
            22,
            ["198.51.100.0/24", "0.0.0.0/0"].as_slice(),
        ),
        (
            "sg-0b2c3d4e5f6071829",
            "web",
            "HTTPS from anywhere",
            443,
            &["0.0.0.0/0"],
        ),
        (
            "sg-0c3d4e5f60718293a",
            "app",
            "From the web tier",
            8080,
            &["10.20.0.0/24"],
        ),
        (
            "sg-0d4e5f60718293a4b",
            "database",
            "From the app tier",
            5432,
            &["10.20.1.0/24"],
        ),
    ]
    .into_iter()
    .map(|(id, name, description, port, ranges)| {
        let ranges: Vec<Value> = ranges.iter().map(|r| json!({"CidrIp": r})).collect();
        json!({
            "GroupId": id,
            "GroupName": name,
            "Description": description,
            "OwnerId": ACCOUNT,
            "VpcId": VPC,
            "Tags": named(name),
            "IpPermissions": [{"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": ranges,
                               "Ipv6Ranges": [], "PrefixListIds": [], "UserIdGroupPairs": []}],
            "IpPermissionsEgress": all,
        })
    })
    .collect()
}

fn group_of(host: &Host) -> (&'static str, &'static str) {
    match host.name.split('-').next() {
        Some("bastion") => (GROUP, "bastion-ssh"),
        Some("web" | "nat") => ("sg-0b2c3d4e5f6071829", "web"),
        Some("db" | "cache") => ("sg-0d4e5f60718293a4b", "database"),
        _ => ("sg-0c3d4e5f60718293a", "app"),
    }
}

fn interfaces() -> Vec<Value> {
    hosts()
        .iter()
        .map(|host| {
            let (group, group_name) = group_of(host);
            let description = match host.instance {
                Some(_) => format!("Primary network interface of {}", host.name),
                None if host.name.starts_with("nat") => {
                    "Interface for NAT Gateway nat-0a9b8c7d6e5f40312".to_owned()
                }
                None if host.name.starts_with("db") => "RDSNetworkInterface".to_owned(),
                None => "ElastiCache shop-cache".to_owned(),
            };
            let address = json!({"PrivateIpAddress": host.address, "Primary": true});
            let mut interface = json!({
                "NetworkInterfaceId": host.interface,
                "Description": description,
                "InterfaceType": if host.name.starts_with("nat") { "nat_gateway" } else { "interface" },
                "OwnerId": ACCOUNT,
                "VpcId": VPC,
                "SubnetId": host.subnet,
                "PrivateIpAddress": host.address,
                "PrivateIpAddresses": [address],
                "Groups": [{"GroupId": group, "GroupName": group_name}],
                "Status": "in-use",
                "TagSet": named(&host.name),
            });
            if let Some(id) = &host.instance {
                interface["Attachment"] = json!({"InstanceId": id, "DeviceIndex": 0, "Status": "attached"});
            }
            interface
        })
        .collect()
}

fn instances() -> Vec<Value> {
    let all = hosts();
    let running = all.iter().filter_map(|h| h.instance.as_ref().map(|id| (h, id)));
    running
        .map(|(host, id)| {
            let (group, group_name) = group_of(host);
            let instance = json!({
                "InstanceId": id,
                "ImageId": "ami-0abcdef1234567890",
                "InstanceType": if host.name.starts_with("bastion") { "t3.small" } else { "m7g.large" },
                "LaunchTime": "2026-09-21T08:03:58+00:00",
                "State": {"Code": 16, "Name": "running"},
                "PrivateIpAddress": host.address,
                "SubnetId": host.subnet,
                "VpcId": VPC,
                "SecurityGroups": [{"GroupId": group, "GroupName": group_name}],
                "NetworkInterfaces": [{"NetworkInterfaceId": host.interface}],
                "Tags": named(&host.name),
            });
            json!({"ReservationId": id.replacen("i-", "r-", 1), "OwnerId": ACCOUNT, "Groups": [], "Instances": [instance]})
        })
        .collect()
}

fn vpcs() -> Vec<Value> {
    [(VPC, "10.20.0.0/16", "shop", false), ("vpc-0a0b0c0d0e0f01234", "172.31.0.0/16", "default", true)]
        .into_iter()
        .map(|(id, cidr, name, default)| {
            json!({"VpcId": id, "CidrBlock": cidr, "IsDefault": default, "OwnerId": ACCOUNT, "State": "available",
                   "CidrBlockAssociationSet": [{"CidrBlock": cidr, "CidrBlockState": {"State": "associated"}}],
                   "Tags": named(name)})
        })
        .collect()
}

fn accounts() -> Vec<Value> {
    [
        (ACCOUNT, "example-shop"),
        ("444455556666", "example-logs"),
        ("777788889999", "example-sandbox"),
    ]
    .into_iter()
    .map(|(id, name)| {
        json!({"Id": id, "Name": name, "Email": format!("{name}@example.com"), "Status": "ACTIVE",
                   "Arn": format!("arn:aws:organizations::{ACCOUNT}:account/o-exampleorgid/{id}"),
                   "JoinedMethod": "CREATED", "JoinedTimestamp": "2026-03-01T09:00:00+00:00"})
    })
    .collect()
}
