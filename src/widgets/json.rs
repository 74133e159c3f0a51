//! JSON as people read it: indented, coloured by kind of value; every text stays text.

use leptos::prelude::*;

/// A piece of highlighted JSON: its css class and its text.
type Piece = (&'static str, String);

/// Longer texts are shown as they are: colouring them would take the page's time.
const MAX_COLOURED: usize = 400_000;

/// Indented JSON, or the text itself where it is none.
#[component]
pub fn Json(#[prop(into)] text: Signal<String>) -> impl IntoView {
    let pieces = move || {
        text.with(|t| pretty(t))
            .into_iter()
            .map(|(class, text)| view! { <span class=class>{text}</span> })
            .collect_view()
    };
    view! { <pre class="code" tabindex="0">{pieces}</pre> }
}

fn pretty(text: &str) -> Vec<Piece> {
    // Valid or not is for the library to say; the layout is ours, so that members keep their order and numbers their digits.
    if serde_json::from_str::<serde::de::IgnoredAny>(text).is_err() {
        return vec![("", text.to_owned())];
    }
    let indented = indent(text);
    if indented.len() > MAX_COLOURED {
        return vec![("", indented)];
    }
    let mut out: Vec<Piece> = Vec::new();
    let mut rest = indented.as_str();
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
