//! Which columns stand for records of any kind.

/// Columns when records of several kinds stand together.
pub const COMMON: [&str; 9] = [
    "@timestamp",
    "@kind",
    "actor",
    "action",
    "outcome",
    "source",
    "destination",
    "resource",
    "region",
];
