//! Who asked for what, and how did it go? Requests to load balancers, buckets, distributions and web servers alike.

pub mod client;
mod export;
pub mod model;
#[cfg(target_arch = "wasm32")]
mod outside;
#[cfg(target_arch = "wasm32")]
mod view;

#[cfg(test)]
mod tests;

pub use export::EXPORT;

#[cfg(target_arch = "wasm32")]
pub const VIEW: super::View = super::View {
    id: "requests",
    title: "Requests",
    noun: "requests",
    icon: "globe",
    key: "h",
    group: "Views",
    kinds: model::KINDS,
    also: &[],
    empty: "Access logs fill this view: of load balancers, of S3 buckets, of CloudFront and of AWS WAF, as they lie in their bucket; of Apache, nginx, IIS and HAProxy.",
    only_shared: false,
    css: concat!(include_str!("../board.css"), include_str!("requests.css")),
    mount: view::mount,
};
