//! AWS WAF logs: what a web ACL did with a request, and by which rule.
//!
//! Fields have the names of the log. Derived: `account` and `region` out of the web ACL's ARN, `userAgent` and the host out
//! of the request's headers, `outcome` (`failed` where the request was not let through); see also [`super::access`].

use super::access::{HOST, OUTCOME, PATH, target};
use super::json::Spec;
use super::json::lazy::Json;
use super::json::objects::Objects;
use crate::base::{Facts, FieldSpec as F, Group, Role};

static FACTS: Facts = Facts {
    id: "waf",
    title: "AWS WAF logs",
    records: "requests",
    group: Group::AwsService,
    spec_url: "https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html",
    shapes: &[
        "S3 files (JSON lines, gzip)",
        "Firehose and CloudWatch Logs deliveries, also over several lines",
        "AWS WAF Classic",
    ],
    export_hint: "aws s3 sync s3://aws-waf-logs-NAME/AWSLogs/ACCOUNT/WAFLogs/ .",
    fields: &[
        F::time("timestamp").role(Role::Time),
        F::text("action").role(Role::Action),
        F::text("terminatingRuleId"),
        F::text("terminatingRuleType"),
        F::address("httpRequest.clientIp").role(Role::SourceAddress),
        F::text("httpRequest.country"),
        F::text("httpRequest.httpMethod"),
        F::text("httpRequest.uri"),
        F::text("httpRequest.args"),
        F::text("httpRequest.httpVersion"),
        F::text("httpRequest.scheme"),
        F::text("httpRequest.host"),
        F::text("httpRequest.requestId").role(Role::Id),
        F::text("userAgent").role(Role::UserAgent),
        F::int("responseCodeSent").role(Role::Status),
        F::text("webaclId").role(Role::Resource),
        F::text("httpSourceName").role(Role::Service),
        F::text("httpSourceId"),
        F::list("labels.name"),
        F::list("ruleGroupList.ruleGroupId"),
        F::list("nonTerminatingMatchingRules.ruleId"),
        F::list("rateBasedRuleList.rateBasedRuleName"),
        F::text("terminatingRuleMatchDetails"),
        F::text("captchaResponse.failureReason"),
        F::text("challengeResponse.failureReason"),
        F::text("ja3Fingerprint"),
        F::text("ja4Fingerprint"),
        F::int("requestBodySize").unit("B"),
        F::int("formatVersion"),
        F::text("account").role(Role::Account),
        F::text("region").role(Role::Region),
        HOST,
        PATH,
        OUTCOME,
    ],
    columns: &[
        "timestamp",
        "action",
        "terminatingRuleId",
        "httpRequest.clientIp",
        "httpRequest.country",
        "httpRequest.httpMethod",
        "requestHost",
        "requestPath",
        "labels.name",
    ],
    aliases: &[
        ("requestMethod", "httpRequest.httpMethod"),
        ("statusCode", "responseCodeSent"),
        ("user_agent", "userAgent"),
        ("requestError", "terminatingRuleId"),
    ],
    dedupe: false,
};

const ACTION: usize = 0;
const ACL: usize = 1;
const HEADERS: usize = 2;
const URI: usize = 3;
const OWN_HOST: usize = 4;

pub(super) static FORMAT: Objects = Objects {
    facts: &FACTS,
    spec: Spec {
        records: &[],
        context: &[],
        any_kind: false,
    },
    marks: &["formatVersion", "webaclId", "terminatingRuleId", "action"],
    elsewhere: &[
        ("labels[].name", "labels.name"),
        ("ruleGroupList[].ruleGroupId", "ruleGroupList.ruleGroupId"),
        (
            "nonTerminatingMatchingRules[].ruleId",
            "nonTerminatingMatchingRules.ruleId",
        ),
        (
            "rateBasedRuleList[].rateBasedRuleName",
            "rateBasedRuleList.rateBasedRuleName",
        ),
    ],
    derived: &[
        "account",
        "region",
        "userAgent",
        "requestHost",
        "requestPath",
        "outcome",
    ],
    parts: &[
        "action",
        "webaclId",
        "httpRequest.headers",
        "httpRequest.uri",
        "httpRequest.host",
    ],
    derive: |parts, to| {
        let acl = parts.text(ACL);
        // `arn:aws:wafv2:REGION:ACCOUNT:regional/webacl/NAME/ID`; of WAF Classic it is a bare id.
        let mut arn = acl.split(|b| *b == b':').skip(3);
        if let (Some(region), Some(account)) = (arn.next(), arn.next()) {
            to.text(0, account);
            to.text(1, region);
        }
        let mut host = parts.text(OWN_HOST).into_owned();
        let headers = parts.get(HEADERS).and_then(|raw| Json::of(raw.bytes));
        for header in headers.iter().flat_map(|all| all.elements()) {
            let name = header.get("name").and_then(Json::str).unwrap_or_default();
            let value = || header.get("value").and_then(Json::str).unwrap_or_default();
            if name.eq_ignore_ascii_case("user-agent") {
                to.text(2, value().as_bytes());
            } else if name.eq_ignore_ascii_case("host") && host.is_empty() {
                host = value().into_owned().into_bytes();
            }
        }
        to.text(3, &host);
        to.text(4, &target(&parts.text(URI)).1);
        // A request that was asked to prove itself has not been let through.
        let is_stopped = matches!(&*parts.text(ACTION), b"BLOCK" | b"CAPTCHA" | b"CHALLENGE");
        to.text(5, if is_stopped { b"failed" } else { b"ok" });
    },
};

#[cfg(test)]
mod tests {
    #[test]
    fn fixtures() {
        crate::formats::testing::fixtures("waf");
    }
}
