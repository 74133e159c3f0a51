//! Do the charges add up to what the reports themselves say they do? And what did each month cost?

use super::model::KINDS;
use crate::base::{TimeRange, Value, decimal, time};
use crate::query::{Agg, Answer, Expr, Key, Order, Query};
use crate::views::board::{Made, MadeColumn, MadeRow, Panel, Show, Told, paid, percent};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Invoices, accounts and types of records that are told apart.
const MOST: usize = 20_000;
/// What rounding may take from a total: five hundredths and a thousandth of it.
const TOLERANCE: (i128, i128) = (decimal::ONE / 20, 1000);
/// Amounts in which a record of a total may keep it, the first that it has.
const AMOUNTS: [&str; 5] = [
    "UnBlendedCost",
    "Cost",
    "TotalCost",
    "CostBeforeTax",
    "BlendedCost",
];

/// Charges and totals of reports that hold both, by invoice, account and type of record.
fn ask_totals() -> Query {
    let by = ["InvoiceID", "PayerAccountId", "LinkedAccountId", "RecordType"];
    let by = by.map(|f| Key::Field(f.to_owned())).to_vec();
    let mut aggs = vec![Agg::Count, Agg::Sum("cost".to_owned())];
    aggs.extend(AMOUNTS.map(|f| Agg::Sum(f.to_owned())));
    Query::groups(&["dbr"], by, aggs).order(Order::Key).limit(MOST)
}

/// Charges of reports without totals, by invoice.
fn ask_invoices() -> Query {
    let invoice = Key::Field("bill_invoice_id".to_owned());
    let payer = Key::First(
        ["bill_payer_account_id", "BillingAccountId"]
            .map(|f| Key::Field(f.to_owned()))
            .to_vec(),
    );
    let aggs = vec![Agg::Count, Agg::Sum("cost".to_owned())];
    Query::groups(&["cur", "focus"], vec![Key::Kind, payer, invoice], aggs)
        .order(Order::Key)
        .limit(MOST)
}

const TOTALS: &[MadeColumn] = &[
    ("Of", 150.0, false),
    ("Invoice or account", 220.0, false),
    ("Records", 90.0, true),
    ("Charges", 130.0, true),
    ("Report's total", 130.0, true),
    ("Difference", 110.0, true),
    ("What it says", 300.0, false),
];

pub fn reconciliation() -> Panel {
    let show = Show::Made(Made {
        asks: vec![ask_totals(), ask_invoices()],
        described: Vec::new(),
        columns: TOTALS,
        rows: reconciled,
    });
    Panel::new("reconciliation", "Reconciliation with the reports' totals", show)
        .note("Charges and rounding against the totals that detailed billing reports hold for invoices, accounts and statements. A filter or a range leaves charges out: reconcile without one.")
        .wide()
}

/// An amount of money, exact.
fn units(value: Option<&Value>) -> i128 {
    match value {
        Some(Value::Decimal(units)) => *units,
        Some(Value::Int(n)) => i128::from(*n) * decimal::ONE,
        Some(Value::Float(f)) => (f * decimal::ONE as f64).round() as i128,
        _ => 0,
    }
}

fn money(units: i128) -> Told {
    Told {
        text: paid(decimal::float(units)),
        value: Value::Decimal(units),
    }
}

/// What was charged under a total, and the total.
#[derive(Default)]
struct Sum {
    records: i64,
    charges: i128,
    total: Option<i128>,
}

/// The total that a record is of, and what of the record says which: an invoice, an account, everything of a payer.
fn totalled(record_type: &str) -> Option<&'static str> {
    match record_type {
        "InvoiceTotal" => Some("invoice"),
        "AccountTotal" => Some("account"),
        "StatementTotal" => Some("statement"),
        _ => None,
    }
}

