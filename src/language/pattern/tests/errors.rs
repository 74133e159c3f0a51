use crate::language::pattern::Pattern;

fn fault(text: &str) -> (&'static str, usize, usize) {
    match Pattern::parse(text) {
        Ok(parsed) => panic!("{text} was read as {}", parsed.pattern),
        Err(fault) => {
            assert!(fault.says.ends_with(['.', '\\', '"']), "{}", fault.says);
            (fault.what, fault.at, fault.end)
        }
    }
}

#[test]
fn errors_of_text_patterns() {
    assert_eq!(fault("a -"), ("expected-term", 2, 3));
    assert_eq!(fault("? "), ("expected-term", 0, 1));
    assert_eq!(fault("a *b"), ("expected-term", 2, 3));
    assert_eq!(fault("--a"), ("expected-term", 1, 2));
    assert_eq!(fault(" ä \"b"), ("unclosed-quote", 3, 5));
    assert_eq!(fault("\"b\\\""), ("unclosed-quote", 0, 4));
    assert_eq!(fault(&" ".repeat(1025)), ("too-long", 1024, 1025));
    assert!(Pattern::parse(&"ä".repeat(1024)).is_ok());
}

#[test]
fn errors_of_json_patterns() {
    assert_eq!(fault("{"), ("unclosed-brace", 1, 1));
    assert_eq!(fault("{ $.a = 1 } x "), ("unclosed-brace", 13, 13));
    assert_eq!(fault("{}"), ("expected-selector", 1, 1));
    assert_eq!(fault("{ $ = 1 }"), ("expected-selector", 2, 3));
    assert_eq!(fault("{ $a = 1 }"), ("expected-selector", 2, 3));
    assert_eq!(fault("{ level = 1 }"), ("expected-selector", 2, 7));
    assert_eq!(fault("{ $. = 1 }"), ("expected-name", 4, 5));
    assert_eq!(fault("{ $.a..b = 1 }"), ("expected-name", 6, 7));
    assert_eq!(fault("{ $.a[x] = 1 }"), ("bad-index", 5, 6));
    assert_eq!(fault("{ $.a[] = 1 }"), ("bad-index", 5, 7));
    assert_eq!(fault("{ $.a[1 = 1 }"), ("bad-index", 5, 7));
    assert_eq!(fault("{ $.a[99999999999999999999] = 1 }"), ("bad-index", 5, 27));
    assert_eq!(fault("{ $.['a = 1 }"), ("unclosed-quote", 5, 12));
    assert_eq!(fault("{ $.a }"), ("expected-operator", 6, 6));
    assert_eq!(fault("{ $.a like 1 }"), ("expected-operator", 6, 10));
    assert_eq!(fault("{ $.a ! 1 }"), ("expected-operator", 6, 7));
    assert_eq!(fault("{ $.a is null }"), ("expected-operator", 6, 8));
    assert_eq!(fault("{ $.a IS }"), ("expected-null-true-false", 9, 9));
    assert_eq!(fault("{ $.a IS NULLS }"), ("expected-null-true-false", 9, 14));
    assert_eq!(fault("{ $.a IS NULL-x }"), ("expected-null-true-false", 9, 15));
    assert_eq!(fault("{ $.a NOT-EXISTS }"), ("expected-operator", 6, 16));
    assert_eq!(fault("{ $.a NOT NULL }"), ("expected-exists", 10, 14));
    assert_eq!(fault("{ $.a != && $.b = 1 }"), ("expected-value", 9, 10));
    assert_eq!(fault("{ $.a >= }"), ("expected-number", 9, 9));
    assert_eq!(fault("{ $.a < 5x }"), ("expected-number", 8, 10));
    assert_eq!(fault("{ $.a > %5% }"), ("expected-number", 8, 11));
    assert_eq!(fault("{ $.a = 1 && }"), ("expected-selector", 13, 13));
    assert_eq!(fault("{ $.a = 1 $.b = 2 }"), ("unexpected", 10, 11));
    assert_eq!(fault("{ $.a = 1) }"), ("unexpected", 9, 10));
    assert_eq!(fault("{ ($.a = 1 $.b = 2) }"), ("unexpected", 11, 12));
    assert_eq!(fault("{ $.a = \"x\"y }"), ("unexpected", 11, 12));
    assert_eq!(fault("{ $.a = 1 } }"), ("unexpected", 10, 11));
    assert_eq!(fault("{ () }"), ("expected-selector", 3, 4));
    assert_eq!(fault("{ $.a = \"}"), ("unclosed-quote", 8, 9));
    assert_eq!(fault("{ $.a = %}"), ("unclosed-regex", 8, 9));
    assert_eq!(fault("{ $.a = %(% }"), ("regex-character", 9, 10));
}

#[test]
fn errors_of_space_delimited_patterns() {
    assert_eq!(fault("["), ("unclosed-bracket", 1, 1));
    assert_eq!(fault("[a] b"), ("unclosed-bracket", 5, 5));
    assert_eq!(fault("[..., a, ...]"), ("two-ellipses", 9, 12));
    assert_eq!(fault("[... = 1]"), ("unexpected", 5, 6));
    assert_eq!(fault("[a b]"), ("expected-operator", 3, 4));
    assert_eq!(fault("[a && a = 1]"), ("expected-operator", 3, 4));
    assert_eq!(fault("[a = 1 && ]"), ("expected-name", 10, 10));
    assert_eq!(fault("[= 1]"), ("expected-name", 1, 2));
    assert_eq!(fault("[a = , b]"), ("expected-value", 5, 6));
    assert_eq!(fault("[a > \"1\", b]"), ("expected-number", 5, 8));
    assert_eq!(fault("[(a = 1, b]"), ("expected-paren", 7, 8));
    assert_eq!(fault("[a = 1), b]"), ("unexpected", 6, 7));
    assert_eq!(fault("[a = 1 || (b = 2), c]"), ("two-names-in-slot", 11, 12));
    assert_eq!(fault("[a = \"]"), ("unclosed-quote", 5, 6));
    assert_eq!(fault("[a]]"), ("expected-operator", 2, 3));
}

#[test]
fn parentheses_may_nest_without_end() {
    let deep = |n: usize| format!("{{{}$.a=1{}}}", "(".repeat(n), ")".repeat(n));
    assert_eq!(
        Pattern::parse(&deep(500)).expect("read").pattern.to_string(),
        "{ $.a = 1 }"
    );
    assert_eq!(fault(&format!("{{{}}}", "(".repeat(1000))).0, "expected-selector");
    let mut zigzag = "$.a=1".to_owned();
    while zigzag.len() < 1000 {
        zigzag = format!("$.b=2&&({zigzag}||$.c=3)");
    }
    let pattern = Pattern::parse(&format!("{{{zigzag}}}")).expect("read").pattern;
    assert!(pattern.matches(r#"{"b":2,"c":3}"#) && !pattern.matches(r#"{"b":1,"a":1}"#));
}
