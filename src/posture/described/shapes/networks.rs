//! Flow logs and query logs, and what belongs to which VPC.

use super::or_arn;
use crate::posture::described::body::Body;
use crate::posture::described::read::put;
use crate::posture::described::{Described, FlowLog, Network, Of, QueryLog};

pub(super) fn flow_log(into: &mut Described, body: &Body<'_>, of: Of) {
    let group = body.text("LogGroupName");
    let kind = body.text("LogDestinationType");
    // An answer from before destinations had types.
    let kind = kind.or_else(|| group.as_ref().map(|_| "cloud-watch-logs".to_owned()));
    let role = body.text("DeliverLogsPermissionArn");
    put(
        &mut into.flow_logs,
        FlowLog {
            of: or_arn(of, role.as_deref()),
            id: body.first(&["FlowLogId", "Id"]).unwrap_or_default(),
            resource: body.text("ResourceId").unwrap_or_default(),
            destination_type: kind,
            destination: body.text("LogDestination"),
            log_group: group,
            traffic: body.text("TrafficType"),
            status: body.text("FlowLogStatus"),
            delivery: body.text("DeliverLogsStatus"),
            delivery_error: body.text("DeliverLogsErrorMessage"),
            format: body.text("LogFormat"),
            aggregation: body.number("MaxAggregationInterval"),
        },
    );
}

fn network(into: &mut Described, body: &Body<'_>, of: Of, id: &str) {
    if let (Some(id), Some(vpc)) = (body.text(id), body.text("VpcId")) {
        put(&mut into.networks, Network { of, id, vpc });
    }
}

pub(super) fn vpc(into: &mut Described, body: &Body<'_>, of: Of) {
    network(into, body, of, "VpcId");
}

pub(super) fn subnet(into: &mut Described, body: &Body<'_>, of: Of) {
    network(into, body, of, "SubnetId");
}

pub(super) fn interface(into: &mut Described, body: &Body<'_>, of: Of) {
    network(into, body, of, "NetworkInterfaceId");
}

pub(super) fn query_log(into: &mut Described, body: &Body<'_>, of: Of) {
    put(
        &mut into.query_logs,
        QueryLog {
            of: or_arn(of, body.text("Arn").as_deref()),
            id: body
                .first(&["Id", "ResolverQueryLogConfigId"])
                .unwrap_or_default(),
            name: body.text("Name").unwrap_or_default(),
            destination: body.text("DestinationArn"),
            status: body.text("Status"),
            associations: body.number("AssociationCount"),
        },
    );
}
