#!/usr/bin/env bash
# Draws the README's pictures: builds the release app if needed.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/tools.sh

scripts/dist.sh
need_chromium
say "Drawing docs/*.png"
exec node scripts/pictures.mjs
