//! HTML exactly as a browser's serialiser writes it: parsed and read back as `innerHTML` it is the same text, so that
//! a page can verify what it shows against a hash of what was written.
//!
//! In texts `&`, `<`, `>` and U+00A0 are escaped, nothing else. Attributes hold only characters that no browser
//! escapes (older ones leave `<` and `>` there alone). Every element is closed, drawings' elements too. What no eye sees
//! (control characters, marks that turn the direction of text) is written as its code.

use std::borrow::Cow;

/// An attribute: its name, its value.
pub type Attribute<'a> = (&'static str, &'a str);

/// HTML being written: elements are closed in the order in which they were opened.
#[derive(Debug, Default)]
pub struct Html {
    out: String,
    open: Vec<&'static str>,
}

impl Html {
    /// Opens an element.
    pub fn open(&mut self, tag: &'static str, attributes: &[Attribute<'_>]) {
        self.void(tag, attributes);
        self.open.push(tag);
    }

    /// An element that has no inside.
    pub fn void(&mut self, tag: &'static str, attributes: &[Attribute<'_>]) {
        self.out.push('<');
        self.out.push_str(tag);
        for (name, value) in attributes {
            attribute(name, value, &mut self.out);
        }
        self.out.push('>');
    }

    /// Closes the element that was opened last.
    pub fn close(&mut self) {
        if let Some(tag) = self.open.pop() {
            self.out.push_str("</");
            self.out.push_str(tag);
            self.out.push('>');
        }
    }

    /// A text of any origin, as text.
    pub fn text(&mut self, text: &str) {
        for c in lines(text).chars() {
            if is_unseen(c) {
                let code = code_of(c);
                self.leaf("span", &[("class", "unseen")], &code);
            } else {
                escaped(c, &mut self.out);
            }
        }
    }

    /// An element with nothing but a text in it.
    pub fn leaf(&mut self, tag: &'static str, attributes: &[Attribute<'_>], text: &str) {
        self.open(tag, attributes);
        self.text(text);
        self.close();
    }

    /// A line's end, for people who read the source; only where elements stand among elements.
    pub fn line(&mut self) {
        self.out.push('\n');
    }

    /// A drawing that this program made ([`crate::chart::svg`]), in this spelling.
    pub fn drawing(&mut self, svg: &str) {
        drawing(svg, &mut self.out);
    }

    /// The text, all elements closed.
    pub fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.out
    }
}

/// A text of any origin for an element that holds no others (`<title>`): what no eye sees stands as its bare code.
pub fn plain(text: &str) -> String {
    let mut out = String::new();
    for c in lines(text).chars() {
        if is_unseen(c) {
            out.push_str(&code_of(c));
        } else {
            escaped(c, &mut out);
        }
    }
    out
}

/// Line ends as HTML knows them: a parser reads a carriage return before a line feed as nothing.
fn lines(text: &str) -> Cow<'_, str> {
    if text.contains("\r\n") {
        Cow::Owned(text.replace("\r\n", "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

fn escaped(c: char, out: &mut String) {
    match c {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '\u{a0}' => out.push_str("&nbsp;"),
        c => out.push(c),
    }
}

/// Names, numbers and links within the page are all that attributes hold; whatever else is dropped.
fn attribute(name: &str, value: &str, out: &mut String) {
    let may = |c: &char| c.is_ascii_alphanumeric() || " #-_./:,;()%".contains(*c);
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    out.extend(value.chars().filter(may));
    out.push('"');
}

/// Does nobody see it, or does it change how what is beside it is seen? Also what a parser would change or drop.
pub fn is_unseen(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        c if c.is_control() => true,
        // Soft hyphen, fillers, marks of direction, joiners, separators, invisible operators, tags, no characters.
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{2800}'
        | '\u{3164}'
        | '\u{fdd0}'..='\u{fdef}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}' => true,
        c => (u32::from(c) & 0xfffe) == 0xfffe,
    }
}

/// `U+202E`
pub fn code_of(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}

/// Copies XML as `chart` writes it (double quotes, `<` and `>` only around tags) element by element.
fn drawing(svg: &str, out: &mut String) {
    let mut rest = svg;
    while let Some((text, after)) = rest.split_once('<') {
        drawn_text(text, out);
        let Some((tag, after)) = after.split_once('>') else {
            return;
        };
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            out.push_str("</");
            out.push_str(name.trim());
            out.push('>');
            continue;
        }
        let (tag, alone) = match tag.strip_suffix('/') {
            Some(tag) => (tag, true),
            None => (tag, false),
        };
        let (name, attributes) = tag.split_once([' ', '\n', '\t']).unwrap_or((tag, ""));
        out.push('<');
        out.push_str(name);
        let mut attributes = attributes;
        while let Some((name, value)) = attributes.split_once("=\"") {
            let (value, after) = value.split_once('"').unwrap_or((value, ""));
            attribute(name.trim(), value, out);
            attributes = after;
        }
        out.push('>');
        if alone {
            out.push_str("</");
            out.push_str(name);
            out.push('>');
        }
    }
}

/// A text of a drawing; what stands between its elements is layout of the source and goes.
fn drawn_text(text: &str, out: &mut String) {
    if text.trim_matches([' ', '\n']).is_empty() {
        return;
    }
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (plain, entity) = rest.split_at(at);
        drawn_plain(plain, out);
        const KNOWN: [(&str, char); 5] = [
            ("&lt;", '<'),
            ("&gt;", '>'),
            ("&amp;", '&'),
            ("&quot;", '"'),
            ("&apos;", '\''),
        ];
        match KNOWN.iter().find(|(spelled, _)| entity.starts_with(spelled)) {
            Some((spelled, c)) => {
                escaped(*c, out);
                rest = entity.get(spelled.len()..).unwrap_or_default();
            }
            None => {
                escaped('&', out);
                rest = entity.get(1..).unwrap_or_default();
            }
        }
    }
    drawn_plain(rest, out);
}

fn drawn_plain(text: &str, out: &mut String) {
    for c in lines(text).chars() {
        if is_unseen(c) {
            out.push('[');
            out.push_str(&code_of(c));
            out.push(']');
        } else {
            escaped(c, out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_stay_texts_and_are_escaped_as_browsers_do() {
        let mut html = Html::default();
        html.leaf(
            "p",
            &[("id", "a\"b<c")],
            "a<b>&amp; \"q\" 'q'\u{a0}\u{202e}\u{0}\u{feff}\r\nend",
        );
        assert_eq!(
            html.finish(),
            "<p id=\"abc\">a&lt;b&gt;&amp;amp; \"q\" 'q'&nbsp;<span class=\"unseen\">U+202E</span>\
             <span class=\"unseen\">U+0000</span><span class=\"unseen\">U+FEFF</span>\nend</p>"
        );
    }

    #[test]
    fn drawings_are_closed_element_by_element() {
        let mut html = Html::default();
        html.drawing(
            "<svg viewBox=\"0 0 1 1\">\n<title>a &quot;b&quot; &lt;c&gt; d&apos;e &amp;amp;\u{200e}</title>\n<rect x=\"1\" class=\"fill-ink\"/>\n<text x=\"1\">\na b</text>\n</svg>\n",
        );
        assert_eq!(
            html.finish(),
            "<svg viewBox=\"0 0 1 1\"><title>a \"b\" &lt;c&gt; d'e &amp;amp;[U+200E]</title>\
             <rect x=\"1\" class=\"fill-ink\"></rect><text x=\"1\">\na b</text></svg>"
        );
    }
}
