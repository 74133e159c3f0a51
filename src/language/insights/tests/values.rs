use super::super::natural::Natural;
use super::super::number::Num;
use super::super::sketch::{Distinct, Values};
use super::super::sum::Sum;
use super::*;
use proptest::prelude::*;

#[test]
fn numbers_are_shown_with_four_decimals() {
    for (n, shown) in [
        (122.07031, "122.0703"),
        (43.869, "43.869"),
        (0.00005, "0.0001"),
        (-0.00005, "-0.0001"),
        (-0.00001, "0"),
        (9.99999, "10"),
        (1e21, "1000000000000000000000"),
        (1.5, "1.5"),
        (2.0, "2"),
        (-0.0, "0"),
        (999.99995, "1000"),
    ] {
        assert_eq!(Num::Float(n).display(), shown);
    }
}

#[test]
fn a_number_is_wholly_one() {
    for text in [
        "1",
        "-1",
        "+1",
        "1.5",
        "1e3",
        "1.5E-3",
        "0200",
        "123456789012345678901234567890123456789012",
    ] {
        assert!(Num::parse(text).is_some(), "{text}");
    }
    for text in [
        "", "-", "1.", ".5", " 1", "1 ", "1e", "1e+", "0x1", "1_000", "NaN", "inf", "1e999", "١",
    ] {
        assert!(Num::parse(text).is_none(), "{text}");
    }
}

#[test]
fn integers_stay_exact() {
    assert_eq!(value("a + 1", "{\"a\":9007199254740993}"), "9007199254740994");
    assert_eq!(
        value("a + 1", "{\"a\":18446744073709551615}"),
        "18446744073709551616"
    );
    assert_eq!(
        value("a * a", "{\"a\":9223372036854775807}"),
        "85070591730234615847396907784232501249"
    );
    assert_eq!(
        rows("filter a = 9007199254740993", &["{\"a\":9007199254740992}"]).len(),
        0
    );
    assert_eq!(
        rows("stats sum(a)", &["{\"a\":9007199254740993}", "{\"a\":1}"]),
        ["9007199254740994"]
    );
    assert_eq!(value("10 / 4", "x"), "2.5");
    assert_eq!(value("-7 % 3", "x"), "-1");
    assert_eq!(value("2 ^ -1", "x"), "0.5");
    assert_eq!(value("-2 ^ 2", "x"), "-4");
    assert_eq!(value("(0 - 8) ^ 0.5", "x"), "");
    assert_eq!(value("10 ^ 400", "x"), "");
}

#[test]
fn booleans_equal_their_texts_and_numbers() {
    let line = "{\"t\":true,\"f\":false}";
    for condition in [
        "t = true",
        "t = 1",
        "t = \"true\"",
        "t = \"1\"",
        "f = 0",
        "f = \"false\"",
        "t != \"x\"",
        "t",
        "not f",
    ] {
        assert_eq!(
            rows(&format!("filter {condition}"), &[line]).len(),
            1,
            "{condition}"
        );
    }
    assert_eq!(rows("filter t = \"01\"", &[line]).len(), 0);
    assert_eq!(value("t", line), "1");
}

#[test]
fn texts_order_naturally() {
    let sorted = [
        "", "a1", "a2", "a10", "b", "-1", "0", "00", "01", "1", "1.0", "2", "10",
    ];
    for pair in sorted.windows(2) {
        let [a, b] = pair else { continue };
        let order = Natural::of(&Value::from(*a)).order(&Natural::of(&Value::from(*b)));
        assert!(order.is_lt(), "{a} {b} {order:?}");
    }
}

#[test]
fn sums_do_not_depend_on_order() {
    assert_eq!(
        rows(
            "stats sum(a)",
            &["{\"a\":0.1}", "{\"a\":1e20}", "{\"a\":0.2}", "{\"a\":-1e20}"]
        ),
        ["0.3"]
    );
}

#[test]
fn many_different_values_are_estimated() {
    let mut distinct = Distinct::default();
    let mut values = Values::default();
    for n in 0..1_200_000i128 {
        distinct.add(&n.to_string());
        values.add(Num::Int(n));
    }
    assert!(!distinct.is_exact() && !values.is_exact());
    let near = |got: f64, expected: f64, share: f64| (got - expected).abs() < expected * share;
    assert!(near(distinct.count() as f64, 1.2e6, 0.03), "{}", distinct.count());
    for p in [1.0, 50.0, 99.0] {
        let got = values.percentile(p).unwrap().as_f64();
        assert!(near(got, 1.2e6 * p / 100.0, 0.011), "{p} {got}");
    }
}

proptest! {
    #[test]
    fn a_sum_is_the_same_in_any_order(mut numbers in proptest::collection::vec(-1e9f64..1e9, 0..40), whole in any::<i64>()) {
        let sum = |numbers: &[f64]| {
            let mut sum = Sum::default();
            sum.add(Num::Int(whole.into()));
            numbers.iter().for_each(|n| sum.add(Num::Float(*n * 1e-3)));
            sum
        };
        let forward = sum(&numbers).total().unwrap().as_f64();
        numbers.reverse();
        prop_assert_eq!(sum(&numbers).total().unwrap().as_f64(), forward);
        let (a, b) = numbers.split_at(numbers.len() / 2);
        let mut parts = sum(a);
        parts.merge(&sum(b));
        parts.add(Num::Int(-i128::from(whole)));
        prop_assert_eq!(parts.total().unwrap().as_f64(), forward);
    }
}
