//! How fast each kind is read, in bytes of its text a second: `cargo bench --bench readers [name]`.
//!
//! One member of each kind, the largest there is among the built-in sample and the fixtures; flow logs and a load balancer's are made. A member is
//! fed in the pieces that unpacking gives.

mod shared;

use divan::{Bencher, counter::BytesCount};
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
        offer("alb.log".to_owned(), shared::alb_requests(30_000).into_bytes());
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
        all
    })
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
