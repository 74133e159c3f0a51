//! Who does the work, and where? Page and workers are one program; they speak through a typed port.
//!
//! [`host`] is what a worker does, [`conductor`] what the page does with its workers; both are free of the browser.
//! [`worker`], [`client`], [`blob`] and [`boot`] are the browser's part.

pub mod conductor;
mod extract;
mod fetch;
pub mod host;
mod ingest;
pub mod items;
mod jobs;
pub mod later;
pub mod local;
mod peel;
pub mod port;
pub mod question;
mod parts;
mod queue;
mod split;
mod stage;
mod warm;
mod wire;

#[cfg(target_arch = "wasm32")]
mod blob;
#[cfg(target_arch = "wasm32")]
pub mod boot;
#[cfg(target_arch = "wasm32")]
pub mod client;
#[cfg(target_arch = "wasm32")]
pub mod files;
#[cfg(target_arch = "wasm32")]
pub mod worker;

/// The registry ids of all kinds of log.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    crate::formats::FORMATS.iter().map(|f| f.facts().id)
}
