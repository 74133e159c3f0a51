//! What may be written at the caret: the language's own words, the fields of what is loaded, and values from the data.

use super::leads::quoted;
use crate::language::insights::{Class, CompletionKind, Names, complete, highlight};
use crate::views::paint::is_selector;
use crate::widgets::code_lines::Offer;

/// Offers shown.
const MOST: usize = 60;

/// A value that is being written behind a field.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// As written, without backticks.
    pub field: String,
    /// What of the value is there.
    pub typed: String,
    /// The characters that a value takes the place of.
    pub start: usize,
    pub end: usize,
}

/// The words and fields for the caret of an Insights query.
pub fn insights(text: &str, caret: usize, names: &Names, note: impl Fn(&str) -> String) -> Vec<Offer> {
    let typed: String = text.chars().take(caret).collect();
    let all = complete(text, caret, names).into_iter().map(|c| Offer {
        note: match c.kind {
            CompletionKind::Command => "command".to_owned(),
            CompletionKind::Keyword => String::new(),
            CompletionKind::Function | CompletionKind::Aggregate if c.detail.is_empty() => {
                "function".to_owned()
            }
            CompletionKind::Function | CompletionKind::Aggregate => c.detail,
            CompletionKind::Field => note(c.text.trim_matches('`')),
            CompletionKind::Kind => "kind".to_owned(),
        },
        text: match c.kind {
            CompletionKind::Function | CompletionKind::Aggregate => format!("{}(", c.text),
            CompletionKind::Kind => quoted(&c.text),
            _ => c.text,
        },
        start: c.start,
        end: caret,
    });
    let mut all: Vec<Offer> = all.take(MOST).collect();
    // What is written already needs no offer, but then Enter must not take another for it.
    let word: String = typed
        .chars()
        .skip(all.first().map_or(caret, |o| o.start))
        .collect();
    if all.iter().any(|o| o.text == word) {
        all.clear();
    }
    all
}

/// The value that the caret of an Insights query stands in or before.
pub fn wanted(text: &str, caret: usize) -> Option<Wanted> {
    let before: String = text.chars().take(caret).collect();
    let pieces = highlight(&before);
    let word = |p: &(usize, usize, Class)| -> String { before.chars().skip(p.0).take(p.1 - p.0).collect() };
    let mut left: Vec<_> = pieces.iter().filter(|p| p.2 != Class::Comment).collect();
    let (mut start, mut typed) = (caret, String::new());
    if let Some(last) = left.last().filter(|p| p.1 == caret) {
        let written = word(last);
        match last.2 {
            Class::Text if is_open(&written) => {
                typed = written.chars().skip(1).collect();
                start = last.0;
                left.pop();
            }
            Class::Number | Class::Field => {
                typed = written;
                start = last.0;
                left.pop();
            }
            Class::Operator | Class::Punctuation => {}
            _ => return None,
        }
    }
    let is_word =
        |p: &&(usize, usize, Class), w: &str| p.2 == Class::Keyword && word(p).eq_ignore_ascii_case(w);
    let sign = left.pop()?;
    match (sign.2, word(sign).as_str()) {
        (Class::Operator, "=" | "!=" | "==") => {}
        (Class::Keyword, w) if w.eq_ignore_ascii_case("like") => {}
        // Into the list: back to its bracket.
        (Class::Punctuation, "[" | ",") => {
            let mut open = word(sign) == "[";
            while !open {
                let p = left.pop()?;
                match p.2 {
                    Class::Text | Class::Number => {}
                    Class::Punctuation if word(p) == "," => {}
                    Class::Punctuation if word(p) == "[" => open = true,
                    _ => return None,
                }
            }
            left.pop().filter(|p| is_word(p, "in"))?;
        }
        _ => return None,
    }
    if left.last().is_some_and(|p| is_word(p, "not")) {
        left.pop();
    }
    let field = left.pop().filter(|p| p.2 == Class::Field)?;
    Some(Wanted {
        field: word(field).replace('`', ""),
        typed,
        start,
        end: behind_quote(text, caret, start),
    })
}

