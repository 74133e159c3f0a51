//! Thresholds and quotas, each with whose it is.

use crate::base::time::{HOUR, MINUTE};

/// Days that a log has to be kept at least: CIS Controls v8, safeguard 8.10.
pub const RETAINED_LEAST_DAYS: u64 = 90;

/// Days that are advised: the default of Security Hub's control CloudWatch.16.
pub const RETAINED_ADVISED_DAYS: u64 = 365;

/// docs.aws.amazon.com, CloudWatch Logs API, PutMetricFilter.
pub const METRIC_FILTERS_PER_GROUP: u64 = 100;

/// docs.aws.amazon.com, CloudWatch Logs API, PutSubscriptionFilter.
pub const SUBSCRIPTIONS_PER_GROUP: usize = 2;

/// CloudWatch Logs quotas, an account and region; it can be raised.
pub const LOG_GROUPS_PER_REGION: usize = 1_000_000;

/// CloudTrail quotas; it can not be raised.
pub const TRAILS_PER_REGION: usize = 5;

/// CloudTrail passes no event above this on to CloudWatch Logs or EventBridge, and cuts fields of larger ones (CloudTrail
/// quotas). PutLogEvents itself takes events up to 1 MB since 2025, EventBridge since 2026.
pub const EVENT_BYTES: u64 = 256 * 1024;

/// Near it: nine tenths.
pub const EVENT_NEAR_BYTES: u64 = EVENT_BYTES / 10 * 9;

/// Of a quota, what is near it.
pub fn is_near(n: u64, quota: u64) -> bool {
    n.saturating_mul(10) >= quota.saturating_mul(9)
}

/// CloudTrail delivers about every five minutes while there is activity; an hour without a file is told.
pub const CLOUDTRAIL_APART: i64 = HOUR;

/// What flow logs aggregate over when nothing else was chosen.
pub const FLOW_AGGREGATION: i64 = 10 * MINUTE;

/// Flow log files are published this often.
pub const FLOW_PUBLISHED: i64 = 5 * MINUTE;
