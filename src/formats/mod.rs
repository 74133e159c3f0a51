//! Which log is this, and what are its rows? One format = one file.

mod access;
mod alb;
mod alb_connection;
mod alb_health_check;
mod apache_access;
mod apache_error;
mod asff;
mod aws_inventory;
mod billing;
pub mod block;
mod clb;
mod cloudfront;
mod cloudfront_realtime;
pub mod cloudtrail;
pub mod cloudtrail_digest;
pub mod cloudwatch;
mod cloudwatch_logs;
mod columnar;
pub mod config;
mod config_compliance;
mod csv;
mod cur;
mod database;
pub mod custom;
mod dbr;
mod eks_audit;
mod finding;
mod flow;
mod focus;
mod general;
mod guardduty;
mod haproxy;
mod iam_credential_report;
mod iis;
mod inspector;
mod journald;
pub mod json;
mod json_lines;
mod lambda;
pub mod lines;
mod log_events;
mod mssql_error;
mod mysql_audit;
mod mysql_error;
mod mysql_general;
mod mysql_slow;
mod network_firewall;
mod nginx_access;
mod nginx_error;
mod nlb;
mod ocsf_finding;
mod oracle_alert;
mod oracle_audit;
mod postgresql;
mod prowler;
mod route53_resolver;
mod s3_access;
mod sheet;
mod stamps;
mod syslog;
mod sql_fingerprint;
#[doc(hidden)]
pub mod testing;
pub mod tgw_flow;
mod trusted_advisor;
pub mod vpc_flow;
mod waf;
mod windows_event;

use crate::base::Facts;
use crate::table::{RowSink, Told};
use std::cell::OnceCell;
use std::sync::Arc;

/// How much of a member is looked at to recognise it.
pub const SAMPLE_BYTES: usize = 64 * 1024;

/// The beginning of a member, for [`LogFormat::probe`].
pub struct Sample<'a> {
    /// The member's path inside what was opened; a hint, never needed.
    pub path: &'a str,
    /// The first [`SAMPLE_BYTES`] at most, without a UTF-8 byte order mark.
    pub head: &'a [u8],
    /// `head` is the whole member.
    pub whole: bool,
    /// All of the member, where it had to be held to be recognised: a Parquet file says at its end what is in it.
    all: Option<&'a [u8]>,
    columns: OnceCell<Option<Vec<String>>>,
    shape: OnceCell<json::Shape<'a>>,
    documents: OnceCell<Vec<json::document::Document<'a>>>,
    /// What a person described, for the kind that is read by it.
    described: Option<&'a custom::Described>,
}

impl<'a> Sample<'a> {
    /// A byte order mark at the beginning of `head` is taken off.
    pub fn new(path: &'a str, head: &'a [u8], whole: bool) -> Self {
        let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
        Sample {
            path,
            head,
            whole,
            all: whole.then_some(head),
            columns: OnceCell::new(),
            shape: OnceCell::new(),
            documents: OnceCell::new(),
            described: None,
        }
    }

    /// These descriptions are known.
    pub fn described(mut self, custom: &'a custom::Described) -> Self {
        self.described = Some(custom).filter(|d| !d.is_empty());
        self
    }

    /// All of the member is this.
    pub fn with_all(mut self, all: &'a [u8]) -> Self {
        self.all = Some(all);
        self
    }

    /// The columns of a Parquet file whose end is known; `None` of anything else.
    pub fn parquet_columns(&self) -> Option<&[String]> {
        let names = || {
            let all = self.all.filter(|all| all.starts_with(columnar::MAGIC))?;
            columnar::names(all)
        };
        self.columns.get_or_init(names).as_deref()
    }

    /// The first JSON values of the head; taken apart once, however many formats ask.
    pub fn documents(&self) -> &[json::document::Document<'a>] {
        self.documents
            .get_or_init(|| json::document::Document::first_of(self.head))
    }

    /// What the head looks like as JSON; found out once, however many formats ask.
    pub fn shape(&self) -> &json::Shape<'a> {
        self.shape.get_or_init(|| json::Shape::of(self.head))
    }
}

pub use flow::told::{Format as FlowFormat, FormatError as FlowFormatError};

/// How sure a format is that a member is its own. The highest wins; of equals, the first in [`FORMATS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// Nothing speaks against it (a CSV with a header, lines of JSON).
    Possible,
    /// The shape fits, though another kind could have it.
    Likely,
    /// A signature that no other kind has.
    Certain,
}

