//! The commands that make groups or columns of their own: stats, pattern, dedup, parse.

use super::ast::*;
use super::code::Code;
use super::compile::{Checked, Compiler, StatsItems, push_new};
use super::glob::Glob;
use super::lex::Span;
use super::patterns;
use super::plan::*;
use super::scope::Scope;
use super::{needle, print};

impl Compiler<'_> {
    pub(super) fn stats(&mut self, items: &[Item], by: &[Item]) -> Checked<()> {
        let (groups, made) = (by.len(), items.len());
        self.stats = Some(StatsItems {
            aggregates: Vec::new(),
            first: groups + made,
            aliases: Vec::new(),
        });
        let mut codes = Vec::new();
        let mut scope = Scope::closed();
        let mut columns = Vec::new();
        for (at, item) in items.iter().enumerate() {
            let code = self.code(&item.expr)?;
            codes.push(code);
            let slot = groups + at;
            if let Some(alias) = &item.alias {
                self.check_new(&scope, alias)?;
                if let Some(stats) = &mut self.stats {
                    stats.aliases.push((alias.text.clone(), slot));
                }
            }
            define_column(&mut scope, &mut columns, item, slot);
        }
        let stats = self.stats.take();
        let mut keys = Vec::new();
        let mut key_columns = Vec::new();
        for (at, item) in by.iter().enumerate() {
            let code = self.code(&item.expr)?;
            keys.push(Group {
                code,
                name: item.expr.field_name().unwrap_or_else(|| item.written.clone()),
            });
            if let Some(alias) = &item.alias {
                self.check_new(&scope, alias)?;
            }
            define_column(&mut scope, &mut key_columns, item, at);
        }
        key_columns.append(&mut columns);
        let aggregates = stats.map(|s| s.aggregates).unwrap_or_default();
        // What was sorted before has no order any more.
        self.sort.clear();
        self.flush(Stage::Stats {
            by: keys,
            aggregates,
            items: codes,
        });
        self.reset(scope, key_columns);
        Ok(())
    }

    /// An alias of stats is new among all names so far.
    fn check_new(&mut self, scope: &Scope, alias: &Word) -> Checked<()> {
        if self.scope.has(&alias.text) || scope.has(&alias.text) {
            let says = format!(
                "{} is already made by this query; a name is made once.",
                alias.text
            );
            return Err(alias.span.fault("field-already-defined", says));
        }
        self.check_shadow(&alias.text, alias.span);
        Ok(())
    }

    /// From here on only these columns exist.
    fn reset(&mut self, scope: Scope, columns: Vec<(String, Code)>) {
        self.slots = columns.len();
        self.scope = scope;
        self.base = columns;
        self.listed.clear();
        self.display = None;
    }

    pub(super) fn close(&mut self, names: &[&str]) {
        let mut scope = Scope::closed();
        let mut columns = Vec::new();
        for (slot, name) in names.iter().enumerate() {
            scope.define((*name).to_owned(), Code::Slot(slot));
            columns.push(((*name).to_owned(), Code::Slot(slot)));
        }
        self.sort.clear();
        self.reset(scope, columns);
    }

    pub(super) fn behind_pattern(&mut self, span: Span, then: Then) -> Checked<()> {
        let first = self.segments.len() == 1;
        if let Some(Stage::Pattern { then: behind, .. }) = self.segments.last_mut().map(|s| &mut s.stage) {
            if matches!(then, Then::Diff(_)) && !first {
                let says =
                    "diff reads two windows: before pattern stand only commands that need no other row.";
                return Err(span.fault("command-not-supported", says));
            }
            *behind = then;
        }
        self.close(patterns::columns(then));
        Ok(())
    }

    pub(super) fn dedup(&mut self, fields: &[Expr], sorted: bool) -> Checked<()> {
        let mut by = Vec::new();
        for field in fields {
            by.push(self.code(field)?);
        }
        let mut keys = std::mem::take(&mut self.sort);
        if !sorted && let Some(time) = self.timestamp() {
            keys.push((time, true));
        }
        self.flush(Stage::Dedup {
            keys,
            by,
            keep: Keep::default(),
        });
        Ok(())
    }

    pub(super) fn parse(&mut self, span: Span, from: Option<&Expr>, how: &Parse) -> Checked<()> {
        let from = match from {
            Some(expr) => self.code(expr)?,
            None => self.field(&["@message".to_owned()], span)?,
        };
        let mut names: Vec<(String, Span)> = Vec::new();
        let spelled = |words: &[Word]| words.iter().map(|w| (w.text.clone(), w.span)).collect::<Vec<_>>();
        let reader = match how {
            Parse::Glob {
                pattern,
                names: words,
            } => {
                names = spelled(words);
                Reader::Glob(Glob::new(&pattern.text))
            }
            Parse::Logfmt(word) => {
                names.push((word.text.clone(), word.span));
                Reader::Logfmt
            }
            Parse::Csv(words) => {
                names = spelled(words);
                Reader::Csv
            }
            Parse::Regex {
                pattern,
                names: words,
                multi,
            } => {
                let regex = needle::Matcher::new(&pattern.text)
                    .map_err(|why| pattern.span.fault("regex-syntax", why))?;
                let mut groups = Vec::new();
                if words.is_empty() {
                    for (group, name) in regex.regex().capture_names().enumerate() {
                        if let Some(name) = name {
                            names.push((name.to_owned(), pattern.span));
                            groups.push(group);
                        }
                    }
                } else {
                    names = spelled(words);
                    groups = (1..regex.regex().captures_len()).collect();
                }
                Reader::Regex {
                    regex: Box::new(regex),
                    groups,
                    multi: *multi,
                }
            }
        };
        let mut slots = Vec::new();
        for (name, span) in names {
            let slot = self.slot();
            self.define(&name, span, Code::Slot(slot))?;
            push_new(&mut self.listed, (name, Code::Slot(slot)));
            slots.push(slot);
        }
        self.ops.push(Op::Parse {
            from,
            how: reader,
            slots,
        });
        Ok(())
    }
}

fn define_column(scope: &mut Scope, columns: &mut Vec<(String, Code)>, item: &Item, slot: usize) {
    let name = item.name();
    if !scope.has(&name) {
        scope.define(name.clone(), Code::Slot(slot));
    }
    if item.alias.is_none() {
        scope.define_written(print::expr(&item.expr), Code::Slot(slot));
    }
    columns.push((name, Code::Slot(slot)));
}
