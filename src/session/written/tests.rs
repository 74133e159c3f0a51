//! Texts of typical questions, and that any question's text is read.

use super::*;
use crate::base::{FieldType, Role, Value};
use crate::language::insights::{Known, Program, parse};
use crate::query::{Sort, Window};
use proptest::prelude::*;

fn field(kind: &str, name: &str, ty: FieldType, role: Option<Role>) -> FieldState {
    FieldState {
        kind: kind.to_owned(),
        name: name.to_owned(),
        ty,
        role,
        unit: String::new(),
    }
}

fn loaded() -> Vec<FieldState> {
    use FieldType::*;
    vec![
        field("vpc-flow", "start", Time, Some(Role::Time)),
        field("vpc-flow", "end", Time, Some(Role::EndTime)),
        field("vpc-flow", "account-id", Text, Some(Role::Account)),
        field("vpc-flow", "srcaddr", Address, Some(Role::SourceAddress)),
        field("vpc-flow", "dstaddr", Address, Some(Role::DestinationAddress)),
        field("vpc-flow", "dstport", Integer, Some(Role::DestinationPort)),
        field("vpc-flow", "bytes", Integer, Some(Role::Bytes)),
        field("vpc-flow", "action", Text, Some(Role::Outcome)),
        field("cloudtrail", "eventTime", Time, Some(Role::Time)),
        field("cloudtrail", "eventName", Text, Some(Role::Action)),
        field("cloudtrail", "principal", Text, Some(Role::Actor)),
        field("cloudtrail", "recipientAccountId", Text, Some(Role::Account)),
        field(
            "cloudtrail",
            "sourceIPAddress",
            Address,
            Some(Role::SourceAddress),
        ),
        field("cloudtrail", "outcome", Text, None),
        field("cloudtrail", "readOnly", Bool, None),
        field("asff", "Types", List, None),
        field("asff", "account", Text, Some(Role::Account)),
    ]
}

fn written(query: &Query) -> Written {
    let written = insights_of(query, &loaded());
    read(&written.text);
    written
}

fn read(text: &str) -> Program {
    let loaded = loaded();
    let fields: Vec<&str> = loaded.iter().map(|f| f.name.as_str()).collect();
    let known = Known {
        kinds: &[],
        fields: &fields,
    };
    parse(text, &known).unwrap_or_else(|fault| panic!("{text}\n{fault:?}"))
}

/// The text of a question that lacks nothing and that AWS takes as it is.
fn text(query: &Query) -> String {
    let written = written(query);
    assert_eq!(written.lacks, Vec::<String>::new(), "{}", written.text);
    let warnings = read(&written.text).warnings;
    assert!(warnings.is_empty(), "{}\n{warnings:?}", written.text);
    written.text
}

fn filter(kinds: &[&str], filter: Expr) -> String {
    let text = text(&Query::groups(kinds, Vec::new(), vec![Agg::Count]).filter(filter));
    let line = text
        .lines()
        .find_map(|l| l.trim_start_matches("| ").strip_prefix("filter "));
    line.unwrap_or_default().to_owned()
}

fn lacks(query: &Query) -> Vec<String> {
    let written = written(query);
    for lack in &written.lacks {
        assert!(written.text.contains(&format!("# {lack}\n")), "{}", written.text);
    }
    written.lacks
}

fn by(name: &str) -> Key {
    Key::Field(name.to_owned())
}

fn compare(field: &str, op: Op, value: impl Into<Value>) -> Expr {
    Expr::Compare {
        field: field.to_owned(),
        op,
        value: value.into(),
    }
}

fn rows(kinds: &[&str], columns: &[&str], sort: &str, descending: bool) -> Query {
    Query {
        kinds: kinds.iter().map(|k| (*k).to_owned()).collect(),
        range: None,
        filter: Expr::All,
        select: Select::Rows(Rows {
            columns: columns.iter().map(|c| (*c).to_owned()).collect(),
            sort: Sort {
                field: sort.to_owned(),
                descending,
            },
            window: Window::Survey { step: 1 },
        }),
    }
}

