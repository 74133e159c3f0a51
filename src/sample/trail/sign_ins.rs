//! Sign-ins at the console.

use super::event::*;
use crate::base::time::MINUTE;
use crate::sample::random::Random;
use crate::sample::story::*;
use serde_json::{Value, json};

/// A sign-in at the console; `mfa` as CloudTrail spells it.
fn sign_in(t: i64, name: &str, from: &str, succeeds: bool, mfa: &str, random: &mut Random) -> Value {
    let mut who = user(name, "");
    if let Some(who) = who.as_object_mut() {
        who.remove("accessKeyId");
    }
    let mut more = json!({
        "awsRegion": GLOBAL,
        "eventType": "AwsConsoleSignIn",
        "responseElements": {"ConsoleLogin": if succeeds { "Success" } else { "Failure" }},
        "additionalEventData": {
            "LoginTo": "https://console.aws.amazon.com/console/home",
            "MobileVersion": "No",
            "MFAUsed": mfa,
        },
    });
    if !succeeds {
        more["errorMessage"] = json!("Failed authentication");
    }
    let (service, call, agent) = ("signin", "ConsoleLogin", BROWSER);
    event(
        Call {
            at: t,
            who,
            service,
            name: call,
            from,
            agent,
            more,
        },
        random,
    )
}

/// Mara's of each morning, and those of the night.
pub fn all(random: &mut Random) -> Vec<Value> {
    let mut events = Vec::new();
    for day in (FIRST_DAY..).take(DAYS) {
        let t = at(day, 7, 41, 12) + i64::from(day % 3) * MINUTE;
        let t = if day == 11 { at(11, 7, 41, 12) } else { t };
        events.push(sign_in(t, "mara.lind", OFFICE, true, "Yes", random));
    }
    for second in [4, 31, 58] {
        events.push(sign_in(
            at(11, 2, 44, second),
            "mara.lind",
            INTRUDER,
            false,
            "No",
            random,
        ));
    }
    events.push(sign_in(
        at(11, 2, 47, 20),
        "build-bot",
        INTRUDER,
        true,
        "No",
        random,
    ));
    events
}
