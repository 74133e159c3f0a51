//! What does the person call this network? A list as CSV: networks, names, and whatever else stands beside them.
//!
//! `cidr,name` with or without a header, separated by commas, semicolons or tabs; lines that begin with `#` are comments.
//! A line is a row: a quoted field does not go on in the next one.

use super::ranges::{Ranges, as_text, parse_net};
use super::told::{NamingError, Problem, Rejects, SourceKind, SourceTold};
use ipnet::{IpNet, Ipv4Subnets, Ipv6Subnets};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::net::IpAddr;

/// A network that the person named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedNet {
    #[serde(with = "as_text")]
    pub net: IpNet,
    pub name: String,
    /// The row's other fields.
    pub detail: String,
}

#[derive(Clone, Debug, Default)]
pub struct Table(Ranges<NamedNet>);

impl Table {
    pub fn read(file: &str, bytes: &[u8]) -> Result<(Self, SourceTold), NamingError> {
        let error = |problem| NamingError {
            kind: SourceKind::Table,
            file: file.to_owned(),
            problem,
        };
        let text = std::str::from_utf8(bytes).map_err(|e| {
            let before = bytes.get(..e.valid_up_to()).unwrap_or_default();
            let line = before.iter().filter(|b| **b == b'\n').count() as u64 + 1;
            error(Problem::NotText { line })
        })?;
        let mut rejects = Rejects::default();
        let mut nets: Vec<NamedNet> = Vec::new();
        let mut columns: Option<Columns> = None;
        for (line, text) in lines(text) {
            let columns = match &columns {
                Some(columns) => columns,
                None => {
                    let (found, is_header) =
                        Columns::of(text).map_err(|column| error(Problem::NoColumn { line, column }))?;
                    let found = columns.insert(found);
                    if is_header {
                        continue;
                    }
                    found
                }
            };
            match columns.row(text) {
                Ok(row) => nets.extend(row),
                Err(reason) => rejects.add(reason, || format!("line {line}")),
            }
        }
        let (table, again) = Table::new(nets);
        for net in again {
            rejects.add(SAME, || net.to_string());
        }
        let rejected = rejects.into_list();
        if table.0.is_empty() {
            return Err(match rejected.into_iter().next() {
                Some(r) => error(Problem::NothingKept {
                    place: r.first.into_iter().next().unwrap_or_default(),
                    reason: r.reason,
                }),
                None => error(Problem::Empty),
            });
        }
        let told = SourceTold {
            kind: SourceKind::Table,
            file: file.to_owned(),
            what: SourceKind::Table.title().to_owned(),
            entries: Some(table.0.len() as u64),
            rejected,
            of: None,
            note: String::new(),
        };
        Ok((table, told))
    }

    pub fn of(nets: Vec<NamedNet>) -> Self {
        Table::new(nets).0
    }

    /// The first name of a network counts; those that another one is given later, too.
    fn new(nets: Vec<NamedNet>) -> (Self, Vec<IpNet>) {
        let mut again = Vec::new();
        let nets = nets.into_iter().map(|named| (named.net, named)).collect();
        let ranges = Ranges::new(nets, |kept: &mut NamedNet, other: NamedNet| {
            if kept.name != other.name {
                again.push(other.net);
            }
        });
        (Table(ranges), again)
    }

    /// Every named network that holds the address, the narrowest first.
    pub fn find(&self, addr: IpAddr) -> impl Iterator<Item = &NamedNet> {
        self.0.holding(addr).map(|(_, named)| named)
    }
}

const NO_NETWORK: &str = "no network: write it as 10.0.0.0/16, as an address, or as first-last";
const NO_NAME: &str = "no name stands beside the network";
const OPEN_QUOTE: &str = "a quotation mark is not closed on its line";
const SAME: &str = "a network with two names: the first is kept";

/// What columns are called, letters and digits only; of several the first word counts.
const NET_WORDS: &[&str] = &[
    "cidr",
    "cidrblock",
    "network",
    "prefix",
    "ipprefix",
    "range",
    "iprange",
    "subnet",
    "ip",
    "ipaddress",
    "address",
];
const NAME_WORDS: &[&str] = &["name", "label", "description", "owner"];

/// Lines that say something, with their numbers.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (u64, &str)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let all = (1..).zip(text.lines().map(str::trim));
    all.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

const DELIMITERS: [char; 3] = ['\t', ';', ','];

/// Where a list has its networks and names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Columns {
    delimiter: char,
    pub net: usize,
    pub name: usize,
}

