//! Buckets: who may see and change what is in them, and whether anyone would know.

use super::body::Body;
use super::judge::{Category, Check, CheckFacts, Need, Verdict};
use super::known::{Known, Resource};
use super::policy::{open_actions, writes};
use super::say::some;

const BUCKET: &str = "AWS::S3::Bucket";
/// An answer of `get-bucket-policy`, when the policy names its bucket.
const POLICY: &str = "BucketPolicy";
const ACCOUNT_BLOCK: &str = "AWS::S3::AccountPublicAccessBlock";
/// `list-buckets` gives names alone, and answers about one bucket do not name it.
const BUCKETS: Need = Need {
    types: &[BUCKET],
    command: "AWS Config items of AWS::S3::Bucket with their supplementaryConfiguration (a snapshot, or aws configservice batch-get-resource-config)",
};

pub(super) const CHECKS: &[Check] = &[
    Check::each(
        CheckFacts {
            id: "s3-bucket-permissions",
            trusted_advisor: Some("Pfx0RwqBli"),
            title: "Buckets open to everybody",
            category: Category::Security,
            criteria: "Red: the ACL lets everyone, or any AWS account's users, upload, delete or change the ACL. Yellow: it lets them list, or the bucket policy has a statement that lets everybody in, even if public access is blocked until it is removed.",
            beyond: "A policy that lets everybody write is red, where published criteria say yellow. ACLs that the public access block ignores do not count. A statement with a condition on the source or the organization is not open. Objects' own ACLs are not in the files. Of an answer of get-bucket-policy only an open policy says something.",
            needs: &[Need {
                types: &[BUCKET, POLICY],
                command: BUCKETS.command,
            }],
        },
        permissions,
    )
    .also(&[ACCOUNT_BLOCK]),
    Check::each(
        CheckFacts {
            id: "s3-public-access-block",
            trusted_advisor: None,
            title: "Public access to buckets not blocked",
            category: Category::Security,
            criteria: "Green: all four settings of the public access block are on, at the bucket or at the account. Yellow: one of them is off at both.",
            beyond: "A bucket that serves a public site is yellow too: whether it is meant to be open is not known.",
            needs: &[BUCKETS],
        },
        access_block,
    )
    .also(&[ACCOUNT_BLOCK]),
    Check::each(
        CheckFacts {
            id: "s3-bucket-logging",
            trusted_advisor: Some("BueAdJ7NrP"),
            title: "Buckets without access logs",
            category: Category::FaultTolerance,
            criteria: "Yellow: server access logging is off. Red: the target bucket does not exist or has another owner.",
            beyond: "That a target does not exist is only known when AWS Config says that it was deleted. Whether the log deliverer may write to it is not judged. CloudTrail data events would do as well and are not looked at.",
            needs: &[BUCKETS],
        },
        logging,
    ),
    Check::each(
        CheckFacts {
            id: "s3-bucket-versioning",
            trusted_advisor: Some("R365s2Qddf"),
            title: "Buckets without versioning",
            category: Category::FaultTolerance,
            criteria: "Green: versioning is enabled. Yellow: it was never enabled, or is suspended.",
            beyond: "MFA delete is not looked at.",
            needs: &[BUCKETS],
        },
        versioning,
    ),
    Check::each(
        CheckFacts {
            id: "s3-incomplete-uploads",
            trusted_advisor: None,
            title: "Buckets that keep unfinished uploads",
            category: Category::CostOptimizing,
            criteria: "Green: an enabled lifecycle rule ends incomplete multipart uploads. Yellow: none does.",
            beyond: "Whether there are such uploads is not in the files.",
            needs: &[BUCKETS],
        },
        unfinished,
    ),
];

const SETTINGS: [&str; 4] = [
    "BlockPublicAcls",
    "IgnorePublicAcls",
    "BlockPublicPolicy",
    "RestrictPublicBuckets",
];

/// Whether the public access block of the bucket or of its account has a setting on.
fn blocked(bucket: &Resource<'_>, known: &Known<'_>, setting: &str) -> bool {
    let own = bucket
        .extra("PublicAccessBlockConfiguration")
        .and_then(Body::parsed);
    let account = known
        .all(ACCOUNT_BLOCK)
        .iter()
        .filter(|b| !b.account.is_empty() && b.account == bucket.account)
        .any(|b| b.get(setting).yes());
    account || own.is_some_and(|own| Body::of(&own).get(setting).yes())
}

/// Grants of an ACL to everyone and to any AWS account's users, as Config and the API spell them.
fn public_grants(acl: Body<'_>) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for grant in acl.any(&["grantList", "grants"]).list() {
        let grantee = grant.get("grantee");
        let who = match grantee.any(&["URI", "identifier"]).text() {
            "" => grantee.text(),
            uri => uri.rsplit('/').next().unwrap_or(uri),
        };
        if matches!(who, "AllUsers" | "AuthenticatedUsers") {
            let may = grant
                .get("permission")
                .text()
                .replace('_', "")
                .to_ascii_lowercase();
            out.push((who.to_owned(), may));
        }
    }
    out
}

