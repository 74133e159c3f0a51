//! Who can sign in, and with what: the credential report, the password policy, keys.

use super::judge::{ACCOUNT, Category, Check, CheckFacts, Need, Sheet, Verdict};
use super::known::{DAY, Known, Resource};
use super::names::CREDENTIAL;
use super::quota::SUMMARY;
use super::say::{count, some};
use crate::base::time::iso;

const REPORT: Need = Need {
    types: &[CREDENTIAL],
    command: "the IAM credential report (aws iam get-credential-report)",
};
const ROOT: &str = "<root_account>";
const PASSWORD_POLICY: &str = "PasswordPolicy";
const USER: &str = "AWS::IAM::User";
const ATTACHED: &str = "AttachedPolicy";
const CERTIFICATE: &str = "AWS::IAM::ServerCertificate";
const DISTRIBUTION: &str = "AWS::CloudFront::Distribution";
const CERTIFICATES: Need = Need {
    types: &[CERTIFICATE],
    command: "aws iam list-server-certificates",
};

pub(super) const CHECKS: &[Check] = &[
    Check::together(
        CheckFacts {
            id: "root-mfa",
            trusted_advisor: Some("7DAFEmoDos"),
            title: "Root user without MFA",
            category: Category::Security,
            criteria: "Red: no MFA device is active for the root user.",
            beyond: "Root credentials that were removed centrally by the organization are not told apart in older reports.",
            needs: &[Need {
                types: &[CREDENTIAL, SUMMARY],
                command: "the IAM credential report (aws iam get-credential-report), or aws iam get-account-summary",
            }],
        },
        root_mfa,
    ),
    Check::together(
        CheckFacts {
            id: "root-access-keys",
            trusted_advisor: None,
            title: "Access keys of the root user",
            category: Category::Security,
            criteria: "Red: the root user has an active access key.",
            beyond: "The CIS AWS Foundations benchmark asks for this; there is no published check of this name to follow.",
            needs: &[Need {
                types: &[CREDENTIAL, SUMMARY],
                command: "the IAM credential report (aws iam get-credential-report), or aws iam get-account-summary",
            }],
        },
        root_keys,
    ),
    Check::each(
        CheckFacts {
            id: "user-mfa",
            trusted_advisor: None,
            title: "Console passwords without MFA",
            category: Category::Security,
            criteria: "Red: a user has a console password and no active MFA device.",
            beyond: "Users that sign in through an identity provider are not in the report.",
            needs: &[REPORT],
        },
        user_mfa,
    ),
    Check::together(
        CheckFacts {
            id: "iam-use",
            trusted_advisor: Some("zXCkfM1nI3"),
            title: "No IAM users",
            category: Category::Security,
            criteria: "Yellow: the account has no IAM user.",
            beyond: "The advice is old: accounts that use IAM Identity Center rightly have none.",
            needs: &[Need {
                types: &[CREDENTIAL, SUMMARY],
                command: "the IAM credential report (aws iam get-credential-report), or aws iam get-account-summary",
            }],
        },
        use_of_iam,
    ),
    Check::together(
        CheckFacts {
            id: "iam-password-policy",
            trusted_advisor: Some("Yw2K9puPzl"),
            title: "Weak password policy",
            category: Category::Security,
            criteria: "Yellow: the policy leaves out a content requirement (uppercase, lowercase, numbers, symbols). Red: there is no policy.",
            beyond: "A minimum length below 8 is yellow too. That there is no policy shows as an error of the command and is not in a file.",
            needs: &[Need {
                types: &[PASSWORD_POLICY],
                command: "aws iam get-account-password-policy",
            }],
        },
        |known, sheet| {
            for policy in known.all(PASSWORD_POLICY) {
                sheet.note_as(policy, ACCOUNT, policy.account, "", password_policy(policy));
            }
        },
    ),
    Check::each(
        CheckFacts {
            id: "access-key-rotation",
            trusted_advisor: Some("DqdJqYeRm5"),
            title: "Old access keys",
            category: Category::Security,
            criteria: "Green: active keys were rotated in the last 90 days. Yellow: more than 90 days ago. Red: more than 2 years ago.",
            beyond: "Two years are 730 days. Ages are counted to now, not to the report's time.",
            needs: &[REPORT],
        },
        key_rotation,
    ),
    Check::together(
        CheckFacts {
            id: "exposed-access-keys",
            trusted_advisor: Some("12Fnkpl8Y5"),
            title: "Users that AWS has quarantined",
            category: Category::Security,
            criteria: "Red: a policy named AWSCompromisedKeyQuarantine is attached, which AWS does when it finds a key in public.",
            beyond: "AWS's own search for exposed keys can not be repeated; only the policy that it leaves behind is seen. CloudTrail tells who attached it, and when.",
            needs: &[Need {
                types: &[USER, ATTACHED],
                command: "aws iam get-account-authorization-details, aws iam list-attached-user-policies, or AWS Config items of AWS::IAM::User",
            }],
        },
        quarantined,
    ),
    Check::each(
        CheckFacts {
            id: "iam-certificates-expiring",
            trusted_advisor: None,
            title: "Server certificates in IAM that expire",
            category: Category::Security,
            criteria: "Red: the certificate has expired. Yellow: it expires within 30 days.",
            beyond: "Certificates in ACM are not looked at.",
            needs: &[CERTIFICATES],
        },
        |certificate, known| expiry(certificate, known, 30),
    ),
    Check::each_of(
        &[DISTRIBUTION],
        CheckFacts {
            id: "cloudfront-iam-certificates",
            trusted_advisor: Some("N425c450f2"),
            title: "CloudFront certificates in IAM that expire",
            category: Category::Security,
            criteria: "Red: a distribution's certificate in the IAM store has expired. Yellow: it expires in the next seven days.",
            beyond: "SHA-1 signatures and names that do not fit are not seen: the files do not hold the certificate.",
            needs: &[
                Need {
                    types: &[DISTRIBUTION],
                    command: "aws cloudfront list-distributions, or AWS Config items of AWS::CloudFront::Distribution",
                },
                CERTIFICATES,
            ],
        },
        distribution_certificate,
    ),
];

