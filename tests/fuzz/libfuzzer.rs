//! The fuzz targets for libFuzzer: `make fuzz` builds this with `--cfg fuzzing` and coverage, names the target in
//! `FUZZ_TARGET` and a folder for its seeds in `FUZZ_SEEDS`. Built in any other way it runs the seeds and inputs that were
//! found, with what a debugger needs: `cargo run --example fuzz ingest crash-…`.

#![cfg_attr(fuzzing, no_main)]

mod targets;

use targets::{TARGETS, Target};

/// The target of this name.
fn target(name: &str) -> &'static Target {
    TARGETS.iter().find(|t| t.name == name).unwrap_or_else(|| {
        let known: Vec<&str> = TARGETS.iter().map(|t| t.name).collect();
        eprintln!(
            "There is no fuzz target {name:?}; there are {}.",
            known.join(", ")
        );
        std::process::exit(2)
    })
}

#[cfg(fuzzing)]
mod fuzzer {
    use super::{Target, target};
    use std::path::PathBuf;
    use std::sync::OnceLock;

    fn chosen() -> &'static Target {
        static CHOSEN: OnceLock<&Target> = OnceLock::new();
        CHOSEN.get_or_init(|| target(&std::env::var("FUZZ_TARGET").unwrap_or_default()))
    }

    libfuzzer_sys::fuzz_target!(
        init: {
            let target = chosen();
            if let Some(dir) = std::env::var_os("FUZZ_SEEDS").map(PathBuf::from) {
                for (name, bytes) in (target.seeds)() {
                    std::fs::write(dir.join(name), bytes).expect("the seeds can be written");
                }
            }
        },
        |data: &[u8]| (chosen().run)(data)
    );
}

#[cfg(not(fuzzing))]
fn main() {
    let mut args = std::env::args().skip(1);
    let target = target(&args.next().unwrap_or_default());
    let found = args.map(|path| match std::fs::read(&path) {
        Ok(bytes) => (path, bytes),
        Err(e) => panic!("{path}: {e}"),
    });
    for (name, bytes) in (target.seeds)().into_iter().chain(found) {
        println!("{name}: {} bytes", bytes.len());
        (target.run)(&bytes);
    }
}
