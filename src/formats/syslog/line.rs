//! A line's parts: RFC 3164, RFC 5424, and what rsyslog, macOS and Chrome OS make of them.

use crate::base::time;
use crate::formats::stamps::{Yearless, word};

/// When a message was written, as far as it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stamp {
    Full(i64),
    Yearless(Yearless),
    None,
}

/// A message's header and its text.
#[derive(Debug, PartialEq, Eq)]
pub struct Parts<'a> {
    pub priority: Option<u8>,
    pub stamp: Stamp,
    pub host: &'a [u8],
    pub app: &'a [u8],
    pub process: &'a [u8],
    pub msgid: &'a [u8],
    /// All of the structured data, in its brackets.
    pub data: &'a [u8],
    /// A level that stands in words.
    pub level: &'a [u8],
    /// What macOS writes in parentheses behind the process.
    pub unit: &'a [u8],
    pub message: &'a [u8],
    /// Nothing else looks like it.
    pub is_sure: bool,
}

const LEVELS: [&[u8]; 11] = [
    b"EMERG",
    b"ALERT",
    b"CRIT",
    b"CRITICAL",
    b"ERR",
    b"ERROR",
    b"WARNING",
    b"WARN",
    b"NOTICE",
    b"INFO",
    b"DEBUG",
];
/// A program's name is no longer.
const MAX_NAME: usize = 64;

impl<'a> Parts<'a> {
    fn new(priority: Option<u8>, stamp: Stamp) -> Parts<'a> {
        Parts {
            priority,
            stamp,
            host: b"",
            app: b"",
            process: b"",
            msgid: b"",
            data: b"",
            level: b"",
            unit: b"",
            message: b"",
            is_sure: false,
        }
    }

    /// The parts of a text that begins as a message does.
    pub fn read(text: &'a [u8]) -> Option<Parts<'a>> {
        let (priority, rest) = priority(text);
        if priority.is_some()
            && let Some(rest) = rest.strip_prefix(b"1 ")
            && let Some(parts) = of_5424(priority, rest)
        {
            return Some(parts);
        }
        if let Some((stamp, rest)) = Yearless::read(rest) {
            let mut parts = Parts::new(priority, Stamp::Yearless(stamp));
            match rest {
                // `Nov 18 01:15:43: --- last message repeated 5 times ---`
                [b':', rest @ ..] => parts.message = rest.trim_ascii(),
                [b' ', ..] => parts.host_and_tag(rest.trim_ascii_start()),
                _ => return None,
            }
            let inside = parts
                .message
                .strip_prefix(b"--- ")
                .and_then(|m| m.strip_suffix(b" ---"));
            parts.message = inside.unwrap_or(parts.message);
            return Some(parts);
        }
        // `2020-05-31T00:00:45.698463+00:00 host program[1]: …`
        let (stamp, after) = word(rest);
        let at = stamp.contains(&b'T').then(|| time::parse_iso(stamp)).flatten()?;
        let mut parts = Parts::new(priority, Stamp::Full(at));
        let (level, behind) = word(after);
        if LEVELS.contains(&level) {
            parts.level = level;
            parts.tag(behind);
        } else {
            parts.host_and_tag(after);
        }
        // Many logs begin with such a time: a program's name has to follow.
        (!parts.app.is_empty() || priority.is_some()).then_some(parts)
    }

    /// `host program[12]: message`; a host is left out by some.
    fn host_and_tag(&mut self, text: &'a [u8]) {
        let (first, rest) = word(text);
        let is_tag = first.ends_with(b":") && first.len() > 1 && !first.ends_with(b"::");
        if is_tag {
            return self.tag(text);
        }
        self.host = first;
        self.tag(rest);
    }

    /// `program[12]: message`, `program[12] (unit): message`, or a message alone.
    fn tag(&mut self, text: &'a [u8]) {
        self.message = text;
        let head = text.get(..text.len().min(2 * MAX_NAME + 32)).unwrap_or_default();
        let Some(colon) =
            memchr::memchr_iter(b':', head).find(|at| text.get(at + 1).is_none_or(|b| *b <= b' '))
        else {
            return;
        };
        let (tag, rest) = text.split_at(colon);
        // A name with spaces is one where its process stands behind it.
        let (tag, unit) = match tag
            .strip_suffix(b")")
            .map(|t| (memchr::memmem::find(t, b"] ("), t))
        {
            Some((Some(at), inside)) => (
                tag.get(..=at).unwrap_or_default(),
                inside.get(at + 3..).unwrap_or_default(),
            ),
            _ => (tag, &b""[..]),
        };
        let (name, process) = match tag.strip_suffix(b"]").map(|t| (memchr::memrchr(b'[', t), t)) {
            Some((Some(at), inside)) => (
                tag.get(..at).unwrap_or_default(),
                inside.get(at + 1..).unwrap_or_default(),
            ),
            _ => (tag, &b""[..]),
        };
        let is_name = |b: &u8| b.is_ascii_alphanumeric() || b" ._-/@+%#()~".contains(b) || *b >= 0x80;
        let spaces = name.contains(&b' ');
        if name.is_empty()
            || name.len() > MAX_NAME
            || !name.iter().all(is_name)
            || spaces && process.is_empty()
        {
            return;
        }
        self.app = name.trim_ascii();
        self.process = process;
        self.unit = unit;
        self.message = rest.get(1..).unwrap_or_default().trim_ascii_start();
        self.is_sure = true;
    }
}

