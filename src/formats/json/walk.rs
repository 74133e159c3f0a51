//! A strict walk over one JSON value that reports wanted values where they stand.
//!
//! It validates RFC 8259 syntax, except that text is not checked to be UTF-8: a log line with a broken character is
//! still a log line. Nothing is allocated per value, and nesting is bounded by [`MAX_DEPTH`].

use super::path::{DEAD, Node, PathId, Paths};
use super::value::{Kind, Raw, unescape};

/// Arrays and objects inside each other, at most.
pub const MAX_DEPTH: usize = 128;

/// Why a walk did not reach the end of a value. Offsets count from where the walk began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The bytes end inside the value.
    Incomplete,
    Invalid {
        at: usize,
        reason: &'static str,
    },
}

/// A wanted value: where it stands in the bytes that were walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    pub path: PathId,
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
}

impl Hit {
    pub fn raw<'a>(&self, walked: &'a [u8]) -> Raw<'a> {
        Raw {
            kind: self.kind,
            bytes: walked.get(self.start..self.end).unwrap_or(&[]),
        }
    }
}

/// An array or object that is open.
#[derive(Clone, Copy, Debug)]
struct Frame {
    node: Node,
    start: usize,
    is_array: bool,
    index: u32,
}

/// Walks values; holds the stack so that a walk allocates nothing.
#[derive(Default)]
pub struct Walker {
    frames: Vec<Frame>,
    spaces: usize,
}

impl Walker {
    /// Bytes of insignificant white space inside the value walked last.
    pub fn spaces(&self) -> usize {
        self.spaces
    }

    /// Walks the value at the beginning of `json` (white space before it is skipped) and returns where it ends.
    ///
    /// `hits` is cleared and filled with the wanted values in the order in which they end: a container comes after
    /// what is inside it. A key that an object repeats is reported each time. A bare number that touches the end of
    /// `json` is incomplete: more digits could follow.
    pub fn walk(&mut self, json: &[u8], paths: &Paths, hits: &mut Vec<Hit>) -> Result<usize, Fault> {
        hits.clear();
        self.frames.clear();
        let mut at = skip_space(json, 0);
        let mut spaces = 0;
        let mut node = Paths::ROOT;
        loop {
            let start = at;
            let kind;
            match json.get(at).copied().ok_or(Fault::Incomplete)? {
                b'"' => {
                    at = string_end(json, at + 1)?.0;
                    kind = Kind::String;
                }
                open @ (b'{' | b'[') => {
                    let is_array = open == b'[';
                    if self.frames.len() >= MAX_DEPTH {
                        return invalid(at, "nested deeper than 128 levels");
                    }
                    let inside = skip_space(json, at + 1);
                    spaces += inside - at - 1;
                    at = inside;
                    let next = json.get(at).copied().ok_or(Fault::Incomplete)?;
                    if next == if is_array { b']' } else { b'}' } {
                        at += 1;
                        kind = if is_array { Kind::Array } else { Kind::Object };
                    } else {
                        self.frames.push(Frame {
                            node,
                            start,
                            is_array,
                            index: 0,
                        });
                        if is_array {
                            node = paths.item(node, 0);
                        } else {
                            let found = key(json, at, paths, node)?;
                            spaces += found.spaces;
                            (at, node) = (found.value, found.node);
                        }
                        continue;
                    }
                }
                b't' => {
                    at = literal(json, at, b"true")?;
                    kind = Kind::True;
                }
                b'f' => {
                    at = literal(json, at, b"false")?;
                    kind = Kind::False;
                }
                b'n' => {
                    at = literal(json, at, b"null")?;
                    kind = Kind::Null;
                }
                b'-' | b'0'..=b'9' => {
                    at = number_end(json, at)?;
                    kind = Kind::Number;
                }
                _ => return invalid(at, "a value is expected"),
            }
            report(paths, node, kind, start, at, hits);
            // The value has ended: close what ends with it, until another value begins.
            loop {
                let Some(frame) = self.frames.last_mut() else {
                    self.spaces = spaces;
                    return Ok(at);
                };
                let ended = at;
                at = skip_space(json, at);
                spaces += at - ended;
                match json.get(at).copied().ok_or(Fault::Incomplete)? {
                    b',' => {
                        let comma = at;
                        at = skip_space(json, at + 1);
                        spaces += at - comma - 1;
                        if frame.is_array {
                            frame.index = frame.index.saturating_add(1);
                            node = paths.item(frame.node, frame.index);
                        } else {
                            let found = key(json, at, paths, frame.node)?;
                            spaces += found.spaces;
                            (at, node) = (found.value, found.node);
                        }
                        break;
                    }
                    b']' if frame.is_array => {
                        at += 1;
                        report(paths, frame.node, Kind::Array, frame.start, at, hits);
                        self.frames.pop();
                    }
                    b'}' if !frame.is_array => {
                        at += 1;
                        report(paths, frame.node, Kind::Object, frame.start, at, hits);
                        self.frames.pop();
                    }
                    _ if frame.is_array => return invalid(at, "`,` or `]` is expected"),
                    _ => return invalid(at, "`,` or `}` is expected"),
                }
            }
        }
    }
}

