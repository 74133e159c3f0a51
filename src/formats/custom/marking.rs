//! What a person selects in a line, as a mark.

use super::{CustomFormat, Mark, looks};
use crate::base::Role;

/// The bytes of a selection that the browser counts in UTF-16 units, without the spaces around it; `None` where nothing is left.
pub fn selected(line: &str, from: u32, to: u32) -> Option<(usize, usize)> {
    let byte = |units: u32| {
        let mut left = units as usize;
        let mut chars = line.char_indices();
        let at = chars.find(|(_, c)| {
            let is_it = left == 0;
            left = left.saturating_sub(c.len_utf16());
            is_it
        });
        at.map_or(line.len(), |(at, _)| at)
    };
    let (from, to) = (byte(from.min(to)), byte(from.max(to)));
    let text = line.get(from..to)?;
    let from = from + (text.len() - text.trim_start().len());
    let to = from + text.trim().len();
    (from < to).then_some((from, to))
}

/// Marks a part of the example; marks that it overlaps give way, and so does one of its name.
pub fn mark(format: &mut CustomFormat, name: &str, (from, to): (usize, usize)) {
    format
        .marks
        .retain(|m| m.name != name && (m.to <= from || m.from >= to));
    format.marks.push(Mark {
        name: name.to_owned(),
        from,
        to,
    });
    format.marks.sort_by_key(|m| m.from);
}

/// A name for a part of a line that has none yet, by what it looks like and what stands before it (`user=`).
pub fn name_for(format: &CustomFormat, (from, to): (usize, usize)) -> String {
    use crate::base::FieldType as T;
    let line = &format.pattern;
    let value = line.get(from..to).unwrap_or_default();
    let before = line
        .get(..from)
        .unwrap_or_default()
        .trim_end_matches(['"', '\'', ' ', '[', '(']);
    let key = before.strip_suffix(['=', ':']).map(|text| {
        let end = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'));
        text.rsplit(end).next().unwrap_or_default()
    });
    let is_key = |k: &&str| k.chars().next().is_some_and(|c| c.is_ascii_alphabetic());
    let levels = [
        "TRACE", "DEBUG", "INFO", "NOTICE", "WARN", "WARNING", "ERROR", "FATAL", "CRITICAL",
    ];
    let guess = match (
        key.filter(is_key),
        looks::type_of(std::iter::once(value.as_bytes())),
    ) {
        (Some(key), _) => key,
        (None, T::Time) => "time",
        (None, T::Address) => "client",
        (None, T::Integer | T::Float) => "number",
        _ if levels.iter().any(|l| l.eq_ignore_ascii_case(value)) => "level",
        _ if value.contains(' ') && to == line.len() => "message",
        _ => "field",
    };
    let taken = |name: &str| format.marks.iter().any(|m| m.name == name);
    let numbered = (2..).map(|n| format!("{guess}{n}"));
    let mut all = std::iter::once(guess.to_owned()).chain(numbered);
    all.find(|name| !taken(name)).unwrap_or_default()
}

/// A description's file name: `Shop requests` → `shop-requests.toml`.
pub fn file_name(name: &str) -> String {
    let plain: String = (name.chars())
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .collect();
    let words: Vec<&str> = plain.split('-').filter(|w| !w.is_empty()).collect();
    let name: String = words.join("-").chars().take(60).collect();
    format!("{}.toml", if name.is_empty() { "log-format" } else { &name })
}

/// Roles that can be told, with the words for them.
pub fn roles() -> impl Iterator<Item = (&'static str, Role)> {
    Role::WORDS.iter().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selection_is_counted_in_bytes_without_spaces_around() {
        assert_eq!(selected("a bc d", 1, 5), Some((2, 4)));
        assert_eq!(selected("ä😀 b", 3, 5), Some((7, 8)));
        assert_eq!(selected("a bc", 4, 2), Some((2, 4)));
        assert_eq!(selected("a b", 1, 2), None);
        assert_eq!(selected("a", 7, 9), None);
    }

    #[test]
    fn marks_give_way_to_a_later_one() {
        let mut format = CustomFormat {
            pattern: "2026-03-02 09:15:01 INFO user=alice paid now".to_owned(),
            ..CustomFormat::default()
        };
        for (part, name) in [
            ((0, 19), "time"),
            ((20, 24), "level"),
            ((30, 35), "user"),
            ((36, 44), "message"),
        ] {
            assert_eq!(name_for(&format, part), name);
            mark(&mut format, name, part);
        }
        mark(&mut format, "tail", (30, 44));
        let names: Vec<&str> = format.marks.iter().map(|m| m.name.as_str()).collect();
        assert_eq!(names, ["time", "level", "tail"]);
        assert_eq!(file_name("Shop requests (EU)"), "shop-requests-eu.toml");
    }
}
