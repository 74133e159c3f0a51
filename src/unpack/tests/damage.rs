//! Broken input: what came before stays, the rest goes on, nothing is silent.

use super::*;
use proptest::prelude::*;

/// Made once: packing without optimisation is slow.
fn small_archives() -> &'static [(&'static str, Vec<u8>)] {
    static ARCHIVES: std::sync::OnceLock<Vec<(&str, Vec<u8>)>> = std::sync::OnceLock::new();
    ARCHIVES.get_or_init(make_small_archives)
}

fn make_small_archives() -> Vec<(&'static str, Vec<u8>)> {
    let text = log(12);
    let files = [("a", &text[..]), ("b", &b"second"[..])];
    let tgz = gz(&tarred(&files));
    vec![
        ("gzip", gz(&text)),
        ("gzip twice", [gz(&text), gz(&text)].concat()),
        ("bzip2", bz(&text)),
        ("zstd", zst(&text)),
        ("tar", tarred(&files)),
        ("zip", zipped(&files)),
        ("stored zip", stored(&files)),
        (
            "zip64",
            zipped_as(&files, ::zip::CompressionMethod::Deflated, true),
        ),
        ("tgz in zip", zipped(&[("t.tgz", &tgz), ("last", b"z")])),
        ("zip in gzip", gz(&zipped(&files))),
        ("report", page(&files)),
        ("tgz in report", page(&[("t.tgz", &tgz), ("last", b"z")])),
    ]
}

#[test]
fn every_prefix_ends_and_gives_a_prefix_of_the_data() {
    for (name, bytes) in small_archives() {
        let whole = walk(bytes);
        assert!(whole.iter().all(|m| m.error.is_none()), "{name}");
        for len in 1..bytes.len() {
            let cut = quick(&bytes[..len]);
            // Zeros that pad a tar may be missing without harm.
            let zeros = bytes[len..].iter().all(|&b| b == 0) && len > 512;
            // Or the last line end of a page.
            let harmless = zeros || &bytes[len..] == b"\n";
            let told = cut.iter().any(|m| m.error.is_some());
            let as_it_is = cut.len() == 1 && cut[0].head.containers.is_empty();
            let short = *name == "gzip twice" && cut == quick(&bytes[..bytes.len() / 2]);
            assert!(
                told || harmless || as_it_is || short,
                "{name} cut at {len} said nothing"
            );
            for member in cut.iter().filter(|m| !m.head.containers.is_empty()) {
                let known = whole
                    .iter()
                    .any(|w| w.path() == member.path() && w.data.starts_with(&member.data));
                // So little of an inner container is not recognised as one.
                let unknowable = member.error.is_some() && member.data.len() < 512;
                assert!(known || unknowable, "{name} cut at {len}: {member:?}");
            }
        }
    }
}

#[test]
fn a_cut_stream_keeps_what_came_before() {
    let data = log(12_000);
    for (packed, name) in [(gz(&data), "gzip"), (bz(&data), "bzip2"), (zst(&data), "zstd")] {
        let members = walk(&packed[..packed.len() * 3 / 4]);
        let [member] = &members[..] else {
            panic!("{name}: one member")
        };
        assert_eq!(member.kind(), Some(&ErrorKind::Truncated), "{name}");
        assert!(data.starts_with(&member.data));
        assert!(
            member.data.len() > data.len() / 2,
            "{name} gave {} of {}",
            member.data.len(),
            data.len()
        );
        let error = member.error.as_ref().unwrap();
        assert_eq!(
            (error.container, error.offset),
            (name, packed.len() as u64 * 3 / 4)
        );
    }
}

#[test]
fn other_data_behind_is_told_with_its_place() {
    for (pack, name) in [(gz as fn(&[u8]) -> Vec<u8>, "gzip"), (bz, "bzip2"), (zst, "zstd")] {
        let packed = pack(b"good data");
        let members = walk(&[&packed[..], b"<Error>AccessDenied</Error>"].concat());
        assert_eq!(members[0].data, b"good data");
        let error = members[0].error.as_ref().unwrap();
        assert_eq!(error.kind, ErrorKind::TrailingData { bytes: 27 });
        assert!(error.kind.keeps_all_data());
        assert_eq!(error.offset, packed.len() as u64);
        let text = format!(
            "27 bytes of other data after the {name} data at offset {}",
            packed.len()
        );
        assert!(error.to_string().contains(&text), "{error}");
    }
}

