//! What sources come to, and a person beside them.

use crate::checklist::{
    Answer, Answered, ByHand, Judgement, Source, Standing, Told, Verdict, evaluate, items,
};
use crate::posture::{Cell, Posture, Question, Row, Service, State};
use proptest::prelude::*;

fn answer(state: State, says: &str) -> Answer {
    Answer {
        state,
        says: says.to_owned(),
        proofs: Vec::new(),
    }
}

fn judgement(verdict: Verdict) -> Judgement {
    Judgement {
        verdict,
        note: "Seen in the interview.".to_owned(),
        name: "A. Auditor".to_owned(),
        at_ns: 0,
    }
}

/// What came of an item, with some of its sources answered in order.
fn of(id: &str, states: &[State], verdict: Option<Verdict>) -> Answered {
    let item = items().find(|item| item.id == id).expect("an item");
    let mut told = Told::default();
    for (source, state) in item.looks_at.iter().zip(states) {
        told.tell(*source, answer(*state, &format!("{} says so.", source.id())));
    }
    let mut by_hand = ByHand::default();
    if let Some(verdict) = verdict {
        by_hand.judgements.insert(id.to_owned(), judgement(verdict));
    }
    let all = evaluate(&told, &by_hand);
    all.into_iter()
        .find(|answered| answered.item.id == id)
        .expect("an answer")
}

const TWO: &str = "root-protected";

#[test]
fn nothing_passes_where_nothing_was_told() {
    let all = evaluate(&Told::default(), &ByHand::default());
    assert_eq!(all.len(), items().count());
    for answered in all {
        assert_eq!(answered.standing(), Standing::NoData, "{}", answered.item.id);
        assert!(
            answered.helps.is_some_and(|helps| !helps.is_empty()),
            "{}",
            answered.item.id
        );
    }
}

#[test]
fn one_contradiction_contradicts() {
    for states in [
        [State::Evidenced, State::Contradicted],
        [State::Contradicted, State::Evidenced],
    ] {
        let answered = of(TWO, &states, None);
        assert_eq!(answered.standing(), Standing::Contradicted);
        assert_eq!(answered.sources.len(), 2);
        assert_eq!(answered.helps, None);
    }
    let alone = of(TWO, &[State::NoData, State::Contradicted], None);
    assert_eq!(alone.standing(), Standing::Contradicted);
    assert_eq!(
        alone.says,
        "check:root-access-keys says so. No data: 1 of 2 sources (check:root-mfa)."
    );
}

#[test]
fn evidence_says_what_had_none() {
    let whole = of(TWO, &[State::Evidenced, State::Evidenced], None);
    assert_eq!((whole.standing(), whole.helps), (Standing::Evidenced, None));
    assert_eq!(
        whole.says,
        "check:root-mfa says so. check:root-access-keys says so."
    );
    let part = of(TWO, &[State::Evidenced], None);
    assert_eq!(part.standing(), Standing::Evidenced);
    assert_eq!(part.without, [Source::Check("root-access-keys")]);
    assert!(
        part.says
            .ends_with("No data: 1 of 2 sources (check:root-access-keys).")
    );
    assert!(part.helps.is_some());
}

#[test]
fn an_answer_without_data_is_none() {
    let answered = of(TWO, &[State::NoData, State::NoData], None);
    assert_eq!(
        (answered.standing(), answered.without.len()),
        (Standing::NoData, 2)
    );
}

#[test]
fn a_person_hides_nothing() {
    let against = of(TWO, &[State::Contradicted], Some(Verdict::Satisfied));
    assert_eq!(
        (against.standing(), against.differs()),
        (Standing::Contradicted, true)
    );
    assert_eq!(against.by_hand, Some(judgement(Verdict::Satisfied)));
    let doubted = of(TWO, &[State::Evidenced], Some(Verdict::NotSatisfied));
    assert_eq!(
        (doubted.standing(), doubted.differs()),
        (Standing::Evidenced, true)
    );
    let agreed = of(TWO, &[State::Evidenced], Some(Verdict::Satisfied));
    assert!(!agreed.differs());
    let judged = of(TWO, &[], Some(Verdict::NotApplicable));
    assert_eq!(
        (judged.standing(), judged.state),
        (Standing::ByHand(Verdict::NotApplicable), State::NoData)
    );
    let alone = of("plan-tried", &[], Some(Verdict::Satisfied));
    assert_eq!(alone.standing(), Standing::ByHand(Verdict::Satisfied));
    assert!(alone.says.contains("a person has to judge"));
}

