//! Is anything set up in a way that asks for trouble? Checks over the resources that the person's own files describe.
//!
//! [`Facts`] are what AWS Config items, answers of the command line and the credential report say, and what logs and bills
//! add up to ([`SUMMED`]); [`evaluate`] runs every
//! [`Check`] over them. Where AWS Trusted Advisor publishes a check of the same kind, its criteria are followed and its id
//! is named. The checks are not Trusted Advisor: they know no more than the files, and say so where the files say too little.

mod bills;
mod body;
mod facts;
mod known;
mod names;
mod judge;
mod policy;
mod ports;
mod quota;
mod say;

pub use facts::{Fact, Facts, Place};
pub use judge::{
    Category, Check, CheckFacts, Checked, Judged, Need, Outcome, Records, Status, evaluate, wants,
};
pub use summed::{SUMMED, Summed, SummedRow};

mod ec2;
mod elb;
mod iam;
mod lifetimes;
mod limits;
mod logging;
mod logs;
mod network;
mod rds;
mod s3;
mod security_groups;
mod summed;
mod unseen;

/// Every check, in the order in which they are shown.
pub const CHECKS: &[&[Check]] = &[
    security_groups::CHECKS,
    s3::CHECKS,
    iam::CHECKS,
    logging::CHECKS,
    ec2::CHECKS,
    lifetimes::CHECKS,
    rds::CHECKS,
    elb::CHECKS,
    network::CHECKS,
    limits::CHECKS,
    logs::CHECKS,
    bills::CHECKS,
    unseen::CHECKS,
];

#[cfg(test)]
mod tests;
