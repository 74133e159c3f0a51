//! CloudWatch Logs Insights QL: parsed, checked, and evaluated in parts that merge.
//!
//! Text → [`Program`] → [`Plan`] (with the clock of a run) → one [`Part`] a worker → merged → [`Table`]. A text that can not be
//! evaluated wholly is refused; no command is ever left out. Sources: the pages CWL_QuerySyntax* of the CloudWatch Logs user
//! guide; where they are silent, reports of what the service does.

mod aggregate;
mod anomaly;
mod ast;
mod code;
mod commands;
mod compare;
mod compile;
mod complete;
mod expressions;
mod functions;
mod glob;
mod groups;
mod highlight;
mod kept;
mod late;
mod lex;
mod natural;
mod needle;
mod nodes;
mod number;
mod ops;
mod parse;
mod patterns;
mod path;
mod period;
mod plan;
mod print;
mod program;
mod pushdown;
mod re2;
mod record;
mod run;
mod scope;
mod sketch;
mod stages;
mod sum;
mod tokens;
mod value;
mod wire;

pub use ast::Shift;
pub use commands::{MAX_LIMIT, MAX_TEXT};
pub use complete::{Completion, CompletionKind, Names, complete};
pub use functions::Clock;
pub use highlight::{Class, highlight};
pub use nodes::{Node, field as json_field};
pub use number::Num;
pub use path::FieldPath;
pub use patterns::TokenValues;
pub use print::{field as field_text, kind as kind_text, regex as regex_text, text as quoted_text};
pub use program::{Known, Needs, Program, compared, parse};
pub use pushdown::{By, Comparison, Condition, Fold, Folded, Grouping, Top};
pub use record::{ALIASES, Named, Order, Record, Row, fragment, from_ms, lambda, own_name};
pub use run::{Column, Origin, Part, PatternOrigin, Plan, Table};
pub use tokens::TokenKind;
pub use value::{Kind, Value, time_text};

#[cfg(test)]
mod tests;
