//! Which records are charges, and do they add up to the totals that stand beside them?

use crate::base::decimal;
use crate::table::RowSink;

/// What a record is in its report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::formats) enum Standing {
    /// Counts.
    Charge,
    /// A charge of all accounts together: the accounts' own may be the same ones again.
    Together,
    /// What a total was rounded by.
    Rounding,
    /// The total of an invoice.
    Invoice,
    /// The total of a statement, which is of all invoices.
    Statement,
    /// Another total, or a text.
    Other,
}

/// What rounding may take from a total: five hundredths, and a thousandth of its size.
const TOLERANCE: (i128, i128) = (decimal::ONE / 20, 1000);

/// The sums of a report.
#[derive(Default)]
pub(super) struct Sums {
    charges: Option<i128>,
    together: i128,
    rounding: i128,
    invoices: Option<i128>,
    statements: Option<i128>,
}

impl Sums {
    pub fn add(&mut self, standing: Standing, amount: i128) {
        match standing {
            Standing::Charge => *self.charges.get_or_insert(0) += amount,
            Standing::Together => self.together += amount,
            Standing::Rounding => self.rounding += amount,
            Standing::Invoice => *self.invoices.get_or_insert(0) += amount,
            Standing::Statement => *self.statements.get_or_insert(0) += amount,
            Standing::Other => {}
        }
    }

    /// Do charges of all accounts together count? They do where there are no others, and where only both are the total.
    pub fn together_counts(&self) -> bool {
        self.charges.is_none()
            || self
                .total()
                .is_some_and(|total| is_near(self.counted(true), total))
    }

    /// What the report says that all is.
    fn total(&self) -> Option<i128> {
        self.invoices.or(self.statements)
    }

    fn counted(&self, together_counts: bool) -> i128 {
        let together = if together_counts { self.together } else { 0 };
        self.charges.unwrap_or(0) + together + self.rounding
    }

    /// Says when the charges are not what the report says they are together.
    pub fn remark(&self, together_counts: bool, sink: &mut RowSink<'_>) {
        let charges = self.counted(together_counts);
        if let Some(total) = self.total().filter(|&total| !is_near(charges, total)) {
            let [charges, total] = [charges, total].map(decimal::float);
            let remark = format!("the charges add up to {charges:.2}, the report's own total is {total:.2}");
            sink.stats.remarks.push(remark);
        }
    }
}

fn is_near(charges: i128, total: i128) -> bool {
    let (least, part) = TOLERANCE;
    (charges - total).abs() <= least + total.abs() / part
}

/// The region of an availability zone, a local zone or a region: `us-west-2-lax-1a` is in `us-west-2`.
pub(in crate::formats) fn region_of(zone: &[u8]) -> Option<&[u8]> {
    let mut at = 0;
    for part in zone.split(|&b| b == b'-') {
        let digits = part.iter().take_while(|b| b.is_ascii_digit()).count();
        if digits > 0 {
            return zone.get(..at + digits).filter(|_| at > 0);
        }
        at += part.len() + 1;
    }
    None
}

/// A rate or a quantity as reports write it: digits with a point, perhaps with an exponent.
pub(super) fn number(text: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(text).ok()?;
    // Words that are numbers elsewhere (`inf`, `nan`) are none here.
    let is_number = text
        .bytes()
        .all(|b| matches!(b, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E'));
    text.parse().ok().filter(|n: &f64| is_number && n.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_in_its_region() {
        for (zone, region) in [
            ("us-east-1a", Some("us-east-1")),
            ("us-east-1", Some("us-east-1")),
            ("us-gov-west-1b", Some("us-gov-west-1")),
            ("us-west-2-lax-1a", Some("us-west-2")),
            ("ap-southeast-12c", Some("ap-southeast-12")),
            ("global", None),
            ("1a", None),
            ("", None),
        ] {
            assert_eq!(region_of(zone.as_bytes()), region.map(str::as_bytes), "{zone}");
        }
    }

    #[test]
    fn quantities_are_numbers_only() {
        assert_eq!(number(b"1.0E-8"), Some(1e-8));
        assert_eq!(number(b"-12.340000000000000"), Some(-12.34));
        for text in ["", "1,5", "inf", "NaN", "1e999", "$5", "-"] {
            assert_eq!(number(text.as_bytes()), None, "{text}");
        }
    }
}
