use super::oracle::*;
use super::*;
use crate::base::time::SECOND;
use proptest::prelude::*;

const NAMES: &[&str] = &[
    "start",
    "srcaddr",
    "dstport",
    "DSTPORT",
    "destination-port",
    "action",
    "bytes",
    "score",
    "sampled",
    "tags",
    "cost",
    "eventName",
    "errorCode",
    "outcome",
    "source",
    "time",
    "nope",
    "@kind",
    "@timestamp",
    "@member",
];
const TEXTS: &[&str] = &[
    "",
    "a",
    "A",
    "ab",
    "b",
    "REJECT",
    "ACCEPT",
    "22",
    "443",
    "7.5",
    "-1",
    "true",
    "é",
    "test-flow",
];
const ADDRESSES: &[&str] = &[
    "10.0.0.1",
    "10.1.2.3",
    "11.0.0.1",
    "2001:db8::1",
    "2001:db8:0::1",
    "2001:db9::1",
    "db.example.com",
    "",
];
const NEEDLES: &[&str] = &[
    "10.0.0.0/8",
    "2001:db8::/32",
    "2001:DB8::1",
    "1970-01-01T00:00:01Z",
    "1",
    "0",
    "false",
    "1.25",
    "re",
    "10.",
];

fn some(of: &'static [&'static str]) -> impl Strategy<Value = Value> {
    prop::sample::select(of).prop_map(Value::from)
}

fn maybe(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    prop_oneof![1 => Just(Value::Absent), 4 => value]
}

fn int() -> impl Strategy<Value = Value> {
    prop_oneof![prop::sample::select(&[22i64, 443, -1, 0, 1, 70_000][..]).prop_map(Value::Int)]
}

fn float() -> impl Strategy<Value = Value> {
    prop::sample::select(&[-1.0, 0.5, 1.0, 1.25, 7.5, 22.0][..]).prop_map(Value::Float)
}

fn decimal() -> impl Strategy<Value = Value> {
    // Halves and quarters, which floats hold as well: what is worked out beside them is.
    let quarters = prop::sample::select(&[-4i128, 0, 2, 4, 5, 88, 1772][..]);
    quarters.prop_map(|n| Value::Decimal(n * crate::base::decimal::ONE / 4))
}

fn time() -> impl Strategy<Value = Value> {
    (0i64..8).prop_map(|n| Value::Time(n * SECOND / 2 - SECOND))
}

fn list() -> impl Strategy<Value = Value> {
    let item = prop::sample::select(&["a", "b", "22", "Reject"][..]);
    prop::collection::vec(item.prop_map(str::to_owned), 1..3).prop_map(Value::List)
}

fn row() -> impl Strategy<Value = TestRow> {
    let flow = (
        maybe(time()),
        maybe(some(ADDRESSES)),
        maybe(int()),
        maybe(some(TEXTS)),
        maybe(int()),
        maybe(float()),
        maybe(any::<bool>().prop_map(Value::Bool)),
        maybe(list()),
        maybe(decimal()),
    )
        .prop_map(|(a, b, c, d, e, f, g, h, i)| (&FLOW, vec![a, b, c, d, e, f, g, h, i]));
    let trail = (
        maybe(time()),
        maybe(some(TEXTS)),
        maybe(some(TEXTS)),
        maybe(some(ADDRESSES)),
        maybe(float()),
        maybe(some(TEXTS)),
    )
        .prop_map(|(a, b, c, d, e, f)| (&TRAIL, vec![a, b, c, d, e, f]));
    let kind = prop_oneof![2 => flow, 1 => trail];
    let weight = prop_oneof![2 => Just(None), 1 => (1i64..5).prop_map(Some)];
    (kind, 0u32..3, prop::bool::weighted(0.1), weight).prop_map(|((kind, cells), member, hidden, weight)| {
        TestRow {
            kind,
            cells: kind
                .fields
                .iter()
                .map(|f| f.name)
                .zip(cells)
                .filter(|(_, v)| !v.is_absent())
                .collect(),
            member,
            hidden,
            weight,
        }
    })
}

