//! The filter bar's language: `action = REJECT and (dstport = 22 or dstport = 3389) not srcaddr = 10.0.0.0/8`.
//!
//! | written | means |
//! |---|---|
//! | `field = value`, `!=`, `<`, `<=`, `>`, `>=` | compare; a value is read as the field's type is |
//! | `field : value`, `field !: value` | contains, does not contain |
//! | `field ^ value` | starts with |
//! | `field in (a, b)` | has one of these texts |
//! | `field:*` | has a value |
//! | `field = -` | has none (`"-"` in quotes is a dash) |
//! | `word`, `"some words"` | any text of the record contains it |
//! | `*` | every record |
//! | `and`, `or`, `not`, `( )` | as usual; conditions side by side are joined by `and` |
//!
//! Quotes are double, with `\"` and `\\` inside. Words that are not plain, and field names with signs, stand in quotes.
//! What other languages write otherwise (`==`, `&&`, `!`, `1 MB`) is refused with what to write instead ([`mistakes`]).

mod mistakes;

use super::ask::{Expr, Op};
use crate::base::Value;
pub use mistakes::ParseError;

/// Parentheses and `not`s within each other; a filter comes from a URL, which anyone may have written.
const DEPTH_LIMIT: usize = 64;

/// Operators, longer ones first.
const OPS: &[(&str, Op)] = &[
    ("!=", Op::Ne),
    ("!:", Op::NotContains),
    ("<=", Op::Le),
    (">=", Op::Ge),
    ("=", Op::Eq),
    (":", Op::Contains),
    ("^", Op::StartsWith),
    ("<", Op::Lt),
    (">", Op::Gt),
];

