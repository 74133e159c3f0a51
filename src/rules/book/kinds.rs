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
        "apache-access",
        "requests",
        "remote_host",
        "requests",
        "access logs of Apache httpd, or of a server that writes the same lines",
    ),
    kind(
        "nginx-access",
        "requests",
        "remote_addr",
        "requests",
        "access logs of nginx",
    ),
    kind(
        "iis",
        "requests",
        "c-ip",
        "requests",
        "W3C logs of IIS: the u_ex*.log files of a site",
    ),
    kind(
        "haproxy",
        "requests",
        "client_ip",
        "requests",
        "logs of HAProxy: haproxy.log",
    ),
    kind(
        "syslog",
        "messages",
        "hostname",
        "events",
        "syslog of a host: /var/log/messages, syslog, auth.log or secure",
    ),
    kind(
        "journald",
        "entries",
        "_HOSTNAME",
        "events",
        "the systemd journal of a host: journalctl -o json",
    ),
    kind(
        "apache-error",
        "messages",
        "module",
        "events",
        "error logs of Apache httpd",
    ),
    kind(
        "nginx-error",
        "messages",
        "server",
        "events",
        "error logs of nginx",
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
        "windows-event",
        "events",
        "actor",
        "events",
        "Windows event logs: .evtx files, or events as XML or JSON",
    ),
    kind(
        "json-lines",
        "records",
        "@kind",
        "events",
        "JSON objects one a line or in an array, of no other kind",
    ),
    kind(
        "csv",
        "rows",
        "@kind",
        "events",
        "sheets of separated values with a header, of no other kind",
    ),
    kind(
        "postgresql",
        "messages",
        "user_name",
        "events",
        "logs of a PostgreSQL instance or cluster",
    ),
    kind(
        "mysql-slow",
        "statements",
        "fingerprint",
        "events",
        "the slow query log of MySQL or MariaDB",
    ),
    kind(
        "mysql-audit",
        "audit events",
        "username",
        "events",
        "audit logs of MySQL, MariaDB or Aurora MySQL",
    ),
    kind(
        "mysql-general",
        "commands",
        "user",
        "events",
        "the general query log of MySQL or MariaDB",
    ),
    kind(
        "mysql-error",
        "messages",
        "event",
        "events",
        "the error log of MySQL or MariaDB",
    ),
    kind(
        "mssql-error",
        "messages",
        "event",
        "events",
        "the error log of SQL Server",
    ),
    kind(
        "oracle-audit",
        "audited actions",
        "DB_User",
        "events",
        "XML files or a view of Oracle's audit trail",
    ),
    kind(
        "oracle-alert",
        "messages",
        "event",
        "events",
        "the alert log of Oracle Database",
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
