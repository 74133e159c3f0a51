//! Two functions of the shop: their log groups as a subscription delivers them, and what the command line says of both.

use super::random::Random;
use super::story::*;
use super::{SampleFile, file, gzip, printed};
use crate::base::time::{HOUR, SECOND, iso};
use serde_json::{Value, json};

/// The groups' events, and answers of `lambda list-functions` and `logs describe-log-groups`.
pub const FILES: usize = 4;

/// A function: name, memory (MB), timeout (s), how long it takes at most and how much memory it uses (ms, MB), runtime.
struct Function {
    name: &'static str,
    memory: i64,
    timeout: i64,
    takes: (i64, i64),
    uses: (i64, i64),
    runtime: &'static str,
    arn: &'static str,
}

const FUNCTIONS: [Function; 2] = [
    Function {
        name: "export-orders",
        memory: 1024,
        timeout: 30,
        takes: (180, 2_900),
        uses: (120, 190),
        runtime: "python3.13",
        arn: "arn:aws:lambda:eu-central-1:111122223333:function:export-orders",
    },
    Function {
        name: "thumbnails",
        memory: 256,
        timeout: 3,
        takes: (240, 2_600),
        uses: (180, 251),
        runtime: "nodejs22.x",
        arn: "arn:aws:lambda:eu-central-1:111122223333:function:thumbnails",
    },
];

pub fn make(index: usize) -> SampleFile {
    match index {
        0 | 1 => logs(&FUNCTIONS[index], index),
        2 => {
            let all: Vec<Value> = FUNCTIONS.iter().map(configured).collect();
            let name = "cli/list-functions.json".to_owned();
            file(
                name,
                "aws-inventory",
                all.len(),
                printed(&json!({"Functions": all})),
            )
        }
        _ => {
            let all: Vec<Value> = FUNCTIONS.iter().map(group).collect();
            let name = "cli/describe-log-groups.json".to_owned();
            file(
                name,
                "aws-inventory",
                all.len(),
                printed(&json!({"logGroups": all})),
            )
        }
    }
}

fn configured(f: &Function) -> Value {
    json!({
        "FunctionName": f.name,
        "FunctionArn": f.arn,
        "Runtime": f.runtime,
        "Role": format!("arn:aws:iam::{ACCOUNT}:role/app-instance-role"),
        "Handler": "app.handler",
        "CodeSize": 48_120,
        "Timeout": f.timeout,
        "MemorySize": f.memory,
        "LastModified": "2026-10-02T08:14:33.000+0000",
        "PackageType": "Zip",
        "Architectures": ["x86_64"],
    })
}

fn group(f: &Function) -> Value {
    let name = format!("/aws/lambda/{}", f.name);
    let mut group = json!({
        "logGroupName": name,
        "creationTime": 1_759_392_873_000_i64,
        "metricFilterCount": 0,
        "arn": format!("arn:aws:logs:{HOME}:{ACCOUNT}:log-group:{name}:*"),
        "storedBytes": 48_214_011_i64 + f.memory * 1000,
        "logGroupClass": "STANDARD",
        "logGroupArn": format!("arn:aws:logs:{HOME}:{ACCOUNT}:log-group:{name}"),
    });
    if let (Some(fields), "export-orders") = (group.as_object_mut(), f.name) {
        fields.insert("retentionInDays".to_owned(), json!(90));
    }
    group
}

/// What an invocation writes, in its order, with the time of each line (ns).
fn invocation(f: &Function, start: i64, is_cold: bool, random: &mut Random) -> Vec<(i64, String)> {
    let id = random.guid();
    let (least, most) = f.takes;
    let timed_out = random.within(0, 90) == 0;
    let failed = !timed_out && random.within(0, 30) == 0;
    let took = match timed_out {
        true => f.timeout * 1000,
        false => random.within(least, most),
    };
    let used = random.within(f.uses.0, f.uses.1);
    let init = random.within(180, 640);
    let end = start + took * SECOND / 1000;
    let mut lines = Vec::new();
    if is_cold {
        let runtime = f.runtime;
        lines.push((start, format!("INIT_START Runtime Version: {runtime}.v30\tRuntime Version ARN: arn:aws:lambda:{HOME}::runtime:0a1b2c3d")));
    }
    lines.push((start, format!("START RequestId: {id} Version: $LATEST")));
    let orders = random.within(2, 80);
    lines.push((
        start + SECOND / 100,
        format!(
            "[INFO]\t{}\t{id}\t{orders} orders to go",
            iso(start + SECOND / 100)
        ),
    ));
    if failed {
        lines.push((
            end,
            format!("[ERROR]\t{}\t{id}\tKeyError: 'total'\nTraceback (most recent call last):\n  File \"/var/task/app.py\", line 41, in handler\n    sum += order['total']", iso(end)),
        ));
    }
    if timed_out {
        lines.push((
            end,
            format!("{} {id} Task timed out after {}.00 seconds", iso(end), f.timeout),
        ));
    }
    lines.push((end, format!("END RequestId: {id}")));
    let cold = if is_cold {
        format!("Init Duration: {init}.40 ms\t")
    } else {
        String::new()
    };
    let status = match (timed_out, failed) {
        (true, _) => "Status: timeout",
        (_, true) => "Status: error\tError Type: KeyError",
        _ => "",
    };
    lines.push((
        end,
        format!(
            "REPORT RequestId: {id}\tDuration: {took}.17 ms\tBilled Duration: {} ms\tMemory Size: {} MB\tMax Memory Used: {used} MB\t{cold}{status}",
            took + 1,
            f.memory
        ),
    ));
    lines
}

fn logs(f: &Function, index: usize) -> SampleFile {
    let mut random = Random::new(0x6c61_6d00 + index as u64);
    let mut payloads = String::new();
    let mut count = 0;
    for hour in 0..DAYS as i64 * 24 {
        let start = at(FIRST_DAY, 0, 0, 0) + hour * HOUR;
        let many = if busy(start) {
            random.within(4, 12)
        } else {
            random.within(0, 3)
        };
        let mut events: Vec<(i64, String)> = Vec::new();
        for n in 0..many {
            let begin = start + n * HOUR / 12 + random.within(1, 200) * SECOND;
            events.extend(invocation(f, begin, n == 0, &mut random));
        }
        if events.is_empty() {
            continue;
        }
        count += events.len();
        let event = |(at, message): (i64, String)| json!({"id": format!("38{:032}", at / 1000), "timestamp": at / 1_000_000, "message": message});
        let payload = json!({
            "messageType": "DATA_MESSAGE",
            "owner": ACCOUNT,
            "logGroup": format!("/aws/lambda/{}", f.name),
            "logStream": format!("{}/[$LATEST]{}", day_path(start), random.hex(16)),
            "subscriptionFilters": ["to-archive"],
            "logEvents": events.into_iter().map(event).collect::<Vec<Value>>(),
        });
        payloads.push_str(&payload.to_string());
    }
    let first = at(FIRST_DAY, 0, 0, 0);
    let name = format!(
        "log-archive/{}/00/to-archive-1-{}-{}.gz",
        day_path(first),
        stamp(first),
        f.name
    );
    file(name, "lambda", count, gzip(payloads.as_bytes()))
}
