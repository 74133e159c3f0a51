//! Queries to begin with, by the kind of log they are about.

use crate::session::Language;

pub struct Example {
    /// Registry id; empty: any kind.
    pub kind: &'static str,
    pub language: Language,
    pub title: &'static str,
    pub text: &'static str,
}

const fn insights(kind: &'static str, title: &'static str, text: &'static str) -> Example {
    Example {
        kind,
        language: Language::Insights,
        title,
        text,
    }
}

const fn filter(kind: &'static str, title: &'static str, text: &'static str) -> Example {
    Example {
        kind,
        language: Language::Filter,
        title,
        text,
    }
}

/// Most useful first within a kind.
pub static EXAMPLES: &[Example] = &[
    insights(
        "vpc-flow",
        "Top talkers",
        "# Who sent most\nSOURCE \"vpc-flow\"\n| stats count(*) as flows, sum(bytes) as total_bytes by srcaddr\n| sort total_bytes desc\n| limit 100",
    ),
    insights(
        "vpc-flow",
        "Who reached port 22",
        "# Who reached SSH, and how much was sent\nSOURCE \"vpc-flow\"\n| filter dstport = 22 and action = \"ACCEPT\"\n| stats count(*) as flows, sum(bytes) as total_bytes, earliest(@timestamp) as first by srcaddr, dstaddr\n| sort flows desc",
    ),
    insights(
        "vpc-flow",
        "Rejected by port",
        "SOURCE \"vpc-flow\"\n| filter action = \"REJECT\"\n| stats count(*) as rejected by dstport\n| sort rejected desc\n| limit 50",
    ),
    insights(
        "vpc-flow",
        "Accepted and rejected over time",
        "SOURCE \"vpc-flow\"\n| stats count(*) as flows by bin(1h), action",
    ),
    insights(
        "vpc-flow",
        "Largest transfers out",
        "SOURCE \"vpc-flow\"\n| filter isIpv4InSubnet(srcaddr, \"10.0.0.0/8\") and not isIpv4InSubnet(dstaddr, \"10.0.0.0/8\")\n| stats sum(bytes) as total_bytes by srcaddr, dstaddr, dstport\n| sort total_bytes desc\n| limit 50",
    ),
    insights(
        "cloudtrail",
        "Denied calls by user",
        "# What was refused, to whom\nSOURCE \"cloudtrail\"\n| filter ispresent(errorCode)\n| stats count(*) as calls by userIdentity.arn, errorCode\n| sort calls desc",
    ),
    insights(
        "cloudtrail",
        "Calls over time by service",
        "SOURCE \"cloudtrail\"\n| stats count(*) as calls by bin(1h), eventSource",
    ),
    insights(
        "cloudtrail",
        "Changes, the latest first",
        "SOURCE \"cloudtrail\"\n| filter readOnly = false\n| fields @timestamp, eventName, userIdentity.arn, sourceIPAddress, awsRegion, errorCode\n| sort @timestamp desc",
    ),
    insights(
        "cloudtrail",
        "Console sign-ins",
        "SOURCE \"cloudtrail\"\n| filter eventName = \"ConsoleLogin\"\n| fields @timestamp, userIdentity.userName, sourceIPAddress, responseElements.ConsoleLogin, additionalEventData.MFAUsed\n| sort @timestamp desc",
    ),
    insights(
        "cloudtrail",
        "Where an access key is used from",
        "SOURCE \"cloudtrail\"\n| filter ispresent(userIdentity.accessKeyId)\n| stats count(*) as calls, count_distinct(sourceIPAddress) as addresses, latest(sourceIPAddress) as last by userIdentity.accessKeyId\n| sort addresses desc",
    ),
    insights(
        "config",
        "Changes by resource type",
        "SOURCE \"config\"\n| stats count(*) as items by resourceType\n| sort items desc",
    ),
    insights(
        "config",
        "Changes a day",
        "SOURCE \"config\"\n| stats count(*) as items by bin(1d), resourceType",
    ),
    insights(
        "guardduty",
        "Findings by type",
        "SOURCE \"guardduty\"\n| stats count(*) as findings by Type\n| sort findings desc",
    ),
    insights(
        "asff",
        "Findings by severity and product",
        "SOURCE \"asff\"\n| stats count(*) as findings by Severity.Label, ProductName\n| sort findings desc",
    ),
    insights(
        "prowler",
        "Failed checks by service",
        "SOURCE \"prowler\"\n| filter STATUS = \"FAIL\"\n| stats count(*) as failed by SERVICE_NAME\n| sort failed desc",
    ),
    insights(
        "trusted-advisor",
        "Checks by category and status",
        "SOURCE \"trusted-advisor\"\n| stats count(*) as checks by category, status\n| sort checks desc",
    ),
    insights(
        "",
        "Records by kind",
        "stats count(*) as records by @kind\n| sort records desc",
    ),
    insights(
        "",
        "Records over time",
        "stats count(*) as records by bin(1h), @kind",
    ),
    insights(
        "",
        "The latest records",
        "fields @timestamp, @kind, @message\n| sort @timestamp desc\n| limit 100",
    ),
    insights("", "Patterns in the texts", "pattern @message"),
    filter(
        "cloudtrail",
        "Calls that were denied",
        "{ ($.errorCode = \"*UnauthorizedOperation\") || ($.errorCode = \"AccessDenied*\") }",
    ),
    filter(
        "cloudtrail",
        "Console sign-ins without MFA",
        "{ ($.eventName = \"ConsoleLogin\") && ($.additionalEventData.MFAUsed != \"Yes\") }",
    ),
    filter(
        "cloudtrail",
        "Root was used",
        "{ $.userIdentity.type = \"Root\" }",
    ),
    filter(
        "vpc-flow",
        "Rejected SSH and RDP",
        "[version, account, eni, source, destination, srcport, destport = 22 || destport = 3389, protocol, packets, bytes, start, end, action = REJECT, status]",
    ),
    filter("", "A word in the text", "?ERROR ?Exception ?denied"),
];

