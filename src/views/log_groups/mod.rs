//! Which log groups are there, how long do they keep what they hold, and who looks at it? Groups and streams with their volume,
//! retention, encryption and class, and what filters on them match.

mod export;
pub mod model;
#[cfg(target_arch = "wasm32")]
mod view;

pub use export::EXPORT;

#[cfg(target_arch = "wasm32")]
pub const VIEW: super::View = super::View {
    id: "log-groups",
    title: "Log groups",
    noun: "log events",
    icon: "file-text",
    key: "b",
    group: "Views",
    // Its count would be that of other views' records.
    kinds: &[],
    also: &["lambda", "cloudwatch-logs", "aws-inventory"],
    empty: "An export of a CloudWatch Logs group fills this view, and what describes it: the answers of aws logs describe-log-groups, describe-log-streams, describe-metric-filters and describe-subscription-filters.",
    only_shared: false,
    css: include_str!("log_groups.css"),
    mount: view::mount,
};
