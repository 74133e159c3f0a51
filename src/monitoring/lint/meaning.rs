//! What a pattern that is read means, where that is likely something else than was meant.

use super::scan::{Kind as Piece, scan};
use super::{Lint, Severity, covers, known};
use crate::language::pattern::{
    Comparison, Form, JsonPattern, JsonTest, Kind, Logic, Parsed, Pattern, Selector, Slot, Step, Test, Value,
};
use crate::monitoring::probes::{coverage, reach};

pub fn lints(text: &str, parsed: &Parsed) -> Vec<Lint> {
    let mut found: Vec<Lint> = parsed
        .warnings
        .iter()
        .map(|fault| {
            // A quota is a refusal; a term without its quotes may be taken.
            let severity = if fault.what == "quote-term" {
                Severity::Note
            } else {
                Severity::Broken
            };
            Lint::of(fault.clone(), severity)
        })
        .collect();
    found.extend(precedence(text, &parsed.pattern));
    let trail = match parsed.pattern.kind() {
        Kind::Json(pattern) => {
            let trail = is_about_cloudtrail(pattern);
            joined(text, &pattern.condition, true, &mut found);
            for test in pattern.tests() {
                found.extend(absent(text, test, trail));
                if trail {
                    found.extend(selector(text, test));
                    found.extend(value(text, test));
                }
                found.extend(quoted_number(text, test));
            }
            // The calls that were refused are told by their code alone.
            trail || first_keys(pattern).any(|key| key == "errorCode")
        }
        _ => false,
    };
    for hint in parsed.pattern.hints() {
        let severity = match hint.what {
            // Told above, with what to write.
            "differs-absent" => continue,
            "name-twice" => Severity::Note,
            _ => Severity::Misleading,
        };
        found.push(Lint::of(hint, severity));
    }
    found.extend(amount(text, &parsed.pattern, trail));
    found
}

/// `a.b` of `$.a.b`; nothing for selectors with indexes or wildcards.
fn path(selector: &Selector) -> Option<String> {
    let keys: Option<Vec<&str>> = selector
        .steps
        .iter()
        .map(|step| match step {
            Step::Key(key) => Some(key.as_str()),
            _ => None,
        })
        .collect();
    keys.map(|keys| keys.join("."))
}

/// Whether a pattern is about CloudTrail's records, whatever the case of its fields.
fn is_about_cloudtrail(pattern: &JsonPattern) -> bool {
    first_keys(pattern).any(known::is_mark)
}

fn first_keys(pattern: &JsonPattern) -> impl Iterator<Item = &str> {
    pattern
        .tests()
        .into_iter()
        .filter_map(|test| match test.selector.steps.first() {
            Some(Step::Key(key)) => Some(key.as_str()),
            _ => None,
        })
}

fn replaced(text: &str, at: usize, end: usize, with: &str) -> String {
    let before = text.chars().take(at);
    before.chain(with.chars()).chain(text.chars().skip(end)).collect()
}

/// The text of a value; nothing for a regex.
fn literal(value: &Value) -> Option<&str> {
    match &value.form {
        Form::Quoted(text) | Form::Bare(text) => Some(text),
        Form::Regex(_) => None,
    }
}

/// `&&` and `||` side by side.
fn precedence(text: &str, pattern: &Pattern) -> Option<Lint> {
    let json = match pattern.kind() {
        Kind::Json(json) => json,
        Kind::Delimited(delimited) => {
            return delimited
                .slots
                .iter()
                .find_map(|slot| slot_precedence(text, slot));
        }
        Kind::Text(_) => return None,
    };
    let chars: Vec<char> = text.chars().collect();
    let mut levels: Vec<(bool, bool)> = vec![(false, false)];
    let mut mixed = None;
    for piece in scan(&chars) {
        match piece.kind {
            Piece::Open => levels.push((false, false)),
            Piece::Close => {
                levels.pop();
            }
            Piece::Join => {
                let level = levels.last_mut()?;
                match chars.get(piece.at) {
                    Some('&') => level.0 = true,
                    _ => level.1 = true,
                }
                if *level == (true, true) {
                    mixed.get_or_insert((piece.at, piece.end));
                }
            }
            _ => {}
        }
    }
    let (at, end) = mixed?;
    let grouped = format!("{{ {} }}", grouped(&json.condition));
    let says = format!(
        "&& binds more tightly than ||, so this is read as {grouped}. Write the parentheses, or put them where they were meant."
    );
    Some(Lint::new("precedence", Severity::Misleading, at, end, says).instead(Some(grouped)))
}