/// Reads a filter. An empty text is every record.
pub fn parse(text: &str) -> Result<Expr, ParseError> {
    let mut p = Parser {
        text,
        at: 0,
        depth: 0,
    };
    p.space();
    if p.rest().is_empty() {
        return Ok(Expr::All);
    }
    let expr = p.any()?;
    if p.rest().is_empty() {
        Ok(expr)
    } else {
        // Only a closing parenthesis ends a condition before its text does.
        Err(p
            .error("a condition, `and` or `or`")
            .long(1)
            .because("nothing was opened for this `)`")
            .cut())
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn space(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn error(&self, expected: &'static str) -> ParseError {
        ParseError::at(self.text, self.at, expected)
    }

    /// Is what comes next written as another language writes it?
    fn no_mistake(&self, found: Option<mistakes::Mistake>) -> Result<(), ParseError> {
        match found {
            Some(mistake) => Err(mistake.error(self.text, self.at)),
            None => Ok(()),
        }
    }

    /// Takes this sign, and the space behind it.
    fn sign(&mut self, sign: &str) -> bool {
        let is = self.rest().starts_with(sign);
        if is {
            self.at += sign.len();
            self.space();
        }
        is
    }

    /// Takes this word where it stands alone, and the space behind it.
    fn keyword(&mut self, word: &str) -> bool {
        let end = word_end(self.rest());
        let is = self
            .rest()
            .get(..end)
            .is_some_and(|w| w.eq_ignore_ascii_case(word))
            && !self.is_compared_from(end);
        if is {
            self.at += end;
            self.space();
        }
        is
    }

    /// Does an operator follow the word that ends here? Then the word is a field's name.
    fn is_compared_from(&self, end: usize) -> bool {
        let behind = self.rest().get(end..).unwrap_or("").trim_start();
        OPS.iter().any(|(sign, _)| behind.starts_with(sign))
    }

    fn any(&mut self) -> Result<Expr, ParseError> {
        let mut parts = vec![self.all()?];
        while self.keyword("or") {
            parts.push(self.all()?);
        }
        Ok(joined(parts, Expr::Or))
    }

    fn all(&mut self) -> Result<Expr, ParseError> {
        let mut parts = vec![self.one()?];
        loop {
            if self.keyword("and") {
                parts.push(self.one()?);
                continue;
            }
            let here = self.at;
            if self.rest().is_empty() || self.rest().starts_with(')') || self.keyword("or") {
                self.at = here;
                return Ok(joined(parts, Expr::And));
            }
            parts.push(self.one()?);
        }
    }

    fn one(&mut self) -> Result<Expr, ParseError> {
        self.depth += 1;
        if self.depth > DEPTH_LIMIT {
            return Err(self.error("fewer parentheses"));
        }
        let expr = if self.keyword("not") {
            Ok(Expr::Not(Box::new(self.one()?)))
        } else if self.rest().starts_with('(') {
            let opened = self.error("a `)` for this `(`").long(1);
            self.sign("(");
            let expr = self.any()?;
            if !self.sign(")") {
                return Err(opened.ending(")"));
            }
            Ok(expr)
        } else {
            self.condition()
        };
        self.depth -= 1;
        expr
    }

    fn condition(&mut self) -> Result<Expr, ParseError> {
        let start = self.at;
        if self.keyword("and") || self.keyword("or") {
            self.at = start;
            return Err(self.error("a condition"));
        }
        let quoted = self.rest().starts_with('"');
        let field = if quoted {
            self.quoted()?
        } else {
            self.no_mistake(mistakes::in_word(self.rest()))?;
            let end = word_end(self.rest());
            if end == 0 {
                return Err(self.error("a field or a word"));
            }
            let word = &self.rest()[..end];
            self.at += end;
            word.to_owned()
        };
        self.space();
        if let Some(&(sign, op)) = OPS.iter().find(|(sign, _)| self.rest().starts_with(sign)) {
            self.no_mistake(mistakes::in_operator(self.rest()))?;
            self.at += sign.len();
            self.space();
            return self.comparison(field, op);
        }
        let here = self.at;
        if self.keyword("in") && self.sign("(") {
            return self.list(field);
        }
        self.at = here;
        if field == "*" && !quoted {
            return Ok(Expr::All);
        }
        Ok(Expr::Text(field))
    }

    fn comparison(&mut self, field: String, op: Op) -> Result<Expr, ParseError> {
        let quoted = self.rest().starts_with('"');
        if !quoted {
            self.no_mistake(mistakes::in_number(self.rest(), op))?;
        }
        let value = self.value("a value", |c| matches!(c, '(' | ')' | '"'))?;
        self.space();
        Ok(match (value.as_str(), op) {
            ("*", Op::Contains) if !quoted => Expr::Exists { field },
            ("-", Op::Eq | Op::Ne) if !quoted => Expr::Compare {
                field,
                op,
                value: Value::Absent,
            },
            _ => Expr::Compare {
                field,
                op,
                value: Value::Text(value),
            },
        })
    }

    fn list(&mut self, field: String) -> Result<Expr, ParseError> {
        let mut values = Vec::new();
        if self.sign(")") {
            return Ok(Expr::In { field, values });
        }
        loop {
            values.push(self.value("a value", |c| matches!(c, '(' | ')' | '"' | ','))?);
            self.space();
            if self.sign(")") {
                return Ok(Expr::In { field, values });
            }
            if !self.sign(",") {
                return Err(self.error("`,` or `)`"));
            }
        }
    }

    /// A quoted text, or everything up to a space or one of these.
    fn value(&mut self, expected: &'static str, ends: fn(char) -> bool) -> Result<String, ParseError> {
        if self.rest().starts_with('"') {
            return self.quoted();
        }
        self.no_mistake(mistakes::in_value(self.rest()))?;
        let rest = self.rest();
        let end = rest
            .find(|c: char| c.is_whitespace() || ends(c))
            .unwrap_or(rest.len());
        // `a >> b`: one sign too many is no value; quoted it is.
        if is_signs(&rest[..end]) {
            return Err(self.error(expected));
        }
        self.at += end;
        Ok(rest[..end].to_owned())
    }

    fn quoted(&mut self) -> Result<String, ParseError> {
        let opened = self.error("a closing quote for this one").long(1).ending("\"");
        let mut out = String::new();
        let mut chars = self.rest().char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.at += at + 1;
                    return Ok(out);
                }
                '\\' => match chars.next() {
                    Some((_, c)) => out.push(c),
                    None => break,
                },
                c => out.push(c),
            }
        }
        Err(opened)
    }
}

fn joined(mut parts: Vec<Expr>, join: fn(Vec<Expr>) -> Expr) -> Expr {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        last => {
            parts.extend(last);
            join(parts)
        }
    }
}

