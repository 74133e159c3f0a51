//! One program for the page and for its workers: the page hands the compiled module on, and here it finds out where it is.

#![forbid(unsafe_code)]

#[cfg(target_arch = "wasm32")]
fn main() {
    console_error_panic_hook::set_once();
    if trailbeam::engine::boot::is_worker() {
        trailbeam::engine::worker::main();
    } else {
        trailbeam::app::mount();
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    eprintln!("Trailbeam runs in a browser: `make serve` builds and serves it.");
}
