//! Would anyone have been told? CloudWatch metric filters and alarms: what they watch for, what they take, when they fire.
//!
//! [`topics`] are the fifteen things the CIS AWS Foundations benchmark wants watched, [`probes`] tell which of them a pattern
//! covers by what it matches, [`lint`](mod@lint) explains what is wrong with a pattern. [`filters`] reads what a person
//! exported of their own set-up; [`metric`] and [`alarm`] run it over events, and [`chain`] says where it breaks between the
//! event and a person.

pub mod alarm;
pub mod chain;
pub mod filters;
pub mod lint;
pub mod metric;
pub mod probes;
pub mod topics;

pub use lint::{Lint, Severity, lint};
pub use probes::{Coverage, coverage};
pub use topics::{TOPICS, Topic, topic};
