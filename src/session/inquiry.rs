//! Questions in the logs' own languages: checked on the page, answered by the workers.

use super::{Language, Session};
use crate::base::TimeRange;
use crate::engine::port::{AskId, Question};
use crate::engine::question;
pub use crate::engine::question::Heard;
use crate::language::Fault;
use crate::language::insights::{self, Known, Order};
use crate::language::pattern::Pattern;
use crate::query::Expr;
use leptos::prelude::*;

/// What is asked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inquiry {
    pub language: Language,
    pub text: String,
    /// `None`: all times.
    pub range: Option<TimeRange>,
    pub filter: Expr,
}

/// A text that can be asked.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// What AWS would refuse or treat otherwise, then likely mistakes; it is answered all the same.
    pub warnings: Vec<Fault>,
    /// How it is read, in even form.
    pub printed: String,
}

impl Session {
    /// Reads and checks a text against what is loaded (not tracked).
    pub fn check(self, language: Language, text: &str) -> Result<Checked, Fault> {
        match language {
            Language::Insights => self.with_known(|known| {
                let program = insights::parse(text, known)?;
                Ok(Checked {
                    printed: program.print(),
                    warnings: program.warnings,
                })
            }),
            Language::Filter => {
                let parsed = Pattern::parse(text)?;
                let mut warnings = parsed.warnings;
                warnings.extend(parsed.pattern.hints());
                Ok(Checked {
                    warnings,
                    printed: parsed.pattern.to_string(),
                })
            }
        }
    }

    /// With the kinds and fields that a query may name.
    pub fn with_known<T>(self, then: impl FnOnce(&Known) -> T) -> T {
        let kinds: Vec<&str> = crate::engine::kinds().collect();
        self.fields.with_untracked(|fields| {
            let fields: Vec<&str> = fields.iter().map(|f| f.name.as_str()).collect();
            then(&Known {
                kinds: &kinds,
                fields: &fields,
            })
        })
    }

    /// Asks; `on` hears what comes of it until the number is given to [`Session::drop_inquiry`].
    pub fn inquire(self, inquiry: &Inquiry, on: impl Fn(Heard) + 'static) -> Result<AskId, Fault> {
        self.check(inquiry.language, &inquiry.text)?;
        let question = Question {
            language: inquiry.language,
            text: inquiry.text.clone(),
            range: inquiry.range,
            filter: inquiry.filter.clone(),
            now: (js_sys::Date::now() / 1000.0) as i64,
            data: untrack(|| self.span()),
        };
        Ok(self.engine().inquire(question, on))
    }

    /// The answer is no longer wanted.
    pub fn drop_inquiry(self, id: AskId) {
        self.engine().drop_ask(id);
    }

    /// Opens the record that a row of an answer is, in the split panel.
    pub fn open_row(self, order: Order) {
        let (item, index, offset) = question::parts_of(order.place);
        let found = self.engine().with(|c| {
            let member = c.items().get(item)?.members().find(|m| m.index == index)?;
            Some((member.kind.clone()?, member.path.clone()))
        });
        match found {
            Some((kind, path)) => self.open_record(&kind, &path, offset),
            None => self.say.set("The record's file is no longer open.".into()),
        }
    }
}
