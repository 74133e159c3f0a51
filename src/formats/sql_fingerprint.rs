//! SQL statements by their form: what they ask, without the values they ask it of, so that like ones count together.
//!
//! The rules are those that pt-query-digest documents
//! (<https://docs.percona.com/percona-toolkit/pt-query-digest.html#fingerprints>): literals become `?`, numbers inside of names
//! as well (`users_2009` and `users_2010` are alike); `IN` lists and lists of `VALUES` become one `(?+)`, whatever their length;
//! comments go, white space becomes one space, letters small ones; `use ?`; `administrator command: …` stays as it is; calls of
//! procedures, dumps and checksums each have one form; repeated selects of a union become one. What is done by feel there is
//! decided by syntax here: a `+` or `-` between operands stays, so that `a + 1` is `a + ?`.
//!
//! In PostgreSQL double quotes hold names, `#` is an operator, and strings may stand between dollars.

/// Whose syntax a statement has, where they differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    MySql,
    PostgreSql,
}

/// Words that no operand ends with: a sign behind them belongs to its number.
const BEFORE_VALUES: [&[u8]; 22] = [
    b"select", b"where", b"and", b"or", b"not", b"in", b"between", b"like", b"then", b"else", b"when",
    b"limit", b"offset", b"by", b"values", b"value", b"return", b"set", b"case", b"having", b"on", b"is",
];
/// Places in a statement where a repeated select of a union may begin; more are not tried.
const SELECTS_TRIED: usize = 16;
/// Unions looked at in a statement.
const MAX_UNIONS: usize = 50;
/// Lists of anything but literals that are looked into.
const MAX_SUBQUERIES: usize = 100;

/// The form of a statement; the same for all that differ in values, spacing, case and comments alone.
pub fn fingerprint(sql: &[u8], dialect: Dialect) -> Vec<u8> {
    let sql = sql.trim_ascii();
    if let Some(form) = special(sql) {
        return form;
    }
    let mut plain = Plain {
        text: sql,
        at: 0,
        dialect,
        out: Vec::with_capacity(sql.len().min(4096)),
        space: false,
        glued: false,
    };
    plain.run();
    let mut out = plain.out;
    while out.last().is_some_and(|b| b.is_ascii_whitespace() || *b == b';') {
        out.pop();
    }
    if let Some(rest) = out.strip_prefix(b"use ")
        && !rest.is_empty()
        && !rest.contains(&b' ')
    {
        return b"use ?".to_vec();
    }
    let mut out = lists(&out);
    if word_at(&out, b"union", 0).is_some() {
        out = unions(out);
    }
    limits(&mut out);
    ascending(&mut out);
    out
}

/// The first word of a fingerprint, in capitals: what kind of statement it is.
pub fn verb(fingerprint: &[u8]) -> Vec<u8> {
    if fingerprint.starts_with(ADMINISTRATOR) {
        return b"ADMIN".to_vec();
    }
    let start = fingerprint
        .iter()
        .position(|b| is_word(*b))
        .unwrap_or(fingerprint.len());
    let rest = fingerprint.get(start..).unwrap_or_default();
    let end = rest.iter().position(|b| !is_word(*b)).unwrap_or(rest.len());
    rest.get(..end.min(32)).unwrap_or_default().to_ascii_uppercase()
}

const ADMINISTRATOR: &[u8] = b"administrator command: ";

/// Statements that are one kind each, whatever stands behind their beginning.
fn special(sql: &[u8]) -> Option<Vec<u8>> {
    let begins = |with: &[u8]| {
        sql.get(..with.len())
            .is_some_and(|b| b.eq_ignore_ascii_case(with))
    };
    if sql.starts_with(ADMINISTRATOR) {
        return Some(sql.strip_suffix(b";").unwrap_or(sql).to_vec());
    }
    if begins(b"select /*!40001 sql_no_cache */ * from ") {
        return Some(b"mysqldump".to_vec());
    }
    if begins(b"call ") {
        let rest = sql.get(5..)?.trim_ascii_start();
        let end = rest.iter().position(|b| *b == b'(' || b.is_ascii_whitespace());
        let name = rest.get(..end.unwrap_or(rest.len()))?;
        let name = name.strip_suffix(b";").unwrap_or(name);
        return Some([b"call ", &*name.to_ascii_lowercase()].concat());
    }
    is_checksum(sql).then(|| b"percona-toolkit".to_vec())
}

