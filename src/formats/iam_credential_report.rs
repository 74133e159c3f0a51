//! IAM credential reports: one row for each user of an account. Read are the sheet that IAM makes and the answer
//! of `aws iam get-credential-report`, which holds that sheet in base64.
//!
//! Not read: the base64 alone, without the answer around it.

use super::json::document;
use super::json::lazy::{Json, Object, State};
use super::sheet::{self, Held};
use super::{Confidence, LogFormat, Options, Reader, Sample};
use crate::base::base64::Decoder;
use crate::base::{Facts, FieldSpec, FieldType, Group, Role, time};
use crate::table::RowSink;

pub struct IamCredentialReport;

/// The report says nothing of the time it was made at; only the answer around it does.
const GENERATED: usize = 0;
const ACCOUNT: usize = 1;
const ARN: usize = 3;

const FIELDS: &[FieldSpec] = &[
    FieldSpec::time("GeneratedTime").role(Role::Time),
    FieldSpec::text("account").role(Role::Account),
    FieldSpec::text("user").role(Role::Actor),
    FieldSpec::text("arn").role(Role::Resource),
    FieldSpec::time("user_creation_time"),
    FieldSpec::bool("password_enabled"),
    FieldSpec::time("password_last_used"),
    FieldSpec::time("password_last_changed"),
    FieldSpec::time("password_next_rotation"),
    FieldSpec::bool("mfa_active"),
    FieldSpec::bool("access_key_1_active"),
    FieldSpec::time("access_key_1_last_rotated"),
    FieldSpec::time("access_key_1_last_used_date"),
    FieldSpec::text("access_key_1_last_used_region"),
    FieldSpec::text("access_key_1_last_used_service"),
    FieldSpec::bool("access_key_2_active"),
    FieldSpec::time("access_key_2_last_rotated"),
    FieldSpec::time("access_key_2_last_used_date"),
    FieldSpec::text("access_key_2_last_used_region"),
    FieldSpec::text("access_key_2_last_used_service"),
    FieldSpec::bool("cert_1_active"),
    FieldSpec::time("cert_1_last_rotated"),
    FieldSpec::bool("cert_2_active"),
    FieldSpec::time("cert_2_last_rotated"),
    FieldSpec::text("additional_credentials_info"),
];

static FACTS: Facts = Facts {
    id: "iam-credential-report",
    title: "IAM credential reports",
    records: "users",
    group: Group::AwsService,
    spec_url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html",
    shapes: &["console download (CSV)", "iam get-credential-report"],
    export_hint: "aws iam generate-credential-report, then aws iam get-credential-report > credentials.json",
    fields: FIELDS,
    columns: &[
        "user",
        "mfa_active",
        "password_enabled",
        "password_last_used",
        "access_key_1_active",
        "access_key_1_last_rotated",
        "access_key_1_last_used_date",
        "access_key_2_active",
        "account",
    ],
    aliases: &[],
    dedupe: false,
};

/// Columns that every report has and no other sheet has together.
const SIGNS: [&str; 5] = [
    "user",
    "arn",
    "user_creation_time",
    "password_enabled",
    "mfa_active",
];

impl LogFormat for IamCredentialReport {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn probe(&self, sample: &Sample<'_>) -> Option<Confidence> {
        let mut found = false;
        if is_json(sample.head) {
            // Most documents have no such key, and need not be taken apart to know it.
            memchr::memmem::find(sample.head, b"Content")?;
            values(sample.head, 0, &mut |value| {
                opened(value, &mut |_, object| found |= is_answer(object))
            });
        } else {
            let line = first_line(sample.head);
            sheet::rows(line, sheet::delimiter(line), &mut |row| {
                found |= is_header(&row.cells)
            });
        }
        found.then_some(Confidence::Certain)
    }

    fn reader(&self, _: &Sample<'_>, _: &Options) -> Box<dyn Reader> {
        Box::new(Report::default())
    }

    fn has_more(&self) -> bool {
        false
    }
}

fn is_json(bytes: &[u8]) -> bool {
    matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'['))
}

