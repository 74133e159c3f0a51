//! What VPC and Transit Gateway flow logs share: lines of values in an order that a header line tells (or nobody
//! does), the same records as Parquet, and how to recognise either.

mod layout;
mod parquet;
mod read;
mod scan;
#[cfg(test)]
mod tests;
pub mod told;

use super::columnar::MAGIC;
use super::lines::sample_lines;
use super::{Confidence, Options, Reader, Sample};
use crate::base::{Facts, Role};
use layout::Layout;

/// Lines looked at to recognise a member and to choose its layout.
const SAMPLE_LINES: usize = 40;
/// What the values of a line must add up to (see [`layout::shape_of`]) to be a flow log beyond doubt.
const CLEAR_SCORE: u32 = 5;

/// One of the two kinds of flow log.
pub(super) struct Kind {
    pub facts: &'static Facts,
    /// Field counts of lines without a header line: the documented order cut after each version's last field.
    pub counts: &'static [usize],
    /// Transit Gateway records, not VPC ones.
    pub transit: bool,
}

/// The values of a line. Whatever stands below the space (tab, carriage return) separates too.
fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(|&b| b <= b' ').filter(|w| !w.is_empty())
}

impl Kind {
    /// The number of the field that holds a record's time: a table begins with its kind's fields, in their order.
    fn time_field(&self) -> usize {
        self.facts.role(Role::Time).unwrap_or_default()
    }

    pub(super) fn probe(&self, sample: &Sample<'_>) -> Option<Confidence> {
        if sample.head.starts_with(MAGIC) {
            return parquet::probe(self, sample);
        }
        let lines: Vec<&[u8]> = sample_lines(sample).take(SAMPLE_LINES).collect();
        if let Some(sure) = lines.iter().find_map(|line| {
            let names = layout::header_names(line, self.facts.fields)?;
            self.judge_names(&names)
        }) {
            return Some(sure);
        }
        let lines: Vec<Vec<&[u8]>> = lines.iter().map(|l| words(l).collect()).collect();
        let most = |n: usize| n * 2 > lines.len();
        if let Some((_, fit)) = self.best(self.documented(), &lines)
            && most(fit)
        {
            return Some(Confidence::Certain);
        }
        most(lines.iter().filter(|l| self.is_clearly_flow(l)).count()).then_some(Confidence::Likely)
    }

    /// How much a list of field names says that this kind has them.
    fn judge_names(&self, names: &[&str]) -> Option<Confidence> {
        let known: Vec<&str> = names
            .iter()
            .filter_map(|n| layout::resolve(n, self.facts.fields))
            .map(|f| f.name)
            .collect();
        let is_transit = known.iter().any(|n| is_transit_name(n)) || names.iter().any(|n| is_transit_name(n));
        let telling = |n: &&&str| n.contains('-') || matches!(**n, "srcaddr" | "dstaddr");
        match known.iter().filter(telling).count() {
            0 => None,
            _ if is_transit != self.transit => None,
            _ if known.len() >= 3 => Some(Confidence::Certain),
            _ => Some(Confidence::Likely),
        }
    }

    /// The documented order, cut after each version's last field.
    fn documented(&self) -> impl Iterator<Item = Layout> + '_ {
        self.counts
            .iter()
            .map(|&n| Layout::documented(self.facts.fields, n))
    }

    /// The layout that fits most lines (at least one), the first of equals.
    fn best(&self, layouts: impl Iterator<Item = Layout>, lines: &[Vec<&[u8]>]) -> Option<(Layout, usize)> {
        let mut best: Option<(Layout, usize)> = None;
        for layout in layouts {
            let fit = lines.iter().filter(|l| layout.fits(l)).count();
            if fit > best.as_ref().map_or(0, |b| b.1) {
                best = Some((layout, fit));
            }
        }
        best
    }

    /// Could these values, in whatever order, be anything but a flow log of this kind?
    fn is_clearly_flow(&self, values: &[&[u8]]) -> bool {
        let mut score = 0;
        let mut transit = false;
        for value in values {
            let Some((name, weight)) = layout::shape_of(value) else {
                // Zones, services and clusters look like anything, but no value has quotes, brackets or a clock in it.
                if value.iter().any(|b| b"\"'[](){}=;,|<>".contains(b)) || is_clock(value) {
                    return false;
                }
                continue;
            };
            score += weight;
            transit |= is_transit_name(name);
        }
        values.len() >= 5 && score >= CLEAR_SCORE && transit == self.transit
    }

    /// See [`LogFormat::restarts_after`](super::LogFormat::restarts_after).
    pub(super) fn restarts_after(&self, sample: &Sample<'_>) -> Option<usize> {
        if sample.head.starts_with(MAGIC) {
            return None;
        }
        let first = sample_lines(sample).next()?;
        if layout::header_names(first, self.facts.fields).is_none() {
            return Some(0);
        }
        let at = memchr::memmem::find(sample.head, first)?;
        let end = memchr::memchr(b'\n', sample.head.get(at..)?)?;
        Some(at + end + 1)
    }

    /// The reader that a member's beginning asks for.
    pub(super) fn reader(&'static self, sample: &Sample<'_>, options: &Options) -> Box<dyn Reader> {
        if sample.head.starts_with(MAGIC) {
            return parquet::reader(self);
        }
        let is_header = |l: &[u8]| layout::header_names(l, self.facts.fields).is_some();
        let shortest = || Layout::documented(self.facts.fields, self.counts.first().copied().unwrap_or(0));
        if sample_lines(sample).next().is_some_and(is_header) {
            return Box::new(read::LineReader::new(self, shortest(), Vec::new(), false));
        }
        let custom = options
            .flow_formats
            .iter()
            .filter_map(|f| Layout::custom(f, self.facts.fields));
        let layouts: Vec<Layout> = custom.chain(self.documented()).collect();
        let lines: Vec<Vec<&[u8]>> = sample_lines(sample)
            .filter(|l| !is_header(l))
            .take(SAMPLE_LINES)
            .map(|l| words(l).collect())
            .collect();
        let clear: Vec<Vec<&[u8]>> = lines
            .iter()
            .filter(|l| self.is_clearly_flow(l))
            .cloned()
            .collect();
        let known = self.best(layouts.iter().cloned(), &lines).map(|(l, _)| l);
        let guessed = known.is_none() && !clear.is_empty();
        let first = match known {
            Some(layout) => layout,
            None if guessed => Layout::guessed(&clear, self.facts.fields),
            None => shortest(),
        };
        Box::new(read::LineReader::new(self, first, layouts, guessed))
    }
}

fn is_transit_name(name: &str) -> bool {
    let name = name.replace('_', "-");
    name.starts_with("tgw-") || name.starts_with("packets-lost-") || name == "resource-type"
}

/// `2026-01-01T00:00:00Z`, `00:00:00`: other logs have them, flow logs write Unix times.
fn is_clock(value: &[u8]) -> bool {
    let colons = value.iter().filter(|&&b| b == b':').count();
    colons >= 2 && !value.starts_with(b"arn:") && !layout::is_address(value)
}
