//! Tokens to commands (CWL_QuerySyntax and the pages of its commands).

use super::ast::*;
use super::lex::{Span, Token};
use super::parse::Parser;
use crate::language::fault::Fault;

/// The longest text AWS takes, in characters.
pub const MAX_TEXT: usize = 10_000;
/// The highest number behind `limit`.
pub const MAX_LIMIT: usize = 100_000;

type Parsed<T> = Result<T, Fault>;
type Reader = fn(&mut Parser, Span) -> Parsed<CommandKind>;

/// Every command and how what stands behind it is read.
pub const COMMANDS: &[(&str, Reader)] = &[
    ("fields", |p, _| p.items().map(CommandKind::Fields)),
    ("display", |p, _| p.items().map(CommandKind::Display)),
    ("filter", |p, _| p.expr().map(CommandKind::Filter)),
    ("where", |p, _| p.expr().map(CommandKind::Filter)),
    ("filterIndex", filter_index),
    ("stats", |p, _| stats(p)),
    ("sort", |p, _| sort(p)),
    ("order", |p, _| sort(p)),
    ("limit", |p, _| limit(p)),
    ("head", |p, _| number(p).map(CommandKind::Limit)),
    ("tail", |p, _| number(p).map(CommandKind::Tail)),
    ("dedup", |p, _| dedup(p)),
    ("parse", |p, _| parse(p)),
    ("unnest", |p, _| unnest(p)),
    ("pattern", |p, _| p.primary().map(CommandKind::Pattern)),
    ("diff", |p, _| diff(p)),
    ("anomaly", |_, _| Ok(CommandKind::Anomaly)),
    ("unmask", |p, _| field(p).map(CommandKind::Unmask)),
];

/// What AWS added later, and what to do instead.
const NEWER: &[(&str, &str)] = &[
    ("addtotals", "a second query with stats sums up"),
    ("relevantfields", ""),
    ("expand", "unnest makes rows of a list"),
    ("lookup", "there are no lookup tables here"),
    ("join", "one query reads one set of records"),
    ("autoregress", ""),
    ("logcompare", "pattern and diff compare two windows"),
    ("filldown", "coalesce() puts a value where there is none"),
    ("fillmissing", "coalesce() puts a value where there is none"),
    ("cidrlookup", "isIpInSubnet() tests one network"),
    ("outlier", "pattern and anomaly look for outliers"),
    ("accum", ""),
    ("appendcols", ""),
    ("sessionize", ""),
    ("countFrequent", "stats count(*), sort and limit count exactly"),
    ("json", "jsonParse() reads a JSON text"),
    ("estimate", ""),
    ("offset", "buckets are aligned to UTC"),
    ("histogram", "bin() and datefloor() group by time"),
    ("rate", "stats count(*) by bin() counts over time"),
    ("countOverTime", "stats count(*) by bin() counts over time"),
    ("sumOverTime", "stats sum() by bin() sums over time"),
    ("xml", "a regex takes values out of XML"),
];

/// The fault for a word that AWS knows and this does not.
pub fn newer(word: &str, span: Span) -> Option<Fault> {
    let (name, instead) = NEWER.iter().find(|(name, _)| name.eq_ignore_ascii_case(word))?;
    let says = match *instead {
        "" => format!("{name} is not supported."),
        instead => format!("{name} is not supported: {instead}."),
    };
    Some(span.fault("command-not-supported", says))
}

