//! How do functions fare? Invocations, how long and how much memory they take against what they are given, cold starts, errors.

mod configured;
mod export;
pub mod model;
#[cfg(test)]
mod tests;
#[cfg(target_arch = "wasm32")]
mod view;

pub use export::EXPORT;

#[cfg(target_arch = "wasm32")]
pub const VIEW: super::View = super::View {
    id: "functions",
    title: "Functions",
    noun: "Lambda log lines",
    icon: "zap",
    key: "x",
    group: "Views",
    kinds: model::KINDS,
    also: &[],
    empty: "The log group of a Lambda function fills this view: an export of it, the answer of aws logs filter-log-events, or what aws logs tail wrote.",
    only_shared: false,
    css: "",
    mount: view::mount,
};
