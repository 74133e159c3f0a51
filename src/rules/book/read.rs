//! A text → the rules in it, and what is wrong with the others.

use super::fault::{Raw, inside, meant};
use super::kinds::{KINDS, KindFacts, VIEWS, kind_facts};
use super::{Asks, Book, PatternAsk, QueryAsk, WrittenRule, span};
use crate::language::insights::{self, Known};
use crate::language::pattern::Pattern;
use crate::query::text as filter;
use crate::rules::Severity;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Keys of a rule.
const KEYS: &[&str] = &[
    "id",
    "title",
    "severity",
    "text",
    "kinds",
    "pattern",
    "query",
    "group_by",
    "names",
    "threshold",
    "distinct",
    "window",
    "evidence",
    "view",
    "needs",
    "attack",
    "attack_version",
    "source",
];
const OF_PATTERNS: &[&str] = &["distinct", "window", "names"];
const OF_QUERIES: &[&str] = &["evidence"];
/// Keys outside of rules.
const TOP: &[&str] = &["attack_version", "rule"];
const SEVERITIES: [Severity; 5] = [
    Severity::Critical,
    Severity::High,
    Severity::Medium,
    Severity::Low,
    Severity::Info,
];

/// A rule file; rules without a fault are kept whatever stands around them.
pub fn read(text: &str) -> Book {
    let (file, errors) = DeTable::parse_recoverable(text);
    let file = file.get_ref();
    if !errors.is_empty() && is_yaml(text) {
        let says =
            "This looks like YAML. A rule file is TOML: write [[rule]] above each rule, and key = \"value\".";
        return Book {
            rules: Vec::new(),
            faults: vec![Raw::new(0, "yaml", says).of("", text)],
        };
    }
    let mut broken: Vec<Raw> = errors
        .into_iter()
        .map(|e| {
            let at = e.span().map_or(text.len(), |s| s.start);
            Raw::new(
                at,
                "syntax",
                format!("This is no TOML: {}.", e.message().trim_end_matches('.')),
            )
        })
        .collect();
    let mut book = Book::default();
    let mut outside = Vec::new();
    let mut version = None;
    let mut rules: Vec<&Spanned<DeValue<'_>>> = Vec::new();
    for (key, value) in file {
        match (&**key.get_ref(), value.get_ref()) {
            ("rule", DeValue::Array(items)) => rules.extend(items.iter()),
            ("rule", _) => outside.push(Raw::new(
                key.span().start,
                "one-rule",
                "Rules are a list. Write [[rule]], with two brackets, above each.",
            )),
            ("attack_version", DeValue::String(v)) => version = Some(v.to_string()),
            ("attack_version", _) => outside.push(Raw::new(
                value.span().start,
                "wrong-type",
                "The version is a text. Write it in quotes: attack_version = \"16.1\".",
            )),
            (other, _) => outside.push(Raw::new(
                key.span().start,
                "unknown-key",
                format!(
                    "`{other}` is no key of a rule file.{} What belongs to a rule stands below its [[rule]].",
                    meant(other, TOP.iter().copied())
                ),
            )),
        }
    }
    rules.sort_by_key(|r| begins(r));
    for (at, rule) in rules.iter().enumerate() {
        let ends = rules.get(at + 1).map_or(text.len() + 1, |next| begins(next));
        let region = begins(rule)..ends;
        let mut entry = Entry::new(text, rule);
        let written = entry.rule(version.as_deref());
        let called = written.as_ref().map(|w| w.id.clone()).or_else(|| entry.id());
        let name = called.unwrap_or_else(|| format!("rule {}", at + 1));
        let mut faults = std::mem::take(&mut entry.faults);
        while let Some(i) = broken.iter().position(|e| region.contains(&e.at)) {
            faults.push(broken.remove(i));
        }
        if book.rules.iter().any(|r| r.id == name) {
            let says = format!("The id `{name}` is taken by a rule above. Write another.");
            faults.push(Raw::new(entry.place("id"), "duplicate-id", says));
        }
        match written {
            Some(written) if faults.is_empty() => book.rules.push(written),
            _ => {}
        }
        book.faults.extend(faults.into_iter().map(|f| f.of(&name, text)));
    }
    outside.append(&mut broken);
    if book.rules.is_empty() && book.faults.is_empty() && outside.is_empty() {
        outside.push(Raw::new(
            0,
            "no-rule",
            "There is no rule in this file. Each begins with [[rule]].",
        ));
    }
    book.faults.extend(outside.into_iter().map(|f| f.of("", text)));
    book.faults.sort_by_key(|f| (f.line, f.column));
    book
}

