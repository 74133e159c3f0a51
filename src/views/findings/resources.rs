//! The table of one check's findings: its columns, and a cell for each.

use super::model::{Check, Status, severity_of};
use crate::base::Value;
use crate::share::Sheet;

/// The fields asked of each finding, in this order; [`Source`] names them.
pub const FIELDS: [&str; 9] = [
    "findingStatus",
    "findingExcluded",
    "severityLabel",
    "resource",
    "findingTitle",
    "account",
    "region",
    "@timestamp",
    "metadata",
];

/// What a column shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Status,
    Severity,
    /// A field as it is, by its position in [`FIELDS`].
    Field(usize),
    /// One of the metadata values.
    Metadata(usize),
    /// All of them: nobody says what they mean.
    AllMetadata,
}

const RESOURCE: usize = 3;
const TITLE: usize = 4;
const ACCOUNT: usize = 5;
const REGION: usize = 6;
const TIME: usize = 7;
const METADATA: usize = 8;

/// A column of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct Heading {
    pub title: String,
    pub source: Source,
}

impl Heading {
    /// The field that the table is sorted by, where there is one.
    pub fn field(&self) -> Option<&'static str> {
        match self.source {
            Source::Status => Some("findingStatus"),
            Source::Severity => Some("severityLabel"),
            Source::Field(at) => FIELDS.get(at).copied(),
            Source::Metadata(_) | Source::AllMetadata => None,
        }
    }
}

/// Columns for a check's findings: those of its own metadata where a list of checks names them.
pub fn columns(check: &Check, metadata: &[String]) -> Vec<Heading> {
    let heading = |title: &str, source| Heading {
        title: title.to_owned(),
        source,
    };
    let mut out = vec![heading("Status", Source::Status)];
    if check.severity.is_some() {
        out.push(heading("Severity", Source::Severity));
    }
    if check.kinds.iter().all(|k| k == "trusted-advisor") {
        if metadata.is_empty() {
            out.push(heading("Region", Source::Field(REGION)));
            out.push(heading("Details", Source::AllMetadata));
        }
        // The status in words of the check's own stands in the first column.
        let own = metadata.iter().enumerate().filter(|(_, name)| *name != "Status");
        out.extend(own.map(|(n, name)| heading(name, Source::Metadata(n))));
        out.push(heading("Resource", Source::Field(RESOURCE)));
        out.push(heading("Updated", Source::Field(TIME)));
    } else {
        out.push(heading("Resource", Source::Field(RESOURCE)));
        out.push(heading("Finding", Source::Field(TITLE)));
        out.push(heading("Account", Source::Field(ACCOUNT)));
        out.push(heading("Region", Source::Field(REGION)));
        out.push(heading("Time", Source::Field(TIME)));
    }
    out
}

/// The value of a column in a row of [`FIELDS`].
pub fn value(heading: &Heading, metadata: &[String], row: &[Value]) -> Value {
    let field = |at: usize| row.get(at).cloned().unwrap_or_default();
    let all = |list: &[String]| match list {
        [] => Value::Absent,
        list => Value::Text(list.join(" · ")),
    };
    let list = match row.get(METADATA) {
        Some(Value::List(list)) => list.clone(),
        Some(Value::Text(one)) => vec![one.clone()],
        _ => Vec::new(),
    };
    match heading.source {
        Source::Status => Value::Text(status(row).1),
        Source::Severity => match severity_of(&field(2).to_text()) {
            Some(severity) => Value::Text(severity.word().to_owned()),
            None => Value::Absent,
        },
        Source::Field(at) => field(at),
        Source::AllMetadata => all(&list),
        Source::Metadata(at) => match aligned(metadata, &list) {
            Some(values) => values
                .get(at)
                .cloned()
                .flatten()
                .map_or(Value::Absent, Value::Text),
            // Values are missing and nobody says which: they stand together rather than under a wrong name.
            None if at == 0 => all(&list),
            None => Value::Absent,
        },
    }
}

