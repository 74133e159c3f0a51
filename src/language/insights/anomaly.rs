//! The command `anomaly` behind `pattern` (LogsAnomalyDetection; ours: defined and mergeable). The window is 24 equal buckets,
//! of which the first 18 are the baseline and the last 6 the test.

use super::functions::Clock;
use super::number::Num;
use super::sketch::Values;
use super::tokens::{Found, TokenKind};
use super::value::MILLISECOND;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const BUCKETS: usize = 24;
const BASELINE: usize = 18;
/// Fewer events say nothing.
pub const LEAST_EVENTS: u64 = 20;
/// A token with more different values in the baseline is not an enumeration.
const FEW_VALUES: usize = 10;
/// More different values than this in the test are not told apart.
const MOST_VALUES: usize = 4096;

/// The bucket of a time; nothing outside of the window.
pub fn bucket(ns: i64, clock: &Clock) -> Option<usize> {
    let start = i128::from(clock.start) * i128::from(MILLISECOND);
    let end = i128::from(clock.end) * i128::from(MILLISECOND);
    let offset = i128::from(ns) - start;
    if offset < 0 || i128::from(ns) > end || end <= start {
        return None;
    }
    // The end of the window belongs to the last bucket: a window of data ends with its last record.
    Some(
        usize::try_from(offset * BUCKETS as i128 / (end - start))
            .ok()?
            .min(BUCKETS - 1),
    )
}

/// Different values and how often each came, as long as they are few.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Counted {
    counts: BTreeMap<String, u64>,
    total: u64,
    too_many: bool,
}

impl Counted {
    fn add(&mut self, value: &str, n: u64, most: usize) {
        if self.too_many {
            return;
        }
        match self.counts.get_mut(value) {
            Some(count) => *count += n,
            None => {
                self.counts.insert(value.to_owned(), n);
            }
        }
        if self.counts.len() > most {
            self.too_many = true;
            self.counts.clear();
        }
    }

    fn merge(&mut self, other: Counted, most: usize) {
        self.total += other.total;
        if other.too_many {
            self.too_many = true;
            self.counts.clear();
        }
        for (value, n) in other.counts {
            self.add(&value, n, most);
        }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct TokenHistory {
    before: Counted,
    after: Counted,
    numbers: Values,
    /// Least and greatest number of the test.
    range: Option<(f64, f64)>,
}

/// What one pattern did over time.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct History {
    buckets: [u64; BUCKETS],
    tokens: Vec<TokenHistory>,
    /// Lines with a status of HTTP, and how many of them failed: baseline, then test.
    http: [[u64; 2]; 2],
}

pub struct Finding {
    /// With commas between.
    pub kinds: String,
    pub score: f64,
    pub description: String,
}

impl History {
    pub fn new(tokens: usize) -> Self {
        History {
            buckets: [0; BUCKETS],
            tokens: vec![TokenHistory::default(); tokens],
            http: [[0; 2]; 2],
        }
    }

    pub fn events(&self) -> u64 {
        self.buckets.iter().sum()
    }

    pub fn push(&mut self, bucket: usize, text: &str, found: &[Found]) {
        if let Some(count) = self.buckets.get_mut(bucket) {
            *count += 1;
        }
        let is_test = bucket >= BASELINE;
        for (token, at) in self.tokens.iter_mut().zip(found) {
            let value = text.get(at.start..at.end).unwrap_or_default();
            let (counted, most) = match is_test {
                true => (&mut token.after, MOST_VALUES),
                false => (&mut token.before, FEW_VALUES),
            };
            counted.total += 1;
            counted.add(value, 1, most);
            if at.kind == TokenKind::Number
                && let Some(number) = Num::parse(value)
            {
                let n = number.as_f64();
                if is_test {
                    let (low, high) = token.range.unwrap_or((n, n));
                    token.range = Some((low.min(n), high.max(n)));
                } else {
                    token.numbers.add(number);
                }
            }
        }
        if let Some(failed) = found.iter().find_map(|at| http_failed(text, at))
            && let Some(side) = self.http.get_mut(usize::from(is_test))
        {
            side[0] += 1;
            side[1] += u64::from(failed);
        }
    }

    pub fn merge(&mut self, other: History) {
        for (a, b) in self.buckets.iter_mut().zip(other.buckets) {
            *a += b;
        }
        for (a, b) in self.tokens.iter_mut().zip(other.tokens) {
            a.before.merge(b.before, FEW_VALUES);
            a.after.merge(b.after, MOST_VALUES);
            a.numbers.merge(b.numbers);
            a.range = match (a.range, b.range) {
                (Some(x), Some(y)) => Some((x.0.min(y.0), x.1.max(y.1))),
                (x, y) => x.or(y),
            };
        }
        for (a, b) in self
            .http
            .iter_mut()
            .flatten()
            .zip(other.http.into_iter().flatten())
        {
            *a += b;
        }
    }

    /// What is unusual about it, if anything is.
    pub fn judge(&self) -> Option<Finding> {
        let findings = [
            self.new_pattern(),
            self.frequency(),
            self.token(),
            self.numeric(),
            self.http(),
        ];
        let mut kinds: Vec<&str> = Vec::new();
        let mut says: Vec<String> = Vec::new();
        let mut score = f64::MIN;
        for (kind, points, what) in findings.into_iter().flatten() {
            kinds.push(kind);
            says.push(what);
            score = score.max(points);
        }
        (!kinds.is_empty()).then(|| Finding {
            kinds: kinds.join(","),
            score,
            description: says.join("; "),
        })
    }

