//! How is logging set up? Every service in every account and Region: is it logged, whole, kept, encrypted, named, central, alarmed?

#[cfg(target_arch = "wasm32")]
mod view;

#[cfg(target_arch = "wasm32")]
pub const VIEW: super::View = super::View {
    id: "posture",
    title: "Posture",
    noun: "records",
    icon: "layers",
    key: "u",
    group: "Audit",
    kinds: &[],
    also: &[],
    empty: "Logs themselves, and what AWS Config or the command line say of trails, flow logs, log groups and buckets, fill this view.",
    only_shared: false,
    css: include_str!("posture.css"),
    mount: view::mount,
};
