//! The words of a block: what the Parquet file that holds the shared records of one kind calls its own columns.
//!
//! A block's other columns are the kind's fields under their own names. Who writes blocks and who reads them share
//! nothing else. FORMAT.md says the same for people.

/// The first column: the registry id of the kind, the same in every row. It stands in the first page of the file, so
/// that a block is recognised by its first bytes.
pub const KIND: &str = "@kind";
/// How many records the row stands for, where it is a sum of several; such a block holds no single records.
pub const COUNT: &str = "@count";
/// The file and member that the record was read from: `logs.zip/AWSLogs/…/x.json.gz`.
pub const SOURCE: &str = "@source";
/// Where its original text began in that member's unpacked bytes.
pub const OFFSET: &str = "@offset";
/// [`OFFSET`] as a field of the table that a block is read into, where `@offset` is the row's own place.
pub const SOURCE_OFFSET: &str = "@sourceOffset";
/// Its original text, where that was shared.
pub const MESSAGE: &str = "@message";

/// All of them.
pub const OWN: [&str; 5] = [KIND, COUNT, SOURCE, OFFSET, MESSAGE];

/// Key of the file's key-value metadata: the version of this layout.
pub const VERSION_KEY: &str = "trailbeam.block";
pub const VERSION: &str = "1";
/// Key of the file's key-value metadata: the fields' types as JSON, `{"srcaddr":"Address",…}` (names of
/// [`super::FieldType`]); Parquet's own types do not tell an address from a text.
pub const FIELDS_KEY: &str = "trailbeam.fields";

/// Rows of a block at most. Equal values take next to no bytes: without a limit, a small file could hold any number.
pub const MAX_ROWS: usize = 1 << 24;
/// Values of a page, and its bytes when unpacked, at most.
pub const MAX_PAGE_VALUES: usize = 1 << 20;
pub const MAX_PAGE_BYTES: usize = 64 << 20;
/// Columns at most, `@kind` not counted.
pub const MAX_COLUMNS: usize = 512;

/// What stands for all values of a field that were too many to be told apart in summed rows.
pub const OTHER: &str = "(other)";
