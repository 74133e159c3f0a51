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
    let parsed = serde_json::from_str::<serde_json::Value>(text);
    let Ok(indented) = parsed.and_then(|v| serde_json::to_string_pretty(&v)) else {
        return vec![("", text.to_owned())];
    };
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
