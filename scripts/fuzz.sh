#!/usr/bin/env bash
# Runs a fuzz target under libFuzzer, on the pinned stable Rust.
#   scripts/fuzz.sh all [SECONDS]       every target, a minute each or so many seconds
#   scripts/fuzz.sh json [SECONDS]      one target
#   scripts/fuzz.sh json FILE…          inputs that were found, again
# What is learned is kept in target/fuzz/TARGET, and an input that breaks something is written to target/fuzz/found.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/tools.sh

# A target is an entry in tests/fuzz/targets/mod.rs.
mapfile -t targets < <(sed -n 's/^ *name: "\(.*\)",$/\1/p' tests/fuzz/targets/mod.rs)

case ${1:-} in
-h | --help)
    sed -n '2,6s/^# \?//p' "$0"
    echo "Targets: ${targets[*]}"
    exit
    ;;
"" | all) shift $(($# > 0)) ;;
*)
    [[ " ${targets[*]} " == *" $1 "* ]] || die "There is no fuzz target '$1'; there are: ${targets[*]}"
    targets=("$1")
    shift
    ;;
esac

need_rust
need_cxx
host=$(rustc -vV | sed -n 's/^host: //p')
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-target}/fuzz
mkdir -p "$CARGO_TARGET_DIR/found"

# What `cargo fuzz --sanitizer none` passes: coverage counters without a sanitizer need no nightly compiler. --target keeps the
# flags away from build scripts, and an example, unlike a test, does not have the app itself linked along.
say "Building the fuzz targets for $host"
RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module -Ccodegen-units=1 \
-Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
-Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares" \
    cargo build --locked --profile fuzz --example fuzz --target "$host"
fuzz=$CARGO_TARGET_DIR/$host/fuzz/examples/fuzz

export RUST_BACKTRACE=${RUST_BACKTRACE:-1}
if [ $# -gt 0 ] && [ -f "$1" ]; then
    say "${targets[0]}: $# inputs"
    FUZZ_TARGET=${targets[0]} "$fuzz" "$@"
    exit
fi
for target in "${targets[@]}"; do
    learned=$CARGO_TARGET_DIR/$target
    mkdir -p "$learned"
    say "Fuzzing $target for ${1:-60} seconds"
    FUZZ_TARGET=$target FUZZ_SEEDS=$learned "$fuzz" -max_total_time="${1:-60}" -max_len=16384 -timeout=10 \
        -rss_limit_mb=2048 -print_final_stats=1 -verbosity=0 -artifact_prefix="$CARGO_TARGET_DIR/found/$target-" "$learned" ||
        die "Broken: the input is in $CARGO_TARGET_DIR/found. Copy it to tests/fuzz/found/$target/ under a name that says
what it is: from then on \`cargo test\` runs it."
done
say "Nothing was broken"
