//! Questions in the logs' own languages, answered in parts: from columns, and from the original records read again where a
//! question is about them.

use crate::language::insights::Table;
use std::sync::Arc;

/// What comes of a question: any number of `Reading` and `Partial`, then `Done` or `Failed`.
#[derive(Clone, Debug)]
pub enum Heard {
    /// Original records are read again: so many of so many.
    Reading {
        read: u64,
        of: u64,
    },
    /// The answer of what has been looked at so far.
    Partial(Arc<Table>),
    Done {
        table: Arc<Table>,
        elapsed_ms: f64,
    },
    /// Why there is no answer, for the person.
    Failed(String),
}
