//! Fields that a person leaves out of what is shared: their values may not stand in sentences and filters either.

use crate::base::Value;
use crate::base::hash::FastSet;
use crate::evidence::{Note, Pin};
use crate::findings::Entry;
use crate::query::{Expr, text};
use crate::rules::Told;
use std::net::IpAddr;

/// Stands where a value was.
pub const LEFT_OUT: &str = "[left out]";

/// What may not be told. Numbers are taken out of filters, not out of sentences: `22` is a port and a count.
#[derive(Clone, Debug, Default)]
pub struct Hidden {
    fields: Vec<String>,
    /// The longest first, so that none is hidden in part by another.
    values: Vec<String>,
}

impl Hidden {
    /// `values`: every value that one of the fields has in the records.
    pub fn new(fields: &[String], values: impl IntoIterator<Item = Value>) -> Hidden {
        let texts = values.into_iter().flat_map(|v| match v {
            Value::Text(text) => vec![text],
            Value::List(texts) => texts,
            _ => Vec::new(),
        });
        let mut values: Vec<String> = texts.filter(|t| t.chars().count() > 1).collect();
        values.sort_unstable_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        values.dedup();
        Hidden {
            fields: fields.to_vec(),
            values,
        }
    }

    /// A sentence without the values. Only whole ones are taken out: `10.0.0.1` does not stand in `10.0.0.12`.
    pub fn sentence(&self, told: &str) -> String {
        let mut out = told.to_owned();
        for value in &self.values {
            if out.contains(value.as_str()) {
                out = replaced(&out, value);
            }
        }
        out
    }

    /// Looks the values up in other texts.
    pub fn finder(&self) -> Finder {
        let values: FastSet<String> = self.values.iter().map(|v| v.to_lowercase()).collect();
        Finder {
            longest: values.iter().map(String::len).max().unwrap_or(0),
            addresses: self.values.iter().filter_map(|v| address(v)).collect(),
            values,
        }
    }

    /// A condition without the values: a comparison with one becomes one that nothing meets.
    pub fn condition(&self, expr: &Expr) -> Expr {
        let all = |of: &[Expr]| of.iter().map(|e| self.condition(e)).collect();
        let hides = |field: &String| self.fields.contains(field);
        match expr {
            Expr::And(of) => Expr::And(all(of)),
            Expr::Or(of) => Expr::Or(all(of)),
            Expr::Not(of) => Expr::Not(Box::new(self.condition(of))),
            Expr::Compare { field, op, .. } if hides(field) => Expr::Compare {
                field: field.clone(),
                op: *op,
                value: Value::Text(LEFT_OUT.into()),
            },
            Expr::Compare { field, op, value } => Expr::Compare {
                field: field.clone(),
                op: *op,
                value: match value {
                    Value::Text(text) => Value::Text(self.sentence(text)),
                    Value::List(texts) => Value::List(texts.iter().map(|t| self.sentence(t)).collect()),
                    other => other.clone(),
                },
            },
            Expr::In { field, .. } if hides(field) => Expr::In {
                field: field.clone(),
                values: vec![LEFT_OUT.into()],
            },
            Expr::In { field, values } => Expr::In {
                field: field.clone(),
                values: values.iter().map(|v| self.sentence(v)).collect(),
            },
            Expr::Text(words) => Expr::Text(self.sentence(words)),
            other => other.clone(),
        }
    }

    /// A verdict without the values.
    pub fn verdict(&self, mut told: Told) -> Told {
        for finding in &mut told.findings {
            finding.detail = self.sentence(&finding.detail);
            finding.subject = self.sentence(&finding.subject);
            if let Ok(filter) = text::parse(&finding.filter) {
                finding.filter = text::write(&self.condition(&filter));
            }
        }
        told
    }

    /// What a rule or check found, without the values.
    pub fn entry(&self, mut entry: Entry) -> Entry {
        for item in &mut entry.items {
            let names = [
                &mut item.principal,
                &mut item.resource,
                &mut item.account,
                &mut item.region,
            ];
            for name in names.into_iter().flatten() {
                *name = self.sentence(name);
            }
            item.subject = self.sentence(&item.subject);
            item.detail = self.sentence(&item.detail);
            if let Some(evidence) = &mut item.evidence {
                evidence.filter = self.condition(&evidence.filter);
            }
        }
        entry
    }

    /// A note without the values, in what it says and what it is about.
    pub fn note(&self, mut note: Note) -> Note {
        note.text = self.sentence(&note.text);
        match &mut note.pin {
            Pin::Record { title, .. } => *title = self.sentence(title),
            Pin::Finding { title, filter, .. } => {
                *title = self.sentence(title);
                *filter = self.condition(filter);
            }
            Pin::Range { filter, .. } => *filter = self.condition(filter),
            Pin::Moment { .. } | Pin::Report => {}
        }
        note
    }
}

/// Finds what may not be told, in whichever case it is written and addresses in any spelling; a million values take
/// no longer than one.
#[derive(Clone, Debug, Default)]
pub struct Finder {
    values: FastSet<String>,
    addresses: FastSet<IpAddr>,
    /// Of the values, in bytes.
    longest: usize,
}

