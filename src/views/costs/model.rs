//! What is asked of bills, whoever's report it is: `cost` is what a line item counts in the bill.

use crate::base::{TimeRange, Value, time};
use crate::chart::Unit;
use crate::query::{Agg, Expr, Key, Op};
use crate::views::board::{
    Board, By, Choice, Chosen, Column, Fact, Figure, Groups, Of, OverTime, Panel, Show, Told, paid, percent,
    share,
};

pub const KINDS: &[&str] = &["cur", "dbr", "focus"];
/// The choice that names the tag that is asked about.
pub const TAG: &str = "tag";
/// How much time a point of the charts is.
const STEP: Choice = Choice {
    id: "cost-step",
    label: "Step",
    options: &[("", "as fits"), ("hour", "hour"), ("day", "day")],
};
/// What the bill is shown by.
const BY: Choice = Choice {
    id: "cost-by",
    label: "By",
    options: &[
        ("service", "service"),
        ("account", "account"),
        ("region", "Region"),
        ("action", "usage type"),
        ("resource", "resource"),
    ],
};

pub static BOARD: Board = Board {
    id: "costs",
    title: "Costs",
    noun: "line items",
    kinds: KINDS,
    choices: &[BY, STEP],
    panels,
};

/// Is a field of this name a tag that somebody gave a resource?
pub fn is_tag(name: &str) -> bool {
    ["resource_tags_", "user:", "aws:", "Tags."]
        .iter()
        .any(|start| name.starts_with(start))
}

/// Amounts of money, exact to a hundred-thousandth.
fn money() -> Unit {
    Unit::Decimal {
        noun: "cost".to_owned(),
        places: 5,
    }
}

fn cost() -> Agg {
    Agg::Sum("cost".to_owned())
}

fn figures(tag: &str) -> Show {
    let untagged = (!tag.is_empty()).then(|| Figure {
        title: "Without the tag",
        kinds: &[],
        aggs: vec![Agg::SumIf("cost".to_owned(), !Expr::exists(tag)), cost()],
        tell: |values| {
            let [without, all] = values else { return None };
            Fact::new(paid(without.as_f64()?), percent(share(without, all)?))
        },
    });
    let currencies = ["line_item_currency_code", "BillingCurrency"];
    let currencies: Vec<Agg> = currencies.iter().map(|f| Agg::Some((*f).to_owned(), 3)).collect();
    let fixed = [
        Figure {
            title: "Cost",
            kinds: &[],
            aggs: vec![cost()],
            tell: |values| Fact::new(paid(values.first()?.as_f64()?), ""),
        },
        Figure {
            title: "Currency",
            kinds: &[],
            aggs: currencies,
            tell: |values| {
                let mut all: Vec<String> = values
                    .iter()
                    .flat_map(|v| match v {
                        Value::List(items) => items.clone(),
                        _ => Vec::new(),
                    })
                    .collect();
                all.sort();
                all.dedup();
                match all.as_slice() {
                    [] => Fact::new("USD", "of detailed billing reports"),
                    [one] => Fact::new(one.clone(), ""),
                    many => Fact::new(many.join(", "), "sums add different currencies: filter by one"),
                }
            },
        },
        Figure {
            title: "Usage",
            kinds: &[],
            aggs: vec![Agg::SumIf("cost".to_owned(), positive())],
            tell: |values| Fact::new(paid(values.first()?.as_f64()?), "before credits and refunds"),
        },
        Figure {
            title: "Line items",
            kinds: &[],
            aggs: vec![Agg::CountIf(Expr::exists("cost"))],
            tell: |values| Fact::new(crate::base::size::count(values.first()?.as_i64()?), ""),
        },
        Figure {
            title: "Accounts",
            kinds: &[],
            aggs: vec![Agg::Distinct("account".to_owned())],
            tell: |values| Fact::new(crate::base::size::count(values.first()?.as_i64()?), ""),
        },
    ];
    Show::Figures(fixed.into_iter().chain(untagged).collect(), None)
}

fn positive() -> Expr {
    Expr::Compare {
        field: "cost".to_owned(),
        op: Op::Gt,
        value: Value::Float(0.0),
    }
}

