//! The pattern of `parse` with stars (CWL_QuerySyntax-Parse, "glob mode").

use memchr::memmem::Finder;

/// Literal pieces; between two of them stands a star.
#[derive(Clone, Debug)]
pub struct Glob {
    pieces: Vec<Finder<'static>>,
}

impl Glob {
    pub fn new(pattern: &str) -> Self {
        let mut pieces = vec![String::new()];
        let mut chars = pattern.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '*' => pieces.push(String::new()),
                '\\' if chars.peek() == Some(&'*') => {
                    chars.next();
                    pieces.last_mut().map(|p| p.push('*')).unwrap_or_default();
                }
                c => pieces.last_mut().map(|p| p.push(c)).unwrap_or_default(),
            }
        }
        let pieces = pieces
            .iter()
            .map(|p| Finder::new(p.as_bytes()).into_owned())
            .collect();
        Glob { pieces }
    }

    pub fn stars(&self) -> usize {
        self.pieces.len() - 1
    }

    /// What each star stands for, or `None` where the text does not match. The first piece is looked for anywhere; each
    /// star takes as little as it can, one at the very end the rest.
    pub fn captures<'t>(&self, text: &'t str) -> Option<Vec<&'t str>> {
        let (first, rest) = self.pieces.split_first()?;
        let mut at = first.find(text.as_bytes())? + first.needle().len();
        let mut found = Vec::with_capacity(rest.len());
        for (i, piece) in rest.iter().enumerate() {
            let tail = text.as_bytes().get(at..)?;
            let last = i + 1 == rest.len();
            let width = match piece.needle() {
                [] if last => tail.len(),
                _ => piece.find(tail)?,
            };
            found.push(text.get(at..at + width)?);
            at += width + piece.needle().len();
        }
        Some(found)
    }
}
