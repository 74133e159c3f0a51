//! Written CloudTrail events, by which a pattern shows what it matches.
//!
//! Fields and values as in docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
//! and cloudtrail-event-reference-aws-console-sign-in-events.html.

mod table;
#[cfg(test)]
mod tests;

use super::topics::{TOPICS, Topic};
use crate::language::pattern::Pattern;
use serde::Serialize;
use std::sync::OnceLock;
use table::{CALLS, NEAR, SHAPES, call};

/// A written event.
#[derive(Clone, Copy, Debug)]
pub struct Probe {
    pub event_name: &'static str,
    /// Without `.amazonaws.com`.
    pub source: &'static str,
    /// `userIdentity`.
    pub user: &'static str,
    pub event_type: &'static str,
    pub source_ip: &'static str,
    /// Further members, each with a comma before it.
    pub more: &'static str,
}

impl Probe {
    /// The event as CloudTrail writes it.
    pub fn message(&self) -> String {
        format!(
            r#"{{"eventVersion":"1.11","userIdentity":{user},"eventTime":"2026-11-11T01:26:18Z","eventSource":"{source}.amazonaws.com","eventName":"{name}","awsRegion":"us-east-1","sourceIPAddress":"{ip}","userAgent":"aws-cli/2.31.0","eventType":"{kind}","managementEvent":true,"recipientAccountId":"111122223333","eventCategory":"Management"{more}}}"#,
            user = self.user,
            source = self.source,
            name = self.event_name,
            ip = self.source_ip,
            kind = self.event_type,
            more = self.more,
        )
    }
}

/// A probe and what it stands for.
#[derive(Clone, Debug)]
pub struct Written {
    /// The topic that has to take it, or that it lies near.
    pub topic: &'static str,
    pub event_name: &'static str,
    /// Whether the topic has to take it.
    pub taken: bool,
    pub message: String,
}

/// All of them, each topic's own first.
pub fn written() -> &'static [Written] {
    static WRITTEN: OnceLock<Vec<Written>> = OnceLock::new();
    WRITTEN.get_or_init(|| {
        let calls = CALLS.iter().flat_map(|&(topic, source, names)| {
            names.iter().map(move |&name| (topic, true, call(name, source)))
        });
        let shapes = SHAPES.iter().map(|&(topic, probe)| (topic, true, probe));
        let near = NEAR.iter().map(|&(topic, probe)| (topic, false, probe));
        calls
            .chain(shapes)
            .chain(near)
            .map(|(topic, taken, probe)| Written {
                topic,
                event_name: probe.event_name,
                taken,
                message: probe.message(),
            })
            .collect()
    })
}

/// How much of a topic a pattern takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// The topic's id.
    pub topic: &'static str,
    /// Of the topic's probes, and how many there are.
    pub taken: usize,
    pub of: usize,
    /// The names of the events that it does not take.
    pub missed: Vec<&'static str>,
    /// How many it takes of the events that no topic is about.
    pub beyond: usize,
}

impl Coverage {
    pub fn is_complete(&self) -> bool {
        self.taken == self.of
    }

    /// Half of the topic or more: not only in passing.
    pub fn is_half(&self) -> bool {
        self.taken * 2 >= self.of
    }

    pub fn topic(&self) -> Option<&'static Topic> {
        super::topics::topic(self.topic)
    }
}

/// How much a pattern takes of all probes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Reach {
    pub taken: usize,
    pub of: usize,
    /// Of the events that no topic is about.
    pub beyond: usize,
    pub beyond_of: usize,
}

impl Reach {
    /// Nine in ten of the events that no topic is about: no one reads such an alarm.
    pub fn is_nearly_everything(&self) -> bool {
        self.beyond * 10 >= self.beyond_of * 9
    }
}

/// Which topics a pattern covers, wholly or in part, by the probes that it takes; in the order of the topics.
pub fn coverage(pattern: &Pattern) -> Vec<Coverage> {
    let mut beyond = 0;
    let mut found: Vec<Coverage> = TOPICS
        .iter()
        .map(|topic| Coverage {
            topic: topic.id,
            taken: 0,
            of: 0,
            missed: Vec::new(),
            beyond: 0,
        })
        .collect();
    for probe in written() {
        let takes = pattern.matches(&probe.message);
        if !probe.taken {
            beyond += usize::from(takes);
            continue;
        }
        let Some(coverage) = found.iter_mut().find(|c| c.topic == probe.topic) else {
            continue;
        };
        coverage.of += 1;
        if takes {
            coverage.taken += 1;
        } else if !coverage.missed.contains(&probe.event_name) {
            coverage.missed.push(probe.event_name);
        }
    }
    found.retain(|c| c.taken > 0);
    for coverage in &mut found {
        coverage.beyond = beyond;
    }
    found
}

pub fn reach(pattern: &Pattern) -> Reach {
    let mut reach = Reach {
        taken: 0,
        of: 0,
        beyond: 0,
        beyond_of: 0,
    };
    for probe in written() {
        let takes = usize::from(pattern.matches(&probe.message));
        reach.taken += takes;
        reach.of += 1;
        if !probe.taken {
            reach.beyond += takes;
            reach.beyond_of += 1;
        }
    }
    reach
}
