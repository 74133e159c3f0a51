//! What a chain breaks at, in words.

use crate::monitoring::alarm::NotEvaluated;
use crate::monitoring::filters::Answer;
use serde::Serialize;
use std::fmt;

/// The links, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Link {
    Group,
    Filter,
    Metric,
    Alarm,
    Action,
    Subscription,
}

/// Why a chain ends before it reaches someone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Break {
    /// CloudTrail is known to write elsewhere.
    NotTheTrail(String),
    /// Metric filters are of the class STANDARD alone.
    GroupClass {
        group: String,
        class: String,
    },
    /// `unread`: filters whose patterns can not be read.
    NoFilter {
        unread: usize,
    },
    TakesEverything,
    NoMetric,
    NoNumber(String),
    NoAlarm {
        metric: String,
    },
    /// Alarms on the metric's name, but none on these dimensions.
    OtherDimensions {
        metric: String,
    },
    MetricMath {
        alarm: String,
    },
    NotEvaluated(NotEvaluated),
    ActionsDisabled,
    NoAction,
    /// Has no action of its own; a composite alarm names it.
    Composite {
        alarm: String,
    },
    /// Neither SNS nor known to tell anyone.
    OtherAction(String),
    NoSubscription {
        topic: String,
        pending: usize,
    },
    /// The list of subscriptions does not name the topic; it may be of another region or topic.
    TopicNotListed {
        topic: String,
    },
    /// A file that was not given.
    NotGiven(Answer),
    /// A file that is not whole: pages are missing, or entries of it could not be read.
    NotWhole(Answer),
}

impl Break {
    /// The link that is weak.
    pub fn link(&self) -> Link {
        match self {
            Break::NotTheTrail(_) | Break::GroupClass { .. } => Link::Group,
            Break::NoFilter { .. } | Break::TakesEverything => Link::Filter,
            Break::NoMetric | Break::NoNumber(_) => Link::Metric,
            Break::NoAlarm { .. }
            | Break::OtherDimensions { .. }
            | Break::MetricMath { .. }
            | Break::NotEvaluated(_) => Link::Alarm,
            Break::ActionsDisabled | Break::NoAction | Break::Composite { .. } | Break::OtherAction(_) => {
                Link::Action
            }
            Break::NoSubscription { .. } | Break::TopicNotListed { .. } => Link::Subscription,
            Break::NotGiven(answer) | Break::NotWhole(answer) => match answer {
                Answer::LogGroups => Link::Group,
                Answer::MetricFilters => Link::Filter,
                Answer::Alarms => Link::Alarm,
                Answer::Subscriptions => Link::Subscription,
            },
        }
    }

    /// The file that would tell more.
    pub fn helps(&self) -> Option<Answer> {
        match self {
            Break::NotGiven(answer) | Break::NotWhole(answer) => Some(*answer),
            Break::TopicNotListed { .. } => Some(Answer::Subscriptions),
            _ => None,
        }
    }
}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Break::NotTheTrail(group) => write!(f, "CloudTrail does not write into the log group {group}."),
            Break::GroupClass { group, class } => {
                write!(
                    f,
                    "The log group {group} is of the class {class}, which has no metric filters."
                )
            }
            Break::NoFilter { unread: 0 } => f.write_str("No filter covers this topic."),
            Break::NoFilter { unread } => {
                write!(
                    f,
                    "No filter covers this topic; the patterns of {unread} can not be read."
                )
            }
            Break::TakesEverything => f.write_str(
                "The filter takes nearly every event, so that its alarm says nothing of this topic.",
            ),
            Break::NoMetric => f.write_str("The filter publishes no metric."),
            Break::NoNumber(value) => write!(f, "The filter's metric value {value} gives no number."),
            Break::NoAlarm { metric } => write!(f, "The filter's metric {metric} has no alarm."),
            Break::OtherDimensions { metric } => write!(
                f,
                "Alarms on {metric} are on other dimensions than the filter publishes: they never see its data."
            ),
            Break::MetricMath { alarm } => {
                write!(
                    f,
                    "The metric goes into a metric math expression of the alarm {alarm}, which is not evaluated."
                )
            }
            Break::NotEvaluated(why) => why.fmt(f),
            Break::ActionsDisabled => f.write_str("The alarm's actions are disabled."),
            Break::NoAction => f.write_str("The alarm has no action for the state ALARM."),
            Break::Composite { alarm } => write!(
                f,
                "The alarm has no action of its own; the composite alarm {alarm} names it, and is not evaluated."
            ),
            Break::OtherAction(action) => write!(f, "Whether the action {action} tells anyone is not known."),
            Break::NoSubscription { topic, pending: 0 } => {
                write!(f, "The topic {topic} has no subscription.")
            }
            Break::NoSubscription { topic, pending } => {
                write!(
                    f,
                    "The topic {topic} has no confirmed subscription; {pending} wait for confirmation."
                )
            }
            Break::TopicNotListed { topic } => write!(
                f,
                "The list of subscriptions does not name the topic {topic}: drop the answer of {} of its region.",
                Answer::Subscriptions.command()
            ),
            Break::NotGiven(Answer::Subscriptions) => write!(
                f,
                "Whether the topic has subscribers is not known: drop the answer of {}.",
                Answer::Subscriptions.command()
            ),
            Break::NotGiven(answer) => write!(f, "Not known: drop the answer of {}.", answer.command()),
            Break::NotWhole(answer) => write!(
                f,
                "Not known: the answer of {} is not whole. Drop all its pages.",
                answer.command()
            ),
        }
    }
}
