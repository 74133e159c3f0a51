//! The state of the page as a URL hash: `#/trail?filter=eventName%20%3D%20StopLogging&from=…&to=…&lanes=service`.

use super::Zone;
use crate::base::{TimeRange, time};
use crate::query::Expr;
use crate::query::text;
use std::collections::BTreeMap;

/// Everything that a link to the page says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// The view's id; empty is the first view.
    pub view: String,
    pub filter: Expr,
    pub range: Option<TimeRange>,
    pub zone: Zone,
    /// Choices of views, by name (`lanes`, `group`).
    pub choices: BTreeMap<String, String>,
}

/// Names that mean something else than a view's choice.
const OWN: [&str; 4] = ["filter", "from", "to", "zone"];

impl State {
    /// The hash, with its `#`.
    pub fn write(&self) -> String {
        let mut parts: Vec<(String, String)> = Vec::new();
        if self.filter != Expr::All {
            parts.push(("filter".into(), text::write(&self.filter)));
        }
        if let Some(r) = self.range {
            parts.push(("from".into(), time::iso(r.from_ns)));
            parts.push(("to".into(), time::iso(r.to_ns)));
        }
        if self.zone == Zone::Local {
            parts.push(("zone".into(), "local".into()));
        }
        let choices = self.choices.iter().filter(|(_, v)| !v.is_empty());
        parts.extend(choices.map(|(k, v)| (k.clone(), v.clone())));
        let mut out = format!("#/{}", encode(&self.view));
        for (i, (k, v)) in parts.iter().enumerate() {
            out.push(if i == 0 { '?' } else { '&' });
            out.push_str(&encode(k));
            out.push('=');
            out.push_str(&encode(v));
        }
        out
    }

    /// Reads a hash. What can not be understood is left out: a link from a newer or older version still opens.
    pub fn read(hash: &str) -> State {
        State::read_noting(hash).0
    }

    /// The same, with what could not be understood, in words.
    pub fn read_noting(hash: &str) -> (State, Vec<String>) {
        let mut not_read = Vec::new();
        let hash = hash.trim_start_matches('#').trim_start_matches('/');
        let (view, rest) = hash.split_once('?').unwrap_or((hash, ""));
        let mut state = State {
            view: decode(view),
            ..State::default()
        };
        let (mut from, mut to) = (None, None);
        for part in rest.split('&').filter(|p| !p.is_empty()) {
            let (k, v) = part.split_once('=').unwrap_or((part, ""));
            let (k, v) = (decode(k), decode(v));
            match k.as_str() {
                "filter" => match text::parse(&v) {
                    Ok(filter) => state.filter = filter,
                    Err(why) => not_read.push(format!("its filter “{v}” ({why})")),
                },
                "from" | "to" => {
                    let at = time::parse_iso(v.as_bytes());
                    if at.is_none() {
                        not_read.push(format!("“{v}”, which is no time (2026-11-11T01:00:00Z is)"));
                    }
                    *(if k == "from" { &mut from } else { &mut to }) = at;
                }
                "zone" if v == "local" => state.zone = Zone::Local,
                _ if !OWN.contains(&k.as_str()) => {
                    state.choices.insert(k, v);
                }
                _ => {}
            }
        }
        match (from, to) {
            (Some(a), Some(b)) if a < b => state.range = Some(TimeRange::new(a, b)),
            (Some(_), Some(_)) => not_read.push("its range, which ends before it begins".to_owned()),
            // One half says nothing; where the other could not be read, that was said.
            _ => {}
        }
        (state, not_read)
    }
}

fn encode(s: &str) -> String {
    let mut out = String::with_capacity(s.len());
    for b in s.bytes() {
        match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b':' | b',' | b'*' => {
                out.push(b.into())
            }
            _ => out.push_str(&format!("%{b:02X}")),
        }
    }
    out
}

fn decode(s: &str) -> String {
    let b = s.as_bytes();
    let mut out = Vec::with_capacity(b.len());
    let mut at = 0;
    while at < b.len() {
        let hex = (b[at] == b'%')
            .then(|| b.get(at + 1..at + 3))
            .flatten()
            .and_then(|h| std::str::from_utf8(h).ok())
            .and_then(|h| u8::from_str_radix(h, 16).ok());
        match hex {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(if b[at] == b'+' { b' ' } else { b[at] });
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_opens_what_was_written() {
        let mut state = State {
            view: "trail".into(),
            filter: Expr::eq("userIdentity.arn", "arn:aws:iam::111122223333:user/a b&c=d#e"),
            range: Some(TimeRange::new(
                1_700_000_000_000_000_000,
                1_700_000_600_000_000_000,
            )),
            zone: Zone::Local,
            choices: BTreeMap::new(),
        };
        state.choices.insert("lanes".into(), "eventSource".into());
        assert_eq!(State::read(&state.write()), state);
        assert_eq!(State::read(""), State::default());
    }

    #[test]
    fn a_broken_link_still_opens_its_view() {
        let s = State::read("#/traffic?filter=%zz(((&from=yesterday&to=2026-01-01T00:00:00Z&group=subnet");
        assert_eq!(s.view, "traffic");
        assert_eq!(s.range, None);
        assert_eq!(s.choices["group"], "subnet");
    }

    #[test]
    fn what_a_link_says_in_vain_is_told() {
        let (_, told) =
            State::read_noting("#/events?filter=a%20%3D%3D%20b&from=yesterday&to=2026-01-01T00:00:00Z");
        assert_eq!(told.len(), 2);
        assert!(told[0].contains("Type: a = b"), "{told:?}");
        assert!(told[1].contains("“yesterday”"), "{told:?}");
        let (_, told) = State::read_noting("#/events?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z");
        assert_eq!(told, ["its range, which ends before it begins"]);
        assert!(State::read_noting("#/events?columns=a,b&zone=local").1.is_empty());
    }
}
