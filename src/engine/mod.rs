//! Who does the work, and where? Page and workers are one program; they speak through a typed port.

#[cfg(target_arch = "wasm32")]
pub mod boot;
#[cfg(target_arch = "wasm32")]
pub mod worker;