/// The same in one field of a space-delimited pattern.
fn slot_precedence(text: &str, slot: &Slot) -> Option<Lint> {
    let Some(Logic::Any(parts)) = &slot.condition else {
        return None;
    };
    let here = text
        .chars()
        .skip(slot.span.at)
        .take(slot.span.end.saturating_sub(slot.span.at));
    let bare = !here.collect::<String>().contains('(');
    let mixed = parts.iter().any(|part| matches!(part, Logic::All(_)));
    (bare && mixed).then(|| {
        Lint::new(
            "precedence",
            Severity::Misleading,
            slot.span.at,
            slot.span.end,
            "&& binds more tightly than ||: what stands on both sides of && belongs together. Write the parentheses.",
        )
    })
}

/// The condition with every group in parentheses.
fn grouped(condition: &Logic<JsonTest>) -> String {
    let (parts, join) = match condition {
        Logic::Test(test) => return test.to_string(),
        Logic::All(parts) => (parts, " && "),
        Logic::Any(parts) => (parts, " || "),
    };
    let parts: Vec<String> = parts
        .iter()
        .map(|part| match part {
            Logic::Test(test) => test.to_string(),
            group => format!("({})", grouped(group)),
        })
        .collect();
    parts.join(join)
}

fn single(logic: &Logic<JsonTest>) -> Option<&JsonTest> {
    match logic {
        Logic::Test(test) => Some(test),
        _ => None,
    }
}

fn differs(test: &JsonTest) -> Option<&Value> {
    match &test.test {
        Test::Compare(Comparison::Differs(value)) => Some(value),
        _ => None,
    }
}

fn equals(test: &JsonTest) -> Option<&Value> {
    match &test.test {
        Test::Compare(Comparison::Equal(value)) => Some(value),
        _ => None,
    }
}

/// Conditions that always or never hold for being joined as they are.
fn joined(text: &str, condition: &Logic<JsonTest>, root: bool, found: &mut Vec<Lint>) {
    let (parts, any) = match condition {
        Logic::Test(_) => return,
        Logic::Any(parts) => (parts, true),
        Logic::All(parts) => (parts, false),
    };
    let tests: Vec<&JsonTest> = parts.iter().filter_map(single).collect();
    if any {
        found.extend(either(text, parts, &tests, root));
    } else {
        found.extend(never(&tests));
    }
    for part in parts {
        joined(text, part, false, found);
    }
}

