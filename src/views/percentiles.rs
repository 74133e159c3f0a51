//! Percentiles out of counted sizes: exact in their counts, each within 1.6 % in its value.

use crate::base::Value;
use crate::query::{Answer, SCALE_BITS};

/// What is told of a distribution, with its level.
pub const LEVELS: [(&str, f64); 3] = [("p50", 0.5), ("p95", 0.95), ("p99", 0.99)];

/// How often which size came, the smallest first, as [`Key::Scale`](crate::query::Key::Scale) cuts them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spread {
    counts: Vec<(f64, i64)>,
    /// Records without a value.
    without: i64,
}

impl Spread {
    fn add(&mut self, size: &Value, count: i64) {
        match size.as_f64() {
            Some(size) => self.counts.push((size, count)),
            None => self.without += count,
        }
    }

    fn sorted(mut self) -> Spread {
        self.counts.sort_by(|a, b| a.0.total_cmp(&b.0));
        self
    }

    /// Records, those without a value too.
    pub fn records(&self) -> i64 {
        self.without + self.values()
    }

    fn values(&self) -> i64 {
        self.counts.iter().map(|c| c.1).sum()
    }

    /// The value that so much of all values does not exceed (nearest rank); `None` without values.
    pub fn level(&self, level: f64) -> Option<f64> {
        let rank = ((self.values() as f64 * level).ceil() as i64).max(1);
        let mut seen = 0;
        let found = self.counts.iter().find(|(_, count)| {
            seen += count;
            seen >= rank
        });
        found.map(|(size, _)| middle(*size))
    }

    pub fn levels(&self) -> Option<[f64; 3]> {
        let [p50, p95, p99] = LEVELS.map(|(_, level)| self.level(level));
        Some([p50?, p95?, p99?])
    }
}

/// The middle of what was cut down to this. What has fewer digits than are kept, small counts above all, was not cut.
fn middle(size: f64) -> f64 {
    if size == 0.0 || (size.fract() == 0.0 && size.abs() < f64::from(1u32 << SCALE_BITS)) {
        return size;
    }
    // Of the leading binary digit, the last kept one and half of that.
    let exponent = size.abs().log2().floor() as i32;
    size + size.signum() * 2f64.powi(exponent - SCALE_BITS as i32)
}

/// Rows `(keys …, size, count)` by their keys, in the order of their coming.
pub fn by_group(answer: &Answer, keys: usize) -> Vec<(Vec<Value>, Spread)> {
    let mut out: Vec<(Vec<Value>, Spread)> = Vec::new();
    for row in &answer.rows {
        let (Some(mine), Some(size), Some(count)) = (row.get(..keys), row.get(keys), row.get(keys + 1))
        else {
            continue;
        };
        let count = count.as_i64().unwrap_or(0);
        // In the order of keys, equal ones stand together.
        match out.last_mut() {
            Some((last, spread)) if last == mine => spread.add(size, count),
            _ => {
                let mut spread = Spread::default();
                spread.add(size, count);
                out.push((mine.to_vec(), spread));
            }
        }
    }
    out.into_iter().map(|(keys, s)| (keys, s.sorted())).collect()
}

/// Rows `(time, size, count)` by time; those without a time are left out.
pub fn over_time(answer: &Answer) -> Vec<(i64, Spread)> {
    let groups = by_group(answer, 1).into_iter();
    groups
        .filter_map(|(keys, spread)| match keys.as_slice() {
            [Value::Time(at)] => Some((*at, spread)),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(rows: &[(i64, f64, i64)]) -> Answer {
        let row = |&(at, size, count): &(i64, f64, i64)| {
            vec![Value::Time(at), Value::Float(size), Value::Int(count)]
        };
        Answer {
            rows: rows.iter().map(row).collect(),
            ..Answer::default()
        }
    }

    #[test]
    fn a_percentile_is_the_nearest_rank() {
        let all = answer(&[(0, 1.0, 50), (0, 2.0, 45), (0, 3.0, 4), (0, 40.0, 1), (5, 7.0, 1)]);
        let told = over_time(&all);
        assert_eq!(told.len(), 2);
        assert_eq!(told[0].1.levels(), Some([1.0, 2.0, 3.0]));
        assert_eq!(told[1].1.levels(), Some([7.0, 7.0, 7.0]));
    }

    #[test]
    fn a_cut_size_is_told_by_the_middle_of_its_group() {
        // 1000 to 1023 are cut down to 992 and 1008 (steps of 16).
        let spread = Spread {
            counts: vec![(1008.0, 1)],
            without: 0,
        };
        assert_eq!(spread.level(0.5), Some(1016.0));
        let small = Spread {
            counts: vec![(0.0, 1), (0.5, 1)],
            without: 2,
        };
        assert_eq!(small.level(0.5), Some(0.0));
        assert!(
            small
                .level(0.99)
                .is_some_and(|v| (v / 0.5 - 1.0).abs() <= 1.0 / 64.0)
        );
        assert_eq!(small.records(), 4);
    }

    #[test]
    fn without_values_there_is_none() {
        assert_eq!(Spread::default().level(0.5), None);
        assert_eq!(by_group(&Answer::default(), 2), Vec::new());
    }
}
