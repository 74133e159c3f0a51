use super::*;
use crate::monitoring::metric::{Match, Minutes};
use proptest::prelude::*;

const TREATS: [TreatMissingData; 4] = [
    TreatMissingData::Missing,
    TreatMissingData::Ignore,
    TreatMissingData::Breaching,
    TreatMissingData::NotBreaching,
];

fn range(drawn: &str) -> Vec<Datapoint> {
    let point = |c| match c {
        'X' => Datapoint::Value {
            value: 9.0,
            breaching: true,
        },
        '0' => Datapoint::Value {
            value: 1.0,
            breaching: false,
        },
        _ => Datapoint::Missing,
    };
    drawn.split_whitespace().flat_map(str::chars).map(point).collect()
}

/// A row of AWS's tables: data points, how many are filled, and the state for missing, ignore, breaching, notBreaching.
type Row = (&'static str, u32, [&'static str; 4]);

fn check(n: u32, m: u32, rows: &[Row]) {
    for (drawn, filled, states) in rows {
        for (treat, wanted) in TREATS.into_iter().zip(states) {
            let (found, tally) = verdict(&range(drawn), n, m, treat);
            let found = match found {
                Verdict::Goes(state) => state.as_str(),
                Verdict::Stays => "retain",
            };
            assert_eq!(
                (found, tally.filled),
                (*wanted, *filled),
                "{drawn} {treat:?} {m} of {n}"
            );
        }
    }
}

/// alarms-and-missing-data.html, the first table: 3 of 3, an evaluation range of 5.
#[test]
fn the_table_of_three_out_of_three() {
    check(
        3,
        3,
        &[
            ("0 - X - X", 0, ["OK", "OK", "OK", "OK"]),
            ("0 - - - -", 2, ["OK", "OK", "OK", "OK"]),
            ("- - - - -", 3, ["INSUFFICIENT_DATA", "retain", "ALARM", "OK"]),
            ("0 X X - X", 0, ["ALARM", "ALARM", "ALARM", "ALARM"]),
            ("- - X - -", 2, ["ALARM", "retain", "ALARM", "OK"]),
        ],
    );
}

/// The second table: 2 of 3.
#[test]
fn the_table_of_two_out_of_three() {
    check(
        3,
        2,
        &[
            ("0 - X - X", 0, ["ALARM", "ALARM", "ALARM", "ALARM"]),
            ("0 0 X 0 X", 0, ["ALARM", "ALARM", "ALARM", "ALARM"]),
            ("0 - X - -", 1, ["OK", "OK", "ALARM", "OK"]),
            ("- - - - 0", 2, ["OK", "OK", "ALARM", "OK"]),
            ("- - - X -", 2, ["ALARM", "retain", "ALARM", "OK"]),
        ],
    );
}

/// "Avoiding premature transitions": too young to be sure.
#[test]
fn a_first_breach_is_waited_for() {
    for drawn in ["- - - - X", "- - - X -"] {
        let (found, tally) = verdict(&range(drawn), 3, 3, TreatMissingData::Missing);
        assert_eq!((found, tally.premature), (Verdict::Stays, false), "{drawn}");
    }
    let (found, tally) = verdict(&range("- - X - -"), 3, 3, TreatMissingData::Missing);
    assert_eq!((found, tally.premature), (Verdict::Goes(StateValue::Alarm), true));
}

fn alarm() -> MetricAlarm {
    MetricAlarm {
        alarm_name: "a".to_owned(),
        alarm_arn: None,
        actions_enabled: true,
        ok_actions: Vec::new(),
        alarm_actions: Vec::new(),
        insufficient_data_actions: Vec::new(),
        state_value: None,
        metric_name: Some("M".to_owned()),
        namespace: Some("N".to_owned()),
        statistic: Some(Statistic::Sum),
        extended_statistic: None,
        dimensions: Vec::new(),
        period: Some(300),
        evaluation_periods: 1,
        datapoints_to_alarm: None,
        threshold: Some(1.0),
        comparison_operator: ComparisonOperator::GreaterThanOrEqualToThreshold,
        treat_missing_data: None,
        evaluate_low_sample_count_percentile: None,
        metric_math: false,
        metrics: Vec::new(),
        threshold_metric_id: None,
        wall_clock_window: None,
    }
}

fn rule() -> Rule {
    Rule::of(&alarm()).expect("a rule")
}

