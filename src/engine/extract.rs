//! A field asked for that is no column yet becomes one: its items are read again, and the values put to the rows.

use crate::base::FieldType;
use crate::base::hash::FastMap;
use crate::table::{ABSENT, Code, Column, Ints, MemberId, Shard};

/// Puts the `fields` of a scratch shard (items read again under the same member numbers) to the rows of `shard`;
/// rows are matched by member and offset. Returns how many cells were found.
pub fn join(shard: &mut Shard, mut scratch: Shard, fields: &[String]) -> u64 {
    shard.seal();
    scratch.seal();
    let mut found = 0;
    for read in &scratch.tables {
        let Some(at) = shard.tables.iter().position(|t| t.facts.id == read.facts.id) else {
            continue;
        };
        for name in fields {
            let Some(from) = read.field(name) else { continue };
            let mut values: FastMap<(MemberId, u64), Code> = FastMap::default();
            for segment in &read.segments {
                let Some(column) = segment.column(from) else {
                    continue;
                };
                for row in 0..segment.rows {
                    let code = column.code(row);
                    if code != ABSENT {
                        let origin = segment.origin(row);
                        let code = shard.pool.intern(scratch.pool.get(code));
                        values.insert((origin.member, origin.offset), code);
                    }
                }
            }
            let table = &mut shard.tables[at];
            let to = table.add_field(name, FieldType::Text);
            for s in 0..table.segments.len() {
                let segment = &table.segments[s];
                let codes: Vec<i64> = (0..segment.rows)
                    .map(|row| {
                        let origin = segment.origin(row);
                        let new = values.get(&(origin.member, origin.offset));
                        found += u64::from(new.is_some());
                        let kept = || segment.column(to).map_or(ABSENT, |c| c.code(row));
                        i64::from(new.copied().unwrap_or_else(kept))
                    })
                    .collect();
                table.set_column(s, to, Column::Codes(Ints::pack(&codes)));
            }
        }
    }
    found
}