fn shards() -> impl Strategy<Value = Vec<Vec<TestRow>>> {
    prop::collection::vec(prop::collection::vec(row(), 0..25), 1..4)
}

/// Rows, and the same rows in another order in up to four shards.
fn dealt() -> impl Strategy<Value = (Vec<TestRow>, Vec<Vec<TestRow>>)> {
    let rows = prop::collection::vec((row(), 0usize..4), 0..60);
    let shuffled = rows.prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle()));
    (shuffled, 1usize..5).prop_map(|((rows, shuffled), shards)| {
        let mut dealt = vec![Vec::new(); shards];
        for (row, to) in shuffled {
            dealt[to % shards].push(row);
        }
        (rows.into_iter().map(|(row, _)| row).collect(), dealt)
    })
}

fn built(rows: &[Vec<TestRow>]) -> Vec<Shard> {
    rows.iter().map(|rows| shard(rows, 6)).collect()
}

fn name() -> impl Strategy<Value = String> {
    prop::sample::select(NAMES).prop_map(str::to_owned)
}

fn op() -> impl Strategy<Value = Op> {
    use Op::*;
    prop::sample::select(&[Eq, Ne, Contains, NotContains, StartsWith, Lt, Le, Gt, Ge][..])
}

fn text_value() -> impl Strategy<Value = Value> {
    prop_oneof![some(TEXTS), some(ADDRESSES), some(NEEDLES)]
}

pub(super) fn expr() -> impl Strategy<Value = Expr> {
    let value = prop_oneof![
        6 => text_value(),
        1 => int(),
        1 => float(),
        1 => time(),
        1 => any::<bool>().prop_map(Value::Bool),
        1 => Just(Value::Absent),
    ];
    let texts = || text_value().prop_map(|v| v.to_text());
    let leaf = prop_oneof![
        1 => Just(Expr::All),
        8 => (name(), op(), value).prop_map(|(field, op, value)| Expr::Compare { field, op, value }),
        2 => (name(), prop::collection::vec(texts(), 0..4)).prop_map(|(field, values)| Expr::In { field, values }),
        1 => name().prop_map(|field| Expr::Exists { field }),
        1 => texts().prop_map(Expr::Text),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::Or),
            inner.prop_map(|e| Expr::Not(Box::new(e))),
        ]
    })
}

fn key() -> impl Strategy<Value = Key> {
    let leaf = prop_oneof![
        4 => name().prop_map(Key::Field),
        1 => prop::sample::select(&[1, SECOND, 3 * SECOND][..]).prop_map(|width_ns| Key::Time { width_ns }),
        1 => (name(), 0u8..=32, 0u8..=128).prop_map(|(field, v4_bits, v6_bits)| Key::Network { field, v4_bits, v6_bits }),
        1 => Just(Key::Kind),
        1 => Just(Key::Member),
        1 => name().prop_map(|field| Key::Scale { field }),
        1 => expr().prop_map(Key::If),
    ];
    leaf.prop_recursive(1, 3, 3, |inner| {
        prop::collection::vec(inner, 0..3).prop_map(Key::First)
    })
}

/// Aggregates that can be told of several groups together.
fn common_agg() -> impl Strategy<Value = Agg> {
    prop_oneof![
        Just(Agg::Count),
        expr().prop_map(Agg::CountIf),
        name().prop_map(Agg::Sum),
        (name(), expr()).prop_map(|(f, e)| Agg::SumIf(f, e)),
        name().prop_map(Agg::Min),
        name().prop_map(Agg::Max),
        name().prop_map(Agg::Distinct),
    ]
}

