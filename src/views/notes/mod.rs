//! What did the person note, in the order in which it is to be read?

#[cfg(target_arch = "wasm32")]
mod view;

#[cfg(target_arch = "wasm32")]
pub use view::about;

#[cfg(target_arch = "wasm32")]
pub const VIEW: super::View = super::View {
    id: "notes",
    title: "Notes",
    noun: "notes",
    icon: "message-square-text",
    key: "n",
    group: "Audit",
    kinds: &[],
    also: &[],
    empty: "",
    only_shared: false,
    css: include_str!("notes.css"),
    mount: view::mount,
};
