//! Tokens to expressions. A recursive descent over the grammar; what nests is counted, so that no text exhausts the stack.

use super::ast::*;
use super::lex::{Lexer, Span, Token};
use super::period::{Period, Unit};
use crate::language::fault::Fault;

/// How deep brackets, signs and `not` may nest.
const MAX_DEPTH: usize = 48;
/// How many arithmetic signs one command may hold: a chain of them is as deep as it is long.
const MAX_CHAIN: usize = 200;

/// Words that are no fields unless they stand in backticks.
const RESERVED: &[&str] = &["and", "or", "not", "like", "in", "as", "by"];

pub struct Parser {
    pub lexer: Lexer,
    pub token: Token,
    pub span: Span,
    depth: usize,
    pub chain: usize,
}

type Parsed<T> = Result<T, Fault>;

impl Parser {
    pub fn new(text: &str) -> Parsed<Self> {
        let mut parser = Parser {
            lexer: Lexer::new(text),
            token: Token::End,
            span: Span::default(),
            depth: 0,
            chain: 0,
        };
        parser.advance()?;
        Ok(parser)
    }

    pub fn advance(&mut self) -> Parsed<Token> {
        let (token, span) = self.lexer.next()?;
        self.span = span;
        Ok(std::mem::replace(&mut self.token, token))
    }

    pub fn is(&self, sign: &str) -> bool {
        matches!(&self.token, Token::Sign(s) if *s == sign)
    }

    /// Takes the sign if it is next.
    pub fn take(&mut self, sign: &str) -> Parsed<bool> {
        let is = self.is(sign);
        if is {
            self.advance()?;
        }
        Ok(is)
    }

    /// The word, when the token is one word without backticks.
    pub fn word(&self) -> Option<&str> {
        match &self.token {
            Token::Name { parts, plain: true } => parts.first().map(String::as_str),
            _ => None,
        }
    }

    pub fn is_word(&self, word: &str) -> bool {
        self.word().is_some_and(|w| w.eq_ignore_ascii_case(word))
    }

    pub fn take_word(&mut self, word: &str) -> Parsed<bool> {
        let is = self.is_word(word);
        if is {
            self.advance()?;
        }
        Ok(is)
    }

    fn is_reserved(&self) -> bool {
        self.word()
            .is_some_and(|w| RESERVED.iter().any(|r| r.eq_ignore_ascii_case(w)))
    }

    pub fn fault<T>(&self, what: &'static str, says: impl Into<String>) -> Parsed<T> {
        Err(self.span.fault(what, says))
    }

    pub fn expect(&mut self, sign: &str, what: &'static str) -> Parsed<Span> {
        let span = self.span;
        if self.take(sign)? {
            return Ok(span);
        }
        self.fault(what, format!("{sign} is expected here."))
    }

    /// A regex, when the next character is a slash: read anew from there.
    pub fn regex(&mut self) -> Parsed<Option<Word>> {
        if !self.is("/") {
            return Ok(None);
        }
        let (text, span) = self.lexer.regex(self.span.start)?;
        super::re2::check(&text).map_err(|why| span.fault("regex-syntax", why))?;
        self.advance()?;
        Ok(Some(Word { text, span }))
    }

    /// A field's name, or one made by `as`.
    pub fn name(&mut self, what: &'static str) -> Parsed<Word> {
        let span = self.span;
        if self.is_reserved() {
            return self.fault(
                what,
                "A name is expected here. A keyword as a name stands in backticks.",
            );
        }
        match &self.token {
            Token::Name { parts, .. } => {
                let text = parts.join(".");
                self.advance()?;
                Ok(Word { text, span })
            }
            _ => self.fault(what, "A name is expected here."),
        }
    }

    pub fn names(&mut self) -> Parsed<Vec<Word>> {
        let mut names = vec![self.name("expected-field")?];
        while self.take(",")? {
            names.push(self.name("expected-field")?);
        }
        Ok(names)
    }

