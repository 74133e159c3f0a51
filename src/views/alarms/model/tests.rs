use super::alarms::{self, Ground, Judged, Stretch, strip};
use super::filters::{self, Value as From};
use super::given::{Around, Piece, wants};
use super::metrics::{curve, minutes, sums, with_threshold};
use super::steps::{of_topic, why};
use super::topics::{self, By, Happened, Seen};
use super::*;
use crate::base::time::{HOUR, MINUTE};
use crate::base::{TimeRange, Value as Cell};
use crate::chart::Frame;
use crate::monitoring::chain::{self, End, Link};
use crate::monitoring::filters::{Answer as Told, StateValue};
use crate::monitoring::{TOPICS, topic};
use crate::query::Answer;
use serde_json::{Value, json};

const SNS: &str = "arn:aws:sns:us-east-1:111122223333:sec";

fn filter(name: &str, pattern: &str, value: &str) -> Value {
    json!({"filterName": name, "filterPattern": pattern, "logGroupName": "trail", "metricTransformations": [
        {"metricName": name, "metricNamespace": "CIS", "metricValue": value, "defaultValue": 0.0}
    ]})
}

fn root() -> Value {
    filter("root", topic("root-usage").expect("a topic").pattern, "1")
}

fn alarm() -> Value {
    json!({
        "AlarmName": "root-alarm", "AlarmArn": "arn:aws:cloudwatch:us-east-1:111122223333:alarm:root-alarm",
        "MetricName": "root", "Namespace": "CIS", "Statistic": "Sum", "Period": 300, "EvaluationPeriods": 1,
        "Threshold": 1.0, "ComparisonOperator": "GreaterThanOrEqualToThreshold", "TreatMissingData": "notBreaching",
        "ActionsEnabled": true, "AlarmActions": [SNS], "StateValue": "OK"
    })
}

fn subscription() -> Value {
    json!({"SubscriptionArn": format!("{SNS}:1"), "TopicArn": SNS, "Protocol": "email"})
}

fn given(items: &[(&str, &str, Value)]) -> Given {
    let piece = |(kind, item_type, body)| Piece {
        kind,
        item_type,
        body,
    };
    Given::of(items.iter().map(|(k, t, b)| piece((*k, *t, b))), &[], 0)
}

fn inventory(items: &[(&str, Value)]) -> Given {
    let all: Vec<(&str, &str, Value)> = items
        .iter()
        .map(|(t, b)| ("aws-inventory", *t, b.clone()))
        .collect();
    given(&all)
}

fn whole() -> Given {
    inventory(&[
        ("MetricFilter", root()),
        ("MetricAlarm", alarm()),
        ("Subscription", subscription()),
    ])
}

fn answer(rows: Vec<Vec<Cell>>) -> Answer {
    Answer {
        groups: rows.len() as u64,
        rows,
        ..Answer::default()
    }
}

/// Events in every minute of two hours, matches in minute 30.
fn ran(given: &Given) -> alarms::Row {
    let known = TimeRange::new(0, 2 * HOUR);
    let rows = filters::rows(given, &[]);
    let events = answer(
        (0..120)
            .map(|m| vec![Cell::Time(m * MINUTE), Cell::Int(4)])
            .collect(),
    );
    let matches = answer(vec![vec![Cell::Time(30 * MINUTE), Cell::Int(2)]]);
    let gathered = [alarms::Gathered {
        filter: rows[0].key(),
        at: 0,
        minutes: minutes(&events, &matches, &From::Number(1.0)),
        remarks: Vec::new(),
    }];
    let ground = Ground {
        known: Some(known),
        gathered: &gathered,
        done: true,
    };
    alarms::rows(given, &rows, ground).remove(0)
}

#[test]
fn single_descriptions_become_one_set_up() {
    let given = whole();
    assert_eq!(given.setup.errors, []);
    let answers = [Told::MetricFilters, Told::Alarms, Told::Subscriptions];
    assert!(answers.iter().all(|a| given.setup.is_whole(*a)));
    assert!(!given.setup.has(Told::LogGroups));
    assert_eq!(given.places, ["111122223333 us-east-1"]);
    assert!(wants("aws-inventory", "MetricFilter") && wants("config", "AWS::CloudTrail::Trail"));
    assert!(!wants("config", "MetricFilter") && !wants("aws-inventory", "Instance"));
}

#[test]
fn the_newest_description_of_one_filter_counts() {
    let given = inventory(&[
        ("MetricFilter", filter("root", "{ $.a = 1 }", "1")),
        ("MetricFilter", root()),
    ]);
    assert_eq!(given.setup.metric_filters.len(), 1);
    assert_eq!(given.setup.metric_filters[0].filter_pattern, "{ $.a = 1 }");
}