#[test]
fn a_wrong_checksum_is_told_and_the_next_member_still_read() {
    let mut first = gz(b"first ");
    let at = first.len() - 5;
    first[at] ^= 0xff;
    let members = walk(&[first, gz(b"second")].concat());
    assert_eq!(members[0].data, b"first second");
    assert_eq!(members[0].kind(), Some(&ErrorKind::Checksum));
}

#[test]
fn a_bad_entry_does_not_stop_the_archive() {
    let mut bad = gz(&log(100));
    let middle = bad.len() / 2;
    bad[middle..middle + 30].fill(0xff);
    let cut = &gz(&log(100))[..200];
    let good = gz(b"good");
    let files = [("bad", &bad[..]), ("cut", cut), ("good", &good)];
    for bytes in [
        tarred(&files),
        zipped(&files),
        stored(&files),
        gz(&tarred(&files)),
    ] {
        let members = walk(&bytes);
        assert_eq!(members.len(), 3);
        assert!(members[0].error.is_some() && log(100).starts_with(&members[0].data[..100]));
        assert_eq!(members[1].kind(), Some(&ErrorKind::Truncated));
        assert_eq!(
            (members[2].path(), &members[2].data[..], members[2].kind()),
            ("item/good", &b"good"[..], None)
        );
    }
}

#[test]
fn a_damaged_zip_entry_is_told_and_the_next_one_read() {
    let text = log(100);
    for make in [zipped, stored] {
        let mut bytes = make(&[("a", &text), ("b", b"next")]);
        bytes[100] ^= 0x55;
        let members = walk(&bytes);
        assert_eq!(members.len(), 2);
        assert!(members[0].error.is_some());
        assert_eq!((&members[1].data[..], members[1].kind()), (&b"next"[..], None));
    }
}

/// Sets two bytes of every header of a zip; offsets count from the signature.
fn patch(zip: &mut [u8], local_at: usize, central_at: usize, value: u16) {
    for (signature, at) in [(b"PK\x03\x04", local_at), (b"PK\x01\x02", central_at)] {
        for from in 0..zip.len() - 46 {
            if zip[from..].starts_with(signature) {
                zip[from + at..from + at + 2].copy_from_slice(&value.to_le_bytes());
            }
        }
    }
}

#[test]
fn zip_entries_that_can_not_be_read_say_why() {
    let mut encrypted = zipped(&[("secret", b"x"), ("secret2", b"y")]);
    patch(&mut encrypted, 6, 8, 1);
    let members = walk(&encrypted);
    assert_eq!(
        members.iter().map(Got::kind).collect::<Vec<_>>(),
        [Some(&ErrorKind::Encrypted); 2]
    );
    assert_eq!(members[0].path(), "item/secret");

    let mut lzma = zipped(&[("packed", b"x")]);
    patch(&mut lzma, 8, 10, 14);
    assert_eq!(walk(&lzma)[0].kind(), Some(&ErrorKind::UnsupportedMethod(14)));
}

#[test]
fn zip_methods_12_and_93_are_read() {
    for (method, packed) in [(12, bz(b"inside")), (93, zst(b"inside"))] {
        // A stored entry, relabelled: its packed bytes are the stream; length and checksum are of the inside.
        let mut bytes = stored(&[("e", &packed)]);
        patch(&mut bytes, 8, 10, method);
        let mut crc = flate2::Crc::new();
        crc.update(b"inside");
        for from in 0..bytes.len() - 46 {
            if bytes[from..].starts_with(b"PK\x01\x02") {
                bytes[from + 16..from + 20].copy_from_slice(&crc.sum().to_le_bytes());
                bytes[from + 24..from + 28].copy_from_slice(&6u32.to_le_bytes());
            }
        }
        assert_eq!(sound(&bytes), pairs(&[("item/e", b"inside")]));
    }
}

#[test]
fn a_zip_without_its_directory_is_read_entry_by_entry() {
    let text = log(500);
    let bytes = zipped(&[("a", &text), ("d/", b""), ("b", b"second"), ("c", &text)]);
    let directory = memchr::memmem::find(&bytes, b"PK\x01\x02").unwrap();
    let members = walk(&bytes[..directory]);
    let data: Vec<_> = members
        .iter()
        .map(|m| (m.path(), m.data.len(), m.kind()))
        .collect();
    assert_eq!(
        data,
        [
            ("item/a", text.len(), None),
            ("item/b", 6, None),
            ("item/c", text.len(), None),
            ("item", 0, Some(&ErrorKind::NoDirectory)),
        ]
    );
}

