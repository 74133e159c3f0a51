//! JSON taken apart for reading: a member or item a line, coloured by kind of value, each value with the path that a
//! filter knows it by.

/// A piece of highlighted JSON: its css class and its text.
pub type Piece = (&'static str, String);

/// Longer texts are shown as they are: colouring them would take the page's time.
const MAX_COLOURED: usize = 400_000;

/// A line of indented JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    pub pieces: Vec<Piece>,
    pub value: Option<Leaf>,
}

/// A value that holds no others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leaf {
    /// `requestParameters.items[].groupId`
    pub path: String,
    /// The text itself, or the digits as they stand; `None` is null.
    pub text: Option<String>,
}

/// Indented JSON by lines; text that is none, or too long for colours, in one.
pub fn lines(text: &str) -> Vec<Line> {
    let plain = |text: String| {
        vec![Line {
            pieces: vec![("", text)],
            value: None,
        }]
    };
    // Valid or not is for the library to say; the layout is ours, so that members keep their order and numbers their digits.
    if serde_json::from_str::<serde::de::IgnoredAny>(text).is_err() {
        return plain(text.to_owned());
    }
    let indented = indent(text);
    if indented.len() > MAX_COLOURED {
        return plain(indented);
    }
    // The containers around a line: their paths, and whether they are lists.
    let mut around: Vec<(String, bool)> = Vec::new();
    indented
        .split('\n')
        .map(|line| Line {
            pieces: pieces(line),
            value: leaf(line.trim_start(), &mut around),
        })
        .collect()
}

/// The value of a line; keeps the containers around the next one.
fn leaf(line: &str, around: &mut Vec<(String, bool)>) -> Option<Leaf> {
    if line.starts_with(['}', ']']) {
        around.pop();
        return None;
    }
    let mut rest = line;
    let mut path = match around.last() {
        Some((path, true)) => format!("{path}[]"),
        Some((path, false)) => path.clone(),
        None => String::new(),
    };
    if let Some((key, value)) = member(line) {
        step(&mut path, &key);
        rest = value;
    }
    let rest = rest.trim_end_matches(',');
    match rest {
        "{" | "[" => {
            around.push((path, rest == "["));
            None
        }
        "{}" | "[]" => None,
        "null" => Some(Leaf { path, text: None }),
        _ if path.is_empty() => None,
        scalar => {
            let text = serde_json::from_str::<String>(scalar).unwrap_or_else(|_| scalar.to_owned());
            Some(Leaf {
                path,
                text: Some(text),
            })
        }
    }
}

/// A line's name and what stands behind it.
fn member(line: &str) -> Option<(String, &str)> {
    if !line.starts_with('"') {
        return None;
    }
    let (name, value) = line.split_at(string_len(line));
    let value = value.strip_prefix(": ")?;
    Some((serde_json::from_str(name).ok()?, value))
}

/// Goes on to a member: `a.b`, or `a["odd.name"]` where the name holds signs of paths.
fn step(path: &mut String, name: &str) {
    if name.contains(['.', '[', ']', '*', '"']) || name.is_empty() {
        let quote = if name.contains('"') { '\'' } else { '"' };
        path.push_str(&format!("[{quote}{name}{quote}]"));
    } else {
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(name);
    }
}

fn pieces(line: &str) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let (class, len) = match first {
            '"' => {
                let len = string_len(rest);
                let key = rest[len..].starts_with(':');
                (if key { "k" } else { "s" }, len)
            }
            '-' | '0'..='9' => ("n", run(rest, |c| c.is_ascii_alphanumeric() || "+-.".contains(c))),
            't' | 'f' => ("n", run(rest, |c| c.is_ascii_alphabetic())),
            'n' => ("c", run(rest, |c| c.is_ascii_alphabetic())),
            _ => (
                "",
                run(rest, |c| !matches!(c, '"' | '-' | '0'..='9' | 't' | 'f' | 'n')),
            ),
        };
        let (piece, after) = rest.split_at(len.max(1));
        out.push((class, piece.to_owned()));
        rest = after;
    }
    out
}

/// Valid JSON, a member or item a line.
fn indent(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut depth = 0usize;
    let mut rest = text.trim();
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    };
    while let Some(c) = rest.chars().next() {
        let mut len = c.len_utf8();
        match c {
            '"' => {
                len = string_len(rest);
                out.push_str(&rest[..len]);
            }
            '{' | '[' => {
                out.push(c);
                let inside = rest[len..].trim_start();
                if let Some(close @ ('}' | ']')) = inside.chars().next() {
                    out.push(close);
                    rest = &inside[1..];
                    continue;
                }
                depth += 1;
                line(&mut out, depth);
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(c);
            }
            ',' => {
                out.push(c);
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            c if c.is_whitespace() => {}
            c => out.push(c),
        }
        rest = &rest[len..];
    }
    out
}

fn run(s: &str, more: impl Fn(char) -> bool) -> usize {
    s.find(|c| !more(c)).unwrap_or(s.len())
}

fn string_len(s: &str) -> usize {
    let mut escaped = false;
    for (i, c) in s.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return i + 1,
            _ => {}
        }
    }
    s.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(text: &str) -> Vec<(String, Option<String>)> {
        let values = lines(text).into_iter().filter_map(|l| l.value);
        values.map(|v| (v.path, v.text)).collect()
    }

    #[test]
    fn every_value_has_the_path_that_a_filter_knows() {
        let text = r#"{"a":{"b":"x, {y}","c":[{"d":1},{"d":2.50}],"e":[]},"odd.name":null,"list":["p","q"],"t":true}"#;
        let some = |path: &str, text: &str| (path.to_owned(), Some(text.to_owned()));
        assert_eq!(
            leaves(text),
            [
                some("a.b", "x, {y}"),
                some("a.c[].d", "1"),
                some("a.c[].d", "2.50"),
                ("[\"odd.name\"]".to_owned(), None),
                some("list[]", "p"),
                some("list[]", "q"),
                some("t", "true"),
            ]
        );
    }

    #[test]
    fn lines_say_what_was_there() {
        let text = "{\"a\":[1,{}],\"b\":\"\\u00e9\"}";
        let all: String = lines(text)
            .into_iter()
            .flat_map(|l| l.pieces)
            .map(|p| p.1)
            .collect();
        assert_eq!(all.replace(' ', ""), text);
        assert_eq!(
            lines("no json"),
            [Line {
                pieces: vec![("", "no json".to_owned())],
                value: None
            }]
        );
    }
}
