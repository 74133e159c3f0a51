//! What does a person ask in the logs' own languages? An editor, what comes of its text as table and chart, and the way from
//! every row to its records.

pub mod chart;
pub mod examples;
pub mod kept;
pub mod leads;
pub mod offers;
pub mod rows;
pub mod shape;
#[cfg(target_arch = "wasm32")]
mod view;

#[cfg(target_arch = "wasm32")]
pub const VIEW: super::View = super::View {
    id: "query",
    title: "Query",
    noun: "records",
    icon: "square-terminal",
    key: "q",
    group: "Ask",
    kinds: &[],
    also: &[],
    empty: "Any log file can be asked here, with CloudWatch Logs Insights queries and filter patterns.",
    only_shared: false,
    css: include_str!("query.css"),
    mount: view::mount,
};
