//! AWS Lambda function logs: what the service says of every invocation, and what the function wrote, in text and in JSON.
//!
//! A log line or platform event is a record. Fields of the service's have the names of its JSON events without what stands
//! around them (`durationMs`, `billedDurationMs`, `memorySizeMB`, …). `type` is the event's without `platform.` (`start`,
//! `report`, `initStart`, …), `timeout` where a text says that a task timed out, and `log` for what the function wrote. A line
//! without a request of its own belongs to the one that is open in its stream. Derived: `functionName` out of the log group,
//! `outcome` of reports and timeouts. Its time is the container's, else the line's own.

mod json;
mod text;

use super::cloudwatch_logs::place;
use super::lines::sample_lines;
use super::log_events::{EventReader, OnEvent, beginning};
use super::{Confidence, LogFormat, Options, Reader, Sample};
use crate::base::hash::FastMap;
use crate::base::{Facts, FieldSpec as F, Group, Role};
use crate::table::{RowSink, Told};

pub struct Lambda;

static FACTS: Facts = Facts {
    id: "lambda",
    title: "Lambda function logs",
    records: "log lines",
    group: Group::AwsService,
    spec_url: "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-view.html",
    shapes: &[
        "text: START, END, REPORT, INIT_START, INIT_REPORT, RESTORE_START, timeouts, extensions, application lines",
        "JSON: platform events and application lines",
        "any container of CloudWatch Logs; of plain text the times of platform lines are not known",
    ],
    export_hint: "aws logs filter-log-events --log-group-name /aws/lambda/NAME > events.json",
    fields: &[
        F::time("timestamp").role(Role::Time),
        F::text("functionName").role(Role::Resource),
        F::text("requestId").role(Role::Id),
        F::text("type").role(Role::Action),
        F::text("level").role(Role::Severity),
        F::text("message").role(Role::Message),
        F::text("outcome").role(Role::Outcome),
        F::text("status"),
        F::text("errorType"),
        F::float("durationMs").unit("ms"),
        F::int("billedDurationMs").unit("ms"),
        F::int("memorySizeMB"),
        F::int("maxMemoryUsedMB"),
        F::float("initDurationMs").unit("ms"),
        F::float("restoreDurationMs").unit("ms"),
        F::text("initializationType"),
        F::text("version"),
        F::text("runtimeVersion"),
        F::text("traceId"),
        F::text("logGroup"),
        F::text("logStream"),
        F::text("account").role(Role::Account),
    ],
    columns: &[
        "timestamp",
        "functionName",
        "type",
        "requestId",
        "level",
        "durationMs",
        "maxMemoryUsedMB",
        "message",
    ],
    aliases: &[
        ("AWSRequestId", "requestId"),
        ("faas.name", "functionName"),
        ("logOwner", "account"),
    ],
    dedupe: false,
};

/// Bytes of a message that are kept in its column.
const KEPT: usize = 2048;
/// Lines looked at to recognise a member.
const LINES: usize = 200;
/// Where functions log unless they are told to log elsewhere.
const GROUP: &str = "/aws/lambda/";
/// Streams whose open request is remembered.
const MAX_STREAMS: usize = 10_000;

/// What a line or event says.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Entry {
    pub time_ns: Option<i64>,
    pub request: Vec<u8>,
    pub ty: &'static str,
    /// Of a platform event that is not known by name.
    pub other_ty: Vec<u8>,
    pub level: Vec<u8>,
    pub message: Vec<u8>,
    pub status: Vec<u8>,
    pub error_type: Vec<u8>,
    pub duration_ms: Option<f64>,
    pub billed_ms: Option<i64>,
    pub memory_mb: Option<i64>,
    pub used_mb: Option<i64>,
    pub init_ms: Option<f64>,
    pub restore_ms: Option<f64>,
    pub init_type: Vec<u8>,
    pub version: Vec<u8>,
    pub runtime: Vec<u8>,
    pub trace: Vec<u8>,
    pub function: Vec<u8>,
}

impl Entry {
    /// Does a request begin with it, or end?
    fn opens(&self) -> bool {
        self.ty == "start"
    }

    fn closes(&self) -> bool {
        matches!(self.ty, "report")
    }

    /// What came of the request, if this says so.
    fn outcome(&self) -> &'static [u8] {
        match (self.ty, &*self.status) {
            ("timeout", _) => b"failed",
            ("report" | "runtimeDone" | "initRuntimeDone", b"" | b"success") => b"ok",
            ("report" | "runtimeDone" | "initRuntimeDone", _) => b"failed",
            _ => b"",
        }
    }
}

impl LogFormat for Lambda {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn probe(&self, sample: &Sample<'_>) -> Option<Confidence> {
        let is_its = |line: &[u8]| text::is_platform(line) || json::is_platform(line);
        let found = sample_lines(sample).take(LINES).any(is_its);
        found.then_some(Confidence::Certain)
    }

    fn has_more(&self) -> bool {
        false
    }

