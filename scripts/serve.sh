#!/usr/bin/env bash
# Builds the release app if needed and serves it on this machine.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/tools.sh

scripts/dist.sh
say "Serving dist/"
exec node scripts/serve.mjs "$@"
