use super::*;
use crate::evidence::canonical::MAX_NUMBER;
use proptest::prelude::*;
use serde_json::Value;

fn hash_of(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes).into())
}

/// Every field filled; counts of `n`.
fn full(n: u64) -> Manifest {
    let time = |t: &str| Some(t.to_owned());
    let input = |name: &str, bytes: &[u8]| Input {
        name: name.into(),
        bytes: bytes.len() as u64,
        sha256: Some(hash_of(bytes)),
        kinds: vec!["cloudtrail".into()],
        members: vec![Member {
            path: format!("{name}/a.json"),
            kind: Some("cloudtrail".into()),
            bytes: n,
            kept: n,
            duplicates: Some(n),
            rejected: vec![Rejected {
                reason: "no JSON \u{2028} <b>".into(),
                count: n,
                offsets: vec![0, n, MAX_NUMBER],
                text: None,
            }],
            first: time("2026-11-11T01:00:00Z"),
            last: None,
            error: None,
        }],
        kept: n,
        duplicates: n,
        rejected: n,
        first: time("2026-11-11T01:00:00Z"),
        last: time("2026-11-11T02:00:00.5Z"),
        same_as: None,
        error: None,
    };
    Manifest {
        version: VERSION,
        tool: Tool {
            name: "Trailbeam".into(),
            version: "0.1.0".into(),
            program_sha256: Some(hash_of(b"wasm")),
        },
        created: "2026-11-12T00:00:00Z".into(),
        title: "Title".into(),
        scope: "Scope".into(),
        author: "Author".into(),
        filter: "eventName = StopLogging".into(),
        range: Some(Range {
            from: "2026-11-11T00:00:00Z".into(),
            to: "2026-11-12T00:00:00Z".into(),
        }),
        views: vec!["trail".into(), "findings".into()],
        records: Records::Filter,
        originals: true,
        left_out: vec!["userAgent".into()],
        masked: vec![Masked {
            what: "passwords".into(),
            values: n,
        }],
        inputs: vec![input("logs/a.zip", b"one"), input("more/a.zip", b"two")],
        blocks: vec![
            Block {
                name: "records/cloudtrail.parquet".into(),
                kind: "cloudtrail".into(),
                rows: n,
                bytes: 5,
                sha256: hash_of(b"trail"),
                summed: None,
            },
            Block {
                name: "sums/vpc-flow.parquet".into(),
                kind: "vpc-flow".into(),
                rows: n,
                bytes: 4,
                sha256: hash_of(b"flow"),
                summed: Some(Summed {
                    width_ns: n,
                    dims: vec![Dim {
                        name: "srcaddr".into(),
                        kept: n,
                        of: n,
                    }],
                }),
            },
        ],
        printed_sha256: hash_of(b"<h1>x</h1>"),
        notes_sha256: Some(hash_of(b"[]")),
        findings_sha256: None,
        names_sha256: Some(hash_of(b"{}")),
        coverage: vec![Gap {
            kind: "cloudtrail".into(),
            account: "111122223333".into(),
            region: String::new(),
            from: "2026-11-11T00:00:00Z".into(),
            to: "2026-11-11T01:00:00Z".into(),
        }],
    }
}

fn problem(bytes: &[u8]) -> (String, Problem) {
    let error = Manifest::parse(bytes).unwrap_err();
    assert!(error.to_string().contains(&error.at));
    (error.at, error.problem)
}

#[test]
fn what_is_written_is_read_and_hashes_the_same() {
    for n in [0, 7, MAX_NUMBER, MAX_NUMBER + 1, u64::MAX] {
        let manifest = full(n);
        let bytes = manifest.bytes();
        let again = Manifest::parse(&bytes).unwrap();
        assert_eq!(again, manifest);
        assert_eq!(manifest.sha256(), hash_of(&bytes));
    }
    let mut manifest = full(1);
    (
        manifest.range,
        manifest.notes_sha256,
        manifest.tool.program_sha256,
    ) = (None, None, None);
    assert_eq!(Manifest::parse(&manifest.bytes()).unwrap(), manifest);
}

