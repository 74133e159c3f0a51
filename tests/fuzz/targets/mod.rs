//! What is fuzzed: one file a target, with one function that takes any bytes and panics when a promise is broken.
//!
//! libFuzzer drives them (`make fuzz`, tests/fuzz/libfuzzer.rs), and so does `cargo test` with mutations of the seeds
//! (tests/fuzz.rs).

mod diff;
mod filter;
mod ingest;
mod json;
mod language;
mod link;
mod manifest;
mod mask;
mod seeds;
mod unpack;

/// Something that reads outside bytes, and what has to hold whatever they are.
pub struct Target {
    pub name: &'static str,
    pub run: fn(&[u8]),
    /// Inputs to begin with, under names that tell them apart.
    pub seeds: fn() -> Vec<(String, Vec<u8>)>,
}

pub const TARGETS: &[Target] = &[
    Target {
        name: "unpack",
        run: unpack::run,
        seeds: seeds::containers,
    },
    Target {
        name: "ingest",
        run: ingest::run,
        seeds: seeds::exports,
    },
    Target {
        name: "json",
        run: json::run,
        seeds: seeds::documents,
    },
    Target {
        name: "filter",
        run: filter::run,
        seeds: seeds::filters,
    },
    Target {
        name: "language",
        run: language::run,
        seeds: seeds::queries,
    },
    Target {
        name: "link",
        run: link::run,
        seeds: seeds::links,
    },
    Target {
        name: "diff",
        run: diff::run,
        seeds: seeds::pairs,
    },
    Target {
        name: "mask",
        run: mask::run,
        seeds: seeds::secrets,
    },
    Target {
        name: "manifest",
        run: manifest::run,
        seeds: seeds::manifests,
    },
];

/// Numbers that look random and are the same for the same beginning (SplitMix64).
pub struct Dice(u64);

impl Dice {
    /// Numbers that depend on these bytes alone, so that an input says everything about its run.
    pub fn of(bytes: &[u8]) -> Dice {
        let fnv = |hash: u64, &b: &u8| (hash ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3);
        Dice(bytes.iter().fold(0xcbf2_9ce4_8422_2325, fnv))
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    /// A number below `end`; 0 where there is none.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}
