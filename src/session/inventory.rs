//! What configuration items, answers of the command line and reports describe, with their JSON.

use super::Session;
use crate::base::Value as Cell;
use crate::engine::files::Slice;
use crate::engine::later::later;
use crate::query::{Answer, Expr, Place, Query, Rows, Select, Sort, Window};
use leptos::prelude::*;
use serde_json::{Map, Value};
use std::sync::Arc;

/// Kinds of records that describe resources.
pub const DESCRIBING: [&str; 3] = ["config", "aws-inventory", "iam-credential-report"];
/// Of a kind, so many descriptions are looked at; the newest.
const MOST: usize = 40_000;
/// Names of type, id, name, ARN, account, Region in the two kinds that have them.
const COLUMNS: [(&str, [&str; 6]); 2] = [
    (
        "config",
        [
            "resourceType",
            "resourceId",
            "resourceName",
            "ARN",
            "awsAccountId",
            "awsRegion",
        ],
    ),
    (
        "aws-inventory",
        ["itemType", "id", "name", "arn", "account", "region"],
    ),
];

/// One description of something.
#[derive(Clone, Debug)]
pub struct Described {
    /// Registry id.
    pub kind: &'static str,
    /// AWS Config's `resourceType`, the inventory's `itemType`.
    pub item_type: String,
    pub id: String,
    pub name: String,
    pub arn: String,
    pub account: String,
    pub region: String,
    pub at_ns: Option<i64>,
    /// A configuration item in one spelling; an item of an answer; a report's row by the names of its columns.
    pub body: Value,
    /// Where it stands.
    pub path: String,
    pub offset: u64,
}

/// Descriptions, and how many there were no room or no text for.
#[derive(Clone, Debug, Default)]
pub struct Inventory {
    pub all: Vec<Described>,
    pub left_out: usize,
}

impl Session {
    /// Descriptions of the types that are wanted (`kind`, type), of everything loaded, whatever filter and range say.
    pub async fn inventory(self, wants: impl Fn(&str, &str) -> bool) -> Inventory {
        let mut out = Inventory::default();
        for kind in DESCRIBING {
            let here = self
                .kinds
                .with_untracked(|k| k.iter().any(|k| k.kind == kind && k.rows > 0));
            if !here {
                continue;
            }
            match COLUMNS.iter().find(|(k, _)| *k == kind) {
                Some((_, columns)) => self.items_of(kind, columns, &wants, &mut out).await,
                None if wants(kind, "") => self.rows_of_report(kind, &mut out).await,
                None => {}
            }
        }
        // Whatever the order in which files were opened.
        out.all
            .sort_by(|a, b| (&a.path, a.offset).cmp(&(&b.path, b.offset)));
        out
    }

    async fn described_rows(self, kind: &str, columns: Vec<String>) -> Arc<Answer> {
        let query = Query {
            kinds: vec![kind.to_owned()],
            range: None,
            filter: Expr::All,
            select: Select::Rows(Rows {
                columns,
                sort: Sort {
                    field: "@timestamp".to_owned(),
                    descending: true,
                },
                window: Window::From {
                    start: None,
                    count: MOST,
                },
            }),
        };
        later(|on| {
            self.engine().ask_later(query, on);
        })
        .await
    }

    async fn items_of(
        self,
        kind: &'static str,
        columns: &[&str; 6],
        wants: &impl Fn(&str, &str) -> bool,
        out: &mut Inventory,
    ) {
        let names = ["@timestamp"]
            .iter()
            .chain(columns)
            .map(|c| (*c).to_owned())
            .collect();
        let answer = self.described_rows(kind, names).await;
        out.left_out += (answer.matched as usize).saturating_sub(answer.rows.len());
        let text = |row: &[Cell], at: usize| match row.get(at) {
            None | Some(Cell::Absent) => String::new(),
            Some(value) => value.to_text(),
        };
        let wanted: Vec<(&Vec<Cell>, &Place)> = (answer.rows.iter().zip(&answer.places))
            .filter(|(row, _)| wants(kind, &text(row, 1)))
            .collect();
        let places: Vec<Place> = wanted.iter().map(|(_, place)| (*place).clone()).collect();
        let texts = later(|on| self.originals_in_order(places, on)).await;
        let mut slice = Slice::begin();
        for ((row, place), original) in wanted.into_iter().zip(texts) {
            slice.rest().await;
            let body = original.and_then(|t| match kind {
                "config" => self.config_item(&t),
                _ => serde_json::from_slice(&t).ok(),
            });
            let Some(body) = body else {
                out.left_out += 1;
                continue;
            };
            out.all.push(Described {
                kind,
                item_type: text(row, 1),
                id: text(row, 2),
                name: text(row, 3),
                arn: text(row, 4),
                account: text(row, 5),
                region: text(row, 6),
                at_ns: row.first().and_then(Cell::as_i64),
                body,
                path: self.path_of(place),
                offset: place.offset,
            });
        }
    }

    /// A report's rows hold all there is in their columns.
    async fn rows_of_report(self, kind: &'static str, out: &mut Inventory) {
        let names: Vec<String> = self.fields.with_untracked(|f| {
            f.iter()
                .filter(|f| f.kind == kind)
                .map(|f| f.name.clone())
                .collect()
        });
        let answer = self.described_rows(kind, names.clone()).await;
        out.left_out += (answer.matched as usize).saturating_sub(answer.rows.len());
        for (row, place) in answer.rows.iter().zip(&answer.places) {
            let mut body = Map::new();
            for (name, value) in names.iter().zip(row).filter(|(_, v)| !v.is_absent()) {
                let value = match value {
                    Cell::Bool(b) => Value::Bool(*b),
                    other => Value::String(other.to_text()),
                };
                body.insert(name.clone(), value);
            }
            let text = |name: &str| {
                body.get(name)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned()
            };
            out.all.push(Described {
                kind,
                item_type: String::new(),
                id: text("arn"),
                name: text("user"),
                arn: text("arn"),
                account: text("account"),
                region: String::new(),
                at_ns: None,
                path: self.path_of(place),
                offset: place.offset,
                body: Value::Object(body),
            });
        }
    }

    /// The file and member that a record came from.
    pub fn path_of(self, place: &Place) -> String {
        let path = self
            .engine()
            .with(|c| Some(c.items().member(place.member)?.1.path.clone()));
        path.unwrap_or_default()
    }
}
