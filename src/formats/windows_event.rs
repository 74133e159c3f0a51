//! Windows events: of .evtx files, and of what Event Viewer, `wevtutil`, PowerShell and log shippers make of them.
//!
//! An .evtx file is taken apart by a wrapper ([`EventLog`]), which hands out each record as JSON; damage in it is rejected with
//! its place. XML is read in the same spelling. Fields have the names of the event's own schema; what providers put into
//! `EventData` is a column where investigators ask for it, and all of it stands in the record. Derived: `event` says in two or
//! three words what happened, `category`, `outcome`, `severity` and `actor` what that means for any event, `sourceAddress` and
//! its like join the names that providers give an address, `Message` is the text that the export holds or a sentence made
//! from the data.

mod element;
mod known;
mod log;
mod rows;
mod shape;
mod status;
mod xml;

use super::json::document::Extra;
use super::json::{JsonReader, OnRecord, Record, Spec};
use super::{Confidence, LogFormat, Options, Reader, Sample};
use crate::base::{Facts, FieldSpec as F, Group, Role};
use crate::table::RowSink;
pub(super) use log::EventLog;
use rows::Rows;

pub struct WindowsEvent;

static FACTS: Facts = Facts {
    id: "windows-event",
    title: "Windows event logs",
    records: "events",
    group: Group::Host,
    spec_url: "https://learn.microsoft.com/en-us/windows/win32/wes/eventschema-systempropertiestype-complextype",
    shapes: &[
        ".evtx files, damaged ones as far as they are whole",
        "XML of Event Viewer and wevtutil",
        "JSON of winlogbeat, NXLog, evtx_dump and Get-WinEvent",
        "not read: .evt files of Windows XP and older; CSV and text of Event Viewer",
    ],
    export_hint: "wevtutil epl Security security.evtx",
    fields: &[
        F::time("TimeCreated").role(Role::Time),
        F::text("event").role(Role::Action),
        F::int("EventID"),
        F::text("Channel"),
        F::text("Computer").role(Role::Resource),
        F::text("Provider").role(Role::Service),
        F::text("severity").role(Role::Severity),
        F::int("Level"),
        F::text("Task"),
        F::text("Opcode"),
        F::text("Keywords"),
        F::int("EventRecordID").role(Role::Id),
        F::int("Execution.ProcessID"),
        F::int("Execution.ThreadID"),
        F::text("Security.UserID"),
        F::text("ActivityID"),
        F::text("category"),
        F::text("outcome").role(Role::Outcome),
        F::text("actor").role(Role::Actor),
        F::text("Message").role(Role::Message),
        F::address("sourceAddress").role(Role::SourceAddress),
        F::int("sourcePort").role(Role::SourcePort),
        F::address("destinationAddress").role(Role::DestinationAddress),
        F::int("destinationPort").role(Role::DestinationPort),
        F::text("GroupName"),
        F::text("reason"),
        // From here on, values of EventData and UserData.
        F::text("SubjectUserName"),
        F::text("SubjectDomainName"),
        F::text("SubjectUserSid"),
        F::text("SubjectLogonId"),
        F::text("TargetUserName"),
        F::text("TargetDomainName"),
        F::text("TargetUserSid"),
        F::text("TargetSid"),
        F::text("TargetLogonId"),
        F::text("TargetServerName"),
        F::int("LogonType"),
        F::text("LogonProcessName"),
        F::text("AuthenticationPackageName"),
        F::text("ElevatedToken"),
        F::text("WorkstationName"),
        F::address("IpAddress"),
        F::int("IpPort"),
        F::text("ProcessName"),
        F::text("ProcessId"),
        F::text("NewProcessName"),
        F::text("NewProcessId"),
        F::text("CommandLine"),
        F::text("ParentProcessName"),
        F::text("TokenElevationType"),
        F::text("ServiceName"),
        F::text("ServiceFileName"),
        F::text("ImagePath"),
        F::text("ServiceType"),
        F::text("StartType"),
        F::text("ServiceAccount"),
        F::text("AccountName"),
        F::text("TaskName"),
        F::text("MemberName"),
        F::text("MemberSid"),
        F::text("PrivilegeList"),
        F::text("ObjectName"),
        F::text("ObjectType"),
        F::text("ObjectServer"),
        F::text("AccessMask"),
        F::text("ShareName"),
        F::text("RelativeTargetName"),
        F::text("Status"),
        F::text("SubStatus"),
        F::text("FailureReason"),
        F::text("TicketEncryptionType"),
        F::text("TicketOptions"),
        F::text("PreAuthType"),
        F::text("SubcategoryGuid"),
        F::text("AuditPolicyChanges"),
        F::text("AttributeLDAPDisplayName"),
        F::text("AttributeValue"),
        F::text("Application"),
        F::text("RuleName"),
        F::text("ScriptBlockText"),
        F::text("User"),
        F::text("Image"),
        F::text("OriginalFileName"),
        F::text("ParentImage"),
        F::text("ParentCommandLine"),
        F::text("SourceImage"),
        F::text("TargetImage"),
        F::text("GrantedAccess"),
        F::text("ImageLoaded"),
        F::text("Hashes"),
        F::text("TargetFilename"),
        F::text("TargetObject"),
        F::text("Details"),
        F::text("PipeName"),
        F::text("QueryName"),
        F::text("DestinationHostname"),
        F::text("Protocol").role(Role::Protocol),
    ],
    columns: &[
        "TimeCreated",
        "Computer",
        "Channel",
        "EventID",
        "event",
        "actor",
        "outcome",
        "sourceAddress",
        "Message",
    ],
    aliases: &[
        ("RecordID", "EventRecordID"),
        ("RecordNumber", "EventRecordID"),
        ("event_id", "EventID"),
        ("host", "Computer"),
        ("Hostname", "Computer"),
        ("computer_name", "Computer"),
        ("SourceName", "Provider"),
        ("provider_name", "Provider"),
        ("ProviderName", "Provider"),
    ],
    dedupe: true,
};

