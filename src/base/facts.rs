//! What is known about a kind of log before any of its bytes are read.

use serde::{Deserialize, Serialize};

/// What a field means, so that timeline, search, entity pages and signals are written once for every kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Role {
    /// When it happened. Every kind with a time has exactly one field of this role.
    Time,
    /// When it ended, where a record covers a span.
    EndTime,
    /// Who did it: a user, role session or service.
    Actor,
    /// The credential used (an access key id, a session).
    Credential,
    SourceAddress,
    DestinationAddress,
    SourcePort,
    DestinationPort,
    Protocol,
    /// The service or component that was asked.
    Service,
    /// What was done: an API call, a method, a message type.
    Action,
    /// What it was done to.
    Resource,
    ResourceType,
    /// What came of it: an error code, ACCEPT or REJECT, a compliance state.
    Outcome,
    Severity,
    Status,
    Bytes,
    Packets,
    Account,
    Region,
    Network,
    Interface,
    UserAgent,
    /// The record's own identity.
    Id,
    /// Text written for people.
    Message,
}

impl Role {
    /// Every role with the word people type for it in the filter bar (`account = 111122223333`).
    pub const WORDS: &'static [(&'static str, Role)] = &[
        ("time", Role::Time),
        ("endTime", Role::EndTime),
        ("actor", Role::Actor),
        ("credential", Role::Credential),
        ("source", Role::SourceAddress),
        ("destination", Role::DestinationAddress),
        ("sourcePort", Role::SourcePort),
        ("destinationPort", Role::DestinationPort),
        ("protocol", Role::Protocol),
        ("service", Role::Service),
        ("action", Role::Action),
        ("resource", Role::Resource),
        ("resourceType", Role::ResourceType),
        ("outcome", Role::Outcome),
        ("severity", Role::Severity),
        ("status", Role::Status),
        ("bytes", Role::Bytes),
        ("packets", Role::Packets),
        ("account", Role::Account),
        ("region", Role::Region),
        ("network", Role::Network),
        ("interface", Role::Interface),
        ("userAgent", Role::UserAgent),
        ("id", Role::Id),
        ("message", Role::Message),
    ];

    pub fn from_word(word: &str) -> Option<Role> {
        Self::WORDS
            .iter()
            .find(|(w, _)| w.eq_ignore_ascii_case(word))
            .map(|&(_, r)| r)
    }

    pub fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|&&(_, r)| r == self)
            .map_or("", |&(w, _)| w)
    }
}

/// How a field's values are kept and compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FieldType {
    /// UTF-8 text, dictionary-coded.
    #[default]
    Text,
    /// Text that is an IPv4 or IPv6 address (or a host name where the log has one): `=` also takes a CIDR block.
    Address,
    /// Several texts in one cell; a comparison holds when it holds for any of them.
    List,
    Integer,
    /// An exact decimal, kept in units of the last of [`super::decimal::PLACES`] places.
    Decimal,
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    Time,
    Float,
    Bool,
}

impl FieldType {
    /// Kept as a dictionary code?
    pub fn is_text(self) -> bool {
        matches!(self, FieldType::Text | FieldType::Address | FieldType::List)
    }
}

/// One field of a kind, by the name its own documentation gives it.
#[derive(Clone, Copy, Debug)]
pub struct FieldSpec {
    pub name: &'static str,
    pub ty: FieldType,
    /// `"B"`, `"s"`, `"ms"`; empty where there is none.
    pub unit: &'static str,
    pub role: Option<Role>,
}

impl FieldSpec {
    pub const fn text(name: &'static str) -> Self {
        Self::of(name, FieldType::Text)
    }
    pub const fn address(name: &'static str) -> Self {
        Self::of(name, FieldType::Address)
    }
    pub const fn list(name: &'static str) -> Self {
        Self::of(name, FieldType::List)
    }
    pub const fn int(name: &'static str) -> Self {
        Self::of(name, FieldType::Integer)
    }
    pub const fn float(name: &'static str) -> Self {
        Self::of(name, FieldType::Float)
    }
    pub const fn decimal(name: &'static str) -> Self {
        Self::of(name, FieldType::Decimal)
    }
    pub const fn time(name: &'static str) -> Self {
        Self::of(name, FieldType::Time)
    }
    pub const fn bool(name: &'static str) -> Self {
        Self::of(name, FieldType::Bool)
    }
    pub const fn of(name: &'static str, ty: FieldType) -> Self {
        FieldSpec {
            name,
            ty,
            unit: "",
            role: None,
        }
    }
    pub const fn role(mut self, role: Role) -> Self {
        self.role = Some(role);
        self
    }
    pub const fn unit(mut self, unit: &'static str) -> Self {
        self.unit = unit;
        self
    }
}

/// The position of a field in a list, worked out where the program is compiled: one that is not there does not compile.
pub const fn position(fields: &[FieldSpec], name: &str) -> usize {
    let mut at = 0;
    while at < fields.len() {
        if is_same(fields[at].name.as_bytes(), name.as_bytes()) {
            return at;
        }
        at += 1;
    }
    panic!("no field of this name")
}

const fn is_same(a: &[u8], b: &[u8]) -> bool {
    let mut at = 0;
    while at < a.len() && at < b.len() && a[at] == b[at] {
        at += 1;
    }
    at == a.len() && at == b.len()
}

/// Where a kind stands on the overview.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Group {
    Infrastructure,
    AwsService,
    Host,
}

/// A kind of log: its id (also its fixture folder), its names, its source, its fields.
#[derive(Debug)]
pub struct Facts {
    /// Stable registry id, e.g. `vpc-flow`.
    pub id: &'static str,
    /// What people call it, e.g. `VPC flow logs`.
    pub title: &'static str,
    /// What one record is called, plural: `events`, `flows`.
    pub records: &'static str,
    pub group: Group,
    /// The vendor's own description of the format.
    pub spec_url: &'static str,
    /// The shapes in which it is exported, for people: `S3 files`, `lookup-events`.
    pub shapes: &'static [&'static str],
    /// How to get the file, in a sentence or a command.
    pub export_hint: &'static str,
    /// The usual fields, in the order a table shows them first. A reader may add more while reading.
    pub fields: &'static [FieldSpec],
    /// Names of the columns that a table shows before anyone chooses.
    pub columns: &'static [&'static str],
    /// Other spellings people know a field by: `(alias, field)`.
    pub aliases: &'static [(&'static str, &'static str)],
    /// Records carry an identity: one that repeats across files with the same content is kept once.
    pub dedupe: bool,
}

impl Facts {
    /// The position of the field of this role.
    pub fn role(&self, role: Role) -> Option<usize> {
        self.fields.iter().position(|f| f.role == Some(role))
    }

    pub fn field(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|f| f.name == name)
    }
}
