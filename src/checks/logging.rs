//! Would anyone find out what happened? Trails, flow logs, log groups, the Config recorder.

use super::judge::{ACCOUNT, Category, Check, CheckFacts, Need, Sheet, Verdict};
use super::known::{Known, Resource};
use super::say::{count, some, yellow_unless};

const TRAIL: &str = "AWS::CloudTrail::Trail";
const TRAIL_STATUS: &str = "TrailStatus";
const TRAILS: Need = Need {
    types: &[TRAIL],
    command: "aws cloudtrail describe-trails, or AWS Config items of AWS::CloudTrail::Trail",
};
const VPC: &str = "AWS::EC2::VPC";
const FLOW_LOG: &str = "AWS::EC2::FlowLog";
const RECORDER_STATUS: &str = "ConfigurationRecorderStatus";

pub(super) const CHECKS: &[Check] = &[
    Check::together(
        CheckFacts {
            id: "cloudtrail-logging",
            trusted_advisor: Some("vjafUGJ9H0"),
            title: "CloudTrail off or failing",
            category: Category::Security,
            criteria: "Red: there is no trail, or its logging is turned off. Yellow: it reports errors of delivery.",
            beyond: "Answers of get-trail-status do not name their trail: they are counted on when there is one for each trail, or only one trail. Management events of a trail are not looked at.",
            needs: &[
                TRAILS,
                Need {
                    types: &[TRAIL_STATUS],
                    command: "aws cloudtrail get-trail-status for each trail",
                },
            ],
        },
        trail_status,
    ),
    Check::together(
        CheckFacts {
            id: "cloudtrail-all-regions",
            trusted_advisor: None,
            title: "Regions that no trail records",
            category: Category::Security,
            criteria: "Green: a trail of the account records all Regions, with global services. Red: none does.",
            beyond: "Whether such a trail is logging is another check. That there is none is only known from describe-trails: AWS Config tells of a trail in its home Region alone.",
            needs: &[TRAILS],
        },
        all_regions,
    ),
    Check::each(
        CheckFacts {
            id: "cloudtrail-validation",
            trusted_advisor: None,
            title: "Trails without log file validation",
            category: Category::Security,
            criteria: "Green: the trail writes digest files. Yellow: it does not.",
            beyond: "The CIS AWS Foundations benchmark asks for this.",
            needs: &[TRAILS],
        },
        |trail, _| {
            yellow_unless(
                trail.get("LogFileValidationEnabled").bool(),
                "Digest files are written.",
                "No digest files are written: changes to log files go unnoticed.",
            )
        },
    ),
    Check::each(
        CheckFacts {
            id: "cloudtrail-log-group",
            trusted_advisor: None,
            title: "Trails that send nothing to CloudWatch Logs",
            category: Category::OperationalExcellence,
            criteria: "Green: the trail sends its events to a log group. Yellow: it does not, so no metric filter can watch them.",
            beyond: "Events can be watched in EventBridge too, which is not looked at.",
            needs: &[TRAILS],
        },
        |trail, _| {
            let Some(body) = trail.with("S3BucketName") else {
                return Verdict::Unknown;
            };
            match body.get("CloudWatchLogsLogGroupArn").text() {
                "" => Verdict::Yellow("Events go to no log group.".to_owned()),
                group => Verdict::Green(format!("Events go to {group}.")),
            }
        },
    ),
    Check::each_of(
        &[VPC],
        CheckFacts {
            id: "vpc-flow-logs",
            trusted_advisor: None,
            title: "VPCs without flow logs",
            category: Category::OperationalExcellence,
            criteria: "Green: a flow log of the VPC is active. Yellow: none is, or none records rejected traffic.",
            beyond: "Flow logs of the VPC's subnets and interfaces do not count for all of it.",
            needs: &[
                Need {
                    types: &[VPC],
                    command: "aws ec2 describe-vpcs, or AWS Config items of AWS::EC2::VPC",
                },
                Need {
                    types: &[FLOW_LOG],
                    command: "aws ec2 describe-flow-logs, or AWS Config items of AWS::EC2::FlowLog",
                },
            ],
        },
        flow_logs,
    ),
    Check::each(
        CheckFacts {
            id: "log-group-retention",
            trusted_advisor: None,
            title: "Log groups that keep everything for good",
            category: Category::OperationalExcellence,
            criteria: "Green: the log group has a retention time. Yellow: it never expires.",
            beyond: "Whether keeping is required is not known.",
            needs: &[Need {
                types: &["AWS::Logs::LogGroup"],
                command: "aws logs describe-log-groups, or AWS Config items of AWS::Logs::LogGroup",
            }],
        },
        retention,
    ),
    Check::each(
        CheckFacts {
            id: "config-recorder",
            trusted_advisor: None,
            title: "AWS Config recorder off or failing",
            category: Category::OperationalExcellence,
            criteria: "Red: the recorder is off. Yellow: its last delivery failed.",
            beyond: "Regions without a recorder give no answer and are not seen. What is recorded is not looked at.",
            needs: &[Need {
                types: &[RECORDER_STATUS],
                command: "aws configservice describe-configuration-recorder-status",
            }],
        },
        recorder,
    ),
];

