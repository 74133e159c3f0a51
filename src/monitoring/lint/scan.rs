//! A JSON pattern taken apart without asking that it is right: what mending works on.

/// A stretch of characters and what it seems to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    pub kind: Kind,
    pub at: usize,
    pub end: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// From `$` up to the operator.
    Selector,
    /// `=`, `!=`, `==`, `! =` …
    Operator,
    /// What stands behind an operator, quotes included.
    Value,
    /// `IS …`, `NOT …` behind a selector.
    Words,
    /// `&&`, `||`, or what stands for one.
    Join,
    Open,
    Close,
    /// Braces and what is none of these.
    Other,
}

pub fn scan(chars: &[char]) -> Vec<Piece> {
    let mut scan = Scan {
        chars,
        at: 0,
        pieces: Vec::new(),
    };
    while let Some(c) = scan.peek(0) {
        let at = scan.at;
        match c {
            c if c.is_whitespace() => scan.at += 1,
            '(' => scan.one(Kind::Open),
            ')' => scan.one(Kind::Close),
            '{' | '}' => scan.one(Kind::Other),
            '$' => scan.selector(),
            '=' | '!' | '<' | '>' => scan.operator(),
            '&' | '|' => {
                scan.while_is(|c| c == '&' || c == '|' || c.is_whitespace());
                scan.push(Kind::Join, at);
            }
            _ => {
                scan.while_is(|c| !c.is_whitespace() && !"(){}$=!<>&|".contains(c));
                scan.push(Kind::Other, at);
            }
        }
        // An unknown sign must not hold the loop.
        if scan.at == at {
            scan.at += 1;
        }
    }
    scan.pieces
}

struct Scan<'c> {
    chars: &'c [char],
    at: usize,
    pieces: Vec<Piece>,
}

impl Scan<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn one(&mut self, kind: Kind) {
        let at = self.at;
        self.at += 1;
        self.push(kind, at);
    }

    /// From `at` to here, without white space at its end.
    fn push(&mut self, kind: Kind, at: usize) {
        let text = self.chars.get(at..self.at).unwrap_or_default();
        let blank = text.iter().rev().take_while(|c| c.is_whitespace()).count();
        self.pieces.push(Piece {
            kind,
            at,
            end: self.at - blank,
        });
    }

    fn while_is(&mut self, belongs: impl Fn(char) -> bool) {
        while self.peek(0).is_some_and(&belongs) {
            self.at += 1;
        }
    }

    /// The word that stands here.
    fn word(&self) -> String {
        let rest = self.chars.get(self.at..).unwrap_or_default();
        rest.iter().take_while(|c| c.is_alphanumeric()).collect()
    }

    /// The words of a test that stand here, whatever white space is in them: `NOT EXI STS`, `is null`.
    fn words_end(&self) -> Option<usize> {
        let mut ahead = Scan {
            chars: self.chars,
            at: self.at,
            pieces: Vec::new(),
        };
        while let Some(c) = ahead.peek(0) {
            if "(){}&|=!<>$".contains(c) || ahead.next_condition() {
                break;
            }
            ahead.at += 1;
        }
        let text = self.chars.get(self.at..ahead.at).unwrap_or_default().iter();
        let bare: String = text.filter(|c| !c.is_whitespace()).collect();
        let known = ["NOTEXISTS", "NOTEXIST", "ISNULL", "ISTRUE", "ISFALSE"];
        known
            .iter()
            .any(|word| bare.eq_ignore_ascii_case(word))
            .then_some(ahead.at)
    }

    /// Whether white space here is followed by the next condition, or by a word that joins one.
    fn next_condition(&self) -> bool {
        let mut ahead = Scan {
            chars: self.chars,
            at: self.at,
            pieces: Vec::new(),
        };
        ahead.while_is(char::is_whitespace);
        if ahead.at == self.at {
            return false;
        }
        let word = ahead.word();
        if word.eq_ignore_ascii_case("and") || word.eq_ignore_ascii_case("or") {
            ahead.at += word.len();
            ahead.while_is(char::is_whitespace);
            return matches!(ahead.peek(0), Some('$' | '('));
        }
        ahead.peek(0) == Some('$')
    }

    fn selector(&mut self) {
        let at = self.at;
        while let Some(c) = self.peek(0) {
            match c {
                '=' | '!' | '<' | '>' | '(' | ')' | '{' | '}' | '&' | '|' => break,
                // A key in brackets may hold anything.
                '[' if self.peek(1) == Some('\'') => {
                    while self.peek(0).is_some() && !(self.peek(0) == Some('\'') && self.peek(1) == Some(']'))
                    {
                        self.at += 1;
                    }
                    self.at = (self.at + 2).min(self.chars.len());
                }
                c if c.is_whitespace() && self.words_end().is_some() => break,
                _ => self.at += 1,
            }
        }
        self.push(Kind::Selector, at);
        self.while_is(char::is_whitespace);
        let at = self.at;
        if let Some(end) = self.words_end() {
            self.at = end;
            self.push(Kind::Words, at);
        }
    }

    fn operator(&mut self) {
        let at = self.at;
        self.while_is(|c| "=!<>".contains(c) || c.is_whitespace());
        self.push(Kind::Operator, at);
        // `!(…)` is what other languages write; there is no value.
        if self.pieces.last().is_some_and(|piece| piece.end == piece.at + 1)
            && self.chars.get(at) == Some(&'!')
        {
            return;
        }
        let at = self.at;
        match self.peek(0) {
            Some(c @ ('"' | '%')) => {
                self.at += 1;
                self.delimited(c);
            }
            _ => self.bare(),
        }
        if self.at > at {
            self.push(Kind::Value, at);
        }
    }

    /// Behind the first delimiter. A text that swallows the next condition is not closed where it seems to be: it ends with
    /// its own condition.
    fn delimited(&mut self, close: char) {
        let at = self.at;
        let mut escaped = false;
        while let Some(c) = self.peek(0) {
            self.at += 1;
            if c == close && !escaped {
                let text: String = self.chars.get(at..self.at).unwrap_or_default().iter().collect();
                if text.contains("$.") && [")", "||", "&&"].iter().any(|sign| text.contains(sign)) {
                    break;
                }
                return;
            }
            escaped = c == '\\' && !escaped;
        }
        self.at = at;
        self.bare();
    }

    /// Up to the end of the condition.
    fn bare(&mut self) {
        while let Some(c) = self.peek(0) {
            let joins = (c == '&' || c == '|') && self.peek(1) == Some(c);
            if matches!(c, ')' | '}') || joins || self.next_condition() {
                break;
            }
            self.at += 1;
        }
    }
}
