//! What people write in a filter out of habit from other languages: where it stands, and what to write instead.
//!
//! Each of these would otherwise be read as words to look for, and match nothing without a reason. In quotes all of it is
//! plain text.

use crate::query::ask::Op;
use std::borrow::Cow;

/// Where reading a filter stopped, what could have stood there, and what to type instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// Byte offset in the text.
    pub at: usize,
    /// How many bytes of the text are meant; 0 at the end of the text.
    pub len: usize,
    /// What stands there, in words; empty where it speaks for itself.
    pub found: Cow<'static, str>,
    pub expected: Cow<'static, str>,
    /// The whole text, mended, where it is clear what was meant.
    pub instead: Option<String>,
    /// Which character of the text it is, counted from one.
    character: usize,
    text: String,
}

impl ParseError {
    /// Something else was expected at this place of a text.
    pub(super) fn at(text: &str, at: usize, expected: impl Into<Cow<'static, str>>) -> Self {
        ParseError {
            at,
            len: 0,
            found: Cow::Borrowed(""),
            expected: expected.into(),
            instead: None,
            character: text.get(..at).unwrap_or(text).chars().count() + 1,
            text: text.to_owned(),
        }
    }

    /// So many bytes are meant.
    pub(super) fn long(mut self, len: usize) -> Self {
        self.len = len;
        self
    }

    /// What stands there.
    pub(super) fn because(mut self, found: impl Into<Cow<'static, str>>) -> Self {
        self.found = found.into();
        self
    }

    /// These bytes are better left out.
    pub(super) fn cut(self) -> Self {
        self.replaced("")
    }

    /// These bytes are better written like this.
    pub(super) fn replaced(mut self, by: &str) -> Self {
        let (before, after) = (self.text.get(..self.at), self.text.get(self.at + self.len..));
        self.instead = before.zip(after).map(|(a, b)| format!("{a}{by}{b}"));
        self
    }

    /// This is missing at the end.
    pub(super) fn ending(mut self, with: &str) -> Self {
        self.instead = Some(format!("{}{with}", self.text.trim_end()));
        self
    }
}

impl ParseError {
    /// What is wrong, without what to type instead.
    pub fn why(&self) -> String {
        let (expected, character) = (&self.expected, self.character);
        match self.found.as_ref() {
            "" => format!("Expected {expected} at character {character}."),
            found => format!("At character {character}: {found}; expected {expected}."),
        }
    }
}

impl std::fmt::Display for ParseError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.why())?;
        match &self.instead {
            Some(text) => write!(f, " Type: {text}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ParseError {}

/// A mistake at the beginning of a text, or some bytes behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mistake {
    /// Bytes before it.
    skip: usize,
    len: usize,
    found: Cow<'static, str>,
    expected: Cow<'static, str>,
    /// What to write in its place.
    by: Option<String>,
}

impl Mistake {
    fn new(len: usize, found: impl Into<Cow<'static, str>>, expected: &'static str, by: &str) -> Self {
        Mistake {
            skip: 0,
            len,
            found: found.into(),
            expected: Cow::Borrowed(expected),
            by: Some(by.to_owned()),
        }
    }

    fn behind(mut self, skip: usize) -> Self {
        self.skip = skip;
        self
    }

    /// The error for a mistake in what follows `at` in the whole text.
    pub(super) fn error(self, text: &str, at: usize) -> ParseError {
        let error = ParseError::at(text, at + self.skip, self.expected)
            .long(self.len)
            .because(self.found);
        match self.by {
            Some(by) => error.replaced(&by),
            None => error,
        }
    }
}

/// Up to the next space.
fn first_word(text: &str) -> &str {
    text.split(char::is_whitespace).next().unwrap_or("")
}

/// `&&` and `||` anywhere in a word, which other languages allow without spaces.
fn joiner(text: &str) -> Option<Mistake> {
    let word = first_word(text);
    let word = &word[..word.find(['"', '(', ')']).unwrap_or(word.len())];
    [("&&", "and"), ("||", "or")]
        .into_iter()
        .find_map(|(sign, name)| {
            let skip = word.find(sign)?;
            let said = format!("`{sign}` is no word of this filter");
            let expected = if name == "and" { "`and`" } else { "`or`" };
            // A space on either side, unless there is one.
            let behind = &text[skip + sign.len()..];
            let gap = |is: bool| if is { " " } else { "" };
            let after = !behind.starts_with(char::is_whitespace);
            let by = format!("{}{name}{}", gap(skip > 0), gap(after));
            Some(Mistake::new(sign.len(), said, expected, &by).behind(skip))
        })
}

/// Quotes as word processors and other languages write them.
fn other_quotes(text: &str) -> Option<Mistake> {
    const OPENING: &str = "“”„‟«»‘’‚‛'";
    let first = text.chars().next().filter(|c| OPENING.contains(*c))?;
    let inside = &text[first.len_utf8()..];
    let said = format!("{first} is no quote here");
    // As far as the quote that closes it, or else the word.
    let end = inside.find(|c| OPENING.contains(c));
    let word = end.map_or_else(|| first_word(inside), |end| &inside[..end]);
    let closing = end
        .and_then(|end| inside[end..].chars().next())
        .map_or(0, char::len_utf8);
    let len = first.len_utf8() + word.len() + closing;
    let by = format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\""));
    Some(Mistake::new(len, said, "the straight double quote `\"`", &by))
}

