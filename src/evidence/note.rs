//! Notes that a person pins to what they found.
//!
//! As JSON, a time is ISO 8601 in UTC and a filter is what one would type ([`crate::query::text`]):
//! `{"text":"…","pin":{"moment":{"at":"2026-11-11T01:26:18Z"}}}`. FORMAT.md lists the pins.

use super::canonical::{self, CanonicalError};
use crate::base::TimeRange;
use crate::query::Expr;
use serde::{Deserialize, Serialize};

/// A longer list of notes is not read (bytes).
pub const MAX_BYTES: usize = 16 << 20;

/// A note; the list of them in order reads as the report's narrative.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// Plain text.
    pub text: String,
    pub pin: Pin,
}

/// What a note is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Pin {
    /// One record, known by where it was read.
    Record {
        kind: String,
        /// The file and member, as [`crate::base::block::SOURCE`].
        source: String,
        offset: u64,
        /// What it is called on screen: its event name, its action.
        title: String,
        #[serde(rename = "at", with = "plain::time_or_none")]
        at_ns: Option<i64>,
    },
    /// A finding: a rule's, or one that was imported.
    Finding {
        title: String,
        /// The records it rests on.
        #[serde(with = "plain::filter")]
        filter: Expr,
        #[serde(with = "plain::range_or_none")]
        range: Option<TimeRange>,
    },
    /// What a view showed of a range.
    Range {
        /// The view's id.
        view: String,
        #[serde(with = "plain::filter")]
        filter: Expr,
        #[serde(with = "plain::range")]
        range: TimeRange,
    },
    Moment {
        #[serde(rename = "at", with = "plain::time")]
        at_ns: i64,
    },
    /// The report as a whole.
    Report,
}

impl Pin {
    /// When it is about, for the order of the narrative (ns).
    pub fn at_ns(&self) -> Option<i64> {
        match self {
            Pin::Record { at_ns, .. } => *at_ns,
            Pin::Finding { range, .. } => range.map(|r| r.from_ns),
            Pin::Range { range, .. } => Some(range.from_ns),
            Pin::Moment { at_ns } => Some(*at_ns),
            Pin::Report => None,
        }
    }
}

/// Notes as the part `notes.json` holds them. Fails on a record's offset beyond 2^53, which no file reaches.
pub fn to_json(notes: &[Note]) -> Result<Vec<u8>, CanonicalError> {
    canonical::to_vec(&notes)
}

/// Reads notes from anywhere; an error is a sentence with the place.
pub fn parse(bytes: &[u8]) -> Result<Vec<Note>, String> {
    if bytes.len() > MAX_BYTES {
        let most = crate::base::size::bytes(MAX_BYTES as f64);
        return Err(format!("notes of more than {most} are not read"));
    }
    serde_json::from_slice(bytes).map_err(|e| format!("the notes are not as they are written: {e}"))
}

/// How a pin's values are written in JSON.
mod plain {
    use crate::base::{TimeRange, time::iso, time::parse_iso};
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    /// A time as text.
    struct Time(i64);

