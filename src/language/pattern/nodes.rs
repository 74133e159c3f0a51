//! What a selector finds, wherever the JSON event is kept.

use super::selector::{Selector, Step};
use crate::language::json::{Item, Json, Kind, Tape};

/// A value that a selector found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Node<'a> {
    Null,
    Bool(bool),
    /// Its text in the source.
    Number(&'a str),
    String(&'a str),
    /// An object or array: there is such a value, and nothing compares with it.
    Container,
}

/// One JSON object, as text, as columns or otherwise.
pub trait Nodes {
    /// Hands over every value that the selector stands for, in the order of the source, until `each` returns false. Nothing
    /// when there is none: a key on what is no object, an index past the end.
    fn select(&self, selector: &Selector, each: &mut dyn FnMut(Node<'_>) -> bool);
}

impl Nodes for Tape<'_> {
    fn select(&self, selector: &Selector, each: &mut dyn FnMut(Node<'_>) -> bool) {
        if let Some(root) = self.root() {
            walk(root, &selector.steps, each);
        }
    }
}

impl Nodes for Item<'_> {
    fn select(&self, selector: &Selector, each: &mut dyn FnMut(Node<'_>) -> bool) {
        walk(*self, &selector.steps, each);
    }
}

impl Nodes for Json {
    fn select(&self, selector: &Selector, each: &mut dyn FnMut(Node<'_>) -> bool) {
        walk(self, &selector.steps, each);
    }
}

/// A JSON value that steps lead into.
trait Inside: Copy {
    fn key(self, key: &str) -> Option<Self>;
    fn index(self, index: usize) -> Option<Self>;
    fn keys(self, each: &mut dyn FnMut(Self) -> bool) -> bool;
    fn indexes(self, each: &mut dyn FnMut(Self) -> bool) -> bool;
    fn node(self, each: &mut dyn FnMut(Node<'_>) -> bool) -> bool;
}

/// False when `each` has seen enough. Recursion goes no deeper than the JSON does.
fn walk<I: Inside>(from: I, steps: &[Step], each: &mut dyn FnMut(Node<'_>) -> bool) -> bool {
    let mut at = from;
    let mut steps = steps.iter();
    while let Some(step) = steps.next() {
        let found = match step {
            Step::Key(key) => at.key(key),
            Step::Index(index) => at.index(*index),
            Step::AnyKey => return at.keys(&mut |inner| walk(inner, steps.as_slice(), each)),
            Step::AnyIndex => return at.indexes(&mut |inner| walk(inner, steps.as_slice(), each)),
        };
        match found {
            Some(inner) => at = inner,
            None => return true,
        }
    }
    at.node(each)
}

impl Inside for Item<'_> {
    fn key(self, key: &str) -> Option<Self> {
        self.get(key)
    }

    fn index(self, index: usize) -> Option<Self> {
        self.elements().nth(index)
    }

    fn keys(self, each: &mut dyn FnMut(Self) -> bool) -> bool {
        self.values().all(each)
    }

    fn indexes(self, each: &mut dyn FnMut(Self) -> bool) -> bool {
        self.elements().all(each)
    }

    fn node(self, each: &mut dyn FnMut(Node<'_>) -> bool) -> bool {
        match self.kind() {
            Kind::Null => each(Node::Null),
            Kind::True => each(Node::Bool(true)),
            Kind::False => each(Node::Bool(false)),
            Kind::Number => each(Node::Number(self.source())),
            Kind::Plain | Kind::Escaped => each(Node::String(&self.text())),
            Kind::Array | Kind::Object => each(Node::Container),
        }
    }
}

impl Inside for &Json {
    fn key(self, key: &str) -> Option<Self> {
        self.get(key)
    }

    fn index(self, index: usize) -> Option<Self> {
        self.at(index)
    }

    fn keys(self, each: &mut dyn FnMut(Self) -> bool) -> bool {
        match self {
            Json::Object(members) => members.iter().all(|(_, value)| each(value)),
            _ => true,
        }
    }

    fn indexes(self, each: &mut dyn FnMut(Self) -> bool) -> bool {
        match self {
            Json::Array(elements) => elements.iter().all(each),
            _ => true,
        }
    }

    fn node(self, each: &mut dyn FnMut(Node<'_>) -> bool) -> bool {
        match self {
            Json::Null => each(Node::Null),
            Json::Bool(b) => each(Node::Bool(*b)),
            Json::Number(source) => each(Node::Number(source)),
            Json::String(text) => each(Node::String(text)),
            Json::Array(_) | Json::Object(_) => each(Node::Container),
        }
    }
}
