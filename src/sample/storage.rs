//! Access logs of the bucket whose objects leave: everyday's requests, and one night somebody reads it all.

use super::random::Random;
use super::story::*;
use super::{SampleFile, file};
use crate::base::time::{HOUR, MINUTE, SECOND, civil};
use std::fmt::Write;

/// A day is a file.
pub const FILES: usize = DAYS;

const OWNER: &str = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be";
/// Objects that are read in the night, one after the other.
const STOLEN: i64 = 158;
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// GET requests that S3 counted in the hour of this number: the bill charges them.
pub fn requests_in(hour: i64) -> i64 {
    let start = at(FIRST_DAY, 0, 0, 0) + hour * HOUR;
    let (low, high) = if busy(start) { (40, 90) } else { (6, 20) };
    Random::new(0x7333_0000 + hour as u64).within(low, high) + stolen_in(start).count() as i64
}

/// When objects are read in an hour of the night.
fn stolen_in(start: i64) -> impl Iterator<Item = i64> {
    (0..STOLEN)
        .map(|n| at(11, 2, 2 + n, 30))
        .filter(move |t| (start..start + HOUR).contains(t))
}

/// `[11/Nov/2026:02:03:10 +0000]`
fn written(t: i64) -> String {
    let day = civil(t);
    let second = t.rem_euclid(24 * HOUR) / SECOND;
    format!(
        "[{:02}/{}/{}:{:02}:{:02}:{:02} +0000]",
        day.day,
        MONTHS[day.month as usize - 1],
        day.year,
        second / 3600,
        second / 60 % 60,
        second % 60
    )
}

struct Access<'a> {
    at: i64,
    from: &'a str,
    who: &'a str,
    verb: &'a str,
    key: &'a str,
    status: i64,
    bytes: i64,
    agent: &'a str,
}

fn line(text: &mut String, a: &Access<'_>, random: &mut Random) {
    let (error, sent) = match a.status {
        403 => ("AccessDenied", 243),
        404 => ("NoSuchKey", 300),
        _ => ("-", a.bytes),
    };
    let sent = if sent > 0 {
        sent.to_string()
    } else {
        "-".to_owned()
    };
    let took = a.bytes / 90_000 + random.within(8, 40);
    // Writing to a string has no way to fail.
    let _ = writeln!(
        text,
        "{OWNER} {BUCKET} {} {} {} {} REST.{}.OBJECT {} \"{} /{} HTTP/1.1\" {} {error} {sent} {} {took} {} \"-\" \"{}\" - \
         {}= SigV4 TLS_AES_128_GCM_SHA256 AuthHeader {BUCKET}.s3.{HOME}.amazonaws.com TLSv1.3 - -",
        written(a.at),
        a.from,
        a.who,
        random.hex(16).to_uppercase(),
        a.verb,
        a.key,
        a.verb,
        a.key,
        a.status,
        a.bytes.max(0),
        random.within(5, 30),
        a.agent,
        random.hex(16),
    );
}

pub fn make(index: usize) -> SampleFile {
    let mut random = Random::new(0x7334_0000 + index as u64);
    let hosts = hosts();
    let apps: Vec<&Host> = hosts.iter().filter(|h| h.name.starts_with("app")).collect();
    let mut text = String::new();
    let mut count = 0;
    let day = index as i64;
    for hour in day * 24..(day + 1) * 24 {
        let start = at(FIRST_DAY, 0, 0, 0) + hour * HOUR;
        let stolen: Vec<i64> = stolen_in(start).collect();
        // Logs are delivered on a best-effort basis: now and then one is missing.
        let usual = requests_in(hour) - stolen.len() as i64;
        let logged = usual - if hour % 7 == 3 { 2 } else { 0 };
        for n in 0..logged {
            let host = random.pick(&apps);
            let who = format!(
                "arn:aws:sts::{ACCOUNT}:assumed-role/app-instance-role/{}",
                host.instance.as_deref().unwrap_or("-")
            );
            let status = match random.within(0, 120) {
                0 => 404,
                1 => 304,
                _ => 200,
            };
            line(
                &mut text,
                &Access {
                    at: start + n * HOUR / usual.max(1) + random.within(0, 40) * SECOND,
                    from: &host.address,
                    who: &who,
                    verb: "GET",
                    key: &format!("exports/2026/11/orders-{:04}.csv", random.within(1, 400)),
                    status,
                    bytes: if status == 200 {
                        random.within(2_000, 900_000)
                    } else {
                        0
                    },
                    agent: "aws-sdk-java/2.29.6",
                },
                &mut random,
            );
            count += 1;
        }
        for t in stolen {
            let n = (t - at(11, 2, 2, 30)) / MINUTE;
            let even = TRANSFER / STOLEN;
            // The last one makes up for what does not divide.
            let bytes = if n == STOLEN - 1 {
                TRANSFER - even * n
            } else {
                even
            };
            let who = format!("arn:aws:sts::{ACCOUNT}:assumed-role/data-admin/backup-check");
            line(
                &mut text,
                &Access {
                    at: t,
                    from: "10.20.0.23",
                    who: &who,
                    verb: "GET",
                    key: &format!("exports/full/customers-{n:03}.parquet"),
                    status: 200,
                    bytes,
                    agent: "Boto3/1.28.0 Botocore/1.31.0 Kali",
                },
                &mut random,
            );
            count += 1;
        }
    }
    // Before, without the role: asked without credentials, and denied.
    for n in 0..if index == 2 { 5 } else { 0 } {
        line(
            &mut text,
            &Access {
                at: at(11, 1, 14, n * 9),
                from: INTRUDER,
                who: "-",
                verb: "GET",
                key: "exports/full/customers-000.parquet",
                status: 403,
                bytes: 0,
                agent: "curl/8.5.0",
            },
            &mut random,
        );
        count += 1;
    }
    let name = format!(
        "access-logs/{BUCKET}/2026-11-{:02}-23-59-00-{}",
        FIRST_DAY + index as u32,
        random.hex(16).to_uppercase()
    );
    file(name, "s3-access", count, text.into_bytes())
}