/// `!=` as one of several: it alone takes nearly everything.
fn either(text: &str, parts: &[Logic<JsonTest>], tests: &[&JsonTest], root: bool) -> Option<Lint> {
    // `$.a NOT EXISTS || $.a != x` is how absent or other is written.
    let idiom = |test: &JsonTest| {
        tests
            .iter()
            .any(|other| matches!(other.test, Test::NotExists) && other.selector.steps == test.selector.steps)
    };
    let differing: Vec<&JsonTest> = tests
        .iter()
        .copied()
        .filter(|test| differs(test).is_some() && !(idiom(test) && parts.len() == 2))
        .collect();
    let (first, last) = (differing.first()?, differing.last()?);
    let same = differing.iter().find(|test| {
        differing.iter().any(|other| {
            other.selector.steps == test.selector.steps
                && differs(other).and_then(literal) != differs(test).and_then(literal)
        })
    });
    let instead = root.then(|| {
        let is_differing = |part: &&Logic<JsonTest>| single(part).is_some_and(|test| differs(test).is_some());
        let (others, excluded): (Vec<_>, Vec<_>) = parts.iter().partition(|part| !is_differing(part));
        let mut groups: Vec<String> = Vec::new();
        let others: Vec<String> = others
            .into_iter()
            .map(|part| match part {
                Logic::Test(test) => test.to_string(),
                group => format!("({})", grouped(group)),
            })
            .collect();
        match others.as_slice() {
            [] => {}
            [one] => groups.push(one.clone()),
            several => groups.push(format!("({})", several.join(" || "))),
        }
        groups.extend(excluded.into_iter().map(grouped));
        format!("{{ {} }}", groups.join(" && "))
    });
    let (code, says) = match same {
        Some(test) => (
            "always-true",
            format!(
                "Whatever {} is, it differs from at least one of these values: joined by ||, they take every event that has it. \
                 Exclusions are joined by &&.",
                test.selector
            ),
        ),
        None => (
            "differs-or",
            format!(
                "{first} is true of nearly every event, and behind || it alone is enough: the other conditions hardly matter. \
                 Exclusions are joined by &&."
            ),
        ),
    };
    let lint = Lint::new(code, Severity::Misleading, first.span.at, last.span.end, says);
    Some(match instead {
        Some(instead) if Some(instead.as_str()) != Some(text) => lint.instead(Some(instead)),
        _ => lint,
    })
}

/// Two different values at once.
fn never(tests: &[&JsonTest]) -> Option<Lint> {
    let exact = |test: &JsonTest| {
        let text = equals(test).and_then(literal)?;
        let plain = !text.contains('*') && test.selector.wildcards() == 0;
        plain.then(|| text.to_owned())
    };
    for (i, test) in tests.iter().enumerate() {
        let Some(text) = exact(test) else { continue };
        let other = tests.iter().skip(i + 1).find(|other| {
            other.selector.steps == test.selector.steps && exact(other).is_some_and(|other| other != text)
        });
        if let Some(other) = other {
            let says = format!(
                "{} can not be two values at once: joined by &&, these conditions take nothing. Alternatives are joined by ||.",
                test.selector
            );
            return Some(Lint::new(
                "never-true",
                Severity::Misleading,
                test.span.at,
                other.span.end,
                says,
            ));
        }
    }
    None
}

/// `!=` on a field that an event may lack.
fn absent(text: &str, test: &JsonTest, trail: bool) -> Option<Lint> {
    differs(test)?;
    let path = path(&test.selector);
    if trail && path.as_deref().is_some_and(known::is_always_there) {
        return None;
    }
    // Said already where it is written so.
    let idiom = format!("{} NOT EXISTS", test.selector);
    if text
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .contains(&idiom)
    {
        return None;
    }
    let wanted = format!("({idiom} || {test})");
    let says = format!(
        "!= takes no event that lacks {}, or has it as null, an object or a list. If those are meant as well, write {wanted}.",
        test.selector
    );
    let instead = replaced(text, test.span.at, test.span.end, &wanted);
    Some(
        Lint::new(
            "differs-absent",
            Severity::Note,
            test.span.at,
            test.span.end,
            says,
        )
        .instead(Some(instead)),
    )
}

/// A field that no CloudTrail record has.
fn selector(text: &str, test: &JsonTest) -> Option<Lint> {
    let path = path(&test.selector)?;
    let first = path.split('.').next().unwrap_or_default();
    let span = test.selector.span;
    let right = known::path_in_case(&path)
        .map(str::to_owned)
        .or_else(|| known::path_in_case(first).map(|known| path.replacen(first, known, 1)));
    if let Some(right) = right {
        let says = format!("Capitals count: CloudTrail's field is $.{right}. This one is never there.");
        let instead = replaced(text, span.at, span.end, &format!("$.{right}"));
        return Some(
            Lint::new("field-case", Severity::Misleading, span.at, span.end, says).instead(Some(instead)),
        );
    }
    if known::is_field(first) {
        return None;
    }
    let says = format!(
        "CloudTrail's records have no field {first}. A condition on it never holds, NOT EXISTS always."
    );
    Some(Lint::new(
        "unknown-field",
        Severity::Misleading,
        span.at,
        span.end,
        says,
    ))
}

