//! The board over an auth.log and a Windows event.

use crate::views::tests::{Now, block_on, table};

const AUTH: &str = "2026-03-02T09:15:01+00:00 web-1 sshd[811]: Failed password for invalid user admin from 203.0.113.24 port 51844 ssh2\n\
2026-03-02T09:15:03+00:00 web-1 sshd[811]: Failed password for root from 203.0.113.24 port 51845 ssh2\n\
2026-03-02T09:15:09+00:00 web-1 sshd[812]: Accepted publickey for deploy from 198.51.100.7 port 40022 ssh2\n\
2026-03-02T09:16:00+00:00 web-1 sudo:   deploy : TTY=pts/0 ; PWD=/home/deploy ; USER=root ; COMMAND=/usr/bin/cat /etc/shadow\n";
const WINDOWS: &str = r##"{"Event":{"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Security-Auditing"}},"EventID":4625,"Level":0,"Keywords":"0x8010000000000000","TimeCreated":{"#attributes":{"SystemTime":"2026-03-02T09:20:00.000000Z"}},"EventRecordID":7,"Channel":"Security","Computer":"dc-1.example.com"},"EventData":{"TargetUserName":"ana","TargetDomainName":"EXAMPLE","LogonType":3,"IpAddress":"203.0.113.24","IpPort":"0","Status":"0xc000006d","SubStatus":"0xc000006a"}}}
"##;

#[test]
fn sign_ins_of_unix_and_windows_stand_in_one_table() {
    let files = [("auth.log", AUTH), ("events.jsonl", WINDOWS)];
    let asks = Now::of(
        1,
        files
            .map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()))
            .into(),
    );
    let section = block_on(super::EXPORT(&asks, &asks.scope()));
    let failed = table(&section, "Who From Records Hosts");
    assert_eq!(failed.rows.len(), 3, "{failed:?}");
    let signed_in = table(&section, "Who From How");
    assert_eq!(signed_in.rows.len(), 1, "{signed_in:?}");
    let sudo = table(&section, "Who As Command");
    assert!(format!("{sudo:?}").contains("/etc/shadow"), "{sudo:?}");
    let hosts = table(&section, "Host Records");
    assert_eq!(hosts.rows.len(), 2);
}
