//! VPC flow logs, versions 2 to 11: who talked to whom, how much, and whether it was let through.
//!
//! Read: text with a header line (S3), without one (CloudWatch Logs; the default format, the documented order, or a
//! `${field}` format that was given), and Parquet. Any subset of the fields in any order; `-` is no value. Values
//! behind the last known field are kept as `field15` and so on. NODATA and SKIPDATA records are kept and counted
//! apart: they say nothing about traffic, so their traffic fields are absent.
//!
//! A row of a Parquet file has no text: its offset is its number in the file and its length 0.

use super::flow::Kind;
use super::{Confidence, LogFormat, Options, Reader, Sample};
use crate::base::{Facts, FieldSpec as F, Group, Role};

pub struct VpcFlow;

impl LogFormat for VpcFlow {
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
    counts: &[14, 21, 25, 29, 39, 40, 41, 42, 54],
    transit: false,
};

pub static FACTS: Facts = Facts {
    id: "vpc-flow",
    title: "VPC flow logs",
    records: "flows",
    group: Group::Infrastructure,
    spec_url: "https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html",
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
        // Version 2, the default format.
        F::int("version"),
        F::text("account-id").role(Role::Account),
        F::text("interface-id").role(Role::Interface),
        F::address("srcaddr").role(Role::SourceAddress),
        F::address("dstaddr").role(Role::DestinationAddress),
        F::int("srcport").role(Role::SourcePort),
        F::int("dstport").role(Role::DestinationPort),
        F::int("protocol").role(Role::Protocol),
        F::int("packets").role(Role::Packets),
        F::int("bytes").role(Role::Bytes).unit("B"),
        F::time("start").role(Role::Time),
        F::time("end").role(Role::EndTime),
        F::text("action").role(Role::Outcome),
        F::text("log-status").role(Role::Status),
        // Version 3.
        F::text("vpc-id").role(Role::Network),
        F::text("subnet-id"),
        F::text("instance-id").role(Role::Resource),
        F::int("tcp-flags"),
        F::text("type"),
        F::address("pkt-srcaddr"),
        F::address("pkt-dstaddr"),
        // Version 4.
        F::text("region").role(Role::Region),
        F::text("az-id"),
        F::text("sublocation-type"),
        F::text("sublocation-id"),
        // Version 5.
        F::text("pkt-src-aws-service"),
        F::text("pkt-dst-aws-service"),
        F::text("flow-direction"),
        F::int("traffic-path"),
        // Version 7.
        F::text("ecs-cluster-arn"),
        F::text("ecs-cluster-name"),
        F::text("ecs-container-instance-arn"),
        F::text("ecs-container-instance-id"),
        F::text("ecs-container-id"),
        F::text("ecs-second-container-id"),
        F::text("ecs-service-name"),
        F::text("ecs-task-definition-arn"),
        F::text("ecs-task-arn"),
        F::text("ecs-task-id"),
        // Version 8.
        F::text("reject-reason"),
        // Version 9.
        F::text("resource-id"),
        // Version 10.
        F::int("encryption-status"),
        // Version 11.
        F::text("instance-tag"),
        F::text("instance-tag-2"),
        F::text("interface-tag"),
        F::text("interface-tag-2"),
        F::text("asg-tag"),
        F::text("asg-tag-2"),
        F::text("interface-type"),
        F::text("next-hop-interface-id"),
        F::text("next-hop-subnet-id"),
        F::text("next-hop-az-id"),
        F::text("next-hop-vpc-id"),
        F::text("next-hop-interface-type"),
    ],
    columns: &[
        "start",
        "interface-id",
        "srcaddr",
        "srcport",
        "dstaddr",
        "dstport",
        "protocol",
        "packets",
        "bytes",
        "action",
        "log-status",
    ],
    // How CloudWatch Logs Insights discovers them.
    aliases: &[
        ("accountId", "account-id"),
        ("interfaceId", "interface-id"),
        ("srcAddr", "srcaddr"),
        ("dstAddr", "dstaddr"),
        ("srcPort", "srcport"),
        ("dstPort", "dstport"),
        ("logStatus", "log-status"),
        ("vpcId", "vpc-id"),
        ("subnetId", "subnet-id"),
        ("instanceId", "instance-id"),
        ("tcpFlags", "tcp-flags"),
        ("pktSrcAddr", "pkt-srcaddr"),
        ("pktDstAddr", "pkt-dstaddr"),
        ("azId", "az-id"),
        ("sublocationType", "sublocation-type"),
        ("sublocationId", "sublocation-id"),
        ("pktSrcAwsService", "pkt-src-aws-service"),
        ("pktDstAwsService", "pkt-dst-aws-service"),
        ("flowDirection", "flow-direction"),
        ("trafficPath", "traffic-path"),
    ],
    dedupe: false,
};
