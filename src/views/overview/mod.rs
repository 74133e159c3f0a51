//! What is here, over which time, and where to look first?

#[cfg(target_arch = "wasm32")]
mod coverage;
mod export;
#[cfg(target_arch = "wasm32")]
mod leads;
pub mod model;
#[cfg(target_arch = "wasm32")]
mod view;

pub use export::EXPORT;

#[cfg(target_arch = "wasm32")]
pub const VIEW: super::View = super::View {
    id: "overview",
    title: "Overview",
    noun: "records",
    icon: "layout-dashboard",
    key: "o",
    group: "",
    kinds: &[],
    also: &[],
    empty: "Any log file fills this view.",
    only_shared: false,
    css: include_str!("overview.css"),
    mount: view::mount,
};