fn reconciled(answers: &[Arc<Answer>]) -> Vec<MadeRow> {
    let [totals, invoices] = answers else {
        return Vec::new();
    };
    let mut sums: BTreeMap<(&'static str, String), Sum> = BTreeMap::new();
    for row in &totals.rows {
        let [invoice, payer, linked, record_type, count, cost, amounts @ ..] = row.as_slice() else {
            continue;
        };
        let [invoice, payer, linked, record_type] = [invoice, payer, linked, record_type].map(Value::to_text);
        let amount = amounts
            .iter()
            .map(|a| units(Some(a)))
            .find(|n| *n != 0)
            .unwrap_or(0);
        let key = |of: &'static str| match of {
            "invoice" => (of, invoice.clone()),
            "account" => (of, linked.clone()),
            _ => (of, payer.clone()),
        };
        if let Some(of) = totalled(&record_type) {
            *sums.entry(key(of)).or_default().total.get_or_insert(0) += amount;
            continue;
        }
        // What a total was rounded by is part of it.
        let charged = match record_type.ends_with("Rounding") {
            true => amount,
            false => units(Some(cost)),
        };
        for of in ["invoice", "account", "statement"] {
            let sum = sums.entry(key(of)).or_default();
            sum.charges += charged;
            sum.records += count.as_i64().unwrap_or(0);
        }
    }
    let mut out: Vec<MadeRow> = Vec::new();
    for ((of, id), sum) in &sums {
        let Some(total) = sum.total else { continue };
        let rest = sum.charges - total;
        let (least, part) = TOLERANCE;
        let says = match rest.abs() <= least + total.abs() / part {
            true if rest == 0 => "adds up",
            true => "adds up, but for rounding",
            false if rest > 0 => "more is charged than the total says",
            false => "the total says more than is charged: line items are missing",
        };
        out.push(MadeRow {
            cells: vec![
                Told::text(*of),
                Told::text(id.as_str()),
                Told::count(sum.records),
                money(sum.charges),
                money(total),
                money(rest),
                Told::text(says),
            ],
            of: Some((
                match *of {
                    "invoice" => Expr::eq("InvoiceID", id.as_str()),
                    "account" => Expr::eq("LinkedAccountId", id.as_str()),
                    _ => Expr::eq("PayerAccountId", id.as_str()),
                },
                None,
            )),
        });
    }
    for row in &invoices.rows {
        let [kind, payer, invoice, count, cost] = row.as_slice() else {
            continue;
        };
        let [kind, payer, invoice] = [kind, payer, invoice].map(Value::to_text);
        let (of, id, filter) = match invoice.is_empty() {
            false => ("invoice", &invoice, Expr::eq("bill_invoice_id", invoice.as_str())),
            true => ("payer", &payer, Expr::eq("@kind", kind.as_str())),
        };
        out.push(MadeRow {
            cells: vec![
                Told::text(of),
                Told::text(id.as_str()),
                Told::count(count.as_i64().unwrap_or(0)),
                money(units(Some(cost))),
                Told::default(),
                Told::default(),
                Told::text(match invoice.is_empty() {
                    true => "this report holds no total and no invoice",
                    false => "this report holds no total: hold it against the invoice",
                }),
            ],
            of: Some((filter, None)),
        });
    }
    out
}

const MONTHS: &[MadeColumn] = &[
    ("Month", 110.0, false),
    ("Cost", 120.0, true),
    ("Credits, refunds", 120.0, true),
    ("Change", 120.0, true),
    ("of what it was", 110.0, true),
    ("Line items", 100.0, true),
];

/// What each calendar month (UTC) cost; a row leads to its line items.
pub fn months() -> Panel {
    let negative = Expr::Compare {
        field: "cost".to_owned(),
        op: crate::query::Op::Lt,
        value: Value::Float(0.0),
    };
    let day = Key::Time { width_ns: time::DAY };
    let aggs = vec![
        Agg::Sum("cost".to_owned()),
        Agg::SumIf("cost".to_owned(), negative),
        Agg::Count,
    ];
    let show = Show::Made(Made {
        asks: vec![
            Query::groups(KINDS, vec![day], aggs)
                .order(Order::Key)
                .limit(MOST),
        ],
        described: Vec::new(),
        columns: MONTHS,
        rows: by_month,
    });
    Panel::new("months", "Months", show)
}

