//! Sums in the place of records: what they keep is what views and rules ask for, and they fit into a report.

use flate2::{Compression, write::GzEncoder};
use std::collections::BTreeSet;
use std::io::Write;
use trailbeam::base::block::COUNT;
use trailbeam::base::time::DAY;
use trailbeam::base::{FieldType, Role};
use trailbeam::engine::local::Local;
use trailbeam::formats::{FORMATS, facts};
use trailbeam::query::{Agg, Answer, Partial, Place, Query, answer_now};
use trailbeam::rules::{RULES, Verdict, verdict};
use trailbeam::sample::{SAMPLE_FILES, make};
use trailbeam::share::aggregate::{Ask, Part, Summed, budget_rows, dims, finish, part};
use trailbeam::share::block::{Block, Cells};
use trailbeam::table::{RowSink, Shard, Stats};

/// The built-in sample, or the files of one kind in it, read.
fn sample(shards: usize, kind: Option<&str>) -> Local {
    let files = (0..SAMPLE_FILES).map(make);
    let files = files.filter(|f| kind.is_none_or(|k| k == f.kind));
    let mut local = Local::new(shards);
    local.open(files.map(|f| (f.name, f.bytes)).collect());
    local
}

fn everything() -> Query {
    Query::groups(&[], vec![], vec![Agg::Count])
}

fn summed(local: &Local, kind: &str) -> Summed {
    let ask = Ask::of(kind, everything());
    let mut all = Part::empty(&ask);
    for shard in local.shards() {
        all.merge(part(shard, &ask));
    }
    finish(all, budget_rows(kind))
}

/// A block's rows, as a reader of blocks writes them.
fn open(block: &Block, shard: &mut Shard) {
    let (pool, table) = shard.table_mut(facts(&block.kind).expect("a kind"));
    let mut stats = Stats::default();
    let mut sink = RowSink::new(pool, table, &mut stats, 0, 0);
    for row in 0..block.rows {
        for column in &block.columns {
            if column.name == COUNT {
                let Cells::Ints(counts) = &column.cells else {
                    panic!("counts are integers")
                };
                sink.weight(counts[row]);
                continue;
            }
            let field = sink.field(&column.name, column.ty);
            match &column.cells {
                Cells::Ints(v) if v[row] != i64::MIN => sink.int(field, v[row]),
                Cells::Floats(v) if !v[row].is_nan() => sink.float(field, v[row]),
                Cells::Texts { codes, texts } if codes[row] > 0 => {
                    sink.text(field, &texts[codes[row] as usize - 1]);
                }
                _ => sink.absent(field),
            }
        }
        sink.end(0, 0);
    }
    shard.seal();
}

fn ask_all<'a>(shards: impl Iterator<Item = &'a Shard>, query: &Query) -> Answer {
    let mut all = Partial::empty(query);
    shards.for_each(|s| all.merge(answer_now(s, query)));
    all.finish(query)
}

/// The columns one after another, gzipped: about what a Parquet file of them takes.
fn gzipped(block: &Block) -> usize {
    let mut plain = Vec::new();
    for column in &block.columns {
        plain.extend_from_slice(column.name.as_bytes());
        match &column.cells {
            Cells::Ints(v) => v.iter().for_each(|n| plain.extend_from_slice(&n.to_le_bytes())),
            Cells::Floats(v) => v.iter().for_each(|f| plain.extend_from_slice(&f.to_le_bytes())),
            Cells::Texts { codes, texts } => {
                codes
                    .iter()
                    .for_each(|c| plain.extend_from_slice(&c.to_le_bytes()));
                texts.iter().for_each(|t| plain.extend_from_slice(t));
            }
        }
    }
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(&plain).expect("memory takes all");
    gzip.finish().expect("memory takes all").len()
}