/// `/*shop.orders:3/40*/`, by which pt-table-checksum says which part of a table it reads.
fn is_checksum(sql: &[u8]) -> bool {
    let Some(at) = memchr::memmem::find(sql, b"/*") else {
        return false;
    };
    let rest = sql.get(at + 2..).unwrap_or_default();
    let Some(end) = memchr::memmem::find(rest, b"*/") else {
        return false;
    };
    let inside = rest.get(..end).unwrap_or_default();
    let mut parts = inside.splitn(2, |b| *b == b':');
    let (table, part) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let is_table =
        table.iter().filter(|b| **b == b'.').count() == 1 && table.iter().all(|b| is_word(*b) || *b == b'.');
    let mut numbers = part.split(|b| *b == b'/');
    let is_number = |n: Option<&[u8]>| n.is_some_and(|n| !n.is_empty() && n.iter().all(u8::is_ascii_digit));
    is_table && is_number(numbers.next()) && is_number(numbers.next()) && numbers.next().is_none()
}

fn is_word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_' || b >= 0x80
}

/// Writes a statement without values and comments.
struct Plain<'a> {
    text: &'a [u8],
    at: usize,
    dialect: Dialect,
    out: Vec<u8>,
    /// White space stands before what comes next.
    space: bool,
    /// A comment does.
    glued: bool,
}

