//! Who was it? Sessions from sign-in to last call, back to the person; what was new, at what hours, and what was denied first.

mod export;
pub mod model;
#[cfg(target_arch = "wasm32")]
mod view;

pub use export::EXPORT;

#[cfg(target_arch = "wasm32")]
pub const VIEW: super::View = super::View {
    id: "sessions",
    title: "Sessions",
    noun: "CloudTrail events",
    icon: "users",
    key: "w",
    group: "Views",
    // The trail has the count of its events in the navigation; sessions are another number.
    kinds: &[],
    also: &["cloudtrail"],
    empty: "A CloudTrail export fills this view: it tells who signed in or took a role, what they did until their last call, and what of it was new.",
    only_shared: false,
    css: include_str!("sessions.css"),
    mount: view::mount,
};
