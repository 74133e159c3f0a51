//! What does the beginning of a JSON file look like? So that a probe is one line.

use super::path::{Seg, segments};
use super::value::Kind;
use super::walk::{Fault, skip_space, string_end};

/// How a file of JSON begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Top {
    /// Neither an object nor an array.
    NotJson,
    /// One object (as far as the sample goes).
    Object,
    Array,
    /// Several objects, one a line or one behind the other.
    Lines,
}

/// How deep the shape looks, and how many values it keeps.
const DEPTH: usize = 6;
const VALUES: usize = 400;

/// A value near the top: of each array only the first item is kept, of `Lines` only the first object.
#[derive(Clone, Copy, Debug)]
struct Seen<'a> {
    parent: usize,
    /// The key as it stands in the file; `None` for the first item of an array.
    key: Option<&'a [u8]>,
    kind: Kind,
    /// Of a string or number, complete ones only.
    bytes: &'a [u8],
}

/// The keys and kinds at the beginning of a JSON file, cheap enough to be asked by every format.
///
/// Paths are written as for [`super::Paths`], but with `[]` for the first item only: `Records[].eventName`. For an array
/// at the top the first item is the root's `[]`; [`Shape::record_has`] knows all places where records usually are.
#[derive(Clone, Debug)]
pub struct Shape<'a> {
    pub top: Top,
    seen: Vec<Seen<'a>>,
}

const ROOT: usize = 0;

impl<'a> Shape<'a> {
    /// Looks at the beginning of a file, which may end anywhere.
    pub fn of(head: &'a [u8]) -> Shape<'a> {
        let mut shape = Shape {
            top: Top::NotJson,
            seen: Vec::new(),
        };
        let start = skip_space(head, 0);
        let mut scan = Scan {
            json: head,
            at: start,
            seen: &mut shape.seen,
        };
        shape.top = match head.get(start) {
            Some(b'[') => {
                let _ = scan.value(ROOT, None, 0);
                Top::Array
            }
            Some(b'{') => {
                let ended = scan.value(ROOT, None, 0).is_ok();
                let mut next = skip_space(head, scan.at);
                if head.get(next) == Some(&b',') {
                    next = skip_space(head, next + 1);
                }
                if ended && head.get(next) == Some(&b'{') {
                    Top::Lines
                } else {
                    Top::Object
                }
            }
            _ => Top::NotJson,
        };
        // `{` alone could be anything: JSON has a key or the end behind it.
        if shape.top != Top::NotJson {
            let inside = skip_space(head, start + 1);
            let plausible = match (head.get(start), head.get(inside)) {
                (_, None) => true,
                (Some(b'{'), Some(c)) => matches!(c, b'"' | b'}'),
                (_, Some(c)) => matches!(
                    c,
                    b'"' | b'{' | b'[' | b']' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n'
                ),
            };
            if !plausible {
                return Shape {
                    top: Top::NotJson,
                    seen: Vec::new(),
                };
            }
        }
        shape
    }

    pub fn is_json(&self) -> bool {
        self.top != Top::NotJson
    }

    /// What kind of value stands at this path, if any.
    pub fn kind(&self, path: &str) -> Option<Kind> {
        self.find(ROOT, path)
            .and_then(|n| self.seen.get(n))
            .map(|s| s.kind)
    }

    /// The string or number at this path, as it stands in the file (escapes are not undone).
    pub fn text(&self, path: &str) -> Option<&'a [u8]> {
        let seen = self.seen.get(self.find(ROOT, path)?)?;
        match seen.bytes {
            [b'"', inner @ .., b'"'] => Some(inner),
            [] => None,
            other => Some(other),
        }
    }

    /// Something stands at each of these paths.
    pub fn has(&self, paths: &[&str]) -> bool {
        paths.iter().all(|p| self.kind(p).is_some())
    }

    /// The first record has something at each of these paths. Where could it be? The top object itself (or the first of
    /// several), the first item of a top array, or of an array that is the value of a key of the top object.
    pub fn record_has(&self, paths: &[&str]) -> bool {
        self.records()
            .any(|r| paths.iter().all(|p| self.find(r, p).is_some()))
    }