fn plain(value: &Value) -> String {
    match value.is_absent() {
        true => "none named".to_owned(),
        false => value.to_text(),
    }
}

/// A table of what groups cost, with how much of it came back.
fn table(by: Vec<By>) -> Show {
    let negative = Expr::Compare {
        field: "cost".to_owned(),
        op: Op::Lt,
        value: Value::Float(0.0),
    };
    let first = |_: &[Value], values: &[Value]| {
        let amount = values.first()?;
        Some(Told {
            text: paid(amount.as_f64()?),
            value: amount.clone(),
        })
    };
    Show::Groups(Groups {
        by,
        columns: vec![
            Column::new(
                "Cost",
                110.0,
                Of::Computed {
                    aggs: vec![cost()],
                    tell: first,
                },
            ),
            Column::new(
                "Credits, refunds",
                120.0,
                Of::Computed {
                    aggs: vec![Agg::SumIf("cost".to_owned(), negative)],
                    tell: first,
                },
            ),
            Column::new(
                "Line items",
                90.0,
                Of::Amount(Agg::Count, Unit::count("line items")),
            ),
            Column::new("First", 176.0, Of::Plain(Agg::Min("@timestamp".to_owned()))),
            Column::new("Last", 176.0, Of::Plain(Agg::Max("@timestamp".to_owned()))),
        ],
        most: cost(),
        by_size_of: None,
    })
}

/// Two periods that are compared: the last whole month with the one before it where the time holds both, else its halves.
pub fn periods(span: TimeRange) -> (TimeRange, TimeRange, &'static str) {
    let month = |of: time::Civil, back: u32| {
        let months = of.year * 12 + i64::from(of.month) - 1 - i64::from(back);
        time::from_parts(
            months.div_euclid(12),
            months.rem_euclid(12) as u32 + 1,
            1,
            0,
            0,
            0,
            0,
        )
    };
    // The month that the time's end is in is not over, unless it ends there.
    let end = time::civil(span.to_ns);
    if let (Some(end), Some(last), Some(before)) = (month(end, 0), month(end, 1), month(end, 2))
        && before >= span.from_ns.saturating_sub(time::DAY)
    {
        return (
            TimeRange::new(before, last),
            TimeRange::new(last, end),
            "The last whole month of the time shown against the one before it.",
        );
    }
    let middle = span.from_ns + span.width_ns() / 2;
    (
        TimeRange::new(span.from_ns, middle),
        TimeRange::new(middle, span.to_ns),
        "The second half of the time shown against the first.",
    )
}

/// What costs more, or less, than in the period before.
fn movers(title: String, field: &'static str, (before, after): (TimeRange, TimeRange)) -> Panel {
    let within = |range: TimeRange| {
        let at = |op, ns| Expr::Compare {
            field: "@timestamp".to_owned(),
            op,
            value: Value::Time(ns),
        };
        let inside = at(Op::Ge, range.from_ns).and(at(Op::Lt, range.to_ns));
        Agg::SumIf("cost".to_owned(), inside)
    };
    let both = || vec![within(before), within(after)];
    let computed = |tell: fn(&[Value], &[Value]) -> Option<Told>| Of::Computed { aggs: both(), tell };
    let groups = Groups {
        by: vec![by(title_of(field), field, 260.0)],
        columns: vec![
            Column::new("Before", 110.0, computed(|_, v| amount(v.first()?.as_f64()?))),
            Column::new("After", 110.0, computed(|_, v| amount(v.get(1)?.as_f64()?))),
            Column::new(
                "Change",
                110.0,
                computed(|_, v| amount(v.get(1)?.as_f64()? - v.first()?.as_f64()?)),
            ),
            Column::new(
                "of what it was",
                110.0,
                computed(|_, v| {
                    let (before, after) = (v.first()?.as_f64()?, v.get(1)?.as_f64()?);
                    let part = (before > 0.0).then(|| after / before)?;
                    Some(Told {
                        text: percent(part),
                        value: Value::Float(part),
                    })
                }),
            ),
        ],
        most: cost(),
        by_size_of: Some(CHANGE),
    };
    Panel::new("movers", title, Show::Groups(groups))
}

/// The movers' column by which they stand.
const CHANGE: usize = 2;

