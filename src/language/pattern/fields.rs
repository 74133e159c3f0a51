//! The fields of a space-delimited message (FilterAndPatternSyntax, "space-delimited log events").

use std::borrow::Cow;

/// A field of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field<'m> {
    /// Without its quotes or brackets.
    pub text: Cow<'m, str>,
    /// The byte of the message where it begins, its delimiter included.
    pub at: usize,
}

/// Goes over the fields of a message. Quotes and brackets at a field's start hold it together up to the next closing one;
/// what is not closed is an ordinary character.
pub struct Fields<'m> {
    message: &'m str,
    at: usize,
    /// No `]` is left: looked for once, not again at every `[`.
    no_bracket: bool,
}

impl<'m> Fields<'m> {
    pub fn new(message: &'m str) -> Self {
        Fields {
            message,
            at: 0,
            no_bracket: false,
        }
    }

    fn behind(&self, at: usize) -> &'m str {
        self.message.get(at..).unwrap_or_default()
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

impl<'m> Iterator for Fields<'m> {
    type Item = Field<'m>;

    fn next(&mut self) -> Option<Field<'m>> {
        let rest = self.behind(self.at);
        let at = self.at + rest.bytes().position(|b| !is_space(b))?;
        let rest = self.behind(at);
        let held = match rest.bytes().next() {
            Some(b'[') if !self.no_bracket => {
                let close = rest.find(']');
                self.no_bracket = close.is_none();
                close
            }
            // One that is not closed has no other behind it.
            Some(b'"') => closing_quote(rest),
            _ => None,
        };
        // Behind the closing delimiter more characters may be glued to the field.
        let tail_at = held.map_or(at, |close| at + close + 1);
        let tail = self.behind(tail_at);
        let tail = tail
            .get(..tail.bytes().position(is_space).unwrap_or(tail.len()))
            .unwrap_or_default();
        self.at = tail_at + tail.len();
        let inner = held.and_then(|close| rest.get(1..close)).unwrap_or_default();
        let text = match (inner, tail) {
            ("", tail) => Cow::Borrowed(tail),
            (inner, "") => Cow::Borrowed(inner),
            (inner, tail) => Cow::Owned(format!("{inner}{tail}")),
        };
        Some(Field { text, at })
    }
}

/// Of a text that begins with a quote.
fn closing_quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(at),
            _ => {}
        }
    }
    None
}
