//! Is this dropped file one that gives names? Told by what is in it.

use super::mmdb;
use super::table::{Columns, lines, parse_nets};
use crate::base::time::parse_iso;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::net::IpAddr;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum NamingKind {
    /// AWS's `ip-ranges.json`.
    AwsRanges,
    /// A MaxMind DB.
    Mmdb,
    /// A list of networks as CSV.
    Table,
}

/// Lines that are looked at.
const LINES: usize = 200;

/// After a file's first 64 KiB, or all of a smaller one. A MaxMind DB says what it is at its end only: by its name it is taken for one, and else
/// [`recognise_tail`] tells.
pub fn recognise(name: &str, head: &[u8]) -> Option<NamingKind> {
    let name = name.to_ascii_lowercase();
    if mmdb::has_marker(head) {
        return Some(NamingKind::Mmdb);
    }
    if name.ends_with(".mmdb") && !is_text(head) {
        return Some(NamingKind::Mmdb);
    }
    if !is_text(head) {
        return None;
    }
    if is_aws_ranges(head) {
        return Some(NamingKind::AwsRanges);
    }
    is_table(&name, head).then_some(NamingKind::Table)
}

/// After a file's last bytes, of which [`mmdb::TAIL`] are enough.
pub fn recognise_tail(tail: &[u8]) -> Option<NamingKind> {
    mmdb::has_marker(tail).then_some(NamingKind::Mmdb)
}

fn is_text(head: &[u8]) -> bool {
    !head.is_empty() && !head.contains(&0)
}

/// Its keys, before and in its first prefix.
fn is_aws_ranges(head: &[u8]) -> bool {
    let head = head
        .strip_prefix(b"\xEF\xBB\xBF")
        .unwrap_or(head)
        .trim_ascii_start();
    let head = String::from_utf8_lossy(head.get(..head.len().min(4096)).unwrap_or_default());
    let has = |key: &str| head.contains(&format!("\"{key}\""));
    head.starts_with('{')
        && (has("prefixes") || has("ipv6_prefixes"))
        && (has("ip_prefix") || has("ipv6_prefix"))
        && (has("network_border_group") || has("syncToken"))
}

/// Whether every line is a network and a name. Logs have lines that begin with addresses, too: theirs go on with times,
/// numbers or other addresses, and the same ones come again and again.
fn is_table(name: &str, head: &[u8]) -> bool {
    if [".log", ".json", ".jsonl", ".gz", ".zip"]
        .iter()
        .any(|end| name.ends_with(end))
    {
        return false;
    }
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        // The head may end inside a character, and in the middle of its last line.
        Err(e) if e.error_len().is_none() => head
            .get(..e.valid_up_to())
            .and_then(|whole| std::str::from_utf8(whole).ok())
            .unwrap_or_default(),
        Err(_) => return false,
    };
    let cut = text.len() >= 4096 && !text.ends_with('\n');
    let text = if cut {
        text.rsplit_once('\n').map_or("", |(whole, _)| whole)
    } else {
        text
    };
    let mut rows = lines(text).take(LINES).map(|(_, line)| line).peekable();
    let Some(Ok((columns, is_header))) = rows.peek().map(|line| Columns::of(line)) else {
        return false;
    };
    if is_header {
        rows.next();
    } else if columns.net != 0 {
        return false;
    }
    let mut seen = HashSet::new();
    let (mut count, mut networks, mut bad) = (0_usize, 0_usize, 0_usize);
    for line in rows {
        let fields = columns.fields(line);
        let named = fields
            .as_ref()
            .filter(|f| f.get(columns.name).is_some_and(|name| is_name(name)));
        let net = named
            .and_then(|f| f.get(columns.net))
            .filter(|net| parse_nets(net).is_some());
        match net {
            Some(net) => {
                networks += usize::from(net.contains(['/', '-']));
                seen.insert(net.to_string());
                count += 1;
            }
            // A head that says what its columns are makes it a list, whatever is wrong with some of its lines.
            None if is_header => bad += 1,
            None => return false,
        }
    }
    if bad > count {
        return false;
    }
    let few_fields = networks > 0 || is_header || rows_are_pairs(text, &columns);
    count > 0 && (count - seen.len()) * 10 <= count && few_fields
}

/// Addresses without a single network, and no header: only two columns are a list.
fn rows_are_pairs(text: &str, columns: &Columns) -> bool {
    let rows = lines(text).take(LINES);
    rows.filter_map(|(_, line)| columns.fields(line))
        .all(|fields| fields.len() == 2)
}

/// A word, and no time, number, address or request.
fn is_name(field: &str) -> bool {
    let has_letter = field.chars().any(char::is_alphabetic);
    let dated = parse_iso(field.as_bytes()).is_some() || field.starts_with(['[', '{']);
    has_letter && !dated && field.parse::<IpAddr>().is_err() && field.chars().count() <= 200
}
