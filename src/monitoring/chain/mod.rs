//! From an event to a person: log group → filter → metric → alarm → action → subscription, as strong as its weakest link.
//!
//! Nothing passes without evidence. What a file that was not given would tell is not known, and which file that is is said.
//! Filters and alarms are paired by the metric's namespace, name and dimensions; describe-metric-filters does not say which
//! account and region it is of, so the answers have to be of one.

#[cfg(test)]
mod tests;
mod weak;

pub use weak::{Break, Link};

use super::alarm::{Rule, evaluate};
use super::filters::{Answer, MetricAlarm, MetricFilter, MetricTransformation, Setup, StateValue};
use super::metric::{Match, Minutes, Publisher, remarks};
use super::probes::{Coverage, coverage, reach};
use super::topics::TOPICS;
use crate::base::TimeRange;
use crate::base::time::{HOUR, SECOND};
use crate::language::pattern::Pattern;
use serde::Serialize;

/// Where a chain leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// Someone with a confirmed subscription is told.
    Told {
        subscriptions: usize,
    },
    Broken(Break),
    NotKnown(Break),
}

impl End {
    /// The better, the further.
    fn rank(&self) -> (u8, Option<Link>) {
        match self {
            End::Told { .. } => (2, None),
            End::NotKnown(why) => (1, Some(why.link())),
            End::Broken(why) => (0, Some(why.link())),
        }
    }
}

/// One way from a filter to a person.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Path {
    pub log_group: String,
    pub filter: String,
    /// `namespace/name`
    pub metric: Option<String>,
    pub alarm: Option<String>,
    pub action: Option<String>,
    pub end: End,
    /// What holds but is worth knowing.
    pub remarks: Vec<String>,
}

/// What is known besides the answers of the CLI.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'k> {
    /// The log groups that CloudTrail's events were found in, or that a trail names; nothing when neither was seen.
    pub trail_groups: Option<&'k [String]>,
}

/// A filter, with what it takes.
pub struct Watch<'s> {
    pub filter: &'s MetricFilter,
    pub coverage: Vec<Coverage>,
    pub nearly_everything: bool,
    /// The best of the ways on from here first.
    pub paths: Vec<Path>,
}

/// What becomes of a topic.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TopicChain {
    /// The topic's id.
    pub topic: &'static str,
    /// How much of the topic the filter of this way takes; nothing without one.
    pub coverage: Option<Coverage>,
    /// The best way that there is.
    pub path: Option<Path>,
    pub end: End,
    /// In one or two sentences.
    pub says: String,
}

impl TopicChain {
    /// Every event of the topic reaches someone.
    pub fn is_covered(&self) -> bool {
        matches!(self.end, End::Told { .. }) && self.coverage.as_ref().is_some_and(Coverage::is_complete)
    }

    pub fn helps(&self) -> Option<Answer> {
        match &self.end {
            End::Broken(why) | End::NotKnown(why) => why.helps(),
            End::Told { .. } => None,
        }
    }
}

/// Every filter whose pattern is read, and the number of the others.
pub fn watches<'s>(setup: &'s Setup, known: Known) -> (Vec<Watch<'s>>, usize) {
    let mut unread = 0;
    let mut found = Vec::new();
    for filter in &setup.metric_filters {
        let Ok(parsed) = Pattern::parse(&filter.filter_pattern) else {
            unread += 1;
            continue;
        };
        let mut paths = paths(setup, known, filter, &parsed.pattern);
        paths.sort_by_key(|path| std::cmp::Reverse(path.end.rank()));
        found.push(Watch {
            filter,
            coverage: coverage(&parsed.pattern),
            nearly_everything: reach(&parsed.pattern).is_nearly_everything(),
            paths,
        });
    }
    (found, unread)
}

/// Each topic's best chain, in the order of the topics.
pub fn topics(setup: &Setup, known: Known) -> Vec<TopicChain> {
    let (watches, unread) = watches(setup, known);
    TOPICS
        .iter()
        .map(|topic| {
            let ways = watches.iter().flat_map(|watch| {
                let own = watch.coverage.iter().find(|c| c.topic == topic.id);
                // A filter about something else may take an event or two in passing.
                let own = own.filter(|c| c.is_half());
                own.into_iter()
                    .flat_map(move |c| watch.paths.iter().map(move |path| (watch, c, path)))
            });
            let best = ways
                .map(|(watch, coverage, path)| {
                    let end = match &path.end {
                        _ if watch.nearly_everything => End::Broken(Break::TakesEverything),
                        end => end.clone(),
                    };
                    (end, coverage, path)
                })
                .max_by_key(|(end, coverage, _)| {
                    (end.rank().0, coverage.is_complete(), end.rank().1, coverage.taken)
                });
            match best {
                Some((end, coverage, path)) => {
                    let says = says(&end, coverage, path);
                    TopicChain {
                        topic: topic.id,
                        coverage: Some(coverage.clone()),
                        path: Some(path.clone()),
                        end,
                        says,
                    }
                }
                None => {
                    let end = absent(setup, Answer::MetricFilters, Break::NoFilter { unread });
                    let says = match &end {
                        End::Broken(why) | End::NotKnown(why) => why.to_string(),
                        End::Told { .. } => String::new(),
                    };
                    TopicChain {
                        topic: topic.id,
                        coverage: None,
                        path: None,
                        end,
                        says,
                    }
                }
            }
        })
        .collect()
}

