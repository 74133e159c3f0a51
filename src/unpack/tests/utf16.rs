//! Text in UTF-16: the same text as UTF-8, wherever it is cut.

use super::*;
use crate::unpack::decoder::{Codec, Decoded, State};
use crate::unpack::utf16::Utf16;

const TEXT: &str = "Status,\"Straße\"\r\n✓,𝕏 and 🦀\n\t{\"a\": 1}\n";

fn utf16(text: &str, big_endian: bool) -> Vec<u8> {
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    let bytes = |u: u16| match big_endian {
        true => u.to_be_bytes(),
        false => u.to_le_bytes(),
    };
    units.flat_map(bytes).collect()
}

#[test]
fn it_is_given_out_as_utf8_in_any_container() {
    let long: String = TEXT.repeat(20_000);
    for big_endian in [false, true] {
        for text in ["", "x", TEXT, &long] {
            let bytes = utf16(text, big_endian);
            let members = walk(&bytes);
            assert_eq!(members.len(), 1);
            assert_eq!(members[0].head.containers, ["UTF-16"]);
            assert_eq!(members[0].head.size_hint, None);
            assert_eq!(members[0].error, None);
            assert!(members[0].data == text.as_bytes());
        }
        let bytes = utf16(&long, big_endian);
        let packed = zipped(&[("a.csv", &gz(&bytes)), ("b.csv", &bytes)]);
        let want = [("item/a.csv", long.as_bytes()), ("item/b.csv", long.as_bytes())];
        assert_eq!(sound(&packed), pairs(&want));
    }
}

#[test]
fn a_cut_at_any_byte_and_room_for_any_number_change_nothing() {
    for big_endian in [false, true] {
        let bytes = utf16(TEXT, big_endian);
        for (piece, room) in (1..9).flat_map(|p| (1..7).map(move |r| (p, r))) {
            let mut codec = Utf16::new(&bytes);
            let (mut out, mut input, mut at) = (Vec::new(), Vec::new(), 0);
            loop {
                let last = at >= bytes.len();
                let before = out.len();
                let Decoded { used, state } = codec.decode(&input, last, &mut out, room).unwrap();
                assert!(out.len() - before <= room);
                input.drain(..used);
                match state {
                    State::Going => assert!(used > 0 || out.len() > before),
                    State::Starved => {
                        assert!(!last);
                        let to = bytes.len().min(at + piece);
                        input.extend_from_slice(&bytes[at..to]);
                        at = to;
                    }
                    State::Ended { sound } => {
                        assert!(sound && last);
                        break;
                    }
                }
            }
            assert_eq!(
                String::from_utf8(out).unwrap(),
                TEXT,
                "pieces of {piece}, room for {room}"
            );
        }
    }
}

#[test]
fn half_a_character_at_the_end_is_told() {
    let mut bytes = utf16(TEXT, false);
    bytes.push(b'x');
    let members = walk(&bytes);
    assert_eq!(members[0].data, TEXT.as_bytes());
    assert_eq!(members[0].kind(), Some(&ErrorKind::OddByte));
    let told = members[0].error.as_ref().map(ToString::to_string).unwrap();
    assert!(told.contains("ends within a character"), "{told}");
    // Cut short inside a container, the cut is the reason.
    let mut cut = gz(&utf16(&TEXT.repeat(500), true));
    cut.truncate(cut.len() - 30);
    assert_eq!(walk(&cut)[0].kind(), Some(&ErrorKind::Truncated));
}

#[test]
fn half_a_pair_becomes_a_sign_and_is_told() {
    let mut bytes = utf16(&"line\n".repeat(200), false);
    bytes.extend([0x3d, 0xd8, b'a', 0, 0x00, 0xdc]);
    let members = walk(&bytes);
    let text = String::from_utf8(members[0].data.clone()).unwrap();
    assert!(text.ends_with("line\n\u{fffd}a\u{fffd}"), "{text}");
    assert_eq!(members[0].kind(), Some(&ErrorKind::BrokenText { halves: 2 }));
    let error = members[0].error.as_ref().unwrap();
    assert!(
        error.kind.keeps_all_data() && error.to_string().contains("2 halves"),
        "{error}"
    );
}

#[test]
fn other_data_with_the_same_first_bytes_stays_as_it_is() {
    let utf32 = b"\xff\xfe\0\0a\0\0\0b\0\0\0";
    let binary = b"\xff\xfe\x12\x34\0\0\x01\x02";
    let lone = b"\xfe\xffa\0\xdc\0b\0";
    for bytes in [&utf32[..], binary, lone] {
        assert_eq!(sound(bytes), pairs(&[("item", bytes)]));
    }
}
