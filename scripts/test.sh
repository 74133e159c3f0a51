#!/usr/bin/env bash
# Everything that has to hold before a change is taken. Stops at the first thing that does not.
#   scripts/test.sh            all of it
#   scripts/test.sh native     without a browser: formatting, lints, native tests
#   scripts/test.sh browser    the browser tests alone (what follows is passed on to Playwright)
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/tools.sh

native() {
    need_rust
    say "Formatting"
    cargo fmt --check
    echo "formatted"
    say "Clippy, native, warnings are errors"
    cargo clippy --locked --all-targets -- -D warnings
    say "Clippy, browser build, warnings are errors"
    cargo clippy --locked --target wasm32-unknown-unknown -- -D warnings
    say "Native tests"
    cargo test --locked
}

browser() {
    scripts/single.sh
    need_chromium
    say "Browser tests: the served release build and the single file, in $("$CHROMIUM" --version 2>/dev/null | head -1)"
    playwright test "$@"
}

part=${1:-all}
[ $# -gt 0 ] && shift
case $part in
all)
    native
    browser
    ;;
native) native ;;
browser) browser "$@" ;;
*) die "test.sh: all, native or browser, not '$part'" ;;
esac
say "All passed"