/// A text that is not closed yet.
fn is_open(written: &str) -> bool {
    let mut chars = written.chars();
    let quote = chars.next();
    let rest = chars.as_str();
    !(rest.chars().last() == quote && quote.is_some() && !rest.ends_with("\\\""))
}

/// A closing quote behind the caret belongs to the value.
fn behind_quote(text: &str, caret: usize, start: usize) -> usize {
    let quote = text.chars().nth(start).filter(|c| matches!(c, '"' | '\''));
    match quote.is_some() && text.chars().nth(caret) == quote && start < caret {
        true => caret + 1,
        false => caret,
    }
}

/// The selector or value that the caret of a filter pattern stands in: a field to be named, or one whose value is wanted.
#[derive(Clone, Debug, PartialEq)]
pub enum InPattern {
    Selector { typed: String, start: usize },
    Value(Wanted),
}

pub fn in_pattern(text: &str, caret: usize) -> Option<InPattern> {
    let chars: Vec<char> = text.chars().collect();
    let head = chars.get(..caret.min(chars.len()))?;
    if !text.trim_start().starts_with('{') {
        return None;
    }
    // Back over a selector.
    let begin = head
        .iter()
        .rposition(|c| !is_selector(*c) && *c != '$')
        .map_or(0, |at| at + 1);
    let word: String = head.get(begin..)?.iter().collect();
    if let Some(path) = word.strip_prefix('$') {
        let typed = path.trim_start_matches('.').to_owned();
        return Some(InPattern::Selector { typed, start: begin });
    }
    // Back over a value, its quote and the operator.
    let line: String = head.iter().collect();
    let sign = line.rfind('=')?;
    let typed = line.get(sign + 1..)?;
    let value = typed.trim_start();
    if value
        .trim_start_matches('"')
        .contains(['"', '&', '|', ')', '}', ' '])
    {
        return None;
    }
    let selector = line.get(..sign)?.trim_end_matches('!').trim_end();
    let field = selector
        .rsplit(|c: char| !is_selector(c) && c != '$')
        .next()?
        .strip_prefix("$.")?;
    let start = caret - value.chars().count();
    Some(InPattern::Value(Wanted {
        field: field.to_owned(),
        typed: value.trim_start_matches('"').to_owned(),
        start,
        end: behind_quote(text, caret, start),
    }))
}

/// Fields as selectors of a filter pattern.
pub fn selectors(fields: &[&str], typed: &str, start: usize, caret: usize) -> Vec<Offer> {
    let low = typed.to_ascii_lowercase();
    let fits = |f: &&&str| f.to_ascii_lowercase().starts_with(&low) && !f.starts_with('@');
    let offer = |f: &&str| Offer {
        text: format!("$.{f}"),
        note: String::new(),
        start,
        end: caret,
    };
    let mut all: Vec<Offer> = fields.iter().filter(fits).take(MOST).map(offer).collect();
    if all.iter().any(|o| o.text == format!("$.{typed}")) {
        all.clear();
    }
    all
}

