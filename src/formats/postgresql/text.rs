//! Lines behind a `log_line_prefix`.

use super::Entry;
use crate::formats::database::times::{Stamp, Zones, stamp};
use crate::formats::database::{cut, cut_last, int, until};
use std::borrow::Cow;

/// What a message says first, before a colon and two spaces; the last of them belong to the message before.
/// <https://www.postgresql.org/docs/current/runtime-config-logging.html#RUNTIME-CONFIG-SEVERITY-LEVELS>
const SEVERITIES: [&[u8]; 19] = [
    b"LOG",
    b"ERROR",
    b"FATAL",
    b"PANIC",
    b"WARNING",
    b"NOTICE",
    b"INFO",
    b"DEBUG",
    b"DEBUG1",
    b"DEBUG2",
    b"DEBUG3",
    b"DEBUG4",
    b"DEBUG5",
    b"DETAIL",
    b"HINT",
    b"CONTEXT",
    b"STATEMENT",
    b"QUERY",
    b"LOCATION",
];
/// How many of them begin a message.
const BEGINNING: usize = 13;
/// A prefix is no longer.
const MAX_PREFIX: usize = 1024;

/// The beginning of a line that has a prefix.
pub(super) struct Head<'a> {
    stamp: Stamp<'a>,
    /// The prefix behind the time.
    pub rest: &'a [u8],
    severity: &'static [u8],
    message: &'a [u8],
    /// Two spaces stand behind the severity, as the server writes them.
    is_exact: bool,
}

impl Head<'_> {
    /// Does it belong to the message before it?
    pub fn is_attached(&self) -> bool {
        SEVERITIES[BEGINNING..].contains(&self.severity)
    }
}

/// Is this text one of the words that a message begins with?
pub(super) fn is_severity(text: &[u8]) -> bool {
    SEVERITIES[..BEGINNING].contains(&text)
}

/// Time, rest of the prefix, severity and message of a line that has them.
pub(super) fn head(line: &[u8]) -> Option<Head<'_>> {
    let begins = line.first()?;
    let line = match begins {
        b'[' | b'<' | b'(' => line.get(1..)?.trim_ascii_start(),
        b if b.is_ascii_digit() => line,
        _ => return None,
    };
    let stamp = stamp(line)?;
    let prefix = stamp.rest.get(..MAX_PREFIX).unwrap_or(stamp.rest);
    for colon in memchr::memchr_iter(b':', prefix) {
        let before = prefix.get(..colon)?;
        let behind = stamp.rest.get(colon + 1..)?;
        let ends = |word: &&&[u8]| {
            let rest = before.strip_suffix(**word);
            rest.is_some_and(|r| !r.last().is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_'))
        };
        if !behind.is_empty() && !behind.starts_with(b" ") {
            continue;
        }
        if let Some(severity) = SEVERITIES.iter().find(ends) {
            return Some(Head {
                rest: before.strip_suffix(*severity)?,
                severity,
                message: behind.trim_ascii_start(),
                is_exact: behind.starts_with(b"  ") || behind.is_empty(),
                stamp,
            });
        }
    }
    None
}

/// Is it a line that nothing but PostgreSQL writes? A process, or a severity that no other log has, and two spaces.
pub(super) fn is_sure(line: &[u8]) -> bool {
    let Some(head) = head(line) else { return false };
    let is_own = matches!(
        head.severity,
        b"LOG" | b"FATAL" | b"PANIC" | b"STATEMENT" | b"DETAIL" | b"HINT"
    );
    head.is_exact && (is_own || origin(head.rest).pid.is_some())
}

/// What the prefix says besides the time.
pub(super) fn origin(rest: &[u8]) -> Entry<'_> {
    let mut entry = Entry::default();
    if !of_rds(rest, &mut entry) {
        of_words(rest, &mut entry);
    }
    entry
}

