//! Route 53 Resolver query logs: a DNS query from inside a VPC, its answers, and what DNS Firewall did with it.
//!
//! Fields have the names of the log. Derived: `outcome` is `failed` where there was no answer (any `rcode` but
//! `NOERROR`) or the firewall blocked it.

use super::json::Spec;
use super::json::objects::Objects;
use crate::base::{Facts, FieldSpec as F, Group, Role};

static FACTS: Facts = Facts {
    id: "route53-resolver",
    title: "Route 53 Resolver query logs",
    records: "queries",
    group: Group::AwsService,
    spec_url: "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs-format.html",
    shapes: &[
        "S3 files (JSON lines, gzip)",
        "CloudWatch Logs and Firehose deliveries",
        "not read: query logs of public hosted zones (text)",
    ],
    export_hint: "aws s3 sync s3://BUCKET/AWSLogs/ACCOUNT/vpcdnsquerylogs/ .",
    fields: &[
        F::time("query_timestamp").role(Role::Time),
        F::text("account_id").role(Role::Account),
        F::text("region").role(Role::Region),
        F::text("vpc_id").role(Role::Network),
        F::text("query_name").role(Role::Resource),
        F::text("query_type").role(Role::Action),
        F::text("query_class"),
        F::text("rcode").role(Role::Status),
        F::list("answers.Rdata"),
        F::list("answers.Type"),
        F::address("srcaddr").role(Role::SourceAddress),
        F::int("srcport").role(Role::SourcePort),
        F::text("transport").role(Role::Protocol),
        F::text("srcids.instance"),
        F::text("srcids.resolver_endpoint"),
        F::text("srcids.resolver_network_interface").role(Role::Interface),
        F::text("firewall_rule_group_id"),
        F::text("firewall_rule_action"),
        F::text("firewall_domain_list_id"),
        F::text("version"),
        F::text("outcome").role(Role::Outcome),
    ],
    columns: &[
        "query_timestamp",
        "query_name",
        "query_type",
        "rcode",
        "answers.Rdata",
        "srcaddr",
        "srcids.instance",
        "firewall_rule_action",
        "vpc_id",
    ],
    aliases: &[],
    dedupe: false,
};

const RCODE: usize = 0;
const FIREWALL: usize = 1;

pub(super) static FORMAT: Objects = Objects {
    facts: &FACTS,
    spec: Spec {
        records: &[],
        context: &[],
        any_kind: false,
    },
    marks: &["query_timestamp", "query_name", "query_type", "rcode"],
    elsewhere: &[
        ("answers[].Rdata", "answers.Rdata"),
        ("answers[].Type", "answers.Type"),
    ],
    derived: &["outcome"],
    parts: &["rcode", "firewall_rule_action"],
    derive: |parts, to| {
        let is_answered = &*parts.text(RCODE) == b"NOERROR" && &*parts.text(FIREWALL) != b"BLOCK";
        to.text(0, if is_answered { b"ok" } else { b"failed" });
    },
};

#[cfg(test)]
mod tests {
    #[test]
    fn fixtures() {
        crate::formats::testing::fixtures("route53-resolver");
    }
}
