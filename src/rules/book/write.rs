//! Rules → the text of a file that is read as the same rules.

use super::kinds::kind_facts;
use super::{Asks, WrittenRule, span};
use std::fmt::Write;

/// The rules as a file. What a rule would get anyway is left out.
pub fn write(rules: &[WrittenRule]) -> String {
    let mut out = String::new();
    // One version for all stands at the top; of several, each rule names its own.
    let mut versions: Vec<&str> = rules.iter().filter_map(|r| r.attack_version.as_deref()).collect();
    versions.sort_unstable();
    versions.dedup();
    let every = rules
        .iter()
        .all(|r| r.attack.is_empty() || r.attack_version.is_some());
    let common = versions.first().copied().filter(|_| versions.len() == 1 && every);
    if let Some(version) = common {
        text(&mut out, "attack_version", version);
    }
    for rule in rules {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str("[[rule]]\n");
        one(&mut out, rule, common);
    }
    out
}

fn one(out: &mut String, rule: &WrittenRule, common: Option<&str>) {
    text(out, "id", &rule.id);
    text(out, "title", &rule.title);
    text(out, "severity", rule.severity.word());
    text(out, "text", &rule.text);
    if rule.kinds != ["cloudtrail"] {
        texts(out, "kinds", &rule.kinds);
    }
    let facts = rule.kinds.first().and_then(|k| kind_facts(k));
    let mut usual: Vec<&str> = Vec::new();
    match &rule.asks {
        Asks::Pattern(ask) => {
            usual.extend(facts.map(|k| k.subject));
            text(out, "pattern", &ask.pattern);
            if ask.threshold != 1 {
                number(out, "threshold", ask.threshold);
            }
            some(out, "distinct", ask.distinct.as_deref());
            some(out, "window", ask.window_ns.map(span::text).as_deref());
            some(out, "names", ask.names.as_deref());
        }
        Asks::Query(ask) => {
            text(out, "query", &ask.query);
            if let Some(least) = ask.threshold {
                number(out, "threshold", least);
            }
            some(out, "evidence", ask.evidence.as_deref());
        }
    }
    if rule.group_by != usual {
        texts(out, "group_by", &rule.group_by);
    }
    let unusual = |own: &str, usual: Option<&str>| usual != Some(own);
    if unusual(&rule.view, facts.map(|k| k.view)) {
        text(out, "view", &rule.view);
    }
    if unusual(&rule.needs, facts.map(|k| k.needs)) {
        text(out, "needs", &rule.needs);
    }
    if !rule.attack.is_empty() {
        texts(out, "attack", &rule.attack);
    }
    let version = rule.attack_version.as_deref();
    some(out, "attack_version", version.filter(|v| common != Some(v)));
    some(out, "source", rule.source.as_deref());
}

fn some(out: &mut String, key: &str, value: Option<&str>) {
    if let Some(value) = value {
        text(out, key, value);
    }
}

fn text(out: &mut String, key: &str, value: &str) {
    let _ = writeln!(out, "{key} = {}", quoted(value));
}

fn number(out: &mut String, key: &str, value: u64) {
    let _ = writeln!(out, "{key} = {value}");
}

fn texts(out: &mut String, key: &str, values: &[String]) {
    let all: Vec<String> = values.iter().map(|v| quoted(v)).collect();
    let _ = writeln!(out, "{key} = [{}]", all.join(", "));
}

/// A text as TOML: in the quotes that leave it as it is, where some do.
fn quoted(value: &str) -> String {
    let plain = |c: char| !c.is_control();
    if value.chars().all(|c| plain(c) && c != '"' && c != '\\') {
        return format!("\"{value}\"");
    }
    if value.chars().all(|c| plain(c) && c != '\'') {
        return format!("'{value}'");
    }
    if value.contains('\n') && !value.contains('\'') && value.chars().all(|c| plain(c) || c == '\n') {
        return format!("'''\n{value}'''");
    }
    let mut out = String::from('"');
    for c in value.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(out, "\\U{:08X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
