//! What the addresses and accounts in a shared file are called: of those alone, and without what is left out.

use crate::base::{FieldType, Role, size};
use crate::naming::Slim;
use crate::query::{Agg, Expr, Key, Order, Query};
use crate::session::Session;
use crate::share::hidden::Hidden;
use crate::share::report::Asks;
use leptos::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// Addresses that are named: those of the most records.
const MOST_ADDRESSES: usize = 20_000;
/// Accounts that are named.
const MOST_ACCOUNTS: usize = 2_000;
/// Words of the roles in which a kind has addresses, and accounts.
const ADDRESSES: [Role; 2] = [Role::SourceAddress, Role::DestinationAddress];

/// `asks` answers from what stands in the file; `None` where nothing names any of it.
pub async fn names(session: Session, asks: &dyn Asks, hidden: &Hidden) -> Option<Slim> {
    session.describe_network().await;
    if untrack(|| session.name_sources()).is_empty() {
        return None;
    }
    let finder = hidden.finder();
    let (addresses, others) = addresses(session, asks).await;
    let shown = |address: &IpAddr| !finder.hides(&address.to_string());
    let addresses: Vec<IpAddr> = addresses.into_iter().filter(shown).collect();
    let accounts = accounts(asks).await;
    let accounts: Vec<&str> = accounts
        .iter()
        .map(String::as_str)
        .filter(|id| !finder.hides(id))
        .collect();
    let slim = session.slim_names(&addresses, &accounts);
    let slim = slim.without(&|text| finder.hides(text));
    let slim = match others {
        0 => slim,
        n => slim.noted(&format!(
            "names the {} that most records have; {} more were not looked up",
            size::counted(MOST_ADDRESSES as u64, "addresses"),
            size::count(n)
        )),
    };
    (!slim.is_empty()).then_some(slim)
}

/// The addresses that records in the file have, in order, and how many more there are.
async fn addresses(session: Session, asks: &dyn Asks) -> (BTreeSet<IpAddr>, u64) {
    let own = session.fields.with_untracked(|all| {
        let addresses = all.iter().filter(|f| f.ty == FieldType::Address);
        addresses.map(|f| f.name.clone()).collect::<BTreeSet<String>>()
    });
    let by_role = ADDRESSES.iter().map(|role| role.word().to_owned());
    // A field may have its role's word for a name.
    let fields: BTreeSet<String> = own.into_iter().chain(by_role).collect();
    let mut counts: BTreeMap<IpAddr, i64> = BTreeMap::new();
    let mut others = 0;
    for field in fields {
        let (values, more) = values(asks, &field, MOST_ADDRESSES).await;
        // Each may be one that another field has as well.
        others = others.max(more);
        for (value, records) in values {
            if let Ok(address) = value.parse::<IpAddr>() {
                let count = counts.entry(address.to_canonical()).or_default();
                // Fields of one record have it several times: the fullest of them counts.
                *count = records.max(*count);
            }
        }
    }
    let mut all: Vec<(IpAddr, i64)> = counts.into_iter().collect();
    all.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    others += all.len().saturating_sub(MOST_ADDRESSES) as u64;
    all.truncate(MOST_ADDRESSES);
    (all.into_iter().map(|(address, _)| address).collect(), others)
}

async fn accounts(asks: &dyn Asks) -> BTreeSet<String> {
    let (values, _) = values(asks, Role::Account.word(), MOST_ACCOUNTS).await;
    values.into_iter().map(|(value, _)| value).collect()
}

/// A field's values with the records of each, those of the most first, and how many values there was no room for.
async fn values(asks: &dyn Asks, field: &str, most: usize) -> (Vec<(String, i64)>, u64) {
    let query = Query::groups(&[], vec![Key::Field(field.to_owned())], vec![Agg::Count])
        .filter(Expr::exists(field))
        .order(Order::Desc(0))
        .limit(most);
    let answer = asks.ask(query).await;
    let row = |row: &Vec<_>| Some((crate::base::Value::to_text(row.first()?), row.get(1)?.as_i64()?));
    (
        answer.rows.iter().filter_map(row).collect(),
        answer.groups.saturating_sub(answer.rows.len() as u64),
    )
}
