//! Questions about one value over the roles that every kind's fields have, and what comes of the answers.

use crate::base::time::MINUTE;
use crate::base::{Role, TimeRange, Value};
use crate::chart::{self, Buckets, Calls, Frame, Hole, Lane, Lanes, Marks, Scene};
use crate::query::{Agg, Answer, Expr, Key, Op, Order, Query};
use crate::views::questions::{QUESTIONS, Question};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Roles in which a value is somebody or something, and how that is said of its records.
pub const IDENTITIES: [(Role, &str); 8] = [
    (Role::Actor, "acts"),
    (Role::Credential, "is the key used"),
    (Role::SourceAddress, "is the source"),
    (Role::DestinationAddress, "is the destination"),
    (Role::Resource, "is acted on"),
    (Role::Interface, "is the interface"),
    (Role::Network, "is the network"),
    (Role::Account, "is the account"),
];
/// Roles whose values say what was done with it, beside those in which values have pages of their own.
pub const DEEDS: [(Role, &str); 3] = [
    (Role::Action, "action"),
    (Role::Service, "service"),
    (Role::Outcome, "outcome"),
];
/// Roles of what stands beside it in its records, and the word for one value of each.
pub const BESIDE: [(Role, &str); 8] = [
    (Role::Actor, "principal"),
    (Role::Credential, "access key"),
    (Role::SourceAddress, "source address"),
    (Role::DestinationAddress, "destination address"),
    (Role::Resource, "resource"),
    (Role::Interface, "interface"),
    (Role::Network, "network"),
    (Role::Account, "account"),
];
/// Stretches of time in a lane.
pub const BUCKETS: i64 = 180;
/// Values of a role that are listed.
const MOST_BESIDE: usize = 40;
/// Kinds, roles and stretches of time together.
const MOST_MARKS: usize = 50_000;
/// Other names of one thing that are looked at.
const MOST_NAMES: usize = 12;

/// What a value looks like, by its form alone.
pub fn form(value: &str) -> Option<&'static str> {
    const PREFIXES: [(&str, &str); 17] = [
        ("AKIA", "long-term access key"),
        ("ASIA", "temporary access key"),
        ("AROA", "role's unique id"),
        ("AIDA", "user's unique id"),
        ("arn:", "ARN"),
        ("i-", "EC2 instance"),
        ("eni-", "network interface"),
        ("sg-", "security group"),
        ("vpc-", "VPC"),
        ("subnet-", "subnet"),
        ("vol-", "EBS volume"),
        ("snap-", "EBS snapshot"),
        ("ami-", "machine image"),
        ("nat-", "NAT gateway"),
        ("igw-", "internet gateway"),
        ("rtb-", "route table"),
        ("acl-", "network ACL"),
    ];
    if let Ok(address) = value.parse::<IpAddr>() {
        return Some(if address.is_ipv4() {
            "IPv4 address"
        } else {
            "IPv6 address"
        });
    }
    if value.len() == 12 && value.bytes().all(|b| b.is_ascii_digit()) {
        return Some("AWS account");
    }
    let known = PREFIXES.iter().find(|(prefix, _)| value.starts_with(prefix));
    known.map(|(_, word)| *word)
}

/// Records in which a field of the role has one of these names.
pub fn is(role: Role, names: &[String]) -> Expr {
    let one = |name: &String| Expr::eq(role.word(), name.as_str());
    match names {
        [name] => one(name),
        names => Expr::Or(names.iter().map(one).collect()),
    }
}

/// Records in which any field of an identity has one of these names.
pub fn anywhere(names: &[String]) -> Expr {
    Expr::Or(IDENTITIES.iter().map(|(role, _)| is(*role, names)).collect())
}

/// Records that name it elsewhere: in a text that has no role. Of its names only the first counts: others may be words.
fn elsewhere(names: &[String]) -> Expr {
    let named = names.iter().take(1).map(|n| Expr::Text(n.clone())).collect();
    Expr::Or(named).and(!anywhere(names))
}

/// Calls that were refused or went wrong, whatever the kind calls it.
fn failed() -> Expr {
    Expr::In {
        field: Role::Outcome.word().to_owned(),
        values: ["failed", "REJECT", "NON_COMPLIANT"].map(str::to_owned).to_vec(),
    }
}

