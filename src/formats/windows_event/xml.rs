//! Events written as XML: `wevtutil qe /f:xml` (one `<Event>` behind the other), the XML that Event Viewer saves (in one
//! `<Events>`), `evtx_dump` (a line `Record 1` before each).

use super::element::{Builder, Child, Element};
use super::rows::Rows;
use crate::formats::Reader;
use crate::table::RowSink;

/// A longer event is not read.
const MAX_EVENT: usize = 4 << 20;
/// Elements inside of each other, at most.
const MAX_DEPTH: usize = 32;
const BEGIN: &[u8] = b"<Event";
const END: &[u8] = b"</Event>";

/// Does a text begin with events?
pub(super) fn is_events(head: &[u8]) -> bool {
    const LOOK: usize = 4096;
    let head = head.trim_ascii_start();
    let head = head.get(..LOOK).unwrap_or(head);
    if !head.starts_with(b"<") && !head.starts_with(b"Record ") {
        return false;
    }
    begin(head, 0).is_some_and(|at| {
        let is_between = |b: &[u8]| left_over(b).is_empty();
        head.get(..at).is_some_and(is_between) && is_system(head.get(at..).unwrap_or_default())
    })
}

/// An `<Event …>` in which `<System>` comes first.
fn is_system(event: &[u8]) -> bool {
    let Some(end) = memchr::memchr(b'>', event) else {
        return false;
    };
    let inside = event.get(end + 1..).unwrap_or_default().trim_ascii_start();
    inside.starts_with(b"<System")
}

/// Where the next `<Event>` or `<Event …>` begins. `<Events>` and `<EventData>` are none.
fn begin(text: &[u8], from: usize) -> Option<usize> {
    let rest = text.get(from..)?;
    memchr::memmem::find_iter(rest, BEGIN)
        .map(|at| from + at)
        .find(|at| {
            let next = text.get(at + BEGIN.len());
            next.is_some_and(|b| matches!(b, b'>' | b' ' | b'\t' | b'\r' | b'\n'))
        })
}

/// What of the text between two events is neither markup around them nor the line that `evtx_dump` writes.
fn left_over(between: &[u8]) -> &[u8] {
    let mut rest = between.trim_ascii();
    loop {
        rest = rest
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(rest)
            .trim_ascii_start();
        let end = match rest {
            [b'<', ..] => memchr::memchr(b'>', rest).map(|at| at + 1),
            _ if rest.starts_with(b"Record ") => {
                let digits = rest.iter().skip(7).take_while(|b| b.is_ascii_digit()).count();
                (digits > 0).then_some(7 + digits)
            }
            _ => None,
        };
        let Some(end) = end else { return rest };
        rest = rest.get(end..).unwrap_or_default();
    }
}

/// Finds events in what is fed.
pub(super) struct XmlReader {
    buf: Vec<u8>,
    /// Where `buf` begins in the member.
    base: u64,
    /// So much of `buf` has no end of an event in it.
    searched: usize,
    rows: Rows,
    json: Vec<u8>,
}

impl XmlReader {
    pub fn new(rows: Rows) -> XmlReader {
        XmlReader {
            buf: Vec::new(),
            base: 0,
            searched: 0,
            rows,
            json: Vec::new(),
        }
    }

    fn run(&mut self, last: bool, sink: &mut RowSink<'_>) {
        let buf = std::mem::take(&mut self.buf);
        // Where what is not done with begins.
        let mut done = 0;
        loop {
            let looked = self.searched.max(done).saturating_sub(END.len());
            let from = looked.max(done);
            let Some(end) = memchr::memmem::find(buf.get(from..).unwrap_or_default(), END) else {
                self.searched = buf.len();
                break;
            };
            let end = from + end + END.len();
            self.piece(
                buf.get(done..end).unwrap_or_default(),
                self.base + done as u64,
                sink,
            );
            done = end;
        }
        let rest = buf.get(done..).unwrap_or_default();
        if last {
            self.tail(rest, self.base + done as u64, sink);
        } else if rest.len() > MAX_EVENT {
            let at = self.base + done as u64;
            sink.reject("event longer than 4 MiB; export it as .evtx or JSON", at, rest);
            done = buf.len();
        }
        self.base += done as u64;
        self.searched -= done.min(self.searched);
        self.buf = buf;
        self.buf.drain(..done);
    }

