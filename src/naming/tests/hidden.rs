//! What a shared file names when something is left out of it.

use super::sources::{list, ranges};
use super::writer::{asn_database, city_database};
use super::*;

/// Two VPCs with the same addresses, an instance's interface in the first, and every other source.
fn all() -> Naming {
    let mut naming = two_subnets();
    let other = json!({"VpcId": "vpc-0b", "OwnerId": OTHER, "CidrBlock": "10.0.0.0/16", "Tags": tag("lab")});
    inventory(&mut naming, "Vpc", other);
    let eni = json!({"NetworkInterfaceId": "eni-0web", "SubnetId": "subnet-0prv", "VpcId": "vpc-0a", "OwnerId": ACCOUNT,
        "Attachment": {"InstanceId": "i-0web"}, "TagSet": tag("web-1"),
        "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.2.10", "Association": {"PublicIp": "198.51.100.10"}}]});
    inventory(&mut naming, "NetworkInterface", eni);
    inventory(
        &mut naming,
        "Instance",
        json!({"InstanceId": "i-0web", "VpcId": "vpc-0a", "Tags": tag("web-1"), "NetworkInterfaces": []}),
    );
    naming.tables = list("203.0.113.0/28,Office,of Bob\n203.0.113.7,Desk of Bob\n").tables;
    naming.aws = ranges().aws;
    naming
        .read(NamingKind::Mmdb, "city.mmdb", city_database())
        .unwrap();
    naming.read(NamingKind::Mmdb, "asn.mmdb", asn_database()).unwrap();
    naming
}

const SHOWN: [&str; 5] = [
    "10.0.2.10",
    "10.0.2.77",
    "203.0.113.7",
    "198.51.100.10",
    "198.51.100.99",
];

/// What is carried of the addresses shown where none of these words may be told, and the text of it.
fn without(hidden: &[&str]) -> (Naming, String) {
    let slim = all().slim(&SHOWN.map(ip), &[ACCOUNT]);
    let words = |text: &str| {
        let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '-' && c != '.');
        words.any(|w| hidden.contains(&w)) || hidden.contains(&text)
    };
    let slim = slim.without(&words);
    let text = serde_json::to_string(&slim).unwrap();
    for word in hidden {
        assert!(!text.contains(word), "{word}: {text}");
    }
    (Naming::from(slim), text)
}

fn names(naming: &Naming) -> [String; 5] {
    SHOWN.map(|addr| called(naming, addr))
}

#[test]
fn where_nothing_is_left_out_everything_is_named() {
    let (again, _) = without(&[]);
    assert_eq!(names(&again), names(&all()));
    let seen = Hint {
        vpc: "vpc-0a",
        ..Hint::default()
    };
    for addr in SHOWN.map(ip) {
        assert_eq!(again.group_path(addr, &seen), all().group_path(addr, &seen));
    }
    let told: Vec<(String, Option<u64>)> = again
        .sources()
        .into_iter()
        .map(|told| (told.what, told.entries))
        .collect();
    assert_eq!(told[0], ("List of networks".to_owned(), Some(2)));
    assert!(told.len() >= 3, "{told:?}");
}

#[test]
fn an_interface_goes_with_its_id_and_its_owner_and_leaves_its_subnet() {
    for hidden in ["eni-0web", "i-0web"] {
        let (again, text) = without(&[hidden]);
        assert!(!text.contains("web-1"), "{text}");
        assert_eq!(called(&again, "198.51.100.10"), "AWS S3, eu-central-1");
        // Its address stands in its own subnet still, and in no other VPC's network.
        assert_eq!(called(&again, "10.0.2.10"), "Subnet private-a", "{hidden}");
    }
    // A near miss: another thing's id.
    let near = all().slim(&SHOWN.map(ip), &[]).without(&|text| text == "eni-0we");
    assert_eq!(called(&Naming::from(near), "10.0.2.10"), "web-1");
}

