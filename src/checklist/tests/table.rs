//! The questions as data.

use crate::checklist::{Domain, ITEMS, Item, Source, ids, item, items};
use std::collections::BTreeSet;

#[test]
fn every_domain_has_six_to_twelve_items_of_its_own() {
    assert_eq!(ITEMS.len(), Domain::ALL.len());
    for (domain, items) in Domain::ALL.iter().zip(ITEMS) {
        assert!((6..=12).contains(&items.len()), "{domain:?}: {}", items.len());
        assert!(items.iter().all(|item| item.domain == *domain), "{domain:?}");
    }
}

#[test]
fn ids_are_distinct_and_kebab_case() {
    let mut known = BTreeSet::new();
    for Item { id, .. } in items() {
        assert!(known.insert(id), "{id} twice");
        assert!(
            id.bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
            "{id}"
        );
        assert_eq!(item(id).map(|item| item.id), Some(*id));
    }
}

#[test]
fn every_item_asks_and_names_what_would_help() {
    for Item {
        id,
        question,
        asks_for,
        helps,
        looks_at,
        ..
    } in items()
    {
        assert!(question.ends_with('?') && asks_for.ends_with('.'), "{id}");
        assert!(!helps.is_empty() && !helps.ends_with('.'), "{id}");
        // What no file tells is a person's to judge, and says so.
        assert!(!looks_at.is_empty() || helps.contains("by hand"), "{id}");
        let distinct: BTreeSet<String> = looks_at.iter().map(|source| source.id()).collect();
        assert_eq!(distinct.len(), looks_at.len(), "{id} looks at something twice");
    }
}

#[test]
fn sources_are_those_of_the_table() {
    let mut used = BTreeSet::new();
    for item in items() {
        for source in item.looks_at {
            let known = match source {
                Source::Check(id) => ids::CHECKS.contains(id),
                Source::Rule(id) => ids::RULES.contains(id),
                Source::Topic(id) => ids::TOPICS.contains(id),
                Source::File(id) => ids::FILES.iter().any(|file| file.id == *id),
                Source::Posture(..) => true,
            };
            assert!(known, "{}: {} is not in the table", item.id, source.id());
            used.insert(source.id());
        }
    }
    let table = (ids::CHECKS.iter().map(|id| format!("check:{id}")))
        .chain(ids::RULES.iter().map(|id| format!("rule:{id}")))
        .chain(ids::TOPICS.iter().map(|id| format!("topic:{id}")))
        .chain(ids::FILES.iter().map(|file| format!("file:{}", file.id)));
    let unused: Vec<String> = table.filter(|id| !used.contains(id)).collect();
    assert!(unused.is_empty(), "no item looks at {unused:?}");
}

#[test]
fn every_file_says_how_it_is_known() {
    for file in ids::FILES {
        assert!(
            !file.known_by.is_empty() && !file.command.is_empty() && !file.title.is_empty(),
            "{}",
            file.id
        );
    }
}