/// What is wrong with the word (a field's name or a text to look for) at the beginning.
pub(super) fn in_word(text: &str) -> Option<Mistake> {
    let word = first_word(text);
    let tilde = "`~` is no operator here";
    match word {
        "~" | "~=" => {
            return Some(Mistake::new(word.len(), tilde, "`:`, which means contains", ":"));
        }
        "!~" => {
            return Some(Mistake::new(2, tilde, "`!:`, which means does not contain", "!:"));
        }
        _ => {}
    }
    let negated = text.starts_with('!') && !text.starts_with("!=") && !text.starts_with("!:");
    negated
        .then(|| {
            // The space behind it goes too: `not` brings its own.
            let len = text.len() - text[1..].trim_start().len();
            Mistake::new(len, "`!` is no word of this filter", "`not`", "not ")
        })
        .or_else(|| other_quotes(text))
        .or_else(|| joiner(text))
}

/// What is wrong with the operator at the beginning.
pub(super) fn in_operator(text: &str) -> Option<Mistake> {
    const KNOWN: [(&str, &str, &str, &str); 8] = [
        ("===", "`===` is no operator here", "`=`", "="),
        ("==", "`==` is no operator here", "`=`", "="),
        ("=~", "`=~` is no operator here", "`:`, which means contains", ":"),
        ("!==", "`!==` is no operator here", "`!=`", "!="),
        (
            "!=~",
            "`!=~` is no operator here",
            "`!:`, which means does not contain",
            "!:",
        ),
        ("<>", "`<>` is no operator here", "`!=`", "!="),
        ("=>", "`=>` is no operator here", "`>=`", ">="),
        ("=<", "`=<` is no operator here", "`<=`", "<="),
    ];
    let known = KNOWN.iter().find(|(sign, ..)| text.starts_with(sign))?;
    let &(sign, found, expected, by) = known;
    Some(Mistake::new(sign.len(), found, expected, by))
}

/// What is wrong with the value at the beginning.
pub(super) fn in_value(text: &str) -> Option<Mistake> {
    other_quotes(text).or_else(|| joiner(text))
}

/// Bytes in a unit that people write behind a number.
fn unit(word: &str) -> Option<u64> {
    let of = |k: u64, power: u32| Some(k.pow(power));
    match word.to_ascii_lowercase().as_str() {
        "b" | "byte" | "bytes" => Some(1),
        "kb" => of(1000, 1),
        "mb" => of(1000, 2),
        "gb" => of(1000, 3),
        "tb" => of(1000, 4),
        "kib" => of(1024, 1),
        "mib" => of(1024, 2),
        "gib" => of(1024, 3),
        "tib" => of(1024, 4),
        _ => None,
    }
}

