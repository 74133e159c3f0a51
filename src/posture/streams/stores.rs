//! What writes its logs to a bucket by itself: S3, load balancers, CloudFront.

use super::{Goes, Stream, Streams, World, put};
use crate::posture::described::{AccessLogs, Of};
use crate::posture::{Question, Service};

/// One thing that writes access logs to a bucket.
struct Writer<'d> {
    service: Service,
    /// `bucket`
    what: &'static str,
    id: &'d str,
    name: &'d str,
    of: &'d Of,
    logs: Option<bool>,
    bucket: Option<&'d str>,
    /// What is not told where they are off.
    besides: &'static str,
}

pub(super) fn gather(world: &World<'_>, streams: &mut Streams) {
    let described = world.described;
    let buckets = described.buckets.iter().map(|b| Writer {
        service: Service::S3Access,
        what: "Bucket",
        id: &b.name,
        name: &b.name,
        of: &b.of,
        logs: b.logs.as_ref().map(|logs| logs.bucket().is_some()),
        bucket: b.logs.as_ref().and_then(AccessLogs::bucket),
        besides: "",
    });
    let balancers = described.balancers.iter().map(|b| Writer {
        service: Service::ElbAccess,
        what: "Load balancer",
        id: &b.id,
        name: &b.name,
        of: &b.of,
        logs: b.logs,
        bucket: b.bucket.as_deref(),
        besides: "",
    });
    let distributions = described.distributions.iter().map(|d| Writer {
        service: Service::Cloudfront,
        what: "Distribution",
        id: &d.id,
        name: &d.id,
        of: &d.of,
        logs: d.logs,
        bucket: d.bucket.as_deref(),
        besides: " Real-time logs, and standard logs that are set up in CloudWatch Logs, are not told there.",
    });
    for writer in buckets.chain(balancers).chain(distributions) {
        put(streams, writer.of, writer.service, None, stream(&writer));
    }
}

fn stream(writer: &Writer<'_>) -> Stream {
    let Writer {
        what, name, besides, ..
    } = writer;
    let mut stream = Stream::new(
        format!("{} {name}", what.to_ascii_lowercase()),
        writer.id,
        writer.of,
    );
    let to = writer
        .bucket
        .map(|bucket| format!(" to bucket {bucket}"))
        .unwrap_or_default();
    stream.either(
        Question::Logged,
        writer.logs,
        &format!("{what} {name} writes access logs{to}."),
        &format!("{what} {name} has no access logs in its settings.{besides}"),
    );
    stream.either(
        Question::Complete,
        writer.logs,
        &format!("{what} {name} writes every request that AWS can deliver; a delivery is not guaranteed."),
        &format!(
            "Requests to {} {name} leave no record.",
            what.to_ascii_lowercase()
        ),
    );
    if writer.logs == Some(true) {
        stream.goes.extend(writer.bucket.map(Goes::bucket));
    }
    stream
}
