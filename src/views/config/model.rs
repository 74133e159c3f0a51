//! Resources and their types, with the number of changes, and the questions behind them.

use crate::base::{TimeRange, Value, time};
use crate::chart::{Bars, Frame, Scene, Unit, stacked_bars};
use crate::query::{Agg, Answer, Expr, Key, Op, Order, Query};
use crate::share::Sheet;
use crate::views::shared::series_over_time;
use std::collections::BTreeMap;

pub const KINDS: [&str; 1] = ["config"];
/// Resources listed; a search or a filter shows the others.
pub const MOST_RESOURCES: usize = 400;
const TIME: &str = "configurationItemCaptureTime";

/// Which resource: ids repeat among types, and names that are ids among accounts and regions.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ResourceKey {
    /// Empty where it is not known: any.
    pub account: String,
    pub region: String,
    pub kind: String,
    pub id: String,
}

impl ResourceKey {
    /// As it stands in the URL: `111122223333/eu-central-1/AWS::EC2::SecurityGroup/sg-0a1b2c`.
    pub fn write(&self) -> String {
        [&self.account, &self.region, &self.kind, &self.id]
            .map(String::as_str)
            .join("/")
    }

    /// Reads what [`ResourceKey::write`] wrote, or an id alone.
    pub fn read(text: &str) -> ResourceKey {
        let parts: Vec<&str> = text.splitn(4, '/').collect();
        match parts.as_slice() {
            [account, region, kind, id] if kind.contains("::") => ResourceKey {
                account: (*account).to_owned(),
                region: (*region).to_owned(),
                kind: (*kind).to_owned(),
                id: (*id).to_owned(),
            },
            _ => ResourceKey {
                id: text.to_owned(),
                ..ResourceKey::default()
            },
        }
    }

    /// Its items.
    pub fn filter(&self) -> Expr {
        let known = [
            ("awsAccountId", &self.account),
            ("awsRegion", &self.region),
            ("resourceType", &self.kind),
        ];
        known
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .fold(Expr::eq("resourceId", self.id.as_str()), |all, (field, value)| {
                all.and(Expr::eq(field, value.as_str()))
            })
    }

    /// Is it this one, as far as both are known?
    pub fn means(&self, other: &ResourceKey) -> bool {
        let same = |a: &str, b: &str| a.is_empty() || b.is_empty() || a == b;
        self.id == other.id
            && same(&self.kind, &other.kind)
            && same(&self.account, &other.account)
            && same(&self.region, &other.region)
    }
}

/// `AWS::EC2::SecurityGroup` as a person says it: `EC2 SecurityGroup`.
pub fn short(kind: &str) -> String {
    kind.trim_start_matches("AWS::").replace("::", " ")
}

/// Items and resources of each type until a moment, or of all time.
pub fn ask_types(until_ns: Option<i64>) -> Query {
    let aggs = vec![Agg::Count, Agg::Distinct("resourceId".into())];
    let mut q = Query::groups(&KINDS, vec![Key::Field("resourceType".into())], aggs)
        .filter(Expr::exists("resourceType"))
        .limit(400);
    q.range = until_ns.map(|t| TimeRange::new(i64::MIN, t));
    q
}

/// A resource type of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Type {
    pub name: String,
    /// Resources with items in the range.
    pub resources: i64,
    /// Items in the range that follow another item of their resource.
    pub changes: i64,
}

/// Types with items in the range, those with the most changes first. `within`, `until` and `before` answer
/// [`ask_types`] in the range, up to its end and up to its beginning.
pub fn types(within: &Answer, until: &Answer, before: Option<&Answer>) -> Vec<Type> {
    // Every item but a resource's first is a change: by a moment, there were as many as items less resources.
    let changes = |answer: &Answer| -> BTreeMap<String, i64> {
        let of = |r: &Vec<Value>| (text(r, 0), number(r, 1) - number(r, 2));
        answer.rows.iter().map(of).collect()
    };
    let (by_end, by_start) = (changes(until), before.map(changes).unwrap_or_default());
    let at = |map: &BTreeMap<String, i64>, name: &str| map.get(name).copied().unwrap_or(0);
    let mut out: Vec<Type> = within
        .rows
        .iter()
        .map(|r| {
            let name = text(r, 0);
            Type {
                changes: (at(&by_end, &name) - at(&by_start, &name)).max(0),
                resources: number(r, 2),
                name,
            }
        })
        .collect();
    out.sort_by(|a, b| {
        let most = (b.changes, b.resources).cmp(&(a.changes, a.resources));
        most.then_with(|| a.name.cmp(&b.name))
    });
    out
}

/// The condition for items inside a range; the other items of a resource still tell which item was its first.
fn inside(range: Option<TimeRange>) -> Expr {
    let Some(range) = range else { return Expr::All };
    let bound = |op: Op, ns: i64| Expr::Compare {
        field: TIME.to_owned(),
        op,
        value: Value::Time(ns),
    };
    bound(Op::Ge, range.from_ns).and(bound(Op::Lt, range.to_ns))
}

fn ask_listed(range: Option<TimeRange>, filter: Expr) -> Query {
    let by = ["awsAccountId", "awsRegion", "resourceType", "resourceId"].map(|f| Key::Field(f.into()));
    let aggs = vec![
        Agg::CountIf(inside(range)),
        Agg::Count,
        Agg::Min(TIME.into()),
        Agg::Latest("resourceName".into()),
        Agg::Latest("configurationItemStatus".into()),
    ];
    Query::groups(&KINDS, by.to_vec(), aggs)
        .filter(Expr::exists("resourceId").and(filter))
        .order(Order::Desc(0))
        .limit(MOST_RESOURCES)
}

