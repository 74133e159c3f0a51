//! Access logs of Classic Load Balancers: 15 values a line, 12 in the oldest files. Listeners of TCP and SSL have no status and
//! no request. Derived: see [`super::access`].

use super::access::{HOST, LATENCY, METHOD, OUTCOME, PATH, Read, Requests, Slot, Spec};
use super::alb::seconds;
use crate::base::{Facts, FieldSpec as F, Group, Role, time};

static FACTS: Facts = Facts {
    id: "clb",
    title: "Classic Load Balancer logs",
    records: "requests",
    group: Group::AwsService,
    spec_url: "https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/access-log-collection.html",
    shapes: &["S3 files of 12 and 15 values"],
    export_hint: "aws s3 sync s3://BUCKET/AWSLogs/ACCOUNT/elasticloadbalancing/ .",
    fields: &[
        F::time("timestamp").role(Role::Time),
        F::text("elb").role(Role::Resource),
        F::address("client_ip").role(Role::SourceAddress),
        F::int("client_port").role(Role::SourcePort),
        F::address("backend_ip").role(Role::DestinationAddress),
        F::int("backend_port").role(Role::DestinationPort),
        F::float("request_processing_time").unit("s"),
        F::float("backend_processing_time").unit("s"),
        F::float("response_processing_time").unit("s"),
        F::int("elb_status_code").role(Role::Status),
        F::int("backend_status_code"),
        F::int("received_bytes").unit("B"),
        F::int("sent_bytes").role(Role::Bytes).unit("B"),
        METHOD.role(Role::Action),
        F::text("request_url"),
        F::text("request_proto"),
        F::text("user_agent").role(Role::UserAgent),
        F::text("ssl_cipher"),
        F::text("ssl_protocol"),
        HOST,
        PATH,
        OUTCOME,
        LATENCY,
    ],
    columns: &[
        "timestamp",
        "client_ip",
        "requestMethod",
        "requestHost",
        "requestPath",
        "elb_status_code",
        "backend_status_code",
        "latency",
        "backend_ip",
    ],
    aliases: &[
        ("request_verb", "requestMethod"),
        ("statusCode", "elb_status_code"),
        ("target_status_code", "backend_status_code"),
        ("target_processing_time", "backend_processing_time"),
        ("tlsProtocol", "ssl_protocol"),
        ("tlsCipher", "ssl_cipher"),
        ("receivedBytes", "received_bytes"),
    ],
    dedupe: false,
};

const SLOTS: &[Slot] = &[
    ("timestamp", Read::Iso),
    ("elb", Read::Text),
    ("client_ip", Read::Endpoint("client_port")),
    ("backend_ip", Read::Endpoint("backend_port")),
    ("request_processing_time", Read::Float),
    ("backend_processing_time", Read::Float),
    ("response_processing_time", Read::Float),
    ("elb_status_code", Read::Integer),
    ("backend_status_code", Read::Integer),
    ("received_bytes", Read::Integer),
    ("sent_bytes", Read::Integer),
    ("requestMethod", Read::Request("request_url", "request_proto")),
    ("user_agent", Read::Text),
    ("ssl_cipher", Read::Text),
    ("ssl_protocol", Read::Text),
];
/// Positions of what is derived from.
const TIMES: [usize; 3] = [4, 5, 6];
const STATUS: usize = 7;
const REQUEST: usize = 11;

pub(super) static FORMAT: Requests = Requests { spec: &SPEC };

static SPEC: Spec = Spec {
    facts: &FACTS,
    slots: SLOTS,
    least: 12,
    is_line: |values| {
        time::parse_iso(values.get(0)).is_some()
            && TIMES.iter().all(|at| values.float(*at).is_some())
            && values.get(2).contains(&b':')
    },
    derive: |values, to| {
        // A listener of TCP or SSL has no status: its connection was served.
        if values.get(STATUS) != b"-" {
            to.outcome(values.integer(STATUS));
        }
        to.url_of_request(values.get(REQUEST));
        to.latency_ms(seconds(values, TIMES) * 1000.0);
    },
};

#[cfg(test)]
mod tests {
    #[test]
    fn fixtures() {
        crate::formats::testing::fixtures("clb");
    }
}
