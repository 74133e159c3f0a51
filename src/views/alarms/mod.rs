//! Would anyone have been told? The benchmark's topics, an account's own metric filters and alarms, and patterns to be checked.

mod export;
pub mod model;
#[cfg(target_arch = "wasm32")]
mod view;

pub use export::EXPORT;

#[cfg(target_arch = "wasm32")]
pub const VIEW: super::View = super::View {
    id: "alarms",
    title: "Alarms",
    noun: "alarms",
    icon: "bell",
    key: "a",
    group: "Audit",
    // A pattern can be checked with no file at all.
    kinds: &[],
    also: &[],
    empty: "CloudTrail events fill this view, and the answers of aws logs describe-metric-filters and aws cloudwatch describe-alarms.",
    only_shared: false,
    css: include_str!("alarms.css"),
    mount: view::mount,
};
