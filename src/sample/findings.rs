//! Findings: Trusted Advisor, Security Hub, GuardDuty, Prowler, before and after the night.

use super::story::*;
use super::{SampleFile, file, printed};
use serde_json::{Value, json};

const RESULTS: usize = 7;
pub const FILES: usize = RESULTS + 4;

/// Trusted Advisor's checks: id, name, category, names of the metadata values.
const CHECKS: [(&str, &str, &str, &[&str]); 12] = [
    (
        PORTS,
        "Security Groups - Specific Ports Unrestricted",
        "security",
        &[
            "Region",
            "Security Group Name",
            "Security Group ID",
            "Protocol",
            "Status",
            "Ports",
        ],
    ),
    (
        EXPOSED,
        "Exposed Access Keys",
        "security",
        &[
            "Access Key ID",
            "User Name",
            "Fraud Type",
            "Case ID",
            "Time Updated",
            "Location",
            "Deadline",
            "Usage",
        ],
    ),
    (
        BUCKETS,
        "Amazon S3 Bucket Permissions",
        "security",
        &[
            "Region Name",
            "Region API Parameter",
            "Bucket Name",
            "ACL Allows List",
            "ACL Allows Upload/Delete",
            "Status",
            "Policy Allows Access",
        ],
    ),
    (ROOT_MFA, "MFA on Root Account", "security", &[]),
    (
        "vjafUGJ9H0",
        "AWS CloudTrail Logging",
        "security",
        &[
            "Region",
            "Trail Name",
            "Logging Status",
            "Bucket Name",
            "Last Delivery Date",
        ],
    ),
    (
        IDLE,
        "Low Utilization Amazon EC2 Instances",
        "cost_optimizing",
        &[
            "Region/AZ",
            "Instance ID",
            "Instance Name",
            "Instance Type",
            "Estimated Monthly Savings",
        ],
    ),
    (
        "Z4AUBRNSmz",
        "Unassociated Elastic IP Addresses",
        "cost_optimizing",
        &["Region", "IP Address"],
    ),
    (
        "H7IgTzjTYb",
        "Amazon EBS Snapshots",
        "fault_tolerance",
        &[
            "Region",
            "Volume ID",
            "Volume Name",
            "Snapshot ID",
            "Snapshot Name",
            "Snapshot Age",
            "Status",
        ],
    ),
    (
        "8CNsSllI5v",
        "Auto Scaling Group Resources",
        "fault_tolerance",
        &[
            "Region",
            "Auto Scaling Group Name",
            "Launch Configuration Name",
            "Resource Type",
            "Status",
            "Reason",
        ],
    ),
    (
        "ZRxQlPsb6c",
        "High Utilization Amazon EC2 Instances",
        "performance",
        &[
            "Region/AZ",
            "Instance ID",
            "Instance Name",
            "Instance Type",
            "Number of Days over 90% CPU Utilization",
        ],
    ),
    (
        LIMITS,
        "EC2 On-Demand Instances",
        "service_limits",
        &[
            "Region",
            "Service",
            "Limit Name",
            "Limit Amount",
            "Current Usage",
            "Status",
        ],
    ),
    (
        "L4dfs2Q4C5",
        "AWS Lambda Functions Using Deprecated Runtimes",
        "operational_excellence",
        &["Status", "Region", "Function ARN", "Runtime"],
    ),
];
const PORTS: &str = "HCP4007jGY";
const EXPOSED: &str = "12Fnkpl8Y5";
const BUCKETS: &str = "Pfx0RwqBli";
const ROOT_MFA: &str = "7DAFEmoDos";
const IDLE: &str = "Qch7DwouX1";
const LIMITS: &str = "0Xc6LMYG8P";

pub fn make(index: usize) -> SampleFile {
    match index {
        0 => checks(),
        1..=RESULTS => result(index - 1),
        8 => security_hub(),
        9 => guard_duty(),
        _ => prowler(),
    }
}

