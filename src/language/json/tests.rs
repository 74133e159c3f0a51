//! `serde_json` is the oracle.

use super::*;
use proptest::prelude::*;
use serde_json::Value;
use serde_json::value::RawValue;

/// What serde_json read.
fn theirs(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(b) => Json::Bool(*b),
        Value::Number(n) => Json::Number(n.to_string()),
        Value::String(s) => Json::String(s.clone()),
        Value::Array(elements) => Json::Array(elements.iter().map(theirs).collect()),
        Value::Object(members) => Json::Object(members.iter().map(|(k, v)| (k.clone(), theirs(v))).collect()),
    }
}

/// Keys sorted and numbers as serde_json writes them: what the two readers may not differ in.
fn settled(json: &Json) -> Json {
    match json {
        Json::Number(source) => match serde_json::from_str::<serde_json::Number>(source) {
            Ok(number) => Json::Number(number.to_string()),
            Err(_) => json.clone(),
        },
        Json::Array(elements) => Json::Array(elements.iter().map(settled).collect()),
        Json::Object(members) => {
            let mut members: Vec<_> = members.iter().map(|(k, v)| (k.clone(), settled(v))).collect();
            members.sort_by(|a, b| a.0.cmp(&b.0));
            Json::Object(members)
        }
        other => other.clone(),
    }
}

fn agree(text: &str) {
    let found = Json::parse(text);
    match serde_json::from_str::<Value>(text) {
        Ok(value) => {
            let found = found.unwrap_or_else(|e| panic!("{text:?}: {e}"));
            assert_eq!(settled(&found), settled(&theirs(&value)), "{text:?}");
            let again = Json::parse(&found.to_string()).expect("what was written is read");
            assert_eq!(again, found);
        }
        // A number that is too big for an f64 is one all the same.
        Err(e) if e.to_string().starts_with("number out of range") => {
            assert_eq!(
                found.is_ok(),
                serde_json::from_str::<&RawValue>(text).is_ok(),
                "{text:?}"
            );
        }
        Err(e) => assert!(found.is_err(), "{text:?}: {e}"),
    }
}

#[test]
fn what_is_json_and_what_is_not() {
    for text in [
        "",
        " ",
        "null",
        " true ",
        "false",
        "nul",
        "truee",
        "0",
        "-0",
        "00",
        "01",
        "-",
        "1.",
        ".5",
        "1.5",
        "1e",
        "1e+",
        "1E-2",
        "+1",
        "1e400",
        "9007199254740993",
        "\"\"",
        "\"a",
        "\"\\",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u00e4\\n\"",
        "\"\\ud83d\\ude00\"",
        "\"\\ud83d\"",
        "\"\\ud83d\\u0041\"",
        "\"\\ude00\"",
        "\"\t\"",
        "\"ä€😀\"",
        "[]",
        "[ ]",
        "[1]",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[",
        "]",
        "[1",
        "{}",
        "{ }",
        "{",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1}",
        "{\"a\":1,}",
        "{,}",
        "{a:1}",
        "{\"a\" : [ {} , [] ] }",
        "{\"a\":1}x",
        "[[1,2],{\"b\":[null]}]",
        "{\"a\":1]",
        "[1}",
        "\u{feff}1",
        "1 // x",
        "'a'",
    ] {
        agree(text);
    }
    for depth in [MAX_DEPTH - 1, MAX_DEPTH, MAX_DEPTH + 1] {
        agree(&format!("{}{}", "[".repeat(depth), "]".repeat(depth)));
        agree(&format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth)));
    }
}

#[test]
fn hostile_depth_is_an_error() {
    let error = Json::parse(&"[".repeat(1_000_000)).expect_err("too deep");
    assert_eq!(
        error,
        JsonError {
            at: MAX_DEPTH,
            problem: Problem::TooDeep
        }
    );
}

#[test]
fn errors_say_where() {
    let at = |text| Json::parse(text).expect_err("no JSON").at;
    assert_eq!(at("{\"a\" 1}"), 5);
    assert_eq!(at("[1, x]"), 4);
    assert_eq!(at("[1"), 2);
    assert_eq!(at("{} {}"), 3);
}

#[test]
fn order_and_numbers_stay_and_the_last_of_equal_keys_wins() {
    let json = Json::parse(r#"{"z":1.0,"a":10e-1,"z":{"\u0061":2},"b":[1,2]}"#).expect("JSON");
    assert_eq!(json.to_string(), r#"{"z":{"a":2},"a":10e-1,"b":[1,2]}"#);
    assert_eq!(
        json.get("z").and_then(|z| z.get("a")),
        Some(&Json::Number("2".into()))
    );
    assert_eq!(
        json.get("b").and_then(|b| b.at(1)),
        Some(&Json::Number("2".into()))
    );
    assert_eq!(json.get("c"), None);

    let many: Vec<String> = (0..100).map(|i| format!("\"k{}\":{i}", i % 40)).collect();
    let json = Json::parse(&format!("{{{}}}", many.join(","))).expect("JSON");
    let Json::Object(members) = &json else {
        panic!("an object")
    };
    assert_eq!(members.len(), 40);
    assert_eq!(members.first().map(|m| m.0.as_str()), Some("k0"));
    assert_eq!(json.get("k0"), Some(&Json::Number("80".into())));
    assert_eq!(json.get("k39"), Some(&Json::Number("79".into())));
}

#[test]
fn a_tape_selects_without_copies() {
    let tape = Tape::read(r#"{"a":{"b":[1,"x"]},"c":1,"\u0063":2}"#).expect("JSON");
    let root = tape.root().expect("a value");
    let b = root.get("a").and_then(|a| a.get("b")).expect("b");
    assert_eq!(b.elements().map(Item::source).collect::<Vec<_>>(), ["1", "x"]);
    assert_eq!(root.get("c").map(Item::source), Some("2"));
    assert_eq!(
        root.values().map(Item::source).collect::<Vec<_>>(),
        [r#"{"b":[1,"x"]}"#, "2"]
    );
}

fn json_like() -> impl Strategy<Value = String> {
    let bit = prop_oneof![
        Just("{".to_owned()),
        Just("}".to_owned()),
        Just("[".to_owned()),
        Just("]".to_owned()),
        Just(",".to_owned()),
        Just(":".to_owned()),
        Just("\"a\"".to_owned()),
        Just("\"b\":".to_owned()),
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just(" ".to_owned()),
        Just("\\".to_owned()),
        Just("\"".to_owned()),
        "-?[0-9]{1,3}(\\.[0-9]{1,2})?([eE][+-]?[0-9])?",
        "\"\\\\u[0-9a-fD]{4}\"",
        "\"[ -~ä]{0,4}\"",
    ];
    prop::collection::vec(bit, 0..14).prop_map(|bits| bits.concat())
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e9..1e9f64).prop_map(Value::from),
        ".{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((".{0,3}", inner), 0..6)
                .prop_map(|m| Value::Object(m.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn agrees_with_serde_json_on_what_looks_like_json(text in json_like()) {
        agree(&text);
    }

    #[test]
    fn agrees_with_serde_json_on_json(value in any_json()) {
        agree(&value.to_string());
        agree(&serde_json::to_string_pretty(&value).expect("written"));
    }

    #[test]
    fn agrees_with_serde_json_on_cut_json(value in any_json(), cut in 0usize..80) {
        let text = value.to_string();
        let cut: String = text.chars().take(cut).collect();
        agree(&cut);
    }

    #[test]
    fn writes_strings_as_serde_json_does(text in any::<String>()) {
        prop_assert_eq!(Json::String(text.clone()).to_string(), Value::from(text).to_string());
    }
}
