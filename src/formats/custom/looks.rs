//! What a value looks like, and what a name means.

use super::clock::Clock;
use crate::base::{FieldType, Role};
use std::net::IpAddr;

/// The types that a field can be given, and their words in a file.
pub const TYPES: &[(&str, FieldType)] = &[
    ("text", FieldType::Text),
    ("address", FieldType::Address),
    ("integer", FieldType::Integer),
    ("float", FieldType::Float),
    ("boolean", FieldType::Bool),
    ("time", FieldType::Time),
];

pub fn type_word(ty: FieldType) -> &'static str {
    TYPES.iter().find(|t| t.1 == ty).map_or("text", |t| t.0)
}

/// No value: what logs write where there is none.
pub(super) fn is_none(value: &[u8]) -> bool {
    matches!(value, b"" | b"-")
}

/// A whole number that is the same when it is written again: `007` is none.
pub(super) fn integer(value: &[u8]) -> Option<i64> {
    let digits = value.strip_prefix(b"-").unwrap_or(value);
    let plain = digits.iter().all(u8::is_ascii_digit) && (digits.len() == 1 || digits.first() != Some(&b'0'));
    plain
        .then(|| std::str::from_utf8(value).ok()?.parse().ok())
        .flatten()
}

pub(super) fn float(value: &[u8]) -> Option<f64> {
    let is_number = |b: &u8| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E');
    if !value.iter().all(is_number) || !value.iter().any(u8::is_ascii_digit) {
        return None;
    }
    let number: f64 = std::str::from_utf8(value).ok()?.parse().ok()?;
    number.is_finite().then_some(number)
}

pub(super) fn boolean(value: &[u8]) -> Option<bool> {
    match value.to_ascii_lowercase().as_slice() {
        b"true" | b"yes" => Some(true),
        b"false" | b"no" => Some(false),
        _ => None,
    }
}

pub(super) fn is_address(value: &[u8]) -> bool {
    value.len() <= 45 && std::str::from_utf8(value).is_ok_and(|t| t.parse::<IpAddr>().is_ok())
}

/// The type that most values of a field have, four of five; what is not of it is kept beside the column. Text where there is
/// no value. Digits that are no number when they are written again are identifiers, and so are the others.
pub fn type_of<'v>(values: impl Iterator<Item = &'v [u8]> + Clone) -> FieldType {
    let values = values.filter(|v| !is_none(v));
    let count = values.clone().count();
    if count == 0 {
        return FieldType::Text;
    }
    let most = |test: &dyn Fn(&[u8]) -> bool| values.clone().filter(|v| test(v)).count() * 5 >= count * 4;
    let is_bool = |v: &[u8]| v.eq_ignore_ascii_case(b"true") || v.eq_ignore_ascii_case(b"false");
    let is_identifier = |v: &[u8]| v.iter().all(u8::is_ascii_digit) && integer(v).is_none();
    let is_number = |v: &[u8]| integer(v).is_some() || v.contains(&b'.') && float(v).is_some();
    if most(&is_number) && !values.clone().any(is_identifier) {
        match most(&|v| integer(v).is_some()) {
            true => FieldType::Integer,
            false => FieldType::Float,
        }
    } else if most(&is_address) {
        FieldType::Address
    } else if most(&is_bool) {
        FieldType::Bool
    } else if most(&|v| Clock::looks_like_time(v)) {
        FieldType::Time
    } else {
        FieldType::Text
    }
}

/// What fields of these names are for, where nobody says otherwise.
const NAMES: &[(&str, Role)] = &[
    ("time", Role::Time),
    ("timestamp", Role::Time),
    ("ts", Role::Time),
    ("datetime", Role::Time),
    ("eventtime", Role::Time),
    ("asctime", Role::Time),
    ("client", Role::SourceAddress),
    ("clientip", Role::SourceAddress),
    ("remoteaddr", Role::SourceAddress),
    ("remotehost", Role::SourceAddress),
    ("remoteip", Role::SourceAddress),
    ("sourceip", Role::SourceAddress),
    ("srcip", Role::SourceAddress),
    ("ip", Role::SourceAddress),
    ("destinationip", Role::DestinationAddress),
    ("dstip", Role::DestinationAddress),
    ("sourceport", Role::SourcePort),
    ("destinationport", Role::DestinationPort),
    ("user", Role::Actor),
    ("username", Role::Actor),
    ("actor", Role::Actor),
    ("auth", Role::Actor),
    ("remoteuser", Role::Actor),
    ("protocol", Role::Protocol),
    ("service", Role::Service),
    ("program", Role::Service),
    ("action", Role::Action),
    ("method", Role::Action),
    ("verb", Role::Action),
    ("path", Role::Resource),
    ("url", Role::Resource),
    ("uri", Role::Resource),
    ("resource", Role::Resource),
    ("outcome", Role::Outcome),
    ("result", Role::Outcome),
    ("level", Role::Severity),
    ("loglevel", Role::Severity),
    ("severity", Role::Severity),
    ("status", Role::Status),
    ("statuscode", Role::Status),
    ("response", Role::Status),
    ("bytes", Role::Bytes),
    ("useragent", Role::UserAgent),
    ("agent", Role::UserAgent),
    ("requestid", Role::Id),
    ("message", Role::Message),
    ("msg", Role::Message),
];

pub fn role_by_name(name: &str) -> Option<Role> {
    let plain: String = (name.chars().filter(char::is_ascii_alphanumeric))
        .map(|c| c.to_ascii_lowercase())
        .collect();
    NAMES.iter().find(|n| n.0 == plain).map(|n| n.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_what_most_values_have() {
        let of = |values: &[&str]| type_of(values.iter().map(|v| v.as_bytes()));
        assert_eq!(of(&["1", "-", "300"]), FieldType::Integer);
        assert_eq!(of(&["1", "0.5"]), FieldType::Float);
        assert_eq!(of(&["192.0.2.7", "2001:db8::1"]), FieldType::Address);
        assert_eq!(of(&["true", "False"]), FieldType::Bool);
        assert_eq!(of(&["2026-03-02 09:15:01,123"]), FieldType::Time);
        assert_eq!(of(&["02/Mar/2026:09:15:01 +0100"]), FieldType::Time);
        assert_eq!(of(&["007", "1"]), FieldType::Text);
        assert_eq!(of(&["1", "2", "3", "4", "none"]), FieldType::Integer);
        assert_eq!(of(&["1", "2", "3", "none"]), FieldType::Text);
        assert_eq!(of(&["-", ""]), FieldType::Text);
    }

    #[test]
    fn names_mean_something_however_they_are_spelled() {
        assert_eq!(role_by_name("remote_addr"), Some(Role::SourceAddress));
        assert_eq!(role_by_name("User-Agent"), Some(Role::UserAgent));
        assert_eq!(role_by_name("order"), None);
    }
}
