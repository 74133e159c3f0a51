//! Cells of a board's tables: what is told of a group, in which unit.

use super::board::Measure;
use crate::base::{Value, decimal, size};
use crate::chart::{Amount, Unit};
use crate::query::Agg;

/// What a column tells of a group.
#[derive(Clone)]
pub enum Of {
    Amount(Agg, Unit),
    /// How much of the second the first is.
    Share(Agg, Agg),
    /// The first for one of the second.
    Mean(Agg, Agg, Unit),
    /// A percentile, at a level between 0 and 1.
    Level(Measure, f64),
    /// A time, or a text.
    Plain(Agg),
    /// Worked out of the group's keys and these aggregates.
    Computed {
        aggs: Vec<Agg>,
        tell: fn(&[Value], &[Value]) -> Option<Told>,
    },
}

/// A cell of a table of groups.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    pub text: String,
    /// What it is sorted and saved by.
    pub value: Value,
}

/// How many units of an amount a field's value of this unit is.
fn per(unit: &Unit, field_unit: &str) -> f64 {
    match (unit, field_unit) {
        (Unit::Duration, "s") => 1e9,
        (Unit::Duration, "ms") => 1e6,
        (Unit::Duration, "us" | "µs") => 1e3,
        (Unit::Decimal { places, .. }, _) => 10f64.powi(*places as i32),
        _ => 1.0,
    }
}

/// A value of a column as an amount of this unit. What is whole stays exact.
pub fn amount(value: &Value, unit: &Unit, field_unit: &str) -> Option<Amount> {
    let per = per(unit, field_unit);
    match value {
        Value::Int(n) if per == 1.0 => Some((*n).into()),
        Value::Big(n) if per == 1.0 => Some(*n),
        // Exact, down to the last place that is drawn.
        Value::Decimal(units) => match unit {
            Unit::Decimal { places, .. } if *places <= decimal::PLACES => {
                let step = 10i128.pow(decimal::PLACES - places);
                Some((units + units.signum() * step / 2) / step)
            }
            _ => Some(units / decimal::ONE),
        },
        other => {
            let scaled = other.as_f64()? * per;
            scaled.is_finite().then_some(scaled.round() as Amount)
        }
    }
}

impl Of {
    /// Does it stand on the right?
    pub fn is_figure(&self) -> bool {
        !matches!(self, Of::Plain(_))
    }

    /// The aggregates that it is told from.
    pub(super) fn aggs(&self) -> Vec<Agg> {
        match self {
            Of::Amount(agg, _) | Of::Plain(agg) => vec![agg.clone()],
            Of::Share(part, all) | Of::Mean(part, all, _) => vec![part.clone(), all.clone()],
            Of::Computed { aggs, .. } => aggs.clone(),
            Of::Level(..) => Vec::new(),
        }
    }

    pub(super) fn told(&self, keys: &[Value], values: &[Value], field_unit: &str) -> Told {
        let absent = Value::Absent;
        let first = values.first().unwrap_or(&absent);
        match self {
            Of::Amount(_, unit) => of_amount(amount(first, unit, field_unit), unit),
            Of::Mean(_, _, unit) => of_amount(mean(values.first(), values.get(1), unit, field_unit), unit),
            Of::Share(..) => match share(first, values.get(1).unwrap_or(&absent)) {
                Some(share) => Told {
                    text: percent(share),
                    value: Value::Float(share),
                },
                None => Told::default(),
            },
            Of::Computed { tell, .. } => tell(keys, values).unwrap_or_default(),
            Of::Plain(_) | Of::Level(..) => Told {
                text: match first {
                    Value::Time(ns) => crate::share::report::instant(*ns),
                    other => other.to_text(),
                },
                value: first.clone(),
            },
        }
    }
}

pub(super) fn of_amount(amount: Option<Amount>, unit: &Unit) -> Told {
    match amount {
        Some(n) => Told {
            text: match unit {
                Unit::Count(_) | Unit::Decimal { .. } => unit.exact(n),
                _ => unit.long(n),
            },
            value: match unit {
                Unit::Count(_) | Unit::Bytes => Value::Big(n),
                // In milliseconds, as its head says, or with its decimals.
                Unit::Duration => Value::Float(n as f64 / 1e6),
                Unit::Decimal { places, .. } => Value::Float(n as f64 / 10f64.powi(*places as i32)),
            },
        },
        None => Told::default(),
    }
}

/// A sum for one of so many.
pub(super) fn mean(sum: Option<&Value>, of: Option<&Value>, unit: &Unit, field_unit: &str) -> Option<Amount> {
    let (sum, of) = (sum?.as_f64()?, of?.as_f64()?);
    (of > 0.0).then(|| amount(&Value::Float(sum / of), unit, field_unit))?
}

/// How much of the whole a part is; `None` where there is no whole.
pub fn share(part: &Value, whole: &Value) -> Option<f64> {
    let (part, whole) = (part.as_f64()?, whole.as_f64()?);
    (whole > 0.0).then_some(part / whole)
}

/// Two places, as bills are paid; what is there is never told as nothing.
pub fn paid(amount: f64) -> String {
    let sign = if amount < 0.0 { "-" } else { "" };
    let cents = (amount.abs() * 100.0).round() as i64;
    match (cents, amount == 0.0) {
        (0, false) => format!("{sign}< 0.01"),
        _ => format!("{sign}{}.{:02}", size::count(cents / 100), cents % 100),
    }
}

/// `12.5 %`, `0.02 %`; what is there is never told as nothing, what is missing never as all.
pub fn percent(share: f64) -> String {
    let percent = share * 100.0;
    match percent {
        p if p <= 0.0 => "0 %".to_owned(),
        p if p < 0.01 => "< 0.01 %".to_owned(),
        p if p < 10.0 => format!("{p:.2} %"),
        p if p >= 100.0 => format!("{p:.0} %"),
        p if p >= 99.95 => "> 99.9 %".to_owned(),
        p => format!("{p:.1} %"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_of_a_length_of_time_are_nanoseconds_whatever_the_field_is_in() {
        let of = |value: Value, unit: &str| amount(&value, &Unit::Duration, unit);
        assert_eq!(of(Value::Float(0.021), "s"), Some(21_000_000));
        assert_eq!(of(Value::Int(21), "ms"), Some(21_000_000));
        assert_eq!(of(Value::Absent, "ms"), None);
        // What is whole keeps all of its digits.
        let big = Value::Big(i128::from(i64::MAX) + 1);
        assert_eq!(amount(&big, &Unit::Bytes, "B"), Some(i128::from(i64::MAX) + 1));
    }

    #[test]
    fn money_is_told_as_it_is_paid() {
        assert_eq!(
            [0.0, 0.004, 1234.5, -0.001, -12.345].map(paid),
            ["0.00", "< 0.01", "1,234.50", "-< 0.01", "-12.35"]
        );
    }

    #[test]
    fn what_is_there_is_never_told_as_nothing_nor_what_is_missing_as_all() {
        let told = [0.0, 0.00001, 0.0512, 0.5, 0.99999, 1.0, 1.5].map(percent);
        assert_eq!(
            told,
            [
                "0 %", "< 0.01 %", "5.12 %", "50.0 %", "> 99.9 %", "100 %", "150 %"
            ]
        );
        assert_eq!(share(&Value::Int(1), &Value::Int(0)), None);
    }
}