    fn reader(&self, _: &Sample<'_>, _: &Options) -> Box<dyn Reader> {
        Box::new(EventReader::new(Events {
            open: FastMap::default(),
            fields: None,
        }))
    }
}

struct Events {
    /// The request that is open in each stream.
    open: FastMap<Box<str>, Vec<u8>>,
    fields: Option<Fields>,
}

/// Numbers of the fields that are set.
#[derive(Clone, Copy)]
struct Fields {
    told: [usize; 4],
    texts: [usize; 13],
    floats: [usize; 3],
    ints: [usize; 3],
    time: usize,
}

impl Fields {
    fn known() -> Fields {
        let of = |name: &str| FACTS.field(name).unwrap_or_default();
        Fields {
            told: ["timestamp", "logGroup", "logStream", "account"].map(of),
            texts: [
                "functionName",
                "requestId",
                "type",
                "level",
                "message",
                "outcome",
                "status",
                "errorType",
                "initializationType",
                "version",
                "runtimeVersion",
                "traceId",
                "logGroup",
            ]
            .map(of),
            floats: ["durationMs", "initDurationMs", "restoreDurationMs"].map(of),
            ints: ["memorySizeMB", "maxMemoryUsedMB", "billedDurationMs"].map(of),
            time: of("timestamp"),
        }
    }
}

impl OnEvent for Events {
    fn begins(&self, line: &[u8]) -> bool {
        text::begins(line)
    }

    fn event(&mut self, offset: u64, text: &[u8], told: Option<&Told>, sink: &mut RowSink<'_>) {
        let entry = json::read(text).unwrap_or_else(|| text::read(text));
        self.row(entry, (offset, text), told, sink);
    }
}

impl Events {
    fn row(
        &mut self,
        mut entry: Entry,
        (offset, text): (u64, &[u8]),
        told: Option<&Told>,
        sink: &mut RowSink<'_>,
    ) {
        let fields = *self.fields.get_or_insert_with(Fields::known);
        let stream = told.and_then(|t| t.stream.as_deref()).unwrap_or_default();
        if entry.request.is_empty() && !matches!(entry.ty, "initStart" | "initReport" | "initRuntimeDone") {
            if let Some(open) = self.open.get(stream) {
                entry.request.clone_from(open);
            }
        } else if entry.opens() && (self.open.len() < MAX_STREAMS || self.open.contains_key(stream)) {
            self.open.insert(stream.into(), entry.request.clone());
        }
        if entry.closes() {
            self.open.remove(stream);
        }
        if let Some(told) = told {
            place(told, fields.told, sink);
            let group = told.account_and_group().1;
            if let Some(name) = group.and_then(|g| g.strip_prefix(GROUP)) {
                entry.function = name.as_bytes().to_vec();
            }
        }
        if told.is_none_or(|t| t.time_ns.is_none())
            && let Some(at) = entry.time_ns
        {
            sink.int(fields.time, at);
        }
        let ty = match entry.ty {
            "" => &*entry.other_ty,
            known => known.as_bytes(),
        };
        let outcome = entry.outcome();
        let texts = [
            &entry.function,
            &*entry.request,
            ty,
            &entry.level,
            beginning(&entry.message, KEPT),
            outcome,
            &entry.status,
            &entry.error_type,
            &entry.init_type,
            &entry.version,
            &entry.runtime,
            &entry.trace,
        ];
        for (field, text) in fields.texts.iter().zip(texts) {
            if !text.is_empty() {
                sink.text(*field, text);
            }
        }
        let floats = [entry.duration_ms, entry.init_ms, entry.restore_ms];
        for (field, value) in fields.floats.iter().zip(floats) {
            if let Some(value) = value.filter(|v| v.is_finite()) {
                sink.float(*field, value);
            }
        }
        for (field, value) in fields
            .ints
            .iter()
            .zip([entry.memory_mb, entry.used_mb, entry.billed_ms])
        {
            if let Some(value) = value {
                sink.int(*field, value);
            }
        }
        sink.end(offset, text.len() as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::testing;

    #[test]
    fn fixtures() {
        testing::fixtures("lambda");
    }

    const ID: &str = "6f0c1e6a-0000-4000-8000-000000000001";

    #[test]
    fn a_line_belongs_to_the_request_that_is_open() {
        let log = format!(
            "START RequestId: {ID} Version: 7\nplain words\n  set in\nEND RequestId: {ID}\nREPORT RequestId: {ID}\tDuration: 1.00 ms\tBilled Duration: 2 ms\tMemory Size: 128 MB\tMax Memory Used: 40 MB\t\nafter it\n"
        );
        let (shard, stats) = testing::read_as("lambda", "", log.as_bytes(), 11, &Options::default());
        assert_eq!(
            stats.kept, 5,
            "the line that is set in goes on with the one before it"
        );
        let rows = testing::dump(&shard, "lambda");
        assert_eq!(rows.matches(&format!("requestId = \"{ID}")).count(), 4, "{rows}");
        assert!(rows.contains("plain words\\n  set in"), "{rows}");
    }
}