#[test]
fn a_streamed_zip_without_its_directory_is_read_too() {
    // Lengths and checksum follow the data, as writers to a pipe have it.
    let entry = |name: &[u8], data: &[u8]| {
        let mut w = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        w.write_all(data).unwrap();
        let packed = w.finish().unwrap();
        let mut crc = flate2::Crc::new();
        crc.update(data);
        let mut bytes = b"PK\x03\x04\x14\0\x08\0\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0".to_vec();
        bytes.extend_from_slice(&(name.len() as u16).to_le_bytes());
        bytes.extend_from_slice(&[0, 0]);
        bytes.extend_from_slice(name);
        bytes.extend_from_slice(&packed);
        bytes.extend_from_slice(b"PK\x07\x08");
        for v in [crc.sum(), packed.len() as u32, data.len() as u32] {
            bytes.extend_from_slice(&v.to_le_bytes());
        }
        bytes
    };
    let text = log(500);
    let bytes = [entry(b"a", &text), entry(b"b", b"second"), entry(b"c", b"third")].concat();
    let members = walk(&bytes);
    let data: Vec<_> = members
        .iter()
        .map(|m| (m.path(), m.data.len(), m.kind()))
        .collect();
    assert_eq!(
        data[..3],
        [
            ("item/a", text.len(), None),
            ("item/b", 6, None),
            ("item/c", 5, None)
        ]
    );
    assert_eq!(data[3].2, Some(&ErrorKind::NoDirectory));
    // Passing over an entry without reading it finds the next one all the same.
    let walk = Walk::new("item", Box::new(MemorySource::new(bytes)), Limits::default()).only(1);
    assert_eq!(run(walk).0[0].data, b"second");
}

#[test]
fn a_damaged_tar_header_is_passed_over() {
    let mut bytes = tarred(&[("a", b"one"), ("b", b"two"), ("c", b"three")]);
    bytes[1024 + 5] ^= 0xff;
    let members = walk(&bytes);
    let data: Vec<_> = members
        .iter()
        .map(|m| (m.path(), &m.data[..], m.kind().is_some()))
        .collect();
    assert_eq!(
        data,
        [
            ("item/a", &b"one"[..], false),
            ("item", b"", true),
            ("item/c", b"three", false),
        ]
    );
    assert_eq!(members[1].error.as_ref().unwrap().offset, 1024);
}

#[test]
fn a_compressed_tar_with_a_wrong_checksum_says_so_at_its_end() {
    let mut bytes = gz(&tarred(&[("a", b"one")]));
    let at = bytes.len() - 6;
    bytes[at] ^= 1;
    let members = walk(&bytes);
    assert_eq!((members[0].path(), members[0].kind()), ("item/a", None));
    let error = members[1].error.as_ref().unwrap();
    assert_eq!(
        (error.path.as_str(), error.container, &error.kind),
        ("item", "gzip", &ErrorKind::Checksum)
    );
}

#[test]
fn a_source_that_fails_is_told() {
    struct Failing(MemorySource);
    impl ByteSource for Failing {
        fn len(&self) -> u64 {
            self.0.len()
        }
        fn read_at(&mut self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
            if offset > 500_000 {
                return Err(io::Error::other("the file was removed"));
            }
            self.0.read_at(offset, buf)
        }
    }
    let data = log(12_000);
    let source = Failing(MemorySource::new(data.clone()));
    let (members, sha256) = run(Walk::new("item", Box::new(source), Limits::default()));
    assert!(members[0].data.len() > 400_000 && data.starts_with(&members[0].data));
    assert_eq!(
        members[0].kind(),
        Some(&ErrorKind::Read("the file was removed".to_owned()))
    );
    assert_eq!(sha256, None);
}

const MAGICS: [&[u8]; 8] = [
    b"",
    b"\x1f\x8b\x08\0\0\0\0\0\0\x03",
    b"PK\x03\x04\x14\0\0\0\x08\0",
    b"\x28\xb5\x2f\xfd\x24",
    b"BZh91AY&SY",
    b"PK\x05\x06",
    b"\x50\x2a\x4d\x18",
    b"<!doctype html>\n<html lang=\"en\" data-trailbeam-report=\"1\"><script type=\"application/octet-stream\" data-trailbeam-part=\"a\">",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn noise_is_survived(magic in 0..MAGICS.len(), noise in proptest::collection::vec(any::<u8>(), 0..1500)) {
        quick(&[MAGICS[magic], &noise].concat());
    }

    #[test]
    fn damaged_archives_are_survived(
        which in 0usize..12,
        hits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut bytes = small_archives()[which].1.clone();
        for (at, value) in hits {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        quick(&bytes);
    }
}