#[test]
fn a_manifest_without_names_is_as_it_was_before_there_were_any() {
    let mut manifest = full(1);
    manifest.names_sha256 = None;
    let text = String::from_utf8(manifest.bytes()).unwrap();
    assert!(!text.contains("names_sha256"), "{text}");
    assert_eq!(Manifest::parse(text.as_bytes()).unwrap(), manifest);
    // One spelling: what is not there is not there.
    let null = text.replacen(r#""notes_sha256""#, r#""names_sha256":null,"notes_sha256""#, 1);
    assert_eq!(problem(null.as_bytes()).1, Problem::NotCanonical);
    manifest.names_sha256 = Some("x".into());
    assert_eq!(
        problem(&manifest.bytes()),
        ("names_sha256".into(), Problem::Hash("x".into()))
    );
}

#[test]
fn numbers_that_not_every_reader_holds_are_strings() {
    let text = String::from_utf8(full(u64::MAX).bytes()).unwrap();
    assert!(text.contains(r#""rows":"18446744073709551615""#));
    assert!(text.contains(r#""offsets":[0,"18446744073709551615",9007199254740992]"#));
    // A small one as a string is another spelling of the same.
    let text = String::from_utf8(full(7).bytes())
        .unwrap()
        .replace(r#""rows":7"#, r#""rows":"7""#);
    assert!(matches!(problem(text.as_bytes()).1, Problem::Json(_)));
    for wrong in [
        "-1",
        "7.0",
        "1e3",
        "9007199254740993",
        "null",
        "[]",
        "\"07\"",
        "\"99999999999999999999\"",
    ] {
        let text = String::from_utf8(full(7).bytes()).unwrap();
        let text = text.replace(r#""rows":7"#, &format!(r#""rows":{wrong}"#));
        assert!(matches!(problem(text.as_bytes()).1, Problem::Json(_)), "{wrong}");
    }
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let text = String::from_utf8(full(1).bytes()).unwrap();
    let changed = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        problem(text.replacen(from, to, 1).as_bytes())
    };
    let (_, what) = changed(",\"version\":1,", ",");
    assert_eq!(what, Problem::Json("missing field `version`".into()));
    assert_eq!(
        problem(
            text.replace(",\"version\":1,", ",\"version\":2,\"more\":[],")
                .as_bytes()
        ),
        ("version".into(), Problem::Version(2))
    );
    let (at, what) = changed("\"author\":", "\"autor\":");
    assert!(
        matches!(&what, Problem::Json(why) if why.contains("`autor`")),
        "{at} {what:?}"
    );
    assert_eq!(at, "byte 8");
    let (_, what) = changed("\"originals\":true", "\"originals\":1");
    assert!(
        matches!(&what, Problem::Json(why) if why.contains("boolean")),
        "{what:?}"
    );
    let at = text.find(':').unwrap() + 1;
    let spaced = format!("{} {}", &text[..at], &text[at..]);
    assert_eq!(
        problem(spaced.as_bytes()),
        (format!("byte {at}"), Problem::NotCanonical)
    );
    assert_eq!(problem(b"").0, "byte 0");
    assert!(matches!(problem(b"[1]").1, Problem::Json(_)));

    let of = |change: &dyn Fn(&mut Manifest)| {
        let mut manifest = full(1);
        change(&mut manifest);
        problem(&manifest.bytes())
    };
    assert_eq!(
        of(&|m| m.created = "noon".into()),
        ("created".into(), Problem::Time("noon".into()))
    );
    let (at, what) = of(&|m| m.blocks[1].sha256 = "AB".into());
    assert_eq!(
        (at.as_str(), what),
        ("blocks[1].sha256", Problem::Hash("AB".into()))
    );
    for name in [
        "a b",
        "",
        "Records",
        "manifest.json",
        "names.json",
        "records/cloudtrail.parquet",
    ] {
        let (at, what) = of(&|m| m.blocks[1].name = name.into());
        assert_eq!(
            (at.as_str(), what),
            ("blocks[1].name", Problem::Name(name.into()))
        );
    }
    assert_eq!(
        of(&|m| m.inputs[1].members[0].last = Some("x".into())).0,
        "inputs[1].members[0].last"
    );
}

#[test]
fn a_hostile_manifest_is_refused_before_it_takes_memory() {
    assert_eq!(problem(&vec![b' '; MAX_BYTES + 1]).1, Problem::TooLarge);
    assert_eq!(problem(&vec![b','; 9 << 20]).1, Problem::TooLarge);
    let deep = vec![b'['; 200_000];
    assert!(matches!(problem(&deep).1, Problem::Json(_)));
}

#[test]
fn parts_are_compared_with_the_manifest() {
    let manifest = full(1);
    let checked = |parts: &[(&str, &[u8])]| -> Vec<(String, Verdict)> {
        verify(&manifest, parts.iter().copied())
            .into_iter()
            .map(|c| (c.name, c.verdict))
            .collect()
    };
    let whole: [(&str, &[u8]); 5] = [
        ("names.json", b"{}"),
        ("notes.json", b"[]"),
        ("sums/vpc-flow.parquet", b"flow"),
        ("records/cloudtrail.parquet", b"trail"),
        ("manifest.json", b"anything"),
    ];
    let found = checked(&whole);
    assert_eq!(found.len(), 4);
    assert_eq!(found[0].0, "records/cloudtrail.parquet");
    assert!(found.iter().all(|(_, v)| *v == Verdict::Same));

    let found = checked(&[
        ("sums/vpc-flow.parquet", b"flaw"),
        ("extra", b""),
        ("notes.json", b"[]"),
        ("notes.json", b"[1]"),
    ]);
    let changed = Verdict::Changed {
        expected: hash_of(b"flow"),
        found: hash_of(b"flaw"),
    };
    let want = [
        ("records/cloudtrail.parquet", Verdict::Missing),
        ("sums/vpc-flow.parquet", changed),
        ("notes.json", Verdict::Same),
        ("names.json", Verdict::Missing),
        ("extra", Verdict::Unlisted),
        ("notes.json", Verdict::Unlisted),
    ];
    assert_eq!(found, want.map(|(name, v)| (name.to_owned(), v)));
}

#[test]
fn the_printed_layer_is_what_stands_in_main() {
    let html = b"<body><main id=\"report\">\n<h1>x</h1>\n</main><main id=\"report\">y</main>";
    assert_eq!(printed(html), Some(&b"\n<h1>x</h1>\n"[..]));
    assert_eq!(printed(b"<main id=\"report\">cut"), None);
    assert_eq!(printed(b"<main>x</main>"), None);
}

#[test]
fn a_dropped_file_is_found_among_the_inputs() {
    let mut manifest = full(1);
    let of =
        |m: &Manifest, bytes: &[u8], name: &str| match_input(m, &hash_of(bytes), bytes.len() as u64, name);
    assert_eq!(of(&manifest, b"one", "a.zip"), Match::Same(0));
    assert_eq!(of(&manifest, b"two", "Downloads/more/a.zip"), Match::Same(1));
    assert_eq!(of(&manifest, b"two", "b.zip"), Match::Renamed(1));
    assert_eq!(
        of(&manifest, b"new", "more/a.zip"),
        Match::Changed {
            input: 1,
            expected: hash_of(b"two")
        }
    );
    assert_eq!(of(&manifest, b"new", "c.zip"), Match::Unknown);
    assert_eq!(
        match_input(&manifest, &hash_of(b"one").to_uppercase(), 3, "a.zip"),
        Match::Same(0)
    );
    manifest.inputs[1].sha256 = None;
    assert_eq!(of(&manifest, b"any", "more/a.zip"), Match::NotHashed(1));
    assert_eq!(of(&manifest, b"longer", "more/b.zip"), Match::Unknown);
}

proptest! {
    #[test]
    fn any_change_of_the_bytes_is_noticed(at: prop::sample::Index, byte: u8) {
        let bytes = full(3).bytes();
        let mut changed = bytes.clone();
        let at = at.index(bytes.len());
        changed[at] = byte;
        match Manifest::parse(&changed) {
            Ok(manifest) => prop_assert_eq!(manifest.sha256() == full(3).sha256(), changed == bytes),
            Err(e) => prop_assert!(!e.to_string().is_empty()),
        }
    }

    #[test]
    fn texts_of_all_sorts_come_back(title: String, name: String, n: u64) {
        let mut manifest = full(n);
        manifest.title = title;
        manifest.inputs[0].name = name;
        let bytes = manifest.bytes();
        prop_assert!(serde_json::from_slice::<Value>(&bytes).is_ok());
        prop_assert_eq!(Manifest::parse(&bytes).unwrap(), manifest);
    }
}
