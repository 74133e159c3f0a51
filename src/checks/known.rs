//! The resources that the facts add up to, and how a judge looks around among them.

use super::body::Body;
use super::facts::{Fact, Facts, Place};
use super::judge::Records;
use super::names::{CONFIG, CREDENTIALS, INVENTORY};
use super::summed::SUMMED;
use std::collections::{BTreeMap, BTreeSet};

/// A resource with all that is told of it, the description that counts most first.
#[derive(Debug)]
pub struct Resource<'a> {
    pub ty: &'a str,
    pub id: &'a str,
    pub name: &'a str,
    pub account: &'a str,
    pub region: &'a str,
    told: Vec<&'a Fact>,
}

impl<'a> Resource<'a> {
    fn of(ty: &'a str, id: &'a str, told: Vec<&'a Fact>) -> Self {
        let first = |text: fn(&Fact) -> &str| {
            let mut texts = told.iter().map(|f| text(f)).filter(|t| !t.is_empty());
            texts.next().unwrap_or_default()
        };
        Resource {
            ty,
            id,
            name: first(|f| &f.name),
            account: first(|f| &f.account),
            region: first(|f| &f.region),
            told,
        }
    }

    /// All of the description that counts most, as it was found.
    pub fn whole(&self) -> Option<&'a serde_json::Value> {
        self.told.first().map(|fact| &fact.body)
    }

    /// The first description that has this key, with something under it or not: what it leaves out is not there.
    pub fn with(&self, key: &str) -> Option<Body<'a>> {
        let mut bodies = self.told.iter().map(|f| f.told()).filter(|b| b.names(key));
        bodies.next()
    }

    /// What any description has under a key, the foremost first.
    pub fn get(&self, key: &str) -> Body<'a> {
        let mut found = self.told.iter().map(|f| f.told().get(key));
        found.find(|b| b.is_there()).unwrap_or(Body::NONE)
    }

    /// A part that AWS Config adds: `None` when no item of Config tells of the resource.
    pub fn extra(&self, key: &str) -> Option<Body<'a>> {
        self.extras().map(|extras| extras.get(key))
    }

    /// All that AWS Config adds to the configuration.
    pub fn extras(&self) -> Option<Body<'a>> {
        let mut items = self.told.iter().filter(|f| f.kind == CONFIG);
        let added = items
            .next()
            .map(|f| Body::of(&f.body).get("supplementaryConfiguration"));
        added.filter(|b| b.is_there())
    }

    /// The records that a sum over a log is made of; all of them, or those that it looks for.
    pub fn records(&self, all: bool) -> Option<Records> {
        let fact = self.told.first()?;
        let key = if all { "records" } else { "meeting" };
        SUMMED.iter().find(|s| s.ty == fact.ty)?;
        Some(Records {
            kind: fact.kind.clone(),
            filter: fact.body.get(key)?.as_str()?.to_owned(),
        })
    }

    pub fn at_ns(&self) -> Option<i64> {
        self.told.first().and_then(|f| f.at_ns)
    }

    pub fn place(&self) -> Place {
        self.told.first().map(|f| f.place.clone()).unwrap_or_default()
    }

    /// Whether a command lists it, which gives all of a kind where Config may give some.
    pub fn is_listed(&self) -> bool {
        self.told.iter().any(|f| f.kind == INVENTORY)
    }

    /// Whether it stands in the newest report of its account: who is not in it any more is gone.
    pub fn is_current(&self, known: &Known<'_>) -> bool {
        let newest = known.reports.get(self.account).copied().flatten();
        self.at_ns() >= newest
    }

    /// What people call it.
    pub fn label(&self) -> &'a str {
        if self.name.is_empty() { self.id } else { self.name }
    }

    /// Whether both can be in the same account and Region: what is not told of may be any.
    pub fn is_near(&self, other: &Resource<'_>) -> bool {
        may_be(self.account, other.account) && may_be(self.region, other.region)
    }
}

fn may_be(a: &str, b: &str) -> bool {
    a.is_empty() || b.is_empty() || a == b
}

/// Every resource that is there, by type.
pub struct Known<'a> {
    facts: &'a Facts,
    by_type: BTreeMap<&'a str, Vec<Resource<'a>>>,
    by_id: BTreeMap<(&'a str, &'a str), Vec<usize>>,
    gone: BTreeSet<(&'a str, &'a str)>,
    /// When the newest report of each account was made.
    reports: BTreeMap<&'a str, Option<i64>>,
    pub now_ns: i64,
}

