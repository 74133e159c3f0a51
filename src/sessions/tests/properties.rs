//! Order does not matter, nothing panics, and nothing is lost.

use super::super::*;
use super::stories::{STORIES, events};
use super::{grants, uses};
use proptest::prelude::*;
use serde_json::Value;

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 48,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

fn all_events() -> Vec<Value> {
    STORIES.iter().flat_map(|(_, text)| events(text)).collect()
}

/// Anything that can be asked, as text.
fn everything(uses: &[Use], grants: &[Grant]) -> String {
    let book = Book::new(uses, grants);
    let mut asked: Vec<&str> = uses
        .iter()
        .flat_map(|one| [one.who.key.as_str(), one.who.arn.as_str()])
        .collect();
    asked.extend(grants.iter().map(|grant| grant.key.as_str()));
    asked.sort_unstable();
    asked.dedup();
    let chains: Vec<Chain> = asked.iter().map(|of| book.chain(of)).collect();
    let lives: Vec<KeyLife> = asked.iter().map(|of| book.key_life(of)).collect();
    serde_json::to_string(&(book.sessions(), chains, lives)).expect("serde")
}

/// A few identities that meet often.
fn identity() -> impl Strategy<Value = Identity> {
    let arns = prop::sample::select(vec![
        "",
        "arn:aws:iam::111122223333:user/a",
        "arn:aws:sts::111122223333:assumed-role/r/s",
        "arn:aws:sts::111122223333:assumed-role/r/i-0123456789abcdef0",
        "arn:aws:sts::111122223333:federated-user/f",
        "arn:aws:iam::111122223333:root",
        "nonsense",
    ]);
    let kinds = prop::sample::select(vec![
        "",
        "IAMUser",
        "AssumedRole",
        "AWSService",
        "AWSAccount",
        "Root",
        "SAMLUser",
    ]);
    let keys = prop::sample::select(vec!["", "AKIA1", "ASIA1", "ASIA2", "ASIA3", "é"]);
    let texts = prop::sample::select(vec!["", "x", "ec2.amazonaws.com"]);
    (kinds, arns, keys, texts.clone(), texts).prop_map(|(kind, arn, key, invoked_by, source_identity)| {
        Identity {
            kind: kind.to_owned(),
            arn: arn.to_owned(),
            key: key.to_owned(),
            invoked_by: invoked_by.to_owned(),
            source_identity: source_identity.to_owned(),
            ..Identity::default()
        }
    })
}

fn some_use() -> impl Strategy<Value = Use> {
    (identity(), times(), 0..3u64, 0..9u64).prop_map(|(who, (first_ns, last_ns), address, calls)| Use {
        first_ns,
        last_ns,
        principal: who.label(),
        who,
        address: format!("192.0.2.{address}"),
        agent: String::new(),
        calls,
        errors: 0,
    })
}

fn times() -> impl Strategy<Value = (i64, i64)> {
    let hour = crate::base::time::HOUR;
    prop_oneof![
        8 => (0..50i64, 0..3i64).prop_map(move |(from, long)| (from * hour, (from + long) * hour)),
        1 => Just((i64::MIN, i64::MAX)),
        1 => Just((i64::MAX, i64::MIN)),
    ]
}

fn some_grant() -> impl Strategy<Value = Grant> {
    let kinds = prop::sample::select(EVENT_NAMES.to_vec());
    let ends = prop::option::of(prop_oneof![Just(i64::MIN), Just(i64::MAX), 0..100_000i64]);
    (kinds, identity(), identity(), times(), ends, 0..4u8).prop_map(|(kind, by, to, (at_ns, _), end, n)| {
        Grant {
            at_ns,
            kind: GrantKind::of_event(kind).expect("a kind"),
            event_id: format!("e-{n}"),
            shared_id: if n == 3 {
                "shared".to_owned()
            } else {
                String::new()
            },
            by,
            key: to.key,
            arn: to.arn,
            source_identity: to.source_identity,
            duration_s: end,
            expires_ns: end.filter(|end| end % 2 == 0),
            error: if n == 2 {
                "AccessDenied".to_owned()
            } else {
                String::new()
            },
            ..Grant::default()
        }
    })
}

/// Where a record is damaged.
const PATHS: [&str; 12] = [
    "/eventTime",
    "/eventName",
    "/userIdentity",
    "/userIdentity/arn",
    "/userIdentity/type",
    "/requestParameters",
    "/requestParameters/roleArn",
    "/requestParameters/durationSeconds",
    "/responseElements",
    "/responseElements/credentials",
    "/responseElements/credentials/expiration",
    "/additionalEventData",
];

