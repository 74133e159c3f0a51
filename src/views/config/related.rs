//! What a resource was related to at a moment: those it names and those that name it, one or two steps away.

use super::around::{Relationship, named, relationship};
use super::model::{KINDS, ResourceKey, short};
use crate::base::{TimeRange, Value, size};
use crate::chart::layout::around::around;
use crate::chart::{
    Camera, Chosen, FlowEdge, FlowGraph, FlowGroup, FlowNode, GraphView, NodeKind, Scene, TableTwin, Unit,
    Zone, relations,
};
use crate::query::{Agg, Answer, Expr, Key, Op, Order, Query};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Resources whose items are asked for at a step, and those of which is asked who names them.
const MOST_ASKED: usize = 1000;
pub const MOST_NAMED: usize = 100;
/// Groups of an answer: an id may stand in several accounts and Regions.
const MOST_GROUPS: usize = 5000;
/// Types drawn at a step, and resources of a type at the first and the second step.
const MOST_TYPES: usize = 10;
const MOST_OF_TYPE: [usize; 2] = [7, 5];
/// Rows of the table.
const MOST_ROWS: usize = 2000;

fn until(query: Query, at_ns: i64) -> Query {
    let range = TimeRange::new(i64::MIN, at_ns.saturating_add(1));
    query
        .within(Some(range), &Expr::All)
        .order(Order::Key)
        .limit(MOST_GROUPS)
}

fn by_resource(aggs: Vec<Agg>) -> Query {
    let by = ["awsAccountId", "awsRegion", "resourceType", "resourceId"].map(|f| Key::Field(f.into()));
    Query::groups(&KINDS, by.to_vec(), aggs).filter(Expr::exists("resourceId"))
}

/// Resources that ever named one of these, the first [`MOST_NAMED`], until a moment. Whether they did so at the moment their newest items tell.
pub fn ask_naming(ids: &[String], at_ns: i64) -> Query {
    let names = |id: &String| Expr::Compare {
        field: "relationships".to_owned(),
        op: Op::Contains,
        value: id.as_str().into(),
    };
    let any = Expr::Or(ids.iter().take(MOST_NAMED).map(names).collect());
    until(by_resource(vec![Agg::Count]).filter(any), at_ns)
}

/// Ids out of the answer to [`ask_naming`].
pub fn naming(answer: &Answer) -> Vec<String> {
    answer.rows.iter().map(|r| text(r, 3)).collect()
}

/// The newest items of these resources until a moment. A relationship may know a resource by its name alone.
pub fn ask_standing(ids: &[String], at_ns: i64) -> Query {
    let is = |field: &str| Expr::In {
        field: field.to_owned(),
        values: ids.to_vec(),
    };
    let latest = ["resourceName", "configurationItemStatus", "relationships"];
    let query = by_resource(latest.map(|f| Agg::Latest(f.to_owned())).to_vec());
    let named = Expr::Or(vec![is("resourceId"), is("resourceName")]);
    until(query.filter(named), at_ns)
}

/// A resource as its newest item until the moment has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    pub key: ResourceKey,
    pub name: String,
    pub status: String,
    pub relationships: Vec<Relationship>,
}

impl Standing {
    pub fn is_deleted(&self) -> bool {
        self.status.starts_with("ResourceDeleted")
    }

    /// What it names; something that was deleted names nothing any more.
    fn names(&self) -> impl Iterator<Item = &Relationship> {
        let all = self.relationships.iter().filter(|r| !r.id.is_empty());
        all.filter(|_| !self.is_deleted())
    }
}

fn text(row: &[Value], at: usize) -> String {
    match row.get(at) {
        None | Some(Value::Absent) => String::new(),
        Some(value) => value.to_text(),
    }
}

/// Out of the answer to [`ask_standing`].
pub fn standings(answer: &Answer) -> Vec<Standing> {
    let standing = |r: &Vec<Value>| Standing {
        key: ResourceKey {
            account: text(r, 0),
            region: text(r, 1),
            kind: text(r, 2),
            id: text(r, 3),
        },
        name: text(r, 4),
        status: text(r, 5),
        relationships: match r.get(6) {
            Some(Value::List(all)) => all.iter().map(|t| relationship(t)).collect(),
            Some(Value::Text(one)) => vec![relationship(one)],
            _ => Vec::new(),
        },
    };
    answer.rows.iter().map(standing).collect()
}

