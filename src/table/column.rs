//! One field of one segment, packed.

use super::pool::{ABSENT, Code};

/// What an absent integer or time is while a segment is being filled.
pub const ABSENT_INT: i64 = i64::MIN;

/// Integers stored as an offset from the smallest, at the narrowest width that holds them; the largest stored number
/// of a width stands for "absent". Where all offsets are multiples of a power of ten, so are they stored: times in
/// nanoseconds mostly are whole seconds.
#[derive(Debug)]
pub struct Ints {
    frame: Frame,
    /// The largest value; [`ABSENT_INT`], as the smallest, where every row is absent.
    max: i64,
    /// Some row is absent.
    absent: bool,
    words: Words,
}

/// What the stored numbers of a column stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The smallest value.
    pub min: i64,
    /// How much one more in a stored number is.
    pub step: i64,
}

/// The stored numbers.
#[derive(Debug)]
pub enum Words {
    /// Every row the same (or every row absent).
    Same,
    W8(Box<[u8]>),
    W16(Box<[u16]>),
    W32(Box<[u32]>),
    W64(Box<[u64]>),
}

/// A width that integers are stored in.
pub trait Word: Copy + Ord {
    const ABSENT: Self;
    /// The lower bits of a number.
    fn narrow(n: u64) -> Self;
    fn wide(self) -> u64;
    #[inline]
    fn is_absent(self) -> bool {
        self == Self::ABSENT
    }
}

macro_rules! word {
    ($($t:ty),*) => {$(
        impl Word for $t {
            const ABSENT: $t = <$t>::MAX;
            #[inline]
            fn narrow(n: u64) -> $t {
                n as $t
            }
            #[inline]
            fn wide(self) -> u64 {
                self.into()
            }
        }
    )*};
}
word!(u8, u16, u32, u64);

/// Runs an expression on the stored numbers, whatever their width: `each_width!(words, same => …, v => …)`.
macro_rules! each_width {
    ($words:expr, same => $same:expr, $v:ident => $many:expr) => {
        match $words {
            $crate::table::Words::Same => $same,
            $crate::table::Words::W8($v) => $many,
            $crate::table::Words::W16($v) => $many,
            $crate::table::Words::W32($v) => $many,
            $crate::table::Words::W64($v) => $many,
        }
    };
}
pub(crate) use each_width;

impl Frame {
    /// The value of a stored number; [`ABSENT_INT`] where it stands for that.
    #[inline]
    pub fn value<W: Word>(self, word: W) -> i64 {
        if word.is_absent() {
            ABSENT_INT
        } else {
            self.offset(word.wide())
        }
    }

    /// The value so many steps from the smallest.
    #[inline]
    pub fn offset(self, steps: u64) -> i64 {
        self.min.wrapping_add((steps as i64).wrapping_mul(self.step))
    }
}

/// The largest of these of which all offsets are multiples.
fn common_step(values: &[i64], min: i64) -> i64 {
    let steps = [1_000_000_000, 1_000_000, 1_000];
    let divides = |step: &i64| {
        let mut offsets = values
            .iter()
            .filter(|v| **v != ABSENT_INT)
            .map(|v| v.wrapping_sub(min));
        offsets.all(|offset| (offset as u64).is_multiple_of(*step as u64))
    };
    steps.into_iter().find(divides).unwrap_or(1)
}

impl Ints {
    pub fn pack(values: &[i64]) -> Ints {
        let (mut min, mut max, mut absent) = (i64::MAX, i64::MIN, false);
        for &v in values {
            if v == ABSENT_INT {
                absent = true;
            } else {
                min = min.min(v);
                max = max.max(v);
            }
        }
        let same = |value: i64, absent: bool| Ints {
            frame: Frame { min: value, step: 1 },
            max: value,
            absent,
            words: Words::Same,
        };
        if min > max {
            return same(ABSENT_INT, true);
        }
        if min == max && !absent {
            return same(min, false);
        }
        let mut span = max.wrapping_sub(min) as u64;
        let mut step = 1;
        // Only what is wide is worth a look at every value.
        if span >= u64::from(u32::MAX) {
            step = common_step(values, min);
            span /= step as u64;
        }
        fn narrow<W: Word>(values: &[i64], min: i64, step: i64) -> Box<[W]> {
            let word = |&v: &i64| match v {
                ABSENT_INT => W::ABSENT,
                v if step == 1 => W::narrow(v.wrapping_sub(min) as u64),
                v => W::narrow(v.wrapping_sub(min) as u64 / step as u64),
            };
            values.iter().map(word).collect()
        }
        let words = if span < u64::from(u8::MAX) {
            Words::W8(narrow(values, min, step))
        } else if span < u64::from(u16::MAX) {
            Words::W16(narrow(values, min, step))
        } else if span < u64::from(u32::MAX) {
            Words::W32(narrow(values, min, step))
        } else {
            // The widest span there is leaves one number for "absent", as no value is `ABSENT_INT`.
            Words::W64(narrow(values, min, step))
        };
        Ints {
            frame: Frame { min, step },
            max,
            absent,
            words,
        }
    }

