//! What the Traffic view asks and makes of the answers: pairs of ends, the graph they form, who owns which end, which
//! port serves, what things are called.

pub mod compare;
pub mod conversations;
mod figures;
mod graph;
mod names;
pub mod oddities;
pub mod outside;
mod own;
mod pairs;
pub mod places;
pub mod ports;
pub mod rejects;
pub mod skipped;
#[cfg(test)]
mod tests;

pub use figures::{
    BARS, REFUSED_ENDS, ask_empty_lines, ask_over_time, ask_refused, ask_talkers, empty_lines, exact,
    over_time, unit_of,
};
pub use graph::{Drawn, graph};
pub use names::{ask_names, names};
pub use own::{Owned, ask_owned, learn};
pub use pairs::{Asked, By, GROUPINGS, Pair, ask_pairs, ordered};

use crate::base::FieldType;
use crate::query::{Agg, Expr};
use std::net::IpAddr;

/// Kinds this view asks.
pub const KINDS: [&str; 2] = ["vpc-flow", "tgw-flow"];

/// What edges can measure.
pub const MEASURES: [(&str, &str); 3] = [("bytes", "bytes"), ("packets", "packets"), ("flows", "flows")];

/// What is counted where only rejected flows are.
pub const REJECTS: (&str, &str) = ("rejects", "rejects");

pub fn rejected() -> Expr {
    Expr::eq("action", "REJECT")
}

/// A record that carries traffic: NODATA and SKIPDATA lines do not.
pub fn flows() -> Expr {
    Expr::exists("srcaddr")
}

fn address_field(source: bool) -> &'static str {
    if source { "srcaddr" } else { "dstaddr" }
}

/// Sum of a measure, or of it over the rows that meet a condition.
pub fn amount(measure: &str, only: Option<Expr>) -> Agg {
    match (measure, only) {
        ("rejects", None) => Agg::CountIf(rejected()),
        ("rejects", Some(e)) => Agg::CountIf(e.and(rejected())),
        ("flows", None) => Agg::Count,
        ("flows", Some(e)) => Agg::CountIf(e),
        (m, None) => Agg::Sum(m.to_owned()),
        (m, Some(e)) => Agg::SumIf(m.to_owned(), e),
    }
}

/// Special-use addresses that are never routed on the internet (RFC 1918, 6598, 3927, 4193, 4291).
pub fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_unspecified()
                || (a == 100 && (64..128).contains(&b))
        }
        IpAddr::V6(v6) => {
            let first = v6.segments()[0];
            v6.is_loopback() || v6.is_unspecified() || first & 0xfe00 == 0xfc00 || first & 0xffc0 == 0xfe80
        }
    }
}

/// Columns of the pairs' table.
pub fn pair_columns(measure: &str) -> Vec<(String, FieldType)> {
    vec![
        ("from".into(), FieldType::Text),
        ("to".into(), FieldType::Text),
        (format!("{measure} accepted"), FieldType::Integer),
        (format!("{measure} rejected"), FieldType::Integer),
        ("flows".into(), FieldType::Integer),
    ]
}
