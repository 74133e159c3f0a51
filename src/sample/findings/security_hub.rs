//! Security Hub: controls, as `get-findings` prints them.

use crate::sample::story::*;
use crate::sample::{SampleFile, file, printed};
use serde_json::{Value, json};

/// A row of the table below, in the order of its columns.
type Asff<'a> = (&'a str, &'a str, i64, &'a str, &'a str, &'a str, &'a str, &'a str);

pub fn findings() -> SampleFile {
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
