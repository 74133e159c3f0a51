//! What was examined, and what could not be.

use super::{Cell, Section, Table, instant};
use crate::base::size;

/// A file that was opened, as the manifest knows it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Input {
    pub name: String,
    /// As opened (packed).
    pub bytes: u64,
    /// In hexadecimal digits; empty where it is not known.
    pub sha256: String,
    /// The kind's title; empty where it was not recognised.
    pub kind: String,
    /// Records kept, duplicates left out.
    pub kept: u64,
    /// Records that another file has too.
    pub duplicates: u64,
    /// Records that could not be read, by reason.
    pub rejected: Vec<(String, u64)>,
    /// Times of its first and last record (ns).
    pub first_ns: Option<i64>,
    pub last_ns: Option<i64>,
    /// Why the file, or the rest of it, could not be read.
    pub error: Option<String>,
}

impl Input {
    fn not_read(&self) -> u64 {
        self.rejected
            .iter()
            .fold(0, |sum: u64, (_, n)| sum.saturating_add(*n))
    }
}

/// The section about the inputs. `holes` are sentences, each about a stretch without records that were expected;
/// `waiting` are rules that could not be evaluated, each with the file that would help.
pub fn examined(inputs: &[Input], holes: &[String], waiting: &[(String, String)]) -> Section {
    let mut section = Section::new("examined", "What was examined, what could not be");
    let sum = |of: fn(&Input) -> u64| inputs.iter().fold(0, |sum: u64, i| sum.saturating_add(of(i)));
    section.note = size::counted(inputs.len() as u64, "files");
    let (read, unknown): (Vec<&Input>, Vec<&Input>) = inputs.iter().partition(|i| !i.kind.is_empty());
    section.paragraph(format!(
        "{} with {} were opened. {} were kept; {} were left out because another file has them too; {} could not be read.",
        size::counted(inputs.len() as u64, "files"),
        size::bytes(sum(|i| i.bytes) as f64),
        size::counted(sum(|i| i.kept), "records"),
        size::count(sum(|i| i.duplicates)),
        size::count(sum(Input::not_read)),
    ));
    section.heading("Files");
    // Both in one cell: paths are long.
    let span = |i: &Input| match i.first_ns.zip(i.last_ns) {
        Some((first, last)) => {
            let whole = |ns| instant(ns).replace(' ', "\u{a0}");
            Cell::Text(format!("{}\n{}", whole(first), whole(last)))
        }
        None => Cell::text("–"),
    };
    let row = |i: &&Input| {
        vec![
            Cell::text(&i.name),
            Cell::text(&i.kind),
            Cell::count(i.kept),
            Cell::count(i.duplicates),
            Cell::count(i.not_read()),
            span(i),
        ]
    };
    let columns = [
        "=File",
        "Kind",
        "#Records",
        "#Duplicates",
        "#Not read",
        "=First and last record",
    ];
    section.table(
        Table::new(&columns, read.iter().map(row).collect()),
        "No file was recognised.",
    );
    not_read(&mut section, &read);
    if !unknown.is_empty() {
        section.heading("Files that were not recognised");
        let why = |i: &&Input| {
            let reason = i.error.as_deref().unwrap_or("no known kind of log");
            vec![Cell::text(&i.name), Cell::count(i.bytes), Cell::text(reason)]
        };
        let rows = unknown.iter().map(why).collect();
        section.table(Table::new(&["=File", "#Bytes", "Reason"], rows), "");
    }
    section.heading("Holes");
    if holes.is_empty() {
        section.paragraph("No stretch without records was found where records were expected.");
    }
    for hole in holes {
        section.caution(hole);
    }
    section.heading("Rules that could not be evaluated");
    let rows = waiting
        .iter()
        .map(|(rule, needs)| vec![Cell::text(rule), Cell::text(needs)]);
    let table = Table::new(&["Rule", "What would help"], rows.collect());
    section.table(table, "Every rule could be evaluated from these files.");
    if !waiting.is_empty() {
        section.caution("Not evaluated is not a pass.");
    }
    section.heading("Hashes of the files");
    let hash = |i: &Input| {
        let known = if i.sha256.is_empty() {
            "not known"
        } else {
            &i.sha256
        };
        vec![Cell::text(&i.name), Cell::count(i.bytes), Cell::text(known)]
    };
    let rows = inputs.iter().map(hash).collect();
    section.table(
        Table::new(&["=File", "#Bytes", "=SHA-256"], rows),
        "No file was opened.",
    );
    section
}

/// Why records, or the rest of a file, could not be read.
fn not_read(section: &mut Section, read: &[&Input]) {
    let mut rows = Vec::new();
    for input in read {
        for (reason, n) in &input.rejected {
            rows.push(vec![Cell::text(&input.name), Cell::count(*n), Cell::text(reason)]);
        }
        if let Some(error) = &input.error {
            rows.push(vec![
                Cell::text(&input.name),
                Cell::text("the rest"),
                Cell::text(error),
            ]);
        }
    }
    section.heading("Records that could not be read");
    let table = Table::new(&["=File", "#Records", "Reason"], rows);
    section.table(table, "Every record of these files was read.");
}
