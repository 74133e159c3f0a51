//! What travels between the page and its workers: two enums, an id on every question.

use super::wire;
use crate::base::notes::Marked;
use crate::base::{Notes, TimeRange};
use crate::formats::Options;
use crate::query::{Answer, Expr, Query};
use crate::share::{aggregate, collect};
use serde::{Deserialize, Serialize};

/// An opened thing (a dropped file, a pasted text, a URL's answer) as the page numbers it.
pub type ItemId = u32;
/// Original texts in the order asked; an error is a sentence for the person.
pub type Texts = Vec<Result<Vec<u8>, String>>;

/// A question or job as the page numbers it.
pub type AskId = u64;

/// A filter pattern whose records are to be found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sought {
    pub pattern: String,
    /// Registry ids of the kinds looked at; empty: all.
    pub kinds: Vec<String>,
}

/// What came of looking for patterns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// Of each pattern, how many records that are shown it takes.
    pub counts: Vec<u64>,
    /// Original records that had to be read again to know.
    pub read: u64,
}

/// Page → worker. Blobs and buffers travel beside the message.
#[derive(Debug, Serialize, Deserialize)]
pub enum ToShard {
    /// First message: which of how many shards this is, and the session's seed of record identities.
    Init {
        shard: u32,
        seed: u64,
    },
    /// Read and answer something made up, and forget it: a browser compiles well what has run a few times.
    Warm,
    /// What applies to members read from now on.
    Options(Options),
    /// Read one item, or a part of it. Beside it: its Blob.
    Open {
        item: ItemId,
        name: String,
        part: Part,
    },
    /// Read many small items: number, name, bytes (`None`: it could not be read). Beside it: one buffer with their
    /// bytes, one after the other.
    OpenMany {
        items: Vec<(ItemId, String, Option<u32>)>,
    },
    /// Read an item again for fields that were no columns then. Beside it: its Blob.
    Extract {
        item: ItemId,
        name: String,
        part: Part,
        fields: Vec<String>,
    },
    /// The same for many small items. Beside it: one buffer.
    ExtractMany {
        items: Vec<(ItemId, String, Option<u32>)>,
        fields: Vec<String>,
    },
    /// Stop reading; what is kept stays. `None`: everything.
    Cancel {
        item: Option<ItemId>,
    },
    /// Read slower: no slice of reading until [`ToShard::Resume`].
    Pause,
    Resume,
    /// Forget these items' rows.
    Remove {
        items: Vec<ItemId>,
    },
    /// Forget everything.
    Clear,
    /// Which of a batch's identities were met before, one bit each.
    Seen {
        batch: u64,
        duplicate: Vec<u64>,
    },
    /// Send every identity again (after a removal), under a new epoch.
    Recount {
        epoch: u32,
    },
    Ask {
        id: AskId,
        query: Query,
        /// Nobody waits for the answer: it is worked out when nothing else is asked.
        later: bool,
    },
    /// Hand over what a shared file is made of.
    Collect {
        id: AskId,
        what: Collect,
    },
    /// The answer is no longer wanted.
    Drop {
        id: AskId,
    },
    /// Merge all shards' partials and finish them.
    Merge {
        id: AskId,
        query: Query,
        #[serde(with = "wire::lists")]
        partials: Vec<Vec<u8>>,
    },
    /// Ask in one of the logs' own languages.
    Inquire {
        id: AskId,
        question: Question,
    },
    /// Find out which records filter patterns take, and mark them.
    Mark {
        id: AskId,
        sought: Vec<Sought>,
    },
    /// An item whose original records a question wanted. Beside it: its Blob.
    Again {
        id: AskId,
        item: ItemId,
        name: String,
    },
    /// Put together what the shards found. `last`: nothing more will come.
    Conclude {
        id: AskId,
        question: Question,
        #[serde(with = "wire::lists")]
        pieces: Vec<Vec<u8>>,
        last: bool,
    },
    /// Original text of some ranges of one item. Beside it: its Blob.
    Fetch {
        id: AskId,
        item: ItemId,
        name: String,
        ranges: Vec<Range>,
    },
    /// The fields of every kind here.
    Fields {
        id: AskId,
    },
    Job {
        id: AskId,
        job: Job,
    },
}

