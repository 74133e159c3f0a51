//! The file that keeps judgements.

use crate::checklist::{ByHand, ByHandError, Judgement, Verdict};
use proptest::prelude::*;

const FILE: &str = include_str!("../../../tests/checklist/judgements.json");

#[test]
fn what_is_read_is_written_as_the_same() {
    let read = ByHand::read(FILE.as_bytes()).expect("judgements");
    let judgement = &read.judgements["root-used-seldom"];
    assert_eq!(
        (judgement.verdict, judgement.at_ns),
        (Verdict::Satisfied, 1_794_360_378_000_000_000)
    );
    let written = read.write().expect("a text");
    assert_eq!(ByHand::read(written.as_bytes()), Ok(read));
    assert_eq!(written.trim(), FILE.trim());
}

#[test]
fn an_item_that_is_not_known_is_kept() {
    let read = ByHand::read(FILE.as_bytes()).expect("judgements");
    let unknown: Vec<&str> = read.unknown().map(|(id, _)| id).collect();
    assert_eq!(unknown, ["an-item-of-an-older-list"]);
    assert!(read.write().expect("a text").contains("an-item-of-an-older-list"));
}

#[test]
fn errors_say_what_where_and_what_to_do() {
    let told = |text: &str| ByHand::read(text.as_bytes()).expect_err("an error").to_string();
    assert_eq!(
        told("{\"version\":2,\"judgements\":[]}"),
        "The judgements are of version 2, and version 1 is known here. Open them in the release that wrote them."
    );
    assert_eq!(
        told(
            "{\"version\":1,\n\"judgements\":{\"a\":{\"verdict\":\"maybe\",\"at\":\"2026-11-11T00:00:00Z\"}}}"
        ),
        "The judgements are not as they are written, at line 2, column 36: unknown variant `maybe`, expected one of `satisfied`, `not-satisfied`, `not-applicable`. Mend that place, or save them anew."
    );
    assert!(
        told("{\"version\":1,\"judgements\":{\"a\":{\"verdict\":\"satisfied\",\"at\":\"noon\"}}}")
            .contains("`noon` is no time")
    );
    assert!(told("").contains("EOF"));
    assert!(told("{}").contains("missing field `version`"));
    let long = vec![b' '; (4 << 20) + 1];
    assert_eq!(
        ByHand::read(&long),
        Err(ByHandError::TooLong { bytes: long.len() })
    );
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = ByHand::read(&bytes);
    }

    #[test]
    fn any_judgements_are_kept(
        judgements in prop::collection::btree_map("[a-z-]{1,20}", (0u8..3, ".{0,40}", ".{0,20}", -1_000_000_000_000i64..4_000_000_000_000), 0..6),
    ) {
        let judgement = |(verdict, note, name, ms): (u8, String, String, i64)| Judgement {
            verdict: match verdict {
                0 => Verdict::Satisfied,
                1 => Verdict::NotSatisfied,
                _ => Verdict::NotApplicable,
            },
            note,
            name,
            at_ns: ms * 1_000_000,
        };
        let by_hand = ByHand {
            judgements: judgements.into_iter().map(|(id, parts)| (id, judgement(parts))).collect(),
        };
        let written = by_hand.write().expect("a text");
        prop_assert_eq!(ByHand::read(written.as_bytes()), Ok(by_hand));
    }
}
