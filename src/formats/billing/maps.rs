//! Columns that hold maps: each key becomes a column.

use super::header::Binder;
use crate::base::hash::FastMap;
use crate::formats::json;
use crate::table::RowSink;

/// The keys of a column's maps met so far.
#[derive(Default)]
pub(super) struct Keys {
    /// The fields that a key's values go to.
    fields: FastMap<Vec<u8>, Vec<usize>>,
}

/// Keys of a column that are remembered; a hostile file can not make more.
const MAX_KEYS: usize = 10_000;

impl Keys {
    /// Sets a cell for each entry of a map; false when the text is none.
    pub fn set(&mut self, column: &str, map: &[u8], binder: &mut Binder, sink: &mut RowSink<'_>) -> bool {
        if !map.starts_with(b"{\"") || !map.ends_with(b"}") {
            return map == b"{}";
        }
        json::members(map, &mut |key, value| {
            let Some(text) = value.text().filter(|t| !t.is_empty()) else {
                return;
            };
            if !self.fields.contains_key(key) && self.fields.len() < MAX_KEYS {
                let name = binder.entry(column, &String::from_utf8_lossy(key));
                self.fields.insert(key.to_vec(), binder.extra(&name, sink));
            }
            for &field in self.fields.get(key).into_iter().flatten() {
                sink.text(field, &text);
            }
        });
        true
    }
}