    impl Serialize for Time {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_str(&iso(self.0))
        }
    }

    impl<'de> Deserialize<'de> for Time {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let text = String::deserialize(deserializer)?;
            let ns = parse_iso(text.as_bytes());
            ns.map(Time)
                .ok_or_else(|| D::Error::custom(format!("`{text}` is no time (ISO 8601)")))
        }
    }

    #[derive(Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Range {
        from: Time,
        to: Time,
    }

    impl From<TimeRange> for Range {
        fn from(range: TimeRange) -> Self {
            Range {
                from: Time(range.from_ns),
                to: Time(range.to_ns),
            }
        }
    }

    impl From<Range> for TimeRange {
        fn from(range: Range) -> Self {
            TimeRange::new(range.from.0, range.to.0)
        }
    }

    pub mod time {
        use super::*;

        pub fn serialize<S: Serializer>(ns: &i64, serializer: S) -> Result<S::Ok, S::Error> {
            Time(*ns).serialize(serializer)
        }

        pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
            Ok(Time::deserialize(deserializer)?.0)
        }
    }

    pub mod time_or_none {
        use super::*;

        pub fn serialize<S: Serializer>(ns: &Option<i64>, serializer: S) -> Result<S::Ok, S::Error> {
            ns.map(Time).serialize(serializer)
        }

        pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
            Ok(Option::<Time>::deserialize(deserializer)?.map(|t| t.0))
        }
    }

    pub mod range {
        use super::*;

        pub fn serialize<S: Serializer>(range: &TimeRange, serializer: S) -> Result<S::Ok, S::Error> {
            Range::from(*range).serialize(serializer)
        }

        pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<TimeRange, D::Error> {
            Ok(Range::deserialize(deserializer)?.into())
        }
    }

    pub mod range_or_none {
        use super::*;

        pub fn serialize<S: Serializer>(range: &Option<TimeRange>, serializer: S) -> Result<S::Ok, S::Error> {
            range.map(Range::from).serialize(serializer)
        }

        pub fn deserialize<'de, D: Deserializer<'de>>(
            deserializer: D,
        ) -> Result<Option<TimeRange>, D::Error> {
            Ok(Option::<Range>::deserialize(deserializer)?.map(TimeRange::from))
        }
    }

    pub mod filter {
        use super::*;
        use crate::query::{Expr, text};

        /// Empty for every record, as in the filter bar.
        pub fn serialize<S: Serializer>(filter: &Expr, serializer: S) -> Result<S::Ok, S::Error> {
            match filter {
                Expr::All => serializer.serialize_str(""),
                filter => serializer.serialize_str(&text::write(filter)),
            }
        }

        pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Expr, D::Error> {
            let written = String::deserialize(deserializer)?;
            text::parse(&written).map_err(|e| D::Error::custom(format!("in the filter `{written}`: {e}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::text;

    fn notes() -> Vec<Note> {
        let note = |text: &str, pin| Note {
            text: text.to_owned(),
            pin,
        };
        let filter = text::parse("eventName = StopLogging and not \"a b\" dstport in (22, 3389)").unwrap();
        let range = TimeRange::new(1_700_000_000_000_000_001, 1_700_000_060_000_000_000);
        vec![
            note(
                "<b>&",
                Pin::Record {
                    kind: "cloudtrail".into(),
                    source: "logs.zip/x.json.gz".into(),
                    offset: 12,
                    title: "StopLogging".into(),
                    at_ns: Some(1_700_000_000_000_000_000),
                },
            ),
            note(
                "",
                Pin::Record {
                    kind: "vpc-flow".into(),
                    source: "a".into(),
                    offset: 0,
                    title: String::new(),
                    at_ns: None,
                },
            ),
            note(
                "two\nlines",
                Pin::Finding {
                    title: "Logging was changed".into(),
                    filter: filter.clone(),
                    range: Some(range),
                },
            ),
            note(
                "3",
                Pin::Range {
                    view: "traffic".into(),
                    filter: Expr::All,
                    range,
                },
            ),
            note("4", Pin::Moment { at_ns: -1 }),
            note("5", Pin::Report),
        ]
    }

    #[test]
    fn notes_are_plain_json_and_come_back() {
        let json = to_json(&notes()).unwrap();
        assert_eq!(parse(&json).unwrap(), notes());
        let text = String::from_utf8(json).unwrap();
        assert!(text.starts_with(
            r#"[{"pin":{"record":{"at":"2023-11-14T22:13:20Z","kind":"cloudtrail","offset":12,"source":"logs.zip/x.json.gz","title":"StopLogging"}},"text":"<b>&"}"#
        ));
        assert!(
            text.contains(r#""filter":"eventName = StopLogging and not \"a b\" and dstport in (22, 3389)""#)
        );
        assert!(
            text.contains(r#""range":{"from":"2023-11-14T22:13:20.000000001Z","to":"2023-11-14T22:14:20Z"}"#)
        );
        assert!(text.contains(r#"{"pin":"report","text":"5"}"#));
        // Between page and workers they travel in another encoding.
        let packed = postcard::to_stdvec(&notes()).unwrap();
        assert_eq!(postcard::from_bytes::<Vec<Note>>(&packed).unwrap(), notes());
    }

    #[test]
    fn what_is_no_note_is_told() {
        for (text, why) in [
            ("{}", "invalid type: map"),
            (r#"[{"text":"x"}]"#, "missing field `pin`"),
            (
                r#"[{"text":"x","pin":{"moment":{"at":"noon"}}}]"#,
                "`noon` is no time",
            ),
            (
                r#"[{"text":"x","pin":{"finding":{"title":"","filter":"a = (","range":null}}}]"#,
                "in the filter `a = (`: Expected",
            ),
            (
                r#"[{"text":"x","pin":{"moment":{"at":"2026-11-11","by":1}}}]"#,
                "unknown field `by`",
            ),
            (
                r#"[{"text":"x","pin":"everything"}]"#,
                "unknown variant `everything`",
            ),
        ] {
            let error = parse(text.as_bytes()).unwrap_err();
            assert!(error.contains(why) && error.contains("line 1"), "{error}");
        }
        assert!(
            parse(&vec![b' '; MAX_BYTES + 1])
                .unwrap_err()
                .contains("not read")
        );
    }
}