/// Values at minutes.
fn series(points: &[(i64, f64)]) -> Series {
    let mut minutes = Minutes::default();
    for (minute, value) in points {
        minutes.matched(Match {
            time_ns: minute * MINUTE,
            value: Some(*value),
        });
    }
    minutes.series(None)
}

fn minutes(to: i64) -> TimeRange {
    TimeRange::new(0, to * MINUTE)
}

/// Minute and state of each change.
fn changes(rule: &Rule, series: &Series, known: TimeRange) -> Vec<(i64, &'static str)> {
    let found = evaluate(rule, series, known);
    found
        .changes
        .iter()
        .map(|c| (c.time_ns / MINUTE, c.to.as_str()))
        .collect()
}

#[test]
fn the_benchmarks_own_alarm_goes_off_and_forgets() {
    // One match at minute 20: ALARM when its minute is over. The latest data point decides for as long as it is in the
    // range of three periods.
    let found = evaluate(&rule(), &series(&[(20, 1.0)]), minutes(60));
    let told: Vec<_> = found
        .changes
        .iter()
        .map(|c| (c.time_ns / MINUTE, c.to.as_str()))
        .collect();
    assert_eq!(told, [(21, "ALARM"), (36, "INSUFFICIENT_DATA")]);
    assert_eq!(
        found.changes[0].reason,
        "1 of 1 data point is at least 1; 1 of 1 are needed."
    );
    assert_eq!((found.alarms(), found.alarm_ns), (1, 15 * MINUTE));
    let mut quiet = rule();
    quiet.treat_missing_data = TreatMissingData::NotBreaching;
    assert_eq!(
        changes(&quiet, &series(&[(20, 1.0)]), minutes(60)),
        [(1, "OK"), (21, "ALARM"), (36, "OK")]
    );
    let mut stays = rule();
    stays.treat_missing_data = TreatMissingData::Ignore;
    assert_eq!(
        changes(&stays, &series(&[(20, 1.0)]), minutes(60)),
        [(21, "ALARM")]
    );
}

#[test]
fn zeros_end_an_alarm_sooner() {
    let mut points: Vec<(i64, f64)> = (0..60).map(|minute| (minute, 0.0)).collect();
    points[20].1 = 1.0;
    assert_eq!(
        changes(&rule(), &series(&points), minutes(60)),
        [(1, "OK"), (21, "ALARM"), (26, "OK")]
    );
}

#[test]
fn windows_slide_or_stand_on_the_clock() {
    // Three on each side of a full five minutes: only a sliding window sees them together.
    let mut six = rule();
    six.threshold = 6.0;
    let points = series(&[(3, 3.0), (6, 3.0)]);
    assert_eq!(changes(&six, &points, minutes(8)), [(4, "OK"), (7, "ALARM")]);
    six.window = Window::WallClock { offset_s: 0 };
    assert_eq!(changes(&six, &points, minutes(12)), [(5, "OK")]);
    // An hour and a half east, hours begin at the half hour.
    let mut hour = rule();
    hour.period_s = 3600;
    hour.window = Window::WallClock { offset_s: 5400 };
    assert_eq!(
        changes(&hour, &series(&[(20, 1.0)]), minutes(60)),
        [(30, "ALARM")]
    );
    assert_eq!(offset("UTC+05:30"), Some(19_800));
    assert_eq!(offset("-08:00"), Some(-28_800));
    assert_eq!((offset("Z"), offset("UTC")), (Some(0), Some(0)));
    assert_eq!(offset("Europe/London"), None);
}

#[test]
fn what_was_not_loaded_sets_nothing_off() {
    let mut dead = rule();
    dead.treat_missing_data = TreatMissingData::Breaching;
    // Nothing for the first five minutes is only not known; then it is missing.
    assert_eq!(changes(&dead, &series(&[]), minutes(3)), []);
    assert_eq!(changes(&dead, &series(&[]), minutes(20)), [(5, "ALARM")]);
    let mut few = rule();
    few.comparison = Comparison::Below;
    few.threshold = 3.0;
    let steady: Vec<_> = (0..20).map(|minute| (minute, 1.0)).collect();
    assert_eq!(changes(&few, &series(&steady), minutes(20)), [(5, "OK")]);
}

