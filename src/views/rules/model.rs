//! Files of rules as texts: their names, where faults and rules stand in them, what a new one begins with, and copies of
//! rules in them.

use crate::rules::book::{self, RuleFault, WrittenRule};
use crate::widgets::code_lines::Span;

/// What a new file begins with. `{id}` is an id that no other file has.
const EXAMPLE: &str = include_str!("example.toml");
/// The id that stands in the example.
const EXAMPLE_ID: &str = "refused-again-and-again";
/// Characters of a file's name.
const LONGEST_NAME: usize = 80;

/// The text of a new file; its rule has an id that is not taken.
pub fn example(taken: &[String]) -> String {
    EXAMPLE.replace(EXAMPLE_ID, &fresh(EXAMPLE_ID, taken))
}

/// This id, or with a number behind it where it is taken.
fn fresh(id: &str, taken: &[String]) -> String {
    let is_free = |wanted: &String| !taken.contains(wanted);
    let numbered = (2..).map(|n| format!("{id}-{n}"));
    std::iter::once(id.to_owned())
        .chain(numbered)
        .find(is_free)
        .unwrap_or_else(|| id.to_owned())
}

/// The name of a new file.
pub fn new_name(taken: &[String]) -> String {
    let names: Vec<String> = taken
        .iter()
        .filter_map(|n| n.strip_suffix(".toml"))
        .map(str::to_owned)
        .collect();
    format!("{}.toml", fresh("rules", &names))
}

/// The name that a person wants a file to have, or why it can not.
pub fn renamed(wanted: &str, others: &[String]) -> Result<String, &'static str> {
    let name = wanted.trim();
    let name = name.strip_suffix(".toml").unwrap_or(name);
    if name.is_empty() {
        return Err("Write a name.");
    }
    if name.chars().any(|c| c.is_control() || matches!(c, '/' | '\\')) {
        return Err("A name has no slash. Write another.");
    }
    if name.chars().count() > LONGEST_NAME {
        return Err("The name is too long. Write a shorter one.");
    }
    let name = format!("{name}.toml");
    match others.contains(&name) {
        true => Err("Another file has this name. Write another."),
        false => Ok(name),
    }
}

/// The place of a line and column, both from 1, in characters of the text.
pub fn place_of(text: &str, line: usize, column: usize) -> usize {
    let before = text.split_inclusive('\n').take(line.saturating_sub(1));
    let start: usize = before.map(|l| l.chars().count()).sum();
    start + column.saturating_sub(1)
}

/// The words of the text in which faults stand.
pub fn marks(text: &str, faults: &[RuleFault]) -> Vec<Span> {
    let chars: Vec<char> = text.chars().collect();
    let mark = |fault: &RuleFault| {
        let at = place_of(text, fault.line, fault.column).min(chars.len());
        let len = word(chars.get(at..).unwrap_or_default());
        (at, at + len, "code-fault")
    };
    faults.iter().map(mark).collect()
}

/// The length of the word, text or header that begins here; none at the end of a line.
fn word(rest: &[char]) -> usize {
    let line = rest.iter().take_while(|c| **c != '\n');
    let Some(first) = line.clone().next() else {
        return 0;
    };
    match first {
        '"' | '\'' => {
            let inside = line.clone().skip(1).take_while(|c| *c != first).count();
            (inside + 2).min(line.count())
        }
        '[' => line.take_while(|c| !c.is_whitespace()).count(),
        _ => line.take_while(|c| !ends_word(**c)).count().max(1),
    }
}

fn ends_word(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '\'' | '=' | ',' | ']' | ')' | '}')
}

/// The line, from 1, that gives a rule its id.
pub fn line_of_rule(text: &str, id: &str) -> Option<usize> {
    let names = |line: &str| {
        let value = line.trim_start().strip_prefix("id")?.trim_start();
        let value = value.strip_prefix('=')?.trim_start();
        let rest = value
            .strip_prefix(['"', '\''])?
            .strip_prefix(id)?
            .strip_prefix(['"', '\'']);
        rest.map(|_| ())
    };
    let found = text.lines().position(|line| names(line).is_some());
    found.map(|at| at + 1)
}

/// A rule as it is put behind what a file holds, and the id that it has there.
pub fn copied(rule: &WrittenRule, file: &str, taken: &[String]) -> (String, String) {
    let id = match taken.contains(&rule.id) {
        true => fresh(&format!("{}-copy", rule.id), taken),
        false => rule.id.clone(),
    };
    let mut rule = rule.clone();
    rule.id.clone_from(&id);
    // Of a single rule the version stands above it. Behind other rules it is one of its own keys.
    let version = rule.attack_version.take().filter(|_| !rule.attack.is_empty());
    let mut text = book::write(&[rule]);
    if let Some(version) = version.filter(|v| version_of(file) != Some(v.as_str())) {
        text.push_str(&format!("attack_version = \"{version}\"\n"));
    }
    let gap = match file {
        "" => "",
        file if file.ends_with("\n\n") => "",
        file if file.ends_with('\n') => "\n",
        _ => "\n\n",
    };
    (format!("{gap}{text}"), id)
}

/// The version of ATT&CK that the file names for all of its rules.
fn version_of(file: &str) -> Option<&str> {
    let mut head = file.lines().take_while(|l| !l.trim_start().starts_with('['));
    let value = head.find_map(|l| l.trim_start().strip_prefix("attack_version"))?;
    let value = value.trim_start().strip_prefix('=')?.trim();
    value.strip_prefix(['"', '\''])?.split(['"', '\'']).next()
}

