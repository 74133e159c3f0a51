//! Which of several sources is heard, what is said without any, and what a shared file carries.

use super::sources::{list, ranges};
use super::writer::{asn_database, city_database};
use super::*;

#[test]
fn without_a_file_an_address_is_public_and_nobodys() {
    let naming = Naming::default();
    for (addr, name, here) in [
        ("3.5.140.2", "", "Internet > 3.5.0.0/16"),
        ("2600:1f14:aaaa::1", "", "Internet > 2600:1f14::/32"),
        ("10.1.2.3", "", "Private, not described > 10.1.2.0/24"),
        ("100.64.1.2", "", "Private, not described > 100.64.1.0/24"),
        (
            "169.254.169.254",
            "Instance metadata",
            "Special use > Instance metadata",
        ),
        ("127.0.0.1", "Loopback", "Special use > Loopback"),
        (
            "203.0.113.4",
            "Documentation (TEST-NET-3)",
            "Internet > Documentation (TEST-NET-3)",
        ),
    ] {
        assert_eq!(called(&naming, addr), name, "{addr}");
        assert_eq!(path(&naming, addr, &Hint::default()), here, "{addr}");
    }
    assert!(naming.sources().is_empty() && naming.is_empty());
}

/// Every source that knows 198.51.100.10.
fn all() -> Naming {
    let mut naming = two_subnets();
    let eni = json!({"NetworkInterfaceId": "eni-0web", "SubnetId": "subnet-0prv", "VpcId": "vpc-0a", "OwnerId": ACCOUNT,
        "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.2.10", "Association": {"PublicIp": "198.51.100.10"}}],
        "TagSet": tag("web-1")});
    inventory(&mut naming, "NetworkInterface", eni);
    naming.tables = list("198.51.100.0/24,Shop\n10.0.0.0/8,Ours,since 2020\n").tables;
    naming.aws = ranges().aws;
    naming
        .read(NamingKind::Mmdb, "city.mmdb", city_database())
        .unwrap();
    naming.read(NamingKind::Mmdb, "asn.mmdb", asn_database()).unwrap();
    naming
}

#[test]
fn the_persons_list_comes_first_and_databases_last() {
    let mut naming = all();
    let of: Vec<String> = naming.sources().into_iter().map(|told| told.what).collect();
    assert_eq!(
        of,
        [
            "List of networks",
            "Described network",
            "AWS IP ranges",
            "GeoLite2-City",
            "GeoLite2-ASN"
        ]
    );
    let said = |naming: &Naming| {
        let name = naming.name(ip("198.51.100.10"), &Hint::default()).unwrap();
        (name.source, name.text)
    };
    assert_eq!(said(&naming), (SourceKind::Table, "Shop".to_owned()));
    let detail = naming.name(ip("10.0.2.10"), &Hint::default()).unwrap().detail;
    assert!(
        detail.starts_with("since 2020, 10.0.0.0/8, web-1, interface eni-0web"),
        "{detail}"
    );
    // A list names, and does not take an address out of the network it stands in.
    assert_eq!(
        path(&naming, "10.0.2.10", &Hint::default()),
        "Production > prod > private-a > web-1"
    );
    assert!(naming.remove("networks.csv"));
    assert_eq!(said(&naming), (SourceKind::Inventory, "web-1".to_owned()));
    naming.forget_described();
    assert_eq!(
        said(&naming),
        (SourceKind::AwsRanges, "AWS S3, eu-central-1".to_owned())
    );
    assert!(naming.remove("ip-ranges.json"));
    assert_eq!(
        said(&naming),
        (SourceKind::Mmdb, "Example Networks, Germany".to_owned())
    );
    assert!(naming.remove("city.mmdb") && naming.remove("asn.mmdb"));
    assert_eq!(said(&naming).0, SourceKind::Special);
    assert!(!naming.remove("asn.mmdb"));
}

