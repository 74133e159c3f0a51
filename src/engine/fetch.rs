//! Original records are read again from what was opened: from where their members lie, if that was noted when they were
//! read, or else by walking through the item once more.

mod placed;
#[cfg(test)]
mod tests;
mod walked;

use super::port::{AskId, Range, Texts};
use crate::unpack::{ByteSource, Places};
use placed::Placed;
use walked::Walked;

/// A range longer than this is cut (bytes).
const MAX_TEXT: u64 = 8 << 20;

/// Ranges of one item being read again, all of them in one pass.
pub struct Fetch {
    pub id: AskId,
    name: String,
    texts: Texts,
    stage: Stage,
}

enum Stage {
    Placed(Box<Placed>),
    Walked(Box<Walked>),
    Done,
}

/// A range and where its text goes.
type Wanted = (Range, usize);

impl Fetch {
    pub fn new(
        id: AskId,
        name: &str,
        source: Box<dyn ByteSource>,
        places: Option<Places>,
        ranges: Vec<Range>,
    ) -> Self {
        let texts = vec![Err("The original text is no longer where it was read.".to_owned()); ranges.len()];
        let wanted: Vec<Wanted> = ranges.into_iter().zip(0..).collect();
        let stage = match places {
            Some(places) => Placed::begin(source, places, wanted),
            None => Err((source, wanted)),
        };
        Fetch {
            id,
            name: name.to_owned(),
            texts,
            stage: match stage {
                Ok(placed) => Stage::Placed(Box::new(placed)),
                Err((source, wanted)) => Stage::Walked(Box::new(Walked::new(name, source, wanted))),
            },
        }
    }

    /// A bounded piece of work; true when every range is there (or can not be).
    pub fn step(&mut self) -> bool {
        match &mut self.stage {
            Stage::Placed(placed) => {
                if placed.step(&mut self.texts)
                    && let Stage::Placed(placed) = std::mem::replace(&mut self.stage, Stage::Done)
                {
                    let (source, rest) = placed.into_rest();
                    if rest.is_empty() {
                        return true;
                    }
                    self.stage = Stage::Walked(Box::new(Walked::new(&self.name, source, rest)));
                }
                false
            }
            Stage::Walked(walked) => walked.step(&mut self.texts),
            Stage::Done => true,
        }
    }

    pub fn into_texts(self) -> Texts {
        self.texts
    }
}