/// Ids that these name, and those that name them: what is asked for at the next step.
pub fn next_ids<'a>(of: impl IntoIterator<Item = &'a Standing>, naming: Vec<String>) -> Vec<String> {
    let named = of.into_iter().flat_map(Standing::names).map(|r| r.id.clone());
    let ids: BTreeSet<String> = named.chain(naming).collect();
    ids.into_iter().take(MOST_ASKED).collect()
}

/// Whether there is an item of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Presence {
    Here,
    Deleted,
    /// Others name it.
    NamedOnly,
    /// There were too many to look for its items.
    NotLooked,
}

/// A resource near the chosen one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neighbour {
    pub key: ResourceKey,
    pub name: String,
    pub presence: Presence,
    /// How far away it is.
    pub step: u8,
}

impl Neighbour {
    /// An id; of an ARN the name, or its end.
    fn label(&self) -> &str {
        let id = self.key.id.as_str();
        match (id.starts_with("arn:"), self.name.as_str()) {
            (false, _) => id,
            (true, "") => id.rsplit([':', '/']).find(|p| !p.is_empty()).unwrap_or(id),
            (true, name) => name,
        }
    }

    /// What there is to say of it: how it is there, else its name.
    fn state(&self) -> &str {
        match self.presence {
            Presence::Deleted => "deleted",
            Presence::NamedOnly => "no item of its own",
            Presence::NotLooked => "not looked at",
            Presence::Here => &self.name,
        }
    }

    /// Under its label.
    fn says(&self) -> &str {
        match self.state() {
            name if name == self.label() => "",
            state => state,
        }
    }

    fn kind(&self) -> NodeKind {
        match self.presence {
            Presence::Here => NodeKind::Host,
            Presence::Deleted => NodeKind::Gone,
            Presence::NamedOnly | Presence::NotLooked => NodeKind::Address,
        }
    }
}

/// One resource names another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    pub from: usize,
    pub to: usize,
    /// `is contained in`
    pub words: String,
}

/// The chosen resource, which is the first, what is near it, and who names whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Related {
    pub all: Vec<Neighbour>,
    pub names: Vec<Names>,
}

/// Finds resources by what relationships say of them.
struct Known<'a> {
    by_id: HashMap<(&'a str, &'a str), Vec<&'a Standing>>,
    by_name: HashMap<(&'a str, &'a str), Vec<&'a Standing>>,
}

impl<'a> Known<'a> {
    fn new(all: impl Iterator<Item = &'a Standing>) -> Known<'a> {
        let mut known = Known {
            by_id: HashMap::new(),
            by_name: HashMap::new(),
        };
        for one in all {
            let kind = one.key.kind.as_str();
            known.by_id.entry((kind, &one.key.id)).or_default().push(one);
            known.by_name.entry((kind, &one.name)).or_default().push(one);
        }
        known
    }

    /// Which resource `from` means: ids repeat among accounts and Regions, and the nearest is the likeliest.
    fn meant(&self, from: &ResourceKey, by: &Relationship) -> ResourceKey {
        let at = (by.kind.as_str(), by.id.as_str());
        let near = |s: &&&Standing| {
            let key = &s.key;
            (key.account != from.account, key.region != from.region)
        };
        let of_id = self.by_id.get(&at).and_then(|all| all.iter().min_by_key(near));
        let named = || self.by_name.get(&at).and_then(|all| all.iter().min_by_key(near));
        of_id
            .or_else(named)
            .map_or_else(|| self::named(by), |s| s.key.clone())
    }
}

/// What stands so many steps around a resource, of those that were `asked` for. An edge between two that are both at the last step is left out: of those
/// not everything is known.
pub fn related(center: &Standing, known: &[Standing], asked: &BTreeSet<String>, steps: u8) -> Related {
    let others = known.iter().filter(|s| s.key != center.key);
    let all: Vec<&Standing> = std::iter::once(center).chain(others).collect();
    let found = Known::new(all.iter().copied());
    let mut edges: BTreeSet<(ResourceKey, ResourceKey, String)> = BTreeSet::new();
    for from in &all {
        for by in from.names() {
            edges.insert((from.key.clone(), found.meant(&from.key, by), by.words.clone()));
        }
    }
    let mut beside: BTreeMap<&ResourceKey, BTreeSet<&ResourceKey>> = BTreeMap::new();
    for (from, to, _) in &edges {
        beside.entry(from).or_default().insert(to);
        beside.entry(to).or_default().insert(from);
    }
    let mut at: BTreeMap<&ResourceKey, u8> = BTreeMap::from([(&center.key, 0)]);
    let mut reached = vec![&center.key];
    for step in 1..=steps {
        let near: BTreeSet<&ResourceKey> = reached
            .iter()
            .flat_map(|k| beside.get(k))
            .flatten()
            .copied()
            .collect();
        reached = near.into_iter().filter(|k| !at.contains_key(k)).collect();
        at.extend(reached.iter().map(|k| (*k, step)));
    }
    let standing: BTreeMap<&ResourceKey, &Standing> = all.iter().map(|s| (&s.key, *s)).collect();
    let neighbour = |(key, step): (&&ResourceKey, &u8)| {
        let here = standing.get(*key);
        Neighbour {
            key: (*key).clone(),
            name: here.map(|s| s.name.clone()).unwrap_or_default(),
            presence: match here {
                None if asked.contains(&key.id) => Presence::NamedOnly,
                None => Presence::NotLooked,
                Some(s) if s.is_deleted() => Presence::Deleted,
                Some(_) => Presence::Here,
            },
            step: *step,
        }
    };
    let mut all: Vec<Neighbour> = at.iter().map(neighbour).collect();
    all.sort_by(|a, b| {
        let (near, here) = (a.step.cmp(&b.step), a.presence.cmp(&b.presence));
        let of_type = || here.then_with(|| a.key.id.cmp(&b.key.id));
        near.then_with(|| a.key.kind.cmp(&b.key.kind))
            .then_with(of_type)
            .then_with(|| a.key.cmp(&b.key))
    });
    let place: BTreeMap<&ResourceKey, usize> = all.iter().enumerate().map(|(n, one)| (&one.key, n)).collect();
    let names = edges.iter().filter_map(|(from, to, words)| {
        let (from, to) = (*place.get(from)?, *place.get(to)?);
        let nearest = all.get(from)?.step.min(all.get(to)?.step);
        (nearest < steps).then(|| Names {
            from,
            to,
            words: words.clone(),
        })
    });
    let names = names.collect();
    Related { names, all }
}

/// What is drawn of [`Related`]: a box for each type at each step, what is too much of one counted in a node of its own.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Picture {
    pub graph: FlowGraph,
    /// Of each box how far away it is.
    steps: Vec<u8>,
    /// The resource of each node; none where it stands for several.
    pub of: Vec<Option<usize>>,
    /// Resources that have no node of their own.
    pub counted: usize,
}

