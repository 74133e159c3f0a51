#!/usr/bin/env bash
# Builds the release app into dist/, unless nothing has changed since it was built.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/tools.sh

need_build_tools

# Everything the build reads. A stamp from the beginning of the last build tells what changed since; it also holds the hash of
# the page that was built, so that another build into dist/ is not taken for this one.
sources=(src style public index.html online.html Cargo.toml Cargo.lock Trunk.toml .cargo scripts/{dist.sh,tools.sh,finish.mjs} package-lock.json rust-toolchain.toml)
stamp=target/dist.stamp
built() { sha256sum dist/index.html; }

if [ -f dist/index.html ] && [ -f "$stamp" ] && [ "$(built)" = "$(cat "$stamp")" ] &&
    [ -z "$(find "${sources[@]}" -newer "$stamp" -print -quit)" ]; then
    say "dist/ is up to date"
    exit
fi
say "Building the release app into dist/"
mkdir -p target
begun=$(mktemp target/dist.XXXXXX)
trap 'rm -f "$begun"' EXIT
trunk build --release
built >"$stamp"
touch -r "$begun" "$stamp"
