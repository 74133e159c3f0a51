//! Any text, masked.

use serde_json::Value;
use trailbeam::evidence::{mask, mask_field};

pub fn run(data: &[u8]) {
    let Some((masked, counts)) = mask(data) else {
        return;
    };
    assert!(counts.total() > 0 && masked != data);
    assert_eq!(mask(&masked), None, "masked text has nothing left to mask");
    if serde_json::from_slice::<Value>(data).is_ok() {
        serde_json::from_slice::<Value>(&masked).expect("JSON stays JSON");
    }
    mask_field("password", data);
}
