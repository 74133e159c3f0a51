//! The words of a shared file: what an HTML page says of itself and of the parts that stand in it.
//!
//! Who writes such a page and who reads it share nothing else. FORMAT.md says the same for people.

/// What a shared file begins with; the rest of the root element follows. The attribute makes it one.
pub const BEGINS: &str = "<!doctype html>\n<html lang=\"en\" data-trailbeam-report=\"1\"";
/// The attribute, up to its value: it stands within the first 512 bytes.
pub const ATTRIBUTE: &str = " data-trailbeam-report=\"";
/// What the page ends with; blanks may follow.
pub const ENDS: &str = "</html>";

/// What stands before a part's name, …
pub const PART_OPENS: &str = "<script type=\"application/octet-stream\" data-trailbeam-part=\"";
/// … between its name and its bytes, which are base64 and may hold line ends, …
pub const PART_OPENED: &str = "\">";
/// … and behind them. Only this very spelling is read as a part; no text of a report can look like it, since the
/// writer escapes every `<`.
pub const PART_CLOSES: &str = "</script>";
/// Characters in a part's name, at most.
pub const PART_NAME_MAX: usize = 100;

/// The names of the parts that every reader knows.
pub const MANIFEST: &str = "manifest.json";
pub const NOTES: &str = "notes.json";
/// What the rules said.
pub const FINDINGS: &str = "findings.json";
/// What addresses and accounts are called.
pub const NAMES: &str = "names.json";

/// What stands before the printed layer, and behind it.
pub const PRINTED_OPENS: &str = "<main id=\"report\">";
pub const PRINTED_CLOSES: &str = "</main>";

/// Is this a name of a part: 1 to 100 of `a` to `z`, `0` to `9`, `.`, `_`, `-` and `/`?
pub fn is_part_name(name: &[u8]) -> bool {
    let plain = |b: &u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-' | b'/');
    (1..=PART_NAME_MAX).contains(&name.len()) && name.iter().all(plain)
}
