//! Secrets that are masked in everything that is shared: columns, original records, notes, titles, filters, file names.
//!
//! A secret is told by its name (`secretAccessKey`, `password`, `X-Amz-Signature`), however name and value are wrapped
//! (JSON, JSON in JSON, XML, URLs, command lines), or by its own form (private keys, GitHub and Slack tokens, JSON web
//! tokens, `user:password@host`). What stands there instead is [`MASKED`]; quotes and brackets around it stay, so JSON
//! stays JSON. Access key ids are no secrets, and what AWS has hidden already stays as it is.
//!
//! Masking prefers to take a word too many: text that reads `password: x` loses its x whatever it is.

mod find;
mod form;
mod json;
mod name;
mod value;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::Range;

/// What stands for a secret.
pub const MASKED: &str = "[masked]";

/// More passes than any text needs.
const PASSES: usize = 16;

/// The sorts of secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum What {
    SecretKey,
    SessionToken,
    Signature,
    Authorization,
    Password,
    PrivateKey,
    Token,
}

impl What {
    /// What the manifest calls them, plural.
    pub fn word(self) -> &'static str {
        match self {
            What::SecretKey => "AWS secret access keys",
            What::SessionToken => "AWS session tokens",
            What::Signature => "signatures of URLs and requests",
            What::Authorization => "Authorization headers",
            What::Password => "passwords and client secrets",
            What::PrivateKey => "private keys",
            What::Token => "tokens",
        }
    }
}

/// How many secrets were masked, by sort.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Masked(pub BTreeMap<What, u64>);

impl Masked {
    pub fn add(&mut self, what: What, values: u64) {
        *self.0.entry(what).or_default() += values;
    }

    pub fn merge(&mut self, other: &Masked) {
        for (&what, &values) in &other.0 {
            self.add(what, values);
        }
    }

    pub fn total(&self) -> u64 {
        self.0.values().sum()
    }

    /// As they stand in the manifest.
    pub fn told(&self) -> Vec<super::manifest::Masked> {
        let told = |(what, &values): (&What, &u64)| super::manifest::Masked {
            what: what.word().to_owned(),
            values,
        };
        self.0.iter().map(told).collect()
    }
}

/// A secret in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Secret {
    at: Range<usize>,
    what: What,
    /// Stands in front of the mask and behind it: the quotes that a bare JSON number has not.
    quote: Vec<u8>,
}

/// The text with its secrets masked, and how many of which sort; `None` when there is none, which is found out at the
/// speed of reading. Masked text has nothing left to mask.
pub fn mask(text: &[u8]) -> Option<(Vec<u8>, Masked)> {
    let mut masked = Masked::default();
    let mut out = once(text, &mut masked)?;
    // What was masked may have hidden the beginning of something else from sight.
    for _ in 0..PASSES {
        match once(&out, &mut masked) {
            Some(again) => out = again,
            None => break,
        }
    }
    Some((out, masked))
}

/// A column's value, whose name may make it a secret by itself: `requestParameters.masterUserPassword`.
pub fn mask_field(name: &str, value: &[u8]) -> Option<(Vec<u8>, Masked)> {
    match name::of_column(name).filter(|what| value::is_secret(*what, value)) {
        Some(what) => {
            let mut masked = Masked::default();
            masked.add(what, 1);
            Some((MASKED.as_bytes().to_vec(), masked))
        }
        None => mask(value),
    }
}

fn once(text: &[u8], masked: &mut Masked) -> Option<Vec<u8>> {
    let mut look = form::Look::at(text);
    find::each(text, |hit| look.hit(hit));
    let mut secrets = look.secrets;
    find::each_authority(text, |at| secrets.extend(form::password_in_authority(text, at)));
    secrets.sort_by_key(|s| (s.at.start, std::cmp::Reverse(s.at.end)));
    let (out, counts) = without(text, &secrets)?;
    let (out, counts) = match json::is_json(text) && !json::is_json(&out) {
        true => without(text, &json::over_strings(text, secrets))?,
        false => (out, counts),
    };
    masked.merge(&counts);
    Some(out)
}

/// The text with these secrets masked, which are sorted by where they begin; `None` when there are none.
fn without(text: &[u8], secrets: &[Secret]) -> Option<(Vec<u8>, Masked)> {
    let mut masked = Masked::default();
    let mut out = Vec::with_capacity(text.len());
    let mut done = 0;
    for secret in secrets {
        if secret.at.end <= done {
            // Inside one that is masked already.
            continue;
        }
        if secret.at.start >= done {
            out.extend_from_slice(text.get(done..secret.at.start).unwrap_or_default());
            out.extend_from_slice(&secret.quote);
            out.extend_from_slice(MASKED.as_bytes());
            out.extend_from_slice(&secret.quote);
            masked.add(secret.what, 1);
        }
        done = secret.at.end;
    }
    out.extend_from_slice(text.get(done..)?);
    (masked.total() > 0).then_some((out, masked))
}
