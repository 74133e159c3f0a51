//! What several kinds of the sample tell: who, where, when.

use super::random::Random;
use crate::base::time::{DAY, HOUR, MINUTE, SECOND, civil, days_from_civil, iso};

pub const ACCOUNT: &str = "111122223333";
pub const HOME: &str = "eu-central-1";
/// Where the account did nothing before.
pub const FOREIGN: &str = "eu-west-1";
/// Where console sign-ins are logged.
pub const GLOBAL: &str = "us-east-1";

pub const LEAKED_KEY: &str = "AKIAIOSFODNN7EXAMPLE";
/// Made when the leaked one was switched off.
pub const ROTATED_KEY: &str = "AKIAI44QH8DHBEXAMPLE";

pub const OFFICE: &str = "198.51.100.10";
pub const BUILD_SERVER: &str = "198.51.100.130";
/// Where the leaked key is used from and the data goes to.
pub const INTRUDER: &str = "203.0.113.66";
/// The address behind which the instances call AWS.
pub const NAT_PUBLIC: &str = "192.0.2.40";

pub const VPC: &str = "vpc-0d4e5f6a7b8c9d0e1";
pub const GROUP: &str = "sg-0a1b2c3d4e5f60718";
pub const BASTION_INSTANCE: &str = "i-0b1c2d3e4f5a60789";
pub const BUCKET: &str = "example-customer-exports";

/// The event that opened the group, which AWS Config names too.
pub const OPENED_EVENT: &str = "6f1c9c1e-4b1d-4d8e-9a53-0c7e2b9f4a61";
pub const CLOSED_EVENT: &str = "c2a7d5b0-93e4-4f0a-8b6d-51e8f0a3d712";

/// Bytes that leave through the opened group.
pub const TRANSFER: i64 = 38_600_000_000;

/// The sample's first day, a Monday.
pub const FIRST_DAY: u32 = 9;
pub const DAYS: usize = 5;
/// Hours in a file of events or flows.
pub const FILE_HOURS: i64 = 12;
/// Such files in all.
pub const HALVES: usize = DAYS * 2;

/// A time in November 2026, in nanoseconds.
pub fn at(day: u32, hour: i64, minute: i64, second: i64) -> i64 {
    days_from_civil(2026, 11, day) * DAY + hour * HOUR + minute * MINUTE + second * SECOND
}

/// When the half day of this number begins.
pub fn half_start(half: usize) -> i64 {
    at(FIRST_DAY, 0, 0, 0) + half as i64 * FILE_HOURS * HOUR
}

/// People are at work.
pub fn busy(t: i64) -> bool {
    (6..18).contains(&civil(t).hour)
}

/// `2026/11/09`, as in paths.
pub fn day_path(t: i64) -> String {
    iso(t)[..10].replace('-', "/")
}

/// `20261109T0000Z`, as in file names.
pub fn stamp(t: i64) -> String {
    let text = iso(t);
    format!(
        "{}T{}{}Z",
        text[..10].replace('-', ""),
        &text[11..13],
        &text[14..16]
    )
}

/// A machine in the network.
#[derive(Clone, Debug)]
pub struct Host {
    pub name: String,
    pub address: String,
    pub interface: String,
    /// `None` for interfaces that AWS services hold.
    pub instance: Option<String>,
    pub subnet: &'static str,
    pub zone: &'static str,
}

const SUBNETS: [(&str, &str); 3] = [
    ("subnet-0a10a10a10a10a10a", "euc1-az1"),
    ("subnet-0b11b11b11b11b11b", "euc1-az2"),
    ("subnet-0c12c12c12c12c12c", "euc1-az3"),
];

/// All machines; the bastion comes first.
pub fn hosts() -> Vec<Host> {
    // Name, how many, subnet's third octet, last octet of the first, whether they are instances.
    const ROLES: [(&str, i64, usize, i64, bool); 7] = [
        ("bastion", 1, 0, 23, true),
        ("web", 2, 0, 10, true),
        ("nat", 1, 0, 5, false),
        ("app", 8, 1, 11, true),
        ("worker", 10, 1, 31, true),
        ("db", 2, 2, 20, false),
        ("cache", 1, 2, 30, false),
    ];
    let mut random = Random::new(0x7261_696c);
    let mut hosts = Vec::new();
    for (role, count, net, first, runs) in ROLES {
        for n in 0..count {
            let (subnet, zone) = SUBNETS[net];
            let instance = match role {
                "bastion" => BASTION_INSTANCE.to_owned(),
                _ => format!("i-0{}", random.hex(16)),
            };
            hosts.push(Host {
                name: format!("{role}-{}", n + 1),
                address: format!("10.20.{net}.{}", first + n),
                interface: format!("eni-0{}", random.hex(16)),
                instance: runs.then_some(instance),
                subnet,
                zone,
            });
        }
    }
    hosts
}