/// Ids of this file that a file before it has as well, with that file's name: only the first of two is asked.
pub fn shadowed(files: &[(String, Vec<String>)], name: &str) -> Vec<(String, String)> {
    let before = files.iter().take_while(|(n, _)| n != name);
    let before: Vec<_> = before.collect();
    let ids = files
        .iter()
        .find(|(n, _)| n == name)
        .map(|(_, ids)| ids.as_slice());
    let other = |id: &String| {
        let holder = before.iter().find(|(_, ids)| ids.contains(id))?;
        Some((id.clone(), holder.0.clone()))
    };
    ids.unwrap_or_default().iter().filter_map(other).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::book::read;
    use crate::rules::catalogue;

    fn ids(text: &str) -> Vec<String> {
        read(text).rules.into_iter().map(|r| r.id).collect()
    }

    #[test]
    fn the_example_can_be_asked_also_what_is_a_comment_in_it() {
        let text = example(&[]);
        let book = read(&text);
        assert_eq!(book.faults, []);
        assert_eq!(ids(&text), [EXAMPLE_ID]);
        assert_eq!(
            ids(&example(&[EXAMPLE_ID.to_owned()])),
            [format!("{EXAMPLE_ID}-2")]
        );
        let (_, second) = text.split_once("# [[rule]]").unwrap();
        let second: Vec<&str> = second.lines().map(|l| l.trim_start_matches(['#', ' '])).collect();
        let second = read(&format!("[[rule]]{}", second.join("\n")));
        assert_eq!(second.faults, []);
        assert!(second.rules[0].query().is_some());
    }

    #[test]
    fn names_of_files_are_told_apart() {
        let have = ["rules.toml".to_owned(), "rules-2.toml".to_owned()];
        assert_eq!(new_name(&[]), "rules.toml");
        assert_eq!(new_name(&have), "rules-3.toml");
        assert_eq!(renamed(" mine ", &have).unwrap(), "mine.toml");
        assert_eq!(renamed("mine.toml", &have).unwrap(), "mine.toml");
        assert!(renamed(" .toml", &have).is_err());
        assert!(renamed("a/b", &have).is_err());
        assert!(renamed("rules", &have).is_err());
        assert!(renamed(&"x".repeat(200), &have).is_err());
    }

    #[test]
    fn a_fault_is_marked_where_it_stands() {
        let text = "[[rule]]\nid = \"ä\"\ntitle = \"é\"\nseverity = \"hgih\"\nword\n";
        let word = |(from, to, _): Span| text.chars().skip(from).take(to - from).collect::<String>();
        let fault = |line, column| RuleFault {
            rule: String::new(),
            line,
            column,
            what: "x",
            says: String::new(),
        };
        let at = |line, column| word(marks(text, &[fault(line, column)])[0]);
        assert_eq!(at(4, 13), "hgih");
        assert_eq!(at(3, 1), "title");
        assert_eq!(at(3, 9), "\"é\"");
        assert_eq!(at(1, 1), "[[rule]]");
        assert_eq!(at(2, 4), "=", "a sign alone");
        assert_eq!(at(5, 5), "", "at the end of its line");
        assert_eq!(at(90, 1), "", "behind the end");
        assert_eq!(line_of_rule(text, "ä"), Some(2));
        assert_eq!(line_of_rule(text, "é"), None);
    }

    #[test]
    fn a_rule_of_the_catalogue_stays_what_it_is_behind_any_file() {
        let mine = example(&[]);
        for rule in catalogue() {
            let taken = vec![rule.id.clone()];
            for file in [
                "",
                "attack_version = \"1.0\"",
                "attack_version = \"16.1\"\n",
                &mine,
            ] {
                let (text, id) = copied(rule, file, &taken);
                assert_eq!(id, format!("{}-copy", rule.id));
                let book = read(&format!("{file}{text}"));
                assert_eq!(book.faults, [], "{text}");
                let expected = WrittenRule { id, ..rule.clone() };
                let mut copy = book.rules.last().unwrap().clone();
                if copy.attack.is_empty() {
                    copy.attack_version.clone_from(&expected.attack_version);
                }
                assert_eq!(copy, expected);
            }
        }
    }

    #[test]
    fn an_id_keeps_its_name_where_it_is_free() {
        let rule = &catalogue()[0];
        assert_eq!(copied(rule, "", &[]).1, rule.id);
        let taken = [rule.id.clone(), format!("{}-copy", rule.id)];
        assert_eq!(copied(rule, "", &taken).1, format!("{}-copy-2", rule.id));
    }

    #[test]
    fn the_first_of_two_files_with_an_id_counts() {
        let file = |name: &str, ids: &[&str]| {
            (
                name.to_owned(),
                ids.iter().map(|i| (*i).to_owned()).collect::<Vec<_>>(),
            )
        };
        let files = [file("a", &["x", "y"]), file("b", &["y", "z"]), file("c", &["z"])];
        assert_eq!(shadowed(&files, "a"), []);
        assert_eq!(shadowed(&files, "b"), [("y".to_owned(), "a".to_owned())]);
        assert_eq!(shadowed(&files, "c"), [("z".to_owned(), "b".to_owned())]);
    }
}
