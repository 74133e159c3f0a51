//! What addresses are called: by files that the person dropped, and by what is described of the network.

use super::Session;
use crate::engine::client::pause;
use crate::naming::{
    Group, GroupKind, Hint, Name, Naming, NamingKind, Network, Slim, SourceKind, SourceTold, recognise,
    recognise_tail,
};
use leptos::prelude::*;
use std::cell::{Cell, RefCell};
use std::net::IpAddr;

/// Bytes of a file's beginning that tell what it is.
pub const HEAD: f64 = 65_536.0;
/// How often it is looked whether the network is described (ms).
const LOOK_MS: i32 = 15;

thread_local! {
    // Databases of addresses are large, and no signal has to hold them.
    static NAMES: RefCell<Naming> = RefCell::default();
    // The state of rows that the network is being described by, and the one that it was described by.
    static DESCRIBING: Cell<Option<u64>> = const { Cell::new(None) };
    static DESCRIBED: Cell<Option<u64>> = const { Cell::new(None) };
}

impl Session {
    /// Whether a file names addresses, by its name and its ends.
    pub fn names_addresses(self, name: &str, head: &[u8], tail: &[u8]) -> Option<NamingKind> {
        recognise(name, head).or_else(|| recognise_tail(tail))
    }

    /// Takes in a file that names addresses; what is said of it is for the person.
    pub fn take_names(self, kind: NamingKind, file: &str, bytes: Vec<u8>) -> String {
        let told = NAMES.with_borrow_mut(|names| names.read(kind, file, bytes));
        match told {
            Ok(told) => {
                self.names.update(|n| *n += 1);
                taken(file, &told)
            }
            Err(why) => why.to_string(),
        }
    }

    /// What an address is called, by the files dropped for that (tracked).
    pub fn name_of(self, address: IpAddr) -> Option<Name> {
        self.names.track();
        NAMES.with_borrow(|names| names.name(address, &Hint::default()))
    }

    /// What an end of a flow is called, by the files dropped for that: an address, or a network by its first one (tracked).
    pub fn end_name(self, end: &str) -> Option<String> {
        let address = end.split('/').next().unwrap_or(end);
        let name = self.name_of(address.parse().ok()?)?;
        // That an address is kept for documentation says what it is, not whose.
        (name.source != SourceKind::Special).then_some(name.text)
    }

    /// Takes in what is described of the network, of everything loaded; again when rows have changed since.
    pub async fn describe_network(self) {
        let rows = self.rows.get_untracked();
        if DESCRIBING.replace(Some(rows)) == Some(rows) {
            // Somebody else has begun.
            while DESCRIBED.get() != Some(rows) && DESCRIBING.get() == Some(rows) {
                pause(LOOK_MS).await;
            }
            return;
        }
        let wants = |_: &str, item_type: &str| Network::knows(item_type);
        let inventory = self.inventory(wants).await;
        if DESCRIBING.get() != Some(rows) {
            return;
        }
        NAMES.with_borrow_mut(|names| {
            names.forget_described();
            for d in &inventory.all {
                names.add(d.kind, &d.item_type, &d.body, &d.account, &d.region);
            }
        });
        DESCRIBED.set(Some(rows));
        self.names.try_update(|n| *n += 1);
    }

    /// Where an address stands, the outermost first (tracked).
    pub fn group_path(self, address: IpAddr) -> Vec<Group> {
        self.names.track();
        NAMES.with_borrow(|names| names.group_path(address, &Hint::default()))
    }

    /// The networks that a VPC or a subnet has.
    pub fn nets_of(self, group: &Group) -> Vec<ipnet::IpNet> {
        NAMES.with_borrow(|names| {
            let network = names.network();
            match group.kind {
                GroupKind::Vpc => network.vpc(&group.id).map(|v| v.nets.clone()),
                GroupKind::Subnet => network.subnet(&group.id).map(|s| s.nets.clone()),
                _ => None,
            }
            .unwrap_or_default()
        })
    }

    /// What these addresses and accounts are called, and no others; [`Session::describe_network`] comes first.
    pub fn slim_names(self, addresses: &[IpAddr], accounts: &[&str]) -> Slim {
        NAMES.with_borrow(|names| names.slim(addresses, accounts))
    }

    /// What names come from (tracked).
    pub fn name_sources(self) -> Vec<SourceTold> {
        self.names.track();
        NAMES.with_borrow(Naming::sources)
    }

    /// Takes away the names that a file gave.
    pub fn remove_names(self, file: &str) {
        if NAMES.with_borrow_mut(|names| names.remove(file)) {
            self.names.update(|n| *n += 1);
        }
    }
}

/// Takes in the names that a shared file brings.
pub(super) fn bring(slim: Slim) {
    NAMES.with_borrow_mut(|names| *names = Naming::from(slim));
}

fn taken(file: &str, told: &SourceTold) -> String {
    let entries = told
        .entries
        .map(|n| format!(", {}", crate::base::size::counted(n, "networks")));
    let left_out: u64 = told.rejected.iter().map(|r| r.count).sum();
    let mut says = format!(
        "{file}: {}{} name addresses now.",
        told.what,
        entries.unwrap_or_default()
    );
    if let Some(first) = told.rejected.first() {
        says.push_str(&format!(
            " {} left out: {} ({}).",
            crate::base::size::counted(left_out, "lines"),
            first.reason,
            first.first.join(", ")
        ));
    }
    says
}
