//! Prowler: the sheet of the morning's run.

use crate::sample::story::*;
use crate::sample::{SampleFile, file};

pub fn report() -> SampleFile {
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
