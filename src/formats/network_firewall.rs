//! AWS Network Firewall logs: alerts, flows and TLS of its stateful engine, which is Suricata.
//!
//! Fields have the names of the log, with what stands around an event left as it is. Derived: `time` is the event's own
//! `event.timestamp`, to the microsecond, or else `event_timestamp`; `outcome` is what the firewall did, `allowed` or
//! `blocked`.

use super::json::Spec;
use super::json::objects::Objects;
use crate::base::{Facts, FieldSpec as F, Group, Role, time};

static FACTS: Facts = Facts {
    id: "network-firewall",
    title: "Network Firewall logs",
    records: "events",
    group: Group::AwsService,
    spec_url: "https://docs.aws.amazon.com/network-firewall/latest/developerguide/firewall-logging-contents.html",
    shapes: &[
        "S3 files (JSON lines, gzip): alert, flow and TLS logs",
        "CloudWatch Logs and Firehose deliveries",
    ],
    export_hint: "aws s3 sync s3://BUCKET/AWSLogs/ACCOUNT/network-firewall/ .",
    fields: &[
        F::time("time").role(Role::Time),
        F::text("firewall_name").role(Role::Resource),
        F::text("availability_zone"),
        F::text("event.event_type").role(Role::Action),
        F::address("event.src_ip").role(Role::SourceAddress),
        F::int("event.src_port").role(Role::SourcePort),
        F::address("event.dest_ip").role(Role::DestinationAddress),
        F::int("event.dest_port").role(Role::DestinationPort),
        F::text("event.proto").role(Role::Protocol),
        F::text("event.app_proto").role(Role::Service),
        F::text("outcome").role(Role::Outcome),
        F::text("event.alert.signature").role(Role::Message),
        F::int("event.alert.signature_id"),
        F::int("event.alert.rev"),
        F::text("event.alert.category"),
        F::int("event.alert.severity").role(Role::Severity),
        F::text("event.alert.action"),
        F::text("event.verdict.action"),
        F::text("event.http.hostname"),
        F::text("event.http.url"),
        F::text("event.http.http_method"),
        F::text("event.http.http_user_agent").role(Role::UserAgent),
        F::text("event.http.protocol"),
        F::int("event.http.status").role(Role::Status),
        F::text("event.tls.sni"),
        F::text("event.tls.subject"),
        F::text("event.tls.issuerdn"),
        F::text("event.tls.version"),
        F::int("event.netflow.pkts").role(Role::Packets),
        F::int("event.netflow.bytes").role(Role::Bytes).unit("B"),
        F::time("event.netflow.start"),
        F::time("event.netflow.end").role(Role::EndTime),
        F::int("event.netflow.age").unit("s"),
        F::int("event.netflow.min_ttl"),
        F::int("event.netflow.max_ttl"),
        F::text("event.tcp.tcp_flags"),
        F::text("event.flow_id").role(Role::Id),
        F::time("event_timestamp"),
    ],
    columns: &[
        "time",
        "event.event_type",
        "outcome",
        "event.src_ip",
        "event.dest_ip",
        "event.dest_port",
        "event.proto",
        "event.app_proto",
        "event.alert.signature",
        "firewall_name",
    ],
    aliases: &[],
    dedupe: false,
};

const EVENT_TIME: usize = 0;
const OUTER_TIME: usize = 1;
const VERDICT: usize = 2;
const ALERT: usize = 3;

pub(super) static FORMAT: Objects = Objects {
    facts: &FACTS,
    spec: Spec {
        records: &[],
        context: &[],
        any_kind: false,
    },
    marks: &["firewall_name", "event_timestamp", "event.event_type"],
    elsewhere: &[],
    derived: &["time", "outcome"],
    parts: &[
        "event.timestamp",
        "event_timestamp",
        "event.verdict.action",
        "event.alert.action",
    ],
    derive: |parts, to| {
        let own = time::parse_iso(&parts.text(EVENT_TIME));
        if let Some(at) = own.or_else(|| outer(&parts.text(OUTER_TIME))) {
            to.integer(0, at);
        }
        // A verdict is what was done in the end; a signature may have said otherwise.
        let done = [VERDICT, ALERT].map(|part| parts.text(part));
        let done = done.iter().find(|text| !text.is_empty());
        match done.map(|text| &**text) {
            Some(b"pass") => to.text(1, b"allowed"),
            Some(b"drop" | b"reject") => to.text(1, b"blocked"),
            Some(other) => to.text(1, other),
            None => {}
        }
    },
};

/// Seconds since 1970 as a text, or ISO 8601.
fn outer(text: &[u8]) -> Option<i64> {
    let seconds = || {
        let seconds: i64 = std::str::from_utf8(text).ok()?.parse().ok()?;
        seconds.checked_mul(time::SECOND)
    };
    seconds().or_else(|| time::parse_iso(text))
}

#[cfg(test)]
mod tests {
    #[test]
    fn fixtures() {
        crate::formats::testing::fixtures("network-firewall");
    }
}
