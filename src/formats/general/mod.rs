//! Records of kinds that nobody described: every column under its own name, with a type that its values tell.
//!
//! Types are told from the sample at the member's beginning, or from the first value of what comes later. A value that is not of
//! its column's type is kept as text in a column beside it (`port (text)`): nothing is left out without a word. What a column
//! is for is told by its name and its values together ([`infer`]); the columns of [`FIELDS`] then hold the same, so that
//! timeline, search and entity pages know them.

mod binder;
mod infer;

use crate::base::{FieldSpec as F, FieldType, Role};
pub(super) use binder::{Binder, Cell};
pub(super) use infer::Votes;

/// The fields of every such kind. A column of one of these names is that field where it is what the field is for; another
/// one is kept as `time (column)`.
pub(super) const FIELDS: &[F] = &[
    F::time("time").role(Role::Time),
    F::text("severity").role(Role::Severity),
    F::text("host").role(Role::Resource),
    F::text("actor").role(Role::Actor),
    F::text("action").role(Role::Action),
    F::text("outcome").role(Role::Outcome),
    F::address("sourceAddress").role(Role::SourceAddress),
    F::int("sourcePort").role(Role::SourcePort),
    F::address("destinationAddress").role(Role::DestinationAddress),
    F::int("destinationPort").role(Role::DestinationPort),
    F::text("account").role(Role::Account),
    F::text("region").role(Role::Region),
    F::text("message").role(Role::Message),
];

/// Columns that a table shows before anyone chooses.
pub(super) const COLUMNS: &[&str] = &[
    "time",
    "severity",
    "host",
    "actor",
    "action",
    "outcome",
    "sourceAddress",
    "destinationAddress",
    "message",
];

const TIME: usize = 0;
const SOURCE: usize = 6;

/// Names of columns that are for a field, the field's own first, then most telling first; compared without case, and letters
/// and digits only. Of several in a record the first is taken.
const NAMES: &[&[&str]] = &[
    &[
        "time",
        "timestamp",
        "eventtime",
        "datetime",
        "dateandtime",
        "eventtimestamp",
        "ts",
        "epoch",
        "logtime",
        "starttime",
        "start",
        "date",
        "createdat",
        "creationtime",
        "created",
        "timegenerated",
        "eventdate",
        "occurredat",
        "receivedat",
        "updatedat",
    ],
    &["severity", "level", "loglevel", "severitytext", "lvl", "priority"],
    &[
        "host",
        "hostname",
        "computer",
        "computername",
        "machine",
        "server",
        "instance",
        "bucket",
        "resource",
    ],
    &[
        "actor",
        "user",
        "username",
        "principal",
        "identityarn",
        "useremail",
        "email",
        "userid",
        "accountname",
        "requester",
        "subject",
    ],
    &[
        "action",
        "eventname",
        "operation",
        "event",
        "method",
        "httpmethod",
        "httprequesthttpmethod",
        "verb",
        "activity",
        "eventtype",
        "command",
    ],
    &[
        "outcome",
        "result",
        "success",
        "status",
        "statuscode",
        "httpstatus",
        "responsecode",
    ],
    &[
        "sourceaddress",
        "srcaddr",
        "sourceip",
        "srcip",
        "sourceipaddress",
        "clientip",
        "remoteip",
        "remoteaddr",
        "remoteaddress",
        "clientaddress",
        "httprequestclientip",
        "src",
        "ipaddress",
        "ip",
        "client",
    ],
    &["sourceport", "srcport", "clientport", "sport"],
    &[
        "destinationaddress",
        "dstaddr",
        "destinationip",
        "dstip",
        "destip",
        "destaddr",
        "serverip",
        "dst",
        "target",
    ],
    &["destinationport", "dstport", "destport", "serverport", "dport"],
    &["account", "accountid", "awsaccountid"],
    &["region", "awsregion"],
    &[
        "message",
        "msg",
        "logmessage",
        "log",
        "text",
        "description",
        "body",
        "detail",
    ],
];

/// Is this neither a number nor a time, an address or a truth?
pub(super) fn is_plain_text(text: &[u8]) -> bool {
    infer::of(Cell::Text(text)) == FieldType::Text
}

/// A name as it is compared.
fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}
