//! Access logs of Network Load Balancers: connections to TLS listeners, 22 values a line, 16 to 18 in version 1.0.
//!
//! There is no request in them: what is asked inside of a connection is not read by the load balancer.

use super::access::{OUTCOME, Read, Requests, Slot, Spec};
use crate::base::{Facts, FieldSpec as F, Group, Role, time};

static FACTS: Facts = Facts {
    id: "nlb",
    title: "Network Load Balancer logs",
    records: "connections",
    group: Group::AwsService,
    spec_url: "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-access-logs.html",
    shapes: &["S3 files of TLS listeners, versions 1.0 and 2.0"],
    export_hint: "aws s3 sync s3://BUCKET/AWSLogs/ACCOUNT/elasticloadbalancing/ .",
    fields: &[
        F::text("type").role(Role::Protocol),
        F::text("version"),
        F::time("time").role(Role::Time),
        F::text("elb").role(Role::Resource),
        F::text("listener"),
        F::address("client_ip").role(Role::SourceAddress),
        F::int("client_port").role(Role::SourcePort),
        F::address("destination_ip").role(Role::DestinationAddress),
        F::int("destination_port").role(Role::DestinationPort),
        F::int("connection_time").unit("ms"),
        F::int("tls_handshake_time").unit("ms"),
        F::int("received_bytes").unit("B"),
        F::int("sent_bytes").role(Role::Bytes).unit("B"),
        F::text("incoming_tls_alert"),
        F::text("chosen_cert_arn"),
        F::text("chosen_cert_serial"),
        F::text("tls_cipher"),
        F::text("tls_protocol_version"),
        F::text("tls_named_group"),
        F::text("domain_name"),
        F::text("alpn_fe_protocol"),
        F::text("alpn_be_protocol"),
        F::list("alpn_client_preference_list"),
        F::time("tls_connection_creation_time"),
        OUTCOME,
    ],
    columns: &[
        "time",
        "client_ip",
        "destination_ip",
        "destination_port",
        "connection_time",
        "received_bytes",
        "sent_bytes",
        "tls_protocol_version",
        "domain_name",
        "outcome",
    ],
    aliases: &[
        ("tlsProtocol", "tls_protocol_version"),
        ("tlsCipher", "tls_cipher"),
        ("requestHost", "domain_name"),
        ("requestError", "incoming_tls_alert"),
        ("receivedBytes", "received_bytes"),
    ],
    dedupe: false,
};

const SLOTS: &[Slot] = &[
    ("type", Read::Text),
    ("version", Read::Text),
    ("time", Read::Iso),
    ("elb", Read::Text),
    ("listener", Read::Text),
    ("client_ip", Read::Endpoint("client_port")),
    ("destination_ip", Read::Endpoint("destination_port")),
    ("connection_time", Read::Integer),
    ("tls_handshake_time", Read::Integer),
    ("received_bytes", Read::Integer),
    ("sent_bytes", Read::Integer),
    ("incoming_tls_alert", Read::Text),
    ("chosen_cert_arn", Read::Text),
    ("chosen_cert_serial", Read::Text),
    ("tls_cipher", Read::Text),
    ("tls_protocol_version", Read::Text),
    ("tls_named_group", Read::Text),
    ("domain_name", Read::Text),
    ("alpn_fe_protocol", Read::Text),
    ("alpn_be_protocol", Read::Text),
    ("alpn_client_preference_list", Read::List(b',')),
    ("tls_connection_creation_time", Read::Iso),
];
const HANDSHAKE: usize = 8;
const ALERT: usize = 11;

pub(super) static FORMAT: Requests = Requests { spec: &SPEC };

static SPEC: Spec = Spec {
    facts: &FACTS,
    slots: SLOTS,
    least: 16,
    is_line: |values| {
        values.get(0) == b"tls"
            && values.float(1).is_some()
            && time::parse_iso(values.get(2)).is_some()
            && values.integer(9).is_some()
    },
    // Without a handshake, or with an alert of the client, no connection came about.
    derive: |values, to| {
        let is_up = values.integer(HANDSHAKE).is_some() && values.get(ALERT) == b"-";
        to.came_about(is_up);
    },
};

#[cfg(test)]
mod tests {
    #[test]
    fn fixtures() {
        crate::formats::testing::fixtures("nlb");
    }
}
