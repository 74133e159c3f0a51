//! Checks that are published and can not be answered from what is read here: each says what would tell.

use super::judge::{Category, Check, CheckFacts, Need};

const fn unseen(
    id: &'static str,
    trusted_advisor: &'static str,
    title: &'static str,
    category: Category,
    criteria: &'static str,
    beyond: &'static str,
    needs: &'static [Need],
) -> Check {
    Check::never(CheckFacts {
        id,
        trusted_advisor: Some(trusted_advisor),
        title,
        category,
        criteria,
        beyond,
        needs,
    })
}

const fn need(command: &'static str) -> Need {
    Need { types: &[], command }
}

pub(super) const CHECKS: &[Check] = &[
    unseen(
        "lambda-errors",
        "L4dfs2Q3C2",
        "Functions that often fail",
        Category::CostOptimizing,
        "Yellow: more than 10 % of invocations of a day in the last 7 end in an error.",
        "The functions' logs tell it; configuration does not.",
        &[need(
            "the log groups /aws/lambda/… of the functions, with at least 7 days",
        )],
    ),
    unseen(
        "lambda-timeouts",
        "L4dfs2Q3C3",
        "Functions that often run out of time",
        Category::CostOptimizing,
        "Yellow: more than 10 % of invocations of a day in the last 7 end in a timeout.",
        "The functions' logs tell it; configuration does not.",
        &[need(
            "the log groups /aws/lambda/… of the functions, with at least 7 days (lines with Task timed out)",
        )],
    ),
    unseen(
        "cloudfront-delivery",
        "796d6f3D83",
        "Buckets better delivered by CloudFront",
        Category::Performance,
        "Yellow: in 30 days, GET requests carry at least 25 times what the bucket holds. Red: and at least 10 TB.",
        "Access logs tell what was carried; what the bucket holds is not in them.",
        &[need(
            "S3 server access logs of 30 days and the bucket's size (metric BucketSizeBytes)",
        )],
    ),
    unseen(
        "cloudfront-origin-certificate",
        "N430c450f2",
        "Certificates of origins that expire",
        Category::Security,
        "Red: the origin's certificate has expired or is missing. Yellow: it expires within 30 days, is signed with SHA-1 or can not be fetched.",
        "It takes a connection to the origin, and nothing leaves the tab. Access logs show failures as OriginError results.",
        &[need("the origin's certificate, which no export holds")],
    ),
];
