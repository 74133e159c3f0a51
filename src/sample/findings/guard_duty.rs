//! GuardDuty: what it saw of the night.

use crate::sample::story::*;
use crate::sample::{SampleFile, file, printed};
use serde_json::{Value, json};

pub fn findings() -> SampleFile {
    let detector = "a1b2c3d4e5f60718293a4b5c6d7e8f90";
    let remote = json!({"IpAddressV4": INTRUDER, "Country": {"CountryName": "Documentation"}});
    let key = json!({
        "ResourceType": "AccessKey",
        "AccessKeyDetails": {"AccessKeyId": LEAKED_KEY, "PrincipalId": "AIDACKCEVSQ6C2EXAMPLE", "UserName": "ci-deploy",
                             "UserType": "IAMUser"},
    });
    let instance = json!({"ResourceType": "Instance", "InstanceDetails": {"InstanceId": BASTION_INSTANCE}});
    let call = |api: &str, service: &str| {
        json!({"ActionType": "AWS_API_CALL", "AwsApiCallAction": {"Api": api, "ServiceName": service,
               "CallerType": "Remote IP", "RemoteIpDetails": remote}})
    };
    let network = |action: &str, port: i64| {
        json!({"ActionType": "NETWORK_CONNECTION", "NetworkConnectionAction": {"ConnectionDirection": action,
               "Protocol": "TCP", "RemoteIpDetails": remote, "LocalPortDetails": {"Port": port}}})
    };
    let rows = [
        (
            "PenTest:IAMUser/KaliLinux",
            5.0,
            "API GetCallerIdentity was invoked from a Kali Linux computer.",
            "2026-11-11T01:22:30.000Z",
            key.clone(),
            call("GetCallerIdentity", "sts.amazonaws.com"),
            62,
        ),
        (
            "Discovery:IAMUser/AnomalousBehavior",
            2.0,
            "User ci-deploy invoked discovery APIs in an unusual way.",
            "2026-11-11T01:34:05.000Z",
            key,
            call("ListUsers", "iam.amazonaws.com"),
            60,
        ),
        (
            "UnauthorizedAccess:EC2/SSHBruteForce",
            8.0,
            "Instance bastion-1 is the target of SSH attempts.",
            "2026-11-11T01:41:17.000Z",
            instance.clone(),
            network("INBOUND", 22),
            84,
        ),
        (
            "Behavior:EC2/TrafficVolumeUnusual",
            5.0,
            "Instance bastion-1 sends an unusual amount of traffic.",
            "2026-11-11T02:58:44.000Z",
            instance,
            network("OUTBOUND", 443),
            158,
        ),
    ];
    let findings: Vec<Value> = rows
        .into_iter()
        .enumerate()
        .map(|(n, (ty, severity, title, time, resource, action, count))| {
            let id = format!("{:032x}", 0x1cc0_ffee_0000_u64 + n as u64);
            json!({
                "SchemaVersion": "2.0",
                "AccountId": ACCOUNT,
                "Region": HOME,
                "Partition": "aws",
                "Id": id,
                "Arn": format!("arn:aws:guardduty:{HOME}:{ACCOUNT}:detector/{detector}/finding/{id}"),
                "Type": ty,
                "Resource": resource,
                "Service": {"ServiceName": "guardduty", "DetectorId": detector, "Action": action, "Archived": false,
                            "Count": count, "EventFirstSeen": time, "EventLastSeen": time},
                "Severity": severity,
                "CreatedAt": time,
                "UpdatedAt": time,
                "Title": title,
                "Description": title,
            })
        })
        .collect();
    let name = "cli/guardduty-get-findings.json".to_owned();
    file(
        name,
        "guardduty",
        findings.len(),
        printed(&json!({"Findings": findings})),
    )
}
