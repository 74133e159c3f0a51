//! How logging is set up, and what an auditor's questions come to: out of everything that is opened, whatever filter and range say.

use super::audit::now_ns;
use super::{Audit, DESCRIBING, Session};
use crate::base::time::HOUR;
use crate::base::{Value, size};
use crate::checklist::{self, Answered, Source as Asked, Told};
use crate::engine::client::spawn;
use crate::engine::later::{Later, later};
use crate::findings::{Source, Status};
use crate::monitoring::chain::{self, End};
use crate::monitoring::filters::Setup;
use crate::posture::seen::{CLOUDTRAIL_DATA, FlowStatus, LargeEvents, Records, Whose};
use crate::posture::{
    Alarmed, Described, Place, Posture, Proof, Reach, Reaches, Seen, State, limits, posture,
};
use crate::query::{Agg, Answer, Expr, Key, Op, Order, Query};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Hours and groups asked for.
const MOST: usize = 60_000;
/// Items of inventories that tell who would be told, and the key of the answer that they stand under.
const MONITORING: [(&str, &str); 4] = [
    ("MetricFilter", "metricFilters"),
    ("MetricAlarm", "MetricAlarms"),
    ("LogGroup", "logGroups"),
    ("Subscription", "Subscriptions"),
];

/// What it comes to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Standing {
    pub posture: Posture,
    pub told: Told,
    /// The state of rows that it is of ([`Session::rows`]).
    #[serde(skip)]
    of_rows: u64,
}

impl Standing {
    /// The checklist with what was judged by hand.
    pub fn checklist(&self, by_hand: &checklist::ByHand) -> Vec<Answered> {
        checklist::evaluate(&self.told, by_hand)
    }
}

impl Session {
    /// From now on it is worked out anew whenever rows change.
    pub fn want_standing(self) {
        if !self.standing_wanted.get_untracked() {
            self.standing_wanted.set(true);
        }
    }

    pub(super) fn follow_standing(self) {
        if let Some(report) = self.shared_file() {
            self.standing.set(Some(report.standing.clone()));
            return;
        }
        Effect::new(move |_| {
            self.rows.track();
            if !self.standing_wanted.get() || self.loading.get() {
                return;
            }
            spawn(async move {
                let standing = self.stands().await;
                if self.rows.try_get_untracked() == Some(standing.of_rows) {
                    self.standing.try_set(Some(standing));
                }
            });
        });
    }

    /// How things stand; worked out if that is not known yet.
    pub async fn stands(self) -> Arc<Standing> {
        let of_rows = self.rows.get_untracked();
        match self.standing.get_untracked().filter(|s| s.of_rows == of_rows) {
            Some(known) => known,
            None => self.stands_at(None).await,
        }
    }

    /// How things stand at a time (ns), now where none is given.
    pub async fn stands_at(self, at_ns: Option<i64>) -> Arc<Standing> {
        let of_rows = self.rows.get_untracked();
        let is_whole = |a: &Arc<Audit>| a.of_rows == of_rows && a.range.is_none() && a.filter == Expr::All;
        let audit = match self.audit.get_untracked().filter(is_whole) {
            Some(audit) if at_ns.is_none() => audit,
            _ => Arc::new(self.audit_of(None, Expr::All, at_ns.unwrap_or_else(now_ns)).await),
        };
        let is_monitoring = |ty: &str| MONITORING.iter().any(|(item, _)| *item == ty);
        let inventory = self
            .inventory(|kind, ty| Described::wants(kind, ty) || kind == "aws-inventory" && is_monitoring(ty))
            .await;
        let mut described = Described::default();
        let mut setup = Setup::default();
        for d in &inventory.all {
            let place = Place {
                kind: d.kind.to_owned(),
                source: d.path.clone(),
                offset: d.offset,
            };
            described.add(d.kind, &d.item_type, &d.account, &d.region, &d.body, Some(place));
            if let Some((_, key)) = MONITORING.iter().find(|(ty, _)| *ty == d.item_type) {
                // What it does not understand of an item it leaves out, as the alarms page tells.
                let _ = setup.add(&json!({ (*key): [d.body] }));
            }
        }
        let seen = self.seen().await;
        let topics = chain::topics(&setup, chain::Known::default());
        let posture = posture(&described, &seen, &alarmed(&topics));
        let mut told = Told::default();
        tell_audit(&mut told, &audit);
        tell_topics(&mut told, &topics);
        told.posture(&posture);
        told.files(&self.counts().await);
        Arc::new(Standing {
            posture,
            told,
            of_rows,
        })
    }

    fn grouped(self, kinds: &[&str], by: Vec<Key>, filter: Expr) -> Later<Arc<Answer>> {
        let time = || "@timestamp".to_owned();
        let query = Query::groups(kinds, by, vec![Agg::Count, Agg::Min(time()), Agg::Max(time())]);
        let query = query.filter(filter).order(Order::Key).limit(MOST);
        later(|on| {
            self.engine().ask_later(query, on);
        })
    }

