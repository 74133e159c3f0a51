//! Each story, asked and told.

use super::super::Book;
use super::{grants, tell, uses};
use serde_json::Value;

pub const STORIES: [(&str, &str); 8] = [
    (
        "role-chain",
        include_str!("../../../tests/sessions/role-chain.json"),
    ),
    (
        "cross-account",
        include_str!("../../../tests/sessions/cross-account.json"),
    ),
    ("console", include_str!("../../../tests/sessions/console.json")),
    (
        "name-and-time",
        include_str!("../../../tests/sessions/name-and-time.json"),
    ),
    ("machines", include_str!("../../../tests/sessions/machines.json")),
    (
        "federation",
        include_str!("../../../tests/sessions/federation.json"),
    ),
    ("key-life", include_str!("../../../tests/sessions/key-life.json")),
    ("circle", include_str!("../../../tests/sessions/circle.json")),
];

fn list(story: &Value, key: &str) -> Vec<Value> {
    story
        .get(key)
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default()
}

pub fn events(story: &str) -> Vec<Value> {
    let story: Value = serde_json::from_str(story).expect("JSON");
    list(&story, "events")
}

#[test]
fn every_story_is_told() {
    let mut wrong = String::new();
    for (name, text) in STORIES {
        let story: Value = serde_json::from_str(text).expect(name);
        let events = list(&story, "events");
        let (uses, grants) = (uses(&events), grants(&events));
        let book = Book::new(&uses, &grants);
        for asked in list(&story, "asks") {
            let question = asked.get("ask").and_then(Value::as_str).expect("a question");
            let want = list(&asked, "tells");
            let want: Vec<&str> = want.iter().filter_map(Value::as_str).collect();
            let told = tell::answer(&book, question);
            if told != want {
                let told = serde_json::to_string_pretty(&told).expect("serde");
                wrong.push_str(&format!("\n{name}: {question}\n{told}\n"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
