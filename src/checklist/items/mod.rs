//! The questions, domain by domain.

mod access;
mod assets;
mod encryption;
mod governance;
mod incidents;
mod inherited;
mod logging;
mod network;
mod recovery;

use super::Item;

/// In the order of [`super::Domain::ALL`].
pub const ITEMS: [&[Item]; 9] = [
    governance::ITEMS,
    network::ITEMS,
    assets::ITEMS,
    access::ITEMS,
    encryption::ITEMS,
    logging::ITEMS,
    incidents::ITEMS,
    recovery::ITEMS,
    inherited::ITEMS,
];

/// Every item, in order.
pub fn items() -> impl Iterator<Item = &'static Item> {
    ITEMS.into_iter().flatten()
}

/// The item of this id.
pub fn item(id: &str) -> Option<&'static Item> {
    items().find(|item| item.id == id)
}
