//! What may be written at the caret.

use super::aggregate::AGGREGATES;
use super::commands::COMMANDS;
use super::compile::visible;
use super::functions::FUNCTIONS;
use super::highlight::{Class, Piece, pieces};
use super::lex::Token;
use super::print;
use super::program::Known;

/// What the data can offer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Names<'n> {
    /// Fields of what is loaded.
    pub fields: &'n [&'n str],
    /// Registry ids of kinds.
    pub kinds: &'n [&'n str],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompletionKind {
    Command,
    Keyword,
    Function,
    Aggregate,
    Field,
    Kind,
}

/// A text for the characters `start..caret`.
#[derive(Clone, Debug, PartialEq)]
pub struct Completion {
    pub text: String,
    pub kind: CompletionKind,
    pub start: usize,
    /// Arguments of a function.
    pub detail: String,
}

/// Fields that every record may have.
const SYSTEM: &[&str] = &[
    "@timestamp",
    "@message",
    "@log",
    "@logStream",
    "@ingestionTime",
    "@kind",
    "@source",
    "@ptr",
];

struct Offer<'a> {
    prefix: String,
    start: usize,
    out: Vec<Completion>,
    names: &'a Names<'a>,
    /// Names made before, and whether only these exist.
    made: (Vec<String>, bool),
}

/// Offers for the caret, a number of characters. Nothing inside of texts, regexes and comments.
pub fn complete(text: &str, caret: usize, names: &Names) -> Vec<Completion> {
    let before: String = text.chars().take(caret).collect();
    let caret = before.chars().count();
    let all = pieces(&before);
    let (mut known, mut start, mut prefix) = (all.as_slice(), caret, String::new());
    if let Some((last, earlier)) = all.split_last()
        && last.span.end == caret
    {
        match last.class {
            Class::Text | Class::Regex | Class::Comment | Class::Number | Class::Period => return Vec::new(),
            Class::Command | Class::Keyword | Class::Function | Class::Field | Class::Error => {
                start = last.span.start;
                prefix = before.chars().skip(start).collect();
                known = earlier;
            }
            _ => {}
        }
    }
    let known: Vec<&Piece> = known.iter().filter(|p| p.class != Class::Comment).collect();
    let begins = known.iter().rposition(|p| p.class == Class::Pipe);
    let current = known.get(begins.map_or(0, |at| at + 1)..).unwrap_or_default();
    let done: String = before
        .chars()
        .take(begins.and_then(|at| known.get(at)).map_or(0, |p| p.span.start))
        .collect();
    let made = visible(
        &done,
        &Known {
            kinds: names.kinds,
            fields: names.fields,
        },
    )
    .unwrap_or_default();
    let mut offer = Offer {
        prefix: prefix.to_lowercase(),
        start,
        out: Vec::new(),
        names,
        made,
    };
    offer.for_command(current, begins.is_none());
    offer.out
}

fn word(piece: &Piece) -> Option<String> {
    match &piece.token {
        Some(Token::Name { parts, plain: true }) => parts.first().map(|p| p.to_lowercase()),
        _ => None,
    }
}

impl Offer<'_> {
    fn add(&mut self, text: &str, kind: CompletionKind, detail: &str) {
        let bare = text.trim_start_matches('`').to_lowercase();
        let prefix = self.prefix.trim_start_matches('`');
        let fits = bare.starts_with(prefix)
            || (bare.starts_with('@') && bare.trim_start_matches('@').starts_with(prefix));
        if fits && !self.out.iter().any(|c| c.text == text) {
            self.out.push(Completion {
                text: text.to_owned(),
                kind,
                start: self.start,
                detail: detail.to_owned(),
            });
        }
    }

    fn keywords(&mut self, words: &[&str]) {
        words
            .iter()
            .for_each(|w| self.add(w, CompletionKind::Keyword, ""));
    }

    fn fields(&mut self) {
        let (made, closed) = std::mem::take(&mut self.made);
        for name in &made {
            self.add(
                &print::name(std::slice::from_ref(name)),
                CompletionKind::Field,
                "",
            );
        }
        if !closed {
            for name in self.names.fields {
                // A period in a name leads inside; everything else is quoted.
                let parts: Vec<String> = name.split('.').map(str::to_owned).collect();
                self.add(&print::name(&parts), CompletionKind::Field, "");
            }
            SYSTEM
                .iter()
                .for_each(|name| self.add(name, CompletionKind::Field, ""));
        }
        self.made = (made, closed);
    }

    fn functions(&mut self) {
        for f in FUNCTIONS {
            self.add(f.name, CompletionKind::Function, f.takes);
        }
    }

    fn for_command(&mut self, pieces: &[&Piece], first: bool) {
        let Some((command, rest)) = pieces.split_first() else {
            if first {
                self.add("SOURCE", CompletionKind::Command, "");
            }
            COMMANDS
                .iter()
                .for_each(|(name, _)| self.add(name, CompletionKind::Command, ""));
            return;
        };
        let command = word(command).unwrap_or_default();
        let last = rest.last();
        let last_word = last.and_then(|p| word(p)).unwrap_or_default();
        let is_keyword = last.is_some_and(|p| p.class == Class::Keyword);
        let ends_value = last.is_some_and(|p| {
            matches!(
                p.class,
                Class::Field | Class::Number | Class::Period | Class::Text | Class::Regex
            ) || matches!(p.token, Some(Token::Sign(")" | "]")))
        });
        let in_by = rest
            .iter()
            .any(|p| p.class == Class::Keyword && word(p).as_deref() == Some("by"));
        let has_as = rest
            .iter()
            .any(|p| p.class == Class::Keyword && word(p).as_deref() == Some("as"));
        match command.as_str() {
            "source" => {
                let kinds = self.names.kinds;
                kinds.iter().for_each(|k| self.add(k, CompletionKind::Kind, ""));
            }
            // A new name, or a number: nothing is known before it is written.
            _ if is_keyword && matches!(last_word.as_str(), "as" | "into") => {}
            "limit" | "head" | "tail" | "anomaly" => {}
            "diff" if rest.is_empty() => self.keywords(&["previousDay", "previousWeek", "previousMonth"]),
            "diff" => {}
            "parse" if has_as => self.keywords(&["multi"]),
            "parse" if rest.is_empty() => self.fields(),
            "parse" => self.keywords(&["as", "logfmt", "csv", "multi"]),
            "unnest" if ends_value => self.keywords(&["into"]),
            "dedup" | "unmask" if !ends_value => self.fields(),
            "sort" | "order" if ends_value => self.keywords(&["desc", "asc"]),
            "stats" if ends_value && !in_by => self.keywords(&["by", "as"]),
            "fields" | "display" | "stats" if ends_value => self.keywords(&["as"]),
            "filter" | "where" | "filterindex" if ends_value => {
                self.keywords(&["and", "or", "like", "in", "not like", "not in"]);
            }
            _ if ends_value => {}
            "stats" if !in_by => {
                AGGREGATES
                    .iter()
                    .for_each(|(name, ..)| self.add(name, CompletionKind::Aggregate, ""));
                self.fields();
                self.functions();
            }
            _ => {
                self.fields();
                self.functions();
            }
        }
    }
}
