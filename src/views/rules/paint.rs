//! The colours of a rule file's text.

use crate::widgets::code_lines::Span;

/// Keys whose value is a filter pattern: what it selects has a colour of its own.
const PATTERN: &str = "pattern";

/// The pieces of a text that have a colour; what is no TOML yet is coloured as far as it goes.
pub fn paint(text: &str) -> Vec<Span> {
    let chars: Vec<char> = text.chars().collect();
    let mut painter = Painter {
        chars: &chars,
        at: 0,
        out: Vec::new(),
    };
    while painter.at < chars.len() {
        painter.line();
    }
    painter.out
}

struct Painter<'t> {
    chars: &'t [char],
    at: usize,
    out: Vec<Span>,
}

impl Painter<'_> {
    fn now(&self) -> char {
        self.ahead(0)
    }

    fn ahead(&self, by: usize) -> char {
        self.chars.get(self.at + by).copied().unwrap_or('\0')
    }

    fn is_over(&self) -> bool {
        self.at >= self.chars.len()
    }

    fn skip(&mut self, while_it: impl Fn(char) -> bool) {
        while !self.is_over() && while_it(self.now()) {
            self.at += 1;
        }
    }

    fn piece(&mut self, from: usize, class: &'static str) {
        if self.at > from {
            self.out.push((from, self.at, class));
        }
    }

    /// A line that begins with a key, a header or a comment, to the end of its value.
    fn line(&mut self) {
        self.skip(|c| c.is_whitespace());
        let from = self.at;
        match self.now() {
            '#' => self.comment(),
            '[' => {
                self.skip(|c| c != '\n' && c != '#');
                self.piece(from, "k");
            }
            _ => {
                self.skip(|c| c != '=' && c != '\n' && c != '#');
                let key: String = self.chars.get(from..self.at).unwrap_or_default().iter().collect();
                let end = self.at;
                self.at = from + key.trim_end().chars().count();
                self.piece(from, "f");
                self.at = end;
                if self.now() == '=' {
                    self.at += 1;
                    self.value(key.trim());
                }
            }
        }
    }

    fn value(&mut self, key: &str) {
        let mut depth = 0usize;
        while !self.is_over() {
            let from = self.at;
            match self.now() {
                '\n' if depth == 0 => return,
                '#' => self.comment(),
                '"' | '\'' => self.quoted(key),
                '[' | '{' => {
                    depth += 1;
                    self.at += 1;
                }
                ']' | '}' => {
                    depth = depth.saturating_sub(1);
                    self.at += 1;
                }
                c if is_bare(c) => {
                    self.skip(is_bare);
                    self.piece(from, "n");
                }
                _ => self.at += 1,
            }
        }
    }

    fn comment(&mut self) {
        let from = self.at;
        self.skip(|c| c != '\n');
        self.piece(from, "c");
    }

    /// A text in one or three quotes of either kind.
    fn quoted(&mut self, key: &str) {
        let (from, quote) = (self.at, self.now());
        let long = self.ahead(1) == quote && self.ahead(2) == quote;
        self.at += if long { 3 } else { 1 };
        while !self.is_over() {
            match self.now() {
                '\\' if quote == '"' => self.at += 2,
                '\n' if !long => break,
                c if c == quote && !long => {
                    self.at += 1;
                    break;
                }
                c if c == quote && self.ahead(1) == quote && self.ahead(2) == quote => {
                    self.at += 3;
                    break;
                }
                _ => self.at += 1,
            }
        }
        self.at = self.at.min(self.chars.len());
        match key == PATTERN {
            true => self.selectors(from),
            false => self.piece(from, "s"),
        }
    }

    /// A pattern's text, from `from` to where the painter stands: its selectors, and what is around them.
    fn selectors(&mut self, from: usize) {
        let end = self.at;
        let mut begun = from;
        self.at = from;
        while self.at < end {
            if self.now() != '$' || self.ahead(1) != '.' {
                self.at += 1;
                continue;
            }
            self.piece(begun, "s");
            begun = self.at;
            self.at += 1;
            self.skip(is_selector);
            self.at = self.at.min(end);
            self.piece(begun, "f");
            begun = self.at;
        }
        self.piece(begun, "s");
    }
}

/// Part of a number, `true` or `false`.
fn is_bare(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '+' | '.')
}

fn is_selector(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '[' | ']' | '*' | '@' | ':')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::catalogue::FILES;

    fn of(text: &str) -> Vec<String> {
        let cut = |s: Span| {
            let part: String = text.chars().skip(s.0).take(s.1 - s.0).collect();
            format!("{}:{part}", s.2)
        };
        paint(text).into_iter().map(cut).collect()
    }

    #[test]
    fn keys_headers_texts_numbers_and_comments_have_their_colours() {
        assert_eq!(
            of("# ä\n[[rule]] # one\nid = \"a # b\" # c\nthreshold = 10\nattack = [\"T1\", # d\n 'T2']\n"),
            [
                "c:# ä",
                "k:[[rule]] ",
                "c:# one",
                "f:id",
                "s:\"a # b\"",
                "c:# c",
                "f:threshold",
                "n:10",
                "f:attack",
                "s:\"T1\"",
                "c:# d",
                "s:'T2'"
            ]
        );
    }

    #[test]
    fn long_texts_and_patterns() {
        assert_eq!(
            of("text = \"\"\"\na = 1 \\\" \"\" b\"\"\"\npattern = '''{ $.a.b[0] = 'x' }'''\n"),
            [
                "f:text",
                "s:\"\"\"\na = 1 \\\" \"\" b\"\"\"",
                "f:pattern",
                "s:'''{ ",
                "f:$.a.b[0]",
                "s: = 'x' }'''"
            ]
        );
    }

    #[test]
    fn unfinished_texts_are_coloured_too() {
        assert_eq!(of("id = \"open\nnext = 1"), ["f:id", "s:\"open", "f:next", "n:1"]);
        assert_eq!(of("a = '''b"), ["f:a", "s:'''b"]);
        assert_eq!(of("pattern = \"$."), ["f:pattern", "s:\"", "f:$."]);
        assert_eq!(of("id"), ["f:id"]);
        assert_eq!(of("a = \"x\\"), ["f:a", "s:\"x\\"]);
    }

    #[test]
    fn pieces_are_in_order_and_inside() {
        let files = FILES.iter().map(|f| f.1);
        for text in files {
            let (pieces, len) = (paint(text), text.chars().count());
            assert!(pieces.windows(2).all(|w| w[0].1 <= w[1].0));
            assert!(pieces.iter().all(|p| p.0 < p.1 && p.1 <= len));
        }
    }
}
