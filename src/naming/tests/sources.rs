//! AWS's ranges and the person's list.

use super::super::aws::AwsRanges;
use super::super::table::Table;
use super::*;

const RANGES: &str = r#"{
  "syncToken": "1700000000",
  "createDate": "2023-11-14-22-13-20",
  "prefixes": [
    {"ip_prefix": "198.51.100.0/22", "region": "eu-central-1", "service": "AMAZON", "network_border_group": "eu-central-1"},
    {"ip_prefix": "198.51.100.0/22", "region": "eu-central-1", "service": "EC2", "network_border_group": "eu-central-1"},
    {"ip_prefix": "198.51.100.0/24", "region": "eu-central-1", "service": "AMAZON", "network_border_group": "eu-central-1"},
    {"ip_prefix": "198.51.100.0/24", "region": "eu-central-1", "service": "S3", "network_border_group": "eu-central-1-ham-1"},
    {"ip_prefix": "198.51.100.0/24", "region": "eu-central-1", "service": "EC2", "network_border_group": "eu-central-1"},
    {"ip_prefix": "198.51.100.16/28", "region": "eu-central-1", "service": "AMAZON", "network_border_group": "eu-central-1"},
    {"ip_prefix": "203.0.113.0/24", "region": "GLOBAL", "service": "CLOUDFRONT", "network_border_group": "GLOBAL"},
    {"ip_prefix": "192.0.2.0/24", "region": "us-east-1", "service": "AMAZON", "network_border_group": "us-east-1"}
  ],
  "ipv6_prefixes": [
    {"ipv6_prefix": "2001:db8:5::/48", "region": "us-west-2", "service": "DYNAMODB", "network_border_group": "us-west-2"}
  ]
}"#;

pub(super) fn ranges() -> Naming {
    let mut naming = Naming::default();
    naming
        .read(NamingKind::AwsRanges, "ip-ranges.json", RANGES.into())
        .unwrap();
    naming
}

pub(super) fn list(text: &str) -> Naming {
    let mut naming = Naming::default();
    naming
        .read(NamingKind::Table, "networks.csv", text.into())
        .unwrap();
    naming
}

#[test]
fn the_most_specific_service_is_told() {
    let naming = ranges();
    for (addr, name) in [
        ("198.51.100.1", "AWS S3, eu-central-1"),
        // Narrower, and only told of as all of AWS.
        ("198.51.100.17", "AWS S3, eu-central-1"),
        ("198.51.101.1", "AWS EC2, eu-central-1"),
        ("203.0.113.9", "AWS CLOUDFRONT, global"),
        ("192.0.2.9", "AWS, us-east-1"),
        ("2001:db8:5::1", "AWS DYNAMODB, us-west-2"),
        ("::ffff:192.0.2.9", "AWS, us-east-1"),
        ("8.8.8.8", ""),
    ] {
        assert_eq!(called(&naming, addr), name, "{addr}");
    }
    let aws = naming.aws(ip("198.51.100.17")).unwrap();
    assert_eq!(naming.aws_services(ip("198.51.100.17")), ["S3", "EC2", "AMAZON"]);
    assert_eq!(
        (aws.region, aws.border_group),
        ("eu-central-1", "eu-central-1-ham-1")
    );
    let detail = naming.name(ip("198.51.100.1"), &Hint::default()).unwrap().detail;
    assert_eq!(
        detail,
        "198.51.100.0/24, also EC2, AMAZON, network border group eu-central-1-ham-1"
    );
    let here = path(&naming, "198.51.100.1", &Hint::default());
    assert_eq!(here, "Internet > AWS S3 > eu-central-1");
    let told = naming.sources();
    assert_eq!(
        (told[0].entries, told[0].of),
        (Some(6), Some(1_700_000_000_000_000_000))
    );
}

#[test]
fn damaged_entries_are_counted_and_told_where() {
    let text = RANGES
        .replace("203.0.113.0/24", "203.0.113.0/33")
        .replace("\"DYNAMODB\"", "7");
    let (_, told) = AwsRanges::read("r", text.as_bytes()).unwrap();
    let rejected: Vec<(&str, u64, &str)> = told
        .rejected
        .iter()
        .map(|r| (&*r.reason, r.count, &*r.first[0]))
        .collect();
    assert_eq!(
        rejected,
        [
            ("no network in CIDR notation", 1, "prefixes[6].ip_prefix"),
            ("no service is named", 1, "ipv6_prefixes[0].service")
        ]
    );
}