/// `192.0.2.10(50012)`, `[local]` or a host name.
fn remote<'a>(text: &'a [u8], entry: &mut Entry<'a>) {
    let (host, port) = match cut(text, b'(') {
        Some((host, port)) => (host, int(until(port, b')'))),
        None => (text, None),
    };
    entry.host = Cow::Borrowed(host);
    entry.port = port;
}

/// `:192.0.2.10(50012):app@shop:[812]:` and, in RDS's longer prefix, line, SQLSTATE, start of the session, transactions, session
/// and application behind it.
/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Concepts.PostgreSQL.overview.parameter-groups.html>
fn of_rds<'a>(rest: &'a [u8], entry: &mut Entry<'a>) -> bool {
    let Some(inner) = rest.strip_prefix(b":") else {
        return false;
    };
    let is_pid = |at: &usize| {
        let digits = inner.get(at + 2..).unwrap_or_default();
        let length = digits.iter().take_while(|b| b.is_ascii_digit()).count();
        length > 0 && digits.get(length) == Some(&b']')
    };
    let Some(open) = memchr::memmem::find_iter(inner, b":[").find(is_pid) else {
        return false;
    };
    let (before, behind) = (
        inner.get(..open).unwrap_or_default(),
        inner.get(open + 2..).unwrap_or_default(),
    );
    let Some((left, database)) = cut_last(before, b'@') else {
        return false;
    };
    let (host, user) = cut_last(left, b':').unwrap_or((b"", left));
    remote(host, entry);
    entry.user = known(user);
    entry.database = known(database);
    entry.pid = int(until(behind, b']'));
    let mut more = cut(behind, b']').map_or(&b""[..], |(_, more)| more);
    let mut next = || {
        let inner = more.strip_prefix(b":")?;
        let value = until(inner, b':');
        more = inner.get(value.len()..)?;
        Some(value)
    };
    let Some(line) = next().and_then(int) else {
        return true;
    };
    entry.line = Some(line);
    entry.state = Cow::Borrowed(next().unwrap_or_default());
    let Some(start) = more.strip_prefix(b":").and_then(stamp) else {
        return true;
    };
    entry.session_start = Some(start.ns);
    more = start.rest;
    let mut next = || {
        let inner = more.strip_prefix(b":")?;
        let value = until(inner, b':');
        more = inner.get(value.len()..)?;
        Some(value)
    };
    entry.vxid = Cow::Borrowed(next().unwrap_or_default());
    entry.txid = next().and_then(int);
    entry.session = Cow::Borrowed(next().unwrap_or_default());
    entry.application = Cow::Borrowed(next().unwrap_or_default());
    true
}

/// Names that people give parts of a prefix.
const NAMES: [&[u8]; 20] = [
    b"user",
    b"usr",
    b"u",
    b"db",
    b"database",
    b"d",
    b"app",
    b"appname",
    b"application",
    b"a",
    b"client",
    b"host",
    b"remote",
    b"rhost",
    b"h",
    b"r",
    b"pid",
    b"sqlstate",
    b"session",
    b"xid",
];

/// Where ` name=` stands in a piece of a prefix, from a place on: the place of the name, and of its value.
fn name_at(text: &[u8], from: usize) -> Option<(usize, usize)> {
    memchr::memchr_iter(b'=', text)
        .filter(|at| *at >= from)
        .find_map(|equals| {
            let before = text.get(from..equals)?;
            let start = before
                .iter()
                .rposition(|b| !b.is_ascii_alphanumeric() && *b != b'_');
            let start = from + start.map_or(0, |at| at + 1);
            let name = text.get(start..equals)?.to_ascii_lowercase();
            NAMES.contains(&&*name).then_some((start, equals + 1))
        })
}