    /// A piece that ends with the end of an event.
    fn piece(&mut self, piece: &[u8], at: u64, sink: &mut RowSink<'_>) {
        let Some(first) = begin(piece, 0) else {
            return sink.reject("the end of an event whose beginning is missing", at, piece);
        };
        let between = left_over(piece.get(..first).unwrap_or_default());
        if !between.is_empty() {
            sink.reject("text between events", at, between);
        }
        let mut start = first;
        // An event that was cut off has the next one's beginning before its end.
        while let Some(next) =
            begin(piece, start + BEGIN.len()).filter(|next| is_system(piece.get(*next..).unwrap_or_default()))
        {
            let cut = piece.get(start..next).unwrap_or_default();
            sink.reject(CUT, at + start as u64, cut);
            start = next;
        }
        self.event(piece.get(start..).unwrap_or_default(), at + start as u64, sink);
    }

    fn event(&mut self, text: &[u8], at: u64, sink: &mut RowSink<'_>) {
        match parse(text) {
            Ok(root) => {
                self.json.clear();
                root.write(&mut self.json);
                self.rows.event(&self.json, at, text, sink);
            }
            Err(why) => sink.reject(why, at, text),
        }
    }

    /// What stands behind the last event that has an end.
    fn tail(&mut self, rest: &[u8], at: u64, sink: &mut RowSink<'_>) {
        if let Some(start) = begin(rest, 0) {
            sink.reject(CUT, at + start as u64, rest.get(start..).unwrap_or_default());
        } else {
            let left = left_over(rest);
            if !left.is_empty() {
                sink.reject("text between events", at, left);
            }
        }
    }
}

const CUT: &str = "event without an end: the file was cut off; export it again";

impl Reader for XmlReader {
    fn feed(&mut self, chunk: &[u8], sink: &mut RowSink<'_>) {
        self.buf.extend_from_slice(chunk);
        self.run(false, sink);
    }

    fn finish(&mut self, sink: &mut RowSink<'_>) {
        self.run(true, sink);
        self.rows.finish(sink);
    }
}

/// The element that a text is.
fn parse(text: &[u8]) -> Result<Element, &'static str> {
    const BROKEN: &str = "markup that is not well-formed; export the event again";
    let text = String::from_utf8_lossy(text);
    let mut rest: &str = &text;
    let mut builder = Builder::default();
    while !rest.is_empty() {
        let Some(open) = rest.find('<') else { break };
        let (said, markup) = rest.split_at(open);
        let is_layout = said.trim().is_empty() && builder.name().is_some_and(is_container);
        if !said.is_empty() && !is_layout {
            builder.put(Child::Text(unescaped(said)));
        }
        let (inside, close): (&str, &str) = if markup.starts_with("<!--") {
            ("<!--", "-->")
        } else if markup.starts_with("<![CDATA[") {
            ("<![CDATA[", "]]>")
        } else if markup.starts_with("<?") {
            ("<?", "?>")
        } else {
            ("<", ">")
        };
        let body = markup.get(inside.len()..).ok_or(BROKEN)?;
        let end = match inside {
            "<" => tag_end(body),
            _ => body.find(close),
        };
        let end = end.ok_or(BROKEN)?;
        let (tag, after) = body.split_at(end);
        rest = after.get(close.len()..).unwrap_or_default();
        match inside {
            "<![CDATA[" => builder.put(Child::Text(tag.to_owned())),
            "<" => {
                if let Some(name) = tag.strip_prefix('/') {
                    if builder.name() != Some(local(name.trim())) {
                        return Err(BROKEN);
                    }
                    builder.end();
                } else {
                    if builder.depth() >= MAX_DEPTH {
                        return Err("elements inside of each other more than 32 deep");
                    }
                    element(tag, &mut builder).ok_or(BROKEN)?;
                }
            }
            _ => {}
        }
        if builder.root.is_some() {
            break;
        }
    }
    builder.root.ok_or(BROKEN)
}

