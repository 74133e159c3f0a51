//! Sharing: what is chosen, how the file is made, the dialog.

mod bar;
mod build;
mod choices;
mod dialog;
mod maker;
mod names;
mod printed;
mod records;
mod sources;

use crate::evidence::mask;

/// A text with its secrets masked.
fn masked(text: &str) -> String {
    match mask(text.as_bytes()) {
        Some((clean, _)) => String::from_utf8_lossy(&clean).into_owned(),
        None => text.to_owned(),
    }
}

pub use bar::ReportBar;
pub use build::{Stopped, build};
pub use choices::Choices;
pub use dialog::{ShareButton, ShareDialog, choices_of_page};
pub use printed::PrintedBar;
