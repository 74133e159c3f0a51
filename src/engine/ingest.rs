//! One member's way from bytes to rows: take off wrappers, recognise the kind, read.

use super::peel::{Peel, sample};
use super::port::MemberOutcome;
use super::split::Resumed;
use crate::formats::{self, LogFormat, LoggedIn, Options, Reader, Sample};
use crate::table::{Envelope, MemberId, RowSink, Shard, Stats};
use crate::unpack::{MemberEnd, MemberHead, S3Key, UTF_16};

const EMPTY: &str = "The file is empty.";
const OF_UTF_16: &str =
    "The text is written in UTF-16 and was read as UTF-8: places in it count bytes of that, not of the file.";

/// A member being read.
pub struct Ingest {
    head: MemberHead,
    peel: Peel,
    inside: Inside,
}

/// What came of a member.
pub struct Ended {
    pub outcome: MemberOutcome,
    /// How it was read depended on what stood before.
    pub depends: bool,
    /// Where its lines were logged, as far as a container tells.
    pub logged_in: Vec<LoggedIn>,
}

/// What is known of a member's inside.
struct Inside {
    member: MemberId,
    seed: u64,
    /// What the path says, for records that name neither account nor region (flow logs of version 2).
    key: S3Key,
    /// It is a block: places in it are rows.
    is_block: bool,
    stats: Stats,
    stage: Stage,
    /// Where in the member the reader's first byte stands.
    base: u64,
}

enum Stage {
    Unseen,
    Reading {
        format: &'static dyn LogFormat,
        reader: Box<dyn Reader>,
    },
    /// No kind fits: the rest is passed over.
    Unknown {
        why: String,
    },
}

impl Ingest {
    /// `seed` is that of record identities.
    pub fn new(member: MemberId, head: MemberHead, seed: u64) -> Self {
        Ingest {
            inside: Inside {
                member,
                seed,
                key: S3Key::parse(&head.path),
                is_block: false,
                stats: Stats::default(),
                stage: Stage::Unseen,
                base: 0,
            },
            head,
            peel: Peel::default(),
        }
    }

    /// Reads the member from the line on that begins at `from`.
    pub fn resume(mut self, resumed: &Resumed, from: u64, options: &Options, shard: &mut Shard) -> Self {
        let sample = sample(&self.head.path, &resumed.head, false).described(&options.custom);
        self.peel = Peel::of_none();
        self.inside.stage = Stage::Reading {
            format: resumed.format,
            reader: resumed.format.reader(&sample, options),
        };
        let first = resumed.head.get(..resumed.first).unwrap_or_default();
        self.inside.base = from.saturating_sub(first.len() as u64);
        let none = &mut Envelope::default();
        self.inside
            .feed(&self.head.path, (first, none), false, options, shard);
        self
    }

    /// Records kept so far.
    pub fn kept(&self) -> u64 {
        self.inside.stats.kept
    }

    /// The member's index, once it is known that places of records are bytes of it: that it is in no wrapper and no block.
    pub fn reads_as_is(&self) -> Option<u64> {
        let plain = self.peel.is_unwrapped() && !self.inside.is_block;
        plain.then_some(self.head.index)
    }

    /// The next bytes of the member as unpacked.
    pub fn data(&mut self, chunk: &[u8], options: &Options, shard: &mut Shard) {
        let Ingest { head, peel, inside } = self;
        peel.data(&head.path, chunk, &mut |bytes, envelope| {
            inside.feed(&head.path, (bytes, envelope), false, options, shard)
        });
    }

    /// The member is at its end: what is still held is read, and the outcome is known.
    pub fn end(mut self, end: MemberEnd, options: &Options, shard: &mut Shard) -> Ended {
        let Ingest { head, peel, inside } = &mut self;
        peel.end(&head.path, &mut |bytes, envelope| {
            inside.feed(&head.path, (bytes, envelope), true, options, shard)
        });
        let (kind, why) = inside.finish(peel.envelope(), shard);
        if head.containers.last() == Some(&UTF_16) {
            inside.stats.remarks.push(OF_UTF_16.to_owned());
        }
        let error = match (why, end.error) {
            // Where nothing came out of a damaged container, the damage is the reason.
            (Some(_), Some(e)) if end.bytes == 0 => Some(e.to_string()),
            (Some(why), Some(e)) => Some(format!("{why} {e}")),
            (why, e) => why.or_else(|| e.map(|e| e.to_string())),
        };
        let mut logged_in = peel.take_logged_in();
        if logged_in.is_empty() && peel.wrappers().next().is_some() {
            logged_in.extend(LoggedIn::by_path(&head.path));
        }
        let outcome = MemberOutcome {
            member: self.inside.member,
            index: self.head.index,
            containers: (self.head.containers.iter().copied())
                .chain(self.peel.wrappers())
                .map(str::to_owned)
                .collect(),
            path: self.head.path,
            kind,
            bytes: end.bytes,
            kept: self.inside.stats.kept,
            rejected: self.inside.stats.rejected,
            remarks: self.inside.stats.remarks,
            marked: self.inside.stats.marked,
            span: self.inside.stats.span,
            guessed: self.inside.stats.guessed,
            flow_formats: self.inside.stats.flow_formats,
            described: self.inside.stats.described,
            accounts: self.inside.stats.accounts.texts(&shard.pool),
            regions: self.inside.stats.regions.texts(&shard.pool),
            error,
            also: Vec::new(),
        };
        Ended {
            outcome,
            depends: self.inside.stats.depends,
            logged_in,
        }
    }
}