fn says(end: &End, coverage: &Coverage, path: &Path) -> String {
    let mut text = match end {
        End::Told { subscriptions } => {
            let plural = if *subscriptions == 1 { "" } else { "s" };
            format!(
                "{} takes it and {} tells {subscriptions} confirmed subscription{plural}.",
                path.filter,
                path.alarm.as_deref().unwrap_or("an alarm"),
            )
        }
        End::Broken(why) | End::NotKnown(why) => why.to_string(),
    };
    if !coverage.is_complete() {
        text.push_str(&format!(
            " The filter {} takes only {} of {} events; it misses {}.",
            path.filter,
            coverage.taken,
            coverage.of,
            coverage.missed.join(", ")
        ));
    }
    text
}

/// Something is not in an answer: it is not there only if all of the answer was given.
fn absent(setup: &Setup, answer: Answer, why: Break) -> End {
    if !setup.has(answer) {
        End::NotKnown(Break::NotGiven(answer))
    } else if !setup.is_whole(answer) {
        End::NotKnown(Break::NotWhole(answer))
    } else {
        End::Broken(why)
    }
}

fn paths(setup: &Setup, known: Known, filter: &MetricFilter, pattern: &Pattern) -> Vec<Path> {
    let start = Path {
        log_group: filter.log_group_name.clone(),
        filter: filter.filter_name.clone(),
        metric: None,
        alarm: None,
        action: None,
        end: End::Broken(Break::NoMetric),
        remarks: Vec::new(),
    };
    if let Some(why) = group(setup, known, &filter.log_group_name) {
        return vec![Path {
            end: End::Broken(why),
            ..start
        }];
    }
    if filter.metric_transformations.is_empty() {
        return vec![start];
    }
    let each = filter.metric_transformations.iter();
    each.flat_map(|transformation| metric(setup, known, filter, transformation, pattern, &start))
        .collect()
}

fn group(setup: &Setup, known: Known, name: &str) -> Option<Break> {
    if known
        .trail_groups
        .is_some_and(|groups| !groups.iter().any(|group| group == name))
    {
        return Some(Break::NotTheTrail(name.to_owned()));
    }
    let group = setup
        .log_groups
        .iter()
        .find(|group| group.log_group_name == name)?;
    let class = group
        .log_group_class
        .as_deref()
        .filter(|class| *class != "STANDARD")?;
    Some(Break::GroupClass {
        group: name.to_owned(),
        class: class.to_owned(),
    })
}

fn metric(
    setup: &Setup,
    known: Known,
    filter: &MetricFilter,
    transformation: &MetricTransformation,
    pattern: &Pattern,
    start: &Path,
) -> Vec<Path> {
    let name = format!(
        "{}/{}",
        transformation.metric_namespace, transformation.metric_name
    );
    let mut path = Path {
        metric: Some(name.clone()),
        remarks: remarks(filter, transformation, pattern),
        ..start.clone()
    };
    if known.trail_groups.is_none() {
        path.remarks.push(format!(
            "That CloudTrail writes into {} is taken for granted: no event of it was seen there.",
            filter.log_group_name
        ));
    }
    if Publisher::new(pattern, transformation).is_err() {
        path.end = End::Broken(Break::NoNumber(transformation.metric_value.clone()));
        return vec![path];
    }
    let here = |namespace: &str, metric: &str| {
        namespace == transformation.metric_namespace && metric == transformation.metric_name
    };
    let named: Vec<&MetricAlarm> = setup
        .metric_alarms
        .iter()
        .filter(|alarm| match (&alarm.namespace, &alarm.metric_name) {
            (Some(namespace), Some(metric)) => here(namespace, metric),
            _ => false,
        })
        .collect();
    let sees = |alarm: &&MetricAlarm| {
        let mut names = alarm.dimensions.iter().map(|(name, _)| name);
        alarm.dimensions.len() == transformation.dimensions.len()
            && names.all(|name| transformation.dimensions.iter().any(|(known, _)| known == name))
    };
    let seeing: Vec<&MetricAlarm> = named.iter().copied().filter(sees).collect();
    if seeing.is_empty() {
        let math = setup
            .metric_alarms
            .iter()
            .find(|alarm| alarm.metrics.iter().any(|(n, m)| here(n, m)));
        path.end = match math {
            Some(alarm) => End::NotKnown(Break::MetricMath {
                alarm: alarm.alarm_name.clone(),
            }),
            None if named.is_empty() => absent(setup, Answer::Alarms, Break::NoAlarm { metric: name }),
            None => absent(setup, Answer::Alarms, Break::OtherDimensions { metric: name }),
        };
        return vec![path];
    }
    let each = seeing.into_iter();
    each.map(|alarm| {
        let (action, end) = told(setup, alarm, StateValue::Alarm);
        let mut path = path.clone();
        let end = match Rule::of(alarm) {
            Ok(rule) => {
                path.remarks.extend(slow(&rule));
                end
            }
            // It may work; we can not say.
            Err(why) if matches!(end, End::Told { .. }) => End::NotKnown(Break::NotEvaluated(why)),
            Err(_) => end,
        };
        Path {
            alarm: Some(alarm.alarm_name.clone()),
            action,
            end,
            ..path
        }
    })
    .collect()
}