fn figures() -> Vec<Agg> {
    let time = || "@timestamp".to_owned();
    vec![
        Agg::Count,
        Agg::CountIf(Expr::eq("readOnly", Value::Bool(false))),
        Agg::CountIf(failed()),
        Agg::Min(time()),
        Agg::Max(time()),
    ]
}

/// Records by kind, by the roles of [`IDENTITIES`] that it has in them, and by time where a step is given; then those that
/// name it elsewhere.
pub fn ask_marks(names: &[String], step_ns: Option<i64>) -> [Query; 2] {
    // One stretch that holds all time stands where time is not asked for.
    let width_ns = step_ns.unwrap_or(i64::MAX);
    let when = || vec![Key::Kind, Key::Time { width_ns }];
    let ask = |by, filter| {
        Query::groups(&[], by, figures())
            .filter(filter)
            .order(Order::Key)
            .limit(MOST_MARKS)
    };
    let roles = IDENTITIES.iter().map(|(role, _)| Key::If(is(*role, names)));
    [
        ask(when().into_iter().chain(roles).collect(), anywhere(names)),
        ask(when(), elsewhere(names)),
    ]
}

/// Values of a role in its records: the fullest.
pub fn ask_beside(names: &[String], role: Role) -> Query {
    // Those without a value are left to the answer's reader: all of these questions are then about the same rows, which
    // are picked once.
    Query::groups(&[], vec![Key::Field(role.word().to_owned())], figures())
        .filter(anywhere(names))
        .order(Order::Desc(0))
        .limit(MOST_BESIDE + 1)
}

/// Values of a role in all records, for those who have none in mind yet.
pub fn ask_fullest(role: Role) -> Query {
    Query::groups(&[], vec![Key::Field(role.word().to_owned())], vec![Agg::Count])
        .filter(Expr::exists(role.word()))
        .order(Order::Desc(0))
        .limit(6)
}

/// What inventories and findings call it besides.
pub fn ask_names(value: &str) -> Query {
    let any = ["id", "name", "arn", "addresses"].map(|field| Expr::eq(field, value));
    let by = ["itemType", "id", "name", "arn", "addresses"].map(|f| Key::Field(f.to_owned()));
    Query::groups(&["aws-inventory"], by.to_vec(), vec![Agg::Count])
        .filter(Expr::Or(any.to_vec()))
        .limit(50)
}

/// Another name of the same thing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Alias {
    pub name: String,
    /// `id of the instance`
    pub what: String,
    /// Nothing else is called so: its records are the same thing's.
    pub is_own: bool,
}

/// Other names out of the answer to [`ask_names`]. What many things share (a name, a network) tells nothing of one.
pub fn aliases(value: &str, answer: &Answer) -> Vec<Alias> {
    let mut out: BTreeMap<String, Alias> = BTreeMap::new();
    // An address may be told by its interface and by its instance; a name that three things have is a word.
    if answer.rows.len() > 4 {
        return Vec::new();
    }
    for row in &answer.rows {
        let [ty, id, name, arn, addresses, ..] = row.as_slice() else {
            continue;
        };
        let ty = ty.to_text();
        let mut add = |name: &str, what: &str, is_own: bool| {
            if !name.is_empty() && name != value {
                out.entry(name.to_owned()).or_insert_with(|| Alias {
                    name: name.to_owned(),
                    what: format!("{what} of the {}", words(&ty)),
                    is_own,
                });
            }
        };
        for (cell, what, is_own) in [(id, "id", true), (name, "name", false), (arn, "ARN", true)] {
            if !cell.is_absent() {
                add(&cell.to_text(), what, is_own);
            }
        }
        if let Value::List(all) = addresses {
            all.iter().for_each(|a| add(a, "address", true));
        }
    }
    out.into_values().take(MOST_NAMES).collect()
}

/// `NetworkInterface` → `network interface`
fn words(ty: &str) -> String {
    let mut out = String::new();
    let mut before = 'A';
    for c in ty.chars() {
        if c.is_uppercase() && before.is_lowercase() {
            out.push(' ');
        }
        before = c;
        out.extend(c.to_lowercase());
    }
    match out.is_empty() {
        true => "item".to_owned(),
        false => out,
    }
}

/// The end of an ARN, by which other logs call the same thing.
pub fn short_name(value: &str) -> Option<String> {
    let rest = value.strip_prefix("arn:")?;
    let resource = rest.splitn(5, ':').nth(4)?;
    let name = resource.rsplit(['/', ':']).next()?;
    (!name.is_empty() && name != "root" && name != "*").then(|| name.to_owned())
}

