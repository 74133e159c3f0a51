//! VPC flow logs: a row for every VPC.

use super::{Goes, Stream, Streams, World, is_of, place, put};
use crate::base::size::counted;
use crate::posture::described::FlowLog;
use crate::posture::{Question, Service};

pub(super) fn gather(world: &World<'_>, streams: &mut Streams) {
    let described = world.described;
    for log in &described.flow_logs {
        let network = world.network(&log.resource);
        let vpc = network.map_or(log.resource.as_str(), |n| n.vpc.as_str());
        // An answer of describe-flow-logs may not say whose it is: its VPC does.
        let mut of = log.of.clone();
        if let Some(network) = network {
            of.account = first(&of.account, &network.of.account);
            of.region = first(&of.region, &network.of.region);
        }
        put(streams, &of, Service::VpcFlow, Some(vpc), of_log(world, log, vpc));
    }
    for vpc in described.networks.iter().filter(|n| n.id == n.vpc) {
        let (account, region) = (&vpc.of.account, &vpc.of.region);
        let row = place(streams, account, region, Service::VpcFlow, Some(&vpc.vpc));
        if !row.is_empty() {
            continue;
        }
        let known = described
            .flow_logs
            .iter()
            .filter(|log| is_of(&log.of, account, region))
            .count();
        let mut stream = Stream::new(format!("VPC {}", vpc.vpc), &vpc.vpc, &vpc.of);
        if known > 0 {
            let known = counted(known as u64, "flow logs");
            stream.no(
                Question::Logged,
                format!("None of the {known} described here is on VPC {}.", vpc.vpc),
            );
        }
        row.push(stream);
    }
}

fn first(own: &str, other: &str) -> String {
    if own.is_empty() { other } else { own }.to_owned()
}

fn of_log(world: &World<'_>, log: &FlowLog, vpc: &str) -> Stream {
    let id = &log.id;
    let mut stream = Stream::new(format!("flow log {id}"), id, &log.of);
    let status = log.status.as_deref();
    stream.either(
        Question::Logged,
        status.map(|s| s.eq_ignore_ascii_case("ACTIVE")),
        &format!("Flow log {id} on {} is active.", log.resource),
        &format!(
            "Flow log {id} on {} is {}.",
            log.resource,
            status.unwrap_or_default()
        ),
    );
    complete(world, log, vpc, &mut stream);
    stream.aggregation = log.aggregation;
    let destination = log.destination.as_deref();
    let goes = match (log.destination_type.as_deref(), destination) {
        (Some("s3"), Some(arn)) => Some(Goes::bucket(arn)),
        (Some("kinesis-data-firehose"), Some(arn)) => Some(Goes::Stream(arn.to_owned())),
        (_, destination) => log.log_group.as_deref().or(destination).map(|group| {
            // A group's name alone: it is in the account and region of the flow log.
            Goes::group(destination.filter(|d| d.starts_with("arn:")).unwrap_or(group))
        }),
    };
    stream.goes.extend(goes);
    stream
}

fn complete(world: &World<'_>, log: &FlowLog, vpc: &str, stream: &mut Stream) {
    let id = &log.id;
    let failed = log
        .delivery
        .as_deref()
        .is_some_and(|d| d.eq_ignore_ascii_case("FAILED"));
    if failed || log.delivery_error.is_some() {
        let error = log.delivery_error.as_deref().unwrap_or("no reason is given");
        stream.no(
            Question::Complete,
            format!("Flow log {id} can not deliver: {error}."),
        );
        return;
    }
    match log.traffic.as_deref() {
        Some("ALL") => {}
        Some(traffic) => {
            stream.no(
                Question::Complete,
                format!("Flow log {id} takes {traffic} traffic alone."),
            );
            return;
        }
        None => return,
    }
    if log.resource == vpc {
        if log.delivery.is_some() {
            stream.yes(
                Question::Complete,
                format!("Flow log {id} takes all traffic of the VPC and delivers it."),
            );
        }
        return;
    }
    let subnets = world
        .described
        .networks
        .iter()
        .filter(|n| n.vpc == vpc && n.id.starts_with("subnet-"));
    let bare: Vec<&str> = subnets
        .map(|n| n.id.as_str())
        .filter(|subnet| !world.flowed.contains(subnet))
        .collect();
    if !bare.is_empty() {
        let some: Vec<&str> = bare.iter().take(3).copied().collect();
        let count = counted(bare.len() as u64, "subnets");
        stream.no(
            Question::Complete,
            format!(
                "Flow log {id} is on {} alone; of the VPC, this leaves {count} without a flow log: {}.",
                log.resource,
                some.join(", ")
            ),
        );
    }
}