/// The table of checks, as it is saved.
pub fn check_sheet(checks: &[Check]) -> Sheet {
    const COLUMNS: [&str; 10] = [
        "Status",
        "Check",
        "Severity",
        "Category",
        "Some resources",
        "Findings",
        "Flagged",
        "Excluded",
        "From",
        "Check key",
    ];
    let count = |n: u64| Value::Big(n.into());
    let row = |c: &Check| {
        vec![
            c.status.shown().1.into(),
            Value::Text(c.title.clone()),
            c.severity.map_or(Value::Absent, |s| s.word().into()),
            c.category.as_str().into(),
            match c.resources.is_empty() {
                true => Value::Absent,
                false => Value::List(c.resources.clone()),
            },
            count(c.total()),
            count(c.flagged()),
            count(c.excluded),
            Value::Text(c.finders()),
            Value::Text(c.key.clone()),
        ]
    };
    Sheet::new(&COLUMNS, checks.iter().map(row).collect())
}

/// A finding's status and its words.
pub fn status(row: &[Value]) -> (Status, String) {
    let status = Status::of(&row.first().map(Value::to_text).unwrap_or_default());
    let excluded = matches!(row.get(1), Some(Value::Bool(true) | Value::Int(1)));
    let word = status.shown().1;
    match excluded {
        true => (status, format!("Excluded ({})", word.to_lowercase())),
        false => (status, word.to_owned()),
    }
}

/// Metadata values under their names: by the name written before each, or by position where none is missing.
fn aligned(names: &[String], list: &[String]) -> Option<Vec<Option<String>>> {
    let named = |name: &String| {
        let mut found = list
            .iter()
            .filter_map(|item| item.strip_prefix(name.as_str())?.strip_prefix(": "));
        found.next().map(str::to_owned)
    };
    let by_name: Vec<Option<String>> = names.iter().map(named).collect();
    if by_name.iter().flatten().count() == list.len() {
        return Some(by_name);
    }
    (names.len() == list.len()).then(|| list.iter().cloned().map(Some).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(list: &[&str]) -> Vec<String> {
        list.iter().map(|s| (*s).to_owned()).collect()
    }

    #[test]
    fn checks_are_saved_with_their_counts() {
        let check = Check {
            title: "=Ports".into(),
            counts: [2, 1, 4, 0],
            excluded: 1,
            resources: texts(&["sg-1", "sg-2"]),
            ..Check::default()
        };
        let csv = String::from_utf8(crate::share::SheetAs::Csv.whole(&check_sheet(&[check]))).unwrap();
        assert!(
            csv.contains("Not available,'=Ports,,,\"sg-1, sg-2\",8,3,1,"),
            "{csv}"
        );
    }

    #[test]
    fn metadata_stand_under_their_names_or_together() {
        let names = texts(&["Region", "Port", "Status"]);
        let some = |s: &str| Some(s.to_owned());
        assert_eq!(
            aligned(&names, &texts(&["Region: eu-west-1", "Port: 22"])),
            Some(vec![some("eu-west-1"), some("22"), None])
        );
        assert_eq!(
            aligned(&names, &texts(&["eu-west-1", "22", "Red"])),
            Some(vec![some("eu-west-1"), some("22"), some("Red")])
        );
        assert_eq!(aligned(&names, &texts(&["eu-west-1", "Red"])), None);

        let check = Check {
            kinds: texts(&["trusted-advisor"]),
            ..Check::default()
        };
        let columns = columns(&check, &names);
        let titles: Vec<&str> = columns.iter().map(|c| c.title.as_str()).collect();
        assert_eq!(titles, ["Status", "Region", "Port", "Resource", "Updated"]);
        let mut row = vec![Value::Absent; FIELDS.len()];
        row[METADATA] = Value::List(texts(&["eu-west-1", "Red"]));
        assert_eq!(
            value(&columns[1], &names, &row),
            Value::Text("eu-west-1 · Red".into())
        );
        assert_eq!(value(&columns[2], &names, &row), Value::Absent);
    }
}