/// Does a text begin as YAML does: `---`, `- item` or `key: value`?
fn is_yaml(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim);
    let first = lines.find(|l| !l.is_empty() && !l.starts_with('#'));
    first.is_some_and(|line| {
        let key = line.split_once(':').map(|(key, _)| key.trim());
        let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        line.starts_with("---")
            || line.starts_with("- ")
            || key.is_some_and(|k| !k.is_empty() && k.chars().all(name))
    })
}

/// The first byte of a rule.
fn begins(rule: &Spanned<DeValue<'_>>) -> usize {
    let keys = rule.get_ref().as_table().into_iter().flat_map(DeTable::keys);
    keys.map(|k| k.span().start).fold(rule.span().start, usize::min)
}

/// A text in the file.
struct Spot<'t> {
    text: &'t str,
    span: Range<usize>,
}

/// A rule being read.
struct Entry<'t> {
    /// The whole file.
    file: &'t str,
    table: Option<&'t DeTable<'t>>,
    begins: usize,
    faults: Vec<Raw>,
}

impl<'t> Entry<'t> {
    fn new(file: &'t str, rule: &'t Spanned<DeValue<'t>>) -> Self {
        Entry {
            file,
            table: rule.get_ref().as_table(),
            begins: begins(rule),
            faults: Vec::new(),
        }
    }

    /// The rule, if it is whole; what was wrong is in `faults`.
    fn rule(&mut self, version: Option<&str>) -> Option<WrittenRule> {
        if self.table.is_none() {
            self.fault(
                self.begins,
                "wrong-type",
                "A rule is a table. Write [[rule]] and its keys below.",
            );
        }
        self.unknown_keys();
        let id = self.needed("id").and_then(|id| self.kebab(&id));
        let title = self.needed("title").map(|s| s.text.to_owned());
        let severity = self.needed("severity").and_then(|s| self.severity(&s));
        let text = self.needed("text").map(|s| s.text.trim().to_owned());
        let kinds = self.kinds();
        let first = kinds.first().copied();
        let asks = self.asks();
        let attack = self.attack();
        let own_version = self.text("attack_version").map(|s| s.text.to_owned());
        let needs = self.text("needs").map(|s| s.text.to_owned());
        let source = self.text("source").map(|s| s.text.to_owned());
        let view = self.view();
        let fallback = match &asks {
            Some(Asks::Pattern(_)) => first.map(|k| vec![k.subject.to_owned()]),
            _ => Some(Vec::new()),
        };
        let group_by = self.group_by().or(fallback);
        let own = |pick: fn(&KindFacts) -> &'static str| first.map(|k| pick(k).to_owned());
        Some(WrittenRule {
            id: id?,
            title: title?,
            severity: severity?,
            text: text?,
            asks: asks?,
            group_by: group_by?,
            needs: needs.or_else(|| own(|k| k.needs))?,
            view: view.or_else(|| own(|k| k.view))?,
            attack_version: own_version
                .or_else(|| version.map(str::to_owned))
                .filter(|_| !attack.is_empty()),
            attack,
            source,
            kinds: kinds.iter().map(|k| k.id.to_owned()).collect(),
        })
    }

    /// The id as it is written, if it is a text.
    fn id(&self) -> Option<String> {
        let id = self.get("id")?.get_ref().as_str()?;
        (!id.is_empty()).then(|| id.to_owned())
    }

    fn fault(&mut self, at: usize, what: &'static str, says: impl Into<String>) {
        self.faults.push(Raw::new(at, what, says));
    }

    fn get(&self, key: &str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.table?.get(key)
    }

    /// Where the key stands; the rule's beginning if it is not there.
    fn place(&self, key: &str) -> usize {
        let entry = self.table.and_then(|t| t.get_key_value(key));
        entry.map_or(self.begins, |(key, _)| key.span().start)
    }

    fn unknown_keys(&mut self) {
        for key in self.table.into_iter().flat_map(DeTable::keys) {
            let name = &**key.get_ref();
            if !KEYS.contains(&name) {
                let says = format!(
                    "`{name}` is no key of a rule.{}",
                    match meant(name, KEYS.iter().copied()) {
                        none if none.is_empty() => format!(" There are: {}.", KEYS.join(", ")),
                        near => near,
                    }
                );
                self.fault(key.span().start, "unknown-key", says);
            }
        }
    }

