//! What did others find? Imported findings, counted and grouped the way the Trusted Advisor page does it.

mod export;
pub mod model;
pub mod names;
pub mod resources;
#[cfg(target_arch = "wasm32")]
mod view;

pub use export::EXPORT;

#[cfg(target_arch = "wasm32")]
pub const VIEW: super::View = super::View {
    id: "findings",
    title: "Findings",
    noun: "findings",
    icon: "shield-alert",
    key: "f",
    group: "Views",
    kinds: &model::KINDS,
    empty: "Findings fill this view: Trusted Advisor checks and results, Security Hub (ASFF), GuardDuty, Inspector, Prowler, OCSF, AWS Config compliance.",
    only_shared: false,
    css: include_str!("findings.css"),
    mount: view::mount,
};
