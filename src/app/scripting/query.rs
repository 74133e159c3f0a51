//! `trailbeam.query`: questions in the logs' own languages, for scripts.

use super::ask::{Span, span};
use super::settle::promise;
use crate::base::TimeRange;
use crate::language::Fault;
use crate::language::insights::{Kind, Table};
use crate::query::Expr;
use crate::session::{Heard, Inquiry, Language, Session, json_of};
use crate::share::json_value;
use js_sys::{Error, JSON, Promise, Reflect, SyntaxError, TypeError};
use leptos::prelude::*;
use serde::Deserialize;
use std::rc::Rc;
use wasm_bindgen::JsValue;

/// How a question is asked; each part is optional.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Options {
    /// `insights` or `filter`.
    language: Option<String>,
    range: Option<Range>,
    /// `page`: about what the page's filter and range leave.
    filter: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Range {
    /// `page`
    Word(String),
    Span(Span),
}

/// `query(text, {language, range, filter})`: resolves with the answer; refused is a text that can not be read, with a
/// `SyntaxError` that has `what`, `at` and `end`.
pub(super) fn query(session: Session, text: &JsValue, options: &JsValue) -> Promise {
    let inquiry = match inquiry(session, text, options) {
        Ok(inquiry) => inquiry,
        Err(why) => return Promise::reject(&why),
    };
    promise(|settle| {
        crate::engine::client::spawn(async move {
            // Records just opened count; where nothing is read, nothing is to be waited for, and views need not ask again.
            if !session.engine().with(|c| c.is_settled()) {
                session.settled().await;
            }
            let settle = Rc::new(settle);
            let heard_by = settle.clone();
            let asked = session.inquire(&inquiry, move |heard| match heard {
                Heard::Done { table, elapsed_ms } => {
                    let written = JSON::parse(&write(&table, elapsed_ms)).unwrap_or(JsValue::NULL);
                    heard_by.done(&written);
                }
                Heard::Failed(why) => heard_by.failed(&Error::new(&why)),
                Heard::Reading { .. } | Heard::Partial(_) => {}
            });
            if let Err(fault) = asked {
                settle.failed(&refusal(&fault));
            }
        });
    })
}

fn refusal(fault: &Fault) -> JsValue {
    let error = SyntaxError::new(&fault.to_string());
    for (name, value) in [
        ("what", JsValue::from(fault.what)),
        ("at", JsValue::from(fault.at as f64)),
        ("end", JsValue::from(fault.end as f64)),
    ] {
        // An error of one's own takes every property.
        let _ = Reflect::set(&error, &name.into(), &value);
    }
    error.into()
}

fn inquiry(session: Session, text: &JsValue, options: &JsValue) -> Result<Inquiry, JsValue> {
    let wrong = |why: &str| JsValue::from(TypeError::new(why));
    let text = text.as_string().ok_or_else(|| wrong("query takes a text"))?;
    let options: Options = match options.is_undefined() || options.is_null() {
        true => Options::default(),
        false => serde_wasm_bindgen::from_value(options.clone())
            .map_err(|e| wrong(&format!("{e}; options are language, range and filter")))?,
    };
    let language = match options.language.as_deref() {
        None | Some("insights") => Language::Insights,
        Some("filter") => Language::Filter,
        Some(_) => return Err(wrong("language is insights or filter")),
    };
    let of_page = match options.filter.as_deref() {
        None => false,
        Some("page") => true,
        Some(_) => return Err(wrong("filter is \"page\" or left out")),
    };
    let page = || untrack(|| session.range.get());
    let range: Option<TimeRange> = match options.range {
        Some(Range::Span(given)) => Some(span(given).map_err(wrong)?),
        Some(Range::Word(word)) if word == "page" => page(),
        Some(Range::Word(_)) => return Err(wrong("range is {from, to} or \"page\"")),
        None if of_page => page(),
        None => None,
    };
    let filter = match of_page {
        true => untrack(|| session.filter.get()),
        false => Expr::All,
    };
    Ok(Inquiry {
        language,
        text,
        range,
        filter,
    })
}

fn write(table: &Table, elapsed_ms: f64) -> String {
    let list = |items: Vec<String>| format!("[{}]", items.join(","));
    let quoted = |text: &str| json_value(&text.into());
    let columns = table.columns.iter().map(|c| {
        format!(
            "{{\"name\":{},\"type\":{}}}",
            quoted(&c.name),
            quoted(type_name(c.kind))
        )
    });
    let rows = table
        .rows
        .iter()
        .map(|row| list(row.iter().map(json_of).collect()));
    let notes = table.notes.iter().map(|n| quoted(n));
    format!(
        "{{\"columns\":{},\"rows\":{},\"scanned\":{},\"matched\":{},\"total\":{},\"notes\":{},\"elapsed_ms\":{elapsed_ms}}}",
        list(columns.collect()),
        list(rows.collect()),
        table.scanned,
        table.matched,
        table.total,
        list(notes.collect()),
    )
}

fn type_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Absent => "absent",
        Kind::Boolean => "boolean",
        Kind::Number => "number",
        Kind::Text => "text",
        Kind::Timestamp => "timestamp",
        Kind::Map => "map",
        Kind::List => "list",
        Kind::Mixed => "mixed",
    }
}