/// Worker → page.
#[derive(Debug, Serialize, Deserialize)]
pub enum FromShard {
    Ready,
    /// How far an item has been read. `read_bytes` counts packed bytes of the item.
    Progress {
        item: ItemId,
        read_bytes: u64,
        records: u64,
    },
    /// Items have been read; final but for duplicates still to be found.
    Outcomes(Vec<Outcome>),
    /// Identities of records read, to be compared with every other shard's.
    Keys {
        epoch: u32,
        batch: u64,
        #[serde(with = "wire::keys")]
        keys: Vec<u128>,
    },
    /// Duplicates hidden in a batch: by item, how many.
    Duplicates {
        epoch: u32,
        by_item: Vec<(ItemId, u64)>,
    },
    /// Everything known so far of this shard's rows changed (rows added, hidden, removed).
    Changed {
        rows: u64,
        memory: u64,
        kinds: Vec<KindState>,
    },
    /// A shard's part of an answer, or of what is shared, encoded.
    Partial {
        id: AskId,
        #[serde(with = "wire::bytes")]
        partial: Vec<u8>,
    },
    Answer {
        id: AskId,
        #[serde(with = "wire::bytes")]
        answer: Vec<u8>,
    },
    /// A question is about original records of these items: [`ToShard::Again`] brings them.
    Wants {
        id: AskId,
        items: Vec<ItemId>,
    },
    /// How many original records of how many were read again, and what was found up to now, where that is told.
    SoFar {
        id: AskId,
        read: u64,
        of: u64,
        #[serde(with = "wire::bytes")]
        piece: Vec<u8>,
    },
    /// What was put together: a [`super::question::Found`], encoded; or why there is none.
    Concluded {
        id: AskId,
        #[serde(with = "wire::bytes")]
        found: Vec<u8>,
        why: Option<String>,
        last: bool,
    },
    Text {
        id: AskId,
        texts: Texts,
    },
    Fields {
        id: AskId,
        fields: Vec<FieldState>,
    },
    Done {
        id: AskId,
        result: Result<JobResult, String>,
    },
    /// Fields asked for are columns now; how many cells were found.
    Extracted {
        found: u64,
    },
    /// Memory is nearly used up: reading has stopped, everything kept stays.
    Full {
        memory: u64,
    },
    Idle,
}

/// A language that logs are asked in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    /// CloudWatch Logs Insights QL.
    #[default]
    Insights,
    /// CloudWatch Logs filter patterns.
    Filter,
}

/// A question in one of the logs' own languages, about the records of a range that meet a filter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Question {
    pub language: Language,
    pub text: String,
    pub range: Option<TimeRange>,
    pub filter: Expr,
    /// When it is asked, in seconds since 1970.
    pub now: i64,
    /// The time that everything loaded spans.
    pub data: Option<TimeRange>,
}

/// Which of how many parts of an item. What is in it, each worker finds out for itself from how the item begins, and all
/// come to the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub nth: u32,
    pub of: u32,
}

impl Part {
    /// All of an item.
    pub const WHOLE: Part = Part { nth: 0, of: 1 };
}

/// A range of a member's unpacked bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Range {
    /// Position of the member in its item.
    pub index: u64,
    pub offset: u64,
    pub len: u64,
}

/// What a shard holds of a kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KindState {
    pub kind: String,
    /// What people call it.
    pub title: String,
    pub group: crate::base::Group,
    /// Fields that a table shows before anyone chooses.
    pub columns: Vec<String>,
    pub rows: u64,
    /// Bytes that its columns take, with their part of the dictionary.
    pub memory: u64,
    pub span: Option<TimeRange>,
    /// Records of it carry an identity.
    pub dedupe: bool,
}

/// A field somebody can ask for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FieldState {
    pub kind: String,
    pub name: String,
    pub ty: crate::base::FieldType,
    pub role: Option<crate::base::Role>,
    pub unit: String,
}

/// What came of reading one item.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    pub item: ItemId,
    pub name: String,
    /// Bytes as opened (packed).
    pub bytes: u64,
    /// `None` when reading was cancelled before the end.
    pub sha256: Option<[u8; 32]>,
    pub members: Vec<MemberOutcome>,
    /// Reading was cancelled.
    pub cancelled: bool,
    /// It is one of several parts, and they can not be put together: the item has to be read as a whole.
    pub whole_only: bool,
}

/// What came of reading one member.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MemberOutcome {
    pub member: u32,
    pub index: u64,
    pub path: String,
    /// Containers and wrappers taken off, outermost first.
    pub containers: Vec<String>,
    /// Registry id; `None` where no kind recognised it.
    pub kind: Option<String>,
    /// Unpacked bytes.
    pub bytes: u64,
    /// Records read, duplicates included.
    pub kept: u64,
    pub rejected: Notes,
    pub remarks: Vec<String>,
    /// Records counted apart for what they say.
    pub marked: Marked,
    pub span: Option<TimeRange>,
    /// Accounts and regions that its records name; the first 64 of each.
    pub accounts: Vec<String>,
    pub regions: Vec<String>,
    /// Formats of flow logs without a header that it tells of, as [`crate::formats::Options::flow_formats`].
    pub flow_formats: Vec<String>,
    /// Descriptions of other logs that it holds, as they are saved.
    pub described: Vec<String>,
    /// Which value is which field was guessed; a format told later is worth reading it again for.
    pub guessed: bool,
    /// Why it was not read, or not to its end.
    pub error: Option<String>,
    /// The other numbers that its records bear: it was read in parts.
    pub also: Vec<u32>,
}

