//! What each container gives, alone and inside others.

use super::*;

#[test]
fn what_is_no_container_is_one_member() {
    assert_eq!(sound(b""), pairs(&[("item", b"")]));
    assert_eq!(sound(b"hello\n"), pairs(&[("item", b"hello\n")]));
    let long = log(9000);
    let members = walk(&long);
    assert_eq!(members[0].head.size_hint, Some(long.len() as u64));
    assert_eq!(members[0].data, long);
}

#[test]
fn compressed_streams_are_taken_off() {
    let long = log(12_000);
    assert!(long.len() > 2 * CHUNK);
    for data in [&b""[..], b"x", &long] {
        for (name, packed) in [("gzip", gz(data)), ("bzip2", bz(data)), ("zstd", zst(data))] {
            let members = walk(&packed);
            assert_eq!(members.len(), 1, "{name}");
            assert_eq!(members[0].head.containers, [name]);
            assert_eq!(members[0].path(), "item");
            assert_eq!(members[0].error, None, "{name}");
            assert!(members[0].data == data, "{name}");
        }
    }
}

#[test]
fn streams_one_after_the_other_are_one_member() {
    for pack in [gz, bz, zst] {
        let parts: Vec<Vec<u8>> = [&b"one "[..], b"", b"two ", &log(3000)]
            .iter()
            .map(|p| pack(p))
            .collect();
        let want = [&b"one two "[..], &log(3000)].concat();
        assert_eq!(sound(&parts.concat()), pairs(&[("item", &want)]));
        // Padding to a block of some medium is no data.
        let padded = [parts.concat(), vec![0; 1000]].concat();
        assert_eq!(sound(&padded), pairs(&[("item", &want)]));
    }
}

#[test]
fn a_gzip_header_may_carry_names_and_extras() {
    let builder = flate2::GzBuilder::new()
        .filename("inner.log")
        .comment("made by hand")
        .extra(vec![7; 3000]);
    let mut w = builder.write(Vec::new(), flate2::Compression::fast());
    w.write_all(b"data").unwrap();
    assert_eq!(sound(&w.finish().unwrap()), pairs(&[("item", b"data")]));
}

/// A zstd frame of hand-made blocks: `(type, size, content)`, 0 raw and 1 run-length.
fn zst_frame(blocks: &[(u32, u32, &[u8])]) -> Vec<u8> {
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0, 0x50];
    for (i, (kind, size, content)) in blocks.iter().enumerate() {
        let last = u32::from(i + 1 == blocks.len());
        frame.extend_from_slice(&(last | kind << 1 | size << 3).to_le_bytes()[..3]);
        frame.extend_from_slice(content);
    }
    frame
}

#[test]
fn zstd_frames_may_be_skippable_raw_and_runs() {
    let skippable = [&[0x53, 0x2a, 0x4d, 0x18, 5, 0, 0, 0][..], b"other"].concat();
    let frame = zst_frame(&[(0, 3, b"abc"), (1, 1000, b"z"), (0, 1, b"!")]);
    let want = [&b"abc"[..], &[b'z'; 1000], b"!"].concat();
    assert_eq!(
        sound(&[&skippable[..], &frame, &skippable, &frame].concat()),
        pairs(&[("item", &want.repeat(2))])
    );
    // The frame's checksum is checked.
    let mut wrong = zst(&log(50));
    let last = wrong.len() - 1;
    wrong[last] ^= 1;
    let members = walk(&wrong);
    assert_eq!(
        (members[0].kind(), &members[0].data),
        (Some(&ErrorKind::Checksum), &log(50))
    );
}

#[test]
fn tar_entries_are_members_by_path() {
    let long_name = format!("AWSLogs/{}/x.json", "very-long-folder/".repeat(12));
    let big = log(9000);
    let files = [
        ("a.log", &b"one"[..]),
        ("./dir/b.log", b""),
        (long_name.as_str(), &big),
    ];
    let want = pairs(&[
        ("item/a.log", b"one"),
        ("item/dir/b.log", b""),
        (&format!("item/{long_name}"), &big),
    ]);
    assert_eq!(sound(&tarred(&files)), want);
    for pack in [gz, bz, zst] {
        assert_eq!(sound(&pack(&tarred(&files))), want);
    }
    let members = walk(&gz(&tarred(&files)));
    assert_eq!(members[2].head.containers, ["gzip", "tar"]);
    assert_eq!(members[2].head.size_hint, Some(big.len() as u64));
}

#[test]
fn tar_links_and_folders_are_no_members_and_pax_paths_count() {
    let mut w = ::tar::Builder::new(Vec::new());
    let mut add = |kind: ::tar::EntryType, name: &str, data: &[u8]| {
        let mut header = ::tar::Header::new_ustar();
        header.set_entry_type(kind);
        header.set_size(data.len() as u64);
        w.append_data(&mut header, name, data).unwrap();
    };
    use ::tar::EntryType;
    add(EntryType::Directory, "dir/", b"");
    add(EntryType::Symlink, "link", b"");
    add(EntryType::XGlobalHeader, "g", b"19 comment=nothing\n");
    add(
        EntryType::XHeader,
        "x",
        b"24 path=dir/real-name.s\n12 mtime=1.5\n",
    );
    add(EntryType::Regular, "short", b"content");
    add(
        EntryType::Regular,
        "._plain",
        b"\0\x05\x16\x07\0\x02\0\0Mac OS X        ",
    );
    add(EntryType::Regular, "plain", b"more");
    let bytes = w.into_inner().unwrap();
    assert_eq!(
        sound(&bytes),
        pairs(&[("item/dir/real-name.s", b"content"), ("item/plain", b"more")])
    );
}

