//! What the person's files say of their resources: described once or often, by AWS Config or by the command line.

use super::body::Body;
use super::names::{CONFIG, INVENTORY, id_of, type_by_name, type_of};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Where a description stands in what was opened.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    pub member_path: String,
    pub offset: u64,
}

/// One description of one resource.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// Registry id of the format it was read from.
    pub kind: String,
    /// As AWS Config names types.
    pub ty: String,
    pub id: String,
    pub name: String,
    pub arn: String,
    pub account: String,
    pub region: String,
    /// When it was true. Commands do not say: their answers have none.
    pub at_ns: Option<i64>,
    /// The whole configuration item; the item of an answer; the row of a report.
    #[serde(with = "as_text")]
    pub body: Value,
    pub place: Place,
}

/// Any JSON as a text, for formats that do not describe themselves.
mod as_text {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use serde_json::Value;

    pub fn serialize<S: Serializer>(body: &Value, to: S) -> Result<S::Ok, S::Error> {
        body.to_string().serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Value, D::Error> {
        let text = String::deserialize(from)?;
        Ok(serde_json::from_str(&text).unwrap_or_default())
    }
}

impl Fact {
    /// A description as a reader found it. `item_type` is Config's `resourceType` or the inventory's `itemType`.
    ///
    /// An inventory's time says when a resource was made, not when it was looked at: it is not kept.
    #[expect(clippy::too_many_arguments, reason = "a record's columns, in their order")]
    pub fn of(
        kind: &str,
        item_type: &str,
        id: &str,
        name: &str,
        arn: &str,
        account: &str,
        region: &str,
        at_ns: Option<i64>,
        body: Value,
        place: Place,
    ) -> Fact {
        let ty = type_of(kind, item_type, &body);
        let mut fact = Fact {
            kind: kind.to_owned(),
            id: String::new(),
            name: name.to_owned(),
            arn: arn.to_owned(),
            account: account.to_owned(),
            region: region.to_owned(),
            at_ns: at_ns.filter(|_| kind != INVENTORY),
            ty,
            body,
            place,
        };
        fact.id = id_of(&fact.ty, id, fact.told());
        if fact.id.is_empty() {
            // Without a name it is nothing else than itself.
            fact.id = format!("{}:{}", fact.place.member_path, fact.place.offset);
        }
        fact
    }

    /// The configuration, without what AWS Config puts around it.
    pub fn told(&self) -> Body<'_> {
        let body = Body::of(&self.body);
        if self.kind == CONFIG {
            body.get("configuration")
        } else {
            body
        }
    }

    fn deleted(&self) -> bool {
        let status = Body::of(&self.body).get("configurationItemStatus");
        self.kind == CONFIG && status.text().starts_with("ResourceDeleted")
    }

    /// The items of an answer that holds a page of them; the fact itself when it is one thing.
    fn parts(mut self) -> Vec<Fact> {
        let held = ["Items", "Distribution", "DistributionConfig"];
        let is_page = self.ty == "AWS::CloudFront::Distribution" && self.kind != CONFIG;
        if !is_page {
            return vec![self];
        }
        let Value::Object(fields) = &mut self.body else {
            return vec![self];
        };
        let found = held.iter().find_map(|key| fields.remove(*key));
        match found {
            Some(Value::Array(items)) => items.into_iter().map(|item| self.part(item)).collect(),
            // `get-distribution` puts the distribution beside its ETag.
            Some(item) if fields.contains_key("ETag") => vec![self.part(item)],
            Some(config) => {
                fields.insert("DistributionConfig".to_owned(), config);
                vec![self]
            }
            None => vec![self],
        }
    }

    fn part(&self, body: Value) -> Fact {
        let text = |key: &str| Body::of(&body).get(key).text().to_owned();
        let (id, arn) = (text("Id"), text("ARN"));
        Fact {
            id,
            arn,
            body,
            ..self.clone()
        }
    }

    fn key(&self) -> Key {
        Key {
            ty: self.ty.clone(),
            id: self.id.clone(),
            account: self.account.clone(),
            region: self.region.clone(),
        }
    }