/// Where the values of EventData begin among the fields.
const DATA_FROM: usize = 26;

/// What the wrapper of an .evtx file says of the file, and of a part of it that is damaged.
const LOG: &str = "#log";
const DAMAGE: &str = "#damage";

/// Keys that the records of one way to export have. `Event.System` is `evtx_dump`'s and that of XML made JSON.
const MARKS: &[&[&str]] = &[
    &[LOG],
    &["Event.System.EventID"],
    &["System.EventID", "System.Computer"],
    &["winlog.event_id"],
    &["winlog.channel", "winlog.provider_name"],
    &["_source.winlog.event_id"],
    &["hits.hits[]._source.winlog"],
    &["event_id", "computer_name", "source_name"],
    &["event_id", "computer_name", "log_name"],
    &["EventID", "Channel", "Hostname"],
    &["EventID", "Channel", "Computer"],
    &["EventID", "Channel", "SourceName"],
    &["EventID", "SourceName", "Hostname"],
    &["EventID", "ProviderGuid"],
    &["Id", "ProviderName", "LogName", "MachineName"],
];

impl LogFormat for WindowsEvent {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn probe(&self, sample: &Sample<'_>) -> Option<Confidence> {
        let is_one = match sample.head.trim_ascii_start().first() {
            Some(b'<' | b'R') => xml::is_events(sample.head),
            Some(b'{' | b'[') => MARKS.iter().any(|marks| sample.shape().record_has(marks)),
            _ => false,
        };
        is_one.then_some(Confidence::Certain)
    }

    fn reader(&self, sample: &Sample<'_>, options: &Options) -> Box<dyn Reader> {
        let rows = Rows::new(Extra::new(&options.extra_fields));
        match sample.head.trim_ascii_start().first() {
            Some(b'{' | b'[') => Box::new(JsonReader::new::<&str>(SPEC, &[], Objects(rows))),
            _ => Box::new(xml::XmlReader::new(rows)),
        }
    }
}

const SPEC: Spec = Spec {
    records: &["Events", "Events.Event", "hits.hits"],
    context: &[],
    any_kind: false,
};

struct Objects(Rows);

impl OnRecord for Objects {
    fn record(&mut self, record: &Record<'_>, sink: &mut RowSink<'_>) {
        self.0.event(record.bytes, record.offset, record.bytes, sink);
    }

    fn finish(&mut self, sink: &mut RowSink<'_>) {
        self.0.finish(sink);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixtures() {
        crate::formats::testing::fixtures("windows-event");
    }

    #[test]
    fn data_begin_where_they_are_said_to() {
        let name = |at: usize| FACTS.fields.get(at).map(|f| f.name);
        assert_eq!(name(DATA_FROM), Some("SubjectUserName"));
        assert_eq!(name(DATA_FROM - 1), Some("reason"));
    }
}
