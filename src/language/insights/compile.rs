//! Commands checked and made ready to run: names become slots, and the pipeline is cut where all rows are needed.

use super::aggregate::Aggregate;
use super::ast::*;
use super::code::Code;
use super::glob::Glob;
use super::lex::{Lexer, Span};
use super::patterns;
use super::plan::*;
use super::program::{Known, Needs};
use super::run::Compiled;
use super::scope::Scope;
use super::{print, re2};
use crate::language::fault::Fault;

/// How many rows a result has where no command says so (CWL_QuerySyntax-Limit).
pub const DEFAULT_LIMIT: usize = 10_000;
/// How many stats one query may have.
const MAX_STATS: usize = 10;

pub(super) type Checked<T> = Result<T, Fault>;

/// The state of compiling one query.
pub(super) struct Compiler<'k> {
    pub lexer: Lexer,
    pub known: Known<'k>,
    pub scope: Scope,
    pub needs: Needs,
    pub warnings: Vec<Fault>,
    /// While the items of a stats are compiled.
    pub stats: Option<StatsItems>,
    segments: Vec<Segment>,
    ops: Vec<Op>,
    sort: SortKeys,
    slots: usize,
    /// Columns of the last stats or pattern.
    base: Vec<(String, Code)>,
    /// Items of fields and names of parse since then.
    listed: Vec<(String, Code)>,
    display: Option<Vec<(String, Code)>>,
}

/// What items of one stats see.
pub(super) struct StatsItems {
    pub aggregates: Vec<Aggregate>,
    /// The slot of the first aggregate.
    pub first: usize,
    /// Aliases of earlier items.
    pub aliases: Vec<(String, usize)>,
}

pub(super) fn compile(query: &Query, text: &str, known: &Known) -> Checked<(Compiled, Vec<Fault>)> {
    let mut c = Compiler::new(text, known);
    c.check_source(&query.source)?;
    check_order(&query.commands)?;
    let mut sorted = false;
    for (at, command) in query.commands.iter().enumerate() {
        c.command(command, sorted)?;
        sorted |= matches!(command.kind, CommandKind::Sort(_));
        let last = at + 1 == query.commands.len();
        if last && matches!(command.kind, CommandKind::Limit(_) | CommandKind::Tail(_)) {
            return Ok(c.finish(query, true));
        }
    }
    let limited = query
        .commands
        .iter()
        .any(|c| matches!(c.kind, CommandKind::Limit(_) | CommandKind::Tail(_)));
    c.flush_rows(Take::First(DEFAULT_LIMIT));
    Ok(c.finish(query, limited))
}

/// The names that a command behind this text may use, and whether only these exist.
pub(super) fn visible(text: &str, known: &Known) -> Option<(Vec<String>, bool)> {
    let query = super::commands::query(text).ok()?;
    let mut c = Compiler::new(text, known);
    for command in &query.commands {
        c.command(command, true).ok()?;
    }
    Some((c.scope.names(), c.scope.closed))
}

