//! What was in the account at a moment, what differs between two, and what was compliant throughout?

mod export;
pub mod model;
#[cfg(target_arch = "wasm32")]
mod view;

pub use export::EXPORT;

#[cfg(target_arch = "wasm32")]
pub const VIEW: super::View = super::View {
    id: "account",
    title: "Account",
    noun: "configuration items",
    icon: "database",
    key: "d",
    group: "Views",
    kinds: &[],
    also: &["config", "config-compliance"],
    empty: "AWS Config fills this view: snapshots or histories tell what was there at any moment, evaluations of its rules what was compliant.",
    only_shared: false,
    css: include_str!("account.css"),
    mount: view::mount,
};