impl Columns {
    /// After the first line, and whether that is a header. Else: the column that it lacks.
    pub fn of(line: &str) -> Result<(Columns, bool), &'static str> {
        let fits = |delimiter: &char| {
            let fields = split(line, *delimiter).unwrap_or_default();
            fields.len() > 1 && fields.iter().take(2).any(|field| parse_nets(field).is_some())
        };
        let most = |delimiter: &char| line.matches(*delimiter).count();
        let fitting = DELIMITERS.iter().find(|d| fits(d));
        let delimiter = fitting.or_else(|| DELIMITERS.iter().max_by_key(|d| most(d)));
        let delimiter = delimiter.copied().unwrap_or(',');
        let fields = split(line, delimiter).unwrap_or_default();
        let net = fields
            .iter()
            .take(2)
            .position(|field| parse_nets(field).is_some());
        if let Some(net) = net {
            let name = usize::from(net == 0);
            return Ok((Columns { delimiter, net, name }, false));
        }
        let words: Vec<String> = fields.iter().map(|field| word(field)).collect();
        let place = |known: &[&str]| known.iter().find_map(|k| words.iter().position(|w| w == k));
        match (place(NET_WORDS), place(NAME_WORDS)) {
            (Some(net), Some(name)) => Ok((Columns { delimiter, net, name }, true)),
            (Some(net), None) if words.len() == 2 => {
                let name = 1 - net.min(1);
                Ok((Columns { delimiter, net, name }, true))
            }
            (Some(_), None) => Err("names"),
            (None, Some(_)) => Err("networks"),
            // A damaged first row: the others are taken in the usual order.
            (None, None) => Ok((
                Columns {
                    delimiter,
                    net: 0,
                    name: 1,
                },
                false,
            )),
        }
    }

    pub fn fields<'a>(&self, line: &'a str) -> Option<Vec<Cow<'a, str>>> {
        split(line, self.delimiter)
    }

    fn row(&self, line: &str) -> Result<Vec<NamedNet>, &'static str> {
        let fields = self.fields(line).ok_or(OPEN_QUOTE)?;
        let nets = fields
            .get(self.net)
            .and_then(|field| parse_nets(field))
            .ok_or(NO_NETWORK)?;
        let name = fields
            .get(self.name)
            .filter(|name| !name.is_empty())
            .ok_or(NO_NAME)?;
        let others = fields
            .iter()
            .enumerate()
            .filter(|(i, _)| *i != self.net && *i != self.name);
        let detail: Vec<&str> = others
            .map(|(_, f)| f.as_ref())
            .filter(|f| !f.is_empty())
            .collect();
        let named = |net| NamedNet {
            net,
            name: name.to_string(),
            detail: detail.join(", "),
        };
        Ok(nets.into_iter().map(named).collect())
    }
}

/// `CIDR Block` → `cidrblock`
fn word(field: &str) -> String {
    let letters = field.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|c| c.to_ascii_lowercase()).collect()
}

/// `192.0.2.0/24`, `192.0.2.7`, `192.0.2.0-192.0.2.15`.
pub(super) fn parse_nets(field: &str) -> Option<Vec<IpNet>> {
    if let Some(net) = parse_net(field) {
        return Some(vec![net]);
    }
    let (first, last) = field.split_once('-')?;
    match (first.trim().parse().ok()?, last.trim().parse().ok()?) {
        (IpAddr::V4(a), IpAddr::V4(b)) if a <= b => Some(Ipv4Subnets::new(a, b, 0).map(IpNet::V4).collect()),
        (IpAddr::V6(a), IpAddr::V6(b)) if a <= b => Some(Ipv6Subnets::new(a, b, 0).map(IpNet::V6).collect()),
        _ => None,
    }
}

/// The fields of a line, trimmed; nothing where a quoted one does not end.
fn split(line: &str, delimiter: char) -> Option<Vec<Cow<'_, str>>> {
    let mut fields = Vec::new();
    let mut rest = line;
    loop {
        let inner = rest.trim_start_matches(|c: char| c.is_whitespace() && c != delimiter);
        let after = match inner.strip_prefix('"') {
            Some(quoted) => {
                let (field, after) = unquoted(quoted)?;
                fields.push(field);
                after.find(delimiter).and_then(|at| after.get(at..))
            }
            None => {
                let end = inner.find(delimiter);
                fields.push(Cow::Borrowed(inner.get(..end.unwrap_or(inner.len()))?.trim()));
                end.and_then(|at| inner.get(at..))
            }
        };
        match after.and_then(|after| after.strip_prefix(delimiter)) {
            Some(next) => rest = next,
            None => return Some(fields),
        }
    }
}

/// What stands up to the closing quotation mark, and what follows it; two of them are one that is meant.
fn unquoted(quoted: &str) -> Option<(Cow<'_, str>, &str)> {
    let mut field = String::new();
    let mut rest = quoted;
    loop {
        let (before, after) = rest.split_once('"')?;
        field.push_str(before);
        match after.strip_prefix('"') {
            Some(next) => {
                field.push('"');
                rest = next;
            }
            None => return Some((Cow::Owned(field.trim().to_owned()), after)),
        }
    }
}