    /// What the logs themselves show.
    async fn seen(self) -> Seen {
        let field = |name: &str| Key::Field(name.to_owned());
        let hours = self.grouped(
            &[],
            vec![
                field("account"),
                field("region"),
                Key::Kind,
                Key::Time { width_ns: HOUR },
            ],
            Expr::All,
        );
        let data = Expr::eq("managementEvent", Value::Bool(false));
        let data_hours = self.grouped(
            &["cloudtrail"],
            vec![
                field("account"),
                field("region"),
                Key::Kind,
                Key::Time { width_ns: HOUR },
            ],
            data,
        );
        let flows = self.grouped(
            &["vpc-flow"],
            vec![
                field("account"),
                field("region"),
                field("interface-id"),
                field("log-status"),
            ],
            Expr::All,
        );
        let members = self.grouped(
            &[],
            vec![Key::Member, field("account"), field("region"), Key::Kind],
            Expr::All,
        );
        let long = |bytes: u64| Expr::Compare {
            field: "@length".to_owned(),
            op: Op::Ge,
            value: i64::try_from(bytes).unwrap_or(i64::MAX).into(),
        };
        let large = self.grouped(
            &["cloudtrail"],
            vec![
                field("account"),
                field("region"),
                Key::If(long(limits::EVENT_BYTES + 1)),
            ],
            long(limits::EVENT_NEAR_BYTES),
        );
        let mut seen = Seen::default();
        for row in &large.await.rows {
            let [account, region, is_over, count, ..] = row.as_slice() else {
                continue;
            };
            let (near, is_over) = (number(count), matches!(is_over, Value::Bool(true)));
            seen.add_large(LargeEvents {
                account: text(account),
                region: text(region),
                kind: "cloudtrail".to_owned(),
                near,
                over: if is_over { near } else { 0 },
            });
        }
        records(&*hours.await, None, &mut seen);
        records(&*data_hours.await, Some(CLOUDTRAIL_DATA), &mut seen);
        for row in &flows.await.rows {
            if let [account, region, interface, status, count, ..] = row.as_slice() {
                flow(
                    &mut seen,
                    [account, region, interface].map(text),
                    &text(status),
                    count,
                );
            }
        }
        let answer = members.await;
        let mut files: Vec<(String, Whose)> = Vec::new();
        for row in &answer.rows {
            let [member, account, region, kind, ..] = row.as_slice() else {
                continue;
            };
            let number = member.as_i64().and_then(|n| u32::try_from(n).ok());
            let path = number.and_then(|n| self.engine().with(|c| Some(c.items().member(n)?.1.path.clone())));
            let kind = text(kind);
            if let Some(path) = path.filter(|_| !DESCRIBING.contains(&kind.as_str())) {
                let whose = Whose {
                    account: text(account),
                    region: text(region),
                    kind,
                };
                files.push((path, whose));
            }
        }
        // Members are numbered in the order in which files were opened.
        files.sort();
        for (path, whose) in files {
            seen.add_file(&whose, &path);
        }
        seen
    }

    /// How many records there are by kind, by Config's resource type and by the inventory's item type.
    async fn counts(self) -> BTreeMap<String, u64> {
        let mut counts: BTreeMap<String, u64> = self
            .kinds
            .with_untracked(|k| k.iter().map(|k| (k.kind.clone(), k.rows)).collect());
        for (kind, field) in [("config", "resourceType"), ("aws-inventory", "itemType")] {
            let answer = self
                .grouped(&[kind], vec![Key::Field(field.to_owned())], Expr::All)
                .await;
            for row in &answer.rows {
                if let [ty, count, ..] = row.as_slice() {
                    *counts.entry(text(ty)).or_default() += number(count);
                }
            }
        }
        counts
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Absent => String::new(),
        value => value.to_text(),
    }
}

fn number(value: &Value) -> u64 {
    u64::try_from(value.as_i64().unwrap_or(0)).unwrap_or(0)
}

/// Records by account, Region, kind and hour.
fn records(answer: &Answer, as_kind: Option<&str>, seen: &mut Seen) {
    for row in &answer.rows {
        let [account, region, kind, hour, count, first, last] = row.as_slice() else {
            continue;
        };
        let (account, region, own) = (text(account), text(region), text(kind));
        if DESCRIBING.contains(&own.as_str()) {
            continue;
        }
        let kind = as_kind.map_or(own.clone(), str::to_owned);
        let at = seen
            .records
            .iter()
            .position(|r| r.account == account && r.region == region && r.kind == kind);
        let at = at.unwrap_or_else(|| {
            let named = [("account", &account), ("region", &region)];
            let named = named.iter().filter(|(_, v)| !v.is_empty());
            let mut filter = named.fold(Expr::All, |all, (f, v)| all.and(Expr::eq(f, v.as_str())));
            if as_kind.is_some() {
                filter = filter.and(Expr::eq("managementEvent", Value::Bool(false)));
            }
            seen.records.push(Records {
                account,
                region,
                kind,
                filter: crate::query::text::write(&filter),
                ..Records::default()
            });
            seen.records.len() - 1
        });
        if let Some(r) = seen.records.get_mut(at) {
            r.records += number(count);
            r.first_ns = [r.first_ns, first.as_i64()].into_iter().flatten().min();
            r.last_ns = r.last_ns.max(last.as_i64());
            r.hours.extend(hour.as_i64());
        }
    }
}

