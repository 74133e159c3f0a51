//! A text that is being written, taken apart for colours: pieces by class, marks over them, line by line; and places in it.

/// Where from and to (characters), and the css class.
pub type Span = (usize, usize, &'static str);

/// What may be written at the caret.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Offer {
    /// Put in the place of the characters `start..end`.
    pub text: String,
    /// What it is, in words.
    pub note: String,
    pub start: usize,
    pub end: usize,
}

/// A run of characters that look alike: the class of its piece, that of its mark, and the text.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    pub class: &'static str,
    pub mark: &'static str,
    pub text: String,
}

/// The lines of a text. Pieces are in order and do not overlap; of marks that do, the first counts. A mark without
/// characters, or at the end of the text, is a blank of its own.
pub fn lines(text: &str, pieces: &[Span], marks: &[Span]) -> Vec<Vec<Run>> {
    let class_at = |spans: &[Span], at: usize| {
        let found = spans.iter().find(|(from, to, _)| (*from..*to).contains(&at));
        found.map_or("", |s| s.2)
    };
    let mut lines: Vec<Vec<Run>> = vec![Vec::new()];
    let mut piece = 0;
    let mut len = 0;
    for (at, c) in text.chars().enumerate() {
        len = at + 1;
        let Some(line) = lines.last_mut() else { break };
        let missing = marks.iter().find(|(from, to, _)| *from == at && to <= from);
        if let Some((.., mark)) = missing {
            line.push(Run {
                class: "",
                mark,
                text: String::new(),
            });
        }
        if c == '\n' {
            lines.push(Vec::new());
            continue;
        }
        while pieces.get(piece).is_some_and(|p| p.1 <= at) {
            piece += 1;
        }
        let class = pieces.get(piece).filter(|p| p.0 <= at).map_or("", |p| p.2);
        let mark = class_at(marks, at);
        match line.last_mut() {
            Some(run) if run.class == class && run.mark == mark && !run.text.is_empty() => run.text.push(c),
            _ => line.push(Run {
                class,
                mark,
                text: c.to_string(),
            }),
        }
    }
    if let (Some((.., mark)), Some(line)) = (marks.iter().find(|(from, ..)| *from >= len), lines.last_mut()) {
        line.push(Run {
            class: "",
            mark,
            text: String::new(),
        });
    }
    lines
}

/// Line and column of a place (characters), both from 1.
pub fn line_column(text: &str, at: usize) -> (usize, usize) {
    let before = text.chars().take(at);
    before.fold((1, 1), |(line, column), c| match c {
        '\n' => (line + 1, 1),
        _ => (line, column + 1),
    })
}

/// A place in characters as the browser counts it, in UTF-16 units.
pub fn to_utf16(text: &str, at: usize) -> u32 {
    text.chars().take(at).map(|c| c.len_utf16() as u32).sum()
}

/// A place as the browser counts it, in characters.
pub fn from_utf16(text: &str, units: u32) -> usize {
    let mut left = units;
    let inside = |c: &char| {
        let len = c.len_utf16() as u32;
        let fits = left >= len;
        left = left.saturating_sub(len);
        fits
    };
    text.chars().take_while(inside).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, pieces: &[Span], marks: &[Span]) -> Vec<String> {
        let run = |r: &Run| format!("{}{}[{}]", r.class, r.mark, r.text);
        let all = lines(text, pieces, marks);
        all.iter()
            .map(|l| l.iter().map(run).collect::<String>())
            .collect()
    }

    #[test]
    fn a_text_is_cut_where_its_looks_change() {
        assert_eq!(
            told("filter é = 22\n", &[(0, 6, "k"), (11, 13, "n")], &[(7, 8, "!")]),
            ["k[filter][ ]![é][ = ]n[22]", ""]
        );
        assert_eq!(told("", &[], &[]), [""]);
        assert_eq!(told("a\nb c", &[(0, 5, "s")], &[]), ["s[a]", "s[b c]"]);
    }

    #[test]
    fn what_is_missing_has_a_place() {
        assert_eq!(told("ab", &[], &[(2, 2, "!")]), ["[ab]![]"]);
        assert_eq!(told("a b", &[], &[(1, 1, "!")]), ["[a]![][ b]"]);
        assert_eq!(told("a\n", &[], &[(9, 9, "!")]), ["[a]", "![]"]);
    }

    #[test]
    fn places_are_counted_in_characters() {
        let text = "a😀\nbc";
        assert_eq!(
            [0, 2, 3, 9].map(|at| line_column(text, at)),
            [(1, 1), (1, 3), (2, 1), (2, 3)]
        );
        for at in 0..=5 {
            assert_eq!(from_utf16(text, to_utf16(text, at)), at);
        }
        assert_eq!(from_utf16(text, 2), 1, "inside a pair");
    }
}
