//! Where a shared file is made: blocks are written here, and read back, so that the printed layer is told from exactly
//! what the file will hold.

use super::port::{Order, Summed, Woven};
use crate::base::base64;
use crate::base::hash::FastMap;
use crate::evidence::{Masked, mask_field};
use crate::formats;
use crate::formats::{Options, SAMPLE_BYTES, Sample};
use crate::query::{Answer, Query, answer_now};
use crate::share::block::{Block, Cells};
use crate::share::{aggregate, block, collect};
use crate::table::{RowSink, Shard, Stats};
use sha2::{Digest, Sha256};

/// Blocks that were written, as a shard that answers.
#[derive(Default)]
pub struct Stage {
    shard: Shard,
    /// Blocks read so far: the number of the next one's member.
    blocks: u32,
}

impl Stage {
    /// Puts the shards' parts together and, if told to, writes them as a block. An error is a sentence for the person.
    pub fn weave(&mut self, order: Order, parts: &[Vec<u8>]) -> Result<Woven, String> {
        let broken = |_| "A worker's part could not be read.".to_owned();
        match order {
            Order::Places { kind } => {
                let parts = decode(parts).map_err(broken)?;
                let woven = collect::weave(&kind, &parts, &|_, _| String::new());
                Ok(Woven {
                    rows: woven.block.rows as u64,
                    places: woven.places,
                    duplicates: woven.duplicates,
                    ..Woven::default()
                })
            }
            Order::Rows { kind, paths, texts } => {
                let parts = decode(parts).map_err(broken)?;
                let paths: FastMap<(u32, u64), String> = paths.into_iter().collect();
                let path = |source, index| paths.get(&(source, index)).cloned().unwrap_or_default();
                let mut woven = collect::weave(&kind, &parts, &path);
                drop(parts);
                if let Some(texts) = texts {
                    collect::add_texts(&mut woven.block, texts);
                }
                self.write(woven.block)
            }
            Order::Sums { budget } => {
                let mut parts = decode::<aggregate::Part>(parts).map_err(broken)?.into_iter();
                let Some(mut all) = parts.next() else {
                    return Ok(Woven::default());
                };
                parts.for_each(|p| all.merge(p));
                let summed = aggregate::finish(all, budget);
                let told = told(&summed);
                let written = self.write(summed.block)?;
                Ok(Woven {
                    summed: Some(told),
                    ..written
                })
            }
        }
    }

    fn write(&mut self, mut block: Block) -> Result<Woven, String> {
        if block.rows == 0 {
            return Ok(Woven::default());
        }
        let masked = mask_block(&mut block);
        let bytes = block::write(&block).map_err(|e| e.to_string())?;
        self.read(&bytes)?;
        Ok(Woven {
            rows: block.rows as u64,
            bytes: bytes.len() as u64,
            sha256: Sha256::digest(&bytes).into(),
            base64: base64::encoded(&bytes),
            masked,
            ..Woven::default()
        })
    }

    /// Reads a block back.
    fn read(&mut self, bytes: &[u8]) -> Result<(), String> {
        let head = bytes.get(..SAMPLE_BYTES).unwrap_or(bytes);
        let sample = Sample::new("", head, head.len() == bytes.len());
        let format = formats::detect(&sample).ok_or("A block is not recognised as one.")?;
        let mut stats = Stats::default();
        let mut reader = format.reader(&sample, &Options::default());
        let (pool, table) = self.shard.table_mut(format.facts());
        let mut sink = RowSink::new(pool, table, &mut stats, self.blocks, 0);
        reader.feed(bytes, &mut sink);
        reader.finish(&mut sink);
        self.shard.seal();
        self.blocks += 1;
        match stats.rejected.0.first() {
            Some(note) => Err(format!("A block can not be read back: {}", note.reason)),
            None => Ok(()),
        }
    }

    /// Answers from what was written.
    pub fn ask(&self, query: &Query) -> Answer {
        answer_now(&self.shard, query).finish(query)
    }
}

fn decode<T: serde::de::DeserializeOwned>(parts: &[Vec<u8>]) -> Result<Vec<T>, postcard::Error> {
    // A worker that died has nothing to say.
    let some = parts.iter().filter(|p| !p.is_empty());
    some.map(|p| postcard::from_bytes(p)).collect()
}

/// Masks secrets in every text; what was masked and how many texts it stood in.
fn mask_block(block: &mut Block) -> Vec<(String, u64)> {
    let mut all = Masked::default();
    for column in &mut block.columns {
        let Cells::Texts { texts, .. } = &mut column.cells else {
            continue;
        };
        for text in texts {
            if let Some((clean, masked)) = mask_field(&column.name, text) {
                *text = clean;
                all.merge(&masked);
            }
        }
    }
    all.told().into_iter().map(|m| (m.what, m.values)).collect()
}

/// What was made coarser.
fn told(summed: &aggregate::Summed) -> Summed {
    let dropped = summed.dropped.iter().map(|d| (d.dim.clone(), d.kept, d.of));
    Summed {
        records: summed.records,
        width_ns: summed.width_ns.max(0) as u64,
        dropped: dropped.collect(),
    }
}
