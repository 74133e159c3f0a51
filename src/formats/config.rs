//! AWS Config configuration items, in every wrapping they are exported in.
//!
//! The S3 files, SNS messages and rule events spell an item one way, the API and the command line another
//! (`awsAccountId` / `accountId`, `configuration` as an object / as JSON inside a string); rows take the S3 spelling.
//! The configuration itself is not kept: [`item`] reads it again from a record's original text.

use super::json::document::{self, Around, Column, Kind, Rows, derived, from, own, specs};
use super::json::lazy::{Json, Object};
use super::{Confidence, LogFormat, Options, Reader, Sample};
use crate::base::{Facts, FieldSpec, Group, Role};
use serde_json::Value;

pub struct Config;

const COLUMNS: [Column; 23] = [
    own(FieldSpec::time("configurationItemCaptureTime").role(Role::Time)),
    own(FieldSpec::text("resourceType").role(Role::ResourceType)),
    own(FieldSpec::text("resourceId").role(Role::Resource)),
    own(FieldSpec::text("resourceName")),
    own(FieldSpec::text("ARN")),
    from(
        FieldSpec::text("awsAccountId").role(Role::Account),
        &["awsAccountId", "accountId", "@account"],
    ),
    from(
        FieldSpec::text("awsRegion").role(Role::Region),
        &["awsRegion", "@region"],
    ),
    own(FieldSpec::text("configurationItemStatus").role(Role::Outcome)),
    derived(FieldSpec::text("changeType").role(Role::Action)),
    derived(FieldSpec::list("changedProperties")),
    own(FieldSpec::text("availabilityZone")),
    own(FieldSpec::time("resourceCreationTime")),
    own(FieldSpec::text("configurationStateId")),
    from(
        FieldSpec::text("configurationStateMd5Hash"),
        &["configurationStateMd5Hash", "configurationItemMD5Hash"],
    ),
    from(
        FieldSpec::text("configurationItemVersion"),
        &["configurationItemVersion", "version"],
    ),
    own(FieldSpec::list("relatedEvents")),
    own(FieldSpec::list("tags")),
    derived(FieldSpec::list("relationships")),
    own(FieldSpec::time("configurationItemDeliveryTime")),
    own(FieldSpec::text("recordingFrequency")),
    derived(FieldSpec::text("messageType")),
    derived(FieldSpec::text("configRuleName")),
    derived(FieldSpec::time("notificationCreationTime")),
];
const FIELDS: [FieldSpec; COLUMNS.len()] = specs(&COLUMNS);

static FACTS: Facts = Facts {
    id: "config",
    title: "AWS Config items",
    records: "configuration items",
    group: Group::AwsService,
    spec_url: "https://docs.aws.amazon.com/config/latest/developerguide/config-item-table.html",
    shapes: &[
        "S3 ConfigHistory and ConfigSnapshot files",
        "get-resource-config-history",
        "batch-get-resource-config",
        "select-resource-config",
        "change notifications (SNS, EventBridge)",
        "rule events",
        "single items, arrays, JSON lines",
    ],
    export_hint: "aws configservice get-resource-config-history --resource-type AWS::EC2::SecurityGroup --resource-id sg-… > history.json, or the files under AWSLogs/ACCOUNT/Config/ in the delivery bucket",
    fields: &FIELDS,
    columns: &[
        "configurationItemCaptureTime",
        "resourceType",
        "resourceId",
        "resourceName",
        "configurationItemStatus",
        "changeType",
        "awsAccountId",
        "awsRegion",
    ],
    aliases: &[
        ("accountId", "awsAccountId"),
        ("arn", "ARN"),
        ("version", "configurationItemVersion"),
        ("configurationItemMD5Hash", "configurationStateMd5Hash"),
    ],
    dedupe: false,
};

impl LogFormat for Config {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }
    fn probe(&self, sample: &Sample<'_>) -> Option<Confidence> {
        document::probe::<Items>(sample)
    }
    fn reader(&self, _: &Sample<'_>, options: &Options) -> Box<dyn Reader> {
        document::reader::<Items>(options)
    }
}

#[derive(Default)]
struct Items;

/// Arrays of items, and of items in strings.
const ARRAYS: &[&str] = &["configurationItems", "baseConfigurationItems", "Results"];

