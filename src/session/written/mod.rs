//! A structured question as a text of Logs Insights: what a view asks, for a person to read, change and ask again.
//!
//! Left out are the question's range, which whoever asks the text sets anew, and what the language has no words for, which
//! [`Written::lacks`] tells. Two answers may still differ in what the languages themselves hold to be the same: a row of a
//! kind that has no such field is unequal to every value in Insights, `sum()` of nothing is absent instead of 0,
//! `values()` tells all values instead of the first few, and records of which only sums are known are no rows.

mod conditions;
mod names;

use super::FieldState;
use crate::base::time::{DAY, HOUR, MINUTE, SECOND};
use crate::language::insights::{MAX_LIMIT, MAX_TEXT, field_text, kind_text, quoted_text};
use crate::query::{Agg, Expr, Groups, Key, Op, Order, Query, Rows, Select, names};
use conditions::{MAX_DEPTH, Said};
use std::collections::BTreeSet;

/// Rows that a question for single records asks for: more is read in the table of events.
const MOST_ROWS: usize = 1000;
/// Lacks that stand above the text, and characters of each.
const MOST_COMMENTS: usize = 8;
const COMMENT_LENGTH: usize = 160;
const COUNT: &str = "count(*)";

/// Units of periods, the longest first, and how many of each a period may have. Weeks begin on Mondays, buckets of seven
/// days do not.
const UNITS: [(&str, i64, i64); 5] = [
    ("d", DAY, i64::MAX),
    ("h", HOUR, 24),
    ("m", MINUTE, 60),
    ("s", SECOND, 60),
    ("ms", SECOND / 1000, 1000),
];

/// A question in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    pub text: String,
    /// What of the question the text does not say: a sentence each. They also stand above it as comments.
    pub lacks: Vec<String>,
}

/// Writes a question. Of `known`, the fields of what is loaded, it learns what a role's word stands for in each kind and of
/// which type a field is; a name that is not among them is a field's.
pub fn insights_of(query: &Query, known: &[FieldState]) -> Written {
    let too_long = |w: &Written| w.text.chars().count() > MAX_TEXT;
    let whole = Writer::new(query, known).write(query);
    if !too_long(&whole) {
        return whole;
    }
    let mut lacks = vec!["The condition is longer than a text may be, and is left out.".to_owned()];
    let mut short = query.clone();
    short.filter = Expr::All;
    let unfiltered = Writer::lacking(&short, known, &lacks).write(&short);
    if !too_long(&unfiltered) {
        return unfiltered;
    }
    lacks.push("The question is longer than a text may be: it is only counted.".to_owned());
    short.select = Query::groups(&[], Vec::new(), vec![Agg::Count]).select;
    Writer::lacking(&short, known, &lacks).write(&short)
}

/// An expression of a list, and the column it makes.
struct Column {
    expr: String,
    /// `None`: it is a field, and its column bears its name.
    alias: Option<String>,
}

impl Column {
    fn name(&self) -> String {
        self.alias
            .as_ref()
            .map_or_else(|| self.expr.clone(), |a| field_text(a))
    }

    fn item(&self) -> String {
        match &self.alias {
            Some(alias) => format!("{} as {}", self.expr, field_text(alias)),
            None => self.expr.clone(),
        }
    }
}

fn items<'a>(columns: impl IntoIterator<Item = &'a Column>) -> String {
    let items: Vec<String> = columns.into_iter().map(Column::item).collect();
    items.join(", ")
}

/// What is known while a question is written.
struct Writer<'a> {
    /// Fields of what is loaded, and those of the kinds that are asked.
    loaded: &'a [FieldState],
    known: Vec<&'a FieldState>,
    /// Names that no column may be given: one that records have is shadowed by it, and AWS often refuses that.
    taken: BTreeSet<String>,
    lacks: Vec<String>,
}