#[test]
fn a_tar_from_before_the_magic_is_known_by_its_checksum() {
    let mut w = ::tar::Builder::new(Vec::new());
    let mut header = ::tar::Header::new_old();
    header.set_size(3);
    w.append_data(&mut header, "old", &b"tar"[..]).unwrap();
    let bytes = w.into_inner().unwrap();
    assert!(!bytes.windows(5).any(|w| w == b"ustar"));
    assert_eq!(sound(&bytes), pairs(&[("item/old", b"tar")]));
    // Neither zeros nor text add up to a header.
    assert_eq!(walk(&[0; 2048])[0].head.containers, [""; 0]);
    assert_eq!(walk(&[b'0'; 2048])[0].head.containers, [""; 0]);
}

#[test]
fn zip_entries_are_members_by_path() {
    let big = log(9000);
    let files = [
        ("dir/", &b""[..]),
        ("dir/a.log", b"one"),
        ("__MACOSX/dir/._a.log", b"mac"),
        ("b.log", &big),
        ("c", b""),
    ];
    let want = pairs(&[("item/dir/a.log", b"one"), ("item/b.log", &big), ("item/c", b"")]);
    use ::zip::CompressionMethod::{Deflated, Stored};
    for (method, zip64) in [
        (Stored, false),
        (Deflated, false),
        (Stored, true),
        (Deflated, true),
    ] {
        let bytes = zipped_as(&files, method, zip64);
        assert_eq!(sound(&bytes), want, "{method} {zip64}");
        let members = walk(&bytes);
        assert_eq!(members[1].head.containers, ["zip"]);
        assert_eq!(members[1].head.size_hint, Some(big.len() as u64));
    }
    assert_eq!(sound(&zipped(&[])), pairs(&[]));
}

#[test]
fn two_zip_entries_of_one_name_are_both_given() {
    let mut bytes = zipped(&[("aa", b"first"), ("bb", b"second")]);
    for at in 0..bytes.len() - 2 {
        if &bytes[at..at + 2] == b"bb" {
            bytes[at..at + 2].copy_from_slice(b"aa");
        }
    }
    assert_eq!(
        sound(&bytes),
        pairs(&[("item/aa", b"first"), ("item/aa", b"second")])
    );
}

#[test]
fn containers_nest_in_any_order() {
    let a = gz(b"from a gz");
    let inner_tar = gz(&tarred(&[("x.json.gz", &a), ("y", b"plain")]));
    let inner_zip = zipped(&[("deep/z.bz2", &bz(b"from a bz2")), ("w", b"stored")]);
    let outer = zipped(&[
        ("t.tgz", &inner_tar),
        ("i.zip", &inner_zip),
        ("v.zst", &zst(b"from a zst")),
    ]);
    let want = pairs(&[
        ("item/t.tgz/x.json.gz", b"from a gz"),
        ("item/t.tgz/y", b"plain"),
        ("item/i.zip/deep/z.bz2", b"from a bz2"),
        ("item/i.zip/w", b"stored"),
        ("item/v.zst", b"from a zst"),
    ]);
    assert_eq!(sound(&outer), want);
    let heads = walk(&outer);
    assert_eq!(heads[0].head.containers, ["zip", "gzip", "tar", "gzip"]);
    assert_eq!(heads[2].head.containers, ["zip", "zip", "bzip2"]);

    let wrapped = bz(&tarred(&[("outer.zip", &outer)]));
    let below: Vec<_> = want
        .iter()
        .map(|(p, d)| (p.replace("item/", "item/outer.zip/"), d.clone()))
        .collect();
    assert_eq!(sound(&wrapped), below);
}

#[test]
fn names_do_not_matter() {
    let bytes = zipped(&[("a.gz", b"not gzip at all"), ("b.txt", &gz(b"gzip all the same"))]);
    let want = pairs(&[
        ("item/a.gz", b"not gzip at all"),
        ("item/b.txt", b"gzip all the same"),
    ]);
    assert_eq!(sound(&bytes), want);
}

#[test]
fn other_archives_are_named() {
    let members = walk(b"\xfd7zXZ\0\0\x04rest");
    assert_eq!(members[0].kind(), Some(&ErrorKind::Unsupported("an xz file")));
    assert!(
        members[0]
            .error
            .as_ref()
            .unwrap()
            .to_string()
            .contains("Unpack it")
    );
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn a_file_on_disk_is_a_source() {
    let path = std::env::temp_dir().join(format!("trailbeam-unpack-{}", std::process::id()));
    let data = log(5000);
    std::fs::write(&path, gz(&data)).unwrap();
    let source = FileSource::open(&path).unwrap();
    let (members, _) = run(Walk::new("f", Box::new(source), Limits::default()));
    std::fs::remove_file(&path).unwrap();
    assert!(members[0].data == data);
}
