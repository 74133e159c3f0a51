//! Which fields rows are told apart by when only sums are shared: what views, rules and the coverage show.

/// Rows that a kind may have in a report without records. All kinds together then stay below some 200 kB, compressed:
/// a row takes about 7 bytes.
pub fn budget_rows(kind: &str) -> usize {
    match kind {
        "vpc-flow" => 17_000,
        "cloudtrail" => 8_000,
        "tgw-flow" => 4_000,
        _ => 1_000,
    }
}

/// The dims and sums of a kind, by registry id: the names its own formats give. No kind that is not listed is shared
/// in sums.
///
/// Account and region of every kind are those of the coverage and of where data is missing; the time is that of every
/// chart. Beside them:
///
/// - **`cloudtrail`**: the lanes of the Trail view (`principal`, `eventSource`, `eventName`, `sourceIPAddress`,
///   `outcome`, `errorCode`), reads and writes (`readOnly`), a lane's second line (`userIdentity.type`,
///   `userIdentity.accessKeyId`) and the conditions of the rules (`eventType`, `userIdentity.invokedBy`,
///   `responseElements.ConsoleLogin`, `additionalEventData.MFAUsed`, `openedTo`).
/// - **`vpc-flow`**, **`tgw-flow`**: the Traffic view's ends by address and network (`srcaddr`, `dstaddr`), by service
///   port (`srcport`, `dstport`; the caller's port is left out), by interface and VPC, with the direction; `action`
///   and `log-status`; `protocol`. Sums are its measures.
/// - **Findings**: the Findings view's checks (`checkKey`, `findingTitle`, `findingCategory`, `checkName`, `Types`),
///   their counters (`findingStatus`, `findingExcluded`, `severityLabel`), `recordType` of a list of checks, and the
///   resource, which it names some of. Evaluations of AWS Config rules are also the Config view's
///   (`ConfigRuleName`, `ComplianceType`).
/// - **Requests** (load balancers, S3): who asked whom for what, with what status and what came of it; bytes each way.
/// - **`config`**: the Config view's lists of types and resources, and the rule on deleted ones.
/// - **`aws-inventory`**: what things are called, and which addresses are an interface's own (Traffic).
pub fn dims(kind: &str) -> (&'static [&'static str], &'static [&'static str]) {
    match kind {
        "cloudtrail" => (
            &[
                "recipientAccountId",
                "awsRegion",
                "eventSource",
                "eventName",
                "principal",
                "userIdentity.type",
                "userIdentity.accessKeyId",
                "userIdentity.invokedBy",
                "sourceIPAddress",
                "outcome",
                "errorCode",
                "readOnly",
                "eventType",
                "responseElements.ConsoleLogin",
                "additionalEventData.MFAUsed",
                "openedTo",
            ],
            &[],
        ),
        "cloudtrail-digest" => (&["awsAccountId"], &["logFileCount"]),
        "vpc-flow" => (
            &[
                "account-id",
                "region",
                "interface-id",
                "vpc-id",
                "srcaddr",
                "dstaddr",
                "srcport",
                "dstport",
                "protocol",
                "action",
                "flow-direction",
                "log-status",
            ],
            &["bytes", "packets"],
        ),
        "tgw-flow" => (
            &[
                "account-id",
                "region",
                "tgw-id",
                "tgw-src-eni",
                "tgw-dst-eni",
                "tgw-src-vpc-id",
                "tgw-dst-vpc-id",
                "srcaddr",
                "dstaddr",
                "srcport",
                "dstport",
                "protocol",
                "flow-direction",
                "log-status",
            ],
            &["bytes", "packets"],
        ),
        "config" => (
            &[
                "awsAccountId",
                "awsRegion",
                "resourceType",
                "resourceId",
                "resourceName",
                "configurationItemStatus",
                "changeType",
            ],
            &[],
        ),
        "aws-inventory" => (
            &[
                "account",
                "region",
                "itemType",
                "id",
                "name",
                "addresses",
                "cidrs",
            ],
            &[],
        ),
        "iam-credential-report" => (
            &[
                "account",
                "user",
                "mfa_active",
                "password_enabled",
                "access_key_1_active",
                "access_key_2_active",
            ],
            &[],
        ),
        "s3-access" => (
            &[
                "bucket",
                "remote_ip",
                "requester",
                "operation",
                "requestPath",
                "http_status",
                "error_code",
                "outcome",
                "tls_version",
            ],
            &["bytes_sent"],
        ),
        "alb" => (
            &[
                "elb",
                "client_ip",
                "target_ip",
                "requestMethod",
                "requestHost",
                "requestPath",
                "elb_status_code",
                "target_status_code",
                "outcome",
                "ssl_protocol",
            ],
            &["received_bytes", "sent_bytes"],
        ),
        "clb" => (
            &[
                "elb",
                "client_ip",
                "backend_ip",
                "requestMethod",
                "requestHost",
                "requestPath",
                "elb_status_code",
                "backend_status_code",
                "outcome",
                "ssl_protocol",
            ],
            &["received_bytes", "sent_bytes"],
        ),
        "nlb" => (
            &[
                "elb",
                "listener",
                "client_ip",
                "destination_ip",
                "destination_port",
                "tls_protocol_version",
                "domain_name",
                "incoming_tls_alert",
                "outcome",
            ],
            &["received_bytes", "sent_bytes"],
        ),
        "route53-resolver" => (
            &[
                "account_id",
                "region",
                "vpc_id",
                "query_name",
                "query_type",
                "rcode",
                "srcaddr",
                "srcids.instance",
                "firewall_rule_action",
                "outcome",
            ],
            &[],
        ),
        "network-firewall" => (
            &[
                "firewall_name",
                "availability_zone",
                "event.event_type",
                "event.src_ip",
                "event.dest_ip",
                "event.dest_port",
                "event.proto",
                "event.app_proto",
                "event.alert.signature",
                "event.tls.sni",
                "outcome",
            ],
            &["event.netflow.bytes", "event.netflow.pkts"],
        ),
        "eks-audit" => (
            &[
                "verb",
                "user.username",
                "objectRef.resource",
                "objectRef.namespace",
                "object",
                "sourceIP",
                "responseStatus.code",
                "decision",
                "stage",
                "outcome",
            ],
            &[],
        ),
        "alb-connection" => (
            &[
                "client_ip",
                "listener_port",
                "tls_protocol",
                "tls_cipher",
                "tls_verify_status",
                "outcome",
            ],
            &[],
        ),
        "cur" => (
            &[
                "line_item_usage_account_id",
                "region",
                "line_item_product_code",
                "line_item_usage_type",
                "line_item_line_item_type",
            ],
            &[],
        ),
        "dbr" => (
            &["account", "region", "ProductName", "UsageType", "RecordType"],
            &[],
        ),
        "focus" => (
            &["SubAccountId", "RegionId", "ServiceName", "ChargeCategory"],
            &[],
        ),
        "config-compliance" => (
            &[
                "AccountId",
                "AwsRegion",
                "ConfigRuleName",
                "ResourceType",
                "ResourceId",
                "ComplianceType",
                "checkKey",
                "findingTitle",
                "findingCategory",
                "findingStatus",
                "findingExcluded",
                "severityLabel",
            ],
            &[],
        ),
        "trusted-advisor" => (
            &[
                "account",
                "region",
                "recordType",
                "checkName",
                "resourceId",
                "checkKey",
                "findingTitle",
                "findingCategory",
                "findingStatus",
                "findingExcluded",
                "severityLabel",
            ],
            &[],
        ),
        "asff" => (
            &[
                "AwsAccountId",
                "Region",
                "Types",
                "Resources.Id",
                "checkKey",
                "findingTitle",
                "findingCategory",
                "findingStatus",
                "findingExcluded",
                "severityLabel",
            ],
            &[],
        ),
        "guardduty" => (
            &[
                "AccountId",
                "Region",
                "resources",
                "checkKey",
                "findingTitle",
                "findingCategory",
                "findingStatus",
                "findingExcluded",
                "severityLabel",
            ],
            &[],
        ),
        "inspector" => (
            &[
                "awsAccountId",
                "region",
                "resources.id",
                "checkKey",
                "findingTitle",
                "findingCategory",
                "findingStatus",
                "findingExcluded",
                "severityLabel",
            ],
            &[],
        ),
        "prowler" => (
            &[
                "ACCOUNT_UID",
                "REGION",
                "RESOURCE_UID",
                "checkKey",
                "findingTitle",
                "findingCategory",
                "findingStatus",
                "findingExcluded",
                "severityLabel",
            ],
            &[],
        ),
        "ocsf-finding" => (
            &[
                "cloud.account.uid",
                "cloud.region",
                "resources.uid",
                "checkKey",
                "findingTitle",
                "findingCategory",
                "findingStatus",
                "findingExcluded",
                "severityLabel",
            ],
            &[],
        ),
        _ => (&[], &[]),
    }
}
