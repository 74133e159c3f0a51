//! What is other than in the period before? Two lists of pairs, pair by pair and end by end.

#[cfg(test)]
mod tests;

use super::pairs::Pair;
use crate::chart::{Amount, Unit};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Times as much, or a part of it, from which on something has grown or shrunk.
const FACTOR: Amount = 2;
/// A change below this part of all that the larger period carried is none.
const FLOOR: Amount = 200;

/// What is said beside a comparison.
pub const HOW: &str = "New carried something now and nothing in the period before, gone the other way \
    round. Grown is at least twice as much as before, shrunk at most half, where the change is at least \
    0.5% of all that the period with more traffic carried; anything else counts as the same. Where the \
    periods differ in length, the one before is scaled to the length of this one.";

/// One of the two periods.
#[derive(Clone, Copy, Debug)]
pub struct Period<'a> {
    pub pairs: &'a [Pair],
    /// What the pairs beyond those listed carried.
    pub rest: Option<&'a Pair>,
    /// How long it is; in any unit, the same for both. Zero where that is not known.
    pub length: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    New,
    Gone,
    Grown,
    Shrunk,
    Same,
}

impl Change {
    pub const ALL: [Change; 5] = [
        Change::New,
        Change::Gone,
        Change::Grown,
        Change::Shrunk,
        Change::Same,
    ];

    pub fn title(self) -> &'static str {
        match self {
            Change::New => "new",
            Change::Gone => "gone",
            Change::Grown => "grown",
            Change::Shrunk => "shrunk",
            Change::Same => "same",
        }
    }
}

/// A pair or an end, now and before.
#[derive(Clone, Debug, PartialEq)]
pub struct Changed<W> {
    pub what: W,
    pub change: Change,
    pub now: Amount,
    /// As it was.
    pub before: Amount,
    /// What would have been in a period of the length of this one.
    pub scaled: Amount,
    /// The period in which it is missing was not listed to its end: it may be among the pairs that were not.
    pub unsure: bool,
    pub says: String,
}

impl<W> Changed<W> {
    /// How much more than before; less, where negative.
    pub fn by(&self) -> Amount {
        self.now - self.scaled
    }
}

/// Both ends of a pair.
pub type Ends = (String, String);

/// What changed, the most first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Compared {
    pub pairs: Vec<Changed<Ends>>,
    pub ends: Vec<Changed<String>>,
    /// The lengths differ, and the period before was scaled.
    pub scaled: bool,
}

/// Compares two periods. `unit` is that of the amounts; `called` gives the name that an end is compared and told by:
/// the end itself, or the place it stands in.
pub fn compare(now: Period, before: Period, unit: &Unit, called: impl Fn(&str) -> String) -> Compared {
    let scale = Scale::of(&now, &before);
    let mut pairs: BTreeMap<Ends, [Amount; 2]> = BTreeMap::new();
    let mut ends: BTreeMap<String, [Amount; 2]> = BTreeMap::new();
    let mut names: BTreeMap<&str, String> = BTreeMap::new();
    for (at, period) in [now, before].into_iter().enumerate() {
        for pair in period.pairs {
            let mut name = |end| names.entry(end).or_insert_with_key(|end| called(end)).clone();
            let (from, to) = (name(&pair.from), name(&pair.to));
            let other = (from != to).then(|| to.clone());
            for end in [from.clone()].into_iter().chain(other) {
                put(ends.entry(end).or_default(), at, pair.total());
            }
            put(pairs.entry((from, to)).or_default(), at, pair.total());
        }
    }
    Compared {
        pairs: all(pairs, &scale, unit, |(from, to)| format!("{from} → {to}")),
        ends: all(ends, &scale, unit, String::clone),
        scaled: scale.now != scale.before,
    }
}

fn put(sums: &mut [Amount; 2], at: usize, amount: Amount) {
    if let Some(sum) = sums.get_mut(at) {
        *sum += amount;
    }
}

fn all<W: Ord>(
    sums: BTreeMap<W, [Amount; 2]>,
    scale: &Scale,
    unit: &Unit,
    word: impl Fn(&W) -> String,
) -> Vec<Changed<W>> {
    let mut all: Vec<Changed<W>> = sums
        .into_iter()
        .filter(|(_, [now, before])| *now != 0 || *before != 0)
        .map(|(what, [now, before])| {
            let word = word(&what);
            scale.changed(what, &word, now, before, unit)
        })
        .collect();
    all.sort_by_key(|changed| Reverse(changed.by().abs()));
    all
}