#[test]
fn pairs_of_addresses() {
    let refused = Expr::eq("action", "REJECT");
    let aggs = vec![
        Agg::Sum("bytes".into()),
        Agg::SumIf("bytes".into(), refused.clone()),
        Agg::CountIf(refused),
    ];
    let query = Query::groups(&["vpc-flow"], vec![by("srcaddr"), by("dstaddr")], aggs);
    assert_eq!(
        text(&query.filter(Expr::exists("srcaddr"))),
        "SOURCE vpc-flow
| filter ispresent(srcaddr)
| stats sum(bytes) as sum_bytes, sum(if(action = \"REJECT\", bytes, 0)) as sum_bytes_reject, \
sum(action = \"REJECT\") as count_reject by srcaddr, dstaddr
| sort sum_bytes desc
| limit 1000"
    );
}

#[test]
fn pairs_of_networks() {
    let network = |field: &str| Key::Network {
        field: field.to_owned(),
        v4_bits: 24,
        v6_bits: 64,
    };
    let query = Query::groups(&["vpc-flow"], vec![network("srcaddr")], vec![Agg::Count]);
    let written = written(&query);
    assert_eq!(
        written.text,
        "# IPv6 addresses of srcaddr are not cut to networks of 64 bits.
SOURCE vpc-flow
| stats count(*) as count by regexReplace(srcaddr, \"[.][0-9]+$\", \".0/24\") as srcaddr_net
| sort count desc
| limit 1000"
    );
    assert_eq!(
        written.lacks,
        ["IPv6 addresses of srcaddr are not cut to networks of 64 bits."]
    );
    let odd = Key::Network {
        field: "srcaddr".into(),
        v4_bits: 20,
        v6_bits: 128,
    };
    let query = Query::groups(&["vpc-flow"], vec![odd], vec![Agg::Count]);
    assert_eq!(
        lacks(&query),
        ["srcaddr is grouped by address: networks of 20 bits can not be said."]
    );
}

#[test]
fn calls_over_time() {
    let read = Expr::eq("readOnly", Value::Bool(true));
    let aggs = vec![
        Agg::CountIf(read),
        Agg::Count,
        Agg::CountIf(Expr::eq("outcome", "failed")),
    ];
    let keys = vec![by("principal"), Key::Time { width_ns: 5 * MINUTE }];
    let query = Query::groups(&["cloudtrail"], keys, aggs)
        .order(Order::Key)
        .limit(200_000);
    assert_eq!(
        text(&query),
        "SOURCE cloudtrail
| stats sum(readOnly = true) as count_readOnly, count(*) as count, sum(outcome = \"failed\") as count_failed \
by principal, bin(5m) as time
| sort principal, time
| limit 100000"
    );
}

#[test]
fn records_of_any_kind_by_what_a_word_means_in_each() {
    let query = rows(
        &[],
        &["@timestamp", "@kind", "action", "account", "actor", "@member"],
        "eventTime",
        true,
    );
    assert_eq!(
        text(&query),
        "fields @timestamp, @kind, coalesce(action, eventName) as any_action, \
coalesce(`account-id`, recipientAccountId, account) as any_account, principal, @source
| sort @timestamp desc
| limit 1000"
    );
    let query = Query::groups(&["vpc-flow", "cloudtrail"], vec![by("source")], vec![Agg::Count]);
    assert_eq!(
        text(&query),
        "SOURCE vpc-flow, cloudtrail
| stats count(*) as count by coalesce(srcaddr, sourceIPAddress) as source
| sort count desc
| limit 1000"
    );
}

#[test]
fn records_of_one_kind() {
    let query = rows(
        &["vpc-flow"],
        &["account-id", "userIdentity.accessKeyId", "in"],
        "account",
        false,
    );
    assert_eq!(
        text(&query.filter(Expr::eq("dstport", "443"))),
        "SOURCE vpc-flow
| filter dstport = 443
| fields @timestamp, `account-id`, userIdentity.accessKeyId, `in`
| sort `account-id`
| limit 1000"
    );
}

#[test]
fn every_aggregate_and_key() {
    let name = || "bytes".to_owned();
    let aggs = vec![
        Agg::Min(name()),
        Agg::Max(name()),
        Agg::Distinct("a.b".into()),
        Agg::Earliest(name()),
        Agg::Latest(name()),
        Agg::Some(name(), 3),
        Agg::Some("action".into(), 1),
        Agg::Count,
        Agg::Count,
    ];
    let keys = vec![
        Key::Kind,
        Key::Member,
        Key::If(Expr::exists("errorCode")),
        Key::First(vec![by("vpc-id"), by("srcaddr")]),
        by("srcaddr"),
        by("srcaddr"),
    ];
    assert_eq!(
        text(&Query::groups(&["vpc-flow"], keys, aggs).order(Order::Asc(7))),
        "SOURCE vpc-flow
| stats min(bytes) as min_bytes, max(bytes) as max_bytes, count_distinct(a.b) as distinct_b, \
earliest(bytes) as first_bytes, latest(bytes) as last_bytes, values(bytes) as some_bytes, values(action) as some_action, \
count(*) as count by @kind, @source, if(ispresent(errorCode), 1, 0) as is_errorCode, \
coalesce(`vpc-id`, srcaddr) as vpc_id, srcaddr
| sort count
| limit 1000"
    );
}

#[test]
fn widths_are_spelled_in_the_longest_unit() {
    let width = |width_ns: i64| {
        let query = Query::groups(&[], vec![Key::Time { width_ns }], vec![Agg::Count]);
        let found = written(&query);
        let at = found.text.find("bin(").unwrap();
        let period = found.text[at..].split([')', '(']).nth(1).unwrap();
        (period.to_owned(), found.lacks.len())
    };
    let exact = |text: &str| (text.to_owned(), 0);
    assert_eq!(width(MINUTE), exact("1m"));
    assert_eq!(width(60 * MINUTE), exact("1h"));
    assert_eq!(width(24 * HOUR), exact("1d"));
    assert_eq!(width(7 * DAY), exact("7d"));
    assert_eq!(width(365 * DAY), exact("365d"));
    assert_eq!(width(SECOND / 4), exact("250ms"));
    assert_eq!(width(45 * SECOND), exact("45s"));
    assert_eq!(width(0), ("1ms".to_owned(), 1));
    assert_eq!(width(90 * SECOND).1, 1);
    assert_eq!(width(90 * MINUTE), ("2h".to_owned(), 1));
    assert_eq!(width(i64::MAX).1, 1);
}

#[test]
fn conditions() {
    let eq = |f: &str, v: &str| Expr::eq(f, v);
    let flow = |e| filter(&["vpc-flow"], e);
    assert_eq!(flow(eq("action", "a \"b\"")), r#"action = "a \"b\"""#);
    assert_eq!(flow(!eq("action", "x")), r#"action != "x""#);
    assert_eq!(flow(Expr::eq("bytes", -5)), "bytes = -5");
    assert_eq!(
        flow(Expr::eq("account-id", 111_122_223_333)),
        "`account-id` = \"111122223333\""
    );
    assert_eq!(flow(eq("dstport", "0443")), "dstport = \"0443\"");
    assert_eq!(
        flow(eq("srcaddr", "10.0.0.0/8")),
        "isIpInSubnet(srcaddr, \"10.0.0.0/8\")"
    );
    assert_eq!(
        flow(Expr::ne("srcaddr", "10.0.0.0/8")),
        "not isIpInSubnet(srcaddr, \"10.0.0.0/8\")"
    );
    assert_eq!(flow(eq("action", "10.0.0.0/8")), "action = \"10.0.0.0/8\"");
    assert_eq!(
        flow(Expr::any_of("dstport", &["22", "x"])),
        "dstport in [22, \"x\"]"
    );
    assert_eq!(flow(!Expr::any_of("action", &["a"])), "action not in [\"a\"]");
    assert_eq!(
        flow(Expr::any_of("srcaddr", &["10.0.0.0/8", "::1"])),
        "isIpInSubnet(srcaddr, \"10.0.0.0/8\") or srcaddr in [\"::1\"]"
    );
    assert_eq!(
        flow(compare("action", Op::Contains, "a/b.c")),
        r"action like /(?i)a\/b\.c/"
    );
    assert_eq!(
        flow(compare("action", Op::NotContains, "$")),
        r"action not like /(?i)\$/"
    );
    assert_eq!(
        flow(compare("action", Op::StartsWith, "re")),
        "startsWith(action, \"re\")"
    );
    assert_eq!(flow(Expr::Text("[x] y".into())), r"@message like /(?i)\[x\] y/");
    assert_eq!(flow(Expr::eq("action", Value::Absent)), "not ispresent(action)");
    assert_eq!(flow(Expr::ne("action", Value::Absent)), "ispresent(action)");
    assert_eq!(flow(Expr::All), "");
    assert_eq!(flow(Expr::Or(vec![])), "false");
    assert_eq!(
        flow(compare("start", Op::Ge, Value::Time(5 * SECOND))),
        "toMillis(@timestamp) >= 5000"
    );
    assert_eq!(
        flow(!compare("time", Op::Ge, "1970-01-01T00:00:05Z")),
        "not toMillis(@timestamp) >= 5000"
    );
    assert_eq!(
        filter(&["other"], compare("t", Op::Lt, Value::Time(SECOND))),
        "toMillis(t) < 1000"
    );
    assert_eq!(
        filter(&["cloudtrail"], Expr::eq("readOnly", Value::Bool(false))),
        "readOnly = false"
    );
    let finding = |e| filter(&["asff"], e);
    assert_eq!(finding(eq("Types", "x")), "\"x\" in Types");
    assert_eq!(finding(Expr::ne("Types", "x")), "\"x\" not in Types");
    assert_eq!(
        finding(compare("Types", Op::Contains, "x")),
        "jsonStringify(Types) like /(?i)x/"
    );
    assert_eq!(
        finding(compare("Types", Op::StartsWith, "x")),
        "jsonStringify(Types) like /\"x/"
    );
}

#[test]
fn parentheses_stand_only_where_they_are_needed() {
    let [a, b, c] = ["a", "b", "c"].map(|n| Expr::eq(n, 1));
    let and = Expr::And(vec![a.clone(), b.clone()]);
    let or = Expr::Or(vec![a.clone(), b]);
    assert_eq!(
        filter(&[], Expr::Or(vec![and.clone(), c.clone()])),
        "a = 1 and b = 1 or c = 1"
    );
    assert_eq!(
        filter(&[], Expr::And(vec![or.clone(), c.clone()])),
        "(a = 1 or b = 1) and c = 1"
    );
    assert_eq!(
        filter(&[], Expr::And(vec![and.clone(), c.clone()])),
        "a = 1 and b = 1 and c = 1"
    );
    assert_eq!(filter(&[], !and), "not (a = 1 and b = 1)");
    assert_eq!(filter(&[], !!a), "a = 1");
    assert_eq!(
        filter(&[], Expr::And(vec![!or, !c])),
        "not (a = 1 or b = 1) and c != 1"
    );
}

#[test]
fn what_has_no_words_is_told() {
    let count = |filter: Expr| Query::groups(&[], vec![by("a")], vec![Agg::Count]).filter(filter);
    let query = count(Expr::eq("@offset", 5).and(Expr::eq("a", 1)));
    assert_eq!(
        lacks(&query),
        ["The language has no word for @offset: what asks for it is left out."]
    );
    assert!(written(&query).text.contains("\nfilter a = 1\n"));
    // A part of an alternative can not be left out alone.
    let query = count(Expr::Or(vec![Expr::eq("@member", 5), Expr::eq("a", 1)]));
    assert!(!written(&query).text.contains("filter"));
    assert_eq!(lacks(&count(compare("end", Op::Lt, Value::Time(0)))).len(), 1);
    assert_eq!(lacks(&count(compare("Types", Op::Lt, "x"))).len(), 1);
    assert_eq!(lacks(&count(Expr::eq("a", Value::Float(f64::NAN)))).len(), 1);
    assert_eq!(lacks(&count(Expr::eq("a`b", 1))).len(), 1);
    let query = Query::groups(&[], vec![by("a")], vec![Agg::Sum("@offset".into())]);
    assert!(
        written(&query)
            .text
            .ends_with("\nstats count(*) as count by a\n| sort count desc\n| limit 1000")
    );
}

#[test]
fn a_text_is_never_longer_or_deeper_than_the_language_reads() {
    let values: Vec<String> = (0..2000).map(|n| format!("value {n}")).collect();
    let long = Expr::In {
        field: "a".into(),
        values,
    };
    let query = Query::groups(&[], vec![by("a")], vec![Agg::Count]).filter(long.clone());
    assert_eq!(lacks(&query).len(), 1);
    assert!(written(&query).text.contains("stats count(*) as count by a"));
    let query = Query::groups(&[], vec![by("a")], vec![Agg::CountIf(long)]);
    assert_eq!(lacks(&query).len(), 2);
    let mut deep = Expr::eq("a", 1);
    for _ in 0..60 {
        deep = Expr::Or(vec![
            Expr::And(vec![deep.clone(), Expr::eq("b", 1)]),
            Expr::eq("c", 1),
        ]);
        deep = Expr::And(vec![deep, Expr::eq("d", 1)]);
    }
    let query =
        Query::groups(&[], vec![], vec![Agg::CountIf(deep.clone())]).filter(Expr::Or(vec![deep, Expr::All]));
    assert_eq!(lacks(&query).len(), 1);
}

const NAMES: &[&str] = &[
    "a",
    "action",
    "account",
    "source",
    "time",
    "kind",
    "bytes",
    "start",
    "end",
    "Types",
    "tags.0.x",
    "in",
    "as",
    "not",
    "true",
    "desc",
    "asc",
    "by",
    "count",
    "sum",
    "limit",
    "rate",
    "account-id",
    "lineItem/UsageType",
    "a b",
    "ü",
    "x`y",
    "@",
    "@@x",
    "@.x",
    "a.",
    ".",
    "",
    "0",
    "5m",
    "@timestamp",
    "@kind",
    "@member",
    "@offset",
    "@message",
    "time_2",
    "#",
    "\"",
    "a\nb",
];

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(NAMES).prop_map(str::to_owned),
        1 => "\\PC{0,6}",
    ]
}

fn some_text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("10.0.0.0/8".to_owned()),
        Just("2026-11-11T01:00:00Z".to_owned()),
        Just("443".to_owned()),
        Just("::1".to_owned()),
        ".{0,8}",
        "[\\\\/\"'`#|.*+?()\\[\\]{}^$\n-]{0,6}",
    ]
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Absent),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        any::<i128>().prop_map(Value::Big),
        any::<f64>().prop_map(Value::Float),
        any::<i64>().prop_map(Value::Time),
        some_text().prop_map(Value::Text),
        prop::collection::vec(some_text(), 0..3).prop_map(Value::List),
    ]
}

