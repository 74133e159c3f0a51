//! What makes an answer provable? What was opened and what came of it, by hash; notes; secrets that are masked.

pub mod canonical;
pub mod manifest;
pub mod mask;
pub mod note;

pub use manifest::{Manifest, match_input, verify};
pub use mask::{Masked, mask, mask_field};
pub use note::{Note, Pin};
