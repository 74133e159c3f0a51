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

mod relationships {
    use super::super::super::related::*;
    use super::super::ResourceKey;
    use crate::base::time;
    use crate::engine::local::Local;
    use serde_json::{Value, json};
    use std::collections::BTreeSet;

    fn item(kind: &str, id: &str, hour: u32, status: &str, names: &[(&str, &str, &str)]) -> Value {
        let related: Vec<Value> = names
            .iter()
            .map(|(words, kind, id)| json!({"name": words, "resourceType": kind, "resourceId": id}))
            .collect();
        json!({
            "configurationItemVersion": "1.3",
            "configurationItemCaptureTime": format!("2026-03-01T{hour:02}:00:00Z"),
            "configurationItemStatus": status,
            "awsAccountId": "111122223333",
            "awsRegion": "eu-central-1",
            "resourceType": kind,
            "resourceId": id,
            "relationships": related,
            "configuration": {},
        })
    }

    const GROUP: &str = "AWS::EC2::SecurityGroup";
    const INTERFACE: &str = "AWS::EC2::NetworkInterface";
    const INSTANCE: &str = "AWS::EC2::Instance";
    const VPC: &str = "AWS::EC2::VPC";

    fn items() -> Vec<Value> {
        vec![
            item(
                GROUP,
                "sg-1",
                1,
                "OK",
                &[
                    ("Is associated with NetworkInterface", INTERFACE, "eni-1"),
                    ("Is contained in Vpc", VPC, "vpc-1"),
                ],
            ),
            // It named the group once, and does so no more.
            item(
                INSTANCE,
                "i-old",
                1,
                "OK",
                &[("Is associated with SecurityGroup", GROUP, "sg-1")],
            ),
            item(INSTANCE, "i-old", 3, "OK", &[]),
            item(
                INSTANCE,
                "i-1",
                2,
                "OK",
                &[("Contains NetworkInterface", INTERFACE, "eni-1")],
            ),
            item(
                INSTANCE,
                "i-2",
                2,
                "OK",
                &[("Is associated with SecurityGroup", GROUP, "sg-1")],
            ),
            // An id that begins as the other does is another.
            item(
                INSTANCE,
                "i-3",
                2,
                "OK",
                &[("Is associated with SecurityGroup", GROUP, "sg-12")],
            ),
            item(VPC, "vpc-1", 1, "OK", &[]),
            item(VPC, "vpc-1", 5, "ResourceDeleted", &[]),
        ]
    }

    /// What stands around the group at an hour, by the questions of the page.
    fn around(hour: i64, steps: u8) -> Related {
        let mut local = Local::new(2);
        let file = json!({"configurationItems": items()}).to_string();
        local.open(vec![("history.json".to_owned(), file.into_bytes())]);
        let at = time::parse_iso(b"2026-03-01T00:00:00Z").unwrap() + hour * time::HOUR;
        let mut ask = |query| local.ask(&query);
        let own = standings(&ask(ask_standing(&["sg-1".to_owned()], at)));
        let center = own.into_iter().next().unwrap();
        let near = next_ids([&center], naming(&ask(ask_naming(&["sg-1".to_owned()], at))));
        let first = standings(&ask(ask_standing(&near, at)));
        let far = next_ids(&first, naming(&ask(ask_naming(&near, at))));
        let second = standings(&ask(ask_standing(&far, at)));
        let asked: BTreeSet<String> = near.into_iter().chain(far).chain(["sg-1".to_owned()]).collect();
        related(&center, &[first, second].concat(), &asked, steps)
    }

    fn told(related: &Related) -> Vec<(&str, u8, Presence)> {
        let all = related.all.iter();
        all.map(|n| (n.key.id.as_str(), n.step, n.presence)).collect()
    }

    #[test]
    fn what_names_and_what_is_named_stands_around_with_how_it_is_there() {
        let found = around(4, 1);
        assert_eq!(
            told(&found),
            [
                ("sg-1", 0, Presence::Here),
                ("i-2", 1, Presence::Here),
                ("eni-1", 1, Presence::NamedOnly),
                ("vpc-1", 1, Presence::Here),
            ]
        );
        assert_eq!(
            summary(&found),
            "Relationships of sg-1: 3 resources, 3 relationships; 1 named by others, with no item of its own."
        );
        let later = around(6, 1);
        assert!(told(&later).contains(&("vpc-1", 1, Presence::Deleted)));
        let before = around(1, 1);
        assert!(
            told(&before).contains(&("i-old", 1, Presence::Here)),
            "it named the group then"
        );
        assert!(
            !told(&before).iter().any(|n| n.0 == "i-2"),
            "it was not there yet"
        );
    }

