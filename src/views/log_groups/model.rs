//! Groups out of what was loaded and what was described.

use crate::base::time::DAY;
use crate::base::{Value, time};
use crate::query::{Agg, Answer, Expr, Key, Order, Query};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// Kinds whose records name their group and stream. What is inside of a container as another kind (CloudTrail, flow logs) is
/// counted there.
pub const KINDS: &[&str] = &["lambda", "cloudwatch-logs"];
/// Groups and streams that are told apart.
const MOST: usize = 20_000;

/// Metric filters and subscription filters that a group may have.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html>
pub const METRIC_FILTERS: u64 = 100;
pub const SUBSCRIPTION_FILTERS: u64 = 2;

/// How long a group keeps its events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retention {
    NotKnown,
    Never,
    Days(u64),
}

impl Retention {
    pub fn words(self) -> String {
        match self {
            Retention::NotKnown => "not known".to_owned(),
            Retention::Never => "never expires".to_owned(),
            Retention::Days(n) => crate::base::size::counted(n, "days"),
        }
    }
}

/// Records that were loaded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Volume {
    pub events: i64,
    pub bytes: i128,
    pub span: Option<(i64, i64)>,
}

impl Volume {
    fn add(&mut self, other: Volume) {
        self.events += other.events;
        self.bytes += other.bytes;
        self.span = match (self.span, other.span) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        };
    }
}

