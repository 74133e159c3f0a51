//! The built-in sample.
pub const SAMPLE_FILES: usize = 0;
pub struct SampleFile {
    pub name: String,
    pub bytes: Vec<u8>,
}
pub fn make(_: usize) -> SampleFile {
    SampleFile {
        name: String::new(),
        bytes: Vec::new(),
    }
}
