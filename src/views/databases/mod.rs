//! How do databases fare? Errors, who connects and who fails to, statements by their form, locks, and what was audited.

mod export;
pub mod model;
#[cfg(test)]
mod tests;
#[cfg(target_arch = "wasm32")]
mod view;

pub use export::EXPORT;

#[cfg(target_arch = "wasm32")]
pub const VIEW: super::View = super::View {
    id: "databases",
    title: "Databases",
    noun: "database log records",
    icon: "database",
    key: "v",
    group: "Views",
    kinds: model::KINDS,
    also: &[],
    empty: "Logs of PostgreSQL, MySQL, MariaDB, SQL Server or Oracle fill this view, as aws rds download-db-log-file-portion or an export of their log group gives them.",
    only_shared: false,
    css: "",
    mount: view::mount,
};
