//! What does it cost, and what has changed? Bills by service, account, Region, usage type, resource and tag.

mod export;
pub mod model;
#[cfg(test)]
mod tests;
mod totals;
pub mod usage;
#[cfg(target_arch = "wasm32")]
mod view;

pub use export::EXPORT;

#[cfg(target_arch = "wasm32")]
pub const VIEW: super::View = super::View {
    id: "costs",
    title: "Costs",
    noun: "line items",
    icon: "dollar-sign",
    key: "m",
    group: "Views",
    kinds: model::KINDS,
    also: &[],
    empty: "A billing report fills this view: a cost and usage report or a Data Export (CSV), a FOCUS export, or a detailed billing report with resources and tags.",
    only_shared: false,
    css: "",
    mount: view::mount,
};
