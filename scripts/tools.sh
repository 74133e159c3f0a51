# Sourced by the other scripts: says what it does, knows the versions, installs what is missing, puts the tools in PATH.
# Tools live in a versioned folder under the user's cache, not in the checkout: a second clone starts in seconds.

PINNED=$(sed -n 's/^channel = "\(.*\)"$/\1/p' rust-toolchain.toml)
TRUNK_VERSION=0.21.14 # 0.22 needs a newer rustc than rust-toolchain.toml names
WASM_BINDGEN_VERSION=$(sed -n '/^name = "wasm-bindgen"$/{n;s/^version = "\(.*\)"$/\1/p}' Cargo.lock)
TOOLS=${XDG_CACHE_HOME:-$HOME/.cache}/trailbeam/tools
export PATH="$TOOLS/trunk-$TRUNK_VERSION/bin:$TOOLS/wasm-bindgen-$WASM_BINDGEN_VERSION/bin:$PWD/node_modules/.bin:$PATH"
export CARGO_TERM_COLOR=${CARGO_TERM_COLOR:-auto}
# Trunk reads NO_COLOR as a flag that is either true or false.
if [ -n "${NO_COLOR:-}" ]; then export NO_COLOR=true; else unset NO_COLOR; fi

# One line for each step, so that a log reads as a list of what was done.
say() { printf '\n== %s\n' "$*"; }
die() { printf '\n%s\n' "$*" >&2; exit 1; }

# What everything else needs and what this project does not install for you.
need_basics() {
    command -v cargo >/dev/null && command -v rustup >/dev/null || die "rustup is missing: see https://rustup.rs"
    command -v node >/dev/null && command -v npm >/dev/null || die "node (20 or newer) and npm are missing"
}

# The pinned toolchain with all it should have: rustup does not add the parts by itself everywhere.
need_rust() {
    need_basics
    if ! rustup toolchain list | grep -q "^$PINNED"; then
        say "Installing Rust $PINNED"
        rustup toolchain install "$PINNED" --profile minimal
    fi
    if ! rustup target list --installed --toolchain "$PINNED" | grep -qx wasm32-unknown-unknown; then
        say "Adding the Rust target wasm32-unknown-unknown"
        rustup target add wasm32-unknown-unknown --toolchain "$PINNED"
    fi
    if ! cargo fmt --version >/dev/null 2>&1 || ! cargo clippy --version >/dev/null 2>&1; then
        say "Adding rustfmt and clippy"
        rustup component add rustfmt clippy --toolchain "$PINNED"
    fi
}

# cargo_tool NAME VERSION BINARY ARGS…: builds a tool into its own folder, once.
cargo_tool() {
    local name=$1 version=$2 binary=$3 root=$TOOLS/$1-$2
    shift 3
    [ -x "$root/bin/$binary" ] && return
    say "Building $binary $version into $root (minutes, once)"
    # Outside the checkout, whose toolchain and wasm flags are not meant for it, with a quick profile.
    (
        cd "${TMPDIR:-/tmp}"
        RUSTUP_TOOLCHAIN=$PINNED CARGO_TARGET_DIR=$root/build CARGO_PROFILE_RELEASE_LTO=off \
            CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=1 \
            cargo install "$@" --version "$version" --no-default-features --root "$root"
    )
    rm -rf "$root/build"
}

# wasm-opt, Playwright and axe, as package-lock.json has them.
need_node_modules() {
    need_basics
    local have=node_modules/.package-lock.json
    [ -f "$have" ] && [ ! package-lock.json -nt "$have" ] && return
    say "Installing the node packages of package-lock.json"
    PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund
    touch "$have"
}

# All that building the app takes.
need_build_tools() {
    need_rust
    cargo_tool trunk "$TRUNK_VERSION" trunk trunk --locked
    # Not --locked: its lock file pins a package that is missing from some registries.
    cargo_tool wasm-bindgen "$WASM_BINDGEN_VERSION" wasm-bindgen wasm-bindgen-cli
    need_node_modules
}

# debian PACKAGE: installs it.
debian() {
    local as_root=
    [ "$(id -u)" = 0 ] || as_root=sudo
    $as_root apt-get update -qq
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1"
}

# The C++ compiler that libFuzzer is built with.
need_cxx() {
    [ -n "${CXX:-}" ] || command -v c++ >/dev/null && return
    command -v apt-get >/dev/null || die "A C++ compiler is missing: install one, or name it in CXX"
    say "Installing Debian's g++ (about 90 MB)"
    debian g++
}

# The browser of the tests: Debian's, or the one CHROMIUM names.
need_chromium() {
    if [ -z "${CHROMIUM:-}" ] && ! command -v chromium >/dev/null; then
        command -v apt-get >/dev/null || die "Chromium is missing: install it, or name one in CHROMIUM"
        say "Installing Debian's chromium (about 440 MB)"
        debian chromium
    fi
    export CHROMIUM=${CHROMIUM:-$(command -v chromium)}
}
