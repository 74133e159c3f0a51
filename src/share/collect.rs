//! Whole rows out of every shard, put together in an order that does not depend on who read them.
//!
//! Each shard hands over its rows of one kind ([`part`]); [`weave`] leaves out repeated records, keeps of each the copy
//! that stands in the first source by name, and sorts by source and place. So the same records give the same rows,
//! whatever the number of workers and the order in which files were dropped.

use super::block::{Block, BlockColumn, Cells};
use crate::base::FieldType;
use crate::base::block::{MESSAGE, OFFSET, SOURCE};
use crate::base::hash::FastMap;
use crate::query::{Query, Selection};
use crate::table::{ABSENT, ABSENT_INT, Column, MemberId, Segment, Shard, Table};
use serde::{Deserialize, Serialize};

/// Which rows of one kind are wanted, and what of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ask {
    /// Its kinds (one), range and filter say which rows.
    pub query: Query,
    /// Names of fields that are not taken.
    pub leave_out: Vec<String>,
    /// Only where rows stand and which repeat each other, no cells.
    pub places_only: bool,
}

/// Where a record was read. Sources are numbered in an order of the page's making.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct At {
    /// The opened file.
    pub source: u32,
    /// The member's position in it.
    pub index: u64,
    pub offset: u64,
    pub len: u64,
}

/// What one shard has.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Part {
    fields: Vec<PartField>,
    at: Vec<At>,
    /// Identities, where the kind has them; 0 for a row without one.
    keys: Vec<u128>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct PartField {
    name: String,
    ty: FieldType,
    /// Its position among the kind's own fields; those met while reading come after them, by name.
    order: u32,
    cells: Cells,
}

/// The rows of a shard. `source_of` tells the number of a member's source and its position there; a member it does not
/// know was removed.
pub fn part(shard: &Shard, ask: &Ask, source_of: &dyn Fn(MemberId) -> Option<(u32, u64)>) -> Part {
    let mut out = Part::default();
    // A duplicate is looked at too: it may be the copy that is kept.
    let mut selection = Selection::new(ask.query.clone()).and_hidden();
    while let Some(mut selected) = selection.next(shard) {
        let rows = std::mem::take(&mut selected.rows);
        let Some((table, segment)) = selected.of(shard) else {
            continue;
        };
        // A row that is a sum is no record.
        let is_open =
            |row: &u32| !segment.is_sum(*row as usize) && source_of(segment.member(*row as usize)).is_some();
        let rows: Vec<u32> = rows.into_iter().filter(is_open).collect();
        out.take(table, segment, &rows, ask, source_of);
    }
    out.resolve(shard)
}

impl Part {
    pub fn rows(&self) -> usize {
        self.at.len()
    }

    fn take(
        &mut self,
        table: &Table,
        segment: &Segment,
        rows: &[u32],
        ask: &Ask,
        source_of: &dyn Fn(MemberId) -> Option<(u32, u64)>,
    ) {
        let before = self.rows();
        for &row in rows {
            let row = row as usize;
            let origin = segment.origin(row);
            let (source, index) = source_of(origin.member).unwrap_or_default();
            self.at.push(At {
                source,
                index,
                offset: origin.offset,
                len: origin.len,
            });
            self.keys.push(segment.key(row).unwrap_or(0));
        }
        if ask.places_only {
            return;
        }
        let own = table.facts.fields.len();
        for (n, field) in table.fields.iter().enumerate() {
            let Some(column) = segment.column(n) else { continue };
            if ask.leave_out.contains(&field.name) {
                continue;
            }
            let at = match self.fields.iter().position(|f| f.name == field.name) {
                Some(at) => at,
                None => {
                    self.fields.push(PartField {
                        name: field.name.clone(),
                        ty: field.ty,
                        order: if n < own { n as u32 } else { u32::MAX },
                        cells: Cells::none(field.ty),
                    });
                    self.fields.len() - 1
                }
            };
            let cells = &mut self.fields[at].cells;
            cells.pad(before);
            match (cells, column) {
                (Cells::Ints(v), Column::Ints(ints)) => {
                    v.extend(rows.iter().map(|&r| ints.get(r as usize)));
                }
                (Cells::Floats(v), Column::Floats(floats)) => {
                    v.extend(
                        rows.iter()
                            .map(|&r| floats.get(r as usize).copied().unwrap_or(f64::NAN)),
                    );
                }
                (Cells::Texts { codes, .. }, Column::Codes(ints)) => {
                    codes.extend(rows.iter().map(|&r| ints.get(r as usize) as u32));
                }
                // A field keeps the type it was met with.
                _ => {}
            }
        }
        for field in &mut self.fields {
            field.cells.pad(self.at.len());
        }
    }

