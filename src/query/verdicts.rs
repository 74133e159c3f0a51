//! A test's verdict on each different value, so that every one is looked at once.

use super::bits::Bits;
use crate::table::{Code, Ints, Word, each_width};

/// What a text test said about each code of the pool so far.
#[derive(Debug, Default)]
pub(super) struct Verdicts(Vec<u8>);

/// Verdicts are 0 where the test was not asked yet.
const NO: u8 = 1;
const YES: u8 = 2;

impl Verdicts {
    /// The rows `of` whose code passes; of `codes` codes in all.
    pub fn pick(
        &mut self,
        column: &Ints,
        codes: usize,
        of: &Bits,
        mut test: impl FnMut(Code) -> bool,
    ) -> Bits {
        if self.0.len() < codes {
            self.0.resize(codes, 0);
        }
        pick(&mut self.0, 0, column, of, |code| test(code as Code))
    }
}

/// The rows `of` whose integer passes; absent ones do not.
pub(super) fn pick_ints(column: &Ints, of: &Bits, mut test: impl FnMut(i64) -> bool) -> Bits {
    /// Up to here a table of verdicts is smaller than the columns it is for.
    const DENSE: u64 = 1 << 16;
    let frame = column.frame();
    if column.domain() <= DENSE && frame.step == 1 {
        let mut verdicts = vec![0; column.domain() as usize];
        return pick(&mut verdicts, frame.min, column, of, test);
    }
    let mut last = None;
    let mut test = |v: i64| match last {
        Some((value, verdict)) if value == v => verdict,
        _ => {
            let verdict = test(v);
            last = Some((v, verdict));
            verdict
        }
    };
    each_width!(column.words(),
        same => every(of, test(frame.min)),
        v => of.pick(|row| v.get(row).is_some_and(|&w| !w.is_absent() && test(frame.value(w)))))
}

/// `verdicts` are those on the values from `first` on; for what is outside of them the test is asked each time.
fn pick(
    verdicts: &mut [u8],
    first: i64,
    column: &Ints,
    of: &Bits,
    mut test: impl FnMut(i64) -> bool,
) -> Bits {
    if column.span().is_none() {
        return every(of, false);
    }
    let frame = column.frame();
    each_width!(column.words(),
    same => every(of, test(frame.min)),
    v => {
        let mut verdict = |value: i64| {
            let at = value.wrapping_sub(first) as u64 as usize;
            match verdicts.get(at) {
                Some(&YES) => true,
                Some(&NO) => false,
                _ => learn(verdicts, at, || test(value)),
            }
        };
        of.pick(|row| v.get(row).is_some_and(|&w| !w.is_absent() && verdict(frame.value(w))))
    })
}

/// Asks the test and keeps what it says. Apart, so that the loops over rows stay small.
#[cold]
#[inline(never)]
fn learn(verdicts: &mut [u8], at: usize, test: impl FnOnce() -> bool) -> bool {
    let yes = test();
    if let Some(verdict) = verdicts.get_mut(at) {
        *verdict = if yes { YES } else { NO };
    }
    yes
}

/// All of these rows or none.
fn every(of: &Bits, yes: bool) -> Bits {
    if yes { of.clone() } else { of.nothing() }
}

/// The rows `of` whose integer is inside `lo..=hi`; absent ones are not.
pub(super) fn between(column: &Ints, of: &Bits, lo: i64, hi: i64) -> Bits {
    let Some((min, max)) = column.span().filter(|(min, max)| lo <= *max && *min <= hi) else {
        return of.nothing();
    };
    if lo <= min && max <= hi && !column.has_absent() {
        return of.clone();
    }
    // The bounds as numbers that are stored: compared is what stands in the column.
    let step = column.frame().step as u64;
    let from = (lo.max(min).wrapping_sub(min) as u64).div_ceil(step);
    let to = hi.min(max).wrapping_sub(min) as u64 / step;
    if from > to {
        return of.nothing();
    }
    each_width!(column.words(), same => every(of, true), v => within(v, of, from, to))
}

#[inline]
fn within<W: Word>(words: &[W], of: &Bits, from: u64, to: u64) -> Bits {
    let (from, to) = (W::narrow(from), W::narrow(to));
    if from == to {
        return of.pick_in(words, |w| w == from);
    }
    // Not `&&`: without a branch.
    of.pick_in(words, |w| (from <= w) & (w <= to))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::ABSENT_INT;
    use proptest::prelude::*;

    /// Values of every width a column has, alone and mixed.
    fn values() -> impl Strategy<Value = Vec<i64>> {
        let wide = prop_oneof![any::<i64>(), Just(i64::MAX), Just(i64::MIN + 1), Just(0)];
        let seconds = (0i64..100_000).prop_map(|n| n * 1_000_000_000);
        let of = |values: BoxedStrategy<i64>| {
            let some = prop_oneof![9 => values, 1 => Just(ABSENT_INT)];
            prop::collection::vec(some, 1..200).boxed()
        };
        prop_oneof![
            of(Just(7).boxed()),
            of((-3i64..200).boxed()),
            of((0i64..60_000).boxed()),
            of((0i64..3_000_000_000).boxed()),
            of(seconds.boxed()),
            of(wide.boxed()),
        ]
    }

    proptest! {
        #[test]
        fn ranges_and_verdicts_are_those_of_the_values(
            values in values(),
            at in (any::<prop::sample::Index>(), any::<prop::sample::Index>()),
            off in (-1i64..2, -1i64..2),
            hidden in any::<u64>(),
        ) {
            let packed = Ints::pack(&values);
            let rows = Bits::of(values.len(), |row| hidden >> (row % 64) & 1 == 0);
            let bound = |at: prop::sample::Index, off: i64| {
                at.get(&values).saturating_add(off).max(ABSENT_INT + 1)
            };
            let (lo, hi) = (bound(at.0, off.0), bound(at.1, off.1));
            let want = rows.pick(|row| lo <= values[row] && values[row] <= hi);
            prop_assert_eq!(&between(&packed, &rows, lo, hi), &want);
            let want = rows.pick(|row| values[row] != ABSENT_INT && values[row] % 3 == 0);
            prop_assert_eq!(&pick_ints(&packed, &rows, |v| v != ABSENT_INT && v % 3 == 0), &want);
        }
    }
}
