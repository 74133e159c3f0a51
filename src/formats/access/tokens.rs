//! A line's values: separated by spaces, some in quotes, one in brackets.

/// Where the values of a line stand, without their quotes and brackets. `out` is cleared first.
///
/// A quoted value ends at a quote that a space or the line's end follows, unless a quote has opened inside of it: user agents
/// hold quotes that nobody escaped. Where that leaves the line open, the first quote that may end the value does.
pub(super) fn cut(line: &[u8], out: &mut Vec<(usize, usize)>) {
    out.clear();
    let mut at = 0;
    loop {
        while line.get(at).is_some_and(|b| *b <= b' ') {
            at += 1;
        }
        let Some(first) = line.get(at) else { return };
        let (from, to, next) = match first {
            b'"' => {
                let end = quoted(line, at + 1);
                (at + 1, end, end + 1)
            }
            b'[' => match ends(line, at + 1, b']') {
                Some(end) => (at + 1, end, end + 1),
                None => plain(line, at),
            },
            _ => plain(line, at),
        };
        out.push((from, to));
        at = next;
    }
}

fn plain(line: &[u8], at: usize) -> (usize, usize, usize) {
    let rest = line.get(at..).unwrap_or_default();
    let end = at + memchr::memchr2(b' ', b'\t', rest).unwrap_or(rest.len());
    (at, end, end)
}

/// The first sign from `from` on that a space or the line's end follows.
fn ends(line: &[u8], from: usize, sign: u8) -> Option<usize> {
    let rest = line.get(from..)?;
    memchr::memchr_iter(sign, rest)
        .map(|at| from + at)
        .find(|at| line.get(at + 1).is_none_or(|b| *b <= b' '))
}

/// Where a quoted value that begins at `from` ends.
fn quoted(line: &[u8], from: usize) -> usize {
    let rest = line.get(from..).unwrap_or_default();
    let mut depth = 1;
    for at in memchr::memchr_iter(b'"', rest) {
        let at = from + at;
        let is_escaped = at > from && line.get(at - 1) == Some(&b'\\');
        let is_before_space = line.get(at + 1).is_none_or(|b| *b <= b' ');
        let is_after_space = at > from && line.get(at - 1) == Some(&b' ');
        if is_escaped && !is_before_space {
            continue;
        }
        if is_before_space || depth > 1 {
            depth -= 1;
        } else if is_after_space || line.get(at - 1).is_some_and(|b| matches!(b, b'(' | b'=')) {
            depth += 1;
        }
        if depth == 0 {
            return at;
        }
    }
    ends(line, from, b'"').unwrap_or(line.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values(line: &str) -> Vec<&str> {
        let mut out = Vec::new();
        cut(line.as_bytes(), &mut out);
        out.into_iter().map(|(from, to)| &line[from..to]).collect()
    }

    #[test]
    fn quotes_and_brackets_hold_spaces() {
        assert_eq!(
            values(r#"a [1 2] "b c" - "" d"#),
            ["a", "1 2", "b c", "-", "", "d"]
        );
        assert_eq!(values("  a  \tb "), ["a", "b"]);
        assert_eq!(values("[2001:db8::1]:443 x"), ["[2001:db8::1]:443", "x"]);
        assert_eq!(values(""), [] as [&str; 0]);
    }

    #[test]
    fn quotes_inside_of_a_quoted_text_are_its_own() {
        assert_eq!(
            values(r#""Agent (X; "Linux")" - x"#),
            [r#"Agent (X; "Linux")"#, "-", "x"]
        );
        assert_eq!(values(r#""a "b" c" d"#), [r#"a "b" c"#, "d"]);
        assert_eq!(values(r#""a\"b" d"#), [r#"a\"b"#, "d"]);
        assert_eq!(
            values(r#""half "open" d"#),
            [r#"half "open"#, "d"],
            "one quote that opens nothing"
        );
        assert_eq!(values(r#"a "never ends"#), ["a", "never ends"]);
    }

    proptest! {
        #[test]
        fn every_value_stands_in_the_line_in_order(line in r#"[ab" \[\]\\()=-]{0,60}"#) {
            let mut out = Vec::new();
            cut(line.as_bytes(), &mut out);
            let mut before = 0;
            for (from, to) in out {
                prop_assert!(before <= from && from <= to && to <= line.len());
                before = to;
            }
        }
    }
}
