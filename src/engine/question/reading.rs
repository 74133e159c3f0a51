//! Original records of many rows read again, item by item, in the order in which they stand.

use super::super::fetch::Fetch;
use super::super::port::{AskId, ItemId, Range};
use super::Ground;
use super::record::Place;
use crate::base::hash::FastMap;
use crate::table::{Segment, Shard, Table};
use crate::unpack::{ByteSource, Places};
use std::collections::VecDeque;

/// Which row: table, segment, row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct At {
    pub table: u16,
    pub segment: u32,
    pub row: u32,
}

impl At {
    pub fn of(self, shard: &Shard) -> Option<(&Table, &Segment)> {
        let table = shard.tables.get(usize::from(self.table))?;
        Some((table, table.segments.get(self.segment as usize)?))
    }

    pub fn place<'g>(self, ground: &Ground<'g>) -> Option<Place<'g>> {
        let (table, segment) = self.of(ground.shard)?;
        let member = segment.member(self.row as usize);
        let (path, logs) = (ground.paths.get(&member), ground.logs.get(&member));
        Some(Place {
            shard: ground.shard,
            table,
            segment,
            row: self.row as usize,
            path: path.map_or("", |p| p),
            logs: logs.map_or(&[], |l| l),
        })
    }
}

/// Rows by the item that their texts are in.
pub(super) type Wanted = FastMap<ItemId, Vec<At>>;

/// The texts of rows on their way.
#[derive(Default)]
pub(super) struct Reading {
    wanted: Wanted,
    told: bool,
    sources: VecDeque<Source>,
    current: Option<(Fetch, Vec<At>)>,
    /// Texts that could not be read again, since [`Reading::take_unread`].
    unread: u64,
}

/// What came of a step.
pub(super) enum Read {
    /// So many texts came.
    Came(u64),
    /// The sources of these items are needed.
    Wants(Vec<ItemId>),
    /// Nothing can be done before they come.
    Waits,
    Over,
}

pub(super) struct Source {
    pub item: ItemId,
    pub name: String,
    /// `None`: it is no longer open.
    pub bytes: Option<Box<dyn ByteSource>>,
    pub places: Option<Places>,
}

impl Reading {
    pub fn of(wanted: Wanted) -> Reading {
        Reading {
            wanted,
            ..Reading::default()
        }
    }

    /// Can something be done?
    pub fn is_busy(&self) -> bool {
        !self.told || self.current.is_some() || !self.sources.is_empty() || self.wanted.is_empty()
    }

    pub fn give(&mut self, source: Source) {
        self.sources.push_back(source);
    }

    /// A bounded piece of work; hands over the texts that came.
    pub fn step(&mut self, id: AskId, ground: &Ground<'_>, each: &mut dyn FnMut(At, Vec<u8>)) -> Read {
        if !self.told {
            self.told = true;
            let mut items: Vec<ItemId> = self.wanted.keys().copied().collect();
            items.sort_unstable();
            return match items.is_empty() {
                true => Read::Over,
                false => Read::Wants(items),
            };
        }
        let Some((fetch, rows)) = &mut self.current else {
            return match self.sources.pop_front() {
                Some(source) => {
                    if let Some(rows) = self.wanted.remove(&source.item) {
                        match source.begin(id, ground, rows) {
                            Ok(current) => self.current = Some(current),
                            Err(lost) => self.unread += lost,
                        }
                    }
                    Read::Came(0)
                }
                None if self.wanted.is_empty() => Read::Over,
                None => Read::Waits,
            };
        };
        let is_over = fetch.step();
        let mut came = Vec::new();
        fetch.drain(&mut |at, text| {
            if let Some(row) = rows.get(at) {
                came.push((*row, text));
            }
        });
        if is_over {
            self.unread += fetch.missing();
            self.current = None;
        }
        let texts = came.len() as u64;
        came.into_iter().for_each(|(at, text)| each(at, text));
        Read::Came(texts)
    }

    pub fn take_unread(&mut self) -> u64 {
        std::mem::take(&mut self.unread)
    }
}

impl Source {
    /// Begins to read rows' texts, in the order in which they stand; or says how many can not be read.
    fn begin(self, id: AskId, ground: &Ground<'_>, mut rows: Vec<At>) -> Result<(Fetch, Vec<At>), u64> {
        let Some(bytes) = self.bytes else {
            return Err(rows.len() as u64);
        };
        let range = |at: &At| {
            let (_, segment) = at.of(ground.shard)?;
            let origin = segment.origin(at.row as usize);
            let (_, index) = ground.members.get(&origin.member)?;
            Some(Range {
                index: *index,
                offset: origin.offset,
                len: origin.len,
            })
        };
        rows.retain(|at| range(at).is_some());
        rows.sort_by_key(|at| range(at).map(|r| (r.index, r.offset)));
        let ranges = rows.iter().filter_map(range).collect();
        Ok((Fetch::new(id, &self.name, bytes, self.places, ranges), rows))
    }
}