/// `[812]: [3-1] user=app,db=shop,app=psql,client=192.0.2.10`, `[812] app@shop`, `[812-3] 192.0.2.10(50012)`.
fn of_words<'a>(rest: &'a [u8], entry: &mut Entry<'a>) {
    let named = name_at(rest, 0).map_or(rest.len(), |(start, _)| start);
    for word in rest
        .get(..named)
        .unwrap_or_default()
        .split(|b| matches!(b, b' ' | b',' | b'\t'))
    {
        let word = word.strip_suffix(b":").unwrap_or(word);
        let word = word.strip_prefix(b":").unwrap_or(word);
        let bracketed = word.strip_prefix(b"[").and_then(|w| w.strip_suffix(b"]"));
        let bare = bracketed.unwrap_or(word);
        let (first, second) = cut(bare, b'-').map_or((int(bare), None), |(a, b)| (int(a), int(b)));
        match (first, second) {
            (Some(pid), None) if entry.pid.is_none() && (bracketed.is_some() || word.len() > 1) => {
                entry.pid = Some(pid)
            }
            (Some(pid), Some(line)) if entry.pid.is_none() => {
                (entry.pid, entry.line) = (Some(pid), Some(line))
            }
            (Some(line), Some(_)) if entry.line.is_none() => entry.line = Some(line),
            (None, None) if bracketed.is_none() || word == b"[local]" => of_word(word, entry),
            _ => {}
        }
    }
    let mut from = named;
    while let Some((start, value)) = name_at(rest, from) {
        let next = name_at(rest, value).map_or(rest.len(), |(start, _)| start);
        let name = rest
            .get(start..value.saturating_sub(1))
            .unwrap_or_default()
            .to_ascii_lowercase();
        let text = rest.get(value..next).unwrap_or_default();
        let text = text.trim_ascii();
        let text = text
            .strip_suffix(b",")
            .or(text.strip_suffix(b":"))
            .unwrap_or(text);
        match &*name {
            b"user" | b"usr" | b"u" => entry.user = known(text),
            b"db" | b"database" | b"d" => entry.database = known(text),
            b"app" | b"appname" | b"application" | b"a" => entry.application = known(text),
            b"client" | b"host" | b"remote" | b"rhost" | b"h" | b"r" => remote(text, entry),
            b"pid" => entry.pid = entry.pid.or(int(text)),
            b"sqlstate" => entry.state = Cow::Borrowed(text),
            b"session" => entry.session = Cow::Borrowed(text),
            b"xid" => entry.txid = int(text),
            _ => {}
        }
        from = next;
    }
}

/// A name; before a session has one, the server writes that it is not known.
fn known(name: &[u8]) -> Cow<'_, [u8]> {
    match name {
        b"[unknown]" => Cow::default(),
        name => Cow::Borrowed(name),
    }
}

fn of_word<'a>(word: &'a [u8], entry: &mut Entry<'a>) {
    if let Some((user, database)) = cut_last(word, b'@') {
        (entry.user, entry.database) = (known(user), known(database));
    } else if word == b"[local]" || word.ends_with(b")") && cut(word, b'(').is_some() {
        remote(word, entry);
    } else if std::str::from_utf8(word).is_ok_and(|w| w.parse::<std::net::IpAddr>().is_ok()) {
        entry.host = Cow::Borrowed(word);
    }
}

/// A message with the lines that belong to it.
pub(super) fn read<'a>(text: &'a [u8], zones: &mut Zones) -> Result<Entry<'a>, &'static str> {
    let first = until(text, b'\n');
    let Some(head) = head(first) else {
        return Err("no time and severity at the beginning; begin the file with a whole message");
    };
    zones.meet(&head.stamp);
    let mut entry = origin(head.rest);
    entry.time_ns = Some(head.stamp.ns);
    if head.is_attached() {
        // Its message is not in the file.
        entry.severity = Cow::Borrowed(head.severity);
    }
    let mut part = (head.severity, head.message);
    let mut end = first.len();
    // Where the text of the part that is open begins.
    let mut start = first.len() - head.message.len();
    while let Some(line) = text
        .get(end + 1..)
        .filter(|l| !l.is_empty())
        .map(|rest| until(rest, b'\n'))
    {
        if let Some(more) = self::head(line).filter(Head::is_attached) {
            set(&mut entry, part.0, text.get(start..end).unwrap_or_default());
            part = (more.severity, more.message);
            start = end + 1 + line.len() - more.message.len();
        }
        end += 1 + line.len();
    }
    set(&mut entry, part.0, text.get(start..end).unwrap_or_default());
    Ok(entry)
}