impl<'a> Writer<'a> {
    fn new(query: &Query, known: &'a [FieldState]) -> Self {
        let mut taken: BTreeSet<String> = known.iter().map(|f| f.name.clone()).collect();
        taken.extend(names(query));
        let is_asked = |f: &&FieldState| query.kinds.is_empty() || query.kinds.contains(&f.kind);
        Writer {
            loaded: known,
            known: known.iter().filter(is_asked).collect(),
            taken,
            lacks: Vec::new(),
        }
    }

    fn lacking(query: &Query, known: &'a [FieldState], lacks: &[String]) -> Self {
        Writer {
            lacks: lacks.to_vec(),
            ..Writer::new(query, known)
        }
    }

    fn write(mut self, query: &Query) -> Written {
        let mut parts = Vec::new();
        if !query.kinds.is_empty() {
            let kinds: Vec<String> = query.kinds.iter().map(|k| kind_text(k)).collect();
            parts.push(format!("SOURCE {}", kinds.join(", ")));
        }
        if let Some(filter) = self.filter(&query.filter) {
            parts.push(format!("filter {filter}"));
        }
        parts.extend(match &query.select {
            Select::Groups(groups) => self.groups(groups),
            Select::Rows(rows) => self.rows(rows),
        });
        let comment = |lack: &String| -> String {
            let line = lack.chars().map(|c| if c.is_control() { ' ' } else { c });
            format!("# {}\n", line.take(COMMENT_LENGTH).collect::<String>())
        };
        let comments: String = self.lacks.iter().take(MOST_COMMENTS).map(comment).collect();
        Written {
            text: comments + &parts.join("\n| "),
            lacks: self.lacks,
        }
    }

    fn lack(&mut self, says: String) {
        if !self.lacks.contains(&says) {
            self.lacks.push(says);
        }
    }

    /// The view's own condition. A part that can not be said is left out: more rows meet what remains.
    fn filter(&mut self, filter: &Expr) -> Option<String> {
        let parts = match filter {
            Expr::And(parts) => parts.as_slice(),
            one => std::slice::from_ref(one),
        };
        let said = parts
            .iter()
            .filter(|e| **e != Expr::All)
            .filter_map(|e| self.said(e))
            .collect();
        let whole = Said::all(said);
        (!whole.is_truth()).then_some(whole.text)
    }

    /// A condition, unless it can not be said or would nest deeper than the language reads.
    fn said(&mut self, expr: &Expr) -> Option<Said> {
        let said = self.condition(expr, false)?;
        if said.depth > MAX_DEPTH {
            self.lack("A condition nests deeper than the language reads, and is left out.".to_owned());
            return None;
        }
        Some(said)
    }

    fn groups(&mut self, groups: &Groups) -> Vec<String> {
        let mut keys: Vec<Column> = Vec::new();
        for key in &groups.by {
            let column = self.key(key);
            keys.extend(column.filter(|c| keys.iter().all(|k| k.expr != c.expr)));
        }
        let mut columns: Vec<Column> = Vec::new();
        // Which column each is: of two that are the same there is one.
        let mut aggs: Vec<Option<usize>> = Vec::new();
        for agg in &groups.aggs {
            let said = self.agg(agg);
            aggs.push(said.map(|(expr, alias)| self.place(&mut columns, expr, &alias)));
        }
        if columns.is_empty() {
            aggs = vec![Some(self.place(&mut columns, COUNT.to_owned(), "count"))];
        }
        let made = items(&columns);
        if keys.is_empty() {
            return vec![format!("stats {made}")];
        }
        let mut parts = vec![format!("stats {made} by {}", items(&keys))];
        let by = |at: usize, direction: &str| -> Option<String> {
            let column = columns.get((*aggs.get(at)?)?)?;
            Some(format!("sort {}{direction}", column.name()))
        };
        parts.extend(match groups.order {
            Order::Desc(at) => by(at, " desc"),
            Order::Asc(at) => by(at, ""),
            Order::Key => {
                let names: Vec<String> = keys.iter().map(Column::name).collect();
                Some(format!("sort {}", names.join(", ")))
            }
        });
        parts.push(format!("limit {}", groups.limit.clamp(1, MAX_LIMIT)));
        parts
    }