fn first_line(bytes: &[u8]) -> &[u8] {
    let mut lines = bytes.split(|&b| b == b'\n');
    lines.find(|l| !l.trim_ascii().is_empty()).unwrap_or_default()
}

fn is_header(cells: &[String]) -> bool {
    SIGNS
        .iter()
        .all(|sign| cells.iter().any(|c| c.eq_ignore_ascii_case(sign)))
}

/// An answer with the report inside: one that was asked for too early has a state and no content.
fn is_answer(object: &Object<'_>) -> bool {
    let content = object.get("Content").and_then(Json::str).unwrap_or_default();
    let mut sheet = Vec::new();
    // As much as the names at its beginning take.
    let begin = content.as_bytes().get(..400).unwrap_or(content.as_bytes());
    // What is good before damage tells as well.
    let _ = Decoder::default().feed(begin, &mut sheet);
    let header = first_line(&sheet).to_ascii_lowercase();
    header.starts_with(b"user,arn,user_creation_time,")
}

#[derive(Default)]
struct Report {
    held: Held,
}

impl Reader for Report {
    fn feed(&mut self, chunk: &[u8], sink: &mut RowSink<'_>) {
        self.held.feed(chunk, sink);
    }

    fn finish(&mut self, sink: &mut RowSink<'_>) {
        let bytes = self.held.take();
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        if is_json(text) {
            return values(text, bytes.len() - text.len(), &mut |value| {
                opened(value, &mut |inner, object| answer(inner, object, sink))
            });
        }
        let mut users = Users::default();
        sheet::rows(&bytes, sheet::delimiter(first_line(text)), &mut |row| {
            users.row(&row, (row.offset, row.text.len() as u64), sink)
        });
    }
}

/// Values one behind the other, or in arrays.
fn values(text: &[u8], begin: usize, f: &mut dyn FnMut(Json<'_>)) {
    let mut at = 0;
    while let Some(rest) = text.get(at..)
        && let Some((value, used)) = Json::first(rest, (begin + at) as u64)
        && used > 0
    {
        at += used;
        if value.is_array() {
            value.elements().for_each(&mut *f);
        } else {
            f(value);
        }
    }
}

/// Each value inside of envelopes, with its fields.
fn opened(value: Json<'_>, f: &mut dyn FnMut(Json<'_>, &Object<'_>)) {
    document::open(value, &document::Around::default(), &mut |inner, object, _| {
        f(inner, object)
    });
}

fn answer(inner: Json<'_>, object: &Object<'_>, sink: &mut RowSink<'_>) {
    match object.get("Content").filter(|c| c.is_string()) {
        Some(content) => {
            let generated = object.get("GeneratedTime").and_then(Json::time);
            read_content(content, generated, sink);
        }
        None => {
            let reason = match inner.state() {
                State::Broken(why) => why,
                State::Cut => "the file ends inside the answer",
                State::Whole => "no credential report in this value",
            };
            sink.reject(reason, inner.origin().0, inner.text());
        }
    }
}

/// The sheet in an answer. What is whole before a damage is kept.
fn read_content(content: Json<'_>, generated: Option<i64>, sink: &mut RowSink<'_>) {
    let base64 = content.str().unwrap_or_default();
    let (mut sheet, mut decoder) = (Vec::new(), Decoder::default());
    let fault = match (
        decoder.feed(base64.as_bytes(), &mut sheet),
        content.state(),
        decoder.is_complete(),
    ) {
        (Err(damage), ..) => Some(damage.what),
        (Ok(()), State::Broken(why), _) => Some(why),
        (Ok(()), State::Cut, _) | (Ok(()), _, false) => Some("it ends too early"),
        (Ok(()), State::Whole, true) => None,
    };
    let whole = match fault {
        Some(_) => sheet.iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1),
        None => sheet.len(),
    };
    let (rows, rest) = sheet.split_at(whole);
    let place = Place::of(content, &base64);
    let mut users = Users {
        generated,
        ..Users::default()
    };
    sheet::rows(rows, sheet::delimiter(first_line(rows)), &mut |row| {
        let place = place.of_part(row.offset, row.text.len() as u64);
        users.row(&row, place, sink);
    });
    if let Some(fault) = fault {
        let reason =
            format!("the report is damaged from here on: {fault}; get it again for the users behind");
        sink.reject(reason, place.of_part(whole as u64, 0).0, rest);
    }
}