fn checks() -> SampleFile {
    let checks: Vec<Value> = CHECKS
        .iter()
        .map(|(id, name, category, metadata)| {
            let description = format!("Checks for: {name}.<br>\n<b>Recommended action</b><br>\nFollow the report.");
            json!({"id": id, "name": name, "description": description, "category": category, "metadata": metadata})
        })
        .collect();
    let name = "cli/describe-trusted-advisor-checks.json".to_owned();
    file(
        name,
        "trusted-advisor",
        checks.len(),
        printed(&json!({"checks": checks})),
    )
}

/// The port check is there twice: before the group was opened and after.
fn result(index: usize) -> SampleFile {
    let flagged = |status: &str, region: &str, id: &str, metadata: Value| json!({"status": status, "region": region, "resourceId": id, "isSuppressed": false, "metadata": metadata});
    let idle = |status: &str, host: &Host, saves: &str| {
        let id = host.instance.clone().unwrap_or_default();
        flagged(
            status,
            HOME,
            &id,
            json!([format!("{HOME}a"), id, host.name, "m7g.large", saves]),
        )
    };
    let hosts = hosts();
    let (check, day, status, resources): (&str, &str, &str, Vec<Value>) = match index {
        0 => (PORTS, "2026-11-10", "ok", vec![]),
        1 => {
            let open = json!([HOME, "bastion-ssh", GROUP, "tcp", "Red", "22"]);
            (
                PORTS,
                "2026-11-11",
                "error",
                vec![flagged("error", HOME, "ta-ports-1", open)],
            )
        }
        2 => {
            let exposed = json!([
                LEAKED_KEY,
                "ci-deploy",
                "Exposed",
                "12345678910",
                "1793928000000",
                "https://example.com/shop/deploy.env",
                "1794014400000",
                "5"
            ]);
            (
                EXPOSED,
                "2026-11-11",
                "error",
                vec![flagged("error", "", "ta-key-1", exposed)],
            )
        }
        3 => {
            let public = json!([HOME, HOME, BUCKET, "No", "No", "Yellow", "Yes"]);
            let list = json!([HOME, HOME, "example-site-assets", "Yes", "No", "Yellow", "Yes"]);
            let both = vec![
                flagged("warning", HOME, "ta-bucket-1", public),
                flagged("warning", HOME, "ta-bucket-2", list),
            ];
            (BUCKETS, "2026-11-11", "warning", both)
        }
        4 => {
            let idle: Vec<Value> = hosts
                .iter()
                .filter(|h| h.name.starts_with("worker"))
                .zip(["$58.40", "$58.40", "$41.25"])
                .map(|(h, saves)| idle("warning", h, saves))
                .collect();
            (IDLE, "2026-11-11", "warning", idle)
        }
        5 => (ROOT_MFA, "2026-11-11", "ok", vec![]),
        _ => (LIMITS, "2026-11-11", "not_available", vec![]),
    };
    let saved = if check == IDLE { 158.05 } else { 0.0 };
    let summary = json!({
        "resourcesProcessed": 40, "resourcesFlagged": resources.len(), "resourcesIgnored": 0, "resourcesSuppressed": 0,
    });
    let answer = json!({"result": {
        "checkId": check,
        "timestamp": format!("{day}T06:15:00Z"),
        "status": status,
        "resourcesSummary": summary,
        "categorySpecificSummary": {
            "costOptimizing": {"estimatedMonthlySavings": saved, "estimatedPercentMonthlySavings": saved / 2000.0},
        },
        "flaggedResources": resources,
    }});
    let name = format!("cli/trusted-advisor-result-{check}-{day}.json");
    // A check that flags nothing is itself the record.
    file(name, "trusted-advisor", resources.len().max(1), printed(&answer))
}

/// A row of the table below, in the order of its columns.
type Asff<'a> = (&'a str, &'a str, i64, &'a str, &'a str, &'a str, &'a str, &'a str);

