use super::super::around::{Event, cause, events, relationship};
use super::super::history::{Item, changes, compared, items, life, rules, standing, state_at};
use super::super::state;
use super::*;
use crate::chart::Compliance;
use crate::query::Place;

fn answer(rows: Vec<Vec<Value>>) -> Answer {
    let places = (0..rows.len() as u64).map(place).collect();
    Answer {
        rows,
        places,
        ..Answer::default()
    }
}

fn place(row: u64) -> Place {
    Place {
        shard: 0,
        kind: "config".to_owned(),
        row,
        member: 0,
        offset: row,
        len: 1,
    }
}

fn history(times: &[i64]) -> Vec<Item> {
    let row = |t: &i64| {
        vec![
            Value::Time(*t * time::SECOND),
            "OK".into(),
            "e-1".into(),
            Value::Absent,
        ]
    };
    items(&answer(times.iter().map(row).collect()))
}

#[test]
fn a_resource_in_the_url_is_that_one_or_any_of_its_id() {
    let key = ResourceKey {
        account: "111122223333".into(),
        region: "eu-central-1".into(),
        kind: "AWS::Config::ResourceCompliance".into(),
        id: "AWS::EC2::Instance/i-1".into(),
    };
    assert_eq!(ResourceKey::read(&key.write()), key);
    let loose = ResourceKey::read("AWS::EC2::Instance/i-1");
    assert_eq!(loose.id, "AWS::EC2::Instance/i-1");
    assert!(loose.means(&key));
    let elsewhere = ResourceKey {
        region: "us-east-1".into(),
        ..key.clone()
    };
    assert!(!elsewhere.means(&key));
}

#[test]
fn changes_of_a_type_are_items_that_follow_another_of_their_resource() {
    let row =
        |name: &str, items: i64, resources: i64| vec![name.into(), Value::Int(items), Value::Int(resources)];
    // In the range: three items of two groups, one of which was there before.
    let within = answer(vec![row("AWS::EC2::SecurityGroup", 3, 2)]);
    let until = answer(vec![
        row("AWS::EC2::SecurityGroup", 5, 2),
        row("AWS::S3::Bucket", 4, 4),
    ]);
    let before = answer(vec![row("AWS::EC2::SecurityGroup", 2, 1)]);
    let found = types(&within, &until, Some(&before));
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].resources, found[0].changes), (2, 2));
    assert_eq!(types(&until, &until, None)[0].changes, 3);
}

#[test]
fn the_first_item_of_a_resource_is_no_change() {
    let row = |in_range: i64, all: i64, first: i64| {
        let mut r: Vec<Value> = ["1", "eu-central-1", "AWS::EC2::VPC", "vpc-1"]
            .map(Value::from)
            .to_vec();
        r.extend([
            Value::Int(in_range),
            Value::Int(all),
            Value::Time(first),
            "".into(),
            "OK".into(),
        ]);
        r
    };
    let range = Some(TimeRange::new(100, 200));
    let found = resources(&answer(vec![row(1, 3, 50), row(2, 2, 150)]), range);
    assert_eq!((found[0].changes, found[0].items), (1, 3));
    assert_eq!(found[1].changes, 1);
}

#[test]
fn items_are_compared_by_their_times() {
    let list = history(&[10, 20, 30]);
    let iso = |n: i64| time::iso(n * time::SECOND);
    assert_eq!(compared(&list, "", ""), (Some(1), 2));
    assert_eq!(compared(&list, &iso(10), &iso(30)), (Some(0), 2));
    assert_eq!(compared(&list, "nothing", &iso(20)), (None, 1));
    assert_eq!(compared(&list, "", &iso(10)), (None, 0));
    assert_eq!(compared(&list, &iso(11), &iso(99)), (Some(1), 2));
    assert_eq!(state_at(&list, 25 * time::SECOND), Some(1));
    assert_eq!(state_at(&list, 5 * time::SECOND), None);
}

