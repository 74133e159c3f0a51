//! What are the records, one by one? Any kind in one table, any column, back to the original text.

#[cfg(target_arch = "wasm32")]
mod view;

#[cfg(target_arch = "wasm32")]
pub const VIEW: super::View = super::View {
    id: "events",
    title: "Events",
    noun: "records",
    icon: "rows-3",
    key: "e",
    group: "Ask",
    kinds: &[],
    empty: "Any log file fills this view.",
    css: include_str!("events.css"),
    mount: view::mount,
};
