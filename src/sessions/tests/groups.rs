//! What is new, what is unusual and what went through in the end: each with its near misses.

use super::super::*;
use super::at;

fn habit(principal: &str, first: &str, last: &str, values: [&str; 4]) -> Habit {
    let [service, region, network, agent] = values.map(str::to_owned);
    let principal = principal.to_owned();
    Habit {
        principal,
        first_ns: at(first),
        last_ns: at(last),
        service,
        region,
        network,
        agent,
        calls: 3,
    }
}

#[test]
fn what_is_new_after_the_baseline_is_marked() {
    let usual = ["ec2", "eu-central-1", "192.0.2.0/24", "aws-cli"];
    let habits = [
        habit("anna", "01 09:00", "20 09:00", usual),
        // Within the baseline, which ends on the 6th at 03:00.
        habit(
            "anna",
            "04 09:00",
            "04 10:00",
            ["s3", "eu-central-1", "192.0.2.0/24", "aws-cli"],
        ),
        // A new combination of values that were all seen.
        habit(
            "anna",
            "10 09:00",
            "10 09:00",
            ["s3", "eu-central-1", "192.0.2.0/24", "aws-cli"],
        ),
        habit(
            "anna",
            "11 01:00",
            "11 02:00",
            ["ec2", "us-east-1", "203.0.113.0/24", "aws-cli"],
        ),
        // Seen the hour before: no longer new.
        habit(
            "anna",
            "11 02:00",
            "11 02:30",
            ["s3", "us-east-1", "203.0.113.0/24", "aws-cli"],
        ),
        habit(
            "anna",
            "12 09:00",
            "12 09:00",
            ["ec2", "eu-central-1", "", "console"],
        ),
        // Another one's habits do not count.
        habit(
            "ben",
            "01 09:00",
            "20 09:00",
            ["iam", "us-east-1", "203.0.113.0/24", "console"],
        ),
        // A day is its own baseline.
        habit("carla", "01 09:00", "01 10:00", usual),
        habit(
            "carla",
            "02 09:00",
            "02 09:00",
            ["iam", "us-east-1", "203.0.113.0/24", "console"],
        ),
    ];
    let told = first_seen(&habits);
    let seen: Vec<(&str, &str, &[Dimension])> = told
        .seen
        .iter()
        .map(|s| {
            (
                s.habit.principal.as_str(),
                s.habit.service.as_str(),
                s.new.as_slice(),
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("anna", "ec2", [Dimension::Region, Dimension::Network].as_slice()),
            ("anna", "ec2", &[Dimension::Agent]),
        ]
    );
    assert!(told.seen.iter().all(|s| s.baseline_ns == at("06 03:00")));
    assert_eq!(told.not_judged, ["carla"]);
}

/// Calls at 08:30 to 11:30 on some days.
fn office(principal: &str, days: std::ops::Range<u32>, calls: u64) -> Vec<HourCalls> {
    let hours = days.flat_map(|day| (8..12).map(move |hour| format!("{day:02} {hour:02}:30")));
    hours
        .map(|time| HourCalls {
            principal: principal.to_owned(),
            at_ns: at(&time),
            calls,
        })
        .collect()
}

#[test]
fn hours_are_unusual_against_ones_own() {
    // 2 November 2026 is a Monday.
    let mut groups = office("anna", 2..7, 4);
    groups.extend(office("few-calls", 2..7, 1));
    groups.extend(office("few-days", 2..6, 9));
    let more = |principal: &str, time: &str, calls| HourCalls {
        principal: principal.to_owned(),
        at_ns: at(time),
        calls,
    };
    groups.extend([
        more("anna", "03 02:44", 5),
        more("anna", "04 12:10", 1),
        more("anna", "05 13:10", 1),
        more("anna", "07 09:00", 2),
        more("few-calls", "03 02:44", 5),
        more("few-days", "03 02:44", 5),
        more("anna", "03 05:44", 0),
    ]);
    let told = unusual_hours(&groups);
    let known: Vec<(&str, bool, usize)> = told
        .iter()
        .map(|h| (h.principal.as_str(), h.is_known, h.unusual.len()))
        .collect();
    assert_eq!(
        known,
        [("anna", true, 2), ("few-calls", false, 0), ("few-days", false, 0)]
    );
    let anna = told.first().expect("one");
    // The night once, and a Saturday; 12:10 and 13:10 are next to hours of other days.
    let unusual: Vec<(i64, u64)> = anna.unusual.iter().map(|h| (h.at_ns, h.calls)).collect();
    assert_eq!(unusual, [(at("03 02:00"), 5), (at("07 09:00"), 2)]);
    let monday: Vec<u8> = anna.usual.iter().copied().filter(|hour| *hour < 24).collect();
    assert_eq!(monday, [7, 8, 9, 10, 11, 12, 13]);
    assert_eq!((anna.calls, anna.days), (89, 6));
    assert!(anna.usual.iter().all(|hour| *hour < 5 * 24));
}

#[test]
fn a_night_becomes_usual_the_second_time() {
    let mut groups = office("anna", 2..7, 4);
    for time in ["03 02:44", "04 03:44"] {
        groups.push(HourCalls {
            principal: "anna".to_owned(),
            at_ns: at(time),
            calls: 1,
        });
    }
    assert_eq!(unusual_hours(&groups).first().expect("one").unusual, []);
}

fn outcomes(who: &str, person: &str, call: &str, error: &str, times: [&str; 2]) -> Outcomes {
    let [first_ns, last_ns] = times.map(at);
    Outcomes {
        first_ns,
        last_ns,
        principal: who.to_owned(),
        key: format!("KEY-{who}"),
        person: person.to_owned(),
        service: "iam".to_owned(),
        call: call.to_owned(),
        error: error.to_owned(),
        calls: 2,
    }
}

#[test]
fn a_denial_that_was_overcome_is_told() {
    let groups = [
        outcomes("anna", "", "CreateUser", "AccessDenied", ["11 01:00", "11 01:10"]),
        outcomes(
            "anna",
            "",
            "CreateUser",
            "AccessDeniedException",
            ["11 01:05", "11 01:20"],
        ),
        outcomes("anna", "", "CreateUser", "", ["11 02:00", "11 02:00"]),
        outcomes("anna", "", "CreateUser", "", ["11 05:00", "11 05:00"]),
        // Through another role of the same person.
        outcomes(
            "ben",
            "p-ben",
            "AttachUserPolicy",
            "AccessDenied",
            ["11 01:00", "11 01:00"],
        ),
        outcomes(
            "admin/ben",
            "p-ben",
            "AttachUserPolicy",
            "",
            ["11 03:00", "11 03:00"],
        ),
        // It had worked before.
        outcomes("carla", "", "CreateUser", "", ["11 00:30", "11 04:00"]),
        outcomes(
            "carla",
            "",
            "CreateUser",
            "AccessDenied",
            ["11 01:00", "11 01:00"],
        ),
        // It had worked before, for the same person.
        outcomes("admin/dora", "p-dora", "CreateUser", "", ["11 00:30", "11 00:30"]),
        outcomes(
            "dora",
            "p-dora",
            "CreateUser",
            "AccessDenied",
            ["11 01:00", "11 01:00"],
        ),
        outcomes("dora", "p-dora", "CreateUser", "", ["11 02:00", "11 02:00"]),
        // Someone else's success, another call, and an error that is no denial.
        outcomes(
            "emil",
            "p-emil",
            "CreateUser",
            "AccessDenied",
            ["11 01:00", "11 01:00"],
        ),
        outcomes("emil", "p-emil", "DeleteUser", "", ["11 02:00", "11 02:00"]),
        outcomes(
            "fay",
            "",
            "CreateUser",
            "EntityAlreadyExists",
            ["11 01:00", "11 01:00"],
        ),
        outcomes("fay", "", "CreateUser", "", ["11 02:00", "11 02:00"]),
    ];
    let told = recovered(&groups);
    let short: Vec<_> = told
        .iter()
        .map(|r| {
            let (denied, allowed) = (&r.denied, &r.allowed);
            (
                denied.principal.as_str(),
                denied.calls,
                allowed.principal.as_str(),
                allowed.first_ns,
                r.same,
            )
        })
        .collect();
    assert_eq!(
        short,
        [
            ("ben", 2, "admin/ben", at("11 03:00"), Sameness::Person),
            ("anna", 4, "anna", at("11 02:00"), Sameness::Principal),
        ]
    );
    let anna = told.last().expect("one");
    assert_eq!(anna.errors, ["AccessDenied", "AccessDeniedException"]);
    assert_eq!((anna.denied.last_ns, anna.allowed.calls), (at("11 01:20"), 4));
    assert_eq!(anna.allowed.keys, ["KEY-anna"]);
}

#[test]
fn codes_of_missing_permission_are_told_from_others() {
    for (code, is) in [
        ("AccessDenied", true),
        ("Client.UnauthorizedOperation", true),
        ("AccessDeniedException", true),
        ("VpceAccessDenied", true),
        ("NotAuthorizedException", true),
        ("UnauthorizedAccess", true),
        ("Client.DryRunOperation", false),
        ("ThrottlingException", false),
        ("", false),
    ] {
        assert_eq!(is_denial(code), is, "{code}");
    }
}
