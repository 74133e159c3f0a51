//! Which rules are one's own? Files of them, written, tried over what is loaded and kept; and the built-in catalogue to
//! begin from.

pub mod catalogue;
pub mod model;
pub mod paint;
#[cfg(target_arch = "wasm32")]
mod view;

#[cfg(target_arch = "wasm32")]
pub const VIEW: super::View = super::View {
    id: "rules",
    title: "Rules",
    noun: "records",
    icon: "book-open",
    key: "r",
    group: "Audit",
    kinds: &[],
    also: &[],
    empty: "Any log file can be looked through by rules of one's own.",
    only_shared: false,
    css: include_str!("rules.css"),
    mount: view::mount,
};
