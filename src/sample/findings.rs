//! Findings: Trusted Advisor, Security Hub, GuardDuty, Prowler, before and after the night.

mod guard_duty;
mod prowler;
mod security_hub;
mod trusted_advisor;

use super::SampleFile;
use trusted_advisor::RESULTS;

pub const FILES: usize = RESULTS + 4;

pub fn make(index: usize) -> SampleFile {
    match index {
        0 => trusted_advisor::checks(),
        1..=RESULTS => trusted_advisor::result(index - 1),
        8 => security_hub::findings(),
        9 => guard_duty::findings(),
        _ => prowler::report(),
    }
}
