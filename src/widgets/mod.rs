//! What are views made of? Shared components; each knows nothing of logs or sessions, and brings its own css.

pub mod code_lines;
pub mod format;
pub mod icon_data;
pub mod json_lines;

#[cfg(target_arch = "wasm32")]
pub mod chart;
#[cfg(target_arch = "wasm32")]
mod code;
#[cfg(target_arch = "wasm32")]
mod controls;
#[cfg(target_arch = "wasm32")]
pub mod dom;
#[cfg(target_arch = "wasm32")]
mod download;
#[cfg(target_arch = "wasm32")]
mod icon;
#[cfg(target_arch = "wasm32")]
pub mod json;
#[cfg(target_arch = "wasm32")]
pub mod keys;
#[cfg(target_arch = "wasm32")]
pub mod table;
#[cfg(target_arch = "wasm32")]
pub mod value;

#[cfg(target_arch = "wasm32")]
pub use chart::{ChartBox, ChartOrTable, Drift, Moment};
#[cfg(target_arch = "wasm32")]
pub use code::{Code, CodeEditor};
#[cfg(target_arch = "wasm32")]
pub use controls::{Choice, Empty, Menu, Segmented, Select, StatusTag, TWIN_KEY, TwinTable};
#[cfg(target_arch = "wasm32")]
pub use download::{Done, DownloadMenu, Offer, Way};
#[cfg(target_arch = "wasm32")]
pub use icon::Icon;

/// The widgets' css, in the order it is to stand.
pub const CSS: &[&str] = &[
    include_str!("controls.css"),
    include_str!("chart.css"),
    include_str!("table.css"),
    include_str!("code.css"),
];
