//! CloudTrail digest files: which log files were delivered in an hour, and what they hash to.
//!
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html>
//! One file is one record. `logFileCount` is derived: the number of `logFiles`.

use super::json::{Columns, JsonReader, OnRecord, PathId, Plan, Record, Spec};
use super::{Confidence, LogFormat, Options, Reader, Sample};
use crate::base::{Facts, FieldSpec, Group, Role};
use crate::table::RowSink;
use std::sync::Arc;

pub struct CloudTrailDigest;

static FACTS: Facts = Facts {
    id: "cloudtrail-digest",
    title: "CloudTrail digest files",
    records: "digests",
    group: Group::Infrastructure,
    spec_url: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html",
    shapes: &["S3 files"],
    export_hint: "aws s3 sync s3://BUCKET/AWSLogs/ACCOUNT/CloudTrail-Digest/ .",
    fields: &[
        FieldSpec::time("digestStartTime").role(Role::Time),
        FieldSpec::time("digestEndTime").role(Role::EndTime),
        FieldSpec::text("awsAccountId").role(Role::Account),
        FieldSpec::text("digestS3Bucket"),
        FieldSpec::text("digestS3Object").role(Role::Id),
        FieldSpec::int("logFileCount"),
        FieldSpec::list("logFiles.s3Object").role(Role::Resource),
        FieldSpec::list("logFiles.hashValue"),
        FieldSpec::time("newestEventTime"),
        FieldSpec::time("oldestEventTime"),
        FieldSpec::text("digestPublicKeyFingerprint"),
        FieldSpec::text("digestSignatureAlgorithm"),
        FieldSpec::text("previousDigestS3Bucket"),
        FieldSpec::text("previousDigestS3Object"),
        FieldSpec::text("previousDigestHashValue"),
        FieldSpec::text("previousDigestHashAlgorithm"),
        FieldSpec::text("previousDigestSignature"),
    ],
    columns: &[
        "digestStartTime",
        "digestEndTime",
        "awsAccountId",
        "logFileCount",
        "digestS3Object",
        "previousDigestS3Object",
    ],
    aliases: &[],
    dedupe: false,
};

impl LogFormat for CloudTrailDigest {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn probe(&self, sample: &Sample<'_>) -> Option<Confidence> {
        sample
            .shape()
            .record_has(&["digestStartTime", "digestS3Object"])
            .then_some(Confidence::Certain)
    }

    fn reader(&self, _sample: &Sample<'_>, options: &Options) -> Box<dyn Reader> {
        let lists = [
            ("logFiles[].s3Object", "logFiles.s3Object"),
            ("logFiles[].hashValue", "logFiles.hashValue"),
        ];
        let own = FACTS.fields.iter().map(|f| (f.name, f.name));
        let map: Vec<(&str, &str)> = own
            .filter(|(name, _)| !name.contains('.') && *name != "logFileCount")
            .chain(lists)
            .collect();
        let mut plan = Plan::new(&map, options);
        let file = plan.want("logFiles[]");
        let start = plan.want("digestStartTime");
        let plan = Arc::new(plan);
        let count_field = FACTS.field("logFileCount").unwrap_or_default();
        Box::new(JsonReader::new(
            Spec::default(),
            plan.wanted(),
            Digests {
                columns: Columns::new(plan.clone()),
                file,
                start,
                count_field,
            },
        ))
    }
}

struct Digests {
    columns: Columns,
    file: PathId,
    start: PathId,
    count_field: usize,
}

impl OnRecord for Digests {
    fn record(&mut self, record: &Record<'_>, sink: &mut RowSink<'_>) {
        if record.get(self.start).is_none() {
            return sink.reject(
                "no digest: it has no digestStartTime",
                record.offset,
                record.bytes,
            );
        }
        self.columns.fill(record, sink);
        sink.int(self.count_field, record.all(self.file).count() as i64);
        sink.end(record.offset, record.bytes.len() as u64);
    }

    fn finish(&mut self, sink: &mut RowSink<'_>) {
        self.columns.finish(sink);
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn fixtures() {
        crate::formats::testing::fixtures("cloudtrail-digest");
    }
}
