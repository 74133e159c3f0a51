use super::super::highlight::Class::{self, *};
use super::*;

fn classes(text: &str) -> Vec<(String, Class)> {
    let chars: Vec<char> = text.chars().collect();
    highlight(text)
        .into_iter()
        .map(|(start, end, class)| (chars[start..end].iter().collect(), class))
        .collect()
}

#[test]
fn classes_of_a_whole_query() {
    let text = "stats count(*) as n by bin(5m) # all\n| filter a like /x|y/ and b = \"#\" | parse @message /(?<z>.)/";
    let expected = [
        ("stats", Command),
        ("count", Function),
        ("(", Punctuation),
        ("*", Operator),
        (")", Punctuation),
        ("as", Keyword),
        ("n", Field),
        ("by", Keyword),
        ("bin", Function),
        ("(", Punctuation),
        ("5m", Period),
        (")", Punctuation),
        ("# all", Comment),
        ("|", Pipe),
        ("filter", Command),
        ("a", Field),
        ("like", Keyword),
        ("/x|y/", Regex),
        ("and", Keyword),
        ("b", Field),
        ("=", Operator),
        ("\"#\"", Text),
        ("|", Pipe),
        ("parse", Command),
        ("@message", Field),
        ("/(?<z>.)/", Regex),
    ];
    let got = classes(text);
    let got: Vec<(&str, Class)> = got.iter().map(|(t, c)| (t.as_str(), *c)).collect();
    assert_eq!(got, expected);
}

#[test]
fn classes_of_what_is_unfinished() {
    assert_eq!(classes("filter a = \"x").last().unwrap().1, Text);
    assert_eq!(classes("filter a like /x").last().unwrap().1, Regex);
    assert_eq!(classes("fields `a").last().unwrap().1, Field);
    assert_eq!(classes("nonsense")[0].1, Error);
    assert_eq!(
        classes("fields a / b")
            .iter()
            .filter(|(_, c)| *c == Operator)
            .count(),
        1
    );
}

fn offers(text: &str) -> Vec<String> {
    let names = Names {
        fields: &["srcAddr", "user-id", "userIdentity.type"],
        kinds: &["vpc-flow", "cloudtrail"],
    };
    complete(text, text.chars().count(), &names)
        .into_iter()
        .map(|c| c.text)
        .collect()
}

#[test]
fn offers_fit_the_place() {
    assert_eq!(offers("fi"), ["fields", "filter", "filterIndex"]);
    assert!(offers("").contains(&"SOURCE".to_owned()));
    assert!(!offers("fields a | ").contains(&"SOURCE".to_owned()));
    assert_eq!(offers("SOURCE cl"), ["cloudtrail"]);
    assert_eq!(offers("filter src"), ["srcAddr"]);
    assert_eq!(offers("filter user"), ["`user-id`", "userIdentity.type"]);
    assert!(offers("filter a ").contains(&"like".to_owned()));
    assert_eq!(offers("filter a = \"x"), Vec::<String>::new());
    assert_eq!(offers("stats cou"), ["count", "count_distinct", "countDistinct"]);
    assert_eq!(offers("stats count(*) "), ["by", "as"]);
    assert!(offers("stats count(*) by b").contains(&"bin".to_owned()));
    assert!(!offers("stats count(*) by c").contains(&"count".to_owned()));
    assert_eq!(offers("sort a "), ["desc", "asc"]);
    assert_eq!(offers("fields 1 as made | filter mad"), ["made"]);
    assert_eq!(
        offers("stats count(*) as n by srcAddr | filter s"),
        [
            "srcAddr",
            "sqrt",
            "strlen",
            "substr",
            "strcontains",
            "startsWith",
            "split",
            "sha256"
        ]
    );
    assert!(!offers("stats count(*) as n by srcAddr | filter ").contains(&"@message".to_owned()));
    assert_eq!(offers("pattern @message | diff p").len(), 3);
    assert_eq!(offers("unnest a "), ["into"]);
    assert_eq!(offers("fields a as "), Vec::<String>::new());
}

#[test]
fn an_offer_replaces_what_is_being_written() {
    let names = Names::default();
    let offer = complete("fields a | fil", 14, &names).remove(0);
    assert_eq!(
        (offer.text.as_str(), offer.start, offer.kind),
        ("filter", 11, CompletionKind::Command)
    );
    assert_eq!(complete("filter x", 3, &names)[0].start, 0);
}
