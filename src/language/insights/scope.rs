//! Which names an expression may use, and what they stand for.

use super::code::Code;
use super::path::Path;

/// Names made by commands. While it is open, every other name is a field of the record.
#[derive(Default)]
pub struct Scope {
    names: Vec<(String, Code)>,
    /// Expressions that are columns, in canonical text: `bin(5m)` behind `by bin(5m)`.
    written: Vec<(String, Code)>,
    /// After stats and pattern only their columns exist.
    pub closed: bool,
}

impl Scope {
    /// Without the records' fields.
    pub fn closed() -> Scope {
        Scope {
            closed: true,
            ..Scope::default()
        }
    }

    pub fn has(&self, name: &str) -> bool {
        self.names.iter().any(|(n, _)| n == name)
    }

    pub fn names(&self) -> Vec<String> {
        self.names.iter().map(|(name, _)| name.clone()).collect()
    }

    pub fn define(&mut self, name: String, code: Code) {
        self.names.push((name, code));
    }

    pub fn define_written(&mut self, text: String, code: Code) {
        self.written.push((text, code));
    }

    pub fn written(&self, text: &str) -> Option<Code> {
        self.written
            .iter()
            .find(|(t, _)| t == text)
            .map(|(_, code)| code.clone())
    }

    fn get(&self, name: &str) -> Option<Code> {
        self.names
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, code)| code.clone())
    }

    /// The whole name, or as many of its first parts as are a name, and the way inside.
    pub fn find(&self, parts: &[String]) -> Option<Code> {
        if let Some(code) = self.get(&parts.join(".")) {
            return Some(code);
        }
        (1..parts.len()).rev().find_map(|n| {
            let (head, path) = parts.split_at(n);
            let base = Box::new(self.get(&head.join("."))?);
            Some(Code::Inside(base, Path::new(path.iter().map(String::as_str))))
        })
    }
}
