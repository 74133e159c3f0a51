//! The command `pattern`, and `diff` behind it (CWL_QuerySyntax-Pattern, CWL_QuerySyntax-Diff; ours: defined and mergeable).

use super::aggregate::Key;
use super::anomaly::{self, History};
use super::functions::Clock;
use super::number::Num;
use super::plan::Then;
use super::record::Order;
use super::tokens::{Found, TokenKind, cut, tokenize};
use super::value::Value;
use crate::base::hash::FastMap;
use serde::{Deserialize, Serialize};

/// How many different values of a token are kept to be looked at.
const VALUES_KEPT: usize = 10;

/// A token of a pattern and some of the values it stands for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TokenValues {
    pub kind: TokenKind,
    /// The first of them.
    pub values: Vec<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Token {
    kind: TokenKind,
    values: Vec<(Key, String)>,
    /// The last of the values, once there are enough of them: what comes later changes nothing.
    last: Option<Key>,
}

impl Token {
    /// Keeps the values that were met first, by the rows' own order.
    fn add(&mut self, key: Key, value: &str) {
        if self.last.is_some_and(|last| key > last) {
            return;
        }
        if let Some(known) = self.values.iter_mut().find(|(_, v)| v == value) {
            known.0 = known.0.min(key);
        } else if self.values.len() < VALUES_KEPT {
            self.values.push((key, value.to_owned()));
        } else if let Some(last) = self.values.iter_mut().max_by_key(|(key, _)| *key) {
            *last = (key, value.to_owned());
        }
        if self.values.len() == VALUES_KEPT {
            self.last = self.values.iter().map(|(key, _)| *key).max();
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Pattern {
    /// Rows of the window, and of the one compared with.
    counts: [u64; 2],
    first: Key,
    tokens: Vec<Token>,
    history: Option<Box<History>>,
}

/// Patterns and what was seen of them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Patterns {
    #[serde(with = "super::wire::map")]
    all: FastMap<String, Pattern>,
    with_history: bool,
    #[serde(skip)]
    text: String,
    #[serde(skip)]
    found: Vec<Found>,
}

/// One pattern of the result.
pub struct Line {
    pub values: Vec<Value<'static>>,
    pub pattern: String,
    /// One of its rows.
    pub sample: Order,
    pub tokens: Vec<TokenValues>,
}

impl Patterns {
    pub fn new(then: Then) -> Self {
        Patterns {
            with_history: then == Then::Anomaly,
            ..Patterns::default()
        }
    }

    /// Counts a row's text; `side` is 1 for a row of the window compared with.
    pub fn push(&mut self, text: &str, time: Option<i64>, side: usize, key: Key, clock: &Clock) {
        let text = cut(text);
        tokenize(text, &mut self.text, &mut self.found);
        if !self.all.contains_key(self.text.as_str()) {
            let token = |f: &Found| Token {
                kind: f.kind,
                values: Vec::new(),
                last: None,
            };
            let pattern = Pattern {
                counts: [0; 2],
                first: key,
                tokens: self.found.iter().map(token).collect(),
                history: self
                    .with_history
                    .then(|| Box::new(History::new(self.found.len()))),
            };
            self.all.insert(self.text.clone(), pattern);
        }
        let Some(pattern) = self.all.get_mut(self.text.as_str()) else {
            return;
        };
        if let Some(count) = pattern.counts.get_mut(side) {
            *count += 1;
        }
        pattern.first = pattern.first.min(key);
        for (token, found) in pattern.tokens.iter_mut().zip(&self.found) {
            token.add(key, text.get(found.start..found.end).unwrap_or_default());
        }
        if let Some(history) = &mut pattern.history
            && let Some(bucket) = time.and_then(|t| anomaly::bucket(t, clock))
        {
            history.push(bucket, text, &self.found);
        }
    }

    pub fn merge(&mut self, other: Patterns) {
        for (text, theirs) in other.all {
            let Some(ours) = self.all.get_mut(&text) else {
                self.all.insert(text, theirs);
                continue;
            };
            for (a, b) in ours.counts.iter_mut().zip(theirs.counts) {
                *a += b;
            }
            ours.first = ours.first.min(theirs.first);
            for (a, b) in ours.tokens.iter_mut().zip(theirs.tokens) {
                for (key, value) in b.values {
                    a.add(key, &value);
                }
            }
            if let (Some(a), Some(b)) = (&mut ours.history, theirs.history) {
                a.merge(*b);
            }
        }
    }

    /// The rows of the result, and notes.
    pub fn finish(self, then: Then) -> (Vec<Line>, Vec<String>) {
        let total: u64 = self.all.values().map(|p| p.counts[0]).sum();
        let seen: u64 = self
            .all
            .values()
            .filter_map(|p| p.history.as_ref())
            .map(|h| h.events())
            .sum();
        let mut notes = Vec::new();
        if then == Then::Anomaly && seen < anomaly::LEAST_EVENTS {
            notes.push(format!(
                "anomaly needs at least {} records with a time; there are {seen}.",
                anomaly::LEAST_EVENTS
            ));
            return (Vec::new(), notes);
        }
        let mut lines: Vec<(u64, Line)> = Vec::new();
        for (text, pattern) in self.all {
            let [now, before] = pattern.counts;
            let count = |n: u64| Value::from(Num::Int(n.into()));
            let text_of = |t: &str| Value::from(t.to_owned());
            let (weight, values) = match then {
                Then::Diff(_) => {
                    let difference = i128::from(now) - i128::from(before);
                    let values = vec![
                        text_of(&text),
                        count(now),
                        Num::Int(difference).into(),
                        text_of(description(now, before)),
                        text_of(severity(&text)),
                    ];
                    (now.abs_diff(before), values)
                }
                _ => {
                    let ratio = if total == 0 {
                        0.0
                    } else {
                        now as f64 / total as f64
                    };
                    let ratio = (ratio * 10_000.0).round() / 10_000.0;
                    let mut values = vec![
                        text_of(&text),
                        Value::Float(ratio),
                        count(now),
                        text_of(severity(&text)),
                    ];
                    if then == Then::Anomaly {
                        let Some(finding) = pattern.history.as_ref().and_then(|h| h.judge()) else {
                            continue;
                        };
                        values.extend([
                            text_of(&finding.kinds),
                            Value::Float(finding.score),
                            text_of(&finding.description),
                        ]);
                    }
                    (now, values)
                }
            };
            let tokens = pattern.tokens.into_iter().map(|mut t| {
                t.values.sort();
                TokenValues {
                    kind: t.kind,
                    values: t.values.into_iter().map(|(_, v)| v).collect(),
                }
            });
            let (time, place, _) = pattern.first;
            lines.push((
                weight,
                Line {
                    values,
                    pattern: text,
                    sample: Order { time, place },
                    tokens: tokens.collect(),
                },
            ));
        }
        lines.sort_by(|(a, x), (b, y)| b.cmp(a).then_with(|| x.pattern.cmp(&y.pattern)));
        (lines.into_iter().map(|(_, line)| line).collect(), notes)
    }
}

fn description(now: u64, before: u64) -> &'static str {
    match now.cmp(&before) {
        _ if before == 0 => "new",
        _ if now == 0 => "missing",
        std::cmp::Ordering::Greater => "more",
        std::cmp::Ordering::Less => "fewer",
        std::cmp::Ordering::Equal => "same",
    }
}

fn severity(pattern: &str) -> &'static str {
    let lower = pattern.to_lowercase();
    match () {
        () if lower.contains("error") || lower.contains("fatal") => "ERROR",
        () if lower.contains("warn") => "WARN",
        () => "INFO",
    }
}

/// The columns of each form.
pub fn columns(then: Then) -> &'static [&'static str] {
    match then {
        Then::Patterns => &["@pattern", "@ratio", "@sampleCount", "@severityLabel"],
        Then::Diff(_) => &[
            "@pattern",
            "@sampleCount",
            "@diffEventCount",
            "@diffDescription",
            "@severityLabel",
        ],
        Then::Anomaly => &[
            "@pattern",
            "@ratio",
            "@sampleCount",
            "@severityLabel",
            "@anomaly",
            "@anomalyScore",
            "@anomalyDescription",
        ],
    }
}