/// Reads a whole text.
pub fn query(text: &str) -> Parsed<Query> {
    let length = text.chars().count();
    if length > MAX_TEXT {
        let says = format!("The text has {length} characters; AWS takes {MAX_TEXT}.");
        return Err(Span::new(MAX_TEXT, length).fault("too-long", says));
    }
    let mut parser = Parser::new(text)?;
    let mut query = Query::default();
    if parser.token == Token::End {
        return parser.fault("empty-query", "The query is empty.");
    }
    if parser.is_word("source") {
        query.source = source(&mut parser)?;
        if parser.token == Token::End {
            return Ok(query);
        }
        parser.expect("|", "unexpected")?;
    }
    loop {
        query.commands.push(command(&mut parser)?);
        match &parser.token {
            Token::End => return Ok(query),
            Token::Sign("|") => parser.advance()?,
            Token::Name { .. } if let Some(fault) = parser.word().and_then(|w| newer(w, parser.span)) => {
                return Err(fault);
            }
            _ => {
                return parser.fault(
                    "unexpected",
                    "The command ends before this; | begins the next one.",
                );
            }
        };
    }
}

fn command(p: &mut Parser) -> Parsed<Command> {
    let span = p.span;
    let Some(word) = p.word().map(str::to_owned) else {
        return p.fault("expected-command", "A command is expected here.");
    };
    if word.eq_ignore_ascii_case("source") {
        return p.fault("source-first", "SOURCE stands before all commands.");
    }
    let Some((_, read)) = COMMANDS.iter().find(|(name, _)| name.eq_ignore_ascii_case(&word)) else {
        return match newer(&word, span) {
            Some(fault) => Err(fault),
            None => p.fault("unknown-command", format!("{word} is no command.")),
        };
    };
    p.chain = 0;
    p.advance()?;
    let kind = read(p, span)?;
    Ok(Command { kind, span })
}

/// Kinds are written as the registry has them, with hyphens: read by character, not by token.
fn source(p: &mut Parser) -> Parsed<Vec<Word>> {
    let mut kinds = Vec::new();
    p.advance()?;
    loop {
        let span = p.span;
        let quoted = match &p.token {
            Token::Text(text) => Some(text.clone()),
            Token::Name { parts, .. } | Token::Path(parts) if parts.len() == 1 => None,
            Token::Name { .. } => None,
            _ => {
                return p.fault(
                    "expected-kind",
                    "The id of a kind of log is expected here, such as vpc-flow.",
                );
            }
        };
        let word = match quoted {
            Some(text) => Word { text, span },
            None => {
                let rest = p.lexer.slice(Span::new(span.start, p.lexer.len()));
                let text: String = rest
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || "-_.".contains(*c))
                    .collect();
                let span = Span::new(span.start, span.start + text.chars().count().max(1));
                p.lexer.jump(span.end);
                Word { text, span }
            }
        };
        p.advance()?;
        if p.is("(") {
            let says = "Log groups and data sources are not known here; SOURCE names kinds of logs: \
                        amazon_vpc.flow is vpc-flow, aws_cloudtrail.data and aws_cloudtrail.management are cloudtrail, \
                        amazon_route53.resolver_query is route53-resolver, aws_waf.access is waf.";
            return Err(word.span.fault("source-form", says));
        }
        kinds.push(word);
        if !p.take(",")? {
            return Ok(kinds);
        }
    }
}

impl Parser {
    fn items(&mut self) -> Parsed<Vec<Item>> {
        let mut items = vec![self.item()?];
        loop {
            if self.take(",")? {
                items.push(self.item()?);
                continue;
            }
            let begins_item = match &self.token {
                Token::Name { .. } => !self.is_word("by"),
                Token::Number(_) | Token::Text(_) | Token::Period { .. } | Token::Sign("(") => true,
                _ => false,
            };
            if let Some(fault) = self
                .word()
                .and_then(|w| newer(w, self.span))
                .filter(|_| begins_item)
            {
                return Err(fault);
            }
            if begins_item {
                return self.fault("expected-comma", "A comma stands between two expressions.");
            }
            return Ok(items);
        }
    }

    fn item(&mut self) -> Parsed<Item> {
        let expr = self.expr()?;
        let written = self.lexer.written(expr.span);
        let alias = match self.take_word("as")? {
            true => Some(self.name("expected-field")?),
            false => None,
        };
        Ok(Item { expr, alias, written })
    }
}

