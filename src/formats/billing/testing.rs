//! What tests of reports share.

use crate::base::Value;
use crate::formats::{LogFormat, Options, testing};

/// The sum of the first of these fields that a row has, over the rows whose other field is of a value.
pub(in crate::formats) fn sum(
    format: &dyn LogFormat,
    report: &[u8],
    fields: &[&str],
    only: Option<(&str, &str)>,
) -> f64 {
    let (shard, _) = testing::read(format, "", report, 4096, &Options::default());
    let table = shard.table(format.facts().id).expect("records");
    let mut sum = 0.0;
    for segment in &table.segments {
        for row in 0..segment.rows {
            let cell = |name: &str| {
                let field = table.field(name).expect("a field");
                table.value(&shard.pool, segment, row, field)
            };
            let is_asked = only.is_none_or(|(name, value)| cell(name).as_str() == Some(value));
            let amount = fields.iter().find_map(|name| match cell(name) {
                Value::Float(amount) => Some(amount),
                Value::Decimal(units) => Some(crate::base::decimal::float(units)),
                _ => None,
            });
            sum += amount.filter(|_| is_asked).unwrap_or_default();
        }
    }
    sum
}