#[test]
fn trails_tell_their_log_groups_where_they_are_described_in_full() {
    let arn = "arn:aws:logs:us-east-1:111122223333:log-group:trail:*";
    let described = json!({"Name": "t", "S3BucketName": "b", "CloudWatchLogsLogGroupArn": arn});
    assert_eq!(
        inventory(&[("Trail", described)]).trail_groups,
        Some(vec!["trail".to_owned()])
    );
    let listed = json!({"Name": "t", "TrailARN": "arn"});
    assert_eq!(inventory(&[("Trail", listed)]).trail_groups, None);
    let silent = json!({"Name": "t", "S3BucketName": "b"});
    assert_eq!(inventory(&[("Trail", silent)]).trail_groups, Some(Vec::new()));
}

#[test]
fn an_alarm_as_config_records_it_is_read_and_does_not_make_the_list_whole() {
    let item = |status: &str| {
        json!({"configurationItemStatus": status, "configuration": {
            "alarmName": "a", "alarmArn": "arn:aws:cloudwatch:us-east-1:111122223333:alarm:a", "metricName": "root",
            "namespace": "CIS", "statistic": "Sum", "period": 300, "evaluationPeriods": 1, "threshold": 1,
            "comparisonOperator": "GreaterThanThreshold", "oKActions": [], "actionsEnabled": true
        }})
    };
    let found = given(&[("config", "AWS::CloudWatch::Alarm", item("OK"))]);
    assert_eq!(found.setup.errors, []);
    assert_eq!(found.setup.metric_alarms[0].alarm_name, "a");
    assert!(!found.setup.is_whole(Told::Alarms));
    // The newest comes first.
    let gone = given(&[
        ("config", "AWS::CloudWatch::Alarm", item("ResourceDeleted")),
        ("config", "AWS::CloudWatch::Alarm", item("OK")),
    ]);
    assert_eq!(gone.setup.metric_alarms, []);
}

#[test]
fn what_has_no_text_makes_nothing_absent() {
    let body = root();
    let piece = Piece {
        kind: "aws-inventory",
        item_type: "MetricFilter",
        body: &body,
    };
    let given = Given::of([piece].into_iter(), &[], 2);
    assert!(!given.setup.is_whole(Told::MetricFilters));
    assert_eq!(
        given.remarks(),
        ["2 descriptions have no original text here: what they say is not known."]
    );
}

