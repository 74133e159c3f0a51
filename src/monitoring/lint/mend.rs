//! Damage that a pattern takes on its way: print, word processors, shells, JSON and habits of other languages.
//!
//! Each repair is one that can not make a right pattern wrong; all of them together give the mended text.

use super::known;
use super::scan::{Kind, Piece, scan};

/// A repair and why it was needed; its place in the text as given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    pub code: &'static str,
    pub at: usize,
    pub end: usize,
    pub says: String,
}

#[derive(Clone, Debug)]
pub struct Mended {
    pub text: String,
    pub causes: Vec<Cause>,
    /// Where each of its characters came from.
    origins: Vec<usize>,
    length: usize,
}

impl Mended {
    /// A place of the mended text in the text as given.
    pub fn origin(&self, at: usize) -> usize {
        self.origins.get(at).copied().unwrap_or(self.length)
    }
}

/// Characters, each with its place in the text as given.
struct Draft {
    chars: Vec<(char, usize)>,
    length: usize,
    causes: Vec<Cause>,
}

pub fn mend(text: &str) -> Mended {
    let chars: Vec<(char, usize)> = text.chars().enumerate().map(|(i, c)| (c, i)).collect();
    let mut draft = Draft {
        length: chars.len(),
        chars,
        causes: Vec::new(),
    };
    draft.shell_quotes();
    draft.signs();
    draft.trailing();
    draft.braces();
    if draft.is_json() {
        draft.pieces();
        draft.parentheses();
    }
    Mended {
        text: draft.text(),
        origins: draft.chars.iter().map(|(_, origin)| *origin).collect(),
        length: draft.length,
        causes: draft.causes,
    }
}

/// Characters that programs put in the place of others: what stands there, what was meant, and the code.
const SIGNS: &[(&str, &str, &str)] = &[
    ("&amp;", "&", "html-entity"),
    ("&quot;", "\"", "html-entity"),
    ("&#34;", "\"", "html-entity"),
    ("&#39;", "\"", "html-entity"),
    ("&lt;", "<", "html-entity"),
    ("&gt;", ">", "html-entity"),
    ("&nbsp;", " ", "html-entity"),
    ("\\|", "|", "escaped-sign"),
    ("\\$", "$", "escaped-sign"),
    ("\u{201c}", "\"", "typographic-quote"),
    ("\u{201d}", "\"", "typographic-quote"),
    ("\u{201e}", "\"", "typographic-quote"),
    ("\u{201f}", "\"", "typographic-quote"),
    ("\u{ab}", "\"", "typographic-quote"),
    ("\u{bb}", "\"", "typographic-quote"),
    ("\u{2033}", "\"", "typographic-quote"),
    ("\u{2018}", "\"", "typographic-quote"),
    ("\u{2019}", "\"", "typographic-quote"),
    ("\u{201a}", "\"", "typographic-quote"),
    ("\u{2013}", "-", "typographic-dash"),
    ("\u{2014}", "-", "typographic-dash"),
    ("\u{2212}", "-", "typographic-dash"),
    ("\u{a0}", " ", "odd-space"),
    ("\u{200b}", "", "odd-space"),
    ("\u{feff}", "", "odd-space"),
    ("\u{ad}", "", "odd-space"),
];

fn says(code: &str) -> &'static str {
    match code {
        "html-entity" => "This is how a web page writes the sign; the pattern needs the sign itself.",
        "escaped-sign" => {
            "The backslash belongs to the place that the pattern was copied from. In the pattern it is one more character."
        }
        "escaped-quote" => {
            "The backslashes belong to JSON, Terraform or a shell. In the pattern they make the quotes part of the value."
        }
        "typographic-quote" => {
            "A word processor's quote: to a pattern it is part of the value, not a quote. Nothing equals such a value."
        }
        "typographic-dash" => "A word processor's dash: a pattern knows the plain - alone.",
        "odd-space" => "A space that is none, or that nobody sees. A pattern needs plain ones.",
        _ => "",
    }
}

impl Draft {
    fn text(&self) -> String {
        self.chars.iter().map(|(c, _)| *c).collect()
    }

    fn plain(&self) -> Vec<char> {
        self.chars.iter().map(|(c, _)| *c).collect()
    }

    /// Where a stretch of the draft came from.
    fn origin(&self, at: usize, end: usize) -> (usize, usize) {
        let from = self.chars.get(at).map_or(self.length, |(_, i)| *i);
        let to = end.checked_sub(1).and_then(|last| self.chars.get(last));
        (from, to.map_or(from, |(_, i)| i + 1).max(from))
    }

    fn note(&mut self, code: &'static str, at: usize, end: usize, says: impl Into<String>) {
        let (at, end) = self.origin(at, end);
        self.causes.push(Cause {
            code,
            at,
            end,
            says: says.into(),
        });
    }

