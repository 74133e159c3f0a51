//! What would an auditor ask? Nine domains of questions, each with what the files say and what a person judged.

mod export;
#[cfg(target_arch = "wasm32")]
mod view;

pub use export::EXPORT;

#[cfg(target_arch = "wasm32")]
pub const VIEW: super::View = super::View {
    id: "checklist",
    title: "Checklist",
    noun: "records",
    icon: "clipboard-check",
    key: "k",
    group: "Audit",
    kinds: &[],
    also: &[],
    empty: "",
    only_shared: false,
    css: include_str!("checklist.css"),
    mount: view::mount,
};
