use super::*;

fn plan(text: &str) -> Plan {
    program(text).plan(clock())
}

/// What holds a field in parentheses.
const FIELDS: &[&str] = &[
    "Present", "Field", "CountOf", "Sum", "Avg", "Min", "Max", "Distinct",
];

/// Fields by their names in what is told of a plan.
fn told<T: std::fmt::Debug>(plan: &Plan, what: &[T]) -> Vec<String> {
    let named = |text: String| {
        let fields = plan.needs().fields.iter().enumerate();
        fields.fold(text, |text, (at, name)| {
            let text = text.replace(&format!("field: {at},"), &format!("field: {name},"));
            FIELDS.iter().fold(text, |text, of| {
                text.replace(&format!("{of}({at})"), &format!("{of}({name})"))
            })
        })
    };
    what.iter().map(|w| named(format!("{w:?}"))).collect()
}

fn conditions(text: &str) -> Vec<String> {
    let plan = plan(text);
    told(&plan, plan.conditions())
}

#[test]
fn filters_are_conditions() {
    let compare = |field: &str, op: &str, value: &str| {
        format!("Compare {{ field: {field}, op: {op}, value: {value} }}")
    };
    assert_eq!(
        conditions("filter a = 1 and 2 < b and c != \"x\" | filter -3 >= d"),
        [
            compare("a", "Eq", "Int(1)"),
            compare("b", "Gt", "Int(2)"),
            compare("c", "Ne", "Text(\"x\")"),
            compare("d", "Le", "Int(-3)"),
        ]
    );
    assert_eq!(
        conditions("filter a in [1, -2] and not (isPresent(b) or c not like \"x\") and a not in ['y']"),
        [
            "Among { field: a, values: [Int(1), Int(-2)] }",
            "Not(Any([Present(b), Not(Holds { field: c, text: \"x\" })]))",
            "Not(Among { field: a, values: [Text(\"y\")] })",
        ]
    );
}

#[test]
fn what_is_no_test_of_a_field_is_no_condition() {
    for text in [
        "filter a = b",
        "filter a",
        "filter abs(a) = 1",
        "filter a like /x/",
        "filter a in b",
        "filter a = 1 or strlen(b) = 2",
        "filter not (a = 1 and b)",
        "filter a in [1, b]",
        "parse \"* *\" as x, y | filter x = 1",
        "fields a + 1 as b | filter b = 1",
        "stats count(*) as n by a | filter n = 1",
        "limit 5 | filter a = 1",
    ] {
        assert!(conditions(text).is_empty(), "{text}");
    }
    let one = ["Compare { field: a, op: Eq, value: Int(1) }"];
    for text in [
        "filter a = 1 and abs(b) = 2",
        "parse \"* *\" as x, y | filter x = 1 and a = 1",
        "fields a as other | filter other = 1",
        "fields a as other, other as another | filter another = 1",
        "unnest l into x | filter a = 1 and x = 2",
        "filter a = 1 | pattern @message | diff",
        "filterIndex a = 1",
    ] {
        assert_eq!(conditions(text), one, "{text}");
    }
}

#[test]
fn groupings_of_fields_and_times() {
    let plan_told = |text: &str| {
        let plan = plan(text);
        plan.grouping()
            .map(|g| (told(&plan, &g.by).join(" "), told(&plan, &g.folds).join(" ")))
    };
    let some = |by: &str, folds: &str| Some((by.to_owned(), folds.to_owned()));
    assert_eq!(
        plan_told(
            "filter c = 1 | stats count(*), count(a), sum(a) / count(*) as mean, avg(b), min(b), max(b), count_distinct(c) by d, bin(5m)"
        ),
        some(
            "Field(d) Bin { width_ns: 300000000000 }",
            "Count CountOf(a) Sum(a) Count Avg(b) Min(b) Max(b) Distinct(c)"
        )
    );
    assert_eq!(
        plan_told("fields @timestamp, @message | stats count(*) by datefloor(@timestamp, 2d)"),
        some("Bin { width_ns: 172800000000000 }", "Count")
    );
    assert_eq!(
        plan_told("stats count(*) as n by a, b | stats max(n) by a"),
        some("Field(a) Field(b)", "Count")
    );
    for text in [
        "fields a | limit 1",
        "filter a | stats count(*)",
        "filter a = 1 and b like /x/ | stats count(*)",
        "fields a as b | stats count(*) by b",
        "stats count(*) by bin(1w)",
        "stats count(*) by bin(1mo)",
        "stats count(*) by datefloor(a, 5m)",
        "stats count(*) by abs(a)",
        "stats sum(a + 1)",
        "stats pct(a, 50)",
        "stats latest(a)",
        "stats sum(status >= 500)",
        "unnest l into x | stats count(*)",
        "pattern @message",
    ] {
        assert!(plan_told(text).is_none(), "{text}");
    }
}