/// What a person reads of a verdict, without the names that are only some of many.
fn told(verdict: &Verdict) -> Vec<(String, u64)> {
    match verdict {
        Verdict::Fired(findings) => findings.iter().map(|f| (f.subject.clone(), f.count)).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn the_sample_s_sums_are_small_and_rules_say_of_them_what_they_say_of_records() {
    let local = sample(2, None);
    let mut reopened = Shard::default();
    let mut bytes = 0;
    for format in FORMATS {
        let kind = format.facts().id;
        let summed = summed(&local, kind);
        assert!(summed.block.rows <= budget_rows(kind), "{kind}");
        let count = Query::groups(&[kind], vec![], vec![Agg::Count]);
        assert_eq!(summed.records, ask_all(local.shards(), &count).matched, "{kind}");
        if summed.block.rows > 0 {
            bytes += gzipped(&summed.block);
            open(&summed.block, &mut reopened);
            let table = reopened.table(kind).expect("just opened");
            assert_eq!(table.shown(), summed.records, "{kind}");
        }
    }
    assert!(bytes < 200_000, "{bytes} bytes");

    for rule in RULES {
        let of_records: Vec<Answer> = rule.ask().iter().map(|q| ask_all(local.shards(), q)).collect();
        let of_sums: Vec<Answer> = rule
            .ask()
            .iter()
            .map(|q| ask_all(std::iter::once(&reopened), q))
            .collect();
        let id = rule.facts().id;
        let finer = ["failed-then-signed-in", "ingress-opened", "credentials-made"].contains(&id);
        match verdict(*rule, &of_sums) {
            Verdict::NotEvaluable { needs } => {
                assert!(finer, "{id} could not be evaluated");
                assert!(needs.contains("not shared"), "{id}: {needs}");
            }
            sums => assert_eq!(told(&sums), told(&verdict(*rule, &of_records)), "{id}"),
        }
    }
}

#[test]
fn a_rule_whose_field_is_folded_is_not_evaluated() {
    let local = sample(1, Some("vpc-flow"));
    let ask = Ask::of("vpc-flow", everything());
    let mut all = Part::empty(&ask);
    local.shards().for_each(|s| all.merge(part(s, &ask)));
    let few = finish(all, 2000);
    assert_eq!(few.width_ns, DAY);
    let folded: Vec<&str> = few.dropped.iter().map(|d| d.dim.as_str()).collect();
    assert!(
        folded.starts_with(&["srcaddr"]) || folded.contains(&"dstaddr"),
        "{folded:?}"
    );
    let mut reopened = Shard::default();
    open(&few.block, &mut reopened);
    let verdict_of = |id: &str| {
        let rule = trailbeam::rules::rule(id).expect("a rule");
        let answers: Vec<Answer> = rule
            .ask()
            .iter()
            .map(|q| ask_all(std::iter::once(&reopened), q))
            .collect();
        verdict(rule, &answers)
    };
    for id in ["port-scan", "large-outbound", "rejected-pairs"] {
        assert!(matches!(verdict_of(id), Verdict::NotEvaluable { .. }), "{id}");
    }
    assert!(matches!(verdict_of("flows-skipped"), Verdict::Fired(_)));
}

#[test]
fn every_dim_and_sum_is_a_field_of_its_kind() {
    for format in FORMATS {
        let facts = format.facts();
        let (by, sums) = dims(facts.id);
        assert!(!by.is_empty(), "{} is not shared in sums", facts.id);
        for name in by.iter().chain(sums) {
            assert!(facts.field(name).is_some(), "{}: {name}", facts.id);
        }
        for name in sums {
            let field = facts.fields.iter().find(|f| f.name == *name);
            assert_eq!(
                field.map(|f| f.ty),
                Some(FieldType::Integer),
                "{}: {name}",
                facts.id
            );
        }
        for role in [Role::Account, Role::Region] {
            let field = facts.role(role).map(|f| facts.fields[f].name);
            assert!(field.is_none_or(|f| by.contains(&f)), "{}: {field:?}", facts.id);
        }
    }
}

/// A row of a kind that stands for several records, with every field that is kept.
fn kept(kind: &str) -> Shard {
    let facts = facts(kind).expect("a kind");
    let mut shard = Shard::default();
    let (pool, table) = shard.table_mut(facts);
    let mut stats = Stats::default();
    let mut sink = RowSink::new(pool, table, &mut stats, 0, 0);
    let (by, sums) = dims(kind);
    let time = facts.role(Role::Time).map(|f| facts.fields[f].name);
    for name in by.iter().chain(sums).copied().chain(time) {
        sink.absent(facts.field(name).expect("a field"));
    }
    sink.weight(2);
    sink.end(0, 0);
    shard.seal();
    shard
}

/// What views and rules ask for and no sum keeps: "records were not shared".
const FINER: &[(&str, &str)] = &[
    // Names of what was called or changed: nearly as many as there are records.
    ("cloudtrail", "resource"),
    // Single events around a configuration item, and single items.
    ("cloudtrail", "eventID"),
    (
        "cloudtrail",
        "userIdentity.sessionContext.attributes.mfaAuthenticated",
    ),
    // What network activity events say of endpoints; sums know them by their type.
    ("cloudtrail", "eventCategory"),
    ("cloudtrail", "vpcEndpointId"),
    ("config", "relatedEvents"),
    ("config", "relationships"),
    // What a check's findings say one by one.
    ("trusted-advisor", "metadata"),
];

#[test]
fn what_views_and_rules_ask_for_is_kept_or_knowingly_finer() {
    use trailbeam::views::{config, findings, holes, traffic, trail};
    let key = config::model::ResourceKey::read("1/r/AWS::EC2::Instance/i-1");
    let item = config::history::Item {
        at_ns: 0,
        status: String::new(),
        related_events: vec!["e".into()],
        relationships: Vec::new(),
        place: Place {
            shard: 0,
            kind: String::new(),
            row: 0,
            member: 0,
            offset: 0,
            len: 0,
        },
    };
    let mut asked: Vec<Query> = RULES.iter().flat_map(|r| r.ask()).collect();
    for (kinds, width_ns) in holes::DELIVERED {
        asked.push(holes::ask_gaps(kinds, width_ns));
    }
    for (_, _, field) in trail::model::LANE_CHOICES {
        asked.push(trail::model::ask_values(field));
        let (lanes, others) = trail::model::ask_marks(field, &[], DAY);
        asked.extend([lanes, others, trail::signs::ask_endpoints(field, DAY)]);
    }
    asked.extend([
        findings::model::ask(),
        findings::model::ask_timeless(),
        findings::names::ask_names(),
        findings::names::ask_headings(),
        config::model::ask_types(Some(0)),
        config::model::ask_resources("t", "s", None),
        config::model::ask_resource(&key, None),
        config::model::ask_timeline(DAY),
        config::history::ask_history(&key),
        config::history::ask_compliance(&key),
        config::around::ask_around(&item, "i-1"),
        config::around::ask_known(vec!["i-1".into()]),
        config::related::ask_naming(&["i-1".into()], 0),
        config::related::ask_standing(&["i-1".into()], 0),
        traffic::model::ask_names(),
    ]);
    asked.extend(traffic::model::ask_owned());
    asked.extend(traffic::model::ports::ask_top());
    for (grouping, _) in traffic::model::GROUPINGS {
        for (measure, _) in traffic::model::MEASURES {
            let asking = traffic::model::Asked {
                grouping: grouping.into(),
                measure: measure.into(),
                ..Default::default()
            };
            asked.extend(asking.queries());
        }
    }
    let mut finer: BTreeSet<(String, String)> = BTreeSet::new();
    for query in &asked {
        assert!(!query.kinds.is_empty(), "{query:?}");
        for kind in &query.kinds {
            let facts = facts(kind).expect("a kind");
            let mut records = Shard::default();
            let (pool, table) = records.table_mut(facts);
            RowSink::new(pool, table, &mut Stats::default(), 0, 0).end(0, 0);
            records.seal();
            // What a record has not either is another kind's.
            let unknown = ask_all(std::iter::once(&records), query).unknown_fields;
            let lost = ask_all(std::iter::once(&kept(kind)), query).unknown_fields;
            let lost = lost.into_iter().filter(|f| !unknown.contains(f));
            finer.extend(lost.map(|f| (kind.clone(), f)));
        }
    }
    let knowingly = FINER
        .iter()
        .map(|(kind, name)| (kind.to_string(), name.to_string()));
    assert_eq!(finer, knowingly.collect());
}
