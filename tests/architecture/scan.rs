//! Reads sources just well enough for the rules: words and signs, without comments; strings apart.

use std::fs;
use std::path::Path;

/// A source file, by its path from the project's root, with `/` between folders.
pub struct Source {
    pub path: String,
    pub text: String,
}

/// A path that starts at the crate's root, wherever it was written from: `crate::a::b`, `super::a`, `use crate::{a, b::c}`.
#[derive(Debug, PartialEq)]
pub struct CratePath {
    pub segments: Vec<String>,
    pub line: usize,
}

#[derive(Debug, PartialEq)]
enum Kind {
    Word,
    Sign,
    Text,
}

#[derive(Debug)]
struct Token {
    kind: Kind,
    text: String,
    line: usize,
}

/// Every file with one of these endings under `root` (or `root` itself, if it is a file), in order.
pub fn sources(root: &str, endings: &[&str]) -> Vec<Source> {
    let mut found = Vec::new();
    collect(Path::new(root), endings, &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn collect(path: &Path, endings: &[&str], found: &mut Vec<Source>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).into_iter().flatten().flatten() {
            collect(&entry.path(), endings, found);
        }
    } else if path
        .extension()
        .is_some_and(|ending| endings.iter().any(|known| ending == *known))
        && let Ok(text) = fs::read_to_string(path)
    {
        found.push(Source {
            path: path.to_string_lossy().replace('\\', "/"),
            text,
        });
    }
}

impl Source {
    /// `src/a/b.rs` → `[a, b]`, `src/a/mod.rs` → `[a]`.
    pub fn module_path(&self) -> Vec<String> {
        let inner = self
            .path
            .strip_prefix("src/")
            .unwrap_or(&self.path)
            .trim_end_matches(".rs");
        let mut parts: Vec<String> = inner.split('/').map(str::to_owned).collect();
        if parts.len() > 1 && parts.last().is_some_and(|last| last == "mod") {
            parts.pop();
        }
        parts
    }

    /// The top module that the file belongs to.
    pub fn module(&self) -> String {
        self.module_path().swap_remove(0)
    }

    /// Tests in a file of their own: they may reach for whatever they need.
    pub fn is_test(&self) -> bool {
        self.path.ends_with("/tests.rs") || self.path.contains("/tests/")
    }

    /// Words that a path starts with (`leptos` in `leptos::prelude`, in `use leptos::…` and in `use leptos;`), and lines.
    pub fn path_starts(&self) -> Vec<(String, usize)> {
        let tokens = tokens(&self.text);
        let text = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
        let starts = |at: usize| text(at + 1) == "::" || (at > 0 && text(at - 1) == "use");
        (0..tokens.len())
            .filter(|&at| tokens[at].kind == Kind::Word && starts(at) && (at == 0 || text(at - 1) != "::"))
            .map(|at| (tokens[at].text.clone(), tokens[at].line))
            .collect()
    }

    pub fn crate_paths(&self) -> Vec<CratePath> {
        let tokens = tokens(&self.text);
        let mut home = self.module_path();
        if home == ["lib"] || home == ["main"] {
            home.clear();
        }
        let mut found = Vec::new();
        // Inline modules that are open, each with the depth of braces around it.
        let mut inline: Vec<(String, usize)> = Vec::new();
        let mut depth = 0_usize;
        let mut at = 0;
        while at < tokens.len() {
            let text = |ahead: usize| tokens.get(at + ahead).map_or("", |token| token.text.as_str());
            match text(0) {
                "{" => depth += 1,
                "}" => {
                    depth = depth.saturating_sub(1);
                    inline.retain(|(_, around)| *around < depth);
                }
                "mod" if text(2) == "{" => inline.push((text(1).to_owned(), depth)),
                "crate" | "super" if text(1) == "::" && tokens[at].kind == Kind::Word => {
                    let mut base = home.clone();
                    base.extend(inline.iter().map(|(name, _)| name.clone()));
                    if text(0) == "crate" {
                        base.clear();
                    }
                    while tokens.get(at).is_some_and(|token| token.text == "super") {
                        base.pop();
                        at += 2;
                    }
                    if tokens.get(at).is_some_and(|token| token.text == "crate") {
                        at += 2;
                    }
                    at = tree(&tokens, at, &base, &mut found);
                    continue;
                }
                "self" => {}
                _ => {}
            }
            at += 1;
        }
        found.retain(|path: &CratePath| !path.segments.is_empty());
        found
    }

