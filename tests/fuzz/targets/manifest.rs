//! Any bytes, read as a manifest and as notes.

use trailbeam::evidence::{Manifest, note, verify};

pub fn run(data: &[u8]) {
    match Manifest::parse(data) {
        Ok(manifest) => {
            assert_eq!(manifest.bytes(), data, "a manifest has one spelling");
            let checked = verify(&manifest, [("x", data)].into_iter());
            assert!(checked.len() > manifest.blocks.len());
        }
        Err(e) => assert!(!e.at.is_empty() && e.to_string().contains(&e.at)),
    }
    if let Ok(notes) = note::parse(data)
        && let Ok(json) = note::to_json(&notes)
    {
        let again = note::parse(&json).expect("what was written is read");
        assert_eq!(note::to_json(&again).ok(), Some(json));
    }
}
