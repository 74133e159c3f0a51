//! What an account's own files tell of its filters, alarms, log groups and subscriptions, out of single descriptions.

use crate::monitoring::chain::Known;
use crate::monitoring::filters::{Answer, Setup};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// A description of something: registry id of its kind, its type, its body.
#[derive(Clone, Copy, Debug)]
pub struct Piece<'a> {
    pub kind: &'a str,
    pub item_type: &'a str,
    pub body: &'a Value,
}

/// The types of an answer's items, and the key of the answer they stand under.
const ANSWERS: [(&str, &str); 5] = [
    ("MetricFilter", "metricFilters"),
    ("MetricAlarm", "MetricAlarms"),
    ("CompositeAlarm", "CompositeAlarms"),
    ("LogGroup", "logGroups"),
    ("Subscription", "Subscriptions"),
];
const TRAIL: &str = "Trail";
const CONFIG_ALARM: &str = "AWS::CloudWatch::Alarm";
const CONFIG_TRAIL: &str = "AWS::CloudTrail::Trail";

/// What stands around the items of an answer: its text's beginning and end, all of it where it has no item.
#[derive(Clone, Copy, Debug)]
pub struct Around<'a> {
    pub items: u64,
    pub head: &'a str,
    pub tail: &'a str,
}

/// The types of descriptions that are looked at.
pub fn wants(kind: &str, item_type: &str) -> bool {
    match kind {
        "aws-inventory" => item_type == TRAIL || ANSWERS.iter().any(|(ty, _)| *ty == item_type),
        "config" => item_type == CONFIG_ALARM || item_type == CONFIG_TRAIL,
        _ => false,
    }
}

/// All that is known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Given {
    pub setup: Setup,
    /// The log groups that trails write into; nothing where no trail is described.
    pub trail_groups: Option<Vec<String>>,
    /// Account and Region of each alarm and log group that names its own: more than one is told, as filters name none.
    pub places: Vec<String>,
    /// Descriptions whose text is not there.
    pub left_out: usize,
}