    fn rows(&mut self, rows: &Rows) -> Vec<String> {
        let mut columns = vec![Column {
            expr: "@timestamp".to_owned(),
            alias: None,
        }];
        for name in &rows.columns {
            let column = self.column(name);
            columns.extend(column.filter(|c| columns.iter().all(|k| k.expr != c.expr)));
        }
        let mut parts = vec![format!("fields {}", items(&columns))];
        if let Some(by) = self.value(&rows.sort.field) {
            let listed = columns.iter().find(|c| c.expr == by.text).map(Column::name);
            let direction = if rows.sort.descending { " desc" } else { "" };
            parts.push(format!("sort {}{direction}", listed.unwrap_or(by.text)));
        }
        parts.push(format!("limit {MOST_ROWS}"));
        parts
    }

    /// A field as a column.
    fn column(&mut self, field: &str) -> Option<Column> {
        let name = self.value(field)?;
        let alias = (!name.is_field).then(|| self.alias_of_any(&name.label));
        Some(Column {
            expr: name.text,
            alias,
        })
    }

    fn key(&mut self, key: &Key) -> Option<Column> {
        let (expr, alias) = match key {
            Key::Field(field) => return self.column(field),
            Key::Kind => return self.column("@kind"),
            Key::Member => return self.column("@member"),
            Key::Time { width_ns } => (self.bin(*width_ns), "time".to_owned()),
            Key::Network {
                field,
                v4_bits,
                v6_bits,
            } => return self.network(field, *v4_bits, *v6_bits),
            Key::Scale { field } => {
                self.lack(format!("{field} is grouped by value, not by its size."));
                return self.column(field);
            }
            Key::If(expr) => {
                let label = label(expr);
                (
                    format!("if({}, 1, 0)", self.said(expr)?.text),
                    format!("is_{label}"),
                )
            }
            Key::First(keys) => {
                let found: Vec<Column> = keys.iter().filter_map(|k| self.key(k)).collect();
                let first = found.first()?;
                let label = first.alias.clone().unwrap_or_else(|| last_part(&first.expr));
                let all: Vec<&str> = found.iter().map(|c| c.expr.as_str()).collect();
                (format!("coalesce({})", all.join(", ")), label)
            }
        };
        let alias = self.alias(&alias);
        Some(Column {
            expr,
            alias: Some(alias),
        })
    }

    /// The time cut to a width that a period can spell, or the nearest such.
    fn bin(&mut self, width_ns: i64) -> String {
        let width = width_ns.max(1);
        let spell = |(unit, ns, most): (&str, i64, i64)| {
            let n = (width.saturating_add(ns / 2) / ns).clamp(1, most);
            (width.abs_diff(n.saturating_mul(ns)), format!("{n}{unit}"))
        };
        // Of several that are as near, the first is in the longest unit.
        let nearest = UNITS.into_iter().map(spell).min_by_key(|(off, _)| *off);
        let (off, period) = nearest.unwrap_or_default();
        if off > 0 {
            self.lack(format!("Time is cut to {period}: the exact width is no period."));
        }
        format!("bin({period})")
    }

    /// An address cut to its network. What the language can not cut stays whole.
    fn network(&mut self, field: &str, v4_bits: u8, v6_bits: u8) -> Option<Column> {
        let name = self.value(field)?;
        let octets = match v4_bits {
            8 | 16 | 24 => usize::from(4 - v4_bits / 8),
            32.. => return self.column(field),
            _ => {
                self.lack(format!(
                    "{} is grouped by address: networks of {v4_bits} bits can not be said.",
                    name.label
                ));
                return self.column(field);
            }
        };
        if v6_bits < 128 {
            self.lack(format!(
                "IPv6 addresses of {} are not cut to networks of {v6_bits} bits.",
                name.label
            ));
        }
        // What has colons or letters at its end is left as it is.
        let tail = match octets {
            1 => "[.][0-9]+$".to_owned(),
            n => format!("([.][0-9]+){{{n}}}$"),
        };
        let with = format!("{}/{v4_bits}", ".0".repeat(octets));
        let alias = self.alias(&format!("{}_net", last_part(&name.label)));
        Some(Column {
            expr: format!(
                "regexReplace({}, {}, {})",
                name.text,
                quoted_text(&tail),
                quoted_text(&with)
            ),
            alias: Some(alias),
        })
    }

