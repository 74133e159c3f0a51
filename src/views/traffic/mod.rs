//! Which traffic flowed, and what was stopped? Flow logs as a graph that is aggregated first, and what it sums to.

mod export;
pub mod model;
#[cfg(target_arch = "wasm32")]
mod view;

pub use export::EXPORT;

#[cfg(target_arch = "wasm32")]
pub const VIEW: super::View = super::View {
    id: "traffic",
    title: "Traffic",
    noun: "flow logs",
    icon: "waypoints",
    key: "t",
    group: "Views",
    kinds: &["vpc-flow", "tgw-flow"],
    also: &[],
    empty: "A VPC flow log export fills this view: the .log.gz or .parquet files of its S3 bucket, a CloudWatch Logs export, or the answer of aws logs filter-log-events.",
    only_shared: false,
    css: include_str!("traffic.css"),
    mount: view::mount,
};