    fn text(&mut self, key: &str) -> Option<Spot<'t>> {
        let value = self.get(key)?;
        let span = value.span();
        match value.get_ref() {
            DeValue::String(s) if s.trim().is_empty() => {
                self.fault(
                    span.start,
                    "empty",
                    format!("`{key}` is empty. Write a text or leave the key out."),
                );
                None
            }
            DeValue::String(s) => Some(Spot { text: s, span }),
            other => {
                let says = format!(
                    "`{key}` is a text, not {}. Write {key} = \"…\".",
                    type_name(other)
                );
                self.fault(span.start, "wrong-type", says);
                None
            }
        }
    }

    fn needed(&mut self, key: &str) -> Option<Spot<'t>> {
        if self.get(key).is_none() {
            self.fault(
                self.begins,
                "missing-key",
                format!("`{key}` is missing. Write {key} = \"…\"."),
            );
        }
        self.text(key)
    }

    /// A list of texts; one text is a list of one.
    fn texts(&mut self, key: &str) -> Option<Vec<Spot<'t>>> {
        let value = self.get(key)?;
        let all = match value.get_ref() {
            DeValue::String(_) => return Some(vec![self.text(key)?]),
            DeValue::Array(items) => items
                .iter()
                .map(|item| {
                    let text = item.get_ref().as_str().filter(|t| !t.trim().is_empty())?;
                    Some(Spot {
                        text,
                        span: item.span(),
                    })
                })
                .collect::<Option<Vec<_>>>(),
            _ => None,
        };
        if all.is_none() {
            let says = format!("`{key}` is a list of texts. Write {key} = [\"…\", \"…\"].");
            self.fault(value.span().start, "wrong-type", says);
        }
        all
    }

    fn kebab(&mut self, id: &Spot<'_>) -> Option<String> {
        let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let kebab = id.text.chars().all(fine) && !id.text.split('-').any(str::is_empty);
        if !kebab {
            let spaced = |c: char| {
                if c.is_ascii_alphanumeric() {
                    c.to_ascii_lowercase()
                } else {
                    ' '
                }
            };
            let words: String = id.text.chars().map(spaced).collect();
            let instead = words.split_whitespace().collect::<Vec<_>>().join("-");
            let write = if instead.is_empty() {
                "trail-stopped"
            } else {
                &instead
            };
            let says = format!("An id is small letters, digits and single hyphens. Write id = \"{write}\".");
            self.fault(id.span.start, "bad-id", says);
        }
        kebab.then(|| id.text.to_owned())
    }

    fn severity(&mut self, written: &Spot<'_>) -> Option<Severity> {
        let found = SEVERITIES.into_iter().find(|s| s.word() == written.text);
        if found.is_none() {
            let words = SEVERITIES.map(Severity::word);
            let says = format!(
                "`{}` is no severity.{} There are: {}.",
                written.text,
                meant(written.text, words),
                words.join(", ")
            );
            self.fault(written.span.start, "unknown-severity", says);
        }
        found
    }

    fn kinds(&mut self) -> Vec<&'static KindFacts> {
        if self.get("kinds").is_none() {
            return kind_facts("cloudtrail").into_iter().collect();
        }
        let Some(written) = self.texts("kinds") else {
            return Vec::new();
        };
        if written.is_empty() {
            let at = self.place("kinds");
            self.fault(at, "empty", "`kinds` is empty. Name a kind or leave the key out.");
        }
        let mut kinds: Vec<&'static KindFacts> = Vec::new();
        for spot in written {
            match kind_facts(spot.text) {
                Some(kind) if kinds.iter().any(|k| k.id == kind.id) => {}
                Some(kind) => kinds.push(kind),
                None => {
                    let ids = || KINDS.iter().map(|k| k.id);
                    let says = format!(
                        "`{}` is no kind of record.{} There are: {}.",
                        spot.text,
                        meant(spot.text, ids()),
                        ids().collect::<Vec<_>>().join(", ")
                    );
                    self.fault(spot.span.start, "unknown-kind", says);
                }
            }
        }
        kinds
    }

    fn view(&mut self) -> Option<String> {
        let spot = self.text("view")?;
        if VIEWS.contains(&spot.text) {
            return Some(spot.text.to_owned());
        }
        let says = format!(
            "`{}` is no view that shows records.{} There are: {}.",
            spot.text,
            meant(spot.text, VIEWS.iter().copied()),
            VIEWS.join(", ")
        );
        self.fault(spot.span.start, "unknown-view", says);
        None
    }

    fn attack(&mut self) -> Vec<String> {
        let written = self.texts("attack").unwrap_or_default();
        let mut ids = Vec::new();
        for spot in written {
            if !is_technique(spot.text) {
                let says = format!(
                    "`{}` is no id of a technique. They look like T1562 or T1562.008.",
                    spot.text
                );
                self.fault(spot.span.start, "bad-technique", says);
            }
            ids.push(spot.text.to_owned());
        }
        ids
    }

    fn group_by(&mut self) -> Option<Vec<String>> {
        let fields = self.texts("group_by")?;
        Some(fields.iter().map(|s| s.text.to_owned()).collect())
    }

    fn threshold(&mut self) -> Option<u64> {
        let value = self.get("threshold")?;
        let number = value.get_ref().as_integer().and_then(|i| {
            let digits: String = i.as_str().chars().filter(|c| *c != '_').collect();
            u64::from_str_radix(digits.trim_start_matches('+'), i.radix()).ok()
        });
        let says = match number {
            Some(1..) => return number,
            Some(0) => "A threshold of 0 would always be reached. Write 1 or more, or leave the key out.",
            _ => "`threshold` is a whole number without quotes. Write threshold = 5.",
        };
        self.fault(value.span().start, "bad-threshold", says);
        None
    }

    fn window(&mut self) -> Option<i64> {
        let spot = self.text("window")?;
        let ns = span::parse(spot.text);
        if ns.is_none() {
            let says = format!(
                "`{}` is no length of time up to ten years. Write a number and s, m, h or d: window = \"10m\".",
                spot.text
            );
            self.fault(spot.span.start, "bad-window", says);
        }
        ns
    }

    fn asks(&mut self) -> Option<Asks> {
        let (has_pattern, has_query) = (self.get("pattern").is_some(), self.get("query").is_some());
        let threshold = self.threshold();
        match (has_pattern, has_query) {
            (true, false) => {
                self.not_of("pattern", OF_QUERIES);
                let pattern = self.text("pattern").and_then(|p| self.checked_pattern(&p));
                let ask = PatternAsk {
                    distinct: self.text("distinct").map(|s| s.text.to_owned()),
                    window_ns: self.window(),
                    names: self.text("names").map(|s| s.text.to_owned()),
                    threshold: threshold.unwrap_or(1),
                    pattern: pattern?,
                };
                Some(Asks::Pattern(ask))
            }
            (false, true) => {
                self.not_of("query", OF_PATTERNS);
                let query = self.text("query").and_then(|q| self.checked_query(&q));
                let evidence = self.text("evidence").and_then(|e| self.checked_filter(&e));
                let ask = QueryAsk {
                    query: query?,
                    threshold,
                    evidence,
                };
                Some(Asks::Query(ask))
            }
            (true, true) => {
                let at = self.place("query");
                self.fault(
                    at,
                    "two-questions",
                    "A rule has a pattern or a query, not both. Make two rules of it.",
                );
                None
            }
            (false, false) => {
                self.fault(
                    self.begins,
                    "no-question",
                    "A rule needs `pattern` (a filter pattern) or `query` (a Logs Insights query).",
                );
                None
            }
        }
    }

    /// Keys that mean nothing to a rule of this sort.
    fn not_of(&mut self, sort: &str, keys: &[&str]) {
        for key in keys {
            if self.get(key).is_none() {
                continue;
            }
            let says = match sort {
                "query" => {
                    format!("`{key}` is for patterns. Say it in the query: count_distinct, bin, values.")
                }
                _ => format!("`{key}` is for queries. Of a pattern the records it takes are shown."),
            };
            self.fault(self.place(key), "wrong-key", says);
        }
    }

    fn checked_pattern(&mut self, written: &Spot<'_>) -> Option<String> {
        let text = written.text.trim();
        match Pattern::parse(text) {
            Ok(_) => Some(text.to_owned()),
            Err(fault) => {
                let at = inside(self.file, &written.span, text, fault.at);
                self.fault(at, "bad-pattern", format!("The pattern: {fault}"));
                None
            }
        }
    }

    fn checked_query(&mut self, written: &Spot<'_>) -> Option<String> {
        let text = written.text.trim();
        let kinds: Vec<&str> = KINDS.iter().map(|k| k.id).collect();
        let known = Known {
            kinds: &kinds,
            fields: &[],
        };
        let columns: Vec<String> = match insights::parse(text, &known) {
            Ok(program) => program.columns().into_iter().map(str::to_owned).collect(),
            Err(fault) => {
                let at = inside(self.file, &written.span, text, fault.at);
                self.fault(at, "bad-query", format!("The query: {fault}"));
                return None;
            }
        };
        for spot in self.texts("group_by").unwrap_or_default() {
            if !columns.iter().any(|c| c == spot.text) {
                let names = || columns.iter().map(String::as_str);
                let says = format!(
                    "The query's result has no column `{}`.{} It has: {}.",
                    spot.text,
                    meant(spot.text, names()),
                    columns.join(", ")
                );
                self.fault(spot.span.start, "unknown-column", says);
            }
        }
        Some(text.to_owned())
    }

    fn checked_filter(&mut self, written: &Spot<'_>) -> Option<String> {
        match filter::parse(written.text) {
            Ok(_) => Some(written.text.to_owned()),
            Err(why) => {
                self.fault(written.span.start, "bad-evidence", format!("The evidence: {why}"));
                None
            }
        }
    }
}

/// `T1562` or `T1562.008`.
fn is_technique(text: &str) -> bool {
    let digits = |s: &str, n: usize| s.len() == n && s.bytes().all(|b| b.is_ascii_digit());
    let (technique, sub) = text.split_once('.').unwrap_or((text, "000"));
    technique.strip_prefix('T').is_some_and(|t| digits(t, 4)) && digits(sub, 3)
}

fn type_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
