//! Fixtures in `tests/diff/<name>/`: `before.json`, `after.json` and, written first, `expected.txt`.

use super::*;
use proptest::prelude::*;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diff")
}

fn side(dir: &Path, name: &str) -> Option<Value> {
    let text = std::fs::read_to_string(dir.join(name)).ok()?;
    Some(serde_json::from_str(&text).expect("a fixture is JSON"))
}

/// The summary, the rows that changed with their cells, and the lines.
fn told(d: &Diff) -> String {
    let mut out = format!("{}\n", d.summary());
    for r in d.changes() {
        let mut parts = vec![r.sentence.clone()];
        parts.extend(r.cells());
        writeln!(out, "{} {}", r.sign.text(), parts.join(" | ")).unwrap();
    }
    out.push('\n');
    for line in &d.lines {
        write_line(&mut out, line);
    }
    out
}

fn write_line(out: &mut String, line: &Line) {
    let number = |n: Option<u32>| n.map_or(String::new(), |n| n.to_string());
    let (sign, text) = match &line.kind {
        Kind::Folded { lines, what } => ("…", format!("({} lines: {what})", lines.len())),
        kind => {
            let sign = match kind {
                Kind::Same | Kind::Folded { .. } => " ",
                Kind::Added => "+",
                Kind::Removed => "-",
                Kind::Moved => ">",
                Kind::Changed => "~",
            };
            let pieces = line.pieces().into_iter();
            let text = pieces.map(|(marked, t)| if marked { format!("«{t}»") } else { t.to_owned() });
            (sign, text.collect())
        }
    };
    let note = line.note.as_ref().map_or(String::new(), |n| format!("   # {n}"));
    let pad = "  ".repeat(line.indent.into());
    let (old, new) = (number(line.old), number(line.new));
    writeln!(out, "{old:>4} {new:>4} {sign} {pad}{text}{note}").unwrap();
}

#[test]
fn fixtures_are_told_as_expected() {
    let mut seen = 0;
    let mut wrong = String::new();
    for entry in std::fs::read_dir(root()).unwrap() {
        let dir = entry.unwrap().path();
        let (before, after) = (side(&dir, "before.json"), side(&dir, "after.json"));
        let d = diff(before.as_ref(), after.as_ref());
        let expected = std::fs::read_to_string(dir.join("expected.txt")).unwrap();
        let is = told(&d);
        seen += 1;
        if std::env::var_os("DIFF_UPDATE_STRUCTURE").is_some() {
            // The words are written by hand and never taken over; only the lines below them are.
            let words = expected.split("\n\n").next().unwrap_or_default().trim_end();
            let lines = is.split_once("\n\n").map_or("", |(_, lines)| lines);
            std::fs::write(dir.join("expected.txt"), format!("{words}\n\n{lines}")).unwrap();
        } else if is != expected {
            let name = dir.file_name().unwrap().to_string_lossy().into_owned();
            write!(wrong, "== {name}\n{is}-- expected\n{expected}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(seen >= 20, "{seen} fixtures");
}

/// A value's content without what is no change, found in another way than by trees: lists sorted, scalars as text.
fn content(v: &Value) -> String {
    match v {
        Value::Object(o) => {
            let members = o.iter().filter(|(_, v)| !v.is_null());
            let members: Vec<String> = members.map(|(k, v)| format!("{k}={}", content(v))).collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Array(a) => {
            let mut items: Vec<String> = a.iter().map(content).collect();
            items.sort();
            format!("[{}]", items.join(","))
        }
        Value::String(s) => format!("<{s}>"),
        other => format!("<{other}>"),
    }
}

/// Values whose names are sometimes those that identify, and whose content often repeats.
fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3i64..3).prop_map(Value::from),
        "[ab]{0,5}".prop_map(Value::from),
        "\\PC{0,3}".prop_filter_map("may be JSON", |s| (!s.contains(['{', '[', '"', '%']))
            .then(|| Value::from(s))),
    ];
    let key = prop_oneof![
        Just("id".to_owned()),
        Just("cidrIp".to_owned()),
        Just("ipProtocol".to_owned()),
        Just("name".to_owned()),
        "[abc]",
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(key.clone(), inner, 0..5)
                .prop_map(|m| Value::Object(m.into_iter().collect())),
        ]
    })
}

/// The same value with every list in another order.
fn shuffled(v: &Value, turn: usize) -> Value {
    match v {
        Value::Array(a) => {
            let mut items: Vec<Value> = a.iter().map(|v| shuffled(v, turn)).collect();
            if !items.is_empty() {
                let by = turn % items.len();
                items.rotate_left(by);
            }
            if turn.is_multiple_of(3) {
                items.reverse();
            }
            Value::Array(items)
        }
        Value::Object(o) => o.iter().map(|(k, v)| (k.clone(), shuffled(v, turn))).collect(),
        other => other.clone(),
    }
}

fn shown_lines(lines: &[Line]) -> Vec<&Line> {
    lines
        .iter()
        .flat_map(|l| match &l.kind {
            Kind::Folded { lines, .. } => shown_lines(lines),
            _ => vec![l],
        })
        .collect()
}

