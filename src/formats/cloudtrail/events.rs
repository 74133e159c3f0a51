//! Records in JSON become rows: columns by their paths, then what is worked out from several values.

use super::FACTS;
use super::derive::{Identity, OpenedTo, RESOURCE_PARAMETERS, Resources, SIGN_INS, outcome};
use super::named::Named;
use crate::formats::Options;
use crate::formats::json::{
    Columns, Hit, JsonReader, Kind, OnRecord, Paths, Plan, Raw, Record, Spec, Walker, members, minify,
};
use crate::table::RowSink;
use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::Arc;

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
const DERIVED: &[&str] = &["principal", "resource", "outcome", "openedTo", "resources.type"];

const SPEC: Spec = Spec {
    records: &["Records", "Events", "detail", "QueryResultRows"],
    context: &["time", "detail-type"],
    // A Lake row is an array.
    any_kind: true,
};
const LAKE_ROWS: Option<usize> = Some(3);
const CONTEXT_TIME: usize = 0;

/// Values that rows are worked out from. The constants below are their positions.
const PARTS: [&str; 22] = [
    "userIdentity.type",
    "userIdentity.userName",
    "userIdentity.arn",
    "userIdentity.principalId",
    "userIdentity.accountId",
    "userIdentity.invokedBy",
    "userIdentity.sessionContext.sessionIssuer.userName",
    "recipientAccountId",
    "eventTime",
    "eventName",
    "eventSource",
    "eventID",
    "requestParameters",
    // An entry of `lookup-events`.
    "CloudTrailEvent",
    "Username",
    "EventId",
    "EventName",
    // Athena and other tables keep names in lower case.
    "eventid",
    "eventname",
    "eventsource",
    "errorCode",
    "errorMessage",
];
const KIND: usize = 0;
const USER_NAME: usize = 1;
const ARN: usize = 2;
const PRINCIPAL_ID: usize = 3;
const ACCOUNT_ID: usize = 4;
const INVOKED_BY: usize = 5;
const ISSUER: usize = 6;
const RECIPIENT: usize = 7;
const EVENT_TIME: usize = 8;
const EVENT_NAME: usize = 9;
const EVENT_SOURCE: usize = 10;
const EVENT_ID: usize = 11;
const REQUEST: usize = 12;
const CLOUD_TRAIL_EVENT: usize = 13;
const OUTER_USER: usize = 14;
const OUTER_ID: usize = 15;
const OUTER_NAME: usize = 16;
const LOWER_ID: usize = 17;
const LOWER_NAME: usize = 18;
const LOWER_SOURCE: usize = 19;
const ERROR_CODE: usize = 20;
const ERROR_MESSAGE: usize = 21;

/// Where events name resources in lists.
const RESOURCE_LISTS: [&str; 3] = ["resources[].ARN", "resources[].arn", "Resources[].ResourceName"];

/// What a wanted path is for, besides its column.
#[derive(Clone, Copy)]
enum Use {
    Column,
    Part(usize),
    Resource,
    /// A position in [`RESOURCE_PARAMETERS`].
    Parameter(usize),
    /// What a sign-in page answered.
    SignIn,
}

/// The values of [`PARTS`] in a record; null is none.
struct Parts<'a>([Option<Raw<'a>>; PARTS.len()]);

impl<'a> Parts<'a> {
    fn of(record: &Record<'a>, uses: &[Use]) -> Parts<'a> {
        let mut parts = Parts([None; PARTS.len()]);
        for hit in record.hits {
            if let Some(&Use::Part(n)) = uses.get(hit.path)
                && let Some(part) = parts.0.get_mut(n)
            {
                *part = Some(hit.raw(record.bytes)).filter(|raw| !raw.is_null());
            }
        }
        parts
    }

    fn get(&self, part: usize) -> Option<Raw<'a>> {
        self.0.get(part).copied().flatten()
    }

    fn text(&self, part: usize) -> Cow<'a, [u8]> {
        self.get(part).and_then(|raw| raw.text()).unwrap_or_default()
    }

    fn has_any(&self, parts: &[usize]) -> bool {
        parts.iter().any(|&part| self.get(part).is_some())
    }
}

/// Fields set by hand.
struct Derived {
    time: usize,
    principal: usize,
    resource: usize,
    outcome: usize,
    opened_to: usize,
    account: usize,
}

/// What readers of the same options share: which values are wanted, and what for.
struct Wants {
    plan: Arc<Plan>,
    paths: Paths,
    /// By wanted path.
    uses: Vec<Use>,
}

