//! The colours of a text in either language.

use crate::language::insights::{Class, highlight};
use crate::session::Language;
use crate::widgets::code_lines::Span;

/// The pieces of a text that have a colour.
pub fn paint(language: Language, text: &str) -> Vec<Span> {
    match language {
        Language::Insights => {
            let pieces = highlight(text).into_iter();
            let mut out: Vec<Span> = pieces.map(|(from, to, class)| (from, to, css(class))).collect();
            // A comment is told when what stands behind it is reached.
            out.sort_by_key(|s| s.0);
            out
        }
        Language::Filter => pattern(text),
    }
}

fn css(class: Class) -> &'static str {
    match class {
        Class::Command | Class::Keyword => "k",
        Class::Function => "f",
        Class::Number | Class::Period => "n",
        Class::Text | Class::Regex => "s",
        Class::Comment => "c",
        Class::Field | Class::Operator | Class::Punctuation | Class::Pipe | Class::Error => "",
    }
}

/// Words of filter patterns that mean something.
const WORDS: &[&str] = &["NOT", "EXISTS", "IS", "NULL", "TRUE", "FALSE", "..."];

fn pattern(text: &str) -> Vec<Span> {
    let chars: Vec<char> = text.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or('\0');
    let mut out = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        let from = i;
        let class = match at(i) {
            '"' => {
                i = closed(&chars, i, '"');
                "s"
            }
            '%' => {
                i = closed(&chars, i, '%');
                "s"
            }
            '$' => {
                i += 1;
                while is_selector(at(i)) {
                    i += 1;
                }
                "f"
            }
            c if is_word(c) => {
                while is_word(at(i)) {
                    i += 1;
                }
                let word: String = chars.get(from..i).unwrap_or_default().iter().collect();
                if WORDS.iter().any(|w| w.eq_ignore_ascii_case(&word)) {
                    "k"
                } else if word.trim_end_matches('*').parse::<f64>().is_ok() {
                    "n"
                } else {
                    ""
                }
            }
            _ => {
                i += 1;
                ""
            }
        };
        if !class.is_empty() {
            out.push((from, i, class));
        }
    }
    out
}

/// Behind the sign that closes what begins at `from`, or the end.
fn closed(chars: &[char], from: usize, sign: char) -> usize {
    let mut i = from + 1;
    while let Some(c) = chars.get(i) {
        match c {
            '\\' => i += 2,
            c if *c == sign => return i + 1,
            _ => i += 1,
        }
    }
    chars.len()
}

pub fn is_selector(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '[' | ']' | '*' | '@' | ':')
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '*' | ':' | '@')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_coloured_by_what_their_parts_are() {
        let of = |text: &str| {
            let cut = |s: Span| {
                let part: String = text.chars().skip(s.0).take(s.1 - s.0).collect();
                format!("{}:{part}", s.2)
            };
            paint(Language::Filter, text)
                .into_iter()
                .map(cut)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            of("{ ($.eventName = \"Stop*\") && $.items[0].port > 22 }"),
            ["f:$.eventName", "s:\"Stop*\"", "f:$.items[0].port", "n:22"]
        );
        assert_eq!(
            of("ERROR -\"out of %\" %4\\d\\d%"),
            ["s:\"out of %\"", "s:%4\\d\\d%"]
        );
        assert_eq!(of("[w1, ..., status = 4*]"), ["k:...", "n:4*"]);
        assert_eq!(of("{ $.a NOT EXISTS }"), ["f:$.a", "k:NOT", "k:EXISTS"]);
        assert_eq!(of("\"unfinished"), ["s:\"unfinished"]);
    }
}