/// `<34>`, and what stands behind it.
fn priority(text: &[u8]) -> (Option<u8>, &[u8]) {
    let found = || {
        let rest = text.strip_prefix(b"<")?;
        let end = memchr::memchr(b'>', rest.get(..4.min(rest.len()))?)?;
        let number: u8 = std::str::from_utf8(rest.get(..end)?).ok()?.parse().ok()?;
        (number < 192).then_some((number, rest.get(end + 1..)?))
    };
    match found() {
        Some((number, rest)) => (Some(number), rest),
        None => (None, text),
    }
}

/// `TIMESTAMP HOSTNAME APP-NAME PROCID MSGID STRUCTURED-DATA MSG`, a dash for what is not known.
fn of_5424<'a>(priority: Option<u8>, text: &'a [u8]) -> Option<Parts<'a>> {
    let (stamp, rest) = word(text);
    let stamp = match stamp {
        b"-" => Stamp::None,
        stamp => Stamp::Full(time::parse_iso(stamp)?),
    };
    let mut parts = Parts::new(priority, stamp);
    let known = |value: &'a [u8]| if value == b"-" { &b""[..] } else { value };
    let (host, rest) = word(rest);
    let (app, rest) = word(rest);
    let (process, rest) = word(rest);
    let (msgid, rest) = word(rest);
    let end = match rest.first()? {
        b'-' => 1,
        b'[' => data_end(rest)?,
        _ => return None,
    };
    let (data, message) = rest.split_at(end);
    parts.host = known(host);
    parts.app = known(app);
    parts.process = known(process);
    parts.msgid = known(msgid);
    parts.data = known(data);
    let message = message.strip_prefix(b" ").unwrap_or(message);
    parts.message = message.strip_prefix(b"\xef\xbb\xbf").unwrap_or(message);
    parts.is_sure = true;
    Some(parts)
}

/// Where structured data ends that begins a text.
fn data_end(text: &[u8]) -> Option<usize> {
    let (mut quoted, mut open, mut escaped) = (false, false, false);
    for (at, byte) in text.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' if open => quoted = !quoted,
            b'[' if !quoted => open = true,
            b']' if !quoted => open = false,
            b' ' if !open => return Some(at),
            _ => {}
        }
    }
    (!open).then_some(text.len())
}

