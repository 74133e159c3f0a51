//! What a rule of one's own may leave out, by the kind of record it reads.

use crate::rules::signals::{FLOWS_NEED, TRAIL_NEEDS};

/// A kind of record, as rules speak of it.
pub struct KindFacts {
    /// Registry id.
    pub id: &'static str,
    /// What its records are called, plural.
    pub records: &'static str,
    /// What a finding is about when a rule does not say.
    pub subject: &'static str,
    /// The view that shows its records best.
    pub view: &'static str,
    /// Which file holds such records.
    pub needs: &'static str,
}

const fn kind(
    id: &'static str,
    records: &'static str,
    subject: &'static str,
    view: &'static str,
    needs: &'static str,
) -> KindFacts {
    KindFacts {
        id,
        records,
        subject,
        view,
        needs,
    }
}

const fn findings(id: &'static str, needs: &'static str) -> KindFacts {
    kind(id, "findings", "findingTitle", "findings", needs)
}

/// Every kind that a rule can read.
pub const KINDS: &[KindFacts] = &[
    kind("cloudtrail", "events", "principal", "trail", TRAIL_NEEDS),
    kind(
        "cloudtrail-digest",
        "digests",
        "@kind",
        "events",
        "CloudTrail digest files: the CloudTrail-Digest folder of the trail's bucket",
    ),
    kind("vpc-flow", "flows", "srcaddr", "traffic", FLOWS_NEED),
    kind(
        "tgw-flow",
        "flows",
        "srcaddr",
        "traffic",
        "a transit gateway flow log export",
    ),
    kind(
        "config",
        "configuration items",
        "resourceId",
        "config",
        "AWS Config history or snapshot files",
    ),
    kind(
        "config-compliance",
        "evaluations",
        "@kind",
        "findings",
        "the answer of describe-compliance or get-compliance-details of AWS Config",
    ),
    kind(
        "aws-inventory",
        "items",
        "@kind",
        "events",
        "answers of describe, list or get commands of the AWS CLI",
    ),
    kind(
        "iam-credential-report",
        "users",
        "user",
        "events",
        "an IAM credential report: aws iam get-credential-report",
    ),
    kind(
        "s3-access",
        "requests",
        "remote_ip",
        "events",
        "server access logs of S3",
    ),
    kind(
        "alb",
        "requests",
        "client_ip",
        "events",
        "access logs of an Application Load Balancer",
    ),
    kind(
        "clb",
        "requests",
        "client_ip",
        "events",
        "access logs of a Classic Load Balancer",
    ),
    kind(
        "nlb",
        "connections",
        "client_ip",
        "events",
        "access logs of a Network Load Balancer's TLS listeners",
    ),
    kind(
        "cloudfront",
        "requests",
        "c-ip",
        "requests",
        "standard logs of a CloudFront distribution",
    ),
    kind(
        "cloudfront-realtime",
        "requests",
        "c-ip",
        "requests",
        "real-time logs of a CloudFront distribution",
    ),
    kind(
        "waf",
        "requests",
        "httpRequest.clientIp",
        "requests",
        "logs of an AWS WAF web ACL",
    ),
    kind(
        "alb-health-check",
        "health checks",
        "target_addr",
        "events",
        "health check logs of an Application Load Balancer",
    ),
    kind(
        "lambda",
        "log lines",
        "functionName",
        "functions",
        "the log groups of Lambda functions",
    ),
    kind(
        "cloudwatch-logs",
        "log events",
        "logGroup",
        "log-groups",
        "an export of any CloudWatch Logs group",
    ),
    kind(
        "route53-resolver",
        "queries",
        "query_name",
        "events",
        "Route 53 Resolver query logs",
    ),
    kind(
        "network-firewall",
        "events",
        "event.src_ip",
        "events",
        "alert, flow or TLS logs of AWS Network Firewall",
    ),
    kind(
        "eks-audit",
        "audit events",
        "user.username",
        "events",
        "audit logs of an Amazon EKS cluster (kube-apiserver-audit)",
    ),
    kind(
        "alb-connection",
        "connections",
        "client_ip",
        "events",
        "connection logs of an Application Load Balancer",
    ),
    kind(
        "cur",
        "line items",
        "line_item_usage_account_id",
        "events",
        "a Cost and Usage Report, version 1 or 2",
    ),
    kind(
        "dbr",
        "line items",
        "account",
        "events",
        "a detailed billing report, or a monthly one",
    ),
    kind("focus", "charges", "SubAccountId", "events", "a bill in FOCUS"),
    kind(
        "custom",
        "records",
        "format",
        "events",
        "a log that you described, and its description",
    ),
    kind(
        "log-format",
        "descriptions",
        "name",
        "events",
        "a saved description of a log",
    ),
    findings(
        "trusted-advisor",
        "checks or flagged resources of Trusted Advisor",
    ),
    findings("asff", "findings of Security Hub in ASFF"),
    findings("guardduty", "findings of GuardDuty"),
    findings("inspector", "findings of Inspector"),
    findings("prowler", "a report of Prowler"),
    findings("ocsf-finding", "findings in OCSF"),
];

/// Views that can show evidence, by id.
pub const VIEWS: &[&str] = &["trail", "traffic", "config", "findings", "events"];

/// The kind of this id.
pub fn kind_facts(id: &str) -> Option<&'static KindFacts> {
    KINDS.iter().find(|k| k.id == id)
}
