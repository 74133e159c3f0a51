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
    aliases: &[("logOwner", "account")],
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::testing;

    /// Every fixture is a container with events of no other kind; its rows are the snapshot's, whatever the chunks.
    #[test]
    fn fixtures() {
        let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats/cloudwatch-logs");
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path(dir.join("snapshots"));
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        let options = Options {
            extra_fields: vec!["level".to_owned()],
            ..Options::default()
        };
        let mut seen = 0;
        for entry in std::fs::read_dir(&dir).expect("a fixture folder") {
            let path = entry.expect("a readable folder").path();
            if path.is_dir() {
                continue;
            }
            seen += 1;
            let name = path.file_name().and_then(|n| n.to_str()).expect("a plain name");
            let bytes = std::fs::read(&path).expect("a readable fixture");
            let whole = testing::read_wrapped(&bytes, 1 << 16, &options);
            assert_eq!(whole.0, "cloudwatch-logs", "{name}");
            for chunk in [1, 7, 100] {
                assert_eq!(
                    testing::read_wrapped(&bytes, chunk, &options),
                    whole,
                    "{name} by {chunk}"
                );
            }
            settings.bind(|| insta::assert_snapshot!(name, whole.1));
        }
        assert!(seen > 0);
    }

    #[test]
    fn what_has_a_kind_of_its_own_is_not_taken() {
        let text =
            "2026-03-02T09:15:01.123Z START RequestId: 6f0c1e6a-0000-4000-8000-000000000001 Version: 7\n";
        let (kind, rows) = testing::read_wrapped(text.as_bytes(), 9, &Options::default());
        assert_eq!(kind, "lambda");
        assert!(rows.contains("timestamp = 2026-03-02T09:15:01.123Z"), "{rows}");
    }
}
