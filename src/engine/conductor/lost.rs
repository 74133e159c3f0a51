//! Whoever waits for an answer gets one: when a worker stops, when all do, when everything is closed.

use super::*;
use crate::query::{Agg, Query};

fn query() -> Query {
    Query::groups(&[], Vec::new(), vec![Agg::Count])
}

fn ready(shards: usize) -> Conductor {
    let mut c = Conductor::new(shards, 7);
    for shard in 0..shards {
        c.hear(shard, FromShard::Ready);
    }
    c.commands();
    c
}

/// To whom a message went that `wanted` knows.
fn sent(c: &mut Conductor, wanted: impl Fn(&ToShard) -> bool) -> Vec<usize> {
    let sent = c.commands().into_iter();
    sent.filter_map(|Command::Send { shard, message, .. }| wanted(&message).then_some(shard))
        .collect()
}

fn partial(c: &mut Conductor, shard: usize, id: AskId) {
    let partial = vec![1];
    c.hear(shard, FromShard::Partial { id, partial });
}

fn answers(c: &mut Conductor) -> Vec<AskId> {
    let events = c.events().into_iter();
    events
        .filter_map(|e| match e {
            Event::Answer { id, .. } => Some(id),
            _ => None,
        })
        .collect()
}

#[test]
fn an_answer_that_a_lost_worker_was_putting_together_is_asked_for_again() {
    let mut c = ready(3);
    let id = c.ask(query(), true);
    c.commands();
    (0..3).for_each(|shard| partial(&mut c, shard, id));
    let merges = sent(&mut c, |m| matches!(m, ToShard::Merge { .. }));
    let [merging] = merges[..] else {
        panic!("{merges:?}");
    };
    c.lose(merging, "a test");
    let others: Vec<usize> = (0..3).filter(|&s| s != merging).collect();
    let asked = |m: &ToShard| matches!(m, ToShard::Ask { id: of, .. } if *of == id);
    assert_eq!(sent(&mut c, asked), others);
    others.iter().for_each(|&shard| partial(&mut c, shard, id));
    assert_eq!(sent(&mut c, |m| matches!(m, ToShard::Merge { .. })).len(), 1);
    let answer = Vec::new();
    c.hear(others[0], FromShard::Answer { id, answer });
    assert_eq!(answers(&mut c), [id]);
    // It is answered: nothing is asked again for it.
    c.lose(others[0], "a test");
    assert!(sent(&mut c, asked).is_empty());
}

#[test]
fn what_nobody_wants_any_more_is_not_asked_again() {
    let mut c = ready(2);
    let id = c.ask(query(), true);
    (0..2).for_each(|shard| partial(&mut c, shard, id));
    c.drop_ask(id);
    c.commands();
    c.lose(0, "a test");
    c.clear();
    assert!(sent(&mut c, |m| matches!(m, ToShard::Ask { .. })).is_empty());
}

#[test]
fn fields_are_told_without_a_worker_that_stops() {
    let mut c = ready(2);
    let id = c.fields();
    let fields = Vec::new();
    c.hear(1, FromShard::Fields { id, fields });
    assert!(!c.events().iter().any(|e| matches!(e, Event::Fields { .. })));
    c.lose(0, "a test");
    let told = |e: &Event| matches!(e, Event::Fields { id: of, .. } if *of == id);
    assert!(c.events().iter().any(told));
}

#[test]
fn with_no_worker_left_every_question_is_answered_with_nothing() {
    let mut c = ready(1);
    c.lose(0, "a test");
    c.events();
    let asked = [c.ask(query(), true), c.ask_later(query())];
    assert_eq!(answers(&mut c), asked);
    let parts = c.ask(query(), false);
    let marked = c.mark(Vec::new());
    let fields = c.fields();
    let question = c.inquire(Question {
        language: Language::Insights,
        text: "limit 1".into(),
        range: None,
        filter: crate::query::Expr::All,
        now: 0,
        data: None,
    });
    let events = c.events();
    let told = |of: &dyn Fn(&Event) -> bool| events.iter().filter(|e| of(e)).count();
    assert_eq!(
        told(&|e| matches!(e, Event::Partials { id, .. } if *id == parts)),
        1
    );
    assert_eq!(
        told(&|e| matches!(e, Event::Marked { id, .. } if *id == marked)),
        1
    );
    assert_eq!(
        told(&|e| matches!(e, Event::Fields { id, .. } if *id == fields)),
        1
    );
    let failed = |e: &Event| matches!(e, Event::Found { id, found: Err(_), last: true } if *id == question);
    assert_eq!(told(&failed), 1);
}

#[test]
fn when_everything_is_closed_questions_are_asked_of_what_is_left_and_texts_are_gone() {
    let mut c = ready(2);
    c.open([("a".to_owned(), Some(10))]);
    let (half, whole) = (c.ask(query(), true), c.ask(query(), true));
    partial(&mut c, 0, half);
    (0..2).for_each(|shard| partial(&mut c, shard, whole));
    let range = Range {
        index: 0,
        offset: 0,
        len: 5,
    };
    let texts = c.fetch(0, vec![range, range]);
    c.commands();
    c.events();
    c.clear();
    let mut asked = sent(&mut c, |m| matches!(m, ToShard::Ask { .. }));
    asked.sort_unstable();
    assert_eq!(asked, [0, 0, 1, 1], "both, of both workers");
    let gone = c.events().into_iter().find_map(|e| match e {
        Event::Text { id, texts } => Some((id, texts)),
        _ => None,
    });
    let (id, found) = gone.expect("texts");
    assert_eq!((Some(id), found.len()), (texts, 2));
    assert!(found.iter().all(Result::is_err));
    // What was said before it was closed does not count.
    partial(&mut c, 0, half);
    assert!(sent(&mut c, |m| matches!(m, ToShard::Merge { .. })).is_empty());
    partial(&mut c, 1, half);
    assert_eq!(sent(&mut c, |m| matches!(m, ToShard::Merge { .. })).len(), 1);
}