    /// Gives codes of the shard's pool their texts.
    fn resolve(mut self, shard: &Shard) -> Part {
        for field in &mut self.fields {
            let Cells::Texts { codes, texts } = &mut field.cells else {
                continue;
            };
            let mut known: FastMap<u32, u32> = FastMap::default();
            for code in codes.iter_mut().filter(|c| **c != ABSENT) {
                *code = *known.entry(*code).or_insert_with(|| {
                    texts.push(shard.pool.get(*code).to_vec());
                    texts.len() as u32
                });
            }
        }
        self
    }
}

impl Cells {
    fn none(ty: FieldType) -> Cells {
        match ty {
            ty if ty.is_text() => Cells::Texts {
                codes: Vec::new(),
                texts: Vec::new(),
            },
            FieldType::Float => Cells::Floats(Vec::new()),
            _ => Cells::Ints(Vec::new()),
        }
    }

    /// Fills up to `rows` rows with "no value".
    fn pad(&mut self, rows: usize) {
        match self {
            Cells::Ints(v) => v.resize(rows.max(v.len()), ABSENT_INT),
            Cells::Floats(v) => v.resize(rows.max(v.len()), f64::NAN),
            Cells::Texts { codes, .. } => codes.resize(rows.max(codes.len()), ABSENT),
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Cells::Ints(v) => v.iter().all(|&n| n == ABSENT_INT),
            Cells::Floats(v) => v.iter().all(|f| f.is_nan()),
            Cells::Texts { codes, .. } => codes.iter().all(|&c| c == ABSENT),
        }
    }
}

/// A part, and a row of it.
type PartRow = (u32, u32);
/// A source, a member of it, and a number of records.
type Repeated = (u32, u64, u64);

/// All shards' rows, put together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Woven {
    pub block: Block,
    /// Where each row was read, in the block's order.
    pub places: Vec<At>,
    /// Source, member and how many of its records repeat one that is kept; sorted.
    pub duplicates: Vec<Repeated>,
}

/// Puts the parts of all shards together. `path_of` names the file and member of a source.
pub fn weave(kind: &str, parts: &[Part], path_of: &dyn Fn(u32, u64) -> String) -> Woven {
    let (kept, duplicates) = kept(parts);
    let row = |&(part, row): &(u32, u32)| (&parts[part as usize], row as usize);
    let places: Vec<At> = kept.iter().map(row).map(|(p, r)| p.at[r]).collect();
    let mut fields: Vec<(u32, &str, FieldType)> = Vec::new();
    for field in parts.iter().flat_map(|p| &p.fields) {
        if !fields.iter().any(|f| f.1 == field.name) {
            fields.push((field.order, &field.name, field.ty));
        }
    }
    fields.sort_unstable_by_key(|f| (f.0, f.1));
    let mut columns: Vec<BlockColumn> = Vec::new();
    for (_, name, ty) in fields {
        let mine: Vec<Option<&Cells>> = parts
            .iter()
            .map(|p| p.fields.iter().find(|f| f.name == name).map(|f| &f.cells))
            .collect();
        let cells = gather(ty, &mine, &kept);
        if !cells.is_empty() {
            columns.push(BlockColumn {
                name: name.to_owned(),
                ty,
                cells,
            });
        }
    }
    if columns.is_empty() && parts.iter().all(|p| p.fields.is_empty()) {
        // Only places were asked for.
        return Woven {
            block: Block {
                kind: kind.to_owned(),
                rows: kept.len(),
                columns,
            },
            places,
            duplicates,
        };
    }
    let mut paths: FastMap<(u32, u64), u32> = FastMap::default();
    let mut texts = Vec::new();
    let codes = places.iter().map(|at| {
        *paths.entry((at.source, at.index)).or_insert_with(|| {
            texts.push(path_of(at.source, at.index).into_bytes());
            texts.len() as u32
        })
    });
    let codes = codes.collect();
    columns.push(BlockColumn {
        name: SOURCE.to_owned(),
        ty: FieldType::Text,
        cells: Cells::Texts { codes, texts },
    });
    columns.push(BlockColumn {
        name: OFFSET.to_owned(),
        ty: FieldType::Integer,
        cells: Cells::Ints(places.iter().map(|at| at.offset as i64).collect()),
    });
    Woven {
        block: Block {
            kind: kind.to_owned(),
            rows: kept.len(),
            columns,
        },
        places,
        duplicates,
    }
}

