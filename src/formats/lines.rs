//! Text into lines, wherever the chunks end.

/// A longer line is not kept: nothing that is a log line comes near it.
pub const MAX_LINE_BYTES: usize = 1 << 20;
/// How much of a line that is too long is handed out, for the note about it.
const HEAD_BYTES: usize = crate::base::notes::TEXT_KEPT;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// One line, without its line break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// Where its first byte stands, counted over everything that was fed (a byte order mark included).
    pub offset: u64,
    pub text: &'a [u8],
    /// The line is longer than [`MAX_LINE_BYTES`]; `text` is only its beginning.
    pub too_long: bool,
}

/// Cuts what is fed into lines. It holds the one line that a chunk left open, never more than [`MAX_LINE_BYTES`].
#[derive(Default)]
pub struct Lines {
    /// The beginning of a line whose end has not been fed yet.
    held: Vec<u8>,
    /// The held line has outgrown [`MAX_LINE_BYTES`]; only its beginning is still held.
    too_long: bool,
    /// Where the line that is open begins.
    start: u64,
    /// Bytes fed so far.
    fed: u64,
}

impl Lines {
    pub fn feed(&mut self, chunk: &[u8], mut each: impl FnMut(Line<'_>)) {
        let mut from = 0;
        for at in memchr::memchr_iter(b'\n', chunk) {
            let text = &chunk[from..at];
            if self.held.is_empty() && text.len() <= MAX_LINE_BYTES {
                each(line(self.start, text, false));
            } else {
                self.hold(text);
                self.emit(&mut each);
            }
            from = at + 1;
            self.start = self.fed + from as u64;
        }
        self.hold(&chunk[from..]);
        self.fed += chunk.len() as u64;
    }

    /// Hands out a last line that has no line break.
    pub fn finish(&mut self, mut each: impl FnMut(Line<'_>)) {
        if !self.held.is_empty() {
            self.emit(&mut each);
            self.start = self.fed;
        }
    }

    fn hold(&mut self, text: &[u8]) {
        if self.held.len() + text.len() <= MAX_LINE_BYTES && !self.too_long {
            self.held.extend_from_slice(text);
        } else {
            self.too_long = true;
            let room = HEAD_BYTES.saturating_sub(self.held.len());
            self.held.extend_from_slice(&text[..room.min(text.len())]);
            self.held.truncate(HEAD_BYTES);
            self.held.shrink_to(HEAD_BYTES);
        }
    }

    fn emit(&mut self, each: &mut impl FnMut(Line<'_>)) {
        each(line(self.start, &self.held, self.too_long));
        self.held.clear();
        self.too_long = false;
    }
}

fn line(offset: u64, text: &[u8], too_long: bool) -> Line<'_> {
    let marked = (offset == 0)
        .then(|| text.strip_prefix(BYTE_ORDER_MARK))
        .flatten();
    let offset = if marked.is_some() {
        BYTE_ORDER_MARK.len() as u64
    } else {
        offset
    };
    let text = marked.unwrap_or(text);
    Line {
        offset,
        text: text.strip_suffix(b"\r").unwrap_or(text),
        too_long,
    }
}

/// The complete lines at the beginning of a member, blank ones left out; a last line that may go on is left out too.
pub fn sample_lines<'a>(sample: &super::Sample<'a>) -> impl Iterator<Item = &'a [u8]> + use<'a> {
    let head = sample.head;
    let end = match memchr::memrchr(b'\n', head) {
        _ if sample.whole => head.len(),
        Some(at) => at,
        None => 0,
    };
    head[..end]
        .split(|&b| b == b'\n')
        .map(<[u8]>::trim_ascii)
        .filter(|l| !l.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cut(text: &[u8], chunk: usize) -> Vec<(u64, Vec<u8>, bool)> {
        let mut lines = Lines::default();
        let mut out = Vec::new();
        for c in text.chunks(chunk) {
            lines.feed(c, |l| out.push((l.offset, l.text.to_vec(), l.too_long)));
        }
        lines.finish(|l| out.push((l.offset, l.text.to_vec(), l.too_long)));
        out
    }

    #[test]
    fn line_breaks_and_the_byte_order_mark_are_taken_off() {
        for chunk in [1, 2, 3, 64] {
            assert_eq!(
                cut(b"\xef\xbb\xbfone\r\n\r\ntwo\nthree", chunk),
                [
                    (3, b"one".to_vec(), false),
                    (8, b"".to_vec(), false),
                    (10, b"two".to_vec(), false),
                    (14, b"three".to_vec(), false),
                ]
            );
        }
    }

    #[test]
    fn a_line_that_is_too_long_is_not_held() {
        let mut text = vec![b'x'; MAX_LINE_BYTES + 1];
        text.extend_from_slice(b"\nnext\n");
        for chunk in [1000, 1 << 16, text.len()] {
            let got = cut(&text, chunk);
            assert_eq!(got.len(), 2, "chunks of {chunk}");
            assert_eq!((got[0].0, got[0].1.len(), got[0].2), (0, HEAD_BYTES, true));
            assert_eq!(got[1], (MAX_LINE_BYTES as u64 + 2, b"next".to_vec(), false));
        }
        let mut lines = Lines::default();
        for _ in 0..64 {
            lines.feed(&text[..MAX_LINE_BYTES / 2], |_| {});
            assert!(lines.held.len() <= MAX_LINE_BYTES);
        }
    }

    proptest! {
        #[test]
        fn chunks_do_not_matter(text in prop::collection::vec(prop_oneof![Just(b'\n'), Just(b'\r'), any::<u8>()], 0..300), chunk in 1usize..40) {
            prop_assert_eq!(cut(&text, chunk), cut(&text, usize::MAX));
        }

        #[test]
        fn offsets_point_at_the_text(text in prop::collection::vec(prop_oneof![Just(b'\n'), Just(b'\r'), any::<u8>()], 0..300), chunk in 1usize..40) {
            for (offset, line, _) in cut(&text, chunk) {
                let at = offset as usize;
                prop_assert_eq!(&text[at..at + line.len()], &line[..]);
            }
        }
    }
}