/// Calls back with each key (unescaped) and value of a valid object.
pub fn members(object: &[u8], f: &mut dyn FnMut(&[u8], Raw<'_>)) {
    let nothing = Paths::new::<&str>(&[]);
    let (mut walker, mut hits) = (Walker::default(), Vec::new());
    let mut at = skip_space(object, 1);
    while let Ok((name_end, _)) = string_end(object, at + 1)
        && let Ok(Key { value: start, .. }) = key(object, at, &nothing, DEAD)
        && let Some(Ok(len)) = object.get(start..).map(|v| walker.walk(v, &nothing, &mut hits))
        && let Some(bytes) = object.get(start..start + len)
        && let Some(kind) = Kind::of(bytes)
    {
        let name = object.get(at + 1..name_end - 1).unwrap_or(&[]);
        f(&unescape(name), Raw { kind, bytes });
        // Behind the value comes a comma or the end.
        at = skip_space(object, skip_space(object, start + len) + 1);
    }
}

#[inline]
fn report(paths: &Paths, node: Node, kind: Kind, start: usize, end: usize, hits: &mut Vec<Hit>) {
    if node != DEAD {
        for &path in paths.ids(node) {
            hits.push(Hit {
                path,
                kind,
                start,
                end,
            });
        }
    }
}

fn invalid<T>(at: usize, reason: &'static str) -> Result<T, Fault> {
    Err(Fault::Invalid { at, reason })
}

/// A key that was read.
pub(super) struct Key {
    /// Where its value begins.
    pub value: usize,
    /// Where it leads.
    pub node: Node,
    spaces: usize,
}

/// Reads `"key" :` and the space behind it.
#[inline]
pub(super) fn key(json: &[u8], at: usize, paths: &Paths, node: Node) -> Result<Key, Fault> {
    match json.get(at) {
        None => return Err(Fault::Incomplete),
        Some(b'"') => {}
        Some(_) => return invalid(at, "a key in quotes is expected"),
    }
    let (end, escaped) = string_end(json, at + 1)?;
    let node = if node == DEAD {
        DEAD
    } else {
        let name = json.get(at + 1..end - 1).unwrap_or(&[]);
        if escaped {
            paths.key(node, &unescape(name))
        } else {
            paths.key(node, name)
        }
    };
    let colon = skip_space(json, end);
    match json.get(colon) {
        None => Err(Fault::Incomplete),
        Some(b':') => {
            let value = skip_space(json, colon + 1);
            Ok(Key {
                value,
                node,
                spaces: value - end - 1,
            })
        }
        Some(_) => invalid(colon, "`:` is expected after a key"),
    }
}

#[inline]
pub(super) fn skip_space(json: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = json.get(at) {
        at += 1;
    }
    at
}

const ONES: u64 = u64::from_ne_bytes([1; 8]);
const HIGHS: u64 = u64::from_ne_bytes([0x80; 8]);

/// The lowest set high bit marks the first byte of a word that ends a run of plain string bytes: a quote, a backslash or
/// a control character. Bits above the lowest may be wrong (a borrow runs upwards), so only the lowest is used.
#[inline]
fn special(word: u64) -> u64 {
    let zero = |x: u64| x.wrapping_sub(ONES) & !x;
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    (zero(word ^ (ONES * 0x22)) | zero(word ^ (ONES * 0x5c)) | control) & HIGHS
}

/// Where the string whose content begins at `at` ends (behind its closing quote), and whether it has escapes.
#[inline]
pub(super) fn string_end(json: &[u8], mut at: usize) -> Result<(usize, bool), Fault> {
    let mut escaped = false;
    loop {
        let rest = json.get(at..).unwrap_or(&[]);
        if let Some(word) = rest.first_chunk::<8>() {
            let mask = special(u64::from_le_bytes(*word));
            if mask == 0 {
                at += 8;
                continue;
            }
            at += (mask.trailing_zeros() / 8) as usize;
        } else {
            at += rest
                .iter()
                .position(|&b| b < 0x20 || b == b'"' || b == b'\\')
                .ok_or(Fault::Incomplete)?;
        }
        match json.get(at) {
            Some(b'"') => return Ok((at + 1, escaped)),
            Some(b'\\') => {
                escaped = true;
                match json.get(at + 1).ok_or(Fault::Incomplete)? {
                    b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => at += 2,
                    b'u' => {
                        for i in at + 2..at + 6 {
                            if !json.get(i).ok_or(Fault::Incomplete)?.is_ascii_hexdigit() {
                                return invalid(i, "a `\\u` escape has four hexadecimal digits");
                            }
                        }
                        at += 6;
                    }
                    _ => return invalid(at, "a backslash that escapes nothing"),
                }
            }
            Some(_) => return invalid(at, "a control character or line break inside a text"),
            None => return Err(Fault::Incomplete),
        }
    }
}

fn literal(json: &[u8], at: usize, word: &'static [u8]) -> Result<usize, Fault> {
    let rest = json.get(at..).unwrap_or(&[]);
    if rest.starts_with(word) {
        Ok(at + word.len())
    } else if word.starts_with(rest) {
        Err(Fault::Incomplete)
    } else {
        invalid(at, "a value is expected")
    }
}

fn number_end(json: &[u8], mut at: usize) -> Result<usize, Fault> {
    fn digits(json: &[u8], mut at: usize) -> Result<usize, Fault> {
        let from = at;
        while json.get(at).ok_or(Fault::Incomplete)?.is_ascii_digit() {
            at += 1;
        }
        if at == from {
            invalid(at, "a digit is expected")
        } else {
            Ok(at)
        }
    }
    if json.get(at) == Some(&b'-') {
        at += 1;
    }
    at = match json.get(at).ok_or(Fault::Incomplete)? {
        // Nothing may follow a leading zero but a fraction or exponent: `01` ends here, and the `1` is the next fault.
        b'0' => at + 1,
        _ => digits(json, at)?,
    };
    if *json.get(at).ok_or(Fault::Incomplete)? == b'.' {
        at = digits(json, at + 1)?;
    }
    if let b'e' | b'E' = json.get(at).ok_or(Fault::Incomplete)? {
        at += 1;
        if let b'+' | b'-' = json.get(at).ok_or(Fault::Incomplete)? {
            at += 1;
        }
        at = digits(json, at)?;
    }
    Ok(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn collect(json: &str, paths: &[&str]) -> Result<Vec<(usize, String)>, Fault> {
        let mut hits = Vec::new();
        // The line break ends a bare number.
        let text = format!("{json}\n");
        let end = Walker::default().walk(text.as_bytes(), &Paths::new(paths), &mut hits)?;
        match skip_space(text.as_bytes(), end) {
            rest if rest < text.len() => invalid(rest, "more follows"),
            _ => Ok(hits
                .iter()
                .map(|h| (h.path, text[h.start..h.end].to_owned()))
                .collect()),
        }
    }

    #[test]
    fn wanted_values_are_reported_where_they_stand() {
        let json = r#" {"a":{"b":1.5e3,"b":"two","c":[{"d":true},{"d":null},7]},"\u0061":{"b":{}}} "#;
        let found = collect(json, &["a.b", "a.c[].d", "a.c[1].d", "a.c", "x"]).unwrap();
        let want = [
            (0, "1.5e3"),
            (0, "\"two\""),
            (1, "true"),
            (1, "null"),
            (2, "null"),
            (3, r#"[{"d":true},{"d":null},7]"#),
            (0, "{}"),
        ];
        let want: Vec<(usize, String)> = want.iter().map(|(i, s)| (*i, (*s).to_owned())).collect();
        assert_eq!(found, want);
    }

    #[test]
    fn nesting_is_bounded() {
        let deep = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
        assert!(collect(&deep(MAX_DEPTH), &[]).is_ok());
        let at = MAX_DEPTH;
        let reason = "nested deeper than 128 levels";
        assert_eq!(
            collect(&deep(MAX_DEPTH + 1), &[]),
            Err(Fault::Invalid { at, reason })
        );
        assert_eq!(
            collect(&"{\"a\":".repeat(200_000), &[]),
            Err(Fault::Invalid { at: at * 5, reason })
        );
    }

    #[test]
    fn every_beginning_of_a_value_is_incomplete() {
        let json = r#"{"a":[1,-2.5e+10,"x\u00e9\n",true,false,null,{}],"b":{"c":[]}}"#;
        let mut walker = Walker::default();
        for n in 0..json.len() {
            let got = walker.walk(&json.as_bytes()[..n], &Paths::new(&["a"]), &mut Vec::new());
            assert_eq!(got, Err(Fault::Incomplete), "{}", &json[..n]);
        }
        assert_eq!(
            walker.walk(json.as_bytes(), &Paths::new(&["a"]), &mut Vec::new()),
            Ok(json.len())
        );
    }

    #[test]
    fn string_ends_are_found_at_every_alignment() {
        for pad in 0..20 {
            for (tail, want) in [
                ("\"", Some(false)),
                ("\\\"\"", Some(true)),
                ("é\"", Some(false)),
                ("\u{1}\"", None),
            ] {
                let json = format!("{}{tail}rest of it", "x".repeat(pad));
                let got = string_end(json.as_bytes(), 0).ok();
                assert_eq!(got, want.map(|escaped| (pad + tail.len(), escaped)), "{json}");
            }
        }
    }

    /// Text that is JSON more often than chance would have it.
    fn jsonish() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            Just("null".to_owned()),
            any::<bool>().prop_map(|b| b.to_string()),
            any::<f64>()
                .prop_filter("finite", |f| f.is_finite())
                .prop_map(|f| serde_json::json!(f).to_string()),
            any::<i64>().prop_map(|i| i.to_string()),
            any::<String>().prop_map(|s| serde_json::json!(s).to_string()),
            "-?[0-9]{1,3}(\\.[0-9]{0,2})?([eE][+-]?[0-9]{0,2})?",
            "\"(\\\\[\"\\\\/bfnrtux]|\\\\u[0-9a-fg]{4}|[ -~])*\"",
        ];
        let value = leaf.prop_recursive(5, 60, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(|v| format!("[{}]", v.join(", "))),
                prop::collection::vec(("[abc]", inner), 0..5).prop_map(|v| {
                    let fields: Vec<String> = v.iter().map(|(k, x)| format!("\"{k}\" :{x}")).collect();
                    format!("{{ {}\n}}", fields.join(","))
                }),
            ]
        });
        prop_oneof![
            4 => value.clone(),
            1 => (value.clone(), any::<prop::sample::Index>()).prop_map(|(s, i)| {
                // One character left out.
                let mut chars: Vec<char> = s.chars().collect();
                if !chars.is_empty() { chars.remove(i.index(chars.len())); }
                chars.into_iter().collect()
            }),
            1 => "[\\[\\]{},:\"\\\\ a0-9-]{0,12}",
            1 => (value.clone(), value).prop_map(|(a, b)| format!("{a} {b}")),
        ]
    }

    /// What the paths `a`, `a.b`, `[1]` and `[].c` mean, told by a tree of values.
    fn oracle(v: &serde_json::Value) -> Vec<Option<serde_json::Value>> {
        let mut cs = v.as_array().into_iter().flatten().filter_map(|x| x.get("c"));
        vec![
            v.get("a").cloned(),
            v.get("a").and_then(|a| a.get("b")).cloned(),
            v.get(1).cloned(),
            cs.next_back().cloned(),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(600))]
        #[test]
        fn agrees_with_serde_json(json in jsonish()) {
            let verdict = serde_json::from_str::<serde::de::IgnoredAny>(&json).is_ok();
            let found = collect(&json, &["a", "a.b", "[1]", "[].c"]);
            prop_assert_eq!(found.is_ok(), verdict, "{:?}", found);
            // Lone surrogates and numbers beyond f64 are good for a walk, but not for a tree of values.
            if let (Ok(found), Ok(tree)) = (found, serde_json::from_str::<serde_json::Value>(&json)) {
                // Repeated keys: the last one counts, and only what is inside the last one.
                let keys_repeat = json.matches('{').count() > 0 && tree.to_string().matches(':').count() != json.matches(':').count();
                if !keys_repeat {
                    for (id, want) in oracle(&tree).into_iter().enumerate() {
                        let got = found.iter().rfind(|(i, _)| *i == id).map(|(_, text)| text.clone());
                        let got: Option<serde_json::Value> = got.map(|text| serde_json::from_str(&text).unwrap());
                        prop_assert_eq!(got, want);
                    }
                }
            }
        }

        #[test]
        fn strings_unescape_as_serde_json_does(s in any::<String>(), ascii in any::<bool>()) {
            let mut json = serde_json::json!(s).to_string();
            if ascii {
                json = json.chars().map(|c| if c.is_ascii() { c.to_string() } else {
                    c.encode_utf16(&mut [0; 2]).iter().map(|u| format!("\\u{u:04x}")).collect()
                }).collect();
            }
            let raw = Raw { kind: Kind::String, bytes: json.as_bytes() };
            prop_assert_eq!(raw.string().unwrap(), s.as_bytes());
        }

        #[test]
        fn any_bytes_neither_panic_nor_hang(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Walker::default().walk(&bytes, &Paths::new(&["a[].*", "*"]), &mut Vec::new());
            unescape(&bytes);
        }
    }
}