/// What one kind says of it in one role.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    /// Registry id.
    pub kind: String,
    /// Its place in [`IDENTITIES`]; `None` where it is named elsewhere.
    pub role: Option<usize>,
    pub count: u64,
    pub writes: u64,
    pub failed: u64,
    pub first_ns: Option<i64>,
    pub last_ns: Option<i64>,
    /// By bucket.
    pub calls: Vec<Calls>,
}

impl Told {
    /// `is the source`
    pub fn says(&self) -> &'static str {
        let role = self.role.and_then(|at| IDENTITIES.get(at));
        role.map_or("is named", |(_, words)| words)
    }

    /// Takes in the [`figures`] of one stretch of time.
    fn add(&mut self, time: &Value, figures: &[Value], buckets: Buckets) {
        let [count, writes, failed] = [0, 1, 2].map(|n| number(figures.get(n)));
        self.count += count;
        self.writes += writes;
        self.failed += failed;
        self.first_ns = earlier(self.first_ns, figures.get(3).and_then(Value::as_i64));
        self.last_ns = self.last_ns.max(figures.get(4).and_then(Value::as_i64));
        let slot = time.as_i64().map(|t| {
            t.saturating_sub(buckets.from_ns)
                .div_euclid(buckets.step_ns.max(1))
        });
        let mark = slot
            .and_then(|s| usize::try_from(s).ok())
            .and_then(|s| self.calls.get_mut(s));
        if let Some(mark) = mark {
            mark.writes += writes;
            mark.reads += count.saturating_sub(writes);
            mark.failed += failed;
        }
    }

    /// Whether it makes calls that a trail records.
    pub fn is_caller(&self) -> bool {
        let role = self.role.and_then(|at| IDENTITIES.get(at)).map(|r| r.0);
        self.kind == "cloudtrail" && matches!(role, Some(Role::Actor | Role::Credential) | None)
    }

    /// What people ask of a trail about a thing in this role.
    pub fn question(&self) -> Option<&'static Question> {
        let id = match IDENTITIES.get(self.role?)?.0 {
            Role::Actor => "refused",
            Role::Credential => "key",
            Role::Resource => "changed",
            _ => return None,
        };
        QUESTIONS.iter().find(|q| q.id == id)
    }

    /// Its records, as a filter.
    pub fn filter(&self, names: &[String]) -> Expr {
        let role = self.role.and_then(|at| IDENTITIES.get(at));
        role.map_or_else(|| elsewhere(names), |(role, _)| is(*role, names))
    }
}

fn number(value: Option<&Value>) -> u64 {
    u64::try_from(value.and_then(Value::as_i64).unwrap_or(0)).unwrap_or(0)
}

fn earlier(a: Option<i64>, b: Option<i64>) -> Option<i64> {
    [a, b].into_iter().flatten().min()
}

/// What each kind says in each role, the fullest first, out of the answers to [`ask_marks`].
pub fn told(answers: &[impl AsRef<Answer>], buckets: Buckets) -> Vec<Told> {
    let mut out: BTreeMap<(String, usize), Told> = BTreeMap::new();
    let roles = IDENTITIES.len();
    for (is_elsewhere, answer) in [false, true].into_iter().zip(answers) {
        for row in &answer.as_ref().rows {
            let [kind, time, rest @ ..] = row.as_slice() else {
                continue;
            };
            let (is, figures) = rest
                .split_at_checked(if is_elsewhere { 0 } else { roles })
                .unwrap_or_default();
            let places = is
                .iter()
                .enumerate()
                .filter(|(_, is)| **is == Value::Bool(true))
                .map(|(at, _)| at);
            for at in places.chain(is_elsewhere.then_some(roles)) {
                let kind = kind.to_text();
                let told = out.entry((kind.clone(), at)).or_insert_with(|| Told {
                    kind,
                    role: (at < roles).then_some(at),
                    calls: vec![Calls::default(); buckets.len],
                    ..Told::default()
                });
                told.add(time, figures, buckets);
            }
        }
    }
    let mut all: Vec<Told> = out.into_values().collect();
    all.sort_by(|a, b| {
        b.count
            .cmp(&a.count)
            .then_with(|| (&a.kind, a.role).cmp(&(&b.kind, b.role)))
    });
    all
}