/// A number with a unit (`1 MB`), or with separators (`1,000`), where a number is compared.
pub(super) fn in_number(text: &str, op: Op) -> Option<Mistake> {
    let digits = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let number = text
        .get(..digits)
        .filter(|n| n.starts_with(|c: char| c.is_ascii_digit()))?;
    let behind = &text[digits..];
    let gap = behind.len() - behind.trim_start().len();
    let word_of = |s: &str| {
        let end = s.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(s.len());
        let ends = s[end..]
            .chars()
            .next()
            .is_none_or(|c| c.is_whitespace() || c == ')');
        ends.then_some(end)
    };
    let word = &behind[gap..][..word_of(&behind[gap..])?];
    let bytes = unit(word)?;
    let ordered = matches!(op, Op::Lt | Op::Le | Op::Gt | Op::Ge);
    // `size = 1MB` may be the text that a field holds; `size > 1MB` and `size = 1 MB` can only mean a number.
    if gap == 0 && !ordered {
        return None;
    }
    // A word behind the value that is compared itself is a field's name.
    let after = behind[gap + word.len()..].trim_start();
    if gap > 0 && super::OPS.iter().any(|(sign, _)| after.starts_with(sign)) {
        return None;
    }
    let whole = number.parse::<f64>().ok().map(|n| (n * bytes as f64).round());
    let len = digits + gap + word.len();
    Some(Mistake {
        skip: 0,
        len,
        found: Cow::Owned(format!("`{}` is no number", &text[..len])),
        expected: Cow::Borrowed("a number without a unit"),
        by: whole.filter(|n| *n < 1e18).map(|n| format!("{n:.0}")),
    })
}

#[cfg(test)]
mod tests {
    use crate::query::text::{parse, write};

    /// What is said of a text, and that what it says to type can be read.
    fn said(text: &str) -> String {
        let e = parse(text).expect_err(text);
        let marked = text.get(e.at..e.at + e.len).expect("a place in the text");
        if let Some(instead) = &e.instead {
            parse(instead).unwrap_or_else(|again| panic!("{instead}: {again}"));
        }
        format!("[{marked}] {e}")
    }

    #[test]
    fn operators_of_other_languages() {
        assert_eq!(
            said("eventName == StopLogging"),
            "[==] At character 11: `==` is no operator here; expected `=`. Type: eventName = StopLogging"
        );
        assert!(said("a =~ b").ends_with("Type: a : b"));
        assert!(said("a ~ b").ends_with("Type: a : b"));
        assert!(said("a !~ b").ends_with("Type: a !: b"));
        assert!(said("a <> b").ends_with("Type: a != b"));
        assert!(said("bytes => 5").ends_with("Type: bytes >= 5"));
    }

    #[test]
    fn joiners_of_other_languages() {
        assert_eq!(
            said("a = 1 && b = 2"),
            "[&&] At character 7: `&&` is no word of this filter; expected `and`. Type: a = 1 and b = 2"
        );
        assert!(said("a=1||b=2").ends_with("Type: a=1 or b=2"));
        assert!(said("!errorCode:*").ends_with("Type: not errorCode:*"));
        assert!(said("a = 1 and ! (b = 2)").ends_with("Type: a = 1 and not (b = 2)"));
    }

    #[test]
    fn quotes_and_parentheses() {
        assert!(said("eventName = “Stop Logging”").ends_with("Type: eventName = \"Stop Logging\""));
        assert!(said("eventName = 'StopLogging'").ends_with("Type: eventName = \"StopLogging\""));
        assert_eq!(
            said("é = \"unfinished"),
            "[\"] Expected a closing quote for this one at character 5. Type: é = \"unfinished\""
        );
        assert_eq!(
            said("a = 1 and (b = 2 or c = 3"),
            "[(] Expected a `)` for this `(` at character 11. Type: a = 1 and (b = 2 or c = 3)"
        );
        assert!(said("a = 1)").starts_with("[)] At character 6: nothing was opened for this `)`"));
    }

    #[test]
    fn numbers_have_no_units() {
        assert_eq!(
            said("bytes > 1 MB"),
            "[1 MB] At character 9: `1 MB` is no number; expected a number without a unit. Type: bytes > 1000000"
        );
        assert!(said("bytes>=1.5KiB and a = b").ends_with("Type: bytes>=1536 and a = b"));
        // A text that a field may hold, a field's name, a word asked for in so many words.
        for fine in [
            "size = 1MB",
            "packets = 1 bytes > 5",
            "a = 1 and MB",
            "a > \"1MB\"",
        ] {
            assert!(parse(fine).is_ok(), "{fine}");
        }
    }

    #[test]
    fn what_is_written_in_quotes_is_text() {
        for text in [
            "\"~\"",
            "\"!a\" = \"b&&c\"",
            "a = \"'x'\"",
            "\"“x”\"",
            "a > \"1 MB\"",
            "a = ~b",
        ] {
            let read = parse(text).unwrap_or_else(|e| panic!("{text}: {e}"));
            assert_eq!(parse(&write(&read)), Ok(read), "{text}");
        }
    }
}
