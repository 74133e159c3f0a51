//! A value in sixteen bytes: texts are numbers of a list kept beside.

use crate::base::Value;
use crate::base::value::LIST_SEPARATOR;
use crate::table::{Code, Pool};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::cmp::Ordering;

/// A [`Value`] whose text stands elsewhere, so that it can be copied, hashed and compared without allocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) enum Atom {
    Absent,
    Bool(bool),
    Int(i64),
    Time(i64),
    /// The bits of a float.
    Float(u64),
    Text(u32),
    /// A list as one text, its items joined by [`LIST_SEPARATOR`].
    List(u32),
}

/// Where the texts of atoms stand.
pub(super) trait Texts {
    fn text(&self, number: u32) -> Cow<'_, str>;
}

impl Atom {
    pub fn float(f: f64) -> Atom {
        // Adding zero makes one group of 0.0 and -0.0.
        Atom::Float((f + 0.0).to_bits())
    }

    pub fn is_absent(self) -> bool {
        self == Atom::Absent
    }

    /// The same atom with its text under another number.
    pub fn renumbered(self, number: impl FnOnce(u32) -> u32) -> Atom {
        match self {
            Atom::Text(n) => Atom::Text(number(n)),
            Atom::List(n) => Atom::List(number(n)),
            other => other,
        }
    }

    pub fn value(self, texts: &impl Texts) -> Value {
        match self {
            Atom::Text(n) => Value::Text(texts.text(n).into_owned()),
            Atom::List(n) => list(&texts.text(n)),
            other => other.scalar(),
        }
    }

    fn scalar(self) -> Value {
        match self {
            Atom::Bool(b) => Value::Bool(b),
            Atom::Int(n) => Value::Int(n),
            Atom::Time(n) => Value::Time(n),
            Atom::Float(bits) => Value::Float(f64::from_bits(bits)),
            Atom::Absent | Atom::Text(_) | Atom::List(_) => Value::Absent,
        }
    }

    /// The order of [`Value::order`]; values of different types that it calls equal are told apart, so that only
    /// equal atoms are.
    pub fn order(self, other: Atom, texts: &impl Texts) -> Ordering {
        match (self, other) {
            (Atom::Int(a), Atom::Int(b)) | (Atom::Time(a), Atom::Time(b)) => a.cmp(&b),
            (Atom::Text(a) | Atom::List(a), Atom::Text(b) | Atom::List(b)) => {
                let by_text = || texts.text(a).as_bytes().cmp(texts.text(b).as_bytes());
                let equal = if a == b { Ordering::Equal } else { by_text() };
                equal.then(self.kind().cmp(&other.kind()))
            }
            (Atom::Text(_) | Atom::List(_), _) => Ordering::Greater,
            (_, Atom::Text(_) | Atom::List(_)) => Ordering::Less,
            (a, b) => a.scalar().order(&b.scalar()).then(self.kind().cmp(&other.kind())),
        }
    }

    fn kind(self) -> u8 {
        match self {
            Atom::Absent => 0,
            Atom::Bool(_) => 1,
            Atom::Int(_) => 2,
            Atom::Time(_) => 3,
            Atom::Float(_) => 4,
            Atom::Text(_) => 5,
            Atom::List(_) => 6,
        }
    }
}

fn list(text: &str) -> Value {
    Value::List(
        text.split(char::from(LIST_SEPARATOR[0]))
            .map(str::to_owned)
            .collect(),
    )
}

/// The texts of a partial answer, one after another.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct TextList {
    all: String,
    ends: Vec<u64>,
}

impl TextList {
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn push(&mut self, text: &str) -> u32 {
        self.all.push_str(text);
        self.ends.push(self.all.len() as u64);
        (self.ends.len() - 1) as u32
    }

    pub fn get(&self, number: u32) -> &str {
        let at = number as usize;
        let start = at.checked_sub(1).and_then(|p| self.ends.get(p)).copied();
        let end = self.ends.get(at).copied().unwrap_or(0);
        self.all
            .get(start.unwrap_or(0) as usize..end as usize)
            .unwrap_or("")
    }
}

impl Texts for TextList {
    fn text(&self, number: u32) -> Cow<'_, str> {
        Cow::Borrowed(self.get(number))
    }
}

/// Texts made while a question runs (a network, a kind's id) that the shard's pool need not have.
#[derive(Default)]
pub(super) struct MadeTexts(Pool);

/// Marks the number of a made text; pool codes stay below it.
const MADE: u32 = 1 << 31;

impl MadeTexts {
    pub fn number(&mut self, text: &str, pool: &Pool) -> Code {
        match pool.find(text.as_bytes()) {
            Some(code) => code,
            None => self.0.intern(text.as_bytes()) | MADE,
        }
    }

    pub fn with<'a>(&'a self, pool: &'a Pool) -> ShardTexts<'a> {
        ShardTexts { pool, made: &self.0 }
    }
}

/// The texts of a running question: the shard's and those made.
#[derive(Clone, Copy)]
pub(super) struct ShardTexts<'a> {
    pool: &'a Pool,
    made: &'a Pool,
}

impl Texts for ShardTexts<'_> {
    fn text(&self, number: u32) -> Cow<'_, str> {
        if number & MADE == 0 {
            self.pool.text(number)
        } else {
            self.made.text(number & !MADE)
        }
    }
}