fn security_hub() -> SampleFile {
    let group = format!("arn:aws:ec2:{HOME}:{ACCOUNT}:security-group/{GROUP}");
    let user = |name: &str| format!("arn:aws:iam::{ACCOUNT}:user/{name}");
    let bucket = format!("arn:aws:s3:::{BUCKET}");
    let trail = format!("arn:aws:cloudtrail:{HOME}:{ACCOUNT}:trail/main");
    let account = format!("AWS::::Account:{ACCOUNT}");
    // Control, severity, its number, title, resource type and id, status, when it changed.
    let rows: [Asff<'_>; 10] = [
        (
            "EC2.13",
            "HIGH",
            70,
            "Security groups should not allow ingress from 0.0.0.0/0 to port 22",
            "AwsEc2SecurityGroup",
            &group,
            "FAILED",
            "2026-11-11T01:31:20.114Z",
        ),
        (
            "EC2.19",
            "CRITICAL",
            90,
            "Security groups should not allow unrestricted access to ports with high risk",
            "AwsEc2SecurityGroup",
            &group,
            "FAILED",
            "2026-11-11T01:31:24.870Z",
        ),
        (
            "S3.2",
            "CRITICAL",
            90,
            "S3 general purpose buckets should block public read access",
            "AwsS3Bucket",
            &bucket,
            "FAILED",
            "2026-11-11T01:49:02.003Z",
        ),
        (
            "IAM.3",
            "MEDIUM",
            40,
            "IAM users' access keys should be rotated every 90 days or less",
            "AwsIamUser",
            &user("ci-deploy"),
            "FAILED",
            "2026-11-10T04:00:11.250Z",
        ),
        (
            "IAM.5",
            "MEDIUM",
            40,
            "MFA should be enabled for all IAM users that have a console password",
            "AwsIamUser",
            &user("build-bot"),
            "FAILED",
            "2026-11-10T04:00:12.411Z",
        ),
        (
            "IAM.9",
            "CRITICAL",
            0,
            "MFA should be enabled for the root user",
            "AwsAccount",
            &account,
            "PASSED",
            "2026-11-10T04:00:14.008Z",
        ),
        (
            "CloudTrail.1",
            "HIGH",
            0,
            "CloudTrail should be enabled and configured with at least one multi-Region trail",
            "AwsCloudTrailTrail",
            &trail,
            "PASSED",
            "2026-11-10T04:00:15.530Z",
        ),
        (
            "CloudTrail.4",
            "LOW",
            1,
            "CloudTrail log file validation should be enabled",
            "AwsCloudTrailTrail",
            &trail,
            "FAILED",
            "2026-11-10T04:00:15.922Z",
        ),
        (
            "EC2.6",
            "MEDIUM",
            0,
            "VPC flow logging should be enabled in all VPCs",
            "AwsEc2Vpc",
            VPC,
            "PASSED",
            "2026-11-10T04:00:17.116Z",
        ),
        (
            "Config.1",
            "CRITICAL",
            0,
            "AWS Config should be enabled and use the service-linked role",
            "AwsAccount",
            &account,
            "NOT_AVAILABLE",
            "2026-11-10T04:00:18.004Z",
        ),
    ];
    let findings: Vec<Value> = rows
        .into_iter()
        .enumerate()
        .map(|(n, (control, label, normalized, title, ty, id, status, time))| {
            let product = format!("arn:aws:securityhub:{HOME}::product/aws/securityhub");
            json!({
                "SchemaVersion": "2018-10-08",
                "Id": format!("arn:aws:securityhub:{HOME}:{ACCOUNT}:security-control/{control}/finding/{n:08x}"),
                "ProductArn": product,
                "ProductName": "Security Hub",
                "CompanyName": "AWS",
                "Region": HOME,
                "GeneratorId": format!("security-control/{control}"),
                "AwsAccountId": ACCOUNT,
                "Types": ["Software and Configuration Checks/Industry and Regulatory Standards"],
                "FirstObservedAt": "2026-08-14T09:20:00.000Z",
                "LastObservedAt": time,
                "CreatedAt": "2026-08-14T09:20:00.000Z",
                "UpdatedAt": time,
                "Severity": {"Label": label, "Normalized": normalized, "Original": label},
                "Title": title,
                "Description": format!("This control checks: {title}."),
                "Remediation": {"Recommendation": {
                    "Text": "For directions on how to correct this issue, consult the Security Hub controls documentation.",
                    "Url": format!("https://docs.aws.amazon.com/console/securityhub/{control}/remediation"),
                }},
                "Resources": [{"Type": ty, "Id": id, "Partition": "aws", "Region": HOME}],
                "Compliance": {"Status": status, "SecurityControlId": control},
                "WorkflowState": "NEW",
                "Workflow": {"Status": if status == "PASSED" { "RESOLVED" } else { "NEW" }},
                "RecordState": "ACTIVE",
            })
        })
        .collect();
    let name = "cli/securityhub-get-findings.json".to_owned();
    file(
        name,
        "asff",
        findings.len(),
        printed(&json!({"Findings": findings})),
    )
}

