//! How fast each kind is read, in bytes of its text a second: `cargo bench --bench readers [name]`.
//!
//! One member of each kind, the largest there is among the built-in sample and the fixtures; flow logs and a load balancer's are made. A small
//! one is put behind itself until it is large enough to time, where that reads as so many times its records. A member is fed in the
//! pieces that unpacking gives.

mod shared;

use divan::{Bencher, counter::BytesCount};
use std::fmt::Write;
use std::io::Read;
use std::path::Path;
use std::sync::OnceLock;
use trailbeam::formats::{FORMATS, Options, testing};

/// What unpacking hands out at once (bytes).
const CHUNK: usize = 256 << 10;

fn main() {
    divan::main();
}

struct Member {
    kind: &'static str,
    path: String,
    bytes: Vec<u8>,
}

fn members() -> &'static [Member] {
    static MEMBERS: OnceLock<Vec<Member>> = OnceLock::new();
    MEMBERS.get_or_init(|| {
        let mut all: Vec<Member> = Vec::new();
        let mut offer = |path: String, bytes: Vec<u8>| {
            let Some(kind) = testing::detect(&path, &bytes) else {
                return;
            };
            let member = Member { kind, path, bytes };
            match all.iter_mut().find(|m| m.kind == kind) {
                Some(known) if known.bytes.len() >= member.bytes.len() => {}
                Some(known) => *known = member,
                None => all.push(member),
            }
        };
        offer("flow.log".to_owned(), shared::flows(100_000).into_bytes());
        offer("alb.log".to_owned(), alb_requests(30_000).into_bytes());
        for index in 0..trailbeam::sample::SAMPLE_FILES {
            let file = trailbeam::sample::make(index);
            let mut bytes = Vec::new();
            let unpacked = flate2::read::GzDecoder::new(&file.bytes[..]).read_to_end(&mut bytes);
            offer(file.name, if unpacked.is_ok() { bytes } else { file.bytes });
        }
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats");
        for format in FORMATS {
            let files = std::fs::read_dir(fixtures.join(format.facts().id));
            for file in files.into_iter().flatten().flatten().map(|f| f.path()) {
                let name = file
                    .file_name()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned();
                if file.is_file() && !name.starts_with("not-") {
                    offer(name, std::fs::read(&file).expect("a readable fixture"));
                }
            }
        }
        for member in &mut all {
            if let Some(many) = many(member) {
                member.bytes = many;
            }
        }
        all
    })
}

/// A member this long takes long enough to be timed.
const LONG: usize = 4 << 20;

/// A small member as often as makes a long one; `None` where that is not as many of its records.
fn many(member: &Member) -> Option<Vec<u8>> {
    let times = LONG / member.bytes.len().max(1);
    let mut one = member.bytes.clone();
    if !one.ends_with(b"\n") {
        one.push(b'\n');
    }
    let long = one.repeat(times.max(1));
    let kept = |bytes: &[u8]| {
        let options = Options::default();
        testing::read_as(member.kind, &member.path, bytes, CHUNK, &options)
            .1
            .kept
    };
    let is_same = testing::detect(&member.path, &long) == Some(member.kind);
    (times > 1 && is_same && kept(&long) >= kept(&member.bytes) * times as u64).then_some(long)
}

fn kinds() -> impl Iterator<Item = &'static str> {
    members().iter().map(|m| m.kind)
}

#[divan::bench(args = kinds())]
fn read(bencher: Bencher, kind: &str) {
    let member = members()
        .iter()
        .find(|m| m.kind == kind)
        .expect("a kind of the list");
    let options = Options::default();
    bencher
        .counter(BytesCount::new(member.bytes.len()))
        .bench(|| testing::read_as(member.kind, &member.path, &member.bytes, CHUNK, &options));
}

/// Lines of an Application Load Balancer's log: some paths are asked for often, ids are met once.
fn alb_requests(records: u32) -> String {
    let mut text = String::new();
    let mut state = 0x9e37_79b9u32;
    for n in 0..records {
        let mut below = |most: u32| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state % most
        };
        let (second, client) = (n / 50, below(20_000));
        let status = [200, 200, 200, 200, 304, 404, 500][below(7) as usize];
        writeln!(
            text,
            "https 2026-01-01T{:02}:{:02}:{:02}.{:06}Z app/shop/1f2e3d4c5b6a7980 203.0.{}.{}:{} 10.0.2.{}:8080 0.00{} 0.{:03} \
             0.000 {status} {status} {} {} \"GET https://shop.example.com:443/items/{}?page={} HTTP/2.0\" \"Mozilla/5.0 (X11; \
             Linux x86_64) agent/{}\" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 \
             arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/shop/0a1b2c3d4e5f6071 \
             \"Root=1-{:08x}-{:012x}{:012x}\" \"shop.example.com\" \"session-reused\" 10 2026-01-01T{:02}:{:02}:{:02}.000000Z \
             \"waf,forward\" \"-\" \"-\" \"10.0.2.17:8080\" \"{status}\" \"-\" \"-\" TID_{:032x}",
            second / 3600 % 24,
            second / 60 % 60,
            second % 60,
            n % 1_000_000,
            client / 250,
            client % 250,
            1024 + below(60_000),
            below(20),
            below(9),
            below(999),
            100 + below(900),
            400 + below(90_000),
            below(3000) * below(1000) / 1000,
            below(9),
            below(40),
            n,
            below(u32::MAX),
            n,
            second / 3600 % 24,
            second / 60 % 60,
            second % 60,
            u64::from(n) << 32 | u64::from(below(u32::MAX)),
        )
        .expect("a text takes every line");
    }
    text
}
