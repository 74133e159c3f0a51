//! How the account's resources are related at a moment, by type: which types name which, and how often.

use super::model::CONFIG;
use crate::base::{TimeRange, Value, size};
use crate::chart::layout::{LayoutInput, layout};
use crate::chart::{
    Camera, FlowEdge, FlowGraph, FlowGroup, FlowNode, GraphView, NodeKind, Scene, TableTwin, Unit, Zone,
    relations,
};
use crate::query::{Agg, Answer, Expr, Key, Order, Query};
use crate::views::relationship::relationship;
use std::collections::{BTreeMap, BTreeSet};

/// Resources that are looked at.
const MOST: usize = 60_000;
/// Types that have a node: those with most relationships.
const MOST_TYPES: usize = 40;
/// Scene pixels that a type takes in the height of the picture, and the least height.
const ROW: f64 = 46.0;
const LEAST: f64 = 260.0;

/// The newest item of every resource up to and with a moment: what it names.
pub fn ask_links(at_ns: i64, filter: &Expr) -> Query {
    let by = ["resourceType", "resourceId", "awsAccountId", "awsRegion"].map(|f| Key::Field(f.to_owned()));
    let latest = ["resourceName", "configurationItemStatus", "relationships"];
    let aggs = latest.map(|f| Agg::Latest(f.to_owned()));
    let range = TimeRange::new(i64::MIN, at_ns.saturating_add(1));
    Query::groups(&[CONFIG], by.to_vec(), aggs.to_vec())
        .filter(Expr::exists("resourceId"))
        .order(Order::Key)
        .limit(MOST)
        .within(Some(range), filter)
}

/// Resources of a type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// With an item of their own.
    pub here: u64,
    /// Named by others, with no item of their own.
    pub named_only: u64,
}

/// Relationships from one type to another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    pub count: u64,
    /// `is contained in`, and how often.
    pub words: BTreeMap<String, u64>,
}

/// Types and what they name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links {
    pub types: BTreeMap<String, Count>,
    pub links: BTreeMap<(String, String), Link>,
    /// Resources there was no room for.
    pub left_out: u64,
}

fn text(row: &[Value], at: usize) -> String {
    match row.get(at) {
        None | Some(Value::Absent) => String::new(),
        Some(value) => value.to_text(),
    }
}

/// Out of the answer to [`ask_links`]. What was deleted is not there and names nothing.
pub fn links(answer: &Answer) -> Links {
    let mut out = Links {
        left_out: answer.groups.saturating_sub(answer.rows.len() as u64),
        ..Links::default()
    };
    let standing = || {
        let rows = answer.rows.iter();
        rows.filter(|r| !text(r, 5).starts_with("ResourceDeleted"))
    };
    let mut known: BTreeSet<(String, String)> = BTreeSet::new();
    for row in standing() {
        let ty = text(row, 0);
        out.types.entry(ty.clone()).or_default().here += 1;
        // A relationship may know a resource by its name alone.
        known.insert((ty.clone(), text(row, 1)));
        known.insert((ty, text(row, 4)));
    }
    let mut named: BTreeSet<(String, String)> = BTreeSet::new();
    for row in standing() {
        let ty = text(row, 0);
        let all = match row.get(6) {
            Some(Value::List(all)) => all.clone(),
            Some(Value::Text(one)) => vec![one.clone()],
            _ => Vec::new(),
        };
        for by in all.iter().map(|t| relationship(t)).filter(|r| !r.id.is_empty()) {
            let link = out.links.entry((ty.clone(), by.kind.clone())).or_default();
            link.count += 1;
            *link.words.entry(by.words).or_default() += 1;
            let what = (by.kind, by.id);
            if !known.contains(&what) && named.insert(what.clone()) {
                out.types.entry(what.0).or_default().named_only += 1;
            }
        }
    }
    out
}

/// What is drawn: a box a service, a node a type.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Picture {
    pub graph: FlowGraph,
    /// The type of each node.
    pub types: Vec<String>,
    /// Types that the table alone has.
    pub more: usize,
}

/// `AWS::EC2::VPC` → `EC2` and `VPC`
fn parts(ty: &str) -> (&str, &str) {
    let rest = ty.strip_prefix("AWS::").unwrap_or(ty);
    rest.split_once("::").unwrap_or(("Other", rest))
}

