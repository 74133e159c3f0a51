//! Transit Gateway flow logs (version 6): what crossed the gateway between its attachments, and what it lost.
//!
//! The same lines and Parquet files as VPC flow logs with fields of their own; there is no action. A line without a
//! header is recognised by its 36 fields, of which the fourth names the gateway (`tgw-…`).

use super::flow::Kind;
use super::{Confidence, LogFormat, Options, Reader, Sample};
use crate::base::{Facts, FieldSpec as F, Group, Role};

pub struct TgwFlow;

impl LogFormat for TgwFlow {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }
    fn probe(&self, sample: &Sample<'_>) -> Option<Confidence> {
        KIND.probe(sample)
    }
    fn reader(&self, sample: &Sample<'_>, options: &Options) -> Box<dyn Reader> {
        KIND.reader(sample, options)
    }
    fn restarts_after(&self, sample: &Sample<'_>) -> Option<usize> {
        KIND.restarts_after(sample)
    }

    fn has_more(&self) -> bool {
        false
    }
}

static KIND: Kind = Kind {
    facts: &FACTS,
    counts: &[36],
    transit: true,
};

pub static FACTS: Facts = Facts {
    id: "tgw-flow",
    title: "Transit Gateway flow logs",
    records: "flows",
    group: Group::Infrastructure,
    spec_url: "https://docs.aws.amazon.com/vpc/latest/tgw/tgw-flow-logs.html",
    shapes: &[
        "S3 text",
        "S3 Parquet",
        "CloudWatch Logs export",
        "filter-log-events",
        "get-log-events",
        "custom formats",
    ],
    export_hint: "aws s3 sync s3://BUCKET/AWSLogs/ACCOUNT/vpcflowlogs/ .",
    fields: &[
        F::int("version"),
        F::text("resource-type").role(Role::ResourceType),
        F::text("account-id").role(Role::Account),
        F::text("tgw-id").role(Role::Resource),
        F::text("tgw-attachment-id").role(Role::Interface),
        F::text("tgw-src-vpc-account-id"),
        F::text("tgw-dst-vpc-account-id"),
        F::text("tgw-src-vpc-id").role(Role::Network),
        F::text("tgw-dst-vpc-id"),
        F::text("tgw-src-subnet-id"),
        F::text("tgw-dst-subnet-id"),
        F::text("tgw-src-eni"),
        F::text("tgw-dst-eni"),
        F::text("tgw-src-az-id"),
        F::text("tgw-dst-az-id"),
        F::text("tgw-pair-attachment-id"),
        F::address("srcaddr").role(Role::SourceAddress),
        F::address("dstaddr").role(Role::DestinationAddress),
        F::int("srcport").role(Role::SourcePort),
        F::int("dstport").role(Role::DestinationPort),
        F::int("protocol").role(Role::Protocol),
        F::int("packets").role(Role::Packets),
        F::int("bytes").role(Role::Bytes).unit("B"),
        F::time("start").role(Role::Time),
        F::time("end").role(Role::EndTime),
        F::text("log-status").role(Role::Status),
        F::text("type"),
        F::int("packets-lost-no-route"),
        F::int("packets-lost-blackhole"),
        F::int("packets-lost-mtu-exceeded"),
        F::int("packets-lost-ttl-expired"),
        F::int("tcp-flags"),
        F::text("region").role(Role::Region),
        F::text("flow-direction"),
        F::text("pkt-src-aws-service"),
        F::text("pkt-dst-aws-service"),
    ],
    columns: &[
        "start",
        "tgw-id",
        "tgw-attachment-id",
        "srcaddr",
        "srcport",
        "dstaddr",
        "dstport",
        "protocol",
        "packets",
        "bytes",
        "flow-direction",
        "log-status",
    ],
    aliases: &[
        ("resourceType", "resource-type"),
        ("accountId", "account-id"),
        ("tgwId", "tgw-id"),
        ("tgwAttachmentId", "tgw-attachment-id"),
        ("tgwPairAttachmentId", "tgw-pair-attachment-id"),
        ("srcAddr", "srcaddr"),
        ("dstAddr", "dstaddr"),
        ("srcPort", "srcport"),
        ("dstPort", "dstport"),
        ("logStatus", "log-status"),
        ("tcpFlags", "tcp-flags"),
        ("flowDirection", "flow-direction"),
    ],
    dedupe: false,
};