    /// Types of `impl … TRAIT for TYPE` in this file.
    pub fn implementors(&self, name: &str) -> Vec<String> {
        let tokens = tokens(&self.text);
        tokens
            .windows(3)
            .filter(|three| three[0].text == name && three[1].text == "for" && three[2].kind == Kind::Word)
            .map(|three| three[2].text.clone())
            .collect()
    }

    /// The last names of the paths in `const NAME: … = &[ … ];`.
    pub fn slice_names(&self, name: &str) -> Vec<String> {
        let tokens = tokens(&self.text);
        let Some(start) = tokens
            .windows(2)
            .position(|two| two[0].text == name && two[1].text == ":")
        else {
            return Vec::new();
        };
        let value = tokens[start..].iter().skip_while(|token| token.text != "=");
        let value: Vec<&Token> = value.take_while(|token| token.text != ";").collect();
        let last = |at: usize| value.get(at + 1).is_none_or(|next| next.text != "::");
        (0..value.len())
            .filter(|&at| value[at].kind == Kind::Word && last(at))
            .map(|at| value[at].text.clone())
            .collect()
    }

    /// Colour literals: `#rrggbb` and its like, colour functions, and in style sheets CSS's named colours.
    pub fn colours(&self) -> Vec<(usize, String)> {
        let mut found = Vec::new();
        if self.path.ends_with(".rs") {
            // Tests may make up colours.
            let code = self
                .text
                .split("#[cfg(test)]\nmod tests {")
                .next()
                .unwrap_or_default();
            let tokens = tokens(code);
            for token in tokens.iter().filter(|token| token.kind == Kind::Text) {
                found.extend(colour_in(&token.text).map(|what| (token.line, what)));
            }
            for call in tokens.windows(7) {
                let made = ["RGBColor", "RGBAColor", "HSLColor"].contains(&call[0].text.as_str());
                let number = |at: usize| call[at].text.starts_with(|c: char| c.is_ascii_digit());
                if made && call[1].text == "(" && number(2) && number(4) && number(6) {
                    found.push((call[0].line, format!("{}({}…", call[0].text, call[2].text)));
                }
            }
        } else if self.path.ends_with(".css") {
            for (line, value) in declarations(&without_css_comments(&self.text)) {
                found.extend(
                    colour_in(value)
                        .or_else(|| named_colour(value))
                        .map(|what| (line, what)),
                );
            }
        } else {
            for (line, text) in self.text.lines().enumerate() {
                found.extend(colour_in(text).map(|what| (line + 1, what)));
            }
        }
        found
    }
}

/// Follows a use tree from `at`, where a name, `{` or `*` stands; adds what it names and returns where it ends.
fn tree(tokens: &[Token], mut at: usize, base: &[String], found: &mut Vec<CratePath>) -> usize {
    let mut segments = base.to_vec();
    let line = tokens.get(at).map_or(0, |token| token.line);
    loop {
        match tokens.get(at) {
            Some(token) if token.text == "{" => {
                at += 1;
                while tokens.get(at).is_some_and(|token| token.text != "}") {
                    if tokens[at].text == "," {
                        at += 1;
                        continue;
                    }
                    let next = tree(tokens, at, &segments, found);
                    at = next.max(at + 1);
                }
                return at + 1;
            }
            Some(token) if token.kind == Kind::Word => {
                if token.text != "self" {
                    segments.push(token.text.clone());
                }
                at += 1;
                if tokens.get(at).is_some_and(|token| token.text == "::") {
                    at += 1;
                    continue;
                }
            }
            _ => {}
        }
        found.push(CratePath { segments, line });
        return at;
    }
}

