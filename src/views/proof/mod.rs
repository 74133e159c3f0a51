//! Is this shared file what its manifest says, and are these the files it was made from?

#[cfg(target_arch = "wasm32")]
mod view;

#[cfg(target_arch = "wasm32")]
pub const VIEW: super::View = super::View {
    id: "proof",
    title: "Proof",
    noun: "parts",
    icon: "shield-check",
    key: "p",
    group: "Audit",
    kinds: &[],
    also: &[],
    empty: "",
    only_shared: true,
    css: include_str!("proof.css"),
    mount: view::mount,
};