/// Which command may follow which.
fn check_order(commands: &[Command]) -> Checked<()> {
    let is_limit = |c: &Command| matches!(c.kind, CommandKind::Limit(_) | CommandKind::Tail(_));
    let is_sort = |c: &Command| matches!(c.kind, CommandKind::Sort(_));
    let mut stats = 0;
    for (at, command) in commands.iter().enumerate() {
        let before = commands.get(..at).unwrap_or_default();
        if before.iter().any(|c| matches!(c.kind, CommandKind::Dedup(_))) && !is_limit(command) {
            return Err(command
                .span
                .fault("after-dedup", "Behind dedup stands only limit."));
        }
        match command.kind {
            CommandKind::Stats { .. } => {
                stats += 1;
                if let Some(early) = before.iter().find(|c| is_limit(c) || is_sort(c)) {
                    return Err(early
                        .span
                        .fault("before-stats", "sort and limit stand behind the last stats."));
                }
                if stats > MAX_STATS {
                    return Err(command
                        .span
                        .fault("stats-count", format!("A query has at most {MAX_STATS} stats.")));
                }
            }
            CommandKind::Pattern(_) if before.iter().any(is_sort) => {
                return Err(command
                    .span
                    .fault("pattern-after-sort", "pattern stands before sort."));
            }
            CommandKind::Diff(_) | CommandKind::Anomaly => {
                if !before
                    .last()
                    .is_some_and(|c| matches!(c.kind, CommandKind::Pattern(_)))
                {
                    return Err(command
                        .span
                        .fault("needs-pattern", "This command stands right behind pattern."));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

impl<'k> Compiler<'k> {
    fn new(text: &str, known: &Known<'k>) -> Self {
        Compiler {
            lexer: Lexer::new(text),
            known: *known,
            scope: Scope::default(),
            needs: Needs::default(),
            warnings: Vec::new(),
            stats: None,
            segments: Vec::new(),
            ops: Vec::new(),
            sort: Vec::new(),
            slots: 0,
            base: Vec::new(),
            listed: Vec::new(),
            display: None,
        }
    }

    fn check_source(&self, kinds: &[Word]) -> Checked<()> {
        for kind in kinds {
            if !self.known.kinds.is_empty() && !self.known.kinds.contains(&kind.text.as_str()) {
                let says = format!(
                    "{} is no kind of log. Kinds are {}.",
                    kind.text,
                    self.known.kinds.join(", ")
                );
                return Err(kind.span.fault("expected-kind", says));
            }
        }
        Ok(())
    }

    pub fn warn(&mut self, span: Span, what: &'static str, says: impl Into<String>) {
        self.warnings.push(span.fault(what, says));
    }

    fn slot(&mut self) -> usize {
        self.slots += 1;
        self.slots - 1
    }

    /// A name that a command makes.
    fn define(&mut self, name: &str, span: Span, code: Code) -> Checked<()> {
        if self.scope.has(name) {
            let says = format!("{name} is already made by this query; a name is made once.");
            return Err(span.fault("field-already-defined", says));
        }
        self.check_shadow(name, span);
        self.scope.define(name.to_owned(), code);
        Ok(())
    }

    fn check_shadow(&mut self, name: &str, span: Span) {
        if !self.scope.closed && self.known.fields.contains(&name) {
            let says = format!("Records have a field {name} already; AWS often refuses the name.");
            self.warn(span, "shadows-field", says);
        }
    }

    fn flush(&mut self, stage: Stage) {
        let ops = std::mem::take(&mut self.ops);
        self.segments.push(Segment {
            ops,
            stage,
            slots: self.slots,
        });
    }

    fn flush_rows(&mut self, take: Take) {
        let keys = std::mem::take(&mut self.sort);
        self.flush(Stage::Rows {
            keys,
            take,
            keep: Keep::default(),
        });
    }

    fn finish(mut self, query: &Query, limited: bool) -> (Compiled, Vec<Fault>) {
        let columns = match self.display.take() {
            Some(display) => display,
            None => {
                let mut columns = self.base;
                for (name, code) in self.listed {
                    if !columns.iter().any(|(n, _)| *n == name) {
                        columns.push((name, code));
                    }
                }
                if columns.is_empty() {
                    for name in ["@timestamp", "@message"] {
                        columns.push((name.to_owned(), Code::Field(self.needs.place(name))));
                    }
                }
                columns
            }
        };
        let codes: Vec<Code> = columns.iter().map(|(_, code)| code.clone()).collect();
        settle(&mut self.segments, &codes);
        let source = query.source.iter().map(|w| w.text.clone()).collect();
        let compiled = Compiled {
            segments: self.segments,
            columns,
            needs: self.needs,
            source,
            limited,
        };
        (compiled, self.warnings)
    }

    fn command(&mut self, command: &Command, sorted: bool) -> Checked<()> {
        match &command.kind {
            CommandKind::Fields(items) => {
                for item in items {
                    let column = self.item(item)?;
                    push_new(&mut self.listed, column);
                }
            }
            CommandKind::Display(items) => {
                let mut columns = Vec::new();
                for item in items {
                    let column = self.item(item)?;
                    push_new(&mut columns, column);
                }
                self.display = Some(columns);
            }
            CommandKind::Filter(expr) | CommandKind::FilterIndex(expr) => {
                let code = self.code(expr)?;
                self.ops.push(Op::Filter(code));
            }
            CommandKind::Stats { items, by } => self.stats(items, by)?,
            CommandKind::Sort(keys) => {
                let mut all = SortKeys::new();
                for key in keys {
                    all.push((self.code(&key.expr)?, key.descending));
                }
                // A later sort decides first; an earlier one decides what is equal to it.
                all.append(&mut self.sort);
                self.sort = all;
            }
            CommandKind::Limit(n) => self.flush_rows(Take::First(*n)),
            CommandKind::Tail(n) => self.flush_rows(Take::Last(*n)),
            CommandKind::Dedup(fields) => self.dedup(fields, sorted)?,
            CommandKind::Parse { from, how } => self.parse(command.span, from.as_ref(), how)?,
            CommandKind::Unnest { from, into } => {
                let from = self.code(from)?;
                let slot = self.slot();
                self.define(&into.text, into.span, Code::Slot(slot))?;
                self.ops.push(Op::Unnest { from, slot });
            }
            CommandKind::Pattern(expr) => {
                let text = self.code(expr)?;
                let time = self
                    .timestamp()
                    .unwrap_or_else(|| Code::constant(Default::default()));
                self.flush(Stage::Pattern {
                    text,
                    time,
                    then: Then::Patterns,
                });
                self.close(patterns::columns(Then::Patterns));
            }
            CommandKind::Diff(shift) => self.behind_pattern(command.span, Then::Diff(*shift))?,
            CommandKind::Anomaly => self.behind_pattern(command.span, Then::Anomaly)?,
            CommandKind::Unmask(expr) => {
                self.code(expr)?;
            }
        }
        Ok(())
    }

    /// An item of fields or display: its column, and a slot where it is more than a name.
    fn item(&mut self, item: &Item) -> Checked<(String, Code)> {
        let code = self.code(&item.expr)?;
        let plain = item.alias.is_none() && matches!(code, Code::Field(_) | Code::Slot(_));
        let code = if plain {
            code
        } else {
            let slot = self.slot();
            self.ops.push(Op::Set { slot, code });
            Code::Slot(slot)
        };
        if let Some(alias) = &item.alias {
            self.define(&alias.text, alias.span, code.clone())?;
        }
        Ok((item.name(), code))
    }

    fn stats(&mut self, items: &[Item], by: &[Item]) -> Checked<()> {
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

    fn close(&mut self, names: &[&str]) {
        let mut scope = Scope::closed();
        let mut columns = Vec::new();
        for (slot, name) in names.iter().enumerate() {
            scope.define((*name).to_owned(), Code::Slot(slot));
            columns.push(((*name).to_owned(), Code::Slot(slot)));
        }
        self.sort.clear();
        self.reset(scope, columns);
    }

    fn behind_pattern(&mut self, span: Span, then: Then) -> Checked<()> {
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

    fn dedup(&mut self, fields: &[Expr], sorted: bool) -> Checked<()> {
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

    fn parse(&mut self, span: Span, from: Option<&Expr>, how: &Parse) -> Checked<()> {
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
                let regex =
                    re2::compile(&pattern.text).map_err(|why| pattern.span.fault("regex-syntax", why))?;
                let mut groups = Vec::new();
                if words.is_empty() {
                    for (group, name) in regex.capture_names().enumerate() {
                        if let Some(name) = name {
                            names.push((name.to_owned(), pattern.span));
                            groups.push(group);
                        }
                    }
                } else {
                    names = spelled(words);
                    groups = (1..regex.captures_len()).collect();
                }
                Reader::Regex {
                    regex,
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

fn push_new(columns: &mut Vec<(String, Code)>, column: (String, Code)) {
    if !columns.iter().any(|(name, _)| *name == column.0) {
        columns.push(column);
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
