//! The words for what is not known, and for who and where.

use super::Missing;
use super::net::Cidr;
use super::security::Open;
use super::side::Side;
use std::collections::BTreeSet;
use std::net::IpAddr;

const INTERFACES: &str =
    "aws ec2 describe-network-interfaces, or AWS Config items of AWS::EC2::NetworkInterface";
const GROUPS: &str = "aws ec2 describe-security-groups, or AWS Config items of AWS::EC2::SecurityGroup";
const ACLS: &str = "aws ec2 describe-network-acls, or AWS Config items of AWS::EC2::NetworkAcl";

/// Something that is not known, as data; [`Gap::told`] has the words.
#[derive(Clone, Copy, Debug)]
pub(super) enum Gap<'a> {
    Direction,
    Interface(&'a str),
    Groups(&'a str),
    GroupsOfInterface,
    Subnet(&'a str),
    Acl(&'a str),
    Open(Open<'a>, IpAddr),
    Began,
    WhoBegan,
    Changes { inbound: bool, acl: bool },
    Reply,
    Host(IpAddr),
    OtherEnd(IpAddr),
    Records(&'a str),
    Addresses,
    Reason(&'a str),
    Route,
}

impl Gap<'_> {
    pub fn told(self) -> Missing {
        let (what, told_by) = match self {
            Gap::Direction => (
                "Which way the packets went at the interface".to_owned(),
                format!("the field flow-direction (version 5 of the flow log); {INTERFACES}"),
            ),
            Gap::Interface(id) => (format!("Which security groups {id} has"), INTERFACES.to_owned()),
            Gap::Groups(id) => (format!("What {id} allows"), GROUPS.to_owned()),
            Gap::GroupsOfInterface => ("What these security groups allow".to_owned(), GROUPS.to_owned()),
            Gap::Subnet(id) => (
                format!("Which subnet {id} is in, and what its network ACL says"),
                format!("{INTERFACES}, or the field subnet-id; {ACLS}"),
            ),
            Gap::Acl(subnet) => (format!("What the network ACL of {subnet} says"), ACLS.to_owned()),
            Gap::Open(Open::Members(group), peer) => (format!("Whether {peer} has {group}"), INTERFACES.to_owned()),
            Gap::Open(Open::List(list), _) => (
                format!("Which addresses {list} holds"),
                format!("aws ec2 get-managed-prefix-list-entries --prefix-list-id {list}, or for AWS's own lists aws ec2 describe-prefix-lists"),
            ),
            Gap::Open(Open::IcmpType, _) => (
                "The type of the ICMP messages".to_owned(),
                "a packet capture at the host; flow logs do not record it".to_owned(),
            ),
            Gap::Open(Open::Ports, _) => (
                "The single ports".to_owned(),
                "the fields protocol, srcport and dstport of the records".to_owned(),
            ),
            Gap::Began => (
                "How and when the connection began".to_owned(),
                "flow logs from before, or the idle timeout of the interface's connection tracking (aws ec2 describe-network-interfaces)".to_owned(),
            ),
            Gap::WhoBegan => (
                "Which end began".to_owned(),
                "the field tcp-flags (version 3 of the flow log)".to_owned(),
            ),
            Gap::Changes { inbound, acl } => {
                let way = if inbound { "Ingress" } else { "Egress" };
                let entries = "ReplaceNetworkAclEntry, CreateNetworkAclEntry and ReplaceNetworkAclAssociation";
                let events = if acl {
                    entries.to_owned()
                } else {
                    format!("AuthorizeSecurityGroup{way}, RevokeSecurityGroup{way}, ModifySecurityGroupRules, {entries}")
                };
                (
                    "What the rules were at the time of the traffic".to_owned(),
                    format!("CloudTrail events {events}; or the history of AWS Config"),
                )
            }
            Gap::Reply => (
                "Whether there was a reply".to_owned(),
                "a flow log with traffic type ALL of this interface, all of its records in this time".to_owned(),
            ),
            Gap::Host(address) => (
                format!("Whether a firewall on {address} dropped it, or its reply went another way"),
                "the host's own firewall and logs, its route tables".to_owned(),
            ),
            Gap::OtherEnd(address) => (
                format!("Whether it arrived at {address}"),
                format!("the flow log of {address}'s interface"),
            ),
            Gap::Records(id) => (
                format!("What {id}'s skipped records held"),
                "nothing: SKIPDATA says that they are lost".to_owned(),
            ),
            Gap::Reason(reason) => (
                format!("What the reject-reason {reason} stands for"),
                "the documentation of the field reject-reason (version 8 of the flow log)".to_owned(),
            ),
            Gap::Addresses => (
                "Which addresses it was between".to_owned(),
                "the fields srcaddr and dstaddr of the records".to_owned(),
            ),
            Gap::Route => (
                "Which route was taken or is missing".to_owned(),
                "aws ec2 search-transit-gateway-routes, by the route table of the attachment the packets came from".to_owned(),
            ),
        };
        Missing { what, told_by }
    }
}

/// `eni-1 (i-1)`, `eni-1 (NAT gateway)`
pub(super) fn place(side: &Side<'_>) -> String {
    let Some(id) = side.interface else {
        return match side.own {
            Some(own) if side.inbound.is_some() => format!("the interface of {own}"),
            _ => "an interface that is not recorded".to_owned(),
        };
    };
    let it = side.described.map(|d| &d.it);
    let belongs = it.and_then(|it| {
        it.service()
            .or_else(|| Some(it.owner.clone()).filter(|o| !o.is_empty()))
    });
    belongs.map_or_else(|| id.to_owned(), |of| format!("{id} ({of})"))
}

/// `10.0.3.7`, `2 addresses (10.0.3.7 and others)`
pub(super) fn addresses(all: &BTreeSet<IpAddr>) -> String {
    match (all.len(), all.first()) {
        (_, None) => "an address that is not recorded".to_owned(),
        (1, Some(one)) => one.to_string(),
        (n, Some(one)) => format!(
            "{} addresses, among them {one}",
            crate::base::size::count(n as u64)
        ),
    }
}

/// The range for a rule that would take them.
pub(super) fn range(all: &BTreeSet<IpAddr>, subnet: Option<Cidr>) -> String {
    const MANY: usize = 3;
    match (all.len(), subnet) {
        (2.., Some(range)) => range.to_string(),
        (n, _) => {
            let some: Vec<String> = all.iter().take(MANY).map(|a| Cidr::of(*a).to_string()).collect();
            let more = if n > MANY {
                format!(" and {} more", n - MANY)
            } else {
                String::new()
            };
            format!("{}{more}", some.join(", "))
        }
    }
}