fn guard_duty() -> SampleFile {
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

fn prowler() -> SampleFile {
    const HEADER: &str = "AUTH_METHOD;TIMESTAMP;ACCOUNT_UID;ACCOUNT_NAME;FINDING_UID;PROVIDER;CHECK_ID;CHECK_TITLE;\
                          CHECK_TYPE;STATUS;STATUS_EXTENDED;MUTED;SERVICE_NAME;SEVERITY;RESOURCE_TYPE;RESOURCE_UID;\
                          RESOURCE_NAME;REGION;RISK;COMPLIANCE;PROWLER_VERSION";
    // Check, title, status, what it says, service, severity, resource.
    const ROWS: [(&str, &str, &str, &str, &str, &str, &str); 12] = [
        (
            "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_22",
            "Port 22 is not open to the internet",
            "FAIL",
            "Security group bastion-ssh has port 22 open to the internet.",
            "ec2",
            "high",
            GROUP,
        ),
        (
            "s3_bucket_policy_public_write_access",
            "Bucket policy allows no public write",
            "PASS",
            "Bucket policy allows no public write.",
            "s3",
            "critical",
            BUCKET,
        ),
        (
            "s3_bucket_public_access",
            "Bucket is not public",
            "FAIL",
            "Bucket is readable by anyone through its policy.",
            "s3",
            "critical",
            BUCKET,
        ),
        (
            "iam_rotate_access_key_90_days",
            "Access keys are rotated within 90 days",
            "FAIL",
            "User ci-deploy has not rotated access key 1 for 250 days.",
            "iam",
            "medium",
            "ci-deploy",
        ),
        (
            "iam_user_mfa_enabled_console_access",
            "Console users have MFA",
            "FAIL",
            "User build-bot has no MFA.",
            "iam",
            "high",
            "build-bot",
        ),
        (
            "iam_root_mfa_enabled",
            "Root has MFA",
            "PASS",
            "MFA is enabled for root.",
            "iam",
            "critical",
            "root",
        ),
        (
            "cloudtrail_multi_region_enabled",
            "A trail logs all regions",
            "PASS",
            "Trail main logs all regions.",
            "cloudtrail",
            "high",
            "main",
        ),
        (
            "cloudtrail_log_file_validation_enabled",
            "Log file validation is on",
            "FAIL",
            "Trail main has no log file validation.",
            "cloudtrail",
            "medium",
            "main",
        ),
        (
            "vpc_flow_logs_enabled",
            "VPC has flow logs",
            "PASS",
            "Flow logs are on.",
            "vpc",
            "medium",
            VPC,
        ),
        (
            "guardduty_is_enabled",
            "GuardDuty is on",
            "PASS",
            "GuardDuty is on.",
            "guardduty",
            "medium",
            "detector",
        ),
        (
            "ec2_instance_imdsv2_enabled",
            "Instances require IMDSv2",
            "FAIL",
            "Instance bastion-1 allows IMDSv1.",
            "ec2",
            "high",
            BASTION_INSTANCE,
        ),
        (
            "account_maintain_current_contact_details",
            "Contact details are current",
            "MANUAL",
            "Look at the contact details.",
            "account",
            "medium",
            ACCOUNT,
        ),
    ];
    let mut text = format!("{HEADER}\n");
    for (n, (check, title, status, says, service, severity, resource)) in ROWS.iter().enumerate() {
        text.push_str(&format!(
            "profile;2026-11-11 06:30:00.000000;{ACCOUNT};example-shop;prowler-aws-{n};aws;{check};{title};;{status};{says};\
             False;{service};{severity};Other;{resource};{resource};{HOME};;CIS-3.0: 1.{n};5.0.0\n"
        ));
    }
    let name = format!("prowler/prowler-output-{ACCOUNT}-20261111063000.csv");
    file(name, "prowler", ROWS.len(), text.into_bytes())
}
