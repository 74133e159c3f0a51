//! What ends in a log group of CloudWatch Logs: databases, functions, clusters, Resolver queries, and the groups themselves.

use super::{Goes, Stream, Streams, World, is_of, put};
use crate::posture::described::{Cluster, Database, Of, QueryLog};
use crate::posture::{Question, Service};

/// The logs that an engine can export: docs.aws.amazon.com, publishing database logs to CloudWatch Logs.
const EXPORTS: &[(&str, &[&str])] = &[
    ("aurora-mysql", &["audit", "error", "general", "slowquery"]),
    ("aurora-postgresql", &["postgresql"]),
    ("mysql", &["audit", "error", "general", "slowquery"]),
    ("mariadb", &["audit", "error", "general", "slowquery"]),
    ("postgres", &["postgresql", "upgrade"]),
    ("oracle", &["alert", "audit", "listener", "trace"]),
    ("sqlserver", &["agent", "error"]),
    ("db2", &["diag.log", "notify.log"]),
];

/// Every type of control plane log of a cluster.
const CLUSTER_TYPES: [&str; 5] = ["api", "audit", "authenticator", "controllerManager", "scheduler"];

pub(super) fn gather(world: &World<'_>, streams: &mut Streams) {
    let described = world.described;
    for database in &described.databases {
        put(
            streams,
            &database.of,
            Service::Rds,
            None,
            of_database(world, database),
        );
    }
    for cluster in &described.clusters {
        put(
            streams,
            &cluster.of,
            Service::EksAudit,
            None,
            of_cluster(world, cluster),
        );
    }
    for log in &described.query_logs {
        put(
            streams,
            &log.of,
            Service::ResolverQuery,
            None,
            of_query_log(world, log),
        );
    }
    for group in &described.log_groups {
        let name = &group.name;
        let mut stream = Stream::new(format!("log group {name}"), name, &group.of);
        stream.either(
            Question::Logged,
            group.stored_bytes.map(|bytes| bytes > 0),
            &format!("Log group {name} holds events."),
            &format!("Log group {name} holds nothing."),
        );
        stream.goes.push(Goes::group(name));
        put(streams, &group.of, Service::LogGroups, None, stream);
    }
    for function in &described.functions {
        let name = &function.name;
        let mut stream = Stream::new(format!("function {name}"), name, &function.of);
        let group = function
            .log_group
            .clone()
            .unwrap_or_else(|| format!("/aws/lambda/{name}"));
        let Of { account, region, .. } = &function.of;
        if world.has_groups(account, region) {
            stream.either(
                Question::Complete,
                Some(world.group(&group, account, region).is_some()),
                &format!("Function {name} has its log group {group}."),
                &format!("Function {name} writes to log group {group}, which is not among those described."),
            );
        }
        put(streams, &function.of, Service::LogGroups, None, stream);
    }
}

/// Says whether a log group has the name that its service gives it.
fn expect(world: &World<'_>, of: &Of, group: String, stream: &mut Stream) {
    if world.has_groups(&of.account, &of.region) {
        stream.either(
            Question::Named,
            Some(world.group(&group, &of.account, &of.region).is_some()),
            &format!("Log group {group} has the name that its service gives."),
            &format!("Log group {group} is not among those described."),
        );
    }
    stream.goes.push(Goes::group(&group));
}

fn listed(types: &[&str]) -> String {
    types.join(", ")
}

fn of_database(world: &World<'_>, database: &Database) -> Stream {
    let id = &database.id;
    let mut stream = Stream::new(format!("database {id}"), id, &database.of);
    let Some(exports) = &database.exports else {
        return stream;
    };
    stream.either(
        Question::Logged,
        Some(!exports.is_empty()),
        &format!("Database {id} exports {}.", exports.join(", ")),
        &format!("Database {id} exports no log to CloudWatch Logs."),
    );
    let engine = database.engine.as_deref().unwrap_or_default();
    if let Some((_, can)) = EXPORTS.iter().find(|(name, _)| engine.starts_with(name)) {
        let missing: Vec<&str> = can
            .iter()
            .copied()
            .filter(|log| !exports.iter().any(|e| e == log))
            .collect();
        stream.either(
            Question::Complete,
            Some(missing.is_empty()),
            &format!("Database {id} exports every log that {engine} has."),
            &format!(
                "Database {id} does not export {}, which {engine} can.",
                listed(&missing)
            ),
        );
    }
    // Of Aurora, the groups are the cluster's, whose name the instance does not say here.
    if !engine.starts_with("aurora") {
        for export in exports {
            expect(
                world,
                &database.of,
                format!("/aws/rds/instance/{id}/{export}"),
                &mut stream,
            );
        }
    }
    stream
}

fn of_cluster(world: &World<'_>, cluster: &Cluster) -> Stream {
    let name = &cluster.name;
    let mut stream = Stream::new(format!("cluster {name}"), name, &cluster.of);
    let Some(types) = &cluster.types else {
        return stream;
    };
    stream.either(
        Question::Logged,
        Some(types.iter().any(|ty| ty == "audit")),
        &format!("Cluster {name} writes audit logs."),
        &format!("Cluster {name} writes no audit logs."),
    );
    let missing: Vec<&str> = CLUSTER_TYPES
        .into_iter()
        .filter(|ty| !types.iter().any(|on| on == ty))
        .collect();
    stream.either(
        Question::Complete,
        Some(missing.is_empty()),
        &format!("Cluster {name} writes every type of control plane log."),
        &format!("Cluster {name} does not write {}.", listed(&missing)),
    );
    if !types.is_empty() {
        expect(
            world,
            &cluster.of,
            format!("/aws/eks/{name}/cluster"),
            &mut stream,
        );
    }
    stream
}

fn of_query_log(world: &World<'_>, log: &QueryLog) -> Stream {
    let name = if log.name.is_empty() { &log.id } else { &log.name };
    let mut stream = Stream::new(format!("query log {name}"), &log.id, &log.of);
    let status = log.status.as_deref();
    match (status, log.associations) {
        (_, Some(0)) => stream.no(Question::Logged, format!("Query log {name} is on no VPC.")),
        (Some("CREATED"), _) => stream.yes(Question::Logged, format!("Query log {name} is set up.")),
        (Some(status), _) => stream.no(Question::Logged, format!("Query log {name} is {status}.")),
        (None, _) => {}
    }
    let Of { account, region, .. } = &log.of;
    let vpcs = world
        .described
        .networks
        .iter()
        .filter(|n| n.id == n.vpc && is_of(&n.of, account, region))
        .count() as u64;
    if let Some(on) = log.associations.filter(|_| vpcs > 0) {
        stream.either(
            Question::Complete,
            Some(on >= vpcs),
            &format!("Query log {name} is on {on} VPCs, and {vpcs} are known here."),
            &format!("Query log {name} is on {on} of the {vpcs} VPCs that are known here."),
        );
    }
    stream.goes.extend(log.destination.as_deref().map(Goes::arn));
    stream
}
