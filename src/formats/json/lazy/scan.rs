//! Where does a value end, and is it JSON? The walk over the text, in full or past what is broken.

use super::State;

/// Containers inside containers, at most.
pub(super) const MAX_DEPTH: u32 = super::super::MAX_DEPTH as u32;

/// Where the white space at `from` ends.
pub(super) fn space(text: &[u8], from: usize) -> usize {
    text.get(from..)
        .and_then(|t| t.iter().position(|b| !matches!(b, b' ' | b'\t' | b'\n' | b'\r')))
        .map_or(text.len(), |n| from + n)
}

/// The end of a string that starts at `from` with a quote.
pub(super) fn string(text: &[u8], from: usize) -> (usize, State) {
    let mut at = from + 1;
    while let Some(n) = text.get(at..).and_then(|t| memchr::memchr2(b'"', b'\\', t)) {
        if text[at + n] == b'"' {
            return (at + n + 1, State::Whole);
        }
        at += n + 2;
    }
    (text.len(), State::Cut)
}

/// The end of the value at `from`; of a broken one, where its container goes on.
pub(super) fn take(text: &[u8], from: usize) -> (usize, State) {
    match check(text, from) {
        (_, State::Broken(why)) => (pass_over(text, from), State::Broken(why)),
        found => found,
    }
}

/// Walks over one value, checking it.
fn check(text: &[u8], from: usize) -> (usize, State) {
    #[derive(PartialEq)]
    enum Next {
        Value,
        ValueOrEnd,
        Key,
        KeyOrEnd,
        Comma,
    }
    // One bit a level: is it an object?
    let (mut objects, mut depth, mut next, mut at) = (0u128, 0u32, Next::Value, from);
    loop {
        at = space(text, at);
        let Some(&b) = text.get(at) else {
            return (text.len(), State::Cut);
        };
        match next {
            Next::Value | Next::ValueOrEnd => match b {
                b'{' | b'[' => {
                    if depth == MAX_DEPTH {
                        return (at, State::Broken("nested deeper than 128 levels"));
                    }
                    objects = objects << 1 | u128::from(b == b'{');
                    depth += 1;
                    at += 1;
                    next = if b == b'{' {
                        Next::KeyOrEnd
                    } else {
                        Next::ValueOrEnd
                    };
                    continue;
                }
                b']' if next == Next::ValueOrEnd => {
                    depth -= 1;
                    objects >>= 1;
                    at += 1;
                }
                b'"' => match string(text, at) {
                    (end, State::Whole) => at = end,
                    cut => return cut,
                },
                b'-' | b'0'..=b'9' => {
                    at += text[at..]
                        .iter()
                        .position(|b| !matches!(b, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'))
                        .unwrap_or(text.len() - at);
                }
                _ => {
                    let rest = &text[at..];
                    let word = [&b"true"[..], b"false", b"null"]
                        .into_iter()
                        .find(|w| rest.starts_with(w) || w.starts_with(rest));
                    match word {
                        Some(w) if w.len() <= rest.len() => at += w.len(),
                        Some(_) => return (text.len(), State::Cut),
                        None => return (at, State::Broken("not JSON: a value is expected")),
                    }
                }
            },
            Next::Key | Next::KeyOrEnd => match b {
                b'}' if next == Next::KeyOrEnd => {
                    depth -= 1;
                    objects >>= 1;
                    at += 1;
                }
                b'"' => {
                    match string(text, at) {
                        (end, State::Whole) => at = space(text, end),
                        cut => return cut,
                    }
                    match text.get(at) {
                        Some(b':') => at += 1,
                        Some(_) => return (at, State::Broken("not JSON: a colon is expected after a key")),
                        None => return (text.len(), State::Cut),
                    }
                    next = Next::Value;
                    continue;
                }
                _ => return (at, State::Broken("not JSON: a key in quotes is expected")),
            },
            Next::Comma => {
                let in_object = objects & 1 == 1;
                match b {
                    b',' => {
                        at += 1;
                        next = if in_object { Next::Key } else { Next::Value };
                        continue;
                    }
                    b'}' if in_object => {}
                    b']' if !in_object => {}
                    _ => {
                        return (
                            at,
                            State::Broken("not JSON: a comma or a closing bracket is expected"),
                        );
                    }
                }
                depth -= 1;
                objects >>= 1;
                at += 1;
            }
        }
        if depth == 0 {
            return (at, State::Whole);
        }
        next = Next::Comma;
    }
}

/// Where the container goes on behind a broken value: the next comma or closing bracket outside of it.
fn pass_over(text: &[u8], from: usize) -> usize {
    let (mut depth, mut at) = (0usize, from);
    while let Some(&b) = text.get(at) {
        match b {
            b'"' => {
                at = string(text, at).0;
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 0 => return at,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            b',' if depth == 0 => return at,
            _ => {}
        }
        at += 1;
    }
    text.len()
}
