#!/usr/bin/env bash
# Builds the release app into dist/, unless nothing has changed since it was built.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/tools.sh

need_build_tools

# Everything the build reads. Newer than dist/index.html: build; else what is there is the same app.
sources=(src style public index.html online.html Cargo.toml Cargo.lock Trunk.toml .cargo scripts package-lock.json rust-toolchain.toml)
if [ -f dist/index.html ] && [ -z "$(find "${sources[@]}" -newer dist/index.html -print -quit)" ]; then
    say "dist/ is up to date"
    exit
fi
say "Building the release app into dist/"
trunk build --release