/// What describes a group.
#[derive(Clone, Debug, PartialEq)]
pub struct About {
    pub retention: Retention,
    pub key: Option<String>,
    pub class: String,
    pub stored_bytes: Option<u64>,
    pub created_ns: Option<i64>,
    pub metric_filters: Option<u64>,
    pub is_protected: Option<bool>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stream {
    pub loaded: Volume,
    pub is_described: bool,
    pub last_event_ns: Option<i64>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    pub name: String,
    pub pattern: String,
    /// Where a subscription sends to; empty for a metric filter.
    pub destination: String,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct LogGroup {
    pub name: String,
    pub account: String,
    pub loaded: Volume,
    pub about: Option<About>,
    pub streams: BTreeMap<String, Stream>,
    pub metric_filters: Vec<Filter>,
    pub subscriptions: Vec<Filter>,
}

/// A description: its type and its body, and the account that its ARN names.
#[derive(Clone, Copy, Debug)]
pub struct Piece<'a> {
    pub item_type: &'a str,
    pub account: &'a str,
    pub body: &'a Json,
}

/// The types of descriptions that are looked at.
pub fn wants(kind: &str, item_type: &str) -> bool {
    kind == "aws-inventory"
        && matches!(
            item_type,
            "LogGroup" | "LogStream" | "MetricFilter" | "SubscriptionFilter"
        )
}

/// Records by account, group and stream.
pub fn ask_loaded() -> Query {
    let by = ["account", "logGroup", "logStream"].map(|f| Key::Field(f.to_owned()));
    let aggs = vec![
        Agg::Count,
        Agg::Sum("@length".into()),
        Agg::Min("@timestamp".into()),
        Agg::Max("@timestamp".into()),
    ];
    Query::groups(KINDS, by.to_vec(), aggs)
        .order(Order::Desc(0))
        .limit(MOST)
}

/// How many of a group's records a pattern takes, once they are marked.
pub fn ask_matched(pattern: &str) -> Query {
    let group = Key::Field("logGroup".to_owned());
    Query::groups(KINDS, vec![group], vec![Agg::Count]).filter(Expr::eq(crate::query::PATTERN, pattern))
}

/// `arn:aws:logs:REGION:ACCOUNT:log-group:NAME:*`, or with `log-stream:NAME` behind the group.
fn group_of_arn(arn: &str) -> Option<&str> {
    let (_, rest) = arn.split_once(":log-group:")?;
    Some(
        rest.split(":log-stream:")
            .next()
            .unwrap_or(rest)
            .trim_end_matches(":*"),
    )
}

/// Groups by name, of the loaded and the described ones together.
pub fn groups<'a>(loaded: &Answer, pieces: impl Iterator<Item = Piece<'a>>) -> Vec<LogGroup> {
    let mut all: BTreeMap<String, LogGroup> = BTreeMap::new();
    for row in &loaded.rows {
        let [account, group, stream, events, bytes, first, last] = row.as_slice() else {
            continue;
        };
        let volume = Volume {
            events: events.as_i64().unwrap_or(0),
            bytes: match bytes {
                Value::Big(n) => *n,
                other => other.as_i64().unwrap_or(0).into(),
            },
            span: first.as_i64().zip(last.as_i64()),
        };
        let group = entry(&mut all, &group.to_text());
        if group.account.is_empty() {
            group.account = account.to_text();
        }
        group.loaded.add(volume);
        group
            .streams
            .entry(stream.to_text())
            .or_default()
            .loaded
            .add(volume);
    }
    for piece in pieces {
        let text = |key: &str| piece.body.get(key).and_then(Json::as_str).unwrap_or_default();
        let number = |key: &str| piece.body.get(key).and_then(Json::as_u64);
        let at = |key: &str| number(key).and_then(|n| time::from_epoch(i64::try_from(n).ok()?));
        match piece.item_type {
            "LogGroup" => {
                let group = entry(&mut all, text("logGroupName"));
                if group.account.is_empty() {
                    group.account = piece.account.to_owned();
                }
                group.about = Some(About {
                    retention: number("retentionInDays").map_or(Retention::Never, Retention::Days),
                    key: Some(text("kmsKeyId").to_owned()).filter(|k| !k.is_empty()),
                    // Answers from before there were classes name none.
                    class: match text("logGroupClass") {
                        "" => "STANDARD".to_owned(),
                        class => class.to_owned(),
                    },
                    stored_bytes: number("storedBytes"),
                    created_ns: at("creationTime"),
                    metric_filters: number("metricFilterCount"),
                    is_protected: piece
                        .body
                        .get("deletionProtectionEnabled")
                        .and_then(Json::as_bool),
                });
            }
            "LogStream" => {
                let Some(name) = group_of_arn(text("arn")) else {
                    continue;
                };
                let group = entry(&mut all, name);
                let stream = group.streams.entry(text("logStreamName").to_owned()).or_default();
                stream.is_described = true;
                stream.last_event_ns = at("lastEventTimestamp");
            }
            "MetricFilter" | "SubscriptionFilter" => {
                let filter = Filter {
                    name: text("filterName").to_owned(),
                    pattern: text("filterPattern").to_owned(),
                    destination: text("destinationArn").to_owned(),
                };
                let group = entry(&mut all, text("logGroupName"));
                let list = match piece.item_type {
                    "MetricFilter" => &mut group.metric_filters,
                    _ => &mut group.subscriptions,
                };
                if !list.iter().any(|f| f.name == filter.name) {
                    list.push(filter);
                }
            }
            _ => {}
        }
    }
    let mut out: Vec<LogGroup> = all.into_values().collect();
    // The fullest first, then by name.
    out.sort_by(|a, b| {
        b.loaded
            .bytes
            .cmp(&a.loaded.bytes)
            .then_with(|| a.name.cmp(&b.name))
    });
    out
}

fn entry<'m>(all: &'m mut BTreeMap<String, LogGroup>, name: &str) -> &'m mut LogGroup {
    all.entry(name.to_owned()).or_insert_with(|| LogGroup {
        name: name.to_owned(),
        ..LogGroup::default()
    })
}

impl LogGroup {
    pub fn retention(&self) -> Retention {
        self.about.as_ref().map_or(Retention::NotKnown, |a| a.retention)
    }

    /// The key of one's own that it is encrypted with, in words.
    pub fn encryption(&self) -> String {
        match &self.about {
            None => "not known".to_owned(),
            Some(About { key: None, .. }) => "AWS's own key".to_owned(),
            Some(About { key: Some(key), .. }) => key.clone(),
        }
    }