impl Finder {
    /// Whether one of the values stands in the text as a whole, as [`Hidden::sentence`] looks for it.
    pub fn hides(&self, text: &str) -> bool {
        if self.values.is_empty() || text.is_empty() {
            return false;
        }
        if address(text).is_some_and(|addr| self.addresses.contains(&addr)) {
            return true;
        }
        let text = text.to_lowercase();
        let mut before = None;
        let mut cuts: Vec<usize> = Vec::new();
        for (at, c) in text.char_indices() {
            if !(c.is_alphanumeric() && before.is_some_and(char::is_alphanumeric)) {
                cuts.push(at);
            }
            before = Some(c);
        }
        cuts.push(text.len());
        let ends = |n: usize, from: usize| {
            let ends = cuts.iter().skip(n + 1);
            ends.take_while(move |end| **end - from <= self.longest)
        };
        let mut starts = cuts.iter().enumerate();
        starts.any(|(n, &from)| {
            ends(n, from).any(|&end| text.get(from..end).is_some_and(|part| self.values.contains(part)))
        })
    }
}

fn address(text: &str) -> Option<IpAddr> {
    text.parse().ok().map(|addr: IpAddr| addr.to_canonical())
}

/// The text with every whole occurrence of a value replaced.
fn replaced(told: &str, value: &str) -> String {
    let part_of_word = |c: char| c.is_alphanumeric();
    let mut out = String::with_capacity(told.len());
    let mut rest = told;
    while let Some(at) = rest.find(value) {
        let (before, after) = (&rest[..at], &rest[at + value.len()..]);
        let joined = |inside: Option<char>, outside: Option<char>| {
            inside.is_some_and(part_of_word) && outside.is_some_and(part_of_word)
        };
        let left = before.chars().next_back().or_else(|| out.chars().next_back());
        let whole =
            !joined(value.chars().next(), left) && !joined(value.chars().next_back(), after.chars().next());
        out.push_str(before);
        out.push_str(if whole { LEFT_OUT } else { value });
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hidden(fields: &[&str], values: &[&str]) -> Hidden {
        let fields: Vec<String> = fields.iter().map(|f| (*f).to_owned()).collect();
        Hidden::new(&fields, values.iter().map(|v| Value::from(*v)))
    }

    #[test]
    fn whole_values_go_and_longer_ones_stay() {
        let hidden = hidden(&["srcaddr"], &["10.0.0.1", "203.0.113.5", "-", "x"]);
        assert_eq!(
            hidden.sentence("10.0.0.1 and 10.0.0.12 from 203.0.113.5, x -"),
            "[left out] and 10.0.0.12 from [left out], x -"
        );
        assert_eq!(hidden.sentence("(10.0.0.1)10.0.0.1"), "([left out])[left out]");
    }

    #[test]
    fn a_value_is_found_in_any_case_and_an_address_in_any_spelling() {
        let finder = hidden(&["f"], &["10.0.0.1", "2001:db8::7", "Bob", "eni-0a", "x"]).finder();
        for told in [
            "10.0.0.1",
            "10.0.0.1/32",
            "::ffff:10.0.0.1",
            "2001:0DB8::0007",
            "the laptop of bob",
            "BOB",
            "(eni-0a)",
            "eni-0a-2",
        ] {
            assert!(finder.hides(told), "{told}");
        }
        for told in [
            "10.0.0.12",
            "110.0.0.1",
            "2001:db8::70",
            "bobby",
            "eni-0ab",
            "x",
            "",
        ] {
            assert!(!finder.hides(told), "{told}");
        }
        assert!(!Hidden::default().finder().hides("10.0.0.1"));
    }

    #[test]
    fn a_value_inside_another_is_not_left_in_part() {
        let hidden = hidden(&["actor"], &["ci", "ci/deploy"]);
        assert_eq!(
            hidden.sentence("ci/deploy, ci, cities"),
            "[left out], [left out], cities"
        );
    }

    #[test]
    fn numbers_stay_in_sentences_and_go_from_conditions() {
        let hidden = Hidden::new(&["dstport".into()], [Value::Int(22)]);
        assert_eq!(hidden.sentence("22 times"), "22 times");
        let told = hidden.condition(&text::parse("dstport = 22 and action = REJECT").expect("a filter"));
        assert_eq!(
            text::write(&told),
            r#"dstport = "[left out]" and action = REJECT"#
        );
    }

    #[test]
    fn conditions_lose_values_whichever_field_they_stand_in() {
        let hidden = hidden(&["sourceIPAddress"], &["198.51.100.7"]);
        let asked =
            "(sourceIPAddress = 198.51.100.7 or pkt-srcaddr = 198.51.100.7) and eventName = RunInstances";
        let told = text::write(&hidden.condition(&text::parse(asked).expect("a filter")));
        assert!(!told.contains("198.51.100.7"), "{told}");
        assert!(told.contains("eventName = RunInstances"), "{told}");
        text::parse(&told).expect("still a filter");
    }

    proptest! {
        #[test]
        fn nothing_whole_is_left(words in prop::collection::vec("[a-c]{2,4}", 1..12), which in 0..12usize) {
            let value = words[which % words.len()].clone();
            let told = hidden(&["f"], &[&value]).sentence(&words.join(" "));
            prop_assert!(told.split(' ').all(|w| w != value), "{told}");
            prop_assert_eq!(told.matches(LEFT_OUT).count(), words.iter().filter(|w| **w == value).count());
        }

        #[test]
        fn what_a_sentence_loses_is_found(told in "[ab.-]{0,12}", value in "[ab.-]{2,4}") {
            let hidden = hidden(&["f"], &[&value]);
            // A value may stand over another that is no whole one: then it is found, and the sentence has lost none.
            if hidden.sentence(&told) != told {
                prop_assert!(hidden.finder().hides(&told));
            }
        }
    }
}