impl Given {
    /// Out of descriptions, the newest first, and what stands around them.
    pub fn of<'a>(
        pieces: impl DoubleEndedIterator<Item = Piece<'a>>,
        around: &[Around],
        left_out: usize,
    ) -> Given {
        let mut given = Given {
            left_out,
            ..Given::default()
        };
        let mut answered = false;
        // A later description of the same filter or alarm replaces the earlier.
        for piece in pieces.rev() {
            match piece.item_type {
                TRAIL | CONFIG_TRAIL => given.trail(piece.body),
                CONFIG_ALARM => given.configured_alarm(piece.body),
                ty => {
                    let Some((_, key)) = ANSWERS.iter().find(|(known, _)| *known == ty) else {
                        continue;
                    };
                    answered |= *key == "MetricAlarms";
                    given.add(&json!({ *key: [piece.body] }));
                }
            }
        }
        for answer in around {
            answered |= given.around(answer) == Some(Answer::Alarms);
        }
        // AWS Config may record only some alarms, and what has no text is not known.
        if !answered && given.setup.has(Answer::Alarms) {
            given.setup.cut.push(Answer::Alarms);
        }
        if left_out > 0 {
            given.setup.cut = given.setup.given.clone();
        }
        given.places = given.places();
        given
    }

    fn add(&mut self, answer: &Value) {
        // The key is one of those that are read.
        let _ = self.setup.add(answer);
    }

    /// An answer without items is evidence all the same, and one that ends with a token is not whole. Which answer it is, where it
    /// is one of those.
    fn around(&mut self, answer: &Around) -> Option<Answer> {
        if answer.items == 0 {
            let empty: Value = serde_json::from_str(answer.head).ok()?;
            let known = ANSWERS
                .iter()
                .any(|(_, key)| empty.get(*key).is_some_and(Value::is_array));
            return known.then(|| self.setup.add(&empty).ok()).flatten();
        }
        let after = answer.tail.rsplit(']').next().unwrap_or_default();
        let token = ["\"nextToken\"", "\"NextToken\""]
            .iter()
            .any(|t| after.contains(t));
        let named = |key: &str| answer.head.contains(&format!("\"{key}\""));
        let of = match ANSWERS.iter().find(|(_, key)| named(key)) {
            Some((_, "metricFilters")) => Answer::MetricFilters,
            Some((_, "logGroups")) => Answer::LogGroups,
            Some((_, "Subscriptions")) => Answer::Subscriptions,
            Some(_) => Answer::Alarms,
            None => return None,
        };
        if token && !self.setup.cut.contains(&of) {
            self.setup.cut.push(of);
        }
        Some(of)
    }

    fn trail(&mut self, body: &Value) {
        let body = body.get("configuration").unwrap_or(body);
        let text = |names: [&str; 2]| {
            let mut found = names.iter().filter_map(|n| body.get(*n).and_then(Value::as_str));
            found.next()
        };
        // The answer of list-trails names trails only, and says nothing of their log groups.
        if text(["S3BucketName", "s3BucketName"]).is_none() {
            return;
        }
        let groups = self.trail_groups.get_or_insert_default();
        if let Some(name) =
            text(["CloudWatchLogsLogGroupArn", "cloudWatchLogsLogGroupArn"]).and_then(group_of_arn)
            && !groups.contains(&name)
        {
            groups.push(name);
        }
    }

    /// A configuration item of an alarm: the answer's members with a small first letter.
    fn configured_alarm(&mut self, item: &Value) {
        let Some(body) = item.get("configuration").filter(|c| c.is_object()) else {
            return;
        };
        let alarm = capitals(body);
        let deleted = item
            .get("configurationItemStatus")
            .and_then(Value::as_str)
            .is_some_and(|s| s.starts_with("ResourceDeleted"));
        if deleted {
            let arn = alarm.get("AlarmArn").and_then(Value::as_str);
            self.setup
                .metric_alarms
                .retain(|known| arn.is_none() || known.alarm_arn.as_deref() != arn);
            return;
        }
        self.add(&json!({ "MetricAlarms": [alarm] }));
    }

    fn places(&self) -> Vec<String> {
        let alarms = self
            .setup
            .metric_alarms
            .iter()
            .filter_map(|a| a.alarm_arn.as_deref());
        let groups = self.setup.log_groups.iter().filter_map(|g| g.arn.as_deref());
        let place = |arn: &str| {
            let mut parts = arn.split(':').skip(3);
            Some(format!("{} {}", parts.nth(1)?, arn.split(':').nth(3)?))
        };
        let all: BTreeSet<String> = alarms.chain(groups).filter_map(place).collect();
        all.into_iter().collect()
    }

    pub fn known(&self) -> Known<'_> {
        Known {
            trail_groups: self.trail_groups.as_deref(),
        }
    }

    /// What should be known of all of it before it is believed, a sentence each.
    pub fn remarks(&self) -> Vec<String> {
        let mut said: Vec<String> = self.setup.errors.iter().map(ToString::to_string).collect();
        if self.left_out > 0 {
            said.push(format!(
                "{} no original text here: what they say is not known.",
                super::plural(self.left_out as u64, "description has", "descriptions have")
            ));
        }
        if self.places.len() > 1 {
            said.push(format!(
                "Alarms and log groups are of several accounts or Regions ({}). Metric filters do not say which they are of: \
                 a filter may be paired with an alarm that stands elsewhere.",
                self.places.join(", ")
            ));
        }
        said
    }
}

/// `arn:aws:logs:us-east-1:111122223333:log-group:trail:*` is of `trail`.
fn group_of_arn(arn: &str) -> Option<String> {
    let name = arn.splitn(7, ':').nth(6)?;
    Some(name.strip_suffix(":*").unwrap_or(name).to_owned())
}

/// Members with a large first letter, in lists of objects too.
fn capitals(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let large = |name: &str| {
                let mut letters = name.chars();
                let first = letters.next().map(|c| c.to_ascii_uppercase());
                first.into_iter().chain(letters).collect::<String>()
            };
            let all: Map<String, Value> = members.iter().map(|(k, v)| (large(k), capitals(v))).collect();
            Value::Object(all)
        }
        Value::Array(items) => Value::Array(items.iter().map(capitals).collect()),
        other => other.clone(),
    }
}
