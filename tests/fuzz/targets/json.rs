//! Any bytes as JSON: what reads them here agrees with serde_json.

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use trailbeam::formats::json::lazy::{Json, State};
use trailbeam::formats::json::{Fault, Kind, MAX_DEPTH, Paths, Raw, Shape, Top, Walker, members, minify};

pub fn run(data: &[u8]) {
    let is_json = serde_json::from_slice::<IgnoredAny>(data).is_ok() && depth(data) <= MAX_DEPTH;
    walked(data, is_json);
    lazily(data, is_json);
    let shape = Shape::of(data);
    if let Ok(text) = std::str::from_utf8(data)
        && is_json
    {
        let top = match text.trim_start().as_bytes().first() {
            Some(b'{') => Top::Object,
            Some(b'[') => Top::Array,
            _ => Top::NotJson,
        };
        assert_eq!(shape.top, top);
        let raw: &RawValue = serde_json::from_str(text).expect("it is JSON");
        value(raw.get(), Json::of(data).expect("a value"), 8);
        if let Ok(Pairs(pairs)) = serde_json::from_str(raw.get()) {
            let kinds = pairs.iter().map(|(_, v)| Kind::of(v.get().as_bytes()));
            assert!(
                shape
                    .keys()
                    .zip(kinds)
                    .all(|((_, kind), want)| Some(kind) == want)
            );
        }
    }
}

/// Containers inside containers, of JSON.
fn depth(json: &[u8]) -> usize {
    let (mut depth, mut deepest, mut at) = (0usize, 0, 0);
    let mut in_string = false;
    while let Some(b) = json.get(at) {
        match b {
            b'\\' if in_string => at += 1,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => depth += 1,
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
        at += 1;
    }
    deepest
}

/// White space as JSON has it: no form feed.
fn is_space(bytes: &[u8]) -> bool {
    bytes.iter().all(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r'))
}

/// The walk ends where serde_json finds the end, or says why not.
fn walked(data: &[u8], is_json: bool) {
    // A bare number ends with what follows it.
    let text = [data, b"\n"].concat();
    let (mut walker, mut hits) = (Walker::default(), Vec::new());
    let paths = Paths::new(&["", "a", "[]", "a.b", "*.c", "[0].a"]);
    match walker.walk(&text, &paths, &mut hits) {
        Ok(end) => {
            assert_eq!(is_space(&text[end..]), is_json);
            for hit in &hits {
                assert_eq!(Kind::of(&text[hit.start..hit.end]), Some(hit.kind));
            }
        }
        Err(fault) => {
            assert!(!is_json, "{fault:?}");
            assert!(!matches!(fault, Fault::Invalid { at, .. } if at > text.len()));
        }
    }
}

/// A lazy value takes at least what is JSON, and gives something without end or panic of anything else.
fn lazily(data: &[u8], is_json: bool) {
    let Some((json, used)) = Json::first(data, 0) else {
        assert!(!is_json);
        return;
    };
    assert!(used <= data.len());
    assert!(!is_json || json.state() == State::Whole && is_space(&data[used..]));
    let (at, len) = json.origin();
    assert_eq!(data[at as usize..][..len as usize].as_ptr(), json.text().as_ptr());
    assert!(json.elements().count() <= data.len());
    for path in ["a", "a.b", "0.a", "a.1.b"] {
        json.visit(path, &mut |v| {
            let _ = (v.plain(), v.time(), v.int(), v.float(), v.bool());
        });
    }
}

/// A value and those inside it, read in every way there is.
fn value(text: &str, lazy: Json<'_>, levels: u32) {
    assert_eq!(lazy.text(), text.as_bytes());
    assert_eq!(lazy.state(), State::Whole);
    let kind = Kind::of(text.as_bytes()).expect("a value");
    let raw = Raw {
        kind,
        bytes: text.as_bytes(),
    };
    match kind {
        Kind::String => {
            // A lone surrogate is an error to serde_json; here it is replaced.
            if let Ok(want) = serde_json::from_str::<String>(text) {
                assert_eq!(raw.string().as_deref(), Some(want.as_bytes()));
                assert_eq!(lazy.str().as_deref(), Some(want.as_str()));
            }
        }
        Kind::Number => {
            if let Ok(want) = serde_json::from_str::<i64>(text) {
                assert_eq!((raw.int(), lazy.int()), (Some(want), Some(want)));
            }
            if let Ok(want) = text.parse::<f64>() {
                assert_eq!(raw.float(), Some(want));
            }
            let _ = (raw.time(), lazy.time());
        }
        Kind::Object => {
            let mut dense = Vec::new();
            minify(text.as_bytes(), &mut dense);
            if let Ok(want) = serde_json::from_str::<serde_json::Value>(text) {
                assert_eq!(
                    serde_json::from_slice::<serde_json::Value>(&dense).ok(),
                    Some(want)
                );
            }
            let Ok(Pairs(pairs)) = serde_json::from_str(text) else {
                return;
            };
            object(text, &pairs, lazy);
            for ((_, raw), (_, inner)) in pairs.iter().zip(lazy.object().fields) {
                if let Some(levels) = levels.checked_sub(1) {
                    value(raw.get(), inner, levels);
                }
            }
        }
        Kind::Array => {
            let want: Vec<&RawValue> = serde_json::from_str(text).expect("an array");
            assert_eq!(lazy.elements().count(), want.len());
            for (raw, inner) in want.iter().zip(lazy.elements()) {
                if let Some(levels) = levels.checked_sub(1) {
                    value(raw.get(), inner, levels);
                }
            }
        }
        Kind::True => assert_eq!((raw.bool(), lazy.bool()), (Some(true), Some(true))),
        Kind::False => assert_eq!((raw.bool(), lazy.bool()), (Some(false), Some(false))),
        Kind::Null => assert!(raw.is_null() && lazy.is_null()),
    }
}

/// Keys and values are the same whoever reads them, and the walk finds each by its path.
fn object(text: &str, want: &[(String, &RawValue)], lazy: Json<'_>) {
    let want: Vec<(&str, &str)> = want.iter().map(|(k, v)| (k.as_str(), v.get())).collect();
    let fields = lazy.object().fields;
    let fields: Vec<_> = fields.iter().map(|(k, v)| (k.as_bytes(), v.text())).collect();
    assert!(
        fields
            .iter()
            .copied()
            .eq(want.iter().map(|(k, v)| (k.as_bytes(), v.as_bytes())))
    );
    let mut at = 0;
    members(text.as_bytes(), &mut |key, raw| {
        let (k, v) = want[at];
        assert_eq!((key, raw.bytes), (k.as_bytes(), v.as_bytes()));
        at += 1;
    });
    assert_eq!(at, want.len());
    let plain =
        |k: &str| k.starts_with(|c: char| c.is_ascii_alphabetic()) && !k.contains(['.', '[', '*', '"']);
    let Some(&(name, _)) = want.iter().find(|(k, _)| plain(k)) else {
        return;
    };
    let mut hits = Vec::new();
    let walked = Walker::default().walk(text.as_bytes(), &Paths::new(&[name]), &mut hits);
    assert_eq!(walked, Ok(text.len()));
    let found = hits.iter().map(|h| h.raw(text.as_bytes()).bytes);
    assert!(found.eq(want.iter().filter(|(k, _)| *k == name).map(|(_, v)| v.as_bytes())));
}

/// An object's keys and values in their order, repeated ones too.
struct Pairs<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Pairs<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visit;
        impl<'de> Visitor<'de> for Visit {
            type Value = Pairs<'de>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs<'de>, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Visit)
    }
}
