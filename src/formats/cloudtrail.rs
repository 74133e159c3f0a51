//! CloudTrail events, in every shape they are exported in.
//!
//! Read are: S3 log files (management, data, Insights and network-activity events), `lookup-events` answers, the
//! console's Event history (JSON and CSV), CloudTrail Lake results (JSON and CSV), EventBridge events, and bare events
//! one a line or in an array. A record of the record structure described at
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html> gives a
//! row; fields without a dot that AWS does not have are derived: `principal`, `resource`, `openedTo` (see
//! [`derive`](self::derive)).
//!
//! An event is kept once: its identity is its `eventID` and its content without insignificant white space. Not read:
//! digest files (a kind of their own) and CloudWatch Logs wrappers (taken off before).

mod derive;
mod named;
mod sheet;

use super::json::{
    Columns, Hit, JsonReader, Kind, OnRecord, PathId, Paths, Raw, Record, Spec, Walker, members, minify,
};
use super::{Confidence, LogFormat, Options, Reader, Sample};
use crate::base::{Facts, FieldSpec, Group, Role};
use crate::table::RowSink;
use derive::{Identity, OpenedTo, RESOURCE_PARAMETERS, Resources};
use named::Named;

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
        FieldSpec::text("errorCode").role(Role::Outcome),
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

/// Fields that are not at the path of their own name: the outer fields of `lookup-events`, which stand in when an event
/// has no `CloudTrailEvent`, and both spellings of lists.
const ELSEWHERE: &[(&str, &str)] = &[
    ("EventTime", "eventTime"),
    ("EventName", "eventName"),
    ("EventSource", "eventSource"),
    ("EventId", "eventID"),
    ("ReadOnly", "readOnly"),
    ("AccessKeyId", "userIdentity.accessKeyId"),
    ("resources[].type", "resources.type"),
    ("Resources[].ResourceType", "resources.type"),
];
/// Fields that are worked out, or set by hand.
const DERIVED: &[&str] = &["principal", "resource", "openedTo", "resources.type"];

const SPEC: Spec = Spec {
    records: &["Records", "Events", "detail", "QueryResultRows"],
    context: &["time", "detail-type"],
    // A Lake row is an array.
    any_kind: true,
};
const LAKE_ROWS: Option<usize> = Some(3);
const CONTEXT_TIME: usize = 0;

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
        let events = Events::new(options);
        let wanted = events.columns.wanted().to_vec();
        Box::new(JsonReader::new(SPEC, &wanted, events))
    }
}

/// The wanted paths that are not columns, or that derived columns need again.
struct Ids {
    kind: PathId,
    user_name: PathId,
    arn: PathId,
    principal_id: PathId,
    account_id: PathId,
    invoked_by: PathId,
    issuer: PathId,
    recipient: PathId,
    event_time: PathId,
    event_name: PathId,
    event_source: PathId,
    event_id: PathId,
    request: PathId,
    /// [`RESOURCE_PARAMETERS`], in order.
    parameters: Vec<PathId>,
    resources: [PathId; 3],
    /// `lookup-events`
    cloud_trail_event: PathId,
    username: PathId,
    outer: [PathId; 3],
    /// Athena and other tables keep names in lower case.
    lower: [PathId; 3],
}

/// Fields set by hand.
struct Derived {
    time: usize,
    principal: usize,
    resource: usize,
    opened_to: usize,
    account: usize,
}

/// Turns records into rows.
struct Events {
    columns: Columns,
    paths: Paths,
    ids: Ids,
    fields: Derived,
    /// By path: the position in [`RESOURCE_PARAMETERS`] + 1, or 0.
    parameter_of: Vec<usize>,
    resources: Resources,
    opened_to: OpenedTo,
    named: Named,
    walker: Walker,
    items: Paths,
    inner_hits: Vec<Hit>,
    key: Vec<u8>,
}

fn field(name: &str) -> usize {
    FACTS.field(name).unwrap_or_default()
}

