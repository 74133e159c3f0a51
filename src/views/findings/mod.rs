//! What was found, by others and here? Imported findings, counted and grouped the way the Trusted Advisor page does it, with what
//! rules and checks find in the logs themselves.

mod export;
pub mod model;
pub mod names;
pub mod ours;
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
    also: &[
        "cloudtrail",
        "vpc-flow",
        "config",
        "aws-inventory",
        "iam-credential-report",
    ],
    empty: "Findings fill this view: Trusted Advisor checks and results, Security Hub (ASFF), GuardDuty, Inspector, Prowler, OCSF, AWS Config compliance; and whatever rules and checks find in CloudTrail, flow logs, AWS Config and answers of the command line.",
    only_shared: false,
    css: include_str!("findings.css"),
    mount: view::mount,
};
