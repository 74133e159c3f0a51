//! A query as canonical text: what "show query" shows, read as the same query again.

use super::ast::*;
use super::period::Period;

/// How tightly an expression binds; a looser one inside a tighter one stands in parentheses.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Binding {
    Or,
    And,
    Not,
    Compare,
    Sum,
    Product,
    Sign,
    Power,
    Primary,
}

pub fn query(query: &Query) -> String {
    let mut parts = Vec::new();
    if !query.source.is_empty() {
        let kinds: Vec<String> = query.source.iter().map(|w| kind(&w.text)).collect();
        parts.push(format!("SOURCE {}", kinds.join(", ")));
    }
    parts.extend(query.commands.iter().map(command));
    parts.join("\n| ")
}

/// A kind's id behind `SOURCE`.
pub fn kind(id: &str) -> String {
    let is_plain = id.starts_with(|c: char| c.is_ascii_alphabetic())
        && id
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    if is_plain { id.to_owned() } else { text(id) }
}

fn command(command: &Command) -> String {
    match &command.kind {
        CommandKind::Fields(list) => format!("fields {}", items(list)),
        CommandKind::Display(list) => format!("display {}", items(list)),
        CommandKind::Filter(e) => format!("filter {}", expr(e)),
        CommandKind::FilterIndex(e) => format!("filterIndex {}", expr(e)),
        CommandKind::Stats { items: list, by } if by.is_empty() => format!("stats {}", items(list)),
        CommandKind::Stats { items: list, by } => format!("stats {} by {}", items(list), items(by)),
        CommandKind::Sort(keys) => {
            let key =
                |k: &SortKey| format!("{}{}", expr(&k.expr), if k.descending { " desc" } else { " asc" });
            format!("sort {}", keys.iter().map(key).collect::<Vec<_>>().join(", "))
        }
        CommandKind::Limit(n) => format!("limit {n}"),
        CommandKind::Tail(n) => format!("tail {n}"),
        CommandKind::Dedup(fields) => format!("dedup {}", list(fields)),
        CommandKind::Parse { from, how } => {
            let from = match from {
                Some(from) if is_read_as_pattern(from, how) => format!("({}) ", expr(from)),
                Some(from) => format!("{} ", at(from, Binding::Primary)),
                None => String::new(),
            };
            format!("parse {from}{}", parse(how))
        }
        CommandKind::Unnest { from, into } => {
            format!("unnest {} into {}", at(from, Binding::Primary), word(into))
        }
        CommandKind::Pattern(e) => format!("pattern {}", at(e, Binding::Primary)),
        CommandKind::Diff(Shift::Before) => "diff".to_owned(),
        CommandKind::Diff(Shift::Day) => "diff previousDay".to_owned(),
        CommandKind::Diff(Shift::Week) => "diff previousWeek".to_owned(),
        CommandKind::Diff(Shift::Month) => "diff previousMonth".to_owned(),
        CommandKind::Anomaly => "anomaly".to_owned(),
        CommandKind::Unmask(e) => format!("unmask {}", expr(e)),
    }
}

/// Whether what is parsed would be taken for the way it is, if it stood bare.
fn is_read_as_pattern(from: &Expr, how: &Parse) -> bool {
    match &from.kind {
        ExprKind::Text(_) => matches!(how, Parse::Logfmt(_) | Parse::Csv(_)),
        ExprKind::Field(parts) => {
            matches!(parts.as_slice(), [name] if ["logfmt", "csv"].iter().any(|w| w.eq_ignore_ascii_case(name)))
        }
        _ => false,
    }
}

fn items(items: &[Item]) -> String {
    let item = |i: &Item| match &i.alias {
        Some(alias) => format!("{} as {}", expr(&i.expr), word(alias)),
        // A column has the name of its expression as it was written.
        None => i.written.clone(),
    };
    items.iter().map(item).collect::<Vec<_>>().join(", ")
}

fn parse(how: &Parse) -> String {
    match how {
        Parse::Glob { pattern, names } => format!("{} as {}", text(&pattern.text), words(names)),
        Parse::Regex {
            pattern,
            names,
            multi,
        } => {
            let names = if names.is_empty() {
                String::new()
            } else {
                format!(" as {}", words(names))
            };
            let multi = if *multi { " multi" } else { "" };
            format!("{}{names}{multi}", regex(&pattern.text))
        }
        Parse::Logfmt(name) => format!("logfmt as {}", word(name)),
        Parse::Csv(names) => format!("csv as {}", words(names)),
    }
}

fn words(all: &[Word]) -> String {
    all.iter().map(word).collect::<Vec<_>>().join(", ")
}

fn word(word: &Word) -> String {
    field(&word.text)
}

/// A name as one text: its periods join parts.
pub fn field(text: &str) -> String {
    let parts: Vec<String> = text.split('.').map(str::to_owned).collect();
    match parts.iter().any(String::is_empty) {
        true => backticks(text),
        false => name(&parts),
    }
}

/// A name, in backticks where it has to be.
pub fn name(parts: &[String]) -> String {
    let mut out = String::new();
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            out.push('.');
        }
        out.push_str(&name_part(part, at == 0, parts.len() == 1));
    }
    out
}

