//! Names of files.

use crate::base::time::{MINUTE, iso};
use crate::posture::Seen;
use crate::posture::key::{Balancer, Delivered, KeyError, What, gaps, read};
use crate::posture::seen::Whose;
use proptest::prelude::*;

fn told(path: &str) -> (What, String, String, String, String) {
    let Delivered {
        what,
        account,
        region,
        organization,
        at_ns,
    } = read(path).unwrap_or_else(|e| panic!("{path}: {e}"));
    let [account, region, organization] = [account, region, organization].map(Option::unwrap_or_default);
    (
        what,
        account,
        region,
        organization,
        at_ns.map(iso).unwrap_or_default(),
    )
}

#[test]
fn names_as_aws_documents_them() {
    const A: &str = "111122223333";
    let cases = [
        (
            "prefix/AWSLogs/o-exampleorg/111122223333/CloudTrail/us-east-2/2026/11/11/111122223333_CloudTrail_us-east-2_20261111T0210Z_Mu0KsOhtH1ar15ZZ.json.gz",
            (
                What::CloudTrail,
                A,
                "us-east-2",
                "o-exampleorg",
                "2026-11-11T02:10:00Z",
            ),
        ),
        (
            "111122223333_CloudTrail_us-gov-west-1_20261111T0210Z_Mu0KsOhtH1ar15ZZ.json.gz",
            (What::CloudTrail, A, "us-gov-west-1", "", "2026-11-11T02:10:00Z"),
        ),
        (
            "AWSLogs/111122223333/CloudTrail-Digest/us-east-2/2026/11/11/111122223333_CloudTrail-Digest_us-east-2_my_trail_us-east-1_20261111T020501Z.json.gz",
            (What::Digest, A, "us-east-2", "", "2026-11-11T02:05:01Z"),
        ),
        (
            "AWSLogs/111122223333/vpcflowlogs/us-east-1/2026/11/11/111122223333_vpcflowlogs_us-east-1_fl-1234abcd_20261111T1620Z_fe123456.log.gz",
            (What::VpcFlow, A, "us-east-1", "", "2026-11-11T16:20:00Z"),
        ),
        (
            "AWSLogs/aws-account-id=111122223333/aws-service=vpcflowlogs/aws-region=us-east-1/year=2026/month=11/day=11/111122223333_vpcflowlogs_us-east-1_fl-1234abcd_20261111T1620Z_fe123456.log.parquet",
            (What::VpcFlow, A, "us-east-1", "", "2026-11-11T16:20:00Z"),
        ),
        (
            "AWSLogs/111122223333/Config/us-east-2/2026/9/27/ConfigHistory/111122223333_Config_us-east-2_ConfigHistory_AWS::CloudTrail::Trail_20260927T195818Z_20260927T195819Z_1.json.gz",
            (What::Config, A, "us-east-2", "", "2026-09-27T19:58:19Z"),
        ),
        (
            "AWSLogs/111122223333/Config/us-east-2/2026/9/27/ConfigSnapshot/111122223333_Config_us-east-2_ConfigSnapshot_20260927T195818Z_01234567-89ab-cdef-0123-456789abcdef.json.gz",
            (What::Config, A, "us-east-2", "", "2026-09-27T19:58:18Z"),
        ),
        (
            "AWSLogs/111122223333/elasticloadbalancing/us-east-2/2026/11/11/111122223333_elasticloadbalancing_us-east-2_app.my-lb.1234567890abcdef_20261111T2340Z_192.0.2.1_20sg8hgm.log.gz",
            (
                What::Balancer(Balancer::Application),
                A,
                "us-east-2",
                "",
                "2026-11-11T23:40:00Z",
            ),
        ),
        (
            "AWSLogs/111122223333/elasticloadbalancing/us-east-2/2026/11/11/conn_log.111122223333_elasticloadbalancing_us-east-2_app.my-lb.1234567890abcdef_20261111T2340Z_192.0.2.1_20sg8hgm.log.gz",
            (
                What::Balancer(Balancer::Connections),
                A,
                "us-east-2",
                "",
                "2026-11-11T23:40:00Z",
            ),
        ),
        (
            "111122223333_elasticloadbalancing_us-east-2_net.my-lb.1234567890abcdef_20261111T2340Z_20sg8hgm.log.gz",
            (
                What::Balancer(Balancer::Network),
                A,
                "us-east-2",
                "",
                "2026-11-11T23:40:00Z",
            ),
        ),
        (
            "111122223333_elasticloadbalancing_us-east-2_my-classic_20261111T2340Z_192.0.2.1_20sg8hgm.log",
            (
                What::Balancer(Balancer::Classic),
                A,
                "us-east-2",
                "",
                "2026-11-11T23:40:00Z",
            ),
        ),
        (
            "AWSLogs/111122223333/vpcdnsquerylogs/vpc-1a2b/2026/11/11/111122223333_vpcdnsquerylogs_vpc-1a2b_20261111T0005Z_a1b2c3d4.log.gz",
            (What::ResolverQuery, A, "", "", "2026-11-11T00:05:00Z"),
        ),
        (
            "AWSLogs/111122223333/GuardDuty/us-east-1/2026/11/11/01234567-89ab-cdef-0123-456789abcdef.jsonl.gz",
            (What::GuardDuty, A, "us-east-1", "", ""),
        ),
        (
            "logs/my-bucket2026-11-11-00-38-00-A1206F460EXAMPLE",
            (What::S3Access, "", "", "", "2026-11-11T00:38:00Z"),
        ),
        (
            "cf/EMLARXS9EXAMPLE.2026-11-11-20.RT4KCN4SGK9.gz",
            (What::CloudFront, "", "", "", "2026-11-11T20:00:00Z"),
        ),
    ];
    for (path, (what, account, region, organization, at)) in cases {
        let expected = (
            what,
            account.to_owned(),
            region.to_owned(),
            organization.to_owned(),
            at.to_owned(),
        );
        assert_eq!(told(path), expected, "{path}");
    }
}

