//! The kind of record that described logs have.

use super::reader::{Plan, Rows};
use crate::base::{Facts, FieldSpec as F, Group, Role};
use crate::formats::log_events::{EventReader, OnEvent};
use crate::formats::{Confidence, LogFormat, Options, Reader, Sample};
use crate::table::{RowSink, Told};

/// Logs that a person described.
pub struct CustomLog;

pub(super) static FACTS: Facts = Facts {
    id: "custom",
    title: "Logs you described",
    records: "records",
    group: Group::Host,
    spec_url: "https://httpd.apache.org/docs/2.4/mod/mod_log_config.html",
    shapes: &[
        "lines described by example, named regex, Apache LogFormat, grok, or a CloudWatch space-delimited pattern",
        "records of several lines",
        "also inside of CloudWatch Logs exports",
        "of a text, the first 2 KiB are searched; all of it stands in the record",
    ],
    export_hint: "any text log: Add files, “Describe a log”; a saved description (.toml) is dropped beside it",
    fields: &[
        F::time("time").role(Role::Time),
        F::text("format"),
        F::time("endTime").role(Role::EndTime),
        F::text("actor").role(Role::Actor),
        F::text("credential").role(Role::Credential),
        F::address("sourceAddress").role(Role::SourceAddress),
        F::address("destinationAddress").role(Role::DestinationAddress),
        F::int("sourcePort").role(Role::SourcePort),
        F::int("destinationPort").role(Role::DestinationPort),
        F::text("protocol").role(Role::Protocol),
        F::text("service").role(Role::Service),
        F::text("action").role(Role::Action),
        F::text("resource").role(Role::Resource),
        F::text("resourceType").role(Role::ResourceType),
        F::text("outcome").role(Role::Outcome),
        F::text("severity").role(Role::Severity),
        F::int("statusCode").role(Role::Status),
        F::int("byteCount").role(Role::Bytes).unit("B"),
        F::int("packetCount").role(Role::Packets),
        F::text("account").role(Role::Account),
        F::text("region").role(Role::Region),
        F::text("network").role(Role::Network),
        F::text("interface").role(Role::Interface),
        F::text("userAgent").role(Role::UserAgent),
        F::text("recordId").role(Role::Id),
        F::text("message").role(Role::Message),
        F::text("continued"),
    ],
    columns: &[
        "time",
        "format",
        "severity",
        "sourceAddress",
        "actor",
        "action",
        "resource",
        "statusCode",
        "message",
    ],
    aliases: &[],
    dedupe: false,
};

pub(super) const TIME: usize = 0;
pub(super) const FORMAT: usize = 1;
pub(super) const CONTINUED: usize = 26;

impl LogFormat for CustomLog {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    /// What a person described is read so, unless another kind is certain.
    fn probe(&self, sample: &Sample<'_>) -> Option<Confidence> {
        sample.described?.of(sample).map(|_| Confidence::Likely)
    }

    fn reader(&self, sample: &Sample<'_>, options: &Options) -> Box<dyn Reader> {
        let plan = options.custom.of(sample);
        match plan.map(|compiled| Plan::of_sample(compiled, sample, options.opened_ns)) {
            Some(plan) => Box::new(EventReader::new(Rows::new(plan))),
            None => Box::new(EventReader::new(Undescribed)),
        }
    }

    /// Lines that are records each can be read from any on.
    fn restarts_after(&self, sample: &Sample<'_>) -> Option<usize> {
        let compiled = sample.described?.of(sample)?;
        compiled.is_each().then_some(0)
    }

    fn has_more(&self) -> bool {
        false
    }
}

/// No description fits.
struct Undescribed;

impl OnEvent for Undescribed {
    fn begins(&self, _: &[u8]) -> bool {
        true
    }

    fn event(&mut self, offset: u64, text: &[u8], _: Option<&Told>, sink: &mut RowSink<'_>) {
        const NONE: &str = "no description of these lines was told: describe them under Add files, or drop the saved .toml file";
        sink.reject(NONE, offset, text);
    }
}
