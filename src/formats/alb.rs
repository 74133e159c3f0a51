//! Access logs of Application Load Balancers: 29 values a line until 2024, 30 with `conn_trace_id`, 33 and more since 2025.
//!
//! Fields are named as Athena's table of them names them (the client's address and port apart). A request that could not be
//! understood is kept with what there is of it. Derived: see [`super::access`].

use super::access::{HOST, LATENCY, METHOD, OUTCOME, PATH, Read, Requests, Slot, Spec, Values};
use crate::base::{Facts, FieldSpec as F, Group, Role, time};

static FACTS: Facts = Facts {
    id: "alb",
    title: "Application Load Balancer logs",
    records: "requests",
    group: Group::AwsService,
    spec_url: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html",
    shapes: &[
        "S3 files of 29, 30 and 33 values",
        "values that come later are kept",
    ],
    export_hint: "aws s3 sync s3://BUCKET/AWSLogs/ACCOUNT/elasticloadbalancing/ .",
    fields: &[
        F::text("type"),
        F::time("time").role(Role::Time),
        F::text("elb").role(Role::Resource),
        F::address("client_ip").role(Role::SourceAddress),
        F::int("client_port").role(Role::SourcePort),
        F::address("target_ip").role(Role::DestinationAddress),
        F::int("target_port").role(Role::DestinationPort),
        F::float("request_processing_time").unit("s"),
        F::float("target_processing_time").unit("s"),
        F::float("response_processing_time").unit("s"),
        F::int("elb_status_code").role(Role::Status),
        F::int("target_status_code"),
        F::int("received_bytes").unit("B"),
        F::int("sent_bytes").role(Role::Bytes).unit("B"),
        METHOD.role(Role::Action),
        F::text("request_url"),
        F::text("request_proto"),
        F::text("user_agent").role(Role::UserAgent),
        F::text("ssl_cipher"),
        F::text("ssl_protocol"),
        F::text("target_group_arn"),
        F::text("trace_id").role(Role::Id),
        F::text("domain_name"),
        F::text("chosen_cert_arn"),
        F::int("matched_rule_priority"),
        F::time("request_creation_time"),
        F::list("actions_executed"),
        F::text("redirect_url"),
        F::text("error_reason"),
        F::list("target_port_list"),
        F::list("target_status_code_list"),
        F::text("classification"),
        F::text("classification_reason"),
        F::text("conn_trace_id"),
        F::text("transformed_host"),
        F::text("transformed_uri"),
        F::text("request_transform_status"),
        HOST,
        PATH,
        OUTCOME,
        LATENCY,
    ],
    columns: &[
        "time",
        "client_ip",
        "requestMethod",
        "requestHost",
        "requestPath",
        "elb_status_code",
        "target_status_code",
        "latency",
        "target_ip",
    ],
    aliases: &[
        ("request_verb", "requestMethod"),
        ("statusCode", "elb_status_code"),
        ("tlsProtocol", "ssl_protocol"),
        ("tlsCipher", "ssl_cipher"),
        ("requestError", "error_reason"),
        ("receivedBytes", "received_bytes"),
        ("lambda_error_reason", "error_reason"),
    ],
    dedupe: false,
};

const SLOTS: &[Slot] = &[
    ("type", Read::Text),
    ("time", Read::Iso),
    ("elb", Read::Text),
    ("client_ip", Read::Endpoint("client_port")),
    ("target_ip", Read::Endpoint("target_port")),
    ("request_processing_time", Read::Float),
    ("target_processing_time", Read::Float),
    ("response_processing_time", Read::Float),
    ("elb_status_code", Read::Integer),
    ("target_status_code", Read::Integer),
    ("received_bytes", Read::Integer),
    ("sent_bytes", Read::Integer),
    ("requestMethod", Read::Request("request_url", "request_proto")),
    ("user_agent", Read::Text),
    ("ssl_cipher", Read::Text),
    ("ssl_protocol", Read::Text),
    ("target_group_arn", Read::Text),
    ("trace_id", Read::Text),
    ("domain_name", Read::Text),
    ("chosen_cert_arn", Read::Text),
    ("matched_rule_priority", Read::Integer),
    ("request_creation_time", Read::Iso),
    ("actions_executed", Read::List(b',')),
    ("redirect_url", Read::Text),
    ("error_reason", Read::Text),
    ("target_port_list", Read::List(b' ')),
    ("target_status_code_list", Read::List(b' ')),
    ("classification", Read::Text),
    ("classification_reason", Read::Text),
    ("conn_trace_id", Read::Text),
    ("transformed_host", Read::Text),
    ("transformed_uri", Read::Text),
    ("request_transform_status", Read::Text),
];
/// Positions of what is derived from.
const TIMES: [usize; 3] = [5, 6, 7];
const STATUS: usize = 8;
const REQUEST: usize = 12;

pub(super) static FORMAT: Requests = Requests { spec: &SPEC };

static SPEC: Spec = Spec {
    facts: &FACTS,
    slots: SLOTS,
    least: 20,
    is_line: |values| {
        const TYPES: [&[u8]; 7] = [b"http", b"https", b"h2", b"grpc", b"grpcs", b"ws", b"wss"];
        TYPES.contains(&values.get(0)) && time::parse_iso(values.get(1)).is_some()
    },
    derive: |values, to| {
        to.outcome(values.integer(STATUS));
        to.url_of_request(values.get(REQUEST));
        to.latency_ms(seconds(values, TIMES) * 1000.0);
    },
};

/// The sum of the times (seconds) at these positions; not a number where one of them is -1: what it measures did not happen.
pub(super) fn seconds(values: &Values<'_>, times: [usize; 3]) -> f64 {
    let parts = times.map(|at| values.float(at).filter(|s| *s >= 0.0));
    parts.into_iter().map(|part| part.unwrap_or(f64::NAN)).sum()
}

#[cfg(test)]
mod tests {
    #[test]
    fn fixtures() {
        crate::formats::testing::fixtures("alb");
    }
}
