use super::super::mmdb::MARKER;
use super::writer::city_database;
use super::*;

#[test]
fn files_are_recognised_by_what_is_in_them() {
    let aws = br#"{ "syncToken": "1", "createDate": "2026-01-01-00-00-00", "prefixes": [ {
        "ip_prefix": "192.0.2.0/24", "region": "eu-west-1", "service": "S3", "network_border_group": "eu-west-1" }"#;
    for (name, head, kind) in [
        ("download", &aws[..], Some(NamingKind::AwsRanges)),
        ("GeoLite2-City.mmdb", b"\0\0\x01\0\0\x02", Some(NamingKind::Mmdb)),
        ("n.csv", b"cidr,name\n10.0.0.0/8,Ours\n", Some(NamingKind::Table)),
        (
            "n.txt",
            b"# ours\n10.0.0.0/8;Ours\n192.0.2.1;Jump host\n",
            Some(NamingKind::Table),
        ),
        (
            "n",
            b"192.0.2.1\tjump host\n192.0.2.2\tmail\n",
            Some(NamingKind::Table),
        ),
        (
            "n.csv",
            b"\xEF\xBB\xBFname,range\r\nLab,10.0.0.0-10.0.0.7\r\n",
            Some(NamingKind::Table),
        ),
    ] {
        assert_eq!(recognise(name, head), kind, "{name}");
    }
    assert_eq!(recognise("small", &city_database()), Some(NamingKind::Mmdb));
    assert_eq!(
        recognise_tail(&[&[0; 99], MARKER].concat()),
        Some(NamingKind::Mmdb)
    );
    assert_eq!(recognise_tail(b"MaxMind.com"), None);
}

#[test]
fn logs_and_other_files_are_not_taken_for_names() {
    for (name, head) in [
        (
            "access",
            "192.0.2.1 - - [10/Oct/2026:13:55:36 +0000] \"GET / HTTP/1.1\" 200 23 \"-\" \"a, b\"\n",
        ),
        (
            "flow",
            "2 111122223333 eni-0a 10.0.0.1 10.0.0.2 443 4711 6 1 40 1700000000 1700000060 ACCEPT OK\n",
        ),
        ("list", "192.0.2.1\n192.0.2.0/24\n"),
        (
            "ips.csv",
            "192.0.2.1,2026-01-01T00:00:00Z,GET\n192.0.2.2,2026-01-01T00:00:01Z,GET\n",
        ),
        ("ips.csv", "192.0.2.1,443,ACCEPT\n192.0.2.2,443,ACCEPT\n"),
        ("ips.csv", "192.0.2.1,198.51.100.1,tcp\n"),
        ("ips.csv", "192.0.2.1,GET,/index\n192.0.2.2,GET,/about\n"),
        ("ips.csv", "192.0.2.1,login\n192.0.2.1,logout\n192.0.2.1,login\n"),
        ("ips.csv", "alice,192.0.2.1\nbob,192.0.2.2\n"),
        ("ips.csv", "ip,name,time\n192.0.2.1,alice,1\n192.0.2.1,alice,2\n"),
        ("ips.csv", "cidr,name\n"),
        ("ips.csv", "10.0.0.0/8,Ours\nsomething else,Ours\n"),
        ("x.log", "10.0.0.0/8,Ours\n"),
        ("x.json", "{\"prefixes\": [{\"cidr\": \"10.0.0.0/8\"}]}"),
        (
            "x.json",
            "{\"Vpcs\": [{\"CidrBlock\": \"10.0.0.0/8\", \"note\": \"prefixes ip_prefix syncToken\"}]}",
        ),
        ("x.mmdb", "text"),
        ("empty", ""),
    ] {
        assert_eq!(recognise(name, head.as_bytes()), None, "{name}: {head}");
    }
    assert_eq!(recognise("n.csv", b"10.0.0.0/8,B\xFCro\n"), None);
}

/// A head ends anywhere.
#[test]
fn a_head_may_end_in_the_middle_of_a_line_or_character() {
    let text: String = (0..999)
        .map(|i| format!("10.{}.{}.0/24,Büro {i}\n", i / 256, i % 256))
        .collect();
    for len in 4096..4160 {
        assert_eq!(
            recognise("n.csv", &text.as_bytes()[..len]),
            Some(NamingKind::Table),
            "{len}"
        );
    }
}