/// Rows of the newest reports.
fn rows<'k, 'a>(known: &'k Known<'a>) -> impl Iterator<Item = &'k Resource<'a>> {
    known.all(CREDENTIAL).iter().filter(|row| row.is_current(known))
}

fn is_root(row: &Resource<'_>) -> bool {
    row.get("user").text() == ROOT
}

/// A question about the root user: the report's column answers it, or an entry of the account summary.
fn of_root(
    known: &Known<'_>,
    sheet: &mut Sheet,
    report: fn(&Resource<'_>) -> Verdict,
    summary: fn(&Resource<'_>) -> Verdict,
) {
    for row in rows(known).filter(|row| is_root(row)) {
        sheet.note_as(row, ACCOUNT, row.account, ROOT, report(row));
    }
    let told = |account: &str| rows(known).any(|row| is_root(row) && row.account == account);
    for found in known.all(SUMMARY).iter().filter(|s| !told(s.account)) {
        sheet.note_as(found, ACCOUNT, found.account, ROOT, summary(found));
    }
}

fn mfa(active: Option<bool>) -> Verdict {
    match active {
        Some(true) => Verdict::Green("MFA is active for the root user.".to_owned()),
        Some(false) => Verdict::Red("No MFA is active for the root user.".to_owned()),
        None => Verdict::Unknown,
    }
}

fn root_mfa(known: &Known<'_>, sheet: &mut Sheet) {
    of_root(
        known,
        sheet,
        |row| mfa(row.get("mfa_active").bool()),
        |summary| {
            mfa(summary
                .get("SummaryMap")
                .get("AccountMFAEnabled")
                .int()
                .map(|n| n > 0))
        },
    );
}

fn keys(active: Option<bool>) -> Verdict {
    match active {
        Some(true) => Verdict::Red("The root user has an active access key.".to_owned()),
        Some(false) => Verdict::Green("The root user has no access key.".to_owned()),
        None => Verdict::Unknown,
    }
}

fn root_keys(known: &Known<'_>, sheet: &mut Sheet) {
    of_root(
        known,
        sheet,
        |row| {
            let active = |key: &str| row.get(key).bool();
            keys(
                match (active("access_key_1_active"), active("access_key_2_active")) {
                    (None, None) => None,
                    (a, b) => Some(a == Some(true) || b == Some(true)),
                },
            )
        },
        |summary| {
            keys(
                summary
                    .get("SummaryMap")
                    .get("AccountAccessKeysPresent")
                    .int()
                    .map(|n| n > 0),
            )
        },
    );
}

fn user_mfa(row: &Resource<'_>, known: &Known<'_>) -> Verdict {
    if is_root(row) || !row.is_current(known) || row.get("password_enabled").bool() == Some(false) {
        return Verdict::Other;
    }
    match (row.get("password_enabled").bool(), row.get("mfa_active").bool()) {
        (Some(true), Some(true)) => Verdict::Green("Has a password and MFA.".to_owned()),
        (Some(true), Some(false)) => Verdict::Red("Has a console password and no MFA.".to_owned()),
        _ => Verdict::Unknown,
    }
}

fn use_of_iam(known: &Known<'_>, sheet: &mut Sheet) {
    let verdict = |users: i64| match users {
        0 => Verdict::Yellow("The account has no IAM user.".to_owned()),
        n => Verdict::Green(format!("The account has {}.", count(n, "IAM user"))),
    };
    for root in rows(known).filter(|row| is_root(row)) {
        let own = rows(known).filter(|row| !is_root(row) && row.account == root.account);
        let users = i64::try_from(own.count()).unwrap_or(i64::MAX);
        sheet.note_as(root, ACCOUNT, root.account, "", verdict(users));
    }
    let told = |account: &str| rows(known).any(|row| row.account == account);
    for summary in known.all(SUMMARY).iter().filter(|s| !told(s.account)) {
        let users = summary.get("SummaryMap").get("Users").int();
        sheet.note_as(
            summary,
            ACCOUNT,
            summary.account,
            "",
            users.map_or(Verdict::Unknown, verdict),
        );
    }
}

fn password_policy(policy: &Resource<'_>) -> Verdict {
    const CONTENT: [(&str, &str); 4] = [
        ("RequireUppercaseCharacters", "uppercase letters"),
        ("RequireLowercaseCharacters", "lowercase letters"),
        ("RequireNumbers", "numbers"),
        ("RequireSymbols", "symbols"),
    ];
    let Some(body) = policy.with("MinimumPasswordLength") else {
        return Verdict::Unknown;
    };
    let mut weak: Vec<String> = CONTENT
        .iter()
        .filter(|(key, _)| !body.get(key).yes())
        .map(|(_, what)| format!("no {what} required"))
        .collect();
    let length = body.get("MinimumPasswordLength").int().unwrap_or_default();
    if length < 8 {
        weak.push(format!("length {length} is enough"));
    }
    if weak.is_empty() {
        Verdict::Green(format!(
            "All kinds of characters and a length of {length} are required."
        ))
    } else {
        Verdict::Yellow(format!("The policy is weak: {}.", weak.join(", ")))
    }
}

fn key_rotation(row: &Resource<'_>, known: &Known<'_>) -> Verdict {
    if !row.is_current(known) {
        return Verdict::Other;
    }
    let mut oldest: Option<(i64, &str)> = None;
    for (key, active, rotated) in [
        ("1", "access_key_1_active", "access_key_1_last_rotated"),
        ("2", "access_key_2_active", "access_key_2_last_rotated"),
    ] {
        if !row.get(active).yes() {
            continue;
        }
        let Some(at) = row.get(rotated).time() else {
            return Verdict::Unknown;
        };
        oldest = oldest.max(Some((known.days_since(at), key)));
    }
    let Some((days, key)) = oldest else {
        return Verdict::Other;
    };
    let text = format!("Key {key} was rotated {} ago.", count(days, "day"));
    match days {
        731.. => Verdict::Red(text),
        91.. => Verdict::Yellow(text),
        _ => Verdict::Green(text),
    }
}

fn quarantined(known: &Known<'_>, sheet: &mut Sheet) {
    const QUARANTINE: &str = "AWSCompromisedKeyQuarantine";
    for user in known.all(USER) {
        let Some(body) = user.with("AttachedManagedPolicies") else {
            sheet.note(user, Verdict::Unknown);
            continue;
        };
        let names = body
            .get("AttachedManagedPolicies")
            .list()
            .map(|p| p.get("PolicyName").text());
        let found: Vec<_> = names.filter(|name| name.starts_with(QUARANTINE)).collect();
        let verdict = if found.is_empty() {
            Verdict::Green("No quarantine policy is attached.".to_owned())
        } else {
            Verdict::Red(format!("{} is attached.", some(found)))
        };
        sheet.note(user, verdict);
    }
    for policy in known.all(ATTACHED) {
        let name = policy.get("PolicyName").text();
        let verdict = if name.starts_with(QUARANTINE) {
            Verdict::Red(format!(
                "{name} is attached to a user; the answer does not say to which."
            ))
        } else {
            Verdict::Green(format!("{name} is attached, which is no quarantine policy."))
        };
        sheet.note(policy, verdict);
    }
}

fn expiry(certificate: &Resource<'_>, known: &Known<'_>, soon: i64) -> Verdict {
    let Some(until) = certificate.get("Expiration").time() else {
        return Verdict::Unknown;
    };
    let day = iso(until).chars().take(10).collect::<String>();
    if until <= known.now_ns {
        Verdict::Red(format!("{} expired on {day}.", certificate.label()))
    } else if until.saturating_sub(known.now_ns) <= soon.saturating_mul(DAY) {
        Verdict::Yellow(format!("{} expires on {day}.", certificate.label()))
    } else {
        Verdict::Green(format!("{} is valid until {day}.", certificate.label()))
    }
}

fn distribution_certificate(distribution: &Resource<'_>, known: &Known<'_>) -> Verdict {
    let config = distribution.get("DistributionConfig").get("ViewerCertificate");
    let viewer = if config.is_there() {
        config
    } else {
        distribution.get("ViewerCertificate")
    };
    if !viewer.is_there() {
        return Verdict::Unknown;
    }
    let id = viewer.get("IAMCertificateId").text();
    if id.is_empty() {
        return Verdict::Other;
    }
    // IAM is of no Region, and neither is CloudFront.
    let mut all = known.all(CERTIFICATE).iter();
    all.find(|c| c.id == id)
        .map_or(Verdict::Unknown, |certificate| expiry(certificate, known, 7))
}