fn filter_index(p: &mut Parser, command: Span) -> Parsed<CommandKind> {
    let expr = p.expr()?;
    if !is_index(&expr) {
        let says = "filterIndex takes field = value and field in [values], joined by and or or.";
        return Err(command.fault("filterindex-operator", says));
    }
    Ok(CommandKind::FilterIndex(expr))
}

fn is_index(expr: &Expr) -> bool {
    let is_field = |e: &Expr| matches!(e.kind, ExprKind::Field(_));
    fn is_literal(e: &Expr) -> bool {
        match &e.kind {
            ExprKind::Number(_) | ExprKind::Text(_) | ExprKind::Bool(_) => true,
            ExprKind::Negative(inner) => matches!(inner.kind, ExprKind::Number(_)),
            _ => false,
        }
    }
    match &expr.kind {
        ExprKind::And(parts) | ExprKind::Or(parts) => parts.iter().all(is_index),
        ExprKind::Compare {
            op: CompareOp::Equal,
            left,
            right,
        } => is_field(left) && is_literal(right),
        ExprKind::In {
            negated: false,
            left,
            right: Within::List(list),
        } => is_field(left) && list.iter().all(is_literal),
        _ => false,
    }
}

fn stats(p: &mut Parser) -> Parsed<CommandKind> {
    let items = p.items()?;
    let by = match p.take_word("by")? {
        true => p.items()?,
        false => Vec::new(),
    };
    Ok(CommandKind::Stats { items, by })
}

fn sort(p: &mut Parser) -> Parsed<CommandKind> {
    p.take_word("by")?;
    let mut keys = Vec::new();
    loop {
        let expr = p.expr()?;
        let descending = p.take_word("desc")?;
        if !descending {
            p.take_word("asc")?;
        }
        keys.push(SortKey { expr, descending });
        if !p.take(",")? {
            return Ok(CommandKind::Sort(keys));
        }
    }
}

fn limit(p: &mut Parser) -> Parsed<CommandKind> {
    p.take_word("any")?;
    number(p).map(CommandKind::Limit)
}

fn number(p: &mut Parser) -> Parsed<usize> {
    let digits = match &p.token {
        Token::Number(n) if n.bytes().all(|b| b.is_ascii_digit()) => n.clone(),
        _ => return p.fault("expected-number", "A whole number is expected here."),
    };
    match digits.parse() {
        Ok(n @ 1..=MAX_LIMIT) => {
            p.advance()?;
            Ok(n)
        }
        _ => p.fault(
            "limit-range",
            format!("A limit is a number from 1 to {MAX_LIMIT}."),
        ),
    }
}

fn field(p: &mut Parser) -> Parsed<Expr> {
    let span = p.span;
    let expr = match &p.token {
        Token::Name { .. } => p.primary()?,
        _ => return p.fault("expected-field", "A field is expected here."),
    };
    match expr.kind {
        ExprKind::Field(_) => Ok(expr),
        _ => Err(span.fault("expected-field", "A field is expected here.")),
    }
}

fn dedup(p: &mut Parser) -> Parsed<CommandKind> {
    let mut fields = vec![field(p)?];
    while p.take(",")? {
        fields.push(field(p)?);
    }
    Ok(CommandKind::Dedup(fields))
}

