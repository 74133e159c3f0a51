//! Who is told to come from outside, and who almost is.

use super::super::conversations::{Between, How, Outcome, Sent};
use super::*;
use crate::naming::SourceKind;
use crate::views::whose::names_networks;

fn way(flows: Amount, bytes: Amount, span: (i64, i64)) -> Way {
    Way {
        flows,
        bytes,
        packets: flows,
        span: Some(span),
    }
}

/// A conversation of which so many flows were let pass and so many rejected.
fn asks(client: &str, server: &str, port: i64, accepted: Amount, rejected: Amount) -> Conversation {
    let refused = match rejected {
        0 => Way::default(),
        n => way(n, n * 40, (50, 60)),
    };
    let passed = match accepted {
        0 => Way::default(),
        n => way(n, n * 100, (10, 20)),
    };
    Conversation {
        between: Between {
            client: client.into(),
            server: server.into(),
            protocol: Some(6),
            port: Some(port),
        },
        request: Sent {
            accepted: passed,
            rejected: refused,
        },
        reply: Sent::default(),
        rejected: refused,
        outcome: Outcome::NoReply,
        how: How::Ports,
        interfaces: 1,
        span: Some((10, 60)),
    }
}

/// 10.0.0.0/16 and 203.0.113.0/24 have names; 198.51.100.0/24 is AWS's.
fn whose(ip: IpAddr) -> Whose {
    let text = ip.to_string();
    match () {
        () if text.starts_with("10.0.") || text.starts_with("203.0.113.") => Whose::Named,
        () if text.starts_with("198.51.100.") => Whose::Aws,
        () => Whose::Nobodys,
    }
}

fn found(list: Vec<Conversation>) -> Outside {
    let mut joined = Joined::default();
    joined.list = list;
    outside(&joined, whose)
}

fn addresses(list: &[Source]) -> Vec<&str> {
    list.iter().map(|s| s.address.as_str()).collect()
}

#[test]
fn what_was_let_pass_and_what_was_rejected_stand_apart() {
    let out = found(vec![
        asks("192.0.2.7", "10.0.0.5", 443, 3, 0),
        asks("192.0.2.7", "10.0.0.5", 22, 0, 5),
        asks("192.0.2.7", "10.0.0.6", 3389, 1, 1),
        asks("192.0.2.8", "10.0.0.5", 443, 9, 0),
    ]);
    assert_eq!(addresses(&out.accepted), ["192.0.2.8", "192.0.2.7"]);
    assert_eq!(addresses(&out.rejected), ["192.0.2.7"]);
    let (passed, refused) = (&out.accepted[1], &out.rejected[0]);
    assert_eq!(
        (passed.flows, passed.bytes, passed.span),
        (4, 400, Some((10, 20)))
    );
    assert_eq!(
        (refused.flows, refused.bytes, refused.span),
        (6, 240, Some((50, 60)))
    );
    assert_eq!(
        passed.says(),
        "4 flows to tcp/3389 rdp, tcp/443 https of 2 addresses"
    );
    assert_eq!(
        refused.says(),
        "6 flows to tcp/22 ssh, tcp/3389 rdp of 2 addresses"
    );
    assert_eq!(
        crate::query::text::write(&refused.filter()),
        "srcaddr = 192.0.2.7 and dstport in (22, 3389) and action = REJECT"
    );
    assert_eq!(out.besides(), None);
}

#[test]
fn named_sources_are_not_listed_and_those_of_aws_are_counted() {
    let out = found(vec![
        asks("203.0.113.9", "10.0.0.5", 443, 3, 0),
        asks("10.0.0.9", "10.0.0.5", 443, 3, 0),
        asks("198.51.100.1", "10.0.0.5", 443, 3, 0),
        asks("198.51.100.1", "10.0.0.5", 22, 0, 3),
        asks("198.51.100.2", "10.0.0.5", 443, 3, 0),
    ]);
    assert_eq!((out.accepted.len(), out.rejected.len(), out.of_aws), (0, 0, 2));
    assert_eq!(
        out.besides().as_deref(),
        Some("Not listed: 2 sources that AWS's ranges name.")
    );
}

#[test]
fn only_what_reaches_inside_is_listed() {
    let out = found(vec![
        // A private server that nobody named is inside as well.
        asks("192.0.2.7", "10.9.0.1", 443, 1, 0),
        // A private source in no named network: into one, and among its own kind.
        asks("10.9.0.2", "10.0.0.5", 443, 2, 0),
        asks("10.9.0.3", "10.9.0.1", 443, 3, 0),
        // On the way out, and between two strangers.
        asks("10.9.0.4", "203.0.113.9", 443, 4, 0),
        asks("10.9.0.5", "192.0.2.7", 443, 5, 0),
        asks("192.0.2.8", "192.0.2.7", 443, 6, 0),
        // A named network of public addresses.
        asks("192.0.2.9", "203.0.113.9", 443, 7, 0),
    ]);
    assert_eq!(addresses(&out.accepted), ["192.0.2.9", "10.9.0.2", "192.0.2.7"]);
}

#[test]
fn where_it_is_a_guess_who_serves_nobody_is_said_to_have_asked() {
    let guess = |client: &str, server: &str| Conversation {
        how: How::LowerPort,
        ..asks(client, server, 20_001, 3, 0)
    };
    let out = found(vec![
        guess("192.0.2.7", "10.0.0.5"),
        guess("10.0.0.5", "192.0.2.8"),
        guess("10.0.0.5", "10.0.0.6"),
    ]);
    assert!(out.accepted.is_empty());
    assert_eq!(
        out.besides().as_deref(),
        Some("Not listed: 6 flows whose serving side is not known.")
    );
}

#[test]
fn places_and_special_ranges_are_no_networks_names() {
    for kind in [SourceKind::Table, SourceKind::Inventory] {
        assert_eq!(Whose::of(Some(kind)), Whose::Named);
        assert!(names_networks(kind));
    }
    assert_eq!(Whose::of(Some(SourceKind::AwsRanges)), Whose::Aws);
    assert!(names_networks(SourceKind::AwsRanges));
    for kind in [SourceKind::Mmdb, SourceKind::Special] {
        assert_eq!(Whose::of(Some(kind)), Whose::Nobodys);
        assert!(!names_networks(kind));
    }
    assert_eq!(Whose::of(None), Whose::Nobodys);
}

#[test]
fn many_ports_are_counted_and_filtered_by_the_source_alone() {
    let many: Vec<Conversation> = (1..=30)
        .map(|port| asks("192.0.2.7", "10.0.0.5", 50_000 + port, 0, 1))
        .collect();
    let out = found(many);
    assert_eq!(
        out.rejected[0].says(),
        "30 flows to tcp/50001, tcp/50002, tcp/50003, tcp/50004 and 26 other services of 10.0.0.5"
    );
    assert_eq!(
        crate::query::text::write(&out.rejected[0].filter()),
        "srcaddr = 192.0.2.7 and action = REJECT"
    );
}
