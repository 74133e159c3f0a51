//! One field of one segment, packed.

use super::pool::{ABSENT, Code};

/// What an absent integer or time is while a segment is being filled.
pub const ABSENT_INT: i64 = i64::MIN;

/// Integers stored as an offset from the smallest, at the narrowest width that holds them; the largest stored value
/// of a width stands for "absent".
#[derive(Debug)]
pub enum Ints {
    /// Every row the same (or every row absent).
    Same(i64),
    W8 {
        base: i64,
        v: Box<[u8]>,
    },
    W16 {
        base: i64,
        v: Box<[u16]>,
    },
    W32 {
        base: i64,
        v: Box<[u32]>,
    },
    W64(Box<[i64]>),
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
        if min > max {
            return Ints::Same(ABSENT_INT);
        }
        if min == max && !absent {
            return Ints::Same(min);
        }
        let span = max.wrapping_sub(min) as u64;
        macro_rules! narrow {
            ($t:ty) => {
                values
                    .iter()
                    .map(|&v| {
                        if v == ABSENT_INT {
                            <$t>::MAX
                        } else {
                            v.wrapping_sub(min) as $t
                        }
                    })
                    .collect()
            };
        }
        if span < u64::from(u8::MAX) {
            Ints::W8 {
                base: min,
                v: narrow!(u8),
            }
        } else if span < u64::from(u16::MAX) {
            Ints::W16 {
                base: min,
                v: narrow!(u16),
            }
        } else if span < u64::from(u32::MAX) {
            Ints::W32 {
                base: min,
                v: narrow!(u32),
            }
        } else {
            Ints::W64(values.into())
        }
    }

    /// The value at a row; [`ABSENT_INT`] where there is none.
    #[inline]
    pub fn get(&self, row: usize) -> i64 {
        macro_rules! wide {
            ($base:expr, $v:expr, $t:ty) => {{
                let x = $v[row];
                if x == <$t>::MAX {
                    ABSENT_INT
                } else {
                    $base.wrapping_add(i64::from(x))
                }
            }};
        }
        match self {
            Ints::Same(x) => *x,
            Ints::W8 { base, v } => wide!(base, v, u8),
            Ints::W16 { base, v } => wide!(base, v, u16),
            Ints::W32 { base, v } => wide!(base, v, u32),
            Ints::W64(v) => v[row],
        }
    }

    /// Unpacks rows `0..rows` into `out` (cleared first): one pass for a loop that reads every row.
    pub fn unpack(&self, rows: usize, out: &mut Vec<i64>) {
        out.clear();
        macro_rules! wide {
            ($base:expr, $v:expr, $t:ty) => {
                out.extend($v.iter().map(|&x| {
                    if x == <$t>::MAX {
                        ABSENT_INT
                    } else {
                        $base.wrapping_add(i64::from(x))
                    }
                }))
            };
        }
        match self {
            Ints::Same(x) => out.resize(rows, *x),
            Ints::W8 { base, v } => wide!(base, v, u8),
            Ints::W16 { base, v } => wide!(base, v, u16),
            Ints::W32 { base, v } => wide!(base, v, u32),
            Ints::W64(v) => out.extend_from_slice(v),
        }
    }

    pub fn memory(&self) -> usize {
        match self {
            Ints::Same(_) => 0,
            Ints::W8 { v, .. } => v.len(),
            Ints::W16 { v, .. } => v.len() * 2,
            Ints::W32 { v, .. } => v.len() * 4,
            Ints::W64(v) => v.len() * 8,
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
        }
    }

    #[test]
    fn narrow_values_take_little_room() {
        let ports: Vec<i64> = (0..65536).map(|i| i % 1000 + 64_000).collect();
        assert_eq!(Ints::pack(&ports).memory(), 65536 * 2);
        assert_eq!(Ints::pack(&[443; 65536]).memory(), 0);
    }
}