    /// The keys of the top object (of the first one where there are several, of the first item of a top array), escapes
    /// not undone, with the kinds of their values.
    pub fn keys(&self) -> impl Iterator<Item = (&'a [u8], Kind)> + '_ {
        let top = self.child(ROOT, |s| s.key.is_none()).unwrap_or(ROOT);
        self.children(top).filter_map(|(_, s)| Some((s.key?, s.kind)))
    }

    fn records(&self) -> impl Iterator<Item = usize> + '_ {
        let below_keys = self
            .children(ROOT)
            .filter(|(_, s)| s.key.is_some() && s.kind == Kind::Array)
            .filter_map(|(n, _)| self.child(n, |s| s.key.is_none()));
        std::iter::once(ROOT)
            .chain(self.child(ROOT, |s| s.key.is_none()))
            .chain(below_keys)
    }

    fn children(&self, parent: usize) -> impl Iterator<Item = (usize, &Seen<'a>)> {
        // The root is its own parent.
        self.seen
            .iter()
            .enumerate()
            .skip(parent + 1)
            .filter(move |(_, s)| s.parent == parent)
    }

    fn child(&self, parent: usize, wanted: impl Fn(&Seen<'a>) -> bool) -> Option<usize> {
        self.children(parent).find(|(_, s)| wanted(s)).map(|(n, _)| n)
    }

    fn find(&self, from: usize, path: &str) -> Option<usize> {
        self.seen.get(from)?;
        segments(path).iter().try_fold(from, |at, seg| match seg {
            Seg::Key(k) => self.child(at, |s| s.key == Some(k.as_bytes())),
            Seg::KeyOrIndex(k, i) => self.child(at, |s| s.key.map_or(*i == 0, |key| key == k.as_bytes())),
            Seg::Index(i) => self.child(at, |s| *i == 0 && s.key.is_none()),
            Seg::AnyItem => self.child(at, |s| s.key.is_none()),
            Seg::Any => self.child(at, |_| true),
        })
    }
}

/// Reads on as long as it is JSON, without checking more than it needs to.
struct Scan<'a, 's> {
    json: &'a [u8],
    at: usize,
    seen: &'s mut Vec<Seen<'a>>,
}

impl<'a> Scan<'a, '_> {
    fn peek(&self) -> Result<u8, Fault> {
        self.json.get(self.at).copied().ok_or(Fault::Incomplete)
    }

    fn space(&mut self) {
        self.at = skip_space(self.json, self.at);
    }

    /// Reads the value at `at`, keeping it and what is in it while there is room.
    fn value(&mut self, parent: usize, key: Option<&'a [u8]>, depth: usize) -> Result<(), Fault> {
        let start = self.at;
        let kind = match self.peek()? {
            b'{' => Kind::Object,
            b'[' => Kind::Array,
            b'"' => Kind::String,
            b't' => Kind::True,
            b'f' => Kind::False,
            b'n' => Kind::Null,
            b'-' | b'0'..=b'9' => Kind::Number,
            _ => {
                return Err(Fault::Invalid {
                    at: start,
                    reason: "a value is expected",
                });
            }
        };
        if self.seen.len() >= VALUES || depth >= DEPTH {
            return self.skip();
        }
        let node = self.seen.len();
        self.seen.push(Seen {
            parent,
            key,
            kind,
            bytes: &[],
        });
        match kind {
            Kind::Object => self.object(node, depth),
            Kind::Array => self.array(node, depth),
            _ => {
                self.skip()?;
                if let (Some(seen), Some(bytes)) = (self.seen.get_mut(node), self.json.get(start..self.at)) {
                    seen.bytes = bytes;
                }
                Ok(())
            }
        }
    }

    fn object(&mut self, node: usize, depth: usize) -> Result<(), Fault> {
        self.at += 1;
        loop {
            self.space();
            match self.peek()? {
                b'}' => {
                    self.at += 1;
                    return Ok(());
                }
                b',' => self.at += 1,
                b'"' => {
                    let (end, _) = string_end(self.json, self.at + 1)?;
                    let key = self.json.get(self.at + 1..end - 1);
                    self.at = end;
                    self.space();
                    if self.peek()? != b':' {
                        return Err(Fault::Invalid {
                            at: self.at,
                            reason: "`:` is expected",
                        });
                    }
                    self.at += 1;
                    self.space();
                    self.value(node, key, depth + 1)?;
                }
                _ => {
                    return Err(Fault::Invalid {
                        at: self.at,
                        reason: "a key is expected",
                    });
                }
            }
        }
    }

