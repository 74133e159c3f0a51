//! Commands checked and made ready to run: names become slots, and the pipeline is cut where all rows are needed.

use super::aggregate::Aggregate;
use super::ast::*;
use super::code::Code;
use super::late::Late;
use super::lex::{Lexer, Span};
use super::patterns;
use super::plan::*;
use super::program::{Known, Needs};
use super::pushdown::Pushdown;
use super::run::Compiled;
use super::scope::Scope;
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
    pub segments: Vec<Segment>,
    pub ops: Vec<Op>,
    pub sort: SortKeys,
    pub slots: usize,
    /// Columns of the last stats or pattern.
    pub base: Vec<(String, Code)>,
    /// Items of fields and names of parse since then.
    pub listed: Vec<(String, Code)>,
    pub display: Option<Vec<(String, Code)>>,
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
            CommandKind::Diff(_) | CommandKind::Anomaly
                if !before
                    .last()
                    .is_some_and(|c| matches!(c.kind, CommandKind::Pattern(_))) =>
            {
                return Err(command
                    .span
                    .fault("needs-pattern", "This command stands right behind pattern."));
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

    pub(super) fn slot(&mut self) -> usize {
        self.slots += 1;
        self.slots - 1
    }

    /// A name that a command makes.
    pub(super) fn define(&mut self, name: &str, span: Span, code: Code) -> Checked<()> {
        if self.scope.has(name) {
            let says = format!("{name} is already made by this query; a name is made once.");
            return Err(span.fault("field-already-defined", says));
        }
        self.check_shadow(name, span);
        self.scope.define(name.to_owned(), code);
        Ok(())
    }

    pub(super) fn check_shadow(&mut self, name: &str, span: Span) {
        if !self.scope.closed && self.known.fields.contains(&name) {
            let says = format!("Records have a field {name} already; AWS often refuses the name.");
            self.warn(span, "shadows-field", says);
        }
    }

    pub(super) fn flush(&mut self, stage: Stage) {
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
        let mut columns = match self.display.take() {
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
        settle(&mut self.segments, &mut columns, &mut self.needs);
        let first = self.segments.first_mut();
        let (late, pushdown) = first.map_or_else(Default::default, |segment| {
            (Late::of(segment), Pushdown::of(segment, &self.needs))
        });
        let source = query.source.iter().map(|w| w.text.clone()).collect();
        let compiled = Compiled {
            segments: self.segments,
            columns,
            needs: self.needs,
            source,
            limited,
            late,
            pushdown,
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
}

pub(super) fn push_new(columns: &mut Vec<(String, Code)>, column: (String, Code)) {
    if !columns.iter().any(|(name, _)| *name == column.0) {
        columns.push(column);
    }
}
