//! Where is data missing that was expected? Judged at the interval in which a kind is delivered, whatever range, filter
//! and zoom are on screen.

use crate::base::time::{self, DAY, HOUR, MINUTE};
use crate::base::{TimeRange, Value};
use crate::evidence::manifest;
use crate::query::{Agg, Answer, Key, Order, Query};
use std::collections::BTreeMap;

/// Kinds that write all the time, and the stretch in which a busy source is never silent: CloudTrail delivers within the
/// hour, an interface writes a flow record in every aggregation interval, of which the longest is ten minutes.
pub const DELIVERED: [(&[&str], i64); 2] =
    [(&["cloudtrail"], HOUR), (&["vpc-flow", "tgw-flow"], 20 * MINUTE)];
/// Stretches asked for; with more of them than this nothing is judged.
const STRETCHES: usize = 200_000;
/// A source with fewer stretches than this is too short to know what is usual for it.
const LEAST_FILLED: usize = 6;
/// Records in half of its stretches, at least: below, silence is chance.
const BUSY: i64 = 4;

/// A stretch of time without a record of a source that otherwise writes all the time.
#[derive(Clone, Debug, PartialEq)]
pub struct Gap {
    pub account: String,
    pub region: String,
    /// Registry id.
    pub kind: String,
    pub range: TimeRange,
}

impl Gap {
    /// As a manifest lists it.
    pub fn to_manifest(&self) -> manifest::Gap {
        manifest::Gap {
            kind: self.kind.clone(),
            account: self.account.clone(),
            region: self.region.clone(),
            from: time::iso(self.range.from_ns),
            to: time::iso(self.range.to_ns),
        }
    }

    /// As a manifest tells it; `None` where its times are none.
    pub fn told(gap: &manifest::Gap) -> Option<Gap> {
        let from = time::parse_iso(gap.from.as_bytes())?;
        let to = time::parse_iso(gap.to.as_bytes())?;
        (from < to).then(|| Gap {
            account: gap.account.clone(),
            region: gap.region.clone(),
            kind: gap.kind.clone(),
            range: TimeRange::new(from, to),
        })
    }
}

/// The questions that [`gaps`] are found in, one for each entry of [`DELIVERED`].
pub fn ask_gaps(kinds: &[&str], width_ns: i64) -> Query {
    let by = vec![
        Key::Field("account".into()),
        Key::Field("region".into()),
        Key::Kind,
        Key::Time { width_ns },
    ];
    Query::groups(kinds, by, vec![Agg::Count])
        .order(Order::Key)
        .limit(STRETCHES)
}

/// The gaps in rows `(account, region, kind, time, count)`, in order of time.
pub fn gaps(answer: &Answer, width_ns: i64) -> Vec<Gap> {
    if answer.groups > answer.rows.len() as u64 {
        return Vec::new();
    }
    let mut sources: BTreeMap<[String; 3], BTreeMap<i64, i64>> = BTreeMap::new();
    for row in &answer.rows {
        let [account, region, kind, Value::Time(at), count] = row.as_slice() else {
            continue;
        };
        let source = [account, region, kind].map(Value::to_text);
        let slot = at.div_euclid(width_ns);
        *sources.entry(source).or_default().entry(slot).or_default() += count.as_i64().unwrap_or(0);
    }
    let mut out = Vec::new();
    for ([account, region, kind], counts) in sources {
        for (from, to) in silences(&counts, DAY / width_ns) {
            out.push(Gap {
                account: account.clone(),
                region: region.clone(),
                kind: kind.clone(),
                range: TimeRange::new(from * width_ns, to * width_ns),
            });
        }
    }
    out.sort_by_key(|gap| gap.range.from_ns);
    out
}

/// Runs of stretches without a record that are not usual for this source, as half-open ranges of slots.
fn silences(counts: &BTreeMap<i64, i64>, per_day: i64) -> Vec<(i64, i64)> {
    let (Some((&first, _)), Some((&last, _))) = (counts.first_key_value(), counts.last_key_value()) else {
        return Vec::new();
    };
    let mut sorted: Vec<i64> = counts.values().copied().collect();
    sorted.sort_unstable();
    let usual = sorted.get(sorted.len() / 2).copied().unwrap_or(0);
    let filled = counts.len() as i64;
    if counts.len() < LEAST_FILLED || usual < BUSY || filled * 4 < (last - first + 1) * 3 {
        return Vec::new();
    }
    let slots: Vec<i64> = counts.keys().copied().collect();
    let runs = slots.windows(2).filter_map(|pair| match *pair {
        [before, after] if after > before + 1 => Some((before + 1, after)),
        _ => None,
    });
    // Some sources rest at night: at this time of day the other days have records too.
    let expected = |slot: i64, run: (i64, i64)| {
        let back = (first - slot).div_euclid(per_day);
        let days = (back..=(last - slot).div_euclid(per_day)).map(|day| slot + day * per_day);
        let (mut seen, mut all) = (0, 0);
        for other in days.filter(|s| (first..=last).contains(s) && !(run.0..run.1).contains(s)) {
            all += 1;
            seen += i64::from(counts.contains_key(&other));
        }
        seen * 4 >= all * 3
    };
    runs.filter(|&run| (run.0..run.1).all(|slot| expected(slot, run)))
        .collect()
}