/// What a person or an earlier file told about members to come.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Options {
    /// Formats of logs that do not name their fields, most recent first: `${version} ${account-id} …` of flow logs,
    /// `timestamp c-ip …` of CloudFront's real-time logs.
    pub flow_formats: Vec<String>,
    /// Logs that a person described.
    #[serde(default)]
    pub custom: custom::Described,
    /// Fields that are no columns yet and are asked for: JSON paths such as `requestParameters.groupId`. A reader that
    /// can find them adds them as fields of exactly these names.
    pub extra_fields: Vec<String>,
    /// When files were opened (nanoseconds since 1970): for times that tell no year.
    #[serde(default)]
    pub opened_ns: Option<i64>,
}

/// Must all of a member that begins so be held before it can be recognised? A Parquet file must, but for the blocks that
/// records are shared in.
pub fn is_told_at_its_end(head: &[u8]) -> bool {
    head.starts_with(columnar::MAGIC) && block::kind_of(head).is_none()
}

/// A kind of log: how to recognise it, how to read it.
pub trait LogFormat: Sync {
    fn facts(&self) -> &'static Facts;
    /// Looks at the first 64 KiB; never at the name alone.
    fn probe(&self, sample: &Sample<'_>) -> Option<Confidence>;
    /// A reader for one member that starts with this sample. The sample's bytes are fed again.
    fn reader(&self, sample: &Sample<'_>, options: &Options) -> Box<dyn Reader>;
    /// Can a member that starts with this sample be read from any of its lines on? Then the first so many bytes of the
    /// sample are what its reader has to see before: a header line, or nothing. Should lines depend on others after all,
    /// the reader says so ([`Stats::depends`](crate::table::Stats)).
    fn restarts_after(&self, _sample: &Sample<'_>) -> Option<usize> {
        None
    }
    /// May a record have fields that are no columns?
    fn has_more(&self) -> bool {
        true
    }
}

/// Reads one member, in chunks that may end anywhere (inside a character, a number, a line).
///
/// A bad record never fails the member: it is noted with [`RowSink::reject`] and reading goes on. A record's
/// `offset` and `len` count the member's unpacked bytes as they were fed, a byte order mark included.
pub trait Reader: Send {
    fn feed(&mut self, chunk: &[u8], sink: &mut RowSink<'_>);
    /// The member has ended; what is still held is read or noted.
    fn finish(&mut self, sink: &mut RowSink<'_>);
}

/// A container of log lines whose inside is a log of its own kind (CloudWatch Logs exports). It is taken off before the
/// inside is recognised; offsets then count the unwrapped bytes.
pub trait Wrapper: Sync {
    fn id(&self) -> &'static str;
    fn title(&self) -> &'static str;
    fn probe(&self, sample: &Sample<'_>) -> bool;
    fn unwrapper(&self) -> Box<dyn Unwrap>;
}

pub trait Unwrap: Send {
    /// Appends to `out` what of the inside is complete.
    fn feed(&mut self, chunk: &[u8], out: &mut Vec<u8>);
    fn finish(&mut self, out: &mut Vec<u8>);
    /// Where the lines since the last call were logged, as far as the container tells.
    fn logged_in(&mut self) -> Vec<LoggedIn> {
        Vec::new()
    }
    /// What the container says of the events that came out since the last call.
    fn told(&mut self) -> Vec<Told> {
        Vec::new()
    }
}

/// Where lines were logged: from a byte of the inside on, up to the next of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedIn {
    pub from: u64,
    /// `account:group`, or the group alone.
    pub log: Option<Arc<str>>,
    pub stream: Option<Arc<str>>,
}

impl LoggedIn {
    /// What a path tells that CloudWatch Logs exported to.
    pub fn by_path(path: &str) -> Option<LoggedIn> {
        cloudwatch::stream_of_export(path).map(|stream| LoggedIn {
            from: 0,
            log: None,
            stream: Some(stream.into()),
        })
    }
}

/// Every kind, most specific first: where two are equally sure, the first is taken.
pub const FORMATS: &[&dyn LogFormat] = &[
    // What a person described gives way to what is certain, and to nothing else.
    &custom::CustomLog,
    &custom::LogFormatFile,
    &cloudtrail::CloudTrail,
    &cloudtrail_digest::CloudTrailDigest,
    &tgw_flow::TgwFlow,
    &vpc_flow::VpcFlow,
    &config::Config,
    &config_compliance::ConfigCompliance,
    &trusted_advisor::TrustedAdvisor,
    &asff::Asff,
    &guardduty::GuardDuty,
    &inspector::Inspector,
    &prowler::Prowler,
    &ocsf_finding::OcsfFinding,
    &iam_credential_report::IamCredentialReport,
    &cur::Cur,
    &dbr::Dbr,
    &focus::Focus,
    &s3_access::S3Access,
    &alb::FORMAT,
    &clb::FORMAT,
    &nlb::FORMAT,
    &alb_connection::FORMAT,
    &alb_health_check::FORMAT,
    &cloudfront::CloudFront,
    &cloudfront_realtime::RealTime,
    &iis::Iis,
    &nginx_access::FORMAT,
    &apache_access::FORMAT,
    &haproxy::HaProxy,
    &apache_error::ApacheError,
    &nginx_error::NginxError,
    &journald::FORMAT,
    &syslog::Syslog,
    &waf::FORMAT,
    &lambda::Lambda,
    &route53_resolver::FORMAT,
    &network_firewall::FORMAT,
    &eks_audit::FORMAT,
    &windows_event::WindowsEvent,
    &postgresql::PostgreSql,
    &mysql_slow::MySqlSlow,
    &mysql_audit::MySqlAudit,
    &mysql_general::MySqlGeneral,
    &mysql_error::MySqlError,
    &mssql_error::MsSqlError,
    &oracle_audit::OracleAudit,
    &oracle_alert::OracleAlert,
    &aws_inventory::AwsInventory,
    &cloudwatch_logs::CloudWatchEvents,
    // Of no kind above: what fits any of those is never one of these.
    &json_lines::JsonLines,
    &csv::Csv,
];

/// Kinds of files that no more specific kind was known for: with a description they are read again.
pub const GENERAL: &[&str] = &["custom", "cloudwatch-logs", "text", "json-lines", "csv", "syslog"];

/// Every wrapper, most specific first.
pub const WRAPPERS: &[&dyn Wrapper] = &[&windows_event::EventLog, &cloudwatch::CloudWatchLogs];

/// Facts of a kind by its registry id.
pub fn facts(id: &str) -> Option<&'static Facts> {
    FORMATS.iter().map(|f| f.facts()).find(|f| f.id == id)
}

/// May records of this kind have fields that are no columns?
pub fn has_more(id: &str) -> bool {
    FORMATS.iter().any(|f| f.facts().id == id && f.has_more())
}

/// What a flow log format that a person wrote says, or why it is none.
pub fn check_flow_format(text: &str) -> Result<FlowFormat, FlowFormatError> {
    let kinds: [&dyn LogFormat; 2] = [&vpc_flow::VpcFlow, &tgw_flow::TgwFlow];
    flow::told::check(text, &kinds.map(|k| k.facts().fields))
}

/// What a list of fields that a person wrote says, for logs that do not name them: a flow log's format, or the fields of
/// CloudFront's real-time logs. Or why it is none.
pub fn said_of_format(text: &str) -> Result<String, FlowFormatError> {
    let Some((fields, unknown)) = cloudfront_realtime::check(text) else {
        return check_flow_format(text).map(|format| format.said());
    };
    let counted = crate::base::size::counted(fields as u64, "fields");
    let more = match unknown.is_empty() {
        true => String::new(),
        false => format!(
            " Not known: {}. If the spelling is right, values are kept as text under that name.",
            unknown.join(", ")
        ),
    };
    Ok(format!("{counted} of CloudFront real-time logs.{more}"))
}

/// The kind of what is inside of a container of log events. What is no kind for sure is read as events of the container.
pub fn detect_event(sample: &Sample<'_>) -> &'static dyn LogFormat {
    let found = best(sample).filter(|(_, sure)| *sure > Confidence::Possible);
    found.map_or(&cloudwatch_logs::CloudWatchEvents, |(format, _)| format)
}

/// The kind of a member; a block's is the one it says.
pub fn detect(sample: &Sample<'_>) -> Option<&'static dyn LogFormat> {
    if let Some(id) = block::kind_of(sample.head)
        && let Some(block) = block::of(id)
    {
        return Some(block);
    }
    best(sample).map(|(f, _)| f)
}

/// The kind that is the surest of a member, and how sure it is.
fn best(sample: &Sample<'_>) -> Option<(&'static dyn LogFormat, Confidence)> {
    let mut best: Option<(&'static dyn LogFormat, Confidence)> = None;
    for f in FORMATS {
        if let Some(c) = f.probe(sample)
            && best.is_none_or(|(_, b)| c > b)
        {
            best = Some((*f, c));
        }
        if best.is_some_and(|(_, b)| b == Confidence::Certain) {
            break;
        }
    }
    best
}