impl Events {
    fn new(options: &Options) -> Self {
        let own = FACTS.fields.iter().map(|f| (f.name, f.name));
        let map: Vec<(&str, &str)> = own
            .filter(|(name, _)| !DERIVED.contains(name))
            .chain(ELSEWHERE.iter().copied())
            .collect();
        let mut columns = Columns::new(&map, options);
        let mut want = |path: &str| columns.want(path);
        let ids = Ids {
            kind: want("userIdentity.type"),
            user_name: want("userIdentity.userName"),
            arn: want("userIdentity.arn"),
            principal_id: want("userIdentity.principalId"),
            account_id: want("userIdentity.accountId"),
            invoked_by: want("userIdentity.invokedBy"),
            issuer: want("userIdentity.sessionContext.sessionIssuer.userName"),
            recipient: want("recipientAccountId"),
            event_time: want("eventTime"),
            event_name: want("eventName"),
            event_source: want("eventSource"),
            event_id: want("eventID"),
            request: want("requestParameters"),
            parameters: RESOURCE_PARAMETERS
                .iter()
                .map(|p| want(&format!("requestParameters.{p}")))
                .collect(),
            resources: [
                want("resources[].ARN"),
                want("resources[].arn"),
                want("Resources[].ResourceName"),
            ],
            cloud_trail_event: want("CloudTrailEvent"),
            username: want("Username"),
            outer: [want("EventName"), want("EventId"), want("EventSource")],
            lower: [want("eventid"), want("eventname"), want("eventsource")],
        };
        let mut parameter_of = vec![0; columns.wanted().len()];
        for (n, &id) in ids.parameters.iter().enumerate() {
            if let Some(slot) = parameter_of.get_mut(id) {
                *slot = n + 1;
            }
        }
        Events {
            paths: Paths::new(columns.wanted()),
            columns,
            ids,
            fields: Derived {
                time: field("eventTime"),
                principal: field("principal"),
                resource: field("resource"),
                opened_to: field("openedTo"),
                account: field("recipientAccountId"),
            },
            parameter_of,
            resources: Resources::default(),
            opened_to: OpenedTo::new(),
            named: Named::new(&FACTS),
            walker: Walker::default(),
            items: Paths::new(&["[]"]),
            inner_hits: Vec::new(),
            key: Vec::new(),
        }
    }

    /// Sets the cells of an event. `outer` is the entry of a `lookup-events` answer it came in.
    fn event(&mut self, event: &Record<'_>, outer: Option<&Record<'_>>, sink: &mut RowSink<'_>) {
        self.columns.fill(event, sink);
        let text = |id: PathId| event.get(id).and_then(|raw| raw.text()).unwrap_or_default();
        let ids = &self.ids;
        let (kind, user_name, arn) = (text(ids.kind), text(ids.user_name), text(ids.arn));
        let (principal_id, account_id) = (text(ids.principal_id), text(ids.account_id));
        let (invoked_by, issuer) = (text(ids.invoked_by), text(ids.issuer));
        let identity = Identity {
            kind: &kind,
            user_name: &user_name,
            arn: &arn,
            principal_id: &principal_id,
            account_id: &account_id,
            invoked_by: &invoked_by,
            issuer: &issuer,
        };
        let mut principal = identity.principal();
        if principal.is_empty() {
            let named = outer
                .unwrap_or(event)
                .get(ids.username)
                .and_then(|raw| raw.text());
            principal = named.unwrap_or_default().into_owned();
        }
        if !principal.is_empty() {
            sink.text(self.fields.principal, &principal);
        }
        if !account_id.is_empty() && event.get(ids.recipient).is_none_or(|raw| raw.is_null()) {
            sink.text(self.fields.account, &account_id);
        }
        if event.get(ids.event_time).is_none()
            && let Some(time) = event.context(CONTEXT_TIME).and_then(|raw| raw.time())
        {
            sink.int(self.fields.time, time);
        }
        if let Some(request) = event.get(ids.request).filter(|raw| raw.kind == Kind::Object)
            && OpenedTo::concerns(&text(ids.event_name))
        {
            sink.list(self.fields.opened_to, &self.opened_to.read(request));
        }
        self.set_resources(event, outer, sink);
    }

    fn set_resources(&mut self, event: &Record<'_>, outer: Option<&Record<'_>>, sink: &mut RowSink<'_>) {
        self.resources.clear();
        for record in std::iter::once(event).chain(outer) {
            for hit in record
                .hits
                .iter()
                .filter(|h| self.ids.resources.contains(&h.path))
            {
                if let Some(name) = hit.raw(record.bytes).string() {
                    self.resources.add(&name);
                }
            }
        }
        for hit in event.hits {
            let parameter = self.parameter_of.get(hit.path).copied().unwrap_or_default();
            if parameter > 0
                && let Some(value) = hit.raw(event.bytes).string()
            {
                self.resources.add_parameter(parameter - 1, &value);
            }
        }
        sink.list(self.fields.resource, self.resources.finish());
    }