impl Inside {
    /// Takes what is inside of the member's containers, and what those say of its events.
    fn feed(
        &mut self,
        path: &str,
        (bytes, envelope): (&[u8], &mut Envelope),
        whole: bool,
        options: &Options,
        shard: &mut Shard,
    ) {
        if let Stage::Unseen = self.stage {
            self.is_block = formats::block::kind_of(bytes).is_some();
            let sample = sample(path, bytes, whole).described(&options.custom);
            let found = match envelope.is_there() {
                true => Some(formats::detect_event(&sample)),
                false => formats::detect(&sample),
            };
            self.stage = match found {
                Some(format) => Stage::Reading {
                    format,
                    reader: format.reader(&sample, options),
                },
                None => Stage::Unknown {
                    why: why_unknown(&sample),
                },
            };
        }
        let key = (self.key.account.as_deref(), self.key.region.as_deref());
        if let Stage::Reading { format, reader } = &mut self.stage {
            let (pool, table) = shard.table_mut(format.facts());
            let sink = RowSink::new(pool, table, &mut self.stats, self.member, self.seed)
                .from(self.base)
                .within(envelope);
            reader.feed(bytes, &mut sink.delivered_for(key.0, key.1));
        }
    }

    /// The kind, or why there is none.
    fn finish(&mut self, envelope: &mut Envelope, shard: &mut Shard) -> (Option<String>, Option<String>) {
        let key = (self.key.account.as_deref(), self.key.region.as_deref());
        match &mut self.stage {
            Stage::Reading { format, reader } => {
                let (pool, table) = shard.table_mut(format.facts());
                let sink = RowSink::new(pool, table, &mut self.stats, self.member, self.seed)
                    .from(self.base)
                    .within(envelope);
                reader.finish(&mut sink.delivered_for(key.0, key.1));
                (Some(format.facts().id.to_owned()), None)
            }
            Stage::Unknown { why } => (None, Some(std::mem::take(why))),
            Stage::Unseen => (None, Some(EMPTY.to_owned())),
        }
    }
}

/// What a member looks like instead of a log, which kinds were tried, and what they looked for.
fn why_unknown(sample: &Sample<'_>) -> String {
    if sample.head.is_empty() {
        return EMPTY.to_owned();
    }
    let (looks, lacks) = looks_like(sample);
    let titles: Vec<&str> = formats::FORMATS.iter().map(|f| f.facts().title).collect();
    format!(
        "Not a log we read: it looks like {looks}. We tried {} kinds by their content and found none: {lacks} ({}).",
        titles.len(),
        titles.join(", ")
    )
}

/// What it looks like, and why that is none of the kinds.
fn looks_like(sample: &Sample<'_>) -> (String, &'static str) {
    const NOT_TEXT: &str = "it is neither text, JSON nor Parquet";
    if let Some(kind) = formats::block::kind_of(sample.head)
        && formats::block::is_block(sample.head)
    {
        return (
            format!(
                "records shared as a block of the kind “{}”",
                clipped(kind.as_bytes())
            ),
            "that kind is not one of them",
        );
    }
    let named = match sample.head {
        [b'P', b'K', ..] => Some("a damaged zip archive"),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => Some("an older Office document"),
        [b'%', b'P', b'D', b'F', ..] => Some("a PDF document"),
        [0x89, b'P', b'N', b'G', ..] => Some("a PNG picture"),
        [0xff, 0xd8, 0xff, ..] => Some("a JPEG picture"),
        h if h.contains(&0) => Some("binary data"),
        _ => None,
    };
    if let Some(name) = named {
        return (name.to_owned(), NOT_TEXT);
    }
    if sample.head.first() == Some(&b'<') {
        return (
            "markup (HTML or XML)".to_owned(),
            "it is not the markup in which one of them is exported",
        );
    }
    let shape = sample.shape();
    if shape.is_json() {
        let keys: Vec<String> = shape
            .keys()
            .take(6)
            .map(|(k, _)| format!("“{}”", clipped(k)))
            .collect();
        let looks = match keys.is_empty() {
            true => "JSON without keys".to_owned(),
            false => format!("JSON with the keys {}", keys.join(", ")),
        };
        return (looks, "no record in it has the keys that tell one of them");
    }
    let line = sample
        .head
        .split(|&b| b == b'\n')
        .find(|l| !l.trim_ascii().is_empty());
    (
        format!("text that begins “{}”", clipped(line.unwrap_or_default())),
        "its first lines have neither the header nor the fields of one of them",
    )
}

/// The beginning of a text, as long as a sentence can bear.
fn clipped(text: &[u8]) -> String {
    const MOST: usize = 60;
    let text = String::from_utf8_lossy(text.trim_ascii());
    match text.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.into_owned(),
    }
}
