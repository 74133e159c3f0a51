use super::*;
use proptest::prelude::*;

fn of(text: &str) -> Json<'_> {
    Json::of(text.as_bytes()).unwrap()
}

#[test]
fn values_know_where_they_stand() {
    let text = "  {\"a\": [1, {\"b\":\"x\"}]}";
    let (root, used) = Json::first(text.as_bytes(), 100).unwrap();
    assert_eq!(used, text.len());
    let second = root.get("a").unwrap().elements().nth(1).unwrap();
    let (at, len) = second.origin();
    let start = usize::try_from(at - 100).unwrap();
    assert_eq!(
        &text[start..start + usize::try_from(len).unwrap()],
        "{\"b\":\"x\"}"
    );
}

#[test]
fn what_stands_in_a_string_keeps_the_strings_place() {
    let text = r#"{"Message":"{\"id\":\"é\\n\"}"}"#;
    let message = of(text).get("Message").unwrap();
    let inner_text = message.embedded().unwrap();
    let inner = message.within(&inner_text).unwrap();
    assert_eq!(inner.get("id").unwrap().str().unwrap(), "é\n");
    assert_eq!(inner.origin(), message.origin());
}

#[test]
fn paths_fan_out_and_enter_strings() {
    let json = of(
        r#"{"Resources":[{"Id":"a"},{"Id":"b"}],"tags":{"aws:x.y":"1"},"configuration":"{\"vpc\":{\"id\":7}}"}"#,
    );
    let all = |path: &str| {
        let mut out = Vec::new();
        json.visit(path, &mut |v| out.push(v.plain().unwrap().into_owned()));
        out
    };
    assert_eq!(all("Resources.Id"), ["a", "b"]);
    assert_eq!(all("Resources.1.Id"), ["b"]);
    assert_eq!(all("tags.aws:x.y"), ["1"]);
    assert_eq!(all("configuration.vpc.id"), ["7"]);
    assert_eq!(all("Resources.Name"), [""; 0]);
}

#[test]
fn a_broken_element_does_not_hide_the_next() {
    let states: Vec<bool> = of(r#"[{"a":1},{"a" 2, "x]":[1]},nope,{"a":3}]"#)
        .elements()
        .map(|e| e.state() == State::Whole)
        .collect();
    assert_eq!(states, [true, false, false, true]);
}

#[test]
fn a_cut_text_gives_what_is_complete() {
    let object = of(r#"{"status":"ok","items":[{"id":1},{"id":"#).object();
    assert_eq!(object.text("status").unwrap(), "ok");
    let items: Vec<State> = object.get("items").unwrap().elements().map(Json::state).collect();
    assert_eq!(items, [State::Whole, State::Cut]);
}

#[test]
fn times_come_in_three_spellings() {
    let want = of(r#""2015-12-17T01:10:35.065Z""#).time();
    assert!(want.is_some());
    assert_eq!(of("1450314635.065").time(), want);
    assert_eq!(of("1450314635065").time(), want);
    assert_eq!(of("1.450314635065E9").time(), want);
    assert_eq!(of("\"yesterday\"").time(), None);
}

#[test]
fn depth_has_an_end() {
    let deep = "[".repeat(100_000);
    assert!(matches!(of(&deep).state(), State::Broken(_)));
    let fine = "[".repeat(128) + &"]".repeat(128);
    assert_eq!(of(&fine).state(), State::Whole);
}

proptest! {
    #[test]
    fn agrees_with_serde_json(text in r#"[\[\]{}:,"\\a1 \-.entu]{0,24}"#) {
        let ours = Json::first(text.as_bytes(), 0)
            .is_some_and(|(j, used)| j.state() == State::Whole && space(text.as_bytes(), used) == text.len());
        let theirs = serde_json::from_str::<serde_json::Value>(&text).is_ok();
        // Concessions: numbers and escapes are not looked into, control characters are taken.
        prop_assert!(ours || !theirs, "{text}");
    }

    #[test]
    fn strings_come_out_as_they_went_in(text in any::<String>()) {
        let written = serde_json::to_string(&text).unwrap();
        prop_assert_eq!(of(&written).str().unwrap(), text);
    }

    #[test]
    fn nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..64), path in "[a.0]{0,6}") {
        if let Some((json, used)) = Json::first(&bytes, 0) {
            prop_assert!(used <= bytes.len());
            json.visit(&path, &mut |v| { let _ = (v.time(), v.plain()); });
            prop_assert!(json.elements().count() <= bytes.len());
        }
    }
}