fn trail_status(known: &Known<'_>, sheet: &mut Sheet) {
    let (trails, told) = (known.all(TRAIL), known.all(TRAIL_STATUS));
    if trails.is_empty() {
        for (account, region) in known.exported(TRAIL) {
            sheet.note_absence(account, region, "The account has no trail.");
        }
        return;
    }
    // A status knows its trail by its number only: each trail has one, or one stands for the only trail.
    let whole = told.len() >= trails.len();
    let off: Vec<_> = told
        .iter()
        .filter(|s| s.get("IsLogging").bool() == Some(false))
        .collect();
    for trail in trails {
        let verdict = match (off.first(), told) {
            (Some(_), [_]) if trails.len() == 1 => Verdict::Red("Logging is turned off.".to_owned()),
            (Some(_), _) if off.len() >= trails.len() => Verdict::Red("Logging is turned off.".to_owned()),
            (None, _) if whole => {
                let errors: Vec<_> = told
                    .iter()
                    .flat_map(|s| {
                        [
                            s.get("LatestDeliveryError").text(),
                            s.get("LatestCloudWatchLogsDeliveryError").text(),
                        ]
                    })
                    .filter(|error| !error.is_empty())
                    .collect();
                if errors.is_empty() {
                    Verdict::Green("The trail is logging.".to_owned())
                } else {
                    Verdict::Yellow(format!(
                        "A trail is logging, with errors of delivery: {}.",
                        some(errors)
                    ))
                }
            }
            _ => Verdict::Unknown,
        };
        sheet.note(trail, verdict);
    }
    // Which of several trails is off is not told, that one is off is.
    if trails.len() > 1 && off.len() < trails.len() {
        for status in off {
            sheet.note(
                status,
                Verdict::Red("One of the trails is not logging; its status does not name it.".to_owned()),
            );
        }
    }
}

fn all_regions(known: &Known<'_>, sheet: &mut Sheet) {
    let trails = known.all(TRAIL);
    if trails.is_empty() {
        for (account, region) in known.exported(TRAIL) {
            sheet.note_absence(account, region, "The account has no trail.");
        }
        return;
    }
    let mut accounts: Vec<&str> = trails.iter().map(|t| t.account).collect();
    accounts.sort_unstable();
    accounts.dedup();
    for account in accounts {
        let own = || trails.iter().filter(|t| t.account == account);
        let Some(first) = own().next() else { continue };
        let whole = own().find(|t| {
            t.get("IsMultiRegionTrail").yes() && t.get("IncludeGlobalServiceEvents").bool() != Some(false)
        });
        let verdict = match whole {
            Some(trail) => Verdict::Green(format!("{} records all Regions.", trail.label())),
            // Config tells of a trail only in its home Region.
            None if !own().any(|t| t.is_listed() && t.with("IsMultiRegionTrail").is_some()) => {
                Verdict::Unknown
            }
            None => Verdict::Red(format!(
                "None of {} records all Regions.",
                count(own().count(), "trail")
            )),
        };
        sheet.note_as(whole.unwrap_or(first), ACCOUNT, account, "", verdict);
    }
}

fn flow_logs(vpc: &Resource<'_>, known: &Known<'_>) -> Verdict {
    if !known.saw_near(FLOW_LOG, vpc) {
        return Verdict::Unknown;
    }
    let own: Vec<_> = known
        .near(FLOW_LOG, vpc)
        .filter(|log| log.get("ResourceId").text() == vpc.id)
        .filter(|log| log.get("FlowLogStatus").is("ACTIVE") || !log.get("FlowLogStatus").is_there())
        .collect();
    let failing = own.iter().find(|log| log.get("DeliverLogsStatus").is("FAILED"));
    if own.is_empty() {
        return Verdict::Yellow("No flow log of the VPC is active.".to_owned());
    }
    if let Some(log) = failing {
        return Verdict::Yellow(format!("{} fails to deliver.", log.id));
    }
    if own.iter().all(|log| log.get("TrafficType").is("ACCEPT")) {
        return Verdict::Yellow("Only accepted traffic is recorded.".to_owned());
    }
    Verdict::Green(format!("Recorded by {}.", some(own.iter().map(|log| log.id))))
}

fn retention(group: &Resource<'_>, _: &Known<'_>) -> Verdict {
    // Config and the command line alike leave the key out when nothing expires.
    let Some(body) = group.with("LogGroupName").or_else(|| group.with("Arn")) else {
        return Verdict::Unknown;
    };
    match body.get("RetentionInDays").int() {
        Some(days) => Verdict::Green(format!("Kept for {}.", count(days, "day"))),
        None => Verdict::Yellow("Nothing in it ever expires.".to_owned()),
    }
}

fn recorder(status: &Resource<'_>, _: &Known<'_>) -> Verdict {
    match (status.get("recording").bool(), status.get("lastStatus").text()) {
        (Some(false), _) => Verdict::Red("The recorder is off.".to_owned()),
        (Some(true), last) if last.eq_ignore_ascii_case("FAILURE") => Verdict::Yellow(format!(
            "The recorder is on; its last delivery failed: {}.",
            status.get("lastErrorMessage").text()
        )),
        (Some(true), _) => Verdict::Green("The recorder is on.".to_owned()),
        (None, _) => Verdict::Unknown,
    }
}
