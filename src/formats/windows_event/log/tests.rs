//! Logs that are written here, token by token, after the format's description.

use super::{CHUNK, EventLog, HEADER};
use crate::formats::Options;
use crate::formats::Wrapper;
use crate::formats::testing::{read_wrapped, sample};

/// Markup under way; its names and templates are found by place in the chunk.
struct Chunk {
    bytes: Vec<u8>,
    template: Option<u32>,
    first: u64,
    count: u64,
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// A value of a template: its type and its bytes.
type Value = (u8, Vec<u8>);

impl Chunk {
    fn new(first: u64) -> Chunk {
        let mut bytes = vec![0; 512];
        bytes[..8].copy_from_slice(b"ElfChnk\0");
        Chunk {
            bytes,
            template: None,
            first,
            count: 0,
        }
    }

    fn u16(&mut self, n: u16) {
        self.bytes.extend(n.to_le_bytes());
    }

    fn u32(&mut self, n: u32) {
        self.bytes.extend(n.to_le_bytes());
    }

    /// A name, written where it is first named.
    fn name(&mut self, name: &str) {
        let here = self.bytes.len() as u32 + 4;
        self.u32(here);
        self.u32(0);
        self.u16(0);
        self.u16(name.len() as u16);
        self.bytes.extend(wide(name));
        self.u16(0);
    }

    /// Begins an element and says where its length has to be put.
    fn open(&mut self, name: &str, has_attributes: bool) -> usize {
        self.bytes.push(if has_attributes { 0x41 } else { 0x01 });
        self.u16(0xffff);
        let length_at = self.bytes.len();
        self.u32(0);
        self.name(name);
        if has_attributes {
            self.u32(0);
        }
        length_at
    }

    fn put_length(&mut self, length_at: usize) {
        let length = (self.bytes.len() - length_at - 4) as u32;
        self.bytes[length_at..length_at + 4].copy_from_slice(&length.to_le_bytes());
    }

    fn close(&mut self, length_at: usize) {
        self.bytes.push(0x04);
        self.put_length(length_at);
    }

    fn text(&mut self, text: &str) {
        self.bytes.extend([0x05, 0x01]);
        self.u16(text.len() as u16);
        self.bytes.extend(wide(text));
    }

    fn attribute(&mut self, name: &str) {
        self.bytes.push(0x06);
        self.name(name);
    }

    fn substitution(&mut self, index: u16, ty: u8) {
        self.bytes.push(0x0e);
        self.u16(index);
        self.bytes.push(ty);
    }

    /// An element whose content is a value.
    fn leaf(&mut self, name: &str, index: u16, ty: u8) {
        let at = self.open(name, false);
        self.bytes.push(0x02);
        self.substitution(index, ty);
        self.close(at);
    }

    /// `<Event><System>…</System><EventData>…`, with values for what differs.
    fn body(&mut self) {
        self.bytes.extend([0x0f, 1, 1, 0]);
        let event = self.open("Event", false);
        self.bytes.push(0x02);
        let system = self.open("System", false);
        self.bytes.push(0x02);
        let provider = self.open("Provider", true);
        self.attribute("Name");
        self.text("Microsoft-Windows-Security-Auditing");
        self.bytes.push(0x03);
        self.put_length(provider);
        self.leaf("EventID", 0, 0x06);
        self.leaf("Level", 1, 0x04);
        self.leaf("Keywords", 2, 0x15);
        let time = self.open("TimeCreated", true);
        self.attribute("SystemTime");
        self.substitution(3, 0x11);
        self.bytes.push(0x03);
        self.put_length(time);
        self.leaf("EventRecordID", 4, 0x0a);
        for (name, said) in [("Channel", "Security"), ("Computer", "ws1.example.com")] {
            let at = self.open(name, false);
            self.bytes.push(0x02);
            self.text(said);
            self.close(at);
        }
        self.close(system);
        let data = self.open("EventData", false);
        self.bytes.push(0x02);
        for (name, index, ty) in [
            ("TargetUserSid", 5u16, 0x13u8),
            ("TargetUserName", 6, 0x01),
            ("LogonType", 7, 0x08),
            ("IpAddress", 8, 0x01),
            ("Notes", 9, 0x81),
        ] {
            let at = self.open("Data", true);
            self.attribute("Name");
            self.text(name);
            self.bytes.push(0x02);
            self.substitution(index, ty);
            self.close(at);
        }
        self.close(data);
        self.close(event);
        self.bytes.push(0);
    }

    fn record(&mut self, values: &[Value]) {
        let number = self.first + self.count;
        self.count += 1;
        let start = self.bytes.len();
        self.bytes.extend([0x2a, 0x2a, 0, 0]);
        self.u32(0);
        self.bytes.extend(number.to_le_bytes());
        self.bytes.extend([0; 8]);
        self.bytes.extend([0x0f, 1, 1, 0, 0x0c, 1]);
        self.u32(1);
        match self.template {
            Some(at) => self.u32(at),
            None => {
                let here = self.bytes.len() as u32 + 4;
                self.template = Some(here);
                self.u32(here);
                self.bytes.extend([0; 20]);
                let length_at = self.bytes.len();
                self.u32(0);
                self.body();
                self.put_length(length_at);
            }
        }
        self.u32(values.len() as u32);
        for (ty, bytes) in values {
            self.u16(bytes.len() as u16);
            self.bytes.extend([*ty, 0]);
        }
        for (_, bytes) in values {
            self.bytes.extend(bytes);
        }
        let size = (self.bytes.len() - start + 4) as u32;
        self.u32(size);
        self.bytes[start + 4..start + 8].copy_from_slice(&size.to_le_bytes());
    }

