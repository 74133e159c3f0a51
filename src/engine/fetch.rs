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

/// Said of a text that does not come.
const GONE: &str = "The original text is no longer where it was read.";

/// Ranges of one item being read again, all of them in one pass.
pub struct Fetch {
    pub id: AskId,
    name: String,
    texts: Texts,
    /// Ranges whose texts are complete and have not been handed out.
    ready: Vec<usize>,
    handed_out: u64,
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
        // Without words as yet: there may be a million of them.
        let texts = vec![Err(String::new()); ranges.len()];
        let wanted: Vec<Wanted> = ranges.into_iter().zip(0..).collect();
        let stage = match places {
            Some(places) => Placed::begin(source, places, wanted),
            None => Err((source, wanted)),
        };
        Fetch {
            id,
            name: name.to_owned(),
            texts,
            ready: Vec::new(),
            handed_out: 0,
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
                if placed.step(&mut self.texts, &mut self.ready)
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
            Stage::Walked(walked) => walked.step(&mut self.texts, &mut self.ready),
            Stage::Done => true,
        }
    }

    /// Hands out the texts that came since the last call, each with the number of its range. A text that does not come is
    /// never handed out.
    pub fn drain(&mut self, each: &mut dyn FnMut(usize, Vec<u8>)) {
        for at in self.ready.drain(..) {
            if let Some(Ok(text)) = self.texts.get_mut(at) {
                each(at, std::mem::take(text));
                self.handed_out += 1;
            }
        }
    }

    /// How many texts were not handed out.
    pub fn missing(&self) -> u64 {
        (self.texts.len() as u64).saturating_sub(self.handed_out)
    }

    pub fn into_texts(mut self) -> Texts {
        for text in &mut self.texts {
            if let Err(why) = text
                && why.is_empty()
            {
                *why = GONE.to_owned();
            }
        }
        self.texts
    }
}
