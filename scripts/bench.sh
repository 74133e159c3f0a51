#!/usr/bin/env bash
# Speed in a real browser: builds the release app if needed, then measures; arguments are parts of the benchmark.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/tools.sh

scripts/dist.sh
need_node_modules
need_chromium
say "Measuring in Chromium"
exec node scripts/bench.mjs "$@"