    /// An aggregate, and a name for its column.
    fn agg(&mut self, agg: &Agg) -> Option<(String, String)> {
        let (call, prefix, field) = match agg {
            Agg::Count | Agg::CountIf(Expr::All) => return Some((COUNT.to_owned(), "count".to_owned())),
            Agg::CountIf(expr) => {
                let text = format!("sum({})", self.said(expr)?.text);
                return Some((text, format!("count_{}", label(expr))));
            }
            Agg::SumIf(field, expr) => {
                let name = self.value(field)?;
                let text = format!("sum(if({}, {}, 0))", self.said(expr)?.text, name.text);
                let alias = format!("sum_{}_{}", last_part(&name.label), label(expr));
                return Some((text, alias));
            }
            Agg::Sum(field) => ("sum", "sum", field),
            Agg::Min(field) => ("min", "min", field),
            Agg::Max(field) => ("max", "max", field),
            Agg::Distinct(field) => ("count_distinct", "distinct", field),
            Agg::Earliest(field) => ("earliest", "first", field),
            Agg::Latest(field) => ("latest", "last", field),
            Agg::Some(field, _) => ("values", "some", field),
        };
        let name = self.value(field)?;
        let alias = format!("{prefix}_{}", last_part(&name.label));
        Some((format!("{call}({})", name.text), alias))
    }

    /// Where the column of an expression is; it is added if there is none.
    fn place(&mut self, columns: &mut Vec<Column>, expr: String, alias: &str) -> usize {
        if let Some(at) = columns.iter().position(|c| c.expr == expr) {
            return at;
        }
        let alias = Some(self.alias(alias));
        columns.push(Column { expr, alias });
        columns.len() - 1
    }

    /// A name like this one that nothing has yet.
    fn alias(&mut self, wanted: &str) -> String {
        let plain = plain(wanted);
        let numbered = (2u32..).map(|n| format!("{plain}_{n}"));
        let free = std::iter::once(plain.clone())
            .chain(numbered)
            .find(|name| !self.taken.contains(name))
            .unwrap_or(plain);
        self.taken.insert(free.clone());
        free
    }

    /// A name for what one word means in several kinds: the word, unless a field has it.
    fn alias_of_any(&mut self, word: &str) -> String {
        let is_field = self.loaded.iter().any(|f| f.name == word);
        // The question itself took the word by using it.
        if !is_field && plain(word) == word {
            return word.to_owned();
        }
        self.alias(&format!("any_{word}"))
    }
}

/// The last part of a name with periods.
fn last_part(name: &str) -> String {
    name.rsplit('.').next().unwrap_or(name).to_owned()
}

/// A name of letters, digits and `_` alone, and not long.
fn plain(name: &str) -> String {
    const LONGEST: usize = 40;
    let sign = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let out: String = name
        .trim_matches(['@', '`'])
        .chars()
        .map(sign)
        .take(LONGEST)
        .collect();
    match out.chars().next() {
        Some(c) if c.is_ascii_digit() => format!("_{out}"),
        Some(_) => out,
        None => "_".to_owned(),
    }
}

/// A word for a condition, to name a column with: what a field is compared with, or the field of a yes or no.
fn label(expr: &Expr) -> String {
    use crate::base::Value;
    let word = match expr {
        Expr::Compare {
            op: Op::Eq,
            value: Value::Text(text),
            ..
        } if text.len() <= 20 => match text.chars().any(char::is_lowercase) {
            true => text.clone(),
            false => text.to_lowercase(),
        },
        Expr::Compare {
            field,
            op: Op::Eq,
            value: Value::Bool(true),
        }
        | Expr::Exists { field } => last_part(field),
        _ => "if".to_owned(),
    };
    plain(&word)
}

#[cfg(test)]
mod tests;
