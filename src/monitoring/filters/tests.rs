use super::*;
use serde_json::json;

#[test]
fn metric_filters_are_read() {
    let mut setup = Setup::default();
    let answer = setup.add(&json!({"metricFilters": [{
        "filterName": "root",
        "filterPattern": "{ $.userIdentity.type = \"Root\" }",
        "metricTransformations": [{
            "metricName": "RootUse", "metricNamespace": "CIS", "metricValue": "1", "defaultValue": 0.0,
            "dimensions": {"Region": "$.awsRegion"}, "unit": "Count"
        }],
        "creationTime": 1_700_000_000_000_i64,
        "logGroupName": "trail",
        "applyOnTransformedLogs": false
    }]}));
    assert_eq!(answer, Ok(Answer::MetricFilters));
    let filter = &setup.metric_filters[0];
    assert_eq!(filter.creation_time, Some(1_700_000_000_000));
    let transformation = &filter.metric_transformations[0];
    assert_eq!(transformation.default_value, Some(0.0));
    assert_eq!(
        transformation.dimensions,
        [("Region".to_owned(), "$.awsRegion".to_owned())]
    );
    assert!(setup.errors.is_empty() && setup.is_whole(Answer::MetricFilters));
}

#[test]
fn alarms_are_read() {
    let mut setup = Setup::default();
    let alarm = json!({
        "AlarmName": "root", "AlarmArn": "arn:aws:cloudwatch:us-east-1:111122223333:alarm:root",
        "ActionsEnabled": true, "OKActions": [], "AlarmActions": ["arn:aws:sns:us-east-1:111122223333:sec"],
        "InsufficientDataActions": [], "StateValue": "OK", "MetricName": "RootUse", "Namespace": "CIS",
        "Statistic": "Sum", "Dimensions": [{"Name": "a", "Value": "b"}], "Period": 300, "EvaluationPeriods": 1,
        "DatapointsToAlarm": 1, "Threshold": 1.0, "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching", "EvaluationWindow": {"WallClockWindow": {"Timezone": "+01:00"}}
    });
    let math = json!({
        "AlarmName": "math", "EvaluationPeriods": 1, "ComparisonOperator": "LessThanThreshold", "Threshold": 1.0,
        "Metrics": [
            {"Id": "e1", "Expression": "m1*2"},
            {"Id": "m1", "MetricStat": {"Metric": {"Namespace": "CIS", "MetricName": "RootUse"}, "Period": 60, "Stat": "Sum"}}
        ]
    });
    let composite = json!({"AlarmName": "both", "AlarmRule": "ALARM(\"root\")", "AlarmActions": []});
    let answer =
        setup.add(&json!({"MetricAlarms": [alarm, math], "CompositeAlarms": [composite], "NextToken": null}));
    assert_eq!(answer, Ok(Answer::Alarms));
    let [root, math] = setup.metric_alarms.as_slice() else {
        panic!("two alarms: {:?}", setup.errors);
    };
    assert_eq!(root.treat_missing_data, Some(TreatMissingData::NotBreaching));
    assert_eq!(root.wall_clock_window.as_deref(), Some("+01:00"));
    assert_eq!(root.actions(StateValue::Alarm).len(), 1);
    assert_eq!(root.actions(StateValue::Ok).len(), 0);
    assert!(math.metric_math && math.actions_enabled);
    assert_eq!(math.metrics, [("CIS".to_owned(), "RootUse".to_owned())]);
    assert_eq!(setup.composite_alarms[0].alarm_rule, "ALARM(\"root\")");
    let json = serde_json::to_value(root).expect("JSON");
    assert_eq!(
        (&json["AlarmName"], &json["TreatMissingData"]),
        (&json!("root"), &json!("notBreaching"))
    );
    assert!(json.get("OKActions").is_some());
}

#[test]
fn groups_and_subscriptions_are_read() {
    let mut setup = Setup::default();
    let groups = json!({"logGroups": [{"logGroupName": "trail", "logGroupClass": "INFREQUENT_ACCESS", "storedBytes": 5}]});
    assert_eq!(setup.add(&groups), Ok(Answer::LogGroups));
    let subscriptions = json!({"Subscriptions": [
        {"SubscriptionArn": "PendingConfirmation", "TopicArn": "t", "Protocol": "email", "Endpoint": "a@example.com"},
        {"SubscriptionArn": "arn:aws:sns:us-east-1:111122223333:t:1", "TopicArn": "t"}
    ], "NextToken": "more"});
    assert_eq!(setup.add(&subscriptions), Ok(Answer::Subscriptions));
    assert_eq!(setup.log_groups[0].stored_bytes, Some(5));
    let confirmed: Vec<bool> = setup
        .subscriptions
        .iter()
        .map(Subscription::is_confirmed)
        .collect();
    assert_eq!(confirmed, [false, true]);
    assert!(setup.is_whole(Answer::LogGroups) && !setup.is_whole(Answer::Subscriptions));
    assert!(!setup.has(Answer::Alarms));
}

#[test]
fn a_bad_entry_says_where_and_the_others_go_on() {
    let mut setup = Setup::default();
    let good = json!({"filterName": "a", "logGroupName": "g", "filterPattern": null});
    let answer = setup.add(&json!({"metricFilters": [
        good,
        {"filterName": "b"},
        7,
        {"filterName": "c", "logGroupName": "g", "metricTransformations": [{"metricName": 5}]}
    ]}));
    assert_eq!(answer, Ok(Answer::MetricFilters));
    assert_eq!(setup.metric_filters.len(), 1);
    let told: Vec<String> = setup.errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "metricFilters[1].logGroupName is missing; the entry is left out.",
            "metricFilters[2].filterName is missing; the entry is left out.",
            "a text is expected at metricFilters[3].metricTransformations[0].metricName; the entry is left out.",
        ]
    );
    assert!(!setup.is_whole(Answer::MetricFilters));
    let alarms = json!({"MetricAlarms": [
        {"AlarmName": "x", "EvaluationPeriods": 0, "ComparisonOperator": "GreaterThanThreshold"},
        {"AlarmName": "x", "EvaluationPeriods": 1, "ComparisonOperator": "Above"}
    ]});
    let mut setup = Setup::default();
    assert_eq!(setup.add(&alarms), Ok(Answer::Alarms));
    let problems: Vec<&Problem> = setup.errors.iter().map(|error| &error.problem).collect();
    assert_eq!(
        problems,
        [
            &Problem::Expected("a whole number from 1"),
            &Problem::UnknownValue("Above".to_owned())
        ]
    );
    let unknown = setup
        .add(&json!({"Reservations": []}))
        .expect_err("no answer of ours");
    assert!(unknown.to_string().contains("describe-alarms"));
    assert_eq!(setup.add(&json!({"logGroups": {}})), Ok(Answer::LogGroups));
    assert!(!setup.is_whole(Answer::LogGroups));
}

#[test]
fn a_later_file_replaces_what_is_the_same() {
    let mut setup = Setup::default();
    for pattern in ["a", "b"] {
        let answer =
            json!({"metricFilters": [{"filterName": "f", "logGroupName": "g", "filterPattern": pattern}]});
        assert_eq!(setup.add(&answer), Ok(Answer::MetricFilters));
    }
    assert_eq!(setup.metric_filters.len(), 1);
    assert_eq!(setup.metric_filters[0].filter_pattern, "b");
    assert_eq!(setup.given, [Answer::MetricFilters]);
}