/// A policy by itself: that it lets nobody in does not make the bucket closed.
fn lone_policy(answer: &Resource<'_>, known: &Known<'_>) -> Verdict {
    if known.called(BUCKET, answer.id).any(|b| b.extras().is_some()) {
        return Verdict::Other;
    }
    let open = answer.get("Policy").parsed().as_ref().map(open_actions);
    match open {
        Some(open) if open.iter().any(|a| writes(a)) => {
            Verdict::Red(format!("The policy allows everybody {}.", some(&open)))
        }
        Some(open) if !open.is_empty() => {
            Verdict::Yellow(format!("The policy allows everybody {}.", some(&open)))
        }
        _ => Verdict::Unknown,
    }
}

fn permissions(bucket: &Resource<'_>, known: &Known<'_>) -> Verdict {
    if bucket.ty == POLICY {
        return lone_policy(bucket, known);
    }
    let Some(extras) = bucket.extras() else {
        return Verdict::Unknown;
    };
    let acl = extras.get("AccessControlList").parsed();
    let grants = match &acl {
        Some(acl) if !blocked(bucket, known, "IgnorePublicAcls") => public_grants(Body::of(acl)),
        _ => Vec::new(),
    };
    let holder = extras.get("BucketPolicy").parsed();
    let policy = holder.as_ref().and_then(|held| {
        let body = Body::of(held);
        if body.names("policyText") {
            body.get("policyText").parsed()
        } else {
            body.parsed()
        }
    });
    let open = policy.as_ref().map(open_actions).unwrap_or_default();
    let restricted = blocked(bucket, known, "RestrictPublicBuckets");

    let granted = |may: &[&str]| {
        let own = grants.iter().filter(|(_, p)| may.contains(&p.as_str()));
        own.map(|(who, p)| format!("{p} to {who}")).collect::<Vec<_>>()
    };
    let writing = granted(&["write", "writeacp", "fullcontrol"]);
    if !writing.is_empty() {
        return Verdict::Red(format!("The ACL grants {}.", some(writing)));
    }
    if open.iter().any(|a| writes(a)) && !restricted {
        return Verdict::Red(format!("The policy allows everybody {}.", some(&open)));
    }
    let reading = granted(&["read", "readacp"]);
    if !reading.is_empty() {
        return Verdict::Yellow(format!("The ACL grants {}.", some(reading)));
    }
    if !open.is_empty() {
        let held = if restricted {
            "; the public access block restricts it"
        } else {
            ""
        };
        return Verdict::Yellow(format!("The policy allows everybody {}{held}.", some(&open)));
    }
    Verdict::Green("Neither ACL nor policy lets everybody in.".to_owned())
}

fn access_block(bucket: &Resource<'_>, known: &Known<'_>) -> Verdict {
    if bucket.extras().is_none() {
        return Verdict::Unknown;
    }
    let off: Vec<_> = SETTINGS.iter().filter(|s| !blocked(bucket, known, s)).collect();
    if off.is_empty() {
        Verdict::Green("All four settings are on.".to_owned())
    } else {
        Verdict::Yellow(format!("Off at bucket and account: {}.", some(off)))
    }
}

fn logging(bucket: &Resource<'_>, known: &Known<'_>) -> Verdict {
    let held = bucket.extra("BucketLoggingConfiguration").and_then(Body::parsed);
    let Some(held) = held else {
        return Verdict::Unknown;
    };
    let target = Body::of(&held)
        .any(&["destinationBucketName", "TargetBucket"])
        .text();
    if target.is_empty() {
        return Verdict::Yellow("Server access logging is off.".to_owned());
    }
    let found = known.called(BUCKET, target).next();
    match found {
        Some(found) if !found.account.is_empty() && found.account != bucket.account => Verdict::Red(format!(
            "Logs go to {target}, which account {} owns.",
            found.account
        )),
        Some(_) => Verdict::Green(format!("Logs go to {target}.")),
        None if known.is_gone(BUCKET, target) => {
            Verdict::Red(format!("Logs go to {target}, which was deleted."))
        }
        None => Verdict::Green(format!("Logs go to {target}, which was not exported.")),
    }
}

fn versioning(bucket: &Resource<'_>, _: &Known<'_>) -> Verdict {
    let held = bucket
        .extra("BucketVersioningConfiguration")
        .and_then(Body::parsed);
    let Some(held) = held else {
        return Verdict::Unknown;
    };
    match Body::of(&held).get("status").text() {
        "Enabled" => Verdict::Green("Versioning is enabled.".to_owned()),
        "Suspended" => Verdict::Yellow("Versioning is suspended.".to_owned()),
        _ => Verdict::Yellow("Versioning was never enabled.".to_owned()),
    }
}

fn unfinished(bucket: &Resource<'_>, _: &Known<'_>) -> Verdict {
    let Some(held) = bucket.extra("BucketLifecycleConfiguration") else {
        return Verdict::Unknown;
    };
    let rules = held.parsed();
    let ends = rules.as_ref().is_some_and(|rules| {
        let mut rules = Body::of(rules).get("rules").list();
        rules.any(|r| r.get("status").is("Enabled") && r.get("abortIncompleteMultipartUpload").is_there())
    });
    if ends {
        Verdict::Green("A lifecycle rule ends incomplete uploads.".to_owned())
    } else {
        Verdict::Yellow("No lifecycle rule ends incomplete uploads.".to_owned())
    }
}
