use super::*;
use crate::language::json::Json;
use crate::monitoring::topics::topic;

fn pattern(text: &str) -> Pattern {
    Pattern::parse(text)
        .unwrap_or_else(|fault| panic!("{text}: {fault}"))
        .pattern
}

fn covered(text: &str) -> Vec<(&'static str, usize, usize)> {
    let found = coverage(&pattern(text));
    found.into_iter().map(|c| (c.topic, c.taken, c.of)).collect()
}

#[test]
fn probes_are_json_and_belong_to_topics() {
    for probe in written() {
        assert!(Json::parse(&probe.message).is_ok(), "{}", probe.message);
        assert!(topic(probe.topic).is_some(), "{}", probe.topic);
    }
    for topic in TOPICS {
        let own = |taken: bool| {
            written()
                .iter()
                .filter(|p| p.topic == topic.id && p.taken == taken)
                .count()
        };
        assert!(own(true) >= 2 && own(false) >= 1, "{}", topic.id);
    }
}

#[test]
fn every_topic_takes_its_probes_and_no_near_miss() {
    for topic in TOPICS {
        let pattern = pattern(topic.pattern);
        for probe in written() {
            let takes = pattern.matches(&probe.message);
            if probe.topic == topic.id {
                assert_eq!(takes, probe.taken, "{}: {}", topic.id, probe.message);
            }
            assert!(probe.taken || !takes, "{}: {}", topic.id, probe.message);
        }
        let found = coverage(&pattern);
        let own = found.iter().find(|c| c.topic == topic.id).expect("its own topic");
        assert!(own.is_complete() && own.beyond == 0);
    }
}

#[test]
fn coverage_is_by_what_a_pattern_matches() {
    // The same in other words: an order, a wildcard, a text pattern.
    assert_eq!(
        covered("{ $.eventSource = kms* && ($.eventName = \"ScheduleKey*\" || $.eventName = DisableKey) }"),
        [("cmk-disabled-or-deleted", 2, 2)]
    );
    assert_eq!(
        covered("?StopLogging ?DeleteTrail"),
        [("cloudtrail-changes", 2, 5)]
    );
    assert_eq!(covered("{ $.level = ERROR }"), []);
    // Organizations' own CreatePolicy and DeletePolicy are taken with IAM's.
    assert_eq!(
        covered(topic("iam-policy-changes").expect("a topic").pattern),
        [("iam-policy-changes", 16, 16), ("organizations-changes", 2, 18)]
    );
    let old = topic("security-group-changes").expect("a topic").published;
    let found = coverage(&pattern(old[0].pattern));
    assert_eq!(found[0].missed, ["ModifySecurityGroupRules"]);
    assert!(!found[0].is_complete());
}

#[test]
fn a_pattern_that_takes_nearly_everything_is_told() {
    let published = topic("unauthorized-api-calls").expect("a topic").published;
    let nearly = published
        .iter()
        .map(|p| reach(&pattern(p.pattern)).is_nearly_everything());
    assert_eq!(nearly.collect::<Vec<_>>(), [false, true, false]);
    let all = reach(&pattern(""));
    assert_eq!((all.taken, all.beyond), (all.of, all.beyond_of));
}

#[test]
fn parentheses_of_the_refused_calls_change_nothing() {
    let topic = topic("unauthorized-api-calls").expect("a topic");
    let latest = pattern(topic.published[2].pattern);
    let ours = pattern(topic.pattern);
    assert!(
        written()
            .iter()
            .all(|p| latest.matches(&p.message) == ours.matches(&p.message))
    );
}