#[test]
fn what_is_left_out_does_not_make_an_address_another_network_s() {
    let (again, text) = without(&["vpc-0a"]);
    assert!(
        !text.contains("private-a") && !text.contains("\"prod\""),
        "{text}"
    );
    // Before, either VPC could have been meant: it is not the other one now.
    assert_eq!(called(&again, "10.0.2.77"), "");
    assert!(
        again
            .network()
            .vpc("vpc-0b")
            .is_some_and(|vpc| vpc.nets.is_empty())
    );
    // The interface is known by its own id.
    assert_eq!(called(&again, "10.0.2.10"), "web-1");
    let name = again.name(ip("10.0.2.10"), &Hint::default()).unwrap();
    assert!(!name.detail.contains("vpc-"), "{}", name.detail);
    // The other way round the first VPC keeps what is in its subnet.
    let (again, _) = without(&["vpc-0b"]);
    assert_eq!(called(&again, "10.0.2.10"), "web-1");
    assert_eq!(called(&again, "10.0.2.77"), "");
}

#[test]
fn an_account_a_region_and_a_word_go_wherever_they_stand() {
    let (again, text) = without(&[ACCOUNT]);
    assert!(!text.contains("Production"), "{text}");
    assert_eq!(called(&again, "10.0.2.10"), "web-1");
    // A zone's name would tell the Region's.
    let (again, text) = without(&["eu-central-1"]);
    assert!(!text.contains("eu-central-1"), "{text}");
    assert_eq!(called(&again, "10.0.2.10"), "web-1");
    assert_eq!(called(&again, "198.51.100.99"), "Berlin, Germany");
    let (again, _) = without(&["Bob"]);
    let name = again.name(ip("203.0.113.7"), &Hint::default()).unwrap();
    assert_eq!(
        (name.text.as_str(), name.detail.as_str()),
        ("Office", "203.0.113.0/28")
    );
}

#[test]
fn an_address_that_is_left_out_is_named_by_nothing_of_its_own() {
    let (again, text) = without(&["203.0.113.7", "10.0.2.10"]);
    assert!(!text.contains("Desk"), "{text}");
    assert_eq!(called(&again, "203.0.113.7"), "Office");
    assert!(
        again
            .network()
            .interface("eni-0web")
            .is_none_or(|i| i.addrs == [ip("198.51.100.10")])
    );
}

#[test]
fn a_place_goes_as_a_whole() {
    let place = |hidden: &[&str]| {
        let slim = all().slim(&[ip("192.0.2.1"), ip("198.51.100.10")], &[]);
        let slim = slim.without(&|text| hidden.contains(&text));
        serde_json::to_value(&slim).unwrap()["places"].to_string()
    };
    let known = place(&[]);
    assert!(
        known.contains("Germany") && known.contains("Example Networks"),
        "{known}"
    );
    for hidden in ["DE", "Germany", "Berlin"] {
        let told = place(&[hidden]);
        assert!(
            !told.contains("Germany") && !told.contains("Berlin"),
            "{hidden}: {told}"
        );
    }
    for hidden in ["64496", "AS64496", "Example Networks"] {
        let told = place(&[hidden]);
        assert!(!told.contains("64496"), "{hidden}: {told}");
    }
}

#[test]
fn sources_that_name_nothing_are_not_told() {
    let naming = all();
    // Nothing that is described has this address.
    let slim = naming.slim(&[ip("203.0.113.7")], &[]).without(&|_| false);
    let of = |slim: &Slim| -> Vec<SourceKind> { slim.sources.iter().map(|told| told.kind).collect() };
    assert_eq!(
        of(&slim),
        [
            SourceKind::Table,
            SourceKind::AwsRanges,
            SourceKind::Mmdb,
            SourceKind::Mmdb
        ]
    );
    let slim = slim.without(&|text| text == "networks.csv");
    assert_eq!(slim.sources[0].file, "");
    let nothing = naming.slim(&[ip("8.8.8.8")], &[]).without(&|_| false);
    assert!(nothing.is_empty() && nothing.sources.is_empty());
    let noted = slim.noted("the first 2");
    assert!(noted.sources.iter().all(|told| told.note == "the first 2"));
}

#[test]
fn what_a_shared_file_brought_outlasts_what_it_describes_itself() {
    let mut naming = without(&[]).0;
    naming.forget_described();
    assert_eq!(called(&naming, "10.0.2.10"), "web-1");
    let renamed = json!({"NetworkInterfaceId": "eni-0web", "SubnetId": "subnet-0prv", "VpcId": "vpc-0a",
        "OwnerId": ACCOUNT, "PrivateIpAddress": "10.0.2.10", "TagSet": tag("web-2")});
    inventory(&mut naming, "NetworkInterface", renamed);
    assert_eq!(called(&naming, "10.0.2.10"), "web-2");
    naming.forget_described();
    assert_eq!(called(&naming, "10.0.2.10"), "web-1");
}