fn set<'a>(entry: &mut Entry<'a>, severity: &'static [u8], text: &'a [u8]) {
    let text = without_tabs(text.trim_ascii_end());
    match severity {
        b"DETAIL" => entry.detail = text,
        b"HINT" => entry.hint = text,
        b"CONTEXT" => entry.context = text,
        b"STATEMENT" => entry.statement = text,
        b"QUERY" => entry.internal_query = text,
        b"LOCATION" => entry.location = text,
        severity => (entry.severity, entry.message) = (Cow::Borrowed(severity), text),
    }
}

/// The server puts a tab before every further line.
fn without_tabs(text: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memmem::find(text, b"\n\t").is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    for (at, line) in text.split(|b| *b == b'\n').enumerate() {
        if at > 0 {
            out.push(b'\n');
        }
        out.extend_from_slice(line.strip_prefix(b"\t").filter(|_| at > 0).unwrap_or(line));
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(prefix: &'static str) -> String {
        let e = origin(prefix.as_bytes());
        let text = |t: &[u8]| String::from_utf8_lossy(t).into_owned();
        format!(
            "{:?}/{:?} {}@{} {} {:?} {}",
            e.pid.unwrap_or(-1),
            e.line.unwrap_or(-1),
            text(&e.user),
            text(&e.database),
            text(&e.host),
            e.port.unwrap_or(-1),
            text(&e.application)
        )
    }

    #[test]
    fn prefixes_are_taken_apart() {
        assert_eq!(
            said(":192.0.2.10(50012):app@shop:[812]:"),
            "812/-1 app@shop 192.0.2.10 50012 "
        );
        assert_eq!(
            said(":2001:db8::1(50012):app@shop:[812]:"),
            "812/-1 app@shop 2001:db8::1 50012 "
        );
        assert_eq!(said("::@:[560]:"), "560/-1 @  -1 ");
        assert_eq!(
            said(":[local]:rdsadmin@postgres:[7]:"),
            "7/-1 rdsadmin@postgres [local] -1 "
        );
        assert_eq!(
            said(
                ":192.0.2.10(50012):app@shop:[812]:3:42P01:2026-03-02 09:00:00 UTC:4/17:0:65e2f0a0.32c:psql:"
            ),
            "812/3 app@shop 192.0.2.10 50012 psql"
        );
        assert_eq!(said(" [812] "), "812/-1 @  -1 ");
        assert_eq!(said(" [812-3] app@shop "), "812/3 app@shop  -1 ");
        assert_eq!(
            said(" [812]: [3-1] user=app,db=shop,app=PostgreSQL JDBC Driver,client=192.0.2.10 "),
            "812/3 app@shop 192.0.2.10 -1 PostgreSQL JDBC Driver"
        );
        assert_eq!(
            said(" [812]: user=app db=shop host=192.0.2.10(50012) "),
            "812/-1 app@shop 192.0.2.10 50012 "
        );
        assert_eq!(said(" [20]: [1-1] user=,db=,app=,client= "), "20/1 @  -1 ");
    }

    #[test]
    fn other_logs_are_not_sure() {
        assert!(is_sure(b"2026-03-02 09:15:01 UTC::@:[560]:LOG:  ready"));
        assert!(is_sure(b"2026-03-02 09:15:01.123 CET [560] app@shop ERROR:  no"));
        assert!(!is_sure(b"2026-03-02 09:15:01,123 ERROR: no"));
        assert!(!is_sure(b"2026-03-02 09:15:01 the CATALOG:  x"));
        assert!(!is_sure(b"2026-03-02T09:15:01Z host postgres[1]: LOG:  x"));
    }
}