fn flow(seen: &mut Seen, [account, region, interface]: [String; 3], status: &str, count: &Value) {
    let known = seen
        .flows
        .iter()
        .position(|f| f.account == account && f.region == region && f.interface == interface);
    let at = known.unwrap_or_else(|| {
        seen.flows.push(FlowStatus {
            account,
            region,
            interface,
            ..FlowStatus::default()
        });
        seen.flows.len() - 1
    });
    if let Some(flow) = seen.flows.get_mut(at) {
        let of = match status {
            "NODATA" => &mut flow.no_data,
            "SKIPDATA" => &mut flow.skip_data,
            _ => &mut flow.ok,
        };
        *of += number(count);
    }
}

fn reach(topic: &chain::TopicChain) -> Reach {
    let reaches = match &topic.end {
        End::Told { .. } if topic.is_covered() => Reaches::Told,
        End::Told { .. } | End::Broken(_) => Reaches::Broken,
        End::NotKnown(_) => Reaches::NotKnown,
    };
    Reach {
        reaches,
        says: topic.says.clone(),
        proofs: Vec::new(),
    }
}

/// The answers of the command line do not say whose they are: they hold for every account.
fn alarmed(topics: &[chain::TopicChain]) -> Alarmed {
    let mut alarmed = Alarmed::default();
    let all = alarmed.accounts.entry(String::new()).or_default();
    for topic in topics {
        all.topics.insert(topic.topic.to_owned(), reach(topic));
    }
    alarmed
}

fn tell_topics(told: &mut Told, topics: &[chain::TopicChain]) {
    for topic in topics {
        let reach = reach(topic);
        if reach.reaches != Reaches::NotKnown {
            let answer = checklist::Answer {
                state: reach.reaches.state(),
                says: reach.says,
                proofs: Vec::new(),
            };
            told.tell(Asked::Topic(topic.topic), answer);
        }
    }
}

/// What checks and rules say, under the ids that the checklist has for them.
fn tell_audit(told: &mut Told, audit: &Audit) {
    let find = |source: &[Source], id: &str| {
        audit
            .entries
            .iter()
            .find(|e| source.contains(&e.source) && e.needs.is_none() && e.id.rsplit('/').next() == Some(id))
    };
    let proofs = |e: &crate::findings::Entry| -> Vec<Proof> {
        let of = |i: &crate::findings::Item| {
            let evidence = i.evidence.as_ref()?;
            Some(Proof::Records {
                kind: evidence.kinds.first().cloned().unwrap_or_default(),
                filter: crate::query::text::write(&evidence.filter),
                range: evidence.range,
            })
        };
        e.items
            .iter()
            .filter(|i| i.status <= Status::Yellow)
            .filter_map(of)
            .take(5)
            .collect()
    };
    let flagged =
        |e: &crate::findings::Entry| e.items.iter().filter(|i| i.status <= Status::Yellow).count() as u64;
    for &id in checklist::ids::CHECKS {
        if let Some(e) = find(&[Source::Check], id) {
            let (state, says) = match flagged(e) {
                0 => (
                    State::Evidenced,
                    format!(
                        "{}: {} judged, none of them red or yellow.",
                        e.title,
                        size::counted(e.items.len() as u64, "resources")
                    ),
                ),
                n => (
                    State::Contradicted,
                    format!(
                        "{}: {} of {} red or yellow.",
                        e.title,
                        size::count(n),
                        size::counted(e.items.len() as u64, "resources")
                    ),
                ),
            };
            told.tell(
                Asked::Check(id),
                checklist::Answer {
                    state,
                    says,
                    proofs: proofs(e),
                },
            );
        }
    }
    for &id in checklist::ids::RULES {
        if let Some(e) = find(&[Source::Signal, Source::Catalogue], id) {
            let (state, says) = match e.fired() {
                false => (
                    State::Evidenced,
                    format!("{}: not in the records opened.", e.title),
                ),
                true => (
                    State::Contradicted,
                    format!("{}: {}.", e.title, size::counted(e.count(), "records")),
                ),
            };
            told.tell(
                Asked::Rule(id),
                checklist::Answer {
                    state,
                    says,
                    proofs: proofs(e),
                },
            );
        }
    }
}