impl MemberOutcome {
    /// Everything worth saying that took no record.
    pub fn words(&self) -> Vec<String> {
        self.marked.and(&self.remarks)
    }

    /// The numbers that its records bear.
    pub fn numbers(&self) -> impl Iterator<Item = u32> {
        std::iter::once(self.member).chain(self.also.iter().copied())
    }
}

/// What every shard hands over for a shared file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Collect {
    /// Whole rows; beside them the number that each item is known by in the file.
    Rows {
        ask: collect::Ask,
        sources: Vec<(ItemId, u32)>,
    },
    Sums(aggregate::Ask),
}

/// What is made of the shards' parts.
#[derive(Debug, Serialize, Deserialize)]
pub enum Order {
    /// Where the rows stand, and which repeat others.
    Places { kind: String },
    /// A block of the rows. Beside them the path of every source and member, and the original text of every row in
    /// the order of its places, if they are shared.
    Rows {
        kind: String,
        paths: Vec<((u32, u64), String)>,
        texts: Option<Vec<Option<Vec<u8>>>>,
    },
    /// A block of sums, of so many rows at most.
    Sums { budget: usize },
}

/// A block as it stands in a shared file, or what was found out on the way to one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Woven {
    pub rows: u64,
    pub bytes: u64,
    pub sha256: [u8; 32],
    pub base64: String,
    /// What was masked, and how many values.
    pub masked: Vec<(String, u64)>,
    /// By row, where it was read.
    pub places: Vec<collect::At>,
    /// Source, member and how many of its records repeat one that is kept.
    pub duplicates: Vec<(u32, u64, u64)>,
    pub summed: Option<Summed>,
}

/// How records were summed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summed {
    /// Records that the rows stand for.
    pub records: u64,
    pub width_ns: u64,
    /// Fields of which not all values are told apart: how many are, of how many.
    pub dropped: Vec<(String, u64, u64)>,
}

/// Work off the page's thread that is no query.
#[derive(Debug, Serialize, Deserialize)]
pub enum Job {
    /// One file of the built-in sample.
    Sample { index: usize },
    /// Positions for a graph.
    Layout(Box<crate::chart::layout::LayoutInput>),
    /// What differs between two configuration items, each given by its original text.
    Diff {
        before: Option<Vec<u8>>,
        after: Option<Vec<u8>>,
    },
    /// How each of these configuration items differs from the one before it, in a sentence; the first only is compared
    /// with. A text that is not there any more is absent.
    Changes { texts: Vec<Option<Vec<u8>>> },
    /// Sessions and habits of a trail's people.
    Lives(Box<crate::sessions::People>),
    /// The way from a key or an ARN back to a person, and the key's life.
    Origin {
        people: Box<crate::sessions::People>,
        of: String,
    },
    /// Why flows were rejected.
    Diagnose {
        groups: Vec<crate::diagnosis::FlowGroup>,
        described: Box<crate::diagnosis::Described>,
    },
    /// Begins a shared file, or forgets one that was being made: its stage is empty after this.
    Stage,
    /// Makes a block and keeps it on the stage.
    Weave {
        order: Order,
        #[serde(with = "wire::lists")]
        parts: Vec<Vec<u8>>,
    },
    /// Asks the stage.
    AskStage(Query),
    /// Packs the program for a shared file.
    Pack(#[serde(with = "wire::bytes")] Vec<u8>),
    /// The SHA-256 of bytes, given as base64 or as they are.
    Digest {
        #[serde(with = "wire::bytes")]
        bytes: Vec<u8>,
        base64: bool,
    },
}

#[derive(Debug, Serialize, Deserialize)]
pub enum JobResult {
    Sample {
        name: String,
        #[serde(with = "wire::bytes")]
        bytes: Vec<u8>,
    },
    Layout(Box<crate::chart::layout::Layout>),
    Diff(Box<crate::diff::Diff>),
    Changes(Vec<String>),
    Lives(Box<crate::sessions::Lives>),
    Diagnoses(Vec<crate::diagnosis::Diagnosis>),
    Origin(Box<(crate::sessions::Chain, Option<crate::sessions::KeyLife>)>),
    Stage,
    Woven(Box<Woven>),
    Answer(Box<Answer>),
    Packed(Packed),
    Digest([u8; 32]),
}

/// The program as it stands in a shared file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Packed {
    /// gzip, as base64.
    pub base64: String,
    /// Of the program itself.
    pub sha256: [u8; 32],
}