#[cfg(target_arch = "wasm32")]
pub use shown::*;

#[cfg(target_arch = "wasm32")]
mod shown {
    use super::{DELIVERED, Gap, ask_gaps, gaps};
    use crate::chart::Hole;
    use crate::session::Session;
    use crate::widgets::format;
    use leptos::prelude::*;
    use std::sync::Arc;

    /// The gaps of everything loaded, in order of time; none are told while files are read.
    pub fn all_gaps(session: Session) -> Memo<Arc<Vec<Gap>>> {
        if let Some(report) = session.shared_file() {
            // Sums do not tell the hours in which nothing was written: the manifest does.
            let told = Arc::new(
                report
                    .manifest
                    .coverage
                    .iter()
                    .filter_map(Gap::told)
                    .collect::<Vec<_>>(),
            );
            return Memo::new(move |_| told.clone());
        }
        let answers = DELIVERED.map(|(kinds, width_ns)| {
            let asked = move || (!session.loading.get()).then(|| ask_gaps(kinds, width_ns));
            (session.answer(asked), width_ns)
        });
        Memo::new(move |_| {
            let mut all: Vec<Gap> = answers
                .iter()
                .filter_map(|(answered, width_ns)| Some(gaps(&*answered.answer.get()?, *width_ns)))
                .flatten()
                .collect();
            all.sort_by_key(|gap| gap.range.from_ns);
            Arc::new(all)
        })
    }

    /// `No CloudTrail 12 Nov 2026, 04:00 – 05:00 · 60 min, 111122223333 eu-central-1` (tracked).
    pub fn gap_words(session: Session, gap: &Gap) -> String {
        let title = session.kinds.with(|all| {
            let known = all.iter().find(|k| k.kind == gap.kind);
            known.map_or_else(|| gap.kind.clone(), |k| k.title.clone())
        });
        let when = format::range(gap.range, session.offset_min(gap.range.from_ns));
        let place = [gap.account.as_str(), gap.region.as_str()];
        let place: Vec<&str> = place.into_iter().filter(|p| !p.is_empty()).collect();
        format!("No {title} {when}, {}", place.join(" "))
    }

    /// Gaps of these kinds (empty: all), as charts hatch them (tracked).
    pub fn hatched(session: Session, gaps: &[Gap], kinds: &[&str]) -> Vec<Hole> {
        gaps.iter()
            .filter(|gap| kinds.is_empty() || kinds.contains(&gap.kind.as_str()))
            .map(|gap| Hole {
                range: gap.range,
                label: gap_words(session, gap),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hours in which a source wrote, with its records.
    fn hours(counts: impl IntoIterator<Item = (i64, i64)>) -> Vec<Gap> {
        let row = |(hour, n): (i64, i64)| {
            vec![
                "1".into(),
                "eu-west-1".into(),
                "cloudtrail".into(),
                Value::Time(hour * HOUR),
                Value::Int(n),
            ]
        };
        let rows: Vec<Vec<Value>> = counts.into_iter().map(row).collect();
        let answer = Answer {
            groups: rows.len() as u64,
            rows,
            ..Answer::default()
        };
        gaps(&answer, HOUR)
    }

    fn found(gaps: &[Gap]) -> Vec<(i64, i64)> {
        gaps.iter()
            .map(|g| (g.range.from_ns / HOUR, g.range.to_ns / HOUR))
            .collect()
    }

    #[test]
    fn a_missing_hour_of_a_busy_source_is_a_gap() {
        let all = (0..120).filter(|h| *h != 76).map(|h| (h, 40));
        assert_eq!(found(&hours(all)), [(76, 77)]);
        let short = (0..10).filter(|h| *h != 4).map(|h| (h, 5));
        assert_eq!(found(&hours(short)), [(4, 5)]);
    }

    #[test]
    fn a_source_that_writes_rarely_has_no_gaps() {
        assert_eq!(found(&hours((0..120).filter(|h| *h != 76).map(|h| (h, 1)))), []);
        assert_eq!(found(&hours((0..120).step_by(7).map(|h| (h, 50)))), []);
        assert_eq!(
            found(&hours([(0, 900), (1, 900), (3, 900)])),
            [],
            "too short to know"
        );
    }

    #[test]
    fn a_rest_of_every_night_is_no_gap_and_a_missing_day_is() {
        let rests = (0..240).filter(|h| h % 24 < 19).map(|h| (h, 40));
        assert_eq!(found(&hours(rests)), []);
        let day = (0..240).filter(|h| h / 24 != 5).map(|h| (h, 40));
        assert_eq!(found(&hours(day)), [(120, 144)]);
    }

    #[test]
    fn a_cut_answer_is_not_judged() {
        let rows = vec![vec![
            "1".into(),
            "r".into(),
            "cloudtrail".into(),
            Value::Time(0),
            Value::Int(9),
        ]];
        let answer = Answer {
            rows,
            groups: 5,
            ..Answer::default()
        };
        assert_eq!(gaps(&answer, HOUR), []);
    }
}
