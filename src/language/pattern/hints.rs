//! What else is worth saying about a pattern that was read: warnings of AWS's limits, hints of likely mistakes.

use super::cursor::Span;
use super::json::{JsonTest, Test};
use super::text::{Content, Sign, TextPattern};
use super::value::{Comparison, Form, Value, quote};
use super::{DelimitedPattern, Kind, Pattern, Step};
use crate::language::Fault;

/// Wildcards in one selector and in one pattern, regexes in one pattern (CloudWatch Logs quotas).
const SELECTOR_WILDCARDS: usize = 1;
const PATTERN_WILDCARDS: usize = 3;
const REGEXES: usize = 2;

impl Pattern {
    /// What AWS would refuse; it is evaluated all the same.
    pub(super) fn warnings(&self) -> Vec<Fault> {
        let mut found = match self.kind() {
            Kind::Text(pattern) => pattern.warnings(),
            Kind::Json(pattern) => wildcards(&pattern.tests()),
            Kind::Delimited(_) => Vec::new(),
        };
        if let Some(span) = self.regexes().get(REGEXES) {
            found.push(span.fault(
                "regex-count",
                format!("AWS takes at most {REGEXES} regexes in a pattern. Join some of them with |."),
            ));
        }
        found.sort_by_key(|fault| fault.at);
        found
    }

    /// Where the regexes stand.
    pub fn regexes(&self) -> Vec<Span> {
        match self.kind() {
            Kind::Text(pattern) => {
                let terms = pattern.terms.iter().filter(|t| t.regex().is_some());
                terms.map(|t| t.span).collect()
            }
            _ => {
                let values = self.values().into_iter().filter(|v| v.regex().is_some());
                values.map(|v| v.span).collect()
            }
        }
    }

    /// Every value behind `=` and `!=`.
    pub fn values(&self) -> Vec<&Value> {
        match self.kind() {
            Kind::Text(_) => Vec::new(),
            Kind::Json(pattern) => pattern
                .tests()
                .into_iter()
                .filter_map(|t| t.test.value())
                .collect(),
            Kind::Delimited(pattern) => {
                let tests = pattern.tests().into_iter();
                tests.filter_map(|t| t.comparison.value()).collect()
            }
        }
    }

    /// Likely mistakes in a pattern that is right as such, in the order of the text.
    ///
    /// `differs-absent`: `!=` takes no event without the field. `root-index`: an index or `[*]` on the event itself finds
    /// nothing. `optional-ignored`: `?` has no meaning beside terms of another kind. `inner-star`: a star that is no
    /// wildcard. `name-twice`: two fields of one name.
    pub fn hints(&self) -> Vec<Fault> {
        let mut found = match self.kind() {
            Kind::Text(pattern) => text_hints(pattern),
            Kind::Json(pattern) => pattern.tests().into_iter().flat_map(json_hints).collect(),
            Kind::Delimited(pattern) => name_twice(pattern),
        };
        for value in self.values() {
            if !matches!(value.form, Form::Regex(_)) && value.literal().contains('*') {
                found.push(value.span.fault(
                    "inner-star",
                    "A * inside a value stands for itself; only one at the start or end is a wildcard. A regex can do more.",
                ));
            }
        }
        found.sort_by_key(|fault| fault.at);
        found
    }
}

fn wildcards(tests: &[&JsonTest]) -> Vec<Fault> {
    let mut found = Vec::new();
    let mut all = 0;
    for test in tests {
        let selector = &test.selector;
        let here = selector.wildcards();
        if here > SELECTOR_WILDCARDS {
            found.push(selector.span.fault(
                "selector-wildcards",
                format!("AWS takes {SELECTOR_WILDCARDS} wildcard in a selector; this one has {here}."),
            ));
        }
        if all <= PATTERN_WILDCARDS && all + here > PATTERN_WILDCARDS {
            found.push(selector.span.fault(
                "pattern-wildcards",
                format!("AWS takes at most {PATTERN_WILDCARDS} wildcards in a pattern. Split it in two."),
            ));
        }
        all += here;
    }
    found
}

fn json_hints(test: &JsonTest) -> Vec<Fault> {
    let mut found = Vec::new();
    let selector = &test.selector;
    if matches!(test.test, Test::Compare(Comparison::Differs(_))) {
        found.push(test.span.fault(
            "differs-absent",
            format!(
                "!= takes only events that have {selector}, and not as null, an object or an array. To take events without it, \
                 too, write: {selector} NOT EXISTS || {test}"
            ),
        ));
    }
    if matches!(selector.steps.first(), Some(Step::Index(_) | Step::AnyIndex)) {
        found.push(selector.span.fault(
            "root-index",
            "An event is an object: an index right behind $ finds nothing. Begin with a name: $.name[0].",
        ));
    }
    found
}

fn text_hints(pattern: &TextPattern) -> Vec<Fault> {
    let mut found = Vec::new();
    for term in &pattern.terms {
        if term.sign == Sign::Optional && !pattern.is_choice() {
            found.push(term.span.fault(
                "optional-ignored",
                "A term with ? has no effect beside terms without it. For \"one of these and that\", use a regex with |.",
            ));
        }
        if let Content::Word(text) | Content::Quoted(text) = &term.content
            && text.contains('*')
        {
            found.push(term.span.fault(
                "inner-star",
                format!(
                    "A * in a term is no wildcard: {} is looked for as it stands.",
                    quote(text)
                ),
            ));
        }
    }
    found
}

fn name_twice(pattern: &DelimitedPattern) -> Vec<Fault> {
    let mut found = Vec::new();
    for (i, slot) in pattern.slots.iter().enumerate() {
        let Some(name) = &slot.name else { continue };
        let before = pattern.slots.iter().take(i);
        if before.filter_map(|s| s.name.as_ref()).any(|n| n == name) {
            found.push(slot.span.fault(
                "name-twice",
                format!(
                    "Two fields are called {name}; ${name} stands for the first. Give this one another name."
                ),
            ));
        }
    }
    found
}
