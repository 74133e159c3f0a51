use super::*;
use crate::monitoring::topics::topic;
use serde_json::{Value, json};

const TOPIC: &str = "arn:aws:sns:us-east-1:111122223333:sec";

fn filter(name: &str, pattern: &str) -> Value {
    json!({"filterName": name, "filterPattern": pattern, "logGroupName": "trail", "metricTransformations": [
        {"metricName": name, "metricNamespace": "CIS", "metricValue": "1"}
    ]})
}

fn alarm(name: &str) -> Value {
    json!({
        "AlarmName": format!("{name}-alarm"), "MetricName": name, "Namespace": "CIS", "Statistic": "Sum", "Period": 300,
        "EvaluationPeriods": 1, "Threshold": 1.0, "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "ActionsEnabled": true, "AlarmActions": [TOPIC]
    })
}

fn subscription(arn: &str) -> Value {
    json!({"SubscriptionArn": arn, "TopicArn": TOPIC, "Protocol": "email"})
}

fn pattern(id: &str) -> &'static str {
    topic(id).expect("a topic").pattern
}

fn setup(answers: &[Value]) -> Setup {
    let mut setup = Setup::default();
    for answer in answers {
        setup.add(answer).expect("an answer");
    }
    assert_eq!(setup.errors, []);
    setup
}

/// The end of the root topic's chain.
fn root(answers: &[Value]) -> TopicChain {
    chain(answers, "root-usage", Known::default())
}

fn chain(answers: &[Value], id: &str, known: Known) -> TopicChain {
    let found = topics(&setup(answers), known);
    found
        .into_iter()
        .find(|chain| chain.topic == id)
        .expect("every topic")
}

fn filters() -> Value {
    json!({"metricFilters": [filter("root", pattern("root-usage"))]})
}

fn alarms(change: impl Fn(&mut Value)) -> Value {
    let mut alarm = alarm("root");
    change(&mut alarm);
    json!({"MetricAlarms": [alarm], "CompositeAlarms": []})
}

fn subscriptions(all: &[Value]) -> Value {
    json!({"Subscriptions": all})
}

const CONFIRMED: &str = "arn:aws:sns:us-east-1:111122223333:sec:1";

#[test]
fn a_whole_chain_tells_someone() {
    let found = root(&[
        filters(),
        alarms(|_| ()),
        subscriptions(&[subscription(CONFIRMED)]),
    ]);
    assert_eq!(found.end, End::Told { subscriptions: 1 });
    assert!(found.is_covered());
    assert_eq!(
        found.says,
        "root takes it and root-alarm tells 1 confirmed subscription."
    );
    let path = found.path.expect("a path");
    assert_eq!(path.metric.as_deref(), Some("CIS/root"));
    assert_eq!(path.action.as_deref(), Some(TOPIC));
    // Nobody saw CloudTrail's events in the group.
    assert_eq!(path.remarks.len(), 1);
    let groups = ["trail".to_owned()];
    let known = Known {
        trail_groups: Some(&groups),
    };
    let answers = [
        filters(),
        alarms(|_| ()),
        subscriptions(&[subscription(CONFIRMED)]),
    ];
    assert_eq!(
        chain(&answers, "root-usage", known).path.expect("a path").remarks,
        [""; 0]
    );
}

/// What the chain ends with, the file that helps, and a word of what is said.
fn check(answers: &[Value], link: Link, helps: Option<Answer>, word: &str) {
    let found = root(answers);
    let why = match &found.end {
        End::Broken(why) if helps.is_none() => why,
        End::NotKnown(why) if helps.is_some() => why,
        other => panic!("{word}: {other:?}"),
    };
    assert_eq!((why.link(), why.helps()), (link, helps), "{word}");
    assert!(found.says.contains(word), "{}", found.says);
    assert!(!found.is_covered());
}

#[test]
fn the_weakest_link_is_named() {
    let none = subscriptions(&[]);
    let no_filters = json!({"metricFilters": []});
    check(
        &[],
        Link::Filter,
        Some(Answer::MetricFilters),
        "describe-metric-filters",
    );
    check(&[no_filters], Link::Filter, None, "No filter covers this topic.");
    check(&[filters()], Link::Alarm, Some(Answer::Alarms), "describe-alarms");
    check(
        &[filters(), json!({"MetricAlarms": []})],
        Link::Alarm,
        None,
        "CIS/root has no alarm",
    );
    let cut = json!({"MetricAlarms": [], "NextToken": "more"});
    check(&[filters(), cut], Link::Alarm, Some(Answer::Alarms), "not whole");
    let disabled = alarms(|a| a["ActionsEnabled"] = json!(false));
    check(
        &[filters(), disabled, none.clone()],
        Link::Action,
        None,
        "actions are disabled",
    );
    let silent = alarms(|a| a["AlarmActions"] = json!([]));
    check(
        &[filters(), silent, none.clone()],
        Link::Action,
        None,
        "no action",
    );
    let only = [filters(), alarms(|_| ())];
    check(
        &only,
        Link::Subscription,
        Some(Answer::Subscriptions),
        "drop the answer of aws sns list-subscriptions",
    );
    check(
        &[filters(), alarms(|_| ()), none],
        Link::Subscription,
        None,
        "has no subscription",
    );
    let pending = subscriptions(&[subscription("PendingConfirmation")]);
    check(
        &[filters(), alarms(|_| ()), pending],
        Link::Subscription,
        None,
        "1 wait for confirmation",
    );
    let other = json!({"SubscriptionArn": CONFIRMED, "TopicArn": "arn:aws:sns:us-east-1:111122223333:other"});
    let elsewhere = subscriptions(&[other]);
    check(
        &[filters(), alarms(|_| ()), elsewhere],
        Link::Subscription,
        Some(Answer::Subscriptions),
        "does not name the topic",
    );
    let dimensions = alarms(|a| a["Dimensions"] = json!([{"Name": "a", "Value": "b"}]));
    check(&[filters(), dimensions], Link::Alarm, None, "other dimensions");
    let archive = json!({"logGroups": [{"logGroupName": "trail", "logGroupClass": "INFREQUENT_ACCESS"}]});
    check(&[filters(), archive], Link::Group, None, "no metric filters");
    let mut odd = filter("root", pattern("root-usage"));
    odd["metricTransformations"][0]["metricValue"] = json!("one");
    check(
        &[json!({"metricFilters": [odd]})],
        Link::Metric,
        None,
        "gives no number",
    );
    let everything = json!({"metricFilters": [filter("root", "")]});
    let told = subscriptions(&[subscription(CONFIRMED)]);
    check(
        &[everything, alarms(|_| ()), told],
        Link::Filter,
        None,
        "nearly every event",
    );
    let broken = json!({"metricFilters": [filter("root", "{ $.userIdentity.type = \"Root }")]});
    check(&[broken], Link::Filter, None, "the patterns of 1 can not be read");
}