/// Boxes and nodes for what is related.
pub fn picture(related: &Related) -> Picture {
    let mut boxes: BTreeMap<(u8, &str), Vec<usize>> = BTreeMap::new();
    for (n, one) in related.all.iter().enumerate() {
        boxes.entry((one.step, &one.key.kind)).or_default().push(n);
    }
    let mut order: Vec<((u8, &str), Vec<usize>)> = boxes.into_iter().collect();
    order.sort_by_key(|((step, kind), all)| (*step, std::cmp::Reverse(all.len()), *kind));
    let mut out = Picture::default();
    // The node of each resource.
    let mut node_of: Vec<usize> = vec![0; related.all.len()];
    let mut types: [usize; 3] = [0; 3];
    let mut rest: [Vec<usize>; 3] = Default::default();
    for ((step, kind), all) in order {
        let at = usize::from(step).min(2);
        types[at] += 1;
        if types[at] > MOST_TYPES {
            rest[at].extend(all);
            continue;
        }
        let most = match at {
            0 => 1,
            at => MOST_OF_TYPE[at - 1],
        };
        let detail = match at {
            0 => String::new(),
            _ => size::count(all.len() as u64),
        };
        out.add_box(&short(kind), detail, step);
        // One more is drawn rather than counted.
        let shown = if all.len() > most + 1 { most } else { all.len() };
        let (own, more) = all.split_at(shown);
        for &n in own {
            node_of[n] = out.add(&related.all[n], n);
        }
        out.add_rest(more, &mut node_of);
    }
    for (step, all) in rest.iter().enumerate().filter(|(_, all)| !all.is_empty()) {
        out.add_box("Other types", size::count(all.len() as u64), step as u8);
        out.add_rest(all, &mut node_of);
    }
    let mut edges: BTreeMap<(usize, usize), Vec<&str>> = BTreeMap::new();
    for names in &related.names {
        let ends = (node_of[names.from], node_of[names.to]);
        edges.entry(ends).or_default().push(&names.words);
    }
    out.graph.edges = edges
        .into_iter()
        .map(|((from, to), words)| FlowEdge {
            from,
            to,
            accepted: 1,
            rejected: 0,
            label: label(words),
        })
        .collect();
    out
}