/// A value that the field never has.
fn value(text: &str, test: &JsonTest) -> Option<Lint> {
    let value = equals(test).or_else(|| differs(test))?;
    let written = literal(value)?;
    let path = path(&test.selector)?;
    // A field in the wrong case is told apart from its value.
    let path = known::path_in_case(&path).map_or(path, str::to_owned);
    if written.contains('*') {
        return None;
    }
    let span = value.span;
    let with = |known: &str| {
        let quoted = matches!(value.form, Form::Quoted(_));
        replaced(
            text,
            span.at,
            span.end,
            &if quoted {
                format!("\"{known}\"")
            } else {
                known.to_owned()
            },
        )
    };
    if let Some(right) = known::slip(&path, written) {
        let (code, says) = if right.eq_ignore_ascii_case(written) {
            (
                "value-case",
                format!("Capitals count: CloudTrail writes {right}."),
            )
        } else {
            (
                "slip",
                format!("No call or value of the topics is written like this; {right} is nearly the same."),
            )
        };
        return Some(
            Lint::new(code, Severity::Misleading, span.at, span.end, says).instead(Some(with(right))),
        );
    }
    if path == "eventSource" && !written.contains('.') && !written.is_empty() {
        let right = format!("{}.amazonaws.com", written.to_ascii_lowercase());
        let says = format!("An event source is a host name: {right}.");
        return Some(
            Lint::new("value-never", Severity::Misleading, span.at, span.end, says)
                .instead(Some(with(&right))),
        );
    }
    let values = known::closed(&path)?;
    if values.contains(&written) {
        return None;
    }
    let says = format!(
        "{} has none but these values: {}.",
        test.selector,
        values.join(", ")
    );
    Some(Lint::new(
        "value-never",
        Severity::Misleading,
        span.at,
        span.end,
        says,
    ))
}

/// A number in quotes is compared as text.
fn quoted_number(text: &str, test: &JsonTest) -> Option<Lint> {
    let value = equals(test).or_else(|| differs(test))?;
    let Form::Quoted(written) = &value.form else {
        return None;
    };
    let digits = written.strip_prefix('-').unwrap_or(written);
    // Identifiers are texts: account numbers, codes with leading zeros.
    let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    if !is_number || digits.len() >= 12 || (digits.len() > 1 && digits.starts_with('0')) {
        return None;
    }
    let says = format!(
        "In quotes this is text: a number that is written otherwise, such as {written}.0, is not the same."
    );
    let instead = replaced(text, value.span.at, value.span.end, written);
    let lint = Lint::new(
        "quoted-number",
        Severity::Note,
        value.span.at,
        value.span.end,
        says,
    );
    Some(lint.instead(Some(instead)))
}

/// Nearly everything, or nothing, of the written events.
fn amount(text: &str, pattern: &Pattern, trail: bool) -> Option<Lint> {
    let reach = reach(pattern);
    let end = text.chars().count();
    if reach.is_nearly_everything() {
        let says = format!(
            "Of {} CloudTrail events that no topic is about it takes {}: an alarm on it says nothing.",
            reach.beyond_of, reach.beyond
        );
        // Over other logs a pattern such as `{ $.level = * }` may well be meant.
        let severity = if trail {
            Severity::Misleading
        } else {
            Severity::Note
        };
        return Some(Lint::new("takes-everything", severity, 0, end, says));
    }
    if trail && reach.taken == 0 {
        let says = format!(
            "It takes none of the {} CloudTrail events that were written for the topics of the CIS benchmark. For a pattern \
             about something else that is right.",
            reach.of
        );
        return Some(Lint::new("takes-nothing", Severity::Note, 0, end, says));
    }
    if trail {
        let says = format!("It {}.", covers(&coverage(pattern)));
        return Some(Lint::new("covers", Severity::Note, 0, end, says));
    }
    None
}