/// Aggregates that do not depend on whether a row is one or stands for several.
fn countable_agg() -> impl Strategy<Value = Agg> {
    prop_oneof![
        Just(Agg::Count),
        expr().prop_map(Agg::CountIf),
        name().prop_map(Agg::Min),
        name().prop_map(Agg::Max),
        name().prop_map(Agg::Distinct),
        name().prop_map(Agg::Earliest),
        name().prop_map(Agg::Latest),
        (name(), 0usize..4).prop_map(|(f, n)| Agg::Some(f, n)),
    ]
}

fn agg() -> impl Strategy<Value = Agg> {
    prop_oneof![
        7 => common_agg(),
        1 => name().prop_map(Agg::Earliest),
        1 => name().prop_map(Agg::Latest),
        1 => (name(), 0usize..4).prop_map(|(f, n)| Agg::Some(f, n)),
    ]
}

/// Every aggregate, those that may have ties about as often as the others.
fn any_agg() -> impl Strategy<Value = Agg> {
    prop_oneof![countable_agg(), common_agg()]
}

fn scope() -> impl Strategy<Value = Query> {
    let kinds = prop_oneof![
        2 => Just(vec![]),
        1 => Just(vec![TRAIL.id.to_owned()]),
        1 => Just(vec![TRAIL.id.to_owned(), FLOW.id.to_owned()]),
    ];
    let range = prop_oneof![
        Just(None),
        (-2i64..4, 0i64..4).prop_map(|(a, n)| Some(TimeRange::new(a * SECOND, (a + n) * SECOND))),
    ];
    (kinds, range, prop_oneof![1 => Just(Expr::All), 3 => expr()]).prop_map(|(kinds, range, filter)| Query {
        kinds,
        range,
        filter,
        ..Query::groups(&[], vec![], vec![])
    })
}

fn group_question(agg: impl Strategy<Value = Agg>) -> impl Strategy<Value = Query> {
    let order = prop_oneof![
        (0usize..3).prop_map(Order::Desc),
        (0usize..3).prop_map(Order::Asc),
        Just(Order::Key),
    ];
    let keys = prop::collection::vec(key(), 0..4);
    let limit = prop_oneof![0usize..5, Just(1000)];
    (scope(), keys, prop::collection::vec(agg, 0..4), order, limit).prop_map(
        |(scope, by, aggs, order, limit)| Query {
            select: Select::Groups(Groups {
                by,
                aggs,
                order,
                limit,
            }),
            ..scope
        },
    )
}

fn row_question() -> impl Strategy<Value = Query> {
    (
        scope(),
        name(),
        any::<bool>(),
        prop::collection::vec(name(), 1..4),
    )
        .prop_map(|(scope, field, descending, columns)| Query {
            select: Select::Rows(Rows {
                columns,
                sort: Sort { field, descending },
                window: Window::Survey { step: 1 },
            }),
            ..scope
        })
}

fn with_window(query: &Query, window: Window) -> Query {
    let mut query = query.clone();
    if let Select::Rows(rows) = &mut query.select {
        rows.window = window;
    }
    query
}