    fn array(&mut self, node: usize, depth: usize) -> Result<(), Fault> {
        self.at += 1;
        let mut first = true;
        loop {
            self.space();
            match self.peek()? {
                b']' => {
                    self.at += 1;
                    return Ok(());
                }
                b',' => self.at += 1,
                _ if first => {
                    first = false;
                    self.value(node, None, depth + 1)?;
                }
                _ => self.skip()?,
            }
        }
    }

    /// Goes behind the value at `at`, looking only at brackets and strings.
    fn skip(&mut self) -> Result<(), Fault> {
        let mut open = 0usize;
        loop {
            match self.peek()? {
                b'"' => self.at = string_end(self.json, self.at + 1)?.0,
                b'{' | b'[' => {
                    open += 1;
                    self.at += 1;
                }
                b'}' | b']' => {
                    open = open.saturating_sub(1);
                    self.at += 1;
                }
                _ => {
                    let rest = self.json.get(self.at..).unwrap_or(&[]);
                    let plain = |b: &u8| {
                        !matches!(
                            b,
                            b'"' | b'{' | b'}' | b'[' | b']' | b',' | b' ' | b'\n' | b'\r' | b'\t'
                        )
                    };
                    let len = rest.iter().take_while(|b| plain(b)).count();
                    // A separator inside a container is passed over; outside it ends a number or literal.
                    self.at += len.max(usize::from(open > 0));
                    if open == 0 && self.at >= self.json.len() {
                        return Err(Fault::Incomplete);
                    }
                }
            }
            if open == 0 {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn containers_are_told_apart() {
        let top = |s: &'static str| Shape::of(s.as_bytes()).top;
        assert_eq!(top(" {\"a\": 1}\n"), Top::Object);
        assert_eq!(top("{\"a\": [1, {"), Top::Object);
        assert_eq!(top("{\"a\":1}\n{\"a\""), Top::Lines);
        assert_eq!(top("{\"a\":1}{\"a\":2}"), Top::Lines);
        assert_eq!(top("[\n{\"a\":1}]"), Top::Array);
        assert_eq!(top("[2022-01-01 00:00:00] x"), Top::Array);
        assert_eq!(top("[error] something"), Top::NotJson);
        assert_eq!(top("{ a: 1 }"), Top::NotJson);
        assert_eq!(top("2 123456789012 eni-1"), Top::NotJson);
        assert_eq!(top(""), Top::NotJson);
    }

    #[test]
    fn records_are_found_where_they_usually_are() {
        for text in [
            r#"{"v":1,"n":"x"}"#,
            "{\"v\":1,\"n\":\"x\"}\n{\"other\":1}",
            r#"[{"v":1,"n":"x"},{"other":1}]"#,
            r#"{"more":{},"list":[{"v":1,"n":{"deep":[1]}},{}],"after":2}"#,
            r#"{"list":[{"v":1,"n":"cut of"#,
        ] {
            let shape = Shape::of(text.as_bytes());
            assert!(shape.record_has(&["v", "n"]), "{text}");
            assert!(!shape.record_has(&["v", "other"]), "{text}");
        }
    }

    #[test]
    fn paths_lead_to_kinds_and_texts() {
        let shape = Shape::of(br#"{"detail-type":"X","detail":{"findings":[{"Id":7},{"No":1}],"e":[]},"rows":[[{"a":"b"}]],"last":null}"#);
        assert_eq!(shape.text("detail-type"), Some(&b"X"[..]));
        assert_eq!(shape.text("detail.findings[].Id"), Some(&b"7"[..]));
        assert_eq!(shape.kind("detail.findings[].No"), None);
        assert_eq!(shape.kind("detail.e"), Some(Kind::Array));
        assert_eq!(shape.kind("rows[][].a"), Some(Kind::String));
        assert!(shape.has(&["last", "rows"]));
        let keys: Vec<_> = shape.keys().map(|(k, _)| k).collect();
        assert_eq!(keys, [&b"detail-type"[..], b"detail", b"rows", b"last"]);
    }

    #[test]
    fn every_beginning_and_any_depth_is_fine() {
        let text = r#"{"a":[{"b":"c\"\u0041"},2,true],"d":{"e":-1.5}}"#;
        for n in 0..=text.len() {
            Shape::of(&text.as_bytes()[..n]);
        }
        assert_eq!(Shape::of("[".repeat(200_000).as_bytes()).top, Top::Array);
        assert_eq!(Shape::of("{\"a\":".repeat(200_000).as_bytes()).top, Top::Object);
        assert_eq!(Shape::of(b"{\"a\":]}}}]").top, Top::Object);
    }
}
