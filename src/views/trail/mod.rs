//! Who did what, when? CloudTrail in lanes, from years to seconds, with what failed and what changed something.

mod export;
#[cfg(target_arch = "wasm32")]
mod lanes;
pub mod model;
pub mod overlay;
pub mod signs;
#[cfg(test)]
mod tests;
#[cfg(target_arch = "wasm32")]
mod view;
pub mod zoom;

pub use export::EXPORT;

#[cfg(target_arch = "wasm32")]
pub const VIEW: super::View = super::View {
    id: "trail",
    title: "Trail",
    noun: "CloudTrail events",
    icon: "route",
    key: "l",
    group: "Views",
    kinds: &["cloudtrail"],
    also: &[],
    empty: "A CloudTrail export fills this view: the .json.gz files of a trail's S3 bucket, the console's Event history download, or the answer of aws cloudtrail lookup-events.",
    only_shared: false,
    css: include_str!("trail.css"),
    mount: view::mount,
};