impl Wants {
    fn new(options: &Options) -> Wants {
        let own = FACTS.fields.iter().map(|f| (f.name, f.name));
        let map: Vec<(&str, &str)> = own
            .filter(|(name, _)| !DERIVED.contains(name))
            .chain(ELSEWHERE.iter().copied())
            .collect();
        let mut plan = Plan::new(&map, options);
        let mut uses = Vec::new();
        let mut want = |path: &str, what: Use| {
            let id = plan.want(path);
            uses.resize(uses.len().max(id + 1), Use::Column);
            if let Some(slot) = uses.get_mut(id) {
                *slot = what;
            }
        };
        for (n, path) in PARTS.iter().enumerate() {
            want(path, Use::Part(n));
        }
        for path in RESOURCE_LISTS {
            want(path, Use::Resource);
        }
        for name in SIGN_INS {
            want(&format!("responseElements.{name}"), Use::SignIn);
        }
        for (n, name) in RESOURCE_PARAMETERS.iter().enumerate() {
            want(&format!("requestParameters.{name}"), Use::Parameter(n));
        }
        Wants {
            paths: Paths::new(plan.wanted()),
            plan: Arc::new(plan),
            uses,
        }
    }

    /// Those of these options; the last ones are remembered, for exports are many small files.
    fn of(options: &Options) -> Arc<Wants> {
        thread_local! {
            static LAST: RefCell<Option<(Vec<String>, Arc<Wants>)>> = const { RefCell::new(None) };
        }
        LAST.with_borrow_mut(|last| match last {
            Some((fields, wants)) if *fields == options.extra_fields => wants.clone(),
            _ => {
                let wants = Arc::new(Wants::new(options));
                *last = Some((options.extra_fields.clone(), wants.clone()));
                wants
            }
        })
    }
}

/// Turns records into rows.
pub struct Events {
    wants: Arc<Wants>,
    columns: Columns,
    fields: Derived,
    resources: Resources,
    opened_to: OpenedTo,
    /// Made for the first record whose names are not AWS's own.
    named: Option<Named>,
    walker: Walker,
    items: Paths,
    inner_hits: Vec<Hit>,
    key: Vec<u8>,
}

fn field(name: &str) -> usize {
    FACTS.field(name).unwrap_or_default()
}

impl Events {
    pub fn new(options: &Options) -> Self {
        let wants = Wants::of(options);
        Events {
            columns: Columns::new(wants.plan.clone()),
            wants,
            fields: Derived {
                time: field("eventTime"),
                principal: field("principal"),
                resource: field("resource"),
                outcome: field("outcome"),
                opened_to: field("openedTo"),
                account: field("recipientAccountId"),
            },
            resources: Resources::default(),
            opened_to: OpenedTo::new(),
            named: None,
            walker: Walker::default(),
            items: Paths::new(&["[]"]),
            inner_hits: Vec::new(),
            key: Vec::new(),
        }
    }

    /// The reader of events in JSON.
    pub fn reader(self) -> JsonReader<Events> {
        let wants = self.wants.clone();
        JsonReader::new(SPEC, wants.plan.wanted(), self)
    }

    /// Sets the cells of an event. `outer` is the entry of a `lookup-events` answer it came in.
    fn event(
        &mut self,
        event: &Record<'_>,
        parts: &Parts<'_>,
        outer: Option<(&Record<'_>, &Parts<'_>)>,
        sink: &mut RowSink<'_>,
    ) {
        self.columns.fill(event, sink);
        let account_id = parts.text(ACCOUNT_ID);
        let identity = Identity {
            kind: &parts.text(KIND),
            user_name: &parts.text(USER_NAME),
            arn: &parts.text(ARN),
            principal_id: &parts.text(PRINCIPAL_ID),
            account_id: &account_id,
            invoked_by: &parts.text(INVOKED_BY),
            issuer: &parts.text(ISSUER),
        };
        let mut principal = identity.principal();
        if principal.is_empty() {
            let entry = outer.map_or(parts, |(_, parts)| parts);
            principal = entry.text(OUTER_USER).into_owned();
        }
        if !principal.is_empty() {
            sink.text(self.fields.principal, &principal);
        }
        if !account_id.is_empty() && parts.get(RECIPIENT).is_none() {
            sink.text(self.fields.account, &account_id);
        }
        if parts.get(EVENT_TIME).is_none()
            && let Some(time) = event.context(CONTEXT_TIME).and_then(|raw| raw.time())
        {
            sink.int(self.fields.time, time);
        }
        // An entry without its event and an Insights event tell of no answer.
        if parts.get(EVENT_NAME).is_some() {
            let mut answers = event.hits.iter();
            let answer = answers
                .find(|hit| matches!(self.wants.uses.get(hit.path), Some(Use::SignIn)))
                .and_then(|hit| hit.raw(event.bytes).string());
            let (code, message) = (parts.text(ERROR_CODE), parts.text(ERROR_MESSAGE));
            let outcome = outcome(&code, &message, &answer.unwrap_or_default());
            sink.text(self.fields.outcome, outcome);
        }
        if let Some(request) = parts.get(REQUEST).filter(|raw| raw.kind == Kind::Object)
            && OpenedTo::concerns(&parts.text(EVENT_NAME))
        {
            sink.list(self.fields.opened_to, &self.opened_to.read(request));
        }
        self.set_resources(event, outer.map(|(entry, _)| entry), sink);
    }