/// White space in these is only layout.
fn is_container(name: &str) -> bool {
    matches!(
        name,
        "Event" | "System" | "EventData" | "UserData" | "RenderingInfo" | "Keywords"
    )
}

/// Where a tag ends: `>` may stand in an attribute's value.
fn tag_end(tag: &str) -> Option<usize> {
    let mut quote = None;
    tag.bytes().position(|b| {
        match (quote, b) {
            (None, b'"' | b'\'') => quote = Some(b),
            (Some(q), b) if q == b => quote = None,
            _ => {}
        }
        quote.is_none() && b == b'>'
    })
}

/// A name without its prefix.
fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// The beginning of an element, with its attributes; or all of it (`<Security/>`).
fn element(tag: &str, builder: &mut Builder) -> Option<()> {
    let (tag, is_empty) = match tag.strip_suffix('/') {
        Some(tag) => (tag, true),
        None => (tag, false),
    };
    let name_end = tag.find(|c: char| c.is_ascii_whitespace()).unwrap_or(tag.len());
    let (name, mut rest) = tag.split_at(name_end);
    if name.is_empty() || !name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        return None;
    }
    builder.begin(local(name).to_owned());
    loop {
        rest = rest.trim_ascii_start();
        if rest.is_empty() {
            break;
        }
        let (name, after) = rest.split_once('=')?;
        let after = after.trim_ascii_start();
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, more) = after.get(1..)?.split_once(quote)?;
        builder.attribute(name.trim().to_owned());
        builder.put(Child::Text(unescaped(value)));
        rest = more;
    }
    builder.content();
    if is_empty {
        builder.end();
    }
    Some(())
}

/// A text without its character references. What is none stays as it is written.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, reference) = rest.split_at(at);
        out.push_str(before);
        const LONGEST: usize = 10;
        let end = reference.bytes().take(LONGEST).position(|b| b == b';');
        let found = end.and_then(|end| Some((character(reference.get(1..end)?)?, end + 1)));
        match found {
            Some((c, used)) => {
                out.push(c);
                rest = reference.get(used..).unwrap_or_default();
            }
            None => {
                out.push('&');
                rest = reference.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    out
}

fn character(name: &str) -> Option<char> {
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(xml: &str) -> String {
        let mut out = Vec::new();
        parse(xml.as_bytes()).expect("an element").write(&mut out);
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn an_event_becomes_json() {
        assert_eq!(
            json(
                "<Event xmlns='urn:e'><System><EventID Qualifiers=\"16384\">7045</EventID><Security/></System>\n  \
                 <EventData><Data Name='ServiceName'>a &lt;b&gt; &amp; &#34;c&#x22; &x;</Data><Data>one</Data>\
                 <Data>two</Data><Data Name='Empty'></Data><X><![CDATA[<raw>]]></X></EventData></Event>"
            ),
            r##"{"Event":{"#attributes":{"xmlns":"urn:e"},"System":{"EventID":{"#attributes":{"Qualifiers":"16384"},"#text":"7045"},"Security":""},"EventData":{"ServiceName":"a <b> & \"c\" &x;","Data":["one","two"],"Empty":"","X":"<raw>"}}}"##
        );
    }

    #[test]
    fn markup_that_is_none_is_refused() {
        for xml in [
            "<Event><System></Event>",
            "<Event a=b></Event>",
            "<Event>",
            "<Event <a></Event>",
            "< Event></Event>",
        ] {
            assert!(parse(xml.as_bytes()).is_err(), "{xml}");
        }
        let deep = "<a>".repeat(40);
        assert!(parse(deep.as_bytes()).is_err());
    }

    #[test]
    fn what_stands_around_events_is_told_from_other_text() {
        assert!(is_events(
            b"<?xml version=\"1.0\"?>\r\n<Events>\n<Event xmlns='x'>\n <System>"
        ));
        assert!(is_events(
            b"Record 1\n<?xml version=\"1.0\"?>\n<Event>\n <System>"
        ));
        assert!(!is_events(b"<Events><Event><Name>x</Name>"));
        assert!(!is_events(b"<html><EventData><System>"));
        assert_eq!(left_over(b"Record 12\n<?xml?> what"), b"what");
    }
}
