//! The records of one kind as a Parquet file.

use crate::base::FieldType;

/// Rows of one kind, column by column, ready to be written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Block {
    /// Registry id.
    pub kind: String,
    pub rows: usize,
    pub columns: Vec<BlockColumn>,
}

/// One column: a field of the kind, or one of [`crate::base::block::OWN`] (never `@kind`, which the writer adds).
#[derive(Clone, Debug, PartialEq)]
pub struct BlockColumn {
    pub name: String,
    pub ty: FieldType,
    pub cells: Cells,
}

/// A column's values, one a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Cells {
    /// Integers, times in nanoseconds, booleans as 0 and 1; [`crate::table::ABSENT_INT`] where there is none.
    Ints(Vec<i64>),
    /// NaN where there is none.
    Floats(Vec<f64>),
    /// Texts, addresses and lists (items joined by [`crate::base::value::LIST_SEPARATOR`]): 0 where there is none,
    /// else one more than the position in `texts`.
    Texts { codes: Vec<u32>, texts: Vec<Vec<u8>> },
}