impl Kind for Items {
    const STREAMED: &'static [&'static str] = ARRAYS;
    const RECORD: &'static str = "configuration item";

    fn columns() -> &'static [Column] {
        &COLUMNS
    }

    fn probe(_: Json<'_>, object: &Object<'_>, _: &Around) -> Option<Confidence> {
        if object.has("configurationItems") || object.has("baseConfigurationItems") {
            return Some(Confidence::Certain);
        }
        if let Some(results) = object.get("Results").filter(|_| object.has("Results")) {
            let in_strings = results.elements().next().is_some_and(|r| r.embedded().is_some());
            let empty = results.text() == b"[]" && object.has("QueryInfo");
            return (in_strings || empty).then_some(Confidence::Certain);
        }
        if let Some(event) = object.get("invokingEvent") {
            return Some(if event.is_string() {
                Confidence::Certain
            } else {
                Confidence::Likely
            });
        }
        if object.has("configurationItem") || object.has("configurationItemSummary") {
            return Some(Confidence::Certain);
        }
        if object.has("configurationItemCaptureTime") || object.has("configurationItemStatus") {
            return Some(Confidence::Certain);
        }
        (is_item(object) && object.has("configuration")).then_some(Confidence::Likely)
    }

    fn read(&mut self, value: Json<'_>, around: &Around, rows: &mut Rows<'_, '_>) -> bool {
        if value.is_string() {
            // A row of select-resource-config has the columns that were selected, whatever they are.
            let Some(text) = value.embedded() else {
                return false;
            };
            if let Some(item) = value.within(&text) {
                row(value, item, &Object::default(), around, rows);
            }
            return true;
        }
        let object = value.object();
        if let Some(event) = object.get("invokingEvent") {
            let text = event.embedded();
            let inner = text.as_deref().and_then(|t| event.within(t)).unwrap_or(event);
            let message = inner.object();
            return match part(&message) {
                Some(item) => {
                    row(inner, item, &joined(message, &object), around, rows);
                    true
                }
                None => {
                    no_item(value, &message, rows);
                    true
                }
            };
        }
        if let Some(item) = part(&object) {
            row(value, item, &object, around, rows);
            return true;
        }
        let mut found = false;
        for items in ARRAYS
            .iter()
            .filter(|k| object.has(k))
            .filter_map(|k| object.get(k))
        {
            found = true;
            for item in items.elements() {
                if item.is_string() {
                    self.read(item, around, rows);
                } else {
                    row(item, item, &Object::default(), around, rows);
                }
            }
        }
        if found {
            return true;
        }
        if is_item(&object) {
            row(value, value, &Object::default(), around, rows);
            return true;
        }
        if object.has("messageType") {
            no_item(value, &object, rows);
            return true;
        }
        false
    }
}

/// The item of a notification; the summary where the item was too large for one.
fn part<'a>(message: &Object<'a>) -> Option<Json<'a>> {
    ["configurationItem", "configurationItemSummary"]
        .iter()
        .filter(|k| message.has(k))
        .find_map(|k| message.get(k).filter(|v| v.is_object()))
}

/// A rule event's message, with the rule that was asked.
fn joined<'a>(mut message: Object<'a>, event: &Object<'a>) -> Object<'a> {
    let rule = event.fields.iter().filter(|(k, _)| k == "configRuleName");
    message.fields.extend(rule.cloned());
    message
}

fn is_item(object: &Object<'_>) -> bool {
    object.has("configurationItemCaptureTime")
        || object.has("resourceType")
            && (object.has("resourceId") || object.has("resourceName"))
            && [
                "configuration",
                "configurationItemStatus",
                "awsRegion",
                "arn",
                "ARN",
            ]
            .iter()
            .any(|k| object.has(k))
}

fn no_item(value: Json<'_>, message: &Object<'_>, rows: &mut Rows<'_, '_>) {
    let kind = message.text("messageType").unwrap_or_else(|| "rule event".into());
    rows.reject(value, &format!("a {kind} carries no configuration item"));
}

fn row(place: Json<'_>, item: Json<'_>, message: &Object<'_>, around: &Around, rows: &mut Rows<'_, '_>) {
    rows.row_of(place, item, around, |object, cells| {
        if let Some(list) = object.get("relationships") {
            let relations: Vec<String> = list.elements().map(relation).collect();
            cells.list("relationships", &relations);
        }
        for name in ["messageType", "configRuleName"] {
            cells.text(name, &message.text(name).unwrap_or_default());
        }
        if let Some(time) = message.get("notificationCreationTime").and_then(Json::time) {
            cells.int("notificationCreationTime", time);
        }
        let diff = message
            .get("configurationItemDiff")
            .map(Json::object)
            .unwrap_or_default();
        let change = diff.text("changeType").or_else(|| object.text("changeType"));
        cells.text("changeType", &change.unwrap_or_default());
        if let Some(changed) = diff.get("changedProperties") {
            let names: Vec<String> = changed
                .object()
                .fields
                .iter()
                .map(|(k, _)| k.to_string())
                .collect();
            cells.list("changedProperties", &names);
        }
    });
}

