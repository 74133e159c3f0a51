//! What is right and wrong with a flow log format that a person writes.

use super::layout::{MAX_FIELDS, resolve};
use crate::base::FieldSpec;
use std::fmt;

/// Why a text is no format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormatError {
    /// Nothing in it is a field.
    NoField,
    /// This is neither `${name}` nor a bare name.
    NotAField(String),
    /// All names are well-formed, and flow logs have none of them.
    NoneKnown(String),
    TooMany {
        limit: usize,
    },
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FormatError::NoField => write!(
                f,
                "No field found. Write them as AWS shows the format: ${{version}} ${{account-id}} ${{interface-id}} …"
            ),
            FormatError::NotAField(word) => write!(
                f,
                "“{word}” is no field: a field is written ${{name}}, of letters, digits and hyphens, with a space before \
                 the next"
            ),
            FormatError::NoneKnown(name) => write!(
                f,
                "Flow logs have no field ${{{name}}}, nor any other of these. Copy the format from the flow log's details, \
                 or from the answer of aws ec2 describe-flow-logs"
            ),
            FormatError::TooMany { limit } => write!(f, "More than {limit} fields: no flow log has as many"),
        }
    }
}

impl std::error::Error for FormatError {}

/// A format that can be read with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Format {
    pub fields: usize,
    /// Names that flow logs are not known to have: their values are kept as text under these names.
    pub unknown: Vec<String>,
    /// Names that stand there more than once: all but the first are kept as `field7`, by their position.
    pub repeated: Vec<String>,
}

impl Format {
    /// In a sentence or three.
    pub fn said(&self) -> String {
        let fields = match self.fields {
            1 => "1 field.".to_owned(),
            n => format!("{n} fields."),
        };
        let list = |names: &[String]| {
            let names: Vec<String> = names.iter().map(|n| format!("${{{n}}}")).collect();
            names.join(", ")
        };
        let mut said = vec![fields];
        if !self.unknown.is_empty() {
            let names = list(&self.unknown);
            said.push(format!(
                "Not known: {names}. If the spelling is right, values are kept as text under that name."
            ));
        }
        if !self.repeated.is_empty() {
            let names = list(&self.repeated);
            said.push(format!(
                "Named twice: {names}. The second is kept under its position."
            ));
        }
        said.join(" ")
    }
}

/// Reads a format as a person writes it, as strictly as [`super::layout::Layout::custom`] is lenient.
pub(in crate::formats) fn check(text: &str, kinds: &[&'static [FieldSpec]]) -> Result<Format, FormatError> {
    let words = text.split(|c: char| c.is_whitespace() || c == ',');
    let words = words
        .map(|w| w.trim_matches(['"', '\'', '\\']))
        .filter(|w| !w.is_empty());
    let mut names: Vec<&str> = Vec::new();
    for word in words {
        names.push(name_of(word).ok_or_else(|| FormatError::NotAField(clipped(word)))?);
    }
    let first = names.first().ok_or(FormatError::NoField)?;
    if names.len() > MAX_FIELDS {
        return Err(FormatError::TooMany { limit: MAX_FIELDS });
    }
    // The kind that knows the most of them is the one that it is a format of.
    let known = |fields: &'static [FieldSpec]| names.iter().filter(|n| resolve(n, fields).is_some()).count();
    let fields = kinds.iter().copied().max_by_key(|f| known(f)).unwrap_or_default();
    if known(fields) == 0 {
        return Err(FormatError::NoneKnown((*first).to_owned()));
    }
    let mut format = Format {
        fields: names.len(),
        ..Format::default()
    };
    let mut seen: Vec<&str> = Vec::new();
    for name in names {
        let spec = resolve(name, fields);
        let is = spec.map_or(name, |s| s.name);
        let list = match seen.contains(&is) {
            true => &mut format.repeated,
            false if spec.is_none() => &mut format.unknown,
            false => {
                seen.push(is);
                continue;
            }
        };
        seen.push(is);
        if !list.iter().any(|n| n == name) {
            list.push(name.to_owned());
        }
    }
    Ok(format)
}

/// `${name}`, or a bare name.
fn name_of(word: &str) -> Option<&str> {
    let name = match word.strip_prefix("${") {
        Some(rest) => rest.strip_suffix('}')?,
        None => word,
    };
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    is_name.then_some(name)
}

fn clipped(word: &str) -> String {
    const MOST: usize = 40;
    match word.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", &word[..at]),
        None => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::check_flow_format as check;

    fn said(text: &str) -> String {
        match check(text) {
            Ok(format) => format.said(),
            Err(why) => format!("! {why}"),
        }
    }

    #[test]
    fn what_aws_shows_is_right() {
        assert_eq!(said("${version} ${account-id} ${interface-id}"), "3 fields.");
        assert_eq!(said("\"${version} ${srcaddr}\\\" "), "2 fields.");
        assert_eq!(said("version account_id srcaddr"), "3 fields.");
        assert_eq!(said("${tgw-id} ${packets-lost-no-route}"), "2 fields.");
    }

    #[test]
    fn what_is_not_known_is_named_and_kept() {
        assert_eq!(
            said("${version} ${srcadr} ${srcaddr} ${new-field} ${srcaddr}"),
            "5 fields. Not known: ${srcadr}, ${new-field}. If the spelling is right, values are kept as text under that \
             name. Named twice: ${srcaddr}. The second is kept under its position."
        );
    }

    #[test]
    fn nonsense_is_refused_with_words() {
        assert!(matches!(check("  , "), Err(FormatError::NoField)));
        assert_eq!(
            check("${version ${srcaddr}"),
            Err(FormatError::NotAField("${version".into()))
        );
        assert_eq!(
            check("${version}${srcaddr}"),
            Err(FormatError::NotAField("${version}${srcaddr}".into()))
        );
        assert_eq!(check("${}"), Err(FormatError::NotAField("${}".into())));
        assert!(
            said("hello ${world}").contains("no field ${hello}"),
            "{}",
            said("hello ${world}")
        );
        assert!(said(&"x".repeat(300)).len() < 300 + 200);
        assert_eq!(
            check(&"${version} ".repeat(300)),
            Err(FormatError::TooMany { limit: 256 })
        );
    }
}
