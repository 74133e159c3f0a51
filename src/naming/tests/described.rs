//! Addresses in described networks. Shapes are those of the command line's and AWS Config's documentation.

use super::*;

const NOWHERE: Hint<'static> = Hint {
    account: "",
    region: "",
    vpc: "",
    subnet: "",
    interface: "",
};

fn interface(id: &str, addr: &str, more: Value) -> Value {
    let mut body = json!({
        "NetworkInterfaceId": id, "SubnetId": "subnet-0prv", "VpcId": "vpc-0a", "OwnerId": ACCOUNT,
        "InterfaceType": "interface", "Description": "", "RequesterManaged": true, "PrivateIpAddress": addr,
        "PrivateIpAddresses": [{"Primary": true, "PrivateIpAddress": addr}], "Ipv6Addresses": [], "TagSet": [],
    });
    for (key, value) in more.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

#[test]
fn an_instance_stands_in_account_vpc_and_subnet() {
    let mut naming = two_subnets();
    let eni = interface(
        "eni-0web",
        "10.0.2.10",
        json!({"RequesterManaged": false, "Description": "Primary network interface",
               "Attachment": {"AttachmentId": "eni-attach-0", "InstanceId": "i-0web", "InstanceOwnerId": ACCOUNT},
               "PrivateIpAddresses": [
                   {"Primary": true, "PrivateIpAddress": "10.0.2.10", "Association": {"PublicIp": "198.51.100.10"}},
                   {"Primary": false, "PrivateIpAddress": "10.0.2.11"}],
               "Ipv6Addresses": [{"Ipv6Address": "2001:db8:a::10"}],
               "Ipv4Prefixes": [{"Ipv4Prefix": "10.0.2.64/28"}]}),
    );
    inventory(&mut naming, "NetworkInterface", eni);
    let here = "Production > prod > private-a > i-0web";
    assert_eq!(path(&naming, "10.0.2.10", &NOWHERE), here);
    let instance = json!({"InstanceId": "i-0web", "VpcId": "vpc-0a", "Tags": tag("web-1"),
        "Placement": {"AvailabilityZone": "eu-central-1a"}, "NetworkInterfaces": []});
    inventory(&mut naming, "Instance", instance);
    for addr in [
        "10.0.2.10",
        "10.0.2.11",
        "198.51.100.10",
        "2001:db8:a::10",
        "10.0.2.70",
    ] {
        assert_eq!(
            path(&naming, addr, &NOWHERE),
            "Production > prod > private-a > web-1",
            "{addr}"
        );
        assert_eq!(called(&naming, addr), "web-1", "{addr}");
    }
    let name = naming.name(ip("10.0.2.10"), &NOWHERE).unwrap();
    assert_eq!(name.source, SourceKind::Inventory);
    assert_eq!(
        name.detail,
        "EC2 instance i-0web, interface eni-0web, subnet private-a (subnet-0prv), VPC prod (vpc-0a) in eu-central-1, \
         account Production (111122223333)"
    );
    let kinds: Vec<GroupKind> = naming
        .group_path(ip("10.0.2.10"), &NOWHERE)
        .into_iter()
        .map(|group| group.kind)
        .collect();
    let owner = GroupKind::Owner(OwnerKind::Instance);
    assert_eq!(
        kinds,
        [GroupKind::Account, GroupKind::Vpc, GroupKind::Subnet, owner]
    );
}

#[test]
fn services_are_told_by_what_aws_writes_into_their_interfaces() {
    for (more, kind, name) in [
        (
            json!({"Description": "ELB app/web/50dc6c495c0c9188", "RequesterId": "amazon-elb"}),
            OwnerKind::LoadBalancer,
            "web",
        ),
        (
            json!({"Description": "ELB classic-web", "RequesterId": "amazon-elb"}),
            OwnerKind::LoadBalancer,
            "classic-web",
        ),
        (
            json!({"Description": "ELB net/tcp/0a", "InterfaceType": "network_load_balancer"}),
            OwnerKind::LoadBalancer,
            "tcp",
        ),
        (
            json!({"Description": "Interface for NAT Gateway nat-0a", "InterfaceType": "natGateway"}),
            OwnerKind::NatGateway,
            "nat-0a",
        ),
        (
            json!({"Description": "VPC Endpoint Interface vpce-0a", "InterfaceType": "vpc_endpoint"}),
            OwnerKind::VpcEndpoint,
            "vpce-0a",
        ),
        (
            json!({"Description": "AWS Lambda VPC ENI-orders-new-1a2b3c4d-0000-4000-8000-0123456789ab", "InterfaceType": "lambda", "RequesterManaged": false, "RequesterId": "AROAEXAMPLE:111122223333"}),
            OwnerKind::Lambda,
            "orders-new",
        ),
        (
            json!({"Description": "RDSNetworkInterface", "RequesterId": "amazon-rds"}),
            OwnerKind::Rds,
            "RDS database",
        ),
        (
            json!({"Description": "EFS mount target for fs-0a (fsmt-0b)", "InterfaceType": "efs"}),
            OwnerKind::Efs,
            "fs-0a",
        ),
        (
            json!({"Description": "ElastiCache sessions-001", "RequesterId": "amazon-elasticache"}),
            OwnerKind::ElastiCache,
            "sessions-001",
        ),
        (
            json!({"Description": "Network Interface for Transit Gateway Attachment tgw-attach-0a", "InterfaceType": "transit_gateway", "RequesterManaged": false}),
            OwnerKind::TransitGateway,
            "tgw-attach-0a",
        ),
        (
            json!({"Description": "Amazon EKS shop", "RequesterManaged": false, "RequesterId": "AROAEXAMPLE:AmazonEKS"}),
            OwnerKind::EksCluster,
            "shop",
        ),
        (
            json!({"Description": "arn:aws:ecs:eu-central-1:111122223333:attachment/7d9c"}),
            OwnerKind::EcsTask,
            "7d9c",
        ),
        (
            json!({"InterfaceType": "api_gateway_managed"}),
            OwnerKind::ApiGateway,
            "API Gateway VPC link",
        ),
        (
            json!({"Attachment": {"InstanceOwnerId": "amazon-redshift"}}),
            OwnerKind::Redshift,
            "Redshift cluster",
        ),
        (
            json!({"RequesterId": "amazon-example"}),
            OwnerKind::OtherAws,
            "AWS service",
        ),
    ] {
        let mut naming = two_subnets();
        inventory(
            &mut naming,
            "NetworkInterface",
            interface("eni-0x", "10.0.2.20", more.clone()),
        );
        let Some(Found::Interface(found)) = naming.network().find(ip("10.0.2.20"), &NOWHERE) else {
            panic!("{more}");
        };
        assert_eq!(found.owner.as_ref().map(|o| o.kind), Some(kind), "{more}");
        assert_eq!(called(&naming, "10.0.2.20"), name, "{more}");
        assert_eq!(
            path(&naming, "10.0.2.20", &NOWHERE),
            format!("Production > prod > private-a > {name}")
        );
    }
}

/// Anyone may write AWS's words into the description of an interface they make.
#[test]
fn a_description_of_ones_own_is_not_believed() {
    let words = "ELB app/web/0a";
    for (more, name, kind) in [
        (json!({}), words, GroupKind::Interface),
        (json!({"RequesterId": "AIDAEXAMPLE"}), words, GroupKind::Interface),
        (
            json!({"RequesterId": "AROAEXAMPLE:alice"}),
            words,
            GroupKind::Interface,
        ),
        (
            json!({"Attachment": {"InstanceId": "i-0a", "InstanceOwnerId": ACCOUNT}}),
            "i-0a",
            GroupKind::Owner(OwnerKind::Instance),
        ),
    ] {
        let mut naming = two_subnets();
        let mut body = interface("eni-0x", "10.0.2.20", more);
        body["Description"] = json!(words);
        body["RequesterManaged"] = json!(false);
        inventory(&mut naming, "NetworkInterface", body);
        assert_eq!(called(&naming, "10.0.2.20"), name);
        let last = naming
            .group_path(ip("10.0.2.20"), &NOWHERE)
            .pop()
            .map(|group| group.kind);
        assert_eq!(last, Some(kind));
    }
}

#[test]
fn nat_gateways_balancers_and_endpoints_name_their_interfaces() {
    let mut naming = two_subnets();
    inventory(
        &mut naming,
        "NatGateway",
        json!({"NatGatewayId": "nat-0a", "SubnetId": "subnet-0pub", "VpcId": "vpc-0a", "State": "available",
               "NatGatewayAddresses": [{"AllocationId": "eipalloc-0a", "NetworkInterfaceId": "eni-0nat",
                                        "PrivateIp": "10.0.1.4", "PublicIp": "198.51.100.4"}],
               "Tags": tag("egress-a")}),
    );
    // Without its interface being described, and then with it.
    for _ in 0..2 {
        for addr in ["10.0.1.4", "198.51.100.4"] {
            assert_eq!(
                path(&naming, addr, &NOWHERE),
                "Production > prod > public-a > egress-a"
            );
        }
        let more = json!({"SubnetId": "subnet-0pub", "Description": "Interface for NAT Gateway nat-0a"});
        inventory(
            &mut naming,
            "NetworkInterface",
            interface("eni-0nat", "10.0.1.4", more),
        );
    }
    inventory(
        &mut naming,
        "LoadBalancer",
        json!({"LoadBalancerArn": "arn:aws:elasticloadbalancing:eu-central-1:111122223333:loadbalancer/net/tcp/0a1b",
               "LoadBalancerName": "tcp", "VpcId": "vpc-0a", "Type": "network", "AvailabilityZones": [
                   {"ZoneName": "eu-central-1a", "SubnetId": "subnet-0pub", "LoadBalancerAddresses": [
                       {"IpAddress": "198.51.100.5", "AllocationId": "eipalloc-0b", "PrivateIPv4Address": "10.0.1.5"}]}]}),
    );
    assert_eq!(
        path(&naming, "198.51.100.5", &NOWHERE),
        "Production > prod > public-a > tcp"
    );
    let more = json!({"SubnetId": "subnet-0pub", "Description": "ELB net/tcp/0a1b"});
    inventory(
        &mut naming,
        "NetworkInterface",
        interface("eni-0elb", "10.0.1.5", more),
    );
    let name = naming.name(ip("10.0.1.5"), &NOWHERE).unwrap();
    assert!(
        name.detail
            .starts_with("Load balancer net/tcp/0a1b, interface eni-0elb"),
        "{}",
        name.detail
    );
    inventory(
        &mut naming,
        "VpcEndpoint",
        json!({"VpcEndpointId": "vpce-0a", "VpcEndpointType": "Interface", "VpcId": "vpc-0a", "OwnerId": ACCOUNT,
               "ServiceName": "com.amazonaws.eu-central-1.secretsmanager", "NetworkInterfaceIds": ["eni-0vpce"],
               "SubnetIds": ["subnet-0prv"]}),
    );
    inventory(
        &mut naming,
        "NetworkInterface",
        interface("eni-0vpce", "10.0.2.30", json!({})),
    );
    assert_eq!(called(&naming, "10.0.2.30"), "secretsmanager");
    let address = json!({"PublicIp": "198.51.100.99", "AllocationId": "eipalloc-0c", "Domain": "vpc", "Tags": tag("spare")});
    inventory(&mut naming, "Address", address);
    assert_eq!(called(&naming, "198.51.100.99"), "spare");
}

#[test]
fn an_address_of_no_interface_stands_in_the_narrowest_block() {
    let naming = two_subnets();
    for (addr, name, here) in [
        ("10.0.2.200", "Subnet private-a", "Production > prod > private-a"),
        (
            "10.0.2.1",
            "VPC router, private-a",
            "Production > prod > private-a",
        ),
        ("10.0.99.1", "VPC prod (vpc-0a)", "Production > prod"),
        ("10.0.0.2", "VPC resolver, prod (vpc-0a)", "Production > prod"),
        ("2001:db8:a:7::1", "VPC prod (vpc-0a)", "Production > prod"),
        // Taken off the VPC.
        ("10.9.0.1", "", "Private, not described > 10.9.0.0/24"),
        ("10.1.0.1", "", "Private, not described > 10.1.0.0/24"),
        ("fd12:3456::1", "", "Private, not described > fd12:3456::/64"),
    ] {
        assert_eq!(called(&naming, addr), name, "{addr}");
        assert_eq!(path(&naming, addr, &NOWHERE), here, "{addr}");
    }
}

/// Every Region has one, with the same addresses.
#[test]
fn default_vpcs_are_told_apart_by_their_region() {
    let mut naming = Naming::default();
    for (id, region) in [("vpc-0a", "eu-west-1"), ("vpc-0b", "us-east-1")] {
        let vpc = json!({"VpcId": id, "CidrBlock": "172.31.0.0/16", "IsDefault": true, "OwnerId": ACCOUNT});
        assert!(naming.add(INVENTORY, "Vpc", &vpc, "", region));
    }
    let hint = Hint {
        region: "us-east-1",
        ..NOWHERE
    };
    assert_eq!(
        path(&naming, "172.31.0.9", &hint),
        "111122223333 > default VPC, us-east-1"
    );
    assert_eq!(
        path(&naming, "172.31.0.9", &NOWHERE),
        "Private > In one of 2 VPCs > 172.31.0.0/24"
    );
}

/// A second VPC with the same addresses, in another account.
fn overlapping() -> Naming {
    let mut naming = two_subnets();
    let vpc = json!({"CidrBlock": "10.0.0.0/16", "VpcId": "vpc-0b", "OwnerId": OTHER, "Tags": tag("dev")});
    inventory(&mut naming, "Vpc", vpc);
    let subnet =
        json!({"SubnetId": "subnet-0dev", "VpcId": "vpc-0b", "CidrBlock": "10.0.2.0/25", "OwnerId": OTHER});
    inventory(&mut naming, "Subnet", subnet);
    for (id, vpc, subnet, owner, addr) in [
        ("eni-0prod", "vpc-0a", "subnet-0prv", ACCOUNT, "10.0.2.10"),
        ("eni-0dev", "vpc-0b", "subnet-0dev", OTHER, "10.0.2.10"),
        ("eni-0dev2", "vpc-0b", "subnet-0dev", OTHER, "10.0.2.20"),
    ] {
        let more = json!({"VpcId": vpc, "SubnetId": subnet, "OwnerId": owner, "TagSet": tag(&format!("name of {id}"))});
        inventory(&mut naming, "NetworkInterface", interface(id, addr, more));
    }
    naming
}

#[test]
fn overlapping_networks_are_told_apart_by_where_an_address_was_seen() {
    let naming = overlapping();
    let vpc = |vpc| Hint { vpc, ..NOWHERE };
    let seen_by = |interface| Hint { interface, ..NOWHERE };
    let of = |account| Hint { account, ..NOWHERE };
    for (addr, hint, here) in [
        (
            "10.0.2.10",
            vpc("vpc-0a"),
            "Production > prod > private-a > name of eni-0prod",
        ),
        (
            "10.0.2.10",
            vpc("vpc-0b"),
            "444455556666 > dev > subnet-0dev > name of eni-0dev",
        ),
        (
            "10.0.2.10",
            seen_by("eni-0dev"),
            "444455556666 > dev > subnet-0dev > name of eni-0dev",
        ),
        (
            "10.0.2.10",
            seen_by("eni-0dev2"),
            "444455556666 > dev > subnet-0dev > name of eni-0dev",
        ),
        (
            "10.0.2.10",
            of(ACCOUNT),
            "Production > prod > private-a > name of eni-0prod",
        ),
        ("10.0.2.10", NOWHERE, "Private > In one of 2 VPCs > 10.0.2.0/24"),
        (
            "10.0.2.10",
            vpc("vpc-unknown"),
            "Private > In one of 2 VPCs > 10.0.2.0/24",
        ),
        // Only one interface has it, but in the VPC where it was seen it is another's.
        (
            "10.0.2.20",
            NOWHERE,
            "444455556666 > dev > subnet-0dev > name of eni-0dev2",
        ),
        ("10.0.2.20", vpc("vpc-0a"), "Production > prod > private-a"),
        ("10.0.2.30", NOWHERE, "Private > In one of 2 VPCs > 10.0.2.0/24"),
        ("10.0.2.30", seen_by("eni-0prod"), "Production > prod > private-a"),
        (
            "10.0.2.30",
            Hint {
                subnet: "subnet-0dev",
                ..NOWHERE
            },
            "444455556666 > dev > subnet-0dev",
        ),
        ("10.0.2.200", vpc("vpc-0b"), "444455556666 > dev"),
        ("10.0.2.200", of(OTHER), "444455556666 > dev"),
    ] {
        assert_eq!(path(&naming, addr, &hint), here, "{addr} {hint:?}");
    }
    let name = naming.name(ip("10.0.2.30"), &NOWHERE).unwrap();
    assert_eq!(
        (&*name.text, &*name.detail),
        (
            "In one of 2 VPCs",
            "VPC prod (vpc-0a) in eu-central-1; VPC dev (vpc-0b) in eu-central-1"
        )
    );
    let name = naming.name(ip("10.0.2.10"), &NOWHERE).unwrap();
    assert_eq!(name.text, "One of 2 interfaces");
}

#[test]
fn an_address_that_two_interfaces_had_stands_in_what_they_share() {
    let mut naming = two_subnets();
    for id in ["eni-0a", "eni-0b"] {
        inventory(
            &mut naming,
            "NetworkInterface",
            interface(id, "10.0.2.10", json!({})),
        );
    }
    assert_eq!(
        path(&naming, "10.0.2.10", &NOWHERE),
        "Production > prod > private-a > One of 2 interfaces"
    );
}

fn config(ty: &str, id: &str, at: &str, status: &str, configuration: Value, tags: Value) -> Value {
    json!({"configurationItemVersion": "1.3", "configurationItemCaptureTime": at, "configurationItemStatus": status,
           "awsAccountId": ACCOUNT, "awsRegion": "eu-central-1", "resourceType": ty, "resourceId": id,
           "tags": tags, "configuration": configuration})
}

#[test]
fn config_items_tell_the_same_and_the_newest_counts() {
    let mut naming = Naming::default();
    let mut add = |ty: &str, id: &str, at: &str, status: &str, configuration: Value, tags: Value| {
        let body = config(ty, id, at, status, configuration, tags);
        assert!(naming.add(CONFIG, ty, &body, "", ""), "{ty}");
    };
    let vpc = |name: &str| json!({"Name": name});
    let block = json!({"vpcId": "vpc-0a", "cidrBlock": "10.0.0.0/16", "tags": []});
    add(
        "AWS::EC2::VPC",
        "vpc-0a",
        "2026-02-01T00:00:00.000Z",
        "OK",
        block.clone(),
        vpc("new"),
    );
    add(
        "AWS::EC2::VPC",
        "vpc-0a",
        "2026-01-01T00:00:00.000Z",
        "OK",
        block,
        vpc("old"),
    );
    let subnet = json!({"subnetId": "subnet-0a", "vpcId": "vpc-0a", "cidrBlock": "10.0.1.0/24",
                        "tags": [{"key": "Name", "value": "apps"}]});
    // The command line gives configurations as texts.
    let subnet = json!(subnet.to_string());
    add(
        "AWS::EC2::Subnet",
        "subnet-0a",
        "2026-01-01T00:00:00.000Z",
        "OK",
        subnet,
        json!({}),
    );
    let of = |id: &str| {
        json!({"networkInterfaceId": id, "vpcId": "vpc-0a", "subnetId": "subnet-0a", "privateIpAddress": "10.0.1.9",
               "privateIpAddresses": [{"primary": true, "privateIpAddress": "10.0.1.9"}],
               "attachment": {"instanceId": id.replace("eni", "i")}})
    };
    for id in ["eni-0old", "eni-0new"] {
        add(
            "AWS::EC2::NetworkInterface",
            id,
            "2026-01-01T00:00:00.000Z",
            "OK",
            of(id),
            json!({}),
        );
    }
    let deleted = "2026-01-02T00:00:00.000Z";
    add(
        "AWS::EC2::NetworkInterface",
        "eni-0old",
        deleted,
        "ResourceDeleted",
        Value::Null,
        json!({}),
    );
    let instance = json!({"instanceId": "i-0new", "placement": {"availabilityZone": "eu-central-1a"},
                          "networkInterfaces": [{"networkInterfaceId": "eni-0new", "privateIpAddress": "10.0.1.9"}]});
    add(
        "AWS::EC2::Instance",
        "i-0new",
        "2026-01-01T00:00:00.000Z",
        "OK",
        instance,
        json!({"Name": "app"}),
    );
    assert_eq!(
        path(&naming, "10.0.1.9", &NOWHERE),
        "111122223333 > new > apps > app"
    );
    let seen = Hint {
        interface: "eni-0old",
        ..NOWHERE
    };
    assert_eq!(
        path(&naming, "10.0.1.9", &seen),
        "111122223333 > new > apps > i-0old"
    );
}

#[test]
fn a_peering_tells_the_other_sides_network() {
    let mut naming = two_subnets();
    let side = |vpc: &str, owner: &str, cidr: &str| json!({"CidrBlock": cidr, "CidrBlockSet": [{"CidrBlock": cidr}], "OwnerId": owner, "VpcId": vpc, "Region": "eu-west-1"});
    inventory(
        &mut naming,
        "VpcPeeringConnection",
        json!({"VpcPeeringConnectionId": "pcx-0a", "RequesterVpcInfo": side("vpc-0a", ACCOUNT, "10.0.0.0/16"),
               "AccepterVpcInfo": side("vpc-0c", OTHER, "172.20.0.0/16")}),
    );
    assert_eq!(path(&naming, "172.20.3.4", &NOWHERE), "444455556666 > vpc-0c");
    assert_eq!(path(&naming, "10.0.99.1", &NOWHERE), "Production > prod");
}

#[test]
fn what_tells_nothing_is_not_taken_in() {
    let mut naming = Naming::default();
    for (ty, body) in [
        ("SecurityGroup", json!({"GroupId": "sg-0a"})),
        ("Vpc", json!({"CidrBlock": "10.0.0.0/16"})),
        ("Vpc", json!("text")),
        ("NetworkInterface", Value::Null),
    ] {
        assert!(!naming.add(INVENTORY, ty, &body, "", ""), "{ty}");
    }
    assert!(naming.is_empty());
    // Values of other types are left out.
    let odd = json!({"NetworkInterfaceId": "eni-0a", "PrivateIpAddress": 7, "PrivateIpAddresses": {"a": 1},
                     "Ipv6Addresses": ["x", {"Ipv6Address": "no"}], "Attachment": [], "TagSet": "Name"});
    assert!(naming.add(INVENTORY, "NetworkInterface", &odd, "", ""));
    let vpc = json!({"VpcId": "vpc-0a", "CidrBlock": "10.0.0.0/99", "CidrBlockAssociationSet": [3]});
    assert!(naming.add(INVENTORY, "Vpc", &vpc, "", ""));
    assert_eq!(
        path(&naming, "10.0.0.1", &NOWHERE),
        "Private, not described > 10.0.0.0/24"
    );
}