fn backticks(text: &str) -> String {
    let bare = text.trim_start_matches('@');
    let signs = text.get(..text.len() - bare.len()).unwrap_or_default();
    format!("{signs}`{bare}`")
}

fn name_part(part: &str, first: bool, only: bool) -> String {
    const WORDS: &[&str] = &[
        "and", "or", "not", "like", "in", "as", "by", "true", "false", "asc", "desc",
    ];
    let bare = part.trim_start_matches('@');
    let signed = bare.len() < part.len();
    let begins = |c: char| c == '_' || c.is_alphabetic() || (!first && !signed && c.is_alphanumeric());
    let plain =
        bare.chars().next().is_some_and(begins) && bare.chars().all(|c| c == '_' || c.is_alphanumeric());
    let keyword = only && WORDS.iter().any(|w| w.eq_ignore_ascii_case(part));
    if plain && !keyword {
        part.to_owned()
    } else {
        backticks(part)
    }
}

/// A text in quotes.
pub fn text(text: &str) -> String {
    let mut out = String::from("\"");
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => out.push_str("\\\""),
            // A backslash before one of these would be read as an escape.
            '\\' if matches!(chars.peek(), None | Some('"' | '\'' | '\\')) => out.push_str("\\\\"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A regex between slashes.
pub fn regex(text: &str) -> String {
    let mut out = String::from("/");
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '/' => out.push_str("\\/"),
            '\\' => {
                out.push('\\');
                out.extend(chars.next());
            }
            c => out.push(c),
        }
    }
    out.push('/');
    out
}

fn list(all: &[Expr]) -> String {
    all.iter().map(expr).collect::<Vec<_>>().join(", ")
}

fn period(p: &Period) -> String {
    format!("{}{}", p.amount, p.unit.short())
}

pub fn expr(expr: &Expr) -> String {
    write(expr).0
}

fn at(expr: &Expr, binding: Binding) -> String {
    let (text, own) = write(expr);
    if own < binding { format!("({text})") } else { text }
}

fn write(e: &Expr) -> (String, Binding) {
    match &e.kind {
        ExprKind::Number(n) => (n.clone(), Binding::Primary),
        ExprKind::Text(t) => (text(t), Binding::Primary),
        ExprKind::Bool(b) => (b.to_string(), Binding::Primary),
        ExprKind::Period(p) => (period(p), Binding::Primary),
        ExprKind::Field(parts) => (name(parts), Binding::Primary),
        ExprKind::Call { name, star: true, .. } => (format!("{}(*)", name.text), Binding::Primary),
        ExprKind::Call { name, args, .. } => (format!("{}({})", name.text, list(args)), Binding::Primary),
        ExprKind::Inside { base, path } => {
            // A path goes on only behind a bracket.
            let base = match base.kind {
                ExprKind::Call { .. } => expr(base),
                _ => format!("({})", expr(base)),
            };
            let path: Vec<String> = path.iter().map(|p| name_part(p, false, false)).collect();
            (format!("{base}.{}", path.join(".")), Binding::Primary)
        }
        ExprKind::Negative(inner) => (format!("-{}", at(inner, Binding::Sign)), Binding::Sign),
        ExprKind::Positive(inner) => (format!("+{}", at(inner, Binding::Sign)), Binding::Sign),
        ExprKind::Not(inner) => (format!("not {}", at(inner, Binding::Not)), Binding::Not),
        ExprKind::Math { op, left, right } => {
            let (own, l, r) = match op {
                MathOp::Add | MathOp::Subtract => (Binding::Sum, Binding::Sum, Binding::Product),
                MathOp::Power => (Binding::Power, Binding::Primary, Binding::Sign),
                _ => (Binding::Product, Binding::Product, Binding::Sign),
            };
            (format!("{} {} {}", at(left, l), op.sign(), at(right, r)), own)
        }
        ExprKind::Compare { op, left, right } => {
            let text = format!(
                "{} {} {}",
                at(left, Binding::Sum),
                op.sign(),
                at(right, Binding::Sum)
            );
            (text, Binding::Compare)
        }
        ExprKind::Like {
            negated,
            left,
            pattern,
        } => {
            let not = if *negated { "not " } else { "" };
            let pattern = match pattern {
                Matcher::Text(t) => text(t),
                Matcher::Regex(r) => regex(&r.text),
            };
            (
                format!("{} {not}like {pattern}", at(left, Binding::Sum)),
                Binding::Compare,
            )
        }
        ExprKind::In { negated, left, right } => {
            let not = if *negated { "not " } else { "" };
            let right = match right {
                Within::List(all) => {
                    let all: Vec<String> = all.iter().map(|e| at(e, Binding::Sum)).collect();
                    format!("[{}]", all.join(", "))
                }
                // A parenthesis behind `in` would be a subquery.
                Within::Field(field) => at(field, Binding::Primary),
            };
            (
                format!("{} {not}in {right}", at(left, Binding::Sum)),
                Binding::Compare,
            )
        }
        ExprKind::And(parts) => (joined(parts, " and ", Binding::Not), Binding::And),
        ExprKind::Or(parts) => (joined(parts, " or ", Binding::And), Binding::Or),
    }
}

fn joined(parts: &[Expr], word: &str, binding: Binding) -> String {
    parts
        .iter()
        .map(|p| at(p, binding))
        .collect::<Vec<_>>()
        .join(word)
}
