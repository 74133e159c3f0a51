//! The fuzz targets without a fuzzer: every seed, everything a fuzzer has found, and a few changes of each.

#[path = "fuzz/targets/mod.rs"]
mod targets;

use std::path::Path;
use targets::{Dice, TARGETS, Target};

/// Changed inputs a target is run on, spread over its seeds.
const CHANGES: usize = 400;

/// Pieces that readers look for.
const WORDS: &[&[u8]] = &[
    b"\"",
    b"\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\n",
    b"\r\n",
    b"\0",
    b"\xff",
    b"\xef\xbb\xbf",
    b"-",
    b"\\u00e9",
    b"\\ud800",
    b"18446744073709551616",
    b"-9223372036854775808",
    b"1e999",
    b"null",
    b"(",
    b" not ",
    b"PK\x03\x04",
    b"PK\x01\x02",
    b"PK\x05\x06",
    b"\x1f\x8b\x08",
    b"\x28\xb5\x2f\xfd",
    b"BZh9",
];

/// Changes the input in one to four places: bytes set, taken out, doubled, taken from another seed.
fn change(bytes: &mut Vec<u8>, other: &[u8], dice: &mut Dice) {
    for _ in 0..1 + dice.below(4) {
        let from = dice.below(bytes.len() + 1);
        let to = (from + dice.below(24)).min(bytes.len());
        match dice.below(7) {
            0 => bytes[from..to].fill(dice.next() as u8),
            1 => drop(bytes.drain(from..to)),
            2 => bytes.truncate(from),
            3 => {
                let twice = bytes[from..to].to_vec();
                bytes.splice(to..to, twice);
            }
            4 => {
                let start = dice.below(other.len() + 1);
                let end = (start + dice.below(200)).min(other.len());
                bytes.splice(from..to, other[start..end].iter().copied());
            }
            5 => {
                if let Some(byte) = bytes.get_mut(from) {
                    *byte ^= 1 << dice.below(8);
                }
            }
            _ => {
                let word = WORDS[dice.below(WORDS.len())];
                bytes.splice(from..from, word.iter().copied());
            }
        }
    }
}

/// Inputs that a fuzzer broke the target with.
fn found(target: &Target) -> Vec<(String, Vec<u8>)> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fuzz/found")
        .join(target.name);
    let Ok(entries) = std::fs::read_dir(dir) else {
        return Vec::new();
    };
    let mut all: Vec<_> = entries
        .map(|e| {
            let path = e.expect("an entry").path();
            (
                path.display().to_string(),
                std::fs::read(&path).expect("a readable input"),
            )
        })
        .collect();
    all.sort();
    all
}

fn check(name: &str) {
    let target = TARGETS.iter().find(|t| t.name == name).expect("a target");
    let mut inputs = (target.seeds)();
    inputs.extend(found(target));
    let mut dice = Dice::of(name.as_bytes());
    for (name, bytes) in &inputs {
        run(target, name, bytes);
    }
    for n in 0..CHANGES {
        let (name, bytes) = &inputs[n % inputs.len()];
        let other = &inputs[dice.below(inputs.len())].1;
        let mut changed = bytes.clone();
        change(&mut changed, other, &mut dice);
        run(target, name, &changed);
    }
}

/// Runs a target, and says on which input where it breaks.
fn run(target: &Target, name: &str, bytes: &[u8]) {
    struct Told<'a>(&'a str, &'a [u8]);
    impl Drop for Told<'_> {
        fn drop(&mut self) {
            if std::thread::panicking() {
                eprintln!("\nThe input, made of {}: b\"{}\"", self.0, self.1.escape_ascii());
            }
        }
    }
    let _told = Told(name, bytes);
    (target.run)(bytes);
}

macro_rules! targets {
    ($($name:ident),*) => {
        $(#[test]
        fn $name() {
            check(stringify!($name));
        })*

        #[test]
        fn every_target_has_a_test() {
            assert!(TARGETS.iter().map(|t| t.name).eq([$(stringify!($name)),*]));
        }
    };
}

targets!(unpack, ingest, json, filter, language, link, diff, mask, manifest);
