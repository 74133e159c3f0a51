//! What each piece of a text is, for colours in an editor. Works on texts that are not finished.

use super::commands::COMMANDS;
use super::lex::{Lexer, Span, Token};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Command,
    Keyword,
    Function,
    Field,
    Number,
    Period,
    Text,
    Regex,
    Operator,
    Punctuation,
    Pipe,
    Comment,
    Error,
}

/// Words with a meaning inside of a command.
pub(super) const KEYWORDS: &[&str] = &[
    "and",
    "or",
    "not",
    "like",
    "in",
    "as",
    "by",
    "asc",
    "desc",
    "multi",
    "into",
    "logfmt",
    "csv",
    "any",
    "previousDay",
    "previousWeek",
    "previousMonth",
    "true",
    "false",
];

/// A token of a text that may be unfinished.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub token: Option<Token>,
    pub span: Span,
    pub class: Class,
}

pub(super) fn is_command(word: &str) -> bool {
    word.eq_ignore_ascii_case("source") || COMMANDS.iter().any(|(name, _)| name.eq_ignore_ascii_case(word))
}

/// All tokens. What can not be read is one piece up to the end.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut lexer = Lexer::new(text);
    let mut out: Vec<Piece> = Vec::new();
    let (mut begins, mut in_parse) = (true, false);
    let mut last_word = String::new();
    loop {
        let mut comments = Vec::new();
        lexer.clone().skip(|span| comments.push(span));
        out.extend(comments.into_iter().map(|span| Piece {
            token: None,
            span,
            class: Class::Comment,
        }));
        let (token, span) = match lexer.next() {
            Ok((Token::End, _)) => return out,
            Ok(read) => read,
            Err(fault) => {
                let class = match fault.what {
                    "unclosed-quote" => Class::Text,
                    "unclosed-backtick" => Class::Field,
                    _ => Class::Error,
                };
                let unclosed = fault.what.starts_with("unclosed");
                let end = if unclosed {
                    lexer.len()
                } else {
                    fault.end.max(fault.at + 1)
                };
                out.push(Piece {
                    token: None,
                    span: Span::new(fault.at, end),
                    class,
                });
                lexer.jump(end);
                continue;
            }
        };
        let mut word = String::new();
        let class = match &token {
            Token::Name { parts, plain: true } => {
                word = parts.first().map(|p| p.to_lowercase()).unwrap_or_default();
                if begins {
                    in_parse = word == "parse";
                    if is_command(&word) {
                        Class::Command
                    } else {
                        Class::Error
                    }
                } else if KEYWORDS.iter().any(|k| k.eq_ignore_ascii_case(&word)) {
                    Class::Keyword
                } else {
                    Class::Field
                }
            }
            Token::Name { .. } | Token::Path(_) => Class::Field,
            Token::Number(_) => Class::Number,
            Token::Period { .. } => Class::Period,
            Token::Text(_) => Class::Text,
            Token::Sign("|") => Class::Pipe,
            Token::Sign("/") if in_parse || matches!(last_word.as_str(), "like" | "=~") => {
                let end = match lexer.regex(span.start) {
                    Ok((_, span)) => span.end,
                    Err(_) => lexer.len(),
                };
                lexer.jump(end);
                out.push(Piece {
                    token: None,
                    span: Span::new(span.start, end),
                    class: Class::Regex,
                });
                (begins, last_word) = (false, String::new());
                continue;
            }
            Token::Sign("=~") => {
                word = "=~".to_owned();
                Class::Operator
            }
            Token::Sign("(") => {
                // A word before a parenthesis was a function.
                if let Some(piece) = out.last_mut().filter(|p| p.class == Class::Field)
                    && matches!(&piece.token, Some(Token::Name { plain: true, .. }))
                {
                    piece.class = Class::Function;
                }
                Class::Punctuation
            }
            Token::Sign(")" | "[" | "]" | ",") => Class::Punctuation,
            Token::Sign(_) => Class::Operator,
            Token::Other(_) | Token::End => Class::Error,
        };
        begins = token == Token::Sign("|");
        in_parse &= !begins;
        last_word = word;
        out.push(Piece {
            token: Some(token),
            span,
            class,
        });
    }
}

/// Start, end (characters) and class of every token and comment, in order.
pub fn highlight(text: &str) -> Vec<(usize, usize, Class)> {
    pieces(text)
        .into_iter()
        .map(|p| (p.span.start, p.span.end, p.class))
        .collect()
}