/// What one names the other as; several are counted where they differ.
fn label(mut words: Vec<&str>) -> String {
    let count = words.len();
    words.sort_unstable();
    words.dedup();
    match words.as_slice() {
        [""] => "related".to_owned(),
        [one] if count == 1 => (*one).to_owned(),
        [one] => format!("{one} ({})", size::count(count as u64)),
        [one, two] if count == 2 => format!("{one}; {two}"),
        _ => size::counted(count as u64, "relationships"),
    }
}

impl Picture {
    fn add_box(&mut self, name: &str, detail: String, step: u8) {
        self.steps.push(step);
        self.graph.groups.push(FlowGroup {
            name: match name {
                "" => "Without a type".to_owned(),
                name => name.to_owned(),
            },
            detail,
            zone: Zone::Inside,
            parent: None,
        });
    }

    fn add_node(&mut self, label: String, sublabel: String, kind: NodeKind, of: Option<usize>) -> usize {
        let first = self.graph.nodes.is_empty();
        self.of.push(of);
        self.graph.nodes.push(FlowNode {
            id: self.graph.nodes.len().to_string(),
            label,
            sublabel,
            group: self.graph.groups.len().saturating_sub(1),
            kind,
            // What is chosen is the largest.
            weight: if first { 12 } else { 1 },
            flagged: false,
        });
        self.graph.nodes.len() - 1
    }

    fn add(&mut self, one: &Neighbour, at: usize) -> usize {
        self.add_node(
            one.label().to_owned(),
            one.says().to_owned(),
            one.kind(),
            Some(at),
        )
    }

    fn add_rest(&mut self, more: &[usize], node_of: &mut [usize]) {
        if more.is_empty() {
            return;
        }
        let node = self.add_node(
            format!("{} more", size::count(more.len() as u64)),
            "in the table".to_owned(),
            NodeKind::Other,
            None,
        );
        self.counted += more.len();
        for &n in more {
            node_of[n] = node;
        }
    }
}

/// The scene in a width; its height follows.
pub fn scene(related: &Related, picture: &Picture, width: f64) -> Scene {
    let placed = around(&picture.graph, &picture.steps, width);
    let scale = Camera::fit(&placed, width, f64::MAX).scale;
    let height = (placed.height * scale).max(1.0);
    let mut scene = relations(&GraphView {
        title: "Relationships",
        width,
        height,
        graph: &picture.graph,
        placed: &placed,
        camera: Camera::fit(&placed, width, height),
        unit: Unit::count("relationships"),
        chosen: Some(Chosen::Node(0)),
    });
    scene.summary = summary(related);
    scene.table = table(related);
    scene
}

/// `Relationships of sg-1: 4 resources, 5 relationships; 1 deleted, 2 without an item of their own.`
pub fn summary(related: &Related) -> String {
    let Some(center) = related.all.first() else {
        return "Relationships: nothing is recorded.".to_owned();
    };
    let others = related.all.get(1..).unwrap_or_default();
    let of = |presence| others.iter().filter(|n| n.presence == presence).count() as u64;
    let mut apart = Vec::new();
    match of(Presence::Deleted) {
        0 => {}
        n => apart.push(format!("{} deleted", size::count(n))),
    }
    match of(Presence::NamedOnly) {
        0 => {}
        1 => apart.push("1 named by others, with no item of its own".to_owned()),
        n => apart.push(format!(
            "{} named by others, with no item of their own",
            size::count(n)
        )),
    }
    match of(Presence::NotLooked) {
        0 => {}
        n => apart.push(format!("{} too many to be looked at", size::count(n))),
    }
    let apart = match apart.is_empty() {
        true => String::new(),
        false => format!("; {}", apart.join(", ")),
    };
    format!(
        "Relationships of {}: {}, {}{apart}.",
        center.label(),
        size::counted(others.len() as u64, "resources"),
        size::counted(related.names.len() as u64, "relationships")
    )
}

/// Every relationship with both ends, those that no node of the picture stands for as well.
fn table(related: &Related) -> TableTwin {
    let mut table = TableTwin::with_columns([
        "From",
        "Its type",
        "Its state",
        "Relationship",
        "To",
        "Its type",
        "Its state",
        "#Steps",
    ]);
    for names in related.names.iter().take(MOST_ROWS) {
        let (Some(from), Some(to)) = (related.all.get(names.from), related.all.get(names.to)) else {
            continue;
        };
        table.rows.push(vec![
            from.key.id.clone(),
            short(&from.key.kind),
            from.state().to_owned(),
            names.words.clone(),
            to.key.id.clone(),
            short(&to.key.kind),
            to.state().to_owned(),
            from.step.max(to.step).to_string(),
        ]);
    }
    table
}