    /// The value at a row; [`ABSENT_INT`] where there is none.
    #[inline]
    pub fn get(&self, row: usize) -> i64 {
        each_width!(&self.words, same => self.frame.min, v => self.frame.value(v[row]))
    }

    /// Unpacks rows `0..rows` into `out` (cleared first): one pass for a loop that reads every row.
    pub fn unpack(&self, rows: usize, out: &mut Vec<i64>) {
        out.clear();
        let frame = self.frame;
        each_width!(&self.words,
            same => out.resize(rows, frame.min),
            v => out.extend(v.iter().map(|&x| frame.value(x))));
    }

    /// The stored numbers, for loops that need not know the values; where all are the same it is [`Frame::min`].
    pub fn words(&self) -> &Words {
        &self.words
    }

    pub fn frame(&self) -> Frame {
        self.frame
    }

    /// The smallest and the largest value; `None` where every row is absent.
    pub fn span(&self) -> Option<(i64, i64)> {
        (self.max != ABSENT_INT).then_some((self.frame.min, self.max))
    }

    /// How many different stored numbers there may be, "absent" not counted; none where every row is absent.
    pub fn domain(&self) -> u64 {
        match self.span() {
            Some((min, max)) => (max.wrapping_sub(min) as u64 / self.frame.step as u64).saturating_add(1),
            None => 0,
        }
    }

    /// Has some row no value?
    pub fn has_absent(&self) -> bool {
        self.absent
    }

    pub fn memory(&self) -> usize {
        match &self.words {
            Words::Same => 0,
            Words::W8(v) => v.len(),
            Words::W16(v) => v.len() * 2,
            Words::W32(v) => v.len() * 4,
            Words::W64(v) => v.len() * 8,
        }
    }
}

/// A sealed column.
#[derive(Debug)]
pub enum Column {
    /// Integers, times, and booleans as 0 and 1.
    Ints(Ints),
    /// Codes of the shard's pool, packed like integers ([`ABSENT`] stays 0).
    Codes(Ints),
    /// NaN where absent.
    Floats(Box<[f64]>),
}

impl Column {
    pub fn code(&self, row: usize) -> Code {
        match self {
            Column::Codes(c) => c.get(row) as Code,
            _ => ABSENT,
        }
    }

    pub fn memory(&self) -> usize {
        match self {
            Column::Ints(i) | Column::Codes(i) => i.memory(),
            Column::Floats(f) => f.len() * 8,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn packing_loses_nothing(v in prop::collection::vec(prop_oneof![any::<i64>(), -300i64..300, Just(ABSENT_INT), Just(i64::MAX)], 1..200)) {
            let packed = Ints::pack(&v);
            let mut out = Vec::new();
            packed.unpack(v.len(), &mut out);
            prop_assert_eq!(&out, &v);
            for (i, &x) in v.iter().enumerate() {
                prop_assert_eq!(packed.get(i), x);
            }
            let known = || v.iter().copied().filter(|&x| x != ABSENT_INT);
            prop_assert_eq!(packed.span(), known().min().zip(known().max()));
            prop_assert_eq!(packed.has_absent(), v.contains(&ABSENT_INT));
        }

        #[test]
        fn whole_seconds_are_stored_as_such(
            v in prop::collection::vec(prop_oneof![9 => (0i64..90_000).prop_map(Some), 1 => Just(None)], 1..200),
            unit in prop::sample::select(vec![1i64, 1_000, 1_000_000, 1_000_000_000]),
            min in any::<i32>(),
        ) {
            let value = |v: &Option<i64>| v.map_or(ABSENT_INT, |n| i64::from(min) + n * unit);
            let values: Vec<i64> = v.iter().map(value).collect();
            let packed = Ints::pack(&values);
            let mut out = Vec::new();
            packed.unpack(v.len(), &mut out);
            prop_assert_eq!(&out, &values);
            prop_assert!(packed.memory() <= v.len() * 4);
        }
    }

    #[test]
    fn narrow_values_take_little_room() {
        let ports: Vec<i64> = (0..65536).map(|i| i % 1000 + 64_000).collect();
        assert_eq!(Ints::pack(&ports).memory(), 65536 * 2);
        assert_eq!(Ints::pack(&[443; 65536]).memory(), 0);
    }
}
