//! Numbers: integers are exact, everything else is an `f64`.

use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Num {
    Int(i128),
    Float(f64),
}

impl Num {
    /// Reads a text that is wholly `[+-]digits[.digits][e[+-]digits]`.
    pub fn parse(text: &str) -> Option<Num> {
        let b = text.as_bytes();
        let unsigned = match b.first()? {
            b'+' | b'-' => b.get(1..)?,
            _ => b,
        };
        let digits = |b: &[u8]| b.iter().take_while(|c| c.is_ascii_digit()).count();
        let whole = digits(unsigned);
        if whole == 0 {
            return None;
        }
        let mut rest = unsigned.get(whole..)?;
        if rest.is_empty() && whole < 19 {
            return text.parse::<i64>().ok().map(|n| Num::Int(n.into()));
        }
        if rest.is_empty() && whole < 38 {
            return text.parse().ok().map(Num::Int);
        }
        if let Some(fraction) = rest.strip_prefix(b".") {
            let n = digits(fraction);
            if n == 0 {
                return None;
            }
            rest = fraction.get(n..)?;
        }
        if let Some((b'e' | b'E', exponent)) = rest.split_first() {
            let exponent = match exponent.first() {
                Some(b'+' | b'-') => exponent.get(1..)?,
                _ => exponent,
            };
            if exponent.is_empty() || digits(exponent) != exponent.len() {
                return None;
            }
        } else if !rest.is_empty() {
            return None;
        }
        Num::float(text.parse().ok()?)
    }

    /// Infinity and no number at all are nothing.
    pub fn float(f: f64) -> Option<Num> {
        f.is_finite().then_some(Num::Float(f))
    }

    pub fn as_f64(self) -> f64 {
        match self {
            Num::Int(i) => i as f64,
            Num::Float(f) => f,
        }
    }

    /// Without its fraction.
    pub fn truncated(self) -> Option<i128> {
        match self {
            Num::Int(i) => Some(i),
            Num::Float(f) if f.abs() < 1e38 => Some(f.trunc() as i128),
            Num::Float(_) => None,
        }
    }

    pub fn is_zero(self) -> bool {
        match self {
            Num::Int(i) => i == 0,
            Num::Float(f) => f == 0.0,
        }
    }

    /// By value and exactly, also between an integer and a fraction.
    pub fn order(self, other: Num) -> Ordering {
        match (self, other) {
            (Num::Int(a), Num::Int(b)) => a.cmp(&b),
            (Num::Float(a), Num::Float(b)) => a.partial_cmp(&b).unwrap_or(Ordering::Equal),
            (Num::Int(a), Num::Float(b)) => int_to_float(a, b),
            (Num::Float(a), Num::Int(b)) => int_to_float(b, a).reverse(),
        }
    }

    /// Integers as long as they stay such, else `f64`.
    fn either(
        self,
        other: Num,
        exact: fn(i128, i128) -> Option<i128>,
        float: fn(f64, f64) -> f64,
    ) -> Option<Num> {
        if let (Num::Int(a), Num::Int(b)) = (self, other)
            && let Some(n) = exact(a, b)
        {
            return Some(Num::Int(n));
        }
        Num::float(float(self.as_f64(), other.as_f64()))
    }

    pub fn plus(self, other: Num) -> Option<Num> {
        self.either(other, i128::checked_add, |a, b| a + b)
    }

    pub fn minus(self, other: Num) -> Option<Num> {
        self.either(other, i128::checked_sub, |a, b| a - b)
    }

    pub fn times(self, other: Num) -> Option<Num> {
        self.either(other, i128::checked_mul, |a, b| a * b)
    }

    pub fn over(self, other: Num) -> Option<Num> {
        if other.is_zero() {
            return None;
        }
        let exact = |a: i128, b: i128| {
            a.checked_rem(b)
                .filter(|r| *r == 0)
                .and_then(|_| a.checked_div(b))
        };
        self.either(other, exact, |a, b| a / b)
    }

    /// With the dividend's sign.
    pub fn remainder(self, other: Num) -> Option<Num> {
        if other.is_zero() {
            return None;
        }
        self.either(other, i128::checked_rem, |a, b| a % b)
    }

    pub fn power(self, other: Num) -> Option<Num> {
        let exact = |a: i128, b: i128| a.checked_pow(u32::try_from(b).ok()?);
        self.either(other, exact, f64::powf)
    }

    pub fn negative(self) -> Option<Num> {
        match self {
            Num::Int(i) => i.checked_neg().map(Num::Int),
            Num::Float(f) => Some(Num::Float(-f)),
        }
    }

    /// The shortest text that is read as the same number.
    pub fn text(self) -> String {
        match self {
            Num::Int(i) => i.to_string(),
            Num::Float(0.0) => "0".to_owned(),
            Num::Float(f) => f.to_string(),
        }
    }

    /// At most four decimals, half away from zero, without zeros at the end.
    pub fn display(self) -> String {
        let text = self.text();
        rounded(&text, 4).unwrap_or(text)
    }
}

fn int_to_float(a: i128, b: f64) -> Ordering {
    if b >= 1e38 {
        return Ordering::Less;
    }
    if b <= -1e38 {
        return Ordering::Greater;
    }
    let whole = b.trunc();
    a.cmp(&(whole as i128))
        .then_with(|| (whole).partial_cmp(&b).unwrap_or(Ordering::Equal))
}

/// A decimal text with so many decimals; `None` when it has no more than these.
fn rounded(text: &str, decimals: usize) -> Option<String> {
    let (whole, fraction) = text.split_once('.')?;
    let (kept, rest) = fraction.split_at_checked(decimals)?;
    let mut digits: Vec<u8> = whole
        .bytes()
        .filter(u8::is_ascii_digit)
        .chain(kept.bytes())
        .collect();
    let mut carry = rest.bytes().next().is_some_and(|d| d >= b'5');
    for digit in digits.iter_mut().rev() {
        if !carry {
            break;
        }
        carry = *digit == b'9';
        *digit = if carry { b'0' } else { *digit + 1 };
    }
    if carry {
        digits.insert(0, b'1');
    }
    let point = digits.len().saturating_sub(decimals);
    let digits: String = digits.into_iter().map(char::from).collect();
    let (whole, fraction) = digits.split_at_checked(point)?;
    let fraction = fraction.trim_end_matches('0');
    let sign = if text.starts_with('-') && (whole != "0" || !fraction.is_empty()) {
        "-"
    } else {
        ""
    };
    let point = if fraction.is_empty() { "" } else { "." };
    Some(format!("{sign}{whole}{point}{fraction}"))
}