    /// An event repeats another when its `eventID` and its content are the same. One without an `eventID` never does.
    fn identify(&mut self, id: Option<Raw<'_>>, content: &[u8], sink: &mut RowSink<'_>) {
        if let Some(id) = id.and_then(|raw| raw.string()) {
            self.key.clear();
            self.key.extend_from_slice(&id);
            self.key.push(0);
            minify(content, &mut self.key);
            sink.identity(&self.key);
        }
    }

    /// An entry of a `lookup-events` answer: its event is JSON inside a text.
    fn lookup(&mut self, entry: &Record<'_>, sink: &mut RowSink<'_>) -> bool {
        let Some(text) = entry.get(self.ids.cloud_trail_event).and_then(|raw| raw.string()) else {
            return false;
        };
        let mut hits = std::mem::take(&mut self.inner_hits);
        let walked = self.walker.walk(&text, &self.paths, &mut hits);
        if walked.is_ok() {
            // What the event does not say itself, its entry may.
            self.columns.fill(entry, sink);
            let event = Record::inside(entry, &text, &hits);
            self.event(&event, Some(entry), sink);
            self.identify(event.get(self.ids.event_id), &text, sink);
        }
        self.inner_hits = hits;
        walked.is_ok()
    }

    /// A row of a CloudTrail Lake result: an array of objects with one column each.
    fn lake_row(&mut self, row: &Record<'_>, sink: &mut RowSink<'_>) {
        let mut hits = std::mem::take(&mut self.inner_hits);
        if self.walker.walk(row.bytes, &self.items, &mut hits).is_ok() {
            let columns = hits.iter().filter(|h| h.kind == Kind::Object);
            self.named_row(row, columns.map(|h| h.raw(row.bytes)), None, sink);
        }
        self.inner_hits = hits;
    }

    /// A record whose names are not AWS's own: the members of these objects are its cells.
    fn named_row<'a>(
        &mut self,
        record: &Record<'_>,
        objects: impl Iterator<Item = Raw<'a>>,
        id: Option<Raw<'_>>,
        sink: &mut RowSink<'_>,
    ) {
        let mut cells: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
        for object in objects {
            members(object.bytes, &mut |name, value| {
                if let Some(text) = value.text() {
                    cells.push((name.to_vec(), text.into_owned()));
                }
            });
        }
        let cells: Vec<(&[u8], &[u8])> = cells.iter().map(|(n, v)| (&n[..], &v[..])).collect();
        if self.named.row(&cells, sink) {
            self.identify(id, record.bytes, sink);
            sink.end(record.offset, record.bytes.len() as u64);
        } else {
            sink.reject("a result row without any value", record.offset, record.bytes);
        }
    }
}

impl OnRecord for Events {
    fn record(&mut self, record: &Record<'_>, sink: &mut RowSink<'_>) {
        if record.found_in == LAKE_ROWS && record.kind == Kind::Array {
            return self.lake_row(record, sink);
        }
        if record.kind != Kind::Object {
            let reason = format!("{} where an event is expected", record.kind.words());
            return sink.reject(reason, record.offset, record.bytes);
        }
        let has = |ids: &[PathId]| {
            ids.iter()
                .any(|&id| record.get(id).is_some_and(|raw| !raw.is_null()))
        };
        let ids = &self.ids;
        let named = has(&[ids.event_name, ids.event_source, ids.event_id]) || has(&ids.outer);
        if has(&[ids.cloud_trail_event]) && self.lookup(record, sink) {
            return sink.end(record.offset, record.bytes.len() as u64);
        }
        if !named && has(&self.ids.lower) {
            let (id, object) = (
                record.get(self.ids.lower[0]),
                Raw {
                    kind: record.kind,
                    bytes: record.bytes,
                },
            );
            return self.named_row(record, std::iter::once(object), id, sink);
        }
        if !named {
            let reason = "no CloudTrail event: it has no eventName, eventSource or eventID";
            return sink.reject(reason, record.offset, record.bytes);
        }
        self.event(record, None, sink);
        let id = record
            .get(self.ids.event_id)
            .or_else(|| record.get(self.ids.outer[1]));
        self.identify(id, record.bytes, sink);
        sink.end(record.offset, record.bytes.len() as u64);
    }

    fn finish(&mut self, sink: &mut RowSink<'_>) {
        self.columns.finish(sink);
        self.named.finish(sink);
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
