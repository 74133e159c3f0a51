//! One spelling for what AWS writes in several: configuration items, permissions, policy documents, tags.
//!
//! What differs only in spelling is no change: a configuration that is an object or JSON inside a string, a policy
//! that is URL-encoded, `"Action": "x"` or `["x"]`, tags as a list or as a map, a member that is null or absent.

use serde_json::{Map, Value};

/// Members nested deeper are compared as text. serde_json reads 128 levels; strings of JSON inside add more.
pub(super) const MAX_DEPTH: usize = 64;

/// Names of the item's own members: API spelling, then the one of S3 files, which is shown.
const ITEM_NAMES: &[(&str, &str)] = &[
    ("version", "configurationItemVersion"),
    ("accountId", "awsAccountId"),
    ("arn", "ARN"),
    ("configurationItemMD5Hash", "configurationStateMd5Hash"),
];

/// Members of an item that count or date it rather than say what it is.
const ITEM_COUNTERS: &[&str] = &[
    "configurationItemCaptureTime",
    "configurationItemDeliveryTime",
    "configurationItemVersion",
    "configurationStateId",
    "configurationStateMd5Hash",
    "relatedEvents",
];

/// Members inside a configuration that change by themselves.
const COUNTERS: &[&str] = &[
    "etag",
    "lastModified",
    "lastModifiedDate",
    "lastModifiedTime",
    "lastModifiedUser",
    "lastUpdatedAt",
    "lastUpdatedTime",
    "passwordLastUsed",
    "revisionId",
    "roleLastUsed",
    "updateDate",
    "updatedAt",
];

/// Lists whose order means something; every other list of an AWS description is a set.
const ORDERED: &[&str] = &[
    "args",
    "arguments",
    "cacheBehaviors",
    "command",
    "domainNameServers",
    "entryPoint",
    "layers",
    "stages",
    "steps",
];

/// Where a value stands, as far as it matters for what it means.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The configuration item itself.
    Item,
    /// Inside a map of tags: names are the customer's.
    Tags,
    /// Inside a policy document.
    Policy,
    /// Anywhere else.
    Inside,
}

impl Place {
    pub(super) fn of_root(value: &Value) -> Place {
        let is_item = value
            .as_object()
            .is_some_and(|o| o.contains_key("resourceType") && o.contains_key("resourceId"));
        if is_item { Place::Item } else { Place::Inside }
    }

    /// The place of the member `key` of an object that stands here.
    pub(super) fn member(self, key: &str) -> Place {
        match self {
            Place::Tags | Place::Policy => self,
            _ if is_tags(key) => Place::Tags,
            _ if key.eq_ignore_ascii_case("Statement") => Place::Policy,
            _ => Place::Inside,
        }
    }

    /// Does the member `key` of an object that stands here count or date rather than configure?
    pub(super) fn is_counter(self, key: &str) -> bool {
        match self {
            Place::Item => ITEM_COUNTERS.contains(&key),
            Place::Inside => COUNTERS.iter().any(|c| c.eq_ignore_ascii_case(key)),
            Place::Tags | Place::Policy => false,
        }
    }
}

pub(super) fn is_ordered(key: &str) -> bool {
    ORDERED.iter().any(|o| o.eq_ignore_ascii_case(key))
}

pub(super) fn is_tags(key: &str) -> bool {
    ["tags", "tagSet", "tagList"]
        .iter()
        .any(|t| t.eq_ignore_ascii_case(key))
}

/// The value in its one spelling.
pub(super) fn normal(value: &Value) -> Value {
    match (Place::of_root(value), value) {
        (Place::Item, Value::Object(item)) => Value::Object(normal_item(item)),
        (place, v) => normal_at(v, place, 0),
    }
}

fn normal_item(item: &Map<String, Value>) -> Map<String, Value> {
    let mut out = Map::new();
    for (key, value) in item {
        let key = ITEM_NAMES
            .iter()
            .find(|&&(api, s3)| api == key && !item.contains_key(s3))
            .map_or(key.as_str(), |&(_, s3)| s3);
        let mut value = match key {
            "tags" => normal_tags(value),
            "relationships" => normal_relationships(value),
            _ if key.ends_with("Time") => normal_time(value),
            // Empty until a rule needs it; never says anything about the resource.
            "configurationStateMd5Hash" if value.as_str() == Some("") => Value::Null,
            _ => normal_at(value, Place::Inside, 1),
        };
        if key == "awsAccountId" {
            value = account(value);
        }
        if !is_empty(&value) {
            out.insert(key.to_owned(), value);
        }
    }
    out
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(a) => a.is_empty(),
        Value::Object(o) => o.is_empty(),
        _ => false,
    }
}

