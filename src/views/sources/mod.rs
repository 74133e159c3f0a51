//! What was opened, and what came of it? Every file with its outcome; large sets as groups.

#[cfg(target_arch = "wasm32")]
mod tables;
#[cfg(target_arch = "wasm32")]
mod view;

#[cfg(target_arch = "wasm32")]
pub const VIEW: super::View = super::View {
    id: "sources",
    title: "Sources",
    noun: "sources",
    icon: "folder-open",
    key: "s",
    group: "",
    kinds: &[],
    also: &[],
    empty: "Any log file fills this view.",
    only_shared: false,
    css: include_str!("sources.css"),
    mount: view::mount,
};