    /// Whether this description makes another of the same resource needless.
    ///
    /// Of Config's items the newest counts. Answers bear no time: one that tells all that the other tells, and as much
    /// again, takes its place; of two that tell different things both are kept.
    fn covers(&self, other: &Fact) -> bool {
        if self.kind != other.kind {
            return false;
        }
        if self.kind != INVENTORY {
            return (self.at_ns, &self.place) >= (other.at_ns, &other.place);
        }
        match (self.body.as_object(), other.body.as_object()) {
            (Some(a), Some(b)) if b.keys().all(|k| a.contains_key(k)) => {
                a.len() > b.len() || self.place >= other.place
            }
            (None, Some(_)) => false,
            (Some(_), None) => true,
            (None, None) => self.place >= other.place,
            _ => false,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    ty: String,
    id: String,
    account: String,
    region: String,
}

/// A type that was exported for an account and Region, even if nothing of it is there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Seen {
    pub ty: String,
    pub account: String,
    pub region: String,
}

/// Every description that counts. The order in which they are added, and by which worker, makes no difference.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Carried", into = "Carried")]
pub struct Facts {
    facts: BTreeMap<Key, Vec<Fact>>,
    seen: BTreeSet<Seen>,
}

#[derive(Serialize, Deserialize)]
struct Carried {
    facts: Vec<Fact>,
    seen: Vec<Seen>,
}

impl From<Facts> for Carried {
    fn from(facts: Facts) -> Self {
        Carried {
            facts: facts.facts.into_values().flatten().collect(),
            seen: facts.seen.into_iter().collect(),
        }
    }
}

impl From<Carried> for Facts {
    fn from(carried: Carried) -> Self {
        let mut facts = Facts::default();
        facts.seen.extend(carried.seen);
        carried.facts.into_iter().for_each(|fact| facts.keep(fact));
        facts
    }
}

impl Facts {
    /// Takes a description in; older ones of the same resource give way.
    pub fn add(&mut self, fact: Fact) {
        self.saw_type(&fact.ty, &fact.account, &fact.region);
        fact.parts().into_iter().for_each(|part| self.keep(part));
    }

    /// Notes that a type was exported although nothing of it was there: an answer with an empty list.
    pub fn saw(&mut self, kind: &str, item_type: &str, account: &str, region: &str) {
        self.saw_type(type_by_name(kind, item_type), account, region);
    }

    fn saw_type(&mut self, ty: &str, account: &str, region: &str) {
        self.seen.insert(Seen {
            ty: ty.to_owned(),
            account: account.to_owned(),
            region: region.to_owned(),
        });
    }

    fn keep(&mut self, fact: Fact) {
        let held = self.facts.entry(fact.key()).or_default();
        if held.iter().any(|other| other.covers(&fact)) {
            return;
        }
        held.retain(|other| !fact.covers(other));
        let at = held.partition_point(|other| other.order() <= fact.order());
        held.insert(at, fact);
    }

    pub fn merge(&mut self, other: Facts) {
        self.seen.extend(other.seen);
        other
            .facts
            .into_values()
            .flatten()
            .for_each(|fact| self.keep(fact));
    }

    pub fn is_empty(&self) -> bool {
        self.facts.is_empty() && self.seen.is_empty()
    }

    /// How many descriptions are kept.
    pub fn len(&self) -> usize {
        self.facts.values().map(Vec::len).sum()
    }

    pub(super) fn seen(&self) -> &BTreeSet<Seen> {
        &self.seen
    }

    /// The descriptions that still hold, by type and id.
    pub(super) fn groups(&self) -> BTreeMap<(&str, &str), Vec<&Fact>> {
        let mut out: BTreeMap<(&str, &str), Vec<&Fact>> = BTreeMap::new();
        for (key, facts) in &self.facts {
            out.entry((&key.ty, &key.id)).or_default().extend(facts);
        }
        out
    }
}

impl Fact {
    /// What is looked at first stands first: what bears no time, then the newest, then what tells the most.
    pub(super) fn order(&self) -> impl Ord + '_ {
        let keys = self.body.as_object().map_or(0, serde_json::Map::len);
        let timed = self.kind != INVENTORY;
        (
            timed,
            std::cmp::Reverse(self.at_ns),
            std::cmp::Reverse(keys),
            &self.kind,
            std::cmp::Reverse(&self.place),
        )
    }

    /// Whether AWS Config says that the resource is gone.
    pub(super) fn is_gone(&self) -> bool {
        self.deleted()
    }
}
