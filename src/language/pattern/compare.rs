//! Reading an operator and what stands behind it.

use super::cursor::Cursor;
use super::number::Number;
use super::value::{Comparison, Order};
use crate::language::Fault;

/// Longer ones before those they begin with.
const ORDERS: &[(&str, Order)] = &[
    ("<=", Order::LessOrEqual),
    (">=", Order::GreaterOrEqual),
    ("<", Order::Less),
    (">", Order::Greater),
];

/// `ends`: what a value without quotes does not contain; `others`: what else may stand here, for the message.
pub(super) fn comparison(cursor: &mut Cursor, ends: &[char], others: &str) -> Result<Comparison, Fault> {
    if cursor.eat("!=") {
        cursor.space();
        return cursor.value(ends).map(Comparison::Differs);
    }
    if cursor.eat("=") {
        cursor.space();
        return cursor.value(ends).map(Comparison::Equal);
    }
    let Some((_, order)) = ORDERS.iter().find(|(sign, _)| cursor.eat(sign)) else {
        return Err(cursor.fault(
            "expected-operator",
            format!(
                "One of = != < <= > >={others} is expected here, not {}.",
                cursor.found()
            ),
        ));
    };
    cursor.space();
    let at = cursor.at;
    let text = cursor.bare(ends);
    Number::parse(&text)
        .map(|number| Comparison::Order(*order, number))
        .ok_or_else(|| {
            let found = if text.is_empty() {
                cursor.found()
            } else {
                format!("`{text}`")
            };
            let span = if text.is_empty() {
                cursor.token()
            } else {
                cursor.since(at)
            };
            span.fault(
                "expected-number",
                format!(
                    "{} compares with a number without quotes, not with {found}.",
                    order.sign()
                ),
            )
        })
}
