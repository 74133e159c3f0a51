//! Archives are made here in memory, walked, and compared with what was put in.

mod containers;
mod damage;
mod hostile;
mod partial;
mod report;
mod reread;
mod utf16;

use super::*;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use std::io::Write;

/// A member as a walk gave it out.
#[derive(Debug, PartialEq)]
struct Got {
    head: MemberHead,
    data: Vec<u8>,
    error: Option<UnpackError>,
}

impl Got {
    fn path(&self) -> &str {
        &self.head.path
    }
    fn kind(&self) -> Option<&ErrorKind> {
        self.error.as_ref().map(|e| &e.kind)
    }
}

/// Walks to the end, checking what holds for every walk.
fn run(mut walk: Walk) -> (Vec<Got>, Option<[u8; 32]>) {
    let mut out = Vec::new();
    let mut members: Vec<Got> = Vec::new();
    let mut open = false;
    let mut progress = 0;
    let mut idle = 0u64;
    loop {
        let step = walk.next(&mut out);
        assert!(walk.progress() >= progress && walk.progress() <= walk.bytes_total());
        progress = walk.progress();
        assert!(matches!(step, Step::Data) || out.is_empty());
        idle = if step == Step::Working { idle + 1 } else { 0 };
        assert!(idle < 10_000, "no news for too long");
        match step {
            Step::Begin(head) => {
                assert!(!open);
                open = true;
                members.push(Got {
                    head,
                    data: Vec::new(),
                    error: None,
                });
            }
            Step::Data => {
                assert!(open && !out.is_empty() && out.len() <= CHUNK);
                members.last_mut().unwrap().data.extend_from_slice(&out);
            }
            Step::End(end) => {
                assert!(open);
                open = false;
                let member = members.last_mut().unwrap();
                assert_eq!(end.bytes, member.data.len() as u64);
                if let Some(error) = &end.error {
                    assert_eq!(error.path, member.head.path);
                    assert!(error.to_string().len() > 20);
                }
                member.error = end.error;
            }
            Step::Working => {}
            Step::Done { sha256 } => {
                assert!(!open);
                assert_eq!(progress, walk.bytes_total());
                return (members, sha256);
            }
        }
    }
}

/// Walks over bytes in memory under the item name `item`, with the hash checked and the indices in order.
fn walk_with(bytes: &[u8], limits: Limits) -> Vec<Got> {
    let (members, sha256) = run(Walk::new("item", Box::new(MemorySource::new(bytes)), limits));
    let want: [u8; 32] = Sha256::digest(bytes).into();
    assert_eq!(sha256, Some(want));
    assert!(members.iter().enumerate().all(|(i, m)| m.head.index == i as u64));
    members
}

/// The same without the hash, for loops.
fn quick(bytes: &[u8]) -> Vec<Got> {
    run(Walk::new("item", Box::new(MemorySource::new(bytes)), Limits::default()).without_hash()).0
}

fn walk(bytes: &[u8]) -> Vec<Got> {
    walk_with(bytes, Limits::default())
}

/// Paths and contents of members that are all sound.
fn sound(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    walk(bytes)
        .into_iter()
        .map(|m| {
            assert_eq!(m.error, None);
            (m.head.path, m.data)
        })
        .collect()
}

fn pairs(want: &[(&str, &[u8])]) -> Vec<(String, Vec<u8>)> {
    want.iter().map(|(p, d)| ((*p).to_owned(), d.to_vec())).collect()
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut w = GzEncoder::new(Vec::new(), flate2::Compression::default());
    w.write_all(bytes).unwrap();
    w.finish().unwrap()
}

fn bz(bytes: &[u8]) -> Vec<u8> {
    let mut w = ::bzip2::write::BzEncoder::new(Vec::new(), ::bzip2::Compression::new(1));
    w.write_all(bytes).unwrap();
    w.finish().unwrap()
}

fn zst(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

fn tarred(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut w = ::tar::Builder::new(Vec::new());
    for (name, data) in files {
        let mut header = ::tar::Header::new_gnu();
        header.set_size(data.len() as u64);
        header.set_mode(0o644);
        w.append_data(&mut header, name, *data).unwrap();
    }
    w.into_inner().unwrap()
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    zipped_as(files, ::zip::CompressionMethod::Deflated, false)
}

fn stored(files: &[(&str, &[u8])]) -> Vec<u8> {
    zipped_as(files, ::zip::CompressionMethod::Stored, false)
}

fn zipped_as(files: &[(&str, &[u8])], method: ::zip::CompressionMethod, zip64: bool) -> Vec<u8> {
    let mut w = ::zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = ::zip::write::SimpleFileOptions::default()
        .compression_method(method)
        .large_file(zip64);
    for (name, data) in files {
        if name.ends_with('/') {
            w.add_directory(*name, options).unwrap();
        } else {
            w.start_file(*name, options).unwrap();
            w.write_all(data).unwrap();
        }
    }
    w.finish().unwrap().into_inner()
}

/// A shared file of these parts: base64 in lines of 76 characters, and other elements around them.
fn page(parts: &[(&str, &[u8])]) -> Vec<u8> {
    use crate::base::{base64, page::*};
    let mut out = format!("{BEGINS}>\n<head><title>x</title><script>let a = 1 < 2;</script></head>\n<body>");
    out.push_str("<main id=\"report\"><p>&lt;script</p></main>\n");
    for (name, bytes) in parts {
        let mut text = String::new();
        base64::encode(bytes, &mut text);
        out.push_str(&format!("{PART_OPENS}{name}{PART_OPENED}"));
        for line in text.as_bytes().chunks(76) {
            out.push_str(std::str::from_utf8(line).unwrap());
            out.push('\n');
        }
        out.push_str(PART_CLOSES);
    }
    out.push_str("\n</body>\n</html>\n");
    out.into_bytes()
}

/// Text that packs about as logs do.
fn log(lines: usize) -> Vec<u8> {
    let line = |i: usize| {
        let noise = (i as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        format!(
            "2 111122223333 eni-0{:07x} 10.0.{}.{} {} ACCEPT OK\n",
            noise >> 40,
            i % 7,
            i % 251,
            noise >> 32
        )
    };
    (0..lines).flat_map(|i| line(i).into_bytes()).collect()
}