#[test]
fn near_misses_are_told() {
    let conventional = |path: &str| matches!(read(path), Err(KeyError::Unconventional { .. }));
    // No time, a 13th month, another ending, no region.
    assert!(conventional(
        "111122223333_CloudTrail_us-east-2_Mu0KsOhtH1ar15ZZ.json.gz"
    ));
    assert!(conventional(
        "111122223333_CloudTrail_us-east-2_20261311T0210Z_Mu0KsOhtH1ar15ZZ.json.gz"
    ));
    assert!(conventional(
        "111122223333_CloudTrail_us-east-2_20261111T0210Z_Mu0KsOhtH1ar15ZZ (1).json.gz"
    ));
    assert!(conventional(
        "111122223333_vpcflowlogs_fl-1_20261111T0210Z_a1.log.gz"
    ));
    // In a service's folder.
    assert!(conventional(
        "AWSLogs/111122223333/CloudTrail/us-east-2/2026/11/11/renamed.json.gz"
    ));
    for path in [
        "",
        "logs.zip",
        "export (1).json",
        "2026-11-11.log",
        "é_€_½.json",
        "123_CloudTrail_x",
    ] {
        assert_eq!(read(path), Err(KeyError::Unknown), "{path}");
    }
    let moved = "AWSLogs/444455556666/CloudTrail/us-east-2/2026/11/11/111122223333_CloudTrail_us-east-2_20261111T0210Z_Mu0KsOhtH1ar15ZZ.json.gz";
    assert_eq!(read(moved), Err(KeyError::Folders));
}

#[test]
fn files_are_counted_with_whose_records_they_hold() {
    let mut seen = Seen::default();
    let whose = |account: &str, region: &str| Whose {
        account: account.to_owned(),
        region: region.to_owned(),
        kind: "cloudtrail".to_owned(),
    };
    let name = "111122223333_CloudTrail_us-east-2_20261111T0210Z_Mu0KsOhtH1ar15ZZ.json.gz";
    seen.add_file(&Whose::default(), name);
    seen.add_file(&whose("111122223333", "us-east-2"), "renamed.json");
    seen.add_file(&whose("444455556666", "us-east-2"), name);
    let counts: Vec<_> = seen
        .files
        .iter()
        .map(|(w, f)| {
            (
                w.account.as_str(),
                f.files,
                f.named,
                f.unnamed.len(),
                f.elsewhere.len(),
            )
        })
        .collect();
    assert_eq!(
        counts,
        [("111122223333", 2, 1, 1, 0), ("444455556666", 1, 1, 0, 1)]
    );

    let mut twice = seen.clone();
    twice.merge(seen.clone());
    assert_eq!(twice.files.len(), 2);
    assert_eq!(twice.files.iter().map(|(_, f)| f.files).sum::<u64>(), 6);
}

proptest! {
    #[test]
    fn no_name_panics(path in ".{0,80}") {
        let _ = read(&path);
    }

    #[test]
    fn no_name_of_a_services_parts_panics(parts in prop::collection::vec(
        prop::sample::select(vec![
            "111122223333", "_", "/", "CloudTrail", "us-east-1", "20261111T0210Z", "AWSLogs", "vpcflowlogs", ".json.gz",
            "conn_log.", "-", "2026-11-11-00-05-00", "é", "fl-1", "Config", "ConfigHistory", "AWS::S3::Bucket", "aws-region=",
        ]), 0..14)) {
        let _ = read(&parts.concat());
    }

    #[test]
    fn written_names_are_read(
        account in "[0-9]{12}", minute in 0u32..1440, unique in "[A-Za-z0-9]{16}",
        region in prop::sample::select(vec!["us-east-1", "eu-central-1", "us-gov-east-1", "ap-southeast-4"]),
    ) {
        let time = format!("20261111T{:02}{:02}Z", minute / 60, minute % 60);
        let path = format!("AWSLogs/{account}/CloudTrail/{region}/2026/11/11/{account}_CloudTrail_{region}_{time}_{unique}.json.gz");
        let read = read(&path).expect("a name as documented");
        prop_assert_eq!(read.what, What::CloudTrail);
        prop_assert_eq!(read.account.as_deref(), Some(account.as_str()));
        prop_assert_eq!(read.region.as_deref(), Some(region));
        prop_assert_eq!(read.at_ns.map(|at| at / MINUTE % 1440), Some(i64::from(minute)));
    }

    #[test]
    fn gaps_are_between_neighbours(mut times in prop::collection::vec(0i64..10_000, 0..50), apart in 1i64..200) {
        times.sort_unstable();
        for gap in gaps(&times, apart) {
            prop_assert!(gap.width_ns() > apart);
            prop_assert!(!times.iter().any(|t| gap.from_ns < *t && *t < gap.to_ns));
        }
    }
}
