//! Counts in JSON: a number up to [`MAX_NUMBER`], the digits as a string beyond it. Nothing else is read.

use crate::evidence::canonical::MAX_NUMBER;
use serde::de::{Deserializer, Error, Unexpected, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;

pub fn serialize<S: Serializer>(n: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    if *n <= MAX_NUMBER {
        serializer.serialize_u64(*n)
    } else {
        serializer.collect_str(n)
    }
}

pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    deserializer.deserialize_any(Whole)
}

struct Whole;

impl Visitor<'_> for Whole {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a count: a number up to 2^53, digits in a string beyond it")
    }

    fn visit_u64<E: Error>(self, n: u64) -> Result<u64, E> {
        if n <= MAX_NUMBER {
            Ok(n)
        } else {
            Err(E::invalid_value(Unexpected::Unsigned(n), &self))
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<u64, E> {
        let plain = text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
        let n = text.parse().ok().filter(|&n: &u64| plain && n > MAX_NUMBER);
        n.ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }
}

/// One of them within a list or an option.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct One(#[serde(with = "self::super::whole")] u64);

pub mod option {
    use super::One;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(n: &Option<u64>, serializer: S) -> Result<S::Ok, S::Error> {
        n.map(One).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
        Ok(Option::<One>::deserialize(deserializer)?.map(|One(n)| n))
    }
}

pub mod list {
    use super::One;
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(list: &[u64], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(list.iter().map(|&n| One(n)))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u64>, D::Error> {
        let list = Vec::<One>::deserialize(deserializer)?;
        Ok(list.into_iter().map(|One(n)| n).collect())
    }
}