fn row(region: &str, state: State) -> Row {
    let cell = Cell {
        state,
        says: format!("Something of {region}."),
        evidence: Vec::new(),
        helps: None,
    };
    Row {
        account: "111122223333".to_owned(),
        region: region.to_owned(),
        service: Service::VpcFlow,
        subject: None,
        cells: std::array::from_fn(|_| cell.clone()),
    }
}

#[test]
fn the_posture_counts_over_all_rows() {
    let cases = [
        (
            vec![State::Evidenced, State::Contradicted, State::NoData],
            State::Contradicted,
        ),
        (vec![State::Evidenced, State::NoData], State::Evidenced),
        (vec![State::NoData], State::NoData),
    ];
    for (states, expected) in cases {
        let mut told = Told::default();
        let rows = states.iter().zip(["eu-west-1", "us-east-1", "us-west-2"]);
        told.posture(&Posture {
            rows: rows.map(|(state, region)| row(region, *state)).collect(),
            remarks: Vec::new(),
        });
        let source = Source::Posture(Service::VpcFlow, Question::Logged);
        let answer = told.answers.get(&source.id()).expect("an answer");
        assert_eq!(answer.state, expected, "{}", answer.says);
        assert_eq!(
            told.answers.len(),
            Question::ALL.len(),
            "services without a row are not told of"
        );
    }
    let mut told = Told::default();
    told.posture(&Posture {
        rows: vec![
            row("eu-west-1", State::Evidenced),
            row("us-east-1", State::NoData),
        ],
        remarks: Vec::new(),
    });
    assert_eq!(
        told.answers["posture:vpc-flow/logged"].says,
        "VPC flow logs – 111122223333 eu-west-1: Something of eu-west-1. Not told in 1 of 2 rows."
    );
}

#[test]
fn files_count_as_being_there_alone() {
    let mut told = Told::default();
    let counts = [
        ("Account", 3),
        ("AWS::KMS::Key", 1),
        ("guardduty", 0),
        ("SecurityGroup", 9),
    ];
    told.files(&counts.map(|(name, n)| (name.to_owned(), n)).into());
    let says: Vec<(&str, &str)> = told
        .answers
        .iter()
        .map(|(id, a)| (id.as_str(), a.says.as_str()))
        .collect();
    assert_eq!(
        says,
        [
            (
                "file:accounts",
                "The organization's accounts: 3 records opened; what they say is not judged."
            ),
            (
                "file:kms-keys",
                "KMS keys: 1 record opened; what they say is not judged."
            ),
        ]
    );
    let filters: Vec<String> = told
        .answers
        .values()
        .flat_map(|a| &a.proofs)
        .map(|p| format!("{p:?}"))
        .collect();
    assert!(
        filters[0].contains("itemType = Account") && filters[1].contains("resourceType = \\\"AWS::KMS::Key"),
        "{filters:?}"
    );
}

proptest! {
    #[test]
    fn an_item_passes_on_evidence_alone(states in prop::collection::vec(0u8..4, 400)) {
        let mut told = Told::default();
        let sources: Vec<Source> = items().flat_map(|item| item.looks_at.iter().copied()).collect();
        for (source, state) in sources.iter().zip(&states) {
            let state = match state {
                0 => State::Evidenced,
                1 => State::Contradicted,
                2 => State::NoData,
                _ => continue,
            };
            told.tell(*source, answer(state, "So it is."));
        }
        for answered in evaluate(&told, &ByHand::default()) {
            let has = |state: State| answered.sources.iter().any(|(_, a)| a.state == state);
            let expected = if has(State::Contradicted) {
                Standing::Contradicted
            } else if has(State::Evidenced) {
                Standing::Evidenced
            } else {
                Standing::NoData
            };
            prop_assert_eq!(answered.standing(), expected);
            prop_assert_eq!(answered.sources.len() + answered.without.len(), answered.item.looks_at.len());
        }
    }
}
