//! What are the records, one by one? Any kind in one table, any column, back to the original text.

mod export;
mod model;
#[cfg(target_arch = "wasm32")]
mod view;

pub use export::EXPORT;

#[cfg(target_arch = "wasm32")]
pub const VIEW: super::View = super::View {
    id: "events",
    title: "Events",
    noun: "records",
    icon: "rows-3",
    key: "e",
    group: "Ask",
    kinds: &[],
    also: &[],
    empty: "Any log file fills this view.",
    only_shared: false,
    css: include_str!("events.css"),
    mount: view::mount,
};
