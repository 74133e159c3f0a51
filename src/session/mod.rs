//! What is the person looking at? A few signals, mirrored in the URL; and the only way for views to ask.

mod cells;
pub mod lives;
pub mod suggest;
pub mod title;
pub mod url;
pub mod written;

#[cfg(target_arch = "wasm32")]
mod alarms;
#[cfg(target_arch = "wasm32")]
mod ask;
#[cfg(target_arch = "wasm32")]
mod audit;
#[cfg(target_arch = "wasm32")]
mod inquiry;
#[cfg(target_arch = "wasm32")]
mod inventory;
#[cfg(target_arch = "wasm32")]
mod kept;
#[cfg(target_arch = "wasm32")]
mod naming;
#[cfg(target_arch = "wasm32")]
mod notes;
#[cfg(target_arch = "wasm32")]
mod patterns;
#[cfg(target_arch = "wasm32")]
mod people;
#[cfg(target_arch = "wasm32")]
mod proof;
#[cfg(target_arch = "wasm32")]
mod report;
#[cfg(target_arch = "wasm32")]
mod signals;
#[cfg(target_arch = "wasm32")]
mod standing;
#[cfg(target_arch = "wasm32")]
mod summed;

#[cfg(target_arch = "wasm32")]
pub use alarms::Edges;
#[cfg(target_arch = "wasm32")]
pub use ask::{Answered, Listed, Record, RowSource};
#[cfg(target_arch = "wasm32")]
pub use audit::{Audit, Auditing, Trial};
#[cfg(target_arch = "wasm32")]
pub use inquiry::{Checked, Heard, Inquiry};
#[cfg(target_arch = "wasm32")]
pub use inventory::{DESCRIBING, Described, Inventory};
#[cfg(target_arch = "wasm32")]
pub use kept::RuleFile;
#[cfg(target_arch = "wasm32")]
pub use naming::HEAD as NAMING_HEAD;
#[cfg(target_arch = "wasm32")]
pub use people::Known;
#[cfg(target_arch = "wasm32")]
pub use proof::Matched;
#[cfg(target_arch = "wasm32")]
pub use report::{Report, SharedFindings};
#[cfg(target_arch = "wasm32")]
pub use signals::{Session, Theme};
#[cfg(target_arch = "wasm32")]
pub use standing::Standing;

pub use cells::{cell_of, json_of};

pub use crate::engine::items::{Group, GroupKey, Item, Progress, Verdict};
pub use crate::engine::port::{
    AskId, FieldState, ItemId, Job, JobResult, KindState, Language, MemberOutcome, Outcome, Range,
};

use serde::{Deserialize, Serialize};

/// Which clock times are shown in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Zone {
    #[default]
    Utc,
    /// The browser's own.
    Local,
}
