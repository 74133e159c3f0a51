//! A described thing in any of its spellings: the command line's `VpcId`, Config's `vpcId`, tags as pairs or as a map.

use crate::base::time::parse_iso;
use serde_json::Value;
use std::borrow::Cow;
use std::net::IpAddr;

/// One description, without what AWS Config puts around it.
pub(super) struct Item<'a> {
    body: Cow<'a, Value>,
    tags: Option<&'a Value>,
    account: &'a str,
    region: &'a str,
    /// When it was true; an answer of the command line says what is now.
    pub at: i64,
    pub deleted: bool,
    /// What Config calls it: all that is left of a deleted resource.
    pub resource_id: &'a str,
}

/// The value under a key, whatever the case of its letters.
pub(super) fn get<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    let fields = value.as_object()?;
    let found = fields.get(key).or_else(|| {
        let mut same = fields.iter().filter(|(k, _)| k.eq_ignore_ascii_case(key));
        same.next().map(|(_, value)| value)
    });
    found.filter(|v| !v.is_null())
}

/// The text at `a.b`, or an empty one.
pub(super) fn text<'a>(value: &'a Value, path: &str) -> &'a str {
    let found = path.split('.').try_fold(value, get);
    found.and_then(Value::as_str).unwrap_or_default().trim()
}

/// The elements of the array under a key.
pub(super) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    get(value, key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// The address at a path.
pub(super) fn addr(value: &Value, path: &str) -> Option<IpAddr> {
    let parsed: IpAddr = text(value, path).parse().ok()?;
    Some(parsed.to_canonical())
}

/// The first text that is not empty.
pub(super) fn first<'a>(texts: impl IntoIterator<Item = &'a str>) -> &'a str {
    texts
        .into_iter()
        .find(|text| !text.is_empty())
        .unwrap_or_default()
}

impl<'a> Item<'a> {
    pub fn of(kind: &str, body: &'a Value, account: &'a str, region: &'a str) -> Item<'a> {
        let mut item = Item {
            body: Cow::Borrowed(body),
            tags: get(body, "tags"),
            account,
            region,
            at: i64::MAX,
            deleted: false,
            resource_id: "",
        };
        if kind != super::CONFIG {
            return item;
        }
        item.account = first([account, text(body, "awsAccountId"), text(body, "accountId")]);
        item.region = first([region, text(body, "awsRegion")]);
        item.resource_id = text(body, "resourceId");
        item.deleted = text(body, "configurationItemStatus").starts_with("ResourceDeleted");
        let at = text(body, "configurationItemCaptureTime");
        item.at = parse_iso(at.as_bytes()).unwrap_or_default();
        match get(body, "configuration") {
            // The command line gives the history's configurations as texts.
            Some(Value::String(held)) => {
                item.body = Cow::Owned(serde_json::from_str(held).unwrap_or_default())
            }
            Some(held) => item.body = Cow::Borrowed(held),
            None => {}
        }
        item
    }

    pub fn body(&self) -> &Value {
        &self.body
    }

    pub fn text(&self, path: &str) -> &str {
        text(&self.body, path)
    }

    pub fn flag(&self, key: &str) -> Option<bool> {
        get(&self.body, key).and_then(Value::as_bool)
    }

    pub fn list(&self, key: &str) -> &[Value] {
        list(&self.body, key)
    }

    /// The tag that people give names with.
    pub fn tag_name(&self) -> &str {
        let own = ["Tags", "TagSet", "TagList"]
            .iter()
            .filter_map(|key| get(&self.body, key));
        first(own.chain(self.tags).map(tag_name))
    }

    pub fn account(&self) -> String {
        let arn = self.arn_part(4);
        first([self.text("OwnerId"), arn, self.account]).to_owned()
    }

    pub fn region(&self) -> String {
        // The zone's last letter is not the Region's.
        let zone = self.text("AvailabilityZone");
        let of_zone = zone.trim_end_matches(|c: char| c.is_ascii_lowercase());
        let of_zone = if zone.len() == of_zone.len() + 1 {
            of_zone
        } else {
            ""
        };
        first([self.region, self.arn_part(3), of_zone]).to_owned()
    }

    fn arn_part(&self, at: usize) -> &str {
        let arns = ["LoadBalancerArn", "SubnetArn", "Arn"];
        let arn = first(arns.iter().map(|key| self.text(key)));
        arn.split(':').nth(at).unwrap_or_default()
    }
}

/// `[{"Key": "Name", "Value": "web"}]`, `{"Name": "web"}`
fn tag_name(tags: &Value) -> &str {
    match tags {
        Value::Array(pairs) => {
            let pair = pairs.iter().find(|pair| text(pair, "Key") == "Name");
            pair.map_or("", |pair| text(pair, "Value"))
        }
        Value::Object(map) => map.get("Name").and_then(Value::as_str).unwrap_or_default(),
        _ => "",
    }
}