#[test]
fn fields_that_only_columns_ask_for_are_late() {
    for (text, expected) in [
        (
            "fields @timestamp, @message | sort @timestamp desc | limit 20",
            "@message",
        ),
        ("fields a, b | limit 20", "a b"),
        ("sort @timestamp desc", "@message"),
        ("filter a = 1 | fields a, b | sort c", "b"),
        ("fields a, @message | dedup a", "@message"),
        ("fields a, @message | filter @message like \"x\"", "a"),
        (
            "fields jsonParse(@message) as j, j.a as x | sort a | display x",
            "@message",
        ),
        (
            "fields concat(a, @message) as x | sort a | display x, @message",
            "@message",
        ),
        ("fields strlen(@message) as x | sort x | display x, @message", ""),
        ("parse \"*-*\" as x, y | sort a | limit 3", "@message"),
        ("parse \"*-*\" as x, y | sort x | limit 3", ""),
        ("parse /(?<x>.)/ multi | sort a | limit 3", ""),
        ("unnest l into x | fields a, x | limit 3", "a"),
        // It runs on rows that have been filled in.
        ("fields a, b | sort a | limit 3 | filter b = 1", "b"),
        ("stats count(*) by a", ""),
        ("pattern @message", ""),
    ] {
        let plan = plan(text);
        let mut late: Vec<&str> = plan
            .late()
            .iter()
            .map(|at| plan.needs().fields[*at].as_str())
            .collect();
        late.sort_unstable();
        let late = late.join(" ");
        // A field that a late and an early command ask for is early.
        let expected = if text.starts_with("fields concat") {
            ""
        } else {
            expected
        };
        assert_eq!(late, expected, "{text}");
    }
}

struct Blank;

impl Row for Blank {
    fn get(&self, _: usize) -> Value<'_> {
        Value::Absent
    }
}

#[test]
fn rows_are_filled_in_by_their_record() {
    for (text, expected) in [
        (
            "fields @message | tail 2",
            &["{\"a\":\"1-98\"}", "{\"a\":\"1-99\"}"][..],
        ),
        (
            "parse a \"*-*\" as x, y | unnest jsonParse(\"[1,2]\") into z | display y, z | limit 3",
            &["0|1", "0|2", "1|1"],
        ),
        (
            "fields split(a, \"-\") as parts, concat(a, \"!\") as c | limit 2 | display c",
            &["1-0!", "1-1!"],
        ),
    ] {
        let plan = plan(text);
        assert!(!plan.late().is_empty(), "{text}");
        let records: Vec<Record> = (0..100)
            .map(|n| Record::line(None, &format!("{{\"a\":\"1-{n}\"}}")))
            .collect();
        let mut part = plan.start();
        for (place, record) in (0u128..).zip(&records) {
            plan.push(&mut part, &Blank, record.order(place));
        }
        let kept = part.kept();
        assert!(kept.len() <= 3, "{text}: {}", kept.len());
        for order in kept {
            let record = &records[usize::try_from(order.place).unwrap()];
            let row = Named {
                record,
                names: &plan.needs().fields,
            };
            plan.fill(&mut part, order, &row);
        }
        // A record that is not there.
        plan.fill(&mut part, Order { time: 7, place: 7 }, &Blank);
        let shown = |r: &Vec<Value>| r.iter().map(Value::display).collect::<Vec<_>>().join("|");
        let rows: Vec<String> = plan.finish(part).rows.iter().map(shown).collect();
        assert_eq!(rows, expected, "{text}");
    }
}