fn damage() -> impl Strategy<Value = Value> {
    prop::sample::select(vec![
        Value::Null,
        Value::from(""),
        Value::from("é"),
        Value::from(-1),
        Value::from(1e300),
        Value::from("arn:aws:iam::"),
        Value::Array(vec![]),
    ])
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_stories_are_told_in_any_order(shuffled in Just(all_events()).prop_shuffle(), turn in 0..50usize) {
        let want = everything(&uses(&all_events()), &grants(&all_events()));
        let (mut uses, mut grants) = (uses(&shuffled), grants(&shuffled));
        uses.rotate_left(turn);
        // A record that is told again changes nothing.
        grants.extend(grants.clone().into_iter().take(turn));
        prop_assert_eq!(everything(&uses, &grants), want);
    }

    #[test]
    fn whatever_comes_is_told_the_same_in_any_order(
        (uses, shuffled) in prop::collection::vec(some_use(), 0..30)
            .prop_flat_map(|uses| (Just(uses.clone()), Just(uses).prop_shuffle())),
        (grants, mixed) in prop::collection::vec(some_grant(), 0..20)
            .prop_flat_map(|grants| (Just(grants.clone()), Just(grants).prop_shuffle())),
    ) {
        prop_assert_eq!(everything(&uses, &grants), everything(&shuffled, &mixed));
        let told: u64 = Book::new(&uses, &grants).sessions().iter().map(|s| s.calls).sum();
        prop_assert_eq!(told, uses.iter().map(|one| one.calls).sum::<u64>());
    }

    #[test]
    fn damaged_records_do_not_panic(
        n in 0..100usize,
        path in prop::sample::select(PATHS.to_vec()),
        value in damage(),
    ) {
        let mut events = all_events();
        let count = events.len();
        if let Some(place) = events.get_mut(n % count).and_then(|event| event.pointer_mut(path)) {
            *place = value;
        }
        let grants = grants(&events);
        everything(&[], &grants);
    }

    #[test]
    fn groups_are_judged_the_same_in_any_order(
        (one, other) in prop::collection::vec((0..3u8, times(), 0..3u8, 0..3u8), 0..40)
            .prop_flat_map(|groups| (Just(groups.clone()), Just(groups).prop_shuffle())),
    ) {
        type Groups = Vec<(u8, (i64, i64), u8, u8)>;
        let judge = |groups: &Groups| {
            let habits: Vec<Habit> = groups.iter().map(|(p, (first_ns, last_ns), a, b)| Habit {
                principal: p.to_string(), first_ns: *first_ns, last_ns: *last_ns,
                service: a.to_string(), region: b.to_string(), calls: 1, ..Habit::default()
            }).collect();
            let hours: Vec<HourCalls> = groups.iter().map(|(p, (at_ns, _), a, _)| HourCalls {
                principal: p.to_string(), at_ns: *at_ns, calls: u64::from(*a) * 20,
            }).collect();
            let outcomes: Vec<Outcomes> = groups.iter().map(|(p, (first_ns, last_ns), a, b)| Outcomes {
                first_ns: *first_ns, last_ns: *last_ns, principal: p.to_string(), person: (p / 2).to_string(),
                call: a.to_string(), error: if *b == 0 { "AccessDenied".to_owned() } else { String::new() },
                calls: 1, ..Outcomes::default()
            }).collect();
            (first_seen(&habits), unusual_hours(&hours), recovered(&outcomes))
        };
        prop_assert_eq!(judge(&one), judge(&other));
    }
}

/// Not a measurement: a square somewhere would take minutes.
#[test]
fn many_uses_are_told_soon() {
    let (mut uses, mut grants) = (Vec::new(), Vec::new());
    for n in 0..200_000i64 {
        let role = format!(
            "arn:aws:sts::111122223333:assumed-role/worker/run-{}",
            n / 4 % 500
        );
        let who = Identity {
            kind: "AssumedRole".to_owned(),
            key: format!("ASIA{:06}", n / 4),
            arn: role.clone(),
            ..Identity::default()
        };
        let at_ns = n * crate::base::time::SECOND;
        if n % 8 == 0 {
            let mut by = Identity::of_arn("arn:aws:iam::111122223333:user/anna");
            by.key = "AKIAANNA".to_owned();
            grants.push(Grant {
                at_ns,
                event_id: n.to_string(),
                by,
                key: who.key.clone(),
                arn: role,
                ..Grant::default()
            });
        }
        uses.push(Use {
            first_ns: at_ns,
            last_ns: at_ns,
            who,
            principal: "worker".to_owned(),
            address: "192.0.2.1".to_owned(),
            calls: 5,
            ..Use::default()
        });
    }
    let begun = std::time::Instant::now();
    let sessions = Book::new(&uses, &grants).sessions();
    println!(
        "{} sessions of {} uses in {:?}",
        sessions.len(),
        uses.len(),
        begun.elapsed()
    );
    assert_eq!(sessions.iter().map(|s| s.calls).sum::<u64>(), 1_000_000);
}