    #[test]
    fn the_second_step_leads_through_what_has_no_item() {
        let found = around(4, 2);
        assert!(told(&found).contains(&("i-1", 2, Presence::Here)));
        assert!(!told(&found).iter().any(|n| n.0 == "i-3" || n.0 == "i-old"));
        let scene = scene(&found, &picture(&found), 900.0);
        assert_eq!(scene.table.rows.len(), 4);
        let through = scene.table.rows.iter().find(|r| r[0] == "i-1").unwrap();
        assert_eq!(
            (through[3].as_str(), through[4].as_str(), through[7].as_str()),
            ("contains", "eni-1", "2")
        );
        let label = &scene.data[0].label;
        assert_eq!(label, "sg-1: 3 relationships");
    }

    fn standing(kind: &str, id: &str, region: &str, names: &[(&str, &str)]) -> Standing {
        Standing {
            key: ResourceKey {
                account: "111122223333".to_owned(),
                region: region.to_owned(),
                kind: kind.to_owned(),
                id: id.to_owned(),
            },
            name: format!("name of {id}"),
            status: "OK".to_owned(),
            relationships: names
                .iter()
                .map(|(kind, id)| super::super::super::around::relationship(&format!("Is in {kind} {id}")))
                .collect(),
        }
    }

    #[test]
    fn of_one_id_in_two_regions_the_nearest_is_meant_and_a_name_finds_its_resource() {
        let center = standing(
            GROUP,
            "sg-1",
            "eu-central-1",
            &[(VPC, "same"), (VPC, "name of vpc-9")],
        );
        let known = [
            standing(VPC, "same", "us-east-1", &[]),
            standing(VPC, "same", "eu-central-1", &[]),
            standing(INSTANCE, "same", "eu-central-1", &[]),
            standing(VPC, "vpc-9", "us-east-1", &[]),
        ];
        let found = related(&center, &known, &BTreeSet::new(), 1);
        let told: Vec<_> = found
            .all
            .iter()
            .map(|n| (n.key.id.as_str(), n.key.region.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                ("sg-1", "eu-central-1"),
                ("same", "eu-central-1"),
                ("vpc-9", "us-east-1")
            ]
        );
    }

    #[test]
    fn what_was_not_asked_for_is_not_said_to_have_no_item() {
        let center = standing(GROUP, "sg-1", "r", &[(VPC, "vpc-1"), (VPC, "vpc-2")]);
        let asked = BTreeSet::from(["vpc-1".to_owned()]);
        let found = related(&center, &[], &asked, 1);
        assert_eq!(
            told(&found)[1..],
            [
                ("vpc-1", 1, Presence::NamedOnly),
                ("vpc-2", 1, Presence::NotLooked)
            ]
        );
        assert!(summary(&found).contains("1 too many to be looked at"));
    }

    #[test]
    fn of_many_resources_some_are_drawn_and_the_rest_is_counted() {
        let many: Vec<String> = (0..40).map(|n| format!("eni-{n:02}")).collect();
        let types: Vec<String> = (0..30).map(|n| format!("AWS::X::T{n:02}")).collect();
        let mut names: Vec<(&str, &str)> = many.iter().map(|id| (INTERFACE, id.as_str())).collect();
        names.extend(types.iter().map(|kind| (kind.as_str(), "one")));
        let center = standing(GROUP, "sg-1", "r", &names);
        let found = related(&center, &[], &BTreeSet::new(), 1);
        assert_eq!((found.all.len(), found.names.len()), (71, 70));
        let drawn = picture(&found);
        let own = drawn.of.iter().flatten().count();
        assert_eq!(own + drawn.counted, 71, "each is drawn or counted");
        assert!(drawn.graph.nodes.len() < 25, "{}", drawn.graph.nodes.len());
        let more = drawn.graph.nodes.iter().find(|n| n.label == "33 more").unwrap();
        assert_eq!(drawn.graph.groups[more.group].name, "EC2 NetworkInterface");
        let edges = drawn.graph.edges.iter().map(|e| e.label.as_str());
        assert!(edges.clone().any(|l| l == "is in (33)"));
        let scene = scene(&found, &drawn, 900.0);
        assert_eq!(scene.table.rows.len(), 70, "the table has them all");
        assert_eq!(
            (scene.width, scene.data.len()),
            (900.0, drawn.of.len() + drawn.graph.edges.len())
        );
    }

    #[test]
    fn a_resource_without_relationships_is_alone() {
        let found = related(&standing(GROUP, "sg-1", "r", &[]), &[], &BTreeSet::new(), 2);
        assert_eq!(
            summary(&found),
            "Relationships of sg-1: 0 resources, 0 relationships."
        );
        assert_eq!(picture(&found).graph.nodes.len(), 1);
        assert!(summary(&Related::default()).contains("nothing is recorded"));
    }
}