    fn new_pattern(&self) -> Option<(&'static str, f64, String)> {
        let (before, after) = self.sides();
        (before == 0 && after >= 3).then(|| {
            (
                "new",
                after as f64,
                format!("not seen in the baseline, {after} times since"),
            )
        })
    }

    fn sides(&self) -> (u64, u64) {
        let (before, after) = self.buckets.split_at(BASELINE);
        (before.iter().sum(), after.iter().sum())
    }

    fn frequency(&self) -> Option<(&'static str, f64, String)> {
        let (before, after) = self.buckets.split_at(BASELINE);
        if self.sides().0 == 0 {
            return None;
        }
        let before: Vec<f64> = before.iter().map(|n| *n as f64).collect();
        let middle = median(before.clone());
        let deviation = median(before.iter().map(|n| (n - middle).abs()).collect());
        let deviation = if deviation == 0.0 { 1.0 } else { deviation };
        let (score, count) = after
            .iter()
            .map(|n| *n as f64)
            .filter(|x| (x - middle).abs() >= 5.0)
            .map(|x| ((0.6745 * (x - middle) / deviation).abs(), x))
            .max_by(|a, b| a.0.total_cmp(&b.0))?;
        (score > 3.5).then(|| {
            (
                "frequency",
                score,
                format!("{count} in one part of the window, usually {middle}"),
            )
        })
    }

    fn token(&self) -> Option<(&'static str, f64, String)> {
        let mut best: Option<(f64, String)> = None;
        for (at, token) in self.tokens.iter().enumerate() {
            let (before, after) = (&token.before, &token.after);
            if before.too_many || after.too_many || before.total < 20 || after.total == 0 {
                continue;
            }
            let unseen: Vec<(&String, &u64)> = after
                .counts
                .iter()
                .filter(|(v, _)| !before.counts.contains_key(*v))
                .collect();
            let events: u64 = unseen.iter().map(|(_, n)| **n).sum();
            let Some((value, _)) = unseen.first() else {
                continue;
            };
            let share = events as f64 / after.total as f64;
            if best.as_ref().is_none_or(|b| share > b.0) {
                best = Some((share, format!("token {} has the new value {value}", at + 1)));
            }
        }
        best.map(|(score, says)| ("token", score, says))
    }

    fn numeric(&self) -> Option<(&'static str, f64, String)> {
        let mut best: Option<(f64, String)> = None;
        for (at, token) in self.tokens.iter().enumerate() {
            let Some((low, high)) = token.range.filter(|_| token.numbers.len() >= 20) else {
                continue;
            };
            let quartile = |p| token.numbers.percentile(p).map(Num::as_f64);
            let (Some(q1), Some(q3)) = (quartile(25.0), quartile(75.0)) else {
                continue;
            };
            let width = if q3 > q1 { q3 - q1 } else { 1.0 };
            let reach = 3.0 * (q3 - q1);
            let (distance, value) = if high - (q3 + reach) >= (q1 - reach) - low {
                (high - q3, high)
            } else {
                (q1 - low, low)
            };
            let is_outside = high > q3 + reach || low < q1 - reach;
            let score = distance / width;
            if is_outside && best.as_ref().is_none_or(|b| score > b.0) {
                best = Some((
                    score,
                    format!("token {} reaches {value}, usually {q1} to {q3}", at + 1),
                ));
            }
        }
        best.map(|(score, says)| ("numeric", score, says))
    }

    fn http(&self) -> Option<(&'static str, f64, String)> {
        let [[all_before, failed_before], [all_after, failed_after]] = self.http;
        if failed_after < 5 || all_after == 0 {
            return None;
        }
        let before = if all_before == 0 {
            0.0
        } else {
            failed_before as f64 / all_before as f64
        };
        let after = failed_after as f64 / all_after as f64;
        (after >= 3.0 * before).then(|| {
            (
                "http",
                after,
                format!("{failed_after} of {all_after} answers are 4xx or 5xx"),
            )
        })
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let half = values.len() / 2;
    match (
        values.get(half),
        values.len() % 2,
        half.checked_sub(1).and_then(|h| values.get(h)),
    ) {
        (Some(high), 0, Some(low)) => (high + low) / 2.0,
        (Some(middle), ..) => *middle,
        _ => 0.0,
    }
}

/// Whether a token is a status of HTTP that tells of a failure; `None` when it is no status: the number behind the word
/// `status`, or one of three digits behind a quoted request.
fn http_failed(text: &str, at: &Found) -> Option<bool> {
    let value: u16 = text.get(at.start..at.end)?.parse().ok()?;
    if at.kind != TokenKind::Number || !(100..600).contains(&value) || at.end - at.start != 3 {
        return None;
    }
    let before = text.get(..at.start)?;
    let bare = before.trim_end_matches(|c: char| c.is_whitespace() || "=:\"'".contains(c));
    let word = |w: &str| {
        bare.get(bare.len().checked_sub(w.len())?..)
            .map(|end| end.eq_ignore_ascii_case(w))
    };
    let named = ["status", "status_code", "statusCode", "status code"]
        .iter()
        .any(|w| word(w) == Some(true));
    let quoted = before.strip_suffix(' ').is_some_and(|b| b.ends_with('"'));
    (named || quoted).then_some(value >= 400)
}