/// Resources of a type (or of all) that a text finds, those with the most items in the range first.
pub fn ask_resources(kind: &str, search: &str, range: Option<TimeRange>) -> Query {
    let mut filter = Expr::All;
    if !kind.is_empty() {
        filter = filter.and(Expr::eq("resourceType", kind));
    }
    if !search.is_empty() {
        filter = filter.and(Expr::Text(search.to_owned()));
    }
    ask_listed(range, filter)
}

/// One resource, whether the list shows it or not.
pub fn ask_resource(key: &ResourceKey, range: Option<TimeRange>) -> Query {
    ask_listed(range, key.filter())
}

/// A resource of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    pub key: ResourceKey,
    pub name: String,
    pub status: String,
    /// Items in the range, and of all time.
    pub in_range: i64,
    pub items: i64,
    /// Items in the range that follow another item of the resource.
    pub changes: i64,
}

impl Resource {
    pub fn is_deleted(&self) -> bool {
        self.status.starts_with("ResourceDeleted")
    }
}

/// Out of the answer to [`ask_resources`] or [`ask_resource`]: also those with no item in the range.
pub fn resources(answer: &Answer, range: Option<TimeRange>) -> Vec<Resource> {
    let resource = |r: &Vec<Value>| {
        let (in_range, first) = (number(r, 4), r.get(6).and_then(Value::as_i64));
        let first_is_in = match (range, first) {
            (None, _) => true,
            (Some(range), Some(t)) => range.from_ns <= t && t < range.to_ns,
            (Some(_), None) => false,
        };
        Resource {
            key: ResourceKey {
                account: text(r, 0),
                region: text(r, 1),
                kind: text(r, 2),
                id: text(r, 3),
            },
            in_range,
            items: number(r, 5),
            changes: (in_range - i64::from(first_is_in)).max(0),
            name: text(r, 7),
            status: text(r, 8),
        }
    };
    answer.rows.iter().map(resource).collect()
}

/// Resources as they are saved.
pub fn resource_sheet(resources: impl IntoIterator<Item = Resource>) -> Sheet {
    const COLUMNS: [&str; 9] = [
        "Type",
        "Resource",
        "Name",
        "Account",
        "Region",
        "Items in the range",
        "Changes in the range",
        "Items",
        "Last status",
    ];
    let text = |s: String| match s.is_empty() {
        true => Value::Absent,
        false => Value::Text(s),
    };
    let row = |r: Resource| {
        vec![
            text(r.key.kind),
            text(r.key.id),
            text(r.name),
            text(r.key.account),
            text(r.key.region),
            Value::Int(r.in_range),
            Value::Int(r.changes),
            Value::Int(r.items),
            text(r.status),
        ]
    };
    Sheet::new(&COLUMNS, resources.into_iter().map(row).collect())
}

/// Types as they are saved.
pub fn type_sheet(types: &[Type]) -> Sheet {
    let row = |t: &Type| {
        vec![
            Value::Text(t.name.clone()),
            Value::Int(t.resources),
            Value::Int(t.changes),
        ]
    };
    Sheet::new(&["Type", "Resources", "Changes"], types.iter().map(row).collect())
}

/// Items over time by type.
pub fn ask_timeline(width_ns: i64) -> Query {
    let by = vec![Key::Time { width_ns }, Key::Field("resourceType".into())];
    Query::groups(&KINDS, by, vec![Agg::Count])
        .filter(Expr::exists("resourceType"))
        .order(Order::Key)
        .limit(50_000)
}

/// Bars of the timeline of all changes.
pub const BARS: i64 = 90;

/// Items over time, stacked by type, out of the answer to [`ask_timeline`]; and the types' names in the stack's order.
pub fn timeline(answer: &Answer, frame: Frame, step_ns: i64) -> (Scene, Vec<String>) {
    let (buckets, series) = series_over_time(answer, frame.range, step_ns, |v| short(&v.to_text()));
    let names = series.iter().map(|s| s.name.clone()).collect();
    let scene = stacked_bars(&Bars {
        title: "Configuration items",
        frame,
        buckets,
        unit: Unit::count("items"),
        series: &series,
        holes: &[],
        events: &[],
    });
    (scene, names)
}

/// What a text says of a moment: ISO 8601, with a space for the `T` and without seconds or zone as well.
pub fn moment(text: &str) -> Result<i64, String> {
    let text = text.trim();
    let mut iso = text.replacen(' ', "T", 1);
    if iso.len() == "2026-11-11".len() {
        iso.push_str("T00:00:00Z");
    } else if iso.len() == "2026-11-11T02:00".len() {
        iso.push_str(":00Z");
    } else if iso.len() == "2026-11-11T02:00:00".len() {
        iso.push('Z');
    }
    time::parse_iso(iso.as_bytes()).ok_or_else(|| match text {
        "" => "Write a time, as 2026-11-11 02:00.".to_owned(),
        text => format!("“{text}” is no time. Write it as 2026-11-11 02:00, in UTC."),
    })
}

fn text(row: &[Value], at: usize) -> String {
    row.get(at).map(Value::to_text).unwrap_or_default()
}

fn number(row: &[Value], at: usize) -> i64 {
    row.get(at).and_then(Value::as_i64).unwrap_or(0)
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
