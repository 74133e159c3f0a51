//! What does every source say about one address, principal, key or resource? One timeline, and what it touched.
//!
//! Written over roles alone: a kind whose fields have roles takes part without a line here.

mod export;
pub mod model;
#[cfg(target_arch = "wasm32")]
mod pick;
#[cfg(target_arch = "wasm32")]
mod view;

pub use export::EXPORT;

#[cfg(target_arch = "wasm32")]
pub const VIEW: super::View = super::View {
    id: "entity",
    title: "Entity",
    noun: "records",
    icon: "crosshair",
    key: "y",
    group: "Views",
    kinds: &[],
    also: &[],
    empty: "Any log fills this view: it shows everything that all of them say about one address, principal, key or resource.",
    only_shared: false,
    css: include_str!("entity.css"),
    mount: view::mount,
};
