//! What are addresses, networks and ids called? By the inventories that are loaded.

use crate::base::Value;
use crate::query::{Agg, Answer, Expr, Key, Query};
use std::collections::BTreeMap;

/// Items of an inventory that have a name.
pub fn ask_names() -> Query {
    let by = ["itemType", "id", "name", "addresses", "cidrs"].map(|f| Key::Field(f.to_owned()));
    Query::groups(&["aws-inventory"], by.into(), vec![Agg::Count])
        .filter(Expr::exists("name"))
        .limit(20_000)
}

/// Names by id, address and network out of the answer to [`ask_names`]. An address is called by what uses it: an
/// instance rather than the interface it hangs on.
pub fn names(answer: &Answer) -> BTreeMap<String, String> {
    let mut best: BTreeMap<String, (u8, String)> = BTreeMap::new();
    for row in &answer.rows {
        let [kind, id, name, addresses, cidrs, ..] = row.as_slice() else {
            continue;
        };
        let (kind, name) = (kind.to_text(), name.to_text());
        if name.is_empty() {
            continue;
        }
        let rank = match kind.as_str() {
            "Instance" => 0,
            "NetworkInterface" => 2,
            "Address" => 3,
            _ => 1,
        };
        let mut call = |what: String| {
            let mine = (rank, name.clone());
            let entry = best.entry(what).or_insert_with(|| mine.clone());
            if mine < *entry {
                *entry = mine;
            }
        };
        if !id.is_absent() {
            call(id.to_text());
        }
        if let Value::List(all) = addresses {
            all.iter().for_each(|a| call(a.clone()));
        }
        // Only of networks themselves: a security group or a prefix list names the networks of others.
        if let Value::List(all) = cidrs
            && matches!(kind.as_str(), "Subnet" | "Vpc")
        {
            all.iter().for_each(|c| call(c.clone()));
        }
    }
    best.into_iter().map(|(what, (_, name))| (what, name)).collect()
}
