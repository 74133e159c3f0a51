//! Names that make what they name a secret.

use super::What;
use std::ops::Range;

/// How a value has to stand behind its name for that name to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named {
    pub what: What,
    /// Only behind `=`, and only where it looks like one: the word has other meanings.
    pub only_equals: bool,
}

/// The secret that something of this name is.
pub fn of(name: &[u8]) -> Option<Named> {
    let mut plain = [0u8; 96];
    let mut len = 0;
    // The end of a long name decides.
    let end = name.get(name.len().saturating_sub(90)..).unwrap_or(name);
    let last = end.rsplit(|&b| b == b'.').next().unwrap_or(end);
    for b in last.iter().filter(|b| b.is_ascii_alphanumeric()) {
        if let Some(place) = plain.get_mut(len) {
            *place = b.to_ascii_lowercase();
            len += 1;
        }
    }
    let plain = plain.get(..len)?;
    let ends = |words: &[&str]| words.iter().any(|w| plain.ends_with(w.as_bytes()));
    let named = |what| {
        Some(Named {
            what,
            only_equals: false,
        })
    };
    if ends(&["secretaccesskey", "secretkey"]) {
        named(What::SecretKey)
    } else if ends(&["sessiontoken", "securitytoken"]) {
        named(What::SessionToken)
    } else if ends(&["amzsignature"]) {
        named(What::Signature)
    } else if ends(&["password", "passwd", "passphrase", "pwd"])
        || ends(&["clientsecret", "secretstring", "secretbinary"])
    {
        named(What::Password)
    } else if ends(&["privatekey", "keymaterial"]) {
        named(What::PrivateKey)
    } else if ends(&[
        "accesstoken",
        "refreshtoken",
        "idtoken",
        "authtoken",
        "bearertoken",
    ]) {
        named(What::Token)
    } else if ends(&["authorization"]) {
        named(What::Authorization)
    } else if matches!(plain, b"signature" | b"26signature" | b"u0026signature") {
        // Behind an `&` that a URL or JSON has escaped, its digits are taken for a part of the name.
        Some(Named {
            what: What::Signature,
            only_equals: true,
        })
    } else {
        None
    }
}

/// The secret that a column of this name holds.
pub fn of_column(name: &str) -> Option<What> {
    of(name.as_bytes())
        .filter(|named| !named.only_equals)
        .map(|named| named.what)
}

/// Longer names are cut in front.
const LONGEST: usize = 100;

/// The whole name of which a part stands at `hit`.
pub fn around(text: &[u8], hit: Range<usize>) -> Range<usize> {
    let in_name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    let before = text
        .get(hit.start.saturating_sub(LONGEST)..hit.start)
        .unwrap_or_default();
    let start = hit.start - before.iter().rev().take_while(|b| in_name(b)).count();
    let behind = text.get(hit.end..).unwrap_or_default();
    let behind = behind.get(..LONGEST).unwrap_or(behind);
    let mut end = hit.end + behind.iter().take_while(|b| in_name(b)).count();
    // `Secret access key:`, as in the console's CSV and `aws configure`. What follows an option is its value.
    let option = text.get(start) == Some(&b'-');
    for words in [&b" access key"[..], b" key", b" token"] {
        let follow = text.get(end..end + words.len());
        let ends = !text.get(end + words.len()).is_some_and(u8::is_ascii_alphanumeric);
        if !option && ends && follow.is_some_and(|f| f.eq_ignore_ascii_case(words)) {
            end += words.len();
            break;
        }
    }
    start..end
}