#[test]
fn times_at_the_end_of_the_world_are_no_trouble() {
    let mut minutes = Minutes::default();
    for time_ns in [i64::MIN, 0, i64::MAX] {
        minutes.event(time_ns);
        minutes.matched(Match {
            time_ns,
            value: Some(1.0),
        });
    }
    let all = TimeRange::new(i64::MIN, i64::MAX);
    for window in [Window::Sliding, Window::WallClock { offset_s: -3600 }] {
        let mut rule = rule();
        rule.window = window;
        rule.period_s = u32::MAX;
        rule.evaluation_periods = 3;
        evaluate(&rule, &minutes.series(Some(0.0)), all);
    }
}

#[test]
fn alarms_that_are_not_evaluated_say_why() {
    let not = |change: fn(&mut MetricAlarm)| {
        let mut alarm = alarm();
        change(&mut alarm);
        Rule::of(&alarm).expect_err("not evaluated")
    };
    assert_eq!(not(|a| a.metric_math = true), NotEvaluated::MetricMath);
    assert_eq!(
        not(|a| a.threshold_metric_id = Some("ad1".into())),
        NotEvaluated::AnomalyDetection
    );
    assert_eq!(not(|a| a.threshold = None), NotEvaluated::Missing("Threshold"));
    assert_eq!(not(|a| a.period = None), NotEvaluated::Missing("Period"));
    assert_eq!(not(|a| a.period = Some(10)), NotEvaluated::HighResolution);
    assert_eq!(
        not(|a| a.datapoints_to_alarm = Some(2)),
        NotEvaluated::MoreThanAll
    );
    assert_eq!(
        not(|a| a.wall_clock_window = Some("Asia/Tokyo".into())),
        NotEvaluated::TimeZone("Asia/Tokyo".into())
    );
    let trimmed = not(|a| {
        a.statistic = None;
        a.extended_statistic = Some("tm90".into());
    });
    assert!(trimmed.to_string().contains("tm90"));
}

#[test]
fn percentiles_wait_for_enough_samples() {
    let mut slow = rule();
    slow.measure = Measure::Percentile {
        percent: 90.0,
        ignore_low_samples: true,
    };
    slow.threshold = 5.0;
    let few: Vec<_> = (0..5).map(|i| (i, 9.0)).collect();
    assert_eq!(changes(&slow, &series(&few), minutes(5)), []);
    slow.measure = Measure::Percentile {
        percent: 90.0,
        ignore_low_samples: false,
    };
    assert_eq!(changes(&slow, &series(&few), minutes(5)), [(1, "ALARM")]);
    assert!(is_low(99, 90.0) && !is_low(101, 90.0) && is_low(99, 10.0));
    assert_eq!(
        (percent("p99.9"), percent("p101"), percent("tm9")),
        (Some(99.9), None, None)
    );
}

proptest! {
    /// Evaluating only when something moves is evaluating every minute.
    #[test]
    fn no_minute_is_left_out(
        points in prop::collection::vec((0i64..120, 0.0f64..4.0), 0..25),
        period in prop::sample::select(&[60u32, 120, 300][..]),
        n in 1u32..4, m in 1u32..4, treat in 0usize..4, wall: bool, below: bool, begin in 0i64..200,
    ) {
        let rule = Rule {
            period_s: period,
            evaluation_periods: n.max(m),
            datapoints_to_alarm: m,
            measure: Measure::Statistic(Statistic::Maximum),
            threshold: 2.0,
            comparison: if below { Comparison::Below } else { Comparison::AtLeast },
            treat_missing_data: TREATS[treat],
            window: if wall { Window::WallClock { offset_s: 0 } } else { Window::Sliding },
        };
        let series = series(&points);
        let known = TimeRange::new(begin * SECOND, 150 * MINUTE);
        let mut state = StateValue::InsufficientData;
        let mut every = Vec::new();
        for minute in begin / 60 + 1..=150i64 {
            let time = minute * MINUTE;
            let window = window(&rule, &series, known, time);
            let seen = i64::from(period) * SECOND * i64::from(rule.evaluation_periods);
            let treat = if time < begin * SECOND + seen && TREATS[treat] == TreatMissingData::Breaching {
                TreatMissingData::Missing
            } else {
                TREATS[treat]
            };
            if let (Verdict::Goes(to), _) = verdict(&window, rule.evaluation_periods, m, treat)
                && to != state
            {
                every.push((minute, to.as_str()));
                state = to;
            }
        }
        prop_assert_eq!(changes(&rule, &series, known), every);
    }
}