fn op() -> impl Strategy<Value = Op> {
    use Op::*;
    prop::sample::select(&[Eq, Ne, Contains, NotContains, StartsWith, Lt, Le, Gt, Ge][..])
}

fn expr() -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![
        Just(Expr::All),
        name().prop_map(|field| Expr::Exists { field }),
        some_text().prop_map(Expr::Text),
        (name(), prop::collection::vec(some_text(), 0..4))
            .prop_map(|(field, values)| Expr::In { field, values }),
        (name(), op(), value()).prop_map(|(field, op, value)| Expr::Compare { field, op, value }),
    ];
    leaf.prop_recursive(5, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Expr::And),
            prop::collection::vec(inner.clone(), 0..4).prop_map(Expr::Or),
            inner.prop_map(|e| Expr::Not(Box::new(e))),
        ]
    })
}

fn key() -> impl Strategy<Value = Key> {
    let leaf = prop_oneof![
        3 => name().prop_map(Key::Field),
        1 => any::<i64>().prop_map(|width_ns| Key::Time { width_ns }),
        1 => (name(), any::<u8>(), any::<u8>())
            .prop_map(|(field, v4_bits, v6_bits)| Key::Network { field, v4_bits, v6_bits }),
        1 => Just(Key::Kind),
        1 => Just(Key::Member),
        1 => name().prop_map(|field| Key::Scale { field }),
        1 => expr().prop_map(Key::If),
    ];
    leaf.prop_recursive(2, 4, 3, |inner| {
        prop::collection::vec(inner, 0..3).prop_map(Key::First)
    })
}

