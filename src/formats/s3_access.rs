//! Server access logs of S3: 18 values a line at first, 27 today, and the JSON objects that are delivered to CloudWatch Logs.
//!
//! `key` is kept as it is written, URL-encoded; the derived `requestPath` is decoded once. Derived: see [`super::access`].
//! `outcome` is `failed` where an error code or a status from 400 on says so; what S3 did by itself (a lifecycle rule) has no
//! status and is `ok`.

use super::access::{
    HOST, LATENCY, METHOD, OUTCOME, PATH, Read, Requests, Slot, Spec, clf, outcome, request, target,
};
use super::json::Spec as JsonSpec;
use super::json::objects::Objects;
use super::{Confidence, LogFormat, Options, Reader, Sample};
use crate::base::{Facts, FieldSpec as F, Group, Role};

static FACTS: Facts = Facts {
    id: "s3-access",
    title: "S3 server access logs",
    records: "requests",
    group: Group::AwsService,
    spec_url: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html",
    shapes: &["S3 files of 18 to 27 values", "values that come later are kept"],
    export_hint: "aws s3 sync s3://LOG-BUCKET/PREFIX .",
    fields: &[
        F::text("bucket_owner"),
        F::text("bucket").role(Role::Resource),
        F::time("time").role(Role::Time),
        F::address("remote_ip").role(Role::SourceAddress),
        F::text("requester").role(Role::Actor),
        F::text("request_id").role(Role::Id),
        F::text("operation").role(Role::Action),
        F::text("key"),
        METHOD,
        F::text("request_uri"),
        F::text("request_proto"),
        F::int("http_status").role(Role::Status),
        F::text("error_code"),
        F::int("bytes_sent").role(Role::Bytes).unit("B"),
        F::int("object_size").unit("B"),
        F::int("total_time").unit("ms"),
        F::int("turn_around_time").unit("ms"),
        F::text("referer"),
        F::text("user_agent").role(Role::UserAgent),
        F::text("version_id"),
        F::text("host_id"),
        F::text("signature_version"),
        F::text("cipher_suite"),
        F::text("authentication_type"),
        F::text("host_header"),
        F::text("tls_version").role(Role::Protocol),
        F::text("access_point_arn"),
        F::text("acl_required"),
        F::text("source_region"),
        HOST,
        PATH,
        OUTCOME,
        LATENCY,
    ],
    columns: &[
        "time",
        "remote_ip",
        "requester",
        "operation",
        "bucket",
        "key",
        "http_status",
        "error_code",
        "bytes_sent",
    ],
    aliases: &[
        ("statusCode", "http_status"),
        ("tlsProtocol", "tls_version"),
        ("tlsCipher", "cipher_suite"),
        ("requestError", "error_code"),
        ("bucket_name", "bucket"),
        ("referrer", "referer"),
    ],
    dedupe: false,
};

const SLOTS: &[Slot] = &[
    ("bucket_owner", Read::Text),
    ("bucket", Read::Text),
    ("time", Read::Clf),
    ("remote_ip", Read::Text),
    ("requester", Read::Text),
    ("request_id", Read::Text),
    ("operation", Read::Text),
    ("key", Read::Text),
    ("requestMethod", Read::Request("request_uri", "request_proto")),
    ("http_status", Read::Integer),
    ("error_code", Read::Text),
    ("bytes_sent", Read::Integer),
    ("object_size", Read::Integer),
    ("total_time", Read::Integer),
    ("turn_around_time", Read::Integer),
    ("referer", Read::Text),
    ("user_agent", Read::Text),
    ("version_id", Read::Text),
    ("host_id", Read::Text),
    ("signature_version", Read::Text),
    ("cipher_suite", Read::Text),
    ("authentication_type", Read::Text),
    ("host_header", Read::Text),
    ("tls_version", Read::Text),
    ("access_point_arn", Read::Text),
    ("acl_required", Read::Text),
    ("source_region", Read::Text),
];
/// Positions of what is derived from.
const REQUEST: usize = 8;
const STATUS: usize = 9;
const ERROR: usize = 10;
const TOTAL_TIME: usize = 13;
const HOST_HEADER: usize = 22;

pub struct S3Access;

static LINES: Requests = Requests { spec: &SPEC };

static SPEC: Spec = Spec {
    facts: &FACTS,
    slots: SLOTS,
    least: 18,
    is_line: |values| {
        // `REST.GET.OBJECT`, `S3.EXPIRE.OBJECT`, `WEBSITE.GET.OBJECT`, …
        let operation = values.get(6);
        clf(values.get(2)).is_some()
            && operation.contains(&b'.')
            && operation
                .iter()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_'))
    },
    derive: |values, to| {
        match values.integer(STATUS) {
            Some(status) => to.outcome(Some(status)),
            None => to.came_about(matches!(values.get(ERROR), b"-" | b"")),
        }
        to.url_of_request(values.get(REQUEST));
        to.host(values.get(HOST_HEADER));
        if let Some(ms) = values.float(TOTAL_TIME) {
            to.latency_ms(ms);
        }
    },
};

/// The same as CloudWatch Logs is given them: JSON objects, null where there is no value
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/sal-cw-log-format.html>).
static OBJECTS: Objects = Objects {
    facts: &FACTS,
    spec: JsonSpec {
        records: &[],
        context: &[],
        any_kind: false,
    },
    marks: &["bucket_name", "request_time", "operation"],
    elsewhere: &[
        ("bucket_name", "bucket"),
        ("bucket_owner_id", "bucket_owner"),
        ("request_time", "time"),
        ("referer", "referer"),
        ("referrer", "referer"),
    ],
    derived: &[
        "requestMethod",
        "request_uri",
        "request_proto",
        "requestHost",
        "requestPath",
        "outcome",
        "latency",
    ],
    parts: &[
        "request_uri",
        "http_status",
        "error_code",
        "total_time",
        "host_header",
    ],
    derive: |parts, to| {
        let line = parts.text(0);
        let (method, uri, protocol) = request(&line);
        to.text(0, method);
        to.text(1, uri);
        to.text(2, protocol);
        let (in_uri, path) = target(uri);
        let host = parts.text(4);
        to.text(3, if host.is_empty() { in_uri } else { &host });
        to.text(4, &path);
        to.text(
            5,
            match parts.integer(1) {
                Some(status) => outcome(Some(status)),
                None if parts.text(2).is_empty() => b"ok",
                None => b"failed",
            },
        );
        if let Some(ms) = parts.integer(3).filter(|ms| *ms >= 0) {
            to.float(6, ms as f64);
        }
    },
};

impl S3Access {
    fn of(&self, sample: &Sample<'_>) -> &'static dyn LogFormat {
        match sample.head.first() {
            Some(b'{' | b'[') => &OBJECTS,
            _ => &LINES,
        }
    }
}

impl LogFormat for S3Access {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn probe(&self, sample: &Sample<'_>) -> Option<Confidence> {
        self.of(sample).probe(sample)
    }

    fn restarts_after(&self, sample: &Sample<'_>) -> Option<usize> {
        self.of(sample).restarts_after(sample)
    }

    fn has_more(&self) -> bool {
        false
    }

    fn reader(&self, sample: &Sample<'_>, options: &Options) -> Box<dyn Reader> {
        self.of(sample).reader(sample, options)
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn fixtures() {
        crate::formats::testing::fixtures("s3-access");
    }
}