/// Words, strings and signs (`::` is one sign), without comments.
fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let (mut at, mut line) = (0, 1);
    let look = |at: usize| chars.get(at).copied().unwrap_or('\0');
    let word = |c: char| c.is_alphanumeric() || c == '_';
    while at < chars.len() {
        let (start, first_line) = (at, line);
        let kind = match (look(at), look(at + 1)) {
            ('\n', _) => {
                line += 1;
                at += 1;
                continue;
            }
            (c, _) if c.is_whitespace() => {
                at += 1;
                continue;
            }
            ('/', '/') => {
                while at < chars.len() && look(at) != '\n' {
                    at += 1;
                }
                continue;
            }
            ('/', '*') => {
                let mut open = 0;
                while at < chars.len() {
                    match (look(at), look(at + 1)) {
                        ('/', '*') => (open, at) = (open + 1, at + 2),
                        ('*', '/') => (open, at) = (open - 1, at + 2),
                        (c, _) => {
                            line += usize::from(c == '\n');
                            at += 1;
                        }
                    }
                    if open == 0 {
                        break;
                    }
                }
                continue;
            }
            ('r', '"' | '#') if raw_string_end(&chars, at).is_some() => {
                at = raw_string_end(&chars, at).unwrap_or(chars.len());
                Kind::Text
            }
            ('"', _) => {
                at += 1;
                while at < chars.len() && look(at) != '"' {
                    at += if look(at) == '\\' { 2 } else { 1 };
                }
                at += 1;
                Kind::Text
            }
            // A character, not a lifetime.
            ('\'', '\\') => {
                at += 3;
                while at < chars.len() && look(at) != '\'' {
                    at += 1;
                }
                at += 1;
                Kind::Text
            }
            ('\'', _) if look(at + 2) == '\'' => {
                at += 3;
                Kind::Text
            }
            (c, _) if word(c) => {
                while word(look(at)) {
                    at += 1;
                }
                Kind::Word
            }
            (':', ':') => {
                at += 2;
                Kind::Sign
            }
            _ => {
                at += 1;
                Kind::Sign
            }
        };
        let text: String = chars[start..at.min(chars.len())].iter().collect();
        line += text.matches('\n').count();
        found.push(Token {
            kind,
            text,
            line: first_line,
        });
    }
    found
}

/// Where the raw string that starts at `at` ends, if one does.
fn raw_string_end(chars: &[char], at: usize) -> Option<usize> {
    let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
    let open = at + 1 + hashes;
    if chars.get(open) != Some(&'"') {
        return None;
    }
    let close: Vec<char> = std::iter::once('"')
        .chain(std::iter::repeat_n('#', hashes))
        .collect();
    let inside = chars.get(open + 1..)?;
    let end = inside.windows(close.len()).position(|window| window == close)?;
    Some(open + 1 + end + close.len())
}

fn without_css_comments(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("/*") {
        out.push_str(&rest[..start]);
        let end = rest[start..].find("*/").map_or(rest.len(), |end| start + end + 2);
        out.extend(rest[start..end].chars().filter(|c| *c == '\n'));
        rest = &rest[end..];
    }
    out + rest
}

/// The values of a style sheet's declarations, each with the line on which its declaration begins; no selectors.
fn declarations(css: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut rest = css;
    let mut line = 1;
    while let Some(end) = rest.find([';', '{', '}']) {
        let piece = &rest[..end];
        let indent = piece.len() - piece.trim_start().len();
        if !rest[end..].starts_with('{')
            && let Some((_, value)) = piece.split_once(':')
        {
            found.push((line + piece[..indent].matches('\n').count(), value));
        }
        line += piece.matches('\n').count();
        rest = &rest[end + 1..];
    }
    found
}

fn colour_in(text: &str) -> Option<String> {
    const FUNCTIONS: &[&str] = &[
        "rgb(", "rgba(", "hsl(", "hsla(", "hwb(", "lab(", "lch(", "oklab(", "oklch(", "color(",
    ];
    let bytes = text.as_bytes();
    for (at, _) in text.match_indices('#') {
        let digits = bytes[at + 1..]
            .iter()
            .take_while(|b| b.is_ascii_hexdigit())
            .count();
        let literal = &text[at..=at + digits];
        let ends = bytes
            .get(at + 1 + digits)
            .is_none_or(|b| !(b.is_ascii_alphanumeric() || b"-_".contains(b)));
        let starts = at == 0 || b" :\"'=(,".contains(&bytes[at - 1]);
        // `#123` in a sentence is a number; `"#123"` alone is a colour.
        let whole = text.trim_matches('"') == literal;
        let colour = match digits {
            3 | 4 => whole || literal.bytes().any(|b| b.is_ascii_alphabetic()),
            6 | 8 => true,
            _ => false,
        };
        if colour && starts && ends {
            return Some(literal.to_owned());
        }
    }
    FUNCTIONS.iter().find_map(|function| {
        text.match_indices(function)
            .filter(|(at, _)| {
                *at == 0 || !(bytes[at - 1].is_ascii_alphanumeric() || b"-_.".contains(&bytes[at - 1]))
            })
            // With a number in it; `rgb({red} …` writes one that was looked up.
            .find(|(at, _)| {
                text[at + function.len()..]
                    .trim_start()
                    .starts_with(|c: char| c.is_ascii_digit())
            })
            .map(|(at, _)| text[at..].chars().take(24).collect())
    })
}

