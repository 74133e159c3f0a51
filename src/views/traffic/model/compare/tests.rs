//! Near misses of each change, and that two periods mirror each other.

use super::*;
use proptest::prelude::*;

fn pair(from: &str, to: &str, accepted: Amount) -> Pair {
    Pair {
        from: from.into(),
        to: to.into(),
        accepted,
        flows: 1,
        ..Pair::default()
    }
}

fn period(pairs: &[Pair], length: i64) -> Period<'_> {
    Period {
        pairs,
        rest: None,
        length,
    }
}

/// What becomes of one pair beside another that carries 10,000 in both periods; the floor is 50 or little more.
fn one(now: Amount, before: Amount) -> Change {
    let of = |amount| vec![pair("base", "base", 10_000), pair("a", "b", amount)];
    let (now, before) = (of(now), of(before));
    let all = compare(period(&now, 60), period(&before, 60), &Unit::Bytes, str::to_owned);
    let found = all.pairs.iter().find(|changed| changed.what.0 == "a");
    found.map_or(Change::Same, |changed| changed.change)
}

#[test]
fn each_change_and_what_is_almost_one() {
    assert_eq!(one(1, 0), Change::New);
    assert_eq!(one(0, 1), Change::Gone);
    assert_eq!(one(0, 0), Change::Same);
    assert_eq!(one(200, 100), Change::Grown);
    assert_eq!(one(199, 100), Change::Same);
    assert_eq!(one(100, 200), Change::Shrunk);
    assert_eq!(one(101, 200), Change::Same);
    // Ten times as much, and still next to nothing.
    assert_eq!(one(50, 5), Change::Same);
    assert_eq!(one(60, 5), Change::Grown);
}

#[test]
fn a_shorter_period_before_is_scaled() {
    let (now, before) = (vec![pair("a", "b", 1000)], vec![pair("a", "b", 500)]);
    let all = compare(
        period(&now, 120),
        period(&before, 60),
        &Unit::Bytes,
        str::to_owned,
    );
    assert!(all.scaled);
    let found: Vec<(Change, Amount, Amount)> =
        all.pairs.iter().map(|c| (c.change, c.before, c.scaled)).collect();
    assert_eq!(found, [(Change::Same, 500, 1000)]);
    // Without a length nothing is scaled.
    let all = compare(period(&now, 120), period(&before, 0), &Unit::Bytes, str::to_owned);
    assert!(!all.scaled);
    assert_eq!(all.pairs.first().map(|c| c.change), Some(Change::Grown));
}

#[test]
fn sentences_say_how_much() {
    let now = [pair("a", "b", 3200), pair("c", "d", 500), pair("e", "f", 100)];
    let before = [pair("a", "b", 1000), pair("g", "h", 700), pair("e", "f", 1000)];
    let says = |now: Period, before: Period| -> Vec<String> {
        let all = compare(now, before, &Unit::Bytes, str::to_owned);
        all.pairs.into_iter().map(|changed| changed.says).collect()
    };
    assert_eq!(
        says(period(&now, 60), period(&before, 60)),
        [
            "a → b has grown to 3.2 times: 3.2 kB after 1 kB.",
            "e → f has shrunk to 1/10: 100 B after 1 kB.",
            "g → h is gone: 700 B before, nothing now.",
            "c → d is new: 500 B, nothing before.",
        ]
    );
    let rest = pair("other", "other", 10);
    let cut = |pairs| Period {
        rest: Some(&rest),
        ..period(pairs, 60)
    };
    let unsure = says(cut(&now), cut(&before));
    assert!(
        unsure.iter().any(|s| s.starts_with("c → d may be new: 500 B")),
        "{unsure:?}"
    );
    assert!(
        unsure.iter().any(|s| s.starts_with("g → h may be gone")),
        "{unsure:?}"
    );
    let half = says(period(&now, 30), period(&before, 60));
    assert!(
        half.contains(&"g → h is gone: 700 B (350 B scaled to this period) before, nothing now.".to_owned()),
        "{half:?}"
    );
}

#[test]
fn ends_are_summed_by_what_they_are_called() {
    let now = [pair("a1", "b", 10), pair("a2", "b", 5), pair("a1", "a2", 7)];
    let before = [pair("a3", "b", 15)];
    let place = |end: &str| end.chars().take(1).collect::<String>();
    let all = compare(period(&now, 60), period(&before, 60), &Unit::Bytes, place);
    let ends: Vec<(&str, Amount, Amount)> = all
        .ends
        .iter()
        .map(|c| (c.what.as_str(), c.now, c.before))
        .collect();
    assert_eq!(ends, [("a", 22, 15), ("b", 15, 15)]);
    assert_eq!(all.pairs.len(), 2);
}

fn some_pairs() -> impl Strategy<Value = Vec<Pair>> {
    let one = ("[a-d]", "[a-d]", 0..2000i128).prop_map(|(from, to, n)| pair(&from, &to, n));
    proptest::collection::vec(one, 0..12)
}

proptest! {
    #[test]
    fn swapped_periods_mirror(
        now in some_pairs(), before in some_pairs(), long in 1..5000i64, ago in 1..5000i64
    ) {
        let mirror = |change| match change {
            Change::New => Change::Gone,
            Change::Gone => Change::New,
            Change::Grown => Change::Shrunk,
            Change::Shrunk => Change::Grown,
            Change::Same => Change::Same,
        };
        let there = compare(period(&now, long), period(&before, ago), &Unit::Bytes, str::to_owned);
        let back = compare(period(&before, ago), period(&now, long), &Unit::Bytes, str::to_owned);
        let said: BTreeMap<Ends, Change> =
            there.pairs.iter().map(|c| (c.what.clone(), mirror(c.change))).collect();
        let again: BTreeMap<Ends, Change> = back.pairs.iter().map(|c| (c.what.clone(), c.change)).collect();
        prop_assert_eq!(said, again);
        let ends: BTreeMap<&str, Change> =
            there.ends.iter().map(|c| (c.what.as_str(), mirror(c.change))).collect();
        let again: BTreeMap<&str, Change> = back.ends.iter().map(|c| (c.what.as_str(), c.change)).collect();
        prop_assert_eq!(ends, again);
    }

    #[test]
    fn nothing_is_lost(now in some_pairs(), before in some_pairs()) {
        let all = compare(period(&now, 1), period(&before, 1), &Unit::Bytes, str::to_owned);
        let sum = |pairs: &[Pair]| pairs.iter().map(Pair::total).sum::<Amount>();
        prop_assert_eq!(all.pairs.iter().map(|c| c.now).sum::<Amount>(), sum(&now));
        prop_assert_eq!(all.pairs.iter().map(|c| c.before).sum::<Amount>(), sum(&before));
    }
}
