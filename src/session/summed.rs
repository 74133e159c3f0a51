//! What the records of a log add up to, for the checks that are judged by logs.

use super::Session;
use crate::base::Value;
use crate::base::time::DAY;
use crate::checks::{Facts, SUMMED, Summed, SummedRow};
use crate::engine::later::{Later, later};
use crate::query::text::parse;
use crate::query::{Agg, Answer, Expr, Key, Order, Query};
use leptos::prelude::*;
use std::sync::Arc;

/// Groups that are fetched of a question.
const MOST: usize = 60_000;

/// Facts, and how many groups there was no room for.
#[derive(Default)]
pub(super) struct OfLogs {
    pub facts: Facts,
    pub left_out: usize,
}

impl Session {
    /// What everything loaded adds up to, whatever filter and range say.
    pub(super) async fn summed(self) -> OfLogs {
        let is_here = |kind: &str| {
            self.kinds
                .with_untracked(|all| all.iter().any(|k| k.kind == kind && k.rows > 0))
        };
        let mut asked: Vec<(&Summed, &str, Later<Arc<Answer>>)> = Vec::new();
        for summed in SUMMED {
            for kind in summed.kinds.iter().filter(|kind| is_here(kind)) {
                let query = query(summed, kind);
                let answer = later(|on| {
                    self.engine().ask_later(query, on);
                });
                asked.push((summed, kind, answer));
            }
        }
        let mut out = OfLogs::default();
        for (summed, kind, answer) in asked {
            let answer = answer.await;
            // A kind that lacks what the question is about says nothing of it.
            let mut lacking = answer.unknown_fields.iter();
            if lacking.any(|name| !["account", "region"].contains(&name.as_str())) {
                continue;
            }
            out.left_out += (answer.groups as usize).saturating_sub(answer.rows.len());
            out.facts.saw(kind, summed.ty, "", "");
            let rows: Vec<SummedRow> = answer.rows.iter().map(|r| row(summed, kind, r)).collect();
            for fact in summed.facts(&rows) {
                out.facts.add(fact);
            }
        }
        out
    }
}

fn query(summed: &Summed, kind: &str) -> Query {
    let read = |text: &str| parse(text).unwrap_or(Expr::All);
    let field = |name: &str| Key::Field(name.to_owned());
    let mut by = vec![field(summed.by), field("account"), field("region")];
    if summed.by_day {
        by.push(Key::Time { width_ns: DAY });
    }
    let meets = (!summed.meets.is_empty()).then(|| read(summed.meets));
    let met = meets.clone().map_or(Agg::Count, Agg::CountIf);
    let mut aggs = vec![Agg::Count, met, Agg::Max("@timestamp".to_owned())];
    if !summed.sum.is_empty() {
        let sum = summed.sum.to_owned();
        aggs.push(match meets {
            Some(meets) => Agg::SumIf(sum, meets),
            None => Agg::Sum(sum),
        });
    }
    Query::groups(&[kind], by, aggs)
        .filter(read(summed.filter))
        .order(Order::Key)
        .limit(MOST)
}

fn row(summed: &Summed, kind: &str, cells: &[Value]) -> SummedRow {
    let text = |at: usize| match cells.get(at) {
        None | Some(Value::Absent) => String::new(),
        Some(value) => value.to_text(),
    };
    let int = |at: usize| cells.get(at).and_then(Value::as_i64);
    let number = |at: usize| int(at).and_then(|n| u64::try_from(n).ok()).unwrap_or(0);
    let aggs = if summed.by_day { 4 } else { 3 };
    let sum = cells.get(aggs + 3).and_then(Value::as_f64);
    SummedRow {
        kind: kind.to_owned(),
        id: text(0),
        account: text(1),
        region: text(2),
        day_ns: int(3).filter(|_| summed.by_day),
        count: number(aggs),
        met: if summed.meets.is_empty() {
            0
        } else {
            number(aggs + 1)
        },
        last_ns: int(aggs + 2),
        sum: sum.unwrap_or(0.0),
    }
}
