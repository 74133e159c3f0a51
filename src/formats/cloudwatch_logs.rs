//! Events of CloudWatch Logs whose message is no log of a known kind: time, group, stream and the message itself.

use super::json::document::Extra;
use super::log_events::{EventReader, OnEvent, beginning};
use super::{Confidence, LogFormat, Options, Reader, Sample};
use crate::base::{Facts, FieldSpec as F, Group, Role};
use crate::table::{RowSink, Told};

pub struct CloudWatchEvents;

static FACTS: Facts = Facts {
    id: "cloudwatch-logs",
    title: "CloudWatch Logs events",
    records: "log events",
    group: Group::AwsService,
    spec_url: "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_OutputLogEvent.html",
    shapes: &[
        "create-export-task files",
        "get-log-events, filter-log-events",
        "subscription payloads",
        "aws logs tail (detailed)",
        "console CSV",
        "Logs Insights results (JSON, CSV)",
        "what is inside is read as its own kind where it has one",
        "of a message, the first 2 KiB are searched; all of it stands in the record",
    ],
    export_hint: "aws logs filter-log-events --log-group-name GROUP > events.json",
    fields: &[
        F::time("timestamp").role(Role::Time),
        F::text("message").role(Role::Message),
        F::text("logGroup").role(Role::Resource),
        F::text("logStream"),
        F::text("account").role(Role::Account),
    ],
    columns: &["timestamp", "logGroup", "logStream", "message"],
    aliases: &[],
    dedupe: false,
};

/// Bytes of a message that are kept in its column.
const KEPT: usize = 2048;
const TIMESTAMP: usize = 0;
const MESSAGE: usize = 1;
const GROUP: usize = 2;
const STREAM: usize = 3;
const ACCOUNT: usize = 4;

impl LogFormat for CloudWatchEvents {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    /// No text is one by itself: it is what stands in a container and is nothing else.
    fn probe(&self, _: &Sample<'_>) -> Option<Confidence> {
        None
    }

    fn reader(&self, _: &Sample<'_>, options: &Options) -> Box<dyn Reader> {
        Box::new(EventReader::new(Events {
            extra: Extra::new(&options.extra_fields),
        }))
    }
}

struct Events {
    /// Fields of JSON messages that are asked for.
    extra: Extra,
}

impl OnEvent for Events {
    fn begins(&self, line: &[u8]) -> bool {
        // A line that is set in goes on with the one before it.
        line.first().is_some_and(|b| *b > b' ')
    }

    fn event(&mut self, offset: u64, text: &[u8], told: Option<&Told>, sink: &mut RowSink<'_>) {
        if let Some(told) = told {
            place(told, [TIMESTAMP, GROUP, STREAM, ACCOUNT], sink);
        }
        sink.text(MESSAGE, beginning(text, KEPT));
        if !self.extra.is_empty() && text.starts_with(b"{") {
            self.extra.fill(text, sink);
        }
        sink.end(offset, text.len() as u64);
    }
}

/// Sets what the container tells of an event: its time, group, stream and account, in these fields.
pub(super) fn place(told: &Told, fields: [usize; 4], sink: &mut RowSink<'_>) {
    let [time, group, stream, account] = fields;
    if let Some(at) = told.time_ns {
        sink.int(time, at);
    }
    let (of_account, of_group) = told.account_and_group();
    for (field, text) in [
        (group, of_group),
        (stream, told.stream.as_deref()),
        (account, of_account),
    ] {
        if let Some(text) = text {
            sink.text(field, text.as_bytes());
        }
    }
}