/// How the amounts of the two periods compare.
struct Scale {
    now: Amount,
    before: Amount,
    /// The least change, with both amounts multiplied by the other period's length.
    floor: Amount,
    /// Which of the two was not listed to its end.
    cut: [bool; 2],
}

impl Scale {
    fn of(now: &Period, before: &Period) -> Scale {
        let (long, ago) = match (now.length, before.length) {
            (a, b) if a > 0 && b > 0 => (Amount::from(a), Amount::from(b)),
            _ => (1, 1),
        };
        let part = gcd(long, ago);
        let (long, ago) = (long / part, ago / part);
        let carried = |period: &Period| -> Amount {
            let pairs: Amount = period.pairs.iter().map(Pair::total).sum();
            pairs + period.rest.map_or(0, Pair::total)
        };
        let (all, all_before) = (times(carried(now), ago), times(carried(before), long));
        Scale {
            now: long,
            before: ago,
            floor: all.max(all_before),
            cut: [now.rest.is_some(), before.rest.is_some()],
        }
    }

    /// Without division, so that the two periods mirror each other exactly.
    fn judge(&self, now: Amount, before: Amount) -> Change {
        if before == 0 {
            return Change::New;
        }
        if now == 0 {
            return Change::Gone;
        }
        let (now, before) = (times(now, self.before), times(before, self.now));
        if times(now.saturating_sub(before).saturating_abs(), FLOOR) < self.floor {
            Change::Same
        } else if now >= times(before, FACTOR) {
            Change::Grown
        } else if before >= times(now, FACTOR) {
            Change::Shrunk
        } else {
            Change::Same
        }
    }

    fn changed<W>(&self, what: W, word: &str, now: Amount, before: Amount, unit: &Unit) -> Changed<W> {
        let change = self.judge(now, before);
        // To the nearest whole.
        let scaled = times(before, self.now).saturating_add(self.before / 2) / self.before;
        let [cut_now, cut_before] = self.cut;
        let unsure = match change {
            Change::New => cut_before,
            Change::Gone => cut_now,
            _ => false,
        };
        let amount = unit.long(now);
        let was = if scaled == before {
            unit.long(before)
        } else {
            format!(
                "{} ({} scaled to this period)",
                unit.long(before),
                unit.long(scaled)
            )
        };
        let says = match (change, unsure) {
            (Change::New, false) => format!("{word} is new: {amount}, nothing before."),
            (Change::New, true) => {
                format!("{word} may be new: {amount}, not among the pairs listed for the period before.")
            }
            (Change::Gone, false) => format!("{word} is gone: {was} before, nothing now."),
            (Change::Gone, true) => {
                format!("{word} may be gone: {was} before, not among the pairs listed for now.")
            }
            (Change::Grown, _) => {
                format!(
                    "{word} has grown to {} times: {amount} after {was}.",
                    factor(now, scaled)
                )
            }
            (Change::Shrunk, _) => {
                format!(
                    "{word} has shrunk to 1/{}: {amount} after {was}.",
                    factor(scaled, now)
                )
            }
            (Change::Same, _) => format!("{word} is about the same: {amount} after {was}."),
        };
        Changed {
            what,
            change,
            now,
            before,
            scaled,
            unsure,
            says,
        }
    }
}

/// Amounts are exact up to 10³⁸; beyond that the largest stands in.
fn times(a: Amount, b: Amount) -> Amount {
    a.saturating_mul(b)
}

fn gcd(a: Amount, b: Amount) -> Amount {
    if b == 0 { a.max(1) } else { gcd(b, a % b) }
}

/// `3.2`, without a zero behind the point; not rounded up.
fn factor(large: Amount, small: Amount) -> String {
    let tenths = times(large, 10) / small.max(1);
    match (tenths / 10, tenths % 10) {
        (whole, _) if whole >= 10 => crate::base::size::count(whole),
        (whole, 0) => whole.to_string(),
        (whole, tenth) => format!("{whole}.{tenth}"),
    }
}
