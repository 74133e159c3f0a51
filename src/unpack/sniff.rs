//! Which container do these bytes begin? By magic bytes, never by name.

use super::bzip2::Bzip2;
use super::decoder::Decoder;
use super::error::ErrorKind;
use super::gzip::Gzip;
use super::report::Report;
use super::stack::Body;
use super::tar::Tar;
use super::utf16::Utf16;
use super::zip::Zip;
use super::zstd::Zstd;

/// How much is looked at: up to the end of a tar header, and what a shared file begins with (bytes).
pub(super) const HEAD: usize = 512;

/// How an item can be shared out between several who read it, by what it begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Splits {
    /// One has to read it from its beginning to its end.
    Not,
    /// Each takes some of its members ([`Walk::every`](super::Walk::every)); passing over the others costs little.
    ByMember,
    /// It is no container: each reads a part of its bytes ([`Walk::within`](super::Walk::within)), if what they say allows it.
    Anywhere,
}

/// How an item that begins with `head` can be shared out.
pub fn splits(head: &[u8]) -> Splits {
    match sniff(head, true, false) {
        Found::Container(Body::Archive(archive)) if archive.seeks() => Splits::ByMember,
        Found::Leaf => Splits::Anywhere,
        _ => Splits::Not,
    }
}

pub(super) enum Found {
    /// A container and how it is opened.
    Container(Body),
    /// A container that is known and not read here.
    Refused(ErrorKind),
    /// What macOS keeps about a file, beside it in archives: nobody's data.
    AppleDouble,
    /// No container.
    Leaf,
}

/// Containers that are told apart only to say so.
const REFUSED: &[(&[u8], &str)] = &[
    (b"\xfd7zXZ\0", "an xz file"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x04\x22\x4d\x18", "an LZ4 file"),
    (b"\xff\x06\0\0sNaPpY", "a framed Snappy file"),
];

const APPLE_DOUBLE: &[u8] = &[0, 5, 0x16, 7, 0, 2, 0, 0];

/// `is_item`: these are the first bytes of the item itself; `in_archive`: of an archive's entry.
pub(super) fn sniff(head: &[u8], is_item: bool, in_archive: bool) -> Found {
    let decoder = |d| Found::Container(Body::Decoder(Box::new(d)));
    if Gzip::starts(head) {
        decoder(Decoder::new(Box::new(Gzip::new())))
    } else if Zip::starts(head) {
        Found::Container(Body::Archive(Box::new(Zip::new(is_item))))
    } else if Zstd::starts(head) {
        decoder(Decoder::new(Box::new(Zstd::new())))
    } else if Bzip2::starts(head) {
        decoder(Decoder::new(Box::new(Bzip2::new())))
    } else if Tar::starts(head) {
        Found::Container(Body::Archive(Box::<Tar>::default()))
    } else if Report::starts(head) {
        Found::Container(Body::Archive(Box::<Report>::default()))
    } else if Utf16::starts(head) {
        decoder(Decoder::new(Box::new(Utf16::new(head))))
    } else if in_archive && head.starts_with(APPLE_DOUBLE) {
        Found::AppleDouble
    } else if let Some((_, what)) = REFUSED.iter().find(|(magic, _)| head.starts_with(magic)) {
        Found::Refused(ErrorKind::Unsupported(what))
    } else {
        Found::Leaf
    }
}