fn merged(query: &Query, parts: &[&Partial]) -> Partial {
    let mut all = Partial::empty(query);
    parts.iter().for_each(|p| all.merge((*p).clone()));
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn groups_are_those_of_the_rows(rows in shards(), query in group_question(agg())) {
        let Select::Groups(question) = &query.select else { unreachable!() };
        let seen = seen(&rows);
        let picked = selected(&seen, &query);
        let mut answer = ask(&built(&rows), &query).finish(&query);
        prop_assert_eq!(answer.matched, records(&picked));
        for row in &mut answer.rows {
            loosely(row, question.by.len(), &question.aggs);
        }
        if let Some(other) = &mut answer.other {
            loosely(other, 0, &question.aggs);
        }
        let (want_rows, want_groups, want_other) = groups(&picked, question);
        prop_assert_eq!(answer.rows, want_rows);
        prop_assert_eq!(answer.groups, want_groups);
        prop_assert_eq!(answer.other, want_other);
    }

    #[test]
    fn merging_is_associative_and_in_any_order(rows in shards(), query in prop_oneof![group_question(agg()).boxed(), row_question().boxed()]) {
        let query = with_window(&query, Window::From { start: None, count: 7 });
        let parts: Vec<Partial> = built(&rows)
            .iter()
            .enumerate()
            .map(|(at, s)| ask_one(s, at as u32, &query, &mut RowCache::default()))
            .chain([Partial::empty(&query), Partial::empty(&query)])
            .collect();
        let (a, b, c) = (&parts[0], &parts[1], &parts[2]);
        let want = merged(&query, &[a, b, c]).finish(&query);
        let b_c = merged(&query, &[b, c]);
        prop_assert_eq!(&merged(&query, &[a, &b_c]).finish(&query), &want);
        prop_assert_eq!(&merged(&query, &[&b_c, a]).finish(&query), &want);
        let mut begun = c.clone();
        begun.merge(a.clone());
        begun.merge(b.clone());
        prop_assert_eq!(&begun.finish(&query), &want);
    }

    // Sums too are equal: the floats in these rows lose nothing when they are added.
    #[test]
    fn any_split_in_any_order_says_what_the_whole_says((rows, dealt) in dealt(), query in group_question(any_agg())) {
        prop_assert_eq!(
            ask(&built(&dealt), &query).finish(&query),
            ask(&built(&[rows]), &query).finish(&query)
        );
    }

    #[test]
    fn windows_are_exact_at_any_offset(rows in shards(), query in row_question(), step in 1usize..6, offset in 0u64..60, count in 0usize..9) {
        let Select::Rows(question) = &query.select else { unreachable!() };
        let seen = seen(&rows);
        let (sums, picked): (Vec<&Seen<'_>>, Vec<_>) =
            selected(&seen, &query).into_iter().partition(|s| s.row.weight.is_some());
        let want = ordered(&picked, question);
        let shards = built(&rows);
        let mut caches: Vec<RowCache> = shards.iter().map(|_| RowCache::default()).collect();
        let mut asked = |query: &Query| {
            let mut all = Partial::empty(query);
            for (at, (shard, cache)) in shards.iter().zip(&mut caches).enumerate() {
                all.merge(sent(&ask_one(shard, at as u32, query, cache)));
            }
            all
        };
        let query = with_window(&query, Window::Survey { step });
        let survey = asked(&query);
        prop_assert_eq!(survey.matched(), want.len() as u64);
        prop_assert_eq!(survey.unlisted(), records(&sums));
        let plan = window::plan(&survey, &query, offset, count);
        let partial = asked(&plan.query(&query));
        let answer = window::assemble(partial, &query, offset, count);
        let start = (offset as usize).min(want.len());
        let end = (start + count).min(want.len());
        prop_assert_eq!(&answer.rows, &want[start..end]);
        prop_assert_eq!(answer.before, start as u64);
        prop_assert_eq!(answer.places.len(), end - start);
        prop_assert_eq!(answer.matched, want.len() as u64);
        prop_assert_eq!(answer.unlisted, records(&sums));

        let head = with_window(&query, Window::From { start: None, count });
        prop_assert_eq!(&asked(&head).finish(&head).rows, &want[..count.min(want.len())]);
    }

    // A shard keeps which rows filters picked: another question, rows that are hidden or shown meanwhile, and the same
    // question again.
    #[test]
    fn what_is_kept_of_a_filter_is_what_it_picks(
        rows in shards(),
        questions in prop::collection::vec(group_question(agg()), 1..4),
        turns in prop::collection::vec((any::<prop::sample::Index>(), any::<u64>()), 1..8),
    ) {
        let mut shards = built(&rows);
        let mut caches: Vec<RowCache> = shards.iter().map(|_| RowCache::default()).collect();
        for (which, hidden) in turns {
            let query = which.get(&questions);
            for (at, (shard, cache)) in shards.iter_mut().zip(&mut caches).enumerate() {
                for row in 0..64usize {
                    if hidden >> (row / 2) & 1 == 1 {
                        let segments = shard.tables.iter_mut().flat_map(|t| &mut t.segments);
                        segments.filter(|s| row < s.rows).for_each(|s| s.set_hidden(row, hidden >> row & 1 == 1));
                    }
                }
                let alone = ask_one(shard, at as u32, query, &mut RowCache::default());
                prop_assert_eq!(ask_one(shard, at as u32, query, cache).finish(query), alone.finish(query));
            }
        }
    }

    #[test]
    fn a_row_that_stands_for_n_records_counts_as_n_rows(rows in shards(), query in group_question(countable_agg())) {
        let repeat = |r: &TestRow| vec![TestRow { weight: None, ..r.clone() }; r.weight.unwrap_or(1) as usize];
        let repeated: Vec<Vec<TestRow>> =
            rows.iter().map(|rows| rows.iter().flat_map(repeat).collect()).collect();
        prop_assert_eq!(
            ask(&built(&rows), &query).finish(&query),
            ask(&built(&repeated), &query).finish(&query)
        );
    }

    #[test]
    fn rows_are_selected_as_they_are_asked_for(rows in shards(), query in scope()) {
        let seen = seen(&rows);
        let want: Vec<(u32, u64)> = selected(&seen, &query).iter().map(|s| (s.shard, s.offset)).collect();
        let mut got = Vec::new();
        for (at, shard) in (0u32..).zip(built(&rows)) {
            for selected in select(&shard, &query) {
                let (_, segment) = selected.of(&shard).unwrap();
                got.extend(selected.rows.iter().map(|&row| (at, segment.origin(row as usize).offset)));
            }
        }
        prop_assert_eq!(got, want);
    }

    #[test]
    fn a_filter_reads_what_it_writes(filter in expr()) {
        let written = text::write(&filter);
        let read = text::parse(&written).map_err(|e| TestCaseError::fail(format!("{e}: {written}")))?;
        prop_assert_eq!(&read, &as_typed(filter), "{}", written);
        prop_assert_eq!(text::write(&read), written);
    }

    #[test]
    fn quoting_keeps_any_text(field in "\\PC*", value in ".*", word in ".*") {
        let filter = Expr::Or(vec![
            Expr::Compare { field: field.clone(), op: Op::NotContains, value: Value::Text(value.clone()) },
            Expr::In { field, values: vec![value, word.clone()] },
            Expr::Text(word),
        ]);
        let written = text::write(&filter);
        prop_assert_eq!(text::parse(&written), Ok(filter), "{}", written);
    }

    #[test]
    fn reading_any_text_ends(text in "[ ()\"\\\\a=!:^<>*,-]{0,40}|(not |and |or |in |\\(|a ){0,80}") {
        if let Ok(filter) = text::parse(&text) {
            prop_assert_eq!(text::parse(&text::write(&filter)), Ok(filter));
        }
    }
}

/// A filter as the filter bar has it: every value is text.
fn as_typed(expr: Expr) -> Expr {
    let all = |parts: Vec<Expr>| parts.into_iter().map(as_typed).collect();
    match expr {
        Expr::And(parts) => Expr::And(all(parts)),
        Expr::Or(parts) => Expr::Or(all(parts)),
        Expr::Not(e) => Expr::Not(Box::new(as_typed(*e))),
        Expr::Compare {
            op,
            value: Value::Absent,
            ..
        } if !matches!(op, Op::Eq | Op::Ne) => Expr::Not(Box::new(Expr::All)),
        Expr::Compare { field, op, value } => Expr::Compare {
            value: match value {
                Value::Absent => Value::Absent,
                value => Value::Text(value.to_text()),
            },
            field,
            op,
        },
        other => other,
    }
}

#[test]
fn a_name_keeps_its_exclamation_mark() {
    let filter = Expr::Exists {
        field: "odd!".to_owned(),
    };
    assert_eq!(text::write(&filter), "\"odd!\":*");
    assert_eq!(text::parse("\"odd!\":*"), Ok(filter));
}
