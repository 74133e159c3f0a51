//! JSON in one spelling, so that equal values have equal hashes: the JSON Canonicalization Scheme (RFC 8785).
//!
//! Keys in order of their UTF-16 code units, no white space, the shortest escapes. Numbers are integers of at most
//! 2^53, which every reader of JSON holds exactly; larger ones are written as strings by whoever makes the value, and
//! fractions do not occur.

use serde::Serialize;
use serde_json::Value;
use std::fmt;

/// The largest integer that is written as a number.
pub const MAX_NUMBER: u64 = 1 << 53;

/// Why a value has no canonical form here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CanonicalError {
    /// A number that is no integer, or one beyond [`MAX_NUMBER`].
    Number(String),
    /// The value is none of JSON's; the text is the serializer's.
    Value(String),
}

impl fmt::Display for CanonicalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CanonicalError::Number(n) => write!(
                f,
                "{n} is no integer that every JSON reader holds exactly; write it as a string"
            ),
            CanonicalError::Value(why) => write!(f, "not a JSON value: {why}"),
        }
    }
}

impl std::error::Error for CanonicalError {}

/// The canonical bytes of anything that serializes to JSON.
pub fn to_vec(value: &impl Serialize) -> Result<Vec<u8>, CanonicalError> {
    let value = serde_json::to_value(value).map_err(|e| CanonicalError::Value(e.to_string()))?;
    let mut out = Vec::new();
    put(&value, &mut out)?;
    Ok(out)
}

fn put(value: &Value, out: &mut Vec<u8>) -> Result<(), CanonicalError> {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(b) => out.extend_from_slice(if *b { b"true" } else { b"false" }),
        Value::Number(n) => {
            let size = n.as_u64().or_else(|| n.as_i64().map(i64::unsigned_abs));
            if size.is_none_or(|size| size > MAX_NUMBER) {
                return Err(CanonicalError::Number(n.to_string()));
            }
            out.extend_from_slice(n.to_string().as_bytes());
        }
        Value::String(text) => put_text(text, out),
        Value::Array(items) => {
            out.push(b'[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                put(item, out)?;
            }
            out.push(b']');
        }
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            out.push(b'{');
            for (i, (key, value)) in fields.into_iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                put_text(key, out);
                out.push(b':');
                put(value, out)?;
            }
            out.push(b'}');
        }
    }
    Ok(())
}

fn put_text(text: &str, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.push(b'"');
    for &b in text.as_bytes() {
        let short = match b {
            b'"' | b'\\' => b,
            0x08 => b'b',
            b'\t' => b't',
            b'\n' => b'n',
            0x0c => b'f',
            b'\r' => b'r',
            0..=0x1f => {
                let digit = |n: u8| HEX[usize::from(n & 15)];
                out.extend_from_slice(&[b'\\', b'u', b'0', b'0', digit(b >> 4), digit(b)]);
                continue;
            }
            _ => {
                out.push(b);
                continue;
            }
        };
        out.extend_from_slice(&[b'\\', short]);
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn canonical(text: &str) -> String {
        let value: Value = serde_json::from_str(text).unwrap();
        String::from_utf8(to_vec(&value).unwrap()).unwrap()
    }

    /// Section 3.2.2 of the RFC without its numbers, which are fractions.
    #[test]
    fn literals_and_strings_of_the_rfc() {
        let text = r#"{
            "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
            "literals": [null, true, false]
        }"#;
        assert_eq!(
            canonical(text),
            r#"{"literals":[null,true,false],"string":"€$\u000f\nA'B\"\\\\\"/"}"#
        );
    }

    /// Section 3.2.3: the order is that of UTF-16 code units, in which an emoji stands before U+FB33.
    #[test]
    fn the_order_of_keys_of_the_rfc() {
        let text = r#"{
            "\u20ac": "Euro Sign",
            "\r": "Carriage Return",
            "\ufb33": "Hebrew Letter Dalet With Dagesh",
            "1": "One",
            "\ud83d\ude00": "Emoji: Grinning Face",
            "\u0080": "Control",
            "\u00f6": "Latin Small Letter O With Diaeresis"
        }"#;
        let out = canonical(text);
        let places: Vec<usize> = ["Carriage", "One", "Control", "Latin", "Euro", "Emoji", "Hebrew"]
            .iter()
            .map(|word| out.find(word).unwrap())
            .collect();
        assert!(places.is_sorted(), "{out}");
        assert!(out.starts_with("{\"\\r\":\"Carriage Return\",\"1\":"));
    }

    /// Integers of the RFC's appendix B, and what lies beyond them.
    #[test]
    fn integers_are_exact_or_refused() {
        assert_eq!(
            canonical("[0,9007199254740992,-9007199254740992,1]"),
            "[0,9007199254740992,-9007199254740992,1]"
        );
        for number in [
            json!(9_007_199_254_740_993_u64),
            json!(i64::MIN),
            json!(u64::MAX),
            json!(0.5),
            json!(1e30),
        ] {
            let refused = CanonicalError::Number(number.to_string());
            assert_eq!(to_vec(&[&number]), Err(refused));
        }
    }

    #[test]
    fn control_characters_have_their_shortest_escape() {
        assert_eq!(
            canonical(r#""\u0008\u0009\u000a\u000c\u000d\u0000\u001f\u007f\u2028""#),
            "\"\\b\\t\\n\\f\\r\\u0000\\u001f\u{7f}\u{2028}\""
        );
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (-(1i64 << 53)..=1 << 53).prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..6)
                    .prop_map(|m| Value::Object(m.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_value_comes_back_and_its_spelling_stays(value in values()) {
            let bytes = to_vec(&value).unwrap();
            let again: Value = serde_json::from_slice(&bytes).unwrap();
            prop_assert_eq!(&again, &value);
            prop_assert_eq!(to_vec(&again).unwrap(), bytes);
        }
    }
}