#[test]
fn an_empty_answer_is_evidence_and_one_with_a_token_is_not_whole() {
    let around = |items, text| {
        let none = std::iter::empty::<Piece>();
        let around = Around {
            items,
            head: text,
            tail: text,
        };
        Given::of(none, &[around], 0).setup
    };
    assert!(around(0, r#"{"metricFilters": []}"#).is_whole(Told::MetricFilters));
    assert!(around(0, r#"{"MetricAlarms": [], "CompositeAlarms": []}"#).is_whole(Told::Alarms));
    assert_eq!(around(0, r#"{"Vpcs": []}"#).given, []);
    let cut = r#"{"metricFilters": [{"filterName": "f"}], "nextToken": "x"}"#;
    assert_eq!(around(1, cut).cut, [Told::MetricFilters]);
    assert_eq!(around(1, &cut.replace("nextToken", "other")).cut, []);
}

#[test]
fn topics_stand_by_their_number_and_say_where_they_end() {
    let given = whole();
    let chains = || chain::topics(&given.setup, given.known());
    let seen = |t: &crate::monitoring::Topic| match t.id {
        "root-usage" => Seen::Happened(Happened {
            count: 3,
            ..Happened::default()
        }),
        _ => Seen::Waiting,
    };
    let mut rows = topics::rows("v7.0.0", seen, chains());
    let numbers: Vec<_> = rows.iter().filter_map(|r| r.number).collect();
    assert_eq!(numbers.len(), TOPICS.len());
    assert_eq!((numbers[0], numbers[9]), ("5.1", "5.10"));
    let root = rows
        .iter()
        .find(|r| r.topic.id == "root-usage")
        .expect("the topic");
    assert_eq!(root.ends(), ("ok", "Told".to_owned()));
    assert_eq!(root.filter(), "root");
    assert_eq!(topics::covered(&rows), (1, 15));
    let other = rows
        .iter()
        .find(|r| r.topic.id == "vpc-changes")
        .expect("the topic");
    assert_eq!(other.ends(), ("red", "No filter".to_owned()));
    topics::sort(&mut rows, By::Events, true);
    assert_eq!(rows[0].topic.id, "root-usage");
    topics::sort(&mut rows, By::Ends, false);
    assert_eq!(rows[14].topic.id, "root-usage");
    // A version may lack a topic: it comes last, without a number.
    let old = topics::rows("v1.2.0", seen, chains());
    assert_eq!(old[14].number, None);
}

#[test]
fn without_files_nothing_is_known_and_the_command_is_named() {
    let chains = chain::topics(&Given::default().setup, chain::Known::default());
    let rows = topics::rows("v7.0.0", |_| Seen::Waiting, chains);
    assert!(rows.iter().all(|r| r.ends() == ("none", "Not known".to_owned())));
    assert_eq!(rows[0].chain.helps(), Some(Told::MetricFilters));
}

#[test]
fn a_chain_is_drawn_up_to_where_it_breaks() {
    let steps = |given: &Given| {
        let chains = chain::topics(&given.setup, given.known());
        let found = chains
            .iter()
            .find(|c| c.topic == "root-usage")
            .expect("the topic");
        let steps = of_topic(found);
        steps
            .iter()
            .map(|s| (s.link, s.status, s.word))
            .collect::<Vec<_>>()
    };
    let full = steps(&whole());
    assert_eq!(full[0], (Link::Group, "none", "Taken for granted"));
    assert!(full[1..].iter().all(|s| s.1 == "ok"), "{full:?}");
    let mut silent = alarm();
    silent["AlarmActions"] = json!([]);
    let broken = steps(&inventory(&[("MetricFilter", root()), ("MetricAlarm", silent)]));
    assert_eq!(broken[3], (Link::Alarm, "ok", "Holds"));
    assert_eq!(broken[4], (Link::Action, "red", "Broken"));
    assert_eq!(broken[5], (Link::Subscription, "none", "Not reached"));
    let unknown = steps(&inventory(&[("MetricFilter", root())]));
    assert_eq!(unknown[3], (Link::Alarm, "none", "Not known"));
}

#[test]
fn filters_say_what_is_wrong_with_them_and_what_they_publish() {
    let given = inventory(&[
        ("MetricFilter", root()),
        (
            "MetricFilter",
            filter("wide", "{ $.eventName = * || $.a = 1 }", "1"),
        ),
        ("MetricFilter", filter("broken", "{ $.eventName = ", "1")),
        (
            "MetricFilter",
            filter("size", "{ $.eventName = PutObject }", "$.bytes"),
        ),
    ]);
    let rows = filters::rows(&given, &[]);
    let of = |name: &str| {
        rows.iter()
            .find(|r| r.filter.filter_name == name)
            .expect("the filter")
    };
    assert_eq!(of("root").covers(), [topic("root-usage").expect("a topic").title]);
    assert_eq!(of("root").metrics[0].value, Ok(From::Number(1.0)));
    assert!(of("wide").nearly_everything);
    assert_eq!(of("broken").said().0, "red");
    assert!(!of("broken").is_read && of("broken").metrics[0].value.is_err());
    assert!(of("size").metrics[0].value.is_err());
    let with_column = filters::rows(&given, &["bytes".to_owned()]);
    let size = with_column
        .iter()
        .find(|r| r.filter.filter_name == "size")
        .expect("the filter");
    assert_eq!(size.metrics[0].value, Ok(From::Column("bytes".to_owned())));
    assert!(size.remark.is_some());
}

#[test]
fn answers_by_minute_become_a_metric() {
    let events = answer(vec![
        vec![Cell::Time(0), Cell::Int(9)],
        vec![Cell::Time(MINUTE), Cell::Int(2)],
        vec![Cell::Absent, Cell::Int(5)],
    ]);
    let matches = answer(vec![
        vec![Cell::Time(MINUTE), Cell::Text("2.5".to_owned()), Cell::Int(2)],
        vec![Cell::Time(MINUTE), Cell::Absent, Cell::Int(1)],
    ]);
    let found = minutes(&events, &matches, &From::Column("bytes".to_owned())).series(Some(0.0));
    let sums: Vec<_> = found
        .points()
        .iter()
        .map(|p| (p.time_ns, p.statistics.sum()))
        .collect();
    assert_eq!(sums, [(0, 0.0), (MINUTE, 5.0)]);
}

#[test]
fn an_alarm_is_run_over_the_events() {
    let row = ran(&whole());
    assert_eq!(row.times(), Some(1));
    assert_eq!(row.now(), ("ok", "OK".to_owned()));
    assert_eq!(row.tells(), ("ok", "1 subscription".to_owned()));
    assert_eq!(row.differs().as_deref(), Some("The file says OK as well."));
    assert_eq!(
        row.rule,
        "Sum over 5 min is at least 1 in 1 of 1 periods; missing data counts as not breaching."
    );
    let run = row.ran().expect("it ran");
    let states: Vec<_> = strip(&run.evaluation, run.known)
        .iter()
        .map(|s| s.state)
        .collect();
    assert_eq!(
        states,
        [
            StateValue::InsufficientData,
            StateValue::Ok,
            StateValue::Alarm,
            StateValue::Ok
        ]
    );
    let all = strip(&run.evaluation, run.known);
    assert!(all.windows(2).all(|w| w[0].range.to_ns == w[1].range.from_ns));
    assert_eq!(all.last().map(|s: &Stretch| s.range.to_ns), Some(run.known.to_ns));
}

#[test]
fn the_last_minute_is_evaluated_too() {
    let span = TimeRange::new(5, 7 * MINUTE + 1);
    assert_eq!(alarms::whole_minutes(span), TimeRange::new(5, 8 * MINUTE));
    let even = TimeRange::new(5, 7 * MINUTE);
    assert_eq!(alarms::whole_minutes(even), even);
}

#[test]
fn what_is_not_evaluated_says_why() {
    let not = |change: fn(&mut Value)| {
        let mut changed = alarm();
        change(&mut changed);
        let given = inventory(&[("MetricFilter", root()), ("MetricAlarm", changed)]);
        let rows = filters::rows(&given, &[]);
        let ground = Ground {
            known: None,
            gathered: &[],
            done: true,
        };
        match alarms::rows(&given, &rows, ground).remove(0).judged {
            Judged::Not(why) => why,
            other => panic!("{other:?}"),
        }
    };
    assert!(not(|_| ()).starts_with("Needs CloudTrail events"));
    assert!(not(|a| a["Namespace"] = json!("AWS/EC2")).contains("AWS’s own metrics"));
    assert!(not(|a| a["MetricName"] = json!("other")).contains("No filter that is loaded"));
    assert!(not(|a| a["Dimensions"] = json!([{"Name": "d", "Value": "v"}])).contains("other dimensions"));
    assert!(not(|a| a["Metrics"] = json!([{"Id": "e", "Expression": "a*2"}])).contains("metric math"));
    let composite =
        json!({"AlarmName": "c", "AlarmRule": "ALARM(a)", "ActionsEnabled": true, "AlarmActions": []});
    let given = inventory(&[("CompositeAlarm", composite)]);
    let ground = Ground {
        known: None,
        gathered: &[],
        done: true,
    };
    let row = alarms::rows(&given, &[], ground).remove(0);
    assert_eq!(row.now().1, "Not evaluated");
    assert_eq!(row.tells(), ("red", "Nobody".to_owned()));
    assert_eq!(why(&row.end), "The alarm has no action for the state ALARM.");
    assert!(matches!(row.end, End::Broken(_)));
}

#[test]
fn tables_are_saved_with_a_value_for_every_head() {
    let given = whole();
    let chains = chain::topics(&given.setup, given.known());
    let all = [
        sheets::of_topics(&topics::rows("v7.0.0", |_| Seen::Waiting, chains)),
        sheets::of_filters(&filters::rows(&given, &[]), |_| Some(3)),
        sheets::of_alarms(&[ran(&given)]),
    ];
    for sheet in &all {
        assert!(!sheet.rows.is_empty());
        assert!(sheet.rows.iter().all(|r| r.len() == sheet.columns.len()));
    }
    assert_eq!(all[1].rows[0][6], Cell::Int(3));
}

#[test]
fn charts_show_the_most_telling_period_and_the_threshold() {
    let row = ran(&whole());
    let run = row.ran().expect("it ran");
    let narrow = curve(&run.series, &run.rule, run.known);
    assert_eq!((narrow.times.len(), narrow.folded), (24, 1));
    assert_eq!(narrow.values[6], Some(2.0));
    assert_eq!(narrow.values[5], Some(0.0));
    let wide = curve(&run.series, &run.rule, TimeRange::new(0, 5000 * HOUR));
    assert!(wide.times.len() <= 400 && wide.folded > 1);
    assert_eq!(wide.values[0], Some(2.0));
    let frame = Frame {
        width: 600.0,
        height: 160.0,
        range: run.known,
        offset_min: 0,
    };
    let scene = with_threshold(&narrow, &run.rule, "CIS/root", frame);
    assert_eq!(scene.legend.len(), 2);
    let (bars, word) = sums(&run.series, run.known, "CIS/root", frame);
    assert_eq!(word, "a minute");
    assert!(!bars.table.rows.is_empty());
}