/// `Is contained in Vpc AWS::EC2::VPC vpc-1`
fn relation(relationship: Json<'_>) -> String {
    let object = relationship.object();
    let name = if object.has("relationshipName") {
        "relationshipName"
    } else {
        "name"
    };
    let id = object.text("resourceId").or_else(|| object.text("resourceName"));
    [object.text(name), object.text("resourceType"), id]
        .iter()
        .flatten()
        .map(|part| part.trim())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The configuration item of a record's original text, in the S3 spelling, with the configuration as an object.
///
/// The text is an item, a notification, an event, or the JSON string that one of them stood in. `None` when it holds no
/// item. The notification's `configurationItemDiff`, where there is one, is added under that name.
pub fn item(original: &[u8]) -> Option<Value> {
    let text = Json::of(original)?;
    let embedded = text.embedded();
    let value = embedded.as_deref().and_then(|t| text.within(t)).unwrap_or(text);
    let mut out = None;
    document::open(value, &Around::default(), &mut |inner, _, _| {
        let object = inner.object();
        let parsed = |json: Json<'_>| serde_json::from_slice::<Value>(json.text()).ok();
        let mut found = match part(&object) {
            Some(item) => parsed(item),
            None => parsed(inner),
        };
        if let Some(Value::Object(fields)) = &mut found {
            respell(fields);
            if let Some(diff) = object.get("configurationItemDiff").and_then(parsed) {
                fields.insert("configurationItemDiff".to_owned(), diff);
            }
        }
        out = out.take().or(found);
    });
    out.filter(Value::is_object)
}

fn respell(fields: &mut serde_json::Map<String, Value>) {
    for &(other, name) in FACTS.aliases {
        if !fields.contains_key(name)
            && let Some(value) = fields.remove(other)
        {
            fields.insert(name.to_owned(), value);
        }
    }
    if let Some(configuration) = fields.get_mut("configuration") {
        unfold(configuration);
    }
    if let Some(Value::Object(parts)) = fields.get_mut("supplementaryConfiguration") {
        parts.values_mut().for_each(unfold);
    }
    for relationship in fields
        .get_mut("relationships")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        if let Value::Object(relationship) = relationship
            && let Some(name) = relationship.remove("relationshipName")
        {
            relationship.insert("name".to_owned(), name);
        }
    }
}

/// JSON inside a string becomes what it says.
fn unfold(value: &mut Value) {
    if let Value::String(text) = value
        && matches!(text.trim_start().as_bytes().first(), Some(b'{' | b'['))
        && let Ok(inner) = serde_json::from_str(text)
    {
        *value = inner;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_found_in_every_wrapping_and_spelling() {
        let api = r#"{"version":"1.3","accountId":"111122223333","arn":"arn:x","configuration":"{\"a\":[1]}","supplementaryConfiguration":{"Tags":"[]","Text":"plain"},"relationships":[{"relationshipName":"Is in"}]}"#;
        let found = item(api.as_bytes()).unwrap();
        assert_eq!(found["configuration"]["a"][0], 1);
        assert_eq!(found["awsAccountId"], "111122223333");
        assert_eq!(found["supplementaryConfiguration"]["Tags"], serde_json::json!([]));
        assert_eq!(found["supplementaryConfiguration"]["Text"], "plain");
        assert_eq!(found["relationships"][0]["name"], "Is in");

        let message =
            format!(r#"{{"configurationItemDiff":{{"changeType":"UPDATE"}},"configurationItem":{api}}}"#);
        let in_string = serde_json::to_string(&message).unwrap();
        for text in [&message, &in_string] {
            let found = item(text.as_bytes()).unwrap();
            assert_eq!(found["configuration"]["a"][0], 1);
            assert_eq!(found["configurationItemDiff"]["changeType"], "UPDATE");
        }
        assert_eq!(item(b"{\"cut"), None);
        assert_eq!(item(b"7"), None);
    }
}
