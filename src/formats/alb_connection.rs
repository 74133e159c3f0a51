//! Connection logs of Application Load Balancers: who connected, with which TLS, and whether the client's certificate held.

use super::access::{OUTCOME, Read, Requests, Slot, Spec};
use crate::base::{Facts, FieldSpec as F, Group, Role, time};

static FACTS: Facts = Facts {
    id: "alb-connection",
    title: "Application Load Balancer connection logs",
    records: "connections",
    group: Group::AwsService,
    spec_url: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-connection-logs.html",
    shapes: &["S3 files of 12 values", "values that come later are kept"],
    export_hint: "aws s3 sync s3://BUCKET/AWSLogs/ACCOUNT/elasticloadbalancing/ .",
    fields: &[
        F::time("timestamp").role(Role::Time),
        F::address("client_ip").role(Role::SourceAddress),
        F::int("client_port").role(Role::SourcePort),
        F::int("listener_port").role(Role::DestinationPort),
        F::text("tls_protocol").role(Role::Protocol),
        F::text("tls_cipher"),
        F::float("tls_handshake_latency").unit("s"),
        F::text("leaf_client_cert_subject").role(Role::Actor),
        F::text("leaf_client_cert_validity"),
        F::text("leaf_client_cert_serial_number"),
        F::text("tls_verify_status").role(Role::Status),
        F::text("conn_trace_id").role(Role::Id),
        OUTCOME,
    ],
    columns: &[
        "timestamp",
        "client_ip",
        "listener_port",
        "tls_protocol",
        "tls_cipher",
        "tls_handshake_latency",
        "tls_verify_status",
        "leaf_client_cert_subject",
        "outcome",
    ],
    aliases: &[
        ("tlsProtocol", "tls_protocol"),
        ("tlsCipher", "tls_cipher"),
        ("requestError", "tls_verify_status"),
    ],
    dedupe: false,
};

const SLOTS: &[Slot] = &[
    ("timestamp", Read::Iso),
    ("client_ip", Read::Text),
    ("client_port", Read::Integer),
    ("listener_port", Read::Integer),
    ("tls_protocol", Read::Text),
    ("tls_cipher", Read::Text),
    ("tls_handshake_latency", Read::Float),
    ("leaf_client_cert_subject", Read::Text),
    ("leaf_client_cert_validity", Read::Text),
    ("leaf_client_cert_serial_number", Read::Text),
    ("tls_verify_status", Read::Text),
    ("conn_trace_id", Read::Text),
];
const VERIFIED: usize = 10;

pub(super) static FORMAT: Requests = Requests { spec: &SPEC };

static SPEC: Spec = Spec {
    facts: &FACTS,
    slots: SLOTS,
    least: 12,
    is_line: |values| {
        time::parse_iso(values.get(0)).is_some()
            && values.integer(2).is_some()
            && values.integer(3).is_some()
            && matches!(values.get(4), b"-" | [b'T', b'L', b'S', ..])
    },
    derive: |values, to| to.came_about(!values.get(VERIFIED).starts_with(b"Failed")),
};

#[cfg(test)]
mod tests {
    #[test]
    fn fixtures() {
        crate::formats::testing::fixtures("alb-connection");
    }
}
