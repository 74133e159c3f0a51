//! How did resources change? Histories of configuration items, and what differs between any two.

pub mod around;
mod export;
pub mod history;
pub mod model;
pub mod related;
pub mod state;
#[cfg(target_arch = "wasm32")]
mod view;

pub use export::EXPORT;

#[cfg(target_arch = "wasm32")]
pub const VIEW: super::View = super::View {
    id: "config",
    title: "Config",
    noun: "configuration items",
    icon: "git-compare-arrows",
    key: "c",
    group: "Views",
    kinds: &["config"],
    also: &[],
    empty: "AWS Config fills this view: ConfigHistory or ConfigSnapshot files from its S3 bucket, or the answer of aws configservice get-resource-config-history.",
    only_shared: false,
    css: include_str!("config.css"),
    mount: view::mount,
};