/// Those for what is loaded: of the kinds with most records first, then those for any.
pub fn for_kinds<'a>(
    kinds: &'a [(String, u64)],
    language: Language,
) -> impl Iterator<Item = &'static Example> + 'a {
    let mut ids: Vec<&str> = Vec::new();
    let mut by_rows: Vec<&(String, u64)> = kinds.iter().filter(|k| k.1 > 0).collect();
    by_rows.sort_by_key(|k| std::cmp::Reverse(k.1));
    ids.extend(by_rows.into_iter().map(|k| k.0.as_str()));
    ids.push("");
    let of = move |id: &str| {
        let id = id.to_owned();
        EXAMPLES
            .iter()
            .filter(move |e| e.kind == id && e.language == language)
    };
    ids.into_iter().flat_map(of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::insights::{Known, parse};
    use crate::language::pattern::Pattern;

    const FIELDS: &[&str] = &[
        "srcaddr",
        "dstaddr",
        "dstport",
        "action",
        "bytes",
        "eventName",
        "eventSource",
        "errorCode",
        "readOnly",
        "awsRegion",
        "sourceIPAddress",
        "userIdentity.arn",
        "userIdentity.userName",
        "userIdentity.accessKeyId",
        "responseElements.ConsoleLogin",
        "additionalEventData.MFAUsed",
        "resourceType",
        "Type",
        "Severity.Label",
        "ProductName",
        "STATUS",
        "SERVICE_NAME",
        "category",
        "status",
        "@kind",
    ];

    #[test]
    fn every_example_is_read_without_a_warning() {
        for e in EXAMPLES {
            match e.language {
                // Names that the data has are no names for what is made of it.
                Language::Insights => match parse(
                    e.text,
                    &Known {
                        kinds: &[],
                        fields: FIELDS,
                    },
                ) {
                    Ok(program) => assert_eq!(program.warnings, [], "{}", e.title),
                    Err(fault) => panic!("{}: {fault}", e.title),
                },
                Language::Filter => {
                    let read = Pattern::parse(e.text);
                    assert_eq!(read.map(|p| p.warnings).unwrap_or_default(), [], "{}", e.title);
                    assert!(Pattern::parse(e.text).is_ok(), "{}", e.title);
                }
            }
        }
    }

    #[test]
    fn the_kind_with_most_records_comes_first() {
        let kinds = [
            ("cloudtrail".to_owned(), 5),
            ("vpc-flow".to_owned(), 9),
            ("config".to_owned(), 0),
        ];
        let all: Vec<&str> = for_kinds(&kinds, Language::Insights).map(|e| e.kind).collect();
        assert_eq!((all.first(), all.last()), (Some(&"vpc-flow"), Some(&"")));
        assert!(all.contains(&"cloudtrail") && !all.contains(&"config"));
        assert_eq!(for_kinds(&[], Language::Filter).count(), 1);
    }
}