#[test]
fn a_row_that_took_another_ones_place_is_filled_in() {
    let plan = plan("fields b, @message | sort a desc | dedup b");
    let lines = ["{\"a\":1,\"b\":5}", "{\"a\":2,\"b\":6}", "{\"a\":3,\"b\":5}"];
    let records = lines.map(|line| Record::line(None, line));
    let mut part = plan.start();
    // The places run backwards, so that the new row is found where the old one was not.
    for (record, place) in records.iter().zip([2u128, 1, 0]) {
        // Without the message.
        let early = plan
            .needs()
            .fields
            .iter()
            .map(|name| name.replace("@message", "none"));
        let names = &early.collect::<Vec<_>>();
        plan.push(&mut part, &Named { record, names }, record.order(place));
        for order in part.kept() {
            let at = 2 - usize::try_from(order.place).unwrap();
            let row = Named {
                record: &records[at],
                names: &plan.needs().fields,
            };
            plan.fill(&mut part, order, &row);
        }
    }
    let shown: Vec<String> = plan.finish(part).rows.iter().map(|r| r[1].display()).collect();
    assert_eq!(shown, [lines[2], lines[1]]);
}

#[test]
fn groups_are_absorbed_beside_rows() {
    let plan = plan(
        "stats count(*) as n, count(a) as has, sum(a) as s, avg(a), max(a), count_distinct(k) by k, bin(1m) as t",
    );
    let mut part = plan.start();
    let mut record = Record::line(None, "{\"k\":\"x\",\"a\":4}");
    record.time = from_ms(START);
    let row = Named {
        record: &record,
        names: &plan.needs().fields,
    };
    plan.push(&mut part, &row, record.order(0));
    let minute = from_ms(START - START % 60_000).unwrap();
    let total = |total, of| Folded::Total {
        total: Num::Int(total),
        of,
    };
    let folded = |n: u64, has: u64, sum: i128, most: Option<i128>, text: &str| {
        [
            Folded::Count(n),
            Folded::Count(has),
            total(sum, has),
            total(sum, has),
            Folded::Best(most.map(Num::Int)),
            Folded::Distinct(vec![text.to_owned()]),
        ]
    };
    let at = Value::Time(minute);
    plan.absorb(
        &mut part,
        &[Value::from("x"), at.clone()],
        &folded(3, 2, 10, Some(7), "x"),
        3,
    );
    plan.absorb(
        &mut part,
        &[Value::Int(5), at.clone()],
        &folded(2, 0, 0, None, "5"),
        2,
    );
    plan.absorb(
        &mut part,
        &[Value::from("5"), Value::Absent],
        &folded(1, 1, 1, Some(1), "5"),
        1,
    );
    plan.absorb(
        &mut part,
        &[Value::from("none"), at],
        &folded(0, 0, 0, None, "none"),
        0,
    );
    part.pass_over(9);
    let table = plan.finish(part);
    let shown = |r: &Vec<Value>| {
        let mut cells: Vec<String> = r.iter().map(Value::display).collect();
        cells.remove(1);
        cells.join("|")
    };
    assert_eq!(
        table.rows.iter().map(shown).collect::<Vec<_>>(),
        ["x|4|3|14|4.6667|7|1", "5|2|||||1", "5|1|1|1|1|1|1"]
    );
    assert_eq!((table.scanned, table.matched), (10, 7));
}

#[test]
fn results_travel() {
    let table = table(
        "parse \"* *\" as x, y | stats count(*) as n by x",
        &["a 1", "b 2", "a 3"],
    );
    let bytes = postcard::to_stdvec(&table).unwrap();
    let read: Table = postcard::from_bytes(&bytes).unwrap();
    assert_eq!(format!("{read:?}"), format!("{table:?}"));
    let patterns = super::table("pattern @message", &["took 1 ms", "took 2 ms"]);
    let read: Table = postcard::from_bytes(&postcard::to_stdvec(&patterns).unwrap()).unwrap();
    let (Some(Origin::Pattern(a)), Some(Origin::Pattern(b))) =
        (read.origins.first(), patterns.origins.first())
    else {
        panic!("{read:?}");
    };
    assert_eq!(
        (&a.pattern, a.sample, &a.tokens),
        (&b.pattern, b.sample, &b.tokens)
    );
    let clock = clock();
    let read: Clock = postcard::from_bytes(&postcard::to_stdvec(&clock).unwrap()).unwrap();
    assert_eq!(read, clock);
}
