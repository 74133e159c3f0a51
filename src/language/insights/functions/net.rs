//! Addresses and networks.

use super::{Clock, text_of};
use crate::language::insights::value::Value;
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

fn address(args: &[Value]) -> Option<IpAddr> {
    text_of(args, 0)?.parse().ok()
}

fn is<'a>(args: &[Value<'a>], test: impl FnOnce(IpAddr) -> bool) -> Value<'a> {
    address(args).is_some_and(test).into()
}

pub fn is_ip<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    is(args, |_| true)
}

pub fn is_v4<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    is(args, |ip| ip.is_ipv4())
}

pub fn is_v6<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    is(args, |ip| ip.is_ipv6())
}

/// Host bits of the network are ignored. An address alone is no network.
fn subnet(args: &[Value]) -> Option<IpNet> {
    text_of(args, 1)?.parse().ok()
}

pub fn in_subnet<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    is(args, |ip| subnet(args).is_some_and(|net| net.contains(&ip)))
}

pub fn v4_in_subnet<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    is(args, |ip| {
        ip.is_ipv4() && subnet(args).is_some_and(|net| net.contains(&ip))
    })
}

pub fn v6_in_subnet<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    is(args, |ip| {
        ip.is_ipv6() && subnet(args).is_some_and(|net| net.contains(&ip))
    })
}

pub fn v4_to_number<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    match address(args) {
        Some(IpAddr::V4(ip)) => Value::Int(i64::from(u32::from(ip))),
        _ => Value::Absent,
    }
}

const fn v4(a: u8, b: u8, c: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, 0), prefix)
}

const fn v6(first: u16, second: u16, prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(first, second, 0, 0, 0, 0, 0, 0), prefix)
}

/// RFC 1918.
const PRIVATE: &[Ipv4Net] = &[v4(10, 0, 0, 8), v4(172, 16, 0, 12), v4(192, 168, 0, 16)];

/// IANA's special-purpose registries, as far as no packet of the internet bears them.
const RESERVED: &[Ipv4Net] = &[
    v4(0, 0, 0, 8),
    v4(100, 64, 0, 10),
    v4(127, 0, 0, 8),
    v4(169, 254, 0, 16),
    v4(192, 0, 0, 24),
    v4(192, 0, 2, 24),
    v4(198, 18, 0, 15),
    v4(198, 51, 100, 24),
    v4(203, 0, 113, 24),
    v4(224, 0, 0, 4),
    v4(240, 0, 0, 4),
];

const RESERVED_V6: &[Ipv6Net] = &[
    v6(0, 0, 127), // :: and ::1
    v6(0xfe80, 0, 10),
    v6(0xff00, 0, 8),
    v6(0x2001, 0xdb8, 32),
];

fn private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => PRIVATE.iter().any(|net| net.contains(&ip)),
        IpAddr::V6(ip) => v6(0xfc00, 0, 7).contains(&ip),
    }
}

fn reserved(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => RESERVED.iter().any(|net| net.contains(&ip)),
        IpAddr::V6(ip) => RESERVED_V6.iter().any(|net| net.contains(&ip)),
    }
}

pub fn is_private<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    is(args, private)
}

pub fn is_reserved<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    is(args, reserved)
}

pub fn is_public<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    is(args, |ip| !private(ip) && !reserved(ip))
}
