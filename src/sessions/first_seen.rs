//! What someone does for the first time, against what they did before.

use crate::base::hash::FastMap;
use crate::base::time::DAY;
use serde::{Deserialize, Serialize};

/// The part of a principal's own time that is its baseline: one in this many.
pub const BASELINE_SHARE: i64 = 4;
/// A baseline is never shorter.
pub const BASELINE_MIN_NS: i64 = DAY;
/// The rule in words.
pub const BASELINE_RULE: &str = "The first quarter of a principal's own time in these files, at least 24 \
     hours, is its baseline. Later, a service, region, network or program that the principal was never \
     seen with before is marked where it first appears. A principal whose time is no longer than its \
     baseline is not judged.";

/// Calls of a principal that agree in everything that is compared. The network is [`super::network`] of the
/// address, the agent [`super::agent_family`] of the user agent.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Habit {
    pub principal: String,
    pub first_ns: i64,
    pub last_ns: i64,
    pub service: String,
    pub region: String,
    pub network: String,
    pub agent: String,
    pub calls: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dimension {
    Service,
    Region,
    Network,
    Agent,
}

const DIMENSIONS: [Dimension; 4] = [
    Dimension::Service,
    Dimension::Region,
    Dimension::Network,
    Dimension::Agent,
];

impl Dimension {
    pub fn word(self) -> &'static str {
        match self {
            Dimension::Service => "service",
            Dimension::Region => "region",
            Dimension::Network => "network",
            Dimension::Agent => "program",
        }
    }

    pub fn of(self, habit: &Habit) -> &str {
        match self {
            Dimension::Service => &habit.service,
            Dimension::Region => &habit.region,
            Dimension::Network => &habit.network,
            Dimension::Agent => &habit.agent,
        }
    }
}

/// A combination that holds something new.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstSeen {
    pub habit: Habit,
    /// What of it was never seen before.
    pub new: Vec<Dimension>,
    /// Where the principal's baseline ends.
    pub baseline_ns: i64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstSeens {
    /// Oldest first.
    pub seen: Vec<FirstSeen>,
    /// Principals whose time is too short for a baseline.
    pub not_judged: Vec<String>,
}

#[derive(Default)]
struct Past<'a> {
    span: Option<(i64, i64)>,
    first: FastMap<(Dimension, &'a str), i64>,
}

/// What each principal did for the first time after its baseline.
pub fn first_seen(habits: &[Habit]) -> FirstSeens {
    let mut pasts: FastMap<&str, Past<'_>> = FastMap::default();
    for habit in habits {
        let past = pasts.entry(habit.principal.as_str()).or_default();
        let (from, to) = past.span.unwrap_or((habit.first_ns, habit.last_ns));
        past.span = Some((from.min(habit.first_ns), to.max(habit.last_ns)));
        for dimension in DIMENSIONS {
            let value = dimension.of(habit);
            if !value.is_empty() {
                let first = past.first.entry((dimension, value)).or_insert(habit.first_ns);
                *first = habit.first_ns.min(*first);
            }
        }
    }
    let mut out = FirstSeens::default();
    for (principal, past) in &pasts {
        if past.baseline_ns().is_none() {
            out.not_judged.push((*principal).to_owned());
        }
    }
    for habit in habits {
        let Some(past) = pasts.get(habit.principal.as_str()) else {
            continue;
        };
        let Some(baseline_ns) = past.baseline_ns().filter(|end| habit.first_ns >= *end) else {
            continue;
        };
        let is_new = |dimension: &Dimension| {
            past.first.get(&(*dimension, dimension.of(habit))) == Some(&habit.first_ns)
        };
        let new: Vec<Dimension> = DIMENSIONS.into_iter().filter(is_new).collect();
        if !new.is_empty() {
            let habit = habit.clone();
            out.seen.push(FirstSeen {
                habit,
                new,
                baseline_ns,
            });
        }
    }
    out.not_judged.sort_unstable();
    out.seen
        .sort_by(|a, b| (a.habit.first_ns, &a.habit).cmp(&(b.habit.first_ns, &b.habit)));
    out
}

impl Past<'_> {
    /// The end of the baseline; `None` where nothing comes after it.
    fn baseline_ns(&self) -> Option<i64> {
        let (from, to) = self.span?;
        let width = to.saturating_sub(from);
        let baseline = (width / BASELINE_SHARE).max(BASELINE_MIN_NS);
        (width > baseline).then(|| from.saturating_add(baseline))
    }
}
