#!/usr/bin/env bash
# Speed in a real browser: builds the release app if needed, then measures; arguments are parts of the benchmark.
# `native`: the engine's parts alone, without a browser.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/tools.sh

if [ "${1:-}" = native ]; then
    shift
    need_rust
    say "Readers and questions, native"
    exec cargo bench --locked --bench readers --bench queries -- "$@"
fi

scripts/dist.sh
need_node_modules
need_chromium
say "Measuring in Chromium"
exec node scripts/bench.mjs "$@"