impl<'a> Known<'a> {
    pub fn new(facts: &'a Facts, now_ns: i64) -> Self {
        let mut known = Known {
            facts,
            by_type: BTreeMap::new(),
            by_id: BTreeMap::new(),
            gone: BTreeSet::new(),
            reports: BTreeMap::new(),
            now_ns,
        };
        for ((ty, id), told) in facts.groups() {
            for report in told.iter().filter(|f| f.kind == CREDENTIALS) {
                let newest = known.reports.entry(&report.account).or_default();
                *newest = (*newest).max(report.at_ns);
            }
            let there = settled(told);
            if there.is_empty() {
                known.gone.insert((ty, id));
            }
            for told in there {
                let all = known.by_type.entry(ty).or_default();
                known.by_id.entry((ty, id)).or_default().push(all.len());
                all.push(Resource::of(ty, id, told));
            }
        }
        known
    }

    pub fn all(&self, ty: &str) -> &[Resource<'a>] {
        self.by_type.get(ty).map_or(&[], Vec::as_slice)
    }

    /// The resources of several types.
    pub fn each<'s>(&'s self, types: &'s [&str]) -> impl Iterator<Item = &'s Resource<'a>> {
        types.iter().flat_map(|ty| self.all(ty))
    }

    /// A resource by its id, where another one could mean it.
    pub fn find(&self, ty: &str, id: &str, near: &Resource<'_>) -> Option<&Resource<'a>> {
        let places = self.by_id.get(&(ty, id))?;
        let mut found = places.iter().filter_map(|at| self.all(ty).get(*at));
        let first = found.clone().next();
        // EC2 gives an id once; an image or a shared network may be another account's.
        let once = ty.starts_with("AWS::EC2::") || ty == "Image";
        found.find(|r| r.is_near(near)).or(first.filter(|_| once))
    }

    /// Resources by their id, wherever they are.
    pub fn called<'s>(&'s self, ty: &'s str, id: &'s str) -> impl Iterator<Item = &'s Resource<'a>> {
        let all = self.all(ty);
        let places = self.by_id.get(&(ty, id)).into_iter().flatten();
        places.filter_map(|at| all.get(*at))
    }

    /// Whether AWS Config says that it was deleted, and nothing that it is there.
    pub fn is_gone(&self, ty: &str, id: &str) -> bool {
        self.gone.contains(&(ty, id))
    }

    /// The resources of a type in a resource's account and Region.
    pub fn near<'s>(&'s self, ty: &str, by: &'s Resource<'_>) -> impl Iterator<Item = &'s Resource<'a>> {
        self.all(ty).iter().filter(|r| r.is_near(by))
    }

    /// Whether a type was exported at all.
    pub fn saw(&self, ty: &str) -> bool {
        self.facts.seen().iter().any(|seen| seen.ty == ty)
    }

    /// The accounts and Regions for which a type was exported.
    pub fn exported<'s>(&'s self, ty: &'s str) -> impl Iterator<Item = (&'s str, &'s str)> {
        let seen = self.facts.seen().iter().filter(move |seen| seen.ty == ty);
        seen.map(|seen| (seen.account.as_str(), seen.region.as_str()))
    }

    /// Whether a type was exported where a resource is: only then its absence says something.
    pub fn saw_near(&self, ty: &str, by: &Resource<'_>) -> bool {
        let mut seen = self.facts.seen().iter().filter(|seen| seen.ty == ty);
        seen.any(|seen| may_be(&seen.account, by.account) && may_be(&seen.region, by.region))
    }

    /// Whole days from a time until now; negative when it is to come.
    pub fn days_since(&self, at_ns: i64) -> i64 {
        self.now_ns.saturating_sub(at_ns).div_euclid(DAY)
    }
}

pub const DAY: i64 = 86_400_000_000_000;

/// The descriptions that mean one resource: same type and id, and nothing that speaks against it. Those that name their
/// account and Region make the resources, those that do not join the first they could mean.
fn settled(mut told: Vec<&Fact>) -> Vec<Vec<&Fact>> {
    told.sort_by_key(|f| (f.account.is_empty() || f.region.is_empty(), f.account.is_empty()));
    let mut groups: Vec<(&str, &str, Vec<&Fact>)> = Vec::new();
    for fact in told {
        let own = groups
            .iter_mut()
            .find(|(account, region, _)| may_be(account, &fact.account) && may_be(region, &fact.region));
        match own {
            Some((account, region, group)) => {
                if account.is_empty() {
                    *account = &fact.account;
                }
                if region.is_empty() {
                    *region = &fact.region;
                }
                group.push(fact);
            }
            None => groups.push((&fact.account, &fact.region, vec![fact])),
        }
    }
    let mut out = Vec::new();
    for (_, _, mut group) in groups {
        group.sort_by(|a, b| a.order().cmp(&b.order()));
        // Two places of one resource may both have been exported by Config: the newest is first.
        let newest = group.iter().find(|f| f.kind == CONFIG).copied();
        group.retain(|f| f.kind != CONFIG || newest.is_some_and(|n| std::ptr::eq(n, *f)));
        group.retain(|f| !f.is_gone());
        if !group.is_empty() {
            out.push(group);
        }
    }
    out
}
