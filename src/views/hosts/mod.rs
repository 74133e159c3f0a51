//! What happens on hosts? Messages by host, unit and severity; who came in and who failed to; what was done as somebody else; services.

mod export;
pub mod model;
#[cfg(test)]
mod tests;
#[cfg(target_arch = "wasm32")]
mod view;

pub use export::EXPORT;

#[cfg(target_arch = "wasm32")]
pub const VIEW: super::View = super::View {
    id: "hosts",
    title: "Hosts",
    noun: "host log records",
    icon: "server",
    key: "i",
    group: "Views",
    kinds: model::KINDS,
    also: &[],
    empty: "Logs of hosts fill this view: syslog, auth.log or secure, journalctl -o json, Windows events (.evtx, XML, JSON), error logs of Apache and nginx.",
    only_shared: false,
    css: "",
    mount: view::mount,
};