fn agg() -> impl Strategy<Value = Agg> {
    prop_oneof![
        Just(Agg::Count),
        expr().prop_map(Agg::CountIf),
        (name(), expr()).prop_map(|(f, e)| Agg::SumIf(f, e)),
        name().prop_map(Agg::Sum),
        name().prop_map(Agg::Min),
        name().prop_map(Agg::Max),
        name().prop_map(Agg::Distinct),
        name().prop_map(Agg::Earliest),
        name().prop_map(Agg::Latest),
        (name(), 0usize..5).prop_map(|(f, n)| Agg::Some(f, n)),
    ]
}

fn select() -> impl Strategy<Value = Select> {
    let order = prop_oneof![
        (0usize..4).prop_map(Order::Desc),
        (0usize..4).prop_map(Order::Asc),
        Just(Order::Key),
    ];
    let groups = (
        prop::collection::vec(key(), 0..4),
        prop::collection::vec(agg(), 0..4),
        order,
        any::<usize>(),
    );
    let groups = groups.prop_map(|(by, aggs, order, limit)| {
        Select::Groups(Groups {
            by,
            aggs,
            order,
            limit,
        })
    });
    let rows = (prop::collection::vec(name(), 0..5), name(), any::<bool>());
    let rows = rows.prop_map(|(columns, field, descending)| {
        Select::Rows(Rows {
            columns,
            sort: Sort { field, descending },
            window: Window::Survey { step: 1 },
        })
    });
    prop_oneof![2 => groups, 1 => rows]
}

fn query() -> impl Strategy<Value = Query> {
    let kind = prop::sample::select(&["vpc-flow", "cloudtrail", "asff", "7z", "a b", "\"", ""][..]);
    let kinds = prop::collection::vec(kind.prop_map(str::to_owned), 0..3);
    (kinds, expr(), select()).prop_map(|(kinds, filter, select)| Query {
        kinds,
        range: None,
        filter,
        select,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_question_is_written_so_that_it_is_read(query in query(), knows in any::<bool>()) {
        let known = if knows { loaded() } else { Vec::new() };
        let written = insights_of(&query, &known);
        let program = read(&written.text);
        prop_assert_eq!(program.source(), &query.kinds[..]);
        prop_assert!(read(&program.print()).is_same(&program), "{}", written.text);
        prop_assert_eq!(insights_of(&query, &known), written);
    }
}