    fn replace(&mut self, at: usize, end: usize, with: &str) {
        let (from, _) = self.origin(at, end);
        self.chars.splice(at..end, with.chars().map(|c| (c, from)));
    }

    fn is_json(&self) -> bool {
        self.chars
            .iter()
            .find(|(c, _)| !c.is_whitespace())
            .is_some_and(|(c, _)| *c == '{')
    }

    /// `'{ … }'`: the quotes that a shell or a template needs around the pattern.
    fn shell_quotes(&mut self) {
        let text = self.text();
        let inner = text.trim();
        let whole = ['\'', '"', '\u{2018}', '\u{201c}'].iter().any(|quote| {
            let open = inner.strip_prefix(*quote).map(str::trim_start);
            open.is_some_and(|rest| rest.starts_with(['{', '[']))
        });
        if !whole {
            return;
        }
        let blank = text.chars().take_while(|c| c.is_whitespace()).count();
        let last = blank + inner.chars().count() - 1;
        self.note(
            "shell-quotes",
            blank,
            blank + 1,
            "The quotes around the whole pattern belong to a shell or a template. With them the pattern is one term that is \
             looked for in the text.",
        );
        if inner.ends_with(['\'', '"', '\u{2019}', '\u{201d}']) {
            self.replace(last, last + 1, "");
        }
        self.replace(blank, blank + 1, "");
    }

    fn signs(&mut self) {
        let text = self.text();
        // Escapes of a whole text: no quote stands without its backslash.
        let quotes = text.matches('"').count();
        if quotes > 0 && text.matches("\\\"").count() == quotes && self.looks_structured() {
            self.all("\\\"", "\"", "escaped-quote");
        }
        for (found, meant, code) in SIGNS {
            self.all(found, meant, code);
        }
    }

    /// A condition on fields rather than terms, where a backslash might be meant.
    fn looks_structured(&self) -> bool {
        let text = self.text();
        text.trim_start().starts_with(['{', '[']) || text.contains("$.")
    }

    /// Replaces every one that stands outside of plain quotes, with one cause for all.
    fn all(&mut self, found: &str, meant: &str, code: &'static str) {
        let wanted: Vec<char> = found.chars().collect();
        let quoted = self.quoted();
        let mut at = 0;
        while let Some((_, origin)) = self.chars.get(at) {
            let inside = quoted.iter().any(|(from, to)| (from..to).contains(&origin));
            let here = self.chars.get(at..at + wanted.len());
            let hit = here.is_some_and(|here| here.iter().map(|(c, _)| c).eq(wanted.iter()));
            if hit && !inside && !self.is_apostrophe(at, found) {
                if !self.causes.iter().any(|cause| cause.code == code) {
                    self.note(code, at, at + wanted.len(), says(code));
                }
                self.replace(at, at + wanted.len(), meant);
                at += meant.chars().count();
            } else {
                at += 1;
            }
        }
    }

