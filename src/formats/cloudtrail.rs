//! CloudTrail events, in every shape they are exported in.
//!
//! Read are: S3 log files (management, data, Insights and network-activity events), `lookup-events` answers, the
//! console's Event history (JSON and CSV), CloudTrail Lake results (JSON and CSV), EventBridge events, and bare events
//! one a line or in an array. A record of the record structure described at
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html> gives a
//! row; fields without a dot that AWS does not have are derived: `principal`, `resource`, `outcome`, `openedTo`
//! (see [`derive`](self::derive)). `outcome` is `ok` or `failed`; it is absent where a record can not tell: Insights
//! events are no calls, and a sheet may lack the columns.
//!
//! An event is kept once: its identity is its `eventID` and its content without insignificant white space. Not read:
//! digest files (a kind of their own) and CloudWatch Logs wrappers (taken off before).

mod derive;
mod events;
mod named;
mod sheet;

use super::json::Kind;
use super::{Confidence, LogFormat, Options, Reader, Sample};
use crate::base::{Facts, FieldSpec, Group, Role};
use events::Events;

pub struct CloudTrail;

static FACTS: Facts = Facts {
    id: "cloudtrail",
    title: "CloudTrail",
    records: "events",
    group: Group::Infrastructure,
    spec_url: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html",
    shapes: &[
        "S3 log files",
        "lookup-events",
        "console Event history (JSON, CSV)",
        "CloudTrail Lake results (JSON, CSV)",
        "EventBridge events",
        "JSON lines and arrays",
    ],
    export_hint: "aws s3 sync s3://BUCKET/AWSLogs/ACCOUNT/CloudTrail/ ., or aws cloudtrail lookup-events > events.json",
    fields: &[
        FieldSpec::time("eventTime").role(Role::Time),
        FieldSpec::text("eventName").role(Role::Action),
        FieldSpec::text("eventSource").role(Role::Service),
        FieldSpec::text("principal").role(Role::Actor),
        FieldSpec::list("resource").role(Role::Resource),
        FieldSpec::address("sourceIPAddress").role(Role::SourceAddress),
        FieldSpec::text("outcome").role(Role::Outcome),
        FieldSpec::text("errorCode"),
        FieldSpec::text("errorMessage").role(Role::Message),
        FieldSpec::text("recipientAccountId").role(Role::Account),
        FieldSpec::text("awsRegion").role(Role::Region),
        FieldSpec::bool("readOnly"),
        FieldSpec::text("userAgent").role(Role::UserAgent),
        FieldSpec::text("userIdentity.type"),
        FieldSpec::text("userIdentity.userName"),
        FieldSpec::text("userIdentity.arn"),
        FieldSpec::text("userIdentity.accountId"),
        FieldSpec::text("userIdentity.accessKeyId").role(Role::Credential),
        FieldSpec::text("userIdentity.principalId"),
        FieldSpec::text("userIdentity.invokedBy"),
        FieldSpec::text("userIdentity.sessionContext.sessionIssuer.arn"),
        FieldSpec::text("userIdentity.sessionContext.sessionIssuer.userName"),
        FieldSpec::text("userIdentity.sessionContext.sourceIdentity"),
        FieldSpec::bool("userIdentity.sessionContext.attributes.mfaAuthenticated"),
        FieldSpec::list("openedTo"),
        FieldSpec::list("resources.type").role(Role::ResourceType),
        FieldSpec::text("eventCategory"),
        FieldSpec::text("eventType"),
        FieldSpec::bool("managementEvent"),
        FieldSpec::text("eventID").role(Role::Id),
        FieldSpec::text("requestID"),
        FieldSpec::text("sharedEventID"),
        FieldSpec::text("vpcEndpointId"),
        FieldSpec::text("vpcEndpointAccountId"),
        FieldSpec::text("responseElements.ConsoleLogin"),
        FieldSpec::text("additionalEventData.MFAUsed"),
        FieldSpec::text("tlsDetails.tlsVersion"),
        FieldSpec::text("insightDetails.state"),
        FieldSpec::text("insightDetails.insightType"),
        FieldSpec::text("insightDetails.eventSource"),
        FieldSpec::text("insightDetails.eventName"),
        FieldSpec::text("insightDetails.errorCode"),
        FieldSpec::float("insightDetails.insightContext.statistics.baseline.average"),
        FieldSpec::float("insightDetails.insightContext.statistics.insight.average"),
        FieldSpec::int("insightDetails.insightContext.statistics.insightDuration").unit("min"),
        FieldSpec::text("eventVersion"),
    ],
    columns: &[
        "eventTime",
        "eventName",
        "eventSource",
        "principal",
        "resource",
        "sourceIPAddress",
        "outcome",
        "errorCode",
        "awsRegion",
        "recipientAccountId",
    ],
    aliases: &[
        ("EventTime", "eventTime"),
        ("EventId", "eventID"),
        ("user", "principal"),
        ("Username", "principal"),
        ("identity", "principal"),
        ("accessKeyId", "userIdentity.accessKeyId"),
        ("arn", "userIdentity.arn"),
        ("accountId", "recipientAccountId"),
        ("sourceIp", "sourceIPAddress"),
        ("errorcode", "errorCode"),
    ],
    dedupe: true,
};

