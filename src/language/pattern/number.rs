//! Numbers by their decimal text, compared exactly however long they are.

use std::cmp::Ordering;
use std::fmt;

/// A number as it was written: `[+-]digits[.digits][e[+-]digits]`.
#[derive(Clone, Debug)]
pub struct Number {
    source: Box<str>,
}

impl Number {
    /// A text that is wholly a number.
    pub fn parse(text: &str) -> Option<Number> {
        Decimal::parse(text)?;
        Some(Number { source: text.into() })
    }

    /// As it was written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The nearest `f64`; infinite beyond its range.
    pub fn as_f64(&self) -> f64 {
        self.source.parse().unwrap_or(f64::NAN)
    }

    /// How another number, given by its text, compares with this one. `None` when the text is no number.
    pub fn order_of(&self, other: &str) -> Option<Ordering> {
        Some(Decimal::parse(other)?.order(Decimal::parse(&self.source)?))
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.order_of(other.source()) == Some(Ordering::Equal)
    }
}

impl Eq for Number {}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}

/// The parts of a number's text.
#[derive(Clone, Copy)]
struct Decimal<'a> {
    negative: bool,
    whole: &'a [u8],
    fraction: &'a [u8],
    exponent: i64,
}

/// Exponents are cut here: nothing that is written out reaches it.
const FAR: i64 = 1 << 56;

impl<'a> Decimal<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let bytes = text.as_bytes();
        let (negative, bytes) = sign(bytes);
        let (whole, mut rest) = digits(bytes)?;
        let mut fraction: &[u8] = &[];
        if let Some(behind) = rest.strip_prefix(b".") {
            (fraction, rest) = digits(behind)?;
        }
        let mut exponent = 0i64;
        if let Some((b'e' | b'E', behind)) = rest.split_first() {
            let (minus, behind) = sign(behind);
            let (size, end) = digits(behind)?;
            for digit in size {
                exponent = (exponent * 10 + i64::from(digit - b'0')).min(FAR);
            }
            if minus {
                exponent = -exponent;
            }
            rest = end;
        }
        rest.is_empty().then_some(Decimal {
            negative,
            whole,
            fraction,
            exponent,
        })
    }

    fn digits(self) -> impl Iterator<Item = u8> + use<'a> {
        self.whole.iter().chain(self.fraction).copied()
    }

    /// The power of ten of the first digit that is not zero, and how many zeros stand before it. `None` for zero.
    fn lead(self) -> Option<(i64, usize)> {
        let zeros = self.digits().position(|d| d != b'0')?;
        let place = self.whole.len() as i64 - zeros as i64;
        Some((place + self.exponent, zeros))
    }

    fn order(self, other: Decimal<'_>) -> Ordering {
        let (a, b) = match (self.lead(), other.lead()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => {
                return if other.negative {
                    Ordering::Greater
                } else {
                    Ordering::Less
                };
            }
            (Some(_), None) => {
                return if self.negative {
                    Ordering::Less
                } else {
                    Ordering::Greater
                };
            }
            (Some(a), Some(b)) => (a, b),
        };
        match (self.negative, other.negative) {
            (false, true) => return Ordering::Greater,
            (true, false) => return Ordering::Less,
            _ => {}
        }
        let size = a.0.cmp(&b.0).then_with(|| {
            let (mut x, mut y) = (self.digits().skip(a.1), other.digits().skip(b.1));
            loop {
                match (x.next(), y.next()) {
                    (None, None) => return Ordering::Equal,
                    (x, y) => match x.unwrap_or(b'0').cmp(&y.unwrap_or(b'0')) {
                        Ordering::Equal => {}
                        other => return other,
                    },
                }
            }
        });
        if self.negative { size.reverse() } else { size }
    }
}

fn sign(bytes: &[u8]) -> (bool, &[u8]) {
    match bytes.split_first() {
        Some((b'-', rest)) => (true, rest),
        Some((b'+', rest)) => (false, rest),
        _ => (false, bytes),
    }
}

/// At least one digit, and what follows.
fn digits(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let n = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
    if n == 0 { None } else { bytes.split_at_checked(n) }
}