#[test]
fn a_moment_is_a_time_or_refused_with_words() {
    let at = time::parse_iso(b"2026-11-11T02:00:00Z").unwrap();
    for text in [
        "2026-11-11T02:00:00Z",
        "2026-11-11 02:00",
        " 2026-11-11 02:00:00 ",
    ] {
        assert_eq!(moment(text), Ok(at), "{text}");
    }
    assert!(moment("2026-11-11").is_ok());
    assert!(moment("nonsense").unwrap_err().contains("“nonsense” is no time"));
    assert!(moment("").is_err());
}

#[test]
fn labels_of_changes_are_short() {
    let list = history(&[10, 20]);
    let said = [
        "created".to_owned(),
        "networkInterfaces[eni-1].association removed (was { \"ipOwnerId\"); and 2 more changes".to_owned(),
    ];
    let dots = changes(&list, &said);
    assert_eq!(dots[1].label, "networkInterfaces.association removed");
}

#[test]
fn a_rule_holds_until_it_says_something_else() {
    let row =
        |rule: &str, at: i64, state: &str| vec![rule.into(), Value::Time(at), state.into(), Value::Int(1)];
    let found = answer(vec![
        row("restricted-ssh", 10, "NON_COMPLIANT"),
        row("restricted-ssh", 30, "NON_COMPLIANT"),
        row("restricted-ssh", 50, "COMPLIANT"),
        row("tagged", 20, "COMPLIANT"),
    ]);
    let loaded = TimeRange::new(0, 100);
    let range = life(&[], Some(&found), Some(loaded)).unwrap();
    assert_eq!(range, TimeRange::new(10, 100));
    let lines = rules(&found, range);
    assert_eq!(lines.len(), 2);
    assert_eq!(
        lines[0].spans,
        [
            (TimeRange::new(10, 50), Compliance::NonCompliant),
            (TimeRange::new(50, 100), Compliance::Compliant)
        ]
    );
    assert_eq!(standing(&lines), Some((Compliance::Compliant, 2, 50)));
    assert_eq!(standing(&lines[..0]), None);
}

#[test]
fn who_did_it_is_named_or_the_last_write_before() {
    let list = history(&[1000]);
    let event = |at: i64, id: &str, error: &str, reads: bool| {
        let mut r = vec![
            Value::Time(at * time::SECOND),
            "Call".into(),
            "mara".into(),
            id.into(),
            error.into(),
        ];
        r.extend([Value::Absent, Value::Absent, Value::Absent, Value::Bool(reads)]);
        r
    };
    let found = |rows: Vec<Vec<Value>>| -> Vec<Event> { events(&answer(rows), &list[0]) };
    let near = found(vec![
        event(900, "a", "", false),
        event(950, "b", "AccessDenied", false),
        event(960, "c", "", true),
        event(1010, "d", "", false),
    ]);
    assert_eq!(cause(&near), Some(0));
    assert_eq!(cause(&near[1..]), None);
    let named = found(vec![event(500, "e-1", "", false), event(990, "b", "", false)]);
    assert_eq!(cause(&named), Some(0));
}

#[test]
fn relationships_are_taken_apart() {
    let r = relationship("Is contained in Vpc AWS::EC2::VPC vpc-1");
    assert_eq!(
        (r.words.as_str(), r.kind.as_str(), r.id.as_str()),
        ("is contained in", "AWS::EC2::VPC", "vpc-1")
    );
    assert_eq!(relationship("unheard of").id, "");
}

#[test]
fn a_state_is_a_list_of_values() {
    let item =
        serde_json::json!({"b": {"z": [], "list": [1, 2], "rules": [{"port": 22}]}, "a": "x", "n": null});
    let (rows, more) = state::rows(&item);
    let said: Vec<String> = rows
        .iter()
        .map(|r| {
            format!(
                "{}{}={}",
                " ".repeat(r.depth),
                r.name,
                r.value.as_deref().unwrap_or("")
            )
        })
        .collect();
    assert_eq!(
        said,
        [
            "a=x",
            "n=none",
            "b=",
            " list=1, 2",
            " z=none",
            " rules=",
            "  1=",
            "   port=22"
        ]
    );
    assert_eq!(more, 0);
}
