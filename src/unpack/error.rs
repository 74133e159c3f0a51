//! Why a member or a container could not be read to its end: what, where, and what to do about it.

use crate::base::size;
use std::fmt;

/// What went wrong inside a container, with the place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnpackError {
    pub kind: ErrorKind,
    /// The container that noticed: `gzip`, `zip`, …; `file` when the source itself could not be read.
    pub container: &'static str,
    /// Path of the member, or of the container when no member can be named.
    pub path: String,
    /// Byte offset in what `container` reads: the packed bytes; in the file itself for the outermost container.
    pub offset: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The bytes end before the container says they do.
    Truncated,
    /// The bytes break the container's own rules; the text says which.
    Corrupt(&'static str),
    /// Everything was given out, but its checksum or length is not the one that was recorded.
    Checksum,
    /// All data was good; this many other bytes follow it.
    TrailingData { bytes: u64 },
    /// UTF-16 text of an odd number of bytes: the last one is half a character.
    OddByte,
    /// So many halves of characters in UTF-16 text stand without their other half.
    BrokenText { halves: u64 },
    /// A password is needed.
    Encrypted,
    /// A method or container that is known and not read here.
    Unsupported(&'static str),
    /// A zip method that is not read here, by its number.
    UnsupportedMethod(u16),
    /// The zip's list of its entries is missing or damaged; they were looked for one after the other.
    NoDirectory,
    /// A zip entry that lies on top of another one.
    Overlap,
    /// More containers inside each other than [`super::Limits::depth`].
    TooDeep { limit: usize },
    /// More unpacked bytes than [`super::Limits::unpacked_bytes`].
    TooLarge { limit: u64 },
    /// Unpacks to more than [`super::Limits::ratio`] times its size.
    TooDense { limit: u64 },
    /// More members than [`super::Limits::members`].
    TooManyMembers { limit: u64 },
    /// An archive inside another one that has to be held in memory whole, beyond [`super::Limits::buffered_bytes`].
    BufferTooLarge { limit: u64 },
    /// The source refused to be read; the text is the system's.
    Read(String),
}

impl ErrorKind {
    /// Is everything that the member held given out all the same?
    pub fn keeps_all_data(&self) -> bool {
        matches!(
            self,
            ErrorKind::TrailingData { .. } | ErrorKind::BrokenText { .. }
        )
    }
}

impl ErrorKind {
    /// Would more of the input have mended it?
    pub(super) fn is_of_the_end(&self) -> bool {
        use ErrorKind::*;
        matches!(self, Truncated | OddByte | BrokenText { .. })
    }
}

impl fmt::Display for UnpackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let UnpackError {
            kind,
            container,
            path,
            offset,
        } = self;
        let at = size::count(*offset);
        let bytes = |n: u64| size::bytes(n as f64);
        write!(f, "{path}: ")?;
        match kind {
            ErrorKind::Truncated => write!(
                f,
                "the {container} data is cut short at byte {at}. What came before it was read; \
                 download or copy the file again and compare its size"
            ),
            ErrorKind::Corrupt(what) => write!(
                f,
                "the {container} data is damaged at byte {at} ({what}). What came before it was read; \
                 download or copy the file again"
            ),
            ErrorKind::Checksum => write!(
                f,
                "the {container} checksum at byte {at} is not that of the unpacked data, which was read all the same; \
                 download or copy the file again"
            ),
            ErrorKind::TrailingData { bytes } => write!(
                f,
                "{} bytes of other data after the {container} data at offset {at}. The {container} data was read in \
                 full; if the rest matters, cut it off into a file of its own",
                size::count(*bytes)
            ),
            ErrorKind::OddByte => write!(
                f,
                "the {container} text ends within a character: its last byte, {at}, stands alone. What came before it \
                 was read; if the file was cut short, download or copy it again"
            ),
            ErrorKind::BrokenText { halves } => write!(
                f,
                "{} halves of characters in the {container} text stand alone and were read as “\u{fffd}”; the rest was \
                 read in full. Save the file again as UTF-8",
                size::count(*halves)
            ),
            ErrorKind::Encrypted => {
                write!(
                    f,
                    "encrypted (entry at byte {at}). Unpack it with its password and open what it holds"
                )
            }
            ErrorKind::Unsupported(what) => {
                write!(f, "{what} is not read here. Unpack it and open what it holds")
            }
            ErrorKind::UnsupportedMethod(method) => write!(
                f,
                "{container} method {method} is not read here (entry at byte {at}). Unpack it and open what it holds"
            ),
            ErrorKind::NoDirectory => write!(
                f,
                "the {container}'s list of entries is missing or damaged (byte {at}): the file is probably cut short. \
                 The entries found before were read; download or copy the file again"
            ),
            ErrorKind::Overlap => write!(
                f,
                "the {container} entry at byte {at} lies on top of another one, as in files made to do harm; not read"
            ),
            ErrorKind::TooDeep { limit } => write!(
                f,
                "packed more than {limit} times inside each other; not unpacked further. Unpack the inner file \
                 and open it by itself"
            ),
            ErrorKind::TooLarge { limit } => write!(
                f,
                "unpacks to more than {}; stopped there (byte {at} of the {container} data). Split it into several files",
                bytes(*limit)
            ),
            ErrorKind::TooDense { limit } => write!(
                f,
                "unpacks to more than {limit} times its size, as files made to do harm do; stopped at byte {at} of the \
                 {container} data. If it is a log, unpack it and open that"
            ),
            ErrorKind::TooManyMembers { limit } => write!(
                f,
                "more than {} files inside; stopped there. Open it in parts",
                size::count(*limit)
            ),
            ErrorKind::BufferTooLarge { limit } => write!(
                f,
                "a {container} archive of more than {} inside another one. Unpack the outer one and open this by itself",
                bytes(*limit)
            ),
            ErrorKind::Read(why) => write!(
                f,
                "could not be read at byte {at}: {why}. It may have been moved, changed or removed; open it again"
            ),
        }
    }
}

impl std::error::Error for UnpackError {}