    pub fn deeper<T>(&mut self, parse: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= MAX_DEPTH {
            return self.fault("too-deep", format!("Brackets nest deeper than {MAX_DEPTH}."));
        }
        self.depth += 1;
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    fn link(&mut self) -> Parsed<()> {
        self.chain += 1;
        if self.chain > MAX_CHAIN {
            return self.fault(
                "too-deep",
                format!("One command holds more than {MAX_CHAIN} arithmetic signs."),
            );
        }
        Ok(())
    }

    pub fn expr(&mut self) -> Parsed<Expr> {
        self.list_of("or", Self::and_expr, ExprKind::Or)
    }

    fn and_expr(&mut self) -> Parsed<Expr> {
        self.list_of("and", Self::not_expr, ExprKind::And)
    }

    fn list_of(
        &mut self,
        word: &str,
        part: fn(&mut Self) -> Parsed<Expr>,
        make: fn(Vec<Expr>) -> ExprKind,
    ) -> Parsed<Expr> {
        let first = part(self)?;
        if !self.is_word(word) {
            return Ok(first);
        }
        let mut span = first.span;
        let mut parts = vec![first];
        while self.take_word(word)? {
            let next = part(self)?;
            span = span.to(next.span);
            parts.push(next);
        }
        Ok(Expr::new(make(parts), span))
    }

    fn not_expr(&mut self) -> Parsed<Expr> {
        let start = self.span;
        if self.take("!")? || self.take_word("not")? {
            let inner = self.deeper(Self::not_expr)?;
            let span = start.to(inner.span);
            return Ok(Expr::new(ExprKind::Not(Box::new(inner)), span));
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Parsed<Expr> {
        let left = self.sum()?;
        let start = left.span;
        if let Token::Sign(sign) = self.token {
            if sign == "=~" {
                self.advance()?;
                return self.like(left, false, true);
            }
            if let Some(op) = CompareOp::ALL.into_iter().find(|op| op.sign() == sign) {
                self.advance()?;
                let right = self.sum()?;
                let span = start.to(right.span);
                let (left, right) = (Box::new(left), Box::new(right));
                return Ok(Expr::new(ExprKind::Compare { op, left, right }, span));
            }
        }
        let negated = self.take_word("not")?;
        if self.take_word("like")? {
            return self.like(left, negated, false);
        }
        if self.take_word("in")? {
            return self.within(left, negated);
        }
        match (negated, &self.token) {
            (false, _) => Ok(left),
            (true, Token::End) => self.fault("unexpected-end", "like or in is expected behind not."),
            (true, _) => self.fault("unexpected", "like or in is expected behind not."),
        }
    }

    /// Behind `like` a text is looked for as it is; behind `=~` a text is a regex, too.
    fn like(&mut self, left: Expr, negated: bool, is_regex: bool) -> Parsed<Expr> {
        let start = left.span;
        let (pattern, span) = match (self.regex()?, self.token.clone()) {
            (Some(regex), _) => {
                let span = regex.span;
                (Matcher::Regex(regex), span)
            }
            (None, Token::Text(text)) => {
                let span = self.span;
                self.advance()?;
                if is_regex {
                    super::re2::check(&text).map_err(|why| span.fault("regex-syntax", why))?;
                    (Matcher::Regex(Word { text, span }), span)
                } else {
                    (Matcher::Text(text), span)
                }
            }
            _ => return self.fault("expected-pattern", "A quoted text or a /regex/ is expected here."),
        };
        let left = Box::new(left);
        Ok(Expr::new(
            ExprKind::Like {
                negated,
                left,
                pattern,
            },
            start.to(span),
        ))
    }

    fn within(&mut self, left: Expr, negated: bool) -> Parsed<Expr> {
        let start = left.span;
        let left = Box::new(left);
        if self.is("(") {
            return self.fault(
                "command-not-supported",
                "Subqueries are not supported. A list stands in [ ].",
            );
        }
        if !self.take("[")? {
            let field = self.primary()?;
            let span = start.to(field.span);
            let right = Within::Field(Box::new(field));
            return Ok(Expr::new(ExprKind::In { negated, left, right }, span));
        }
        let mut list = Vec::new();
        if !self.is("]") {
            list.push(self.sum()?);
            while self.take(",")? {
                list.push(self.sum()?);
            }
        }
        let end = self.expect("]", "expected-paren")?;
        let right = Within::List(list);
        Ok(Expr::new(ExprKind::In { negated, left, right }, start.to(end)))
    }

    fn sum(&mut self) -> Parsed<Expr> {
        self.chain_of(&[MathOp::Add, MathOp::Subtract], Self::product)
    }

    fn product(&mut self) -> Parsed<Expr> {
        self.chain_of(
            &[MathOp::Multiply, MathOp::Divide, MathOp::Remainder],
            Self::signed,
        )
    }

    fn chain_of(&mut self, ops: &[MathOp], part: fn(&mut Self) -> Parsed<Expr>) -> Parsed<Expr> {
        let mut left = part(self)?;
        while let Some(&op) = ops.iter().find(|op| self.is(op.sign())) {
            self.link()?;
            self.advance()?;
            let right = part(self)?;
            let span = left.span.to(right.span);
            let (l, r) = (Box::new(left), Box::new(right));
            left = Expr::new(
                ExprKind::Math {
                    op,
                    left: l,
                    right: r,
                },
                span,
            );
        }
        Ok(left)
    }

    fn signed(&mut self) -> Parsed<Expr> {
        let start = self.span;
        let make = if self.take("-")? {
            ExprKind::Negative
        } else if self.take("+")? {
            ExprKind::Positive
        } else {
            return self.power();
        };
        let inner = self.deeper(Self::signed)?;
        let span = start.to(inner.span);
        Ok(Expr::new(make(Box::new(inner)), span))
    }

    fn power(&mut self) -> Parsed<Expr> {
        let base = self.primary()?;
        if !self.take("^")? {
            return Ok(base);
        }
        let exponent = self.deeper(Self::signed)?;
        let span = base.span.to(exponent.span);
        let (left, right) = (Box::new(base), Box::new(exponent));
        Ok(Expr::new(
            ExprKind::Math {
                op: MathOp::Power,
                left,
                right,
            },
            span,
        ))
    }

    pub fn primary(&mut self) -> Parsed<Expr> {
        let mut expr = self.bare_primary()?;
        loop {
            let path = if let Token::Path(parts) = &self.token {
                let (parts, span) = (parts.clone(), self.span);
                self.advance()?;
                (parts, span)
            } else if self.is("[") {
                self.advance()?;
                let index = match &self.token {
                    Token::Number(n) if n.bytes().all(|b| b.is_ascii_digit()) => n.clone(),
                    _ => return self.fault("expected-number", "The number of an element is expected here."),
                };
                self.advance()?;
                (vec![index], self.expect("]", "expected-paren")?)
            } else {
                return Ok(expr);
            };
            let span = expr.span.to(path.1);
            expr.kind = match expr.kind {
                ExprKind::Field(mut parts) => {
                    parts.extend(path.0);
                    ExprKind::Field(parts)
                }
                ExprKind::Inside {
                    base,
                    path: mut parts,
                } => {
                    parts.extend(path.0);
                    ExprKind::Inside { base, path: parts }
                }
                kind => ExprKind::Inside {
                    base: Box::new(Expr::new(kind, expr.span)),
                    path: path.0,
                },
            };
            expr.span = span;
        }
    }

    fn bare_primary(&mut self) -> Parsed<Expr> {
        let span = self.span;
        let kind = match &self.token {
            Token::Sign("(") => {
                self.advance()?;
                let inner = self.deeper(Self::expr)?;
                let end = self.expect(")", "expected-paren")?;
                return Ok(Expr::new(inner.kind, span.to(end)));
            }
            Token::Number(n) => ExprKind::Number(n.clone()),
            Token::Text(t) => ExprKind::Text(t.clone()),
            Token::Period {
                amount,
                unit,
                unit_at,
            } => ExprKind::Period(period(amount, unit, *unit_at, span)?),
            Token::Name { parts, plain } => {
                if self.is_reserved() {
                    return self.fault(
                        "expected-value",
                        "A value is expected here. A field of that name stands in backticks.",
                    );
                }
                let (parts, plain) = (parts.clone(), *plain);
                let word = parts.first().cloned().unwrap_or_default();
                self.advance()?;
                if plain && self.is("(") {
                    return self.call(Word { text: word, span });
                }
                let kind = match () {
                    () if plain && word.eq_ignore_ascii_case("true") => ExprKind::Bool(true),
                    () if plain && word.eq_ignore_ascii_case("false") => ExprKind::Bool(false),
                    () => ExprKind::Field(parts),
                };
                return Ok(Expr::new(kind, span));
            }
            Token::Other(c) => {
                return self.fault("unexpected", format!("{c} has no meaning here."));
            }
            _ => return self.fault("expected-value", "A value is expected here."),
        };
        self.advance()?;
        Ok(Expr::new(kind, span))
    }

    fn call(&mut self, name: Word) -> Parsed<Expr> {
        let start = name.span;
        self.expect("(", "expected-paren")?;
        let (mut star, mut args) = (false, Vec::new());
        if self.is("*") {
            self.advance()?;
            star = true;
        } else if !self.is(")") {
            args.push(self.deeper(Self::expr)?);
            while self.take(",")? {
                args.push(self.deeper(Self::expr)?);
            }
        }
        let end = self.expect(")", "expected-paren")?;
        Ok(Expr::new(ExprKind::Call { name, star, args }, start.to(end)))
    }
}

fn period(amount: &str, unit: &str, unit_at: usize, span: Span) -> Parsed<Period> {
    let Some(word) = Unit::from_word(unit) else {
        let says = format!("{unit} is no unit of time. Units are ms, s, m, h, d, w, mo, q and y.");
        return Err(Span::new(unit_at, span.end).fault("unknown-unit", says));
    };
    match amount.parse::<u64>() {
        Ok(amount) if amount > 0 => Ok(Period { amount, unit: word }),
        _ => Err(span.fault(
            "expected-period",
            "A period is a whole number and a unit, such as 5m.",
        )),
    }
}