    fn event(&mut self, id: u16, user: &str, address: &str) {
        let number = self.first + self.count;
        let sid: Vec<u8> = [
            vec![1, 2, 0, 0, 0, 0, 0, 5],
            vec![21, 0, 0, 0],
            vec![0xf4, 1, 0, 0],
        ]
        .concat();
        // 2026-01-02T03:04:05.678Z in tenths of microseconds since 1601.
        let time = (116_444_736_000_000_000u64 + 17_673_230_456_780_000).to_le_bytes();
        let keywords: u64 = if id == 4625 {
            0x8010_0000_0000_0000
        } else {
            0x8020_0000_0000_0000
        };
        self.record(&[
            (0x06, id.to_le_bytes().to_vec()),
            (0x04, vec![0]),
            (0x15, keywords.to_le_bytes().to_vec()),
            (0x11, time.to_vec()),
            (0x0a, number.to_le_bytes().to_vec()),
            (0x13, sid),
            (0x01, wide(user)),
            (0x08, 3u32.to_le_bytes().to_vec()),
            (0x01, wide(address)),
            (0x81, wide("one\0two")),
        ]);
    }

    fn done(mut self) -> Vec<u8> {
        let used = self.bytes.len() as u32;
        let last = self.first + self.count - 1;
        for (at, n) in [(8, self.first), (16, last), (24, self.first), (32, last)] {
            self.bytes[at..at + 8].copy_from_slice(&n.to_le_bytes());
        }
        let mut crc = flate2::Crc::new();
        crc.update(&self.bytes[512..]);
        for (at, n) in [(40, 128u32), (48, used), (52, crc.sum())] {
            self.bytes[at..at + 4].copy_from_slice(&n.to_le_bytes());
        }
        self.bytes.resize(CHUNK, 0);
        self.bytes
    }
}

fn header(flags: u8) -> Vec<u8> {
    let mut out = vec![0; HEADER];
    out[..8].copy_from_slice(b"ElfFile\0");
    out[120] = flags;
    out
}

/// Two chunks of three events each, with names and a template of their own.
fn log() -> Vec<u8> {
    let mut out = header(0);
    for first in [1, 4] {
        let mut chunk = Chunk::new(first);
        chunk.event(4624, "alice", "192.0.2.7");
        chunk.event(4625, "bob \"b\" \\", "::ffff:198.51.100.9");
        chunk.event(4634, "alice", "-");
        out.extend(chunk.done());
    }
    out
}

/// What comes of a log, whatever the chunks in which it is fed.
fn read(log: &[u8]) -> String {
    let whole = read_wrapped(log, 1 << 16, &Options::default());
    for piece in [1000, 4097, log.len()] {
        assert_eq!(
            read_wrapped(log, piece, &Options::default()),
            whole,
            "in pieces of {piece}"
        );
    }
    assert_eq!(whole.0, "windows-event");
    whole.1
}

fn kept(rows: &str) -> usize {
    rows.lines().filter(|l| l.starts_with('@')).count()
}

/// How many are rejected, over all reasons.
fn rejected(rows: &str) -> usize {
    let of_line = |l: &str| {
        l.strip_prefix("rejected ")?
            .split(':')
            .next()?
            .parse::<usize>()
            .ok()
    };
    rows.lines().filter_map(of_line).sum()
}

#[test]
fn a_log_is_read() {
    insta::assert_snapshot!(read(&log()));
}

#[test]
fn a_path_that_is_no_column_is_found_in_events_too() {
    let options = Options {
        extra_fields: vec!["Event.EventData.Notes".to_owned()],
        ..Options::default()
    };
    let (_, rows) = read_wrapped(&log(), 1 << 16, &options);
    assert!(
        rows.contains("Event.EventData.Notes = [\"one\", \"two\"]"),
        "{rows}"
    );
}

#[test]
fn an_empty_log_is_one() {
    assert_eq!(read(&header(0)), "");
    let mut unused = header(1);
    unused.resize(HEADER + CHUNK, 0);
    let rows = read(&unused);
    assert!(rows.contains("was not closed") && kept(&rows) == 0, "{rows}");
    assert!(EventLog.probe(&sample("", &unused)));
    assert!(!EventLog.probe(&sample("a.evtx", b"ElfFile")));
}

#[test]
fn a_part_of_a_log_is_read_from_its_chunks() {
    let rows = read(&log()[HEADER + CHUNK..]);
    assert_eq!((kept(&rows), rejected(&rows)), (3, 0), "{rows}");
}

#[test]
fn damage_takes_no_more_than_it_has_to() {
    // The header of the first chunk.
    let mut log_1 = log();
    log_1[HEADER..HEADER + 8].fill(b'x');
    let rows = read(&log_1);
    assert_eq!((kept(&rows), rejected(&rows)), (6, 0), "{rows}");

    // The beginning of the second record, which has no names of its own.
    let mut log_2 = log();
    let second = find(&log_2, HEADER + 520);
    log_2[second..second + 4].fill(0);
    let rows = read(&log_2);
    assert_eq!((kept(&rows), rejected(&rows)), (5, 1), "{rows}");
    assert!(
        rows.contains("chunk 0, byte ") && rows.contains("another checksum"),
        "{rows}"
    );

    // The length behind the last record of the first chunk.
    let mut log_3 = log();
    let third = find(&log_3, find(&log_3, HEADER + 520) + 4);
    let size = u32::from_le_bytes(log_3[third + 4..third + 8].try_into().expect("four bytes")) as usize;
    log_3[third + size - 4..third + size].fill(0xff);
    let rows = read(&log_3);
    assert_eq!((kept(&rows), rejected(&rows)), (5, 1), "{rows}");

    // A whole chunk.
    let mut log_4 = log();
    log_4[HEADER..HEADER + CHUNK].fill(b'x');
    let rows = read(&log_4);
    assert_eq!((kept(&rows), rejected(&rows)), (3, 1), "{rows}");

    // The file's end.
    let cut = find(&log(), HEADER + CHUNK + 520) + 30;
    let rows = read(&log()[..cut]);
    assert_eq!((kept(&rows), rejected(&rows)), (4, 2), "{rows}");
    assert!(rows.contains("the file ends inside a chunk"), "{rows}");
    let rows = read(&log()[..300]);
    assert_eq!((kept(&rows), rejected(&rows)), (0, 1), "{rows}");

    // The token of the second record's template.
    let mut log_5 = log();
    let second = find(&log_5, HEADER + 520);
    log_5[second + 28] = 0x3f;
    let rows = read(&log_5);
    assert_eq!((kept(&rows), rejected(&rows)), (5, 1), "{rows}");
    assert!(rows.contains("record 2 in chunk 0"), "{rows}");
}

/// Where the next record begins.
fn find(log: &[u8], from: usize) -> usize {
    let at = memchr::memmem::find(&log[from..], &[0x2a, 0x2a, 0, 0]);
    from + at.expect("a record")
}

#[test]
fn an_older_header_does_not_hide_newer_records() {
    let mut log = log();
    // As if only the first record had been written when the header was.
    let second = find(&log, HEADER + 520);
    let used = (second - HEADER) as u32;
    for at in [16, 32] {
        log[HEADER + at..HEADER + at + 8].copy_from_slice(&1u64.to_le_bytes());
    }
    log[HEADER + 48..HEADER + 52].copy_from_slice(&used.to_le_bytes());
    let rows = read(&log);
    assert_eq!((kept(&rows), rejected(&rows)), (6, 0), "{rows}");
}

#[test]
fn a_template_that_names_itself_ends() {
    let mut chunk = Chunk::new(1);
    chunk.event(4624, "alice", "192.0.2.7");
    let mut bytes = chunk.done();
    // The template's element becomes an instance of the same template.
    let template = u32::from_le_bytes(bytes[546..550].try_into().expect("four bytes"));
    let body = template as usize + 24 + 4;
    bytes[body] = 0x0c;
    bytes[body + 6..body + 10].copy_from_slice(&template.to_le_bytes());
    let rows = read(&[header(0), bytes].concat());
    assert_eq!((kept(&rows), rejected(&rows)), (0, 1), "{rows}");
}

#[test]
fn no_change_of_a_byte_is_too_much() {
    let mut chunk = Chunk::new(1);
    chunk.event(4624, "alice", "192.0.2.7");
    chunk.event(4625, "bob", "198.51.100.9");
    let used = chunk.bytes.len();
    let log = [header(0), chunk.done()].concat();
    for at in (HEADER..HEADER + used).step_by(3) {
        for change in [0x01, 0x80, 0xff] {
            let mut changed = log.clone();
            changed[at] ^= change;
            let (_, rows) = read_wrapped(&changed, 1 << 16, &Options::default());
            assert!(kept(&rows) + rejected(&rows) > 0, "byte {at}: {rows}");
        }
    }
}

/// A part of a log as a file, for those who look at files: `UPDATE_EVTX=1` writes it anew.
#[test]
fn the_fixture_is_what_is_written_here() {
    let mut chunk = Chunk::new(7);
    chunk.event(4624, "alice", "192.0.2.7");
    chunk.event(4625, "bob", "2001:db8::9");
    let used = chunk.bytes.len();
    let mut part = chunk.done();
    part.truncate(used);
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats/evtx/part.evtx");
    if std::env::var_os("UPDATE_EVTX").is_some() {
        std::fs::write(&path, &part).expect("a fixture that can be written");
    }
    assert!(std::fs::read(&path).expect("the fixture") == part);
    let rows = read(&part);
    assert_eq!((kept(&rows), rejected(&rows)), (2, 0), "{rows}");
}