    /// Where values stand in plain quotes, by their places in the text as given. What seems to hold another condition is not
    /// one value but lies between two.
    fn quoted(&self) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < self.chars.len() {
            let rest = self.chars.get(at..).unwrap_or_default();
            let Some(open) = rest.iter().position(|(c, _)| *c == '"') else {
                break;
            };
            at += open + 1;
            let rest = rest.get(open + 1..).unwrap_or_default();
            let mut escaped = false;
            let close = rest.iter().position(|(c, _)| {
                let closes = *c == '"' && !escaped;
                escaped = *c == '\\' && !escaped;
                closes
            });
            let Some(close) = close else { break };
            let inner = rest.get(..close).unwrap_or_default();
            if let (Some((_, from)), Some((_, to))) = (inner.first(), inner.last())
                && !inner.windows(2).any(|two| matches!(two, [('$', _), ('.', _)]))
            {
                found.push((*from, *to + 1));
                at += close + 1;
            } else if inner.is_empty() {
                at += 1;
            }
        }
        found
    }

    /// `it’s`
    fn is_apostrophe(&self, at: usize, found: &str) -> bool {
        let letter = |c: Option<&(char, usize)>| c.is_some_and(|(c, _)| c.is_alphabetic());
        found == "\u{2019}"
            && letter(at.checked_sub(1).and_then(|before| self.chars.get(before)))
            && letter(self.chars.get(at + 1))
    }

    /// `{ … } ;`, `{ … }'`: what stood behind the pattern where it was copied from.
    fn trailing(&mut self) {
        let structured = self.is_json() && !self.text().trim_end().ends_with('}');
        let brace = self.chars.iter().rposition(|(c, _)| *c == '}');
        let (true, Some(brace)) = (structured, brace) else {
            return;
        };
        let rest: String = self.chars.iter().skip(brace + 1).map(|(c, _)| *c).collect();
        let quotes = self.chars.iter().take(brace).filter(|(c, _)| *c == '"').count();
        // A brace inside a value closes nothing.
        if quotes % 2 == 1 || rest.contains('$') || rest.contains('=') {
            return;
        }
        let end = self.chars.len();
        self.note(
            "trailing-text",
            brace + 1,
            end,
            "Nothing stands behind the closing brace of a pattern.",
        );
        self.replace(brace + 1, end, "");
    }

    fn braces(&mut self) {
        let text = self.text();
        let inner = text.trim();
        let opens = inner.starts_with('{');
        let closes = inner.ends_with('}');
        if inner.starts_with('[') || opens == closes && (opens || !inner.contains("$.")) {
            return;
        }
        let (Some(first), Some(last)) = (
            self.chars.iter().position(|(c, _)| !c.is_whitespace()),
            self.chars.iter().rposition(|(c, _)| !c.is_whitespace()),
        ) else {
            return;
        };
        if !opens && !inner.contains("$.") {
            return;
        }
        let says = "Conditions on fields stand in braces: { … }. Without them they are terms that are looked for in the text.";
        if closes || opens {
            let at = if opens { last } else { first };
            self.note("missing-brace", at, at + 1, says);
        } else {
            self.note("missing-brace", first, last + 1, says);
        }
        if !closes {
            self.replace(last + 1, last + 1, " }");
        }
        if !opens {
            self.replace(first, first, "{ ");
        }
    }

    fn pieces(&mut self) {
        let chars = self.plain();
        let pieces = scan(&chars);
        let mut path = String::new();
        let mut edits: Vec<(usize, usize, String)> = Vec::new();
        for (i, piece) in pieces.iter().enumerate() {
            let text: String = chars
                .get(piece.at..piece.end)
                .unwrap_or_default()
                .iter()
                .collect();
            let next = pieces.get(i + 1);
            let mended = match piece.kind {
                Kind::Selector => {
                    let mended = self.selector(*piece, &text, next);
                    path = mended.strip_prefix("$.").unwrap_or(&mended).to_owned();
                    mended
                }
                Kind::Operator => self.operator(*piece, &text),
                Kind::Value => self.value(*piece, &text, &path),
                Kind::Words => self.words(*piece, &text),
                Kind::Join => self.join(*piece, &text),
                Kind::Other => self.other(*piece, &text, next),
                Kind::Open | Kind::Close => text.clone(),
            };
            if mended != text {
                edits.push((piece.at, piece.end, mended));
            }
        }
        for (at, end, with) in edits.into_iter().rev() {
            self.replace(at, end, &with);
        }
    }

    fn wrapped(&mut self, piece: Piece, text: &str, mended: &str) {
        let blank = text.chars().position(char::is_whitespace).unwrap_or(0);
        self.note(
            "line-wrap",
            piece.at,
            piece.end,
            format!(
                "A line break of the page that this was copied from became a space{}: {mended} was meant.",
                if blank > 0 { " inside a name" } else { "" }
            ),
        );
    }

    fn selector(&mut self, piece: Piece, text: &str, next: Option<&Piece>) -> String {
        let compared = next.is_some_and(|next| matches!(next.kind, Kind::Operator | Kind::Words));
        let named = text
            .chars()
            .all(|c| c.is_alphanumeric() || c.is_whitespace() || "$._-@:/[]*".contains(c));
        if !compared || !named || !text.contains(char::is_whitespace) {
            return text.to_owned();
        }
        let mended: String = text.split_whitespace().collect();
        self.wrapped(piece, text, &mended);
        mended
    }

    fn operator(&mut self, piece: Piece, text: &str) -> String {
        let bare: String = text.split_whitespace().collect();
        let meant = match bare.as_str() {
            "==" | "===" => "=",
            "<>" | "=!" | "!==" => "!=",
            "=>" => ">=",
            "=<" => "<=",
            known => known,
        };
        if meant != bare {
            self.note(
                "other-operator",
                piece.at,
                piece.end,
                format!("A pattern has no {bare}; it writes {meant}."),
            );
        } else if bare != text {
            self.wrapped(piece, text, meant);
        }
        meant.to_owned()
    }

    fn value(&mut self, piece: Piece, text: &str, path: &str) -> String {
        if text.starts_with('%') {
            return text.to_owned();
        }
        let mut value = text.to_owned();
        if let Some(inner) = text.strip_prefix('\'').and_then(|t| t.strip_suffix('\'')) {
            self.note(
                "single-quote",
                piece.at,
                piece.end,
                "Only double quotes hold a value together; single ones are part of it, and nothing equals such a value.",
            );
            value = format!("\"{inner}\"");
        }
        let quotes = value.matches('"').count() - value.matches("\\\"").count();
        if quotes == 1 {
            let inner = value.replacen('"', "", 1);
            self.note(
                "unbalanced-quote",
                piece.at,
                piece.end,
                "One of the two quotes is missing: what is compared with is another text than it looks like, or the next \
                 conditions are swallowed.",
            );
            value = format!("\"{}\"", inner.trim());
        }
        let inner = value.strip_prefix('"').and_then(|t| t.strip_suffix('"'));
        let bare = inner.unwrap_or(&value);
        if !bare.contains(char::is_whitespace) {
            return value;
        }
        let joined: String = bare.split_whitespace().collect();
        let known = known::without_space(bare);
        // Names of events and sources hold no space; a message may.
        let is_name = matches!(path, "eventName" | "eventSource" | "errorCode" | "eventType");
        let meant = match (known, inner) {
            (Some(known), _) if known == bare => bare.to_owned(),
            (Some(known), _) => known.to_owned(),
            (None, None) if is_name => joined,
            (None, _) => bare.to_owned(),
        };
        let rewritten = if inner.is_some() || meant.contains(' ') {
            format!("\"{meant}\"")
        } else {
            meant.clone()
        };
        if meant != bare {
            self.wrapped(piece, bare, &meant);
        } else if inner.is_none() {
            self.note(
                "unquoted-space",
                piece.at,
                piece.end,
                "A value with a space in it stands in quotes.",
            );
        }
        rewritten
    }

    fn words(&mut self, piece: Piece, text: &str) -> String {
        let bare: String = text.split_whitespace().collect::<String>().to_uppercase();
        let meant = match bare.as_str() {
            "NOTEXISTS" | "NOTEXIST" => "NOT EXISTS",
            "ISNULL" => "IS NULL",
            "ISTRUE" => "IS TRUE",
            "ISFALSE" => "IS FALSE",
            _ => return text.to_owned(),
        };
        let even = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if even == meant || text == "NOTEXISTS" {
            return text.to_owned();
        }
        if even.eq_ignore_ascii_case(meant) || bare == "NOTEXIST" {
            let says = format!("This is written in capitals and as two words: {meant}.");
            self.note("keyword-case", piece.at, piece.end, says);
        } else {
            self.wrapped(piece, text, meant);
        }
        meant.to_owned()
    }

    fn join(&mut self, piece: Piece, text: &str) -> String {
        let bare: String = text.split_whitespace().collect();
        let meant = match bare.as_str() {
            "&" => "&&",
            "|" => "||",
            known => known,
        };
        if meant != bare {
            let says = format!("Conditions are joined by two signs: {meant}.");
            self.note("single-sign", piece.at, piece.end, says);
        } else if bare != text {
            self.wrapped(piece, text, meant);
        }
        meant.to_owned()
    }

    fn other(&mut self, piece: Piece, text: &str, next: Option<&Piece>) -> String {
        let before_condition = next.is_some_and(|next| matches!(next.kind, Kind::Selector | Kind::Open));
        let meant = match text.to_ascii_lowercase().as_str() {
            "and" => "&&",
            "or" => "||",
            _ => return text.to_owned(),
        };
        if !before_condition {
            return text.to_owned();
        }
        let says = format!("A pattern does not know the word {text}: it writes {meant}.");
        self.note("word-operator", piece.at, piece.end, says);
        meant.to_owned()
    }

    fn parentheses(&mut self) {
        let pieces = scan(&self.plain());
        let mut open: Vec<Piece> = Vec::new();
        let mut extra: Vec<Piece> = Vec::new();
        for piece in pieces {
            match piece.kind {
                Kind::Open => open.push(piece),
                Kind::Close if open.pop().is_none() => extra.push(piece),
                _ => {}
            }
        }
        let Some(brace) = self.chars.iter().rposition(|(c, _)| *c == '}') else {
            return;
        };
        let before = self.chars.get(..brace).unwrap_or_default();
        let last = before
            .iter()
            .rposition(|(c, _)| !c.is_whitespace())
            .map_or(brace, |at| at + 1);
        for piece in &open {
            self.note(
                "open-parenthesis",
                piece.at,
                piece.end,
                "This parenthesis is not closed.",
            );
        }
        for piece in &extra {
            self.note(
                "extra-parenthesis",
                piece.at,
                piece.end,
                "This parenthesis closes nothing.",
            );
        }
        self.replace(last, last, &")".repeat(open.len()));
        for piece in extra.iter().rev() {
            self.replace(piece.at, piece.end, "");
        }
    }
}
