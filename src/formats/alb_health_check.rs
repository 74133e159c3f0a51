//! Health check logs of Application Load Balancers: what came of asking a target whether it is well.

use super::access::{LATENCY, OUTCOME, Read, Requests, Slot, Spec};
use crate::base::{Facts, FieldSpec as F, Group, Role, time};

static FACTS: Facts = Facts {
    id: "alb-health-check",
    title: "Application Load Balancer health check logs",
    records: "health checks",
    group: Group::AwsService,
    spec_url: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-health-check-logs.html",
    shapes: &["S3 files of 8 values", "values that come later are kept"],
    export_hint: "aws s3 sync s3://BUCKET/AWSLogs/ACCOUNT/elasticloadbalancing/ . (files named health_check_log_…)",
    fields: &[
        F::text("type").role(Role::Protocol),
        F::time("time").role(Role::Time),
        F::float("check_latency").unit("s"),
        F::address("target_addr").role(Role::DestinationAddress),
        F::int("target_port").role(Role::DestinationPort),
        F::text("target_group_id").role(Role::Resource),
        F::text("status"),
        F::int("status_code").role(Role::Status),
        F::text("reason_code").role(Role::Message),
        OUTCOME,
        LATENCY,
    ],
    columns: &[
        "time",
        "target_group_id",
        "target_addr",
        "target_port",
        "status",
        "status_code",
        "reason_code",
        "latency",
    ],
    aliases: &[("statusCode", "status_code"), ("requestError", "reason_code")],
    dedupe: false,
};

const SLOTS: &[Slot] = &[
    ("type", Read::Text),
    ("time", Read::Iso),
    ("check_latency", Read::Float),
    ("target_addr", Read::Endpoint("target_port")),
    ("target_group_id", Read::Text),
    ("status", Read::Text),
    ("status_code", Read::Integer),
    ("reason_code", Read::Text),
];
const TOOK: usize = 2;
const STATUS: usize = 5;

pub(super) static FORMAT: Requests = Requests { spec: &SPEC };

static SPEC: Spec = Spec {
    facts: &FACTS,
    slots: SLOTS,
    least: 8,
    is_line: |values| {
        matches!(
            values.get(0),
            b"http" | b"https" | b"h2" | b"grpc" | b"grpcs" | b"lambda"
        ) && time::parse_iso(values.get(1)).is_some()
            && matches!(values.get(STATUS), b"PASS" | b"FAIL")
    },
    derive: |values, to| {
        to.came_about(values.get(STATUS) == b"PASS");
        if let Some(seconds) = values.float(TOOK) {
            to.latency_ms(seconds * 1000.0);
        }
    },
};

#[cfg(test)]
mod tests {
    #[test]
    fn fixtures() {
        crate::formats::testing::fixtures("alb-health-check");
    }
}
