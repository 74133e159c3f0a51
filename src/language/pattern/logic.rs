//! Tests joined by `&&`, `||` and parentheses. `&&` binds more tightly.

use super::cursor::Cursor;
use crate::language::Fault;
use std::fmt;

/// A condition over tests of one kind. Parentheses around one thing alone leave no trace.
#[derive(Clone, Debug)]
pub enum Logic<T> {
    Test(T),
    /// Joined by `&&`.
    All(Vec<Logic<T>>),
    /// Joined by `||`.
    Any(Vec<Logic<T>>),
}

impl<T> Logic<T> {
    /// No deeper than the pattern's length allows: each level is written in several characters.
    pub fn holds(&self, test: &mut dyn FnMut(&T) -> bool) -> bool {
        match self {
            Logic::Test(one) => test(one),
            Logic::All(parts) => parts.iter().all(|p| p.holds(test)),
            Logic::Any(parts) => parts.iter().any(|p| p.holds(test)),
        }
    }

    /// The same where it is not known of every test whether it holds: `None` when that leaves it open.
    pub fn holds_as_far_as(&self, test: &mut dyn FnMut(&T) -> Option<bool>) -> Option<bool> {
        let (parts, ends_with) = match self {
            Logic::Test(one) => return test(one),
            Logic::All(parts) => (parts, false),
            Logic::Any(parts) => (parts, true),
        };
        let mut all = Some(!ends_with);
        for part in parts {
            match part.holds_as_far_as(test) {
                Some(holds) if holds == ends_with => return Some(ends_with),
                Some(_) => {}
                None => all = None,
            }
        }
        all
    }

    /// Every test, as they stand in the text.
    pub fn tests<'a>(&'a self, each: &mut dyn FnMut(&'a T)) {
        match self {
            Logic::Test(one) => each(one),
            Logic::All(parts) | Logic::Any(parts) => parts.iter().for_each(|p| p.tests(each)),
        }
    }

    /// Reads a condition up to where it can not go on. Parentheses may nest as deeply as they like: they are kept in a list.
    pub(super) fn read(
        cursor: &mut Cursor,
        test: &mut dyn FnMut(&mut Cursor) -> Result<T, Fault>,
    ) -> Result<Self, Fault> {
        let mut outer: Vec<Level<T>> = Vec::new();
        let mut level = Level::new();
        loop {
            cursor.space();
            if cursor.eat("(") {
                outer.push(std::mem::replace(&mut level, Level::new()));
                continue;
            }
            level.all.push(Logic::Test(test(cursor)?));
            // Behind a test or a closing parenthesis.
            loop {
                cursor.space();
                if cursor.eat("&&") {
                    break;
                }
                if cursor.eat("||") {
                    level.or();
                    break;
                }
                let done = level.done();
                let Some(around) = outer.pop() else {
                    return Ok(done);
                };
                if !cursor.eat(")") {
                    return Err(open_parenthesis(cursor));
                }
                level = around;
                level.all.push(done);
            }
        }
    }
}

fn open_parenthesis(cursor: &Cursor) -> Fault {
    match cursor.peek() {
        None | Some(',' | ']' | '}') => cursor.fault(
            "expected-paren",
            format!(
                "A ) is expected here, not {}: a parenthesis is still open.",
                cursor.found()
            ),
        ),
        Some(_) => unexpected(cursor),
    }
}

/// What can not stand behind a test.
pub(super) fn unexpected(cursor: &Cursor) -> Fault {
    cursor.fault(
        "unexpected",
        format!(
            "{} can not stand here. Join conditions with && or ||.",
            cursor.found()
        ),
    )
}

/// What is read between two parentheses.
struct Level<T> {
    any: Vec<Logic<T>>,
    all: Vec<Logic<T>>,
}

impl<T> Level<T> {
    fn new() -> Self {
        Level {
            any: Vec::new(),
            all: Vec::new(),
        }
    }

    fn or(&mut self) {
        let all = std::mem::take(&mut self.all);
        self.any.push(one_or(all, Logic::All));
    }

    fn done(mut self) -> Logic<T> {
        self.or();
        one_or(self.any, Logic::Any)
    }
}

fn one_or<T>(mut parts: Vec<Logic<T>>, several: fn(Vec<Logic<T>>) -> Logic<T>) -> Logic<T> {
    match parts.pop() {
        Some(one) if parts.is_empty() => one,
        last => {
            parts.extend(last);
            several(parts)
        }
    }
}

impl<T: fmt::Display> fmt::Display for Logic<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (parts, sign) = match self {
            Logic::Test(test) => return test.fmt(f),
            Logic::All(parts) => (parts, " && "),
            Logic::Any(parts) => (parts, " || "),
        };
        for (i, part) in parts.iter().enumerate() {
            if i > 0 {
                f.write_str(sign)?;
            }
            match (self, part) {
                (_, Logic::Test(_)) | (Logic::Any(_), Logic::All(_)) => part.fmt(f)?,
                _ => write!(f, "({part})")?,
            }
        }
        Ok(())
    }
}