#[test]
fn no_ranges_at_all_is_an_error_that_says_where() {
    let problem = |text: &str| {
        AwsRanges::read("r.json", text.as_bytes())
            .map(|_| ())
            .unwrap_err()
    };
    assert_eq!(problem(" \n").problem, Problem::Empty);
    let cut = problem(&RANGES[..400]).to_string();
    assert!(cut.starts_with("r.json: not JSON at line 7, column"), "{cut}");
    assert!(matches!(
        problem("{}").problem,
        Problem::Missing { path: "prefixes", .. }
    ));
    assert!(matches!(
        problem(r#"{"prefixes": 3}"#).problem,
        Problem::Missing { path: "prefixes", .. }
    ));
    assert_eq!(problem(r#"{"prefixes": []}"#).problem, Problem::Empty);
    let none = problem(r#"{"prefixes": [null, {"ip_prefix": "2001:db8::/32"}]}"#);
    assert_eq!(
        none.to_string(),
        "r.json: no entry could be used; the first, prefixes[0].ip_prefix: no network in CIDR notation"
    );
}

#[test]
fn lists_in_many_spellings_read_the_same() {
    for text in [
        "10.1.0.0/16,Office\n10.1.2.0/24,Lab\n",
        "cidr,name\n10.1.0.0/16,Office\n10.1.2.0/24,Lab",
        "Name;Network\r\nOffice;10.1.0.0/16\r\nLab;10.1.2.0/24\r\n",
        "\u{feff}# ours\n\nIP Range\tDescription\n10.1.0.0-10.1.255.255\tOffice\n10.1.2.7/24\tLab\n",
        "# no header\n\"10.1.0.0/16\" , \"Office\"\n  # one more\n10.1.2.0/24, Lab\n",
        "Office,10.1.0.0/16\nLab,10.1.2.0/24",
        "prefix,place\n10.1.0.0/16,Office\n10.1.2.0/24,Lab\n",
        "owner,label,cidr_block\n,Office,10.1.0.0/16\n,Lab,10.1.2.0/24\n",
    ] {
        let naming = list(text);
        assert_eq!(called(&naming, "10.1.2.3"), "Lab", "{text}");
        assert_eq!(called(&naming, "10.1.3.3"), "Office", "{text}");
        assert_eq!(called(&naming, "10.2.3.3"), "", "{text}");
        let here = path(&naming, "10.1.2.3", &Hint::default());
        assert_eq!(here, "Private, not described > Office > Lab", "{text}");
    }
}

#[test]
fn quotes_and_further_columns_are_kept() {
    let naming = list("cidr,name,site,contact\n2001:db8::/48,\"Lab, \"\"old\"\"\",Berlin,\n");
    let name = naming.name(ip("2001:db8::1"), &Hint::default()).unwrap();
    assert_eq!(name.text, "Lab, \"old\"");
    assert_eq!(name.detail, "Berlin, 2001:db8::/48");
}

#[test]
fn bad_lines_are_counted_and_good_ones_kept() {
    let text = "# comment\ncidr,name\n10.0.0.0/8,Ours\n10.0.0.0/33,Wide\n\nnothing\n10.1.0.0/16,\n\
                10.2.0.0/16,\"open\n10.0.0.0/8,Again\n10.3.0.0/16,Kept\n";
    let (_, told) = Table::read("n.csv", text.as_bytes()).unwrap();
    assert_eq!(told.entries, Some(2));
    let rejected: Vec<String> = told
        .rejected
        .iter()
        .map(|r| format!("{} {} {:?}", r.count, r.reason, r.first))
        .collect();
    assert_eq!(
        rejected,
        [
            "2 no network: write it as 10.0.0.0/16, as an address, or as first-last [\"line 4\", \"line 6\"]",
            "1 no name stands beside the network [\"line 7\"]",
            "1 a quotation mark is not closed on its line [\"line 8\"]",
            "1 a network with two names: the first is kept [\"10.0.0.0/8\"]",
        ]
    );
}

#[test]
fn a_list_without_a_name_is_an_error_that_says_what_to_do() {
    let told = |bytes: &[u8]| Table::read("n.csv", bytes).map(|_| ()).unwrap_err().to_string();
    assert!(told(b"# only this\n").contains("nothing in it"));
    assert!(told(b"cidr,vlan,site\n10.0.0.0/8,7,x\n").contains("line 1 names no column for the names"));
    assert!(told(b"\nname,vlan\nx,7\n").contains("line 2 names no column for the networks"));
    assert!(told(b"10.0.0.0/8,Ours\n10.1.0.0/16,B\xFCro\n").contains("line 2 is no UTF-8 text"));
    assert!(told(b"10.0.0.0/8\n").contains("line 1: no name stands beside the network"));
}
