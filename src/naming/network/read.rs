//! Takes described things apart: which networks, interfaces and owners do they tell of?

use super::item::{Item, addr, first, get, list, text};
use super::owner::{Owner, OwnerKind, of_interface};
use super::{Described, Interface, Subnet, Vpc, newest};
use crate::naming::ranges::parse_net;
use ipnet::IpNet;
use serde_json::Value;

/// The inventory's name of a type, Config's names of it, the key of its id, and what is read of it.
struct Reader {
    inventory: &'static str,
    config: &'static [&'static str],
    id: &'static str,
    read: fn(&mut Described, &Item<'_>, &str),
}

const fn reader(
    inventory: &'static str,
    config: &'static [&'static str],
    id: &'static str,
    read: fn(&mut Described, &Item<'_>, &str),
) -> Reader {
    Reader {
        inventory,
        config,
        id,
        read,
    }
}

const READERS: &[Reader] = &[
    reader("Account", &["AWS::Organizations::Account"], "Id", account),
    reader("Vpc", &["AWS::EC2::VPC"], "VpcId", vpc),
    reader("Subnet", &["AWS::EC2::Subnet"], "SubnetId", subnet),
    reader(
        "NetworkInterface",
        &["AWS::EC2::NetworkInterface"],
        "NetworkInterfaceId",
        interface,
    ),
    reader("Instance", &["AWS::EC2::Instance"], "InstanceId", instance),
    reader(
        "NatGateway",
        &["AWS::EC2::NatGateway"],
        "NatGatewayId",
        nat_gateway,
    ),
    reader(
        "VpcEndpoint",
        &["AWS::EC2::VPCEndpoint"],
        "VpcEndpointId",
        endpoint,
    ),
    reader(
        "LoadBalancer",
        &[
            "AWS::ElasticLoadBalancingV2::LoadBalancer",
            "AWS::ElasticLoadBalancing::LoadBalancer",
        ],
        "LoadBalancerName",
        load_balancer,
    ),
    reader("Address", &["AWS::EC2::EIP"], "AllocationId", elastic_ip),
    reader(
        "VpcPeeringConnection",
        &["AWS::EC2::VPCPeeringConnection"],
        "VpcPeeringConnectionId",
        peering,
    ),
    reader(
        "FileSystem",
        &["AWS::EFS::FileSystem"],
        "FileSystemId",
        file_system,
    ),
    reader("MountTarget", &[], "MountTargetId", mount_target),
];

/// Whether the type is one that tells of networks or their owners.
pub(super) fn knows(item_type: &str) -> bool {
    find(item_type).is_some()
}

fn find(item_type: &str) -> Option<&'static Reader> {
    let named = |r: &&Reader| r.inventory == item_type || r.config.contains(&item_type);
    READERS.iter().find(named)
}

/// Whether something was read.
pub(super) fn read(told: &mut Described, item_type: &str, item: &Item<'_>) -> bool {
    let Some(reader) = find(item_type) else {
        return false;
    };
    if item.deleted {
        // What was is still told of older logs, where nothing that is has the address.
        let id = first([item.resource_id, item.text(reader.id)]);
        return !id.is_empty() && told.gone.insert(id.to_owned());
    }
    let id = item.text(reader.id).to_owned();
    if id.is_empty() {
        return false;
    }
    (reader.read)(told, item, &id);
    true
}

fn account(told: &mut Described, item: &Item<'_>, id: &str) {
    let name = item.text("Name");
    if !name.is_empty() {
        told.accounts.insert(id.to_owned(), name.to_owned());
    }
}

/// Networks, of the text itself and of those in a list; each once.
fn nets<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<IpNet> {
    let mut nets = Vec::new();
    for net in texts.into_iter().filter_map(parse_net) {
        if !nets.contains(&net) {
            nets.push(net);
        }
    }
    nets
}