/// Where the plain word at the beginning ends.
fn word_end(text: &str) -> usize {
    let ends = |(at, c): (usize, char)| {
        let sign = match c {
            '=' | ':' | '<' | '>' | '^' | '(' | ')' | '"' | ',' => true,
            '!' => text[at..].starts_with("!=") || text[at..].starts_with("!:"),
            c => c.is_whitespace(),
        };
        sign.then_some(at)
    };
    text.char_indices().find_map(ends).unwrap_or(text.len())
}

/// Writes a filter so that [`parse`] reads the same condition again.
pub fn write(expr: &Expr) -> String {
    let mut out = String::new();
    put(expr, 0, &mut out);
    out
}

/// `binds`: 0 at the top, 1 within `or`, 2 within `and`, 3 behind `not`.
fn put(expr: &Expr, binds: u8, out: &mut String) {
    let all = |out: &mut String| out.push('*');
    match expr {
        Expr::All => all(out),
        Expr::And(parts) => match parts.as_slice() {
            [] => all(out),
            [only] => put(only, binds, out),
            parts => put_joined(parts, " and ", 2, binds >= 2, out),
        },
        Expr::Or(parts) => match parts.as_slice() {
            [] => put(&Expr::Not(Box::new(Expr::All)), binds, out),
            [only] => put(only, binds, out),
            parts => put_joined(parts, " or ", 1, binds >= 1, out),
        },
        Expr::Not(e) => {
            out.push_str("not ");
            put(e, 3, out);
        }
        // Nothing contains, begins with or is less than "no value".
        Expr::Compare {
            op,
            value: Value::Absent,
            ..
        } if !matches!(op, Op::Eq | Op::Ne) => put(&Expr::Not(Box::new(Expr::All)), binds, out),
        Expr::Compare { field, op, value } => {
            put_word(field, out);
            let sign = OPS.iter().find(|(_, o)| o == op).map_or("=", |(s, _)| s);
            out.push(' ');
            out.push_str(sign);
            out.push(' ');
            match value {
                Value::Absent => out.push('-'),
                Value::List(items) => put_value(&items.join("\u{1f}"), out),
                value => put_value(&value.to_text(), out),
            }
        }
        Expr::In { field, values } => {
            put_word(field, out);
            out.push_str(" in (");
            for (i, value) in values.iter().enumerate() {
                if i > 0 {
                    out.push_str(", ");
                }
                put_value(value, out);
            }
            out.push(')');
        }
        Expr::Exists { field } => {
            put_word(field, out);
            out.push_str(":*");
        }
        Expr::Text(text) => put_word(text, out),
    }
}

fn put_joined(parts: &[Expr], sign: &str, binds: u8, closed: bool, out: &mut String) {
    if closed {
        out.push('(');
    }
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            out.push_str(sign);
        }
        put(part, binds, out);
    }
    if closed {
        out.push(')');
    }
}

/// A value as it stands in a filter: in quotes where it has to be.
pub fn quote(value: &str) -> String {
    let mut out = String::new();
    put_value(value, &mut out);
    out
}

/// A field's name as it stands in a filter.
pub fn quote_name(name: &str) -> String {
    let mut out = String::new();
    put_word(name, &mut out);
    out
}

/// Is a text made of the signs of operators alone?
fn is_signs(text: &str) -> bool {
    text.chars().all(|c| "<>=!:^~".contains(c))
}

/// A field's name or a free word.
fn put_word(word: &str, out: &mut String) {
    let keyword = ["and", "or", "not", "in", "*"]
        .iter()
        .any(|k| word.eq_ignore_ascii_case(k));
    // A `!` at the end would become one with the `:` behind it.
    let plain = !word.is_empty()
        && !keyword
        && word_end(word) == word.len()
        && !word.ends_with('!')
        && mistakes::in_word(word).is_none();
    put_text(word, plain, out);
}

fn put_value(value: &str, out: &mut String) {
    let signs = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | '"' | ',');
    let plain = !value.is_empty()
        && !matches!(value, "*" | "-")
        && !value.contains(signs)
        && !is_signs(value)
        && mistakes::in_value(value).is_none()
        && mistakes::in_number(value, Op::Gt).is_none();
    put_text(value, plain, out);
}

fn put_text(text: &str, plain: bool, out: &mut String) {
    if plain {
        out.push_str(text);
        return;
    }
    out.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
}