/// Where the base64 of a sheet stands in its member.
struct Place {
    string: (u64, u64),
    /// Each four characters are three bytes, without line ends or escapes between them.
    is_plain: bool,
}

impl Place {
    fn of(content: Json<'_>, base64: &str) -> Place {
        let string = content.origin();
        let is_own = string.1 == content.text().len() as u64;
        let is_plain = is_own
            && content.text().get(1..=base64.len()) == Some(base64.as_bytes())
            && !base64.bytes().any(|b| b.is_ascii_whitespace());
        Place { string, is_plain }
    }

    /// The characters that a part of the sheet is in, or all where they can not be counted.
    fn of_part(&self, offset: u64, len: u64) -> (u64, u64) {
        let (at, all) = self.string;
        if !self.is_plain {
            return self.string;
        }
        let from = 1 + offset / 3 * 4;
        let to = (1 + (offset + len).div_ceil(3) * 4).min(all);
        (at + from.min(all), to.saturating_sub(from))
    }
}

/// The users of a sheet. Several sheets may stand one behind the other, each with its header.
#[derive(Default)]
struct Users {
    generated: Option<i64>,
    /// The field of each column, once a header was there.
    fields: Vec<usize>,
}

impl Users {
    fn row(&mut self, row: &sheet::Row<'_>, place: (u64, u64), sink: &mut RowSink<'_>) {
        if is_header(&row.cells) {
            self.fields = row.cells.iter().map(|name| field(name, sink)).collect();
        } else if let Err(reason) = self.user(row, place, sink) {
            sink.reject(reason, place.0, row.text);
        }
    }

    fn user(
        &self,
        row: &sheet::Row<'_>,
        (offset, len): (u64, u64),
        sink: &mut RowSink<'_>,
    ) -> Result<(), String> {
        let (cells, fields) = (row.cells.len(), self.fields.len());
        if fields == 0 {
            return Err("no header of a credential report before this line".to_owned());
        }
        if cells != fields {
            return Err(format!("{cells} fields instead of {fields}"));
        }
        for (&field, text) in self.fields.iter().zip(&row.cells) {
            set(field, text, sink)?;
            if field == ARN
                && let Some(account) = text.split(':').nth(4)
            {
                sink.text(ACCOUNT, account.as_bytes());
            }
        }
        if let Some(t) = self.generated {
            sink.int(GENERATED, t);
        }
        sink.end(offset, len);
        Ok(())
    }
}

/// The field of a column; one that AWS adds later becomes a field of its own.
fn field(name: &str, sink: &mut RowSink<'_>) -> usize {
    let known = FIELDS.iter().position(|f| f.name.eq_ignore_ascii_case(name));
    known.unwrap_or_else(|| sink.field(name, FieldType::Text))
}

/// What a report writes where it has no value: never used, not tracked then, not there for the root user.
fn is_absent(text: &str) -> bool {
    ["", "N/A", "no_information", "not_supported"]
        .iter()
        .any(|word| word.eq_ignore_ascii_case(text))
}

fn set(field: usize, text: &str, sink: &mut RowSink<'_>) -> Result<(), String> {
    if is_absent(text) {
        return Ok(());
    }
    let unread = |what: &str| {
        let name = FIELDS.get(field).map_or("", |f| f.name);
        format!("{name} is not {what}; open the report as AWS wrote it")
    };
    match sink.field_type(field) {
        FieldType::Time => {
            let t = time::parse_iso(text.as_bytes()).ok_or_else(|| unread("a time in ISO 8601"))?;
            sink.int(field, t);
        }
        FieldType::Bool => match text.to_ascii_lowercase().as_str() {
            "true" => sink.bool(field, true),
            "false" => sink.bool(field, false),
            _ => return Err(unread("true or false")),
        },
        _ => sink.text(field, text.as_bytes()),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn fixtures_read_as_their_snapshots() {
        crate::formats::testing::fixtures("iam-credential-report");
    }
}