/// Values from the data, each with how often it is there.
pub fn values(wanted: &Wanted, found: &[(crate::base::Value, i64)]) -> Vec<Offer> {
    use crate::base::{Value, size};
    let low = wanted.typed.to_ascii_lowercase();
    let fits = |v: &Value| !v.is_absent() && v.to_text().to_ascii_lowercase().contains(&low);
    let offers = found.iter().filter(|(v, _)| fits(v)).map(|(value, count)| Offer {
        text: match value {
            Value::Int(_) | Value::Big(_) | Value::Float(_) | Value::Decimal(_) | Value::Bool(_) => {
                value.to_text()
            }
            _ => quoted(&value.to_text()),
        },
        note: size::counted(*count, "records"),
        start: wanted.start,
        end: wanted.end,
    });
    let all: Vec<Offer> = offers.collect();
    // The value that is there in full is no offer.
    match all.as_slice() {
        [one] if one.text.trim_matches('"') == wanted.typed => Vec::new(),
        _ => all,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Value;

    fn of(text: &str) -> Option<(String, String, usize)> {
        wanted(text, text.chars().count()).map(|w| (w.field, w.typed, w.start))
    }

    #[test]
    fn a_value_is_wanted_behind_a_comparison() {
        let some = |field: &str, typed: &str, start: usize| Some((field.to_owned(), typed.to_owned(), start));
        assert_eq!(of("filter eventName = "), some("eventName", "", 19));
        assert_eq!(of("filter eventName = \"Stop"), some("eventName", "Stop", 19));
        assert_eq!(of("filter `account-id` != \""), some("account-id", "", 23));
        assert_eq!(of("filter a.b not in [\"x\", \"y"), some("a.b", "y", 24));
        assert_eq!(of("filter a like \"x"), some("a", "x", 14));
        assert_eq!(of("filter dstport = 4"), some("dstport", "4", 17));
        for none in [
            "filter a",
            "filter a = \"x\" ",
            "stats count(*) by \"x",
            "fields \"x",
            "# a = \"",
        ] {
            assert_eq!(of(none), None, "{none}");
        }
        let place = |caret: usize| wanted("filter a = \"x\" and b = 1", caret).map(|w| (w.start, w.end));
        assert_eq!(
            place(13),
            Some((11, 14)),
            "the closing quote belongs to the value"
        );
        assert_eq!(place(14), None, "a closed text is whole");
    }

    #[test]
    fn values_are_written_as_the_language_has_them() {
        let wanted = Wanted {
            field: "f".into(),
            typed: "ac".into(),
            start: 3,
            end: 5,
        };
        let found = [("REJECT".into(), 2), ("ACCEPT".into(), 1), (Value::Absent, 9)];
        let offers = values(&wanted, &found);
        assert_eq!(offers.len(), 1);
        assert_eq!(
            (offers[0].text.as_str(), offers[0].note.as_str()),
            ("\"ACCEPT\"", "1 record")
        );
        let any = Wanted {
            typed: String::new(),
            ..wanted
        };
        assert_eq!(values(&any, &[(Value::Int(22), 4)])[0].text, "22");
    }

    #[test]
    fn patterns_offer_selectors_and_values() {
        let at_end = |text: &str| in_pattern(text, text.chars().count());
        assert_eq!(
            at_end("{ ($.eventN"),
            Some(InPattern::Selector {
                typed: "eventN".into(),
                start: 3
            })
        );
        let value = |text: &str| match at_end(text) {
            Some(InPattern::Value(w)) => Some((w.field, w.typed, w.start)),
            _ => None,
        };
        assert_eq!(
            value("{ $.eventName = \"St"),
            Some(("eventName".into(), "St".into(), 16))
        );
        assert_eq!(
            value("{ $.a = 1 && $.b != "),
            Some(("b".into(), String::new(), 20))
        );
        assert_eq!(value("{ $.a = \"b\" "), None);
        assert_eq!(at_end("ERROR $.x"), None);
        let offers = selectors(&["eventName", "eventSource", "@kind"], "eventn", 3, 11);
        assert_eq!(
            offers.iter().map(|o| o.text.as_str()).collect::<Vec<_>>(),
            ["$.eventName"]
        );
    }

    #[test]
    fn words_come_from_the_language_and_fields_from_the_data() {
        let names = Names {
            fields: &["srcaddr", "account-id"],
            kinds: &["vpc-flow"],
        };
        let of = |text: &str| -> Vec<String> {
            let all = insights(text, text.chars().count(), &names, |f| format!("field {f}"));
            all.into_iter()
                .map(|o| format!("{} ({})", o.text, o.note))
                .collect()
        };
        assert_eq!(of("filter acc"), ["`account-id` (field account-id)"]);
        assert!(of("stats cou").iter().any(|o| o.starts_with("count(")));
        assert_eq!(of("SOURCE vp"), ["\"vpc-flow\" (kind)"]);
        assert!(of("filter srcaddr").is_empty());
    }
}