#[test]
fn what_is_not_evaluated_is_no_pass() {
    let told = subscriptions(&[subscription(CONFIRMED)]);
    let not_known = |alarms: Value, word: &str| {
        let found = root(&[filters(), alarms, told.clone()]);
        assert!(matches!(found.end, End::NotKnown(_)), "{:?}", found.end);
        assert!(found.says.contains(word), "{}", found.says);
    };
    not_known(
        alarms(|a| a["AlarmActions"] = json!(["arn:aws:lambda:us-east-1:111122223333:function:f"])),
        "not known",
    );
    not_known(alarms(|a| a["Period"] = json!(10)), "below a minute");
    let silent = alarms(|a| a["AlarmActions"] = json!([]));
    let mut both = silent.clone();
    both["CompositeAlarms"] = json!([
        {"AlarmName": "any", "AlarmRule": "ALARM(\"root-alarm\") OR ALARM(x)", "AlarmActions": [TOPIC]}
    ]);
    not_known(both, "composite alarm any");
    let math = json!({"MetricAlarms": [{
        "AlarmName": "math", "EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanThreshold", "Threshold": 0.0,
        "Metrics": [{"Id": "m", "MetricStat": {"Metric": {"Namespace": "CIS", "MetricName": "root"}}}]
    }]});
    not_known(math, "metric math");
}

#[test]
fn the_best_of_several_ways_counts() {
    let mut all = vec![
        filter("part", "{ $.eventName = DisableKey }"),
        filter("kms", pattern("cmk-disabled-or-deleted")),
    ];
    let answers = |filters: &[Value]| {
        [
            json!({"metricFilters": filters}),
            json!({"MetricAlarms": [alarm("part")]}),
            subscriptions(&[subscription(CONFIRMED)]),
        ]
    };
    // Someone is told of half of it: that is further than a whole filter without an alarm.
    let found = chain(&answers(&all), "cmk-disabled-or-deleted", Known::default());
    assert!(matches!(found.end, End::Told { .. }) && !found.is_covered());
    assert!(
        found
            .says
            .ends_with("takes only 1 of 2 events; it misses ScheduleKeyDeletion."),
        "{}",
        found.says
    );
    all.remove(0);
    let found = chain(&answers(&all), "cmk-disabled-or-deleted", Known::default());
    assert!(matches!(found.end, End::Broken(Break::NoAlarm { .. })));
    // Two of eighteen calls taken in passing are no cover.
    let iam = [json!({"metricFilters": [filter("iam", pattern("iam-policy-changes"))]})];
    let found = chain(&iam, "organizations-changes", Known::default());
    assert_eq!(found.end, End::Broken(Break::NoFilter { unread: 0 }));
}

#[test]
fn groups_that_the_trail_does_not_use_break_the_chain() {
    let groups = ["another".to_owned()];
    let known = Known {
        trail_groups: Some(&groups),
    };
    let found = chain(&[filters()], "root-usage", known);
    assert_eq!(found.end, End::Broken(Break::NotTheTrail("trail".to_owned())));
}

#[test]
fn an_alarm_that_one_event_does_not_set_off_says_so() {
    let many = alarms(|a| a["Threshold"] = json!(10.0));
    let found = root(&[filters(), many, subscriptions(&[subscription(CONFIRMED)])]);
    let remarks = found.path.expect("a path").remarks;
    assert!(
        remarks
            .iter()
            .any(|remark| remark.contains("does not set the alarm off")),
        "{remarks:?}"
    );
}

#[test]
fn every_topic_can_be_covered_and_nothing_passes_without_files() {
    let all: Vec<Value> = TOPICS
        .iter()
        .map(|topic| filter(topic.id, topic.pattern))
        .collect();
    let alarms: Vec<Value> = TOPICS.iter().map(|topic| alarm(topic.id)).collect();
    let answers = [
        json!({"metricFilters": all}),
        json!({"MetricAlarms": alarms}),
        subscriptions(&[subscription(CONFIRMED)]),
    ];
    let found = topics(&setup(&answers), Known::default());
    assert!(found.iter().all(TopicChain::is_covered));
    for (i, _) in answers.iter().enumerate() {
        let some: Vec<Value> = answers
            .iter()
            .enumerate()
            .filter(|(j, _)| *j != i)
            .map(|(_, a)| a.clone())
            .collect();
        let found = topics(&setup(&some), Known::default());
        assert!(
            found
                .iter()
                .all(|chain| matches!(chain.end, End::NotKnown(_)) && chain.helps().is_some())
        );
    }
}
