//! Text to tokens (CWL_QuerySyntax). One token is read at a time: whether `/` divides or opens a regex only the parser knows.

use crate::language::fault::Fault;

/// Characters `start..end` of the text.
#[derive(Clone, Copy, Debug, Default, Eq)]
pub struct Span {
    pub start: usize,
    pub end: usize,
}

/// Where something stands is no part of what it says: two programs are equal wherever their words are.
impl PartialEq for Span {
    fn eq(&self, _: &Span) -> bool {
        true
    }
}

impl Span {
    pub fn new(start: usize, end: usize) -> Self {
        Span { start, end }
    }

    pub fn to(self, last: Span) -> Self {
        Span::new(self.start, last.end)
    }

    pub fn fault(self, what: &'static str, says: impl Into<String>) -> Fault {
        Fault {
            what,
            at: self.start,
            end: self.end,
            says: says.into(),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Token {
    /// A name's parts; `plain` when it is one word without backticks, which may be a keyword.
    Name {
        parts: Vec<String>,
        plain: bool,
    },
    /// `.a.0` right behind `)` or `]`.
    Path(Vec<String>),
    Number(String),
    /// An amount and the unit directly behind it.
    Period {
        amount: String,
        unit: String,
        unit_at: usize,
    },
    Text(String),
    /// `= != < <= > >= =~ + - * / % ^ ! ( ) [ ] , |`
    Sign(&'static str),
    /// A character that begins no token.
    Other(char),
    End,
}

const SIGNS: &[&str] = &[
    "!=", "<=", ">=", "=~", "=", "<", ">", "+", "-", "*", "/", "%", "^", "!", "(", ")", "[", "]", ",", "|",
];

/// Reads tokens from the characters of a text.
#[derive(Clone)]
pub struct Lexer {
    chars: Vec<char>,
    at: usize,
    /// The last token was `)` or `]` and ended here: a period behind it goes on with a path.
    closed: Option<usize>,
    /// Comments, texts, regexes and names in backticks met so far: white space inside of them stays.
    whole: Vec<(Span, Whole)>,
}

#[derive(Clone, Copy, PartialEq)]
enum Whole {
    Comment,
    Text,
}

fn begins_name(c: char) -> bool {
    c == '_' || c.is_alphabetic()
}

fn in_name(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

impl Lexer {
    pub fn new(text: &str) -> Self {
        Lexer {
            chars: text.chars().collect(),
            at: 0,
            closed: None,
            whole: Vec::new(),
        }
    }

    pub fn len(&self) -> usize {
        self.chars.len()
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    /// The characters of a span.
    pub fn slice(&self, span: Span) -> String {
        let end = span.end.min(self.chars.len());
        self.chars
            .get(span.start.min(end)..end)
            .unwrap_or_default()
            .iter()
            .collect()
    }

    /// What is written in a span, without comments and with single spaces.
    pub fn written(&self, span: Span) -> String {
        let mut out = String::new();
        let mut at = span.start;
        let mut space = false;
        while at < span.end {
            let next = self.whole.partition_point(|(s, _)| s.end <= at);
            let whole = self.whole.get(next).filter(|(s, _)| s.start <= at);
            let piece = match whole {
                Some((s, Whole::Comment)) => {
                    (at, space) = (s.end, true);
                    continue;
                }
                Some((s, Whole::Text)) => Span::new(at, s.end),
                None => Span::new(at, at + 1),
            };
            at = piece.end;
            let piece = self.slice(piece);
            if whole.is_none() && piece.trim().is_empty() {
                space = true;
                continue;
            }
            if space && !out.is_empty() {
                out.push(' ');
            }
            space = false;
            out.push_str(&piece);
        }
        out
    }

    /// Goes on from here.
    pub fn jump(&mut self, at: usize) {
        self.at = at.min(self.chars.len());
        self.closed = None;
    }

    /// Skips white space and comments; calls back with each comment.
    pub fn skip(&mut self, mut comment: impl FnMut(Span)) {
        while let Some(c) = self.peek(0) {
            if c == '#' {
                let start = self.at;
                while self.peek(0).is_some_and(|c| c != '\n') {
                    self.at += 1;
                }
                comment(Span::new(start, self.at));
            } else if c.is_whitespace() {
                self.at += 1;
            } else {
                break;
            }
        }
    }

    pub fn next(&mut self) -> Result<(Token, Span), Fault> {
        let mut comments = Vec::new();
        self.skip(|span| comments.push((span, Whole::Comment)));
        self.whole.append(&mut comments);
        let start = self.at;
        let closed = self.closed.take() == Some(start);
        let token = self.token(closed)?;
        if matches!(token, Token::Sign(")" | "]")) || matches!(token, Token::Path(_)) {
            self.closed = Some(self.at);
        }
        let span = Span::new(start, self.at);
        if matches!(token, Token::Text(_) | Token::Name { .. } | Token::Path(_)) {
            self.whole.push((span, Whole::Text));
        }
        Ok((token, span))
    }

    fn token(&mut self, closed: bool) -> Result<Token, Fault> {
        let Some(c) = self.peek(0) else {
            return Ok(Token::End);
        };
        let next = self.peek(1);
        if closed && c == '.' && next.is_some_and(|n| in_name(n) || n == '`' || n == '@') {
            return Ok(Token::Path(self.more_parts()?));
        }
        if c == '"' || c == '\'' {
            return self.quoted(c).map(Token::Text);
        }
        if c.is_ascii_digit() || (c == '.' && next.is_some_and(|n| n.is_ascii_digit())) {
            return Ok(self.number());
        }
        if begins_name(c) || c == '@' || c == '`' {
            let start = self.at;
            let first = self.part()?;
            if first.chars().all(|c| c == '@') && self.chars.get(start) != Some(&'`') {
                return Err(Span::new(start, self.at).fault("expected-field", "A name is expected behind @."));
            }
            let plain = self.chars.get(start) != Some(&'`');
            let mut parts = vec![first];
            parts.extend(self.more_parts()?);
            let plain = plain && parts.len() == 1;
            return Ok(Token::Name { parts, plain });
        }
        for sign in SIGNS {
            if sign.chars().enumerate().all(|(i, s)| self.peek(i) == Some(s)) {
                self.at += sign.len();
                return Ok(Token::Sign(sign));
            }
        }
        self.at += 1;
        Ok(Token::Other(c))
    }

    /// `@`s, and letters, digits and `_`, or anything in backticks.
    fn part(&mut self) -> Result<String, Fault> {
        let mut part = String::new();
        while self.peek(0) == Some('@') {
            part.push('@');
            self.at += 1;
        }
        if self.peek(0) == Some('`') {
            let start = self.at;
            self.at += 1;
            loop {
                match self.peek(0) {
                    None => {
                        return Err(
                            Span::new(start, self.at).fault("unclosed-backtick", "A closing ` is missing.")
                        );
                    }
                    Some('`') => break,
                    Some(c) => part.push(c),
                }
                self.at += 1;
            }
            self.at += 1;
            return Ok(part);
        }
        while let Some(c) = self.peek(0).filter(|&c| in_name(c)) {
            part.push(c);
            self.at += 1;
        }
        Ok(part)
    }

    fn more_parts(&mut self) -> Result<Vec<String>, Fault> {
        let mut parts = Vec::new();
        while self.peek(0) == Some('.') {
            let at = self.at;
            let goes_on = match self.peek(1) {
                Some('@') => self.chars[at + 1..]
                    .iter()
                    .find(|&&c| c != '@')
                    .is_some_and(|&c| begins_name(c) || c == '`'),
                Some(c) => in_name(c) || c == '`',
                None => false,
            };
            if !goes_on {
                break;
            }
            self.at += 1;
            parts.push(self.part()?);
        }
        Ok(parts)
    }

    fn digits(&mut self, out: &mut String) {
        while let Some(c) = self.peek(0).filter(char::is_ascii_digit) {
            out.push(c);
            self.at += 1;
        }
    }

    fn number(&mut self) -> Token {
        let mut text = String::new();
        self.digits(&mut text);
        if self.peek(0) == Some('.') && self.peek(1).is_some_and(|c| c.is_ascii_digit()) {
            text.push('.');
            self.at += 1;
            self.digits(&mut text);
        }
        if matches!(self.peek(0), Some('e' | 'E')) {
            let signed = usize::from(matches!(self.peek(1), Some('+' | '-')));
            if self.peek(1 + signed).is_some_and(|c| c.is_ascii_digit()) {
                text.push('e');
                if signed == 1 {
                    text.extend(self.peek(1));
                }
                self.at += 1 + signed;
                self.digits(&mut text);
            }
        }
        let unit_at = self.at;
        let mut unit = String::new();
        if self.peek(0).is_some_and(begins_name) {
            while let Some(c) = self.peek(0).filter(|&c| in_name(c)) {
                unit.push(c);
                self.at += 1;
            }
            return Token::Period {
                amount: text,
                unit,
                unit_at,
            };
        }
        Token::Number(text)
    }

    fn quoted(&mut self, quote: char) -> Result<String, Fault> {
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            let Some(c) = self.peek(0) else {
                return Err(Span::new(start, self.at)
                    .fault("unclosed-quote", format!("A closing {quote} is missing.")));
            };
            self.at += 1;
            match c {
                '\\' => match self.peek(0) {
                    Some(next @ ('"' | '\'' | '\\')) => {
                        text.push(next);
                        self.at += 1;
                    }
                    _ => text.push('\\'),
                },
                c if c == quote => return Ok(text),
                c => text.push(c),
            }
        }
    }

    /// The regex whose opening slash stands at `at`, without its slashes and with `\/` as a slash.
    pub fn regex(&mut self, at: usize) -> Result<(String, Span), Fault> {
        self.jump(at + 1);
        let mut text = String::new();
        loop {
            let Some(c) = self.peek(0) else {
                return Err(Span::new(at, self.at).fault("unclosed-regex", "A closing / is missing."));
            };
            self.at += 1;
            match (c, self.peek(0)) {
                ('/', _) => {
                    let span = Span::new(at, self.at);
                    self.whole.push((span, Whole::Text));
                    return Ok((text, span));
                }
                ('\\', Some('/')) => {
                    text.push('/');
                    self.at += 1;
                }
                ('\\', Some(next)) => {
                    text.extend(['\\', next]);
                    self.at += 1;
                }
                _ => text.push(c),
            }
        }
    }
}
