//! A value in sixteen bytes: texts are numbers of a list kept beside.

use super::wire;
use crate::base::Value;
use crate::base::hash::FastHash;
use crate::base::value::LIST_SEPARATOR;
use crate::table::{Code, Pool};
use hashbrown::HashTable;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::hash::BuildHasher;

/// A [`Value`] whose text stands elsewhere, so that it can be copied, hashed and compared without allocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) enum Atom {
    Absent,
    Bool(bool),
    Int(i64),
    Time(i64),
    /// The bits of a float.
    Float(u64),
    /// Units of an exact decimal.
    Decimal(i64),
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
            Atom::Decimal(units) => Value::Decimal(units.into()),
            Atom::Absent | Atom::Text(_) | Atom::List(_) => Value::Absent,
        }
    }

    /// The order of [`Value::order`]; values of different types that it calls equal are told apart, so that only
    /// equal atoms are.
    pub fn order(self, other: Atom, texts: &impl Texts) -> Ordering {
        match (self, other) {
            (Atom::Int(a), Atom::Int(b))
            | (Atom::Time(a), Atom::Time(b))
            | (Atom::Decimal(a), Atom::Decimal(b)) => a.cmp(&b),
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

    /// The kind of value and its bits.
    pub fn parts(self) -> (u8, u64) {
        let bits = match self {
            Atom::Absent => 0,
            Atom::Bool(b) => b.into(),
            Atom::Int(n) | Atom::Time(n) | Atom::Decimal(n) => n as u64,
            Atom::Float(bits) => bits,
            Atom::Text(n) | Atom::List(n) => n.into(),
        };
        (self.kind(), bits)
    }

    fn of_parts(kind: u8, bits: u64) -> Option<Atom> {
        Some(match kind {
            0 => Atom::Absent,
            1 => Atom::Bool(bits != 0),
            2 => Atom::Int(bits as i64),
            3 => Atom::Time(bits as i64),
            4 => Atom::Float(bits),
            5 => Atom::Text(bits as u32),
            6 => Atom::List(bits as u32),
            7 => Atom::Decimal(bits as i64),
            _ => return None,
        })
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
            Atom::Decimal(_) => 7,
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

/// Atoms that travel as columns: their kinds, and their bits.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(into = "AtomColumns", try_from = "AtomColumns")]
pub(super) struct Atoms(pub Vec<Atom>);

#[derive(Serialize, Deserialize)]
struct AtomColumns {
    /// One where all are of a kind.
    #[serde(with = "wire")]
    kinds: Vec<u8>,
    #[serde(with = "wire")]
    bits: Vec<u64>,
}

impl From<Atoms> for AtomColumns {
    fn from(atoms: Atoms) -> AtomColumns {
        let (mut kinds, bits): (Vec<u8>, Vec<u64>) = atoms.0.iter().map(|a| a.parts()).unzip();
        if kinds.windows(2).all(|two| two[0] == two[1]) {
            kinds.truncate(1);
        }
        AtomColumns { kinds, bits }
    }
}

impl TryFrom<AtomColumns> for Atoms {
    type Error = &'static str;

    fn try_from(columns: AtomColumns) -> Result<Atoms, &'static str> {
        let AtomColumns { mut kinds, bits } = columns;
        if let [kind] = kinds[..] {
            kinds.resize(bits.len(), kind);
        }
        if kinds.len() != bits.len() {
            return Err("values without a kind");
        }
        let atoms = kinds.into_iter().zip(bits).map(|(k, b)| Atom::of_parts(k, b));
        let atoms: Option<Vec<Atom>> = atoms.collect();
        atoms.map(Atoms).ok_or("values of an unknown kind")
    }
}

/// The texts of a partial answer, one after another.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct TextList {
    all: String,
    #[serde(with = "wire")]
    ends: Vec<u64>,
    /// Numbers by text, of as many texts as were met when it was made.
    #[serde(skip)]
    index: HashTable<u32>,
    #[serde(skip)]
    hasher: FastHash,
}

impl PartialEq for TextList {
    fn eq(&self, other: &TextList) -> bool {
        self.all == other.all && self.ends == other.ends
    }
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

    /// The number of a text, pushed if it is new.
    pub fn number(&mut self, text: &str) -> u32 {
        if self.index.is_empty() {
            self.index.reserve(self.len(), |_| 0);
            for n in 0..self.len() as u32 {
                self.find_or_add(n, self.hasher.hash_one(self.get(n)), None);
            }
        }
        let hash = self.hasher.hash_one(text);
        self.find_or_add(self.len() as u32, hash, Some(text))
    }

    /// The number in the index of a text of this hash: of the one numbered `next`, or of another, which is pushed.
    fn find_or_add(&mut self, next: u32, hash: u64, text: Option<&str>) -> u32 {
        let (all, ends, hasher) = (&self.all, &self.ends, &self.hasher);
        let of = |n: u32| piece(all, ends, n);
        let wanted = text.unwrap_or_else(|| of(next));
        let entry = self
            .index
            .entry(hash, |&n| of(n) == wanted, |&n| hasher.hash_one(of(n)));
        let number = *entry.or_insert(next).get();
        if let Some(text) = text.filter(|_| number == next) {
            self.push(text);
        }
        number
    }

    /// Adds another's texts; answers the number here of each of them.
    pub fn take(&mut self, other: &TextList) -> Vec<u32> {
        (0..other.len() as u32)
            .map(|n| self.number(other.get(n)))
            .collect()
    }

    pub fn get(&self, number: u32) -> &str {
        piece(&self.all, &self.ends, number)
    }
}

fn piece<'a>(all: &'a str, ends: &[u64], number: u32) -> &'a str {
    let at = number as usize;
    let start = at.checked_sub(1).and_then(|p| ends.get(p)).copied();
    let end = ends.get(at).copied().unwrap_or(0);
    all.get(start.unwrap_or(0) as usize..end as usize).unwrap_or("")
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

/// Is this the number of a made text?
pub(super) fn is_made(number: u32) -> bool {
    number & MADE != 0
}

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
