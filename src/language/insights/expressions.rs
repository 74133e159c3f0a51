//! Expressions checked and made ready to run.

use super::aggregate::{self, Aggregate, Kind};
use super::ast::*;
use super::code::Code;
use super::compile::{Checked, Compiler};
use super::functions::{self, Function, How};
use super::lex::Span;
use super::number::Num;
use super::path::Path;
use super::period::Period;
use super::value::Value;
use super::{commands, needle, nodes, print, re2};
use memchr::memmem::Finder;

/// The digits of an AWS account id.
const ACCOUNT_DIGITS: usize = 12;

impl Compiler<'_> {
    pub(super) fn code(&mut self, expr: &Expr) -> Checked<Code> {
        Ok(match &expr.kind {
            ExprKind::Number(text) => {
                if text.len() == ACCOUNT_DIGITS && text.bytes().all(|b| b.is_ascii_digit()) {
                    let says = "Twelve digits look like an account id: in quotes it is compared as text, with its zeros.";
                    self.warn(expr.span, "number-for-id", says);
                }
                Code::constant(nodes::number(text_of_number(text).as_str()).into_owned())
            }
            ExprKind::Text(text) => Code::constant(Value::from(text.clone())),
            ExprKind::Bool(b) => Code::constant(Value::Bool(*b)),
            ExprKind::Period(_) => {
                let says = "A period stands only in bin(), datefloor() and dateceil().";
                return Err(expr.span.fault("expected-value", says));
            }
            ExprKind::Field(parts) => self.field(parts, expr.span)?,
            ExprKind::Call { name, star, args } => match self.column(expr) {
                Some(code) => code,
                None => self.call(name, *star, args)?,
            },
            ExprKind::Inside { base, path } => {
                Code::Inside(self.boxed(base)?, Path::new(path.iter().map(String::as_str)))
            }
            ExprKind::Negative(inner) => Code::Negative(self.boxed(inner)?),
            ExprKind::Positive(inner) => Code::Positive(self.boxed(inner)?),
            ExprKind::Not(inner) => Code::Not(self.boxed(inner)?),
            ExprKind::Math { op, left, right } => {
                self.check_hyphen(*op, expr.span);
                Code::Math(*op, self.boxed(left)?, self.boxed(right)?)
            }
            ExprKind::Compare { op, left, right } => {
                self.check_time(left, right);
                self.check_time(right, left);
                Code::Compare(*op, self.boxed(left)?, self.boxed(right)?)
            }
            ExprKind::Like {
                negated,
                left,
                pattern,
            } => {
                let left = self.boxed(left)?;
                let code = match pattern {
                    Matcher::Text(text) => {
                        Code::Contains(left, Box::new(Finder::new(text.as_bytes()).into_owned()))
                    }
                    Matcher::Regex(word) => {
                        let regex = needle::Matcher::new(&word.text)
                            .map_err(|why| word.span.fault("regex-syntax", why))?;
                        Code::Matches(left, Box::new(regex))
                    }
                };
                negated_if(*negated, code)
            }
            ExprKind::In { negated, left, right } => {
                let code = match right {
                    Within::List(list) => {
                        list.iter().for_each(|item| self.check_time(left, item));
                        Code::In(self.boxed(left)?, self.all(list)?)
                    }
                    Within::Field(field) => Code::InField(self.boxed(left)?, self.boxed(field)?),
                };
                negated_if(*negated, code)
            }
            ExprKind::And(parts) => Code::And(self.all(parts)?),
            ExprKind::Or(parts) => Code::Or(self.all(parts)?),
        })
    }

    fn boxed(&mut self, expr: &Expr) -> Checked<Box<Code>> {
        self.code(expr).map(Box::new)
    }

    fn all(&mut self, exprs: &[Expr]) -> Checked<Vec<Code>> {
        exprs.iter().map(|e| self.code(e)).collect()
    }

    /// Behind stats, an expression that is written as one of its columns is that column.
    fn column(&self, expr: &Expr) -> Option<Code> {
        if !self.scope.closed || self.stats.is_some() {
            return None;
        }
        self.scope.written(&print::expr(expr))
    }

    pub(super) fn field(&mut self, parts: &[String], span: Span) -> Checked<Code> {
        let name = parts.join(".");
        if let Some(stats) = &self.stats {
            if let Some((_, slot)) = stats.aliases.iter().find(|(alias, _)| *alias == name) {
                return Ok(Code::Slot(*slot));
            }
            let says = format!(
                "{name} has many values in a group; an aggregate such as max({name}) makes one of them."
            );
            return Err(span.fault("not-aggregated", says));
        }
        if let Some(code) = self.scope.find(parts) {
            return Ok(code);
        }
        if self.scope.closed {
            let says = format!("{name} does not exist behind stats or pattern: only their columns do.");
            return Err(span.fault("unknown-symbol", says));
        }
        Ok(Code::Field(self.needs.place(&name)))
    }

    /// The event's time, where it exists.
    pub(super) fn timestamp(&mut self) -> Option<Code> {
        self.field(&["@timestamp".to_owned()], Span::default()).ok()
    }

    fn call(&mut self, name: &Word, star: bool, args: &[Expr]) -> Checked<Code> {
        if let Some(row) = aggregate::find(&name.text) {
            return self.aggregate(name, row, star, args);
        }
        let Some(function) = functions::find(&name.text) else {
            return Err(match commands::newer(&name.text, name.span) {
                Some(fault) => fault,
                None => name
                    .span
                    .fault("unknown-function", format!("{} is no function.", name.text)),
            });
        };
        if star || args.len() < function.least || args.len() > function.most {
            return Err(argument_count(name, function.name, function.takes));
        }
        self.function(name, function, args)
    }

    fn function(&mut self, name: &Word, function: &Function, args: &[Expr]) -> Checked<Code> {
        let arg = |at: usize| {
            args.get(at)
                .ok_or_else(|| argument_count(name, function.name, function.takes))
        };
        Ok(match function.how {
            How::Plain(eval) => Code::Call(eval, self.all(args)?),
            How::IsPresent => Code::Present(self.boxed(arg(0)?)?),
            How::Coalesce => Code::Coalesce(self.all(args)?),
            How::If | How::Case => {
                let mut branches = Vec::new();
                let (pairs, rest) = args.as_chunks::<2>();
                for [when, then] in pairs {
                    branches.push((self.code(when)?, self.code(then)?));
                }
                let otherwise = rest.first().map(|e| self.boxed(e)).transpose()?;
                Code::Choice(branches, otherwise)
            }
            How::Bin => {
                let period = self.period(name, arg(0)?)?;
                let time = self.field(&["@timestamp".to_owned()], name.span)?;
                Code::Floor(Box::new(time), period)
            }
            How::DateFloor => {
                let period = self.period(name, arg(1)?)?;
                Code::Floor(self.boxed(arg(0)?)?, period)
            }
            How::DateCeil => {
                let period = self.period(name, arg(1)?)?;
                Code::Ceil(self.boxed(arg(0)?)?, period)
            }
            How::RegexReplace => {
                let (text, pattern, with) = (self.boxed(arg(0)?)?, arg(1)?, self.boxed(arg(2)?)?);
                match &pattern.kind {
                    ExprKind::Text(regex) => {
                        let regex =
                            re2::compile(regex).map_err(|why| pattern.span.fault("regex-syntax", why))?;
                        Code::Replace(text, regex, with)
                    }
                    _ => Code::ReplaceBy(text, self.boxed(pattern)?, with),
                }
            }
        })
    }

    fn period(&mut self, function: &Word, expr: &Expr) -> Checked<Period> {
        let ExprKind::Period(period) = expr.kind else {
            let says = format!("{} takes a period such as 5m.", function.text);
            return Err(function.span.fault("expected-period", says));
        };
        if period.is_capped() {
            let says = format!(
                "AWS cuts this to {}{}; a larger unit says what is meant.",
                period.effective(),
                period.unit.short()
            );
            self.warn(expr.span, "period-capped", says);
        }
        Ok(period)
    }

    fn aggregate(&mut self, name: &Word, row: &aggregate::Row, star: bool, args: &[Expr]) -> Checked<Code> {
        let (written, least, most, mut kind) = *row;
        // Inside of its arguments there are rows, not groups.
        let Some(stats) = self.stats.take() else {
            let says = format!("{written}() stands only in stats, and not inside of another aggregate.");
            return Err(name.span.fault("aggregate-outside-stats", says));
        };
        let of = self.aggregate_of(name, (least, most), &mut kind, star, args);
        let slot = stats.first + stats.aggregates.len();
        let stats = self.stats.insert(stats);
        stats.aggregates.push(Aggregate { kind, of: of? });
        Ok(Code::Slot(slot))
    }

    fn aggregate_of(
        &mut self,
        name: &Word,
        (least, most): (usize, usize),
        kind: &mut Kind,
        star: bool,
        args: &[Expr],
    ) -> Checked<Option<Code>> {
        if args.len() < least || args.len() > most || (star && *kind != Kind::Count) {
            let takes = if most == 2 { "value, percent" } else { "value" };
            return Err(argument_count(name, &name.text, takes));
        }
        if let (Kind::Pct(p), Some(percent)) = (&mut *kind, args.get(1)) {
            match &percent.kind {
                ExprKind::Number(text) => *p = Num::parse(text).map_or(0.0, Num::as_f64),
                _ => {
                    return Err(percent
                        .span
                        .fault("expected-number", "A percentile is a number such as 95."));
                }
            }
            if !(0.0..=100.0).contains(p) {
                return Err(percent
                    .span
                    .fault("expected-number", "A percentile is a number from 0 to 100."));
            }
        }
        args.first().map(|e| self.code(e)).transpose()
    }

    /// `event-name` is a difference; a field of that name stands in backticks.
    fn check_hyphen(&mut self, op: MathOp, span: Span) {
        if op != MathOp::Subtract || self.known.fields.is_empty() {
            return;
        }
        let written = self.lexer.slice(span);
        if self.known.fields.contains(&written.as_str()) {
            let says = format!("This subtracts. The field stands in backticks: `{written}`.");
            self.warn(span, "hyphen-subtracts", says);
        }
    }

    /// A time and a date as text are never equal.
    fn check_time(&mut self, time: &Expr, text: &Expr) {
        let ExprKind::Text(date) = &text.kind else { return };
        if Num::parse(date).is_some() || self.stats.is_some() {
            return;
        }
        let is_time = match &time.kind {
            ExprKind::Field(parts) => matches!(parts.join(".").as_str(), "@timestamp" | "@ingestionTime"),
            ExprKind::Call { name, .. } => ["bin", "datefloor", "dateceil", "fromMillis"]
                .iter()
                .any(|f| f.eq_ignore_ascii_case(&name.text)),
            _ => false,
        };
        if is_time {
            let says =
                "A time matches no text. toMillis(@timestamp) is a number, parseDate() makes one of a text.";
            self.warn(text.span, "timestamp-text", says);
        }
    }
}

fn negated_if(negated: bool, code: Code) -> Code {
    if negated { Code::Not(Box::new(code)) } else { code }
}

/// `.5` is written without its zero.
fn text_of_number(text: &str) -> String {
    if text.starts_with('.') {
        format!("0{text}")
    } else {
        text.to_owned()
    }
}

fn argument_count(name: &Word, function: &str, takes: &str) -> crate::language::fault::Fault {
    name.span
        .fault("argument-count", format!("The function is {function}({takes})."))
}