    /// How much of a quota is used: metric filters, subscription filters. Nothing where no file tells.
    pub fn quotas(&self) -> [(&'static str, Option<u64>, u64); 2] {
        let described = self.about.as_ref().and_then(|a| a.metric_filters);
        let listed = (!self.metric_filters.is_empty()).then_some(self.metric_filters.len() as u64);
        let subscriptions = (!self.subscriptions.is_empty()).then_some(self.subscriptions.len() as u64);
        [
            ("Metric filters", described.max(listed), METRIC_FILTERS),
            ("Subscription filters", subscriptions, SUBSCRIPTION_FILTERS),
        ]
    }

    /// Days since the last event that is known of, at a moment.
    pub fn silent_days(&self, now_ns: i64) -> Option<i64> {
        let told = self.streams.values().filter_map(|s| s.last_event_ns);
        let last = told.chain(self.loaded.span.map(|s| s.1)).max()?;
        Some((now_ns - last).max(0) / DAY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn loaded() -> Answer {
        let row = |group: &str, stream: &str, events: i64| {
            vec![
                Value::from("111122223333"),
                Value::from(group),
                Value::from(stream),
                Value::Int(events),
                Value::Int(events * 100),
                Value::Time(5),
                Value::Time(9),
            ]
        };
        Answer {
            rows: vec![row("/a", "s1", 3), row("/a", "s2", 2), row("/b", "s1", 9)],
            ..Answer::default()
        }
    }

    fn told(pieces: &[(&str, Json)]) -> Vec<LogGroup> {
        groups(
            &loaded(),
            pieces.iter().map(|(item_type, body)| Piece {
                item_type,
                account: "111122223333",
                body,
            }),
        )
    }

    #[test]
    fn a_group_is_the_sum_of_its_streams() {
        let all = told(&[]);
        let names: Vec<&str> = all.iter().map(|g| g.name.as_str()).collect();
        assert_eq!(names, ["/b", "/a"], "the fullest first");
        assert_eq!(
            (all[1].loaded.events, all[1].loaded.bytes, all[1].streams.len()),
            (5, 500, 2)
        );
        // What no file tells is not known, and never good.
        assert_eq!(all[1].retention(), Retention::NotKnown);
        assert_eq!(all[1].encryption(), "not known");
        assert_eq!(all[1].quotas().map(|q| q.1), [None, None]);
    }

    #[test]
    fn a_described_group_without_days_never_expires() {
        let all = told(&[
            (
                "LogGroup",
                json!({"logGroupName": "/a", "storedBytes": 7, "metricFilterCount": 3}),
            ),
            (
                "LogGroup",
                json!({"logGroupName": "/c", "retentionInDays": 30, "kmsKeyId": "arn:aws:kms:eu-west-1:111122223333:key/1", "logGroupClass": "INFREQUENT_ACCESS"}),
            ),
        ]);
        let of = |name: &str| all.iter().find(|g| g.name == name).expect("a group of this name");
        assert_eq!(of("/a").retention(), Retention::Never);
        assert_eq!(of("/a").encryption(), "AWS's own key");
        assert_eq!(of("/a").quotas()[0].1, Some(3));
        assert_eq!(of("/c").retention(), Retention::Days(30));
        assert_eq!(
            of("/c").about.as_ref().map(|a| a.class.as_str()),
            Some("INFREQUENT_ACCESS")
        );
        assert_eq!(of("/c").loaded, Volume::default());
    }

    #[test]
    fn streams_and_filters_belong_to_their_group() {
        let all = told(&[
            (
                "LogStream",
                json!({"logStreamName": "s9", "lastEventTimestamp": 1_772_442_901_123u64, "arn": "arn:aws:logs:eu-west-1:111122223333:log-group:/a:log-stream:s9"}),
            ),
            (
                "MetricFilter",
                json!({"filterName": "f", "filterPattern": "ERROR", "logGroupName": "/a"}),
            ),
            (
                "MetricFilter",
                json!({"filterName": "f", "filterPattern": "ERROR", "logGroupName": "/a"}),
            ),
            (
                "SubscriptionFilter",
                json!({"filterName": "g", "filterPattern": "", "logGroupName": "/a", "destinationArn": "arn:aws:lambda:eu-west-1:111122223333:function:to"}),
            ),
        ]);
        let a = all.iter().find(|g| g.name == "/a").expect("the group");
        assert!(a.streams["s9"].is_described);
        assert_eq!(
            (a.metric_filters.len(), a.subscriptions.len()),
            (1, 1),
            "a page dropped twice counts once"
        );
        assert_eq!(a.quotas().map(|q| q.1), [Some(1), Some(1)]);
        assert_eq!(a.silent_days(1_772_442_901_123 * 1_000_000 + 3 * DAY), Some(3));
    }
}
