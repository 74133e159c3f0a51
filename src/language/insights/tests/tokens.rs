use super::super::tokens::{TokenKind, tokenize};

fn pattern(text: &str) -> String {
    let (mut pattern, mut found) = (String::new(), Vec::new());
    tokenize(text, &mut pattern, &mut found);
    pattern
}

#[test]
fn tokens_by_their_spelling() {
    for (text, expected) in [
        ("2023-01-01T19:00:01.123Z up", "<Time-1> up"),
        ("2023-01-01 19:00:01,5+02:00 up", "<Time-1> up"),
        ("at 19:00:01.5 on 2023-01-01.", "at <Time-1> on <Date-2>."),
        ("Oct  5 13:04:06 host", "<Time-1> host"),
        ("[10/Oct/2000:13:55:36 -0700]", "[<Time-1>]"),
        ("id=550e8400-e29b-41d4-a716-446655440000;", "id=<UUID-1>;"),
        (
            "from 10.0.0.7:443 to 2001:db8::1.",
            "from <IP-1>:<Number-2> to <IP-3>.",
        ),
        (
            "std::string a::b 300.1.1.1",
            "std::string a::b <Number-1>.<Number-2>",
        ),
        ("i-0abc x_9 12ms r2d2", "<ID-1> <ID-2> <ID-3> <ID-4>"),
        ("took -5 of 1.5, +7", "took <Number-1> of <Number-2>, <Number-3>"),
        ("größe 5€ é1", "größe <Number-1>€ <ID-2>"),
        ("a1b", "<ID-1>"),
        ("(42) \"43\" [x]", "(<Number-1>) \"<Number-2>\" [x]"),
        ("", ""),
        ("--5 -", "-<Number-1> -"),
    ] {
        assert_eq!(pattern(text), expected, "{text}");
    }
}

#[test]
fn kinds_have_labels() {
    assert_eq!(TokenKind::Uuid.label(), "UUID");
    let long = "x".repeat(1499) + "ä1";
    assert_eq!(super::super::tokens::cut(&long).chars().count(), 1500);
}
