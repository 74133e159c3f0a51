//! Names of checks: Trusted Advisor's results bear only a key; name, category and the meaning of their metadata stand
//! in the list of checks. The list is no record of a time, so it is asked for whatever the range and the filter.

use crate::base::Value;
use crate::query::{Agg, Answer, Expr, Key, Order, Query, Rows, Select, Sort, Window};
use std::collections::BTreeMap;

const KINDS: [&str; 1] = ["trusted-advisor"];
/// Lists of checks hold some hundreds.
const MOST_CHECKS: usize = 5_000;

/// What is known of a check apart from its findings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Named {
    pub title: String,
    pub category: String,
    /// A list of checks describes it.
    described: bool,
    /// There is a result of it, at any time.
    has_result: bool,
}

/// Checks by their `checkKey`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Names(BTreeMap<String, Named>);

/// Every check with its name, and whether it was only described.
pub fn ask_names() -> Query {
    let by = vec![
        Key::Field("checkKey".into()),
        Key::Field("checkName".into()),
        Key::Field("findingCategory".into()),
        Key::If(Expr::eq("recordType", "check")),
    ];
    Query::groups(&KINDS, by, vec![Agg::Count])
        .filter(Expr::exists("checkKey"))
        .order(Order::Key)
        .limit(20_000)
}

impl Names {
    /// Out of the answer to [`ask_names`].
    pub fn new(answer: &Answer) -> Names {
        let mut all: BTreeMap<String, Named> = BTreeMap::new();
        for row in &answer.rows {
            let [key, name, category, is_description, ..] = row.as_slice() else {
                continue;
            };
            let named = all.entry(key.to_text()).or_default();
            if named.title.is_empty() {
                named.title = name.to_text();
            }
            if named.category.is_empty() {
                named.category = category.to_text();
            }
            if matches!(is_description, Value::Bool(true) | Value::Int(1)) {
                named.described = true;
            } else {
                named.has_result = true;
            }
        }
        Names(all)
    }

    /// The check of a key, if anything names it.
    pub fn of(&self, key: &str) -> Option<&Named> {
        self.0.get(key).filter(|n| !n.title.is_empty())
    }

    /// Checks that are described, with no result of them loaded.
    pub fn without_result(&self) -> impl Iterator<Item = (&str, &Named)> {
        let unknown = |n: &Named| n.described && !n.has_result && !n.title.is_empty();
        self.0
            .iter()
            .filter(move |(_, n)| unknown(n))
            .map(|(key, n)| (key.as_str(), n))
    }

    /// The same names without the checks that have no result.
    pub fn with_results(mut self) -> Names {
        self.0.retain(|_, n| n.has_result);
        self
    }
}

/// The lists of checks, for what their metadata mean.
pub fn ask_headings() -> Query {
    Query {
        kinds: KINDS.iter().map(|k| (*k).to_owned()).collect(),
        range: None,
        filter: Expr::eq("recordType", "check"),
        select: Select::Rows(Rows {
            columns: vec!["checkKey".into(), "metadata".into()],
            sort: Sort {
                field: "checkKey".into(),
                descending: false,
            },
            window: Window::From {
                start: None,
                count: MOST_CHECKS,
            },
        }),
    }
}

/// Names of each check's metadata values, in their order, out of the answer to [`ask_headings`].
pub fn headings(answer: &Answer) -> BTreeMap<String, Vec<String>> {
    let rows = answer.rows.iter().filter_map(|row| match row.as_slice() {
        [key, Value::List(names), ..] => Some((key.to_text(), names.clone())),
        [key, Value::Text(name), ..] => Some((key.to_text(), vec![name.clone()])),
        _ => None,
    });
    rows.collect()
}
