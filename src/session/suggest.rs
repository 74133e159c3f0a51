//! Which field does a person mean? Those they ask for most come first.

use super::{FieldState, KindState};
use crate::base::{FieldType, Role};

/// What people ask for, the most frequent first.
const ASKED: [Role; 14] = [
    Role::Actor,
    Role::Action,
    Role::Outcome,
    Role::SourceAddress,
    Role::DestinationAddress,
    Role::DestinationPort,
    Role::Resource,
    Role::Severity,
    Role::Service,
    Role::ResourceType,
    Role::Status,
    Role::Credential,
    Role::Account,
    Role::Region,
];

/// A kind with fewer records than this part of the largest one lies beside it: its fields come later.
const FEW: u64 = 20;

/// A field to suggest: its name, and what it is in words.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldHint {
    pub name: String,
    pub note: String,
}

/// Fields whose name contains what is typed, best first: those that begin with it, those with a role that people ask for
/// (of the kinds with most records first), those that tables show, words for roles, the rest. One line for all kinds that
/// share a name.
pub fn fields_like(fields: &[FieldState], kinds: &[KindState], typed: &str, most: usize) -> Vec<FieldHint> {
    let typed = typed.trim().to_ascii_lowercase();
    let rows = |kind: &str| kinds.iter().find(|k| k.kind == kind).map_or(0, |k| k.rows);
    let shown = |name: &str| kinds.iter().any(|k| k.columns.iter().any(|c| c == name));
    let most_rows = kinds.iter().map(|k| k.rows).max().unwrap_or(0);
    // What a person opened mostly, and what lies beside it.
    let is_beside = |rows: u64| rows.saturating_mul(FEW) < most_rows;
    let role_at = |role: Option<Role>| {
        let at = role.and_then(|r| ASKED.iter().position(|a| *a == r));
        at.unwrap_or(ASKED.len())
    };
    // Smaller is better; the rows of the kind count downwards.
    type Rank = (bool, bool, bool, usize, u8, std::cmp::Reverse<u64>, String);
    let mut ranked: Vec<(Rank, FieldHint)> = Vec::new();
    let mut add = |name: &str, role: usize, class: u8, rows: u64, note: String| {
        let low = name.to_ascii_lowercase();
        if low.contains(&typed) {
            let rank = (
                !low.starts_with(&typed),
                role == ASKED.len(),
                is_beside(rows) && role < ASKED.len(),
                role,
                class,
                std::cmp::Reverse(rows),
                name.to_owned(),
            );
            let name = name.to_owned();
            ranked.push((rank, FieldHint { name, note }));
        }
    };
    for f in fields {
        let note = match f.role.filter(|r| !r.word().eq_ignore_ascii_case(&f.name)) {
            Some(role) => format!("{}, {}, {}", role.word(), type_word(f.ty), f.kind),
            None => format!("{}, {}", type_word(f.ty), f.kind),
        };
        let class = if shown(&f.name) { 0 } else { 2 };
        add(&f.name, role_at(f.role), class, rows(&f.kind), note);
    }
    for (word, role) in Role::WORDS {
        if fields.iter().any(|f| f.role == Some(*role)) {
            add(word, ASKED.len(), 1, 0, "in every kind".to_owned());
        }
    }
    ranked.sort_by(|a, b| a.0.cmp(&b.0));
    let mut out: Vec<FieldHint> = Vec::new();
    for (_, hint) in ranked {
        if out.len() < most && !out.iter().any(|h| h.name == hint.name) {
            out.push(hint);
        }
    }
    out
}

/// Names of fields that may be meant by one that no record has, at most three.
pub fn near_names(fields: &[FieldState], name: &str) -> Vec<String> {
    let plain = |s: &str| {
        let kept = s.chars().filter(char::is_ascii_alphanumeric);
        kept.map(|c| c.to_ascii_lowercase()).collect::<String>()
    };
    let wanted = plain(name);
    let mut near: Vec<&str> = fields
        .iter()
        .map(|f| f.name.as_str())
        .filter(|n| {
            let n = plain(n);
            wanted.len() > 2 && n.len() > 2 && (n.contains(&wanted) || wanted.contains(&n))
        })
        .collect();
    near.sort_by_key(|n| (n.len().abs_diff(name.len()), *n));
    near.dedup();
    near.into_iter().take(3).map(str::to_owned).collect()
}

/// A type of fields in words.
pub fn type_word(ty: FieldType) -> &'static str {
    match ty {
        FieldType::Text => "text",
        FieldType::Address => "address or CIDR",
        FieldType::List => "list",
        FieldType::Integer | FieldType::Decimal | FieldType::Float => "number",
        FieldType::Time => "time",
        FieldType::Bool => "true or false",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(kind: &str, name: &str, role: Option<Role>) -> FieldState {
        FieldState {
            kind: kind.into(),
            name: name.into(),
            ty: FieldType::Text,
            role,
            unit: String::new(),
        }
    }

    fn names(typed: &str) -> Vec<String> {
        let fields = [
            field("guard", "who", Some(Role::Actor)),
            field("flow", "account-id", Some(Role::Account)),
            field("flow", "action", Some(Role::Outcome)),
            field("flow", "srcaddr", Some(Role::SourceAddress)),
            field("trail", "additionalEventData", None),
            field("trail", "eventName", Some(Role::Action)),
            field("trail", "outcome", Some(Role::Outcome)),
            field("trail", "principal", Some(Role::Actor)),
            field("trail", "sourceIPAddress", Some(Role::SourceAddress)),
        ];
        let kind = |kind: &str, rows: u64| KindState {
            kind: kind.into(),
            title: kind.into(),
            group: crate::base::Group::AwsService,
            columns: Vec::new(),
            rows,
            memory: 0,
            span: None,
            dedupe: false,
        };
        let kinds = [kind("trail", 50), kind("flow", 90), kind("guard", 1)];
        let found = fields_like(&fields, &kinds, typed, 30);
        found.into_iter().map(|h| h.name).collect()
    }

    #[test]
    fn what_people_ask_for_comes_first() {
        let first = names("");
        assert_eq!(
            first[..8],
            [
                "principal",
                "eventName",
                "action",
                "outcome",
                "srcaddr",
                "sourceIPAddress",
                "account-id",
                "who"
            ]
        );
        assert_eq!(first.last().map(String::as_str), Some("additionalEventData"));
    }

    #[test]
    fn a_name_that_begins_with_what_is_typed_comes_before_one_that_contains_it() {
        assert_eq!(names("AC")[..2], ["action", "account-id"]);
        assert_eq!(names("address"), ["sourceIPAddress"]);
    }
}