/// The time that they span, with some room at either end.
pub fn span(all: &[Told]) -> Option<TimeRange> {
    let first = all.iter().filter_map(|t| t.first_ns).min()?;
    let last = all.iter().filter_map(|t| t.last_ns).max()?;
    let room = (last.saturating_sub(first) / 40).max(MINUTE);
    Some(TimeRange::new(
        first.saturating_sub(room),
        last.saturating_add(room),
    ))
}

/// The timeline: one lane a kind and role. `title` names kinds.
pub fn scene(
    frame: Frame,
    buckets: Buckets,
    all: &[Told],
    holes: &[Hole],
    title: impl Fn(&str) -> String,
) -> Scene {
    let lane = |told: &Told| Lane {
        name: title(&told.kind),
        detail: told.says().to_owned(),
        count: told.count,
        flag: None,
        marks: Marks::Density(told.calls.clone()),
        sessions: Vec::new(),
        insights: Vec::new(),
        signs: Vec::new(),
    };
    let lanes: Vec<Lane> = all.iter().map(lane).collect();
    chart::lanes(&Lanes {
        title: "Records by source",
        frame,
        buckets,
        lanes: &lanes,
        holes,
        names: true,
        selected: None,
    })
}

/// A value that stands beside it in records.
#[derive(Clone, Debug, PartialEq)]
pub struct Beside {
    pub value: String,
    /// Its place in the roles that were asked.
    pub role: usize,
    pub count: u64,
    pub failed: u64,
    pub first_ns: Option<i64>,
    pub last_ns: Option<i64>,
}

/// Values beside it, in the order in which they came first, out of one answer a role.
pub fn beside(names: &[String], answers: &[impl AsRef<Answer>]) -> Vec<Beside> {
    let mut out: BTreeMap<(usize, String), Beside> = BTreeMap::new();
    for (role, answer) in answers.iter().enumerate() {
        for row in &answer.as_ref().rows {
            let [value, rest @ ..] = row.as_slice() else {
                continue;
            };
            let items = match value {
                Value::Absent => continue,
                Value::List(items) => items.clone(),
                one => vec![one.to_text()],
            };
            for item in items.into_iter().filter(|i| !i.is_empty() && !names.contains(i)) {
                let one = out.entry((role, item.clone())).or_insert_with(|| Beside {
                    value: item,
                    role,
                    count: 0,
                    failed: 0,
                    first_ns: None,
                    last_ns: None,
                });
                one.count += number(rest.first());
                one.failed += number(rest.get(2));
                one.first_ns = earlier(one.first_ns, rest.get(3).and_then(Value::as_i64));
                one.last_ns = one.last_ns.max(rest.get(4).and_then(Value::as_i64));
            }
        }
    }
    let mut all: Vec<Beside> = out.into_values().collect();
    all.sort_by(|a, b| {
        let key = |b: &Beside| (b.first_ns.is_none(), b.first_ns);
        key(a)
            .cmp(&key(b))
            .then_with(|| (a.role, &a.value).cmp(&(b.role, &b.value)))
    });
    all
}

