//! Base64 (RFC 4648, section 4): the parts of a shared file stand in its HTML as text.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/// Stands in [`VALUES`] for what is no digit.
const NONE: u8 = 0xff;
/// What may stand between digits, wherever a writer breaks its lines.
const SPACE: u8 = 0xfe;
const VALUES: [u8; 256] = values();

const fn values() -> [u8; 256] {
    let mut out = [NONE; 256];
    let mut at = 0;
    while at < ALPHABET.len() {
        out[ALPHABET[at] as usize] = at as u8;
        at += 1;
    }
    out[b'\n' as usize] = SPACE;
    out[b'\r' as usize] = SPACE;
    out
}

/// Appends `bytes` as base64 with its padding, on one line.
pub fn encode(bytes: &[u8], out: &mut String) {
    out.reserve(bytes.len().div_ceil(3) * 4);
    let digit = |group: u32, shift: u32| char::from(ALPHABET[(group >> shift & 63) as usize]);
    for three in bytes.chunks(3) {
        let byte = |at: usize| three.get(at).copied().unwrap_or_default();
        let group = u32::from_be_bytes([0, byte(0), byte(1), byte(2)]);
        out.push(digit(group, 18));
        out.push(digit(group, 12));
        out.push(if three.len() > 1 { digit(group, 6) } else { '=' });
        out.push(if three.len() > 2 { digit(group, 0) } else { '=' });
    }
}

/// Where base64 is damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damage {
    /// Position of the offending character among those of this call; at their end where some are missing.
    pub at: usize,
    /// What is wrong, in a few words.
    pub what: &'static str,
}

/// Reads base64 piece by piece. Line ends are passed over; padding is needed and nothing may follow it, and bits that
/// stand for nothing are 0: one sequence of bytes has one spelling.
#[derive(Clone, Debug, Default)]
pub struct Decoder {
    /// Digits of the group that is not full yet, …
    group: u32,
    /// … and how many, padding included.
    digits: u8,
    padding: u8,
}

impl Decoder {
    /// Appends what these characters stand for. What was appended before damage is good.
    pub fn feed(&mut self, text: &[u8], out: &mut Vec<u8>) -> Result<(), Damage> {
        out.reserve(text.len() / 4 * 3 + 3);
        let mut at = 0;
        while at < text.len() {
            if self.digits == 0 && self.padding == 0 {
                at += whole_groups(text.get(at..).unwrap_or_default(), out);
            }
            let Some(&c) = text.get(at) else { break };
            self.one(c, out).map_err(|what| Damage { at, what })?;
            at += 1;
        }
        Ok(())
    }

    fn one(&mut self, c: u8, out: &mut Vec<u8>) -> Result<(), &'static str> {
        match VALUES[usize::from(c)] {
            SPACE => return Ok(()),
            NONE if c == b'=' && (self.digits >= 2 || self.padding > 0) => {
                // The group that padding closed is done with: `digits` is 0 then.
                if self.padding > 0 && self.digits == 0 {
                    return Err("padding after padding");
                }
                self.padding += 1;
                self.group <<= 6;
            }
            NONE if c == b'=' => return Err("padding where none belongs"),
            NONE => return Err("a character that is not base64"),
            _ if self.padding > 0 => return Err("base64 after its padding"),
            value => self.group = self.group << 6 | u32::from(value),
        }
        self.digits += 1;
        if self.digits == 4 {
            let [_, bytes @ ..] = self.group.to_be_bytes();
            let (kept, rest) = bytes.split_at(3 - usize::from(self.padding));
            if rest.iter().any(|&b| b != 0) {
                return Err("bits that stand for nothing");
            }
            out.extend_from_slice(kept);
            (self.group, self.digits) = (0, 0);
        }
        Ok(())
    }

    /// Whether the text may end here.
    pub fn is_complete(&self) -> bool {
        self.digits == 0
    }
}

/// Appends the groups of four plain digits at the beginning: how many characters they take.
fn whole_groups(text: &[u8], out: &mut Vec<u8>) -> usize {
    let mut taken = 0;
    let (fours, _) = text.as_chunks::<4>();
    for &[a, b, c, d] in fours {
        let [a, b, c, d] = [a, b, c, d].map(|c| VALUES[usize::from(c)]);
        if (a | b | c | d) & 0xc0 != 0 {
            break;
        }
        let group = u32::from(a) << 18 | u32::from(b) << 12 | u32::from(c) << 6 | u32::from(d);
        let [_, x, y, z] = group.to_be_bytes();
        out.extend_from_slice(&[x, y, z]);
        taken += 4;
    }
    taken
}

/// Bytes as base64.
pub fn encoded(bytes: &[u8]) -> String {
    let mut out = String::new();
    encode(bytes, &mut out);
    out
}

/// The bytes of a whole text, which may hold line ends; `None` where it is damaged.
pub fn decoded(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut decoder = Decoder::default();
    decoder.feed(text, &mut out).ok()?;
    decoder.is_complete().then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn encoded(bytes: &[u8]) -> String {
        let mut out = String::new();
        encode(bytes, &mut out);
        out
    }

    fn decoded(pieces: &[&[u8]]) -> Result<Vec<u8>, Damage> {
        let (mut decoder, mut out) = (Decoder::default(), Vec::new());
        for piece in pieces {
            decoder.feed(piece, &mut out)?;
        }
        assert!(decoder.is_complete());
        Ok(out)
    }

    #[test]
    fn the_vectors_of_rfc_4648() {
        let words = ["", "f", "fo", "foo", "foob", "fooba", "foobar"];
        let texts = ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"];
        for (word, text) in words.iter().zip(texts) {
            assert_eq!(encoded(word.as_bytes()), text);
            assert_eq!(decoded(&[text.as_bytes()]).unwrap(), word.as_bytes());
        }
    }

    #[test]
    fn damage_has_its_place() {
        for (text, at, what) in [
            ("Zm9*", 3, "a character that is not base64"),
            ("Zm9vZ=9v", 5, "padding where none belongs"),
            ("Zg==Zg==", 4, "base64 after its padding"),
            ("Zg===", 4, "padding after padding"),
            ("=", 0, "padding where none belongs"),
            ("Zh==", 3, "bits that stand for nothing"),
            ("Zg=v", 3, "base64 after its padding"),
            ("Zm 9", 2, "a character that is not base64"),
        ] {
            assert_eq!(decoded(&[text.as_bytes()]), Err(Damage { at, what }), "{text}");
        }
        let (mut decoder, mut out) = (Decoder::default(), Vec::new());
        decoder.feed(b"Zm9vYg", &mut out).unwrap();
        assert_eq!((out.as_slice(), decoder.is_complete()), (&b"foo"[..], false));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_in_any_pieces(bytes: Vec<u8>, cut: prop::sample::Index, every in 1usize..90) {
            let text = encoded(&bytes);
            let lines: Vec<&str> = text.as_bytes().chunks(every).map(|c| std::str::from_utf8(c).unwrap()).collect();
            let text = lines.join("\r\n");
            let (a, b) = text.as_bytes().split_at(cut.index(text.len() + 1));
            prop_assert_eq!(decoded(&[a, b]).unwrap(), bytes);
        }

        #[test]
        fn one_sequence_of_bytes_has_one_spelling(text in "[A-D/=]{0,12}") {
            let (mut decoder, mut out) = (Decoder::default(), Vec::new());
            if decoder.feed(text.as_bytes(), &mut out).is_ok() && decoder.is_complete() {
                prop_assert_eq!(encoded(&out), text);
            }
        }
    }
}