impl LogFormat for CloudTrail {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn probe(&self, sample: &Sample<'_>) -> Option<Confidence> {
        let shape = sample.shape();
        if !shape.is_json() {
            return sheet::probe(sample.head);
        }
        let event = ["eventSource", "eventName", "awsRegion"];
        let s3_notification = shape.record_has(&["s3", "eventSource"]);
        if shape.record_has(&event) && !s3_notification
            || shape.record_has(&["insightDetails", "eventType"])
            || shape.has(&["detail.eventSource", "detail.eventName"])
            || shape.has(&["[].detail.eventSource", "[].detail.eventName"])
            || shape.record_has(&["CloudTrailEvent"])
            || shape.record_has(&["EventId", "EventName", "EventTime"])
            || shape.has(&["QueryResultRows", "QueryStatus"])
        {
            return Some(Confidence::Certain);
        }
        if shape.record_has(&["eventVersion", "eventID"])
            || shape.record_has(&["eventSource", "eventName", "eventTime"])
        {
            return (!s3_notification).then_some(Confidence::Likely);
        }
        if shape.record_has(&["eventname", "eventsource"]) {
            return Some(Confidence::Likely);
        }
        // A file without any event is still a file of this kind.
        let only = |key: &[u8]| shape.keys().eq([(key, Kind::Array)]);
        let empty =
            (only(b"Records") || only(b"Events")) && !shape.has(&["Records[]"]) && !shape.has(&["Events[]"]);
        empty.then_some(Confidence::Possible)
    }

    fn reader(&self, sample: &Sample<'_>, options: &Options) -> Box<dyn Reader> {
        if !sample.shape().is_json() {
            return Box::new(sheet::SheetReader::new(&FACTS));
        }
        Box::new(Events::new(options).reader())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Value;
    use crate::formats::testing;
    use crate::table::Shard;

    #[test]
    fn fixtures() {
        testing::fixtures("cloudtrail");
    }

    fn read(json: &str, options: &Options) -> Shard {
        testing::read(&CloudTrail, "", json.as_bytes(), 64, options).0
    }

    fn cell(shard: &Shard, row: usize, name: &str) -> Value {
        let table = shard.table("cloudtrail").unwrap();
        table.value(&shard.pool, &table.segments[0], row, table.field(name).unwrap())
    }

    #[test]
    fn a_repeated_event_has_the_same_identity() {
        let event = r#"{"eventID":"e-1","eventName":"A B","eventSource":"s","x":[1,2]}"#;
        let spaced = r#"{ "eventID" : "e-1", "eventName":"A B","eventSource":"s",
            "x":[1, 2] }"#;
        let other = event.replace("A B", "A  B");
        let text = serde_json::to_string(event).unwrap();
        let file = format!(
            r#"[{event},{spaced},{other},{{"EventId":"e-1","CloudTrailEvent":{text}}},{{"detail":{event}}}]"#
        );
        let anonymous = r#"[{"eventName":"A","eventSource":"s"},{"eventName":"A","eventSource":"s"}]"#;
        let keys = |shard: &Shard| -> Vec<u128> {
            let segment = &shard.table("cloudtrail").unwrap().segments[0];
            (0..segment.rows).map(|row| segment.key(row).unwrap()).collect()
        };
        let shard = read(&file, &Options::default());
        let found = keys(&shard);
        assert_eq!(found.len(), 5);
        assert_ne!(found[0], 0);
        assert_eq!([found[0]; 3], [found[1], found[3], found[4]]);
        assert_ne!(found[0], found[2]);
        // An event without an id repeats nothing.
        assert_eq!(keys(&read(anonymous, &Options::default())), [0, 0]);
    }

    #[test]
    fn any_path_can_be_asked_for() {
        let event = r#"{"eventName":"A","eventSource":"s","requestParameters":{"ipPermissions":{"items":[{"ipRanges":{"items":[{"cidrIp":"192.0.2.0/24"}]}}, {"n":2}]},"odd.key":true}}"#;
        let entry = format!(
            r#"{{"Events":[{{"CloudTrailEvent":{}}}]}}"#,
            serde_json::to_string(event).unwrap()
        );
        let names = [
            "requestParameters.ipPermissions.items[0].ipRanges",
            "requestParameters.ipPermissions.items[].n",
            "requestParameters[\"odd.key\"]",
            "requestParameters.nothing",
            "eventName",
        ];
        let options = Options {
            extra_fields: names.map(str::to_owned).to_vec(),
            ..Options::default()
        };
        for file in [event, &entry] {
            let shard = read(file, &options);
            let got = names.map(|name| cell(&shard, 0, name).to_text());
            assert_eq!(
                got,
                [r#"{"items":[{"cidrIp":"192.0.2.0/24"}]}"#, "2", "true", "", "A"]
            );
        }
    }

    #[test]
    fn hostile_nesting_is_noted() {
        let deep = format!(
            r#"{{"eventName":"A","eventSource":"s","x":{}1"#,
            "[".repeat(200_000)
        );
        let file = format!("{deep}\n{}\n", r#"{"eventName":"B","eventSource":"s"}"#);
        let (shard, stats) = testing::read(&CloudTrail, "", file.as_bytes(), 4096, &Options::default());
        assert_eq!(
            (stats.kept, stats.rejected.total()),
            (1, 1),
            "{:?}",
            stats.rejected
        );
        assert_eq!(cell(&shard, 0, "eventName"), Value::from("B"));
    }
}