/// Whether one matching event with the value 1 sets the alarm off; if not, that is worth knowing.
fn slow(rule: &Rule) -> Option<String> {
    let mut minutes = Minutes::default();
    let begin = i64::from(rule.period_s) * SECOND * i64::from(rule.range());
    minutes.matched(Match {
        time_ns: begin,
        value: Some(1.0),
    });
    let known = TimeRange::new(0, begin.saturating_mul(2).saturating_add(HOUR));
    let found = evaluate(rule, &minutes.series(None), known);
    (!found
        .changes
        .iter()
        .any(|change| change.to == StateValue::Alarm && change.time_ns >= begin))
    .then(|| {
        "One event with the value 1 does not set the alarm off: see its threshold and its periods.".to_owned()
    })
}

/// Whom an alarm tells on going to a state: the action that leads furthest, and where it leads.
pub fn told(setup: &Setup, alarm: &MetricAlarm, state: StateValue) -> (Option<String>, End) {
    let actions = alarm.actions(state);
    let composite = || {
        let quoted = |quote: char| format!("{quote}{}{quote}", alarm.alarm_name);
        setup.composite_alarms.iter().find(|composite| {
            let rule = &composite.alarm_rule;
            let bare = format!("({})", alarm.alarm_name);
            composite.actions_enabled
                && !composite.alarm_actions.is_empty()
                && (rule.contains(&quoted('"')) || rule.contains(&quoted('\'')) || rule.contains(&bare))
        })
    };
    let silent = if !alarm.actions_enabled {
        Some(Break::ActionsDisabled)
    } else if actions.is_empty() {
        Some(Break::NoAction)
    } else {
        None
    };
    if let Some(why) = silent {
        let end = match composite() {
            Some(composite) => End::NotKnown(Break::Composite {
                alarm: composite.alarm_name.clone(),
            }),
            None => End::Broken(why),
        };
        return (None, end);
    }
    let ends = actions
        .iter()
        .map(|action| (Some(action.clone()), delivered(setup, action)));
    ends.max_by_key(|(_, end)| end.rank())
        .unwrap_or((None, End::Broken(Break::NoAction)))
}

/// What becomes of one action.
fn delivered(setup: &Setup, action: &str) -> End {
    let mut parts = action.split(':');
    if parts.next() != Some("arn") || parts.nth(1) != Some("sns") {
        return End::NotKnown(Break::OtherAction(action.to_owned()));
    }
    let own = || setup.subscriptions.iter().filter(|s| s.topic_arn == action);
    let confirmed = own().filter(|s| s.is_confirmed()).count();
    if confirmed > 0 {
        return End::Told {
            subscriptions: confirmed,
        };
    }
    let topic = action.to_owned();
    let pending = own()
        .filter(|s| s.subscription_arn == "PendingConfirmation")
        .count();
    let why = Break::NoSubscription { topic, pending };
    // A list of another region or of one other topic says nothing of this one.
    let region = |arn: &str| arn.split(':').nth(3).unwrap_or_default().to_owned();
    let mut listed: Vec<&str> = setup.subscriptions.iter().map(|s| s.topic_arn.as_str()).collect();
    listed.sort_unstable();
    listed.dedup();
    let elsewhere = !listed.is_empty()
        && own().next().is_none()
        && (listed.len() == 1 || !listed.iter().any(|arn| region(arn) == region(action)));
    match absent(setup, Answer::Subscriptions, why) {
        End::Broken(_) if elsewhere => End::NotKnown(Break::TopicNotListed {
            topic: action.to_owned(),
        }),
        end => end,
    }
}