/// The filter that a person would type for one value of a role.
pub fn typed(role: Role, value: &str) -> Expr {
    Expr::Compare {
        field: role.word().to_owned(),
        op: Op::Eq,
        value: Value::from(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(rows: Vec<Vec<Value>>) -> Answer {
        Answer {
            rows,
            ..Answer::default()
        }
    }

    fn figures(count: i64, first: i64, last: i64) -> Vec<Value> {
        vec![
            count.into(),
            Value::Int(0),
            Value::Int(1),
            Value::Time(first),
            Value::Time(last),
        ]
    }

    #[test]
    fn a_form_is_told_by_sight() {
        assert_eq!(form("198.51.100.7"), Some("IPv4 address"));
        assert_eq!(form("2001:db8::7"), Some("IPv6 address"));
        assert_eq!(form("111122223333"), Some("AWS account"));
        assert_eq!(form("AKIAIOSFODNN7EXAMPLE"), Some("long-term access key"));
        assert_eq!(form("sg-0abc"), Some("security group"));
        assert_eq!(form("ana"), None);
        assert_eq!(form("11112222333"), None, "a digit short");
    }

    #[test]
    fn the_end_of_an_arn_is_a_name() {
        let name = |arn: &str| short_name(arn);
        assert_eq!(
            name("arn:aws:iam::111122223333:role/path/ops").as_deref(),
            Some("ops")
        );
        assert_eq!(name("arn:aws:s3:::the-bucket").as_deref(), Some("the-bucket"));
        assert_eq!(name("arn:aws:iam::111122223333:root"), None);
        assert_eq!(name("ops"), None);
    }

    #[test]
    fn each_source_tells_its_own_in_each_role() {
        // In the roles of these places of the list.
        let row = |kind: &str, at: i64, roles: &[usize], n: i64| {
            let mut row = vec![kind.into(), Value::Time(at)];
            row.extend((0..IDENTITIES.len()).map(|role| Value::Bool(roles.contains(&role))));
            row.extend(figures(n, at, at + 5));
            row
        };
        let roles = answer(vec![
            row("vpc-flow", 0, &[2], 2),
            row("vpc-flow", 0, &[2, 3], 1),
            row("vpc-flow", 10, &[2], 1),
            row("cloudtrail", 10, &[2], 9),
        ]);
        let elsewhere = answer(vec![vec!["config".into(), Value::Absent, Value::Int(2)]]);
        let buckets = Buckets {
            from_ns: 0,
            step_ns: 10,
            len: 2,
        };
        let all = told(&[roles, elsewhere].map(std::sync::Arc::new), buckets);
        let shown: Vec<_> = all
            .iter()
            .map(|t| (t.kind.as_str(), t.says(), t.count, t.failed))
            .collect();
        assert_eq!(
            shown,
            [
                ("cloudtrail", "is the source", 9, 1),
                ("vpc-flow", "is the source", 4, 3),
                ("config", "is named", 2, 0),
                ("vpc-flow", "is the destination", 1, 1),
            ]
        );
        assert_eq!((all[1].first_ns, all[1].last_ns), (Some(0), Some(15)));
        assert_eq!(all[1].calls.iter().map(|c| c.total()).collect::<Vec<_>>(), [3, 1]);
        assert_eq!(
            all[2].calls.iter().map(|c| c.total()).sum::<u64>(),
            0,
            "it has no time"
        );
    }

    #[test]
    fn what_stands_beside_comes_in_the_order_of_time_and_lists_are_taken_apart() {
        let row = |value: Value, n: i64, at: i64| {
            let mut row = vec![value];
            row.extend(figures(n, at, at));
            row
        };
        let mut answers: Vec<std::sync::Arc<Answer>> =
            BESIDE.iter().map(|_| std::sync::Arc::default()).collect();
        answers[0] = std::sync::Arc::new(answer(vec![row("ana".into(), 5, 30), row("me".into(), 5, 1)]));
        answers[4] = std::sync::Arc::new(answer(vec![
            row(Value::List(vec!["sg-1".into(), "vpc-1".into()]), 2, 20),
            row(Value::List(vec!["sg-1".into()]), 1, 10),
            row(Value::Absent, 9, 5),
        ]));
        let all = beside(&["me".to_owned()], &answers);
        let shown: Vec<_> = all
            .iter()
            .map(|b| (b.value.as_str(), b.count, b.first_ns))
            .collect();
        assert_eq!(
            shown,
            [
                ("sg-1", 3, Some(10)),
                ("vpc-1", 2, Some(20)),
                ("ana", 5, Some(30))
            ]
        );
    }

    #[test]
    fn a_thing_s_other_names_are_found_and_a_common_word_is_none() {
        let row = |ty: &str, id: &str, addresses: &[&str]| {
            vec![
                ty.into(),
                id.into(),
                "web".into(),
                Value::Absent,
                Value::List(addresses.iter().map(|a| (*a).to_owned()).collect()),
                Value::Int(1),
            ]
        };
        let one = answer(vec![
            row("Instance", "i-1", &["10.0.0.5"]),
            row("NetworkInterface", "eni-1", &["10.0.0.5"]),
        ]);
        let names: Vec<_> = aliases("i-1", &one)
            .into_iter()
            .map(|a| (a.name, a.is_own))
            .collect();
        let own = |name: &str, is_own| (name.to_owned(), is_own);
        assert_eq!(
            names,
            [own("10.0.0.5", true), own("eni-1", true), own("web", false)]
        );
        let many = answer((0..9).map(|n| row("Instance", &format!("i-{n}"), &[])).collect());
        assert_eq!(aliases("web", &many), []);
    }
}
