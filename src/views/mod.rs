//! What does a person see? One view = one folder: `model.rs` is pure, `view.rs` is Leptos, its css beside it.

pub mod account;
pub mod alarms;
pub mod board;
pub mod board_cells;
pub mod board_made;
pub mod board_told;
#[cfg(target_arch = "wasm32")]
pub mod board_view;
pub mod checklist;
pub mod config;
pub mod costs;
pub mod databases;
#[cfg(target_arch = "wasm32")]
pub mod download;
pub mod entity;
pub mod events;
pub mod findings;
pub mod first;
pub mod functions;
pub mod holes;
pub mod hosts;
pub mod judge;
#[cfg(target_arch = "wasm32")]
pub mod local_table;
pub mod log_groups;
#[cfg(target_arch = "wasm32")]
pub mod name_sources;
pub mod notes;
pub mod overview;
pub mod paint;
#[cfg(target_arch = "wasm32")]
pub mod people;
pub mod percentiles;
#[cfg(target_arch = "wasm32")]
pub mod pin;
pub mod posture;
pub mod printed;
pub mod proof;
#[cfg(target_arch = "wasm32")]
pub mod proofs;
pub mod query;
pub mod questions;
pub mod relationship;
pub mod requests;
pub mod rules;
pub mod sessions;
pub mod shared;
#[cfg(target_arch = "wasm32")]
pub mod show_query;
pub mod sources;
#[cfg(target_arch = "wasm32")]
pub mod states;
pub mod traffic;
pub mod trail;
pub mod whose;

use crate::share::report::Export;

/// What views tell in a report: id, title, how; in the report's order.
pub static EXPORTS: &[(&str, &str, Export)] = &[
    ("overview", "Overview", overview::EXPORT),
    ("findings", "Findings", findings::EXPORT),
    ("alarms", "Alarms", alarms::EXPORT),
    ("trail", "Trail", trail::EXPORT),
    ("sessions", "Sessions", sessions::EXPORT),
    ("traffic", "Traffic", traffic::EXPORT),
    ("requests", "Requests", requests::EXPORT),
    ("functions", "Functions", functions::EXPORT),
    ("log-groups", "Log groups", log_groups::EXPORT),
    ("databases", "Databases", databases::EXPORT),
    ("hosts", "Hosts", hosts::EXPORT),
    ("costs", "Costs", costs::EXPORT),
    ("config", "Config", config::EXPORT),
    ("account", "Account", account::EXPORT),
    ("entity", "Entity", entity::EXPORT),
    ("checklist", "Audit checklist", checklist::EXPORT),
    ("events", "Events", events::EXPORT),
];

#[cfg(test)]
mod tests;

#[cfg(target_arch = "wasm32")]
mod registry {
    use crate::session::Session;
    use leptos::prelude::AnyView;

    /// A view, as the shell knows it.
    pub struct View {
        /// Stands in the URL.
        pub id: &'static str,
        pub title: &'static str,
        /// What it shows, plural, for sentences: `flow logs`.
        pub noun: &'static str,
        pub icon: &'static str,
        /// The letter after G that goes there.
        pub key: &'static str,
        /// Its place in the navigation.
        pub group: &'static str,
        /// Registry ids of the kinds it lives from; empty: any, or none.
        pub kinds: &'static [&'static str],
        /// Kinds that fill it as well, without being counted in the navigation.
        pub also: &'static [&'static str],
        /// Why there is nothing to show, and which file would fill it.
        pub empty: &'static str,
        /// It is about the shared file that the page is: the app does not have it.
        pub only_shared: bool,
        pub css: &'static str,
        pub mount: fn(Session) -> AnyView,
    }

    impl View {
        /// Is there nothing that it could show?
        pub fn is_empty(&self, session: Session) -> bool {
            let none = |kinds: &[&str]| kinds.is_empty() || session.rows_of(kinds) == 0;
            let lives_from = !(self.kinds.is_empty() && self.also.is_empty());
            lives_from && none(self.kinds) && none(self.also)
        }
    }
}

#[cfg(target_arch = "wasm32")]
pub use registry::View;

/// Every view, in the navigation's order.
#[cfg(target_arch = "wasm32")]
pub static VIEWS: &[View] = &[
    overview::VIEW,
    sources::VIEW,
    traffic::VIEW,
    trail::VIEW,
    sessions::VIEW,
    requests::VIEW,
    functions::VIEW,
    log_groups::VIEW,
    databases::VIEW,
    hosts::VIEW,
    costs::VIEW,
    config::VIEW,
    account::VIEW,
    findings::VIEW,
    entity::VIEW,
    events::VIEW,
    query::VIEW,
    alarms::VIEW,
    posture::VIEW,
    checklist::VIEW,
    rules::VIEW,
    notes::VIEW,
    proof::VIEW,
];
