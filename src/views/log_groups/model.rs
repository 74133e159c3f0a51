//! Groups out of what was loaded and what was described.

use crate::base::Value;
use crate::base::time::DAY;
use crate::query::{Agg, Answer, Expr, Key, Order, Query};
use std::collections::{BTreeMap, BTreeSet};

/// Kinds whose records are of a group, even where none is told.
const OWN: &[&str] = &["lambda", "cloudwatch-logs"];
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
    pub stored_bytes: Option<i64>,
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

/// What a group is told apart by: its name and its account; empty where none is told.
pub type GroupKey = (String, String);

#[derive(Clone, Debug, Default, PartialEq)]
pub struct LogGroup {
    pub name: String,
    pub account: String,
    pub loaded: Volume,
    /// Events loaded by registry id of the kind they were read as.
    pub kinds: BTreeMap<String, i64>,
    pub about: Option<About>,
    pub streams: BTreeMap<String, Stream>,
    pub metric_filters: Vec<Filter>,
    pub subscriptions: Vec<Filter>,
}

/// Records by the account of their group, group, stream and kind, whatever they were read as.
pub fn ask_loaded() -> Query {
    let by = ["logOwner", "logGroup", "logStream"].map(|f| Key::Field(f.to_owned()));
    let by = by.into_iter().chain([Key::Kind]).collect();
    let aggs = vec![
        Agg::Count,
        Agg::Sum("@length".into()),
        Agg::Min("@timestamp".into()),
        Agg::Max("@timestamp".into()),
    ];
    Query::groups(&[], by, aggs)
        .filter(Expr::Or(vec![
            Expr::exists("logGroup"),
            Expr::any_of("@kind", OWN),
        ]))
        .order(Order::Desc(0))
        .limit(MOST)
}

/// Fields of the descriptions, in the order of the answer's columns behind their type and account.
const DESCRIBED: [&str; 14] = [
    "name",
    "arn",
    "logGroupName",
    "retentionInDays",
    "storedBytes",
    "metricFilterCount",
    "kmsKeyId",
    "logGroupClass",
    "deletionProtectionEnabled",
    "filterPattern",
    "destinationArn",
    "creationTime",
    "lastEventTimestamp",
    "id",
];

/// Groups, streams and filters that answers of the command line describe.
pub fn ask_described() -> Query {
    let by = ["itemType", "account"].into_iter().chain(DESCRIBED);
    let by = by.map(|f| Key::Field(f.to_owned())).collect();
    let types = ["LogGroup", "LogStream", "MetricFilter", "SubscriptionFilter"];
    Query::groups(&["aws-inventory"], by, vec![Agg::Count])
        .filter(Expr::any_of("itemType", &types))
        .order(Order::Key)
        .limit(MOST)
}

/// How many of a group's records a pattern takes, once they are marked.
pub fn ask_matched(group: &LogGroup, pattern: &str) -> Query {
    Query::groups(&[], Vec::new(), vec![Agg::Count])
        .filter(group.records().and(Expr::eq(crate::query::PATTERN, pattern)))
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

/// `arn:aws:logs:REGION:ACCOUNT:…`
fn account_of_arn(arn: &str) -> Option<&str> {
    arn.split(':').nth(4).filter(|a| !a.is_empty())
}

/// A row of [`ask_described`].
struct Piece<'a>(&'a [Value]);

impl Piece<'_> {
    fn value(&self, field: &str) -> Option<&Value> {
        let at = DESCRIBED.iter().position(|f| *f == field)?;
        self.0.get(2 + at).filter(|v| !v.is_absent())
    }

    fn text(&self, field: &str) -> String {
        self.value(field).map(Value::to_text).unwrap_or_default()
    }

    fn int(&self, field: &str) -> Option<i64> {
        self.value(field)?.as_i64()
    }

    fn is_of(&self) -> String {
        self.0.first().map(Value::to_text).unwrap_or_default()
    }

    /// The name and the account of the group that it is of.
    fn group(&self) -> Option<GroupKey> {
        let arn = self.text("arn");
        let name = match self.is_of().as_str() {
            "LogGroup" => {
                let name = self.text("logGroupName");
                if name.is_empty() { self.text("name") } else { name }
            }
            "LogStream" => group_of_arn(&arn)?.to_owned(),
            _ => self.text("logGroupName"),
        };
        let account = self.0.get(1).map(Value::to_text).unwrap_or_default();
        let account = match account.is_empty() {
            true => account_of_arn(&arn).unwrap_or_default().to_owned(),
            false => account,
        };
        (!name.is_empty()).then_some((name, account))
    }
}

/// Groups by name and account. What tells no account is of the group of its name, where only one account has it.
#[derive(Default)]
struct Groups {
    all: BTreeMap<GroupKey, LogGroup>,
    accounts: BTreeMap<String, BTreeSet<String>>,
}

impl Groups {
    fn meet(&mut self, (name, account): &GroupKey) {
        if !account.is_empty() {
            self.accounts
                .entry(name.clone())
                .or_default()
                .insert(account.clone());
        }
    }