    fn set_resources(&mut self, event: &Record<'_>, entry: Option<&Record<'_>>, sink: &mut RowSink<'_>) {
        self.resources.clear();
        // Lists first, for they hold ARNs: a name that one of them ends with is not repeated.
        let listed = |record: &Record<'_>, hit: &Hit, resources: &mut Resources| {
            if let Some(name) = hit.raw(record.bytes).string() {
                resources.add(&name);
            }
        };
        let mut parameters = false;
        for record in std::iter::once(event).chain(entry) {
            for hit in record.hits {
                match self.wants.uses.get(hit.path) {
                    Some(Use::Resource) => listed(record, hit, &mut self.resources),
                    Some(Use::Parameter(_)) => parameters = true,
                    _ => {}
                }
            }
        }
        for hit in event.hits.iter().filter(|_| parameters) {
            if let Some(&Use::Parameter(n)) = self.wants.uses.get(hit.path)
                && let Some(value) = hit.raw(event.bytes).string()
            {
                self.resources.add_parameter(n, &value);
            }
        }
        sink.list(self.fields.resource, self.resources.finish());
    }

    /// An event repeats another when its `eventID` and its content are the same. One without an `eventID` never does.
    fn identify(&mut self, has_id: bool, event: &Record<'_>, sink: &mut RowSink<'_>) {
        if !has_id {
            return;
        }
        // The content has the id in it.
        if event.is_dense {
            sink.identity(event.bytes);
        } else {
            self.key.clear();
            minify(event.bytes, &mut self.key);
            sink.identity(&self.key);
        }
    }

    /// An entry of a `lookup-events` answer: its event is JSON inside a text.
    fn lookup(&mut self, entry: &Record<'_>, outer: &Parts<'_>, sink: &mut RowSink<'_>) -> bool {
        let Some(text) = outer.get(CLOUD_TRAIL_EVENT).and_then(|raw| raw.string()) else {
            return false;
        };
        let mut hits = std::mem::take(&mut self.inner_hits);
        let walked = self.walker.walk(&text, &self.wants.paths, &mut hits);
        if walked.is_ok() {
            // What the event does not say itself, its entry may.
            self.columns.fill(entry, sink);
            let event = Record::inside(entry, &text, &hits, &self.walker);
            let parts = Parts::of(&event, &self.wants.uses);
            self.event(&event, &parts, Some((entry, outer)), sink);
            self.identify(parts.get(EVENT_ID).is_some(), &event, sink);
        }
        self.inner_hits = hits;
        walked.is_ok()
    }

    /// A row of a CloudTrail Lake result: an array of objects with one column each.
    fn lake_row(&mut self, row: &Record<'_>, sink: &mut RowSink<'_>) {
        let mut hits = std::mem::take(&mut self.inner_hits);
        if self.walker.walk(row.bytes, &self.items, &mut hits).is_ok() {
            let columns = hits.iter().filter(|h| h.kind == Kind::Object);
            self.named_row(row, columns.map(|h| h.raw(row.bytes)), false, sink);
        }
        self.inner_hits = hits;
    }

    /// A record whose names are not AWS's own: the members of these objects are its cells.
    fn named_row<'a>(
        &mut self,
        record: &Record<'_>,
        objects: impl Iterator<Item = Raw<'a>>,
        has_id: bool,
        sink: &mut RowSink<'_>,
    ) {
        let mut cells: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
        for object in objects {
            // An empty cell still says that the column is there.
            members(object.bytes, &mut |name, value| {
                cells.push((name.to_vec(), value.text().unwrap_or_default().into_owned()));
            });
        }
        let cells: Vec<(&[u8], &[u8])> = cells.iter().map(|(n, v)| (&n[..], &v[..])).collect();
        if self
            .named
            .get_or_insert_with(|| Named::new(&FACTS))
            .row(&cells, sink)
        {
            self.identify(has_id, record, sink);
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
        let parts = Parts::of(record, &self.wants.uses);
        if self.lookup(record, &parts, sink) {
            return sink.end(record.offset, record.bytes.len() as u64);
        }
        if parts.has_any(&[EVENT_NAME, EVENT_SOURCE, EVENT_ID, OUTER_NAME, OUTER_ID]) {
            self.event(record, &parts, None, sink);
            self.identify(parts.has_any(&[EVENT_ID, OUTER_ID]), record, sink);
            return sink.end(record.offset, record.bytes.len() as u64);
        }
        if parts.has_any(&[LOWER_NAME, LOWER_SOURCE, LOWER_ID]) {
            let object = Raw {
                kind: record.kind,
                bytes: record.bytes,
            };
            return self.named_row(
                record,
                std::iter::once(object),
                parts.get(LOWER_ID).is_some(),
                sink,
            );
        }
        let reason = "no CloudTrail event: it has no eventName, eventSource or eventID";
        sink.reject(reason, record.offset, record.bytes);
    }

    fn finish(&mut self, sink: &mut RowSink<'_>) {
        self.columns.finish(sink);
        if let Some(named) = &mut self.named {
            named.finish(sink);
        }
    }
}
