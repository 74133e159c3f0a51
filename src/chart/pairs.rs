//! Who and whom? What the charts of pairs share: their ends, which of them are drawn, and how their sums are told.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::ink::Ink;
use super::scene::{LegendItem, TableTwin};
use super::ticks::{Amount, Unit};
use crate::base::size;

/// From here on a payload stands for what is drawn together, and is no index of the caller's.
pub const OTHERS: usize = usize::MAX / 2;

/// One of those that a chart of pairs connects: an address, a subnet, a service.
#[derive(Clone, Debug, PartialEq)]
pub struct End {
    /// What the page knows it by; never drawn.
    pub id: String,
    pub name: String,
    /// `10.20.1.4, app-a`; empty where there is none.
    pub detail: String,
    pub ink: Ink,
}

/// What went between two ends. Amounts below zero count as none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sum {
    pub accepted: Amount,
    pub rejected: Amount,
}

impl Sum {
    pub fn new(accepted: Amount, rejected: Amount) -> Self {
        Sum {
            accepted: accepted.max(0),
            rejected: rejected.max(0),
        }
    }

    pub fn add(&mut self, other: Sum) {
        self.accepted = self.accepted.saturating_add(other.accepted);
        self.rejected = self.rejected.saturating_add(other.rejected);
    }

    pub fn of(sums: impl IntoIterator<Item = Sum>) -> Self {
        sums.into_iter().fold(Sum::default(), |mut all, sum| {
            all.add(sum);
            all
        })
    }

    pub fn total(self) -> Amount {
        self.accepted.saturating_add(self.rejected)
    }

    /// `1.2 GB accepted, 3 kB rejected`
    pub fn words(self, unit: &Unit) -> String {
        format!(
            "{} accepted, {} rejected",
            unit.long(self.accepted),
            unit.long(self.rejected)
        )
    }

    pub fn legend(self, unit: &Unit, accepted: Ink) -> Vec<LegendItem> {
        [
            ("accepted", accepted, false, self.accepted),
            ("rejected", Ink::Reject, true, self.rejected),
        ]
        .map(|(name, ink, hatched, total)| LegendItem {
            name: name.to_owned(),
            ink,
            hatched,
            total: unit.short(total as f64),
        })
        .into()
    }
}

/// Those of one side that are drawn, each in a seat: the largest in their own, the rest together in the last.
pub(super) struct Side<'a> {
    ends: &'a [End],
    /// The index of each end that has a seat of its own, largest first.
    named: Vec<usize>,
    /// The seat of each end by its index.
    seats: BTreeMap<usize, usize>,
    /// How many share the last seat.
    others: usize,
    /// What went through each seat.
    pub sums: Vec<Sum>,
}

impl<'a> Side<'a> {
    /// At most `most` seats for the ends that are used. An index that names no end is one of the others.
    pub fn seat(ends: &'a [End], uses: impl IntoIterator<Item = (usize, Sum)>, most: usize) -> Self {
        let mut totals: BTreeMap<usize, Sum> = BTreeMap::new();
        for (end, sum) in uses {
            totals.entry(end).or_default().add(sum);
        }
        let (mut named, unknown): (Vec<usize>, Vec<usize>) =
            totals.keys().partition(|end| **end < ends.len());
        named.sort_by_key(|end| (std::cmp::Reverse(totals.get(end).map(|s| s.total())), *end));
        if named.len() + usize::from(!unknown.is_empty()) > most.max(1) {
            named.truncate(most.max(1) - 1);
        }
        let own: BTreeMap<usize, usize> = named.iter().enumerate().map(|(seat, end)| (*end, seat)).collect();
        let seats: BTreeMap<usize, usize> = totals
            .keys()
            .map(|end| (*end, own.get(end).copied().unwrap_or(named.len())))
            .collect();
        let others = totals.len() - named.len();
        let mut sums = vec![Sum::default(); named.len() + usize::from(others > 0)];
        for (end, sum) in &totals {
            if let Some(slot) = seats.get(end).and_then(|seat| sums.get_mut(*seat)) {
                slot.add(*sum);
            }
        }
        Side {
            ends,
            named,
            seats,
            others,
            sums,
        }
    }

    pub fn len(&self) -> usize {
        self.sums.len()
    }

    /// Whether several share the last seat.
    pub fn shared(&self) -> bool {
        self.others > 0
    }

    /// Where an end sits. Only those that [`Side::seat`] was told of have a seat.
    pub fn of(&self, end: usize) -> usize {
        self.seats.get(&end).copied().unwrap_or(self.named.len())
    }

    /// The index of the end that has this seat for itself.
    pub fn index(&self, seat: usize) -> Option<usize> {
        self.named.get(seat).copied()
    }

    pub fn end(&self, seat: usize) -> Option<&'a End> {
        self.ends.get(self.index(seat)?)
    }

    pub fn name(&self, seat: usize) -> String {
        match self.end(seat) {
            Some(end) => end.name.clone(),
            None => size::counted(self.others as Amount, "others"),
        }
    }

    /// The name with what else is known of it.
    pub fn whole(&self, seat: usize) -> String {
        match self.end(seat) {
            Some(end) if !end.detail.is_empty() => format!("{} ({})", end.name, end.detail),
            _ => self.name(seat),
        }
    }

    /// How many ends there are, drawn alone or not.
    pub fn count(&self) -> Amount {
        self.seats.len() as Amount
    }

    /// ` (12 of them together)`; nothing where each has its own seat.
    pub fn together(&self) -> String {
        match self.others {
            0 | 1 => String::new(),
            n => format!(" ({} of them together)", size::count(n as Amount)),
        }
    }
}

/// The table of drawn pairs: the columns that name them, then their exact figures.
pub(super) fn table(
    heads: &[&str],
    unit: &Unit,
    rows: impl IntoIterator<Item = (Vec<String>, Sum)>,
) -> TableTwin {
    let figures = ["Accepted", "Rejected"].map(|what| format!("#{what}, {}", unit.column()));
    let mut table = TableTwin::with_columns(heads.iter().map(|h| (*h).to_owned()).chain(figures));
    for (mut row, sum) in rows {
        row.extend([sum.accepted, sum.rejected].map(|amount| unit.exact(amount)));
        table.rows.push(row);
    }
    table
}

/// The payload of a drawn pair, `index` its place among those drawn: the caller's own index `first`, or a number from
/// [`OTHERS`] on where one of its ends is several.
pub(super) fn payload(first: usize, named: bool, index: usize) -> usize {
    if named {
        first
    } else {
        OTHERS.saturating_add(index)
    }
}