/// The rows that stay, in order, as part and row; and by source and member how many do not.
fn kept(parts: &[Part]) -> (Vec<PartRow>, Vec<Repeated>) {
    let all = || {
        parts
            .iter()
            .enumerate()
            .flat_map(|(p, part)| (0..part.rows()).map(move |r| (p as u32, r as u32)))
    };
    // Of records that repeat each other, the first by source and place.
    let mut first: FastMap<u128, (At, u32, u32)> = FastMap::default();
    for (p, r) in all() {
        let part = &parts[p as usize];
        let key = part.keys[r as usize];
        if key != 0 {
            let mine = (part.at[r as usize], p, r);
            first
                .entry(key)
                .and_modify(|known| {
                    if mine < *known {
                        *known = mine;
                    }
                })
                .or_insert(mine);
        }
    }
    let mut repeated: FastMap<(u32, u64), u64> = FastMap::default();
    let mut kept: Vec<(u32, u32)> = Vec::new();
    for (p, r) in all() {
        let part = &parts[p as usize];
        let (key, at) = (part.keys[r as usize], part.at[r as usize]);
        if key != 0 && first.get(&key).is_some_and(|k| (k.1, k.2) != (p, r)) {
            *repeated.entry((at.source, at.index)).or_default() += 1;
        } else {
            kept.push((p, r));
        }
    }
    // By place, not by time: within a file times rise anyway, and places next to each other take next to no bytes. A
    // member is read by one shard, so rows of equal place stand in one part, in the order in which they were read.
    kept.sort_by_key(|&(p, r)| parts[p as usize].at[r as usize]);
    let mut duplicates: Vec<(u32, u64, u64)> = repeated.into_iter().map(|((s, i), n)| (s, i, n)).collect();
    duplicates.sort_unstable();
    (kept, duplicates)
}

/// One column of the rows kept. Texts are numbered in order of the first row that has them.
fn gather(ty: FieldType, parts: &[Option<&Cells>], kept: &[(u32, u32)]) -> Cells {
    let cells = |&(p, r): &(u32, u32)| (parts.get(p as usize).copied().flatten(), r as usize);
    match Cells::none(ty) {
        Cells::Ints(_) => Cells::Ints(
            kept.iter()
                .map(cells)
                .map(|(c, r)| match c {
                    Some(Cells::Ints(v)) => v.get(r).copied().unwrap_or(ABSENT_INT),
                    _ => ABSENT_INT,
                })
                .collect(),
        ),
        Cells::Floats(_) => Cells::Floats(
            kept.iter()
                .map(cells)
                .map(|(c, r)| match c {
                    Some(Cells::Floats(v)) => v.get(r).copied().unwrap_or(f64::NAN),
                    _ => f64::NAN,
                })
                .collect(),
        ),
        Cells::Texts { .. } => {
            let mut known: FastMap<&[u8], u32> = FastMap::default();
            // What a part's code is called here; 0 until it is met.
            let mut numbers: Vec<Vec<u32>> = parts
                .iter()
                .map(|c| match c {
                    Some(Cells::Texts { texts, .. }) => vec![0; texts.len() + 1],
                    _ => Vec::new(),
                })
                .collect();
            let mut texts: Vec<Vec<u8>> = Vec::new();
            let codes = kept.iter().map(|&(p, r)| {
                let Some(Cells::Texts { codes, texts: own }) = parts.get(p as usize).copied().flatten()
                else {
                    return ABSENT;
                };
                let code = codes.get(r as usize).copied().unwrap_or(ABSENT) as usize;
                let Some(text) = code.checked_sub(1).and_then(|c| own.get(c)) else {
                    return ABSENT;
                };
                let number = &mut numbers[p as usize][code];
                if *number == 0 {
                    *number = *known.entry(text).or_insert_with(|| {
                        texts.push(text.clone());
                        texts.len() as u32
                    });
                }
                *number
            });
            let codes = codes.collect();
            Cells::Texts { codes, texts }
        }
    }
}

/// Adds the original text of every row, where it could be read again.
pub fn add_texts(block: &mut Block, originals: Vec<Option<Vec<u8>>>) {
    let mut known: FastMap<Vec<u8>, u32> = FastMap::default();
    let mut texts: Vec<Vec<u8>> = Vec::new();
    let mut codes: Vec<u32> = originals
        .into_iter()
        .map(|text| match text {
            None => ABSENT,
            Some(text) => *known.entry(text).or_insert_with_key(|text| {
                texts.push(text.clone());
                texts.len() as u32
            }),
        })
        .collect();
    codes.resize(block.rows, ABSENT);
    block.columns.push(BlockColumn {
        name: MESSAGE.to_owned(),
        ty: FieldType::Text,
        cells: Cells::Texts { codes, texts },
    });
}
