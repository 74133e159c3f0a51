//! What a hit is: the name of a secret, or the beginning of one that its own form gives away.

use super::find::{self, Hit};
use super::name;
use super::value::{self, Found, Quote};
use super::{MASKED, Secret, What};
use std::ops::Range;

/// What has been found in a text.
pub struct Look<'a> {
    text: &'a [u8],
    pub secrets: Vec<Secret>,
    /// The end of what is masked already: what stands before it needs no look.
    until: usize,
    /// How much of values may still be looked at. A text in which every name's value is all the rest takes the square of
    /// its length; nobody but an attacker writes it.
    budget: usize,
}

impl<'a> Look<'a> {
    pub fn at(text: &'a [u8]) -> Self {
        Look {
            text,
            secrets: Vec::new(),
            until: 0,
            budget: text.len().saturating_mul(32).saturating_add(1 << 16),
        }
    }

    fn add(&mut self, secret: Secret) {
        self.until = self.until.max(secret.at.end);
        self.secrets.push(secret);
    }

    /// Pays for a look at so many bytes. When the budget is spent, the rest of the text is masked as one.
    fn pay(&mut self, bytes: usize, at: usize) {
        self.budget = self.budget.saturating_sub(bytes);
        if self.budget == 0 {
            self.add(secret(What::Token, at..self.text.len()));
        }
    }

    /// Finds the secrets that a needle gives away.
    pub fn hit(&mut self, hit: Hit) {
        if hit.at < self.until {
            return;
        }
        let text = self.text;
        let found = match hit.needle {
            find::SLASHES => password_in_authority(text, hit.at + hit.needle.len()),
            b"akia" | b"asia" => key_pair(text, hit.at),
            b"bearer " => bearer(text, hit.at + hit.needle.len()),
            b"private" => match pem(text, hit.at) {
                None => return self.named(hit),
                found => found,
            },
            n if n.starts_with(b"gh")
                || n == b"github_pat_"
                || n.starts_with(b"xox")
                || n == b"xapp-"
                || n.ends_with(b"_live_") =>
            {
                token(text, hit)
            }
            n if n.starts_with(b"eyj") => {
                let (len, found) = web_token(text, hit.at);
                self.pay(len, hit.at);
                found
            }
            _ => return self.named(hit),
        };
        found.into_iter().for_each(|secret| self.add(secret));
    }

    /// A name that makes its value a secret.
    fn named(&mut self, hit: Hit) {
        let text = self.text;
        let needle = match hit.needle {
            n if n.starts_with(b"pwd") => 3,
            n => n.len(),
        };
        let name = name::around(text, hit.at..hit.at + needle);
        let Some(named) = text.get(name.clone()).and_then(name::of) else {
            return;
        };
        let mut found = Vec::new();
        let equals = behind(text, &name, &mut found);
        let looked = found.iter().map(|f| f.at.len()).sum();
        self.pay(looked, hit.at);
        if named.only_equals && !equals {
            return;
        }
        for Found { at, quote } in found {
            let at = match named.what {
                What::Authorization => credentials(text, at),
                _ => Some(at),
            };
            let Some(at) = at else { continue };
            if value::is_secret(named.what, text.get(at.clone()).unwrap_or_default()) {
                self.add(Secret {
                    at,
                    what: named.what,
                    quote,
                });
            }
        }
    }
}

fn secret(what: What, at: Range<usize>) -> Secret {
    Secret {
        at,
        what,
        quote: Vec::new(),
    }
}

fn is_digit(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_' || b == b'-'
}

/// Does a word begin here?
fn begins(text: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|at| text.get(at));
    // `\n` in a string is no letter of a word.
    let escape = at.checked_sub(2).and_then(|at| text.get(at)) == Some(&b'\\');
    let percent = at.checked_sub(3).and_then(|at| text.get(at)) == Some(&b'%');
    escape || percent || before.is_none_or(|b| !b.is_ascii_alphanumeric())
}

fn run(text: &[u8], from: usize, is: impl Fn(u8) -> bool) -> Range<usize> {
    run_of(usize::MAX, text, from, is)
}