/// The likeliest of CSS's 148 names, as a whole word of a value.
fn named_colour(value: &str) -> Option<String> {
    const NAMES: &[&str] = &[
        "aqua",
        "azure",
        "beige",
        "black",
        "blue",
        "brown",
        "coral",
        "crimson",
        "cyan",
        "fuchsia",
        "gold",
        "gray",
        "green",
        "grey",
        "indigo",
        "ivory",
        "khaki",
        "lavender",
        "lightblue",
        "lightgray",
        "lightgrey",
        "lime",
        "magenta",
        "maroon",
        "navy",
        "olive",
        "orange",
        "orchid",
        "pink",
        "plum",
        "purple",
        "rebeccapurple",
        "red",
        "salmon",
        "sienna",
        "silver",
        "snow",
        "tan",
        "teal",
        "thistle",
        "tomato",
        "turquoise",
        "violet",
        "wheat",
        "white",
        "whitesmoke",
        "yellow",
    ];
    value
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
        .find(|word| NAMES.contains(word))
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    fn paths(path: &str, text: &str) -> Vec<String> {
        source(path, text)
            .crate_paths()
            .iter()
            .map(|found| found.segments.join("::"))
            .collect()
    }

    #[test]
    fn finds_paths_however_they_are_written() {
        assert_eq!(
            paths(
                "src/a/b.rs",
                "use crate::x::{self, y::{z, w}, v}; let q = crate::base::size(1);"
            ),
            ["x", "x::y::z", "x::y::w", "x::v", "base::size"]
        );
        assert_eq!(
            paths("src/a/b.rs", "use super::c; use super::super::d::E;"),
            ["a::c", "d::E"]
        );
        assert_eq!(
            paths(
                "src/a/mod.rs",
                "use super::c::F; mod tests { use super::*; use super::super::g; } use super::h;"
            ),
            ["c::F", "a", "g", "h"]
        );
        assert_eq!(paths("src/main.rs", "use crate::{a, b::c};"), ["a", "b::c"]);
    }

    #[test]
    fn sees_through_comments_strings_and_lifetimes() {
        let text = "// crate::a\n/* crate::b /* crate::c */ */ fn f<'a>(s: &'a str) { \"crate::d \\\" crate::e\"; r#\"crate::f\"#; '\"'; crate::g }";
        assert_eq!(paths("src/x.rs", text), ["g"]);
        assert_eq!(
            source("src/x.rs", "let a = \"1\n2\n\";\nuse crate::b;").crate_paths()[0].line,
            4
        );
    }

    #[test]
    fn finds_the_crates_that_are_used() {
        let found = source(
            "src/x.rs",
            "use leptos::prelude::*; fn f() -> web_sys::Node {} // js_sys::x\n",
        )
        .path_starts();
        assert_eq!(found, [("leptos".to_owned(), 1), ("web_sys".to_owned(), 1)]);
    }

    #[test]
    fn finds_registry_entries_and_implementors() {
        let text = "pub const FORMATS: &[&dyn LogFormat] = &[&vpc_flow::VpcFlow, &alb::Alb];";
        assert_eq!(
            source("src/x.rs", text).slice_names("FORMATS"),
            ["VpcFlow", "Alb"]
        );
        assert_eq!(
            source("src/x.rs", "impl super::LogFormat for Alb {}").implementors("LogFormat"),
            ["Alb"]
        );
    }

    #[test]
    fn knows_a_colour_from_what_looks_like_one() {
        let css = |text: &str| source("style/x.css", text).colours().len();
        assert_eq!(
            css("a { color: #fff; }\nb { color: rgb(0 0 0 / .5) }\nc { fill: red }"),
            3
        );
        assert_eq!(
            css("#add .red { color: var(--status-red); } /* #fff red */ a:hover { color: transparent; }"),
            0
        );
        let rust = |text: &str| source("src/x.rs", text).colours().len();
        assert_eq!(
            rust("let a = \"#0a6572\"; let b = \"fill:#abc\"; RGBColor(1, 2, 3)"),
            3
        );
        assert_eq!(
            rust("#[derive(Clone)] // #abcdef\nlet a = \"https://x/#abc line #1234\"; RGBColor(r, g, b)"),
            0
        );
    }
}