/// Every `id`, `name` and value of structured data, its escapes taken off.
pub fn each_datum(data: &[u8], each: &mut dyn FnMut(&str, &str, &[u8])) {
    let mut rest = data;
    while let Some(inside) = rest.strip_prefix(b"[") {
        let end = inside
            .iter()
            .position(|b| matches!(b, b' ' | b']'))
            .unwrap_or(inside.len());
        let (id, mut more) = inside.split_at(end);
        let Ok(id) = std::str::from_utf8(id) else { return };
        while let Some(pair) = more.strip_prefix(b" ") {
            let Some(at) = memchr::memmem::find(pair, b"=\"") else {
                return;
            };
            let (name, quoted) = (pair.get(..at), pair.get(at + 2..).unwrap_or_default());
            let (mut value, mut next) = (Vec::new(), None);
            let mut escaped = false;
            for (at, byte) in quoted.iter().enumerate() {
                match byte {
                    b'"' | b'\\' | b']' if escaped => value.push(*byte),
                    b'\\' => {}
                    b'"' => {
                        next = Some(at + 1);
                        break;
                    }
                    _ if escaped => value.extend([b'\\', *byte]),
                    _ => value.push(*byte),
                }
                escaped = *byte == b'\\' && !escaped;
            }
            if let Some(Ok(name)) = name.map(std::str::from_utf8) {
                each(id, name.trim(), &value);
            }
            more = next.and_then(|at| quoted.get(at..)).unwrap_or_default();
        }
        rest = more.strip_prefix(b"]").unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Host, program, process, unit, message.
    fn parts(text: &str) -> Option<String> {
        let own = |t: &[u8]| String::from_utf8_lossy(t).into_owned();
        Parts::read(text.as_bytes()).map(|p| [p.host, p.app, p.process, p.unit, p.message].map(own).join("|"))
    }

    #[test]
    fn lines_without_a_year() {
        for (line, want) in [
            (
                "Oct 11 22:14:15 mymachine su: 'su root' failed",
                Some("mymachine|su|||'su root' failed"),
            ),
            (
                "<34>Oct  1 22:14:15 web sshd[42]:  hello: you",
                Some("web|sshd|42||hello: you"),
            ),
            (
                "Jan 22 07:54:32 web.example.com Job `cron.daily' terminated",
                Some("web.example.com||||Job `cron.daily' terminated"),
            ),
            (
                "Nov 18 01:15:43: --- last message repeated 5 times ---",
                Some("||||last message repeated 5 times"),
            ),
            (
                "Nov 18 08:30:20 kernel: [997.390602] sda2",
                Some("|kernel|||[997.390602] sda2"),
            ),
            (
                "Dec 31 17:54:32.123 web /sbin/anacron[1234]: x",
                Some("web|/sbin/anacron|1234||x"),
            ),
            (
                "Nov 29 22:18:29 mac Microsoft Word[12] (com.example.unit): x",
                Some("mac|Microsoft Word|12|com.example.unit|x"),
            ),
            (
                "août 19 11:08:37 debian systemd[1]: x",
                Some("debian|systemd|1||x"),
            ),
            ("MMM 22 07:54:32 web anacron[1]: x", None),
            ("Oct 11 22:14 web su: x", None),
        ] {
            assert_eq!(parts(line).as_deref(), want, "{line}");
        }
    }

    #[test]
    fn lines_with_a_year() {
        for (line, want) in [
            (
                "2026-03-02T09:15:01.698463+00:00 web rsyslogd:  x",
                Some("web|rsyslogd|||x"),
            ),
            ("2026-03-02T09:15:01Z INFO sshd[7]: x", Some("|sshd|7||x")),
            ("2026-03-02T09:15:01.000Z just words", None),
            (
                "<165>1 2003-10-11T22:14:15.003Z web evntslog - ID47 [a@1 b=\"]\\\"\"] msg",
                Some("web|evntslog|||msg"),
            ),
            ("<165>1 - - - - - -", Some("||||")),
        ] {
            assert_eq!(parts(line).as_deref(), want, "{line}");
        }
    }

    #[test]
    fn structured_data_is_taken_apart() {
        let mut all = Vec::new();
        let data = br#"[a@1 x="1" y="q\"\]\\ \n"][b z=""][c]"#;
        each_datum(data, &mut |id, name, value| {
            all.push(format!("{id}.{name}={}", String::from_utf8_lossy(value)));
        });
        assert_eq!(all, [r#"a@1.x=1"#, r#"a@1.y=q"]\ \n"#, "b.z="]);
        each_datum(b"[a b=\"never", &mut |_, _, _| {});
    }
}
