#!/usr/bin/env bash
# The quick loop: a debug build, built again and reloaded on every change.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/tools.sh

need_build_tools
say "Serving a debug build at http://127.0.0.1:${PORT:-8080}, rebuilt on every change"
# erase_components: Leptos without its deep generic types, which links several times quicker. Added to .cargo/config.toml's flags.
# Its own folder, so that dist/ stays the release build.
export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS="--cfg erase_components"
exec trunk serve --port "${PORT:-8080}" --dist target/dev "$@"