fn run_of(most: usize, text: &[u8], from: usize, is: impl Fn(u8) -> bool) -> Range<usize> {
    let rest = text.get(from..).unwrap_or_default();
    from..from + rest.iter().take(most).take_while(|&&b| is(b)).count()
}

/// A secret access key right behind its id: credentials as CSV.
fn key_pair(text: &[u8], at: usize) -> Option<Secret> {
    let id = run_of(40, text, at, |b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let gap = run_of(8, text, id.end, |b| b", ;:|\t\"'".contains(&b));
    let key = run_of(41, text, gap.end, |b| {
        b.is_ascii_alphanumeric() || b"+/=".contains(&b)
    });
    let fits = (16..=32).contains(&id.len()) && (1..=6).contains(&gap.len()) && key.len() == 40;
    (begins(text, at) && fits).then(|| secret(What::SecretKey, key))
}

fn bearer(text: &[u8], from: usize) -> Option<Secret> {
    let token = run(text, from, |b| {
        b.is_ascii_alphanumeric() || b"-._~+/=".contains(&b)
    });
    (token.len() >= 16).then(|| secret(What::Authorization, token))
}

/// Tokens with a prefix that nothing else has.
fn token(text: &[u8], hit: Hit) -> Option<Secret> {
    let prefix = text.get(hit.at..hit.at + hit.needle.len())?;
    let all = run(text, hit.at, is_digit);
    let least = match hit.needle {
        b"github_pat_" => 40,
        n if n.starts_with(b"gh") => 36,
        _ => 16,
    };
    let fits = prefix == hit.needle && all.len() >= hit.needle.len() + least;
    (fits && begins(text, hit.at)).then(|| secret(What::Token, all))
}

/// A JSON web token: three parts between dots, the first two JSON objects. And how much was looked at.
fn web_token(text: &[u8], at: usize) -> (usize, Option<Secret>) {
    if !begins(text, at) {
        return (0, None);
    }
    let all = run(text, at, |b| is_digit(b) || b == b'.' || b == b'=');
    let mut parts = text.get(all.clone()).unwrap_or_default().split(|&b| b == b'.');
    let object = |part: Option<&[u8]>| part.is_some_and(|p| p.starts_with(b"eyJ"));
    let signed = object(parts.next()) && object(parts.next()) && parts.next().is_some();
    (all.len(), signed.then(|| secret(What::Token, all)))
}

/// What stands between `-----BEGIN … PRIVATE KEY-----` and `-----END`, of which the word PRIVATE is at `at`.
fn pem(text: &[u8], at: usize) -> Option<Secret> {
    let rest = text.get(at..)?;
    let opens = ["PRIVATE KEY-----", "PRIVATE KEY BLOCK-----"];
    let opens = opens.iter().find(|o| rest.starts_with(o.as_bytes()))?;
    let before = text.get(at.saturating_sub(40)..at)?;
    memchr::memmem::rfind(before, b"-----BEGIN")?;
    let from = at + opens.len();
    let body = text.get(from..)?;
    // Without its end, it ends with the string it stands in.
    let quote = body.iter().position(|b| b"\"'<>`".contains(b));
    let body = match quote.and_then(|quote| body.get(..quote)) {
        Some(inside) => {
            let escapes = inside.iter().rev().take_while(|&&b| b == b'\\').count();
            inside.get(..inside.len() - escapes)?
        }
        None => body,
    };
    let end = memchr::memmem::find(body, b"-----END").unwrap_or(body.len());
    let key = body.get(..end)?;
    let is_key = key != MASKED.as_bytes() && key.iter().any(u8::is_ascii_alphanumeric);
    is_key.then(|| secret(What::PrivateKey, from..from + end))
}

/// `user:password@` where a URL names its host.
pub fn password_in_authority(text: &[u8], from: usize) -> Option<Secret> {
    let authority = run(text, from, |b| {
        !b.is_ascii_whitespace() && !b"/?#\"'\\<>`{}".contains(&b)
    });
    let inside = text.get(authority)?;
    let host = memchr::memrchr(b'@', inside)?;
    let colon = memchr::memchr(b':', inside.get(..host)?)?;
    let password = from + colon + 1..from + host;
    let value = text.get(password.clone())?;
    value::is_secret(What::Password, value).then(|| secret(What::Password, password))
}

/// Finds what stands behind a name as its value; whether it is joined by `=`.
fn behind(text: &[u8], name: &Range<usize>, out: &mut Vec<Found>) -> bool {
    let starts = |at: usize, sign: &[u8]| text.get(at..).unwrap_or_default().starts_with(sign);
    let quote = value::quote_at(text, name.end);
    let option = text.get(name.start) == Some(&b'-');
    let at = value::past_blanks(text, name.end + quote.map_or(0, Quote::len));
    let before = |n: usize| name.start.checked_sub(n).and_then(|at| text.get(at));
    if quote.is_none() && starts(name.end, b">") && before(1) == Some(&b'<') {
        let from = name.end + 1;
        let len = memchr::memchr(b'<', text.get(from..).unwrap_or_default());
        out.push(Found {
            at: from..len.map_or(text.len(), |len| from + len),
            quote: Vec::new(),
        });
        return false;
    }
    if starts(name.end, b"%22") {
        // JSON in a URL.
        let Some(from) = ["%22%3A%22", "%22%3a%22", "%22%3A%20%22", "%22:%22"]
            .iter()
            .find_map(|s| starts(name.end, s.as_bytes()).then_some(name.end + s.len()))
        else {
            return false;
        };
        let len = memchr::memmem::find(text.get(from..).unwrap_or_default(), b"%22");
        out.push(Found {
            at: len.map_or_else(|| value::word(text, from), |len| from..from + len),
            quote: Vec::new(),
        });
        return false;
    }
    let sign = [
        &b"="[..],
        b":",
        b"!=",
        b"!:",
        b"==",
        b"=>",
        b":=",
        b"%3D",
        b"%3d",
        b"%3A",
        b"^",
    ]
    .into_iter()
    .filter(|sign| starts(at, sign))
    .max_by_key(|sign| sign.len());
    if let Some(sign) = sign {
        value::values_at(text, at + sign.len(), quote, out);
        return !matches!(sign, b":" | b"!:" | b"%3A");
    }
    if option && quote.is_none() && matches!(text.get(name.end), Some(b' ' | b'\t')) {
        // `--password x`
        if !starts(at, b"--") {
            value::values_at(text, name.end, None, out);
        }
    } else if let Some(quote) = quote
        && starts(at, b",")
    {
        let at = value::past_blanks(text, at + 1);
        if option {
            // `["--password", "x"]`
            value::values_at(text, at, Some(quote), out);
        } else if let Some(from) = value_key(text, at, quote) {
            value::values_at(text, from, Some(quote), out);
        }
    }
    false
}

/// `{"name": "DB_PASSWORD", "value": "x"}`: the name is itself a value. Where the value of the key at `at` begins.
fn value_key(text: &[u8], at: usize, quote: Quote) -> Option<usize> {
    let opens = value::quote_at(text, at).filter(|q| *q == quote)?;
    let key = value::quoted(text, at, opens);
    let is_value = text.get(key.clone())?.to_ascii_lowercase();
    let ends = is_value.ends_with(b"value") || is_value == b"v";
    let at = value::past_blanks(text, key.end + quote.len());
    (ends && text.get(at) == Some(&b':')).then_some(at + 1)
}

/// The secret part of an Authorization header; none where another needle finds it, or none is there.
fn credentials(text: &[u8], value: Range<usize>) -> Option<Range<usize>> {
    const SCHEMES: &[&str] = &[
        "basic",
        "bearer",
        "digest",
        "negotiate",
        "ntlm",
        "token",
        "apikey",
    ];
    let scheme = run(text, value.start, is_digit);
    let word = text.get(scheme.clone())?;
    if word.starts_with(b"AWS4-HMAC") {
        return None;
    }
    let from = run(text, scheme.end, |b| b == b' ').end;
    if from > scheme.end && from < value.end {
        return Some(from..value.end);
    }
    // A header without quotes of its own: what follows the scheme was taken for another word.
    if from > scheme.end && SCHEMES.iter().any(|s| word.eq_ignore_ascii_case(s.as_bytes())) {
        return Some(value::word(text, from)).filter(|found| !found.is_empty());
    }
    (value.len() >= 16).then_some(value)
}