    fn entry(&mut self, (name, account): GroupKey) -> &mut LogGroup {
        let only = self.accounts.get(&name).filter(|a| a.len() == 1);
        let account = match account.is_empty() {
            true => only.and_then(|a| a.first().cloned()).unwrap_or_default(),
            false => account,
        };
        let key = (name, account);
        self.all.entry(key.clone()).or_insert_with(|| LogGroup {
            name: key.0,
            account: key.1,
            ..LogGroup::default()
        })
    }
}

/// Groups of the loaded and the described ones together: the fullest first, then by name.
pub fn groups(loaded: &Answer, described: &Answer) -> Vec<LogGroup> {
    let mut groups = Groups::default();
    let of_row = |row: &[Value]| match row {
        [account, group, ..] => (group.to_text(), account.to_text()),
        _ => GroupKey::default(),
    };
    let pieces: Vec<(GroupKey, Piece<'_>)> = described
        .rows
        .iter()
        .filter_map(|row| Some((Piece(row).group()?, Piece(row))))
        .collect();
    loaded.rows.iter().for_each(|row| groups.meet(&of_row(row)));
    pieces.iter().for_each(|(key, _)| groups.meet(key));
    for row in &loaded.rows {
        let [_, _, stream, kind, events, bytes, first, last] = row.as_slice() else {
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
        let group = groups.entry(of_row(row));
        group.loaded.add(volume);
        *group.kinds.entry(kind.to_text()).or_default() += volume.events;
        let stream = group.streams.entry(stream.to_text()).or_default();
        stream.loaded.add(volume);
    }
    for (key, piece) in pieces {
        let group = groups.entry(key);
        match piece.is_of().as_str() {
            "LogGroup" => {
                let days = piece.int("retentionInDays").and_then(|n| u64::try_from(n).ok());
                group.about = Some(About {
                    retention: days.map_or(Retention::Never, Retention::Days),
                    key: Some(piece.text("kmsKeyId")).filter(|k| !k.is_empty()),
                    // Answers from before there were classes name none.
                    class: Some(piece.text("logGroupClass"))
                        .filter(|c| !c.is_empty())
                        .unwrap_or_else(|| "STANDARD".to_owned()),
                    stored_bytes: piece.int("storedBytes"),
                    created_ns: piece.int("creationTime"),
                    metric_filters: piece.int("metricFilterCount").and_then(|n| u64::try_from(n).ok()),
                    is_protected: piece.value("deletionProtectionEnabled").and_then(|v| match v {
                        Value::Bool(is) => Some(*is),
                        _ => None,
                    }),
                });
            }
            "LogStream" => {
                let name = match piece.text("name") {
                    name if name.is_empty() => piece.text("id"),
                    name => name,
                };
                let stream = group.streams.entry(name).or_default();
                stream.is_described = true;
                stream.last_event_ns = piece.int("lastEventTimestamp");
            }
            _ => {
                let filter = Filter {
                    name: match piece.text("name") {
                        name if name.is_empty() => piece.text("id"),
                        name => name,
                    },
                    pattern: piece.text("filterPattern"),
                    destination: piece.text("destinationArn"),
                };
                let list = match piece.is_of().as_str() {
                    "MetricFilter" => &mut group.metric_filters,
                    _ => &mut group.subscriptions,
                };
                if !list.iter().any(|f| f.name == filter.name) {
                    list.push(filter);
                }
            }
        }
    }
    let mut out: Vec<LogGroup> = groups.all.into_values().collect();
    out.sort_by(|a, b| {
        let fuller = b.loaded.bytes.cmp(&a.loaded.bytes);
        fuller.then_with(|| a.key().cmp(&b.key()))
    });
    out
}

impl LogGroup {
    pub fn key(&self) -> GroupKey {
        (self.name.clone(), self.account.clone())
    }

    /// Its loaded records.
    pub fn records(&self) -> Expr {
        let named = match self.name.is_empty() {
            true => Expr::any_of("@kind", OWN).and(!Expr::exists("logGroup")),
            false => Expr::eq("logGroup", self.name.as_str()),
        };
        match self.account.is_empty() {
            true => named,
            // Some of them may not tell their account.
            false => named.and(Expr::Or(vec![
                Expr::eq("logOwner", self.account.as_str()),
                !Expr::exists("logOwner"),
            ])),
        }
    }

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

    const OWNER: &str = "111122223333";

    fn loaded_row(account: &str, group: &str, stream: &str, kind: &str, events: i64) -> Vec<Value> {
        let text = |t: &str| match t {
            "" => Value::Absent,
            t => Value::from(t),
        };
        let mut row: Vec<Value> = [account, group, stream, kind].map(text).to_vec();
        row.extend([
            Value::Int(events),
            Value::Int(events * 100),
            Value::Time(5),
            Value::Time(9),
        ]);
        row
    }

    fn loaded() -> Answer {
        Answer {
            rows: vec![
                loaded_row(OWNER, "/a", "s1", "lambda", 3),
                loaded_row(OWNER, "/a", "s2", "lambda", 2),
                loaded_row(OWNER, "/b", "s1", "cloudtrail", 9),
            ],
            ..Answer::default()
        }
    }

    /// A row of the descriptions: its type, its account, and what it says.
    fn piece(item_type: &str, account: &str, told: &[(&str, Value)]) -> Vec<Value> {
        let mut row = vec![
            Value::from(item_type),
            match account {
                "" => Value::Absent,
                account => Value::from(account),
            },
        ];
        let value = |field: &&str| told.iter().find(|t| t.0 == *field).map(|t| t.1.clone());
        row.extend(DESCRIBED.iter().map(|f| value(f).unwrap_or_default()));
        row
    }

    fn told(rows: Vec<Vec<Value>>) -> Vec<LogGroup> {
        let described = Answer {
            rows,
            ..Answer::default()
        };
        groups(&loaded(), &described)
    }

    #[test]
    fn a_group_is_the_sum_of_its_streams() {
        let all = told(Vec::new());
        let names: Vec<&str> = all.iter().map(|g| g.name.as_str()).collect();
        assert_eq!(names, ["/b", "/a"], "the fullest first");
        let a = &all[1];
        assert_eq!((a.loaded.events, a.loaded.bytes, a.streams.len()), (5, 500, 2));
        assert_eq!(a.kinds["lambda"], 5);
        // What no file tells is not known, and never good.
        assert_eq!(a.retention(), Retention::NotKnown);
        assert_eq!(a.encryption(), "not known");
        assert_eq!(a.quotas().map(|q| q.1), [None, None]);
    }

    #[test]
    fn a_described_group_without_days_never_expires() {
        let all = told(vec![
            piece(
                "LogGroup",
                OWNER,
                &[
                    ("logGroupName", "/a".into()),
                    ("storedBytes", Value::Int(7)),
                    ("metricFilterCount", Value::Int(3)),
                ],
            ),
            piece(
                "LogGroup",
                OWNER,
                &[
                    ("name", "/c".into()),
                    ("retentionInDays", Value::Int(30)),
                    ("kmsKeyId", "arn:aws:kms:eu-west-1:111122223333:key/1".into()),
                    ("logGroupClass", "INFREQUENT_ACCESS".into()),
                ],
            ),
        ]);
        let of = |name: &str| all.iter().find(|g| g.name == name).expect("a group of this name");
        assert_eq!(of("/a").retention(), Retention::Never);
        assert_eq!(of("/a").encryption(), "AWS's own key");
        assert_eq!(of("/a").quotas()[0].1, Some(3));
        assert_eq!(of("/c").retention(), Retention::Days(30));
        let class = of("/c").about.as_ref().map(|a| a.class.as_str());
        assert_eq!(class, Some("INFREQUENT_ACCESS"));
        assert_eq!(of("/c").loaded, Volume::default());
    }

    #[test]
    fn groups_of_one_name_in_two_accounts_are_two() {
        let other = "444455556666";
        let all = told(vec![
            piece(
                "LogGroup",
                other,
                &[("name", "/a".into()), ("retentionInDays", Value::Int(1))],
            ),
            piece(
                "MetricFilter",
                "",
                &[("name", "f".into()), ("logGroupName", "/b".into())],
            ),
            piece(
                "MetricFilter",
                "",
                &[("name", "f".into()), ("logGroupName", "/a".into())],
            ),
        ]);
        let of = |name: &str, account: &str| {
            let found = all.iter().find(|g| g.name == name && g.account == account);
            found.expect("a group of this name and account")
        };
        assert_eq!(of("/a", OWNER).retention(), Retention::NotKnown);
        assert_eq!(of("/a", other).retention(), Retention::Days(1));
        assert_eq!(of("/a", other).loaded.events, 0);
        // Which of two a filter without an account is of is not known; of one it is.
        assert_eq!(of("/a", "").metric_filters.len(), 1);
        assert_eq!(of("/b", OWNER).metric_filters.len(), 1);
    }

    #[test]
    fn streams_and_filters_belong_to_their_group() {
        let arn = "arn:aws:logs:eu-west-1:111122223333:log-group:/a:log-stream:s9";
        let filter = |ty: &str, name: &str, to: Value| {
            piece(
                ty,
                "",
                &[
                    ("name", name.into()),
                    ("filterPattern", "ERROR".into()),
                    ("logGroupName", "/a".into()),
                    ("destinationArn", to),
                ],
            )
        };
        let last = 1_772_442_901_123 * 1_000_000;
        let all = told(vec![
            piece(
                "LogStream",
                "",
                &[
                    ("name", "s9".into()),
                    ("arn", arn.into()),
                    ("lastEventTimestamp", Value::Time(last)),
                ],
            ),
            filter("MetricFilter", "f", Value::Absent),
            filter("MetricFilter", "f", Value::Absent),
            filter(
                "SubscriptionFilter",
                "g",
                "arn:aws:lambda:eu-west-1:111122223333:function:to".into(),
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
        assert_eq!(a.silent_days(last + 3 * DAY), Some(3));
    }
}
