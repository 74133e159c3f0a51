//! What a question calls a field, and how the language does.

use super::Writer;
use crate::base::{FieldType, Role};
use crate::language::insights::field_text;

/// A name in the language: a field, or the first of several fields that a record has.
pub(super) struct Name {
    pub text: String,
    /// As the question has it.
    pub label: String,
    /// It is one field, and no expression.
    pub is_field: bool,
    /// Of its fields; empty where none is known.
    pub types: Vec<FieldType>,
}

impl Name {
    fn has(&self, ty: FieldType) -> bool {
        self.types.contains(&ty)
    }

    /// Are some of its values lists?
    pub fn has_lists(&self) -> bool {
        self.has(FieldType::List)
    }

    /// Are some of its values no lists?
    pub fn has_others(&self) -> bool {
        self.types.is_empty() || self.types.iter().any(|t| *t != FieldType::List)
    }

    pub fn has_times(&self) -> bool {
        self.has(FieldType::Time)
    }

    pub fn may_be_address(&self) -> bool {
        self.types.is_empty() || self.has(FieldType::Address)
    }

    pub fn is_address(&self) -> bool {
        self.has(FieldType::Address)
    }

    pub fn is_integer(&self) -> bool {
        !self.types.is_empty() && self.types.iter().all(|t| *t == FieldType::Integer)
    }
}

/// Backticks hold no backtick, and `@` alone is no name.
fn spelled(name: &str) -> Option<String> {
    let first = name.split('.').next().unwrap_or_default();
    let is_sayable = !name.contains('`') && !first.trim_start_matches('@').is_empty();
    is_sayable.then(|| field_text(name))
}

impl Writer<'_> {
    /// The field of a condition; `None`, and a lack, where the language has no word for it.
    pub(super) fn name(&mut self, field: &str) -> Option<Name> {
        let name = match field {
            "@member" | "@offset" | "@length" => None,
            _ => self.resolved(field),
        };
        if name.is_none() {
            self.lack(format!(
                "The language has no word for {}: what asks for it is left out.",
                field.chars().take(60).collect::<String>()
            ));
        }
        name
    }

    /// A field whose values are told. A member is told by its path.
    pub(super) fn value(&mut self, field: &str) -> Option<Name> {
        self.name(if field == "@member" { "@source" } else { field })
    }

    fn resolved(&self, field: &str) -> Option<Name> {
        let mut texts: Vec<String> = Vec::new();
        let mut types = Vec::new();
        for (name, ty) in self.fields(field) {
            let text = spelled(name)?;
            if !texts.contains(&text) {
                texts.push(text);
            }
            types.push(ty);
        }
        if texts.is_empty() {
            texts.push(spelled(match field {
                "kind" => "@kind",
                name => name,
            })?);
        }
        if texts.iter().all(|t| t == "@timestamp") {
            types = vec![FieldType::Time];
        }
        let is_field = texts.len() == 1;
        let text = match is_field {
            true => texts.concat(),
            false => format!("coalesce({})", texts.join(", ")),
        };
        Some(Name {
            text,
            label: field.to_owned(),
            is_field,
            types,
        })
    }

    /// What a name stands for in each kind: its field of this name, else its field of this role. The time of a record is
    /// `@timestamp` in every kind, where it is a time; by its own name it is a text or a number.
    fn fields(&self, name: &str) -> Vec<(&str, FieldType)> {
        let role = Role::from_word(name);
        let mut kinds: Vec<&str> = Vec::new();
        for field in &self.known {
            if !kinds.contains(&field.kind.as_str()) {
                kinds.push(&field.kind);
            }
        }
        let of_kind = |kind: &str| {
            let mine = || self.known.iter().filter(|f| f.kind == kind);
            let by_role = || mine().find(|f| role.is_some() && f.role == role);
            mine().find(|f| f.name == name).or_else(by_role)
        };
        kinds
            .into_iter()
            .filter_map(of_kind)
            .map(|f| match f.role {
                Some(Role::Time) => ("@timestamp", f.ty),
                _ => (f.name.as_str(), f.ty),
            })
            .collect()
    }
}
