//! One member's way from bytes to rows: take off wrappers, recognise the kind, read.

use super::peel::{Peel, sample};
use super::port::MemberOutcome;
use crate::formats::{self, LogFormat, Options, Reader};
use crate::table::{MemberId, RowSink, Shard, Stats};
use crate::unpack::{MemberEnd, MemberHead, S3Key};

/// A member being read.
pub struct Ingest {
    head: MemberHead,
    peel: Peel,
    inside: Inside,
}

/// What is known of a member's inside.
struct Inside {
    member: MemberId,
    seed: u64,
    /// What the path says, for records that name neither account nor region (flow logs of version 2).
    key: S3Key,
    stats: Stats,
    stage: Stage,
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
                stats: Stats::default(),
                stage: Stage::Unseen,
            },
            head,
            peel: Peel::default(),
        }
    }

    /// Records kept so far.
    pub fn kept(&self) -> u64 {
        self.inside.stats.kept
    }

    /// The next bytes of the member as unpacked.
    pub fn data(&mut self, chunk: &[u8], options: &Options, shard: &mut Shard) {
        let Ingest { head, peel, inside } = self;
        peel.data(&head.path, chunk, &mut |bytes| {
            inside.feed(&head.path, bytes, false, options, shard)
        });
    }

    /// The member is at its end: what is still held is read, and the outcome is known.
    pub fn end(mut self, end: MemberEnd, options: &Options, shard: &mut Shard) -> MemberOutcome {
        let Ingest { head, peel, inside } = &mut self;
        peel.end(&head.path, &mut |bytes| {
            inside.feed(&head.path, bytes, true, options, shard)
        });
        let (kind, why) = inside.finish(shard);
        let error = match (why, end.error) {
            (Some(why), Some(e)) => Some(format!("{why} {e}")),
            (why, e) => why.or_else(|| e.map(|e| e.to_string())),
        };
        MemberOutcome {
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
            span: self.inside.stats.span,
            guessed: self.inside.stats.guessed,
            flow_formats: self.inside.stats.flow_formats,
            accounts: self.inside.stats.accounts.texts(&shard.pool),
            regions: self.inside.stats.regions.texts(&shard.pool),
            error,
        }
    }
}

impl Inside {
    fn feed(&mut self, path: &str, bytes: &[u8], whole: bool, options: &Options, shard: &mut Shard) {
        if let Stage::Unseen = self.stage {
            let sample = sample(path, bytes, whole);
            self.stage = match formats::detect(&sample) {
                Some(format) => Stage::Reading {
                    format,
                    reader: format.reader(&sample, options),
                },
                None => Stage::Unknown {
                    why: why_unknown(sample.head),
                },
            };
        }
        let key = (self.key.account.as_deref(), self.key.region.as_deref());
        if let Stage::Reading { format, reader } = &mut self.stage {
            let (pool, table) = shard.table_mut(format.facts());
            let sink = RowSink::new(pool, table, &mut self.stats, self.member, self.seed);
            reader.feed(bytes, &mut sink.delivered_for(key.0, key.1));
        }
    }

    /// The kind, or why there is none.
    fn finish(&mut self, shard: &mut Shard) -> (Option<String>, Option<String>) {
        let key = (self.key.account.as_deref(), self.key.region.as_deref());
        match &mut self.stage {
            Stage::Reading { format, reader } => {
                let (pool, table) = shard.table_mut(format.facts());
                let sink = RowSink::new(pool, table, &mut self.stats, self.member, self.seed);
                reader.finish(&mut sink.delivered_for(key.0, key.1));
                (Some(format.facts().id.to_owned()), None)
            }
            Stage::Unknown { why } => (None, Some(std::mem::take(why))),
            Stage::Unseen => (None, Some(why_unknown(&[]))),
        }
    }
}

/// A sentence on what a member looks like instead of a log.
fn why_unknown(head: &[u8]) -> String {
    let looks = match head {
        [] => return "The file is empty.".to_owned(),
        [b'P', b'K', ..] => "a damaged zip archive",
        [0xd0, 0xcf, 0x11, 0xe0, ..] => "an older Office document",
        [b'%', b'P', b'D', b'F', ..] => "a PDF document",
        [0x89, b'P', b'N', b'G', ..] => "a PNG picture",
        [0xff, 0xd8, 0xff, ..] => "a JPEG picture",
        [b'<', ..] => "markup (HTML or XML)",
        [b'{' | b'[', ..] => "JSON without the keys of a log we know",
        h if h.contains(&0) => "binary data",
        _ => "text without the shape of a log we know",
    };
    format!(
        "Not a log we read: tried {} kinds; looks like {looks}.",
        formats::FORMATS.len()
    )
}
