use crate::language::json::Json;
use crate::language::pattern::{Kind, Pattern};
use proptest::prelude::*;

/// Texts that are often patterns.
fn pattern_like() -> impl Strategy<Value = String> {
    let bits = |bits: &'static [&'static str]| {
        prop::collection::vec(prop::sample::select(bits), 0..10).prop_map(|b| b.concat())
    };
    let text = bits(&[
        "a",
        "ERROR",
        " ",
        " ",
        "?",
        "-",
        "\"b c\"",
        "\"\\\"\\\\\"",
        "%a+%",
        "%^x|y$%",
        "ä",
        "=",
        "{",
        "[",
        "*",
    ]);
    let value = || {
        prop::sample::select(
            &[
                "1",
                "-2.50",
                "1e3",
                "x",
                "x*",
                "*",
                "\"*y z*\"",
                "\"\\\"\"",
                "%a.?b%",
                "a&b",
                "f(1",
                "true",
                "ü",
            ][..],
        )
    };
    let selector = bits(&[
        ".a", ".b", "[0]", "[*]", ".*", "['c.d']", ".['']", ".e-f", "['a']",
    ])
    .prop_map(|s| format!("$.a{s}"));
    let test = move |name: BoxedStrategy<String>| {
        prop_oneof![
            (
                name.clone(),
                prop::sample::select(&["=", "!=", " = "][..]),
                value()
            )
                .prop_map(|(n, o, v)| format!("{n}{o}{v} ")),
            (name.clone(), prop::sample::select(&["<", "<=", ">", " >= "][..]))
                .prop_map(|(n, o)| format!("{n}{o}5")),
        ]
    };
    let json_test = prop_oneof![
        test(selector.clone().boxed()),
        (
            selector,
            prop::sample::select(&[" IS NULL", " IS TRUE", " IS FALSE", " NOT EXISTS"][..])
        )
            .prop_map(|(s, t)| s + t),
    ];
    let logic = |test: BoxedStrategy<String>| {
        test.prop_recursive(3, 8, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 1..4).prop_map(|p| p.join("&&")),
                prop::collection::vec(inner.clone(), 1..4).prop_map(|p| p.join(" || ")),
                inner.prop_map(|p| format!("({p})")),
            ]
        })
    };
    let json = logic(json_test.boxed()).prop_map(|c| format!("{{{c}}}"));
    let slot = prop_oneof![
        Just(String::new()),
        Just("name".to_owned()),
        logic(test(Just("own".to_owned()).boxed()).boxed()),
    ];
    let slots =
        (prop::collection::vec(slot, 0..5), prop::option::of(0usize..5)).prop_map(|(mut slots, ellipsis)| {
            if let Some(at) = ellipsis {
                slots.insert(at.min(slots.len()), "...".to_owned());
            }
            format!("[{}]", slots.join(","))
        });
    prop_oneof![text, json, slots]
}

fn message() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[ab1 \\[\\]\"\\\\x=]{0,20}",
        event().prop_map(|e| e.to_string()),
    ]
}

fn event() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Bool),
        prop::sample::select(&["1", "5", "-2.5", "1000", "1e3"][..]).prop_map(|n| Json::Number(n.to_owned())),
        prop::sample::select(&["x", "xy", "1", "ab", "y z", "\"", "true", "ü", ""][..])
            .prop_map(|n| Json::String(n.to_owned())),
    ];
    let value = leaf.prop_recursive(4, 20, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::Array),
            object(inner),
        ]
    });
    object(value.boxed())
}

fn object(value: BoxedStrategy<Json>) -> impl Strategy<Value = Json> {
    let key = prop::sample::select(&["a", "b", "c.d", "", "e-f"][..]).prop_map(str::to_owned);
    prop::collection::btree_map(key, value, 0..4).prop_map(|m| Json::Object(m.into_iter().collect()))
}

/// A syntax tree without its places.
fn shape(pattern: &Pattern) -> String {
    let spans = ::regex::Regex::new(r"Span \{\s*at: [0-9]+,\s*end: [0-9]+,?\s*\}").expect("a regex");
    spans
        .replace_all(&format!("{:?}", pattern.kind()), "")
        .into_owned()
}

/// Every character of a message's keys and texts as an escape.
fn escaped(json: &Json) -> String {
    let text = |text: &str| {
        let mut units = [0; 2];
        let codes = text.chars().flat_map(|c| c.encode_utf16(&mut units).to_vec());
        format!("\"{}\"", codes.map(|u| format!("\\u{u:04x}")).collect::<String>())
    };
    match json {
        Json::String(s) => text(s),
        Json::Array(elements) => format!(
            "[{}]",
            elements.iter().map(escaped).collect::<Vec<_>>().join(", ")
        ),
        Json::Object(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(k, v)| format!("{} : {}", text(k), escaped(v)))
                .collect();
            format!("{{ {} }}", members.join(", "))
        }
        other => other.to_string(),
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in any::<String>(), open in "[\\[{]?", close in "[\\]}]?", message in message()) {
        let text = format!("{open}{text}{close}");
        match Pattern::parse(&text) {
            Ok(parsed) => {
                let _ = (parsed.pattern.matches(&message), parsed.pattern.explain(), parsed.pattern.hints());
            }
            Err(fault) => prop_assert!(fault.at <= fault.end && fault.end <= text.chars().count()),
        }
    }

    #[test]
    fn what_is_written_is_read_as_the_same(text in pattern_like(), message in message()) {
        if let Ok(parsed) = Pattern::parse(&text) {
            let written = parsed.pattern.to_string();
            let again = Pattern::parse(&written).map_err(|f| TestCaseError::fail(format!("{written}: {f}")))?;
            prop_assert_eq!(shape(&parsed.pattern), shape(&again.pattern), "{}", written);
            prop_assert_eq!(&written, &again.pattern.to_string());
            prop_assert_eq!(parsed.pattern.matches(&message), again.pattern.matches(&message));
            prop_assert_eq!(parsed.warnings.len(), again.warnings.len());
            for fault in parsed.warnings.iter().chain(&parsed.pattern.hints()) {
                prop_assert!(fault.at < fault.end && fault.end <= text.chars().count());
            }
            prop_assert!(parsed.pattern.explain().ends_with('.'));
        }
    }

    /// However it is written or kept: what is looked for first must not decide wrongly.
    #[test]
    fn a_json_event_matches_in_every_form(text in pattern_like(), event in event()) {
        if let Ok(parsed) = Pattern::parse(&text)
            && let Kind::Json(pattern) = parsed.pattern.kind()
        {
            let expected = pattern.matches_nodes(&event);
            prop_assert_eq!(pattern.matches(&event.to_string()), expected);
            prop_assert_eq!(pattern.matches(&escaped(&event)), expected);
        }
    }

    #[test]
    fn most_of_what_looks_like_a_pattern_is_one(text in pattern_like()) {
        let bracketed = text.starts_with(['{', '[']);
        let empty = text == "{}";
        if let Err(fault) = Pattern::parse(&text) {
            prop_assert!(!bracketed || empty || !text.ends_with(['}', ']']) || text.contains(['?', '"']), "{}: {}", text, fault);
        }
    }
}
