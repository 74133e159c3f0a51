#!/usr/bin/env bash
# Writes dist/trailbeam.html: the whole app as one file.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/tools.sh

scripts/dist.sh
say "Packing dist/ into one file"
node scripts/single.mjs