#[test]
fn of_two_lists_the_narrower_and_then_the_later_network_counts() {
    let mut naming = list("10.0.0.0/8,First\n10.1.0.0/16,Narrow\n");
    naming
        .read(NamingKind::Table, "later.csv", "10.0.0.0/8,Later\n".into())
        .unwrap();
    assert_eq!(called(&naming, "10.2.0.1"), "Later");
    assert_eq!(called(&naming, "10.1.0.1"), "Narrow");
    assert_eq!(
        path(&naming, "10.1.0.1", &Hint::default()),
        "Private, not described > Later > Narrow"
    );
    // The same file once more takes the place of the first.
    naming
        .read(NamingKind::Table, "later.csv", "10.0.0.0/8,Corrected\n".into())
        .unwrap();
    assert_eq!(
        (called(&naming, "10.2.0.1").as_str(), naming.sources().len()),
        ("Corrected", 2)
    );
}

#[test]
fn a_shared_file_names_its_own_addresses_as_before_and_no_others() {
    let naming = all();
    let shown = [
        "198.51.100.10",
        "198.51.100.99",
        "10.0.2.10",
        "10.0.2.77",
        "203.0.113.9",
        "127.0.0.1",
    ]
    .map(ip);
    let slim = naming.slim(&shown, &[]);
    let bytes = postcard::to_allocvec(&slim).unwrap();
    let carried: Slim = postcard::from_bytes(&bytes).unwrap();
    assert_eq!(carried, slim);
    let text = serde_json::to_string(&slim).unwrap();
    assert_eq!(serde_json::from_str::<Slim>(&text).unwrap(), slim);
    let again = Naming::from(carried);
    for hint in [
        Hint::default(),
        Hint {
            vpc: "vpc-0a",
            ..Hint::default()
        },
    ] {
        for addr in shown {
            assert_eq!(again.name(addr, &hint), naming.name(addr, &hint), "{addr}");
            assert_eq!(
                again.group_path(addr, &hint),
                naming.group_path(addr, &hint),
                "{addr}"
            );
        }
    }
    assert_eq!(again.account_name(ACCOUNT), Some("Production"));
    let of: Vec<String> = again.sources().into_iter().map(|told| told.what).collect();
    assert_eq!(
        of,
        naming
            .sources()
            .into_iter()
            .map(|told| told.what)
            .collect::<Vec<_>>()
    );
    for hidden in ["public-a", "subnet-0pub", "DYNAMODB", "us-east-1", "France"] {
        assert!(!text.contains(hidden), "{hidden}");
    }
    let nothing = serde_json::to_string(&naming.slim(&[], &[ACCOUNT])).unwrap();
    assert!(
        nothing.contains("Production") && !nothing.contains("vpc-0a") && !nothing.contains("Shop"),
        "{nothing}"
    );
}

#[test]
fn a_file_that_is_dropped_onto_a_shared_one_is_heard_too() {
    let mut naming = Naming::from(all().slim(&[ip("198.51.100.10")], &[]));
    naming
        .read(NamingKind::Table, "mine.csv", "192.0.2.0/24,Mine\n".into())
        .unwrap();
    assert_eq!(called(&naming, "192.0.2.1"), "Mine");
    assert_eq!(called(&naming, "198.51.100.10"), "Shop");
    assert_eq!(
        naming.sources().last().map(|told| told.file.as_str()),
        Some("mine.csv")
    );
}

#[test]
fn a_file_that_is_refused_leaves_everything_as_it_was() {
    let mut naming = list("10.0.0.0/8,Ours\n");
    for kind in [NamingKind::Table, NamingKind::AwsRanges, NamingKind::Mmdb] {
        let error = naming.read(kind, "networks.csv", b"?".to_vec()).unwrap_err();
        assert!(error.to_string().starts_with("networks.csv: "), "{error}");
    }
    assert_eq!(called(&naming, "10.0.0.1"), "Ours");
}
