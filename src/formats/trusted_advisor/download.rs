//! The sheets that the console downloads.

use super::{COLUMNS, Check, join_names, plain_text};
use crate::base::time;
use crate::formats::finding::{self, Finding, Light};
use crate::formats::json::document::Cells;
use crate::formats::sheet::{self, Held};
use crate::formats::{Confidence, Reader, Sample};
use crate::table::RowSink;

/// Words a header cell of a downloaded sheet has: one of them, and `Status`.
const PLACES: &[&str] = &[
    "region", "resource", "id", "name", "bucket", "user", "service", "limit",
];

fn is_header(cells: &[String]) -> bool {
    let filled: Vec<String> = cells
        .iter()
        .filter(|c| !c.is_empty())
        .map(|c| c.to_ascii_lowercase())
        .collect();
    filled.len() > 2
        && filled.iter().any(|c| c == "status")
        && filled.iter().any(|c| PLACES.iter().any(|p| c.contains(p)))
}

/// A sheet with a header row, below the name of a check or of the service.
pub(super) fn probe(sample: &Sample<'_>) -> Option<Confidence> {
    let text = String::from_utf8_lossy(sample.head).to_ascii_lowercase();
    let named = text.contains("trusted advisor");
    let check = text
        .lines()
        .take(30)
        .any(|l| preamble(l).is_some_and(|(key, _)| key == "check"));
    if !named && !check {
        return None;
    }
    let mut header = false;
    let line = sample
        .head
        .split(|&b| b == b'\n')
        .find(|l| !l.trim_ascii().is_empty())?;
    sheet::rows(sample.head, sheet::delimiter(line), &mut |row| {
        header |= is_header(&row.cells)
    });
    match (header, named) {
        (true, _) => Some(Confidence::Likely),
        (false, true) if check => Some(Confidence::Possible),
        _ => None,
    }
}

/// A line above a sheet's header: `Check name: …`, `"AWS Account ID","…"`.
fn preamble(line: &str) -> Option<(&'static str, String)> {
    let clean = line.replace('"', "");
    let (key, value) = clean.split_once([':', ',', ';', '\t'])?;
    let letters: String = key
        .chars()
        .filter(char::is_ascii_alphabetic)
        .collect::<String>()
        .to_ascii_lowercase();
    let key = match letters.as_str() {
        "check" | "checkname" | "checktitle" | "title" | "name" => "check",
        "checkid" | "id" => "id",
        "account" | "accountid" | "awsaccount" | "awsaccountid" | "accountnumber" => "account",
        "category" | "pillar" | "checkcategory" => "category",
        "description" | "checkdescription" => "description",
        "date" | "time" | "timestamp" | "lastupdated" | "lastrefreshed" | "reportdate" | "downloaded" => {
            "time"
        }
        _ => return None,
    };
    let value = value.trim().trim_end_matches([',', ';', '\t']).trim();
    (!value.is_empty()).then(|| (key, value.to_owned()))
}

/// The console's download: blocks of a preamble, a header row and one row for each resource.
#[derive(Default)]
pub(super) struct Download {
    held: Held,
}

/// What the preamble of a block said.
#[derive(Default)]
struct Block {
    check: Check,
    account: String,
    description: String,
    time: Option<i64>,
    header: Vec<String>,
}

impl Reader for Download {
    fn feed(&mut self, chunk: &[u8], sink: &mut RowSink<'_>) {
        self.held.feed(chunk, sink);
    }

    fn finish(&mut self, sink: &mut RowSink<'_>) {
        let bytes = self.held.take();
        let commas = |l: &&[u8]| l.iter().filter(|&&b| matches!(b, b',' | b';' | b'\t')).count();
        let widest = bytes
            .split(|&b| b == b'\n')
            .take(200)
            .max_by_key(commas)
            .unwrap_or_default();
        let mut block = Block::default();
        sheet::rows(&bytes, sheet::delimiter(widest), &mut |row| {
            block.take(&row, sink)
        });
    }
}

impl Block {
    fn take(&mut self, row: &sheet::Row<'_>, sink: &mut RowSink<'_>) {
        let filled = row.cells.iter().filter(|c| !c.is_empty()).count();
        if is_header(&row.cells) {
            self.header.clone_from(&row.cells);
        } else if filled > 2 && !self.header.is_empty() {
            self.resource(row, sink);
        } else if filled > 0 {
            let line = row.cells.join(",");
            let Some((key, value)) = preamble(&line) else {
                return;
            };
            if !self.header.is_empty() {
                // The next block begins; the account and the date stand above the first one only.
                let (account, time) = (std::mem::take(&mut self.account), self.time);
                *self = Block {
                    account,
                    time,
                    ..Block::default()
                };
            }
            match key {
                "check" => self.check.name = value,
                "id" => self.check.id = value,
                "account" => self.account = value.chars().filter(char::is_ascii_alphanumeric).collect(),
                "category" => self.check.category = finding::category(&value),
                "description" => self.description = plain_text(&value),
                _ => self.time = time::parse_iso(value.as_bytes()).or(self.time),
            }
        }
    }

    fn resource(&self, row: &sheet::Row<'_>, sink: &mut RowSink<'_>) {
        let cell = |wanted: &dyn Fn(&str) -> bool| {
            let at = self.header.iter().position(|h| wanted(&h.to_ascii_lowercase()));
            at.and_then(|at| row.cells.get(at)).map_or("", String::as_str)
        };
        let status = cell(&|h| h == "status");
        let light = Light::of_verdict(status).unwrap_or_default();
        let word = match light {
            Light::Red => "error",
            Light::Yellow => "warning",
            Light::Green => "ok",
            Light::None => "not_available",
        };
        // `Region/AZ` has a zone's letter behind the region.
        let region = cell(&|h| h.starts_with("region")).trim_end_matches(|c: char| c.is_ascii_lowercase());
        let resource = [
            cell(&|h| h.contains("arn") || h == "resource"),
            cell(&|h| h.ends_with(" id") || h == "id"),
            cell(&|h| h.contains("name") || h.contains("bucket") || h.contains("user")),
        ];
        let mut cells = Cells::new(sink, &COLUMNS);
        if let Some(t) = self.time {
            cells.int("timestamp", t);
        }
        cells.text("recordType", "resource");
        cells.text("checkId", &self.check.id);
        cells.text("checkName", &self.check.name);
        cells.text("category", self.check.category.unwrap_or_default());
        cells.text("status", word);
        cells.text("region", region.trim_matches('-'));
        cells.text(
            "resourceId",
            resource.iter().find(|r| !r.is_empty()).unwrap_or(&""),
        );
        cells.list("metadata", &join_names(row.cells.iter().cloned(), &self.header));
        cells.text("account", &self.account);
        cells.text("description", &self.description);
        Finding {
            title: &self.check.name,
            light,
            category: Some(self.check.category.unwrap_or("")),
            check: if self.check.id.is_empty() {
                &self.check.name
            } else {
                &self.check.id
            },
            ..Finding::default()
        }
        .write(&mut cells);
        sink.end(row.offset, row.text.len() as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn preambles_are_read_however_they_are_cut() {
        assert_eq!(
            preamble("Check name: IAM Use,,"),
            Some(("check", "IAM Use".to_owned()))
        );
        assert_eq!(
            preamble("\"AWS Account ID\",\"111122223333\""),
            Some(("account", "111122223333".to_owned()))
        );
        assert_eq!(preamble("Region,Status"), None);
    }
}
