//! Which words does everyone share? Time, sizes, names, roles, notes; nothing here knows a log.

pub mod base64;
pub mod block;
pub mod decimal;
pub mod facts;
pub mod hash;
pub mod notes;
pub mod page;
pub mod size;
pub mod time;
pub mod value;

pub use facts::{Facts, FieldSpec, FieldType, Group, Role};
pub use notes::{Note, Notes, Reason};
pub use time::TimeRange;
pub use value::Value;
