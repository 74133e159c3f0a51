//! What the view's tables are saved as: resources and their types, a resource's history, what its rules said.

use super::super::history::ask_compliance;
use super::super::model::{KINDS, ResourceKey, ask_resources, resource_sheet, resources, type_sheet};
use super::Page;
use crate::base::Value;
use crate::diff::{Diff, PlainRow, Sign};
use crate::query::{Agg, Expr, Query};
use crate::share::Sheet;
use crate::views::download::{MOST_GROUPS, Table, rows_of};
use leptos::prelude::*;

/// The resources that type, search, filter and range leave, and the types.
pub fn of_list(page: Page) -> Vec<Table> {
    let session = page.session;
    let ask = move || {
        let range = session.range.get();
        let mut q = ask_resources(&page.kind.get(), page.search.get().trim(), range).limit(MOST_GROUPS);
        q.filter = q.filter.and(session.filter.get());
        q
    };
    let sheet = move |answers: &[std::sync::Arc<crate::query::Answer>]| {
        let range = session.range.get();
        let all = answers.iter().flat_map(|a| resources(a, range));
        resource_sheet(all.filter(|r| r.in_range > 0))
    };
    let records = move || {
        let filter = ask().filter;
        Some(
            Query::groups(&KINDS, Vec::new(), vec![Agg::Count])
                .filter(filter)
                .within(session.range.get(), &Expr::All),
        )
    };
    vec![
        Table::asked("Resources", "config-resources", move || vec![ask()], sheet).of_records(records),
        Table::held("Types", "config-types", move || {
            page.types.with(|t| type_sheet(t))
        }),
    ]
}

/// The history of the resource shown, and the evaluations of its rules.
pub fn of_history(page: Page) -> Vec<Table> {
    let session = page.session;
    let key = move || page.chosen.with(|c| c.as_ref().map(|c| c.key.clone()));
    let history = Table::held("History", "config-history", move || {
        let (items, words) = (page.items.get(), page.summaries.get());
        let key = key().unwrap_or_default();
        let row = |(n, item): (usize, &super::Item)| {
            vec![
                Value::Time(item.at_ns),
                words.get(n).map_or(Value::Absent, |w| Value::Text(w.clone())),
                Value::Text(item.status.clone()),
                Value::Text(key.kind.clone()),
                Value::Text(key.id.clone()),
                Value::Text(key.account.clone()),
                Value::Text(key.region.clone()),
            ]
        };
        let heads = [
            "Recorded",
            "What changed",
            "Status",
            "Type",
            "Resource",
            "Account",
            "Region",
        ];
        Sheet::new(&heads, items.iter().enumerate().rev().map(row).collect())
    });
    let records =
        |kinds: &[&str], filter: Expr| Query::groups(kinds, Vec::new(), vec![Agg::Count]).filter(filter);
    let history = history.of_records(move || Some(records(&KINDS, key()?.filter())));
    let asked = move |key: ResourceKey| ask_compliance(&key).limit(MOST_GROUPS);
    let compliance = Table::asked(
        "Compliance",
        "config-compliance",
        move || key().map(asked).into_iter().collect(),
        |answers| {
            let heads = ["Rule", "Result recorded", "Compliance", "Evaluations"];
            Sheet::new(&heads, rows_of(answers))
        },
    );
    let evaluated = session.rows_of(&["config-compliance"]) > 0;
    let compliance = compliance.of_records(move || {
        let filter = ask_compliance(&key()?).filter;
        Some(records(&["config-compliance"], filter))
    });
    [Some(history), evaluated.then_some(compliance)]
        .into_iter()
        .flatten()
        .collect()
}

/// What differs between two items, in words; what stayed as well where everything is shown.
pub fn changes(diff: &Diff, everything: bool) -> Sheet {
    let shown = diff.plain.iter().filter(|r| everything || r.sign != Sign::Same);
    let row = |r: &PlainRow| {
        let what = match r.sign {
            Sign::Same => "same",
            Sign::Added => "added",
            Sign::Removed => "removed",
            Sign::Changed => "changed",
            Sign::Moved => "moved",
        };
        vec![
            what.into(),
            Value::Text(r.sentence.clone()),
            Value::Text(r.path.clone()),
        ]
    };
    Sheet::new(&["Change", "In words", "Path"], shown.map(row).collect())
}
