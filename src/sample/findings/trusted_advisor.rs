//! Trusted Advisor: the list of its checks, and results of some of them.

use crate::sample::story::*;
use crate::sample::{SampleFile, file, printed};
use serde_json::{Value, json};

/// How many results there are.
pub const RESULTS: usize = 7;

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

pub fn checks() -> SampleFile {
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
pub fn result(index: usize) -> SampleFile {
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