fn amount(amount: f64) -> Option<Told> {
    Some(Told {
        text: paid(amount),
        value: Value::Float(amount),
    })
}

fn title_of(field: &str) -> &'static str {
    match field {
        "account" => "Account",
        "region" => "Region",
        "action" => "Usage type",
        "resource" => "Resource",
        _ => "Service",
    }
}

fn by(title: &'static str, field: &str, width: f64) -> By {
    By {
        title,
        key: Key::Field(field.to_owned()),
        width,
        absent: "none named",
    }
}

fn over(field: &str) -> Show {
    Show::OverTime(OverTime {
        by: Key::Field(field.to_owned()),
        agg: cost(),
        unit: money(),
        name: plain,
        ink: |_| None,
    })
}

fn panels(chosen: &Chosen<'_>) -> Vec<Panel> {
    let field = chosen.of(&BY);
    let words = BY.options.iter().find(|o| o.0 == field).map_or("", |o| o.1);
    let tag = (chosen.0)(TAG).unwrap_or_default();
    let step = match chosen.of(&STEP) {
        "hour" => Some(time::HOUR),
        "day" => Some(time::DAY),
        _ => None,
    };
    let mut out = vec![
        Panel::new("figures", "", figures(&tag)),
        Panel::new("over-time", format!("Cost by {words}"), over(field))
            .note("A line item stands at the beginning of its usage, whatever it spans. Credits and refunds are below no bar: a bar is what is left.")
            .every(step)
            .wide(),
        super::totals::months().wide(),
        Panel::new("services", "Services", table(vec![by("Service", "service", 260.0)])).wide(),
        Panel::new("accounts", "Accounts", table(vec![by("Account", "account", 150.0)])),
        Panel::new("regions", "Regions", table(vec![by("Region", "region", 130.0)])),
        Panel::new(
            "usage",
            "Usage types",
            table(vec![by("Service", "service", 200.0), by("Usage type", "action", 260.0)]),
        )
        .wide(),
        Panel::new(
            "resources",
            "Resources",
            table(vec![by("Resource", "resource", 380.0), by("Service", "service", 160.0)]),
        )
        .wide(),
    ];
    if let Some(span) = chosen.1 {
        let (before, after, note) = periods(span);
        let panel = movers(format!("Biggest movers by {words}"), field, (before, after));
        out.insert(3, panel.note(note).wide());
    }
    if !tag.is_empty() {
        out.push(
            Panel::new("tag-over-time", format!("Cost by {tag}"), over(&tag))
                .every(step)
                .wide(),
        );
        out.push(
            Panel::new("tag", format!("By {tag}"), table(vec![by("Value", &tag, 260.0)]))
                .note("Line items without the tag are those that nobody gave it, and charges that have no resource.")
                .wide(),
        );
    }
    out.push(super::totals::reconciliation());
    out.push(super::usage::panel());
    out
}

#[cfg(test)]
mod words {
    use super::*;

    #[test]
    fn whole_months_are_compared_where_the_time_holds_two() {
        let at = |text: &str| time::parse_iso(text.as_bytes()).unwrap_or_default();
        let told = |from: &str, to: &str| {
            let (before, after, _) = periods(TimeRange::new(at(from), at(to)));
            [before.from_ns, before.to_ns, after.to_ns]
                .map(time::iso)
                .map(|t| t[..10].to_owned())
        };
        assert_eq!(
            told("2026-01-01T00:00:00Z", "2026-03-17T00:00:00Z"),
            ["2026-01-01", "2026-02-01", "2026-03-01"]
        );
        assert_eq!(
            told("2025-12-01T00:00:00Z", "2026-02-01T00:00:00Z"),
            ["2025-12-01", "2026-01-01", "2026-02-01"]
        );
        assert_eq!(
            told("2026-03-01T00:00:00Z", "2026-03-11T00:00:00Z"),
            ["2026-03-01", "2026-03-06", "2026-03-11"]
        );
    }

    #[test]
    fn a_tag_is_a_field_of_a_tag_s_name() {
        assert!(is_tag("resource_tags_user_team") && is_tag("user:Team") && is_tag("Tags.team"));
        assert!(!is_tag("resource") && !is_tag("TagsOnly"));
    }
}
