//! Texts in other writings: URLs, base64, hexadecimal.

use super::{Clock, text_of};
use crate::base::base64;
use crate::language::insights::number::Num;
use crate::language::insights::value::Value;

/// Form encoding: a space is `+`.
pub fn url_encode<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    let Some(text) = text_of(args, 0) else {
        return Value::Absent;
    };
    let mut out = String::with_capacity(text.len());
    for &b in text.as_bytes() {
        match b {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'_' | b'.' | b'*' => out.push(char::from(b)),
            b' ' => out.push('+'),
            b => out.push_str(&format!("%{b:02X}")),
        }
    }
    out.into()
}

/// Damaged escapes stay as they are; bytes that are no UTF-8 give nothing.
pub fn url_decode<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    let Some(text) = text_of(args, 0) else {
        return Value::Absent;
    };
    let b = text.as_bytes();
    let mut out = Vec::with_capacity(b.len());
    let mut at = 0;
    while let Some(&c) = b.get(at) {
        let escaped = (c == b'%')
            .then(|| b.get(at + 1..at + 3).and_then(hex_byte))
            .flatten();
        match (c, escaped) {
            (_, Some(byte)) => {
                out.push(byte);
                at += 2;
            }
            (b'+', _) => out.push(b' '),
            _ => out.push(c),
        }
        at += 1;
    }
    String::from_utf8(out).map_or(Value::Absent, Value::from)
}

fn hex_byte(pair: &[u8]) -> Option<u8> {
    let digit = |b: &u8| char::from(*b).to_digit(16);
    match pair {
        [a, b] => u8::try_from(digit(a)? * 16 + digit(b)?).ok(),
        _ => None,
    }
}

pub fn base64_encode<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    text_of(args, 0).map_or(Value::Absent, |t| base64::encoded(t.as_bytes()).into())
}

pub fn base64_decode<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    text_of(args, 0)
        .and_then(|t| base64::decoded(t.as_bytes()))
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .map_or(Value::Absent, Value::from)
}

pub fn hex_to_ascii<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    let Some(text) = text_of(args, 0) else {
        return Value::Absent;
    };
    let digits = text.strip_prefix("0x").unwrap_or(&text).as_bytes();
    let bytes: Option<Vec<u8>> = digits.chunks(2).map(hex_byte).collect();
    bytes
        .and_then(|b| String::from_utf8(b).ok())
        .map_or(Value::Absent, Value::from)
}

pub fn hex_to_dec<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    let Some(text) = text_of(args, 0) else {
        return Value::Absent;
    };
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.as_ref()),
    };
    let digits = rest
        .strip_prefix("0x")
        .or(rest.strip_prefix("0X"))
        .unwrap_or(rest);
    if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Value::Absent;
    }
    let n = i128::from_str_radix(digits, 16).ok();
    n.map(|n| Num::Int(if negative { -n } else { n })).into()
}

pub fn dec_to_hex<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    let Some(n) = args.first().and_then(Value::number).and_then(Num::truncated) else {
        return Value::Absent;
    };
    let sign = if n < 0 { "-" } else { "" };
    format!("{sign}0x{:x}", n.unsigned_abs()).into()
}