fn by_month(answers: &[Arc<Answer>]) -> Vec<MadeRow> {
    let days = answers.first().map_or(&[] as &[Vec<Value>], |a| &a.rows);
    let mut months: BTreeMap<(i64, u32), (i128, i128, i64)> = BTreeMap::new();
    for row in days {
        let [Value::Time(at), cost, back, count] = row.as_slice() else {
            continue;
        };
        let day = time::civil(*at);
        let month = months.entry((day.year, day.month)).or_default();
        month.0 += units(Some(cost));
        month.1 += units(Some(back));
        month.2 += count.as_i64().unwrap_or(0);
    }
    let mut before: Option<i128> = None;
    let mut out = Vec::new();
    for ((year, month), (cost, back, count)) in months {
        let start = |year: i64, month: u32| time::from_parts(year, month, 1, 0, 0, 0, 0);
        let (next_year, next) = if month == 12 {
            (year + 1, 1)
        } else {
            (year, month + 1)
        };
        let range = start(year, month).zip(start(next_year, next));
        let part = before
            .filter(|b| *b > 0)
            .map(|b| decimal::float(cost) / decimal::float(b));
        out.push(MadeRow {
            cells: vec![
                Told::text(format!("{year:04}-{month:02}")),
                money(cost),
                money(back),
                before.map_or_else(Told::default, |b| money(cost - b)),
                part.map_or_else(Told::default, |p| Told {
                    text: percent(p),
                    value: Value::Float(p),
                }),
                Told::count(count),
            ],
            of: range.map(|(from, to)| {
                let bills = Expr::any_of("@kind", KINDS);
                (bills, Some(TimeRange::new(from, to)))
            }),
        });
        before = Some(cost);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(rows: &[MadeRow]) -> Vec<Vec<&str>> {
        rows.iter()
            .map(|r| r.cells.iter().map(|c| c.text.as_str()).collect())
            .collect()
    }

    fn decimals(cents: i64) -> Value {
        Value::Decimal(i128::from(cents) * decimal::ONE / 100)
    }

    #[test]
    fn charges_are_held_against_each_total_that_the_report_has() {
        let row = |invoice: &str, linked: &str, ty: &str, cost: i64, amount: i64| {
            let mut row: Vec<Value> = [invoice, "111122223333", linked, ty].map(Value::from).to_vec();
            row.extend([Value::Int(1), decimals(cost), decimals(amount)]);
            row.extend(vec![Value::Int(0); 4]);
            row
        };
        let totals = Answer {
            rows: vec![
                row("i1", "222233334444", "LineItem", 700, 700),
                row("i1", "333344445555", "LineItem", 302, 302),
                row("i1", "", "Rounding", 0, -2),
                row("i1", "222233334444", "AccountTotal", 0, 700),
                row("i1", "", "InvoiceTotal", 0, 1000),
                row("i2", "222233334444", "LineItem", 100, 100),
                row("i2", "", "InvoiceTotal", 0, 900),
            ],
            ..Answer::default()
        };
        let invoices = Answer {
            rows: vec![vec![
                "cur".into(),
                "111122223333".into(),
                "i9".into(),
                Value::Int(4),
                decimals(250),
            ]],
            ..Answer::default()
        };
        let rows = reconciled(&[Arc::new(totals), Arc::new(invoices)]);
        let all = told(&rows);
        let says = |of: &str, id: &str| {
            let row = all.iter().find(|r| r[0] == of && r[1] == id);
            row.map(|r| (r[3], r[4], r[6])).unwrap_or_default()
        };
        assert_eq!(says("invoice", "i1"), ("10.00", "10.00", "adds up"));
        assert_eq!(
            says("invoice", "i2"),
            (
                "1.00",
                "9.00",
                "the total says more than is charged: line items are missing"
            )
        );
        // Both invoices charge the account, and its total is of one.
        assert_eq!(
            says("account", "222233334444").2,
            "more is charged than the total says"
        );
        assert_eq!(
            says("invoice", "i9"),
            (
                "2.50",
                "",
                "this report holds no total: hold it against the invoice"
            )
        );
    }

    #[test]
    fn a_month_is_the_calendar_s() {
        let at = |text: &str| Value::Time(time::parse_iso(text.as_bytes()).unwrap_or_default());
        let row = |day: &str, cents: i64| vec![at(day), decimals(cents), Value::Int(0), Value::Int(2)];
        let days = Answer {
            rows: vec![
                row("2025-12-31T00:00:00Z", 100),
                row("2026-01-01T00:00:00Z", 40),
                row("2026-01-31T00:00:00Z", 10),
            ],
            ..Answer::default()
        };
        let rows = by_month(&[Arc::new(days)]);
        let all = told(&rows);
        assert_eq!(all[0][..4], ["2025-12", "1.00", "0.00", ""]);
        assert_eq!(all[1], ["2026-01", "0.50", "0.00", "-0.50", "50.0 %", "4"]);
        let range = rows[0].of.as_ref().and_then(|o| o.1);
        assert_eq!(
            range.map(|r| time::iso(r.to_ns)[..10].to_owned()),
            Some("2026-01-01".into())
        );
    }
}