fn words_of(link: &Link) -> String {
    let one = |(words, count): (&String, &u64)| match words.as_str() {
        "" => format!("related ({})", size::count(*count)),
        words => format!("{words} ({})", size::count(*count)),
    };
    link.words.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// Where a type stands, from left to right: what only names others, what is named as well, what only is named.
fn zone(links: &Links, ty: &str) -> Option<Zone> {
    let is = |end: fn(&(String, String)) -> &String| links.links.keys().any(|pair| end(pair) == ty);
    match (is(|p| &p.0), is(|p| &p.1)) {
        (true, false) => Some(Zone::Edge),
        (true, true) => Some(Zone::Inside),
        (false, true) => Some(Zone::AwsServices),
        // It has no relationship: there is nothing to draw.
        (false, false) => None,
    }
}

pub fn picture(links: &Links) -> Picture {
    let mut weight: BTreeMap<&str, u64> = BTreeMap::new();
    for ((from, to), link) in &links.links {
        for end in [from, to] {
            *weight.entry(end).or_default() += link.count;
        }
    }
    let mut order: Vec<(&str, u64)> = weight.into_iter().collect();
    order.sort_by_key(|(ty, count)| (std::cmp::Reverse(*count), *ty));
    let mut out = Picture {
        more: order.len().saturating_sub(MOST_TYPES),
        ..Picture::default()
    };
    order.truncate(MOST_TYPES);
    let mut order: Vec<(Zone, &str)> = order
        .into_iter()
        .filter_map(|(ty, _)| Some((zone(links, ty)?, ty)))
        .collect();
    order.sort_unstable();
    let mut node_of: BTreeMap<&str, usize> = BTreeMap::new();
    for (zone, ty) in order {
        let (service, name) = parts(ty);
        let last = out.graph.groups.last();
        if last.is_none_or(|g| (g.zone, g.name.as_str()) != (zone, service)) {
            out.graph.groups.push(FlowGroup {
                name: service.to_owned(),
                detail: String::new(),
                zone,
                parent: None,
            });
        }
        let count = links.types.get(ty).copied().unwrap_or_default();
        node_of.insert(ty, out.graph.nodes.len());
        out.types.push(ty.to_owned());
        out.graph.nodes.push(FlowNode {
            id: ty.to_owned(),
            label: format!("{name} {}", size::count(count.here + count.named_only)),
            sublabel: match (count.here, count.named_only) {
                (_, 0) => String::new(),
                (0, _) => "no item of its own".to_owned(),
                (_, n) => format!("{} with no item", size::count(n)),
            },
            group: out.graph.groups.len() - 1,
            kind: match count.here {
                0 => NodeKind::Address,
                _ => NodeKind::Host,
            },
            weight: (count.here + count.named_only).into(),
            flagged: false,
        });
    }
    let edge = |((from, to), link): (&(String, String), &Link)| {
        Some(FlowEdge {
            from: *node_of.get(from.as_str())?,
            to: *node_of.get(to.as_str())?,
            accepted: link.count.into(),
            rejected: 0,
            label: words_of(link),
        })
    };
    out.graph.edges = links.links.iter().filter_map(edge).collect();
    out
}

/// `Relationships by type: 5 types, 12 relationships; 3 resources named by others, with no item of their own.`
pub fn summary(links: &Links) -> String {
    let count: u64 = links.links.values().map(|l| l.count).sum();
    let named: u64 = links.types.values().map(|c| c.named_only).sum();
    let apart = match named {
        0 => String::new(),
        n => format!(
            "; {} named by others, with no item of their own",
            size::counted(n, "resources")
        ),
    };
    format!(
        "Relationships by type: {}, {}{apart}.",
        size::counted(links.types.len() as u64, "types"),
        size::counted(count, "relationships")
    )
}

fn table(links: &Links) -> TableTwin {
    let mut table = TableTwin::with_columns(["From", "Relationship", "To", "#Relationships"]);
    for ((from, to), link) in &links.links {
        for (words, count) in &link.words {
            table
                .rows
                .push(vec![from.clone(), words.clone(), to.clone(), count.to_string()]);
        }
    }
    table
}

/// The scene in a width; its height follows.
pub fn scene(links: &Links, picture: &Picture, width: f64) -> Scene {
    let rows = |zone: Zone| {
        let groups = picture
            .graph
            .groups
            .iter()
            .enumerate()
            .filter(|(_, g)| g.zone == zone);
        let nodes = |at: usize| picture.graph.nodes.iter().filter(|n| n.group == at).count();
        groups.map(|(at, _)| nodes(at) + 1).sum::<usize>()
    };
    let most = [Zone::Edge, Zone::Inside, Zone::AwsServices]
        .map(rows)
        .into_iter()
        .max()
        .unwrap_or(0);
    let height = (most as f64 * ROW).max(LEAST);
    let placed = layout(&LayoutInput {
        graph: picture.graph.clone(),
        width,
        height,
    });
    let mut scene = relations(&GraphView {
        title: "Relationships by type",
        width,
        height,
        graph: &picture.graph,
        placed: &placed,
        camera: Camera::fit(&placed, width, height),
        unit: Unit::count("relationships"),
        chosen: None,
    });
    scene.summary = summary(links);
    scene.table = table(links);
    scene
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(ty: &str, id: &str, status: &str, names: &[&str]) -> Vec<Value> {
        vec![
            ty.into(),
            id.into(),
            "111122223333".into(),
            "eu-central-1".into(),
            Value::Absent,
            status.into(),
            Value::List(names.iter().map(|n| (*n).to_owned()).collect()),
        ]
    }

    fn account() -> Links {
        let rows = vec![
            row(
                "AWS::EC2::Instance",
                "i-1",
                "OK",
                &[
                    "Is contained in Vpc AWS::EC2::VPC vpc-1",
                    "Is associated with SecurityGroup AWS::EC2::SecurityGroup sg-1",
                ],
            ),
            row(
                "AWS::EC2::Instance",
                "i-2",
                "OK",
                &["Is contained in Vpc AWS::EC2::VPC vpc-1", "unclear words"],
            ),
            row(
                "AWS::EC2::Instance",
                "i-3",
                "ResourceDeleted",
                &["Is contained in Vpc AWS::EC2::VPC vpc-2"],
            ),
            row("AWS::EC2::SecurityGroup", "sg-1", "OK", &[]),
            row("AWS::S3::Bucket", "logs", "ResourceDiscovered", &[]),
        ];
        links(&Answer {
            groups: rows.len() as u64,
            rows,
            ..Answer::default()
        })
    }

    #[test]
    fn types_name_types_and_what_is_deleted_names_nothing() {
        let all = account();
        let count = |ty: &str| all.types.get(ty).copied().unwrap_or_default();
        assert_eq!(
            count("AWS::EC2::Instance"),
            Count {
                here: 2,
                named_only: 0
            }
        );
        assert_eq!(
            count("AWS::EC2::VPC"),
            Count {
                here: 0,
                named_only: 1
            },
            "named twice, one resource; the deleted instance's is not among them"
        );
        assert_eq!(
            count("AWS::EC2::SecurityGroup"),
            Count {
                here: 1,
                named_only: 0
            }
        );
        let of = |from: &str, to: &str| all.links.get(&(from.to_owned(), to.to_owned())).map(|l| l.count);
        assert_eq!(of("AWS::EC2::Instance", "AWS::EC2::VPC"), Some(2));
        assert_eq!(of("AWS::EC2::Instance", "AWS::EC2::SecurityGroup"), Some(1));
        assert_eq!(all.links.len(), 2, "words without a type are no link");
        assert_eq!(
            summary(&all),
            "Relationships by type: 4 types, 3 relationships; 1 resource named by others, with no item of their own."
        );
    }

    #[test]
    fn a_service_is_a_box_and_the_table_has_every_link() {
        let all = account();
        let drawn = picture(&all);
        let boxes: Vec<&str> = drawn.graph.groups.iter().map(|g| g.name.as_str()).collect();
        assert_eq!(boxes, ["EC2", "EC2"], "what names stands left of what is named");
        let labels: Vec<&str> = drawn.graph.nodes.iter().map(|n| n.label.as_str()).collect();
        assert_eq!(
            labels,
            ["Instance 2", "SecurityGroup 1", "VPC 1"],
            "a bucket without relationships is not drawn"
        );
        let scene = scene(&all, &drawn, 900.0);
        assert_eq!(scene.table.rows.len(), 2);
        assert_eq!(
            scene.table.rows[1],
            ["AWS::EC2::Instance", "is contained in", "AWS::EC2::VPC", "2"]
        );
        let many = Links {
            links: (0..59)
                .map(|n| {
                    (
                        ("AWS::X::From".to_owned(), format!("AWS::X::T{n:02}")),
                        Link {
                            count: 1,
                            ..Link::default()
                        },
                    )
                })
                .collect(),
            ..Links::default()
        };
        assert_eq!(
            (picture(&many).types.len(), picture(&many).more),
            (MOST_TYPES, 20)
        );
    }
}