fn cidrs<'a>(body: &'a Value, lists: &[(&str, &'a str)]) -> Vec<IpNet> {
    let own = text(body, "CidrBlock");
    let listed = lists.iter().flat_map(|(key, field)| {
        list(body, key)
            .iter()
            .filter(|e| in_use(e))
            .map(|e| text(e, field))
    });
    nets(std::iter::once(own).chain(listed))
}

/// Blocks that were taken off a VPC or subnet are told for a while.
fn in_use(association: &Value) -> bool {
    let state =
        first(["CidrBlockState.State", "Ipv6CidrBlockState.State"].map(|path| text(association, path)));
    !matches!(state, "disassociated" | "failed" | "failing")
}

fn vpc(told: &mut Described, item: &Item<'_>, id: &str) {
    let blocks = [
        ("CidrBlockAssociationSet", "CidrBlock"),
        ("Ipv6CidrBlockAssociationSet", "Ipv6CidrBlock"),
    ];
    // There is one in each Region.
    let default = match (item.flag("IsDefault"), item.region()) {
        (Some(true), region) if region.is_empty() => "default VPC".to_owned(),
        (Some(true), region) => format!("default VPC, {region}"),
        _ => String::new(),
    };
    let vpc = Vpc {
        id: id.to_owned(),
        name: first([item.tag_name(), &default]).to_owned(),
        account: item.account(),
        region: item.region(),
        nets: cidrs(item.body(), &blocks),
        at: item.at,
    };
    newest(&mut told.vpcs, id, vpc, |old| old.at);
}

fn subnet(told: &mut Described, item: &Item<'_>, id: &str) {
    let blocks = [("Ipv6CidrBlockAssociationSet", "Ipv6CidrBlock")];
    let subnet = Subnet {
        id: id.to_owned(),
        name: item.tag_name().to_owned(),
        vpc: item.text("VpcId").to_owned(),
        account: item.account(),
        region: item.region(),
        zone: item.text("AvailabilityZone").to_owned(),
        nets: cidrs(item.body(), &blocks),
        at: item.at,
    };
    newest(&mut told.subnets, id, subnet, |old| old.at);
}

/// An interface as its own description, an instance or nothing else tells it.
fn interface_of(item: &Item<'_>, body: &Value, id: &str) -> Interface {
    let mut found = Interface {
        id: id.to_owned(),
        description: text(body, "Description").to_owned(),
        subnet: text(body, "SubnetId").to_owned(),
        vpc: text(body, "VpcId").to_owned(),
        account: item.account(),
        region: item.region(),
        at: item.at,
        ..Interface::default()
    };
    let private = list(body, "PrivateIpAddresses");
    for held in std::iter::once(body).chain(private) {
        found.take(addr(held, "PrivateIpAddress"));
        for path in [
            "Association.PublicIp",
            "Association.CarrierIp",
            "Association.CustomerOwnedIp",
        ] {
            found.take(addr(held, path));
        }
    }
    for held in list(body, "Ipv6Addresses") {
        found.take(addr(held, "Ipv6Address"));
    }
    let prefixes = [("Ipv4Prefixes", "Ipv4Prefix"), ("Ipv6Prefixes", "Ipv6Prefix")];
    for (key, field) in prefixes {
        found
            .prefixes
            .extend(nets(list(body, key).iter().map(|held| text(held, field))));
    }
    found
}

fn interface(told: &mut Described, item: &Item<'_>, id: &str) {
    let mut found = interface_of(item, item.body(), id);
    found.name = item.tag_name().to_owned();
    found.owner = of_interface(item);
    newest(&mut told.interfaces, id, found, |old| old.at);
}

fn instance(told: &mut Described, item: &Item<'_>, id: &str) {
    let zone = item.text("Placement.AvailabilityZone");
    let region = first([
        &*item.region(),
        zone.trim_end_matches(|c: char| c.is_ascii_lowercase()),
    ])
    .to_owned();
    told.resource(item, OwnerKind::Instance, id, item.tag_name(), &region);
    let owner = Some(Owner::new(OwnerKind::Instance, id));
    let interfaces = item.list("NetworkInterfaces");
    for body in interfaces {
        let eni = text(body, "NetworkInterfaceId");
        if !eni.is_empty() {
            let mut part = interface_of(item, body, eni);
            part.owner = owner.clone();
            part.account = first([text(body, "OwnerId"), &part.account]).to_owned();
            part.region.clone_from(&region);
            told.part(part);
        }
    }
    if interfaces.is_empty() {
        let mut part = interface_of(item, item.body(), id);
        part.take(addr(item.body(), "PublicIpAddress"));
        part.take(addr(item.body(), "Ipv6Address"));
        part.owner = owner;
        part.stands_in = true;
        told.part(part);
    }
}

/// The interfaces that a resource names as its own, without telling more of them.
fn part_of(item: &Item<'_>, id: &str, owner: Owner) -> Interface {
    Interface {
        id: id.to_owned(),
        vpc: item.text("VpcId").to_owned(),
        subnet: item.text("SubnetId").to_owned(),
        account: item.account(),
        region: item.region(),
        owner: Some(owner),
        at: item.at,
        ..Interface::default()
    }
}

fn nat_gateway(told: &mut Described, item: &Item<'_>, id: &str) {
    told.resource(item, OwnerKind::NatGateway, id, item.tag_name(), "");
    for body in item.list("NatGatewayAddresses") {
        let eni = text(body, "NetworkInterfaceId");
        let owner = Owner::new(OwnerKind::NatGateway, id);
        let mut part = part_of(item, first([eni, id]), owner);
        part.stands_in = eni.is_empty();
        part.take(addr(body, "PrivateIp"));
        part.take(addr(body, "PublicIp"));
        told.part(part);
    }
}

fn endpoint(told: &mut Described, item: &Item<'_>, id: &str) {
    // `com.amazonaws.eu-central-1.secretsmanager`
    let service = item.text("ServiceName");
    let short = service
        .strip_prefix("com.amazonaws.")
        .and_then(|s| s.split_once('.'));
    let service = short.map_or(service, |(_, service)| service);
    let name = match item.tag_name() {
        "" => service.to_owned(),
        name if service.is_empty() => name.to_owned(),
        name => format!("{name} ({service})"),
    };
    told.resource(item, OwnerKind::VpcEndpoint, id, &name, "");
    for eni in item.list("NetworkInterfaceIds").iter().filter_map(Value::as_str) {
        let owner = Owner::new(OwnerKind::VpcEndpoint, id);
        let mut part = part_of(item, eni, owner);
        part.subnet = String::new();
        told.part(part);
    }
}

fn load_balancer(told: &mut Described, item: &Item<'_>, name: &str) {
    // The ARN ends like the description of the balancer's interfaces: `app/web/50dc6c495c0c9188`.
    let arn = item.text("LoadBalancerArn").split_once(":loadbalancer/");
    let id = arn.map_or(name, |(_, id)| id);
    told.resource(item, OwnerKind::LoadBalancer, id, name, "");
    for zone in item.list("AvailabilityZones") {
        for (i, body) in list(zone, "LoadBalancerAddresses").iter().enumerate() {
            let subnet = text(zone, "SubnetId");
            let owner = Owner::new(OwnerKind::LoadBalancer, id);
            let mut part = part_of(item, &format!("{id}/{subnet}/{i}"), owner);
            part.subnet = subnet.to_owned();
            part.stands_in = true;
            for path in ["IpAddress", "PrivateIPv4Address", "IPv6Address"] {
                part.take(addr(body, path));
            }
            told.part(part);
        }
    }
}

fn elastic_ip(told: &mut Described, item: &Item<'_>, id: &str) {
    told.resource(item, OwnerKind::ElasticIp, id, item.tag_name(), "");
    let eni = item.text("NetworkInterfaceId");
    let instance = item.text("InstanceId");
    let mut part = part_of(item, first([eni, id]), Owner::new(OwnerKind::ElasticIp, id));
    part.stands_in = eni.is_empty();
    part.owner = match (eni.is_empty(), instance.is_empty()) {
        (_, false) => Some(Owner::new(OwnerKind::Instance, instance)),
        // The interface belongs to something else, which its own description tells.
        (false, true) => None,
        (true, true) => part.owner,
    };
    part.account = first([item.text("NetworkInterfaceOwnerId"), &part.account]).to_owned();
    part.take(addr(item.body(), "PublicIp"));
    part.take(addr(item.body(), "PrivateIpAddress"));
    told.part(part);
}

/// Both sides of a peering, the other account's too, whose VPC nobody else describes.
fn peering(told: &mut Described, item: &Item<'_>, _: &str) {
    for side in ["AccepterVpcInfo", "RequesterVpcInfo"] {
        let Some(side) = get(item.body(), side) else {
            continue;
        };
        let blocks = [
            ("CidrBlockSet", "CidrBlock"),
            ("Ipv6CidrBlockSet", "Ipv6CidrBlock"),
        ];
        let id = text(side, "VpcId");
        if !id.is_empty() {
            let vpc = Vpc {
                id: id.to_owned(),
                name: String::new(),
                account: text(side, "OwnerId").to_owned(),
                region: text(side, "Region").to_owned(),
                nets: cidrs(side, &blocks),
                // Less than any description of the VPC itself.
                at: i64::MIN,
            };
            newest(&mut told.vpcs, id, vpc, |old| old.at);
        }
    }
}

fn file_system(told: &mut Described, item: &Item<'_>, id: &str) {
    let name = first([item.tag_name(), item.text("Name")]).to_owned();
    told.resource(item, OwnerKind::Efs, id, &name, "");
}

fn mount_target(told: &mut Described, item: &Item<'_>, id: &str) {
    let owner = Owner::new(OwnerKind::Efs, item.text("FileSystemId"));
    let eni = item.text("NetworkInterfaceId");
    let mut part = part_of(item, first([eni, id]), owner);
    part.stands_in = eni.is_empty();
    part.take(addr(item.body(), "IpAddress"));
    told.part(part);
}