fn parse(p: &mut Parser) -> Parsed<CommandKind> {
    if let Some(how) = structured(p)? {
        return Ok(CommandKind::Parse { from: None, how });
    }
    if let Some(regex) = p.regex()? {
        let how = by_regex(p, regex)?;
        return Ok(CommandKind::Parse { from: None, how });
    }
    let mut from = None;
    if !matches!(p.token, Token::Text(_)) {
        from = Some(p.primary()?);
    } else {
        let span = p.span;
        if let Token::Text(text) = p.advance()? {
            let goes_on = matches!(p.token, Token::Text(_)) || p.is("/");
            if !goes_on {
                let how = by_glob(p, Word { text, span })?;
                return Ok(CommandKind::Parse { from, how });
            }
            from = Some(Expr::new(ExprKind::Text(text), span));
        }
    }
    let how = if let Some(how) = structured(p)? {
        how
    } else if let Some(regex) = p.regex()? {
        by_regex(p, regex)?
    } else {
        let span = p.span;
        match &p.token {
            Token::Text(text) => {
                let text = text.clone();
                p.advance()?;
                by_glob(p, Word { text, span })?
            }
            Token::Name { .. } if let Some(fault) = p.word().and_then(|w| newer(w, span)) => {
                return Err(fault);
            }
            _ => {
                return p.fault(
                    "expected-pattern",
                    "A text with stars, a /regex/, logfmt or csv is expected here.",
                );
            }
        }
    };
    Ok(CommandKind::Parse { from, how })
}

/// `logfmt as m`, `csv as a, b`. A field of that name is one unless `as` follows.
fn structured(p: &mut Parser) -> Parsed<Option<Parse>> {
    let (logfmt, span) = (p.is_word("logfmt"), p.span);
    if !logfmt && !p.is_word("csv") {
        return Ok(None);
    }
    p.advance()?;
    expect_as(p)?;
    let mut names = p.names()?;
    if !logfmt {
        return Ok(Some(Parse::Csv(names)));
    }
    match (names.pop(), names.is_empty()) {
        (Some(name), true) => Ok(Some(Parse::Logfmt(name))),
        _ => Err(span.fault(
            "parse-alias-count",
            "logfmt makes one map: one name stands behind as.",
        )),
    }
}

fn expect_as(p: &mut Parser) -> Parsed<()> {
    match p.take_word("as")? {
        true => Ok(()),
        false => p.fault("expected-as", "as and names are expected here."),
    }
}

fn by_glob(p: &mut Parser, pattern: Word) -> Parsed<Parse> {
    expect_as(p)?;
    let names = p.names()?;
    let stars = super::glob::Glob::new(&pattern.text).stars();
    if names.len() != stars {
        let says = format!(
            "The text has {stars} stars and {} names stand behind as.",
            names.len()
        );
        return Err(pattern.span.fault("parse-alias-count", says));
    }
    Ok(Parse::Glob { pattern, names })
}

fn by_regex(p: &mut Parser, pattern: Word) -> Parsed<Parse> {
    let names = match p.take_word("as")? {
        true => p.names()?,
        false => Vec::new(),
    };
    let multi = p.take_word("multi")?;
    let (named, groups) = super::re2::groups(&pattern.text);
    if groups == 0 || (names.is_empty() && named.is_empty()) {
        let says = "The regex has no group with a name: (?<name>…) takes a value out.";
        return Err(pattern.span.fault("parse-no-groups", says));
    }
    if !names.is_empty() && names.len() != groups {
        let says = format!(
            "The regex has {groups} groups and {} names stand behind as.",
            names.len()
        );
        return Err(pattern.span.fault("parse-alias-count", says));
    }
    Ok(Parse::Regex {
        pattern,
        names,
        multi,
    })
}

fn unnest(p: &mut Parser) -> Parsed<CommandKind> {
    let from = p.primary()?;
    if !p.take_word("into")? {
        return p.fault("expected-into", "into and a name are expected here.");
    }
    let into = p.name("expected-field")?;
    Ok(CommandKind::Unnest { from, into })
}

fn diff(p: &mut Parser) -> Parsed<CommandKind> {
    let shift = if p.take_word("previousDay")? {
        Shift::Day
    } else if p.take_word("previousWeek")? {
        Shift::Week
    } else if p.take_word("previousMonth")? {
        Shift::Month
    } else {
        Shift::Before
    };
    Ok(CommandKind::Diff(shift))
}
