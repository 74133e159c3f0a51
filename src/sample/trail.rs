//! CloudTrail events: an account's everyday, and what the leaked key does in it.

mod event;
mod everyday;
mod night;
mod sign_ins;

use super::random::Random;
use super::story::*;
use super::{SampleFile, file, gzip};
use crate::base::time::{HOUR, SECOND};
use serde_json::{Value, json};

/// One file each half day, one of the sign-ins, one of the foreign region.
pub const FILES: usize = HALVES + 2;
/// The half day of the intrusion; the next file repeats its last events, as deliveries do.
const INTRUSION: usize = 4;
const REPEATED: usize = 6;

pub fn make(index: usize) -> SampleFile {
    let mut random = Random::new(0x7a11_0000 + index as u64);
    let (region, start, events) = match index {
        HALVES => (GLOBAL, at(11, 7, 35, 0), sign_ins::all(&mut random)),
        i if i > HALVES => (FOREIGN, at(11, 2, 35, 0), night::foreign(&mut random)),
        half => {
            let mut events = half_day(half);
            if half == INTRUSION + 1 {
                let before = half_day(INTRUSION);
                events.extend(before.into_iter().rev().take(REPEATED));
            }
            (HOME, half_start(half) + FILE_HOURS * HOUR, events)
        }
    };
    let name = format!(
        "AWSLogs/{ACCOUNT}/CloudTrail/{region}/{}/{ACCOUNT}_CloudTrail_{region}_{}_{}.json.gz",
        day_path(start - SECOND),
        stamp(start - SECOND),
        random.hex(16)
    );
    let text = json!({"Records": events}).to_string();
    file(name, "cloudtrail", events.len(), gzip(text.as_bytes()))
}

/// The home region's events of half a day, in the order of time.
fn half_day(half: usize) -> Vec<Value> {
    let mut random = Random::new(0x7a12_0000 + half as u64);
    let start = half_start(half);
    let mut events = Vec::with_capacity(1400);
    for hour in 0..FILE_HOURS {
        let t = start + hour * HOUR;
        // Nothing was delivered of this hour.
        if t != at(12, 4, 0, 0) {
            everyday::deploy(t, &mut events, &mut random);
            everyday::usual(t, &mut events, &mut random);
        }
    }
    if half == INTRUSION {
        night::intrusion(&mut events, &mut random);
        night::closed(&mut events, &mut random);
    }
    events.sort_by(|a, b| a["eventTime"].as_str().cmp(&b["eventTime"].as_str()));
    events
}