impl Plain<'_> {
    fn peek(&self, ahead: usize) -> u8 {
        self.text.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn rest(&self) -> &[u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn run(&mut self) {
        while self.at < self.text.len() {
            let (b, next) = (self.peek(0), self.peek(1));
            match b {
                b if b.is_ascii_whitespace() || b == 0 => {
                    self.space = true;
                    self.at += 1;
                }
                // `/*! … */` is run by the server.
                b'/' if next == b'*' && self.peek(2) != b'!' => self.comment(b"*/"),
                b'-' if next == b'-' && self.is_line_comment() => self.comment(b"\n"),
                b'#' if self.dialect == Dialect::MySql => self.comment(b"\n"),
                b'\'' => self.string(b'\'', self.dialect == Dialect::MySql),
                b'"' if self.dialect == Dialect::MySql => self.string(b'"', true),
                b'"' | b'`' => self.name(b),
                b'$' if self.dialect == Dialect::PostgreSql => self.dollar(),
                b'0'..=b'9' => self.number(),
                b'.' if next.is_ascii_digit() && !self.is_behind_operand() => self.number(),
                b'+' | b'-' if self.is_sign() => {
                    self.at += 1;
                    self.number();
                }
                b if is_word(b) || b == b'@' => self.word(),
                b => {
                    self.at += 1;
                    self.push(&[b]);
                }
            }
        }
    }

    /// MySQL wants white space behind the two dashes.
    fn is_line_comment(&self) -> bool {
        let third = self.peek(2);
        self.dialect == Dialect::PostgreSql || third == 0 || third.is_ascii_whitespace()
    }

    fn comment(&mut self, end: &[u8]) {
        let found = memchr::memmem::find(self.rest(), end);
        self.at = found.map_or(self.text.len(), |found| self.at + found + end.len());
        self.glued = true;
        self.space |= end == b"\n";
    }

    fn push(&mut self, token: &[u8]) {
        let (first, last) = (token.first().copied(), self.out.last().copied());
        let words_meet =
            last.is_some_and(|b| is_word(b) || b == b'?') && first.is_some_and(|b| is_word(b) || b == b'?');
        if (self.space || self.glued && words_meet) && !self.out.is_empty() {
            self.out.push(b' ');
        }
        (self.space, self.glued) = (false, false);
        self.out.extend_from_slice(token);
    }

    /// A literal; one that touches another (`_utf8'a'`) is part of it.
    fn value(&mut self) {
        if self.space || self.glued || self.out.last() != Some(&b'?') {
            self.push(b"?");
        }
    }

    /// Passes a text in quotes: a doubled quote stands for itself, and so does one behind a backslash where that is known.
    fn pass_quoted(&mut self, quote: u8, backslash: bool) -> usize {
        let start = self.at;
        self.at += 1;
        while self.at < self.text.len() {
            let b = self.peek(0);
            self.at += 1;
            if b == b'\\' && backslash {
                self.at += 1;
            } else if b == quote {
                if self.peek(0) != quote {
                    break;
                }
                self.at += 1;
            }
        }
        self.at = self.at.min(self.text.len());
        start
    }

    fn string(&mut self, quote: u8, backslash: bool) {
        self.pass_quoted(quote, backslash);
        self.value();
    }

    fn name(&mut self, quote: u8) {
        let start = self.pass_quoted(quote, false);
        let name = without_numbers(self.text.get(start..self.at).unwrap_or_default());
        self.push(&name);
    }

    /// `$1`, or a string between `$$` or `$tag$`.
    fn dollar(&mut self) {
        let rest = self.rest();
        let behind = rest.get(1..).unwrap_or_default();
        let digits = behind.iter().take_while(|b| b.is_ascii_digit()).count();
        if digits > 0 {
            self.at += 1 + digits;
            return self.value();
        }
        let tag = behind.iter().take_while(|b| is_word(**b)).count();
        if behind.get(tag) != Some(&b'$') {
            self.at += 1;
            return self.push(b"$");
        }
        let (mark, inside) = rest.split_at(tag + 2);
        let length = memchr::memmem::find(inside, mark).map_or(inside.len(), |end| end + mark.len());
        self.at += mark.len() + length;
        self.value();
    }

    /// Is a `+` or `-` the sign of the number behind it?
    fn is_sign(&self) -> bool {
        let next = self.peek(1);
        let is_number = next.is_ascii_digit() || next == b'.' && self.peek(2).is_ascii_digit();
        is_number && !self.is_behind_operand()
    }

    fn is_behind_operand(&self) -> bool {
        let Some(&last) = self.out.last() else {
            return false;
        };
        if !is_word(last) {
            return matches!(last, b')' | b']' | b'?' | b'`' | b'"');
        }
        let start = self.out.iter().rposition(|b| !is_word(*b)).map_or(0, |at| at + 1);
        let word = self.out.get(start..).unwrap_or_default();
        !BEFORE_VALUES.contains(&word)
    }

    fn number(&mut self) {
        let digits = |text: &[u8], from: usize, is: fn(&u8) -> bool| {
            text.get(from..)
                .map_or(0, |t| t.iter().take_while(|b| is(b)).count())
        };
        let rest = self.rest();
        let is_prefixed =
            rest.first() == Some(&b'0') && matches!(rest.get(1), Some(b'x' | b'X' | b'b' | b'B'));
        let hex = if is_prefixed {
            digits(rest, 2, u8::is_ascii_hexdigit)
        } else {
            0
        };
        let mut end = if hex > 0 {
            2 + hex
        } else {
            let mut end = digits(rest, 0, u8::is_ascii_digit);
            if rest.get(end) == Some(&b'.') {
                end += 1;
                end += digits(rest, end, u8::is_ascii_digit);
            }
            if matches!(rest.get(end), Some(b'e' | b'E')) {
                let sign = usize::from(matches!(rest.get(end + 1), Some(b'+' | b'-')));
                let power = digits(rest, end + 1 + sign, u8::is_ascii_digit);
                end += if power > 0 { 1 + sign + power } else { 0 };
            }
            end
        };
        end = end.max(1);
        self.at += end;
        self.value();
        // `12foo` is a name.
        if is_word(self.peek(0)) {
            self.word();
        }
    }

    fn word(&mut self) {
        let is_part = |b: &&u8| is_word(**b) || matches!(**b, b'@' | b'$');
        let length = self.rest().iter().take_while(is_part).count().max(1);
        let word = self.rest().get(..length).unwrap_or_default().to_ascii_lowercase();
        let next = self.peek(length);
        self.at += length;
        match &*word {
            // The letter before a string says what is in it.
            b"x" | b"b" | b"n" if next == b'\'' => self.string(b'\'', true),
            b"e" if next == b'\'' => self.string(b'\'', true),
            b"null" | b"true" | b"false" => self.value(),
            word => self.push(&without_numbers(word)),
        }
    }
}

/// A name in small letters, with `?` for each of its numbers.
fn without_numbers(name: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(name.len());
    for b in name {
        match b {
            b'0'..=b'9' if out.last() == Some(&b'?') => {}
            b'0'..=b'9' => out.push(b'?'),
            b => out.push(b.to_ascii_lowercase()),
        }
    }
    out
}

/// Where a whole word stands, from a place on.
fn word_at(text: &[u8], word: &[u8], from: usize) -> Option<usize> {
    let mut from = from;
    loop {
        let at = from + memchr::memmem::find(text.get(from..)?, word)?;
        let before = at.checked_sub(1).and_then(|b| text.get(b));
        let after = text.get(at + word.len());
        let touches =
            |b: Option<&u8>| b.is_some_and(|b| is_word(*b) || matches!(b, b'.' | b'`' | b'"' | b'@'));
        if !touches(before) && !touches(after) {
            return Some(at);
        }
        from = at + word.len();
    }
}

/// The end of what begins with a bracket; nothing where it is not closed.
fn closing(text: &[u8], open: usize) -> Option<usize> {
    let mut depth = 0usize;
    for (at, b) in text.iter().enumerate().skip(open) {
        match b {
            b'(' => depth += 1,
            b')' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// Lists of values behind `in`, `value` and `values`: one `(?+)` for a list of literals alone. Of several rows the first stays.
fn lists(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let (mut done, mut at, mut subqueries) = (0, 0, 0);
    while let Some(found) = memchr::memchr(b'(', text.get(at..).unwrap_or_default()) {
        let open = at + found;
        at = open + 1;
        let before = text.get(done..open).unwrap_or_default().trim_ascii_end();
        let is = |word: &[u8]| {
            let rest = before.strip_suffix(word);
            rest.is_some_and(|r| {
                !r.last()
                    .is_some_and(|b| is_word(*b) || matches!(b, b'.' | b'`' | b'"' | b'@'))
            })
        };
        let is_in = is(b"in");
        if !is_in && !is(b"values") && !is(b"value") {
            continue;
        }
        let Some(mut end) = closing(text, open) else { break };
        let first = text.get(open..end).unwrap_or_default();
        let is_literal = |b: &u8| matches!(b, b'?' | b',' | b' ' | b'(' | b')');
        // Further rows, with or without a comma between.
        loop {
            let rest = text.get(end..).unwrap_or_default();
            let gap = rest.iter().take_while(|b| matches!(b, b',' | b' ')).count();
            let is_row = rest.get(gap) == Some(&b'(') && !is_in;
            match closing(text, end + gap).filter(|_| is_row) {
                Some(row) => end = row,
                None => break,
            }
        }
        if first.iter().all(is_literal) {
            out.extend_from_slice(before);
            out.extend_from_slice(b"(?+)");
        } else if is_in {
            // A subquery may hold lists of its own.
            subqueries += 1;
            if subqueries == MAX_SUBQUERIES {
                break;
            }
            continue;
        } else {
            out.extend_from_slice(before);
            out.extend_from_slice(first);
        }
        done = end;
        at = end;
    }
    out.extend_from_slice(text.get(done..).unwrap_or_default());
    out
}

/// `select ? union select ?` becomes `select ? /*repeat union*/`.
fn unions(mut text: Vec<u8>) -> Vec<u8> {
    let mut from = 0;
    for _ in 0..MAX_UNIONS {
        let Some(at) = word_at(&text, b"union", from) else {
            break;
        };
        from = at + b"union".len();
        let behind = text.get(at..).unwrap_or_default();
        let op: &[u8] = if behind.starts_with(b"union all ") {
            b" union all "
        } else {
            b" union "
        };
        let Some(body_end) = at.checked_sub(1) else {
            continue;
        };
        let Some((start, end)) = repeats(&text, body_end, op) else {
            continue;
        };
        let mark = [&b" /*repeat"[..], op.trim_ascii_end(), b"*/"].concat();
        let body = text.get(start..body_end).unwrap_or_default().len();
        text.splice(start + body..end, mark.iter().copied());
        from = start + body + mark.len();
    }
    text
}

/// Where the select begins that ends here and is repeated behind each `op`, and where the last of these ends.
fn repeats(text: &[u8], body_end: usize, op: &[u8]) -> Option<(usize, usize)> {
    let head = text.get(..body_end)?;
    let mut search = head.len();
    for _ in 0..SELECTS_TRIED {
        let start = memchr::memmem::rfind(head.get(..search)?, b"select ")?;
        search = start + b"select".len();
        let unit = [op, head.get(start..)?].concat();
        let mut end = body_end;
        while let Some(rest) = text.get(end..)
            && rest.starts_with(&unit)
            && matches!(rest.get(unit.len()), None | Some(b' ' | b')' | b';'))
        {
            end += unit.len();
        }
        if end > body_end {
            return Some((start, end));
        }
    }
    None
}

/// `limit ?, ?` and `limit ? offset ?` are `limit ?`.
fn limits(text: &mut Vec<u8>) {
    let mut from = 0;
    while let Some(at) = word_at(text, b"limit", from) {
        from = at + b"limit".len();
        let rest = text.get(from..).unwrap_or_default();
        let Some(behind) = rest.strip_prefix(b" ?") else {
            continue;
        };
        let more = [&b", ?"[..], b",?", b" , ?", b" offset ?"]
            .into_iter()
            .find(|more| behind.starts_with(more));
        if let Some(more) = more {
            let start = from + 2;
            text.drain(start..start + more.len());
        }
    }
}

/// `order by a asc` is `order by a`.
fn ascending(text: &mut Vec<u8>) {
    let Some(mut from) = word_at(text, b"order by", 0) else {
        return;
    };
    while let Some(at) = word_at(text, b"asc", from) {
        from = at + b"asc".len();
        if let Some(start) = at.checked_sub(1).filter(|start| text.get(*start) == Some(&b' ')) {
            text.drain(start..from);
            from = start;
        }
    }
}

#[cfg(test)]
mod tests;