fn normal_at(value: &Value, place: Place, depth: usize) -> Value {
    if depth >= MAX_DEPTH {
        return value.clone();
    }
    match value {
        Value::Object(o) => {
            if let Some(document) = normal_policy(o) {
                return document;
            }
            let mut out = Map::new();
            for (key, v) in o.iter().filter(|(_, v)| !v.is_null()) {
                let v = match place.member(key) {
                    Place::Tags => normal_tags(v),
                    at => normal_at(v, at, depth + 1),
                };
                let is_account = ["accountId", "awsAccountId", "ownerId", "userId"]
                    .iter()
                    .any(|n| n.eq_ignore_ascii_case(key));
                out.insert(key.clone(), if is_account { account(v) } else { v });
            }
            if out.contains_key("ipProtocol") {
                merge_ranges(&mut out);
            }
            Value::Object(out)
        }
        Value::Array(a) => Value::Array(a.iter().map(|v| normal_at(v, place, depth + 1)).collect()),
        Value::String(s) if place != Place::Tags => match embedded(s) {
            Some(inner) => normal_at(&inner, place, depth + 1),
            None => value.clone(),
        },
        _ => value.clone(),
    }
}

/// JSON that stands inside a string, also URL-encoded or quoted twice.
fn embedded(text: &str) -> Option<Value> {
    let text = text.trim();
    let decoded;
    let json = if text.get(..3).is_some_and(|p| p.eq_ignore_ascii_case("%7b")) {
        decoded = percent_decoded(text)?;
        decoded.as_str()
    } else {
        text
    };
    if !json.starts_with(['{', '[', '"']) {
        return None;
    }
    match serde_json::from_str(json).ok()? {
        Value::String(inner) => embedded(&inner),
        v @ (Value::Object(_) | Value::Array(_)) => Some(v),
        _ => None,
    }
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut out = Vec::with_capacity(text.len());
    let hex = |b: u8| char::from(b).to_digit(16);
    while let Some(b) = bytes.next() {
        match b {
            b'%' => {
                let (high, low) = (hex(bytes.next()?)?, hex(bytes.next()?)?);
                out.push(u8::try_from(high * 16 + low).ok()?);
            }
            // Policy documents are encoded after RFC 3986; what forms write for a space occurs all the same.
            b'+' => out.push(b' '),
            b => out.push(b),
        }
    }
    String::from_utf8(out).ok()
}

/// An account id is text of twelve digits; some exports write it as a number and lose its leading zeros.
fn account(value: Value) -> Value {
    match value.as_u64() {
        Some(n) => Value::String(format!("{n:012}")),
        None => value,
    }
}

fn normal_time(value: &Value) -> Value {
    let ns = match value {
        Value::String(s) => crate::base::time::parse_iso(s.as_bytes()),
        Value::Number(n) => n.as_f64().map(|s| (s * 1000.0).round() as i64 * 1_000_000),
        _ => None,
    };
    ns.map_or_else(|| value.clone(), |ns| Value::String(crate::base::time::iso(ns)))
}

/// Tags as a map of name to value. A list with the same name twice, or with something else in it, stays a list.
fn normal_tags(value: &Value) -> Value {
    let Value::Array(list) = value else {
        return without_nulls(value);
    };
    let mut map = Map::new();
    for tag in list {
        let pair = tag.as_object().and_then(|t| {
            let member = |a: &str, b: &str| t.get(a).or_else(|| t.get(b));
            let key = member("key", "Key")?.as_str()?;
            Some((key, member("value", "Value").cloned()))
        });
        let Some((key, value)) = pair else {
            return value.clone();
        };
        let value = value.filter(|v| !v.is_null()).unwrap_or_else(|| "".into());
        if map.insert(key.to_owned(), value).is_some() {
            return Value::Array(list.clone());
        }
    }
    Value::Object(map)
}

fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(o) => o
            .iter()
            .filter(|(_, v)| !v.is_null())
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect(),
        v => v.clone(),
    }
}

fn normal_relationships(value: &Value) -> Value {
    let Value::Array(list) = value else {
        return value.clone();
    };
    let one = |v: &Value| {
        let mut v = without_nulls(v);
        if let Some(o) = v.as_object_mut()
            && !o.contains_key("name")
            && let Some(name) = o.remove("relationshipName")
        {
            o.insert("name".to_owned(), name);
        }
        v
    };
    Value::Array(list.iter().map(one).collect())
}

/// A permission of a security group lists IPv4 ranges twice, with and without descriptions; older items only without.
fn merge_ranges(permission: &mut Map<String, Value>) {
    if let Some(Value::Array(plain)) = permission.remove("ipRanges") {
        let ranges = permission
            .entry("ipv4Ranges")
            .or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(ranges) = ranges {
            let known: Vec<String> = ranges
                .iter()
                .filter_map(|r| r.get("cidrIp").and_then(Value::as_str).map(str::to_owned))
                .collect();
            let known: crate::base::hash::FastSet<&str> = known.iter().map(String::as_str).collect();
            for range in plain {
                match range {
                    Value::String(cidr) if known.contains(cidr.as_str()) => {}
                    Value::String(cidr) => ranges.push(serde_json::json!({ "cidrIp": cidr })),
                    other => ranges.push(other),
                }
            }
        }
    }
    permission.retain(|key, v| !(key.ends_with("Ranges") || is_peer_list(key)) || !is_empty(v));
}

fn is_peer_list(key: &str) -> bool {
    matches!(key, "prefixListIds" | "userIdGroupPairs")
}

/// A policy document with every part that may be one value or a list as a list, or `None` if this is none.
fn normal_policy(object: &Map<String, Value>) -> Option<Value> {
    let statements = match object.get("Statement")? {
        Value::Array(list) => list.clone(),
        one @ Value::Object(_) => vec![one.clone()],
        _ => return None,
    };
    let looks_right = |s: &Value| s.get("Effect").is_some_and(Value::is_string);
    if !statements.iter().all(looks_right) {
        return None;
    }
    let mut document = without_nulls(&Value::Object(object.clone()));
    let normal = statements.iter().map(normal_statement).collect();
    document
        .as_object_mut()?
        .insert("Statement".to_owned(), Value::Array(normal));
    Some(document)
}

fn normal_statement(statement: &Value) -> Value {
    let Value::Object(parts) = without_nulls(statement) else {
        return statement.clone();
    };
    let part = |(key, value): (String, Value)| {
        let value = match key.as_str() {
            "Action" | "NotAction" | "Resource" | "NotResource" => list(value),
            "Principal" | "NotPrincipal" => principal(value),
            "Condition" => condition(value),
            _ => value,
        };
        (key, value)
    };
    Value::Object(parts.into_iter().map(part).collect())
}

fn list(value: Value) -> Value {
    match value {
        Value::Array(_) => value,
        one => Value::Array(vec![one]),
    }
}

/// `"*"` and `{"AWS": "*"}` name the same principals, and so do an account id and its root ARN.
fn principal(value: Value) -> Value {
    let by_type = match value {
        Value::Object(o) => o,
        other => Map::from_iter([("AWS".to_owned(), other)]),
    };
    let arn = |v: Value| match account(v) {
        Value::String(id) if id.len() == 12 && id.bytes().all(|b| b.is_ascii_digit()) => {
            Value::String(format!("arn:aws:iam::{id}:root"))
        }
        v => v,
    };
    let named = by_type.into_iter().map(|(kind, names)| {
        let names = match list(names) {
            Value::Array(names) if kind == "AWS" => Value::Array(names.into_iter().map(arn).collect()),
            names => names,
        };
        (kind, names)
    });
    Value::Object(named.collect())
}

fn condition(value: Value) -> Value {
    let Value::Object(operators) = value else {
        return value;
    };
    let lists = |tests: Value| match tests {
        Value::Object(tests) => tests.into_iter().map(|(key, v)| (key, list(v))).collect(),
        other => other,
    };
    operators
        .into_iter()
        .map(|(op, tests)| (op, lists(tests)))
        .collect()
}