proptest! {
    #[test]
    fn nothing_differs_from_itself(v in any_value()) {
        let d = diff(Some(&v), Some(&v));
        prop_assert_eq!(d.counts, Counts::default());
        prop_assert_eq!(d.changes().count(), 0);
        prop_assert_eq!(d.summary(), "no change");
        prop_assert!(shown_lines(&d.lines).iter().all(|l| l.kind == Kind::Same));
    }

    #[test]
    fn another_order_is_no_change(v in any_value(), turn in 0usize..12) {
        let d = diff(Some(&v), Some(&shuffled(&v, turn)));
        prop_assert_eq!(d.counts.changes(), 0);
        prop_assert!(["no change", "order changed only"].contains(&d.summary().as_str()));
    }

    #[test]
    fn every_change_is_seen_and_nothing_else(a in any_value(), b in any_value()) {
        let d = diff(Some(&a), Some(&b));
        let differs = content(&a) != content(&b);
        prop_assert_eq!(d.counts.changes() > 0, differs, "{}", told(&d));
        prop_assert_eq!(d.changes().count() > 0, differs, "{}", told(&d));
        let lines = shown_lines(&d.lines);
        let loud = lines.iter().filter(|l| !matches!(l.kind, Kind::Same | Kind::Moved));
        prop_assert_eq!(loud.count() > 0 || d.counts.moved > 0, differs, "{}", told(&d));
    }

    #[test]
    fn a_small_change_is_seen_inside_much(v in prop::collection::vec(any_value(), 1..20), at in any::<prop::sample::Index>()) {
        let mut w = v.clone();
        *at.get_mut(&mut w) = Value::from("changed to this");
        let d = diff(Some(&v.into()), Some(&w.into()));
        prop_assert!(d.counts.changes() > 0);
        prop_assert!(d.lines.iter().any(|l| l.text.contains("changed to this")), "{}", told(&d));
    }

    #[test]
    fn marks_stand_on_characters(a in "\\PC{0,80}", b in "\\PC{0,80}") {
        let d = diff(Some(&serde_json::json!({"k": a})), Some(&serde_json::json!({"k": b})));
        for l in shown_lines(&d.lines) {
            let whole: String = l.pieces().iter().map(|(_, t)| *t).collect();
            prop_assert_eq!(&whole, &l.text);
        }
    }

    #[test]
    fn created_and_gone_show_every_line(v in any_value()) {
        for d in [diff(None, Some(&v)), diff(Some(&v), None)] {
            prop_assert_eq!(d.counts.changes(), 1);
            prop_assert!(!d.lines.is_empty());
        }
    }
}

#[test]
fn line_numbers_count_each_side_without_gaps() {
    for name in [
        "nested-by-identity",
        "rule-moved-direction",
        "large-parts-folded",
        "policy-statement-changed",
    ] {
        let dir = root().join(name);
        let d = diff(
            side(&dir, "before.json").as_ref(),
            side(&dir, "after.json").as_ref(),
        );
        for number in [|l: &Line| l.old, |l: &Line| l.new] {
            let mut numbers: Vec<u32> = shown_lines(&d.lines).into_iter().filter_map(number).collect();
            numbers.sort_unstable();
            numbers.dedup();
            let last = numbers.last().copied().unwrap_or(0);
            assert_eq!(numbers, (1..=last).collect::<Vec<u32>>(), "{name}");
        }
    }
}

fn group(rules: usize, port: impl Fn(usize) -> usize) -> Value {
    let permission = |i: usize| {
        serde_json::json!({"ipProtocol": "tcp", "fromPort": port(i), "toPort": port(i), "ipv4Ranges": [
            {"cidrIp": format!("10.{}.{}.0/24", i / 256, i % 256), "description": format!("site {i}")}]})
    };
    let list: Vec<Value> = (0..rules).map(permission).collect();
    serde_json::json!({"resourceType": "AWS::EC2::SecurityGroup", "resourceId": "sg-1",
        "configuration": {"groupId": "sg-1", "ipPermissions": list}})
}

/// Nanoseconds that this thread has spent on a core, where the system says so: a busy machine does not slow them.
fn on_core_ns() -> Option<u64> {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    stat.split(' ').next()?.parse().ok()
}

/// Both take 1.2 s in a debug build and 0.2 s in a release build; comparing each with each takes minutes.
#[test]
fn thousands_of_rules_take_no_product_of_both_sides() {
    let (a, b) = (group(5000, |i| i), group(5000, |i| 60_000 - i));
    let started = on_core_ns();
    let d = diff(Some(&a), Some(&b));
    assert!(d.counts.changes() > 0);
    let moved = diff(Some(&a), Some(&shuffled(&a, 4999)));
    assert_eq!(moved.summary(), "order changed only");
    if let (Some(from), Some(to)) = (started, on_core_ns()) {
        let took_ms = (to - from) / 1_000_000;
        let bound_ms = if cfg!(debug_assertions) { 6_000 } else { 600 };
        assert!(took_ms < bound_ms, "{took_ms} ms");
    }
}

/// Configuration items anywhere inside a file.
fn items_in<'a>(v: &'a Value, out: &mut Vec<&'a Value>) {
    match v {
        Value::Object(o) if o.contains_key("configurationItemStatus") => out.push(v),
        Value::Object(o) => o.values().for_each(|v| items_in(v, out)),
        Value::Array(a) => a.iter().for_each(|v| items_in(v, out)),
        _ => {}
    }
}

/// Real items, where they are at hand: none differs from itself, and whatever differs is told.
#[test]
fn real_items_are_told() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/config");
    let Ok(files) = std::fs::read_dir(folder) else {
        return;
    };
    for file in files.flatten() {
        let text = std::fs::read_to_string(file.path()).unwrap_or_default();
        let Ok(whole) = serde_json::from_str::<Value>(&text) else {
            continue;
        };
        let mut items = Vec::new();
        items_in(&whole, &mut items);
        for pair in items.windows(2) {
            assert_eq!(diff(Some(pair[0]), Some(pair[0])).summary(), "no change");
            let d = diff(Some(pair[0]), Some(pair[1]));
            assert_eq!(d.counts.changes() > 0, d.changes().count() > 0, "{}", told(&d));
            if std::env::var_os("DIFF_SHOW").is_some() {
                println!("== {}\n{}", file.path().display(), told(&d));
            }
        }
    }
}
